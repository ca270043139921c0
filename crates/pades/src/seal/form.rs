//! The form: signature fields that exist, and what earlier signatures permit (ISO 32000-2 clauses 12.7 and 12.8).

use std::collections::BTreeSet;

use super::{SealError, edit::broken, text::read_text_string};
use crate::{
    file::View,
    syntax::{Dictionary, Object, ObjectId},
};

/// Fields that are looked at: forms of tax offices have some thousands.
pub const MAX_FIELDS: usize = 100_000;

/// How deep fields may lie in each other.
const MAX_DEPTH: usize = 64;

/// The interactive form of a document.
pub(super) struct Form {
    pub(super) catalog: ObjectId,
    /// Where the form dictionary stands; none if there is none.
    pub(super) holder: Option<Holder>,
    pub(super) fields: Vec<Field>,
    /// What earlier signatures permit.
    pub(super) rules: Rules,
}

/// A dictionary that is an object, or stands directly under a key of one.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) id: ObjectId,
    pub(super) path: Vec<&'static str>,
}

/// A terminal field.
pub(super) struct Field {
    pub(super) id: ObjectId,
    /// Full name.
    pub(super) name: String,
    pub(super) signature: bool,
    pub(super) read_only: bool,
    /// The signature, or another value.
    pub(super) value: Option<Object>,
    pub(super) dictionary: Dictionary,
    /// Its widgets: itself, or its kids.
    pub(super) widgets: Vec<ObjectId>,
}

/// What earlier signatures permit.
#[derive(Default)]
pub(super) struct Rules {
    /// The strictest permissions of a certification, or of a signature that locks the document.
    pub(super) permissions: Option<i64>,
    pub(super) locks: Vec<Lock>,
    /// Whether there is any signature.
    pub(super) signed: bool,
}

/// Which fields a signature locks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lock {
    pub(super) action: Action,
    pub(super) fields: Vec<String>,
}

/// Whether the fields listed are locked, the others, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    All,
    Exclude,
    Include,
}

/// What a field inherits from the fields above it.
#[derive(Clone, Default)]
struct Inherited {
    name: Option<String>,
    kind: Option<Object>,
    flags: i64,
    value: Option<Object>,
}

impl Form {
    pub(super) fn read(view: View<'_, '_>) -> Result<Self, SealError> {
        let catalog = view.catalog_id()?;
        let mut form = Self {
            catalog,
            holder: None,
            fields: Vec::new(),
            rules: Rules::default(),
        };
        let root = view.catalog()?;
        let Some(root) = root.object.as_dictionary() else {
            return Err(broken(catalog, "is no dictionary"));
        };
        if let Some(value) = root.get("AcroForm") {
            match view.resolve(&value.object)? {
                Object::Null => {}
                Object::Dictionary(dictionary) => {
                    if view.find(&dictionary, "XFA")?.is_some() {
                        return Err(SealError::FormXfa);
                    }
                    form.holder = Some(match value.object.as_reference() {
                        Some(id) => Holder {
                            id,
                            path: Vec::new(),
                        },
                        None => Holder {
                            id: catalog,
                            path: vec!["AcroForm"],
                        },
                    });
                    let fields = view.find(&dictionary, "Fields")?;
                    form.read_fields(view, fields.as_ref())?;
                }
                _ => return Err(broken(catalog, "has an /AcroForm that is no dictionary")),
            }
        }
        form.rules = Rules::read(view, root, &form.fields)?;
        Ok(form)
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A name `Signature1`, `Signature2`, ... that no field has.
    pub(super) fn unused_name(&self, stem: &str) -> String {
        let names: BTreeSet<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let taken = |name: &str| {
            let below = format!("{name}.");
            names.contains(name) || names.iter().any(|other| other.starts_with(&below))
        };
        let mut numbers = 1..;
        loop {
            let number: u64 = numbers.next().unwrap_or(u64::MAX);
            let name = format!("{stem}{number}");
            if !taken(&name) {
                return name;
            }
        }
    }

    /// Whether a field of this name, or below it, exists.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        let below = format!("{name}.");
        let mut names = self.fields.iter().map(|field| &field.name);
        names.any(|other| other == name || other.starts_with(&below))
    }

