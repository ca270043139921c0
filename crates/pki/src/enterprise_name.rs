//! Whether two names mean the same enterprise.
//!
//! Registers, authorities and platforms write one registered name in several ways: full-width or half-width brackets,
//! one of six middle dots, with or without a space. The rule here sees past that and nothing else. It folds no case and
//! maps no simplified to traditional characters: those are other names. `docs/protocol.md` section 8 states it for
//! other implementations.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::{Certificate, CreditCode};

/// The form in which names are compared. For the eyes of programs only; show the name as it was written.
///
/// Normalisation form NFKC (Unicode Standard Annex 15), without white space (property `White_Space`), every kind of bracket
/// as a round one, and every middle dot as U+00B7.
///
/// ```
/// use scanseal_pki::comparable_name;
///
/// assert_eq!(comparable_name("云岭建设（集团） 有限公司"), "云岭建设(集团)有限公司");
/// ```
pub fn comparable_name(name: &str) -> String {
    name.nfkc()
        .filter(|character| !character.is_whitespace())
        .map(|character| match character {
            '<' | '[' | '{' | '〈' | '《' | '【' | '〔' | '〖' | '〘' | '〚' | '⟦' | '⟨' | '⟪'
            | '⟬' | '⟮' | '⦅' => '(',
            '>' | ']' | '}' | '〉' | '》' | '】' | '〕' | '〗' | '〙' | '〛' | '⟧' | '⟩' | '⟫'
            | '⟭' | '⟯' | '⦆' => ')',
            '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' => '\u{b7}',
            other => other,
        })
        .collect()
}

/// Whether both name the same enterprise. A name of nothing but white space names none.
pub fn same_enterprise_name(one: &str, other: &str) -> bool {
    let one = comparable_name(one);
    !one.is_empty() && one == comparable_name(other)
}

/// How the enterprise in a certificate differs from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EnterpriseMismatch {
    /// Name and credit code differ.
    #[error("the certificate has another enterprise's name and credit code")]
    Both,
    /// Only the credit code differs.
    #[error("the certificate has another credit code")]
    CreditCode,
    /// Only the name differs.
    #[error("the certificate has another enterprise's name")]
    Name,
    /// The certificate states no enterprise's name, or no credit code.
    #[error("the certificate is not that of an enterprise: it lacks a name or a credit code")]
    NotAnEnterprise,
}

/// What two enterprises can differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EnterpriseField {
    /// The unified social credit code.
    CreditCode,
    /// The registered name.
    Name,
}

impl EnterpriseMismatch {
    /// What differs, to be shown beside what the account has. A certificate of no enterprise differs in all.
    pub const fn fields(self) -> &'static [EnterpriseField] {
        match self {
            Self::Both | Self::NotAnEnterprise => {
                &[EnterpriseField::Name, EnterpriseField::CreditCode]
            }
            Self::CreditCode => &[EnterpriseField::CreditCode],
            Self::Name => &[EnterpriseField::Name],
        }
    }
}

/// Compares the enterprise in a certificate with the one of an account.
///
/// # Errors
/// [`EnterpriseMismatch`] says what differs.
pub fn compare_enterprise(
    certificate: &Certificate,
    name: &str,
    credit_code: &CreditCode,
) -> Result<(), EnterpriseMismatch> {
    compare_stated_enterprise(
        certificate.organization(),
        certificate.credit_code(),
        name,
        credit_code,
    )
}

