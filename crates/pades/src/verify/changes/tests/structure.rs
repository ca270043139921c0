//! Entries of the cross-reference: streams, rewriting, freeing, and entries that lead where no honest update leads.

use super::*;
use crate::file::XrefEntry;

#[test]
fn an_update_with_streams() {
    let mut file = objects();
    file.table(TRAILER);
    let form = FORM.replace("22 0 R]", "22 0 R 40 0 R]");
    let page = PAGE.replace("20 0 R]", "20 0 R 40 0 R]");
    file.object(41, SIGNATURE);
    file.stream(42, DRAWING, "seal");
    file.object_stream(43, &[(4, &page), (8, &form), (40, NEW_FIELD)]);
    file.xref_stream(44, TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 43).class, ChangeClass::FileStructure);
    assert_eq!(about(&changes, 44).class, ChangeClass::FileStructure);
    assert_eq!(about(&changes, 44).level, ChangeLevel::Maintenance);
}

#[test]
fn an_object_that_is_written_again_is_the_same_by_value() {
    let changes = later(|file| {
        // In another order, with other spelling, compressed or not.
        file.object(
            18,
            "<< /ModDate (D:2026\\060101000000Z) /Producer <4F6666696365> >>",
        );
        file.stream(5, "", "BT /F 12 Tf 72 720 Td (The price is 100) Tj ET");
        file.object(
            2,
            "<</Type/Pages/Count 2/Kids[4 0 R 6 0 R]/MediaBox[0.0 0 595.0 842]>>",
        );
    });
    assert_level(&changes, ChangeLevel::None);
    assert!(
        changes
            .iter()
            .all(|change| change.class == ChangeClass::Rewritten)
    );
    assert_eq!(changes.len(), 3);
}

#[test]
fn an_object_that_moves_into_an_object_stream_is_the_same() {
    let mut file = objects();
    file.table(TRAILER);
    file.object_stream(40, &[(3, FONT), (20, NOTE)]);
    file.xref_stream(41, TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 3).class, ChangeClass::Rewritten);
}

#[test]
fn a_stream_that_differs_in_one_byte_is_not_the_same() {
    let long = vec![b'a'; 200_000];
    let mut other = long.clone();
    other[150_000] = b'b';
    for (data, expected) in [(&long, ChangeLevel::None), (&other, ChangeLevel::Other)] {
        let mut file = objects();
        file.stream(7, "", &long);
        file.table(TRAILER);
        file.stream(7, "", data);
        file.table(TRAILER);
        assert_level(&last(&file.bytes()), expected);
    }
}

#[test]
fn a_whole_table_with_the_old_offsets_changes_nothing() {
    let mut file = objects();
    let bytes = {
        file.table(TRAILER);
        file.bytes()
    };
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    for (number, entry) in pdf.revisions()[0].entries().expect("readable") {
        file.entry(number, entry);
    }
    file.table(TRAILER);
    assert_eq!(last(&file.bytes()), []);
}

#[test]
fn an_entry_that_leads_to_old_bytes_is_denied() {
    // Shadow replace: a second version of the content was hidden in the signed bytes.
    let mut file = objects();
    let hidden = file.position();
    file.raw("5 0 obj\n<</Length 17>>\nstream\nBT (price 900) Tj\nendstream\nendobj\n");
    file.table(TRAILER);
    file.entry(
        5,
        XrefEntry::Offset {
            offset: hidden,
            generation: 0,
        },
    );
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 5, ChangeClass::FileStructure);
}

#[test]
fn an_entry_that_leads_to_an_old_object_stream_is_denied() {
    let mut file = objects();
    file.object_stream(
        30,
        &[
            (31, "(unused)"),
            (3, "<</Type/Font/Subtype/Type1/BaseFont/Evil>>"),
        ],
    );
    file.object(3, FONT);
    file.xref_stream(32, TRAILER);
    file.entry(
        3,
        XrefEntry::Compressed {
            stream: 30,
            index: 1,
        },
    );
    file.xref_stream(33, TRAILER);
    assert_only_denied(&last(&file.bytes()), 3, ChangeClass::FileStructure);
}

#[test]
fn a_new_object_in_old_bytes_is_denied() {
    let mut file = objects();
    let hidden = file.position();
    file.raw(format!("40 0 obj\n{NEW_FIELD}\nendobj\n"));
    file.table(TRAILER);
    second_seal(&mut file);
    file.entry(
        40,
        XrefEntry::Offset {
            offset: hidden,
            generation: 0,
        },
    );
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 40, ChangeClass::FileStructure);
}

