//! The catalog: form, long-term data, metadata, version; a certification by the first signature; nothing else.

use crate::PdfError;
use crate::syntax::{Dictionary, Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::compare::{Difference, by_key, differences, equal};
use super::entries::Touch;
use super::ledger::Entry;
use super::step::{Step, held, held_key};
use super::{dss, form};

/// What an extension says about itself (ISO 32000-2 clause 7.12.3): words and numbers, which show nothing.
const EXTENSION: [&[u8]; 5] = [
    b"Type",
    b"BaseVersion",
    b"ExtensionLevel",
    b"ExtensionRevision",
    b"URL",
];

/// Judges the catalog and everything that hangs in it but pages and fields.
pub(super) fn judge(step: &mut Step<'_, '_>) -> Result<(), PdfError> {
    let id = step.new.catalog_id()?;
    let (before, after) = (step.old.catalog()?, step.new.catalog()?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        step.ledger.deny(id.number, ChangeClass::Catalog, "Root");
        return Ok(());
    };
    let mut level = ChangeLevel::Maintenance;
    level = level.max(form::judge(step, id, old, new)?);
    dss::judge(step, id, old, new)?;
    metadata(step, id, old, new)?;
    let Some(differences) = differences(old, new) else {
        step.ledger.deny(id.number, ChangeClass::Catalog, "Root");
        return Ok(());
    };
    // What is said about the catalog itself: what most people would look for first.
    let mut class = ChangeClass::Metadata;
    let mut permissions = false;
    for difference in differences {
        let path = format!("Root/{}", String::from_utf8_lossy(difference.key));
        match difference.key {
            b"AcroForm" if level == ChangeLevel::Signatures => class = ChangeClass::SignatureField,
            b"AcroForm" => class = ChangeClass::Form,
            b"DSS" if class == ChangeClass::Metadata => class = ChangeClass::Dss,
            b"DSS" | b"Metadata" => {}
            b"Extensions" if extensions(step, &difference)? => {}
            b"Version" if version(step, &difference)? => {}
            b"Perms" if certification(step, old, &difference)? => {
                level = level.max(ChangeLevel::Signatures);
                permissions = true;
            }
            b"Pages" => step.ledger.deny(id.number, ChangeClass::PageTree, path),
            _ => step.ledger.deny(id.number, ChangeClass::Catalog, path),
        }
    }
    if permissions {
        class = ChangeClass::Catalog;
    }
    step.vouch_container(id, level, class, "Root", None);
    Ok(())
}

/// XMP metadata may be replaced. A stream that is replaced in place must be used for nothing else: page content, for one.
fn metadata(
    step: &mut Step<'_, '_>,
    catalog: ObjectId,
    old: &Dictionary,
    new: &Dictionary,
) -> Result<(), PdfError> {
    const PATH: &str = "Root/Metadata";
    let (before, after) = (
        held_key(step.old, old, "Metadata")?,
        held_key(step.new, new, "Metadata")?,
    );
    let changed = after.id().is_some_and(|id| step.is_changed(id));
    if before.id() == after.id() && !changed && equal(before.object(), after.object()) {
        return Ok(());
    }
    let is_xmp = after.stream().is_some_and(|dictionary| {
        dictionary.is("Type", "Metadata")
            && dictionary.is("Subtype", "XML")
            && by_key(dictionary).is_some()
    });
    let permitted = match after.id().and_then(|id| Some((id, step.touch(id)?))) {
        Some((_, Touch::Added)) => true,
        Some((id, Touch::Changed)) => {
            before
                .stream()
                .is_some_and(|dictionary| dictionary.is("Type", "Metadata"))
                && step.is_used_only_by(id, &[catalog.number])?
        }
        _ => false,
    };
    if is_xmp && permitted {
        step.vouch_held(
            &after,
            Entry::new(ChangeLevel::Maintenance, ChangeClass::Metadata, PATH),
        );
    } else {
        step.deny_held(&after, catalog.number, ChangeClass::Metadata, PATH);
    }
    Ok(())
}

/// A later version may be named.
fn version(step: &Step<'_, '_>, difference: &Difference<'_>) -> Result<bool, PdfError> {
    let number = |object: Option<&Object>, view| -> Result<Option<(u8, u8)>, PdfError> {
        let Some(object) = object else {
            return Ok(None);
        };
        let name = held(view, object)?;
        Ok(match name.name().map(|name| name.0.as_slice()) {
            Some([major @ b'1'..=b'2', b'.', minor @ b'0'..=b'9']) => Some((*major, *minor)),
            _ => None,
        })
    };
    let (old, new) = (
        number(difference.old, step.old)?,
        number(difference.new, step.new)?,
    );
    Ok(new.is_some() && old <= new && difference.old.is_some() == old.is_some())
}

/// Extensions may be added; those that were there stay.
fn extensions(step: &mut Step<'_, '_>, difference: &Difference<'_>) -> Result<bool, PdfError> {
    let Some(new) = difference.new else {
        return Ok(false);
    };
    let after = held(step.new, new)?;
    if after
        .id()
        .is_some_and(|id| step.is_changed(id) && !step.is_added(id))
    {
        return Ok(false);
    }
    let Some(map) = after.dictionary().and_then(by_key) else {
        return Ok(false);
    };
    for (key, value) in &map {
        let prefix = matches!(value, Object::Name(_)) && *key == b"Type";
        if !prefix && !is_extension(value) {
            return Ok(false);
        }
    }
    let old = match difference.old {
        Some(old) => Some(held(step.old, old)?),
        None => None,
    };
    let old = old
        .as_ref()
        .and_then(|old| old.dictionary())
        .and_then(by_key)
        .unwrap_or_default();
    let kept = old.iter().all(|(key, value)| {
        map.get(key).is_some_and(|after| {
            equal(value, after) || (is_extension(value) && is_extension(after))
        })
    });
    if kept {
        step.vouch_held(
            &after,
            Entry::new(
                ChangeLevel::Maintenance,
                ChangeClass::Metadata,
                "Root/Extensions",
            ),
        );
    }
    Ok(kept)
}

fn is_extension(object: &Object) -> bool {
    match object {
        Object::Array(array) => array.0.iter().all(|value| is_extension(&value.object)),
        Object::Dictionary(dictionary) => by_key(dictionary).is_some_and(|map| {
            map.iter().all(|(key, value)| {
                EXTENSION.contains(key)
                    && matches!(
                        value,
                        Object::Name(_) | Object::Integer(_) | Object::String(_)
                    )
            })
        }),
        _ => false,
    }
}

/// A certification may come with the first signature of the file, and leads to it (ISO 32000-2 clause 12.8.6).
fn certification(
    step: &mut Step<'_, '_>,
    catalog: &Dictionary,
    difference: &Difference<'_>,
) -> Result<bool, PdfError> {
    let (None, Some(new)) = (difference.old, difference.new) else {
        return Ok(false);
    };
    if form::has_signatures(step, catalog)? {
        return Ok(false);
    }
    let after = held(step.new, new)?;
    if after.id().is_some_and(|id| !step.is_added(id)) {
        return Ok(false);
    }
    let Some(map) = after.dictionary().and_then(by_key) else {
        return Ok(false);
    };
    let signature = map
        .get(b"DocMDP".as_slice())
        .and_then(|value| value.as_reference());
    let proper = map.len() == 1 && signature.is_some_and(|id| step.signatures.contains(&id));
    if proper {
        step.vouch_held(
            &after,
            Entry::new(ChangeLevel::Signatures, ChangeClass::Catalog, "Root/Perms"),
        );
    }
    Ok(proper)
}
