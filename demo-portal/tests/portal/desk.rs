//! Contracts, and a page that seals them with a phone: honest, or not.

use std::{fs, path::Path};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_pades::{
    Bytes,
    seal::{PageRange, Picture, Place, SealRequest, prepare},
    testing::pages,
};
use scanseal_pki::{
    AnyCertificate, Certificate, ElectronicSeal, SealInfo, SealKind, SealPictureFormat,
    SignedAttributes, SigningKey, UnixTime,
    cms::{der_signature, reserved_length},
};
use scanseal_portal::{authority::seals::records, store};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, Reply},
    phone::{BINDING, Phone},
    start::TestPortal,
};

pub(crate) const HOSPITAL_CODE: &str = "12650100MB1A22606J";
pub(crate) const SCHOOLS_CODE: &str = "11650100MB0F883179";

/// A contract of one page that says this.
pub(crate) fn pdf(says: &str) -> Vec<u8> {
    let mut builder = pages(1);
    let content = format!("BT /F1 12 Tf 72 700 Td ({says}) Tj ET");
    builder.stream(40, "", content);
    builder.table("/Root 1 0 R").bytes()
}

pub(crate) fn form(title: &str, order: &str) -> Value {
    json!({
        "title": title, "amount": "1250000", "orderNumber": "DD-7", "from": "2026-12-01", "until": "2027-11-30",
        "place": "云岭市", "terms": "一、设备清单\n二、付款方式", "order": order,
        "counterparties": [{ "creditCode": HOSPITAL_CODE }],
    })
}

/// Draws up a contract of li.na's with the hospital; returns its id.
pub(crate) async fn draft(browser: &mut Browser, title: &str, order: &str) -> i64 {
    let reply = browser.post("/api/contracts", &form(title, order)).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    reply.json()["id"].as_i64().unwrap()
}

/// The same, with a file, submitted.
pub(crate) async fn submitted(browser: &mut Browser, title: &str, order: &str) -> i64 {
    let id = draft(browser, title, order).await;
    let path = format!("/api/contracts/{id}");
    let reply = browser.put_file(&format!("{path}/file"), pdf(title)).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    let reply = browser.post(&format!("{path}/submit"), &Value::Null).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    id
}

pub(crate) async fn detail(browser: &mut Browser, id: i64) -> Value {
    let reply = browser.get(&format!("/api/contracts/{id}")).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()
}

/// A picture of a seal.
pub(crate) fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let red = [200, 0, 0, 255];
    let pixels = [red, [0; 4], [0; 4], red].concat();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A seal for this certificate, made with the main authority's key, of which the authority has no record.
pub(crate) fn seal(
    portal: &TestPortal,
    id: &str,
    holder: &Certificate,
    until: UnixTime,
) -> Vec<u8> {
    let (data, now) = (portal.folder.path(), portal.now());
    let file = |name: &str| fs::read(data.join(name)).unwrap();
    let pem = String::from_utf8(file("seal-maker.key.pem")).unwrap();
    let key = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let maker = Certificate::from_der(&file("seal-maker.cer")).unwrap();
    let begin = UnixTime::from_secs(now.as_secs() - 1_000);
    let info = SealInfo {
        id: id.to_owned(),
        kind: SealKind::Contract,
        name: "合同专用章".to_owned(),
        certificates: vec![holder.sha256()],
        created: begin,
        valid_from: begin,
        valid_until: until,
        picture: picture(),
        format: SealPictureFormat::Png,
        millimetres: (40, 40),
    };
    let unsigned = info.unsigned(&maker).unwrap();
    let signature = key.sign_es256_der(unsigned.to_be_signed());
    unsigned.finish(&signature).unwrap()
}

/// The contract seal that the authority has given this certificate: its portal has the data folder `data`.
pub(crate) fn issued_seal(data: &Path, holder: &Certificate) -> Vec<u8> {
    let serial = holder.serial_hex();
    store::with_file(&data.join("portal.sqlite"), |transaction| {
        let seals = records::of_certificate(transaction, &serial)?.into_iter();
        let contract = seals
            .filter(|seal| seal.kind == SealKind::Contract)
            .find_map(|seal| seal.der);
        Ok(contract.expect("an enterprise gets a contract seal where there is a font"))
    })
    .unwrap()
}

/// What a page and a phone make of a request to seal.
pub(crate) struct Desk {
    pub(crate) jti: String,
    pub(crate) request: String,
    pub(crate) documents: Vec<Value>,
    /// The file of each document.
    pub(crate) originals: Vec<Vec<u8>>,
    pub(crate) seal: Vec<u8>,
    /// Width of the seal in millimetres, where it is drawn; the seal's own if nothing is said.
    pub(crate) width: Option<f64>,
    /// Documents that the phone's person leaves out.
    pub(crate) skipped: Vec<usize>,
    /// Whether the page leaves room for a time stamp.
    pub(crate) roomy: bool,
    /// Each document as it was finished.
    pub(crate) finished: Vec<Vec<u8>>,
}

