//! Attacks on certified documents, and on locked fields.

pub(crate) mod comments;

use crate::{
    Case, Class,
    Verdict::{Failed, Indeterminate},
    cms::Cms,
    contract::{
        ANNOTATIONS, BUYER_PLACE, Contract, FORGED_AMOUNT, Signing, catalog, certifying, covering,
        delivery_field, delivery_look, dictionary, dictionary_for, form, form_object, object, page,
        signature_field,
    },
    keys::{Hash, Key},
    pdf::Document,
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    filled_although_nothing_permitted_fails,
    signed_although_nothing_permitted_fails,
    annotated_although_nothing_permitted_fails,
    annotated_although_only_filling_permitted_fails,
    evil_free_text_although_annotating_permitted_fails,
    evil_stamp_although_annotating_permitted_fails,
    evil_redaction_although_annotating_permitted_fails,
    evil_note_although_annotating_permitted_fails,
    evil_highlight_although_annotating_permitted_fails,
    evil_square_although_annotating_permitted_fails,
    content_changed_although_annotating_permitted_fails,
    sneaky_empty_field_over_amount_fails,
    sneaky_untrusted_signature_over_amount_never_passes,
    sneaky_signature_in_text_field_fails,
    permissions_removed_fails,
    permissions_redirected_fails,
    permissions_relaxed_in_place_fails,
    permissions_removed_and_signed_again_fails,
    second_certification_fails,
    certification_after_approval_fails,
    certification_with_unknown_permission_fails,
    usage_rights_added_fails,
    locked_field_filled_fails,
    field_locked_by_name_filled_fails,
    field_outside_of_exclusions_filled_fails,
    lock_relaxed_later_fails,
];

/// The contract, certified by the buyer.
fn certified(permissions: u8) -> Document {
    let mut document = Contract::usual().write();
    Signing::certify(&document, permissions).sign(&mut document);
    document
}

/// Number of the signature dictionary, and of its picture.
const VALUE: u32 = object::FREE;
const LOOK: u32 = VALUE + 1;

fn after(
    name: &'static str,
    description: &'static str,
    permissions: u8,
    reason: &'static str,
    append: impl FnOnce(&mut Document),
) -> Case {
    let mut document = certified(permissions);
    append(&mut document);
    Case::new(
        Class::Certification,
        name,
        description,
        document.bytes,
        Failed,
        &[reason],
    )
}

fn fill(document: &mut Document) {
    document.update(&[
        (object::DELIVERY, delivery_field("Harbin", "").into_bytes()),
        (object::DELIVERY_LOOK, delivery_look("Harbin")),
    ]);
}

/// Adds an annotation to the first page.
fn annotate(document: &mut Document, subtype: &str, keys: &str) {
    let [annotation, look] = [(); 2].map(|()| document.fresh());
    let body = format!(
        "<</Type/Annot/Subtype/{subtype}/Rect[60 690 420 720]/F 4/P 3 0 R/AP<</N {look} 0 R>>{keys}>>"
    );
    let text = covering(FORGED_AMOUNT);
    document.update(&[
        (
            object::PAGE,
            page(&format!("{ANNOTATIONS} {annotation} 0 R"), "").into_bytes(),
        ),
        (annotation, body.into_bytes()),
        (look, form_object([0, 0, 360, 30], &text)),
    ]);
}

fn filled_although_nothing_permitted_fails() -> Case {
    let what = "P=1: a field is filled.";
    let name = "filled-although-nothing-permitted-fails";
    after(name, what, 1, "certification-violated", fill)
}

fn signed_although_nothing_permitted_fails() -> Case {
    let what = "P=1: the seller signs in the prepared field.";
    let name = "signed-although-nothing-permitted-fails";
    after(name, what, 1, "certification-violated", |document| {
        Signing::seller().sign(document)
    })
}

fn annotated_although_nothing_permitted_fails() -> Case {
    let what = "P=1: a note is added.";
    let name = "annotated-although-nothing-permitted-fails";
    after(name, what, 1, "certification-violated", |document| {
        annotate(document, "Text", "/Contents(Note)");
    })
}

