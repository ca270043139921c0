//! From the page as people see it to the page's own coordinates (ISO 32000-2 clauses 7.7.3.3, 8.3.2 and 12.5.5).
//!
//! A [`Frame`] is a rectangle of the page *as shown*: rotated by `/Rotate`, cut to the crop box, its origin at the bottom
//! left corner of what is seen, in points (1/72 inch) whatever `/UserUnit` says. A [`Rect`] is in user space.

use super::SealError;
use crate::file::{Page, Rect};

/// Points per millimetre.
pub(crate) const POINTS_PER_MILLIMETRE: f64 = 72.0 / 25.4;

/// How far a frame may leave the page, in points: less than a printer can show, more than rounding makes.
const SLACK: f64 = 0.01;

/// A rectangle of the page as shown, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Distance of its left side from the left side of the page.
    pub x: f64,
    /// Distance of its bottom from the bottom of the page.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// What has to be known of a page to place something on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageGeometry {
    crop: Rect,
    rotate: u16,
    unit: f64,
}

impl PageGeometry {
    pub(crate) fn of(page: &Page) -> Self {
        Self::new(page.crop_box, page.rotate, page.user_unit)
    }

    pub(crate) fn new(crop: Rect, rotate: u16, unit: f64) -> Self {
        Self { crop, rotate, unit }
    }

    /// Width and height as shown, in points.
    pub(crate) fn size(&self) -> (f64, f64) {
        let width = (self.crop.right - self.crop.left) * self.unit;
        let height = (self.crop.top - self.crop.bottom) * self.unit;
        match self.rotate {
            90 | 270 => (height, width),
            _ => (width, height),
        }
    }

    /// The frame in user space.
    ///
    /// # Errors
    /// [`SealError::SealOffPage`] if it does not lie wholly on the page, whose number (from 1) the error names.
    pub(crate) fn place(&self, frame: Frame, page: u32) -> Result<Rect, SealError> {
        let (width, height) = self.size();
        let inside = frame.x >= -SLACK
            && frame.y >= -SLACK
            && frame.width > 0.0
            && frame.height > 0.0
            && frame.x + frame.width <= width + SLACK
            && frame.y + frame.height <= height + SLACK;
        if inside {
            Ok(self.to_user(frame))
        } else {
            Err(SealError::SealOffPage {
                page,
                width,
                height,
            })
        }
    }

    fn to_user(self, frame: Frame) -> Rect {
        let near = self.point_to_user(frame.x, frame.y);
        let far = self.point_to_user(frame.x + frame.width, frame.y + frame.height);
        Rect {
            left: near.0.min(far.0),
            bottom: near.1.min(far.1),
            right: near.0.max(far.0),
            top: near.1.max(far.1),
        }
    }

    /// The rectangle as shown.
    pub(crate) fn to_shown(self, rect: Rect) -> Frame {
        let Rect {
            left,
            bottom,
            right,
            top,
        } = self.crop;
        let (x, y, width, height) = match self.rotate {
            90 => (
                rect.bottom - bottom,
                right - rect.right,
                rect.top - rect.bottom,
                rect.right - rect.left,
            ),
            180 => (
                right - rect.right,
                top - rect.top,
                rect.right - rect.left,
                rect.top - rect.bottom,
            ),
            270 => (
                top - rect.top,
                rect.left - left,
                rect.top - rect.bottom,
                rect.right - rect.left,
            ),
            _ => (
                rect.left - left,
                rect.bottom - bottom,
                rect.right - rect.left,
                rect.top - rect.bottom,
            ),
        };
        Frame {
            x: x * self.unit,
            y: y * self.unit,
            width: width * self.unit,
            height: height * self.unit,
        }
    }

    fn point_to_user(self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x / self.unit, y / self.unit);
        match self.rotate {
            90 => (self.crop.right - y, self.crop.bottom + x),
            180 => (self.crop.right - x, self.crop.top - y),
            270 => (self.crop.left + y, self.crop.top - x),
            _ => (self.crop.left + x, self.crop.bottom + y),
        }
    }

    /// `/Matrix` of an appearance whose box is `[0 0 width height]` as shown: it turns against `/Rotate`, so that the
    /// appearance stands upright, and keeps the turned box in the first quadrant for viewers that do not move it there.
    pub(crate) fn matrix(&self, width: f64, height: f64) -> [f64; 6] {
        match self.rotate {
            90 => [0.0, 1.0, -1.0, 0.0, height, 0.0],
            180 => [-1.0, 0.0, 0.0, -1.0, width, height],
            270 => [0.0, -1.0, 1.0, 0.0, 0.0, width],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        }
    }
}

