//! Glyphs of a font that the caller holds in memory.

use std::{fmt::Write, sync::Arc};

use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
    outline::{DrawSettings, OutlinePen},
    raw::FileRef,
    string::StringId,
};

use crate::{SealPart, SealPictureError, text::is_square};

/// One face of a font file.
///
/// The bytes are shared, never copied: `Arc::new(vec)` serves, and so does a file mapped into memory.
#[derive(Clone)]
pub struct Font {
    data: Arc<dyn AsRef<[u8]> + Send + Sync>,
    index: u32,
}

impl Font {
    /// Takes the face of `family` out of a TTF, OTF or TTC file; without a family, the first.
    ///
    /// A collection holds the same characters as different countries write them: for Chinese seals name the Simplified Chinese one,
    /// such as `Noto Serif CJK SC`.
    ///
    /// # Errors
    /// The bytes are not a font, or hold no such family.
    pub fn new(
        data: Arc<dyn AsRef<[u8]> + Send + Sync>,
        family: Option<&str>,
    ) -> Result<Self, SealPictureError> {
        let file = FileRef::new((*data).as_ref()).map_err(|_error| SealPictureError::FontBroken)?;
        let mut present = Vec::new();
        let mut found = None;
        for (index, face) in (0_u32..).zip(file.fonts()) {
            let face = face.map_err(|_error| SealPictureError::FontBroken)?;
            let Some(family) = family else {
                found = Some(index);
                break;
            };
            let names = || {
                [StringId::TYPOGRAPHIC_FAMILY_NAME, StringId::FAMILY_NAME]
                    .into_iter()
                    .flat_map(|id| face.localized_strings(id))
            };
            if names().any(|name| name.chars().eq(family.chars())) {
                found = Some(index);
                break;
            }
            if let Some(name) = names().next() {
                present.push(name.to_string());
            }
        }
        match (found, family) {
            (Some(index), _) => Ok(Self { data, index }),
            (None, Some(family)) => Err(SealPictureError::FontFamilyMissing {
                family: family.to_owned(),
                present,
            }),
            (None, None) => Err(SealPictureError::FontBroken),
        }
    }

    /// The glyphs of a text, one for each character.
    pub(crate) fn glyphs(
        &self,
        part: SealPart,
        characters: &[char],
    ) -> Result<Vec<Glyph>, SealPictureError> {
        let face = FontRef::from_index((*self.data).as_ref(), self.index)
            .map_err(|_error| SealPictureError::FontBroken)?;
        let (charmap, outlines) = (face.charmap(), face.outline_glyphs());
        let units = face
            .metrics(Size::unscaled(), LocationRef::default())
            .units_per_em;
        if units == 0 {
            return Err(SealPictureError::FontBroken);
        }
        let mut glyphs = Vec::with_capacity(characters.len());
        for (index, &character) in characters.iter().enumerate() {
            if character == ' ' {
                glyphs.push(Glyph::space());
                continue;
            }
            // Glyph 0 is the box that stands for missing ones.
            let outline = charmap
                .map(character)
                .filter(|id| id.to_u32() != 0)
                .and_then(|id| outlines.get(id))
                .ok_or(SealPictureError::CharacterNotInFont {
                    part,
                    character,
                    position: index + 1,
                })?;
            let mut pen = Pen {
                scale: 1.0 / f32::from(units),
                segments: Vec::new(),
            };
            outline
                .draw(
                    DrawSettings::unhinted(Size::unscaled(), LocationRef::default()),
                    &mut pen,
                )
                .map_err(|_error| SealPictureError::FontBroken)?;
            let glyph = Glyph::new(character, pen.segments);
            // A blank glyph for a character with a shape is a missing one, too.
            glyphs.push(glyph.ok_or(SealPictureError::CharacterNotInFont {
                part,
                character,
                position: index + 1,
            })?);
        }
        Ok(glyphs)
    }
}

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Font")
            .field("bytes", &(*self.data).as_ref().len())
            .field("index", &self.index)
            .finish()
    }
}

