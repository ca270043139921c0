//! What a server gets back, in JSON.

use data_encoding::{BASE64, HEXLOWER};
use scanseal_pki::{
    CaKind, Certificate, EnterpriseField, EnterpriseMismatch, LocalizedName, TrustList, UnixTime,
};
use scanseal_protocol::{
    assertion::VerifiedAssertion,
    error::Code,
    report::{Check, CheckOutcome, CheckResult, Refused},
};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct AssertionVerdict<'a> {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    report: Vec<CheckResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<HolderCertificate<'a>>,
    /// Of each document that was to be sealed: the digest that was signed, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<Vec<Option<String>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HolderCertificate<'a> {
    enterprise: Option<&'a str>,
    credit_code: Option<String>,
    common_name: Option<&'a str>,
    issuer: Option<&'a str>,
    serial: String,
    not_before: UnixTime,
    not_after: UnixTime,
    sha256: String,
    authority: &'a str,
    authority_name: &'a LocalizedName,
    kind: CaKind,
    /// The certificate itself, DER in base64: to check its path and revocation again later.
    der: String,
}

/// What of an enterprise differs; no code and no fields if nothing does.
#[derive(Serialize)]
pub(crate) struct EnterpriseVerdict {
    code: Option<Code>,
    fields: &'static [EnterpriseField],
}

#[derive(Serialize)]
pub(crate) struct TrustListVerdict<'a> {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    report: Vec<CheckResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<Contents<'a>>,
}

#[derive(Serialize)]
struct Contents<'a> {
    version: u64,
    issued: UnixTime,
    expires: UnixTime,
    operator: &'a str,
    authorities: Vec<Authority<'a>>,
    platforms: Vec<Platform<'a>>,
}

#[derive(Serialize)]
struct Authority<'a> {
    id: &'a str,
    name: &'a LocalizedName,
    kind: CaKind,
    /// DER in base64.
    roots: Vec<String>,
    intermediates: Vec<String>,
}

#[derive(Serialize)]
struct Platform<'a> {
    id: &'a str,
    name: &'a LocalizedName,
    origins: &'a [String],
}

impl<'a> AssertionVerdict<'a> {
    pub(crate) fn verified(assertion: &'a VerifiedAssertion) -> Self {
        let (certificate, authority) = (assertion.certificate(), assertion.authority());
        let certificate = HolderCertificate {
            enterprise: certificate.organization(),
            credit_code: certificate.credit_code().map(ToString::to_string),
            common_name: certificate.common_name(),
            issuer: certificate.issuer_common_name(),
            serial: certificate.serial_hex(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            sha256: HEXLOWER.encode(&certificate.sha256()),
            authority: &authority.id,
            authority_name: &authority.name,
            kind: authority.kind,
            der: BASE64.encode(certificate.der()),
        };
        let report = assertion.report().checks().to_vec();
        let digest = |signed: &Option<[u8; 32]>| signed.map(|digest| HEXLOWER.encode(&digest));
        let documents = assertion.claims().documents.as_ref();
        Self {
            verified: true,
            code: None,
            report,
            certificate: Some(certificate),
            documents: documents.map(|documents| documents.iter().map(digest).collect()),
        }
    }

    pub(crate) fn refused(refused: &Refused) -> Self {
        let report = refused.report.checks().to_vec();
        Self {
            verified: false,
            code: Some(refused.code),
            report,
            certificate: None,
            documents: None,
        }
    }

    pub(crate) fn no_channel_binding() -> Self {
        let code = Some(Code::AssertionInvalid);
        let detail = Some(
            "the page's channel binding is not 32 bytes in base64url without padding".to_owned(),
        );
        let line = CheckResult {
            check: Check::Channel,
            outcome: CheckOutcome::Failed,
            code,
            detail,
        };
        Self {
            verified: false,
            code,
            report: vec![line],
            certificate: None,
            documents: None,
        }
    }
}

impl From<Result<(), EnterpriseMismatch>> for EnterpriseVerdict {
    fn from(compared: Result<(), EnterpriseMismatch>) -> Self {
        let mismatch = compared.err();
        Self {
            code: mismatch.map(Code::from),
            fields: mismatch.map_or(&[], EnterpriseMismatch::fields),
        }
    }
}

impl<'a> TrustListVerdict<'a> {
    pub(crate) fn verified(list: &'a TrustList) -> Self {
        let ders = |certificates: &[Certificate]| {
            let encoded = certificates.iter();
            encoded
                .map(|certificate| BASE64.encode(certificate.der()))
                .collect()
        };
        let authorities = list
            .cas()
            .iter()
            .map(|ca| Authority {
                id: &ca.id,
                name: &ca.name,
                kind: ca.kind,
                roots: ders(&ca.roots),
                intermediates: ders(&ca.intermediates),
            })
            .collect();
        let platforms = list
            .platforms()
            .iter()
            .map(|platform| Platform {
                id: &platform.id,
                name: &platform.name,
                origins: &platform.origins,
            })
            .collect();
        let list = Contents {
            version: list.version(),
            issued: list.issued(),
            expires: list.expires(),
            operator: list.operator(),
            authorities,
            platforms,
        };
        Self {
            verified: true,
            code: None,
            report: Vec::new(),
            list: Some(list),
        }
    }

    pub(crate) fn refused(refused: &Refused) -> Self {
        let report = refused.report.checks().to_vec();
        Self {
            verified: false,
            code: Some(refused.code),
            report,
            list: None,
        }
    }
}
