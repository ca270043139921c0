//! Seal pictures: PNG with its transparency, or JPEG as it is.

mod deflater;
mod jpeg;
mod png;

pub(crate) use deflater::Deflater;

use super::{SealError, geometry::POINTS_PER_MILLIMETRE};

/// Bytes a seal picture may have: a 58 mm seal at 600 dpi in four colour channels has a third of it, compressed.
pub const MAX_PICTURE_BYTES: usize = 1024 * 1024;

/// Pixels a side of a seal picture may have: 58 mm at 1,800 dpi.
pub const MAX_PICTURE_SIDE: u32 = 4096;

/// Width of a seal whose size nobody says, in millimetres: that of a Chinese company's official seal.
pub const DEFAULT_MILLIMETRES: f64 = 42.0;

/// Sizes in millimetres that a picture's own density is believed to mean. Cameras and drawing programs write 72 dpi into
/// everything, which would make a seal the size of the page.
const BELIEVED_MILLIMETRES: core::ops::RangeInclusive<f64> = 5.0..=100.0;

/// A picture of a seal, ready to be put into a PDF.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(crate) image: Image,
    width: f64,
    height: f64,
}

/// An image as PDF wants it (ISO 32000-2 clause 8.9.5).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colour: Colour,
    /// The encoded samples.
    pub(crate) data: Vec<u8>,
    pub(crate) encoding: Encoding,
    /// The alpha channel, compressed, of the same size as the image; none if all of it is opaque.
    pub(crate) alpha: Option<Vec<u8>>,
    pub(crate) orientation: Orientation,
}

/// Channels of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Grey,
    Rgb,
    Cmyk,
    /// As Adobe's programs write it into JPEG: 0 is full ink.
    CmykInverted,
}

/// How the samples are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// zlib.
    Flate,
    /// JPEG.
    Dct,
}

/// What has to be done to the image to see it upright: the values of the Exif tag `Orientation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

/// What a picture says about its pixels: how many there are per millimetre, in each direction.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Density {
    horizontal: f64,
    vertical: f64,
}

impl Picture {
    /// Takes a PNG of any colour type and depth. Its transparency is kept; 16 bit are reduced to 8.
    ///
    /// `millimetres` is width and height of the seal. Without it, the picture's own density counts where it makes the seal 5 to 100 mm wide
    /// and high; else the seal is 42 mm wide.
    ///
    /// # Errors
    /// [`SealError::PictureInvalid`] and [`SealError::PictureTooLarge`].
    pub fn png(bytes: &[u8], millimetres: Option<(f64, f64)>) -> Result<Self, SealError> {
        check_length(bytes)?;
        let (image, density) = png::read(bytes)?;
        Self::new(image, density, millimetres)
    }

    /// Takes a JPEG, baseline or progressive, grey, in colour or CMYK; its bytes go into the PDF unchanged. Held sideways by a
    /// camera (Exif), it is turned upright. For `millimetres` see [`Picture::png`].
    ///
    /// # Errors
    /// [`SealError::PictureInvalid`] and [`SealError::PictureTooLarge`].
    pub fn jpeg(bytes: &[u8], millimetres: Option<(f64, f64)>) -> Result<Self, SealError> {
        check_length(bytes)?;
        let (image, density) = jpeg::read(bytes)?;
        Self::new(image, density, millimetres)
    }

    /// Takes a PNG or a JPEG, whichever the bytes are.
    ///
    /// # Errors
    /// [`SealError::PictureInvalid`] and [`SealError::PictureTooLarge`].
    pub fn read(bytes: &[u8], millimetres: Option<(f64, f64)>) -> Result<Self, SealError> {
        if bytes.starts_with(b"\x89PNG") {
            Self::png(bytes, millimetres)
        } else if bytes.starts_with(b"\xff\xd8") {
            Self::jpeg(bytes, millimetres)
        } else {
            Err(invalid("it is neither PNG nor JPEG"))
        }
    }

    /// Width and height of the seal in points.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// SHA-256 of its pixels as they are drawn in a PDF, to recognise it there.
    pub fn fingerprint(&self) -> [u8; 32] {
        let image = &self.image;
        let inflated = |bytes: &[u8]| {
            miniz_oxide::inflate::decompress_to_vec_zlib(bytes)
                .expect("the picture was compressed here")
        };
        let samples = match image.encoding {
            Encoding::Flate => inflated(&image.data),
            Encoding::Dct => image.data.clone(),
        };
        let channels = match image.colour {
            Colour::Grey => "grey",
            Colour::Rgb => "rgb",
            Colour::Cmyk => "cmyk",
            Colour::CmykInverted => "cmyk inverted",
        };
        let size = (f64::from(image.width), f64::from(image.height));
        let alpha = image.alpha.as_deref().map(inflated);
        crate::verify::drawing::fingerprint(size, channels, &samples, alpha.as_deref())
    }

