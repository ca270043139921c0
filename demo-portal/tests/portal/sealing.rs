//! Contracts sealed by scan, over real HTTP: what is taken, and what is not.

use std::collections::BTreeSet;

use scanseal_pades::{
    Bytes,
    verify::{
        NamedAnchor, Trust,
        report::{DocumentVerdict, Level, Report, SignatureVerdict},
        verify,
    },
};
use scanseal_pki::{Certificate, ElectronicSeal, UnixTime};
use scanseal_portal::contracts::sealing::HAND_OVER_SECONDS;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, SCAN},
    desk::{Desk, REQUESTS, detail, draft, pdf, seal, seal_one, submitted},
    phone::{self, HOSPITAL, Phone},
    seals::revoke,
    stamper::Stamper,
    start::TestPortal,
};

const SUPPLIER: (&str, &str) = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");

struct Scene {
    portal: TestPortal,
    supplier: Browser,
    supplier_phone: Phone,
    hospital: Browser,
    hospital_phone: Phone,
}

impl Scene {
    async fn new() -> Self {
        let (portal, _) = Stamper::beside_portal().await;
        let supplier_phone = portal.phone_of("li.na").await;
        let hospital_phone = portal.phone_of("zhang.wei").await;
        Self {
            supplier: portal.browser_of("li.na").await,
            hospital: portal.browser_of("zhang.wei").await,
            supplier_phone,
            hospital_phone,
            portal,
        }
    }

    /// A contract of li.na's whose request was answered by her phone.
    async fn answered(&mut self, order: &str) -> (i64, Desk) {
        let id = submitted(&mut self.supplier, "设备采购合同", order).await;
        let (portal, phone) = (&self.portal, &self.supplier_phone);
        let mut desk = Desk::ask(portal, &mut self.supplier, phone, &[id]).await;
        let body = desk.sign(phone, portal.now());
        let reply = desk.hand_over(&mut self.supplier, &body).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        (id, desk)
    }

    /// Nothing was sealed.
    async fn untouched(&mut self, id: i64) {
        let contract = detail(&mut self.supplier, id).await;
        assert_eq!(contract["revisions"].as_array().unwrap().len(), 1);
        assert_eq!(contract["file"]["revision"], 1);
        let sealed = contract["parties"].as_array().unwrap().iter();
        assert!(sealed.clone().all(|party| party["sealed"] == Value::Null));
    }
}

/// What somebody finds who has the file and trusts these roots, offline.
fn report(portal: &TestPortal, file: &[u8], roots: &[&str]) -> Report {
    let mut trust = Trust::new(portal.now());
    for root in roots {
        let der = std::fs::read(portal.folder.path().join(root)).unwrap();
        trust.anchors.push(NamedAnchor {
            name: (*root).to_owned(),
            certificate: (&Certificate::from_der(&der).unwrap()).into(),
        });
    }
    verify(&Bytes(file), None, &trust)
}

/// Who has signed; each seal good, and checkable for a long time.
fn signers(report: &Report) -> Vec<String> {
    let signatures = report.signatures.iter().map(|signature| {
        assert!(signature.reasons.is_empty(), "{:?}", signature.reasons);
        assert_eq!(
            (signature.verdict, signature.level),
            (SignatureVerdict::Passed, Some(Level::BLt))
        );
        let signer = signature.signer.as_ref().unwrap();
        signer.enterprise.clone().unwrap()
    });
    signatures.collect()
}

async fn newest(browser: &mut Browser, id: i64) -> Vec<u8> {
    let contract = detail(browser, id).await;
    let path = format!(
        "/api/contracts/{id}/revisions/{}",
        contract["file"]["revision"]
    );
    browser.get(&path).await.body.to_vec()
}

