//! Unusual signature dictionaries and fields that the standard allows.

use super::{passed, signed_with};
use crate::{
    Case,
    contract::{
        self, BUYER_PLACE, Contract, Signing, byte_range, complete, contents, dictionary, form,
        form_object, object, pades, page, signature_field,
    },
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    byte_range_with_zeros_and_spaces_passes,
    byte_range_behind_contents_passes,
    contents_in_lower_case_passes,
    contents_without_room_left_passes,
    seal_on_second_page_passes,
    signature_without_widget_passes,
    signature_of_no_size_passes,
    widget_apart_from_field_passes,
    field_below_another_passes,
];

fn byte_range_with_zeros_and_spaces_passes() -> Case {
    let what = "The numbers of /ByteRange stand on lines of their own, far apart.";
    let spread = byte_range()
        .replace("[0 ", "  [\n 0000000000\r\n\t ")
        .replace(" #", "   \n   #");
    let name = "byte-range-with-zeros-and-spaces-passes";
    signed_with(name, what, dictionary("").replace(&byte_range(), &spread))
}

fn byte_range_behind_contents_passes() -> Case {
    let what = "/ByteRange follows /Contents.";
    let (range, contents) = (byte_range(), contents(contract::RESERVED));
    let open = dictionary("")
        .replace(&range, "")
        .replace(&contents, &format!("{contents}{range}"));
    signed_with("byte-range-behind-contents-passes", what, open)
}

fn contents_in_lower_case_passes() -> Case {
    let what = "/Contents is written in lower case.";
    let mut document = Contract::usual().signed();
    let at = crate::pdf::find(&document.bytes, b"/Contents<").expect("it is signed") + 10;
    let end = at + contract::RESERVED * 2;
    document.bytes[at..end].make_ascii_lowercase();
    passed("contents-in-lower-case-passes", what, document)
}

fn contents_without_room_left_passes() -> Case {
    let what = "CMS fills /Contents to the last digit.";
    let length = {
        let mut document = Contract::usual().write();
        let mut length = 0;
        Signing::buyer().sign_with(&mut document, |content| {
            let cms = pades(&pki::buyer(), content);
            length = cms.len();
            cms
        });
        length
    };
    // An ECDSA signature is a byte shorter or longer from message to message: spaces make it another one.
    let spaces = 0..32;
    let documents = spaces.filter_map(|spaces| {
        let open = dictionary(&" ".repeat(spaces))
            .replace(&contents(contract::RESERVED), &contents(length));
        let mut document = Contract::usual().write();
        let signing = Signing::buyer().dictionary(open);
        signing.prepare(&mut document);
        let (start, end) = contract::gap(&document.bytes);
        let mut trial = document.clone();
        let mut fits = false;
        let numbers = [start, end, trial.length() - end].map(|number| number as u64);
        contract::fill_byte_range(&mut trial.bytes, numbers);
        let content = [&trial.bytes[..start], &trial.bytes[end..]].concat();
        let cms = pades(&pki::buyer(), &content);
        if cms.len() == length {
            contract::fill_contents(&mut trial.bytes, &cms);
            fits = true;
        }
        fits.then_some(trial)
    });
    let document = documents
        .into_iter()
        .next()
        .expect("one of them has that length");
    passed("contents-without-room-left-passes", what, document)
}

fn seal_on_second_page_passes() -> Case {
    let what = "The seal is on the second page.";
    let second = "<</Type/Page/Parent 2 0 R/Contents 17 0 R/Annots[13 0 R]\
                  /Resources<</Font<</F1 5 0 R>>>>>>";
    let contract = Contract::usual()
        .with(object::PAGE, page("11 0 R 14 0 R", ""))
        .with(object::SECOND_PAGE, second)
        .with(
            object::BUYER_FIELD,
            signature_field("Buyer", BUYER_PLACE, "").replace("/P 3", "/P 16"),
        );
    let mut document = contract.write();
    let (value, look) = (document.fresh(), document.fresh());
    let mut section = document.section();
    Signing::buyer().write(&mut section, value, look);
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    let field = signature_field("Buyer", BUYER_PLACE, &keys).replace("/P 3", "/P 16");
    section.object(object::BUYER_FIELD, field);
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    passed("seal-on-second-page-passes", what, document)
}

