//! Verifying through the public interface, with files made by hand: byte by byte, so that each rule can be broken alone.
//!
//! `UPDATE=1` rewrites `docs/verdicts.md`; otherwise it is compared.
#![allow(unreachable_pub, reason = "the modules of a test share what they have")]
#![allow(
    clippy::indexing_slicing,
    reason = "a test that indexes outside fails, as it should"
)]

mod catalogues;
mod damage;
mod honest;
mod paper;
mod rules;
mod schema;
mod time;
mod trust;
mod world;

use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
