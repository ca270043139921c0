//! The phone: its vault, and what can be done with it.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Promise, Uint8Array};
use scanseal_pki::{UnixTime, rand_core::Rng};
use scanseal_protocol::{Origin, error::Code, request::Nonce, seal_call::SealCallClaims};
use scanseal_signer::{
    CertificateId, KdfParameters, NewPin, NoCoSigner, Operator, OperatorError, Pin, PinPolicyError,
    UnlockError, Unlocked, Vault, authorize_seal_call,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::{
    convert::{
        CertificateView, EnrolCaView, OperatorView, coded, failure, rng, to_js, unix_time,
        unlock_failure,
    },
    enrolment::PhoneEnrolment,
    review::PhoneReview,
    session::ScanSession,
};

/// The vault in memory, and the way to the page's storage. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct Safe {
    vault: Rc<RefCell<Vault>>,
    store: Function,
}

impl Safe {
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Vault) -> T) -> T {
        read(&self.vault.borrow())
    }

    /// Changes the vault and stores it. If storing fails, so does this, though memory keeps the change.
    pub(crate) async fn change<T>(
        &self,
        change: impl FnOnce(&mut Vault) -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        let (result, bytes) = {
            let mut vault = self.vault.borrow_mut();
            (change(&mut vault)?, vault.to_bytes())
        };
        self.put(&bytes).await?;
        Ok(result)
    }

    /// Counts the try, stores that, and only then looks at the PIN.
    pub(crate) async fn unlock(
        &self,
        id: &CertificateId,
        pin: &str,
        now: UnixTime,
    ) -> Result<Unlocked, JsValue> {
        let pin = Pin::parse(pin).map_err(pin_failure)?;
        let begun = self
            .vault
            .borrow_mut()
            .begin_attempt(id, now)
            .map_err(|error| unlock_failure(&error))?;
        self.put(begun.to_store()).await?;
        let attempt = begun.stored();
        self.change(|vault| {
            attempt
                .unlock(vault, &pin)
                .map_err(|error| unlock_failure(&error))
        })
        .await
    }

    async fn put(&self, bytes: &[u8]) -> Result<(), JsValue> {
        let answer = self
            .store
            .call1(&JsValue::UNDEFINED, &Uint8Array::from(bytes))?;
        // `resolve` also takes what is no promise, so a synchronous store works as well.
        JsFuture::from(Promise::resolve(&answer)).await.map(|_| ())
    }
}

/// This phone: certificates, operators, and answering requests.
#[wasm_bindgen]
pub struct Phone {
    safe: Safe,
}

#[wasm_bindgen]
impl Phone {
    /// Opens the vault from what `store` was given last; without `stored`, an empty one.
    ///
    /// Throws `internal` if the bytes are damaged and `client-too-old` if a newer version wrote them.
    pub fn open(
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | null | undefined")] stored: Option<
            Vec<u8>,
        >,
        #[wasm_bindgen(unchecked_param_type = "StoreVault")] store: Function,
    ) -> Result<Self, JsValue> {
        let vault = match stored {
            Some(bytes) => Vault::from_bytes(&bytes).map_err(coded!())?,
            None => Vault::new(),
        };
        Ok(Self {
            safe: Safe {
                vault: Rc::new(RefCell::new(vault)),
                store,
            },
        })
    }

    /// All certificates, oldest entry first. `now` is `Date.now()`.
    #[wasm_bindgen(unchecked_return_type = "PhoneCertificate[]")]
    pub fn certificates(&self, now: f64) -> Result<JsValue, JsValue> {
        let now = unix_time(now);
        self.safe.read(|vault| {
            let views = vault
                .certificates()
                .iter()
                .map(|stored| CertificateView::new(stored, now));
            to_js(&views.collect::<Vec<_>>())
        })
    }

    /// All operators that this phone knows.
    #[wasm_bindgen(unchecked_return_type = "PhoneOperator[]")]
    pub fn operators(&self) -> Result<JsValue, JsValue> {
        self.safe.read(|vault| {
            to_js(
                &vault
                    .operators()
                    .iter()
                    .map(OperatorView::from)
                    .collect::<Vec<_>>(),
            )
        })
    }

