//! Certificate revocation lists (RFC 5280 section 5).

use core::fmt;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_cert::ext::pkix::KeyUsages;

#[cfg(feature = "cms")]
use super::scope::{ISSUING_DISTRIBUTION_POINT, Scope};
use super::{
    Extension, Question, RevocationDataError, RevocationReason, RevocationSource, RevocationStatus,
    check_length, malformed,
};
use crate::{
    UnixTime,
    asn1::{self, Element, NotDer},
    name_text::name_text,
    outline::Outline,
    rules::Rules,
    signed::Signed,
};

/// Largest revocation list that is read: about 400,000 entries of 40 bytes, more than any authority of this kind has.
pub const MAX_CRL_LENGTH: usize = 16 * 1024 * 1024;

/// A revocation list that could be read. Cheap to clone, so that a server keeps one and lends it out.
///
/// Whose it is and whether it is fresh is judged when it is used. Delta, indirect and partial lists are refused.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    issuer: Vec<u8>,
    this_update: UnixTime,
    next_update: UnixTime,
    /// Empty if the list has none.
    number: Vec<u8>,
    entries: CertRevocationList<'static>,
    /// issuingDistributionPoint, unread.
    #[cfg(feature = "cms")]
    scope_der: Option<Vec<u8>>,
    #[cfg(feature = "cms")]
    scope: Option<Scope>,
}

const WHAT: &str = "revocation list";
/// cRLNumber (RFC 5280 section 5.2.3).
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// What stands around the entries of a list (RFC 5280 section 5.1), which `rustls-webpki` has read.
struct Header<'a> {
    issuer: &'a [u8],
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    number: &'a [u8],
    /// issuingDistributionPoint.
    #[cfg(feature = "cms")]
    scope: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    fn read(der: &'a [u8]) -> Result<Self, NotDer> {
        let Signed {
            to_be_signed,
            algorithm,
            ..
        } = Signed::from_der(der)?;
        let mut fields = to_be_signed.elements();
        fields.optional(asn1::INTEGER)?; // version
        // Two algorithms would let two readers check two different things (RFC 5280 section 5.1.1.2).
        if fields.next(asn1::SEQUENCE)?.raw != algorithm.raw {
            return Err(NotDer);
        }
        let issuer = fields.next(asn1::SEQUENCE)?.raw;
        let this_update = UnixTime::from_element(&fields.any()?)?;
        let next_update = match fields.next_tag() {
            Some(asn1::UTC_TIME | asn1::GENERALIZED_TIME) => {
                Some(UnixTime::from_element(&fields.any()?)?)
            }
            _ => None,
        };
        fields.optional(asn1::SEQUENCE)?; // revokedCertificates
        let extensions = fields.optional(asn1::context(0))?;
        fields.finish()?;
        let mut header = Self {
            issuer,
            this_update,
            next_update,
            number: &[],
            #[cfg(feature = "cms")]
            scope: None,
        };
        if let Some(extensions) = extensions {
            header.read_extensions(&extensions.inside(asn1::SEQUENCE)?)?;
        }
        Ok(header)
    }

    fn read_extensions(&mut self, extensions: &Element<'a>) -> Result<(), NotDer> {
        for extension in Extension::list(extensions)? {
            if extension.id.is(CRL_NUMBER) {
                self.number = Element::only(extension.value, asn1::INTEGER)?.digits()?;
            }
            #[cfg(feature = "cms")]
            if extension.id.is(ISSUING_DISTRIBUTION_POINT) {
                self.scope = Some(extension.value);
            }
        }
        Ok(())
    }
}

