//! The trust list (`docs/protocol.md` section 10): which authorities and platforms the operator vouches for.
//!
//! What it says is in the database ([`entries`]) beside what the program itself brings: its own authorities, its own
//! origins, its platform keys. Whatever changes it signs the next version **in the same transaction**: there is no
//! moment in which the list that is given out and what is stored differ, and no version that means two lists.

mod edits;
mod entries;
mod view;

pub use edits::{CaBody, Edit, EditRefused, PlatformBody};
pub use view::TrustListView;

use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::{LocalizedName, TrustList, TrustListError, TrustedCa, UnixTime};
use scanseal_protocol::trust_list;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    audit,
    authority::{
        Authority, AuthorityError, certificate_authority::MAIN, keys::DataFolder, registry,
    },
    http::{caller::Caller, origins::Origins},
    signer::{SignError, Signer},
    store::{Store, StoreError},
};
use entries::Entries;

/// The platform's id in requests and in the trust list.
pub const PLATFORM_ID: &str = "demo.scanseal";
/// Who runs the demo's platform.
pub(crate) const PLATFORM_OPERATOR: &str = "云岭公共资源交易平台（演示）";
/// Seconds a list may be used: a phone that was off for a weekend still works.
const LIST_SECONDS: u64 = 7 * 86_400;
/// A list with less life left is signed anew.
const LIST_RENEWAL_SECONDS: u64 = LIST_SECONDS / 2;
const COUNTER: &str = "trust-list";

/// A signed list and what it says.
#[derive(Clone)]
pub struct SignedTrustList {
    /// What phones fetch.
    pub jws: Arc<str>,
    /// What the platform itself judges by.
    pub list: Arc<TrustList>,
}

/// Who changes something, from where.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'a> {
    /// User name.
    pub login: &'a str,
    /// From where.
    pub caller: &'a Caller,
}

/// Keeps the list: signs it, and holds the newest one.
pub struct TrustLists {
    source: Arc<Source>,
    current: RwLock<SignedTrustList>,
}

/// What a list is made from beside the database.
pub(crate) struct Source {
    signer: Signer,
    own: Vec<TrustedCa>,
    origins: Vec<String>,
    folder: DataFolder,
}

