//! Filling of form fields: value and appearance together, nothing else.

use super::*;

/// The text field with a value, and a new drawing of it.
fn fill(file: &mut Builder) {
    file.object(
        13,
        TEXT.replace("(100)", "(900)").replace("14 0 R", "40 0 R"),
    );
    file.stream(40, DRAWING, "900");
}

#[test]
fn a_text_field_is_filled() {
    let changes = later(fill);
    assert_level(&changes, ChangeLevel::FormFill);
    let field = about(&changes, 13);
    assert_eq!(field.class, ChangeClass::FieldValue);
    assert_eq!(field.field.as_deref(), Some("amount"));
    assert_eq!(field.page, Some(1));
    assert_eq!(field.rect, Some([50.0, 300.0, 150.0, 320.0]));
    assert_eq!(about(&changes, 40).field.as_deref(), Some("amount"));
}

#[test]
fn a_text_field_is_filled_as_acrobat_does_it() {
    let changes = later(|file| {
        fill(file);
        file.object(
            1,
            CATALOG.replace(
                "/Lang",
                "/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>/Lang",
            ),
        );
        file.object(8, FORM.replace("/Helv 3 0 R", "/Helv 3 0 R/Song 41 0 R"));
        file.object(41, FONT);
        file.object(18, "<</Producer(Acrobat)/ModDate(D:20270101000000Z)>>");
        file.stream(
            19,
            "/Type/Metadata/Subtype/XML",
            "<x:xmpmeta>later</x:xmpmeta>",
        );
        file.object(
            13,
            TEXT.replace("(100)", "(900)/M(D:20270101000000Z)")
                .replace("14 0 R", "40 0 R")
                .replace("Helv 9", "Song 9"),
        );
    });
    assert_level(&changes, ChangeLevel::FormFill);
}

#[test]
fn the_drawing_of_a_field_is_replaced_in_place() {
    let changes = later(|file| {
        file.object(13, TEXT.replace("(100)", "(900)"));
        file.stream(14, DRAWING, "900");
    });
    assert_level(&changes, ChangeLevel::FormFill);
    assert_eq!(about(&changes, 14).class, ChangeClass::FieldValue);
    assert_eq!(about(&changes, 14).field.as_deref(), Some("amount"));
}

#[test]
fn a_drawing_that_is_page_content_too_is_denied() {
    let mut file = objects();
    file.object(
        6,
        SECOND_PAGE.replace("/F 3 0 R>>", "/F 3 0 R>>/XObject<</X 14 0 R>>"),
    );
    file.table(TRAILER);
    file.object(13, TEXT.replace("(100)", "(900)"));
    file.stream(14, DRAWING, "900");
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 14, ChangeClass::PageContent);
}

#[test]
fn a_value_without_its_drawing_is_denied() {
    let changes = later(|file| {
        file.object(13, TEXT.replace("(100)", "(900)"));
    });
    assert_only_denied(&changes, 13, ChangeClass::FieldValue);
}

#[test]
fn a_drawing_without_its_value_is_denied() {
    let changes = later(|file| {
        file.object(13, TEXT.replace("14 0 R", "40 0 R"));
        file.stream(40, DRAWING, "900");
    });
    assert_denied(&changes, 13, ChangeClass::FieldValue);
}

#[test]
fn a_drawing_alone_replaced_in_place_is_denied() {
    let changes = later(|file| {
        file.stream(14, DRAWING, "900");
    });
    assert_only_denied(&changes, 14, ChangeClass::PageContent);
}

#[test]
fn a_value_of_a_field_that_viewers_draw_is_filled() {
    let mut file = objects();
    let bare = TEXT.replace("/AP<</N 14 0 R>>", "");
    file.object(13, &bare);
    file.table(TRAILER);
    file.object(13, bare.replace("(100)", "(900)"));
    file.table(TRAILER);
    assert_level(&last(&file.bytes()), ChangeLevel::FormFill);
}

