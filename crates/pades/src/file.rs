//! The file: revisions, and the objects of each.
//!
//! Reading is lazy (only what is asked for is fetched and parsed) and strict (a file is never repaired: what breaks the rules is
//! [`PdfError::Damaged`] with its place). A file that readers could understand in two ways is refused. What is chosen where ISO 32000-2
//! or its readers leave room:
//!
//! - Offsets count from the first byte of the file. Bytes before `%PDF-` are a [gap](Pdf::gaps), so a file whose offsets count from
//!   the header instead is damaged.
//! - Cross-reference entries are exactly 20 bytes, and object 0 belongs to the oldest table (clause 7.5.4).
//! - Between `startxref`, its number and `%%EOF`, and in the headings of a table, there are spaces and ends of line alone.
//! - `startxref` stands behind the trailer or cross-reference stream that it points to, then comes `%%EOF`; the last one begins within
//!   the last 1,024 bytes.
//! - `/Size` is larger than every object number, and never shrinks.
//! - `/Prev` leads towards the beginning of the file. Only a linearized file's first-page section may lead to its main section behind it.
//! - No key is doubled in a trailer, nor `/Length` in a stream's dictionary. Elsewhere the last one counts, and
//!   [`Dictionary::has_doubled_keys`] tells.
//! - White space before an object's number or a cross-reference, and between a stream's data and `endstream`, is harmless and accepted.

mod account;
mod caches;
mod filters;
mod indirect;
mod object_stream;
mod objects;
mod pages;
mod predictor;
mod revisions;
mod security;
#[cfg(test)]
mod tests;
mod xref;

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

pub use caches::MAX_WORK;
pub use filters::{MAX_DECODED_STREAM, MAX_FILTERS};
pub use indirect::{Indirect, Location};
pub use pages::{MAX_PAGE_TREE_DEPTH, Page, Rect};
pub use revisions::{MAX_REVISIONS, Revision};
pub use security::Kind;
pub use xref::{
    MAX_OBJECTS, MAX_SUBSECTIONS, MAX_TRAILER_BYTES, MAX_XREF_STREAM_BYTES, XrefEntry, XrefKind,
};

use crate::{
    PdfError, Source,
    syntax::{Dictionary, ObjectId, Reader, Span},
};

/// Up to how many revisions are asked one after the other what they say about an object.
const FEW_REVISIONS: usize = 8;

/// A PDF that is read piece by piece.
pub struct Pdf<'s> {
    reader: Rc<Reader<'s>>,
    revisions: Vec<Revision<'s>>,
    /// Which object numbers each revision after the first lists, in order; made when a file of many revisions needs it.
    listed: OnceCell<Vec<(u32, u32)>>,
    /// How often a revision was asked for an entry.
    #[cfg(test)]
    lookups: std::cell::Cell<usize>,
    gaps: Vec<Span>,
    security: Option<security::Security>,
    caches: RefCell<caches::Caches>,
}

impl<'s> Pdf<'s> {
    /// Reads the revisions of a file, and unlocks it if it is encrypted: with `password`, or else with the empty one.
    ///
    /// # Errors
    /// [`PdfError`]: the file is no PDF, damaged in its structure, locked, or beyond a limit. Damage elsewhere shows when it is touched.
    pub fn open(source: &'s dyn Source, password: Option<&str>) -> Result<Self, PdfError> {
        let reader = Rc::new(Reader::new(source));
        let (revisions, gaps) = revisions::read(&reader)?;
        let mut pdf = Self {
            reader,
            revisions,
            listed: OnceCell::new(),
            #[cfg(test)]
            lookups: std::cell::Cell::default(),
            gaps,
            security: None,
            caches: RefCell::default(),
        };
        pdf.security = security::unlock(&pdf, password)?;
        // What was read while the file was locked has its strings encrypted.
        pdf.caches = RefCell::default();
        Ok(pdf)
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &'s dyn Source {
        self.reader.source()
    }

    /// How many bytes the file has.
    pub fn length(&self) -> u64 {
        self.reader.length()
    }

    /// Every writing of the file, oldest first. There is at least one.
    pub fn revisions(&self) -> &[Revision<'s>] {
        &self.revisions
    }

    /// The document as it is now.
    pub fn latest(&self) -> View<'_, 's> {
        View {
            pdf: self,
            revision: self.revisions.len().saturating_sub(1),
        }
    }

