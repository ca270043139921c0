//! Signature fields: new ones, and empty ones that are filled.

use std::collections::BTreeMap;

use crate::PdfError;
use crate::syntax::{Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::appearance;
use super::compare::{by_key, differences};
use super::field::{self, Located};
use super::form::MAX_FIELDS_SEARCHED;
use super::ledger::{DENIED, Entry};
use super::step::{Held, Step, held_key, rectangle};

/// What a signature field may say (ISO 32000-2 tables 226 and 235). No actions: they could run when somebody looks.
const FIELD: [&[u8]; 14] = [
    b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"Kids", b"Parent", b"Lock", b"SV", b"DA", b"DR", b"Q",
    b"DS",
];

/// What its widget may say (tables 166 and 191). No `/OC`: a layer could hide it; no `/A`, no `/AA`.
const WIDGET: [&[u8]; 14] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"P",
    b"F",
    b"AP",
    b"AS",
    b"BS",
    b"Border",
    b"MK",
    b"H",
    b"M",
    b"NM",
    b"StructParent",
];

/// Annotation flags that may change when a field is filled: `Print` (set only), `ReadOnly`, `Locked`, `LockedContents`.
const HARMLESS_FLAGS: i64 = PRINT | 64 | 128 | 512;
/// The annotation flag `Print`: without it a field is on the screen and not on paper.
const PRINT: i64 = 4;
/// The annotation flag `Hidden`.
const HIDDEN: i64 = 2;
/// The field flag `ReadOnly`.
const READ_ONLY: i64 = 1;

/// The field above a new one.
pub(super) struct Parent {
    pub(super) id: ObjectId,
    pub(super) name: String,
}

/// What a value of a signature field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Signature,
    Timestamp,
}

/// Judges a field that was appended to `list`.
pub(super) fn new_field(
    step: &mut Step<'_, '_>,
    id: ObjectId,
    list: &Held<'_>,
    parent: Option<&Parent>,
    path: &str,
) -> Result<ChangeLevel, PdfError> {
    let level = try_new_field(step, id, list, parent, path)?;
    if level.is_none() {
        step.ledger.deny(id.number, ChangeClass::Form, path);
    }
    Ok(level.unwrap_or(DENIED))
}

