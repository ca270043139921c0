//! Certificate revocation lists (RFC 5280 section 5).

use core::fmt;
use std::sync::Arc;

use der::Decode;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_cert::{
    crl::CertificateList,
    ext::pkix::{CrlNumber, KeyUsages},
    name::Name,
};

use super::{
    RevocationDataError, RevocationReason, RevocationSource, RevocationStatus, check_length,
    malformed,
};
use crate::{Certificate, UnixTime, signed::Signed};

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
    this_update: UnixTime,
    next_update: UnixTime,
    number: Vec<u8>,
    signed: Signed,
    entries: CertRevocationList<'static>,
}

impl Crl {
    /// Reads a list in DER. The structure and its extensions are checked by `rustls-webpki`.
    ///
    /// # Errors
    /// [`RevocationDataError`] if it is too long, no full version 2 list, or has no `nextUpdate`.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        const WHAT: &str = "revocation list";
        check_length(WHAT, der.len(), MAX_CRL_LENGTH)?;
        let entries = CertRevocationList::from(
            OwnedCertRevocationList::from_der(der).map_err(|error| malformed(WHAT, error))?,
        );
        if entries.issuing_distribution_point().is_some() {
            return Err(RevocationDataError::Partial);
        }
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
        let number =
            tbs.crl_extensions.iter().flatten().find(|extension| {
                extension.extn_id == <CrlNumber as const_oid::AssociatedOid>::OID
            });
        let number = number
            .map(|extension| CrlNumber::from_der(extension.extn_value.as_bytes()))
            .transpose()
            .map_err(|error| malformed(WHAT, error))?
            .ok_or_else(|| malformed(WHAT, "the CRL number is missing"))?;
        let signed = Signed::from_der(der).map_err(|error| malformed(WHAT, error))?;
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            issuer: tbs.issuer.clone(),
            this_update: tbs.this_update.into(),
            next_update: next_update.into(),
            number: number.0.as_bytes().to_vec(),
            signed,
            entries,
        })))
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

    /// Number of the list in lower-case hexadecimal; it grows with every list.
    pub fn number_hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0.number)
    }

    pub(crate) fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: UnixTime,
    ) -> RevocationStatus {
        let Inner {
            this_update,
            next_update,
            ..
        } = *self.0;
        if !self.is_by(issuer) || certificate.issuer_name() != issuer.subject_name() {
            return RevocationStatus::Unknown;
        }
        match self.0.entries.find_serial(certificate.serial_der()) {
            Ok(None) => {
                RevocationStatus::good_if_fresh(RevocationSource::Crl, this_update, next_update, at)
            }
            Ok(Some(entry)) => RevocationStatus::Revoked {
                source: RevocationSource::Crl,
                since: UnixTime::from_secs(entry.revocation_date.as_secs()),
                reason: entry
                    .reason_code
                    .and_then(|reason| RevocationReason::try_from(reason as u32).ok())
                    .unwrap_or(RevocationReason::Unspecified),
            },
            // The owned form was parsed entry by entry already; an entry that cannot be read says nothing good.
            Err(_) => RevocationStatus::Unknown,
        }
    }

    /// RFC 5280 section 6.3.3 (f) and (g): right name, allowed to sign lists, and it did.
    fn is_by(&self, issuer: &Certificate) -> bool {
        self.0.issuer == *issuer.subject_name()
            && !issuer.forbids(KeyUsages::CRLSign)
            && self.0.signed.verify(issuer.public_key()).is_ok()
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
