//! What only the platform's own staff may do, all under `/api/admin/`: each file one topic.

pub mod accounts;
pub mod audit;
pub mod certificates;
pub mod keys;
pub mod seals;
pub mod security;
pub mod settings;
pub mod staff;
pub mod summary;
pub mod trust_list;
pub mod webhooks;

use std::sync::Arc;

use crate::{
    http::{Problem, endpoint::Route},
    portal::Portal,
};

/// Rows of one page of a list.
pub(crate) const PAGE: u32 = 50;
/// Characters of what is looked for.
const WORD_CHARACTERS: usize = 80;
/// Nobody turns so many pages.
const LAST_PAGE: u32 = 100_000;

/// All routes of the platform's staff.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    [
        accounts::routes(portal),
        audit::routes(portal),
        certificates::routes(portal),
        keys::routes(portal),
        seals::routes(portal),
        security::routes(portal),
        settings::routes(portal),
        summary::routes(portal),
        trust_list::routes(portal),
        webhooks::routes(portal),
    ]
    .concat()
}

/// The first row, and how many, of a page; pages count from 1, which is meant if none is named.
pub(crate) fn rows(page: Option<u32>) -> Result<(u32, u32), Problem> {
    match page.unwrap_or(1) {
        page @ 1..=LAST_PAGE => Ok(((page - 1) * PAGE, PAGE)),
        _ => Err(Problem::malformed(format!(
            "`page` must be 1 to {LAST_PAGE}."
        ))),
    }
}

/// Refuses a search that is longer than any name or number here.
pub(crate) fn check_word(word: &str) -> Result<(), Problem> {
    if word.chars().count() > WORD_CHARACTERS {
        return Err(Problem::malformed(format!(
            "`q` has at most {WORD_CHARACTERS} characters."
        )));
    }
    Ok(())
}
