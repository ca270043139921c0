//! Predictors of the Flate and LZW filters (ISO 32000-2 clause 7.4.4.4).

use super::filters::Failure;
use crate::{Damage, PdfError};

/// How many bytes a row may have: pictures of a thousand points to the inch, an arm's length wide.
const MAX_ROW: u64 = 1024 * 1024;

/// How bytes were foretold from those beside and above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    /// Each row begins with its own method.
    Png {
        pixel: usize,
        row: usize,
    },
    /// The difference to the component on the left; components of 8 bits only.
    Tiff {
        colors: usize,
        row: usize,
    },
}

impl Predictor {
    /// From the parameters of a filter.
    pub(super) fn read(
        integer: &dyn Fn(&str, i64) -> Result<i64, PdfError>,
        offset: u64,
    ) -> Result<Self, PdfError> {
        let damaged = || PdfError::damaged(offset, Damage::BadStream);
        let predictor = integer("Predictor", 1)?;
        if predictor == 1 {
            return Ok(Self::None);
        }
        let positive = |key, default| {
            let value = u64::try_from(integer(key, default)?).ok();
            value
                .filter(|value| (1..=MAX_ROW).contains(value))
                .ok_or_else(damaged)
        };
        let colors = positive("Colors", 1)?;
        let bits = positive("BitsPerComponent", 8)?;
        let columns = positive("Columns", 1)?;
        if colors > 32 || !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            return Err(damaged());
        }
        let row = (columns * colors * bits).div_ceil(8);
        if row > MAX_ROW {
            return Err(damaged());
        }
        let length = |value: u64| usize::try_from(value).map_err(|_| damaged());
        match predictor {
            2 if bits == 8 => Ok(Self::Tiff {
                colors: length(colors)?,
                row: length(row)?,
            }),
            10..=15 => Ok(Self::Png {
                pixel: length((colors * bits).div_ceil(8))?,
                row: length(row)?,
            }),
            _ => Err(damaged()),
        }
    }

    pub(super) fn undo(self, mut bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
        match self {
            Self::None => Ok(bytes),
            Self::Png { pixel, row } => png(&bytes, pixel, row),
            Self::Tiff { colors, row } => {
                for row in bytes.chunks_mut(row) {
                    for at in colors..row.len() {
                        let left = row.get(at - colors).copied().unwrap_or_default();
                        if let Some(byte) = row.get_mut(at) {
                            *byte = byte.wrapping_add(left);
                        }
                    }
                }
                Ok(bytes)
            }
        }
    }
}

/// Rows of a method and `row` bytes; the last may be shorter.
fn png(bytes: &[u8], pixel: usize, row: usize) -> Result<Vec<u8>, Failure> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut above = vec![0; row];
    let mut current = vec![0; row];
    for line in bytes.chunks(row + 1) {
        let (method, line) = line.split_first().ok_or(Failure::Damaged)?;
        for (at, byte) in line.iter().enumerate() {
            let before = |row: &[u8]| {
                let left = at.checked_sub(pixel).and_then(|at| row.get(at));
                left.copied().unwrap_or_default()
            };
            let left = before(&current);
            let up = above.get(at).copied().unwrap_or_default();
            let foretold = match method {
                0 => 0,
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, before(&above)),
                _ => return Err(Failure::Damaged),
            };
            if let Some(place) = current.get_mut(at) {
                *place = byte.wrapping_add(foretold);
            }
        }
        decoded.extend_from_slice(current.get(..line.len()).unwrap_or_default());
        core::mem::swap(&mut above, &mut current);
    }
    Ok(decoded)
}

/// Whichever of the three is nearest to left + up - corner (PNG, clause 9.4).
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}
