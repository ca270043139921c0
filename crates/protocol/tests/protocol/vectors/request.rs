//! Requests as a phone checks them.

use data_encoding::BASE64URL_NOPAD;
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
use crate::world::{NOW, at, bind_claims, request_claims, seal_claims, world};

/// Requests with an `account`, or without one where there must be one: name, request, whether it is in form.
fn with_accounts() -> Vec<(&'static str, String, bool)> {
    let platform = &world().platform;
    let sign = |claims: &RequestClaims| platform.sign(JwsKind::Request, claims);
    let mut renewal = bind_claims();
    if let Some(account) = &mut renewal.account {
        account.replaces = Some([0x5e; 32]);
    }
    let thumbprint = BASE64URL_NOPAD.encode(&[0x5e; 32]);
    let alter = |from: &str, to: &str| altered(platform, JwsKind::Request, &renewal, from, to);
    let name = |name: &str| alter(r#""name":"li.na""#, &format!(r#""name":"{name}""#));
    let enterprise = |name: &str| alter("\"示范供应有限公司\"", &format!(r#""{name}""#));
    let code = |code: &str| alter("91350100M000100Y43", code);
    let account = serde_json::to_string(&renewal.account).unwrap();
    vec![
        ("good, to bind", sign(&bind_claims()), true),
        (
            "good, to bind in place of another certificate",
            sign(&renewal),
            true,
        ),
        (
            "good, to bind, with an unknown member of the account",
            alter(r#""account":{"#, r#""account":{"new":[1],"#),
            true,
        ),
        (
            "good, to bind, a user name of 64 characters",
            name(&"名".repeat(64)),
            true,
        ),
        (
            "good, to bind, an enterprise of 80 characters",
            enterprise(&"企".repeat(80)),
            true,
        ),
        (
            "format: to bind without an account",
            sign(&RequestClaims {
                account: None,
                ..bind_claims()
            }),
            false,
        ),
        (
            "format: to log in with an account",
            sign(&RequestClaims {
                op: Operation::Login,
                ..bind_claims()
            }),
            false,
        ),
        (
            "format: an account that is null",
            alter(&account, "null"),
            false,
        ),
        (
            "format: an account that is an array",
            alter(
                &account,
                r#"["li.na","示范供应有限公司","91350100M000100Y43"]"#,
            ),
            false,
        ),
        (
            "format: an account without a user name",
            alter(r#""name":"li.na","#, ""),
            false,
        ),
        (
            "format: an account without a credit code",
            alter(r#""creditCode":"91350100M000100Y43","#, ""),
            false,
        ),
        ("format: an empty user name", name(""), false),
        ("format: a user name of spaces", name(" \u{3000}"), false),
        (
            "format: a user name of 65 characters",
            name(&"名".repeat(65)),
            false,
        ),
        (
            "format: a line break in a user name",
            name(r"li.na\n平台管理员"),
            false,
        ),
        ("format: an empty enterprise", enterprise(""), false),
        (
            "format: an enterprise of 81 characters",
            enterprise(&"企".repeat(81)),
            false,
        ),
        (
            "format: a line separator in an enterprise",
            enterprise("示范\u{2028}供应"),
            false,
        ),
        (
            "format: a credit code with a wrong check character",
            code("91350100M000100Y44"),
            false,
        ),
        (
            "format: a credit code in lower case",
            code("91350100m000100y43"),
            false,
        ),
        (
            "format: a credit code with a space",
            code("91350100M000100Y43 "),
            false,
        ),
        (
            "format: a replaced certificate of 31 bytes",
            alter(&thumbprint, &BASE64URL_NOPAD.encode(&[0x5e; 31])),
            false,
        ),
        (
            "format: a replaced certificate that is null",
            alter(&format!(r#""{thumbprint}""#), "null"),
            false,
        ),
    ]
}

/// Requests to seal: name, request, whether it is in form.
fn with_documents() -> Vec<(&'static str, String, bool)> {
    let platform = &world().platform;
    let good = seal_claims();
    let alter = |from: &str, to: &str| altered(platform, JwsKind::Request, &good, from, to);
    let documents = serde_json::to_string(&good.documents).unwrap();
    let first = serde_json::to_string(&good.documents.as_ref().unwrap()[0]).unwrap();
    let sign = |claims: &RequestClaims| platform.sign(JwsKind::Request, claims);
    let without = |claims: RequestClaims| RequestClaims {
        documents: None,
        ..claims
    };
    vec![
        ("good, to seal", sign(&good), true),
        (
            "good, to seal, with an unknown member of a document",
            alter(r#"{"name":"Framework"#, r#"{"new":1,"name":"Framework"#),
            true,
        ),
        (
            "format: to seal without documents",
            sign(&without(seal_claims())),
            false,
        ),
        (
            "format: to seal without an account",
            sign(&RequestClaims {
                account: None,
                ..seal_claims()
            }),
            false,
        ),
        (
            "format: to bind with documents",
            sign(&RequestClaims {
                op: Operation::Bind,
                ..seal_claims()
            }),
            false,
        ),
        (
            "format: documents that are null",
            alter(&documents, "null"),
            false,
        ),
        ("format: no document", alter(&documents, "[]"), false),
        (
            "format: a document that is an array",
            alter(&first, "[]"),
            false,
        ),
        (
            "format: a document twice",
            alter(&documents, &format!("[{first},{first}]")),
            false,
        ),
        (
            "format: a document of no bytes",
            alter(r#""size":2048"#, r#""size":0"#),
            false,
        ),
        (
            "format: a document of 256 MiB and a byte",
            alter(r#""size":2048"#, r#""size":268435457"#),
            false,
        ),
        (
            "format: a document of no pages",
            alter(r#""pages":12"#, r#""pages":0"#),
            false,
        ),
        (
            "format: a hash of 31 bytes",
            alter(
                &BASE64URL_NOPAD.encode(&[0xd2; 32]),
                &BASE64URL_NOPAD.encode(&[0xd2; 31]),
            ),
            false,
        ),
        (
            "format: a line break in a document's name",
            alter("Framework agreement", r"Framework\nagreement"),
            false,
        ),
    ]
}

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
                op: Operation::Unknown(Text::new("decrypt").unwrap()),
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
            "format: longer than 32768 bytes",
            alter("{", &format!(r#"{{"x":"{}","#, "x".repeat(32_768))),
        ),
    ]);
    cases.extend(
        forms
            .into_iter()
            .map(|(name, text)| make(name, text, NOW, malformed())),
    );
    let special = with_accounts().into_iter().chain(with_documents());
    cases.extend(special.map(|(name, text, in_form)| {
        let expect = if in_form {
            passed(&PHONE_CHECKS)
        } else {
            malformed()
        };
        make(name, text, NOW, expect)
    }));
    check(
        "request",
        "Requests as a phone checks them (section 8) with the trust list and at the time given.",
        cases,
    );
}