    /// The same picture, so many points wide; its proportions stay.
    ///
    /// # Errors
    /// [`SealError::RequestInvalid`] if a side would not be one of a seal.
    pub fn with_width(self, points: f64) -> Result<Self, SealError> {
        let millimetres = points / POINTS_PER_MILLIMETRE;
        let (width, height) = check_size((millimetres, millimetres * self.height / self.width))?;
        Ok(Self {
            image: self.image,
            width: width * POINTS_PER_MILLIMETRE,
            height: height * POINTS_PER_MILLIMETRE,
        })
    }

    fn new(
        image: Image,
        density: Option<Density>,
        millimetres: Option<(f64, f64)>,
    ) -> Result<Self, SealError> {
        let (mut width, mut height) = (f64::from(image.width), f64::from(image.height));
        if image.orientation.is_sideways() {
            (width, height) = (height, width);
        }
        let (width, height) = match (millimetres, density) {
            (Some(size), _) => check_size(size)?,
            (None, Some(density)) => {
                let (horizontal, vertical) = if image.orientation.is_sideways() {
                    (density.vertical, density.horizontal)
                } else {
                    (density.horizontal, density.vertical)
                };
                let size = (width / horizontal, height / vertical);
                let believed = BELIEVED_MILLIMETRES.contains(&size.0)
                    && BELIEVED_MILLIMETRES.contains(&size.1);
                if believed {
                    size
                } else {
                    default_size(width, height)
                }
            }
            (None, None) => default_size(width, height),
        };
        Ok(Self {
            image,
            width: width * POINTS_PER_MILLIMETRE,
            height: height * POINTS_PER_MILLIMETRE,
        })
    }
}

impl Orientation {
    pub(crate) const UPRIGHT: Self = Self(1);

    /// Of the value of the Exif tag; unknown values mean nothing.
    fn from_exif(value: u16) -> Self {
        match value {
            2..=8 => Self(u8::try_from(value).unwrap_or(1)),
            _ => Self::UPRIGHT,
        }
    }

    /// Whether rows of the image are columns of what is seen.
    fn is_sideways(self) -> bool {
        self.0 >= 5
    }

    /// The matrix that puts the image, upright, onto the unit square (as `cm` takes it).
    pub(crate) fn matrix(self) -> [f64; 6] {
        match self.0 {
            2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
            5 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
            6 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
            7 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            8 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        }
    }
}

/// A seal of default width that keeps the proportions, and is not higher than wide seals are.
fn default_size(width: f64, height: f64) -> (f64, f64) {
    let scale = DEFAULT_MILLIMETRES / width.max(height);
    (width * scale, height * scale)
}

/// Width and height in millimetres that a seal can have: more than a dot, at most an A0 sheet.
fn check_size((width, height): (f64, f64)) -> Result<(f64, f64), SealError> {
    let sides = 1.0..=1189.0;
    if sides.contains(&width) && sides.contains(&height) {
        Ok((width, height))
    } else {
        Err(SealError::RequestInvalid {
            reason: format!("{width} x {height} mm is no size of a seal: give 1 to 1189 mm"),
        })
    }
}

fn check_length(bytes: &[u8]) -> Result<(), SealError> {
    if bytes.len() > MAX_PICTURE_BYTES {
        return Err(SealError::PictureTooLarge {
            what: "its length in bytes",
            limit: MAX_PICTURE_BYTES as u64,
        });
    }
    Ok(())
}

/// Refuses pictures without pixels and with too many.
fn check_sides(width: u32, height: u32) -> Result<(), SealError> {
    if width == 0 || height == 0 {
        return Err(invalid("it has no pixels"));
    }
    if width.max(height) > MAX_PICTURE_SIDE {
        return Err(SealError::PictureTooLarge {
            what: "a side in pixels",
            limit: u64::from(MAX_PICTURE_SIDE),
        });
    }
    Ok(())
}

