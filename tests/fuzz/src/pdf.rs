//! Touches everything in a PDF, and holds the reader and the verifier to what they promise.

use scanseal_pades::{
    Bytes, PdfError,
    file::{Location, Pdf, View},
    syntax::ObjectId,
    verify::{Trust, report::DocumentVerdict, verify},
};
use scanseal_pki::UnixTime;

use crate::NOW;

/// How many revisions are looked at: each is read alone as well.
const REVISIONS: usize = 16;
/// How many objects of a revision are looked at.
const OBJECTS: u32 = 48;

/// Reads a file with everything that can be asked of it.
pub fn look_everywhere(bytes: &[u8]) {
    let source = Bytes(bytes);
    let report = verify(&source, None, &Trust::new(UnixTime::from_secs(NOW)));
    let verdict = report.document.verdict;
    let Ok(pdf) = Pdf::open(&source, None) else {
        assert_eq!(verdict, DocumentVerdict::Unreadable);
        return;
    };
    let passed = [
        DocumentVerdict::Passed,
        DocumentVerdict::PassedWithLaterChanges,
    ];
    assert!(!passed.contains(&verdict), "nobody is trusted");
    for gap in pdf.gaps() {
        assert!(gap.start < gap.end && gap.end <= pdf.length());
    }
    let mut end = 0;
    for revision in pdf.revisions().iter().take(REVISIONS) {
        assert!(end <= revision.start && revision.start < revision.marker_end);
        assert!(revision.marker_end <= revision.end && revision.end <= pdf.length());
        end = revision.end;
        let view = pdf.view(revision.index).expect("every revision has a view");
        look(view);
        // A view is made of the bytes up to its revision alone, so it stays the same if they are all there is.
        let length = usize::try_from(revision.end).expect("it is in memory");
        let source = Bytes(&bytes[..length]);
        match Pdf::open(&source, None) {
            Ok(alone) => same(view, alone.latest()),
            // Its `startxref` may be too far from its end.
            Err(error) => assert!(matches!(error, PdfError::Damaged { .. }), "{error}"),
        }
    }
}

fn look(view: View<'_, '_>) {
    for number in 0..view.size().min(OBJECTS) {
        let Ok(object) = view.object(id(number)) else {
            continue;
        };
        if let Location::File(span) = object.location {
            assert!(span.start < span.end && span.end <= view.pdf().length());
        }
        if let Some(span) = object.stream {
            assert!(span.start <= span.end && span.end <= view.pdf().length());
        }
        let _ = view.resolve(&object.object);
        let _ = view.stream(&object);
        let _ = view.raw_stream(&object);
        if let Ok(Some(page)) = view.page_number(id(number)) {
            let found = view.page(page).map(|page| page.id);
            assert!(found.is_err() || found == Ok(id(number)));
        }
    }
    for page in 0..view.pages().unwrap_or_default().min(8) {
        if let Ok(page) = view.page(page) {
            assert!(page.crop_box.width() > 0.0 && page.crop_box.width() <= page.media_box.width());
            assert!(page.rotate % 90 == 0 && page.rotate < 360);
        }
    }
}

fn same(one: View<'_, '_>, other: View<'_, '_>) {
    assert_eq!(one.revision(), other.revision());
    for number in 0..one.size().min(OBJECTS) {
        let (one, other) = (one.object(id(number)), other.object(id(number)));
        match (&one, &other) {
            (Ok(one), Ok(other)) => {
                assert_eq!((one.location, one.stream), (other.location, other.stream));
                // As text, since dictionaries with doubled keys equal none.
                assert_eq!(format!("{:?}", one.object), format!("{:?}", other.object));
            }
            (Err(_), Err(_)) => {}
            // One of the two has had less to do before.
            (Err(PdfError::TooLarge { .. }), _) | (_, Err(PdfError::TooLarge { .. })) => {}
            _ => panic!("{one:?} {other:?}"),
        }
    }
}

fn id(number: u32) -> ObjectId {
    ObjectId {
        number,
        generation: 0,
    }
}
