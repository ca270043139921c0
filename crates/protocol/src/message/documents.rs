//! What is said about documents, with the operation `seal`.

use core::ops::Range;

use crate::{error::Code, limits};

/// From the phone: with which certificate and which seal it will seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Certificates in DER, the holder's own first.
    pub certificates: Vec<Vec<u8>>,
    /// The seal as its authority signed it; empty for a signature without a picture.
    pub seal: Vec<u8>,
}

/// From the page: how a document will look with the seal in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Which of the request's documents, from 0.
    pub document: u32,
    /// How it is laid out, or why it cannot be sealed.
    pub layout: Result<Layout, Code>,
}

/// A prepared document: the original, then an incremental update with a gap for the signature.
///
/// From the SHA-256 of the original, which the request names, the phone alone can tell that the signed bytes begin with
/// the original: SHA-256 goes on from `state` and `tail`, and ends with them in the hash of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// State of SHA-256 after the original's last whole block of 64 bytes (FIPS 180-4 section 6.2.2).
    pub state: [u8; 32],
    /// The original's bytes after that block.
    pub tail: Vec<u8>,
    /// How many bytes are appended to the original.
    pub appended: u32,
    /// Where in them the gap is that the signature leaves out.
    pub gap: Range<u32>,
    /// What the key is to sign: the signed attributes in DER (RFC 5652 section 5.4).
    pub attributes: Vec<u8>,
}

/// From the phone: wants bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Which of the request's documents, from 0.
    pub document: u32,
    /// Of the original or of what is appended.
    pub part: Part,
    /// From which byte on.
    pub from: u32,
    /// How many bytes: 1 to 192 KiB.
    pub length: u32,
}

/// From the page: the bytes of the oldest [`Fetch`] that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As many as were asked for.
    pub bytes: Vec<u8>,
}

/// A part of a prepared document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The document as the platform has it.
    Original = 0,
    /// What is appended to it, the signature's gap filled with zeros.
    Appended = 1,
}

impl Layout {
    /// Whether it is possible at all, whatever the document.
    pub(crate) fn is_possible(&self) -> bool {
        let gap = &self.gap;
        self.tail.len() < 64
            && self.appended <= limits::APPENDED_BYTES
            && 0 < gap.start
            && gap.start < gap.end
            && gap.end < self.appended
    }
}

impl Fetch {
    /// Whether it is possible at all, whatever the document.
    pub(super) fn is_possible(&self) -> bool {
        (1..=limits::FETCH_BYTES).contains(&self.length)
            && self.from.checked_add(self.length).is_some()
    }

    /// One past the last byte.
    pub(crate) fn end(&self) -> u32 {
        self.from.saturating_add(self.length)
    }
}
