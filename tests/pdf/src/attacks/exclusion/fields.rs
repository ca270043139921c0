//! Universal signature forgery by what leads to the signature: fields, forms, and where the dictionary lies.

use super::{failed, stolen};
use crate::{
    Case, Class,
    Verdict::{Unreadable, Unsigned},
    contract::{
        self, AMOUNT_PLACE, ANNOTATIONS, Contract, SELLER_PLACE, Signing, catalog, complete,
        dictionary, forged_content, form, form_object, object, pades, page, signature_field,
        signed,
    },
    pdf::{Document, Entry, Xref, find, stream},
    pki,
};
pub(crate) const CASES: &[fn() -> Case] = &[
    value_removed_later_fails,
    value_freed_later_fails,
    value_redirected_later_fails,
    field_taken_out_of_form_later_fails,
    field_type_changed_later_fails,
    form_removed_later_fails,
    dictionary_overridden_later_fails,
    dictionary_copied_elsewhere_later_fails,
    dictionary_offset_redirected_later_is_unreadable,
    dictionary_in_object_stream_fails,
    dictionary_of_a_stream_fails,
    dictionary_inside_of_field_fails,
    one_signature_in_two_fields_fails,
    one_signature_lent_to_second_field_later_fails,
    second_value_key_in_field_fails,
    picture_of_a_signature_is_unsigned,
];

/// Updates the signed contract.
fn updated<B: AsRef<[u8]>>(objects: &[(u32, B)]) -> Vec<u8> {
    let mut document = signed();
    document.update(objects);
    document.bytes
}

/// Number of the signature dictionary in the signed contract, and of its appearance.
const VALUE: u32 = object::FREE;
const LOOK: u32 = VALUE + 1;

fn value_removed_later_fails() -> Case {
    let what = "An update takes /V out of the field: the signature is gone, its picture stays.";
    let keys = format!("/AP<</N {LOOK} 0 R>>");
    let field = signature_field("Buyer", contract::BUYER_PLACE, &keys);
    let file = updated(&[(object::BUYER_FIELD, field)]);
    failed(
        "value-removed-later-fails",
        what,
        file,
        &["orphan-signature"],
    )
}

fn value_freed_later_fails() -> Case {
    let what = "An update frees the signature dictionary's number.";
    let mut document = signed();
    let mut section = document.section();
    section.entries.insert(VALUE, Entry::Free(0, 1));
    section.entries.insert(0, Entry::Free(VALUE, 65_535));
    section.finish();
    failed(
        "value-freed-later-fails",
        what,
        document.bytes,
        &["orphan-signature"],
    )
}

fn value_redirected_later_fails() -> Case {
    let what = "An update lets /V point to another dictionary without a signature.";
    let mut document = signed();
    let other = document.fresh();
    let field = signature_field("Buyer", contract::BUYER_PLACE, &format!("/V {other} 0 R"));
    let dictionary = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached>>".to_owned();
    document.update(&[(object::BUYER_FIELD, field), (other, dictionary)]);
    failed(
        "value-redirected-later-fails",
        what,
        document.bytes,
        &["orphan-signature"],
    )
}

fn field_taken_out_of_form_later_fails() -> Case {
    let what = "An update takes the signed field out of the form and off the page.";
    let rest = "11 0 R 14 0 R";
    let file = updated(&[
        (object::FORM, form(rest, "")),
        (object::PAGE, page(rest, "")),
    ]);
    failed(
        "field-taken-out-of-form-later-fails",
        what,
        file,
        &["orphan-signature"],
    )
}

fn field_type_changed_later_fails() -> Case {
    let what = "An update turns the signature field into a text field.";
    let keys = format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>");
    let field = signature_field("Buyer", contract::BUYER_PLACE, &keys).replace("/FT/Sig", "/FT/Tx");
    let file = updated(&[(object::BUYER_FIELD, field)]);
    failed(
        "field-type-changed-later-fails",
        what,
        file,
        &["orphan-signature"],
    )
}

fn form_removed_later_fails() -> Case {
    let what = "An update takes the form out of the catalog.";
    let catalog = catalog("").replace(&format!("/AcroForm {} 0 R", object::FORM), "");
    let file = updated(&[(object::CATALOG, catalog)]);
    failed(
        "form-removed-later-fails",
        what,
        file,
        &["orphan-signature"],
    )
}

fn dictionary_overridden_later_fails() -> Case {
    let what = "An update writes the signature dictionary anew without /ByteRange.";
    let dictionary = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents<{}>>>",
        stolen()
    );
    let file = updated(&[(VALUE, dictionary)]);
    failed(
        "dictionary-overridden-later-fails",
        what,
        file,
        &["byte-range-missing"],
    )
}

/// The whole object of the signature dictionary.
fn dictionary_object(document: &Document) -> Vec<u8> {
    let bytes = &document.bytes;
    let start = find(bytes, b"<</Type/Sig").expect("there is one");
    let length = find(&bytes[start..], b"\nendobj").expect("it ends");
    bytes[start..start + length].to_vec()
}

