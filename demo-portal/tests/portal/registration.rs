//! Registration by scan: the ticket, the form, and what is looked at again.

use scanseal_portal::{authority::registry, platform::registration::TICKET_SECONDS, store};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Reply, SCAN, SESSION},
    phone::{self, HOSPITAL, Phone, credit_code},
    scan::SUBMIT,
    start::{TestPortal, generous},
};

const NAME: &str = "北屯远航物流有限公司";
const PATH: &str = "/api/registration";

pub(crate) fn form() -> Value {
    json!({ "login": "sun.li", "name": "孙丽", "phone": "13800000000", "kind": "supplier",
            "password": "a long password", "agreed": true })
}

pub(crate) struct Scene {
    pub(crate) portal: TestPortal,
    pub(crate) browser: Browser,
    pub(crate) phone: Phone,
    pub(crate) code: String,
}

impl Scene {
    /// A phone of an enterprise that nobody knows has scanned.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut scanseal_portal::serve::Settings)) -> Self {
        let portal = TestPortal::start_with(change).await;
        let code = credit_code(1);
        let phone = Phone::enrolled(portal.address, (NAME, &code)).await;
        let mut scene = Self {
            browser: Browser::open(portal.address).await,
            portal,
            phone,
            code,
        };
        let reply = scene.scan().await;
        reply.is_problem(403, "certificate-not-bound");
        assert_eq!(reply.json()["next"], "/register");
        // Its scan cookie lasts as long as the ticket.
        let cookie = reply.set_cookie(SCAN).unwrap();
        assert!(cookie.contains("Max-Age=960"), "{cookie}");
        scene
    }

    async fn scan(&mut self) -> Reply {
        let request = phone::request(&mut self.browser).await;
        let assertion = self.phone.assertion(&request, self.portal.now());
        self.browser.post(SUBMIT, &assertion).await
    }

    async fn register(&mut self, form: &Value) -> Reply {
        self.browser.post(PATH, form).await
    }

    fn accounts(&self) -> i64 {
        self.portal.count("SELECT count(*) FROM account")
    }
}

