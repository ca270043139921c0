//! Cutting a seal out of a photograph.
//!
//! 1. The photograph is decoded, its limits known before a pixel is.
//! 2. On a small copy the colour of the paper is estimated place by place, from what is neither ink nor text, so that shadows and yellow
//!    light cancel out. Ink is what takes away the other colours but leaves its own; grey text takes all alike.
//! 3. Ink that hangs together makes the seal; letterheads and signatures elsewhere on the sheet are left.
//! 4. There the photograph is read at full resolution: ink density becomes opacity.

mod decode;
mod ink;
mod raster;
mod region;

use self::{
    decode::Photo,
    ink::{Hue, Measured, Paper},
    raster::{Rectangle, Rgb},
    region::Region,
};
use crate::{
    Colour, MAX_PICTURE_SIDE, PIXELS_PER_METRE, SealPicture, SealPictureError, drawing::in_range,
};

pub use self::decode::{MAX_PHOTO_BYTES, MAX_PHOTO_SIDE};

/// The least pixels of the longer side of a seal in a photograph: 90 dots per inch on a seal of 42 mm; below, characters are unreadable.
pub const MIN_SEAL_SIDE: u32 = 150;

/// How a seal is cut out of a photograph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutOut {
    /// Which ink to look for.
    pub ink: Ink,
    /// What colour the picture gets.
    pub colour: InkColour,
    /// The longer side of the seal itself on paper, in millimetres, 8 to 100. The picture is a little larger: it has a clear margin.
    pub size: f32,
}

/// Which ink to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Red or blue, whichever there is more of.
    Detect,
    /// Red.
    Red,
    /// Blue.
    Blue,
}

/// What colour the picture of a photographed seal gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InkColour {
    /// [`Colour::RED`] for red ink, [`Colour::BLUE`] for blue ink.
    Usual,
    /// This colour all over.
    Unified(Colour),
    /// As photographed, the light taken out.
    Kept,
}

impl Default for CutOut {
    /// Red or blue ink, in its usual colour, a seal of 42 mm.
    fn default() -> Self {
        Self {
            ink: Ink::Detect,
            colour: InkColour::Usual,
            size: 42.0,
        }
    }
}

/// Cuts the largest seal out of a photograph (PNG or JPEG; EXIF orientation is honoured): the paper becomes clear, the ink as opaque as it
/// is dense.
///
/// A sheet photographed on a table is found on wood of most kinds; red leather and mahogany around it may be taken for ink.
///
/// The picture has about 600 dots per inch or what the photograph has, whichever is less. It is not straightened.
///
/// # Errors
/// The photograph cannot be read, is too large, too small or too dark, or shows no seal of that ink.
pub fn cut_out(photo: &[u8], options: &CutOut) -> Result<SealPicture, SealPictureError> {
    in_range("size", options.size, 8.0, 100.0)?;
    let Photo { pixels, turn } = decode::decode(photo)?;

    let small = pixels.reduced_to(DETECTION_SIDE);
    let paper_hint = Paper::overall(&small)?;
    let measured = |hue| Measured::new(&small, paper_hint, hue);
    let measured = match options.ink {
        Ink::Red => measured(Hue::Red),
        Ink::Blue => measured(Hue::Blue),
        Ink::Detect => {
            let (red, blue) = (measured(Hue::Red), measured(Hue::Blue));
            if red.amount() >= blue.amount() {
                red
            } else {
                blue
            }
        }
    };
    let region = Region::find(
        &measured.strength,
        measured.threshold,
        small.width,
        small.height,
    )?;

    // From the small copy to the photograph, with a margin that the exact edge is then found in.
    let scale = [
        pixels.width as f32 / small.width as f32,
        pixels.height as f32 / small.height as f32,
    ];
    let seal = region.bounds.scaled(scale);
    let longer = seal.width().max(seal.height());
    if longer < MIN_SEAL_SIDE as f32 {
        // Whole pixels; never negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return Err(SealPictureError::PhotoTooSmall {
            pixels: longer as u32,
            least: MIN_SEAL_SIDE,
        });
    }
    let crop = seal
        .grown(longer * 0.04)
        .within(pixels.width as f32, pixels.height as f32);
    let finest = (options.size / 1_000.0 * PIXELS_PER_METRE as f32)
        .min(MAX_PICTURE_SIDE as f32 * 0.9)
        / longer;
    let mut fineness = finest.min(1.0);

    // Noise of a fine photograph may not fit the limit: then it is taken coarser.
    for _attempt in 0..ATTEMPTS {
        let part = pixels.part(crop, fineness);
        let cut = Cut::new(&part, crop, scale, &measured, &region)?;
        match cut.picture(options, measured.hue, turn) {
            Err(SealPictureError::PictureTooLarge) => fineness *= 0.8,
            result => return result,
        }
    }
    Err(SealPictureError::PictureTooLarge)
}

