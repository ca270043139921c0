//! Searches in whole files: made by others (`tests/files`) and by hand.

use proptest::prelude::*;

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

mod made_by_others {
    use super::*;

    const TRUETYPE: &[u8] = include_bytes!("../../tests/files/chromium-truetype.pdf");
    const TYPE3: &[u8] = include_bytes!("../../tests/files/chromium-noto.pdf");
    const UNIGB: &[u8] = include_bytes!("../../tests/files/reportlab-unigb.pdf");
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
}

mod made_by_hand {
    use super::*;

    const HELVETICA: &str =
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

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
            let hits = find_keyword(pdf.latest(), "Page 1", pages.iter().copied())
                .expect("they are readable");
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
    fn differences_and_base_encodings() {
        let font = "<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</BaseEncoding/MacRomanEncoding\
            /Differences[1/uni7532/u65B9/parenleft 65/fi/.notdef 67/C.alt]>>/FirstChar 0/Widths[0 1000 900 500]>>";
        let file = with_font(
            font,
            b"BT /F 10 Tf 100 200 Td <0102 03> Tj 0 50 Td (A) Tj (B\x8eC) Tj ET",
        );
        assert_eq!(only(&file, "甲方（"), [100.0, 197.5, 124.0, 207.5]);
        assert_eq!(found(&file, "fi").len(), 1);
        assert_eq!(found(&file, "éC").len(), 1);
        assert!(found(&file, "fiéC").is_empty(), "B has no character");
    }

    #[test]
    fn a_width_of_zero_is_no_width() {
        let font = "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 65/Widths[0 0]/FontDescriptor<</MissingWidth 250/Ascent 800/Descent 200>>>>";
        let file = with_font(font, "BT /F 10 Tf 100 200 Td (ABC) Tj ET");
        assert_eq!(only(&file, "C"), [100.0, 198.0, 102.5, 208.0]);
    }

