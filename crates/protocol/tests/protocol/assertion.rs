//! Assertions: limits of time, and what never verifies.

use proptest::prelude::*;
use scanseal_pki::{Revocation, RevocationPolicy};
use scanseal_protocol::{
    assertion::{self, AssertionClaims, Expected, VerifiedAssertion},
    error::Code,
    jws::JwsKind,
    report::{Check, CheckOutcome, Refused},
    request::Request,
};

use crate::world::{
    BINDING, Holder, NOW, assertion_claims, at, request, request_claims, revocation, world,
};

fn sign(claims: &AssertionClaims) -> String {
    world().holder.sign(JwsKind::Assertion, claims)
}

fn verify_at(
    text: &str,
    request: &Request,
    now: u64,
    revocation: &Revocation,
) -> Result<VerifiedAssertion, Refused> {
    let expected = Expected {
        request,
        channel_binding: &BINDING,
        trust: &world().trust,
        revocation,
        now: at(now),
    };
    assertion::verify(text, &expected)
}

fn verify(text: &str) -> Result<VerifiedAssertion, Refused> {
    verify_at(text, &request(&request_claims()), NOW + 20, &revocation())
}

#[test]
fn a_verified_assertion_tells_who_signed_and_which_authority_vouches() {
    let verified = verify(&sign(&assertion_claims())).unwrap();
    assert_eq!(verified.claims(), &assertion_claims());
    assert_eq!(verified.certificate(), &world().holder.certificate);
    assert_eq!(verified.authority().id, "demo-ca");
    assert_eq!(verified.path().chain().len(), 3);
    assert!(
        verified
            .report()
            .checks()
            .iter()
            .all(|line| line.outcome == CheckOutcome::Passed)
    );
}

#[test]
fn the_prepared_assertion_is_the_one_that_verifies() {
    let unsigned = assertion_claims()
        .unsigned(std::slice::from_ref(&world().holder.certificate))
        .unwrap();
    let signature = world().holder.key.sign_es256(unsigned.signing_input());
    assert!(verify(&unsigned.finish(&signature).unwrap()).is_ok());
}

#[test]
fn clocks_may_differ_by_60_seconds() {
    let code = |iat: u64, now: u64| {
        let text = sign(&AssertionClaims {
            iat: at(iat),
            ..assertion_claims()
        });
        verify_at(&text, &request(&request_claims()), now, &revocation())
            .err()
            .map(|refused| refused.code)
    };
    assert_eq!(code(NOW - 60, NOW), None);
    assert_eq!(code(NOW - 61, NOW), Some(Code::AssertionLate));
    assert_eq!(code(NOW + 60, NOW), None);
    assert_eq!(code(NOW + 61, NOW), Some(Code::AssertionLate));
    assert_eq!(code(NOW + 20, NOW + 300), None);
    assert_eq!(code(NOW + 20, NOW + 301), Some(Code::AssertionLate));
}

#[test]
fn path_validity_and_usage_are_told_as_passed_when_revocation_fails() {
    let text = world()
        .revoked
        .sign(JwsKind::Assertion, &assertion_claims());
    let refused = verify(&text).unwrap_err();
    assert_eq!(refused.code, Code::CertificateRevoked);
    for check in [Check::Path, Check::Validity, Check::Usage] {
        assert_eq!(refused.report.outcome(check), Some(CheckOutcome::Passed));
    }
    assert_eq!(
        refused.report.outcome(Check::Revocation),
        Some(CheckOutcome::Failed)
    );
}

#[test]
fn authority_that_the_request_does_not_accept_is_told_from_one_that_nobody_knows() {
    let code = |holder: &Holder| {
        let text = holder.sign(JwsKind::Assertion, &assertion_claims());
        verify(&text).unwrap_err().code
    };
    assert_eq!(code(&world().mutual), Code::CertificateWrongKind);
    assert_eq!(code(&world().unknown_ca), Code::CertificateUntrusted);
}

#[test]
fn a_trust_list_that_has_expired_vouches_for_nobody() {
    let late = NOW + 31 * 86_400;
    let claims = scanseal_protocol::request::RequestClaims {
        iat: at(late),
        exp: at(late + 300),
        ..request_claims()
    };
    let request = request(&claims);
    let answer = AssertionClaims {
        req: request.hash(),
        iat: at(late),
        ..assertion_claims()
    };
    let unknown = Revocation::new(RevocationPolicy::AllowUnknown);
    let refused = verify_at(&sign(&answer), &request, late, &unknown).unwrap_err();
    assert_eq!(refused.code, Code::TrustListExpired);
    assert_eq!(
        request.verify(&world().trust, at(late)).unwrap_err().code,
        Code::TrustListExpired
    );
}

#[test]
fn several_failures_are_all_told_and_the_first_gives_the_code() {
    let claims = AssertionClaims {
        req: [0; 32],
        cb: [0; 32],
        iat: at(NOW - 1_000),
        ..assertion_claims()
    };
    let refused = verify(&world().expired.sign(JwsKind::Assertion, &claims)).unwrap_err();
    assert_eq!(refused.code, Code::AssertionInvalid);
    let failed: Vec<_> = refused
        .report
        .checks()
        .iter()
        .filter(|line| line.outcome == CheckOutcome::Failed)
        .map(|line| line.check)
        .collect();
    assert_eq!(
        failed,
        [Check::Request, Check::Channel, Check::Time, Check::Validity]
    );
}

#[test]
fn a_flipped_bit_at_any_place_never_verifies() {
    let (text, request) = (sign(&assertion_claims()), request(&request_claims()));
    // Low bits give other characters of base64url, which is where a lenient reader would be fooled.
    for (position, mask) in (0..text.len()).zip([1, 2, 32].into_iter().cycle()) {
        assert_not_verified(&text, &request, position, mask);
    }
}

fn assert_not_verified(text: &str, request: &Request, position: usize, mask: u8) {
    let mut bytes = text.as_bytes().to_vec();
    bytes[position] ^= mask;
    let Ok(changed) = String::from_utf8(bytes) else {
        return;
    };
    let told = format!("byte {position} ^ {mask:#x}");
    assert!(
        assertion::verify_for_page(&changed, request, &BINDING).is_err(),
        "{told}"
    );
    assert!(
        verify_at(&changed, request, NOW + 20, &revocation()).is_err(),
        "{told}"
    );
}

proptest! {
    #[test]
    fn a_changed_byte_never_verifies(position: prop::sample::Index, mask in 1..=255u8) {
        let (text, request) = (sign(&assertion_claims()), request(&request_claims()));
        assert_not_verified(&text, &request, position.index(text.len()), mask);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*", payload in ".*") {
        let request = request(&request_claims());
        let _ = assertion::verify_for_page(&text, &request, &BINDING);
        let header = world().holder.header(JwsKind::Assertion);
        let _ = assertion::verify_for_page(&world().holder.sign_raw(&header, &payload), &request, &BINDING);
    }
}
