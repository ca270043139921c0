//! Appearances of widgets (`/AP`, ISO 32000-2 clause 12.5.5): new drawings, or the old one of the very same widget drawn anew.

use crate::PdfError;
use crate::syntax::{Object, ObjectId};

use super::compare::{by_key, equal, references};
use super::entries::Touch;
use super::ledger::Entry;
use super::step::{Held, Step, held, held_key};

/// Judges the appearance of a new widget. Says whether it is a proper one.
pub(super) fn new(
    step: &mut Step<'_, '_>,
    widget: ObjectId,
    entry: &Entry,
) -> Result<bool, PdfError> {
    judge(step, widget, entry, false)
}

/// Judges the appearance of a widget that was there before.
pub(super) fn replaced(
    step: &mut Step<'_, '_>,
    widget: ObjectId,
    entry: &Entry,
) -> Result<bool, PdfError> {
    judge(step, widget, entry, true)
}

/// Whether a widget looks otherwise than before, or may do so.
pub(super) fn is_changed(step: &Step<'_, '_>, widget: ObjectId) -> Result<bool, PdfError> {
    let (before, after) = (step.old.object(widget)?, step.new.object(widget)?);
    let (Some(old), Some(new)) = (before.object.as_dictionary(), after.object.as_dictionary())
    else {
        return Ok(true);
    };
    let (before, after) = (
        held_key(step.old, old, "AP")?,
        held_key(step.new, new, "AP")?,
    );
    if before.id() != after.id() || !equal(before.object(), after.object()) {
        return Ok(true);
    }
    // The dictionary, the dictionaries of states in it, and the streams.
    let mut places = Vec::new();
    references(after.object(), &mut places);
    let mut inner = Vec::new();
    for id in &places {
        let object = step.new.object(*id)?;
        if object.stream.is_none() {
            references(&object.object, &mut inner);
        }
    }
    Ok(places.iter().chain(&inner).any(|id| step.is_changed(*id)))
}

fn judge(
    step: &mut Step<'_, '_>,
    widget: ObjectId,
    entry: &Entry,
    in_place: bool,
) -> Result<bool, PdfError> {
    let object = step.new.object(widget)?;
    let Some(dictionary) = object.object.as_dictionary() else {
        return Ok(false);
    };
    let appearance = held_key(step.new, dictionary, "AP")?;
    if appearance.object().is_null() {
        return Ok(true);
    }
    let mut judge = Judge {
        entry: entry.below("AP"),
        holders: vec![widget.number],
        in_place,
    };
    let Some(states) = judge.dictionary(step, &appearance)? else {
        return Ok(false);
    };
    if states
        .iter()
        .any(|(key, _)| !matches!(key.as_slice(), b"N" | b"R" | b"D"))
    {
        return Ok(false);
    }
    for (_, value) in &states {
        let value = held(step.new, value)?;
        let proper = if value.is_stream() {
            judge.stream(step, &value)?
        } else {
            judge.states(step, &value)?
        };
        if !proper {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is under each key.
type States = Vec<(Vec<u8>, Object)>;

struct Judge {
    entry: Entry,
    /// Objects that may refer to what is replaced in place.
    holders: Vec<u32>,
    in_place: bool,
}

impl Judge {
    /// The entries of a dictionary that is direct, new, as it was, or changed in place and used nowhere else.
    fn dictionary(
        &mut self,
        step: &mut Step<'_, '_>,
        held: &Held<'_>,
    ) -> Result<Option<States>, PdfError> {
        let Some(map) = held.dictionary().and_then(by_key) else {
            return Ok(None);
        };
        if let Some(id) = held.id() {
            if !self.may_be(step, id)? {
                return Ok(None);
            }
            step.vouch_held(held, self.entry.clone());
            self.holders.push(id.number);
        }
        Ok(Some(
            map.into_iter()
                .map(|(key, value)| (key.to_vec(), value.clone()))
                .collect(),
        ))
    }

    /// A stream for each state, such as those of a check box.
    fn states(&mut self, step: &mut Step<'_, '_>, value: &Held<'_>) -> Result<bool, PdfError> {
        let Some(states) = self.dictionary(step, value)? else {
            return Ok(false);
        };
        for (_, state) in &states {
            let stream = held(step.new, state)?;
            if !self.stream(step, &stream)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A form that always shows: no layer can hide it.
    fn stream(&self, step: &mut Step<'_, '_>, stream: &Held<'_>) -> Result<bool, PdfError> {
        let (Some(id), Some(map)) = (stream.id(), stream.stream().and_then(by_key)) else {
            return Ok(false);
        };
        if !step.is_changed(id) {
            return Ok(true);
        }
        let is_form =
            matches!(map.get(b"Subtype".as_slice()), Some(Object::Name(name)) if *name == *"Form");
        if !is_form || map.contains_key(b"OC".as_slice()) || !self.may_be(step, id)? {
            return Ok(false);
        }
        step.ledger.vouch(id.number, self.entry.clone());
        step.follow(stream.object(), &self.entry)?;
        Ok(true)
    }

    fn may_be(&self, step: &Step<'_, '_>, id: ObjectId) -> Result<bool, PdfError> {
        Ok(match step.touch(id) {
            None | Some(Touch::Rewritten | Touch::Added) => true,
            Some(Touch::Changed) => {
                self.in_place && step.was_form(id)? && step.is_used_only_by(id, &self.holders)?
            }
            Some(Touch::Removed | Touch::Suspect) => false,
        })
    }
}