fn annotated_although_only_filling_permitted_fails() -> Case {
    let what = "P=2: a note is added.";
    let name = "annotated-although-only-filling-permitted-fails";
    after(name, what, 2, "certification-violated", |document| {
        annotate(document, "Text", "/Contents(Note)");
    })
}

fn evil_free_text_although_annotating_permitted_fails() -> Case {
    let what = "Evil annotation, P=3: free text covers the amount with another.";
    let name = "evil-free-text-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        annotate(
            document,
            "FreeText",
            "/DA(/F1 14 Tf)/Contents(CNY 900,000.00)",
        );
    })
}

fn evil_stamp_although_annotating_permitted_fails() -> Case {
    let what = "Evil annotation, P=3: a stamp covers the amount with another.";
    let name = "evil-stamp-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        annotate(document, "Stamp", "")
    })
}

fn evil_redaction_although_annotating_permitted_fails() -> Case {
    let what = "Evil annotation, P=3: a redaction blots the amount out.";
    let name = "evil-redaction-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        annotate(document, "Redact", "/OverlayText(CNY 900,000.00)");
    })
}

fn evil_note_although_annotating_permitted_fails() -> Case {
    let what = "Evil annotation, P=3: a note whose icon is as large as the amount and looks like another one.";
    let name = "evil-note-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        annotate(document, "Text", "/Contents(Note)")
    })
}

fn evil_highlight_although_annotating_permitted_fails() -> Case {
    let what =
        "Evil annotation, P=3: a highlight that brings its own look, which is another amount.";
    let name = "evil-highlight-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        annotate(
            document,
            "Highlight",
            "/QuadPoints[60 720 420 720 60 690 420 690]/C[1 1 0]",
        );
    })
}

fn evil_square_although_annotating_permitted_fails() -> Case {
    let what = "Evil annotation, P=3: a white square without a look of its own covers the amount.";
    let name = "evil-square-although-annotating-permitted-fails";
    after(name, what, 3, "annotations-changed-later", |document| {
        let square = document.fresh();
        let body =
            "<</Type/Annot/Subtype/Square/Rect[60 690 420 720]/F 4/P 3 0 R/IC[1 1 1]/C[1 1 1]>>";
        let page = page(&format!("{ANNOTATIONS} {square} 0 R"), "");
        document.update(&[(object::PAGE, page.as_str()), (square, body)]);
    })
}

fn content_changed_although_annotating_permitted_fails() -> Case {
    let what = "P=3: the page's content is changed.";
    let name = "content-changed-although-annotating-permitted-fails";
    after(name, what, 3, "changed-later", |document| {
        document.update(&[(object::CONTENT, crate::contract::forged_content())]);
    })
}

/// Adds an empty signature field over the amount whose picture shows another amount.
fn sneaky_field(document: &mut Document) -> [u32; 2] {
    let [field, look] = [(); 2].map(|()| document.fresh());
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let text = covering(FORGED_AMOUNT);
    let body = signature_field(
        "Sneaky",
        [60, 690, 420, 720],
        &format!("/AP<</N {look} 0 R>>"),
    );
    document.update(&[
        (object::FORM, form(&all, "").into_bytes()),
        (object::PAGE, page(&all, "").into_bytes()),
        (field, body.into_bytes()),
        (look, form_object([0, 0, 360, 30], &text)),
    ]);
    [field, look]
}

fn sneaky_empty_field_over_amount_fails() -> Case {
    let what =
        "Sneaky signature, P=2: a new, empty signature field covers the amount with its picture.";
    let name = "sneaky-empty-field-over-amount-fails";
    after(name, what, 2, "changed-later", |document| {
        sneaky_field(document);
    })
}

