//! Text in GBK and the like: every host has the tables.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type TextDecoder;

    #[wasm_bindgen(constructor, catch)]
    fn new(label: &str) -> Result<TextDecoder, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> Result<String, JsValue>;
}

/// The one character that these bytes stand for; none if the host does not know the charset, or they are no character.
pub(crate) fn decode(label: &str, bytes: &[u8]) -> Option<char> {
    let text = TextDecoder::new(label).ok()?.decode(bytes).ok()?;
    let mut characters = text.chars();
    let first = characters.next()?;
    (characters.next().is_none() && first != char::REPLACEMENT_CHARACTER).then_some(first)
}
