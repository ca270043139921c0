//! What each revision changed against the one before it, deny by default.
//!
//! Only the entries of the revision's own cross-reference are looked at, so cost follows what was changed. A rule vouches for each
//! object in the role it has in the document (the form, a field, a page's annotations, long-term data, ...); what no rule vouches
//! for, or what one denies, is [`ChangeLevel::Other`]. `docs/later-changes.md` has the rules as a table.
//!
//! Without reading the whole file one cannot know who else uses an object that was there before. So such an object may change
//! only in ways that mean nothing elsewhere: a list gets references to new dictionaries (never to streams, which could be page
//! contents), a dictionary gets keys that only its role knows. A stream that is replaced in place, a new object to which something
//! old refers already, and a freed object are looked up in the rest of the file (see [`usage`]).

mod appearance;
mod catalog;
mod comment;
mod compare;
mod dss;
mod entries;
mod field;
mod fill;
mod form;
mod ledger;
mod mentions;
mod page;
mod signature;
mod step;
mod trailer;
mod usage;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::report::{Change, ChangeClass, ChangeLevel};
use crate::PdfError;
use crate::file::{Location, Pdf, Revision, XrefEntry};
use crate::syntax::{Dictionary, Object, ObjectId};

pub(super) use comment::is_comment;

use entries::Touch;
use field::Located;
use ledger::Entry;
use step::{Step, held_key};
use usage::Usage;

/// How many changes of a revision are listed. What is beyond is one denial: nobody can look through it.
pub(crate) const MAX_CHANGES: usize = 20_000;

/// The changes of a file, revision by revision.
pub(crate) struct LaterChanges<'p, 's> {
    pdf: &'p Pdf<'s>,
    usage: Usage,
}

impl<'p, 's> LaterChanges<'p, 's> {
    /// Prepares; what is expensive is done when first needed, and once.
    ///
    /// # Errors
    /// [`PdfError`] if a cross-reference cannot be read.
    pub(crate) fn new(pdf: &'p Pdf<'s>) -> Result<Self, PdfError> {
        Ok(Self {
            pdf,
            usage: Usage::new(pdf)?,
        })
    }

    /// What a revision changed against the one before it; nothing for the first.
    ///
    /// # Errors
    /// [`PdfError`] if something that must be looked at cannot be read: then nothing can be said about the revision.
    pub(crate) fn of(&self, revision: usize) -> Result<Vec<Change>, PdfError> {
        let before = revision
            .checked_sub(1)
            .and_then(|before| self.pdf.view(before));
        let (Some(old), Some(new)) = (before, self.pdf.view(revision)) else {
            return Ok(Vec::new());
        };
        let mut step = Step::new(self.pdf, &self.usage, old, new)?;
        trailer::judge(&mut step)?;
        judge_fields(&mut step)?;
        catalog::judge(&mut step)?;
        page::judge(&mut step)?;
        judge_structure(&mut step)?;
        step.judge_references()?;
        report(&step)
    }
}

/// Judges fields that were there before and were changed, and those that got new fields below them.
fn judge_fields(step: &mut Step<'_, '_>) -> Result<(), PdfError> {
    let mut filled: BTreeMap<ObjectId, Located> = BTreeMap::new();
    let mut groups = std::collections::BTreeSet::new();
    for number in step.numbers(Touch::Added) {
        let object = step.new.object(step.id(number)?)?;
        let dictionary = object
            .object
            .as_dictionary()
            .filter(|_| object.stream.is_none());
        let named = dictionary.filter(|dictionary| dictionary.get("T").is_some());
        groups.extend(named.and_then(|field| field.get("Parent")?.object.as_reference()));
    }
    for number in step.numbers(Touch::Changed) {
        let id = step.id(number)?;
        let object = step.new.object(id)?;
        let is_dictionary = object.stream.is_none() && object.object.as_dictionary().is_some();
        if !is_dictionary || groups.contains(&id) {
            continue;
        }
        let Some(before) = field::locate(step, step.old, id)? else {
            continue;
        };
        let after = field::locate(step, step.new, id)?;
        if after.as_ref() != Some(&before)
            && !after
                .as_ref()
                .is_some_and(|after| only_locked(&before, after))
        {
            let path = format!("Root/AcroForm/{}", before.name);
            let entry =
                Entry::new(ChangeLevel::Other, ChangeClass::Form, path).of_field(&before.name);
            step.ledger.vouch(number, entry);
            continue;
        }
        if before.kind.as_ref().is_some_and(|kind| *kind == *"Sig") {
            signature::changed(step, id, &before)?;
        } else if fill::changed(step, id, &before)? {
            filled.insert(before.field, before);
        }
    }
    for located in filled.values() {
        fill::consistent(step, located)?;
    }
    for group in groups {
        judge_group(step, group)?;
    }
    Ok(())
}

