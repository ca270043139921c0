//! Cost follows what is touched, not what the file weighs.

use std::cell::Cell;

use super::*;
use crate::{Source, SourceError};

/// Counts what is read.
struct Counting<'a> {
    bytes: Bytes<'a>,
    read: Cell<u64>,
}

impl<'a> Counting<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Bytes(bytes),
            read: Cell::new(0),
        }
    }
}

impl Source for Counting<'_> {
    fn length(&self) -> u64 {
        self.bytes.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.set(self.read.get() + buffer.len() as u64);
        self.bytes.read_at(offset, buffer)
    }
}

/// How many bytes are read to open a file, and to find its first page.
fn cost(bytes: &[u8]) -> u64 {
    let source = Counting::new(bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let page = pdf.latest().page(0).expect("a page");
    assert_eq!(pdf.latest().page_number(page.id), Ok(Some(0)));
    source.read.get()
}

#[test]
fn three_hundred_thousand_objects_in_a_table() {
    let mut builder = testing::pages(1);
    for number in 6..300_000 {
        builder.object(number, "<</Type/Filler/Text(of no importance at all)>>");
    }
    builder.table("/Root 1 0 R");
    builder.object(300_000, "1").table("/Root 1 0 R");
    let bytes = builder.bytes();
    assert!(bytes.len() > 25_000_000);
    let cost = cost(&bytes);
    assert!(cost < 10 * 65_536, "{cost} bytes");
}

#[test]
fn three_hundred_thousand_objects_in_object_streams() {
    let mut builder = Builder::new();
    builder.object_stream(
        4,
        &[
            (1, "<</Type/Catalog/Pages 2 0 R>>"),
            (2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"),
            (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 200]>>"),
        ],
    );
    for stream in 0..3_000 {
        let first = 5 + stream * 101;
        let objects: Vec<(u32, &str)> = (1..=100)
            .map(|object| (first + object, "<</Type/Filler>>"))
            .collect();
        builder.object_stream(first, &objects);
    }
    builder.xref_stream(400_000, "/Root 1 0 R");
    let bytes = builder.bytes();
    // The cross-reference stream is read as a whole, the object streams are not.
    let cost = cost(&bytes);
    assert!(cost < 1_200_000, "{cost} of {} bytes", bytes.len());
    // One object after the other decodes each stream once, and keeps few.
    let source = Counting::new(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    for (number, entry) in pdf.revisions()[0].entries().expect("readable") {
        if matches!(entry, XrefEntry::Compressed { .. }) {
            view.object(id(number)).expect("readable");
        }
    }
    assert!(source.read.get() < 2 * bytes.len() as u64 + 1_200_000);
}

#[test]
fn pages_of_a_flat_tree_do_not_read_it_again_and_again() {
    let bytes = testing::pages(20_000).table("/Root 1 0 R").bytes();
    let source = Counting::new(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    for index in 0..view.pages().expect("pages") {
        let page = view.page(index).expect("a page");
        let content = page
            .dictionary
            .get("Contents")
            .map(|value| value.object.clone());
        view.resolve(&content.expect("content")).expect("readable");
    }
    assert!(
        source.read.get() < 2 * bytes.len() as u64,
        "{} of {}",
        source.read.get(),
        bytes.len()
    );
}

/// A file of 100 MB, most of it a picture, of which nothing is in memory but what is read.
struct Large {
    head: Vec<u8>,
    gap: u64,
    tail: Vec<u8>,
    read: Cell<u64>,
}

impl Source for Large {
    fn length(&self) -> u64 {
        self.head.len() as u64 + self.gap + self.tail.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.set(self.read.get() + buffer.len() as u64);
        for (byte, at) in buffer.iter_mut().zip(offset..) {
            let tail = at.checked_sub(self.head.len() as u64 + self.gap);
            let found = match tail {
                Some(at) => usize::try_from(at).ok().and_then(|at| self.tail.get(at)),
                None => usize::try_from(at)
                    .ok()
                    .and_then(|at| self.head.get(at))
                    .or(Some(&0x55)),
            };
            *byte = *found.ok_or_else(|| SourceError {
                offset: at,
                reason: "beyond the end".to_owned(),
            })?;
        }
        Ok(())
    }
}

#[test]
fn large_streams_are_stepped_over() {
    let gap = 3 * 1024 * 1024 * 1024_u64;
    let mut builder = testing::pages(1);
    builder
        .entry_here(6)
        .raw(format!("6 0 obj\n<</Length {gap}>>\nstream\n"));
    let head = builder.bytes();
    let start = head.len() as u64;
    let mut tail = b"\nendstream\nendobj\n".to_vec();
    let table = start + gap + tail.len() as u64;
    let cut = builder
        .table_alone("/Root 1 0 R")
        .bytes()
        .split_off(head.len());
    tail.extend_from_slice(&cut);
    tail.extend_from_slice(format!("startxref\n{table}\n%%EOF\n").as_bytes());
    let source = Large {
        head,
        gap,
        tail,
        read: Cell::new(0),
    };
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    let large = view.object(id(6)).expect("readable");
    assert_eq!(
        large.stream,
        Some(Span {
            start,
            end: start + gap
        })
    );
    assert!(matches!(
        view.stream(&large),
        Err(PdfError::TooLarge { what: "stream", .. })
    ));
    assert!(view.page(0).is_ok());
    assert!(
        source.read.get() < 10 * 65_536,
        "{} bytes",
        source.read.get()
    );
}
