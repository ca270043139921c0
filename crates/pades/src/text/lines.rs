//! From glyphs on a page to lines in reading order, and a keyword in them.

use core::ops::Range;

use super::fold::UNKNOWN;
use crate::file::Rect;

/// Baselines this far apart, in parts of the smaller font size, are one line: fonts of one line differ by a fraction of a point,
/// superscripts by a third of their size.
const SAME_BASELINE: f64 = 0.25;
/// A gap wider than this many font sizes ends a line: contracts stretch 甲 方 over a form's column, which is narrower.
const MAX_GAP: f64 = 8.0;
/// The same glyph again within this part of the font size is the same one drawn bold by drawing it twice.
const SAME_PLACE: f64 = 0.12;
/// How many lines back a glyph looks for its own; only lines that overlap compete.
const OPEN_LINES: usize = 4;
/// How many glyphs back a glyph looks for itself, drawn a moment ago.
const DRAWN_AGAIN: usize = 4;
/// Directions closer than this (as the difference of unit vectors, about half a degree) are one.
const SAME_DIRECTION: f64 = 0.01;
/// Directions on one page; text that is set in more is scattered, not written.
const MAX_DIRECTIONS: usize = 64;

/// A glyph where it stands, in user space.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    /// Where its baseline begins.
    pub(super) origin: (f64, f64),
    /// Unit vector in which the text goes on.
    pub(super) direction: (f64, f64),
    /// How far it goes.
    pub(super) advance: f64,
    /// The font size, in user space.
    pub(super) size: f64,
    /// The box from descent to ascent.
    pub(super) bounds: Rect,
    /// What it stands for, folded; empty for a space.
    pub(super) characters: Range<usize>,
}

/// All text of one page.
#[derive(Debug, Default)]
pub(super) struct PageText {
    /// Folded characters of all glyphs.
    pub(super) characters: Vec<char>,
    pub(super) glyphs: Vec<Glyph>,
}

impl PageText {
    /// Whether any glyph stands for a known, visible character.
    pub(super) fn is_readable(&self) -> bool {
        self.characters
            .iter()
            .any(|character| *character != UNKNOWN)
    }

    /// Boxes of all places where `word` (folded, not empty) stands, in reading order as the page is shown after turning it
    /// clockwise by `rotate` degrees.
    pub(super) fn find(&self, word: &[char], rotate: u16) -> Vec<Rect> {
        let mut found = Vec::new();
        for line in self.lines() {
            self.find_in_line(&line, word, &mut found);
        }
        in_reading_order(found, rotate)
    }

