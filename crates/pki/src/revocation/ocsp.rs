//! OCSP answers (RFC 6960): reading them and judging whether they may be believed.

use core::fmt;
use std::sync::Arc;

use der::{Decode, Encode};

use super::{
    Question, RevocationDataError, RevocationReason, RevocationSource, RevocationStatus,
    check_length, malformed,
    ocsp_asn1::{
        BasicResponse, CertStatusAsn1, OCSP_BASIC, OcspResponseAsn1, ResponseData, ResponseStatus,
        SingleResponse, has_unknown_critical, nonce,
    },
};
use x509_cert::ext::pkix::KeyUsages;

use crate::{UnixTime, oids, outline::Outline, rules::Rules, signed};

/// Largest answer that is read: one answer with its responder's certificate takes about 1 KiB.
pub const MAX_OCSP_LENGTH: usize = 64 * 1024;
/// How long an answer without `nextUpdate` counts. RFC 6960 section 4.2.2.1 then says only that newer news may exist.
const LIFE_WITHOUT_NEXT_UPDATE_SECS: u64 = 3600;
/// Most certificates looked at in an answer: the responder's, and perhaps its issuer's.
const MAX_RESPONDER_CERTIFICATES: usize = 4;

const WHAT: &str = "OCSP answer";

/// An OCSP answer that could be read. Cheap to clone. Who signed it and whether it is fresh is judged when it is used.
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    basic: BasicResponse,
    data: ResponseData,
    nonce: Option<Vec<u8>>,
}

impl OcspResponse {
    /// Reads an answer in DER.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, not a basic answer in DER, or if the responder says that it has none.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        check_length(WHAT, der.len(), MAX_OCSP_LENGTH)?;
        let response = OcspResponseAsn1::from_der(der).map_err(|error| malformed(WHAT, error))?;
        if response.response_status != ResponseStatus::Successful {
            return Err(RevocationDataError::NotSuccessful {
                status: response.response_status as u8,
            });
        }
        let bytes = response
            .response_bytes
            .ok_or_else(|| malformed(WHAT, "it is empty"))?;
        if bytes.response_type != OCSP_BASIC {
            return Err(malformed(WHAT, "it is no basic answer"));
        }
        let basic = BasicResponse::from_der(bytes.response.as_bytes())
            .map_err(|error| malformed(WHAT, error))?;
        let data = basic
            .tbs_response_data
            .decode_as::<ResponseData>()
            .map_err(|error| malformed(WHAT, error))?;
        let nonce =
            nonce(data.response_extensions.as_ref()).map_err(|error| malformed(WHAT, error))?;
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            basic,
            data,
            nonce,
        })))
    }

    /// The answer as it was read.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The nonce, if the responder returned one: whoever sent one compares it (RFC 9654).
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.nonce.as_deref()
    }

    /// When the answer was signed.
    pub fn produced_at(&self) -> UnixTime {
        UnixTime::from_secs(self.0.data.produced_at.to_unix_duration().as_secs())
    }

    pub(crate) fn status(&self, question: &Question<'_>) -> RevocationStatus {
        let data = &self.0.data;
        let Question {
            certificate,
            issuer,
            ..
        } = *question;
        let mut answers = data
            .responses
            .iter()
            .filter(|answer| answer.cert_id.names(certificate, issuer))
            .peekable();
        if answers.peek().is_none()
            || certificate.issuer != issuer.subject
            || has_unknown_critical(data.response_extensions.as_ref())
            || !self.is_signed_for(question)
        {
            return RevocationStatus::Unknown;
        }
        answers
            .map(|answer| judge(answer, question))
            .fold(RevocationStatus::Unknown, RevocationStatus::or_worse)
    }

    /// RFC 6960 section 4.2.2.2: signed by the issuer itself, or by someone the issuer delegated it to.
    fn is_signed_for(&self, question: &Question<'_>) -> bool {
        let Inner { basic, data, .. } = &*self.0;
        let Question { issuer, rules, .. } = *question;
        if data.responder_id.names(issuer) {
            return self.is_signed_by(issuer, rules);
        }
        let at = question.responder_time(self.produced_at());
        let certificates = basic
            .certs
            .iter()
            .flatten()
            .take(MAX_RESPONDER_CERTIFICATES);
        certificates
            .filter_map(|any| (rules.read)(&any.to_der().ok()?))
            .any(|responder| {
                data.responder_id.names(&responder)
                    && is_delegated(&responder, issuer, at, rules)
                    && self.is_signed_by(&responder, rules)
            })
    }

    fn is_signed_by(&self, signer: &Outline, rules: &Rules) -> bool {
        let BasicResponse {
            tbs_response_data,
            signature_algorithm,
            signature,
            ..
        } = &self.0.basic;
        signed::is_by(
            signer,
            rules,
            tbs_response_data,
            signature_algorithm,
            signature,
        )
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("produced_at", &self.produced_at())
            .field("answers", &self.0.data.responses.len())
            .finish_non_exhaustive()
    }
}

fn judge(answer: &SingleResponse, question: &Question<'_>) -> RevocationStatus {
    let source = RevocationSource::Ocsp;
    let time =
        |time: der::asn1::GeneralizedTime| UnixTime::from_secs(time.to_unix_duration().as_secs());
    if has_unknown_critical(answer.single_extensions.as_ref()) {
        return RevocationStatus::Unknown;
    }
    match answer.cert_status {
        CertStatusAsn1::Good(_) => {
            let this_update = time(answer.this_update);
            let next_update = answer.next_update.map(time);
            let next_update = next_update
                .unwrap_or_else(|| this_update.saturating_add_secs(LIFE_WITHOUT_NEXT_UPDATE_SECS));
            question.good(source, this_update, next_update)
        }
        CertStatusAsn1::Revoked(info) => question.revoked(
            source,
            time(info.revocation_time),
            info.revocation_reason
                .unwrap_or(RevocationReason::Unspecified),
        ),
        CertStatusAsn1::Unknown(_) => RevocationStatus::Unknown,
    }
}

/// Whether `issuer` itself made `responder` its OCSP responder. Its own revocation is not asked for, which only
/// ocsp-nocheck permits (RFC 6960 section 4.2.2.2.1); without that mark it is not believed.
fn is_delegated(responder: &Outline, issuer: &Outline, at: UnixTime, rules: &Rules) -> bool {
    let may_sign = if rules.lenient {
        !responder.forbids(KeyUsages::DigitalSignature)
    } else {
        responder.allows(KeyUsages::DigitalSignature)
    };
    responder.issuer == issuer.subject
        && responder.has_extended_usage(oids::EKU_OCSP_SIGNING)
        && may_sign
        && responder.ocsp_nocheck
        && responder.not_before <= at
        && at <= responder.not_after
        && rules.is_signed_by(responder, issuer)
}