/// The longer side of the copy in which the seal is looked for: enough to tell strokes, quick on a phone.
const DETECTION_SIDE: u32 = 640;
/// From 600 dots per inch to 200: a seal of the greatest size fits by then.
const ATTEMPTS: usize = 6;

/// The seal at its final resolution, upright as the camera's pixels are.
struct Cut {
    /// Opacity.
    coverage: Vec<u8>,
    /// The ink itself, where there is any.
    ink: Vec<[f32; 3]>,
    width: u32,
    height: u32,
    /// Where ink is, in these pixels.
    bounds: Rectangle,
}

impl Cut {
    fn new(
        part: &Rgb,
        crop: Rectangle,
        scale: [f32; 2],
        measured: &Measured,
        region: &Region,
    ) -> Result<Self, SealPictureError> {
        // From a pixel of the part to one of the small copy.
        let step = [
            crop.width() / part.width as f32 / scale[0],
            crop.height() / part.height as f32 / scale[1],
        ];
        let at = |x: u32, y: u32| {
            [
                crop.left / scale[0] + (x as f32 + 0.5) * step[0],
                crop.top / scale[1] + (y as f32 + 0.5) * step[1],
            ]
        };
        let reflectance: Vec<[f32; 3]> = part
            .pixels()
            .map(|(x, y, colour)| measured.paper.reflectance(colour, at(x, y)))
            .collect();
        let smooth = raster::smoothed(&reflectance, part.width, part.height);
        let strength: Vec<f32> = smooth
            .iter()
            .map(|&colour| measured.hue.strength(colour))
            .collect();
        let opacity = ink::Scale::of(&strength, measured.threshold);
        let mut coverage: Vec<f32> = part
            .pixels()
            .zip(&strength)
            .map(|((x, y, _), &strength)| opacity.coverage(strength) * region.weight(at(x, y)))
            .collect();
        region::remove_specks(&mut coverage, part.width, part.height);
        let bounds = region::bounds(&coverage, part.width, part.height, 0.5)
            .ok_or(SealPictureError::NoSeal)?;
        // At full resolution little is left of what is only a tint.
        if bounds.width().max(bounds.height()) < part.width.max(part.height) as f32 / 2.0 {
            return Err(SealPictureError::NoSeal);
        }
        Ok(Self {
            ink: ink::unmixed(measured.hue, &smooth, &coverage),
            coverage: coverage.iter().map(|&part| raster::byte(part)).collect(),
            width: part.width,
            height: part.height,
            bounds,
        })
    }

    fn picture(
        &self,
        options: &CutOut,
        hue: Hue,
        turn: decode::Turn,
    ) -> Result<SealPicture, SealPictureError> {
        let longer = self.bounds.width().max(self.bounds.height()).max(1.0);
        let per_metre = (longer * 1_000.0 / options.size).round();
        let margin = (longer * MARGIN).ceil().max(2.0);
        // Whole numbers of at most MAX_PICTURE_SIDE pixels on at least 8 mm.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let (pixels_per_metre, margin, left, top, width, height) = (
            per_metre as u32,
            margin as i64,
            self.bounds.left as i64,
            self.bounds.top as i64,
            self.bounds.width() as i64,
            self.bounds.height() as i64,
        );
        // Where the margin reaches over the photograph's edge it is clear.
        let inside = |x: i64, y: i64| {
            let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
            (x < self.width && y < self.height)
                .then(|| y as usize * self.width as usize + x as usize)
        };
        let indices: Vec<Option<usize>> = (top - margin..top + height + margin)
            .flat_map(|y| (left - margin..left + width + margin).map(move |x| (x, y)))
            .map(|(x, y)| inside(x, y))
            .collect();
        let side = |length: i64| {
            u32::try_from(length + 2 * margin).map_err(|_error| SealPictureError::PictureTooLarge)
        };
        let (indices, size) = turn.apply(&indices, (side(width)?, side(height)?));
        let coverage: Vec<u8> = indices
            .iter()
            .map(|index| {
                index
                    .and_then(|index| self.coverage.get(index))
                    .map_or(0, |&part| part)
            })
            .collect();
        let unified = match options.colour {
            InkColour::Usual => hue.usual(),
            InkColour::Unified(colour) => colour,
            InkColour::Kept => {
                let mut pixels = Vec::with_capacity(coverage.len() * 4);
                for (index, &part) in indices.iter().zip(&coverage) {
                    let ink = index.and_then(|index| self.ink.get(index));
                    let [red, green, blue] = match ink {
                        // The last bits are noise and cost most of the file.
                        Some(ink) if part > 0 => ink.map(|part| raster::byte(part) & 0xF8 | 4),
                        _ => [0; 3],
                    };
                    pixels.extend([red, green, blue, part]);
                }
                return SealPicture::of_colours(&pixels, size, pixels_per_metre);
            }
        };
        SealPicture::of_one_colour(&coverage, size, pixels_per_metre, unified)
    }
}

/// The clear margin around the seal, as a part of its longer side.
const MARGIN: f32 = 0.012;
