//! Files that are meant to exhaust the reader: each must end soon, in little memory, with an answer.

pub(crate) mod objects;

use crate::{
    Case, Class,
    Verdict::{self, Unreadable},
    contract::{Contract, form, object, page, signature_field, signed},
    pdf::{Document, Entry, Xref, deflate, stream},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    previous_naming_itself_is_unreadable,
    previous_in_a_circle_is_unreadable,
    previous_beyond_the_end_is_unreadable,
    previous_negative_is_unreadable,
    hybrid_stream_naming_its_table_is_unreadable,
    revisions_one_too_many_is_unreadable,
    signatures_one_too_many_is_unreadable,
    subsection_of_a_billion_entries_is_unreadable,
    subsection_at_the_highest_number_never_passes,
    size_of_four_billion_never_exhausts,
    entry_widths_huge_is_unreadable,
    entry_widths_negative_is_unreadable,
    index_of_four_billion_is_unreadable,
    cross_reference_bomb_is_unreadable,
    cross_reference_bomb_by_predictor_is_unreadable,
    object_stream_bomb_is_unreadable,
    object_stream_in_itself_is_unreadable,
    object_stream_of_a_billion_objects_is_unreadable,
    object_stream_with_first_beyond_is_unreadable,
    filters_a_thousand_times_is_unreadable,
];

