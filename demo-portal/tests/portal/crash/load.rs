//! What goes on while the server is killed. Each worker goes on until the server is gone.

use std::{net::SocketAddr, path::Path, sync::Arc};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::Shared;
use crate::{
    browser::{Browser, Reply, SESSION, try_send},
    phone::{Phone, certificates, credit_code, enrolment, new_key},
    program::{Program, program},
};

const LI_NA: (&str, &str) = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");
const NEWCOMER: &str = "北屯远航物流有限公司";

/// Phones that are there all the time.
pub(super) struct People {
    /// Bound to zhang.wei.
    scanning: Arc<Phone>,
    /// Of li.na's enterprise; bound and unbound again and again.
    binding: Arc<[Phone; 2]>,
}

impl People {
    pub(super) async fn meet(server: &Program) -> Self {
        Self {
            scanning: Arc::new(server.phone_of_the_hospital().await),
            binding: Arc::new([
                Phone::enrolled(server.address, LI_NA).await,
                Phone::enrolled(server.address, LI_NA).await,
            ]),
        }
    }
}

/// Starts all workers.
pub(super) fn start(
    server: &Program,
    data: &Path,
    round: u32,
    people: &People,
    all: &Shared,
) -> Vec<JoinHandle<()>> {
    let all = || Arc::clone(all);
    let address = server.address;
    let password = |login| server.password_of(login);
    vec![
        tokio::spawn(enrolling(address, round, all())),
        tokio::spawn(logging_in(address, password("zhang.wei"), all())),
        tokio::spawn(scanning(address, Arc::clone(&people.scanning), all())),
        tokio::spawn(revoking(data.to_owned(), all())),
        tokio::spawn(until_gone(binding(
            address,
            password("li.na"),
            Arc::clone(&people.binding),
            all(),
        ))),
        tokio::spawn(until_gone(registering(address, round, all()))),
        tokio::spawn(until_gone(setting(address, password("admin"), all()))),
    ]
}

async fn until_gone(work: impl Future<Output = Option<()>>) {
    work.await;
}

async fn enrolling(address: SocketAddr, round: u32, all: Shared) {
    for number in 0..10 {
        let code = credit_code(1_000 * (round + 1) + number);
        let body = enrolment(&new_key(), NEWCOMER, &code);
        let Some(reply) = try_enrol(address, &body).await else {
            return;
        };
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        all.lock().unwrap().enrolled.push((body, reply.json()));
    }
}

async fn logging_in(address: SocketAddr, password: String, all: Shared) {
    // One more would be too many in a minute: somebody logs in to bind the phone.
    for _ in 0..4 {
        let Some(browser) = log_in(address, "zhang.wei", &password, &all).await else {
            return;
        };
        all.lock().unwrap().logged_in.push(browser);
    }
}

