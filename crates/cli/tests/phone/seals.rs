//! The seals of the phone's certificates: fetched, checked, kept, listed.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    ENTERPRISE, PIN, Run, enrol,
    operator::{Operator, life},
    page::Page,
    run, start,
};

const PICTURE: &[u8] = b"not looked at here";

async fn fetch(vault: &Path, home: &str) -> Run {
    run(vault, &["seals", "--home", home, "--pin", PIN]).await
}

#[tokio::test]
async fn seals_come_with_the_enrolment_and_are_fetched_anew_with_the_pin() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let vault = folder.path();
    let enrolled = enrol(vault, &operator.home, ENTERPRISE).await;
    assert_eq!(enrolled.end(), (0, None));
    assert!(enrolled.event("seals-missing").is_none());
    let id = enrolled.event("enrolled").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // The authority has made none yet.
    let kept = vault.join(format!("seals-{id}.json"));
    let stored = || serde_json::from_slice::<Value>(&std::fs::read(&kept).unwrap()).unwrap();
    assert_eq!(stored()["seals"], Value::Array(vec![]));
    assert_eq!(run(vault, &["seals"]).await.lines.len(), 0);

    operator.offer(&operator.seal(PICTURE, life(3_600)));
    assert_eq!(
        run(vault, &["seals"]).await.lines.len(),
        0,
        "listing fetches nothing"
    );
    let wrong = run(
        vault,
        &["seals", "--home", &operator.home, "--pin", "135791"],
    )
    .await;
    assert_eq!(wrong.end(), (1, Some("pin-wrong")));
    let fetched = fetch(vault, &operator.home).await;
    assert_eq!(fetched.end(), (0, None));
    let listed = run(vault, &["seals"]).await;
    assert_eq!(listed.lines, fetched.lines);
    let line = listed.event("seal").unwrap();
    assert_eq!(
        (
            &line["certificate"],
            &line["id"],
            &line["kind"],
            &line["name"]
        ),
        (
            &id.into(),
            &"test-1".into(),
            &"company".into(),
            &"公章".into()
        )
    );
}

#[tokio::test]
async fn seals_of_somebody_else_are_not_kept() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let stranger = Operator::start().await;
    let vault = folder.path();
    assert_eq!(
        enrol(vault, &operator.home, ENTERPRISE).await.end(),
        (0, None)
    );
    // The right certificate and name, made by who the trust list does not name for seals.
    let elsewhere = TempDir::new().unwrap();
    assert_eq!(
        enrol(elsewhere.path(), &stranger.home, ENTERPRISE)
            .await
            .end(),
        (0, None)
    );
    operator.offer(&stranger.seal(PICTURE, life(3_600)));
    assert_eq!(
        fetch(vault, &operator.home).await.end(),
        (1, Some("seal-not-yours"))
    );
    assert_eq!(run(vault, &["seals"]).await.lines.len(), 0);
}

#[tokio::test]
async fn kind_that_the_certificate_has_not_is_wrong_usage() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let vault = folder.path();
    assert_eq!(
        enrol(vault, &operator.home, ENTERPRISE).await.end(),
        (0, None)
    );
    let request = operator.seal_request(ENTERPRISE, &[b"a document"]);
    let mut page = Page::open(&operator.home, &request).await;
    let code = page.code().await;
    let words = ["scan", &code, "--pin", PIN, "--seal", "contract"];
    let phone = start(vault, &words);
    // The page hands out its request, and waits.
    let phone = tokio::select! {
        phone = phone => phone.unwrap(),
        () = async { loop { page.next().await; } } => unreachable!("a loop without an end"),
    };
    assert_eq!(phone.status, 64);
}
