//! Whether an update consists of what its cross-reference lists, and of nothing else.
//!
//! ISO 32000-2 lets anything stand between objects. But a viewer that takes offence at the cross-reference, or at one object of a
//! prepared document, searches the whole file for objects, and takes the last of each number. So an update must not hold anything that
//! looks like an object unless its cross-reference says the same.

use super::{Location, Revision, View, XrefEntry};
use crate::{
    PdfError,
    syntax::{Cursor, Object, ObjectId, Span, is_plain_space, is_space},
};

/// How many bytes are searched at once.
const CHUNK: u64 = 1024 * 1024;

/// How far to look around a word for what makes an object or trailer of it.
const AROUND: u64 = 1024;

/// How long the number, the generation and `obj` may be apart.
const MAX_HEAD: u64 = 64;

/// Something of an update that its cross-reference vouches for.
struct Piece {
    span: Span,
    /// Where the dictionary of a trailer begins.
    trailer: Option<u64>,
}

impl View<'_, '_> {
    /// The first bytes of this revision that are neither an object that its cross-reference lists, nor the cross-reference and what
    /// follows it, nor space or a comment between these; or that look like an object and are inside of one. `None` if all is accounted for.
    ///
    /// # Errors
    /// As [`object`](Self::object): a listed object cannot be read.
    pub fn unlisted_bytes(&self) -> Result<Option<Span>, PdfError> {
        let revision = self.newest();
        let mut pieces = Vec::new();
        for (number, entry) in revision.entries()? {
            let XrefEntry::Offset { offset, generation } = entry else {
                continue;
            };
            if offset < revision.start {
                // Older bytes: what they mean now is a change of that object.
                continue;
            }
            let object = self.object(ObjectId { number, generation })?;
            let Location::File(span) = object.location else {
                continue;
            };
            if let Object::Dictionary(dictionary) = &object.object
                && object.stream.is_some()
                && let Some(Object::Name(name)) = self.find(dictionary, "Type")?
                && name == *"ObjStm"
                && !self.lists_all_of(revision, number)?
            {
                return Ok(Some(span));
            }
            pieces.push(Piece {
                span,
                trailer: None,
            });
        }
        for (span, trailer) in revision.section_spans() {
            // A cross-reference stream may list itself.
            pieces.push(Piece {
                span,
                trailer: Some(trailer),
            });
        }
        pieces.push(Piece {
            span: revision.tail(),
            trailer: None,
        });
        pieces.sort_by_key(|piece| (piece.span.start, piece.span.end));
        pieces.dedup_by(|again, first| again.span == first.span);
        match self.hole(&pieces, revision.span())? {
            None => self.look_alike(&pieces, revision.span()),
            hole => Ok(hole),
        }
    }

