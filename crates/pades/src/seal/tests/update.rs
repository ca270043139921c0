//! What is appended.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::{
    file::{Location, XrefKind},
    seal::form::Form,
    syntax::Dictionary,
};

/// Documents of three pages in each kind of file, the last revision being of this kind.
fn documents() -> Vec<(&'static str, Vec<u8>)> {
    let table = three();
    let mut stream = pages(3);
    stream.xref_stream(90, "/Root 1 0 R/Info<</Title(t)>>");
    let mut packed = pages(3);
    packed.object_stream(
        91,
        &[
            (
                1,
                "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/DA(x)>>>>",
            ),
            (4, "<</Type/Page/Parent 2 0 R/Annots 20 0 R>>"),
            (20, "[21 0 R]"),
            (
                21,
                "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(note)>>",
            ),
        ],
    );
    packed.xref_stream(92, "/Root 1 0 R/ID[<aa><bb>]");
    let mut updated = pages(3);
    updated.table("/Root 1 0 R/ID[<aa><bb>]");
    updated.object(5, "<</Length 0>>\nstream\n\nendstream");
    updated.xref_stream(93, "/Root 1 0 R/ID[<aa><cc>]");
    let mut unfinished_line = table.clone();
    unfinished_line.pop();
    vec![
        ("table", table),
        ("stream", stream.bytes()),
        ("packed", packed.bytes()),
        ("updated", updated.bytes()),
        ("unfinished line", unfinished_line),
    ]
}

/// Every object of a view by its number.
fn objects(view: View<'_, '_>) -> Vec<Object> {
    (0..view.size())
        .map(|number| {
            let generation = 0;
            let indirect = view.object(ObjectId { number, generation });
            indirect.map_or(Object::Null, |indirect| indirect.object.clone())
        })
        .collect()
}

/// The facts that hold for every sealed file.
fn check(name: &str, original: &[u8], file: &[u8], prepared: &Prepared) {
    assert!(file.starts_with(original), "{name}: the original is kept");
    let (before, after) = (Bytes(original), Bytes(file));
    let before = Pdf::open(&before, None).expect(name);
    let after = Pdf::open(&after, None).expect(name);
    assert_eq!(after.revisions().len(), before.revisions().len() + 1);
    assert_eq!(after.gaps(), before.gaps(), "{name}");
    let (old, new) = (before.revisions().last(), after.revisions().last());
    let (old, new) = (old.expect("a revision"), new.expect("a revision"));
    assert_eq!(new.kind, old.kind, "{name}");
    assert_eq!(new.end, file.len() as u64, "{name}");

    // Only what had to be touched is written again, and what the new objects are is new.
    let touched: Vec<u32> = new
        .entries()
        .expect(name)
        .iter()
        .map(|(number, _)| *number)
        .collect();
    let (was, is) = (objects(before.latest()), objects(after.latest()));
    for (number, (was, is)) in was.iter().zip(&is).enumerate() {
        let number = u32::try_from(number).expect("few objects");
        assert!(was == is || touched.contains(&number), "{name}: {number}");
    }
    // The first revision reads as before.
    let last = before.revisions().len() - 1;
    assert_eq!(objects(after.view(last).expect(name)), was, "{name}");

    // The gap is exactly the token of /Contents of a plain object.
    let view = after.latest();
    let form = Form::read(view).expect(name);
    let field = form.field(prepared.field()).expect(name);
    let signature = field
        .dictionary
        .get("V")
        .and_then(|value| value.object.as_reference());
    let indirect = view.object(signature.expect("signed")).expect(name);
    assert!(matches!(indirect.location, Location::File(_)), "{name}");
    let signature = indirect.object.as_dictionary().expect("a dictionary");
    let contents = signature.get("Contents").expect("a signature");
    let [a, b, c, d] = prepared.byte_range();
    assert_eq!(
        (contents.span.start, contents.span.end),
        (a + b, c),
        "{name}"
    );
    assert_eq!((a, c + d), (0, file.len() as u64), "{name}");
    let range: Vec<String> = prepared.byte_range().iter().map(u64::to_string).collect();
    let written = signature.get("ByteRange").expect("a byte range");
    assert_eq!(
        write::object(&written.object),
        format!("[{}]", range.join(" "))
    );
    let bytes = contents.object.as_bytes().expect("a string");
    assert!(bytes.starts_with(&MESSAGE) && bytes.len() == prepared.reserved());

    // What was hashed is what is covered.
    let cut = |offset: u64| usize::try_from(offset).expect("small");
    let covered = [&file[..cut(b)], &file[cut(c)..]].concat();
    let digest: [u8; 32] = Sha256::digest(covered).into();
    assert_eq!(prepared.digest(&Bytes(original)), Ok(digest), "{name}");
}

