//! The description of the interface, compared with the interface.

use std::collections::BTreeSet;

use hyper::Method;
use scanseal_portal::openapi::DESCRIPTION;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, send},
    pages,
    phone::{HOSPITAL, Phone},
    seals::{SealCall, seals_of, stamp},
    start::TestPortal,
};

#[tokio::test]
async fn description_is_served_and_names_exactly_what_answers() {
    let site = pages::site();
    let portal =
        TestPortal::start_with(|settings| settings.pages = Some(site.path().to_owned())).await;
    let served = send(portal.address, Method::GET, "/api/openapi.json", &[], "").await;
    let file =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap();
    assert_eq!(served.body, file);
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let all = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    for (path, item) in description["paths"].as_object().unwrap() {
        let concrete = concrete(path);
        for method in &all {
            let described = item.get(method.as_str().to_ascii_lowercase()).is_some();
            let reply = send(portal.address, method.clone(), &concrete, &[], "").await;
            // A described 404 says that the thing asked for is not there, not that the address is unknown.
            let responses = &item[method.as_str().to_ascii_lowercase()]["responses"];
            let exists = match reply.status.as_u16() {
                404 => responses.get("404").is_some(),
                status => status != 405,
            };
            assert_eq!(
                exists,
                described || (path.ends_with("/ocsp") && method == Method::GET),
                "{method} {path}: {}",
                reply.status
            );
            if reply.status == 405 {
                reply.is_problem(405, "method-not-allowed");
                let allowed = reply.header("allow");
                assert!(
                    item.as_object()
                        .unwrap()
                        .keys()
                        .all(|name| allowed.contains(&name.to_ascii_uppercase())),
                    "{path}: {allowed}"
                );
            }
            if described {
                let documented = item[method.as_str().to_ascii_lowercase()]["responses"]
                    .as_object()
                    .unwrap();
                assert!(
                    documented.contains_key(reply.status.as_str()),
                    "{method} {path} answers {}",
                    reply.status
                );
            }
        }
    }
    portal.stop().await;
}

/// A path with something in the place of each variable.
fn concrete(path: &str) -> String {
    let segment = |segment: &str| {
        if segment.starts_with('{') {
            "AAAA".to_owned()
        } else {
            segment.to_owned()
        }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn account_and_request_have_exactly_the_described_members() {
    let portal = TestPortal::start().await;
    let mut browser = Browser::open(portal.address).await;
    portal.phone_of("zhang.wei").await;
    let body = json!({ "login": "zhang.wei", "password": portal.password_of("zhang.wei") });
    assert_eq!(browser.post("/api/login", &body).await.status, 200);
    let session = browser.session().await;
    let request = browser
        .post("/api/scan/requests", &json!({ "op": "login" }))
        .await
        .json();
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let members = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let schema = |name: &str| &description["components"]["schemas"][name]["properties"];
    for (answer, described) in [
        (&session, schema("Session")),
        (&session["account"], schema("Account")),
        (&session["account"]["enterprise"], schema("Enterprise")),
        (
            &session["account"]["certificates"][0],
            schema("BoundCertificate"),
        ),
        (&session["account"]["logins"][0], schema("Login")),
        (&request, schema("IssuedRequest")),
    ] {
        assert_eq!(members(answer), members(described));
    }
    portal.stop().await;
}

#[tokio::test]
async fn lists_and_registration_have_exactly_the_described_members() {
    let mut scene = crate::registration::Scene::new().await;
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let members = |value: &Value| {
        let object = value.as_object().unwrap();
        object.keys().cloned().collect::<BTreeSet<_>>()
    };
    let described = |name: &str| members(&description["components"]["schemas"][name]["properties"]);
    let mut staff = scene.portal.browser_of("admin").await;
    for (path, list, name) in [
        ("/api/people", "people", "Person"),
        ("/api/sessions", "sessions", "WebSession"),
        ("/api/admin/accounts", "accounts", "AccountRow"),
        ("/api/admin/sessions", "sessions", "WebSession"),
    ] {
        let answer = staff.try_get(path).await.unwrap().json();
        assert_eq!(members(&answer[list][0]), described(name), "{path}");
    }
    let registration = scene.browser.try_get("/api/registration").await.unwrap();
    assert_eq!(members(&registration.json()), described("Registration"));
    scene.portal.stop().await;
}

#[tokio::test]
async fn seals_have_exactly_the_described_members() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let path = "/authority/seals/photographed?kind=1&name=x&width=42&height=42";
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let call = SealCall::post(path, "image/png", stamp(HOSPITAL.0));
        waiting.push(call.send(&portal, &phone).await.json()["id"].clone());
    }
    let mut staff = portal.browser_of("admin").await;
    let returned = waiting[0].as_str().unwrap();
    let body = json!({ "reason": "blurred" });
    let reply = staff
        .post(&format!("/api/admin/seals/{returned}/return"), &body)
        .await;
    assert_eq!(reply.status, 204);
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let held = seals_of(&portal, &phone).await;
    let rows = staff.try_get("/api/admin/seals").await.unwrap().json()["seals"].clone();
    for (seals, name) in [(&held, "HeldSeal"), (rows.as_array().unwrap(), "SealRow")] {
        let schema = &description["components"]["schemas"][name];
        let required: BTreeSet<_> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let known: BTreeSet<_> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut seen = BTreeSet::new();
        for seal in seals {
            let members: BTreeSet<_> = seal
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert!(
                members.is_superset(&required) && members.is_subset(&known),
                "{members:?}"
            );
            seen.extend(members);
        }
        // None of these seals takes the place of another.
        let unseen: Vec<_> = known.difference(&seen).copied().collect();
        assert_eq!(unseen, ["replaces"], "{name}");
    }
    portal.stop().await;
}
