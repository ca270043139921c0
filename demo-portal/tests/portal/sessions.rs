//! Web sessions: rotation, ends, and who may call.

use hyper::Method;
use scanseal_portal::platform::session::{ABSOLUTE_SECONDS, IDLE_SECONDS};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, SESSION, send},
    start::TestPortal,
};

async fn logged_in(portal: &TestPortal) -> Browser {
    let mut browser = Browser::open(portal.address).await;
    let body = json!({ "login": "li.na", "password": portal.password_of("li.na") });
    assert_eq!(browser.post("/api/login", &body).await.status, 200);
    assert_eq!(browser.session().await["account"]["login"], "li.na");
    browser
}

async fn account(browser: &mut Browser) -> Value {
    browser.session().await["account"]["login"].clone()
}

#[tokio::test]
async fn login_changes_the_session_id_and_the_old_one_stays_worthless() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    let planted = browser.clone();
    let body = json!({ "login": "li.na", "password": portal.password_of("li.na") });
    browser.post("/api/login", &body).await;
    assert_ne!(browser.cookies[SESSION], planted.cookies[SESSION]);
    assert_eq!(account(&mut planted.clone()).await, Value::Null);

    // Logging in once more ends the session before.
    browser.session().await;
    let before = browser.clone();
    assert_eq!(browser.post("/api/login", &body).await.status, 200);
    assert_eq!(account(&mut before.clone()).await, Value::Null);
    assert_eq!(account(&mut browser).await, "li.na");
    portal.stop().await;
}

#[tokio::test]
async fn session_ends_after_thirty_minutes_without_use() {
    let portal = TestPortal::start().await;
    let mut browser = logged_in(&portal).await;
    portal.advance(IDLE_SECONDS - 1);
    assert_eq!(account(&mut browser).await, "li.na");
    portal.advance(IDLE_SECONDS - 1);
    assert_eq!(account(&mut browser).await, "li.na");
    portal.advance(IDLE_SECONDS);
    assert_eq!(account(&mut browser).await, Value::Null);
    portal.stop().await;
}

#[tokio::test]
async fn session_ends_after_twelve_hours_of_use() {
    let portal = TestPortal::start().await;
    let mut browser = logged_in(&portal).await;
    let steps = ABSOLUTE_SECONDS / 1_200;
    for _ in 0..steps - 1 {
        portal.advance(1_200);
        assert_eq!(account(&mut browser).await, "li.na");
    }
    portal.advance(1_199);
    assert_eq!(account(&mut browser).await, "li.na");
    portal.advance(1);
    assert_eq!(account(&mut browser).await, Value::Null);
    portal.stop().await;
}

#[tokio::test]
async fn logout_ends_the_session_on_the_server_too() {
    let portal = TestPortal::start().await;
    let mut browser = logged_in(&portal).await;
    let stolen = browser.clone();
    let reply = browser.post("/api/logout", &Value::Null).await;
    assert_eq!(reply.status, 204);
    assert!(!browser.cookies.contains_key(SESSION));
    assert_eq!(account(&mut stolen.clone()).await, Value::Null);
    // Once more, without being logged in, changes nothing.
    browser.session().await;
    assert_eq!(browser.post("/api/logout", &Value::Null).await.status, 204);
    portal.stop().await;
}

#[tokio::test]
async fn database_holds_no_cookie() {
    let portal = TestPortal::start().await;
    let browser = logged_in(&portal).await;
    let cookie = data_encoding::BASE64URL_NOPAD
        .decode(browser.cookies[SESSION].as_bytes())
        .unwrap();
    let folder = portal.stop().await;
    let file = std::fs::read(folder.path().join("portal.sqlite")).unwrap();
    assert!(!file.windows(32).any(|window| window == cookie));
}

#[tokio::test]
async fn foreign_pages_and_missing_tokens_are_refused_on_every_changing_call() {
    let portal = TestPortal::start().await;
    let browser = logged_in(&portal).await;
    let other = Browser::open(portal.address).await;
    for path in [
        "/api/login",
        "/api/logout",
        "/api/scan/requests",
        "/api/scan/assertions",
    ] {
        for (name, value) in [
            ("origin", ""),
            ("origin", "null"),
            ("origin", "https://evil.example"),
            ("origin", "https://localhost"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            browser
                .post_with(path, &[(name, value)], "{}")
                .await
                .is_problem(403, "origin-refused");
        }
        for token in ["", "x", other.csrf.as_str()] {
            browser
                .post_with(path, &[("x-csrf-token", token)], "{}")
                .await
                .is_problem(403, "csrf-refused");
        }
        browser
            .post_with(path, &[("cookie", "")], "{}")
            .await
            .is_problem(403, "csrf-refused");
    }
    assert_eq!(account(&mut browser.clone()).await, "li.na");
    portal.stop().await;
}

#[tokio::test]
async fn enrolment_from_a_foreign_page_is_refused() {
    let portal = TestPortal::start().await;
    let headers = [
        ("content-type", "application/json"),
        ("origin", "https://evil.example"),
    ];
    let reply = send(
        portal.address,
        Method::POST,
        "/authority/enrolments",
        &headers,
        "{}",
    )
    .await;
    reply.is_problem(403, "origin-refused");
    portal.stop().await;
}
