//! What was prepared here is one seal and nothing else to whoever signs it or takes it back; what was not is refused.

use super::*;
use crate::{
    testing::Builder,
    verify::{AddedSeal, NotAdded, check_added},
};

const LENGTH_OF_TABLE: &str = "startxref\n";

/// The original with the update, its gap still empty, as a phone sees it.
fn prepared(original: &[u8], request: &SealRequest<'_>) -> Vec<u8> {
    let prepared = prepare(&Bytes(original), request).expect("prepared");
    appended(original, prepared.appended())
}

fn check(file: &[u8], original: &[u8]) -> Result<AddedSeal, NotAdded> {
    check_added(&Bytes(file), None, original.len() as u64)
}

/// `from` replaced by `to`, of the same length, in what was appended.
fn altered(file: &[u8], original: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "the offsets of the table stay");
    let mut file = file.to_vec();
    let added = &mut file[original.len()..];
    let at = added
        .windows(from.len())
        .position(|window| window == from.as_bytes());
    let at = at.unwrap_or_else(|| panic!("`{from}` is not in the update"));
    added[at..at + to.len()].copy_from_slice(to.as_bytes());
    file
}

fn cross_page() -> Place {
    Place::CrossPage {
        side: Side::Right,
        offset: 0.5,
        pages: PageRange::all(),
        group: 3,
    }
}

#[test]
fn every_way_to_place_a_seal_is_recognised_with_its_picture_and_size() {
    let (original, picture) = (three(), picture());
    let text = TextLine::new("Party A", 9.0).expect("a line");
    let requests = [
        (1, vec![at("2", 10.0, 20.0)], None),
        (1, vec![at("2", 10.0, 20.0)], Some(text)),
        (3, vec![at("1-3", 10.0, 20.0)], None),
        (4, vec![at("1", 10.0, 20.0), cross_page()], None),
    ];
    for (count, places, text) in requests {
        let has_text = text.is_some();
        let request = SealRequest {
            places,
            picture: Some(&picture),
            text,
            ..request()
        };
        let file = prepared(&original, &request);
        let added = check(&file, &original).expect("one seal");
        assert_eq!(added.impressions.len(), count);
        for impression in &added.impressions {
            let drawn = impression.drawing.picture.as_ref().expect("a picture");
            assert!(
                drawn.is(&picture.fingerprint(), picture.size()),
                "{drawn:?}"
            );
            assert_eq!(impression.drawing.has_text, has_text);
        }
        // The same when the signature is there.
        let message = prepare(&Bytes(&original), &request)
            .expect("prepared")
            .finish(&MESSAGE)
            .expect("finished");
        assert_eq!(check(&appended(&original, &message), &original), Ok(added));
    }
}

#[test]
fn another_picture_and_a_larger_one_are_not_the_seal() {
    let (original, picture) = (three(), picture());
    let request = SealRequest {
        places: vec![at("1", 10.0, 20.0)],
        picture: Some(&picture),
        ..request()
    };
    let added = check(&prepared(&original, &request), &original).expect("one seal");
    let drawn = added.impressions[0]
        .drawing
        .picture
        .as_ref()
        .expect("drawn");
    let (width, height) = picture.size();
    assert!(drawn.is(&picture.fingerprint(), (width, height)));
    assert!(!drawn.is(&[0; 32], (width, height)));
    assert!(!drawn.is(&picture.fingerprint(), (width / 1.05, height / 1.05)));
    assert!(
        !drawn.is(&picture.fingerprint(), (width, height * 1.5)),
        "stretched"
    );
}

