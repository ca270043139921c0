//! Certificate revocation lists (RFC 5280 section 5).

use core::fmt;
use std::sync::Arc;

use der::{Decode, Encode};
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_cert::{
    crl::CertificateList,
    ext::pkix::{CrlNumber, KeyUsages},
    name::Name,
};

#[cfg(feature = "cms")]
use super::scope::{ISSUING_DISTRIBUTION_POINT, Scope};
use super::{
    Question, RevocationDataError, RevocationReason, RevocationSource, RevocationStatus,
    check_length, malformed,
};
#[cfg(feature = "cms")]
use crate::asn1::NotDer;
use crate::{UnixTime, outline::Outline, rules::Rules, signed::Signed};

/// Largest revocation list that is read: about 400,000 entries of 40 bytes, more than any authority of this kind has.
pub const MAX_CRL_LENGTH: usize = 16 * 1024 * 1024;

/// A revocation list that could be read. Cheap to clone, so that a server keeps one and lends it out.
///
/// Whose it is and whether it is fresh is judged when it is used. Delta, indirect and partial lists are refused.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    issuer: Name,
    issuer_der: Vec<u8>,
    this_update: UnixTime,
    next_update: UnixTime,
    /// Empty if the list has none.
    number: Vec<u8>,
    signed: Signed,
    entries: CertRevocationList<'static>,
    /// issuingDistributionPoint, unread.
    #[cfg(feature = "cms")]
    scope_der: Option<Vec<u8>>,
    #[cfg(feature = "cms")]
    scope: Option<Scope>,
}

const WHAT: &str = "revocation list";

impl Inner {
    fn read(der: &[u8]) -> Result<Self, RevocationDataError> {
        check_length(WHAT, der.len(), MAX_CRL_LENGTH)?;
        let entries = CertRevocationList::from(
            OwnedCertRevocationList::from_der(der).map_err(|error| malformed(WHAT, error))?,
        );
        let list = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(der)
            .map_err(|error| malformed(WHAT, error))?;
        let tbs = &list.tbs_cert_list;
        if tbs.signature != list.signature_algorithm {
            return Err(malformed(
                WHAT,
                "it names two different signature algorithms",
            ));
        }
        // RFC 5280 section 5.1.2.5: nextUpdate is required. Without it nothing would tell a withheld list from a fresh one.
        let next_update = tbs
            .next_update
            .ok_or_else(|| malformed(WHAT, "nextUpdate is missing"))?;
        let extension = |id| {
            let mut extensions = tbs.crl_extensions.iter().flatten();
            extensions
                .find(|extension| extension.extn_id == id)
                .map(|extension| extension.extn_value.as_bytes())
        };
        let number = extension(<CrlNumber as const_oid::AssociatedOid>::OID)
            .map(CrlNumber::from_der)
            .transpose()
            .map_err(|error| malformed(WHAT, error))?;
        let signed = Signed::from_der(der).map_err(|error| malformed(WHAT, error))?;
        Ok(Self {
            der: der.to_vec(),
            issuer_der: tbs
                .issuer
                .to_der()
                .map_err(|error| malformed(WHAT, error))?,
            issuer: tbs.issuer.clone(),
            this_update: tbs.this_update.into(),
            next_update: next_update.into(),
            number: number.map_or_else(Vec::new, |number| number.0.as_bytes().to_vec()),
            #[cfg(feature = "cms")]
            scope_der: extension(ISSUING_DISTRIBUTION_POINT).map(<[u8]>::to_vec),
            #[cfg(feature = "cms")]
            scope: None,
            signed,
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
        let Inner {
            issuer_der, signed, ..
        } = &*self.0;
        *issuer_der == issuer.subject
            && !issuer.forbids(KeyUsages::CRLSign)
            && signed.is_by(issuer, rules)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.0.issuer.to_string())
            .field("number", &self.number_hex())
            .field("this_update", &self.0.this_update)
            .field("next_update", &self.0.next_update)
            .finish_non_exhaustive()
    }
}
