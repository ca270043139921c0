//! Sections of the cross-reference (ISO 32000-2 clauses 7.5.4 and 7.5.8): tables, whose entries stay in the file and are found by
//! arithmetic, and streams, which are kept decoded.

use core::ops::Range;

use super::{filters, indirect};
use crate::{
    Damage, PdfError,
    syntax::{Cursor, Dictionary, Object, Parser, Reader, Span},
};

/// How many objects a file may have: ISO 32000-1 annex C.
pub const MAX_OBJECTS: u32 = 8_388_607;

/// How many runs of numbers all sections of a file may list: each is kept.
pub const MAX_SUBSECTIONS: usize = 1 << 20;

/// How many bytes all cross-reference streams of a file may decode to: they are kept. Two million objects fit.
pub const MAX_XREF_STREAM_BYTES: usize = 16 * 1024 * 1024;

/// How many bytes the trailers of all sections of a file may be written in: they are kept. Some hundred bytes each are common.
pub const MAX_TRAILER_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of an entry of a table.
const ENTRY: u64 = 20;

/// How many bytes the kind of an entry may have: poppler takes four.
const MAX_KIND_WIDTH: usize = 4;

/// How many bytes a generation or index may have: indexes are numbers of 32 bits.
const MAX_INDEX_WIDTH: usize = 4;

/// How many bytes a number in a trailer may be written in: as many digits as the largest of 64 bits has.
const MAX_DIGITS: u64 = 20;

/// The keys of trailers and cross-reference streams that mean something.
const KEYS: [&str; 13] = [
    "Size",
    "Prev",
    "Root",
    "Encrypt",
    "Info",
    "ID",
    "XRefStm",
    "Type",
    "W",
    "Index",
    "Length",
    "Filter",
    "DecodeParms",
];

/// How a revision's cross-reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum XrefKind {
    /// A table, readable by any viewer.
    Table,
    /// A stream, since PDF 1.5.
    Stream,
    /// A table, and a stream for what old viewers need not see (clause 7.5.8.4).
    Hybrid,
}

/// What a cross-reference says about an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum XrefEntry {
    /// There is no such object.
    Free {
        /// The next free number.
        next: u32,
        /// The generation a new object of this number would have.
        generation: u16,
    },
    /// The object stands in the file.
    Offset {
        /// Where its number begins.
        offset: u64,
        /// Its generation.
        generation: u16,
    },
    /// The object lies in an object stream; its generation is 0.
    Compressed {
        /// The number of the object stream.
        stream: u32,
        /// Which object of it, from 0.
        index: u32,
    },
}

/// What may still be kept of the sections of one file.
pub(super) struct Budget {
    subsections: usize,
    stream_bytes: usize,
    trailer_bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            subsections: MAX_SUBSECTIONS,
            stream_bytes: MAX_XREF_STREAM_BYTES,
            trailer_bytes: MAX_TRAILER_BYTES,
        }
    }
}

/// One cross-reference section.
pub(super) struct Section {
    /// Where it is said to begin; white space may come first.
    pub(super) offset: u64,
    /// Its first byte.
    start: u64,
    pub(super) trailer: Dictionary,
    /// Where the trailer dictionary begins.
    pub(super) trailer_offset: u64,
    /// `/Size`.
    pub(super) size: u32,
    /// `/Prev`.
    pub(super) previous: Option<u64>,
    /// Past the trailer, or past the stream's `endobj`.
    pub(super) end: u64,
    /// Runs of numbers, ascending, without overlap.
    runs: Vec<Run>,
    entries: Entries,
    /// The stream of a hybrid file.
    supplement: Option<Box<Self>>,
}

/// Consecutive object numbers.
struct Run {
    first: u32,
    count: u32,
    /// Where the entry of the first is: in the file, or in the decoded stream.
    position: u64,
}

impl Run {
    fn numbers(&self) -> Range<u32> {
        self.first..self.first.saturating_add(self.count)
    }
}