    /// Takes an operator's description, the text of `${home}/.well-known/scanseal`, and stores it. The keys of its
    /// trust list are taken once: later, other keys throw `trust-list-invalid` (see `forgetOperator`).
    #[wasm_bindgen(js_name = addOperator, unchecked_return_type = "Promise<PhoneOperator>")]
    pub fn add_operator(&self, home: String, description: String) -> Promise {
        let safe = self.safe.clone();
        promise(async move {
            let operator = Operator::new(&home, &description).map_err(coded!())?;
            safe.change(|vault| {
                let home = operator.home().to_owned();
                vault.add_operator(operator).map_err(coded!())?;
                to_js(&vault.operator(&home).map(OperatorView::from))
            })
            .await
        })
    }

    /// Forgets an operator and its keys. Certificates stay.
    #[wasm_bindgen(js_name = forgetOperator, unchecked_return_type = "Promise<void>")]
    pub fn forget_operator(&self, home: String) -> Promise {
        let safe = self.safe.clone();
        promise(async move {
            safe.change(|vault| {
                vault.forget_operator(&home);
                Ok(JsValue::UNDEFINED)
            })
            .await
        })
    }

    /// Takes an operator's trust list, the text of its `trustList` address, and stores it.
    ///
    /// Throws `trust-list-invalid` (not signed by the operator, damaged, older than one seen) and `trust-list-expired`.
    #[wasm_bindgen(js_name = updateTrustList, unchecked_return_type = "Promise<void>")]
    pub fn update_trust_list(&self, home: String, trust_list: String, now: f64) -> Promise {
        let safe = self.safe.clone();
        promise(async move {
            safe.change(|vault| {
                vault
                    .update_trust_list(&home, &trust_list, unix_time(now))
                    .map_err(coded!())?;
                Ok(JsValue::UNDEFINED)
            })
            .await
        })
    }

    /// The authorities that a person may choose from to enrol with this operator, the usual one first. Empty if there is
    /// no choice. `now` is `Date.now()`.
    ///
    /// Throws `trust-list-expired` without a current trust list, `malformed` for an operator that is not known.
    #[wasm_bindgen(js_name = enrolCas, unchecked_return_type = "EnrolCa[]")]
    pub fn enrol_cas(&self, home: &str, now: f64) -> Result<JsValue, JsValue> {
        self.safe.read(|vault| {
            let operator = vault.operator(home).ok_or(OperatorError::Unknown);
            let cas = operator
                .and_then(|operator| operator.enrolling_cas(unix_time(now)))
                .map_err(coded!())?;
            to_js(&cas.iter().map(EnrolCaView::from).collect::<Vec<_>>())
        })
    }

    /// Removes a certificate and its key for good.
    #[wasm_bindgen(js_name = removeCertificate, unchecked_return_type = "Promise<void>")]
    pub fn remove_certificate(&self, id: String) -> Promise {
        let safe = self.safe.clone();
        promise(async move {
            let id = certificate_id(&id)?;
            safe.change(|vault| {
                vault.remove(&id);
                Ok(JsValue::UNDEFINED)
            })
            .await
        })
    }

    /// Changes a certificate's PIN. Throws like a PIN typed wrongly elsewhere; `malformed` if the new one may not be chosen.
    #[wasm_bindgen(js_name = changePin, unchecked_return_type = "Promise<void>")]
    pub fn change_pin(&self, id: String, old_pin: String, new_pin: String, now: f64) -> Promise {
        let safe = self.safe.clone();
        promise(async move {
            let id = certificate_id(&id)?;
            let new_pin = NewPin::parse(&new_pin).map_err(pin_failure)?;
            let unlocked = safe.unlock(&id, &old_pin, unix_time(now)).await?;
            safe.change(|vault| {
                let changed =
                    vault.change_pin(&unlocked, &new_pin, KdfParameters::CURRENT, &mut rng());
                changed.map_err(|error| unlock_failure(&error))?;
                Ok(JsValue::UNDEFINED)
            })
            .await
        })
    }

    /// Begins to enrol with an operator whose trust list is here. Throws `credit-code-invalid`, and `malformed` for a
    /// name or PIN that cannot be.
    #[wasm_bindgen(js_name = beginEnrolment)]
    pub fn begin_enrolment(
        &self,
        home: &str,
        #[wasm_bindgen(unchecked_param_type = "EnrolmentForm")] form: JsValue,
    ) -> Result<PhoneEnrolment, JsValue> {
        PhoneEnrolment::begin(self.safe.clone(), home, form)
    }

