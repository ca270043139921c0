//! Byte ranges that are missing, odd or doubled, and other keys that say what the signature is.

use super::{failed, fill_byte_range_partly, forged, forged_range, stolen};
use crate::{
    Case,
    contract::{
        self, Contract, NUMBER, Signing, byte_range, dictionary, dictionary_for, fill_byte_range,
        fill_contents, forged_content, gap, object, pades, signed,
    },
    pdf::find,
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    byte_range_missing_fails,
    byte_range_null_fails,
    byte_range_empty_fails,
    byte_range_of_three_numbers_fails,
    byte_range_of_six_numbers_fails,
    byte_range_negative_fails,
    byte_range_of_reals_fails,
    byte_range_huge_fails,
    byte_range_all_zero_fails,
    byte_range_overlapping_fails,
    byte_range_from_one_fails,
    byte_range_without_gap_fails,
    byte_range_indirect_fails,
    byte_range_with_indirect_number_fails,
    byte_range_only_in_a_comment_fails,
    byte_range_doubled_fails,
    byte_range_ending_early_fails,
    byte_range_past_the_end_fails,
    sub_filter_missing_fails,
    sub_filter_unknown_fails,
    sub_filter_doubled_fails,
    contract_signature_as_timestamp_fails,
];

fn byte_range_missing_fails() -> Case {
    let what = "The signature dictionary has no /ByteRange.";
    failed(
        "byte-range-missing-fails",
        what,
        forged_range(""),
        &["byte-range-missing"],
    )
}

fn byte_range_null_fails() -> Case {
    let what = "/ByteRange is null.";
    let file = forged_range("/ByteRange null");
    failed("byte-range-null-fails", what, file, &["byte-range-missing"])
}

fn byte_range_empty_fails() -> Case {
    let what = "/ByteRange has no numbers.";
    let file = forged_range("/ByteRange[]");
    failed(
        "byte-range-empty-fails",
        what,
        file,
        &["byte-range-missing"],
    )
}

fn byte_range_of_three_numbers_fails() -> Case {
    let what = "/ByteRange has three numbers.";
    let file = forged_range(&format!("/ByteRange[0 {NUMBER} {NUMBER}]"));
    failed(
        "byte-range-of-three-numbers-fails",
        what,
        file,
        &["byte-range-missing"],
    )
}

fn byte_range_of_six_numbers_fails() -> Case {
    let what = "/ByteRange leaves out two gaps; the second one holds the amount.";
    let mut document = Contract::usual().write();
    let open = dictionary("").replace(
        &byte_range(),
        &format!("/ByteRange[0 {NUMBER} {NUMBER} {NUMBER} {NUMBER} {NUMBER}]"),
    );
    Signing::buyer().dictionary(open).prepare(&mut document);
    let mut bytes = document.bytes;
    let amount = find(&bytes, contract::AMOUNT.as_bytes()).expect("the contract has an amount");
    let after_amount = amount + contract::AMOUNT.len();
    let (start, end) = gap(&bytes);
    let numbers = [
        amount,
        after_amount,
        start - after_amount,
        end,
        bytes.len() - end,
    ];
    fill_byte_range_partly(&mut bytes, &numbers.map(|number| number as u64));
    let content = [&bytes[..amount], &bytes[after_amount..start], &bytes[end..]].concat();
    fill_contents(&mut bytes, &pades(&pki::buyer(), &content));
    bytes[amount..after_amount].copy_from_slice(contract::FORGED_AMOUNT.as_bytes());
    failed(
        "byte-range-of-six-numbers-fails",
        what,
        bytes,
        &["byte-range-missing"],
    )
}

fn byte_range_negative_fails() -> Case {
    let what = "/ByteRange has a negative length.";
    let file = forged_range(&format!("/ByteRange[0 {NUMBER} {NUMBER} -10]"));
    failed(
        "byte-range-negative-fails",
        what,
        file,
        &["byte-range-invalid"],
    )
}