/// Whether two places in the form are the same but for `ReadOnly`.
fn only_locked(before: &Located, after: &Located) -> bool {
    let unlocked = Located {
        flags: before.flags,
        ..after.clone()
    };
    unlocked == *before && after.flags == before.flags | 1
}

/// A field without a type of its own, such as `parties` of `parties.buyer`, may get new signature fields at the end of its list.
fn judge_group(step: &mut Step<'_, '_>, group: ObjectId) -> Result<(), PdfError> {
    if step.is_added(group) {
        return Ok(());
    }
    let (Some(before), Some(after)) = (
        field::locate(step, step.old, group)?,
        field::locate(step, step.new, group)?,
    ) else {
        return Ok(());
    };
    let path = format!("Root/AcroForm/{}", before.name);
    let (old_object, new_object) = (step.old.object(group)?, step.new.object(group)?);
    let (Some(old), Some(new)) = (
        old_object.object.as_dictionary(),
        new_object.object.as_dictionary(),
    ) else {
        return Ok(());
    };
    let kids_only = compare::equal_dictionaries(old, new, &[b"Kids"]);
    if before != after || before.field != group || before.kind.is_some() || !kids_only {
        step.ledger.deny(group.number, ChangeClass::Form, path);
        return Ok(());
    }
    let (before_kids, after_kids) = (
        held_key(step.old, old, "Kids")?,
        held_key(step.new, new, "Kids")?,
    );
    let parent = signature::Parent {
        id: group,
        name: before.name,
    };
    let kids = format!("{path}/Kids");
    let level = form::append(step, group, &before_kids, &after_kids, &kids, Some(&parent))?;
    step.vouch_container(group, level, ChangeClass::Form, &path, None);
    Ok(())
}

/// Cross-reference and object streams.
fn judge_structure(step: &mut Step<'_, '_>) -> Result<(), PdfError> {
    let Some(section) = step.pdf.revisions().get(step.revision) else {
        return Ok(());
    };
    let touched: Vec<(u32, Touch)> = step
        .touched
        .iter()
        .map(|(number, touch)| (*number, *touch))
        .collect();
    for (number, touch) in touched {
        if !matches!(touch, Touch::Added | Touch::Changed) {
            continue;
        }
        let id = step.id(number)?;
        let object = step.new.object(id)?;
        let (Some(dictionary), Some(_)) = (object.object.as_dictionary(), object.stream) else {
            continue;
        };
        let here =
            matches!(&object.location, Location::File(span) if span.start == section.xref_offset);
        if touch == Touch::Added && dictionary.is("Type", "ObjStm") {
            let entry = Entry::new(
                if lists_all(section, number, dictionary)? {
                    ChangeLevel::Maintenance
                } else {
                    ChangeLevel::Other
                },
                ChangeClass::FileStructure,
                "Trailer",
            );
            step.ledger.vouch(number, entry);
            continue;
        }
        let is_structure = match touch {
            Touch::Added => dictionary.is("Type", "XRef") && here,
            // Some writers use one number for every cross-reference stream.
            _ => here && was(step, id, "XRef")? && step.is_used_only_by(id, &[])?,
        };
        if is_structure {
            let entry = Entry::new(
                ChangeLevel::Maintenance,
                ChangeClass::FileStructure,
                "Trailer",
            );
            step.ledger.vouch(number, entry);
        }
    }
    Ok(())
}