/// Signed in a field that looks like this.
fn with_field(
    name: &'static str,
    description: &'static str,
    contract: &Contract,
    field: impl FnOnce(u32, u32) -> String,
) -> Case {
    let mut document = contract.write();
    let (value, look) = (document.fresh(), document.fresh());
    let mut section = document.section();
    section.plain(value, dictionary(""));
    section.object(look, form_object([0, 0, 120, 120], ""));
    section.object(object::BUYER_FIELD, field(value, look));
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    passed(name, description, document)
}

fn signature_without_widget_passes() -> Case {
    let what = "The signature shows nowhere: the field has no widget.";
    let contract = Contract::usual()
        .with(object::PAGE, page("11 0 R 14 0 R", ""))
        .with(object::BUYER_FIELD, "<</FT/Sig/T(Buyer)>>");
    with_field(
        "signature-without-widget-passes",
        what,
        &contract,
        |value, _| format!("<</FT/Sig/T(Buyer)/V {value} 0 R>>"),
    )
}

fn signature_of_no_size_passes() -> Case {
    let what = "The signature shows nowhere: the widget has no size.";
    with_field(
        "signature-of-no-size-passes",
        what,
        &Contract::usual(),
        |value, _| signature_field("Buyer", [0; 4], &format!("/V {value} 0 R")),
    )
}

fn widget_apart_from_field_passes() -> Case {
    let what = "The field and its widget are two objects.";
    let (field, widget) = (object::FREE, object::BUYER_FIELD);
    let mut document = Contract::usual()
        .with(
            object::FORM,
            form(&format!("11 0 R {field} 0 R 14 0 R"), ""),
        )
        .with(field, format!("<</FT/Sig/T(Buyer)/Kids[{widget} 0 R]>>"))
        .with(widget, apart(field, ""))
        .write();
    let (value, look) = (document.fresh(), document.fresh());
    let mut section = document.section();
    section.plain(value, dictionary(""));
    section.object(look, form_object([0, 0, 120, 120], ""));
    section.object(widget, apart(field, &format!("/AP<</N {look} 0 R>>")));
    section.object(
        field,
        format!("<</FT/Sig/T(Buyer)/Kids[{widget} 0 R]/V {value} 0 R>>"),
    );
    section.finish();
    complete(&mut document.bytes, |content| pades(&pki::buyer(), content));
    passed("widget-apart-from-field-passes", what, document)
}

fn apart(field: u32, keys: &str) -> String {
    format!(
        "<</Type/Annot/Subtype/Widget/Parent {field} 0 R/F 132/Rect[60 100 180 220]/P 3 0 R{keys}>>"
    )
}

fn field_below_another_passes() -> Case {
    let what =
        "The field inherits its type from a field above it, and its full name is Party.Buyer.";
    let parent = object::FREE;
    let below = |keys: &str| {
        signature_field("Buyer", BUYER_PLACE, &format!("/Parent {parent} 0 R{keys}"))
            .replace("/FT/Sig", "")
    };
    let contract = Contract::usual()
        .with(
            object::FORM,
            form(&format!("11 0 R {parent} 0 R 14 0 R"), ""),
        )
        .with(parent, "<</FT/Sig/T(Party)/Kids[13 0 R]>>")
        .with(object::BUYER_FIELD, below(""));
    with_field(
        "field-below-another-passes",
        what,
        &contract,
        |value, look| below(&format!("/V {value} 0 R/AP<</N {look} 0 R>>")),
    )
}
