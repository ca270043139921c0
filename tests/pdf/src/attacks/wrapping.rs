//! Signature wrapping: the signed bytes are all there, but the document is made of others.

use std::collections::BTreeMap;

use crate::{
    Case, Class,
    Verdict::Failed,
    contract::{
        self, Contract, Signing, byte_range, complete, fill_byte_range, fill_contents,
        forged_content, gap, object, pades,
    },
    pdf::{Entry, find, stream, table},
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    second_range_moved_behind_new_objects_fails,
    second_range_moved_with_dictionary_at_the_gap_fails,
    unsigned_space_before_contents_fails,
    unsigned_space_behind_contents_fails,
    unsigned_comment_behind_contents_fails,
    unsigned_key_before_contents_fails,
    unsigned_key_behind_contents_fails,
    unsigned_second_string_fails,
    unsigned_object_in_gap_fails,
    unsigned_rest_of_dictionary_fails,
    unsigned_data_behind_cms_fails,
    unsigned_white_space_in_contents_fails,
    gap_inside_of_contents_fails,
    gap_is_a_string_of_another_object_fails,
];

fn failed(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    reason: &'static str,
) -> Case {
    Case::new(Class::Wrapping, name, description, file, Failed, &[reason])
}

/// The attack of 2019. The digest is right, since both signed parts are unchanged; between them lies a new document
/// whose cross-reference stands where the signed `startxref` points.
fn wrapped(dictionary_at_gap: bool) -> Vec<u8> {
    let mut document = Contract::usual().write();
    let base = document.previous;
    let value = document.size;
    // The forger needs room before the cross-reference: a large picture does.
    let room = stream("/Type/Metadata/Subtype/XML", &[b' '; 20_000]);
    Signing::buyer().with(value + 2, room).sign(&mut document);
    let bytes = &document.bytes;
    let start = find(bytes, b"/Contents<").expect("it is signed") + "/Contents".len();
    let end = start + find(&bytes[start..], b">").expect("the string ends") + 1;
    let (first, token, second) = (&bytes[..start], &bytes[start..end], &bytes[end..]);

    let mut forged = [first, token].concat();
    let at = find(bytes, format!("{value} 0 obj").as_bytes()).expect("it is signed");
    let mut entries = BTreeMap::from([(value, Entry::Offset(at as u64, 0))]);
    if dictionary_at_gap {
        // The original dictionary goes on after the token, with a second range of its own.
        forged.extend_from_slice(byte_range().as_bytes());
    }
    forged.extend_from_slice(b">>\nendobj\n");
    let mut add = |forged: &mut Vec<u8>, number: u32, body: &[u8]| {
        entries.insert(number, Entry::Offset(forged.len() as u64, 0));
        forged.extend(format!("{number} 0 obj\n").into_bytes());
        forged.extend_from_slice(body);
        forged.extend_from_slice(b"\nendobj\n");
    };
    add(&mut forged, object::CONTENT, &forged_content());
    let keys = format!("/V {value} 0 R/AP<</N {} 0 R>>", value + 1);
    let field = contract::signature_field("Buyer", contract::BUYER_PLACE, &keys);
    add(&mut forged, object::BUYER_FIELD, field.as_bytes());
    add(
        &mut forged,
        value + 1,
        &contract::form_object([0, 0, 120, 120], ""),
    );
    if !dictionary_at_gap {
        let contents = format!("/Contents{}", String::from_utf8_lossy(token));
        let dictionary =
            contract::dictionary("").replace(&contract::contents(contract::RESERVED), &contents);
        add(&mut forged, value, dictionary.as_bytes());
    }
    let cross_reference = document.previous;
    assert!(forged.len() + 2 < cross_reference, "everything finds room");
    forged.push(b'%');
    forged.resize(cross_reference - 1, b' ');
    forged.push(b'\n');
    forged.extend_from_slice(b"xref\n");
    forged.extend(table(&entries, "\n"));
    forged.extend(
        format!(
            "trailer\n<</Size {}/Root 1 0 R/Prev {base}>>\nstartxref\n{cross_reference}\n%%EOF\n",
            value + 3
        )
        .into_bytes(),
    );
    let second_at = forged.len();
    forged.extend_from_slice(second);
    let numbers = [start, second_at, second.len()].map(|number| number as u64);
    fill_byte_range(&mut forged, numbers);
    forged
}

