//! Contracts without their seals: forms, files, turns, attachments, notifications.

use std::fs;

use hyper::Method;
use scanseal_pades::testing::pages;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    desk::{SCHOOLS_CODE, detail, draft, form, pdf, submitted},
    start::TestPortal,
};

async fn scene() -> (TestPortal, Browser, Browser) {
    let portal = TestPortal::start().await;
    let supplier = portal.browser_of("li.na").await;
    let hospital = portal.browser_of("zhang.wei").await;
    (portal, supplier, hospital)
}

async fn listed(browser: &mut Browser, query: &str) -> Value {
    let reply = browser.get(&format!("/api/contracts{query}")).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()
}

fn ids(list: &Value) -> Vec<i64> {
    let contracts = list["contracts"].as_array().unwrap();
    contracts
        .iter()
        .map(|one| one["id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn draft_is_its_enterprises_and_a_submitted_contract_the_parties() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let id = draft(&mut supplier, "医疗设备采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    let contract = detail(&mut supplier, id).await;
    for (member, value) in [
        ("title", json!("医疗设备采购合同")),
        ("amount", json!("1250000.00")),
        ("state", json!("draft")),
        ("from", json!("2026-12-01")),
        ("terms", json!("一、设备清单\n二、付款方式")),
        ("file", Value::Null),
        ("myTurn", json!(false)),
    ] {
        assert_eq!(contract[member], value, "{member}");
    }
    assert!(contract["number"].as_str().unwrap().starts_with("HT-20"));
    assert_eq!(contract["createdBy"]["person"], "李娜");
    hospital.get(&path).await.is_problem(404, "not-found");
    assert_eq!(listed(&mut hospital, "").await["counts"]["all"], 0);
    // A colleague sees it.
    let mut colleague = portal.browser_of("chen.jing").await;
    assert_eq!(detail(&mut colleague, id).await["may"]["edit"], true);

    supplier
        .post(&format!("{path}/submit"), &Value::Null)
        .await
        .is_problem(409, "conflict");
    let reply = supplier.put_file(&format!("{path}/file"), pdf("a")).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(reply.json()["file"]["pages"], 1);
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.json()["state"], "signing", "{:?}", reply.body);
    let seen = detail(&mut hospital, id).await;
    assert_eq!(
        (&seen["state"], &seen["myTurn"]),
        (&json!("signing"), &json!(false))
    );
    assert_eq!(seen["parties"][0]["state"], "turn");
    for stranger in ["ayguli", "admin"] {
        let mut stranger = portal.browser_of(stranger).await;
        stranger.get(&path).await.is_problem(404, "not-found");
        let reply = stranger.get(&format!("{path}/revisions/1")).await;
        reply.is_problem(404, "not-found");
        assert_eq!(listed(&mut stranger, "").await["counts"]["all"], 0);
    }
    let reply = supplier.put(&path, &form("another", "any")).await;
    reply.is_problem(409, "conflict");
    let reply = supplier.put_file(&format!("{path}/file"), pdf("b")).await;
    reply.is_problem(409, "conflict");
    let reply = hospital.put_file(&format!("{path}/file"), pdf("b")).await;
    reply.is_problem(403, "not-allowed");
    portal.stop().await;
}

#[tokio::test]
async fn list_counts_searches_and_goes_on_where_it_ended() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let mut all = Vec::new();
    for number in 0..25 {
        portal.advance(1);
        all.push(draft(&mut supplier, &format!("合同 {number}"), "any").await);
    }
    let signing = submitted(&mut supplier, "已提交 Printer", "any").await;
    let list = listed(&mut supplier, "").await;
    assert_eq!(
        list["counts"],
        json!({ "all": 26, "draft": 25, "signing": 1, "done": 0, "returned": 0 })
    );
    let mut found = ids(&list);
    assert_eq!((found.len(), found[0]), (20, signing));
    let next = list["next"].as_str().unwrap();
    let rest = listed(&mut supplier, &format!("?after={next}")).await;
    assert_eq!(rest["next"], Value::Null);
    found.extend(ids(&rest));
    all.push(signing);
    all.reverse();
    assert_eq!(found, all);
    assert_eq!(
        ids(&listed(&mut supplier, "?state=signing").await),
        [signing]
    );
    assert_eq!(ids(&listed(&mut supplier, "?q=printer").await), [signing]);
    // 医院: a party's name.
    assert_eq!(
        listed(&mut supplier, "?q=%E5%8C%BB%E9%99%A2").await["counts"]["all"],
        26
    );
    assert_eq!(listed(&mut supplier, "?q=%25").await["counts"]["all"], 0);
    assert_eq!(ids(&listed(&mut hospital, "").await), [signing]);
    for wrong in ["?state=odd", "?after=x", "?unknown=1"] {
        let reply = supplier.get(&format!("/api/contracts{wrong}")).await;
        reply.is_problem(400, "malformed");
    }
    portal.stop().await;
}

