//! Assertions that the server must refuse, each at its check and without using anything up.

use scanseal_pki::{CreditCode, Issuer, Profile, Subject, UnixTime, Validity};
use scanseal_portal::{authority::registry, platform::request::REQUEST_SECONDS, store};
use scanseal_protocol::{
    limits,
    request::{Nonce, PlatformId},
};
use serde_json::json;

use crate::{
    browser::{Browser, SCAN},
    phone::{self, HOSPITAL, Phone, submission},
    scan::{SUBMIT, Scene, failed_check},
    start::TestPortal,
};

#[tokio::test]
async fn assertion_in_another_browser_is_refused_and_uses_nothing_up() {
    let scene = Scene::new().await;
    let mut thief = Browser::open(scene.portal.address).await;
    phone::request(&mut thief).await;
    let reply = thief.post(SUBMIT, &scene.assertion()).await;
    reply.is_problem(403, "assertion-wrong-browser");
    assert_eq!(failed_check(&reply), "browser");
    thief.cookies.remove(SCAN);
    thief
        .post(SUBMIT, &scene.assertion())
        .await
        .is_problem(403, "assertion-wrong-browser");
    scene.still_works().await;
}

#[tokio::test]
async fn late_assertion_is_refused_one_second_past_the_end_and_taken_at_the_end() {
    let mut scene = Scene::new().await;
    let signed = scene.portal.now();
    scene.portal.advance(REQUEST_SECONDS + 1);
    let assertion = scene.phone.assertion(&scene.request, signed);
    let reply = scene.submit(&assertion).await;
    reply.is_problem(410, "assertion-late");
    assert_eq!(failed_check(&reply), "time");

    let request = phone::request(&mut scene.browser).await;
    let assertion = scene.phone.assertion(&request, scene.portal.now());
    scene.portal.advance(REQUEST_SECONDS);
    assert_eq!(scene.submit(&assertion).await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn every_altered_claim_is_refused_at_its_check_and_uses_nothing_up() {
    let mut scene = Scene::new().await;
    let right = scene.phone.claims(&scene.request, scene.portal.now());
    let mut cases = Vec::new();
    let mut wrong = right.clone();
    wrong.req[0] ^= 1;
    cases.push((wrong, 400, "assertion-invalid", "request"));
    let mut wrong = right.clone();
    wrong.jti = Nonce::from_bytes([1; 16]);
    cases.push((wrong, 400, "assertion-invalid", "request"));
    let mut wrong = right.clone();
    wrong.aud = PlatformId::parse("other.platform").unwrap();
    cases.push((wrong, 400, "assertion-invalid", "audience"));
    let mut wrong = right.clone();
    wrong.origin = "https://evil.example".parse().unwrap();
    cases.push((wrong, 403, "origin-refused", "origin"));
    let mut wrong = right.clone();
    wrong.cb[31] ^= 1;
    cases.push((wrong, 400, "assertion-invalid", "channel"));
    let mut wrong = right.clone();
    wrong.iat = UnixTime::from_secs(right.iat.as_secs() - 61);
    cases.push((wrong, 410, "assertion-late", "time"));
    let mut wrong = right.clone();
    wrong.iat = UnixTime::from_secs(right.iat.as_secs() + 61);
    cases.push((wrong, 410, "assertion-late", "time"));
    for (claims, status, code, check) in cases {
        let body = submission(&scene.phone.sign(&claims));
        let reply = scene.submit(&body).await;
        reply.is_problem(status, code);
        assert_eq!(failed_check(&reply), check);
    }
    scene.still_works().await;
}

#[tokio::test]
async fn damaged_assertions_are_refused_and_use_nothing_up() {
    let mut scene = Scene::new().await;
    let good = scene.assertion()["assertion"].as_str().unwrap().to_owned();
    let other = Phone {
        key: phone::new_key(),
        certificates: scene.phone.certificates.clone(),
    };
    let unsigned = other
        .claims(&scene.request, scene.portal.now())
        .unsigned(&other.certificates[..1])
        .unwrap();
    let forged = unsigned.signing_input().to_vec();
    let signature = data_encoding::BASE64URL_NOPAD.encode(&other.key.sign_es256(&forged));
    let forged = format!("{}.{signature}", String::from_utf8(forged).unwrap());
    let long = "a".repeat(limits::ASSERTION_BYTES + 1);
    for (text, check) in [
        (forged.as_str(), "signature"),
        ("", "format"),
        ("a.b", "format"),
        (&good[1..], "format"),
        (&long, "format"),
        (&scene.request.clone(), "format"),
    ] {
        let reply = scene.submit(&submission(text)).await;
        reply.is_problem(400, "assertion-invalid");
        assert_eq!(failed_check(&reply), check);
    }
    let binding = |length: usize| json!({ "assertion": good, "channelBinding": data_encoding::BASE64URL_NOPAD.encode(&vec![9; length]) });
    for length in [0, 31, 33] {
        scene
            .submit(&binding(length))
            .await
            .is_problem(400, "malformed");
    }
    scene.still_works().await;
}

#[tokio::test]
async fn assertion_before_any_request_is_refused() {
    let scene = Scene::new().await;
    let mut early = Browser::open(scene.portal.address).await;
    let mut claims = scene.phone.claims(&scene.request, scene.portal.now());
    claims.jti = Nonce::from_bytes([3; 16]);
    early
        .post(SUBMIT, &submission(&scene.phone.sign(&claims)))
        .await
        .is_problem(403, "assertion-wrong-browser");
    scene.still_works().await;
}

#[tokio::test]
async fn revoked_certificate_is_refused_at_once() {
    let mut scene = Scene::new().await;
    let (serial, now) = (scene.phone.certificates[0].serial_hex(), scene.portal.now());
    // As another process does it, while the server runs.
    store::with_file(&scene.portal.database(), |transaction| {
        registry::revoke(transaction, &serial, "keyCompromise", now)
    })
    .unwrap();
    let assertion = scene.assertion();
    let reply = scene.submit(&assertion).await;
    reply.is_problem(403, "certificate-revoked");
    assert_eq!(failed_check(&reply), "revocation");
    scene.phone = scene.portal.phone_of("zhang.wei").await;
    scene.still_works().await;
}

#[tokio::test]
async fn expired_certificate_is_refused() {
    let portal = TestPortal::start_with(|settings| settings.certificate_days = 0).await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    reply.is_problem(403, "certificate-expired");
    assert_eq!(failed_check(&reply), "validity");
    portal.stop().await;
}

#[tokio::test]
async fn certificate_of_an_unknown_authority_is_refused() {
    let mut scene = Scene::new().await;
    let mut rng = scanseal_pki::rand_core::UnwrapErr(getrandom::SysRng);
    let now = scene.portal.now();
    let validity = Validity {
        not_before: UnixTime::from_secs(now.as_secs() - 60),
        not_after: now.saturating_add_secs(3_600),
    };
    // The same names as the portal's own authority: names prove nothing.
    let name = Subject::new("ScanSeal 演示认证中心", "ScanSeal Demo Issuing CA").unwrap();
    let root = Issuer::root(&name, phone::new_key(), validity, &mut rng).unwrap();
    let subject = Subject::new(HOSPITAL.0, HOSPITAL.0)
        .unwrap()
        .with_credit_code(CreditCode::parse(HOSPITAL.1).unwrap());
    let key = phone::new_key();
    let leaf = root
        .issue(
            &Profile::Enterprise {
                subject,
                login: true,
            },
            &key.public_key(),
            validity,
            &mut rng,
        )
        .unwrap();
    let stranger = Phone {
        key,
        certificates: vec![leaf, root.certificate().clone()],
    };
    let reply = scene.submit(&stranger.assertion(&scene.request, now)).await;
    reply.is_problem(403, "certificate-untrusted");
    assert_eq!(failed_check(&reply), "path");
    scene.still_works().await;
}

#[tokio::test]
async fn certificate_that_is_bound_to_no_account_is_refused_and_uses_nothing_up() {
    let mut scene = Scene::new().await;
    let stranger = Phone::enrolled(scene.portal.address, HOSPITAL).await;
    let reply = scene
        .submit(&stranger.assertion(&scene.request, scene.portal.now()))
        .await;
    reply.is_problem(403, "certificate-not-bound");
    assert_eq!(failed_check(&reply), "account");
    let answer = reply.json();
    assert_eq!(answer["enterpriseKnown"], true);
    assert_eq!(answer.get("next"), None);
    let report = answer["report"].as_array().unwrap().clone();
    assert_eq!(report.len(), 16);
    assert!(report[..15].iter().all(|line| line["outcome"] == "passed"));
    let refused = scene.portal.events_of("login.refused");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["facts"]["code"], "certificate-not-bound");
    assert_eq!(refused[0]["account"], serde_json::Value::Null);
    scene.still_works().await;
}

/// The revocation lists that the checks go by are read before the decision. What is revoked between the two must not slip
/// through: the table is asked again where the nonce is used.
#[tokio::test]
async fn certificate_that_is_revoked_between_check_and_decision_is_refused() {
    let mut scene = Scene::new().await;
    let (bound, other) = (&scene.phone, scene.portal.phone_of("zhang.wei").await);
    let fresh = Phone::enrolled(scene.portal.address, HOSPITAL).await;
    let serial = |phone: &Phone| phone.certificates[0].serial_hex();
    let (now, database) = (scene.portal.now(), scene.portal.database());
    let revoked = serial(&other);
    store::with_file(&database, |transaction| {
        registry::revoke(transaction, &revoked, "keyCompromise", now)
    })
    .unwrap();
    // The list is signed with that one entry, and held as long as there is one.
    let mut browser = Browser::open(scene.portal.address).await;
    let request = phone::request(&mut browser).await;
    let reply = browser.post(SUBMIT, &other.assertion(&request, now)).await;
    reply.is_problem(403, "certificate-revoked");

    let instead = |phone: &Phone| format!("UPDATE revocation SET serial = '{}'", serial(phone));
    scene.portal.change(&instead(bound));
    let assertion = scene.assertion();
    let reply = scene.submit(&assertion).await;
    reply.is_problem(403, "certificate-revoked");
    assert_eq!(failed_check(&reply), "revocation");

    scene.portal.change(&instead(&fresh));
    let mut person = scene.portal.browser_of("zhang.wei").await;
    let reply = phone::bind(&mut person, &fresh, now).await;
    reply.is_problem(403, "certificate-revoked");
    let refused = scene.portal.events_of("certificate.bind-refused");
    assert_eq!(refused[0]["facts"]["code"], "certificate-revoked");
    scene.still_works().await;
}

#[tokio::test]
async fn kind_that_staff_has_ruled_out_meanwhile_is_refused_although_the_request_names_it() {
    let mut scene = Scene::new().await;
    let mut staff = scene.portal.browser_of("admin").await;
    let settings = |kinds| json!({ "kinds": kinds, "codes": "one" });
    let path = "/api/admin/settings";
    let reply = staff.post(path, &settings(["mutual"])).await;
    assert_eq!(reply.status, 200);
    let assertion = scene.assertion();
    let reply = scene.submit(&assertion).await;
    reply.is_problem(403, "certificate-wrong-kind");
    assert_eq!(failed_check(&reply), "path");
    staff.post(path, &settings(["platform"])).await;
    scene.still_works().await;
}
