//! Writes set pages as a PDF with its font inside.

use std::{collections::BTreeMap, fmt::Write as _};

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{
    Content, Date, Filter, Finish as _, Name, Pdf, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap},
};
use scanseal_pki::UnixTime;
use sha2::{Digest, Sha256};

use super::{
    font::{Face, FontError, Used},
    layout::{Document, PAGE, Page},
};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const FONT: Ref = Ref::new(3);
const CID_FONT: Ref = Ref::new(4);
const DESCRIPTOR: Ref = Ref::new(5);
const FONT_FILE: Ref = Ref::new(6);
const TO_UNICODE: Ref = Ref::new(7);
const INFO: Ref = Ref::new(8);
/// Each page has two objects from here on.
const FIRST_PAGE: i32 = 9;
const FONT_NAME: Name<'static> = Name(b"F1");
const PRODUCER: &str = "ScanSeal";
const ORDERING: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};
const LEVEL: u8 = 6;
/// Letters of a subset's name (ISO 32000-2 clause 9.9.2).
const TAG: usize = 6;
/// How bold is drawn with the one face: stroked, in parts of the size.
const BOLD: f32 = 0.03;

/// Sets and writes a contract.
pub(super) fn write(document: &Document, face: &Face, now: UnixTime) -> Result<Vec<u8>, FontError> {
    let characters = document.characters();
    let widths = face.widths(&mut characters.chars())?;
    let pages = document.set(&widths);
    let (used, numbers) = face.use_of(&mut characters.chars())?;
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).lang(TextStr("zh-CN"));
    catalog.viewer_preferences().display_doc_title(true);
    catalog.finish();
    let mut info = pdf.document_info(INFO);
    info.title(TextStr(&document.title))
        .producer(TextStr(PRODUCER));
    if let Some(date) = date(now) {
        info.creation_date(date);
    }
    info.finish();
    let ids: Vec<(Ref, Ref)> = (0..)
        .map(|number| FIRST_PAGE + 2 * number)
        .map(|id| (Ref::new(id), Ref::new(id + 1)))
        .take(pages.len())
        .collect();
    let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    pdf.pages(PAGES)
        .kids(ids.iter().map(|(page, _)| *page))
        .count(count);
    let mut digest = Sha256::new();
    for ((id, content), page) in ids.iter().zip(&pages) {
        let mut written = pdf.page(*id);
        let size = pdf_writer::Rect::new(0.0, 0.0, PAGE[0], PAGE[1]);
        written.parent(PAGES).media_box(size).contents(*content);
        written.resources().fonts().pair(FONT_NAME, FONT);
        written.finish();
        let drawn = draw(page, &numbers);
        digest.update(&drawn);
        let packed = compress_to_vec_zlib(&drawn, LEVEL);
        pdf.stream(*content, &packed).filter(Filter::FlateDecode);
    }
    let id = digest.finalize().to_vec();
    embed(&mut pdf, face, &used)?;
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

fn draw(page: &Page, numbers: &BTreeMap<char, u16>) -> Vec<u8> {
    let mut content = Content::new();
    content.set_line_width(0.6);
    for [from_x, from_y, to_x, to_y] in &page.lines {
        content
            .move_to(*from_x, *from_y)
            .line_to(*to_x, *to_y)
            .stroke();
    }
    for text in &page.texts {
        let mut glyphs = Vec::new();
        for character in text.text.chars() {
            let number = numbers.get(&character).copied().unwrap_or(0);
            glyphs.extend(number.to_be_bytes());
        }
        let mode = if text.bold {
            content.set_line_width(text.size * BOLD);
            TextRenderingMode::FillStroke
        } else {
            TextRenderingMode::Fill
        };
        content
            .begin_text()
            .set_font(FONT_NAME, text.size)
            .set_text_rendering_mode(mode)
            .set_char_spacing(text.spacing)
            .next_line(text.x, text.y)
            .show(Str(&glyphs))
            .end_text();
    }
    content.finish().to_vec()
}

fn embed(pdf: &mut Pdf, face: &Face, used: &Used) -> Result<(), FontError> {
    let subset = face.subset(used)?;
    let name = format!("{}+{}", tag(used), face.name);
    let base = if subset.cff {
        format!("{name}-Identity-H")
    } else {
        name.clone()
    };
    pdf.type0_font(FONT)
        .base_font(Name(base.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(CID_FONT)
        .to_unicode(TO_UNICODE);
    let mut cid = pdf.cid_font(CID_FONT);
    cid.subtype(if subset.cff {
        CidFontType::Type0
    } else {
        CidFontType::Type2
    });
    cid.base_font(Name(name.as_bytes()))
        .system_info(ORDERING)
        .font_descriptor(DESCRIPTOR)
        .default_width(1_000.0);
    if !subset.cff {
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = cid.widths();
    for (number, (_, width)) in &used.glyphs {
        // What is as wide as usual need not be said.
        if (width - 1_000.0).abs() > 0.5 {
            widths.same(*number, *number, *width);
        }
    }
    widths.finish();
    cid.finish();
    let [left, lower, right, upper] = face.bounds;
    let mut descriptor = pdf.font_descriptor(DESCRIPTOR);
    descriptor
        .name(Name(name.as_bytes()))
        .flags(FontFlags::SYMBOLIC)
        .bbox(pdf_writer::Rect::new(left, lower, right, upper))
        .italic_angle(0.0)
        .ascent(face.ascent)
        .descent(face.descent)
        .cap_height(face.ascent)
        .stem_v(80.0);
    if subset.cff {
        descriptor.font_file3(FONT_FILE);
    } else {
        descriptor.font_file2(FONT_FILE);
    }
    descriptor.finish();
    let packed = compress_to_vec_zlib(&subset.bytes, LEVEL);
    let mut file = pdf.stream(FONT_FILE, &packed);
    file.filter(Filter::FlateDecode);
    if subset.cff {
        file.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        let length = i32::try_from(subset.bytes.len()).unwrap_or(i32::MAX);
        file.pair(Name(b"Length1"), length);
    }
    file.finish();
    let mut unicode = UnicodeCmap::new(Name(b"Custom"), ORDERING);
    for (number, (character, _)) in &used.glyphs {
        unicode.pair(*number, *character);
    }
    let unicode = compress_to_vec_zlib(&unicode.finish(), LEVEL);
    pdf.stream(TO_UNICODE, &unicode).filter(Filter::FlateDecode);
    Ok(())
}

/// Six letters that differ where glyphs do.
fn tag(used: &Used) -> String {
    let mut all = String::new();
    for (character, _) in used.glyphs.values() {
        let _never_fails = write!(all, "{character}");
    }
    let digest = Sha256::digest(&all);
    let letter = |byte: &u8| char::from(b'A' + byte % 26);
    digest.iter().take(TAG).map(letter).collect()
}

/// In UTC.
fn date(now: UnixTime) -> Option<Date> {
    let text = now.to_rfc3339();
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u16>().ok();
    let small = |range| u8::try_from(part(range)?).ok();
    Some(
        Date::new(part(0..4)?)
            .month(small(5..7)?)
            .day(small(8..10)?)
            .hour(small(11..13)?)
            .minute(small(14..16)?)
            .second(small(17..19)?)
            .utc_offset_hour(0),
    )
}
