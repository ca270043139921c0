//! What later revisions may do to a signature: its own rules, the author's certification, and ours for contracts.
//!
//! Stricter than ISO 32000-2 12.8.2: after a seal, an annotation that is no signature field fails it, unless a certification
//! with permissions 3 allows annotations, and it is a comment: what can show anything over the page (free text, stamps,
//! redactions) is how certified documents are forged ("evil annotation"). A form fill is permitted and named, unless it is forbidden or the field is locked.

use super::text_string::text_string;
use std::collections::HashSet;

use super::{
    discovery::SignatureField,
    report::{
        Change, ChangeClass, ChangeLevel, Check, CheckId, CheckStatus, Later, Reason, SignatureKind,
    },
};
use crate::{
    PdfError,
    file::View,
    syntax::{Array, Dictionary, Object},
};

/// Most changes that are listed with one signature, most far-reaching first; all of them are listed with their revisions.
pub const MAX_CHANGES_PER_SIGNATURE: usize = 256;
/// Most names in a field lock: as many as fields that are walked.
const MAX_LOCKED_FIELDS: usize = super::discovery::MAX_FIELDS;

/// What one signature permits and forbids from then on.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// `/DocMDP`: this signature certifies, with these permissions.
    pub(crate) certification: Option<u8>,
    /// Permissions of the field's `/Lock` (ISO 32000-2 table 236).
    lock_permissions: Option<u8>,
    locks: Vec<Lock>,
    /// Something of it cannot be read: then nothing is permitted.
    unreadable: bool,
}

/// What is known about later annotations beyond their changes.
#[derive(Debug, Default)]
pub(crate) struct Annotations {
    /// The revision of an intact certification that permits them.
    pub(crate) permitted_since: Option<usize>,
    /// Those that are no mere comments, by revision and object.
    pub(crate) covering: HashSet<(usize, u32)>,
}

#[derive(Debug)]
enum Lock {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

impl Rules {
    /// Reads the rules as of the signed revision, so that a later one cannot loosen them.
    pub(crate) fn read(
        view: View<'_, '_>,
        field: &SignatureField,
        dictionary: &Dictionary,
    ) -> Result<Self, PdfError> {
        let mut rules = Self::default();
        if let Some(references) = view.find(dictionary, "Reference")? {
            let references = references.as_array().cloned();
            rules.unreadable |= references.is_none();
            for reference in references.unwrap_or_default().0 {
                match view.resolve(&reference.object)? {
                    Object::Dictionary(reference) => rules.read_reference(view, &reference)?,
                    _ => rules.unreadable = true,
                }
            }
        }
        // The field's dictionary of that time: the one of the last revision may have been changed.
        let then = match field.id {
            Some(id) => view.object(id)?.object.as_dictionary().cloned(),
            None => Some(field.dictionary.clone()),
        };
        let Some(then) = then else {
            return Ok(rules);
        };
        match view.find(&then, "Lock")? {
            Some(Object::Dictionary(lock)) => {
                rules.read_lock(view, &lock)?;
                if let Some(permissions) = view.find(&lock, "P")? {
                    rules.lock_permissions = Some(permission_level(&permissions));
                }
            }
            Some(_) => rules.unreadable = true,
            None => {}
        }
        Ok(rules)
    }

    fn read_reference(
        &mut self,
        view: View<'_, '_>,
        reference: &Dictionary,
    ) -> Result<(), PdfError> {
        let method = view.find(reference, "TransformMethod")?;
        let parameters = match view.find(reference, "TransformParams")? {
            Some(Object::Dictionary(parameters)) => parameters,
            _ => Dictionary::default(),
        };
        match method.as_ref().and_then(Object::as_name) {
            Some(name) if *name == *"DocMDP" => {
                // Without /P it is 2 (table 257).
                let level = match view.find(&parameters, "P")? {
                    Some(permissions) => permission_level(&permissions),
                    None => 2,
                };
                let least = self.certification.map_or(level, |other| other.min(level));
                self.certification = Some(least);
            }
            Some(name) if *name == *"FieldMDP" => self.read_lock(view, &parameters)?,
            // Usage rights permit a viewer more; they forbid nothing.
            Some(name) if *name == *"UR3" || *name == *"UR" => {}
            _ => self.unreadable = true,
        }
        Ok(())
    }

    /// `/Action` and `/Fields` (tables 236 and 259).
    fn read_lock(&mut self, view: View<'_, '_>, lock: &Dictionary) -> Result<(), PdfError> {
        let names = match view.find(lock, "Fields")? {
            Some(Object::Array(Array(values))) if values.len() <= MAX_LOCKED_FIELDS => {
                let mut names = Vec::new();
                for value in &values {
                    match view.resolve(&value.object)? {
                        Object::String(name) => names.push(text_string(&name.bytes)),
                        _ => self.unreadable = true,
                    }
                }
                Some(names)
            }
            _ => None,
        };
        let action = view.find(lock, "Action")?;
        let lock = match (action.as_ref().and_then(Object::as_name), names) {
            (Some(name), _) if *name == *"All" => Lock::All,
            (Some(name), Some(names)) if *name == *"Include" => Lock::Include(names),
            (Some(name), Some(names)) if *name == *"Exclude" => Lock::Exclude(names),
            _ => {
                self.unreadable = true;
                return Ok(());
            }
        };
        self.locks.push(lock);
        Ok(())
    }

    /// What kind of signature it makes.
    pub(crate) fn kind(&self) -> SignatureKind {
        self.certification
            .map_or(SignatureKind::Approval, SignatureKind::Certification)
    }

