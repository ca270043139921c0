//! Webhooks: what happened is told to another server of the integrator's, at least once, in the form of Standard Webhooks
//! (`docs/webhooks.md`).
//!
//! 1. [`announce`] puts a message into the outbox, in the same transaction as what it tells: neither is there without the
//!    other, whatever happens to the process.
//! 2. [`delivery`] takes what is due, sends it ([`client`]), and writes down what came of it ([`outbox`]). Were the process
//!    killed between the two, the message is sent once more after the next start, with the same id.

pub mod client;
pub mod delivery;
pub mod outbox;

use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use scanseal_platform::webhook::{self, NotASecret, Secret};
use tokio::sync::Notify;

use self::client::Endpoint;
use crate::{
    authority::keys::{DataError, DataFolder},
    store::StoreError,
};

/// The secret's file in the data folder.
pub const SECRET_FILE: &str = "webhook.secret";
const NEW_SECRET_BYTES: usize = 32;

/// Where messages go, and how they are signed.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// The receiver.
    pub url: Endpoint,
    /// What receiver and portal share; nothing for the one in the data folder.
    pub secret: Option<Secret>,
}

/// What routes and delivery share.
#[derive(Debug)]
pub struct Webhooks {
    /// The receiver, if there is one.
    pub endpoint: Option<Endpoint>,
    stopped: AtomicBool,
    retry: Notify,
}

impl Webhooks {
    /// Nothing was sent yet.
    pub fn new(endpoint: Option<Endpoint>) -> Self {
        Self {
            endpoint,
            stopped: AtomicBool::new(false),
            retry: Notify::new(),
        }
    }

    /// Whether the receiver has said that it wants no more (410).
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Goes on, even if the receiver wanted no more.
    pub fn resume(&self) {
        self.stopped.store(false, Ordering::Relaxed);
        self.retry.notify_one();
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// Queues a message, in the same transaction as what it tells. Without a receiver nothing is queued.
///
/// # Errors
/// [`StoreError`].
pub fn announce(
    transaction: &Transaction<'_>,
    event: &'static str,
    data: &serde_json::Value,
    now: UnixTime,
) -> Result<(), StoreError> {
    if outbox::receiver(transaction)?.is_none() {
        return Ok(());
    }
    outbox::queue(transaction, event, &webhook::body(event, now, data), now)
}

/// The secret in use cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Its content.
    #[error("{SECRET_FILE} in the data folder: {0}; or remove it, and a new one is made")]
    Content(#[from] NotASecret),
}

/// The secret of the data folder, made at the first use.
///
/// # Errors
/// [`SecretError`].
pub fn kept_secret(folder: &DataFolder) -> Result<Secret, SecretError> {
    if let Some(content) = folder.read(SECRET_FILE)? {
        let content = zeroize::Zeroizing::new(content);
        let text = std::str::from_utf8(&content).map_err(|_| NotASecret)?;
        return Ok(Secret::parse(text.trim_end())?);
    }
    let mut bytes = zeroize::Zeroizing::new([0; NEW_SECRET_BYTES]);
    getrandom::fill(bytes.as_mut()).map_err(DataError::from)?;
    let secret = Secret::from_bytes(bytes.as_ref())?;
    let line = zeroize::Zeroizing::new(format!("{}\n", *secret.to_text()));
    folder.write(SECRET_FILE, line.as_bytes())?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secret_is_made_once_and_readable_by_its_owner_only() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let secret = kept_secret(&folder).unwrap();
        assert_eq!(kept_secret(&folder).unwrap().to_text(), secret.to_text());
        let mode = std::fs::metadata(folder.path(SECRET_FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);

        folder.write(SECRET_FILE, b"no secret\n").unwrap();
        assert!(matches!(kept_secret(&folder), Err(SecretError::Content(_))));
    }
}
