//! Certificates in the hands of platform staff: search, issue, revoke, issue again.

use data_encoding::BASE64;
use scanseal_pki::{Certificate, CertificateRequest};
use serde_json::{Value, json};

use crate::{
    authority::{CAS, MAIN},
    browser::Browser,
    phone::{self, HOSPITAL, Phone, credit_code, csr, new_key},
    start::TestPortal,
};

const PATH: &str = "/api/admin/certificates";

/// Somebody logged in with user name and password.
pub(crate) async fn logged_in(portal: &TestPortal, login: &str) -> Browser {
    let mut browser = Browser::open(portal.address).await;
    browser.origin = portal.ready().origins[0].clone();
    let body = json!({ "login": login, "password": portal.password_of(login) });
    assert_eq!(browser.post("/api/login", &body).await.status, 200);
    browser.session().await;
    browser
}

/// Asserts that only platform staff gets through, and only from an own page.
pub(crate) async fn is_for_staff_only(portal: &TestPortal, path: &str, body: Option<&Value>) {
    let mut nobody = Browser::open(portal.address).await;
    let mut supplier = logged_in(portal, "li.na").await;
    let staff = logged_in(portal, "admin").await;
    let Some(body) = body else {
        nobody.get(path).await.is_problem(401, "login-required");
        supplier.get(path).await.is_problem(403, "not-allowed");
        return;
    };
    nobody
        .post(path, body)
        .await
        .is_problem(401, "login-required");
    supplier
        .post(path, body)
        .await
        .is_problem(403, "not-allowed");
    for (header, value, code) in [
        ("x-csrf-token", "", "csrf-refused"),
        ("x-csrf-token", supplier.csrf.as_str(), "csrf-refused"),
        ("origin", "https://evil.example", "origin-refused"),
        ("origin", "", "origin-refused"),
    ] {
        staff
            .post_with(path, &[(header, value)], body.to_string())
            .await
            .is_problem(403, code);
    }
}

pub(crate) fn pem(kind: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        BASE64.encode(der)
    )
}

fn certificates(pem: &str) -> Vec<Certificate> {
    pem.split_terminator("-----END CERTIFICATE-----\n")
        .map(|text| {
            let base64: String = text.lines().skip(1).collect();
            Certificate::from_der(&BASE64.decode(base64.as_bytes()).unwrap()).unwrap()
        })
        .collect()
}

fn issue_body(ca: &str, request: &[u8]) -> Value {
    json!({ "ca": ca, "csr": pem("CERTIFICATE REQUEST", request), "enterprise": HOSPITAL.0, "creditCode": HOSPITAL.1 })
}

#[tokio::test]
async fn staff_issues_at_each_authority_and_finds_it_again() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    for ca in CAS {
        let key = new_key();
        let request = csr(&key, HOSPITAL.0, HOSPITAL.1);
        let reply = staff.post(PATH, &issue_body(ca, &request)).await;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        let issued = reply.json();
        let chain = certificates(issued["pem"].as_str().unwrap());
        assert_eq!(chain.len(), 3);
        assert_eq!(issued["serial"], chain[0].serial_hex());
        assert!(*chain[0].public_key() == key.public_key());
        assert!(chain[0].verify_signed_by(chain[1].public_key()).is_ok());
        assert!(chain[1].verify_signed_by(chain[2].public_key()).is_ok());
        let found = staff
            .get(&format!(
                "{PATH}?q={}",
                chain[0].serial_hex().to_uppercase()
            ))
            .await
            .json();
        assert_eq!(found["total"], 1);
        let line = &found["certificates"][0];
        assert_eq!(
            (&line["ca"], &line["state"], &line["purpose"]),
            (&json!(ca), &json!("valid"), &json!("enterprise"))
        );
        assert_eq!(line["creditCode"], HOSPITAL.1);
        assert_eq!(line["issued"], portal.now().as_secs());
    }
    let encoded: String = HOSPITAL
        .0
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    for (query, total) in [(encoded.as_str(), 3), (HOSPITAL.1, 3), ("%25", 0), ("_", 0)] {
        let found = staff.get(&format!("{PATH}?q={query}")).await.json();
        assert_eq!(found["total"], total, "{query}");
    }
    let log = staff
        .get("/api/admin/audit?q=certificate.issued")
        .await
        .json();
    assert_eq!(log["events"].as_array().unwrap().len(), 3);
    assert_eq!(log["events"][0]["actor"], "admin");
    portal.stop().await;
}