#[tokio::test]
async fn two_parties_seal_one_after_the_other_and_anybody_can_check_the_file() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let path = format!("/api/contracts/{id}");
    // Whose turn it is not.
    scene
        .hospital
        .post(REQUESTS, &json!({ "contracts": [id] }))
        .await
        .is_problem(409, "not-your-turn");
    let reply = seal_one(
        &scene.portal,
        &mut scene.supplier,
        &scene.supplier_phone,
        id,
    )
    .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(
        reply.json(),
        json!({ "contract": id, "revision": 2, "state": "signing", "level": "B-LT", "pending": false })
    );
    scene
        .supplier
        .post(REQUESTS, &json!({ "contracts": [id] }))
        .await
        .is_problem(409, "already-sealed");
    let reply = seal_one(
        &scene.portal,
        &mut scene.hospital,
        &scene.hospital_phone,
        id,
    )
    .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    assert_eq!(
        reply.json(),
        json!({ "contract": id, "revision": 3, "state": "done", "level": "B-LT", "pending": false })
    );

    let contract = detail(&mut scene.supplier, id).await;
    assert_eq!(contract["state"], "done");
    let steps: Vec<_> = contract["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["step"].as_str().unwrap(),
                step["person"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("draft", "李娜"),
            ("submit", "李娜"),
            ("seal", "李娜"),
            ("seal", "张伟")
        ]
    );
    assert_eq!(
        contract["history"][3]["opinion"],
        "云岭市第一人民医院合同专用章"
    );
    let none =
        json!({ "edit": false, "submit": false, "seal": false, "return": false, "delete": false });
    assert_eq!(contract["may"], none);

    let mut before = Vec::new();
    for (number, revision) in (1..).zip(contract["revisions"].as_array().unwrap()) {
        let file = scene
            .hospital
            .get(&format!("{path}/revisions/{number}"))
            .await;
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(
            file.header("etag"),
            format!("\"{}\"", revision["sha256"].as_str().unwrap())
        );
        assert_eq!(revision["size"], file.body.len());
        assert!(file.body.starts_with(&before), "{number}");
        before = file.body.to_vec();
    }
    let report = report(&scene.portal, &before, &["root.cer"]);
    assert_eq!(
        report.document.verdict,
        DocumentVerdict::PassedWithLaterChanges
    );
    assert_eq!(signers(&report), [SUPPLIER.0, HOSPITAL.0]);
    // Of the signer's certificate the responder's answer is kept, of the one above it the root's list.
    for signature in &report.signatures {
        let sources: Vec<_> = signature
            .revocation
            .iter()
            .map(|told| told.source)
            .collect();
        assert_eq!(sources, [Some("ocsp"), Some("crl")]);
    }

    let sealed = scene.portal.events_of("contract.sealed");
    assert_eq!(sealed.len(), 2);
    assert_eq!(sealed[1]["account"], "zhang.wei");
    assert_eq!(sealed[1]["facts"]["sha256"], contract["file"]["sha256"]);
    // Whatever happens to a contract, the log names it for people and for links.
    let events = scene.portal.events();
    let named = |event: &&Value| event["event"].as_str().unwrap().starts_with("contract.");
    let named: Vec<_> = events.iter().filter(named).collect();
    assert_eq!(named.len(), 6, "{named:?}");
    for event in named {
        let facts = &event["facts"];
        assert_eq!(
            (&facts["contract"], &facts["contractId"]),
            (&contract["number"], &json!(id)),
            "{event}"
        );
    }
    assert_eq!(scene.portal.events_of("contract.done").len(), 1);
    let told = scene.supplier.get("/api/notifications").await.json();
    assert_eq!(
        (&told["notifications"][0]["kind"], &told["unread"]),
        (&json!("done"), &json!(1))
    );
    let told = scene.hospital.get("/api/notifications").await.json();
    let kinds: Vec<_> = told["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["sealed", "turn"]);
    if let Ok(folder) = std::env::var("SCANSEAL_KEEP_SEALED") {
        std::fs::write(format!("{folder}/two-parties.pdf"), &before).unwrap();
    }
    scene.portal.stop().await;
}

