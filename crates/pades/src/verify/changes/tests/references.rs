//! References that come to mean something else: from nowhere to a new object, or the other way round.

use super::*;

/// Page 2 draws an object that does not exist.
fn dangling() -> Builder {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 0 R>>"),
    );
    file.table(TRAILER);
    file
}

#[test]
fn shadow_hide_a_reference_to_nothing_gets_a_drawing() {
    let mut file = dangling();
    file.stream(42, DRAWING, "The price is 900");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn shadow_hide_behind_an_honest_looking_seal() {
    let mut file = dangling();
    second_seal(&mut file);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn shadow_hide_in_an_object_stream() {
    let mut file = objects();
    let page = SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 0 R>>");
    file.object_stream(30, &[(6, &page)]);
    file.xref_stream(31, TRAILER);
    second_seal(&mut file);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn shadow_hide_in_an_object_stream_that_was_replaced() {
    let mut file = objects();
    file.object_stream(30, &[(6, SECOND_PAGE)]);
    file.xref_stream(31, TRAILER);
    // The entry of the page still says what it said, but the page draws an object that does not exist.
    let page = SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 0 R>>");
    let mut replaced = Builder::new();
    replaced.object_stream(30, &[(6, &page)]);
    let body = replaced.bytes().split_off(Builder::new().bytes().len());
    file.entry_here(30).raw(body);
    file.xref_stream(31, TRAILER);
    second_seal(&mut file);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn shadow_hide_in_an_object_stream_whose_dictionary_takes_a_number_from_elsewhere() {
    let page = SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 0 R>>");
    let heading = "6 0 ";
    let second = heading.len() + SECOND_PAGE.len() + 1;
    let mut file = objects();
    file.object(33, heading.len().to_string());
    file.stream(
        30,
        "/Type/ObjStm/N 1/First 33 0 R",
        format!("{heading}{SECOND_PAGE} {page}"),
    );
    file.entry(
        6,
        XrefEntry::Compressed {
            stream: 30,
            index: 0,
        },
    );
    file.xref_stream(31, TRAILER);
    file.object(33, second.to_string());
    file.xref_stream(31, TRAILER);
    second_seal(&mut file);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn object_streams_that_are_replaced_again_and_again_are_read_up_to_a_limit() {
    let members: Vec<(u32, &str)> = (1_000..)
        .map(|number| (number, "0"))
        .take(1 << 14)
        .collect();
    let mut alone = Builder::new();
    alone.object_stream(30, &members);
    let body = alone.bytes().split_off(Builder::new().bytes().len());
    // Replaced so often that all of them together are at the limit, and once more.
    let changes = |times: u32| {
        let mut file = objects();
        file.object_stream(30, &members);
        file.xref_stream(40, TRAILER);
        for time in 0..times {
            file.entry_here(30).raw(&body);
            file.xref_stream(41 + time, TRAILER);
        }
        file.object(200, "0").xref_stream(300, TRAILER);
        let bytes = file.bytes();
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let changes = LaterChanges::new(&pdf).expect("readable");
        changes.of(pdf.revisions().len() - 1).map(drop)
    };
    assert_eq!(changes(64), Ok(()));
    assert!(matches!(changes(65), Err(PdfError::TooLarge { .. })));
}

/// A contract, and revisions that each add some notes to it.
fn annotated(revisions: u32, notes: u32) -> Vec<u8> {
    let mut file = objects();
    file.table(TRAILER);
    let mut list = String::new();
    for revision in 0..revisions {
        for note in 0..notes {
            let number = 100 + revision * notes + note;
            list.push_str(&format!(" {number} 0 R"));
            file.object(number, NOTE);
        }
        // The list is an object of its own, which every tenth revision writes.
        if revision % 10 == 9 {
            file.object(21, format!("[23 0 R{list}]"));
        }
        file.table(TRAILER);
    }
    file.bytes()
}

#[test]
fn cost_is_linear_in_what_was_added() {
    let cost = |revisions, notes| {
        let bytes = annotated(revisions, notes);
        let source = Bytes(&bytes);
        let pdf = Pdf::open(&source, None).expect("readable");
        let changes = LaterChanges::new(&pdf).expect("readable");
        for revision in pdf.revisions() {
            changes.of(revision.index).expect("readable");
        }
        let listed: usize = (pdf.revisions().iter())
            .map(|revision| revision.entries().expect("readable").len())
            .sum();
        (changes.usage.visits(), listed, pdf.lookups())
    };
    for (revisions, notes) in [(100, 1), (400, 1), (2, 300), (2, 1_200)] {
        let (visits, listed, lookups) = cost(revisions, notes);
        assert!(visits <= listed, "{visits} visits to {listed} objects");
        assert!(lookups <= 40 * listed, "{lookups} lookups of {listed}");
    }
}

#[test]
fn revisions_asked_for_in_any_order_say_the_same() {
    let bytes = annotated(12, 2);
    let source = Bytes(&bytes);
    let pdf = Pdf::open(&source, None).expect("readable");
    let up = LaterChanges::new(&pdf).expect("readable");
    let down = LaterChanges::new(&pdf).expect("readable");
    let upwards: Vec<_> = (0..13).map(|revision| up.of(revision)).collect();
    let mut downwards: Vec<_> = (0..13).rev().map(|revision| down.of(revision)).collect();
    downwards.reverse();
    assert_eq!(upwards, downwards);
}

#[test]
fn a_reference_to_another_generation_is_to_another_object() {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 7 R>>"),
    );
    file.table(TRAILER);
    second_seal(&mut file);
    file.table(TRAILER);
    assert_level(&last(&file.bytes()), ChangeLevel::Signatures);
}

#[test]
fn shadow_replace_an_object_that_was_planted_and_freed() {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 42 0 R>>"),
    );
    file.stream(42, DRAWING, "The price is 900");
    file.table(TRAILER);
    file.free(42);
    file.table(TRAILER);
    file.stream(42, DRAWING, "The price is 900");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 42, ChangeClass::Other);
}

#[test]
fn an_object_that_nothing_referred_to_is_judged_when_something_does() {
    let mut file = objects();
    file.table(TRAILER);
    file.object(40, "<</Type/Page/Parent 2 0 R/Contents 41 0 R>>");
    file.stream(41, "", "BT (900) Tj ET");
    file.table(TRAILER);
    file.object(2, PAGES.replace("6 0 R]", "40 0 R]"));
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 2, ChangeClass::PageTree);
}

#[test]
fn shadow_hide_and_replace_with_a_second_page_tree() {
    let mut file = objects();
    file.object(30, PAGES.replace("4 0 R 6 0 R", "31 0 R 6 0 R"));
    file.object(
        31,
        PAGE.replace("/Contents 5", "/Contents 32")
            .replace("/Parent 2", "/Parent 30"),
    );
    file.stream(32, "", "BT (900) Tj ET");
    file.table(TRAILER);
    file.object(1, CATALOG.replace("/Pages 2", "/Pages 30"));
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 1, ChangeClass::PageTree);
}

#[test]
fn shadow_hide_a_layer_of_the_page_freed() {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 30 0 R>>"),
    );
    file.stream(30, DRAWING, "white over the text");
    file.table(TRAILER);
    file.free(30);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 30, ChangeClass::PageContent);
}
