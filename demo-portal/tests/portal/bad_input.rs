//! Malformed, oversized and misdirected calls on every endpoint.

use data_encoding::BASE64;
use hyper::Method;
use serde_json::json;

use crate::{
    browser::{Browser, send},
    phone::{self, HOSPITAL, credit_code, csr, enrol, enrolment, new_key},
    start::{TestPortal, generous},
};

/// Endpoints with a JSON body, a body with the right members, and the limit.
const JSON_ENDPOINTS: [(&str, &str, usize); 4] = [
    ("/api/login", r#"{"login":"a","password":"b"}"#, 8 * 1024),
    ("/api/scan/requests", r#"{"op":"login"}"#, 8 * 1024),
    (
        "/api/scan/assertions",
        r#"{"assertion":"a","channelBinding":"b"}"#,
        32 * 1024,
    ),
    (
        "/authority/enrolments",
        r#"{"csr":"a","enterprise":"b","creditCode":"c"}"#,
        8 * 1024,
    ),
];

#[tokio::test]
async fn body_at_the_limit_is_read_and_one_byte_more_is_too_large() {
    let portal = TestPortal::start().await;
    let browser = Browser::open(portal.address).await;
    for (path, body, limit) in JSON_ENDPOINTS {
        let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
        let at_limit = browser.post_with(path, &[], padded(limit)).await;
        assert_ne!(at_limit.status, 413, "{path}");
        browser
            .post_with(path, &[], padded(limit + 1))
            .await
            .is_problem(413, "malformed");
    }
    let ocsp = [("content-type", "application/ocsp-request")];
    let at = |length: usize| {
        send(
            portal.address,
            Method::POST,
            "/authority/ocsp",
            &ocsp,
            vec![0; length],
        )
    };
    assert_eq!(at(4 * 1024).await.status, 200);
    at(4 * 1024 + 1).await.is_problem(413, "malformed");
    portal.stop().await;
}

#[tokio::test]
async fn body_of_another_type_is_refused() {
    let portal = TestPortal::start().await;
    let browser = Browser::open(portal.address).await;
    for (path, body, _) in JSON_ENDPOINTS {
        // What a form of another site could send.
        for media_type in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ] {
            browser
                .post_with(path, &[("content-type", media_type)], body)
                .await
                .is_problem(415, "malformed");
        }
        let reply = browser
            .post_with(
                path,
                &[("content-type", "application/json; charset=utf-8")],
                body,
            )
            .await;
        assert_ne!(reply.status, 415, "{path}");
    }
    let json = [("content-type", "application/json")];
    send(portal.address, Method::POST, "/authority/ocsp", &json, "{}")
        .await
        .is_problem(415, "malformed");
    portal.stop().await;
}

#[tokio::test]
async fn malformed_json_and_unknown_members_are_refused() {
    let portal = TestPortal::start().await;
    let browser = Browser::open(portal.address).await;
    for (path, body, _) in JSON_ENDPOINTS {
        let more = body.replacen('{', r#"{"more":1,"#, 1);
        let twice = body.replacen('{', &format!("{},", body.trim_end_matches('}')), 1);
        for wrong in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            "\u{feff}{}",
            &more,
            &twice,
            &format!("{body}{body}"),
        ] {
            browser
                .post_with(path, &[], wrong.to_owned())
                .await
                .is_problem(400, "malformed");
        }
        browser
            .post_with(path, &[], vec![0xff, 0xfe])
            .await
            .is_problem(400, "malformed");
        browser
            .post_with(path, &[], "[".repeat(8_000))
            .await
            .is_problem(400, "malformed");
    }
    for op in ["Bind", "Login", "", "logout"] {
        browser
            .post_with("/api/scan/requests", &[], json!({ "op": op }).to_string())
            .await
            .is_problem(400, "malformed");
    }
    portal.stop().await;
}

#[tokio::test]
async fn unknown_addresses_are_not_found_with_any_method() {
    let portal = TestPortal::start().await;
    for path in [
        "/nothing",
        "/api",
        "/api/session/more",
        "/authority/../api/session",
        "/authority/root.key.pem",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            send(portal.address, method, path, &[], "")
                .await
                .is_problem(404, "not-found");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn wrong_enrolments_are_refused_with_what_to_do() {
    let portal = TestPortal::start().await;
    let (key, code) = (new_key(), credit_code(7));
    let name = "北屯远航物流有限公司";
    let good = enrolment(&key, name, &code);
    let with = |member: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let mut unproven = csr(&key, name, &code);
    *unproven.last_mut().unwrap() ^= 1;
    for body in [
        with("csr", json!("")),
        with("csr", json!("!")),
        with("csr", json!(BASE64.encode(b"no request"))),
        with("csr", json!(BASE64.encode(&unproven))),
        with("enterprise", json!("")),
        with("enterprise", json!("别的企业")),
        with("enterprise", json!("企".repeat(65))),
        with("enterprise", json!("a\u{0}b")),
        with("creditCode", json!(credit_code(8))),
    ] {
        enrol(portal.address, &body)
            .await
            .is_problem(400, "malformed");
    }
    for unseen in [
        '\u{200b}',
        '\u{202e}',
        '\u{2028}',
        '\u{2066}',
        '\u{3164}',
        '\u{feff}',
        '\u{e0041}',
    ] {
        let looks_alike = format!("天山{unseen}博康医疗器械有限公司");
        let reply = enrol(portal.address, &with("enterprise", json!(looks_alike))).await;
        reply.is_problem(400, "malformed");
        let detail = reply.json()["detail"].to_string();
        assert!(detail.contains("nobody sees"), "{unseen:?}: {detail}");
    }
    for wrong in [
        "",
        "91650100000000001",
        "916501000000000011",
        "9165010000000000111",
    ] {
        enrol(portal.address, &with("creditCode", json!(wrong)))
            .await
            .is_problem(422, "credit-code-invalid");
    }
    let other_name = enrolment(&key, "云岭市第二人民医院", HOSPITAL.1);
    enrol(portal.address, &other_name)
        .await
        .is_problem(409, "certificate-name-mismatch");
    assert_eq!(enrol(portal.address, &good).await.status, 201);
    portal.stop().await;
}

#[tokio::test]
async fn enrolments_from_one_address_are_limited() {
    let portal = TestPortal::start_with(|settings| {
        settings.rates = generous();
        settings.rates.enrolment_per_address.burst = 2.try_into().unwrap();
        settings.rates.enrolment_per_address.every = std::time::Duration::from_secs(600);
    })
    .await;
    for _ in 0..2 {
        phone::Phone::enrolled(portal.address, HOSPITAL).await;
    }
    let reply = enrol(
        portal.address,
        &enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1),
    )
    .await;
    reply.is_problem(429, "rate-limited");
    assert!(reply.header("retry-after").parse::<u64>().unwrap() > 500);
    portal.stop().await;
}

#[tokio::test]
async fn scans_from_one_address_are_limited() {
    let portal = TestPortal::start_with(|settings| {
        settings.rates.scan_per_address.burst = 3.try_into().unwrap();
        settings.rates.scan_per_address.every = std::time::Duration::from_secs(600);
    })
    .await;
    let mut browser = Browser::open(portal.address).await;
    for _ in 0..3 {
        phone::request(&mut browser).await;
    }
    browser
        .post("/api/scan/requests", &json!({ "op": "login" }))
        .await
        .is_problem(429, "rate-limited");
    browser
        .post(
            "/api/scan/assertions",
            &json!({ "assertion": "a", "channelBinding": "b" }),
        )
        .await
        .is_problem(429, "rate-limited");
    portal.stop().await;
}