enum Entries {
    InFile,
    Decoded { bytes: Vec<u8>, widths: [usize; 3] },
}

impl Section {
    /// Reads the section at `offset`: of a table only the headings of the subsections.
    pub(super) fn read(
        reader: &Reader<'_>,
        offset: u64,
        budget: &mut Budget,
    ) -> Result<Self, PdfError> {
        let mut cursor = Cursor::in_file(reader, offset, reader.length());
        cursor.skip_plain_space()?;
        let start = cursor.position();
        if cursor.take_word(b"xref")? {
            return read_table(reader, cursor, [offset, start], budget);
        }
        if cursor.peek()?.is_some_and(|byte| byte.is_ascii_digit()) {
            return read_stream(reader, cursor, offset, budget);
        }
        Err(PdfError::damaged(offset, Damage::BadXref))
    }

    pub(super) fn kind(&self) -> XrefKind {
        match (&self.entries, &self.supplement) {
            (Entries::Decoded { .. }, _) => XrefKind::Stream,
            (Entries::InFile, None) => XrefKind::Table,
            (Entries::InFile, Some(_)) => XrefKind::Hybrid,
        }
    }

    /// What this section says about an object, if anything. In a hybrid file what the table hides, the stream tells.
    pub(super) fn entry(
        &self,
        reader: &Reader<'_>,
        number: u32,
    ) -> Result<Option<XrefEntry>, PdfError> {
        let own = self.own_entry(reader, number)?;
        if let (None | Some(XrefEntry::Free { .. }), Some(supplement)) = (own, &self.supplement)
            && let Some(entry) = supplement.own_entry(reader, number)?
        {
            return Ok(Some(entry));
        }
        Ok(own)
    }

    /// Every number that this section has an entry for, its stream's included; not sorted, doubled ones possible.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        let supplement = self.supplement.iter().flat_map(|section| &section.runs);
        let runs = self.runs.iter().chain(supplement);
        runs.flat_map(Run::numbers)
    }

    /// Its bytes and where the trailer dictionary begins, and the same of the stream of a hybrid file.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Span, u64)> {
        let all = [Some(self), self.supplement.as_deref()];
        all.into_iter().flatten().map(|section| {
            let (start, end) = (section.start, section.end);
            (Span { start, end }, section.trailer_offset)
        })
    }

    /// What readers see who know tables alone (or, of a section that is a stream, what it says).
    pub(super) fn plain_entry(
        &self,
        reader: &Reader<'_>,
        number: u32,
    ) -> Result<Option<XrefEntry>, PdfError> {
        self.own_entry(reader, number)
    }

    /// The entries of the stream of a hybrid file, ascending; empty for others.
    pub(super) fn supplement_entries(
        &self,
        reader: &Reader<'_>,
    ) -> Result<Vec<(u32, XrefEntry)>, PdfError> {
        match &self.supplement {
            Some(section) => section.own_entries(reader),
            None => Ok(Vec::new()),
        }
    }

    /// All its entries, ascending, unless it has a stream beside its table: then some may be in both.
    pub(super) fn only_entries(
        &self,
        reader: &Reader<'_>,
    ) -> Result<Option<Vec<(u32, XrefEntry)>>, PdfError> {
        match self.supplement {
            Some(_) => Ok(None),
            None => self.own_entries(reader).map(Some),
        }
    }

    fn own_entries(&self, reader: &Reader<'_>) -> Result<Vec<(u32, XrefEntry)>, PdfError> {
        let size = self.entry_size();
        let mut entries = Vec::new();
        for run in &self.runs {
            let mut position = run.position;
            for number in run.numbers() {
                entries.push((number, self.entry_at(reader, position)?));
                position += size;
            }
        }
        Ok(entries)
    }

    /// Where the stream of a hybrid file begins.
    pub(super) fn supplement_offset(&self) -> Option<u64> {
        self.supplement.as_ref().map(|section| section.offset)
    }

    /// The same, if that stream is not in the bytes up to `end`.
    pub(super) fn supplement_after(&self, end: u64) -> Option<u64> {
        let supplement = self.supplement.as_ref()?;
        (supplement.end > end).then_some(supplement.offset)
    }

    /// Whether there is an entry for this number, without reading it.
    pub(super) fn lists(&self, number: u32) -> bool {
        let supplement = self.supplement.as_ref();
        self.position(number).is_some()
            || supplement.is_some_and(|section| section.position(number).is_some())
    }

    fn position(&self, number: u32) -> Option<u64> {
        let after = self.runs.partition_point(|run| run.first <= number);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let index = number - run.first;
        (index < run.count).then(|| run.position + u64::from(index) * self.entry_size())
    }

    fn entry_size(&self) -> u64 {
        match &self.entries {
            Entries::InFile => ENTRY,
            Entries::Decoded { widths, .. } => widths.iter().sum::<usize>() as u64,
        }
    }

    fn own_entry(&self, reader: &Reader<'_>, number: u32) -> Result<Option<XrefEntry>, PdfError> {
        let position = self.position(number);
        position
            .map(|position| self.entry_at(reader, position))
            .transpose()
    }

    fn entry_at(&self, reader: &Reader<'_>, position: u64) -> Result<XrefEntry, PdfError> {
        match &self.entries {
            Entries::InFile => table_entry(reader, position),
            Entries::Decoded { bytes, widths } => {
                let entry = usize::try_from(position)
                    .ok()
                    .and_then(|at| bytes.get(at..));
                let entry = entry.and_then(|bytes| stream_entry(bytes, *widths));
                entry.ok_or_else(|| PdfError::damaged(self.offset, Damage::BadXref))
            }
        }
    }

    /// Checks what holds for the oldest table: it begins with object 0, which heads the list of free objects.
    pub(super) fn check_begins_at_zero(&self) -> Result<(), PdfError> {
        if matches!(self.entries, Entries::InFile) && !self.lists(0) {
            return Err(PdfError::damaged(self.offset, Damage::BadXref));
        }
        Ok(())
    }
}

