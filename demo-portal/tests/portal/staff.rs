//! Platform staff: all accounts, bound certificates and sessions; and nobody else.

use hyper::Method;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, send},
    start::TestPortal,
};

const LISTS: [&str; 3] = [
    "/api/admin/accounts",
    "/api/admin/bindings",
    "/api/admin/sessions",
];

async fn get(browser: &mut Browser, path: &str) -> Value {
    let reply = browser.try_get(path).await.unwrap();
    assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
    reply.json()
}

#[tokio::test]
async fn nobody_but_staff_gets_in() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let changes = [
        "/api/admin/accounts/li.na/disable".to_owned(),
        "/api/admin/accounts/li.na/end-sessions".to_owned(),
        "/api/admin/accounts/li.na/make-operator".to_owned(),
        format!("/api/admin/bindings/{}/freeze", phone.id()),
        format!("/api/admin/bindings/{}/unbind", phone.id()),
        format!("/api/admin/sessions/{}/end", "0".repeat(32)),
    ];
    for path in LISTS {
        send(portal.address, Method::GET, path, &[], "")
            .await
            .is_problem(401, "login-required");
    }
    for login in ["zhang.wei", "chen.jing"] {
        let mut browser = portal.browser_of(login).await;
        for path in LISTS {
            let reply = browser.try_get(path).await.unwrap();
            reply.is_problem(403, "not-allowed");
        }
        for path in &changes {
            browser
                .post(path, &Value::Null)
                .await
                .is_problem(403, "not-allowed");
        }
    }
    assert_eq!(portal.events_of("account.disabled").len(), 0);
    portal.stop().await;
}

#[tokio::test]
async fn accounts_are_found_and_closed() {
    let portal = TestPortal::start().await;
    let mut staff = portal.browser_of("admin").await;
    let mut browser = portal.browser_of("li.na").await;
    let all = get(&mut staff, "/api/admin/accounts").await;
    assert_eq!(all["total"], 6);
    for (word, logins) in [
        ("LI.NA", vec!["li.na"]),
        ("%E5%8D%9A%E5%BA%B7", vec!["li.na", "chen.jing"]),
        ("91650100ma77c0r54j", vec!["li.na", "chen.jing"]),
        ("%27%20OR%201%3D1", vec![]),
        ("%25", vec![]),
    ] {
        let found = get(&mut staff, &format!("/api/admin/accounts?q={word}")).await;
        let found: Vec<_> = found["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["login"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, logins, "{word}");
    }
    let second = get(&mut staff, "/api/admin/accounts?page=2").await;
    assert_eq!(second, json!({ "accounts": [], "total": 6 }));
    for query in [
        "page=0",
        "page=x",
        "page=100001",
        "x=1",
        "q=1&q=2",
        &format!("q={}", "a".repeat(81)),
    ] {
        let path = format!("/api/admin/accounts?{query}");
        staff
            .try_get(&path)
            .await
            .unwrap()
            .is_problem(400, "malformed");
    }
    let row = staff
        .post("/api/admin/accounts/li.na/disable", &Value::Null)
        .await
        .json()["account"]
        .clone();
    assert_eq!(
        (&row["state"], &row["sessions"]),
        (&json!("disabled"), &json!(0))
    );
    assert_eq!(browser.session().await["account"], Value::Null);
    let row = staff
        .post("/api/admin/accounts/li.na/enable", &Value::Null)
        .await
        .json()["account"]
        .clone();
    assert_eq!(row["state"], "active");
    for what in ["disable", "make-operator"] {
        let path = format!("/api/admin/accounts/admin/{what}");
        staff
            .post(&path, &Value::Null)
            .await
            .is_problem(409, "not-allowed");
    }
    staff
        .post("/api/admin/accounts/nobody/disable", &Value::Null)
        .await
        .is_problem(404, "not-found");
    let event = &portal.events_of("account.disabled")[0];
    assert_eq!(
        (&event["account"], &event["actor"]),
        (&json!("li.na"), &json!("admin"))
    );
    portal.stop().await;
}

#[tokio::test]
async fn staff_who_is_an_operator_changes_nothing_about_the_people_of_the_platform_itself() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.browser_of("admin").await;
    let person = json!({ "login": "zhao.min", "name": "赵敏", "phone": "1" });
    let added = administrator.post("/api/people", &person).await.json();
    let password = added["password"].as_str().unwrap();
    let mut operator = Browser::logged_in(portal.address, "zhao.min", password).await;
    let accounts = "/api/admin/accounts";
    for (login, what) in [
        ("zhao.min", "make-administrator"),
        ("admin", "disable"),
        ("admin", "end-sessions"),
        ("admin", "make-operator"),
    ] {
        let path = format!("{accounts}/{login}/{what}");
        let reply = operator.post(&path, &Value::Null).await;
        reply.is_problem(403, "not-allowed");
    }
    // Other enterprises' people are what staff is there for.
    for role in ["administrator", "operator"] {
        let path = format!("{accounts}/chen.jing/make-{role}");
        let reply = operator.post(&path, &Value::Null).await;
        assert_eq!(reply.json()["account"]["role"], role);
    }
    // Nor is what an operator may not do with a certificate of the enterprise open to them by staff's door.
    let phone = portal.phone_of("admin").await;
    for what in ["freeze", "unbind", "unfreeze"] {
        let path = format!("/api/admin/bindings/{}/{what}", phone.id());
        let reply = operator.post(&path, &Value::Null).await;
        reply.is_problem(403, "not-allowed");
    }
    let path = format!("{accounts}/zhao.min/make-administrator");
    let reply = administrator.post(&path, &Value::Null).await;
    assert_eq!(reply.json()["account"]["role"], "administrator");
    portal.stop().await;
}

