//! Contracts that go back: what still counts of them, and what everybody is told.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    desk::{detail, draft, pdf, seal_one, submitted},
    phone::Phone,
    stamper::Stamper,
    start::TestPortal,
};

struct Scene {
    portal: TestPortal,
    supplier: Browser,
    phone: Phone,
    hospital: Browser,
}

impl Scene {
    async fn new() -> Self {
        let (portal, _) = Stamper::beside_portal().await;
        Self {
            phone: portal.phone_of("li.na").await,
            supplier: portal.browser_of("li.na").await,
            hospital: portal.browser_of("zhang.wei").await,
            portal,
        }
    }

    /// The supplier seals, a minute after what was before.
    async fn seal(&mut self, id: i64) {
        self.portal.advance(60);
        let reply = seal_one(&self.portal, &mut self.supplier, &self.phone, id).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }
}

/// Of each revision: number, what it follows, whether it is in force, and why it is void.
fn standing(contract: &Value) -> Vec<Value> {
    let revisions = contract["revisions"].as_array().unwrap().iter();
    let standing =
        |one: &Value| json!([one["number"], one["follows"], one["current"], one["void"]]);
    revisions.map(standing).collect()
}

/// The steps of the history, with what is void of them.
fn steps(contract: &Value) -> Vec<(String, bool)> {
    let history = contract["history"].as_array().unwrap().iter();
    let done = history.filter(|step| step["done"] != Value::Null);
    let step = |step: &Value| {
        let name = step["step"].as_str().unwrap().to_owned();
        (name, step["void"].as_bool().unwrap())
    };
    done.map(step).collect()
}

#[tokio::test]
async fn returned_seal_is_void_from_the_return_on_and_stays_so() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    scene.seal(id).await;
    let before = detail(&mut scene.hospital, id).await;
    assert_eq!(
        standing(&before),
        [json!([1, null, false, null]), json!([2, 1, true, null])]
    );
    let reason = json!({ "reason": "付款方式不一致" });
    let reply = scene
        .hospital
        .post(&format!("{path}/return"), &reason)
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    for browser in [&mut scene.supplier, &mut scene.hospital] {
        let returned = detail(browser, id).await;
        assert_eq!(
            standing(&returned),
            [
                json!([1, null, true, null]),
                json!([2, 1, false, "returned"])
            ]
        );
        assert_eq!(returned["file"]["revision"], 1);
        let number = returned["number"].as_str().unwrap();
        let names = [
            format!("{number}-设备采购合同-v1.pdf"),
            format!("{number}-设备采购合同-v2-已作废.pdf"),
        ];
        for (revision, name) in returned["revisions"].as_array().unwrap().iter().zip(names) {
            assert_eq!(revision["name"], name);
            let file = browser
                .get(&format!("{path}/revisions/{}", revision["number"]))
                .await;
            let saved = file.header("content-disposition").to_owned();
            let saved = percent_encoding::percent_decode_str(&saved).decode_utf8();
            assert_eq!(
                saved.unwrap(),
                format!("attachment; filename*=UTF-8''{name}")
            );
        }
        assert_eq!(
            steps(&returned),
            [
                ("draft", false),
                ("submit", false),
                ("seal", true),
                ("return", false)
            ]
            .map(|(step, void)| (step.to_owned(), void))
        );
    }

    // Submitted as it is, and sealed again: what was void is not mixed up with what counts.
    scene.portal.advance(60);
    let reply = scene
        .supplier
        .post(&format!("{path}/submit"), &Value::Null)
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    scene.seal(id).await;
    let again = detail(&mut scene.supplier, id).await;
    assert_eq!(
        standing(&again),
        [
            json!([1, null, false, null]),
            json!([2, 1, false, "returned"]),
            json!([3, 1, true, null]),
        ]
    );
    let sealed: Vec<_> = steps(&again)
        .into_iter()
        .filter(|(step, _)| step == "seal")
        .map(|(_, void)| void)
        .collect();
    assert_eq!(sealed, [true, false]);
    scene.portal.stop().await;
}

#[tokio::test]
async fn file_in_whose_place_there_is_another_is_void() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    for says in ["first", "second"] {
        let path = format!("/api/contracts/{id}/file");
        let reply = supplier.put_file(&path, pdf(says)).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }
    assert_eq!(
        standing(&detail(&mut supplier, id).await),
        [
            json!([1, null, false, "replaced"]),
            json!([2, null, true, null])
        ]
    );
    portal.stop().await;
}

