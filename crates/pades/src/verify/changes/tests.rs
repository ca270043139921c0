//! A contract that somebody signed, and what others do to it afterwards.

mod annotations;
mod dss;
mod filling;
mod forms;
mod references;
mod signatures;
mod structure;

use super::*;
use crate::Bytes;
use crate::testing::Builder;

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/Metadata 19 0 R/Lang(zh)>>";
const PAGES: &str = "<</Type/Pages/Count 2/Kids[4 0 R 6 0 R]/MediaBox[0 0 595 842]>>";
const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
const PAGE: &str = "<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>/Annots[9 0 R 12 0 R 13 0 R 15 0 R 20 0 R]>>";
const SECOND_PAGE: &str =
    "<</Type/Page/Parent 2 0 R/Contents 7 0 R/Resources<</Font<</F 3 0 R>>>>/Annots 21 0 R>>";
const FORM: &str = "<</Fields[9 0 R 12 0 R 13 0 R 15 0 R 22 0 R]/SigFlags 3/DR<</Font<</Helv 3 0 R>>>>/DA(/Helv 0 Tf 0 g)>>";
const SIGNED: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(seller)/V 10 0 R/Rect[50 50 150 150]/P 4 0 R/F 132/AP<</N 11 0 R>>>>";
const EMPTY: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(buyer)/Rect[200 50 300 150]/P 4 0 R/F 4/Lock<</Type/SigFieldLock/Action/All>>>>";
const TEXT: &str = "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/MaxLen 9/DA(/Helv 9 Tf)/Rect[50 300 150 320]/P 4 0 R/F 4/AP<</N 14 0 R>>>>";
const CHECK: &str = "<</Type/Annot/Subtype/Widget/FT/Btn/T(agree)/V/Off/AS/Off/Rect[50 400 60 410]/P 4 0 R/F 4/AP<</N<</Yes 16 0 R/Off 17 0 R>>>>>>";
const NOTE: &str = "<</Type/Annot/Subtype/Text/Rect[10 10 20 20]/P 4 0 R/Contents(ask)>>";
const GROUP: &str = "<</T(parties)/Kids[23 0 R]>>";
const DRAWING: &str = "/Type/XObject/Subtype/Form/BBox[0 0 100 100]";
const SIGNATURE: &str = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>";
const TIMESTAMP: &str = "<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange[0 1 2 3]/Contents<00>>>";
const NEW_FIELD: &str = "<</Type/Annot/Subtype/Widget/FT/Sig/T(witness)/V 41 0 R/Rect[320 50 420 150]/P 4 0 R/F 132/AP<</N 42 0 R>>>>";
const INFO: &str = "<</Producer(Office)/ModDate(D:20260101000000Z)>>";
const TRAILER: &str = "/Root 1 0 R/Info 18 0 R/ID[<01><01>]";

/// The objects of the contract. Field 9 is signed, 12 empty, 13 a text field, 15 a check box, 22 a group with a signed field 23.
fn objects() -> Builder {
    let mut file = Builder::new();
    let bodies = [
        (1, CATALOG),
        (2, PAGES),
        (3, FONT),
        (4, PAGE),
        (6, SECOND_PAGE),
        (8, FORM),
        (9, SIGNED),
        (10, SIGNATURE),
        (12, EMPTY),
        (13, TEXT),
        (15, CHECK),
        (18, INFO),
        (20, NOTE),
        (21, "[23 0 R]"),
        (22, GROUP),
        (
            23,
            "<</Type/Annot/Subtype/Widget/Parent 22 0 R/FT/Sig/T(notary)/Rect[0 0 0 0]/P 6 0 R>>",
        ),
    ];
    for (number, body) in bodies {
        file.object(number, body);
    }
    file.stream(5, "", "BT /F 12 Tf 72 720 Td (The price is 100) Tj ET");
    file.stream(7, "", "BT /F 12 Tf 72 720 Td (Page 2) Tj ET");
    for (number, drawing) in [(11, "seal"), (14, "100"), (16, "yes"), (17, "off")] {
        file.stream(number, DRAWING, drawing);
    }
    file.stream(19, "/Type/Metadata/Subtype/XML", "<x:xmpmeta/>");
    file
}

/// The contract with a revision after it.
fn updated(write: impl FnOnce(&mut Builder)) -> Vec<u8> {
    let mut file = objects();
    file.table(TRAILER);
    write(&mut file);
    file.table(TRAILER);
    file.bytes()
}

/// What the last revision of a file changed.
fn last(bytes: &[u8]) -> Vec<Change> {
    let source = Bytes(bytes);
    let pdf = Pdf::open(&source, None).expect("a test makes readable files");
    let changes = LaterChanges::new(&pdf).expect("cross-references are readable");
    changes
        .of(pdf.revisions().len() - 1)
        .expect("what was written is readable")
}

/// What a revision after the contract changed.
fn later(write: impl FnOnce(&mut Builder)) -> Vec<Change> {
    last(&updated(write))
}

/// The most far-reaching change.
fn level(changes: &[Change]) -> ChangeLevel {
    changes
        .iter()
        .map(|change| change.level)
        .max()
        .unwrap_or(ChangeLevel::None)
}

/// What was said about an object: one thing.
#[track_caller]
fn about(changes: &[Change], object: u32) -> &Change {
    let mut about = changes.iter().filter(|change| change.object == object);
    let first = about
        .next()
        .unwrap_or_else(|| panic!("nothing about {object}: {changes:#?}"));
    assert!(
        about.next().is_none(),
        "more than one thing about {object}: {changes:#?}"
    );
    first
}

#[track_caller]
fn assert_level(changes: &[Change], expected: ChangeLevel) {
    assert_eq!(level(changes), expected, "{changes:#?}");
}

/// The object was denied, as this.
#[track_caller]
fn assert_denied(changes: &[Change], object: u32, class: ChangeClass) {
    let denied = |change: &&Change| {
        change.object == object && change.level == ChangeLevel::Other && change.class == class
    };
    assert!(
        changes.iter().any(|change| denied(&change)),
        "{object} not denied as {class:?}: {changes:#?}"
    );
}

/// The only denial is of this object, as this.
#[track_caller]
fn assert_only_denied(changes: &[Change], object: u32, class: ChangeClass) {
    assert_denied(changes, object, class);
    let others = changes
        .iter()
        .filter(|change| change.level == ChangeLevel::Other && change.object != object);
    assert_eq!(others.count(), 0, "{changes:#?}");
}

/// A second seal: field 40, value 41, appearance 42 with a picture 43.
fn second_seal(file: &mut Builder) {
    file.object(1, CATALOG);
    file.object(8, FORM.replace("22 0 R]", "22 0 R 40 0 R]"));
    file.object(4, PAGE.replace("20 0 R]", "20 0 R 40 0 R]"));
    file.object(40, NEW_FIELD);
    file.object(41, SIGNATURE);
    file.stream(
        42,
        &format!("{DRAWING}/Resources<</XObject<</I 43 0 R>>/Font<</F 3 0 R>>>>"),
        "/I Do",
    );
    file.stream(
        43,
        "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
        "x",
    );
}

#[test]
fn the_first_revision_changes_nothing() {
    let bytes = objects().table(TRAILER).bytes();
    assert_eq!(last(&bytes), []);
}

#[test]
fn an_empty_update_changes_nothing() {
    assert_eq!(later(|_| {}), []);
}