#[tokio::test]
async fn seals_of_other_authorities_of_the_operator_can_be_checked_as_long() {
    let scene = Scene::new().await;
    let portal = &scene.portal;
    let bound = async |enterprise, ca, login| {
        let phone = Phone::enrolled_at(portal.address, enterprise, ca).await;
        let mut browser = portal.browser_of(login).await;
        let reply = phone::bind(&mut browser, &phone, portal.now()).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        (browser, phone)
    };
    let (mut supplier, supplier_phone) = bound(SUPPLIER, "tianchi", "chen.jing").await;
    let (mut hospital, hospital_phone) = bound(HOSPITAL, "jiangcheng", "zhang.wei").await;
    let id = submitted(&mut supplier, "设备采购合同", "ours-first").await;
    for (browser, phone) in [
        (&mut supplier, &supplier_phone),
        (&mut hospital, &hospital_phone),
    ] {
        let reply = seal_one(portal, browser, phone, id).await;
        assert_eq!(reply.json()["level"], "B-LT", "{:?}", reply.body);
    }
    let file = newest(&mut supplier, id).await;
    let roots = ["tianchi-root.cer", "jiangcheng-root.cer", "root.cer"];
    let found = report(portal, &file, &roots);
    assert_eq!(signers(&found), [SUPPLIER.0, HOSPITAL.0]);
    // The last is the time stamps': without it nobody knows when the seals were made, and the seals are still good.
    let found = report(portal, &file, &roots[..2]);
    let untimed: Vec<_> = found.signatures.iter().map(|one| one.level).collect();
    assert_eq!(untimed, [Some(Level::BB); 2]);
    scene.portal.stop().await;
}

#[tokio::test]
async fn request_that_the_phone_has_refused_is_over_and_stands_in_the_log() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let (portal, phone) = (&scene.portal, &scene.supplier_phone);
    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    let said = json!({ "request": desk.jti, "code": "refused" });
    let path = "/api/scan/refusals";
    scene
        .hospital
        .post(path, &said)
        .await
        .is_problem(403, "assertion-wrong-browser");
    for _ in 0..2 {
        let reply = scene.supplier.post(path, &said).await;
        assert_eq!(reply.status, 204, "{:?}", reply.body);
    }
    let told = portal.events_of("scan.refused");
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["account"], &told[0]["actor"]),
        (&json!("li.na"), &json!("page"))
    );
    let number = &detail(&mut scene.supplier, id).await["number"];
    let facts = &told[0]["facts"];
    assert_eq!(
        (&facts["op"], &facts["code"], &facts["contracts"]),
        (&json!("seal"), &json!("refused"), &json!([number]))
    );
    assert_eq!(facts["contractIds"], json!([id]));
    // What nobody waits for any more is not taken either.
    let body = desk.sign(phone, portal.now());
    let reply = desk.hand_over(&mut scene.supplier, &body).await;
    reply.is_problem(403, "refused");
    scene.untouched(id).await;

    // What the phone has answered is not ended by the page's word.
    let (portal, phone) = (&scene.portal, &scene.supplier_phone);
    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    let body = desk.sign(phone, portal.now());
    assert_eq!(desk.hand_over(&mut scene.supplier, &body).await.status, 200);
    let said = json!({ "request": desk.request, "code": "refused" });
    assert_eq!(scene.supplier.post(path, &said).await.status, 204);
    assert_eq!(scene.portal.events_of("scan.refused").len(), 1);
    assert_eq!(desk.upload(&mut scene.supplier, 0).await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn document_handed_over_again_gets_the_same_answer_and_another_none() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("ours-first").await;
    let first = desk.upload(&mut scene.supplier, 0).await;
    assert_eq!(first.status, 200, "{:?}", first.body);
    let again = desk.upload(&mut scene.supplier, 0).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let mut other = desk.finished[0].clone();
    other.push(b'\n');
    let reply = desk.upload_bytes(&mut scene.supplier, 0, other).await;
    reply.is_problem(409, "already-sealed");
    assert_eq!(
        scene.portal.count("SELECT count(*) FROM contract_revision"),
        2
    );
    assert_eq!(scene.portal.events_of("contract.sealed").len(), 1);
    // Sealed elsewhere, or taken from another contract: no draft begins with it.
    let file = newest(&mut scene.supplier, id).await;
    let other = draft(&mut scene.supplier, "另一份合同", "any").await;
    let path = format!("/api/contracts/{other}/file");
    let reply = scene.supplier.put_file(&path, file).await;
    reply.is_problem(422, "already-sealed");
    scene.portal.stop().await;
}

