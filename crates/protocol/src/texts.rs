//! The words of each code: a cause and an advice, in plain language for office staff.
//!
//! The catalogues are `texts/zh-Hans.json` and `texts/en.json`; the npm package takes the same files. Some texts have
//! placeholders in braces, named by [`Code::placeholders`], which the host fills.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::error::Code;

/// A language of the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// 简体中文
    Chinese,
    /// English
    English,
}

/// The words of one code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CodeText {
    /// What happened.
    pub cause: String,
    /// What to do now.
    pub advice: String,
}

impl CodeText {
    /// The words of `code`, placeholders unfilled.
    ///
    /// ```
    /// use scanseal_protocol::{error::Code, texts::{CodeText, Language}};
    ///
    /// assert!(CodeText::of(Code::PinWrong, Language::English).advice.contains("{attempts}"));
    /// ```
    pub fn of(code: Code, language: Language) -> &'static Self {
        catalogue(language)
            .get(code.as_str())
            .expect("a test compares the catalogues with the enum")
    }
}

type Catalogue = BTreeMap<String, CodeText>;

fn catalogue(language: Language) -> &'static Catalogue {
    static CHINESE: LazyLock<Catalogue> =
        LazyLock::new(|| read(include_str!("../texts/zh-Hans.json")));
    static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../texts/en.json")));
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

fn read(json: &str) -> Catalogue {
    serde_json::from_str(json).expect("a test reads the catalogues")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    const LANGUAGES: [Language; 2] = [Language::Chinese, Language::English];

    #[test]
    fn both_catalogues_have_every_code_and_no_other() {
        let codes: BTreeSet<_> = Code::all().iter().map(|code| code.as_str()).collect();
        for language in LANGUAGES {
            let keys: BTreeSet<_> = catalogue(language).keys().map(String::as_str).collect();
            assert_eq!(keys, codes, "{language:?}");
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_the_table_and_once() {
        for json in [
            include_str!("../texts/zh-Hans.json"),
            include_str!("../texts/en.json"),
        ] {
            let keys: Vec<_> = json
                .lines()
                .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\": {"))
                .map(|(key, _)| key)
                .collect();
            assert_eq!(
                keys,
                Code::all()
                    .iter()
                    .map(|code| code.as_str())
                    .collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn no_text_is_empty_and_each_is_a_sentence() {
        for (language, end) in [(Language::Chinese, '。'), (Language::English, '.')] {
            for (key, text) in catalogue(language) {
                for sentence in [&text.cause, &text.advice] {
                    assert!(
                        sentence.ends_with(end) && sentence.chars().count() > 3,
                        "{key}: {sentence:?}"
                    );
                    assert_eq!(sentence.trim(), sentence, "{key}");
                }
            }
        }
    }

    #[test]
    fn placeholders_are_exactly_those_that_the_code_names() {
        for &code in Code::all() {
            for language in LANGUAGES {
                let text = CodeText::of(code, language);
                let both = format!("{}{}", text.cause, text.advice);
                let found: Vec<_> = both
                    .split('{')
                    .skip(1)
                    .map(|rest| rest.split_once('}').unwrap().0)
                    .collect();
                assert_eq!(found, code.placeholders(), "{code} {language:?}");
            }
        }
    }
}
