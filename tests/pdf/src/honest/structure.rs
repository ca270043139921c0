//! Unusual structure that the standard allows.

pub(crate) mod signing;

use crate::{
    Case, Class,
    Verdict::{Passed, PassedWithLaterChanges},
    contract::{
        self, ANNOTATIONS, Contract, Signing, catalog, complete, form, form_object, object, pades,
        page,
    },
    pdf::{Document, Entry, Xref, deflate, stream, stream_entries, table},
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    usual_contract_passes,
    cross_reference_stream_passes,
    object_streams_pass,
    table_followed_by_stream_passes,
    cross_reference_stream_with_predictor_passes,
    linearized_passes,
    signed_in_its_first_revision_passes,
    signed_after_three_updates_passes,
    carriage_return_line_ends_pass,
    carriage_return_line_feed_line_ends_pass,
    version_one_zero_passes,
    version_one_four_passes,
    version_two_passes,
    version_raised_in_catalog_passes,
    comments_everywhere_pass,
    number_used_again_passes,
    stream_length_by_reference_passes,
    trailer_without_information_passes,
    end_without_line_end_passes,
    line_ends_behind_the_end_pass,
    form_inside_of_catalog_passes,
    arrays_by_reference_pass,
    page_tree_of_many_levels_passes,
    content_in_pieces_passes,
    page_rotated_and_shifted_passes,
    page_with_user_unit_passes,
    names_with_escapes_pass,
];

fn passed(name: &'static str, description: &'static str, document: Document) -> Case {
    Case::new(
        Class::Structure,
        name,
        description,
        document.bytes,
        Passed,
        &[],
    )
}

fn signed_contract(name: &'static str, description: &'static str, contract: &Contract) -> Case {
    passed(name, description, contract.signed())
}

fn signed_with(name: &'static str, description: &'static str, dictionary: String) -> Case {
    let mut document = Contract::usual().write();
    Signing::buyer().dictionary(dictionary).sign(&mut document);
    passed(name, description, document)
}

fn usual_contract_passes() -> Case {
    let what = "Nothing is odd: where the attacks begin.";
    signed_contract("usual-contract-passes", what, &Contract::usual())
}

fn cross_reference_stream_passes() -> Case {
    let what = "Cross-reference streams, all objects plain.";
    signed_contract(
        "cross-reference-stream-passes",
        what,
        &Contract::usual().xref(Xref::Stream),
    )
}

fn object_streams_pass() -> Case {
    let what = "Cross-reference and object streams, catalog, form and field among them.";
    signed_contract(
        "object-streams-pass",
        what,
        &Contract::usual().xref(Xref::ObjectStreams),
    )
}

fn table_followed_by_stream_passes() -> Case {
    let what = "The file has a table, the signing update a cross-reference stream.";
    let mut document = Contract::usual().write();
    document.xref = Xref::Stream;
    Signing::buyer().sign(&mut document);
    passed("table-followed-by-stream-passes", what, document)
}

fn cross_reference_stream_with_predictor_passes() -> Case {
    let what = "The cross-reference stream uses the PNG predictor Up, as most producers write it.";
    let contract = Contract::usual().xref(Xref::Stream);
    let mut document = Document::begin(&contract.header, Xref::Stream, "\n");
    document.trailer.clone_from(&contract.trailer);
    let mut section = document.section();
    for (number, body) in &contract.objects {
        section.object(*number, body);
    }
    let mut entries = core::mem::take(&mut section.entries);
    let number = document.fresh();
    let at = document.length();
    entries.insert(0, Entry::Free(0, 65_535));
    entries.insert(number, Entry::Offset(at as u64, 0));
    let rows = stream_entries(&entries);
    let mut predicted = Vec::new();
    let mut above = [0; 7];
    for row in rows.chunks_exact(7) {
        predicted.push(2);
        for (column, byte) in row.iter().enumerate() {
            predicted.push(byte.wrapping_sub(above[column]));
            above[column] = *byte;
        }
    }
    let keys = format!(
        "/Type/XRef/W[1 4 2]/Size {}/Root 1 0 R{}/Filter/FlateDecode/DecodeParms<</Columns 7/Predictor 12>>",
        document.size, contract.trailer
    );
    document.raw(format!("{number} 0 obj\n"));
    document.raw(stream(&keys, &deflate(&predicted)));
    document.raw(format!("\nendobj\nstartxref\n{at}\n%%EOF\n"));
    document.previous = at;
    Signing::buyer().sign(&mut document);
    passed(
        "cross-reference-stream-with-predictor-passes",
        what,
        document,
    )
}

