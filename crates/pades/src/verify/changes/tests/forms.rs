//! The form and the order of its fields; the catalog; document information.

use super::*;

fn form(from: &str, to: &str) -> Vec<Change> {
    assert!(FORM.contains(from), "the test changes something");
    later(|file| {
        file.object(8, FORM.replace(from, to));
    })
}

fn catalog(from: &str, to: &str) -> Vec<Change> {
    assert!(CATALOG.contains(from), "the test changes something");
    later(|file| {
        file.object(1, CATALOG.replace(from, to));
    })
}

#[test]
fn a_field_that_is_gone_is_denied() {
    assert_only_denied(&form("12 0 R ", ""), 8, ChangeClass::Form);
}

#[test]
fn fields_in_another_order_are_denied() {
    assert_only_denied(&form("9 0 R 12 0 R", "12 0 R 9 0 R"), 8, ChangeClass::Form);
}

#[test]
fn a_field_that_is_replaced_is_denied() {
    let changes = later(|file| {
        second_seal(file);
        file.object(8, FORM.replace("12 0 R", "40 0 R"));
    });
    assert_denied(&changes, 8, ChangeClass::Form);
}

#[test]
fn viewers_may_not_be_told_to_draw_fields_anew() {
    assert_only_denied(
        &form("/SigFlags 3", "/SigFlags 3/NeedAppearances true"),
        8,
        ChangeClass::Form,
    );
}

#[test]
fn viewers_may_not_be_told_to_stop_drawing_fields_anew() {
    let mut file = objects();
    file.object(
        8,
        FORM.replace("/SigFlags 3", "/SigFlags 3/NeedAppearances true"),
    );
    file.table(TRAILER);
    file.object(8, FORM);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 8, ChangeClass::Form);
}

#[test]
fn saying_that_viewers_need_not_draw_is_nothing() {
    assert_level(
        &form("/SigFlags 3", "/SigFlags 3/NeedAppearances false"),
        ChangeLevel::Maintenance,
    );
}

#[test]
fn signature_flags_are_set_and_not_taken_back() {
    assert_only_denied(&form("/SigFlags 3", "/SigFlags 1"), 8, ChangeClass::Form);
    assert_only_denied(&form("/SigFlags 3", ""), 8, ChangeClass::Form);
    let mut file = objects();
    file.object(8, FORM.replace("/SigFlags 3", "/SigFlags 1"));
    file.table(TRAILER);
    file.object(8, FORM);
    file.table(TRAILER);
    assert_level(&last(&file.bytes()), ChangeLevel::Maintenance);
}

#[test]
fn an_xfa_form_is_denied() {
    assert_only_denied(
        &form("/SigFlags 3", "/SigFlags 3/XFA[(template)(x)]"),
        8,
        ChangeClass::Form,
    );
}

#[test]
fn a_calculation_order_is_denied() {
    assert_only_denied(
        &form("/SigFlags 3", "/SigFlags 3/CO[13 0 R]"),
        8,
        ChangeClass::Form,
    );
}

#[test]
fn a_doubled_key_is_denied() {
    assert_denied(
        &form("/SigFlags 3", "/SigFlags 3/Fields[]"),
        8,
        ChangeClass::Form,
    );
}

#[test]
fn fonts_for_fields_are_added() {
    let changes = later(|file| {
        file.object(8, FORM.replace("/Helv 3 0 R", "/Helv 3 0 R/Song 40 0 R"));
        file.object(
            40,
            "<</Type/Font/Subtype/Type0/BaseFont/SimSun/DescendantFonts[41 0 R]>>",
        );
        file.object(41, "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun>>");
    });
    assert_level(&changes, ChangeLevel::FormFill);
    assert_eq!(about(&changes, 41).class, ChangeClass::Form);
}

#[test]
fn fonts_for_fields_are_not_added_where_viewers_draw_the_fields() {
    let mut file = objects();
    let form = FORM.replace("/SigFlags 3", "/SigFlags 3/NeedAppearances true");
    file.object(8, &form);
    file.table(TRAILER);
    file.object(8, form.replace("/Helv 3 0 R", "/Helv 3 0 R/Song 40 0 R"));
    file.object(40, FONT);
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 8, ChangeClass::Form);
}

#[test]
fn a_font_for_fields_that_is_replaced_is_denied() {
    let changes = later(|file| {
        file.object(8, FORM.replace("/Helv 3 0 R", "/Helv 40 0 R"));
        file.object(40, FONT);
    });
    assert_only_denied(&changes, 8, ChangeClass::Form);
}

#[test]
fn a_font_that_is_replaced_in_place_is_denied() {
    let changes = later(|file| {
        file.object(3, FONT.replace("Helvetica", "Evil"));
    });
    assert_only_denied(&changes, 3, ChangeClass::PageContent);
}

#[test]
fn resources_of_the_form_that_are_changed_in_place_are_denied() {
    let mut file = objects();
    file.object(8, FORM.replace("<</Font<</Helv 3 0 R>>>>", " 30 0 R"));
    file.object(30, "<</Font<</Helv 3 0 R>>>>");
    file.table(TRAILER);
    file.object(30, "<</Font<</Helv 3 0 R/More 3 0 R>>>>");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 30, ChangeClass::Form);
}

