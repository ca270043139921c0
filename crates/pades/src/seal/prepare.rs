//! Preparing: from a file and a request to bytes with a gap for the signature.

use scanseal_pki::UnixTime;

use super::{
    FieldLock, Permissions, SealError,
    appearance::{Artwork, natural},
    constraints::{check_seed_values, own_lock},
    edit::broken,
    form::{Field, Form, Lock},
    picture::Picture,
    place::{self, Place, Spot},
    prepared::{MAX_RESERVED, Prepared},
    signature::{Claims, date_entry, references},
    text::{TextLine, check_length, date_string},
    update::Update,
    widgets::{NewWidgets, fill, matched, widget_spots},
};
use crate::{
    Source,
    file::{Pdf, View},
    syntax::{Object, ObjectId},
};

/// What to seal with, where, and what to say.
#[derive(Clone, Debug)]
pub struct SealRequest<'a> {
    /// The field to sign.
    pub field: FieldChoice,
    /// Where the seal shows. Empty for an existing field, which has places of its own, and for a signature that shows nowhere.
    ///
    /// For an existing field made by [`add_fields`](super::add_fields) of a cross-page seal, give the places it was made of: then each widget gets its slice.
    pub places: Vec<Place>,
    /// What the seal looks like.
    pub picture: Option<&'a Picture>,
    /// A line of text below the picture.
    pub text: Option<TextLine>,
    /// Why the signer signs.
    pub reason: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// How to reach the signer.
    pub contact: Option<String>,
    /// Who signs.
    pub name: Option<String>,
    /// When the signer says it is.
    pub time: UnixTime,
    /// Makes this the document's certification.
    pub certification: Option<Permissions>,
    /// Fields that are locked from now on. An existing field may come with its own lock.
    pub lock: Option<FieldLock>,
    /// Bytes to reserve for the CMS message.
    pub reserved: usize,
    /// Opens an encrypted file.
    pub password: Option<&'a str>,
}

/// Which field is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChoice {
    /// An existing, empty signature field, by its full name.
    Existing(String),
    /// The signature field of this full name if there is one, else a new one that is called so.
    Named(String),
    /// A new one; without a name it gets the first of `Signature1`, `Signature2`, ... that is free.
    New(Option<String>),
}

/// A signature to be made.
struct Plan<'a> {
    field: Target<'a>,
    spots: Vec<Spot>,
    lock: Option<(Lock, Option<i64>)>,
}

/// The field to sign.
enum Target<'a> {
    Existing(&'a Field),
    New(String),
}

impl<'a> SealRequest<'a> {
    /// A signature in a new field that shows nowhere and says nothing but its time.
    pub fn new(time: UnixTime, reserved: usize) -> Self {
        Self {
            field: FieldChoice::New(None),
            places: Vec::new(),
            picture: None,
            text: None,
            reason: None,
            location: None,
            contact: None,
            name: None,
            time,
            certification: None,
            lock: None,
            reserved,
            password: None,
        }
    }

    fn claims(&self) -> Claims<'_> {
        Claims {
            reason: self.reason.as_deref(),
            location: self.location.as_deref(),
            contact: self.contact.as_deref(),
            name: self.name.as_deref(),
        }
    }
}

/// Lays out a seal over the file: what has to be appended, with a gap for the signature.
///
/// # Errors
/// [`SealError`], if the file forbids it, is damaged, or the request cannot be met.
pub fn prepare(source: &dyn Source, request: &SealRequest<'_>) -> Result<Prepared, SealError> {
    check_reserved(request.reserved)?;
    let date = date_string(request.time)?;
    let pdf = Pdf::open(source, request.password)?;
    let mut update = Update::of(&pdf)?;
    let form = Form::read(update.view())?;
    let plan = plan(update.view(), &form, request)?;

    let id = update.reserve()?;
    let mut dictionary =
        String::from("/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached");
    dictionary.push_str(&date_entry(&update, id, &date)?);
    dictionary.push_str(&request.claims().entries(&update, id)?);
    let lock = plan.lock.as_ref();
    dictionary.push_str(&references(
        &update,
        id,
        form.catalog,
        request.certification,
        lock.map(|(lock, permissions)| (lock, *permissions)),
    )?);
    update.add_signature(id, &dictionary, request.reserved);

    let mut artwork = Artwork::new(&mut update, request.picture, request.text.as_ref())?;
    let field = match plan.field {
        Target::Existing(field) => {
            fill(&mut update, &form, field, &plan.spots, &mut artwork, id)?;
            field.name.clone()
        }
        Target::New(name) => {
            let new = NewWidgets {
                name: &name,
                value: Some(id),
                lock: request.lock.as_ref(),
                spots: &plan.spots,
            };
            let field = new.add(&mut update, Some(&mut artwork))?;
            form.register(&mut update, &[field], 3)?;
            name
        }
    };
    if request.certification.is_some() {
        certify(&mut update, form.catalog, id)?;
    }
    let impressions = plan.spots.iter().map(Spot::impression).collect();
    seal(update, source, field, impressions)
}

