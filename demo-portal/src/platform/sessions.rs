//! Web sessions as lists: where somebody is logged in, and the way to end one of them.

use data_encoding::HEXLOWER;
use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    authority::registry::{seconds, time},
    http::Problem,
    platform::{
        events::Doer,
        logins::LoginMethod,
        session::{ABSOLUTE_SECONDS, IDLE_SECONDS, SessionId},
    },
    store::StoreError,
};

/// A session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Names it; worth nothing as a cookie.
    pub id: String,
    /// When it started.
    pub started: UnixTime,
    /// When it was last used, to the minute.
    pub last_used: UnixTime,
    /// How its owner logged in.
    pub method: LoginMethod,
    /// From where.
    pub place: String,
    /// With which browser.
    pub browser: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Whose.
    pub account: Owner,
}

/// Whose session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// User name.
    pub login: String,
    /// The person's name.
    pub name: String,
}

/// The sessions that go on, of one account or of all, those used last first; and how many there are.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    transaction: &Transaction<'_>,
    account: Option<i64>,
    (skipped, shown): (u32, u32),
    asking: &SessionId,
    now: UnixTime,
) -> Result<(Vec<SessionView>, u32), StoreError> {
    let (idle, absolute) = since(now);
    let select = format!(
        "SELECT w.id_hash, w.started, w.last_used, l.method, l.place, l.browser, a.login, a.name
         FROM web_session w JOIN login_event l ON l.id = w.login_id JOIN account a ON a.id = w.account_id
         WHERE {LIVE} ORDER BY w.last_used DESC, w.started DESC, w.id_hash LIMIT ?5 OFFSET ?4"
    );
    let mut select = transaction.prepare(&select)?;
    let mut rows = select.query(params![account, idle, absolute, skipped, shown])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        let stored: [u8; 32] = row.get(0)?;
        sessions.push(SessionView {
            id: public_id(&stored),
            started: time(row.get(1)?),
            last_used: time(row.get(2)?),
            method: LoginMethod::read(&row.get::<_, String>(3)?)?,
            place: row.get(4)?,
            browser: row.get(5)?,
            current: stored == asking.stored(),
            account: Owner {
                login: row.get(6)?,
                name: row.get(7)?,
            },
        });
    }
    Ok((sessions, count(transaction, account, now)?))
}

/// How many sessions of one account, or of all, go on.
///
/// # Errors
/// [`StoreError`].
pub fn count(
    transaction: &Transaction<'_>,
    account: Option<i64>,
    now: UnixTime,
) -> Result<u32, StoreError> {
    let (idle, absolute) = since(now);
    let select = format!("SELECT count(*) FROM web_session w WHERE {LIVE}");
    let row = transaction.query_row(&select, params![account, idle, absolute], |row| row.get(0));
    Ok(row?)
}

/// Ends the session with this public id, if it is of this account, or of whichever.
///
/// # Errors
/// 404 if there is none (any more).
pub fn end(
    transaction: &Transaction<'_>,
    account: Option<i64>,
    id: &str,
    doer: &Doer<'_>,
) -> Result<(), Problem> {
    let (stored, owner) = find(transaction, account, id, doer.at)?
        .ok_or_else(|| Problem::not_found("There is no such session, or it has ended."))?;
    let delete = "DELETE FROM web_session WHERE id_hash = ?1";
    transaction
        .execute(delete, [stored])
        .map_err(StoreError::from)?;
    doer.record(
        transaction,
        "session.ended",
        Some(owner),
        json!({ "session": id }),
    )?;
    Ok(())
}

/// Writes down that sessions of an account were ended along with something else, and why.
///
/// # Errors
/// [`StoreError`].
pub fn record_ended(
    transaction: &Transaction<'_>,
    account: i64,
    count: usize,
    reason: &'static str,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    if count == 0 {
        return Ok(());
    }
    let facts = json!({ "count": count, "reason": reason });
    doer.record(transaction, "session.ended", Some(account), facts)
}

/// Parameters: account or nothing, and what [`since`] gives.
const LIVE: &str = "(?1 IS NULL OR w.account_id = ?1) AND w.last_used > ?2 AND w.started > ?3";

fn since(now: UnixTime) -> (i64, i64) {
    let before = |life| seconds(UnixTime::from_secs(now.as_secs().saturating_sub(life)));
    (before(IDLE_SECONDS), before(ABSOLUTE_SECONDS))
}

/// What names a session to people: derived from what is stored of it, and half as long, so that it gives nothing away.
fn public_id(stored: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"scanseal-portal public session\0");
    hash.update(stored);
    HEXLOWER.encode(&hash.finalize()[..16])
}

fn find(
    transaction: &Transaction<'_>,
    account: Option<i64>,
    id: &str,
    now: UnixTime,
) -> Result<Option<([u8; 32], i64)>, StoreError> {
    let (idle, absolute) = since(now);
    let select = format!("SELECT w.id_hash, w.account_id FROM web_session w WHERE {LIVE}");
    let mut select = transaction.prepare(&select)?;
    let mut rows = select.query(params![account, idle, absolute])?;
    while let Some(row) = rows.next()? {
        let stored: [u8; 32] = row.get(0)?;
        if public_id(&stored) == id {
            return Ok(Some((stored, row.get(1)?)));
        }
    }
    Ok(None)
}