#[tokio::test]
async fn pages_hold_fifty_and_leave_nothing_out() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    for number in 0..60 {
        let code = credit_code(number);
        Phone::enrolled(portal.address, ("北屯远航物流有限公司", &code)).await;
    }
    let mut serials = std::collections::BTreeSet::new();
    for (page, lines) in [(1, 50), (2, 10), (3, 0)] {
        let found = staff
            .get(&format!("{PATH}?q=9165010000&page={page}"))
            .await
            .json();
        assert_eq!(found["total"], 60);
        let found = found["certificates"].as_array().unwrap();
        assert_eq!(found.len(), lines);
        serials.extend(found.iter().map(|line| line["serial"].to_string()));
    }
    assert_eq!(serials.len(), 60);
    for query in ["page=0", "page=-1", "page=x", "q=a&q=b", "size=5"] {
        staff
            .get(&format!("{PATH}?{query}"))
            .await
            .is_problem(400, "malformed");
    }
    portal.stop().await;
}

#[tokio::test]
async fn wrong_requests_are_refused_by_name() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let request = csr(&new_key(), HOSPITAL.0, HOSPITAL.1);
    let mut unsigned = request.clone();
    *unsigned.last_mut().unwrap() ^= 1;
    assert!(CertificateRequest::from_der(&unsigned).is_err());
    let good = issue_body(MAIN, &request);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let twice = good["csr"].as_str().unwrap().repeat(2);
    for (body, field, word) in [
        (with("csr", json!("")), "csr", "unreadable"),
        (
            with("csr", json!(BASE64.encode(&request))),
            "csr",
            "unreadable",
        ),
        (with("csr", json!(twice)), "csr", "unreadable"),
        (issue_body(MAIN, &unsigned), "csr", "unreadable"),
        (with("ca", json!("nobody")), "ca", "unknown"),
        (with("enterprise", json!("  ")), "enterprise", "required"),
        (
            with("enterprise", json!("云\u{7}岭")),
            "enterprise",
            "characters",
        ),
    ] {
        let reply = staff.post(PATH, &body).await;
        reply.is_problem(422, "malformed");
        assert_eq!(reply.json()["fields"], json!({ field: word }));
    }
    staff
        .post(PATH, &with("creditCode", json!("12650100MB1A22606K")))
        .await
        .is_problem(422, "credit-code-invalid");
    staff
        .post(PATH, &with("enterprise", json!("别的单位")))
        .await
        .is_problem(400, "malformed");
    let other = csr(&new_key(), "别的单位", HOSPITAL.1);
    let mut body = issue_body(MAIN, &other);
    body["enterprise"] = "别的单位".into();
    staff
        .post(PATH, &body)
        .await
        .is_problem(409, "certificate-name-mismatch");
    portal.stop().await;
}