#[test]
fn an_object_stream_that_is_replaced_is_denied() {
    let mut file = objects();
    file.object_stream(30, &[(31, FONT)]);
    file.xref_stream(32, TRAILER);
    let mut other = Builder::new();
    other.object_stream(30, &[(31, "<</Type/Font/Subtype/Type1/BaseFont/Evil>>")]);
    let body = other.bytes();
    let start = body
        .windows(8)
        .position(|window| window == b"30 0 obj")
        .expect("the object");
    file.entry_here(30).raw(&body[start..]);
    file.xref_stream(33, TRAILER);
    assert_denied(&last(&file.bytes()), 30, ChangeClass::FileStructure);
}

#[test]
fn a_generation_that_changes_is_denied() {
    let changes = later(|file| {
        let offset = file.position();
        file.raw(format!("20 1 obj\n{NOTE}\nendobj\n"));
        file.entry(
            20,
            XrefEntry::Offset {
                offset,
                generation: 1,
            },
        );
    });
    assert_only_denied(&changes, 20, ChangeClass::FileStructure);
}

#[test]
fn an_object_that_cannot_be_read_is_denied() {
    let changes = later(|file| {
        file.entry_here(40).raw("40 0 obj\n<</A\nendobj\n");
    });
    assert_only_denied(&changes, 40, ChangeClass::FileStructure);
}

#[test]
fn an_object_that_is_freed_and_nobody_misses_is_nothing() {
    let mut file = objects();
    file.object(30, "(unused)");
    file.table(TRAILER);
    file.free(30);
    file.table(TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::None);
    assert_eq!(about(&changes, 30).class, ChangeClass::Unreachable);
}

#[test]
fn an_object_that_is_freed_and_used_is_denied() {
    for (number, class) in [
        (3, ChangeClass::PageContent),
        (5, ChangeClass::PageContent),
        (11, ChangeClass::PageContent),
        (10, ChangeClass::EarlierSignature),
    ] {
        let changes = later(|file| {
            file.free(number);
        });
        assert_only_denied(&changes, number, class);
    }
}

#[test]
fn an_object_that_becomes_null_is_as_if_freed() {
    let changes = later(|file| {
        file.object(5, "null");
    });
    assert_only_denied(&changes, 5, ChangeClass::PageContent);
}

#[test]
fn a_new_object_that_nothing_refers_to_is_nothing() {
    let changes = later(|file| {
        file.object(40, "<</Type/Page/Contents 41 0 R>>");
        file.stream(41, "", "BT (900) Tj ET");
    });
    assert_level(&changes, ChangeLevel::None);
    assert_eq!(about(&changes, 41).class, ChangeClass::Unreachable);
}

#[test]
fn a_hybrid_update_is_denied() {
    let mut file = objects();
    file.table(TRAILER);
    let hidden = file.position();
    file.xref_stream_alone(40, TRAILER);
    let start = file.position();
    file.table_alone(&format!("{TRAILER}/XRefStm {hidden}"));
    file.end(start);
    assert_denied(
        &last(&file.bytes()),
        trailer::TRAILER,
        ChangeClass::FileStructure,
    );
}

#[test]
fn one_number_for_every_cross_reference_stream() {
    let mut file = objects();
    file.xref_stream(40, TRAILER);
    file.xref_stream(40, TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 40).class, ChangeClass::FileStructure);
}

#[test]
fn a_cross_reference_stream_that_is_page_content_too_is_denied() {
    let mut file = objects();
    file.object(6, SECOND_PAGE.replace("7 0 R", "40 0 R"));
    file.xref_stream(40, TRAILER);
    file.xref_stream(40, TRAILER);
    assert_only_denied(&last(&file.bytes()), 40, ChangeClass::PageContent);
}

#[test]
fn the_length_of_an_old_stream_is_denied() {
    let mut file = objects();
    file.object(30, "46");
    file.object(
        5,
        "<</Length 30 0 R>>\nstream\nBT /F 12 Tf 72 720 Td (The price is 100) Tj ET\nendstream",
    );
    file.table(TRAILER);
    file.object(30, "20");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 30, ChangeClass::Other);
}

#[test]
fn more_changes_than_anybody_can_look_through_are_denied() {
    let with = |count: usize| {
        later(|file| {
            for number in 0..count {
                file.object(100 + u32::try_from(number).expect("small"), "0");
            }
        })
    };
    assert_level(&with(MAX_CHANGES), ChangeLevel::None);
    let changes = with(MAX_CHANGES + 1);
    assert_level(&changes, ChangeLevel::Other);
    assert_eq!(changes.len(), MAX_CHANGES + 1);
}

