//! PDFs: sealing, verifying, looking into them, and pictures of seals.

pub(crate) mod arguments;
mod crowd;
pub(crate) mod fields;
mod files;
pub(crate) mod inspect;
mod keys;
mod online;
pub(crate) mod picture;
mod places;
pub(crate) mod seal;
mod show;
mod trust_list;
pub(crate) mod verify;
mod words;
