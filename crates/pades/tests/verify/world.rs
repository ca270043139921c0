//! Authorities and signers, made anew in every test from a fixed seed.

use chacha20::ChaCha20Rng;
use scanseal_pades::verify::{NamedAnchor, Trust};
use scanseal_pki::{
    AnyCertificate, Certificate, CreditCode, Crl, Endpoints, Issuer, Profile, RevocationReason,
    RevokedEntry, SignedAttributes, SigningKey, Subject, UnixTime, Validity,
    rand_core::SeedableRng,
};

/// 2026-05-28, the day on which the tests take place.
pub const NOW: UnixTime = UnixTime::from_secs(1_780_000_000);
pub const DAY: u64 = 24 * 3600;
pub const ENTERPRISE: &str = "福州海峡建设工程有限公司";

pub struct World {
    pub rng: ChaCha20Rng,
    pub root: Issuer,
}

pub struct Signer {
    pub key: SigningKey,
    pub certificate: Certificate,
}

impl World {
    /// An authority whose certificates say nothing about where to ask for revocation.
    pub fn new() -> Self {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let subject = Subject::new("演示认证机构", "演示根证书").expect("a good name");
        let key = SigningKey::generate(&mut rng);
        let root = Issuer::root(&subject, key, around(3650), &mut rng).expect("a good root");
        Self { rng, root }
    }

    pub fn with_endpoints(mut self) -> Self {
        self.root = self.root.with_endpoints(Endpoints {
            crl: "http://ca.example/root.crl".to_owned(),
            ocsp: Some("http://ca.example/ocsp".to_owned()),
            ca_issuers: "http://ca.example/root.cer".to_owned(),
        });
        self
    }

    pub fn signer(&mut self) -> Signer {
        self.signer_valid(around(365))
    }

    pub fn signer_valid(&mut self, validity: Validity) -> Signer {
        let subject = Subject::new(ENTERPRISE, ENTERPRISE).expect("a good name");
        let code = CreditCode::parse("91350100M000100Y43").expect("a good code");
        let profile = Profile::Enterprise {
            subject: subject.with_credit_code(code),
            login: false,
        };
        self.issue(&profile, validity)
    }

    pub fn issue(&mut self, profile: &Profile, validity: Validity) -> Signer {
        let key = SigningKey::generate(&mut self.rng);
        let certificate = self
            .root
            .issue(profile, &key.public_key(), validity, &mut self.rng);
        Signer {
            key,
            certificate: certificate.expect("a good certificate"),
        }
    }

    pub fn trust(&self) -> Trust {
        let mut trust = Trust::new(NOW);
        trust.anchors.push(NamedAnchor {
            name: "demo".to_owned(),
            certificate: AnyCertificate::from(self.root.certificate()),
        });
        trust
    }

    /// A revocation list made at `at`, with `revoked` on it since then.
    pub fn crl(&self, at: UnixTime, revoked: Option<(&Signer, UnixTime)>) -> Crl {
        let entries: Vec<RevokedEntry> = (revoked.into_iter())
            .map(|(signer, since)| RevokedEntry {
                serial_hex: signer.certificate.serial_hex(),
                since,
                reason: RevocationReason::KeyCompromise,
            })
            .collect();
        let next = at.saturating_add_secs(7 * DAY);
        self.root
            .sign_crl(1, at, next, &entries)
            .expect("a good list")
    }
}

impl Signer {
    /// CMS over this digest.
    pub fn sign(&self, digest: &[u8; 32]) -> Vec<u8> {
        let attributes = SignedAttributes::new(&self.certificate, digest);
        let signature = self.key.sign_es256_der(attributes.to_be_signed());
        let chain = [AnyCertificate::from(&self.certificate)];
        attributes
            .finish(&signature, &chain, None)
            .expect("its own signature fits")
    }
}

pub fn before(secs: u64) -> UnixTime {
    UnixTime::from_secs(NOW.as_secs() - secs)
}

pub fn around(days: u64) -> Validity {
    Validity {
        not_before: before(30 * DAY),
        not_after: NOW.saturating_add_secs(days * DAY),
    }
}