fn second_range_moved_behind_new_objects_fails() -> Case {
    let what = "The second signed part is moved back; a new signature dictionary, cross-reference and content lie in the gap, where startxref points.";
    let name = "second-range-moved-behind-new-objects-fails";
    failed(name, what, wrapped(false), "byte-range-gap")
}

fn second_range_moved_with_dictionary_at_the_gap_fails() -> Case {
    let what =
        "The same, but the signed dictionary itself goes on in the gap with a second /ByteRange.";
    let name = "second-range-moved-with-dictionary-at-the-gap-fails";
    failed(name, what, wrapped(true), "dictionary-not-plain")
}

/// The contract, rightly signed, whose gap holds more than `/Contents`.
fn gapped(before: &str, after: &str) -> Vec<u8> {
    let contents = contract::contents(contract::RESERVED);
    let value = contents.trim_start_matches("/Contents");
    let open = contract::dictionary("").replace(value, &format!("{before}{value}{after}"));
    let mut document = Contract::usual().write();
    Signing::buyer().dictionary(open).prepare(&mut document);
    sign_around(document.bytes, before.len(), after.len())
}

/// Signs everything but the token and so many bytes around it.
fn sign_around(mut bytes: Vec<u8>, before: usize, after: usize) -> Vec<u8> {
    let (start, end) = gap(&bytes);
    let (start, end) = (start - before, end + after);
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    let cms = pades(&pki::buyer(), &[&bytes[..start], &bytes[end..]].concat());
    fill_contents(&mut bytes, &cms);
    bytes
}

fn unsigned_space_before_contents_fails() -> Case {
    let what = "White space before the token of /Contents is not signed.";
    failed(
        "unsigned-space-before-contents-fails",
        what,
        gapped("  ", ""),
        "byte-range-gap",
    )
}

fn unsigned_space_behind_contents_fails() -> Case {
    let what = "White space behind the token of /Contents is not signed.";
    failed(
        "unsigned-space-behind-contents-fails",
        what,
        gapped("", "\n"),
        "byte-range-gap",
    )
}

fn unsigned_comment_behind_contents_fails() -> Case {
    let what = "A comment behind the token of /Contents is not signed.";
    failed(
        "unsigned-comment-behind-contents-fails",
        what,
        gapped("", "%x\n"),
        "byte-range-gap",
    )
}

fn unsigned_key_before_contents_fails() -> Case {
    let what = "The key /Contents itself is not signed.";
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    let file = sign_around(document.bytes, "/Contents".len(), 0);
    failed(
        "unsigned-key-before-contents-fails",
        what,
        file,
        "byte-range-gap",
    )
}

fn unsigned_key_behind_contents_fails() -> Case {
    let what = "A key behind /Contents is not signed, so that anybody may change it.";
    let file = gapped("", "/Reason(I agree)");
    failed(
        "unsigned-key-behind-contents-fails",
        what,
        file,
        "byte-range-gap",
    )
}

fn unsigned_second_string_fails() -> Case {
    let what = "The gap holds a second hexadecimal string.";
    let file = gapped("", "/Cert<00>");
    failed("unsigned-second-string-fails", what, file, "byte-range-gap")
}

