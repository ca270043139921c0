//! What is done with a contract beside its file and its seals: drawn up, changed, submitted, returned, deleted.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    form::{self, Form},
    notifications::{self, Kind},
    revisions::{self, Void},
    rows::{self, Contract, Party, State},
    sealing, view,
};
use crate::{
    authority::registry::seconds,
    http::{Problem, ProblemCode},
    platform::{
        accounts,
        events::{self, Doer},
        fields,
        rights::{self, Member},
    },
    store::StoreError,
    webhook,
};

/// Characters of a reason: some sentences.
pub const REASON_CHARACTERS: usize = 400;

/// Why a contract is returned.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnBody {
    reason: String,
}

/// Draws a contract up; returns its id.
///
/// # Errors
/// 422 with `fields`, 409 `full`.
pub fn create(
    transaction: &Transaction<'_>,
    member: &Member,
    form: &Form,
    doer: &Doer<'_>,
) -> Result<i64, Problem> {
    let id = rows::insert(transaction, member, form, doer.at)?;
    let contract = known(transaction, id)?;
    let now = (doer.at, doer.at);
    view::record_step(transaction, id, "draft", Some(member.account_id), now, "")?;
    record(transaction, "contract.created", &contract, member, doer)?;
    Ok(id)
}

/// Changes the form.
///
/// # Errors
/// 404, 403, 409 `conflict`, 422 with `fields`.
pub fn change(
    transaction: &Transaction<'_>,
    member: &Member,
    id: i64,
    form: &Form,
    doer: &Doer<'_>,
) -> Result<(), Problem> {
    let contract = rows::find(transaction, member, id)?;
    contract.require_open(member)?;
    rows::update(transaction, &contract, form, doer.at)?;
    let parties = |contract: &Contract| -> BTreeSet<i64> {
        let parties = contract.parties.iter();
        parties.map(|party| party.enterprise_id).collect()
    };
    if parties(&known(transaction, id)?) != parties(&contract) {
        // To these parties nothing was submitted yet, and what others have read, sealed or returned is not for them.
        let update = "UPDATE contract SET submitted = NULL WHERE id = ?1";
        transaction
            .execute(update, [id])
            .map_err(StoreError::from)?;
        revisions::show(transaction, id, None)?;
    }
    // A file made from a template would say what the form said before: it is made anew.
    if contract.template.is_some() && !known(transaction, id)?.says_the_same(&contract) {
        revisions::drop_file(transaction, id, doer.at)?;
    }
    Ok(record(
        transaction,
        "contract.changed",
        &contract,
        member,
        doer,
    )?)
}

/// Submits a contract: from now on its parties seal.
///
/// # Errors
/// 404, 403, 409 `conflict`.
pub fn submit(
    transaction: &Transaction<'_>,
    member: &Member,
    id: i64,
    doer: &Doer<'_>,
) -> Result<(), Problem> {
    let contract = rows::find(transaction, member, id)?;
    contract.require_open(member)?;
    if contract.revision.is_none() {
        let detail = "The contract has no file yet: upload one, or make it from a template.";
        return Err(Problem::conflict(detail));
    }
    let update = "UPDATE contract SET submitted = coalesce(submitted, ?2), returned_reason = NULL, returned_by = NULL,
                  returned_at = NULL WHERE id = ?1";
    transaction
        .execute(update, params![id, seconds(doer.at)])
        .map_err(StoreError::from)?;
    rows::clear_turns(transaction, id)?;
    revisions::show(transaction, id, contract.revision)?;
    rows::set_state(transaction, id, State::Signing, doer.at)?;
    let since = contract.returned.as_ref();
    let since = since.map_or(contract.created, |returned| returned.at);
    let account = Some(member.account_id);
    view::record_step(transaction, id, "submit", account, (since, doer.at), "")?;
    give_turns(transaction, &contract, member, doer)?;
    let contract = known(transaction, id)?;
    record(transaction, "contract.submitted", &contract, member, doer)?;
    Ok(announce(
        transaction,
        "contract.submitted",
        &contract,
        member,
        doer,
    )?)
}

