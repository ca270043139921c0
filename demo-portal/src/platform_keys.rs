//! The keys that the platform signs requests with, and how one follows the other without a moment in which phones refuse.
//!
//! | state | signs | in the trust list | from here |
//! |---|---|---|---|
//! | next | no | yes | switch makes it current |
//! | current | yes | yes | switch retires it |
//! | retired | no | yes, since requests that it signed may still be open | retire takes it out and removes its file |
//!
//! The states are in the database (table `platform_key`), the keys in files of their own. Files are made before a row
//! names them and removed after its row is gone, so a process that is killed in between leaves at most a file that
//! nobody uses; the next start, or the next new key, tidies that up.

mod states;

pub use states::KeyState;

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};

use data_encoding::BASE64URL_NOPAD;
use rusqlite::{Transaction, params};
use scanseal_pki::{Certificate, Profile, Subject, UnixTime};
use scanseal_protocol::{
    Origin,
    jws::{JwsError, Unsigned},
};
use serde::Serialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    admin::staff::StaffCall,
    audit,
    authority::{
        Authority, AuthorityError,
        certificate_authority::MAIN,
        keys::DataFolder,
        registry,
        services::{Keeper, Wanted},
        trust::{Editor, PLATFORM_OPERATOR, Source},
    },
    http::{
        Problem,
        origins::{self, Origins},
    },
    signer::{SignError, Signer},
    store::{Store, StoreError},
};
use states::{FIRST, Row, insert, may_make, may_retire, name_of, rows};

const COUNTER: &str = "platform-key";

/// The platform's keys.
pub struct PlatformKeys {
    folder: DataFolder,
    hosts: Vec<String>,
    current: RwLock<Arc<Signer>>,
    /// One change at a time: files and rows are changed one after the other.
    changing: Mutex<()>,
}

/// A key, as platform staff sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    name: String,
    thumbprint: String,
    state: KeyState,
    since: UnixTime,
    not_after: UnixTime,
}

impl PlatformKeys {
    /// Takes the keys up; the first one is made at the first start.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn open(
        folder: &DataFolder,
        store: &Store,
        authority: &Authority,
        origins: &Origins,
        now: UnixTime,
    ) -> Result<Self, AuthorityError> {
        let rows = store
            .write(move |transaction| {
                if registry::last(transaction, COUNTER)? == 0 {
                    registry::next(transaction, COUNTER)?;
                    insert(transaction, FIRST, KeyState::Current, now)?;
                }
                rows(transaction)
            })
            .await?;
        let made = store
            .read(|transaction| registry::last(transaction, COUNTER))
            .await?;
        let named: BTreeSet<_> = rows.iter().map(|row| row.name.as_str()).collect();
        for name in (1..=made).map(name_of) {
            if !named.contains(name.as_str()) {
                folder.remove_key(&name)?;
            }
        }
        let mut hosts: Vec<_> = origins.iter().map(host_name).collect();
        hosts.sort();
        hosts.dedup();
        let keeper = Keeper { folder, store, now };
        let mut current = None;
        for row in &rows {
            let signer = open_signer(&keeper, authority, &row.name, &hosts).await?;
            if row.state == KeyState::Current {
                current = Some(signer);
            }
        }
        let current = current.ok_or(StoreError::Damaged("no current platform key"))?;
        Ok(Self {
            folder: folder.clone(),
            hosts,
            current: RwLock::new(Arc::new(current)),
            changing: Mutex::new(()),
        })
    }

    /// Signs with the current key what `prepare` puts together from its certificates.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(
        &self,
        prepare: impl FnOnce(&[Certificate]) -> Result<Unsigned, JwsError>,
    ) -> Result<String, SignError> {
        let current = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        current.sign(prepare)
    }

    /// All keys: the next one, the current one, those retired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn view(&self, transaction: &Transaction<'_>) -> Result<Vec<KeyView>, StoreError> {
        let view = |row: Row| {
            let certificate = certificate(&self.folder, &row.name)?;
            Ok(KeyView {
                thumbprint: BASE64URL_NOPAD.encode(&certificate.spki_sha256()),
                not_after: certificate.not_after(),
                name: row.name,
                state: row.state,
                since: row.since,
            })
        };
        rows(transaction)?.into_iter().map(view).collect()
    }

    /// Makes the next key and announces it in the trust list.
    ///
    /// # Errors
    /// 409 `conflict` if there is one already, or as many as the list may name.
    pub(crate) async fn make(
        &self,
        authority: &Authority,
        source: Arc<Source>,
        store: &Store,
        by: StaffCall,
    ) -> Result<(), Problem> {
        let _only = self.changing.lock().await;
        let name = store
            .read(|transaction| {
                let number = registry::last(transaction, COUNTER)?.saturating_add(1);
                Ok(may_make(&rows(transaction)?).map(|()| name_of(number)))
            })
            .await??;
        let keeper = Keeper {
            folder: &self.folder,
            store,
            now: by.now,
        };
        open_signer(&keeper, authority, &name, &self.hosts)
            .await
            .map_err(|error| Problem::internal(&error))?;
        store
            .decide(move |transaction| {
                let staff = by.staff(transaction)?;
                let editor = by.editor(&staff);
                registry::next(transaction, COUNTER)?;
                insert(transaction, &name, KeyState::Next, by.now)?;
                announce(
                    &source,
                    transaction,
                    &format!("key-announced {name}"),
                    editor,
                    by.now,
                )?;
                record(transaction, "key.made", &name, editor, by.now)
            })
            .await
    }

    /// Signs with the next key from now on.
    ///
    /// # Errors
    /// 409 `conflict` if there is none.
    pub(crate) async fn switch(
        &self,
        authority: &Authority,
        store: &Store,
        by: StaffCall,
    ) -> Result<(), Problem> {
        let _only = self.changing.lock().await;
        let rows = store.read(rows).await?;
        let next = rows.into_iter().find(|row| row.state == KeyState::Next);
        let next =
            next.ok_or_else(|| Problem::conflict("There is no next key: make one first."))?;
        // Its file is read before anything changes.
        let keeper = Keeper {
            folder: &self.folder,
            store,
            now: by.now,
        };
        let signer = open_signer(&keeper, authority, &next.name, &self.hosts)
            .await
            .map_err(|error| Problem::internal(&error))?;
        store
            .decide(move |transaction| {
                let staff = by.staff(transaction)?;
                let editor = by.editor(&staff);
                let update = "UPDATE platform_key SET state = ?2, since = ?3 WHERE state = ?1";
                for (from, to) in [
                    (KeyState::Current, KeyState::Retired),
                    (KeyState::Next, KeyState::Current),
                ] {
                    let since = registry::seconds(by.now);
                    transaction
                        .execute(update, params![from.as_str(), to.as_str(), since])
                        .map_err(StoreError::from)?;
                }
                record(transaction, "key.switched", &next.name, editor, by.now)
            })
            .await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(signer);
        Ok(())
    }

    /// Takes retired keys out of the trust list, revokes their certificates and removes their files, as soon as no open
    /// request can be signed with them.
    ///
    /// # Errors
    /// 409 `conflict` if there is none, or if it is too early for all.
    pub(crate) async fn retire(
        &self,
        source: Arc<Source>,
        store: &Store,
        by: StaffCall,
    ) -> Result<(), Problem> {
        let _only = self.changing.lock().await;
        let folder = self.folder.clone();
        let gone = store
            .decide(move |transaction| {
                let staff = by.staff(transaction)?;
                let editor = by.editor(&staff);
                let names = may_retire(rows(transaction)?, by.now)?;
                for name in &names {
                    let serial = certificate(&folder, name)?.serial_hex();
                    transaction
                        .execute("DELETE FROM platform_key WHERE name = ?1", [name])
                        .map_err(StoreError::from)?;
                    registry::revoke(transaction, &serial, "superseded", by.now)?;
                    record(transaction, "key.retired", name, editor, by.now)?;
                }
                let change = format!("key-retired {}", names.join(" "));
                announce(&source, transaction, &change, editor, by.now)?;
                Ok::<_, Problem>(names)
            })
            .await?;
        for name in gone {
            if let Err(error) = self.folder.remove_key(&name) {
                // It is out of use in any case; the next start tries again.
                tracing::warn!(%error, "a retired key's file stays");
            }
        }
        Ok(())
    }
}

