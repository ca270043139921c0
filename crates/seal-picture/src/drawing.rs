//! From shapes in millimetres to SVG and pixels.

use std::fmt::Write;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::{
    Colour, Font, SealPart, SealPicture, SealPictureError,
    font::{Glyph, Place},
    picture::PIXELS_PER_METRE,
};

/// Shapes of one colour on a clear ground; the origin is the middle, y goes downwards, units are millimetres.
pub(crate) struct Drawing {
    size: [f32; 2],
    /// Characters are thickened by this, half of it on either side of an edge.
    weight: f32,
    shapes: String,
    /// Outlines of characters.
    text: String,
    /// Characters are left out of the shapes instead of drawn.
    carved: bool,
}

impl Drawing {
    pub(crate) fn new(size: [f32; 2], weight: f32) -> Self {
        Self {
            size,
            weight,
            shapes: String::new(),
            text: String::new(),
            carved: false,
        }
    }

    /// The same, with the characters left out of the shapes.
    pub(crate) fn carved(mut self) -> Self {
        self.carved = true;
        self
    }

    /// An elliptic ring of the given thickness whose outer edge has these half axes.
    pub(crate) fn ring(&mut self, half: [f32; 2], thickness: f32) {
        let (rx, ry) = (half[0] - thickness / 2.0, half[1] - thickness / 2.0);
        let _infallible = write!(
            self.shapes,
            r#"<ellipse rx="{rx:.3}" ry="{ry:.3}" fill="none" stroke="currentColor" stroke-width="{thickness:.3}"/>"#
        );
    }

    /// A square frame of the given thickness, corners a little rounded as engravers leave them.
    pub(crate) fn frame(&mut self, side: f32, thickness: f32, rounding: f32) {
        let (corner, side) = (-(side - thickness) / 2.0, side - thickness);
        let _infallible = write!(
            self.shapes,
            r#"<rect x="{corner:.3}" y="{corner:.3}" width="{side:.3}" height="{side:.3}" rx="{rounding:.3}" fill="none" stroke="currentColor" stroke-width="{thickness:.3}"/>"#
        );
    }

    /// A full square with rounded corners.
    pub(crate) fn block(&mut self, side: f32, rounding: f32) {
        let corner = -side / 2.0;
        let _infallible = write!(
            self.shapes,
            r#"<rect x="{corner:.3}" y="{corner:.3}" width="{side:.3}" height="{side:.3}" rx="{rounding:.3}"/>"#
        );
    }

    /// A regular five-pointed star standing on two points, its points at `radius` from the middle of the drawing.
    pub(crate) fn star(&mut self, radius: f32) {
        /// Inner to outer radius where the edges of opposite points lie on one line: (3 - √5) / 2.
        const WAIST: f32 = 0.381_966;
        let mut path = String::new();
        for corner in 0_u8..10 {
            let distance = if corner % 2 == 0 {
                radius
            } else {
                radius * WAIST
            };
            let (sine, cosine) = (f32::from(corner) * std::f32::consts::PI / 5.0).sin_cos();
            let letter = if corner == 0 { 'M' } else { 'L' };
            let _infallible = write!(
                path,
                "{letter}{:.3} {:.3}",
                distance * sine,
                -distance * cosine
            );
        }
        let _infallible = write!(self.shapes, r#"<path d="{path}Z"/>"#);
    }

    pub(crate) fn character(&mut self, glyph: &Glyph, place: &Place) {
        glyph.write(place, &mut self.text);
    }

    /// Where the characters stand for nothing but themselves: the drawing as an SVG file that needs no font.
    pub(crate) fn svg(&self, colour: Colour) -> String {
        let [width, height] = self.size;
        let (left, top) = (-width / 2.0, -height / 2.0);
        let (shapes, text, weight) = (&self.shapes, &self.text, self.weight);
        let path = |fill: &str| {
            format!(
                r#"<path d="{text}" fill="{fill}" stroke="{fill}" stroke-width="{weight:.3}" stroke-linejoin="round"/>"#
            )
        };
        let head = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.3}mm" height="{height:.3}mm" viewBox="{left:.3} {top:.3} {width:.3} {height:.3}" color="{colour}" fill="{colour}">"#
        );
        if self.carved {
            let letters = path("black");
            format!(
                r#"{head}<mask id="carved" maskUnits="userSpaceOnUse" x="{left:.3}" y="{top:.3}" width="{width:.3}" height="{height:.3}"><rect x="{left:.3}" y="{top:.3}" width="{width:.3}" height="{height:.3}" fill="white"/>{letters}</mask><g mask="url(#carved)">{shapes}</g></svg>"#
            )
        } else {
            let letters = path("currentColor");
            format!("{head}{shapes}{letters}</svg>")
        }
    }

    /// The drawing in pixels, at 600 dots per inch.
    pub(crate) fn picture(&self, colour: Colour) -> Result<SealPicture, SealPictureError> {
        let per_millimetre = PIXELS_PER_METRE as f32 / 1_000.0;
        // Sizes are limited to 100 mm by those who call: 2,362 pixels.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pixels = self
            .size
            .map(|millimetres| (millimetres * per_millimetre).round().max(1.0) as u32);
        let [width, height] = pixels;
        let (Ok(tree), Some(mut pixmap)) = (
            Tree::from_str(&self.svg(colour), &Options::default()),
            Pixmap::new(width, height),
        ) else {
            // Only a glyph with impossible measures makes an SVG that cannot be read.
            return Err(SealPictureError::FontBroken);
        };
        let size = tree.size();
        let transform =
            Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&tree, transform, &mut pixmap.as_mut());
        let coverage: Vec<u8> = pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect();
        SealPicture::of_one_colour(&coverage, (width, height), PIXELS_PER_METRE, colour)
    }
}

/// The glyphs of a checked text.
pub(crate) fn glyphs(
    font: &Font,
    part: SealPart,
    text: &str,
    least: usize,
    most: usize,
) -> Result<Vec<Glyph>, SealPictureError> {
    font.glyphs(part, &crate::text::check(part, text, least, most)?)
}

/// Refuses a measure outside its range; what is not a number is outside.
pub(crate) fn in_range(
    what: &'static str,
    value: f32,
    least: f32,
    most: f32,
) -> Result<(), SealPictureError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(SealPictureError::SizeOutOfRange { what, least, most })
    }
}
