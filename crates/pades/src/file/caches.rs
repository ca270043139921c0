//! What was read and may be asked for again, and how much may be read in all.

use std::{
    collections::{HashMap, hash_map},
    rc::Rc,
};

use super::{Indirect, object_stream::ObjectStream};
use crate::{
    PdfError,
    syntax::{ObjectId, Span},
};

/// How many bytes of objects may be parsed and of streams be decoded, in all: half a minute's work. Else objects that overlap, or
/// streams that explode, asked for one after the other, would keep a small file busy for days.
pub const MAX_WORK: u64 = 8 * 1024 * 1024 * 1024;

/// How many parsed objects are kept; when there are more, all are dropped.
const KEPT_OBJECTS: usize = 1_024;

/// How many bytes the kept objects were written in, at most. In memory they are up to thirty times larger.
const KEPT_OBJECT_BYTES: u64 = 512 * 1024;

/// From how many bytes on an object is kept in a place of its own, so that the list of all pages stays while pages come and go.
const LARGE_OBJECT_BYTES: u64 = 64 * 1024;

/// How many bytes of decoded object streams are kept; the last one always is.
const KEPT_STREAM_BYTES: usize = 4 * 1024 * 1024;

/// Of how many nodes of the page tree it is kept how many pages come before each kid.
const KEPT_NODES: usize = 8;

/// How many objects may be read for the sake of reading one: an object in an object stream whose length is an object in another...
const MAX_PENDING: usize = 8;

/// Of which revision, and which number.
type ObjectKey = (usize, u32);

/// Which object stream: from its number to the end of its data, and the revision if it takes more than these to decode it.
pub(super) type StreamKey = (Span, Option<usize>);

/// Which node of the page tree, in which revision.
pub(super) type NodeKey = (usize, ObjectId);

/// What is kept.
pub(super) struct Caches {
    objects: HashMap<ObjectKey, Rc<Indirect>>,
    object_bytes: u64,
    large: Option<(ObjectKey, Rc<Indirect>)>,
    /// Least recently used first.
    streams: Vec<(StreamKey, Rc<ObjectStream>)>,
    /// Least recently used first.
    nodes: Vec<(NodeKey, Vec<u32>)>,
    pending: usize,
    work: u64,
}

impl Default for Caches {
    fn default() -> Self {
        Self::with_work(MAX_WORK)
    }
}

impl Caches {
    /// Nothing is kept yet, and this many bytes may be parsed and decoded.
    pub(super) fn with_work(work: u64) -> Self {
        Self {
            objects: HashMap::new(),
            object_bytes: 0,
            large: None,
            streams: Vec::new(),
            nodes: Vec::new(),
            pending: 0,
            work,
        }
    }

    /// Counts bytes that were parsed or decoded.
    pub(super) fn spend(&mut self, bytes: u64) -> Result<(), PdfError> {
        self.work = self.work.saturating_sub(bytes);
        if self.work == 0 {
            return Err(PdfError::TooLarge {
                what: "number of bytes to parse and decode",
                limit: MAX_WORK,
            });
        }
        Ok(())
    }

    /// Begins to read an object; `false` if too many are begun already.
    pub(super) fn begin(&mut self) -> bool {
        if self.pending == MAX_PENDING {
            return false;
        }
        self.pending += 1;
        true
    }

