//! Which of the ink is the seal.

use super::raster::Rectangle;
use crate::SealPictureError;

/// The seal in the small copy.
pub(super) struct Region {
    /// Around its ink.
    pub(super) bounds: Rectangle,
    /// Whether a pixel is at the seal's ink or near it.
    near: Vec<bool>,
    width: u32,
    height: u32,
}

impl Region {
    /// Finds the ink that hangs together and is most; ink inside its bounds belongs to it, such as the star in a round seal.
    pub(super) fn find(
        strength: &[f32],
        threshold: f32,
        width: u32,
        height: u32,
    ) -> Result<Self, SealPictureError> {
        let ink: Vec<bool> = strength.iter().map(|&value| value > threshold).collect();
        // Ink of one seal is worn here and there: parts this near to one another are one.
        let reach = (width.max(height) / 90).max(2);
        let grown = grown(&ink, width, height, reach);
        let (labels, count) = components(&grown, width, height);

        let mut parts = vec![Part::default(); count];
        for (index, (&label, &value)) in labels.iter().zip(strength).enumerate() {
            let place = ink.get(index).copied().unwrap_or(false).then_some(label);
            if let Some(part) = place.and_then(|label| parts.get_mut(label.checked_sub(1)?)) {
                part.add(index % width as usize, index / width as usize, value);
            }
        }
        let largest = parts
            .iter()
            .copied()
            .max_by(|one, other| one.amount.total_cmp(&other.amount))
            .filter(|part| part.amount > 0.0)
            .ok_or(SealPictureError::NoSeal)?;

        let mut chosen = largest;
        let mut belongs = vec![false; count];
        // Twice, since a part that joins may hold another.
        for _round in 0..2 {
            let frame = chosen.bounds().grown(reach as f32);
            for (part, belongs) in parts.iter().zip(&mut belongs) {
                if part.amount > 0.0 && !*belongs && part.is_mostly_in(&frame) {
                    *belongs = true;
                    chosen.join(part);
                }
            }
        }
        // Thin strokes may have been too faint for the small copy: all inside the frame is the seal's but what hangs together with ink outside.
        let bounds = chosen.bounds();
        let frame = bounds.grown(reach as f32);
        let near = labels
            .iter()
            .enumerate()
            .map(|(index, &label)| match label.checked_sub(1) {
                Some(part) => belongs.get(part).copied().unwrap_or(false),
                None => frame.holds(index % width as usize, index / width as usize),
            })
            .collect();
        // A seal is neither a hair nor specks in a field.
        let area = bounds.width() * bounds.height();
        let thin = bounds.width().min(bounds.height()) < bounds.width().max(bounds.height()) / 6.0;
        if thin || (chosen.pixels as f32) < area * 0.04 {
            return Err(SealPictureError::NoSeal);
        }
        Ok(Self {
            bounds,
            near,
            width,
            height,
        })
    }

    /// How far a place of the small copy belongs to the seal, fading out over a pixel.
    pub(super) fn weight(&self, [x, y]: [f32; 2]) -> f32 {
        let (left, top) = (x - 0.5, y - 0.5);
        let (across, down) = (left - left.floor(), top - top.floor());
        let near = |column: f32, row: f32| {
            let column = column.clamp(0.0, self.width as f32 - 1.0);
            let row = row.clamp(0.0, self.height as f32 - 1.0);
            // Clamped to the picture.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let index = row as usize * self.width as usize + column as usize;
            f32::from(u8::from(self.near.get(index).copied().unwrap_or(false)))
        };
        let (left, top) = (left.floor(), top.floor());
        let upper = near(left, top) * (1.0 - across) + near(left + 1.0, top) * across;
        let lower = near(left, top + 1.0) * (1.0 - across) + near(left + 1.0, top + 1.0) * across;
        upper * (1.0 - down) + lower * down
    }
}

/// Ink that hangs together.
#[derive(Clone, Copy, Default)]
struct Part {
    amount: f32,
    pixels: u32,
    left: usize,
    top: usize,
    /// One past the last.
    right: usize,
    bottom: usize,
}

impl Part {
    fn add(&mut self, x: usize, y: usize, amount: f32) {
        self.join(&Self {
            amount,
            pixels: 1,
            left: x,
            top: y,
            right: x + 1,
            bottom: y + 1,
        });
    }

    fn join(&mut self, other: &Self) {
        if self.pixels == 0 {
            *self = *other;
            return;
        }
        self.amount += other.amount;
        self.pixels = self.pixels.saturating_add(other.pixels);
        self.left = self.left.min(other.left);
        self.top = self.top.min(other.top);
        self.right = self.right.max(other.right);
        self.bottom = self.bottom.max(other.bottom);
    }

