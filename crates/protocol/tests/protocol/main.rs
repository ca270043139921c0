//! The crate through its public API: signed objects, and the files that are generated from it.
//!
//! `UPDATE=1` rewrites `docs/errors.md`, `docs/limits.md` and `tests/vectors/`; otherwise they are compared.
#![allow(clippy::unwrap_used)]

mod assertion;
mod errors_page;
#[path = "../support/noise.rs"]
mod hand_noise;
mod jws;
mod limits_page;
mod request;
mod seals;
mod trust_list;
mod vectors;
mod world;

/// The repository's root.
fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether generated files are to be written.
fn updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
