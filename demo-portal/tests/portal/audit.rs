//! The audit log: who reads what of it, and that an export proves itself.

use std::collections::BTreeSet;

use hyper::Method;
use scanseal_pki::UnixTime;
use scanseal_platform::audit::{Report, Verifier};
use scanseal_portal::{
    audit::{self, NewEvent},
    store::{self, StoreError},
};
use serde_json::{Value, json};

use crate::{
    browser::{Reply, send},
    program::Program,
    start::TestPortal,
};

/// Writes events of these accounts as another process would.
fn write_down(portal: &TestPortal, logins: &[&str]) {
    store::with_file(&portal.database(), |transaction| {
        for login in logins {
            let select = "SELECT id FROM account WHERE login = ?1";
            let account = transaction.query_row(select, [login], |row| row.get(0))?;
            let event = NewEvent {
                at: portal.now(),
                event: "account.password-changed",
                account: Some(account),
                actor: Some(login),
                caller: None,
                facts: json!({ "test": true }),
            };
            audit::record(transaction, &event)?;
        }
        Ok(())
    })
    .unwrap();
}

fn verified(export: &Reply) -> Report {
    let mut verifier = Verifier::new();
    for line in export.body.split_inclusive(|byte| *byte == b'\n') {
        verifier.line(line);
    }
    verifier.finish()
}

/// The events that can be read in an export.
fn readable(export: &Reply) -> Vec<Value> {
    let lines = export.body.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice::<Value>(line).unwrap()["event"].clone())
        .filter(|event| !event.is_null())
        .collect()
}

fn accounts_of(events: &[Value]) -> BTreeSet<&str> {
    events
        .iter()
        .filter_map(|event| event["account"].as_str())
        .collect()
}

#[tokio::test]
async fn person_reads_their_own_events_and_an_administrator_those_of_the_enterprise() {
    let portal = TestPortal::start().await;
    // What the start itself has written down concerns nobody's account.
    let before = u64::try_from(portal.events().len()).unwrap();
    write_down(
        &portal,
        &["zhang.wei", "li.na", "chen.jing", "wang.qiang", "li.na"],
    );
    for (login, readers, first) in [
        ("chen.jing", vec!["chen.jing"], 3),
        ("li.na", vec!["chen.jing", "li.na"], 2),
        ("wang.qiang", vec!["wang.qiang"], 4),
    ] {
        let mut browser = portal.browser_of(login).await;
        let listed = browser.get("/api/audit").await.json();
        let events = listed["events"].as_array().unwrap();
        assert_eq!(accounts_of(events), readers.iter().copied().collect());
        assert_eq!(events[0]["actor"], json!(login));
        assert!(
            events[0]["enterprise"]
                .as_str()
                .is_some_and(|code| code.len() == 18)
        );

        let export = browser.get("/api/audit/export").await;
        assert_eq!(export.header("content-type"), "application/jsonl");
        let report = verified(&export);
        assert_eq!(
            (report.fault, report.first),
            (None, Some(before + first)),
            "{login}"
        );
        assert!(report.redacted > 0);
        let read = readable(&export);
        assert_eq!(accounts_of(&read), readers.into_iter().collect());
        assert_eq!(read.len(), events.len());
    }
    portal.stop().await;
}

