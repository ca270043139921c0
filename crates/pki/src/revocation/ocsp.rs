//! OCSP answers (RFC 6960): reading them and judging whether they may be believed.

use core::fmt;
use std::sync::Arc;

use super::{
    Extension, Question, RevocationDataError, RevocationReason, RevocationSource, RevocationStatus,
    check_length, malformed,
    ocsp_asn1::{MAX_NONCE_LENGTH, OCSP_BASIC, OCSP_NONCE, key_hash, names_issuer},
};
use x509_cert::ext::pkix::KeyUsages;

use crate::{
    UnixTime,
    asn1::{self, Element, NotDer},
    oids,
    outline::Outline,
    rules::Rules,
    signed::Signed,
};

/// Largest answer that is read: one answer with its responder's certificate takes about 1 KiB.
pub const MAX_OCSP_LENGTH: usize = 64 * 1024;
/// How long an answer without `nextUpdate` counts. RFC 6960 section 4.2.2.1 then says only that newer news may exist.
const LIFE_WITHOUT_NEXT_UPDATE_SECS: u64 = 3600;
/// Most certificates looked at in an answer: the responder's, and perhaps its issuer's.
const MAX_RESPONDER_CERTIFICATES: usize = 4;

const WHAT: &str = "OCSP answer";
/// The choices of ResponderID, and `revoked` of CertStatus.
const BY_NAME: u8 = asn1::context(1);
const BY_KEY: u8 = asn1::context(2);
const REVOKED: u8 = asn1::context(1);

/// An OCSP answer that could be read. Cheap to clone. Who signed it and whether it is fresh is judged when it is used.
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    /// BasicOCSPResponse, as it was read.
    basic: Vec<u8>,
    data: ResponseData,
}

/// What a responder says (RFC 6960 section 4.2.1), taken out of `ResponseData`.
struct ResponseData {
    responder: Responder,
    produced_at: UnixTime,
    answers: Vec<Answer>,
    unknown_critical: bool,
    nonce: Option<Vec<u8>>,
}

/// Who answers.
enum Responder {
    /// A name in DER.
    Name(Vec<u8>),
    /// SHA-1 of the key.
    Key(Vec<u8>),
}

/// About one certificate.
struct Answer {
    digest_algorithm: Vec<u8>,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    /// As DER writes it.
    serial: Vec<u8>,
    status: Status,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    unknown_critical: bool,
}

enum Status {
    Good,
    Revoked {
        since: UnixTime,
        reason: RevocationReason,
    },
    Unknown,
}

impl OcspResponse {
    /// Reads an answer in DER.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, not a basic answer in DER, or if the responder says that it has none.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        check_length(WHAT, der.len(), MAX_OCSP_LENGTH)?;
        let broken = |NotDer| malformed(WHAT, "its structure is not that of RFC 6960");
        let (status, basic) = read_frame(der).map_err(broken)?;
        if status != 0 {
            return Err(RevocationDataError::NotSuccessful { status });
        }
        let basic = basic.ok_or_else(|| malformed(WHAT, "it is empty"))?;
        let (signed, _) = read_basic(basic).map_err(broken)?;
        let data = ResponseData::read(&signed.to_be_signed).map_err(broken)?;
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            basic: basic.to_vec(),
            data,
        })))
    }

    /// The answer as it was read.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The nonce, if the responder returned one: whoever sent one compares it (RFC 9654).
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.data.nonce.as_deref()
    }

    /// When the answer was signed.
    pub fn produced_at(&self) -> UnixTime {
        self.0.data.produced_at
    }

    pub(crate) fn status(&self, question: &Question<'_>) -> RevocationStatus {
        let data = &self.0.data;
        let Question {
            certificate,
            issuer,
            ..
        } = *question;
        let mut answers = data
            .answers
            .iter()
            .filter(|answer| answer.names(certificate, issuer))
            .peekable();
        if answers.peek().is_none()
            || certificate.issuer != issuer.subject
            || data.unknown_critical
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
        let Ok((signed, certificates)) = read_basic(&self.0.basic) else {
            return false;
        };
        let responder_id = &self.0.data.responder;
        let Question { issuer, rules, .. } = *question;
        if responder_id.names(issuer) {
            return signed.is_by(issuer, rules);
        }
        let at = question.responder_time(self.produced_at());
        certificates
            .into_iter()
            .take(MAX_RESPONDER_CERTIFICATES)
            .filter_map(|certificate| (rules.read)(certificate.raw))
            .any(|responder| {
                responder_id.names(&responder)
                    && is_delegated(&responder, issuer, at, rules)
                    && signed.is_by(&responder, rules)
            })
    }
}

