//! What the authorities say about a seal since they made it.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::store::StoreError;

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

/// For authorities that revoke no seals: theirs end by their validity, or with the certificate.
#[derive(Clone, Copy, Debug)]
pub struct NothingRevoked;

impl SealRegister for NothingRevoked {
    fn is_revoked(&self, _: &Transaction<'_>, _: &str, _: UnixTime) -> Result<bool, StoreError> {
        Ok(false)
    }
}