/// The first page's objects come first, with a cross-reference section of their own (ISO 32000-2 annex F).
fn linearized_passes() -> Case {
    let what =
        "Linearized: two cross-reference sections of one writing, the one at the front named last.";
    let contract = Contract::usual();
    let parameters = object::FREE;
    let (front, back): (Vec<_>, Vec<_>) = contract
        .objects
        .iter()
        .partition(|(number, _)| ![2, 16, 17].contains(*number));
    let layout = |main_at: usize, length: usize, first_end: usize| {
        let mut document = Document::begin(&contract.header, Xref::Table, "\n");
        document.size = parameters + 1;
        document.trailer.clone_from(&contract.trailer);
        let mut section = document.section();
        section.plain(
            parameters,
            format!(
                "<</Linearized 1/L {length:<10}/H[0 0]/O 3/E {first_end:<10}/N 2/T {main_at:<10}>>"
            ),
        );
        // The section for the front stands before its objects, so its length must be known: one line per entry.
        let mut entries = core::mem::take(&mut section.entries);
        let front_at = document.length();
        let trailer = format!(
            "trailer\n<</Size {}/Root 1 0 R/Prev {main_at:<10}{}>>\nstartxref\n0\n%%EOF\n",
            parameters + 1,
            contract.trailer
        );
        for (number, _) in &front {
            entries.insert(**number, Entry::Offset(0, 0));
        }
        let room = "xref\n".len() + table(&entries, "\n").len() + trailer.len();
        let mut offset = front_at + room;
        for (number, body) in &front {
            entries.insert(**number, Entry::Offset(offset as u64, 0));
            offset += format!("{number} 0 obj\n\nendobj\n").len() + body.len();
        }
        document.raw("xref\n");
        document.raw(table(&entries, "\n"));
        document.raw(trailer);
        let mut section = document.section();
        for (number, body) in &front {
            section.unlisted(**number, body);
        }
        section.entries.clear();
        let first_end = section.document.length();
        for (number, body) in &back {
            section.plain(**number, body);
        }
        let mut entries = core::mem::take(&mut section.entries);
        entries.insert(0, Entry::Free(0, 65_535));
        let main_at = document.length();
        document.raw("xref\n");
        document.raw(table(&entries, "\n"));
        document.raw(format!(
            "trailer\n<</Size {}>>\nstartxref\n{front_at}\n%%EOF\n",
            parameters + 1
        ));
        document.previous = front_at;
        (document, main_at, first_end)
    };
    let (draft, main_at, first_end) = layout(0, 0, 0);
    let (mut document, _, _) = layout(main_at, draft.length(), first_end);
    assert_eq!(
        document.length(),
        draft.length(),
        "numbers have a fixed width"
    );
    Signing::buyer().sign(&mut document);
    passed("linearized-passes", what, document)
}

fn signed_in_its_first_revision_passes() -> Case {
    let what = "The producer signs while it writes: there is one revision.";
    let contract = Contract::usual();
    let mut document = Document::begin(&contract.header, Xref::Table, "\n");
    document.trailer.clone_from(&contract.trailer);
    let mut section = document.section();
    for (number, body) in &contract.objects {
        if *number != object::BUYER_FIELD {
            section.object(*number, body);
        }
    }
    Signing::buyer().write(&mut section, object::FREE, object::FREE + 1);
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    passed("signed-in-its-first-revision-passes", what, document)
}

fn signed_after_three_updates_passes() -> Case {
    let what = "The contract was edited three times before anybody signed.";
    let mut document = Contract::usual().write();
    for amount in ["CNY 300,000.00", "CNY 200,000.00", contract::AMOUNT] {
        let text = contract::page_text(amount);
        document.update(&[(object::CONTENT, stream("", text.as_bytes()))]);
    }
    Signing::buyer().sign(&mut document);
    passed("signed-after-three-updates-passes", what, document)
}

fn line_ends(name: &'static str, what: &'static str, end_of_line: &'static str) -> Case {
    let mut contract = Contract::usual();
    contract.end_of_line = end_of_line;
    contract.header = format!("%PDF-1.7{end_of_line}").into_bytes();
    signed_contract(name, what, &contract)
}

