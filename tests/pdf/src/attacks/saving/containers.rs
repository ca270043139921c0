//! Incremental saving of object streams: whoever frees or replaces one changes every object that lies in it.

use crate::{
    Case, Class,
    Verdict::Failed,
    contract::{Contract, Signing, object},
    pdf::{Document, Entry, Xref, object_stream, stream},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    object_stream_freed_fails,
    object_stream_freed_and_made_anew_fails,
    object_stream_with_unlisted_object_fails,
];

/// The list of the second page's contents, and the object stream that it lies in.
const LIST: u32 = object::FREE;
const CONTAINER: u32 = LIST + 1;
/// What the forger would like to show on the second page.
const FORGED: u32 = CONTAINER + 1;

/// The contract, signed; its second page shows what a list says that lies in an object stream.
fn packed() -> Document {
    let second_page = format!(
        "<</Type/Page/Parent 2 0 R/Contents {LIST} 0 R/Resources<</Font<</F1 {} 0 R>>>>>>",
        object::HELVETICA
    );
    let mut contract = Contract::usual().with(object::SECOND_PAGE, second_page);
    contract.xref = Xref::Stream;
    let mut document = contract.write();
    document.size = FORGED + 1;
    let mut section = document.section();
    let list = format!("[{} 0 R]", object::SECOND_CONTENT);
    section.plain(CONTAINER, object_stream(&[(LIST, list)]));
    section
        .entries
        .insert(LIST, Entry::Compressed(CONTAINER, 0));
    let forged = b"BT /F1 12 Tf 60 760 Td (Annex: ten more machines) Tj ET";
    section.plain(FORGED, stream("", forged));
    section.finish();
    Signing::buyer().sign(&mut document);
    document
}

fn failed(name: &'static str, what: &'static str, document: Document) -> Case {
    let reasons = &["changed-later"];
    Case::new(Class::Saving, name, what, document.bytes, Failed, reasons)
}

fn free(document: &mut Document) {
    let mut section = document.section();
    section.entries.insert(CONTAINER, Entry::Free(0, 0));
    section.finish();
}

fn object_stream_freed_fails() -> Case {
    let what = "An object stream is freed, to which nothing refers: the contents of the second page vanish.";
    let mut document = packed();
    free(&mut document);
    failed("object-stream-freed-fails", what, document)
}

fn object_stream_freed_and_made_anew_fails() -> Case {
    let what = "One update frees an object stream, the next adds one of the same number, in which the second page has other contents.";
    let mut document = packed();
    free(&mut document);
    let list = format!("[{FORGED} 0 R]");
    document.update(&[(CONTAINER, object_stream(&[(LIST, list)]))]);
    failed("object-stream-freed-and-made-anew-fails", what, document)
}

fn object_stream_with_unlisted_object_fails() -> Case {
    let what = "A new object stream holds another list of the second page's contents, which the cross-reference does not list: readers that mend it would.";
    let mut document = packed();
    let (container, harmless) = (document.fresh(), document.fresh());
    let objects = [
        (harmless, "(nothing)".to_owned()),
        (LIST, format!("[{FORGED} 0 R]")),
    ];
    let mut section = document.section();
    section.plain(container, object_stream(&objects));
    section
        .entries
        .insert(harmless, Entry::Compressed(container, 0));
    section.finish();
    failed("object-stream-with-unlisted-object-fails", what, document)
}
