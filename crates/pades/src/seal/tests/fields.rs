//! Fields made before the first seal, and filled.

use super::*;

fn field(name: &str, places: Vec<Place>) -> NewField {
    NewField {
        name: name.to_owned(),
        places,
        millimetres: Some((40.0, 20.0)),
        lock: None,
    }
}

fn with_fields(original: &[u8], fields: &[NewField]) -> Vec<u8> {
    let update = add_fields(&Bytes(original), fields, None).expect("fields");
    appended(original, &update)
}

fn across() -> Place {
    Place::CrossPage {
        side: Side::Right,
        offset: 0.5,
        pages: PageRange::all(),
        group: 3,
    }
}

#[test]
fn fields_of_all_parties_are_made_at_once_and_each_party_fills_its_own() {
    let fields = [
        NewField {
            lock: Some(FieldLock::AllBut(vec!["乙方".to_owned()])),
            ..field("甲方", vec![at("1", 10.0, 20.0)])
        },
        field("乙方", vec![at("1,2", 200.0, 20.0), across()]),
        field("见证", Vec::new()),
    ];
    let empty = with_fields(&three(), &fields);
    assert_eq!(text_at(&empty, "AcroForm/SigFlags"), "1");
    assert_eq!(text_at(&empty, "AcroForm/Fields/1/V"), "null");
    assert_eq!(text_at(&empty, "AcroForm/Fields/0/F"), "132");
    assert_eq!(text_at(&empty, "AcroForm/Fields/2/Rect"), "[0 0 0 0]");

    let picture = picture();
    let existing = |name: &str, places: Vec<Place>| SealRequest {
        field: FieldChoice::Existing(name.to_owned()),
        places,
        picture: Some(&picture),
        ..request()
    };
    // The second party fills first: a lock holds when its own field is signed.
    let prepared = prepare(
        &Bytes(&empty),
        &existing("乙方", vec![at("1,2", 200.0, 20.0), across()]),
    );
    let prepared = prepared.expect("prepared");
    let slices: Vec<_> = prepared.impressions().iter().map(|one| one.slice).collect();
    assert_eq!(
        slices,
        [None, None, Some((1, 3)), Some((2, 3)), Some((3, 3))]
    );
    let update = prepared.finish(&MESSAGE).expect("finished");
    let file = appended(&empty, &update);
    let party = "AcroForm/Fields/1";
    assert_eq!(text_at(&file, &format!("{party}/V/Type")), "/Sig");
    for kid in 0..5 {
        let kid = format!("{party}/Kids/{kid}");
        assert_eq!(text_at(&file, &format!("{kid}/V/Type")), "/Sig", "{kid}");
        assert_eq!(
            text_at(&file, &format!("{kid}/AP/N/Subtype")),
            "/Form",
            "{kid}"
        );
    }
    assert_eq!(
        text_at(&file, &format!("{party}/Kids/3/AP/N/BBox")),
        "[0 0 37.7953 56.693]"
    );
    assert_eq!(text_at(&file, "AcroForm/SigFlags"), "3");
    assert_eq!(text_at(&file, "AcroForm/Fields/0/V"), "null");

    // The first party's signature carries the lock of its field.
    let file = sealed(&file, &existing("甲方", Vec::new()));
    let parameters = "AcroForm/Fields/0/V/Reference/0/TransformParams";
    assert_eq!(text_at(&file, &format!("{parameters}/Action")), "/Exclude");
    let error = refused(&file, &existing("见证", Vec::new()));
    assert_eq!(error.code(), "field-locked");
    let error = refused(&file, &request());
    assert_eq!(error.code(), "field-locked");
    assert_eq!(
        refused(&file, &existing("甲方", Vec::new())).code(),
        "field-not-empty"
    );
}

