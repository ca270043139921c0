//! Electronic seals: who gets which, who proves what, and what is taken by whom who checks.

use data_encoding::BASE64;
use hyper::{Method, Uri};
use scanseal_pki::{ElectronicSeal, SealFault, SealKind, TrustList};
use scanseal_portal::authority::seals::{SealStatus, records, status};
use scanseal_portal::store;
use scanseal_protocol::{
    Origin,
    operator::OperatorDescription,
    request::Nonce,
    revoked_seals::RevokedSeals,
    seal_call::{self, SealCallClaims},
    trust_list,
};
use scanseal_seal_picture::{CompanySeal, Font};
use serde_json::{Value, json};

use crate::{
    authority::{CAS, MAIN},
    browser::{Reply, send},
    phone::{HOSPITAL, Phone, credit_code},
    start::TestPortal,
};

pub(crate) const SEALS: &str = "/authority/seals";
const HANDWRITTEN: &str = "/authority/seals/handwritten?width=40&height=20";
const PHOTOGRAPHED: &str =
    "/authority/seals/photographed?kind=1&name=%E5%85%AC%E7%AB%A0&width=42&height=42";

/// A call with the proof that belongs to it; `change` spoils the proof.
pub(crate) struct SealCall<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) media_type: &'a str,
    pub(crate) body: Vec<u8>,
    pub(crate) jti: [u8; 16],
}

impl<'a> SealCall<'a> {
    pub(crate) fn get() -> Self {
        Self {
            method: Method::GET,
            path: SEALS,
            media_type: "",
            body: Vec::new(),
            jti: fresh(),
        }
    }

    pub(crate) fn post(path: &'a str, media_type: &'a str, body: Vec<u8>) -> Self {
        Self {
            method: Method::POST,
            path,
            media_type,
            body,
            jti: fresh(),
        }
    }

    pub(crate) fn claims(&self, portal: &TestPortal) -> SealCallClaims {
        let origin = Origin::parse(&portal.ready().origins[0]).unwrap();
        let jti = Nonce::from_bytes(self.jti);
        SealCallClaims::new(origin, self.path, &self.body, jti, portal.now())
    }

    pub(crate) async fn send(&self, portal: &TestPortal, phone: &Phone) -> Reply {
        self.send_with(portal, &authorization(phone, &self.claims(portal)))
            .await
    }

    pub(crate) async fn send_with(&self, portal: &TestPortal, authorization: &str) -> Reply {
        let mut headers = vec![("authorization", authorization)];
        if self.method == Method::POST {
            headers.push(("content-type", self.media_type));
        }
        let body = self.body.clone();
        send(
            portal.address,
            self.method.clone(),
            self.path,
            &headers,
            body,
        )
        .await
    }
}

fn fresh() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

fn authorization(phone: &Phone, claims: &SealCallClaims) -> String {
    let unsigned = claims.unsigned(&phone.certificates[0]).unwrap();
    let signature = phone.key.sign_es256(unsigned.signing_input());
    seal_call::authorization(&unsigned.finish(&signature).unwrap())
}

pub(crate) async fn seals_of(portal: &TestPortal, phone: &Phone) -> Vec<Value> {
    let reply = SealCall::get().send(portal, phone).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()["seals"].as_array().unwrap().clone()
}

pub(crate) fn read_seal(entry: &Value) -> ElectronicSeal {
    let der = BASE64.decode(entry["seal"].as_str().unwrap().as_bytes());
    ElectronicSeal::from_der(&der.unwrap()).unwrap()
}

/// As a phone takes it.
async fn trust(portal: &TestPortal) -> TrustList {
    let get = |path| send(portal.address, Method::GET, path, &[], "");
    let description = OperatorDescription::parse(&get("/.well-known/scanseal").await.body).unwrap();
    let address: Uri = description
        .seals
        .as_ref()
        .unwrap()
        .as_str()
        .parse()
        .unwrap();
    assert_eq!(address.path(), SEALS);
    let list = get("/authority/trust-list").await;
    let list = std::str::from_utf8(&list.body).unwrap();
    trust_list::verify(list, &description.list_keys(), portal.now(), None).unwrap()
}

fn worth(portal: &TestPortal, id: &str) -> SealStatus {
    let now = portal.now();
    store::with_file(&portal.database(), |transaction| {
        status(transaction, id, now)
    })
    .unwrap()
}

