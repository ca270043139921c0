//! Fonts as a text search sees them: how strings divide into glyphs, how wide those are and what they stand for.

mod loading;

use std::collections::BTreeMap;

pub(super) use self::loading::Loader;
use super::{
    cmap::{CMap, Code},
    encoding::Characters,
    fold::{UNKNOWN, fold},
    metrics::StandardFont,
    predefined::Predefined,
};

/// Widths that one font may list: the glyphs that a font can have.
pub(super) const MAX_WIDTHS: usize = 65_536;
/// Heights that fonts claim are cut to these, as viewers do: some claim the box of their tallest glyph.
const ASCENT: core::ops::RangeInclusive<f64> = 200.0..=1050.0;
const DESCENT: core::ops::RangeInclusive<f64> = -400.0..=0.0;

/// A font, loaded.
pub(super) struct Font {
    kind: Kind,
    to_unicode: Option<ToUnicode>,
    /// Over the baseline, in thousandths of the font size.
    pub(super) ascent: f64,
    /// Under the baseline, negative.
    pub(super) descent: f64,
    pub(super) vertical: bool,
}

enum Kind {
    /// One byte is one glyph.
    Simple {
        characters: Box<Characters>,
        widths: SimpleWidths,
        scale: f64,
    },
    /// Codes of any length select CIDs.
    Composite {
        encoding: Encoding,
        widths: CidWidths,
    },
}

enum Encoding {
    Predefined(Predefined),
    Embedded(CMap),
}

enum ToUnicode {
    /// `/Identity-H` and its like, which some producers name here: the codes are UTF-16.
    Identity,
    Map(CMap),
}

struct SimpleWidths {
    first: i64,
    widths: Vec<f64>,
    missing: f64,
    standard: Option<StandardFont>,
}

struct CidWidths {
    /// By their first CID: the widths from there on, or the last CID and the width of all.
    listed: BTreeMap<u32, Run>,
    default: f64,
    /// From `/DW2`: how far down a glyph goes in vertical writing (negative).
    vertical: f64,
}

enum Run {
    Each(Vec<f64>),
    Same { last: u32, width: f64 },
}

/// A glyph that a string shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// In text space for font size 1.
    pub(super) width: f64,
    /// In vertical writing, how far down it goes (negative); in text space for font size 1.
    pub(super) vertical: Option<f64>,
    /// Whether word spacing applies (9.3.3).
    pub(super) is_space: bool,
    /// Bytes of the string used.
    pub(super) length: usize,
}

impl Font {
    /// The first glyph of `bytes`; `None` at the end. Its folded characters are pushed, [`UNKNOWN`] if nobody knows them.
    pub(super) fn show(
        &self,
        bytes: &[u8],
        charsets: &dyn Fn(&str, &[u8]) -> Option<char>,
        push: &mut impl FnMut(char),
    ) -> Option<Shown> {
        let (code, character, width) = match &self.kind {
            Kind::Simple {
                characters,
                widths,
                scale,
            } => {
                let byte = *bytes.first()?;
                let character = characters.get(usize::from(byte)).copied().flatten();
                let code = Code {
                    value: u32::from(byte),
                    length: 1,
                };
                (code, character, widths.width(byte, character) * scale)
            }
            Kind::Composite { encoding, widths } => {
                let (code, character, cid) = match encoding {
                    Encoding::Predefined(map) => {
                        let code = map.code(bytes)?;
                        (code, map.character(code, charsets), map.cid(code))
                    }
                    Encoding::Embedded(map) => {
                        let code = map.code(bytes)?;
                        (code, None, map.cid(code.value))
                    }
                };
                (code, character, widths.width(cid) / 1000.0)
            }
        };
        let mapped = match &self.to_unicode {
            Some(ToUnicode::Identity) => char::from_u32(code.value).map(String::from),
            Some(ToUnicode::Map(map)) => map.text(code.value),
            None => None,
        };
        match mapped
            .or_else(|| character.map(String::from))
            .filter(|text| text != "\0")
        {
            Some(text) => text.chars().for_each(|character| fold(character, push)),
            None => push(UNKNOWN),
        }
        let vertical = match &self.kind {
            Kind::Composite { widths, .. } if self.vertical => Some(widths.vertical / 1000.0),
            _ => None,
        };
        let is_space = code
            == Code {
                value: 32,
                length: 1,
            };
        Some(Shown {
            width,
            vertical,
            is_space,
            length: code.length,
        })
    }

    /// How much it weighs in a cache.
    pub(super) fn weight(&self) -> usize {
        let to_unicode = match &self.to_unicode {
            Some(ToUnicode::Map(map)) => map.mappings(),
            _ => 0,
        };
        let own = match &self.kind {
            Kind::Composite {
                encoding: Encoding::Embedded(map),
                ..
            } => map.mappings(),
            _ => 0,
        };
        let widths = match &self.kind {
            Kind::Composite { widths, .. } => widths.listed.values().map(Run::length).sum(),
            Kind::Simple { widths, .. } => 256 + widths.widths.len(),
        };
        to_unicode + own + widths
    }
}

impl SimpleWidths {
    fn width(&self, byte: u8, character: Option<char>) -> f64 {
        if let Some(standard) = self.standard {
            return standard.width(character);
        }
        let index = i64::from(byte).checked_sub(self.first);
        let index = index.and_then(|index| usize::try_from(index).ok());
        index
            .and_then(|index| self.widths.get(index))
            .copied()
            .unwrap_or(self.missing)
    }
}

impl Run {
    fn length(&self) -> usize {
        match self {
            Self::Each(widths) => 1 + widths.len(),
            Self::Same { .. } => 1,
        }
    }
}

impl CidWidths {
    fn width(&self, cid: Option<u32>) -> f64 {
        let listed = cid.and_then(|cid| {
            let (first, run) = self.listed.range(..=cid).next_back()?;
            match run {
                Run::Each(widths) => widths.get(usize::try_from(cid - first).ok()?).copied(),
                Run::Same { last, width } => (cid <= *last).then_some(*width),
            }
        });
        listed.unwrap_or(self.default)
    }
}