#[test]
fn pictures_keep_their_size_in_fields_that_are_larger_and_shrink_in_smaller_ones() {
    let picture = picture();
    for (millimetres, expected) in [
        ((60.0, 40.0), "q 113.3858 0 0 56.6929 28.3464 28.3464 cm"),
        ((20.0, 40.0), "q 56.6929 0 0 28.3464 0 42.5197 cm"),
    ] {
        let fields = [NewField {
            millimetres: Some(millimetres),
            ..field("a", vec![at("1", 10.0, 20.0)])
        }];
        let file = with_fields(&three(), &fields);
        let request = SealRequest {
            field: FieldChoice::Existing("a".to_owned()),
            picture: Some(&picture),
            ..request()
        };
        let prepared = prepare(&Bytes(&file), &request).expect("prepared");
        let update = String::from_utf8_lossy(prepared.appended()).into_owned();
        assert!(update.contains(expected), "{update}");
    }
}

#[test]
fn fields_of_others_are_filled() {
    let widget = "/Type/Annot/Subtype/Widget/Rect[10 10 110 60]";
    let parent = "<</FT/Sig/T(party)/Kids[41 0 R]>>";
    let child = format!("<</T(a)/Parent 40 0 R{widget}>>");
    // Without /P, the page is found by its annotations.
    let mut builder = pages(2);
    builder.object(
        1,
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[40 0 R]>>>>",
    );
    builder.object(6, "<</Type/Page/Parent 2 0 R/Rotate 90/Annots[41 0 R]>>");
    builder.object(40, parent).object(41, child);
    let original = builder.table("/Root 1 0 R").bytes();
    let picture = picture();
    let request = SealRequest {
        field: FieldChoice::Existing("party.a".to_owned()),
        picture: Some(&picture),
        ..request()
    };
    let prepared = prepare(&Bytes(&original), &request).expect("prepared");
    assert_eq!(prepared.impressions()[0].page, 2);
    let update = prepared.finish(&MESSAGE).expect("finished");
    let file = appended(&original, &update);
    let matrix = text_at(&file, "AcroForm/Fields/0/Kids/0/AP/N/Matrix");
    assert_eq!(matrix, "[0 1 -1 0 100 0]");
    assert_eq!(text_at(&file, "AcroForm/Fields/0/Kids/0/V/Type"), "/Sig");
    assert_eq!(text_at(&file, "AcroForm/Fields/0/V"), "null");
}

#[test]
fn names_of_new_fields_are_free() {
    let original = with_fields(
        &three(),
        &[field("Signature1", Vec::new()), field("b", Vec::new())],
    );
    let prepared = prepare(&Bytes(&original), &request()).expect("prepared");
    assert_eq!(prepared.field(), "Signature2");
    let named = |name: &str| SealRequest {
        field: FieldChoice::New(Some(name.to_owned())),
        ..request()
    };
    assert!(prepare(&Bytes(&original), &named("c")).is_ok());
    for (name, code) in [
        ("b", "field-exists"),
        ("b.c", "seal-request-invalid"),
        ("", "seal-request-invalid"),
    ] {
        assert_eq!(refused(&original, &named(name)).code(), code, "{name}");
    }
    let twice = [field("x", Vec::new()), field("x", Vec::new())];
    let error = add_fields(&Bytes(&original), &twice, None).expect_err("twice");
    assert_eq!(error.code(), "field-exists");
    let many: Vec<NewField> = (0..=MAX_NEW_FIELDS)
        .map(|number| field(&number.to_string(), Vec::new()))
        .collect();
    assert!(add_fields(&Bytes(&original), &many[1..], None).is_ok());
    assert!(add_fields(&Bytes(&original), &many, None).is_err());
    assert!(add_fields(&Bytes(&original), &[], None).is_err());
    let signed = sealed(&three(), &request());
    let error = add_fields(&Bytes(&signed), &many[..1], None).expect_err("signed");
    assert!(error.to_string().contains("signed already"));
}

#[test]
fn places_that_are_not_the_fields_own_are_refused() {
    let file = with_fields(&three(), &[field("a", vec![at("1", 10.0, 20.0)])]);
    let picture = picture();
    for places in [
        vec![at("2", 10.0, 20.0)],
        vec![at("1", 12.0, 20.0)],
        vec![at("1-2", 10.0, 20.0)],
    ] {
        let request = SealRequest {
            field: FieldChoice::Existing("a".to_owned()),
            places,
            picture: Some(&picture),
            ..request()
        };
        let error = refused(&file, &request);
        assert!(error.to_string().contains("lies elsewhere"), "{error}");
    }
}
