//! The trust list (`docs/protocol.md` section 10): which authorities and platforms the operator vouches for.

use rusqlite::{OptionalExtension, params};
use scanseal_pki::{CaKind, LocalizedName, TrustList, TrustedCa, TrustedPlatform, UnixTime};
use scanseal_protocol::trust_list;
use sha2::{Digest, Sha256};

use crate::{
    authority::{
        Authority, AuthorityError, OPERATOR, PLATFORM_OPERATOR, PlatformIdentity, registry,
    },
    http::origins::Origins,
    store::Store,
};

/// The platform's id in requests and in the trust list.
pub const PLATFORM_ID: &str = "demo.scanseal";
/// The authority's id in the trust list.
pub const CA_ID: &str = "scanseal-demo";
/// Seconds a list may be used: a phone that was off for a weekend still works.
const LIST_SECONDS: u64 = 7 * 86_400;
/// A list with less life left is signed anew.
const LIST_RENEWAL_SECONDS: u64 = LIST_SECONDS / 2;

/// A signed list and what it says.
#[derive(Clone)]
pub struct SignedTrustList {
    /// What phones fetch.
    pub jws: String,
    /// What the platform itself judges by.
    pub list: TrustList,
}

impl Authority {
    /// The current list. It is signed anew, with the next version, when it says something new or is half over; else the
    /// stored one is given out, so that its version means something.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn trust_list(
        &self,
        store: &Store,
        platform: &PlatformIdentity,
        origins: &Origins,
        now: UnixTime,
    ) -> Result<SignedTrustList, AuthorityError> {
        let make = |version, issued, expires| {
            let platform = platform_entry(platform, origins);
            TrustList::new(
                version,
                issued,
                expires,
                OPERATOR.to_owned(),
                vec![self.ca_entry()],
                vec![platform],
            )
        };
        let zero = UnixTime::from_secs(0);
        let content: [u8; 32] =
            Sha256::digest(make(0, zero, UnixTime::from_secs(1))?.to_json()?).into();
        let select = "SELECT version, expires, jws FROM trust_list WHERE content_hash = ?1";
        let stored = store.read(move |transaction| {
            let row = |row: &rusqlite::Row<'_>| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, String>(2)?,
                ))
            };
            Ok(transaction.query_row(select, [content], row).optional()?)
        });
        if let Some((version, expires, jws)) = stored.await? {
            let expires = registry::time(expires);
            if expires > now.saturating_add_secs(LIST_RENEWAL_SECONDS) {
                let issued = UnixTime::from_secs(expires.as_secs().saturating_sub(LIST_SECONDS));
                return Ok(SignedTrustList {
                    jws,
                    list: make(version.unsigned_abs(), issued, expires)?,
                });
            }
        }
        let version = store
            .write(|transaction| registry::next(transaction, "trust-list"))
            .await?;
        let expires = now.saturating_add_secs(LIST_SECONDS);
        let list = make(version, now, expires)?;
        let jws = self
            .list_signer
            .sign(|certificates| trust_list::unsigned(&list, certificates))?;
        let signed = SignedTrustList {
            jws: jws.clone(),
            list,
        };
        store
            .write(move |transaction| {
                // Two calls may find the list due at once. The newer one stays, since phones refuse to go back.
                let replace = "INSERT INTO trust_list (only_row, content_hash, version, expires, jws)
                               VALUES (1, ?1, ?2, ?3, ?4)
                               ON CONFLICT (only_row) DO UPDATE SET content_hash = excluded.content_hash,
                               version = excluded.version, expires = excluded.expires, jws = excluded.jws
                               WHERE excluded.version > trust_list.version";
                let version = i64::try_from(version).unwrap_or(i64::MAX);
                transaction.execute(replace, params![content, version, registry::seconds(expires), jws])?;
                Ok(())
            })
            .await?;
        Ok(signed)
    }

    fn ca_entry(&self) -> TrustedCa {
        TrustedCa {
            id: CA_ID.to_owned(),
            name: LocalizedName {
                zh: OPERATOR.to_owned(),
                en: "ScanSeal demo authority".to_owned(),
            },
            kind: CaKind::Platform,
            roots: vec![self.root().clone()],
            intermediates: vec![self.issuing().clone()],
        }
    }
}

fn platform_entry(platform: &PlatformIdentity, origins: &Origins) -> TrustedPlatform {
    TrustedPlatform {
        id: PLATFORM_ID.to_owned(),
        name: platform_name(),
        origins: origins
            .iter()
            .map(|origin| origin.as_str().to_owned())
            .collect(),
        keys: vec![platform.signer.leaf().spki_sha256()],
    }
}

/// The name under which phones show the platform.
pub fn platform_name() -> LocalizedName {
    LocalizedName {
        zh: PLATFORM_OPERATOR.to_owned(),
        en: "Yunling Public Procurement (demo)".to_owned(),
    }
}
