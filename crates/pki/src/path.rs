//! From a certificate to an authority one trusts.
//!
//! `rustls-webpki` finds the path and checks signatures, validity, basic constraints, name constraints and extended
//! key usage (RFC 5280 section 6.1). Added here is what it leaves out: key usage, the anchor's own validity, and
//! revocation through OCSP next to CRLs, told per certificate. The choice is argued in `docs/path-checking.md`.

use core::fmt;

use const_oid::ObjectIdentifier;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    TrustAnchor, alg_id,
};
use webpki::{EndEntityCert, KeyUsage as ExtendedUsage, anchor_from_trusted_cert};
use x509_cert::ext::pkix::KeyUsages;

use crate::{
    Certificate, PublicKey, Revocation, RevocationPolicy, RevocationReason, RevocationStatus,
    UnixTime, oids,
};

/// Most certificates in a path, leaf and anchor included. `rustls-webpki` allows six between them.
pub const MAX_PATH_LENGTH: usize = 8;

/// What the leaf certificate is about to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// A legal person seals a document: contentCommitment, and document signing (RFC 9336).
    DocumentSigning,
    /// A legal person logs in or binds an account: digitalSignature, and client authentication.
    Login,
    /// A platform signs a request: digitalSignature, and server authentication, since it speaks for a web origin.
    PlatformRequest,
    /// An operator signs a trust list: digitalSignature, and trust list signing (ETSI TS 119 612).
    TrustListSigning,
}

/// What a successful check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathReport {
    chain: Vec<Certificate>,
    anchor_index: usize,
    revocation: Vec<RevocationStatus>,
    usage: Usage,
    at: UnixTime,
}

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
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
    let (chain, anchor_index) = build(leaf, intermediates, anchors, at, usage)?;
    if !leaf.allows(usage.key_usage()) || !leaf.has_extended_usage(*usage.extended_key_usage()) {
        return Err(PathError::WrongUsage { usage });
    }
    if chain[1..]
        .iter()
        .any(|issuer| issuer.forbids(KeyUsages::KeyCertSign))
    {
        return Err(PathError::Untrusted {
            reason: "an issuer's key usage forbids signing certificates".to_owned(),
        });
    }
    let revocation = chain
        .windows(2)
        .enumerate()
        .map(|(depth, pair)| check_revocation(&pair[0], &pair[1], depth, at, revocation))
        .collect::<Result<_, _>>()?;
    Ok(PathReport {
        chain,
        anchor_index,
        revocation,
        usage,
        at,
    })
}

impl PathReport {
    /// Subject names, leaf first, anchor last, in the notation of RFC 4514.
    pub fn subjects(&self) -> impl Iterator<Item = String> + '_ {
        self.chain
            .iter()
            .map(|certificate| certificate.subject_name().to_string())
    }

    /// The certificates, leaf first, anchor last.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The anchor, at which the path ends.
    pub fn anchor(&self) -> &Certificate {
        self.chain.last().expect("a path has a leaf and an anchor")
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
            Self::Malformed { .. } | Self::Untrusted { .. } => "certificate-untrusted",
            Self::WrongUsage { .. } => "certificate-wrong-usage",
        }
    }
}

impl Usage {
    fn key_usage(self) -> KeyUsages {
        match self {
            Self::DocumentSigning => KeyUsages::NonRepudiation,
            Self::Login | Self::PlatformRequest | Self::TrustListSigning => {
                KeyUsages::DigitalSignature
            }
        }
    }

    fn extended_key_usage(self) -> &'static ObjectIdentifier {
        match self {
            Self::DocumentSigning => &oids::EKU_DOCUMENT_SIGNING,
            Self::Login => &oids::EKU_CLIENT_AUTH,
            Self::PlatformRequest => &oids::EKU_SERVER_AUTH,
            Self::TrustListSigning => &oids::EKU_TRUST_LIST_SIGNING,
        }
    }
}