    /// Whether the cross-reference lists every object of this object stream as lying there.
    fn lists_all_of(&self, revision: &Revision<'_>, container: u32) -> Result<bool, PdfError> {
        let stream = self.object_stream(container)?;
        for (number, index) in stream.numbers().zip(0..) {
            let wanted = XrefEntry::Compressed {
                stream: container,
                index,
            };
            if revision.entry(number)? != Some(wanted) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What lies between the pieces and is not space or comments, or where two of them overlap.
    fn hole(&self, pieces: &[Piece], all: Span) -> Result<Option<Span>, PdfError> {
        let mut at = all.start;
        let behind = Span {
            start: all.end,
            end: all.end,
        };
        for next in pieces.iter().map(|piece| piece.span).chain([behind]) {
            if next.start < at {
                return Ok(Some(next));
            }
            let mut cursor = Cursor::in_file(&self.pdf.reader, at, next.start);
            let mut comment = false;
            while let Some(byte) = cursor.peek()? {
                comment = match byte {
                    b'\r' | b'\n' => false,
                    b'%' => true,
                    _ => comment,
                };
                if !comment && !is_plain_space(byte) {
                    let start = cursor.position();
                    return Ok(Some(Span {
                        start,
                        end: next.start,
                    }));
                }
                cursor.advance();
            }
            if comment && next.start < all.end {
                // The comment goes on where we say that something begins.
                return Ok(Some(next));
            }
            at = next.end;
        }
        Ok(None)
    }

    /// Where something looks like the beginning of an object or a trailer, and is none.
    fn look_alike(&self, pieces: &[Piece], all: Span) -> Result<Option<Span>, PdfError> {
        let mut at = all.start;
        while at < all.end {
            let end = at.saturating_add(CHUNK).min(all.end);
            let base = at.saturating_sub(AROUND).max(all.start);
            let bytes = self.pdf.reader.bytes(Span {
                start: base,
                end: end.saturating_add(AROUND).min(all.end),
            })?;
            let objects = words(&bytes, b"obj", base)
                .filter(|(_, before, _)| names_object(before, base > all.start));
            let trailers =
                words(&bytes, b"trailer", base).filter(|(_, _, behind)| begins_trailer(behind));
            for (place, ..) in objects {
                if (at..end).contains(&place) && !self.begins_piece(pieces, place)? {
                    return Ok(Some(span(place, b"obj")));
                }
            }
            for (place, _, behind) in trailers {
                let space = behind.iter().take_while(|byte| is_space(**byte)).count();
                let dictionary = place + b"trailer".len() as u64 + space as u64;
                let known = pieces.iter().any(|piece| piece.trailer == Some(dictionary));
                if (at..end).contains(&place) && !known {
                    return Ok(Some(span(place, b"trailer")));
                }
            }
            at = end;
        }
        Ok(None)
    }

    /// Whether `obj` here belongs to the number and generation that a piece begins with.
    fn begins_piece(&self, pieces: &[Piece], place: u64) -> Result<bool, PdfError> {
        let after = pieces.partition_point(|piece| piece.span.start <= place);
        let Some(piece) = after.checked_sub(1).and_then(|last| pieces.get(last)) else {
            return Ok(false);
        };
        let head = Span {
            start: piece.span.start,
            end: place,
        };
        if head.length() > MAX_HEAD {
            return Ok(false);
        }
        let head = self.pdf.reader.bytes(head)?;
        Ok(head
            .iter()
            .all(|byte| byte.is_ascii_digit() || is_space(*byte)))
    }
}

/// Where a word stands, and the bytes before and behind it.
fn words<'b>(
    bytes: &'b [u8],
    word: &'b [u8],
    base: u64,
) -> impl Iterator<Item = (u64, &'b [u8], &'b [u8])> {
    memchr::memmem::find_iter(bytes, word).filter_map(move |at| {
        let (before, rest) = bytes.split_at_checked(at)?;
        Some((base + at as u64, before, rest.get(word.len()..)?))
    })
}

fn span(start: u64, word: &[u8]) -> Span {
    Span {
        start,
        end: start + word.len() as u64,
    }
}

/// Whether `obj` behind these bytes may be read as the beginning of an object: a number and a generation come before it. `cut`: there are
/// bytes before these.
fn names_object(before: &[u8], cut: bool) -> bool {
    let mut rest = before;
    for _ in 0..2 {
        let Some(stripped) = without_space(rest, cut) else {
            return true;
        };
        let digits = stripped
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        let apart = stripped.len() < rest.len() || rest.len() == before.len();
        if digits == 0 || !apart {
            return false;
        }
        rest = stripped.get(..stripped.len() - digits).unwrap_or_default();
    }
    true
}

/// The bytes without the space and comments that they end with; `None` if these may begin before them.
fn without_space(mut bytes: &[u8], cut: bool) -> Option<&[u8]> {
    loop {
        let length = bytes.iter().rposition(|byte| !is_space(*byte));
        let stripped = bytes.get(..length.map_or(0, |last| last + 1))?;
        if stripped.is_empty() && cut {
            return None;
        }
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let ended = bytes.get(stripped.len()..)?.iter().any(is_end);
        let line = stripped.iter().rposition(is_end).map(|end| end + 1);
        if ended && line.is_none() && cut {
            return None;
        }
        let line = line.unwrap_or_default();
        let percent = stripped.get(line..)?.iter().position(|byte| *byte == b'%');
        match percent.filter(|_| ended) {
            Some(percent) => bytes = bytes.get(..line + percent)?,
            None => return Some(stripped),
        }
    }
}

/// Whether `trailer` before these bytes may be read as one: there is a dictionary, or a comment that may stand before one.
fn begins_trailer(behind: &[u8]) -> bool {
    let mut rest = behind.iter().skip_while(|byte| is_space(**byte));
    match rest.next() {
        Some(b'%') | None => true,
        Some(b'<') => rest.next() == Some(&b'<'),
        Some(_) => false,
    }
}
