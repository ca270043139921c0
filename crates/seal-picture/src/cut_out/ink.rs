//! Paper and ink.

use super::raster::Rgb;
use crate::{Colour, SealPictureError};

/// The colour of an ink, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hue {
    Red,
    Blue,
}

impl Hue {
    pub(super) fn usual(self) -> Colour {
        match self {
            Self::Red => Colour::RED,
            Self::Blue => Colour::BLUE,
        }
    }

    /// How much ink lies on a spot, from its colour relative to the paper's: about 0 for paper and for grey text, above 1 for full ink.
    ///
    /// The difference in density (the logarithm of reflectance) between the parts of light that the ink takes and the one that it leaves:
    /// grey text takes the same from all, so that it cancels out, also under the ink.
    pub(super) fn strength(self, [red, green, blue]: [f32; 3]) -> f32 {
        /// Light that a camera sees even on black; below it colours are noise.
        const FLARE: f32 = 0.07;
        let (left, taken) = match self {
            Self::Red => (red, green.midpoint(blue)),
            // Blue inks leave some green.
            Self::Blue => (blue, red * 0.7 + green * 0.3),
        };
        ((left.max(0.0) + FLARE) / (taken.max(0.0) + FLARE)).ln()
    }

    /// Whether a spot is too dark to be this ink on paper: wood, leather and skin have its hue, but not its light.
    fn is_too_dark(self, [red, _, blue]: [f32; 3]) -> bool {
        match self {
            Self::Red => red < 0.6,
            Self::Blue => blue < 0.35,
        }
    }
}

/// Above this a spot may be ink, and is no sample of paper.
const PERHAPS_INK: f32 = 0.18;

/// The colour of paper, place by place.
pub(super) struct Paper {
    /// Colours of a grid of tiles, rows from the top.
    tiles: Vec<[f32; 3]>,
    columns: usize,
    rows: usize,
}

/// Pixels a side of a tile in the small copy. The estimate looks at three by three: enough for a line of text and the gap after it.
const TILE: u32 = 16;

impl Paper {
    /// One colour for the whole: the bright end of each part of light.
    pub(super) fn overall(small: &Rgb) -> Result<[f32; 3], SealPictureError> {
        /// Below this mean, of 1, the darkest tenths of a camera's range, ink and text are one.
        const DARK: f32 = 0.25;
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for (_, _, colour) in small.pixels() {
            for (part, value) in parts.iter_mut().zip(colour) {
                part.push(value);
            }
        }
        let colour = parts.map(|mut part| quantile(&mut part, 0.8));
        if colour.iter().sum::<f32>() / 3.0 < DARK {
            return Err(SealPictureError::PhotoTooDark);
        }
        Ok(colour)
    }

    /// Tile by tile, from what is not ink by the estimate so far.
    fn local(small: &Rgb, strength: &[f32]) -> Self {
        let (columns, rows) = (
            small.width.div_ceil(TILE) as usize,
            small.height.div_ceil(TILE) as usize,
        );
        let mut samples: Vec<[Vec<f32>; 3]> = Vec::new();
        samples.resize_with(columns * rows, Default::default);
        for ((x, y, colour), &strength) in small.pixels().zip(strength) {
            if strength.abs() >= PERHAPS_INK {
                continue;
            }
            let tile = (y / TILE) as usize * columns + (x / TILE) as usize;
            if let Some(parts) = samples.get_mut(tile) {
                for (part, value) in parts.iter_mut().zip(colour) {
                    part.push(value);
                }
            }
        }
        let known: Vec<Option<[f32; 3]>> = (0..columns * rows)
            .map(|tile| {
                let near = neighbours(tile, columns, rows);
                let mut parts = [Vec::new(), Vec::new(), Vec::new()];
                for parts_near in near.filter_map(|tile| samples.get(tile)) {
                    for (part, near) in parts.iter_mut().zip(parts_near) {
                        part.extend_from_slice(near);
                    }
                }
                // A tenth of nine tiles: less is what shines between strokes of ink.
                let enough = parts
                    .iter()
                    .all(|part| part.len() >= (TILE * TILE) as usize * 9 / 10);
                enough.then(|| parts.map(|mut part| quantile(&mut part, 0.75)))
            })
            .collect();
        let tiles = spread(known, columns, rows);
        Self {
            tiles,
            columns,
            rows,
        }
    }

