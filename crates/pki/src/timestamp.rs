//! Time stamps: somebody trusted says when a digest existed (RFC 3161).
//!
//! A token lends its time only after three things: [`TimestampToken::verify`] is good for the digest that should have
//! been stamped, the path of its [`signer`](TimestampToken::signer) leads to a trusted anchor for
//! [`Usage::TimeStamping`](crate::Usage::TimeStamping) at the time it states, and nothing of that path was revoked then.

mod request;
mod response;

pub use request::{MAX_TIMESTAMP_NONCE_LENGTH, MAX_TIMESTAMP_REQUEST_LENGTH, TimestampRequest};
pub use response::{TimestampError, TimestampFailure};

use core::fmt;

use const_oid::ObjectIdentifier;
use der::DateTime;

use crate::{
    AnyCertificate, CmsReport, DigestAlgorithm, SignedData, UnixTime, Weakness,
    algorithms::Identifier,
    asn1::{self, Element, NotDer},
    certificate::serial_bytes_hex,
    cms::CmsError,
};

/// id-ct-TSTInfo (RFC 3161 section 2.4.2).
pub(crate) const ID_TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// Largest token that is read: with the certificates of its authority it takes 3 to 7 KB; some embed revocation lists.
pub const MAX_TIMESTAMP_LENGTH: usize = 1024 * 1024;
const GENERALIZED_TIME: u8 = 0x18;

/// A time-stamp token that could be read. What it is worth, [`verify`](Self::verify) and the path tell.
#[derive(Clone)]
pub struct TimestampToken {
    der: Vec<u8>,
    message: SignedData,
    info: Info,
}

/// TSTInfo (RFC 3161 section 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Info {
    policy: Vec<u8>,
    /// AlgorithmIdentifier with its header.
    imprint_algorithm: Vec<u8>,
    imprint: Vec<u8>,
    serial: Vec<u8>,
    time: UnixTime,
    accuracy_micros: Option<u64>,
    nonce: Option<Vec<u8>>,
    unknown_critical: bool,
}

/// The facts about one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampReport {
    /// The signature of the authority.
    pub cms: CmsReport,
    /// What was stamped.
    pub imprint: Result<(), ImprintFault>,
}

/// Why a token does not speak about the digest in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImprintFault {
    /// Something else was stamped.
    #[error("the time stamp is one of something else")]
    Mismatch,
    /// The digest algorithm is not known.
    #[error("the digest algorithm of the time stamp is not known")]
    Unknown,
    /// The digest algorithm is broken.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// A critical extension that is not understood (RFC 3161 section 2.4.2).
    #[error("the time stamp has a critical extension that is not understood")]
    UnknownExtension,
}

impl TimestampToken {
    /// Reads a token in DER: a SignedData with a TSTInfo inside.
    ///
    /// # Errors
    /// [`CmsError`] if it is too long, no SignedData, damaged, or about something other than time.
    pub fn from_der(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_TIMESTAMP_LENGTH {
            return Err(CmsError::TooLong);
        }
        let message = SignedData::from_der(der)?;
        let content = message
            .content_of(ID_TST_INFO)
            .ok_or(CmsError::Malformed { part: "TSTInfo" })?;
        let info = Info::read(content).map_err(|NotDer| CmsError::Malformed { part: "TSTInfo" })?;
        Ok(Self {
            der: der.to_vec(),
            message,
            info,
        })
    }

    /// The token as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The signed message around the statement: certificates, algorithms, embedded revocation data.
    pub fn signed_data(&self) -> &SignedData {
        &self.message
    }

    /// Certificate of the time-stamping authority, if it is in the token.
    pub fn signer(&self) -> Option<&AnyCertificate> {
        self.message.signer()
    }

    /// The time that the authority states, in whole seconds.
    pub fn time(&self) -> UnixTime {
        self.info.time
    }

    /// By how many microseconds the time may be wrong, if the authority says so.
    pub fn accuracy_micros(&self) -> Option<u64> {
        self.info.accuracy_micros
    }

