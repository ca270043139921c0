//! Pieces of documents that a phone has asked for. The page answers them in their order, so an answer needs no name.

use std::collections::VecDeque;

use crate::{
    limits,
    link::Malformed,
    message::{Fetch, Piece},
};

/// What was asked for and not answered, oldest first.
#[derive(Default)]
pub(crate) struct Fetches(VecDeque<Fetch>);

impl Fetches {
    /// Whether one more may be asked for.
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < limits::OPEN_FETCHES
    }

    /// Takes one more.
    ///
    /// # Errors
    /// [`Malformed`] if too many are open.
    pub(crate) fn ask(&mut self, fetch: Fetch) -> Result<(), Malformed> {
        if !self.has_room() {
            return Err(Malformed);
        }
        self.0.push_back(fetch);
        Ok(())
    }

    /// Takes the answer to the oldest.
    ///
    /// # Errors
    /// [`Malformed`] if nothing is asked for, or something longer or shorter.
    pub(crate) fn answer(&mut self, piece: &Piece) -> Result<Fetch, Malformed> {
        self.0
            .pop_front()
            .filter(|fetch| fetch.length as usize == piece.bytes.len())
            .ok_or(Malformed)
    }
}
