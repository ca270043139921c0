//! CMaps (ISO 32000-2, 9.7.5 and 9.10.3): how the bytes of a string divide into codes, and what a code stands for.

use std::collections::BTreeMap;

use super::tokens::{Token, Tokens, Unterminated};

/// Code space ranges that one CMap may have; those of Adobe have at most 12, and every code is compared with each.
pub(super) const MAX_CODE_SPACES: usize = 100;
/// Mappings of one CMap: every glyph a font can have, twice.
pub(super) const MAX_MAPPINGS: usize = 1 << 17;
/// Characters that one code may stand for: the longest ligatures have 18.
const MAX_CHARACTERS: usize = 32;

/// Why a CMap cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CMapError {
    Unterminated(Unterminated),
    TooMany { what: &'static str, limit: usize },
}

/// A code taken from a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) value: u32,
    /// In bytes, at least 1.
    pub(super) length: usize,
}

/// A CMap that stands in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct CMap {
    spaces: Vec<CodeSpace>,
    characters: BTreeMap<u32, String>,
    /// By their first code. Where ranges overlap, which is not allowed, the one that begins last counts.
    ranges: BTreeMap<u32, TextRange>,
    /// By their first code: last code, first CID.
    cids: BTreeMap<u32, (u32, u32)>,
    pub(super) vertical: bool,
    mappings: usize,
}

#[derive(Clone, Copy, Debug)]
struct CodeSpace {
    length: usize,
    low: u32,
    high: u32,
}

#[derive(Clone, Debug)]
struct TextRange {
    last: u32,
    /// What the first code stands for; the last character counts upwards.
    text: String,
}

