//! Empty seal fields for all parties, made before the first seal.
//!
//! A new field that shows is a change to the document; after a certification, validators take it for an attack. So whoever draws up a contract
//! makes the fields of all parties first, and each party fills its own.
//!
//! Filling a field of several places changes each of its widgets. That is what a field is (ISO 32000-2 clause 12.7.4.2), but pyHanko's
//! analysis of later changes (0.38) knows fields of one widget only, and calls it suspicious for the signatures before. Where its
//! opinion counts, make one place per field.

use super::{
    FieldLock, SealError,
    form::Form,
    geometry::POINTS_PER_MILLIMETRE,
    picture::DEFAULT_MILLIMETRES,
    place::{self, Natural, Place},
    prepare::check_new_name,
    update::Update,
    widgets::NewWidgets,
};
use crate::{Source, file::Pdf};

/// Fields that are made at once: more parties than any contract has.
pub const MAX_NEW_FIELDS: usize = 256;

/// An empty signature field to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewField {
    /// Its name, without full stops.
    pub name: String,
    /// Where it lies; nowhere for a signature that does not show.
    pub places: Vec<Place>,
    /// Width and height of the seal it is for, in millimetres; 42 by 42 if nobody knows.
    pub millimetres: Option<(f64, f64)>,
    /// What signing it locks.
    pub lock: Option<FieldLock>,
}

/// Makes empty signature fields, all in one incremental update. Gives what has to be appended to the original.
///
/// # Errors
/// [`SealError`], if the file is damaged, already signed, or a place or name is not possible.
pub fn add_fields(
    source: &dyn Source,
    fields: &[NewField],
    password: Option<&str>,
) -> Result<Vec<u8>, SealError> {
    if fields.is_empty() {
        return Err(SealError::RequestInvalid {
            reason: "there are no fields to make".to_owned(),
        });
    }
    if fields.len() > MAX_NEW_FIELDS {
        return Err(SealError::TooMuch {
            what: "the number of new fields",
            limit: MAX_NEW_FIELDS as u64,
        });
    }
    let pdf = Pdf::open(source, password)?;
    let mut update = Update::of(&pdf)?;
    let form = Form::read(update.view())?;
    if form.rules.signed {
        return Err(SealError::RequestInvalid {
            reason: "the document is signed already; fields are made before its first signature"
                .to_owned(),
        });
    }
    let mut made = Vec::with_capacity(fields.len());
    for (number, field) in fields.iter().enumerate() {
        check_new_name(&form, &field.name)?;
        let mut earlier = fields.iter().take(number);
        if earlier.any(|other| other.name == field.name) {
            return Err(SealError::FieldExists {
                field: field.name.clone(),
            });
        }
        let (width, height) = field
            .millimetres
            .unwrap_or((DEFAULT_MILLIMETRES, DEFAULT_MILLIMETRES));
        let natural = Natural {
            picture: Some((
                width * POINTS_PER_MILLIMETRE,
                height * POINTS_PER_MILLIMETRE,
            )),
            text: None,
        };
        let spots = place::spots(update.view(), &field.places, natural)?;
        let new = NewWidgets {
            name: &field.name,
            value: None,
            lock: field.lock.as_ref(),
            spots: &spots,
        };
        made.push(new.add(&mut update, None)?);
    }
    // There are signature fields, but nothing is signed yet.
    form.register(&mut update, &made, 1)?;
    Ok(update.finish()?.bytes)
}
