//! Outputs: JSON, whose types the npm package declares.

use std::io;

use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};
use wasm_bindgen::prelude::*;

use crate::refusal;

#[wasm_bindgen]
extern "C" {
    /// The shortest decimal of a number, as JSON has it too.
    #[wasm_bindgen(js_name = String)]
    fn shortest(number: f64) -> String;
}

/// Writes an output.
///
/// # Errors
/// `internal` if it cannot be written, which is a bug.
pub fn to_json(value: &impl Serialize) -> Result<String, JsError> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, HostNumbers);
    value
        .serialize(&mut serializer)
        .map_err(|error| refusal("internal", &error))?;
    String::from_utf8(bytes).map_err(|error| refusal("internal", &error))
}

/// Has the host write fractions: tables for that would be a twentieth of the module.
struct HostNumbers;

impl Formatter for HostNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(shortest(value).as_bytes())
    }
}