#[tokio::test]
async fn form_is_refused_with_all_that_is_wrong() {
    let (portal, mut supplier, _) = scene().await;
    let mut body = form("", "any");
    body["amount"] = "1,000".into();
    body["counterparties"] = json!([{ "creditCode": "91650100MA77C0R54J" }]);
    let reply = supplier.post("/api/contracts", &body).await;
    reply.is_problem(422, "malformed");
    assert_eq!(
        reply.json()["fields"],
        json!({ "title": "required", "amount": "wrong" })
    );
    // Oneself is no other party, and who is not registered cannot be one.
    for (code, word) in [
        ("91650100MA77C0R54J", "taken"),
        ("91110000100000000A", "wrong"),
    ] {
        let mut body = form("a", "any");
        body["counterparties"] = json!([{ "creditCode": code }]);
        let reply = supplier.post("/api/contracts", &body).await;
        reply.is_problem(422, "malformed");
        assert_eq!(
            reply.json()["fields"],
            json!({ "counterparties": word }),
            "{code}"
        );
    }
    let reply = supplier.get("/api/enterprises?q=%E6%95%99%E8%82%B2").await;
    assert_eq!(reply.json()["enterprises"][0]["creditCode"], SCHOOLS_CODE);
    assert_eq!(
        supplier.get("/api/enterprises?q=1").await.json(),
        json!({ "enterprises": [] })
    );
    portal.stop().await;
}

#[tokio::test]
async fn two_hundred_drafts_and_no_more() {
    let (portal, mut supplier, _) = scene().await;
    draft(&mut supplier, "first", "any").await;
    portal.change(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
         INSERT INTO contract (number, enterprise_id, account_id, state, created, updated, title, order_number, amount, place, terms, seal_order)
         SELECT 'x' || i, enterprise_id, account_id, 'draft', 0, 0, 'x', '', 0, '', '', 'any' FROM contract, n",
    );
    draft(&mut supplier, "the 200th", "any").await;
    let reply = supplier
        .post("/api/contracts", &form("one more", "any"))
        .await;
    reply.is_problem(409, "full");
    portal.stop().await;
}

/// A file that wants a password.
const ENCRYPTED: &[u8] = include_bytes!("../../../crates/pades/src/seal/tests/encrypted.pdf");

/// A DOCX with the password `test`, as msoffcrypto-tool makes it.
const ENCRYPTED_DOCX: &[u8] = include_bytes!("encrypted.docx");

/// What is no contract, and the code that says why.
fn odd_files() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let whole = pdf("a");
    let xfa = {
        let mut builder = pages(1);
        let form = builder.object(
            40,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA(x)>>>>",
        );
        form.table("/Root 40 0 R").bytes()
    };
    vec![
        (
            "text",
            b"Dear Sir or Madam".to_vec(),
            422,
            "document-not-pdf",
        ),
        ("nothing", Vec::new(), 422, "document-not-pdf"),
        (
            "cut off",
            whole[..whole.len() / 2].to_vec(),
            422,
            "document-damaged",
        ),
        ("head only", b"%PDF-1.7\n".to_vec(), 422, "document-damaged"),
        (
            "archive",
            b"PK\x03\x04rest".to_vec(),
            422,
            "document-damaged",
        ),
        (
            "old word",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest".to_vec(),
            422,
            "document-not-pdf",
        ),
        ("xfa", xfa, 422, "form-xfa"),
        (
            "junk in front",
            [b"junk\n".as_slice(), &whole].concat(),
            422,
            "document-not-pdf",
        ),
        ("password", ENCRYPTED.to_vec(), 422, "document-encrypted"),
        (
            "text document with a password",
            ENCRYPTED_DOCX.to_vec(),
            422,
            "document-encrypted",
        ),
    ]
}

#[tokio::test]
async fn files_that_cannot_be_sealed_are_refused_with_the_reason() {
    let (portal, mut supplier, _) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    for (name, bytes, status, code) in odd_files() {
        let reply = supplier.put_file(&path, bytes).await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, status, "{name}: {text}");
        reply.is_problem(status, code);
    }
    assert_eq!(detail(&mut supplier, id).await["file"], Value::Null);
    let left = fs::read_dir(portal.folder.path().join("files")).unwrap();
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"]);
    portal.stop().await;
}

