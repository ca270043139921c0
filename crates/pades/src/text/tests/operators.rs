//! Text operators, and the order in which text is read.

use super::*;

#[test]
fn text_operators_move_as_the_standard_says() {
    // AAAA is 4 × 667 wide; heights are 718 and -207.
    let expected = [100.0, 197.93, 126.68, 207.18];
    for content in [
        "BT /F 10 Tf 100 200 Td (AAAA) Tj ET",
        "BT /F 10 Tf 60 150 TD 40 50 Td (AAAA) Tj ET",
        "BT /F 1 Tf 10 0 0 10 100 200 Tm (AAAA) Tj ET",
        "q 10 0 0 10 0 0 cm BT /F 1 Tf 10 20 Td (AAAA) Tj ET Q",
        "BT /F 10 Tf 100 220 Td 20 TL T* (AAAA) Tj ET",
        "BT /F 10 Tf 100 240 TD 0 -20 TD () ' (AAAA) Tj ET",
        "BT /F 10 Tf 100 210 Td 10 TL (AAAA) ' ET",
        "BT /F 10 Tf 100 210 Td 10 TL 3 0 (AAAA) \" ET",
        "BT /F 10 Tf 100 190 Td 10 Ts (AAAA) Tj ET",
        "BT /F 10 Tf 100 200 Td [(A) -0 (AA) (A)] TJ ET",
        "BT /F 10 Tf 200 200 Td [10000 (AAAA)] TJ ET",
        "BT /F 20 Tf 50 Tz 100 200 Td 0 Tz 50 Tz /F 10 Tf 100 Tz (AAAA) Tj ET",
        "q BT /F 5 Tf ET Q BT /F 10 Tf q 9 Tc Q 100 200 Td (AAAA) Tj ET",
        "BT /F -10 Tf -1 0 0 -1 100 200 Tm (AAAA) Tj ET",
        "1 0 0 -1 0 800 cm BT /F 10 Tf 1 0 0 -1 100 600 Tm (AAAA) Tj ET",
    ] {
        assert_eq!(only(&helvetica(content), "AAAA"), expected, "{content}");
    }
}

#[test]
fn spacing_and_scaling_stretch() {
    let right = |content: &str, word| only(&helvetica(content), word)[2];
    assert_eq!(
        right("BT /F 10 Tf 2 Tc 100 200 Td (AA) Tj ET", "AA"),
        115.34
    );
    assert_eq!(
        right("BT /F 10 Tf 5 Tw 100 200 Td (A A) Tj ET", "AA"),
        121.12
    );
    assert_eq!(
        right("BT /F 10 Tf 50 Tz 5 Tw 2 Tc 100 200 Td (A A) Tj ET", "AA"),
        112.56
    );
    assert_eq!(
        right("BT /F 10 Tf 100 200 Td [(A) -500 (A)] TJ ET", "AA"),
        118.34
    );
    assert_eq!(
        right("BT /F 10 Tf 100 200 Td 5 1 (A A) \" ET", "AA"),
        123.12
    );
}

#[test]
fn a_word_in_pieces_is_one_word() {
    let content = "BT /F 10 Tf 100 200 Td (Sig) Tj 60 0 Td (ure) Tj ET /F 10 Tf 1 0 0 1 0 0 cm BT 115 200.5 Td [(n) 20 (a) -300 (t)] TJ ET";
    assert_eq!(only(&helvetica(content), "Sign")[0], 100.0);
    assert_eq!(found(&helvetica(content), "Signature").len(), 1);
}

#[test]
fn words_over_two_lines_are_not_found() {
    let content = "BT /F 10 Tf 12 TL 100 200 Td (Sign) Tj (ature) ' ET";
    assert_eq!(search(&helvetica(content), "Signature"), Ok(vec![]));
}

#[test]
fn turned_text_keeps_its_reading_direction() {
    for (matrix, expected) in [
        ("0 1 -1 0 300 300", [292.82, 300.0, 302.07, 326.68]),
        ("-1 0 0 -1 300 300", [273.32, 292.82, 300.0, 302.07]),
        ("0 -1 1 0 300 300", [297.93, 273.32, 307.18, 300.0]),
    ] {
        let content = format!("BT /F 10 Tf {matrix} Tm (AA) Tj (BB) Tj ET");
        assert_eq!(only(&helvetica(&content), "AABB"), expected, "{matrix}");
    }
    let slanted = "BT /F 10 Tf .8 .6 -.6 .8 300 300 Tm (AA) Tj (BB) Tj ET";
    assert_eq!(found(&helvetica(slanted), "AABB").len(), 1);
}

#[test]
fn occurrences_follow_the_page_as_it_is_shown() {
    let content = "BT /F 10 Tf 1 0 0 1 100 100 Tm (here) Tj 1 0 0 1 400 100 Tm (here) Tj 1 0 0 1 400 700 Tm (here) Tj ET";
    let lefts = |rotate: u16| {
        let keys = format!("/Rotate {rotate}/Resources<</Font<</F {HELVETICA}>>>>");
        let hits = found(&document(&keys, content, |_| ()), "here");
        hits.iter()
            .map(|hit| (hit.occurrence, hit.rect.left, hit.rect.bottom > 600.0))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lefts(0),
        [(1, 400.0, true), (2, 100.0, false), (3, 400.0, false)]
    );
    // Turned clockwise, what was on the left is on top.
    assert_eq!(
        lefts(90),
        [(1, 100.0, false), (2, 400.0, false), (3, 400.0, true)]
    );
    assert_eq!(
        lefts(270),
        [(1, 400.0, true), (2, 400.0, false), (3, 100.0, false)]
    );
}

#[test]
fn only_pages_asked_for_are_searched_and_each_once() {
    let file = crate::testing::pages(12).table("/Root 1 0 R").bytes();
    let source = Bytes(&file);
    let pdf = Pdf::open(&source, None).expect("it is sound");
    let places = |pages: &[u32]| {
        let hits =
            find_keyword(pdf.latest(), "Page 1", pages.iter().copied()).expect("they are readable");
        hits.iter()
            .map(|hit| (hit.page, hit.occurrence))
            .collect::<Vec<_>>()
    };
    assert_eq!(places(&[11, 0, 0, 3]), [(0, 1), (11, 2)]);
    assert_eq!(places(&[]), []);
    let beyond = find_keyword(pdf.latest(), "Page", [12]);
    assert!(
        matches!(beyond, Err(TextError::Page { page: 12, .. })),
        "{beyond:?}"
    );
}

#[test]
fn text_off_the_page_is_not_on_it() {
    let keys = format!("/CropBox[50 50 550 750]/Resources<</Font<</F {HELVETICA}>>>>");
    let content = "BT /F 10 Tf 1 0 0 1 100 100 Tm (here) Tj 1 0 0 1 100 20 Tm (here) Tj 1 0 0 1 570 100 Tm (here) Tj ET";
    let file = document(&keys, content, |_| ());
    assert_eq!(only(&file, "here")[..2], [100.0, 97.93]);
    let outside = document(&keys, "BT /F 10 Tf 100 20 Td (here) Tj ET", |_| ());
    assert_eq!(search(&outside, "here"), Err(TextError::NoTextLayer));
}

#[test]
fn invisible_text_of_recognised_scans_is_found() {
    assert_eq!(
        found(
            &helvetica("BT 3 Tr /F 10 Tf 100 200 Td (scan) Tj ET"),
            "scan"
        )
        .len(),
        1
    );
}
