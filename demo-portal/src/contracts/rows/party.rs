//! The parties of a contract: who they are, whose turn it is, who has sealed.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;

use crate::{
    authority::registry::{seconds, time},
    contracts::form::{Form, SealOrder},
    http::Problem,
    platform::{
        accounts::{self, EnterpriseKind},
        fields::{self, FieldError},
    },
    store::StoreError,
};

/// A party.
#[derive(Clone, Debug)]
pub struct Party {
    /// Place in the order.
    pub position: i64,
    /// The enterprise.
    pub enterprise_id: i64,
    /// Its registered name.
    pub name: String,
    /// Its credit code.
    pub credit_code: String,
    /// What it does here.
    pub kind: EnterpriseKind,
    /// Since when it is its turn.
    pub turn: Option<UnixTime>,
    /// Its seal.
    pub sealed: Option<PartySeal>,
}

/// That a party has sealed.
#[derive(Clone, Debug)]
pub struct PartySeal {
    /// When.
    pub at: UnixTime,
    /// The person's name.
    pub person: String,
    /// The seal's name.
    pub seal: String,
}

/// Gives the turn to whoever seals next, all at once if they seal in any order; returns to whom it is new. Nobody is left once all
/// have sealed.
///
/// # Errors
/// [`StoreError`].
pub fn pass_turn(
    transaction: &Transaction<'_>,
    id: i64,
    order: SealOrder,
    now: UnixTime,
) -> Result<Vec<Party>, StoreError> {
    let most = if order == SealOrder::Any { i64::MAX } else { 1 };
    let parties = parties(transaction, id)?;
    let waiting = parties.into_iter().filter(|party| party.sealed.is_none());
    let update = "UPDATE contract_party SET turn = ?3 WHERE contract_id = ?1 AND position = ?2";
    let mut new = Vec::new();
    for (_, party) in (0..most).zip(waiting) {
        if party.turn.is_none() {
            transaction.execute(update, params![id, party.position, seconds(now)])?;
            new.push(party);
        }
    }
    Ok(new)
}

/// Writes down that a party has sealed.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Damaged`] if it had before, which the caller has just ruled out.
pub fn seal(
    transaction: &Transaction<'_>,
    (id, enterprise): (i64, i64),
    account: i64,
    seal: &str,
    now: UnixTime,
) -> Result<(), StoreError> {
    let update = "UPDATE contract_party SET sealed = ?3, sealed_by = ?4, seal_name = ?5
                  WHERE contract_id = ?1 AND enterprise_id = ?2 AND sealed IS NULL";
    let values = params![id, enterprise, seconds(now), account, seal];
    if transaction.execute(update, values)? == 1 {
        Ok(())
    } else {
        Err(StoreError::Damaged(
            "a party that had not sealed a moment ago",
        ))
    }
}

/// Takes all turns and seals back.
///
/// # Errors
/// [`StoreError`].
pub fn clear_turns(transaction: &Transaction<'_>, id: i64) -> Result<(), StoreError> {
    let update = "UPDATE contract_party SET turn = NULL, sealed = NULL, sealed_by = NULL, seal_name = NULL WHERE contract_id = ?1";
    transaction.execute(update, [id])?;
    Ok(())
}

/// The parties of a contract, in the order of sealing.
///
/// # Errors
/// [`StoreError`].
pub fn parties(transaction: &Transaction<'_>, id: i64) -> Result<Vec<Party>, StoreError> {
    let select = "SELECT p.position, p.enterprise_id, e.name, e.credit_code, e.kind, p.turn, p.sealed, a.name, p.seal_name
                  FROM contract_party p JOIN enterprise e ON e.id = p.enterprise_id
                  LEFT JOIN account a ON a.id = p.sealed_by WHERE p.contract_id = ?1 ORDER BY p.position";
    let mut select = transaction.prepare_cached(select)?;
    let rows = select.query_map([id], |row| {
        let sealed = match (row.get::<_, Option<i64>>(6)?, row.get(7)?, row.get(8)?) {
            (Some(at), Some(person), seal) => Some(PartySeal {
                at: time(at),
                person,
                seal: seal.unwrap_or_default(),
            }),
            (_, _, None::<String>) | (_, None::<String>, _) | (None, ..) => None,
        };
        Ok((
            row.get::<_, String>(4)?,
            Party {
                position: row.get(0)?,
                enterprise_id: row.get(1)?,
                name: row.get(2)?,
                credit_code: row.get(3)?,
                kind: EnterpriseKind::Platform,
                turn: row.get::<_, Option<i64>>(5)?.map(time),
                sealed,
            },
        ))
    })?;
    rows.map(|row| {
        let (kind, party) = row?;
        Ok(Party {
            kind: EnterpriseKind::read(&kind)?,
            ..party
        })
    })
    .collect()
}

/// The rows of the parties' enterprises, in the order of sealing.
pub(super) fn resolve(
    transaction: &Transaction<'_>,
    ours: i64,
    form: &Form,
) -> Result<Vec<i64>, Problem> {
    let mut others = Vec::new();
    for code in &form.counterparties {
        let unknown = || fields::one("counterparties", FieldError::Wrong);
        let id = accounts::enterprise_id(transaction, code)?.ok_or_else(unknown)?;
        if id == ours {
            return Err(fields::one("counterparties", FieldError::Taken));
        }
        others.push(id);
    }
    Ok(match form.order {
        SealOrder::OursLast => others.into_iter().chain([ours]).collect(),
        SealOrder::Any | SealOrder::OursFirst => [ours].into_iter().chain(others).collect(),
    })
}

pub(super) fn set_parties(
    transaction: &Transaction<'_>,
    id: i64,
    parties: &[i64],
) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM contract_party WHERE contract_id = ?1", [id])?;
    let insert =
        "INSERT INTO contract_party (contract_id, position, enterprise_id) VALUES (?1, ?2, ?3)";
    for (position, enterprise) in (0_i64..).zip(parties) {
        transaction.execute(insert, params![id, position, enterprise])?;
    }
    Ok(())
}
