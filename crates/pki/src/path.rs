//! From a certificate to an authority one trusts.
//!
//! `rustls-webpki` finds the path and checks signatures, validity, basic constraints, name constraints and extended
//! key usage (RFC 5280 section 6.1). Added here is what it leaves out: key usage, the anchor's own validity, and
//! revocation through OCSP next to CRLs, told per certificate. The choice is argued in `docs/path-checking.md`.

mod search;
mod usage;

pub use usage::Usage;

use crate::{
    Certificate, Revocation, RevocationReason, RevocationStatus, UnixTime,
    outline::Outline,
    rules::{self, Rules},
};
use search::{Place, Search};

/// Most certificates in a path, leaf and anchor included. `rustls-webpki` allows six between them.
pub const MAX_PATH_LENGTH: usize = 8;

/// What a successful check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathReport<C = Certificate> {
    chain: Vec<C>,
    anchor_index: usize,
    revocation: Vec<RevocationStatus>,
    usage: Usage,
    at: UnixTime,
}

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// A certificate on the way is signed with an algorithm that is not accepted, such as one with SHA-1.
    #[error("a certificate is signed with an algorithm that is not accepted")]
    Algorithm,
    /// A certificate on the way may not issue certificates, or not this one: basic constraints, path length, name
    /// constraints, key usage (RFC 5280 section 6.1.4).
    #[error("an authority on the path oversteps its constraints: {reason}")]
    CaConstraint {
        /// The rule, for the log.
        reason: String,
    },
    /// The certificate, or one above it, has run out.
    #[error("the certificate expired at {} (seconds since 1970): get a new one", not_after.as_secs())]
    Expired {
        /// Last moment of validity.
        not_after: UnixTime,
    },
    /// A certificate that this crate reads, but path checking does not.
    #[error("a certificate is malformed: {reason}")]
    Malformed {
        /// What the checker says.
        reason: String,
    },
    /// The certificate, or one above it, is not valid yet.
    #[error("the certificate is valid only from {} (seconds since 1970): check the clock", not_before.as_secs())]
    NotYetValid {
        /// First moment of validity.
        not_before: UnixTime,
    },
    /// There is no fresh and authentic evidence about a certificate, and the policy asks for it.
    #[error(
        "nothing current is known about the revocation of {subject}: fetch its CRL or OCSP answer"
    )]
    RevocationUnknown {
        /// Name of the certificate concerned.
        subject: String,
    },
    /// The certificate, or one above it, was revoked.
    #[error("{subject} was revoked at {} (seconds since 1970), reason {reason:?}", since.as_secs())]
    Revoked {
        /// Name of the certificate concerned.
        subject: String,
        /// Since when.
        since: UnixTime,
        /// Why, as the authority says.
        reason: RevocationReason,
    },
    /// No path to an anchor, or only paths that break a rule.
    #[error("no valid path leads to a trusted authority: {reason}")]
    Untrusted {
        /// The rule, for the log.
        reason: String,
    },
    /// The certificate may not be used for this.
    #[error("the certificate is not meant for {usage}")]
    WrongUsage {
        /// The use that was asked for.
        usage: Usage,
    },
}

/// Looks for a path from `leaf` through any of `intermediates`, in any order, to one of `anchors`, and checks it as
/// of `at` for `usage`.
///
/// Not checked: whether the name in the certificate is the one the caller expects, certificate policies, and that the
/// subject has the private key.
///
/// # Errors
/// [`PathError`], whose [`code`](PathError::code) goes to the user. Everything that is not proven is an error.
pub fn verify_path(
    leaf: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    at: UnixTime,
    usage: Usage,
    revocation: &Revocation,
) -> Result<PathReport, PathError> {
    verify(
        &rules::OWN,
        leaf,
        intermediates,
        anchors,
        at,
        usage,
        revocation,
    )
}

