//! The contract that all cases are about, and how it is signed.

use std::collections::BTreeMap;

use data_encoding::HEXUPPER;

use crate::{
    cms::Cms,
    keys::Hash,
    pdf::{Document, Section, Xref, find, find_last, stream},
    pki::{self, Identity},
    time::SIGNED,
};

/// Object numbers of the contract.
pub mod object {
    #![expect(missing_docs, reason = "each is the thing it says")]
    pub const CATALOG: u32 = 1;
    pub const PAGES: u32 = 2;
    pub const PAGE: u32 = 3;
    pub const CONTENT: u32 = 4;
    pub const HELVETICA: u32 = 5;
    pub const SONG: u32 = 6;
    pub const SONG_DESCENDANT: u32 = 7;
    pub const SONG_DESCRIPTOR: u32 = 8;
    pub const TO_UNICODE: u32 = 9;
    pub const FORM: u32 = 10;
    /// A text field: the place of delivery.
    pub const DELIVERY: u32 = 11;
    pub const DELIVERY_LOOK: u32 = 12;
    /// Empty signature fields of the two parties.
    pub const BUYER_FIELD: u32 = 13;
    pub const SELLER_FIELD: u32 = 14;
    pub const INFO: u32 = 15;
    pub const SECOND_PAGE: u32 = 16;
    pub const SECOND_CONTENT: u32 = 17;
    /// A form XObject with the terms.
    pub const TERMS: u32 = 18;
    /// The first number that the contract leaves free.
    pub const FREE: u32 = 19;
}
use object::{
    BUYER_FIELD, CATALOG, CONTENT, DELIVERY, DELIVERY_LOOK, FORM, HELVETICA, INFO, PAGE, PAGES,
    SECOND_CONTENT, SECOND_PAGE, SELLER_FIELD, SONG, SONG_DESCENDANT, SONG_DESCRIPTOR, TERMS,
    TO_UNICODE,
};

/// Where the amount stands on the page: left, bottom, right, top.
pub const AMOUNT_PLACE: [u32; 4] = [60, 690, 420, 720];

/// What the page says, with an amount.
pub fn page_text(amount: &str) -> String {
    format!(
        "BT /F1 18 Tf 60 760 Td (Purchase Contract No. 2026-118) Tj ET\n\
         BT /F2 14 Tf 60 700 Td <5408540C91D1989D> Tj /F1 14 Tf ( {amount}) Tj ET\n\
         /Terms Do\n"
    )
}

/// The amount that everybody agreed to.
pub const AMOUNT: &str = "CNY 100,000.00";
/// The amount that the forger would like.
pub const FORGED_AMOUNT: &str = "CNY 900,000.00";

/// Content of 360 by 30 units that covers the amount with another one.
pub fn covering(amount: &str) -> String {
    format!("1 g 0 0 360 30 re f 0 g BT /F1 14 Tf 60 10 Td ({amount}) Tj ET")
}

/// The content stream with the forged amount.
pub fn forged_content() -> Vec<u8> {
    stream("", page_text(FORGED_AMOUNT).as_bytes())
}

/// The catalog, with further keys.
pub fn catalog(keys: &str) -> String {
    format!("<</Type/Catalog/Pages {PAGES} 0 R/AcroForm {FORM} 0 R{keys}>>")
}

/// The page, with further keys.
pub fn page(annotations: &str, keys: &str) -> String {
    page_showing(CONTENT, annotations, keys)
}

/// The page with other content.
pub fn page_showing(content: u32, annotations: &str, keys: &str) -> String {
    format!(
        "<</Type/Page/Parent {PAGES} 0 R/Contents {content} 0 R/Annots[{annotations}]\
         /Resources<</Font<</F1 {HELVETICA} 0 R/F2 {SONG} 0 R>>/XObject<</Terms {TERMS} 0 R>>>>{keys}>>"
    )
}

/// The page's annotations as the contract has them.
pub const ANNOTATIONS: &str = "11 0 R 13 0 R 14 0 R";

/// The form, with its fields.
pub fn form(fields: &str, keys: &str) -> String {
    format!(
        "<</Fields[{fields}]/SigFlags 3/DA(/F1 12 Tf 0 g)/DR<</Font<</F1 {HELVETICA} 0 R>>>>{keys}>>"
    )
}

