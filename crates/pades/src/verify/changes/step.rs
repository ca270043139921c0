//! One revision beside the one before it: what was touched, what the rules said, and shared ways of looking.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::PdfError;
use crate::file::{Indirect, Pdf, View, XrefEntry};
use crate::syntax::{Array, Dictionary, Name, Object, ObjectId};

use super::super::report::{ChangeClass, ChangeLevel};
use super::compare::references;
use super::entries::{Touch, touched};
use super::ledger::{Entry, Ledger};
use super::usage::Usage;

/// How many objects the rules follow from one revision: a seal with its pictures has some dozens, the evidence of a hundred
/// signers some thousands.
pub(super) const MAX_FOLLOWED: usize = 10_000;

/// How many pages are searched for an annotation that does not say which one is its own.
pub(super) const MAX_PAGES_SEARCHED: u32 = 2_000;

/// A value where it is used: direct, or the indirect object that a reference leads to.
pub(super) enum Held<'a> {
    Direct(&'a Object),
    Indirect(ObjectId, Rc<Indirect>),
}

impl Held<'_> {
    pub(super) fn object(&self) -> &Object {
        match self {
            Self::Direct(object) => object,
            Self::Indirect(_, indirect) => &indirect.object,
        }
    }

    pub(super) fn id(&self) -> Option<ObjectId> {
        match self {
            Self::Direct(_) => None,
            Self::Indirect(id, _) => Some(*id),
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Indirect(_, indirect) if indirect.stream.is_some())
    }

    /// The dictionary, if it is one and no stream.
    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        self.object().as_dictionary().filter(|_| !self.is_stream())
    }

    /// The dictionary of the stream, if it is one.
    pub(super) fn stream(&self) -> Option<&Dictionary> {
        self.object().as_dictionary().filter(|_| self.is_stream())
    }

    pub(super) fn array(&self) -> Option<&Array> {
        self.object().as_array()
    }

    pub(super) fn name(&self) -> Option<&Name> {
        self.object().as_name()
    }
}

/// What a reference leads to.
pub(super) fn held<'a>(view: View<'_, '_>, object: &'a Object) -> Result<Held<'a>, PdfError> {
    Ok(match object {
        Object::Reference(id) => Held::Indirect(*id, view.object(*id)?),
        direct => Held::Direct(direct),
    })
}

/// What a key's value leads to; `null` if there is none.
pub(super) fn held_key<'a>(
    view: View<'_, '_>,
    dictionary: &'a Dictionary,
    key: &str,
) -> Result<Held<'a>, PdfError> {
    const NULL: &Object = &Object::Null;
    held(
        view,
        dictionary.get(key).map_or(NULL, |value| &value.object),
    )
}

/// Four numbers: left, bottom, right, top.
pub(super) fn rectangle(
    view: View<'_, '_>,
    dictionary: &Dictionary,
) -> Result<Option<[f64; 4]>, PdfError> {
    let value = held_key(view, dictionary, "Rect")?;
    let Some([a, b, c, d]) = value.array().map(|array| array.0.as_slice()) else {
        return Ok(None);
    };
    let numbers =
        [a, b, c, d].map(|value| value.object.as_number().filter(|number| number.is_finite()));
    let [Some(a), Some(b), Some(c), Some(d)] = numbers else {
        return Ok(None);
    };
    Ok(Some([a.min(c), b.min(d), a.max(c), b.max(d)]))
}

fn id(view: View<'_, '_>, number: u32) -> Result<ObjectId, PdfError> {
    let generation = match view.entry(number)? {
        Some(XrefEntry::Offset { generation, .. } | XrefEntry::Free { generation, .. }) => {
            generation
        }
        Some(XrefEntry::Compressed { .. }) | None => 0,
    };
    Ok(ObjectId { number, generation })
}

/// Which set of references is remembered: of a page's annotations, or of a field's children, in the old or the new view.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Listing {
    Annots,
    Kids,
    Fields,
}

/// One revision beside the one before it.
pub(super) struct Step<'p, 's> {
    pub(super) pdf: &'p Pdf<'s>,
    pub(super) old: View<'p, 's>,
    pub(super) new: View<'p, 's>,
    pub(super) revision: usize,
    pub(super) touched: BTreeMap<u32, Touch>,
    pub(super) ledger: Ledger,
    pub(super) usage: &'p Usage,
    /// Widgets of signature fields that a rule vouched for, and at which level.
    pub(super) seals: BTreeMap<ObjectId, Entry>,
    /// Signature dictionaries that became values in this revision.
    pub(super) signatures: HashSet<ObjectId>,
    /// Whether a limit was reached.
    pub(super) exhausted: bool,
    followed: usize,
    listings: HashMap<(Listing, usize, ObjectId), Rc<HashSet<ObjectId>>>,
    searched: OnceCell<HashMap<ObjectId, (u32, ObjectId)>>,
}

