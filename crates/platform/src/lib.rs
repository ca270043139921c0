//! The server's half of ScanSeal for a platform in Rust.

pub mod audit;
pub mod request;
pub mod submission;
pub mod webhook;
