//! Incremental saving: whatever is appended to the signed contract that no rule vouches for.

pub(crate) mod containers;
pub(crate) mod disguised;
pub(crate) mod form;
pub(crate) mod unlisted;

use crate::{
    Case, Class,
    Verdict::{Failed, Unreadable},
    contract::{
        self, ANNOTATIONS, Contract, FORGED_AMOUNT, catalog, covering, forged_content, form_object,
        object, page, page_showing, page_text, signed,
    },
    pdf::{Document, Entry, stream},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    page_content_replaced_fails,
    page_content_in_object_of_next_generation_fails,
    page_with_other_content_fails,
    page_with_further_content_fails,
    page_with_other_resources_fails,
    page_rotated_fails,
    page_cropped_fails,
    page_unit_changed_fails,
    page_action_added_fails,
    page_removed_fails,
    page_added_fails,
    pages_swapped_fails,
    inherited_box_changed_fails,
    inherited_rotation_added_fails,
    page_tree_swapped_fails,
    catalog_replaced_fails,
    root_moved_in_trailer_fails,
    font_replaced_fails,
    font_program_replaced_fails,
    character_map_replaced_fails,
    structure_tree_replaced_fails,
    form_xobject_replaced_fails,
    form_xobject_freed_fails,
];

/// Number of the signature dictionary in the signed contract, and of its appearance.
const VALUE: u32 = object::FREE;
const LOOK: u32 = VALUE + 1;

/// What is appended to the signed contract fails with the usual reason.
fn appended(
    name: &'static str,
    description: &'static str,
    append: impl FnOnce(&mut Document),
) -> Case {
    because(name, description, "changed-later", append)
}

fn because(
    name: &'static str,
    description: &'static str,
    reason: &'static str,
    append: impl FnOnce(&mut Document),
) -> Case {
    let mut document = signed();
    append(&mut document);
    failed(name, description, document, reason)
}

fn unreadable(
    name: &'static str,
    description: &'static str,
    append: impl FnOnce(&mut Document),
) -> Case {
    let mut document = signed();
    append(&mut document);
    unread(name, description, document)
}

fn failed(
    name: &'static str,
    description: &'static str,
    document: Document,
    reason: &'static str,
) -> Case {
    let file = document.bytes;
    Case::new(Class::Saving, name, description, file, Failed, &[reason])
}

fn unread(name: &'static str, description: &'static str, document: Document) -> Case {
    let file = document.bytes;
    Case::new(Class::Saving, name, description, file, Unreadable, &[])
}

/// An update that exchanges one object.
fn replaced(
    name: &'static str,
    description: &'static str,
    number: u32,
    body: impl AsRef<[u8]>,
) -> Case {
    appended(name, description, |document| {
        document.update(&[(number, body)])
    })
}

/// Covers the amount with another one.
fn cover() -> Vec<u8> {
    let text = covering(FORGED_AMOUNT);
    form_object([0, 0, 360, 30], &text)
}

fn page_content_replaced_fails() -> Case {
    let what = "The page's content stream is written anew with another amount.";
    replaced(
        "page-content-replaced-fails",
        what,
        object::CONTENT,
        forged_content(),
    )
}

fn page_content_in_object_of_next_generation_fails() -> Case {
    let what =
        "The content stream's number is used again in generation 1, and the page refers to that.";
    appended(
        "page-content-in-object-of-next-generation-fails",
        what,
        |document| {
            let mut section = document.section();
            let offset = section.document.length() as u64;
            section
                .entries
                .insert(object::CONTENT, Entry::Offset(offset, 1));
            section.document.raw(format!("{} 1 obj\n", object::CONTENT));
            section.document.raw(forged_content());
            section.document.raw("\nendobj\n");
            let page = page(ANNOTATIONS, "").replace("/Contents 4 0 R", "/Contents 4 1 R");
            section.object(object::PAGE, page);
            section.finish();
        },
    )
}

fn page_with_other_content_fails() -> Case {
    let what = "The page refers to another content stream.";
    appended("page-with-other-content-fails", what, |document| {
        let content = document.fresh();
        let page = page_showing(content, ANNOTATIONS, "").into_bytes();
        document.update(&[(object::PAGE, page), (content, forged_content())]);
    })
}

