//! The form (`/AcroForm`, ISO 32000-2 clause 12.7.3): fields may be appended, and nothing else may change what a viewer makes of
//! the fields that are there.

use std::collections::HashSet;

use crate::PdfError;
use crate::file::View;
use crate::syntax::{Dictionary, Object, ObjectId, Value};

use super::super::report::{ChangeClass, ChangeLevel};
use super::compare::{Difference, by_key, differences, equal};
use super::entries::Touch;
use super::ledger::{DENIED, Entry};
use super::signature;
use super::step::{Held, Step, held, held_key};

/// How many fields are looked at to find one by its name, or to find out whether any is signed.
pub(super) const MAX_FIELDS_SEARCHED: usize = 20_000;

/// How many fields one revision may append: as many as a file may have signatures.
pub(super) const MAX_NEW_FIELDS: usize = 256;

/// `/SigFlags`: `SignaturesExist` and `AppendOnly`.
const SIGNATURE_FLAGS: i64 = 0b11;

const PATH: &str = "Root/AcroForm";

/// Judges the form of the catalog, and the fields that were appended to it. Says how far-reaching these are.
pub(super) fn judge(
    step: &mut Step<'_, '_>,
    catalog: ObjectId,
    old: &Dictionary,
    new: &Dictionary,
) -> Result<ChangeLevel, PdfError> {
    let (before, after) = (
        held_key(step.old, old, "AcroForm")?,
        held_key(step.new, new, "AcroForm")?,
    );
    if before.object().is_null() && after.object().is_null() {
        return Ok(ChangeLevel::Maintenance);
    }
    let placed = match after.id().and_then(|id| step.touch(id)) {
        None | Some(Touch::Rewritten | Touch::Added) => true,
        Some(Touch::Changed) => before.id() == after.id(),
        Some(Touch::Removed | Touch::Suspect) => false,
    };
    let empty = Dictionary::default();
    let readable = before.object().is_null() || before.dictionary().is_some();
    let (true, true, Some(new_form)) = (placed, readable, after.dictionary()) else {
        step.deny_held(&after, catalog.number, ChangeClass::Form, PATH);
        return Ok(DENIED);
    };
    let old_form = before.dictionary().unwrap_or(&empty);
    let around = after.id().unwrap_or(catalog);
    let Some(differences) = differences(old_form, new_form) else {
        step.ledger.deny(around.number, ChangeClass::Form, PATH);
        return Ok(DENIED);
    };
    let mut level = fields(step, around, old_form, new_form)?;
    resources_in_place(step, new_form)?;
    for difference in differences {
        let permitted = match difference.key {
            // Judged above, also where the list is an object of its own.
            b"Fields" => Some(ChangeLevel::Maintenance),
            b"SigFlags" => signature_flags(&difference).then_some(ChangeLevel::Maintenance),
            b"NeedAppearances" => never_true(&difference).then_some(ChangeLevel::Maintenance),
            b"DR" => {
                resources(step, &difference, old_form, new_form)?.then_some(ChangeLevel::FormFill)
            }
            b"DA" => default_appearance(&difference).then_some(ChangeLevel::FormFill),
            _ => None,
        };
        match permitted {
            // A form that is new brings its own settings: no field was there to be shown otherwise by them.
            Some(_) if before.object().is_null() => {}
            Some(found) => level = level.max(found),
            None => {
                let path = format!("{PATH}/{}", String::from_utf8_lossy(difference.key));
                step.ledger.deny(around.number, ChangeClass::Form, path);
            }
        }
    }
    if let Some(id) = after.id() {
        step.vouch_container(id, level, ChangeClass::Form, PATH, None);
    }
    Ok(level)
}

/// Fields are appended, in the order they were.
fn fields(
    step: &mut Step<'_, '_>,
    around: ObjectId,
    old: &Dictionary,
    new: &Dictionary,
) -> Result<ChangeLevel, PdfError> {
    let path = format!("{PATH}/Fields");
    let (before, after) = (
        held_key(step.old, old, "Fields")?,
        held_key(step.new, new, "Fields")?,
    );
    append(step, around, &before, &after, &path, None)
}