#[test]
fn anything_else_about_a_field_is_denied() {
    for (from, to) in [
        ("/MaxLen 9", "/MaxLen 2"),
        ("/MaxLen 9", "/MaxLen 9/DV(1)"),
        ("/MaxLen 9", "/MaxLen 9/AA<</F<</S/JavaScript/JS(1)>>>>"),
        ("/MaxLen 9", "/MaxLen 9/Ff 2"),
        ("/Rect[50 300 150 320]", "/Rect[0 0 600 800]"),
        ("/T(amount)", "/T(sum)"),
        ("/FT/Tx", "/FT/Ch"),
        ("/F 4", "/F 2"),
        ("(900)", "5 0 R"),
        ("(900)", "/Name"),
        ("/V(900)", ""),
    ] {
        let changes = later(|file| {
            fill(file);
            let field = TEXT.replace("(100)", "(900)").replace("14 0 R", "40 0 R");
            assert!(field.contains(from), "the test changes something");
            let field = field.replace(from, to);
            file.object(13, field);
        });
        if to.is_empty() {
            assert_level(&changes, ChangeLevel::FormFill);
        } else {
            assert_level(&changes, ChangeLevel::Other);
            assert!(
                changes
                    .iter()
                    .all(|change| change.level != ChangeLevel::Other
                        || [13, 40].contains(&change.object))
            );
        }
    }
}

#[test]
fn a_field_is_made_read_only() {
    let changes = later(|file| {
        file.object(13, TEXT.replace("/MaxLen 9", "/MaxLen 9/Ff 1"));
    });
    assert_level(&changes, ChangeLevel::FormFill);
    assert_eq!(about(&changes, 13).class, ChangeClass::Form);
}

#[test]
fn a_check_box_is_ticked() {
    let changes = later(|file| {
        file.object(15, CHECK.replace("/V/Off/AS/Off", "/V/Yes/AS/Yes"));
    });
    assert_level(&changes, ChangeLevel::FormFill);
    assert_eq!(about(&changes, 15).field.as_deref(), Some("agree"));
}

#[test]
fn a_check_box_that_shows_something_else_is_denied() {
    for (value, shown) in [
        ("Yes", "Off"),
        ("Off", "Yes"),
        ("Other", "Other"),
        ("Yes", "Other"),
    ] {
        let changes = later(|file| {
            file.object(
                15,
                CHECK.replace("/V/Off/AS/Off", &format!("/V/{value}/AS/{shown}")),
            );
        });
        assert_only_denied(&changes, 15, ChangeClass::FieldValue);
    }
}

#[test]
fn a_check_box_with_another_drawing_is_denied() {
    let changes = later(|file| {
        file.object(
            15,
            CHECK
                .replace("/V/Off/AS/Off", "/V/Yes/AS/Yes")
                .replace("16 0 R", "40 0 R"),
        );
        file.stream(40, DRAWING, "no");
    });
    assert_denied(&changes, 15, ChangeClass::FieldValue);
}

/// Radio buttons 30 (`A`) and 31 (`B`) of field 32.
fn radio(file: &mut Builder, value: &str, states: [&str; 2]) {
    file.object(
        32,
        format!("<</FT/Btn/Ff 32768/T(choice)/V/{value}/Kids[30 0 R 31 0 R]>>"),
    );
    for (number, (name, state)) in [30, 31].into_iter().zip(["A", "B"].into_iter().zip(states)) {
        file.object(
            number,
            format!("<</Type/Annot/Subtype/Widget/Parent 32 0 R/AS/{state}/Rect[0 0 9 9]/P 6 0 R/AP<</N<</{name} 16 0 R/Off 17 0 R>>>>>>"),
        );
    }
}

fn chosen(value: &str, states: [&str; 2]) -> Vec<Change> {
    let mut file = objects();
    file.object(8, FORM.replace("22 0 R]", "22 0 R 32 0 R]"));
    file.object(21, "[23 0 R 30 0 R 31 0 R]");
    radio(&mut file, "A", ["A", "Off"]);
    file.table(TRAILER);
    radio(&mut file, value, states);
    file.table(TRAILER);
    last(&file.bytes())
}

#[test]
fn a_radio_button_is_chosen() {
    let changes = chosen("B", ["Off", "B"]);
    assert_level(&changes, ChangeLevel::FormFill);
    for number in [30, 31, 32] {
        assert_eq!(about(&changes, number).field.as_deref(), Some("choice"));
    }
    assert_eq!(about(&changes, 31).page, Some(2));
}