fn read_table(
    reader: &Reader<'_>,
    cursor: Cursor<'_>,
    [offset, start]: [u64; 2],
    budget: &mut Budget,
) -> Result<Section, PdfError> {
    let bad = |offset| PdfError::damaged(offset, Damage::BadXref);
    let mut parser = Parser::new(cursor);
    let mut runs = Vec::new();
    loop {
        // Some viewers read lines here and some tokens: a comment, which only the latter know, would make the former search the file.
        parser.cursor.skip_plain_space()?;
        if parser.cursor.take_word(b"trailer")? {
            parser.cursor.skip_plain_space()?;
            if parser.cursor.peek()? != Some(b'<') {
                return Err(PdfError::damaged(
                    parser.cursor.position(),
                    Damage::BadTrailer,
                ));
            }
            break;
        }
        let heading = parser.cursor.position();
        let [first, count] = [(); 2].map(|()| {
            parser.cursor.skip_plain_space()?;
            let digit = parser
                .cursor
                .peek()?
                .is_some_and(|byte| byte.is_ascii_digit());
            if !digit {
                return Err(bad(heading));
            }
            parser
                .digits::<u32>()
                .map_err(|error| as_xref(error, heading))
        });
        let (first, count) = (first?, count?);
        parser.cursor.skip_plain_space()?;
        let position = parser.cursor.position();
        if first > MAX_OBJECTS || count > MAX_OBJECTS {
            return Err(bad(heading));
        }
        let length = u64::from(count) * ENTRY;
        if length > reader.length().saturating_sub(position) {
            return Err(PdfError::damaged(reader.length(), Damage::Truncated));
        }
        budget.take_subsection()?;
        if count > 0 {
            // If entries are not 20 bytes long, one of these two is not where it should be, or the next heading is not.
            let head = table_entry(reader, position)?;
            table_entry(reader, position + length - ENTRY)?;
            if first == 1
                && matches!(
                    head,
                    XrefEntry::Free {
                        generation: u16::MAX,
                        ..
                    }
                )
            {
                // The head of the free objects is object 0. Some viewers take this for a common fault and shift all objects by one.
                return Err(bad(heading));
            }
            runs.push(Run {
                first,
                count,
                position,
            });
        }
        parser.cursor.set_position(position + length);
    }
    let value = parser.value()?;
    let end = parser.cursor.position();
    budget.take_trailer(value.span)?;
    let trailer_offset = value.span.start;
    let Object::Dictionary(trailer) = value.object else {
        return Err(PdfError::damaged(trailer_offset, Damage::BadTrailer));
    };
    let place = Place {
        offset,
        start,
        trailer: trailer_offset,
        end,
    };
    let mut section = finish(&place, trailer, runs, Entries::InFile)?;
    if let Some(at) = offset_in(&section.trailer, "XRefStm")? {
        let mut cursor = Cursor::in_file(reader, at, reader.length());
        cursor.skip_space()?;
        if !cursor.peek()?.is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(bad(at));
        }
        let supplement = read_stream(reader, cursor, at, budget)?;
        if supplement.size > section.size {
            return Err(bad(at));
        }
        section.supplement = Some(Box::new(supplement));
    }
    Ok(section)
}