    fn read_fields(
        &mut self,
        view: View<'_, '_>,
        fields: Option<&Object>,
    ) -> Result<(), SealError> {
        let roots = match fields {
            None => return Ok(()),
            Some(Object::Array(roots)) => roots,
            Some(_) => {
                return Err(SealError::FormInvalid {
                    reason: "its /Fields are no array".to_owned(),
                });
            }
        };
        let mut seen = BTreeSet::new();
        let mut open: Vec<(ObjectId, Inherited, usize)> = Vec::new();
        for root in roots.0.iter().rev() {
            open.push((reference(&root.object)?, Inherited::default(), 0));
        }
        while let Some((id, inherited, depth)) = open.pop() {
            if !seen.insert(id) {
                return Err(broken(id, "occurs twice in the tree of fields"));
            }
            if seen.len() > MAX_FIELDS {
                return Err(SealError::TooMuch {
                    what: "the number of form fields",
                    limit: MAX_FIELDS as u64,
                });
            }
            let indirect = view.object(id)?;
            let dictionary = match &indirect.object {
                Object::Dictionary(dictionary) => dictionary,
                // Deleted by a program that forgot the list.
                Object::Null => continue,
                _ => return Err(broken(id, "is no form field")),
            };
            let inherited = inherited.below(view, dictionary)?;
            let kids = match view.find(dictionary, "Kids")? {
                None => Vec::new(),
                Some(Object::Array(kids)) => kids
                    .0
                    .iter()
                    .map(|kid| reference(&kid.object))
                    .collect::<Result<_, _>>()?,
                Some(_) => return Err(broken(id, "has /Kids that are no array")),
            };
            let mut fields = Vec::new();
            let mut widgets = Vec::new();
            for kid in kids {
                let object = view.object(kid)?;
                match object.object.as_dictionary() {
                    Some(kid_dictionary) if kid_dictionary.get("T").is_none() => widgets.push(kid),
                    Some(_) => fields.push(kid),
                    None => return Err(broken(kid, "is no form field")),
                }
            }
            if !fields.is_empty() {
                if depth == MAX_DEPTH {
                    return Err(SealError::TooMuch {
                        what: "the depth of form fields",
                        limit: MAX_DEPTH as u64,
                    });
                }
                for kid in fields.into_iter().rev() {
                    open.push((kid, inherited.clone(), depth + 1));
                }
                if widgets.is_empty() {
                    continue;
                }
            }
            if widgets.is_empty() && dictionary.is("Subtype", "Widget") {
                widgets.push(id);
            }
            self.fields.push(Field {
                id,
                name: inherited.name.unwrap_or_default(),
                signature: matches!(&inherited.kind, Some(Object::Name(name)) if *name == *"Sig"),
                read_only: inherited.flags & 1 != 0,
                value: inherited.value,
                dictionary: dictionary.clone(),
                widgets,
            });
        }
        Ok(())
    }
}

impl Inherited {
    fn below(mut self, view: View<'_, '_>, dictionary: &Dictionary) -> Result<Self, SealError> {
        if let Some(Object::String(partial)) = view.find(dictionary, "T")? {
            let partial = read_text_string(&partial.bytes);
            self.name = Some(match self.name {
                Some(name) => format!("{name}.{partial}"),
                None => partial,
            });
        }
        if let Some(kind) = view.find(dictionary, "FT")? {
            self.kind = Some(kind);
        }
        if let Some(flags) = view
            .find(dictionary, "Ff")?
            .and_then(|flags| flags.as_integer())
        {
            self.flags = flags;
        }
        if let Some(value) = view.find(dictionary, "V")? {
            self.value = Some(value);
        }
        Ok(self)
    }
}

impl Rules {
    fn read(view: View<'_, '_>, catalog: &Dictionary, fields: &[Field]) -> Result<Self, SealError> {
        let mut rules = Self::default();
        for field in fields.iter().filter(|field| field.signature) {
            match &field.value {
                None => {}
                Some(Object::Dictionary(signature)) => {
                    rules.signed = true;
                    rules.add(view, signature)?;
                }
                Some(_) => return Err(broken(field.id, "has a signature that is no dictionary")),
            }
        }
        if let Some(permissions) = view.find(catalog, "Perms")? {
            let Object::Dictionary(permissions) = permissions else {
                return Err(SealError::FormInvalid {
                    reason: "its /Perms are no dictionary".to_owned(),
                });
            };
            match view.find(&permissions, "DocMDP")? {
                None => {}
                Some(Object::Dictionary(signature)) => {
                    rules.signed = true;
                    rules.add(view, &signature)?;
                    // A certification that does not say what it permits permits what is the default.
                    rules.permissions = rules.permissions.or(Some(2));
                }
                Some(_) => {
                    return Err(SealError::FormInvalid {
                        reason: "its certification is no dictionary".to_owned(),
                    });
                }
            }
        }
        Ok(rules)
    }

