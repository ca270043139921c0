//! Hide and replace: what lies unseen in the signed bytes, and what one reader sees and another does not.

use super::{HIDDEN, because, failed, prepared, stamp, unread};
use crate::{
    Case, Class,
    Verdict::Indeterminate,
    contract::{
        AMOUNT, ANNOTATIONS, Contract, FORGED_AMOUNT, Signing, catalog, covering, forged_content,
        form, form_object, object, page, page_showing, page_text, signature_field,
    },
    pdf::{Document, Entry, Section, Xref, find, find_last, object_stream, stream, stream_entries},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    hidden_content_entered_in_cross_reference_fails,
    hidden_content_inside_of_stream_entered_fails,
    hidden_content_of_same_number_entered_fails,
    hidden_object_stream_entered_fails,
    hidden_catalog_made_root_fails,
    hidden_section_named_by_startxref_is_unreadable,
    hidden_section_named_by_previous_is_unreadable,
    hidden_signed_contract_swapped_in_fails,
    hidden_value_entered_for_signature_fails,
    reference_through_free_number_filled_fails,
    hidden_annotation_shown_by_real_flags_fails,
    page_turned_by_real_rotation_fails,
    bookmark_changed_as_information_fails,
    xfa_signed_along_never_passes,
    hybrid_with_two_contents_never_passes,
];

