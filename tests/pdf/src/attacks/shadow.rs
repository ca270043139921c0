//! Shadow attacks: the file was prepared before it was signed, and an update lets out what lay hidden in it.

pub(crate) mod hidden;

use crate::{
    Case, Class,
    Verdict::{Failed, Unreadable},
    contract::{
        AMOUNT, ANNOTATIONS, Contract, FORGED_AMOUNT, catalog, covering, delivery_field,
        delivery_look, forged_content, form, form_object, object, page, page_text,
    },
    pdf::{Document, Entry, stream},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    hidden_text_uncovered_by_freed_form_fails,
    hidden_text_uncovered_by_emptied_form_fails,
    hidden_text_uncovered_by_removed_annotation_fails,
    hidden_text_uncovered_by_moved_annotation_fails,
    hidden_layer_switched_on_fails,
    hidden_layer_renamed_on_fails,
    hidden_widget_shown_fails,
    replaced_field_overlay_fails,
    replaced_type_three_font_fails,
];

/// What an update does to a prepared contract after the buyer signed it.
fn prepared(
    name: &'static str,
    description: &'static str,
    contract: &Contract,
    append: impl FnOnce(&mut Document),
) -> Case {
    because(name, description, "changed-later", contract, append)
}

fn failed(
    name: &'static str,
    description: &'static str,
    document: Document,
    reason: &'static str,
) -> Case {
    let file = document.bytes;
    Case::new(Class::Shadow, name, description, file, Failed, &[reason])
}

fn unread(name: &'static str, description: &'static str, document: Document) -> Case {
    let file = document.bytes;
    Case::new(Class::Shadow, name, description, file, Unreadable, &[])
}

fn because(
    name: &'static str,
    description: &'static str,
    reason: &'static str,
    contract: &Contract,
    append: impl FnOnce(&mut Document),
) -> Case {
    let mut document = contract.signed();
    append(&mut document);
    failed(name, description, document, reason)
}

/// A number of the preparer's.
const HIDDEN: u32 = object::FREE;

/// The forged amount, painted over by a form that shows the agreed one.
fn covered_contract() -> Contract {
    let text = format!("{}/Cover Do\n", page_text(FORGED_AMOUNT));
    let page = page(ANNOTATIONS, "").replace(
        "/Terms 18 0 R",
        &format!("/Terms 18 0 R/Cover {HIDDEN} 0 R"),
    );
    let cover = format!("1 g 100 690 300 30 re f 0 g BT /F1 14 Tf 120 700 Td ({AMOUNT}) Tj ET");
    Contract::usual()
        .with(object::CONTENT, stream("", text.as_bytes()))
        .with(object::PAGE, page)
        .with(HIDDEN, form_object([0, 0, 595, 842], &cover))
}

fn hidden_text_uncovered_by_freed_form_fails() -> Case {
    let what = "Hide: a form covers the forged amount; the update does nothing but free it.";
    let name = "hidden-text-uncovered-by-freed-form-fails";
    prepared(name, what, &covered_contract(), |document| {
        let mut section = document.section();
        section.entries.insert(0, Entry::Free(HIDDEN, 65_535));
        section.entries.insert(HIDDEN, Entry::Free(0, 1));
        section.finish();
    })
}

fn hidden_text_uncovered_by_emptied_form_fails() -> Case {
    let what = "Hide: the covering form is written anew, empty.";
    let name = "hidden-text-uncovered-by-emptied-form-fails";
    prepared(name, what, &covered_contract(), |document| {
        document.update(&[(HIDDEN, form_object([0, 0, 1, 1], ""))]);
    })
}

/// The forged amount, covered by an annotation.
fn annotated_contract() -> Contract {
    let cover = covering(AMOUNT);
    Contract::usual()
        .with(object::CONTENT, forged_content())
        .with(
            object::PAGE,
            page(&format!("{ANNOTATIONS} {HIDDEN} 0 R"), ""),
        )
        .with(HIDDEN, stamp("60 690 420 720"))
        .with(HIDDEN + 1, form_object([0, 0, 360, 30], &cover))
}

fn stamp(rect: &str) -> String {
    format!(
        "<</Type/Annot/Subtype/Stamp/Rect[{rect}]/F 4/P 3 0 R/AP<</N {} 0 R>>>>",
        HIDDEN + 1
    )
}

fn hidden_text_uncovered_by_removed_annotation_fails() -> Case {
    let what = "Hide: an annotation that was there when the buyer signed covers the forged amount; the update removes it.";
    let name = "hidden-text-uncovered-by-removed-annotation-fails";
    because(
        name,
        what,
        "changed-later",
        &annotated_contract(),
        |document| {
            document.update(&[(object::PAGE, page(ANNOTATIONS, ""))]);
        },
    )
}