/// A stroke on clear ground, 400 by 200 pixels.
pub(crate) fn stroke() -> Vec<u8> {
    let row = |y: u32| {
        (0..400).flat_map(move |x: u32| [0, 0, 60, if x.abs_diff(y * 2) < 9 { 255 } else { 0 }])
    };
    png(400, 200, (0..200).flat_map(row).collect())
}

fn png(width: u32, height: u32, data: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&data).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A stamp as a phone cuts it out: 42 mm.
pub(crate) fn stamp(name: &str) -> Vec<u8> {
    let path = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
    let font = std::fs::read(std::env::var("SCANSEAL_FONT").unwrap_or(path.to_owned())).unwrap();
    let font = Font::new(std::sync::Arc::new(font), Some("Noto Serif CJK SC")).unwrap();
    CompanySeal::new(name).draw(&font).unwrap().into_png()
}

#[tokio::test]
async fn enterprise_gets_its_seals_at_enrolment_and_who_checks_takes_them() {
    let portal = TestPortal::start().await;
    for ca in CAS {
        let phone = Phone::enrolled_at(portal.address, HOSPITAL, ca).await;
        let made = "SELECT count(*) FROM seal WHERE origin = 'made' AND state = 'issued'";
        let before = portal.count(made);
        assert_eq!(before % 3, 0, "made before anybody asks");
        let seals = seals_of(&portal, &phone).await;
        assert_eq!(portal.count(made), before);
        let kinds: Vec<_> = seals.iter().map(|seal| seal["kind"].clone()).collect();
        assert_eq!(kinds, [1, 3, 4]);
        let trust = trust(&portal).await;
        for entry in &seals {
            assert_eq!(entry["status"], "valid");
            let seal = read_seal(entry);
            let leaf = &phone.certificates[0];
            let known = seal.check(&trust, leaf, portal.now()).unwrap();
            assert_eq!(known.id, ca);
            let info = seal.info();
            assert_eq!(entry["id"], info.id);
            assert_eq!(
                (info.valid_from, info.valid_until),
                (leaf.not_before(), leaf.not_after())
            );
            assert_eq!(
                entry["millimetres"],
                json!([info.millimetres.0, info.millimetres.1])
            );
            assert_eq!(worth(&portal, &info.id), SealStatus::Valid);
            if info.kind == SealKind::LegalRepresentative {
                assert_eq!(info.millimetres, (20, 20));
            } else {
                assert!(info.name.starts_with(HOSPITAL.0));
                assert_eq!(info.millimetres, (42, 42));
            }
        }
    }
    assert_eq!(portal.events_of("seal.issued").len(), CAS.len());
    portal.stop().await;
}

#[tokio::test]
async fn seals_are_for_their_certificate_alone_and_a_stranger_gets_none() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let colleague = Phone::enrolled(portal.address, HOSPITAL).await;
    let own = seals_of(&portal, &phone).await;
    let others = seals_of(&portal, &colleague).await;
    assert!(
        own.iter()
            .all(|seal| others.iter().all(|other| other["id"] != seal["id"]))
    );
    let trust = trust(&portal).await;
    assert_eq!(
        read_seal(&own[0]).check(&trust, &colleague.certificates[0], portal.now()),
        Err(SealFault::OtherCertificate)
    );

    // Of an enterprise that no register knows: no seal of a legal representative. A name that no seal can bear: none at all.
    let unknown = Phone::enrolled(portal.address, ("新疆天山棉业有限公司", &credit_code(7))).await;
    assert_eq!(seals_of(&portal, &unknown).await.len(), 2);
    let short = Phone::enrolled(portal.address, ("天山", &credit_code(8))).await;
    assert_eq!(seals_of(&portal, &short).await.len(), 0);

    // A certificate of the same authority that is no enterprise's, and one of nobody.
    let foreign = TestPortal::start().await;
    let stranger = Phone::enrolled(foreign.address, HOSPITAL).await;
    let reply = SealCall::get().send(&portal, &stranger).await;
    reply.is_problem(403, "certificate-untrusted");
    foreign.stop().await;
    portal.stop().await;
}

