//! Pictures that somebody else made: a signature drawn with a finger, a seal that a phone has cut out.

use std::io::Cursor;

use png::Transformations;

use crate::{Colour, MAX_PICTURE_BYTES, SealPicture, SealPictureError};

/// The most pixels a side of a picture that is given: 100 mm at 600 dots per inch. Decoded, the largest takes 22 MiB.
pub const MAX_GIVEN_SIDE: u32 = 2_400;
/// The least pixels a side: less is no signature that anybody recognises.
const MIN_GIVEN_SIDE: u32 = 16;
/// How much smaller the next try is: 17 of 20.
const STEP: (u32, u32) = (17, 20);

impl SealPicture {
    /// Takes a PNG with transparency that somebody else made, `width` and `height` millimetres on paper, and encodes it anew: what else
    /// stands in the file (texts, places, times) stays behind. A picture that takes more than `most` bytes gets a lower resolution.
    ///
    /// # Errors
    /// It is no PNG, too large or too small, has no transparency or nothing but it, or its proportions are not those of the paper.
    pub fn given(
        bytes: &[u8],
        (width, height): (u32, u32),
        most: usize,
    ) -> Result<Self, SealPictureError> {
        let mut pixels = decode(bytes)?;
        // Whole millimetres: up to half of one is lost on either side.
        let (across, down) = (f64::from(pixels.width), f64::from(pixels.height));
        let expected = f64::from(width) * down / across;
        let slack = 0.5 + 0.5 * down / across;
        if width == 0 || height == 0 || (f64::from(height) - expected).abs() > slack {
            return Err(SealPictureError::OtherProportions);
        }
        pixels.check()?;
        loop {
            let density = u64::from(pixels.width) * 1_000 / u64::from(width);
            let density = u32::try_from(density).unwrap_or(u32::MAX);
            match pixels.encode(density) {
                Ok(picture) if picture.png().len() <= most => return Ok(picture),
                Err(error) if error != SealPictureError::PictureTooLarge => return Err(error),
                _ => {}
            }
            pixels = pixels.reduced().ok_or(SealPictureError::PictureTooLarge)?;
        }
    }
}

/// Red, green, blue and coverage.
struct Pixels {
    width: u32,
    height: u32,
    data: Vec<[u8; 4]>,
}

fn decode(bytes: &[u8]) -> Result<Pixels, SealPictureError> {
    if bytes.len() > MAX_PICTURE_BYTES {
        return Err(SealPictureError::PictureTooLarge);
    }
    let broken = |_| SealPictureError::PictureBroken;
    let side = MAX_GIVEN_SIDE as usize;
    let limits = png::Limits {
        bytes: side * side * 8 + MAX_PICTURE_BYTES,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let header = decoder.read_header_info().map_err(broken)?;
    let sides = [header.width, header.height];
    if sides.iter().any(|&side| side > MAX_GIVEN_SIDE) {
        return Err(SealPictureError::PictureTooLarge);
    }
    if sides.iter().any(|&side| side < MIN_GIVEN_SIDE) {
        return Err(SealPictureError::PictureEmpty);
    }
    let mut reader = decoder.read_info().map_err(broken)?;
    let length = reader
        .output_buffer_size()
        .ok_or(SealPictureError::PictureBroken)?;
    let mut raw = vec![0; length];
    let frame = reader.next_frame(&mut raw).map_err(broken)?;
    raw.truncate(frame.buffer_size());
    let data = match frame.color_type {
        png::ColorType::Rgba => raw.as_chunks::<4>().0.to_vec(),
        png::ColorType::GrayscaleAlpha => raw
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[grey, alpha]| [grey, grey, grey, alpha])
            .collect(),
        _ => return Err(SealPictureError::PictureBroken),
    };
    if data.len() != frame.width as usize * frame.height as usize {
        return Err(SealPictureError::PictureBroken);
    }
    Ok(Pixels {
        width: frame.width,
        height: frame.height,
        data,
    })
}

impl Pixels {
    /// Ink must be there, and paper around it must be clear, or the seal would hide what it stands on.
    fn check(&self) -> Result<(), SealPictureError> {
        let ink = self.data.iter().filter(|pixel| pixel[3] > 127).count();
        if ink < MIN_GIVEN_SIDE as usize || ink * 20 > self.data.len() * 19 {
            return Err(SealPictureError::PictureEmpty);
        }
        Ok(())
    }

    fn encode(&self, pixels_per_metre: u32) -> Result<SealPicture, SealPictureError> {
        let size = (self.width, self.height);
        match self.colour() {
            Some(colour) => {
                let coverage: Vec<u8> = self.data.iter().map(|pixel| pixel[3]).collect();
                SealPicture::of_one_colour(&coverage, size, pixels_per_metre, colour)
            }
            None => SealPicture::of_colours(self.data.as_flattened(), size, pixels_per_metre),
        }
    }

    /// The colour, if there is only one.
    fn colour(&self) -> Option<Colour> {
        let mut seen = self.data.iter().filter(|pixel| pixel[3] > 0);
        let &[red, green, blue, _] = seen.next()?;
        seen.all(|pixel| pixel[..3] == [red, green, blue])
            .then_some(Colour { red, green, blue })
    }

    /// The same with fewer pixels, or nothing if it would be too small. Each new pixel is the mean of those it stands for.
    fn reduced(&self) -> Option<Self> {
        let shorter = |side: u32| side * STEP.0 / STEP.1;
        let (width, height) = (shorter(self.width), shorter(self.height));
        if width.min(height) < MIN_GIVEN_SIDE {
            return None;
        }
        let mut data = Vec::with_capacity(width as usize * height as usize);
        for row in 0..height {
            let rows = span(row, height, self.height);
            for column in 0..width {
                data.push(self.mean(span(column, width, self.width), rows.clone()));
            }
        }
        Some(Self {
            width,
            height,
            data,
        })
    }

