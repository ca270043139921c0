//! Where a certification permits comments: those that change what the page says, and signatures that open the door to them.

use super::after;
use crate::{
    Case, Class,
    Verdict::Failed,
    cms::Cms,
    contract::{
        ANNOTATIONS, Contract, FORGED_AMOUNT, Signing, certifying, complete, covering, dictionary,
        dictionary_for, form, form_object, object, page, signature_field, signed,
    },
    pdf::Document,
    pki,
    time::SIGNED,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    note_of_many_tiles_fails,
    popup_with_a_look_fails,
    highlight_in_black_fails,
    highlight_without_colour_fails,
    highlight_of_many_points_fails,
    strike_out_in_white_fails,
    signed_stamp_removed_fails,
    signed_stamp_emptied_fails,
    document_timestamp_over_amount_fails,
    certification_without_permissions_after_approval_fails,
];

const REASON: &str = "annotations-changed-later";

/// Adds an annotation without a look of its own, written as given.
fn comment(document: &mut Document, body: &str) {
    let number = document.fresh();
    let page = page(&format!("{ANNOTATIONS} {number} 0 R"), "");
    document.update(&[(object::PAGE, page.as_str()), (number, body)]);
}

fn note_of_many_tiles_fails() -> Case {
    let what = "Evil annotation, P=3: two notes, each as small as an icon, whose looks make up another amount side by side.";
    after(
        "evil-note-tiles-although-annotating-permitted-fails",
        what,
        3,
        REASON,
        |document| {
            let numbers = [(); 4].map(|()| document.fresh());
            let [first, second, look, other] = numbers;
            let note = |left: u32, look: u32| {
                format!(
                    "<</Type/Annot/Subtype/Text/Rect[{left} 690 {} 720]/F 4/P 3 0 R/AP<</N {look} 0 R>>>>",
                    left + 30
                )
            };
            let tile = |text: &str| {
                let text = format!("1 g 0 0 30 30 re f 0 g BT /F1 14 Tf 0 10 Td ({text}) Tj ET");
                form_object([0, 0, 30, 30], &text)
            };
            let list = format!("{ANNOTATIONS} {first} 0 R {second} 0 R");
            document.update(&[
                (object::PAGE, page(&list, "").into_bytes()),
                (first, note(120, look).into_bytes()),
                (second, note(150, other).into_bytes()),
                (look, tile("CNY")),
                (other, tile("9")),
            ]);
        },
    )
}

fn popup_with_a_look_fails() -> Case {
    let what = "Evil annotation, P=3: a popup brings a look of its own, which is another amount.";
    after(
        "evil-popup-although-annotating-permitted-fails",
        what,
        3,
        REASON,
        |document| {
            let [note, popup, look] = [(); 3].map(|()| document.fresh());
            let text = covering(FORGED_AMOUNT);
            let list = format!("{ANNOTATIONS} {note} 0 R {popup} 0 R");
            let note_body = format!(
                "<</Type/Annot/Subtype/Text/Rect[20 760 40 780]/F 4/P 3 0 R/Contents(Paid)/Popup {popup} 0 R>>"
            );
            let popup_body = format!(
                "<</Type/Annot/Subtype/Popup/Rect[60 690 420 720]/F 4/Parent {note} 0 R/AP<</N {look} 0 R>>>>"
            );
            document.update(&[
                (object::PAGE, page(&list, "").into_bytes()),
                (note, note_body.into_bytes()),
                (popup, popup_body.into_bytes()),
                (look, form_object([0, 0, 360, 30], &text)),
            ]);
        },
    )
}

const QUAD: &str = "/QuadPoints[60 720 420 720 60 690 420 690]";

fn mark(name: &'static str, what: &'static str, subtype: &str, keys: &str) -> Case {
    after(name, what, 3, REASON, |document| {
        let body =
            format!("<</Type/Annot/Subtype/{subtype}/Rect[60 690 420 720]/F 4/P 3 0 R{keys}>>");
        comment(document, &body);
    })
}

fn highlight_in_black_fails() -> Case {
    let what = "Evil annotation, P=3: a highlight without a look is black, and the amount a bar.";
    let keys = format!("{QUAD}/C[0 0 0]");
    mark(
        "evil-black-highlight-although-annotating-permitted-fails",
        what,
        "Highlight",
        &keys,
    )
}

fn highlight_without_colour_fails() -> Case {
    let what =
        "Evil annotation, P=3: a highlight names no colour, for which some viewers take black.";
    let name = "evil-colourless-highlight-although-annotating-permitted-fails";
    mark(name, what, "Highlight", QUAD)
}

