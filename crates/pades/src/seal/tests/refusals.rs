//! What is not sealed, and why.

use super::*;
use crate::file::MAX_OBJECTS;

/// An empty signature field.
const FIELD: &str = "<</FT/Sig/T(a)/Type/Annot/Subtype/Widget/Rect[0 0 50 50]/P 4 0 R>>";

/// One page with a form of one field, in which the first text is replaced by the second.
fn with_field_changed(from: &str, to: &str, objects: &[(u32, &str)]) -> Vec<u8> {
    let field = FIELD.replacen(from, to, 1);
    let mut all = vec![(40, field.as_str())];
    all.extend_from_slice(objects);
    with_catalog("/AcroForm<</Fields[40 0 R]>>", &all)
}

/// One page with a form of one field, which has these entries besides.
fn with_field(entries: &str, objects: &[(u32, &str)]) -> Vec<u8> {
    with_field_changed(">>", &format!("{entries}>>"), objects)
}

fn existing() -> SealRequest<'static> {
    SealRequest {
        field: FieldChoice::Existing("a".to_owned()),
        ..request()
    }
}

#[test]
fn broken_forms_are_named() {
    for (catalog, objects, code) in [
        ("/AcroForm 7", vec![], "form-invalid"),
        ("/AcroForm<</Fields 7>>", vec![], "form-invalid"),
        ("/AcroForm<</Fields[7]>>", vec![], "form-invalid"),
        (
            "/AcroForm<</Fields[40 0 R]>>",
            vec![(40, "7")],
            "form-invalid",
        ),
        (
            "/AcroForm<</Fields[40 0 R 40 0 R]>>",
            vec![(40, "<</T(a)>>")],
            "form-invalid",
        ),
        (
            "/AcroForm<</Fields[40 0 R]>>",
            vec![(40, "<</T(a)/Kids[40 0 R]>>")],
            "form-invalid",
        ),
        (
            "/AcroForm<</Fields[40 0 R]>>",
            vec![(40, "<</T(a)/Kids 7>>")],
            "form-invalid",
        ),
        (
            "/AcroForm<</Fields[40 0 R]>>",
            vec![(40, "<</T(a)/FT/Sig/V 7>>")],
            "form-invalid",
        ),
        ("/AcroForm<</Fields[]/Fields[]>>", vec![], "form-invalid"),
        ("/AcroForm<<>>/AcroForm<<>>", vec![], "form-invalid"),
        ("/Perms 7", vec![], "form-invalid"),
        ("/Perms<</DocMDP 7>>", vec![], "form-invalid"),
        ("/AcroForm<</Fields[]/XFA[]>>", vec![], "form-xfa"),
    ] {
        let error = refused(&with_catalog(catalog, &objects), &request());
        assert_eq!(error.code(), code, "{catalog}: {error}");
    }
    // Harmless: an empty form, no list of fields, a field that was deleted.
    for catalog in [
        "/AcroForm null",
        "/AcroForm 77 0 R",
        "/AcroForm<<>>",
        "/AcroForm<</Fields[77 0 R]>>",
    ] {
        let file = sealed(&with_catalog(catalog, &[]), &request());
        let last = usize::from(catalog.contains("[77"));
        assert_eq!(
            text_at(&file, &format!("AcroForm/Fields/{last}/V/Type")),
            "/Sig",
            "{catalog}"
        );
    }
}

#[test]
fn hybrid_files_and_unreadable_ones_are_refused() {
    let mut builder = pages(1);
    builder.object_stream(80, &[(81, "7")]);
    let place = builder.position();
    builder.xref_stream_alone(82, "/Root 1 0 R");
    builder.table(&format!("/Root 1 0 R/XRefStm {place}"));
    assert_eq!(
        refused(&builder.bytes(), &request()).code(),
        "document-hybrid"
    );

    let whole = three();
    assert_eq!(
        refused(&whole[..whole.len() / 2], &request()).code(),
        "document-damaged"
    );
    assert_eq!(refused(b"GIF89a", &request()).code(), "document-damaged");
    let locked = SealRequest {
        password: Some("wrong"),
        ..request()
    };
    let error = refused(include_bytes!("encrypted.pdf"), &locked);
    assert_eq!(error.code(), "document-encrypted");
}

