//! Bound certificates: unbind, freeze, unfreeze, and who may.

use scanseal_portal::{authority::registry, store};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Reply},
    phone::{self, HOSPITAL, Phone},
    scan::SUBMIT,
    start::TestPortal,
};

const COMPANY: (&str, &str) = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");

async fn act(browser: &mut Browser, phone: &Phone, what: &str) -> Reply {
    let path = format!("/api/certificates/{}/{what}", phone.id());
    browser.post(&path, &Value::Null).await
}

async fn scan(portal: &TestPortal, phone: &Phone) -> (Browser, Reply) {
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    browser.session().await;
    (browser, reply)
}

fn state(reply: &Reply) -> Value {
    reply.json()["account"]["certificates"][0]["state"].clone()
}

#[tokio::test]
async fn unbound_certificate_logs_in_no_more_and_the_password_stays() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let (mut scanned, _) = scan(&portal, &phone).await;
    let (mut other, _) = scan(&portal, &phone).await;
    let reply = act(&mut scanned, &phone, "unbind").await;
    assert_eq!(reply.json()["account"]["certificates"], json!([]));
    // Who does it stays; what else the certificate has started ends.
    assert_eq!(scanned.session().await["account"]["login"], "zhang.wei");
    assert_eq!(other.session().await["account"], Value::Null);
    let (_, reply) = scan(&portal, &phone).await;
    reply.is_problem(403, "certificate-not-bound");
    act(&mut scanned, &phone, "unbind")
        .await
        .is_problem(404, "not-found");
    portal.browser_of("zhang.wei").await;
    let event = &portal.events_of("certificate.unbound")[0];
    assert_eq!(event["facts"]["certificate"], phone.id());
    portal.stop().await;
}

#[tokio::test]
async fn frozen_certificate_is_refused_and_what_it_started_ends() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let (mut scanned, _) = scan(&portal, &phone).await;
    let mut browser = portal.browser_of("zhang.wei").await;
    let reply = act(&mut browser, &phone, "freeze").await;
    assert_eq!(state(&reply), "frozen");
    assert_eq!(scanned.session().await["account"], Value::Null);
    assert_eq!(browser.session().await["account"]["login"], "zhang.wei");
    let (_, reply) = scan(&portal, &phone).await;
    reply.is_problem(403, "certificate-frozen");
    let refused = portal.events_of("login.refused");
    assert_eq!(refused[0]["account"], "zhang.wei");
    // Once more changes nothing.
    assert_eq!(act(&mut browser, &phone, "freeze").await.status, 200);
    assert_eq!(portal.events_of("certificate.frozen").len(), 1);

    assert_eq!(state(&act(&mut browser, &phone, "unfreeze").await), "valid");
    let (_, reply) = scan(&portal, &phone).await;
    assert_eq!(reply.status, 200);
    assert_eq!(portal.events_of("certificate.unfrozen").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn operator_freezes_but_neither_unfreezes_nor_unbinds_what_is_frozen() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("chen.jing").await;
    let mut operator = portal.browser_of("chen.jing").await;
    assert_eq!(act(&mut operator, &phone, "freeze").await.status, 200);
    act(&mut operator, &phone, "unfreeze")
        .await
        .is_problem(403, "not-allowed");
    act(&mut operator, &phone, "unbind")
        .await
        .is_problem(403, "certificate-frozen");
    let mut administrator = portal.browser_of("li.na").await;
    let listed = administrator.session().await["account"]["certificates"].clone();
    assert_eq!(listed[0]["holder"], "chen.jing");
    let reply = act(&mut administrator, &phone, "unfreeze").await;
    assert_eq!(state(&reply), "valid");
    let event = &portal.events_of("certificate.unfrozen")[0];
    assert_eq!(
        (&event["account"], &event["actor"]),
        (&json!("chen.jing"), &json!("li.na"))
    );
    act(&mut administrator, &phone, "freeze").await;
    assert_eq!(act(&mut administrator, &phone, "unbind").await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn other_peoples_certificates_are_out_of_reach() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("li.na").await;
    let before = portal.count("SELECT count(*) FROM certificate_binding WHERE frozen IS NULL");
    for what in ["unbind", "freeze", "unfreeze"] {
        // Another enterprise does not learn that it exists, staff uses its own pages; a colleague lacks the right.
        for (login, status, code) in [
            ("zhang.wei", 404, "not-found"),
            ("admin", 404, "not-found"),
            ("chen.jing", 403, "not-allowed"),
        ] {
            let mut browser = portal.browser_of(login).await;
            act(&mut browser, &phone, what)
                .await
                .is_problem(status, code);
        }
        let mut nobody = Browser::open(portal.address).await;
        act(&mut nobody, &phone, what)
            .await
            .is_problem(401, "login-required");
    }
    let mut browser = portal.browser_of("li.na").await;
    for id in ["x", &"0".repeat(64), &phone.id().to_uppercase()] {
        let path = format!("/api/certificates/{id}/freeze");
        browser
            .post(&path, &Value::Null)
            .await
            .is_problem(404, "not-found");
    }
    let after = portal.count("SELECT count(*) FROM certificate_binding WHERE frozen IS NULL");
    assert_eq!((before, after), (1, 1));
    portal.stop().await;
}

#[tokio::test]
async fn states_are_told_by_date_revocation_and_freezing() {
    let portal = TestPortal::start_with(|settings| settings.certificate_days = 1).await;
    let phone = portal.phone_of("zhang.wei").await;
    let mut browser = portal.browser_of("zhang.wei").await;
    let id = phone.id();
    let shown = |session: Value| session["account"]["certificates"][0]["state"].clone();
    assert_eq!(shown(browser.session().await), "valid");
    act(&mut browser, &phone, "freeze").await;
    assert_eq!(shown(browser.session().await), "frozen");
    let (serial, now) = (phone.certificates[0].serial_hex(), portal.now());
    store::with_file(&portal.database(), |transaction| {
        registry::revoke(transaction, &serial, "keyCompromise", now)
    })
    .unwrap();
    assert_eq!(shown(browser.session().await), "revoked");
    let list = browser.session().await["account"]["certificates"].clone();
    assert_eq!(list[0]["id"], id);

    let second = Phone::enrolled(portal.address, HOSPITAL).await;
    phone::bind(&mut browser, &second, portal.now()).await;
    portal.advance(86_401);
    let mut browser = portal.browser_of("zhang.wei").await;
    let session = browser.session().await;
    let states: Vec<_> = session["account"]["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert!(
        states.contains(&"expired") && states.contains(&"revoked"),
        "{states:?}"
    );
    portal.stop().await;
}

#[tokio::test]
async fn operator_sees_own_certificates_and_the_administrator_all_of_the_enterprise() {
    let portal = TestPortal::start().await;
    let operators = portal.phone_of("chen.jing").await;
    let administrators = Phone::enrolled(portal.address, COMPANY).await;
    let mut administrator = portal.browser_of("li.na").await;
    phone::bind(&mut administrator, &administrators, portal.now()).await;
    portal.phone_of("zhang.wei").await;
    let ids = |session: Value| {
        let list = session["account"]["certificates"]
            .as_array()
            .unwrap()
            .clone();
        let mut ids: Vec<_> = list
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let mut both = [operators.id(), administrators.id()];
    both.sort();
    assert_eq!(ids(administrator.session().await), both);
    let mut operator = portal.browser_of("chen.jing").await;
    assert_eq!(ids(operator.session().await), [operators.id()]);
    portal.stop().await;
}
