//! The seal across pages (骑缝章): cut into slices, one at the edge of each page.
//!
//! It is what is left on paper when the pages of a contract are fanned out and stamped once. The topmost sheet is the
//! first page, and the others peep out on the side that is stamped, so on the right side the first page has the
//! leftmost slice, on the left side the rightmost; at the bottom the first page has the uppermost slice, at the top the
//! lowest. Put edge to edge in that order, the slices are the seal again.

use super::{SealError, geometry::Frame};

/// The edge of the pages that a cross-page seal lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the edges of a page as it is seen")]
pub enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

/// Which part of the seal a page gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slice {
    /// From 0, in the order of the seal: from the left for vertical slices, from the bottom for horizontal ones.
    pub(crate) index: u32,
    /// How many there are.
    pub(crate) count: u32,
    /// Whether the seal is cut by vertical lines.
    pub(crate) vertical: bool,
}

/// The slice of each page: pages are taken in groups of `group`, each group gets one whole seal.
///
/// The last group may be smaller. A single page that is left over joins the group before it: alone it would show a
/// whole seal at its edge, which ties it to nothing.
///
/// # Errors
/// [`SealError::SinglePage`] if there are not two pages; [`SealError::RequestInvalid`] if a group would be one page.
pub(crate) fn slices(
    pages: &[u32],
    group: u32,
    side: Side,
) -> Result<Vec<(u32, Slice)>, SealError> {
    if pages.len() < 2 {
        return Err(SealError::SinglePage);
    }
    let size = usize::try_from(group).ok().filter(|&size| size >= 2);
    let size = size.ok_or_else(|| SealError::RequestInvalid {
        reason: "a cross-page seal spans two pages at least: make the group larger".to_owned(),
    })?;
    let mut slices = Vec::with_capacity(pages.len());
    let mut rest = pages;
    while !rest.is_empty() {
        let taken = match rest.len() - size.min(rest.len()) {
            0 | 1 => rest.len(),
            _ => size,
        };
        let (members, others) = rest.split_at(taken);
        let count = u32::try_from(taken).unwrap_or(u32::MAX);
        for (order, &page) in (0..count).zip(members) {
            let index = match side {
                Side::Right | Side::Top => order,
                Side::Left | Side::Bottom => count - 1 - order,
            };
            let vertical = matches!(side, Side::Left | Side::Right);
            slices.push((
                page,
                Slice {
                    index,
                    count,
                    vertical,
                },
            ));
        }
        rest = others;
    }
    Ok(slices)
}

/// Where the slice of a seal of `seal` points lies on a page of `page` points. `offset` moves it along the edge: from
/// 0, at the top or left end, to 1, at the other end; the seal never leaves the page by it.
pub(crate) fn frame(
    slice: Slice,
    side: Side,
    offset: f64,
    seal: (f64, f64),
    page: (f64, f64),
) -> Frame {
    let (width, height) = slice.size(seal);
    let (x, y) = match side {
        Side::Left => (0.0, (page.1 - height) * (1.0 - offset)),
        Side::Right => (page.0 - width, (page.1 - height) * (1.0 - offset)),
        Side::Top => ((page.0 - width) * offset, page.1 - height),
        Side::Bottom => ((page.0 - width) * offset, 0.0),
    };
    Frame {
        x,
        y,
        width,
        height,
    }
}

impl Slice {
    /// Width and height of the slice of a seal of this width and height.
    pub(crate) fn size(self, (width, height): (f64, f64)) -> (f64, f64) {
        let count = f64::from(self.count);
        if self.vertical {
            (width / count, height)
        } else {
            (width, height / count)
        }
    }

    /// Width and height of the seal whose slice has this width and height.
    pub(crate) fn whole(self, (width, height): (f64, f64)) -> (f64, f64) {
        let count = f64::from(self.count);
        if self.vertical {
            (width * count, height)
        } else {
            (width, height * count)
        }
    }

    /// How far the seal has to be moved left and down so that the slice begins at the origin.
    pub(crate) fn shift(self, (width, height): (f64, f64)) -> (f64, f64) {
        let fraction = f64::from(self.index) / f64::from(self.count);
        if self.vertical {
            (width * fraction, 0.0)
        } else {
            (0.0, height * fraction)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(pages: u32, group: u32, side: Side) -> Vec<(u32, u32)> {
        let pages: Vec<u32> = (0..pages).collect();
        let slices = slices(&pages, group, side).expect("enough pages");
        slices
            .iter()
            .map(|(_, slice)| (slice.index, slice.count))
            .collect()
    }

    #[test]
    fn the_first_page_lies_on_top_of_the_fan() {
        assert_eq!(indices(3, 10, Side::Right), [(0, 3), (1, 3), (2, 3)]);
        assert_eq!(indices(3, 10, Side::Left), [(2, 3), (1, 3), (0, 3)]);
        assert_eq!(indices(2, 10, Side::Top), [(0, 2), (1, 2)]);
        assert_eq!(indices(2, 10, Side::Bottom), [(1, 2), (0, 2)]);
    }

    #[test]
    fn the_last_group_is_smaller_but_never_one_page() {
        assert_eq!(
            indices(5, 3, Side::Right),
            [(0, 3), (1, 3), (2, 3), (0, 2), (1, 2)]
        );
        assert_eq!(
            indices(5, 2, Side::Right),
            [(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
        );
        assert_eq!(indices(3, 2, Side::Right), [(0, 3), (1, 3), (2, 3)]);
        assert_eq!(indices(2, 2, Side::Right), [(0, 2), (1, 2)]);
    }

    #[test]
    fn one_page_and_groups_of_one_are_refused() {
        assert_eq!(slices(&[4], 2, Side::Right), Err(SealError::SinglePage));
        assert_eq!(slices(&[], 2, Side::Right), Err(SealError::SinglePage));
        for group in [0, 1] {
            let refused = slices(&[0, 1], group, Side::Right);
            assert!(matches!(refused, Err(SealError::RequestInvalid { .. })));
        }
    }

    #[test]
    fn slices_lie_at_the_edge_and_are_the_seal_again() {
        let (seal, page) = ((120.0, 90.0), (600.0, 800.0));
        for side in [Side::Left, Side::Right, Side::Top, Side::Bottom] {
            let mut slices = slices(&[0, 1, 2], 3, side).expect("three pages");
            slices.sort_by_key(|(_, slice)| slice.index);
            let mut covered = (0.0, 0.0);
            for (_, slice) in slices {
                let shift = slice.shift(seal);
                let size = slice.size(seal);
                assert_eq!(shift, covered, "{side:?}");
                if slice.vertical {
                    covered.0 += size.0;
                } else {
                    covered.1 += size.1;
                }
                let frame = frame(slice, side, 0.25, seal, page);
                let expected = match side {
                    Side::Left => (0.0, 710.0 * 0.75),
                    Side::Right => (560.0, 710.0 * 0.75),
                    Side::Top => (480.0 * 0.25, 770.0),
                    Side::Bottom => (480.0 * 0.25, 0.0),
                };
                assert_eq!((frame.x, frame.y), expected, "{side:?}");
            }
            let whole = if matches!(side, Side::Left | Side::Right) {
                (seal.0, 0.0)
            } else {
                (0.0, seal.1)
            };
            assert_eq!(covered, whole);
        }
    }
}