#[tokio::test]
async fn fifty_equal_uploads_at_once_make_one_revision() {
    let mut scene = Scene::new().await;
    let (_, desk) = scene.answered("any").await;
    let path = format!("{REQUESTS}/{}/documents/0", desk.jti);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (mut browser, path) = (scene.supplier.clone(), path.clone());
            let bytes = desk.finished[0].clone();
            tokio::spawn(async move { browser.put_file(&path, bytes).await })
        })
        .collect();
    let mut answers = BTreeSet::new();
    for task in tasks {
        let reply = task.await.unwrap();
        if reply.status == 503 {
            // More at once than the portal takes.
            reply.is_problem(503, "full");
            continue;
        }
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        answers.insert(reply.body.to_vec());
    }
    assert_eq!(answers.len(), 1);
    assert_eq!(
        scene.portal.count("SELECT count(*) FROM contract_revision"),
        2
    );
    scene.portal.stop().await;
}

#[tokio::test]
async fn forged_uploads_change_nothing() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("ours-first").await;
    let honest = desk.finished[0].clone();
    let mut flipped = honest.clone();
    flipped[200] ^= 1;
    // A seal over another document, by the same phone.
    let other = submitted(&mut scene.supplier, "另一份合同", "ours-first").await;
    let (portal, phone) = (&scene.portal, &scene.supplier_phone);
    let mut foreign = Desk::ask(portal, &mut scene.supplier, phone, &[other]).await;
    foreign.sign(phone, portal.now());
    // A seal by another key, over the right document.
    let mut stolen = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    stolen.sign(&scene.hospital_phone, portal.now());
    let twice = [honest.clone(), honest.clone()].concat();
    for (name, bytes) in [
        ("flipped", flipped),
        ("foreign", foreign.finished[0].clone()),
        ("stolen", stolen.finished[0].clone()),
        ("twice", twice),
        ("nothing", Vec::new()),
        ("noise", vec![b'x'; 10_000]),
    ] {
        let reply = desk.upload_bytes(&mut scene.supplier, 0, bytes).await;
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!(reply.status, 422, "{name}: {text}");
        reply.is_problem(422, "document-changed");
    }
    scene.untouched(id).await;
    let refusals = scene.portal.events_of("contract.seal-refused");
    assert_eq!(refusals.len(), 6);
    assert_eq!(refusals[0]["facts"]["code"], "document-changed");
    assert_eq!(refusals[0]["facts"]["contractId"], id);
    // The honest one is still taken.
    assert_eq!(desk.upload(&mut scene.supplier, 0).await.status, 200);
    scene.portal.stop().await;
}

#[tokio::test]
async fn upload_at_the_limit_is_looked_at_and_one_byte_more_is_not() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("ours-first").await;
    let limit = 8 * 1024 * 1024;
    let reply = desk
        .upload_bytes(&mut scene.supplier, 0, vec![b'x'; limit])
        .await;
    reply.is_problem(422, "document-changed");
    let reply = desk
        .upload_bytes(&mut scene.supplier, 0, vec![b'x'; limit + 1])
        .await;
    reply.is_problem(413, "document-too-large");
    scene.untouched(id).await;
    scene.portal.stop().await;
}

#[tokio::test]
async fn seal_that_is_larger_than_made_expired_revoked_or_anothers_is_refused() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let (portal, phone) = (&scene.portal, &scene.supplier_phone);
    let now = portal.now();

    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    desk.width = Some(60.0);
    let body = desk.sign(phone, now);
    assert_eq!(desk.hand_over(&mut scene.supplier, &body).await.status, 200);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(403, "seal-not-yours");

    let holder = &phone.certificates[0];
    let later = now.saturating_add_secs(9_000);
    let expired = UnixTime::from_secs(now.as_secs() - 1);
    let mut changed = seal(portal, "seal-2", holder, later);
    let last = changed.len() - 1;
    changed[last] ^= 1;
    for (der, code) in [
        (seal(portal, "seal-2", holder, expired), "seal-expired"),
        (
            seal(
                portal,
                "seal-2",
                &scene.hospital_phone.certificates[0],
                later,
            ),
            "seal-not-yours",
        ),
        (changed, "seal-not-yours"),
        // With the authority's key, but not in its records.
        (seal(portal, "seal-2", holder, later), "seal-not-yours"),
        (b"no seal".to_vec(), "seal-not-yours"),
    ] {
        let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
        desk.seal = der;
        let body = desk.sign(phone, now);
        let reply = desk.hand_over(&mut scene.supplier, &body).await;
        reply.is_problem(403, code);
        // What was refused is not taken either.
        desk.upload(&mut scene.supplier, 0)
            .await
            .is_problem(404, "not-found");
    }

    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    let body = desk.sign(phone, now);
    assert_eq!(desk.hand_over(&mut scene.supplier, &body).await.status, 200);
    // Between the phone's answer and the upload.
    let own = ElectronicSeal::from_der(&desk.seal).unwrap();
    let reply = revoke(portal, phone, &own.info().id, "lost").await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(403, "seal-revoked");
    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    let body = desk.sign(phone, now);
    let reply = desk.hand_over(&mut scene.supplier, &body).await;
    reply.is_problem(403, "seal-revoked");
    scene.untouched(id).await;
    scene.portal.stop().await;
}