#[tokio::test]
async fn revoked_certificate_logs_nobody_in_and_its_sessions_end() {
    let portal = TestPortal::start().await;
    let phone = Phone::bound(
        portal.address,
        HOSPITAL,
        ("zhang.wei", &portal.password_of("zhang.wei")),
        portal.now(),
    )
    .await;
    let serial = phone.certificates[0].serial_hex();
    let mut by_scan = Browser::open(portal.address).await;
    let request = phone::request(&mut by_scan).await;
    let assertion = phone.assertion(&request, portal.now());
    assert_eq!(
        by_scan
            .post("/api/scan/assertions", &assertion)
            .await
            .status,
        200
    );
    let mut by_password = logged_in(&portal, "zhang.wei").await;

    let mut staff = logged_in(&portal, "admin").await;
    let revoke = format!("{PATH}/{serial}/revoke");
    let reply = staff
        .post(&revoke, &json!({ "reason": "becauseISaySo" }))
        .await;
    reply.is_problem(422, "malformed");
    assert_eq!(reply.json()["fields"], json!({ "reason": "unknown" }));
    let line = staff
        .post(&revoke, &json!({ "reason": "keyCompromise" }))
        .await;
    assert_eq!(line.status, 200);
    assert_eq!(
        line.json()["revoked"],
        json!({ "at": portal.now().as_secs(), "reason": "keyCompromise" })
    );
    staff
        .post(&revoke, &json!({ "reason": "superseded" }))
        .await
        .is_problem(409, "conflict");
    staff
        .post(
            &format!("{PATH}/00ff/revoke"),
            &json!({ "reason": "superseded" }),
        )
        .await
        .is_problem(404, "not-found");

    assert_eq!(by_scan.session().await["account"], Value::Null);
    assert_eq!(by_password.session().await["account"]["login"], "zhang.wei");
    let request = phone::request(&mut by_scan).await;
    let assertion = phone.assertion(&request, portal.now());
    by_scan
        .post("/api/scan/assertions", &assertion)
        .await
        .is_problem(403, "certificate-revoked");
    let log = staff
        .get("/api/admin/audit?q=certificate.revoked")
        .await
        .json();
    let event = &log["events"][0];
    assert_eq!(
        (
            &event["account"],
            &event["actor"],
            &event["facts"]["reason"]
        ),
        (
            &json!("zhang.wei"),
            &json!("admin"),
            &json!("keyCompromise")
        )
    );
    portal.stop().await;
}

#[tokio::test]
async fn reissue_keeps_key_and_subject_and_revokes_the_old_one() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let phone = Phone::enrolled_at(portal.address, HOSPITAL, "tianchi").await;
    let old = &phone.certificates[0];
    portal.advance(10 * 86_400);
    let mut staff_again = logged_in(&portal, "admin").await;
    std::mem::swap(&mut staff, &mut staff_again);
    let reissue = format!("{PATH}/{}/reissue", old.serial_hex());
    let reply = staff.post(&reissue, &Value::Null).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    let new = &certificates(reply.json()["pem"].as_str().unwrap())[0];
    assert!(new.public_key() == old.public_key());
    assert_eq!(
        (new.organization(), new.common_name(), new.credit_code()),
        (old.organization(), old.common_name(), old.credit_code())
    );
    assert_eq!(new.issuer_common_name(), old.issuer_common_name());
    assert_eq!(
        new.not_after().as_secs(),
        old.not_after().as_secs() + 10 * 86_400
    );
    let found = staff
        .get(&format!("{PATH}?q={}", old.serial_hex()))
        .await
        .json();
    assert_eq!(found["certificates"][0]["state"], "revoked");
    assert_eq!(found["certificates"][0]["revoked"]["reason"], "superseded");

    staff
        .post(&reissue, &Value::Null)
        .await
        .is_problem(409, "certificate-revoked");
    staff
        .post(&format!("{PATH}/00ff/reissue"), &Value::Null)
        .await
        .is_problem(404, "not-found");
    let services = staff.get(&format!("{PATH}?q=ScanSeal")).await.json();
    let service = services["certificates"][0]["serial"].as_str().unwrap();
    staff
        .post(&format!("{PATH}/{service}/reissue"), &Value::Null)
        .await
        .is_problem(409, "conflict");
    portal.stop().await;
}

#[tokio::test]
async fn only_platform_staff_gets_to_certificates() {
    let portal = TestPortal::start().await;
    let request = csr(&new_key(), HOSPITAL.0, HOSPITAL.1);
    is_for_staff_only(&portal, PATH, None).await;
    is_for_staff_only(&portal, PATH, Some(&issue_body(MAIN, &request))).await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let serial = phone.certificates[0].serial_hex();
    for change in ["revoke", "reissue"] {
        let path = format!("{PATH}/{serial}/{change}");
        is_for_staff_only(&portal, &path, Some(&json!({ "reason": "superseded" }))).await;
    }
    portal.stop().await;
}
