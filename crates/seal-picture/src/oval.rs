//! The oval seal of an enterprise.

use std::f32::consts::PI;

use crate::{
    Colour, Font, SealPart, SealPicture, SealPictureError,
    drawing::{Drawing, glyphs, in_range},
    layout::{Arc, Line},
};

/// The oval seal of an enterprise, for invoices (发票专用章, 40 by 30 mm, with the tax number in the middle) and contracts
/// (合同专用章, 45 by 30 mm).
#[derive(Clone, Debug, PartialEq)]
pub struct OvalSeal {
    /// The full name of the enterprise, [`MIN_NAME`](Self::MIN_NAME) to [`MAX_NAME`](Self::MAX_NAME) characters.
    pub name: String,
    /// What the seal is for, such as 发票专用章: 2 to [`MAX_TITLE`](Self::MAX_TITLE) characters.
    pub title: String,
    /// The code in the middle, such as the unified social credit code: up to [`MAX_CODE`](Self::MAX_CODE) characters.
    pub code: Option<String>,
    /// Outer width in millimetres, 30 to 100.
    pub width: f32,
    /// Outer height in millimetres, 20 to 100, from half the width to the width.
    pub height: f32,
    /// Width of the border in millimetres, 0.3 to 3.
    pub border: f32,
    /// Colour of the ink.
    pub colour: Colour,
}

impl OvalSeal {
    /// The least characters of a name.
    pub const MIN_NAME: usize = 4;
    /// The most characters of a name: more could not be read.
    pub const MAX_NAME: usize = 30;
    /// The most characters of what the seal is for.
    pub const MAX_TITLE: usize = 10;
    /// The most characters of a code: those of older tax numbers.
    pub const MAX_CODE: usize = 20;

    /// A seal of 45 by 30 mm, red, without code.
    #[must_use]
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            code: None,
            width: 45.0,
            height: 30.0,
            border: 1.0,
            colour: Colour::RED,
        }
    }

    /// The seal as a picture at 600 dots per inch.
    ///
    /// # Errors
    /// A text is too short, too long, or has a character that cannot stand on a seal or is not in the font; a measure is out of range.
    pub fn draw(&self, font: &Font) -> Result<SealPicture, SealPictureError> {
        self.drawing(font)?.picture(self.colour)
    }

    /// The seal as an SVG file that needs no font.
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    pub fn svg(&self, font: &Font) -> Result<String, SealPictureError> {
        Ok(self.drawing(font)?.svg(self.colour))
    }

    fn drawing(&self, font: &Font) -> Result<Drawing, SealPictureError> {
        in_range("width", self.width, 30.0, 100.0)?;
        in_range(
            "height",
            self.height,
            (self.width / 2.0).max(20.0),
            self.width,
        )?;
        in_range("border", self.border, 0.3, 3.0)?;
        let name = glyphs(
            font,
            SealPart::Name,
            &self.name,
            Self::MIN_NAME,
            Self::MAX_NAME,
        )?;
        let title = glyphs(font, SealPart::Title, &self.title, 2, Self::MAX_TITLE)?;
        let code = self
            .code
            .as_ref()
            .map(|code| glyphs(font, SealPart::Code, code, 1, Self::MAX_CODE));
        let code = code.transpose()?;

        // Measures below are those of a seal of 30 mm height.
        let unit = self.height / 30.0;
        let half = [self.width / 2.0, self.height / 2.0];
        let mut drawing = Drawing::new([self.width, self.height], 0.09 * unit);
        drawing.ring(half, self.border);

        let squares: f32 = name.iter().map(|glyph| glyph.width).sum();
        let height = (5.2 - 0.07 * (squares - 10.0).max(0.0)).max(3.8) * unit;
        let inset = self.border + 0.5 * unit + height / 2.0;
        let middle = half.map(|half| half - inset);
        let arc = Arc {
            half: middle,
            height,
            widest: 0.86,
            pitch: 5.6 * unit,
            reach: 112.0 * PI / 180.0,
        };
        for (glyph, place) in name.iter().zip(arc.over_top(&name)) {
            drawing.character(glyph, &place);
        }
        if let Some(code) = &code {
            let line = Line {
                middle: 0.6 * unit,
                height: 3.9 * unit,
                widest: 0.9,
                spacing: 1.0,
                length: 2.0 * (middle[0] - height / 2.0) - 2.8 * unit,
            };
            for (glyph, place) in code.iter().zip(line.places(code)) {
                drawing.character(glyph, &place);
            }
        }
        let line = Line {
            middle: (if code.is_some() { 8.0 } else { 5.4 }) * unit,
            height: (if code.is_some() { 4.2 } else { 5.0 }) * unit,
            widest: 0.9,
            spacing: 1.1,
            length: self.width * 0.52,
        };
        for (glyph, place) in title.iter().zip(line.places(&title)) {
            drawing.character(glyph, &place);
        }
        Ok(drawing)
    }
}
