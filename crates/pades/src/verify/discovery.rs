//! Every signature of a file: by walking the form, and by what a scan of the raw bytes finds.
//!
//! The form says which signatures there are. It may lie: a field removed by a later update leaves its signature behind in
//! the file. So each signature dictionary of the raw bytes must be one that a field leads to.

use std::{collections::HashSet, rc::Rc};

use super::text_string::text_string;
use crate::{
    Damage, PdfError,
    file::{Indirect, Location, Pdf, View, XrefEntry},
    syntax::{Dictionary, Object, ObjectId, Span, Value},
};

/// Most signatures of a file: more than any contract has parties.
pub const MAX_SIGNATURES: usize = 256;
/// Most nodes of the tree of fields: ten times the largest forms in use.
pub(crate) const MAX_FIELDS: usize = 100_000;
/// Deepest tree of fields: as deep as objects may nest.
pub(crate) const MAX_FIELD_DEPTH: usize = 64;
/// Most widgets of one signature: a cross-page seal on each page of the longest contracts.
pub(crate) const MAX_WIDGETS: usize = 10_000;

/// A signature field of the form that has a value.
#[derive(Clone, Debug)]
pub(crate) struct SignatureField {
    /// Full name.
    pub(crate) name: String,
    /// The field's own object; none if it is written directly into its parent.
    pub(crate) id: Option<ObjectId>,
    /// The field, which may be its own widget.
    pub(crate) dictionary: Dictionary,
    /// What `/V` leads to.
    pub(crate) value: FieldValue,
    /// Its widgets.
    pub(crate) widgets: Vec<Widget>,
}

/// What `/V` of a signature field leads to.
#[derive(Clone, Debug)]
pub(crate) enum FieldValue {
    /// An indirect object, as it should be.
    Indirect(Rc<Indirect>),
    /// Something written directly into the field.
    Direct(Object),
}

/// Where a field shows.
#[derive(Clone, Debug)]
pub(crate) struct Widget {
    pub(crate) id: Option<ObjectId>,
    pub(crate) dictionary: Dictionary,
}

impl FieldValue {
    /// The signature dictionary, if it is one.
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Indirect(indirect) => indirect.object.as_dictionary(),
            Self::Direct(object) => object.as_dictionary(),
        }
    }
}

/// The form of the catalog, if there is one.
pub(crate) fn form(view: View<'_, '_>) -> Result<Option<Dictionary>, PdfError> {
    let catalog = view.catalog()?;
    let Some(catalog) = catalog.object.as_dictionary() else {
        return Ok(None);
    };
    match view.find(catalog, "AcroForm")? {
        Some(Object::Dictionary(form)) => Ok(Some(form)),
        _ => Ok(None),
    }
}

/// The filled signature fields of the form, in its order.
pub(crate) fn signature_fields(view: View<'_, '_>) -> Result<Vec<SignatureField>, PdfError> {
    let Some(form) = form(view)? else {
        return Ok(Vec::new());
    };
    let Some(fields) = view.find(&form, "Fields")? else {
        return Ok(Vec::new());
    };
    let mut walk = Walk {
        view,
        seen: HashSet::new(),
        nodes: 0,
        found: Vec::new(),
    };
    let root = Inherited {
        name: String::new(),
        signature: false,
        value: None,
    };
    for field in fields.as_array().map_or(&[][..], |array| &array.0) {
        walk.node(field, &root, 0)?;
    }
    Ok(walk.found)
}

struct Walk<'p, 's> {
    view: View<'p, 's>,
    seen: HashSet<ObjectId>,
    nodes: usize,
    found: Vec<SignatureField>,
}

