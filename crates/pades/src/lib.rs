#![doc = include_str!("../README.md")]

mod error;
pub mod file;
pub mod seal;
mod source;
pub mod syntax;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod texts;
pub mod verify;

pub use error::{Damage, PdfError};
pub use source::{Appended, Bytes, Source, SourceError};
