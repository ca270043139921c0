//! JPEG (ITU-T T.81): its bytes go into the PDF unchanged, so only what stands in its headers is read.

use super::{Colour, Density, Encoding, Image, Orientation, check_sides, invalid};
use crate::seal::SealError;

/// Bytes of a file, read from the front.
struct Bytes<'a>(&'a [u8]);

/// What the headers say.
#[derive(Default)]
struct Headers {
    frame: Option<Frame>,
    density: Option<Density>,
    adobe: bool,
    orientation: Option<Orientation>,
}

/// Start of frame (clause B.2.2).
struct Frame {
    width: u32,
    height: u32,
    components: u8,
}

pub(super) fn read(bytes: &[u8]) -> Result<(Image, Option<Density>), SealError> {
    let headers = Headers::read(bytes).ok_or_else(|| invalid("it ends too early"))??;
    let frame = headers.frame.ok_or_else(|| invalid("it has no frame"))?;
    let colour = match (frame.components, headers.adobe) {
        (1, _) => Colour::Grey,
        (3, _) => Colour::Rgb,
        (4, false) => Colour::Cmyk,
        (4, true) => Colour::CmykInverted,
        (other, _) => return Err(invalid(format!("it has {other} colour channels"))),
    };
    let image = Image {
        width: frame.width,
        height: frame.height,
        colour,
        data: bytes.to_vec(),
        encoding: Encoding::Dct,
        alpha: None,
        orientation: headers.orientation.unwrap_or(Orientation::UPRIGHT),
    };
    Ok((image, headers.density))
}

impl Headers {
    /// Walks over all segments to the end of the image; none if the bytes end before.
    fn read(bytes: &[u8]) -> Option<Result<Self, SealError>> {
        let mut headers = Self::default();
        let mut bytes = Bytes(bytes);
        if bytes.array()? != [0xff, 0xd8] {
            return Some(Err(invalid("it does not begin like a JPEG")));
        }
        let mut scanned = false;
        loop {
            if bytes.byte()? != 0xff {
                return Some(Err(invalid("a segment does not begin where it should")));
            }
            let mut marker = bytes.byte()?;
            while marker == 0xff {
                marker = bytes.byte()?;
            }
            match marker {
                // Markers without a segment: TEM, restart.
                0x01 | 0xd0..=0xd7 => continue,
                0xd9 if scanned => return Some(Ok(headers)),
                0x00 | 0xd8 | 0xd9 => return Some(Err(invalid("its segments are out of order"))),
                _ => {}
            }
            let length = usize::from(u16::from_be_bytes(bytes.array()?));
            let Some(length) = length.checked_sub(2) else {
                return Some(Err(invalid("a segment is shorter than its own length")));
            };
            let segment = bytes.take(length)?;
            match marker {
                0xc0..=0xc2 => match Frame::read(segment) {
                    Ok(frame) if headers.frame.is_none() => headers.frame = Some(frame),
                    Ok(_) => return Some(Err(invalid("it has two frames"))),
                    Err(error) => return Some(Err(error)),
                },
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    return Some(Err(invalid("it is of a kind that PDF does not know")));
                }
                0xda => {
                    if headers.frame.is_none() {
                        return Some(Err(invalid("its segments are out of order")));
                    }
                    scanned = true;
                    bytes.skip_scan()?;
                }
                0xe0 => headers.density = headers.density.or_else(|| jfif_density(segment)),
                0xe1 => {
                    headers.orientation = headers.orientation.or_else(|| exif_orientation(segment));
                }
                0xee => headers.adobe |= segment.starts_with(b"Adobe"),
                _ => {}
            }
        }
    }
}

impl Frame {
    fn read(segment: &[u8]) -> Result<Self, SealError> {
        let &[precision, h0, h1, w0, w1, components, ..] = segment else {
            return Err(invalid("its frame is too short"));
        };
        if precision != 8 {
            return Err(invalid(format!(
                "it has {precision} bits per colour, not 8"
            )));
        }
        let frame = Self {
            width: u32::from(u16::from_be_bytes([w0, w1])),
            height: u32::from(u16::from_be_bytes([h0, h1])),
            components,
        };
        check_sides(frame.width, frame.height)?;
        Ok(frame)
    }
}

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Skips entropy-coded data: everything up to a marker other than a restart (clause B.1.1.5).
    fn skip_scan(&mut self) -> Option<()> {
        loop {
            let at = memchr::memchr(0xff, self.0)?;
            self.0 = self.0.get(at..)?;
            match self.0.get(1)? {
                0x00 | 0xd0..=0xd7 => self.0 = self.0.get(2..)?,
                0xff => self.0 = self.0.get(1..)?,
                _ => return Some(()),
            }
        }
    }
}