/// Returns a contract to who drew it up; done by those themselves, it is a withdrawal. Seals that it has are void here: the file
/// in force is the one from before them.
///
/// # Errors
/// 404, 409 `conflict` or `not-your-turn`, 422 with `fields`.
pub fn give_back(
    transaction: &Transaction<'_>,
    member: &Member,
    id: i64,
    body: &ReturnBody,
    doer: &Doer<'_>,
) -> Result<(), Problem> {
    let contract = rows::find(transaction, member, id)?;
    let reason = form::required(form::lines(&body.reason, REASON_CHARACTERS))
        .map_err(|error| fields::one("reason", error))?;
    if contract.state != State::Signing {
        return Err(Problem::conflict("Nobody seals this contract at present."));
    }
    if !contract.may(member).give_back {
        return Err(not_your_turn());
    }
    let update = "UPDATE contract SET returned_reason = ?2, returned_by = ?3, returned_at = ?4 WHERE id = ?1";
    transaction
        .execute(
            update,
            params![id, reason, member.account_id, seconds(doer.at)],
        )
        .map_err(StoreError::from)?;
    let since = contract.turn_of(member.enterprise_id);
    let since = since.and_then(|party| party.turn).unwrap_or(doer.at);
    let account = Some(member.account_id);
    let withdrawn = member.enterprise_id == contract.enterprise_id;
    let (step, event, void) = if withdrawn {
        ("withdraw", "contract.withdrawn", Void::Withdrawn)
    } else {
        ("return", "contract.returned", Void::Returned)
    };
    view::record_step(transaction, id, step, account, (since, doer.at), &reason)?;
    rows::clear_turns(transaction, id)?;
    // Whoever signed before has not seen what comes back, even if the file is the same.
    sealing::void(transaction, id)?;
    rows::set_state(transaction, id, State::Returned, doer.at)?;
    if let Some(revision) = contract.revision {
        revisions::take_seals_back(transaction, id, revision, void, doer.at)?;
    }
    for party in others(&contract, member) {
        let to = (party.enterprise_id, id);
        let by = Some(member.enterprise_id);
        notifications::tell(transaction, to, Kind::Returned, by, &reason, doer.at)?;
    }
    let contract = known(transaction, id)?;
    record(transaction, event, &contract, member, doer)?;
    Ok(announce(transaction, event, &contract, member, doer)?)
}

/// Deletes a draft.
///
/// # Errors
/// 404, 403 `not-allowed`, 409 `conflict`.
pub fn delete(
    transaction: &Transaction<'_>,
    member: &Member,
    id: i64,
    doer: &Doer<'_>,
) -> Result<(), Problem> {
    let contract = rows::find(transaction, member, id)?;
    if contract.state != State::Draft || contract.submitted.is_some() {
        let detail = "The contract was submitted: it and its history stay.";
        return Err(Problem::conflict(detail));
    }
    if !contract.may(member).delete {
        let detail = "Only who made the draft, or an administrator of that enterprise, deletes it.";
        return Err(rights::not_allowed(detail));
    }
    record(transaction, "contract.deleted", &contract, member, doer)?;
    transaction
        .execute("DELETE FROM contract WHERE id = ?1", [id])
        .map_err(StoreError::from)?;
    Ok(())
}

/// Passes the turn on, and tells those to whom it is new.
///
/// # Errors
/// [`StoreError`].
pub(super) fn give_turns(
    transaction: &Transaction<'_>,
    contract: &Contract,
    member: &Member,
    doer: &Doer<'_>,
) -> Result<Vec<Party>, StoreError> {
    let new = rows::pass_turn(transaction, contract.id, contract.order, doer.at)?;
    for party in &new {
        if party.enterprise_id != member.enterprise_id {
            let to = (party.enterprise_id, contract.id);
            let by = Some(member.enterprise_id);
            notifications::tell(transaction, to, Kind::Turn, by, "", doer.at)?;
        }
    }
    Ok(new)
}

/// The other parties.
pub(super) fn others<'c>(
    contract: &'c Contract,
    member: &Member,
) -> impl Iterator<Item = &'c Party> {
    let own = member.enterprise_id;
    let parties = contract.parties.iter();
    parties.filter(move |party| party.enterprise_id != own)
}

/// Another party seals first.
pub(super) fn not_your_turn() -> Problem {
    let code = ProblemCode::Protocol(scanseal_protocol::error::Code::NotYourTurn);
    let detail = "It is another party's turn.";
    Problem::with_code(hyper::StatusCode::CONFLICT, code, detail)
}

/// A contract that is known to be there.
pub(super) fn known(transaction: &Transaction<'_>, id: i64) -> Result<Contract, StoreError> {
    rows::load(transaction, id)?.ok_or(StoreError::Damaged(
        "a contract that was there a moment ago",
    ))
}

/// Writes down what happened to a contract.
pub(super) fn record(
    transaction: &Transaction<'_>,
    event: &'static str,
    contract: &Contract,
    member: &Member,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    doer.record(transaction, event, Some(member.account_id), facts(contract))
}

/// A contract as the log names it: its number for people, its id for links.
pub(super) fn facts(contract: &Contract) -> Value {
    json!({ "contract": contract.number, "contractId": contract.id })
}

/// Tells what happened to a contract.
pub(super) fn announce(
    transaction: &Transaction<'_>,
    event: &'static str,
    contract: &Contract,
    member: &Member,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    let account = accounts::find(transaction, member.account_id)?;
    let mut data = events::account_data(&account);
    events::merge(&mut data, &json!({ "contract": data_of(contract) }));
    webhook::announce(transaction, event, &data, doer.at)
}

/// A contract as webhooks name it: no amounts, no terms.
fn data_of(contract: &Contract) -> Value {
    let party = |party: &Party| json!({ "name": party.name, "creditCode": party.credit_code, "sealed": party.sealed.as_ref().map(|seal| seal.at) });
    json!({
        "id": contract.id,
        "number": contract.number,
        "state": contract.state,
        "revision": contract.revision,
        "parties": contract.parties.iter().map(party).collect::<Vec<_>>(),
    })
}
