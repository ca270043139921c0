//! The fields of forms: read once into types that cannot be wrong; what is wrong is told for all fields at once.

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::http::Problem;

/// Characters of a user name.
const LOGIN_CHARACTERS: std::ops::RangeInclusive<usize> = 2..=32;
/// What stands in the log for who is no person (`docs/audit.md`): nobody shall be taken for it.
const RESERVED_LOGINS: [&str; 2] = ["page", "system"];
/// Characters of a person's name: longer ones than any register has.
const NAME_CHARACTERS: usize = 40;
/// Characters of a telephone number: an international one with an extension.
const PHONE_CHARACTERS: usize = 24;
/// Characters of a new password at least.
const PASSWORD_CHARACTERS: usize = 10;
/// Bytes of a password; longer ones are nobody's.
pub(super) const MAX_TYPED_BYTES: usize = 256;
/// Different characters in a new password at least: `aaaaaaaaaa` is the first that is guessed.
const DIFFERENT_CHARACTERS: usize = 5;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// It has characters that it may not have.
    Characters,
    /// Nothing is there.
    Required,
    /// Its rows do not come to the amount.
    Sum,
    /// Somebody else has it.
    Taken,
    /// It is too long.
    TooLong,
    /// It is too short.
    TooShort,
    /// It is easy to guess.
    Weak,
    /// It is not what it should be.
    Wrong,
}

impl FieldError {
    /// The word for pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Required => "required",
            Self::Sum => "sum",
            Self::Taken => "taken",
            Self::TooLong => "too-long",
            Self::TooShort => "too-short",
            Self::Weak => "weak",
            Self::Wrong => "wrong",
        }
    }
}

/// The fields that are wrong.
#[derive(Clone, Debug, Default)]
pub struct Fields(BTreeMap<&'static str, &'static str>);

impl Fields {
    /// Takes a field that was read, or notes what is wrong with it.
    pub fn take<T>(&mut self, name: &'static str, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.0.insert(name, error.as_str()))
            .ok()
    }

    /// The refusal of the form.
    pub fn refuse(self) -> Problem {
        let names: Vec<_> = self.0.keys().copied().collect();
        let detail = format!("These fields cannot be taken: {}.", names.join(", "));
        Problem::fields(self.0, detail)
    }
}

/// Somebody else has what stands in this field: 409, since the form is right and may be taken tomorrow.
pub fn taken(name: &'static str) -> Problem {
    one(name, FieldError::Taken).with_status(StatusCode::CONFLICT)
}

/// The refusal of one field.
pub fn one(name: &'static str, error: FieldError) -> Problem {
    let mut fields = Fields::default();
    fields.0.insert(name, error.as_str());
    fields.refuse()
}

/// For members that hold a password.
///
/// # Errors
/// What is not a text.
pub fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

