//! From the bytes of a photograph to its pixels.

use std::io::Cursor;

use png::{ColorType, Transformations};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::raster::Rgb;
use crate::SealPictureError;

/// The most bytes of a photograph: three times what phones make of 50 million pixels.
pub const MAX_PHOTO_BYTES: usize = 20 * 1024 * 1024;
/// The most pixels a side of a photograph: phones make up to 8,192. Decoded, the largest takes 256 MiB.
pub const MAX_PHOTO_SIDE: u32 = 8_192;
/// The least pixels a side of a photograph: one pixel less than a seal needs cannot hold one.
const MIN_PHOTO_SIDE: u32 = 64;

/// A decoded photograph.
pub(super) struct Photo {
    /// As the camera's sensor saw it.
    pub(super) pixels: Rgb,
    /// How it must be turned to stand upright.
    pub(super) turn: Turn,
}

pub(super) fn decode(photo: &[u8]) -> Result<Photo, SealPictureError> {
    if photo.len() > MAX_PHOTO_BYTES {
        return Err(SealPictureError::PhotoTooLarge {
            what: "bytes",
            limit: MAX_PHOTO_BYTES,
        });
    }
    if photo.starts_with(b"\x89PNG\r\n\x1a\n") {
        decode_png(photo)
    } else if photo.starts_with(b"\xFF\xD8\xFF") {
        decode_jpeg(photo)
    } else {
        Err(SealPictureError::PhotoBroken)
    }
}

fn decode_png(photo: &[u8]) -> Result<Photo, SealPictureError> {
    let limits = png::Limits {
        // Four bytes for every pixel of the largest, and room for rows and metadata.
        bytes: MAX_PHOTO_SIDE as usize * MAX_PHOTO_SIDE as usize * 4 + MAX_PHOTO_BYTES,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(photo), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(broken)?;
    check_sides(header.width, header.height)?;
    let mut reader = decoder.read_info().map_err(broken)?;
    let length = reader
        .output_buffer_size()
        .ok_or(SealPictureError::PhotoBroken)?;
    let mut data = vec![0; length];
    let frame = reader.next_frame(&mut data).map_err(broken)?;
    data.truncate(frame.buffer_size());
    // What is clear lies on white paper.
    let over_white = |part: u8, alpha: u8| u8::MAX - scaled(u8::MAX - part, alpha);
    let data = match frame.color_type {
        ColorType::Rgb => data,
        ColorType::Rgba => without_alpha(data, over_white),
        ColorType::Grayscale => data.iter().flat_map(|&grey| [grey; 3]).collect(),
        ColorType::GrayscaleAlpha => data
            .chunks_exact(2)
            .flat_map(|pixel| match *pixel {
                [grey, alpha] => [over_white(grey, alpha); 3],
                _ => [0; 3],
            })
            .collect(),
        ColorType::Indexed => return Err(SealPictureError::PhotoBroken),
    };
    let turn = reader
        .info()
        .exif_metadata
        .as_deref()
        .map_or(Turn::UPRIGHT, Turn::of_exif);
    let pixels = Rgb::new(frame.width, frame.height, data).ok_or(SealPictureError::PhotoBroken)?;
    Ok(Photo { pixels, turn })
}

/// From four bytes a pixel to three, in place: a second copy of the largest would be too much for a phone.
fn without_alpha(mut data: Vec<u8>, over_white: impl Fn(u8, u8) -> u8) -> Vec<u8> {
    let count = data.len() / 4;
    for pixel in 0..count {
        let rest = data.get(pixel * 4..);
        let Some(&[red, green, blue, alpha]) = rest.and_then(<[u8]>::first_chunk) else {
            break;
        };
        let opaque = [red, green, blue].map(|part| over_white(part, alpha));
        if let Some(place) = data.get_mut(pixel * 3..pixel * 3 + 3) {
            place.copy_from_slice(&opaque);
        }
    }
    data.truncate(count * 3);
    data
}

/// A part of 255 times another, rounded.
fn scaled(value: u8, alpha: u8) -> u8 {
    let product = u16::from(value) * u16::from(alpha) + 127;
    u8::try_from(product / 255).unwrap_or(u8::MAX)
}

fn decode_jpeg(photo: &[u8]) -> Result<Photo, SealPictureError> {
    let side = MAX_PHOTO_SIDE as usize;
    // The decoder's own limits lie above ours, so that it is us who name them. Strict: half a photograph may hold half a seal.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(side * 8)
        .set_max_height(side * 8)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(photo), options);
    decoder
        .decode_headers()
        .map_err(|_error| SealPictureError::PhotoBroken)?;
    let info = decoder.info().ok_or(SealPictureError::PhotoBroken)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_sides(width, height)?;
    let turn = info
        .exif_data
        .as_deref()
        .map_or(Turn::UPRIGHT, Turn::of_exif);
    let data = decoder
        .decode()
        .map_err(|_error| SealPictureError::PhotoBroken)?;
    let pixels = Rgb::new(width, height, data).ok_or(SealPictureError::PhotoBroken)?;
    Ok(Photo { pixels, turn })
}

fn broken(error: png::DecodingError) -> SealPictureError {
    match error {
        png::DecodingError::LimitsExceeded => SealPictureError::PhotoTooLarge {
            what: "bytes",
            limit: MAX_PHOTO_BYTES,
        },
        _ => SealPictureError::PhotoBroken,
    }
}

