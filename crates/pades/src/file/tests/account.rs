//! What an update holds besides what its cross-reference lists.

use super::*;

/// A document of one page, ready for an update.
fn base() -> Builder {
    let mut builder = testing::pages(1);
    builder.table("/Root 1 0 R");
    builder
}

/// What the last update of a file holds besides what it lists.
fn unlisted(builder: &Builder) -> Option<Vec<u8>> {
    let bytes = builder.bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let span = pdf.latest().unlisted_bytes().expect("readable")?;
    let range =
        usize::try_from(span.start).expect("small")..usize::try_from(span.end).expect("small");
    bytes.get(range).map(<[u8]>::to_vec)
}

#[test]
fn proper_updates_are_accounted_for() {
    let writers: [fn(&mut Builder); 7] = [
        |update| {
            update.table("/Root 1 0 R");
        },
        |update| {
            update.object(9, "(x)").table("/Root 1 0 R");
        },
        |update| {
            update
                .stream(9, "", "1 0 R obj trailer")
                .table("/Root 1 0 R");
        },
        |update| {
            update.object(9, "(x)").xref_stream(10, "/Root 1 0 R");
        },
        |update| {
            let objects = [(11, "(x)"), (12, "(y)")];
            update
                .object_stream(9, &objects)
                .xref_stream(10, "/Root 1 0 R");
        },
        // iText writes its name before startxref.
        |update| {
            let at = update.raw("\r\n% a comment\r").position();
            update.table_alone("/Root 1 0 R").raw("%producer\n").end(at);
        },
        // Not every writer lists its cross-reference stream in itself.
        |update| {
            let at = update.position();
            let previous = find(&update.bytes(), "xref\n");
            let keys = format!("/Type/XRef/W[1 4 1]/Index[1 0]/Size 6/Root 1 0 R/Prev {previous}");
            update
                .raw(format!(
                    "10 0 obj<<{keys}/Length 0>>stream\n\nendstream endobj\n"
                ))
                .end(at);
        },
    ];
    for write in writers {
        let mut builder = base();
        write(&mut builder);
        assert_eq!(unlisted(&builder), None);
    }
}

#[test]
fn whatever_else_there_is_is_found() {
    for (raw, found) in [
        ("5 0 obj(y)endobj\n", "5 0 obj(y)endobj\n"),
        ("junk\n", "junk\n"),
        ("\0\n", "\0\n"),
        ("% c 5 0 obj\n", "obj"),
        ("% 5\n% c\n%0\nobj\n", "obj\n"),
        ("% 5\n% c\n", ""),
        ("%", "xref"),
    ] {
        let mut builder = base();
        builder.object(9, "(x)").raw(raw).table("/Root 1 0 R");
        let unlisted = unlisted(&builder).unwrap_or_default();
        assert!(unlisted.starts_with(found.as_bytes()), "{raw} {unlisted:?}");
        assert_eq!(unlisted.is_empty(), found.is_empty(), "{raw}");
    }
}

#[test]
fn what_looks_like_an_object_inside_of_another_is_found() {
    for (data, suspicious) in [
        ("\n5 0 obj\n<<>>", true),
        ("x5 0 obj", true),
        ("5\r0\tobj", true),
        ("5 0obj", true),
        ("5 % c\n0 % c\n obj", true),
        ("trailer<<", true),
        ("trailer \n <<", true),
        ("trailer % c\n<<", true),
        ("5 0 endobj", false),
        ("50 obj", false),
        ("5 R obj", false),
        ("an obj", false),
        ("(a trailer) Tj", false),
        ("trailer < 5", false),
    ] {
        for text in [false, true] {
            let mut builder = base();
            if text {
                builder.object(9, format!("({data})"));
            } else {
                builder.stream(9, "", data);
            }
            builder.table("/Root 1 0 R");
            assert_eq!(unlisted(&builder).is_some(), suspicious, "{data:?}");
        }
    }
    // Nothing hides beyond what is looked at at once.
    for space in [" ".repeat(3_000), format!("%{}\n", "x".repeat(3_000))] {
        let mut builder = base();
        builder
            .stream(9, "", format!("5 0{space}obj"))
            .table("/Root 1 0 R");
        assert!(unlisted(&builder).is_some());
    }
    // Nor where one part that is searched at once ends and the next begins.
    for shift in 0..12 {
        let mut builder = base();
        let head = "9 0 obj\n<</Length 1048599>>\nstream\n".len();
        let padding = 1024 * 1024 - head - shift;
        let data = "x".repeat(padding) + "5 0 obj" + &"y".repeat(shift + 30);
        builder.stream(9, "", data).table("/Root 1 0 R");
        assert!(unlisted(&builder).is_some(), "{shift}");
    }
}

#[test]
fn objects_that_share_bytes_are_found() {
    let mut builder = base();
    let at = builder.position() + "9 0 obj\n<</Length 21>>\nstream\n".len() as u64;
    builder.stream(9, "", "10 0 obj (x) endobj  ");
    let entry = XrefEntry::Offset {
        offset: at,
        generation: 0,
    };
    builder.entry(10, entry).table("/Root 1 0 R");
    assert!(unlisted(&builder).is_some());
}

#[test]
fn object_streams_hold_what_is_listed_alone() {
    for listed in [[(11, 0), (12, 1)], [(11, 0), (11, 0)], [(12, 1), (12, 1)]] {
        let mut builder = base();
        builder.stream(9, "/Type/ObjStm/N 2/First 10", "11 0 12 4 (x) (y)");
        for (number, index) in listed {
            builder.entry(number, XrefEntry::Compressed { stream: 9, index });
        }
        builder.xref_stream(10, "/Root 1 0 R");
        let all = listed == [(11, 0), (12, 1)];
        assert_eq!(unlisted(&builder).is_none(), all, "{listed:?}");
    }
}