fn carriage_return_line_ends_pass() -> Case {
    let what = "Lines end in a carriage return alone.";
    line_ends("carriage-return-line-ends-pass", what, "\r")
}

fn carriage_return_line_feed_line_ends_pass() -> Case {
    let what = "Lines end in carriage return and line feed.";
    line_ends("carriage-return-line-feed-line-ends-pass", what, "\r\n")
}

fn version(name: &'static str, what: &'static str, version: &str) -> Case {
    let mut contract = Contract::usual();
    contract.header = format!("%PDF-{version}\n").into_bytes();
    signed_contract(name, what, &contract)
}

fn version_one_zero_passes() -> Case {
    version(
        "version-one-zero-passes",
        "The header says 1.0, and no binary comment follows.",
        "1.0",
    )
}

fn version_one_four_passes() -> Case {
    version("version-one-four-passes", "The header says 1.4.", "1.4")
}

fn version_two_passes() -> Case {
    version("version-two-passes", "The header says 2.0.", "2.0")
}

fn version_raised_in_catalog_passes() -> Case {
    let what = "The signing update raises the version in the catalog, as PAdES asks for.";
    let mut document = Contract::usual().write();
    Signing::buyer()
        .with(object::CATALOG, catalog("/Version/2.0"))
        .sign(&mut document);
    passed("version-raised-in-catalog-passes", what, document)
}

fn comments_everywhere_pass() -> Case {
    let what = "Comments stand between and inside of objects, some of which look like objects.";
    let commented =
        "<<%a catalog >> endobj\n/Type%/Pages\n/Catalog/Pages 2 0%) ( <\rR/AcroForm 10 0 R>>%end";
    let mut contract = Contract::usual().with(object::CATALOG, commented);
    contract
        .header
        .extend_from_slice(b"%1 0 obj\n%%EOF\n%startxref\n");
    signed_contract("comments-everywhere-pass", what, &contract)
}

fn number_used_again_passes() -> Case {
    let what = "A number was freed and used again in generation 1, before signing.";
    let mut document = Contract::usual().write();
    let mut section = document.section();
    section
        .entries
        .insert(0, Entry::Free(object::TERMS, 65_535));
    section.entries.insert(object::TERMS, Entry::Free(0, 1));
    section.finish();
    let mut section = document.section();
    let at = section.document.length() as u64;
    section.entries.insert(0, Entry::Free(0, 65_535));
    section.entries.insert(object::TERMS, Entry::Offset(at, 1));
    section.document.raw(format!("{} 1 obj\n", object::TERMS));
    section.document.raw(form_object(
        [0, 0, 595, 842],
        "BT /F1 12 Tf 60 640 Td (Terms) Tj ET",
    ));
    section.document.raw("\nendobj\n");
    section.object(
        object::PAGE,
        page(ANNOTATIONS, "").replace("18 0 R", "18 1 R"),
    );
    section.finish();
    Signing::buyer().sign(&mut document);
    passed("number-used-again-passes", what, document)
}

fn stream_length_by_reference_passes() -> Case {
    let what = "The content stream's length is a reference to a later object.";
    let text = contract::page_text(contract::AMOUNT);
    let body = format!(
        "<</Length {} 0 R>>\nstream\n{text}\nendstream",
        object::FREE
    );
    let contract = Contract::usual()
        .with(object::CONTENT, body)
        .with(object::FREE, text.len().to_string());
    signed_contract("stream-length-by-reference-passes", what, &contract)
}

fn trailer_without_information_passes() -> Case {
    let what = "The trailer has neither /Info nor /ID.";
    let mut contract = Contract::usual();
    contract.trailer.clear();
    signed_contract("trailer-without-information-passes", what, &contract)
}

fn end_without_line_end_passes() -> Case {
    let what = "Nothing follows the last %%EOF, not even a line end.";
    let mut document = Contract::usual().write();
    Signing::buyer().prepare(&mut document);
    document.bytes.pop();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    passed("end-without-line-end-passes", what, document)
}

fn line_ends_behind_the_end_pass() -> Case {
    let what = "A mail program has added two line ends behind the signed file: nothing, and said all the same.";
    let mut document = Contract::usual().signed();
    document.raw("\r\n\r\n");
    let name = "line-ends-behind-the-end-pass";
    let file = document.bytes;
    Case::new(
        Class::Structure,
        name,
        what,
        file,
        PassedWithLaterChanges,
        &["trailing-bytes"],
    )
}

