//! The outbox: messages that wait, were delivered, or were given up (table `webhook_message`).

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_platform::webhook;
use serde::Serialize;

use crate::{
    authority::registry::{seconds, time},
    store::StoreError,
};

/// The setting that says whether there is a receiver. It stands in the database so that commands beside the server, such as
/// `revoke`, queue messages as well.
const RECEIVER: &str = "webhook";
/// Seconds after which what is over is forgotten.
const KEPT_SECONDS: u64 = 30 * 86_400;
/// Messages that staff sees.
const SHOWN: u32 = 100;

/// A message that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its id, the same at every try.
    pub id: String,
    /// The body.
    pub body: String,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The receiver has it.
    Delivered,
    /// It may work later.
    Failed(String),
    /// The receiver wants no more.
    Gone(String),
}

/// A message, as staff sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    id: String,
    event: String,
    created: UnixTime,
    attempts: u32,
    /// When it is tried (again).
    next: Option<UnixTime>,
    delivered: Option<UnixTime>,
    last_error: Option<String>,
}

/// How many messages wait, and how many were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// To be tried (again).
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
}

/// The receiver's address, if there is one.
///
/// # Errors
/// [`StoreError`].
pub fn receiver(transaction: &Transaction<'_>) -> Result<Option<String>, StoreError> {
    let select = "SELECT value FROM setting WHERE name = ?1";
    Ok(transaction
        .prepare_cached(select)?
        .query_row([RECEIVER], |row| row.get(0))
        .optional()?)
}

/// Keeps in mind where messages go, or that they go nowhere.
///
/// # Errors
/// [`StoreError`].
pub fn set_receiver(transaction: &Transaction<'_>, url: Option<&str>) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM setting WHERE name = ?1", [RECEIVER])?;
    if let Some(url) = url {
        transaction.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)",
            [RECEIVER, url],
        )?;
    }
    Ok(())
}

/// Puts a message in. Its id is random, so that nobody can tell from it how many there are.
///
/// # Errors
/// [`StoreError`].
pub fn queue(
    transaction: &Transaction<'_>,
    event: &str,
    body: &str,
    now: UnixTime,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO webhook_message (id, event, body, created, next_try)
                  VALUES ('msg_' || lower(hex(randomblob(16))), ?1, ?2, ?3, ?3)";
    transaction
        .prepare_cached(insert)?
        .execute(params![event, body, seconds(now)])?;
    Ok(())
}

/// The messages that are due, those that wait longest first.
///
/// # Errors
/// [`StoreError`].
pub fn due(
    transaction: &Transaction<'_>,
    now: UnixTime,
    most: usize,
) -> Result<Vec<Due>, StoreError> {
    let select = "SELECT id, body FROM webhook_message WHERE next_try <= ?1 ORDER BY next_try, created LIMIT ?2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = transaction.prepare_cached(select)?;
    let rows = statement.query_map(params![seconds(now), most], |row| {
        Ok(Due {
            id: row.get(0)?,
            body: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes down what came of a try, and when the next one is.
///
/// # Errors
/// [`StoreError`].
pub fn record(
    transaction: &Transaction<'_>,
    id: &str,
    tried: &Tried,
    now: UnixTime,
) -> Result<(), StoreError> {
    let select = "SELECT attempts FROM webhook_message WHERE id = ?1";
    let attempts: Option<u32> = transaction
        .query_row(select, [id], |row| row.get(0))
        .optional()?;
    // Forgotten meanwhile.
    let Some(attempts) = attempts.map(|attempts| attempts.saturating_add(1)) else {
        return Ok(());
    };
    let again = || {
        webhook::wait_after(attempts).map(|wait| seconds(now.saturating_add_secs(wait.as_secs())))
    };
    let (next, delivered, error) = match tried {
        Tried::Delivered => (None, Some(seconds(now)), None),
        Tried::Failed(error) => (again(), None, Some(error)),
        Tried::Gone(error) => (None, None, Some(error)),
    };
    transaction.execute(
        "UPDATE webhook_message SET attempts = ?2, next_try = ?3, delivered = ?4, last_error = ?5 WHERE id = ?1",
        params![id, attempts, next, delivered, error],
    )?;
    Ok(())
}

/// Sends a message (again), whatever became of it; `false` if there is no such message.
///
/// # Errors
/// [`StoreError`].
pub fn retry(transaction: &Transaction<'_>, id: &str, now: UnixTime) -> Result<bool, StoreError> {
    let update =
        "UPDATE webhook_message SET attempts = 0, next_try = ?2, delivered = NULL WHERE id = ?1";
    Ok(transaction.execute(update, params![id, seconds(now)])? == 1)
}

/// Forgets what is over: delivered or given up, and old.
///
/// # Errors
/// [`StoreError`].
pub fn clean(transaction: &Transaction<'_>, now: UnixTime) -> Result<(), StoreError> {
    let before = UnixTime::from_secs(now.as_secs().saturating_sub(KEPT_SECONDS));
    transaction.execute(
        "DELETE FROM webhook_message WHERE next_try IS NULL AND created < ?1",
        [seconds(before)],
    )?;
    Ok(())
}

/// The latest messages, those that were not delivered first.
///
/// # Errors
/// [`StoreError`].
pub fn list(transaction: &Transaction<'_>) -> Result<Vec<Shown>, StoreError> {
    let select =
        "SELECT id, event, created, attempts, next_try, delivered, last_error FROM webhook_message
                  ORDER BY delivered IS NOT NULL, created DESC, id LIMIT ?1";
    let mut statement = transaction.prepare_cached(select)?;
    let rows = statement.query_map([SHOWN], shown)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many there are.
///
/// # Errors
/// [`StoreError`].
pub fn counts(transaction: &Transaction<'_>) -> Result<Counts, StoreError> {
    let count = |condition: &str| {
        let select = format!("SELECT count(*) FROM webhook_message WHERE {condition}");
        let number: i64 = transaction.query_row(&select, [], |row| row.get(0))?;
        Ok::<_, StoreError>(u64::try_from(number).unwrap_or_default())
    };
    Ok(Counts {
        waiting: count("next_try IS NOT NULL")?,
        failed: count("next_try IS NULL AND delivered IS NULL")?,
    })
}

fn shown(row: &Row<'_>) -> rusqlite::Result<Shown> {
    let moment = |at: Option<i64>| at.map(time);
    Ok(Shown {
        id: row.get(0)?,
        event: row.get(1)?,
        created: time(row.get(2)?),
        attempts: row.get(3)?,
        next: moment(row.get(4)?),
        delivered: moment(row.get(5)?),
        last_error: row.get(6)?,
    })
}