    /// With which digest algorithm the imprint was made; none if it is not known.
    pub fn imprint_algorithm(&self) -> Option<DigestAlgorithm> {
        let identifier = Identifier::only(&self.info.imprint_algorithm).ok()?;
        DigestAlgorithm::read(&identifier).ok()
    }

    /// The digest that was stamped.
    pub fn imprint(&self) -> &[u8] {
        &self.info.imprint
    }

    /// The serial number in lower-case hexadecimal.
    pub fn serial_hex(&self) -> String {
        serial_bytes_hex(&self.info.serial)
    }

    /// The policy of the authority, in dotted notation.
    pub fn policy(&self) -> String {
        ObjectIdentifier::from_bytes(&self.info.policy)
            .map_or_else(|_| "unreadable".to_owned(), |oid| oid.to_string())
    }

    /// The nonce, as the big-endian digits of an integer; whoever sent one compares it.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.info.nonce.as_deref()
    }

    /// Checks the token. `digest` is that of the stamped bytes, made with [`Self::imprint_algorithm`]: for a signature
    /// of its value, for a document time stamp of the ranges in the file.
    ///
    /// Not checked: whose certificate it is, and whether it may stamp.
    pub fn verify(&self, digest: &[u8]) -> TimestampReport {
        TimestampReport {
            cms: CmsReport::encapsulated(&self.message, ID_TST_INFO),
            imprint: self.check_imprint(digest),
        }
    }

    fn check_imprint(&self, digest: &[u8]) -> Result<(), ImprintFault> {
        let algorithm = self.imprint_algorithm().ok_or(ImprintFault::Unknown)?;
        if !algorithm.is_strong() {
            return Err(ImprintFault::Weak(Weakness::Digest(algorithm)));
        }
        if self.info.unknown_critical {
            return Err(ImprintFault::UnknownExtension);
        }
        if digest.len() == algorithm.output_length() && digest == self.info.imprint {
            Ok(())
        } else {
            Err(ImprintFault::Mismatch)
        }
    }
}

impl TimestampReport {
    /// Whether every fact holds. A signing certificate named by SHA-1, as the older attribute does, counts as named: it
    /// only has to tell the authority's own certificates apart, and many authorities know no other.
    pub fn is_good(&self) -> bool {
        use crate::cms::SigningCertificate::{Named, NamedWeakly};
        self.imprint.is_ok()
            && self.cms.is_sound()
            && matches!(self.cms.signing_certificate, Named | NamedWeakly(_))
    }
}

impl fmt::Debug for TimestampToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimestampToken")
            .field("time", &self.info.time)
            .field("signer", &self.signer())
            .finish_non_exhaustive()
    }
}

impl Info {
    fn read(der: &[u8]) -> Result<Self, NotDer> {
        let mut fields = Element::only(der, asn1::SEQUENCE)?.elements();
        if fields.next(asn1::INTEGER)?.unsigned()? != 1 {
            return Err(NotDer);
        }
        let policy = fields.next(asn1::OBJECT_IDENTIFIER)?.content.to_vec();
        let (imprint_algorithm, imprint) = read_imprint(&fields.next(asn1::SEQUENCE)?)?;
        let serial = fields.next(asn1::INTEGER)?.content.to_vec();
        let time = read_time(fields.next(GENERALIZED_TIME)?.content)?;
        let accuracy_micros = fields
            .optional(asn1::SEQUENCE)?
            .map(|accuracy| read_accuracy(&accuracy))
            .transpose()?;
        fields.optional(0x01)?; // ordering
        let nonce = fields.optional(asn1::INTEGER)?;
        fields.optional(asn1::context(0))?; // tsa, a hint
        let extensions = fields.optional(asn1::context(1))?;
        fields.finish()?;
        Ok(Self {
            policy,
            imprint_algorithm,
            imprint,
            serial,
            time,
            accuracy_micros,
            nonce: nonce.map(|nonce| nonce.content.to_vec()),
            unknown_critical: extensions.map_or(Ok(false), |list| has_critical(&list))?,
        })
    }
}

