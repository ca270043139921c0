//! The writings of a file, found from the last `startxref` through `/Prev` (ISO 32000-2 clauses 7.5.5 and 7.5.6).

use std::{collections::HashSet, rc::Rc};

use super::{
    indirect,
    xref::{Budget, Section, XrefEntry, XrefKind},
};
use crate::{
    Damage, PdfError,
    syntax::{Cursor, Dictionary, Parser, Reader, Span},
};

/// How often a file may have been written: contracts with many parties reach some dozens.
pub const MAX_REVISIONS: usize = 1_000;

/// Where the last `startxref` must begin, counted from the end: as far back as common viewers look.
const TAIL: u64 = 1024;

/// Where `%PDF-` must begin: as far as common viewers look.
const HEAD: u64 = 1024;

/// How many digits an offset may have: as many as the largest number of 64 bits.
const MAX_DIGITS: u64 = 20;

/// One writing of a file: the whole of it, or an incremental update.
pub struct Revision<'s> {
    /// 0 for the oldest.
    pub index: usize,
    /// First byte: where the revision before ends, unless there is a [gap](super::Pdf::gaps).
    pub start: u64,
    /// One past the last byte: after `%%EOF` and the end of line behind it, if there is one.
    pub end: u64,
    /// Right after `%%EOF`.
    pub marker_end: u64,
    /// Where `startxref` stands.
    startxref: u64,
    /// What `startxref` says.
    pub xref_offset: u64,
    /// How the cross-reference is written.
    pub kind: XrefKind,
    /// The trailer, or the dictionary of the cross-reference stream.
    pub trailer: Dictionary,
    /// Where the trailer begins.
    pub trailer_offset: u64,
    /// Whether this is a linearized file's first writing, whose cross-reference is in two parts.
    pub linearized: bool,
    /// That of a linearized file's first page comes first.
    sections: Vec<Section>,
    reader: Rc<Reader<'s>>,
}

