//! Content in streams and forms, and content that is none.

use proptest::prelude::*;

use super::*;

#[test]
fn forms_draw_with_their_matrix_and_resources() {
    let resources = format!("/Resources<</Font<</F {HELVETICA}>>/XObject<</X 10 0 R/I 12 0 R>>>>");
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

#[test]
fn content_in_several_streams_is_one() {
    let keys =
        format!("/Resources<</Font<</F {HELVETICA}>>>>/Contents[10 0 R 11 0 R null 99 0 R 12 0 R]");
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
