//! Many at once: what may happen once happens once.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    browser::{Browser, Reply},
    phone::{HOSPITAL, Phone, bind_request},
    registration::{self, form},
    scan::SUBMIT,
    start::TestPortal,
};

const AT_ONCE: usize = 50;

/// Posts all at once; how often each status and code came.
async fn all_at_once(
    calls: Vec<(Browser, &'static str, String)>,
) -> (BTreeMap<String, usize>, Vec<Reply>) {
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|(browser, path, body)| {
            tokio::spawn(async move { browser.post_with(path, &[], body).await })
        })
        .collect();
    let (mut counts, mut replies) = (BTreeMap::new(), Vec::new());
    for task in tasks {
        let reply = task.await.unwrap();
        let outcome = reply.json()["code"]
            .as_str()
            .map_or_else(|| reply.status.as_str().to_owned(), str::to_owned);
        *counts.entry(outcome).or_insert(0) += 1;
        replies.push(reply);
    }
    (counts, replies)
}

fn counted(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    let pair = |&(name, count): &(&str, usize)| (name.to_owned(), count);
    expected.iter().map(pair).collect()
}

#[tokio::test]
async fn one_certificate_is_bound_to_one_of_two_accounts() {
    let portal = TestPortal::start().await;
    let company = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");
    let phone = Phone::enrolled(portal.address, company).await;
    let mut calls = Vec::new();
    for login in ["li.na", "chen.jing"] {
        let mut browser = portal.browser_of(login).await;
        let request = bind_request(&mut browser, None).await;
        let assertion = phone.assertion(&request, portal.now()).to_string();
        for _ in 0..AT_ONCE / 2 {
            calls.push((browser.clone(), SUBMIT, assertion.clone()));
        }
    }
    let (counts, _) = all_at_once(calls).await;
    let half = AT_ONCE / 2;
    assert_eq!(
        counts,
        counted(&[("200", half), ("certificate-bound-elsewhere", half)])
    );
    assert_eq!(portal.count("SELECT count(*) FROM certificate_binding"), 1);
    assert_eq!(portal.events_of("certificate.bound").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn one_ticket_registers_one_enterprise() {
    let scene = registration::Scene::new().await;
    let calls = (0..AT_ONCE)
        .map(|number| {
            let mut body = form();
            body["login"] = format!("person{number}").into();
            (scene.browser.clone(), "/api/registration", body.to_string())
        })
        .collect();
    let (counts, _) = all_at_once(calls).await;
    assert_eq!(
        counts,
        counted(&[("201", 1), ("request-expired", AT_ONCE - 1)])
    );
    assert_eq!(scene.portal.count("SELECT count(*) FROM account"), 7);
    assert_eq!(scene.portal.count("SELECT count(*) FROM enterprise"), 6);
    assert_eq!(scene.portal.events_of("account.registered").len(), 1);
    scene.portal.stop().await;
}

#[tokio::test]
async fn one_assertion_binds_once_and_is_answered_alike() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let mut browser = portal.browser_of("zhang.wei").await;
    let request = bind_request(&mut browser, None).await;
    let assertion = phone.assertion(&request, portal.now()).to_string();
    let calls = (0..AT_ONCE)
        .map(|_| (browser.clone(), SUBMIT, assertion.clone()))
        .collect();
    let (counts, mut replies) = all_at_once(calls).await;
    assert_eq!(counts, counted(&[("200", AT_ONCE)]));
    replies.dedup_by(|one, other| one.body == other.body);
    assert_eq!(replies.len(), 1);
    assert_eq!(portal.events_of("certificate.bound").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_leave_one() {
    let portal = TestPortal::start().await;
    let mut first = portal.browser_of("li.na").await;
    first
        .post("/api/people/chen.jing/make-administrator", &json!(null))
        .await;
    let second = portal.browser_of("chen.jing").await;
    let (counts, _) = all_at_once(vec![
        (
            first,
            "/api/people/chen.jing/make-operator",
            "null".to_owned(),
        ),
        (second, "/api/people/li.na/make-operator", "null".to_owned()),
    ])
    .await;
    assert_eq!(counts, counted(&[("200", 1), ("not-allowed", 1)]));
    portal.stop().await;
}

#[tokio::test]
async fn one_user_name_is_added_once() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of("li.na").await;
    let body = json!({ "login": "zhao.min", "name": "赵敏", "phone": "13800000000" }).to_string();
    let calls = (0..10)
        .map(|_| (browser.clone(), "/api/people", body.clone()))
        .collect();
    let (counts, _) = all_at_once(calls).await;
    assert_eq!(counts, counted(&[("201", 1), ("malformed", 9)]));
    portal.stop().await;
}