#[tokio::test]
async fn unknown_enterprise_registers_and_is_logged_in_with_its_certificate_bound() {
    let mut scene = Scene::new().await;
    let shown = scene.browser.try_get(PATH).await.unwrap().json();
    assert_eq!(
        (&shown["enterprise"], &shown["creditCode"]),
        (&json!(NAME), &json!(scene.code))
    );
    assert_eq!(
        shown["expires"],
        scene.portal.now().as_secs() + TICKET_SECONDS
    );
    assert_eq!(shown["certificate"]["kind"], "platform");
    let before = scene.browser.cookies[SESSION].clone();
    let reply = scene.register(&form()).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    let answer = reply.json();
    assert_eq!(answer["next"], "/home");
    let account = &answer["account"];
    assert_eq!(
        (&account["login"], &account["role"], &account["enterprise"]),
        (
            &json!("sun.li"),
            &json!("administrator"),
            &json!({ "name": NAME, "creditCode": scene.code, "kind": "supplier" })
        )
    );
    assert_eq!(account["certificates"][0]["id"], scene.phone.id());
    assert_eq!(account["logins"][0]["method"], "scan");
    assert_ne!(scene.browser.cookies[SESSION], before);
    assert_eq!(scene.browser.session().await["account"]["login"], "sun.li");
    for event in ["account.registered", "certificate.bound", "login.scan"] {
        let events = scene.portal.events_of(event);
        assert_eq!(
            (events.len(), &events[0]["account"]),
            (1, &json!("sun.li")),
            "{event}"
        );
    }
    scene
        .browser
        .try_get(PATH)
        .await
        .unwrap()
        .is_problem(404, "not-found");
    scene
        .register(&form())
        .await
        .is_problem(410, "request-expired");

    // Both ways in work.
    let mut other = Browser::open(scene.portal.address).await;
    let body = json!({ "login": "sun.li", "password": "a long password" });
    assert_eq!(other.post("/api/login", &body).await.status, 200);
    assert_eq!(scene.scan().await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn scan_that_leads_to_registration_uses_its_nonce_and_is_answered_alike_for_a_minute() {
    let mut scene = Scene::new().await;
    let request = phone::request(&mut scene.browser).await;
    let assertion = scene.phone.assertion(&request, scene.portal.now());
    let first = scene.browser.post(SUBMIT, &assertion).await;
    scene.portal.advance(59);
    let again = scene.browser.post(SUBMIT, &assertion).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    again.is_problem(403, "certificate-not-bound");
    assert_eq!(scene.portal.events_of("login.refused").len(), 2);
    scene.portal.advance(1);
    scene
        .browser
        .post(SUBMIT, &assertion)
        .await
        .is_problem(410, "assertion-replayed");
    scene.portal.stop().await;
}

#[tokio::test]
async fn ticket_is_worth_nothing_in_another_browser_and_after_fifteen_minutes() {
    let mut scene = Scene::new().await;
    let mut thief = Browser::open(scene.portal.address).await;
    thief
        .try_get(PATH)
        .await
        .unwrap()
        .is_problem(404, "not-found");
    thief
        .post(PATH, &form())
        .await
        .is_problem(410, "request-expired");
    phone::request(&mut thief).await;
    thief
        .post(PATH, &form())
        .await
        .is_problem(410, "request-expired");
    scene.portal.advance(TICKET_SECONDS - 1);
    assert_eq!(scene.browser.try_get(PATH).await.unwrap().status, 200);
    scene.portal.advance(1);
    scene
        .browser
        .try_get(PATH)
        .await
        .unwrap()
        .is_problem(404, "not-found");
    scene
        .register(&form())
        .await
        .is_problem(410, "request-expired");
    assert_eq!(scene.accounts(), 6);
    scene.portal.stop().await;
}

#[tokio::test]
async fn registration_can_be_given_up() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.browser.delete(PATH).await.status, 204);
    assert_eq!(scene.browser.delete(PATH).await.status, 204);
    scene
        .register(&form())
        .await
        .is_problem(410, "request-expired");
    scene.portal.stop().await;
}

#[tokio::test]
async fn certificate_that_was_revoked_meanwhile_is_refused() {
    let mut scene = Scene::new().await;
    let (serial, now) = (scene.phone.certificates[0].serial_hex(), scene.portal.now());
    store::with_file(&scene.portal.database(), |transaction| {
        registry::revoke(transaction, &serial, "keyCompromise", now)
    })
    .unwrap();
    let reply = scene.register(&form()).await;
    reply.is_problem(403, "certificate-revoked");
    assert_eq!(scene.accounts(), 6);
    scene.portal.stop().await;
}

#[tokio::test]
async fn kind_that_staff_has_ruled_out_meanwhile_registers_nobody() {
    let mut scene = Scene::new().await;
    let mut staff = scene.portal.browser_of("admin").await;
    let settings = json!({ "kinds": ["mutual"], "codes": "one" });
    let reply = staff.post("/api/admin/settings", &settings).await;
    assert_eq!(reply.status, 200);
    let reply = scene.register(&form()).await;
    reply.is_problem(403, "certificate-wrong-kind");
    assert_eq!(scene.accounts(), 6);
    scene.portal.stop().await;
}

#[tokio::test]
async fn certificate_that_ended_meanwhile_is_refused() {
    let mut scene = Scene::with(|settings| settings.certificate_days = 1).await;
    scene.portal.advance(86_400 - TICKET_SECONDS + 10);
    scene.scan().await.is_problem(403, "certificate-not-bound");
    scene.portal.advance(TICKET_SECONDS - 5);
    let reply = scene.register(&form()).await;
    reply.is_problem(403, "certificate-expired");
    assert_eq!(scene.accounts(), 6);
    scene.portal.stop().await;
}

