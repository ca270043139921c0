//! The raw facts: what each cross-reference entry of a revision did to its object.

use std::collections::{BTreeMap, HashSet};

use crate::PdfError;
use crate::file::{Indirect, Location, Pdf, View, XrefEntry};
use crate::syntax::{Object, ObjectId};

use super::compare::{equal, equal_dictionaries};

/// How much of two streams is compared at once.
const COMPARE_BLOCK: usize = 64 * 1024;

/// What an entry did to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// There was no such object before.
    Added,
    /// It has another value now.
    Changed,
    /// It is gone, or became `null`.
    Removed,
    /// It was written again, with the same value.
    Rewritten,
    /// The entry itself is not what an honest update writes: it leads to bytes of an earlier revision, changes the
    /// generation of an object in use, or leads to something that cannot be read.
    Suspect,
}

/// What a revision's own entries did, compared with the view before it. Entries that say the same as before are left
/// out: the bytes they lead to are the same.
pub(super) fn touched(
    pdf: &Pdf<'_>,
    old: View<'_, '_>,
    new: View<'_, '_>,
    revision: usize,
) -> Result<BTreeMap<u32, Touch>, PdfError> {
    let Some(section) = pdf.revisions().get(revision) else {
        return Ok(BTreeMap::new());
    };
    let entries = section.entries()?;
    let own: HashSet<u32> = entries
        .iter()
        .filter(|(_, entry)| matches!(entry, XrefEntry::Offset { .. }))
        .map(|(number, _)| *number)
        .collect();
    let mut touched = BTreeMap::new();
    for (number, entry) in entries {
        let before = old.entry(number)?;
        if number == 0 || before == Some(entry) {
            continue;
        }
        let before = before.and_then(generation);
        let touch = match (before, generation(entry)) {
            (None, None) => continue,
            (Some(_), None) => Touch::Removed,
            (before, Some(after)) => {
                let id = ObjectId {
                    number,
                    generation: after,
                };
                match new.object(id) {
                    Err(PdfError::Source(error)) => return Err(error.into()),
                    Err(_) => Touch::Suspect,
                    Ok(object) => {
                        let fresh = is_fresh(&object, section.start, &own);
                        match before {
                            None if fresh => Touch::Added,
                            Some(before) if before == after => {
                                compare(pdf, old, new, id, &object, fresh)?
                            }
                            _ => Touch::Suspect,
                        }
                    }
                }
            }
        };
        touched.insert(number, touch);
    }
    Ok(touched)
}

fn compare(
    pdf: &Pdf<'_>,
    old: View<'_, '_>,
    new: View<'_, '_>,
    id: ObjectId,
    after: &Indirect,
    fresh: bool,
) -> Result<Touch, PdfError> {
    let before = old.object(id)?;
    Ok(if same(pdf, old, &before, new, after)? {
        Touch::Rewritten
    } else if !fresh {
        Touch::Suspect
    } else if after.object.is_null() {
        Touch::Removed
    } else {
        Touch::Changed
    })
}

/// The generation of an entry in use.
fn generation(entry: XrefEntry) -> Option<u16> {
    match entry {
        XrefEntry::Free { .. } => None,
        XrefEntry::Offset { generation, .. } => Some(generation),
        XrefEntry::Compressed { .. } => Some(0),
    }
}

/// Whether an object stands in the revision's own bytes.
fn is_fresh(object: &Indirect, start: u64, own: &HashSet<u32>) -> bool {
    match &object.location {
        Location::File(span) => span.start >= start,
        Location::ObjectStream { stream, .. } => own.contains(stream),
        Location::Absent => false,
    }
}

/// Whether two indirect objects are the same by value, stream data included. `/Length` does not count: it may have
/// become direct, and the data are compared anyway.
pub(super) fn same(
    pdf: &Pdf<'_>,
    old: View<'_, '_>,
    before: &Indirect,
    new: View<'_, '_>,
    after: &Indirect,
) -> Result<bool, PdfError> {
    let (Some(one), Some(other)) = (before.stream, after.stream) else {
        let kinds = before.stream.is_none() && after.stream.is_none();
        return Ok(kinds && equal(&before.object, &after.object));
    };
    let (Object::Dictionary(first), Object::Dictionary(second)) = (&before.object, &after.object)
    else {
        return Ok(false);
    };
    if !equal_dictionaries(first, second, &[b"Length"]) {
        return Ok(false);
    }
    if pdf.is_encrypted() {
        return Ok(old.raw_stream(before)? == new.raw_stream(after)?);
    }
    if one.length() != other.length() {
        return Ok(false);
    }
    let (mut first, mut second) = (vec![0; COMPARE_BLOCK], vec![0; COMPARE_BLOCK]);
    let mut done = 0;
    while done < one.length() {
        let length = usize::try_from(one.length() - done)
            .map_or(COMPARE_BLOCK, |left| left.min(COMPARE_BLOCK));
        pdf.source()
            .read_at(one.start + done, &mut first[..length])?;
        pdf.source()
            .read_at(other.start + done, &mut second[..length])?;
        if first[..length] != second[..length] {
            return Ok(false);
        }
        done += length as u64;
    }
    Ok(true)
}