#[tokio::test]
async fn other_partys_seal_in_between_makes_it_another_document() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("any").await;
    let reply = seal_one(
        &scene.portal,
        &mut scene.hospital,
        &scene.hospital_phone,
        id,
    )
    .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(409, "document-changed");
    // What it is now can be sealed.
    let reply = seal_one(
        &scene.portal,
        &mut scene.supplier,
        &scene.supplier_phone,
        id,
    )
    .await;
    assert_eq!(reply.json()["state"], "done", "{:?}", reply.body);
    scene.portal.stop().await;
}

#[tokio::test]
async fn returned_or_changed_meanwhile_is_told_and_nothing_is_sealed() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("any").await;
    let path = format!("/api/contracts/{id}");
    let reason = json!({ "reason": "第三条付款方式与招标文件不一致" });
    let reply = scene
        .hospital
        .post(&format!("{path}/return"), &reason)
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(409, "document-changed");
    let reply = scene
        .supplier
        .put_file(&format!("{path}/file"), pdf("other"))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = scene
        .supplier
        .post(&format!("{path}/submit"), &Value::Null)
        .await;
    assert_eq!(reply.status, 200);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(409, "document-changed");
    scene.portal.stop().await;
}

#[tokio::test]
async fn batch_takes_each_document_by_itself() {
    let mut scene = Scene::new().await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(submitted(&mut scene.supplier, &format!("合同 {number}"), "ours-first").await);
    }
    let (portal, phone) = (&scene.portal, &scene.supplier_phone);
    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &ids).await;
    desk.skipped = vec![1];
    let body = desk.sign(phone, portal.now());
    let reply = desk.hand_over(&mut scene.supplier, &body).await;
    assert_eq!(reply.json()["documents"], json!([true, false, true, true]));
    let bad = vec![b'x'; 100];
    let reply = desk.upload_bytes(&mut scene.supplier, 2, bad).await;
    reply.is_problem(422, "document-changed");
    let reply = desk.upload(&mut scene.supplier, 1).await;
    reply.is_problem(409, "conflict");
    for index in [0, 3] {
        let reply = desk.upload(&mut scene.supplier, index).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
    }
    desk.upload_bytes(&mut scene.supplier, 4, vec![b'x'])
        .await
        .is_problem(404, "not-found");
    let sealed: Vec<_> = {
        let mut sealed = Vec::new();
        for id in &ids {
            sealed.push(detail(&mut scene.supplier, *id).await["parties"][0]["state"].clone());
        }
        sealed
    };
    assert_eq!(sealed, ["sealed", "turn", "turn", "sealed"]);
    scene.portal.stop().await;
}