    /// A colour as it would be on white paper in white light; the place is in pixels of the small copy.
    pub(super) fn reflectance(&self, colour: [f32; 3], [x, y]: [f32; 2]) -> [f32; 3] {
        let paper = self.at(x, y);
        let mut result = colour;
        for (part, paper) in result.iter_mut().zip(paper) {
            *part = (*part / paper.max(0.02)).min(1.2);
        }
        result
    }

    /// Between the middles of the four nearest tiles.
    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let split = |value: f32, count: usize| {
            let value = (value / TILE as f32 - 0.5).clamp(0.0, count as f32 - 1.0);
            // Between 0 and the number of tiles.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let low = value as usize;
            (low, (low + 1).min(count - 1), value - value.floor())
        };
        let (left, right, across) = split(x, self.columns);
        let (top, bottom, down) = split(y, self.rows);
        let tile = |column: usize, row: usize| {
            self.tiles
                .get(row * self.columns + column)
                .copied()
                .unwrap_or([1.0; 3])
        };
        let upper = mix(tile(left, top), tile(right, top), across);
        let lower = mix(tile(left, bottom), tile(right, bottom), across);
        mix(upper, lower, down)
    }
}

fn mix(from: [f32; 3], to: [f32; 3], part: f32) -> [f32; 3] {
    let mut result = from;
    for (value, to) in result.iter_mut().zip(to) {
        *value += (to - *value) * part;
    }
    result
}

/// The tile itself and those around it.
fn neighbours(tile: usize, columns: usize, rows: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (tile % columns, tile / columns);
    let around = |at: usize, count: usize| at.saturating_sub(1)..(at + 2).min(count);
    around(row, rows)
        .flat_map(move |row| around(column, columns).map(move |column| row * columns + column))
}

/// Fills tiles without a colour from their neighbours, then smooths all.
fn spread(mut known: Vec<Option<[f32; 3]>>, columns: usize, rows: usize) -> Vec<[f32; 3]> {
    let mean_near = |known: &[Option<[f32; 3]>], tile: usize| {
        let mut sum = [0.0; 3];
        let mut count = 0.0_f32;
        for colour in neighbours(tile, columns, rows).filter_map(|near| *known.get(near)?) {
            for (sum, part) in sum.iter_mut().zip(colour) {
                *sum += part;
            }
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|sum| sum / count))
    };
    // Every round reaches one tile further.
    for _round in 0..columns.max(rows) {
        if known.iter().all(Option::is_some) {
            break;
        }
        let next = (0..known.len())
            .map(|tile| {
                known
                    .get(tile)
                    .copied()
                    .flatten()
                    .or_else(|| mean_near(&known, tile))
            })
            .collect();
        known = next;
    }
    (0..known.len())
        .map(|tile| mean_near(&known, tile).unwrap_or([1.0; 3]))
        .collect()
}

/// The small copy, measured for one ink.
pub(super) struct Measured {
    pub(super) hue: Hue,
    pub(super) paper: Paper,
    /// How much ink each pixel has.
    pub(super) strength: Vec<f32>,
    /// From where on that is surely ink.
    pub(super) threshold: f32,
}

