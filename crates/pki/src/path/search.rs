//! Looking for a path, and judging the ones that `rustls-webpki` finds.

use std::cell::{Cell, RefCell};

use rustls_pki_types::{CertificateDer, TrustAnchor};
use webpki::{EndEntityCert, VerifiedPath, anchor_from_trusted_cert};
use x509_cert::ext::pkix::KeyUsages;

use super::{PathError, Usage};
use crate::{
    Revocation, RevocationPolicy, RevocationStatus, UnixTime, outline::Outline, rules::Rules,
};

/// What is looked for.
pub(super) struct Search<'a> {
    pub(super) rules: &'a Rules,
    pub(super) leaf: &'a Outline,
    pub(super) intermediates: Vec<&'a Outline>,
    pub(super) anchors: Vec<&'a Outline>,
    pub(super) at: UnixTime,
    pub(super) usage: Usage,
    pub(super) revocation: &'a Revocation,
}

/// A path that holds, leaf first.
pub(super) struct Found {
    pub(super) places: Vec<Place>,
    pub(super) anchor_index: usize,
    pub(super) revocation: Vec<RevocationStatus>,
}

/// Where a certificate of the path was passed in.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Leaf,
    Intermediate(usize),
    Anchor(usize),
}

impl Search<'_> {
    pub(super) fn run(&self) -> Result<Found, PathError> {
        if self.rules.lenient
            && let Some(index) = self
                .anchors
                .iter()
                .position(|anchor| anchor.der == self.leaf.der)
        {
            return self.judge_pinned(index);
        }
        let leaf_der = CertificateDer::from(self.leaf.der.as_slice());
        let ders = |certificates: &[&Outline]| -> Vec<CertificateDer<'static>> {
            certificates
                .iter()
                .map(|certificate| CertificateDer::from(certificate.der.clone()))
                .collect()
        };
        let (intermediates, anchors) = (ders(&self.intermediates), ders(&self.anchors));
        let (indexes, trust_anchors) = self.read_anchors(&anchors)?;
        let end_entity =
            EndEntityCert::try_from(&leaf_der).map_err(|error| self.translate(error))?;
        let time = rustls_pki_types::UnixTime::since_unix_epoch(self.at.to_duration());
        let found = RefCell::new(None);
        let refusal = RefCell::new(None);
        let left = Cell::new(self.rules.candidates);
        let judge = |path: &VerifiedPath<'_>| {
            let Some(less) = left.get().checked_sub(1) else {
                return Err(webpki::Error::MaximumPathBuildCallsExceeded);
            };
            left.set(less);
            match self.judge(path, &indexes, &trust_anchors) {
                Ok(path) => {
                    found.replace(Some(path));
                    Ok(())
                }
                Err(error) => {
                    refusal.borrow_mut().get_or_insert(error);
                    Err(webpki::Error::UnknownIssuer)
                }
            }
        };
        let result = end_entity.verify_for_usage(
            self.rules.algorithms,
            &trust_anchors,
            &intermediates,
            time,
            self.usage,
            None,
            Some(&judge),
        );
        match (result, found.into_inner(), refusal.into_inner()) {
            (Ok(_), Some(found), _) => Ok(found),
            // A path that leads somewhere and fails there tells more than the dead ends around it.
            (_, _, Some(refusal)) => Err(refusal),
            (Err(error), ..) => Err(self.translate(error)),
            (Ok(_), None, None) => Err(PathError::Untrusted {
                reason: "no path was judged".to_owned(),
            }),
        }
    }

    /// The anchors as the library reads them, with their positions. In our own world one that cannot be read is an error;
    /// among hundreds of others it is passed over.
    fn read_anchors<'d>(
        &self,
        ders: &'d [CertificateDer<'d>],
    ) -> Result<(Vec<usize>, Vec<TrustAnchor<'d>>), PathError> {
        let mut indexes = Vec::new();
        let mut anchors = Vec::new();
        for (index, der) in ders.iter().enumerate() {
            match anchor_from_trusted_cert(der) {
                Ok(anchor) => {
                    indexes.push(index);
                    anchors.push(anchor);
                }
                Err(_) if self.rules.lenient => {}
                Err(error) => return Err(self.translate(error)),
            }
        }
        Ok((indexes, anchors))
    }

    /// A leaf that is trusted as it stands: nobody vouches for it, so nobody revokes it.
    fn judge_pinned(&self, index: usize) -> Result<Found, PathError> {
        self.check_validity(self.leaf)?;
        self.check_usage()?;
        Ok(Found {
            places: vec![Place::Anchor(index)],
            anchor_index: index,
            revocation: Vec::new(),
        })
    }

    fn judge(
        &self,
        path: &VerifiedPath<'_>,
        indexes: &[usize],
        trust_anchors: &[TrustAnchor<'_>],
    ) -> Result<Found, PathError> {
        let anchor_index = self.find_anchor(path.anchor(), indexes, trust_anchors)?;
        let mut places = vec![Place::Leaf];
        for used in path.intermediate_certificates() {
            let der = used.der();
            let index = self
                .intermediates
                .iter()
                .position(|certificate| certificate.der == der.as_ref())
                .ok_or_else(|| PathError::Untrusted {
                    reason: "the path is not made of the certificates passed in".to_owned(),
                })?;
            places.push(Place::Intermediate(index));
        }
        places.push(Place::Anchor(anchor_index));
        self.check_usage()?;
        let chain: Vec<&Outline> = places.iter().filter_map(|place| self.at(*place)).collect();
        if chain
            .iter()
            .skip(1)
            .any(|issuer| issuer.forbids(KeyUsages::KeyCertSign))
        {
            return Err(PathError::CaConstraint {
                reason: "an issuer's key usage forbids signing certificates".to_owned(),
            });
        }
        // The extended key usage of PDF signers is left to us, since the library looks at it before the path.
        let mut intermediates = chain.iter().skip(1).rev().skip(1);
        if self.usage == Usage::PdfSignature
            && !intermediates.all(|issuer| self.usage.is_open_to(issuer))
        {
            return Err(PathError::WrongUsage { usage: self.usage });
        }
        let anchor_is_no_authority =
            || chain.last().and_then(|anchor| anchor.authority) == Some(false);
        if self.rules.lenient && anchor_is_no_authority() {
            return Err(PathError::CaConstraint {
                reason: "the trusted certificate is not one of an authority".to_owned(),
            });
        }
        let mut revocation = Vec::new();
        for (depth, (certificate, issuer)) in chain.iter().zip(chain.iter().skip(1)).enumerate() {
            revocation.push(self.check_revocation(certificate, issuer, depth)?);
        }
        Ok(Found {
            places,
            anchor_index,
            revocation,
        })
    }

    fn at(&self, place: Place) -> Option<&Outline> {
        match place {
            Place::Leaf => Some(self.leaf),
            Place::Intermediate(index) => self.intermediates.get(index).copied(),
            Place::Anchor(index) => self.anchors.get(index).copied(),
        }
    }

    /// Anchors with the same name and key are one to `rustls-webpki`. It does not look at their validity; here the one
    /// that is valid is taken, and a path to an anchor that has run out is refused.
    fn find_anchor(
        &self,
        found: &TrustAnchor<'_>,
        indexes: &[usize],
        trust_anchors: &[TrustAnchor<'_>],
    ) -> Result<usize, PathError> {
        let mut refusal = PathError::Untrusted {
            reason: "the path ends at no anchor".to_owned(),
        };
        for (candidate, index) in trust_anchors.iter().zip(indexes) {
            let Some(certificate) = self.anchors.get(*index) else {
                continue;
            };
            if candidate.subject != found.subject
                || candidate.subject_public_key_info != found.subject_public_key_info
            {
                continue;
            }
            match self.check_validity(certificate) {
                Ok(()) => return Ok(*index),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    fn check_validity(&self, certificate: &Outline) -> Result<(), PathError> {
        if self.at < certificate.not_before {
            Err(PathError::NotYetValid {
                not_before: certificate.not_before,
            })
        } else if self.at > certificate.not_after {
            Err(PathError::Expired {
                not_after: certificate.not_after,
            })
        } else {
            Ok(())
        }
    }

    fn is_issued_by_an_anchor(&self) -> bool {
        self.anchors.iter().any(|anchor| {
            anchor.subject == self.leaf.issuer && self.rules.is_signed_by(self.leaf, anchor)
        })
    }

    fn check_usage(&self) -> Result<(), PathError> {
        if self.usage.is_stated_by(self.leaf) {
            Ok(())
        } else {
            Err(PathError::WrongUsage { usage: self.usage })
        }
    }

    fn check_revocation(
        &self,
        certificate: &Outline,
        issuer: &Outline,
        depth: usize,
    ) -> Result<RevocationStatus, PathError> {
        let status = self
            .revocation
            .status_by(self.rules, certificate, issuer, self.at);
        let subject = || certificate.subject_text();
        match (status, self.revocation.policy()) {
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

    fn translate(&self, error: webpki::Error) -> PathError {
        use webpki::Error;
        match error {
            Error::CertExpired { not_after, .. } => PathError::Expired {
                not_after: UnixTime::from_secs(not_after.as_secs()),
            },
            Error::CertNotValidYet { not_before, .. } => PathError::NotYetValid {
                not_before: UnixTime::from_secs(not_before.as_secs()),
            },
            Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
                PathError::WrongUsage { usage: self.usage }
            }
            // Said before any path is looked for: whoever made it up is told apart from an authority that is trusted.
            Error::CaUsedAsEndEntity if self.is_issued_by_an_anchor() => {
                PathError::WrongUsage { usage: self.usage }
            }
            Error::EndEntityUsedAsCa
            | Error::NameConstraintViolation
            | Error::PathLenConstraintViolated => PathError::CaConstraint {
                reason: error.to_string(),
            },
            Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => PathError::Algorithm,
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
}