fn read_stream(
    reader: &Reader<'_>,
    cursor: Cursor<'_>,
    offset: u64,
    budget: &mut Budget,
) -> Result<Section, PdfError> {
    let bad = || PdfError::damaged(offset, Damage::BadXref);
    let head = indirect::read_head(cursor).map_err(|error| as_xref(error, offset))?;
    budget.take_trailer(head.value.span)?;
    let (Object::Dictionary(trailer), Some(data)) = (head.value.object, head.data) else {
        return Err(bad());
    };
    if !trailer.is("Type", "XRef") {
        return Err(bad());
    }
    // Everything in this dictionary is direct: there is no cross-reference yet to find anything else by.
    let length = trailer
        .get("Length")
        .and_then(|value| value.object.as_integer());
    let length = length
        .and_then(|length| u64::try_from(length).ok())
        .ok_or_else(bad)?;
    let (span, end) = indirect::read_data(reader, data, length, reader.length())?;
    if span.length() > budget.stream_bytes as u64 {
        return Err(PdfError::TooLarge {
            what: "cross-reference streams",
            limit: MAX_XREF_STREAM_BYTES as u64,
        });
    }
    let raw = reader.bytes(span)?;
    let raw_length = raw.len();
    let direct = |object: &Object| match object {
        Object::Reference(_) => Err(bad()),
        direct => Ok(direct.clone()),
    };
    let steps = filters::steps(&trailer, offset, &direct)?;
    let mut work = 0;
    let bytes = filters::decode(raw, &steps, span.start, budget.stream_bytes, &mut work)?;
    // What compresses badly counts as much as what it takes to read it, and what shrinks on the way as much as it was before.
    let work = usize::try_from(work).unwrap_or(usize::MAX);
    budget.stream_bytes = budget.stream_bytes.saturating_sub(work.max(raw_length));

    let size = size(&trailer, offset)?;
    let widths = widths(&trailer).ok_or_else(bad)?;
    let width = widths.iter().sum::<usize>() as u64;
    let mut position = 0;
    let mut runs = Vec::new();
    for (first, count) in index(&trailer, size).ok_or_else(bad)? {
        if count == 0 {
            continue;
        }
        budget.take_subsection()?;
        runs.push(Run {
            first,
            count,
            position,
        });
        position += u64::from(count) * width;
    }
    if position != bytes.len() as u64 {
        return Err(bad());
    }
    let entries = Entries::Decoded { bytes, widths };
    let place = Place {
        offset,
        start: head.start,
        trailer: head.value.span.start,
        end,
    };
    finish(&place, trailer, runs, entries)
}

