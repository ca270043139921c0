//! Cross-references: `startxref`, tables, trailers, and limits of all of them.

use super::*;

#[test]
fn startxref_must_be_near_the_end() {
    let small = testing::small();
    let startxref = find(&small, "startxref");
    let tail = small.len() as u64 - startxref;
    let padded = |bytes: u64| {
        [
            small.as_slice(),
            &vec![b' '; usize::try_from(bytes).expect("small")],
        ]
        .concat()
    };
    assert!(Pdf::open(&Bytes(&padded(1024 - tail)), None).is_ok());
    let far = padded(1025 - tail);
    assert_eq!(damage(&far), (far.len() as u64, Damage::NoStartxref));
}

#[test]
fn startxref_must_lead_to_its_own_cross_reference() {
    let small = testing::small();
    let at = find(&small, "startxref");
    let mut wrong = small.clone();
    wrong.truncate(usize::try_from(at).expect("small"));
    for (text, expected) in [
        ("startxref\n99999999\n%%EOF", (at, Damage::NoStartxref)),
        ("startxref\n-1\n%%EOF", (at, Damage::NoStartxref)),
        ("startxref\n0\n%%EOF", (0, Damage::BadXref)),
        ("startxref\n\n%%EOF", (at, Damage::NoStartxref)),
        ("%%EOF", ((at + 5), Damage::NoStartxref)),
    ] {
        let bytes = [wrong.as_slice(), text.as_bytes()].concat();
        assert_eq!(damage(&bytes), expected, "{text}");
    }
    let offset = find(&small, "xref\n");
    let no_marker = format!("startxref\n{offset}\n");
    let bytes = [wrong.as_slice(), no_marker.as_bytes()].concat();
    assert_eq!(damage(&bytes), (at, Damage::NoStartxref));
}

#[test]
fn entries_are_twenty_bytes() {
    let small = testing::small();
    let text = |bytes: Vec<u8>| {
        bytes
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
    };
    let bytes = |text: String| {
        text.chars()
            .map(|char| u8::try_from(char).expect("one byte"))
            .collect::<Vec<u8>>()
    };
    for end in ["\n", "\r", " \r\n", "  "] {
        let changed = bytes(text(small.clone()).replace(" n\r\n", &format!(" n{end}")));
        assert_eq!(damage(&changed).1, Damage::BadXref, "{end:?}");
    }
    for end in [" \n", " \r"] {
        let changed = bytes(
            text(small.clone())
                .replace(" n\r\n", &format!(" n{end}"))
                .replace(" f\r\n", &format!(" f{end}")),
        );
        assert!(Pdf::open(&Bytes(&changed), None).is_ok(), "{end:?}");
    }
}

#[test]
fn a_bad_entry_in_the_middle_shows_when_it_is_asked_for() {
    let small = testing::small();
    let offset = find(&small, "2 0 obj");
    let bytes = replaced(
        &small,
        &format!("{offset:010} 00000 n"),
        &format!("{offset:09}x 00000 n"),
    );
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert!(pdf.latest().object(id(3)).is_ok());
    let place_of_entry = find(&bytes, &format!("{offset:09}x"));
    assert_eq!(object_damage(&bytes, 2), (place_of_entry, Damage::BadXref));
    assert_eq!(
        place(pdf.revisions()[0].entries().expect_err("damaged")).1,
        Damage::BadXref
    );
}

#[test]
fn a_table_that_begins_at_one_is_refused() {
    let small = testing::small();
    let bytes = replaced(&small, "xref\n0 6\n", "xref\n1 6\n");
    let bytes = replaced(&bytes, "/Size 6", "/Size 7");
    assert_eq!(damage(&bytes), (find(&bytes, "1 6\n"), Damage::BadXref));
}

#[test]
fn numbers_beyond_the_size_and_doubled_numbers_are_refused() {
    let small = testing::small();
    assert_eq!(
        damage(&replaced(&small, "/Size 6", "/Size 5")).1,
        Damage::BadXref
    );
    assert!(Pdf::open(&Bytes(&replaced(&small, "/Size 6", "/Size 9")), None).is_ok());
    let xref = find(&small, "xref\n");
    let entry = "0000000015 00000 n\r\n";
    let text = format!(
        "xref\n0 3\n{entry}{entry}{entry}2 1\n{entry}trailer<</Size 6/Root 1 0 R>>startxref {xref} %%EOF"
    );
    let bytes = [
        &small[..usize::try_from(xref).expect("small")],
        text.as_bytes(),
    ]
    .concat();
    assert_eq!(damage(&bytes), (xref, Damage::BadXref));
}

