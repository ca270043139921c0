//! Signing-certificate attributes: which certificate the signer meant (RFC 5035).
//!
//! Without one, another certificate of the same key, with other rights, could be put in place of the signer's.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::{
    DigestAlgorithm,
    algorithms::Identifier,
    asn1::{self, Element, NotDer},
    outline::Outline,
};

/// What an ESSCertID or ESSCertIDv2 says about the signer's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EssCertificate {
    /// None for an algorithm that is not known here.
    pub(crate) algorithm: Option<DigestAlgorithm>,
    pub(crate) hash: Vec<u8>,
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct IssuerSerial {
    /// GeneralNames.
    issuer: Vec<u8>,
    serial: Vec<u8>,
}

impl EssCertificate {
    /// Reads a SigningCertificateV2 or, with `version` 1, a SigningCertificate. Its first entry is the signer's.
    pub(crate) fn read(attribute: &Element<'_>, version: u8) -> Result<Self, NotDer> {
        if attribute.tag != asn1::SEQUENCE {
            return Err(NotDer);
        }
        let mut fields = attribute.elements();
        let mut certificates = fields.next(asn1::SEQUENCE)?.elements();
        fields.optional(asn1::SEQUENCE)?; // policies
        fields.finish()?;
        let mut entry = certificates.next(asn1::SEQUENCE)?.elements();
        let algorithm = match (version, entry.next_tag()) {
            (1, _) => Some(DigestAlgorithm::Sha1),
            (_, Some(asn1::SEQUENCE)) => {
                DigestAlgorithm::read(&Identifier::read(&entry.any()?)?).ok()
            }
            // The default, which DER leaves out.
            _ => Some(DigestAlgorithm::Sha256),
        };
        let hash = entry.next(asn1::OCTET_STRING)?.content.to_vec();
        let issuer_serial = match entry.optional(asn1::SEQUENCE)? {
            None => None,
            Some(element) => {
                let mut fields = element.elements();
                let issuer = fields.next(asn1::SEQUENCE)?.content.to_vec();
                let serial = fields.next(asn1::INTEGER)?.content.to_vec();
                fields.finish()?;
                Some(IssuerSerial { issuer, serial })
            }
        };
        entry.finish()?;
        Ok(Self {
            algorithm,
            hash,
            issuer_serial,
        })
    }

    /// Whether this names `certificate`: digest, and issuer and serial number if they are stated.
    pub(crate) fn names(&self, certificate: &Outline) -> bool {
        let hash = match self.algorithm {
            Some(DigestAlgorithm::Sha1) => Some(Sha1::digest(&certificate.der).to_vec()),
            Some(algorithm) => algorithm.digest(&certificate.der),
            None => None,
        };
        hash.is_some_and(|hash| hash == self.hash)
            && self.issuer_serial.as_ref().is_none_or(|stated| {
                stated.serial == certificate.serial
                    && stated.issuer == directory_name(&certificate.issuer)
            })
    }

    /// A SigningCertificateV2 that names `certificate` with SHA-256, issuer and serial number.
    pub(crate) fn write(certificate: &Outline) -> Vec<u8> {
        use asn1::{INTEGER, OCTET_STRING, SEQUENCE, element};
        let hash = element(OCTET_STRING, &[&Sha256::digest(&certificate.der)]);
        let names = element(SEQUENCE, &[&directory_name(&certificate.issuer)]);
        let serial = element(INTEGER, &[&certificate.serial]);
        let issuer_serial = element(SEQUENCE, &[&names, &serial]);
        let entry = element(SEQUENCE, &[&hash, &issuer_serial]);
        let certificates = element(SEQUENCE, &[&entry]);
        element(SEQUENCE, &[&certificates])
    }
}

/// A GeneralName of the kind directoryName (RFC 5280 section 4.2.1.6).
fn directory_name(name: &[u8]) -> Vec<u8> {
    asn1::element(asn1::context(4), &[name])
}
