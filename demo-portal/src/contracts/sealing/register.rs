//! What the authorities say about a seal since they made it.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::{
    authority::seals::{SealStatus, status},
    store::StoreError,
};

/// Knows which seals were revoked. Asked in the transaction that decides.
pub trait SealRegister: Send + Sync {
    /// Whether the authority has revoked the seal with this esID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn is_revoked(
        &self,
        transaction: &Transaction<'_>,
        es_id: &str,
        now: UnixTime,
    ) -> Result<bool, StoreError>;
}

/// What the operator's authorities keep of their seals. Those of others end by their validity, or with the certificate.
#[derive(Clone, Copy, Debug)]
pub struct OwnAuthorities;

impl SealRegister for OwnAuthorities {
    fn is_revoked(
        &self,
        transaction: &Transaction<'_>,
        es_id: &str,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let status = status(transaction, es_id, now)?;
        Ok(matches!(status, SealStatus::Revoked { .. }))
    }
}
