//! Assertions as a page and as a platform's server check them.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_protocol::{
    Origin, Text,
    assertion::{AssertionClaims, PAGE_CHECKS, PLATFORM_CHECKS, SignedDocuments},
    jws::JwsKind,
    report::Check,
    request::{Accept, CertificateKind, Nonce, Operation, PlatformId, RequestClaims},
};
use serde_json::{Value, json};

use super::{
    case, check,
    signed::{altered, broken_forms, failed, passed, signed_by_another},
};
use crate::world::{
    BINDING, Holder, NOW, answer_to, assertion_claims, at, bind_claims, request_claims,
    seal_claims, world,
};

/// Wrong answers that page and platform find alike: name, claims, check, code.
fn wrong_answers() -> Vec<(&'static str, AssertionClaims, Check, &'static str)> {
    let good = assertion_claims;
    let invalid = "assertion-invalid";
    let mut other_request = good();
    other_request.req[31] ^= 1;
    let mut other_channel = good();
    other_channel.cb[0] ^= 1;
    let unknown = Operation::Unknown(Text::new("decrypt").unwrap());
    let (other_platform, other_origin) = ("other.example", "https://other.example");
    vec![
        (
            "request: the hash of another",
            other_request,
            Check::Request,
            invalid,
        ),
        (
            "nonce: another",
            AssertionClaims {
                jti: Nonce::from_bytes([1; 16]),
                ..good()
            },
            Check::Nonce,
            invalid,
        ),
        (
            "audience: another platform",
            AssertionClaims {
                aud: PlatformId::parse(other_platform).unwrap(),
                ..good()
            },
            Check::Audience,
            invalid,
        ),
        (
            "operation: unknown to this version",
            AssertionClaims {
                op: unknown,
                ..good()
            },
            Check::Operation,
            invalid,
        ),
        (
            "operation: to bind, in answer to a request to log in",
            AssertionClaims {
                op: Operation::Bind,
                ..good()
            },
            Check::Operation,
            invalid,
        ),
        (
            "origin: another",
            AssertionClaims {
                origin: Origin::parse(other_origin).unwrap(),
                ..good()
            },
            Check::Origin,
            "origin-refused",
        ),
        (
            "channel: the binding of another",
            other_channel,
            Check::Channel,
            invalid,
        ),
    ]
}

