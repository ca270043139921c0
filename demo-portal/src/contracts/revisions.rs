//! Revisions of a contract's file. Each but a new file is the revision that it follows with bytes behind it, so a seal on
//! a large contract costs what the seal costs.

use std::io;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::UnixTime;
use serde::Serialize;

use super::{
    files::{Chain, Files, Kept},
    rows::Contract,
};
use crate::{
    authority::registry::{seconds, time},
    store::StoreError,
};

/// Why there is a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// A DOCX was made into it.
    Converted,
    /// A template was filled.
    Filled,
    /// A later time stamp was added.
    Restamped,
    /// A party has sealed.
    Sealed,
    /// Time stamps and revocation data were added.
    Stamped,
    /// It was uploaded.
    Uploaded,
}

impl Revision {
    /// Whether people of this enterprise may see it.
    pub fn is_for(&self, contract: &Contract, enterprise: i64) -> bool {
        self.shown || contract.enterprise_id == enterprise
    }
}

impl Why {
    const ALL: [Self; 6] = [
        Self::Converted,
        Self::Filled,
        Self::Restamped,
        Self::Sealed,
        Self::Stamped,
        Self::Uploaded,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Converted => "converted",
            Self::Filled => "filled",
            Self::Restamped => "restamped",
            Self::Sealed => "sealed",
            Self::Stamped => "stamped",
            Self::Uploaded => "uploaded",
        }
    }
}

/// How long the signatures of a revision can be checked (EN 319 142-1 clause 6): the lowest of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Level {
    /// There are none.
    #[serde(rename = "unsigned")]
    Unsigned,
    /// As long as certificates are valid.
    #[serde(rename = "B-B")]
    BB,
    /// Their time is proven.
    #[serde(rename = "B-T")]
    BT,
    /// Everything for checking them is in the file.
    #[serde(rename = "B-LT")]
    BLt,
    /// A later time stamp covers that as well.
    #[serde(rename = "B-LTA")]
    BLta,
}

impl Level {
    const ALL: [Self; 5] = [Self::Unsigned, Self::BB, Self::BT, Self::BLt, Self::BLta];

    /// As it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
        }
    }
}

/// Why a revision no longer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Void {
    /// Another file is in its place.
    Replaced,
    /// A party sent the contract back, and with that its seals are void.
    Returned,
    /// Who drew the contract up took it back, and with that its seals are void.
    Withdrawn,
}