#[test]
fn radio_buttons_that_show_another_choice_are_denied() {
    for (value, states) in [
        ("B", ["A", "Off"]),
        ("B", ["A", "B"]),
        ("B", ["Off", "Off"]),
        ("A", ["Off", "B"]),
    ] {
        assert_only_denied(&chosen(value, states), 32, ChangeClass::FieldValue);
    }
}

#[test]
fn a_push_button_that_looks_otherwise_is_denied() {
    let mut file = objects();
    let button = "<</Type/Annot/Subtype/Widget/FT/Btn/Ff 65536/T(go)/Rect[0 0 9 9]/P 6 0 R/AP<</N 16 0 R>>>>";
    file.object(8, FORM.replace("22 0 R]", "22 0 R 30 0 R]"));
    file.object(21, "[23 0 R 30 0 R]");
    file.object(30, button);
    file.table(TRAILER);
    file.object(30, button.replace("16 0 R", "40 0 R"));
    file.stream(40, DRAWING, "900");
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 30, ChangeClass::FieldValue);
}

#[test]
fn a_field_with_two_widgets_is_redrawn_in_both() {
    let write = |file: &mut Builder, value: &str, drawings: [u32; 2]| {
        file.object(
            32,
            format!("<</FT/Tx/T(sum)/V({value})/Kids[30 0 R 31 0 R]>>"),
        );
        for (number, drawing) in [30, 31].into_iter().zip(drawings) {
            let widget = format!(
                "<</Type/Annot/Subtype/Widget/Parent 32 0 R/Rect[0 0 9 9]/P 6 0 R/AP<</N {drawing} 0 R>>>>"
            );
            file.object(number, widget);
        }
    };
    let filled = |drawings| {
        let mut file = objects();
        file.object(8, FORM.replace("22 0 R]", "22 0 R 32 0 R]"));
        file.object(21, "[23 0 R 30 0 R 31 0 R]");
        write(&mut file, "1", [16, 17]);
        file.table(TRAILER);
        write(&mut file, "2", drawings);
        file.stream(40, DRAWING, "2");
        file.table(TRAILER);
        last(&file.bytes())
    };
    assert_level(&filled([40, 40]), ChangeLevel::FormFill);
    assert_only_denied(&filled([40, 17]), 32, ChangeClass::FieldValue);
}

#[test]
fn a_field_that_no_form_leads_to_is_denied() {
    let mut file = objects();
    file.object(30, TEXT.replace("amount", "loose"));
    file.object(21, "[23 0 R 30 0 R]");
    file.table(TRAILER);
    file.object(
        30,
        TEXT.replace("amount", "loose")
            .replace("(100)", "(900)")
            .replace("14 0 R", "40 0 R"),
    );
    file.stream(40, DRAWING, "900");
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 30, ChangeClass::Annotation);
}

#[test]
fn a_change_that_is_undone_is_still_listed() {
    let mut file = objects();
    file.table(TRAILER);
    fill(&mut file);
    file.table(TRAILER);
    file.object(13, TEXT);
    file.table(TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::FormFill);
    assert_eq!(about(&changes, 13).revision, 2);
}

#[test]
fn a_text_that_looks_otherwise_without_another_value_is_denied() {
    let bare = TEXT.replace("/AP<</N 14 0 R>>", "");
    for (from, to) in [
        ("(/Helv 9 Tf)", "(/Helv 9 Tf 1 g)"),
        ("/MaxLen 9", "/MaxLen 9/Q 2"),
        ("/MaxLen 9", "/MaxLen 9/DS(color:white)"),
        ("/MaxLen 9", "/MaxLen 9/RV(<p>900</p>)"),
    ] {
        let mut file = objects();
        file.object(13, &bare);
        file.table(TRAILER);
        file.object(13, bare.replace(from, to));
        file.table(TRAILER);
        assert_only_denied(&last(&file.bytes()), 13, ChangeClass::FieldValue);
    }
}

#[test]
fn a_field_that_is_no_longer_printed_is_denied() {
    let changes = later(|file| {
        file.object(13, TEXT.replace("/F 4", "/F 0"));
    });
    assert_only_denied(&changes, 13, ChangeClass::FieldValue);
}
