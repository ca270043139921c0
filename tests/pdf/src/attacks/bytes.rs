//! Bytes in the wrong place: before, behind, missing, flipped.

use crate::{
    Case, Class,
    Verdict::{self, Failed, Unreadable},
    contract::{Contract, Signing, signed},
    pdf::{Xref, find, find_last},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    junk_before_header_signed_along_fails,
    junk_before_header_added_later_never_passes,
    script_before_header_fails,
    bytes_behind_the_end_fail,
    zeros_behind_the_end_is_unreadable,
    archive_behind_the_end_fails,
    contract_repeated_behind_the_end_fails,
    bytes_between_revisions_fail,
    empty_file_is_unreadable,
    header_alone_is_unreadable,
    text_is_unreadable,
    html_is_unreadable,
    file_in_utf16_is_unreadable,
    file_with_carriage_returns_added_never_passes,
    file_cut_in_first_object_is_unreadable,
    file_cut_in_contents_never_passes,
    file_cut_before_cross_reference_never_passes,
    file_cut_in_cross_reference_never_passes,
    file_cut_before_startxref_never_passes,
    file_cut_before_end_mark_never_passes,
    bit_of_content_flipped_fails,
    bit_of_byte_range_flipped_fails,
    bit_of_cms_flipped_fails,
    bit_of_signature_value_flipped_fails,
    bit_of_padding_flipped_fails,
    bit_of_seal_picture_flipped_fails,
    bit_of_sub_filter_flipped_fails,
    bit_of_information_flipped_fails,
    bit_of_comment_flipped_fails,
    bit_of_header_flipped_fails,
    bit_of_first_cross_reference_flipped_never_passes,
    bit_of_last_cross_reference_flipped_never_passes,
    bit_of_trailer_flipped_fails,
    bit_of_startxref_flipped_never_passes,
    bit_of_compressed_object_flipped_never_passes,
    digit_of_contents_that_is_none_never_passes,
];

