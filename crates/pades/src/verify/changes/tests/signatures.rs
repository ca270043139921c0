//! Further signatures: honest ones, and things that pose as one.

use super::*;

#[test]
fn a_second_signer_with_a_field_of_their_own() {
    let changes = later(second_seal);
    assert_level(&changes, ChangeLevel::Signatures);
    let field = about(&changes, 40);
    assert_eq!(field.class, ChangeClass::SignatureField);
    assert_eq!(field.field.as_deref(), Some("witness"));
    assert_eq!(field.page, Some(1));
    assert_eq!(field.rect, Some([320.0, 50.0, 420.0, 150.0]));
    assert_eq!(field.path, "Root/AcroForm/Fields/5");
    for part in [41, 42, 43] {
        assert_eq!(
            about(&changes, part).class,
            ChangeClass::SignatureField,
            "{part}"
        );
        assert_eq!(
            about(&changes, part).field.as_deref(),
            Some("witness"),
            "{part}"
        );
        assert_eq!(about(&changes, part).rect, None, "{part}");
    }
    assert_eq!(about(&changes, 8).class, ChangeClass::Form);
    assert_eq!(about(&changes, 4).class, ChangeClass::SignatureField);
    assert_eq!(about(&changes, 4).page, Some(1));
    assert_eq!(about(&changes, 1).level, ChangeLevel::None);
    assert_eq!(about(&changes, 1).class, ChangeClass::Rewritten);
}

#[test]
fn a_third_signer_is_judged_against_the_second() {
    let mut file = objects();
    file.table(TRAILER);
    second_seal(&mut file);
    file.table(TRAILER);
    file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R 50 0 R]"));
    file.object(21, "[23 0 R 50 0 R]");
    let field = NEW_FIELD
        .replace("witness", "third")
        .replace("41 0 R", "51 0 R")
        .replace("42 0 R", "52 0 R");
    file.object(50, field.replace("/P 4 0 R", "/P 6 0 R"));
    file.object(51, SIGNATURE);
    file.stream(52, DRAWING, "seal");
    file.table(TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 50).page, Some(2));
    assert_eq!(about(&changes, 21).page, Some(2));
    assert_eq!(about(&changes, 21).level, ChangeLevel::Signatures);
    assert!(changes.iter().all(|change| change.object != 40));
}

#[test]
fn an_existing_empty_field_is_filled() {
    let changes = later(|file| {
        file.object(
            12,
            EMPTY.replace("/F 4", "/F 132/V 41 0 R/M(D:20260101)/AP<</N 42 0 R>>"),
        );
        file.object(41, SIGNATURE);
        file.stream(42, DRAWING, "seal");
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 12).field.as_deref(), Some("buyer"));
    assert_eq!(about(&changes, 12).page, Some(1));
    assert_eq!(about(&changes, 12).rect, Some([200.0, 50.0, 300.0, 150.0]));
    assert_eq!(about(&changes, 41).class, ChangeClass::SignatureField);
    assert_eq!(about(&changes, 42).class, ChangeClass::SignatureField);
}

#[test]
fn a_field_with_many_impressions() {
    let changes = later(|file| {
        file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R]"));
        file.object(4, PAGE.replace("20 0 R]", "20 0 R 44 0 R]"));
        file.object(21, "[23 0 R 45 0 R]");
        file.object(40, "<</FT/Sig/T(witness)/V 41 0 R/Kids[44 0 R 45 0 R]>>");
        file.object(41, SIGNATURE);
        for (number, page) in [(44, 4), (45, 6)] {
            let widget = format!(
                "<</Type/Annot/Subtype/Widget/Parent 40 0 R/P {page} 0 R/F 132/Rect[1 2 3 4]/AP<</N 42 0 R>>>>"
            );
            file.object(number, widget);
        }
        file.stream(42, DRAWING, "seal");
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 44).page, Some(1));
    assert_eq!(about(&changes, 45).page, Some(2));
    assert_eq!(about(&changes, 45).path, "Root/AcroForm/Fields/5/Kids/1");
    assert_eq!(about(&changes, 40).rect, None);
}

#[test]
fn a_widget_that_does_not_say_its_page_is_found_on_it() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("/P 4 0 R", ""));
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 40).page, Some(1));
}