impl Inner {
    fn read(der: &[u8]) -> Result<Self, RevocationDataError> {
        check_length(WHAT, der.len(), MAX_CRL_LENGTH)?;
        let entries = CertRevocationList::from(
            OwnedCertRevocationList::from_der(der).map_err(|error| malformed(WHAT, error))?,
        );
        let header =
            Header::read(der).map_err(|NotDer| malformed(WHAT, "a field of it cannot be read"))?;
        // RFC 5280 section 5.1.2.5: nextUpdate is required. Without it nothing would tell a withheld list from a fresh one.
        let next_update = header
            .next_update
            .ok_or_else(|| malformed(WHAT, "nextUpdate is missing"))?;
        Ok(Self {
            der: der.to_vec(),
            issuer: header.issuer.to_vec(),
            this_update: header.this_update,
            next_update,
            number: header.number.to_vec(),
            #[cfg(feature = "cms")]
            scope_der: header.scope.map(<[u8]>::to_vec),
            #[cfg(feature = "cms")]
            scope: None,
            entries,
        })
    }

    #[cfg(feature = "cms")]
    fn covers(&self, certificate: &Outline) -> bool {
        self.scope
            .as_ref()
            .is_none_or(|scope| scope.covers(certificate))
    }

    /// Without the feature `cms` only full lists are read.
    #[cfg(not(feature = "cms"))]
    fn covers(&self, _certificate: &Outline) -> bool {
        true
    }
}

impl Crl {
    /// Reads a list in DER. The structure and its extensions are checked by `rustls-webpki`.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, no full version 2 list, or has no `nextUpdate`.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        let inner = Inner::read(der)?;
        if inner.entries.issuing_distribution_point().is_some() {
            return Err(RevocationDataError::Partial);
        }
        if inner.number.is_empty() {
            return Err(malformed(WHAT, "the CRL number is missing"));
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Reads a list of others in DER: also one that covers only signers, only authorities or the certificates of one
    /// distribution point, and speaks about those alone (RFC 5280 section 5.2.5); and one without number.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, no version 2 list, has no `nextUpdate`, or is partial in another way.
    #[cfg(feature = "cms")]
    pub fn any_from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        let mut inner = Inner::read(der)?;
        if inner.entries.issuing_distribution_point().is_some() {
            let extension = inner.scope_der.take().unwrap_or_default();
            let scope = Scope::read(&extension);
            inner.scope = Some(scope.map_err(|NotDer| RevocationDataError::Partial)?);
        }
        Ok(Self(Arc::new(inner)))
    }

    /// The list as it was read.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// When the list was made.
    pub fn this_update(&self) -> UnixTime {
        self.0.this_update
    }

    /// When the next list comes at the latest.
    pub fn next_update(&self) -> UnixTime {
        self.0.next_update
    }

    /// Number of the list in lower-case hexadecimal; it grows with every list. Empty if a list of others has none.
    pub fn number_hex(&self) -> String {
        crate::hex::lower(&self.0.number)
    }

    pub(crate) fn status(&self, question: &Question<'_>) -> RevocationStatus {
        let source = RevocationSource::Crl;
        let Question {
            certificate,
            issuer,
            ..
        } = *question;
        if certificate.issuer != issuer.subject
            || !self.0.covers(certificate)
            || !self.is_by(issuer, question.rules)
        {
            return RevocationStatus::Unknown;
        }
        match self.0.entries.find_serial(&certificate.serial) {
            Ok(None) => question.good(source, self.0.this_update, self.0.next_update),
            Ok(Some(entry)) => question.revoked(
                source,
                UnixTime::from_secs(entry.revocation_date.as_secs()),
                entry
                    .reason_code
                    .and_then(|reason| RevocationReason::try_from(reason as u32).ok())
                    .unwrap_or(RevocationReason::Unspecified),
            ),
            // The owned form was parsed entry by entry already; an entry that cannot be read says nothing good.
            Err(_) => RevocationStatus::Unknown,
        }
    }

    /// RFC 5280 section 6.3.3 (f) and (g): right name, allowed to sign lists, and it did.
    fn is_by(&self, issuer: &Outline, rules: &Rules) -> bool {
        self.0.issuer == issuer.subject
            && !issuer.forbids(KeyUsages::CRLSign)
            && Signed::from_der(&self.0.der).is_ok_and(|signed| signed.is_by(issuer, rules))
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &name_text(&self.0.issuer))
            .field("number", &self.number_hex())
            .field("this_update", &self.0.this_update)
            .field("next_update", &self.0.next_update)
            .finish_non_exhaustive()
    }
}
