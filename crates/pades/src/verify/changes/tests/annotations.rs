//! Pages: further annotations where they are permitted; contents, resources, boxes and order never.

use super::*;

#[test]
fn an_annotation_is_added() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
        file.object(40, "<</Type/Annot/Subtype/FreeText/Rect[0 0 500 800]/P 4 0 R/AP<</N 41 0 R>>/Popup 42 0 R>>");
        file.stream(41, DRAWING, "white");
        file.object(
            42,
            "<</Type/Annot/Subtype/Popup/Parent 40 0 R/Rect[0 0 1 1]>>",
        );
    });
    assert_level(&changes, ChangeLevel::Annotations);
    let note = about(&changes, 40);
    assert_eq!(note.class, ChangeClass::Annotation);
    assert_eq!(note.page, Some(1));
    assert_eq!(note.rect, Some([0.0, 0.0, 500.0, 800.0]));
    assert_eq!(about(&changes, 41).class, ChangeClass::Annotation);
    assert_eq!(about(&changes, 42).level, ChangeLevel::Annotations);
    assert_eq!(about(&changes, 4).level, ChangeLevel::Annotations);
}

#[test]
fn an_annotation_is_added_to_a_list_of_its_own() {
    let changes = later(|file| {
        file.object(21, "[23 0 R 40 0 R]");
        file.object(40, "<</Type/Annot/Subtype/Stamp/Rect[0 0 500 800]>>");
    });
    assert_level(&changes, ChangeLevel::Annotations);
    assert_eq!(about(&changes, 40).page, Some(2));
    assert_eq!(about(&changes, 21).page, Some(2));
}

#[test]
fn an_annotation_that_runs_a_script_is_denied() {
    for action in [
        "/A<</S/JavaScript/JS(1)>>",
        "/A<</S/Launch/F(x)>>",
        "/A<</S/URI/URI(x)/Next<</S/JavaScript/JS(1)>>>>",
        "/AA<</PO<</S/JavaScript/JS(1)>>>>",
        "/A 40 0 R",
    ] {
        let changes = later(|file| {
            file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
            file.object(
                40,
                format!("<</Type/Annot/Subtype/Link/Rect[0 0 9 9]{action}>>"),
            );
        });
        assert_only_denied(&changes, 40, ChangeClass::Annotation);
    }
}

#[test]
fn an_annotation_that_leads_to_an_address_is_an_annotation() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
        file.object(
            40,
            "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.org)>>>>",
        );
    });
    assert_level(&changes, ChangeLevel::Annotations);
}

#[test]
fn an_annotation_is_changed() {
    let changes = later(|file| {
        file.object(20, NOTE.replace("(ask)", "(answer)"));
    });
    assert_level(&changes, ChangeLevel::Annotations);
    assert_eq!(about(&changes, 20).page, Some(1));
    assert_eq!(about(&changes, 20).rect, Some([10.0, 10.0, 20.0, 20.0]));
}

#[test]
fn an_annotation_that_becomes_another_kind_is_denied() {
    let changes = later(|file| {
        file.object(20, NOTE.replace("/Subtype/Text", "/Subtype/Redact"));
    });
    assert_only_denied(&changes, 20, ChangeClass::Annotation);
}

#[test]
fn an_annotation_is_removed() {
    let changes = later(|file| {
        file.object(4, PAGE.replace(" 20 0 R]", "]"));
        file.free(20);
    });
    assert_level(&changes, ChangeLevel::Annotations);
    assert_eq!(about(&changes, 20).class, ChangeClass::Annotation);
    assert_eq!(about(&changes, 4).rect, Some([10.0, 10.0, 20.0, 20.0]));
}

#[test]
fn an_annotation_that_is_freed_and_still_listed_is_denied() {
    let changes = later(|file| {
        file.free(20);
    });
    assert_level(&changes, ChangeLevel::Other);
}

#[test]
fn a_widget_that_is_removed_is_denied() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("9 0 R ", ""));
    });
    assert_only_denied(&changes, 4, ChangeClass::Annotation);
}

#[test]
fn annotations_in_another_order_are_denied() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("9 0 R 12 0 R", "12 0 R 9 0 R"));
    });
    assert_only_denied(&changes, 4, ChangeClass::Annotation);
}

#[test]
fn an_annotation_under_the_others_is_denied() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("[9 0 R", "[40 0 R 9 0 R"));
        file.object(40, NOTE);
    });
    assert_only_denied(&changes, 4, ChangeClass::Annotation);
}

#[test]
fn an_old_object_that_becomes_an_annotation_is_denied() {
    let changes = later(|file| {
        file.object(21, "[23 0 R 20 0 R]");
    });
    assert_only_denied(&changes, 21, ChangeClass::Annotation);
}

