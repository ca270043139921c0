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
