//! Documents of a request to seal: what the request says of them, and what comes back.

use core::fmt;

use data_encoding::HEXLOWER;
use scanseal_pades::{
    PdfError,
    file::Pdf,
    verify::{AddedImpression, report::Report},
};
use scanseal_pdf_wasm::{HostSource, Reader, refusal};
use scanseal_pki::{Certificate, Crl, ElectronicSeal, SealFault, SealFormatError, TrustList};
use scanseal_platform::sealing::{Returned, Sealed};
use scanseal_protocol::{error::Code, report::Refused, revoked_seals::RevokedSeals};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::{
    from_json,
    input::{TrustListInput, der, revocation_lists},
    to_json, wrong_input,
};

/// How many pages a document has that is to be sealed.
///
/// # Errors
/// The code of what keeps it from being sealed: it cannot be read, or it is encrypted.
#[wasm_bindgen(js_name = documentPages)]
pub fn document_pages(document: Reader) -> Result<u32, JsError> {
    let source = HostSource::new(document);
    let pages = || {
        let pdf = Pdf::open(&source, None)?;
        Ok::<_, PdfError>((pdf.is_encrypted(), pdf.latest().pages()?))
    };
    match pages() {
        Ok((true, _)) => {
            let code = Code::DocumentEncrypted.to_string();
            Err(refusal(&code, &"what is encrypted is not sealed"))
        }
        Ok((false, 0)) => Err(refusal(
            &Code::DocumentDamaged.to_string(),
            &"it has no pages",
        )),
        Ok((false, pages)) => Ok(pages),
        Err(error) => Err(refusal(error.code(), &error)),
    }
}

/// Checks a document that comes back sealed, and before it the trust list that it is checked with.
///
/// # Errors
/// An error that names the member of the input that cannot be read.
#[wasm_bindgen(js_name = checkSealed)]
pub fn check_sealed(input: &str, original: Reader, appended: &[u8]) -> Result<String, JsError> {
    let input: SealedInput = from_json(input)?;
    let (digest, certificate, crls) = (input.digest()?, input.certificate()?, input.crls()?);
    let trust = match input.trust.verify()? {
        Ok(trust) => trust,
        Err(Refused { code, .. }) => {
            return to_json(&SealedVerdict::refused(code, &"the trust list is refused"));
        }
    };
    let revoked = input.revoked_seals(&trust)?;
    let seal = match input.seal()? {
        Ok(seal) => seal,
        Err(reason) => return to_json(&SealedVerdict::refused(Code::SealNotYours, &reason)),
    };
    let returned = Returned {
        original: &HostSource::new(original),
        appended,
        digest: &digest,
        certificate: &certificate,
        seal: seal.as_ref(),
        trust: &trust,
        crls: &crls,
        now: input.trust.now,
    };
    let checked = returned.check().and_then(|sealed| {
        let seal = seal.as_ref().map(|seal| UsedSeal::of(seal, &returned));
        Ok((sealed, seal.transpose()?))
    });
    match &checked {
        Ok((_, Some(seal))) if seal.is_in(&revoked) => {
            let detail = format!("its authority has revoked the seal {}", seal.id);
            to_json(&SealedVerdict::refused(Code::SealRevoked, &detail))
        }
        Ok((sealed, seal)) => to_json(&SealedVerdict::sealed(sealed, seal.as_ref())),
        Err(refused) => to_json(&SealedVerdict::refused(refused.code(), refused)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SealedInput {
    #[serde(flatten)]
    trust: TrustListInput,
    /// Lower-case hexadecimal, as the verdict on the assertion has it.
    digest: String,
    /// DER, base64.
    certificate: String,
    /// DER, base64.
    seal: Option<String>,
    /// DER, base64.
    crls: Vec<String>,
    /// Lists of the authorities (JWS).
    revoked_seals: Vec<String>,
}

impl SealedInput {
    fn digest(&self) -> Result<[u8; 32], JsError> {
        let bytes = HEXLOWER.decode(self.digest.as_bytes()).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| wrong_input("digest", &"expected 32 bytes in lower-case hexadecimal"))
    }

    fn certificate(&self) -> Result<Certificate, JsError> {
        Certificate::from_der(&der(&self.certificate, "certificate")?)
            .map_err(|reason| wrong_input("certificate", &reason))
    }

    fn crls(&self) -> Result<Vec<Crl>, JsError> {
        revocation_lists(&self.crls)
    }

    /// The server fetches the lists: one that cannot be used is its mistake, and no reason to do without.
    fn revoked_seals(&self, trust: &TrustList) -> Result<Vec<RevokedSeals>, JsError> {
        let read = |text: &String| {
            let made = |ca| RevokedSeals::verify(text, ca, self.trust.now).ok();
            trust.cas().iter().find_map(made).ok_or_else(|| {
                let reason = "one is of no authority of the trust list, or has expired";
                wrong_input("revokedSeals", &reason)
            })
        };
        self.revoked_seals.iter().map(read).collect()
    }

    /// The seal comes from the page: what is none is refused, and no mistake of the server.
    fn seal(&self) -> Result<Result<Option<ElectronicSeal>, SealFormatError>, JsError> {
        let Some(text) = &self.seal else {
            return Ok(Ok(None));
        };
        Ok(ElectronicSeal::from_der(&der(text, "seal")?).map(Some))
    }
}

/// What was found; `verified` says which.
#[derive(Serialize)]
#[serde(untagged)]
enum SealedVerdict<'a> {
    Sealed {
        verified: bool,
        field: &'a str,
        places: Vec<Place>,
        seal: Option<&'a UsedSeal<'a>>,
        report: &'a Report,
    },
    Refused {
        verified: bool,
        code: Code,
        detail: String,
    },
}

/// Where the seal shows.
#[derive(Serialize)]
struct Place {
    page: u32,
    rect: [f64; 4],
}

/// The electronic seal, by which its authority's list names it once it is revoked.
#[derive(Serialize)]
struct UsedSeal<'a> {
    id: &'a str,
    name: &'a str,
    authority: &'a str,
}

impl<'a> UsedSeal<'a> {
    fn of(seal: &'a ElectronicSeal, at: &Returned<'a>) -> Result<Self, SealFault> {
        let authority = seal.check(at.trust, at.certificate, at.now)?;
        Ok(Self {
            id: &seal.info().id,
            name: &seal.info().name,
            authority: &authority.id,
        })
    }

    fn is_in(&self, lists: &[RevokedSeals]) -> bool {
        let mut lists = lists.iter();
        lists.any(|list| list.authority == self.authority && list.find(self.id).is_some())
    }
}

impl<'a> SealedVerdict<'a> {
    fn sealed(Sealed { added, report }: &'a Sealed, seal: Option<&'a UsedSeal<'a>>) -> Self {
        let place = |impression: &AddedImpression| Place {
            page: impression.page,
            rect: impression.rect,
        };
        Self::Sealed {
            verified: true,
            field: &added.field,
            places: added.impressions.iter().map(place).collect(),
            seal,
            report,
        }
    }

    fn refused(code: Code, detail: &dyn fmt::Display) -> Self {
        Self::Refused {
            verified: false,
            code,
            detail: detail.to_string(),
        }
    }
}
