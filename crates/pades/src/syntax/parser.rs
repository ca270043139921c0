//! Tokens and objects (ISO 32000-2 clauses 7.2 and 7.3).
//!
//! Strict where readers could disagree about what a file says: what cannot be read is an error with its place, never a guess. Lenient in
//! three harmless things that honest writers do: a `#` in a name that is not followed by two hexadecimal digits stands for itself,
//! a backslash before any other character in a string is dropped, and integers beyond 64 bits are real numbers.

use std::rc::Rc;

use super::{
    Array, Cursor, Dictionary, Entry, Name, Object, ObjectId, PdfString, Span, Value, number,
    reader::is_regular,
};
use crate::{Damage, PdfError};

/// How deep arrays and dictionaries may lie in each other: documents need about ten levels, the stack has room for these.
pub const MAX_NESTING: usize = 64;

/// How many bytes one object may be written in, its stream not counted: signatures and long lists of pages stay far below.
pub const MAX_OBJECT_BYTES: u64 = 16 * 1024 * 1024;

/// How many values one object may hold: a list of all pages of the largest documents is a fifth of it.
pub const MAX_OBJECT_VALUES: usize = 500_000;

/// How long a keyword or number may be: the longest honest ones are some forty digits.
const MAX_WORD: usize = 512;

/// Reads the one object that these bytes begin with.
///
/// # Errors
/// [`PdfError::Damaged`] where the bytes are not an object, [`PdfError::TooLarge`] past a limit of this module.
pub fn parse(bytes: &[u8]) -> Result<Value, PdfError> {
    Parser::new(Cursor::in_memory(Rc::new(bytes.to_vec()), 0)).value()
}

/// Reads objects from a cursor.
pub(crate) struct Parser<'r> {
    pub(crate) cursor: Cursor<'r>,
    /// Where the bytes end; the cursor ends earlier if an object would be too long.
    end: u64,
    values: usize,
    word: Vec<u8>,
}

impl<'r> Parser<'r> {
    pub(crate) fn new(cursor: Cursor<'r>) -> Self {
        Self {
            end: cursor.end(),
            cursor,
            values: 0,
            word: Vec::new(),
        }
    }

    /// The next object, white space and comments before it skipped.
    pub(crate) fn value(&mut self) -> Result<Value, PdfError> {
        let limit = self.cursor.position().saturating_add(MAX_OBJECT_BYTES);
        self.cursor.set_end(self.end.min(limit));
        self.values = 0;
        let value = self.nested(0)?;
        self.cursor.set_end(self.end);
        Ok(value)
    }

    /// Plain digits, white space and comments before them skipped.
    pub(crate) fn digits<T: core::str::FromStr>(&mut self) -> Result<T, PdfError> {
        self.cursor.skip_space_and_comments()?;
        let start = self.cursor.position();
        self.read_word()?;
        number::digits(&self.word).ok_or_else(|| self.unexpected(start))
    }

    /// This word, white space and comments before it skipped.
    pub(crate) fn expect(&mut self, word: &[u8]) -> Result<(), PdfError> {
        self.cursor.skip_space_and_comments()?;
        let start = self.cursor.position();
        if self.cursor.take_word(word)? {
            return Ok(());
        }
        Err(self.unexpected(start))
    }

    fn nested(&mut self, depth: usize) -> Result<Value, PdfError> {
        self.values += 1;
        if self.values > MAX_OBJECT_VALUES {
            return Err(PdfError::TooLarge {
                what: "values in an object",
                limit: MAX_OBJECT_VALUES as u64,
            });
        }
        self.cursor.skip_space_and_comments()?;
        let start = self.cursor.position();
        let Some(first) = self.cursor.peek()? else {
            return Err(self.cut());
        };
        let object = match first {
            b'/' => Object::Name(self.name()?),
            b'(' => Object::String(self.literal_string()?),
            b'[' => {
                self.cursor.advance();
                Object::Array(self.array(deeper(depth)?)?)
            }
            b'<' => {
                self.cursor.advance();
                if self.cursor.take(b"<")? {
                    Object::Dictionary(self.dictionary(deeper(depth)?)?)
                } else {
                    Object::String(self.hexadecimal_string()?)
                }
            }
            _ => self.word_object(start)?,
        };
        Ok(Value {
            object,
            span: Span {
                start,
                end: self.cursor.position(),
            },
        })
    }

