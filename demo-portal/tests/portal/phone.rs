//! A phone: a key, a certificate, and assertions, right ones and wrong ones.

use std::net::SocketAddr;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use hyper::Method;
use scanseal_pki::{Certificate, CreditCode, CsrBuilder, SigningKey, Subject, UnixTime};
use scanseal_protocol::{assertion::AssertionClaims, request::Request};
use serde_json::{Value, json};

use crate::browser::{Browser, Reply, send};

pub(crate) const HOSPITAL: (&str, &str) = ("云岭市第一人民医院", "12650100MB1A22606J");
pub(crate) const BINDING: [u8; 32] = [9; 32];

pub(crate) struct Phone {
    pub(crate) key: SigningKey,
    pub(crate) certificates: Vec<Certificate>,
}

pub(crate) fn new_key() -> SigningKey {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    SigningKey::from_random_bytes(&bytes).unwrap()
}

/// A credit code that no demo enterprise has; `number` below 10^8.
pub(crate) fn credit_code(number: u32) -> String {
    let body = format!("91650100{number:08}0");
    let codes = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("{body}{check}"));
    codes
        .into_iter()
        .find(|code| CreditCode::parse(code).is_ok())
        .unwrap()
}

pub(crate) fn csr(key: &SigningKey, name: &str, code: &str) -> Vec<u8> {
    let subject = Subject::new(name, name)
        .unwrap()
        .with_credit_code(CreditCode::parse(code).unwrap());
    CsrBuilder::new(&subject, &key.public_key())
        .sign(key)
        .unwrap()
        .der()
        .to_vec()
}

pub(crate) fn enrolment(key: &SigningKey, name: &str, code: &str) -> Value {
    json!({ "csr": BASE64.encode(&csr(key, name, code)), "enterprise": name, "creditCode": code })
}

pub(crate) async fn enrol(address: SocketAddr, body: &Value) -> Reply {
    send(
        address,
        Method::POST,
        "/authority/enrolments",
        &[("content-type", "application/json")],
        body.to_string(),
    )
    .await
}

pub(crate) fn certificates(enrolled: &Value) -> Vec<Certificate> {
    let texts =
        std::iter::once(&enrolled["certificate"]).chain(enrolled["chain"].as_array().unwrap());
    let read = |text: &Value| {
        Certificate::from_der(&BASE64.decode(text.as_str().unwrap().as_bytes()).unwrap()).unwrap()
    };
    texts.map(read).collect()
}

impl Phone {
    pub(crate) async fn enrolled(address: SocketAddr, (name, code): (&str, &str)) -> Self {
        let key = new_key();
        let reply = enrol(address, &enrolment(&key, name, code)).await;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        Self {
            key,
            certificates: certificates(&reply.json()),
        }
    }

    pub(crate) fn claims(&self, request: &str, now: UnixTime) -> AssertionClaims {
        let request = Request::parse(request).unwrap();
        let asked = request.claims();
        AssertionClaims {
            req: request.hash(),
            jti: asked.jti,
            op: asked.op.clone(),
            origin: asked.origin.clone(),
            aud: asked.iss.clone(),
            cb: BINDING,
            iat: now,
        }
    }

    pub(crate) fn sign(&self, claims: &AssertionClaims) -> String {
        // The root need not travel: the platform has it.
        let unsigned = claims
            .unsigned(&self.certificates[..self.certificates.len().min(2)])
            .unwrap();
        let signature = self.key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).unwrap()
    }

    pub(crate) fn assertion(&self, request: &str, now: UnixTime) -> Value {
        submission(&self.sign(&self.claims(request, now)))
    }
}

pub(crate) fn submission(assertion: &str) -> Value {
    json!({ "assertion": assertion, "channelBinding": BASE64URL_NOPAD.encode(&BINDING) })
}

/// Asks for a scan and returns the signed request.
pub(crate) async fn request(browser: &mut Browser) -> String {
    let reply = browser
        .post("/api/scan/requests", &json!({ "op": "login" }))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()["request"].as_str().unwrap().to_owned()
}