/// Whether the revision itself lists every object of its new object stream: readers that mend a cross-reference would find the others.
fn lists_all(
    section: &Revision<'_>,
    number: u32,
    dictionary: &Dictionary,
) -> Result<bool, PdfError> {
    let mut indices = std::collections::BTreeSet::new();
    for (_, entry) in section.entries()? {
        if let XrefEntry::Compressed { stream, index } = entry
            && stream == number
        {
            indices.insert(i64::from(index));
        }
    }
    let count = dictionary
        .get("N")
        .and_then(|value| value.object.as_integer());
    Ok(count.is_some_and(|count| indices.iter().copied().eq(0..count)))
}

/// Whether an object was a stream of this type.
fn was(step: &Step<'_, '_>, id: ObjectId, kind: &str) -> Result<bool, PdfError> {
    let object = step.old.object(id)?;
    Ok(object.stream.is_some()
        && object
            .object
            .as_dictionary()
            .is_some_and(|dictionary| dictionary.is("Type", kind)))
}

/// Every entry, with what the rules said; what they said nothing about is denied, unless nothing can show it.
fn report(step: &Step<'_, '_>) -> Result<Vec<Change>, PdfError> {
    let mut changes = Vec::new();
    let one = |number, level, class, path: &str| Change {
        object: number,
        revision: step.revision,
        level,
        class,
        path: path.to_owned(),
        field: None,
        page: None,
        rect: None,
    };
    if step.exhausted {
        changes.push(one(
            0,
            ChangeLevel::Other,
            ChangeClass::Other,
            "too much to follow",
        ));
    }
    // What is said about the trailer, and about objects that hold a direct value that was denied.
    for number in step
        .ledger
        .numbers()
        .filter(|number| !step.touched.contains_key(number))
    {
        changes.extend(step.ledger.report(number, step.revision));
    }
    for (number, touch) in &step.touched {
        let said = step.ledger.report(*number, step.revision);
        match touch {
            Touch::Suspect => changes.push(one(
                *number,
                ChangeLevel::Other,
                ChangeClass::FileStructure,
                "Trailer",
            )),
            _ if said.iter().any(|change| change.level == ChangeLevel::Other) => {
                changes.extend(said)
            }
            Touch::Rewritten => {
                changes.push(one(*number, ChangeLevel::None, ChangeClass::Rewritten, ""))
            }
            _ if !said.is_empty() => changes.extend(said),
            Touch::Added => changes.push(one(
                *number,
                ChangeLevel::None,
                ChangeClass::Unreachable,
                "",
            )),
            Touch::Changed | Touch::Removed => {
                changes.push(one(*number, ChangeLevel::Other, look(step, *number)?, ""));
            }
        }
        if changes.len() > MAX_CHANGES {
            changes.truncate(MAX_CHANGES);
            changes.push(one(
                0,
                ChangeLevel::Other,
                ChangeClass::Other,
                "too many changes",
            ));
            break;
        }
    }
    Ok(changes)
}

/// What an object that nobody vouched for looks like, for the report.
fn look(step: &Step<'_, '_>, number: u32) -> Result<ChangeClass, PdfError> {
    let before = step.old.object(step.old_id(number)?)?;
    let Object::Dictionary(dictionary) = &before.object else {
        return Ok(ChangeClass::Other);
    };
    let name = |key: &str| dictionary.get(key).and_then(|value| value.object.as_name());
    Ok(match name("Type").map(|name| name.0.as_slice()) {
        Some(b"Page") => ChangeClass::PageContent,
        Some(b"Pages") => ChangeClass::PageTree,
        Some(b"Catalog" | b"OCG") => ChangeClass::Catalog,
        Some(b"Sig" | b"DocTimeStamp") => ChangeClass::EarlierSignature,
        Some(b"Font" | b"FontDescriptor" | b"XObject") => ChangeClass::PageContent,
        Some(b"Annot") => ChangeClass::Annotation,
        _ if dictionary.get("ByteRange").is_some() => ChangeClass::EarlierSignature,
        _ if dictionary.get("FT").is_some() => ChangeClass::Form,
        _ if before.stream.is_some() => ChangeClass::PageContent,
        _ => ChangeClass::Other,
    })
}
