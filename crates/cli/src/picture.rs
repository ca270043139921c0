//! Reading the QR code in a picture.

use std::{fs::File, io::BufReader, path::Path};

use png::{ColorType, Decoder, Limits, Transformations};
use rqrr::PreparedImage;
use scanseal_protocol::error::Code;

use crate::failure::Failure;

/// Memory that decoding a picture may take: a screenshot of an 8K screen.
const MAX_PICTURE_BYTES: usize = 160 * 1024 * 1024;

/// A picture in shades of grey, row by row.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The text of the one QR code in a PNG file.
pub(crate) fn read_qr(path: &Path) -> Result<String, Failure> {
    let grey = read_png(path)?;
    let mut image = PreparedImage::prepare_from_greyscale(grey.width, grey.height, |x, y| {
        grey.pixels[y * grey.width + x]
    });
    let texts: Vec<String> = image
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect();
    match texts.as_slice() {
        [text] => Ok(text.clone()),
        [] => Err(Failure::new(
            Code::QrForeign,
            format!("{}: no QR code can be read in this picture", path.display()),
        )),
        _ => Err(Failure::new(
            Code::QrForeign,
            format!(
                "{}: {} QR codes in this picture, one is expected",
                path.display(),
                texts.len()
            ),
        )),
    }
}

fn read_png(path: &Path) -> Result<Grey, Failure> {
    let unreadable =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut decoder = Decoder::new_with_limits(
        BufReader::new(file),
        Limits {
            bytes: MAX_PICTURE_BYTES,
        },
    );
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| unreadable(&error))?;
    let size = reader
        .output_buffer_size()
        .filter(|&size| size <= MAX_PICTURE_BYTES);
    let mut bytes = vec![0; size.ok_or_else(|| unreadable(&"the picture is too large"))?];
    let frame = reader
        .next_frame(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    let samples = frame.color_type.samples();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let pixels: Vec<u8> = bytes
        .chunks_exact(samples)
        .map(|pixel| grey_of(frame.color_type, pixel))
        .collect();
    if pixels.len() < width * height {
        return Err(unreadable(&"the picture is cut off"));
    }
    Ok(Grey {
        width,
        height,
        pixels,
    })
}

/// Brightness of a pixel; transparent ones are as white as the page behind them.
fn grey_of(color_type: ColorType, pixel: &[u8]) -> u8 {
    let (brightness, alpha) = match (color_type, pixel) {
        (ColorType::GrayscaleAlpha, &[grey, alpha]) => (u32::from(grey), u32::from(alpha)),
        (ColorType::Rgb, &[red, green, blue]) => (average(red, green, blue), 255),
        (ColorType::Rgba, &[red, green, blue, alpha]) => {
            (average(red, green, blue), u32::from(alpha))
        }
        (_, pixel) => (u32::from(pixel[0]), 255),
    };
    u8::try_from((brightness * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

fn average(red: u8, green: u8, blue: u8) -> u32 {
    (u32::from(red) + u32::from(green) + u32::from(blue)) / 3
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use png::{BitDepth, Encoder};
    use qrcode::{Color, QrCode};
    use tempfile::TempDir;

    use super::*;

    /// Draws codes side by side, 4 pixels a module, with a quiet zone of 4 modules.
    fn draw(
        folder: &TempDir,
        texts: &[&str],
        color_type: ColorType,
        ink: &[u8],
        paper: &[u8],
    ) -> PathBuf {
        let codes: Vec<QrCode> = texts
            .iter()
            .map(|text| QrCode::new(text).unwrap())
            .collect();
        let side = (codes.iter().map(QrCode::width).max().unwrap_or(13) + 8) * 4;
        let width = side * codes.len().max(1);
        let mut pixels = Vec::new();
        for (y, x) in (0..side).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let dark = codes.get(x / side).is_some_and(|code| {
                let place = ((x % side) / 4).checked_sub(4).zip((y / 4).checked_sub(4));
                place.is_some_and(|(column, row)| {
                    column < code.width()
                        && row < code.width()
                        && code[(column, row)] == Color::Dark
                })
            });
            pixels.extend_from_slice(if dark { ink } else { paper });
        }
        let path = folder.path().join("code.png");
        let file = File::create(&path).unwrap();
        let mut encoder = Encoder::new(
            file,
            u32::try_from(width).unwrap(),
            u32::try_from(side).unwrap(),
        );
        encoder.set_color(color_type);
        encoder.set_depth(BitDepth::Eight);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&pixels)
            .unwrap();
        path
    }

    #[test]
    fn code_is_read_in_every_colour_type() {
        let folder = TempDir::new().unwrap();
        let text = "HTTPS://PORTAL.EXAMPLE/S#AEAQCAIBAEAQCAIBAEAQCAIBAE";
        let cases: [(ColorType, &[u8], &[u8]); 4] = [
            (ColorType::Grayscale, &[0], &[255]),
            (ColorType::GrayscaleAlpha, &[0, 255], &[0, 0]),
            (ColorType::Rgb, &[20, 20, 60], &[250, 250, 240]),
            (ColorType::Rgba, &[20, 20, 60, 255], &[0, 0, 0, 0]),
        ];
        for (color_type, ink, paper) in cases {
            assert_eq!(
                read_qr(&draw(&folder, &[text], color_type, ink, paper)).unwrap(),
                text,
                "{color_type:?}"
            );
        }
    }

    #[test]
    fn picture_without_a_code_and_with_two_is_refused_as_foreign() {
        let folder = TempDir::new().unwrap();
        for texts in [&[][..], &["one", "two"]] {
            let failure =
                read_qr(&draw(&folder, texts, ColorType::Grayscale, &[0], &[255])).unwrap_err();
            assert_eq!(failure.code(), Some(Code::QrForeign));
        }
    }

    #[test]
    fn file_that_is_no_png_or_missing_is_wrong_usage() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("text.png");
        std::fs::write(&path, "not a picture").unwrap();
        assert_eq!(read_qr(&path).unwrap_err().code(), None);
        assert_eq!(
            read_qr(&folder.path().join("missing.png"))
                .unwrap_err()
                .code(),
            None
        );
    }
}
