//! Questions to a time-stamping authority (RFC 3161 section 2.4.1).

use super::{has_critical, read_imprint};
use crate::{
    DigestAlgorithm, TimestampError,
    algorithms::Identifier,
    asn1::{self, Element, INTEGER, NotDer, OCTET_STRING, SEQUENCE, element},
    cms::sha256,
};

/// Largest request that is read: algorithm, digest, policy and nonce take about 100 bytes.
pub const MAX_TIMESTAMP_REQUEST_LENGTH: usize = 1024;
/// Longest nonce, in bytes: 64 bits are usual, and RFC 3161 section 2.4.1 speaks of large random numbers.
pub const MAX_TIMESTAMP_NONCE_LENGTH: usize = 32;

const BOOLEAN: u8 = 0x01;

/// Asks for a token about a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRequest {
    der: Vec<u8>,
    /// MessageImprint with its header, which the token repeats.
    pub(crate) message_imprint: Vec<u8>,
    algorithm: Option<DigestAlgorithm>,
    imprint: Vec<u8>,
    policy: Option<Vec<u8>>,
    nonce: Option<Vec<u8>>,
    certificates: bool,
}

impl TimestampRequest {
    /// Asks for a stamp on a SHA-256 digest, with the certificates of the authority in the token. A random `nonce` keeps an
    /// old answer from being replayed.
    pub fn new(digest: &[u8; 32], nonce: Option<u64>) -> Self {
        let imprint = element(OCTET_STRING, &[digest]);
        let message_imprint = element(SEQUENCE, &[&sha256(), &imprint]);
        let nonce = nonce.map(|nonce| asn1::unsigned(&nonce.to_be_bytes()));
        let der = element(
            SEQUENCE,
            &[
                &element(INTEGER, &[&[1]]),
                &message_imprint,
                nonce.as_deref().unwrap_or_default(),
                &element(BOOLEAN, &[&[0xff]]),
            ],
        );
        let nonce = nonce.map(|nonce| nonce.get(2..).unwrap_or_default().to_vec());
        Self {
            der,
            message_imprint,
            algorithm: Some(DigestAlgorithm::Sha256),
            imprint: digest.to_vec(),
            policy: None,
            nonce,
            certificates: true,
        }
    }

    /// Reads a request in DER.
    ///
    /// # Errors
    /// [`TimestampError`] if it is too long, damaged, or has a critical extension.
    pub fn from_der(der: &[u8]) -> Result<Self, TimestampError> {
        if der.len() > MAX_TIMESTAMP_REQUEST_LENGTH {
            return Err(TimestampError::TooLong);
        }
        Self::read(der).map_err(|NotDer| TimestampError::Malformed {
            part: "time-stamp request",
        })
    }

    fn read(der: &[u8]) -> Result<Self, NotDer> {
        let mut fields = Element::only(der, SEQUENCE)?.elements();
        if fields.next(INTEGER)?.unsigned()? != 1 {
            return Err(NotDer);
        }
        let message_imprint = fields.next(SEQUENCE)?;
        let (algorithm, imprint) = read_imprint(&message_imprint)?;
        let policy = fields.optional(asn1::OBJECT_IDENTIFIER)?;
        let nonce = fields.optional(INTEGER)?;
        let certificates = fields.optional(BOOLEAN)?;
        let extensions = fields.optional(asn1::context(0))?;
        fields.finish()?;
        if nonce
            .is_some_and(|nonce| !(1..=MAX_TIMESTAMP_NONCE_LENGTH).contains(&nonce.content.len()))
            || extensions.is_some_and(|extensions| has_critical(&extensions) != Ok(false))
        {
            return Err(NotDer);
        }
        Ok(Self {
            der: der.to_vec(),
            message_imprint: message_imprint.raw.to_vec(),
            algorithm: Identifier::only(&algorithm)
                .ok()
                .and_then(|identifier| DigestAlgorithm::read(&identifier).ok()),
            imprint,
            policy: policy.map(|policy| policy.content.to_vec()),
            nonce: nonce.map(|nonce| nonce.content.to_vec()),
            certificates: certificates.is_some_and(|wanted| wanted.content != [0]),
        })
    }

    /// The request in DER, to be posted as `application/timestamp-query`.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// With which digest algorithm the imprint was made; none if it is not known.
    pub fn imprint_algorithm(&self) -> Option<DigestAlgorithm> {
        self.algorithm
    }

    /// The digest to be stamped.
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    /// The nonce, as the digits of an integer in DER.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// Whether the token is to contain the certificates of the authority.
    pub fn wants_certificates(&self) -> bool {
        self.certificates
    }

    /// The policy that is asked for, as the content of an object identifier.
    pub(crate) fn policy(&self) -> Option<&[u8]> {
        self.policy.as_deref()
    }
}
