//! Objects where the cross-reference says, and in object streams.

use super::*;

#[test]
fn objects_must_be_who_the_cross_reference_says() {
    let small = testing::small();
    for wrong in ["9 0 obj", "4 1 obj", "4 0 obi", "+4 0 obj"] {
        let mut builder = testing::pages(0);
        builder.entry_here(4).raw(wrong).raw("<<>>endobj ");
        let bytes = builder.table("/Root 1 0 R").bytes();
        assert_eq!(
            object_damage(&bytes, 4),
            (find(&bytes, wrong), Damage::BadObject),
            "{wrong}"
        );
    }
    let offset = find(&small, "4 0 obj");
    for wrong in [0, 1, offset + 1] {
        let bytes = replaced(
            &small,
            &format!("{offset:010} 00000 n"),
            &format!("{wrong:010} 00000 n"),
        );
        assert_eq!(object_damage(&bytes, 4).1, Damage::BadObject, "{wrong}");
    }
    let bytes = replaced(
        &small,
        &format!("{offset:010} 00000 n"),
        "9999999999 00000 n",
    );
    assert_eq!(object_damage(&bytes, 4), (9_999_999_999, Damage::BadObject));
    // White space in front is not counted by all writers.
    let bytes = replaced(
        &small,
        &format!("{offset:010} 00000 n"),
        &format!("{:010} 00000 n", offset - 1),
    );
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(
        pdf.latest().object(id(4)).expect("readable").offset(),
        offset
    );
}

#[test]
fn object_streams() {
    let mut builder = testing::pages(0);
    builder.object_stream(9, &[(10, "<</A(in clear)>>"), (11, "11"), (12, "[10 0 R]")]);
    builder.entry(
        13,
        XrefEntry::Compressed {
            stream: 9,
            index: 3,
        },
    );
    builder.entry(
        14,
        XrefEntry::Compressed {
            stream: 9,
            index: 0,
        },
    );
    builder.entry(
        15,
        XrefEntry::Compressed {
            stream: 3,
            index: 0,
        },
    );
    builder.entry(
        16,
        XrefEntry::Compressed {
            stream: 10,
            index: 0,
        },
    );
    builder.entry(
        17,
        XrefEntry::Compressed {
            stream: 99,
            index: 0,
        },
    );
    let bytes = builder.xref_stream(20, "/Root 1 0 R").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    let object = view.object(id(11)).expect("readable");
    assert_eq!(object.object, Object::Integer(11));
    assert_eq!(
        object.location,
        Location::ObjectStream {
            stream: 9,
            index: 1
        }
    );
    let array = view.object(id(12)).expect("readable").object.clone();
    let first = &array.as_array().expect("array").0[0];
    let dictionary = view.resolve(&first.object).expect("readable");
    let found = view
        .find(dictionary.as_dictionary().expect("dictionary"), "A")
        .expect("readable");
    assert_eq!(
        found.and_then(|found| Some(found.as_bytes()? == b"in clear")),
        Some(true)
    );
    for (number, expected) in [
        (13, Damage::BadObject),
        (14, Damage::BadObject),
        (15, Damage::WrongType),
        (16, Damage::BadXref),
        (17, Damage::BadXref),
    ] {
        assert_eq!(object_damage(&bytes, number).1, expected, "{number}");
    }
}

/// Two objects over the same data, one hidden in a comment of the other: each is read as its own dictionary says.
#[test]
fn object_streams_that_overlap() {
    let mut builder = testing::pages(0);
    let head = "8 0 obj<</N 1%9 0 obj<</N 2\n/Type/ObjStm/Length 14/First 10>>stream\n";
    let inner = builder.position() + head.find("9 0 obj").expect("there") as u64;
    builder
        .entry_here(8)
        .raw(head)
        .raw("10 0 11 0 (x) \nendstream endobj ");
    builder.entry(
        9,
        XrefEntry::Offset {
            offset: inner,
            generation: 0,
        },
    );
    builder.entry(
        10,
        XrefEntry::Compressed {
            stream: 8,
            index: 0,
        },
    );
    builder.entry(
        11,
        XrefEntry::Compressed {
            stream: 9,
            index: 1,
        },
    );
    let bytes = builder.xref_stream(20, "/Root 1 0 R").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    for number in [10, 11] {
        let object = pdf.latest().object(id(number)).expect("readable");
        assert_eq!(object.object.as_bytes(), Some(&b"x"[..]));
    }
}

