//! One platform key follows the other, and no phone refuses in between.

use scanseal_portal::platform::request::REQUEST_SECONDS;
use scanseal_protocol::request::Request;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    admin_certificates::{is_for_staff_only, logged_in},
    browser::Browser,
    phone::{self, HOSPITAL, Phone},
    start::TestPortal,
    trust_list::signed_list,
};

const PATH: &str = "/api/admin/keys";

async fn change(staff: &mut Browser, step: &str) -> Value {
    let reply = staff.post(&format!("{PATH}/{step}"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{step}: {:?}", reply.body);
    reply.json()
}

fn states(keys: &Value) -> Vec<(String, String)> {
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (text(key, "name"), text(key, "state")))
        .collect()
}

fn pairs(states: &[(&str, &str)]) -> Vec<(String, String)> {
    states
        .iter()
        .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()))
        .collect()
}

/// What a phone with the newest list says to a new request.
async fn phone_accepts(portal: &TestPortal, request: &str) -> bool {
    let list = signed_list(portal).await;
    Request::parse(request)
        .unwrap()
        .verify(&list, portal.now())
        .is_ok()
}

fn files(portal: &TestPortal) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(portal.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("platform") && name.ends_with(".key.pem"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn key_is_announced_used_and_retired_and_open_requests_stay_good() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let mut browser = Browser::open(portal.address).await;
    let phone = Phone::bound(
        portal.address,
        HOSPITAL,
        ("zhang.wei", &portal.password_of("zhang.wei")),
        portal.now(),
    )
    .await;
    let first = signed_list(&portal).await;
    let old_key = first.platforms()[0].keys[0];

    let keys = change(&mut staff, "next").await;
    assert_eq!(
        states(&keys),
        pairs(&[("platform-2", "next"), ("platform", "current")])
    );
    let announced = signed_list(&portal).await;
    assert_eq!(announced.version(), first.version() + 1);
    assert_eq!(announced.platforms()[0].keys.len(), 2);
    let before = phone::request(&mut browser).await;
    let by_old_key = |request: &str| {
        let request = Request::parse(request).unwrap();
        request.verify(&first, portal.now()).is_ok()
    };
    assert!(by_old_key(&before));

    let keys = change(&mut staff, "switch").await;
    assert_eq!(
        states(&keys),
        pairs(&[("platform-2", "current"), ("platform", "retired")])
    );
    // Nothing new in the list: whoever had it before the switch needs no other.
    assert_eq!(signed_list(&portal).await.version(), announced.version());
    let after = phone::request(&mut browser).await;
    assert!(phone_accepts(&portal, &before).await && phone_accepts(&portal, &after).await);
    assert!(
        !by_old_key(&after),
        "a phone that has the list of before fetches the newer one"
    );

    staff
        .post(&format!("{PATH}/retire"), &Value::Null)
        .await
        .is_problem(409, "conflict");
    for request in [&before, &after] {
        let reply = browser
            .post(
                "/api/scan/assertions",
                &phone.assertion(request, portal.now()),
            )
            .await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        browser.session().await;
    }
    portal.advance(REQUEST_SECONDS + 1);
    let keys = change(&mut staff, "retire").await;
    assert_eq!(states(&keys), pairs(&[("platform-2", "current")]));
    let last = signed_list(&portal).await;
    assert_eq!(last.version(), announced.version() + 1);
    assert!(!last.platforms()[0].keys.contains(&old_key));
    assert_eq!(files(&portal), ["platform-2.key.pem"]);
    let request = phone::request(&mut browser).await;
    assert!(phone_accepts(&portal, &request).await && !phone_accepts(&portal, &before).await);

    let found = staff
        .get("/api/admin/certificates?q=%E4%BA%91%E5%B2%AD")
        .await
        .json();
    let states: Vec<_> = found["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["purpose"] == "service")
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    assert!(
        states.contains(&"revoked") && states.contains(&"valid"),
        "{found}"
    );
    let log = staff.get("/api/admin/audit?q=key.").await.json();
    let mut told: Vec<_> = log["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["event"].as_str().unwrap(), &event["facts"]["key"]))
        .filter(|(event, _)| event.starts_with("key."))
        .collect();
    told.reverse();
    let (one, two) = (json!("platform"), json!("platform-2"));
    assert_eq!(
        told,
        [
            ("key.made", &two),
            ("key.switched", &two),
            ("key.retired", &one)
        ]
    );
    portal.stop().await;
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    let mut refused = async |step: &str| {
        let reply = staff.post(&format!("{PATH}/{step}"), &Value::Null).await;
        reply.is_problem(409, "conflict");
    };
    refused("switch").await;
    refused("retire").await;
    let mut staff = logged_in(&portal, "admin").await;
    change(&mut staff, "next").await;
    let reply = staff.post(&format!("{PATH}/next"), &Value::Null).await;
    reply.is_problem(409, "conflict");
    portal.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_make_a_key_at_once_one_does() {
    let portal = TestPortal::start().await;
    let staff = logged_in(&portal, "admin").await;
    for step in ["next", "switch"] {
        let path = format!("{PATH}/{step}");
        let tries = (0..16).map(|_| staff.post_with(&path, &[], "null"));
        let replies = futures_util::future::join_all(tries).await;
        let good = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(good, 1, "{step}");
    }
    assert_eq!(files(&portal), ["platform-2.key.pem", "platform.key.pem"]);
    portal.stop().await;
}

#[tokio::test]
async fn restart_in_each_state_goes_on_with_the_same_keys() {
    let origin = || vec!["https://a.example".parse().unwrap()];
    let open = async |folder: TempDir| {
        let portal = TestPortal::start_in(folder, |settings| settings.origins = origin()).await;
        let mut staff = logged_in(&portal, "admin").await;
        staff.origin = "https://a.example".to_owned();
        (portal, staff)
    };
    let (mut portal, mut staff) = open(tempfile::tempdir().unwrap()).await;
    for step in ["next", "switch", "retire", "next", "switch"] {
        portal.advance(REQUEST_SECONDS + 1);
        let keys = change(&mut staff, step).await;
        let list = signed_list(&portal).await;
        let time = portal.now();
        (portal, staff) = open(portal.stop().await).await;
        portal.advance(time.as_secs().saturating_sub(portal.now().as_secs()));
        assert_eq!(staff.get(PATH).await.json(), keys, "{step}");
        assert_eq!(signed_list(&portal).await, list, "{step}");
        let mut browser = Browser::open(portal.address).await;
        browser.origin = "https://a.example".to_owned();
        let request = phone::request(&mut browser).await;
        assert!(phone_accepts(&portal, &request).await, "{step}");
    }
    assert_eq!(files(&portal), ["platform-2.key.pem", "platform-3.key.pem"]);
    portal.stop().await;
}

#[tokio::test]
async fn file_left_by_a_process_that_was_killed_does_no_harm() {
    let portal = TestPortal::start().await;
    let mut staff = logged_in(&portal, "admin").await;
    change(&mut staff, "next").await;
    change(&mut staff, "switch").await;
    portal.advance(REQUEST_SECONDS + 1);
    let kept = portal.folder.path().join("kept");
    let old = portal.folder.path().join("platform.key.pem");
    std::fs::copy(&old, &kept).unwrap();
    change(&mut staff, "retire").await;
    let folder = portal.stop().await;
    // Killed before the retired key's file was removed, and after the file of a new one was made.
    std::fs::copy(&kept, &old).unwrap();
    std::fs::copy(&kept, folder.path().join("platform-3.key.pem")).unwrap();
    let portal = TestPortal::start_in(folder, |_| ()).await;
    assert_eq!(files(&portal), ["platform-2.key.pem", "platform-3.key.pem"]);
    let mut staff = logged_in(&portal, "admin").await;
    let keys = change(&mut staff, "next").await;
    assert_eq!(
        states(&keys),
        pairs(&[("platform-3", "next"), ("platform-2", "current")])
    );
    change(&mut staff, "switch").await;
    let mut browser = Browser::open(portal.address).await;
    let request = phone::request(&mut browser).await;
    assert!(phone_accepts(&portal, &request).await);
    portal.stop().await;
}

#[tokio::test]
async fn only_platform_staff_gets_to_keys() {
    let portal = TestPortal::start().await;
    is_for_staff_only(&portal, PATH, None).await;
    for step in ["next", "switch", "retire"] {
        is_for_staff_only(&portal, &format!("{PATH}/{step}"), Some(&Value::Null)).await;
    }
    assert_eq!(files(&portal), ["platform.key.pem"]);
    portal.stop().await;
}
