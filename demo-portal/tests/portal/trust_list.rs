//! The trust list as platform staff edits it and phones get it.

use data_encoding::BASE64URL_NOPAD;
use hyper::Method;
use scanseal_pki::{Issuer, MAX_CERTIFICATES_PER_CA, Subject, TrustList, UnixTime, Validity};
use scanseal_portal::store::{self, StoreError};
use scanseal_protocol::{operator::OperatorDescription, trust_list};
use serde_json::{Value, json};

use crate::{
    admin_certificates::{is_for_staff_only, logged_in, pem},
    authority::CAS,
    browser::{Browser, send},
    phone::{self, HOSPITAL, Phone, enrol, enrolment, new_key},
    start::TestPortal,
};

const PATH: &str = "/api/admin/trust-list";

/// The list as a phone gets and checks it.
pub(crate) async fn signed_list(portal: &TestPortal) -> TrustList {
    let get = async |path: &str| send(portal.address, Method::GET, path, &[], "").await.body;
    let description = OperatorDescription::parse(&get("/.well-known/scanseal").await).unwrap();
    let list = get("/authority/trust-list").await;
    let text = std::str::from_utf8(&list).unwrap();
    trust_list::verify(text, &description.list_keys(), portal.now(), None).unwrap()
}

/// Which authorities enrol, as a phone is told.
async fn enrolling(portal: &TestPortal) -> Vec<String> {
    let path = "/.well-known/scanseal";
    let reply = send(portal.address, Method::GET, path, &[], "").await;
    let description = OperatorDescription::parse(&reply.body).unwrap();
    description.enrol_cas().to_vec()
}

fn ids(list: &TrustList) -> Vec<&str> {
    list.cas().iter().map(|ca| ca.id.as_str()).collect()
}

fn root(name: &str) -> Issuer {
    let validity = Validity {
        not_before: UnixTime::from_secs(1_700_000_000),
        not_after: UnixTime::from_secs(2_700_000_000),
    };
    let mut rng = scanseal_pki::rand_core::UnwrapErr(getrandom::SysRng);
    Issuer::root(
        &Subject::new(name, name).unwrap(),
        new_key(),
        validity,
        &mut rng,
    )
    .unwrap()
}

fn ca_body(id: &str, roots: &[&Issuer]) -> Value {
    let roots: Vec<_> = roots
        .iter()
        .map(|root| pem("CERTIFICATE", root.certificate().der()))
        .collect();
    json!({ "id": id, "name": { "zh": "昆仑数字证书中心", "en": "Kunlun CA" }, "kind": "mutual", "roots": roots, "intermediates": [] })
}

fn platform_body(id: &str) -> Value {
    json!({
        "id": id,
        "name": { "zh": "河西交易平台", "en": "Hexi Exchange" },
        "origins": ["https://hexi.example"],
        "keys": [BASE64URL_NOPAD.encode(&[7; 32])],
    })
}

#[tokio::test]
async fn own_authorities_and_platform_stand_in_the_first_list() {
    let portal = TestPortal::start().await;
    let list = signed_list(&portal).await;
    assert_eq!(ids(&list), CAS);
    let kinds: Vec<_> = list.cas().iter().map(|ca| json!(ca.kind)).collect();
    assert_eq!(kinds, ["platform", "mutual", "mutual"]);
    assert_eq!(
        list.ca("tianchi").unwrap().name.zh,
        "天池数字证书认证中心（演示）"
    );
    let view = logged_in(&portal, "admin").await.get(PATH).await.json();
    assert_eq!(view["version"], list.version());
    assert_eq!(view["expires"], list.expires().as_secs());
    assert_eq!(
        view["history"],
        json!([{ "version": list.version(), "issued": portal.now().as_secs(), "change": "first", "by": null }])
    );
    assert_eq!(view["platforms"][0]["own"], true);
    portal.stop().await;
}