    /// The document as it was after that revision, read from those bytes alone.
    pub fn view(&self, revision: usize) -> Option<View<'_, 's>> {
        (revision < self.revisions.len()).then_some(View {
            pdf: self,
            revision,
        })
    }

    /// Whether strings and streams are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.security.is_some()
    }

    /// Bytes that belong to no revision, ascending: before the header, between revisions, after the last `%%EOF`.
    pub fn gaps(&self) -> &[Span] {
        &self.gaps
    }

    #[cfg(test)]
    pub(crate) fn lookups(&self) -> usize {
        self.lookups.get()
    }

    /// The numbers and the revisions that list them. Eight bytes an entry, for a file can have sixteen million.
    fn listed(&self) -> &[(u32, u32)] {
        self.listed.get_or_init(|| {
            let later = (1..).zip(self.revisions.iter().skip(1));
            let mut listed: Vec<(u32, u32)> = later
                .flat_map(|(index, revision)| revision.numbers().map(move |number| (number, index)))
                .collect();
            listed.sort_unstable();
            listed
        })
    }

    /// Encrypts a string or a stream's data of the new object `id`, as the file's other objects are; the same bytes in a file that is not encrypted.
    ///
    /// # Errors
    /// [`PdfError::EncryptedOtherwise`] if the file names an encryption that is not known here.
    pub fn encrypt(&self, id: ObjectId, bytes: &[u8], kind: Kind) -> Result<Vec<u8>, PdfError> {
        match &self.security {
            Some(security) => security.encrypt(id, bytes, kind),
            None => Ok(bytes.to_vec()),
        }
    }
}

impl core::fmt::Debug for Pdf<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pdf")
            .field("length", &self.length())
            .field("revisions", &self.revisions.len())
            .field("encrypted", &self.is_encrypted())
            .finish_non_exhaustive()
    }
}

/// The document as it was after a revision.
#[derive(Clone, Copy, Debug)]
pub struct View<'p, 's> {
    pdf: &'p Pdf<'s>,
    revision: usize,
}

impl<'p, 's> View<'p, 's> {
    /// Which revision this is, from 0.
    pub fn revision(&self) -> usize {
        self.revision
    }

    /// The file.
    pub fn pdf(&self) -> &'p Pdf<'s> {
        self.pdf
    }

    /// The trailer of the revision.
    pub fn trailer(&self) -> &'p Dictionary {
        &self.newest().trailer
    }

    /// One more than the largest object number.
    pub fn size(&self) -> u32 {
        self.newest().size()
    }

    /// What the cross-reference says about an object: the newest entry up to this revision.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if the entry cannot be read.
    pub fn entry(&self, number: u32) -> Result<Option<XrefEntry>, PdfError> {
        if self.revision < FEW_REVISIONS {
            return self.first_entry(self.upto().iter().rev(), number);
        }
        let listed = self.pdf.listed();
        let newest = u32::try_from(self.revision).unwrap_or(u32::MAX);
        let upto = listed.partition_point(|place| *place <= (number, newest));
        let listed = listed.get(..upto).unwrap_or_default().iter().rev();
        let listing = listed
            .take_while(|(listed, _)| *listed == number)
            .filter_map(|(_, revision)| self.pdf.revisions.get(usize::try_from(*revision).ok()?));
        self.first_entry(listing.chain(self.pdf.revisions.first()), number)
    }

    /// What the first of some revisions that says anything about an object says.
    fn first_entry(
        &self,
        revisions: impl Iterator<Item = &'p Revision<'s>>,
        number: u32,
    ) -> Result<Option<XrefEntry>, PdfError> {
        for revision in revisions {
            #[cfg(test)]
            self.pdf.lookups.set(self.pdf.lookups.get() + 1);
            if let Some(entry) = revision.entry(number)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The revisions that this view is made of, oldest first.
    fn upto(&self) -> &'p [Revision<'s>] {
        self.pdf.revisions.get(..=self.revision).unwrap_or_default()
    }

    fn newest(&self) -> &'p Revision<'s> {
        #[expect(
            clippy::indexing_slicing,
            reason = "a view is only made of a revision that exists"
        )]
        &self.pdf.revisions[self.revision]
    }

    /// Where the bytes of this view end.
    fn end(&self) -> u64 {
        self.newest().end
    }
}