#[test]
fn fields_that_cannot_be_signed_are_named() {
    assert!(prepare(&Bytes(&with_field("", &[])), &existing()).is_ok());
    for (entries, code) in [
        ("/V 41 0 R", "field-not-empty"),
        ("/Ff 1", "field-locked"),
        ("/Lock 7", "form-invalid"),
        ("/Lock<</Action/Some>>", "form-invalid"),
        ("/Lock<</Action/All/P 9>>", "form-invalid"),
        ("/SV 7", "form-invalid"),
        ("/SV<</Ff 1/Filter/Other>>", "field-constraints"),
        (
            "/SV<</Ff 2/SubFilter[/adbe.pkcs7.detached]>>",
            "field-constraints",
        ),
        ("/SV<</Ff 8/Reasons[(yes)]>>", "field-constraints"),
        ("/SV<</Ff 64>>", "field-constraints"),
        ("/SV<</Cert<</Ff 1>>>>", "field-constraints"),
        ("/SV<</TimeStamp<</Ff 1>>>>", "field-constraints"),
        ("/SV<</MDP<</P 2>>>>", "field-constraints"),
    ] {
        let signature = (41, "<</Type/Sig/Contents<00>>>");
        let error = refused(&with_field(entries, &[signature]), &existing());
        assert_eq!(error.code(), code, "{entries}: {error}");
    }
    for (from, to, code) in [
        ("/T(a)", "/T(b)", "field-not-found"),
        ("/FT/Sig", "/FT/Tx", "field-not-found"),
        ("/P 4 0 R", "/P 77 0 R", "form-invalid"),
        ("/P 4 0 R", "", "form-invalid"),
        ("[0 0 50 50]", " 7", "form-invalid"),
        ("[0 0 50 50]", "[0 0 50]", "form-invalid"),
        ("[0 0 50 50]", "[0 0 50 (x)]", "form-invalid"),
        ("[0 0 50 50]", "[-9 0 50 50]", "seal-off-page"),
    ] {
        let error = refused(&with_field_changed(from, to, &[]), &existing());
        assert_eq!(error.code(), code, "{to}: {error}");
    }
    // Where a new one may be made as well, the name is taken.
    let text = with_field_changed("/FT/Sig", "/FT/Tx", &[]);
    let named = SealRequest {
        field: FieldChoice::Named("a".to_owned()),
        ..existing()
    };
    assert_eq!(refused(&text, &named).code(), "field-exists");
    assert!(prepare(&Bytes(&with_field("", &[])), &named).is_ok());
    // Wishes, and demands that are met.
    for entries in [
        "/SV<</Filter/Other/Reasons[(yes)]>>",
        "/SV<</Ff 3/Filter/Adobe.PPKLite/SubFilter[/ETSI.CAdES.detached]>>",
        "/SV<</MDP<</P 0>>>>",
        "/SV null/Lock null/V null",
    ] {
        assert!(
            prepare(&Bytes(&with_field(entries, &[])), &existing()).is_ok(),
            "{entries}"
        );
    }
}

#[test]
fn a_field_with_a_lock_of_its_own_takes_no_other() {
    let file = with_field("/Lock<</Action/All/P 1>>", &[]);
    let other = SealRequest {
        lock: Some(FieldLock::All),
        ..existing()
    };
    assert_eq!(refused(&file, &other).code(), "seal-request-invalid");
    // Its permissions hold from then on.
    let file = sealed(&file, &existing());
    let parameters = "AcroForm/Fields/0/V/Reference/0/TransformParams";
    assert_eq!(text_at(&file, &format!("{parameters}/P")), "1");
    assert_eq!(refused(&file, &request()).code(), "certification-forbids");
}