fn build(
    leaf: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Certificate],
    at: UnixTime,
    usage: Usage,
) -> Result<(Vec<Certificate>, usize), PathError> {
    let leaf_der = CertificateDer::from(leaf.der());
    let intermediate_ders: Vec<_> = intermediates
        .iter()
        .map(|certificate| CertificateDer::from(certificate.der()))
        .collect();
    let anchor_ders: Vec<_> = anchors
        .iter()
        .map(|certificate| CertificateDer::from(certificate.der()))
        .collect();
    let trust_anchors: Vec<TrustAnchor<'_>> = anchor_ders
        .iter()
        .map(anchor_from_trusted_cert)
        .collect::<Result<_, _>>()
        .map_err(|error| translate(error, usage))?;
    let end_entity = EndEntityCert::try_from(&leaf_der).map_err(|error| translate(error, usage))?;
    // The leaf must have the purpose, which is checked after this; authorities above it may leave purposes open.
    let purpose = ExtendedUsage::required_if_present(usage.extended_key_usage().as_bytes());
    let time = rustls_pki_types::UnixTime::since_unix_epoch(at.to_duration());
    let path = end_entity
        .verify_for_usage(
            &[&EcdsaP256Sha256],
            &trust_anchors,
            &intermediate_ders,
            time,
            purpose,
            None,
            None,
        )
        .map_err(|error| translate(error, usage))?;

    let anchor_index = find_anchor(path.anchor(), &trust_anchors, anchors, at)?;
    let mut chain = vec![leaf.clone()];
    for used in path.intermediate_certificates() {
        let der = used.der();
        let certificate = intermediates
            .iter()
            .find(|certificate| certificate.der() == der.as_ref());
        chain.push(
            certificate
                .expect("the path is made of the certificates passed in")
                .clone(),
        );
    }
    chain.push(anchors[anchor_index].clone());
    Ok((chain, anchor_index))
}

/// Anchors with the same name and key are one to `rustls-webpki`. It does not look at their validity; here the one
/// that is valid is taken, and a path to an anchor that has run out is refused.
fn find_anchor(
    found: &TrustAnchor<'_>,
    trust_anchors: &[TrustAnchor<'_>],
    anchors: &[Certificate],
    at: UnixTime,
) -> Result<usize, PathError> {
    let mut refusal = PathError::Untrusted {
        reason: "the path ends at no anchor".to_owned(),
    };
    for (index, (candidate, certificate)) in trust_anchors.iter().zip(anchors).enumerate() {
        if candidate.subject != found.subject
            || candidate.subject_public_key_info != found.subject_public_key_info
        {
            continue;
        }
        if at < certificate.not_before() {
            refusal = PathError::NotYetValid {
                not_before: certificate.not_before(),
            };
        } else if at > certificate.not_after() {
            refusal = PathError::Expired {
                not_after: certificate.not_after(),
            };
        } else {
            return Ok(index);
        }
    }
    Err(refusal)
}

fn check_revocation(
    certificate: &Certificate,
    issuer: &Certificate,
    depth: usize,
    at: UnixTime,
    revocation: &Revocation,
) -> Result<RevocationStatus, PathError> {
    let status = revocation.status(certificate, issuer, at);
    let subject = || certificate.subject_name().to_string();
    match (status, revocation.policy()) {
        (RevocationStatus::Revoked { since, reason, .. }, _) => Err(PathError::Revoked {
            subject: subject(),
            since,
            reason,
        }),
        (RevocationStatus::Unknown, RevocationPolicy::RequireAll) => {
            Err(PathError::RevocationUnknown { subject: subject() })
        }
        (RevocationStatus::Unknown, RevocationPolicy::RequireLeaf) if depth == 0 => {
            Err(PathError::RevocationUnknown { subject: subject() })
        }
        (status, _) => Ok(status),
    }
}

fn translate(error: webpki::Error, usage: Usage) -> PathError {
    use webpki::Error;
    match error {
        Error::CertExpired { not_after, .. } => PathError::Expired {
            not_after: UnixTime::from_secs(not_after.as_secs()),
        },
        Error::CertNotValidYet { not_before, .. } => PathError::NotYetValid {
            not_before: UnixTime::from_secs(not_before.as_secs()),
        },
        Error::RequiredEkuNotFoundContext(_)
        | Error::EmptyEkuExtension
        | Error::CaUsedAsEndEntity => PathError::WrongUsage { usage },
        Error::BadDer
        | Error::BadDerTime
        | Error::ExtensionValueInvalid
        | Error::InvalidCertValidity
        | Error::InvalidSerialNumber
        | Error::MalformedExtensions
        | Error::SignatureAlgorithmMismatch
        | Error::TrailingData(_)
        | Error::UnsupportedCertVersion => PathError::Malformed {
            reason: error.to_string(),
        },
        // Every other error is a rule of the path that does not hold; the enum is open, so new ones refuse as well.
        other => PathError::Untrusted {
            reason: other.to_string(),
        },
    }
}

/// The one signature algorithm of paths so far; another comes next to it in the list given to `rustls-webpki`.
#[derive(Debug)]
struct EcdsaP256Sha256;

impl SignatureVerificationAlgorithm for EcdsaP256Sha256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = PublicKey::from_sec1(public_key).map_err(|_| InvalidSignature)?;
        key.verify_es256_der(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentSigning => "signing documents",
            Self::Login => "logging in",
            Self::PlatformRequest => "signing a platform's requests",
            Self::TrustListSigning => "signing trust lists",
        })
    }
}
