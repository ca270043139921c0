//! Incremental saving by what readers do not agree to see: objects that no cross-reference lists, and ways to make viewers give up on the
//! cross-reference and search the file for objects instead.

use super::{because, failed, unread, unreadable};
use crate::{
    Case,
    contract::{ANNOTATIONS, Contract, forged_content, object, page, page_showing},
    pdf::{Document, Entry, Section, Xref, find_last, object_stream, stream},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    page_behind_long_comment_never_passes,
    unlisted_object_fails,
    unlisted_object_in_stream_fails,
    unlisted_object_in_comment_fails,
    unlisted_object_in_object_stream_fails,
    unlisted_trailer_in_stream_fails,
    listed_object_inside_of_another_fails,
    unlisted_text_between_objects_fails,
    comment_behind_startxref_never_passes,
    zero_behind_startxref_never_passes,
    comment_in_table_never_passes,
    wide_kinds_in_cross_reference_stream_never_pass,
    page_twice_in_object_stream_never_passes,
];

const TITLE: &str = "<</Title(Purchase Contract)>>";

/// The content stream, written anew where no cross-reference says.
fn hidden() -> Vec<u8> {
    let number = object::CONTENT;
    [
        format!("{number} 0 obj\n").as_bytes(),
        &forged_content(),
        b"\nendobj\n",
    ]
    .concat()
}

