//! Words of reports, out of the engine's catalogues.

use serde::Serialize;
use serde_json::Value;

use super::arguments::Language;

/// One language's catalogue.
pub(crate) struct Words {
    language: Language,
    texts: Value,
}

impl Words {
    /// The language that was asked for, or the system's.
    pub(crate) fn new(asked: Option<Language>) -> Self {
        let language = asked.unwrap_or_else(system_language);
        let text = match language {
            Language::Zh => scanseal_pades::texts::ZH_HANS,
            Language::En => scanseal_pades::texts::EN,
        };
        let texts =
            serde_json::from_str(text).expect("the catalogues are JSON, as their tests show");
        Self { language, texts }
    }

    /// The words of a value in a section of the catalogue; of a reason or verdict, what it means.
    pub(crate) fn of(&self, section: &str, value: &impl Serialize) -> String {
        let code = code(value);
        let entry = &self.texts[section][&code];
        let text = entry.as_str().or_else(|| entry["means"].as_str());
        text.map_or(code.clone(), ToOwned::to_owned)
    }

    /// What to do about a reason or a verdict.
    pub(crate) fn advice(&self, section: &str, value: &impl Serialize) -> Option<&str> {
        self.texts[section][&code(value)]["do"].as_str()
    }

    /// Which language it is.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// One of two texts.
    pub(crate) fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// The word that a value without fields has in JSON.
pub(crate) fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn system_language() -> Language {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let set = names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    match set {
        Some(value) if value.starts_with("zh") => Language::Zh,
        _ => Language::En,
    }
}
