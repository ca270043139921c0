//! What path and revocation checking need of a certificate, whatever its key is.
//!
//! `Certificate` and `AnyCertificate` both carry one. Names and keys stay as the bytes that were signed, because that is
//! how they are compared.

use core::ops::Range;

use const_oid::{AssociatedOid, ObjectIdentifier};
use der::Decode;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage,
    KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};

use crate::{
    UnixTime,
    asn1::{self, Element, NotDer},
    name_text::name_text,
    revocation::ocsp_asn1::OCSP_NOCHECK,
};

/// Most extensions of a certificate; the fullest have about fifteen.
pub(crate) const MAX_EXTENSIONS: usize = 64;

/// A certificate taken apart (RFC 5280 section 4.1).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) der: Vec<u8>,
    to_be_signed: Range<usize>,
    /// AlgorithmIdentifier with its header.
    pub(crate) signature_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// The serial number as DER writes it, with the sign byte where there is one.
    pub(crate) serial: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    /// The public key without its algorithm.
    pub(crate) key_bits: Vec<u8>,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<ExtendedUsage>,
    /// What basic constraints say; none if there are none.
    pub(crate) authority: Option<bool>,
    pub(crate) ocsp_nocheck: bool,
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
    /// The extension's value in DER.
    pub(crate) alternative_names: Option<Vec<u8>>,
    /// The extension's value in DER.
    pub(crate) crl_distribution_points: Option<Vec<u8>>,
    /// The extension's value in DER.
    pub(crate) information_access: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ExtendedUsage {
    pub(crate) critical: bool,
    pub(crate) purposes: Vec<ObjectIdentifier>,
}

impl Outline {
    pub(crate) fn read(der: &[u8]) -> Result<Self, NotDer> {
        let whole = Element::only(der, asn1::SEQUENCE)?;
        let mut certificate = whole.elements();
        let to_be_signed = certificate.next(asn1::SEQUENCE)?;
        let signature_algorithm = certificate.next(asn1::SEQUENCE)?;
        let signature = certificate.next(asn1::BIT_STRING)?.octets()?;
        certificate.finish()?;

        let mut fields = to_be_signed.elements();
        // Versions 1 to 3, counted from zero.
        if let Some(version) = fields.optional(asn1::context(0))?
            && version.inside(asn1::INTEGER)?.unsigned()? > 2
        {
            return Err(NotDer);
        }
        let serial = fields.next(asn1::INTEGER)?.content;
        // Two algorithms would let two readers check two different things (RFC 5280 section 4.1.1.2).
        if serial.is_empty() || fields.next(asn1::SEQUENCE)?.raw != signature_algorithm.raw {
            return Err(NotDer);
        }
        let issuer = fields.next(asn1::SEQUENCE)?.raw;
        let mut validity = fields.next(asn1::SEQUENCE)?.elements();
        let (not_before, not_after) = (
            UnixTime::from_element(&validity.any()?)?,
            UnixTime::from_element(&validity.any()?)?,
        );
        validity.finish()?;
        let subject = fields.next(asn1::SEQUENCE)?.raw;
        let spki = fields.next(asn1::SEQUENCE)?;
        let mut key = spki.elements();
        key.next(asn1::SEQUENCE)?;
        let key_bits = key.next(asn1::BIT_STRING)?.octets()?;
        key.finish()?;
        // issuerUniqueID and subjectUniqueID (RFC 5280 section 4.1.2.8), implicitly tagged bit strings.
        fields.optional(0x81)?;
        fields.optional(0x82)?;
        let extensions = fields.optional(asn1::context(3))?;
        fields.finish()?;

        // The certificate is a header and its content, and the signed part is the first thing in there.
        let start = der.len() - whole.content.len();
        let mut outline = Self {
            der: der.to_vec(),
            to_be_signed: start..start + to_be_signed.raw.len(),
            signature_algorithm: signature_algorithm.raw.to_vec(),
            signature: signature.to_vec(),
            serial: serial.to_vec(),
            issuer: issuer.to_vec(),
            subject: subject.to_vec(),
            spki: spki.raw.to_vec(),
            key_bits: key_bits.to_vec(),
            not_before,
            not_after,
            key_usage: None,
            extended_key_usage: None,
            authority: None,
            ocsp_nocheck: false,
            subject_key_identifier: None,
            alternative_names: None,
            crl_distribution_points: None,
            information_access: None,
        };
        if let Some(extensions) = extensions {
            outline.read_extensions(&extensions)?;
        }
        Ok(outline)
    }

    fn read_extensions(&mut self, extensions: &Element<'_>) -> Result<(), NotDer> {
        let mut list = Element::only(extensions.content, asn1::SEQUENCE)?.elements();
        let mut seen = Vec::new();
        while !list.is_empty() {
            let mut extension = list.next(asn1::SEQUENCE)?.elements();
            let id = extension.next(asn1::OBJECT_IDENTIFIER)?;
            let critical = extension
                .optional(0x01)?
                .is_some_and(|critical| critical.content == [0xff]);
            let value = extension.next(asn1::OCTET_STRING)?.content;
            extension.finish()?;
            // RFC 5280 section 4.2: each extension once.
            if seen.contains(&id.content) || seen.len() >= MAX_EXTENSIONS {
                return Err(NotDer);
            }
            seen.push(id.content);
            if id.is(KeyUsage::OID) {
                self.key_usage = Some(decode(value)?);
            } else if id.is(ExtendedKeyUsage::OID) {
                let purposes = decode::<ExtendedKeyUsage>(value)?.0;
                self.extended_key_usage = Some(ExtendedUsage { critical, purposes });
            } else if id.is(BasicConstraints::OID) {
                self.authority = Some(decode::<BasicConstraints>(value)?.ca);
            } else if id.is(SubjectKeyIdentifier::OID) {
                let identifier = decode::<SubjectKeyIdentifier>(value)?;
                self.subject_key_identifier = Some(identifier.0.as_bytes().to_vec());
            } else if id.is(SubjectAltName::OID) {
                self.alternative_names = Some(value.to_vec());
            } else if id.is(CrlDistributionPoints::OID) {
                self.crl_distribution_points = Some(value.to_vec());
            } else if id.is(AuthorityInfoAccessSyntax::OID) {
                self.information_access = Some(value.to_vec());
            } else if id.is(OCSP_NOCHECK) {
                self.ocsp_nocheck = true;
            }
        }
        Ok(())
    }

    /// The bytes that the issuer signed.
    pub(crate) fn to_be_signed(&self) -> &[u8] {
        self.der.get(self.to_be_signed.clone()).unwrap_or_default()
    }

    pub(crate) fn subject_text(&self) -> String {
        name_text(&self.subject)
    }

    /// Key usage states `usage`.
    pub(crate) fn allows(&self, usage: KeyUsages) -> bool {
        self.key_usage
            .is_some_and(|allowed| allowed.0.contains(usage))
    }

    /// Whether key usage is stated and leaves `usage` out (RFC 5280 section 6.1.4 (n) for issuers).
    pub(crate) fn forbids(&self, usage: KeyUsages) -> bool {
        self.key_usage.is_some() && !self.allows(usage)
    }

    pub(crate) fn has_extended_usage(&self, usage: ObjectIdentifier) -> bool {
        self.extended_key_usage
            .as_ref()
            .is_some_and(|stated| stated.purposes.contains(&usage))
    }
}

fn decode<'a, T: Decode<'a, Error = der::Error>>(value: &'a [u8]) -> Result<T, NotDer> {
    T::from_der(value).map_err(|_| NotDer)
}
