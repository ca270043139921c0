//! Objects of a PDF as they stand in the file (ISO 32000-2 clause 7.3), each with the place it was read from.

mod number;
mod object;
mod parser;
mod reader;
#[cfg(test)]
mod tests;

pub use object::{Array, Dictionary, Entry, Name, Object, ObjectId, PdfString, Span, Value};
pub use parser::{MAX_NESTING, MAX_OBJECT_BYTES, MAX_OBJECT_VALUES, parse};

pub(crate) use parser::Parser;
pub(crate) use reader::{Cursor, Reader, is_plain_space, is_space};
