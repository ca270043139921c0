//! Requests: their limits, and what never verifies.

use proptest::prelude::*;
use scanseal_protocol::{
    Text,
    error::Code,
    jws::{JwsError, JwsKind},
    limits,
    request::{
        Accept, Account, CertificateKind, Document, Operation, PlatformId, Request, RequestClaims,
    },
};

use crate::world::{NOW, at, bind_claims, request, request_claims, seal_claims, world};

fn unsigned(claims: &RequestClaims) -> Result<(), JwsError> {
    claims
        .unsigned(std::slice::from_ref(&world().platform.certificate))
        .map(|_| ())
}

fn parse(claims: &RequestClaims) -> Result<Request, Code> {
    Request::parse(&world().platform.sign(JwsKind::Request, claims)).map_err(|refused| refused.code)
}

/// The platform cannot make it, and the phone does not read it.
fn assert_refused(claims: &RequestClaims, what: &str) {
    assert!(unsigned(claims).is_err(), "{what}: made");
    assert_eq!(parse(claims), Err(Code::Malformed), "{what}: read");
}

fn assert_accepted(claims: &RequestClaims, what: &str) {
    assert_eq!(unsigned(claims), Ok(()), "{what}");
    assert_eq!(
        parse(claims).map(|request| request.claims().clone()),
        Ok(claims.clone()),
        "{what}"
    );
}

#[test]
fn a_life_of_600_seconds_is_accepted_and_of_601_refused() {
    let life = |seconds: u64| RequestClaims {
        exp: at(NOW + seconds),
        ..request_claims()
    };
    assert_accepted(&life(limits::REQUEST_LIFE_SECONDS), "600 s");
    assert_refused(&life(limits::REQUEST_LIFE_SECONDS + 1), "601 s");
    assert_accepted(&life(1), "1 s");
    assert_refused(&life(0), "0 s");
    assert_refused(
        &RequestClaims {
            exp: at(NOW - 1),
            ..request_claims()
        },
        "exp before iat",
    );
}

#[test]
fn eight_lines_are_accepted_and_none_or_nine_refused() {
    let lines = |count: usize| {
        let mut claims = request_claims();
        claims.display.en = vec![Text::new("line").unwrap(); count];
        claims
    };
    assert_accepted(&lines(8), "8 lines");
    assert_refused(&lines(9), "9 lines");
    assert_refused(&lines(0), "no line");
}

#[test]
fn a_line_that_would_look_like_two_is_refused() {
    for character in [
        '\n', '\r', '\t', '\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}',
    ] {
        let mut claims = request_claims();
        claims
            .display
            .zh
            .push(Text::new(format!("一{character}二")).unwrap());
        assert_refused(&claims, &format!("{character:?}"));
    }
}

