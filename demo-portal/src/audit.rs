//! The audit log of the portal: every event in the hash chain of [`scanseal_platform::audit`], written in the same
//! transaction as what it tells. So there is no change without its event, and no event of a change that never was.
//!
//! [`record`] writes; [`read`] finds events again; [`export`] gives them out in a form that anybody can check.

pub mod export;
pub mod read;
pub mod routes;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_platform::audit::{Event, Fault, Hash, Head, Verifier};

use crate::{http::caller::Caller, store::StoreError};

/// Events that are checked at each start: a glance at what somebody with access to the file may have touched last.
/// The whole chain is checked from an export.
const CHECKED_AT_START: u64 = 1_000;

/// An event to be written down.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// When it happened.
    pub at: UnixTime,
    /// Its name, such as `certificate.bound`.
    pub event: &'static str,
    /// The account that it concerns.
    pub account: Option<i64>,
    /// Who did it: a user name, `system` or `page`.
    pub actor: Option<&'a str>,
    /// From where.
    pub caller: Option<&'a Caller>,
    /// What else is known of it, an object; no secrets.
    pub facts: serde_json::Value,
}

/// Writes an event down, as the next of the chain. Costs the same however long the chain is.
///
/// # Errors
/// [`StoreError`].
pub fn record(transaction: &Transaction<'_>, event: &NewEvent<'_>) -> Result<(), StoreError> {
    let owner = event
        .account
        .map(|account| owner(transaction, account))
        .transpose()?;
    let mut written = Event::new(event.at, event.event);
    if let Some(owner) = &owner {
        written = written.account(&owner.login, &owner.credit_code);
    }
    written.actor = event.actor.map(str::to_owned);
    written.place = event.caller.map(Caller::place);
    written.browser = event.caller.map(|caller| caller.browser.clone());
    written.facts = match &event.facts {
        serde_json::Value::Object(facts) => facts.clone(),
        serde_json::Value::Null => serde_json::Map::new(),
        _ => return Err(StoreError::Damaged("facts that are no object")),
    };
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let entry = head(transaction)?
        .append(&written.salted(&salt))
        .map_err(|_| StoreError::Damaged("an event that is too long for the log"))?;
    let insert = "INSERT INTO audit_event (seq, event, hash, account_id, enterprise_id) VALUES (?1, ?2, ?3, ?4, ?5)";
    transaction.prepare_cached(insert)?.execute(params![
        number(entry.seq)?,
        entry.event,
        entry.hash.as_bytes(),
        event.account,
        owner.map(|owner| owner.enterprise_id)
    ])?;
    Ok(())
}

/// Where the chain ends.
///
/// # Errors
/// [`StoreError`].
pub fn head(transaction: &Transaction<'_>) -> Result<Head, StoreError> {
    let select = "SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1";
    let row = transaction
        .prepare_cached(select)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)));
    row.optional()?.map_or(Ok(Head::EMPTY), |(seq, hash)| {
        Ok(Head {
            seq: seq_of(seq)?,
            hash: Hash::from_bytes(hash),
        })
    })
}

/// The audit log is not as it was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuditError {
    /// It was changed.
    #[error(
        "the audit log is broken at event {seq}: {}. Somebody changed the database. Keep it as it is; \
         `scanseal-portal audit export FILE` and `scanseal audit verify FILE` show more; go on with a backup",
        fault.kind
    )]
    Broken {
        /// Number of the event that was to come.
        seq: u64,
        /// What is wrong.
        fault: Fault,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the latest events. A portal whose log was changed does not start: whatever it wrote next would make the
/// change look as if it had always been there.
///
/// # Errors
/// [`AuditError`].
pub fn check_latest(transaction: &Transaction<'_>) -> Result<(), AuditError> {
    let head = head(transaction)?;
    let first = head.seq.saturating_sub(CHECKED_AT_START) + 1;
    let mut verifier = Verifier::new().ends_with(head.hash);
    let mut after = entry_before(transaction, first)?;
    while after.seq < head.seq {
        let entries = read::entries(transaction, after, read::Scope::Everything)?;
        let Some((last, _)) = entries.last() else {
            break;
        };
        after = last.head();
        for (entry, _) in &entries {
            verifier.line(entry.line().as_bytes());
        }
    }
    let report = verifier.finish();
    match report.fault {
        Some(fault) if head.seq > 0 => Err(AuditError::Broken {
            seq: report.last.unwrap_or(first - 1) + 1,
            fault,
        }),
        _ => Ok(()),
    }
}

/// What stands before event `seq`, as far as it is there.
fn entry_before(transaction: &Transaction<'_>, seq: u64) -> Result<Head, StoreError> {
    if seq <= 1 {
        return Ok(Head::EMPTY);
    }
    let select = "SELECT hash FROM audit_event WHERE seq = ?1";
    let hash = transaction.query_row(select, [number(seq - 1)?], |row| row.get(0));
    Ok(Head {
        seq: seq - 1,
        hash: Hash::from_bytes(hash.optional()?.unwrap_or_default()),
    })
}

struct Owner {
    login: String,
    credit_code: String,
    enterprise_id: i64,
}

fn owner(transaction: &Transaction<'_>, account: i64) -> Result<Owner, StoreError> {
    let select = "SELECT a.login, e.credit_code, e.id FROM account a JOIN enterprise e ON e.id = a.enterprise_id
                  WHERE a.id = ?1";
    Ok(transaction
        .prepare_cached(select)?
        .query_row([account], |row| {
            Ok(Owner {
                login: row.get(0)?,
                credit_code: row.get(1)?,
                enterprise_id: row.get(2)?,
            })
        })?)
}

fn number(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::Damaged("an event with an impossible number"))
}

fn seq_of(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged("an event with an impossible number"))
}

/// An entry as it is stored, without what stands before it.
fn stored(row: &Row<'_>) -> rusqlite::Result<(i64, String, [u8; 32])> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