#[test]
fn a_trailer_without_a_usable_size_is_refused() {
    let small = testing::small();
    for size in ["/Sise 6 ", "/Size 0 ", "/Size /6", "/Size -1"] {
        let bytes = replaced(&small, "/Size 6/Root", &format!("{size}/Pot"));
        assert_eq!(damage(&bytes).1, Damage::BadTrailer, "{size}");
    }
}

#[test]
fn a_trailer_with_doubled_keys_is_refused() {
    let mut builder = testing::pages(0);
    let bytes = builder.table("/Root 1 0 R/Root 2 0 R").bytes();
    assert_eq!(
        damage(&bytes),
        (find(&bytes, "<</Size"), Damage::BadTrailer)
    );
    let mut builder = testing::pages(0);
    let bytes = builder.xref_stream(9, "/Root 1 0 R/Root 2 0 R").bytes();
    assert_eq!(
        damage(&bytes),
        (find(&bytes, "<</Type/XRef"), Damage::BadTrailer)
    );
}

#[test]
fn size_at_the_limit_and_one_past_it() {
    let file = |size: u32| {
        let mut builder = Builder::update(b"%PDF-1.7\n".to_vec(), 0, size);
        builder.object(1, "<<>>").entry(
            0,
            XrefEntry::Free {
                next: 0,
                generation: 65535,
            },
        );
        let bytes = builder.table("/Root 1 0 R").bytes();
        replaced(&bytes, "/Prev 0", "/Pref 0")
    };
    assert!(Pdf::open(&Bytes(&file(MAX_OBJECTS)), None).is_ok());
    assert!(matches!(
        open_error(&file(MAX_OBJECTS + 1)),
        PdfError::TooLarge { .. }
    ));
}

#[test]
fn size_must_not_shrink() {
    let mut builder = testing::pages(2);
    builder.table("/Root 1 0 R");
    let update = builder.position();
    let xref = find(&builder.bytes(), "xref\n");
    let mut builder = Builder::update(builder.bytes(), xref, 4);
    builder.object(3, "1").table("/Root 1 0 R");
    let (offset, damage) = damage(&builder.bytes());
    assert!(offset > update);
    assert_eq!(damage, Damage::BadTrailer);
}

#[test]
fn white_space_before_a_cross_reference_is_no_harm() {
    let mut builder = testing::pages(1);
    builder.table("/Root 1 0 R");
    let first = builder.position();
    let xref = find(&builder.bytes(), "xref\n");
    let bytes = replaced(
        &builder.bytes(),
        &format!("startxref\n{xref}"),
        &format!("startxref\n{}", xref - 1),
    );
    let mut builder = Builder::update(bytes, xref - 1, 6);
    builder.raw("\n").table_alone("/Root 1 0 R").end(first);
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let offsets: Vec<u64> = pdf
        .revisions()
        .iter()
        .map(|revision| revision.xref_offset)
        .collect();
    assert_eq!(offsets, [xref - 1, first]);
    assert_eq!(pdf.gaps(), []);
}

#[test]
fn subsections_at_the_limit_and_one_past_it() {
    let file = |more: usize| {
        let empty = "0 0\n".repeat(more);
        format!(
            "%PDF-1.7\nxref\n0 1\n0000000000 65535 f\r\n{empty}trailer<</Size 1>>startxref 9 %%EOF"
        )
    };
    assert!(Pdf::open(&Bytes(file(MAX_SUBSECTIONS - 1).as_bytes()), None).is_ok());
    let error = open_error(file(MAX_SUBSECTIONS).as_bytes());
    assert!(matches!(
        error,
        PdfError::TooLarge {
            what: "number of subsections of the cross-reference",
            ..
        }
    ));
}

#[test]
fn trailers_at_the_limit_and_one_past_it() {
    let file = |bytes: u64| {
        let padding = usize::try_from(bytes).expect("small") - "<</Size 1/A()>>".len();
        let padding = "x".repeat(padding);
        format!(
            "%PDF-1.7\nxref\n0 1\n0000000000 65535 f\r\ntrailer<</Size 1/A({padding})>>startxref 9 %%EOF"
        )
    };
    assert!(Pdf::open(&Bytes(file(MAX_TRAILER_BYTES).as_bytes()), None).is_ok());
    let error = open_error(file(MAX_TRAILER_BYTES + 1).as_bytes());
    assert_eq!(
        error,
        PdfError::TooLarge {
            what: "trailers",
            limit: MAX_TRAILER_BYTES
        }
    );
}