impl<'p, 's> Step<'p, 's> {
    pub(super) fn new(
        pdf: &'p Pdf<'s>,
        usage: &'p Usage,
        old: View<'p, 's>,
        new: View<'p, 's>,
    ) -> Result<Self, PdfError> {
        let revision = new.revision();
        let mut touched = touched(pdf, old, new, revision)?;
        for (number, touch) in &mut touched {
            // Whoever touches an object stream touches all that lies in it, and the entries of those say the same as before.
            if *touch != Touch::Rewritten && usage.is_container(old, *number) {
                *touch = Touch::Suspect;
            }
        }
        Ok(Self {
            pdf,
            old,
            new,
            revision,
            touched,
            ledger: Ledger::default(),
            usage,
            seals: BTreeMap::new(),
            signatures: HashSet::new(),
            exhausted: false,
            followed: 0,
            listings: HashMap::new(),
            searched: OnceCell::new(),
        })
    }

    pub(super) fn touch(&self, id: ObjectId) -> Option<Touch> {
        self.touched.get(&id.number).copied()
    }

    pub(super) fn is_added(&self, id: ObjectId) -> bool {
        self.touch(id) == Some(Touch::Added)
    }

    /// Whether the value of the object may be another than before (or the object came or went).
    pub(super) fn is_changed(&self, id: ObjectId) -> bool {
        !matches!(self.touch(id), None | Some(Touch::Rewritten))
    }

    /// The numbers of the objects that were touched in this way.
    pub(super) fn numbers(&self, touch: Touch) -> Vec<u32> {
        let numbers = self.touched.iter();
        numbers
            .filter(|(_, found)| **found == touch)
            .map(|(number, _)| *number)
            .collect()
    }

    /// The id of an object in the new view.
    pub(super) fn id(&self, number: u32) -> Result<ObjectId, PdfError> {
        id(self.new, number)
    }

    /// The id of an object in the old view.
    pub(super) fn old_id(&self, number: u32) -> Result<ObjectId, PdfError> {
        id(self.old, number)
    }

    /// Vouches for the object behind a value if it is indirect and was changed or added; says nothing about others.
    pub(super) fn vouch_held(&mut self, held: &Held<'_>, entry: Entry) {
        if let Some(id) = held.id().filter(|id| self.is_changed(*id)) {
            self.ledger.vouch(id.number, entry);
        }
    }

    /// Denies the object that holds a value: itself if indirect, or else the one around it.
    pub(super) fn deny_held(
        &mut self,
        held: &Held<'_>,
        around: u32,
        class: ChangeClass,
        path: &str,
    ) {
        let number = held.id().map_or(around, |id| id.number);
        self.ledger.deny(number, class, path);
    }

    /// Vouches for all new objects that a value leads to. Changed ones are denied: they are not what they were where else
    /// they are used. Those that were there, unchanged, are left alone, for they show what they always showed.
    pub(super) fn follow(&mut self, object: &Object, entry: &Entry) -> Result<(), PdfError> {
        self.follow_except(object, entry, &[])
    }