#[test]
fn cost_follows_the_update_in_a_file_of_very_many_objects() {
    // Enough objects that they are looked through unparsed, in a table and in object streams.
    let fillers: Vec<String> = (1_000..9_000)
        .map(|number| format!("<</Number {number}/Next {} 0 R/R(a R b)>>", number + 1))
        .collect();
    let mut table = objects();
    for (number, filler) in (1_000..).zip(&fillers) {
        table.object(number, filler);
    }
    table.table(TRAILER);
    let mut streams = objects();
    for (stream, part) in (500..).zip(fillers.chunks(100)) {
        let first = 1_000 + (stream - 500) * 100;
        let part: Vec<(u32, &str)> = (first..).zip(part.iter().map(String::as_str)).collect();
        streams.object_stream(stream, &part);
    }
    streams.xref_stream(700, TRAILER);
    for mut file in [table, streams] {
        second_seal(&mut file);
        file.table(TRAILER);
        let bytes = file.bytes();
        assert_level(&last(&bytes), ChangeLevel::Signatures);
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let changes = LaterChanges::new(&pdf).expect("readable");
        changes.of(1).expect("readable");
        assert!(
            !changes.usage.is_parsed(0),
            "the objects of the first revision were parsed"
        );
    }
}

#[test]
fn a_reference_among_very_many_objects_is_found() {
    let mut table = objects();
    let mut streams = objects();
    let body = |number: u32| {
        if number == 5_000 {
            "<</X 42 0 R>>".to_owned()
        } else {
            format!("<</Number {number}>>")
        }
    };
    for number in 1_000..9_000 {
        table.object(number, body(number));
    }
    table.table(TRAILER);
    let bodies: Vec<(u32, String)> = (1_000..9_000)
        .map(|number| (number, body(number)))
        .collect();
    for (stream, part) in (500..).zip(bodies.chunks(100)) {
        let part: Vec<(u32, &str)> = part
            .iter()
            .map(|(number, body)| (*number, body.as_str()))
            .collect();
        streams.object_stream(stream, &part);
    }
    streams.xref_stream(700, TRAILER);
    for mut file in [table, streams] {
        second_seal(&mut file);
        file.table(TRAILER);
        assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
    }
}

#[test]
fn the_catalog_is_listed_as_what_it_got() {
    let list = [
        ("/Lang", "/DSS<</Certs[]>>/Lang", ChangeClass::Dss),
        ("/Lang", "/Version/2.0/Lang", ChangeClass::Metadata),
    ];
    for (from, to, class) in list {
        let changes = later(|file| {
            file.object(1, CATALOG.replace(from, to));
        });
        assert_level(&changes, ChangeLevel::Maintenance);
        assert_eq!(about(&changes, 1).class, class, "{to}");
    }
    let mut file = objects();
    file.object(1, CATALOG.replace("8 0 R", FORM));
    file.table(TRAILER);
    second_seal(&mut file);
    let form = FORM.replace("22 0 R]", "22 0 R 40 0 R]");
    file.object(1, CATALOG.replace("8 0 R", &form));
    file.object(8, FORM);
    file.table(TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 1).class, ChangeClass::SignatureField);
}

#[test]
fn an_integer_is_no_real_number_but_where_any_number_is_read() {
    let rewritten = |from: &str, to: &str| {
        let mut file = objects();
        file.object(20, NOTE.replace("/Contents", &format!("{from}/Contents")));
        file.table(TRAILER);
        file.object(20, NOTE.replace("/Contents", &format!("{to}/Contents")));
        file.table(TRAILER);
        about(&last(&file.bytes()), 20).class == ChangeClass::Rewritten
    };
    assert!(rewritten("/C[1 0 0.50]/CA 1", "/C[1.0 0 .5]/CA 1.0"));
    assert!(!rewritten("/F 2", "/F 2.0"));
    assert!(!rewritten("/X[65]", "/X[65.0]"));
    assert!(rewritten("/CA 9007199254740992", "/CA 9007199254740992.0"));
    assert!(!rewritten("/CA 9007199254740993", "/CA 9007199254740993.0"));
}

#[test]
fn a_name_that_readers_disagree_about_equals_nothing() {
    let rewritten = |from: &str, to: &str| {
        let mut file = objects();
        file.object(20, NOTE.replace("/Contents", &format!("{from}/Contents")));
        file.table(TRAILER);
        file.object(20, NOTE.replace("/Contents", &format!("{to}/Contents")));
        file.table(TRAILER);
        about(&last(&file.bytes()), 20).class == ChangeClass::Rewritten
    };
    assert!(rewritten("/X/A#42", "/X/AB"));
    assert!(!rewritten("/X/A#234G", "/X/A#4G"));
    assert!(!rewritten("/X<</A#234G 1>>", "/X<</A#4G 1>>"));
}
