//! What a server hands in, in JSON.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use scanseal_pki::{
    CreditCode, Crl, EnterpriseMismatch, OcspResponse, Revocation, RevocationPolicy, UnixTime,
    compare_stated_enterprise,
};
use scanseal_protocol::request::Request;
use serde::Deserialize;
use wasm_bindgen::JsError;

use crate::wrong_input;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrustListInput {
    pub(crate) trust_list: String,
    /// SPKI thumbprints, base64url.
    list_keys: Vec<String>,
    pub(crate) last_version: Option<u64>,
    pub(crate) now: UnixTime,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssertionInput {
    pub(crate) assertion: String,
    request: String,
    channel_binding: String,
    #[serde(flatten)]
    pub(crate) trust: TrustListInput,
    /// DER, base64.
    crls: Vec<String>,
    /// DER, base64.
    ocsp: Vec<String>,
    revocation: Policy,
}

/// What a certificate stated, and what an account has.
#[derive(Deserialize)]
pub(crate) struct EnterpriseInput {
    certificate: StatedEnterprise,
    account: RegisteredEnterprise,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatedEnterprise {
    enterprise: Option<String>,
    credit_code: Option<CreditCode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredEnterprise {
    enterprise: String,
    credit_code: CreditCode,
}

impl EnterpriseInput {
    pub(crate) fn compare(&self) -> Result<(), EnterpriseMismatch> {
        let Self {
            certificate,
            account,
        } = self;
        compare_stated_enterprise(
            certificate.enterprise.as_deref(),
            certificate.credit_code.as_ref(),
            &account.enterprise,
            &account.credit_code,
        )
    }
}

/// What to do with a certificate about which the evidence says nothing.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Policy {
    AllowUnknown,
    RequireAll,
    RequireLeaf,
}

impl TrustListInput {
    pub(crate) fn list_keys(&self) -> Result<Vec<[u8; 32]>, JsError> {
        let read = |text: &String| {
            thumbprint(text).ok_or_else(|| {
                wrong_input(
                    "listKeys",
                    &"expected 32 bytes in base64url without padding",
                )
            })
        };
        self.list_keys.iter().map(read).collect()
    }
}

impl AssertionInput {
    pub(crate) fn request(&self) -> Result<Request, JsError> {
        Request::parse(&self.request).map_err(|reason| wrong_input("request", &reason))
    }

    /// The channel binding comes from the page: what cannot be read is refused, and no mistake of the server.
    pub(crate) fn channel_binding(&self) -> Option<[u8; 32]> {
        thumbprint(&self.channel_binding)
    }

    pub(crate) fn revocation(&self) -> Result<Revocation, JsError> {
        let mut revocation = Revocation::new(match self.revocation {
            Policy::AllowUnknown => RevocationPolicy::AllowUnknown,
            Policy::RequireAll => RevocationPolicy::RequireAll,
            Policy::RequireLeaf => RevocationPolicy::RequireLeaf,
        });
        for crl in revocation_lists(&self.crls)? {
            revocation = revocation.with_crl(crl);
        }
        for text in &self.ocsp {
            let answer = OcspResponse::from_der(&der(text, "ocsp")?)
                .map_err(|reason| wrong_input("ocsp", &reason))?;
            revocation = revocation.with_ocsp(answer);
        }
        Ok(revocation)
    }
}

fn thumbprint(text: &str) -> Option<[u8; 32]> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// Revocation lists, DER in base64.
pub(crate) fn revocation_lists(texts: &[String]) -> Result<Vec<Crl>, JsError> {
    let read = |text: &String| {
        Crl::from_der(&der(text, "crls")?).map_err(|reason| wrong_input("crls", &reason))
    };
    texts.iter().map(read).collect()
}

pub(crate) fn der(text: &str, member: &str) -> Result<Vec<u8>, JsError> {
    BASE64
        .decode(text.as_bytes())
        .map_err(|reason| wrong_input(member, &reason))
}
