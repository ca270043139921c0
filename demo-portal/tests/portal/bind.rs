//! Binding by scan: who may, what is refused, and what is remembered of it.

use scanseal_portal::platform::{assertion::REPEAT_SECONDS, request::REQUEST_SECONDS};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Reply, SCAN},
    phone::{self, HOSPITAL, Phone, bind_request},
    scan::{SUBMIT, failed_check},
    start::TestPortal,
};

const SCHOOLS: (&str, &str) = ("云岭市教育局", "11650100MB0F883179");

struct Scene {
    portal: TestPortal,
    browser: Browser,
    phone: Phone,
    request: String,
}

impl Scene {
    /// zhang.wei is logged in and has asked for a binding; the phone is the hospital's and bound to nobody.
    async fn new() -> Self {
        let portal = TestPortal::start().await;
        let phone = Phone::enrolled(portal.address, HOSPITAL).await;
        let mut browser = portal.browser_of("zhang.wei").await;
        let request = bind_request(&mut browser, None).await;
        Self {
            portal,
            browser,
            phone,
            request,
        }
    }

    async fn submit(&mut self) -> Reply {
        let assertion = self.phone.assertion(&self.request, self.portal.now());
        self.browser.post(SUBMIT, &assertion).await
    }

    async fn refused(&mut self, status: u16, code: &str) -> Reply {
        let before = self.portal.events_of("certificate.bind-refused").len();
        let reply = self.submit().await;
        reply.is_problem(status, code);
        let events = self.portal.events_of("certificate.bind-refused");
        assert_eq!(events.len(), before + 1);
        let event = events.last().unwrap();
        assert_eq!(event["facts"]["code"], code);
        assert_eq!(event["account"], "zhang.wei");
        reply
    }

    fn bound(&self) -> i64 {
        self.portal
            .count("SELECT count(*) FROM certificate_binding")
    }
}

