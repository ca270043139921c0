//! Platform staff reviews photographed seals.

use data_encoding::BASE64;
use hyper::Method;
use scanseal_pki::{ElectronicSeal, SealKind};
use scanseal_portal::authority::seals::{SealStatus, records::MAX_WAITING, status};
use scanseal_portal::store;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Reply, send},
    phone::{HOSPITAL, Phone},
    seals::{SealCall, read_seal, seals_of, stamp, stroke},
    start::TestPortal,
};

const LIST: &str = "/api/admin/seals";
const PATH: &str =
    "/authority/seals/photographed?kind=1&name=%E5%85%AC%E7%AB%A0&width=42&height=42";

fn worth(portal: &TestPortal, id: &str) -> SealStatus {
    let now = portal.now();
    store::with_file(&portal.database(), |transaction| {
        status(transaction, id, now)
    })
    .unwrap()
}

async fn ask(portal: &TestPortal, phone: &Phone, path: &str) -> Value {
    let reply = SealCall::post(path, "image/png", stamp(HOSPITAL.0))
        .send(portal, phone)
        .await;
    assert_eq!(reply.status, 202, "{:?}", reply.body);
    reply.json()
}

async fn lines(staff: &mut Browser, query: &str) -> Value {
    staff
        .try_get(&format!("{LIST}{query}"))
        .await
        .unwrap()
        .json()
}

async fn post(staff: &mut Browser, id: &str, what: &str, body: Value) -> Reply {
    staff.post(&format!("{LIST}/{id}/{what}"), &body).await
}

#[tokio::test]
async fn photographed_seal_waits_is_seen_at_its_size_and_issued_when_it_is_approved() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let own = seals_of(&portal, &phone).await;
    let replaced = own[0]["id"].as_str().unwrap();
    let call = SealCall::post(PATH, "image/png", stamp(HOSPITAL.0));
    let reply = call.send(&portal, &phone).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["status"]),
        (202, &json!("waiting"))
    );
    let again = call.send(&portal, &phone).await;
    assert_eq!(again.json(), reply.json(), "sent again, it is the same");
    let entry = ask(&portal, &phone, &format!("{PATH}&replaces={replaced}")).await;
    let id = entry["id"].as_str().unwrap();
    assert_eq!(
        worth(&portal, id),
        SealStatus::Unknown,
        "nobody takes one that waits"
    );
    assert_eq!(worth(&portal, replaced), SealStatus::Valid);

    let mut staff = portal.browser_of("admin").await;
    let page = lines(&mut staff, "?state=waiting").await;
    assert_eq!((&page["total"], &page["waiting"]), (&json!(2), &json!(2)));
    let line = page["seals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["id"] == id)
        .unwrap();
    assert_eq!(
        (
            &line["enterprise"],
            &line["millimetres"],
            &line["kind"],
            &line["replaces"]
        ),
        (
            &json!(HOSPITAL.0),
            &json!([42, 42]),
            &json!("company"),
            &json!(replaced)
        )
    );
    let picture = staff
        .try_get(&format!("{LIST}/{id}/picture"))
        .await
        .unwrap();
    assert_eq!(picture.header("content-type"), "image/png");
    assert_eq!(&picture.body[..4], b"\x89PNG");

    let reply = post(&mut staff, id, "approve", Value::Null).await;
    assert_eq!(reply.status, 204, "{:?}", reply.body);
    assert_eq!(worth(&portal, id), SealStatus::Valid);
    assert!(
        matches!(worth(&portal, replaced), SealStatus::Revoked { reason, .. } if reason == "superseded")
    );
    let seals = seals_of(&portal, &phone).await;
    let issued = seals.iter().find(|seal| seal["id"] == id).unwrap();
    let seal = read_seal(issued);
    assert_eq!(
        (seal.info().kind, seal.info().picture.as_slice()),
        (SealKind::Company, &picture.body[..])
    );
    let after = staff
        .try_get(&format!("{LIST}/{id}/picture"))
        .await
        .unwrap();
    assert_eq!(after.body, picture.body);
    post(&mut staff, id, "approve", Value::Null)
        .await
        .is_problem(409, "conflict");
    post(&mut staff, id, "return", json!({ "reason": "blurred" }))
        .await
        .is_problem(409, "conflict");

    let events = portal.events_of("seal.issued");
    let event = events.last().unwrap();
    assert_eq!(
        (&event["actor"], &event["account"]),
        (&json!("admin"), &json!("zhang.wei"))
    );
    assert_eq!(event["facts"]["seals"][0]["id"], id);
    portal.stop().await;
}

