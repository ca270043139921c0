//! Certificates of others: any algorithm, any register, and the oddities that the wild has.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::{
    AlgorithmFault, AnyKeyError, AnyPublicKey, Certificate, CreditCode, MAX_CERTIFICATE_LENGTH,
    SignatureAlgorithm, UnixTime, Usage,
    algorithms::Identifier,
    asn1::NotDer,
    certificate::{CREDIT_CODE_PREFIX, serial_bytes_hex},
    name,
    name_text::name_text,
    oids,
    outline::Outline,
};

/// Largest certificate of others that is read: some authorities put pictures and policies into theirs.
pub const MAX_ANY_CERTIFICATE_LENGTH: usize = 64 * 1024;
const _: () = assert!(MAX_ANY_CERTIFICATE_LENGTH >= MAX_CERTIFICATE_LENGTH);

/// A certificate with a key of any algorithm, read leniently: what is odd and harmless does not hide the rest.
///
/// Reading proves nothing. Unlike [`Certificate`] it may have no readable key, a serial number of any length, or an
/// attribute twice; then [`public_key`](Self::public_key) is an error and the attribute is absent.
#[derive(Clone, PartialEq)]
pub struct AnyCertificate {
    outline: Outline,
    public_key: Result<AnyPublicKey, AnyKeyError>,
}

/// Why bytes are no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnyCertificateError {
    /// Not DER, not the structure of a certificate (RFC 5280 section 4.1), two different signature algorithms, or an
    /// extension twice.
    #[error("not a certificate in DER")]
    Malformed,
    /// Longer than [`MAX_ANY_CERTIFICATE_LENGTH`].
    #[error("a certificate has at most 65536 bytes")]
    TooLong,
}

impl AnyCertificate {
    /// Reads one certificate in DER, X.509 version 1 or 3.
    ///
    /// # Errors
    /// [`AnyCertificateError`] if it is too long or not the structure of a certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, AnyCertificateError> {
        if der.len() > MAX_ANY_CERTIFICATE_LENGTH {
            return Err(AnyCertificateError::TooLong);
        }
        let outline = Outline::read(der).map_err(|NotDer| AnyCertificateError::Malformed)?;
        Ok(Self::of(outline))
    }

    fn of(outline: Outline) -> Self {
        Self {
            public_key: AnyPublicKey::from_spki_der(&outline.spki),
            outline,
        }
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.outline.der
    }

    /// The subject's key.
    ///
    /// # Errors
    /// [`AnyKeyError`] if it is of an algorithm that is not checked here.
    pub fn public_key(&self) -> Result<&AnyPublicKey, AnyKeyError> {
        self.public_key.as_ref().map_err(|error| *error)
    }

    /// Subject in the notation of RFC 4514.
    pub fn subject_name(&self) -> String {
        name_text(&self.outline.subject)
    }

    /// Issuer in the notation of RFC 4514.
    pub fn issuer_name(&self) -> String {
        name_text(&self.outline.issuer)
    }

    /// Subject: the name to show (CN).
    pub fn common_name(&self) -> Option<String> {
        single(&self.outline.subject, oids::COMMON_NAME)
    }

    /// Issuer: the name to show (CN).
    pub fn issuer_common_name(&self) -> Option<String> {
        single(&self.outline.issuer, oids::COMMON_NAME)
    }

    /// Subject: name of the organisation (O).
    pub fn organization(&self) -> Option<String> {
        single(&self.outline.subject, oids::ORGANIZATION)
    }

    /// Subject: the unified social credit code in organizationIdentifier, if its check character is right.
    pub fn credit_code(&self) -> Option<CreditCode> {
        let identifier = single(&self.outline.subject, oids::ORGANIZATION_IDENTIFIER)?;
        CreditCode::parse(identifier.strip_prefix(CREDIT_CODE_PREFIX)?).ok()
    }

    /// The serial number in lower-case hexadecimal, two digits a byte, without the DER sign byte.
    pub fn serial_hex(&self) -> String {
        serial_bytes_hex(&self.outline.serial)
    }

    /// First moment of validity.
    pub fn not_before(&self) -> UnixTime {
        self.outline.not_before
    }

    /// Last moment of validity.
    pub fn not_after(&self) -> UnixTime {
        self.outline.not_after
    }

    /// SHA-256 of the whole certificate.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.outline.der).into()
    }

    /// SHA-256 of the subject's key; the same for every certificate of that key.
    pub fn spki_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.outline.spki).into()
    }

    /// Whether basic constraints say that the subject may issue certificates.
    pub fn is_authority(&self) -> bool {
        self.outline.authority == Some(true)
    }

    /// Whether it states, as the signer's own, what this use needs; who vouches for that is another question.
    pub fn is_meant_for(&self, usage: Usage) -> bool {
        !self.is_authority() && usage.is_stated_by(&self.outline)
    }

    /// With what its issuer signed it.
    ///
    /// # Errors
    /// [`AlgorithmFault`] if that is not known here, or its parameters are wrong.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, AlgorithmFault> {
        let identifier = Identifier::only(&self.outline.signature_algorithm)
            .map_err(|NotDer| AlgorithmFault::Parameters)?;
        SignatureAlgorithm::read(&identifier, None)
    }

    /// Whether the subject's name is also the issuer's, as a root's is.
    pub fn is_self_issued(&self) -> bool {
        self.outline.issuer == self.outline.subject
    }

    /// Algorithm of the key with its size, such as `RSA 2048`; `unsupported` if it is not checked here.
    pub fn key_algorithm(&self) -> String {
        self.public_key
            .as_ref()
            .map_or_else(|_| "unsupported".to_owned(), AnyPublicKey::name)
    }

    pub(crate) fn outline(&self) -> &Outline {
        &self.outline
    }
}

impl From<&Certificate> for AnyCertificate {
    fn from(certificate: &Certificate) -> Self {
        Self::of(certificate.outline().clone())
    }
}

impl From<Certificate> for AnyCertificate {
    fn from(certificate: Certificate) -> Self {
        Self::from(&certificate)
    }
}

impl fmt::Debug for AnyCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCertificate")
            .field("subject", &self.subject_name())
            .field("issuer", &self.issuer_name())
            .field("serial", &self.serial_hex())
            .field("key", &self.key_algorithm())
            .finish_non_exhaustive()
    }
}

/// An attribute that occurs once. Of two, a reader could show the wrong one.
fn single(name: &[u8], kind: const_oid::ObjectIdentifier) -> Option<String> {
    match name::values(name, kind).ok()?.as_slice() {
        [value] => name::directory_string(value),
        _ => None,
    }
}
