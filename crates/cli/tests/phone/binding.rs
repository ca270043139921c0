//! Requests to bind a certificate to an account, from code to exit status.

use scanseal_protocol::{
    page::{PageEvent, PageInput},
    request::Operation,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    CREDIT_CODE, ENTERPRISE, PIN, enrol, enrol_with, operator::Operator, page::Page, run, start,
};

#[tokio::test]
async fn binding_shows_the_account_and_only_its_enterprise_and_an_accepted_kind_fit() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let (vault, home) = (folder.path(), &operator.home);
    let mut ids = Vec::new();
    for (enterprise, ca) in [
        ("昆仑矿业有限公司", "test"),
        (ENTERPRISE, "mutual"),
        (ENTERPRISE, "test"),
    ] {
        let run = enrol_with(vault, home, enterprise, &["--ca", ca]).await;
        ids.push(run.event("enrolled").unwrap()["id"].clone());
    }
    let request = operator.bind_request(ENTERPRISE, CREDIT_CODE);
    let mut page = Page::open(home, &request).await;
    let phone = start(vault, &["scan", &page.code().await, "--pin", PIN]);
    let verified = loop {
        match page.next().await {
            PageEvent::Asserted {
                jws,
                channel_binding,
                ..
            } => break operator.judge(&request, &jws, &channel_binding).unwrap(),
            PageEvent::Ended(end) => panic!("{end:?}"),
            _ => {}
        }
    };
    assert_eq!(verified.claims().op, Operation::Bind);
    page.feed(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    })
    .await;
    while !matches!(page.next().await, PageEvent::Ended(_)) {}
    let phone = phone.await.unwrap();
    assert_eq!(phone.end(), (0, None));
    assert_eq!(phone.event("signed").unwrap()["certificate"], ids[2]);
    let requested = phone.event("requested").unwrap();
    assert_eq!(requested["operation"], "bind");
    assert_eq!(
        requested["account"],
        json!({ "name": "li.na", "enterprise": ENTERPRISE, "creditCode": CREDIT_CODE, "replaces": null })
    );
    let told = |index: usize| {
        let candidate = &requested["candidates"][index];
        assert_eq!(candidate["id"], ids[index]);
        [
            &candidate["ca"],
            &candidate["kind"],
            &candidate["unfit"],
            &candidate["mismatch"],
        ]
        .map(Value::clone)
    };
    assert_eq!(
        [told(0), told(1), told(2)],
        [
            [
                json!("test"),
                json!("platform"),
                json!("certificate-name-mismatch"),
                json!(["name"])
            ],
            [
                json!("mutual"),
                json!("mutual"),
                json!("certificate-wrong-kind"),
                json!([])
            ],
            [json!("test"), json!("platform"), Value::Null, json!([])],
        ]
    );
}

#[tokio::test]
async fn binding_of_another_enterprise_is_refused_before_the_pin() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    enrol(folder.path(), &operator.home, ENTERPRISE).await;
    let request = operator.bind_request(ENTERPRISE, "9144030071526726XG");
    let mut page = Page::open(&operator.home, &request).await;
    let phone = start(folder.path(), &["scan", &page.code().await, "--pin", PIN]);
    while !matches!(page.next().await, PageEvent::Ended(_)) {}
    let phone = phone.await.unwrap();
    assert_eq!(phone.end(), (1, Some("certificate-code-mismatch")));
    assert!(phone.event("signed").is_none());
    assert_eq!(run(folder.path(), &["list"]).await.lines[0]["triesLeft"], 5);
}
