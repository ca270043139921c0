//! What platform staff sees at a glance.

use scanseal_portal::http::rates::RateSettings;
use serde_json::{Value, json};

use crate::{browser::Browser, start::TestPortal};

#[tokio::test]
async fn summary_counts_what_there_is() {
    let portal = TestPortal::start().await;
    let mut admin = portal.browser_of("admin").await;
    let summary = admin.get("/api/admin/summary").await.json();
    assert_eq!(
        (&summary["accounts"], &summary["enterprises"]),
        (&json!(6), &json!(5))
    );
    assert_eq!(summary["sessions"], 1);
    assert_eq!(
        summary["certificates"],
        json!({ "valid": 0, "revoked": 0, "frozen": 0, "expired": 0 })
    );
    assert_eq!(summary["webhooks"], json!({ "waiting": 0, "failed": 0 }));
    assert!(summary["trustList"]["version"].is_u64());
    assert!(summary["trustList"]["expires"].as_u64() > Some(portal.now().as_secs()));
    assert_eq!(summary["audit"]["head"].as_str().map(str::len), Some(43));
    let log = admin.get("/api/admin/audit?limit=1").await.json();
    let last = log["events"][0]["seq"].as_u64().unwrap_or(0);
    assert_eq!(summary["audit"]["events"], last);
    portal.stop().await;
}

#[tokio::test]
async fn who_ran_into_a_limit_is_seen_by_staff_and_by_nobody_else() {
    let portal = TestPortal::start_with(|settings| settings.rates = RateSettings::default()).await;
    let mut browser = Browser::open(portal.address).await;
    for _ in 0..8 {
        let guess = json!({ "login": "li.na", "password": "wrong" });
        browser.post("/api/login", &guess).await;
    }
    let mut admin = portal.browser_of("admin").await;
    let events: Value = admin.get("/api/admin/security").await.json();
    let [event] = events["events"].as_array().unwrap().as_slice() else {
        panic!("{events}");
    };
    assert_eq!(
        event,
        &json!({ "at": portal.now(), "kind": "locked", "what": "password", "subject": "li.na", "count": 3 })
    );
    for path in ["security", "summary"] {
        browser
            .get(&format!("/api/admin/{path}"))
            .await
            .is_problem(401, "login-required");
    }
    portal.stop().await;
}
