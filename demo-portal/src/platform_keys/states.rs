//! The states of the platform's keys: what is stored of them, and which step may follow.

use rusqlite::{Transaction, params};
use scanseal_pki::{MAX_ORIGINS_PER_PLATFORM, UnixTime};
use serde::Serialize;

use crate::{
    authority::registry, http::Problem, platform::request::REQUEST_SECONDS, store::StoreError,
};

/// The first key; the others are `platform-2`, `platform-3` and so on.
pub(super) const FIRST: &str = "platform";

/// What a key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Phones learn it from the trust list; it signs nothing yet.
    Next,
    /// It signs requests.
    Current,
    /// It signs nothing any more; what it signed still counts.
    Retired,
}

/// A key as it is stored.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) state: KeyState,
    pub(super) since: UnixTime,
}

impl KeyState {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retired => "retired",
        }
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "next" => Ok(Self::Next),
            "current" => Ok(Self::Current),
            "retired" => Ok(Self::Retired),
            _ => Err(StoreError::Damaged("a platform key in no known state")),
        }
    }
}

/// The name of the key of this number.
pub(super) fn name_of(number: u64) -> String {
    match number {
        1 => FIRST.to_owned(),
        number => format!("{FIRST}-{number}"),
    }
}

/// A key is made only if there is no next one, and if the list has room for it.
pub(super) fn may_make(rows: &[Row]) -> Result<(), Problem> {
    if rows.iter().any(|row| row.state == KeyState::Next) {
        return Err(Problem::conflict(
            "There is a next key already: switch to it first.",
        ));
    }
    if rows.len() >= MAX_ORIGINS_PER_PLATFORM {
        return Err(Problem::conflict(
            "The trust list names as many keys of a platform as it may: retire old ones first.",
        ));
    }
    Ok(())
}

/// The retired keys that can have signed no open request any more.
pub(super) fn may_retire(rows: Vec<Row>, now: UnixTime) -> Result<Vec<String>, Problem> {
    let mut retired: Vec<_> = rows
        .into_iter()
        .filter(|row| row.state == KeyState::Retired)
        .collect();
    if retired.is_empty() {
        return Err(Problem::conflict("There is no retired key."));
    }
    retired.retain(|row| now.saturating_secs_since(row.since) > REQUEST_SECONDS);
    if retired.is_empty() {
        return Err(Problem::conflict(format!(
            "Requests that the retired key signed may still be open: wait {REQUEST_SECONDS} seconds after the switch."
        )));
    }
    Ok(retired.into_iter().map(|row| row.name).collect())
}

/// All keys: the next one, the current one, those retired, the latest first.
pub(super) fn rows(transaction: &Transaction<'_>) -> Result<Vec<Row>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT name, state, since FROM platform_key
         ORDER BY CASE state WHEN 'next' THEN 0 WHEN 'current' THEN 1 ELSE 2 END, since DESC, name DESC",
    )?;
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (name, state, since) = row?;
        Ok(Row {
            name,
            state: KeyState::read(&state)?,
            since: registry::time(since),
        })
    })
    .collect()
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    name: &str,
    state: KeyState,
    now: UnixTime,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO platform_key (name, state, since) VALUES (?1, ?2, ?3)";
    transaction.execute(
        insert,
        params![name, state.as_str(), registry::seconds(now)],
    )?;
    Ok(())
}