impl Frame {
    /// Whether every number is one.
    pub(crate) fn is_finite(self) -> bool {
        [self.x, self.y, self.width, self.height]
            .iter()
            .all(|number| number.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rect(left: f64, bottom: f64, right: f64, top: f64) -> Rect {
        Rect {
            left,
            bottom,
            right,
            top,
        }
    }

    fn frame(x: f64, y: f64, width: f64, height: f64) -> Frame {
        Frame {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn a_frame_lands_where_it_is_seen_on_turned_and_shifted_pages() {
        // A page of 200 x 100 whose lower left corner is at (10, 20).
        let crop = rect(10.0, 20.0, 210.0, 120.0);
        let seen = frame(5.0, 7.0, 30.0, 40.0);
        for (rotate, expected) in [
            (0, rect(15.0, 27.0, 45.0, 67.0)),
            (90, rect(163.0, 25.0, 203.0, 55.0)),
            (180, rect(175.0, 73.0, 205.0, 113.0)),
            (270, rect(17.0, 85.0, 57.0, 115.0)),
        ] {
            let page = PageGeometry::new(crop, rotate, 1.0);
            assert_eq!(page.place(seen, 1), Ok(expected), "{rotate}");
        }
    }

    #[test]
    fn a_point_is_a_point_whatever_the_user_unit() {
        let page = PageGeometry::new(rect(0.0, 0.0, 100.0, 100.0), 0, 2.5);
        assert_eq!(page.size(), (250.0, 250.0));
        let placed = page.place(frame(25.0, 50.0, 119.055, 119.055), 1);
        let placed = placed.expect("on the page");
        assert_eq!((placed.left, placed.bottom), (10.0, 20.0));
        let width = (placed.right - placed.left) * 2.5 / POINTS_PER_MILLIMETRE;
        assert!((width - 42.0).abs() < 0.001, "{width} mm");
    }

    #[test]
    fn off_the_page_by_more_than_rounding_is_refused() {
        let page = PageGeometry::new(rect(0.0, 0.0, 100.0, 200.0), 90, 1.0);
        assert_eq!(page.size(), (200.0, 100.0));
        assert!(page.place(frame(0.0, 0.0, 200.0, 100.0), 3).is_ok());
        assert!(page.place(frame(-0.005, 0.0, 200.0, 100.005), 3).is_ok());
        for bad in [
            frame(-0.02, 0.0, 10.0, 10.0),
            frame(0.0, -0.02, 10.0, 10.0),
            frame(190.0, 0.0, 10.02, 10.0),
            frame(0.0, 90.0, 10.0, 10.02),
            frame(0.0, 0.0, 0.0, 10.0),
            frame(f64::NAN, 0.0, 10.0, 10.0),
            frame(0.0, 0.0, f64::INFINITY, 10.0),
        ] {
            assert_eq!(
                page.place(bad, 3),
                Err(SealError::SealOffPage {
                    page: 3,
                    width: 200.0,
                    height: 100.0
                }),
                "{bad:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_placed_is_seen_where_it_was_asked_for(
            left in -500.0..500.0f64, bottom in -500.0..500.0f64, width in 50.0..1000.0f64, height in 50.0..1000.0f64,
            quarter in 0u16..4, unit in 0.5..4.0f64, x in 0.0..0.5f64, y in 0.0..0.5f64, w in 0.1..0.5f64, h in 0.1..0.5f64,
        ) {
            let crop = rect(left, bottom, left + width, bottom + height);
            let page = PageGeometry::new(crop, quarter * 90, unit);
            let (shown_width, shown_height) = page.size();
            let asked = frame(x * shown_width, y * shown_height, w * shown_width, h * shown_height);
            let placed = page.place(asked, 1).expect("on the page");
            prop_assert!(placed.left >= crop.left - 1e-6 && placed.top <= crop.top + 1e-6);
            let seen = page.to_shown(placed);
            for (asked, seen) in [(asked.x, seen.x), (asked.y, seen.y), (asked.width, seen.width), (asked.height, seen.height)] {
                prop_assert!((asked - seen).abs() < 1e-6);
            }
        }
    }
}
