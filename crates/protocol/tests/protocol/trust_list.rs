//! Signed trust lists.

use proptest::prelude::*;
use scanseal_protocol::{error::Code, jws::JwsKind, trust_list};

use crate::world::{NOW, at, world};

fn signed() -> String {
    let operator = &world().operator;
    let unsigned =
        trust_list::unsigned(&world().trust, std::slice::from_ref(&operator.certificate)).unwrap();
    let signature = operator.key.sign_es256(unsigned.signing_input());
    unsigned.finish(&signature).unwrap()
}

fn verify(text: &str, now: u64, last_version: Option<u64>) -> Option<Code> {
    let keys = [[0; 32], world().operator.certificate.spki_sha256()];
    trust_list::verify(text, &keys, at(now), last_version)
        .err()
        .map(|refused| refused.code)
}

#[test]
fn a_list_signed_is_read_back() {
    let keys = [world().operator.certificate.spki_sha256()];
    assert_eq!(
        trust_list::verify(&signed(), &keys, at(NOW), None).as_ref(),
        Ok(&world().trust)
    );
    assert_eq!(
        trust_list::verify(&signed(), &[], at(NOW), None)
            .unwrap_err()
            .code,
        Code::TrustListInvalid
    );
}

#[test]
fn the_same_version_is_accepted_and_an_older_refused() {
    assert_eq!(verify(&signed(), NOW, Some(7)), None);
    assert_eq!(
        verify(&signed(), NOW, Some(8)),
        Some(Code::TrustListInvalid)
    );
}

#[test]
fn a_list_is_current_from_its_issue_until_its_end() {
    let (issued, expires) = (
        world().trust.issued().as_secs(),
        world().trust.expires().as_secs(),
    );
    assert_eq!(verify(&signed(), issued, None), None);
    assert_eq!(
        verify(&signed(), issued - 1, None),
        Some(Code::TrustListExpired)
    );
    assert_eq!(verify(&signed(), expires - 1, None), None);
    assert_eq!(
        verify(&signed(), expires, None),
        Some(Code::TrustListExpired)
    );
}

#[test]
fn a_double_member_is_refused() {
    let json = String::from_utf8(world().trust.to_json().unwrap()).unwrap();
    let twice = json.replacen('{', r#"{"version":9,"#, 1);
    let text = world()
        .operator
        .sign_raw(&world().operator.header(JwsKind::TrustList), &twice);
    assert_eq!(verify(&text, NOW, None), Some(Code::TrustListInvalid));
}

proptest! {
    #[test]
    fn any_payload_is_read_without_panic(payload in ".*") {
        let text = world().operator.sign_raw(&world().operator.header(JwsKind::TrustList), &payload);
        prop_assert_eq!(verify(&text, NOW, None), Some(Code::TrustListInvalid));
    }
}