#[tokio::test]
async fn attachments_at_their_limit_are_kept_and_go_out_as_downloads() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/attachments");
    let limit = 32 * 1024 * 1024;
    let html = "<script>alert(1)</script>";
    let reply = supplier.put_file(&format!("{path}/a.html"), html).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = supplier
        .put_file(&format!("{path}/large"), vec![7; limit])
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = supplier
        .put_file(&format!("{path}/larger"), vec![7; limit + 1])
        .await;
    reply.is_problem(413, "document-too-large");
    let reply = supplier.get(&format!("{path}/a.html")).await;
    assert_eq!(reply.body, html);
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename*=UTF-8''a.html"
    );
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(
        supplier.get(&format!("{path}/large")).await.body.len(),
        limit
    );
    hospital
        .get(&format!("{path}/a.html"))
        .await
        .is_problem(404, "not-found");
    supplier
        .put_file(&format!("{path}/a%2Fb"), "x")
        .await
        .is_problem(422, "malformed");
    for number in 2..20 {
        let reply = supplier.put_file(&format!("{path}/{number}"), "x").await;
        assert_eq!(reply.status, 200);
    }
    supplier
        .put_file(&format!("{path}/21"), "x")
        .await
        .is_problem(409, "full");
    // In the place of another there is always room.
    assert_eq!(
        supplier
            .put_file(&format!("{path}/a.html"), "y")
            .await
            .status,
        200
    );
    let reply = supplier
        .send_bytes(Method::DELETE, &format!("{path}/a.html"), "", "")
        .await;
    assert_eq!(
        reply.json()["attachments"].as_array().unwrap().len(),
        19,
        "{:?}",
        reply.body
    );
    supplier
        .get(&format!("{path}/a.html"))
        .await
        .is_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn returned_contract_goes_back_with_its_reason_and_comes_again() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let id = submitted(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    let reason = json!({ "reason": "付款方式不一致" });
    for wrong in [
        json!({ "reason": " " }),
        json!({ "reason": "理".repeat(401) }),
    ] {
        let reply = hospital.post(&format!("{path}/return"), &wrong).await;
        reply.is_problem(422, "malformed");
    }
    let reply = hospital.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.json()["state"], "returned", "{:?}", reply.body);
    let contract = detail(&mut supplier, id).await;
    assert_eq!(contract["returned"]["reason"], "付款方式不一致");
    assert_eq!(contract["returned"]["person"], "张伟");
    assert_eq!(contract["parties"][1]["state"], "returned");
    assert_eq!(contract["may"]["edit"], true);
    let told = supplier.get("/api/notifications").await.json();
    assert_eq!(told["notifications"][0]["text"], "付款方式不一致");
    let read = json!({ "upTo": 1_000_000 });
    assert_eq!(
        supplier.post("/api/notifications/read", &read).await.json(),
        json!({ "unread": 0 })
    );
    let reply = hospital.post(&format!("{path}/return"), &reason).await;
    reply.is_problem(409, "conflict");
    // What was submitted is never deleted.
    supplier.delete(&path).await.is_problem(409, "conflict");
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.json()["returned"], Value::Null, "{:?}", reply.body);
    let told = hospital.get("/api/notifications").await.json();
    // The turn of the first time is over: only the new one counts.
    assert_eq!(told["unread"], 1);
    // Who drew it up calls it back.
    let reply = supplier.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.json()["state"], "returned");
    portal.stop().await;
}

#[tokio::test]
async fn draft_is_deleted_by_who_made_it_or_an_administrator() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    let mut operator = portal.browser_of("chen.jing").await;
    operator.delete(&path).await.is_problem(403, "not-allowed");
    hospital.delete(&path).await.is_problem(404, "not-found");
    let own = draft(&mut operator, "另一份", "any").await;
    assert_eq!(
        supplier
            .delete(&format!("/api/contracts/{own}"))
            .await
            .status,
        204
    );
    assert_eq!(supplier.delete(&path).await.status, 204);
    supplier.get(&path).await.is_problem(404, "not-found");
    assert_eq!(portal.events_of("contract.deleted").len(), 2);
    // Its number and id are not used again.
    assert!(draft(&mut supplier, "neu", "any").await > own);
    portal.stop().await;
}

#[tokio::test]
async fn start_removes_files_that_no_contract_names_and_keeps_the_others() {
    let (portal, mut supplier, _) = scene().await;
    let kept = submitted(&mut supplier, "设备采购合同", "any").await;
    let gone = draft(&mut supplier, "另一份", "any").await;
    supplier
        .put_file(&format!("/api/contracts/{gone}/file"), pdf("gone"))
        .await;
    supplier.delete(&format!("/api/contracts/{gone}")).await;
    let files = portal.folder.path().join("files");
    fs::write(files.join("0123.new"), "half of a file").unwrap();
    assert_eq!(fs::read_dir(&files).unwrap().count(), 4);
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, |_| ()).await;
    let files = portal.folder.path().join("files");
    assert_eq!(fs::read_dir(&files).unwrap().count(), 2);
    let mut supplier = portal.browser_of("li.na").await;
    let path = format!("/api/contracts/{kept}/revisions/1");
    assert_eq!(supplier.get(&path).await.body, pdf("设备采购合同"));
    portal.stop().await;
}
