//! Contracts: drawn up by one enterprise, sealed by it and others, and open to everybody's check afterwards.
//!
//! 1. [`form`], [`upload`] and [`convert`]: what is agreed, and the file that says so; [`attachments`] beside it.
//! 2. [`actions`]: submit, return, delete. Whose turn it is then, and what they may do, [`rows`] tells.
//!
//! [`files`] keeps the bytes, [`rows`] and [`revisions`] what is known of them; [`view`] and [`list`] are what pages see. Every
//! change, its log entry, notifications and webhook are one transaction.

pub mod actions;
pub mod attachments;
pub mod convert;
pub mod files;
pub mod form;
pub mod list;
pub mod notifications;
pub mod revisions;
pub mod routes;
pub mod rows;
pub mod upload;
pub mod view;

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::sync::Semaphore;

use files::Files;

/// Uploads at once: each holds a thread that writes.
const UPLOADS_AT_ONCE: usize = 32;

/// What the contracts' half has running.
#[derive(Debug)]
pub struct Contracts {
    /// The files.
    pub files: Files,
    uploads: Semaphore,
    soffice: PathBuf,
    conversions: Semaphore,
}

impl Contracts {
    /// Takes the files of a data folder. `soffice` makes PDFs of text documents.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(data: &Path, soffice: PathBuf) -> io::Result<Self> {
        Ok(Self {
            files: Files::open(data)?,
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            soffice,
            conversions: Semaphore::new(convert::AT_ONCE),
        })
    }
}