fn try_new_field(
    step: &mut Step<'_, '_>,
    id: ObjectId,
    list: &Held<'_>,
    parent: Option<&Parent>,
    path: &str,
) -> Result<Option<ChangeLevel>, PdfError> {
    let object = step.new.object(id)?;
    let field = object
        .object
        .as_dictionary()
        .filter(|_| object.stream.is_none() && step.is_added(id));
    let Some((field, map)) = field.and_then(|field| Some((field, by_key(field)?))) else {
        return Ok(None);
    };
    let merged = !map.contains_key(b"Kids".as_slice());
    let known = |key: &&[u8]| FIELD.contains(key) || (merged && WIDGET.contains(key));
    let above = map.get(b"Parent".as_slice()).copied();
    let hangs = match (parent, above) {
        (None, None) => true,
        (Some(parent), Some(Object::Reference(above))) => parent.id == *above,
        _ => false,
    };
    if !map.keys().all(known) || !field.is("FT", "Sig") || !hangs {
        return Ok(None);
    }
    let Some(own_name) =
        field::name(step.new, field)?.filter(|name| !name.is_empty() && !name.contains('.'))
    else {
        return Ok(None);
    };
    if is_taken(step, &own_name, list, id)? {
        return Ok(None);
    }
    let name = parent.map_or_else(
        || own_name.clone(),
        |parent| format!("{}.{own_name}", parent.name),
    );
    let Some((value_id, value)) = signature_value(step, map.get(b"V".as_slice()).copied())? else {
        return Ok(None);
    };

    let mut widgets = Vec::new();
    if merged {
        // A field without a widget shows nowhere.
        if map.contains_key(b"Subtype".as_slice()) || map.contains_key(b"Rect".as_slice()) {
            widgets.push(id);
        }
    } else {
        let kids = held_key(step.new, field, "Kids")?;
        let Some(values) = kids.array() else {
            return Ok(None);
        };
        if kids.id().is_some_and(|id| !step.is_added(id)) {
            return Ok(None);
        }
        step.vouch_held(
            &kids,
            Entry::new(
                ChangeLevel::Signatures,
                ChangeClass::SignatureField,
                format!("{path}/Kids"),
            )
            .of_field(&name),
        );
        for kid in &values.0 {
            let Some(kid) = kid.object.as_reference() else {
                return Ok(None);
            };
            widgets.push(kid);
        }
    }
    // Older readers look for the value in every widget; it may be repeated there, and no other.
    let signed = map.get(b"V".as_slice()).copied().cloned();
    let mut judged = Vec::new();
    for (index, widget) in widgets.iter().enumerate() {
        let object = step.new.object(*widget)?;
        let dictionary = object
            .object
            .as_dictionary()
            .filter(|_| object.stream.is_none() && step.is_added(*widget));
        let Some((dictionary, map)) =
            dictionary.and_then(|dictionary| Some((dictionary, by_key(dictionary)?)))
        else {
            return Ok(None);
        };
        let own = *widget == id;
        let belongs = own
            || map
                .get(b"Parent".as_slice())
                .and_then(|above| above.as_reference())
                == Some(id);
        let known = own
            || map.iter().all(|(key, value)| {
                WIDGET.contains(key)
                    || *key == b"Parent"
                    || (*key == b"V" && repeats(Some(*value), signed.as_ref()))
            });
        let typed = dictionary.is("Subtype", "Widget")
            && (!map.contains_key(b"Type".as_slice()) || dictionary.is("Type", "Annot"));
        let unique = !judged
            .iter()
            .any(|(seen, _, _): &(ObjectId, Shown, String)| seen == widget);
        if !belongs || !known || !typed || !unique {
            return Ok(None);
        }
        let Some(shown) = shown(step, *widget)? else {
            return Ok(None);
        };
        let path = if own {
            path.to_owned()
        } else {
            format!("{path}/Kids/{index}")
        };
        judged.push((*widget, shown, path));
    }

    let base = base(
        value,
        judged.iter().any(|(_, shown, _)| shown.visible),
        path,
        &name,
    );
    for (widget, shown, path) in judged {
        let entry = Entry {
            path,
            page: shown.page,
            rect: Some(shown.rect),
            ..base.clone()
        };
        if !appearance::new(step, widget, &entry)? {
            step.ledger.deny_as(widget.number, &entry);
        }
        step.ledger.vouch(widget.number, entry.clone());
        step.follow_except(
            &step.new.object(widget)?.object.clone(),
            &entry.below("MK"),
            &["AP", "V", "P", "Parent", "Kids", "Lock", "SV"],
        )?;
        step.seals.insert(widget, entry);
    }
    if !step.seals.contains_key(&id) {
        step.ledger.vouch(id.number, base.clone());
    }
    for key in ["Lock", "SV"] {
        if let Some(value) = map.get(key.as_bytes()) {
            step.follow(value, &base.below(key))?;
        }
    }
    vouch_value(step, value_id, &base)?;
    Ok(Some(base.level))
}

/// Whether a widget's `/V` is the reference that its field has.
fn repeats(value: Option<&Object>, of_field: Option<&Object>) -> bool {
    match (value, of_field) {
        (Some(Object::Reference(value)), Some(Object::Reference(of_field))) => value == of_field,
        _ => false,
    }
}

