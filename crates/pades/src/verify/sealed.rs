//! The check of a file that was sealed a moment ago: its newest signature alone, and nothing that needs trust.
//!
//! It judges less than [`verify`](super::verify()) does, by the same rules: whoever only seals need not load the rest.

use scanseal_pki::DigestAlgorithm;

use super::{
    appearance::Appearances,
    document::Document,
    report::{CheckId, Coverage, Fact, Reason},
    signature::Signature,
};
use crate::{PdfError, Source, syntax::Span};

/// Checks a file that was sealed a moment ago, before it is given out: its newest signature has this byte range, is
/// sound over this digest, and covers the whole file. Whom the signer is trusted by, and what the file was before, is not
/// asked here.
///
/// # Errors
/// The reasons, as a report has them; none if there is no such signature.
pub fn check_sealed(
    sealed: &dyn Source,
    password: Option<&str>,
    byte_range: [u64; 4],
    digest: &[u8; 32],
) -> Result<(), Vec<Reason>> {
    match reasons(sealed, password, byte_range, digest) {
        Ok(None) => Ok(()),
        Ok(Some(reasons)) => Err(reasons),
        Err(_) => Err(Vec::new()),
    }
}

/// What is wrong with it; nothing if nothing is.
fn reasons(
    sealed: &dyn Source,
    password: Option<&str>,
    byte_range: [u64; 4],
    digest: &[u8; 32],
) -> Result<Option<Vec<Reason>>, PdfError> {
    let document = Document::open(sealed, password)?;
    let mut signatures = document.signatures.iter().enumerate();
    let Some((index, signature)) =
        signatures.find(|(_, signature)| signature.covered.byte_range == Some(byte_range))
    else {
        return Ok(Some(Vec::new()));
    };
    let [a, b, c, d] = byte_range;
    let ranges = [(a, b), (c, d)].map(|(start, length)| Span {
        start,
        end: start.saturating_add(length),
    });
    let hashed = signature
        .digest_job()
        .is_some_and(|job| job.algorithm == DigestAlgorithm::Sha256 && job.ranges == ranges);
    let Some(mut judged) = signature.soundness(hashed.then_some(digest.as_slice())) else {
        return Ok(Some(Vec::new()));
    };
    let mut before = document.signatures.iter().take(index);
    if signature.rules.certification.is_some() && before.any(Signature::agrees) {
        judged.checks.fail(
            CheckId::Certification,
            Reason::CertificationViolated,
            "only the first signature certifies",
        );
    }
    let (_, shown) = Appearances::new(document.pdf.latest()).of(&signature.field)?;
    judged.checks.push(shown);
    let sound = judged.integrity.digest == Fact::Yes
        && judged.integrity.signature == Fact::Yes
        && signature.covered.coverage == Some(Coverage::WholeFile);
    Ok(if sound && !judged.checks.has_failed() {
        None
    } else {
        Some(judged.checks.conclude().reasons)
    })
}
