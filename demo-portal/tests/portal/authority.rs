//! The authorities, judged by OpenSSL: certificates, revocation lists, OCSP answers.

use std::{collections::BTreeSet, path::Path, process::Command};

use data_encoding::BASE64;
use hyper::Method;
use scanseal_portal::authority::{
    enrolment::MAX_CERTIFICATES_PER_ENTERPRISE, lifecycle, revocation::CRL_SECONDS,
};
use scanseal_portal::store;
use scanseal_protocol::{operator::OperatorDescription, trust_list};

use crate::{
    browser::{Reply, send},
    phone::{HOSPITAL, Phone, credit_code, enrol, enrolment, new_key},
    start::TestPortal,
};

pub(crate) const MAIN: &str = "scanseal-demo";
pub(crate) const CAS: [&str; 3] = [MAIN, "tianchi", "jiangcheng"];

async fn get(portal: &TestPortal, path: &str) -> Reply {
    send(portal.address, Method::GET, path, &[], "").await
}

/// Where an authority answers: the main one directly below `/authority`.
fn at(ca: &str, name: &str) -> String {
    match ca {
        MAIN => format!("/authority/{name}"),
        other => format!("/authority/{other}/{name}"),
    }
}

/// Fetches root, issuing certificate and both lists, and writes them and `leaf` as PEM for OpenSSL.
async fn write_files(portal: &TestPortal, ca: &str, folder: &Path, leaf: &[u8]) {
    let pem = |kind: &str, der: &[u8]| {
        format!(
            "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
            BASE64.encode(der)
        )
    };
    let mut files = vec![("leaf.pem", "CERTIFICATE", leaf.to_vec())];
    for (file, path, media_type) in [
        ("root.pem", "root.cer", "application/pkix-cert"),
        ("issuing.pem", "issuing.cer", "application/pkix-cert"),
        ("root-crl.pem", "root.crl", "application/pkix-crl"),
        ("issuing-crl.pem", "issuing.crl", "application/pkix-crl"),
    ] {
        let reply = get(portal, &at(ca, path)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, media_type)
        );
        files.push((
            file,
            if path.ends_with("crl") {
                "X509 CRL"
            } else {
                "CERTIFICATE"
            },
            reply.body.to_vec(),
        ));
    }
    for (file, kind, der) in files {
        std::fs::write(folder.join(file), pem(kind, &der)).unwrap();
    }
}

fn openssl(folder: &Path, arguments: &str) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    (
        output.status.success(),
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
    )
}

const VERIFY: &str = "verify -x509_strict -crl_check_all -purpose sslclient -CAfile root.pem -untrusted issuing.pem -CRLfile root-crl.pem -CRLfile issuing-crl.pem leaf.pem";

const LEAF: &str = "-cert leaf.pem";

/// Runs OpenSSL's OCSP client on a thread of its own, since it talks to this process.
async fn ocsp(portal: &TestPortal, ca: &str, folder: &Path, asked: &str) -> String {
    let url = format!(
        "http://127.0.0.1:{}{}",
        portal.address.port(),
        at(ca, "ocsp")
    );
    let arguments = format!(
        "ocsp -issuer issuing.pem {asked} -CAfile root.pem -verify_other issuing.pem -url {url} -nonce"
    );
    let folder = folder.to_owned();
    let (success, text) = tokio::task::spawn_blocking(move || openssl(&folder, &arguments))
        .await
        .unwrap();
    assert!(success && text.contains("Response verify OK"), "{text}");
    assert!(!text.contains("WARNING"), "{text}");
    text
}