fn byte_range_of_reals_fails() -> Case {
    let what = "/ByteRange is written with decimal points.";
    let file = forged_range(&format!("/ByteRange[0.0 {NUMBER} {NUMBER} {NUMBER}]"));
    failed(
        "byte-range-of-reals-fails",
        what,
        file,
        &["byte-range-missing"],
    )
}

fn byte_range_huge_fails() -> Case {
    let what = "The numbers of /ByteRange overflow 64 bits when they are added.";
    let huge = i64::MAX;
    let file = forged_range(&format!("/ByteRange[0 {huge} {huge} {huge}]"));
    failed("byte-range-huge-fails", what, file, &["byte-range-invalid"])
}

fn byte_range_all_zero_fails() -> Case {
    let what =
        "/ByteRange covers nothing; the digest is that of no bytes, and signed by the right key.";
    let mut document = Contract::usual()
        .with(object::CONTENT, forged_content())
        .write();
    let open = dictionary("").replace(&byte_range(), "/ByteRange[0 0 0 0]");
    Signing::buyer().dictionary(open).prepare(&mut document);
    fill_contents(&mut document.bytes, &pades(&pki::buyer(), b""));
    failed(
        "byte-range-all-zero-fails",
        what,
        document.bytes,
        &["byte-range-invalid"],
    )
}

/// The contract, rightly signed over any two ranges.
fn signed_over(ranges: impl FnOnce(&[u8], usize, usize) -> [usize; 3]) -> Vec<u8> {
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    let mut bytes = document.bytes;
    let (start, end) = gap(&bytes);
    let [first, second, length] = ranges(&bytes, start, end);
    fill_byte_range(
        &mut bytes,
        [first, second, length].map(|number| number as u64),
    );
    let content = [&bytes[..first], &bytes[second..second + length]].concat();
    fill_contents(&mut bytes, &pades(&pki::buyer(), &content));
    bytes
}

fn byte_range_overlapping_fails() -> Case {
    let what = "The second range begins inside of the first.";
    let file = signed_over(|bytes, start, end| [start, start - 100, bytes.len() - end]);
    failed(
        "byte-range-overlapping-fails",
        what,
        file,
        &["byte-range-invalid"],
    )
}