#[test]
fn between_startxref_and_its_number_there_is_space_alone() {
    let small = testing::small();
    let at = find(&small, "startxref");
    let offset = find(&small, "xref\n");
    let with = |tail: String| {
        let head = small.get(..usize::try_from(at).expect("small"));
        [head.expect("inside"), tail.as_bytes()].concat()
    };
    for (before, after) in [
        ("\n", "\n"),
        ("\r\n", "\r\n"),
        (" ", "\r"),
        ("\r", " \n\n"),
        ("\n0000000000", "\n"),
    ] {
        let bytes = with(format!("startxref{before}{offset}{after}%%EOF"));
        assert!(
            Pdf::open(&Bytes(&bytes), None).is_ok(),
            "{before:?} {after:?}"
        );
    }
    for (before, after) in [
        ("", "\n"),
        ("\n", ""),
        ("\0\n", "\n"),
        ("\n", "\0\n"),
        ("\t", "\n"),
        ("\x0c\n", "\n"),
        (" % c\n", "\n"),
        ("\n", " % c\n"),
        ("\n+", "\n"),
        ("\n", ".0\n"),
        ("\n", " 0\n"),
        ("\n000000000000000000", "\n"),
    ] {
        let bytes = with(format!("startxref{before}{offset}{after}%%EOF"));
        let expected = (at, Damage::NoStartxref);
        assert_eq!(damage(&bytes), expected, "{before:?} {after:?}");
    }
}

#[test]
fn headings_of_a_table_have_no_comments() {
    for table in [
        "xref %c\n0 1\n",
        "xref\n%c\n0 1\n",
        "xref\n0 %c\n1\n",
        "xref\n0 1%c\n",
        "xref\0\n0 1\n",
        "xref\n0\t1\n",
        "%c\nxref\n0 1\n",
        "\0xref\n0 1\n",
    ] {
        let bytes =
            format!("%PDF-1.7\n{table}0000000000 65535 f\r\ntrailer<</Size 1>>startxref 9 %%EOF");
        assert_eq!(damage(bytes.as_bytes()).1, Damage::BadXref, "{table:?}");
    }
}

/// poppler and pdf.js take it for a table that should begin at 0, and shift every object by one.
#[test]
fn update_whose_table_begins_at_one_with_the_head_of_the_free_objects() {
    let mut builder = testing::pages(1);
    builder.table("/Root 1 0 R");
    let table = |builder: &mut Builder, generation| {
        let xref = builder.position();
        builder.raw(format!(
            "xref\n1 1\n0000000000 {generation} f\r\ntrailer<</Size 6/Root 1 0 R/Prev {}>>\n",
            find(&builder.bytes(), "xref\n")
        ));
        builder.end(xref);
        (xref, builder.bytes())
    };
    let (xref, bytes) = table(&mut builder.clone(), "65535");
    assert_eq!(damage(&bytes), (xref + 5, Damage::BadXref));
    let (_, bytes) = table(&mut builder.clone(), "00001");
    assert!(Pdf::open(&Bytes(&bytes), None).is_ok());
}

#[test]
fn trailers_are_written_plainly() {
    for (keys, fine) in [
        ("/Root 1 0 R/Info 00000000000000000001 0 R", true),
        ("/Root 1 0 R/Other 00000000000000000001", true),
        ("/Root 1 0 R/Other 000000000000000000001", false),
        ("/Root 1 0 R/#49nfo 1 0 R", false),
        ("/Root 1 0 R/Made#20by(nobody)", true),
    ] {
        let bytes = testing::pages(1).table(keys).bytes();
        let source = Bytes(&bytes);
        let opened = Pdf::open(&source, None);
        assert_eq!(opened.is_ok(), fine, "{keys}");
    }
    for between in ["%c\n", "\0", "\x0c"] {
        let bytes = format!(
            "%PDF-1.7\nxref\n0 1\n0000000000 65535 f\r\ntrailer{between}<</Size 1>>startxref 9 %%EOF"
        );
        assert_eq!(
            damage(bytes.as_bytes()).1,
            Damage::BadTrailer,
            "{between:?}"
        );
    }
}

/// poppler refuses more than four bytes for the kind of an entry, and searches the file for objects.
#[test]
fn widths_of_a_cross_reference_stream_fit_into_numbers() {
    for (widths, fine) in [
        ([0, 1, 0], true),
        ([1, 8, 4], true),
        ([4, 1, 1], true),
        ([5, 1, 1], false),
        ([8, 8, 2], false),
        ([1, 1, 5], false),
        ([1, 9, 1], false),
    ] {
        let length: usize = widths.iter().sum();
        let [kind, second, third] = widths;
        let mut bytes = b"%PDF-1.7\n".to_vec();
        bytes.extend_from_slice(
            format!(
                "1 0 obj<</Type/XRef/Length {length}/Size 2/Index[1 1]/W[{kind} {second} {third}]>>stream\n{}\nendstream endobj startxref 9 %%EOF",
                "\0".repeat(length)
            )
            .as_bytes(),
        );
        let source = Bytes(&bytes);
        let opened = Pdf::open(&source, None);
        assert_eq!(opened.is_ok(), fine, "{widths:?}");
    }
}
