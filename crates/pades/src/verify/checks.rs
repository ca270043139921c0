//! The checks made on one signature, and the verdict they amount to.

use super::report::{
    Check, CheckId, CheckStatus, Indication, Reason, SignatureVerdict, SubIndication,
};
use crate::syntax::Span;

/// Checks in the order made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checks(Vec<Check>);

/// What checks amount to.
#[derive(Debug, PartialEq)]
pub(crate) struct Conclusion {
    pub(crate) verdict: SignatureVerdict,
    pub(crate) indication: Indication,
    pub(crate) sub_indication: Option<SubIndication>,
    pub(crate) reasons: Vec<Reason>,
}

impl Checks {
    pub(crate) fn pass(&mut self, id: CheckId) {
        self.add(id, CheckStatus::Passed, None, None);
    }

    pub(crate) fn skip(&mut self, id: CheckId) {
        self.add(id, CheckStatus::Skipped, None, None);
    }

    pub(crate) fn note(&mut self, id: CheckId, reason: Reason, detail: impl Into<String>) {
        self.add(id, CheckStatus::Noted, Some(reason), Some(detail.into()));
    }

    pub(crate) fn unsure(&mut self, id: CheckId, reason: Reason, detail: impl Into<String>) {
        self.add(
            id,
            CheckStatus::Indeterminate,
            Some(reason),
            Some(detail.into()),
        );
    }

    pub(crate) fn fail(&mut self, id: CheckId, reason: Reason, detail: impl Into<String>) {
        self.add(id, CheckStatus::Failed, Some(reason), Some(detail.into()));
    }

    pub(crate) fn fail_at(
        &mut self,
        id: CheckId,
        reason: Reason,
        detail: &str,
        place: Option<Span>,
    ) {
        self.fail(id, reason, detail);
        if let Some(check) = self.0.last_mut() {
            check.place = place;
        }
    }

    pub(crate) fn push(&mut self, check: Check) {
        self.0.push(check);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.0
            .iter()
            .any(|check| check.status == CheckStatus::Failed)
    }

    pub(crate) fn has_failed_in(&self, id: CheckId) -> bool {
        self.0
            .iter()
            .any(|check| check.id == id && check.status == CheckStatus::Failed)
    }

    pub(crate) fn into_list(self) -> Vec<Check> {
        self.0
    }

