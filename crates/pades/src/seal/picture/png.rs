//! PNG: decoded row by row, colour and transparency compressed apart.

use std::io::Cursor;

use ::png::{BitDepth, ColorType, Decoder, DecodingError, Limits, Reader, Transformations, Unit};

use super::{Colour, Deflater, Density, Encoding, Image, Orientation, check_sides, invalid};
use crate::seal::SealError;

/// Bytes the decoder may take: a few rows and a window; an interlaced picture is held whole, by us.
const DECODER_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn read(bytes: &[u8]) -> Result<(Image, Option<Density>), SealError> {
    let limits = Limits {
        bytes: DECODER_BYTES,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(broken)?;
    check_sides(header.width, header.height)?;
    let mut reader = decoder.read_info().map_err(broken)?;
    let density = density(&reader);
    let image = image(&mut reader)?;
    reader.finish().map_err(broken)?;
    Ok((image, density))
}

fn image(reader: &mut Reader<Cursor<&[u8]>>) -> Result<Image, SealError> {
    let (width, height) = reader.info().size();
    let (colour_type, depth) = reader.output_color_type();
    let (colour, channels) = match (colour_type, depth) {
        (ColorType::Grayscale, BitDepth::Eight) => (Colour::Grey, (1, 0)),
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => (Colour::Grey, (1, 1)),
        (ColorType::Rgb, BitDepth::Eight) => (Colour::Rgb, (3, 0)),
        (ColorType::Rgba, BitDepth::Eight) => (Colour::Rgb, (3, 1)),
        _ => return Err(invalid("its colours cannot be decoded")),
    };
    let mut split = Split::new(channels);
    if reader.info().interlaced {
        let size = reader.output_buffer_size();
        let mut pixels = vec![0; size.ok_or_else(|| invalid("it is too large"))?];
        let frame = reader.next_frame(&mut pixels).map_err(broken)?;
        for row in pixels.chunks_exact(frame.line_size) {
            split.row(row);
        }
    } else {
        let mut rows = 0;
        while let Some(row) = reader.next_row().map_err(broken)? {
            split.row(row.data());
            rows += 1;
        }
        if rows != height {
            return Err(invalid("it ends too early"));
        }
    }
    let (data, alpha) = split.finish();
    Ok(Image {
        width,
        height,
        colour,
        data,
        encoding: Encoding::Flate,
        alpha,
        orientation: Orientation::UPRIGHT,
    })
}

/// Takes colour and transparency of pixels apart.
struct Split {
    colour_channels: usize,
    colour: Deflater,
    /// None if the picture has no such channel.
    alpha: Option<Deflater>,
    opaque: bool,
    row: Vec<u8>,
}

impl Split {
    fn new((colour_channels, alpha_channels): (usize, usize)) -> Self {
        Self {
            colour_channels,
            colour: Deflater::new(),
            alpha: (alpha_channels > 0).then(Deflater::new),
            opaque: true,
            row: Vec::new(),
        }
    }

    fn row(&mut self, pixels: &[u8]) {
        let Some(alpha) = &mut self.alpha else {
            self.colour.write(pixels);
            return;
        };
        let step = self.colour_channels + 1;
        self.row.clear();
        self.row
            .extend(pixels.chunks_exact(step).filter_map(<[u8]>::last).copied());
        self.opaque &= self.row.iter().all(|&value| value == u8::MAX);
        alpha.write(&self.row);
        self.row.clear();
        for pixel in pixels.chunks_exact(step) {
            // What nobody sees is written as white: it compresses better, and gives away nothing that was erased.
            let visible = pixel.last() != Some(&0);
            let colour = pixel.iter().take(self.colour_channels);
            self.row
                .extend(colour.map(|&value| if visible { value } else { u8::MAX }));
        }
        self.colour.write(&self.row);
    }

    fn finish(self) -> (Vec<u8>, Option<Vec<u8>>) {
        let opaque = self.opaque;
        let alpha = self.alpha.filter(|_| !opaque).map(Deflater::finish);
        (self.colour.finish(), alpha)
    }
}

/// `pHYs`, if it tells a unit (PNG clause 11.3.4.3).
fn density(reader: &Reader<Cursor<&[u8]>>) -> Option<Density> {
    let physical = reader.info().pixel_dims?;
    let known = physical.unit == Unit::Meter && physical.xppu > 0 && physical.yppu > 0;
    known.then(|| Density {
        horizontal: f64::from(physical.xppu) / 1000.0,
        vertical: f64::from(physical.yppu) / 1000.0,
    })
}

fn broken(error: DecodingError) -> SealError {
    match error {
        DecodingError::IoError(_) => invalid("it ends too early"),
        DecodingError::LimitsExceeded => invalid("it takes too much memory to decode"),
        other => invalid(format!("it is damaged ({other})")),
    }
}

#[cfg(test)]
mod tests {
    use ::png::{Encoder, PixelDimensions};

    use super::*;
    use crate::seal::Picture;

    /// A picture of 3 x 2 pixels.
    fn encode(colour: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 3, 2);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![255, 0, 0, 0, 255, 0]);
            encoder.set_trns(vec![0, 128]);
        }
        encoder.set_pixel_dims(Some(PixelDimensions {
            xppu: 100,
            yppu: 200,
            unit: Unit::Meter,
        }));
        let mut writer = encoder.write_header().expect("a valid header");
        writer.write_image_data(data).expect("valid data");
        writer.finish().expect("memory");
        bytes
    }

    fn inflate(bytes: &[u8]) -> Vec<u8> {
        miniz_oxide::inflate::decompress_to_vec_zlib(bytes).expect("zlib")
    }

    #[test]
    fn every_colour_type_and_depth_becomes_eight_bits() {
        use BitDepth::{Eight, Four, One, Sixteen, Two};
        type Case<'a> = (
            ColorType,
            BitDepth,
            &'a [u8],
            Colour,
            &'a [u8],
            Option<&'a [u8]>,
        );
        let cases: [Case<'_>; 9] = [
            (
                ColorType::Grayscale,
                One,
                &[0b0100_0000, 0b1010_0000],
                Colour::Grey,
                &[0, 255, 0, 255, 0, 255],
                None,
            ),
            (
                ColorType::Grayscale,
                Two,
                &[0b0001_1000, 0b1100_0000],
                Colour::Grey,
                &[0, 85, 170, 255, 0, 0],
                None,
            ),
            (
                ColorType::Grayscale,
                Four,
                &[0x0f, 0x10, 0x20, 0x30],
                Colour::Grey,
                &[0, 255, 17, 34, 0, 51],
                None,
            ),
            (
                ColorType::Grayscale,
                Sixteen,
                &[1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6, 9],
                Colour::Grey,
                &[1, 2, 3, 4, 5, 6],
                None,
            ),
            (
                ColorType::GrayscaleAlpha,
                Eight,
                &[1, 9, 2, 0, 3, 9, 4, 9, 5, 9, 6, 9],
                Colour::Grey,
                &[1, 255, 3, 4, 5, 6],
                Some(&[9, 0, 9, 9, 9, 9]),
            ),
            (
                ColorType::Rgb,
                Eight,
                &[
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                ],
                Colour::Rgb,
                &[
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                ],
                None,
            ),
            (
                ColorType::Rgba,
                Eight,
                &[
                    1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3,
                    255,
                ],
                Colour::Rgb,
                &[1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
                None,
            ),
            (
                ColorType::Rgba,
                Eight,
                &[
                    1, 2, 3, 0, 1, 2, 3, 1, 1, 2, 3, 2, 1, 2, 3, 3, 1, 2, 3, 4, 1, 2, 3, 5,
                ],
                Colour::Rgb,
                &[255, 255, 255, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
                Some(&[0, 1, 2, 3, 4, 5]),
            ),
            (
                ColorType::Indexed,
                One,
                &[0b0100_0000, 0b1110_0000],
                Colour::Rgb,
                &[
                    255, 255, 255, 0, 255, 0, 255, 255, 255, 0, 255, 0, 0, 255, 0, 0, 255, 0,
                ],
                Some(&[0, 128, 0, 128, 128, 128]),
            ),
        ];
        for (colour_type, depth, data, colour, pixels, alpha) in cases {
            let (image, density) = read(&encode(colour_type, depth, data)).expect("a picture");
            assert_eq!((image.width, image.height), (3, 2));
            assert_eq!(image.colour, colour, "{colour_type:?}");
            assert_eq!(inflate(&image.data), pixels, "{colour_type:?} {depth:?}");
            assert_eq!(
                image.alpha.as_deref().map(inflate).as_deref(),
                alpha,
                "{colour_type:?} {depth:?}"
            );
            let expected = Density {
                horizontal: 0.1,
                vertical: 0.2,
            };
            assert_eq!(density, Some(expected));
        }
    }

    #[test]
    fn cut_anywhere_or_altered_anywhere_it_is_an_error_or_still_a_picture() {
        let data: Vec<u8> = (0..24).collect();
        let whole = encode(ColorType::Rgba, BitDepth::Eight, &data);
        let reference = Picture::png(&whole, None).expect("a picture");
        for length in 0..whole.len() {
            let error = Picture::png(&whole[..length], None).expect_err("cut");
            assert_eq!(error.code(), "picture-invalid", "{length}");
        }
        for place in 0..whole.len() {
            let mut altered = whole.clone();
            altered[place] ^= 0x10;
            if let Ok(picture) = Picture::png(&altered, None) {
                assert_eq!(picture.image, reference.image, "byte {place}");
            }
        }
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 4097, 1);
        encoder.set_color(ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a valid header");
        writer.write_image_data(&vec![0; 4097]).expect("valid data");
        writer.finish().expect("memory");
        let error = Picture::png(&bytes, None).expect_err("too wide");
        assert_eq!(error.code(), "picture-too-large");
    }
}
