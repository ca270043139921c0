//! Bytes of a source, fetched a window at a time, so that what is not looked at costs nothing.

use std::{cell::RefCell, rc::Rc};

use crate::{Damage, PdfError, Source, SourceError, syntax::Span};

/// How much is fetched at once: enough for hundreds of small objects, little enough to touch thousands of places.
const WINDOW: u64 = 64 * 1024;

/// How many windows are kept: a cross-reference, its objects and their object streams are read in turn.
const WINDOWS: usize = 8;

/// How many bytes of white space and comments may stand between two tokens. More of it, passed over again and again, would be a way to
/// keep readers busy.
const MAX_SPACE: u64 = 64 * 1024;

/// A source and the windows of it that were read last.
pub(crate) struct Reader<'s> {
    source: &'s dyn Source,
    length: u64,
    /// Least recently used first, each with the offset of its first byte.
    windows: RefCell<Vec<(u64, Rc<Vec<u8>>)>>,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            length: source.length(),
            windows: RefCell::default(),
        }
    }

    pub(crate) fn source(&self) -> &'s dyn Source {
        self.source
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// A copy of these bytes. The caller has bounded their number.
    pub(crate) fn bytes(&self, span: Span) -> Result<Vec<u8>, PdfError> {
        if span.end > self.length || span.start > span.end {
            return Err(PdfError::damaged(self.length, Damage::Truncated));
        }
        let length = usize::try_from(span.length()).map_err(|_| too_far(span.start))?;
        let mut bytes = vec![0; length];
        if span.length() > WINDOW {
            self.source.read_at(span.start, &mut bytes)?;
            return Ok(bytes);
        }
        let (mut at, mut rest) = (span.start, bytes.as_mut_slice());
        while !rest.is_empty() {
            let (base, window) = self.window(at)?;
            let skip = usize::try_from(at - base).map_err(|_| too_far(at))?;
            let part = window.get(skip..).unwrap_or_default();
            let count = part.len().min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(part.get(..count).unwrap_or_default());
            at += count as u64;
            rest = later;
            if count == 0 {
                return Err(PdfError::damaged(at, Damage::Truncated));
            }
        }
        Ok(bytes)
    }

    /// The window that holds this byte, and where the window begins.
    fn window(&self, offset: u64) -> Result<(u64, Rc<Vec<u8>>), PdfError> {
        let base = offset - offset % WINDOW;
        let mut windows = self.windows.borrow_mut();
        if let Some(found) = windows.iter().position(|(start, _)| *start == base) {
            let window = windows.remove(found);
            windows.push(window.clone());
            return Ok(window);
        }
        let length = self.length.saturating_sub(base).min(WINDOW);
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| too_far(offset))?];
        self.source.read_at(base, &mut bytes)?;
        if windows.len() == WINDOWS {
            windows.remove(0);
        }
        let window = (base, Rc::new(bytes));
        windows.push(window.clone());
        Ok(window)
    }
}

fn too_far(offset: u64) -> SourceError {
    SourceError {
        offset,
        reason: "more bytes than this machine can address".to_owned(),
    }
}

/// A place in a source, or in bytes in memory, that moves on as bytes are taken.
#[derive(Clone)]
pub(crate) struct Cursor<'r> {
    /// `None` if the window is all there is.
    reader: Option<&'r Reader<'r>>,
    window: Rc<Vec<u8>>,
    /// Where the window begins.
    base: u64,
    position: u64,
    end: u64,
}

impl<'r> Cursor<'r> {
    /// From `position` on, never beyond `end`.
    pub(crate) fn in_file(reader: &'r Reader<'r>, position: u64, end: u64) -> Self {
        Self {
            reader: Some(reader),
            window: Rc::default(),
            base: 0,
            position,
            end: end.min(reader.length()),
        }
    }

    /// Over bytes in memory.
    pub(crate) fn in_memory(bytes: Rc<Vec<u8>>, position: u64) -> Self {
        Self {
            reader: None,
            end: bytes.len() as u64,
            window: bytes,
            base: 0,
            position,
        }
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn set_position(&mut self, position: u64) {
        self.position = position;
    }

    pub(crate) fn set_end(&mut self, end: u64) {
        self.end = end;
    }

    /// The next byte, left where it is; `None` at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, PdfError> {
        if self.position >= self.end {
            return Ok(None);
        }
        if let Some(byte) = self.cached() {
            return Ok(Some(byte));
        }
        if let Some(reader) = self.reader {
            (self.base, self.window) = reader.window(self.position)?;
        }
        Ok(self.cached())
    }

    fn cached(&self) -> Option<u8> {
        let index = self.position.checked_sub(self.base)?;
        self.window.get(usize::try_from(index).ok()?).copied()
    }

    /// Goes past the byte that was peeked at.
    pub(crate) fn advance(&mut self) {
        self.position = self.position.saturating_add(1);
    }

    /// Takes the next byte.
    pub(crate) fn next(&mut self) -> Result<Option<u8>, PdfError> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.advance();
        }
        Ok(byte)
    }

    /// Goes past white space; too much of it is an error.
    pub(crate) fn skip_space(&mut self) -> Result<(), PdfError> {
        self.skip(is_space)
    }

    /// Goes past white space and comments; too much of them is an error. To stop instead would be to read on inside of a comment.
    pub(crate) fn skip_space_and_comments(&mut self) -> Result<(), PdfError> {
        let mut comment = false;
        self.skip(|byte| {
            comment = match byte {
                b'\r' | b'\n' => false,
                b'%' => true,
                _ => comment,
            };
            comment || is_space(byte)
        })
    }

    /// Goes past spaces and ends of line, of which no reader thinks otherwise.
    pub(crate) fn skip_plain_space(&mut self) -> Result<(), PdfError> {
        self.skip(is_plain_space)
    }

    fn skip(&mut self, mut skipped: impl FnMut(u8) -> bool) -> Result<(), PdfError> {
        let limit = self.position.saturating_add(MAX_SPACE);
        while self.peek()?.is_some_and(&mut skipped) {
            if self.position >= limit {
                return Err(PdfError::TooLarge {
                    what: "white space and comments between two tokens",
                    limit: MAX_SPACE,
                });
            }
            self.advance();
        }
        Ok(())
    }

    /// Goes past `text` if it comes next.
    pub(crate) fn take(&mut self, text: &[u8]) -> Result<bool, PdfError> {
        let start = self.position;
        for wanted in text {
            if self.next()? != Some(*wanted) {
                self.position = start;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes past `word` if it comes next and ends there.
    pub(crate) fn take_word(&mut self, word: &[u8]) -> Result<bool, PdfError> {
        let start = self.position;
        if self.take(word)? && !self.peek()?.is_some_and(is_regular) {
            return Ok(true);
        }
        self.position = start;
        Ok(false)
    }

    /// Goes past one end of line, if there is one.
    pub(crate) fn take_end_of_line(&mut self) -> Result<bool, PdfError> {
        let carriage_return = self.take(b"\r")?;
        Ok(self.take(b"\n")? || carriage_return)
    }
}

/// White space of ISO 32000-2 table 1.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// White space that every reader takes for such wherever it stands: not NUL, form feeds and tabs.
pub(crate) fn is_plain_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\r' | b'\n')
}

/// Delimiters of ISO 32000-2 table 2.
pub(crate) fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Every other byte: what names, numbers and keywords are made of.
pub(crate) fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}
