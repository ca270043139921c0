//! Contracts: drawn up by one enterprise, sealed by it and others, and open to everybody's check afterwards.
//!
//! 1. [`form`], [`upload`], [`convert`] and [`filling`] (from [`templates`]): what is agreed, and the file that says so; [`attachments`] beside it.
//! 2. [`actions`]: submit, return, delete. Whose turn it is then, and what they may do, [`rows`] tells.
//! 3. [`sealing`]: a request for a scan, the phone's answer, and what the page appended to each document. Nothing of it is
//!    believed; each document counts for itself.
//! 4. [`stamping`]: a time stamp and revocation data, so that the seal can be checked when certificates have lapsed.
//!
//! [`files`] keeps the bytes, [`rows`] and [`revisions`] what is known of them; [`view`] and [`list`] are what pages see. Every
//! change, its log entry, notifications and webhook are one transaction.

pub mod actions;
pub mod attachments;
pub mod convert;
pub mod demo;
pub mod files;
pub mod filling;
pub mod form;
pub mod list;
pub mod notifications;
pub mod revisions;
pub mod routes;
pub mod rows;
pub mod sealing;
pub mod stamping;
pub mod templates;
pub mod upload;
pub mod view;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::sync::{Notify, Semaphore};

use crate::webhook::client::{Client, Endpoint};
use files::Files;

/// Uploads at once: each holds a thread that writes.
const UPLOADS_AT_ONCE: usize = 32;

/// What the contracts' half has running.
pub struct Contracts {
    /// The files.
    pub files: Files,
    uploads: Semaphore,
    soffice: PathBuf,
    conversion_time: Duration,
    conversions: Semaphore,
    /// The font that templates are set in.
    font: Option<PathBuf>,
    printing: Semaphore,
    services: Services,
    /// A seal waits for its time stamp.
    stamp_soon: Notify,
}

/// Everything that contracts need from outside.
pub struct ContractSettings {
    /// LibreOffice, for text documents.
    pub soffice: PathBuf,
    /// How long it may take for a document.
    pub conversion_time: Duration,
    /// The font that templates are set in; without one, the system's.
    pub font: Option<PathBuf>,
    /// Who stamps times.
    pub services: Services,
}

/// Services of the authority.
pub struct Services {
    /// The time-stamp authority (RFC 3161).
    pub timestamps: Endpoint,
    /// Asks it.
    pub client: Client,
}

impl Contracts {
    /// Takes the files of a data folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(data: &Path, settings: ContractSettings) -> io::Result<Self> {
        Ok(Self {
            files: Files::open(data)?,
            uploads: Semaphore::new(UPLOADS_AT_ONCE),
            soffice: settings.soffice,
            conversion_time: settings.conversion_time,
            conversions: Semaphore::new(convert::AT_ONCE),
            font: templates::font::find(settings.font.as_deref()),
            printing: Semaphore::new(filling::AT_ONCE),
            services: settings.services,
            stamp_soon: Notify::new(),
        })
    }

    /// A seal may wait for its time stamp that can get it now.
    pub(crate) fn stamp_soon(&self) {
        self.stamp_soon.notify_one();
    }
}
