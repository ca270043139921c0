//! Data for validating in the long term: the document security store (ISO 32000-2 clause 12.8.4.3, EN 319 142-1 clause 5.4.2).

use std::collections::BTreeMap;

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::{
    SealError,
    edit::broken,
    form::{Field, Form, Holder},
    update::Update,
};
use crate::{
    Source,
    file::{Pdf, View},
    syntax::{Dictionary, Object, ObjectId},
};

/// Pieces of evidence that are added at once, and that a store is searched for: a hundred signatures with paths of four need fewer.
pub const MAX_EVIDENCE: usize = 2000;

/// What a verifier needs later: certificates, OCSP responses and CRLs, each in DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The signature this is about, by the name of its field; the newest if none is named.
    pub field: Option<String>,
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsps: Vec<Vec<u8>>,
    /// Certificate revocation lists.
    pub crls: Vec<Vec<u8>>,
}

/// The lists of the store: its key, and that in the entry of a signature.
const LISTS: [(&str, &str); 3] = [("Certs", "Cert"), ("OCSPs", "OCSP"), ("CRLs", "CRL")];

/// Adds evidence to the document, and says which signature it is about. What the document has already is not added again. Gives what has
/// to be appended. Certifications permit this whatever else they forbid (ISO 32000-2 clause 12.8.2.2.2).
///
/// # Errors
/// [`SealError`], if the file is damaged, has no (such) signature, or a store that cannot be added to.
pub fn add_validation_data(
    source: &dyn Source,
    evidence: &Evidence,
    password: Option<&str>,
) -> Result<Vec<u8>, SealError> {
    let given = [&evidence.certificates, &evidence.ocsps, &evidence.crls];
    let count: usize = given.iter().map(|list| list.len()).sum();
    if count == 0 {
        return Err(SealError::RequestInvalid {
            reason: "there is no evidence to add".to_owned(),
        });
    }
    if count > MAX_EVIDENCE {
        return Err(too_much());
    }
    let pdf = Pdf::open(source, password)?;
    let mut update = Update::of(&pdf)?;
    let view = update.view();
    let form = Form::read(view)?;
    let key = signature_key(view, &form, evidence.field.as_deref())?;
    let (holder, store) = store(view, form.catalog)?;
    let mut added: Vec<(&str, Vec<ObjectId>)> = Vec::new();
    let mut entry = String::new();
    let mut meant: Vec<(&str, Vec<ObjectId>)> = Vec::new();
    for (list, (plural, singular)) in given.into_iter().zip(LISTS) {
        let mut known = known(view, &store, plural)?;
        let (mut new, mut all) = (Vec::new(), Vec::new());
        for bytes in list {
            let digest: [u8; 32] = Sha256::digest(bytes).into();
            let id = match known.get(&digest) {
                Some(id) => *id,
                None => {
                    let id = update.reserve()?;
                    update.add_stream(id, "", bytes)?;
                    known.insert(digest, id);
                    new.push(id);
                    id
                }
            };
            if !all.contains(&id) {
                all.push(id);
            }
        }
        if !all.is_empty() {
            entry.push_str(&format!("/{singular}[{}]", joined(&all)));
            meant.push((singular, all));
        }
        if !new.is_empty() {
            added.push((plural, new));
        }
    }
    let Some(holder) = holder else {
        let id = update.reserve()?;
        let lists: String = added
            .iter()
            .map(|(plural, ids)| format!("/{plural}[{}]", joined(ids)))
            .collect();
        let body = format!("<</Type/DSS{lists}/VRI<</{key}<<{entry}>>>>>>");
        update.add(id, body);
        let edit = update.edit(form.catalog)?;
        edit.set(&[], "DSS", &id.to_string())?;
        return Ok(update.finish()?.bytes);
    };
    let id = update.follow(holder.id)?;
    for (plural, ids) in &added {
        update.append(id, &holder.path, plural, ids);
    }
    add_entry(&mut update, id, &holder.path, &key, &entry, &meant)?;
    Ok(update.finish()?.bytes)
}

