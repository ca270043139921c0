//! The round seal of an enterprise.

use std::f32::consts::PI;

use crate::{
    Colour, Font, SealPart, SealPicture, SealPictureError,
    drawing::{Drawing, glyphs, in_range},
    layout::{Arc, Line, around_bottom},
};

/// The round seal of an enterprise (公章): its name along the upper arc, a five-pointed star in the middle, below it the name of the
/// seal if it has one, on the lower arc the registration number if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct CompanySeal {
    /// The full name of the enterprise, [`MIN_NAME`](Self::MIN_NAME) to [`MAX_NAME`](Self::MAX_NAME) characters.
    pub name: String,
    /// The name of the seal, such as 合同专用章 or 财务专用章; the company's main seal bears none.
    pub title: Option<String>,
    /// The number under which the police registered the seal: 13 digits.
    pub number: Option<String>,
    /// Outer diameter in millimetres, 20 to 100; enterprises use 40 to 42.
    pub diameter: f32,
    /// Width of the border in millimetres, 0.3 to 3.
    pub border: f32,
    /// Colour of the ink.
    pub colour: Colour,
}

impl CompanySeal {
    /// The least characters of a name.
    pub const MIN_NAME: usize = 4;
    /// The most characters of a name: more could not be read at 42 mm.
    pub const MAX_NAME: usize = 30;
    /// The most characters of the seal's own name: more would run into the arc.
    pub const MAX_TITLE: usize = 10;

    /// The main seal of an enterprise: 42 mm, red, without title and number.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: None,
            number: None,
            diameter: 42.0,
            border: 1.2,
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
        in_range("diameter", self.diameter, 20.0, 100.0)?;
        in_range("border", self.border, 0.3, 3.0)?;
        let name = glyphs(
            font,
            SealPart::Name,
            &self.name,
            Self::MIN_NAME,
            Self::MAX_NAME,
        )?;
        let title = self
            .title
            .as_ref()
            .map(|title| glyphs(font, SealPart::Title, title, 2, Self::MAX_TITLE));
        let title = title.transpose()?;
        let number = self
            .number
            .as_ref()
            .map(|number| registration(font, number));
        let number = number.transpose()?;

        // Measures below are those of a seal of 42 mm; others are drawn larger or smaller.
        let unit = self.diameter / 42.0;
        let radius = self.diameter / 2.0;
        let squares: f32 = name.iter().map(|glyph| glyph.width).sum();
        // Strokes of narrowed characters stand close enough as they are.
        let weight = (0.1 - 0.005 * (squares - 12.0).max(0.0)).max(0.02);
        let mut drawing = Drawing::new([self.diameter; 2], weight * unit);
        drawing.ring([radius; 2], self.border);

        // Long names are a little lower, so that their feet are less crowded.
        let height = (6.6 - 0.075 * (squares - 10.0).max(0.0)).max(5.2) * unit;
        let edge = radius - self.border - 0.75 * unit;
        let middle = edge - height / 2.0;
        let reach = match (&title, &number) {
            (Some(_), _) => 121.0_f32,
            (None, Some(_)) => 134.0,
            (None, None) => 142.0,
        };
        let arc = Arc {
            half: [middle; 2],
            height,
            widest: 0.9,
            pitch: middle * 27.0_f32.to_radians(),
            reach: reach * PI / 180.0,
        };
        for (glyph, place) in name.iter().zip(arc.over_top(&name)) {
            drawing.character(glyph, &place);
        }

        drawing.star(7.0 * unit);

        if let Some(title) = &title {
            let line = Line {
                middle: (if number.is_some() { 10.4 } else { 11.2 }) * unit,
                height: 4.4 * unit,
                widest: 0.86,
                spacing: 1.06,
                length: 19.5 * unit,
            };
            for (glyph, place) in title.iter().zip(line.places(title)) {
                drawing.character(glyph, &place);
            }
        }
        if let Some(number) = &number {
            let scale = [1.9 * unit, 2.0 * unit];
            let places = around_bottom(number, edge - 0.65 * unit, scale, 1.55 * unit);
            for (glyph, place) in number.iter().zip(places) {
                drawing.character(glyph, &place);
            }
        }
        Ok(drawing)
    }
}

fn registration(font: &Font, number: &str) -> Result<Vec<crate::font::Glyph>, SealPictureError> {
    if number.len() != 13 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SealPictureError::NumberNotThirteenDigits);
    }
    glyphs(font, SealPart::Code, number, 13, 13)
}