#[tokio::test]
async fn each_edit_is_the_next_version_and_phones_get_it_at_once() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let kunlun = root("昆仑");
    let mut version = signed_list(&portal).await.version();
    let all = ["scanseal-demo", "tianchi", "jiangcheng", "kunlun"];
    let own_platform = vec!["demo.scanseal"];
    let both = vec!["demo.scanseal", "hexi"];
    for (path, body, change, cas, platforms) in [
        (
            "cas",
            ca_body("kunlun", &[&kunlun]),
            "ca-added kunlun",
            &all[..],
            &own_platform,
        ),
        (
            "cas/kunlun/unlist",
            Value::Null,
            "ca-unlisted kunlun",
            &all[..3],
            &own_platform,
        ),
        (
            "cas/kunlun/list",
            Value::Null,
            "ca-listed kunlun",
            &all[..],
            &own_platform,
        ),
        (
            "cas/kunlun/remove",
            Value::Null,
            "ca-removed kunlun",
            &all[..3],
            &own_platform,
        ),
        (
            "platforms",
            platform_body("hexi"),
            "platform-added hexi",
            &all[..3],
            &both,
        ),
        (
            "cas/jiangcheng/unlist",
            Value::Null,
            "ca-unlisted jiangcheng",
            &all[..2],
            &both,
        ),
        (
            "platforms/hexi/remove",
            Value::Null,
            "platform-removed hexi",
            &all[..2],
            &own_platform,
        ),
        (
            "cas/jiangcheng/list",
            Value::Null,
            "ca-listed jiangcheng",
            &all[..3],
            &own_platform,
        ),
    ] {
        let reply = staff.post(&format!("{PATH}/{path}"), &body).await;
        assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
        let list = signed_list(&portal).await;
        assert_eq!(list.version(), version + 1, "{path}");
        version = list.version();
        assert_eq!(ids(&list), cas, "{path}");
        let named: Vec<_> = list
            .platforms()
            .iter()
            .map(|platform| &platform.id)
            .collect();
        assert_eq!(named, *platforms, "{path}");
        let view = reply.json();
        assert_eq!(view["version"], version);
        assert_eq!(
            (&view["history"][0]["change"], &view["history"][0]["by"]),
            (&json!(change), &json!("admin"))
        );
    }
    let log = staff
        .get("/api/admin/audit?q=trust-list.changed")
        .await
        .json();
    assert_eq!(log["events"].as_array().unwrap().len(), 8);
    assert_eq!(
        log["events"][0]["facts"],
        json!({ "version": version, "change": "ca-listed jiangcheng" })
    );
    portal.stop().await;
}

#[tokio::test]
async fn entries_survive_a_restart_as_the_same_list() {
    let origin = || vec!["https://a.example".parse().unwrap()];
    let portal = TestPortal::start_with(|settings| settings.origins = origin()).await;
    let mut staff = logged_in(&portal, "admin").await;
    staff.origin = "https://a.example".to_owned();
    let (one, two) = (root("昆仑一"), root("昆仑二"));
    let mut body = ca_body("kunlun", &[&one, &two]);
    body["intermediates"] = json!([pem("CERTIFICATE", root("昆仑三").certificate().der())]);
    assert_eq!(staff.post(&format!("{PATH}/cas"), &body).await.status, 200);
    let hexi = platform_body("hexi");
    assert_eq!(
        staff.post(&format!("{PATH}/platforms"), &hexi).await.status,
        200
    );
    let path = format!("{PATH}/cas/tianchi/unlist");
    assert_eq!(staff.post(&path, &Value::Null).await.status, 200);
    let before = signed_list(&portal).await;
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, |settings| settings.origins = origin()).await;
    assert_eq!(signed_list(&portal).await, before);
    assert_eq!(before.ca("kunlun").unwrap().roots.len(), 2);
    assert_eq!(before.ca("kunlun").unwrap().intermediates.len(), 1);
    assert!(before.ca("tianchi").is_none());
    portal.stop().await;
}

#[tokio::test]
async fn certificates_of_an_unlisted_authority_log_in_no_more_and_none_is_issued() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let phone = Phone::enrolled_at(portal.address, HOSPITAL, "tianchi").await;
    let mut holder = logged_in(&portal, "zhang.wei").await;
    assert_eq!(
        phone::bind(&mut holder, &phone, portal.now()).await.status,
        200
    );
    let mut browser = Browser::open(portal.address).await;
    let log_in = async |browser: &mut Browser| {
        let request = phone::request(browser).await;
        let assertion = phone.assertion(&request, portal.now());
        browser.post("/api/scan/assertions", &assertion).await
    };
    assert_eq!(log_in(&mut browser).await.status, 200);
    let unlist = format!("{PATH}/cas/tianchi/unlist");
    assert_eq!(staff.post(&unlist, &Value::Null).await.status, 200);
    let mut browser = Browser::open(portal.address).await;
    log_in(&mut browser)
        .await
        .is_problem(403, "certificate-untrusted");
    let mut body = enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1);
    body["ca"] = "tianchi".into();
    enrol(portal.address, &body)
        .await
        .is_problem(409, "certificate-untrusted");
    assert_eq!(enrolling(&portal).await, ["scanseal-demo", "jiangcheng"]);
    let list = format!("{PATH}/cas/tianchi/list");
    assert_eq!(staff.post(&list, &Value::Null).await.status, 200);
    assert_eq!(log_in(&mut browser).await.status, 200);
    assert_eq!(enrol(portal.address, &body).await.status, 201);
    portal.stop().await;
}