/// JFIF's density, if it tells a unit (JFIF 1.02).
fn jfif_density(segment: &[u8]) -> Option<Density> {
    let rest = segment.strip_prefix(b"JFIF\0")?;
    let &[_, _, unit, x0, x1, y0, y1, ..] = rest else {
        return None;
    };
    let per_millimetre = match unit {
        1 => 1.0 / 25.4,
        2 => 0.1,
        _ => return None,
    };
    let (x, y) = (u16::from_be_bytes([x0, x1]), u16::from_be_bytes([y0, y1]));
    (x > 0 && y > 0).then(|| Density {
        horizontal: f64::from(x) * per_millimetre,
        vertical: f64::from(y) * per_millimetre,
    })
}

/// The tag `Orientation` of the first image directory (Exif 2.32 clause 4.6). Exif that cannot be read says nothing, as in
/// every viewer: it is about the picture, not part of it.
fn exif_orientation(segment: &[u8]) -> Option<Orientation> {
    const ORIENTATION: u16 = 0x0112;
    const SHORT: u16 = 3;
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    };
    let offset = tiff.get(4..8)?.try_into().ok()?;
    let offset = if big {
        u32::from_be_bytes(offset)
    } else {
        u32::from_le_bytes(offset)
    };
    let directory = usize::try_from(offset).ok()?;
    let count = usize::from(short(directory)?);
    (0..count).find_map(|i| {
        let entry = directory.checked_add(2 + 12 * i)?;
        let wanted = short(entry)? == ORIENTATION && short(entry.checked_add(2)?)? == SHORT;
        let value = short(entry.checked_add(8)?)?;
        wanted.then(|| Orientation::from_exif(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::Picture;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).expect("a short segment");
        let mut bytes = vec![0xff, marker];
        bytes.extend(length.to_be_bytes());
        bytes.extend(body);
        bytes
    }

    fn frame(marker: u8, width: u16, height: u16, components: u8) -> Vec<u8> {
        let mut body = vec![8];
        body.extend(height.to_be_bytes());
        body.extend(width.to_be_bytes());
        body.push(components);
        body.extend(vec![0x11; usize::from(components) * 3]);
        segment(marker, &body)
    }

    /// Headers as a camera writes them, and scan data with stuffed and restart bytes.
    fn jpeg(parts: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend(parts.concat());
        bytes.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
        bytes.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xff, 0xd9]);
        bytes
    }

    fn jfif(unit: u8, x: u16, y: u16) -> Vec<u8> {
        let mut body = b"JFIF\0\x01\x02".to_vec();
        body.push(unit);
        body.extend(x.to_be_bytes());
        body.extend(y.to_be_bytes());
        body.extend([0, 0]);
        segment(0xe0, &body)
    }

    fn exif(big: bool, orientation: u16) -> Vec<u8> {
        let short = |value: u16| {
            if big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let long = |value: u32| {
            if big {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            }
        };
        let mut body = b"Exif\0\0".to_vec();
        body.extend(if big { b"MM\0*" } else { b"II*\0" });
        body.extend(long(8));
        body.extend(short(2));
        for (tag, value) in [(0x0103, 6), (0x0112, orientation)] {
            body.extend(short(tag));
            body.extend(short(3));
            body.extend(long(1));
            body.extend(short(value));
            body.extend([0, 0]);
        }
        segment(0xe1, &body)
    }

    #[test]
    fn headers_tell_size_colours_density_and_orientation() {
        let bytes = jpeg(&[jfif(1, 300, 300), exif(true, 6), frame(0xc2, 496, 248, 3)]);
        let (image, density) = read(&bytes).expect("a picture");
        assert_eq!((image.width, image.height), (496, 248));
        assert_eq!(image.colour, Colour::Rgb);
        assert_eq!(image.orientation, Orientation::from_exif(6));
        assert_eq!(image.data, bytes);
        let density = density.expect("a density").horizontal * 25.4;
        assert!((density - 300.0).abs() < 1e-9);
        let little = read(&jpeg(&[exif(false, 8), frame(0xc0, 1, 1, 1)])).expect("a picture");
        assert_eq!(little.0.orientation, Orientation::from_exif(8));
        assert_eq!(little.0.colour, Colour::Grey);
        assert_eq!(little.1, None);
        // Per centimetre; a ratio without a unit is no density.
        let metric = read(&jpeg(&[jfif(2, 236, 118), frame(0xc0, 1, 1, 1)])).expect("a picture");
        let expected = Density {
            horizontal: 236.0 * 0.1,
            vertical: 118.0 * 0.1,
        };
        assert_eq!(metric.1, Some(expected));
        let ratio = read(&jpeg(&[jfif(0, 1, 1), frame(0xc0, 1, 1, 1)])).expect("a picture");
        assert_eq!(ratio.1, None);
    }

    #[test]
    fn cmyk_is_inverted_if_adobe_wrote_it() {
        let plain = read(&jpeg(&[frame(0xc0, 1, 1, 4)])).expect("a picture");
        assert_eq!(plain.0.colour, Colour::Cmyk);
        let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x02");
        let inverted = read(&jpeg(&[adobe, frame(0xc0, 1, 1, 4)])).expect("a picture");
        assert_eq!(inverted.0.colour, Colour::CmykInverted);
    }

    #[test]
    fn what_pdf_cannot_show_is_refused_with_the_reason() {
        let twelve_bits = segment(0xc1, &[12, 0, 1, 0, 1, 1, 1, 0x11, 0]);
        let cases: [(&str, Vec<u8>); 8] = [
            ("has no pixels", jpeg(&[frame(0xc0, 0, 9, 3)])),
            ("2 colour channels", jpeg(&[frame(0xc0, 9, 9, 2)])),
            ("12 bits", jpeg(&[twelve_bits])),
            ("kind that PDF does not know", jpeg(&[frame(0xc9, 9, 9, 3)])),
            ("out of order", jpeg(&[])),
            (
                "two frames",
                jpeg(&[frame(0xc0, 9, 9, 3), frame(0xc0, 9, 9, 3)]),
            ),
            (
                "shorter than",
                [&[0xff, 0xd8][..], &[0xff, 0xe0, 0, 1]].concat(),
            ),
            (
                "does not begin where",
                [&[0xff, 0xd8][..], &[0, 0, 0, 0]].concat(),
            ),
        ];
        for (reason, bytes) in cases {
            let error = Picture::jpeg(&bytes, None).expect_err(reason);
            assert_eq!(error.code(), "picture-invalid");
            assert!(error.to_string().contains(reason), "{error}");
        }
        let wide = Picture::jpeg(&jpeg(&[frame(0xc0, 4097, 9, 3)]), None);
        assert_eq!(wide.map_err(|error| error.code()), Err("picture-too-large"));
    }

    #[test]
    fn cut_anywhere_it_is_an_error() {
        let whole = jpeg(&[jfif(1, 300, 300), exif(false, 6), frame(0xc0, 40, 40, 3)]);
        assert!(Picture::jpeg(&whole, None).is_ok());
        for length in 0..whole.len() {
            let error = Picture::jpeg(&whole[..length], None).expect_err("cut");
            assert_eq!(error.code(), "picture-invalid", "{length}");
        }
    }

    /// Exif is about the picture, not part of it: damaged, it changes nothing.
    #[test]
    fn damaged_exif_says_nothing() {
        let whole = exif(true, 6);
        for length in 0..whole.len() - 4 {
            let cut = segment(0xe1, whole.get(4..4 + length).expect("inside"));
            let (image, _) = read(&jpeg(&[cut, frame(0xc0, 1, 1, 1)])).expect("a picture");
            assert!([Orientation::UPRIGHT, Orientation::from_exif(6)].contains(&image.orientation));
        }
    }
}