impl Revision<'_> {
    /// This revision's own entries, ascending by object number. Reads all of them.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if one of them cannot be read.
    pub fn entries(&self) -> Result<Vec<(u32, XrefEntry)>, PdfError> {
        if let [section] = self.sections.as_slice()
            && let Some(entries) = section.only_entries(&self.reader)?
        {
            return Ok(entries);
        }
        let mut numbers: Vec<u32> = self.numbers().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut entries = Vec::with_capacity(numbers.len());
        for number in numbers {
            entries.extend(self.entry(number)?.map(|entry| (number, entry)));
        }
        Ok(entries)
    }

    /// The numbers of this revision's own entries, in no order, some of them perhaps twice.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.sections.iter().flat_map(Section::numbers)
    }

    /// What this revision itself says about an object, if anything.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if the entry cannot be read.
    pub fn entry(&self, number: u32) -> Result<Option<XrefEntry>, PdfError> {
        for section in &self.sections {
            if let Some(entry) = section.entry(&self.reader, number)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// What this revision says about an object to readers who know tables alone (or, if it is no table, what it says).
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if the entry cannot be read.
    pub fn plain_entry(&self, number: u32) -> Result<Option<XrefEntry>, PdfError> {
        for section in &self.sections {
            if let Some(entry) = section.plain_entry(&self.reader, number)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// What the stream of a hybrid revision says (clause 7.5.8.4); empty for others.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if an entry cannot be read.
    pub fn supplement_entries(&self) -> Result<Vec<(u32, XrefEntry)>, PdfError> {
        let mut entries = Vec::new();
        for section in &self.sections {
            entries.extend(section.supplement_entries(&self.reader)?);
        }
        Ok(entries)
    }

    /// One more than the largest object number.
    pub fn size(&self) -> u32 {
        self.sections
            .iter()
            .map(|section| section.size)
            .max()
            .unwrap_or_default()
    }

    /// The bytes of each cross-reference section, and where its trailer dictionary begins.
    pub(super) fn section_spans(&self) -> impl Iterator<Item = (Span, u64)> {
        self.sections.iter().flat_map(Section::spans)
    }

    /// `startxref`, its number and `%%EOF`.
    pub(super) fn tail(&self) -> Span {
        Span {
            start: self.startxref,
            end: self.end,
        }
    }

    /// The bytes of the revision.
    pub fn span(&self) -> Span {
        Span {
            start: self.start,
            end: self.end,
        }
    }
}

impl core::fmt::Debug for Revision<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Revision")
            .field("index", &self.index)
            .field("span", &self.span())
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// All revisions, oldest first, and the bytes that belong to none.
pub(super) fn read<'s>(
    reader: &Rc<Reader<'s>>,
) -> Result<(Vec<Revision<'s>>, Vec<Span>), PdfError> {
    let header = header(reader)?;
    let mut sections = chain(reader)?;
    let mut revisions: Vec<Revision<'s>> = Vec::new();
    let mut gaps = Vec::new();
    let mut gap = |start, end| {
        if start < end {
            gaps.push(Span { start, end });
        }
    };
    gap(0, header);
    // From the oldest on. In a linearized file that is the main part, which the first page's part leads to.
    while let Some(oldest) = sections.pop() {
        let first_page = if revisions.is_empty() {
            oldest.check_begins_at_zero()?;
            sections.pop_if(|next| next.offset < oldest.offset)
        } else {
            None
        };
        let linearized = first_page.is_some();
        if linearized {
            check_linearized(reader, header)?;
        }
        let tail = tail(reader, oldest.end)?;
        let mut sections: Vec<Section> = first_page.into_iter().chain([oldest]).collect();
        let mut sections_behind = sections
            .iter()
            .filter_map(|section| section.supplement_after(tail.end));
        if let Some(hidden) = sections_behind.next() {
            return Err(PdfError::damaged(hidden, Damage::BadXref));
        }
        let Some(newest) = sections.first_mut() else {
            continue;
        };
        if tail.startxref != newest.offset {
            return Err(PdfError::damaged(tail.offset, Damage::NoStartxref));
        }
        let mut revision = Revision {
            index: revisions.len(),
            start: header,
            end: tail.end,
            marker_end: tail.marker_end,
            startxref: tail.offset,
            xref_offset: tail.startxref,
            kind: newest.kind(),
            trailer: core::mem::take(&mut newest.trailer),
            trailer_offset: newest.trailer_offset,
            linearized,
            sections,
            reader: reader.clone(),
        };
        if let Some(before) = revisions.last() {
            if revision.xref_offset < before.end {
                return Err(PdfError::damaged(revision.xref_offset, Damage::BadXref));
            }
            if revision.size() < before.size() {
                return Err(PdfError::damaged(
                    revision.trailer_offset,
                    Damage::BadTrailer,
                ));
            }
            revision.start = start_of(&revision, before.end)?;
            gap(before.end, revision.start);
        }
        revisions.push(revision);
    }
    let end = revisions.last().map_or(header, |revision| revision.end);
    gap(end, reader.length());
    Ok((revisions, gaps))
}

/// Where `%PDF-` is.
fn header(reader: &Reader<'_>) -> Result<u64, PdfError> {
    let end = reader.length().min(HEAD);
    let bytes = reader.bytes(Span { start: 0, end })?;
    let found = memchr::memmem::find(&bytes, b"%PDF-");
    found.map(|at| at as u64).ok_or(PdfError::NotPdf)
}

/// The cross-reference sections, newest first.
fn chain(reader: &Reader<'_>) -> Result<Vec<Section>, PdfError> {
    let mut budget = Budget::default();
    let mut seen = HashSet::new();
    let mut sections: Vec<Section> = Vec::new();
    let mut next = Some(last_startxref(reader)?);
    while let Some(offset) = next {
        // A linearized file has one section more than revisions.
        if sections.len() > MAX_REVISIONS {
            return Err(too_many());
        }
        if !seen.insert(offset) {
            return Err(PdfError::damaged(offset, Damage::Loop));
        }
        let section = Section::read(reader, offset, &mut budget)?;
        next = section.previous;
        sections.push(section);
    }
    let ascending = sections
        .windows(2)
        .filter(|pair| matches!(pair, [newer, older] if newer.offset < older.offset));
    if sections.len() - ascending.count() > MAX_REVISIONS {
        return Err(too_many());
    }
    Ok(sections)
}

fn too_many() -> PdfError {
    PdfError::TooLarge {
        what: "number of revisions",
        limit: MAX_REVISIONS as u64,
    }
}

/// What the last `startxref` of the file says.
fn last_startxref(reader: &Reader<'_>) -> Result<u64, PdfError> {
    let end = reader.length();
    let start = end.saturating_sub(TAIL);
    let bytes = reader.bytes(Span { start, end })?;
    let missing = PdfError::damaged(end, Damage::NoStartxref);
    let found = memchr::memmem::rfind(&bytes, b"startxref").ok_or(missing)?;
    let at = start + found as u64;
    let (offset, _) = read_startxref(Cursor::in_file(reader, at, end))?;
    if offset >= at {
        return Err(PdfError::damaged(at, Damage::NoStartxref));
    }
    Ok(offset)
}

/// Reads `startxref`, its number and `%%EOF`, which end where the second value says. Between them there are spaces and ends of line, and
/// nothing that only some readers skip: the others would take the number for 0, and search the file for objects.
fn read_startxref(mut cursor: Cursor<'_>) -> Result<(u64, u64), PdfError> {
    let at = cursor.position();
    let missing = PdfError::damaged(at, Damage::NoStartxref);
    if !cursor.take(b"startxref")? {
        return Err(missing);
    }
    let after = cursor.position();
    cursor.skip_plain_space()?;
    let digits = cursor.position();
    if after == digits {
        return Err(missing);
    }
    while cursor.peek()?.is_some_and(|byte| byte.is_ascii_digit())
        && cursor.position() - digits < MAX_DIGITS
    {
        cursor.advance();
    }
    let behind = cursor.position();
    let mut number = Parser::new(cursor.clone());
    number.cursor.set_position(digits);
    let offset = number.digits();
    cursor.skip_plain_space()?;
    match offset {
        Ok(offset) if behind < cursor.position() && cursor.take(b"%%EOF")? => {
            Ok((offset, cursor.position()))
        }
        Err(PdfError::Source(error)) => Err(error.into()),
        _ => Err(missing),
    }
}

/// What follows the last section of a revision.
struct Tail {
    /// Where `startxref` stands.
    offset: u64,
    startxref: u64,
    marker_end: u64,
    end: u64,
}

fn tail(reader: &Reader<'_>, after: u64) -> Result<Tail, PdfError> {
    let mut cursor = Cursor::in_file(reader, after, reader.length());
    cursor.skip_space_and_comments()?;
    let offset = cursor.position();
    let (startxref, marker_end) = read_startxref(cursor.clone())?;
    cursor.set_position(marker_end);
    cursor.take_end_of_line()?;
    Ok(Tail {
        offset,
        startxref,
        marker_end,
        end: cursor.position(),
    })
}

/// The first object of a linearized file says so (annex F.3.3).
fn check_linearized(reader: &Reader<'_>, header: u64) -> Result<(), PdfError> {
    let mut cursor = Cursor::in_file(reader, header, reader.length());
    cursor.skip_space_and_comments()?;
    let at = cursor.position();
    let head = indirect::read_head(cursor)?;
    let dictionary = head.value.object.as_dictionary();
    if dictionary.is_some_and(|dictionary| dictionary.get("Linearized").is_some()) {
        return Ok(());
    }
    // Only linearization lets /Prev lead forward.
    Err(PdfError::damaged(at, Damage::BadXref))
}

/// Where an update begins, if its first bytes are its own; if not, where the first of its own bytes is.
fn start_of(revision: &Revision<'_>, after: u64) -> Result<u64, PdfError> {
    let reader = &revision.reader;
    let mut parser = Parser::new(Cursor::in_file(reader, after, revision.end));
    parser.cursor.skip_space_and_comments()?;
    let first = parser.cursor.position();
    if (after..=first).contains(&revision.xref_offset) {
        return Ok(after);
    }
    if let Ok(number) = parser.digits()
        && let Some(XrefEntry::Offset { offset, .. }) = revision.entry(number)?
        && (after..=first).contains(&offset)
    {
        return Ok(after);
    }
    let offsets = revision
        .entries()?
        .into_iter()
        .filter_map(|(_, entry)| match entry {
            XrefEntry::Offset { offset, .. } => Some(offset).filter(|offset| *offset >= after),
            _ => None,
        });
    let hidden = revision
        .sections
        .iter()
        .filter_map(Section::supplement_offset);
    let hidden = hidden.filter(|offset| *offset >= after);
    let own = offsets.chain(hidden).chain([revision.xref_offset]).min();
    Ok(own.filter(|own| *own > first).unwrap_or(after))
}