fn case(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    verdict: Verdict,
    reasons: &[&'static str],
) -> Case {
    Case::new(Class::Denial, name, description, file, verdict, reasons)
}

fn unreadable(name: &'static str, description: &'static str, file: Vec<u8>) -> Case {
    case(name, description, file, Unreadable, &[])
}

/// Appends a table section whose trailer has these keys.
fn with_trailer(mut document: Document, keys: &str) -> Vec<u8> {
    document.section().finish_table(keys);
    document.bytes
}

fn previous_naming_itself_is_unreadable() -> Case {
    let what = "/Prev names its own section.";
    let document = signed();
    let own = document.length();
    let file = with_trailer(document, &format!("/Prev {own}"));
    unreadable("previous-naming-itself-is-unreadable", what, file)
}

fn previous_in_a_circle_is_unreadable() -> Case {
    let what = "Two sections name each other as the previous one.";
    let mut document = signed();
    let first = document.length();
    // The second section stands where the first one ends; its offset has as many digits as the first's.
    let mut probe = document.clone();
    probe.section().finish_table(&format!("/Prev {first}"));
    let second = probe.length();
    assert_eq!(
        first.to_string().len(),
        second.to_string().len(),
        "offsets of equal length"
    );
    document.section().finish_table(&format!("/Prev {second}"));
    let file = with_trailer(document, &format!("/Prev {first}"));
    unreadable("previous-in-a-circle-is-unreadable", what, file)
}

fn previous_beyond_the_end_is_unreadable() -> Case {
    let what = "/Prev lies beyond the end of the file.";
    let file = with_trailer(signed(), "/Prev 99999999999");
    unreadable("previous-beyond-the-end-is-unreadable", what, file)
}

fn previous_negative_is_unreadable() -> Case {
    let what = "/Prev is negative.";
    unreadable(
        "previous-negative-is-unreadable",
        what,
        with_trailer(signed(), "/Prev -1"),
    )
}

fn hybrid_stream_naming_its_table_is_unreadable() -> Case {
    let what = "/XRefStm names the table that it stands in.";
    let document = signed();
    let own = document.length();
    let file = with_trailer(document, &format!("/XRefStm {own}"));
    unreadable("hybrid-stream-naming-its-table-is-unreadable", what, file)
}

fn revisions_one_too_many_is_unreadable() -> Case {
    let what = "The file has 1,001 revisions; 1,000 are read.";
    let mut document = signed();
    for _ in 2..1_001 {
        document.section().finish();
    }
    unreadable("revisions-one-too-many-is-unreadable", what, document.bytes)
}

fn signatures_one_too_many_is_unreadable() -> Case {
    let what = "The form has 257 signatures; 256 are read.";
    let first = object::FREE;
    let fields: Vec<u32> = (0..257).map(|step| first + 2 * step).collect();
    let names: String = fields.iter().map(|field| format!("{field} 0 R ")).collect();
    let mut contract = Contract::usual()
        .with(object::FORM, form(&names, ""))
        .with(object::PAGE, page(&names, ""));
    for field in fields {
        let keys = format!("/V {} 0 R", field + 1);
        let body = signature_field(&format!("Field{field}"), [0; 4], &keys);
        let value = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached\
                     /ByteRange[0 10 20 30]/Contents<30820001>>>";
        contract = contract.with(field, body).with(field + 1, value);
    }
    unreadable(
        "signatures-one-too-many-is-unreadable",
        what,
        contract.write().bytes,
    )
}

/// Appends a section in so many words.
fn with_section(section: &str) -> Vec<u8> {
    let mut document = signed();
    let at = document.length();
    let trailer = format!(
        "trailer\n<</Size 21/Root 1 0 R/Prev {}>>\nstartxref\n{at}\n%%EOF\n",
        document.previous
    );
    document.raw(format!("xref\n{section}{trailer}"));
    document.bytes
}

fn subsection_of_a_billion_entries_is_unreadable() -> Case {
    let what = "A table says that a billion entries follow.";
    let file = with_section("0 1000000000\n0000000000 65535 f \n");
    unreadable("subsection-of-a-billion-entries-is-unreadable", what, file)
}

fn subsection_at_the_highest_number_never_passes() -> Case {
    let what = "A table's subsection ends beyond the highest object number there is.";
    let entry = "0000000009 00000 n \n";
    let file = with_section(&format!("4294967295 2\n{entry}{entry}"));
    unreadable("subsection-at-the-highest-number-never-passes", what, file)
}

fn size_of_four_billion_never_exhausts() -> Case {
    let what = "/Size is the highest number of 32 bits: who reserves room for all entries runs out of memory.";
    let file = with_trailer(signed(), "/Size 4294967295");
    case(
        "size-of-four-billion-never-exhausts",
        what,
        file,
        Unreadable,
        &[],
    )
}

/// A signed file with a cross-reference stream of these keys and data behind it.
fn with_stream_section(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let number = document.fresh();
    let at = document.length();
    let keys = format!(
        "/Type/XRef/Size {}/Root 1 0 R/Prev {}{keys}{}",
        document.size, document.previous, document.trailer
    );
    document.raw(format!("{number} 0 obj\n"));
    document.raw(stream(&keys, data));
    document.raw(format!("\nendobj\nstartxref\n{at}\n%%EOF\n"));
    document.bytes
}

fn entry_widths_huge_is_unreadable() -> Case {
    let what = "The fields of a cross-reference stream are as wide as memory.";
    let file = with_stream_section("/W[1 9223372036854775807 9223372036854775807]", &[0; 40]);
    unreadable("entry-widths-huge-is-unreadable", what, file)
}

fn entry_widths_negative_is_unreadable() -> Case {
    let what = "A field of a cross-reference stream has a negative width.";
    let file = with_stream_section("/W[1 -4 2]", &[0; 40]);
    unreadable("entry-widths-negative-is-unreadable", what, file)
}

fn index_of_four_billion_is_unreadable() -> Case {
    let what = "A cross-reference stream says that it has four billion entries of no width at all.";
    let file = with_stream_section("/W[0 0 0]/Index[0 4294967295]", b"");
    unreadable("index-of-four-billion-is-unreadable", what, file)
}

/// A gigabyte of zeros, deflated twice.
///
/// With the fixed code (RFC 1951 section 3.2.6) a literal zero is `00110000`, and a copy of 258 bytes from one byte
/// back is `11000101` `00000`: 13 bits. The literal ends in three zero bits, as every copy does, so behind the first
/// byte the same 13 bytes repeat.
fn bomb() -> Vec<u8> {
    const HEAD: &str = "11000110";
    const COPY: &str = "1100010100000";
    let body = format!("000{}", &COPY.repeat(8)[..101]);
    let mut bytes = vec![0x78, 0x9c];
    bytes.extend(pack(HEAD));
    bytes.extend(pack(&body).repeat(520_000));
    deflate(&bytes)
}

/// Bits in the order of deflate: the first is the lowest of its byte.
fn pack(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| {
        bits.iter()
            .rev()
            .fold(0, |all, bit| all << 1 | (bit - b'0'))
    };
    bits.as_bytes().chunks(8).map(byte).collect()
}

fn cross_reference_bomb_is_unreadable() -> Case {
    let what = "A cross-reference stream of a few kilobytes inflates to a gigabyte, packed twice.";
    let keys = "/W[1 4 2]/Filter[/FlateDecode/FlateDecode]";
    unreadable(
        "cross-reference-bomb-is-unreadable",
        what,
        with_stream_section(keys, &bomb()),
    )
}

fn cross_reference_bomb_by_predictor_is_unreadable() -> Case {
    let what = "A cross-reference stream has a predictor with two billion columns.";
    let keys = "/W[1 4 2]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647>>";
    let file = with_stream_section(keys, &deflate(&[0; 70]));
    unreadable(
        "cross-reference-bomb-by-predictor-is-unreadable",
        what,
        file,
    )
}

/// A file whose form lies in an object stream of the forger's.
fn form_in(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let number = document.fresh();
    let mut section = document.section();
    section.plain(number, stream(&format!("/Type/ObjStm{keys}"), data));
    section
        .entries
        .insert(object::FORM, Entry::Compressed(number, 0));
    section.finish();
    document.bytes
}

fn object_stream_bomb_is_unreadable() -> Case {
    let what = "The object stream that holds the form inflates to a gigabyte.";
    let file = form_in("/N 1/First 6/Filter[/FlateDecode/FlateDecode]", &bomb());
    unreadable("object-stream-bomb-is-unreadable", what, file)
}

fn object_stream_in_itself_is_unreadable() -> Case {
    let what = "An object stream lies in itself.";
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let number = document.fresh();
    let mut section = document.section();
    section
        .entries
        .insert(object::FORM, Entry::Compressed(number, 0));
    section.entries.insert(number, Entry::Compressed(number, 1));
    section.finish();
    unreadable(
        "object-stream-in-itself-is-unreadable",
        what,
        document.bytes,
    )
}

fn object_stream_of_a_billion_objects_is_unreadable() -> Case {
    let what = "An object stream says that it holds a billion objects.";
    let file = form_in("/N 1000000000/First 6", b"10 0 <</Fields[]>>");
    unreadable(
        "object-stream-of-a-billion-objects-is-unreadable",
        what,
        file,
    )
}

fn object_stream_with_first_beyond_is_unreadable() -> Case {
    let what = "The first object of an object stream lies behind its end.";
    let file = form_in("/N 1/First 4000000000", b"10 0 <</Fields[]>>");
    unreadable("object-stream-with-first-beyond-is-unreadable", what, file)
}

fn filters_a_thousand_times_is_unreadable() -> Case {
    let what = "An object stream is said to be packed a thousand times.";
    let filters = "/ASCIIHexDecode".repeat(1_000);
    let file = form_in(
        &format!("/N 1/First 6/Filter[{filters}]"),
        b"31302030203c3c3e3e>",
    );
    unreadable("filters-a-thousand-times-is-unreadable", what, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bomb_is_small_and_inflates_to_zeros() {
        let bomb = bomb();
        assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
        let inner = miniz_oxide::inflate::decompress_to_vec_zlib(&bomb).expect("packed once more");
        let limit = 50_000_000;
        let failed = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&inner, limit);
        let output = failed.expect_err("there is more than that").output;
        assert!(output.len() >= limit / 2 && output.iter().all(|byte| *byte == 0));
    }
}
