//! Answers of a time-stamping authority (RFC 3161 section 2.4.2).

use super::{MAX_TIMESTAMP_LENGTH, TimestampRequest, TimestampToken};
use crate::{
    CmsError,
    asn1::{BIT_STRING, Element, INTEGER, NotDer, SEQUENCE, element},
};

/// PKIFailureInfo: the bits of the reasons (RFC 3161 section 2.4.2).
const FAILURES: [(u32, TimestampFailure); 8] = [
    (0, TimestampFailure::BadAlgorithm),
    (2, TimestampFailure::BadRequest),
    (5, TimestampFailure::BadDataFormat),
    (14, TimestampFailure::TimeNotAvailable),
    (15, TimestampFailure::UnacceptedPolicy),
    (16, TimestampFailure::UnacceptedExtension),
    (17, TimestampFailure::AdditionalInformationNotAvailable),
    (25, TimestampFailure::SystemFailure),
];

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Not DER, or not the structure it should be.
    #[error("the {part} is malformed")]
    Malformed {
        /// What could not be read.
        part: &'static str,
    },
    /// The authority refuses.
    #[error("the time-stamping authority refuses: {failure:?}")]
    Refused {
        /// Why, if it says so.
        failure: Option<TimestampFailure>,
    },
    /// Longer than its limit.
    #[error("the time-stamp request or answer is too long")]
    TooLong,
    /// The token cannot be read.
    #[error("the time-stamp token: {0}")]
    Token(#[from] CmsError),
    /// The token answers another question: imprint, nonce or policy differ.
    #[error("the time-stamp token answers another question: its {part} differs")]
    OtherAnswer {
        /// What differs.
        part: &'static str,
    },
}

/// Why an authority refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFailure {
    /// The digest algorithm is not accepted.
    BadAlgorithm,
    /// The request is not permitted or not supported.
    BadRequest,
    /// The data has the wrong format.
    BadDataFormat,
    /// The clock of the authority is not available.
    TimeNotAvailable,
    /// The policy is not supported.
    UnacceptedPolicy,
    /// An extension is not supported.
    UnacceptedExtension,
    /// Additional information is not understood or not available.
    AdditionalInformationNotAvailable,
    /// Something is broken there.
    SystemFailure,
}

impl TimestampToken {
    /// Takes the token out of an answer, and checks that it answers `request`: same imprint, same nonce, same policy if one
    /// was asked for. Not checked: the token itself.
    ///
    /// # Errors
    /// [`TimestampError::Refused`] if the authority gave none, the others if answer or token are not what they should be.
    pub fn from_response(der: &[u8], request: &TimestampRequest) -> Result<Self, TimestampError> {
        if der.len() > MAX_TIMESTAMP_LENGTH {
            return Err(TimestampError::TooLong);
        }
        let Answer {
            status,
            failure,
            token,
        } = read(der).map_err(|NotDer| TimestampError::Malformed {
            part: "time-stamp answer",
        })?;
        // granted and grantedWithMods
        let token = match (status, token) {
            (0 | 1, Some(token)) => Self::from_der(token)?,
            _ => return Err(TimestampError::Refused { failure }),
        };
        let other = |part| Err(TimestampError::OtherAnswer { part });
        if token.imprint() != request.imprint()
            || token.imprint_algorithm() != request.imprint_algorithm()
        {
            return other("imprint");
        }
        if token.nonce() != request.nonce() {
            return other("nonce");
        }
        if request
            .policy()
            .is_some_and(|policy| policy != token.info.policy)
        {
            return other("policy");
        }
        Ok(token)
    }
}

impl TimestampFailure {
    /// The answer that refuses.
    pub fn to_der(self) -> Vec<u8> {
        let bit = FAILURES
            .iter()
            .find(|(_, failure)| *failure == self)
            .map_or(0, |(bit, _)| *bit);
        let bits = (0x8000_0000_u32 >> bit).to_be_bytes();
        // DER cuts the zeros at the end of a named bit list (X.690 section 11.2.2).
        let (last, unused) = (bit / 8, 7 - bit % 8);
        let length = bits.len().min(usize::try_from(last).unwrap_or(0) + 1);
        let failure = element(BIT_STRING, &[&unused.to_le_bytes()[..1], &bits[..length]]);
        let rejection = element(INTEGER, &[&[2]]);
        element(SEQUENCE, &[&element(SEQUENCE, &[&rejection, &failure])])
    }
}

struct Answer<'a> {
    status: u64,
    failure: Option<TimestampFailure>,
    token: Option<&'a [u8]>,
}

/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken OPTIONAL }.
fn read(der: &[u8]) -> Result<Answer<'_>, NotDer> {
    let mut fields = Element::only(der, SEQUENCE)?.elements();
    let mut info = fields.next(SEQUENCE)?.elements();
    let status = info.next(INTEGER)?.unsigned()?;
    info.optional(SEQUENCE)?; // statusString
    let failure = info.optional(BIT_STRING)?.and_then(|bits| failure(&bits));
    info.finish()?;
    let token = fields.optional(SEQUENCE)?.map(|token| token.raw);
    fields.finish()?;
    Ok(Answer {
        status,
        failure,
        token,
    })
}

fn failure(bits: &Element<'_>) -> Option<TimestampFailure> {
    let (_unused, octets) = bits.content.split_first()?;
    FAILURES.iter().find_map(|(bit, failure)| {
        let octet = octets.get(usize::try_from(bit / 8).ok()?)?;
        (octet & (0x80 >> (bit % 8)) != 0).then_some(*failure)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_as_they_were_written() {
        let request = TimestampRequest::new(&[1; 32], Some(5));
        for (_, failure) in FAILURES {
            let refused = TimestampToken::from_response(&failure.to_der(), &request);
            let failure = Some(failure);
            assert_eq!(refused.err(), Some(TimestampError::Refused { failure }));
        }
    }
}
