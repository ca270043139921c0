//! People of an enterprise, closed accounts, passwords, sessions.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, SESSION},
    phone,
    scan::SUBMIT,
    start::{TestPortal, generous},
};

fn new_person(login: &str) -> Value {
    json!({ "login": login, "name": "赵敏", "phone": "13800000000" })
}

async fn login(portal: &TestPortal, login: &str, password: &str) -> crate::browser::Reply {
    let mut browser = Browser::open(portal.address).await;
    let body = json!({ "login": login, "password": password });
    browser.post("/api/login", &body).await
}

#[tokio::test]
async fn administrator_adds_a_person_who_logs_in_with_the_password_shown_once() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser_of("li.na").await;
    let reply = browser.post("/api/people", &new_person(" Zhao.Min ")).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    let answer = reply.json();
    assert_eq!(
        answer["person"],
        json!({ "login": "zhao.min", "name": "赵敏", "phone": "13800000000", "role": "operator",
                "state": "active", "certificates": 0, "lastLogin": null, "self": false })
    );
    let password = answer["password"].as_str().unwrap();
    let reply = login(&portal, "zhao.min", password).await;
    assert_eq!(
        reply.json()["account"]["enterprise"]["creditCode"],
        "91650100MA77C0R54J"
    );
    let list = browser.try_get("/api/people").await.unwrap().json();
    let people = list["people"].as_array().unwrap();
    let logins: Vec<_> = people
        .iter()
        .map(|one| one["login"].as_str().unwrap())
        .collect();
    assert_eq!(logins, ["li.na", "chen.jing", "zhao.min"]);
    assert_eq!(
        (&people[0]["self"], &people[2]["lastLogin"]),
        (&json!(true), &json!(portal.now().as_secs()))
    );
    let event = &portal.events_of("account.added")[0];
    assert_eq!(
        (&event["account"], &event["actor"]),
        (&json!("zhao.min"), &json!("li.na"))
    );
    assert!(
        !portal
            .events()
            .iter()
            .any(|event| event.to_string().contains(password))
    );
    portal.stop().await;
}

#[tokio::test]
async fn operators_and_strangers_do_not_look_after_people() {
    let portal = TestPortal::start().await;
    let mut operator = portal.browser_of("chen.jing").await;
    let reply = operator.try_get("/api/people").await.unwrap();
    reply.is_problem(403, "not-allowed");
    let paths = ["disable", "enable", "make-administrator", "make-operator"];
    for what in paths {
        let path = format!("/api/people/li.na/{what}");
        operator
            .post(&path, &Value::Null)
            .await
            .is_problem(403, "not-allowed");
    }
    operator
        .post("/api/people", &new_person("zhao.min"))
        .await
        .is_problem(403, "not-allowed");
    let mut other = portal.browser_of("zhang.wei").await;
    for what in paths {
        for login in ["li.na", "nobody", "x'--"] {
            let path = format!("/api/people/{login}/{what}");
            other
                .post(&path, &Value::Null)
                .await
                .is_problem(404, "not-found");
        }
    }
    let mut nobody = Browser::open(portal.address).await;
    let reply = nobody.try_get("/api/people").await.unwrap();
    reply.is_problem(401, "login-required");
    assert_eq!(portal.count("SELECT count(*) FROM account"), 6);
    portal.stop().await;
}

#[tokio::test]
async fn closed_account_is_told_only_to_who_has_the_password_or_the_certificate() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("chen.jing").await;
    let mut operator = portal.browser_of("chen.jing").await;
    let mut administrator = portal.browser_of("li.na").await;
    let path = "/api/people/chen.jing/disable";
    let reply = administrator.post(path, &Value::Null).await;
    assert_eq!(reply.json()["people"][1]["state"], "disabled");
    assert_eq!(operator.session().await["account"], Value::Null);
    login(&portal, "chen.jing", "wrong")
        .await
        .is_problem(401, "login-failed");
    let password = portal.password_of("chen.jing");
    login(&portal, "chen.jing", &password)
        .await
        .is_problem(403, "account-disabled");
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    reply.is_problem(403, "account-disabled");
    let refused = portal.events_of("login.refused");
    let accounts: Vec<_> = refused
        .iter()
        .map(|event| event["account"].clone())
        .collect();
    assert_eq!(
        accounts,
        [json!("chen.jing"), json!("chen.jing"), json!("chen.jing")]
    );

    let path = "/api/people/chen.jing/enable";
    administrator.post(path, &Value::Null).await;
    assert_eq!(login(&portal, "chen.jing", &password).await.status, 200);
    for event in ["account.disabled", "account.enabled"] {
        assert_eq!(portal.events_of(event).len(), 1, "{event}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn nobody_closes_or_demotes_themselves_and_who_was_demoted_has_no_rights_at_once() {
    let portal = TestPortal::start().await;
    let mut first = portal.browser_of("li.na").await;
    for what in ["disable", "make-operator"] {
        let path = format!("/api/people/li.na/{what}");
        first
            .post(&path, &Value::Null)
            .await
            .is_problem(409, "not-allowed");
    }
    first
        .post("/api/people/chen.jing/make-administrator", &Value::Null)
        .await;
    let mut second = portal.browser_of("chen.jing").await;
    let reply = second
        .post("/api/people/li.na/make-operator", &Value::Null)
        .await;
    assert_eq!(reply.json()["people"][0]["role"], "operator");
    first
        .post("/api/people/chen.jing/make-operator", &Value::Null)
        .await
        .is_problem(403, "not-allowed");
    assert_eq!(portal.events_of("account.role-changed").len(), 2);
    portal.stop().await;
}

#[tokio::test]
async fn field_errors_come_all_at_once_and_injections_stay_text() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser_of("li.na").await;
    let body = json!({ "login": "", "name": "<script>", "phone": "1".repeat(25) });
    let reply = browser.post("/api/people", &body).await;
    reply.is_problem(422, "malformed");
    assert_eq!(
        reply.json()["fields"],
        json!({ "login": "required", "name": "characters", "phone": "too-long" })
    );
    for injection in [
        "'; DROP TABLE account; --",
        "\" OR 1=1 --",
        "<img src=x onerror=alert(1)>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "a\u{0}b",
        "a\r\nSet-Cookie: x=y",
        "\u{202e}abc",
        "%00",
    ] {
        for field in ["login", "name", "phone"] {
            let mut body = new_person("zhao.min");
            body[field] = injection.into();
            let reply = browser.post("/api/people", &body).await;
            reply.is_problem(422, "malformed");
            assert_eq!(
                reply.json()["fields"],
                json!({ field: "characters" }),
                "{injection:?}"
            );
        }
    }
    let reply = browser.post("/api/people", &new_person("chen.jing")).await;
    reply.is_problem(409, "malformed");
    assert_eq!(reply.json()["fields"], json!({ "login": "taken" }));
    assert_eq!(portal.count("SELECT count(*) FROM account"), 6);
    portal.stop().await;
}

