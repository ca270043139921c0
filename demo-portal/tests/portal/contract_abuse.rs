//! What people with an account may try on contracts of others, and on the server.

use std::{fs, time::Duration};

use scanseal_pades::testing::pages;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    browser::Browser,
    conversion::{converter, docx},
    desk::{Desk, HOSPITAL_CODE, SCHOOLS_CODE, detail, draft, form, pdf, submitted},
    start::TestPortal,
};

async fn scene() -> (TestPortal, Browser, Browser) {
    let portal = TestPortal::start().await;
    let supplier = portal.browser_of("li.na").await;
    let hospital = portal.browser_of("zhang.wei").await;
    (portal, supplier, hospital)
}

#[tokio::test]
async fn seal_from_before_a_return_is_not_taken_after_it() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let phone = portal.phone_of("zhang.wei").await;
    let id = submitted(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    // One request was answered, another one not yet.
    let mut answered = Desk::ask(&portal, &mut hospital, &phone, &[id]).await;
    let body = answered.sign(&phone, portal.now());
    assert_eq!(answered.hand_over(&mut hospital, &body).await.status, 200);
    let mut asked = Desk::ask(&portal, &mut hospital, &phone, &[id]).await;

    let reason = json!({ "reason": "金额有误" });
    let reply = supplier.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    // The file stays; what the platform says beside it does not.
    let mut other = form("设备采购合同", "any");
    other["amount"] = json!("9250000");
    assert_eq!(supplier.put(&path, &other).await.status, 200);
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);

    let reply = answered.upload(&mut hospital, 0).await;
    reply.is_problem(409, "document-changed");
    let body = asked.sign(&phone, portal.now());
    assert_eq!(asked.hand_over(&mut hospital, &body).await.status, 200);
    let reply = asked.upload(&mut hospital, 0).await;
    reply.is_problem(409, "document-changed");
    let contract = detail(&mut hospital, id).await;
    assert_eq!(contract["revisions"].as_array().unwrap().len(), 1);
    // What it is now can be sealed.
    let mut desk = Desk::ask(&portal, &mut hospital, &phone, &[id]).await;
    let body = desk.sign(&phone, portal.now());
    assert_eq!(desk.hand_over(&mut hospital, &body).await.status, 200);
    assert_eq!(desk.upload(&mut hospital, 0).await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn other_party_sees_what_was_submitted_to_it_and_nothing_else() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    for says in ["floor price 100", "offer 200"] {
        let reply = supplier.put_file(&format!("{path}/file"), pdf(says)).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let numbers = |contract: &Value| -> Vec<i64> {
        let revisions = contract["revisions"].as_array().unwrap().iter();
        revisions
            .map(|one| one["number"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&detail(&mut supplier, id).await), [1, 2]);
    assert_eq!(numbers(&detail(&mut hospital, id).await), [2]);
    let first = format!("{path}/revisions/1");
    hospital.get(&first).await.is_problem(404, "not-found");
    assert_eq!(supplier.get(&first).await.body, pdf("floor price 100"));
    assert_eq!(
        hospital.get(&format!("{path}/revisions/2")).await.body,
        pdf("offer 200")
    );

    // Nor what is tried after it came back.
    let reason = json!({ "reason": "再谈" });
    let reply = hospital.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = detail(&mut hospital, id).await;
    assert_eq!(
        (&contract["file"]["revision"], numbers(&contract)),
        (&json!(2), vec![2])
    );
    let reply = supplier
        .put_file(&format!("{path}/file"), pdf("150?"))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = detail(&mut hospital, id).await;
    assert_eq!(
        (&contract["file"], numbers(&contract)),
        (&Value::Null, vec![2])
    );
    let third = format!("{path}/revisions/3");
    hospital.get(&third).await.is_problem(404, "not-found");
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = detail(&mut hospital, id).await;
    assert_eq!(
        (&contract["file"]["revision"], numbers(&contract)),
        (&json!(3), vec![2, 3])
    );
    portal.stop().await;
}

#[tokio::test]
async fn who_is_a_party_no_longer_or_not_yet_learns_nothing() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let mut schools = portal.browser_of("ayguli").await;
    let id = submitted(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}");
    let reason = json!({ "reason": "不买了" });
    let reply = hospital.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let mut other = form("与教育局的合同", "any");
    other["counterparties"] = json!([{ "creditCode": SCHOOLS_CODE }]);
    assert_eq!(supplier.put(&path, &other).await.status, 200);

    hospital.get(&path).await.is_problem(404, "not-found");
    let told = hospital.get("/api/notifications").await.json();
    assert_eq!(told["notifications"], json!([]));
    assert_eq!(told["unread"], 0);
    schools.get(&path).await.is_problem(404, "not-found");
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(detail(&mut schools, id).await["title"], "与教育局的合同");
    hospital.get(&path).await.is_problem(404, "not-found");

    // The same parties in another order: nobody new.
    let two = json!([{ "creditCode": SCHOOLS_CODE }, { "creditCode": HOSPITAL_CODE }]);
    let reply = schools.post(&format!("{path}/return"), &reason).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let mut same = other.clone();
    same["order"] = json!("ours-last");
    assert_eq!(supplier.put(&path, &same).await.status, 200);
    assert_eq!(detail(&mut schools, id).await["state"], "returned");
    // What the others had sealed or read so far is not for who comes in addition.
    same["counterparties"] = two;
    assert_eq!(supplier.put(&path, &same).await.status, 200);
    let file = format!("{path}/file");
    assert_eq!(supplier.put_file(&file, pdf("three")).await.status, 200);
    let reply = supplier.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let contract = detail(&mut hospital, id).await;
    assert_eq!(contract["revisions"].as_array().unwrap().len(), 1);
    hospital
        .get(&format!("{path}/revisions/1"))
        .await
        .is_problem(404, "not-found");
    portal.stop().await;
}

/// Begins an upload, and sends no more than that.
async fn begin(browser: &Browser, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(browser.address).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: localhost:{}\r\ncookie: {}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\nx-csrf-token: {}\r\ncontent-length: 100000\r\n\r\n%PDF-",
        browser.address.port(),
        browser.cookie_header(),
        browser.origin,
        browser.csrf,
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Waits until so many files are being written.
async fn incoming(portal: &TestPortal, expected: usize) {
    let files = portal.folder.path().join("files");
    for _ in 0..1_000 {
        let entries = fs::read_dir(&files).unwrap();
        let new = entries
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().ends_with(".new")
            })
            .count();
        if new == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("there are not {expected} files that are being written");
}

#[tokio::test]
async fn slow_uploads_of_one_enterprise_leave_room_for_all_others() {
    let (portal, mut supplier, mut hospital) = scene().await;
    let path = format!(
        "/api/contracts/{}/file",
        draft(&mut supplier, "慢", "any").await
    );
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(begin(&supplier, &path).await);
    }
    incoming(&portal, 8).await;
    // A colleague's count as well.
    let mut colleague = portal.browser_of("chen.jing").await;
    let reply = colleague.put_file(&path, pdf("ninth")).await;
    reply.is_problem(503, "full");
    let mut other = form("快", "any");
    other["counterparties"] = json!([{ "creditCode": SCHOOLS_CODE }]);
    let id = hospital.post("/api/contracts", &other).await.json()["id"].clone();
    let reply = hospital
        .put_file(&format!("/api/contracts/{id}/file"), pdf("first"))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    // Who hangs up leaves nothing behind.
    drop(slow);
    incoming(&portal, 0).await;
    let reply = colleague.put_file(&path, pdf("first")).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    portal.stop().await;
}

