//! The ScanSeal protocol: QR payload, relay messages, end-to-end channel, requests and assertions.
//!
//! Everything here is pure: bytes and times in, effects out. `docs/protocol.md` is the written form.

mod address;
mod chunk;
mod encoding;
mod fetches;
mod link;
mod noise;
mod strict_json;
mod text;

pub mod assertion;
pub mod control;
pub mod error;
pub mod ids;
pub mod jws;
pub mod limits;
pub mod message;
#[cfg(feature = "path")]
pub mod operator;
pub mod page;
pub mod phone;
pub mod qr;
pub mod report;
pub mod request;
#[cfg(feature = "path")]
pub mod revoked_seals;
pub mod seal_call;
pub mod texts;
pub mod time;
#[cfg(feature = "path")]
pub mod trust_list;
#[cfg(feature = "vectors")]
pub mod vectors;

pub use address::{AddressError, Origin, ServiceAddress};
pub use text::{Text, TextTooLong};
