//! A platform's request and a holder's answers, signed for real.

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use scanseal_pki::rand_core::SeedableRng;
use scanseal_pki::{Certificate, CreditCode, Issuer, SigningKey, Subject, UnixTime, Validity};
use scanseal_protocol::assertion::{AssertionClaims, SignedDocuments};
use scanseal_protocol::jws::{JwsKind, Unsigned};
use scanseal_protocol::request::{
    Accept, Account, CertificateKind, Context, Display, Document, Nonce, Operation, PlatformId,
    Request, RequestClaims,
};
use scanseal_protocol::{Origin, Text};

const NOW: u64 = 1_780_000_000;

struct Signer {
    key: SigningKey,
    certificate: Certificate,
}

static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let key = SigningKey::generate(&mut rng);
    let validity = Validity {
        not_before: UnixTime::from_secs(NOW - 60),
        not_after: UnixTime::from_secs(NOW + 3_600),
    };
    let subject = Subject::new("Test", "Test").unwrap();
    let issuer = Issuer::root(&subject, key.clone(), validity, &mut rng).unwrap();
    Signer {
        key,
        certificate: issuer.certificate().clone(),
    }
});

/// One request, the same for all tests.
pub(crate) static REQUEST: LazyLock<String> = LazyLock::new(|| request(&login()));

/// A request to seal two documents of [`SIZES`].
pub(crate) static SEAL_REQUEST: LazyLock<String> = LazyLock::new(|| {
    let document = |(index, size): (u8, u32)| Document {
        name: Text::new(format!("合同 {index}")).unwrap(),
        size,
        pages: 3,
        sha256: [index; 32],
    };
    request(&RequestClaims {
        op: Operation::Seal,
        account: Some(Account {
            name: Text::new("zhang.wei").unwrap(),
            enterprise: Text::new("天山博康医疗器械有限公司").unwrap(),
            credit_code: CreditCode::parse("91650100MA77C0R54J").unwrap(),
            replaces: None,
        }),
        documents: Some((0_u8..).zip(SIZES).map(document).collect()),
        ..login()
    })
});

/// Sizes of the documents of [`SEAL_REQUEST`].
pub(crate) const SIZES: [u32; 2] = [1_000_000, 500];

fn login() -> RequestClaims {
    let line = |text: &str| vec![Text::new(text).unwrap()];
    RequestClaims {
        iss: PlatformId::parse("portal.example").unwrap(),
        op: Operation::Login,
        origin: Origin::parse("https://portal.example").unwrap(),
        jti: Nonce::from_bytes([7; 16]),
        iat: UnixTime::from_secs(NOW),
        exp: UnixTime::from_secs(NOW + 300),
        display: Display {
            zh: line("登录采购平台"),
            en: line("Log in"),
        },
        context: Context {
            browser: Text::new("Chromium").unwrap(),
            place: Text::new("here").unwrap(),
        },
        accept: Accept {
            kinds: vec![CertificateKind::Platform],
            cas: None,
        },
        account: None,
        documents: None,
    }
}

fn request(claims: &RequestClaims) -> String {
    finish(
        claims
            .unsigned(std::slice::from_ref(&SIGNER.certificate))
            .unwrap(),
    )
}

/// The answer to [`REQUEST`] over the channel with this binding.
pub(crate) fn assertion(channel_binding: [u8; 32]) -> String {
    answer(&REQUEST, channel_binding, None)
}

/// The answer to [`SEAL_REQUEST`].
pub(crate) fn seal_assertion(channel_binding: [u8; 32], documents: SignedDocuments) -> String {
    answer(&SEAL_REQUEST, channel_binding, Some(documents))
}

fn answer(request: &str, channel_binding: [u8; 32], documents: Option<SignedDocuments>) -> String {
    let request = Request::parse(request).unwrap();
    let asked = request.claims();
    let claims = AssertionClaims {
        req: request.hash(),
        jti: asked.jti,
        op: asked.op.clone(),
        origin: asked.origin.clone(),
        aud: asked.iss.clone(),
        cb: channel_binding,
        iat: UnixTime::from_secs(NOW + 1),
        documents,
    };
    finish(
        Unsigned::new(
            JwsKind::Assertion,
            std::slice::from_ref(&SIGNER.certificate),
            &claims,
        )
        .unwrap(),
    )
}

fn finish(unsigned: Unsigned) -> String {
    let signature = SIGNER.key.sign_es256(unsigned.signing_input());
    unsigned.finish(&signature).unwrap()
}