#[tokio::test]
async fn without_the_main_authority_the_next_one_enrols_and_without_any_none() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    assert_eq!(enrolling(&portal).await, CAS);
    for (number, ca) in CAS.iter().enumerate() {
        let path = format!("{PATH}/cas/{ca}/unlist");
        assert_eq!(staff.post(&path, &Value::Null).await.status, 200);
        assert_eq!(enrolling(&portal).await, CAS[number + 1..]);
        let body = enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1);
        let reply = enrol(portal.address, &body).await;
        match CAS.get(number + 1) {
            Some(_) => assert_eq!(reply.status, 201),
            None => {
                reply.is_problem(409, "certificate-untrusted");
            }
        }
    }
    let found = staff
        .get(&format!("/api/admin/certificates?q={}", HOSPITAL.1))
        .await
        .json();
    let issued: Vec<_> = found["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["ca"].as_str().unwrap())
        .collect();
    assert!(issued.contains(&"tianchi") && issued.contains(&"jiangcheng") && issued.len() == 2);
    portal.stop().await;
}

#[tokio::test]
async fn wrong_entries_are_refused_by_name_and_change_nothing() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let kunlun = root("昆仑");
    let good = ca_body("kunlun", &[&kunlun]);
    let good_platform = platform_body("hexi");
    assert_eq!(staff.post(&format!("{PATH}/cas"), &good).await.status, 200);
    assert_eq!(
        staff
            .post(&format!("{PATH}/platforms"), &good_platform)
            .await
            .status,
        200
    );
    let version = signed_list(&portal).await.version();

    let other = root("祁连");
    let fresh = ca_body("qilian", &[&other]);
    let with = |base: &Value, name: &str, value: Value| {
        let mut body = base.clone();
        body[name] = value;
        body
    };
    let root_pem = fresh["roots"][0].as_str().unwrap().to_owned();
    let leaf = Phone::enrolled(portal.address, HOSPITAL).await.certificates[0].clone();
    let many: Vec<_> = (0..=MAX_CERTIFICATES_PER_CA)
        .map(|_| root_pem.clone())
        .collect();
    let platform = platform_body("qilian");
    let key = platform["keys"][0].clone();
    for (path, body, fields) in [
        (
            "cas",
            with(&good, "id", json!("qilian")),
            json!({ "roots": "taken" }),
        ),
        (
            "cas",
            with(&fresh, "id", json!("kunlun")),
            json!({ "id": "taken" }),
        ),
        (
            "cas",
            with(&fresh, "id", json!("tianchi")),
            json!({ "id": "taken" }),
        ),
        (
            "cas",
            with(&fresh, "id", json!("")),
            json!({ "id": "required" }),
        ),
        (
            "cas",
            with(&fresh, "id", json!("A b")),
            json!({ "id": "characters" }),
        ),
        (
            "cas",
            with(&fresh, "id", json!("a".repeat(65))),
            json!({ "id": "too-long" }),
        ),
        (
            "cas",
            with(&fresh, "name", json!({ "zh": "", "en": "x\u{1b}" })),
            json!({ "name.zh": "required", "name.en": "characters" }),
        ),
        (
            "cas",
            with(&fresh, "name", json!({ "zh": "长".repeat(65), "en": "x" })),
            json!({ "name.zh": "too-long" }),
        ),
        (
            "cas",
            with(&fresh, "roots", json!([])),
            json!({ "roots": "required" }),
        ),
        (
            "cas",
            with(
                &fresh,
                "roots",
                json!(["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]),
            ),
            json!({ "roots": "unreadable" }),
        ),
        (
            "cas",
            with(
                &fresh,
                "roots",
                json!([root_pem.replace("CERTIFICATE", "PRIVATE KEY")]),
            ),
            json!({ "roots": "unreadable" }),
        ),
        (
            "cas",
            with(&fresh, "roots", json!([root_pem.repeat(2)])),
            json!({ "roots": "unreadable" }),
        ),
        (
            "cas",
            with(&fresh, "roots", json!([pem("CERTIFICATE", leaf.der())])),
            json!({ "roots": "not-an-authority" }),
        ),
        (
            "cas",
            with(&fresh, "roots", json!([root_pem, root_pem])),
            json!({ "roots": "taken" }),
        ),
        (
            "cas",
            with(&fresh, "intermediates", json!(many)),
            json!({ "intermediates": "too-many" }),
        ),
        (
            "platforms",
            with(&platform, "id", json!("hexi")),
            json!({ "id": "taken" }),
        ),
        (
            "platforms",
            with(&platform, "id", json!("demo.scanseal")),
            json!({ "id": "taken" }),
        ),
        (
            "platforms",
            with(&platform, "origins", json!([])),
            json!({ "origins": "required" }),
        ),
        (
            "platforms",
            with(&platform, "origins", json!(["https://a.example/path"])),
            json!({ "origins": "form" }),
        ),
        (
            "platforms",
            with(&platform, "origins", json!(["http://a.example"])),
            json!({ "origins": "form" }),
        ),
        (
            "platforms",
            with(&platform, "keys", json!(["AAAA"])),
            json!({ "keys": "form" }),
        ),
        (
            "platforms",
            with(&platform, "keys", json!([key, key])),
            json!({ "keys": "taken" }),
        ),
    ] {
        let reply = staff.post(&format!("{PATH}/{path}"), &body).await;
        reply.is_problem(422, "malformed");
        assert_eq!(reply.json()["fields"], fields);
    }
    staff
        .post(
            &format!("{PATH}/cas"),
            &with(&fresh, "kind", json!("royal")),
        )
        .await
        .is_problem(400, "malformed");
    staff
        .post(&format!("{PATH}/cas"), &with(&fresh, "note", json!("?")))
        .await
        .is_problem(400, "malformed");
    for (path, status, code) in [
        ("cas/nobody/unlist", 404, "not-found"),
        ("cas/nobody/remove", 404, "not-found"),
        ("cas/tianchi/remove", 409, "conflict"),
        ("platforms/nobody/remove", 404, "not-found"),
        ("platforms/demo.scanseal/remove", 409, "conflict"),
    ] {
        let reply = staff.post(&format!("{PATH}/{path}"), &Value::Null).await;
        reply.is_problem(status, code);
    }
    assert_eq!(signed_list(&portal).await.version(), version);
    portal.stop().await;
}

#[tokio::test]
async fn list_that_grew_too_long_to_be_signed_stays_as_it_was() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    // 256 platforms are allowed; one is the own one.
    store::with_file(&portal.database(), |transaction| {
        for number in 0..255 {
            let keys = json!([BASE64URL_NOPAD.encode(&[7; 32])]).to_string();
            transaction.execute(
                "INSERT INTO trusted_platform (id, name_zh, name_en, origins, keys) VALUES (?1, 'a', 'a', '[\"https://a.example\"]', ?2)",
                [format!("p{number}"), keys],
            )?;
        }
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let before = signed_list(&portal).await.version();
    let body = platform_body("hexi");
    let reply = staff.post(&format!("{PATH}/platforms"), &body).await;
    reply.is_problem(422, "malformed");
    assert!(
        reply.json()["detail"]
            .as_str()
            .unwrap()
            .contains("at most 256")
    );
    assert_eq!(signed_list(&portal).await.version(), before);
    assert_eq!(
        staff
            .post(&format!("{PATH}/platforms/p7/remove"), &Value::Null)
            .await
            .status,
        200
    );
    assert_eq!(
        staff.post(&format!("{PATH}/platforms"), &body).await.status,
        200
    );
    assert_eq!(signed_list(&portal).await.platforms().len(), 256);
    portal.stop().await;
}

#[tokio::test]
async fn only_platform_staff_gets_to_the_trust_list() {
    let portal = TestPortal::start().await;
    is_for_staff_only(&portal, PATH, None).await;
    for (path, body) in [
        ("cas", ca_body("kunlun", &[&root("昆仑")])),
        ("platforms", platform_body("hexi")),
        ("cas/tianchi/unlist", Value::Null),
        ("cas/tianchi/list", Value::Null),
        ("cas/tianchi/remove", Value::Null),
        ("platforms/hexi/remove", Value::Null),
    ] {
        is_for_staff_only(&portal, &format!("{PATH}/{path}"), Some(&body)).await;
    }
    assert_eq!(signed_list(&portal).await.version(), 1);
    portal.stop().await;
}
