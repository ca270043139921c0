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
        let stamper = Stamper::listen().await;
        let endpoint = stamper.endpoint.clone();
        let portal =
            TestPortal::start_with(move |settings| settings.timestamps = Some(endpoint)).await;
        stamper.open(portal.folder.path());
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