fn case(
    name: &'static str,
    description: &'static str,
    file: impl Into<Vec<u8>>,
    verdict: Verdict,
    reasons: &[&'static str],
) -> Case {
    Case::new(
        Class::Bytes,
        name,
        description,
        file.into(),
        verdict,
        reasons,
    )
}

fn junk_before_header_signed_along_fails() -> Case {
    let what = "Bytes before the header are signed along; readers that count offsets from the header see another file.";
    let mut contract = Contract::usual();
    contract.header = [&b"GIF89a not only\n"[..], &contract.header].concat();
    let name = "junk-before-header-signed-along-fails";
    case(
        name,
        what,
        contract.signed().bytes,
        Failed,
        &["junk-before-header"],
    )
}

fn junk_before_header_added_later_never_passes() -> Case {
    let what = "Bytes are put before the signed file.";
    let file = [&b"junk\n"[..], &signed().bytes].concat();
    case(
        "junk-before-header-added-later-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

fn script_before_header_fails() -> Case {
    let what = "A thousand bytes of another format stand before the header, as in files that are two things at once.";
    let mut contract = Contract::usual();
    let script = format!("#!/bin/sh\n{}\nexit\n", ":".repeat(980));
    contract.header = [script.as_bytes(), &contract.header].concat();
    case(
        "script-before-header-fails",
        what,
        contract.signed().bytes,
        Failed,
        &["junk-before-header"],
    )
}

fn behind(tail: &[u8]) -> Vec<u8> {
    [&signed().bytes[..], tail].concat()
}

fn bytes_behind_the_end_fail() -> Case {
    let what = "Text that no reader shows follows %%EOF.";
    let file = behind(b"This contract is void.\n");
    case(
        "bytes-behind-the-end-fail",
        what,
        file,
        Failed,
        &["trailing-bytes"],
    )
}

fn zeros_behind_the_end_is_unreadable() -> Case {
    let what = "A kilobyte of zeros follows %%EOF, so that the search for startxref from the end goes astray.";
    case(
        "zeros-behind-the-end-is-unreadable",
        what,
        behind(&[0; 1024]),
        Unreadable,
        &[],
    )
}

fn archive_behind_the_end_fails() -> Case {
    let what = "The end of a ZIP archive follows %%EOF: the file is an archive too.";
    let file = behind(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    case(
        "archive-behind-the-end-fails",
        what,
        file,
        Failed,
        &["trailing-bytes"],
    )
}

fn contract_repeated_behind_the_end_fails() -> Case {
    let what = "The signed file is there twice, one after the other.";
    let file = behind(&signed().bytes);
    case(
        "contract-repeated-behind-the-end-fails",
        what,
        file,
        Failed,
        &["trailing-bytes"],
    )
}

fn bytes_between_revisions_fail() -> Case {
    let what = "Bytes lie between the buyer's revision and the seller's.";
    let mut document = signed();
    document.raw("an unlisted object or whatever\n");
    Signing::seller().sign(&mut document);
    let reasons = &["bytes-between-revisions"];
    case(
        "bytes-between-revisions-fail",
        what,
        document.bytes,
        Failed,
        reasons,
    )
}

fn empty_file_is_unreadable() -> Case {
    case(
        "empty-file-is-unreadable",
        "Nothing.",
        Vec::new(),
        Unreadable,
        &[],
    )
}

fn header_alone_is_unreadable() -> Case {
    case(
        "header-alone-is-unreadable",
        "A header and nothing else.",
        *b"%PDF-1.7\n",
        Unreadable,
        &[],
    )
}

fn text_is_unreadable() -> Case {
    let what = "Text that mentions signatures.";
    let file = b"/Type/Sig/ByteRange[0 1 2 3]/Contents<00>".to_vec();
    case("text-is-unreadable", what, file, Unreadable, &[])
}

fn html_is_unreadable() -> Case {
    let what = "A page that says that the contract is genuine.";
    let file = b"<!doctype html><title>Genuine</title>".to_vec();
    case("html-is-unreadable", what, file, Unreadable, &[])
}

fn file_in_utf16_is_unreadable() -> Case {
    let what = "The signed file, every byte followed by a zero.";
    let file: Vec<u8> = signed().bytes.iter().flat_map(|byte| [*byte, 0]).collect();
    case("file-in-utf16-is-unreadable", what, file, Unreadable, &[])
}

fn file_with_carriage_returns_added_never_passes() -> Case {
    let what = "A mail program has made two bytes of every line end.";
    let mut file = Vec::new();
    for byte in signed().bytes {
        file.extend_from_slice(if byte == b'\n' {
            b"\r\n"
        } else {
            std::slice::from_ref(&byte)
        });
    }
    case(
        "file-with-carriage-returns-added-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

/// The signed file up to a place.
fn cut(place: impl FnOnce(&[u8]) -> usize) -> Vec<u8> {
    let bytes = signed().bytes;
    bytes[..place(&bytes)].to_vec()
}

fn last(bytes: &[u8], word: &str) -> usize {
    find_last(bytes, word.as_bytes()).expect("it is there")
}

fn file_cut_in_first_object_is_unreadable() -> Case {
    let what = "The file ends in its first object.";
    case(
        "file-cut-in-first-object-is-unreadable",
        what,
        cut(|_| 40),
        Unreadable,
        &[],
    )
}

fn file_cut_in_contents_never_passes() -> Case {
    let what = "The file ends in the middle of /Contents; what is left is the unsigned revision and a piece of a signature.";
    let file = cut(|bytes| last(bytes, "/Contents<") + 500);
    case(
        "file-cut-in-contents-never-passes",
        what,
        file,
        Failed,
        &["trailing-bytes"],
    )
}

fn file_cut_before_cross_reference_never_passes() -> Case {
    let what = "The file ends before its last cross-reference.";
    let file = cut(|bytes| last(bytes, "\nxref") + 1);
    let name = "file-cut-before-cross-reference-never-passes";
    case(name, what, file, Unreadable, &[])
}

fn file_cut_in_cross_reference_never_passes() -> Case {
    let what = "The file ends in its last cross-reference.";
    let file = cut(|bytes| last(bytes, "\nxref") + 20);
    let name = "file-cut-in-cross-reference-never-passes";
    case(name, what, file, Unreadable, &[])
}

fn file_cut_before_startxref_never_passes() -> Case {
    let what = "The file ends before its last startxref.";
    let file = cut(|bytes| last(bytes, "startxref"));
    case(
        "file-cut-before-startxref-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

fn file_cut_before_end_mark_never_passes() -> Case {
    let what = "The last %%EOF is missing.";
    let file = cut(|bytes| last(bytes, "%%EOF"));
    case(
        "file-cut-before-end-mark-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

/// The signed file with the lowest bit flipped of the byte so far behind the last occurrence of a word.
fn flip(word: &str, distance: usize) -> Vec<u8> {
    let mut bytes = signed().bytes;
    let at = last(&bytes, word) + distance;
    bytes[at] ^= 1;
    bytes
}

fn flipped(name: &'static str, description: &'static str, file: Vec<u8>) -> Case {
    case(name, description, file, Failed, &["digest-mismatch"])
}

fn bit_of_content_flipped_fails() -> Case {
    let what = "A digit of the amount.";
    flipped("bit-of-content-flipped-fails", what, flip("CNY 100", 4))
}

fn bit_of_byte_range_flipped_fails() -> Case {
    let what = "The last digit of the length of the first range.";
    let mut bytes = signed().bytes;
    let at = last(&bytes, "/ByteRange[0 ") + 13;
    let digits = bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    bytes[at + digits - 1] ^= 1;
    case(
        "bit-of-byte-range-flipped-fails",
        what,
        bytes,
        Failed,
        &["byte-range-gap"],
    )
}

fn bit_of_cms_flipped_fails() -> Case {
    let what = "A digit in the object identifier of the outermost content type.";
    let mut bytes = signed().bytes;
    let at = find_last(&bytes, b"2A864886F70D010702").expect("it is signed data") + 17;
    bytes[at] = b'3';
    case(
        "bit-of-cms-flipped-fails",
        what,
        bytes,
        Failed,
        &["cms-malformed"],
    )
}

fn bit_of_signature_value_flipped_fails() -> Case {
    let what = "The last digit of the signature value.";
    let mut bytes = signed().bytes;
    let start = last(&bytes, "/Contents<");
    let padding = find(&bytes[start..], &b"0".repeat(64)).expect("zeros follow");
    let at = start + padding - 1;
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    case(
        "bit-of-signature-value-flipped-fails",
        what,
        bytes,
        Failed,
        &["signature-invalid"],
    )
}

fn bit_of_padding_flipped_fails() -> Case {
    let what = "A digit of the zeros behind CMS, the only bytes that nothing protects: unsigned data in the document.";
    let mut bytes = signed().bytes;
    let end = find_last(&bytes, b"0>").expect("zeros end /Contents");
    bytes[end] ^= 1;
    case(
        "bit-of-padding-flipped-fails",
        what,
        bytes,
        Failed,
        &["contents-invalid"],
    )
}

fn bit_of_seal_picture_flipped_fails() -> Case {
    let what = "A letter in the picture of the seal.";
    flipped(
        "bit-of-seal-picture-flipped-fails",
        what,
        flip("(Buyer) Tj", 1),
    )
}

fn bit_of_sub_filter_flipped_fails() -> Case {
    let what = "A letter of /SubFilter.";
    let file = flip("ETSI.CAdES.detached", 5);
    case(
        "bit-of-sub-filter-flipped-fails",
        what,
        file,
        Failed,
        &["sub-filter-unknown"],
    )
}

fn bit_of_information_flipped_fails() -> Case {
    let what = "A letter of the title.";
    flipped(
        "bit-of-information-flipped-fails",
        what,
        flip("(Purchase Contract)", 2),
    )
}

fn bit_of_comment_flipped_fails() -> Case {
    let what = "A byte of the comment behind the header, which no reader looks at.";
    let mut bytes = signed().bytes;
    bytes[11] ^= 1;
    flipped("bit-of-comment-flipped-fails", what, bytes)
}

fn bit_of_header_flipped_fails() -> Case {
    let what = "The version in the header.";
    let mut bytes = signed().bytes;
    bytes[7] ^= 1;
    flipped("bit-of-header-flipped-fails", what, bytes)
}

fn bit_of_first_cross_reference_flipped_never_passes() -> Case {
    let what = "The last digit of the catalog's offset in the first cross-reference.";
    let mut bytes = signed().bytes;
    let table = find(&bytes, b"\nxref\n").expect("a table");
    let at = table + "\nxref\n0 19\n".len() + 20 + 9;
    bytes[at] ^= 1;
    let name = "bit-of-first-cross-reference-flipped-never-passes";
    case(name, what, bytes, Failed, &["digest-mismatch"])
}

fn bit_of_last_cross_reference_flipped_never_passes() -> Case {
    let what = "The last digit of the signature dictionary's offset in the last cross-reference.";
    let mut bytes = signed().bytes;
    let table = last(&bytes, "\n19 2\n");
    bytes[table + "\n19 2\n".len() + 9] ^= 1;
    let name = "bit-of-last-cross-reference-flipped-never-passes";
    case(name, what, bytes, Failed, &["dictionary-replaced"])
}

fn bit_of_trailer_flipped_fails() -> Case {
    let what = "A digit of the identifier in the trailer.";
    flipped("bit-of-trailer-flipped-fails", what, flip("<00112233", 1))
}

fn bit_of_startxref_flipped_never_passes() -> Case {
    let what = "The first digit of the last startxref.";
    let file = flip("startxref\n", "startxref\n".len());
    case(
        "bit-of-startxref-flipped-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

fn bit_of_compressed_object_flipped_never_passes() -> Case {
    let what = "A byte in an object stream.";
    let mut bytes = Contract::usual().xref(Xref::ObjectStreams).signed().bytes;
    let at = find(&bytes, b"/Type/ObjStm").expect("there is one");
    bytes[at + 200] ^= 1;
    case(
        "bit-of-compressed-object-flipped-never-passes",
        what,
        bytes,
        Unreadable,
        &[],
    )
}

fn digit_of_contents_that_is_none_never_passes() -> Case {
    let what = "A letter that is no hexadecimal digit stands in /Contents.";
    let mut bytes = signed().bytes;
    let at = last(&bytes, "/Contents<") + 200;
    bytes[at] = b'Z';
    case(
        "digit-of-contents-that-is-none-never-passes",
        what,
        bytes,
        Unreadable,
        &[],
    )
}
