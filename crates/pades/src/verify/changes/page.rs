//! Pages and annotations: a page may get further annotations at the end of its list, and nothing else.

use std::collections::{BTreeSet, HashSet};

use crate::PdfError;
use crate::syntax::{Dictionary, Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::comment::is_comment;
use super::compare::{by_key, differences, references};
use super::entries::Touch;
use super::form::appended;
use super::ledger::{DENIED, Entry};
use super::step::{Held, Listing, MAX_PAGES_SEARCHED, Step, held_key, rectangle};

/// Judges all pages that were changed, whose list of annotations was, or that have an annotation that was.
pub(super) fn judge(step: &mut Step<'_, '_>) -> Result<(), PdfError> {
    let mut placed = BTreeSet::new();
    for page in candidates(step)? {
        judge_page(step, page, &mut placed)?;
    }
    Ok(())
}

/// The pages that may have been changed.
fn candidates(step: &mut Step<'_, '_>) -> Result<BTreeSet<ObjectId>, PdfError> {
    let mut pages = BTreeSet::new();
    let mut lists = false;
    let changed: Vec<(u32, Touch)> = step
        .touched
        .iter()
        .map(|(number, touch)| (*number, *touch))
        .collect();
    for (number, touch) in changed {
        if !matches!(touch, Touch::Added | Touch::Changed) {
            continue;
        }
        let id = step.id(number)?;
        let object = step.new.object(id)?;
        match &object.object {
            Object::Array(_) => {
                lists |= touch == Touch::Changed && step.ledger.level(number).is_none()
            }
            Object::Dictionary(dictionary) if object.stream.is_none() => {
                if dictionary.is("Type", "Page") {
                    pages.insert(id);
                } else if dictionary.get("Subtype").is_some() && dictionary.get("Rect").is_some() {
                    pages.extend(step.page_of(id, dictionary)?.map(|(_, page)| page));
                }
            }
            _ => {}
        }
    }
    if lists {
        // A list of annotations that is an object of its own does not say whose it is.
        for index in 0..step.new.pages()?.min(MAX_PAGES_SEARCHED) {
            let page = step.new.page(index)?;
            let list = page
                .dictionary
                .get("Annots")
                .and_then(|value| value.object.as_reference());
            if list.is_some_and(|list| step.is_changed(list)) {
                pages.insert(page.id);
            }
        }
    }
    Ok(pages)
}

fn judge_page(
    step: &mut Step<'_, '_>,
    page: ObjectId,
    placed: &mut BTreeSet<ObjectId>,
) -> Result<(), PdfError> {
    if step.is_added(page) {
        // If it shows, the page tree was changed, and that is denied.
        return Ok(());
    }
    let (before, after) = (step.old.object(page)?, step.new.object(page)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(());
    };
    let number = match (step.old.page_number(page)?, step.new.page_number(page)?) {
        (Some(before), Some(after)) if before == after => after + 1,
        // Not a page, or another than before.
        _ => {
            if step.is_changed(page) {
                step.ledger
                    .deny(page.number, ChangeClass::PageTree, "Root/Pages");
            }
            return Ok(());
        }
    };
    let path = format!("Page {number}");
    let Some(differences) = differences(old, new) else {
        step.ledger
            .deny(page.number, ChangeClass::PageContent, path);
        return Ok(());
    };
    for difference in differences {
        if difference.key != b"Annots" {
            let entry = Entry {
                page: Some(number),
                ..Entry::new(ChangeLevel::Other, ChangeClass::PageContent, &path)
            };
            let path = format!("{path}/{}", String::from_utf8_lossy(difference.key));
            step.ledger.vouch(page.number, Entry { path, ..entry });
        }
    }
    let level = Annotations {
        step,
        page,
        number,
        placed,
    }
    .judge(old, new)?;
    step.vouch_container(page, level, listed(level), &path, Some(number));
    Ok(())
}

struct Annotations<'a, 'p, 's> {
    step: &'a mut Step<'p, 's>,
    page: ObjectId,
    number: u32,
    /// Seals that were put on a page already.
    placed: &'a mut BTreeSet<ObjectId>,
}

