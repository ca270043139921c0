//! What several fuzz targets need: signers with fixed keys, a trust list that knows them, a request. No clock, no chance.

pub mod pdf;

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use scanseal_pki::{
    CaKind, Certificate, Issuer, LocalizedName, Profile, SigningKey, Subject, TrustList, TrustedCa,
    TrustedPlatform, UnixTime, Validity, rand_core::SeedableRng,
};
use scanseal_protocol::{
    Origin, Text,
    assertion::AssertionClaims,
    jws::{JwsKind, Unsigned},
    request::{
        Accept, CertificateKind, Context, Display, Nonce, Operation, PlatformId, Request,
        RequestClaims,
    },
};

/// The moment at which everything happens.
pub const NOW: u64 = 1_800_000_000;
/// The platform that asks, and the origin of its page.
pub const PLATFORM: &str = "portal.example";
pub const ORIGIN: &str = "https://portal.example";

/// A certificate and its key.
pub struct Signer {
    pub certificate: Certificate,
    key: SigningKey,
}

impl Signer {
    /// The signature over any bytes.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign_es256(bytes)
    }

    fn finish(&self, unsigned: Unsigned) -> String {
        let signature = self.sign(unsigned.signing_input());
        unsigned
            .finish(&signature)
            .expect("signed with the leaf's key")
    }
}

/// Everybody.
pub struct World {
    pub platform: Signer,
    pub operator: Signer,
    pub holder: Signer,
    pub trust: TrustList,
    pub request: Request,
}

pub static WORLD: LazyLock<World> =
    LazyLock::new(|| make().expect("the world is made of valid parts"));

impl World {
    /// The right answer to the request, in the channel of this binding.
    pub fn assertion(&self, channel_binding: [u8; 32]) -> String {
        let asked = self.request.claims();
        let claims = AssertionClaims {
            req: self.request.hash(),
            jti: asked.jti,
            op: asked.op.clone(),
            origin: asked.origin.clone(),
            aud: asked.iss.clone(),
            cb: channel_binding,
            iat: UnixTime::from_secs(NOW),
            documents: None,
        };
        let unsigned = Unsigned::new(
            JwsKind::Assertion,
            std::slice::from_ref(&self.holder.certificate),
            &claims,
        );
        self.holder
            .finish(unsigned.expect("one certificate and short claims"))
    }
}

fn make() -> Result<World, Box<dyn std::error::Error>> {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let validity = Validity {
        not_before: UnixTime::from_secs(NOW - 86_400),
        not_after: UnixTime::from_secs(NOW + 86_400),
    };
    let subject = || {
        Subject::new("Test", "Test").map(|subject| match "91350100M000100Y43".parse() {
            Ok(code) => subject.with_credit_code(code),
            Err(_) => subject,
        })
    };
    let root = Issuer::root(
        &subject()?,
        SigningKey::generate(&mut rng),
        validity,
        &mut rng,
    )?;
    let mut signer = |profile: Profile| -> Result<Signer, Box<dyn std::error::Error>> {
        let key = SigningKey::generate(&mut rng);
        let certificate = root.issue(&profile, &key.public_key(), validity, &mut rng)?;
        Ok(Signer { certificate, key })
    };
    let platform = signer(Profile::Platform {
        subject: subject()?,
        hosts: vec![PLATFORM.to_owned()],
    })?;
    let operator = signer(Profile::TrustListSigner {
        subject: subject()?,
    })?;
    let holder = signer(Profile::Enterprise {
        subject: subject()?,
        login: true,
    })?;
    let name = || LocalizedName {
        zh: "测试".to_owned(),
        en: "Test".to_owned(),
    };
    let trust = TrustList::new(
        7,
        UnixTime::from_secs(NOW - 60),
        UnixTime::from_secs(NOW + 3_600),
        "Test".to_owned(),
        vec![TrustedCa {
            id: "test-ca".to_owned(),
            name: name(),
            kind: CaKind::Platform,
            roots: vec![root.certificate().clone()],
            intermediates: vec![],
            seal_keys: vec![operator.certificate.spki_sha256()],
        }],
        vec![TrustedPlatform {
            id: PLATFORM.to_owned(),
            name: name(),
            origins: vec![ORIGIN.to_owned()],
            keys: vec![platform.certificate.spki_sha256()],
        }],
    )?;
    let line = |text: &str| Text::new(text).map(|line| vec![line]);
    let claims = RequestClaims {
        iss: PlatformId::parse(PLATFORM).ok_or("not an id")?,
        op: Operation::Login,
        origin: Origin::parse(ORIGIN)?,
        jti: Nonce::from_bytes([7; 16]),
        iat: UnixTime::from_secs(NOW),
        exp: UnixTime::from_secs(NOW + 300),
        display: Display {
            zh: line("登录")?,
            en: line("Log in")?,
        },
        context: Context {
            browser: Text::new("Chromium")?,
            place: Text::new("here")?,
        },
        accept: Accept {
            kinds: vec![CertificateKind::Platform],
            cas: None,
        },
        account: None,
        documents: None,
    };
    let request = platform.finish(claims.unsigned(std::slice::from_ref(&platform.certificate))?);
    let request = Request::parse(&request).map_err(|refused| refused.code.to_string())?;
    Ok(World {
        platform,
        operator,
        holder,
        trust,
        request,
    })
}
