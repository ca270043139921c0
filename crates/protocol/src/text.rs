//! Text of limited length.

use core::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, de};

/// Text of at most `MAX` Unicode scalar values. It is shown as text, never interpreted.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Takes a text that is short enough.
    ///
    /// # Errors
    /// [`TextTooLong`] with the limit.
    pub fn new(text: impl Into<String>) -> Result<Self, TextTooLong> {
        let text = text.into();
        // Counting stops one past the limit, so that a huge text costs no more than a long one.
        if text.chars().take(MAX + 1).count() > MAX {
            Err(TextTooLong { limit: MAX })
        } else {
            Ok(Self(text))
        }
    }

    /// Takes what fits of a text: for names that are shown only, such as a device's.
    pub fn truncated(text: &str) -> Self {
        Self(text.chars().take(MAX).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The text is longer than the protocol allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than {limit} characters: shorten it")]
pub struct TextTooLong {
    /// The most characters allowed.
    pub limit: usize,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(Text::<2>::new("企业").unwrap().as_str(), "企业");
        assert_eq!(Text::<2>::new("企业公"), Err(TextTooLong { limit: 2 }));
        assert_eq!(Text::<2>::truncated("企业公").as_str(), "企业");
        assert!(serde_json::from_str::<Text<2>>("\"abc\"").is_err());
    }
}