/// A user name: lower-case letters, digits, `.`, `-` and `_`, beginning with a letter. Capitals are folded, as at login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// Reads a user name as it is typed.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let login = text.trim().to_ascii_lowercase();
        if login.is_empty() {
            return Err(FieldError::Required);
        }
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if !login.bytes().all(allowed)
            || !login.starts_with(|first: char| first.is_ascii_lowercase())
        {
            return Err(FieldError::Characters);
        }
        if login.len() < *LOGIN_CHARACTERS.start() {
            return Err(FieldError::TooShort);
        }
        if login.len() > *LOGIN_CHARACTERS.end() {
            return Err(FieldError::TooLong);
        }
        if RESERVED_LOGINS.contains(&login.as_str()) {
            return Err(FieldError::Taken);
        }
        Ok(Self(login))
    }

    /// The user name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person's name: letters of any script, and what stands between them in names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name as it is typed.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(FieldError::Required);
        }
        let allowed = |character: char| character.is_alphabetic() || " .·•-'’".contains(character);
        if !name.chars().all(allowed) || !name.starts_with(char::is_alphabetic) {
            return Err(FieldError::Characters);
        }
        if name.chars().count() > NAME_CHARACTERS {
            return Err(FieldError::TooLong);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A telephone number: digits, and what people put between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as it is typed.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let phone = text.trim();
        if phone.is_empty() {
            return Err(FieldError::Required);
        }
        let allowed = |byte: u8| byte.is_ascii_digit() || b" +-()".contains(&byte);
        if !phone.bytes().all(allowed) || !phone.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(FieldError::Characters);
        }
        if phone.len() > PHONE_CHARACTERS {
            return Err(FieldError::TooLong);
        }
        Ok(Self(phone.to_owned()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password that somebody chooses: not short, not monotonous, not the user name.
pub struct NewPassword(Zeroizing<String>);

impl NewPassword {
    /// Takes a password for the account with this user name.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: Zeroizing<String>, login: Option<&Login>) -> Result<Self, FieldError> {
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        if text.len() > MAX_TYPED_BYTES {
            return Err(FieldError::TooLong);
        }
        let different: std::collections::BTreeSet<char> = text.chars().collect();
        let named = login.is_some_and(|login| text.to_lowercase().contains(login.as_str()));
        if text.chars().count() < PASSWORD_CHARACTERS
            || different.len() < DIFFERENT_CHARACTERS
            || named
        {
            return Err(FieldError::Weak);
        }
        Ok(Self(text))
    }

    /// The password.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn user_names_are_folded_and_bounded() {
        assert_eq!(Login::parse(" Li.Na ").unwrap().as_str(), "li.na");
        assert!(Login::parse(&"a".repeat(32)).is_ok() && Login::parse("ab").is_ok());
        for (wrong, error) in [
            ("", FieldError::Required),
            ("  ", FieldError::Required),
            ("a", FieldError::TooShort),
            (&"a".repeat(33), FieldError::TooLong),
            ("1a", FieldError::Characters),
            (".a", FieldError::Characters),
            ("李娜", FieldError::Characters),
            ("a b", FieldError::Characters),
            ("a'--", FieldError::Characters),
            ("a\u{0}b", FieldError::Characters),
            ("ａｂ", FieldError::Characters),
            ("system", FieldError::Taken),
            ("Page", FieldError::Taken),
        ] {
            assert_eq!(Login::parse(wrong), Err(error), "{wrong:?}");
        }
    }

    #[test]
    fn names_of_people_are_letters_of_any_script() {
        for name in ["李娜", "阿依古丽·买买提", "Anna-Lena O'Neil", "ئايگۈل"] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
        assert!(PersonName::parse(&"李".repeat(40)).is_ok());
        for (wrong, error) in [
            (" ", FieldError::Required),
            (&"李".repeat(41), FieldError::TooLong),
            ("<b>李娜</b>", FieldError::Characters),
            ("李娜\n", FieldError::Characters),
            ("李\u{202e}娜", FieldError::Characters),
            ("李娜\";", FieldError::Characters),
            ("'李娜", FieldError::Characters),
            ("13800000000", FieldError::Characters),
        ] {
            let read = PersonName::parse(wrong);
            if wrong == "李娜\n" {
                // White space at the end is no part of a name.
                assert_eq!(read.unwrap().as_str(), "李娜");
            } else {
                assert_eq!(read, Err(error), "{wrong:?}");
            }
        }
    }

    #[test]
    fn telephone_numbers_are_digits_with_what_stands_between() {
        for phone in ["13800000000", "+86 991-000 0000", "(0991) 000"] {
            assert_eq!(Phone::parse(phone).unwrap().as_str(), phone);
        }
        for wrong in ["+", "1380000000a", "١٢٣", "1;DROP"] {
            assert_eq!(Phone::parse(wrong), Err(FieldError::Characters), "{wrong}");
        }
        assert_eq!(Phone::parse(&"1".repeat(25)), Err(FieldError::TooLong));
    }

    #[test]
    fn passwords_are_long_mixed_and_not_the_user_name() {
        let login = Login::parse("li.na").unwrap();
        let read = |text: &str| {
            NewPassword::parse(Zeroizing::new(text.to_owned()), Some(&login)).map(|_| ())
        };
        assert_eq!(read("abcde12345"), Ok(()));
        assert_eq!(read("密码密码也可以很长的呀"), Ok(()));
        assert_eq!(read(&"abcde123".repeat(32)), Ok(()));
        for (wrong, error) in [
            ("", FieldError::Required),
            ("abcde1234", FieldError::Weak),
            ("aaaaaaaaaaaa", FieldError::Weak),
            ("abcabcabcabcd", FieldError::Weak),
            ("Li.Na-2026-x", FieldError::Weak),
            (&format!("{}x", "abcde123".repeat(32)), FieldError::TooLong),
        ] {
            assert_eq!(read(wrong), Err(error), "{wrong:?}");
        }
    }
}