    /// Ends what was begun.
    pub(super) fn end(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    pub(super) fn object(&self, key: ObjectKey) -> Option<Rc<Indirect>> {
        let large = self.large.as_ref().filter(|(large, _)| *large == key);
        let kept = self.objects.get(&key).or(large.map(|(_, object)| object));
        kept.cloned()
    }

    /// Keeps an object that was written in `weight` bytes.
    pub(super) fn keep(&mut self, key: ObjectKey, object: &Rc<Indirect>, weight: u64) {
        if weight > LARGE_OBJECT_BYTES {
            self.large = Some((key, object.clone()));
            return;
        }
        if self.objects.len() >= KEPT_OBJECTS || self.object_bytes + weight > KEPT_OBJECT_BYTES {
            self.objects.clear();
            self.object_bytes = 0;
        }
        if let hash_map::Entry::Vacant(place) = self.objects.entry(key) {
            place.insert(object.clone());
            self.object_bytes += weight;
        }
    }

    pub(super) fn object_stream(&mut self, key: StreamKey) -> Option<Rc<ObjectStream>> {
        let found = self.streams.iter().position(|(place, _)| *place == key)?;
        let entry = self.streams.remove(found);
        self.streams.push(entry.clone());
        Some(entry.1)
    }

    pub(super) fn keep_stream(&mut self, key: StreamKey, stream: &Rc<ObjectStream>) {
        self.streams.push((key, stream.clone()));
        let mut weight = self.stream_bytes();
        while weight > KEPT_STREAM_BYTES && self.streams.len() > 1 {
            weight -= self.streams.remove(0).1.weight();
        }
    }

    fn stream_bytes(&self) -> usize {
        self.streams.iter().map(|(_, stream)| stream.weight()).sum()
    }

    /// Takes out what is known of a node: how many pages there are up to and with each of its first kids.
    pub(super) fn take_node(&mut self, key: NodeKey) -> Vec<u32> {
        let found = self.nodes.iter().position(|(node, _)| *node == key);
        found
            .map(|found| self.nodes.remove(found).1)
            .unwrap_or_default()
    }

    /// Puts it back.
    pub(super) fn keep_node(&mut self, key: NodeKey, ends: Vec<u32>) {
        if self.nodes.len() == KEPT_NODES {
            self.nodes.remove(0);
        }
        self.nodes.push((key, ends));
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec_zlib;

    use crate::{
        Bytes, PdfError,
        file::{Pdf, XrefEntry},
        syntax::ObjectId,
        testing::{self, Builder},
    };

    use super::*;

    fn id(number: u32) -> ObjectId {
        ObjectId {
            number,
            generation: 0,
        }
    }

    #[test]
    fn kept_objects_and_streams_are_bounded() {
        let mut builder = Builder::new();
        let body = format!("({})", "x".repeat(10_000));
        for stream in 0..40 {
            let first = 1 + stream * 101;
            let objects: Vec<(u32, &str)> = (1..=100)
                .map(|object| (first + object, body.as_str()))
                .collect();
            builder.object_stream(first, &objects);
        }
        builder.object(9_000, format!("({})", "y".repeat(100_000)));
        let bytes = builder.xref_stream(9_999, "/Root 1 0 R").bytes();
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let view = pdf.latest();
        let large = view.object(id(9_000)).expect("readable");
        for (number, entry) in pdf.revisions()[0].entries().expect("readable") {
            if matches!(entry, XrefEntry::Compressed { .. }) {
                view.object(id(number)).expect("readable");
                let caches = pdf.caches.borrow();
                assert!(
                    caches.objects.len() <= KEPT_OBJECTS
                        && caches.object_bytes <= KEPT_OBJECT_BYTES
                );
                assert!(caches.stream_bytes() <= KEPT_STREAM_BYTES);
            }
        }
        assert!(Rc::ptr_eq(&large, &view.object(id(9_000)).expect("kept")));
    }

    #[test]
    fn work_at_the_limit_and_one_past_it() {
        let mut caches = Caches::with_work(1_000);
        assert_eq!(caches.spend(999), Ok(()));
        assert!(matches!(caches.spend(1), Err(PdfError::TooLarge { .. })));
        // It counts parsing, decoding, and what is given up on.
        let mut builder = testing::pages(0);
        builder.object(9, format!("({})", "x".repeat(1_000)));
        builder.object(10, ")");
        let bytes = builder
            .flate_stream(11, "", [0; 1_000])
            .table("/Root 1 0 R")
            .bytes();
        let source = Bytes(&bytes);
        let left = |look: &dyn Fn(&Pdf<'_>)| {
            let pdf = Pdf::open(&source, None).expect("readable");
            look(&pdf);
            let left = pdf.caches.borrow().work;
            MAX_WORK - left
        };
        assert_eq!(left(&|_| {}), 0);
        assert_eq!(left(&|pdf| drop(pdf.latest().object(id(9)))), 1_002);
        assert!(left(&|pdf| drop(pdf.latest().object(id(10)))) >= 1024 * 1024);
        let stream = |pdf: &Pdf<'_>| {
            let object = pdf.latest().object(id(11)).expect("readable");
            pdf.latest().stream(&object).expect("readable");
        };
        assert!((1_000..1_100).contains(&left(&stream)));
        let steps = "/Filter[/FlateDecode/ASCIIHexDecode]";
        for (kind, last, expected) in [
            ("a chain of which little is left", b'>', 1_000..1_200),
            ("a chain that fails", b'!', 1_000..1_200),
            ("a chain that fails at once", 0, 0..200),
        ] {
            let mut data = compress_to_vec_zlib(&[&[last][..], &[b' '; 999]].concat(), 6);
            if last == 0 {
                data = vec![0; 20];
            }
            let mut builder = testing::pages(0);
            let bytes = (builder.stream(11, steps, data))
                .table("/Root 1 0 R")
                .bytes();
            let source = Bytes(&bytes);
            let pdf = Pdf::open(&source, None).expect("readable");
            let object = pdf.latest().object(id(11)).expect("readable");
            let before = pdf.caches.borrow().work;
            assert_eq!(pdf.latest().stream(&object).is_ok(), last == b'>');
            let spent = before - pdf.caches.borrow().work;
            assert!(expected.contains(&spent), "{kind}: {spent}");
        }
        let pdf = Pdf::open(&source, None).expect("readable");
        *pdf.caches.borrow_mut() = Caches::with_work(500);
        assert!(matches!(
            pdf.latest().object(id(9)),
            Err(PdfError::TooLarge { .. })
        ));
    }
}
