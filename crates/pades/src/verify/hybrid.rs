//! Hybrid files (ISO 32000-2 clause 7.5.8.4): a table for old readers, and a stream that adds what they need not see.

use crate::{
    PdfError,
    file::{Pdf, Revision, XrefEntry},
};

/// How many entries are looked up at most to compare a file's streams with its tables: an office document has some thousands.
const MAX_LOOKUPS: usize = 4_000_000;

/// Whether readers of tables see another object than readers of streams: the stream of a hybrid revision may repeat what tables
/// say, and list what they hide or do not know, and nothing else.
pub(super) fn shows_two_documents(
    pdf: &Pdf<'_>,
    revision: &Revision<'_>,
) -> Result<bool, PdfError> {
    let earlier = pdf.revisions().get(..=revision.index).unwrap_or_default();
    let mut lookups = 0_usize;
    for (number, entry) in revision.supplement_entries()? {
        for known in earlier.iter().rev() {
            lookups += 1;
            if lookups > MAX_LOOKUPS {
                return Ok(true);
            }
            match known.plain_entry(number)? {
                Some(XrefEntry::Free { .. }) | None => {}
                Some(plain) if plain == entry => break,
                Some(_) => return Ok(true),
            }
        }
    }
    Ok(false)
}