/// OCSPResponse: its status, and the BasicOCSPResponse inside. An error if it is of another type.
fn read_frame(der: &[u8]) -> Result<(u8, Option<&[u8]>), NotDer> {
    let mut fields = Element::only(der, asn1::SEQUENCE)?.elements();
    // 4 is not used.
    let &[status @ (0..=3 | 5 | 6)] = fields.next(asn1::ENUMERATED)?.content else {
        return Err(NotDer);
    };
    let bytes = fields.optional(asn1::context(0))?;
    fields.finish()?;
    let Some(bytes) = bytes else {
        return Ok((status, None));
    };
    let mut fields = bytes.inside(asn1::SEQUENCE)?.elements();
    let basic = fields.next(asn1::OBJECT_IDENTIFIER)?.is(OCSP_BASIC);
    let response = fields.next(asn1::OCTET_STRING)?.content;
    fields.finish()?;
    if basic {
        Ok((status, Some(response)))
    } else {
        Err(NotDer)
    }
}

/// BasicOCSPResponse: what is signed, and the certificates beside it.
fn read_basic(der: &[u8]) -> Result<(Signed<'_>, Vec<Element<'_>>), NotDer> {
    let mut fields = Element::only(der, asn1::SEQUENCE)?.elements();
    let signed = Signed::begin(&mut fields)?;
    let certificates = fields.optional(asn1::context(0))?;
    fields.finish()?;
    let certificates = match certificates {
        Some(certificates) => certificates.inside(asn1::SEQUENCE)?.elements().all()?,
        None => Vec::new(),
    };
    Ok((signed, certificates))
}

impl ResponseData {
    fn read(data: &Element<'_>) -> Result<Self, NotDer> {
        let mut fields = data.elements();
        if let Some(version) = fields.optional(asn1::context(0))?
            && version.inside(asn1::INTEGER)?.unsigned()? > 2
        {
            return Err(NotDer);
        }
        let responder = fields.any()?;
        let responder = match responder.tag {
            BY_NAME => Responder::Name(responder.inside(asn1::SEQUENCE)?.raw.to_vec()),
            BY_KEY => Responder::Key(responder.inside(asn1::OCTET_STRING)?.content.to_vec()),
            _ => return Err(NotDer),
        };
        let produced_at = UnixTime::from_element(&fields.next(asn1::GENERALIZED_TIME)?)?;
        let answers = fields.next(asn1::SEQUENCE)?.elements().all()?;
        let answers = answers.iter().map(Answer::read).collect::<Result<_, _>>()?;
        let extensions = fields.optional(asn1::context(1))?;
        fields.finish()?;
        let extensions = read_extensions(extensions)?;
        Ok(Self {
            responder,
            produced_at,
            answers,
            unknown_critical: has_unknown_critical(&extensions),
            nonce: nonce(&extensions)?,
        })
    }
}

impl Responder {
    fn names(&self, responder: &Outline) -> bool {
        match self {
            Self::Name(name) => *name == responder.subject,
            Self::Key(hash) => *hash == key_hash(responder),
        }
    }
}

