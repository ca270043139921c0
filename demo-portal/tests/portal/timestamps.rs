//! Time stamps, judged by OpenSSL and by our own verification.

use std::process::Command;

use hyper::Method;
use scanseal_pki::{
    Certificate, Revocation, RevocationPolicy, TimestampRequest, TimestampToken, Usage,
};
use scanseal_portal::http::rates::Rate;
use scanseal_protocol::{operator::OperatorDescription, trust_list};

use crate::{
    browser::{Reply, send},
    start::TestPortal,
};

const PATH: &str = "/authority/timestamp";
const QUERY: (&str, &str) = ("content-type", "application/timestamp-query");

async fn ask(portal: &TestPortal, question: &[u8]) -> Reply {
    send(
        portal.address,
        Method::POST,
        PATH,
        &[QUERY],
        question.to_vec(),
    )
    .await
}

async fn get(portal: &TestPortal, path: &str) -> Vec<u8> {
    send(portal.address, Method::GET, path, &[], "")
        .await
        .body
        .to_vec()
}

#[tokio::test]
async fn openssl_takes_a_stamp_and_refuses_it_for_another_file() {
    let portal = TestPortal::start().await;
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path();
    std::fs::write(folder.join("a.txt"), "a contract").unwrap();
    std::fs::write(folder.join("b.txt"), "another contract").unwrap();
    for (file, path) in [("root.cer", "root.cer"), ("issuing.cer", "issuing.cer")] {
        let der = get(&portal, &format!("/authority/{path}")).await;
        std::fs::write(folder.join(file), der).unwrap();
    }
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    for name in ["root", "issuing"] {
        let (done, text) = openssl(&format!("x509 -inform DER -in {name}.cer -out {name}.pem"));
        assert!(done, "{text}");
    }
    let (done, text) = openssl("ts -query -data a.txt -sha256 -cert -out question.tsq");
    assert!(done, "{text}");
    let question = std::fs::read(folder.join("question.tsq")).unwrap();
    let reply = ask(&portal, &question).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (200, "application/timestamp-reply")
    );
    std::fs::write(folder.join("answer.tsr"), &reply.body).unwrap();
    let verify = "ts -verify -in answer.tsr -CAfile root.pem -untrusted issuing.pem";
    for (with, holds) in [
        ("-queryfile question.tsq", true),
        ("-data a.txt", true),
        ("-data b.txt", false),
    ] {
        let (taken, text) = openssl(&format!("{verify} {with}"));
        assert_eq!(taken, holds, "{with}: {text}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn own_readers_take_a_stamp_with_the_trust_list_and_no_serial_number_comes_twice() {
    let portal = TestPortal::start().await;
    let description = get(&portal, "/.well-known/scanseal").await;
    let description = OperatorDescription::parse(&description).unwrap();
    let list = String::from_utf8(get(&portal, "/authority/trust-list").await).unwrap();
    let list = trust_list::verify(&list, &description.list_keys(), portal.now(), None).unwrap();
    let stamp = async |portal: &TestPortal, nonce| {
        let request = TimestampRequest::new(&[7; 32], Some(nonce));
        let reply = ask(portal, request.der()).await;
        TimestampToken::from_response(&reply.body, &request).unwrap()
    };
    let token = stamp(&portal, 5).await;
    assert_eq!(token.time(), portal.now());
    assert!(token.verify(&[7; 32]).is_good() && !token.verify(&[8; 32]).is_good());
    let leaf = Certificate::from_der(token.signer().unwrap().der()).unwrap();
    let root = list
        .cas()
        .iter()
        .find(|ca| ca.id == "scanseal-demo")
        .unwrap();
    let crls = ["root.crl", "issuing.crl"];
    let mut revocation = Revocation::new(RevocationPolicy::RequireAll);
    for crl in crls {
        let der = get(&portal, &format!("/authority/{crl}")).await;
        revocation = revocation.with_crl(scanseal_pki::Crl::from_der(&der).unwrap());
    }
    let (known, _) = list
        .verify_path(
            &leaf,
            &root.intermediates,
            portal.now(),
            Usage::TimeStamping,
            &revocation,
        )
        .unwrap();
    assert_eq!(known.id, "scanseal-demo");
    let second = stamp(&portal, 6).await;
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, |_| ()).await;
    let third = stamp(&portal, 7).await;
    assert!(token.serial_hex() != second.serial_hex() && second.serial_hex() != third.serial_hex());
    portal.stop().await;
}

#[tokio::test]
async fn questions_that_cannot_be_read_are_refused_in_the_words_of_the_standard() {
    let portal = TestPortal::start().await;
    let request = TimestampRequest::new(&[7; 32], None);
    for question in [&b"nonsense"[..], &[], &[0; 1_025]] {
        let reply = ask(&portal, question).await;
        assert_eq!(reply.status, 200);
        let error = TimestampToken::from_response(&reply.body, &request).unwrap_err();
        assert!(error.to_string().contains("BadDataFormat"), "{error}");
    }
    ask(&portal, &[0; 4 * 1_024 + 1])
        .await
        .is_problem(413, "malformed");
    let headers = [("content-type", "application/json")];
    let reply = send(portal.address, Method::POST, PATH, &headers, "{}").await;
    reply.is_problem(415, "malformed");
    portal.stop().await;
}

#[tokio::test]
async fn stamps_for_one_address_are_limited() {
    let rate = Rate {
        burst: 2.try_into().unwrap(),
        every: std::time::Duration::from_secs(600),
    };
    let portal = TestPortal::start_with(|settings| {
        settings.rates.timestamps_per_address = rate;
        settings.rates.seals_per_address = rate;
    })
    .await;
    let request = TimestampRequest::new(&[7; 32], None);
    for _ in 0..2 {
        assert_eq!(ask(&portal, request.der()).await.status, 200);
        let reply = send(portal.address, Method::GET, "/authority/seals", &[], "").await;
        reply.is_problem(401, "assertion-invalid");
    }
    ask(&portal, request.der())
        .await
        .is_problem(429, "rate-limited");
    let reply = send(portal.address, Method::GET, "/authority/seals", &[], "").await;
    reply.is_problem(429, "rate-limited");
    portal.stop().await;
}
