//! Equality by value, and what differs between two dictionaries.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::{Dictionary, Name, Object};

/// The entries of a dictionary by key, or nothing if readers disagree about what it says: a key is doubled, or holds a
/// [number sign](is_ambiguous). `null` counts as absent.
pub(super) fn by_key(dictionary: &Dictionary) -> Option<BTreeMap<&[u8], &Object>> {
    let mut seen = BTreeSet::new();
    let mut map = BTreeMap::new();
    for entry in &dictionary.entries {
        if !seen.insert(entry.key.0.as_slice()) || is_ambiguous(&entry.key) {
            return None;
        }
        if !entry.value.object.is_null() {
            map.insert(entry.key.0.as_slice(), &entry.value.object);
        }
    }
    Some(map)
}

/// Whether readers may take a name for another one: it holds a number sign, and they disagree about one that no two hexadecimal
/// digits follow (ISO 32000-2 7.3.5 forbids it).
fn is_ambiguous(name: &Name) -> bool {
    name.0.contains(&b'#')
}

/// Values that are numbers of any kind to every reader; some writers turn `595.0` into `595`. Elsewhere a viewer that expects an
/// integer, as in flags, does not take a real number for one.
const MEASURES: [&[u8]; 15] = [
    b"Rect",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"BBox",
    b"Matrix",
    b"QuadPoints",
    b"C",
    b"UserUnit",
    b"CA",
    b"ca",
    b"LW",
    b"OpenAction",
];
/// Integers up to this one are the same as a real number: 2 to the 53rd.
const MAX_EXACT: u64 = 1 << 53;

/// Whether two objects say the same. References are equal if they name the same object; integers and real numbers never are, but for
/// [`MEASURES`]. A dictionary with doubled keys equals nothing, nor does a name that readers disagree about.
pub(super) fn equal(one: &Object, other: &Object) -> bool {
    match (one, other) {
        (Object::Array(one), Object::Array(other)) => {
            one.0.len() == other.0.len()
                && one
                    .0
                    .iter()
                    .zip(&other.0)
                    .all(|(one, other)| equal(&one.object, &other.object))
        }
        (Object::Dictionary(one), Object::Dictionary(other)) => equal_dictionaries(one, other, &[]),
        (Object::Name(one), Object::Name(other)) => one == other && !is_ambiguous(one),
        _ => one == other,
    }
}

/// Whether the values of a key say the same.
fn equal_values(key: &[u8], one: &Object, other: &Object) -> bool {
    if !MEASURES.contains(&key) {
        return equal(one, other);
    }
    match (one, other) {
        (Object::Array(one), Object::Array(other)) => {
            let mut pairs = one.0.iter().zip(&other.0);
            one.0.len() == other.0.len()
                && pairs.all(|(one, other)| equal_measures(&one.object, &other.object))
        }
        _ => equal_measures(one, other),
    }
}

fn equal_measures(one: &Object, other: &Object) -> bool {
    match (one, other) {
        (Object::Integer(integer), Object::Real(_))
        | (Object::Real(_), Object::Integer(integer)) => {
            integer.unsigned_abs() <= MAX_EXACT && one.as_number() == other.as_number()
        }
        _ => equal(one, other),
    }
}

/// Whether two dictionaries say the same, but for the keys in `except`.
pub(super) fn equal_dictionaries(one: &Dictionary, other: &Dictionary, except: &[&[u8]]) -> bool {
    differences(one, other).is_some_and(|differences| {
        differences
            .iter()
            .all(|difference| except.contains(&difference.key))
    })
}

/// A key whose value is not the same on both sides.
pub(super) struct Difference<'a> {
    /// The key.
    pub(super) key: &'a [u8],
    /// What it was, if it was there.
    pub(super) old: Option<&'a Object>,
    /// What it is, if it is there.
    pub(super) new: Option<&'a Object>,
}

/// What differs, in the order of the keys; nothing if either side has doubled keys.
pub(super) fn differences<'a>(
    old: &'a Dictionary,
    new: &'a Dictionary,
) -> Option<Vec<Difference<'a>>> {
    let (old, new) = (by_key(old)?, by_key(new)?);
    let keys: BTreeSet<&[u8]> = old.keys().chain(new.keys()).copied().collect();
    let differences = keys.into_iter().filter_map(|key| {
        let (old, new) = (old.get(key).copied(), new.get(key).copied());
        let same = match (old, new) {
            (Some(old), Some(new)) => equal_values(key, old, new),
            _ => false,
        };
        (!same).then_some(Difference { key, old, new })
    });
    Some(differences.collect())
}

/// All references inside an object.
pub(super) fn references(object: &Object, found: &mut Vec<crate::syntax::ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(array) => {
            for value in &array.0 {
                references(&value.object, found);
            }
        }
        Object::Dictionary(dictionary) => {
            for entry in &dictionary.entries {
                references(&entry.value.object, found);
            }
        }
        _ => {}
    }
}
