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
    pub(crate) async fn enrolled(address: SocketAddr, enterprise: (&str, &str)) -> Self {
        Self::enrolled_at(address, enterprise, "scanseal-demo").await
    }

    pub(crate) async fn enrolled_at(
        address: SocketAddr,
        (name, code): (&str, &str),
        ca: &str,
    ) -> Self {
        let key = new_key();
        let mut body = enrolment(&key, name, code);
        body["ca"] = ca.into();
        let reply = enrol(address, &body).await;
        assert_eq!(reply.status, 201, "{:?}", reply.body);
        Self {
            key,
            certificates: certificates(&reply.json()),
        }
    }

    /// Enrolled, and bound to the account `login` as a person does it: logged in with the password, scanned, logged out.
    pub(crate) async fn bound(
        address: SocketAddr,
        enterprise: (&str, &str),
        (login, password): (&str, &str),
        now: UnixTime,
    ) -> Self {
        let phone = Self::enrolled(address, enterprise).await;
        let mut browser = Browser::logged_in(address, login, password).await;
        let reply = bind(&mut browser, &phone, now).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let left = browser.post("/api/logout", &Value::Null).await;
        assert_eq!(left.status, 204);
        phone
    }

    /// The certificate's id in addresses.
    pub(crate) fn id(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.certificates[0].sha256())
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
            documents: None,
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

/// Asks for a scan to bind, and returns the signed request.
pub(crate) async fn bind_request(browser: &mut Browser, replaces: Option<&str>) -> String {
    let body = match replaces {
        Some(id) => json!({ "op": "bind", "replaces": id }),
        None => json!({ "op": "bind" }),
    };
    let reply = browser.post("/api/scan/requests", &body).await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()["request"].as_str().unwrap().to_owned()
}

/// Binds the phone's certificate to the account that is logged in.
pub(crate) async fn bind(browser: &mut Browser, phone: &Phone, now: UnixTime) -> Reply {
    let request = bind_request(browser, None).await;
    let assertion = phone.assertion(&request, now);
    browser.post("/api/scan/assertions", &assertion).await
}