#[tokio::test]
async fn returned_seal_tells_its_holder_why_and_its_picture_is_gone() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let entry = ask(&portal, &phone, PATH).await;
    let id = entry["id"].as_str().unwrap();
    let mut staff = portal.browser_of("admin").await;
    for (reason, word) in [("", "required"), ("  ", "required"), ("a\nb", "characters")] {
        let reply = post(&mut staff, id, "return", json!({ "reason": reason })).await;
        assert_eq!(
            reply.is_problem(422, "malformed").json()["fields"]["reason"],
            word
        );
    }
    let most = "长".repeat(200);
    let more = post(
        &mut staff,
        id,
        "return",
        json!({ "reason": format!("{most}长") }),
    )
    .await;
    more.is_problem(422, "malformed");
    let reply = post(&mut staff, id, "return", json!({ "reason": most })).await;
    assert_eq!(reply.status, 204);
    let seals = seals_of(&portal, &phone).await;
    let seal = seals.iter().find(|seal| seal["id"] == id).unwrap();
    assert_eq!(
        (&seal["status"], &seal["reason"]),
        (&json!("returned"), &json!(most))
    );
    let picture = staff
        .try_get(&format!("{LIST}/{id}/picture"))
        .await
        .unwrap();
    picture.is_problem(404, "not-found");
    assert_eq!(portal.events_of("seal.returned").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn staff_revokes_a_seal_once_and_finds_it_again() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let seals = seals_of(&portal, &phone).await;
    let id = seals[1]["id"].as_str().unwrap();
    let mut staff = portal.browser_of("admin").await;
    post(&mut staff, id, "revoke", json!({ "reason": "?" }))
        .await
        .is_problem(422, "malformed");
    let reply = post(&mut staff, id, "revoke", json!({ "reason": "lost" })).await;
    assert_eq!(reply.status, 204);
    post(&mut staff, id, "revoke", json!({ "reason": "lost" }))
        .await
        .is_problem(409, "conflict");
    let nobody = post(&mut staff, "nothing", "revoke", json!({ "reason": "lost" })).await;
    nobody.is_problem(404, "not-found");
    assert!(matches!(worth(&portal, id), SealStatus::Revoked { .. }));
    for (query, total) in [
        (format!("?q={id}"), 1),
        (format!("?q={}", HOSPITAL.1), 3),
        ("?state=revoked".to_owned(), 1),
        ("?state=valid".to_owned(), 2),
        ("?state=waiting".to_owned(), 0),
        ("?page=2".to_owned(), 3),
    ] {
        assert_eq!(lines(&mut staff, &query).await["total"], total, "{query}");
    }
    let wrong = staff
        .try_get(&format!("{LIST}?state=issued"))
        .await
        .unwrap();
    wrong.is_problem(400, "malformed");
    // The picture of an issued seal is in it.
    let picture = staff
        .try_get(&format!("{LIST}/{id}/picture"))
        .await
        .unwrap();
    let der = BASE64
        .decode(seals[1]["seal"].as_str().unwrap().as_bytes())
        .unwrap();
    assert_eq!(
        picture.body,
        ElectronicSeal::from_der(&der).unwrap().info().picture
    );
    portal.stop().await;
}

#[tokio::test]
async fn only_platform_staff_sees_and_decides() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let entry = ask(&portal, &phone, PATH).await;
    let id = entry["id"].as_str().unwrap();
    let mut other = portal.browser_of("zhang.wei").await;
    for path in [LIST.to_owned(), format!("{LIST}/{id}/picture")] {
        other
            .try_get(&path)
            .await
            .unwrap()
            .is_problem(403, "not-allowed");
        let reply = send(portal.address, Method::GET, &path, &[], "").await;
        reply.is_problem(401, "login-required");
    }
    for (what, body) in [
        ("approve", Value::Null),
        ("return", json!({ "reason": "x" })),
        ("revoke", json!({ "reason": "lost" })),
    ] {
        post(&mut other, id, what, body)
            .await
            .is_problem(403, "not-allowed");
    }
    assert_eq!(worth(&portal, id), SealStatus::Unknown);
    portal.stop().await;
}

#[tokio::test]
async fn seal_of_a_certificate_that_was_revoked_meanwhile_is_not_issued_and_few_may_wait() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let mut last = Value::Null;
    for _ in 0..MAX_WAITING {
        last = ask(&portal, &phone, PATH).await;
    }
    let more = SealCall::post(PATH, "image/png", stamp(HOSPITAL.0))
        .send(&portal, &phone)
        .await;
    more.is_problem(409, "full");
    // A signature by hand needs nobody's review.
    let path = "/authority/seals/handwritten?width=40&height=20";
    let reply = SealCall::post(path, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    assert_eq!(reply.status, 201);

    let mut staff = portal.browser_of("admin").await;
    let serial = phone.certificates[0].serial_hex();
    let path = format!("/api/admin/certificates/{serial}/revoke");
    let reply = staff
        .post(&path, &json!({ "reason": "keyCompromise" }))
        .await;
    assert_eq!(reply.status, 200);
    let id = last["id"].as_str().unwrap();
    post(&mut staff, id, "approve", Value::Null)
        .await
        .is_problem(409, "conflict");
    let page = lines(&mut staff, "").await;
    assert_eq!((&page["waiting"], &page["total"]), (&json!(0), &json!(8)));
    for line in page["seals"].as_array().unwrap() {
        assert_eq!(line["reason"], "certificate-revoked");
    }
    portal.stop().await;
}
