//! `kill -9` at random moments: what was acknowledged is there afterwards.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    browser::{Browser, SESSION},
    phone::{self, HOSPITAL, Phone, certificates, credit_code, enrol, enrolment, new_key},
    program::{Program, program},
};

const ROUNDS: u32 = 20;

/// What the server has acknowledged so far.
#[derive(Default)]
struct Acknowledged {
    /// Enrolments and what they were answered with.
    enrolled: Vec<(Value, Value)>,
    /// Browsers that were told they are logged in.
    logged_in: Vec<Browser>,
    /// Browsers as they were before a scan login, the assertion, and the session they were given.
    scanned: Vec<(Browser, Value, String)>,
    /// Serial numbers whose revocation was reported done.
    revoked: Vec<String>,
}

type Shared = Arc<Mutex<Acknowledged>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_survives_twenty_kills() {
    let data = tempfile::tempdir().unwrap();
    let all = Shared::default();
    let mut phone = None;
    for round in 0..ROUNDS {
        let server = Program::start(data.path(), &[]);
        if phone.is_none() {
            phone = Some(Arc::new(Phone::enrolled(server.address, HOSPITAL).await));
        }
        check(&server, &all).await;
        let phone = Arc::clone(phone.as_ref().unwrap());
        let workers = [
            tokio::spawn(enrolling(server.address, round, Arc::clone(&all))),
            tokio::spawn(logging_in(
                server.address,
                server.password_of("zhang.wei"),
                Arc::clone(&all),
            )),
            tokio::spawn(scanning(server.address, phone, Arc::clone(&all))),
            tokio::spawn(revoking(data.path().to_owned(), Arc::clone(&all))),
        ];
        tokio::time::sleep(Duration::from_millis(80 + random_below(320))).await;
        server.kill();
        for worker in workers {
            worker.await.unwrap();
        }
    }
    let server = Program::start(data.path(), &[]);
    check(&server, &all).await;
    let all = all.lock().unwrap();
    // The test is worth nothing if nothing was acknowledged.
    assert!(
        all.enrolled.len() > 20
            && all.logged_in.len() > 5
            && all.scanned.len() > 20
            && all.revoked.len() > 2
    );
    server.kill();
}

/// Each worker goes on until the server is gone.
async fn enrolling(address: std::net::SocketAddr, round: u32, all: Shared) {
    for number in 0..15 {
        let code = credit_code(1_000 * (round + 1) + number);
        let body = enrolment(&new_key(), "北屯远航物流有限公司", &code);
        let headers = [("content-type", "application/json")];
        let sent = crate::browser::try_send(
            address,
            hyper::Method::POST,
            "/authority/enrolments",
            &headers,
            body.to_string().into(),
        );
        let Some(reply) = sent.await else { return };
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        all.lock().unwrap().enrolled.push((body, reply.json()));
    }
}

async fn logging_in(address: std::net::SocketAddr, password: String, all: Shared) {
    for _ in 0..5 {
        let Some(mut browser) = open(address).await else {
            return;
        };
        let body = json!({ "login": "zhang.wei", "password": password });
        let Some(reply) = browser.try_post("/api/login", &body).await else {
            return;
        };
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        all.lock().unwrap().logged_in.push(browser);
    }
}

async fn scanning(address: std::net::SocketAddr, phone: Arc<Phone>, all: Shared) {
    for _ in 0..50 {
        let Some(mut browser) = open(address).await else {
            return;
        };
        let Some(reply) = browser
            .try_post("/api/scan/requests", &json!({ "op": "login" }))
            .await
        else {
            return;
        };
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let now = scanseal_portal::portal::system_clock()();
        let assertion = phone.assertion(reply.json()["request"].as_str().unwrap(), now);
        let before = browser.clone();
        let Some(reply) = browser.try_post("/api/scan/assertions", &assertion).await else {
            return;
        };
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let session = browser.cookies[SESSION].clone();
        let mut all = all.lock().unwrap();
        all.logged_in.push(browser);
        all.scanned.push((before, assertion, session));
    }
}

/// Another process on the same file, killed with the rest of its moment.
async fn revoking(data: std::path::PathBuf, all: Shared) {
    let candidate = {
        let all = all.lock().unwrap();
        let serials = all
            .enrolled
            .iter()
            .map(|(_, answer)| certificates(answer)[0].serial_hex());
        serials
            .into_iter()
            .find(|serial| !all.revoked.contains(serial))
    };
    let Some(serial) = candidate else { return };
    let output = tokio::task::spawn_blocking({
        let serial = serial.clone();
        move || program(&data).args(["revoke", &serial]).output().unwrap()
    });
    assert!(output.await.unwrap().status.success());
    all.lock().unwrap().revoked.push(serial);
}

async fn open(address: std::net::SocketAddr) -> Option<Browser> {
    let origin = format!("http://localhost:{}", address.port());
    let mut browser = Browser {
        address,
        origin,
        cookies: std::collections::BTreeMap::default(),
        csrf: String::new(),
    };
    let reply = browser.try_get("/api/session").await?;
    browser.csrf = reply.json()["csrf"].as_str().unwrap().to_owned();
    Some(browser)
}

/// Looks at a sample of what is old and all of what came last.
async fn check(server: &Program, all: &Shared) {
    let moved = |browser: &Browser| {
        let origin = format!("http://localhost:{}", server.address.port());
        Browser {
            address: server.address,
            origin,
            ..browser.clone()
        }
    };
    let (enrolled, logged_in, scanned, revoked) = {
        let all = all.lock().unwrap();
        let last = |length: usize| length.saturating_sub(15);
        (
            all.enrolled[last(all.enrolled.len())..].to_vec(),
            all.logged_in.clone(),
            all.scanned[last(all.scanned.len())..]
                .iter()
                .map(|(browser, body, session)| (moved(browser), body.clone(), session.clone()))
                .collect::<Vec<_>>(),
            all.revoked.clone(),
        )
    };
    for (body, answer) in enrolled.iter().rev().take(5) {
        let again = enrol(server.address, body).await;
        assert_eq!((again.status.as_u16(), &again.json()), (201, answer));
    }
    for browser in &logged_in {
        assert_eq!(
            moved(browser).session().await["account"]["login"],
            "zhang.wei"
        );
    }
    for (before, body, session) in &scanned {
        let again = before
            .post_with("/api/scan/assertions", &[], body.to_string())
            .await;
        assert_eq!(again.status, 200, "{:?}", again.body);
        assert!(
            again
                .set_cookie(SESSION)
                .unwrap()
                .contains(session.as_str())
        );
        let mut thief = Browser::open(server.address).await;
        phone::request(&mut thief).await;
        thief
            .post("/api/scan/assertions", body)
            .await
            .is_problem(410, "assertion-replayed");
    }
    let list = crate::browser::send(
        server.address,
        hyper::Method::GET,
        "/authority/issuing.crl",
        &[],
        "",
    )
    .await;
    for serial in &revoked {
        let bytes = data_encoding::HEXLOWER.decode(serial.as_bytes()).unwrap();
        assert!(
            list.body.windows(bytes.len()).any(|window| window == bytes),
            "{serial} is not on the list"
        );
    }
}

fn random_below(limit: u64) -> u64 {
    getrandom::u64().unwrap() % limit
}