#[tokio::test]
async fn any_certificate_is_frozen_unfrozen_and_unbound() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let mut staff = portal.browser_of("admin").await;
    let list = get(&mut staff, "/api/admin/bindings").await;
    assert_eq!(
        (&list["total"], &list["certificates"][0]["id"]),
        (&json!(1), &json!(phone.id()))
    );
    let found = get(
        &mut staff,
        &format!("/api/admin/bindings?q={}", &phone.id()[..12]),
    )
    .await;
    assert_eq!(found["total"], 1);
    for (what, state) in [
        ("freeze", "frozen"),
        ("unfreeze", "valid"),
        ("freeze", "frozen"),
    ] {
        let path = format!("/api/admin/bindings/{}/{what}", phone.id());
        let reply = staff.post(&path, &Value::Null).await;
        assert_eq!(reply.json()["certificate"]["state"], state);
    }
    let path = format!("/api/admin/bindings/{}/unbind", phone.id());
    assert_eq!(
        staff.post(&path, &Value::Null).await.json(),
        json!({ "certificate": null })
    );
    staff
        .post(&path, &Value::Null)
        .await
        .is_problem(404, "not-found");
    assert_eq!(get(&mut staff, "/api/admin/bindings").await["total"], 0);
    portal.stop().await;
}

#[tokio::test]
async fn all_sessions_are_seen_and_each_can_be_ended() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser_of("li.na").await;
    let mut staff = portal.browser_of("admin").await;
    let list = get(&mut staff, "/api/admin/sessions").await;
    assert_eq!(list["total"], 2);
    let sessions = list["sessions"].as_array().unwrap();
    let theirs = sessions
        .iter()
        .find(|one| one["account"]["login"] == "li.na")
        .unwrap();
    let path = format!("/api/admin/sessions/{}/end", theirs["id"].as_str().unwrap());
    let left = staff.post(&path, &Value::Null).await.json();
    assert_eq!(
        (&left["total"], &left["sessions"][0]["current"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(browser.session().await["account"], Value::Null);

    let mut browser = portal.browser_of("li.na").await;
    let path = "/api/admin/accounts/li.na/end-sessions";
    let row = staff.post(path, &Value::Null).await.json();
    assert_eq!(row["account"]["sessions"], 0);
    assert_eq!(browser.session().await["account"], Value::Null);
    // One's own session, from which it is done, goes on.
    let path = "/api/admin/accounts/admin/end-sessions";
    assert_eq!(staff.post(path, &Value::Null).await.status, 200);
    assert_eq!(staff.session().await["account"]["login"], "admin");
    portal.stop().await;
}