#[tokio::test]
async fn proof_of_another_call_key_or_time_is_refused() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let thief = Phone {
        key: crate::phone::new_key(),
        certificates: phone.certificates.clone(),
    };
    let call = SealCall::get();
    let good = call.claims(&portal);
    let refused = async |authorization: &str, code| {
        let reply = call.send_with(&portal, authorization).await;
        reply.is_problem(401, code);
    };
    refused("", "assertion-invalid").await;
    refused("Bearer x", "assertion-invalid").await;
    // The thief has the certificate, which is no secret, and not the key.
    let unsigned = good.unsigned(&phone.certificates[0]).unwrap();
    let input = String::from_utf8(unsigned.signing_input().to_vec()).unwrap();
    let signature = data_encoding::BASE64URL_NOPAD.encode(&thief.key.sign_es256(input.as_bytes()));
    refused(
        &format!("ScanSeal {input}.{signature}"),
        "assertion-invalid",
    )
    .await;
    for claims in [
        SealCallClaims {
            path: HANDWRITTEN.to_owned(),
            ..good.clone()
        },
        SealCallClaims {
            path: format!("{SEALS}?x=1"),
            ..good.clone()
        },
        SealCallClaims {
            aud: Origin::parse("https://other.example").unwrap(),
            ..good.clone()
        },
        SealCallClaims {
            sha256: [0; 32],
            ..good.clone()
        },
    ] {
        refused(&authorization(&phone, &claims), "assertion-invalid").await;
    }
    let late = authorization(&phone, &good);
    portal.advance(301);
    refused(&late, "assertion-late").await;
    // From another site's page.
    let right = authorization(&phone, &call.claims(&portal));
    let headers = [
        ("authorization", right.as_str()),
        ("origin", "https://other.example"),
    ];
    let reply = send(portal.address, Method::GET, SEALS, &headers, "").await;
    reply.is_problem(403, "origin-refused");
    portal.stop().await;
}

#[tokio::test]
async fn signature_written_by_hand_is_issued_at_once_and_once() {
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let call = SealCall::post(HANDWRITTEN, "image/png", stroke());
    let reply = call.send(&portal, &phone).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    let entry = reply.json();
    let seal = read_seal(&entry);
    assert_eq!(
        (seal.info().kind, seal.info().millimetres),
        (SealKind::Handwritten, (40, 20))
    );
    assert_eq!(seal.info().certificates, [phone.certificates[0].sha256()]);
    let trust = trust(&portal).await;
    assert!(
        seal.check(&trust, &phone.certificates[0], portal.now())
            .is_ok()
    );
    // The answer was lost, the phone sends the same call again.
    assert_eq!(call.send(&portal, &phone).await.json(), entry);
    assert_eq!(seals_of(&portal, &phone).await.len(), 4);
    let events = portal.events_of("seal.issued");
    assert_eq!(events.last().unwrap()["account"], "zhang.wei");

    // Another takes its place.
    let id = entry["id"].as_str().unwrap();
    let path = format!("{HANDWRITTEN}&replaces={id}&name=%E5%BC%A0%E4%BC%9F");
    let reply = SealCall::post(&path, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["name"]),
        (201, &json!("张伟"))
    );
    assert!(
        matches!(worth(&portal, id), SealStatus::Revoked { reason, .. } if reason == "superseded")
    );
    let again = SealCall::post(&path, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    again.is_problem(409, "conflict");
    portal.stop().await;
}