    /// What one signature's transform methods say (table 256).
    fn add(&mut self, view: View<'_, '_>, signature: &Dictionary) -> Result<(), SealError> {
        let unclear = || SealError::FormInvalid {
            reason: "an earlier signature does not say clearly what it permits".to_owned(),
        };
        let references = match view.find(signature, "Reference")? {
            None => return Ok(()),
            Some(Object::Array(references)) => references,
            Some(_) => return Err(unclear()),
        };
        for reference in &references.0 {
            let Object::Dictionary(reference) = view.resolve(&reference.object)? else {
                return Err(unclear());
            };
            let Some(Object::Name(method)) = view.find(&reference, "TransformMethod")? else {
                return Err(unclear());
            };
            let parameters = match view.find(&reference, "TransformParams")? {
                None => Dictionary::default(),
                Some(Object::Dictionary(parameters)) => parameters,
                Some(_) => return Err(unclear()),
            };
            let permissions = match view.find(&parameters, "P")? {
                None => None,
                Some(Object::Integer(permissions)) => Some(permissions),
                Some(_) => return Err(unclear()),
            };
            let permissions = match method.0.as_slice() {
                b"DocMDP" => Some(permissions.unwrap_or(2)),
                b"FieldMDP" => {
                    let lock = Lock::read(view, &parameters)?;
                    self.locks.push(lock.ok_or_else(unclear)?);
                    permissions
                }
                // Usage rights: what Adobe's reader unlocks, no rule for others.
                _ => None,
            };
            let strictest = self.permissions.into_iter().chain(permissions).min();
            self.permissions = strictest;
        }
        Ok(())
    }

    /// Whether an earlier signature locks the field of this name.
    pub(super) fn locks(&self, name: &str) -> bool {
        self.locks.iter().any(|lock| lock.covers(name))
    }
}

impl Lock {
    /// `/Action` and `/Fields` of a lock dictionary or of the parameters of FieldMDP (tables 236 and 259).
    pub(super) fn read(
        view: View<'_, '_>,
        dictionary: &Dictionary,
    ) -> Result<Option<Self>, SealError> {
        let Some(Object::Name(action)) = view.find(dictionary, "Action")? else {
            return Ok(None);
        };
        let action = match action.0.as_slice() {
            b"All" => Action::All,
            b"Exclude" => Action::Exclude,
            b"Include" => Action::Include,
            _ => return Ok(None),
        };
        let mut fields = Vec::new();
        match view.find(dictionary, "Fields")? {
            None => {}
            Some(Object::Array(names)) => {
                for name in &names.0 {
                    let Object::String(name) = view.resolve(&name.object)? else {
                        return Ok(None);
                    };
                    fields.push(read_text_string(&name.bytes));
                }
            }
            Some(_) => return Ok(None),
        }
        Ok(Some(Self { action, fields }))
    }

    /// A field is meant with all fields below it.
    fn covers(&self, name: &str) -> bool {
        let listed = self.fields.iter().any(|field| {
            let rest = name.strip_prefix(field.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        match self.action {
            Action::All => true,
            Action::Exclude => !listed,
            Action::Include => listed,
        }
    }
}

fn reference(object: &Object) -> Result<ObjectId, SealError> {
    object.as_reference().ok_or_else(|| SealError::FormInvalid {
        reason: "a field stands in its list directly, not as an object".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_cover_a_field_and_what_is_below_it() {
        let lock = |action| Lock {
            action,
            fields: vec!["a.b".to_owned()],
        };
        for (name, listed) in [
            ("a.b", true),
            ("a.b.c", true),
            ("a", false),
            ("a.bc", false),
            ("x.a.b", false),
        ] {
            assert_eq!(lock(Action::Include).covers(name), listed, "{name}");
            assert_eq!(lock(Action::Exclude).covers(name), !listed, "{name}");
            assert!(lock(Action::All).covers(name));
        }
    }
}
