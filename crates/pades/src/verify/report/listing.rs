//! Every value of each enumeration, for catalogues, tables and their tests.

use super::{
    ChangeClass, ChangeLevel, CheckId, CheckStatus, Coverage, DocumentVerdict, Indication, Level,
    Reason, SignatureVerdict, SubIndication,
};

/// `ALL` for an enumeration; a value left out does not compile.
macro_rules! listed {
    ($type:ident: $($value:ident)*) => {
        impl $type {
            /// Every value, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];

            /// The stable word for it, as in JSON.
            pub fn code(self) -> String {
                match self {
                    $(Self::$value => super::code(&self),)*
                }
            }
        }
    };
}

listed!(DocumentVerdict: Passed PassedWithLaterChanges Indeterminate Failed Unsigned Unreadable);
listed!(SignatureVerdict: Passed Failed Indeterminate);
listed!(Indication: TotalPassed TotalFailed Indeterminate);
listed!(SubIndication:
    FormatFailure HashFailure SigCryptoFailure Revoked Expired NotYetValid SigConstraintsFailure
    ChainConstraintsFailure CertificateChainGeneralFailure CryptoConstraintsFailure
    CryptoConstraintsFailureNoPoe NoSigningCertificateFound NoCertificateChainFound RevokedNoPoe
    OutOfBoundsNoPoe TimestampOrderFailure TryLater SignedDataNotFound Generic
);
listed!(Coverage: WholeFile WholeRevision Partial Unclear);
listed!(Level: BB BT BLt BLta);
listed!(ChangeLevel: None Maintenance Signatures FormFill Annotations Other);
listed!(ChangeClass:
    Dss DocumentTimestamp Metadata FileStructure Rewritten Unreachable SignatureField FieldValue
    Annotation Form PageContent PageTree Catalog EarlierSignature Other
);
listed!(CheckId:
    Field Dictionary ByteRange CmsFormat MessageDigest SignatureValue Algorithms
    SigningCertificate Path Validity Usage Revocation Timestamp LaterChanges Certification
    FieldLocks Appearance
);
listed!(CheckStatus: Passed Noted Indeterminate Failed Skipped);
listed!(Reason:
    JunkBeforeHeader TrailingBytes BytesBetweenRevisions UnlistedBytes OrphanSignature
    HybridXref Xfa
    ByteRangeMissing ByteRangeInvalid ByteRangeGap ByteRangeEnd ContentsInvalid
    DictionaryNotPlain DictionaryReplaced SubFilterUnknown SubFilterForeign FieldInvalid
    CmsMalformed CmsSigners CmsContent CmsAttributes CmsContentType CmsDigestMissing
    DigestMismatch SignatureInvalid AlgorithmMismatch AlgorithmWeak AlgorithmUnknown
    SignerCertificateMissing SignerCertificateMalformed SigningCertificateMissing
    SigningCertificateMismatch
    NoTrustAnchors Untrusted PathInvalid WrongUsage Expired NotYetValid Revoked RevokedLater
    RevokedNoProof ExpiredNoProof RevocationUnknown RevocationUnstated TimestampInvalid
    TimestampUntrusted TimestampOrder
    ChangedLater CertificationViolated LockedFieldChanged FormFilledLater AnnotationsChangedLater
    ChangesUnclear
    OverlapsSeal Invisible OffPage
);
