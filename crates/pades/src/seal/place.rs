//! Where the impressions of a seal go.

use std::collections::BTreeMap;

use super::{
    SealError,
    cross_page::{self, Side, Slice},
    geometry::{Frame, PageGeometry},
    page_range::PageRange,
    text::TextLine,
};
use crate::{
    file::{Rect, View},
    syntax::ObjectId,
    text::{Hit, find_keyword},
};

/// Impressions of one signature: a contract of a thousand pages with a seal and a slice on each.
pub const MAX_IMPRESSIONS: usize = 2000;

/// Where to put impressions of the seal. Distances are in points (1/72 inch) of the page as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At fixed coordinates.
    At {
        /// On these pages.
        pages: PageRange,
        /// Distance of the impression's left side from the left side of the page.
        x: f64,
        /// Distance of the impression's bottom from the bottom of the page.
        y: f64,
        /// Width; without it, what the picture's size (or the height) asks for.
        width: Option<f64>,
        /// Height, of the line of text included; without it, what the picture's size (or the width) asks for.
        height: Option<f64>,
    },
    /// Centred on a keyword, then moved.
    Keyword {
        /// The word to look for.
        word: String,
        /// On these pages.
        pages: PageRange,
        /// Which of its occurrences.
        occurrence: Occurrence,
        /// How far to the right of the keyword's centre.
        dx: f64,
        /// How far above the keyword's centre.
        dy: f64,
        /// Width, as for [`Place::At`].
        width: Option<f64>,
        /// Height, as for [`Place::At`].
        height: Option<f64>,
    },
    /// Across the edges of pages (骑缝章): each page gets a slice of the seal. The slices are of the picture alone, without a line of text.
    CrossPage {
        /// On this edge.
        side: Side,
        /// Where along the edge: from 0, at its top or left end, to 1. The seal stays on the page.
        offset: f64,
        /// Over these pages, two at least.
        pages: PageRange,
        /// How many pages share one seal, two at least. The last group may have fewer; a single page left over joins
        /// the group before it.
        group: u32,
    },
}

/// Which occurrences of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// Every one.
    All,
    /// One, counted from 1 in reading order; from the last with a negative number (-1 is the last).
    Number(i32),
}

/// Where an impression lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Impression {
    /// Number of the page, from 1.
    pub page: u32,
    /// In points of the page as shown.
    pub frame: Frame,
    /// In user space of the page.
    pub rect: Rect,
    /// Which slice of how many, for a cross-page seal: (2, 5) is the second of five.
    pub slice: Option<(u32, u32)>,
}

/// An impression, and what is needed to draw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) page: u32,
    pub(super) page_id: ObjectId,
    pub(super) geometry: PageGeometry,
    pub(super) frame: Frame,
    pub(super) rect: Rect,
    pub(super) slice: Option<Slice>,
    /// Whether the picture fills a frame that is larger than it.
    pub(super) fills: bool,
}

/// How large the seal is by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Natural<'a> {
    /// Of the picture, in points.
    pub(super) picture: Option<(f64, f64)>,
    pub(super) text: Option<&'a TextLine>,
}

/// Pages that are looked at, each once.
struct Pages<'p, 's> {
    view: View<'p, 's>,
    count: u32,
    known: BTreeMap<u32, (ObjectId, PageGeometry)>,
}

/// All impressions of a seal.
pub(super) fn spots(
    view: View<'_, '_>,
    places: &[Place],
    natural: Natural<'_>,
) -> Result<Vec<Spot>, SealError> {
    let mut pages = Pages {
        view,
        count: view.pages()?,
        known: BTreeMap::new(),
    };
    let mut spots = Vec::new();
    for place in places {
        let room = MAX_IMPRESSIONS - spots.len();
        let made = pages.place(place, natural, room)?;
        if made.len() > room {
            return Err(too_many_impressions());
        }
        spots.extend(made);
    }
    Ok(spots)
}

