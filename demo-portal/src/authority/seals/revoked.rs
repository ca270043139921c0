//! The signed list of revoked seals, for other platforms.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::revoked_seals::{RevokedSeal, RevokedSeals};
use tokio::sync::Mutex;

use crate::{
    authority::{
        AuthorityError,
        certificate_authority::CertificateAuthority,
        registry::{seconds, time},
    },
    store::{Store, StoreError},
};

/// Seconds for which a list may be used, as for certificates.
pub const LIST_SECONDS: u64 = 86_400;
/// A list is renewed after half its life.
const RENEWAL_SECONDS: u64 = LIST_SECONDS / 2;

/// The list signed last.
#[derive(Default)]
pub(in crate::authority) struct SignedList(Mutex<Option<Signed>>);

struct Signed {
    jws: String,
    issued: UnixTime,
    /// How many seals were revoked then. Revocations are never taken back, so an equal number means an equal list.
    revoked: u32,
}

impl CertificateAuthority {
    /// The current list: signed anew after a revocation, and at half-life.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn revoked_seals(
        &self,
        store: &Store,
        now: UnixTime,
    ) -> Result<String, AuthorityError> {
        let id = self.definition().id;
        let mut held = self.revoked_seals.0.lock().await;
        let revoked = store
            .read(move |transaction| count(transaction, id))
            .await?;
        let fresh = |signed: &&Signed| {
            signed.revoked == revoked && now.saturating_secs_since(signed.issued) < RENEWAL_SECONDS
        };
        if let Some(signed) = held.as_ref().filter(fresh) {
            return Ok(signed.jws.clone());
        }
        let entries = store
            .read(move |transaction| entries(transaction, id, now))
            .await?;
        let list = RevokedSeals {
            authority: id.to_owned(),
            issued: now,
            expires: now.saturating_add_secs(LIST_SECONDS),
            revoked: entries,
        };
        let signer = self.seal_maker().signer();
        let jws = signer.sign(|certificates| list.unsigned(certificates))?;
        *held = Some(Signed {
            jws: jws.clone(),
            issued: now,
            revoked,
        });
        Ok(jws)
    }
}

fn count(transaction: &Transaction<'_>, ca: &str) -> Result<u32, StoreError> {
    let select = "SELECT count(*) FROM seal JOIN issued_certificate c USING (serial) WHERE c.ca = ?1 AND state = 'revoked'";
    Ok(transaction.query_row(select, [ca], |row| row.get(0))?)
}

fn entries(
    transaction: &Transaction<'_>,
    ca: &str,
    now: UnixTime,
) -> Result<Vec<RevokedSeal>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT id, since, reason FROM seal JOIN issued_certificate c USING (serial)
         WHERE c.ca = ?1 AND state = 'revoked' AND valid_until >= ?2 ORDER BY since, id",
    )?;
    let rows = select.query_map(params![ca, seconds(now)], |row| {
        Ok(RevokedSeal {
            id: row.get(0)?,
            at: time(row.get(1)?),
            reason: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