/// Judges a field, or widget of a field, of type `/Sig` that was there before and was changed.
pub(super) fn changed(
    step: &mut Step<'_, '_>,
    id: ObjectId,
    located: &Located,
) -> Result<(), PdfError> {
    let path = format!("Root/AcroForm/{}", located.name);
    let (old_field, new_field) = (
        step.old.object(located.field)?,
        step.new.object(located.field)?,
    );
    let (Some(old_field), Some(new_field)) = (
        old_field.object.as_dictionary(),
        new_field.object.as_dictionary(),
    ) else {
        return Ok(());
    };
    let signed_before = !held_key(step.old, old_field, "V")?.object().is_null();
    let filled = !signed_before && new_field.get("V").is_some();
    let class = if signed_before {
        ChangeClass::EarlierSignature
    } else {
        ChangeClass::SignatureField
    };
    let denied = Entry::new(ChangeLevel::Other, class, path.clone()).of_field(&located.name);

    let (before, after) = (step.old.object(id)?, step.new.object(id)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(());
    };
    let Some(differences) = differences(old, new) else {
        step.ledger.deny_as(id.number, &denied);
        return Ok(());
    };
    let locks_only = differences
        .iter()
        .all(|difference| difference.key == b"Ff" && locks(difference.old, difference.new));
    if locks_only {
        step.ledger.vouch(
            id.number,
            Entry {
                level: ChangeLevel::FormFill,
                class: ChangeClass::Form,
                ..denied
            },
        );
        return Ok(());
    }
    for difference in &differences {
        let permitted = match difference.key {
            b"V" => {
                let value = new_field.get("V").map(|value| &value.object);
                difference.old.is_none() && (id == located.field || repeats(difference.new, value))
            }
            // Judged below.
            b"AP" => difference.new.is_some(),
            b"M" => matches!(difference.new, None | Some(Object::String(_))),
            b"F" => flags(difference.old, difference.new),
            b"Ff" => locks(difference.old, difference.new),
            _ => false,
        };
        if !permitted || !filled {
            step.ledger.deny_as(
                id.number,
                &denied.below(&String::from_utf8_lossy(difference.key)),
            );
        }
    }
    if !filled {
        return Ok(());
    }
    let widgets = field::widgets(step, step.new, located.field)?;
    let mut visible = false;
    let mut own = None;
    for widget in widgets {
        let shown = shown(step, widget)?;
        visible |= shown.as_ref().is_some_and(|shown| shown.visible);
        if widget == id {
            own = shown;
        }
    }
    let value_object = new_field.get("V").map(|value| &value.object);
    // A widget of its own follows its field, which is judged by itself.
    let is_field = id == located.field;
    let value = if is_field {
        signature_value(step, value_object)?
    } else {
        read_value(step, value_object)?
    };
    let Some((value_id, value)) = value else {
        step.ledger.deny_as(id.number, &denied.below("V"));
        return Ok(());
    };
    let entry = Entry {
        page: own.as_ref().and_then(|shown| shown.page),
        rect: own.as_ref().map(|shown| shown.rect),
        ..base(value, visible, &path, &located.name)
    };
    if own.is_some() && !appearance::replaced(step, id, &entry)? {
        step.ledger.deny_as(
            id.number,
            &Entry {
                class,
                ..entry.below("AP")
            },
        );
    }
    if is_field {
        vouch_value(step, value_id, &entry)?;
    }
    step.ledger.vouch(id.number, entry);
    Ok(())
}

fn base(value: Value, visible: bool, path: &str, name: &str) -> Entry {
    let (level, class) = match value {
        Value::Timestamp if !visible => (ChangeLevel::Maintenance, ChangeClass::DocumentTimestamp),
        // Anybody can get one, so nobody answers for what it would show.
        Value::Timestamp => (ChangeLevel::Other, ChangeClass::DocumentTimestamp),
        Value::Signature => (ChangeLevel::Signatures, ChangeClass::SignatureField),
    };
    Entry::new(level, class, path).of_field(name)
}

fn vouch_value(step: &mut Step<'_, '_>, id: ObjectId, base: &Entry) -> Result<(), PdfError> {
    let entry = base.below("V");
    step.ledger.vouch(id.number, entry.clone());
    let object = step.new.object(id)?;
    step.follow(&object.object, &entry)
}

/// A signature dictionary that is new, and the value of no other field.
fn signature_value(
    step: &mut Step<'_, '_>,
    value: Option<&Object>,
) -> Result<Option<(ObjectId, Value)>, PdfError> {
    let Some((id, kind)) = read_value(step, value)? else {
        return Ok(None);
    };
    Ok(step.signatures.insert(id).then_some((id, kind)))
}

