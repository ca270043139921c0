//! Files as others make them, and as nobody should.

mod account;
mod cost;
mod encryption;
mod hostile;
mod object_streams;
mod pages;
mod streams;
mod structure;
mod xref;

use super::*;
use crate::{
    Bytes, Damage,
    syntax::Object,
    testing::{self, Builder},
};

fn id(number: u32) -> ObjectId {
    ObjectId {
        number,
        generation: 0,
    }
}

/// Why a file cannot be opened.
fn open_error(bytes: &[u8]) -> PdfError {
    Pdf::open(&Bytes(bytes), None)
        .map(|_| ())
        .expect_err("it must not be readable")
}

/// Where a file that cannot be opened is damaged, and how.
fn damage(bytes: &[u8]) -> (u64, Damage) {
    place(open_error(bytes))
}

fn place(error: PdfError) -> (u64, Damage) {
    match error {
        PdfError::Damaged { offset, damage } => (offset, damage),
        other => panic!("{other}"),
    }
}

/// How an object of a readable file is damaged.
fn object_damage(bytes: &[u8], number: u32) -> (u64, Damage) {
    let source = Bytes(bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    place(
        pdf.latest()
            .object(id(number))
            .expect_err("a damaged object"),
    )
}

/// What a stream of a file decodes to.
fn decoded(bytes: &[u8], number: u32) -> Result<Vec<u8>, PdfError> {
    let source = Bytes(bytes);
    let pdf = Pdf::open(&source, None)?;
    let view = pdf.latest();
    view.stream(view.object(id(number))?.as_ref())
}

/// Where these bytes stand first, as an offset.
fn find(bytes: &[u8], text: &str) -> u64 {
    memchr::memmem::find(bytes, text.as_bytes()).expect(text) as u64
}

/// The bytes with a text replaced, wherever it is, by one as long.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "offsets must stay");
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes.clone(), from.as_bytes()).collect();
    assert!(!places.is_empty(), "{from} is not there");
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}
