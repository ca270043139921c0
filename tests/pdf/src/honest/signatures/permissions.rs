//! Certified documents and locked fields, and what is added to them as permitted.

use super::{case, filled, passed, sign_in_new_field, validation_data};
use crate::{
    Case,
    Verdict::PassedWithLaterChanges,
    contract::{
        ANNOTATIONS, BUYER_PLACE, Contract, Signing, complete, dictionary, form_object, object,
        pades, page, signature_field,
    },
    pdf::Document,
    pki::{self},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    certified_then_validation_data_added_passes_with_changes,
    certified_for_filling_then_filled_passes_with_changes,
    certified_for_filling_then_filled_and_signed_passes_with_changes,
    certified_for_filling_by_default_then_signed_passes,
    certified_for_annotating_then_noted_passes_with_changes,
    certified_for_annotating_then_highlighted_passes_with_changes,
    other_field_than_locked_filled_passes_with_changes,
    excluded_field_filled_passes_with_changes,
    signed_after_lock_of_other_field_passes,
    signed_in_new_field_after_lock_of_other_field_passes,
];

/// The contract, certified by the buyer.
fn certified(permissions: u8) -> Document {
    let mut document = Contract::usual().write();
    Signing::certify(&document, permissions).sign(&mut document);
    document
}

fn certified_then_validation_data_added_passes_with_changes() -> Case {
    let what = "Certified with P=1, after which validation data are allowed all the same (ISO 32000-2 table 257).";
    let mut document = certified(1);
    let keys = format!("/Perms<</DocMDP {} 0 R>>", object::FREE);
    validation_data(&mut document, "", &keys);
    let name = "certified-then-validation-data-added-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn certified_for_filling_then_filled_passes_with_changes() -> Case {
    let what = "Certified with P=2, then filled.";
    let mut document = certified(2);
    document.update(&filled());
    let name = "certified-for-filling-then-filled-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn certified_for_filling_then_filled_and_signed_passes_with_changes() -> Case {
    let what = "Certified with P=2, then filled, then signed in the prepared field.";
    let mut document = certified(2);
    document.update(&filled());
    Signing::seller().sign(&mut document);
    let name = "certified-for-filling-then-filled-and-signed-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn certified_for_filling_by_default_then_signed_passes() -> Case {
    let what = "Certified without /P, which means 2, then signed in the prepared field.";
    let mut document = Contract::usual().write();
    let mut signing = Signing::certify(&document, 2);
    signing.dictionary = signing.dictionary.replace("/P 2", "");
    signing.sign(&mut document);
    Signing::seller().sign(&mut document);
    passed(
        "certified-for-filling-by-default-then-signed-passes",
        what,
        document,
    )
}

fn certified_for_annotating_then_noted_passes_with_changes() -> Case {
    let what = "Certified with P=3, then a note is put in the margin.";
    let mut document = certified(3);
    let [note, popup] = [(); 2].map(|()| document.fresh());
    let body = format!(
        "<</Type/Annot/Subtype/Text/Rect[20 760 40 780]/F 28/P 3 0 R/Contents(Paid)/Popup {popup} 0 R>>"
    );
    let window = format!(
        "<</Type/Annot/Subtype/Popup/Rect[450 760 590 830]/F 28/Parent {note} 0 R/Open false>>"
    );
    document.update(&[
        (
            object::PAGE,
            page(&format!("{ANNOTATIONS} {note} 0 R {popup} 0 R"), ""),
        ),
        (note, body),
        (popup, window),
    ]);
    let name = "certified-for-annotating-then-noted-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn certified_for_annotating_then_highlighted_passes_with_changes() -> Case {
    let what = "Certified with P=3, then words are highlighted; how that looks is the viewer's.";
    let mut document = certified(3);
    let highlight = document.fresh();
    let body = "<</Type/Annot/Subtype/Highlight/Rect[60 755 200 780]/F 4/P 3 0 R/C[1 1 0]\
                /QuadPoints[60 780 200 780 60 755 200 755]/Contents(This one)>>";
    let page = page(&format!("{ANNOTATIONS} {highlight} 0 R"), "");
    document.update(&[(object::PAGE, page.as_str()), (highlight, body)]);
    let name = "certified-for-annotating-then-highlighted-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

/// The contract whose buyer locks fields by signing.
fn locked(lock: &str) -> Document {
    let lock_keys = format!("/Lock<</Type/SigFieldLock{lock}>>");
    let field = signature_field("Buyer", BUYER_PLACE, &lock_keys);
    let mut document = Contract::usual().with(object::BUYER_FIELD, field).write();
    let (value, look) = (document.fresh(), document.fresh());
    let transform = format!(
        "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data 1 0 R\
         /TransformParams<</Type/TransformParams/V/1.2{lock}>>>>]"
    );
    let mut section = document.section();
    section.plain(value, dictionary(&transform));
    section.object(look, form_object([0, 0, 120, 120], ""));
    let keys = format!("{lock_keys}/V {value} 0 R/AP<</N {look} 0 R>>");
    section.object(
        object::BUYER_FIELD,
        signature_field("Buyer", BUYER_PLACE, &keys),
    );
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    document
}

fn other_field_than_locked_filled_passes_with_changes() -> Case {
    let what = "The buyer locked the seller's field by name; the text field is filled.";
    let mut document = locked("/Action/Include/Fields[(Seller)]");
    document.update(&filled());
    let name = "other-field-than-locked-filled-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn excluded_field_filled_passes_with_changes() -> Case {
    let what = "The buyer locked all fields but the text field, which is filled.";
    let mut document = locked("/Action/Exclude/Fields[(Delivery)]");
    document.update(&filled());
    let name = "excluded-field-filled-passes-with-changes";
    case(name, what, document, PassedWithLaterChanges, &[])
}

fn signed_after_lock_of_other_field_passes() -> Case {
    let what = "The buyer locked the text field by name; the seller signs.";
    let mut document = locked("/Action/Include/Fields[(Delivery)]");
    Signing::seller().sign(&mut document);
    passed("signed-after-lock-of-other-field-passes", what, document)
}

fn signed_in_new_field_after_lock_of_other_field_passes() -> Case {
    let what = "The buyer locked the text field by name; a guarantor signs in a field of its own.";
    let mut document = locked("/Action/Include/Fields[(Delivery)]");
    sign_in_new_field(&mut document, [210, 100, 330, 220]);
    let name = "signed-in-new-field-after-lock-of-other-field-passes";
    passed(name, what, document)
}
