//! Bindings for PDFs, for a Web Worker and for Node. Conversions only.
//!
//! The file stays on the host's side: the engine reads it piece by piece through an object of the host. Input and output
//! are JSON texts, whose types the npm package declares (`npm/src/pdf/`). A refusal is an error whose message begins with
//! its code.

mod charset;
mod input;
mod reader;
mod sealing;
mod verification;

use scanseal_pades::{
    file::Pdf,
    seal::{PageRange, SealError},
    text::find_keyword_with,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    input::{FindInput, from_json},
    reader::{HostSource, Reader},
};

pub use sealing::Sealing;
pub use verification::Verification;

/// Most pages that are searched.
const MAX_PAGES: usize = 100_000;

/// Finds where a word stands: JSON of hits.
///
/// # Errors
/// The code of what is wrong.
#[wasm_bindgen(js_name = findKeyword)]
pub fn find(reader: Reader, input: &str) -> Result<String, JsError> {
    #[derive(Serialize)]
    struct Hit {
        page: u32,
        rect: [f64; 4],
        occurrence: usize,
    }

    let input: FindInput = from_json(input)?;
    let source = HostSource::new(reader);
    let found = (|| {
        let pdf = Pdf::open(&source, input.password.as_deref())?;
        let view = pdf.latest();
        let pages = match &input.pages {
            Some(pages) => PageRange::parse(pages)?,
            None => PageRange::all(),
        };
        let pages = pages.resolve(view.pages()?, MAX_PAGES)?;
        find_keyword_with(view, &input.word, pages, &charset::decode).map_err(SealError::from)
    })();
    let hits = found.map_err(|error: SealError| refusal(error.code(), &error))?;
    let hits = hits.iter().map(|hit| Hit {
        page: hit.page + 1,
        rect: [hit.rect.left, hit.rect.bottom, hit.rect.right, hit.rect.top],
        occurrence: hit.occurrence,
    });
    to_json(&hits.collect::<Vec<_>>())
}

/// An error as the package reads it: the code, then what is wrong.
fn refusal(code: &str, error: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("{code}: {error}"))
}

fn to_json(value: &impl Serialize) -> Result<String, JsError> {
    serde_json::to_string(value).map_err(|error| refusal("internal", &error))
}
