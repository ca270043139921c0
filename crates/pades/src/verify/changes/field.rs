//! Which field an object belongs to, found from below: through `/Parent` up to the form's own list, each step confirmed by the list
//! above. So cost follows what was touched, not the number of fields.

use crate::PdfError;
use crate::file::View;
use crate::syntax::{Dictionary, Name, Object, ObjectId};

use super::super::text_string::text_string;
use super::step::{Listing, Step, held_key};

/// How deep fields may hang in each other: as deep as objects may nest.
const MAX_FIELD_DEPTH: usize = 64;

/// A field, or a widget of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    /// The field: the nearest object with a name of its own.
    pub(super) field: ObjectId,
    /// Its full name (ISO 32000-2 clause 12.7.4.2).
    pub(super) name: String,
    /// `/FT`, inherited.
    pub(super) kind: Option<Name>,
    /// `/Ff`, inherited.
    pub(super) flags: i64,
}

/// The field that an object is, or is a widget of; nothing if the form does not lead to it.
pub(super) fn locate<'p, 's>(
    step: &mut Step<'p, 's>,
    view: View<'p, 's>,
    id: ObjectId,
) -> Result<Option<Located>, PdfError> {
    let catalog = view.catalog_id()?;
    let mut names = Vec::new();
    let mut located = Located {
        field: id,
        name: String::new(),
        kind: None,
        flags: 0,
    };
    let mut flags = None;
    let mut at = id;
    for _ in 0..MAX_FIELD_DEPTH {
        let node = view.object(at)?;
        let Some(dictionary) = node
            .object
            .as_dictionary()
            .filter(|_| node.stream.is_none())
        else {
            return Ok(None);
        };
        if let Some(name) = name(view, dictionary)? {
            if names.is_empty() {
                located.field = at;
            }
            names.push(name);
        }
        if located.kind.is_none() {
            located.kind = held_key(view, dictionary, "FT")?.name().cloned();
        }
        flags = flags.or(held_key(view, dictionary, "Ff")?.object().as_integer());
        match dictionary.get("Parent").map(|value| &value.object) {
            Some(Object::Reference(parent)) => {
                if !step.listing(Listing::Kids, view, *parent)?.contains(&at) {
                    return Ok(None);
                }
                at = *parent;
            }
            Some(_) => return Ok(None),
            None => {
                if names.is_empty() || !step.listing(Listing::Fields, view, catalog)?.contains(&at)
                {
                    return Ok(None);
                }
                names.reverse();
                located.name = names.join(".");
                located.flags = flags.unwrap_or_default();
                return Ok(Some(located));
            }
        }
    }
    Ok(None)
}

/// The part of the name that a field has of its own.
pub(super) fn name(
    view: View<'_, '_>,
    dictionary: &Dictionary,
) -> Result<Option<String>, PdfError> {
    Ok(held_key(view, dictionary, "T")?
        .object()
        .as_bytes()
        .map(text_string))
}

/// The widgets of a field: itself, or its children without a name.
pub(super) fn widgets<'p, 's>(
    step: &mut Step<'p, 's>,
    view: View<'p, 's>,
    field: ObjectId,
) -> Result<Vec<ObjectId>, PdfError> {
    let object = view.object(field)?;
    let has_kids = object
        .object
        .as_dictionary()
        .is_some_and(|dictionary| dictionary.get("Kids").is_some());
    if !has_kids {
        return Ok(vec![field]);
    }
    let mut kids: Vec<ObjectId> = step
        .listing(Listing::Kids, view, field)?
        .iter()
        .copied()
        .collect();
    kids.sort_unstable();
    Ok(kids)
}