#[test]
fn every_kind_of_file_is_sealed_in_its_own_kind() {
    let picture = picture();
    for (name, original) in documents() {
        let request = SealRequest {
            places: vec![at("1,-1", 10.0, 20.0)],
            picture: Some(&picture),
            reason: Some("合同".to_owned()),
            ..request()
        };
        let prepared = prepare(&Bytes(&original), &request).expect(name);
        let update = prepared.clone().finish(&MESSAGE).expect(name);
        let once = appended(&original, &update);
        check(name, &original, &once, &prepared);
        let again = prepare(&Bytes(&original), &request).expect(name);
        assert_eq!(again.appended(), prepared.appended(), "the same each time");

        // A second seal over the first.
        let prepared = prepare(&Bytes(&once), &request).expect(name);
        assert_eq!(prepared.field(), "Signature2");
        let update = prepared.clone().finish(&MESSAGE).expect(name);
        let twice = appended(&once, &update);
        check(name, &once, &twice, &prepared);
    }
}

#[test]
fn trailers_are_carried_on() {
    for (name, original) in documents() {
        let file = sealed(&original, &request());
        let (before, after) = (Bytes(&original), Bytes(&file));
        let before = Pdf::open(&before, None).expect(name);
        let after = Pdf::open(&after, None).expect(name);
        let (old, new) = (before.latest().trailer(), after.latest().trailer());
        for key in ["Root", "Info", "Encrypt"] {
            let value = |trailer: &Dictionary| trailer.get(key).map(|value| value.object.clone());
            assert_eq!(value(old), value(new), "{name}");
        }
        let last = before.revisions().last().expect("a revision");
        let previous = new.get("Prev").and_then(|value| value.object.as_integer());
        assert_eq!(previous, i64::try_from(last.xref_offset).ok(), "{name}");
        let halves = |trailer: &Dictionary| {
            let halves = trailer.get("ID").map(|value| value.object.clone());
            let halves = halves.and_then(|halves| halves.as_array().cloned());
            halves.map_or(Vec::new(), |halves| {
                let bytes = halves.0.iter().filter_map(|half| half.object.as_bytes());
                bytes.map(<[u8]>::to_vec).collect::<Vec<_>>()
            })
        };
        let (old, new) = (halves(old), halves(new));
        assert_eq!(new.len(), 2, "{name}");
        if let [first, second] = old.as_slice() {
            assert!(new[0] == *first && new[1] != *second, "{name}");
        }
    }
}

#[test]
fn xref_streams_are_compressed_where_the_file_compresses_them() {
    for (compressed, keys) in [(true, "/Filter/FlateDecode"), (false, "")] {
        let mut builder = pages(1);
        builder.xref_stream(50, "/Root 1 0 R");
        let mut original = builder.bytes();
        let source = Bytes(&original);
        let filtered = Pdf::open(&source, None).expect("readable");
        let filtered = filtered.latest().trailer().get("Filter").is_some();
        if filtered != compressed {
            // The builder writes one kind; the other is a revision of our own, with its filter taken out by hand.
            original = plain_xref_stream();
        }
        let file = sealed(&original, &request());
        let source = Bytes(&file);
        let pdf = Pdf::open(&source, None).expect("readable");
        let last = pdf.revisions().last().expect("a revision");
        assert_eq!(last.kind, XrefKind::Stream);
        let filter = last
            .trailer
            .get("Filter")
            .map(|value| write::object(&value.object));
        assert_eq!(
            filter.map_or(String::new(), |filter| format!("/Filter{filter}")),
            keys
        );
    }
}

