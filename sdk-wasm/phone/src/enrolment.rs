//! Enrolling: from a form to a certificate in the vault.

use std::cell::RefCell;

use js_sys::Promise;
use scanseal_pki::CreditCode;
use scanseal_protocol::error::Code;
use scanseal_signer::{Enrolment, KdfParameters, KeyShare, NewPin, NoCoSigner};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    convert::{CertificateView, coded, failure, from_js, rng, to_js, unix_time},
    phone::{Safe, pin_failure, promise},
};

/// An enrolment under way. Its key is new and only in memory until the certificate is there.
#[wasm_bindgen]
pub struct PhoneEnrolment {
    safe: Safe,
    home: String,
    pin: NewPin,
    enrolment: RefCell<Option<Enrolment>>,
}

/// `EnrolmentForm` of types.d.ts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    enterprise: String,
    credit_code: String,
    ca: Option<String>,
    pin: String,
}

#[wasm_bindgen]
impl PhoneEnrolment {
    /// The JSON text to POST to the operator's `enrol` address.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn request(&self) -> Promise {
        let signing = self.enrolment.borrow().as_ref().map(Enrolment::request);
        promise(async move {
            let signing = signing.ok_or_else(used_up)?;
            let body = signing
                .run(&mut NoCoSigner)
                .await
                .map_err(|error| failure(Code::Internal, &error))?;
            Ok(body.into())
        })
    }

    /// Takes the authority's answer (the text of the 201), checks it, and stores the certificate. Only once.
    ///
    /// Throws `malformed`, `certificate-untrusted`, `certificate-name-mismatch`, `certificate-code-mismatch`,
    /// `certificate-wrong-kind` (another authority than the one asked has answered), `trust-list-expired` and others.
    #[wasm_bindgen(unchecked_return_type = "Promise<PhoneCertificate>")]
    pub fn finish(&self, answer: String, now: f64) -> Promise {
        let (safe, home, pin, now) = (
            self.safe.clone(),
            self.home.clone(),
            self.pin.clone(),
            unix_time(now),
        );
        let enrolment = self.enrolment.borrow_mut().take();
        promise(async move {
            let enrolment = enrolment.ok_or_else(used_up)?;
            safe.change(|vault| {
                let operator = vault.operator(&home).ok_or_else(unknown_operator)?;
                let trust = operator.trust_list(now).map_err(coded!())?;
                let enrolled = enrolment.accept(&answer, &trust, now).map_err(coded!())?;
                let id = vault
                    .add(enrolled, &pin, KdfParameters::CURRENT, &mut rng())
                    .map_err(coded!())?;
                to_js(
                    &vault
                        .certificate(&id)
                        .map(|stored| CertificateView::new(stored, now)),
                )
            })
            .await
        })
    }
}

impl PhoneEnrolment {
    pub(crate) fn begin(safe: Safe, home: &str, form: JsValue) -> Result<Self, JsValue> {
        let form: Form = from_js(form)?;
        let known = safe.read(|vault| {
            vault
                .operator(home)
                .map(|operator| operator.home().to_owned())
        });
        let home = known.ok_or_else(unknown_operator)?;
        let pin = NewPin::parse(&form.pin).map_err(pin_failure)?;
        let credit_code = CreditCode::parse(&form.credit_code)
            .map_err(|error| failure(Code::CreditCodeInvalid, &error))?;
        let share = KeyShare::generate_local(&mut rng());
        let enrolment = Enrolment::new(share, form.enterprise.trim(), credit_code);
        let mut enrolment = enrolment.map_err(|error| failure(Code::Malformed, &error))?;
        if let Some(ca) = form.ca {
            enrolment = enrolment.with_ca(ca);
        }
        Ok(Self {
            safe,
            home,
            pin,
            enrolment: RefCell::new(Some(enrolment)),
        })
    }
}

fn unknown_operator() -> JsValue {
    failure(
        Code::Malformed,
        &"this phone does not know the operator: call `addOperator` first",
    )
}

fn used_up() -> JsValue {
    failure(
        Code::Internal,
        &"this enrolment is finished: call `beginEnrolment` again",
    )
}
