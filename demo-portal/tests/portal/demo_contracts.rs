//! What the demo begins with, seen by its people.

use scanseal_pades::{
    Bytes,
    verify::{
        NamedAnchor, Trust,
        report::{Level, SignatureVerdict},
        verify,
    },
};
use scanseal_pki::Certificate;
use scanseal_portal::announce;
use serde_json::{Value, json};

use crate::{browser::Browser, start::TestPortal};

async fn contracts(browser: &mut Browser) -> (Value, Vec<Value>) {
    let listed = browser.get("/api/contracts").await.json();
    let contracts = listed["contracts"].as_array().unwrap().clone();
    (listed["counts"].clone(), contracts)
}

#[tokio::test]
async fn demo_begins_with_contracts_of_every_state_that_were_really_sealed() {
    let portal = TestPortal::start_with(|settings| settings.demo_contracts = true).await;
    // The print-out names one that waits, and for whom.
    let printed = announce::text(portal.ready());
    let mut hospital = portal.browser_of("zhang.wei").await;
    let (_, listed) = contracts(&mut hospital).await;
    let turn = listed.iter().find(|one| one["myTurn"] == json!(true));
    for named in ["title", "number"] {
        let named = turn.unwrap()[named].as_str().unwrap();
        assert!(printed.contains(named), "{named} is missing in\n{printed}");
    }
    assert!(printed.contains("用 zhang.wei 登录"), "{printed}");
    let mut supplier = portal.browser_of("li.na").await;
    let (counts, listed) = contracts(&mut supplier).await;
    assert_eq!(
        counts,
        json!({ "all": 5, "draft": 1, "signing": 2, "done": 1, "returned": 1 })
    );
    let (counts, waiting) = contracts(&mut hospital).await;
    assert_eq!(
        counts,
        json!({ "all": 4, "draft": 0, "signing": 2, "done": 1, "returned": 1 })
    );
    for (person, of) in [(&listed, 1), (&waiting, 1)] {
        let turns = person.iter().filter(|one| one["myTurn"] == json!(true));
        assert_eq!(turns.count(), of);
    }
    let done = listed.iter().find(|one| one["state"] == "done").unwrap();
    let id = done["id"].as_i64().unwrap();
    let contract = supplier.get(&format!("/api/contracts/{id}")).await.json();
    let newest = &contract["revisions"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(newest["level"], "B-LT");
    let path = format!("/api/contracts/{id}/revisions/{}", newest["number"]);
    let file = supplier.get(&path).await.body.to_vec();
    let root = std::fs::read(portal.folder.path().join("root.cer")).unwrap();
    let mut trust = Trust::new(portal.now());
    trust.anchors.push(NamedAnchor {
        name: "main".to_owned(),
        certificate: (&Certificate::from_der(&root).unwrap()).into(),
    });
    let report = verify(&Bytes(&file), None, &trust);
    let worth: Vec<_> = (report.signatures.iter())
        .map(|one| (one.verdict, one.level))
        .collect();
    assert_eq!(worth, [(SignatureVerdict::Passed, Some(Level::BLt)); 2]);
    if let Ok(folder) = std::env::var("SCANSEAL_KEEP_CONTRACTS") {
        std::fs::write(format!("{folder}/demo-done.pdf"), &file).unwrap();
    }
    // Keys are gone, so nothing is left bound, and nobody is logged in.
    assert_eq!(portal.count("SELECT count(*) FROM certificate_binding"), 0);
    assert_eq!(portal.count("SELECT count(*) FROM web_session"), 2);
    assert_eq!(portal.count("SELECT count(*) FROM contract"), 6);

    // The next start adds nothing.
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, |settings| settings.demo_contracts = true).await;
    assert_eq!(portal.count("SELECT count(*) FROM contract"), 6);
    portal.stop().await;
}

#[tokio::test]
async fn contracts_of_which_nobody_has_a_seal_wait_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("font.ttf");
    std::fs::write(&broken, b"no font").unwrap();
    let portal = TestPortal::start_with(move |settings| {
        settings.demo_contracts = true;
        settings.seal_font = Some(broken);
    })
    .await;
    let mut supplier = portal.browser_of("li.na").await;
    let (counts, _) = contracts(&mut supplier).await;
    assert_eq!(
        counts,
        json!({ "all": 5, "draft": 1, "signing": 4, "done": 0, "returned": 0 })
    );
    portal.stop().await;
}
