//! Bindings for sealing PDFs and for finding words in them, for a Web Worker and for Node. Conversions only.
//!
//! Verifying is a module of its own, so that nobody loads what is not used. What both have in common is in
//! `scanseal-pdf-wasm`.

mod charset;
mod hashing;
mod input;
mod sealing;

use scanseal_pades::{
    file::Pdf,
    seal::{PageRange, SealError},
    text::find_keyword_with,
};
use scanseal_pdf_wasm::{Fields, HostSource, Reader, needed, refusal, to_json};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use hashing::sha256_blocks;
pub use sealing::Sealing;

/// Most pages that are searched.
const MAX_PAGES: usize = 100_000;

/// Finds where a word stands: JSON of hits.
///
/// # Errors
/// The code of what is wrong.
#[wasm_bindgen(js_name = findKeyword)]
pub fn find(reader: Reader, input: &JsValue) -> Result<String, JsError> {
    #[derive(Serialize)]
    struct Hit {
        page: u32,
        rect: [f64; 4],
        occurrence: usize,
    }

    let input = Fields(input);
    let word = needed("word", input.text("word")?)?;
    let (password, pages) = (input.text("password")?, input.text("pages")?);
    let source = HostSource::new(reader);
    let found = (|| {
        let pdf = Pdf::open(&source, password.as_deref())?;
        let view = pdf.latest();
        let pages = match &pages {
            Some(pages) => PageRange::parse(pages)?,
            None => PageRange::all(),
        };
        let pages = pages.resolve(view.pages()?, MAX_PAGES)?;
        find_keyword_with(view, &word, pages, &charset::decode).map_err(SealError::from)
    })();
    let hits = found.map_err(|error: SealError| refusal(error.code(), &error))?;
    let hits = hits.iter().map(|hit| Hit {
        page: hit.page + 1,
        rect: [hit.rect.left, hit.rect.bottom, hit.rect.right, hit.rect.top],
        occurrence: hit.occurrence,
    });
    to_json(&hits.collect::<Vec<_>>())
}
