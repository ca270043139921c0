//! The trailer: the same root, the same encryption, and document information that is nothing but words.

use crate::PdfError;
use crate::file::XrefKind;
use crate::syntax::{Dictionary, Object};

use super::super::report::{ChangeClass, ChangeLevel};
use super::compare::{Difference, by_key, differences, equal};
use super::entries::Touch;
use super::ledger::Entry;
use super::step::{Held, Step, held};

/// Keys that describe the cross-reference itself (ISO 32000-2 tables 5, 15 and 17).
const BOOKKEEPING: [&[u8]; 11] = [
    b"Size",
    b"Prev",
    b"XRefStm",
    b"Type",
    b"W",
    b"Index",
    b"Length",
    b"Filter",
    b"DecodeParms",
    b"F",
    b"DL",
];

/// The keys of document information (ISO 32000-2 table 349).
const INFORMATION: [&[u8]; 9] = [
    b"Title",
    b"Author",
    b"Subject",
    b"Keywords",
    b"Creator",
    b"Producer",
    b"CreationDate",
    b"ModDate",
    b"Trapped",
];

/// The trailer as an object number: it has none.
pub(super) const TRAILER: u32 = 0;

/// Judges the trailer and document information.
pub(super) fn judge(step: &mut Step<'_, '_>) -> Result<(), PdfError> {
    let (old, new) = (step.old.trailer(), step.new.trailer());
    let hybrid = step
        .pdf
        .revisions()
        .get(step.revision)
        .is_some_and(|section| section.kind == XrefKind::Hybrid);
    if hybrid {
        step.ledger
            .deny(TRAILER, ChangeClass::FileStructure, "Trailer/XRefStm");
    }
    if step.new.size() < step.old.size() {
        step.ledger
            .deny(TRAILER, ChangeClass::FileStructure, "Trailer/Size");
    }
    let Some(differences) = differences(old, new) else {
        step.ledger
            .deny(TRAILER, ChangeClass::FileStructure, "Trailer");
        return Ok(());
    };
    let encrypted = step.pdf.is_encrypted();
    for Difference { key, old, new } in differences {
        let permitted = match key {
            key if BOOKKEEPING.contains(&key) => true,
            b"ID" => identifier(old, new, encrypted),
            // Judged below, also if the reference is the same.
            b"Info" => true,
            b"Root" | b"Encrypt" => false,
            // A key without a meaning for readers is dropped by writers that do not know it.
            _ => new.is_none(),
        };
        if !permitted {
            let class = if key == b"Root" {
                ChangeClass::Catalog
            } else {
                ChangeClass::FileStructure
            };
            step.ledger.deny(
                TRAILER,
                class,
                format!("Trailer/{}", String::from_utf8_lossy(key)),
            );
        }
    }
    information(step, old, new)
}

/// The first half of the identifier is for ever; without encryption one may be added.
fn identifier(old: Option<&Object>, new: Option<&Object>, encrypted: bool) -> bool {
    let halves = |object: &Object| match object.as_array().map(|array| array.0.as_slice()) {
        Some([first, second]) => Some((
            first.object.as_bytes()?.to_vec(),
            second.object.as_bytes()?.to_vec(),
        )),
        _ => None,
    };
    match (old, new.and_then(halves)) {
        (None, Some(_)) => !encrypted,
        (Some(old), Some((first, _))) => halves(old).is_some_and(|(before, _)| before == first),
        (_, None) => false,
    }
}

fn information(
    step: &mut Step<'_, '_>,
    old: &Dictionary,
    new: &Dictionary,
) -> Result<(), PdfError> {
    const PATH: &str = "Info";
    let empty = Dictionary::default();
    let Some(after) = new.get("Info") else {
        // Dropped: nothing on any page came from there.
        if old.get("Info").is_some() {
            step.ledger.vouch(
                TRAILER,
                Entry::new(
                    ChangeLevel::Maintenance,
                    ChangeClass::Metadata,
                    "Trailer/Info",
                ),
            );
        }
        return Ok(());
    };
    let after = held(step.new, &after.object)?;
    let before = match old.get("Info") {
        Some(value) => held(step.old, &value.object)?,
        None => Held::Direct(&Object::Null),
    };
    let same_place = before.id() == after.id();
    if same_place
        && after.id().is_none_or(|id| !step.is_changed(id))
        && equal(before.object(), after.object())
    {
        return Ok(());
    }
    let plain = after.dictionary().is_some_and(is_words);
    let changed_in_place = after
        .id()
        .is_some_and(|id| step.touch(id) == Some(Touch::Changed));
    // An object that is changed in place must have been document information, and nothing else, before.
    let alone = match after.id() {
        Some(id) if changed_in_place => {
            same_place
                && before.dictionary().is_some_and(is_words)
                // A bookmark has a title as well.
                && step.is_used_only_by(id, &[])?
        }
        _ => true,
    };
    let permitted = plain
        && alone
        && differences(
            before.dictionary().unwrap_or(&empty),
            after.dictionary().unwrap_or(&empty),
        )
        .is_some_and(|differences| {
            differences
                .iter()
                .all(|difference| INFORMATION.contains(&difference.key))
        });
    let entry = Entry::new(ChangeLevel::Maintenance, ChangeClass::Metadata, PATH);
    if permitted {
        step.vouch_held(&after, entry);
    } else {
        step.deny_held(&after, TRAILER, ChangeClass::Metadata, PATH);
    }
    Ok(())
}

/// Whether a dictionary holds nothing but words and dates: then it cannot be a field, an annotation or a bookmark as well,
/// all of which refer to others.
fn is_words(dictionary: &Dictionary) -> bool {
    const ELSEWHERE: [&[u8]; 7] = [b"Type", b"Subtype", b"FT", b"T", b"V", b"Rect", b"Contents"];
    by_key(dictionary).is_some_and(|map| {
        map.iter().all(|(key, value)| {
            let simple = match value {
                Object::String(_) | Object::Integer(_) | Object::Real(_) | Object::Boolean(_) => {
                    true
                }
                // Of `/Trapped`.
                Object::Name(name) => matches!(name.0.as_slice(), b"True" | b"False" | b"Unknown"),
                _ => false,
            };
            simple && !ELSEWHERE.contains(key)
        })
    })
}