    fn find_in_line(&self, line: &[&Glyph], word: &[char], found: &mut Vec<Rect>) {
        let characters: Vec<(char, &Glyph)> = line
            .iter()
            .flat_map(|glyph| {
                self.text(glyph)
                    .iter()
                    .map(|character| (*character, *glyph))
            })
            .collect();
        let mut rest = characters.as_slice();
        while let Some(candidate) = rest.get(..word.len()) {
            if candidate
                .iter()
                .zip(word)
                .all(|((character, _), wanted)| character == wanted)
            {
                let bounds = candidate.iter().map(|(_, glyph)| glyph.bounds);
                found.extend(bounds.reduce(union));
                rest = rest.get(word.len()..).unwrap_or_default();
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }

    fn text(&self, glyph: &Glyph) -> &[char] {
        self.characters
            .get(glyph.characters.clone())
            .unwrap_or_default()
    }

    /// Glyphs on one baseline, without wide gaps, from left to right as the text runs.
    fn lines(&self) -> Vec<Vec<&Glyph>> {
        let mut lines = Vec::new();
        for (direction, glyphs) in self.by_direction() {
            for baseline in baselines(direction, glyphs) {
                self.split_at_gaps(direction, baseline, &mut lines);
            }
        }
        lines
    }

    fn by_direction(&self) -> Vec<((f64, f64), Vec<&Glyph>)> {
        let mut groups: Vec<((f64, f64), Vec<&Glyph>)> = Vec::new();
        for glyph in &self.glyphs {
            let same = |direction: (f64, f64)| {
                (direction.0 - glyph.direction.0).abs() < SAME_DIRECTION
                    && (direction.1 - glyph.direction.1).abs() < SAME_DIRECTION
            };
            let count = groups.len();
            match groups.iter_mut().find(|(direction, _)| same(*direction)) {
                Some((_, glyphs)) => glyphs.push(glyph),
                None if count < MAX_DIRECTIONS => groups.push((glyph.direction, vec![glyph])),
                None => {}
            }
        }
        groups
    }

    fn split_at_gaps<'a>(
        &self,
        direction: (f64, f64),
        mut baseline: Vec<&'a Glyph>,
        lines: &mut Vec<Vec<&'a Glyph>>,
    ) {
        let start = |glyph: &Glyph| along(direction, glyph.origin);
        baseline.sort_by(|one, other| start(one).total_cmp(&start(other)));
        let mut line: Vec<&Glyph> = Vec::new();
        let mut end = f64::NEG_INFINITY;
        for glyph in baseline {
            let near = |other: &&&Glyph| start(glyph) - start(other) < SAME_PLACE * glyph.size;
            let mut neighbours = line.iter().rev().take(DRAWN_AGAIN).take_while(near);
            if neighbours
                .any(|other| self.text(other) == self.text(glyph) && self.text(glyph) != [UNKNOWN])
            {
                continue;
            }
            if start(glyph) - end > MAX_GAP * glyph.size {
                lines.push(core::mem::take(&mut line));
            }
            end = start(glyph) + glyph.advance;
            line.push(glyph);
        }
        lines.push(line);
    }
}

/// Divides glyphs of one direction by their baselines.
fn baselines(direction: (f64, f64), mut glyphs: Vec<&Glyph>) -> Vec<Vec<&Glyph>> {
    let height = |glyph: &Glyph| across(direction, glyph.origin);
    glyphs.sort_by(|one, other| height(other).total_cmp(&height(one)));
    let mut lines: Vec<Vec<&Glyph>> = Vec::new();
    for glyph in glyphs {
        let mut open = lines.iter_mut().rev().take(OPEN_LINES);
        let line = open.find(|line| {
            line.first().is_some_and(|first| {
                height(first) - height(glyph) <= SAME_BASELINE * first.size.min(glyph.size)
            })
        });
        match line {
            Some(line) => line.push(glyph),
            None => lines.push(vec![glyph]),
        }
    }
    lines
}

/// How far along the direction a point lies.
fn along(direction: (f64, f64), point: (f64, f64)) -> f64 {
    direction.0 * point.0 + direction.1 * point.1
}

/// How far to the left of the direction a point lies: upwards, for horizontal text.
fn across(direction: (f64, f64), point: (f64, f64)) -> f64 {
    direction.0 * point.1 - direction.1 * point.0
}

fn union(one: Rect, other: Rect) -> Rect {
    Rect {
        left: one.left.min(other.left),
        bottom: one.bottom.min(other.bottom),
        right: one.right.max(other.right),
        top: one.top.max(other.top),
    }
}

/// From top to bottom, and from left to right where the middles of two boxes are on one height.
fn in_reading_order(found: Vec<Rect>, rotate: u16) -> Vec<Rect> {
    let mut shown: Vec<(Rect, Rect)> = found
        .into_iter()
        .map(|rect| (turned(rect, rotate), rect))
        .collect();
    let middle = |rect: &Rect| rect.bottom.midpoint(rect.top);
    shown.sort_by(|(one, _), (other, _)| middle(other).total_cmp(&middle(one)));
    let mut rest = shown.as_mut_slice();
    while let Some((first, _)) = rest.first() {
        let lowest = first.bottom;
        let row = rest
            .iter()
            .take_while(|(rect, _)| middle(rect) > lowest)
            .count()
            .max(1);
        let (row, after) = rest.split_at_mut(row);
        row.sort_by(|(one, _), (other, _)| one.left.total_cmp(&other.left));
        rest = after;
    }
    shown.into_iter().map(|(_, rect)| rect).collect()
}

/// The box after turning the page clockwise, up to a translation.
fn turned(rect: Rect, rotate: u16) -> Rect {
    let Rect {
        left,
        bottom,
        right,
        top,
    } = rect;
    match rotate {
        90 => Rect {
            left: bottom,
            bottom: -right,
            right: top,
            top: -left,
        },
        180 => Rect {
            left: -right,
            bottom: -top,
            right: -left,
            top: -bottom,
        },
        270 => Rect {
            left: -top,
            bottom: left,
            right: -bottom,
            top: right,
        },
        _ => rect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::folded;

    /// A page on which every character of the runs is a glyph half an em wide.
    fn page(runs: &[(f64, f64, f64, &str)]) -> PageText {
        let mut page = PageText::default();
        for (x, y, size, text) in runs {
            let mut x = *x;
            for character in text.chars() {
                let start = page.characters.len();
                page.characters.extend(folded(&character.to_string()));
                page.glyphs.push(Glyph {
                    origin: (x, *y),
                    direction: (1.0, 0.0),
                    advance: size / 2.0,
                    size: *size,
                    bounds: Rect {
                        left: x,
                        bottom: *y,
                        right: x + size / 2.0,
                        top: y + size,
                    },
                    characters: start..page.characters.len(),
                });
                x += size / 2.0;
            }
        }
        page
    }

    fn lefts(page: &PageText, word: &str) -> Vec<f64> {
        let found = page.find(&folded(word), 0);
        found.into_iter().map(|rect| rect.left).collect()
    }

    #[test]
    fn runs_are_joined_by_position_not_by_order() {
        let page = page(&[
            (40.0, 100.2, 10.0, "方（"),
            (20.0, 100.0, 10.0, "甲"),
            (50.0, 99.5, 10.0, "盖章)"),
        ]);
        assert_eq!(
            page.find(&folded("甲方(盖章）"), 0),
            [Rect {
                left: 20.0,
                bottom: 99.5,
                right: 65.0,
                top: 110.2
            }]
        );
    }

    #[test]
    fn lines_end_at_wide_gaps_and_other_baselines() {
        assert_eq!(
            lefts(
                &page(&[(0.0, 0.0, 10.0, "甲"), (85.0, 0.0, 10.0, "方")]),
                "甲方"
            ),
            [0.0]
        );
        assert!(
            lefts(
                &page(&[(0.0, 0.0, 10.0, "甲"), (85.1, 0.0, 10.0, "方")]),
                "甲方"
            )
            .is_empty()
        );
        assert_eq!(
            lefts(
                &page(&[(0.0, 0.0, 10.0, "甲"), (5.0, 2.5, 10.0, "方")]),
                "甲方"
            ),
            [0.0]
        );
        assert!(
            lefts(
                &page(&[(0.0, 0.0, 10.0, "甲"), (5.0, 2.6, 10.0, "方")]),
                "甲方"
            )
            .is_empty()
        );
        // Written spaces bridge any gap.
        let spaces = " ".repeat(30);
        assert_eq!(
            lefts(&page(&[(0.0, 0.0, 10.0, &format!("甲{spaces}方"))]), "甲方"),
            [0.0]
        );
    }

    #[test]
    fn a_superscript_does_not_split_its_line() {
        let page = page(&[
            (0.0, 0.0, 12.0, "甲"),
            (6.0, 5.0, 6.0, "1"),
            (9.0, 0.0, 12.0, "方"),
        ]);
        assert_eq!(lefts(&page, "甲方"), [0.0]);
    }

    #[test]
    fn double_drawn_glyphs_count_once_and_doubled_letters_twice() {
        let bold = page(&[(0.0, 0.0, 10.0, "甲方"), (0.3, 0.0, 10.0, "甲方")]);
        assert_eq!(lefts(&bold, "甲方"), [0.0]);
        assert_eq!(lefts(&page(&[(0.0, 0.0, 10.0, "seelll")]), "eell"), [5.0]);
    }

    #[test]
    fn unknown_glyphs_separate() {
        assert!(lefts(&page(&[(0.0, 0.0, 10.0, "甲\u{fffd}方")]), "甲方").is_empty());
        assert!(!page(&[(0.0, 0.0, 10.0, "\u{fffd} ")]).is_readable());
    }

    #[test]
    fn several_places_come_in_reading_order() {
        let page = page(&[
            (200.0, 50.4, 10.0, "章"),
            (10.0, 50.0, 10.0, "章"),
            (100.0, 300.0, 10.0, "章章"),
        ]);
        assert_eq!(lefts(&page, "章"), [100.0, 105.0, 10.0, 200.0]);
        let bottoms = |rotate| {
            let found = page.find(&['章'], rotate);
            found.into_iter().map(|rect| rect.left).collect::<Vec<_>>()
        };
        assert_eq!(bottoms(90), [10.0, 100.0, 105.0, 200.0]);
        assert_eq!(bottoms(180), [200.0, 10.0, 105.0, 100.0]);
        assert_eq!(bottoms(270), [200.0, 105.0, 100.0, 10.0]);
    }

    #[test]
    fn matches_do_not_overlap() {
        assert_eq!(
            lefts(&page(&[(0.0, 0.0, 10.0, "aaaaa")]), "aa"),
            [0.0, 10.0]
        );
    }
}