#[test]
fn a_stream_in_place_of_an_annotation_is_denied() {
    let changes = later(|file| {
        file.object(21, "[23 0 R 40 0 R]");
        file.stream(40, "/Type/Annot/Subtype/Text/Rect[0 0 1 1]", "BT ET");
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn what_a_page_shows_is_denied() {
    for (from, to) in [
        ("/Contents 5", "/Contents 7"),
        ("/Contents 5 0 R", "/Contents[5 0 R 7 0 R]"),
        ("/F 3 0 R", "/F 40 0 R"),
        ("/Type/Page", "/Type/Page/Rotate 90"),
        ("/Type/Page", "/Type/Page/MediaBox[0 0 1 1]"),
        ("/Type/Page", "/Type/Page/CropBox[0 0 1 1]"),
        ("/Type/Page", "/Type/Page/UserUnit 2"),
        ("/Type/Page", "/Type/Page/AA<</O<</S/JavaScript/JS(1)>>>>"),
        ("/Type/Page", "/Type/Page/Group<</S/Transparency>>"),
        ("/Type/Page", "/Type/Page/Tabs/S"),
        ("/Type/Page", "/Type/Page/PieceInfo<<>>"),
    ] {
        assert!(PAGE.contains(from), "the test changes something");
        let changes = later(|file| {
            file.object(4, PAGE.replace(from, to));
        });
        assert_only_denied(&changes, 4, ChangeClass::PageContent);
        assert_eq!(about(&changes, 4).page, Some(1));
    }
}

#[test]
fn page_content_that_is_replaced_in_place_is_denied() {
    let changes = later(|file| {
        file.stream(5, "", "BT /F 12 Tf 72 720 Td (The price is 900) Tj ET");
    });
    assert_only_denied(&changes, 5, ChangeClass::PageContent);
}

#[test]
fn a_new_page_is_denied() {
    let changes = later(|file| {
        file.object(
            2,
            PAGES
                .replace("/Count 2", "/Count 3")
                .replace("6 0 R]", "6 0 R 40 0 R]"),
        );
        file.object(40, "<</Type/Page/Parent 2 0 R>>");
    });
    assert_only_denied(&changes, 2, ChangeClass::PageTree);
}

#[test]
fn pages_in_another_order_are_denied() {
    let changes = later(|file| {
        file.object(2, PAGES.replace("4 0 R 6 0 R", "6 0 R 4 0 R"));
    });
    assert_only_denied(&changes, 2, ChangeClass::PageTree);
}

#[test]
fn boxes_of_all_pages_are_denied() {
    let changes = later(|file| {
        file.object(2, PAGES.replace("842", "421"));
    });
    assert_only_denied(&changes, 2, ChangeClass::PageTree);
}

#[test]
fn a_page_that_hangs_elsewhere_is_denied() {
    let changes = later(|file| {
        file.object(4, PAGE.replace("/Parent 2", "/Parent 40"));
        file.object(40, PAGES);
    });
    assert_level(&changes, ChangeLevel::Other);
    assert_denied(&changes, 4, ChangeClass::PageTree);
}

#[test]
fn a_list_that_holds_annotations_and_page_contents_gets_no_stream() {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/Contents 7 0 R", "/Contents 21 0 R"),
    );
    file.table(TRAILER);
    file.object(21, "[23 0 R 40 0 R]");
    file.stream(40, "", "BT /F 12 Tf (900) Tj ET");
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 40, ChangeClass::Form);
}

#[test]
fn an_object_with_two_roles_is_denied() {
    // A page that is an annotation as well: rewriting the annotation would rewrite the page.
    let mut file = objects();
    let page = SECOND_PAGE.replace("/Contents 7", "/Subtype/Text/Rect[0 0 1 1]/Contents 7");
    file.object(6, &page);
    file.object(4, PAGE.replace("20 0 R]", "20 0 R 6 0 R]"));
    file.table(TRAILER);
    file.object(6, page.replace("/Contents 7", "/Contents 5"));
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 6, ChangeClass::PageContent);
}

#[test]
fn an_annotation_that_is_the_resources_of_a_page_too_is_denied() {
    let with = |resources: &str| {
        let mut file = objects();
        file.object(6, SECOND_PAGE.replace("<</Font<</F 3 0 R>>>>", resources));
        file.table(TRAILER);
        file.object(20, NOTE.replace("(ask)", "(ask)/XObject<</X 40 0 R>>"));
        file.stream(40, DRAWING, "The price is 900");
        file.table(TRAILER);
        last(&file.bytes())
    };
    assert_level(&with(" 3 0 R"), ChangeLevel::Annotations);
    assert_denied(&with(" 20 0 R"), 20, ChangeClass::Annotation);
}

#[test]
fn an_annotation_that_is_the_resources_of_its_own_page_is_denied() {
    let mut file = objects();
    file.object(4, PAGE.replace("<</Font<</F 3 0 R>>>>", " 20 0 R"));
    file.table(TRAILER);
    file.object(20, NOTE.replace("(ask)", "(ask)/XObject<</X 40 0 R>>"));
    file.stream(40, DRAWING, "The price is 900");
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 20, ChangeClass::Annotation);
}

#[test]
fn the_first_pages_are_searched_and_no_more() {
    let added_to = |page: u32| {
        let mut file = crate::testing::pages(page);
        let number = 4 + 2 * (page - 1);
        file.object(number, "<</Type/Page/Parent 2 0 R/Annots 9000 0 R>>");
        file.object(9000, "[]");
        file.table("/Root 1 0 R");
        file.object(9000, "[9001 0 R]");
        file.object(9001, "<</Type/Annot/Subtype/Text/Rect[0 0 1 1]>>");
        file.table("/Root 1 0 R");
        last(&file.bytes())
    };
    let pages = step::MAX_PAGES_SEARCHED;
    assert_level(&added_to(pages), ChangeLevel::Annotations);
    assert_level(&added_to(pages + 1), ChangeLevel::Other);
}
