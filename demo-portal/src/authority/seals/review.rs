//! Platform staff looks at photographed seals, and can revoke any.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::{
    audit,
    authority::{
        Authority,
        seals::{
            asking::facts,
            making,
            records::{self, Record, SUPERSEDED, State},
        },
        trust::Editor,
    },
    http::Problem,
    platform::{accounts, certificates},
    store::StoreError,
};

/// Characters of why a photographed seal is returned.
pub const MAX_REASON_CHARACTERS: usize = 200;

impl Authority {
    /// Accepts a photographed seal: it is signed, and takes the place of the one that it shall replace.
    ///
    /// # Errors
    /// 404 if there is no such seal, 409 `conflict` if it does not wait or its certificate is not in force.
    pub(crate) fn approve_seal(
        &self,
        transaction: &Transaction<'_>,
        id: &str,
        editor: Editor<'_>,
        now: UnixTime,
    ) -> Result<(), Problem> {
        let mut record = waiting(transaction, id)?;
        let picture = records::waiting_picture(transaction, id)?.ok_or_else(unknown)?;
        let issued = records::issued(transaction, &record.serial)?
            .ok_or(StoreError::Damaged("a seal of no certificate"))?;
        if issued.revoked || issued.certificate.not_after() < now {
            let detail = "The seal's certificate is not in force: return the seal.";
            return Err(Problem::conflict(detail));
        }
        let ca = self
            .find(&issued.ca)
            .ok_or(StoreError::Damaged("a certificate of no authority"))?;
        record.state = State::Issued;
        record.since = now;
        making::sign(ca, &issued.certificate, &mut record, picture)?;
        records::decided(transaction, &record)?;
        if let Some(replaced) = &record.replaces {
            records::set_revoked(transaction, replaced, SUPERSEDED, now)?;
        }
        Ok(tell(transaction, "seal.issued", &record, editor, now)?)
    }
}

/// Does not accept a photographed seal; its holder reads why.
///
/// # Errors
/// As [`Authority::approve_seal`].
pub(crate) fn return_seal(
    transaction: &Transaction<'_>,
    id: &str,
    reason: &str,
    editor: Editor<'_>,
    now: UnixTime,
) -> Result<(), Problem> {
    let record = Record {
        state: State::Returned,
        since: now,
        reason: Some(reason.to_owned()),
        ..waiting(transaction, id)?
    };
    records::decided(transaction, &record)?;
    Ok(tell(transaction, "seal.returned", &record, editor, now)?)
}

/// Revokes a seal.
///
/// # Errors
/// 404 if there is no such seal, 409 `conflict` if it was revoked before or never issued.
pub(crate) fn revoke_seal(
    transaction: &Transaction<'_>,
    id: &str,
    reason: &str,
    editor: Editor<'_>,
    now: UnixTime,
) -> Result<(), Problem> {
    records::find(transaction, id)?.ok_or_else(unknown)?;
    if !records::set_revoked(transaction, id, reason, now)? {
        let detail = "The seal was revoked before, or was never issued.";
        return Err(Problem::conflict(detail));
    }
    let record = records::find(transaction, id)?.ok_or_else(unknown)?;
    Ok(tell(transaction, "seal.revoked", &record, editor, now)?)
}

/// There is no such seal.
pub(crate) fn unknown() -> Problem {
    Problem::not_found("There is no such seal.")
}

fn waiting(transaction: &Transaction<'_>, id: &str) -> Result<Record, Problem> {
    let record = records::find(transaction, id)?.ok_or_else(unknown)?;
    if record.state != State::Waiting {
        return Err(Problem::conflict("Somebody has decided about the seal."));
    }
    Ok(record)
}

fn tell(
    transaction: &Transaction<'_>,
    event: &'static str,
    record: &Record,
    editor: Editor<'_>,
    now: UnixTime,
) -> Result<(), StoreError> {
    let issued = records::issued(transaction, &record.serial)?
        .ok_or(StoreError::Damaged("a seal of no certificate"))?;
    let account = certificates::find(transaction, &issued.certificate.sha256())?
        .map(|binding| accounts::find(transaction, binding.account_id))
        .transpose()?;
    let event = audit::NewEvent {
        at: now,
        event,
        account: account.map(|account| account.id),
        actor: Some(editor.login),
        caller: Some(editor.caller),
        facts: facts(&issued.certificate, record),
    };
    audit::record(transaction, &event)
}
