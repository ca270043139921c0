//! Revisions: what each of them sees, and where it begins and ends.

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