#[tokio::test]
async fn enterprise_that_was_registered_meanwhile_is_known() {
    let mut scene = Scene::new().await;
    let statement = format!(
        "INSERT INTO enterprise (name, credit_code) VALUES ('x', '{}')",
        scene.code
    );
    scene.portal.change(&statement);
    let reply = scene.register(&form()).await;
    reply.is_problem(409, "certificate-not-bound");
    assert_eq!(reply.json()["enterpriseKnown"], true);
    assert_eq!(scene.accounts(), 6);
    scene.portal.stop().await;
}

#[tokio::test]
async fn known_enterprise_gets_no_ticket() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    reply.is_problem(403, "certificate-not-bound");
    assert_eq!(
        (reply.json().get("next"), &reply.json()["enterpriseKnown"]),
        (None, &json!(true))
    );
    browser
        .post(PATH, &form())
        .await
        .is_problem(410, "request-expired");
    portal.stop().await;
}

#[tokio::test]
async fn fields_are_told_all_at_once_and_a_taken_name_is_a_conflict() {
    let mut scene = Scene::new().await;
    let wrong = json!({ "login": "1", "name": " ", "phone": "x", "kind": "supplier", "password": "short", "agreed": false });
    let reply = scene.register(&wrong).await;
    reply.is_problem(422, "malformed");
    assert_eq!(
        reply.json()["fields"],
        json!({ "login": "characters", "name": "required", "phone": "characters",
                "password": "weak", "agreed": "required" })
    );
    for injection in [
        "' OR ''='",
        "<b>x</b>",
        "{{x}}",
        "a\u{0}",
        "x\r\ny",
        "%27",
        "\u{2066}x",
    ] {
        for field in ["login", "name", "phone"] {
            let mut body = form();
            body[field] = injection.into();
            let reply = scene.register(&body).await;
            reply.is_problem(422, "malformed");
            assert_eq!(
                reply.json()["fields"],
                json!({ field: "characters" }),
                "{injection:?}"
            );
        }
    }
    let mut taken = form();
    taken["login"] = "LI.NA".into();
    let reply = scene.register(&taken).await;
    reply.is_problem(409, "malformed");
    assert_eq!(reply.json()["fields"], json!({ "login": "taken" }));
    for (member, value) in [
        ("kind", json!("platform")),
        ("kind", json!("")),
        ("agreed", json!("yes")),
        ("role", json!("administrator")),
        ("enterprise", json!("x")),
    ] {
        let mut body = form();
        body[member] = value;
        scene.register(&body).await.is_problem(400, "malformed");
    }
    // None of it has used the ticket up. A password is never read as anything but a password.
    let mut good = form();
    good["password"] = "'; DROP TABLE account; -- <x>".into();
    assert_eq!(scene.register(&good).await.status, 201);
    assert_eq!(scene.accounts(), 7);
    scene.portal.stop().await;
}

#[tokio::test]
async fn registrations_from_one_address_are_limited() {
    let mut scene = Scene::with(|settings| {
        settings.rates = generous();
        settings.rates.registration_per_address.burst = 1.try_into().unwrap();
        settings.rates.registration_per_address.every = std::time::Duration::from_secs(3_600);
    })
    .await;
    let mut taken = form();
    taken["login"] = "li.na".into();
    scene.register(&taken).await.is_problem(409, "malformed");
    scene
        .register(&form())
        .await
        .is_problem(429, "rate-limited");
    scene.portal.stop().await;
}

#[tokio::test]
async fn certificate_of_another_recognised_authority_registers_too() {
    let portal = TestPortal::start().await;
    let code = credit_code(2);
    let phone = Phone::enrolled_at(portal.address, (NAME, &code), "tianchi").await;
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    assert_eq!(reply.json()["next"], "/register", "{:?}", reply.body);
    let account = browser.post(PATH, &form()).await.json()["account"].clone();
    let certificate = &account["certificates"][0];
    assert_eq!(
        (
            &certificate["authority"],
            &certificate["kind"],
            &certificate["state"]
        ),
        (&json!("tianchi"), &json!("mutual"), &json!("valid"))
    );
    portal.stop().await;
}
