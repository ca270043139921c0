//! Who refers to an object, looked up only for what later revisions wrote.
//!
//! Some rules need it: a stream that is replaced in its place must be used nowhere else, and a new object must not give a meaning to
//! a reference that led nowhere before. Each revision's objects are read once, and only what points at objects of later revisions is
//! remembered. A revision of very many objects is first looked through for the number, unparsed (see [`mentions`](super::mentions)).

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::PdfError;
use crate::file::{Pdf, View, XrefEntry, XrefKind};
use crate::syntax::ObjectId;

use super::compare::references;
use super::mentions::Mentions;

/// Who in a revision refers to each object of interest.
type Index = HashMap<u32, Vec<u32>>;

/// Up to how many objects a revision is parsed at once, without first asking whether it mentions a number at all.
const PARSED_AT_ONCE: usize = 2_000;

/// What a large revision mentions; nothing where only parsing can tell.
type Mentioned = Option<Rc<HashSet<u32>>>;

/// The lookup of one file.
pub(super) struct Usage {
    /// Numbers that revisions after the first write.
    interest: HashSet<u32>,
    indexes: RefCell<Vec<Option<Rc<Index>>>>,
    mentions: RefCell<Vec<Option<Mentioned>>>,
    /// The object streams that each revision's entries name.
    containers: RefCell<Vec<Option<Rc<HashSet<u32>>>>>,
}

impl Usage {
    pub(super) fn new(pdf: &Pdf<'_>) -> Result<Self, PdfError> {
        let mut interest = HashSet::new();
        for revision in pdf.revisions().iter().skip(1) {
            interest.extend(revision.entries()?.into_iter().map(|(number, _)| number));
        }
        let count = pdf.revisions().len();
        Ok(Self {
            interest,
            indexes: RefCell::new(vec![None; count]),
            mentions: RefCell::new(vec![None; count]),
            containers: RefCell::new(vec![None; count]),
        })
    }