impl CMap {
    /// Reads what is known in a CMap and passes over the rest, as PostScript interpreters with other resources would do more.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, CMapError> {
        let mut map = Self::default();
        let mut tokens = Tokens::new(bytes);
        let mut last = None;
        while let Some(token) = tokens.next()? {
            match &token {
                Token::Keyword(b"begincodespacerange") => map.code_spaces(&mut tokens)?,
                Token::Keyword(b"beginbfchar") => map.bf_characters(&mut tokens)?,
                Token::Keyword(b"beginbfrange") => map.bf_ranges(&mut tokens)?,
                Token::Keyword(b"begincidchar") => map.cid_characters(&mut tokens)?,
                Token::Keyword(b"begincidrange") => map.cid_ranges(&mut tokens)?,
                Token::Keyword(b"usecmap") => {
                    if matches!(&last, Some(Token::Name(name)) if name.starts_with(b"Identity-")) {
                        map.spaces.push(CodeSpace {
                            length: 2,
                            low: 0,
                            high: 0xffff,
                        });
                        map.cids.insert(0, (0xffff, 0));
                    }
                }
                Token::Number(mode) if last == Some(Token::Name(b"WMode".to_vec())) => {
                    map.vertical = *mode == 1.0;
                }
                _ => {}
            }
            last = Some(token);
        }
        Ok(map)
    }

    /// The code that `bytes` begin with; a code outside all ranges has the length of the shortest (9.7.6.3). `None` at the end.
    pub(super) fn code(&self, bytes: &[u8]) -> Option<Code> {
        let longest = bytes.len().min(4);
        let mut value = 0;
        for (byte, length) in bytes.iter().zip(1..=longest) {
            value = value << 8 | u32::from(*byte);
            if self
                .spaces
                .iter()
                .any(|space| space.length == length && space.contains(value))
            {
                return Some(Code { value, length });
            }
        }
        let shortest = self.spaces.iter().map(|space| space.length).min();
        let length = shortest.unwrap_or(1).clamp(1, longest.max(1));
        (!bytes.is_empty()).then(|| Code {
            value: number(bytes, length),
            length,
        })
    }

    /// What a code stands for.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        if let Some(text) = self.characters.get(&code) {
            return Some(text.clone());
        }
        let (first, range) = self.ranges.range(..=code).next_back()?;
        if code > range.last {
            return None;
        }
        let mut text = range.text.clone();
        let base = text.pop()?;
        text.push(char::from_u32(u32::from(base).checked_add(code - first)?)?);
        Some(text)
    }

    /// The CID that a code selects.
    pub(super) fn cid(&self, code: u32) -> Option<u32> {
        let (first, (last, cid)) = self.cids.range(..=code).next_back()?;
        (code <= *last).then(|| cid.saturating_add(code - first))
    }

    /// How much it weighs in a cache.
    pub(super) fn mappings(&self) -> usize {
        self.mappings
    }

    fn count(&mut self) -> Result<(), CMapError> {
        self.mappings += 1;
        let limit = MAX_MAPPINGS;
        let what = "mappings of a CMap";
        (self.mappings <= limit)
            .then_some(())
            .ok_or(CMapError::TooMany { what, limit })
    }

    fn code_spaces(&mut self, tokens: &mut Tokens<'_>) -> Result<(), CMapError> {
        while let Some((low, high)) = pair(tokens)? {
            let length = low.len().min(4);
            let (low, high) = (number(&low, length), number(&high, length));
            self.spaces.push(CodeSpace { length, low, high });
            let (what, limit) = ("code space ranges of a CMap", MAX_CODE_SPACES);
            if self.spaces.len() > limit {
                return Err(CMapError::TooMany { what, limit });
            }
        }
        Ok(())
    }

    fn bf_characters(&mut self, tokens: &mut Tokens<'_>) -> Result<(), CMapError> {
        while let Some((code, text)) = pair(tokens)? {
            self.count()?;
            if let Some(text) = utf16(&text) {
                self.characters.insert(number(&code, 4), text);
            }
        }
        Ok(())
    }

    fn bf_ranges(&mut self, tokens: &mut Tokens<'_>) -> Result<(), CMapError> {
        while let Some((first, last)) = pair(tokens)? {
            let (first, last) = (number(&first, 4), number(&last, 4));
            match tokens.next()? {
                Some(Token::String(text)) => {
                    self.count()?;
                    if let Some(text) = utf16(&text).filter(|_| first <= last) {
                        self.ranges.insert(first, TextRange { last, text });
                    }
                }
                Some(Token::ArrayStart) => {
                    for code in first..=u32::MAX {
                        let Some(Token::String(text)) = tokens.next()? else {
                            break;
                        };
                        self.count()?;
                        if let Some(text) = utf16(&text).filter(|_| code <= last) {
                            self.characters.insert(code, text);
                        }
                    }
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn cid_characters(&mut self, tokens: &mut Tokens<'_>) -> Result<(), CMapError> {
        while let Some(Token::String(code)) = tokens.next()? {
            let Some(cid) = cid(tokens)? else { break };
            self.count()?;
            let code = number(&code, 4);
            self.cids.insert(code, (code, cid));
        }
        Ok(())
    }

    fn cid_ranges(&mut self, tokens: &mut Tokens<'_>) -> Result<(), CMapError> {
        while let Some((first, last)) = pair(tokens)? {
            let Some(cid) = cid(tokens)? else { break };
            self.count()?;
            self.cids.insert(number(&first, 4), (number(&last, 4), cid));
        }
        Ok(())
    }
}

impl CodeSpace {
    /// Each byte must be within its own bounds.
    fn contains(self, code: u32) -> bool {
        let bytes = code.to_be_bytes().into_iter();
        let bounds = self
            .low
            .to_be_bytes()
            .into_iter()
            .zip(self.high.to_be_bytes());
        bytes
            .zip(bounds)
            .all(|(byte, (low, high))| (low..=high).contains(&byte))
    }
}

impl From<Unterminated> for CMapError {
    fn from(error: Unterminated) -> Self {
        Self::Unterminated(error)
    }
}

type Pair = (Vec<u8>, Vec<u8>);

/// Two strings, or `None` if something else comes: the end of the section.
fn pair(tokens: &mut Tokens<'_>) -> Result<Option<Pair>, Unterminated> {
    let Some(Token::String(first)) = tokens.next()? else {
        return Ok(None);
    };
    let Some(Token::String(second)) = tokens.next()? else {
        return Ok(None);
    };
    Ok(Some((first, second)))
}

fn cid(tokens: &mut Tokens<'_>) -> Result<Option<u32>, Unterminated> {
    let Some(Token::Number(value)) = tokens.next()? else {
        return Ok(None);
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    Ok(Some(value as u32))
}

/// The number that the first `length` bytes (at most 4) write.
fn number(bytes: &[u8], length: usize) -> u32 {
    let bytes = bytes.iter().take(length.min(4));
    bytes.fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// UTF-16BE; a single byte is taken as the character of that number, as some producers write.
fn utf16(bytes: &[u8]) -> Option<String> {
    if let [byte] = bytes {
        return Some(char::from(*byte).into());
    }
    let units = bytes
        .chunks_exact(2)
        .map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
    let text = char::decode_utf16(units.take(MAX_CHARACTERS)).collect::<Result<String, _>>();
    text.ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &[u8] = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /WMode 1 def
        2 begincodespacerange <00> <80> <8140> <FEFE> endcodespacerange
        3 beginbfchar <01> <7532> <8141> <D840DC00> <02> <00660066> endbfchar
        3 beginbfrange <8150> <8152> <65B9> <10> <12> [<0041> <00420043> <0044>] <8160> <8160> <0031002F> endbfrange
        1 begincidchar <20> 7 endcidchar 1 begincidrange <8140> <81FF> 100 endcidrange
        endcmap";

    #[test]
    fn codes_are_divided_by_their_ranges() {
        let map = CMap::parse(SAMPLE).expect("it is well-formed");
        let code = |bytes: &[u8]| map.code(bytes).map(|code| (code.value, code.length));
        assert_eq!(code(b"\x01\x02"), Some((1, 1)));
        assert_eq!(code(b"\x81\x50\x01"), Some((0x8150, 2)));
        assert_eq!(
            code(b"\x81\x30"),
            Some((0x81, 1)),
            "the second byte is out of its range"
        );
        assert_eq!(code(b"\xff"), Some((0xff, 1)));
        assert_eq!(code(b""), None);
        assert!(map.vertical);
    }

    #[test]
    fn four_byte_codes() {
        let text = b"1 begincodespacerange <81308130> <FE39FE39> endcodespacerange 1 begincidrange <81308130> <81308139> 5 endcidrange";
        let map = CMap::parse(text).expect("it is well-formed");
        assert_eq!(
            map.code(b"\x81\x30\x81\x31\x41"),
            Some(Code {
                value: 0x8130_8131,
                length: 4
            })
        );
        assert_eq!(map.cid(0x8130_8131), Some(6));
        assert_eq!(
            map.code(b"\x81\x30"),
            Some(Code {
                value: 0x8130,
                length: 2
            }),
            "cut off"
        );
    }

    #[test]
    fn characters_ranges_and_arrays() {
        let map = CMap::parse(SAMPLE).expect("it is well-formed");
        let text = |code| map.text(code).unwrap_or_default();
        assert_eq!(text(1), "甲");
        assert_eq!(text(0x8141), "\u{20000}");
        assert_eq!(text(2), "ff");
        assert_eq!(
            [text(0x8150), text(0x8151), text(0x8152), text(0x8153)],
            ["方", "斺", "斻", ""]
        );
        assert_eq!(
            [text(0x10), text(0x11), text(0x12), text(0x13)],
            ["A", "BC", "D", ""]
        );
        assert_eq!(text(0x8160), "1/");
        assert_eq!(
            [map.cid(0x20), map.cid(0x8142), map.cid(0x21)],
            [Some(7), Some(102), None]
        );
    }

    #[test]
    fn limits() {
        let spaces = |count| {
            let text = format!("x begincodespacerange {} end", "<00> <01> ".repeat(count));
            CMap::parse(text.as_bytes()).map(|map| map.spaces.len())
        };
        assert_eq!(spaces(MAX_CODE_SPACES), Ok(MAX_CODE_SPACES));
        assert!(matches!(
            spaces(MAX_CODE_SPACES + 1),
            Err(CMapError::TooMany { .. })
        ));
        let mappings = |count| {
            let text = format!("x beginbfchar {} end", "<01><0041>".repeat(count));
            CMap::parse(text.as_bytes()).map(|map| map.mappings())
        };
        assert_eq!(mappings(MAX_MAPPINGS), Ok(MAX_MAPPINGS));
        assert!(matches!(
            mappings(MAX_MAPPINGS + 1),
            Err(CMapError::TooMany { .. })
        ));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(parts in proptest::collection::vec(prop_oneof![
            Just("beginbfchar "), Just("beginbfrange "), Just("begincidrange "), Just("begincodespacerange "), Just("<ffffffff>"),
            Just("<00>"), Just("<0000000000>"), Just("<>"), Just("["), Just("]"), Just("<d800>"), Just("99999999999999 "), Just("/Identity-H usecmap "),
        ], 0..40), code: u32) {
            if let Ok(map) = CMap::parse(parts.concat().as_bytes()) {
                map.text(code);
                map.cid(code);
                prop_assert!(map.code(&code.to_be_bytes()).is_some_and(|code| (1..=4).contains(&code.length)));
            }
        }
    }
}