#[test]
fn a_new_field_below_a_group() {
    let changes = later(|file| {
        file.object(22, GROUP.replace("23 0 R]", "23 0 R 40 0 R]"));
        file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
        file.object(40, NEW_FIELD.replace("/FT/Sig", "/Parent 22 0 R/FT/Sig"));
        file.object(41, SIGNATURE);
        file.stream(42, DRAWING, "seal");
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(
        about(&changes, 40).field.as_deref(),
        Some("parties.witness")
    );
    assert_eq!(about(&changes, 22).class, ChangeClass::Form);
}

#[test]
fn an_empty_field_below_a_group_is_filled() {
    let changes = later(|file| {
        file.object(23, "<</Type/Annot/Subtype/Widget/Parent 22 0 R/FT/Sig/T(notary)/Rect[0 0 0 0]/P 6 0 R/V 41 0 R>>");
        file.object(41, SIGNATURE);
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 23).field.as_deref(), Some("parties.notary"));
}

#[test]
fn the_first_form_of_a_file_comes_with_its_first_signature() {
    let mut file = crate::testing::pages(1);
    file.table("/Root 1 0 R");
    file.object(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[40 0 R]/SigFlags 3>>/Perms<</DocMDP 41 0 R>>>>");
    file.object(
        4,
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>/Annots[40 0 R]>>",
    );
    file.object(40, NEW_FIELD);
    let reference = "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 2/V/1.2>>/Data 1 0 R>>]";
    file.object(
        41,
        SIGNATURE.replace("/ByteRange", &format!("{reference}/ByteRange")),
    );
    file.stream(42, DRAWING, "seal");
    file.table("/Root 1 0 R/ID[<01><02>]");
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 1).class, ChangeClass::Catalog);
}

#[test]
fn a_document_timestamp_is_maintenance() {
    let changes = later(|file| {
        file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R]"));
        file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
        file.object(
            40,
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(stamp)/V 41 0 R/Rect[0 0 0 0]/P 4 0 R/F 132>>",
        );
        file.object(41, TIMESTAMP);
    });
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 40).class, ChangeClass::DocumentTimestamp);
    assert_eq!(about(&changes, 41).class, ChangeClass::DocumentTimestamp);
    assert_eq!(about(&changes, 8).level, ChangeLevel::Maintenance);
}

#[test]
fn a_document_timestamp_that_shows_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(41, TIMESTAMP);
    });
    assert_denied(&changes, 40, ChangeClass::DocumentTimestamp);
}

#[test]
fn a_certification_after_another_signature_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(1, CATALOG.replace("/Lang", "/Perms<</DocMDP 41 0 R>>/Lang"));
    });
    assert_only_denied(&changes, 1, ChangeClass::Catalog);
}

#[test]
fn a_certification_that_leads_to_no_new_signature_is_denied() {
    let mut file = crate::testing::pages(1);
    file.object(30, SIGNATURE);
    file.table("/Root 1 0 R");
    file.object(1, "<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 30 0 R>>>>");
    file.table("/Root 1 0 R");
    assert_only_denied(&last(&file.bytes()), 1, ChangeClass::Catalog);
}

#[test]
fn removing_the_certification_is_denied() {
    let mut file = objects();
    file.object(1, CATALOG.replace("/Lang", "/Perms<</DocMDP 10 0 R>>/Lang"));
    file.table(TRAILER);
    file.object(1, CATALOG);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 1, ChangeClass::Catalog);
}

#[test]
fn a_new_field_without_a_signature_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("/V 41 0 R", ""));
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn a_new_field_of_another_type_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(
            40,
            NEW_FIELD
                .replace("/FT/Sig", "/FT/Tx")
                .replace("41 0 R", "(x)"),
        );
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn a_sneaky_signature_with_another_annotation_type_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(
            40,
            NEW_FIELD.replace("/Subtype/Widget", "/Subtype/FreeText/Contents(free)"),
        );
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn a_sneaky_signature_over_the_page_names_its_place() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("[320 50 420 150]", "[0 842 595 0]"));
    });
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 40).rect, Some([0.0, 0.0, 595.0, 842.0]));
}

#[test]
fn a_new_field_with_a_script_is_denied() {
    for action in [
        "/AA<</E<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
        "/A<</S/JavaScript/JS(1)>>",
    ] {
        let changes = later(|file| {
            second_seal(file);
            file.object(40, NEW_FIELD.replace("/F 132", action));
        });
        assert_denied(&changes, 40, ChangeClass::Form);
    }
}

#[test]
fn a_new_field_on_a_layer_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("/F 132", "/F 132/OC 44 0 R"));
        file.object(44, "<</Type/OCG/Name(layer)>>");
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn a_new_field_by_a_name_that_is_taken_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("witness", "seller"));
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn a_new_field_with_an_earlier_signature_as_value_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(40, NEW_FIELD.replace("41 0 R", "10 0 R"));
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn two_new_fields_with_one_signature_are_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R 44 0 R]"));
        file.object(44, "<</FT/Sig/T(other)/V 41 0 R>>");
    });
    assert_only_denied(&changes, 44, ChangeClass::Form);
}

#[test]
fn a_hidden_field_that_was_planted_before_is_denied() {
    let mut file = objects();
    file.object(40, NEW_FIELD);
    file.stream(42, DRAWING, "planted");
    file.table(TRAILER);
    file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R]"));
    file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
    file.object(41, SIGNATURE);
    file.table(TRAILER);
    assert_denied(&last(&file.bytes()), 40, ChangeClass::Form);
}

#[test]
fn a_new_widget_on_two_pages_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(21, "[23 0 R 40 0 R]");
    });
    assert_only_denied(&changes, 21, ChangeClass::Annotation);
}

#[test]
fn a_new_widget_that_no_field_has_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(21, "[23 0 R 44 0 R]");
        file.object(
            44,
            "<</Type/Annot/Subtype/Widget/Parent 40 0 R/Rect[0 0 100 100]/AP<</N 42 0 R>>>>",
        );
    });
    assert_only_denied(&changes, 44, ChangeClass::Form);
}

