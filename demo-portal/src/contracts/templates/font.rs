//! The Chinese font that contracts are set in: where it is, how wide its characters are, and the part of it that goes into a file.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
    raw::{FileRef, types::Tag},
    string::StringId,
};
use subsetter::GlyphRemapper;

/// Where systems have a Chinese font of their own: the one that books are set in first.
const USUAL: [&str; 8] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
];
/// Of a collection the face with the characters as China writes them.
const SIMPLIFIED: &str = " SC";
/// A font file is tens of megabytes; what is larger is none.
const MAX_FONT: u64 = 128 * 1024 * 1024;

/// Looks for a font: the one that was named, or one that the system has.
pub(crate) fn find(named: Option<&Path>) -> Option<PathBuf> {
    let usual = || USUAL.iter().map(PathBuf::from).find(|path| path.is_file());
    named.map(Path::to_owned).or_else(usual)
}

/// The font cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FontError {
    /// It is no font, or has no characters.
    #[error("it is no font that can be embedded")]
    Broken,
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It cannot be made smaller.
    #[error("it cannot be embedded: {0}")]
    Subset(subsetter::Error),
    /// The file is too large.
    #[error("it has more than {MAX_FONT} bytes")]
    TooLarge,
}

/// A face of a font file, in memory while a contract is set.
pub(crate) struct Face {
    data: Vec<u8>,
    index: u32,
    units: f32,
    /// Its PostScript name.
    pub(super) name: String,
    /// Above and below the line, and the box around all glyphs, in thousandths of the size.
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) bounds: [f32; 4],
}

/// The glyphs of a face that a file has, and the numbers that they have there.
#[derive(Default)]
pub(super) struct Used {
    remapper: GlyphRemapper,
    /// Number, character, width in thousandths.
    pub(super) glyphs: BTreeMap<u16, (char, f32)>,
}

/// The part of a font that goes into a file.
pub(super) struct Subset {
    pub(super) bytes: Vec<u8>,
    /// PostScript outlines (CFF); else TrueType.
    pub(super) cff: bool,
}

impl Face {
    pub(crate) fn read(path: &Path) -> Result<Self, FontError> {
        if std::fs::metadata(path)?.len() > MAX_FONT {
            return Err(FontError::TooLarge);
        }
        let data = std::fs::read(path)?;
        let index = simplified(&data)?;
        let face = FontRef::from_index(&data, index).map_err(|_| FontError::Broken)?;
        let metrics = face.metrics(Size::unscaled(), LocationRef::default());
        let units = f32::from(metrics.units_per_em);
        if units < 1.0 {
            return Err(FontError::Broken);
        }
        let scaled = |value: f32| value * 1_000.0 / units;
        let bounds = metrics.bounds.unwrap_or_default();
        let name = face
            .localized_strings(StringId::POSTSCRIPT_NAME)
            .next()
            .map(|name| name.to_string())
            .unwrap_or_default();
        let name: String = name
            .chars()
            .filter(|character| character.is_ascii_alphanumeric() || *character == '-')
            .collect();
        Ok(Self {
            index,
            units,
            name: if name.is_empty() {
                "Chinese".to_owned()
            } else {
                name
            },
            ascent: scaled(metrics.ascent),
            descent: scaled(metrics.descent),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled),
            data,
        })
    }

    fn font(&self) -> Result<FontRef<'_>, FontError> {
        FontRef::from_index(&self.data, self.index).map_err(|_| FontError::Broken)
    }

    /// The first character of a text that the font does not have.
    pub(super) fn lacks(&self, text: &str) -> Result<Option<char>, FontError> {
        let font = self.font()?;
        let charmap = font.charmap();
        let missing = |character: &char| {
            *character != '\n'
                && charmap
                    .map(*character)
                    .is_none_or(|id| id == GlyphId::NOTDEF)
        };
        Ok(text.chars().find(missing))
    }

    /// How wide characters are, in parts of the size.
    pub(super) fn widths(
        &self,
        characters: &mut dyn Iterator<Item = char>,
    ) -> Result<BTreeMap<char, f32>, FontError> {
        let font = self.font()?;
        let (charmap, metrics) = (
            font.charmap(),
            font.glyph_metrics(Size::unscaled(), LocationRef::default()),
        );
        let width = |character: char| {
            let glyph = charmap.map(character).unwrap_or(GlyphId::NOTDEF);
            metrics.advance_width(glyph).unwrap_or(self.units) / self.units
        };
        Ok(characters
            .map(|character| (character, width(character)))
            .collect())
    }

    /// The glyphs of these characters, for a file; and the number of each.
    pub(super) fn use_of(
        &self,
        characters: &mut dyn Iterator<Item = char>,
    ) -> Result<(Used, BTreeMap<char, u16>), FontError> {
        let font = self.font()?;
        let charmap = font.charmap();
        let mut used = Used::default();
        let mut numbers = BTreeMap::new();
        for (character, width) in self.widths(characters)? {
            let glyph = charmap.map(character).unwrap_or(GlyphId::NOTDEF);
            let glyph = u16::try_from(glyph.to_u32()).map_err(|_| FontError::Broken)?;
            let number = used.remapper.remap(glyph);
            used.glyphs
                .entry(number)
                .or_insert((character, width * 1_000.0));
            numbers.insert(character, number);
        }
        Ok((used, numbers))
    }

    /// The font with these glyphs only.
    pub(super) fn subset(&self, used: &Used) -> Result<Subset, FontError> {
        let bytes =
            subsetter::subset(&self.data, self.index, &used.remapper).map_err(FontError::Subset)?;
        let font = FontRef::new(&bytes).map_err(|_| FontError::Broken)?;
        let outlines = font
            .table_data(Tag::new(b"CFF "))
            .map(|table| table.as_bytes().to_vec());
        Ok(match outlines {
            Some(bytes) => Subset { bytes, cff: true },
            None => Subset { bytes, cff: false },
        })
    }
}

fn simplified(data: &[u8]) -> Result<u32, FontError> {
    let file = FileRef::new(data).map_err(|_| FontError::Broken)?;
    for (index, face) in (0_u32..).zip(file.fonts()) {
        let face = face.map_err(|_| FontError::Broken)?;
        let families = [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME];
        let mut names = families
            .into_iter()
            .flat_map(|id| face.localized_strings(id));
        if names.any(|name| name.to_string().ends_with(SIMPLIFIED)) {
            return Ok(index);
        }
    }
    Ok(0)
}
