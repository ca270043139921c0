//! Incremental saving of annotations, fields, and what hangs in the catalog.

use super::{LOOK, VALUE, appended, because, cover, replaced};
use crate::{
    Case,
    contract::{
        ANNOTATIONS, BUYER_PLACE, FORGED_AMOUNT, catalog, delivery_field, delivery_look, form,
        form_object, object, page, signature_field,
    },
    pdf::stream,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    stamp_over_amount_fails,
    link_added_fails,
    field_appearance_without_value_fails,
    field_value_without_appearance_fails,
    field_default_appearance_changed_fails,
    field_moved_over_amount_fails,
    field_action_added_fails,
    text_field_added_over_amount_fails,
    seal_picture_replaced_fails,
    seal_hidden_fails,
    open_action_added_fails,
    script_added_fails,
    file_embedded_fails,
    layers_added_fails,
    xfa_added_fails,
    output_intent_added_fails,
    appearances_made_anew_fails,
];

fn stamp_over_amount_fails() -> Case {
    let what = "An annotation covers the amount; after a seal ScanSeal refuses annotations that nobody permitted.";
    because(
        "stamp-over-amount-fails",
        what,
        "annotations-changed-later",
        |document| {
            let [stamp, look] = [(); 2].map(|()| document.fresh());
            let annotation = format!(
                "<</Type/Annot/Subtype/Stamp/Rect[60 690 420 720]/F 4/P 3 0 R/AP<</N {look} 0 R>>>>"
            );
            let page = page(&format!("{ANNOTATIONS} {stamp} 0 R"), "");
            document.update(&[
                (object::PAGE, page.into_bytes()),
                (stamp, annotation.into_bytes()),
                (look, cover()),
            ]);
        },
    )
}

fn link_added_fails() -> Case {
    let what = "An invisible link over the page leads to the forger's site.";
    because(
        "link-added-fails",
        what,
        "annotations-changed-later",
        |document| {
            let link = document.fresh();
            let annotation = "<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/Border[0 0 0]\
                          /A<</S/URI/URI(https://forger.example/)>>>>";
            let page = page(&format!("{ANNOTATIONS} {link} 0 R"), "");
            document.update(&[(object::PAGE, page.as_str()), (link, annotation)]);
        },
    )
}

fn field_appearance_without_value_fails() -> Case {
    let what = "The text field looks otherwise but keeps its value: nobody filled it.";
    let look = delivery_look("Harbin");
    replaced(
        "field-appearance-without-value-fails",
        what,
        object::DELIVERY_LOOK,
        look,
    )
}

fn field_value_without_appearance_fails() -> Case {
    let what = "The text field has another value but looks the same: programs and people read different things.";
    let field = delivery_field("Harbin", "");
    replaced(
        "field-value-without-appearance-fails",
        what,
        object::DELIVERY,
        field,
    )
}

fn field_default_appearance_changed_fails() -> Case {
    let what = "The form's default appearance is made white.";
    let form = form(ANNOTATIONS, "").replace("0 g)", "1 g)");
    replaced(
        "field-default-appearance-changed-fails",
        what,
        object::FORM,
        form,
    )
}

fn field_moved_over_amount_fails() -> Case {
    let what = "The text field is filled and moved over the amount.";
    appended("field-moved-over-amount-fails", what, |document| {
        let field =
            delivery_field(FORGED_AMOUNT, "").replace("[60 600 360 620]", "[60 690 420 720]");
        document.update(&[
            (object::DELIVERY, field.into_bytes()),
            (object::DELIVERY_LOOK, delivery_look(FORGED_AMOUNT)),
        ]);
    })
}

fn field_action_added_fails() -> Case {
    let what = "The text field is filled and gets a script.";
    appended("field-action-added-fails", what, |document| {
        let field = delivery_field("Harbin", "/AA<</F<</S/JavaScript/JS(event.value=1)>>>>");
        document.update(&[
            (object::DELIVERY, field.into_bytes()),
            (object::DELIVERY_LOOK, delivery_look("Harbin")),
        ]);
    })
}

