//! Universal signature forgery: the signature stands there, but says nothing.
//!
//! Most of these files show the forged amount and carry CMS stolen from the honest contract.

pub(crate) mod byte_range;
pub(crate) mod fields;

use data_encoding::HEXUPPER;

use crate::{
    Case, Class,
    Verdict::Failed,
    contract::{
        Contract, NUMBER, RESERVED, Signing, byte_range, contents, dictionary, fill_byte_range,
        forged_content, gap, object, pades,
    },
    pdf::find,
    pki,
    time::SIGNED,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    contents_missing_fails,
    contents_null_fails,
    contents_empty_fails,
    contents_zero_fails,
    contents_indirect_fails,
    contents_literal_string_fails,
    contents_number_fails,
    contents_only_in_a_comment_fails,
    contents_doubled_fails,
];

/// The digits of CMS over the honest contract.
fn stolen() -> String {
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    let (start, end) = gap(&document.bytes);
    let content = [&document.bytes[..start], &document.bytes[end..]].concat();
    HEXUPPER.encode(&pades(&pki::buyer(), &content))
}

/// The contract with the forged amount and any signature dictionary.
fn forged(keys: &str) -> Vec<u8> {
    let dictionary = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({}){keys}>>",
        SIGNED.pdf()
    );
    let mut document = Contract::usual()
        .with(object::CONTENT, forged_content())
        .write();
    Signing::buyer()
        .dictionary(dictionary)
        .prepare(&mut document);
    document.bytes
}

/// The contract with the forged amount, stolen CMS, and a byte range that is right unless it is said otherwise.
fn forged_range(range: &str) -> Vec<u8> {
    let contents = format!("/Contents<{}>", stolen());
    let mut bytes = forged(&format!("{range}{contents}"));
    let start = find(&bytes, contents.as_bytes()).expect("just written") + "/Contents".len();
    let end = start + contents.len() - "/Contents".len();
    if find(&bytes, NUMBER.as_bytes()).is_some() {
        let after = bytes.len() - end;
        let numbers = [start, end, after].map(|number| number as u64);
        let count = bytes
            .windows(NUMBER.len())
            .filter(|window| *window == NUMBER.as_bytes())
            .count();
        fill_byte_range_partly(&mut bytes, &numbers[..count.min(3)]);
    }
    bytes
}

fn fill_byte_range_partly(bytes: &mut [u8], numbers: &[u64]) {
    for number in numbers {
        let at = find(bytes, NUMBER.as_bytes()).expect("an open /ByteRange");
        bytes[at..at + NUMBER.len()].copy_from_slice(format!("{number:<10}").as_bytes());
    }
}

fn failed(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    reasons: &[&'static str],
) -> Case {
    Case::new(Class::Exclusion, name, description, file, Failed, reasons)
}

fn contents_missing_fails() -> Case {
    let what =
        "The signature dictionary has no /Contents, and the reader is to find nothing to check.";
    let file = forged("/ByteRange[0 1000 2000 3000]");
    failed("contents-missing-fails", what, file, &["contents-invalid"])
}

fn contents_null_fails() -> Case {
    let what = "/Contents is null.";
    let file = forged("/ByteRange[0 1000 2000 3000]/Contents null");
    failed("contents-null-fails", what, file, &["contents-invalid"])
}

/// A byte range that leaves out exactly the given `/Contents`.
fn forged_contents(contents: &str) -> Vec<u8> {
    let mut bytes = forged(&format!("{}/Contents{contents}", byte_range()));
    let key = format!("/Contents{contents}");
    let start = find(&bytes, key.as_bytes()).expect("just written") + "/Contents".len();
    let end = start + contents.len();
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    bytes
}

fn contents_empty_fails() -> Case {
    let what = "/Contents is an empty string.";
    let file = forged_contents("<>");
    failed("contents-empty-fails", what, file, &["contents-invalid"])
}

fn contents_zero_fails() -> Case {
    let what = "/Contents consists of zeros, as before signing.";
    let file = forged_contents(&format!("<{}>", "00".repeat(RESERVED)));
    failed("contents-zero-fails", what, file, &["contents-invalid"])
}

fn contents_indirect_fails() -> Case {
    let what =
        "/Contents is a reference to a string elsewhere, so that the gap holds something else.";
    let mut document = Contract::usual()
        .with(object::CONTENT, forged_content())
        .write();
    let text = document.fresh();
    let signing = Signing::buyer().with(text, format!("<{}>", stolen()));
    let keys = format!("{}/Contents {text} 0 R", byte_range());
    let dictionary =
        format!("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached{keys}>>");
    signing.dictionary(dictionary).prepare(&mut document);
    let mut bytes = document.bytes;
    let token = format!("<{}>", stolen());
    let start = find(&bytes, token.as_bytes()).expect("just written");
    let end = start + token.len();
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    failed(
        "contents-indirect-fails",
        what,
        bytes,
        &["contents-invalid"],
    )
}

fn contents_literal_string_fails() -> Case {
    let what = "/Contents is a literal string, in which other things can be hidden than in hexadecimal; the signature is right.";
    let mut document = Contract::usual().write();
    let open = dictionary("").replace(
        &contents(RESERVED),
        &format!("/Contents({})", "@".repeat(RESERVED * 4)),
    );
    Signing::buyer().dictionary(open).prepare(&mut document);
    let mut bytes = document.bytes;
    let start = find(&bytes, b"(@").expect("an open /Contents");
    let end = start + RESERVED * 4 + 2;
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    let cms = pades(&pki::buyer(), &[&bytes[..start], &bytes[end..]].concat());
    let escaped: String = cms.iter().map(|byte| format!("\\{byte:03o}")).collect();
    let escaped = format!("{escaped:\0<width$}", width = RESERVED * 4).replace('\0', " ");
    bytes[start + 1..end - 1].copy_from_slice(escaped.as_bytes());
    failed(
        "contents-literal-string-fails",
        what,
        bytes,
        &["contents-invalid"],
    )
}

fn contents_number_fails() -> Case {
    let what = "/Contents is a number.";
    failed(
        "contents-number-fails",
        what,
        forged_contents(" 1"),
        &["contents-invalid"],
    )
}

fn contents_only_in_a_comment_fails() -> Case {
    let what =
        "/Contents stands in a comment, where only readers that search for the word find it.";
    let file = forged_contents_commented();
    failed(
        "contents-only-in-a-comment-fails",
        what,
        file,
        &["contents-invalid"],
    )
}

fn forged_contents_commented() -> Vec<u8> {
    let digits = format!("<{}>", stolen());
    let mut bytes = forged(&format!("{}%/Contents{digits}\n", byte_range()));
    let start = find(&bytes, digits.as_bytes()).expect("just written");
    let end = start + digits.len();
    let numbers = [start, end, bytes.len() - end].map(|number| number as u64);
    fill_byte_range(&mut bytes, numbers);
    bytes
}

fn contents_doubled_fails() -> Case {
    let what = "The dictionary has /Contents twice: the real one first, zeros second.";
    let mut document = Contract::usual().write();
    let dictionary = dictionary("/Contents<00000000>");
    Signing::buyer().dictionary(dictionary).sign(&mut document);
    failed(
        "contents-doubled-fails",
        what,
        document.bytes,
        &["dictionary-not-plain"],
    )
}