fn page_with_further_content_fails() -> Case {
    let what = "The page gets a second content stream that paints over the first.";
    appended("page-with-further-content-fails", what, |document| {
        let content = document.fresh();
        let page = page(ANNOTATIONS, "").replace(
            "/Contents 4 0 R",
            &format!("/Contents[4 0 R {content} 0 R]"),
        );
        let paint = format!("1 g 60 690 360 30 re f\n{}", page_text(FORGED_AMOUNT));
        document.update(&[
            (object::PAGE, page.into_bytes()),
            (content, stream("", paint.as_bytes())),
        ]);
    })
}

fn page_with_other_resources_fails() -> Case {
    let what = "The page's resources name another form for the terms.";
    appended("page-with-other-resources-fails", what, |document| {
        let terms = document.fresh();
        let page = page(ANNOTATIONS, "").replace("/Terms 18 0 R", &format!("/Terms {terms} 0 R"));
        let text = "BT /F1 12 Tf 60 640 Td (Payment within 3 days) Tj ET";
        let body = form_object([0, 0, 595, 842], text);
        document.update(&[(object::PAGE, page.into_bytes()), (terms, body)]);
    })
}

fn page_rotated_fails() -> Case {
    let what = "The page is turned.";
    replaced(
        "page-rotated-fails",
        what,
        object::PAGE,
        page(ANNOTATIONS, "/Rotate 180"),
    )
}

fn page_cropped_fails() -> Case {
    let what = "The page is cropped so that the amount is not shown.";
    let page = page(ANNOTATIONS, "/CropBox[0 0 595 680]");
    replaced("page-cropped-fails", what, object::PAGE, page)
}

fn page_unit_changed_fails() -> Case {
    let what = "The page gets another user unit.";
    replaced(
        "page-unit-changed-fails",
        what,
        object::PAGE,
        page(ANNOTATIONS, "/UserUnit 10"),
    )
}

fn page_action_added_fails() -> Case {
    let what = "The page gets an action that runs when it is opened.";
    let page = page(
        ANNOTATIONS,
        "/AA<</O<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
    );
    replaced("page-action-added-fails", what, object::PAGE, page)
}

fn pages(kids: &str, count: u32, keys: &str) -> String {
    format!("<</Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 595 842]{keys}>>")
}

fn page_removed_fails() -> Case {
    let what = "The annex is taken out of the page tree.";
    replaced(
        "page-removed-fails",
        what,
        object::PAGES,
        pages("3 0 R", 1, ""),
    )
}

fn page_added_fails() -> Case {
    let what = "A page with further terms is added.";
    appended("page-added-fails", what, |document| {
        let new = document.fresh();
        let kids = format!("3 0 R 16 0 R {new} 0 R");
        document.update(&[(object::PAGES, pages(&kids, 3, "")), (new, page("", ""))]);
    })
}

fn pages_swapped_fails() -> Case {
    let what = "The pages are put in another order.";
    replaced(
        "pages-swapped-fails",
        what,
        object::PAGES,
        pages("16 0 R 3 0 R", 2, ""),
    )
}

fn inherited_box_changed_fails() -> Case {
    let what = "The box that pages inherit cuts the amount off; no page object changes.";
    let pages = pages("3 0 R 16 0 R", 2, "").replace("595 842", "595 680");
    replaced("inherited-box-changed-fails", what, object::PAGES, pages)
}

fn inherited_rotation_added_fails() -> Case {
    let what = "The page tree gets a rotation for all pages to inherit.";
    let pages = pages("3 0 R 16 0 R", 2, "/Rotate 90");
    replaced("inherited-rotation-added-fails", what, object::PAGES, pages)
}

/// Other pages, and a catalog that leads to them, in the object `root`.
fn other_pages(document: &mut Document, root: u32) {
    let [tree, leaf, content] = [(); 3].map(|()| document.fresh());
    let catalog = catalog("").replace("/Pages 2 0 R", &format!("/Pages {tree} 0 R"));
    let leaf_page = page_showing(content, ANNOTATIONS, "")
        .replace("/Parent 2 0 R", &format!("/Parent {tree} 0 R"));
    document.update(&[
        (root, catalog.into_bytes()),
        (tree, pages(&format!("{leaf} 0 R"), 1, "").into_bytes()),
        (leaf, leaf_page.into_bytes()),
        (content, forged_content()),
    ]);
}

