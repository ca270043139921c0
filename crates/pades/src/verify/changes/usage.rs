//! Who refers to an object, looked up only for what later revisions wrote.
//!
//! Some rules need it: a stream that is replaced in its place must be used nowhere else, and a new object must not give a meaning to
//! a reference that led nowhere before. What each object refers to is read once, when it is written, and only what points at objects of
//! later revisions is remembered: going on to the next revision costs what that one wrote, however many there were before. A revision of
//! very many objects is first looked through for the number, unparsed (see [`mentions`](super::mentions)).

use std::cell::{RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::file::{Pdf, View, XrefEntry, XrefKind};
use crate::syntax::ObjectId;
use crate::{Damage, PdfError};

use super::compare::references as collect_references;
use super::mentions::Mentions;

/// Up to how many objects a revision is parsed at once, without first asking whether it mentions a number at all.
const PARSED_AT_ONCE: usize = 2_000;

/// How many objects may be read again because the object stream that they lie in was replaced. No honest writer replaces one, and a small
/// stream can hold very many objects.
const MAX_READ_AGAIN: usize = 1 << 20;

/// The lookup of one file.
pub(super) struct Usage {
    /// Numbers that revisions after the first write.
    interest: HashSet<u32>,
    /// For each object stream among them, and each object that one takes its `/Length` or the like from: which objects lie in the
    /// stream, and the revision that says so; oldest first.
    members: HashMap<u32, Vec<(usize, u32)>>,
    references: RefCell<References>,
}

/// Who refers to what, as of one revision.
#[derive(Default)]
struct References {
    /// How many revisions are in it.
    revisions: usize,
    /// The objects that refer to each object of interest.
    referrers: HashMap<ObjectId, BTreeSet<u32>>,
    /// What each of them refers to.
    targets: HashMap<u32, Vec<ObjectId>>,
    /// The last revision that wrote an object anew, after the first.
    written: HashMap<u32, usize>,
    /// Which revisions, that were only looked through, mention a number.
    mentioned: HashMap<u32, Vec<usize>>,
    /// Revisions whose objects were read.
    parsed: HashSet<usize>,
    read_again: usize,
    /// How many objects were read.
    #[cfg(test)]
    visits: usize,
}

impl Usage {
    pub(super) fn new(pdf: &Pdf<'_>) -> Result<Self, PdfError> {
        let mut interest = HashSet::new();
        for revision in pdf.revisions().iter().skip(1) {
            interest.extend(revision.numbers());
        }
        let mut members: HashMap<u32, Vec<(usize, u32)>> = HashMap::new();
        for revision in pdf.revisions() {
            if interest.is_empty() || revision.kind == XrefKind::Table {
                continue;
            }
            let mut streams: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (number, entry) in revision.entries()? {
                if let XrefEntry::Compressed { stream, .. } = entry {
                    streams.entry(stream).or_default().push(number);
                }
            }
            for (stream, numbers) in streams {
                for part in parts(pdf, revision.index, stream)? {
                    if interest.contains(&part) {
                        let lying = numbers.iter().map(|number| (revision.index, *number));
                        members.entry(part).or_default().extend(lying);
                    }
                }
            }
        }
        Ok(Self {
            interest,
            members,
            references: RefCell::default(),
        })
    }

    /// The objects of a view that contain a reference to `id`, in order. Views are best asked for in ascending order: an earlier one
    /// than before is made up from the beginning.
    pub(super) fn referrers(
        &self,
        pdf: &Pdf<'_>,
        view: View<'_, '_>,
        id: ObjectId,
    ) -> Result<Vec<u32>, PdfError> {
        let references = self.references(pdf, view, id.number)?;
        let found = references.referrers.get(&id);
        Ok(found.into_iter().flatten().copied().collect())
    }

    /// Whether no objects of a view but these contain a reference to `id`.
    pub(super) fn is_used_only_by(
        &self,
        pdf: &Pdf<'_>,
        view: View<'_, '_>,
        id: ObjectId,
        allowed: &[u32],
    ) -> Result<bool, PdfError> {
        let references = self.references(pdf, view, id.number)?;
        let mut found = references.referrers.get(&id).into_iter().flatten();
        Ok(found.all(|referrer| allowed.contains(referrer)))
    }

    /// Whether an entry of a view, or of one before it, says that an object lies in the object stream of this number (or in one that takes
    /// its `/Length` from there), which a revision after the first writes.
    pub(super) fn is_container(&self, view: View<'_, '_>, number: u32) -> bool {
        let first = self
            .members
            .get(&number)
            .and_then(|members| members.first());
        first.is_some_and(|(revision, _)| *revision <= view.revision())
    }

    /// The references of a view, as far as they concern this number.
    fn references(
        &self,
        pdf: &Pdf<'_>,
        view: View<'_, '_>,
        number: u32,
    ) -> Result<RefMut<'_, References>, PdfError> {
        let mut references = self.references.borrow_mut();
        if references.revisions > view.revision() + 1 {
            *references = References::default();
        }
        while references.revisions <= view.revision() {
            self.advance(pdf, &mut references)?;
        }
        let mentioned = references.mentioned.get(&number).cloned();
        for revision in mentioned.into_iter().flatten() {
            self.parse_late(pdf, &mut references, revision)?;
        }
        references.mentioned.remove(&number);
        Ok(references)
    }

    /// Goes on to the next revision. After an error, everything about this revision is forgotten when it is tried again.
    fn advance(&self, pdf: &Pdf<'_>, references: &mut References) -> Result<(), PdfError> {
        let revision = references.revisions;
        let entries = written(pdf, revision)?;
        let replaced = self.replaced(revision, &entries, &mut references.read_again)?;
        for (number, _) in &entries {
            references.forget(*number);
            if revision > 0 {
                references.written.insert(*number, revision);
            }
        }
        if let Some(numbers) = self.mentioned(pdf, revision, &entries)? {
            for number in numbers {
                references
                    .mentioned
                    .entry(number)
                    .or_default()
                    .push(revision);
            }
        } else {
            for (number, entry) in entries {
                self.read(pdf, references, revision, number, Some(entry))?;
            }
            references.parsed.insert(revision);
        }
        for number in replaced {
            let entry = match pdf.view(revision) {
                Some(view) => view.entry(number)?,
                None => None,
            };
            self.read(pdf, references, revision, number, entry)?;
            references.written.insert(number, revision);
        }
        references.revisions += 1;
        Ok(())
    }

    /// The older objects that lie in object streams which a revision wrote: its entries do not tell that they changed.
    fn replaced(
        &self,
        revision: usize,
        entries: &[(u32, XrefEntry)],
        read_again: &mut usize,
    ) -> Result<BTreeSet<u32>, PdfError> {
        let mut replaced = BTreeSet::new();
        for members in entries
            .iter()
            .filter_map(|(number, _)| self.members.get(number))
        {
            let older = members.partition_point(|(since, _)| *since < revision);
            *read_again += older;
            if *read_again > MAX_READ_AGAIN {
                return Err(PdfError::TooLarge {
                    what: "number of objects in object streams that were replaced",
                    limit: MAX_READ_AGAIN as u64,
                });
            }
            replaced.extend(members.iter().take(older).map(|(_, number)| *number));
        }
        Ok(replaced)
    }

    /// Reads the objects of a revision that was only looked through, without those that were written anew since.
    fn parse_late(
        &self,
        pdf: &Pdf<'_>,
        references: &mut References,
        revision: usize,
    ) -> Result<(), PdfError> {
        if references.parsed.contains(&revision) {
            return Ok(());
        }
        for (number, entry) in written(pdf, revision)? {
            let written = references.written.get(&number);
            if written.is_none_or(|written| *written <= revision) {
                self.read(pdf, references, revision, number, Some(entry))?;
            }
        }
        references.parsed.insert(revision);
        Ok(())
    }

    /// Reads what an object refers to.
    fn read(
        &self,
        pdf: &Pdf<'_>,
        references: &mut References,
        revision: usize,
        number: u32,
        entry: Option<XrefEntry>,
    ) -> Result<(), PdfError> {
        references.forget(number);
        let id = entry.and_then(|entry| in_use(number, entry));
        let (Some(id), Some(view)) = (id, pdf.view(revision)) else {
            return Ok(());
        };
        #[cfg(test)]
        {
            references.visits += 1;
        }
        let mut found = Vec::new();
        collect_references(&view.object(id)?.object, &mut found);
        found.retain(|target| self.interest.contains(&target.number));
        found.sort_unstable();
        found.dedup();
        references.remember(number, found);
        Ok(())
    }

    /// Which numbers of interest a revision of very many objects mentions; nothing if it is of few, or if only parsing can tell.
    fn mentioned(
        &self,
        pdf: &Pdf<'_>,
        revision: usize,
        entries: &[(u32, XrefEntry)],
    ) -> Result<Option<HashSet<u32>>, PdfError> {
        let (Some(section), Some(view)) = (pdf.revisions().get(revision), pdf.view(revision))
        else {
            return Ok(None);
        };
        // An object may stand outside of the revision's own bytes; then its place is not known here.
        let outside = |entry: &XrefEntry| matches!(entry, XrefEntry::Offset { offset, .. } if *offset != 0 && *offset < section.start);
        if entries.len() <= PARSED_AT_ONCE || entries.iter().any(|(_, entry)| outside(entry)) {
            return Ok(None);
        }
        let mut mentions = Mentions::default();
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
        self.references.borrow().parsed.contains(&revision)
    }

    /// How many objects were read.
    #[cfg(test)]
    pub(super) fn visits(&self) -> usize {
        self.references.borrow().visits
    }
}