/// The outline of a character, in units of the font's size, y upwards from the baseline.
pub(crate) struct Glyph {
    segments: Vec<Segment>,
    /// The width it takes in a line.
    pub(crate) width: f32,
    /// The middle of that width.
    middle: f32,
    /// Lowest and highest point of the ink.
    pub(crate) ink: (f32, f32),
}

/// The middle of the square that Chinese characters fill: fonts set it from 0.12 below the baseline to 0.88 above.
const SQUARE_MIDDLE: f32 = 0.38;
/// Air on both sides of a character that is as wide as its ink.
const SIDE_BEARINGS: f32 = 0.16;
/// How much a space takes.
const SPACE: f32 = 0.4;

impl Glyph {
    fn new(character: char, segments: Vec<Segment>) -> Option<Self> {
        let mut points = segments.iter().flat_map(Segment::points);
        let &first = points.next()?;
        let (low, high) = points.fold((first, first), |(low, high), &[x, y]| {
            (
                [low[0].min(x), low[1].min(y)],
                [high[0].max(x), high[1].max(y)],
            )
        });
        let (width, middle) = if is_square(character) {
            (1.0, 0.5)
        } else {
            (
                high[0] - low[0] + SIDE_BEARINGS,
                f32::midpoint(low[0], high[0]),
            )
        };
        Some(Self {
            segments,
            width,
            middle,
            ink: (low[1], high[1]),
        })
    }

    fn space() -> Self {
        Self {
            segments: Vec::new(),
            width: SPACE,
            middle: 0.0,
            ink: (0.0, 0.0),
        }
    }

    /// Writes the outline as SVG path data.
    pub(crate) fn write(&self, place: &Place, path: &mut String) {
        let (sine, cosine) = place.angle.sin_cos();
        let raised = place.middle.unwrap_or(SQUARE_MIDDLE);
        let point = |&[x, y]: &[f32; 2]| {
            let across = (x - self.middle) * place.scale[0];
            let down = (raised - y) * place.scale[1];
            (
                place.centre[0] + across * cosine - down * sine,
                place.centre[1] + across * sine + down * cosine,
            )
        };
        for segment in &self.segments {
            path.push(segment.letter());
            for at in segment.points() {
                let (x, y) = point(at);
                // Writing into a string does not fail. Three digits after the point are micrometres.
                let _infallible = write!(path, "{x:.3} {y:.3} ");
            }
        }
    }
}

/// Where a character stands, in millimetres, y downwards.
pub(crate) struct Place {
    /// The middle of the character's square.
    pub(crate) centre: [f32; 2],
    /// Clockwise, in radians.
    pub(crate) angle: f32,
    /// Width and height of a full square.
    pub(crate) scale: [f32; 2],
    /// The height in the glyph that comes to the centre, if not the middle of the square.
    pub(crate) middle: Option<f32>,
}

enum Segment {
    Move([[f32; 2]; 1]),
    Line([[f32; 2]; 1]),
    Quadratic([[f32; 2]; 2]),
    Cubic([[f32; 2]; 3]),
    Close,
}

impl Segment {
    fn letter(&self) -> char {
        match self {
            Self::Move(_) => 'M',
            Self::Line(_) => 'L',
            Self::Quadratic(_) => 'Q',
            Self::Cubic(_) => 'C',
            Self::Close => 'Z',
        }
    }

    fn points(&self) -> &[[f32; 2]] {
        match self {
            Self::Move(points) | Self::Line(points) => points,
            Self::Quadratic(points) => points,
            Self::Cubic(points) => points,
            Self::Close => &[],
        }
    }
}

struct Pen {
    scale: f32,
    segments: Vec<Segment>,
}

impl Pen {
    fn point(&self, x: f32, y: f32) -> [f32; 2] {
        [x * self.scale, y * self.scale]
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let points = [self.point(x, y)];
        self.segments.push(Segment::Move(points));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let points = [self.point(x, y)];
        self.segments.push(Segment::Line(points));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let points = [self.point(cx0, cy0), self.point(x, y)];
        self.segments.push(Segment::Quadratic(points));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let points = [self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y)];
        self.segments.push(Segment::Cubic(points));
    }

    fn close(&mut self) {
        self.segments.push(Segment::Close);
    }
}