    fn composite(
        encoding: &str,
        to_unicode: Option<&str>,
        widths: &str,
        content: &[u8],
    ) -> Vec<u8> {
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

    #[test]
    fn identity_with_to_unicode_and_widths() {
        let map = "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <0002> [<7532> <65B9>] endbfrange \
            1 beginbfchar <0009> <76D67AE0> endbfchar";
        let widths = "/DW 500/W[1[1000 800] 9 9 2000]";
        let file = composite(
            "/Identity-H",
            Some(map),
            widths,
            b"BT /F 10 Tf 100 200 Td <0001 0002 0009 0003> Tj ET",
        );
        assert_eq!(only(&file, "甲方盖章"), [100.0, 198.8, 138.0, 208.8]);
        // One glyph for two characters is found by either.
        assert_eq!(only(&file, "章"), [118.0, 198.8, 138.0, 208.8]);
    }

    #[test]
    fn vertical_writing_runs_downwards() {
        let map = "1 beginbfrange <0001> <0002> [<7532> <65B9>] endbfrange";
        let file = composite(
            "/Identity-V",
            Some(map),
            "",
            b"BT /F 10 Tf 100 200 Td [<0001> 1000 <0002>] TJ ET",
        );
        assert_eq!(only(&file, "甲方"), [95.0, 170.0, 105.0, 200.0]);
    }

    #[test]
    fn embedded_cmaps_divide_and_select() {
        let map = "1 beginbfchar <8141> <7532> endbfchar 1 beginbfchar <41> <65B9> endbfchar";
        let own = "/CMapName/Own def 2 begincodespacerange <00> <7F> <8140> <FEFE> endcodespacerange \
            1 begincidrange <8140> <81FF> 100 endcidrange 1 begincidchar <41> 7 endcidchar";
        let keys = "/Resources<</Font<</F<</Type/Font/Subtype/Type0/BaseFont/X/Encoding 13 0 R/ToUnicode 12 0 R\
            /DescendantFonts[<</Type/Font/Subtype/CIDFontType0/W[7 7 300 101[600]]>>]>>>>>>";
        let content = b"BT /F 10 Tf 100 200 Td <814141> Tj ET";
        let file = document(keys, content, |builder| {
            builder.stream(12, "", map).stream(13, "/Type/CMap", own);
        });
        assert_eq!(only(&file, "甲方"), [100.0, 198.8, 109.0, 208.8]);
    }

    #[test]
    fn unicode_cmaps_need_nothing_else() {
        let text = b"BT /F 10 Tf 100 200 Td <FEFF753265B90041> Tj ET";
        let file = composite("/UniGB-UTF16-H", None, "/W[34[400]]", text);
        assert_eq!(only(&file, "甲方A"), [110.0, 198.8, 134.0, 208.8]);
    }

    #[test]
    fn older_sets_need_tables() {
        let file = composite(
            "/GBK-EUC-H",
            None,
            "/W[814 939 500]",
            b"BT /F 10 Tf 100 200 Td <41BCD7B7BD> Tj ET",
        );
        assert_eq!(
            found(&file, "A甲方").len(),
            usize::from(cfg!(feature = "charsets"))
        );
        let source = Bytes(&file);
        let pdf = Pdf::open(&source, None).expect("it is sound");
        let host = |label: &str, bytes: &[u8]| match (label, bytes) {
            ("gb18030", b"\xbc\xd7") => Some('丁'),
            _ => None,
        };
        let hits = find_keyword_with(pdf.latest(), "A丁", [0], &host).expect("it is readable");
        assert_eq!((hits[0].rect.left, hits[0].rect.right), (100.0, 115.0));
    }

    #[cfg(feature = "charsets")]
    #[test]
    fn all_older_sets_are_known() {
        for (encoding, hex, word) in [
            ("GB-EUC-H", "BCD7B7BD", "甲方"),
            ("GBK2K-V", "95328236", "\u{20000}"),
            ("ETen-B5-H", "A5D2A4E8", "甲方"),
            ("90ms-RKSJ-H", "8D6295FB", "甲方"),
            ("KSCms-UHC-H", "CBA3DBB0", "甲方"),
        ] {
            let content = format!("BT /F 10 Tf 100 200 Td <{hex}> Tj ET");
            let file = composite(&format!("/{encoding}"), None, "", content.as_bytes());
            assert_eq!(found(&file, word).len(), 1, "{encoding}");
        }
    }

    #[test]
    fn forms_draw_with_their_matrix_and_resources() {
        let resources =
            format!("/Resources<</Font<</F {HELVETICA}>>/XObject<</X 10 0 R/I 12 0 R>>>>");
        let form = "/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Matrix[2 0 0 2 10 20]";
        let inner = format!("{form}/Resources<</Font<</F {HELVETICA}>>>>");
        let file = document(
            &resources,
            "q 1 0 0 1 100 100 cm /X Do Q BT /F 10 Tf 100 500 Td (BB) Tj ET /I Do",
            |builder| {
                // The outer form has no resources: it uses those of the page.
                builder.stream(10, form, "BT /F 5 Tf (AA) Tj ET q .5 0 0 .5 0 0 cm /X Do Q /Missing Do")
                .stream(12, "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "(")
                .stream(13, &inner, "");
            },
        );
        // Drawing itself is a circle.
        assert!(matches!(
            search(&file, "AA"),
            Err(TextError::Page {
                page: 0,
                error: PdfError::Damaged {
                    damage: Damage::Loop,
                    ..
                }
            })
        ));
        let resources = resources.replace("/X 10", "/Y 10 0 R/X 11");
        let file = document(
            &resources,
            "q 1 0 0 1 100 100 cm /Y Do Q BT /F 10 Tf 100 500 Td (BB) Tj ET",
            |builder| {
                builder
                    .stream(10, form, "BT /F 5 Tf (AA) Tj ET /X Do")
                    .stream(11, &inner, "BT /F 5 Tf 1 0 0 1 0 50 Tm (CC) Tj ET");
            },
        );
        assert_eq!(only(&file, "AA")[..2], [110.0, 117.93]);
        assert_eq!(only(&file, "CC")[..2], [130.0, 355.86]);
        assert_eq!(only(&file, "BB")[..2], [100.0, 497.93]);
    }

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

    #[test]
    fn content_in_several_streams_is_one() {
        let keys = format!(
            "/Resources<</Font<</F {HELVETICA}>>>>/Contents[10 0 R 11 0 R null 99 0 R 12 0 R]"
        );
        let file = document(&keys, "", |builder| {
            builder
                .stream(10, "", "BT /F 10 Tf 100 200")
                .flate_stream(11, "", "Td (AA)")
                .stream(12, "", "Tj (AA) Tj ET");
        });
        assert_eq!(only(&file, "AAAA"), [100.0, 197.93, 126.68, 207.18]);
    }

    #[test]
    fn inline_images_are_passed_over() {
        for image in [
            "BI /W 4 /H 3 /BPC 8 /CS /G ID (EI BT EI  ( EI",
            "BI /W 4 /H 3 /BPC 8 /CS [/I /RGB 1 <000000ffffff>] ID \\(\\( EI x)\x01( EI",
            "BI /F /AHx /W 1 /H 1 ID 00 EI>\nEI",
            "BI /F[/A85]/L 12 ID (EI EI EI ( EI",
        ] {
            let content = format!("q {image} Q BT /F 10 Tf 100 200 Td (AAAA) Tj ET");
            assert_eq!(only(&helvetica(&content), "AAAA")[0], 100.0, "{image}");
        }
    }

    #[test]
    fn parameters_can_bring_a_font() {
        let keys = "/Resources<</ExtGState<</G<</Font[10 0 R 10]>>>>>>";
        let file = document(keys, "/G gs BT 100 200 Td (AAAA) Tj ET", |builder| {
            builder.object(10, HELVETICA);
        });
        assert_eq!(only(&file, "AAAA"), [100.0, 197.93, 126.68, 207.18]);
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
    fn pages_without_readable_text_have_no_text_layer() {
        let unmapped = composite(
            "/Identity-H",
            None,
            "",
            b"BT /F 10 Tf 100 200 Td <00010002> Tj ET",
        );
        let nothing = helvetica("0 0 99 99 re f");
        let spaces = helvetica("BT /F 10 Tf 100 200 Td (   ) Tj ET");
        let no_font = helvetica("BT /Missing 10 Tf 100 200 Td (text) Tj ET");
        let symbols = with_font(
            "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>",
            "BT /F 10 Tf 9 9 Td (abc) Tj ET",
        );
        for file in [unmapped, nothing, spaces, no_font, symbols] {
            assert_eq!(search(&file, "text"), Err(TextError::NoTextLayer));
        }
        for keys in ["", "/Contents null", "/Contents[]", "/Contents 99 0 R"] {
            assert_eq!(
                search(&document(keys, "", |_| ()), "text"),
                Err(TextError::NoTextLayer)
            );
        }
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

    #[test]
    fn damaged_pages_are_named_with_the_place() {
        let damaged = |content: &str, at: &[u8]| {
            let keys = format!("/Resources<</Font<</F {HELVETICA}>>>>/Contents[10 0 R 11 0 R]");
            let file = document(&keys, "", |builder| {
                builder.stream(10, "", "q Q").stream(11, "", content);
            });
            let offset = memchr::memmem::find(&file, at).expect("it is in the file") as u64;
            assert_eq!(
                search(&file, "text"),
                Err(TextError::Page {
                    page: 0,
                    error: PdfError::Damaged {
                        offset,
                        damage: Damage::BadSyntax
                    }
                })
            );
        };
        damaged("BT (never ends", b"BT (never");
        damaged("BT [(never) 1", b"BT [(");
        damaged("/P <</A (b)", b"/P <</A");
        damaged("BI /W 1 ID abc", b"BI /W");
        let wrong = document("/Contents 7", "", |_| ());
        let error = search(&wrong, "text").expect_err("a number is no content");
        assert!(matches!(
            &error,
            TextError::Page {
                error: PdfError::Damaged {
                    damage: Damage::WrongType,
                    ..
                },
                ..
            }
        ));
        assert!(
            error
                .to_string()
                .starts_with("page 1: the PDF is damaged at byte "),
            "{error}"
        );
        assert_eq!(error.code(), "document-damaged");
    }

    #[test]
    fn wild_numbers_are_no_text() {
        let nines = "9".repeat(400);
        let content = format!(
            "BT /F {nines} Tf 1 0 0 1 {nines} -{nines} Tm (here) Tj ET BT /F 10 Tf 9 9 Td (there) Tj ET"
        );
        assert_eq!(found(&helvetica(content), "here").len(), 1);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = search(&helvetica(content), "x");
        }

        #[test]
        fn any_operators_never_panic(parts in proptest::collection::vec(prop_oneof![
            Just("BT ".to_owned()), Just("ET ".to_owned()), Just("/F 10 Tf ".to_owned()), Just("(xyx) Tj ".to_owned()), Just("q ".to_owned()), Just("Q ".to_owned()),
            Just("[(x) -300 (y)] TJ ".to_owned()), Just("Tm ".to_owned()), Just("cm ".to_owned()), Just("Td ".to_owned()), Just("TD ".to_owned()), Just("T* ".to_owned()),
            Just("(x) ' ".to_owned()), Just("1 2 (x) \" ".to_owned()), Just("Tz ".to_owned()), Just("Tc ".to_owned()), Just("BI ".to_owned()), Just("ID ".to_owned()), Just("EI ".to_owned()),
            Just("<< ".to_owned()), Just("] ".to_owned()), Just("/X Do ".to_owned()),
            any::<f32>().prop_map(|number| format!("{number} ")), (-200..900_i32).prop_map(|number| format!("{number} ")),
        ], 0..60)) {
            if let Ok(hits) = search(&helvetica(parts.concat()), "x") {
                for hit in hits {
                    prop_assert!(hit.rect.left <= hit.rect.right && hit.rect.bottom <= hit.rect.top);
                    prop_assert!(hit.rect.right >= 0.0 && hit.rect.left <= 600.0);
                }
            }
        }

        #[test]
        fn what_is_written_is_found(word in "[A-Za-z0-9()]{1,12}", x in 50..400_i32, y in 50..700_i32, size in 4..20_i32, cut in 0..12_usize) {
            let (first, second) = word.split_at(cut.min(word.len()));
            let escape = |part: &str| part.replace('(', "\\(").replace(')', "\\)");
            let content = format!("BT /F {size} Tf {x} {y} Td ({}) Tj ({}) Tj ET", escape(first), escape(second));
            let hits = found(&helvetica(content), &word);
            prop_assert_eq!(hits.len(), 1);
            prop_assert!((hits[0].rect.left - f64::from(x)).abs() < 1e-6);
        }
    }
}
