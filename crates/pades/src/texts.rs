//! The words of reports, for people: catalogues in JSON, one a language, with one section for each kind of word.
//!
//! Verdicts and reasons have two texts: what it `means`, and what to `do`. `docs/verdicts.md` is made from them.

/// English.
pub const EN: &str = include_str!("../texts/en.json");
/// Simplified Chinese.
pub const ZH_HANS: &str = include_str!("../texts/zh-Hans.json");
