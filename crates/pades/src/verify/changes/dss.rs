//! Long-term data (`/DSS`, ETSI EN 319 142-1 clause 5.4): evidence may be added, never taken away.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest as _, Sha256};

use crate::PdfError;
use crate::file::View;
use crate::syntax::{Dictionary, Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::compare::{by_key, equal};
use super::entries::Touch;
use super::ledger::Entry;
use super::step::{Held, Step, held, held_key};

/// How many entries a list of evidence, or `/VRI`, may have: a hundred signers with their paths stay far below.
pub(super) const MAX_EVIDENCE: usize = 10_000;

/// Keys that a stream of evidence may have. A form or a picture needs others, so evidence cannot show on a page.
const PLAIN_STREAM: [&[u8]; 5] = [b"Type", b"Length", b"Filter", b"DecodeParms", b"DL"];

/// Judges `/DSS` of the catalog.
pub(super) fn judge(
    step: &mut Step<'_, '_>,
    catalog: ObjectId,
    old: &Dictionary,
    new: &Dictionary,
) -> Result<(), PdfError> {
    const PATH: &str = "Root/DSS";
    let (before, after) = (
        held_key(step.old, old, "DSS")?,
        held_key(step.new, new, "DSS")?,
    );
    if before.object().is_null() && after.object().is_null() {
        return Ok(());
    }
    let mut judge = Judge {
        step,
        around: catalog.number,
    };
    let lists: [(&str, &[u8]); 3] = [("Certs", b"Certs"), ("OCSPs", b"OCSPs"), ("CRLs", b"CRLs")];
    if !judge.dictionary(&before, &after, PATH)? {
        return Ok(());
    }
    let (Some(old), Some(new)) = (judge.fields(&before), after.dictionary().and_then(by_key))
    else {
        return Ok(());
    };
    for key in old.keys().chain(new.keys()) {
        let known = matches!(*key, b"Type" | b"VRI") || lists.iter().any(|(_, list)| list == key);
        let same =
            matches!((old.get(key), new.get(key)), (Some(one), Some(other)) if equal(one, other));
        if !known && !same {
            judge.deny(&after, &format!("{PATH}/{}", String::from_utf8_lossy(key)));
        }
    }
    for (name, key) in lists {
        judge.list(
            old.get(key).copied(),
            new.get(key).copied(),
            &format!("{PATH}/{name}"),
        )?;
    }
    judge.related(
        old.get(b"VRI".as_slice()).copied(),
        new.get(b"VRI".as_slice()).copied(),
    )
}

struct Judge<'a, 'p, 's> {
    step: &'a mut Step<'p, 's>,
    /// The nearest indirect object around what is looked at.
    around: u32,
}