fn certificates(account: &Value) -> Vec<&str> {
    let list = account["certificates"].as_array().unwrap();
    list.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn certificate_is_bound_and_logs_in() {
    let mut scene = Scene::new().await;
    let reply = scene.submit().await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let answer = reply.json();
    assert_eq!(answer["replaced"], Value::Null);
    assert_eq!(certificates(&answer["account"]), [scene.phone.id()]);
    let certificate = &answer["certificate"];
    for (member, value) in [
        ("id", json!(scene.phone.id())),
        ("enterprise", json!(HOSPITAL.0)),
        ("creditCode", json!(HOSPITAL.1)),
        ("authority", json!("scanseal-demo")),
        ("kind", json!("platform")),
        ("holder", json!("zhang.wei")),
        ("holderName", json!("张伟")),
        ("state", json!("valid")),
        ("bound", json!(scene.portal.now().as_secs())),
    ] {
        assert_eq!(certificate[member], value, "{member}");
    }
    assert!(
        !certificate["authorityName"]["zh"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert!(reply.set_cookie(crate::browser::SESSION).is_none());
    let event = &scene.portal.events_of("certificate.bound")[0];
    assert_eq!(event["actor"], "zhang.wei");
    assert_eq!(event["facts"]["certificate"], scene.phone.id());
    let last = scene.portal.count("SELECT max(seq) FROM audit_event");
    assert_eq!(scene.browser.session().await["account"]["lastEvent"], last);

    let mut other = Browser::open(scene.portal.address).await;
    let request = phone::request(&mut other).await;
    let login = scene.phone.assertion(&request, scene.portal.now());
    let reply = other.post(SUBMIT, &login).await;
    assert_eq!(reply.json()["account"]["login"], "zhang.wei");
    scene.portal.stop().await;
}

#[tokio::test]
async fn who_is_not_logged_in_gets_no_request_to_bind() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    let body = json!({ "op": "bind" });
    browser
        .post("/api/scan/requests", &body)
        .await
        .is_problem(401, "login-required");
    portal.stop().await;
}

#[tokio::test]
async fn binding_ends_with_the_session_that_asked_for_it() {
    let mut scene = Scene::new().await;
    scene.browser.post("/api/logout", &Value::Null).await;
    scene.browser.session().await;
    let reply = scene.refused(401, "login-required").await;
    assert_eq!(failed_check(&reply), "account");

    // Logged in again, even with the same account, is another session.
    let body = json!({ "login": "zhang.wei", "password": scene.portal.password_of("zhang.wei") });
    scene.browser.post("/api/login", &body).await;
    scene.browser.session().await;
    scene.refused(401, "login-required").await;
    assert_eq!(scene.bound(), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn binding_does_not_follow_a_change_of_account() {
    let mut scene = Scene::new().await;
    let body = json!({ "login": "ayguli", "password": scene.portal.password_of("ayguli") });
    scene.browser.post("/api/login", &body).await;
    scene.browser.session().await;
    scene.refused(401, "login-required").await;
    assert_eq!(scene.bound(), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn other_browser_and_late_answers_are_refused() {
    let mut scene = Scene::new().await;
    let assertion = scene.phone.assertion(&scene.request, scene.portal.now());
    let mut thief = scene.portal.browser_of("ayguli").await;
    phone::request(&mut thief).await;
    let reply = thief.post(SUBMIT, &assertion).await;
    reply.is_problem(403, "assertion-wrong-browser");
    let without = Browser {
        cookies: [(
            crate::browser::SESSION.to_owned(),
            scene.browser.cookies[crate::browser::SESSION].clone(),
        )]
        .into(),
        ..scene.browser.clone()
    };
    assert!(!without.cookies.contains_key(SCAN));
    let reply = without.post_with(SUBMIT, &[], assertion.to_string()).await;
    reply.is_problem(403, "assertion-wrong-browser");
    scene.portal.advance(REQUEST_SECONDS + 1);
    scene
        .browser
        .post(SUBMIT, &assertion)
        .await
        .is_problem(410, "assertion-late");
    assert_eq!(scene.bound(), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn other_enterprises_certificate_is_refused_with_what_differs() {
    let mut scene = Scene::new().await;
    scene.phone = Phone::enrolled(scene.portal.address, SCHOOLS).await;
    let reply = scene.refused(403, "certificate-code-mismatch").await;
    assert_eq!(
        reply.json()["mismatch"],
        json!([
            { "field": "name", "certificate": SCHOOLS.0, "account": HOSPITAL.0 },
            { "field": "creditCode", "certificate": SCHOOLS.1, "account": HOSPITAL.1 },
        ])
    );
    assert_eq!(scene.bound(), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn other_name_with_the_same_code_is_refused_with_the_name() {
    let mut scene = Scene::new().await;
    // The platform has registered the name otherwise since the certificate was issued.
    scene.portal.change(
        "UPDATE enterprise SET name = '云岭市中心医院' WHERE credit_code = '12650100MB1A22606J'",
    );
    let reply = scene.refused(403, "certificate-name-mismatch").await;
    assert_eq!(
        reply.json()["mismatch"],
        json!([{ "field": "name", "certificate": HOSPITAL.0, "account": "云岭市中心医院" }])
    );
    scene.portal.stop().await;
}

#[tokio::test]
async fn name_in_other_brackets_and_spaces_is_the_same_name() {
    let mut scene = Scene::new().await;
    scene.portal.change("UPDATE enterprise SET name = ' 云岭市 第一人民医院' WHERE credit_code = '12650100MB1A22606J'");
    assert_eq!(scene.submit().await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn certificate_of_another_account_is_refused() {
    let mut scene = Scene::new().await;
    scene.phone = scene.portal.phone_of("zhang.wei").await;
    scene.portal.change("UPDATE certificate_binding SET account_id = (SELECT id FROM account WHERE login = 'ayguli')");
    scene.request = bind_request(&mut scene.browser, None).await;
    scene.refused(409, "certificate-bound-elsewhere").await;
    assert_eq!(scene.bound(), 1);
    scene.portal.stop().await;
}

#[tokio::test]
async fn bound_certificate_is_bound_once_more_without_a_trace() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.submit().await.status, 200);
    scene.request = bind_request(&mut scene.browser, None).await;
    let again = scene.submit().await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["certificate"]["id"], scene.phone.id());
    assert_eq!(scene.portal.events_of("certificate.bound").len(), 1);
    assert_eq!(scene.bound(), 1);
    scene.portal.stop().await;
}

#[tokio::test]
async fn frozen_certificate_is_not_bound_again() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let path = format!("/api/certificates/{}/freeze", scene.phone.id());
    assert_eq!(scene.browser.post(&path, &Value::Null).await.status, 200);
    scene.request = bind_request(&mut scene.browser, None).await;
    scene.refused(403, "certificate-frozen").await;
    scene.portal.stop().await;
}

#[tokio::test]
async fn closed_account_binds_nothing() {
    let portal = TestPortal::start().await;
    let company = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");
    let phone = Phone::enrolled(portal.address, company).await;
    let mut browser = portal.browser_of("chen.jing").await;
    let request = bind_request(&mut browser, None).await;
    let mut administrator = portal.browser_of("li.na").await;
    let path = "/api/people/chen.jing/disable";
    assert_eq!(administrator.post(path, &Value::Null).await.status, 200);
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    reply.is_problem(403, "account-disabled");
    portal.stop().await;
}

#[tokio::test]
async fn newer_request_takes_the_place_of_the_older() {
    let mut scene = Scene::new().await;
    let older = scene.phone.assertion(&scene.request, scene.portal.now());
    scene.request = bind_request(&mut scene.browser, None).await;
    let reply = scene.browser.post(SUBMIT, &older).await;
    reply.is_problem(410, "superseded");
    assert_eq!(failed_check(&reply), "request");
    // In another browser of the same account too, and requests to log in stay as they are.
    let login = phone::request(&mut scene.browser).await;
    let mut other = scene.portal.browser_of("zhang.wei").await;
    bind_request(&mut other, None).await;
    scene.refused(410, "superseded").await;
    assert_eq!(scene.bound(), 0);
    let mut third = scene.portal.browser_of("zhang.wei").await;
    phone::bind(&mut third, &scene.phone, scene.portal.now()).await;
    let login = scene.phone.assertion(&login, scene.portal.now());
    assert_eq!(scene.browser.post(SUBMIT, &login).await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn same_browser_gets_the_identical_answer_while_its_session_lasts() {
    let mut scene = Scene::new().await;
    let assertion = scene.phone.assertion(&scene.request, scene.portal.now());
    let first = scene.submit().await;
    scene.portal.advance(REPEAT_SECONDS - 1);
    let again = scene.browser.post(SUBMIT, &assertion).await;
    assert_eq!((again.status, again.body), (first.status, first.body));
    let mut after = scene.browser.clone();
    after.post("/api/logout", &Value::Null).await;
    scene
        .browser
        .post(SUBMIT, &assertion)
        .await
        .is_problem(410, "assertion-replayed");
    scene.portal.stop().await;
}

#[tokio::test]
async fn answer_to_a_login_request_binds_nothing_and_the_other_way_round() {
    let mut scene = Scene::new().await;
    let login = phone::request(&mut scene.browser).await;
    let reply = scene
        .browser
        .post(SUBMIT, &scene.phone.assertion(&login, scene.portal.now()))
        .await;
    reply.is_problem(403, "certificate-not-bound");
    let mut claims = scene.phone.claims(&scene.request, scene.portal.now());
    claims.op = scanseal_protocol::request::Operation::Login;
    let body = phone::submission(&scene.phone.sign(&claims));
    let reply = scene.browser.post(SUBMIT, &body).await;
    reply.is_problem(400, "assertion-invalid");
    assert_eq!(failed_check(&reply), "operation");
    assert_eq!(scene.bound(), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn renewal_puts_the_new_certificate_in_the_place_of_the_old() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let old = std::mem::replace(
        &mut scene.phone,
        Phone::enrolled(scene.portal.address, HOSPITAL).await,
    );
    scene.request = bind_request(&mut scene.browser, Some(&old.id())).await;
    let answer = scene.submit().await.json();
    assert_eq!(answer["replaced"], old.id());
    assert_eq!(certificates(&answer["account"]), [scene.phone.id()]);
    let event = &scene.portal.events_of("certificate.replaced")[0];
    assert_eq!(event["facts"]["replaced"], old.id());

    let mut other = Browser::open(scene.portal.address).await;
    let request = phone::request(&mut other).await;
    let login = old.assertion(&request, scene.portal.now());
    other
        .post(SUBMIT, &login)
        .await
        .is_problem(403, "certificate-not-bound");
    scene.portal.stop().await;
}

#[tokio::test]
async fn certificate_does_not_replace_itself_nor_one_that_is_bound_already() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let own = scene.phone.id();
    scene.request = bind_request(&mut scene.browser, Some(&own)).await;
    scene.refused(409, "certificate-already-bound").await;
    let second = Phone::enrolled(scene.portal.address, HOSPITAL).await;
    phone::bind(&mut scene.browser, &second, scene.portal.now()).await;
    scene.request = bind_request(&mut scene.browser, Some(&second.id())).await;
    scene.refused(409, "certificate-already-bound").await;
    assert_eq!(scene.bound(), 2);
    scene.portal.stop().await;
}

#[tokio::test]
async fn only_own_certificates_that_are_not_frozen_are_replaced() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let other = scene.portal.phone_of("ayguli").await;
    for id in [other.id(), "0".repeat(64), "x".to_owned(), String::new()] {
        let body = json!({ "op": "bind", "replaces": id });
        let reply = scene.browser.post("/api/scan/requests", &body).await;
        reply.is_problem(404, "not-found");
    }
    let own = scene.phone.id();
    scene.request = bind_request(&mut scene.browser, Some(&own)).await;
    let path = format!("/api/certificates/{own}/freeze");
    scene.browser.post(&path, &Value::Null).await;
    // Frozen while the phone was asked.
    scene.phone = Phone::enrolled(scene.portal.address, HOSPITAL).await;
    scene.refused(403, "certificate-frozen").await;
    let body = json!({ "op": "bind", "replaces": own });
    let reply = scene.browser.post("/api/scan/requests", &body).await;
    reply.is_problem(403, "certificate-frozen");
    scene.portal.stop().await;
}

#[tokio::test]
async fn request_to_bind_names_account_enterprise_and_replaced_certificate() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let own = scene.phone.id();
    let request = bind_request(&mut scene.browser, Some(&own)).await;
    let request = scanseal_protocol::request::Request::parse(&request).unwrap();
    let account = request.claims().account.as_ref().unwrap();
    assert_eq!(account.name.as_str(), "zhang.wei");
    assert_eq!(account.enterprise.as_str(), HOSPITAL.0);
    assert_eq!(account.credit_code.as_str(), HOSPITAL.1);
    assert_eq!(account.replaces, Some(scene.phone.certificates[0].sha256()));
    scene.portal.stop().await;
}

#[tokio::test]
async fn what_the_phone_said_is_written_down_once_for_its_own_browser() {
    let mut scene = Scene::new().await;
    let path = "/api/scan/refusals";
    let body = |request: &str, code: &str| json!({ "request": request, "code": code });
    let jti = scene
        .phone
        .claims(&scene.request, scene.portal.now())
        .jti
        .to_string();
    let mut other = scene.portal.browser_of("ayguli").await;
    phone::request(&mut other).await;
    other
        .post(path, &body(&jti, "refused"))
        .await
        .is_problem(403, "assertion-wrong-browser");
    for (request, code) in [
        (jti.as_str(), "no-such-code"),
        ("x", "refused"),
        ("", "refused"),
    ] {
        scene
            .browser
            .post(path, &body(request, code))
            .await
            .is_problem(400, "malformed");
    }
    scene
        .browser
        .post(path, &body(&"A".repeat(22), "refused"))
        .await
        .is_problem(404, "not-found");
    let request = scene.request.clone();
    for request in [request.as_str(), &jti] {
        let reply = scene
            .browser
            .post(path, &body(request, "reported-fraud"))
            .await;
        assert_eq!(reply.status, 204);
    }
    let events = scene.portal.events_of("scan.refused");
    assert_eq!(events.len(), 1);
    assert_eq!(
        (
            &events[0]["account"],
            &events[0]["actor"],
            &events[0]["facts"]["code"],
            &events[0]["facts"]["op"]
        ),
        (
            &json!("zhang.wei"),
            &json!("page"),
            &json!("reported-fraud"),
            &json!("bind")
        )
    );
    // It was only the page's word.
    assert_eq!(scene.submit().await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn only_the_kinds_that_were_asked_for_and_are_accepted_answer() {
    let mut scene = Scene::new().await;
    scene.submit().await;
    let body = json!({ "op": "login", "kinds": ["mutual"] });
    let reply = scene.browser.post("/api/scan/requests", &body).await;
    let request = reply.json()["request"].as_str().unwrap().to_owned();
    let reply = scene
        .browser
        .post(SUBMIT, &scene.phone.assertion(&request, scene.portal.now()))
        .await;
    reply.is_problem(403, "certificate-wrong-kind");
    for kinds in [json!([]), json!(["other"]), json!(null), json!("mutual")] {
        let body = json!({ "op": "login", "kinds": kinds });
        scene
            .browser
            .post("/api/scan/requests", &body)
            .await
            .is_problem(400, "malformed");
    }
    let body = json!({ "op": "login", "replaces": scene.phone.id() });
    scene
        .browser
        .post("/api/scan/requests", &body)
        .await
        .is_problem(400, "malformed");
    scene.portal.stop().await;
}
