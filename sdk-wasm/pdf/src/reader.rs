//! The host's file as a source of bytes.

use js_sys::Uint8Array;
use scanseal_pades::{Source, SourceError};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const READER: &str = r#"
/** A file, read piece by piece. */
export interface Reader {
  readonly length: number;
  /** The bytes from `offset` on. Throwing ends the work with that error. */
  read(offset: number, length: number): Uint8Array;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The host's object.
    #[wasm_bindgen(typescript_type = "Reader")]
    pub type Reader;

    #[wasm_bindgen(method, getter)]
    fn length(this: &Reader) -> f64;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader, offset: f64, length: u32) -> Result<Uint8Array, JsValue>;
}

/// The host's object as the engine wants it.
pub struct HostSource {
    reader: Reader,
    length: u64,
}

impl HostSource {
    /// Reads through `reader`.
    pub fn new(reader: Reader) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a JavaScript length is a whole number below 2^53; whatever else it is becomes one"
        )]
        let length = reader.length() as u64;
        Self { reader, length }
    }
}

impl Source for HostSource {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        let failed = |reason: &str| SourceError {
            offset,
            reason: reason.to_owned(),
        };
        let length = u32::try_from(buffer.len()).map_err(|_| failed("too much at once"))?;
        #[expect(clippy::cast_precision_loss, reason = "offsets are below 2^53")]
        let bytes = self
            .reader
            .read(offset as f64, length)
            .map_err(|_| failed("the host does not read on"))?;
        if bytes.length() != length {
            return Err(failed("the range is not inside the file"));
        }
        bytes.copy_to(buffer);
        Ok(())
    }
}