/// Lays out a document time stamp (`ETSI.RFC3161`) over the file: what has to be appended, with a gap for the token. It has
/// a field of its own that shows nowhere. Certifications permit it whatever else they forbid (ISO 32000-2 clause 12.8.2.2.2).
///
/// # Errors
/// [`SealError`], if the file is damaged or its form cannot be added to.
pub fn prepare_timestamp(
    source: &dyn Source,
    reserved: usize,
    password: Option<&str>,
) -> Result<Prepared, SealError> {
    check_reserved(reserved)?;
    let pdf = Pdf::open(source, password)?;
    let mut update = Update::of(&pdf)?;
    let form = Form::read(update.view())?;
    let id = update.reserve()?;
    let dictionary = "/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161";
    update.add_signature(id, dictionary, reserved);
    let name = form.unused_name("Timestamp");
    let new = NewWidgets {
        name: &name,
        value: Some(id),
        lock: None,
        spots: &[],
    };
    let field = new.add(&mut update, None)?;
    form.register(&mut update, &[field], 3)?;
    seal(update, source, name, Vec::new())
}

fn seal(
    update: Update<'_, '_>,
    source: &dyn Source,
    field: String,
    impressions: Vec<place::Impression>,
) -> Result<Prepared, SealError> {
    let appended = update.finish()?;
    let Some((contents, byte_range)) = appended.gap else {
        return Err(SealError::RequestInvalid {
            reason: "nothing was to be signed".to_owned(),
        });
    };
    Ok(Prepared {
        original: source.length(),
        appended: appended.bytes,
        byte_range,
        contents,
        field,
        impressions,
    })
}

fn check_reserved(reserved: usize) -> Result<(), SealError> {
    match reserved {
        0 => Err(SealError::RequestInvalid {
            reason: "no room is reserved for the signature".to_owned(),
        }),
        1..=MAX_RESERVED => Ok(()),
        _ => Err(SealError::TooMuch {
            what: "the room reserved for a signature in bytes",
            limit: MAX_RESERVED as u64,
        }),
    }
}

