//! Requests as a phone checks them.

use scanseal_protocol::{
    Origin, Text,
    jws::JwsKind,
    report::Check,
    request::{Operation, PHONE_CHECKS, PlatformId, RequestClaims},
};
use serde_json::{Value, json};

use super::{
    case, check,
    signed::{altered, broken_forms, failed, passed, signed_by_another},
};
use crate::world::{NOW, at, request_claims, world};

#[test]
fn request() {
    let trust = String::from_utf8(world().trust.to_json().unwrap()).unwrap();
    let make = |name: &str, request: String, now: u64, expect: Value| {
        case(
            name,
            json!({ "request": request, "trustList": trust, "now": now }),
            expect,
        )
    };
    let platform = &world().platform;
    let sign = |claims: &RequestClaims| platform.sign(JwsKind::Request, claims);
    let good = || request_claims();
    let fails = |check: Check, code: &str| failed(&PHONE_CHECKS, check, code, &[]);
    let without_origin =
        |code: &str| failed(&PHONE_CHECKS, Check::Platform, code, &[Check::Origin]);
    let malformed = || failed(&PHONE_CHECKS, Check::Format, "malformed", &PHONE_CHECKS);
    let mut cases = vec![
        make("good", sign(&good()), NOW, passed(&PHONE_CHECKS)),
        make(
            "good, in its last second",
            sign(&good()),
            NOW + 300,
            passed(&PHONE_CHECKS),
        ),
        make(
            "good, the phone's clock 60 s behind",
            sign(&good()),
            NOW - 60,
            passed(&PHONE_CHECKS),
        ),
        make(
            "good, with an unknown claim",
            altered(
                platform,
                JwsKind::Request,
                &good(),
                "{",
                r#"{"new":{"a":[1]},"#,
            ),
            NOW,
            passed(&PHONE_CHECKS),
        ),
        make(
            "signature: by another key",
            signed_by_another(&sign(&good()), &world().stranger),
            NOW,
            fails(Check::Signature, "request-untrusted"),
        ),
        make(
            "platform: not in the trust list",
            sign(&RequestClaims {
                iss: PlatformId::parse("other.example").unwrap(),
                ..good()
            }),
            NOW,
            without_origin("request-untrusted"),
        ),
        make(
            "platform: a key that is not the platform's",
            world().stranger.sign(JwsKind::Request, &good()),
            NOW,
            without_origin("request-untrusted"),
        ),
        make(
            "platform: the trust list has expired",
            sign(&RequestClaims {
                iat: at(NOW + 31 * 86_400),
                exp: at(NOW + 31 * 86_400 + 300),
                ..good()
            }),
            NOW + 31 * 86_400,
            without_origin("trust-list-expired"),
        ),
        make(
            "validity: the platform's certificate has expired",
            world().platform_expired.sign(JwsKind::Request, &good()),
            NOW,
            fails(Check::Validity, "request-untrusted"),
        ),
        make(
            "origin: not the platform's",
            sign(&RequestClaims {
                origin: Origin::parse("https://evil.example").unwrap(),
                ..good()
            }),
            NOW,
            fails(Check::Origin, "origin-refused"),
        ),
        make(
            "time: one second after exp",
            sign(&good()),
            NOW + 301,
            fails(Check::Time, "request-expired"),
        ),
        make(
            "time: 61 s from the future",
            sign(&good()),
            NOW - 61,
            fails(Check::Time, "request-expired"),
        ),
        make(
            "operation: unknown to this version",
            sign(&RequestClaims {
                op: Operation::Unknown(Text::new("seal").unwrap()),
                ..good()
            }),
            NOW,
            fails(Check::Operation, "client-too-old"),
        ),
    ];
    let alter = |from: &str, to: &str| altered(platform, JwsKind::Request, &good(), from, to);
    let mut forms = broken_forms(platform, JwsKind::Request, &good());
    forms.extend([
        (
            "format: an assertion in place of a request",
            platform.sign(JwsKind::Assertion, &good()),
        ),
        ("format: a claim missing", alter(r#""op":"login","#, "")),
        (
            "format: a life of 601 s",
            sign(&RequestClaims {
                exp: at(NOW + 601),
                ..good()
            }),
        ),
        (
            "format: an id with capitals",
            alter("\"portal.example\"", "\"Portal.example\""),
        ),
        (
            "format: an origin with a path",
            alter("\"https://portal.example\"", "\"https://portal.example/\""),
        ),
        (
            "format: a nonce of 15 bytes",
            alter("CgoKCgoKCgoKCgoKCgoKCg", "CgoKCgoKCgoKCgoKCgoK"),
        ),
        (
            "format: no line to show",
            alter(r#"["登录示范采购平台"]"#, "[]"),
        ),
        (
            "format: a line break in a line",
            alter("登录示范采购平台", r"登录\n示范采购平台"),
        ),
        (
            "format: a time as text",
            alter(&format!(r#""iat":{NOW}"#), &format!(r#""iat":"{NOW}""#)),
        ),
        ("format: no kind accepted", alter(r#"["platform"]"#, "[]")),
        (
            "format: an unknown kind",
            alter(r#"["platform"]"#, r#"["any"]"#),
        ),
        (
            "format: longer than 8192 bytes",
            alter("{", &format!(r#"{{"x":"{}","#, "x".repeat(8_192))),
        ),
    ]);
    cases.extend(
        forms
            .into_iter()
            .map(|(name, text)| make(name, text, NOW, malformed())),
    );
    check(
        "request",
        "Requests as a phone checks them (section 8) with the trust list and at the time given.",
        cases,
    );
}