/// Assertions that cannot be read.
fn unreadable_assertions() -> Vec<(&'static str, String)> {
    let (holder, good) = (&world().holder, assertion_claims());
    let alter = |from: &str, to: &str| altered(holder, JwsKind::Assertion, &good, from, to);
    let mut forms = broken_forms(holder, JwsKind::Assertion, &good);
    forms.extend([
        (
            "format: a request in place of an assertion",
            holder.sign(JwsKind::Request, &good),
        ),
        ("format: a claim missing", alter(r#""op":"login","#, "")),
        (
            "format: a binding of 31 bytes",
            alter(
                &BASE64URL_NOPAD.encode(&BINDING),
                &BASE64URL_NOPAD.encode(&BINDING[1..]),
            ),
        ),
        (
            "format: a negative time",
            alter(&format!(r#""iat":{}"#, NOW + 20), r#""iat":-1"#),
        ),
    ]);
    forms
}

#[test]
fn assertion_page() {
    let request = world().platform.sign(JwsKind::Request, &request_claims());
    let make = |name: &str, assertion: String, expect: Value| {
        let binding = BASE64URL_NOPAD.encode(&BINDING);
        case(
            name,
            json!({ "assertion": assertion, "request": request, "channelBinding": binding }),
            expect,
        )
    };
    let sign = |claims: &AssertionClaims| world().holder.sign(JwsKind::Assertion, claims);
    let by_another = signed_by_another(&sign(&assertion_claims()), &world().mutual);
    let fails = |check: Check, code: &str| failed(&PAGE_CHECKS, check, code, &[]);
    let mut cases = vec![
        make("good", sign(&assertion_claims()), passed(&PAGE_CHECKS)),
        make(
            "good for the page, whatever the certificate",
            world()
                .unknown_ca
                .sign(JwsKind::Assertion, &assertion_claims()),
            passed(&PAGE_CHECKS),
        ),
        make(
            "signature: by another key",
            by_another,
            fails(Check::Signature, "assertion-invalid"),
        ),
    ];
    let wrong = wrong_answers().into_iter();
    cases.extend(
        wrong.map(|(name, claims, check, code)| make(name, sign(&claims), fails(check, code))),
    );
    let malformed = failed(
        &PAGE_CHECKS,
        Check::Format,
        "assertion-invalid",
        &PAGE_CHECKS,
    );
    cases.extend(
        unreadable_assertions()
            .into_iter()
            .map(|(name, text)| make(name, text, malformed.clone())),
    );
    check(
        "assertion-page",
        "Assertions as a page checks them before it hands them to its platform (section 8).",
        cases,
    );
}

#[test]
fn assertion() {
    use Check::{Path, Revocation, Time, Usage, Validity};
    let request = world().platform.sign(JwsKind::Request, &request_claims());
    let trust = String::from_utf8(world().trust.to_json().unwrap()).unwrap();
    let crls: Vec<_> = world()
        .crls
        .iter()
        .map(|crl| BASE64.encode(crl.der()))
        .collect();
    let make_for = |name: &str,
                    request: &str,
                    assertion: String,
                    crls: &[String],
                    now: u64,
                    expect: Value| {
        let input = json!({
            "assertion": assertion, "request": request, "channelBinding": BASE64URL_NOPAD.encode(&BINDING),
            "trustList": trust, "crls": crls, "now": now,
        });
        case(name, input, expect)
    };
    let make_with = |name: &str, assertion: String, crls: &[String], now: u64, expect: Value| {
        make_for(name, &request, assertion, crls, now, expect)
    };
    let make = |name: &str, assertion: String, now: u64, expect: Value| {
        make_with(name, assertion, &crls, now, expect)
    };
    let sign = |claims: &AssertionClaims| world().holder.sign(JwsKind::Assertion, claims);
    let good = assertion_claims;
    let by = |holder: &Holder| holder.sign(JwsKind::Assertion, &good());
    let now = NOW + 20;
    // The holder answers another request than the one of the other cases.
    let answering = |name: &str, claims: &RequestClaims, expect: Value| {
        let request = world().platform.sign(JwsKind::Request, claims);
        make_for(name, &request, sign(&answer_to(claims)), &crls, now, expect)
    };
    let sealing = |name: &str, documents: Option<SignedDocuments>, expect: Value| {
        let request = world().platform.sign(JwsKind::Request, &seal_claims());
        let answer = AssertionClaims {
            documents,
            ..answer_to(&seal_claims())
        };
        make_for(name, &request, sign(&answer), &crls, now, expect)
    };
    let fails = |check: Check, code: &str, not_run: &[Check]| {
        failed(&PLATFORM_CHECKS, check, code, not_run)
    };
    let mut cases = vec![
        make("good", sign(&good()), now, passed(&PLATFORM_CHECKS)),
        make(
            "good, in the request's last second",
            sign(&good()),
            NOW + 300,
            passed(&PLATFORM_CHECKS),
        ),
        answering("good, to bind", &bind_claims(), passed(&PLATFORM_CHECKS)),
        sealing(
            "good, to seal both documents",
            Some(vec![Some([0x51; 32]), Some([0x52; 32])]),
            passed(&PLATFORM_CHECKS),
        ),
        sealing(
            "good, to seal one of the documents",
            Some(vec![None, Some([0x52; 32])]),
            passed(&PLATFORM_CHECKS),
        ),
        sealing(
            "operation: to seal, and says nothing about the documents",
            None,
            fails(Check::Operation, "assertion-invalid", &[]),
        ),
        sealing(
            "operation: to seal, and says something about one of two",
            Some(vec![Some([0x51; 32])]),
            fails(Check::Operation, "assertion-invalid", &[]),
        ),
        sealing(
            "operation: to seal, and no document is signed",
            Some(vec![None, None]),
            fails(Check::Operation, "assertion-invalid", &[]),
        ),
        make_for(
            "good, to seal with a certificate for sealing only",
            &world().platform.sign(JwsKind::Request, &seal_claims()),
            world().seal_only.sign(
                JwsKind::Assertion,
                &answer_to(&seal_claims()).with_documents(vec![None, Some([0x52; 32])]),
            ),
            &crls,
            now,
            passed(&PLATFORM_CHECKS),
        ),
        make(
            "operation: to log in, with documents",
            sign(&good().with_documents(vec![Some([0x51; 32])])),
            now,
            fails(Check::Operation, "assertion-invalid", &[]),
        ),
        answering(
            "good, of the one authority that the request names",
            &RequestClaims {
                accept: Accept {
                    kinds: vec![CertificateKind::Platform],
                    cas: Some(vec!["demo-ca".to_owned()]),
                },
                ..request_claims()
            },
            passed(&PLATFORM_CHECKS),
        ),
        make(
            "signature: by another key",
            signed_by_another(&sign(&good()), &world().mutual),
            now,
            fails(Check::Signature, "assertion-invalid", &[]),
        ),
        make(
            "time: one second after the request's exp",
            sign(&good()),
            NOW + 301,
            fails(Time, "assertion-late", &[]),
        ),
        make(
            "time: signed 61 s before the request",
            sign(&AssertionClaims {
                iat: at(NOW - 61),
                ..good()
            }),
            now,
            fails(Time, "assertion-late", &[]),
        ),
        make(
            "time: signed 61 s ahead of now",
            sign(&AssertionClaims {
                iat: at(now + 61),
                ..good()
            }),
            now,
            fails(Time, "assertion-late", &[]),
        ),
        make(
            "path: an authority that nobody knows",
            by(&world().unknown_ca),
            now,
            fails(
                Path,
                "certificate-untrusted",
                &[Validity, Usage, Revocation],
            ),
        ),
        make(
            "path: an authority of a kind that the request does not accept",
            by(&world().mutual),
            now,
            fails(Path, "certificate-wrong-kind", &[]),
        ),
        answering(
            "path: an authority that is none of those that the request names",
            &RequestClaims {
                accept: Accept {
                    kinds: vec![CertificateKind::Platform],
                    cas: Some(vec!["other-ca".to_owned()]),
                },
                ..request_claims()
            },
            fails(Path, "certificate-wrong-kind", &[]),
        ),
        make(
            "validity: expired",
            by(&world().expired),
            now,
            fails(Validity, "certificate-expired", &[Path, Usage, Revocation]),
        ),
        make(
            "validity: not yet valid",
            by(&world().not_yet_valid),
            now,
            fails(
                Validity,
                "certificate-not-yet-valid",
                &[Path, Usage, Revocation],
            ),
        ),
        make(
            "usage: for sealing only",
            by(&world().seal_only),
            now,
            fails(
                Usage,
                "certificate-wrong-usage",
                &[Path, Validity, Revocation],
            ),
        ),
        make(
            "revocation: revoked",
            by(&world().revoked),
            now,
            fails(Revocation, "certificate-revoked", &[]),
        ),
        make_with(
            "revocation: nothing is known",
            sign(&good()),
            &[],
            now,
            fails(Revocation, "certificate-status-unknown", &[]),
        ),
    ];
    let wrong = wrong_answers().into_iter();
    cases.extend(wrong.map(|(name, claims, check, code)| {
        make(name, sign(&claims), now, fails(check, code, &[]))
    }));
    let malformed = fails(Check::Format, "assertion-invalid", &PLATFORM_CHECKS);
    cases.extend(
        unreadable_assertions()
            .into_iter()
            .map(|(name, text)| make(name, text, now, malformed.clone())),
    );
    check(
        "assertion",
        "Assertions as a platform's server checks them (section 8). The leaf needs a revocation list, its issuers do not.",
        cases,
    );
}