fn unsigned_object_in_gap_fails() -> Case {
    let what = "The gap holds the end of the dictionary and a whole object: the page's content.";
    let content = String::from_utf8(forged_content()).expect("text");
    let object = format!(">>\nendobj\n4 0 obj\n{content}\nendobj\n");
    let contents = contract::contents(contract::RESERVED);
    let open = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{}{contents}{object}",
        byte_range()
    );
    let mut document = Contract::usual().write();
    let (value, look) = (document.fresh(), document.fresh());
    let signing = Signing::buyer();
    let mut section = document.section();
    let at = section.document.length() as u64;
    section.entries.insert(value, Entry::Offset(at, 0));
    section.document.raw(format!("{value} 0 obj\n{open}"));
    let content_at = section.document.length() - object.len() + ">>\nendobj\n".len();
    section
        .entries
        .insert(object::CONTENT, Entry::Offset(content_at as u64, 0));
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    let field = contract::signature_field(signing.name, signing.rect, &keys);
    section.object(object::BUYER_FIELD, field);
    section.object(look, contract::form_object([0, 0, 120, 120], ""));
    section.finish();
    let file = sign_around(document.bytes, 0, object.len());
    failed("unsigned-object-in-gap-fails", what, file, "byte-range-gap")
}

fn unsigned_rest_of_dictionary_fails() -> Case {
    let what = "The gap reaches to the end of the signature object.";
    let rest = format!("/M({})>>\nendobj\n", crate::time::SIGNED.pdf());
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    let file = sign_around(document.bytes, 0, rest.len());
    failed(
        "unsigned-rest-of-dictionary-fails",
        what,
        file,
        "byte-range-gap",
    )
}

fn unsigned_data_behind_cms_fails() -> Case {
    let what = "Behind CMS, /Contents is filled up with data instead of zeros: unsigned room inside of the document.";
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        let mut cms = pades(&pki::buyer(), content);
        cms.extend_from_slice(b"an unsigned message");
        cms
    });
    failed(
        "unsigned-data-behind-cms-fails",
        what,
        document.bytes,
        "contents-invalid",
    )
}

fn unsigned_white_space_in_contents_fails() -> Case {
    let what = "White space stands between the digits of /Contents: hexadecimal strings allow it, but it is unsigned, and no honest producer writes it.";
    let line = format!("{}\n", "@".repeat(64));
    let broken = format!("/Contents <{}{}>", line.repeat(93), "@".repeat(48));
    let contents = contract::contents(contract::RESERVED);
    let open = contract::dictionary("").replace(&contents, &broken);
    let mut document = Contract::usual().write();
    Signing::buyer().dictionary(open).sign(&mut document);
    let name = "unsigned-white-space-in-contents-fails";
    failed(name, what, document.bytes, "contents-invalid")
}

fn gap_inside_of_contents_fails() -> Case {
    let what = "The gap leaves out the digits alone; the angle brackets are signed, so that the string could end earlier.";
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    let mut bytes = document.bytes;
    let (start, end) = gap(&bytes);
    let (start, end) = (start + 1, end - 1);
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    let cms = pades(&pki::buyer(), &[&bytes[..start], &bytes[end..]].concat());
    fill_contents(&mut bytes, &cms);
    failed(
        "gap-inside-of-contents-fails",
        what,
        bytes,
        "byte-range-gap",
    )
}

fn gap_is_a_string_of_another_object_fails() -> Case {
    let what = "The gap is a string elsewhere with the right CMS; the dictionary's own /Contents repeats another.";
    let mut document = Contract::usual().write();
    let elsewhere = document.fresh();
    let other = pades(&pki::buyer(), b"another contract");
    let own = format!("/Contents<{}>", data_encoding::HEXUPPER.encode(&other));
    let open = contract::dictionary("").replace(&contract::contents(contract::RESERVED), &own);
    let string = format!("<{}>", "@".repeat(contract::RESERVED * 2));
    Signing::buyer()
        .dictionary(open)
        .with(elsewhere, string)
        .prepare(&mut document);
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    let name = "gap-is-a-string-of-another-object-fails";
    failed(name, what, document.bytes, "byte-range-gap")
}