/// MessageImprint: the AlgorithmIdentifier with its header, and the digest.
pub(crate) fn read_imprint(imprint: &Element<'_>) -> Result<(Vec<u8>, Vec<u8>), NotDer> {
    let mut fields = imprint.elements();
    let algorithm = fields.next(asn1::SEQUENCE)?;
    Identifier::read(&algorithm)?;
    let digest = fields.next(asn1::OCTET_STRING)?.content.to_vec();
    fields.finish()?;
    Ok((algorithm.raw.to_vec(), digest))
}

/// Whether one of these extensions is critical: none is understood here.
pub(crate) fn has_critical(extensions: &Element<'_>) -> Result<bool, NotDer> {
    let mut list = extensions.elements();
    let mut critical = false;
    while !list.is_empty() {
        let mut extension = list.next(asn1::SEQUENCE)?.elements();
        extension.next(asn1::OBJECT_IDENTIFIER)?;
        critical |= extension
            .optional(0x01)?
            .is_some_and(|critical| critical.content != [0]);
        extension.next(asn1::OCTET_STRING)?;
        extension.finish()?;
    }
    Ok(critical)
}

/// `YYYYMMDDhhmmss[.s...]Z`; unlike in certificates a fraction is allowed, without zeros at its end.
fn read_time(text: &[u8]) -> Result<UnixTime, NotDer> {
    let number = |at: usize, length: usize| -> Result<u16, NotDer> {
        let digits = text.get(at..at + length).ok_or(NotDer)?;
        digits.iter().try_fold(0_u16, |value, digit| match digit {
            b'0'..=b'9' => Ok(value * 10 + u16::from(digit - b'0')),
            _ => Err(NotDer),
        })
    };
    let small = |at: usize| u8::try_from(number(at, 2)?).map_err(|_| NotDer);
    match text.get(14..).ok_or(NotDer)? {
        [b'Z'] => {}
        [b'.', fraction @ .., last @ b'1'..=b'9', b'Z']
            if fraction.iter().chain([last]).all(u8::is_ascii_digit) => {}
        _ => return Err(NotDer),
    }
    let (day, time) = ([small(4)?, small(6)?], [small(8)?, small(10)?, small(12)?]);
    DateTime::new(number(0, 4)?, day[0], day[1], time[0], time[1], time[2])
        .map(|time| UnixTime::from_secs(time.unix_duration().as_secs()))
        .map_err(|_| NotDer)
}

/// Accuracy in microseconds.
fn read_accuracy(accuracy: &Element<'_>) -> Result<u64, NotDer> {
    let mut fields = accuracy.elements();
    let seconds = fields
        .optional(asn1::INTEGER)?
        .map_or(Ok(0), |seconds| seconds.unsigned())?;
    let mut below_a_second = |tag| -> Result<u64, NotDer> {
        let Some(part) = fields.optional(tag)? else {
            return Ok(0);
        };
        let part = Element {
            tag: asn1::INTEGER,
            ..part
        };
        part.unsigned().and_then(|part| match part {
            1..=999 => Ok(part),
            _ => Err(NotDer),
        })
    };
    let (millis, micros) = (below_a_second(0x80)?, below_a_second(0x81)?);
    fields.finish()?;
    let micros = seconds
        .checked_mul(1_000_000)
        .and_then(|total| total.checked_add(millis * 1_000 + micros));
    micros.ok_or(NotDer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_one_form() {
        let seconds = |text: &str| read_time(text.as_bytes()).map(UnixTime::as_secs);
        assert_eq!(seconds("19700101000001Z"), Ok(1));
        assert_eq!(seconds("20260528202640Z"), Ok(1_780_000_000));
        assert_eq!(seconds("20260528202640.25Z"), Ok(1_780_000_000));
        for wrong in [
            "",
            "20260528202640",
            "20260528202640+0000",
            "20260528202640.Z",
            "20260528202640.250Z",
            "20260528202640.x5Z",
            "20261328202640Z",
            "20260528202661Z",
            "2026052820264Z",
        ] {
            assert_eq!(seconds(wrong), Err(NotDer), "{wrong}");
        }
    }
}