/// A document of one page whose cross-reference stream has no filter.
fn plain_xref_stream() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut rows = vec![0, 0, 0, 0xff];
    for (number, body) in [
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 9 9]>>"),
        (3, "<</Type/Page/Parent 2 0 R>>"),
    ] {
        rows.extend([1, 0, u8::try_from(bytes.len()).expect("small"), 0]);
        bytes.extend(format!("{number} 0 obj\n{body}\nendobj\n").bytes());
    }
    let place = bytes.len();
    rows.extend([1, 0, u8::try_from(place).expect("small"), 0]);
    let keys = "/Type/XRef/Size 5/W[1 2 1]/Root 1 0 R";
    bytes.extend(format!("4 0 obj\n<<{keys}/Length {}>>\nstream\n", rows.len()).bytes());
    bytes.extend(rows);
    bytes.extend(format!("\nendstream\nendobj\nstartxref\n{place}\n%%EOF\n").bytes());
    bytes
}

#[test]
fn other_bytes_of_touched_objects_stay() {
    let mut builder = pages(1);
    let catalog = "<< /Type /Catalog % a comment\n /Pages 2 0 R/Odd#20key ( \\( ) >>";
    let page = "<</Type/Page /Parent 2 0 R/Annots  [ ]/B true>>";
    builder.object(1, catalog).object(4, page);
    let original = builder.table("/Root 1 0 R").bytes();
    let prepared = prepare(&Bytes(&original), &request()).expect("prepared");
    let update = String::from_utf8_lossy(prepared.appended()).into_owned();
    let catalog = catalog.strip_suffix(">>").expect("a dictionary");
    assert!(
        update.contains(&format!("1 0 obj\n{catalog}/AcroForm ")),
        "{update}"
    );
    assert!(
        update.contains("4 0 obj\n<</Type/Page /Parent 2 0 R/Annots  [  "),
        "{update}"
    );
    assert!(update.contains("0 R]/B true>>\nendobj"), "{update}");
}

#[test]
fn annotations_are_added_wherever_they_are_listed() {
    for (annots, objects) in [
        ("", vec![]),
        ("/Annots null", vec![]),
        ("/Annots[40 0 R]", vec![(40, "<</Subtype/Text>>")]),
        (
            "/Annots 41 0 R",
            vec![(41, "[40 0 R]"), (40, "<</Subtype/Text>>")],
        ),
        (
            "/Annots 42 0 R",
            vec![(42, "41 0 R"), (41, "[40 0 R]"), (40, "<</Subtype/Text>>")],
        ),
        ("/Annots 77 0 R", vec![]),
    ] {
        let mut builder = pages(1);
        builder.object(4, format!("<</Type/Page/Parent 2 0 R{annots}>>"));
        for (number, body) in &objects {
            builder.object(*number, body);
        }
        let original = builder.table("/Root 1 0 R").bytes();
        let file = sealed(&original, &request());
        let last = usize::from(!objects.is_empty());
        let kind = text_at(&file, &format!("Pages/Kids/0/Annots/{last}/Subtype"));
        assert_eq!(kind, "/Widget", "{annots}");
        let more = text_at(&file, &format!("Pages/Kids/0/Annots/{}", last + 1));
        assert_eq!(more, "null", "{annots}");
    }
}

#[test]
fn impressions_share_one_image_and_equal_ones_one_form() {
    let picture = picture();
    let request = SealRequest {
        places: vec![
            at("1-3", 10.0, 20.0),
            Place::CrossPage {
                side: Side::Right,
                offset: 0.5,
                pages: PageRange::all(),
                group: 3,
            },
        ],
        picture: Some(&picture),
        text: Some(TextLine::new("2026-11-22", 8.0).expect("Latin")),
        ..request()
    };
    let prepared = prepare(&Bytes(&three()), &request).expect("prepared");
    let update = String::from_utf8_lossy(prepared.appended()).into_owned();
    assert_eq!(
        update.matches("/Subtype/Image").count(),
        2,
        "image and mask"
    );
    assert_eq!(update.matches("/Subtype/Form").count(), 1 + 3);
    assert_eq!(update.matches("/Subtype/Widget").count(), 6);
    assert_eq!(update.matches("/BM/Multiply").count(), 4);
    assert_eq!(update.matches("Tj ET").count(), 1, "no text on slices");
    let slices: Vec<_> = prepared.impressions().iter().map(|one| one.slice).collect();
    assert_eq!(
        slices,
        [None, None, None, Some((1, 3)), Some((2, 3)), Some((3, 3))]
    );
    // 40 x 20 mm with a line of 8 points below.
    let frame = prepared.impressions()[0].frame;
    let millimetres = 72.0 / 25.4;
    assert!((frame.width - 40.0 * millimetres).abs() < 1e-9);
    assert!((frame.height - 20.0 * millimetres - 8.0 * 1.4).abs() < 1e-9);
}

