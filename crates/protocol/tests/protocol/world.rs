//! A small world with fixed keys and a fixed clock: authorities, a platform, an operator, holders.

use std::{convert::Infallible, sync::LazyLock};

use scanseal_pki::{
    Certificate, Crl, Issuer, LocalizedName, Profile, Revocation, RevocationPolicy,
    RevocationReason, RevokedEntry, SigningKey, Subject, TrustList, TrustedCa, TrustedPlatform,
    UnixTime, Validity,
    rand_core::{TryCryptoRng, TryRng},
};
use scanseal_protocol::{
    Origin, Text,
    assertion::AssertionClaims,
    jws::{JwsKind, Unsigned},
    request::{
        Accept, Account, CertificateKind, Context, Display, Document, Nonce, Operation, PlatformId,
        Request, RequestClaims,
    },
};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// 2027-01-15T08:00:00Z.
pub(crate) const NOW: u64 = 1_800_000_000;
/// The binding of the channel in which everything happens.
pub(crate) const BINDING: [u8; 32] = [0xcb; 32];

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;

/// A certificate and its key.
pub(crate) struct Holder {
    pub(crate) certificate: Certificate,
    pub(crate) key: SigningKey,
}

impl Holder {
    /// Signs claims as an object of this kind.
    pub(crate) fn sign<T: Serialize>(&self, kind: JwsKind, claims: &T) -> String {
        let unsigned =
            Unsigned::new(kind, std::slice::from_ref(&self.certificate), claims).unwrap();
        let signature = self.key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).unwrap()
    }

    /// Signs any header and payload, as an attacker could.
    pub(crate) fn sign_raw(&self, header: &str, payload: &str) -> String {
        use data_encoding::BASE64URL_NOPAD as B64U;
        let input = format!(
            "{}.{}",
            B64U.encode(header.as_bytes()),
            B64U.encode(payload.as_bytes())
        );
        let signature = self.key.sign_es256(input.as_bytes());
        format!("{input}.{}", B64U.encode(&signature))
    }

    /// The header that `kind` must have.
    pub(crate) fn header(&self, kind: JwsKind) -> String {
        let x5c = data_encoding::BASE64.encode(self.certificate.der());
        format!(
            r#"{{"alg":"ES256","typ":"{}","x5c":["{x5c}"]}}"#,
            kind.typ()
        )
    }
}

/// Everybody.
pub(crate) struct World {
    /// The platform, in the trust list.
    pub(crate) platform: Holder,
    /// The platform's key, in a certificate that has run out.
    pub(crate) platform_expired: Holder,
    /// A platform that the list does not know.
    pub(crate) stranger: Holder,
    /// Signs the trust list.
    pub(crate) operator: Holder,
    /// May log in.
    pub(crate) holder: Holder,
    pub(crate) expired: Holder,
    pub(crate) not_yet_valid: Holder,
    /// May seal, but not log in.
    pub(crate) seal_only: Holder,
    pub(crate) revoked: Holder,
    /// Of an authority of kind `mutual`.
    pub(crate) mutual: Holder,
    /// Of an authority that nobody knows.
    pub(crate) unknown_ca: Holder,
    /// Of the issuing authority and of the mutual one.
    pub(crate) crls: Vec<Crl>,
    pub(crate) trust: TrustList,
}

/// The world, made once.
pub(crate) fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(make);
    &WORLD
}

pub(crate) const fn at(seconds: u64) -> UnixTime {
    UnixTime::from_secs(seconds)
}

