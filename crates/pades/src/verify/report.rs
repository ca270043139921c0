//! What verifying finds: separate facts, a verdict made of them, and reasons as stable codes (ETSI EN 319 102-1).
//!
//! As JSON this is what `docs/report.schema.json` describes. Words for people live in the language catalogues.

mod changes;
mod checks;
mod listing;

use serde::Serialize;

pub use changes::{Change, ChangeClass, ChangeLevel, Later};
pub use checks::{Check, CheckId, CheckStatus, Reason};

/// Everything found out about one file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The version of this shape: 1.
    pub version: u32,
    /// About the file as a whole.
    pub document: DocumentReport,
    /// One for each signature and document time stamp, oldest first.
    pub signatures: Vec<SignatureReport>,
}

impl Report {
    /// Whether more revocation data could tell more: nothing current is known about a certificate of a path, or nobody vouches
    /// for an authority of time stamps.
    pub fn lacks_revocation(&self) -> bool {
        self.signatures.iter().any(|signature| {
            let unknown = signature
                .revocation
                .iter()
                .any(|found| found.status == "unknown");
            let stamp = signature.time.timestamp.as_ref();
            unknown || stamp.is_some_and(|stamp| stamp.reason == Some(Reason::TimestampUntrusted))
        })
    }
}

/// About the file as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentReport {
    /// The verdict on the file: that of its worst signature.
    pub verdict: DocumentVerdict,
    /// Why it could not be read, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Unreadable>,
    /// SHA-256 of the whole file, in hexadecimal.
    pub sha256: Option<String>,
    /// Bytes of the file.
    pub size: u64,
    /// How often the file was written to, oldest first.
    pub revisions: Vec<RevisionReport>,
    /// What is odd about the file as a whole.
    pub findings: Vec<Finding>,
}

/// The verdict on a file; the command's exit status is 0, 0, 2, 1, 3, 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentVerdict {
    /// Every signature passed, and the newest covers the whole file.
    Passed,
    /// Every signature passed; what was added later is permitted, and listed.
    PassedWithLaterChanges,
    /// Nothing failed, but something could not be told.
    Indeterminate,
    /// A signature failed, or the file plays tricks with signatures.
    Failed,
    /// There is no signature.
    Unsigned,
    /// The file could not be read.
    Unreadable,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unreadable {
    /// The stable code: `document-damaged`, `document-encrypted`, `document-too-large`.
    pub code: &'static str,
    /// For a log, in English.
    pub detail: String,
    /// Where, if it is about a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

/// One writing to the file: the first whole, every later one an incremental update.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevisionReport {
    /// 0 for the oldest.
    pub index: usize,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// The field whose signature covers exactly everything up to here, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// The most far-reaching change against the revision before it.
    pub level: ChangeLevel,
    /// What it changed against the revision before it; nothing for the first.
    pub changes: Vec<Change>,
}

/// Something odd about the file that no signature owns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What.
    pub reason: Reason,
    /// Whether it decides the verdict, or is merely worth knowing.
    pub decides: bool,
    /// For a log, in English.
    pub detail: String,
    /// Where, if it is about a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

/// About one signature or document time stamp.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureReport {
    /// Full name of its field; none if no field leads to it.
    pub field: Option<String>,
    /// What it is.
    pub kind: SignatureKind,
    /// The verdict.
    pub verdict: SignatureVerdict,
    /// The verdict in the words of EN 319 102-1.
    pub indication: Indication,
    /// Its reason in the words of EN 319 102-1, unless passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<SubIndication>,
    /// Why, most important first; empty if passed.
    pub reasons: Vec<Reason>,
    /// The revision it signs.
    pub revision: Option<usize>,
    /// `/SubFilter` as it stands.
    pub sub_filter: Option<String>,
    /// `/ByteRange` as it stands, if it is four numbers.
    pub byte_range: Option<[u64; 4]>,
    /// PAdES level that its evidence reaches.
    pub level: Option<Level>,
    /// How much of the file it covers.
    pub coverage: Coverage,
    /// Whether bytes and signature fit.
    pub integrity: Integrity,
    /// What happened to the file after it.
    pub later: Later,
    /// Whose it is.
    pub signer: Option<Signer>,
    /// Certificates from the signer's to the anchor's, as far as a path was found.
    pub chain: Vec<ChainCertificate>,
    /// Name of the anchor, as the caller calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_anchor: Option<String>,
    /// What is known about revocation, per certificate.
    pub revocation: Vec<RevocationReport>,
    /// When it was made.
    pub time: TimeReport,
    /// `/Reason`, `/Location`, `/ContactInfo`, `/Name`: claimed by whoever wrote the file.
    pub claimed: Claimed,
    /// Where it shows.
    pub appearance: Vec<Impression>,
    /// Every check that was made, in the order made.
    pub checks: Vec<Check>,
}

