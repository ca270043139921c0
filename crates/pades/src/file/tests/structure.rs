//! Revisions and cross-references.

use super::*;

fn spans(pdf: &Pdf<'_>) -> Vec<(u64, u64)> {
    pdf.revisions()
        .iter()
        .map(|revision| (revision.start, revision.end))
        .collect()
}

fn integer(pdf: &Pdf<'_>, revision: usize, number: u32) -> Option<i64> {
    let view = pdf.view(revision).expect("a revision");
    view.object(id(number))
        .expect("readable")
        .object
        .as_integer()
}

#[test]
fn one_revision_with_a_table() {
    let bytes = testing::small();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(spans(&pdf), [(0, bytes.len() as u64)]);
    assert_eq!(pdf.gaps(), []);
    let revision = &pdf.revisions()[0];
    assert_eq!(
        (revision.kind, revision.xref_offset),
        (XrefKind::Table, find(&bytes, "xref\n"))
    );
    assert_eq!(revision.marker_end, revision.end - 1);
    let entries = revision.entries().expect("readable");
    assert_eq!(entries.len(), 6);
    assert_eq!(
        entries[0],
        (
            0,
            XrefEntry::Free {
                next: 0,
                generation: 65535
            }
        )
    );
    let offset = find(&bytes, "4 0 obj");
    assert_eq!(
        entries[4],
        (
            4,
            XrefEntry::Offset {
                offset,
                generation: 0
            }
        )
    );
    let view = pdf.latest();
    let page = view.object(id(4)).expect("readable");
    let Location::File(span) = page.location else {
        panic!("{:?}", page.location);
    };
    assert_eq!(span.start, find(&bytes, "4 0 obj"));
    assert_eq!(span.end, find(&bytes, "\n5 0 obj"));
    assert_eq!(view.catalog_id(), Ok(id(1)));
    assert_eq!(view.size(), 6);
    assert_eq!(view.entry(6), Ok(None));
}

#[test]
fn every_revision_is_seen_as_it_was() {
    let mut builder = Builder::new();
    builder
        .object(1, "<</Type/Catalog>>")
        .object(2, "10")
        .object(3, "20")
        .table("/Root 1 0 R");
    let first = builder.position();
    builder
        .object(2, "11")
        .free(3)
        .object(4, "40")
        .table("/Root 1 0 R");
    let second = builder.position();
    builder
        .raw("\r\n")
        .object(2, "12")
        .object(3, "<<>>")
        .xref_stream(5, "/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(
        spans(&pdf),
        [(0, first), (first, second), (second, bytes.len() as u64)]
    );
    assert_eq!(pdf.gaps(), []);
    assert_eq!(
        [0, 1, 2].map(|revision| integer(&pdf, revision, 2)),
        [Some(10), Some(11), Some(12)]
    );
    assert_eq!(
        [0, 1].map(|revision| integer(&pdf, revision, 3)),
        [Some(20), None]
    );
    assert_eq!(
        [0, 1].map(|revision| integer(&pdf, revision, 4)),
        [None, Some(40)]
    );
    let freed = pdf.view(1).expect("there").object(id(3)).expect("readable");
    assert_eq!(
        (&freed.object, freed.location),
        (&Object::Null, Location::Absent)
    );
    let kinds: Vec<XrefKind> = pdf
        .revisions()
        .iter()
        .map(|revision| revision.kind)
        .collect();
    assert_eq!(kinds, [XrefKind::Table, XrefKind::Table, XrefKind::Stream]);
    let own: Vec<u32> = pdf.revisions()[1]
        .entries()
        .expect("readable")
        .iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(own, [2, 3, 4]);
    assert!(pdf.view(3).is_none());
    // Another generation is another object.
    let other = ObjectId {
        number: 2,
        generation: 1,
    };
    assert_eq!(
        pdf.latest().object(other).expect("readable").object,
        Object::Null
    );
    assert_eq!(
        integer(&pdf, 2, 2),
        Some(12),
        "nor is it mixed up afterwards"
    );
}

