//! Fonts: encodings, widths, CMaps.

use super::*;

#[test]
fn differences_and_base_encodings() {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</BaseEncoding/MacRomanEncoding\
        /Differences[1/uni7532/u65B9/parenleft 65/fi/.notdef 67/C.alt]>>/FirstChar 0/Widths[0 1000 900 500]>>";
    let file = with_font(
        font,
        b"BT /F 10 Tf 100 200 Td <0102 03> Tj 0 50 Td (A) Tj (B\x8eC) Tj ET",
    );
    assert_eq!(only(&file, "甲方（"), [100.0, 197.5, 124.0, 207.5]);
    assert_eq!(found(&file, "fi").len(), 1);
    assert_eq!(found(&file, "éC").len(), 1);
    assert!(found(&file, "fiéC").is_empty(), "B has no character");
}

#[test]
fn a_width_of_zero_is_no_width() {
    let font = "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 65/Widths[0 0]/FontDescriptor<</MissingWidth 250/Ascent 800/Descent 200>>>>";
    let file = with_font(font, "BT /F 10 Tf 100 200 Td (ABC) Tj ET");
    assert_eq!(only(&file, "C"), [100.0, 198.0, 102.5, 208.0]);
}

#[test]
fn identity_with_to_unicode_and_widths() {
    let map = "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <0002> [<7532> <65B9>] endbfrange \
        1 beginbfchar <0009> <76D67AE0> endbfchar";
    let widths = "/DW 500/W[1[1000 800] 9 9 2000]";
    let file = composite(
        "/Identity-H",
        Some(map),
        widths,
        b"BT /F 10 Tf 100 200 Td <0001 0002 0009 0003> Tj ET",
    );
    assert_eq!(only(&file, "甲方盖章"), [100.0, 198.8, 138.0, 208.8]);
    // One glyph for two characters is found by either.
    assert_eq!(only(&file, "章"), [118.0, 198.8, 138.0, 208.8]);
}

#[test]
fn vertical_writing_runs_downwards() {
    let map = "1 beginbfrange <0001> <0002> [<7532> <65B9>] endbfrange";
    let file = composite(
        "/Identity-V",
        Some(map),
        "",
        b"BT /F 10 Tf 100 200 Td [<0001> 1000 <0002>] TJ ET",
    );
    assert_eq!(only(&file, "甲方"), [95.0, 170.0, 105.0, 200.0]);
}

#[test]
fn embedded_cmaps_divide_and_select() {
    let map = "1 beginbfchar <8141> <7532> endbfchar 1 beginbfchar <41> <65B9> endbfchar";
    let own = "/CMapName/Own def 2 begincodespacerange <00> <7F> <8140> <FEFE> endcodespacerange \
        1 begincidrange <8140> <81FF> 100 endcidrange 1 begincidchar <41> 7 endcidchar";
    let keys = "/Resources<</Font<</F<</Type/Font/Subtype/Type0/BaseFont/X/Encoding 13 0 R/ToUnicode 12 0 R\
        /DescendantFonts[<</Type/Font/Subtype/CIDFontType0/W[7 7 300 101[600]]>>]>>>>>>";
    let content = b"BT /F 10 Tf 100 200 Td <814141> Tj ET";
    let file = document(keys, content, |builder| {
        builder.stream(12, "", map).stream(13, "/Type/CMap", own);
    });
    assert_eq!(only(&file, "甲方"), [100.0, 198.8, 109.0, 208.8]);
}

#[test]
fn unicode_cmaps_need_nothing_else() {
    let text = b"BT /F 10 Tf 100 200 Td <FEFF753265B90041> Tj ET";
    let file = composite("/UniGB-UTF16-H", None, "/W[34[400]]", text);
    assert_eq!(only(&file, "甲方A"), [110.0, 198.8, 134.0, 208.8]);
}

#[test]
fn older_sets_need_tables() {
    let file = composite(
        "/GBK-EUC-H",
        None,
        "/W[814 939 500]",
        b"BT /F 10 Tf 100 200 Td <41BCD7B7BD> Tj ET",
    );
    assert_eq!(
        found(&file, "A甲方").len(),
        usize::from(cfg!(feature = "charsets"))
    );
    let source = Bytes(&file);
    let pdf = Pdf::open(&source, None).expect("it is sound");
    let host = |label: &str, bytes: &[u8]| match (label, bytes) {
        ("gb18030", b"\xbc\xd7") => Some('丁'),
        _ => None,
    };
    let hits = find_keyword_with(pdf.latest(), "A丁", [0], &host).expect("it is readable");
    assert_eq!((hits[0].rect.left, hits[0].rect.right), (100.0, 115.0));
}

#[cfg(feature = "charsets")]
#[test]
fn all_older_sets_are_known() {
    for (encoding, hex, word) in [
        ("GB-EUC-H", "BCD7B7BD", "甲方"),
        ("GBK2K-V", "95328236", "\u{20000}"),
        ("ETen-B5-H", "A5D2A4E8", "甲方"),
        ("90ms-RKSJ-H", "8D6295FB", "甲方"),
        ("KSCms-UHC-H", "CBA3DBB0", "甲方"),
    ] {
        let content = format!("BT /F 10 Tf 100 200 Td <{hex}> Tj ET");
        let file = composite(&format!("/{encoding}"), None, "", content.as_bytes());
        assert_eq!(found(&file, word).len(), 1, "{encoding}");
    }
}

#[test]
fn parameters_can_bring_a_font() {
    let keys = "/Resources<</ExtGState<</G<</Font[10 0 R 10]>>>>>>";
    let file = document(keys, "/G gs BT 100 200 Td (AAAA) Tj ET", |builder| {
        builder.object(10, HELVETICA);
    });
    assert_eq!(only(&file, "AAAA"), [100.0, 197.93, 126.68, 207.18]);
}
