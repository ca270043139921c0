//! Answering OCSP questions (RFC 6960 section 4.2).

use der::{
    Any, Decode, Encode,
    asn1::{BitString, GeneralizedTime, Null, OctetString},
};
use spki::AlgorithmIdentifierOwned;

use super::IssueError;
use crate::{
    Certificate, OcspRequest, RevocationReason, SigningKey, UnixTime,
    certificate::serial_bytes_hex,
    oids,
    revocation::ocsp_asn1::{
        BasicResponse, CertId, CertStatusAsn1, OCSP_BASIC, OcspResponseAsn1, ResponderId,
        ResponseBytes, ResponseData, ResponseStatus, RevokedInfo, SingleResponse, nonce_extension,
    },
};

/// What the authority knows about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Issued and not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// Since when.
        since: UnixTime,
        /// Why.
        reason: RevocationReason,
    },
    /// Never issued here.
    Unknown,
}

/// Why a responder gives no answer (RFC 6960 section 4.2.1). Such an answer is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspFailure {
    /// Something is broken here.
    InternalError,
    /// The question cannot be read.
    MalformedRequest,
    /// Ask again later.
    TryLater,
}

/// Signs OCSP answers on behalf of an authority.
#[derive(Clone, Debug)]
pub struct OcspResponder {
    issuer: Certificate,
    certificate: Certificate,
    key: SigningKey,
}

impl OcspFailure {
    /// The answer to send.
    pub fn to_der(self) -> Vec<u8> {
        let response_status = match self {
            Self::InternalError => ResponseStatus::InternalError,
            Self::MalformedRequest => ResponseStatus::MalformedRequest,
            Self::TryLater => ResponseStatus::TryLater,
        };
        OcspResponseAsn1 {
            response_status,
            response_bytes: None,
        }
        .to_der()
        .expect("a bare status always has a DER form")
    }
}

impl OcspResponder {
    /// A responder with a certificate of [`Profile::OcspResponder`](super::Profile::OcspResponder) from `issuer`.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if `issuer` has not delegated it, [`IssueError::KeyMismatch`] if the key is another.
    pub fn new(
        issuer: Certificate,
        certificate: Certificate,
        key: SigningKey,
    ) -> Result<Self, IssueError> {
        if !certificate
            .outline()
            .has_extended_usage(oids::EKU_OCSP_SIGNING)
            || certificate.verify_signed_by(issuer.public_key()).is_err()
        {
            return Err(IssueError::NotAnAuthority);
        }
        if *certificate.public_key() != key.public_key() {
            return Err(IssueError::KeyMismatch);
        }
        Ok(Self {
            issuer,
            certificate,
            key,
        })
    }

    /// The responder's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Answers a question as of `this_update`. `status` is asked with each serial number in hexadecimal, as
    /// [`Certificate::serial_hex`] gives it. Certificates of other authorities are unknown here.
    ///
    /// # Errors
    /// [`IssueError`] if the times are in the wrong order or beyond the year 9999.
    pub fn answer(
        &self,
        request: &OcspRequest,
        this_update: UnixTime,
        next_update: UnixTime,
        status: impl Fn(&str) -> CertificateStatus,
    ) -> Result<Vec<u8>, IssueError> {
        if next_update <= this_update {
            return Err(IssueError::EmptyValidity);
        }
        let (this_update, next_update) = (
            generalized_time(this_update)?,
            generalized_time(next_update)?,
        );
        let answer = |cert_id: &CertId| {
            let known = if cert_id.is_of(self.issuer.outline()) {
                status(&serial_bytes_hex(cert_id.serial_number.as_bytes()))
            } else {
                CertificateStatus::Unknown
            };
            Ok(SingleResponse {
                cert_id: cert_id.clone(),
                cert_status: encode(known)?,
                this_update,
                next_update: Some(next_update),
                single_extensions: None,
            })
        };
        let data = ResponseData {
            version: Default::default(),
            responder_id: ResponderId::by_key(self.certificate.outline())?,
            produced_at: this_update,
            responses: request
                .certificates
                .iter()
                .map(answer)
                .collect::<der::Result<_>>()?,
            response_extensions: request
                .nonce()
                .map(nonce_extension)
                .transpose()?
                .map(|extension| vec![extension]),
        };
        Ok(self.sign(&data)?)
    }

    fn sign(&self, data: &ResponseData) -> der::Result<Vec<u8>> {
        let to_be_signed = data.to_der()?;
        let basic = BasicResponse {
            tbs_response_data: Any::from_der(&to_be_signed)?,
            signature_algorithm: AlgorithmIdentifierOwned {
                oid: oids::ECDSA_WITH_SHA256,
                parameters: None,
            },
            signature: BitString::from_bytes(&self.key.sign_es256_der(&to_be_signed))?,
            certs: Some(vec![Any::from_der(self.certificate.der())?]),
        };
        let bytes = ResponseBytes {
            response_type: OCSP_BASIC,
            response: OctetString::new(basic.to_der()?)?,
        };
        OcspResponseAsn1 {
            response_status: ResponseStatus::Successful,
            response_bytes: Some(bytes),
        }
        .to_der()
    }
}

fn encode(status: CertificateStatus) -> der::Result<CertStatusAsn1> {
    Ok(match status {
        CertificateStatus::Good => CertStatusAsn1::Good(Null),
        CertificateStatus::Revoked { since, reason } => CertStatusAsn1::Revoked(RevokedInfo {
            revocation_time: generalized_time(since)?,
            revocation_reason: (reason != RevocationReason::Unspecified).then_some(reason),
        }),
        CertificateStatus::Unknown => CertStatusAsn1::Unknown(Null),
    })
}

fn generalized_time(at: UnixTime) -> der::Result<GeneralizedTime> {
    GeneralizedTime::from_unix_duration(at.to_duration())
}
