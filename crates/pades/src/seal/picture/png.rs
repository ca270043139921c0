//! PNG (third edition, 2025): decoded row by row, colour and transparency compressed apart.
//!
//! Stricter than viewers: checksums of everything that is drawn must fit. What is not drawn is passed over.

mod chunks;
mod rows;

use self::{
    chunks::{Chunks, Header},
    rows::Rows,
};
use super::{Colour, Deflater, Density, Encoding, Image, Orientation, check_sides};
use crate::seal::SealError;

pub(super) fn read(bytes: &[u8]) -> Result<(Image, Option<Density>), SealError> {
    let chunks = Chunks::read(bytes)?;
    let header = chunks.header;
    check_sides(header.width, header.height)?;
    let (colour_channels, alpha_channels) = chunks.channels();
    let mut split = Split::new((colour_channels, alpha_channels));
    let mut rows = Rows::new(&chunks.data);
    if header.interlaced {
        for row in interlaced(&chunks, &mut rows)?.chunks_exact(chunks.row_length()) {
            split.row(row);
        }
    } else {
        let mut pixels = Vec::new();
        rows.begin(header, header.width)?;
        for _ in 0..header.height {
            pixels.clear();
            chunks.expand(header.width, rows.next()?, &mut pixels);
            split.row(&pixels);
        }
    }
    rows.finish()?;
    let (data, alpha) = split.finish();
    let image = Image {
        width: header.width,
        height: header.height,
        colour: if colour_channels == 1 {
            Colour::Grey
        } else {
            Colour::Rgb
        },
        data,
        encoding: Encoding::Flate,
        alpha,
        orientation: Orientation::UPRIGHT,
    };
    Ok((image, chunks.density))
}