/// Adds the entry of a signature to `/VRI`, or to the entry it has.
fn add_entry(
    update: &mut Update<'_, '_>,
    id: ObjectId,
    path: &[&'static str],
    key: &str,
    entry: &str,
    meant: &[(&str, Vec<ObjectId>)],
) -> Result<(), SealError> {
    let vri: Vec<&str> = path.iter().copied().chain(["VRI"]).collect();
    let Some((id, vri)) = descend(update, id, &vri)? else {
        return update
            .edit(id)?
            .set(path, "VRI", &format!("<</{key}<<{entry}>>>>"));
    };
    let own: Vec<&str> = vri.iter().copied().chain([key]).collect();
    let Some((id, own)) = descend(update, id, &own)? else {
        return update.edit(id)?.set(&vri, key, &format!("<<{entry}>>"));
    };
    for (singular, ids) in meant {
        let list: Vec<&str> = own.iter().copied().chain([*singular]).collect();
        let present = update
            .edit(id)?
            .find(&list)?
            .map(|value| value.object.clone());
        let present = match present {
            Some(value) => update.view().resolve(&value)?,
            None => Object::Null,
        };
        let present = present.as_array().map(references).unwrap_or_default();
        let missing: Vec<ObjectId> = ids
            .iter()
            .filter(|id| !present.contains(id))
            .copied()
            .collect();
        if !missing.is_empty() {
            update.append(id, &own, singular, &missing);
        }
    }
    Ok(())
}

/// The dictionary at the end of the path: still in the object `id`, or in one of its own. None if there is none.
fn descend<'k>(
    update: &mut Update<'_, '_>,
    id: ObjectId,
    path: &[&'k str],
) -> Result<Option<(ObjectId, Vec<&'k str>)>, SealError> {
    let value = update
        .edit(id)?
        .find(path)?
        .map(|value| value.object.clone());
    match value {
        None => Ok(None),
        Some(Object::Dictionary(_)) => Ok(Some((id, path.to_vec()))),
        Some(Object::Reference(target)) => {
            match update.view().resolve(&Object::Reference(target))? {
                Object::Null => Ok(None),
                Object::Dictionary(_) => Ok(Some((update.follow(target)?, Vec::new()))),
                _ => Err(broken(target, "is no dictionary of validation data")),
            }
        }
        Some(_) => Err(broken(id, "has validation data that are no dictionary")),
    }
}

/// Where the document's store is, and what it holds.
fn store(view: View<'_, '_>, catalog: ObjectId) -> Result<(Option<Holder>, Dictionary), SealError> {
    let root = view.catalog()?;
    let value = root.object.as_dictionary().and_then(|root| root.get("DSS"));
    let Some(value) = value else {
        return Ok((None, Dictionary::default()));
    };
    match view.resolve(&value.object)? {
        Object::Null => Ok((None, Dictionary::default())),
        Object::Dictionary(store) => {
            let holder = match value.object.as_reference() {
                Some(id) => Holder {
                    id,
                    path: Vec::new(),
                },
                None => Holder {
                    id: catalog,
                    path: vec!["DSS"],
                },
            };
            Ok((Some(holder), store))
        }
        _ => Err(broken(catalog, "has a /DSS that is no dictionary")),
    }
}

/// Digests of what one list of the store holds.
fn known(
    view: View<'_, '_>,
    store: &Dictionary,
    list: &str,
) -> Result<BTreeMap<[u8; 32], ObjectId>, SealError> {
    let mut known = BTreeMap::new();
    let Some(list) = view.find(store, list)? else {
        return Ok(known);
    };
    let Some(list) = list.as_array() else {
        return Err(SealError::FormInvalid {
            reason: "its validation data are no lists".to_owned(),
        });
    };
    for id in references(list) {
        if known.len() == MAX_EVIDENCE {
            return Err(too_much());
        }
        let stream = view.object(id)?;
        if stream.stream.is_some() {
            known.insert(Sha256::digest(view.stream(&stream)?).into(), id);
        }
    }
    Ok(known)
}

/// The key of a signature's entry: the SHA-1 of its `/Contents`, padding included, in upper-case hexadecimal (table 262).
fn signature_key(
    view: View<'_, '_>,
    form: &Form,
    field: Option<&str>,
) -> Result<String, SealError> {
    let signed = |field: &&Field| field.signature && field.value.is_some();
    let mut newest: Option<(i64, Dictionary)> = None;
    for candidate in form.fields.iter().filter(signed) {
        if field.is_some_and(|name| name != candidate.name) {
            continue;
        }
        let Some(Object::Dictionary(signature)) = &candidate.value else {
            continue;
        };
        let mut end = 0;
        if let Some(Object::Array(range)) = view.find(signature, "ByteRange")? {
            let mut ends = range.0.iter().rev().take(2);
            let mut next = || {
                ends.next()
                    .and_then(|value| value.object.as_integer())
                    .unwrap_or(0)
            };
            end = next().saturating_add(next());
        }
        if newest.as_ref().is_none_or(|(newest, _)| *newest < end) {
            newest = Some((end, signature.clone()));
        }
    }
    let missing = || match field {
        Some(field) => SealError::FieldNotFound {
            field: field.to_owned(),
        },
        None => SealError::RequestInvalid {
            reason: "there is no signature to add evidence for".to_owned(),
        },
    };
    let (_, signature) = newest.ok_or_else(missing)?;
    let Some(Object::String(contents)) = view.find(&signature, "Contents")? else {
        return Err(SealError::FormInvalid {
            reason: "its signature has no /Contents".to_owned(),
        });
    };
    let digest = Sha1::digest(&contents.bytes);
    Ok(scanseal_pki::hex::lower(&digest).to_ascii_uppercase())
}

fn references(array: &crate::syntax::Array) -> Vec<ObjectId> {
    let items = array.0.iter();
    items
        .filter_map(|item| item.object.as_reference())
        .collect()
}

fn joined(ids: &[ObjectId]) -> String {
    let texts: Vec<String> = ids.iter().map(ObjectId::to_string).collect();
    texts.join(" ")
}

fn too_much() -> SealError {
    SealError::TooMuch {
        what: "the number of pieces of evidence",
        limit: MAX_EVIDENCE as u64,
    }
}
