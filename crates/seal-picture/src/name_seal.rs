//! The square seal with a person's name.

use crate::{
    Colour, Font, SealPart, SealPicture, SealPictureError,
    drawing::{Drawing, glyphs, in_range},
    font::Place,
};

/// The square seal with a person's name, as of the legal representative (法人章): read from top to bottom, right column first.
///
/// Two characters stand in two columns; of three the first fills the right column; four make a square, such as a name of two or three
/// characters with 之印 or 印 after it.
#[derive(Clone, Debug, PartialEq)]
pub struct NameSeal {
    /// The name: 2 to 4 characters.
    pub name: String,
    /// Whether the characters or the ground are printed.
    pub relief: Relief,
    /// Outer side in millimetres, 8 to 60; legal representatives use 18 to 20.
    pub side: f32,
    /// Colour of the ink.
    pub colour: Colour,
}

/// What a name seal prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relief {
    /// 朱文: red characters in a red frame.
    Raised,
    /// 白文: characters left clear in a red ground.
    Carved,
}

impl NameSeal {
    /// A raised seal of 20 mm in red.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            relief: Relief::Raised,
            side: 20.0,
            colour: Colour::RED,
        }
    }

    /// The seal as a picture at 600 dots per inch.
    ///
    /// # Errors
    /// The name is too short, too long, or has a character that cannot stand on a seal or is not in the font; the side is out of range.
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
        in_range("side", self.side, 8.0, 60.0)?;
        let name = glyphs(font, SealPart::Name, &self.name, 2, 4)?;

        // Measures below are those of a seal of 20 mm.
        let unit = self.side / 20.0;
        let rounding = 0.5 * unit;
        let mut drawing = Drawing::new([self.side; 2], 0.12 * unit);
        let inner = match self.relief {
            Relief::Raised => {
                drawing.frame(self.side, 1.0 * unit, rounding);
                16.9 * unit
            }
            Relief::Carved => {
                drawing = drawing.carved();
                drawing.block(self.side, rounding);
                17.4 * unit
            }
        };

        // How many characters stand in the right column and in the left.
        let columns = match name.len() {
            2 => [1, 1],
            3 => [1, 2],
            _ => [2, 2],
        };
        // A character alone in its column is drawn out, but not to twice its width.
        let mut rest = name.as_slice();
        let half = inner / 2.0;
        for (column, count) in columns.into_iter().enumerate() {
            let (these, others) = rest.split_at(count.min(rest.len()));
            rest = others;
            let x = if column == 0 { half / 2.0 } else { -half / 2.0 };
            let cell = inner / count as f32;
            for (row, glyph) in these.iter().enumerate() {
                let place = Place {
                    centre: [x, (row as f32 + 0.5) * cell - half],
                    angle: 0.0,
                    scale: [half * 1.05, cell * 1.05],
                    middle: None,
                };
                drawing.character(glyph, &place);
            }
        }
        Ok(drawing)
    }
}