#[tokio::test]
async fn staff_reads_and_exports_everything_and_nobody_else_does() {
    let portal = TestPortal::start().await;
    write_down(&portal, &["zhang.wei", "li.na"].repeat(400));
    let mut admin = portal.browser_of("admin").await;
    let export = admin.get("/api/admin/audit/export").await;
    let report = verified(&export);
    assert_eq!(
        (report.fault, report.first, report.redacted),
        (None, Some(1), 0)
    );
    assert!(report.full >= 800);

    for path in [
        "/api/admin/audit",
        "/api/admin/audit/export",
        "/api/admin/settings",
    ] {
        let mut administrator = portal.browser_of("li.na").await;
        administrator.get(path).await.is_problem(403, "not-allowed");
        send(portal.address, Method::GET, path, &[], "")
            .await
            .is_problem(401, "login-required");
    }
    for path in ["/api/audit", "/api/audit/export"] {
        send(portal.address, Method::GET, path, &[], "")
            .await
            .is_problem(401, "login-required");
    }
    portal.stop().await;
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_a_word_finds_events() {
    let portal = TestPortal::start().await;
    let before = u64::try_from(portal.events().len()).unwrap();
    write_down(&portal, &["wang.qiang"; 11]);
    write_down(&portal, &["ayguli"]);
    let mut browser = portal.browser_of("wang.qiang").await;
    let mut seen = Vec::new();
    let mut path = "/api/audit?limit=4".to_owned();
    loop {
        let page = browser.get(&path).await.json();
        let events = page["events"].as_array().unwrap();
        assert!(events.len() <= 4);
        seen.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        match page["next"].as_u64() {
            Some(next) => path = format!("/api/audit?limit=4&before={next}"),
            None => break,
        }
    }
    // The last is the login.
    assert_eq!(seen.remove(0), before + 13);
    let own: Vec<_> = (before + 1..=before + 11).rev().collect();
    assert_eq!(seen, own);

    let mut admin = portal.browser_of("admin").await;
    let found = admin.get("/api/admin/audit?q=ayguli&limit=1").await.json();
    assert_eq!(found["events"][0]["seq"], before + 12);
    for wrong in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "before=x",
        "more=1",
        "limit=1&limit=2",
    ] {
        for path in ["/api/audit", "/api/admin/audit"] {
            admin
                .get(&format!("{path}?{wrong}"))
                .await
                .is_problem(400, "malformed");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn portal_whose_log_was_changed_does_not_start_and_says_what_to_do() {
    let portal = TestPortal::start().await;
    write_down(&portal, &["zhang.wei", "li.na", "zhang.wei"]);
    let changed = portal.events().len() - 1;
    let folder = portal.stop().await;
    let file = folder.path().join("portal.sqlite");
    for change in [
        "UPDATE audit_event SET event = replace(event, 'li.na', 'ayguli') WHERE seq = ?1",
        "DELETE FROM audit_event WHERE seq = ?1",
    ] {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(&file, copy.path().join("portal.sqlite")).unwrap();
        store::with_file(&copy.path().join("portal.sqlite"), |transaction| {
            assert_eq!(
                transaction.execute(change, [i64::try_from(changed).unwrap()])?,
                1
            );
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let (success, text) =
            crate::program::run(copy.path(), &["serve", "--listen", "127.0.0.1:0"]);
        assert!(!success, "{change}");
        assert!(
            text.contains(&format!("the audit log is broken at event {changed}:"))
                && text.contains("audit verify"),
            "{text}"
        );
    }
    // As it was, it starts.
    Program::start(folder.path(), &[]).kill();
}

#[tokio::test]
async fn settings_are_changed_by_staff_and_written_down_once() {
    let portal = TestPortal::start().await;
    let mut admin = portal.browser_of("admin").await;
    let before = admin.get("/api/admin/settings").await.json();
    assert_eq!(
        before,
        json!({ "kinds": ["platform", "mutual"], "codes": "one" })
    );
    let new = json!({ "kinds": ["platform", "mutual"], "codes": "two" });
    for _ in 0..2 {
        let reply = admin.post("/api/admin/settings", &new).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (200, new.clone()));
    }
    assert_eq!(admin.get("/api/admin/settings").await.json(), new);
    let found = admin
        .get("/api/admin/audit?q=settings.changed")
        .await
        .json();
    let [event] = found["events"].as_array().unwrap().as_slice() else {
        panic!("{found}");
    };
    assert_eq!(event["actor"], "admin");
    assert_eq!(
        (&event["facts"]["before"], &event["facts"]["after"]),
        (&before, &new)
    );
    assert!(event["at"].as_u64().unwrap() >= UnixTime::from_secs(1_700_000_000).as_secs());

    for wrong in [
        json!({ "kinds": [], "codes": "one" }),
        json!({ "kinds": ["platform"], "codes": "two" }),
        json!({ "kinds": ["platform", "platform"], "codes": "one" }),
    ] {
        admin
            .post("/api/admin/settings", &wrong)
            .await
            .is_problem(422, "malformed");
    }
    let mut other = portal.browser_of("zhang.wei").await;
    other
        .post("/api/admin/settings", &new)
        .await
        .is_problem(403, "not-allowed");
    portal.stop().await;
}

/// An own export shows the hashes of what others did. Times, names and networks are few enough to try them all, so an event
/// holds something that cannot be guessed.
#[tokio::test]
async fn event_of_others_cannot_be_guessed_from_its_hash() {
    let portal = TestPortal::start().await;
    let mut browsers = Vec::new();
    for login in ["li.na", "zhang.wei", "zhang.wei", "li.na"] {
        browsers.push(portal.browser_of(login).await);
    }
    let events = portal.events_of("login.password");
    let salts: BTreeSet<_> = events
        .iter()
        .map(|event| event["facts"]["salt"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(salts.len(), events.len());
    // 128 bits in base64url.
    assert!(salts.iter().all(|salt| salt.len() == 22), "{salts:?}");

    let mut reader = browsers.pop().unwrap();
    let export = reader.get("/api/audit/export").await;
    assert_eq!(
        readable(&export)[0]["facts"]["salt"],
        events[0]["facts"]["salt"]
    );
    // On a page it would only be in the way.
    let listed = reader.get("/api/audit").await.json();
    assert_eq!(listed["events"][0]["facts"], json!({}));
    portal.stop().await;
}
