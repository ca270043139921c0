//! Time stamps for seals: at once, later, and again; and a time-stamp authority that fails.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    desk::{Desk, detail, seal_one, submitted},
    phone::Phone,
    stamper::{Does, Stamper},
    start::TestPortal,
};

struct Scene {
    portal: TestPortal,
    stamper: Stamper,
    supplier: Browser,
    phone: Phone,
}

impl Scene {
    async fn new() -> Self {
        let (portal, stamper) = Stamper::beside_portal().await;
        Self {
            phone: portal.phone_of("li.na").await,
            supplier: portal.browser_of("li.na").await,
            stamper,
            portal,
        }
    }

    /// Seals one contract while the time-stamp authority does this.
    async fn sealed_while(&mut self, does: Does) -> (i64, Value) {
        self.stamper.does(does);
        let id = submitted(&mut self.supplier, "设备采购合同", "ours-first").await;
        let reply = seal_one(&self.portal, &mut self.supplier, &self.phone, id).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        (id, reply.json())
    }

    /// Waits until the newest revision has this level.
    async fn becomes(&mut self, id: i64, level: &str) -> Value {
        for _ in 0..200 {
            let contract = detail(&mut self.supplier, id).await;
            let newest = contract["revisions"]
                .as_array()
                .unwrap()
                .last()
                .unwrap()
                .clone();
            if newest["level"] == level {
                return contract;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "no revision of {level}: {}",
            detail(&mut self.supplier, id).await
        );
    }
}

#[tokio::test]
async fn seal_is_kept_while_the_authority_is_down_and_stamped_when_it_is_back() {
    let mut scene = Scene::new().await;
    for does in [Does::Refuses, Does::Lies, Does::Hangs] {
        let (id, answer) = scene.sealed_while(does).await;
        assert_eq!(
            (&answer["level"], &answer["pending"]),
            (&json!("B-B"), &json!(true)),
            "{does:?}"
        );
        let contract = detail(&mut scene.supplier, id).await;
        assert_eq!(
            (&contract["pending"], &contract["file"]["revision"]),
            (&json!(true), &json!(2))
        );
        // Not before its time.
        scene.stamper.does(Does::Answers);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(detail(&mut scene.supplier, id).await["file"]["revision"], 2);
        scene.portal.advance(11);
        let contract = scene.becomes(id, "B-LT").await;
        let newest = &contract["revisions"][2];
        assert_eq!(
            (&newest["why"], &newest["follows"], &newest["person"]),
            (&json!("stamped"), &json!(1), &Value::Null)
        );
        assert_eq!(
            (&contract["pending"], &contract["state"]),
            (&json!(false), &json!("signing"))
        );
        let told = scene.supplier.get("/api/notifications").await.json();
        assert_eq!(told["notifications"][0]["kind"], "stamped");
    }
    assert_eq!(scene.portal.events_of("contract.stamped").len(), 3);
    scene.portal.stop().await;
}

#[tokio::test]
async fn person_waits_two_seconds_at_most() {
    let mut scene = Scene::new().await;
    let begun = std::time::Instant::now();
    scene.sealed_while(Does::Hangs).await;
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(2) && took < Duration::from_secs(8),
        "{took:?}"
    );
    scene.portal.stop().await;
}

#[tokio::test]
async fn contract_is_left_alone_while_somebody_is_about_to_seal_it() {
    let mut scene = Scene::new().await;
    let (id, _) = scene.sealed_while(Does::Refuses).await;
    let phone = scene.portal.phone_of("zhang.wei").await;
    let mut hospital = scene.portal.browser_of("zhang.wei").await;
    let mut desk = Desk::ask(&scene.portal, &mut hospital, &phone, &[id]).await;
    scene.stamper.does(Does::Answers);
    let asked = scene.stamper.asked.load(Ordering::SeqCst);
    scene.portal.advance(60);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(scene.stamper.asked.load(Ordering::SeqCst), asked);
    let body = desk.sign(&phone, scene.portal.now());
    assert_eq!(desk.hand_over(&mut hospital, &body).await.status, 200);
    let reply = desk.upload(&mut hospital, 0).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    // The first seal has no stamp in its gap and never will: one behind everything proves both.
    let answer = reply.json();
    assert_eq!(
        (&answer["state"], &answer["pending"]),
        (&json!("done"), &json!(false))
    );
    assert_eq!(answer["revision"], 3);
    assert_ne!(answer["level"], "B-B");
    scene.portal.stop().await;
}

#[tokio::test]
async fn seal_without_room_for_a_stamp_gets_one_behind_it() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let mut desk = Desk::ask(&scene.portal, &mut scene.supplier, &scene.phone, &[id]).await;
    desk.roomy = false;
    let body = desk.sign(&scene.phone, scene.portal.now());
    assert_eq!(desk.hand_over(&mut scene.supplier, &body).await.status, 200);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert!(
        ["B-T", "B-LT", "B-LTA"].contains(&reply.json()["level"].as_str().unwrap()),
        "{:?}",
        reply.body
    );
    scene.portal.stop().await;
}

#[tokio::test]
async fn later_time_stamp_comes_when_somebody_asks_for_it() {
    let mut scene = Scene::new().await;
    let (id, answer) = scene.sealed_while(Does::Answers).await;
    assert_eq!(answer["level"], "B-LT");
    let restamp = |days: &str| {
        let program = env!("CARGO_BIN_EXE_scanseal-portal");
        let mut command = std::process::Command::new(program);
        command
            .arg("restamp")
            .args(["--within-days", days, "--data"]);
        let done = command.arg(scene.portal.folder.path()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    // The stamper's certificate is valid for thirty days.
    assert!(restamp("31").starts_with("0 contracts"));
    // Only what all have sealed: the other party would get another document than the one it looks at.
    let phone = scene.portal.phone_of("zhang.wei").await;
    let mut hospital = scene.portal.browser_of("zhang.wei").await;
    let reply = seal_one(&scene.portal, &mut hospital, &phone, id).await;
    assert_eq!(reply.json()["state"], "done", "{:?}", reply.body);
    let done = detail(&mut scene.supplier, id).await;
    assert!(restamp("29").starts_with("0 contracts"));
    let text = restamp("31");
    let number = done["number"].as_str().unwrap();
    assert!(
        text.starts_with("1 contracts") && text.ends_with(&format!("  {number}\n")),
        "{text}"
    );
    assert!(restamp("31").starts_with("0 contracts"));
    // The command goes by the system's clock, which is ahead of the test's.
    scene.portal.advance(120);
    let contract = scene.becomes(id, "B-LTA").await;
    let newest = &contract["revisions"][3];
    assert_eq!(
        (&newest["why"], &newest["follows"]),
        (&json!("restamped"), &json!(3))
    );
    // Nothing happened to the contract: it stays where it was in lists, and the older file counts.
    assert_eq!(contract["updated"], done["updated"]);
    assert_eq!(contract["revisions"][2]["void"], Value::Null);
    let stamped = scene.portal.events_of("contract.stamped");
    assert_eq!(stamped[0]["facts"]["contractId"], id);
    scene.portal.stop().await;
}