/// An update that lists one harmless object, and has `more` besides.
fn harmless(document: &mut Document, more: impl FnOnce(&mut Section<'_>)) {
    let mut section = document.section();
    section.object(object::INFO, TITLE);
    more(&mut section);
    section.finish();
}

/// Writes what follows the last `startxref` anew.
fn end_with(document: &mut Document, tail: impl FnOnce(usize) -> String) {
    let at = find_last(&document.bytes, b"startxref").expect("it ends so");
    document.bytes.truncate(at);
    let tail = tail(document.previous);
    document.raw(tail);
}

fn unlisted(
    name: &'static str,
    description: &'static str,
    append: impl FnOnce(&mut Document),
) -> Case {
    because(name, description, "unlisted-bytes", append)
}

fn page_behind_long_comment_never_passes() -> Case {
    let what = "A comment of 64 KiB stands in the page written anew; who stops there reads the signed page, which the comment ends with.";
    unreadable("page-behind-long-comment-never-passes", what, |document| {
        let content = document.fresh();
        let mut section = document.section();
        section.object(content, forged_content());
        let at = section.document.length() as u64;
        section.entries.insert(object::PAGE, Entry::Offset(at, 0));
        let text = format!(
            "{} 0 obj%{}{} endobj\n{}\nendobj\n",
            object::PAGE,
            "A".repeat(65_535),
            page(ANNOTATIONS, ""),
            page_showing(content, ANNOTATIONS, "")
        );
        section.document.raw(text);
        section.finish();
    })
}

fn unlisted_object_fails() -> Case {
    let what = "The content is written anew, and the cross-reference does not list it: for readers that repair.";
    unlisted("unlisted-object-fails", what, |document| {
        harmless(document, |section| section.document.raw(hidden()));
    })
}

fn unlisted_object_in_stream_fails() -> Case {
    let what = "The content is written anew in the data of a stream that nothing refers to.";
    unlisted("unlisted-object-in-stream-fails", what, |document| {
        harmless(document, |section| {
            let number = section.document.fresh();
            let data = [b"\n", hidden().as_slice()].concat();
            section.plain(number, stream("", &data));
        });
    })
}

fn unlisted_object_in_comment_fails() -> Case {
    let what = "The content is written anew behind a percent sign.";
    unlisted("unlisted-object-in-comment-fails", what, |document| {
        harmless(document, |section| {
            let body = format!("% {} 0 obj<</Length 0>>stream\n", object::CONTENT);
            section.document.raw(body);
        });
    })
}

fn unlisted_object_in_object_stream_fails() -> Case {
    let what = "An object stream holds the page with other content, for which no cross-reference names it.";
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let content = document.fresh();
    let container = document.fresh();
    let mut section = document.section();
    section.object(content, forged_content());
    let page = page_showing(content, ANNOTATIONS, "");
    let objects = [(object::INFO, TITLE), (object::PAGE, page.as_str())];
    section.plain(container, object_stream(&objects));
    section
        .entries
        .insert(object::INFO, Entry::Compressed(container, 0));
    section.finish();
    failed(
        "unlisted-object-in-object-stream-fails",
        what,
        document,
        "unlisted-bytes",
    )
}

fn unlisted_trailer_in_stream_fails() -> Case {
    let what = "The data of a stream that nothing refers to hold a trailer with another catalog.";
    unlisted("unlisted-trailer-in-stream-fails", what, |document| {
        harmless(document, |section| {
            let number = section.document.fresh();
            let data = format!("\ntrailer\n<</Size 30/Root {} 0 R>>\n", object::INFO);
            section.plain(number, stream("", data.as_bytes()));
        });
    })
}

fn listed_object_inside_of_another_fails() -> Case {
    let what = "One new object lies in the data of another, so that the two share bytes.";
    unlisted("listed-object-inside-of-another-fails", what, |document| {
        harmless(document, |section| {
            let [outer, inner] = [(); 2].map(|()| section.document.fresh());
            let data = format!("{inner} 0 obj\n(inside)\nendobj\n");
            section.plain(outer, stream("", data.as_bytes()));
            let at = find_last(&section.document.bytes, data.as_bytes()).expect("written");
            section.entries.insert(inner, Entry::Offset(at as u64, 0));
        });
    })
}

fn unlisted_text_between_objects_fails() -> Case {
    let what = "Text that is no object stands between the last object and the cross-reference.";
    unlisted("unlisted-text-between-objects-fails", what, |document| {
        harmless(document, |section| {
            section.document.raw("This contract is void.\n");
        });
    })
}

fn comment_behind_startxref_never_passes() -> Case {
    let what = "A comment stands between startxref and its number, which some viewers take for 0, and search the file for objects.";
    unreadable("comment-behind-startxref-never-passes", what, |document| {
        harmless(document, |section| section.document.raw(hidden()));
        end_with(document, |at| format!("startxref % c\n{at}\n%%EOF\n"));
    })
}

fn zero_behind_startxref_never_passes() -> Case {
    let what = "A zero byte stands between startxref and its number, which some viewers take for 0, and search the file for objects.";
    unreadable("zero-behind-startxref-never-passes", what, |document| {
        harmless(document, |section| section.document.raw(hidden()));
        end_with(document, |at| format!("startxref\0\n{at}\n%%EOF\n"));
    })
}

fn comment_in_table_never_passes() -> Case {
    let what = "A comment stands between xref and the first subsection, over which viewers that read lines stumble.";
    unreadable("comment-in-table-never-passes", what, |document| {
        harmless(document, |section| section.document.raw(hidden()));
        let at = find_last(&document.bytes, b"xref\n15 1\n").expect("it ends so");
        document
            .bytes
            .splice(at..at + "xref\n".len(), *b"xref % c\n");
        let at = document.previous;
        end_with(document, |_| format!("startxref\n{at}\n%%EOF\n"));
    })
}

fn wide_kinds_in_cross_reference_stream_never_pass() -> Case {
    let what = "The update consists of a cross-reference stream whose kinds of entries have eight bytes; viewers without room for them find the second content that was there when signing.";
    let mut contract = Contract::usual().xref(Xref::Stream);
    contract.header.extend_from_slice(&hidden());
    let mut document = contract.signed();
    let number = document.fresh();
    let offset = document.length();
    let mut entry = 1_u64.to_be_bytes().to_vec();
    entry.extend((offset as u64).to_be_bytes());
    entry.extend([0, 0]);
    let keys = format!(
        "/Type/XRef/Size {}/Root 1 0 R/Prev {}/W[8 8 2]/Index[{number} 1]{}",
        document.size, document.previous, document.trailer
    );
    document.raw(format!("{number} 0 obj\n"));
    document.raw(stream(&keys, &entry));
    document.raw(format!("\nendobj\nstartxref\n{offset}\n%%EOF\n"));
    unread(
        "wide-kinds-in-cross-reference-stream-never-pass",
        what,
        document,
    )
}

fn page_twice_in_object_stream_never_passes() -> Case {
    let what = "An object stream holds the page twice, as it was and with other content: some readers go by the place, others by the number.";
    let mut document = Contract::usual().xref(Xref::Stream).signed();
    let [content, container] = [(); 2].map(|()| document.fresh());
    let mut section = document.section();
    section.object(content, forged_content());
    let pages = [
        page(ANNOTATIONS, ""),
        page_showing(content, ANNOTATIONS, ""),
    ];
    let objects = pages.map(|page| (object::PAGE, page));
    section.plain(container, object_stream(&objects));
    section
        .entries
        .insert(object::PAGE, Entry::Compressed(container, 0));
    section.finish();
    unread("page-twice-in-object-stream-never-passes", what, document)
}