impl Measured {
    pub(super) fn new(small: &Rgb, overall: [f32; 3], hue: Hue) -> Self {
        let mut paper = Paper {
            tiles: vec![overall],
            columns: 1,
            rows: 1,
        };
        let reflectances = |paper: &Paper| -> Vec<[f32; 3]> {
            small
                .pixels()
                .map(|(x, y, colour)| paper.reflectance(colour, [x as f32 + 0.5, y as f32 + 0.5]))
                .collect()
        };
        // The first local estimate still takes faint ink for paper and yellow corners for ink; the second is right about both.
        for _round in 0..2 {
            let strength: Vec<f32> = reflectances(&paper)
                .into_iter()
                .map(|colour| hue.strength(colour))
                .collect();
            paper = Paper::local(small, &strength);
        }
        let strength: Vec<f32> = reflectances(&paper)
            .into_iter()
            .map(|colour| {
                if hue.is_too_dark(colour) {
                    0.0
                } else {
                    hue.strength(colour)
                }
            })
            .collect();
        // A seal worth cutting out covers more than a hundredth of the photograph. Half of what that has is ink, strong or faint.
        let strong = quantile(&mut strength.clone(), 0.99);
        let threshold = (strong * 0.45).clamp(LEAST_INK, MOST_INK);
        Self {
            hue,
            paper,
            strength,
            threshold,
        }
    }

    /// How much ink there is in all.
    pub(super) fn amount(&self) -> f32 {
        self.strength
            .iter()
            .filter(|&&value| value > self.threshold)
            .sum()
    }
}

/// Fainter ink cannot be told from the tint of shadows.
const LEAST_INK: f32 = 0.2;
/// However strong the ink is, this is ink, too.
const MOST_INK: f32 = 0.6;

/// From strength to coverage, by what this photograph's paper and ink are like.
pub(super) struct Scale {
    none: f32,
    full: f32,
}

impl Scale {
    pub(super) fn of(strength: &[f32], threshold: f32) -> Self {
        let (mut ink, mut ground): (Vec<f32>, Vec<f32>) =
            strength.iter().partition(|&&value| value > threshold);
        let middle = quantile(&mut ground, 0.5);
        let mut distances: Vec<f32> = ground.iter().map(|value| (value - middle).abs()).collect();
        // Half of all distances are below this; four times as far is hardly ever noise.
        let noise = quantile(&mut distances, 0.5) * 4.0;
        let none = middle + noise.clamp(0.06, threshold * 0.6);
        let full = (quantile(&mut ink, 0.6) * 0.9).max(none + 0.2);
        Self { none, full }
    }

    pub(super) fn coverage(&self, strength: f32) -> f32 {
        ((strength - self.none) / (self.full - self.none)).clamp(0.0, 1.0)
    }
}

/// The colour of the ink alone, without the paper that shines through and the text beneath.
pub(super) fn unmixed(hue: Hue, seen: &[[f32; 3]], coverage: &[f32]) -> Vec<[f32; 3]> {
    let usual = [0, 1, 2].map(|channel: usize| {
        let mut values: Vec<f32> = seen
            .iter()
            .zip(coverage)
            .filter(|&(_, &part)| part > 0.9)
            .filter_map(|(colour, _)| colour.get(channel).copied())
            .collect();
        quantile(&mut values, 0.6)
    });
    let left = |[red, _, blue]: [f32; 3]| match hue {
        Hue::Red => red,
        Hue::Blue => blue,
    };
    seen.iter()
        .zip(coverage)
        .map(|(&colour, &part)| {
            if part <= 0.0 {
                return usual;
            }
            let alone = colour.map(|seen| ((seen - (1.0 - part)) / part).clamp(0.0, 1.0));
            // Thin edges are too mixed to tell, and what is much darker than the ink is text: both get the ink's usual colour.
            let solid = ((part - 0.4) / 0.4).clamp(0.0, 1.0);
            let light = left(alone) / left(usual).max(0.05);
            let free = ((light - 0.7) / 0.2).clamp(0.0, 1.0);
            mix(usual, alone, solid * free)
        })
        .collect()
}

/// The value that a part of all lie below; 0 of none.
fn quantile(values: &mut [f32], part: f32) -> f32 {
    let last = values.len().saturating_sub(1);
    // Between 0 and the last.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = (last as f32 * part) as usize;
    if values.is_empty() {
        return 0.0;
    }
    // Not `select_nth_unstable`: in a standard library built for size, as the phone's WebAssembly has it, that takes time with
    // the square of how many values are equal, and of 256 shades most are.
    values.sort_unstable_by(f32::total_cmp);
    values.get(index.min(last)).copied().unwrap_or_default()
}
