//! Searches in whole files: made by others (`tests/files`) and by hand.

mod fonts;
mod limits;
mod made_by_others;
mod operators;
mod streams;

use super::*;
use crate::{Bytes, Damage, file::Pdf, testing::Builder};

/// Rectangles may differ this much from poppler's: renderers cut heights differently.
const CLOSE: f64 = 1.5;

fn search(file: &[u8], word: &str) -> Result<Vec<Hit>, TextError> {
    let source = Bytes(file);
    let pdf = Pdf::open(&source, None).expect("the file is sound");
    let pages = pdf.latest().pages().expect("the file has pages");
    find_keyword(pdf.latest(), word, 0..pages)
}

fn found(file: &[u8], word: &str) -> Vec<Hit> {
    search(file, word).expect("the pages can be read")
}

/// Where `pdftotext -bbox` (poppler 22.12) sees a word: left, top, right, bottom, counted from the top of the page.
fn assert_close(hit: &Hit, page_height: f64, poppler: [f64; 4]) {
    let Rect {
        left,
        bottom,
        right,
        top,
    } = hit.rect;
    let ours = [left, page_height - top, right, page_height - bottom];
    let near = ours
        .iter()
        .zip(poppler)
        .all(|(one, other)| (one - other).abs() <= CLOSE);
    assert!(near, "{ours:?} is not {poppler:?}");
}

const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// A page with these keys and content; objects from 10 on are the test's own.
fn document(keys: &str, content: impl AsRef<[u8]>, more: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    builder.object(
        2,
        "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>>",
    );
    let contents = if keys.contains("/Contents") {
        ""
    } else {
        "/Contents 4 0 R"
    };
    builder.object(3, format!("<</Type/Page/Parent 2 0 R{contents}{keys}>>"));
    builder.flate_stream(4, "", content);
    more(&mut builder);
    builder.table("/Root 1 0 R").bytes()
}

/// A page whose font `F` is this.
fn with_font(font: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    document(
        &format!("/Resources<</Font<</F {font}>>>>"),
        content,
        |_| (),
    )
}

fn helvetica(content: impl AsRef<[u8]>) -> Vec<u8> {
    with_font(HELVETICA, content)
}

/// The rectangle of the only hit, rounded to hundredths.
fn only(file: &[u8], word: &str) -> [f64; 4] {
    let hits = found(file, word);
    assert_eq!(hits.len(), 1, "{word}");
    let Rect {
        left,
        bottom,
        right,
        top,
    } = hits[0].rect;
    [left, bottom, right, top].map(|number| (number * 100.0).round() / 100.0)
}

fn composite(encoding: &str, to_unicode: Option<&str>, widths: &str, content: &[u8]) -> Vec<u8> {
    let map = if to_unicode.is_some() {
        "/ToUnicode 12 0 R"
    } else {
        ""
    };
    let keys = format!(
        "/Resources<</Font<</F<</Type/Font/Subtype/Type0/BaseFont/X/Encoding {encoding}{map}/DescendantFonts[11 0 R]>>>>>>"
    );
    document(&keys, content, |builder| {
        builder.object(
            11,
            format!("<</Type/Font/Subtype/CIDFontType2/BaseFont/X{widths}>>"),
        );
        if let Some(map) = to_unicode {
            builder.flate_stream(12, "", map);
        }
    })
}