    /// Whether a seal (DER) may be used with a certificate: `undefined`, or the code of why not (`seal-not-yours`,
    /// `seal-expired`, `trust-list-expired`). Whether it was revoked, only its authority can tell. `now` is `Date.now()`.
    #[wasm_bindgen(js_name = sealProblem)]
    pub fn seal_problem(
        &self,
        home: &str,
        certificate: &str,
        seal: &[u8],
        now: f64,
    ) -> Result<Option<String>, JsValue> {
        let id = certificate_id(certificate)?;
        let checked = self
            .safe
            .read(|vault| vault.check_seal(home, &id, seal, unix_time(now)));
        Ok(checked.err().map(|error| error.code().as_str().to_owned()))
    }

    /// The header `Authorization` for one call about seals (docs/electronic-seals.md): `url` as it will be called, with its
    /// query, and the body, empty for none. Unlocks the certificate; `now` is `Date.now()`.
    ///
    /// Throws `pin-wrong` (with `attemptsLeft`), `pin-locked` (with `until`), `malformed` for an address that cannot be.
    #[wasm_bindgen(js_name = authorizeSealCall, unchecked_return_type = "Promise<string>")]
    pub fn authorize_seal_call(
        &self,
        certificate: String,
        pin: String,
        url: String,
        body: Vec<u8>,
        now: f64,
    ) -> Promise {
        let (safe, now) = (self.safe.clone(), unix_time(now));
        promise(async move {
            let id = certificate_id(&certificate)?;
            let (origin, path) = split_address(&url)?;
            let unlocked = safe.unlock(&id, &pin, now).await?;
            let certificate = safe.read(|vault| {
                let stored = vault.certificate(&id);
                stored.map(|stored| stored.certificate().clone())
            });
            let certificate = certificate.ok_or_else(|| unlock_failure(&UnlockError::Unknown))?;
            let mut nonce = [0; 16];
            rng().fill_bytes(&mut nonce);
            let claims = SealCallClaims::new(origin, path, &body, Nonce::from_bytes(nonce), now);
            let signing = authorize_seal_call(unlocked.signer(), &certificate, &claims)
                .map_err(|error| failure(Code::Malformed, &error))?;
            let header = signing
                .run(&mut NoCoSigner)
                .await
                .map_err(|error| failure(Code::Internal, &error))?;
            Ok(header.into())
        })
    }

    /// Starts a scan from the text of a QR code. `now` is `performance.now()`.
    ///
    /// Throws `qr-foreign` and `qr-version`.
    pub fn scan(
        &self,
        text: &str,
        #[wasm_bindgen(unchecked_param_type = "PhoneHello")] hello: JsValue,
        now: f64,
    ) -> Result<ScanSession, JsValue> {
        self.safe
            .read(|vault| ScanSession::begin(vault, text, hello, now))
    }

    /// Checks a request that came over a scan. `now` is `Date.now()`.
    ///
    /// Throws `request-untrusted`, `request-expired`, `origin-refused`, `client-too-old`, `malformed`,
    /// `trust-list-expired`: answer the session with `refuse` and that code.
    pub fn review(&self, home: &str, request: &str, now: f64) -> Result<PhoneReview, JsValue> {
        PhoneReview::new(self.safe.clone(), home, request, unix_time(now))
    }
}

/// A promise of what a future gives.
pub(crate) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    wasm_bindgen_futures::future_to_promise(future)
}

/// An address in its origin and what follows it.
fn split_address(url: &str) -> Result<(Origin, &str), JsValue> {
    let malformed = || failure(Code::Malformed, &"not an address");
    let (scheme, rest) = url.split_once("://").ok_or_else(malformed)?;
    let at = rest.find('/').ok_or_else(malformed)?;
    let (origin, path) = url.split_at(scheme.len() + "://".len() + at);
    let origin = Origin::parse(origin).map_err(|error| failure(Code::Malformed, &error))?;
    Ok((origin, path))
}

pub(crate) fn certificate_id(text: &str) -> Result<CertificateId, JsValue> {
    text.parse()
        .map_err(|error: UnlockError| unlock_failure(&error))
}

pub(crate) fn pin_failure(error: PinPolicyError) -> JsValue {
    failure(Code::Malformed, &error)
}
