//! Tokens of content streams and CMaps, which share the syntax of PDF objects but have operators and no references.
//!
//! As lenient as viewers are: a stray closing delimiter is passed over. What never ends is an error, since what follows it
//! cannot be told.

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    ArrayEnd,
    ArrayStart,
    DictionaryEnd,
    DictionaryStart,
    /// An operator, `true`, `false` or `null`.
    Keyword(&'a [u8]),
    /// A name without its slash, decoded.
    Name(Vec<u8>),
    Number(f64),
    String(Vec<u8>),
}

/// A string, array, dictionary or inline image does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unterminated {
    /// Where it begins.
    pub(crate) position: usize,
}

/// Reads tokens one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Passes over bytes that are not tokens.
    pub(crate) fn skip(&mut self, count: usize) {
        self.position = self.position.saturating_add(count).min(self.bytes.len());
    }

    /// The next token, or `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, Unterminated> {
        loop {
            let start = self.position;
            let Some(byte) = self.take() else {
                return Ok(None);
            };
            let token = match byte {
                byte if is_space(byte) => continue,
                b'%' => {
                    self.take_while(|byte| !matches!(byte, b'\r' | b'\n'));
                    continue;
                }
                b'/' => Token::Name(self.name()),
                b'(' => Token::String(self.literal().ok_or(Unterminated { position: start })?),
                b'[' => Token::ArrayStart,
                b']' => Token::ArrayEnd,
                b'<' if self.rest().first() == Some(&b'<') => {
                    self.skip(1);
                    Token::DictionaryStart
                }
                b'<' => Token::String(self.hexadecimal().ok_or(Unterminated { position: start })?),
                b'>' if self.rest().first() == Some(&b'>') => {
                    self.skip(1);
                    Token::DictionaryEnd
                }
                byte if is_regular(byte) => {
                    self.take_while(is_regular);
                    let word = self.bytes.get(start..self.position).unwrap_or_default();
                    number(word).map_or(Token::Keyword(word), Token::Number)
                }
                _ => continue,
            };
            return Ok(Some(token));
        }
    }

    fn take(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.position)?;
        self.position += 1;
        Some(byte)
    }

    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !belongs(*byte));
        self.skip(length.unwrap_or(rest.len()));
    }

    fn name(&mut self) -> Vec<u8> {
        let start = self.position;
        self.take_while(is_regular);
        let mut rest = self.bytes.get(start..self.position).unwrap_or_default();
        let mut name = Vec::with_capacity(rest.len());
        while let [byte, after @ ..] = rest {
            rest = after;
            if let (b'#', [high, low, after @ ..]) = (byte, rest)
                && let (Some(high), Some(low)) = (digit(*high), digit(*low))
            {
                name.push(high << 4 | low);
                rest = after;
            } else {
                name.push(*byte);
            }
        }
        name
    }

    fn hexadecimal(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut high = None;
        loop {
            let byte = self.take()?;
            if byte == b'>' {
                bytes.extend(high.map(|high: u8| high << 4));
                return Some(bytes);
            }
            let Some(digit) = digit(byte) else { continue };
            match high.take() {
                Some(high) => bytes.push(high << 4 | digit),
                None => high = Some(digit),
            }
        }
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut depth = 1_usize;
        loop {
            match self.take()? {
                b'(' => {
                    depth += 1;
                    bytes.push(b'(');
                }
                b')' if depth == 1 => return Some(bytes),
                b')' => {
                    depth -= 1;
                    bytes.push(b')');
                }
                b'\\' => bytes.extend(self.escape()?),
                byte => bytes.push(byte),
            }
        }
    }

    /// What a backslash and the bytes after it stand for.
    fn escape(&mut self) -> Option<Option<u8>> {
        Some(Some(match self.take()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return Some(None),
            b'\r' => {
                if self.rest().first() == Some(&b'\n') {
                    self.skip(1);
                }
                return Some(None);
            }
            first @ b'0'..=b'7' => {
                let mut value = first - b'0';
                for _ in 0..2 {
                    let Some(next @ b'0'..=b'7') = self.rest().first() else {
                        break;
                    };
                    // Overflow is ignored, as 7.3.4.2 demands.
                    value = value.wrapping_shl(3) | (next - b'0');
                    self.skip(1);
                }
                value
            }
            other => other,
        }))
    }
}

/// White space of 7.2.3.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'/' | b'%')
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

/// A number, also with the doubled sign and the inner minus that some producers write and viewers read.
fn number(word: &[u8]) -> Option<f64> {
    let negative = word.first() == Some(&b'-');
    let signs = word
        .iter()
        .take_while(|byte| matches!(byte, b'+' | b'-'))
        .count();
    let digits = word.get(signs..)?;
    if signs > 2 || !digits.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let (mut value, mut scale, mut point) = (0.0, 1.0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' if point => {
                scale /= 10.0;
                value += f64::from(byte - b'0') * scale;
            }
            b'0'..=b'9' => value = value * 10.0 + f64::from(byte - b'0'),
            b'.' if !point => point = true,
            b'-' => break,
            _ => return None,
        }
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Token<'_>>, Unterminated> {
        let mut tokens = Tokens::new(bytes);
        core::iter::from_fn(|| tokens.next().transpose()).collect()
    }

    fn numbers(bytes: &[u8]) -> Vec<f64> {
        let tokens = all(bytes).expect("these end");
        let number = |token| match token {
            Token::Number(value) => Some((value * 1e6_f64).round() / 1e6),
            _ => None,
        };
        tokens.into_iter().filter_map(number).collect()
    }

    #[test]
    fn numbers_in_all_spellings() {
        assert_eq!(
            numbers(b"1 -2 +3 .5 -.25 4. 0.125 --7 12-3"),
            [1.0, -2.0, 3.0, 0.5, -0.25, 4.0, 0.125, -7.0, 12.0]
        );
        assert_eq!(numbers(b"- . 1e5 inf nan 0x1 1.2.3 T*"), [] as [f64; 0]);
    }

    #[test]
    fn strings_names_and_operators() {
        let tokens = all(b"/F#31 12 Tf(a\\(\\051(b)\\n\\101\\53\\\r\n\\q)Tj%x\n[<48 6>-5]TJ T*'")
            .expect("it ends");
        let expected = [
            Token::Name(b"F1".to_vec()),
            Token::Number(12.0),
            Token::Keyword(b"Tf"),
            Token::String(b"a()(b)\nA+q".to_vec()),
            Token::Keyword(b"Tj"),
            Token::ArrayStart,
            Token::String(b"H\x60".to_vec()),
            Token::Number(-5.0),
            Token::ArrayEnd,
            Token::Keyword(b"TJ"),
            Token::Keyword(b"T*'"),
        ];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn stray_delimiters_are_passed_over_and_endless_strings_are_not() {
        assert_eq!(all(b") > q"), Ok(vec![Token::Keyword(b"q")]));
        assert_eq!(all(b"q (a(b)"), Err(Unterminated { position: 2 }));
        assert_eq!(all(b"  <12"), Err(Unterminated { position: 2 }));
        assert_eq!(all(b"(a\\"), Err(Unterminated { position: 0 }));
    }

    proptest! {
        #[test]
        fn garbage_never_panics_and_always_ends(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut tokens = Tokens::new(&bytes);
            let mut count = 0;
            while let Ok(Some(_)) = tokens.next() {
                count += 1;
            }
            prop_assert!(count <= bytes.len());
        }
    }
}