pub(crate) const REQUESTS: &str = "/api/contracts/seal-requests";

impl Desk {
    /// Asks for a scan to seal these contracts, and fetches them.
    pub(crate) async fn ask(
        portal: &TestPortal,
        browser: &mut Browser,
        phone: &Phone,
        contracts: &[i64],
    ) -> Self {
        Self::ask_at(portal.folder.path(), browser, phone, contracts).await
    }

    /// The same, of a portal with this data folder.
    pub(crate) async fn ask_at(
        data: &Path,
        browser: &mut Browser,
        phone: &Phone,
        contracts: &[i64],
    ) -> Self {
        let reply = browser
            .post(REQUESTS, &json!({ "contracts": contracts }))
            .await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let issued = reply.json();
        let documents = issued["documents"].as_array().unwrap().clone();
        let mut originals = Vec::new();
        for document in &documents {
            let (id, revision) = (&document["contract"], &document["revision"]);
            let path = format!("/api/contracts/{id}/revisions/{revision}");
            originals.push(browser.get(&path).await.body.to_vec());
        }
        Self {
            jti: issued["jti"].as_str().unwrap().to_owned(),
            request: issued["request"].as_str().unwrap().to_owned(),
            documents,
            originals,
            seal: issued_seal(data, &phone.certificates[0]),
            width: None,
            skipped: Vec::new(),
            roomy: true,
            finished: Vec::new(),
        }
    }

    /// The phone signs, and the page finishes the documents. Returns the body with the assertion.
    pub(crate) fn sign(&mut self, phone: &Phone, now: UnixTime) -> Value {
        let chain: Vec<_> = phone.certificates[..2]
            .iter()
            .map(AnyCertificate::from)
            .collect();
        let (png, own) = match ElectronicSeal::from_der(&self.seal) {
            Ok(seal) => (seal.info().picture.clone(), seal.info().millimetres),
            Err(_) => (picture(), (40, 40)),
        };
        #[allow(clippy::cast_precision_loss)]
        let width = self.width.unwrap_or(own.0 as f64);
        let picture = Picture::png(&png, Some((width, width))).unwrap();
        let mut digests = Vec::new();
        for (index, original) in self.originals.iter().enumerate() {
            if self.skipped.contains(&index) {
                digests.push(None);
                self.finished.push(Vec::new());
                continue;
            }
            let request = SealRequest {
                places: vec![Place::At {
                    pages: PageRange::all(),
                    x: 300.0,
                    y: 100.0,
                    width: None,
                    height: None,
                }],
                picture: Some(&picture),
                ..SealRequest::new(now, reserved_length(&chain, self.roomy))
            };
            let source = Bytes(original);
            let prepared = prepare(&source, &request).unwrap();
            let digest = prepared.digest(&source).unwrap();
            digests.push(Some(digest));
            let attributes = SignedAttributes::new(&phone.certificates[0], &digest);
            let signature = phone.key.sign_es256(attributes.to_be_signed());
            let signature = der_signature(&signature).unwrap();
            let cms = attributes.finish(&signature, &chain, None).unwrap();
            self.finished.push(prepared.finish(&cms).unwrap());
        }
        let mut claims = phone.claims(&self.request, now);
        claims.documents = Some(digests);
        json!({
            "assertion": phone.sign(&claims),
            "channelBinding": BASE64URL_NOPAD.encode(&BINDING),
            "seal": BASE64.encode(&self.seal),
        })
    }

    /// Hands the phone's answer over.
    pub(crate) async fn hand_over(&self, browser: &mut Browser, body: &Value) -> Reply {
        let path = format!("{REQUESTS}/{}/assertion", self.jti);
        browser.post(&path, body).await
    }

    /// Hands a document over.
    pub(crate) async fn upload(&self, browser: &mut Browser, index: usize) -> Reply {
        self.upload_bytes(browser, index, self.finished[index].clone())
            .await
    }

    pub(crate) async fn upload_bytes(
        &self,
        browser: &mut Browser,
        index: usize,
        bytes: Vec<u8>,
    ) -> Reply {
        let path = format!("{REQUESTS}/{}/documents/{index}", self.jti);
        browser.put_file(&path, bytes).await
    }
}

/// Seals one contract from the request to the upload.
pub(crate) async fn seal_one(
    portal: &TestPortal,
    browser: &mut Browser,
    phone: &Phone,
    contract: i64,
) -> Reply {
    let mut desk = Desk::ask(portal, browser, phone, &[contract]).await;
    let body = desk.sign(phone, portal.now());
    let reply = desk.hand_over(browser, &body).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    desk.upload(browser, 0).await
}