/// The same for certificates of others, with any algorithm that still counts.
///
/// Two things differ. A leaf that is itself one of `anchors` is trusted as it stands, within its validity and usage; so
/// are self-signed certificates. And where several paths lead to an anchor, as with cross-signed authorities, one that
/// holds in everything is enough.
///
/// # Errors
/// [`PathError`], as with [`verify_path`].
#[cfg(feature = "cms")]
pub fn verify_any_path(
    leaf: &crate::AnyCertificate,
    intermediates: &[crate::AnyCertificate],
    anchors: &[crate::AnyCertificate],
    at: UnixTime,
    usage: Usage,
    revocation: &Revocation,
) -> Result<AnyPathReport, PathError> {
    verify(
        &crate::any_rules::ANY,
        leaf,
        intermediates,
        anchors,
        at,
        usage,
        revocation,
    )
}

/// What a successful check of certificates of others found.
#[cfg(feature = "cms")]
pub type AnyPathReport = PathReport<crate::AnyCertificate>;

fn verify<C: Clone + AsOutline>(
    rules: &Rules,
    leaf: &C,
    intermediates: &[C],
    anchors: &[C],
    at: UnixTime,
    usage: Usage,
    revocation: &Revocation,
) -> Result<PathReport<C>, PathError> {
    let found = Search {
        rules,
        leaf: leaf.as_outline(),
        intermediates: intermediates.iter().map(C::as_outline).collect(),
        anchors: anchors.iter().map(C::as_outline).collect(),
        at,
        usage,
        revocation,
    }
    .run()?;
    let certificate = |place: &Place| match *place {
        Place::Leaf => Some(leaf),
        Place::Intermediate(index) => intermediates.get(index),
        Place::Anchor(index) => anchors.get(index),
    };
    Ok(PathReport {
        chain: found
            .places
            .iter()
            .filter_map(certificate)
            .cloned()
            .collect(),
        anchor_index: found.anchor_index,
        revocation: found.revocation,
        usage,
        at,
    })
}

/// A certificate of either kind.
trait AsOutline {
    fn as_outline(&self) -> &Outline;
}

impl AsOutline for Certificate {
    fn as_outline(&self) -> &Outline {
        self.outline()
    }
}

#[cfg(feature = "cms")]
impl AsOutline for crate::AnyCertificate {
    fn as_outline(&self) -> &Outline {
        self.outline()
    }
}

impl PathReport {
    /// Subject names, leaf first, anchor last, in the notation of RFC 4514.
    pub fn subjects(&self) -> impl Iterator<Item = String> + '_ {
        self.chain
            .iter()
            .map(|certificate| certificate.outline().subject_text())
    }
}

#[cfg(feature = "cms")]
impl AnyPathReport {
    /// Subject names, leaf first, anchor last, in the notation of RFC 4514.
    pub fn subjects(&self) -> impl Iterator<Item = String> + '_ {
        self.chain.iter().map(crate::AnyCertificate::subject_name)
    }
}

impl<C> PathReport<C> {
    /// The certificates, leaf first, anchor last.
    pub fn chain(&self) -> &[C] {
        &self.chain
    }

    /// The anchor, at which the path ends.
    pub fn anchor(&self) -> &C {
        self.chain.last().expect("a path has an anchor")
    }

    /// Position of the anchor among those passed in.
    pub fn anchor_index(&self) -> usize {
        self.anchor_index
    }

    /// What is known about revocation: one status for each certificate except the anchor, leaf first.
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.revocation
    }

    /// The use that was checked.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// The moment for which everything was checked.
    pub fn at(&self) -> UnixTime {
        self.at
    }
}

impl PathError {
    /// The stable code that every end understands.
    ///
    /// A certificate that cannot be read counts as not trusted. `scanseal-protocol` has the table of all codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "certificate-expired",
            Self::NotYetValid { .. } => "certificate-not-yet-valid",
            Self::Revoked { .. } => "certificate-revoked",
            Self::RevocationUnknown { .. } => "certificate-status-unknown",
            Self::Algorithm
            | Self::CaConstraint { .. }
            | Self::Malformed { .. }
            | Self::Untrusted { .. } => "certificate-untrusted",
            Self::WrongUsage { .. } => "certificate-wrong-usage",
        }
    }
}
