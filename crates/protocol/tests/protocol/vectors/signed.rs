//! What the topics with signed objects share, and trust lists. Each bad case breaks exactly one named check.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_protocol::{jws::JwsKind, report::Check, trust_list::TRUST_LIST_CHECKS};
use serde_json::{Value, json};

use super::{case, check};
use crate::world::{Holder, NOW, world};

/// All checks passed.
pub(super) fn passed(checks: &[Check]) -> Value {
    let line = |check: &Check| json!({ "check": check, "outcome": "passed" });
    json!({ "code": null, "checks": checks.iter().map(line).collect::<Vec<_>>() })
}

/// `failed` failed with `code`; those in `not_run` were not run; the others passed.
pub(super) fn failed(checks: &[Check], failed: Check, code: &str, not_run: &[Check]) -> Value {
    let line = |check: &Check| {
        let outcome = match check {
            check if *check == failed => "failed",
            check if not_run.contains(check) => "not-run",
            _ => "passed",
        };
        json!({ "check": check, "outcome": outcome })
    };
    json!({ "code": code, "checks": checks.iter().map(line).collect::<Vec<_>>() })
}

/// The same object with its signature from another key.
pub(super) fn signed_by_another(text: &str, key: &Holder) -> String {
    let (input, _) = text.rsplit_once('.').unwrap();
    format!(
        "{input}.{}",
        BASE64URL_NOPAD.encode(&key.key.sign_es256(input.as_bytes()))
    )
}

/// The claims' JSON with one thing changed, signed rightly.
pub(super) fn altered<T: serde::Serialize>(
    holder: &Holder,
    kind: JwsKind,
    claims: &T,
    from: &str,
    to: &str,
) -> String {
    let json = serde_json::to_string(claims).unwrap();
    let changed = json.replacen(from, to, 1);
    assert_ne!(changed, json, "{from}");
    holder.sign_raw(&holder.header(kind), &changed)
}

/// Ways to break the form of any signed object.
pub(super) fn broken_forms<T: serde::Serialize>(
    holder: &Holder,
    kind: JwsKind,
    claims: &T,
) -> Vec<(&'static str, String)> {
    let (good, header) = (holder.sign(kind, claims), holder.header(kind));
    let payload = serde_json::to_string(claims).unwrap();
    let with_header = |from: &str, to: &str| {
        let changed = header.replacen(from, to, 1);
        assert_ne!(changed, header, "{from}");
        holder.sign_raw(&changed, &payload)
    };
    let parts: Vec<_> = good.split('.').collect();
    vec![
        ("format: empty", String::new()),
        ("format: two parts", format!("{}.{}", parts[0], parts[1])),
        ("format: four parts", format!("{good}.AAAA")),
        (
            "format: padding",
            format!("{}.{}=.{}", parts[0], parts[1], parts[2]),
        ),
        (
            "format: a signature of 63 bytes",
            format!(
                "{}.{}.{}",
                parts[0],
                parts[1],
                BASE64URL_NOPAD.encode(&[1; 63])
            ),
        ),
        ("format: algorithm none", with_header("ES256", "none")),
        ("format: algorithm HS256", with_header("ES256", "HS256")),
        ("format: another typ", with_header(kind.typ(), "JWT")),
        (
            "format: a further header member",
            with_header("{", r#"{"kid":"1","#),
        ),
        (
            "format: a header member twice",
            with_header("{", r#"{"alg":"ES256","#),
        ),
        (
            "format: no certificate",
            with_header(
                &format!("\"{}\"", BASE64.encode(holder.certificate.der())),
                "",
            ),
        ),
        (
            "format: payload is an array",
            holder.sign_raw(&header, "[]"),
        ),
        (
            "format: an unknown claim twice",
            altered(holder, kind, claims, "{", r#"{"x":1,"x":1,"#),
        ),
    ]
}

#[test]
fn trust_list() {
    let operator = &world().operator;
    let payload = String::from_utf8(world().trust.to_json().unwrap()).unwrap();
    let header = operator.header(JwsKind::TrustList);
    let good = operator.sign_raw(&header, &payload);
    let key = BASE64URL_NOPAD.encode(&operator.certificate.spki_sha256());
    let make = |name: &str, list: &str, last: Option<u64>, now: u64, expect: Value| {
        let input =
            json!({ "trustList": list, "listKeys": [key], "lastVersion": last, "now": now });
        case(name, input, expect)
    };
    let fails = |check: Check, code: &str| failed(&TRUST_LIST_CHECKS, check, code, &[]);
    let malformed = failed(
        &TRUST_LIST_CHECKS,
        Check::Format,
        "trust-list-invalid",
        &TRUST_LIST_CHECKS,
    );
    let stranger = &world().stranger;
    let by_stranger = stranger.sign_raw(&stranger.header(JwsKind::TrustList), &payload);
    let expires = world().trust.expires().as_secs();
    let alter = |from: &str, to: &str| {
        let changed = payload.replacen(from, to, 1);
        assert_ne!(changed, payload, "{from}");
        operator.sign_raw(&header, &changed)
    };
    let cases = vec![
        make(
            "good, the first one",
            &good,
            None,
            NOW,
            passed(&TRUST_LIST_CHECKS),
        ),
        make(
            "good, the same version again",
            &good,
            Some(7),
            NOW,
            passed(&TRUST_LIST_CHECKS),
        ),
        make(
            "signature: by another key",
            &signed_by_another(&good, stranger),
            None,
            NOW,
            fails(Check::Signature, "trust-list-invalid"),
        ),
        make(
            "signer: not the operator",
            &by_stranger,
            None,
            NOW,
            fails(Check::Signer, "trust-list-invalid"),
        ),
        make(
            "version: older than one seen",
            &good,
            Some(8),
            NOW,
            fails(Check::Version, "trust-list-invalid"),
        ),
        make(
            "time: expired",
            &good,
            None,
            expires,
            fails(Check::Time, "trust-list-expired"),
        ),
        make(
            "time: not issued yet",
            &good,
            None,
            NOW - 86_401,
            fails(Check::Time, "trust-list-expired"),
        ),
        make(
            "format: a claim missing",
            &alter(r#""version":7,"#, ""),
            None,
            NOW,
            malformed.clone(),
        ),
        make(
            "format: a claim twice",
            &alter("{", r#"{"version":7,"#),
            None,
            NOW,
            malformed.clone(),
        ),
        make(
            "format: a root that is no certificate",
            &alter(r#""roots":[""#, r#""roots":["AAAA",""#),
            None,
            NOW,
            malformed.clone(),
        ),
        make(
            "format: typ of a request",
            &operator.sign_raw(&operator.header(JwsKind::Request), &payload),
            None,
            NOW,
            malformed,
        ),
    ];
    check(
        "trust-list",
        "Signed trust lists as a phone checks them (section 10).",
        cases,
    );
}
