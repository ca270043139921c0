//! Requests to seal and their documents: the rows.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::{Certificate, ElectronicSeal, UnixTime};
use scanseal_platform::request::{RequestRecord, Used};
use serde_json::{Value, json};

use crate::{
    authority::registry::{seconds, time},
    platform::request::Asker,
    store::StoreError,
};

/// Seconds for which a request is remembered after its end.
const REMEMBERED_SECONDS: u64 = 86_400;

/// A request that was handed out.
#[derive(Clone, Debug)]
pub(super) struct SealRequestRow {
    /// What the checks need.
    pub(super) record: RequestRecord,
    /// Who asked.
    pub(super) asked_by: Asker,
    /// What the phone answered.
    pub(super) answered: Option<Answered>,
    /// Whether the phone refused it.
    pub(super) refused: bool,
}

/// A request, for who ends it.
pub(crate) struct Waiting {
    /// Whose browser it was given to.
    pub(crate) record: RequestRecord,
    /// Who asked.
    pub(crate) account_id: i64,
    /// What the log says of its contracts.
    pub(crate) contracts: Value,
}

/// That the phone has answered.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    /// JSON.
    pub(super) answer: String,
    /// Its certificate.
    pub(super) certificate: Certificate,
    /// The seal that it has chosen.
    pub(super) seal: ElectronicSeal,
    /// Until when documents may be handed over.
    pub(super) until: UnixTime,
}

/// A document of a request.
#[derive(Clone, Debug)]
pub(super) struct SealDocumentRow {
    /// Its contract.
    pub(super) contract_id: i64,
    /// Which revision of it.
    pub(super) revision: i64,
    /// What the phone has signed.
    pub(super) digest: Option<[u8; 32]>,
    /// What was handed over and taken, by its SHA-256, and the answer to that.
    pub(super) taken: Option<([u8; 32], String)>,
}

/// A document of a new request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) contract_id: i64,
    pub(super) revision: i64,
}

/// Stores a request, and forgets those that are long over.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    nonce: &str,
    record: &RequestRecord,
    asker: &Asker,
    documents: &[Named],
    (now, expires): (UnixTime, UnixTime),
) -> Result<(), StoreError> {
    let forgotten = UnixTime::from_secs(now.as_secs().saturating_sub(REMEMBERED_SECONDS));
    let delete = "DELETE FROM seal_request WHERE expires < ?1 AND coalesce(until, 0) < ?1";
    transaction.execute(delete, [seconds(forgotten)])?;
    let insert =
        "INSERT INTO seal_request (nonce, request, browser_hash, account_id, web_session, expires)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(
        insert,
        params![
            nonce,
            record.request,
            record.browser,
            asker.account_id,
            asker.session,
            seconds(expires)
        ],
    )?;
    let insert = "INSERT INTO seal_document (nonce, position, contract_id, revision) VALUES (?1, ?2, ?3, ?4)";
    for (position, named) in (0_i64..).zip(documents) {
        let values = params![nonce, position, named.contract_id, named.revision];
        transaction.execute(insert, values)?;
    }
    Ok(())
}

/// The request with this nonce.
pub(super) fn find(
    transaction: &Transaction<'_>,
    nonce: &str,
) -> Result<Option<SealRequestRow>, StoreError> {
    let select = "SELECT request, browser_hash, account_id, web_session, consumed, assertion_hash, answer, certificate, seal, until,
                  refused IS NOT NULL FROM seal_request WHERE nonce = ?1";
    let row = transaction
        .prepare_cached(select)?
        .query_row([nonce], |row| Ok(read(row)))
        .optional()?;
    row.transpose()
}

/// A request that the phone may have refused.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn waiting(
    transaction: &Transaction<'_>,
    nonce: &str,
) -> Result<Option<Waiting>, StoreError> {
    let Some(request) = find(transaction, nonce)? else {
        return Ok(None);
    };
    Ok(Some(Waiting {
        contracts: facts(transaction, nonce)?,
        record: request.record,
        account_id: request.asked_by.account_id,
    }))
}

/// The contracts of a request as the log names them: numbers for people, and ids for links in the same order.
///
/// # Errors
/// [`StoreError`].
pub(super) fn facts(transaction: &Transaction<'_>, nonce: &str) -> Result<Value, StoreError> {
    let select = "SELECT c.number, c.id FROM seal_document d JOIN contract c ON c.id = d.contract_id WHERE d.nonce = ?1 ORDER BY d.position";
    let mut select = transaction.prepare_cached(select)?;
    let rows = select.query_map([nonce], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    })?;
    let (numbers, ids): (Vec<_>, Vec<_>) = rows.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    Ok(json!({ "contracts": numbers, "contractIds": ids }))
}