    /// The same without the values of some keys of the outermost dictionary.
    pub(super) fn follow_except(
        &mut self,
        object: &Object,
        entry: &Entry,
        except: &[&str],
    ) -> Result<(), PdfError> {
        let mut waiting = Vec::new();
        match object {
            Object::Dictionary(dictionary) => {
                for item in &dictionary.entries {
                    if !except.iter().any(|key| item.key == **key) {
                        references(&item.value.object, &mut waiting);
                    }
                }
            }
            other => references(other, &mut waiting),
        }
        let mut seen = HashSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.touch(id) {
                None | Some(Touch::Rewritten) => {}
                Some(Touch::Added) => {
                    self.followed += 1;
                    if self.followed > MAX_FOLLOWED {
                        self.exhausted = true;
                        return Ok(());
                    }
                    self.ledger.vouch(id.number, entry.clone());
                    references(&self.new.object(id)?.object, &mut waiting);
                }
                // A dictionary that was changed is judged in its own role, and changed only in what means nothing elsewhere.
                Some(Touch::Changed) if self.is_dictionary(id)? => {}
                Some(Touch::Changed | Touch::Removed | Touch::Suspect) => {
                    self.ledger.deny_as(id.number, entry)
                }
            }
        }
        Ok(())
    }

    fn is_dictionary(&self, id: ObjectId) -> Result<bool, PdfError> {
        let object = self.new.object(id)?;
        Ok(object.stream.is_none() && object.object.as_dictionary().is_some())
    }

    /// The references in a list of this kind that belongs to an object.
    pub(super) fn listing(
        &mut self,
        kind: Listing,
        view: View<'p, 's>,
        id: ObjectId,
    ) -> Result<Rc<HashSet<ObjectId>>, PdfError> {
        let key = (kind, view.revision(), id);
        if let Some(found) = self.listings.get(&key) {
            return Ok(Rc::clone(found));
        }
        let owner = view.object(id)?;
        let name = match kind {
            Listing::Annots => "Annots",
            Listing::Kids => "Kids",
            Listing::Fields => "Fields",
        };
        let mut set = HashSet::new();
        if let Some(dictionary) = owner.object.as_dictionary() {
            let form;
            let dictionary = if kind == Listing::Fields {
                form = held_key(view, dictionary, "AcroForm")?;
                form.dictionary()
            } else {
                Some(dictionary)
            };
            if let Some(dictionary) = dictionary {
                let list = held_key(view, dictionary, name)?;
                let values = list
                    .array()
                    .map(|array| array.0.as_slice())
                    .unwrap_or_default();
                set.extend(
                    values
                        .iter()
                        .filter_map(|value| value.object.as_reference()),
                );
            }
        }
        let set = Rc::new(set);
        self.listings.insert(key, Rc::clone(&set));
        Ok(set)
    }

    /// The page that lists an annotation: its number from 1 and its id. Its own `/P` is tried first, then the first pages.
    pub(super) fn page_of(
        &mut self,
        annotation: ObjectId,
        dictionary: &Dictionary,
    ) -> Result<Option<(u32, ObjectId)>, PdfError> {
        let claimed = dictionary
            .get("P")
            .and_then(|value| value.object.as_reference());
        if let Some(page) = claimed
            && self
                .listing(Listing::Annots, self.new, page)?
                .contains(&annotation)
            && let Some(index) = self.new.page_number(page)?
        {
            return Ok(Some((index + 1, page)));
        }
        if self.searched.get().is_none() {
            let found = self.search_pages()?;
            // Was empty a line above, and nobody else writes.
            let _ = self.searched.set(found);
        }
        Ok(self
            .searched
            .get()
            .and_then(|found| found.get(&annotation))
            .copied())
    }

    fn search_pages(&mut self) -> Result<HashMap<ObjectId, (u32, ObjectId)>, PdfError> {
        let mut found = HashMap::new();
        for index in 0..self.new.pages()?.min(MAX_PAGES_SEARCHED) {
            let page = self.new.page(index)?.id;
            for annotation in self.listing(Listing::Annots, self.new, page)?.iter() {
                found.entry(*annotation).or_insert((index + 1, page));
            }
        }
        Ok(found)
    }

    /// What a revision does to its containers (the form, a page, a list) is as far-reaching as what it puts into them.
    pub(super) fn vouch_container(
        &mut self,
        id: ObjectId,
        level: ChangeLevel,
        class: ChangeClass,
        path: &str,
        page: Option<u32>,
    ) {
        if self.is_changed(id) {
            let entry = Entry {
                page,
                ..Entry::new(level, class, path)
            };
            self.ledger.vouch(id.number, entry);
        }
    }

    /// Whether nothing but these objects referred to an object before.
    pub(super) fn is_used_only_by(&self, id: ObjectId, allowed: &[u32]) -> Result<bool, PdfError> {
        self.usage.is_used_only_by(self.pdf, self.old, id, allowed)
    }

    /// Whether an object was the dictionary of an appearance, or a form.
    pub(super) fn was_form(&self, id: ObjectId) -> Result<bool, PdfError> {
        let object = self.old.object(id)?;
        let dictionary = object.object.as_dictionary();
        Ok(dictionary
            .is_some_and(|dictionary| object.stream.is_none() || dictionary.is("Subtype", "Form")))
    }

    /// Looks for references that mean something else now: those that led nowhere before and lead to a new object, and those that
    /// lead nowhere now.
    pub(super) fn judge_references(&mut self) -> Result<(), PdfError> {
        for number in self.numbers(Touch::Added) {
            let id = self.id(number)?;
            if !self.is_used_only_by(id, &[])? {
                self.ledger.deny(
                    number,
                    ChangeClass::Other,
                    "referred to before it was there",
                );
            }
        }
        for number in self.numbers(Touch::Removed) {
            if self
                .ledger
                .level(number)
                .is_some_and(|level| level > ChangeLevel::None)
            {
                continue;
            }
            let id = self.old_id(number)?;
            if self.usage.is_used_only_by(self.pdf, self.new, id, &[])? {
                self.ledger.vouch(
                    number,
                    Entry::new(ChangeLevel::None, ChangeClass::Unreachable, ""),
                );
            }
        }
        Ok(())
    }
}