#[tokio::test]
async fn openssl_verifies_each_authority_before_and_after_its_own_revocation() {
    let portal = TestPortal::start().await;
    let mut phones = Vec::new();
    for ca in CAS {
        phones.push((ca, Phone::enrolled_at(portal.address, HOSPITAL, ca).await));
    }
    let folders: Vec<_> = phones
        .iter()
        .map(|_| tempfile::tempdir().unwrap())
        .collect();
    for ((ca, phone), folder) in phones.iter().zip(&folders) {
        let (leaf, folder) = (&phone.certificates[0], folder.path());
        write_files(&portal, ca, folder, leaf.der()).await;
        let (success, text) = openssl(folder, VERIFY);
        assert!(success, "{ca}: {text}");
        let (_, shown) = openssl(folder, "x509 -in leaf.pem -noout -text");
        for text in [&format!("NTRCN-{}", HOSPITAL.1), &at(ca, "issuing.crl")] {
            assert!(shown.contains(text.as_str()), "{ca}: {shown}");
        }
        assert!(
            ocsp(&portal, ca, folder, LEAF)
                .await
                .contains("leaf.pem: good")
        );
    }
    for (revoked, (ca, phone)) in phones.iter().enumerate() {
        revoke(&portal, phone, "keyCompromise");
        for (number, ((other, phone), folder)) in phones.iter().zip(&folders).enumerate() {
            let folder = folder.path();
            write_files(&portal, other, folder, phone.certificates[0].der()).await;
            let (success, text) = openssl(folder, VERIFY);
            let answer = ocsp(&portal, other, folder, LEAF).await;
            if number > revoked {
                assert!(
                    success && answer.contains("leaf.pem: good"),
                    "{ca}, {other}: {text}"
                );
            } else {
                assert!(
                    !success && text.contains("certificate revoked"),
                    "{ca}, {other}: {text}"
                );
                assert!(answer.contains("leaf.pem: revoked") && answer.contains("keyCompromise"));
            }
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn authority_knows_nothing_of_what_another_one_issued() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled_at(portal.address, HOSPITAL, "tianchi").await;
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    write_files(&portal, MAIN, folder, phone.certificates[0].der()).await;
    // The serial number is right, the issuer is another.
    let serial = format!("-serial 0x{}", phone.certificates[0].serial_hex());
    let answer = ocsp(&portal, MAIN, folder, &serial).await;
    assert!(answer.contains(": unknown"), "{answer}");
    let (success, text) = openssl(folder, VERIFY);
    assert!(
        !success && text.contains("unable to get local issuer"),
        "{text}"
    );
    portal.stop().await;
}

#[tokio::test]
async fn unknown_authority_gets_no_enrolment() {
    let portal = TestPortal::start().await;
    let mut body = enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1);
    body["ca"] = "nobody".into();
    let reply = enrol(portal.address, &body).await;
    reply.is_problem(422, "malformed");
    assert_eq!(reply.json()["fields"]["ca"], "unknown");
    portal.stop().await;
}

#[tokio::test]
async fn same_key_gets_a_certificate_of_its_own_at_each_authority() {
    let portal = TestPortal::start().await;
    let mut body = enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1);
    let plain = enrol(portal.address, &body).await.json();
    let mut answers = Vec::new();
    for ca in CAS {
        body["ca"] = ca.into();
        answers.push(enrol(portal.address, &body).await.json());
    }
    assert_eq!(
        answers[0], plain,
        "the main authority is the one for who names none"
    );
    let certificates: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer["certificate"].to_string())
        .collect();
    assert_eq!(certificates.len(), CAS.len());
    portal.stop().await;
}

/// Revokes as the command does.
fn revoke(portal: &TestPortal, phone: &Phone, reason: &str) {
    let (serial, now) = (phone.certificates[0].serial_hex(), portal.now());
    store::with_file(&portal.database(), |transaction| {
        lifecycle::revoke(transaction, &serial, reason, None, now)
    })
    .unwrap();
}

