//! Making certificates: what the demo authority and the tests need.
//!
//! A small honest authority, not a product: no policies, no key ceremony, keys in memory.

mod crl;
mod ocsp;
mod profile;
#[cfg(feature = "cms")]
mod timestamper;

pub use crl::RevokedEntry;
pub use ocsp::{CertificateStatus, OcspFailure, OcspResponder};
pub use profile::{Endpoints, Profile};
#[cfg(feature = "cms")]
pub use timestamper::Timestamper;

use der::{Decode, Encode};
use p256::ecdsa::DerSignature;
use signature::rand_core::CryptoRng;
use x509_cert::{
    builder::{Builder, CertificateBuilder},
    ext::pkix::KeyUsages,
    name::Name,
    serial_number::SerialNumber,
    time::Time,
};

use crate::{
    Certificate, CertificateError, PublicKey, RevocationDataError, SigningKey, Subject, UnixTime,
};
use profile::Template;

/// From when until when a certificate is valid, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: UnixTime,
    /// Last moment.
    pub not_after: UnixTime,
}

/// An authority: a CA certificate and its private key.
#[derive(Clone, Debug)]
pub struct Issuer {
    certificate: Certificate,
    key: SigningKey,
    endpoints: Option<Endpoints>,
}

impl Issuer {
    /// Makes a root: a certificate that its own key signs.
    ///
    /// # Errors
    /// [`IssueError`] if the validity is empty or beyond the year 9999.
    pub fn root<R: CryptoRng + ?Sized>(
        subject: &Subject,
        key: SigningKey,
        validity: Validity,
        rng: &mut R,
    ) -> Result<Self, IssueError> {
        let name = subject.to_name()?;
        let template = Template {
            profile: Profile::Root {
                subject: subject.clone(),
            },
            subject: name.clone(),
            issuer: name,
            endpoints: None,
        };
        let certificate = build(template, &key.public_key(), validity, &key, rng)?;
        Ok(Self {
            certificate,
            key,
            endpoints: None,
        })
    }

    /// Takes an authority up again, from its stored certificate and key.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if the certificate is no CA certificate, [`IssueError::KeyMismatch`] if it is one of another key.
    pub fn new(certificate: Certificate, key: SigningKey) -> Result<Self, IssueError> {
        if !certificate.is_authority() || certificate.forbids(KeyUsages::KeyCertSign) {
            return Err(IssueError::NotAnAuthority);
        }
        if *certificate.public_key() != key.public_key() {
            return Err(IssueError::KeyMismatch);
        }
        Ok(Self {
            certificate,
            key,
            endpoints: None,
        })
    }

    /// Where the certificates issued from now on send their readers.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// The authority's own certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Issues a certificate for `public_key`, with a random serial number.
    ///
    /// Not checked: that the subject is who it says and that it has the private key. That is what registration and
    /// [`CertificateRequest`](crate::CertificateRequest) are for.
    ///
    /// # Errors
    /// [`IssueError`] if the validity is empty or outlives the authority, or a name or address cannot be encoded.
    pub fn issue<R: CryptoRng + ?Sized>(
        &self,
        profile: &Profile,
        public_key: &PublicKey,
        validity: Validity,
        rng: &mut R,
    ) -> Result<Certificate, IssueError> {
        if validity.not_after > self.certificate.not_after() {
            return Err(IssueError::OutlivesIssuer);
        }
        let template = Template {
            subject: profile.subject().to_name()?,
            profile: profile.clone(),
            issuer: Name::from_der(&self.certificate.outline().subject)?,
            endpoints: self.endpoints.clone(),
        };
        build(template, public_key, validity, &self.key, rng)
    }
}

/// Why an authority cannot make something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// What was made cannot be read back.
    #[error("the new certificate is not readable: {0}")]
    Certificate(#[from] CertificateError),
    /// The validity ends before it begins.
    #[error("the validity ends before it begins")]
    EmptyValidity,
    /// A part has no DER form, for example an address with characters outside ASCII.
    #[error("a part cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
    /// The certificate belongs to another key.
    #[error("the certificate does not belong to the key")]
    KeyMismatch,
    /// The certificate is no CA certificate, or not one for this.
    #[error("the certificate does not make its owner an authority for this")]
    NotAnAuthority,
    /// The certificate would be valid longer than the authority's own.
    #[error("the certificate would be valid longer than the authority's own")]
    OutlivesIssuer,
    /// What was made cannot be read back.
    #[error("the new revocation data are not readable: {0}")]
    RevocationData(#[from] RevocationDataError),
    /// Not a serial number in hexadecimal.
    #[error("not a serial number: {serial_hex}")]
    SerialNumber {
        /// What was given.
        serial_hex: String,
    },
    /// The builder refused.
    #[error("the certificate cannot be built: {0}")]
    Template(String),
}

impl From<x509_cert::builder::Error> for IssueError {
    fn from(error: x509_cert::builder::Error) -> Self {
        match error {
            x509_cert::builder::Error::Asn1(error) => Self::Encoding(error),
            other => Self::Template(other.to_string()),
        }
    }
}

fn build<R: CryptoRng + ?Sized>(
    template: Template,
    public_key: &PublicKey,
    validity: Validity,
    key: &SigningKey,
    rng: &mut R,
) -> Result<Certificate, IssueError> {
    if validity.not_after <= validity.not_before {
        return Err(IssueError::EmptyValidity);
    }
    let validity =
        x509_cert::time::Validity::new(time(validity.not_before)?, time(validity.not_after)?);
    let builder = CertificateBuilder::new(
        template,
        SerialNumber::generate(rng),
        validity,
        public_key.to_spki(),
    )?;
    let certificate = builder.build::<_, DerSignature>(key.as_ecdsa())?;
    Ok(Certificate::from_der(&certificate.to_der()?)?)
}

fn time(at: UnixTime) -> der::Result<Time> {
    Ok(der::DateTime::from_unix_duration(at.to_duration())?.into())
}

fn serial_number(serial_hex: &str) -> Result<SerialNumber, IssueError> {
    let invalid = || IssueError::SerialNumber {
        serial_hex: serial_hex.to_owned(),
    };
    let bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(serial_hex.as_bytes())
        .map_err(|_| invalid())?;
    SerialNumber::new(&bytes).map_err(|_| invalid())
}