#[test]
fn a_form_that_becomes_an_object_of_its_own_is_the_same_form() {
    let mut file = objects();
    file.object(1, CATALOG.replace("8 0 R", FORM));
    file.table(TRAILER);
    file.object(1, CATALOG.replace("8 0 R", "40 0 R"));
    file.object(40, FORM);
    file.table(TRAILER);
    assert_level(&last(&file.bytes()), ChangeLevel::Maintenance);
}

#[test]
fn another_form_is_denied() {
    let changes = later(|file| {
        file.object(1, CATALOG.replace("8 0 R", "40 0 R"));
        file.object(40, "<</Fields[9 0 R]/SigFlags 3>>");
    });
    assert_denied(&changes, 40, ChangeClass::Form);
}

#[test]
fn the_form_of_a_file_with_a_list_of_fields_of_its_own() {
    let mut file = objects();
    file.object(8, "<</Fields 30 0 R/SigFlags 3>>");
    file.object(30, "[9 0 R 12 0 R]");
    file.table(TRAILER);
    file.object(30, "[9 0 R 12 0 R 40 0 R]");
    file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
    file.object(40, NEW_FIELD);
    file.object(41, SIGNATURE);
    file.stream(42, DRAWING, "seal");
    file.table(TRAILER);
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Signatures);
    assert_eq!(about(&changes, 30).class, ChangeClass::Form);
}

#[test]
fn a_list_of_fields_that_lost_one_is_denied() {
    let mut file = objects();
    file.object(8, "<</Fields 30 0 R/SigFlags 3>>");
    file.object(30, "[9 0 R 12 0 R]");
    file.table(TRAILER);
    file.object(30, "[9 0 R]");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 30, ChangeClass::Form);
}

#[test]
fn what_a_document_does_or_shows_by_itself_is_denied() {
    for key in [
        "/OpenAction<</S/JavaScript/JS(1)>>",
        "/AA<</WC<</S/JavaScript/JS(1)>>>>",
        "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>",
        "/OCProperties<</OCGs[]/D<</BaseState/OFF>>>>",
        "/PageMode/UseOutlines",
        "/Outlines 2 0 R",
        "/AcroForm2 8 0 R",
        "/Collection<<>>",
        "/PageLabels<<>>",
        "/Legal<<>>",
    ] {
        assert_only_denied(
            &catalog("/Lang(zh)", &format!("/Lang(zh){key}")),
            1,
            ChangeClass::Catalog,
        );
    }
    assert_only_denied(&catalog("/Lang(zh)", "/Lang(en)"), 1, ChangeClass::Catalog);
}

#[test]
fn layers_that_are_switched_are_denied() {
    let mut file = objects();
    let layers = |state: &str| {
        CATALOG.replace(
            "/Lang",
            &format!("/OCProperties<</OCGs[30 0 R]/D<</{state}[30 0 R]>>>>/Lang"),
        )
    };
    file.object(1, layers("ON"));
    file.object(30, "<</Type/OCG/Name(layer)>>");
    file.table(TRAILER);
    file.object(1, layers("OFF"));
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 1, ChangeClass::Catalog);
}

#[test]
fn a_layer_that_is_an_object_of_its_own_is_denied() {
    let mut file = objects();
    file.object(1, CATALOG.replace("/Lang", "/OCProperties 31 0 R/Lang"));
    file.object(31, "<</OCGs[30 0 R]/D<</ON[30 0 R]>>>>");
    file.object(30, "<</Type/OCG/Name(layer)>>");
    file.table(TRAILER);
    file.object(31, "<</OCGs[30 0 R]/D<</OFF[30 0 R]>>>>");
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 31, ChangeClass::Other);
}

#[test]
fn another_page_tree_is_denied() {
    let changes = later(|file| {
        file.object(1, CATALOG.replace("/Pages 2", "/Pages 40"));
        file.object(40, PAGES);
    });
    assert_denied(&changes, 1, ChangeClass::PageTree);
}

#[test]
fn another_catalog_is_denied() {
    let mut file = objects();
    file.table(TRAILER);
    file.object(40, CATALOG);
    file.table(&TRAILER.replace("/Root 1", "/Root 40"));
    assert_denied(&last(&file.bytes()), trailer::TRAILER, ChangeClass::Catalog);
}

#[test]
fn version_and_extensions_are_maintenance() {
    let extensions = "/Version/2.0/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>/Lang";
    let changes = catalog("/Lang", extensions);
    assert_level(&changes, ChangeLevel::Maintenance);
}

#[test]
fn a_version_goes_up_only_and_is_one() {
    let mut file = objects();
    file.object(1, CATALOG.replace("/Lang", "/Version/2.0/Lang"));
    file.table(TRAILER);
    file.object(1, CATALOG.replace("/Lang", "/Version/1.4/Lang"));
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 1, ChangeClass::Catalog);
    assert_only_denied(
        &catalog("/Lang", "/Version/x/Lang"),
        1,
        ChangeClass::Catalog,
    );
}