fn hidden_text_uncovered_by_moved_annotation_fails() -> Case {
    let what = "Hide: the covering annotation is moved aside.";
    let name = "hidden-text-uncovered-by-moved-annotation-fails";
    because(
        name,
        what,
        "changed-later",
        &annotated_contract(),
        |document| {
            document.update(&[(HIDDEN, stamp("60 30 420 60"))]);
        },
    )
}

/// Both amounts, each on a layer of its own.
fn layered_contract() -> Contract {
    let text = format!(
        "BT /F1 18 Tf 60 760 Td (Purchase Contract No. 2026-118) Tj ET\n\
         /OC /Agreed BDC BT /F1 14 Tf 60 700 Td ({AMOUNT}) Tj ET EMC\n\
         /OC /Forged BDC BT /F1 14 Tf 60 700 Td ({FORGED_AMOUNT}) Tj ET EMC\n/Terms Do\n"
    );
    let (agreed, forged) = (HIDDEN, HIDDEN + 1);
    let page = page(ANNOTATIONS, "").replace(
        "/Resources<<",
        &format!("/Resources<</Properties<</Agreed {agreed} 0 R/Forged {forged} 0 R>>"),
    );
    Contract::usual()
        .with(object::CATALOG, layered_catalog(forged))
        .with(object::CONTENT, stream("", text.as_bytes()))
        .with(object::PAGE, page)
        .with(agreed, "<</Type/OCG/Name(Agreed)>>")
        .with(forged, "<</Type/OCG/Name(Forged)>>")
}

fn layered_catalog(off: u32) -> String {
    let (agreed, forged) = (HIDDEN, HIDDEN + 1);
    catalog(&format!(
        "/OCProperties<</OCGs[{agreed} 0 R {forged} 0 R]/D<</BaseState/ON/OFF[{off} 0 R]>>>>"
    ))
}

fn hidden_layer_switched_on_fails() -> Case {
    let what = "Hide: the update switches the layer with the forged amount on and the other off.";
    prepared(
        "hidden-layer-switched-on-fails",
        what,
        &layered_contract(),
        |document| {
            document.update(&[(object::CATALOG, layered_catalog(HIDDEN))]);
        },
    )
}

fn hidden_layer_renamed_on_fails() -> Case {
    let what = "Hide: the layer object itself is written anew as one that is always shown.";
    prepared(
        "hidden-layer-renamed-on-fails",
        what,
        &layered_contract(),
        |document| {
            document.update(&[(HIDDEN + 1, "<</Type/OCMD/P/AllOff>>")]);
        },
    )
}

fn hidden_widget_shown_fails() -> Case {
    let what = "Hide: a hidden text field with the forged amount loses its flag.";
    let hidden = |flags: &str| {
        delivery_field(FORGED_AMOUNT, "")
            .replace("(Delivery)", "(Extra)")
            .replace("[60 600 360 620]", "[60 690 420 720]")
            .replace("/F 4", flags)
            .replace("/N 12 0 R", &format!("/N {} 0 R", HIDDEN + 1))
    };
    let all = format!("{ANNOTATIONS} {HIDDEN} 0 R");
    let contract = Contract::usual()
        .with(object::FORM, form(&all, ""))
        .with(object::PAGE, page(&all, ""))
        .with(HIDDEN, hidden("/F 6"))
        .with(HIDDEN + 1, delivery_look(FORGED_AMOUNT));
    prepared("hidden-widget-shown-fails", what, &contract, |document| {
        document.update(&[(HIDDEN, hidden("/F 4"))]);
    })
}

fn replaced_field_overlay_fails() -> Case {
    let what = "Replace: the amount is the appearance of a text field; the update exchanges the appearance, the value stays.";
    let field = delivery_field(AMOUNT, "").replace("[60 600 360 620]", "[60 690 420 720]");
    let contract = Contract::usual()
        .with(object::DELIVERY, field)
        .with(object::DELIVERY_LOOK, delivery_look(AMOUNT));
    prepared(
        "replaced-field-overlay-fails",
        what,
        &contract,
        |document| {
            document.update(&[(object::DELIVERY_LOOK, delivery_look(FORGED_AMOUNT))]);
        },
    )
}

fn replaced_type_three_font_fails() -> Case {
    let what = "Replace: the amount is written in a font of the forger's, whose glyph for one is written anew as a nine.";
    let (font, one) = (object::HELVETICA, HIDDEN);
    let glyph = |path: &str| stream("", format!("600 0 0 0 600 700 d1 {path} f").as_bytes());
    let type_three = format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]\
         /CharProcs<</one {one} 0 R>>/Encoding<</Type/Encoding/Differences[49/one]>>\
         /FirstChar 49/LastChar 49/Widths[600]>>"
    );
    let contract = Contract::usual()
        .with(font, type_three)
        .with(one, glyph("250 0 100 700 re"));
    prepared(
        "replaced-type-three-font-fails",
        what,
        &contract,
        |document| {
            document.update(&[(one, glyph("250 0 100 700 re 100 400 400 300 re"))]);
        },
    )
}