#[tokio::test]
async fn ocsp_by_get_answers_like_post_and_malformed_questions_get_an_ocsp_error() {
    let portal = TestPortal::start().await;
    let phone = Phone::enrolled(portal.address, HOSPITAL).await;
    let temporary = tempfile::tempdir().unwrap();
    write_files(&portal, MAIN, temporary.path(), phone.certificates[0].der()).await;
    let (success, text) = openssl(
        temporary.path(),
        "ocsp -issuer issuing.pem -cert leaf.pem -reqout question.der -nonce",
    );
    assert!(success, "{text}");
    let question = std::fs::read(temporary.path().join("question.der")).unwrap();
    let plain = BASE64.encode(&question);
    let encoded = plain
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    for path in [plain, encoded] {
        let reply = get(&portal, &format!("/authority/ocsp/{path}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, "application/ocsp-response")
        );
        std::fs::write(temporary.path().join("answer.der"), &reply.body).unwrap();
        let check = "ocsp -reqin question.der -respin answer.der -CAfile root.pem -verify_other issuing.pem -resp_text";
        let (success, text) = openssl(temporary.path(), check);
        assert!(
            success && text.contains("Response verify OK") && text.contains("Cert Status: good"),
            "{text}"
        );
        assert!(!text.contains("WARNING"), "{text}"); // it warns when the nonce is missing
    }
    let malformed = [0x30, 0x03, 0x0a, 0x01, 0x01];
    for path in [
        "/authority/ocsp/AAAA",
        "/authority/ocsp/not!base64",
        &format!("/authority/ocsp/{}", "A".repeat(1_028)),
    ] {
        assert_eq!(get(&portal, path).await.body.as_ref(), malformed, "{path}");
    }
    let headers = [("content-type", "application/ocsp-request")];
    assert_eq!(
        send(
            portal.address,
            Method::POST,
            "/authority/ocsp",
            &headers,
            ""
        )
        .await
        .body
        .as_ref(),
        malformed
    );
    portal.stop().await;
}

#[tokio::test]
async fn revocation_list_is_renewed_at_half_life_and_its_number_grows() {
    let portal = TestPortal::start().await;
    let fetch = async || {
        scanseal_pki::Crl::from_der(&get(&portal, "/authority/issuing.crl").await.body).unwrap()
    };
    let first = fetch().await;
    assert_eq!(
        first
            .next_update()
            .saturating_secs_since(first.this_update()),
        CRL_SECONDS
    );
    portal.advance(CRL_SECONDS / 2 - 1);
    assert_eq!(fetch().await.der(), first.der());
    portal.advance(1);
    let second = fetch().await;
    assert_eq!(second.this_update(), portal.now());
    assert!(second.number_hex() > first.number_hex());
    portal.stop().await;
}

#[tokio::test]
async fn same_enrolment_again_gets_the_same_certificate() {
    let portal = TestPortal::start().await;
    let body = enrolment(&new_key(), HOSPITAL.0, HOSPITAL.1);
    let first = enrol(portal.address, &body).await;
    portal.advance(5);
    assert_eq!(enrol(portal.address, &body).await.json(), first.json());
    portal.stop().await;
}

#[tokio::test]
async fn enterprise_gets_twenty_certificates_and_one_more_after_a_revocation() {
    let portal = TestPortal::start().await;
    let (name, code) = ("北屯远航物流有限公司", credit_code(2));
    let mut last = None;
    for _ in 0..MAX_CERTIFICATES_PER_ENTERPRISE {
        last = Some(Phone::enrolled(portal.address, (name, &code)).await);
    }
    let one_more = enrolment(&new_key(), name, &code);
    enrol(portal.address, &one_more)
        .await
        .is_problem(409, "full");
    revoke(&portal, &last.unwrap(), "superseded");
    assert_eq!(enrol(portal.address, &one_more).await.status, 201);
    portal.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trust_list_never_goes_back_although_many_ask_when_it_is_due() {
    let portal = TestPortal::start().await;
    let description =
        OperatorDescription::parse(&get(&portal, "/.well-known/scanseal").await.body).unwrap();
    let version = |list: &[u8]| {
        let list = std::str::from_utf8(list).unwrap();
        trust_list::verify(list, &description.list_keys(), portal.now(), None)
            .unwrap()
            .version()
    };
    for _ in 0..5 {
        portal.advance(4 * 86_400);
        let asked = (0..16).map(|_| get(&portal, "/authority/trust-list"));
        let answers = futures_util::future::join_all(asked).await;
        let newest = answers.iter().map(|reply| version(&reply.body)).max();
        let now = version(&get(&portal, "/authority/trust-list").await.body);
        assert_eq!(Some(now), newest);
    }
    portal.stop().await;
}

#[tokio::test]
async fn restart_keeps_authority_and_trust_list_and_new_origins_raise_its_version() {
    let port = 41_000;
    let origin = |name: &str| vec![format!("https://{name}.example:{port}").parse().unwrap()];
    let portal = TestPortal::start_with(|settings| settings.origins = origin("a")).await;
    let root = get(&portal, "/authority/root.cer").await.body;
    let list = get(&portal, "/authority/trust-list").await.body;
    let folder = portal.stop().await;

    let portal = TestPortal::start_in(folder, |settings| settings.origins = origin("a")).await;
    assert_eq!(get(&portal, "/authority/root.cer").await.body, root);
    assert_eq!(get(&portal, "/authority/trust-list").await.body, list);
    let folder = portal.stop().await;

    let portal = TestPortal::start_in(folder, |settings| settings.origins = origin("b")).await;
    let description =
        OperatorDescription::parse(&get(&portal, "/.well-known/scanseal").await.body).unwrap();
    let read = |text: &[u8], last| {
        trust_list::verify(
            std::str::from_utf8(text).unwrap(),
            &description.list_keys(),
            portal.now(),
            last,
        )
    };
    let old = read(&list, None).unwrap();
    let new = read(
        &get(&portal, "/authority/trust-list").await.body,
        Some(old.version()),
    )
    .unwrap();
    assert!(new.version() > old.version());
    assert_eq!(new.platforms()[0].origins, ["https://b.example:41000"]);
    assert!(read(&list, Some(new.version())).is_err());
    portal.stop().await;
}