/// What a signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "permissions")]
pub enum SignatureKind {
    /// Somebody agrees.
    Approval,
    /// The author certifies, and permits so much afterwards: 1 nothing, 2 form filling, 3 annotations too.
    Certification(u8),
    /// A time-stamp authority says that the file existed.
    DocumentTimestamp,
}

/// The verdict on a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureVerdict {
    /// All facts hold.
    Passed,
    /// Something is wrong.
    Failed,
    /// Something could not be told.
    Indeterminate,
}

/// Main indication (EN 319 102-1 clause 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Indication {
    /// All checks passed.
    TotalPassed,
    /// A check failed.
    TotalFailed,
    /// Not enough is known.
    Indeterminate,
}

/// Sub-indication (EN 319 102-1 clause 5.1.3, tables 5 and 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum SubIndication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailure,
    CryptoConstraintsFailureNoPoe,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    RevokedNoPoe,
    OutOfBoundsNoPoe,
    TimestampOrderFailure,
    TryLater,
    SignedDataNotFound,
    Generic,
}

/// How much of the file a signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Everything but its own `/Contents`.
    WholeFile,
    /// Everything up to the end of its revision.
    WholeRevision,
    /// Less than a revision.
    Partial,
    /// It cannot be told.
    Unclear,
}

/// Whether bytes and signature fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Integrity {
    /// Whether the digest of the signed bytes is the one that was signed.
    pub digest: Fact,
    /// Whether the signature value is one of that key over the signed attributes.
    pub signature: Fact,
    /// Digest algorithm, such as `SHA-256`.
    pub digest_algorithm: Option<String>,
    /// Signature algorithm, such as `ECDSA P-256`.
    pub signature_algorithm: Option<String>,
}

/// Yes, no, or could not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It could not be told.
    Unknown,
}

/// Whose signature it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Common name.
    pub name: Option<String>,
    /// Organization.
    pub enterprise: Option<String>,
    /// Unified social credit code, its check digit proven.
    pub credit_code: Option<String>,
    /// Full subject (RFC 4514).
    pub subject: String,
    /// Full issuer (RFC 4514).
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub sha256: String,
    /// First moment of validity (RFC 3339).
    pub not_before: String,
    /// Last moment of validity (RFC 3339).
    pub not_after: String,
}

/// One certificate of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainCertificate {
    /// Subject (RFC 4514).
    pub subject: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub sha256: String,
    /// Last moment of validity (RFC 3339).
    pub not_after: String,
}

/// What is known about the revocation of one certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationReport {
    /// Subject of the certificate (RFC 4514).
    pub subject: String,
    /// `good`, `revoked` or `unknown`.
    pub status: &'static str,
    /// `crl` or `ocsp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// As of when the source speaks (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Since when it is revoked (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
}

/// When a signature was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeReport {
    /// What the signer's own clock said (`/M`, RFC 3339): claimed.
    pub claimed: Option<String>,
    /// The time-stamp token, if there is one that can be read.
    pub timestamp: Option<TimestampReport>,
    /// The moment that everything was checked for (RFC 3339): the stamped time, or the caller's.
    pub checked_at: String,
}

/// A time-stamp token (RFC 3161).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimestampReport {
    /// The stamped time (RFC 3339).
    pub time: String,
    /// Subject of the authority's certificate (RFC 4514).
    pub authority: Option<String>,
    /// Whether it proves the time: authentic, over these bytes, from a trusted authority.
    pub proven: Fact,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What whoever wrote the file claims; never decides anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the keys of ISO 32000-2 table 255")]
pub struct Claimed {
    pub name: Option<String>,
    pub reason: Option<String>,
    pub location: Option<String>,
    pub contact: Option<String>,
}

/// One place where a seal shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Impression {
    /// Number of the page, from 1; none if the widget lies on no page.
    pub page: Option<u32>,
    /// Left, bottom, right, top in points of the page.
    pub rect: [f64; 4],
    /// Names of the fields of earlier seals that it covers in part.
    pub overlaps: Vec<String>,
}

/// PAdES baseline level (EN 319 142-1 clause 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the standard's own words")]
pub enum Level {
    #[serde(rename = "B-B")]
    BB,
    #[serde(rename = "B-T")]
    BT,
    #[serde(rename = "B-LT")]
    BLt,
    #[serde(rename = "B-LTA")]
    BLta,
}

/// The word that a value without fields has in JSON.
fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