impl Pages<'_, '_> {
    fn place(
        &mut self,
        place: &Place,
        natural: Natural<'_>,
        room: usize,
    ) -> Result<Vec<Spot>, SealError> {
        match place {
            Place::At {
                pages,
                x,
                y,
                width,
                height,
            } => {
                let (wide, high) = natural.impression(*width, *height)?;
                let frame = Frame {
                    x: *x,
                    y: *y,
                    width: wide,
                    height: high,
                };
                let pages = pages.resolve(self.count, room).map_err(too_many)?;
                pages
                    .into_iter()
                    .map(|page| self.spot(page, frame, None))
                    .collect()
            }
            Place::Keyword {
                word,
                pages,
                occurrence,
                dx,
                dy,
                width,
                height,
            } => {
                let (wide, high) = natural.impression(*width, *height)?;
                let pages = pages.resolve(self.count, self.count as usize)?;
                let hits = find_keyword(self.view, word, pages)?;
                let hits = occurrence.choose(word, hits)?;
                hits.into_iter()
                    .map(|hit| {
                        let (_, geometry) = self.page(hit.page)?;
                        let shown = geometry.to_shown(hit.rect);
                        let frame = Frame {
                            x: shown.x + shown.width / 2.0 + dx - wide / 2.0,
                            y: shown.y + shown.height / 2.0 + dy - high / 2.0,
                            width: wide,
                            height: high,
                        };
                        self.spot(hit.page, frame, None)
                    })
                    .collect()
            }
            Place::CrossPage {
                side,
                offset,
                pages,
                group,
            } => {
                if !(0.0..=1.0).contains(offset) {
                    return Err(SealError::RequestInvalid {
                        reason: format!(
                            "{offset} is no place along an edge: give 0 (top or left) to 1"
                        ),
                    });
                }
                let seal = natural.picture.ok_or_else(|| SealError::RequestInvalid {
                    reason: "a cross-page seal needs a picture".to_owned(),
                })?;
                let pages = pages.resolve(self.count, room).map_err(too_many)?;
                cross_page::slices(&pages, *group, *side)?
                    .into_iter()
                    .map(|(page, slice)| {
                        let (_, geometry) = self.page(page)?;
                        let frame = cross_page::frame(slice, *side, *offset, seal, geometry.size());
                        self.spot(page, frame, Some(slice))
                    })
                    .collect()
            }
        }
    }

    fn spot(&mut self, page: u32, frame: Frame, slice: Option<Slice>) -> Result<Spot, SealError> {
        if !frame.is_finite() {
            return Err(SealError::RequestInvalid {
                reason: "a coordinate or size is no number".to_owned(),
            });
        }
        let (page_id, geometry) = self.page(page)?;
        Ok(Spot {
            page,
            page_id,
            geometry,
            frame,
            rect: geometry.place(frame, page.saturating_add(1))?,
            slice,
            fills: true,
        })
    }

    fn page(&mut self, page: u32) -> Result<(ObjectId, PageGeometry), SealError> {
        if let Some(known) = self.known.get(&page) {
            return Ok(*known);
        }
        let read = self.view.page(page)?;
        let known = (read.id, PageGeometry::of(&read));
        self.known.insert(page, known);
        Ok(known)
    }
}

impl Spot {
    pub(super) fn impression(&self) -> Impression {
        Impression {
            page: self.page.saturating_add(1),
            frame: self.frame,
            rect: self.rect,
            slice: self
                .slice
                .map(|slice| (slice.index.saturating_add(1), slice.count)),
        }
    }
}

impl Natural<'_> {
    /// Width and height of an impression, of which the caller may have said one or both.
    fn impression(self, width: Option<f64>, height: Option<f64>) -> Result<(f64, f64), SealError> {
        let line = self.text.map_or(0.0, TextLine::height);
        let (wide, high) = match (self.picture, self.text) {
            (Some(size), _) => size,
            (None, Some(text)) => (text.fit(f64::INFINITY).1, 0.0),
            (None, None) => {
                return Err(SealError::RequestInvalid {
                    reason: "a seal that shows needs a picture or a line of text".to_owned(),
                });
            }
        };
        let size = match (width, height) {
            (Some(width), Some(height)) => (width, height),
            (Some(width), None) => (width, high * width / wide + line),
            (None, Some(height)) if high > 0.0 => (wide * (height - line) / high, height),
            (None, Some(height)) => (wide, height),
            (None, None) => (wide, high + line),
        };
        let picture_room = size.1 - line;
        let room = size.0 > 0.0 && picture_room >= 0.0 && (high == 0.0 || picture_room > 0.0);
        if room && size.0.is_finite() && size.1.is_finite() {
            Ok(size)
        } else {
            Err(SealError::RequestInvalid {
                reason: "the seal has no room in the size that was asked for".to_owned(),
            })
        }
    }
}

impl Occurrence {
    fn choose(self, word: &str, mut hits: Vec<Hit>) -> Result<Vec<Hit>, SealError> {
        let missing = |detail: String| SealError::KeywordNotFound {
            word: word.to_owned(),
            detail,
        };
        if hits.is_empty() {
            return Err(missing(String::new()));
        }
        let Self::Number(number) = self else {
            return Ok(hits);
        };
        let index = match number {
            1.. => usize::try_from(number - 1).ok(),
            0 => None,
            _ => usize::try_from(number.unsigned_abs())
                .ok()
                .and_then(|back| hits.len().checked_sub(back)),
        };
        let count = hits.len();
        let index = index.filter(|&index| index < count);
        let index = index.ok_or_else(|| missing(format!(" {number} times, only {count}")))?;
        Ok(vec![hits.swap_remove(index)])
    }
}

/// More pages than there is room for impressions are more impressions than there may be.
fn too_many(error: SealError) -> SealError {
    match error {
        SealError::TooMuch { .. } => too_many_impressions(),
        other => other,
    }
}

pub(super) fn too_many_impressions() -> SealError {
    SealError::TooMuch {
        what: "the number of impressions",
        limit: MAX_IMPRESSIONS as u64,
    }
}
