//! Filling of form fields: the value and what shows it change together.

use crate::PdfError;
use crate::syntax::{Name, Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::appearance;
use super::compare::{differences, equal};
use super::entries::Touch;
use super::field::{self, Located};
use super::ledger::Entry;
use super::signature::{flags, locks};
use super::step::{Step, held, held_key, rectangle};

/// What a text looks like where viewers draw it themselves.
const STYLE: [&str; 3] = ["DA", "DS", "Q"];

/// The field flag of buttons that have no value.
const PUSH_BUTTON: i64 = 1 << 16;

/// Kinds of field that can be filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Choice,
    Button,
}

fn kind(located: &Located) -> Option<Kind> {
    match located.kind.as_ref()?.0.as_slice() {
        b"Tx" => Some(Kind::Text),
        b"Ch" => Some(Kind::Choice),
        b"Btn" if located.flags & PUSH_BUTTON == 0 => Some(Kind::Button),
        _ => None,
    }
}

/// Judges a field, or widget of a field, that was there before and was changed. Says whether its value or appearance was, so that
/// both must be compared.
pub(super) fn changed(
    step: &mut Step<'_, '_>,
    id: ObjectId,
    located: &Located,
) -> Result<bool, PdfError> {
    let (before, after) = (step.old.object(id)?, step.new.object(id)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(false);
    };
    let rect = rectangle(step.new, new)?;
    let page = match rect {
        Some(_) => step.page_of(id, new)?.map(|(number, _)| number),
        None => None,
    };
    let entry = Entry {
        page,
        rect,
        ..Entry::new(
            ChangeLevel::FormFill,
            ChangeClass::FieldValue,
            format!("Root/AcroForm/{}", located.name),
        )
        .of_field(&located.name)
    };
    let (Some(kind), Some(differences)) = (kind(located), differences(old, new)) else {
        step.ledger.deny_as(id.number, &entry);
        return Ok(false);
    };
    let mut shows = false;
    for difference in &differences {
        let text = matches!(difference.new, None | Some(Object::String(_)));
        let permitted = match difference.key {
            b"V" => value(step, kind, difference.new)?,
            b"AP" => kind != Kind::Button,
            b"AS" => kind == Kind::Button && matches!(difference.new, Some(Object::Name(_))),
            b"M" => text,
            b"DA" | b"DS" => kind != Kind::Button && text && difference.new.is_some(),
            b"Q" => {
                kind != Kind::Button
                    && matches!(difference.new, None | Some(Object::Integer(0..=2)))
            }
            // Viewers show it instead of the value, and it could say anything else.
            b"RV" => difference.new.is_none(),
            b"I" => kind == Kind::Choice && indices(difference.new),
            b"TI" => {
                kind == Kind::Choice && matches!(difference.new, None | Some(Object::Integer(_)))
            }
            b"F" => flags(difference.old, difference.new),
            b"Ff" => locks(difference.old, difference.new),
            _ => false,
        };
        shows |= !matches!(difference.key, b"M" | b"F" | b"Ff");
        if !permitted {
            step.ledger.deny_as(
                id.number,
                &entry.below(&String::from_utf8_lossy(difference.key)),
            );
        }
    }
    let class = if shows {
        ChangeClass::FieldValue
    } else {
        ChangeClass::Form
    };
    if let Some(value) = new.get("V").filter(|_| shows) {
        step.follow(&value.object, &entry.below("V"))?;
    }
    step.ledger.vouch(id.number, Entry { class, ..entry });
    Ok(shows)
}

/// Whether a value is of the type of the field. One that is an object of its own must be new: others may use it.
fn value(step: &Step<'_, '_>, kind: Kind, new: Option<&Object>) -> Result<bool, PdfError> {
    let Some(new) = new else { return Ok(true) };
    let value = held(step.new, new)?;
    let ours = value.id().is_none_or(|id| {
        !matches!(
            step.touch(id),
            Some(Touch::Changed | Touch::Suspect | Touch::Removed)
        )
    });
    Ok(ours
        && match (kind, value.object()) {
            (Kind::Text | Kind::Choice, Object::String(_)) | (Kind::Button, Object::Name(_)) => {
                true
            }
            (Kind::Choice, Object::Array(array)) => array
                .0
                .iter()
                .all(|value| matches!(value.object, Object::String(_))),
            _ => false,
        })
}

