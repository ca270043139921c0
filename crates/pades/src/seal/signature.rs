//! The signature dictionary and the field it stands in (ISO 32000-2 clauses 12.7.5.5 and 12.8.1).

use core::fmt::Write as _;

use super::{
    SealError,
    form::{Action, Lock},
    text::{check_length, text_string},
    update::Update,
};
use crate::syntax::ObjectId;

/// What a certification permits afterwards (table 257).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// No change at all.
    NoChanges,
    /// Filling forms and signing.
    FormFilling,
    /// Annotations besides.
    Annotations,
}

/// Which fields may not be changed once a field is signed (table 236).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldLock {
    /// All.
    All,
    /// These, by their full names.
    Only(Vec<String>),
    /// All but these, by their full names.
    AllBut(Vec<String>),
}

impl Permissions {
    /// The number of table 257.
    pub fn number(self) -> u8 {
        match self {
            Self::NoChanges => 1,
            Self::FormFilling => 2,
            Self::Annotations => 3,
        }
    }
}

/// Entries of a signature dictionary that the caller chooses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Claims<'a> {
    pub(super) reason: Option<&'a str>,
    pub(super) location: Option<&'a str>,
    pub(super) contact: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl Claims<'_> {
    /// The entries, for the signature dictionary `id`.
    pub(super) fn entries(
        self,
        update: &Update<'_, '_>,
        id: ObjectId,
    ) -> Result<String, SealError> {
        let mut entries = String::new();
        for (key, text) in [
            ("Name", self.name),
            ("Reason", self.reason),
            ("Location", self.location),
            ("ContactInfo", self.contact),
        ] {
            if let Some(text) = text {
                check_length(text)?;
                let string = update.string(id, &text_string(text))?;
                entries.push_str(&format!("/{key}{string}"));
            }
        }
        Ok(entries)
    }
}

impl FieldLock {
    pub(super) fn to_lock(&self) -> Lock {
        let (action, fields) = match self {
            Self::All => (Action::All, &[][..]),
            Self::Only(fields) => (Action::Include, fields.as_slice()),
            Self::AllBut(fields) => (Action::Exclude, fields.as_slice()),
        };
        Lock {
            action,
            fields: fields.to_vec(),
        }
    }
}

impl Lock {
    /// `/Action` and `/Fields`, in the object `id`.
    pub(super) fn entries(
        &self,
        update: &Update<'_, '_>,
        id: ObjectId,
    ) -> Result<String, SealError> {
        let action = match self.action {
            Action::All => return Ok("/Action/All".to_owned()),
            Action::Exclude => "Exclude",
            Action::Include => "Include",
        };
        let mut entries = format!("/Action/{action}/Fields[");
        for field in &self.fields {
            check_length(field)?;
            entries.push_str(&update.string(id, &text_string(field))?);
        }
        entries.push(']');
        Ok(entries)
    }
}

/// `/Reference` of the signature dictionary `id`: what the signature permits and locks (tables 255 to 259).
pub(super) fn references(
    update: &Update<'_, '_>,
    id: ObjectId,
    catalog: ObjectId,
    certification: Option<Permissions>,
    lock: Option<(&Lock, Option<i64>)>,
) -> Result<String, SealError> {
    let mut references = String::new();
    if let Some(permissions) = certification {
        let number = permissions.number();
        // Writing to a string cannot fail.
        let _ = write!(
            references,
            "<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {number}/V/1.2>>>>"
        );
    }
    if let Some((lock, permissions)) = lock {
        let entries = lock.entries(update, id)?;
        let permissions = permissions.map_or(String::new(), |number| format!("/P {number}"));
        let _ = write!(
            references,
            "<</Type/SigRef/TransformMethod/FieldMDP/Data {catalog}/TransformParams<</Type/TransformParams{entries}{permissions}/V/1.2>>>>"
        );
    }
    Ok(if references.is_empty() {
        references
    } else {
        format!("/Reference[{references}]")
    })
}

/// The date entry. Not for time stamps, whose time stands in their token.
pub(super) fn date_entry(
    update: &Update<'_, '_>,
    id: ObjectId,
    date: &str,
) -> Result<String, SealError> {
    if update.view().pdf().is_encrypted() {
        return Ok(format!("/M{}", update.string(id, date.as_bytes())?));
    }
    Ok(format!("/M({date})"))
}