    fn bounds(&self) -> Rectangle {
        Rectangle {
            left: self.left as f32,
            top: self.top as f32,
            right: self.right as f32,
            bottom: self.bottom as f32,
        }
    }

    fn is_mostly_in(&self, frame: &Rectangle) -> bool {
        let own = self.bounds();
        let common =
            |low: f32, high: f32, from: f32, to: f32| (high.min(to) - low.max(from)).max(0.0);
        let across = common(own.left, own.right, frame.left, frame.right);
        let down = common(own.top, own.bottom, frame.top, frame.bottom);
        across * down >= 0.7 * own.width() * own.height()
    }
}

/// Every pixel within `reach` of one that is set, along rows and columns.
fn grown(set: &[bool], width: u32, height: u32, reach: u32) -> Vec<bool> {
    let (width, height, reach) = (width as usize, height as usize, reach as usize);
    let mut across = vec![false; set.len()];
    let mut both = vec![false; set.len()];
    for y in 0..height {
        stretch(set, &mut across, y * width, 1, width, reach);
    }
    for x in 0..width {
        stretch(&across, &mut both, x, width, height, reach);
    }
    both
}

/// Grows along one line of `count` pixels, `step` apart.
fn stretch(from: &[bool], to: &mut [bool], start: usize, step: usize, count: usize, reach: usize) {
    let mut last_set: Option<usize> = None;
    let at = |index: usize| start + index * step;
    for index in 0..count + reach {
        if index < count && from.get(at(index)).copied().unwrap_or(false) {
            last_set = Some(index);
        }
        // The pixel `reach` before this one has now seen both its sides.
        let Some(here) = index.checked_sub(reach) else {
            continue;
        };
        let near = last_set.is_some_and(|last| last + reach >= here);
        if let Some(to) = to.get_mut(at(here)) {
            *to = near;
        }
    }
}

/// Numbers the connected parts from 1; 0 is none.
fn components(set: &[bool], width: u32, height: u32) -> (Vec<usize>, usize) {
    let (width, height) = (width as usize, height as usize);
    let mut labels = vec![0; set.len()];
    let mut count = 0;
    let mut open = Vec::new();
    for start in 0..set.len() {
        if !set.get(start).copied().unwrap_or(false) || labels.get(start) != Some(&0) {
            continue;
        }
        count += 1;
        open.push(start);
        while let Some(index) = open.pop() {
            let is_set = set.get(index).copied().unwrap_or(false);
            let Some(label) = labels.get_mut(index).filter(|label| is_set && **label == 0) else {
                continue;
            };
            *label = count;
            let (x, y) = (index % width, index / width);
            if x > 0 {
                open.push(index - 1);
            }
            if x + 1 < width {
                open.push(index + 1);
            }
            if y > 0 {
                open.push(index - width);
            }
            if y + 1 < height {
                open.push(index + width);
            }
        }
    }
    (labels, count)
}

/// Clears coverage that hangs together in less than five thousandths of the picture's side, squared: dust and coloured edges of text.
pub(super) fn remove_specks(coverage: &mut [f32], width: u32, height: u32) {
    let least = (f64::from(width) * f64::from(height) * 2.5e-5).max(4.0);
    let set: Vec<bool> = coverage.iter().map(|&part| part > 0.12).collect();
    let (labels, count) = components(&set, width, height);
    let mut sums = vec![0.0_f64; count + 1];
    for (&label, &part) in labels.iter().zip(coverage.iter()) {
        if let Some(sum) = sums.get_mut(label) {
            *sum += f64::from(part);
        }
    }
    // What no part holds is a faint haze, and as little wanted, unless it borders on ink: there it is the soft edge.
    let near_ink = grown(
        &labels
            .iter()
            .map(|&label| label > 0 && sums.get(label).is_some_and(|&sum| sum >= least))
            .collect::<Vec<_>>(),
        width,
        height,
        1,
    );
    for (part, near) in coverage.iter_mut().zip(near_ink) {
        if !near {
            *part = 0.0;
        }
    }
}

/// Around all pixels of at least this coverage.
pub(super) fn bounds(coverage: &[f32], width: u32, height: u32, least: f32) -> Option<Rectangle> {
    let width = (width as usize).max(1);
    let mut part = Part::default();
    for (index, _) in coverage
        .iter()
        .take(width * height as usize)
        .enumerate()
        .filter(|&(_, &value)| value >= least)
    {
        part.add(index % width, index / width, 1.0);
    }
    (part.pixels > 0).then(|| part.bounds())
}
