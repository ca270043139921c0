//! Sealing in two halves, with the signature made elsewhere in between.

use scanseal_pades::{
    Appended, Source,
    seal::{self, FieldChoice, Picture, Prepared, SealError, SealRequest, TextLine},
    verify,
};
use scanseal_pdf_wasm::{HostSource, Reader, certificates, refusal, to_json};
use scanseal_pki::{
    AnyCertificate, Certificate, ElectronicSeal, Sha256State, TimestampRequest, TimestampToken,
    UnixTime,
    cms::{SignedAttributes, der_signature, reserved_length},
    hex,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;

use crate::input::SealInput;

/// Size of the line of text below a picture, in points.
const TEXT_SIZE: f64 = 9.0;

const POINTS_PER_MILLIMETRE: f64 = 72.0 / 25.4;

/// A file that waits for its signature.
#[wasm_bindgen]
pub struct Sealing {
    source: HostSource,
    password: Option<String>,
    prepared: Prepared,
    signer: Certificate,
    chain: Vec<AnyCertificate>,
    attributes: Option<SignedAttributes>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    field: String,
    byte_range: [u64; 4],
    /// Begin and end of what is to be hashed.
    ranges: [[u64; 2]; 2],
    impressions: Vec<Impression>,
}

#[derive(Serialize)]
struct Impression {
    page: u32,
    rect: [f64; 4],
}

#[wasm_bindgen]
impl Sealing {
    /// Lays everything out. `picture` is a picture, or, where `is_seal` says so, an electronic seal (`docs/electronic-seals.md`).
    ///
    /// # Errors
    /// The code of the reason why the document cannot be sealed so.
    #[wasm_bindgen(constructor)]
    pub fn new(
        reader: Reader,
        input: &JsValue,
        picture: Option<Vec<u8>>,
        is_seal: bool,
    ) -> Result<Self, JsError> {
        let input = SealInput::read(input)?;
        let mut chain = certificates(&input.certificate)?;
        for text in &input.chain {
            chain.extend(certificates(text)?);
        }
        let leaf = chain.first().map(AnyCertificate::der).unwrap_or_default();
        let signer = Certificate::from_der(leaf)
            .map_err(|error| refusal("certificate-untrusted", &error))?;
        let source = HostSource::new(reader);
        let picture = match picture {
            Some(seal) if is_seal => Some(drawn(&seal)?),
            picture => picture.map(|picture| (picture, None)),
        };
        let prepared = prepare(&source, &input, picture, &chain)
            .map_err(|error| refusal(error.code(), &error))?;
        Ok(Self {
            source,
            password: input.password,
            prepared,
            signer,
            chain,
            attributes: None,
        })
    }

    /// JSON of what is known so far.
    ///
    /// # Errors
    /// Never; the signature is that of the binding.
    pub fn description(&self) -> Result<String, JsError> {
        let byte_range = self.prepared.byte_range();
        let [a, b, c, d] = byte_range;
        let impressions = self.prepared.impressions().iter();
        to_json(&Description {
            field: self.prepared.field().to_owned(),
            byte_range,
            ranges: [[a, a + b], [c, c + d]],
            impressions: impressions
                .map(|impression| Impression {
                    page: impression.page,
                    rect: [
                        impression.rect.left,
                        impression.rect.bottom,
                        impression.rect.right,
                        impression.rect.top,
                    ],
                })
                .collect(),
        })
    }

    /// The bytes that come after the original, the signature still zero.
    pub fn appended(&self) -> Vec<u8> {
        self.prepared.appended().to_vec()
    }

    /// SHA-256 over the byte range, in hexadecimal, where the host has no hashing.
    ///
    /// # Errors
    /// `internal` if the host does not read on.
    pub fn digest(&self) -> Result<String, JsError> {
        let digest = self.prepared.digest(&self.source);
        digest
            .map(|digest| hex::lower(&digest))
            .map_err(|error| refusal(error.code(), &error))
    }

    /// The same, where the original has been hashed already: the state after its last whole block, and what comes after that.
    ///
    /// # Errors
    /// `malformed` if they are not of an original of that length.
    #[wasm_bindgen(js_name = digestAfter)]
    pub fn digest_after(&self, state: &[u8], tail: &[u8]) -> Result<String, JsError> {
        let mut hash = state
            .try_into()
            .ok()
            .and_then(|state| Sha256State::resume(state, tail, self.source.length()))
            .ok_or_else(|| refusal("malformed", &"no state of this original"))?;
        self.prepared.hash_appended_with(|bytes| hash.update(bytes));
        Ok(hex::lower(&hash.finish()))
    }

    /// What the key has to sign. `digest` is SHA-256 over the byte range, in hexadecimal.
    ///
    /// # Errors
    /// `malformed` if it is no such digest.
    #[wasm_bindgen(js_name = toBeSigned)]
    pub fn to_be_signed(&mut self, digest: &str) -> Result<Vec<u8>, JsError> {
        let digest: [u8; 32] = hex::decode(digest)
            .and_then(|digest| digest.try_into().ok())
            .ok_or_else(|| refusal("malformed", &"no SHA-256 in hexadecimal"))?;
        let attributes = SignedAttributes::new(&self.signer, &digest);
        let bytes = attributes.to_be_signed().to_vec();
        self.attributes = Some(attributes);
        Ok(bytes)
    }

    /// A request for a time stamp over the signature value (RFC 3161), in DER.
    ///
    /// # Errors
    /// `malformed` if the signature is none.
    #[wasm_bindgen(js_name = timestampRequest)]
    pub fn timestamp_request(&self, signature: &[u8]) -> Result<Vec<u8>, JsError> {
        Ok(request(&read_signature(signature)?).der().to_vec())
    }

    /// The bytes to append to the original. They are verified before.
    ///
    /// # Errors
    /// `signature-too-large`; `assertion-invalid` if the signature is not one of that key over `toBeSigned`; `malformed` if the
    /// time-stamp authority gave no stamp.
    pub fn finish(
        &mut self,
        signature: &[u8],
        timestamp: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, JsError> {
        let attributes = self
            .attributes
            .as_ref()
            .ok_or_else(|| refusal("malformed", &"toBeSigned comes first"))?;
        let signature = read_signature(signature)?;
        let token = timestamp
            .map(|response| TimestampToken::from_response(&response, &request(&signature)))
            .transpose()
            .map_err(|error| refusal("malformed", &error))?;
        let cms = attributes
            .finish(&signature, &self.chain, token.as_ref())
            .map_err(|error| refusal("assertion-invalid", &error))?;
        let byte_range = self.prepared.byte_range();
        let appended = self
            .prepared
            .clone()
            .finish(&cms)
            .map_err(|error| refusal(error.code(), &error))?;
        let sealed = Appended::new(&self.source, &appended);
        verify::check_sealed(
            &sealed,
            self.password.as_deref(),
            byte_range,
            attributes.message_digest(),
        )
        .map_err(|reasons| {
            refusal(
                "internal",
                &format_args!("the sealed file does not verify: {reasons:?}"),
            )
        })?;
        Ok(appended)
    }
}

/// A picture, and how large it is if that is known.
type Drawn = (Vec<u8>, Option<(f64, f64)>);

/// How an electronic seal looks. Whether it may be used, phone and platform find out.
fn drawn(seal: &[u8]) -> Result<Drawn, JsError> {
    let look = ElectronicSeal::look(seal).map_err(|error| refusal("malformed", &error))?;
    let (picture, (width, height)) = look;
    #[expect(clippy::cast_precision_loss, reason = "a seal has at most 100 mm")]
    let millimetres = (width as f64, height as f64);
    Ok((picture.to_vec(), Some(millimetres)))
}

fn prepare(
    source: &HostSource,
    input: &SealInput,
    picture: Option<Drawn>,
    chain: &[AnyCertificate],
) -> Result<Prepared, SealError> {
    let mut picture = picture
        .map(|(bytes, millimetres)| Picture::read(&bytes, millimetres))
        .transpose()?;
    if let Some(millimetres) = input.picture_width {
        picture = picture
            .map(|picture| picture.with_width(millimetres * POINTS_PER_MILLIMETRE))
            .transpose()?;
    }
    let text = input.text.as_deref();
    let field = input.field.clone();
    let time = UnixTime::from_secs(input.time);
    let request = SealRequest {
        field: field.map_or(FieldChoice::New(None), FieldChoice::Named),
        places: input.places.clone(),
        picture: picture.as_ref(),
        text: text
            .map(|text| TextLine::new(text, TEXT_SIZE))
            .transpose()?,
        reason: input.reason.clone(),
        location: input.location.clone(),
        contact: input.contact.clone(),
        name: chain.first().and_then(AnyCertificate::common_name),
        certification: input.certification,
        lock: input.lock.clone(),
        password: input.password.as_deref(),
        ..SealRequest::new(time, reserved_length(chain, input.timestamp))
    };
    seal::prepare(source, &request)
}

/// Without a nonce: the answer is checked against the signature, which nobody has stamped before.
fn request(signature: &[u8]) -> TimestampRequest {
    TimestampRequest::new(&Sha256::digest(signature).into(), None)
}

/// ECDSA in DER: as it is, or made from r and s of 32 bytes each, as WebCrypto gives them.
fn read_signature(signature: &[u8]) -> Result<Vec<u8>, JsError> {
    der_signature(signature).map_err(|error| refusal("assertion-invalid", &error))
}