#[test]
fn an_extension_holds_nothing_else() {
    assert_only_denied(
        &catalog("/Lang", "/Extensions<</X<</BaseVersion 5 0 R>>>>/Lang"),
        1,
        ChangeClass::Catalog,
    );
}

#[test]
fn metadata_are_replaced_in_place() {
    let changes = later(|file| {
        file.stream(
            19,
            "/Type/Metadata/Subtype/XML",
            "<x:xmpmeta>later</x:xmpmeta>",
        );
    });
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 19).class, ChangeClass::Metadata);
}

#[test]
fn metadata_are_a_new_stream() {
    let changes = later(|file| {
        file.object(1, CATALOG.replace("19 0 R", "40 0 R"));
        file.stream(40, "/Type/Metadata/Subtype/XML", "<x:xmpmeta/>");
    });
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 40).class, ChangeClass::Metadata);
}

#[test]
fn metadata_that_are_page_content_too_are_denied() {
    let mut file = objects();
    file.object(6, SECOND_PAGE.replace("/Contents 7", "/Contents 19"));
    file.table(TRAILER);
    file.stream(
        19,
        "/Type/Metadata/Subtype/XML",
        "<x:xmpmeta>BT (other) Tj ET</x:xmpmeta>",
    );
    file.table(TRAILER);
    assert_only_denied(&last(&file.bytes()), 19, ChangeClass::Metadata);
}

#[test]
fn metadata_that_are_something_else_are_denied() {
    let changes = later(|file| {
        file.object(1, CATALOG.replace("19 0 R", "40 0 R"));
        file.stream(40, "/Type/XObject", "x");
    });
    assert_only_denied(&changes, 40, ChangeClass::Metadata);
}

#[test]
fn document_information_is_words() {
    let changes = later(|file| {
        file.object(
            18,
            "<</Producer(Acrobat)/ModDate(D:20270101000000Z)/Title(Contract)>>",
        );
    });
    assert_level(&changes, ChangeLevel::Maintenance);
    assert_eq!(about(&changes, 18).class, ChangeClass::Metadata);
    for other in ["/Other(x)", "/Title 5 0 R", "/Type/Annot", "/V(900)"] {
        let changes = later(|file| {
            file.object(18, INFO.replace(">>", &format!("{other}>>")));
        });
        assert_only_denied(&changes, 18, ChangeClass::Metadata);
    }
}

#[test]
fn document_information_that_is_a_field_too_is_denied() {
    let mut file = objects();
    file.table(&TRAILER.replace("/Info 18", "/Info 13"));
    file.object(13, TEXT.replace("(100)", "(900)"));
    file.table(&TRAILER.replace("/Info 18", "/Info 13"));
    let changes = last(&file.bytes());
    assert_level(&changes, ChangeLevel::Other);
}

#[test]
fn document_information_that_takes_over_another_object_is_denied() {
    let mut file = objects();
    file.table(TRAILER);
    file.object(20, INFO);
    file.table(&TRAILER.replace("/Info 18", "/Info 20"));
    assert_denied(&last(&file.bytes()), 20, ChangeClass::Metadata);
}

#[test]
fn the_identifier_keeps_its_first_half() {
    let with = |identifier: &str| {
        let mut file = objects();
        file.table(TRAILER);
        file.table(&TRAILER.replace("[<01><01>]", identifier));
        last(&file.bytes())
    };
    assert_level(&with("[<01><02>]"), ChangeLevel::None);
    assert_only_denied(
        &with("[<02><02>]"),
        trailer::TRAILER,
        ChangeClass::FileStructure,
    );
    assert_only_denied(
        &with("[<01>]"),
        trailer::TRAILER,
        ChangeClass::FileStructure,
    );
}

#[test]
fn a_new_key_of_the_trailer_is_denied() {
    let mut file = objects();
    file.table(TRAILER);
    file.table(&format!("{TRAILER}/Other 5 0 R"));
    assert_only_denied(
        &last(&file.bytes()),
        trailer::TRAILER,
        ChangeClass::FileStructure,
    );
}

#[test]
fn a_form_with_more_fields_than_are_searched_gets_no_new_one() {
    let with = |count: usize| {
        let mut file = objects();
        let list = "9 0 R ".repeat(count);
        file.object(8, format!("<</Fields[{list}]>>"));
        file.table(TRAILER);
        file.object(8, format!("<</Fields[{list}40 0 R]>>"));
        file.object(40, NEW_FIELD.replace("/P 4 0 R", ""));
        file.object(41, SIGNATURE);
        file.stream(42, DRAWING, "seal");
        file.table(TRAILER);
        last(&file.bytes())
    };
    assert_level(
        &with(form::MAX_FIELDS_SEARCHED - 1),
        ChangeLevel::Signatures,
    );
    assert_denied(&with(form::MAX_FIELDS_SEARCHED), 40, ChangeClass::Form);
}