impl Answer {
    /// SingleResponse.
    fn read(answer: &Element<'_>) -> Result<Self, NotDer> {
        if answer.tag != asn1::SEQUENCE {
            return Err(NotDer);
        }
        let mut fields = answer.elements();
        let mut id = fields.next(asn1::SEQUENCE)?.elements();
        let mut algorithm = id.next(asn1::SEQUENCE)?.elements();
        let digest_algorithm = algorithm.next(asn1::OBJECT_IDENTIFIER)?.content.to_vec();
        if !algorithm.is_empty() {
            algorithm.any()?;
        }
        algorithm.finish()?;
        let issuer_name_hash = id.next(asn1::OCTET_STRING)?.content.to_vec();
        let issuer_key_hash = id.next(asn1::OCTET_STRING)?.content.to_vec();
        let serial = id.next(asn1::INTEGER)?.content.to_vec();
        id.finish()?;
        let status = Status::read(&fields.any()?)?;
        let this_update = UnixTime::from_element(&fields.next(asn1::GENERALIZED_TIME)?)?;
        let next_update = fields.optional(asn1::context(0))?;
        let extensions = fields.optional(asn1::context(1))?;
        fields.finish()?;
        Ok(Self {
            digest_algorithm,
            issuer_name_hash,
            issuer_key_hash,
            serial,
            status,
            this_update,
            next_update: next_update
                .map(|time| UnixTime::from_element(&time.inside(asn1::GENERALIZED_TIME)?))
                .transpose()?,
            unknown_critical: has_unknown_critical(&read_extensions(extensions)?),
        })
    }

    /// Whether it is about `certificate` of `issuer`.
    fn names(&self, certificate: &Outline, issuer: &Outline) -> bool {
        self.serial == certificate.serial
            && names_issuer(
                &self.digest_algorithm,
                &self.issuer_name_hash,
                &self.issuer_key_hash,
                issuer,
            )
    }
}

impl Status {
    /// CertStatus.
    fn read(status: &Element<'_>) -> Result<Self, NotDer> {
        match (status.tag, status.content) {
            (0x80, []) => Ok(Self::Good),
            (0x82, []) => Ok(Self::Unknown),
            (REVOKED, _) => {
                let mut fields = status.elements();
                let since = UnixTime::from_element(&fields.next(asn1::GENERALIZED_TIME)?)?;
                let reason = fields.optional(asn1::context(0))?;
                fields.finish()?;
                let reason = match reason {
                    None => RevocationReason::Unspecified,
                    Some(reason) => match *reason.inside(asn1::ENUMERATED)?.content {
                        [reason] => {
                            RevocationReason::try_from(u32::from(reason)).map_err(|_| NotDer)?
                        }
                        _ => return Err(NotDer),
                    },
                };
                Ok(Self::Revoked { since, reason })
            }
            _ => Err(NotDer),
        }
    }
}

fn read_extensions(extensions: Option<Element<'_>>) -> Result<Vec<Extension<'_>>, NotDer> {
    match extensions {
        Some(extensions) => Extension::list(&extensions.inside(asn1::SEQUENCE)?),
        None => Ok(Vec::new()),
    }
}

/// Whether an extension is critical that is not understood here.
fn has_unknown_critical(extensions: &[Extension<'_>]) -> bool {
    extensions
        .iter()
        .any(|extension| extension.critical && !extension.id.is(OCSP_NONCE))
}

/// The nonce among `extensions`, which must have a legal length.
fn nonce(extensions: &[Extension<'_>]) -> Result<Option<Vec<u8>>, NotDer> {
    let Some(extension) = extensions
        .iter()
        .find(|extension| extension.id.is(OCSP_NONCE))
    else {
        return Ok(None);
    };
    let nonce = Element::only(extension.value, asn1::OCTET_STRING)?.content;
    if (1..=MAX_NONCE_LENGTH).contains(&nonce.len()) {
        Ok(Some(nonce.to_vec()))
    } else {
        Err(NotDer)
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("produced_at", &self.produced_at())
            .field("answers", &self.0.data.answers.len())
            .finish_non_exhaustive()
    }
}

fn judge(answer: &Answer, question: &Question<'_>) -> RevocationStatus {
    let source = RevocationSource::Ocsp;
    if answer.unknown_critical {
        return RevocationStatus::Unknown;
    }
    match answer.status {
        Status::Good => {
            let this_update = answer.this_update;
            let next_update = answer
                .next_update
                .unwrap_or_else(|| this_update.saturating_add_secs(LIFE_WITHOUT_NEXT_UPDATE_SECS));
            question.good(source, this_update, next_update)
        }
        Status::Revoked { since, reason } => question.revoked(source, since, reason),
        Status::Unknown => RevocationStatus::Unknown,
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