    /// The verdict: failed if a check failed, else indeterminate if one could not be told.
    pub(crate) fn conclude(&self) -> Conclusion {
        let reasons_of = |status| {
            let checks = self.0.iter().filter(move |check| check.status == status);
            checks.filter_map(|check| check.reason)
        };
        let mut reasons: Vec<Reason> = Vec::new();
        let decided = [CheckStatus::Failed, CheckStatus::Indeterminate];
        let is_decided = self.0.iter().any(|check| decided.contains(&check.status));
        let unproven = reasons_of(CheckStatus::Noted)
            .filter(|reason| is_decided && *reason == Reason::TimestampUntrusted);
        let all = reasons_of(CheckStatus::Failed)
            .chain(reasons_of(CheckStatus::Indeterminate))
            // Whoever lacks a proof of time wants to know what became of the time stamp.
            .chain(unproven);
        for reason in all {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let (verdict, indication) = if self.has_failed() {
            (SignatureVerdict::Failed, Indication::TotalFailed)
        } else if self
            .0
            .iter()
            .any(|check| check.status == CheckStatus::Indeterminate)
        {
            (SignatureVerdict::Indeterminate, Indication::Indeterminate)
        } else {
            (SignatureVerdict::Passed, Indication::TotalPassed)
        };
        let sub_indication = match verdict {
            SignatureVerdict::Passed => None,
            _ => Some(
                reasons
                    .first()
                    .map_or(SubIndication::Generic, |reason| sub_indication(*reason)),
            ),
        };
        Conclusion {
            verdict,
            indication,
            sub_indication,
            reasons,
        }
    }

    fn add(
        &mut self,
        id: CheckId,
        status: CheckStatus,
        reason: Option<Reason>,
        detail: Option<String>,
    ) {
        self.0.push(Check {
            id,
            status,
            reason,
            detail: detail.filter(|detail| !detail.is_empty()),
            place: None,
        });
    }
}

/// The word of EN 319 102-1 for a reason. The standard knows no later changes; they break the constraints of this verifier.
pub(crate) fn sub_indication(reason: Reason) -> SubIndication {
    use Reason as R;
    use SubIndication as S;
    match reason {
        R::JunkBeforeHeader
        | R::TrailingBytes
        | R::BytesBetweenRevisions
        | R::UnlistedBytes
        | R::OrphanSignature
        | R::HybridXref
        | R::ByteRangeMissing
        | R::ByteRangeInvalid
        | R::ByteRangeGap
        | R::ByteRangeEnd
        | R::ContentsInvalid
        | R::DictionaryNotPlain
        | R::DictionaryReplaced
        | R::SubFilterUnknown
        | R::SubFilterForeign
        | R::FieldInvalid
        | R::CmsMalformed
        | R::CmsSigners
        | R::CmsContent
        | R::CmsAttributes
        | R::CmsContentType
        | R::CmsDigestMissing
        | R::AlgorithmMismatch => S::FormatFailure,
        R::DigestMismatch => S::HashFailure,
        R::SignatureInvalid => S::SigCryptoFailure,
        R::AlgorithmWeak | R::AlgorithmUnknown => S::CryptoConstraintsFailure,
        R::SignerCertificateMissing | R::SignerCertificateMalformed => S::NoSigningCertificateFound,
        R::SigningCertificateMissing
        | R::SigningCertificateMismatch
        | R::ChangedLater
        | R::CertificationViolated
        | R::LockedFieldChanged
        | R::FormFilledLater
        | R::AnnotationsChangedLater
        | R::Xfa
        | R::OverlapsSeal
        | R::Invisible
        | R::OffPage => S::SigConstraintsFailure,
        R::NoTrustAnchors | R::Untrusted => S::NoCertificateChainFound,
        R::PathInvalid | R::WrongUsage => S::ChainConstraintsFailure,
        R::Expired => S::Expired,
        R::NotYetValid => S::NotYetValid,
        R::Revoked => S::Revoked,
        R::RevokedNoProof => S::RevokedNoPoe,
        R::ExpiredNoProof => S::OutOfBoundsNoPoe,
        R::RevocationUnknown | R::RevocationUnstated => S::TryLater,
        R::TimestampOrder => S::TimestampOrderFailure,
        R::RevokedLater | R::TimestampInvalid | R::TimestampUntrusted | R::ChangesUnclear => {
            S::Generic
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_outweighs_what_could_not_be_told_and_notes_decide_nothing() {
        let mut checks = Checks::default();
        checks.pass(CheckId::Field);
        checks.note(CheckId::Appearance, Reason::Invisible, "");
        checks.skip(CheckId::Timestamp);
        let passed = checks.conclude();
        assert_eq!(passed.verdict, SignatureVerdict::Passed);
        assert_eq!((passed.sub_indication, passed.reasons), (None, vec![]));

        checks.unsure(CheckId::Revocation, Reason::RevocationUnknown, "");
        let unsure = checks.conclude();
        assert_eq!(unsure.verdict, SignatureVerdict::Indeterminate);
        assert_eq!(unsure.sub_indication, Some(SubIndication::TryLater));

        checks.fail(CheckId::MessageDigest, Reason::DigestMismatch, "");
        checks.fail(CheckId::MessageDigest, Reason::DigestMismatch, "");
        let failed = checks.conclude();
        assert_eq!(failed.verdict, SignatureVerdict::Failed);
        assert_eq!(failed.sub_indication, Some(SubIndication::HashFailure));
        assert_eq!(
            failed.reasons,
            [Reason::DigestMismatch, Reason::RevocationUnknown]
        );
    }
}