fn read_value(
    step: &Step<'_, '_>,
    value: Option<&Object>,
) -> Result<Option<(ObjectId, Value)>, PdfError> {
    let Some(id) = value
        .and_then(Object::as_reference)
        .filter(|id| step.is_added(*id))
    else {
        return Ok(None);
    };
    Ok(kind_of(step, id)?.map(|kind| (id, kind)))
}

fn kind_of(step: &Step<'_, '_>, id: ObjectId) -> Result<Option<Value>, PdfError> {
    let object = step.new.object(id)?;
    let dictionary = object
        .object
        .as_dictionary()
        .filter(|_| object.stream.is_none());
    let Some(map) = dictionary.and_then(by_key) else {
        return Ok(None);
    };
    let name = |map: &BTreeMap<&[u8], &Object>, key: &str| {
        map.get(key.as_bytes())
            .and_then(|value| value.as_name())
            .cloned()
    };
    let contents = matches!(map.get(b"Contents".as_slice()), Some(Object::String(_)));
    let range = matches!(map.get(b"ByteRange".as_slice()), Some(Object::Array(_)));
    let stamp = name(&map, "SubFilter").is_some_and(|name| name == *"ETSI.RFC3161");
    let kind = match name(&map, "Type") {
        Some(name) if name == *"DocTimeStamp" && stamp => Some(Value::Timestamp),
        Some(name) if name == *"Sig" && !stamp => Some(Value::Signature),
        None if !stamp => Some(Value::Signature),
        _ => None,
    };
    Ok(kind.filter(|_| contents && range))
}

/// Where a widget shows.
struct Shown {
    rect: [f64; 4],
    page: Option<u32>,
    visible: bool,
}

fn shown(step: &mut Step<'_, '_>, widget: ObjectId) -> Result<Option<Shown>, PdfError> {
    let object = step.new.object(widget)?;
    let Some(dictionary) = object.object.as_dictionary() else {
        return Ok(None);
    };
    let Some(rect) = rectangle(step.new, dictionary)? else {
        return Ok(None);
    };
    let hidden = match held_key(step.new, dictionary, "F")?.object() {
        Object::Null => false,
        Object::Integer(flags) => flags & HIDDEN != 0,
        _ => return Ok(None),
    };
    let page = step.page_of(widget, dictionary)?.map(|(number, _)| number);
    let [left, bottom, right, top] = rect;
    let visible = page.is_some() && !hidden && right > left && top > bottom;
    Ok(Some(Shown {
        rect,
        page,
        visible,
    }))
}

/// Whether annotation flags changed in a way that hides and moves nothing.
pub(super) fn flags(old: Option<&Object>, new: Option<&Object>) -> bool {
    let number = |object: Option<&Object>| object.map_or(Some(0), Object::as_integer);
    let harmless =
        |old: i64, new: i64| (old ^ new) & !HARMLESS_FLAGS == 0 && old & PRINT & !new == 0;
    matches!((number(old), number(new)), (Some(old), Some(new)) if harmless(old, new))
}

/// Whether a field was made read-only, as Acrobat does when a signature locks it.
pub(super) fn locks(old: Option<&Object>, new: Option<&Object>) -> bool {
    let number = |object: Option<&Object>| object.map_or(Some(0), Object::as_integer);
    matches!((number(old), number(new)), (Some(old), Some(new)) if new == old | READ_ONLY)
}

/// Whether another field beside has the name: then there would be two by one name, and viewers choose.
fn is_taken(
    step: &mut Step<'_, '_>,
    name: &str,
    list: &Held<'_>,
    id: ObjectId,
) -> Result<bool, PdfError> {
    let siblings = list
        .array()
        .map(|array| array.0.as_slice())
        .unwrap_or_default();
    if siblings.len() > MAX_FIELDS_SEARCHED {
        return Ok(true);
    }
    let mut own = 0;
    for sibling in siblings {
        let Some(sibling) = sibling.object.as_reference() else {
            continue;
        };
        if sibling == id {
            own += 1;
            continue;
        }
        let object = step.new.object(sibling)?;
        let Some(dictionary) = object.object.as_dictionary() else {
            continue;
        };
        if field::name(step.new, dictionary)?.is_some_and(|taken| taken == name) {
            return Ok(true);
        }
    }
    Ok(own != 1)
}
