//! Where characters stand: along an arc or in a line.

use std::f32::consts::PI;

use crate::font::{Glyph, Place};

/// Characters of one height along a circle or ellipse.
pub(crate) struct Arc {
    /// Half axes of the ellipse through the middles of the characters.
    pub(crate) half: [f32; 2],
    /// Height of a character.
    pub(crate) height: f32,
    /// The most width of a character, as a part of its height.
    pub(crate) widest: f32,
    /// The distance between the middles of two full-width characters, at most.
    pub(crate) pitch: f32,
    /// How far the text may reach from the top to either side: the parameter of the ellipse, π at the bottom.
    pub(crate) reach: f32,
}

impl Arc {
    /// Places the characters evenly around the top, tops outwards.
    pub(crate) fn over_top(&self, glyphs: &[Glyph]) -> Vec<Place> {
        let table = Lengths::new(self.half);
        let squares: f32 = glyphs.iter().map(|glyph| glyph.width).sum();
        let length = (2.0 * table.length_at(self.reach)).min(squares * self.pitch);
        let unit = length / squares.max(f32::EPSILON);

        let mut along = -length / 2.0;
        let mut tightest = 1.0_f32;
        let spots: Vec<[f32; 2]> = glyphs
            .iter()
            .map(|glyph| {
                let middle = along + glyph.width * unit / 2.0;
                along += glyph.width * unit;
                let parameter = table.parameter_at(middle.abs()).copysign(middle);
                tightest = tightest.min(self.crowding(parameter));
                [parameter, middle]
            })
            .collect();
        // Feet of neighbours are nearer to one another than their middles: there they keep a little air.
        let width = (unit * tightest * 0.94).min(self.height * self.widest);
        spots
            .iter()
            .map(|&[parameter, _]| {
                let (sine, cosine) = parameter.sin_cos();
                let [a, b] = self.half;
                Place {
                    centre: [a * sine, -b * cosine],
                    angle: (sine / a).atan2(cosine / b),
                    scale: [width, self.height],
                    middle: None,
                }
            })
            .collect()
    }

    /// How much shorter the line of feet is than that of middles.
    fn crowding(&self, parameter: f32) -> f32 {
        let [a, b] = self.half;
        let (sine, cosine) = parameter.sin_cos();
        let radius = ((a * cosine).powi(2) + (b * sine).powi(2)).powf(1.5) / (a * b);
        ((radius - self.height / 2.0) / radius).max(0.3)
    }
}

/// Small characters around the bottom of a circle, tops inwards so that they are read from left to right.
pub(crate) fn around_bottom(
    glyphs: &[Glyph],
    radius: f32,
    scale: [f32; 2],
    pitch: f32,
) -> Vec<Place> {
    let step = pitch / radius;
    let mut angle = -step * (glyphs.len() as f32 - 1.0) / 2.0;
    glyphs
        .iter()
        .map(|glyph| {
            let (sine, cosine) = angle.sin_cos();
            let place = Place {
                centre: [radius * sine, radius * cosine],
                angle: -angle,
                scale,
                middle: Some(f32::midpoint(glyph.ink.0, glyph.ink.1)),
            };
            angle += step;
            place
        })
        .collect()
}

/// Characters in a straight line centred at `middle` down from the middle of the seal.
pub(crate) struct Line {
    pub(crate) middle: f32,
    pub(crate) height: f32,
    /// The most width of a character, as a part of its height.
    pub(crate) widest: f32,
    /// Width from one character to the next, as a part of the characters' width.
    pub(crate) spacing: f32,
    /// The whole line is no longer than this: characters become narrower.
    pub(crate) length: f32,
}

impl Line {
    pub(crate) fn places(&self, glyphs: &[Glyph]) -> Vec<Place> {
        let squares: f32 = glyphs.iter().map(|glyph| glyph.width).sum();
        // Between characters there is space, at the ends there is none.
        let units = (squares * self.spacing - (self.spacing - 1.0)).max(f32::EPSILON);
        let width = (self.height * self.widest).min(self.length / units);
        let mut along = -squares * self.spacing * width / 2.0;
        glyphs
            .iter()
            .map(|glyph| {
                let advance = glyph.width * self.spacing * width;
                along += advance;
                Place {
                    centre: [along - advance / 2.0, self.middle],
                    angle: 0.0,
                    scale: [width, self.height],
                    middle: None,
                }
            })
            .collect()
    }
}

/// Lengths along a quarter and a half of an ellipse, from the top.
struct Lengths {
    at: Vec<f32>,
}

impl Lengths {
    /// A thousandth of half the ellipse is 0.07 mm on the largest seal; between two steps the curve is as good as straight.
    const STEPS: u16 = 1_000;

    fn new([a, b]: [f32; 2]) -> Self {
        let mut at = vec![0.0];
        let mut sum = 0.0;
        for step in 0..Self::STEPS {
            let (sine, cosine) = Self::parameter(f32::from(step) + 0.5).sin_cos();
            sum += (a * cosine).hypot(b * sine) * PI / f32::from(Self::STEPS);
            at.push(sum);
        }
        Self { at }
    }

    fn parameter(step: f32) -> f32 {
        step * PI / f32::from(Self::STEPS)
    }

    fn length_at(&self, parameter: f32) -> f32 {
        let beyond = self
            .at
            .iter()
            .enumerate()
            .find(|(step, _)| Self::parameter(*step as f32) >= parameter);
        beyond
            .or(self.at.iter().enumerate().next_back())
            .map_or(0.0, |(_, &length)| length)
    }

    fn parameter_at(&self, length: f32) -> f32 {
        let after = self.at.partition_point(|&at| at < length);
        let (Some(&high), Some(&low)) = (self.at.get(after), self.at.get(after.wrapping_sub(1)))
        else {
            return Self::parameter(after as f32);
        };
        let part = (length - low) / (high - low).max(f32::EPSILON);
        Self::parameter(after as f32 - 1.0 + part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_a_circle_are_its_angles() {
        let table = Lengths::new([10.0, 10.0]);
        for angle in [0.1, 0.5, 1.0, 2.0, 3.0] {
            assert!((table.parameter_at(10.0 * angle) - angle).abs() < 1e-3);
            assert!((table.length_at(angle) - 10.0 * angle).abs() < 0.04);
        }
    }
}
