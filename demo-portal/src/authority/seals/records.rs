//! What is remembered of seals.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::{Certificate, SealKind, UnixTime};

use crate::{
    authority::{
        catalogue,
        registry::{seconds, time},
    },
    store::StoreError,
};

/// Seals of one certificate that are valid or wait: each kind three times over.
pub const MAX_SEALS_PER_CERTIFICATE: u32 = 16;
/// Seals of one certificate in all, also those that were returned or revoked: what a list still shows.
pub const MAX_SEALS_EVER: u32 = 200;
/// Photographed seals of one certificate that wait for review at once.
pub const MAX_WAITING: u32 = 4;

/// Why a seal was revoked: by its holder or by platform staff.
pub const REASONS: [&str; 4] = ["unspecified", "superseded", "lost", "name-changed"];
/// Why a seal was revoked: its certificate was.
pub const CERTIFICATE_REVOKED: &str = "certificate-revoked";
/// Why a seal was revoked: another took its place.
pub(super) const SUPERSEDED: &str = "superseded";

/// What a seal is worth, for who is shown one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealStatus {
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked {
        /// Since when.
        since: UnixTime,
        /// Why, a word of docs/electronic-seals.md.
        reason: String,
    },
    /// None of the operator's authorities has issued it.
    Unknown,
    /// It may be used.
    Valid,
}

/// Where a seal's picture comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Its holder wrote it with a finger.
    Handwritten,
    /// The authority drew it.
    Made,
    /// Its holder photographed a stamp.
    Photographed,
}

/// How far a seal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was issued, and may be used in its time.
    Issued,
    /// Platform staff did not accept it.
    Returned,
    /// It was revoked.
    Revoked,
    /// Platform staff has not looked at it yet.
    Waiting,
}

/// A seal, issued or asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its esID.
    pub id: String,
    /// Serial number of the certificate that it is for.
    pub serial: String,
    /// What it stands for.
    pub kind: SealKind,
    /// What people call it.
    pub name: String,
    /// Where its picture comes from.
    pub source: Source,
    /// Width and height on paper.
    pub millimetres: (u32, u32),
    /// The seal that it takes, or took, the place of.
    pub replaces: Option<String>,
    /// When it was asked for.
    pub asked: UnixTime,
    /// How far it has come.
    pub state: State,
    /// Since when.
    pub since: UnixTime,
    /// Why it was returned or revoked.
    pub reason: Option<String>,
    /// From when it may be used.
    pub valid_from: UnixTime,
    /// Until when it may be used.
    pub valid_until: UnixTime,
    /// The signed seal, once it was issued.
    pub der: Option<Vec<u8>>,
}

/// A certificate that the operator's authorities have issued.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) certificate: Certificate,
    /// Id of the authority.
    pub(crate) ca: String,
    pub(crate) enterprise: bool,
    pub(crate) revoked: bool,
}

impl Source {
    const ALL: [Self; 3] = [Self::Handwritten, Self::Made, Self::Photographed];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handwritten => "handwritten",
            Self::Made => "made",
            Self::Photographed => "photographed",
        }
    }
}

impl State {
    const ALL: [Self; 4] = [Self::Issued, Self::Returned, Self::Revoked, Self::Waiting];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Returned => "returned",
            Self::Revoked => "revoked",
            Self::Waiting => "waiting",
        }
    }
}

impl Record {
    /// What it is worth, in a word: `valid`, `expired`, `revoked`, `waiting` or `returned`.
    pub fn status(&self, now: UnixTime) -> &'static str {
        match self.state {
            State::Issued if self.valid_until < now => "expired",
            State::Issued => "valid",
            other => other.as_str(),
        }
    }
}

/// What the seal of this esID is worth.
///
/// # Errors
/// [`StoreError`].
pub fn status(
    transaction: &Transaction<'_>,
    es_id: &str,
    now: UnixTime,
) -> Result<SealStatus, StoreError> {
    let Some(record) = find(transaction, es_id)? else {
        return Ok(SealStatus::Unknown);
    };
    Ok(match record.state {
        State::Waiting | State::Returned => SealStatus::Unknown,
        State::Revoked => SealStatus::Revoked {
            since: record.since,
            reason: record.reason.unwrap_or_default(),
        },
        State::Issued if record.valid_until < now => SealStatus::Expired,
        State::Issued => SealStatus::Valid,
    })
}

/// The seals of a certificate, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn of_certificate(
    transaction: &Transaction<'_>,
    serial: &str,
) -> Result<Vec<Record>, StoreError> {
    let select = format!("SELECT {COLUMNS} FROM seal WHERE serial = ?1 ORDER BY asked, kind, id");
    let mut select = transaction.prepare_cached(&select)?;
    let rows = select.query_map([serial], stored)?;
    rows.map(|row| row?.ok_or(DAMAGED)).collect()
}

/// One seal.
///
/// # Errors
/// [`StoreError`].
pub fn find(transaction: &Transaction<'_>, id: &str) -> Result<Option<Record>, StoreError> {
    one(transaction, "id = ?1", params![id])
}

/// The seal that a call has asked for.
pub(super) fn by_call(
    transaction: &Transaction<'_>,
    serial: &str,
    call: &[u8; 16],
) -> Result<Option<Record>, StoreError> {
    let wanted = params![serial, call];
    one(transaction, "serial = ?1 AND call = ?2", wanted)
}