impl Annotations<'_, '_, '_> {
    fn entry(&self, level: ChangeLevel, path: String) -> Entry {
        Entry {
            page: Some(self.number),
            ..Entry::new(level, ChangeClass::Annotation, path)
        }
    }

    fn judge(&mut self, old: &Dictionary, new: &Dictionary) -> Result<ChangeLevel, PdfError> {
        let path = format!("Page {}/Annots", self.number);
        let before = held_key(self.step.old, old, "Annots")?;
        let after = held_key(self.step.new, new, "Annots")?;
        let placed = match after.id().and_then(|id| self.step.touch(id)) {
            None | Some(Touch::Rewritten | Touch::Added) => true,
            Some(Touch::Changed) => before.id() == after.id(),
            Some(Touch::Removed | Touch::Suspect) => false,
        };
        if !placed {
            let denied = self.entry(ChangeLevel::Other, path);
            let number = after.id().map_or(self.page.number, |id| id.number);
            self.step.ledger.vouch(number, denied);
            return Ok(DENIED);
        }
        let level = match appended(&before, &after) {
            Some((count, values)) => {
                let mut level = ChangeLevel::Maintenance;
                for (index, value) in values.iter().enumerate() {
                    let path = format!("{path}/{}", count + index);
                    level = level.max(self.appended(&after, value.object.as_reference(), path)?);
                }
                level
            }
            None if before.object().is_null() && after.object().is_null() => {
                ChangeLevel::Maintenance
            }
            None => self.rearranged(&before, &after, &path)?,
        };
        self.existing(&before, &path)?;
        if let Some(id) = after.id() {
            self.step
                .vouch_container(id, level, listed(level), &path, Some(self.number));
        }
        Ok(level)
    }

    fn deny(&mut self, held: &Held<'_>, path: &str) -> ChangeLevel {
        let number = held.id().map_or(self.page.number, |id| id.number);
        let denied = self.entry(ChangeLevel::Other, path.to_owned());
        self.step.ledger.vouch(number, denied);
        DENIED
    }

    /// An annotation at the end of the list: a widget of a signature field that was vouched for, on one page only, or another kind.
    fn appended(
        &mut self,
        list: &Held<'_>,
        id: Option<ObjectId>,
        path: String,
    ) -> Result<ChangeLevel, PdfError> {
        let Some(id) = id.filter(|id| self.step.is_added(*id)) else {
            return Ok(self.deny(list, &path));
        };
        if !self.placed.insert(id) {
            return Ok(self.deny(list, &path));
        }
        if let Some(seal) = self.step.seals.get(&id) {
            if seal.page == Some(self.number) {
                return Ok(seal.level);
            }
            return Ok(self.deny(list, &path));
        }
        let object = self.step.new.object(id)?;
        let dictionary = object
            .object
            .as_dictionary()
            .filter(|_| object.stream.is_none());
        let Some(dictionary) = dictionary.filter(|dictionary| is_annotation(dictionary)) else {
            let denied = self.entry(ChangeLevel::Other, path);
            self.step.ledger.vouch(
                id.number,
                Entry {
                    class: ChangeClass::Form,
                    ..denied
                },
            );
            return Ok(DENIED);
        };
        self.vouch(id, dictionary, path)
    }

    fn vouch(
        &mut self,
        id: ObjectId,
        dictionary: &Dictionary,
        path: String,
    ) -> Result<ChangeLevel, PdfError> {
        let level = if acts(self.step, dictionary)? {
            ChangeLevel::Other
        } else {
            ChangeLevel::Annotations
        };
        let entry = Entry {
            rect: rectangle(self.step.new, dictionary)?,
            ..self.entry(level, path)
        };
        self.step.ledger.vouch(id.number, entry.clone());
        self.step
            .follow(&Object::Dictionary(dictionary.clone()), &entry.below("AP"))?;
        Ok(level.min(ChangeLevel::Annotations))
    }

    /// Annotations were taken away; those that stay keep their order, and new ones come after them.
    fn rearranged(
        &mut self,
        before: &Held<'_>,
        after: &Held<'_>,
        path: &str,
    ) -> Result<ChangeLevel, PdfError> {
        let list = |held: &Held<'_>| -> Option<Vec<ObjectId>> {
            match held.object() {
                Object::Null => Some(Vec::new()),
                object => object
                    .as_array()?
                    .0
                    .iter()
                    .map(|value| value.object.as_reference())
                    .collect(),
            }
        };
        let (Some(old), Some(new)) = (list(before), list(after)) else {
            return Ok(self.deny(after, path));
        };
        let stay: HashSet<ObjectId> = new.iter().copied().collect();
        let kept: Vec<ObjectId> = old.iter().copied().filter(|id| stay.contains(id)).collect();
        if new.get(..kept.len()) != Some(kept.as_slice()) {
            return Ok(self.deny(after, path));
        }
        let mut level = ChangeLevel::Annotations;
        for id in old.iter().filter(|id| !stay.contains(id)) {
            let object = self.step.old.object(*id)?;
            let removed = object
                .object
                .as_dictionary()
                .filter(|dictionary| is_annotation(dictionary));
            let Some(removed) = removed else {
                level = self.deny(after, path);
                continue;
            };
            // What was signed along is a part of the page, unless it is a remark about it.
            let gone = if is_comment(self.step.old, removed)? {
                ChangeLevel::Annotations
            } else {
                ChangeLevel::Other
            };
            let entry = Entry {
                rect: rectangle(self.step.old, removed)?,
                ..self.entry(gone, path.to_owned())
            };
            let number = after.id().map_or(self.page.number, |id| id.number);
            self.step.ledger.vouch(number, entry.clone());
            if self.step.touch(*id) == Some(Touch::Removed) {
                self.step.ledger.vouch(id.number, entry);
            }
        }
        for (index, id) in new.iter().enumerate().skip(kept.len()) {
            level = level.max(self.appended(after, Some(*id), format!("{path}/{index}"))?);
        }
        Ok(level)
    }

    /// Whether only this page, its list and other annotations referred to an annotation: what it says may change in any way, which
    /// would mean something else to a page that uses it for its resources.
    fn is_nothing_else(&self, id: ObjectId, list: Option<ObjectId>) -> Result<bool, PdfError> {
        for referrer in self
            .step
            .usage
            .referrers(self.step.pdf, self.step.old, id)?
        {
            let object = self.step.old.object(self.step.old_id(referrer)?)?;
            let dictionary = object
                .object
                .as_dictionary()
                .filter(|_| object.stream.is_none());
            let expected = list.is_some_and(|list| list.number == referrer)
                || dictionary.is_some_and(|dictionary| {
                    let is_page = referrer == self.page.number && !others(dictionary).contains(&id);
                    is_page || is_annotation(dictionary)
                });
            if !expected {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Annotations that were there and say something else now. Widgets belong to fields, and are judged there.
    fn existing(&mut self, before: &Held<'_>, path: &str) -> Result<(), PdfError> {
        let values = before
            .array()
            .map(|array| array.0.as_slice())
            .unwrap_or_default();
        let still = self
            .step
            .listing(Listing::Annots, self.step.new, self.page)?;
        for (index, value) in values.iter().enumerate() {
            let Some(id) = value.object.as_reference().filter(|id| still.contains(id)) else {
                continue;
            };
            if self.step.touch(id) != Some(Touch::Changed) {
                continue;
            }
            let (old, new) = (self.step.old.object(id)?, self.step.new.object(id)?);
            let annotation = |object: &crate::file::Indirect| {
                let dictionary = object
                    .object
                    .as_dictionary()
                    .filter(|_| object.stream.is_none());
                dictionary
                    .filter(|dictionary| is_annotation(dictionary))
                    .cloned()
            };
            if let (Some(old), Some(new)) = (annotation(&old), annotation(&new))
                && old.get("Subtype") == new.get("Subtype")
                && self.is_nothing_else(id, before.id())?
            {
                let path = format!("{path}/{index}");
                if !is_comment(self.step.old, &old)? {
                    let denied = self.entry(ChangeLevel::Other, path.clone());
                    self.step.ledger.vouch(id.number, denied);
                }
                self.vouch(id, &new, path)?;
            }
        }
        Ok(())
    }
}

/// What a page, or its list, is changed by if it gets annotations of no more than this level.
fn listed(level: ChangeLevel) -> ChangeClass {
    match level {
        ChangeLevel::None | ChangeLevel::Maintenance => ChangeClass::DocumentTimestamp,
        ChangeLevel::Signatures => ChangeClass::SignatureField,
        _ => ChangeClass::Annotation,
    }
}

/// The references of a page but those to its annotations.
fn others(page: &Dictionary) -> Vec<ObjectId> {
    let mut found = Vec::new();
    for entry in page.entries.iter().filter(|entry| entry.key != *"Annots") {
        references(&entry.value.object, &mut found);
    }
    found
}

/// Whether a dictionary is an annotation other than a widget.
fn is_annotation(dictionary: &Dictionary) -> bool {
    by_key(dictionary).is_some_and(|map| {
        let subtype = map
            .get(b"Subtype".as_slice())
            .and_then(|value| value.as_name());
        let typed = map
            .get(b"Type".as_slice())
            .is_none_or(|value| value.as_name().is_some_and(|name| *name == *"Annot"));
        typed
            && subtype.is_some_and(|name| *name != *"Widget")
            && !map.contains_key(b"FT".as_slice())
    })
}

/// Whether an annotation does something by itself, or something other than leading to a place or an address.
fn acts(step: &Step<'_, '_>, dictionary: &Dictionary) -> Result<bool, PdfError> {
    if dictionary.get("AA").is_some() {
        return Ok(true);
    }
    let action = held_key(step.new, dictionary, "A")?;
    if action.object().is_null() {
        return Ok(false);
    }
    let harmless = action.dictionary().and_then(by_key).is_some_and(|map| {
        let kind = map.get(b"S".as_slice()).and_then(|value| value.as_name());
        kind.is_some_and(|kind| *kind == *"URI" || *kind == *"GoTo")
            && !map.contains_key(b"Next".as_slice())
    });
    Ok(!harmless)
}
