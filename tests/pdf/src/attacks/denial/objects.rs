//! Objects that are nested, long, or in a circle.

use super::{case, unreadable};
use crate::{
    Case,
    Verdict::{Failed, Unreadable},
    cms::Cms,
    contract::{ANNOTATIONS, Contract, Signing, catalog, dictionary, form, object, signed},
    der,
    keys::Hash,
    pdf::{Entry, Xref},
    pki::{buyer, issuing},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    arrays_nested_a_hundred_thousand_deep_is_unreadable,
    dictionaries_nested_sixty_five_deep_is_unreadable,
    parentheses_nested_a_million_deep_never_exhausts,
    string_without_end_is_unreadable,
    length_huge_is_unreadable,
    length_negative_is_unreadable,
    length_referring_to_its_own_stream_is_unreadable,
    reference_to_itself_never_passes,
    fields_in_a_circle_never_pass,
    fields_a_thousand_deep_never_pass,
    pages_in_a_circle_never_pass,
    page_count_of_four_billion_never_exhausts,
    page_tree_of_parents_in_a_circle_never_passes,
    byte_range_of_a_million_numbers_never_passes,
    certificates_by_the_thousand_never_exhaust,
    attributes_by_the_thousand_never_exhaust,
    startxref_by_the_thousand_never_passes,
    comment_of_a_megabyte_before_startxref_never_passes,
];

/// A signed file whose form is exchanged.
fn with_form(body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut document = signed();
    document.update(&[(object::FORM, body)]);
    document.bytes
}

fn arrays_nested_a_hundred_thousand_deep_is_unreadable() -> Case {
    let what = "The form consists of arrays in arrays.";
    let deep = format!("<</Fields{}{}>>", "[".repeat(100_000), "]".repeat(100_000));
    let name = "arrays-nested-a-hundred-thousand-deep-is-unreadable";
    unreadable(name, what, with_form(deep))
}

fn dictionaries_nested_sixty_five_deep_is_unreadable() -> Case {
    let what = "The form consists of dictionaries in dictionaries, one more than are read.";
    let deep = format!("{}/Fields[]{}", "<</D".repeat(64) + "<<", ">>".repeat(65));
    let name = "dictionaries-nested-sixty-five-deep-is-unreadable";
    unreadable(name, what, with_form(deep))
}

fn parentheses_nested_a_million_deep_never_exhausts() -> Case {
    let what = "A string in the form has a million parentheses in parentheses, which is allowed, and changes the form.";
    let deep = format!("/X({}{})", "(".repeat(1_000_000), ")".repeat(1_000_000));
    let file = with_form(form(ANNOTATIONS, &deep));
    let name = "parentheses-nested-a-million-deep-never-exhausts";
    case(name, what, file, Failed, &["changed-later"])
}

fn string_without_end_is_unreadable() -> Case {
    let what = "A string in the form does not end.";
    let file = with_form(format!("<</Fields[]/X({}>>", "x".repeat(1_000_000)));
    unreadable("string-without-end-is-unreadable", what, file)
}

/// A file whose form lies in an object stream of this length.
fn with_length(length: &str) -> Vec<u8> {
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let number = document.fresh();
    let body = format!(
        "<</Type/ObjStm/N 1/First 5/Length {}>>\nstream\n10 0 <</Fields[]>>\nendstream",
        length.replace("OWN", &number.to_string())
    );
    let mut section = document.section();
    section.plain(number, body);
    section
        .entries
        .insert(object::FORM, Entry::Compressed(number, 0));
    section.finish();
    document.bytes
}

fn length_huge_is_unreadable() -> Case {
    let what = "A stream is said to be longer than any memory.";
    unreadable(
        "length-huge-is-unreadable",
        what,
        with_length("9223372036854775807"),
    )
}

fn length_negative_is_unreadable() -> Case {
    let what = "A stream has a negative length.";
    unreadable("length-negative-is-unreadable", what, with_length("-1"))
}

fn length_referring_to_its_own_stream_is_unreadable() -> Case {
    let what = "The length of a stream is a reference to that stream.";
    let name = "length-referring-to-its-own-stream-is-unreadable";
    unreadable(name, what, with_length("OWN 0 R"))
}

fn reference_to_itself_never_passes() -> Case {
    let what = "The form is a reference to itself.";
    let file = with_form(format!("{} 0 R", object::FORM));
    case(
        "reference-to-itself-never-passes",
        what,
        file,
        Unreadable,
        &[],
    )
}

fn fields_in_a_circle_never_pass() -> Case {
    let what = "A field is its own child.";
    let mut document = signed();
    let field = document.fresh();
    let body = format!("<</T(Loop)/Kids[{field} 0 R]/Parent {field} 0 R>>");
    let all = format!("{ANNOTATIONS} {field} 0 R");
    document.update(&[(object::FORM, form(&all, "")), (field, body)]);
    case(
        "fields-in-a-circle-never-pass",
        what,
        document.bytes,
        Unreadable,
        &[],
    )
}