fn invalid(reason: impl Into<String>) -> SealError {
    SealError::PictureInvalid {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(
        size: (u32, u32),
        orientation: u16,
        density: Option<(f64, f64)>,
        millimetres: Option<(f64, f64)>,
    ) -> Result<(f64, f64), SealError> {
        let image = Image {
            width: size.0,
            height: size.1,
            colour: Colour::Grey,
            data: Vec::new(),
            encoding: Encoding::Flate,
            alpha: None,
            orientation: Orientation::from_exif(orientation),
        };
        let density = density.map(|(horizontal, vertical)| Density {
            horizontal,
            vertical,
        });
        let picture = Picture::new(image, density, millimetres)?;
        let round = |points: f64| (points / POINTS_PER_MILLIMETRE * 1000.0).round() / 1000.0;
        Ok((round(picture.width), round(picture.height)))
    }

    #[test]
    fn size_is_the_callers_then_the_pictures_then_a_default() {
        let dots = 600.0 / 25.4;
        let square = (992, 992);
        assert_eq!(
            picture(square, 1, Some((dots, dots)), Some((58.0, 40.0))),
            Ok((58.0, 40.0))
        );
        assert_eq!(
            picture(square, 1, Some((dots, dots)), None),
            Ok((41.995, 41.995))
        );
        assert_eq!(picture(square, 1, None, None), Ok((42.0, 42.0)));
        // 72 dpi would be 350 mm.
        let screen = Some((72.0 / 25.4, 72.0 / 25.4));
        assert_eq!(picture(square, 1, screen, None), Ok((42.0, 42.0)));
        // Proportions are kept, lying or standing.
        assert_eq!(picture((200, 100), 1, None, None), Ok((42.0, 21.0)));
        assert_eq!(picture((100, 200), 1, None, None), Ok((21.0, 42.0)));
        assert_eq!(picture((200, 100), 6, None, None), Ok((21.0, 42.0)));
        // Pixels that are not square.
        assert_eq!(
            picture((400, 100), 1, Some((20.0, 10.0)), None),
            Ok((20.0, 10.0))
        );
        assert_eq!(
            picture((400, 100), 6, Some((20.0, 10.0)), None),
            Ok((10.0, 20.0))
        );
        for bad in [
            (0.0, 10.0),
            (-1.0, 10.0),
            (f64::NAN, 10.0),
            (10.0, f64::INFINITY),
            (1190.0, 10.0),
        ] {
            let refused = picture(square, 1, None, Some(bad));
            assert!(
                matches!(refused, Err(SealError::RequestInvalid { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn sides_and_length_are_limited() {
        assert_eq!(check_sides(MAX_PICTURE_SIDE, 1), Ok(()));
        assert!(check_sides(MAX_PICTURE_SIDE + 1, 1).is_err());
        assert!(check_sides(1, MAX_PICTURE_SIDE + 1).is_err());
        assert!(check_sides(0, 1).is_err());
        assert_eq!(check_length(&vec![0; MAX_PICTURE_BYTES]), Ok(()));
        let refused = Picture::read(&vec![0xff; MAX_PICTURE_BYTES + 1], None);
        assert_eq!(
            refused.map_err(|error| error.code()),
            Err("picture-invalid")
        );
        let mut long = vec![0; MAX_PICTURE_BYTES + 1];
        long[..4].copy_from_slice(b"\x89PNG");
        let refused = Picture::read(&long, None);
        assert_eq!(
            refused.map_err(|error| error.code()),
            Err("picture-too-large")
        );
    }

    /// Exif's own words: where row 0 and column 0 of the image are seen.
    #[test]
    fn orientations_put_the_first_row_and_column_where_exif_says() {
        let cases = [
            (1, "top", "left"),
            (2, "top", "right"),
            (3, "bottom", "right"),
            (4, "bottom", "left"),
            (5, "left", "top"),
            (6, "right", "top"),
            (7, "right", "bottom"),
            (8, "left", "bottom"),
            (9, "top", "left"),
        ];
        for (value, row, column) in cases {
            let [a, b, c, d, e, f] = Orientation::from_exif(value).matrix();
            let at = |x: f64, y: f64| (a * x + c * y + e, b * x + d * y + f);
            let side = |middle: (f64, f64)| match middle {
                (0.5, 1.0) => "top",
                (0.5, 0.0) => "bottom",
                (0.0, 0.5) => "left",
                (1.0, 0.5) => "right",
                other => panic!("{other:?}"),
            };
            // In the unit square of PDF, row 0 of an image is at y = 1.
            assert_eq!(side(at(0.5, 1.0)), row, "{value}");
            assert_eq!(side(at(0.0, 0.5)), column, "{value}");
        }
    }
}