/// Judges a list of fields, of the form or of a field without a type of its own: new signature fields at its end.
pub(super) fn append(
    step: &mut Step<'_, '_>,
    around: ObjectId,
    before: &Held<'_>,
    after: &Held<'_>,
    path: &str,
    parent: Option<&signature::Parent>,
) -> Result<ChangeLevel, PdfError> {
    let touched = after.id().is_some_and(|id| step.is_changed(id));
    if !touched && equal(before.object(), after.object()) {
        return Ok(ChangeLevel::Maintenance);
    }
    let placed = match after.id().and_then(|id| step.touch(id)) {
        Some(Touch::Changed) => before.id() == after.id(),
        Some(Touch::Removed | Touch::Suspect) => false,
        _ => true,
    };
    let appended = appended(before, after).filter(|(_, new)| placed && new.len() <= MAX_NEW_FIELDS);
    let Some((count, appended)) = appended else {
        step.deny_held(after, around.number, ChangeClass::Form, path);
        return Ok(DENIED);
    };
    let mut level = ChangeLevel::Maintenance;
    for (index, value) in appended.iter().enumerate() {
        let path = format!("{path}/{}", count + index);
        let Some(id) = value.object.as_reference() else {
            step.deny_held(after, around.number, ChangeClass::Form, &path);
            return Ok(DENIED);
        };
        level = level.max(signature::new_field(step, id, after, parent, &path)?);
    }
    if let Some(id) = after.id() {
        step.vouch_container(id, level, ChangeClass::Form, path, None);
    }
    Ok(level)
}

/// How many were there before, and those that came after them; nothing if the old ones are not as they were.
pub(super) fn appended<'a>(before: &Held<'_>, after: &'a Held<'_>) -> Option<(usize, &'a [Value])> {
    let old = match before.object() {
        Object::Null => &[][..],
        object => &object.as_array()?.0,
    };
    let new = &after.array()?.0;
    let kept = new.get(..old.len())?;
    let same = old
        .iter()
        .zip(kept)
        .all(|(old, new)| equal(&old.object, &new.object));
    same.then(|| (old.len(), new.get(old.len()..).unwrap_or_default()))
}

/// Flags may be set, not taken back.
fn signature_flags(difference: &Difference<'_>) -> bool {
    let old = difference.old.map_or(Some(0), Object::as_integer);
    let new = difference.new.and_then(Object::as_integer);
    matches!((old, new), (Some(old), Some(new)) if new & !SIGNATURE_FLAGS == old & !SIGNATURE_FLAGS && old & !new == 0)
}

/// Viewers draw all fields anew if it is true, and show the stored appearances if not: so it stays what it was.
fn never_true(difference: &Difference<'_>) -> bool {
    let is_false = |object: Option<&Object>| matches!(object, None | Some(Object::Boolean(false)));
    is_false(difference.old) && is_false(difference.new)
}

/// A default for fields that name none: may be given where there was none.
fn default_appearance(difference: &Difference<'_>) -> bool {
    difference.old.is_none() && matches!(difference.new, Some(Object::String(_)))
}

/// Fonts and the like for fields may be added under new names, as viewers do for text that the old fonts cannot show. Not where
/// viewers draw the fields that are there with them.
fn resources(
    step: &mut Step<'_, '_>,
    difference: &Difference<'_>,
    old_form: &Dictionary,
    new_form: &Dictionary,
) -> Result<bool, PdfError> {
    let draws = |form: &Dictionary| {
        form.get("NeedAppearances")
            .is_some_and(|value| value.object != Object::Boolean(false))
    };
    let Some(new) = difference.new else {
        return Ok(false);
    };
    if draws(old_form) || draws(new_form) {
        return Ok(false);
    }
    let after = held(step.new, new)?;
    if after
        .id()
        .is_some_and(|id| step.is_changed(id) && !step.is_added(id))
    {
        return Ok(false);
    }
    let null = Object::Null;
    let before = held(step.old, difference.old.unwrap_or(&null))?;
    let grown = grows(step, &before, &after, 0)?;
    if grown {
        let entry = Entry::new(
            ChangeLevel::FormFill,
            ChangeClass::Form,
            format!("{PATH}/DR"),
        );
        step.vouch_held(&after, entry.clone());
        step.follow(after.object(), &entry)?;
    }
    Ok(grown)
}