#[test]
fn one_impression_is_field_and_widget_in_one() {
    let picture = picture();
    let request = SealRequest {
        places: vec![at("2", 10.0, 20.0)],
        picture: Some(&picture),
        ..request()
    };
    let file = sealed(&three(), &request);
    let field = "AcroForm/Fields/0";
    assert_eq!(text_at(&file, &format!("{field}/FT")), "/Sig");
    assert_eq!(text_at(&file, &format!("{field}/Subtype")), "/Widget");
    assert_eq!(text_at(&file, &format!("{field}/F")), "132");
    assert_eq!(
        text_at(&file, &format!("{field}/Rect")),
        "[10 20 123.3858 76.6929]"
    );
    assert_eq!(
        text_at(&file, &format!("{field}/P")),
        text_at(&file, "Pages/Kids/1")
    );
    assert_eq!(
        text_at(&file, &format!("{field}/AP/N/BBox")),
        "[0 0 113.3858 56.6929]"
    );
    assert_eq!(text_at(&file, "AcroForm/SigFlags"), "3");
}

#[test]
fn the_signature_dictionary_says_what_was_asked() {
    let request = SealRequest {
        reason: Some("I agree".to_owned()),
        location: Some("上海".to_owned()),
        contact: Some("+86 21".to_owned()),
        name: Some("Example (Co)".to_owned()),
        certification: Some(Permissions::FormFilling),
        field: FieldChoice::New(Some("a".to_owned())),
        lock: Some(FieldLock::Only(vec!["a".to_owned()])),
        ..request()
    };
    let file = sealed(&three(), &request);
    let signature = "AcroForm/Fields/0/V";
    for (key, expected) in [
        ("Type", "/Sig"),
        ("Filter", "/Adobe.PPKLite"),
        ("SubFilter", "/ETSI.CAdES.detached"),
        ("M", "<443a32303236313132323132303030305a>"),
        ("Reason", "<49206167726565>"),
        ("Location", "<feff4e0a6d77>"),
        ("ContactInfo", "<2b3836203231>"),
        ("Name", "<4578616d706c652028436f29>"),
        ("Reference/0/TransformMethod", "/DocMDP"),
        (
            "Reference/0/TransformParams",
            "<</Type /TransformParams/P 2/V /1.2>>",
        ),
        ("Reference/1/TransformMethod", "/FieldMDP"),
        ("Reference/1/TransformParams/Action", "/Include"),
        ("Reference/1/TransformParams/Fields", "[<61>]"),
        ("Reference/1/Data/Type", "/Catalog"),
    ] {
        assert_eq!(
            text_at(&file, &format!("{signature}/{key}")),
            expected,
            "{key}"
        );
    }
    assert_eq!(text_at(&file, "Perms/DocMDP/Type"), "/Sig");
    assert_eq!(
        text_at(&file, "AcroForm/Fields/0/Lock"),
        "<</Type /SigFieldLock/Action /Include/Fields [<61>]>>"
    );
    // A signature that says nothing has none of it.
    let plain = sealed(&three(), &super::request());
    for key in ["Reason", "Location", "ContactInfo", "Name", "Reference"] {
        assert_eq!(text_at(&plain, &format!("{signature}/{key}")), "null");
    }
    assert_eq!(text_at(&plain, "Perms"), "null");
}

