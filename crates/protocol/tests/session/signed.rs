//! A platform's request and a holder's answers, signed for real.

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use scanseal_pki::rand_core::SeedableRng;
use scanseal_pki::{Certificate, Issuer, SigningKey, Subject, UnixTime, Validity};
use scanseal_protocol::assertion::AssertionClaims;
use scanseal_protocol::jws::{JwsKind, Unsigned};
use scanseal_protocol::request::{
    Accept, CertificateKind, Context, Display, Nonce, Operation, PlatformId, Request, RequestClaims,
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
pub(crate) static REQUEST: LazyLock<String> = LazyLock::new(|| {
    let line = |text: &str| vec![Text::new(text).unwrap()];
    let claims = RequestClaims {
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
    };
    finish(
        claims
            .unsigned(std::slice::from_ref(&SIGNER.certificate))
            .unwrap(),
    )
});

/// The answer to [`REQUEST`] over the channel with this binding.
pub(crate) fn assertion(channel_binding: [u8; 32]) -> String {
    let request = Request::parse(&REQUEST).unwrap();
    let asked = request.claims();
    let claims = AssertionClaims {
        req: request.hash(),
        jti: asked.jti,
        op: asked.op.clone(),
        origin: asked.origin.clone(),
        aud: asked.iss.clone(),
        cb: channel_binding,
        iat: UnixTime::from_secs(NOW + 1),
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
