//! Login by scan: the good way, and the same assertion more than once.

use scanseal_pki::UnixTime;
use scanseal_portal::platform::assertion::REPEAT_SECONDS;
use scanseal_protocol::{limits, trust_list};
use serde_json::Value;

use crate::{
    browser::{Browser, Reply, SESSION},
    phone::{self, HOSPITAL, Phone},
    start::TestPortal,
};

pub(crate) const SUBMIT: &str = "/api/scan/assertions";

pub(crate) struct Scene {
    pub(crate) portal: TestPortal,
    pub(crate) browser: Browser,
    pub(crate) phone: Phone,
    pub(crate) request: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let portal = TestPortal::start().await;
        let phone = portal.phone_of("zhang.wei").await;
        let mut browser = Browser::open(portal.address).await;
        let request = phone::request(&mut browser).await;
        Self {
            portal,
            browser,
            phone,
            request,
        }
    }

    pub(crate) fn assertion(&self) -> Value {
        self.phone.assertion(&self.request, self.portal.now())
    }

    pub(crate) async fn submit(&mut self, body: &Value) -> Reply {
        self.browser.post(SUBMIT, body).await
    }

    /// The right assertion still logs in: what was refused before has used nothing up.
    pub(crate) async fn still_works(mut self) {
        let assertion = self.assertion();
        assert_eq!(self.submit(&assertion).await.status, 200);
        assert_eq!(
            self.browser.session().await["account"]["login"],
            "zhang.wei"
        );
        self.portal.stop().await;
    }
}