#[test]
fn certifications_are_kept_to() {
    let certify = |permissions| SealRequest {
        certification: Some(permissions),
        ..request()
    };
    let picture = picture();
    let shown = SealRequest {
        places: vec![at("1", 0.0, 0.0)],
        picture: Some(&picture),
        ..request()
    };
    for permissions in [Permissions::FormFilling, Permissions::Annotations] {
        let file = sealed(&three(), &certify(permissions));
        assert!(prepare(&Bytes(&file), &request()).is_ok());
        let error = refused(&file, &shown);
        assert_eq!(error.code(), "certification-forbids");
        assert!(error.to_string().contains("empty fields"), "{error}");
        let error = refused(&file, &certify(Permissions::FormFilling));
        assert_eq!(error.code(), "certification-not-first");
    }
    // Named in /Perms alone, without a field, and without saying what it permits: the default.
    let signature = (40, "<</Type/Sig/Contents<00>>>");
    let file = with_catalog("/Perms<</DocMDP 40 0 R>>", &[signature]);
    assert_eq!(refused(&file, &shown).code(), "certification-forbids");
    for unclear in [
        "/Reference 7",
        "/Reference[7]",
        "/Reference[<<>>]",
        "/Reference[<</TransformMethod/DocMDP/TransformParams 7>>]",
        "/Reference[<</TransformMethod/DocMDP/TransformParams<</P(1)>>>>]",
        "/Reference[<</TransformMethod/FieldMDP>>]",
        "/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[7]>>>>]",
    ] {
        let signature = format!("<</Type/Sig/Contents<00>{unclear}>>");
        let file = with_field("/V 41 0 R", &[(41, &signature)]);
        let error = refused(&file, &request());
        assert!(
            error.to_string().contains("say clearly"),
            "{unclear}: {error}"
        );
    }
}

#[test]
fn requests_that_cannot_be_met_say_so() {
    let picture = picture();
    let shown = |places: Vec<Place>| SealRequest {
        places,
        picture: Some(&picture),
        ..request()
    };
    let across = |offset: f64, pages: &str, group: u32| Place::CrossPage {
        side: Side::Right,
        offset,
        pages: pages.parse().expect("pages"),
        group,
    };
    let keyword = |word: &str, number: i32| Place::Keyword {
        word: word.to_owned(),
        pages: PageRange::all(),
        occurrence: Occurrence::Number(number),
        dx: 100.0,
        dy: 0.0,
        width: None,
        height: None,
    };
    let sized = |width, height| Place::At {
        pages: PageRange::single(1),
        x: 0.0,
        y: 0.0,
        width,
        height,
    };
    for (places, code) in [
        (vec![], "seal-request-invalid"),
        (vec![at("4", 0.0, 0.0)], "pages-invalid"),
        (vec![at("1", 0.0, 800.0)], "seal-off-page"),
        (vec![at("1", f64::NAN, 0.0)], "seal-request-invalid"),
        (vec![at("1", f64::INFINITY, 0.0)], "seal-request-invalid"),
        (vec![sized(Some(0.0), None)], "seal-request-invalid"),
        (vec![sized(Some(-5.0), Some(5.0))], "seal-request-invalid"),
        (vec![sized(None, Some(f64::NAN))], "seal-request-invalid"),
        (vec![across(0.5, "1", 2)], "single-page"),
        (vec![across(0.5, "1-2", 1)], "seal-request-invalid"),
        (vec![across(1.1, "1-2", 2)], "seal-request-invalid"),
        (vec![across(f64::NAN, "1-2", 2)], "seal-request-invalid"),
        (vec![keyword("absent", 1)], "keyword-not-found"),
        (vec![keyword("Page", 4)], "keyword-not-found"),
        (vec![keyword("Page", 0)], "keyword-not-found"),
        (vec![keyword("Page", -4)], "keyword-not-found"),
        (vec![keyword("", 1)], "keyword-not-found"),
    ] {
        let error = refused(&three(), &shown(places.clone()));
        assert_eq!(error.code(), code, "{places:?}: {error}");
    }
    let bare = SealRequest {
        places: vec![at("1", 0.0, 0.0)],
        ..request()
    };
    assert_eq!(refused(&three(), &bare).code(), "seal-request-invalid");
    let text_across = SealRequest {
        places: vec![across(0.5, "1-2", 2)],
        text: Some(TextLine::new("text", 9.0).expect("Latin")),
        ..request()
    };
    assert_eq!(
        refused(&three(), &text_across).code(),
        "seal-request-invalid"
    );
    let empty_page = pages(1)
        .object(4, "<</Type/Page/Parent 2 0 R>>")
        .table("/Root 1 0 R")
        .bytes();
    let error = refused(&empty_page, &shown(vec![keyword("Page", 1)]));
    assert_eq!(error.code(), "no-text-layer");
    let last = prepare(&Bytes(&three()), &shown(vec![keyword("Page", -1)])).expect("prepared");
    assert_eq!(last.impressions()[0].page, 3);
}

