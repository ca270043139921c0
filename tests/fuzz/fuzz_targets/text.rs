//! Keyword search: content and fonts as strangers write them. The first byte says which font shows the text; the rest is content,
//! then, after a line `%map`, the CMap that the font has as `ToUnicode` and, for one kind, as its encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_pades::{
    Bytes,
    file::Pdf,
    testing::Builder,
    text::{MAX_HITS, find_keyword},
};

const FONTS: [&str; 8] = [
    "/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding",
    "/TrueType/BaseFont/X/FirstChar 32/Widths[250 0 -10 9e9]/FontDescriptor<</Ascent 9999/Descent 9>>",
    "/Type3/FontMatrix[.1 0 0 -.1 0 0]/FontBBox[0 0 9 9]/Encoding<</Differences[65/x/uni7532]>>/ToUnicode 7 0 R",
    "/Type1/BaseFont/X/FontDescriptor<</FontFile 7 0 R>>",
    "/Type0/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[<</W[0[500 600]9 99 0]>>]",
    "/Type0/Encoding/Identity-V/ToUnicode 7 0 R/DescendantFonts[<</DW2[0 0]>>]",
    "/Type0/Encoding/GBK-EUC-H/DescendantFonts[<<>>]",
    "/Type0/Encoding 7 0 R/ToUnicode 7 0 R/DescendantFonts[<</W[0[500]]>>]",
];

fuzz_target!(|input: &[u8]| {
    let Some((selector, rest)) = input.split_first() else {
        return;
    };
    let marker = b"%map";
    let at = rest
        .windows(marker.len())
        .position(|window| window == marker);
    let (content, map) = rest.split_at(at.unwrap_or(rest.len()));
    let font = FONTS[usize::from(selector % 8)];
    let resources = format!("<</Font<</F<</Type/Font/Subtype{font}>>>>/XObject<</X 6 0 R>>>>");
    let mut builder = Builder::new();
    builder
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(
            2,
            "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>>",
        )
        .object(
            3,
            format!("<</Type/Page/Parent 2 0 R/Contents[4 0 R 5 0 R]/Resources{resources}>>"),
        )
        .stream(4, "", "/F 10 Tf")
        .stream(5, "", content)
        .stream(
            6,
            "/Subtype/Form/Matrix[.5 0 0 .5 9 9]",
            "BT 50 50 Td (xAx) Tj ET",
        )
        .stream(7, "", map)
        .table("/Root 1 0 R");
    let file = builder.bytes();
    let source = Bytes(&file);
    let pdf = Pdf::open(&source, None).expect("the frame is sound");
    let Ok(hits) = find_keyword(pdf.latest(), "x", [0]) else {
        return;
    };
    assert!(hits.len() <= MAX_HITS);
    for (hit, expected) in hits.iter().zip(1..) {
        assert_eq!((hit.page, hit.occurrence), (0, expected));
        // The middle of a glyph is on the page, so its box reaches into it.
        assert!(hit.rect.left <= hit.rect.right && hit.rect.bottom <= hit.rect.top);
        assert!(hit.rect.left <= 600.0 && hit.rect.right >= 0.0);
        assert!(hit.rect.bottom <= 800.0 && hit.rect.top >= 0.0);
    }
});