fn fields_a_thousand_deep_never_pass() -> Case {
    let what = "A field has a child that has a child, a thousand times.";
    let mut document = signed();
    let first = document.size;
    let all = format!("{ANNOTATIONS} {first} 0 R");
    let mut objects = vec![(object::FORM, form(&all, ""))];
    for number in first..first + 1_000 {
        objects.push((
            number,
            format!(
                "<</T(Deep)/Kids[{} 0 R]/Parent {} 0 R>>",
                number + 1,
                number - 1
            ),
        ));
    }
    document.update(&objects);
    case(
        "fields-a-thousand-deep-never-pass",
        what,
        document.bytes,
        Unreadable,
        &[],
    )
}

fn pages_in_a_circle_never_pass() -> Case {
    let what = "The page tree is its own child.";
    let mut document = signed();
    let body = "<</Type/Pages/Kids[2 0 R]/Count 2/MediaBox[0 0 595 842]>>";
    document.update(&[(object::PAGES, body)]);
    case(
        "pages-in-a-circle-never-pass",
        what,
        document.bytes,
        Unreadable,
        &[],
    )
}

fn page_count_of_four_billion_never_exhausts() -> Case {
    let what = "The page tree says that it has four billion pages.";
    let mut document = signed();
    let body = "<</Type/Pages/Kids[3 0 R 16 0 R]/Count 4294967295/MediaBox[0 0 595 842]>>";
    document.update(&[(object::PAGES, body)]);
    let name = "page-count-of-four-billion-never-exhausts";
    case(name, what, document.bytes, Failed, &["changed-later"])
}

fn page_tree_of_parents_in_a_circle_never_passes() -> Case {
    let what = "A page's parents lead in a circle, and the widget of a new seal lies on that page.";
    let mut document = signed();
    let body = "<</Type/Pages/Parent 2 0 R/Kids[3 0 R 16 0 R]/Count 2/MediaBox[0 0 595 842]>>";
    document.update(&[(object::PAGES, body)]);
    let name = "page-tree-of-parents-in-a-circle-never-passes";
    case(name, what, document.bytes, Failed, &["changed-later"])
}

fn byte_range_of_a_million_numbers_never_passes() -> Case {
    let what = "/ByteRange has half a million pairs of numbers.";
    let open = dictionary("").replacen(
        "/ByteRange[0 ",
        &format!("/ByteRange[{}", "0 1 ".repeat(500_000)),
        1,
    );
    let mut document = Contract::usual().write();
    Signing::buyer().dictionary(open).sign(&mut document);
    let name = "byte-range-of-a-million-numbers-never-passes";
    case(name, what, document.bytes, Unreadable, &[])
}

fn with_large_cms(change: impl FnOnce(&mut Cms)) -> Vec<u8> {
    let contents = crate::contract::contents(crate::contract::RESERVED);
    let larger = crate::contract::contents(700_000);
    let open = dictionary("").replace(&contents, &larger);
    let mut document = Contract::usual().write();
    Signing::buyer()
        .dictionary(open)
        .sign_with(&mut document, |content| {
            let mut cms = Cms::pades(&buyer(), &[], Hash::Sha256, content);
            change(&mut cms);
            cms.der()
        });
    document.bytes
}

fn certificates_by_the_thousand_never_exhaust() -> Case {
    let what = "CMS holds a thousand authorities of the same name and key, so that a thousand times a thousand paths could be tried.";
    let file = with_large_cms(|cms| {
        cms.certificates.extend(vec![issuing().certificate; 999]);
    });
    let name = "certificates-by-the-thousand-never-exhaust";
    case(name, what, file, Failed, &["cms-malformed"])
}

fn attributes_by_the_thousand_never_exhaust() -> Case {
    let what = "CMS holds ten thousand unsigned attributes.";
    let file = with_large_cms(|cms| {
        let attribute = crate::cms::attribute("1.3.6.1.4.1.55555.4", &der::octets(b"more"));
        cms.signer().unsigned = vec![attribute; 10_000];
    });
    let name = "attributes-by-the-thousand-never-exhaust";
    case(name, what, file, Failed, &["cms-malformed"])
}

fn startxref_by_the_thousand_never_passes() -> Case {
    let what = "A thousand startxref follow the end, each naming the unsigned revision.";
    let mut document = Contract::usual().write();
    let before = document.previous;
    Signing::buyer().sign(&mut document);
    document.raw(format!("startxref\n{before}\n%%EOF\n").repeat(1_000));
    let name = "startxref-by-the-thousand-never-passes";
    case(name, what, document.bytes, Failed, &["orphan-signature"])
}

fn comment_of_a_megabyte_before_startxref_never_passes() -> Case {
    let what = "A megabyte of comment stands between the trailer and startxref of an update.";
    let mut document = signed();
    let mut section = document.section();
    section.object(object::CATALOG, catalog("/Lang(en)"));
    section.finish();
    let at = crate::pdf::find_last(&document.bytes, b"startxref").expect("it ends so");
    let tail = document.bytes.split_off(at);
    document.raw(format!("%{}\n", "x".repeat(1_000_000)));
    document.raw(tail);
    let name = "comment-of-a-megabyte-before-startxref-never-passes";
    case(name, what, document.bytes, Unreadable, &[])
}
