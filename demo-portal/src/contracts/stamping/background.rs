//! The task that stamps what could not be stamped at once, and adds later time stamps where somebody asked for them.
//!
//! A contract that a party is about to seal is left alone: another revision in between would be another document than the one
//! that the phone shows.

use std::{sync::Arc, time::Duration};

use rusqlite::{Transaction, params};
use scanseal_pades::{
    Appended,
    verify::{NotAdded, check_added},
};
use scanseal_pki::UnixTime;
use serde_json::json;
use tokio::{sync::watch, task::spawn_blocking, time::sleep};

use super::{Job, StampError, Stamped, fingerprint, restamp, stamp};
use crate::{
    audit::{self, NewEvent},
    authority::registry::seconds,
    contracts::{
        actions,
        files::{Files, Kept},
        notifications::{self, Kind},
        revisions::{self, Level, NewRevision, Revision, Why},
        rows, view,
    },
    platform::events::merge,
    portal::Portal,
    store::StoreError,
};

/// The clock may have been set, and a command may have asked for later time stamps.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Revisions that are looked for at once.
const SOME: u32 = 16;
/// Seconds between tries: twice as many each time, up to this.
const LONGEST_WAIT_SECONDS: u64 = 3_600;
const FIRST_WAIT_SECONDS: u64 = 10;

/// A revision that is due.
struct Due {
    contract: i64,
    revision: Revision,
    before: Vec<Kept>,
    attempts: u32,
    earlier: Level,
}

/// Stamps until `stopping` says so.
pub async fn run(portal: Arc<Portal>, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        for due in due(&portal).await {
            if *stopping.borrow() {
                return;
            }
            let (contract, number) = (due.contract, due.revision.number);
            if let Err(error) = work(&portal, due).await {
                tracing::error!(%error, contract, number, "what came of a time stamp cannot be stored");
            }
        }
        tokio::select! {
            // An error means that the handle is gone: stop as well.
            _ = stopping.wait_for(|stop| *stop) => return,
            () = portal.contracts.stamp_soon.notified() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
}

/// Asks for later time stamps of all contracts that every party has sealed, and whose newest one lapses before `until`; returns
/// their numbers. The running server, or the next start, adds them.
///
/// # Errors
/// [`StoreError`].
pub fn ask_for_later(
    transaction: &Transaction<'_>,
    until: UnixTime,
    now: UnixTime,
) -> Result<Vec<String>, StoreError> {
    let fits = "proven_until < ?1 AND next_try IS NULL AND level IN ('B-T', 'B-LT', 'B-LTA')
                AND EXISTS (SELECT 1 FROM contract c WHERE c.id = contract_id AND c.state = 'done' AND c.revision = r.number)";
    let select = format!(
        "SELECT c.number FROM contract_revision r JOIN contract c ON c.id = r.contract_id WHERE {fits} ORDER BY c.id"
    );
    let numbers: Vec<String> = transaction
        .prepare(&select)?
        .query_map([seconds(until)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let update =
        format!("UPDATE contract_revision AS r SET next_try = ?2, attempts = 0 WHERE {fits}");
    transaction.execute(&update, params![seconds(until), seconds(now)])?;
    Ok(numbers)
}

async fn due(portal: &Portal) -> Vec<Due> {
    let now = portal.now();
    match portal
        .store
        .read(move |transaction| find(transaction, now))
        .await
    {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "contracts that need time stamps cannot be read");
            Vec::new()
        }
    }
}

/// Nobody is about to seal it: `?1` is the time.
const FREE: &str =
    "NOT EXISTS (SELECT 1 FROM seal_document d JOIN seal_request q ON q.nonce = d.nonce
    WHERE d.contract_id = r.contract_id AND d.revision = r.number AND d.taken IS NULL
    AND ((q.consumed IS NULL AND q.refused IS NULL AND q.expires > ?1) OR (d.digest IS NOT NULL AND q.until > ?1)))";