#[test]
fn texts_at_their_limits_are_accepted_and_one_character_more_refused() {
    let json = serde_json::to_string(&request_claims()).unwrap();
    let header = world().platform.header(JwsKind::Request);
    let with = |from: &str, to: String| {
        let changed = json.replacen(from, &to, 1);
        assert_ne!(changed, json);
        Request::parse(&world().platform.sign_raw(&header, &changed)).is_ok()
    };
    let text = |length: usize| "文".repeat(length);
    for (from, limit) in [
        ("登录示范采购平台", 120),
        ("Chromium 156, Windows", 80),
        ("乌鲁木齐", 80),
    ] {
        assert!(with(from, text(limit)), "{from}");
        assert!(!with(from, text(limit + 1)), "{from}");
    }
    assert!(with(
        r#""iss":"portal.example""#,
        format!(r#""iss":"{}""#, "a".repeat(64))
    ));
    assert!(!with(
        r#""iss":"portal.example""#,
        format!(r#""iss":"{}""#, "a".repeat(65))
    ));
    assert!(with(
        r#""op":"login""#,
        format!(r#""op":"{}""#, "a".repeat(32))
    ));
    assert!(!with(
        r#""op":"login""#,
        format!(r#""op":"{}""#, "a".repeat(33))
    ));
}

#[test]
fn platform_ids_have_their_alphabet() {
    assert!(PlatformId::parse("a.b-0").is_some());
    for bad in ["", "A", "a b", "a_b", "ä"] {
        assert_eq!(PlatformId::parse(bad), None, "{bad}");
    }
}

#[test]
fn acceptance_must_leave_something_and_is_kept_to() {
    let accept = |kinds: &[CertificateKind], cas: Option<&[&str]>| Accept {
        kinds: kinds.to_vec(),
        cas: cas.map(|cas| cas.iter().map(ToString::to_string).collect()),
    };
    assert_refused(
        &RequestClaims {
            accept: accept(&[], None),
            ..request_claims()
        },
        "no kind",
    );
    let platform = [CertificateKind::Platform];
    assert_refused(
        &RequestClaims {
            accept: accept(&platform, Some(&[])),
            ..request_claims()
        },
        "no authority",
    );
    assert!(accept(&platform, None).allows(CertificateKind::Platform, "any"));
    assert!(!accept(&platform, None).allows(CertificateKind::Mutual, "any"));
    assert!(accept(&platform, Some(&["one", "two"])).allows(CertificateKind::Platform, "two"));
    assert!(!accept(&platform, Some(&["one", "two"])).allows(CertificateKind::Platform, "three"));
}

#[test]
fn an_account_belongs_to_binding_and_is_one_line_a_member() {
    assert_accepted(&bind_claims(), "to bind");
    let with = |change: &dyn Fn(&mut Account)| {
        let mut claims = bind_claims();
        claims.account.as_mut().map(change).unwrap();
        claims
    };
    assert_accepted(
        &with(&|account| account.replaces = Some([1; 32])),
        "renewal",
    );
    let without = RequestClaims {
        account: None,
        ..bind_claims()
    };
    assert_refused(&without, "to bind without an account");
    let without = RequestClaims {
        account: None,
        ..seal_claims()
    };
    assert_refused(&without, "to seal without an account");
    let with_op = |op: Operation| RequestClaims {
        op,
        ..bind_claims()
    };
    assert_refused(&with_op(Operation::Login), "to log in with an account");
    let later = Operation::Unknown(Text::new("decrypt").unwrap());
    assert_accepted(&with_op(later), "an operation of a later version");
    for wrong in ["", " ", "\u{3000}", "one\ntwo", "one\u{2028}two", "\0"] {
        let refused = |claims| assert_refused(&claims, &format!("{wrong:?}"));
        refused(with(&|account| account.name = Text::new(wrong).unwrap()));
        refused(with(&|account| {
            account.enterprise = Text::new(wrong).unwrap();
        }));
    }
}

#[test]
fn documents_belong_to_sealing_and_have_limits() {
    assert_accepted(&seal_claims(), "to seal");
    let with = |change: &dyn Fn(&mut Vec<Document>)| {
        let mut claims = seal_claims();
        claims.documents.as_mut().map(change).unwrap();
        claims
    };
    let many = |count: u8| {
        let copy = |sha256| Document {
            name: Text::new("名".repeat(80)).unwrap(),
            size: limits::DOCUMENT_BYTES,
            pages: limits::DOCUMENT_PAGES,
            sha256,
        };
        let documents: Vec<_> = (0..count).map(|index| copy([index; 32])).collect();
        with(&|all| all.clone_from(&documents))
    };
    assert_accepted(&many(50), "fifty with the longest names");
    assert_refused(&many(51), "51");
    assert_refused(&many(0), "none");
    type Change<'a> = &'a dyn Fn(&mut Document);
    let cases: [(&str, Change<'_>); 6] = [
        ("an empty file", &|document| document.size = 0),
        ("too large", &|document| {
            document.size = limits::DOCUMENT_BYTES + 1
        }),
        ("no page", &|document| document.pages = 0),
        ("too many pages", &|document| {
            document.pages = limits::DOCUMENT_PAGES + 1
        }),
        ("no name", &|document| {
            document.name = Text::new(" \u{3000}").unwrap()
        }),
        ("two lines", &|document| {
            document.name = Text::new("a\u{2028}b").unwrap()
        }),
    ];
    for (what, change) in cases {
        assert_refused(&with(&|all| all.first_mut().map(change).unwrap()), what);
    }
    assert_refused(&with(&|all| all.push(all[0].clone())), "one twice");
    for op in [Operation::Login, Operation::Bind] {
        assert_refused(
            &RequestClaims {
                op,
                ..seal_claims()
            },
            "with another operation",
        );
    }
    let replacing = {
        let mut claims = seal_claims();
        claims.account.as_mut().unwrap().replaces = Some([1; 32]);
        claims
    };
    assert_refused(&replacing, "replaces is for binding");
}

#[test]
fn clocks_may_differ_by_60_seconds_and_the_last_second_counts() {
    let verify = |now: u64| {
        request(&request_claims())
            .verify(&world().trust, at(now))
            .map_err(|refused| refused.code)
            .err()
    };
    assert_eq!(verify(NOW - 60), None);
    assert_eq!(verify(NOW - 61), Some(Code::RequestExpired));
    assert_eq!(verify(NOW + 300), None);
    assert_eq!(verify(NOW + 301), Some(Code::RequestExpired));
}

#[test]
fn arrays_in_place_of_objects_are_refused() {
    let json = serde_json::to_string(&request_claims()).unwrap();
    let context = r#"{"browser":"Chromium 156, Windows","place":"乌鲁木齐"}"#;
    let changed = json.replacen(context, r#"["Chromium 156, Windows","乌鲁木齐"]"#, 1);
    assert_ne!(changed, json);
    let text = world()
        .platform
        .sign_raw(&world().platform.header(JwsKind::Request), &changed);
    assert_eq!(Request::parse(&text).unwrap_err().code, Code::Malformed);
}

#[test]
fn a_flipped_bit_at_any_place_never_verifies() {
    let text = request(&request_claims()).as_str().to_owned();
    // Low bits give other characters of base64url, which is where a lenient reader would be fooled.
    for (position, mask) in (0..text.len()).zip([1, 2, 32].into_iter().cycle()) {
        assert_not_verified(&text, position, mask);
    }
}

fn assert_not_verified(text: &str, position: usize, mask: u8) {
    let mut bytes = text.as_bytes().to_vec();
    bytes[position] ^= mask;
    let Ok(changed) = String::from_utf8(bytes) else {
        return;
    };
    let verified =
        Request::parse(&changed).and_then(|request| request.verify(&world().trust, at(NOW)));
    assert!(verified.is_err(), "byte {position} ^ {mask:#x}");
}

proptest! {
    #[test]
    fn a_changed_byte_never_verifies(position: prop::sample::Index, mask in 1..=255u8) {
        let text = request(&request_claims()).as_str().to_owned();
        assert_not_verified(&text, position.index(text.len()), mask);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*", payload in ".*") {
        let _ = Request::parse(&text);
        let header = world().platform.header(JwsKind::Request);
        let _ = Request::parse(&world().platform.sign_raw(&header, &payload));
    }
}