/// The picture of a seal that waits for review.
pub(crate) fn waiting_picture(
    transaction: &Transaction<'_>,
    id: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let select = "SELECT picture FROM seal WHERE id = ?1 AND state = 'waiting'";
    Ok(transaction
        .query_row(select, [id], |row| row.get(0))
        .optional()?)
}

/// Writes a new one down. `picture` is that of one that waits, `call` names the call that asked for it.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    record: &Record,
    picture: Option<&[u8]>,
    call: Option<&[u8; 16]>,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO seal (id, serial, kind, name, origin, width, height, picture, call, replaces, asked, state, since,
                           reason, valid_from, valid_until, der)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        params![
            record.id,
            record.serial,
            record.kind as i64,
            record.name,
            record.source.as_str(),
            record.millimetres.0,
            record.millimetres.1,
            picture,
            call,
            record.replaces,
            seconds(record.asked),
            record.state.as_str(),
            seconds(record.since),
            record.reason,
            seconds(record.valid_from),
            seconds(record.valid_until),
            record.der,
        ],
    )?;
    Ok(())
}

/// Takes the picture of one that waited out, and writes down what became of it.
pub(super) fn decided(transaction: &Transaction<'_>, record: &Record) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE seal SET state = ?2, since = ?3, reason = ?4, valid_from = ?5, valid_until = ?6, der = ?7, picture = NULL
         WHERE id = ?1",
        params![
            record.id,
            record.state.as_str(),
            seconds(record.since),
            record.reason,
            seconds(record.valid_from),
            seconds(record.valid_until),
            record.der,
        ],
    )?;
    Ok(())
}

/// Revokes a seal that was issued; tells whether it was not revoked before.
pub(super) fn set_revoked(
    transaction: &Transaction<'_>,
    id: &str,
    reason: &str,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let update = "UPDATE seal SET state = 'revoked', since = ?2, reason = ?3 WHERE id = ?1 AND state = 'issued'";
    Ok(transaction.execute(update, params![id, seconds(now), reason])? == 1)
}

/// A certificate was revoked: its seals are worth nothing any more, and nobody need look at those that wait.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn certificate_revoked(
    transaction: &Transaction<'_>,
    serial: &str,
    now: UnixTime,
) -> Result<(), StoreError> {
    for (from, to) in [("issued", "revoked"), ("waiting", "returned")] {
        transaction.execute(
            "UPDATE seal SET state = ?3, since = ?4, reason = ?5, picture = NULL WHERE serial = ?1 AND state = ?2",
            params![serial, from, to, seconds(now), CERTIFICATE_REVOKED],
        )?;
    }
    Ok(())
}

/// What the operator's authorities know of a certificate.
pub(crate) fn issued(
    transaction: &Transaction<'_>,
    serial: &str,
) -> Result<Option<Issued>, StoreError> {
    let select = "SELECT c.der, c.ca, c.purpose = 'enterprise', r.at IS NOT NULL
                  FROM issued_certificate c LEFT JOIN revocation r USING (serial) WHERE c.serial = ?1";
    let row = transaction.query_row(select, [serial], |row| {
        Ok((
            row.get::<_, Vec<u8>>(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
        ))
    });
    row.optional()?
        .map(|(der, ca, enterprise, revoked)| {
            Ok(Issued {
                certificate: catalogue::read(&der)?,
                ca,
                enterprise,
                revoked,
            })
        })
        .transpose()
}

const DAMAGED: StoreError = StoreError::Damaged("a seal of an unknown kind or state");
const COLUMNS: &str = "id, serial, kind, name, origin, width, height, replaces, asked, state, since, reason, valid_from, valid_until, der";

fn one(
    transaction: &Transaction<'_>,
    which: &str,
    wanted: &[&dyn rusqlite::ToSql],
) -> Result<Option<Record>, StoreError> {
    let select = format!("SELECT {COLUMNS} FROM seal WHERE {which}");
    let row = transaction.query_row(&select, wanted, stored).optional()?;
    row.map(|record| record.ok_or(DAMAGED)).transpose()
}

/// `None` if a word or number is not known.
pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<Option<Record>> {
    let (kind, source, state) = (
        row.get::<_, i64>(2)?,
        row.get::<_, String>(4)?,
        row.get::<_, String>(9)?,
    );
    let kind = SealKind::ALL
        .into_iter()
        .find(|known| *known as i64 == kind);
    let source = Source::ALL
        .into_iter()
        .find(|known| known.as_str() == source);
    let state = State::ALL.into_iter().find(|known| known.as_str() == state);
    let (Some(kind), Some(source), Some(state)) = (kind, source, state) else {
        return Ok(None);
    };
    Ok(Some(Record {
        id: row.get(0)?,
        serial: row.get(1)?,
        kind,
        name: row.get(3)?,
        source,
        millimetres: (row.get(5)?, row.get(6)?),
        replaces: row.get(7)?,
        asked: time(row.get(8)?),
        state,
        since: time(row.get(10)?),
        reason: row.get(11)?,
        valid_from: time(row.get(12)?),
        valid_until: time(row.get(13)?),
        der: row.get(14)?,
    }))
}