    /// The objects of a view that contain a reference to `id`.
    pub(super) fn referrers(
        &self,
        pdf: &Pdf<'_>,
        view: View<'_, '_>,
        id: ObjectId,
    ) -> Result<Vec<u32>, PdfError> {
        let mut found = Vec::new();
        for revision in 0..=view.revision() {
            if !self.may_mention(pdf, revision, id.number)? {
                continue;
            }
            let index = self.index(pdf, revision)?;
            for referrer in index.get(&id.number).into_iter().flatten() {
                if refers(view, *referrer, id)? {
                    found.push(*referrer);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Whether an entry of a view, or of one before it, says that an object lies in the object stream of this number.
    pub(super) fn is_container(
        &self,
        pdf: &Pdf<'_>,
        view: View<'_, '_>,
        number: u32,
    ) -> Result<bool, PdfError> {
        for revision in pdf.revisions().iter().take(view.revision() + 1) {
            if revision.kind == XrefKind::Table {
                continue;
            }
            let known = self.containers.borrow().get(revision.index).cloned();
            let known = match known.flatten() {
                Some(known) => known,
                None => {
                    let entries = revision.entries()?;
                    let streams = entries.into_iter().filter_map(|(_, entry)| match entry {
                        XrefEntry::Compressed { stream, .. } => Some(stream),
                        _ => None,
                    });
                    let found = Rc::new(streams.collect());
                    if let Some(place) = self.containers.borrow_mut().get_mut(revision.index) {
                        *place = Some(Rc::clone(&found));
                    }
                    found
                }
            };
            if known.contains(&number) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an object of a revision may refer to a number.
    fn may_mention(&self, pdf: &Pdf<'_>, revision: usize, number: u32) -> Result<bool, PdfError> {
        if let Some(Some(_)) = self.indexes.borrow().get(revision) {
            return Ok(true);
        }
        let known = self.mentions.borrow().get(revision).cloned().flatten();
        let known = match known {
            Some(known) => known,
            None => {
                let found = self.mentioned(pdf, revision)?.map(Rc::new);
                if let Some(place) = self.mentions.borrow_mut().get_mut(revision) {
                    *place = Some(found.clone());
                }
                found
            }
        };
        Ok(known.is_none_or(|numbers| numbers.contains(&number)))
    }

    fn mentioned(&self, pdf: &Pdf<'_>, revision: usize) -> Result<Option<HashSet<u32>>, PdfError> {
        let (Some(section), Some(view)) = (pdf.revisions().get(revision), pdf.view(revision))
        else {
            return Ok(None);
        };
        let entries = section.entries()?;
        if entries.len() <= PARSED_AT_ONCE {
            return Ok(None);
        }
        let mut mentions = Mentions::default();
        // An object may stand outside of the revision's own bytes; then its place is not known here.
        let outside = |entry: &XrefEntry| matches!(entry, XrefEntry::Offset { offset, .. } if *offset != 0 && *offset < section.start);
        if entries.iter().any(|(_, entry)| outside(entry)) {
            return Ok(None);
        }
        mentions.read(pdf.source(), section.span(), &self.interest)?;
        let streams: BTreeSet<u32> = entries
            .iter()
            .filter_map(|(_, entry)| match entry {
                XrefEntry::Compressed { stream, .. } => Some(*stream),
                _ => None,
            })
            .collect();
        for number in streams {
            if mentions.unclear {
                break;
            }
            let stream = view.object(ObjectId {
                number,
                generation: 0,
            })?;
            mentions.scan(&view.stream(&stream)?, &self.interest);
        }
        Ok((!mentions.unclear).then_some(mentions.numbers))
    }

    /// Whether the objects of a revision were parsed.
    #[cfg(test)]
    pub(super) fn is_parsed(&self, revision: usize) -> bool {
        matches!(self.indexes.borrow().get(revision), Some(Some(_)))
    }

    fn index(&self, pdf: &Pdf<'_>, revision: usize) -> Result<Rc<Index>, PdfError> {
        if let Some(Some(index)) = self.indexes.borrow().get(revision) {
            return Ok(Rc::clone(index));
        }
        let index = Rc::new(self.read(pdf, revision)?);
        if let Some(place) = self.indexes.borrow_mut().get_mut(revision) {
            *place = Some(Rc::clone(&index));
        }
        Ok(index)
    }

    fn read(&self, pdf: &Pdf<'_>, revision: usize) -> Result<Index, PdfError> {
        let mut index = Index::new();
        let (Some(section), Some(view)) = (pdf.revisions().get(revision), pdf.view(revision))
        else {
            return Ok(index);
        };
        let mut found = Vec::new();
        for (number, entry) in section.entries()? {
            let Some(id) = in_use(number, entry) else {
                continue;
            };
            references(&view.object(id)?.object, &mut found);
            for target in found.drain(..) {
                if self.interest.contains(&target.number) {
                    let referrers = index.entry(target.number).or_default();
                    if referrers.last() != Some(&number) {
                        referrers.push(number);
                    }
                }
            }
        }
        Ok(index)
    }
}

/// The id of an entry in use. Some writers mark unused numbers as in use at offset 0, where no object can be.
fn in_use(number: u32, entry: XrefEntry) -> Option<ObjectId> {
    match entry {
        XrefEntry::Free { .. } | XrefEntry::Offset { offset: 0, .. } => None,
        XrefEntry::Offset { generation, .. } => Some(ObjectId { number, generation }),
        XrefEntry::Compressed { .. } => Some(ObjectId {
            number,
            generation: 0,
        }),
    }
}

/// Whether an object, as the view has it, contains the reference.
fn refers(view: View<'_, '_>, referrer: u32, id: ObjectId) -> Result<bool, PdfError> {
    let Some(referrer) = view
        .entry(referrer)?
        .and_then(|entry| in_use(referrer, entry))
    else {
        return Ok(false);
    };
    let mut found = Vec::new();
    references(&view.object(referrer)?.object, &mut found);
    Ok(found.contains(&id))
}
