//! What the two modules for PDFs have in common: the host's file as the engine reads it, inputs, outputs, and errors.
//!
//! The file stays on the host's side: the engine reads it piece by piece through an object of the host. Inputs are plain
//! objects, outputs JSON texts; the npm package declares their types (`npm/src/pdf/`). A refusal is an error whose message
//! begins with its code.

mod fields;
mod json;
mod pem;
mod reader;

use wasm_bindgen::JsError;

pub use fields::{Fields, needed, wrong};
pub use json::to_json;
pub use pem::{certificates, ders};
pub use reader::{HostSource, Reader};

/// An error as the package reads it: the code, then what is wrong.
pub fn refusal(code: &str, error: &dyn core::fmt::Display) -> JsError {
    JsError::new(&format!("{code}: {error}"))
}
