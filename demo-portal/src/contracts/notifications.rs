//! What happened to contracts, told to the people of the parties. One list for an enterprise; each person has read it up to
//! some place.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize};

use crate::{
    authority::registry::{seconds, time},
    platform::rights::Member,
    store::StoreError,
};

/// Notifications on a page.
const SHOWN: usize = 30;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All have sealed.
    Done,
    /// It was returned, or taken back if who drew it up did it: then it is listed as `withdrawn`.
    Returned,
    /// Another party has sealed.
    Sealed,
    /// Time stamps that were missing are there.
    Stamped,
    /// It is this enterprise's turn.
    Turn,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Returned => "returned",
            Self::Sealed => "sealed",
            Self::Stamped => "stamped",
            Self::Turn => "turn",
        }
    }
}

/// What stands behind `?`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationQuery {
    before: Option<i64>,
}

/// Up to where somebody has read.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReadBody {
    up_to: i64,
}

/// A page of notifications.
#[derive(Clone, Debug, Serialize)]
pub struct Notifications {
    unread: u32,
    notifications: Vec<Notification>,
    more: bool,
}

/// How many are left.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Unread {
    unread: u32,
}

#[derive(Clone, Debug, Serialize)]
struct Notification {
    id: i64,
    at: UnixTime,
    kind: String,
    contract: NotifiedContract,
    enterprise: Option<String>,
    text: String,
    read: bool,
    /// Nothing is left to do about it.
    handled: bool,
}

#[derive(Clone, Debug, Serialize)]
struct NotifiedContract {
    id: i64,
    number: String,
    title: String,
}

/// A turn that is over: sealed, sent back, or told anew since.
const HANDLED: &str = "(n.kind = 'turn' AND (
    NOT EXISTS (SELECT 1 FROM contract o JOIN contract_party p ON p.contract_id = o.id
                WHERE o.id = n.contract_id AND o.state = 'signing' AND p.enterprise_id = n.enterprise_id
                AND p.turn IS NOT NULL AND p.sealed IS NULL)
    OR EXISTS (SELECT 1 FROM notification l WHERE l.enterprise_id = n.enterprise_id AND l.id > n.id
               AND l.contract_id = n.contract_id AND l.kind = 'turn')))";

/// Tells the people of an enterprise something. `by` is the enterprise whose doing it was.
///
/// # Errors
/// [`StoreError`].
pub fn tell(
    transaction: &Transaction<'_>,
    (enterprise, contract): (i64, i64),
    kind: Kind,
    by: Option<i64>,
    text: &str,
    now: UnixTime,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO notification (enterprise_id, contract_id, at, kind, by_enterprise, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(
        insert,
        params![enterprise, contract, seconds(now), kind.as_str(), by, text],
    )?;
    Ok(())
}

/// Only of contracts that the enterprise, `?2`, sees: others have another name and another party by now.
const SEEN: &str = "(c.enterprise_id = ?2 OR (c.submitted IS NOT NULL AND EXISTS
    (SELECT 1 FROM contract_party p WHERE p.contract_id = c.id AND p.enterprise_id = ?2)))";

/// A page of them, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    transaction: &Transaction<'_>,
    member: &Member,
    query: NotificationQuery,
) -> Result<Notifications, StoreError> {
    let select = format!(
        "SELECT n.id, n.at, iif(n.kind = 'returned' AND n.by_enterprise = c.enterprise_id, 'withdrawn', n.kind),
         c.id, c.number, c.title, e.name, n.text, n.id <= a.notifications_read, {HANDLED}
         FROM notification n JOIN contract c ON c.id = n.contract_id LEFT JOIN enterprise e ON e.id = n.by_enterprise
         JOIN account a ON a.id = ?1
         WHERE n.enterprise_id = ?2 AND n.id < ?3 AND {SEEN} ORDER BY n.id DESC LIMIT ?4"
    );
    let mut select = transaction.prepare_cached(&select)?;
    let before = query.before.unwrap_or(i64::MAX);
    let limit = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let rows = select.query_map(
        params![member.account_id, member.enterprise_id, before, limit],
        |row| {
            Ok(Notification {
                id: row.get(0)?,
                at: time(row.get(1)?),
                kind: row.get(2)?,
                contract: NotifiedContract {
                    id: row.get(3)?,
                    number: row.get(4)?,
                    title: row.get(5)?,
                },
                enterprise: row.get(6)?,
                text: row.get(7)?,
                read: row.get(8)?,
                handled: row.get(9)?,
            })
        },
    )?;
    let mut notifications: Vec<_> = rows.collect::<Result<_, _>>()?;
    let more = notifications.len() > SHOWN;
    notifications.truncate(SHOWN);
    Ok(Notifications {
        unread: unread(transaction, member)?.unread,
        notifications,
        more,
    })
}

/// Marks them as read, up to one; what was read stays read.
///
/// # Errors
/// [`StoreError`].
pub fn read(
    transaction: &Transaction<'_>,
    member: &Member,
    body: ReadBody,
) -> Result<Unread, StoreError> {
    let newest = "SELECT coalesce(max(id), 0) FROM notification WHERE enterprise_id = ?1";
    let newest: i64 = transaction.query_row(newest, [member.enterprise_id], |row| row.get(0))?;
    let update =
        "UPDATE account SET notifications_read = max(notifications_read, ?2) WHERE id = ?1";
    // What has not happened yet cannot have been read.
    transaction.execute(update, params![member.account_id, body.up_to.min(newest)])?;
    unread(transaction, member)
}

fn unread(transaction: &Transaction<'_>, member: &Member) -> Result<Unread, StoreError> {
    let select = format!(
        "SELECT count(*) FROM notification n JOIN contract c ON c.id = n.contract_id JOIN account a ON a.id = ?1
         WHERE n.enterprise_id = ?2 AND n.id > a.notifications_read AND NOT {HANDLED} AND {SEEN}"
    );
    let row = transaction.query_row(&select, [member.account_id, member.enterprise_id], |row| {
        row.get(0)
    });
    Ok(Unread { unread: row? })
}