/// Decides what to sign where, or why not.
fn plan<'f>(
    view: View<'_, '_>,
    form: &'f Form,
    request: &SealRequest<'_>,
) -> Result<Plan<'f>, SealError> {
    let natural = natural(request.picture, request.text.as_ref());
    let shows = request.picture.is_some() || request.text.is_some();
    if form.rules.permissions.is_some_and(|number| number < 2) {
        return Err(SealError::CertificationForbids {
            what: "further signature",
            advice: "ask its author for a copy that may be signed",
        });
    }
    if request.certification.is_some() && form.rules.signed {
        return Err(SealError::CertificationNotFirst);
    }
    check_locked_exist(form, request)?;
    let field = match &request.field {
        FieldChoice::Named(name) => match form.field(name) {
            Some(field) if field.signature => &FieldChoice::Existing(name.clone()),
            // It can neither be signed nor made.
            Some(_) => {
                return Err(SealError::FieldExists {
                    field: name.clone(),
                });
            }
            None => &FieldChoice::New(Some(name.clone())),
        },
        choice => choice,
    };
    match field {
        FieldChoice::New(name) => {
            if shows && request.places.is_empty() {
                return Err(SealError::RequestInvalid {
                    reason: "a new field needs a place for its picture".to_owned(),
                });
            }
            let name = match name {
                Some(name) => {
                    check_new_name(form, name)?;
                    name.clone()
                }
                None => form.unused_name("Signature"),
            };
            if form.rules.permissions.is_some() && !request.places.is_empty() {
                return Err(SealError::CertificationForbids {
                    what: "new field that shows",
                    advice: "seal in one of its empty fields",
                });
            }
            check_locks(form, &name)?;
            Ok(Plan {
                field: Target::New(name),
                spots: place::spots(view, &request.places, natural)?,
                lock: request.lock.as_ref().map(|lock| (lock.to_lock(), None)),
            })
        }
        FieldChoice::Existing(name) | FieldChoice::Named(name) => {
            let field = form.field(name).filter(|field| field.signature);
            let field = field.ok_or_else(|| SealError::FieldNotFound {
                field: name.clone(),
            })?;
            if field.value.is_some() {
                return Err(SealError::FieldNotEmpty {
                    field: name.clone(),
                });
            }
            check_locks(form, name)?;
            if field.read_only {
                return Err(SealError::FieldLocked {
                    field: name.clone(),
                    by: "as read-only",
                });
            }
            check_seed_values(view, field, request)?;
            let own = own_lock(view, field)?;
            if own.is_some() && request.lock.is_some() {
                return Err(SealError::RequestInvalid {
                    reason: format!(
                        "the field `{name}` has a lock of its own, so none can be given"
                    ),
                });
            }
            let mut spots = widget_spots(view, field)?;
            if !request.places.is_empty() {
                let wanted = place::spots(view, &request.places, natural)?;
                spots = matched(field, &spots, &wanted)?;
            }
            Ok(Plan {
                field: Target::Existing(field),
                spots,
                lock: own.or_else(|| request.lock.as_ref().map(|lock| (lock.to_lock(), None))),
            })
        }
    }
}

/// A name for a new field at the top of the tree.
pub(super) fn check_new_name(form: &Form, name: &str) -> Result<(), SealError> {
    check_length(name)?;
    if name.is_empty() || name.contains('.') {
        return Err(SealError::RequestInvalid {
            reason: format!(
                "`{name}` is no name for a new field: it may not be empty or have a full stop"
            ),
        });
    }
    if form.is_taken(name) {
        return Err(SealError::FieldExists {
            field: name.to_owned(),
        });
    }
    Ok(())
}

fn check_locks(form: &Form, name: &str) -> Result<(), SealError> {
    if form.rules.locks(name) {
        return Err(SealError::FieldLocked {
            field: name.to_owned(),
            by: "by an earlier signature",
        });
    }
    Ok(())
}

/// A lock on a field that is not there would lock nothing, without a word.
fn check_locked_exist(form: &Form, request: &SealRequest<'_>) -> Result<(), SealError> {
    let (Some(FieldLock::Only(fields)) | Some(FieldLock::AllBut(fields))) = &request.lock else {
        return Ok(());
    };
    let own = match &request.field {
        FieldChoice::Existing(name) | FieldChoice::Named(name) => Some(name),
        FieldChoice::New(name) => name.as_ref(),
    };
    match fields
        .iter()
        .find(|field| Some(*field) != own && !form.is_taken(field))
    {
        Some(field) => Err(SealError::FieldNotFound {
            field: field.clone(),
        }),
        None => Ok(()),
    }
}

/// Names the signature as the document's certification (table 263).
fn certify(
    update: &mut Update<'_, '_>,
    catalog: ObjectId,
    signature: ObjectId,
) -> Result<(), SealError> {
    let edit = update.edit(catalog)?;
    let present = edit.find(&["Perms"])?.map(|value| value.object.clone());
    match present {
        None => edit.set(&[], "Perms", &format!("<</DocMDP {signature}>>")),
        Some(Object::Dictionary(_)) => edit.set(&["Perms"], "DocMDP", &signature.to_string()),
        Some(Object::Reference(id)) => {
            let id = update.follow(id)?;
            update.edit(id)?.set(&[], "DocMDP", &signature.to_string())
        }
        Some(_) => Err(broken(catalog, "has /Perms that are no dictionary")),
    }
}
