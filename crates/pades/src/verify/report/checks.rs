//! The checks of a signature, and the reasons that they give.

use serde::Serialize;

use crate::syntax::Span;

/// One check that was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked.
    pub id: CheckId,
    /// With what result.
    pub status: CheckStatus,
    /// Why not passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// For a log, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where in the file, if it is about a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Span>,
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckId {
    /// A signature field of the form leads to it.
    Field,
    /// The signature dictionary is plain, complete, and the same in its own revision and in the last.
    Dictionary,
    /// `/ByteRange` leaves out exactly the token of `/Contents`, begins at 0 and ends with a revision.
    ByteRange,
    /// CMS can be read, and is of the form that PAdES demands.
    CmsFormat,
    /// The digest of the signed bytes.
    MessageDigest,
    /// The signature value.
    SignatureValue,
    /// Digest and signature algorithms are current and consistent.
    Algorithms,
    /// `signing-certificate-v2` names the certificate that verifies.
    SigningCertificate,
    /// A path leads to a trusted anchor.
    Path,
    /// The certificates were valid at the time.
    Validity,
    /// The certificate is meant for signing documents.
    Usage,
    /// No certificate of the path was revoked at the time.
    Revocation,
    /// The time-stamp token.
    Timestamp,
    /// What was changed later is what the rules permit.
    LaterChanges,
    /// What the author's certification permits was kept to.
    Certification,
    /// Locked fields were left alone.
    FieldLocks,
    /// The seal shows where it can be seen, over nothing that it hides.
    Appearance,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStatus {
    /// It holds.
    Passed,
    /// It holds, but somebody should know.
    Noted,
    /// It could not be told.
    Indeterminate,
    /// It does not hold.
    Failed,
    /// There was nothing to check, or an earlier failure left nothing.
    Skipped,
}

/// A reason: stable words for programs; sentences are in the language catalogues (`texts/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    // The file.
    /// Bytes stand before `%PDF-`.
    JunkBeforeHeader,
    /// Bytes stand after the last revision.
    TrailingBytes,
    /// Bytes that belong to no revision stand between two.
    BytesBetweenRevisions,
    /// An update after the first signature holds something that its cross-reference does not list.
    UnlistedBytes,
    /// A signature dictionary stands in the file to which no field leads: removed or hidden.
    OrphanSignature,
    /// A file of both kinds of cross-reference (hybrid): readers may see different documents.
    HybridXref,
    /// The form is XFA, which shows something other than the pages.
    Xfa,

    // The signature dictionary.
    /// `/ByteRange` is missing or not four numbers.
    ByteRangeMissing,
    /// `/ByteRange` does not begin at 0, overlaps, or leaves the file.
    ByteRangeInvalid,
    /// The gap holds something other than the `/Contents` of this dictionary.
    ByteRangeGap,
    /// The covered part does not end where a revision ends.
    ByteRangeEnd,
    /// `/Contents` is missing, empty, zero, or no direct hexadecimal string.
    ContentsInvalid,
    /// The signature dictionary is not a plain indirect object of its revision.
    DictionaryNotPlain,
    /// The signature dictionary is not the one that its revision had.
    DictionaryReplaced,
    /// `/SubFilter` is none of those verified here.
    SubFilterUnknown,
    /// `/SubFilter` is `adbe.pkcs7.detached`: no PAdES, but other people's files have it, and it can be verified.
    SubFilterForeign,
    /// The field is not of the form, or no signature field.
    FieldInvalid,

    // CMS.
    /// CMS cannot be read.
    CmsMalformed,
    /// Other than exactly one signer.
    CmsSigners,
    /// CMS carries content of its own.
    CmsContent,
    /// Signed attributes are missing, doubled, or not in DER order.
    CmsAttributes,
    /// `content-type` is missing or wrong.
    CmsContentType,
    /// `message-digest` is missing.
    CmsDigestMissing,
    /// The signed bytes were changed.
    DigestMismatch,
    /// The signature value does not fit.
    SignatureInvalid,
    /// The algorithms named in CMS, certificate and key contradict each other.
    AlgorithmMismatch,
    /// SHA-1, MD5, or a key that is too short.
    AlgorithmWeak,
    /// An algorithm not known here.
    AlgorithmUnknown,
    /// The signer's certificate is not in CMS.
    SignerCertificateMissing,
    /// The signer's certificate cannot be read.
    SignerCertificateMalformed,
    /// `signing-certificate-v2` is missing.
    SigningCertificateMissing,
    /// `signing-certificate-v2` names another certificate.
    SigningCertificateMismatch,

    // Path, time, revocation.
    /// No anchor was given to check against.
    NoTrustAnchors,
    /// No path leads to a trusted anchor.
    Untrusted,
    /// The path breaks a rule (an authority that is none, name constraints, path length).
    PathInvalid,
    /// The certificate is not meant for signing documents.
    WrongUsage,
    /// A certificate had expired.
    Expired,
    /// A certificate was not yet valid.
    NotYetValid,
    /// A certificate was revoked before.
    Revoked,
    /// A certificate was revoked after the moment that a time stamp proves.
    RevokedLater,
    /// A certificate is revoked now, and nothing proves that the signature is older.
    RevokedNoProof,
    /// A certificate is out of its time now, and nothing proves that the signature is older.
    ExpiredNoProof,
    /// Nothing current is known about revocation.
    RevocationUnknown,
    /// Nothing is known about revocation, and the certificate names no place to ask.
    RevocationUnstated,
    /// The time-stamp token cannot be read, or is not over this signature.
    TimestampInvalid,
    /// The time-stamp authority is not trusted.
    TimestampUntrusted,
    /// The stamped times contradict each other.
    TimestampOrder,

    // Later changes.
    /// Something was changed later that no rule vouches for.
    ChangedLater,
    /// The author's certification forbids what was changed later.
    CertificationViolated,
    /// A locked field was changed later.
    LockedFieldChanged,
    /// A field was filled later, as permitted.
    FormFilledLater,
    /// Annotations were changed later.
    AnnotationsChangedLater,
    /// Changes could not be analysed.
    ChangesUnclear,

    // What one sees.
    /// The seal covers an earlier one in part.
    OverlapsSeal,
    /// The signature shows nowhere.
    Invisible,
    /// The widget lies outside the page.
    OffPage,
}
