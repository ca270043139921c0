//! Limits, each at its value and one past it.

use super::*;

/// Forms 10, 11, ... of which each draws the next; the last one writes.
fn nested(depth: u32) -> Vec<u8> {
    let resources = format!("/Resources<</Font<</F {HELVETICA}>>/XObject<</X 10 0 R>>>>");
    document(&resources, "/X Do", |builder| {
        for number in 10..10 + depth {
            let last = number + 1 == 10 + depth;
            let next = format!(
                "/Subtype/Form/Resources<</Font<</F {HELVETICA}>>/XObject<</X {} 0 R>>>>",
                number + 1
            );
            let content = if last {
                "BT /F 9 Tf 9 9 Td (deep) Tj ET"
            } else {
                "/X Do"
            };
            builder.stream(number, &next, content);
        }
    })
}

fn too_large<T>(result: Result<T, TextError>) -> Option<&'static str> {
    match result {
        Err(TextError::Page {
            error: PdfError::TooLarge { what, .. },
            ..
        }) => Some(what),
        _ => None,
    }
}

#[test]
fn limits_of_nesting() {
    let depth = u32::try_from(content::MAX_FORM_DEPTH).expect("it is small");
    assert_eq!(found(&nested(depth), "deep").len(), 1);
    assert_eq!(
        too_large(search(&nested(depth + 1), "deep")),
        Some("forms within forms")
    );
    let saved = |count| {
        helvetica(format!(
            "{} BT /F 9 Tf 9 9 Td (deep) Tj ET",
            "q ".repeat(count)
        ))
    };
    assert_eq!(found(&saved(content::MAX_STATES), "deep").len(), 1);
    assert_eq!(
        too_large(search(&saved(content::MAX_STATES + 1), "deep")),
        Some("saved graphics states")
    );
}

#[test]
fn limits_of_amounts() {
    let operators = |count: u64| {
        let idle = "n ".repeat(usize::try_from(count).expect("it is small") - 5);
        helvetica(format!("{idle} BT /F 9 Tf 9 9 Td (much) Tj ET"))
    };
    assert_eq!(found(&operators(content::MAX_OPERATORS), "much").len(), 1);
    assert_eq!(
        too_large(search(&operators(content::MAX_OPERATORS + 1), "much")),
        Some("operators of a page")
    );
    let narrow = |count: u64| {
        let count = usize::try_from(count).expect("it is small");
        helvetica(format!(
            "BT /F 9 Tf 9 9 Td -2.502 Tc (x{}) Tj ET",
            " ".repeat(count - 1)
        ))
    };
    assert_eq!(found(&narrow(content::MAX_GLYPHS), "x").len(), 1);
    assert_eq!(
        too_large(search(&narrow(content::MAX_GLYPHS + 1), "x")),
        Some("glyphs of a page")
    );
}

/// A page that uses so many fonts with so many widths each.
fn many_fonts(count: usize, widths: usize) -> Vec<u8> {
    let names: String = (0..count)
        .map(|at| format!("/F{at}<</Type/Font/Subtype/TrueType/BaseFont/X/Widths 10 0 R>>"))
        .collect();
    let uses: String = (0..count).map(|at| format!("/F{at} 9 Tf ")).collect();
    let content = format!("BT 9 9 Td {uses} (many) Tj ET");
    let keys = format!("/Resources<</Font<<{names}>>>>");
    document(&keys, content, |builder| {
        builder.object(10, format!("[{}]", "5 ".repeat(widths)));
    })
}

#[test]
fn limits_of_fonts() {
    assert_eq!(found(&many_fonts(1, font::MAX_WIDTHS), "many").len(), 1);
    let result = search(&many_fonts(1, font::MAX_WIDTHS + 1), "many");
    assert_eq!(too_large(result), Some("widths of a font"));
    let (count, widths) = (content::MAX_FONT_WEIGHT / 65_536, 65_536 - 256);
    assert_eq!(found(&many_fonts(count, widths), "many").len(), 1);
    let result = search(&many_fonts(count + 1, widths), "many");
    assert_eq!(too_large(result), Some("weight of a page's fonts"));
}

#[test]
fn a_font_is_loaded_once() {
    let uses = "/F 9 Tf ".repeat(content::MAX_FONT_WEIGHT / 256 + 1);
    let file = helvetica(format!("{uses} BT 9 9 Td (once) Tj ET"));
    assert_eq!(found(&file, "once").len(), 1);
}

#[test]
fn limits_of_bytes() {
    let file = |more: &str| {
        let keys = format!(
            "/Resources<</Font<</F {HELVETICA}>>>>/Contents[10 0 R 10 0 R 10 0 R 11 0 R{more}]"
        );
        let quarter = content::MAX_PAGE_BYTES / 4;
        document(&keys, "", |builder| {
            let written = "BT /F 9 Tf 9 9 Td (long) Tj ET";
            let text = written.to_owned() + &" ".repeat(quarter - written.len());
            let space = " ".repeat(quarter);
            builder
                .flate_stream(10, "", space)
                .flate_stream(11, "", text)
                .stream(12, "", " ");
        })
    };
    assert_eq!(found(&file(""), "long").len(), 1);
    assert_eq!(
        too_large(search(&file(" 12 0 R"), "long")),
        Some("decoded bytes of a page")
    );
}

#[test]
fn limits_of_words_and_hits() {
    let file = |count| helvetica(format!("BT /F 1 Tf 1 9 Td {} ET", "(x) Tj ".repeat(count)));
    assert_eq!(found(&file(MAX_HITS), "x").len(), MAX_HITS);
    assert_eq!(
        search(&file(MAX_HITS + 1), "x"),
        Err(TextError::TooManyHits)
    );
    let file = file(MAX_WORD + 1);
    assert_eq!(found(&file, &"x ".repeat(MAX_WORD)).len(), 1);
    assert_eq!(
        search(&file, &"x".repeat(MAX_WORD + 1)),
        Err(TextError::WordTooLong)
    );
    assert_eq!(
        search(&file, " \u{3000}\u{fffd}"),
        Err(TextError::EmptyWord)
    );
}
