//! Files that other programs made.

use super::*;

const TRUETYPE: &[u8] = include_bytes!("../../../tests/files/chromium-truetype.pdf");
const TYPE3: &[u8] = include_bytes!("../../../tests/files/chromium-noto.pdf");
const UNIGB: &[u8] = include_bytes!("../../../tests/files/reportlab-unigb.pdf");
const A4: f64 = 841.92;

#[test]
fn composite_truetype_fonts_of_chromium() {
    let hits = found(TRUETYPE, "甲方（盖章）");
    let places: Vec<_> = hits.iter().map(|hit| (hit.page, hit.occurrence)).collect();
    assert_eq!(places, [(0, 1), (0, 2), (1, 3)]);
    assert_close(&hits[2], A4, [478.03, 57.01, 533.25, 71.08]);
    // Poppler divides this one at the spaces: from the first word's left to the last one's right.
    assert_close(&hits[1], A4, [65.25, 97.51, 152.37, 111.58]);
    assert_close(
        &found(TRUETYPE, "(seal)")[0],
        A4,
        [260.69, 69.01, 289.22, 83.08],
    );
    assert_close(
        &found(TRUETYPE, "甲方盖章")[0],
        A4,
        [63.0, 83.26, 147.0, 97.33],
    );
}

#[test]
fn text_turned_by_90_degrees() {
    let hits = found(TRUETYPE, "丙方（盖章）");
    assert_eq!(hits.len(), 1);
    assert_close(&hits[0], A4, [468.17, 340.5, 482.24, 412.5]);
    let hits = found(UNIGB, "乙方（盖章）");
    assert_close(&hits[0], 841.89, [289.47, 457.89, 303.79, 541.89]);
}

#[test]
fn one_word_in_two_fonts() {
    for (file, heavy) in [(TRUETYPE, "乙方(盖章)："), (TYPE3, "甲方（盖章）")] {
        assert_eq!(found(file, heavy).len(), 1, "{heavy}");
    }
}

#[test]
fn type_3_fonts_and_radicals_of_chromium() {
    for file in [TRUETYPE, TYPE3] {
        for word in ["页码", "长度", "金额", "方法", "见证", "户名"] {
            assert_eq!(found(file, word).len(), 1, "{word}");
        }
    }
    // Poppler takes the heights of these fonts from elsewhere; its left and right edges are comparable.
    let Rect { left, right, .. } = found(TYPE3, "见证")[0].rect;
    assert!((left - 169.75).abs() < CLOSE && (right - 193.75).abs() < CLOSE);
}

#[test]
fn predefined_unicode_cmaps_and_standard_fonts() {
    assert_close(
        &found(UNIGB, "甲方（盖章）：ABC")[0],
        841.89,
        [72.0, 131.36, 197.15, 145.68],
    );
    assert_close(
        &found(UNIGB, "Signature")[0],
        841.89,
        [72.0, 183.99, 119.08, 194.17],
    );
    assert_close(
        &found(UNIGB, "“Été”")[0],
        841.89,
        [468.94, 183.01, 500.0, 194.71],
    );
}

#[test]
fn absent_words_are_not_an_error() {
    for file in [TRUETYPE, TYPE3, UNIGB] {
        assert_eq!(search(file, "戊方"), Ok(vec![]));
    }
}
