//! Documents on this phone: what the page says of each, its bytes, and whether it may be signed.

use std::collections::VecDeque;

use scanseal_pades::{
    Bytes,
    verify::{AddedSeal, check_added},
};
use scanseal_protocol::{
    error::Code,
    limits,
    message::{Choice, Fetch, Part, Piece, Prepared},
    phone::PhoneInput,
};
use scanseal_signer::{CertificateId, DocumentReview, Review};

use crate::output::{DocumentLine, Event, Output};

/// What is fetched of a document beside what was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The original too, to judge what was appended.
    AtAll,
    /// Nothing: the person skips that.
    AtNothing,
}

/// The documents of one request.
pub(super) struct Sealing {
    certificate: CertificateId,
    look: Look,
    documents: Vec<Document>,
    wanted: VecDeque<Fetch>,
    open: usize,
    /// What came of looking at all of them.
    judged: Option<Result<Vec<DocumentReview>, Code>>,
}

#[derive(Default)]
struct Document {
    size: u32,
    prepared: Option<Prepared>,
    original: Vec<u8>,
    appended: Vec<u8>,
}

impl Sealing {
    /// Begins: the page learns with what the documents shall be sealed.
    pub(super) fn begin(
        review: &Review,
        certificate: CertificateId,
        seal: Vec<u8>,
        look: Look,
    ) -> (Self, PhoneInput<'static>) {
        let candidate = review
            .candidates()
            .iter()
            .find(|candidate| candidate.id() == certificate);
        let certificates = candidate.map_or(Vec::new(), |candidate| {
            let chain = candidate.chain().iter();
            chain
                .map(|certificate| certificate.der().to_vec())
                .collect()
        });
        let documents = review.documents().iter().map(|document| Document {
            size: document.size,
            ..Document::default()
        });
        let sealing = Self {
            certificate,
            look,
            documents: documents.collect(),
            wanted: VecDeque::new(),
            open: 0,
            judged: None,
        };
        let choice = Choice { certificates, seal };
        (sealing, PhoneInput::Choose(choice))
    }

    /// The page has prepared a document; its bytes are wanted now.
    pub(super) fn prepared(&mut self, prepared: Prepared) {
        let place = usize::try_from(prepared.document).unwrap_or(usize::MAX);
        let Some(document) = self.documents.get_mut(place) else {
            return;
        };
        if let Ok(layout) = &prepared.layout {
            let original = match self.look {
                Look::AtAll => document.size,
                Look::AtNothing => 0,
            };
            let parts = [
                (Part::Appended, layout.appended),
                (Part::Original, original),
            ];
            for (part, length) in parts {
                self.wanted.extend(pieces(prepared.document, part, length));
            }
        }
        document.prepared = Some(prepared);
    }

    /// What to ask for next, as long as there is room.
    pub(super) fn next(&mut self) -> Option<PhoneInput<'static>> {
        if self.open == limits::OPEN_FETCHES {
            return None;
        }
        let fetch = self.wanted.pop_front()?;
        self.open += 1;
        Some(PhoneInput::Fetch(fetch))
    }

    /// Bytes have come. They come in the order in which they were asked for.
    pub(super) fn piece(&mut self, fetch: Fetch, piece: &Piece) {
        self.open = self.open.saturating_sub(1);
        let place = usize::try_from(fetch.document).unwrap_or(usize::MAX);
        if let Some(document) = self.documents.get_mut(place) {
            let part = match fetch.part {
                Part::Original => &mut document.original,
                Part::Appended => &mut document.appended,
            };
            part.extend_from_slice(&piece.bytes);
        }
    }

    /// Whether everything is here.
    pub(super) fn is_complete(&self) -> bool {
        let prepared = |document: &Document| document.prepared.is_some();
        self.wanted.is_empty() && self.open == 0 && self.documents.iter().all(prepared)
    }

    /// The documents that may be signed; tells about all of them, once.
    ///
    /// # Errors
    /// The code to refuse with, if none may be.
    pub(super) fn judge(
        &mut self,
        review: &Review,
        output: &Output,
    ) -> Result<Vec<DocumentReview>, Code> {
        if let Some(judged) = &self.judged {
            return judged.clone();
        }
        let judged = self.judge_all(review, output);
        self.judged = Some(judged.clone());
        judged
    }

    fn judge_all(&self, review: &Review, output: &Output) -> Result<Vec<DocumentReview>, Code> {
        let mut good = Vec::new();
        let mut worst = None;
        for (index, document) in self.documents.iter().enumerate() {
            let judged = self.judge_one(review, document);
            let code = judged.as_ref().err().copied();
            let added = judged.as_ref().ok().and_then(|(_, added)| added.as_ref());
            let name = review.documents().get(index);
            output.event(&Event::Document(DocumentLine {
                document: index,
                name: name.map_or_else(String::new, |document| document.name.to_string()),
                looked_at: self.look == Look::AtAll,
                impressions: added.map(|added| added.impressions.len()),
                code,
            }));
            match judged {
                Ok((document, _)) => good.push(document),
                Err(code) => {
                    worst.get_or_insert(code);
                }
            }
        }
        if good.is_empty() {
            return Err(worst.unwrap_or(Code::DocumentChanged));
        }
        Ok(good)
    }

    fn judge_one(
        &self,
        review: &Review,
        document: &Document,
    ) -> Result<(DocumentReview, Option<AddedSeal>), Code> {
        let prepared = document.prepared.as_ref().ok_or(Code::Internal)?;
        let reviewed = review
            .document(&self.certificate, prepared, &document.appended)
            .map_err(|error| error.code())?;
        if self.look == Look::AtNothing {
            return Ok((reviewed, None));
        }
        // The state of the hash was that of the platform's document; these bytes need not be.
        if !reviewed.is_original(review, &document.original) {
            return Err(Code::DocumentChanged);
        }
        let sealed = [document.original.as_slice(), &document.appended].concat();
        let added = check_added(&Bytes(&sealed), None, u64::from(document.size))
            .map_err(|_| Code::DocumentChanged)?;
        if added.byte_range != reviewed.byte_range() {
            return Err(Code::DocumentChanged);
        }
        Ok((reviewed, Some(added)))
    }
}

/// A part of a document, in pieces.
fn pieces(document: u32, part: Part, length: u32) -> impl Iterator<Item = Fetch> {
    (0..length)
        .step_by(limits::FETCH_BYTES as usize)
        .map(move |from| Fetch {
            document,
            part,
            from,
            length: (length - from).min(limits::FETCH_BYTES),
        })
}
