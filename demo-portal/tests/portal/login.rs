//! Password login: who guesses learns nothing.

use std::time::{Duration, Instant};

use scanseal_portal::http::rates::RateSettings;
use serde_json::json;

use crate::{browser::Browser, start::TestPortal};

#[tokio::test]
async fn unknown_name_and_wrong_password_get_the_same_answer_after_the_same_time() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    let mut times = [Vec::new(), Vec::new()];
    let mut bodies = Vec::new();
    for _ in 0..9 {
        for (times, login) in times.iter_mut().zip(["li.na", "nobody"]) {
            let start = Instant::now();
            let reply = browser
                .post(
                    "/api/login",
                    &json!({ "login": login, "password": "wrong" }),
                )
                .await;
            times.push(start.elapsed());
            bodies.push(reply.is_problem(401, "login-failed").body.clone());
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let [known, unknown] = times.each_mut().map(median);
    // Without the dummy hash the unknown name answers some thirty times faster.
    assert!(
        unknown > known / 3 && known > unknown / 3,
        "{known:?} {unknown:?}"
    );
    portal.stop().await;
}

#[tokio::test]
async fn name_is_taken_without_regard_to_case_and_surrounding_spaces() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    let body = json!({ "login": " Zhang.Wei ", "password": portal.password_of("zhang.wei") });
    let reply = browser.post("/api/login", &body).await;
    assert_eq!(reply.status, 200);
    let account = &reply.json()["account"];
    assert_eq!(
        (
            account["name"].as_str(),
            account["role"].as_str(),
            account["enterprise"]["kind"].as_str()
        ),
        (Some("张伟"), Some("administrator"), Some("purchaser"))
    );
    portal.stop().await;
}

#[tokio::test]
async fn sixth_try_on_one_account_must_wait_and_others_need_not() {
    let portal = TestPortal::start_with(|settings| settings.rates = RateSettings::default()).await;
    let mut browser = Browser::open(portal.address).await;
    // Whether the account exists makes no difference.
    for login in ["li.na", "nobody"] {
        for _ in 0..5 {
            browser
                .post(
                    "/api/login",
                    &json!({ "login": login, "password": "wrong" }),
                )
                .await
                .is_problem(401, "login-failed");
        }
        let right = json!({ "login": login, "password": portal.password_of("li.na") });
        let reply = browser.post("/api/login", &right).await;
        reply.is_problem(429, "rate-limited");
        let wait: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
    }
    let other = json!({ "login": "zhang.wei", "password": portal.password_of("zhang.wei") });
    assert_eq!(browser.post("/api/login", &other).await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn very_long_names_and_passwords_just_fail() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    let body = json!({ "login": "a".repeat(3_000), "password": "b".repeat(3_000) });
    browser
        .post("/api/login", &body)
        .await
        .is_problem(401, "login-failed");
    portal.stop().await;
}
