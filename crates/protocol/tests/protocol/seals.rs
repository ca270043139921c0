//! Calls about seals, and lists of revoked seals.

use scanseal_pki::TrustedCa;
use scanseal_protocol::{
    Origin,
    error::Code,
    jws::JwsKind,
    limits,
    request::Nonce,
    revoked_seals::{RevokedSeal, RevokedSeals, RevokedSealsError},
    seal_call::{self, ReceivedCall, SealCallClaims, SealCallError},
};

use crate::world::{NOW, at, world};

const PATH: &str = "/authority/seals/handwritten?width=40&height=20";
const BODY: &[u8] = b"a picture";

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn claims() -> SealCallClaims {
    let aud = origin("https://portal.example");
    SealCallClaims::new(aud, PATH, BODY, Nonce::from_bytes([7; 16]), at(NOW))
}

fn call(claims: &SealCallClaims) -> String {
    let holder = &world().holder;
    let unsigned = claims.unsigned(&holder.certificate).unwrap();
    let signature = holder.key.sign_es256(unsigned.signing_input());
    seal_call::authorization(&unsigned.finish(&signature).unwrap())
}

fn verify(
    authorization: &str,
    path: &str,
    body: &[u8],
    now: u64,
) -> Result<seal_call::Caller, SealCallError> {
    let origins = [
        origin("http://localhost:8080"),
        origin("https://portal.example"),
    ];
    let received = ReceivedCall {
        origins: &origins,
        path,
        body,
        now: at(now),
    };
    seal_call::verify(authorization, &received)
}

#[test]
fn call_of_the_holder_names_certificate_and_call() {
    let caller = verify(&call(&claims()), PATH, BODY, NOW).unwrap();
    assert_eq!(caller.certificate, world().holder.certificate);
    assert_eq!(caller.call, Nonce::from_bytes([7; 16]));
}

#[test]
fn statement_for_another_call_is_refused() {
    let other = |what| Err(SealCallError::OtherCall(what));
    let good = call(&claims());
    assert_eq!(
        verify(&good, PATH, b"another picture", NOW),
        other("sha256")
    );
    let wider = PATH.replace("40", "90");
    assert_eq!(verify(&good, &wider, BODY, NOW), other("path"));
    let elsewhere = SealCallClaims {
        aud: origin("https://other.example"),
        ..claims()
    };
    assert_eq!(verify(&call(&elsewhere), PATH, BODY, NOW), other("aud"));
}

#[test]
fn statement_is_good_for_its_time_and_not_a_second_longer() {
    let good = call(&claims());
    let (life, skew) = (limits::SEAL_CALL_SECONDS, limits::CLOCK_SKEW_SECONDS);
    for (now, expected) in [
        (NOW + life, None),
        (NOW + life + 1, Some(Code::AssertionLate)),
        (NOW - skew, None),
        (NOW - skew - 1, Some(Code::AssertionLate)),
    ] {
        let code = verify(&good, PATH, BODY, now)
            .err()
            .map(|error| error.code());
        assert_eq!(code, expected, "{now}");
    }
}

#[test]
fn what_another_key_signed_or_for_another_purpose_is_refused() {
    let (holder, stranger) = (&world().holder, &world().stranger);
    let payload = serde_json::to_string(&claims()).unwrap();
    let forged = stranger.sign_raw(&holder.header(JwsKind::SealCall), &payload);
    let forged = seal_call::authorization(&forged);
    assert_eq!(
        verify(&forged, PATH, BODY, NOW),
        Err(SealCallError::Signature)
    );
    let assertion = holder.sign_raw(&holder.header(JwsKind::Assertion), &payload);
    for text in [
        seal_call::authorization(&assertion),
        call(&claims()).replace("ScanSeal ", "Bearer "),
        call(&claims()).replace("ScanSeal ", ""),
        String::new(),
    ] {
        let error = verify(&text, PATH, BODY, NOW).unwrap_err();
        assert!(matches!(error, SealCallError::Format(_)), "{error}");
        assert_eq!(error.code(), Code::AssertionInvalid);
    }
}

#[test]
fn statement_at_the_limit_is_made_and_one_byte_more_refused() {
    let certificate = &world().holder.certificate;
    let made = |length: usize| {
        let path = "/".repeat(length);
        let claims = SealCallClaims { path, ..claims() };
        claims.unsigned(certificate).is_ok()
    };
    let longest = (0..limits::SEAL_CALL_BYTES)
        .rev()
        .find(|&length| made(length));
    let claims = SealCallClaims {
        path: "/".repeat(longest.unwrap()),
        ..claims()
    };
    let statement = call(&claims);
    let length = statement.len() - "ScanSeal ".len();
    // base64url grows by one or two characters a byte.
    assert!((limits::SEAL_CALL_BYTES - 1..=limits::SEAL_CALL_BYTES).contains(&length));
    assert!(verify(&statement, &claims.path, BODY, NOW).is_ok());
}

fn revoked() -> RevokedSeals {
    RevokedSeals {
        authority: "a".to_owned(),
        issued: at(NOW),
        expires: at(NOW + 60),
        revoked: vec![RevokedSeal {
            id: "a-1".to_owned(),
            at: at(NOW - 5),
            reason: "superseded".to_owned(),
        }],
    }
}

#[test]
fn list_of_revoked_seals_is_taken_from_who_makes_the_authoritys_seals_while_it_is_current() {
    let maker = &world().operator;
    let ca = TrustedCa {
        id: "a".to_owned(),
        seal_keys: vec![maker.certificate.spki_sha256()],
        ..world().trust.cas()[0].clone()
    };
    let text = maker.sign(JwsKind::RevokedSeals, &revoked());
    let list = RevokedSeals::verify(&text, &ca, at(NOW)).unwrap();
    assert_eq!(list, revoked());
    assert!(list.find("a-1").is_some() && list.find("a-2").is_none());
    for (now, current) in [(NOW - 1, false), (NOW + 59, true), (NOW + 60, false)] {
        let found = RevokedSeals::verify(&text, &ca, at(now));
        assert_eq!(found == Err(RevokedSealsError::NotCurrent), !current);
    }
    let other = TrustedCa {
        id: "b".to_owned(),
        ..ca.clone()
    };
    assert_eq!(
        RevokedSeals::verify(&text, &other, at(NOW)),
        Err(RevokedSealsError::OtherAuthority)
    );
    let strange = world().stranger.sign(JwsKind::RevokedSeals, &revoked());
    assert_eq!(
        RevokedSeals::verify(&strange, &ca, at(NOW)),
        Err(RevokedSealsError::Signature)
    );
}