fn sneaky_untrusted_signature_over_amount_never_passes() -> Case {
    let what = "Sneaky signature, P=2: a self-signed signer covers the amount with the picture of a new signature.";
    let mut document = certified(2);
    let field = document.fresh();
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let forger = forger();
    let mut signing = Signing::buyer()
        .with(object::FORM, form(&all, ""))
        .with(object::PAGE, page(&all, ""));
    signing.field = field;
    signing.name = "Sneaky";
    signing.rect = [60, 690, 420, 720];
    signing.sign_with(&mut document, |content| {
        Cms::pades(&forger, &[], Hash::Sha256, content).der()
    });
    let name = "sneaky-untrusted-signature-over-amount-never-passes";
    let file = document.bytes;
    Case::new(
        Class::Certification,
        name,
        what,
        file,
        Indeterminate,
        &["untrusted"],
    )
}

fn forger() -> pki::Identity {
    let template = pki::Template {
        key: Key::P256(66),
        serial: 66,
        ..pki::buyer_template()
    };
    template.self_signed()
}

fn sneaky_signature_in_text_field_fails() -> Case {
    let what = "P=2: the text field is filled with a signature dictionary.";
    let name = "sneaky-signature-in-text-field-fails";
    after(name, what, 2, "changed-later", |document| {
        let value = document.fresh();
        let field = delivery_field("", "").replace("/V()", &format!("/V {value} 0 R"));
        let body = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached>>";
        document.update(&[(object::DELIVERY, field.as_str()), (value, body)]);
    })
}

fn permissions_removed_fails() -> Case {
    let what = "P=1: the update takes /Perms out of the catalog, and a field is filled.";
    let name = "permissions-removed-fails";
    after(name, what, 1, "certification-violated", |document| {
        document.update(&[
            (object::CATALOG, catalog("").into_bytes()),
            (object::DELIVERY, delivery_field("Harbin", "").into_bytes()),
            (object::DELIVERY_LOOK, delivery_look("Harbin")),
        ]);
    })
}

fn permissions_redirected_fails() -> Case {
    let what = "P=1: /Perms refers to another dictionary that permits everything.";
    let name = "permissions-redirected-fails";
    after(name, what, 1, "certification-violated", |document| {
        let other = document.fresh();
        let body = format!("<</Type/Sig{}>>", certifying(3));
        let catalog = catalog(&format!("/Perms<</DocMDP {other} 0 R>>"));
        document.update(&[(object::CATALOG, catalog), (other, body)]);
    })
}

fn permissions_relaxed_in_place_fails() -> Case {
    let what = "P=1 is overwritten with P=3 in the signed bytes, and a field is filled.";
    let name = "permissions-relaxed-in-place-fails";
    after(name, what, 1, "digest-mismatch", |document| {
        crate::pdf::overwrite(&mut document.bytes, b"/P 1/V", b"/P 3/V");
        fill(document);
    })
}

fn permissions_removed_and_signed_again_fails() -> Case {
    let what = "P=1: the update takes /Perms away, and the seller signs: an approval as if nothing had been certified.";
    let name = "permissions-removed-and-signed-again-fails";
    after(name, what, 1, "certification-violated", |document| {
        Signing::seller()
            .with(object::CATALOG, catalog(""))
            .sign(document);
    })
}

fn second_certification_fails() -> Case {
    let what = "A second certification takes the place of the first in /Perms.";
    let name = "second-certification-fails";
    after(name, what, 2, "changed-later", |document| {
        let value = document.size;
        let catalog = catalog(&format!("/Perms<</DocMDP {value} 0 R>>"));
        Signing::seller()
            .dictionary(dictionary(&certifying(3)))
            .with(object::CATALOG, catalog)
            .sign(document);
    })
}

fn certification_after_approval_fails() -> Case {
    let what = "The seller certifies what the buyer has signed before: only the first signature may certify.";
    let mut document = Contract::usual().signed();
    let value = document.size;
    let catalog = catalog(&format!("/Perms<</DocMDP {value} 0 R>>"));
    Signing::seller()
        .dictionary(dictionary(&certifying(3)))
        .with(object::CATALOG, catalog)
        .sign(&mut document);
    let name = "certification-after-approval-fails";
    let file = document.bytes;
    Case::new(
        Class::Certification,
        name,
        what,
        file,
        Failed,
        &["changed-later"],
    )
}