#[test]
fn earlier_views_never_read_later_bytes() {
    let mut builder = Builder::new();
    builder.object(1, "<</Type/Catalog>>");
    let later = builder.position();
    // The entry points to where the next revision will write.
    builder.entry(
        2,
        XrefEntry::Offset {
            offset: later + 400,
            generation: 0,
        },
    );
    builder.table("/Root 1 0 R");
    let padding = later + 400 - builder.position();
    builder.raw(" ".repeat(usize::try_from(padding).expect("small")));
    builder.object(2, "(shadow)").table("/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert!(pdf.latest().object(id(2)).is_ok());
    let old = pdf.view(0).expect("there").object(id(2));
    assert_eq!(
        place(old.expect_err("beyond the revision")),
        (later + 400, Damage::BadObject)
    );
}

#[test]
fn an_object_or_stream_across_the_end_of_its_revision_is_damaged() {
    let mut builder = Builder::new();
    builder.object(1, "<</Type/Catalog>>");
    builder
        .entry_here(2)
        .raw("2 0 obj\n<</Length 400>>\nstream\n");
    builder.table("/Root 1 0 R");
    builder
        .object(3, format!("({})", "x".repeat(600)))
        .table("/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let old = pdf.view(0).expect("there").object(id(2));
    assert_eq!(
        place(old.expect_err("beyond the revision")).1,
        Damage::BadStream
    );
}

#[test]
fn the_end_of_line_after_the_marker_belongs_to_the_revision() {
    let bytes = testing::small();
    let trimmed = bytes.trim_ascii_end();
    for end in ["", "\n", "\r", "\r\n"] {
        let bytes = [trimmed, end.as_bytes()].concat();
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        assert_eq!(pdf.revisions()[0].end, bytes.len() as u64, "{end:?}");
        assert_eq!(pdf.revisions()[0].marker_end, trimmed.len() as u64);
        assert_eq!(pdf.gaps(), []);
    }
}

#[test]
fn bytes_of_no_revision_are_gaps() {
    let mut builder = testing::pages(1);
    builder.table("/Root 1 0 R");
    let first = builder.position();
    builder.raw("junk 3 0 obj<<>>endobj ");
    let own = builder.position();
    builder.object(9, "1").table("/Root 1 0 R");
    let second = builder.position();
    builder.raw("%trailing");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let span = |start, end| Span { start, end };
    assert_eq!(pdf.gaps(), [span(first, own), span(second, second + 9)]);
    assert_eq!(pdf.revisions()[1].start, own);
}

#[test]
fn a_revision_that_was_left_out_of_the_chain_is_a_gap() {
    let mut builder = testing::pages(1);
    builder.table("/Root 1 0 R");
    let (first, xref) = (builder.position(), find(&builder.bytes(), "xref\n"));
    builder.object(2, "(hidden)").table("/Root 1 0 R");
    let hidden_end = builder.position();
    let mut builder = Builder::update(builder.bytes(), xref, 6);
    builder.object(7, "1").table("/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(pdf.revisions().len(), 2);
    assert_eq!(
        pdf.gaps(),
        [Span {
            start: first,
            end: hidden_end
        }]
    );
}

#[test]
fn bytes_before_the_header_are_a_gap_and_offsets_count_from_the_first_byte() {
    let junk = b"junk ";
    let bytes = [junk.as_slice(), &testing::small()].concat();
    assert_eq!(
        damage(&bytes).1,
        Damage::BadXref,
        "offsets that count from the header"
    );

    let mut builder = Builder::default();
    builder
        .raw(junk)
        .raw("%PDF-1.7\n")
        .object(1, "<</Type/Catalog>>")
        .table("/Root 1 0 R");
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(pdf.gaps(), [Span { start: 0, end: 5 }]);
    assert_eq!(spans(&pdf), [(5, bytes.len() as u64)]);
    assert!(pdf.latest().catalog().is_ok());
}

#[test]
fn not_a_pdf() {
    assert_eq!(open_error(b""), PdfError::NotPdf);
    assert_eq!(open_error(b"PK\x03\x04"), PdfError::NotPdf);
    let mut late = vec![b'\n'; 1020];
    late.extend_from_slice(&testing::small());
    assert_eq!(open_error(&late), PdfError::NotPdf);
}

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
fn linearized_files_are_one_revision() {
    let (bytes, first, main) = linearized();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(spans(&pdf), [(0, bytes.len() as u64)]);
    assert!(pdf.revisions()[0].linearized);
    assert_eq!(pdf.revisions()[0].xref_offset, first);
    assert!(main > first);
    assert_eq!(integer(&pdf, 0, 2), Some(2));
    assert_eq!(integer(&pdf, 0, 5), Some(5));
    assert_eq!(pdf.revisions()[0].entries().expect("readable").len(), 6);
    assert_eq!(pdf.gaps(), []);

    let mut builder = Builder::update(bytes.clone(), first, 6);
    builder.object(2, "22").table("/Root 1 0 R");
    let updated = builder.bytes();
    let source = Bytes(&updated);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(
        spans(&pdf),
        [
            (0, bytes.len() as u64),
            (bytes.len() as u64, updated.len() as u64)
        ]
    );
    assert_eq!(
        (integer(&pdf, 0, 2), integer(&pdf, 1, 2)),
        (Some(2), Some(22))
    );
}

/// A linearized file: its bytes, and where its two sections are.
fn linearized() -> (Vec<u8>, u64, u64) {
    let build = |main: u64| {
        let mut builder = Builder::new();
        builder.object(4, "<</Linearized 1>>");
        let first = builder.position();
        let size = 200;
        // The first page's section, with entries for what follows it.
        let objects = first + size;
        let mut text = format!(
            "xref\n4 2\n{:010} 00000 n\r\n{:010} 00000 n\r\n",
            15, objects
        );
        text += &format!("trailer\n<</Size 6/Root 1 0 R/Prev {main}>>\nstartxref\n0\n%%EOF\n");
        assert!(text.len() < 200);
        builder.raw(format!("{text:200}"));
        builder.entry_here(5).raw("5 0 obj\n5\nendobj\n");
        let mut builder = Builder::update(builder.bytes(), 0, 0);
        builder
            .object(1, "<</Type/Catalog>>")
            .object(2, "2")
            .object(3, "3");
        builder.entry(
            0,
            XrefEntry::Free {
                next: 0,
                generation: 65535,
            },
        );
        let main = builder.position();
        let before = builder.bytes().len();
        builder.table_alone("");
        let mut bytes = builder.bytes();
        let table = bytes.split_off(before);
        let table = String::from_utf8(table)
            .expect("text")
            .replace("/Prev 0", "");
        bytes.extend_from_slice(format!("{table}startxref\n{first}\n%%EOF\n").as_bytes());
        (bytes, first, main)
    };
    let (_, _, main) = build(1_000);
    let (_, _, main) = build(main);
    build(main)
}

#[test]
fn only_linearization_lets_prev_lead_forward() {
    let (bytes, ..) = linearized();
    let bytes = replaced(&bytes, "/Linearized", "/Linearised");
    assert_eq!(damage(&bytes), (15, Damage::BadXref));
}

#[test]
fn hybrid_files_take_hidden_objects_from_the_stream() {
    let mut builder = Builder::new();
    builder.object(1, "<</Type/Catalog>>").object(2, "2");
    builder.object_stream(5, &[(3, "33"), (4, "44")]);
    let stream = builder.position();
    // The stream knows the hidden objects; the table calls them free.
    let mut hidden = Builder::update(builder.bytes(), 0, 6);
    hidden.entry(
        3,
        XrefEntry::Compressed {
            stream: 5,
            index: 0,
        },
    );
    hidden.entry(
        4,
        XrefEntry::Compressed {
            stream: 5,
            index: 1,
        },
    );
    hidden.xref_stream_alone(6, "");
    let stream_bytes = replaced(&hidden.bytes(), "/Prev 0", "/Pref 0");
    builder.raw(&stream_bytes[usize::try_from(stream).expect("small")..]);
    builder.entry(
        6,
        XrefEntry::Offset {
            offset: stream,
            generation: 0,
        },
    );
    builder.table(&format!("/Root 1 0 R/XRefStm {stream}"));
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(pdf.revisions()[0].kind, XrefKind::Hybrid);
    assert_eq!(
        (
            integer(&pdf, 0, 2),
            integer(&pdf, 0, 3),
            integer(&pdf, 0, 4)
        ),
        (Some(2), Some(33), Some(44))
    );
    assert_eq!(pdf.revisions()[0].entries().expect("readable").len(), 7);
    let wrong = replaced(
        &bytes,
        &format!("/XRefStm {stream}"),
        &format!("/XRefStm {:0>width$}", 1, width = stream.to_string().len()),
    );
    assert_eq!(damage(&wrong), (1, Damage::BadXref));
}

#[test]
fn circles_of_prev_are_found() {
    let mut builder = Builder::new();
    builder.object(1, "<<>>");
    let xref = builder.position();
    builder
        .table_alone(&format!("/Root 1 0 R/Prev {xref}"))
        .end(xref);
    assert_eq!(damage(&builder.bytes()), (xref, Damage::Loop));
}

#[test]
fn revisions_at_the_limit_and_one_past_it() {
    let file = |count: usize| {
        let mut builder = testing::pages(0);
        for _ in 0..count {
            builder.table("/Root 1 0 R");
        }
        builder.bytes()
    };
    let bytes = file(MAX_REVISIONS);
    assert_eq!(
        Pdf::open(&Bytes(&bytes), None)
            .expect("readable")
            .revisions()
            .len(),
        MAX_REVISIONS
    );
    assert!(matches!(
        open_error(&file(MAX_REVISIONS + 1)),
        PdfError::TooLarge {
            what: "number of revisions",
            ..
        }
    ));
}

#[test]
fn lopdf_reads_the_same() {
    let mut builder = testing::pages(3);
    builder.table("/Root 1 0 R");
    builder.object_stream(
        20,
        &[
            (10, "[1 2.5 (three) /Four <35> true null 6 0 R]"),
            (11, "<</A<</B[]>>>>"),
        ],
    );
    builder
        .object(3, "<</Type/Font/Name(changed \\050)>>")
        .xref_stream(21, "/Root 1 0 R");
    let bytes = builder.bytes();
    let other = lopdf::Document::load_mem(&bytes).expect("readable");
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let mut compared = 0;
    for number in 1..pdf.latest().size() {
        let own = pdf.latest().object(id(number)).expect("readable");
        let Ok(theirs) = other.get_object((number, 0)) else {
            // It drops the containers once it has read them.
            assert!(matches!(number, 12..=21), "{number}");
            continue;
        };
        let theirs = theirs.as_stream().map_or_else(
            |_| theirs.clone(),
            |stream| lopdf::Object::Dictionary(stream.dict.clone()),
        );
        assert_eq!(same(&theirs), own.object, "{number}");
        compared += 1;
    }
    assert!(compared >= 11);
}

/// Their object as ours.
fn same(object: &lopdf::Object) -> Object {
    let mut written = Vec::new();
    lopdf::Writer::write_object(&mut written, object).expect("memory");
    crate::syntax::parse(&written).expect("an object").object
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