/// The check that the report names as the first that failed.
pub(crate) fn failed_check(reply: &Reply) -> String {
    let report = reply.json()["report"].as_array().unwrap().clone();
    report
        .iter()
        .find(|line| line["outcome"] == "failed")
        .unwrap()["check"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn scan_logs_in_with_a_new_session_and_shows_the_login_before() {
    let mut scene = Scene::new().await;
    let before = scene.browser.cookies[SESSION].clone();
    let assertion = scene.assertion();
    let reply = scene.submit(&assertion).await;
    assert_eq!(reply.status, 200);
    let answer = reply.json();
    assert_eq!(answer["next"], "/home");
    assert_eq!(answer["account"]["enterprise"]["creditCode"], HOSPITAL.1);
    let bound = &answer["account"]["certificates"][0];
    assert_eq!(bound["serial"], scene.phone.certificates[0].serial_hex());
    assert_eq!(
        (&bound["commonName"], &bound["state"]),
        (&HOSPITAL.0.into(), &"valid".into())
    );
    let login = &answer["account"]["logins"][0];
    assert_eq!(
        (&login["method"], &login["browser"]),
        (&"scan".into(), &"Chrome 120 / Windows".into())
    );
    assert_ne!(scene.browser.cookies[SESSION], before);

    scene.portal.advance(10);
    let mut other = Browser::open(scene.portal.address).await;
    let request = phone::request(&mut other).await;
    let second = other
        .post(SUBMIT, &scene.phone.assertion(&request, scene.portal.now()))
        .await
        .json();
    let [this, last, _password] = &second["account"]["logins"].as_array().unwrap()[..] else {
        panic!("three logins, got {second}");
    };
    assert_eq!(
        (&this["current"], &last["current"]),
        (&true.into(), &false.into())
    );
    assert_eq!(
        (last["method"].as_str(), last["place"].as_str()),
        (Some("scan"), Some("本机 this computer"))
    );
    assert_eq!(last["at"], scene.portal.now().as_secs() - 10);
    scene.portal.stop().await;
}

#[tokio::test]
async fn request_names_the_page_and_verifies_against_the_trust_list() {
    let mut scene = Scene::new().await;
    let list = scene
        .browser
        .try_get("/authority/trust-list")
        .await
        .unwrap();
    assert_eq!(list.header("content-type"), "application/jose");
    let description = scene
        .browser
        .try_get("/.well-known/scanseal")
        .await
        .unwrap();
    let description =
        scanseal_protocol::operator::OperatorDescription::parse(&description.body).unwrap();
    let text = std::str::from_utf8(&list.body).unwrap();
    let trust =
        trust_list::verify(text, &description.list_keys(), scene.portal.now(), None).unwrap();
    let request = scanseal_protocol::request::Request::parse(&scene.request).unwrap();
    let verified = request.verify(&trust, scene.portal.now()).unwrap();
    let claims = verified.claims();
    assert_eq!(claims.origin.as_str(), scene.browser.origin);
    assert_eq!(
        (
            claims.context.browser.as_str(),
            claims.context.place.as_str()
        ),
        ("Chrome 120 / Windows", "本机 this computer")
    );
    assert!(scene.request.len() <= limits::REQUEST_BYTES);
    scene.portal.stop().await;
}

#[tokio::test]
async fn fifty_equal_submissions_at_once_make_one_session_and_identical_answers() {
    let mut scene = Scene::new().await;
    let assertion = scene.assertion();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (browser, body) = (scene.browser.clone(), assertion.to_string());
            tokio::spawn(async move { browser.post_with(SUBMIT, &[], body).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        let reply = task.await.unwrap();
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        answers.push((reply.body.clone(), reply.set_cookie(SESSION).unwrap()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    // The other login is that of who bound the certificate, and has logged out.
    let count = |table: &str| scene.portal.count(&format!("SELECT count(*) FROM {table}"));
    assert_eq!((count("web_session"), count("login_event")), (1, 2));
    assert_eq!(scene.portal.events_of("login.scan").len(), 1);
    assert_eq!(scene.submit(&assertion).await.status, 200);
    assert_eq!(
        scene.browser.session().await["account"]["login"],
        "zhang.wei"
    );
    scene.portal.stop().await;
}

#[tokio::test]
async fn fifty_submissions_from_two_browsers_give_nothing_to_the_wrong_one() {
    let scene = Scene::new().await;
    let mut thief = Browser::open(scene.portal.address).await;
    phone::request(&mut thief).await;
    let assertion = scene.assertion().to_string();
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let browser = if number % 2 == 0 {
                scene.browser.clone()
            } else {
                thief.clone()
            };
            let body = assertion.clone();
            tokio::spawn(
                async move { (number % 2 == 0, browser.post_with(SUBMIT, &[], body).await) },
            )
        })
        .collect();
    for task in tasks {
        let (own, reply) = task.await.unwrap();
        if own {
            assert_eq!(reply.status, 200);
        } else {
            let code = reply.json()["code"].as_str().unwrap().to_owned();
            assert!(
                ["assertion-wrong-browser", "assertion-replayed"].contains(&code.as_str()),
                "{code}"
            );
            assert!(reply.set_cookie(SESSION).is_none());
        }
    }
    scene.portal.stop().await;
}

#[tokio::test]
async fn same_browser_gets_the_identical_answer_for_a_minute_and_no_longer() {
    let mut scene = Scene::new().await;
    let (old, assertion) = (scene.browser.clone(), scene.assertion());
    let first = scene.submit(&assertion).await;
    scene.portal.advance(REPEAT_SECONDS - 1);
    let again = old.post_with(SUBMIT, &[], assertion.to_string()).await;
    assert_eq!(
        (again.status, &again.body, again.set_cookie(SESSION)),
        (first.status, &first.body, first.set_cookie(SESSION))
    );
    scene.portal.advance(1);
    old.post_with(SUBMIT, &[], assertion.to_string())
        .await
        .is_problem(410, "assertion-replayed");
    scene.portal.stop().await;
}

#[tokio::test]
async fn after_logout_the_answer_is_not_repeated_and_the_session_stays_ended() {
    let mut scene = Scene::new().await;
    let (mut old, assertion) = (scene.browser.clone(), scene.assertion());
    scene.submit(&assertion).await;
    scene.browser.session().await;
    assert_eq!(
        scene.browser.post("/api/logout", &Value::Null).await.status,
        204
    );
    old.post(SUBMIT, &assertion)
        .await
        .is_problem(410, "assertion-replayed");
    assert_eq!(old.session().await["account"], Value::Null);
    scene.portal.stop().await;
}

#[tokio::test]
async fn used_nonce_is_gone_for_other_browsers_and_for_other_assertions() {
    let mut scene = Scene::new().await;
    let before = scene.browser.clone();
    let assertion = scene.assertion();
    scene.submit(&assertion).await;
    let mut thief = Browser::open(scene.portal.address).await;
    phone::request(&mut thief).await;
    let reply = thief.post(SUBMIT, &assertion).await;
    reply.is_problem(410, "assertion-replayed");
    assert_eq!(failed_check(&reply), "replay");
    let second = scene.phone.assertion(
        &scene.request,
        UnixTime::from_secs(scene.portal.now().as_secs() + 1),
    );
    before
        .post_with(SUBMIT, &[], second.to_string())
        .await
        .is_problem(410, "assertion-replayed");
    scene.portal.stop().await;
}