/// Some readers end an object where the next one begins, others where it ends: neither may matter.
#[test]
fn objects_of_an_object_stream_that_overlap() {
    for (places, body, fine) in [
        ("10 0 11 4 ", "[5] 7", true),
        ("10 0 11 3 ", "[5] 7", true),
        ("10 0 11 2 ", "[5] 7", false),
        ("10 0 11 1 ", "12 7", false),
        ("10 0 11 2 ", "5 0 R", false),
        ("10 0 11 0 ", "(x)", false),
    ] {
        let mut builder = testing::pages(0);
        let keys = format!("/Type/ObjStm/N 2/First {}", places.len());
        builder.stream(8, &keys, format!("{places}{body}"));
        for (number, index) in [(10, 0), (11, 1)] {
            builder.entry(number, XrefEntry::Compressed { stream: 8, index });
        }
        let bytes = builder.xref_stream(20, "/Root 1 0 R").bytes();
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let read = pdf.latest().object(id(10));
        assert_eq!(read.is_ok(), fine, "{places} {body}");
    }
    let mut builder = testing::pages(0);
    builder.stream(8, "/Type/ObjStm/N 2/First 10", "10 4 11 0 [5] 7");
    builder.entry(
        10,
        XrefEntry::Compressed {
            stream: 8,
            index: 0,
        },
    );
    let bytes = builder.xref_stream(20, "/Root 1 0 R").bytes();
    let descending = object_damage(&bytes, 10).1;
    assert_eq!(descending, Damage::BadStream);
}

/// Object 8 at the beginning of an object stream, number 9.
fn of_one(keys: &str, data: &str) -> Vec<u8> {
    let mut builder = testing::pages(0);
    let entry = XrefEntry::Compressed {
        stream: 9,
        index: 0,
    };
    builder.stream(9, keys, data).entry(8, entry);
    builder.xref_stream(10, "/Root 1 0 R").bytes()
}

#[test]
fn object_streams_out_of_bounds() {
    for (keys, data) in [
        ("/Type/ObjStm/N 1/First 99", "8 0 5"),
        ("/Type/ObjStm/N 9/First 4", "8 0 5"),
        ("/Type/ObjStm/N 2/First 4", "8 0 5"),
        ("/Type/ObjStm/N -1/First 4", "8 0 5"),
        ("/Type/ObjStm/N 1", "8 0 5"),
        ("/Type/ObjStm/First 4", "8 0 5"),
        (
            "/Type/ObjStm/N 9223372036854775807/First 9223372036854775807",
            "8 0 5",
        ),
        ("/Type/ObjStm/N 1/First 4", "x 0 5"),
        // Some readers go by the number, others by the place.
        ("/Type/ObjStm/N 2/First 8", "8 0 8 2 5 6"),
    ] {
        let bytes = of_one(keys, data);
        assert_eq!(
            object_damage(&bytes, 8),
            (find(&bytes, "9 0 obj"), Damage::BadStream),
            "{keys}"
        );
    }
    for (keys, data) in [
        ("/Type/ObjStm/N 1/First 4", "8 9 5"),
        ("/Type/ObjStm/N 1/First 4", "8 0 )"),
        ("/Type/ObjStm/N 1/First 4", "8 0 [5"),
        ("/Type/ObjStn/N 1/First 4", "8 0 5"),
    ] {
        let bytes = of_one(keys, data);
        assert_eq!(
            object_damage(&bytes, 8),
            (find(&bytes, "9 0 obj"), Damage::BadObject),
            "{keys} {data}"
        );
    }
}

#[test]
fn references_to_references_end_or_are_a_circle() {
    let mut builder = testing::pages(0);
    builder
        .object(8, "9 0 R")
        .object(9, "(end)")
        .object(10, "11 0 R")
        .object(11, "10 0 R");
    let bytes = builder.table("/Root 1 0 R").bytes();
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let view = pdf.latest();
    assert_eq!(
        view.resolve(&Object::Reference(id(8)))
            .expect("ends")
            .as_bytes(),
        Some(&b"end"[..])
    );
    let circle = view.resolve(&Object::Reference(id(10)));
    assert_eq!(
        place(circle.expect_err("a circle")),
        (find(&bytes, "10 0 obj"), Damage::Loop)
    );
}
