//! Signed objects. The input is header and claims, with a line break between them; it is signed with the right key, since a fuzzer
//! never finds a signature. The first byte says by whom and as what it is read.
//!
//! Words stand for what a fuzzer cannot guess: `$CERT` the signer's certificate, `$HASH` that of the request, `$KEY` the platform's key.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use libfuzzer_sys::fuzz_target;
use scanseal_fuzz::{NOW, ORIGIN, PLATFORM, Signer, WORLD};
use scanseal_pki::{Revocation, RevocationPolicy, UnixTime};
use scanseal_protocol::{
    Origin,
    assertion::{self, Assertion, Expected},
    jws::{Jws, JwsKind},
    request::{Operation, Request},
    revoked_seals::RevokedSeals,
    seal_call::{self, ReceivedCall},
    trust_list,
};

const PATH: &str = "/authority/seals";
const CHANNEL_BINDING: [u8; 32] = [0; 32];
static REVOCATION: LazyLock<Revocation> =
    LazyLock::new(|| Revocation::new(RevocationPolicy::AllowUnknown));

fuzz_target!(|input: (u8, &str)| {
    let (selector, text) = input;
    let world = &*WORLD;
    let (kind, signer) = match selector % 6 {
        0 => (JwsKind::Request, &world.platform),
        1 => (JwsKind::Assertion, &world.holder),
        2 => (JwsKind::TrustList, &world.operator),
        3 => (JwsKind::RevokedSeals, &world.operator),
        4 => (JwsKind::SealCall, &world.holder),
        _ => return read_unsigned(text),
    };
    let Some((header, claims)) = text.split_once('\n') else {
        return;
    };
    let Some((signed, altered)) = sign(kind, signer, header, claims) else {
        return;
    };
    match kind {
        JwsKind::Request => request(&signed, &altered),
        JwsKind::Assertion => answer(&signed, &altered),
        JwsKind::RevokedSeals => revoked_seals(&signed, &altered),
        JwsKind::SealCall => call(&signed, &altered),
        JwsKind::TrustList => list(&signed, &altered),
    }
});

/// A text as it comes from the wire.
fn read_unsigned(text: &str) {
    for kind in [
        JwsKind::Request,
        JwsKind::Assertion,
        JwsKind::TrustList,
        JwsKind::RevokedSeals,
        JwsKind::SealCall,
    ] {
        if let Ok(jws) = Jws::parse(text, kind) {
            assert!(
                jws.verify_signature().is_err(),
                "nobody guesses a signature"
            );
        }
    }
}

/// The object, and the same with a signature that is wrong; none if it would not even be read.
fn sign(kind: JwsKind, signer: &Signer, header: &str, claims: &str) -> Option<(String, String)> {
    let fill = |text: &str| {
        let text = text
            .replace("$CERT", &Base64::encode_string(signer.certificate.der()))
            .replace(
                "$HASH",
                &Base64UrlUnpadded::encode_string(&WORLD.request.hash()),
            )
            .replace(
                "$KEY",
                &Base64UrlUnpadded::encode_string(&WORLD.platform.certificate.spki_sha256()),
            );
        Base64UrlUnpadded::encode_string(text.as_bytes())
    };
    let input = format!("{}.{}", fill(header), fill(claims));
    let with =
        |signature: &[u8; 64]| format!("{input}.{}", Base64UrlUnpadded::encode_string(signature));
    Jws::parse(&with(&[1; 64]), kind).ok()?;
    let right = signer.sign(input.as_bytes());
    let mut wrong = right;
    wrong[20] ^= 1;
    Some((with(&right), with(&wrong)))
}

fn request(signed: &str, altered: &str) {
    let now = UnixTime::from_secs(NOW);
    let verify = |text| Request::parse(text)?.verify(&WORLD.trust, now);
    assert!(
        verify(altered).is_err(),
        "a wrong signature is never accepted"
    );
    if let Ok(verified) = verify(signed) {
        let claims = verified.claims();
        assert_eq!(claims.iss.as_str(), PLATFORM);
        assert_eq!(claims.origin.as_str(), ORIGIN);
        assert!(matches!(
            claims.op,
            Operation::Login | Operation::Bind | Operation::Seal
        ));
        assert_eq!(claims.account.is_some(), claims.op != Operation::Login);
        assert_eq!(claims.documents.is_some(), claims.op == Operation::Seal);
        assert!(now <= claims.exp && claims.iat.as_secs() <= NOW + 60);
        assert_eq!(verified.request().as_str(), signed);
    }
}

fn answer(signed: &str, altered: &str) {
    let request = &WORLD.request;
    let expected = Expected {
        request,
        channel_binding: &CHANNEL_BINDING,
        trust: &WORLD.trust,
        revocation: &REVOCATION,
        now: UnixTime::from_secs(NOW),
    };
    let page = |text| assertion::verify_for_page(text, request, &CHANNEL_BINDING);
    assert!(
        page(altered).is_err() && assertion::verify(altered, &expected).is_err(),
        "a wrong signature is never accepted"
    );
    let page_accepts = page(signed).is_ok();
    if page_accepts {
        let read = Assertion::parse(signed).expect("what is accepted can be read");
        assert_eq!(read.claims().req, request.hash());
        assert_eq!(read.claims().cb, CHANNEL_BINDING);
        assert_eq!(read.claims().jti, request.claims().jti);
    }
    if let Ok(verified) = assertion::verify(signed, &expected) {
        assert!(page_accepts, "the platform accepts no more than the page");
        assert_eq!(verified.certificate(), &WORLD.holder.certificate);
    }
}

fn list(signed: &str, altered: &str) {
    let keys = [WORLD.operator.certificate.spki_sha256()];
    let verify = |text, last| trust_list::verify(text, &keys, UnixTime::from_secs(NOW), last);
    assert!(
        verify(altered, None).is_err(),
        "a wrong signature is never accepted"
    );
    if let Ok(list) = verify(signed, None) {
        assert!(list.is_current(UnixTime::from_secs(NOW)));
        assert!(
            verify(signed, list.version().checked_add(1)).is_err() || list.version() == u64::MAX,
            "no way back"
        );
        let json = list.to_json().expect("what was read can be written");
        assert_eq!(
            scanseal_pki::TrustList::from_json(&json),
            Ok(list),
            "what is written is read as the same"
        );
    }
}

fn revoked_seals(signed: &str, altered: &str) {
    let ca = WORLD.trust.cas().first().expect("one authority");
    let verify = |text| RevokedSeals::verify(text, ca, UnixTime::from_secs(NOW));
    assert!(
        verify(altered).is_err(),
        "a wrong signature is never accepted"
    );
    if let Ok(list) = verify(signed) {
        assert_eq!(list.authority, ca.id);
        assert!(list.issued.as_secs() <= NOW && NOW < list.expires.as_secs());
        for seal in &list.revoked {
            assert!(list.find(&seal.id).is_some(), "what is listed is found");
        }
    }
}

fn call(signed: &str, altered: &str) {
    let origins = [Origin::parse(ORIGIN).expect("an origin")];
    let verify = |text: &str, path| {
        let received = ReceivedCall {
            origins: &origins,
            path,
            body: b"",
            now: UnixTime::from_secs(NOW),
        };
        seal_call::verify(&seal_call::authorization(text), &received)
    };
    assert!(
        verify(altered, PATH).is_err(),
        "a wrong signature is never accepted"
    );
    if let Ok(caller) = verify(signed, PATH) {
        assert_eq!(caller.certificate, WORLD.holder.certificate);
        assert!(
            verify(signed, "/authority/seals/revoke").is_err(),
            "good for one address"
        );
    }
}