async fn scanning(address: SocketAddr, phone: Arc<Phone>, all: Shared) {
    for _ in 0..50 {
        let Some(mut browser) = open(address).await else {
            return;
        };
        let Some(assertion) = scan(&mut browser, &phone, &json!({ "op": "login" })).await else {
            return;
        };
        let before = browser.clone();
        let Some(reply) = browser.try_post("/api/scan/assertions", &assertion).await else {
            return;
        };
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let session = browser.cookies[SESSION].clone();
        let mut all = all.lock().unwrap();
        all.event("login.scan", "zhang.wei");
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
    let output = output.await.unwrap();
    assert!(output.status.success(), "{output:?}");
    all.lock().unwrap().revoked.push(serial);
}

/// Binds one certificate, replaces it by the other, unbinds that.
async fn binding(
    address: SocketAddr,
    password: String,
    phones: Arc<[Phone; 2]>,
    all: Shared,
) -> Option<()> {
    let mut browser = log_in(address, "li.na", &password, &all).await?;
    let session = browser.try_get("/api/session").await?.json();
    browser.csrf = session["csrf"].as_str().unwrap().to_owned();
    // What the last kill left.
    for certificate in session["account"]["certificates"].as_array().unwrap() {
        unbind(&mut browser, certificate["id"].as_str().unwrap(), &all).await?;
    }
    let [one, other] = &*phones;
    loop {
        bind(&mut browser, one, &json!({ "op": "bind" })).await?;
        all.lock().unwrap().event("certificate.bound", &one.id());
        let renew = json!({ "op": "bind", "replaces": one.id() });
        bind(&mut browser, other, &renew).await?;
        all.lock()
            .unwrap()
            .event("certificate.replaced", &other.id());
        unbind(&mut browser, &other.id(), &all).await?;
    }
}

async fn bind(browser: &mut Browser, phone: &Phone, op: &Value) -> Option<()> {
    let assertion = scan(browser, phone, op).await?;
    let reply = browser.try_post("/api/scan/assertions", &assertion).await?;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    Some(())
}

async fn unbind(browser: &mut Browser, id: &str, all: &Shared) -> Option<()> {
    let path = format!("/api/certificates/{id}/unbind");
    let reply = browser.try_post(&path, &Value::Null).await?;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    all.lock().unwrap().event("certificate.unbound", id);
    Some(())
}

/// Comes with a certificate of an enterprise that nobody knows, and registers it.
async fn registering(address: SocketAddr, round: u32, all: Shared) -> Option<()> {
    for number in 0..3 {
        let code = credit_code(1_000 * (round + 1) + 500 + number);
        let key = new_key();
        let enrolled = try_enrol(address, &enrolment(&key, NEWCOMER, &code)).await?;
        assert_eq!(enrolled.status, 201, "{:?}", enrolled.body);
        let certificates = certificates(&enrolled.json());
        let phone = Phone { key, certificates };
        let mut browser = open(address).await?;
        let assertion = scan(&mut browser, &phone, &json!({ "op": "login" })).await?;
        let reply = browser.try_post("/api/scan/assertions", &assertion).await?;
        reply.is_problem(403, "certificate-not-bound");
        let login = format!("crash.{round}.{number}");
        let form = json!({
            "login": login, "name": "赵敏", "phone": "13800000000", "kind": "supplier",
            "password": "rossa-gupi-7-tele", "agreed": true,
        });
        let reply = browser.try_post("/api/registration", &form).await?;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        let mut all = all.lock().unwrap();
        all.event("account.registered", &login);
        all.event("certificate.bound", &phone.id());
    }
    Some(())
}

/// Platform staff cannot decide between one code and two.
async fn setting(address: SocketAddr, password: String, all: Shared) -> Option<()> {
    let mut browser = log_in(address, "admin", &password, &all).await?;
    let session = browser.try_get("/api/session").await?.json();
    browser.csrf = session["csrf"].as_str().unwrap().to_owned();
    let mut now = browser.try_get("/api/admin/settings").await?.json();
    loop {
        let other = if now["codes"] == "one" { "two" } else { "one" };
        now["codes"] = json!(other);
        let reply = browser.try_post("/api/admin/settings", &now).await?;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        all.lock().unwrap().event("settings.changed", "");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn try_enrol(address: SocketAddr, body: &Value) -> Option<Reply> {
    let headers = [("content-type", "application/json")];
    let (method, path) = (hyper::Method::POST, "/authority/enrolments");
    try_send(address, method, path, &headers, body.to_string().into()).await
}

async fn log_in(address: SocketAddr, login: &str, password: &str, all: &Shared) -> Option<Browser> {
    let mut browser = open(address).await?;
    let body = json!({ "login": login, "password": password });
    let reply = browser.try_post("/api/login", &body).await?;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    all.lock().unwrap().event("login.password", login);
    Some(browser)
}

/// Asks for a scan and lets the phone agree.
async fn scan(browser: &mut Browser, phone: &Phone, op: &Value) -> Option<Value> {
    let reply = browser.try_post("/api/scan/requests", op).await?;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let now = scanseal_portal::portal::system_clock()();
    Some(phone.assertion(reply.json()["request"].as_str().unwrap(), now))
}

async fn open(address: SocketAddr) -> Option<Browser> {
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