/// Where a section is: as said, its first byte, its trailer dictionary, its end.
struct Place {
    offset: u64,
    start: u64,
    trailer: u64,
    end: u64,
}

/// What tables and streams have in common.
fn finish(
    place: &Place,
    trailer: Dictionary,
    mut runs: Vec<Run>,
    entries: Entries,
) -> Result<Section, PdfError> {
    if trailer.has_doubled_keys() {
        // Readers would disagree about what the document is.
        return Err(PdfError::damaged(place.trailer, Damage::BadTrailer));
    }
    for entry in &trailer.entries {
        // A key with escapes, or a number with hundreds of zeros before it, is known to some readers and not to others.
        let plain = entry.key_span.length() == entry.key.0.len() as u64 + 1
            || !KEYS.iter().any(|key| entry.key == **key);
        let integer = entry.value.object.as_integer().is_some();
        if !plain || integer && entry.value.span.length() > MAX_DIGITS {
            let start = entry.key_span.start;
            return Err(PdfError::damaged(start, Damage::BadTrailer));
        }
    }
    let size = size(&trailer, place.trailer)?;
    let previous = offset_in(&trailer, "Prev")?;
    runs.sort_unstable_by_key(|run| run.first);
    let mut free = 0;
    for run in &runs {
        let after = run.first.checked_add(run.count);
        // An object listed twice, or one beyond /Size, is read by some and not by others.
        let after = after.filter(|after| run.first >= free && *after <= size);
        free = after.ok_or(PdfError::damaged(place.offset, Damage::BadXref))?;
    }
    Ok(Section {
        offset: place.offset,
        start: place.start,
        trailer,
        trailer_offset: place.trailer,
        size,
        previous,
        end: place.end,
        runs,
        entries,
        supplement: None,
    })
}

fn size(trailer: &Dictionary, offset: u64) -> Result<u32, PdfError> {
    let size = trailer
        .get("Size")
        .and_then(|value| value.object.as_integer());
    let size = size
        .and_then(|size| u32::try_from(size).ok())
        .filter(|size| *size > 0);
    let size = size.ok_or(PdfError::damaged(offset, Damage::BadTrailer))?;
    if size > MAX_OBJECTS {
        return Err(PdfError::TooLarge {
            what: "number of objects",
            limit: MAX_OBJECTS.into(),
        });
    }
    Ok(size)
}

/// An offset in a trailer.
fn offset_in(trailer: &Dictionary, key: &str) -> Result<Option<u64>, PdfError> {
    let Some(value) = trailer.get(key) else {
        return Ok(None);
    };
    let place = value
        .object
        .as_integer()
        .and_then(|place| u64::try_from(place).ok());
    let damage = || PdfError::damaged(value.span.start, Damage::BadTrailer);
    place.map(Some).ok_or_else(damage)
}

/// `/W`: bytes of each of the three fields.
fn widths(trailer: &Dictionary) -> Option<[usize; 3]> {
    let fields = &trailer.get("W")?.object.as_array()?.0;
    let field = |at: usize| {
        let width = usize::try_from(fields.get(at)?.object.as_integer()?).ok()?;
        (width <= 8).then_some(width)
    };
    let widths = [field(0)?, field(1)?, field(2)?];
    // No more than these mean something, and readers that have no room for more search the file for objects.
    let fit = widths[0] <= MAX_KIND_WIDTH && widths[2] <= MAX_INDEX_WIDTH;
    (fields.len() == 3 && fit && widths[1] > 0).then_some(widths)
}

/// `/Index`: first numbers and counts.
fn index(trailer: &Dictionary, size: u32) -> Option<Vec<(u32, u32)>> {
    let Some(value) = trailer.get("Index") else {
        return Some(vec![(0, size)]);
    };
    let numbers = &value.object.as_array()?.0;
    let number = |value: &crate::syntax::Value| u32::try_from(value.object.as_integer()?).ok();
    let (pairs, rest) = numbers.as_chunks::<2>();
    let pairs = pairs
        .iter()
        .map(|[first, count]| Some((number(first)?, number(count)?)));
    rest.is_empty().then(|| pairs.collect())?
}

