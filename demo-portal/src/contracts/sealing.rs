//! Sealing contracts by a scan, on the platform's side.
//!
//! 1. [`request`]: up to 50 contracts whose turn it is become one request, signed and stored with account, web session and browser.
//! 2. [`assertion`]: the phone's answer is checked as any other, its certificate must be bound to that account, its seal must be
//!    one of that certificate. Then the nonce is used; from now on the documents that it signs may be handed over.
//! 3. [`document`]: what was appended to each, checked against the platform's own file. Each is taken whole or not at all,
//!    and handing it over again is harmless.
//!
//! Nothing that the page says is believed. What was changed since the request, by the other party, by staff or by an
//! authority, counts: it is asked again in the transaction that takes the document.

pub mod assertion;
pub mod document;
pub mod request;
mod stored;

pub(crate) use stored::{end, void, waiting};

/// Seconds after the phone's answer in which documents are taken: the page keeps a sealed document and tries again while the
/// server is down.
pub const HAND_OVER_SECONDS: u64 = 3_600;