impl TrustLists {
    /// Takes the stored list up; signs the next one if it would say something new, as after a start with other origins.
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
        let source = Arc::new(Source {
            signer: authority.list_signer(folder, store, now).await?,
            own: authority.all().map(|ca| ca.entry()).collect(),
            origins: origins
                .iter()
                .map(|origin| origin.as_str().to_owned())
                .collect(),
            folder: folder.clone(),
        });
        let signs = Arc::clone(&source);
        let current = store
            .decide(move |transaction| {
                if let Some(stored) = signs.stored(transaction)? {
                    return Ok::<_, AuthorityError>(stored);
                }
                let change = match registry::last(transaction, COUNTER)? {
                    0 => "first",
                    _ => "configuration",
                };
                let entries = signs.entries(transaction)?;
                signs.sign_next(transaction, &entries, change, None, now)
            })
            .await?;
        Ok(Self {
            source,
            current: RwLock::new(current),
        })
    }

    /// Hash of the key that signs the lists: what phones keep.
    pub fn list_key(&self) -> [u8; 32] {
        self.source.signer.leaf().spki_sha256()
    }

    /// The current list, which is signed anew when it is half over.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn current(
        &self,
        store: &Store,
        now: UnixTime,
    ) -> Result<SignedTrustList, AuthorityError> {
        let held = self.held();
        let version = store
            .read(|transaction| registry::last(transaction, COUNTER))
            .await?;
        let lasting =
            move |list: &TrustList| list.expires() > now.saturating_add_secs(LIST_RENEWAL_SECONDS);
        if version == held.list.version() && lasting(&held.list) {
            return Ok(held);
        }
        let source = Arc::clone(&self.source);
        let newest = store
            .decide(move |transaction| {
                // Many may ask when the list is due; the first of them signs, the others find it done.
                match source.stored(transaction)? {
                    Some(stored) if lasting(&stored.list) => Ok::<_, AuthorityError>(stored),
                    _ => {
                        let entries = source.entries(transaction)?;
                        source.sign_next(transaction, &entries, "renewed", None, now)
                    }
                }
            })
            .await?;
        self.hold(newest.clone());
        Ok(newest)
    }

    /// What signs lists, for changes that are made together with others in one transaction.
    pub(crate) fn source(&self) -> Arc<Source> {
        Arc::clone(&self.source)
    }

    fn hold(&self, signed: SignedTrustList) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if signed.list.version() > current.list.version() {
            *current = signed;
        }
    }

    fn held(&self) -> SignedTrustList {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Source {
    /// What the next list would say.
    pub(crate) fn entries(&self, transaction: &Transaction<'_>) -> Result<Entries, StoreError> {
        Entries::load(transaction, &self.folder)
    }

    /// Signs the next version and stores it.
    ///
    /// # Errors
    /// [`AuthorityError::TrustList`] and [`AuthorityError::Sign`] if the list breaks a rule or is too long.
    pub(crate) fn sign_next(
        &self,
        transaction: &Transaction<'_>,
        entries: &Entries,
        change: &str,
        editor: Option<Editor<'_>>,
        now: UnixTime,
    ) -> Result<SignedTrustList, AuthorityError> {
        let version = registry::last(transaction, COUNTER)?.saturating_add(1);
        let expires = now.saturating_add_secs(LIST_SECONDS);
        let signed = self.sign(self.list(entries, version, now, expires)?)?;
        let content = self.content(entries)?;
        registry::next(transaction, COUNTER)?;
        let by = editor.map(|editor| editor.login);
        keep(transaction, &signed, &content, change, by)?;
        // The first list changes nothing, and a renewal says nothing new.
        if !["first", "renewed"].contains(&change) {
            let event = audit::NewEvent {
                at: now,
                event: "trust-list.changed",
                account: None,
                actor: Some(editor.map_or("system", |editor| editor.login)),
                caller: editor.map(|editor| editor.caller),
                facts: json!({ "version": version, "change": change }),
            };
            audit::record(transaction, &event)?;
        }
        Ok(signed)
    }

    /// The stored list, if it still says what a new one would.
    fn stored(&self, transaction: &Transaction<'_>) -> Result<Option<SignedTrustList>, StoreError> {
        let entries = self.entries(transaction)?;
        let Ok(content) = self.content(&entries) else {
            return Ok(None);
        };
        let select = "SELECT version, expires, jws FROM trust_list WHERE content_hash = ?1";
        let row = transaction.query_row(select, [content], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, String>(2)?,
            ))
        });
        let Some((version, expires, jws)) = row.optional()? else {
            return Ok(None);
        };
        let expires = registry::time(expires);
        let issued = UnixTime::from_secs(expires.as_secs().saturating_sub(LIST_SECONDS));
        let list = self.list(&entries, version.unsigned_abs(), issued, expires);
        Ok(list.ok().map(|list| SignedTrustList {
            jws: jws.into(),
            list: Arc::new(list),
        }))
    }

    fn list(
        &self,
        entries: &Entries,
        version: u64,
        issued: UnixTime,
        expires: UnixTime,
    ) -> Result<TrustList, TrustListError> {
        let cas = entries.listed_cas(&self.own);
        let platforms = entries.listed_platforms(&self.origins);
        let operator = MAIN.zh.to_owned();
        TrustList::new(version, issued, expires, operator, cas, platforms)
    }

    fn sign(&self, list: TrustList) -> Result<SignedTrustList, SignError> {
        let jws = self
            .signer
            .sign(|certificates| trust_list::unsigned(&list, certificates))?;
        Ok(SignedTrustList {
            jws: jws.into(),
            list: Arc::new(list),
        })
    }

    /// Hash of what a list says, without version and times.
    fn content(&self, entries: &Entries) -> Result<[u8; 32], TrustListError> {
        let zero = UnixTime::from_secs(0);
        let list = self.list(entries, 0, zero, UnixTime::from_secs(1))?;
        Ok(Sha256::digest(list.to_json()?).into())
    }
}

/// Writes a list down as the newest.
fn keep(
    transaction: &Transaction<'_>,
    signed: &SignedTrustList,
    content: &[u8; 32],
    change: &str,
    by: Option<&str>,
) -> Result<(), StoreError> {
    let version = i64::try_from(signed.list.version()).unwrap_or(i64::MAX);
    let seconds = registry::seconds;
    transaction.execute(
        "INSERT INTO trust_list (only_row, content_hash, version, expires, jws) VALUES (1, ?1, ?2, ?3, ?4)
         ON CONFLICT (only_row) DO UPDATE SET content_hash = excluded.content_hash,
         version = excluded.version, expires = excluded.expires, jws = excluded.jws",
        params![content, version, seconds(signed.list.expires()), &*signed.jws],
    )?;
    transaction.execute(
        "INSERT INTO trust_list_version (version, issued, change, changed_by) VALUES (?1, ?2, ?3, ?4)",
        params![version, seconds(signed.list.issued()), change, by],
    )?;
    Ok(())
}

/// The name under which phones show the platform.
pub fn platform_name() -> LocalizedName {
    LocalizedName {
        zh: PLATFORM_OPERATOR.to_owned(),
        en: "Yunling Public Procurement (demo)".to_owned(),
    }
}