impl References {
    fn forget(&mut self, number: u32) {
        if self.targets.is_empty() {
            return;
        }
        for target in self.targets.remove(&number).into_iter().flatten() {
            if let Some(referrers) = self.referrers.get_mut(&target) {
                referrers.remove(&number);
            }
        }
    }

    fn remember(&mut self, number: u32, targets: Vec<ObjectId>) {
        for target in &targets {
            self.referrers.entry(*target).or_default().insert(number);
        }
        if !targets.is_empty() {
            self.targets.insert(number, targets);
        }
    }
}

/// The object stream itself, and the objects that its dictionary refers to: who changes one of them changes what lies in the stream.
fn parts(pdf: &Pdf<'_>, revision: usize, stream: u32) -> Result<Vec<u32>, PdfError> {
    let mut parts = vec![stream];
    let Some(view) = pdf.view(revision) else {
        return Ok(parts);
    };
    let id = view.entry(stream)?.and_then(|entry| in_use(stream, entry));
    let dictionary = match id.map(|id| view.object(id)) {
        Some(Err(PdfError::Source(error))) => return Err(error.into()),
        // Nothing that lies in it can be read, which is told when it is tried.
        None | Some(Err(_)) => return Ok(parts),
        Some(Ok(dictionary)) => dictionary,
    };
    let mut found = Vec::new();
    for entry in (dictionary.object.as_dictionary().into_iter()).flat_map(|found| &found.entries) {
        // Which says nothing about these objects (ISO 32000-2 clause 7.5.7).
        if entry.key != *"Extends" {
            collect_references(&entry.value.object, &mut found);
        }
    }
    for target in found {
        let value = view.object(target)?;
        let mut further = Vec::new();
        collect_references(&value.object, &mut further);
        if !further.is_empty() {
            return Err(PdfError::damaged(dictionary.offset(), Damage::BadStream));
        }
        parts.push(target.number);
    }
    Ok(parts)
}

/// The entries of a revision that do not say the same as before.
fn written(pdf: &Pdf<'_>, revision: usize) -> Result<Vec<(u32, XrefEntry)>, PdfError> {
    let Some(section) = pdf.revisions().get(revision) else {
        return Ok(Vec::new());
    };
    let mut entries = section.entries()?;
    if let Some(before) = revision.checked_sub(1).and_then(|before| pdf.view(before)) {
        let mut written = Vec::with_capacity(entries.len());
        for (number, entry) in entries {
            if before.entry(number)? != Some(entry) {
                written.push((number, entry));
            }
        }
        entries = written;
    }
    Ok(entries)
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
