//! The PIN: what a person types to allow one use of a certificate.

use core::fmt;

use zeroize::Zeroizing;

/// Fewest digits: what banks taught people to remember, and 1,000,000 possibilities against five tries.
pub const MIN_PIN_DIGITS: usize = 6;
/// Most digits: more than anybody types before each use, and it fits a PIN pad's display.
pub const MAX_PIN_DIGITS: usize = 12;

/// A PIN as typed: digits of an allowed number. Wiped on drop; `Debug` shows nothing of it.
///
/// Whether it is good enough to be *chosen* is another question: [`NewPin`].
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Reads a PIN as typed; full-width digits of Chinese input methods are folded.
    ///
    /// # Errors
    /// [`PinPolicyError::Digits`] and [`PinPolicyError::Length`].
    pub fn parse(typed: &str) -> Result<Self, PinPolicyError> {
        // Room for all digits at once: growing would leave copies behind.
        let mut digits = Zeroizing::new(String::with_capacity(MAX_PIN_DIGITS));
        let mut length = 0;
        for character in typed.chars() {
            let digit = fold(character).ok_or(PinPolicyError::Digits)?;
            if length < MAX_PIN_DIGITS {
                digits.push(digit);
            }
            length += 1;
        }
        if (MIN_PIN_DIGITS..=MAX_PIN_DIGITS).contains(&length) {
            Ok(Self(digits))
        } else {
            Err(PinPolicyError::Length { length })
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// A PIN that may be chosen: not one of those that everybody tries first.
#[derive(Clone, Debug)]
pub struct NewPin(Pin);

impl NewPin {
    /// Reads a PIN that a person wants to have from now on.
    ///
    /// # Errors
    /// Those of [`Pin::parse`], and [`PinPolicyError::Trivial`] for one digit repeated (`888888`) and for digits
    /// that count up or down (`123456`, `987654`, also across 9 and 0: `789012`).
    pub fn parse(typed: &str) -> Result<Self, PinPolicyError> {
        let pin = Pin::parse(typed)?;
        let trivial = [0, 1, 9]
            .into_iter()
            .any(|step| is_run(pin.as_bytes(), step));
        if trivial {
            Err(PinPolicyError::Trivial)
        } else {
            Ok(Self(pin))
        }
    }

    /// The PIN, to be used like one that was typed.
    pub fn as_pin(&self) -> &Pin {
        &self.0
    }
}

/// Why a text cannot be a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinPolicyError {
    /// Something else than digits.
    #[error("a PIN has digits only")]
    Digits,
    /// Too few or too many digits.
    #[error("a PIN has {MIN_PIN_DIGITS} to {MAX_PIN_DIGITS} digits, not {length}")]
    Length {
        /// Digits given.
        length: usize,
    },
    /// One digit repeated, or digits in a row.
    #[error("this PIN is too easy to guess: do not repeat one digit, do not count up or down")]
    Trivial,
}

impl PinPolicyError {
    /// Stable name of the reason, for pages and programs.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Length { .. } => "length",
            Self::Trivial => "trivial",
        }
    }
}

fn fold(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => None,
    }
}

/// Whether each digit is the one before plus `step`, modulo ten.
fn is_run(digits: &[u8], step: u8) -> bool {
    digits
        .windows(2)
        .all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn length_is_accepted_at_both_limits_and_refused_one_past_them() {
        assert!(Pin::parse("135790").is_ok());
        assert!(Pin::parse("135790246813").is_ok());
        assert_eq!(
            Pin::parse("13579").unwrap_err(),
            PinPolicyError::Length { length: 5 }
        );
        assert_eq!(
            Pin::parse("1357902468135").unwrap_err(),
            PinPolicyError::Length { length: 13 }
        );
        assert_eq!(
            Pin::parse("").unwrap_err(),
            PinPolicyError::Length { length: 0 }
        );
    }

    #[test]
    fn anything_but_digits_is_refused() {
        for text in ["13579a", "135 790", "١٣٥٧٩٠", "-135790"] {
            assert_eq!(
                Pin::parse(text).unwrap_err(),
                PinPolicyError::Digits,
                "{text}"
            );
        }
    }

    #[test]
    fn full_width_digits_are_the_same_pin() {
        assert_eq!(Pin::parse("１３５７９０").unwrap().as_bytes(), b"135790");
    }

    #[test]
    fn trivial_pins_may_be_typed_but_not_chosen() {
        for text in [
            "000000",
            "888888888",
            "123456",
            "654321",
            "012345678901",
            "789012",
            "210987",
        ] {
            assert!(Pin::parse(text).is_ok());
            assert_eq!(
                NewPin::parse(text).unwrap_err(),
                PinPolicyError::Trivial,
                "{text}"
            );
        }
        for text in ["123457", "112233", "246802", "135790"] {
            assert!(NewPin::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn debug_output_hides_the_digits() {
        assert_eq!(
            format!("{:?}", NewPin::parse("135790").unwrap()),
            "NewPin(Pin(..))"
        );
    }
}
