//! Indirect objects as they stand in the file (ISO 32000-2 clauses 7.3.8 and 7.3.10).

use crate::{
    Damage, PdfError,
    syntax::{Cursor, Object, ObjectId, Parser, Reader, Span, Value},
};

/// An indirect object.
#[derive(Clone, Debug)]
pub struct Indirect {
    /// What it is called by.
    pub id: ObjectId,
    /// Its value: of a stream, the dictionary.
    pub object: Object,
    /// Where it was found.
    pub location: Location,
    /// A stream's data as they stand in the file.
    pub stream: Option<Span>,
}

/// Where an object was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// Nowhere, so it is `null`.
    Absent,
    /// In the file, from its number to past `endobj`.
    File(Span),
    /// In an object stream.
    ObjectStream {
        /// The number of the object stream.
        stream: u32,
        /// Which object of it, from 0.
        index: u32,
    },
}

impl Indirect {
    /// Where to say that something about it is wrong.
    pub fn offset(&self) -> u64 {
        match self.location {
            Location::File(span) => span.start,
            Location::Absent | Location::ObjectStream { .. } => 0,
        }
    }
}

/// An indirect object up to `endobj`, or up to its stream's data.
pub(super) struct Head {
    pub(super) id: ObjectId,
    /// Where its number begins.
    pub(super) start: u64,
    pub(super) value: Value,
    /// Where the stream's data begin; then `endobj` has not been read.
    pub(super) data: Option<u64>,
    /// Past `endobj`, or where the data begin.
    pub(super) end: u64,
}

/// Reads the object that begins here.
pub(super) fn read_head(cursor: Cursor<'_>) -> Result<Head, PdfError> {
    let mut parser = Parser::new(cursor);
    parser.cursor.skip_space()?;
    let start = parser.cursor.position();
    let bad = |error| match error {
        PdfError::Damaged {
            damage: Damage::BadSyntax,
            ..
        } => PdfError::damaged(start, Damage::BadObject),
        other => other,
    };
    let number = parser.digits().map_err(bad)?;
    let generation = parser.digits().map_err(bad)?;
    parser.expect(b"obj").map_err(bad)?;
    let value = parser.value()?;
    parser.cursor.skip_space_and_comments()?;
    let mut data = None;
    if matches!(value.object, Object::Dictionary(_)) && parser.cursor.take_word(b"stream")? {
        let at = parser.cursor.position();
        // A lone carriage return could be the first byte of the data, so clause 7.3.8.1 forbids it.
        if !parser.cursor.take(b"\r\n")? && !parser.cursor.take(b"\n")? {
            return Err(PdfError::damaged(at, Damage::BadStream));
        }
        data = Some(parser.cursor.position());
    } else {
        parser.expect(b"endobj")?;
    }
    Ok(Head {
        id: ObjectId { number, generation },
        start,
        value,
        data,
        end: parser.cursor.position(),
    })
}

/// The span of `length` bytes of data from `start` on, and where the object ends: after them come `endstream` and `endobj`.
pub(super) fn read_data(
    reader: &Reader<'_>,
    start: u64,
    length: u64,
    limit: u64,
) -> Result<(Span, u64), PdfError> {
    let end = start.checked_add(length).filter(|end| *end <= limit);
    let end = end.ok_or(PdfError::damaged(start, Damage::BadStream))?;
    let mut parser = Parser::new(Cursor::in_file(reader, end, limit));
    parser.cursor.skip_space()?;
    if !parser.cursor.take_word(b"endstream")? {
        return Err(PdfError::damaged(start, Damage::BadStream));
    }
    parser.expect(b"endobj")?;
    Ok((Span { start, end }, parser.cursor.position()))
}