/// A contract with something between its objects, before it is signed.
fn smuggled(kind: Xref, smuggle: impl FnOnce(&mut Section<'_>)) -> Document {
    let contract = Contract::usual().xref(kind);
    let mut document = Document::begin(&contract.header, kind, "\n");
    document.trailer.clone_from(&contract.trailer);
    document.size = HIDDEN + 1;
    let mut section = document.section();
    for (number, body) in &contract.objects {
        section.object(*number, body);
    }
    smuggle(&mut section);
    section.finish();
    Signing::buyer().sign(&mut document);
    document
}

fn enter(document: &mut Document, number: u32, offset: usize) {
    let mut section = document.section();
    section
        .entries
        .insert(number, Entry::Offset(offset as u64, 0));
    section.finish();
}

fn hidden_content_entered_in_cross_reference_fails() -> Case {
    let what = "Hide and replace: a content stream that no cross-reference mentioned lies in the signed bytes; the update is a cross-reference and nothing else.";
    let mut offset = 0;
    let mut document = smuggled(Xref::Table, |section| {
        offset = section.document.length();
        section.unlisted(object::CONTENT, forged_content());
    });
    enter(&mut document, object::CONTENT, offset);
    failed(
        "hidden-content-entered-in-cross-reference-fails",
        what,
        document,
        "changed-later",
    )
}

fn hidden_content_inside_of_stream_entered_fails() -> Case {
    let what = "Hide and replace: the hidden object lies inside of another stream.";
    let hidden = [&b"4 0 obj\n"[..], &forged_content(), b"\nendobj\n"].concat();
    let mut document = smuggled(Xref::Table, |section| {
        section.object(HIDDEN, stream("/Type/Metadata/Subtype/XML", &hidden));
    });
    let outer = find(&document.bytes, b"/Type/Metadata").expect("it is there");
    let inner = find(&document.bytes[outer..], b"4 0 obj").expect("it is there");
    enter(&mut document, object::CONTENT, outer + inner);
    failed(
        "hidden-content-inside-of-stream-entered-fails",
        what,
        document,
        "changed-later",
    )
}

fn hidden_content_of_same_number_entered_fails() -> Case {
    let what = "Hide and replace: the signed cross-reference names the later of two objects with one number, the update the earlier.";
    let mut document = Document::begin(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Xref::Table, "\n");
    let contract = Contract::usual();
    document.trailer.clone_from(&contract.trailer);
    let offset = document.length();
    let mut section = document.section();
    section.unlisted(object::PAGE, page_showing(HIDDEN, ANNOTATIONS, ""));
    for (number, body) in &contract.objects {
        section.object(*number, body);
    }
    section.object(HIDDEN, forged_content());
    section.finish();
    Signing::buyer().sign(&mut document);
    enter(&mut document, object::PAGE, offset);
    failed(
        "hidden-content-of-same-number-entered-fails",
        what,
        document,
        "changed-later",
    )
}

fn hidden_object_stream_entered_fails() -> Case {
    let what = "Hide and replace: an unused object stream holds another page; the update's cross-reference lets the page lie there.";
    let mut document = smuggled(Xref::Stream, |section| {
        let packed = section.document.fresh();
        let content = section.document.fresh();
        section.object(content, forged_content());
        let other = page_showing(content, ANNOTATIONS, "");
        section.plain(packed, object_stream(&[(object::PAGE, other)]));
    });
    let packed = HIDDEN + 1;
    let mut section = document.section();
    section
        .entries
        .insert(object::PAGE, Entry::Compressed(packed, 0));
    section.finish();
    failed(
        "hidden-object-stream-entered-fails",
        what,
        document,
        "changed-later",
    )
}

/// Another catalog with pages and content of its own, from [`HIDDEN`] on.
fn hidden_document(section: &mut Section<'_>) {
    let [root, tree, leaf, content] = [0, 1, 2, 3].map(|step| HIDDEN + step);
    let catalog = catalog("").replace("/Pages 2 0 R", &format!("/Pages {tree} 0 R"));
    let leaf_page = page_showing(content, ANNOTATIONS, "")
        .replace("/Parent 2 0 R", &format!("/Parent {tree} 0 R"));
    let pages = format!("<</Type/Pages/Kids[{leaf} 0 R]/Count 1/MediaBox[0 0 595 842]>>");
    section.object(root, catalog);
    section.object(tree, pages);
    section.object(leaf, leaf_page);
    section.object(content, forged_content());
}

fn hidden_catalog_made_root_fails() -> Case {
    let what = "Hide and replace: a second catalog with pages of its own is signed along; the update's trailer makes it the root.";
    let mut document = smuggled(Xref::Table, hidden_document);
    document.root = HIDDEN;
    document.section().finish();
    failed(
        "hidden-catalog-made-root-fails",
        what,
        document,
        "changed-later",
    )
}

/// A contract whose signed bytes hold a cross-reference section that nothing names; its offset.
fn with_hidden_section() -> (Document, usize) {
    let mut at = 0;
    let contract = Contract::usual();
    let mut document = contract.write();
    let before = document.previous;
    let mut section = document.section();
    let content_at = section.document.length();
    section.unlisted(object::CONTENT, forged_content());
    at += section.document.length();
    let entry = format!("xref\n4 1\n{content_at:010} 00000 n \n");
    let trailer = format!(
        "trailer\n<</Size 40/Root 1 0 R/Prev {before}{}>>\n",
        contract.trailer
    );
    section.document.raw(entry + &trailer);
    section.finish();
    Signing::buyer().sign(&mut document);
    (document, at)
}

fn hidden_section_named_by_startxref_is_unreadable() -> Case {
    let what = "Hide and replace: a whole cross-reference section lies in the signed bytes; a startxref that names it is appended.";
    let (mut document, at) = with_hidden_section();
    document.raw(format!("startxref\n{at}\n%%EOF\n"));
    let name = "hidden-section-named-by-startxref-is-unreadable";
    unread(name, what, document)
}

fn hidden_section_named_by_previous_is_unreadable() -> Case {
    let what =
        "Hide and replace: the update's /Prev names the hidden section instead of the signed one.";
    let (mut document, at) = with_hidden_section();
    document.previous = at;
    document.update(&[(object::INFO, "<</Title(Purchase Contract)>>")]);
    let name = "hidden-section-named-by-previous-is-unreadable";
    unread(name, what, document)
}

fn hidden_signed_contract_swapped_in_fails() -> Case {
    let what = "Hide and replace: page, form and field exist twice in the signed bytes; the update switches all of them, with the same signature as value.";
    let mut document = smuggled(Xref::Table, hidden_document);
    let value = HIDDEN + 4;
    let look = value + 1;
    document.root = HIDDEN;
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    let field = signature_field("Buyer", crate::contract::BUYER_PLACE, &keys);
    document.update(&[(object::BUYER_FIELD, field)]);
    failed(
        "hidden-signed-contract-swapped-in-fails",
        what,
        document,
        "changed-later",
    )
}

fn hidden_value_entered_for_signature_fails() -> Case {
    let what = "Hide and replace: a copy of the signature dictionary's head lies in the signed bytes; the update lets the number point there.";
    let mut offset = 0;
    let number = HIDDEN + 1;
    let mut document = smuggled(Xref::Table, |section| {
        offset = section.document.length();
        let copy = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached\
                    /ByteRange[0 10 20 30]/Contents<00>>>";
        section.unlisted(number, copy);
    });
    let signed = find_last(&document.bytes, b"/ByteRange[0").expect("it is signed");
    assert!(signed > offset);
    enter(&mut document, number, offset);
    let name = "hidden-value-entered-for-signature-fails";
    failed(name, what, document, "orphan-signature")
}

fn reference_through_free_number_filled_fails() -> Case {
    let what = "Hide: the page's content refers to a form whose number is free; the update adds the object, which covers the amount.";
    let text = format!("{}/Later Do\n", page_text(AMOUNT));
    let number = 60;
    let page = page(ANNOTATIONS, "").replace(
        "/Terms 18 0 R",
        &format!("/Terms 18 0 R/Later {number} 0 R"),
    );
    let contract = Contract::usual()
        .with(object::CONTENT, stream("", text.as_bytes()))
        .with(object::PAGE, page);
    let cover =
        format!("1 g 100 690 300 30 re f 0 g BT /F1 14 Tf 120 700 Td ({FORGED_AMOUNT}) Tj ET");
    prepared(
        "reference-through-free-number-filled-fails",
        what,
        &contract,
        |document| {
            document.update(&[(number, form_object([0, 0, 595, 842], &cover))]);
        },
    )
}

fn hidden_annotation_shown_by_real_flags_fails() -> Case {
    let what = "Hide: an annotation with another amount is hidden; the update writes its flags as a real number, which viewers do not take for flags.";
    let look = covering(FORGED_AMOUNT);
    let hidden = stamp("60 690 420 720").replace("/F 4", "/F 2");
    let contract = Contract::usual()
        .with(
            object::PAGE,
            page(&format!("{ANNOTATIONS} {HIDDEN} 0 R"), ""),
        )
        .with(HIDDEN, &hidden)
        .with(HIDDEN + 1, form_object([0, 0, 360, 30], &look));
    let name = "hidden-annotation-shown-by-real-flags-fails";
    because(name, what, "changed-later", &contract, |document| {
        document.update(&[(HIDDEN, hidden.replace("/F 2", "/F 2.0"))]);
    })
}

fn page_turned_by_real_rotation_fails() -> Case {
    let what = "The second page is turned; the update writes by how much as a real number, which viewers do not take.";
    let second = |rotation: &str| {
        format!(
            "<</Type/Page/Parent 2 0 R/Contents 17 0 R/Resources<</Font<</F1 5 0 R>>>>/Rotate {rotation}>>"
        )
    };
    let contract = Contract::usual().with(object::SECOND_PAGE, second("90"));
    let name = "page-turned-by-real-rotation-fails";
    prepared(name, what, &contract, |document| {
        document.update(&[(object::SECOND_PAGE, second("90.0"))]);
    })
}

fn bookmark_changed_as_information_fails() -> Case {
    let what = "Document information is a bookmark as well: changing its title, which shows nowhere, changes what the bookmark says.";
    let mut contract =
        Contract::usual().with(object::CATALOG, catalog(&format!("/Outlines {HIDDEN} 0 R")));
    contract = contract
        .with(
            HIDDEN,
            format!(
                "<</Type/Outlines/First {0} 0 R/Last {0} 0 R/Count 1>>",
                object::INFO
            ),
        )
        .with(object::INFO, "<</Title(Price: 100,000)>>");
    let name = "bookmark-changed-as-information-fails";
    prepared(name, what, &contract, |document| {
        document.update(&[(object::INFO, "<</Title(Price: 900,000)>>")]);
    })
}

fn xfa_signed_along_never_passes() -> Case {
    let what =
        "The form has an XFA part from the beginning: some viewers show it instead of the pages.";
    let xfa = stream("", b"<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\"/>");
    let contract = Contract::usual()
        .with(
            object::FORM,
            form(ANNOTATIONS, &format!("/XFA {HIDDEN} 0 R")),
        )
        .with(HIDDEN, xfa);
    let file = contract.signed().bytes;
    let name = "xfa-signed-along-never-passes";
    Case::new(Class::Shadow, name, what, file, Indeterminate, &["xfa"])
}

fn hybrid_with_two_contents_never_passes() -> Case {
    let what = "The signed update is hybrid: readers of tables see one content, readers of streams another, and nothing changes later.";
    let mut document = Contract::usual().write();
    let (value, look) = (document.fresh(), document.fresh());
    let hybrid = document.fresh();
    let mut section = document.section();
    Signing::buyer().write(&mut section, value, look);
    let offset = section.document.length() as u64;
    section.unlisted(object::CONTENT, forged_content());
    let entries = [(object::CONTENT, Entry::Offset(offset, 0))].into();
    let keys = format!(
        "/Type/XRef/Size {}/Root 1 0 R/W[1 4 2]/Index[{} 1]",
        hybrid + 1,
        object::CONTENT
    );
    let at = section.document.length();
    section.unlisted(hybrid, stream(&keys, &stream_entries(&entries)));
    section.finish_table(&format!("/XRefStm {at}"));
    crate::contract::complete(&mut document.bytes, |content| {
        crate::contract::pades(&crate::pki::buyer(), content)
    });
    let name = "hybrid-with-two-contents-never-passes";
    failed(name, what, document, "hybrid-xref")
}
