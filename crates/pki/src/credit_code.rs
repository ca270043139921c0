//! The unified social credit code of a Chinese legal person (GB 32100-2015).

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Characters of a code in order of their value; I, O, S, V and Z are left out (GB 32100, table 1).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Characters in a code, the check character included.
const LENGTH: usize = 18;
/// Distance from an ASCII character to its full-width twin, as Chinese input methods type it (Unicode block FF00).
const FULL_WIDTH_OFFSET: u32 = 0xFEE0;

/// A unified social credit code whose check character is right.
///
/// Not checked: that the registration office, the administrative division or the enterprise exist, and the inner
/// check digit of the organisation code (GB 11714), since codes with a wrong one have been issued.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode([u8; LENGTH]);

impl CreditCode {
    /// Reads a code as people type it: lower case and full-width characters are folded, spaces around it dropped.
    ///
    /// # Errors
    /// [`CreditCodeError`] names what is wrong: length, a character outside the alphabet, or the check character.
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        let mut code = [0; LENGTH];
        let mut length = 0;
        for (index, typed) in text.trim().chars().enumerate() {
            let character = fold(typed);
            if !ALPHABET.iter().any(|&known| char::from(known) == character) {
                return Err(CreditCodeError::Character {
                    position: index + 1,
                    character: typed,
                });
            }
            if let (Some(slot), Ok(byte)) = (code.get_mut(index), u8::try_from(character)) {
                *slot = byte;
            }
            length = index + 1;
        }
        if length != LENGTH {
            return Err(CreditCodeError::Length { length });
        }
        if check_character(&code) != code[LENGTH - 1] {
            return Err(CreditCodeError::CheckCharacter);
        }
        Ok(Self(code))
    }

    /// The 18 characters, upper case.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("only characters of the ASCII alphabet are stored")
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditCode({self})")
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CreditCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.as_str().to_owned()
    }
}

/// Why a text is no credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// A character that no code contains.
    #[error(
        "character {position} ({character:?}) cannot occur in a credit code: digits and capitals except I, O, S, V, Z"
    )]
    Character {
        /// Counted from 1, after surrounding spaces.
        position: usize,
        /// The character as typed.
        character: char,
    },
    /// The last character does not fit the others: a typing mistake.
    #[error("the check character does not fit: compare the code with the business licence")]
    CheckCharacter,
    /// Not 18 characters.
    #[error("a credit code has 18 characters, not {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
}

fn fold(typed: char) -> char {
    match typed {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(typed) - FULL_WIDTH_OFFSET).unwrap_or(typed)
        }
        other => other,
    }
    .to_ascii_uppercase()
}

/// GB 32100 section 5: the weighted sum of all 18 values is divisible by 31; weights are the powers of 3.
fn check_character(code: &[u8; LENGTH]) -> u8 {
    let (sum, _) = code[..LENGTH - 1]
        .iter()
        .fold((0, 1), |(sum, weight), character| {
            let value = ALPHABET
                .iter()
                .position(|known| known == character)
                .unwrap_or(0);
            (sum + value * weight, weight * 3 % ALPHABET.len())
        });
    ALPHABET[(ALPHABET.len() - sum % ALPHABET.len()) % ALPHABET.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// The worked example of GB 32100, annex A.
    const STANDARD_EXAMPLE: &str = "91350100M000100Y43";

    #[test]
    fn published_codes_are_accepted() {
        for code in [STANDARD_EXAMPLE, "9144030071526726XG", "91110000802100433B"] {
            assert_eq!(CreditCode::parse(code).unwrap().to_string(), code);
        }
    }

    #[test]
    fn lower_case_full_width_and_spaces_are_folded() {
        let expected = CreditCode::parse(STANDARD_EXAMPLE).unwrap();
        assert_eq!(CreditCode::parse(" 91350100m000100y43\n"), Ok(expected));
        assert_eq!(
            CreditCode::parse("９１３５０１００Ｍ０００１００ｙ４３"),
            Ok(expected)
        );
    }

    #[test]
    fn length_one_less_and_one_more_is_refused() {
        assert_eq!(
            CreditCode::parse(&STANDARD_EXAMPLE[..17]),
            Err(CreditCodeError::Length { length: 17 })
        );
        let longer = format!("{STANDARD_EXAMPLE}0");
        assert_eq!(
            CreditCode::parse(&longer),
            Err(CreditCodeError::Length { length: 19 })
        );
        assert_eq!(
            CreditCode::parse(""),
            Err(CreditCodeError::Length { length: 0 })
        );
    }

    #[test]
    fn letters_outside_the_alphabet_are_named_with_their_position() {
        for letter in "IOSVZ".chars() {
            let text = STANDARD_EXAMPLE.replace('M', &letter.to_string());
            let expected = CreditCodeError::Character {
                position: 9,
                character: letter,
            };
            assert_eq!(CreditCode::parse(&text), Err(expected));
        }
    }

    #[test]
    fn serde_refuses_a_wrong_code() {
        let code: CreditCode = serde_json::from_str(&format!("\"{STANDARD_EXAMPLE}\"")).unwrap();
        assert_eq!(
            serde_json::to_string(&code).unwrap(),
            format!("\"{STANDARD_EXAMPLE}\"")
        );
        assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y44\"").is_err());
    }

    proptest! {
        #[test]
        fn any_single_changed_character_is_refused(body in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0..LENGTH, to in 0..31usize) {
            let mut code = [0; LENGTH];
            code[..17].copy_from_slice(body.as_bytes());
            code[17] = check_character(&code);
            prop_assert!(CreditCode::parse(core::str::from_utf8(&code).unwrap()).is_ok());
            prop_assume!(code[at] != ALPHABET[to]);
            code[at] = ALPHABET[to];
            prop_assert_eq!(CreditCode::parse(core::str::from_utf8(&code).unwrap()), Err(CreditCodeError::CheckCharacter));
        }

        #[test]
        fn any_text_is_parsed_without_panic(text in ".*") {
            let _ = CreditCode::parse(&text);
        }
    }
}
