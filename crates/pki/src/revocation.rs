//! Whether a certificate was withdrawn: evidence is passed in, fetching it is the host's job.

mod crl;
mod ocsp;
pub(crate) mod ocsp_asn1;
mod ocsp_request;

pub use crl::{Crl, MAX_CRL_LENGTH};
pub use ocsp::{MAX_OCSP_LENGTH, OcspResponse};
pub use ocsp_request::{MAX_OCSP_REQUEST_CERTIFICATES, MAX_OCSP_REQUEST_LENGTH, OcspRequest};
pub use x509_cert::ext::pkix::CrlReason as RevocationReason;

use crate::{Certificate, UnixTime};

/// How far evidence may lie in the future: clocks of the authority and of the verifier differ.
pub(crate) const CLOCK_SKEW_SECS: u64 = 300;

/// Revocation evidence, and what to do where there is none.
///
/// A revocation counts however old its evidence is. "Good" counts only while the evidence is fresh: its `thisUpdate`
/// has passed and its `nextUpdate` has not. If two pieces of evidence disagree, the revocation wins.
#[derive(Clone, Debug)]
pub struct Revocation {
    policy: RevocationPolicy,
    crls: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
}

/// What to do with a certificate about which the evidence says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationPolicy {
    /// Refuse, whichever certificate of the path below the anchor it is.
    #[default]
    RequireAll,
    /// Refuse if it is the leaf; let certificates of authorities pass.
    RequireLeaf,
    /// Let it pass; the report says so. For ends without evidence that pin the key by other means, such as a phone
    /// that looks at a platform's certificate.
    AllowUnknown,
}

/// Where a status was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationSource {
    /// A certificate revocation list (RFC 5280 section 5).
    Crl,
    /// An OCSP answer (RFC 6960).
    Ocsp,
}

/// What the evidence says about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked.
    Good {
        /// Kind of evidence.
        source: RevocationSource,
        /// When the authority said so.
        this_update: UnixTime,
        /// When it will say so again.
        next_update: UnixTime,
    },
    /// Revoked, or on hold.
    Revoked {
        /// Kind of evidence.
        source: RevocationSource,
        /// Since when.
        since: UnixTime,
        /// Why, as the authority says.
        reason: RevocationReason,
    },
    /// No fresh evidence, or none that is signed by the right authority.
    Unknown,
}

/// Why revocation evidence cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationDataError {
    /// Not DER, or not the structure it should be.
    #[error("not a {what} in DER: {reason}")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// The responder gave no answer (RFC 6960 section 4.2.1).
    #[error("the OCSP responder answered with status {status}: ask again later or take the CRL")]
    NotSuccessful {
        /// The `responseStatus`.
        status: u8,
    },
    /// Longer than its limit.
    #[error("a {what} has at most {limit} bytes, not {length}")]
    TooLong {
        /// What it should be.
        what: &'static str,
        /// Bytes given.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A revocation list that covers only a part of what its authority issues: it proves nothing about the rest.
    #[error("the revocation list covers only a part of the certificates: take the full one")]
    Partial,
}

impl Revocation {
    /// No evidence yet.
    pub fn new(policy: RevocationPolicy) -> Self {
        Self {
            policy,
            crls: Vec::new(),
            ocsp: Vec::new(),
        }
    }

    /// Adds a revocation list.
    #[must_use]
    pub fn with_crl(mut self, crl: Crl) -> Self {
        self.crls.push(crl);
        self
    }

    /// Adds an OCSP answer.
    #[must_use]
    pub fn with_ocsp(mut self, response: OcspResponse) -> Self {
        self.ocsp.push(response);
        self
    }

    /// What to do where there is no evidence.
    pub fn policy(&self) -> RevocationPolicy {
        self.policy
    }

    /// What the evidence says about `certificate`, which `issuer` has signed.
    pub fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: UnixTime,
    ) -> RevocationStatus {
        let from_crls = self
            .crls
            .iter()
            .map(|crl| crl.status(certificate, issuer, at));
        let from_ocsp = self
            .ocsp
            .iter()
            .map(|response| response.status(certificate, issuer, at));
        from_ocsp
            .chain(from_crls)
            .fold(RevocationStatus::Unknown, RevocationStatus::or_worse)
    }
}

impl RevocationStatus {
    /// Revoked outweighs good, good outweighs unknown; of two alike the first stays.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        let weight = |status: &Self| match status {
            Self::Unknown => 0,
            Self::Good { .. } => 1,
            Self::Revoked { .. } => 2,
        };
        if weight(&other) > weight(&self) {
            other
        } else {
            self
        }
    }

    /// "Good" if `at` lies in the window, otherwise unknown.
    pub(crate) fn good_if_fresh(
        source: RevocationSource,
        this_update: UnixTime,
        next_update: UnixTime,
        at: UnixTime,
    ) -> Self {
        if this_update <= at.saturating_add_secs(CLOCK_SKEW_SECS) && at < next_update {
            Self::Good {
                source,
                this_update,
                next_update,
            }
        } else {
            Self::Unknown
        }
    }
}

pub(crate) fn malformed(what: &'static str, reason: impl ToString) -> RevocationDataError {
    RevocationDataError::Malformed {
        what,
        reason: reason.to_string(),
    }
}

pub(crate) fn check_length(
    what: &'static str,
    length: usize,
    limit: usize,
) -> Result<(), RevocationDataError> {
    if length > limit {
        Err(RevocationDataError::TooLong {
            what,
            length,
            limit,
        })
    } else {
        Ok(())
    }
}
