//! Which object numbers a text mentions in references, without parsing it: so that in a file of hundreds of thousands of objects the
//! question "does anything refer to this new number?" is answered at the speed of memory.

use std::collections::HashSet;

use crate::syntax::Span;
use crate::{PdfError, Source};

/// How much of the file is looked at at once.
const BLOCK: usize = 1 << 20;

/// How many bytes `number generation R` may be long; a longer one is unclear.
const WINDOW: usize = 64;

/// The numbers that were mentioned, as far as they are of interest.
#[derive(Default)]
pub(super) struct Mentions {
    pub(super) numbers: HashSet<u32>,
    /// Something may be a reference that cannot be told without parsing: one with a comment in the middle, for example.
    pub(super) unclear: bool,
}

impl Mentions {
    /// Looks through a part of the file. Bytes of streams are looked at too, so a number may be found that no object mentions.
    pub(super) fn read(
        &mut self,
        source: &dyn Source,
        span: Span,
        interest: &HashSet<u32>,
    ) -> Result<(), PdfError> {
        let mut block = Vec::new();
        let mut at = span.start;
        while at < span.end && !self.unclear {
            // The end of the block before stays in front, for references across the border.
            let kept = block.len().min(2 * WINDOW);
            block.drain(..block.len() - kept);
            let length = usize::try_from(span.end - at).map_or(BLOCK, |left| left.min(BLOCK));
            block.resize(kept + length, 0);
            if let Some(fresh) = block.get_mut(kept..) {
                source.read_at(at, fresh)?;
            }
            at += length as u64;
            self.scan(&block, interest);
        }
        Ok(())
    }

    /// Looks through a text.
    pub(super) fn scan(&mut self, text: &[u8], interest: &HashSet<u32>) {
        for end in memchr::memchr_iter(b'R', text) {
            let follows = text.get(end + 1).is_none_or(|byte| !is_regular(*byte));
            if !follows {
                continue;
            }
            match reference(text.get(..end).unwrap_or_default()) {
                Found::Number(number) if interest.contains(&number) => {
                    self.numbers.insert(number);
                }
                Found::Number(_) | Found::Nothing => {}
                Found::Unclear => self.unclear = true,
            }
        }
    }
}

enum Found {
    Number(u32),
    Nothing,
    Unclear,
}

/// What stands before an `R`.
fn reference(before: &[u8]) -> Found {
    let mut rest = before;
    let space = trim(&mut rest, is_space);
    // `0R` is no reference to anybody, but costs nothing to take for one.
    let generation = trim(&mut rest, |byte| byte.is_ascii_digit());
    if generation == 0 {
        return if space == 0 {
            Found::Nothing
        } else {
            comment(before, before.len() - rest.len())
        };
    }
    if trim(&mut rest, is_space) == 0 {
        return comment(before, before.len() - rest.len());
    }
    let digits = rest;
    let count = trim(&mut rest, |byte| byte.is_ascii_digit());
    if count == 0 {
        return comment(before, before.len() - rest.len());
    }
    let matched = before.get(rest.len()..).unwrap_or_default();
    let broken = matched.iter().any(|byte| is_end_of_line(*byte));
    // What stands before an end of line may be a comment, and the number further up.
    if matched.len() > WINDOW
        || (broken && matches!(comment(before, matched.len()), Found::Unclear))
    {
        return Found::Unclear;
    }
    let digits = digits.get(digits.len() - count..).unwrap_or_default();
    let number = core::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    // A number too large for an object number names none.
    number.map_or(Found::Nothing, Found::Number)
}

/// No reference, unless a comment stands in the middle of one: on the line that ends where `taken` bytes begin, or among these.
fn comment(before: &[u8], taken: usize) -> Found {
    if taken > WINDOW {
        return Found::Unclear;
    }
    let rest = before.get(..before.len() - taken).unwrap_or_default();
    let line = rest
        .iter()
        .rev()
        .take_while(|byte| !is_end_of_line(**byte))
        .count();
    let text = before.get(rest.len() - line..).unwrap_or_default();
    if memchr::memchr(b'%', text).is_some() {
        Found::Unclear
    } else {
        Found::Nothing
    }
}

/// Takes bytes off the end, and says how many.
fn trim(rest: &mut &[u8], wanted: fn(u8) -> bool) -> usize {
    let count = rest.iter().rev().take_while(|byte| wanted(**byte)).count();
    *rest = rest.get(..rest.len() - count).unwrap_or_default();
    count
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_end_of_line(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bytes;

    fn mentions(text: &[u8]) -> (Vec<u32>, bool) {
        let interest = HashSet::from([7, 42]);
        let mut mentions = Mentions::default();
        mentions.scan(text, &interest);
        let mut numbers: Vec<u32> = mentions.numbers.into_iter().collect();
        numbers.sort_unstable();
        (numbers, mentions.unclear)
    }

    #[test]
    fn references_are_found_however_they_are_spaced() {
        for text in [
            &b"<</A 42 0 R>>"[..],
            b"42 0 R",
            b"[1 0 R 42\n0\r\nR]",
            b"[0042 \0 00 \x0c\t R/X",
            b"/A#42 1 0 R 42 65535 R",
        ] {
            assert_eq!(
                mentions(text),
                (vec![42], false),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn what_is_no_reference_is_not_found() {
        for text in [
            &b"42 0 Rome"[..],
            b"42 0",
            b"/R",
            b"(42) R",
            b"142 0 R",
            b"4 2 0 R",
            b"42 R",
            b"42000000000000000000 0 R",
        ] {
            assert_eq!(
                mentions(text),
                (vec![], false),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn a_comment_in_the_middle_is_unclear() {
        for text in [&b"42 0 %comment\nR"[..], b"42 % 7 \n0 R", b"42 %\n %\n 0 R"] {
            assert_eq!(
                mentions(text),
                (vec![], true),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn a_reference_of_unusual_length_is_unclear() {
        let spaced = |spaces: usize| format!("42{}0 R", " ".repeat(spaces));
        assert_eq!(mentions(spaced(WINDOW - 4).as_bytes()), (vec![42], false));
        assert_eq!(mentions(spaced(WINDOW - 3).as_bytes()), (vec![], true));
    }

    #[test]
    fn a_reference_across_the_border_of_two_blocks_is_found() {
        for shift in 0..12 {
            let mut text = vec![b' '; BLOCK - shift];
            text.extend_from_slice(b"/A 42 0 R/B");
            let mut found = Mentions::default();
            let span = Span {
                start: 0,
                end: text.len() as u64,
            };
            found
                .read(&Bytes(&text), span, &HashSet::from([42]))
                .expect("the span is inside");
            assert!(found.numbers.contains(&42), "{shift}");
        }
    }
}
