//! Sealing: an incremental update with one signature and its impressions.
//!
//! The original's bytes stay, bit for bit; what is made here is appended (ISO 32000-2 clause 7.5.6). Touched are the catalog, the
//! form, the pages that are sealed, and an existing field; keys are spliced into those objects, and every other byte of them
//! stays as it was. A signature is made in three steps, so that the key can be elsewhere:
//!
//! 1. [`prepare`] (or [`prepare_timestamp`]) lays everything out and leaves a gap: [`Prepared`].
//! 2. Somebody signs the [digest](Prepared::digest) and makes a CMS message of it.
//! 3. [`Prepared::finish`] puts the message into the gap.
//!
//! Left alone on purpose: the header's version and `/Extensions` (what is appended needs nothing that readers switch on by
//! them), `/Info`, metadata, and the actions of a document. `/Encrypt` stays, and what is added to an encrypted file is
//! encrypted as the rest is; its permission bits are the owner's wish to viewers, and are not judged here. The same request over the same
//! file gives the same bytes: the second half of `/ID` and the initial vectors of AES are made from the content.
//!
//! One signature may show at many places: each is a widget, and a kid of the one field. All of them draw one image.
//!
//! # What is refused
//! A file that is damaged, hybrid, XFA, or locked by a password that was not given; a certification that permits no signature, or
//! none that shows in a new field; a field that is signed, locked, read-only or has demands that cannot be met; places off the page. Every
//! [`SealError`] says what to do and has a stable [code](SealError::code).

mod appearance;
mod constraints;
mod cross_page;
mod edit;
mod error;
mod fields;
mod form;
mod geometry;
mod page_range;
mod picture;
mod place;
mod prepare;
mod prepared;
mod signature;
#[cfg(test)]
mod tests;
mod text;
mod update;
mod validation_data;
mod widgets;
mod write;

pub use cross_page::Side;
pub use error::SealError;
pub use fields::{MAX_NEW_FIELDS, NewField, add_fields};
pub use form::MAX_FIELDS;
pub use geometry::Frame;
pub(crate) use geometry::POINTS_PER_MILLIMETRE;
pub use page_range::{MAX_PAGE_RANGE_PARTS, PageRange};
pub use picture::{DEFAULT_MILLIMETRES, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, Picture};
pub use place::{Impression, MAX_IMPRESSIONS, Occurrence, Place};
pub use prepare::{FieldChoice, SealRequest, prepare, prepare_timestamp};
pub use prepared::{MAX_RESERVED, Prepared};
pub use signature::{FieldLock, Permissions};
pub use text::{MAX_TEXT_CHARACTERS, TextLine};
pub use validation_data::{Evidence, MAX_EVIDENCE, add_validation_data};
