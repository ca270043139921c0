//! Pixels, rectangles and means.

/// Three bytes a pixel, rows from the top.
pub(super) struct Rgb {
    pub(super) width: u32,
    pub(super) height: u32,
    data: Vec<u8>,
}

impl Rgb {
    /// Takes pixels whose number fits the size.
    pub(super) fn new(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        let length = (width as usize)
            .checked_mul(height as usize)?
            .checked_mul(3)?;
        (data.len() == length && length > 0).then_some(Self {
            width,
            height,
            data,
        })
    }

    /// Every pixel with its place; parts from 0 to 1.
    pub(super) fn pixels(&self) -> impl Iterator<Item = (u32, u32, [f32; 3])> + '_ {
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        self.data
            .chunks_exact(3)
            .zip(places)
            .map(|(pixel, (x, y))| (x, y, unit(pixel)))
    }

    /// A copy whose longer side is at most `side`.
    pub(super) fn reduced_to(&self, side: u32) -> Self {
        let scale = (side as f32 / self.width.max(self.height) as f32).min(1.0);
        let whole = Rectangle {
            left: 0.0,
            top: 0.0,
            right: self.width as f32,
            bottom: self.height as f32,
        };
        self.part(whole, scale)
    }

    /// A part of the picture, made smaller by `scale`: every pixel is the mean of those that it covers.
    pub(super) fn part(&self, part: Rectangle, scale: f32) -> Self {
        // A part lies within the picture: at most its number of pixels.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let side = |length: f32| ((length * scale).round() as u32).max(1);
        let (width, height) = (side(part.width()), side(part.height()));
        let columns = spans(part.left, part.right, width, self.width);
        let rows = spans(part.top, part.bottom, height, self.height);
        let mut data = Vec::with_capacity(width as usize * height as usize * 3);
        let mut narrow: Vec<[f32; 3]> = Vec::new();
        let row_length = self.width as usize * 3;
        for row in &rows {
            narrow.clear();
            narrow.resize(width as usize, [0.0; 3]);
            for (offset, &row_weight) in row.weights.iter().enumerate() {
                let start = (row.first + offset) * row_length;
                let Some(line) = self.data.get(start..start + row_length) else {
                    continue;
                };
                for (sum, column) in narrow.iter_mut().zip(&columns) {
                    let Some(pixels) = line.get(column.first * 3..) else {
                        continue;
                    };
                    for (pixel, &weight) in pixels.chunks_exact(3).zip(&column.weights) {
                        let weight = weight * row_weight;
                        for (sum, &part) in sum.iter_mut().zip(pixel) {
                            *sum += f32::from(part) * weight;
                        }
                    }
                }
            }
            data.extend(narrow.iter().flatten().map(|&sum| byte(sum / 255.0)));
        }
        Self {
            width,
            height,
            data,
        }
    }
}

/// Which pixels of a line a new pixel covers, and each one's part of it.
struct Span {
    first: usize,
    weights: Vec<f32>,
}

fn spans(start: f32, end: f32, count: u32, limit: u32) -> Vec<Span> {
    let step = (end - start) / count as f32;
    (0..count)
        .map(|index| {
            let low = (start + index as f32 * step).clamp(0.0, limit as f32 - 1.0);
            let high = (start + (index + 1) as f32 * step).clamp(low, limit as f32);
            // Between 0 and the number of pixels.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let (first, last) = (low.floor() as usize, (high.ceil() as usize));
            let last = last.clamp(first + 1, limit as usize);
            let mut weights: Vec<f32> = (first..last)
                .map(|pixel| (high.min(pixel as f32 + 1.0) - low.max(pixel as f32)).max(0.0))
                .collect();
            let sum: f32 = weights.iter().sum();
            if sum > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= sum);
            } else if let Some(weight) = weights.first_mut() {
                *weight = 1.0;
            }
            Span { first, weights }
        })
        .collect()
}

/// A rectangle between pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rectangle {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Rectangle {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Whether the middle of a pixel lies inside.
    pub(super) fn holds(&self, x: usize, y: usize) -> bool {
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    pub(super) fn scaled(&self, [across, down]: [f32; 2]) -> Self {
        Self {
            left: self.left * across,
            top: self.top * down,
            right: self.right * across,
            bottom: self.bottom * down,
        }
    }

    pub(super) fn grown(&self, by: f32) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    pub(super) fn within(&self, width: f32, height: f32) -> Self {
        Self {
            left: self.left.max(0.0),
            top: self.top.max(0.0),
            right: self.right.min(width),
            bottom: self.bottom.min(height),
        }
    }
}

/// Every value with its neighbours, by 1 2 1 in both directions: takes the noise of single pixels out, keeps strokes.
pub(super) fn smoothed(values: &[[f32; 3]], width: u32, height: u32) -> Vec<[f32; 3]> {
    let width = width as usize;
    let rows: Vec<[f32; 3]> = values
        .chunks(width.max(1))
        .take(height as usize)
        .flat_map(|row| {
            (0..row.len()).map(|x| {
                let at = |index: usize| row.get(index).or(row.get(x)).copied().unwrap_or_default();
                blend(at(x.wrapping_sub(1)), at(x), at(x + 1))
            })
        })
        .collect();
    (0..rows.len())
        .map(|index| {
            let at = |other: usize| {
                rows.get(other)
                    .or(rows.get(index))
                    .copied()
                    .unwrap_or_default()
            };
            blend(at(index.wrapping_sub(width)), at(index), at(index + width))
        })
        .collect()
}

fn blend(before: [f32; 3], here: [f32; 3], after: [f32; 3]) -> [f32; 3] {
    let mut sum = here;
    for ((sum, before), after) in sum.iter_mut().zip(before).zip(after) {
        *sum = before.midpoint(after).midpoint(*sum);
    }
    sum
}

/// From a part of one to a byte.
pub(super) fn byte(part: f32) -> u8 {
    // Between 0 and 255; not a number becomes 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let byte = (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    byte
}

fn unit(pixel: &[u8]) -> [f32; 3] {
    match *pixel {
        [red, green, blue] => [red, green, blue].map(|part| f32::from(part) / 255.0),
        _ => [0.0; 3],
    }
}
