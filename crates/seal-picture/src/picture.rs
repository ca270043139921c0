//! A finished picture: PNG with transparency, knowing its size on paper.

use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};

use crate::{Colour, SealPictureError};

/// The most bytes of a picture: what a PDF takes as the picture of a seal.
pub const MAX_PICTURE_BYTES: usize = 1024 * 1024;
/// The most pixels a side of a picture: what a PDF takes as the picture of a seal.
pub const MAX_PICTURE_SIDE: u32 = 4_096;
/// Pixels per metre at 600 dots per inch, the resolution of seals that are drawn.
pub const PIXELS_PER_METRE: u32 = 23_622;

/// The picture of a seal as PNG with transparency. Its size on paper is in the file (chunk `pHYs`).
#[derive(Clone, PartialEq, Eq)]
pub struct SealPicture {
    png: Vec<u8>,
    width: u32,
    height: u32,
    pixels_per_metre: u32,
}

impl SealPicture {
    /// The bytes of the PNG file, at most [`MAX_PICTURE_BYTES`].
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// The bytes of the PNG file, to keep.
    #[must_use]
    pub fn into_png(self) -> Vec<u8> {
        self.png
    }

    /// Width in pixels, at most [`MAX_PICTURE_SIDE`].
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at most [`MAX_PICTURE_SIDE`].
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The resolution: [`PIXELS_PER_METRE`] for seals that are drawn; for one cut out of a photograph no more than the photograph has,
    /// and less where the file would be too large.
    #[must_use]
    pub fn pixels_per_metre(&self) -> u32 {
        self.pixels_per_metre
    }

    /// Width and height on paper, in millimetres.
    #[must_use]
    pub fn size(&self) -> (f32, f32) {
        let millimetres =
            |pixels: u32| pixels as f32 * 1_000.0 / self.pixels_per_metre.max(1) as f32;
        (millimetres(self.width), millimetres(self.height))
    }

    /// Encodes ink of one colour; `coverage` says for every pixel how much of it there is.
    ///
    /// All entries of the palette are that colour and differ in transparency only: one byte for a pixel, nothing lost.
    pub(crate) fn of_one_colour(
        coverage: &[u8],
        size: (u32, u32),
        pixels_per_metre: u32,
        colour: Colour,
    ) -> Result<Self, SealPictureError> {
        let palette = [colour.red, colour.green, colour.blue].repeat(256);
        let transparency: Vec<u8> = (0..=u8::MAX).collect();
        Self::encode(coverage, size, pixels_per_metre, |encoder| {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(palette);
            encoder.set_trns(transparency);
        })
    }

    /// Encodes pixels of red, green, blue and coverage.
    pub(crate) fn of_colours(
        pixels: &[u8],
        size: (u32, u32),
        pixels_per_metre: u32,
    ) -> Result<Self, SealPictureError> {
        Self::encode(pixels, size, pixels_per_metre, |encoder| {
            encoder.set_color(ColorType::Rgba);
        })
    }

    fn encode(
        data: &[u8],
        (width, height): (u32, u32),
        pixels_per_metre: u32,
        kind: impl FnOnce(&mut Encoder<'static, &mut Vec<u8>>),
    ) -> Result<Self, SealPictureError> {
        let mut png = Vec::new();
        let mut encoder = Encoder::new(&mut png, width, height);
        kind(&mut encoder);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::Balanced);
        encoder.set_pixel_dims(Some(PixelDimensions {
            xppu: pixels_per_metre,
            yppu: pixels_per_metre,
            unit: Unit::Meter,
        }));
        // Writing into memory fails only for measures that no picture of ours has: none, or more than the data.
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(data)?;
            writer.finish()
        });
        if written.is_err() || png.len() > MAX_PICTURE_BYTES {
            return Err(SealPictureError::PictureTooLarge);
        }
        Ok(Self {
            png,
            width,
            height,
            pixels_per_metre,
        })
    }
}

impl std::fmt::Debug for SealPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealPicture")
            .field("bytes", &self.png.len())
            .field("width", &self.width)
            .field("height", &self.height)
            .field("pixels_per_metre", &self.pixels_per_metre)
            .finish()
    }
}