fn highlight_of_many_points_fails() -> Case {
    let what =
        "Evil annotation, P=3: a light highlight consists of tiny squares, which draw a digit.";
    let square = |index: u32| {
        let (left, bottom) = (240 + index % 3, 700 + index / 3);
        let (right, top) = (left + 1, bottom + 1);
        format!("{left} {top} {right} {top} {left} {bottom} {right} {bottom} ")
    };
    let quads: String = [0, 1, 2, 3, 5, 6, 7, 8, 11, 14].map(square).concat();
    let keys = format!("/QuadPoints[{quads}]/C[0 1 0]");
    let name = "evil-pixel-highlight-although-annotating-permitted-fails";
    mark(name, what, "Highlight", &keys)
}

fn strike_out_in_white_fails() -> Case {
    let what = "Evil annotation, P=3: lines that strike out are white, one above the other, and the amount is gone.";
    let line = |index: u32| {
        let (bottom, top) = (698 + index, 699 + index);
        format!("60 {top} 420 {top} 60 {bottom} 420 {bottom} ")
    };
    let quads: String = (0..16).map(line).collect();
    let keys = format!("/QuadPoints[{quads}]/C[1 1 1]");
    mark(
        "evil-strike-out-although-annotating-permitted-fails",
        what,
        "StrikeOut",
        &keys,
    )
}

/// The page bears a stamp, "draft", when the buyer certifies it and permits comments.
const STAMP: u32 = object::FREE;

fn stamped() -> Document {
    let stamp = format!(
        "<</Type/Annot/Subtype/Stamp/Rect[60 300 420 400]/F 4/P 3 0 R/AP<</N {} 0 R>>>>",
        STAMP + 1
    );
    let look = "BT /F1 40 Tf 10 30 Td (DRAFT, VOID) Tj ET";
    let mut document = Contract::usual()
        .with(
            object::PAGE,
            page(&format!("{ANNOTATIONS} {STAMP} 0 R"), ""),
        )
        .with(STAMP, stamp)
        .with(STAMP + 1, form_object([0, 0, 360, 100], look))
        .write();
    Signing::certify(&document, 3).sign(&mut document);
    document
}

fn failed(
    name: &'static str,
    what: &'static str,
    reason: &'static str,
    document: Document,
) -> Case {
    let file = document.bytes;
    Case::new(Class::Certification, name, what, file, Failed, &[reason])
}

fn signed_stamp_removed_fails() -> Case {
    let what = "P=3: the page bore a stamp when it was certified, \"draft, void\"; it is taken off the list.";
    let mut document = stamped();
    document.update(&[(object::PAGE, page(ANNOTATIONS, ""))]);
    let name = "signed-stamp-removed-although-annotating-permitted-fails";
    failed(name, what, "changed-later", document)
}

fn signed_stamp_emptied_fails() -> Case {
    let what = "P=3: the stamp that was there when it was certified loses its look.";
    let mut document = stamped();
    let body = "<</Type/Annot/Subtype/Stamp/Rect[60 300 420 400]/F 6/P 3 0 R>>";
    document.update(&[(STAMP, body)]);
    let name = "signed-stamp-emptied-although-annotating-permitted-fails";
    failed(name, what, "changed-later", document)
}

fn document_timestamp_over_amount_fails() -> Case {
    let what = "A document time stamp, which anybody can get, shows: its picture covers the amount with another.";
    let mut document = signed();
    let [field, value, look] = [(); 3].map(|()| document.fresh());
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let open = dictionary_for("ETSI.RFC3161", "").replace("/Type/Sig", "/Type/DocTimeStamp");
    let text = covering(FORGED_AMOUNT);
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    let mut section = document.section();
    section.object(object::FORM, form(&all, ""));
    section.object(object::PAGE, page(&all, ""));
    section.plain(value, open);
    section.object(field, signature_field("Time", [60, 690, 420, 720], &keys));
    section.object(look, form_object([0, 0, 360, 30], &text));
    section.finish();
    complete(&mut document.bytes, |content| {
        Cms::timestamp(&pki::timestamper(), SIGNED, content).der()
    });
    failed(
        "document-timestamp-over-amount-fails",
        what,
        "changed-later",
        document,
    )
}

fn certification_without_permissions_after_approval_fails() -> Case {
    let what = "The seller certifies what the buyer has approved, P=3, without an entry in the catalog; then the amount is marked.";
    let mut document = signed();
    Signing::seller()
        .dictionary(dictionary(&certifying(3)))
        .sign(&mut document);
    let body = format!(
        "<</Type/Annot/Subtype/Highlight/Rect[60 690 420 720]/F 4/P 3 0 R/C[1 1 0]{QUAD}>>"
    );
    comment(&mut document, &body);
    let name = "certification-without-permissions-after-approval-fails";
    failed(name, what, "certification-violated", document)
}
