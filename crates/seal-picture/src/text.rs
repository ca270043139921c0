//! What may be written on a seal.

use crate::{SealPart, SealPictureError};

/// Checks a text: its length, and that every character is one that stands by itself on a seal.
///
/// A seal is set character by character. Scripts that join their letters, change direction or combine marks would come out wrong, and
/// look-alikes of Latin letters would forge names: so what is not known to be right is refused.
pub(crate) fn check(
    part: SealPart,
    text: &str,
    least: usize,
    most: usize,
) -> Result<Vec<char>, SealPictureError> {
    // Only one more than allowed is looked at, however long the text is.
    let characters: Vec<char> = text.chars().take(most.saturating_add(1)).collect();
    if characters.len() < least {
        return Err(SealPictureError::TextTooShort { part, least });
    }
    if characters.len() > most {
        return Err(SealPictureError::TextTooLong { part, most });
    }
    let outer_space = |index: usize| index == 0 || index + 1 == characters.len();
    for (index, &character) in characters.iter().enumerate() {
        let allowed = is_allowed(character) || (character == ' ' && !outer_space(index));
        if !allowed {
            return Err(SealPictureError::CharacterNotAllowed {
                part,
                character,
                position: index + 1,
            });
        }
    }
    Ok(characters)
}

/// A character that fills a square of its own, as opposed to one as wide as its ink.
pub(crate) fn is_square(character: char) -> bool {
    matches!(u32::from(character), 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_23AF)
}

/// Shown in a message, it neither hides nor moves its neighbours.
pub(crate) fn is_safe_to_show(character: char) -> bool {
    // Letters of right-to-left scripts would turn the line round, so only what may stand on a seal is shown as itself.
    is_allowed(character)
}

fn is_allowed(character: char) -> bool {
    is_square(character)
        || matches!(
            character,
            '\u{21}'..='\u{7E}'       // ASCII
            | '\u{C0}'..='\u{17F}'    // Latin letters with accents
            | '·' | '‘' | '’' | '“' | '”' | '—' | '…'
            | '、' | '。' | '《' | '》' | '〈' | '〉' | '「' | '」' | '【' | '】' | '〔' | '〕'
            | '\u{FF01}'..='\u{FF5E}' // full-width ASCII
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_enterprises_pass() {
        for name in [
            "乌鲁木齐天山博康医疗器械有限公司",
            "西门子（中国）有限公司",
            "3M中国有限公司",
            "A B中心",
            "𠮷野家餐饮",
        ] {
            assert!(check(SealPart::Name, name, 1, 30).is_ok(), "{name}");
        }
    }

    #[test]
    fn length_is_limited_at_both_ends() {
        let of = |count: usize| check(SealPart::Name, &"天".repeat(count), 2, 30).map(|_| ());
        assert_eq!(of(2), Ok(()));
        assert_eq!(of(30), Ok(()));
        assert_eq!(
            of(1),
            Err(SealPictureError::TextTooShort {
                part: SealPart::Name,
                least: 2
            })
        );
        assert_eq!(
            of(31),
            Err(SealPictureError::TextTooLong {
                part: SealPart::Name,
                most: 30
            })
        );
    }

    #[test]
    fn what_cannot_stand_on_a_seal_is_named() {
        for (bad, shown) in [
            ('\u{202E}', "U+202E"), // right-to-left override
            ('\u{200B}', "U+200B"), // zero-width space
            ('\n', "U+000A"),
            ('\0', "U+0000"),
            ('\u{FE0F}', "U+FE0F"),   // variation selector
            ('\u{0301}', "U+0301"),   // combining accent
            ('ئ', "U+0626"),          // Uyghur: joined and right to left
            ('А', "U+0410"),          // Cyrillic A, looks Latin
            ('\u{E000}', "U+E000"),   // private use
            ('\u{1F600}', "U+1F600"), // emoji
            ('\u{3000}', "U+3000"),   // ideographic space
        ] {
            let error =
                check(SealPart::Name, &format!("天山{bad}博康"), 2, 30).expect_err("refused");
            assert_eq!(
                error,
                SealPictureError::CharacterNotAllowed {
                    part: SealPart::Name,
                    character: bad,
                    position: 3
                }
            );
            let message = error.to_string();
            assert!(message.contains(shown), "{message}");
            assert!(
                !message.contains(bad),
                "the message does not repeat it: {message:?}"
            );
        }
    }

    #[test]
    fn a_space_stands_inside_only() {
        assert!(check(SealPart::Name, "A B", 2, 30).is_ok());
        assert!(check(SealPart::Name, " AB", 2, 30).is_err());
        assert!(check(SealPart::Name, "AB ", 2, 30).is_err());
    }
}