    fn locks(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field == name
                    || field
                        .strip_prefix(name.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            })
        };
        self.locks.iter().any(|lock| match lock {
            Lock::All => true,
            Lock::Include(names) => named(names),
            Lock::Exclude(names) => !named(names),
        })
    }

    /// The most far-reaching change that the permissions of this signature itself allow.
    fn most(&self) -> ChangeLevel {
        if self.unreadable {
            return ChangeLevel::Maintenance;
        }
        let permitted = |permissions: Option<u8>| match permissions {
            Some(1) => ChangeLevel::Maintenance,
            Some(2) => ChangeLevel::FormFill,
            _ => ChangeLevel::Annotations,
        };
        permitted(self.certification).min(permitted(self.lock_permissions))
    }

    /// Judges `changes`, all of revisions after the signature.
    pub(crate) fn judge<'c>(
        &self,
        changes: impl Iterator<Item = &'c Change>,
        annotations: &Annotations,
    ) -> (Later, Vec<Check>) {
        let mut verdict = Judgement::default();
        let mut items: Vec<&Change> = Vec::new();
        let mut level = ChangeLevel::None;
        for change in changes {
            level = level.max(change.level);
            verdict.add(self, change, annotations);
            items.push(change);
        }
        items.sort_by_key(|change| core::cmp::Reverse(change.level));
        let omitted = items.len().saturating_sub(MAX_CHANGES_PER_SIGNATURE);
        items.truncate(MAX_CHANGES_PER_SIGNATURE);
        let later = Later {
            level,
            permitted: verdict.permitted(),
            items: items.into_iter().cloned().collect(),
            omitted,
        };
        let checks = verdict.checks(self, level);
        (later, checks)
    }
}

/// `/P`: 1, 2 or 3. Anything else permits nothing.
fn permission_level(object: &Object) -> u8 {
    match object.as_integer() {
        Some(2) => 2,
        Some(3) => 3,
        _ => 1,
    }
}

/// The first change that breaks each kind of rule.
#[derive(Default)]
struct Judgement {
    unvouched: Option<String>,
    annotation: Option<String>,
    beyond: Option<String>,
    locked: Option<String>,
}

impl Judgement {
    fn add(&mut self, rules: &Rules, change: &Change, annotations: &Annotations) {
        let name = || {
            let field = change.field.as_deref().unwrap_or(&change.path);
            format!(
                "object {} of revision {}: {field}",
                change.object, change.revision
            )
        };
        let permitted = (rules.certification == Some(3)
            || annotations
                .permitted_since
                .is_some_and(|since| since < change.revision))
            && !annotations
                .covering
                .contains(&(change.revision, change.object));
        match change.level {
            ChangeLevel::Other => {
                self.unvouched.get_or_insert_with(name);
            }
            ChangeLevel::Annotations if !permitted => {
                self.annotation.get_or_insert_with(name);
            }
            _ => {}
        }
        if change.level > rules.most() {
            self.beyond.get_or_insert_with(name);
        }
        let locked = match (change.class, change.field.as_deref()) {
            (ChangeClass::FieldValue | ChangeClass::SignatureField, Some(field)) => {
                rules.locks(field)
            }
            (ChangeClass::FieldValue, None) => !rules.locks.is_empty(),
            // A page or the catalog, which only lists a new signature: its field is judged by its own name.
            _ => false,
        };
        if locked && change.level > ChangeLevel::Maintenance {
            self.locked.get_or_insert_with(name);
        }
    }

    fn permitted(&self) -> bool {
        [
            &self.unvouched,
            &self.annotation,
            &self.beyond,
            &self.locked,
        ]
        .iter()
        .all(|breach| breach.is_none())
    }

    fn checks(self, rules: &Rules, level: ChangeLevel) -> Vec<Check> {
        let failed = |id, reason, detail| Check {
            id,
            status: CheckStatus::Failed,
            reason: Some(reason),
            detail: Some(detail),
            place: None,
        };
        let plain = |id, status, reason| Check {
            id,
            status,
            reason,
            detail: None,
            place: None,
        };
        let later = match (self.unvouched, self.annotation, level) {
            (Some(detail), ..) => failed(CheckId::LaterChanges, Reason::ChangedLater, detail),
            (_, Some(detail), _) => failed(
                CheckId::LaterChanges,
                Reason::AnnotationsChangedLater,
                detail,
            ),
            (.., ChangeLevel::FormFill) => plain(
                CheckId::LaterChanges,
                CheckStatus::Noted,
                Some(Reason::FormFilledLater),
            ),
            (.., ChangeLevel::Annotations) => plain(
                CheckId::LaterChanges,
                CheckStatus::Noted,
                Some(Reason::AnnotationsChangedLater),
            ),
            _ => plain(CheckId::LaterChanges, CheckStatus::Passed, None),
        };
        let restricted =
            rules.certification.is_some() || rules.lock_permissions.is_some() || rules.unreadable;
        let certification = match self.beyond {
            Some(detail) if restricted => failed(
                CheckId::Certification,
                Reason::CertificationViolated,
                detail,
            ),
            _ if restricted => plain(CheckId::Certification, CheckStatus::Passed, None),
            _ => plain(CheckId::Certification, CheckStatus::Skipped, None),
        };
        let locks = match self.locked {
            Some(detail) => failed(CheckId::FieldLocks, Reason::LockedFieldChanged, detail),
            None if rules.locks.is_empty() => {
                plain(CheckId::FieldLocks, CheckStatus::Skipped, None)
            }
            None => plain(CheckId::FieldLocks, CheckStatus::Passed, None),
        };
        vec![later, certification, locks]
    }
}

#[cfg(test)]
mod tests;