impl Void {
    const ALL: [Self; 3] = [Self::Replaced, Self::Returned, Self::Withdrawn];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A revision.
#[derive(Clone, Debug)]
pub struct Revision {
    /// From 1.
    pub number: i64,
    /// The one whose bytes it begins with.
    pub follows: Option<i64>,
    /// What comes behind them.
    pub part: Kept,
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
    /// How many.
    pub size: u64,
    /// Pages.
    pub pages: u32,
    /// Who made it; nobody if the platform did.
    pub account_id: Option<i64>,
    /// When.
    pub at: UnixTime,
    /// Why.
    pub why: Why,
    /// How long its signatures can be checked.
    pub level: Level,
    /// Of a sealed one: the field of the seal.
    pub field: Option<String>,
    /// Whether time stamps are still to come.
    pub pending: bool,
    /// Whether the other parties may see it.
    pub shown: bool,
    /// Why it no longer counts, if it does not.
    pub void: Option<Void>,
}

/// A revision to be added.
#[derive(Clone, Debug)]
pub struct NewRevision {
    /// The one whose bytes it begins with.
    pub follows: Option<i64>,
    /// What comes behind them. It is on the disk.
    pub part: Kept,
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
    /// How many.
    pub size: u64,
    /// Pages.
    pub pages: u32,
    /// Who made it.
    pub account_id: Option<i64>,
    /// Why.
    pub why: Why,
    /// How long its signatures can be checked.
    pub level: Level,
    /// Of a sealed one: the field of the seal.
    pub field: Option<String>,
    /// When to try to add time stamps.
    pub next_try: Option<UnixTime>,
    /// Until when the certificate of its newest time stamp is valid.
    pub proven_until: Option<UnixTime>,
}

/// Adds a revision, which is in force from now on; returns its number.
///
/// # Errors
/// [`StoreError`].
pub fn add(
    transaction: &Transaction<'_>,
    contract: i64,
    new: &NewRevision,
    now: UnixTime,
) -> Result<i64, StoreError> {
    let next = "SELECT coalesce(max(number), 0) + 1 FROM contract_revision WHERE contract_id = ?1";
    let number: i64 = transaction.query_row(next, [contract], |row| row.get(0))?;
    // What is no longer in force needs no time stamps.
    let settle = "UPDATE contract_revision SET next_try = NULL WHERE contract_id = ?1 AND next_try IS NOT NULL";
    transaction.execute(settle, [contract])?;
    if new.follows.is_none() {
        replace_all(transaction, contract)?;
    }
    let insert = "INSERT INTO contract_revision (contract_id, number, follows, file, file_size, sha256, size, pages, account_id, at,
                  why, level, field, next_try, proven_until, shown)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    transaction.execute(
        insert,
        params![
            contract,
            number,
            new.follows,
            new.part.hash,
            stored(new.part.size)?,
            new.sha256,
            stored(new.size)?,
            new.pages,
            new.account_id,
            seconds(now),
            new.why.as_str(),
            new.level.as_str(),
            new.field,
            new.next_try.map(seconds),
            new.proven_until.map(seconds),
            // Who sealed has seen the one before.
            new.follows.is_some(),
        ],
    )?;
    if new.why == Why::Restamped {
        // What was agreed is as it was: lists keep their order.
        let update = "UPDATE contract SET revision = ?2 WHERE id = ?1";
        transaction.execute(update, params![contract, number])?;
    } else {
        set_current(transaction, contract, Some(number), now)?;
    }
    Ok(number)
}

/// Lets the other parties see a revision, or, without a number, none any more.
///
/// # Errors
/// [`StoreError`].
pub fn show(
    transaction: &Transaction<'_>,
    contract: i64,
    number: Option<i64>,
) -> Result<(), StoreError> {
    let update = match number {
        Some(_) => "UPDATE contract_revision SET shown = 1 WHERE contract_id = ?1 AND number = ?2",
        None => "UPDATE contract_revision SET shown = 0 WHERE contract_id = ?1 AND ?2 IS NULL",
    };
    transaction.execute(update, params![contract, number])?;
    Ok(())
}

fn set_current(
    transaction: &Transaction<'_>,
    contract: i64,
    number: Option<i64>,
    now: UnixTime,
) -> Result<(), StoreError> {
    let update = "UPDATE contract SET revision = ?2, updated = ?3 WHERE id = ?1";
    transaction.execute(update, params![contract, number, seconds(now)])?;
    Ok(())
}

/// Leaves a contract without a file: the one that it had no longer says what was agreed.
///
/// # Errors
/// [`StoreError`].
pub fn drop_file(
    transaction: &Transaction<'_>,
    contract: i64,
    now: UnixTime,
) -> Result<(), StoreError> {
    replace_all(transaction, contract)?;
    set_current(transaction, contract, None, now)
}

/// Goes back to the file as it was before anybody sealed; seals that it has are void from now on.
///
/// # Errors
/// [`StoreError`].
pub fn take_seals_back(
    transaction: &Transaction<'_>,
    contract: i64,
    current: i64,
    why: Void,
    now: UnixTime,
) -> Result<(), StoreError> {
    let update = "UPDATE contract_revision SET void = ?2 WHERE contract_id = ?1 AND void IS NULL AND level <> ?3";
    let unsigned = Level::Unsigned.as_str();
    transaction.execute(update, params![contract, why.as_str(), unsigned])?;
    let root = root(transaction, contract, current)?;
    set_current(transaction, contract, Some(root), now)
}