#[tokio::test]
async fn people_added_by_one_administrator_are_limited() {
    let portal = TestPortal::start_with(|settings| {
        settings.rates = generous();
        settings.rates.people_per_account.burst = 1.try_into().unwrap();
        settings.rates.people_per_account.every = std::time::Duration::from_secs(3_600);
    })
    .await;
    let mut browser = portal.browser_of("li.na").await;
    assert_eq!(
        browser
            .post("/api/people", &new_person("zhao.min"))
            .await
            .status,
        201
    );
    browser
        .post("/api/people", &new_person("qian.yi"))
        .await
        .is_problem(429, "rate-limited");
    let mut other = portal.browser_of("zhang.wei").await;
    assert_eq!(
        other
            .post("/api/people", &new_person("qian.yi"))
            .await
            .status,
        201
    );
    portal.stop().await;
}

#[tokio::test]
async fn password_is_changed_with_the_old_one_and_other_sessions_end() {
    let portal = TestPortal::start().await;
    let mut other = portal.browser_of("li.na").await;
    let mut browser = portal.browser_of("li.na").await;
    let old = portal.password_of("li.na");
    let change = |current: &str, next: &str| json!({ "current": current, "next": next });
    for (current, next, fields) in [
        ("wrong", "a new password", json!({ "current": "wrong" })),
        (old.as_str(), "short", json!({ "next": "weak" })),
        (&old, "li.na li.na li.na", json!({ "next": "weak" })),
        ("", "", json!({ "current": "wrong", "next": "required" })),
        (&old, &"abcdef".repeat(43), json!({ "next": "too-long" })),
    ] {
        let reply = browser.post("/api/password", &change(current, next)).await;
        reply.is_problem(422, "malformed");
        assert_eq!(reply.json()["fields"], fields);
    }
    let reply = browser
        .post("/api/password", &change(&old, "a new password"))
        .await;
    assert_eq!(reply.status, 204);
    assert_eq!(browser.session().await["account"]["login"], "li.na");
    assert_eq!(other.session().await["account"], Value::Null);
    login(&portal, "li.na", &old)
        .await
        .is_problem(401, "login-failed");
    assert_eq!(login(&portal, "li.na", "a new password").await.status, 200);
    assert_eq!(portal.events_of("account.password-changed").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn sessions_are_listed_under_public_names_and_ended_one_by_one() {
    let portal = TestPortal::start().await;
    let mut other = portal.browser_of("li.na").await;
    portal.advance(5);
    let mut browser = portal.browser_of("li.na").await;
    let mut stranger = portal.browser_of("zhang.wei").await;
    let list = browser.try_get("/api/sessions").await.unwrap().json();
    let sessions = list["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(
        (&sessions[0]["current"], &sessions[1]["current"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        sessions[0]["account"],
        json!({ "login": "li.na", "name": "李娜" })
    );
    let id = sessions[1]["id"].as_str().unwrap().to_owned();
    // The name is neither the cookie nor what is stored of it.
    assert_ne!(id, other.cookies[SESSION]);
    assert_eq!(
        portal.count(&format!(
            "SELECT count(*) FROM web_session WHERE lower(hex(id_hash)) LIKE '{id}%'"
        )),
        0
    );
    let path = format!("/api/sessions/{id}/end");
    stranger
        .post(&path, &Value::Null)
        .await
        .is_problem(404, "not-found");
    let left = browser.post(&path, &Value::Null).await.json();
    assert_eq!(left["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(other.session().await["account"], Value::Null);
    browser
        .post(&path, &Value::Null)
        .await
        .is_problem(404, "not-found");
    assert_eq!(portal.events_of("session.ended").len(), 1);
    portal.stop().await;
}