/// What a person is told, the newest first: kind, whether nothing is left to do, and how many count as unread.
async fn told(browser: &mut Browser) -> (Vec<(String, bool)>, u64) {
    let told = browser.get("/api/notifications").await.json();
    let rows = told["notifications"].as_array().unwrap().iter();
    let row = |one: &Value| {
        let kind = one["kind"].as_str().unwrap().to_owned();
        (kind, one["handled"].as_bool().unwrap())
    };
    (rows.map(row).collect(), told["unread"].as_u64().unwrap())
}

#[tokio::test]
async fn who_drew_it_up_takes_it_back_and_everybody_is_told_so() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    scene.seal(id).await;
    let reason = json!({ "reason": "金额有误" });
    let reply = scene
        .supplier
        .post(&format!("{path}/return"), &reason)
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = detail(&mut scene.hospital, id).await;
    assert_eq!(
        (
            &contract["state"],
            &contract["withdrawn"],
            &contract["returned"]["withdrawn"]
        ),
        (&json!("returned"), &json!(true), &json!(true))
    );
    assert_eq!(contract["revisions"][1]["void"], "withdrawn");
    assert_eq!(
        steps(&contract)[2..],
        [("seal".to_owned(), true), ("withdraw".to_owned(), false)]
    );
    let row = scene.hospital.get("/api/contracts").await.json()["contracts"][0].clone();
    assert_eq!(row["withdrawn"], true);
    let (told, _) = told(&mut scene.hospital).await;
    assert_eq!(told[0].0, "withdrawn");
    assert_eq!(scene.portal.events_of("contract.withdrawn").len(), 1);
    assert_eq!(scene.portal.events_of("contract.returned").len(), 0);

    // The other party's is a return.
    scene
        .supplier
        .post(&format!("{path}/submit"), &Value::Null)
        .await;
    scene.seal(id).await;
    scene
        .hospital
        .post(&format!("{path}/return"), &reason)
        .await;
    let contract = detail(&mut scene.supplier, id).await;
    assert_eq!(
        (&contract["withdrawn"], &contract["returned"]["withdrawn"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(scene.portal.events_of("contract.returned").len(), 1);

    let description: Value = serde_json::from_str(scanseal_portal::openapi::DESCRIPTION).unwrap();
    let members = |value: &Value| {
        let members = value.as_object().unwrap().keys().cloned();
        members.collect::<std::collections::BTreeSet<_>>()
    };
    let described = |name: &str| &description["components"]["schemas"][name]["properties"];
    let row = &scene.hospital.get("/api/contracts").await.json()["contracts"][0];
    let notified = &scene.hospital.get("/api/notifications").await.json()["notifications"][0];
    for (answer, described) in [
        (&contract, described("Contract")),
        (
            &contract["returned"],
            &described("Contract")["returned"]["properties"],
        ),
        (&contract["revisions"][0], described("ContractRevision")),
        (&contract["history"][0], described("ContractStep")),
        (row, described("ContractRow")),
        (notified, described("Notification")),
    ] {
        assert_eq!(members(answer), members(described));
    }
    scene.portal.stop().await;
}

#[tokio::test]
async fn turn_that_is_over_is_no_news() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let mut hospital = portal.browser_of("zhang.wei").await;
    let id = submitted(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    let turn = |handled| ("turn".to_owned(), handled);
    let withdrawn = ("withdrawn".to_owned(), false);
    assert_eq!(told(&mut hospital).await, (vec![turn(false)], 1));
    supplier
        .post(&format!("{path}/return"), &json!({ "reason": "金额有误" }))
        .await;
    assert_eq!(
        told(&mut hospital).await,
        (vec![withdrawn.clone(), turn(true)], 1)
    );
    // Submitted again, it is the new one that waits.
    supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(
        told(&mut hospital).await,
        (vec![turn(false), withdrawn.clone(), turn(true)], 2)
    );
    // Sealed, nothing waits; whether it was read is another matter.
    let phone = portal.phone_of("zhang.wei").await;
    let reply = seal_one(&portal, &mut hospital, &phone, id).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let (rows, unread) = told(&mut hospital).await;
    let turns = rows.iter().filter(|(kind, _)| kind == "turn");
    assert!(turns.clone().count() == 2 && turns.clone().all(|(_, handled)| *handled));
    let left = hospital.get("/api/notifications").await.json()["notifications"].clone();
    let counted = left
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] != "turn");
    assert_eq!(counted.count() as u64, unread);
    portal.stop().await;
}
