//! Whether a certificate was withdrawn: evidence is passed in, fetching it is the host's job.

mod crl;
mod ocsp;
pub(crate) mod ocsp_asn1;
mod ocsp_request;
#[cfg(feature = "cms")]
mod scope;

pub use crl::{Crl, MAX_CRL_LENGTH};
pub use ocsp::{MAX_OCSP_LENGTH, OcspResponse};
pub use ocsp_request::{MAX_OCSP_REQUEST_CERTIFICATES, MAX_OCSP_REQUEST_LENGTH, OcspRequest};
pub use x509_cert::ext::pkix::CrlReason as RevocationReason;

use crate::{
    Certificate, UnixTime,
    asn1::{self, Element, NotDer},
    outline::Outline,
    rules::{self, Rules},
};

/// How far evidence may lie in the future: clocks of the authority and of the verifier differ.
pub(crate) const CLOCK_SKEW_SECS: u64 = 300;

/// Revocation evidence, and what to do where there is none.
///
/// A revocation counts however old its evidence is. "Good" counts only while the evidence is fresh: its `thisUpdate`
/// has passed and its `nextUpdate` has not. If two pieces of evidence disagree, the revocation wins.
///
/// That is so for the present. For a moment in the past, [`looking_back_from`](Self::looking_back_from) also takes
/// evidence that came later, and lets revocations that came later be.
#[derive(Clone, Debug)]
pub struct Revocation {
    policy: RevocationPolicy,
    now: Option<UnixTime>,
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
    /// Not revoked at the moment in question, and revoked afterwards. Only with [`Revocation::looking_back_from`].
    RevokedLater {
        /// Kind of evidence.
        source: RevocationSource,
        /// Since when.
        since: UnixTime,
        /// Why, as the authority says.
        reason: RevocationReason,
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
            now: None,
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

    /// Judges moments before `now`, such as one that a time stamp proves, with what is known at `now`.
    ///
    /// A revocation after that moment does not count: the report says [`RevocationStatus::RevokedLater`]. Evidence may be
    /// newer than that moment, up to `now`, but not newer than the certificate's own end: authorities drop certificates
    /// that have run out from their lists. Evidence about the present must be current as ever.
    #[must_use]
    pub fn looking_back_from(mut self, now: UnixTime) -> Self {
        self.now = Some(now);
        self
    }

    /// What the evidence says about `certificate`, which `issuer` has signed.
    pub fn status(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: UnixTime,
    ) -> RevocationStatus {
        self.status_by(&rules::OWN, certificate.outline(), issuer.outline(), at)
    }

    /// The same for certificates of others.
    #[cfg(feature = "cms")]
    pub fn any_status(
        &self,
        certificate: &crate::AnyCertificate,
        issuer: &crate::AnyCertificate,
        at: UnixTime,
    ) -> RevocationStatus {
        self.status_by(
            &crate::any_rules::ANY,
            certificate.outline(),
            issuer.outline(),
            at,
        )
    }

    pub(crate) fn status_by(
        &self,
        rules: &Rules,
        certificate: &Outline,
        issuer: &Outline,
        at: UnixTime,
    ) -> RevocationStatus {
        let question = Question {
            rules,
            certificate,
            issuer,
            at,
            now: self.now,
        };
        let from_crls = self.crls.iter().map(|crl| crl.status(&question));
        let from_ocsp = self.ocsp.iter().map(|response| response.status(&question));
        from_ocsp
            .chain(from_crls)
            .fold(RevocationStatus::Unknown, RevocationStatus::or_worse)
    }
}

/// What evidence is asked.
pub(crate) struct Question<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) certificate: &'a Outline,
    pub(crate) issuer: &'a Outline,
    /// The moment in question.
    pub(crate) at: UnixTime,
    /// The present, if the moment may lie in the past.
    now: Option<UnixTime>,
}

impl Question<'_> {
    /// "Good" if the evidence covers the moment in question, otherwise unknown.
    pub(crate) fn good(
        &self,
        source: RevocationSource,
        this_update: UnixTime,
        next_update: UnixTime,
    ) -> RevocationStatus {
        let known_at = self.now.unwrap_or(self.at);
        let outlived = self.now.is_some() && this_update > self.certificate.not_after;
        let told = this_update <= known_at.saturating_add_secs(CLOCK_SKEW_SECS);
        if told && !outlived && self.at < next_update {
            RevocationStatus::Good {
                source,
                this_update,
                next_update,
            }
        } else {
            RevocationStatus::Unknown
        }
    }

    /// "Revoked", or "revoked later" if the revocation came after the moment in question.
    pub(crate) fn revoked(
        &self,
        source: RevocationSource,
        since: UnixTime,
        reason: RevocationReason,
    ) -> RevocationStatus {
        if self.now.is_some() && since > self.at {
            RevocationStatus::RevokedLater {
                source,
                since,
                reason,
            }
        } else {
            RevocationStatus::Revoked {
                source,
                since,
                reason,
            }
        }
    }

    /// The moment at which whoever signed evidence, made at `made`, must have been valid.
    pub(crate) fn responder_time(&self, made: UnixTime) -> UnixTime {
        if self.now.is_some() { made } else { self.at }
    }
}

impl RevocationStatus {
    /// Revoked outweighs good, good outweighs unknown; of two alike the first stays.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        let weight = |status: &Self| match status {
            Self::Unknown => 0,
            Self::Good { .. } => 1,
            Self::RevokedLater { .. } => 2,
            Self::Revoked { .. } => 3,
        };
        if weight(&other) > weight(&self) {
            other
        } else {
            self
        }
    }
}

/// An extension of a list or an answer (RFC 5280 section 4.2).
pub(crate) struct Extension<'a> {
    pub(crate) id: Element<'a>,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// All those in the SEQUENCE `list`.
    pub(crate) fn list(list: &Element<'a>) -> Result<Vec<Self>, NotDer> {
        let read = |extension: Element<'a>| {
            if extension.tag != asn1::SEQUENCE {
                return Err(NotDer);
            }
            let mut fields = extension.elements();
            let id = fields.next(asn1::OBJECT_IDENTIFIER)?;
            let critical = fields.optional(asn1::BOOLEAN)?;
            let value = fields.next(asn1::OCTET_STRING)?.content;
            fields.finish()?;
            Ok(Self {
                id,
                critical: critical.map_or(Ok(false), |critical| critical.boolean())?,
                value,
            })
        };
        list.elements().all()?.into_iter().map(read).collect()
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