fn dictionary_copied_elsewhere_later_fails() -> Case {
    let what = "An update repeats the signature dictionary word for word elsewhere, under the same number.";
    let mut document = signed();
    let copy = dictionary_object(&document);
    document.update(&[(VALUE, copy), (object::CONTENT, forged_content())]);
    failed(
        "dictionary-copied-elsewhere-later-fails",
        what,
        document.bytes,
        &["dictionary-replaced"],
    )
}

fn dictionary_offset_redirected_later_is_unreadable() -> Case {
    let what = "An update without objects lets the cross-reference of the signature dictionary point at the picture of the seal.";
    let mut document = signed();
    let look = find(&document.bytes, format!("{LOOK} 0 obj").as_bytes()).expect("the appearance");
    let mut section = document.section();
    section.entries.insert(VALUE, Entry::Offset(look as u64, 0));
    section.finish();
    let name = "dictionary-offset-redirected-later-is-unreadable";
    Case::new(
        Class::Exclusion,
        name,
        what,
        document.bytes,
        Unreadable,
        &[],
    )
}

fn dictionary_in_object_stream_fails() -> Case {
    let what = "The signature dictionary lies in an object stream; a plain copy, which nothing mentions, holds the gap.";
    let contract = Contract::usual().xref(Xref::Stream);
    let mut document = contract.write();
    let (value, look, packed) = (document.fresh(), document.fresh(), document.fresh());
    let mut section = document.section();
    section.unlisted(value, dictionary(""));
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    section.object(
        object::BUYER_FIELD,
        signature_field("Buyer", contract::BUYER_PLACE, &keys),
    );
    section.object(look, form_object([0, 0, 120, 120], ""));
    // What stands in the object stream is signed itself, so it cannot hold the CMS over it.
    let inner = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached\
                 /ByteRange[0 1000 7002 2000]/Contents<00>>>";
    section.plain(packed, crate::pdf::object_stream(&[(value, inner)]));
    section.entries.insert(value, Entry::Compressed(packed, 0));
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    failed(
        "dictionary-in-object-stream-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}

fn dictionary_of_a_stream_fails() -> Case {
    let what = "The signature dictionary is that of a stream.";
    let mut document = Contract::usual().write();
    let open = dictionary("");
    let keys = open.trim_start_matches("<<").trim_end_matches(">>");
    let body = String::from_utf8(stream(keys, b"BT ET")).expect("text");
    Signing::buyer().dictionary(body).sign(&mut document);
    failed(
        "dictionary-of-a-stream-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}

fn dictionary_inside_of_field_fails() -> Case {
    let what = "The signature dictionary is written directly as /V: an update of the field would replace it unseen.";
    let mut document = Contract::usual().write();
    let look = document.fresh();
    let keys = format!("/V{}/AP<</N {look} 0 R>>", dictionary(""));
    let mut section = document.section();
    let field = signature_field("Buyer", contract::BUYER_PLACE, &keys);
    section.plain(object::BUYER_FIELD, field);
    section.object(look, form_object([0, 0, 120, 120], ""));
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    failed(
        "dictionary-inside-of-field-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}

fn one_signature_in_two_fields_fails() -> Case {
    let what =
        "Both parties' fields have the buyer's signature as value: it looks as if two had signed.";
    let mut document = Contract::usual().write();
    let field = signature_field(
        "Seller",
        SELLER_PLACE,
        &format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>"),
    );
    Signing::buyer()
        .with(object::SELLER_FIELD, field)
        .sign(&mut document);
    failed(
        "one-signature-in-two-fields-fails",
        what,
        document.bytes,
        &["field-invalid"],
    )
}

fn one_signature_lent_to_second_field_later_fails() -> Case {
    let what = "An update fills the seller's field with the buyer's signature.";
    let field = signature_field(
        "Seller",
        SELLER_PLACE,
        &format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>"),
    );
    let file = updated(&[(object::SELLER_FIELD, field)]);
    failed(
        "one-signature-lent-to-second-field-later-fails",
        what,
        file,
        &["field-invalid"],
    )
}

fn second_value_key_in_field_fails() -> Case {
    let what = "An update gives the field a second /V: readers differ about which counts.";
    let keys = format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>/V null");
    let file = updated(&[(
        object::BUYER_FIELD,
        signature_field("Buyer", contract::BUYER_PLACE, &keys),
    )]);
    failed(
        "second-value-key-in-field-fails",
        what,
        file,
        &["orphan-signature"],
    )
}

fn picture_of_a_signature_is_unsigned() -> Case {
    let what = "A picture of a seal and the words of a viewer, without any signature.";
    let annotation = object::FREE;
    let look = object::FREE + 1;
    let [left, bottom, right, top] = AMOUNT_PLACE;
    let contract = Contract::usual()
        .with(object::PAGE, page(&format!("{ANNOTATIONS} {annotation} 0 R"), ""))
        .with(
            annotation,
            format!(
                "<</Type/Annot/Subtype/Stamp/Rect[{left} {bottom} {right} {top}]/F 4/AP<</N {look} 0 R>>>>"
            ),
        )
        .with(look, form_object([0, 0, 360, 30], "BT /F1 9 Tf 2 5 Td (Signed and all signatures are valid) Tj ET"));
    let file = contract.write().bytes;
    let name = "picture-of-a-signature-is-unsigned";
    Case::new(Class::Exclusion, name, what, file, Unsigned, &[])
}