#[tokio::test]
async fn pictures_and_measures_that_no_seal_can_have_are_refused_with_a_reason() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let clear = png(400, 200, vec![0; 400 * 200 * 4]);
    let flat = |query: &str| format!("{SEALS}/handwritten?{query}");
    for (path, picture, status, code) in [
        (flat("width=40&height=20"), clear, 422, "picture-invalid"),
        (
            flat("width=40&height=20"),
            b"GIF89a".to_vec(),
            422,
            "picture-invalid",
        ),
        (flat("width=40&height=40"), stroke(), 422, "picture-invalid"),
        (flat("width=101&height=50"), stroke(), 422, "malformed"),
        (flat("width=0&height=0"), stroke(), 422, "malformed"),
        (
            flat("width=40&height=20&name=%0A"),
            stroke(),
            422,
            "malformed",
        ),
        (
            flat("width=40&height=20&color=red"),
            stroke(),
            400,
            "malformed",
        ),
        (flat("width=40"), stroke(), 400, "malformed"),
        (
            flat("width=40&height=20&replaces=nothing"),
            stroke(),
            404,
            "not-found",
        ),
        (
            PHOTOGRAPHED.replace("kind=1", "kind=5"),
            stamp(HOSPITAL.0),
            422,
            "malformed",
        ),
        (
            PHOTOGRAPHED.replace("kind=1", "kind=0"),
            stamp(HOSPITAL.0),
            422,
            "malformed",
        ),
    ] {
        let reply = SealCall::post(&path, "image/png", picture)
            .send(&portal, &phone)
            .await;
        reply.is_problem(status, code);
    }
    let long = vec![0; 1024 * 1024 + 1];
    let reply = SealCall::post(HANDWRITTEN, "image/png", long)
        .send(&portal, &phone)
        .await;
    reply.is_problem(413, "malformed");
    let reply = SealCall::post(HANDWRITTEN, "image/jpeg", stroke())
        .send(&portal, &phone)
        .await;
    reply.is_problem(415, "malformed");
    assert_eq!(seals_of(&portal, &phone).await.len(), 3);
    portal.stop().await;
}

#[tokio::test]
async fn seals_of_a_certificate_are_limited_and_revoking_one_makes_room() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let mut last = Value::Null;
    for _ in 3..records::MAX_SEALS_PER_CERTIFICATE {
        let reply = SealCall::post(HANDWRITTEN, "image/png", stroke())
            .send(&portal, &phone)
            .await;
        assert_eq!(reply.status, 201);
        last = reply.json();
    }
    let more = SealCall::post(HANDWRITTEN, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    more.is_problem(409, "full");
    let reply = revoke(&portal, &phone, last["id"].as_str().unwrap(), "lost").await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["status"]),
        (200, &json!("revoked"))
    );
    let more = SealCall::post(HANDWRITTEN, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    assert_eq!(more.status, 201);
    portal.stop().await;
}

pub(crate) async fn revoke(portal: &TestPortal, phone: &Phone, id: &str, reason: &str) -> Reply {
    let body = json!({ "seal": id, "reason": reason })
        .to_string()
        .into_bytes();
    SealCall::post("/authority/seals/revoke", "application/json", body)
        .send(portal, phone)
        .await
}

#[tokio::test]
async fn revoked_seal_is_in_the_signed_list_and_expired_ones_are_told_apart() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let other = Phone::enrolled_at(portal.address, HOSPITAL, "tianchi").await;
    let list_of = async |ca: &str| {
        let path = match ca {
            MAIN => "/authority/seals/revoked".to_owned(),
            ca => format!("/authority/{ca}/seals/revoked"),
        };
        let reply = send(portal.address, Method::GET, &path, &[], "").await;
        assert_eq!(reply.header("content-type"), "application/jose");
        let trust = trust(&portal).await;
        let entry = trust.cas().iter().find(|entry| entry.id == ca).unwrap();
        let text = std::str::from_utf8(&reply.body).unwrap().to_owned();
        RevokedSeals::verify(&text, entry, portal.now()).unwrap()
    };
    assert_eq!(list_of(MAIN).await.revoked, []);
    let seals = seals_of(&portal, &phone).await;
    let id = seals[0]["id"].as_str().unwrap();
    revoke(&portal, &phone, id, "for fun")
        .await
        .is_problem(422, "malformed");
    revoke(&portal, &other, id, "lost")
        .await
        .is_problem(404, "not-found");
    let first = revoke(&portal, &phone, id, "lost").await.json();
    portal.advance(60);
    // Once more changes nothing.
    assert_eq!(
        revoke(&portal, &phone, id, "superseded").await.json(),
        first
    );
    let list = list_of(MAIN).await;
    let entry = list.find(id).unwrap();
    assert_eq!((entry.reason.as_str(), list.revoked.len()), ("lost", 1));
    assert_eq!(entry.at.as_secs() + 60, portal.now().as_secs());
    assert_eq!(list_of("tianchi").await.revoked, []);
    let seals = seals_of(&portal, &phone).await;
    assert_eq!(
        (&seals[0]["status"], seals[0].get("seal")),
        (&json!("revoked"), None)
    );
    assert!(matches!(worth(&portal, id), SealStatus::Revoked { .. }));
    assert_eq!(worth(&portal, "nothing"), SealStatus::Unknown);
    portal.advance(31 * 86_400);
    assert_eq!(
        worth(&portal, seals[1]["id"].as_str().unwrap()),
        SealStatus::Expired
    );
    assert_eq!(
        list_of(MAIN).await.revoked,
        [],
        "nobody takes an expired seal"
    );
    SealCall::get()
        .send(&portal, &phone)
        .await
        .is_problem(403, "certificate-expired");
    portal.stop().await;
}