#[test]
fn a_message_fits_to_the_last_byte_and_not_one_more() {
    let original = three();
    let prepared = prepare(&Bytes(&original), &request()).expect("prepared");
    assert_eq!(prepared.reserved(), 100);
    let mut message = vec![0x30; 100];
    let update = prepared.clone().finish(&message).expect("fits");
    let file = appended(&original, &update);
    let contents = text_at(&file, "AcroForm/Fields/0/V/Contents");
    assert_eq!(contents, format!("<{}>", "30".repeat(100)));
    message.push(0);
    let error = prepared.clone().finish(&message).expect_err("too long");
    let expected = SealError::SignatureTooLarge {
        length: 101,
        reserved: 100,
    };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("at least 101"));
    for none in [&[][..], &[0][..]] {
        let error = prepared.clone().finish(none).expect_err("no message");
        assert_eq!(error.code(), "seal-request-invalid");
    }
    // Another file than the one that was prepared.
    let error = prepared
        .digest(&Bytes(&original[1..]))
        .expect_err("another");
    assert_eq!(error.code(), "internal");
}

#[test]
fn time_stamps_stand_in_fields_of_their_own() {
    let once = sealed(&three(), &request());
    let prepared = prepare_timestamp(&Bytes(&once), 200, None).expect("prepared");
    assert_eq!(prepared.field(), "Timestamp1");
    let update = prepared.clone().finish(&MESSAGE).expect("finished");
    let file = appended(&once, &update);
    check("time stamp", &once, &file, &prepared);
    for (key, expected) in [
        ("Type", "/DocTimeStamp"),
        ("SubFilter", "/ETSI.RFC3161"),
        ("M", "null"),
    ] {
        assert_eq!(
            text_at(&file, &format!("AcroForm/Fields/1/V/{key}")),
            expected
        );
    }
}

/// Encrypted by qpdf 11 (AES-256, empty password), its form and page in an object stream: strings that were plain inside
/// the stream have to be encrypted outside.
#[test]
fn encrypted_files_stay_encrypted() {
    let original = include_bytes!("encrypted.pdf");
    let request = SealRequest {
        reason: Some("secret reason".to_owned()),
        ..request()
    };
    let prepared = prepare(&Bytes(original), &request).expect("prepared");
    let update = prepared.clone().finish(&MESSAGE).expect("finished");
    let file = appended(original, &update);
    check("encrypted", original, &file, &prepared);
    assert_eq!(
        text_at(&file, "AcroForm/Fields/0/V/Reason"),
        write::hexadecimal(b"secret reason")
    );
    for (path, plain) in [
        ("Lang", "zh-CN"),
        ("AcroForm/DA", "/Helv 0 Tf"),
        ("Pages/Kids/0/PieceInfo/Maker/Private/0", "a private note"),
    ] {
        let text = write::hexadecimal(plain.as_bytes());
        assert_eq!(text_at(&file, path), text, "{path}");
    }
    for plain in ["secret reason", "private note", "zh-CN", "Helv", "D:20"] {
        for bytes in [
            plain.as_bytes(),
            write::hexadecimal(plain.as_bytes()).as_bytes(),
        ] {
            assert!(memchr::memmem::find(&file, bytes).is_none(), "{plain}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_place_in_any_file_keeps_the_original(
        kind in 0usize..5, x in 0.0..400.0f64, y in 0.0..700.0f64, first in 1u32..4, side in 0usize..4, offset in 0.0..1.0f64,
        cross in any::<bool>(), reserved in 5usize..3000,
    ) {
        let picture = picture();
        let (name, original) = documents().swap_remove(kind);
        let mut places = vec![at(&format!("{first}--1"), x, y)];
        if cross {
            let side = [Side::Left, Side::Right, Side::Top, Side::Bottom][side];
            places.push(Place::CrossPage { side, offset, pages: PageRange::all(), group: 2 });
        }
        let request = SealRequest { places, picture: Some(&picture), reserved, ..request() };
        let prepared = prepare(&Bytes(&original), &request).expect("prepared");
        let update = prepared.clone().finish(&MESSAGE).expect("finished");
        check(name, &original, &appended(&original, &update), &prepared);
    }
}