#[test]
fn limits_hold_at_the_limit_and_not_one_past_it() {
    let reserved = |reserved| SealRequest::new(NOON, reserved);
    assert!(prepare(&Bytes(&three()), &reserved(MAX_RESERVED)).is_ok());
    assert_eq!(
        refused(&three(), &reserved(MAX_RESERVED + 1)).code(),
        "seal-request-invalid"
    );
    assert_eq!(
        refused(&three(), &reserved(0)).code(),
        "seal-request-invalid"
    );
    assert!(prepare_timestamp(&Bytes(&three()), 0, None).is_err());

    let picture = picture();
    let shown = |count: usize| SealRequest {
        places: vec![at("1", 0.0, 0.0); count],
        picture: Some(&picture),
        ..request()
    };
    let prepared = prepare(&Bytes(&three()), &shown(MAX_IMPRESSIONS)).expect("prepared");
    assert_eq!(prepared.impressions().len(), MAX_IMPRESSIONS);
    let error = refused(&three(), &shown(MAX_IMPRESSIONS + 1));
    assert!(
        matches!(error, SealError::TooMuch { limit, .. } if limit == MAX_IMPRESSIONS as u64),
        "{error}"
    );

    let reason = |length: usize| SealRequest {
        reason: Some("x".repeat(length)),
        ..request()
    };
    assert!(prepare(&Bytes(&three()), &reason(MAX_TEXT_CHARACTERS)).is_ok());
    assert_eq!(
        refused(&three(), &reason(MAX_TEXT_CHARACTERS + 1)).code(),
        "seal-request-invalid"
    );
    let late = SealRequest::new(UnixTime::from_secs(u64::MAX), 100);
    assert_eq!(refused(&three(), &late).code(), "seal-request-invalid");
}

#[test]
fn numbers_of_objects_are_limited() {
    let numbered = |size: u32| {
        let mut builder = pages(1);
        builder.free(size - 2).xref_stream(size - 1, "/Root 1 0 R");
        builder.bytes()
    };
    // Signature, field, form and cross-reference stream are new.
    let most = sealed(&numbered(MAX_OBJECTS - 4), &request());
    let source = Bytes(&most);
    let pdf = Pdf::open(&source, None).expect("readable");
    assert_eq!(pdf.latest().size(), MAX_OBJECTS);
    let error = refused(&numbered(MAX_OBJECTS - 3), &request());
    assert!(matches!(error, SealError::TooMuch { .. }), "{error}");
}

#[test]
fn deep_forms_are_limited() {
    let deep = |levels: u32| {
        let mut builder = pages(1);
        builder.object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[100 0 R]>>>>",
        );
        for level in 0..levels {
            builder.object(100 + level, format!("<</T(x)/Kids[{} 0 R]>>", 101 + level));
        }
        builder.object(100 + levels, "<</T(x)/FT/Tx>>");
        builder.table("/Root 1 0 R").bytes()
    };
    assert!(prepare(&Bytes(&deep(64)), &request()).is_ok());
    assert_eq!(
        refused(&deep(65), &request()).code(),
        "seal-request-invalid"
    );
}

#[test]
fn only_fields_that_are_there_are_locked() {
    let file = with_field("", &[]);
    let locking = |name: &str| SealRequest {
        field: FieldChoice::New(Some("own".to_owned())),
        lock: Some(FieldLock::Only(vec![name.to_owned()])),
        ..request()
    };
    for name in ["a", "own"] {
        assert!(prepare(&Bytes(&file), &locking(name)).is_ok(), "{name}");
    }
    let refused = prepare(&Bytes(&file), &locking("b")).map(|_| ());
    assert_eq!(
        refused,
        Err(SealError::FieldNotFound {
            field: "b".to_owned()
        })
    );
}