/// Thumbprints of all keys, for the trust list.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn thumbprints(
    transaction: &Transaction<'_>,
    folder: &DataFolder,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let rows = rows(transaction)?;
    let thumbprint = |row: &Row| Ok(certificate(folder, &row.name)?.spki_sha256());
    rows.iter().map(thumbprint).collect()
}

/// Signs the list that names the keys as they are now.
fn announce(
    source: &Source,
    transaction: &Transaction<'_>,
    change: &str,
    editor: Editor<'_>,
    now: UnixTime,
) -> Result<(), Problem> {
    let entries = source.entries(transaction)?;
    source
        .sign_next(transaction, &entries, change, Some(editor), now)
        .map_err(|error| Problem::internal(&error))?;
    Ok(())
}

fn record(
    transaction: &Transaction<'_>,
    event: &'static str,
    name: &str,
    editor: Editor<'_>,
    now: UnixTime,
) -> Result<(), Problem> {
    let event = audit::NewEvent {
        at: now,
        event,
        account: None,
        actor: Some(editor.login),
        caller: Some(editor.caller),
        facts: json!({ "key": name }),
    };
    Ok(audit::record(transaction, &event)?)
}

async fn open_signer(
    keeper: &Keeper<'_>,
    authority: &Authority,
    name: &str,
    hosts: &[String],
) -> Result<Signer, AuthorityError> {
    let same_hosts = |certificate: &Certificate| {
        let names = certificate.dns_names();
        hosts.iter().all(|host| names.contains(host))
    };
    let wanted = Wanted {
        name,
        profile: Profile::Platform {
            subject: Subject::new(PLATFORM_OPERATOR, "ScanSeal Demo Platform")?,
            hosts: hosts.to_vec(),
        },
        fits: &same_hosts,
    };
    let main = authority.main();
    let (key, leaf) = keeper.service(MAIN.id, main.issuer(), wanted).await?;
    Ok(Signer::new(key, leaf, main.issuing().clone()))
}

fn certificate(folder: &DataFolder, name: &str) -> Result<Certificate, StoreError> {
    let certificate = folder.certificate(name).map_err(|error| {
        tracing::error!(%error, "a platform key's certificate");
        StoreError::Damaged("a platform key whose certificate cannot be read")
    })?;
    certificate.ok_or(StoreError::Damaged(
        "a platform key whose certificate is missing",
    ))
}

fn host_name(origin: &Origin) -> String {
    let host = origins::host(origin);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => host.to_owned(),
    }
}