fn certification_with_unknown_permission_fails() -> Case {
    let what = "P=4, which nobody has defined, is followed by an annotation.";
    let name = "certification-with-unknown-permission-fails";
    after(name, what, 4, "certification-violated", |document| {
        annotate(document, "Text", "/Contents(Note)");
    })
}

fn usage_rights_added_fails() -> Case {
    let what = "The update adds usage rights to /Perms.";
    let name = "usage-rights-added-fails";
    after(name, what, 2, "certification-violated", |document| {
        let other = document.fresh();
        let body = dictionary_for("adbe.pkcs7.detached", "")
            .replace(
                &crate::contract::contents(crate::contract::RESERVED),
                "/Contents<00>",
            )
            .replace(&crate::contract::byte_range(), "");
        let catalog = catalog(&format!("/Perms<</DocMDP {VALUE} 0 R/UR3 {other} 0 R>>"));
        document.update(&[(object::CATALOG, catalog), (other, body)]);
    })
}

/// The contract whose buyer locks fields by signing.
fn locked(lock: &str) -> Document {
    let transform = format!(
        "/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data 1 0 R\
         /TransformParams<</Type/TransformParams/V/1.2{lock}>>>>]"
    );
    let field = signature_field(
        "Buyer",
        BUYER_PLACE,
        &format!("/Lock<</Type/SigFieldLock{lock}>>"),
    );
    let mut document = Contract::usual().with(object::BUYER_FIELD, field).write();
    let (value, look) = (document.fresh(), document.fresh());
    let signing = Signing::buyer().dictionary(dictionary(&transform));
    let mut section = document.section();
    signing.write(&mut section, value, look);
    let keys = format!("/Lock<</Type/SigFieldLock{lock}>>/V {value} 0 R/AP<</N {look} 0 R>>");
    section.object(
        object::BUYER_FIELD,
        signature_field("Buyer", BUYER_PLACE, &keys),
    );
    section.finish();
    crate::contract::complete(&mut document.bytes, |content| {
        crate::contract::pades(&pki::buyer(), content)
    });
    document
}

fn after_lock(
    name: &'static str,
    description: &'static str,
    lock: &str,
    append: impl FnOnce(&mut Document),
) -> Case {
    let mut document = locked(lock);
    append(&mut document);
    let reasons = &["locked-field-changed"];
    Case::new(
        Class::Certification,
        name,
        description,
        document.bytes,
        Failed,
        reasons,
    )
}

fn locked_field_filled_fails() -> Case {
    let what = "The buyer locked all fields by signing; one is filled.";
    after_lock("locked-field-filled-fails", what, "/Action/All", fill)
}

fn field_locked_by_name_filled_fails() -> Case {
    let what = "The buyer locked the field by name; it is filled.";
    let lock = "/Action/Include/Fields[(Delivery)]";
    after_lock("field-locked-by-name-filled-fails", what, lock, fill)
}

fn field_outside_of_exclusions_filled_fails() -> Case {
    let what = "The buyer locked all fields but the seller's; another one is filled.";
    let lock = "/Action/Exclude/Fields[(Seller)]";
    after_lock("field-outside-of-exclusions-filled-fails", what, lock, fill)
}

fn lock_relaxed_later_fails() -> Case {
    let what = "The update takes the lock out of the buyer's field, and another field is filled.";
    let lock = "/Action/All";
    after_lock("lock-relaxed-later-fails", what, lock, |document| {
        let keys = format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>");
        let field = signature_field("Buyer", BUYER_PLACE, &keys);
        document.update(&[
            (object::BUYER_FIELD, field.into_bytes()),
            (object::DELIVERY, delivery_field("Harbin", "").into_bytes()),
            (object::DELIVERY_LOOK, delivery_look("Harbin")),
        ]);
    })
}