fn form_inside_of_catalog_passes() -> Case {
    let what = "The form is written directly into the catalog.";
    let catalog = format!(
        "<</Type/Catalog/Pages 2 0 R/AcroForm{}>>",
        form(ANNOTATIONS, "")
    );
    let contract = Contract::usual().with(object::CATALOG, catalog);
    signed_contract("form-inside-of-catalog-passes", what, &contract)
}

fn arrays_by_reference_pass() -> Case {
    let what = "Fields and annotations are arrays of their own, each referred to.";
    let (fields, annotations) = (object::FREE, object::FREE + 1);
    let array = format!("[{ANNOTATIONS}]");
    let contract = Contract::usual()
        .with(
            object::FORM,
            form("", "").replace("/Fields[]", &format!("/Fields {fields} 0 R")),
        )
        .with(
            object::PAGE,
            page("", "").replace("/Annots[]", &format!("/Annots {annotations} 0 R")),
        )
        .with(fields, &array)
        .with(annotations, &array);
    signed_contract("arrays-by-reference-pass", what, &contract)
}

fn page_tree_of_many_levels_passes() -> Case {
    let what = "The page tree has ten levels, with resources and boxes inherited over all of them.";
    let mut contract = Contract::usual();
    let first = object::FREE;
    let page =
        page(ANNOTATIONS, "").replace("/Parent 2 0 R", &format!("/Parent {} 0 R", first + 9));
    let (resources_at, end) = (
        page.find("/Resources").expect("there are some"),
        page.len() - 2,
    );
    let resources = &page[resources_at..end];
    let leaf = format!("{}>>", &page[..resources_at]);
    contract = contract.with(
        object::PAGES,
        format!(
            "<</Type/Pages/Kids[{first} 0 R 16 0 R]/Count 2/MediaBox[0 0 595 842]{resources}>>"
        ),
    );
    for level in 0..10 {
        let parent = if level == 0 {
            object::PAGES
        } else {
            first + level - 1
        };
        let kid = if level == 9 {
            object::PAGE
        } else {
            first + level + 1
        };
        let body = format!("<</Type/Pages/Parent {parent} 0 R/Kids[{kid} 0 R]/Count 1>>");
        contract = contract.with(first + level, body);
    }
    let contract = contract.with(object::PAGE, leaf);
    signed_contract("page-tree-of-many-levels-passes", what, &contract)
}

fn content_in_pieces_passes() -> Case {
    let what = "The page's content is split into streams in the middle of an operator's operands.";
    let text = contract::page_text(contract::AMOUNT);
    let (first, second) = text.split_at(text.find("760").expect("a coordinate"));
    let page = page(ANNOTATIONS, "").replace(
        "/Contents 4 0 R",
        &format!("/Contents[4 0 R {} 0 R]", object::FREE),
    );
    let contract = Contract::usual()
        .with(object::PAGE, page)
        .with(object::CONTENT, stream("", first.as_bytes()))
        .with(
            object::FREE,
            stream("/Filter/FlateDecode", &deflate(second.as_bytes())),
        );
    signed_contract("content-in-pieces-passes", what, &contract)
}

fn page_rotated_and_shifted_passes() -> Case {
    let what = "The page is turned, and its boxes do not begin at zero.";
    let keys = "/Rotate 270/MediaBox[-100 -200 495 642]/CropBox[-90 -190 485 632]";
    let contract = Contract::usual().with(object::PAGE, page(ANNOTATIONS, keys));
    signed_contract("page-rotated-and-shifted-passes", what, &contract)
}

fn page_with_user_unit_passes() -> Case {
    let what = "A unit of the page is a tenth of an inch.";
    let contract = Contract::usual().with(object::PAGE, page(ANNOTATIONS, "/UserUnit 7.2"));
    signed_contract("page-with-user-unit-passes", what, &contract)
}

fn names_with_escapes_pass() -> Case {
    let what = "Names are written with escapes: /Fi#65lds is /Fields.";
    let form = form(ANNOTATIONS, "").replace("/Fields", "/Fi#65lds");
    let contract = Contract::usual().with(object::FORM, form).with(
        object::CATALOG,
        catalog("").replace("/AcroForm", "/Acro#46orm"),
    );
    signed_contract("names-with-escapes-pass", what, &contract)
}
