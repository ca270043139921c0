//! Text of pages: where a keyword stands, so that a seal can be placed at 甲方（盖章）.
//!
//! What a reader sees on one line is one line here: glyphs are joined by where they stand, over strings, fonts and forms, also
//! in text that is turned. Characters are compared as a reader compares them: full-width and half-width forms are the same, spaces do not count.
//!
//! Not found is: a keyword broken over two lines, text in annotations and form fields, text outside the crop box, and text whose
//! font does not tell its characters (no `ToUnicode`, no known encoding). Invisible text is found, as scanned and recognised
//! pages carry it. Letters with accents must be composed. Lines run from left to right, or from top to bottom.

mod cmap;
mod content;
mod encoding;
mod fold;
mod font;
mod images;
mod lines;
mod matrix;
mod metrics;
mod operands;
mod predefined;
mod tokens;

pub(crate) use tokens::{Token, Tokens};

use std::collections::BTreeSet;

use crate::{
    PdfError,
    file::{Rect, View},
};

/// Characters of a keyword, spaces not counted: longer ones are never on one line.
pub const MAX_WORD: usize = 256;
/// Places of one keyword: nobody puts more seals on a document.
pub const MAX_HITS: usize = 1_000;

/// A place where the keyword stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The page, from 0.
    pub page: u32,
    /// From descent to ascent around the keyword, in default user space of the page, not turned.
    pub rect: Rect,
    /// From 1, in reading order over the pages that were searched.
    pub occurrence: usize,
}

/// Why a keyword cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The keyword is empty, or nothing but spaces.
    #[error("the keyword is empty")]
    EmptyWord,
    /// None of the pages has text that can be read: they were scanned, or their fonts do not tell their characters.
    #[error("the pages have no text that can be searched: place the seal by position")]
    NoTextLayer,
    /// A page cannot be read.
    #[error("page {}: {error}", .page.saturating_add(1))]
    Page {
        /// The page, from 0.
        page: u32,
        /// What is wrong with it.
        #[source]
        error: PdfError,
    },
    /// The keyword stands at more than [`MAX_HITS`] places.
    #[error("the keyword is at more than {MAX_HITS} places: use a longer one")]
    TooManyHits,
    /// The keyword is longer than [`MAX_WORD`].
    #[error("the keyword is too long: at most {MAX_WORD} characters")]
    WordTooLong,
}

impl TextError {
    /// The stable code that every end understands.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyWord | Self::WordTooLong => "keyword-not-found",
            Self::NoTextLayer => "no-text-layer",
            Self::Page { error, .. } => error.code(),
            Self::TooManyHits => "document-too-large",
        }
    }
}

/// All places where `word` stands on the given pages (from 0), in reading order. Empty if it is on none of them.
///
/// # Errors
/// [`TextError::NoTextLayer`] if none of the pages has readable text, [`TextError::Page`] for one that is damaged.
pub fn find_keyword(
    view: View<'_, '_>,
    word: &str,
    pages: impl IntoIterator<Item = u32>,
) -> Result<Vec<Hit>, TextError> {
    find_keyword_with(view, word, pages, &own_charsets)
}

/// Like [`find_keyword`], with the host's decoder for fonts in character sets older than Unicode, such as `GBK-EUC-H`: it gets a
/// label of the WHATWG Encoding Standard and the bytes of one character. In browsers this is `TextDecoder`, whose tables cost nothing.
///
/// # Errors
/// As [`find_keyword`].
pub fn find_keyword_with(
    view: View<'_, '_>,
    word: &str,
    pages: impl IntoIterator<Item = u32>,
    charsets: &dyn Fn(&str, &[u8]) -> Option<char>,
) -> Result<Vec<Hit>, TextError> {
    let mut word = fold::folded(word);
    word.retain(|character| *character != fold::UNKNOWN);
    match word.len() {
        0 => return Err(TextError::EmptyWord),
        length if length > MAX_WORD => return Err(TextError::WordTooLong),
        _ => {}
    }
    let pages = pages.into_iter().collect::<BTreeSet<_>>();
    let mut fonts = content::Fonts::default();
    let mut hits = Vec::new();
    let mut readable = pages.is_empty();
    for number in pages {
        let failed = |error| TextError::Page {
            page: number,
            error,
        };
        let page = view.page(number).map_err(failed)?;
        let text = content::page_text(view, &page, &mut fonts, charsets).map_err(failed)?;
        readable |= text.is_readable();
        for rect in text.find(&word, page.rotate) {
            hits.push(Hit {
                page: number,
                rect,
                occurrence: hits.len() + 1,
            });
        }
        if hits.len() > MAX_HITS {
            return Err(TextError::TooManyHits);
        }
    }
    if readable {
        Ok(hits)
    } else {
        Err(TextError::NoTextLayer)
    }
}

/// Tables for older character sets, if this build has them.
#[cfg(feature = "charsets")]
fn own_charsets(label: &str, bytes: &[u8]) -> Option<char> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

/// Tables for older character sets: none in this build.
#[cfg(not(feature = "charsets"))]
fn own_charsets(_label: &str, _bytes: &[u8]) -> Option<char> {
    None
}

#[cfg(test)]
mod tests;