#[tokio::test]
async fn conversions_of_one_enterprise_do_not_queue_before_those_of_others() {
    let tools = tempfile::tempdir().unwrap();
    let calls = tools.path().join("calls");
    let does = format!("echo >> {}\nsleep 30", calls.display());
    let soffice = converter(tools.path(), &does);
    let portal = TestPortal::start_with(|settings| settings.soffice = soffice).await;
    let mut supplier = portal.browser_of("li.na").await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let (mut browser, path) = (supplier.clone(), path.clone());
            tokio::spawn(async move { browser.put_file(&path, docx()).await })
        })
        .collect();
    for _ in 0..1_000 {
        if fs::read(&calls).is_ok_and(|calls| calls.len() == 2) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(fs::read(&calls).unwrap().len(), 2);
    let reply = supplier.put_file(&path, docx()).await;
    reply.is_problem(503, "full");
    for task in waiting {
        task.abort();
    }
    portal.stop().await;
}

#[tokio::test]
async fn names_that_nobody_sees_are_none() {
    let (portal, mut supplier, _) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    for name in [
        "%E2%80%8B",
        "a%E2%80%8B.pdf",
        "%EF%BB%BFa.pdf",
        "a%E2%80%8F.pdf",
        "%E3%85%A4",
    ] {
        let path = format!("/api/contracts/{id}/attachments/{name}");
        let reply = supplier.put_file(&path, "x").await;
        reply.is_problem(422, "malformed");
    }
    for title in ["\u{200b}", "\u{2800}", "合\u{00ad}同", "\u{e0041}合同"] {
        let reply = supplier.post("/api/contracts", &form(title, "any")).await;
        reply.is_problem(422, "malformed");
    }
    portal.stop().await;
}

#[tokio::test]
async fn file_that_does_something_by_itself_is_refused() {
    let (portal, mut supplier, _) = scene().await;
    let id = draft(&mut supplier, "设备采购合同", "any").await;
    let path = format!("/api/contracts/{id}/file");
    let with = |object: &str| {
        let mut builder = pages(1);
        builder.object(40, "/JavaScript");
        builder.object(41, object);
        builder.table("/Root 1 0 R").bytes()
    };
    for object in [
        "<</S/JavaScript/JS(app.alert\\(1\\))>>",
        "<</S 40 0 R>>",
        "<</S/J#61vaScript>>",
        "<</Names[(a)<</JS 40 0 R>>]>>",
        "<</A<</S/URI/URI(x)/Next[<</S/Launch/F(x)>>]>>>>",
        "<</AA<</C<</S/SubmitForm>>>>>>",
        "<</Type/Annot/Subtype/RichMedia>>",
        "[[<</S/SetOCGState>>]]",
    ] {
        let reply = supplier.put_file(&path, with(object)).await;
        reply.is_problem(422, "document-macros");
    }
    for object in [
        "<</S/URI/URI(https://example.com)>>",
        "<</S/GoTo/D[1 0 R/Fit]>>",
        "<</Type/StructElem/S/P>>",
        "(/JS)",
    ] {
        let reply = supplier.put_file(&path, with(object)).await;
        assert_eq!(reply.status, 200, "{object}: {:?}", reply.body);
    }
    portal.stop().await;
}