impl Judge<'_, '_, '_> {
    fn deny(&mut self, held: &Held<'_>, path: &str) {
        self.step
            .deny_held(held, self.around, ChangeClass::Dss, path);
    }

    fn entry(path: &str) -> Entry {
        Entry::new(ChangeLevel::Maintenance, ChangeClass::Dss, path)
    }

    fn fields<'h>(&self, held: &'h Held<'_>) -> Option<BTreeMap<&'h [u8], &'h Object>> {
        if held.object().is_null() {
            return Some(BTreeMap::new());
        }
        held.dictionary().and_then(by_key)
    }

    /// A dictionary of the kind looked at; what is indirect is new, or changed in its place. Whether its entries may be as they
    /// are is for the caller.
    fn dictionary(
        &mut self,
        before: &Held<'_>,
        after: &Held<'_>,
        path: &str,
    ) -> Result<bool, PdfError> {
        let readable =
            after.dictionary().and_then(by_key).is_some() && self.fields(before).is_some();
        let placed = match after.id().and_then(|id| self.step.touch(id)) {
            None | Some(Touch::Rewritten | Touch::Added) => true,
            Some(Touch::Changed) => before.id() == after.id(),
            Some(Touch::Removed | Touch::Suspect) => false,
        };
        if !readable || !placed {
            self.deny(after, path);
            return Ok(false);
        }
        self.step.vouch_held(after, Self::entry(path));
        if let Some(id) = after.id() {
            self.around = id.number;
        }
        Ok(true)
    }

    /// A list of streams.
    fn list(
        &mut self,
        old: Option<&Object>,
        new: Option<&Object>,
        path: &str,
    ) -> Result<(), PdfError> {
        let null = Object::Null;
        let before = held(self.step.old, old.unwrap_or(&null))?;
        let after = held(self.step.new, new.unwrap_or(&null))?;
        let empty = Vec::new();
        let values = match after.object() {
            Object::Null => &empty,
            Object::Array(array) if array.0.len() <= MAX_EVIDENCE => &array.0,
            _ => {
                self.deny(&after, path);
                return Ok(());
            }
        };
        if let Some(id) = after.id().filter(|id| self.step.is_changed(*id)) {
            // The same list could be the contents of a page, and evidence the drawing on it.
            let permitted = self.step.is_added(id)
                || (self.step.touch(id) == Some(Touch::Changed)
                    && before.id() == after.id()
                    && self.step.is_used_only_by(id, &[self.around])?);
            if !permitted {
                self.deny(&after, path);
                return Ok(());
            }
            self.step.vouch_held(&after, Self::entry(path));
        }
        let old = before
            .array()
            .map(|array| array.0.as_slice())
            .unwrap_or_default();
        let old: HashSet<ObjectId> = old
            .iter()
            .filter_map(|value| value.object.as_reference())
            .collect();
        let mut kept = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            if let Object::Reference(id) = &value.object
                && old.contains(id)
                && !self.step.is_changed(*id)
            {
                kept.insert(*id);
                continue;
            }
            let item = format!("{path}/{index}");
            let stream = held(self.step.new, &value.object)?;
            if !self.evidence(&stream, &item) {
                self.deny(&after, &item);
            }
            kept.extend(stream.id());
        }
        let gone: Vec<ObjectId> = old.difference(&kept).copied().collect();
        if !gone.is_empty() && !self.is_copied(&gone, &kept)? {
            self.deny(&after, path);
        }
        Ok(())
    }

    /// A stream that is new or was there, and cannot be anything to look at.
    fn evidence(&mut self, stream: &Held<'_>, path: &str) -> bool {
        let (Some(id), Some(map)) = (stream.id(), stream.stream().and_then(by_key)) else {
            return false;
        };
        match self.step.touch(id) {
            None | Some(Touch::Rewritten) => true,
            Some(Touch::Added) => {
                let plain = map.keys().all(|key| PLAIN_STREAM.contains(key))
                    && map
                        .iter()
                        .all(|(key, value)| *key == b"Length" || value.as_reference().is_none());
                if plain {
                    self.step.ledger.vouch(id.number, Self::entry(path));
                    let length = map.get(b"Length".as_slice());
                    let length = length.and_then(|value| value.as_reference());
                    if let Some(length) = length.filter(|length| self.step.is_added(*length)) {
                        self.step.ledger.vouch(length.number, Self::entry(path));
                    }
                }
                plain
            }
            Some(Touch::Changed | Touch::Removed | Touch::Suspect) => false,
        }
    }

    /// Whether evidence that left a list is still in it, as a copy under another number.
    fn is_copied(&self, gone: &[ObjectId], kept: &HashSet<ObjectId>) -> Result<bool, PdfError> {
        let digest = |view: View<'_, '_>, id: ObjectId| -> Result<Option<[u8; 32]>, PdfError> {
            let object = view.object(id)?;
            let data = object.stream.map(|_| view.stream(&object)).transpose()?;
            Ok(data.map(|data| Sha256::digest(data).into()))
        };
        let mut copies = BTreeSet::new();
        for id in kept {
            copies.extend(digest(self.step.new, *id)?);
        }
        for id in gone {
            let still = match digest(self.step.old, *id)? {
                Some(digest) => copies.contains(&digest),
                // What was no evidence need not stay.
                None => true,
            };
            if !still {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `/VRI`: evidence by the signature it is for.
    fn related(&mut self, old: Option<&Object>, new: Option<&Object>) -> Result<(), PdfError> {
        const PATH: &str = "Root/DSS/VRI";
        let null = Object::Null;
        let before = held(self.step.old, old.unwrap_or(&null))?;
        let after = held(self.step.new, new.unwrap_or(&null))?;
        if before.object().is_null() && after.object().is_null() {
            return Ok(());
        }
        if !self.dictionary(&before, &after, PATH)? {
            return Ok(());
        }
        let (Some(old), Some(new)) = (self.fields(&before), after.dictionary().and_then(by_key))
        else {
            return Ok(());
        };
        if new.len() > MAX_EVIDENCE || old.keys().any(|key| !new.contains_key(key)) {
            self.deny(&after, PATH);
            return Ok(());
        }
        let around = self.around;
        for (key, value) in new {
            let path = format!("{PATH}/{}", String::from_utf8_lossy(key));
            if key == b"Type" && matches!(value, Object::Name(_)) {
                continue;
            }
            self.around = around;
            self.related_entry(old.get(key).copied(), value, &path)?;
        }
        Ok(())
    }

    fn related_entry(
        &mut self,
        old: Option<&Object>,
        new: &Object,
        path: &str,
    ) -> Result<(), PdfError> {
        let null = Object::Null;
        let (before, after) = (
            held(self.step.old, old.unwrap_or(&null))?,
            held(self.step.new, new)?,
        );
        if !self.dictionary(&before, &after, path)? {
            return Ok(());
        }
        let (Some(old), Some(new)) = (self.fields(&before), after.dictionary().and_then(by_key))
        else {
            return Ok(());
        };
        let keys: BTreeSet<&[u8]> = old.keys().chain(new.keys()).copied().collect();
        for key in keys {
            let (was, is) = (old.get(key).copied(), new.get(key).copied());
            let path = format!("{path}/{}", String::from_utf8_lossy(key));
            match key {
                b"Cert" | b"CRL" | b"OCSP" => self.list(was, is, &path)?,
                b"TS" => {
                    let stream = held(self.step.new, is.unwrap_or(&null))?;
                    let kept = match (was, is) {
                        (None, _) => true,
                        (Some(one), Some(other)) => equal(one, other),
                        (Some(_), None) => false,
                    };
                    if !kept || (is.is_some() && !self.evidence(&stream, &path)) {
                        self.deny(&after, &path);
                    }
                }
                b"Type" | b"TU" => {
                    if is.is_some_and(|value| !matches!(value, Object::Name(_) | Object::String(_)))
                    {
                        self.deny(&after, &path);
                    }
                }
                _ => self.deny(&after, &path),
            }
        }
        Ok(())
    }
}