    fn mean(&self, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>) -> [u8; 4] {
        let (mut sums, mut covered, mut count) = ([0_u64; 3], 0_u64, 0_u64);
        for row in rows {
            let start = row as usize * self.width as usize;
            let part = start + columns.start as usize..start + columns.end as usize;
            for &[red, green, blue, alpha] in self.data.get(part).unwrap_or_default() {
                for (sum, value) in sums.iter_mut().zip([red, green, blue]) {
                    *sum += u64::from(value) * u64::from(alpha);
                }
                covered += u64::from(alpha);
                count += 1;
            }
        }
        let byte = |sum: u64, of: u64| u8::try_from((sum + of / 2) / of.max(1)).unwrap_or(u8::MAX);
        let [red, green, blue] = sums.map(|sum| byte(sum, covered));
        [red, green, blue, byte(covered, count)]
    }
}

/// Which of `before` pixels the `place`th of `after` stands for; at least one.
fn span(place: u32, after: u32, before: u32) -> std::ops::Range<u32> {
    let at = |place: u32| {
        let at = u64::from(place) * u64::from(before) / u64::from(after.max(1));
        u32::try_from(at).unwrap_or(before)
    };
    let start = at(place);
    start..at(place + 1).max(start + 1).min(before)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
        let data: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y))
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .add_text_chunk("Author".to_owned(), "a name".to_owned())
            .unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&data).unwrap();
        writer.finish().unwrap();
        bytes
    }

    /// A stroke from one corner to the other.
    fn stroke(x: u32, y: u32) -> [u8; 4] {
        [0, 0, 0, if x.abs_diff(y * 2) < 9 { 255 } else { 0 }]
    }

    fn noise(x: u32, y: u32) -> [u8; 4] {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).rotate_left(9);
        let [red, green, blue, alpha] = mixed.wrapping_mul(3_266_489_917).to_be_bytes();
        [red, green, blue, alpha]
    }

    #[test]
    fn picture_keeps_its_ink_and_loses_what_else_is_in_the_file() {
        let bytes = png(400, 200, stroke);
        assert!(bytes.windows(6).any(|part| part == b"a name"));
        let picture = SealPicture::given(&bytes, (40, 20), MAX_PICTURE_BYTES).unwrap();
        assert!(!picture.png().windows(6).any(|part| part == b"a name"));
        assert_eq!((picture.width(), picture.height()), (400, 200));
        assert_eq!(picture.pixels_per_metre(), 10_000);
        let again = decode(picture.png()).unwrap();
        assert!(again.data.iter().zip(0..).all(|(pixel, place)| {
            pixel[3] == stroke(place % 400, place / 400)[3] && (pixel[3] == 0 || pixel[0] == 0)
        }));
    }

    #[test]
    fn picture_that_would_be_too_large_gets_a_lower_resolution() {
        let bytes = png(400, 400, noise);
        let whole = SealPicture::given(&bytes, (40, 40), MAX_PICTURE_BYTES).unwrap();
        assert_eq!(whole.width(), 400);
        let least = 100 * 1024;
        let small = SealPicture::given(&bytes, (40, 40), least).unwrap();
        assert!(small.png().len() <= least && small.width() < 400);
        let (width, height) = small.size();
        assert!((width - 40.0).abs() < 0.5 && (height - 40.0).abs() < 0.5);
        assert_eq!(
            SealPicture::given(&bytes, (40, 40), 50),
            Err(SealPictureError::PictureTooLarge)
        );
    }

    #[test]
    fn sides_at_the_limits_are_taken_and_one_pixel_more_or_less_refused() {
        let given = |width, height, size| {
            SealPicture::given(&png(width, height, stroke), size, MAX_PICTURE_BYTES)
        };
        assert!(given(MAX_GIVEN_SIDE, 1_200, (100, 50)).is_ok());
        assert_eq!(
            given(MAX_GIVEN_SIDE + 1, 1_200, (100, 50)),
            Err(SealPictureError::PictureTooLarge)
        );
        assert!(given(32, MIN_GIVEN_SIDE, (20, 10)).is_ok());
        assert_eq!(
            given(32, MIN_GIVEN_SIDE - 1, (20, 10)),
            Err(SealPictureError::PictureEmpty)
        );
    }

    #[test]
    fn proportions_must_be_those_of_the_paper_to_the_millimetre() {
        let bytes = png(400, 200, stroke);
        for (size, fits) in [
            ((40, 20), true),
            ((41, 20), true),
            ((40, 21), false),
            ((40, 40), false),
            ((0, 0), false),
        ] {
            let given = SealPicture::given(&bytes, size, MAX_PICTURE_BYTES);
            assert_eq!(given.is_ok(), fits, "{size:?}");
        }
    }

    #[test]
    fn what_is_no_picture_of_ink_on_clear_paper_is_refused() {
        let given = |bytes: &[u8]| SealPicture::given(bytes, (40, 20), MAX_PICTURE_BYTES);
        let good = png(400, 200, stroke);
        assert_eq!(
            given(&png(400, 200, |_, _| [0; 4])),
            Err(SealPictureError::PictureEmpty)
        );
        assert_eq!(
            given(&png(400, 200, |_, _| [200, 0, 0, 255])),
            Err(SealPictureError::PictureEmpty)
        );
        for broken in [&b"GIF89a"[..], b"", &good[..good.len() / 2]] {
            assert_eq!(given(broken), Err(SealPictureError::PictureBroken));
        }
        let long = [&good[..], &vec![0; MAX_PICTURE_BYTES]].concat();
        assert_eq!(given(&long), Err(SealPictureError::PictureTooLarge));
    }
}
