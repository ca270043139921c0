//! A parsed certificate and what it says.

use core::fmt;

use der::{Decode, referenced::OwnedToRef};
use sha2::{Digest, Sha256};
use x509_cert::{
    ext::pkix::{
        KeyUsages, SubjectAltName,
        name::{DirectoryString, GeneralName},
    },
    name::Name,
    serial_number::SerialNumber,
};

use crate::{
    CreditCode, CreditCodeError, PublicKey, SignatureInvalid, UnixTime, asn1::NotDer, hex, oids,
    outline::Outline, signed::Signed,
};

/// Largest certificate that is read. Enterprise certificates take about 1 KiB; a request carries up to four of them.
pub const MAX_CERTIFICATE_LENGTH: usize = 16 * 1024;
/// What precedes the credit code in organizationIdentifier: national trade register of China (EN 319 412-1 section 5.1.4).
pub(crate) const CREDIT_CODE_PREFIX: &str = "NTRCN-";

/// A certificate that could be read.
///
/// Reading proves nothing: who signed it, whether it is current, revoked or fit for a use is what
/// `verify_path` (feature `path`) finds out.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    outline: Outline,
    x509: x509_cert::Certificate,
    public_key: PublicKey,
    facts: Facts,
}

/// What was taken out of the name and the extensions, once.
#[derive(Clone, PartialEq, Eq)]
struct Facts {
    common_name: Option<String>,
    organization: Option<String>,
    credit_code: Option<CreditCode>,
    issuer_common_name: Option<String>,
    dns_names: Vec<String>,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`] if it is too long, no DER, not a P-256 certificate, or says something contradictory.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_LENGTH {
            return Err(CertificateError::TooLong { length: der.len() });
        }
        let x509 = x509_cert::Certificate::from_der(der)?;
        let tbs = x509.tbs_certificate();
        if x509.signature_algorithm() != tbs.signature() {
            return Err(CertificateError::AlgorithmMismatch);
        }
        let public_key = PublicKey::from_spki(tbs.subject_public_key_info().owned_to_ref())
            .map_err(|_| CertificateError::UnsupportedKey)?;
        let facts = Facts::read(&x509)?;
        let outline =
            Outline::read(der).map_err(|NotDer| der::Error::from(der::ErrorKind::Failed))?;
        Ok(Self {
            outline,
            x509,
            public_key,
            facts,
        })
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.outline.der
    }

    /// The subject's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Subject: name of the organisation (O), for a legal person the registered enterprise name.
    pub fn organization(&self) -> Option<&str> {
        self.facts.organization.as_deref()
    }

    /// Subject: the name to show (CN).
    pub fn common_name(&self) -> Option<&str> {
        self.facts.common_name.as_deref()
    }

    /// Subject: the unified social credit code in organizationIdentifier, its check character verified.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        self.facts.credit_code.as_ref()
    }

    /// Issuer: the name to show (CN).
    pub fn issuer_common_name(&self) -> Option<&str> {
        self.facts.issuer_common_name.as_deref()
    }

    /// The serial number in lower-case hexadecimal, two digits a byte, without the DER sign byte.
    pub fn serial_hex(&self) -> String {
        serial_hex(self.x509.tbs_certificate().serial_number())
    }

    /// First moment of validity.
    pub fn not_before(&self) -> UnixTime {
        self.x509.tbs_certificate().validity().not_before.into()
    }

    /// Last moment of validity.
    pub fn not_after(&self) -> UnixTime {
        self.x509.tbs_certificate().validity().not_after.into()
    }

    /// SHA-256 of the whole certificate.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    /// SHA-256 of the subject's key; the same for every certificate of that key.
    pub fn spki_sha256(&self) -> [u8; 32] {
        self.public_key.spki_sha256()
    }

    /// Names of hosts in the subject alternative name.
    pub fn dns_names(&self) -> &[String] {
        &self.facts.dns_names
    }

    /// Whether basic constraints say that the subject may issue certificates.
    pub fn is_authority(&self) -> bool {
        self.outline.authority == Some(true)
    }

    /// Whether the subject's name is also the issuer's, as a root's is.
    pub fn is_self_issued(&self) -> bool {
        self.issuer_name() == self.subject_name()
    }

    /// Whether key usage allows signatures that prove presence, as at login (digitalSignature).
    pub fn allows_digital_signature(&self) -> bool {
        self.allows(KeyUsages::DigitalSignature)
    }

    /// Whether key usage allows signatures that commit to a content (contentCommitment, earlier nonRepudiation).
    pub fn allows_content_commitment(&self) -> bool {
        self.allows(KeyUsages::NonRepudiation)
    }

    /// Extended key usages, in dotted notation.
    pub fn extended_key_usages(&self) -> impl Iterator<Item = String> + '_ {
        let stated = self.outline.extended_key_usage.iter();
        stated.flat_map(|usage| usage.purposes.iter().map(ToString::to_string))
    }

    /// Checks that `issuer` signed this certificate: the signature and nothing else.
    ///
    /// # Errors
    /// [`SignatureInvalid`] if that key did not sign it, or with an algorithm other than ECDSA with SHA-256.
    pub fn verify_signed_by(&self, issuer: &PublicKey) -> Result<(), SignatureInvalid> {
        Signed::from_der(self.der())
            .map_err(|_| SignatureInvalid)?
            .verify(issuer)
    }

    pub(crate) fn outline(&self) -> &Outline {
        &self.outline
    }

    pub(crate) fn allows(&self, usage: KeyUsages) -> bool {
        self.outline.allows(usage)
    }

    #[cfg(feature = "authority")]
    pub(crate) fn forbids(&self, usage: KeyUsages) -> bool {
        self.outline.forbids(usage)
    }

    pub(crate) fn subject_name(&self) -> &Name {
        self.x509.tbs_certificate().subject()
    }

    pub(crate) fn issuer_name(&self) -> &Name {
        self.x509.tbs_certificate().issuer()
    }

    #[cfg(feature = "authority")]
    pub(crate) fn x509(&self) -> &x509_cert::Certificate {
        &self.x509
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject_name().to_string())
            .field("issuer", &self.issuer_name().to_string())
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

impl Facts {
    fn read(x509: &x509_cert::Certificate) -> Result<Self, CertificateError> {
        let tbs = x509.tbs_certificate();
        let subject = tbs.subject();
        let alternative_names = tbs
            .get_extension::<SubjectAltName>()?
            .map(|(_, names)| names.0)
            .unwrap_or_default();
        Ok(Self {
            common_name: single(subject, oids::COMMON_NAME, "commonName")?,
            organization: single(subject, oids::ORGANIZATION, "organizationName")?,
            credit_code: credit_code(subject)?,
            issuer_common_name: single(tbs.issuer(), oids::COMMON_NAME, "commonName")?,
            dns_names: alternative_names
                .into_iter()
                .filter_map(|name| match name {
                    GeneralName::DnsName(host) => Some(host.to_string()),
                    _ => None,
                })
                .collect(),
        })
    }
}

/// A serial number in lower-case hexadecimal, without the sign byte of DER.
pub(crate) fn serial_hex(serial: &SerialNumber) -> String {
    serial_bytes_hex(serial.as_bytes())
}

/// The same of a serial number as DER writes it.
pub(crate) fn serial_bytes_hex(serial: &[u8]) -> String {
    match serial {
        [0, unsigned @ ..] if !unsigned.is_empty() => hex::lower(unsigned),
        bytes => hex::lower(bytes),
    }
}

/// The credit code in organizationIdentifier. Identifiers of other registers are none of our business.
pub(crate) fn credit_code(name: &Name) -> Result<Option<CreditCode>, CertificateError> {
    let identifier = single(
        name,
        oids::ORGANIZATION_IDENTIFIER,
        "organizationIdentifier",
    )?;
    let code = identifier
        .as_deref()
        .and_then(|identifier| identifier.strip_prefix(CREDIT_CODE_PREFIX));
    Ok(code.map(CreditCode::parse).transpose()?)
}

/// An attribute that may occur once. Twice would let two readers see two different enterprises.
pub(crate) fn single(
    name: &Name,
    oid: const_oid::ObjectIdentifier,
    attribute: &'static str,
) -> Result<Option<String>, CertificateError> {
    let mut values = name.iter().filter(|attribute| attribute.oid == oid);
    let Some(first) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(CertificateError::RepeatedAttribute { attribute });
    }
    Ok(Some(
        DirectoryString::try_from(&first.value)?
            .value()
            .into_owned(),
    ))
}

/// Why bytes are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The signed part names another signature algorithm than the outside (RFC 5280 section 4.1.1.2).
    #[error("the certificate names two different signature algorithms")]
    AlgorithmMismatch,
    /// organizationIdentifier announces a credit code, and it is wrong.
    #[error("the certificate's credit code is wrong: {0}")]
    CreditCode(#[from] CreditCodeError),
    /// Not DER, or not the structure of a certificate (RFC 5280 section 4.1).
    #[error("not a certificate in DER: {0}")]
    Malformed(#[from] der::Error),
    /// The name has an attribute twice that must be unique.
    #[error("the name in the certificate has {attribute} twice")]
    RepeatedAttribute {
        /// Name of the attribute.
        attribute: &'static str,
    },
    /// Longer than [`MAX_CERTIFICATE_LENGTH`].
    #[error("a certificate has at most {MAX_CERTIFICATE_LENGTH} bytes, not {length}")]
    TooLong {
        /// Bytes given.
        length: usize,
    },
    /// The key is not on P-256.
    #[error("the certificate's key is not a P-256 key")]
    UnsupportedKey,
}