/// The text field, with a value.
pub fn delivery_field(value: &str, keys: &str) -> String {
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Delivery)/V({value})/DA(/F1 12 Tf 0 g)/F 4\
         /Rect[60 600 360 620]/P {PAGE} 0 R/AP<</N {DELIVERY_LOOK} 0 R>>{keys}>>"
    )
}

/// How the text field looks.
pub fn delivery_look(value: &str) -> Vec<u8> {
    let text = format!("/Tx BMC BT /F1 12 Tf 2 5 Td ({value}) Tj ET EMC");
    form_object([0, 0, 300, 20], &text)
}

/// A form XObject.
pub fn form_object([left, bottom, right, top]: [u32; 4], content: &str) -> Vec<u8> {
    let keys = format!(
        "/Type/XObject/Subtype/Form/BBox[{left} {bottom} {right} {top}]\
         /Resources<</Font<</F1 {HELVETICA} 0 R>>>>"
    );
    stream(&keys, content.as_bytes())
}

/// A signature field merged with its widget.
pub fn signature_field(name: &str, rect: [u32; 4], keys: &str) -> String {
    let [left, bottom, right, top] = rect;
    format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/F 132/Rect[{left} {bottom} {right} {top}]/P {PAGE} 0 R{keys}>>"
    )
}

/// The contract before it is written.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The first line or two.
    pub header: Vec<u8>,
    /// How it says where its objects are.
    pub xref: Xref,
    /// Between lines.
    pub end_of_line: &'static str,
    /// Its objects.
    pub objects: BTreeMap<u32, Vec<u8>>,
    /// Further keys of the trailer.
    pub trailer: String,
}

impl Contract {
    /// The contract as most producers would write it.
    pub fn usual() -> Self {
        let to_unicode = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
            /CMapName /Song def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end";
        let objects: [(u32, Vec<u8>); 18] = [
            (CATALOG, catalog("").into()),
            (
                PAGES,
                format!(
                    "<</Type/Pages/Kids[{PAGE} 0 R {SECOND_PAGE} 0 R]/Count 2/MediaBox[0 0 595 842]>>"
                )
                .into(),
            ),
            (PAGE, page(ANNOTATIONS, "").into()),
            (CONTENT, stream("", page_text(AMOUNT).as_bytes())),
            (HELVETICA, b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec()),
            (
                SONG,
                format!(
                    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H\
                     /DescendantFonts[{SONG_DESCENDANT} 0 R]/ToUnicode {TO_UNICODE} 0 R>>"
                )
                .into(),
            ),
            (
                SONG_DESCENDANT,
                format!(
                    "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light\
                     /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>\
                     /FontDescriptor {SONG_DESCRIPTOR} 0 R/DW 1000>>"
                )
                .into(),
            ),
            (
                SONG_DESCRIPTOR,
                b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]\
                  /ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
                    .to_vec(),
            ),
            (TO_UNICODE, stream("", to_unicode.as_bytes())),
            (FORM, form(ANNOTATIONS, "").into()),
            (DELIVERY, delivery_field("Fuzhou", "").into()),
            (DELIVERY_LOOK, delivery_look("Fuzhou")),
            (BUYER_FIELD, signature_field("Buyer", BUYER_PLACE, "").into()),
            (SELLER_FIELD, signature_field("Seller", SELLER_PLACE, "").into()),
            (INFO, b"<</Title(Purchase Contract)/Producer(Foreign Writer 3.1)>>".to_vec()),
            (
                SECOND_PAGE,
                format!(
                    "<</Type/Page/Parent {PAGES} 0 R/Contents {SECOND_CONTENT} 0 R\
                     /Resources<</Font<</F1 {HELVETICA} 0 R>>>>>>"
                )
                .into(),
            ),
            (SECOND_CONTENT, stream("", b"BT /F1 12 Tf 60 760 Td (Annex: none) Tj ET")),
            (
                TERMS,
                form_object(
                    [0, 0, 595, 842],
                    "BT /F1 12 Tf 60 640 Td (Payment within 30 days) Tj ET",
                ),
            ),
        ];
        Self {
            header: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            xref: Xref::Table,
            end_of_line: "\n",
            objects: objects.into(),
            trailer: format!(
                "/Info {INFO} 0 R/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]"
            ),
        }
    }

    /// Another object, or an object otherwise.
    #[must_use]
    pub fn with(mut self, number: u32, body: impl AsRef<[u8]>) -> Self {
        self.objects.insert(number, body.as_ref().to_vec());
        self
    }

    /// Another kind of cross-reference.
    #[must_use]
    pub fn xref(mut self, xref: Xref) -> Self {
        self.xref = xref;
        self
    }

    /// Written down, unsigned.
    pub fn write(&self) -> Document {
        let mut document = Document::begin(&self.header, self.xref, self.end_of_line);
        document.trailer.clone_from(&self.trailer);
        document.size = self.objects.keys().max().map_or(1, |last| last + 1);
        let mut section = document.section();
        for (number, body) in &self.objects {
            section.object(*number, body);
        }
        section.finish();
        document
    }

    /// Written down and signed by the buyer.
    pub fn signed(&self) -> Document {
        let mut document = self.write();
        Signing::buyer().sign(&mut document);
        document
    }
}

