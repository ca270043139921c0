//! Contracts made from templates, over HTTP.

use scanseal_pades::{Bytes, file::Pdf, text::find_keyword};
use scanseal_portal::openapi::DESCRIPTION;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    desk::{detail, draft, form, seal_one},
    start::TestPortal,
};

pub(crate) fn filled(price: &str) -> Value {
    let row = json!({ "name": "注射用头孢曲松钠", "specification": "1.0g×10瓶", "maker": "天山制药", "unit": "盒",
                      "quantity": "1000", "price": price });
    json!({ "template": "drug-procurement", "fields": { "goods": [row], "deliveryPlace": "药库", "deliveryDays": "3",
            "shelfLife": "12", "paymentDays": "60", "quality": "" } })
}

async fn pdf(browser: &mut Browser, id: i64) -> Vec<u8> {
    let number = detail(browser, id).await["file"]["revision"].clone();
    let path = format!("/api/contracts/{id}/revisions/{number}");
    browser.get(&path).await.body.to_vec()
}

fn stands_in(pdf: &[u8], word: &str) -> bool {
    let source = Bytes(pdf);
    let pdf = Pdf::open(&source, None).unwrap();
    let pages = pdf.latest().pages().unwrap();
    !find_keyword(pdf.latest(), word, 0..pages)
        .unwrap()
        .is_empty()
}

#[tokio::test]
async fn contract_made_from_a_template_is_submitted_and_sealed() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "药品采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    let reply = supplier
        .post(&format!("{path}/fill"), &filled("1250"))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = reply.json();
    assert_eq!(
        (&contract["template"], &contract["revisions"][0]["why"]),
        (&json!("drug-procurement"), &json!("filled"))
    );
    assert_eq!(contract["fields"], filled("1250")["fields"]);
    let file = pdf(&mut supplier, id).await;
    for word in [
        "壹佰贰拾伍万元整",
        "甲方（采购人）：云岭市第一人民医院",
        "二、付款方式",
    ] {
        assert!(stands_in(&file, word), "{word}");
    }
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    supplier
        .post(&format!("{path}/fill"), &filled("1250"))
        .await
        .is_problem(409, "conflict");
    let phone = portal.phone_of("li.na").await;
    let reply = seal_one(&portal, &mut supplier, &phone, id).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    portal.stop().await;
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_named_and_makes_no_file() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "药品采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}/fill");
    let mut unknown = filled("1250");
    unknown["template"] = "none".into();
    let mut cell = filled("1250");
    cell["fields"]["goods"][0]["quantity"] = "viele".into();
    for (body, fields) in [
        (filled("1251"), json!({ "fields.goods": "sum" })),
        (unknown, json!({ "template": "wrong" })),
        (cell, json!({ "fields.goods.0.quantity": "wrong" })),
    ] {
        let reply = supplier.post(&path, &body).await;
        reply.is_problem(422, "malformed");
        assert_eq!(reply.json()["fields"], fields);
    }
    let mut stranger = portal.browser_of("ayguli").await;
    stranger
        .post(&path, &filled("1250"))
        .await
        .is_problem(404, "not-found");
    assert_eq!(detail(&mut supplier, id).await["file"], Value::Null);
    assert_eq!(portal.count("SELECT count(*) FROM contract_revision"), 0);
    portal.stop().await;
}

#[tokio::test]
async fn file_is_gone_when_the_form_says_something_else() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "药品采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    let fill = format!("{path}/fill");
    assert_eq!(supplier.post(&fill, &filled("1250")).await.status, 200);
    let mut changed = form("药品采购合同", "any");
    let reply = supplier.put(&path, &changed).await;
    // The order of seals is not in the file.
    assert_eq!(reply.json()["file"]["revision"], 1, "{:?}", reply.body);
    changed["amount"] = "1260000".into();
    let reply = supplier.put(&path, &changed).await;
    assert_eq!(reply.json()["file"], Value::Null, "{:?}", reply.body);
    supplier
        .post(&format!("{path}/submit"), &Value::Null)
        .await
        .is_problem(409, "conflict");
    assert_eq!(supplier.post(&fill, &filled("1260")).await.status, 200);
    let file = pdf(&mut supplier, id).await;
    assert!(stands_in(&file, "壹佰贰拾陆万元整"));
    portal.stop().await;
}

#[tokio::test]
async fn without_a_font_uploading_is_what_remains() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("font.ttf");
    std::fs::write(&broken, b"no font").unwrap();
    let portal =
        TestPortal::start_with(move |settings| settings.contract_font = Some(broken)).await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "药品采购合同", "ours-first").await;
    let reply = supplier
        .post(&format!("/api/contracts/{id}/fill"), &filled("1250"))
        .await;
    reply.is_problem(503, "document-font-missing");
    portal.stop().await;
}

#[tokio::test]
async fn templates_have_exactly_the_described_members() {
    let portal = TestPortal::start().await;
    let mut supplier = portal.browser_of("li.na").await;
    let listed = supplier.get("/api/contracts/templates").await.json();
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let described = &description["components"]["schemas"]["ContractTemplate"]["properties"];
    let members = |value: &Value| {
        let object = value.as_object().unwrap();
        object
            .keys()
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
    };
    let templates = listed["templates"].as_array().unwrap();
    assert_eq!(templates.len(), 2);
    for template in templates {
        assert_eq!(members(template), members(described));
        let fields = &described["fields"]["items"]["properties"];
        for field in template["fields"].as_array().unwrap() {
            assert_eq!(members(field), members(fields));
            let kinds = fields["kind"]["enum"].as_array().unwrap();
            assert!(kinds.contains(&field["kind"]), "{field}");
            for column in field["columns"].as_array().unwrap() {
                assert_eq!(
                    members(column),
                    members(&fields["columns"]["items"]["properties"])
                );
            }
        }
    }
    portal.stop().await;
}