fn check_sides(width: u32, height: u32) -> Result<(), SealPictureError> {
    if width.max(height) > MAX_PHOTO_SIDE {
        return Err(SealPictureError::PhotoTooLarge {
            what: "pixels a side",
            limit: MAX_PHOTO_SIDE as usize,
        });
    }
    let pixels = width.min(height);
    if pixels < MIN_PHOTO_SIDE {
        return Err(SealPictureError::PhotoTooSmall {
            pixels,
            least: MIN_PHOTO_SIDE,
        });
    }
    Ok(())
}

/// How pixels must be turned to stand upright: EXIF tag Orientation, 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn(u16);

impl Turn {
    pub(super) const UPRIGHT: Self = Self(1);

    /// Reads the first directory of EXIF data, which is a TIFF file; anything odd in it is no orientation.
    fn of_exif(exif: &[u8]) -> Self {
        Self::read(exif).unwrap_or(Self::UPRIGHT)
    }

    fn read(exif: &[u8]) -> Option<Self> {
        const ORIENTATION: u16 = 0x0112;
        const SHORT: u16 = 3;
        let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
        let little = match exif.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let short = |at: usize| {
            let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if little {
                u16::from_le_bytes(bytes)
            } else {
                u16::from_be_bytes(bytes)
            })
        };
        let long = |at: usize| {
            let (first, second) = (u32::from(short(at)?), u32::from(short(at.checked_add(2)?)?));
            let value = if little {
                second << 16 | first
            } else {
                first << 16 | second
            };
            usize::try_from(value).ok()
        };
        let directory = long(4)?;
        let entries = usize::from(short(directory)?);
        for entry in 0..entries {
            let at = directory.checked_add(2 + entry * 12)?;
            if short(at)? == ORIENTATION {
                let value = short(at.checked_add(8)?)?;
                let valid = short(at.checked_add(2)?)? == SHORT && (1..=8).contains(&value);
                return valid.then_some(Self(value));
            }
        }
        None
    }

    /// Turns a picture; returns it with its new width and height.
    pub(super) fn apply<T: Copy>(
        self,
        pixels: &[T],
        (width, height): (u32, u32),
    ) -> (Vec<T>, (u32, u32)) {
        let sideways = self.0 >= 5;
        let size = if sideways {
            (height, width)
        } else {
            (width, height)
        };
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        let turned = (0..size.1)
            .flat_map(|y| (0..size.0).map(move |x| (x, y)))
            .filter_map(|(x, y)| {
                // Where the pixel that is to come here was; rows and columns as EXIF 2.32, 4.6.4 A numbers them.
                let (x, y) = match self.0 {
                    2 => (right - x, y),
                    3 => (right - x, bottom - y),
                    4 => (x, bottom - y),
                    5 => (y, x),
                    6 => (y, bottom - x),
                    7 => (right - y, bottom - x),
                    8 => (right - y, x),
                    _ => (x, y),
                };
                pixels
                    .get(y as usize * width as usize + x as usize)
                    .copied()
            })
            .collect();
        (turned, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(little: bool, value: u16) -> Vec<u8> {
        let short = |value: u16| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let long = |value: u32| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        [
            if little { b"II" } else { b"MM" }.as_slice(),
            &short(42),
            &long(8),
            &short(1),
            &short(0x0112),
            &short(3),
            &long(1),
            &short(value),
            &short(0),
            &long(0),
        ]
        .concat()
    }

    #[test]
    fn orientation_is_read_in_both_byte_orders() {
        for value in 1..=8 {
            assert_eq!(Turn::of_exif(&exif(true, value)), Turn(value));
            assert_eq!(Turn::of_exif(&exif(false, value)), Turn(value));
            let with_head = [b"Exif\0\0".as_slice(), &exif(true, value)].concat();
            assert_eq!(Turn::of_exif(&with_head), Turn(value));
        }
        for value in [0, 9, u16::MAX] {
            assert_eq!(Turn::of_exif(&exif(true, value)), Turn::UPRIGHT);
        }
        let whole = exif(true, 6);
        for end in 0..18 {
            assert_eq!(Turn::of_exif(&whole[..end]), Turn::UPRIGHT, "cut at {end}");
        }
    }

    #[test]
    fn pixels_are_turned_upright() {
        // 1 2 3
        // 4 5 6
        let pixels = [1, 2, 3, 4, 5, 6];
        for (turn, expected, size) in [
            (1, [1, 2, 3, 4, 5, 6], (3, 2)),
            (2, [3, 2, 1, 6, 5, 4], (3, 2)),
            (3, [6, 5, 4, 3, 2, 1], (3, 2)),
            (4, [4, 5, 6, 1, 2, 3], (3, 2)),
            (5, [1, 4, 2, 5, 3, 6], (2, 3)),
            (6, [4, 1, 5, 2, 6, 3], (2, 3)),
            (7, [6, 3, 5, 2, 4, 1], (2, 3)),
            (8, [3, 6, 2, 5, 1, 4], (2, 3)),
        ] {
            assert_eq!(
                Turn(turn).apply(&pixels, (3, 2)),
                (expected.to_vec(), size),
                "orientation {turn}"
            );
        }
    }
}
