//! Odd files of honest people, one function each.

mod algorithms;
mod encrypted;
mod producers;
mod signatures;
mod structure;

use crate::Case;

/// Every honest file.
pub(crate) fn all() -> impl Iterator<Item = fn() -> Case> {
    let classes = [
        structure::CASES,
        structure::signing::CASES,
        encrypted::CASES,
        producers::CASES,
        signatures::CASES,
        signatures::permissions::CASES,
        algorithms::CASES,
    ];
    classes.into_iter().flatten().copied()
}