/// First column and row of each pass of Adam7, and the steps from there (PNG clause 8.1).
const PASSES: [[u32; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// All pixels of an interlaced picture, which has to be held whole.
fn interlaced(chunks: &Chunks, rows: &mut Rows<'_>) -> Result<Vec<u8>, SealError> {
    let Header { width, height, .. } = chunks.header;
    let pixel_length = chunks.pixel_length();
    let mut picture = vec![0; chunks.row_length() * height as usize];
    let mut pixels = Vec::new();
    for [left, top, across, down] in PASSES {
        let columns = width.saturating_sub(left).div_ceil(across);
        if columns == 0 {
            continue;
        }
        rows.begin(chunks.header, columns)?;
        let lines = picture.chunks_exact_mut(chunks.row_length());
        for line in lines.skip(top as usize).step_by(down as usize) {
            pixels.clear();
            chunks.expand(columns, rows.next()?, &mut pixels);
            let places = line.chunks_exact_mut(pixel_length);
            let places = places.skip(left as usize).step_by(across as usize);
            for (place, pixel) in places.zip(pixels.chunks_exact(pixel_length)) {
                place.copy_from_slice(pixel);
            }
        }
    }
    Ok(picture)
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

#[cfg(test)]
mod tests {
    use ::png::{BitDepth, ColorType, Decoder, Encoder, PixelDimensions, Transformations, Unit};
    use proptest::prelude::*;

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

    /// What the crate `png` makes of it: channels, and the pixels of eight bits.
    fn reference(bytes: &[u8]) -> Option<(ColorType, Vec<u8>)> {
        let mut decoder = Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut pixels).ok()?;
        reader.finish().ok()?;
        pixels.truncate(frame.buffer_size());
        Some((reader.output_color_type().0, pixels))
    }

    /// The same of this reader; the colours of what is not to be seen are white in both.
    fn own(bytes: &[u8]) -> Option<(ColorType, Vec<u8>)> {
        let chunks = Chunks::read(bytes).ok()?;
        let mut rows = Rows::new(&chunks.data);
        let mut pixels = Vec::new();
        if chunks.header.interlaced {
            pixels = interlaced(&chunks, &mut rows).ok()?;
        } else {
            rows.begin(chunks.header, chunks.header.width).ok()?;
            for _ in 0..chunks.header.height {
                chunks.expand(chunks.header.width, rows.next().ok()?, &mut pixels);
            }
        }
        rows.finish().ok()?;
        let colour = match chunks.channels() {
            (1, 0) => ColorType::Grayscale,
            (1, _) => ColorType::GrayscaleAlpha,
            (_, 0) => ColorType::Rgb,
            _ => ColorType::Rgba,
        };
        Some((colour, pixels))
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32, _: u32| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        };
        !(bytes.iter()).fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
    }

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("short").to_be_bytes();
        let covered = [kind.as_slice(), data].concat();
        [length.as_slice(), &covered, &crc(&covered).to_be_bytes()].concat()
    }

    /// A file of any kind, its rows filled with `noise` and `filters`.
    fn file(
        (width, height): (u32, u32),
        (colour, depth): (u8, u8),
        interlaced: bool,
        noise: &[u8],
        extra: &[u8],
    ) -> Vec<u8> {
        let samples = match colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        let passes: &[[u32; 4]] = if interlaced { &PASSES } else { &[[0, 0, 1, 1]] };
        let mut data = Vec::new();
        let mut noise = noise.iter().copied().cycle();
        for [left, top, across, down] in passes {
            let columns = width.saturating_sub(*left).div_ceil(*across);
            let lines = height.saturating_sub(*top).div_ceil(*down);
            if columns == 0 {
                continue;
            }
            let length = (columns as usize * samples * usize::from(depth)).div_ceil(8);
            for _ in 0..lines {
                data.push(noise.next().expect("endless") % 5);
                data.extend(noise.by_ref().take(length));
            }
        }
        let header = [
            width.to_be_bytes().to_vec(),
            height.to_be_bytes().to_vec(),
            vec![depth, colour, 0, 0, u8::from(interlaced)],
        ];
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(chunk(b"IHDR", &header.concat()));
        file.extend(extra);
        let compressed = miniz_oxide::deflate::compress_to_vec_zlib(&data, 6);
        for part in compressed.chunks(50) {
            file.extend(chunk(b"IDAT", part));
        }
        file.extend(chunk(b"IEND", &[]));
        file
    }

    const KINDS: [(u8, u8); 15] = [
        (0, 1),
        (0, 2),
        (0, 4),
        (0, 8),
        (0, 16),
        (2, 8),
        (2, 16),
        (3, 1),
        (3, 2),
        (3, 4),
        (3, 8),
        (4, 8),
        (4, 16),
        (6, 8),
        (6, 16),
    ];

    proptest! {
        #[test]
        fn pixels_are_those_of_the_crate_png(
            size in (1..40_u32, 1..40_u32),
            kind in prop::sample::select(&KINDS[..]),
            interlaced: bool,
            noise in prop::collection::vec(any::<u8>(), 1..200),
            transparent: bool,
        ) {
            let mut extra = Vec::new();
            let (colour, depth) = kind;
            if colour == 3 {
                let colours = 1_usize << depth;
                let palette: Vec<u8> = noise.iter().copied().cycle().take(3 * colours).collect();
                extra.extend(chunk(b"PLTE", &palette));
            }
            let hidden: &[u8] = match colour {
                0 => &[0, 1],
                2 => &[0, 7, 0, 7, 0, 7],
                3 => &[0, 128],
                _ => &[],
            };
            if transparent && !hidden.is_empty() {
                extra.extend(chunk(b"tRNS", hidden));
            }
            let bytes = file(size, kind, interlaced, &noise, &extra);
            let expected = reference(&bytes);
            prop_assert!(expected.is_some());
            prop_assert_eq!(own(&bytes), expected);
        }

        #[test]
        fn what_the_crate_png_refuses_is_refused(
            kind in prop::sample::select(&KINDS[..]),
            interlaced: bool,
            noise in prop::collection::vec(any::<u8>(), 1..50),
            place: prop::sample::Index,
            value: u8,
        ) {
            // A byte is altered, and the checksums are made to fit.
            let extra = if kind.0 == 3 { chunk(b"PLTE", &[9, 8, 7, 6, 5, 4]) } else { Vec::new() };
            let mut bytes = file((9, 9), kind, interlaced, &noise, &extra);
            let place = place.index(bytes.len());
            bytes[place] = value;
            let mut at = 8;
            while let Some(length) = bytes.get(at..at + 4) {
                let length = u32::from_be_bytes(length.try_into().expect("four"));
                let end = at + 8 + length as usize;
                let Some(covered) = bytes.get(at + 4..end) else { break };
                let sum = crc(covered).to_be_bytes();
                let Some(place) = bytes.get_mut(end..end + 4) else { break };
                place.copy_from_slice(&sum);
                at = end + 4;
            }
            let sides = bytes.get(16..24).expect("a header");
            prop_assume!(sides[..2] == [0, 0] && sides[4..6] == [0, 0]);
            if let Some(found) = own(&bytes) {
                prop_assert_eq!(Some(found), reference(&bytes));
            }
        }
    }
}