/// The entry of 20 bytes at `position`.
fn table_entry(reader: &Reader<'_>, position: u64) -> Result<XrefEntry, PdfError> {
    let end = position.saturating_add(ENTRY);
    let bytes = reader.bytes(Span {
        start: position,
        end,
    })?;
    let entry = <&[u8; 20]>::try_from(bytes.as_slice()).ok();
    let entry = entry.and_then(parse_table_entry);
    entry.ok_or(PdfError::damaged(position, Damage::BadXref))
}

fn parse_table_entry(entry: &[u8; 20]) -> Option<XrefEntry> {
    let (place, rest) = entry.split_first_chunk::<10>()?;
    let (space, rest) = rest.split_first_chunk::<1>()?;
    let (generation, rest) = rest.split_first_chunk::<5>()?;
    if space != b" "
        || !matches!(
            rest,
            [b' ', b'n' | b'f', b' ', b'\r' | b'\n'] | [b' ', b'n' | b'f', b'\r', b'\n']
        )
    {
        return None;
    }
    let place = decimal(place)?;
    let generation = u16::try_from(decimal(generation)?).ok()?;
    if rest.get(1) == Some(&b'n') {
        return Some(XrefEntry::Offset {
            offset: place,
            generation,
        });
    }
    // The number of the next free object decides nothing; some writers put 4294967295 or more here.
    let next = u32::try_from(place).unwrap_or(u32::MAX);
    Some(XrefEntry::Free { next, generation })
}

fn decimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// The entry that `bytes` begin with.
fn stream_entry(bytes: &[u8], widths: [usize; 3]) -> Option<XrefEntry> {
    let mut rest = bytes;
    let mut field = |width: usize| {
        let (field, later) = rest.split_at_checked(width)?;
        rest = later;
        Some(
            field
                .iter()
                .fold(0_u64, |value, byte| value << 8 | u64::from(*byte)),
        )
    };
    let [kind, second, third] = [field(widths[0])?, field(widths[1])?, field(widths[2])?];
    let kind = if widths[0] == 0 { 1 } else { kind };
    Some(match kind {
        0 => XrefEntry::Free {
            next: u32::try_from(second).unwrap_or(u32::MAX),
            generation: u16::try_from(third).unwrap_or(u16::MAX),
        },
        1 => XrefEntry::Offset {
            offset: second,
            generation: u16::try_from(third).ok()?,
        },
        2 => XrefEntry::Compressed {
            stream: u32::try_from(second).ok()?,
            index: u32::try_from(third).ok()?,
        },
        // Reserved: to readers of today a reference to null, to those of tomorrow something else.
        _ => return None,
    })
}

impl Budget {
    fn take_trailer(&mut self, span: Span) -> Result<(), PdfError> {
        let left = self.trailer_bytes.checked_sub(span.length());
        self.trailer_bytes = left.ok_or(PdfError::TooLarge {
            what: "trailers",
            limit: MAX_TRAILER_BYTES,
        })?;
        Ok(())
    }

    fn take_subsection(&mut self) -> Result<(), PdfError> {
        self.subsections = self.subsections.checked_sub(1).ok_or(PdfError::TooLarge {
            what: "number of subsections of the cross-reference",
            limit: MAX_SUBSECTIONS as u64,
        })?;
        Ok(())
    }
}

/// Unexpected bytes are a wrong cross-reference here.
fn as_xref(error: PdfError, offset: u64) -> PdfError {
    match error {
        PdfError::Damaged {
            damage: Damage::BadSyntax | Damage::BadObject,
            ..
        } => PdfError::damaged(offset, Damage::BadXref),
        other => other,
    }
}
