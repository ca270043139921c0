//! What a platform finds outside itself: an authority, phones, and its own signing key. Only for this example and the tests.

use data_encoding::BASE64URL_NOPAD;
use scanseal_pki::{
    CaKind, Certificate, CreditCode, Issuer, LocalizedName, Profile, Revocation, RevocationPolicy,
    RevocationReason, RevokedEntry, SigningKey, Subject, TrustList, TrustedCa, UnixTime, Validity,
    rand_core::UnwrapErr,
};
use scanseal_platform::submission::Handover;
use scanseal_protocol::{
    assertion::AssertionClaims,
    request::{Request, RequestClaims},
};

/// The channel binding that phone and page agree on.
pub const BINDING: [u8; 32] = [9; 32];
const HOUR: u64 = 3_600;

/// An authority of one level, and the platform's own key.
pub struct World {
    pub now: UnixTime,
    pub authority: Issuer,
    pub kind: CaKind,
    key: SigningKey,
    certificate: Certificate,
}

/// A key and its certificate.
pub struct Phone {
    pub key: SigningKey,
    pub certificate: Certificate,
}

pub fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).expect("an operating system has randomness");
    bytes
}

fn new_key() -> SigningKey {
    SigningKey::from_random_bytes(&random()).expect("32 random bytes make a key")
}

impl World {
    pub fn new(now: UnixTime, kind: CaKind) -> Self {
        let mut rng = UnwrapErr(getrandom::SysRng);
        let name = Subject::new("云岭认证中心", "Yunling CA").expect("a good name");
        let authority = Issuer::root(&name, new_key(), life(now, 48), &mut rng).expect("a root");
        let key = new_key();
        let profile = Profile::Platform {
            subject: Subject::new("云岭公共资源交易平台", "Platform").expect("a good name"),
            hosts: vec!["portal.example".to_owned()],
        };
        let certificate = authority
            .issue(&profile, &key.public_key(), life(now, 24), &mut rng)
            .expect("a certificate");
        Self {
            now,
            authority,
            kind,
            key,
            certificate,
        }
    }

    /// The platform signs a request. A real one keeps this key in hardware.
    pub fn sign(&self, claims: &RequestClaims) -> String {
        let certificates = [self.certificate.clone()];
        let unsigned = claims.unsigned(&certificates).expect("claims that fit");
        let signature = self.key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).expect("the right key")
    }

    /// A phone of this enterprise.
    pub fn phone(&self, enterprise: &str, credit_code: &str) -> Phone {
        let key = new_key();
        let subject = Subject::new(enterprise, enterprise)
            .expect("a good name")
            .with_credit_code(CreditCode::parse(credit_code).expect("a good code"));
        let profile = Profile::Enterprise {
            subject,
            login: true,
        };
        let mut rng = UnwrapErr(getrandom::SysRng);
        let certificate = self
            .authority
            .issue(&profile, &key.public_key(), life(self.now, 24), &mut rng)
            .expect("a certificate");
        Phone { key, certificate }
    }

    /// Whom the platform trusts.
    pub fn trust(&self) -> TrustList {
        let authority = TrustedCa {
            id: "yunling".to_owned(),
            name: LocalizedName {
                zh: "云岭认证中心".to_owned(),
                en: "Yunling CA".to_owned(),
            },
            kind: self.kind,
            roots: vec![self.authority.certificate().clone()],
            intermediates: Vec::new(),
            seal_keys: Vec::new(),
        };
        let expires = self.now.saturating_add_secs(HOUR);
        TrustList::new(
            1,
            self.now,
            expires,
            "云岭".to_owned(),
            vec![authority],
            vec![],
        )
        .expect("a list that keeps the rules")
    }

    /// What the platform knows about revocation: a list of the authority with these certificates on it.
    pub fn revocation(&self, revoked: &[&Certificate]) -> Revocation {
        let entries: Vec<_> = revoked
            .iter()
            .map(|certificate| RevokedEntry {
                serial_hex: certificate.serial_hex(),
                since: self.now,
                reason: RevocationReason::KeyCompromise,
            })
            .collect();
        let until = self.now.saturating_add_secs(HOUR);
        let crl = self.authority.sign_crl(1, self.now, until, &entries);
        Revocation::new(RevocationPolicy::RequireAll).with_crl(crl.expect("a list"))
    }
}

impl Phone {
    pub fn claims(&self, request: &str, now: UnixTime) -> AssertionClaims {
        let request = Request::parse(request).expect("a request");
        let asked = request.claims();
        AssertionClaims {
            req: request.hash(),
            jti: asked.jti,
            op: asked.op.clone(),
            origin: asked.origin.clone(),
            aud: asked.iss.clone(),
            cb: BINDING,
            iat: now,
            documents: None,
        }
    }

    pub fn sign(&self, claims: &AssertionClaims) -> Handover {
        let unsigned = claims
            .unsigned(std::slice::from_ref(&self.certificate))
            .expect("claims that fit");
        let signature = self.key.sign_es256(unsigned.signing_input());
        Handover {
            assertion: unsigned.finish(&signature).expect("the right key"),
            channel_binding: BASE64URL_NOPAD.encode(&BINDING),
        }
    }

    /// The person has looked at the request and agreed.
    pub fn answer(&self, request: &str, now: UnixTime) -> Handover {
        self.sign(&self.claims(request, now))
    }
}

fn life(now: UnixTime, hours: u64) -> Validity {
    Validity {
        not_before: UnixTime::from_secs(now.as_secs().saturating_sub(60)),
        not_after: now.saturating_add_secs(hours * HOUR),
    }
}