pub(crate) fn name(zh: &str, en: &str) -> LocalizedName {
    LocalizedName {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

/// What the platform asks by default: any certificate of a `platform` authority.
pub(crate) fn request_claims() -> RequestClaims {
    RequestClaims {
        iss: PlatformId::parse("portal.example").unwrap(),
        op: Operation::Login,
        origin: Origin::parse("https://portal.example").unwrap(),
        jti: Nonce::from_bytes([0x0a; 16]),
        iat: at(NOW),
        exp: at(NOW + 300),
        display: Display {
            zh: vec![Text::new("登录示范采购平台").unwrap()],
            en: vec![Text::new("Log in to the demo procurement platform").unwrap()],
        },
        context: Context {
            browser: Text::new("Chromium 156, Windows").unwrap(),
            place: Text::new("乌鲁木齐").unwrap(),
        },
        accept: Accept {
            kinds: vec![CertificateKind::Platform],
            cas: None,
        },
        account: None,
        documents: None,
    }
}

/// What the platform asks to bind a certificate to an account of [`world`]'s enterprise.
pub(crate) fn bind_claims() -> RequestClaims {
    RequestClaims {
        op: Operation::Bind,
        account: Some(Account {
            name: Text::new("li.na").unwrap(),
            enterprise: Text::new("示范供应有限公司").unwrap(),
            credit_code: "91350100M000100Y43".parse().unwrap(),
            replaces: None,
        }),
        ..request_claims()
    }
}

/// What the platform asks to seal two documents for that account.
pub(crate) fn seal_claims() -> RequestClaims {
    let document = |name: &str, size, pages, sha256| Document {
        name: Text::new(name).unwrap(),
        size,
        pages,
        sha256,
    };
    RequestClaims {
        op: Operation::Seal,
        documents: Some(vec![
            document("医用耗材采购合同（2027）", 1_048_576, 12, [0xd1; 32]),
            document("Framework agreement", 2_048, 1, [0xd2; 32]),
        ]),
        ..bind_claims()
    }
}

/// A request with these claims, signed by the platform.
pub(crate) fn request(claims: &RequestClaims) -> Request {
    Request::parse(&world().platform.sign(JwsKind::Request, claims)).unwrap()
}

/// The right answer to [`request_claims`].
pub(crate) fn assertion_claims() -> AssertionClaims {
    answer_to(&request_claims())
}

/// The right answer to a request with these claims.
pub(crate) fn answer_to(claims: &RequestClaims) -> AssertionClaims {
    let request = request(claims).verify(&world().trust, at(NOW)).unwrap();
    AssertionClaims::answering(&request, BINDING, at(NOW + 20))
}

/// Revocation as platforms ask for it.
pub(crate) fn revocation() -> Revocation {
    let empty = Revocation::new(RevocationPolicy::RequireLeaf);
    world()
        .crls
        .iter()
        .cloned()
        .fold(empty, Revocation::with_crl)
}

/// Randomness that is the same in every run: a hash of a counter.
pub(crate) struct Fixed(u64);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

fn make() -> World {
    let rng = &mut Fixed(0);
    let long = validity(NOW - 5 * YEAR, NOW + 5 * YEAR);
    let now = validity(NOW - DAY, NOW + YEAR);

    let root = Issuer::root(&subject("示范根 CA"), key("root"), long, rng).unwrap();
    let issuing = issuing(&root, "示范签发 CA", "issuing", long, rng);
    let mutual_root = Issuer::root(&subject("互认根 CA"), key("mutual root"), long, rng).unwrap();
    let unknown_root = Issuer::root(&subject("无名根 CA"), key("unknown root"), long, rng).unwrap();

    let platform_profile = Profile::Platform {
        subject: subject("示范采购平台"),
        hosts: vec!["portal.example".to_owned()],
    };
    let enterprise = |login| Profile::Enterprise {
        subject: subject("示范供应有限公司"),
        login,
    };
    let mut make = |issuer: &Issuer, seed: &str, profile: &Profile, validity| {
        let key = key(seed);
        let certificate = issuer
            .issue(profile, &key.public_key(), validity, rng)
            .unwrap();
        Holder { certificate, key }
    };
    let platform = make(&root, "platform", &platform_profile, now);
    let platform_expired = make(
        &root,
        "platform",
        &platform_profile,
        validity(NOW - YEAR, NOW - 1),
    );
    let stranger = make(&root, "stranger", &platform_profile, now);
    let operator = make(
        &root,
        "operator",
        &Profile::TrustListSigner {
            subject: subject("示范运营者"),
        },
        now,
    );
    let holder = make(&issuing, "holder", &enterprise(true), now);
    let expired = make(
        &issuing,
        "expired",
        &enterprise(true),
        validity(NOW - YEAR, NOW - 1),
    );
    let not_yet_valid = make(
        &issuing,
        "not yet valid",
        &enterprise(true),
        validity(NOW + DAY, NOW + YEAR),
    );
    let seal_only = make(&issuing, "seal only", &enterprise(false), now);
    let revoked = make(&issuing, "revoked", &enterprise(true), now);
    let mutual = make(&mutual_root, "mutual", &enterprise(true), now);
    let unknown_ca = make(&unknown_root, "unknown", &enterprise(true), now);

    let entry = RevokedEntry {
        serial_hex: revoked.certificate.serial_hex(),
        since: at(NOW - 3_600),
        reason: RevocationReason::KeyCompromise,
    };
    let crl = |issuer: &Issuer, entries: &[RevokedEntry]| {
        issuer
            .sign_crl(1, at(NOW - 3_600), at(NOW + DAY), entries)
            .unwrap()
    };
    let crls = vec![crl(&issuing, &[entry]), crl(&mutual_root, &[])];
    let ca = |id: &str, kind, root: &Issuer, intermediates: Vec<Certificate>| TrustedCa {
        id: id.to_owned(),
        name: name("示范 CA", "Demo CA"),
        kind,
        roots: vec![root.certificate().clone()],
        intermediates,
        seal_keys: Vec::new(),
    };
    let trust = TrustList::new(
        7,
        at(NOW - DAY),
        at(NOW + 30 * DAY),
        "示范运营者".to_owned(),
        vec![
            ca(
                "demo-ca",
                scanseal_pki::CaKind::Platform,
                &root,
                vec![issuing.certificate().clone()],
            ),
            ca(
                "mutual-ca",
                scanseal_pki::CaKind::Mutual,
                &mutual_root,
                vec![],
            ),
        ],
        vec![TrustedPlatform {
            id: "portal.example".to_owned(),
            name: name("示范采购平台", "Demo procurement platform"),
            origins: vec!["https://portal.example".to_owned()],
            keys: vec![platform.certificate.spki_sha256()],
        }],
    )
    .unwrap();
    World {
        platform,
        platform_expired,
        stranger,
        operator,
        holder,
        expired,
        not_yet_valid,
        seal_only,
        revoked,
        mutual,
        unknown_ca,
        crls,
        trust,
    }
}

fn issuing(
    root: &Issuer,
    common_name: &str,
    seed: &str,
    validity: Validity,
    rng: &mut Fixed,
) -> Issuer {
    let key = key(seed);
    let profile = Profile::IssuingCa {
        subject: subject(common_name),
        path_length: 0,
    };
    let certificate = root
        .issue(&profile, &key.public_key(), validity, rng)
        .unwrap();
    Issuer::new(certificate, key).unwrap()
}

fn subject(common_name: &str) -> Subject {
    let credit_code = "91350100M000100Y43".parse().unwrap();
    Subject::new(common_name, common_name)
        .unwrap()
        .with_credit_code(credit_code)
}

const fn validity(not_before: u64, not_after: u64) -> Validity {
    Validity {
        not_before: at(not_before),
        not_after: at(not_after),
    }
}

/// A key that anybody can make again from its name: SHA-256 of `scanseal test key NAME`.
fn key(name: &str) -> SigningKey {
    SigningKey::from_random_bytes(&Sha256::digest(format!("scanseal test key {name}")).into())
        .unwrap()
}