fn replace_all(transaction: &Transaction<'_>, contract: i64) -> Result<(), StoreError> {
    let update = "UPDATE contract_revision SET void = ?2 WHERE contract_id = ?1 AND void IS NULL";
    transaction.execute(update, params![contract, Void::Replaced.as_str()])?;
    Ok(())
}

/// A revision.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    contract: i64,
    number: i64,
) -> Result<Option<Revision>, StoreError> {
    let select = format!("{SELECT} WHERE contract_id = ?1 AND number = ?2");
    let row = transaction
        .prepare_cached(&select)?
        .query_row([contract, number], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

/// All revisions, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(transaction: &Transaction<'_>, contract: i64) -> Result<Vec<Revision>, StoreError> {
    let select = format!("{SELECT} WHERE contract_id = ?1 ORDER BY number");
    let mut select = transaction.prepare_cached(&select)?;
    let rows = select.query_map([contract], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// The files of which a revision consists, in their order.
///
/// # Errors
/// [`StoreError`].
pub fn parts(
    transaction: &Transaction<'_>,
    contract: i64,
    number: i64,
) -> Result<Vec<Kept>, StoreError> {
    let mut parts = Vec::new();
    let mut next = Some(number);
    while let Some(number) = next {
        let revision = find(transaction, contract, number)?
            .ok_or(StoreError::Damaged("a revision that is missing"))?;
        // A revision follows an older one, so this ends.
        next = revision.follows.filter(|follows| *follows < number);
        parts.push(revision.part);
    }
    parts.reverse();
    Ok(parts)
}

/// The first revision of the file of which `number` is one: as it was before anybody sealed.
fn root(transaction: &Transaction<'_>, contract: i64, number: i64) -> Result<i64, StoreError> {
    let mut root = number;
    while let Some(revision) = find(transaction, contract, root)? {
        match revision.follows.filter(|follows| *follows < root) {
            Some(follows) => root = follows,
            None => return Ok(root),
        }
    }
    Err(StoreError::Damaged("a revision that is missing"))
}

/// Opens a revision's bytes.
///
/// # Errors
/// What the system says.
pub fn open(files: &Files, parts: &[Kept]) -> io::Result<Chain> {
    files.chain(parts)
}

const SELECT: &str = "SELECT number, follows, file, file_size, sha256, size, pages, account_id, at, why, level, field, next_try IS NOT NULL, void, shown
                      FROM contract_revision";

fn read(row: &Row<'_>) -> Result<Revision, StoreError> {
    let (why, level): (String, String) = (row.get(9)?, row.get(10)?);
    let void: Option<String> = row.get(13)?;
    let void = void.map(|void| {
        let known = Void::ALL.into_iter().find(|known| known.as_str() == void);
        known.ok_or(StoreError::Damaged(
            "a revision that is void for no known reason",
        ))
    });
    Ok(Revision {
        number: row.get(0)?,
        follows: row.get(1)?,
        part: Kept {
            hash: row.get(2)?,
            size: row.get::<_, i64>(3)?.unsigned_abs(),
        },
        sha256: row.get(4)?,
        size: row.get::<_, i64>(5)?.unsigned_abs(),
        pages: row.get(6)?,
        account_id: row.get(7)?,
        at: time(row.get(8)?),
        why: Why::ALL
            .into_iter()
            .find(|known| known.as_str() == why)
            .ok_or(StoreError::Damaged("a revision for no known reason"))?,
        level: Level::ALL
            .into_iter()
            .find(|known| known.as_str() == level)
            .ok_or(StoreError::Damaged("a revision of no known level"))?,
        field: row.get(11)?,
        pending: row.get(12)?,
        void: void.transpose()?,
        shown: row.get(14)?,
    })
}

fn stored(size: u64) -> Result<i64, StoreError> {
    i64::try_from(size).map_err(|_| StoreError::Damaged("a file of impossible size"))
}