/// As [`compare_enterprise`], for who keeps what a certificate stated and no longer the certificate.
///
/// # Errors
/// [`EnterpriseMismatch`] says what differs.
pub fn compare_stated_enterprise(
    stated_name: Option<&str>,
    stated_code: Option<&CreditCode>,
    name: &str,
    credit_code: &CreditCode,
) -> Result<(), EnterpriseMismatch> {
    let (Some(stated_name), Some(stated_code)) = (stated_name, stated_code) else {
        return Err(EnterpriseMismatch::NotAnEnterprise);
    };
    match (
        same_enterprise_name(stated_name, name),
        stated_code == credit_code,
    ) {
        (true, true) => Ok(()),
        (false, true) => Err(EnterpriseMismatch::Name),
        (true, false) => Err(EnterpriseMismatch::CreditCode),
        (false, false) => Err(EnterpriseMismatch::Both),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ways_of_writing_one_name_are_the_same() {
        for (one, other) in [
            ("云岭建设（集团）有限公司", "云岭建设(集团)有限公司"),
            ("云岭建设〔集团〕有限公司", "云岭建设【集团】有限公司"),
            ("ＡＢＣ科技有限公司", "ABC科技有限公司"),
            (" 天山　博康\u{a0}有限公司\n", "天山博康有限公司"),
            ("阿依古丽·买买提果业有限公司", "阿依古丽•买买提果业有限公司"),
            (
                "阿依古丽・买买提果业有限公司",
                "阿依古丽･买买提果业有限公司",
            ),
        ] {
            assert!(same_enterprise_name(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn other_names_stay_others() {
        for (one, other) in [
            ("乌鲁木齐云岭有限公司", "烏魯木齊雲嶺有限公司"),
            ("ABC科技有限公司", "Abc科技有限公司"),
            ("天山有限公司", "天\u{200b}山有限公司"),
            ("阿依古丽·买买提果业有限公司", "阿依古丽买买提果业有限公司"),
            ("云岭建设(集团)有限公司", "云岭建设集团有限公司"),
            ("云岭“建设”有限公司", "云岭「建设」有限公司"),
            ("", ""),
            (" ", "\u{3000}"),
        ] {
            assert!(!same_enterprise_name(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn name_and_code_are_told_apart() {
        let (code, other) = (
            CreditCode::parse("91350100M000100Y43").unwrap(),
            CreditCode::parse("9144030071526726XG").unwrap(),
        );
        let compare = |name: Option<&str>, stated: Option<&CreditCode>| {
            compare_stated_enterprise(name, stated, "云岭（集团）", &code)
        };
        assert_eq!(compare(Some("云岭(集团)"), Some(&code)), Ok(()));
        assert_eq!(
            compare(Some("云岭"), Some(&code)),
            Err(EnterpriseMismatch::Name)
        );
        assert_eq!(
            compare(Some("云岭(集团)"), Some(&other)),
            Err(EnterpriseMismatch::CreditCode)
        );
        assert_eq!(
            compare(Some("云岭"), Some(&other)),
            Err(EnterpriseMismatch::Both)
        );
        for (name, stated) in [
            (None, Some(&code)),
            (Some("云岭(集团)"), None),
            (None, None),
        ] {
            assert_eq!(
                compare(name, stated),
                Err(EnterpriseMismatch::NotAnEnterprise)
            );
        }
    }

    proptest! {
        #[test]
        fn white_space_and_width_never_matter(words in prop::collection::vec("[a-zA-Z0-9()云岭建设集团有限公司·]{1,6}", 1..5), space in "[ \u{3000}\u{a0}\t\u{2009}]{0,3}") {
            let plain = words.concat();
            let spaced = words.join(&space);
            let wide: String = spaced.chars().map(|character| match character {
                '!'..='~' => char::from_u32(u32::from(character) + 0xfee0).unwrap(),
                other => other,
            }).collect();
            prop_assert!(same_enterprise_name(&plain, &spaced));
            prop_assert!(same_enterprise_name(&plain, &wide));
        }

        #[test]
        fn any_two_names_are_compared_alike_both_ways(one in ".*", other in ".*") {
            prop_assert_eq!(same_enterprise_name(&one, &other), same_enterprise_name(&other, &one));
            prop_assert_eq!(same_enterprise_name(&one, &one), !comparable_name(&one).is_empty());
        }
    }
}