/// Whether everything that was there still is, down to the single resource.
fn grows(
    step: &Step<'_, '_>,
    before: &Held<'_>,
    after: &Held<'_>,
    depth: u32,
) -> Result<bool, PdfError> {
    let empty = Dictionary::default();
    let old = match before.object() {
        Object::Null => Some(&empty),
        _ => before.dictionary(),
    };
    let (Some(old), Some(new)) = (old, after.dictionary()) else {
        return Ok(false);
    };
    let Some(differences) = differences(old, new) else {
        return Ok(false);
    };
    for difference in differences {
        let grown = match (difference.old, difference.new) {
            (None, Some(_)) => true,
            // /DR itself, then the kinds of resource; a resource under a name stays what it is.
            (Some(one), Some(other)) if depth == 0 => {
                let (one, other) = (held(step.old, one)?, held(step.new, other)?);
                let replaced = other
                    .id()
                    .is_some_and(|id| step.is_changed(id) && !step.is_added(id));
                !replaced && grows(step, &one, &other, depth + 1)?
            }
            _ => false,
        };
        if !grown {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `/DR`, or a kind of resource in it, that is an object of its own and was changed in its place: pages may use the same object,
/// so nothing vouches for it.
fn resources_in_place(step: &mut Step<'_, '_>, form: &Dictionary) -> Result<(), PdfError> {
    let resources = held_key(step.new, form, "DR")?;
    let mut places = vec![resources.id()];
    if let Some(map) = resources.dictionary().and_then(by_key) {
        places.extend(map.values().map(|value| value.as_reference()));
    }
    let replaced = |id: &ObjectId| step.is_changed(*id) && !step.is_added(*id);
    let replaced: Vec<ObjectId> = places.into_iter().flatten().filter(replaced).collect();
    for id in replaced {
        step.ledger
            .deny(id.number, ChangeClass::Form, format!("{PATH}/DR"));
    }
    Ok(())
}

/// Whether any field of the old form has a signature (or there are too many to tell).
pub(super) fn has_signatures(step: &Step<'_, '_>, catalog: &Dictionary) -> Result<bool, PdfError> {
    let form = held_key(step.old, catalog, "AcroForm")?;
    let Some(form) = form.dictionary() else {
        return Ok(false);
    };
    let fields = held_key(step.old, form, "Fields")?;
    let mut waiting: Vec<ObjectId> = Vec::new();
    let list = fields
        .array()
        .map(|array| array.0.as_slice())
        .unwrap_or_default();
    waiting.extend(list.iter().filter_map(|value| value.object.as_reference()));
    let mut seen = HashSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        if seen.len() > MAX_FIELDS_SEARCHED {
            return Ok(true);
        }
        let field = step.old.object(id)?;
        let Some(dictionary) = field.object.as_dictionary() else {
            continue;
        };
        if is_signature_value(step.old, dictionary)? {
            return Ok(true);
        }
        let kids = held_key(step.old, dictionary, "Kids")?;
        let kids = kids
            .array()
            .map(|array| array.0.as_slice())
            .unwrap_or_default();
        waiting.extend(kids.iter().filter_map(|value| value.object.as_reference()));
    }
    Ok(false)
}

/// Whether `/V` of a field is a signature dictionary: the only kind of value that is a dictionary with `/ByteRange`.
fn is_signature_value(view: View<'_, '_>, field: &Dictionary) -> Result<bool, PdfError> {
    let value = held_key(view, field, "V")?;
    Ok(value
        .object()
        .as_dictionary()
        .is_some_and(|value| value.get("ByteRange").is_some() || value.get("Contents").is_some()))
}