fn byte_range_from_one_fails() -> Case {
    let what = "The first range begins at the second byte, so that the header is not signed.";
    let mut document = Contract::usual().write();
    let open = dictionary("").replace("/ByteRange[0 ", "/ByteRange[1 ");
    Signing::buyer().dictionary(open).prepare(&mut document);
    let mut bytes = document.bytes;
    let (start, end) = gap(&bytes);
    let numbers = [start - 1, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    let content = [&bytes[1..start], &bytes[end..]].concat();
    fill_contents(&mut bytes, &pades(&pki::buyer(), &content));
    failed(
        "byte-range-from-one-fails",
        what,
        bytes,
        &["byte-range-invalid"],
    )
}

fn byte_range_without_gap_fails() -> Case {
    let what = "The ranges leave out nothing, so that /Contents is some place outside of this dictionary's.";
    let range = format!("/ByteRange[0 100 100 {NUMBER}]");
    let mut bytes = forged(&format!("{range}/Contents<{}>", stolen()));
    let rest = bytes.len() as u64 - 100;
    fill_byte_range_partly(&mut bytes, &[rest]);
    failed(
        "byte-range-without-gap-fails",
        what,
        bytes,
        &["byte-range-invalid"],
    )
}

fn byte_range_indirect_fails() -> Case {
    let what = "/ByteRange is a reference, so that an update can change it without touching the signature.";
    let mut document = Contract::usual().write();
    let range = document.fresh();
    let open = dictionary("").replace(&byte_range(), &format!("/ByteRange {range} 0 R"));
    let array = format!("[0 {NUMBER} {NUMBER} {NUMBER}]");
    Signing::buyer()
        .dictionary(open)
        .with(range, array)
        .sign(&mut document);
    failed(
        "byte-range-indirect-fails",
        what,
        document.bytes,
        &["byte-range-missing"],
    )
}

fn byte_range_with_indirect_number_fails() -> Case {
    let what = "The last number of /ByteRange is a reference.";
    let mut document = Contract::usual().write();
    let length = document.fresh();
    let open = dictionary("").replace(
        &byte_range(),
        &format!("/ByteRange[0 {NUMBER} {NUMBER} {length} 0 R]"),
    );
    Signing::buyer()
        .dictionary(open)
        .with(length, NUMBER)
        .sign(&mut document);
    failed(
        "byte-range-with-indirect-number-fails",
        what,
        document.bytes,
        &["byte-range-missing"],
    )
}

fn byte_range_only_in_a_comment_fails() -> Case {
    let what =
        "/ByteRange stands in a comment, where only readers that search for the word find it.";
    let mut document = Contract::usual().write();
    let open = dictionary("").replace(&byte_range(), &format!("\n%{}\n", byte_range()));
    Signing::buyer().dictionary(open).sign(&mut document);
    failed(
        "byte-range-only-in-a-comment-fails",
        what,
        document.bytes,
        &["byte-range-missing"],
    )
}

fn byte_range_doubled_fails() -> Case {
    let what = "The dictionary has /ByteRange twice: readers differ about which counts.";
    let mut document = Contract::usual().write();
    let dictionary = dictionary("/ByteRange[0 10 20 30]");
    Signing::buyer().dictionary(dictionary).sign(&mut document);
    failed(
        "byte-range-doubled-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}

fn byte_range_ending_early_fails() -> Case {
    let what = "The second range ends before the trailer, which decides what the catalog is.";
    let file = signed_over(|bytes, start, end| {
        let trailer = crate::pdf::find_last(bytes, b"trailer").expect("a table has a trailer");
        [start, end, trailer - end]
    });
    failed(
        "byte-range-ending-early-fails",
        what,
        file,
        &["byte-range-end"],
    )
}

fn byte_range_past_the_end_fails() -> Case {
    let what = "The second range reaches beyond the end of the file.";
    let mut document = signed();
    // The line end after %%EOF is signed but gone; the revision is as well-formed as before.
    document.bytes.pop();
    failed(
        "byte-range-past-the-end-fails",
        what,
        document.bytes,
        &["byte-range-invalid"],
    )
}

fn sub_filter_missing_fails() -> Case {
    let what = "/SubFilter is missing, so that nobody knows what /Contents is.";
    let mut document = Contract::usual().write();
    let open = dictionary("").replace("/SubFilter/ETSI.CAdES.detached", "");
    Signing::buyer().dictionary(open).sign(&mut document);
    failed(
        "sub-filter-missing-fails",
        what,
        document.bytes,
        &["sub-filter-unknown"],
    )
}

fn sub_filter_unknown_fails() -> Case {
    let what = "/SubFilter names a format of the forger's own.";
    let mut document = Contract::usual().write();
    Signing::buyer()
        .dictionary(dictionary_for("Forger.always.valid", ""))
        .sign(&mut document);
    failed(
        "sub-filter-unknown-fails",
        what,
        document.bytes,
        &["sub-filter-unknown"],
    )
}

fn sub_filter_doubled_fails() -> Case {
    let what = "The dictionary has /SubFilter twice with different values.";
    let mut document = Contract::usual().write();
    let dictionary = dictionary("/SubFilter/adbe.pkcs7.sha1");
    Signing::buyer().dictionary(dictionary).sign(&mut document);
    failed(
        "sub-filter-doubled-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}

fn contract_signature_as_timestamp_fails() -> Case {
    let what = "A signature over the document is passed off as a document time stamp.";
    let mut document = Contract::usual().write();
    let open = dictionary_for("ETSI.RFC3161", "").replace("/Type/Sig", "/Type/DocTimeStamp");
    Signing::buyer().dictionary(open).sign(&mut document);
    failed(
        "contract-signature-as-timestamp-fails",
        what,
        document.bytes,
        &["timestamp-invalid"],
    )
}
