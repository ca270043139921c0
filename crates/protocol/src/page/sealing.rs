//! What a page keeps in mind about the documents of a request to seal.

use crate::{
    fetches::Fetches,
    link::Malformed,
    message::{Fetch, Part, Piece, Prepared},
    request::Request,
};

/// The documents of one request; none with another operation.
#[derive(Default)]
pub(super) struct Sealing {
    documents: Vec<Document>,
    chosen: bool,
    fetches: Fetches,
}

struct Document {
    size: u32,
    /// How much is appended, once it is prepared; `None` inside if it cannot be sealed.
    appended: Option<Option<u32>>,
}

impl Sealing {
    pub(super) fn of(request: &Request) -> Self {
        let documents = request.documents().iter().map(|document| Document {
            size: document.size,
            appended: None,
        });
        Self {
            documents: documents.collect(),
            ..Self::default()
        }
    }

    /// The phone has chosen certificate and seal.
    ///
    /// # Errors
    /// [`Malformed`] if it has done so before, or there is nothing to seal.
    pub(super) fn choose(&mut self) -> Result<(), Malformed> {
        if self.documents.is_empty() || self.chosen {
            return Err(Malformed);
        }
        self.chosen = true;
        Ok(())
    }

    /// Whether the host may tell the phone this: once for each document, after the choice.
    pub(super) fn prepare(&mut self, prepared: &Prepared) -> bool {
        let layout = prepared.layout.as_ref();
        if !self.chosen || layout.is_ok_and(|layout| !layout.is_possible()) {
            return false;
        }
        let Some(document) = self
            .document(prepared.document)
            .filter(|document| document.appended.is_none())
        else {
            return false;
        };
        document.appended = Some(layout.ok().map(|layout| layout.appended));
        true
    }

    /// Whether the phone knows of each document what is to be signed.
    pub(super) fn is_prepared(&self) -> bool {
        self.documents
            .iter()
            .all(|document| document.appended.is_some())
    }

    /// The phone asks for bytes.
    ///
    /// # Errors
    /// [`Malformed`] if there are no such bytes, or too many are asked for at once.
    pub(super) fn fetch(&mut self, fetch: Fetch) -> Result<(), Malformed> {
        let document = self.document(fetch.document).ok_or(Malformed)?;
        let length = match fetch.part {
            Part::Original => document.size,
            Part::Appended => document.appended.flatten().ok_or(Malformed)?,
        };
        if fetch.end() > length {
            return Err(Malformed);
        }
        self.fetches.ask(fetch)
    }

    /// The host has read what was asked for.
    ///
    /// # Errors
    /// [`Malformed`] if it is not as much as was asked for.
    pub(super) fn answer(&mut self, piece: &Piece) -> Result<(), Malformed> {
        self.fetches.answer(piece).map(drop)
    }

    fn document(&mut self, index: u32) -> Option<&mut Document> {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.documents.get_mut(index))
    }
}
