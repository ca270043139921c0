//! Which pages: `1-3,5,-1`.

use core::{fmt, str::FromStr};

use super::SealError;

/// Parts that a page range may have; nobody types more, and a list of single pages of a long contract still fits.
pub const MAX_PAGE_RANGE_PARTS: usize = 1000;

/// Pages of a document, such as `1-3,5,-1`: counted from 1, or from the end with a minus sign (`-1` is the last).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRange {
    parts: Vec<Part>,
}

/// From one page to another, both included, as they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    first: i64,
    last: i64,
}

impl PageRange {
    /// Every page.
    pub fn all() -> Self {
        Self {
            parts: vec![Part { first: 1, last: -1 }],
        }
    }

    /// One page, from 1.
    pub fn single(page: u32) -> Self {
        let page = i64::from(page);
        Self {
            parts: vec![Part {
                first: page,
                last: page,
            }],
        }
    }

    /// Reads `1-3,5,-1`.
    ///
    /// # Errors
    /// [`SealError::PagesInvalid`] if the text is no page range; it says what to write.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let invalid = |what: &str| SealError::PagesInvalid {
            reason: format!("{what}: write pages as `1-3,5,-1`, where -1 is the last"),
        };
        let mut parts = Vec::new();
        for piece in text.split(',') {
            let piece = piece.trim();
            if parts.len() == MAX_PAGE_RANGE_PARTS {
                return Err(invalid("the list of pages is too long"));
            }
            let part =
                Part::parse(piece).ok_or_else(|| invalid(&format!("`{piece}` is no page")))?;
            if part.first.signum() == part.last.signum() && part.first > part.last {
                return Err(invalid(&format!("`{piece}` runs backwards")));
            }
            parts.push(part);
        }
        Ok(Self { parts })
    }

    /// The pages of a document with `count` pages: indices from 0, ascending, each once.
    ///
    /// # Errors
    /// [`SealError::PagesInvalid`] if a page does not exist; [`SealError::TooMuch`] if there are more than `limit`.
    pub fn resolve(&self, count: u32, limit: usize) -> Result<Vec<u32>, SealError> {
        let mut spans = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let first = page_of(part.first, count)?;
            let last = page_of(part.last, count)?;
            if first > last {
                return Err(SealError::PagesInvalid {
                    reason: format!("`{part}` runs backwards in a document of {count} pages"),
                });
            }
            spans.push((first, last));
        }
        spans.sort_unstable();
        let mut pages: Vec<u32> = Vec::new();
        for (first, last) in spans {
            let next = pages.last().map_or(0, |page| page.saturating_add(1));
            for page in first.max(next)..=last {
                if pages.len() == limit {
                    return Err(SealError::TooMuch {
                        what: "the number of pages that are sealed",
                        limit: limit as u64,
                    });
                }
                pages.push(page);
            }
        }
        Ok(pages)
    }
}

impl FromStr for PageRange {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for PageRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{part}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first != self.last {
            write!(f, "-{}", self.last)?;
        }
        Ok(())
    }
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        let (first, rest) = number(text)?;
        let last = match rest.strip_prefix('-') {
            Some(rest) => {
                number(rest.trim_start())
                    .filter(|(_, rest)| rest.is_empty())?
                    .0
            }
            None if rest.is_empty() => first,
            None => return None,
        };
        Some(Self { first, last })
    }
}

/// A page number other than 0, and what follows it.
fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (value, rest) = digits.split_at_checked(length)?;
    let value = i64::from(value.parse::<u32>().ok().filter(|&value| value > 0)?);
    let value = if digits.len() < text.len() {
        -value
    } else {
        value
    };
    Some((value, rest.trim_start()))
}

fn page_of(number: i64, count: u32) -> Result<u32, SealError> {
    let index = if number > 0 {
        number - 1
    } else {
        i64::from(count) + number
    };
    u32::try_from(index)
        .ok()
        .filter(|&index| index < count)
        .ok_or_else(|| SealError::PagesInvalid {
            reason: format!(
                "there is no page {number}: the document has {count}; write pages as `1-3,5,-1`, where -1 is the last"
            ),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(text: &str, count: u32) -> Result<Vec<u32>, SealError> {
        PageRange::parse(text)?.resolve(count, 100)
    }

    #[test]
    fn pages_are_counted_from_both_ends() {
        let cases: [(&str, &[u32]); 9] = [
            ("1", &[0]),
            ("1-3,5,-1", &[0, 1, 2, 4, 9]),
            (" 1 - 3 , 5 ", &[0, 1, 2, 4]),
            ("-3--1", &[7, 8, 9]),
            ("9--1", &[8, 9]),
            ("5,1,5,4-6", &[0, 3, 4, 5]),
            ("-10-2", &[0, 1]),
            ("10,-1", &[9]),
            ("1--10", &[0]),
        ];
        for (text, expected) in cases {
            assert_eq!(pages(text, 10).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(
            PageRange::all().resolve(3, 3).as_deref(),
            Ok([0, 1, 2].as_slice())
        );
    }

    #[test]
    fn what_is_no_page_is_named_with_what_to_write() {
        let cases = [
            ("", "`` is no page"),
            ("0", "`0` is no page"),
            ("1,,2", "`` is no page"),
            ("a", "`a` is no page"),
            ("1-", "`1-` is no page"),
            ("1-2-3", "`1-2-3` is no page"),
            ("--1", "`--1` is no page"),
            ("+1", "`+1` is no page"),
            ("4294967296", "`4294967296` is no page"),
            ("3-1", "`3-1` runs backwards"),
            ("-1--3", "`-1--3` runs backwards"),
            ("1 2", "`1 2` is no page"),
            ("１", "`１` is no page"),
        ];
        for (text, expected) in cases {
            let error = pages(text, 10).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(error.contains("write pages as `1-3,5,-1`"), "{error}");
        }
        for (text, expected) in [
            ("11", "there is no page 11: the document has 10"),
            ("-11", "there is no page -11: the document has 10"),
            ("8--9", "`8--9` runs backwards in a document of 10 pages"),
        ] {
            let error = pages(text, 10).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        assert!(pages("1", 0).is_err());
    }

    #[test]
    fn limits_hold_at_the_limit_and_not_one_past_it() {
        let list = |length: usize| vec!["1"; length].join(",");
        assert!(PageRange::parse(&list(MAX_PAGE_RANGE_PARTS)).is_ok());
        assert!(PageRange::parse(&list(MAX_PAGE_RANGE_PARTS + 1)).is_err());
        let all = PageRange::all();
        assert_eq!(all.resolve(100, 100).map(|pages| pages.len()), Ok(100));
        assert!(matches!(
            all.resolve(101, 100),
            Err(SealError::TooMuch { limit: 100, .. })
        ));
        assert!(all.resolve(u32::MAX, 100).is_err());
    }

    #[test]
    fn text_and_range_agree() {
        for text in ["1-3,5,-1", "1--1", "-3--2", "7"] {
            let range = PageRange::parse(text).expect("a page range");
            assert_eq!(range.to_string(), text);
        }
    }
}