#[tokio::test]
async fn request_names_what_cannot_be_sealed_and_asks_nothing() {
    let mut scene = Scene::new().await;
    let good = submitted(&mut scene.supplier, "合同 1", "ours-first").await;
    let waiting = submitted(&mut scene.supplier, "合同 2", "ours-last").await;
    let unfinished = draft(&mut scene.supplier, "合同 3", "any").await;
    let contracts = json!({ "contracts": [good, waiting, unfinished] });
    let reply = scene.supplier.post(REQUESTS, &contracts).await;
    reply.is_problem(409, "not-your-turn");
    assert_eq!(
        reply.json()["contracts"],
        json!([{ "id": waiting, "code": "not-your-turn" }, { "id": unfinished, "code": "conflict" }])
    );
    for wrong in [
        json!([]),
        json!([good, good]),
        json!((1..=51).collect::<Vec<_>>()),
    ] {
        let reply = scene
            .supplier
            .post(REQUESTS, &json!({ "contracts": wrong }))
            .await;
        reply.is_problem(400, "malformed");
    }
    // Fifty may be named; those that are not there are not found.
    let fifty = json!({ "contracts": (good..good + 50).collect::<Vec<_>>() });
    scene
        .supplier
        .post(REQUESTS, &fifty)
        .await
        .is_problem(404, "not-found");
    let mut stranger = scene.portal.browser_of("ayguli").await;
    let reply = stranger
        .post(REQUESTS, &json!({ "contracts": [good] }))
        .await;
    reply.is_problem(404, "not-found");
    assert_eq!(scene.portal.count("SELECT count(*) FROM seal_request"), 0);
    scene.portal.stop().await;
}

#[tokio::test]
async fn only_a_certificate_bound_to_the_account_answers_in_the_browser_that_asked() {
    let mut scene = Scene::new().await;
    let id = submitted(&mut scene.supplier, "设备采购合同", "ours-first").await;
    let portal = &scene.portal;
    let now = portal.now();
    let company = ("天山博康医疗器械有限公司", "91650100MA77C0R54J");
    let unbound = Phone::enrolled(portal.address, company).await;
    let colleague = portal.phone_of("chen.jing").await;
    for (phone, status, code) in [
        (&unbound, 403, "certificate-not-bound"),
        (&colleague, 409, "certificate-bound-elsewhere"),
        (&scene.hospital_phone, 403, "certificate-code-mismatch"),
    ] {
        let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
        let body = desk.sign(phone, now);
        desk.hand_over(&mut scene.supplier, &body)
            .await
            .is_problem(status, code);
    }
    let phone = &scene.supplier_phone;
    let mut desk = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    let body = desk.sign(phone, now);
    desk.hand_over(&mut scene.hospital, &body)
        .await
        .is_problem(403, "assertion-wrong-browser");
    let mut thief = scene.supplier.clone();
    thief.cookies.remove(SCAN);
    desk.hand_over(&mut thief, &body)
        .await
        .is_problem(403, "assertion-wrong-browser");
    let other = Desk::ask(portal, &mut scene.supplier, phone, &[id]).await;
    other
        .hand_over(&mut scene.supplier, &body)
        .await
        .is_problem(400, "malformed");

    let first = desk.hand_over(&mut scene.supplier, &body).await;
    let again = desk.hand_over(&mut scene.supplier, &body).await;
    assert_eq!((first.status.as_u16(), &first.body), (200, &again.body));
    // Frozen between the phone's answer and the upload.
    let freeze = format!("/api/certificates/{}/freeze", phone.id());
    let mut administrator = portal.browser_of("li.na").await;
    assert_eq!(administrator.post(&freeze, &Value::Null).await.status, 200);
    let reply = desk.upload(&mut scene.supplier, 0).await;
    reply.is_problem(403, "certificate-frozen");
    scene.untouched(id).await;
    scene.portal.stop().await;
}

#[tokio::test]
async fn documents_are_taken_for_an_hour_and_of_nobody_else() {
    let mut scene = Scene::new().await;
    let (id, desk) = scene.answered("any").await;
    desk.upload(&mut scene.hospital, 0)
        .await
        .is_problem(404, "not-found");
    let mut nobody = Browser::open(scene.portal.address).await;
    desk.upload(&mut nobody, 0)
        .await
        .is_problem(401, "login-required");
    scene.portal.advance(HAND_OVER_SECONDS + 1);
    let mut supplier = scene.portal.browser_of("li.na").await;
    desk.upload(&mut supplier, 0)
        .await
        .is_problem(410, "assertion-late");
    scene.supplier = supplier;
    scene.untouched(id).await;
    scene.portal.stop().await;

    let mut scene = Scene::new().await;
    let (_, desk) = scene.answered("any").await;
    scene.portal.advance(HAND_OVER_SECONDS);
    let mut supplier = scene.portal.browser_of("li.na").await;
    assert_eq!(desk.upload(&mut supplier, 0).await.status, 200);
    scene.portal.stop().await;
}