fn indices(new: Option<&Object>) -> bool {
    match new {
        None => true,
        Some(Object::Array(array)) => array
            .0
            .iter()
            .all(|value| matches!(value.object, Object::Integer(_))),
        Some(_) => false,
    }
}

/// Compares value and appearance of a field of which one was changed: each alone would show something else than the form says.
pub(super) fn consistent(step: &mut Step<'_, '_>, located: &Located) -> Result<(), PdfError> {
    let field = located.field;
    let entry = Entry::new(
        ChangeLevel::FormFill,
        ChangeClass::FieldValue,
        format!("Root/AcroForm/{}", located.name),
    )
    .of_field(&located.name);
    let (before, after) = (step.old.object(field)?, step.new.object(field)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(());
    };
    let (old_value, new_value) = (held_key(step.old, old, "V")?, held_key(step.new, new, "V")?);
    let filled = !equal(old_value.object(), new_value.object());
    let widgets = field::widgets(step, step.new, field)?;
    match kind(located) {
        Some(Kind::Button) => {
            let value = new_value.name().cloned();
            if !buttons_show(step, &widgets, value.as_ref())? {
                step.ledger.deny_as(field.number, &entry.below("V"));
            }
        }
        Some(Kind::Text | Kind::Choice) => {
            for part in widgets.iter().copied().chain([field]) {
                if !filled && let Some(key) = restyled(step, part)? {
                    step.ledger.deny_as(part.number, &entry.below(key));
                }
            }
            for widget in widgets {
                let redrawn = appearance::is_changed(step, widget)?;
                let object = step.new.object(widget)?;
                let drawn = object
                    .object
                    .as_dictionary()
                    .is_some_and(|dictionary| dictionary.get("AP").is_some());
                if filled && drawn && !redrawn {
                    step.ledger.deny_as(field.number, &entry.below("V"));
                } else if redrawn && (!filled || !appearance::replaced(step, widget, &entry)?) {
                    step.ledger.deny_as(widget.number, &entry.below("AP"));
                }
            }
        }
        None => {}
    }
    Ok(())
}

/// What a field or widget says otherwise about how its text looks: without another value, that hides or moves the one that was there.
fn restyled(step: &Step<'_, '_>, id: ObjectId) -> Result<Option<&'static str>, PdfError> {
    if step.touch(id) != Some(Touch::Changed) {
        return Ok(None);
    }
    let (before, after) = (step.old.object(id)?, step.new.object(id)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(None);
    };
    let changed = STYLE.into_iter().find(|key| {
        let values = [old.get(key), new.get(key)];
        match values.map(|value| value.map(|value| &value.object)) {
            [Some(old), Some(new)] => !equal(old, new),
            [old, new] => old.is_some() || new.is_some(),
        }
    });
    Ok(changed)
}

/// Whether exactly the buttons whose state the value names are on.
fn buttons_show(
    step: &Step<'_, '_>,
    widgets: &[ObjectId],
    value: Option<&Name>,
) -> Result<bool, PdfError> {
    let value = value.filter(|value| **value != *"Off");
    let mut shown = value.is_none();
    for widget in widgets {
        let object = step.new.object(*widget)?;
        let Some(dictionary) = object.object.as_dictionary() else {
            return Ok(false);
        };
        let state = held_key(step.new, dictionary, "AS")?;
        let state = state.name().filter(|state| **state != *"Off");
        let states = held_key(step.new, dictionary, "AP")?;
        let has = match (states.dictionary(), value) {
            (Some(states), Some(value)) => {
                let normal = held_key(step.new, states, "N")?;
                let entries = normal
                    .dictionary()
                    .map(|normal| normal.entries.as_slice())
                    .unwrap_or_default();
                entries.iter().any(|entry| entry.key == *value)
            }
            _ => false,
        };
        let agrees = match (state, value) {
            (None, _) => !has,
            (Some(state), Some(value)) => state == value && has,
            (Some(_), None) => false,
        };
        if !agrees {
            return Ok(false);
        }
        shown |= state.is_some();
    }
    Ok(shown)
}