#[test]
fn a_widget_that_draws_anything_else_is_no_seal() {
    let (original, picture) = (three(), picture());
    let request = SealRequest {
        places: vec![at("1", 10.0, 20.0)],
        picture: Some(&picture),
        ..request()
    };
    let file = prepared(&original, &request);
    assert!(check(&file, &original).is_ok());
    for (from, to) in [
        ("/Seal Do Q", "/Seal Do f"),
        ("/Seal Do Q", "/Seaf Do Q"),
        ("/Ink gs", "/Ink cs"),
        ("/Ink gs", "1 0 0 g"),
        ("/BM/Multiply", "/BM/Normal  "),
        ("/ExtGState/BM", "/ExtGState/ca"),
        ("q 113.", "q 913."),
        ("1 0 0 1 0 0 cm", "3 0 0 3 0 0 cm"),
        ("/BBox[0 0 1", "/BBox[0 0 9"),
        ("/Rect[10 20 1", "/Rect[10 20 4"),
        ("/Matrix[1 0 0 1", "/Matrix[9 0 0 9"),
        ("/DeviceRGB", "/DeviceCMY"),
    ] {
        let forged = altered(&file, &original, from, to);
        match check(&forged, &original) {
            Err(NotAdded::Drawing { page: 1, .. } | NotAdded::Changed { .. }) => {}
            Ok(added) => {
                let drawn = added.impressions[0].drawing.picture.as_ref();
                let is_seal =
                    drawn.is_some_and(|drawn| drawn.is(&picture.fingerprint(), picture.size()));
                assert!(!is_seal, "{from} -> {to}");
            }
            Err(other) => panic!("{from} -> {to}: {other}"),
        }
    }
}

#[test]
fn a_seal_without_a_place_shows_nowhere_and_is_one_all_the_same() {
    let original = three();
    let added = check(&prepared(&original, &request()), &original).expect("one seal");
    assert_eq!(added.impressions, []);
}

#[test]
fn what_is_appended_must_be_one_update_with_one_signature() {
    let original = three();
    let once = sealed(&original, &request());
    let twice = sealed(&once, &request());
    assert_eq!(check(&twice, &original), Err(NotAdded::Revisions));
    assert!(check(&twice, &once).is_ok());
    assert_eq!(check(&original, &original), Err(NotAdded::Revisions));
    let short = check_added(&Bytes(&once), None, original.len() as u64 - 2);
    assert_eq!(short, Err(NotAdded::Revisions));
    assert!(check(&once[..once.len() - 30], &original).is_err());
}

#[test]
fn document_may_end_without_a_line_end_or_with_white_space() {
    let whole = three();
    let bare = whole.strip_suffix(b"\n").expect("a line end").to_vec();
    assert!(bare.ends_with(b"%%EOF"));
    let with = |end: &[u8]| [bare.as_slice(), end].concat();
    // More, and readers find no `startxref` in the last kilobyte.
    let most = [b' '; 900];
    for original in [
        with(b""),
        with(b"\r"),
        with(b"\r\n"),
        with(b"\n\n"),
        with(b"\n \r\n\0"),
        with(&[b"\n", most.as_slice()].concat()),
    ] {
        let end = String::from_utf8_lossy(&original[bare.len()..]).into_owned();
        let once = sealed(&original, &request());
        assert!(check(&once, &original).is_ok(), "{end:?}");
        let twice = sealed(&once, &request());
        assert!(check(&twice, &once).is_ok(), "{end:?}");
        assert_eq!(check(&twice, &original), Err(NotAdded::Revisions));
    }
}

/// An update that somebody else wrote.
fn update(original: &[u8], write: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let text = String::from_utf8_lossy(original);
    let (_, tail) = text.rsplit_once(LENGTH_OF_TABLE).expect("a table");
    let offset = tail.lines().next().and_then(|line| line.parse().ok());
    let mut builder = Builder::update(original.to_vec(), offset.expect("an offset"), 50);
    write(&mut builder);
    builder.table("/Root 1 0 R").bytes()
}

#[test]
fn anything_changed_beside_the_seal_is_named() {
    let original = three();
    let page = update(&original, |builder| {
        builder.object(1, "<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>");
    });
    assert!(matches!(
        check(&page, &original),
        Err(NotAdded::Changed { .. })
    ));
    let nothing = update(&original, |builder| {
        builder.object(40, "<<>>");
    });
    assert!(check(&nothing, &original).is_err());
}
