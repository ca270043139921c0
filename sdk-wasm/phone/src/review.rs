//! A request on the phone's screen, and its approval.

use std::rc::Rc;

use js_sys::Promise;
use scanseal_pades::{
    Bytes,
    verify::{NotAdded, SealLook, check_added},
};
use scanseal_pki::{
    CaKind, CreditCode, EnterpriseField, EnterpriseMismatch, LocalizedName, UnixTime, hex,
};
use scanseal_protocol::{
    error::Code,
    request::{Account, Context, Display, Document},
};
use scanseal_signer::{Candidate, CertificateId, DocumentReview, NoCoSigner, Review, Vault};
use serde::Serialize;
use serde_bytes::ByteBuf;
use wasm_bindgen::prelude::*;

use crate::{
    convert::{CertificateView, coded, date, failure, to_js, unix_time},
    phone::{Safe, certificate_id, promise},
    seals::read_seal,
    session::ScanSession,
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
    documents: Vec<DocumentView<'a>>,
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

/// `RequestDocument` of types.d.ts.
#[derive(Serialize)]
struct DocumentView<'a> {
    name: &'a str,
    size: u32,
    pages: u32,
    sha256: String,
}

impl<'a> From<&'a Document> for DocumentView<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            name: &document.name,
            size: document.size,
            pages: document.pages,
            sha256: hex::lower(&document.sha256),
        }
    }
}

/// A document that may be signed: it begins with the one that the platform named, whoever laid it out.
#[wasm_bindgen]
pub struct PhoneDocument(DocumentReview);

#[wasm_bindgen]
impl PhoneDocument {
    /// Which of the request's documents, from 0.
    #[wasm_bindgen(getter)]
    pub fn document(&self) -> usize {
        self.0.document()
    }

    /// The bytes that are signed: two pairs of begin and length.
    #[wasm_bindgen(getter, js_name = byteRange, unchecked_return_type = "[number, number, number, number]")]
    pub fn byte_range(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.byte_range())
    }

    /// SHA-256 over these bytes, computed here: what is signed. Lower-case hexadecimal.
    #[wasm_bindgen(getter)]
    pub fn digest(&self) -> String {
        hex::lower(self.0.digest())
    }
}

/// `AddedSeal` of types.d.ts.
#[derive(Serialize)]
struct AddedView {
    field: String,
    impressions: Vec<ImpressionView>,
}

/// `AddedImpression` of types.d.ts.
#[derive(Serialize)]
struct ImpressionView {
    page: u32,
    rect: [f64; 4],
}

/// `SealAnswer` of types.d.ts.
#[derive(Serialize)]
struct AnswerView {
    assertion: String,
    signatures: Vec<ByteBuf>,
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
                documents: self
                    .review
                    .documents()
                    .iter()
                    .map(DocumentView::from)
                    .collect(),
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

    /// The certificates to choose a seal with, the candidate's own first (DER).
    #[wasm_bindgen(unchecked_return_type = "Uint8Array[]")]
    pub fn chain(&self, certificate: &str) -> Result<JsValue, JsValue> {
        let id = certificate_id(certificate)?;
        let candidate = self
            .review
            .candidates()
            .iter()
            .find(|candidate| candidate.id() == id)
            .ok_or_else(|| failure(Code::CertificateNone, &"no such certificate"))?;
        let chain = candidate.chain().iter();
        to_js(
            &chain
                .map(|certificate| ByteBuf::from(certificate.der()))
                .collect::<Vec<_>>(),
        )
    }

    /// Checks what the page prepared of a document: `appended` is all that it appends to the original. Whether that does
    /// nothing but seal, `inspect` tells with the original.
    ///
    /// Throws `document-changed`, or the code with which the page could not prepare it.
    pub fn document(
        &self,
        session: &ScanSession,
        document: u32,
        certificate: &str,
        appended: &[u8],
    ) -> Result<PhoneDocument, JsValue> {
        let id = certificate_id(certificate)?;
        let prepared = session
            .prepared(document)
            .ok_or_else(|| failure(Code::Malformed, &"the document is not prepared yet"))?;
        self.review
            .document(&id, prepared, appended)
            .map(PhoneDocument)
            .map_err(coded!())
    }

    /// Looks at a whole document: `sealed` is the original with what the page appends. Its beginning is the document that
    /// the platform named, and what follows does nothing but draw the chosen seal (`undefined` for none), no larger than it is.
    ///
    /// Throws `document-changed`, `seal-not-yours` (another picture is drawn), `document-encrypted`, `document-damaged`.
    #[wasm_bindgen(unchecked_return_type = "AddedSeal")]
    pub fn inspect(
        &self,
        document: &PhoneDocument,
        sealed: &[u8],
        seal: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let changed = |message: &dyn core::fmt::Display| failure(Code::DocumentChanged, message);
        let asked = self.review.documents().get(document.0.document());
        let length = asked.map_or(0, |asked| asked.size as usize);
        let is_original = sealed
            .get(..length)
            .is_some_and(|original| document.0.is_original(&self.review, original));
        if !is_original {
            return Err(changed(&"these are not the bytes that the platform named"));
        }
        let added = check_added(&Bytes(sealed), None, length as u64).map_err(|error| {
            let code = match &error {
                NotAdded::Unreadable(error) => Code::from_wire(error.code()),
                _ => Code::DocumentChanged,
            };
            failure(code, &error)
        })?;
        if added.byte_range != document.0.byte_range() {
            return Err(changed(&"the signature covers something else"));
        }
        let seal = seal.map(|der| read_seal(&der)).transpose()?;
        let look = seal.as_ref().map(|seal| SealLook::of(seal.info()));
        if let Some(page) = added.page_with_other_picture(look.as_ref()) {
            let message = format!("page {page} does not show the chosen seal as it was made");
            return Err(failure(Code::SealNotYours, &message));
        }
        let impressions = added.impressions.iter().map(|shown| ImpressionView {
            page: shown.page,
            rect: shown.rect,
        });
        to_js(&AddedView {
            impressions: impressions.collect(),
            field: added.field,
        })
    }

    /// As `approve`, for a request to seal: signs these documents and the assertion, under one PIN.
    #[wasm_bindgen(unchecked_return_type = "Promise<SealAnswer>")]
    pub fn seal(
        &self,
        certificate: String,
        pin: String,
        channel_binding: String,
        documents: Vec<PhoneDocument>,
        now: f64,
    ) -> Promise {
        let (safe, review, now) = (self.safe.clone(), Rc::clone(&self.review), unix_time(now));
        promise(async move {
            let id = certificate_id(&certificate)?;
            let binding = read_binding(&channel_binding)?;
            review.check(&id, now).map_err(coded!())?;
            let documents: Vec<_> = documents.into_iter().map(|document| document.0).collect();
            let unlocked = safe.unlock(&id, &pin, now).await?;
            let signing = review
                .seal(&unlocked, &documents, &binding, now)
                .map_err(coded!())?;
            let answer = signing
                .run(&mut NoCoSigner)
                .await
                .map_err(|error| failure(Code::Internal, &error))?;
            to_js(&AnswerView {
                assertion: answer.assertion,
                signatures: answer.signatures.into_iter().map(ByteBuf::from).collect(),
            })
        })
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
            let binding = read_binding(&channel_binding)?;
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

fn read_binding(text: &str) -> Result<[u8; 32], JsValue> {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            failure(
                Code::Malformed,
                &"the channel binding has 32 bytes in base64url",
            )
        })
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
