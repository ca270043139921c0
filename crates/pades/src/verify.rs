//! Verifying: every signature of a file, revision by revision, into a report.
//!
//! 1. The form is walked for signatures, and the raw bytes are scanned for signatures that no field leads to.
//! 2. Each signature dictionary must keep the rule of byte ranges, and be the same in the revision that it signs, parsed alone.
//! 3. The signed bytes are hashed, all signatures in one pass, and compared with what CMS says.
//! 4. The signer's path is looked for, at the time that is proven, to the anchors that the caller gives.
//! 5. What later revisions changed must be what a rule permits.
//!
//! Everything found is a check of the report; a signature passes if none of them fails and none could not be told.

mod added;
mod appearance;
mod byte_range;
mod changes;
mod checks;
mod cms_checks;
mod date;
mod discovery;
mod document;
pub(crate) mod drawing;
mod dss;
mod hashing;
mod hybrid;
mod later;
pub mod report;
mod sealed;
mod signature;
mod text_string;
mod trust;

pub use added::{AddedImpression, AddedSeal, NotAdded, SealLook, check_added};
pub use byte_range::MAX_CONTENTS_LENGTH;
pub use discovery::MAX_SIGNATURES;
pub use drawing::{Drawing, DrawnPicture, NotASeal};
pub use hashing::DigestJob;
pub use later::MAX_CHANGES_PER_SIGNATURE;
pub use sealed::check_sealed;
pub use trust::{NamedAnchor, RevocationRule, Trust};

use scanseal_pki::{AnyCertificate, DigestAlgorithm};

use self::{document::Document, report::Report};
use crate::{PdfError, Source, syntax::Span};

/// A file that is being verified, where the host computes the digests. [`verify`] does it all in one call.
///
/// Open it, compute what [`digests`](Self::digests) asks for, [`Scan`] the file meanwhile, [`finish`](Self::finish).
pub struct Verification<'s> {
    source: &'s dyn Source,
    document: Result<Document<'s>, PdfError>,
}

impl<'s> Verification<'s> {
    /// Reads the structure of the file and its signatures. A file that cannot be read gets a report as well.
    pub fn open(source: &'s dyn Source, password: Option<&str>) -> Self {
        Self {
            source,
            document: Document::open(source, password),
        }
    }

    /// The digests that [`finish`](Self::finish) needs. The last one is SHA-256 of the whole file, which decides nothing.
    pub fn digests(&self) -> Vec<DigestJob> {
        let mut jobs = self
            .document
            .as_ref()
            .map_or(Vec::new(), |document| document.jobs.clone());
        jobs.push(DigestJob {
            algorithm: DigestAlgorithm::Sha256,
            ranges: vec![Span {
                start: 0,
                end: self.source.length(),
            }],
        });
        jobs
    }

    /// The certificates in the file: of signers, of time-stamp authorities, and of the security store. They prove nothing.
    ///
    /// # Errors
    /// [`PdfError`] if the file cannot be read.
    pub fn certificates(&self) -> Result<Vec<AnyCertificate>, PdfError> {
        let document = self.document.as_ref().map_err(PdfError::clone)?;
        Ok(document.material()?.certificates)
    }

    /// Judges everything. `digests` are those that [`digests`](Self::digests) asked for, in that order; an empty one counts as
    /// not computed.
    pub fn finish(self, digests: &[Vec<u8>], scan: Scan, trust: &Trust) -> Report {
        self.conclude(digests, scan.tokens, trust)
    }

    fn conclude(
        self,
        digests: &[Vec<u8>],
        tokens: Result<Vec<u64>, PdfError>,
        trust: &Trust,
    ) -> Report {
        let (jobs, whole) = match digests.split_last() {
            Some((whole, jobs)) => (jobs, Some(whole.as_slice())),
            None => (&[][..], None),
        };
        let report = self
            .document
            .and_then(|document| document.report(jobs, &tokens?, trust));
        let mut report = report.unwrap_or_else(|error| Report::unreadable(&error));
        report.document.size = self.source.length();
        report.document.sha256 =
            (whole.filter(|digest| !digest.is_empty())).map(scanseal_pki::hex::lower);
        report
    }
}

/// Where signatures may be hidden in a file: found by reading all of it, while the host computes the digests.
pub struct Scan {
    tokens: Result<Vec<u64>, PdfError>,
}

impl Scan {
    /// Reads the file through.
    pub fn of(source: &dyn Source) -> Self {
        Self {
            tokens: hashing::scan(source),
        }
    }
}

/// Verifies every signature of a file, reading it once.
pub fn verify(source: &dyn Source, password: Option<&str>, trust: &Trust) -> Report {
    let verification = Verification::open(source, password);
    let jobs = verification.digests();
    match hashing::one_pass(source, &jobs) {
        Ok(pass) => verification.conclude(&pass.digests, Ok(pass.tokens), trust),
        Err(error) => verification.conclude(&[], Err(error), trust),
    }
}