fn text_field_added_over_amount_fails() -> Case {
    let what = "A new text field with a value covers the amount.";
    appended("text-field-added-over-amount-fails", what, |document| {
        let [field, look] = [(); 2].map(|()| document.fresh());
        let body = delivery_field(FORGED_AMOUNT, "")
            .replace("(Delivery)", "(Extra)")
            .replace("[60 600 360 620]", "[60 690 420 720]")
            .replace("/N 12 0 R", &format!("/N {look} 0 R"));
        let all = format!("{ANNOTATIONS} {field} 0 R");
        document.update(&[
            (object::FORM, form(&all, "").into_bytes()),
            (object::PAGE, page(&all, "").into_bytes()),
            (field, body.into_bytes()),
            (look, cover()),
        ]);
    })
}

fn seal_picture_replaced_fails() -> Case {
    let what = "The picture of the buyer's seal is exchanged for that of another company.";
    let look = form_object(
        [0, 0, 120, 120],
        "BT /F1 12 Tf 30 55 Td (Forger Ltd.) Tj ET",
    );
    replaced("seal-picture-replaced-fails", what, LOOK, look)
}

fn seal_hidden_fails() -> Case {
    let what = "The buyer's seal is hidden by a flag of its widget.";
    let keys = format!("/V {VALUE} 0 R/AP<</N {LOOK} 0 R>>");
    let field = signature_field("Buyer", BUYER_PLACE, &keys).replace("/F 132", "/F 134");
    replaced("seal-hidden-fails", what, object::BUYER_FIELD, field)
}

fn open_action_added_fails() -> Case {
    let what = "The catalog gets an action for opening: another file is shown.";
    let catalog = catalog("/OpenAction<</S/GoToR/F(other.pdf)/D[0/Fit]>>");
    replaced("open-action-added-fails", what, object::CATALOG, catalog)
}

fn script_added_fails() -> Case {
    let what = "The catalog gets a script by name.";
    let catalog = catalog("/Names<</JavaScript<</Names[(x)<</S/JavaScript/JS(1)>>]>>>>");
    replaced("script-added-fails", what, object::CATALOG, catalog)
}

fn file_embedded_fails() -> Case {
    let what = "A file is embedded: an annex that nobody signed.";
    appended("file-embedded-fails", what, |document| {
        let [specification, file] = [(); 2].map(|()| document.fresh());
        let catalog = catalog(&format!(
            "/Names<</EmbeddedFiles<</Names[(annex)({specification} 0 R)]>>>>"
        ))
        .replace(
            &format!("({specification} 0 R)"),
            &format!("{specification} 0 R"),
        );
        let body = format!("<</Type/Filespec/F(annex.txt)/EF<</F {file} 0 R>>>>");
        document.update(&[
            (object::CATALOG, catalog.into_bytes()),
            (specification, body.into_bytes()),
            (
                file,
                stream("/Type/EmbeddedFile", b"and interest of 20 percent"),
            ),
        ]);
    })
}

fn layers_added_fails() -> Case {
    let what = "The catalog gets layers and switches one off.";
    appended("layers-added-fails", what, |document| {
        let layer = document.fresh();
        let catalog = catalog(&format!(
            "/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
        ));
        document.update(&[
            (object::CATALOG, catalog),
            (layer, "<</Type/OCG/Name(Terms)>>".to_owned()),
        ]);
    })
}

fn xfa_added_fails() -> Case {
    let what = "The form gets an XFA part, which shows something other than the pages.";
    appended("xfa-added-fails", what, |document| {
        let xfa = document.fresh();
        let form = form(ANNOTATIONS, &format!("/XFA {xfa} 0 R"));
        let body = stream("", b"<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\"/>");
        document.update(&[(object::FORM, form.into_bytes()), (xfa, body)]);
    })
}

fn output_intent_added_fails() -> Case {
    let what = "The catalog gets viewer preferences and an output intent.";
    let catalog = catalog("/ViewerPreferences<</HideToolbar true>>/OutputIntents[<</S/GTS_PDFX>>]");
    replaced("output-intent-added-fails", what, object::CATALOG, catalog)
}

fn appearances_made_anew_fails() -> Case {
    let what = "The form tells viewers to draw all fields anew, seals included.";
    let form = form(ANNOTATIONS, "/NeedAppearances true");
    replaced("appearances-made-anew-fails", what, object::FORM, form)
}