fn page_tree_swapped_fails() -> Case {
    let what = "The catalog refers to another page tree; the signed one stays as it is.";
    appended("page-tree-swapped-fails", what, |document| {
        other_pages(document, object::CATALOG);
    })
}

fn catalog_replaced_fails() -> Case {
    let what = "The catalog gets a page label that renumbers the contract's pages.";
    let catalog = catalog("/PageLabels<</Nums[0<</S/r/St 5>>]>>");
    replaced("catalog-replaced-fails", what, object::CATALOG, catalog)
}

fn root_moved_in_trailer_fails() -> Case {
    let what = "Only the trailer changes: /Root refers to a new catalog with new pages.";
    appended("root-moved-in-trailer-fails", what, |document| {
        document.root = document.fresh();
        other_pages(document, document.root);
    })
}

fn font_replaced_fails() -> Case {
    let what = "The font shows a nine where the content says one.";
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica\
                /Encoding<</Type/Encoding/Differences[49/nine]>>>>";
    replaced("font-replaced-fails", what, object::HELVETICA, font)
}

/// A signed contract with one more object, which an update exchanges.
fn exchanged(
    name: &'static str,
    description: &'static str,
    contract: &Contract,
    body: impl AsRef<[u8]>,
) -> Case {
    let mut document = contract.signed();
    document.update(&[(object::FREE, body)]);
    failed(name, description, document, "changed-later")
}

fn font_program_replaced_fails() -> Case {
    let what = "The embedded font program is exchanged; the font's dictionary stays.";
    let program = |glyphs: &str| stream("/Subtype/CIDFontType0C", glyphs.as_bytes());
    let descriptor = format!(
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]\
         /ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93/FontFile3 {} 0 R>>",
        object::FREE
    );
    let contract = Contract::usual()
        .with(object::SONG_DESCRIPTOR, descriptor)
        .with(object::FREE, program("glyphs as they should be"));
    let forged = program("glyphs that show others");
    exchanged("font-program-replaced-fails", what, &contract, forged)
}

fn structure_tree_replaced_fails() -> Case {
    let what = "The structure tree says that the amount reads otherwise: what is read aloud and copied changes.";
    let tree = |text: &str| {
        format!(
            "<</Type/StructTreeRoot/K<</Type/StructElem/S/P/Pg 3 0 R/K 0/ActualText({text})>>>>"
        )
    };
    let keys = format!(
        "/MarkInfo<</Marked true>>/StructTreeRoot {} 0 R",
        object::FREE
    );
    let contract = Contract::usual()
        .with(object::CATALOG, catalog(&keys))
        .with(object::FREE, tree(contract::AMOUNT));
    let forged = tree(FORGED_AMOUNT);
    exchanged("structure-tree-replaced-fails", what, &contract, forged)
}

fn character_map_replaced_fails() -> Case {
    let what = "Only /ToUnicode changes: the page looks the same, but searching and reading aloud give other words.";
    let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
               1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
               1 beginbfchar <5408> <4E0D> endbfchar\nendcmap end end";
    let body = stream("", map.as_bytes());
    replaced(
        "character-map-replaced-fails",
        what,
        object::TO_UNICODE,
        body,
    )
}

fn form_xobject_replaced_fails() -> Case {
    let what = "A form that the page's content invokes is written anew.";
    let text = "BT /F1 12 Tf 60 640 Td (Payment within 3 days) Tj ET";
    let body = form_object([0, 0, 595, 842], text);
    replaced("form-xobject-replaced-fails", what, object::TERMS, body)
}

fn form_xobject_freed_fails() -> Case {
    let what = "The form with the terms is freed, so that they vanish.";
    appended("form-xobject-freed-fails", what, |document| {
        let mut section = document.section();
        section
            .entries
            .insert(0, Entry::Free(object::TERMS, 65_535));
        section.entries.insert(object::TERMS, Entry::Free(0, 1));
        section.finish();
    })
}