fn find(transaction: &Transaction<'_>, now: UnixTime) -> Result<Vec<Due>, StoreError> {
    let select = format!(
        "SELECT r.contract_id, r.number, r.attempts FROM contract_revision r JOIN contract c ON c.id = r.contract_id AND c.revision = r.number
         WHERE r.next_try <= ?1 AND {FREE} ORDER BY r.next_try LIMIT {SOME}"
    );
    let mut select = transaction.prepare_cached(&select)?;
    let rows = select.query_map([seconds(now)], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let rows: Vec<(i64, i64, u32)> = rows.collect::<Result<_, _>>()?;
    let mut due = Vec::new();
    for (contract, number, attempts) in rows {
        let missing = || StoreError::Damaged("a revision that is missing");
        let revision = revisions::find(transaction, contract, number)?.ok_or_else(missing)?;
        let mut before = Vec::new();
        let mut earlier = Level::Unsigned;
        if let Some(follows) = revision.follows {
            before = revisions::parts(transaction, contract, follows)?;
            let follows = revisions::find(transaction, contract, follows)?;
            earlier = follows.ok_or_else(missing)?.level;
        }
        due.push(Due {
            contract,
            revision,
            before,
            attempts,
            earlier,
        });
    }
    Ok(due)
}

async fn work(portal: &Arc<Portal>, due: Due) -> Result<(), StoreError> {
    let now = portal.now();
    let stamped = if due.revision.level == Level::BB {
        first(portal, &due, now).await
    } else {
        later(portal, &due, now).await
    };
    match stamped {
        Ok((new, why)) => keep(portal, &due, new, why, now).await,
        Err(error) => {
            let (contract, number) = (due.contract, due.revision.number);
            tracing::warn!(%error, contract, number, "no time stamp yet");
            let wait = FIRST_WAIT_SECONDS << due.attempts.min(16);
            let next = now.saturating_add_secs(wait.min(LONGEST_WAIT_SECONDS));
            let update = "UPDATE contract_revision SET next_try = ?3, attempts = attempts + 1
                          WHERE contract_id = ?1 AND number = ?2 AND next_try IS NOT NULL";
            portal
                .store
                .write(move |transaction| {
                    transaction.execute(update, params![contract, number, seconds(next)])?;
                    Ok(())
                })
                .await
        }
    }
}

/// A new revision: what it follows, what comes behind, and what it is.
struct Made {
    follows: Option<i64>,
    part: Kept,
    sha256: [u8; 32],
    size: u64,
    stamped: super::Outcome,
}

/// The stamp of a seal that has none.
async fn first(portal: &Arc<Portal>, due: &Due, now: UnixTime) -> Result<(Made, Why), StampError> {
    let (files, parts, part) = (
        portal.contracts.files.clone(),
        due.before.clone(),
        due.revision.part,
    );
    let (field, earlier) = (due.revision.field.clone().unwrap_or_default(), due.earlier);
    let job = spawn_blocking(move || {
        let original = files.chain(&parts).map_err(unreadable)?;
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        let read = files.chain(&[part]).map_err(unreadable)?;
        let appended = read
            .piece(0, size)
            .map_err(scanseal_pades::PdfError::from)?;
        let length = scanseal_pades::Source::length(&original);
        let added = check_added(&Appended::new(&original, &appended), None, length)
            .map_err(|odd: NotAdded| StampError::Worse(odd.to_string()))?;
        Ok::<_, StampError>(Job {
            original: Arc::new(original),
            byte_range: added.byte_range,
            appended,
            field,
            earlier,
        })
    });
    let job = job.await??;
    let original = Arc::clone(&job.original);
    let stamped = stamp(portal, job, now).await?;
    let made = made(portal, original, stamped, due.revision.follows).await?;
    Ok((made, Why::Stamped))
}

/// A later stamp.
async fn later(portal: &Arc<Portal>, due: &Due, now: UnixTime) -> Result<(Made, Why), StampError> {
    let files = portal.contracts.files.clone();
    let mut parts = due.before.clone();
    parts.push(due.revision.part);
    let original = spawn_blocking(move || files.chain(&parts).map_err(unreadable));
    let original = Arc::new(original.await??);
    let stamped = restamp(portal, Arc::clone(&original), now).await?;
    let made = made(portal, original, stamped, Some(due.revision.number)).await?;
    Ok((made, Why::Restamped))
}

async fn made(
    portal: &Portal,
    original: Arc<super::Chain>,
    stamped: Stamped,
    follows: Option<i64>,
) -> Result<Made, StampError> {
    let files: Files = portal.contracts.files.clone();
    let made = spawn_blocking(move || {
        let (sha256, size) = fingerprint(&*original, &stamped.appended)?;
        Ok::<_, StampError>(Made {
            follows,
            part: files.keep(&stamped.appended).map_err(unreadable)?,
            sha256,
            size,
            stamped: stamped.outcome,
        })
    });
    made.await?
}

/// Puts it in force, unless the contract has gone on meanwhile or somebody is about to seal it.
async fn keep(
    portal: &Portal,
    due: &Due,
    made: Made,
    why: Why,
    now: UnixTime,
) -> Result<(), StoreError> {
    let (contract, revision) = (due.contract, due.revision.clone());
    portal
        .store
        .write(move |transaction| {
            let free = format!(
                "SELECT 1 FROM contract_revision r JOIN contract c ON c.id = r.contract_id AND c.revision = r.number
                 WHERE r.contract_id = ?2 AND r.number = ?3 AND r.next_try IS NOT NULL AND {FREE}"
            );
            let free = transaction
                .prepare_cached(&free)?
                .exists(params![seconds(now), contract, revision.number])?;
            if !free {
                return Ok(());
            }
            let new = NewRevision {
                follows: made.follows,
                part: made.part,
                sha256: made.sha256,
                size: made.size,
                pages: revision.pages,
                account_id: None,
                why,
                level: made.stamped.level,
                field: revision.field.clone(),
                next_try: None,
                proven_until: made.stamped.proven_until,
            };
            let number = revisions::add(transaction, contract, &new, now)?;
            let step = if why == Why::Stamped { "stamp" } else { "restamp" };
            let times = (revision.at, now);
            let level = made.stamped.level.as_str();
            view::record_step(transaction, contract, step, None, times, level)?;
            let contract = rows::load(transaction, contract)?
                .ok_or(StoreError::Damaged("a contract that was there a moment ago"))?;
            if why == Why::Stamped {
                for party in &contract.parties {
                    let to = (party.enterprise_id, contract.id);
                    notifications::tell(transaction, to, Kind::Stamped, None, "", now)?;
                }
            }
            let mut facts = actions::facts(&contract);
            merge(&mut facts, &json!({ "revision": number, "level": level }));
            audit::record(
                transaction,
                &NewEvent {
                    at: now,
                    event: "contract.stamped",
                    account: None,
                    actor: Some("system"),
                    caller: None,
                    facts,
                },
            )
        })
        .await
}

fn unreadable(error: std::io::Error) -> StampError {
    StampError::Pdf(scanseal_pades::PdfError::Source(
        scanseal_pades::SourceError {
            offset: 0,
            reason: error.to_string(),
        },
    ))
}