/// What a field has from those above it (ISO 32000-2 12.7.4.1).
#[derive(Clone)]
struct Inherited {
    name: String,
    signature: bool,
    value: Option<Value>,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Value, above: &Inherited, depth: usize) -> Result<(), PdfError> {
        self.count()?;
        if depth > MAX_FIELD_DEPTH {
            return Err(PdfError::TooLarge {
                what: "the depth of the tree of form fields",
                limit: MAX_FIELD_DEPTH as u64,
            });
        }
        let Some((id, dictionary)) = self.dictionary(node)? else {
            return Ok(());
        };
        let mut here = above.clone();
        if let Some(kind) = self.view.find(&dictionary, "FT")? {
            here.signature = kind.as_name().is_some_and(|name| *name == *"Sig");
        }
        if let Some(Object::String(part)) = self.view.find(&dictionary, "T")? {
            if !here.name.is_empty() {
                here.name.push('.');
            }
            here.name.push_str(&text_string(&part.bytes));
        }
        if let Some(value) = dictionary.get("V") {
            here.value = Some(value.clone());
        }

        let kids = match self.view.find(&dictionary, "Kids")? {
            Some(Object::Array(kids)) => kids.0,
            _ => Vec::new(),
        };
        let mut widgets = Vec::new();
        let mut fields_below = false;
        for kid in &kids {
            // A kid with a name of its own is a field, one without is a widget of this field (12.7.4.2).
            let is_field = match self.view.resolve(&kid.object)? {
                Object::Dictionary(kid) => kid.get("T").is_some() || kid.get("Kids").is_some(),
                _ => continue,
            };
            if is_field {
                fields_below = true;
                self.node(kid, &here, depth + 1)?;
            } else if here.signature {
                self.count()?;
                if let Some((id, dictionary)) = self.dictionary(kid)? {
                    widgets.push(Widget { id, dictionary });
                }
            }
        }
        if !here.signature || fields_below {
            return Ok(());
        }
        if kids.is_empty() && dictionary.get("Rect").is_some() {
            widgets.push(Widget {
                id,
                dictionary: dictionary.clone(),
            });
        }
        if widgets.len() > MAX_WIDGETS {
            return Err(PdfError::TooLarge {
                what: "the number of widgets of a signature",
                limit: MAX_WIDGETS as u64,
            });
        }
        let Some(value) = self.value(here.value.as_ref())? else {
            return Ok(());
        };
        if self.found.len() == MAX_SIGNATURES {
            return Err(PdfError::TooLarge {
                what: "the number of signatures",
                limit: MAX_SIGNATURES as u64,
            });
        }
        self.found.push(SignatureField {
            name: here.name,
            id,
            dictionary,
            value,
            widgets,
        });
        Ok(())
    }

    fn count(&mut self) -> Result<(), PdfError> {
        self.nodes += 1;
        if self.nodes > MAX_FIELDS {
            return Err(PdfError::TooLarge {
                what: "the number of form fields",
                limit: MAX_FIELDS as u64,
            });
        }
        Ok(())
    }

    /// The dictionary of a node; nothing if it is something else. A node met twice is a loop.
    fn dictionary(
        &mut self,
        node: &Value,
    ) -> Result<Option<(Option<ObjectId>, Dictionary)>, PdfError> {
        let id = node.object.as_reference();
        if let Some(id) = id
            && !self.seen.insert(id)
        {
            return Err(PdfError::Damaged {
                offset: node.span.start,
                damage: Damage::Loop,
            });
        }
        Ok(match self.view.resolve(&node.object)? {
            Object::Dictionary(dictionary) => Some((id, dictionary)),
            _ => None,
        })
    }

    /// What `/V` leads to; nothing if the field is empty. An object that does not exist is `null` (7.3.10).
    fn value(&self, value: Option<&Value>) -> Result<Option<FieldValue>, PdfError> {
        let Some(value) = value else {
            return Ok(None);
        };
        match &value.object {
            Object::Null => Ok(None),
            Object::Reference(id) => {
                let indirect = self.view.object(*id)?;
                let empty = indirect.object.is_null();
                Ok((!empty).then_some(FieldValue::Indirect(indirect)))
            }
            other => Ok(Some(FieldValue::Direct(other.clone()))),
        }
    }
}

/// The signature dictionaries among `tokens` (offsets of `/ByteRange`) that are none of `known` (their spans): each one's
/// offset. What stands inside a stream is content, such as an attached PDF with signatures of its own; in a string
/// it is text. Everything else is a signature that somebody took out of the form, or out of the file.
pub(crate) fn orphans(pdf: &Pdf<'_>, tokens: &[u64], known: &[Span]) -> Result<Vec<u64>, PdfError> {
    let contains = |span: &Span, offset: u64| span.start <= offset && offset < span.end;
    let unexplained: Vec<u64> = (tokens.iter().copied())
        .filter(|&token| !known.iter().any(|span| contains(span, token)))
        .collect();
    if unexplained.is_empty() {
        return Ok(Vec::new());
    }
    let mut objects = Vec::new();
    for revision in pdf.revisions() {
        for (number, entry) in revision.entries()? {
            if let XrefEntry::Offset { offset, generation } = entry {
                objects.push((offset, revision.index, ObjectId { number, generation }));
            }
        }
    }
    objects.sort_unstable_by_key(|&(offset, revision, _)| (offset, revision));

    let mut found = Vec::new();
    for token in unexplained {
        let after = objects.partition_point(|&(offset, ..)| offset <= token);
        let around = after.checked_sub(1).and_then(|index| objects.get(index));
        let harmless = match around {
            Some(&(_, revision, id)) => is_content(pdf, revision, id, token)?,
            None => false,
        };
        if !harmless {
            found.push(token);
        }
    }
    Ok(found)
}

/// Whether `token` lies inside the object that begins before it, and there in a stream or in a string.
fn is_content(pdf: &Pdf<'_>, revision: usize, id: ObjectId, token: u64) -> Result<bool, PdfError> {
    let Some(view) = pdf.view(revision) else {
        return Ok(false);
    };
    let indirect = view.object(id)?;
    let Location::File(span) = indirect.location else {
        return Ok(false);
    };
    let inside = |span: Span| span.start <= token && token < span.end;
    if indirect.stream.is_some_and(inside) {
        return Ok(true);
    }
    Ok(inside(span) && !has_key_at(&indirect.object, token))
}

/// Whether a key of a dictionary, however deep, stands at `offset`. Parsed objects nest no deeper than the parser allows.
fn has_key_at(object: &Object, offset: u64) -> bool {
    match object {
        Object::Dictionary(dictionary) => dictionary
            .entries
            .iter()
            .any(|entry| entry.key_span.start == offset || has_key_at(&entry.value.object, offset)),
        Object::Array(array) => array
            .0
            .iter()
            .any(|value| has_key_at(&value.object, offset)),
        _ => false,
    }
}