/// Where the seals go.
pub const BUYER_PLACE: [u32; 4] = [60, 100, 180, 220];
/// Where the seals go.
pub const SELLER_PLACE: [u32; 4] = [360, 100, 480, 220];

/// The contract, signed by the buyer: where most attacks begin.
pub fn signed() -> Document {
    Contract::usual().signed()
}

/// How somebody signs.
#[derive(Clone, Debug)]
pub struct Signing {
    /// Object number of the field, which is written anew.
    pub field: u32,
    /// Its name.
    pub name: &'static str,
    /// Its place.
    pub rect: [u32; 4],
    /// What is shown.
    pub label: &'static str,
    /// Signature dictionary; see [`dictionary`].
    pub dictionary: String,
    /// Further objects of the same update.
    pub objects: Vec<(u32, Vec<u8>)>,
}

/// Bytes kept for CMS.
pub const RESERVED: usize = 3_000;
/// Stands where a number of `/ByteRange` will go.
pub const NUMBER: &str = "##########";
/// Stands where a hexadecimal digit of `/Contents` will go.
const DIGIT: u8 = b'@';

/// `/Contents` to be filled.
pub fn contents(reserved: usize) -> String {
    format!("/Contents<{}>", "@".repeat(reserved * 2))
}

/// `/ByteRange` to be filled.
pub fn byte_range() -> String {
    format!("/ByteRange[0 {NUMBER} {NUMBER} {NUMBER}]")
}

/// A signature dictionary to be filled, with further keys.
pub fn dictionary(keys: &str) -> String {
    dictionary_for("ETSI.CAdES.detached", keys)
}

/// A signature dictionary to be filled, for another kind of CMS.
pub fn dictionary_for(sub_filter: &str, keys: &str) -> String {
    format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{sub_filter}{}{}/M({}){keys}>>",
        byte_range(),
        contents(RESERVED),
        SIGNED.pdf()
    )
}

/// The reference by which a signature certifies the document (ISO 32000-2 clause 12.8.2.2).
pub fn certifying(permissions: u8) -> String {
    format!(
        "/Reference[<</Type/SigRef/TransformMethod/DocMDP\
         /TransformParams<</Type/TransformParams/P {permissions}/V/1.2>>>>]"
    )
}

impl Signing {
    /// The buyer's way.
    pub fn buyer() -> Self {
        Self {
            field: BUYER_FIELD,
            name: "Buyer",
            rect: BUYER_PLACE,
            label: "Buyer",
            dictionary: dictionary(""),
            objects: Vec::new(),
        }
    }

    /// The seller's way.
    pub fn seller() -> Self {
        Self {
            field: SELLER_FIELD,
            name: "Seller",
            rect: SELLER_PLACE,
            label: "Seller",
            ..Self::buyer()
        }
    }

