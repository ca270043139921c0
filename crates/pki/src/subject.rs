//! The name of an organisation as certificates and requests carry it.

use der::{Any, Decode, Encode, Tag};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use crate::{CreditCode, certificate::CREDIT_CODE_PREFIX, oids};

/// Most characters in each part of a name (RFC 5280 appendix A.1, `ub-organization-name` and `ub-common-name`).
pub const MAX_NAME_LENGTH: usize = 64;

/// An organisation in China: `C=CN`, enterprise name, name to show, and for a legal person its credit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    organization: String,
    common_name: String,
    credit_code: Option<CreditCode>,
}

impl Subject {
    /// Names an organisation: `organization` as it is registered, `common_name` as it is to be shown.
    ///
    /// # Errors
    /// [`SubjectError`] if a part is empty, longer than [`MAX_NAME_LENGTH`] characters or has control characters.
    pub fn new(organization: &str, common_name: &str) -> Result<Self, SubjectError> {
        check("organisation", organization)?;
        check("common name", common_name)?;
        Ok(Self {
            organization: organization.to_owned(),
            common_name: common_name.to_owned(),
            credit_code: None,
        })
    }

    /// Makes it a legal person with this credit code.
    #[must_use]
    pub fn with_credit_code(mut self, credit_code: CreditCode) -> Self {
        self.credit_code = Some(credit_code);
        self
    }

    /// The registered name.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// The name to show.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The credit code of a legal person.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        self.credit_code.as_ref()
    }

    /// The X.501 name. Attributes in the order of EN 319 412-3 section 4.2.1.
    pub(crate) fn to_name(&self) -> der::Result<Name> {
        let identifier = self
            .credit_code
            .map(|code| format!("{CREDIT_CODE_PREFIX}{code}"));
        // RFC 5280 appendix A.1: a country is a PrintableString, everything else here is UTF-8.
        let attributes = [
            Some((oids::COUNTRY, Tag::PrintableString, "CN")),
            Some((
                oids::ORGANIZATION,
                Tag::Utf8String,
                self.organization.as_str(),
            )),
            identifier
                .as_deref()
                .map(|identifier| (oids::ORGANIZATION_IDENTIFIER, Tag::Utf8String, identifier)),
            Some((
                oids::COMMON_NAME,
                Tag::Utf8String,
                self.common_name.as_str(),
            )),
        ];
        let rdns = attributes
            .into_iter()
            .flatten()
            .map(|(oid, tag, text)| {
                let value = Any::new(tag, text.as_bytes())?;
                RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])
            })
            .collect::<der::Result<Vec<_>>>()?;
        Name::from_der(&RdnSequence::from(rdns).to_der()?)
    }
}

/// Why a name cannot stand in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// A control character, which could hide something from who reads the name.
    #[error("the {part} contains a control character")]
    ControlCharacter {
        /// Which part.
        part: &'static str,
    },
    /// Nothing, or more than [`MAX_NAME_LENGTH`] characters.
    #[error("the {part} has 1 to {MAX_NAME_LENGTH} characters, not {length}")]
    Length {
        /// Which part.
        part: &'static str,
        /// Characters given.
        length: usize,
    },
    /// A character that nobody sees.
    #[error("the {part} contains a character that nobody sees: type it anew")]
    UnseenCharacter {
        /// Which part.
        part: &'static str,
    },
}

fn check(part: &'static str, text: &str) -> Result<(), SubjectError> {
    let length = text.chars().count();
    if !(1..=MAX_NAME_LENGTH).contains(&length) {
        return Err(SubjectError::Length { part, length });
    }
    if text.chars().any(char::is_control) {
        return Err(SubjectError::ControlCharacter { part });
    }
    if text.chars().any(is_unseen) {
        return Err(SubjectError::UnseenCharacter { part });
    }
    Ok(())
}

/// Characters that take no room of their own or turn the text around them: with one, two names that look alike are not, and
/// neither a person nor the check for a registered name would notice. (Unicode `Default_Ignorable_Code_Point` and `Bidi_Control`,
/// separators of lines and paragraphs, private use.)
const fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}'
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn name_length_at_the_limit_is_accepted_and_one_more_refused() {
        let (longest, longer) = (
            "海".repeat(MAX_NAME_LENGTH),
            "海".repeat(MAX_NAME_LENGTH + 1),
        );
        assert!(Subject::new(&longest, &longest).is_ok());
        assert_eq!(
            Subject::new(&longer, "x"),
            Err(SubjectError::Length {
                part: "organisation",
                length: 65
            })
        );
        assert_eq!(
            Subject::new("x", &longer),
            Err(SubjectError::Length {
                part: "common name",
                length: 65
            })
        );
        assert_eq!(
            Subject::new("x", ""),
            Err(SubjectError::Length {
                part: "common name",
                length: 0
            })
        );
    }

    #[test]
    fn unseen_characters_are_refused() {
        for character in [
            '\u{200b}',
            '\u{202e}',
            '\u{2028}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{10ffff}',
        ] {
            assert_eq!(
                Subject::new("x", &format!("天山{character}公司")),
                Err(SubjectError::UnseenCharacter {
                    part: "common name"
                }),
                "{character:?}"
            );
        }
    }

    #[test]
    fn control_characters_are_refused_and_separators_are_kept_as_text() {
        assert_eq!(
            Subject::new("a\u{0}b", "x"),
            Err(SubjectError::ControlCharacter {
                part: "organisation"
            })
        );
        let name = Subject::new("A, B + C = D", "O=x")
            .unwrap()
            .to_name()
            .unwrap();
        assert_eq!(name.to_string(), "CN=O=x,O=A\\, B \\+ C = D,C=CN");
    }
}
