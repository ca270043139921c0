//! A parsed certificate and what it says.

use core::fmt;

use sha2::{Digest, Sha256};
use x509_cert::ext::pkix::KeyUsages;

use crate::{
    CreditCode, CreditCodeError, PublicKey, SignatureInvalid, UnixTime,
    asn1::{self, Element, NotDer},
    hex, name,
    name_text::name_text,
    oids,
    outline::Outline,
    signed::Signed,
};

/// Largest certificate that is read. Enterprise certificates take about 1 KiB; a request carries up to four of them.
pub const MAX_CERTIFICATE_LENGTH: usize = 16 * 1024;
/// Longest serial number: 20 bytes, and a sign byte, which some authorities do not count (RFC 5280 section 4.1.2.2).
const MAX_SERIAL_LENGTH: usize = 21;
/// What precedes the credit code in organizationIdentifier: national trade register of China (EN 319 412-1 section 5.1.4).
pub(crate) const CREDIT_CODE_PREFIX: &str = "NTRCN-";

/// A certificate that could be read.
///
/// Reading proves nothing: who signed it, whether it is current, revoked or fit for a use is what
/// `verify_path` (feature `path`) finds out.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    outline: Outline,
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
        let signed = Signed::from_der(der)?;
        if algorithm_inside(&signed)?.raw != signed.algorithm.raw {
            return Err(CertificateError::AlgorithmMismatch);
        }
        let outline = Outline::read(der)?;
        if outline.serial.len() > MAX_SERIAL_LENGTH {
            return Err(CertificateError::Malformed);
        }
        let public_key = PublicKey::from_spki_der(&outline.spki)
            .map_err(|_| CertificateError::UnsupportedKey)?;
        let facts = Facts::read(&outline)?;
        Ok(Self {
            outline,
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
        self.outline.issuer == self.outline.subject
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
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &name_text(&self.outline.subject))
            .field("issuer", &name_text(&self.outline.issuer))
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

impl Facts {
    fn read(outline: &Outline) -> Result<Self, CertificateError> {
        let Outline {
            subject, issuer, ..
        } = outline;
        let names = outline.alternative_names.as_deref();
        Ok(Self {
            common_name: single(subject, oids::COMMON_NAME, "commonName")?,
            organization: single(subject, oids::ORGANIZATION, "organizationName")?,
            credit_code: credit_code(subject)?,
            issuer_common_name: single(issuer, oids::COMMON_NAME, "commonName")?,
            dns_names: names.map_or(Ok(Vec::new()), dns_names)?,
        })
    }
}

/// `signature` of TBSCertificate.
fn algorithm_inside<'a>(signed: &Signed<'a>) -> Result<Element<'a>, NotDer> {
    let mut fields = signed.to_be_signed.elements();
    fields.optional(asn1::context(0))?; // version
    fields.next(asn1::INTEGER)?; // serialNumber
    fields.next(asn1::SEQUENCE)
}

/// The names of hosts among GeneralNames (RFC 5280 section 4.2.1.6).
fn dns_names(names: &[u8]) -> Result<Vec<String>, NotDer> {
    const DNS_NAME: u8 = 0x82;
    let names = Element::only(names, asn1::SEQUENCE)?.elements().all()?;
    let hosts = names.into_iter().filter(|name| name.tag == DNS_NAME);
    hosts
        .map(|host| {
            let host = Element {
                tag: name::IA5_STRING,
                ..host
            };
            name::text(&host).map(str::to_owned).ok_or(NotDer)
        })
        .collect()
}

/// A serial number, as DER writes it, in lower-case hexadecimal, without the sign byte.
pub(crate) fn serial_bytes_hex(serial: &[u8]) -> String {
    match serial {
        [0, unsigned @ ..] if !unsigned.is_empty() => hex::lower(unsigned),
        bytes => hex::lower(bytes),
    }
}

/// The credit code in organizationIdentifier. Identifiers of other registers are none of our business.
pub(crate) fn credit_code(name: &[u8]) -> Result<Option<CreditCode>, CertificateError> {
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
    name: &[u8],
    kind: const_oid::ObjectIdentifier,
    attribute: &'static str,
) -> Result<Option<String>, CertificateError> {
    match name::values(name, kind)?.as_slice() {
        [] => Ok(None),
        [value] => match name::directory_string(value) {
            Some(text) => Ok(Some(text)),
            None => Err(CertificateError::Malformed),
        },
        _ => Err(CertificateError::RepeatedAttribute { attribute }),
    }
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
    #[error("not a certificate in DER")]
    Malformed,
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

impl From<NotDer> for CertificateError {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}