    /// The buyer's way of certifying.
    pub fn certify(document: &Document, permissions: u8) -> Self {
        let value = document.size;
        Self {
            dictionary: dictionary(&certifying(permissions)),
            objects: vec![(
                CATALOG,
                catalog(&format!("/Perms<</DocMDP {value} 0 R>>")).into(),
            )],
            ..Self::buyer()
        }
    }

    /// With another dictionary.
    #[must_use]
    pub fn dictionary(mut self, dictionary: impl Into<String>) -> Self {
        self.dictionary = dictionary.into();
        self
    }

    /// With another object in the same update.
    #[must_use]
    pub fn with(mut self, number: u32, body: impl AsRef<[u8]>) -> Self {
        self.objects.push((number, body.as_ref().to_vec()));
        self
    }

    /// Writes the update whose CMS is still open; the signature dictionary gets the next number.
    pub fn prepare(&self, document: &mut Document) {
        let (value, look) = (document.fresh(), document.fresh());
        let mut section = document.section();
        self.write(&mut section, value, look);
        section.finish();
    }

    /// Writes the objects of the update.
    pub fn write(&self, section: &mut Section<'_>, value: u32, look: u32) {
        section.plain(value, &self.dictionary);
        let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
        section.object(self.field, signature_field(self.name, self.rect, &keys));
        let text = format!(
            "1 0 0 RG 60 60 m 58 58 4 4 re S BT /F1 12 Tf 30 55 Td ({}) Tj ET",
            self.label
        );
        section.object(look, form_object([0, 0, 120, 120], &text));
        for (number, body) in &self.objects {
            section.object(*number, body);
        }
    }

    /// Signs with the key of the party that the field is named after.
    pub fn sign(&self, document: &mut Document) {
        let signer = match self.name {
            "Seller" => pki::seller(),
            "Guarantor" => pki::guarantor(),
            _ => pki::buyer(),
        };
        self.sign_as(document, &signer);
    }

    /// Signs with anybody's key.
    pub fn sign_as(&self, document: &mut Document, signer: &Identity) {
        self.prepare(document);
        complete(&mut document.bytes, |content| pades(signer, content));
    }

    /// Signs with any CMS.
    pub fn sign_with(&self, document: &mut Document, make: impl FnOnce(&[u8]) -> Vec<u8>) {
        self.prepare(document);
        complete(&mut document.bytes, make);
    }
}

/// CMS as it should be.
pub fn pades(signer: &Identity, content: &[u8]) -> Vec<u8> {
    Cms::pades(signer, &[&pki::issuing()], Hash::Sha256, content).der()
}

/// Fills the byte range to the end of the file, and CMS over it.
pub fn complete(bytes: &mut [u8], make: impl FnOnce(&[u8]) -> Vec<u8>) {
    let (start, end) = gap(bytes);
    let numbers = [start, end, bytes.len() - end];
    fill_byte_range(bytes, numbers.map(|number| number as u64));
    let signed = [&bytes[..start], &bytes[end..]].concat();
    fill_contents(bytes, &make(&signed));
}

/// From the `<` of the open `/Contents` to past its `>`.
pub fn gap(bytes: &[u8]) -> (usize, usize) {
    let start = find(bytes, b"<@").expect("an open /Contents");
    let end = find_last(bytes, b"@>").expect("an open /Contents");
    (start, end + 2)
}

/// Fills the open byte range.
pub fn fill_byte_range(bytes: &mut [u8], numbers: [u64; 3]) {
    for number in numbers {
        let at = find(bytes, NUMBER.as_bytes()).expect("an open /ByteRange");
        let digits = format!("{number:<10}");
        bytes[at..at + NUMBER.len()].copy_from_slice(digits.as_bytes());
    }
}

/// Fills the open `/Contents`, the rest of it with zeros.
pub fn fill_contents(bytes: &mut [u8], cms: &[u8]) {
    let (start, end) = gap(bytes);
    let mut digits = HEXUPPER.encode(cms).into_bytes().into_iter();
    // Whatever else stands between the digits, such as white space, stays.
    for byte in &mut bytes[start..end] {
        if *byte == DIGIT {
            *byte = digits.next().unwrap_or(b'0');
        }
    }
    assert!(
        digits.next().is_none(),
        "CMS of {} bytes does not fit",
        cms.len()
    );
}