/// Ends a request that the phone has refused, so that nobody waits for its answer; `false` if it has ended already, or if the phone
/// has answered it after all.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn end(
    transaction: &Transaction<'_>,
    nonce: &str,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let update = "UPDATE seal_request SET refused = ?2 WHERE nonce = ?1 AND refused IS NULL AND consumed IS NULL";
    Ok(transaction.execute(update, params![nonce, seconds(now)])? == 1)
}

/// Ends what was asked, and answered, about a contract until now: nothing of it is taken any more. Revisions count from 1.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn void(transaction: &Transaction<'_>, contract: i64) -> Result<(), StoreError> {
    let update = "UPDATE seal_document SET revision = 0 WHERE contract_id = ?1 AND taken IS NULL";
    transaction.execute(update, [contract])?;
    Ok(())
}

/// Uses the nonce. The condition makes it once only.
pub(super) fn consume(
    transaction: &Transaction<'_>,
    nonce: &str,
    used: &Used,
    answered: &Answered,
    digests: &[Option<[u8; 32]>],
    seal: &[u8],
) -> Result<(), StoreError> {
    let update = "UPDATE seal_request SET consumed = ?2, assertion_hash = ?3, answer = ?4, certificate = ?5, seal = ?6, until = ?7
                  WHERE nonce = ?1 AND consumed IS NULL";
    let consumed = transaction.execute(
        update,
        params![
            nonce,
            seconds(used.at),
            used.submission,
            answered.answer,
            answered.certificate.der(),
            seal,
            seconds(answered.until)
        ],
    )?;
    if consumed != 1 {
        return Err(StoreError::Damaged("a request that was there a moment ago"));
    }
    let update = "UPDATE seal_document SET digest = ?3 WHERE nonce = ?1 AND position = ?2";
    for (position, digest) in (0_i64..).zip(digests) {
        transaction.execute(update, params![nonce, position, digest])?;
    }
    Ok(())
}

/// A document of a request.
pub(super) fn document(
    transaction: &Transaction<'_>,
    nonce: &str,
    position: i64,
) -> Result<Option<SealDocumentRow>, StoreError> {
    let select = "SELECT contract_id, revision, digest, taken, answer FROM seal_document WHERE nonce = ?1 AND position = ?2";
    let row = transaction
        .prepare_cached(select)?
        .query_row(params![nonce, position], |row| {
            Ok(SealDocumentRow {
                contract_id: row.get(0)?,
                revision: row.get(1)?,
                digest: row.get(2)?,
                taken: match (row.get(3)?, row.get(4)?) {
                    (Some(taken), Some(answer)) => Some((taken, answer)),
                    _ => None,
                },
            })
        });
    Ok(row.optional()?)
}

/// Remembers that a document was taken.
pub(super) fn take(
    transaction: &Transaction<'_>,
    nonce: &str,
    position: i64,
    taken: &[u8; 32],
    answer: &str,
) -> Result<(), StoreError> {
    let update = "UPDATE seal_document SET taken = ?3, answer = ?4 WHERE nonce = ?1 AND position = ?2 AND taken IS NULL";
    if transaction.execute(update, params![nonce, position, taken, answer])? == 1 {
        Ok(())
    } else {
        Err(StoreError::Damaged("a document that waited a moment ago"))
    }
}

fn read(row: &Row<'_>) -> Result<SealRequestRow, StoreError> {
    let used = match (row.get::<_, Option<i64>>(4)?, row.get(5)?) {
        (Some(at), Some(submission)) => Some(Used {
            at: time(at),
            submission,
        }),
        _ => None,
    };
    let answered = match (
        row.get(6)?,
        row.get::<_, Option<Vec<u8>>>(7)?,
        row.get::<_, Option<Vec<u8>>>(8)?,
        row.get::<_, Option<i64>>(9)?,
    ) {
        (Some(answer), Some(certificate), Some(seal), Some(until)) => Some(Answered {
            answer,
            certificate: Certificate::from_der(&certificate)
                .map_err(|_| StoreError::Damaged("a certificate that cannot be read"))?,
            seal: ElectronicSeal::from_der(&seal)
                .map_err(|_| StoreError::Damaged("a seal that cannot be read"))?,
            until: time(until),
        }),
        _ => None,
    };
    Ok(SealRequestRow {
        record: RequestRecord {
            request: row.get(0)?,
            browser: row.get(1)?,
            used,
            superseded: false,
        },
        asked_by: Asker {
            account_id: row.get(2)?,
            session: row.get(3)?,
        },
        answered,
        refused: row.get(10)?,
    })
}
