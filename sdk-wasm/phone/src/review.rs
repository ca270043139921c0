//! A request on the phone's screen, and its approval.

use std::rc::Rc;

use js_sys::Promise;
use scanseal_pki::{
    CaKind, CreditCode, EnterpriseField, EnterpriseMismatch, LocalizedName, UnixTime,
};
use scanseal_protocol::{
    error::Code,
    request::{Account, Context, Display},
};
use scanseal_signer::{Candidate, CertificateId, NoCoSigner, Review, Vault};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    convert::{CertificateView, coded, date, failure, to_js, unix_time},
    phone::{Safe, certificate_id, promise},
};

/// A request that was checked and may be shown.
#[wasm_bindgen]
pub struct PhoneReview {
    safe: Safe,
    review: Rc<Review>,
    reviewed_at: UnixTime,
}

/// `RequestDetails` of types.d.ts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    platform: &'a LocalizedName,
    platform_id: &'a str,
    origin: &'a str,
    op: &'a str,
    account: Option<AccountView<'a>>,
    display: &'a Display,
    context: &'a Context,
    expires: f64,
    candidates: Vec<CandidateView<'a>>,
}

/// `RequestAccount` of types.d.ts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView<'a> {
    name: &'a str,
    enterprise: &'a str,
    credit_code: &'a CreditCode,
    replaces: Option<String>,
}

impl<'a> From<&'a Account> for AccountView<'a> {
    fn from(account: &'a Account) -> Self {
        let id = |sha256| CertificateId::of_sha256(sha256).to_string();
        Self {
            name: &account.name,
            enterprise: &account.enterprise,
            credit_code: &account.credit_code,
            replaces: account.replaces.as_ref().map(id),
        }
    }
}

/// `Candidate` of types.d.ts.
#[derive(Serialize)]
struct CandidateView<'a> {
    certificate: CertificateView,
    kind: Option<CaKind>,
    ca: Option<&'a LocalizedName>,
    unfit: Option<Code>,
    mismatch: &'static [EnterpriseField],
}

impl<'a> CandidateView<'a> {
    fn new(candidate: &'a Candidate, vault: &Vault, now: UnixTime) -> Option<Self> {
        let ca = candidate.ca();
        Some(Self {
            certificate: CertificateView::new(vault.certificate(&candidate.id())?, now),
            kind: ca.map(|ca| ca.kind),
            ca: ca.map(|ca| &ca.name),
            unfit: candidate.unfit(),
            mismatch: candidate.mismatch().map_or(&[], EnterpriseMismatch::fields),
        })
    }
}

#[wasm_bindgen]
impl PhoneReview {
    /// Everything to show.
    #[wasm_bindgen(getter, unchecked_return_type = "RequestDetails")]
    pub fn details(&self) -> Result<JsValue, JsValue> {
        let (claims, platform) = (self.review.claims(), self.review.platform());
        self.safe.read(|vault| {
            // A certificate that was removed since is no candidate any more.
            let view = |candidate| CandidateView::new(candidate, vault, self.reviewed_at);
            to_js(&Details {
                platform: &platform.name,
                platform_id: &platform.id,
                origin: claims.origin.as_str(),
                op: claims.op.as_str(),
                account: self.review.account().map(AccountView::from),
                display: &claims.display,
                context: &claims.context,
                expires: date(claims.exp),
                candidates: self.review.candidates().iter().filter_map(view).collect(),
            })
        })
    }

    /// The code to refuse with when no candidate fits; `undefined` if one does.
    #[wasm_bindgen(getter, js_name = noneFits)]
    pub fn none_fits(&self) -> Option<String> {
        self.review.none_fits().map(|code| code.as_str().to_owned())
    }

    /// Unlocks the certificate and signs the assertion. The try is stored before the PIN is looked at.
    ///
    /// `channelBinding` is the one of the event `requested`; `now` is `Date.now()`.
    /// Throws `pin-wrong` (with `attemptsLeft`), `pin-locked` (with `until`), `request-expired`, a candidate's `unfit`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn approve(
        &self,
        certificate: String,
        pin: String,
        channel_binding: String,
        now: f64,
    ) -> Promise {
        let (safe, review, now) = (self.safe.clone(), Rc::clone(&self.review), unix_time(now));
        promise(async move {
            let id = certificate_id(&certificate)?;
            let binding = data_encoding::BASE64URL_NOPAD
                .decode(channel_binding.as_bytes())
                .ok();
            let binding: Option<[u8; 32]> = binding.and_then(|bytes| bytes.try_into().ok());
            let binding = binding.ok_or_else(|| {
                failure(
                    Code::Malformed,
                    &"the channel binding has 32 bytes in base64url",
                )
            })?;
            // Before the PIN, so that no try is spent on what cannot be signed anyway.
            review.check(&id, now).map_err(coded!())?;
            let unlocked = safe.unlock(&id, &pin, now).await?;
            let signing = review.approve(&unlocked, &binding, now).map_err(coded!())?;
            let assertion = signing
                .run(&mut NoCoSigner)
                .await
                .map_err(|error| failure(Code::Internal, &error))?;
            Ok(assertion.into())
        })
    }
}

impl PhoneReview {
    pub(crate) fn new(
        safe: Safe,
        home: &str,
        request: &str,
        now: UnixTime,
    ) -> Result<Self, JsValue> {
        let review = safe
            .read(|vault| Review::new(vault, home, request, now))
            .map_err(coded!())?;
        Ok(Self {
            safe,
            review: Rc::new(review),
            reviewed_at: now,
        })
    }
}
