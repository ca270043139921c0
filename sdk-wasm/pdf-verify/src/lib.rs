//! Bindings for verifying PDFs, for a Web Worker and for Node. Conversions only.
//!
//! Sealing is a module of its own, so that nobody loads what is not used. What both have in common is in
//! `scanseal-pdf-wasm`.

mod trust;
mod verification;

pub use verification::Verification;
