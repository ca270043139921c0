//! From Rust to JavaScript and back.

use core::fmt;

use getrandom::{SysRng, rand_core::UnwrapErr};
use js_sys::{Error, Reflect};
use scanseal_pki::{CaKind, LocalizedName, UnixTime, hex};
use scanseal_protocol::error::Code;
use scanseal_signer::{KnownCa, Operator, StoredCertificate, UnlockError};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Milliseconds in a second: JavaScript counts time in the first, certificates in the second.
const MILLISECONDS: f64 = 1000.0;

/// The platform's own randomness. It cannot fail once the page runs at all.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// `Date.now()` as a point in time.
pub(crate) fn unix_time(now: f64) -> UnixTime {
    // A float cast saturates; anything absurd ends at one of the ends of time and fails each check there.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    UnixTime::from_secs((now / MILLISECONDS) as u64)
}

/// A point in time as `new Date` takes it.
pub(crate) fn date(time: UnixTime) -> f64 {
    // Exact to the year 285,000.
    time.as_secs() as f64 * MILLISECONDS
}

/// A plain JavaScript object; absent values are `null`.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = Serializer::new().serialize_missing_as_null(true);
    value
        .serialize(&serializer)
        .map_err(|error| failure(Code::Internal, &error))
}

/// From a plain JavaScript object that the page wrote.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| failure(Code::Malformed, &error))
}

/// A `PhoneError` with this code.
pub(crate) fn failure(code: Code, message: &dyn fmt::Display) -> JsValue {
    let error = Error::new(&message.to_string());
    error.set_name("PhoneError");
    set(&error, "code", &code.as_str().into());
    error.into()
}

/// The `PhoneError` of a PIN that did not unlock.
pub(crate) fn unlock_failure(error: &UnlockError) -> JsValue {
    let value = failure(error.code(), error);
    match error {
        UnlockError::Locked { until } => set(&value, "until", &date(*until).into()),
        UnlockError::Wrong { tries_left } => set(&value, "attemptsLeft", &(*tries_left).into()),
        UnlockError::Unknown => {}
    }
    value
}

/// Makes a closure for `map_err` out of a type with `code()` and a text.
macro_rules! coded {
    () => {
        |error| $crate::convert::failure(error.code(), &error)
    };
}
pub(crate) use coded;

fn set(object: &JsValue, key: &str, value: &JsValue) {
    Reflect::set(object, &key.into(), value).expect("a fresh error object takes new members");
}

/// `PhoneCertificate` of types.d.ts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateView {
    id: String,
    sha256: String,
    common_name: String,
    enterprise: String,
    credit_code: String,
    serial: String,
    issuer: String,
    not_before: f64,
    not_after: f64,
    tries_left: u32,
    locked_until: Option<f64>,
}

impl CertificateView {
    pub(crate) fn new(stored: &StoredCertificate, now: UnixTime) -> Self {
        let certificate = stored.certificate();
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            id: stored.id().to_string(),
            sha256: hex::lower(&certificate.sha256()),
            common_name: text(certificate.common_name()),
            enterprise: text(certificate.organization()),
            credit_code: certificate
                .credit_code()
                .map(ToString::to_string)
                .unwrap_or_default(),
            serial: certificate.serial_hex(),
            issuer: text(certificate.issuer_common_name()),
            not_before: date(certificate.not_before()),
            not_after: date(certificate.not_after()),
            tries_left: stored.tries_left(),
            locked_until: stored.locked_until(now).map(date),
        }
    }
}

/// `EnrolCa` of types.d.ts.
#[derive(Serialize)]
pub(crate) struct EnrolCaView<'a> {
    id: &'a str,
    name: &'a LocalizedName,
    kind: CaKind,
}

impl<'a> From<&'a KnownCa> for EnrolCaView<'a> {
    fn from(ca: &'a KnownCa) -> Self {
        Self {
            id: &ca.id,
            name: &ca.name,
            kind: ca.kind,
        }
    }
}

/// `PhoneOperator` of types.d.ts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperatorView {
    home: String,
    name: LocalizedName,
    links: Vec<String>,
    relay: String,
    enrol: String,
    trust_list: String,
    seals: Option<String>,
    trust_list_version: Option<u64>,
}

impl From<&Operator> for OperatorView {
    fn from(operator: &Operator) -> Self {
        let description = operator.description();
        Self {
            home: operator.home().to_owned(),
            name: description.name.clone(),
            links: description.links.iter().map(ToString::to_string).collect(),
            relay: description.relay.to_string(),
            enrol: description.enrol.to_string(),
            trust_list: description.trust_list.to_string(),
            seals: description.seals.as_ref().map(ToString::to_string),
            trust_list_version: operator.list_version(),
        }
    }
}