#[test]
fn a_signed_field_that_looks_otherwise_is_denied() {
    let changes = later(|file| {
        file.object(9, SIGNED.replace("11 0 R", "42 0 R"));
        file.stream(42, DRAWING, "another seal");
    });
    assert_only_denied(&changes, 9, ChangeClass::EarlierSignature);
    assert_eq!(
        changes
            .iter()
            .find(|change| change.object == 9)
            .and_then(|change| change.field.as_deref()),
        Some("seller")
    );
}

#[test]
fn a_signature_that_is_taken_out_of_its_field_is_denied() {
    let changes = later(|file| {
        file.object(9, SIGNED.replace("/V 10 0 R", ""));
    });
    assert_only_denied(&changes, 9, ChangeClass::EarlierSignature);
}

#[test]
fn a_signature_that_is_replaced_is_denied() {
    let changes = later(|file| {
        file.object(10, SIGNATURE.replace("<00>", "<01>"));
    });
    assert_only_denied(&changes, 10, ChangeClass::EarlierSignature);
}

#[test]
fn a_drawing_of_an_earlier_seal_that_is_replaced_in_place_is_denied() {
    let changes = later(|file| {
        file.stream(11, DRAWING, "another seal");
    });
    assert_only_denied(&changes, 11, ChangeClass::PageContent);
}

#[test]
fn a_filled_field_that_moved_is_denied() {
    let changes = later(|file| {
        file.object(
            12,
            EMPTY
                .replace("200 50 300 150", "0 0 595 842")
                .replace("/F 4", "/F 4/V 41 0 R"),
        );
        file.object(41, SIGNATURE);
    });
    assert_only_denied(&changes, 12, ChangeClass::SignatureField);
}

#[test]
fn a_filled_field_that_lost_its_lock_is_denied() {
    let changes = later(|file| {
        file.object(
            12,
            EMPTY.replace("/Lock<</Type/SigFieldLock/Action/All>>", "/V 41 0 R"),
        );
        file.object(41, SIGNATURE);
    });
    assert_only_denied(&changes, 12, ChangeClass::SignatureField);
}

#[test]
fn a_filled_field_that_was_hidden_is_denied() {
    let changes = later(|file| {
        file.object(12, EMPTY.replace("/F 4", "/F 6/V 41 0 R"));
        file.object(41, SIGNATURE);
    });
    assert_only_denied(&changes, 12, ChangeClass::SignatureField);
}

#[test]
fn an_empty_field_that_gets_a_drawing_and_no_signature_is_denied() {
    let changes = later(|file| {
        file.object(12, EMPTY.replace("/F 4", "/F 4/AP<</N 42 0 R>>"));
        file.stream(42, DRAWING, "seal");
    });
    assert_only_denied(&changes, 12, ChangeClass::SignatureField);
}

#[test]
fn a_drawing_that_is_an_old_font_changed_in_place_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.stream(
            42,
            &format!("{DRAWING}/Resources<</XObject<</I 5 0 R>>>>"),
            "/I Do",
        );
        file.stream(5, "", "BT /F 12 Tf 72 720 Td (The price is 900) Tj ET");
    });
    assert_denied(&changes, 5, ChangeClass::SignatureField);
}

#[test]
fn as_many_new_fields_as_signatures_are_possible_and_no_more() {
    let write = |count: usize| {
        later(|file| {
            let numbers: Vec<usize> = (0..count).map(|index| 100 + 2 * index).collect();
            let list: String = numbers
                .iter()
                .map(|number| format!(" {number} 0 R"))
                .collect();
            file.object(8, FORM.replace("22 0 R]", &format!("22 0 R{list}]")));
            for number in numbers {
                let number = u32::try_from(number).expect("small");
                file.object(
                    number,
                    format!("<</FT/Sig/T(s{number})/V {} 0 R>>", number + 1),
                );
                file.object(number + 1, SIGNATURE);
            }
        })
    };
    assert_level(&write(form::MAX_NEW_FIELDS), ChangeLevel::Signatures);
    assert_denied(&write(form::MAX_NEW_FIELDS + 1), 8, ChangeClass::Form);
}

#[test]
fn a_drawing_of_more_objects_than_are_followed_is_denied() {
    // The value, the drawing, and what the drawing leads to.
    let with = |count: usize| {
        later(|file| {
            second_seal(file);
            let list: String = (0..count)
                .map(|index| format!("{} 0 R ", 100 + index))
                .collect();
            file.stream(42, &format!("{DRAWING}/Resources<</X[{list}]>>"), "seal");
            for index in 0..count {
                file.object(100 + u32::try_from(index).expect("small"), "0");
            }
        })
    };
    let limit = step::MAX_FOLLOWED;
    assert!(
        with(limit)
            .iter()
            .all(|change| change.path != "too much to follow")
    );
    assert!(with(limit + 1).iter().any(|change| change.path == "too much to follow" && change.level == ChangeLevel::Other));
}