#[tokio::test]
async fn seals_end_with_their_certificate_and_a_new_term_carries_them_over() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let reply = SealCall::post(HANDWRITTEN, "image/png", stroke())
        .send(&portal, &phone)
        .await;
    assert_eq!(reply.status, 201);
    let old = seals_of(&portal, &phone).await;
    let mut staff = portal.browser_of("admin").await;
    let serial = phone.certificates[0].serial_hex();
    let path = format!("/api/admin/certificates/{serial}/reissue");
    let reply = staff.post(&path, &Value::Null).await;
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    for seal in &old {
        let id = seal["id"].as_str().unwrap();
        assert!(
            matches!(worth(&portal, id), SealStatus::Revoked { reason, .. } if reason == records::CERTIFICATE_REVOKED)
        );
    }
    SealCall::get()
        .send(&portal, &phone)
        .await
        .is_problem(403, "certificate-revoked");

    let pem = reply.json()["pem"].as_str().unwrap().to_owned();
    let first = pem.split("-----").nth(2).unwrap().replace('\n', "");
    let certificate = BASE64.decode(first.as_bytes()).unwrap();
    let renewed = Phone {
        certificates: vec![scanseal_pki::Certificate::from_der(&certificate).unwrap()],
        key: phone.key,
    };
    let new = seals_of(&portal, &renewed).await;
    let pictures = |seals: &[Value]| -> Vec<_> {
        seals
            .iter()
            .map(|seal| read_seal(seal).info().picture.clone())
            .collect()
    };
    assert_eq!(pictures(&new), pictures(&old));
    let trust = trust(&portal).await;
    for (seal, before) in new.iter().zip(&old) {
        assert_eq!(seal["replaces"], before["id"]);
        let checked = read_seal(seal);
        assert!(
            checked
                .check(&trust, &renewed.certificates[0], portal.now())
                .is_ok()
        );
    }
    portal.stop().await;
}

#[tokio::test]
async fn certificates_from_before_there_were_seals_get_theirs_when_their_holder_asks() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let version = trust(&portal).await.version();
    portal.change(
        "PRAGMA foreign_keys = OFF; PRAGMA user_version = 2; DROP TABLE seal;
         DROP TABLE seal_document; DROP TABLE seal_request; DROP TABLE notification; DROP TABLE contract_attachment; DROP TABLE contract_step;
         DROP TABLE contract_revision; DROP TABLE contract_party; DROP TABLE contract; ALTER TABLE account DROP COLUMN notifications_read;",
    );
    let folder = portal.stop().await;
    for file in [
        "seal-maker.key.pem",
        "seal-maker.cer",
        "timestamp.key.pem",
        "timestamp.cer",
    ] {
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    let portal = TestPortal::start_in(folder, |_| ()).await;
    let trust = trust(&portal).await;
    assert!(
        trust.version() > version,
        "a new maker stands in a new list"
    );
    let seals = seals_of(&portal, &phone).await;
    assert_eq!(seals.len(), 3);
    for entry in &seals {
        let checked = read_seal(entry);
        assert!(
            checked
                .check(&trust, &phone.certificates[0], portal.now())
                .is_ok()
        );
    }
    assert_eq!(seals_of(&portal, &phone).await, seals);
    portal.stop().await;
}

#[tokio::test]
async fn without_a_font_enterprises_enrol_all_the_same_and_get_their_seals_later() {
    let folder = tempfile::tempdir().unwrap();
    let not_a_font = folder.path().join("font.ttf");
    std::fs::write(&not_a_font, "no font").unwrap();
    let portal =
        TestPortal::start_with(|settings| settings.seal_font = Some(not_a_font.clone())).await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    assert_eq!(seals_of(&portal, &phone).await.len(), 0);
    let data = portal.stop().await;
    let portal = TestPortal::start_in(data, |_| ()).await;
    assert_eq!(seals_of(&portal, &phone).await.len(), 3);
    portal.stop().await;
}