    fn array(&mut self, depth: usize) -> Result<Array, PdfError> {
        let mut values = Vec::new();
        loop {
            self.cursor.skip_space_and_comments()?;
            if self.cursor.take(b"]")? {
                return Ok(Array(values));
            }
            values.push(self.nested(depth)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, PdfError> {
        let mut entries = Vec::new();
        loop {
            self.cursor.skip_space_and_comments()?;
            if self.cursor.take(b">>")? {
                return Ok(Dictionary { entries });
            }
            let start = self.cursor.position();
            match self.cursor.peek()? {
                Some(b'/') => {}
                Some(_) => return Err(self.unexpected(start)),
                None => return Err(self.cut()),
            }
            let key = self.name()?;
            let key_span = Span {
                start,
                end: self.cursor.position(),
            };
            let value = self.nested(depth)?;
            entries.push(Entry {
                key,
                key_span,
                value,
            });
        }
    }

    fn name(&mut self) -> Result<Name, PdfError> {
        self.cursor.advance();
        let mut bytes = Vec::new();
        while let Some(byte) = self.cursor.peek()?.filter(|byte| is_regular(*byte)) {
            self.cursor.advance();
            bytes.push(byte);
            let after = self.cursor.position();
            if byte != b'#' {
                continue;
            }
            let high = self.cursor.next()?.and_then(hexadecimal_digit);
            let low = self.cursor.next()?.and_then(hexadecimal_digit);
            if let (Some(high), Some(low)) = (high, low) {
                bytes.pop();
                bytes.push(high << 4 | low);
            } else {
                self.cursor.set_position(after);
            }
        }
        Ok(Name(bytes))
    }

    fn literal_string(&mut self) -> Result<PdfString, PdfError> {
        self.cursor.advance();
        let mut bytes = Vec::new();
        let mut open = 1_u32;
        loop {
            match self.some()? {
                b'(' => {
                    open = open.saturating_add(1);
                    bytes.push(b'(');
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(PdfString {
                            bytes,
                            hexadecimal: false,
                        });
                    }
                    bytes.push(b')');
                }
                b'\\' => self.escape(&mut bytes)?,
                // Every end of line within a string is one line feed.
                b'\r' => {
                    self.cursor.take(b"\n")?;
                    bytes.push(b'\n');
                }
                byte => bytes.push(byte),
            }
        }
    }

    /// What follows a backslash (table 3).
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), PdfError> {
        let byte = match self.some()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 0x08,
            b'f' => 0x0c,
            b'\n' => return Ok(()),
            b'\r' => {
                self.cursor.take(b"\n")?;
                return Ok(());
            }
            digit @ b'0'..=b'7' => {
                let mut code = digit - b'0';
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.cursor.peek()? else {
                        break;
                    };
                    self.cursor.advance();
                    // High-order overflow is ignored, says the clause.
                    code = code << 3 | (digit - b'0');
                }
                code
            }
            other => other,
        };
        bytes.push(byte);
        Ok(())
    }

    fn hexadecimal_string(&mut self) -> Result<PdfString, PdfError> {
        let mut bytes = Vec::new();
        let mut high = None;
        loop {
            let at = self.cursor.position();
            let byte = self.some()?;
            if byte == b'>' {
                bytes.extend(high.map(|high| high << 4));
                return Ok(PdfString {
                    bytes,
                    hexadecimal: true,
                });
            }
            if super::is_space(byte) {
                continue;
            }
            let digit = hexadecimal_digit(byte).ok_or_else(|| self.unexpected(at))?;
            match high.take() {
                Some(high) => bytes.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
    }

    /// A number, a reference, or one of the three words.
    fn word_object(&mut self, start: u64) -> Result<Object, PdfError> {
        self.read_word()?;
        match self.word.as_slice() {
            b"true" => return Ok(Object::Boolean(true)),
            b"false" => return Ok(Object::Boolean(false)),
            b"null" => return Ok(Object::Null),
            _ => {}
        }
        let number = number::parse(&self.word).ok_or_else(|| self.unexpected(start))?;
        if self.word.iter().all(u8::is_ascii_digit)
            && let Object::Integer(integer) = number
            && let Some(id) = self.rest_of_reference(integer)?
        {
            return Ok(Object::Reference(id));
        }
        Ok(number)
    }

    /// The `g R` of a reference, or nothing read.
    fn rest_of_reference(&mut self, number: i64) -> Result<Option<ObjectId>, PdfError> {
        let after_number = self.cursor.position();
        self.cursor.skip_space_and_comments()?;
        let start = self.cursor.position();
        if self
            .cursor
            .peek()?
            .is_some_and(|byte| byte.is_ascii_digit())
        {
            self.read_word()?;
            let plain = self.word.iter().all(u8::is_ascii_digit);
            let generation = number::digits(&self.word);
            self.cursor.skip_space_and_comments()?;
            if plain && self.cursor.take_word(b"R")? {
                let id = u32::try_from(number).ok().zip(generation);
                let (number, generation) = id.ok_or_else(|| self.unexpected(start))?;
                return Ok(Some(ObjectId { number, generation }));
            }
        }
        self.cursor.set_position(after_number);
        Ok(None)
    }

    fn read_word(&mut self) -> Result<(), PdfError> {
        self.word.clear();
        while let Some(byte) = self.cursor.peek()?.filter(|byte| is_regular(*byte)) {
            if self.word.len() == MAX_WORD {
                return Err(self.unexpected(self.cursor.position()));
            }
            self.word.push(byte);
            self.cursor.advance();
        }
        Ok(())
    }

    /// The next byte; there must be one.
    fn some(&mut self) -> Result<u8, PdfError> {
        self.cursor.next()?.ok_or_else(|| self.cut())
    }

    /// The bytes end, or the object is too long.
    fn cut(&self) -> PdfError {
        if self.cursor.end() < self.end {
            return PdfError::TooLarge {
                what: "bytes of an object",
                limit: MAX_OBJECT_BYTES,
            };
        }
        PdfError::damaged(self.end, Damage::Truncated)
    }

    /// Something else should stand at `offset`; if the bytes end there, that is what is wrong.
    pub(crate) fn unexpected(&self, offset: u64) -> PdfError {
        if self.cursor.position() >= self.cursor.end() {
            return self.cut();
        }
        PdfError::damaged(offset, Damage::BadSyntax)
    }
}

fn deeper(depth: usize) -> Result<usize, PdfError> {
    if depth == MAX_NESTING {
        return Err(PdfError::TooLarge {
            what: "nesting",
            limit: MAX_NESTING as u64,
        });
    }
    Ok(depth + 1)
}

fn hexadecimal_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
