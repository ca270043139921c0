//! A contract, as its parties see it.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use serde::Serialize;
use serde_json::Value;

use super::{
    attachments::{self, Attachment},
    files,
    form::SealOrder,
    revisions::{self, Level, Revision, Void, Why},
    rows::{Contract, May, Party, State},
};
use crate::{
    authority::registry::time,
    platform::{accounts::EnterpriseKind, rights::Member},
    store::StoreError,
};

/// A party.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartyView {
    name: String,
    credit_code: String,
    role: EnterpriseKind,
    state: PartyState,
    initiator: bool,
    sealed: Option<UnixTime>,
    person: Option<String>,
    seal: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum PartyState {
    Returned,
    Sealed,
    Turn,
    Waiting,
}

/// A contract in a list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowView {
    id: i64,
    number: String,
    title: String,
    order_number: String,
    amount: String,
    currency: &'static str,
    parties: Vec<PartyView>,
    created: UnixTime,
    updated: UnixTime,
    state: State,
    withdrawn: bool,
    my_turn: bool,
}

/// A contract with everything about it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractView {
    #[serde(flatten)]
    row: RowView,
    in_turn: bool,
    order: SealOrder,
    from: Option<String>,
    until: Option<String>,
    place: String,
    terms: String,
    template: Option<String>,
    fields: Option<Value>,
    created_by: CreatedBy,
    file: Option<FileView>,
    revisions: Vec<RevisionView>,
    history: Vec<StepView>,
    attachments: Vec<AttachmentView>,
    returned: Option<ReturnedView>,
    pending: bool,
    may: May,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedBy {
    person: String,
    enterprise: String,
    credit_code: String,
}

#[derive(Clone, Debug, Serialize)]
struct FileView {
    revision: i64,
    sha256: String,
    size: u64,
    pages: u32,
}

#[derive(Clone, Debug, Serialize)]
struct RevisionView {
    number: i64,
    sha256: String,
    size: u64,
    pages: u32,
    name: String,
    person: Option<String>,
    enterprise: Option<String>,
    at: UnixTime,
    why: Why,
    level: Level,
    follows: Option<i64>,
    current: bool,
    void: Option<Void>,
}

#[derive(Clone, Debug, Serialize)]
struct StepView {
    step: String,
    person: Option<String>,
    enterprise: Option<String>,
    received: UnixTime,
    done: Option<UnixTime>,
    opinion: String,
    elapsed: u64,
    void: bool,
}

#[derive(Clone, Debug, Serialize)]
struct AttachmentView {
    name: String,
    size: u64,
    sha256: String,
    person: String,
    enterprise: String,
    at: UnixTime,
}

#[derive(Clone, Debug, Serialize)]
struct ReturnedView {
    reason: String,
    person: String,
    enterprise: String,
    at: UnixTime,
    withdrawn: bool,
}

/// A contract as it stands in lists.
pub fn row(contract: &Contract, member: &Member) -> RowView {
    RowView {
        id: contract.id,
        number: contract.number.clone(),
        title: contract.title.clone(),
        order_number: contract.order_number.clone(),
        amount: contract.amount.text(),
        currency: "CNY",
        parties: contract
            .parties
            .iter()
            .map(|party| party_view(contract, party))
            .collect(),
        created: contract.created,
        updated: contract.updated,
        state: contract.state,
        withdrawn: contract.is_withdrawn(),
        my_turn: contract.turn_of(member.enterprise_id).is_some(),
    }
}

/// A contract with everything about it.
///
/// # Errors
/// [`StoreError`].
pub fn contract(
    transaction: &Transaction<'_>,
    contract: &Contract,
    member: &Member,
    now: UnixTime,
) -> Result<ContractView, StoreError> {
    let people = People::of(transaction, contract.id)?;
    let mut revisions = revisions::list(transaction, contract.id)?;
    revisions.retain(|revision| revision.is_for(contract, member.enterprise_id));
    let current = revisions
        .iter()
        .find(|revision| Some(revision.number) == contract.revision);
    // What is filled in is as secret as the file that is made of it.
    let ours = contract.enterprise_id == member.enterprise_id;
    let template = contract.template.as_ref();
    let template = template.filter(|_| ours || current.is_some());
    let returned = contract.returned.as_ref().map(|returned| {
        let (person, enterprise) = people.names(returned.account_id);
        ReturnedView {
            reason: returned.reason.clone(),
            person,
            enterprise,
            at: returned.at,
            withdrawn: contract.is_withdrawn(),
        }
    });
    let (person, enterprise) = people.names(contract.account_id);
    let initiator = contract.party(contract.enterprise_id);
    Ok(ContractView {
        row: row(contract, member),
        in_turn: contract.order != SealOrder::Any,
        order: contract.order,
        from: contract.from.clone(),
        until: contract.until.clone(),
        place: contract.place.clone(),
        terms: contract.terms.clone(),
        template: template.map(|(id, _)| id.clone()),
        fields: template.map(|(_, fields)| fields.clone()),
        created_by: CreatedBy {
            person,
            enterprise,
            credit_code: initiator.map_or_else(String::new, |party| party.credit_code.clone()),
        },
        file: current.map(|revision| FileView {
            revision: revision.number,
            sha256: hex(&revision.sha256),
            size: revision.size,
            pages: revision.pages,
        }),
        revisions: revisions
            .iter()
            .map(|revision| revision_view(contract, revision, &people))
            .collect(),
        history: history(transaction, contract, &people, now)?,
        attachments: attachments::list(transaction, contract.id)?
            .into_iter()
            .map(|attachment| attachment_view(attachment, &people))
            .collect(),
        returned,
        pending: current.is_some_and(|revision| revision.pending),
        may: contract.may(member),
    })
}

/// Under which name a revision is saved: one that no longer counts says so, since its seals are genuine wherever it is checked.
pub fn file_name(contract: &Contract, revision: &Revision) -> String {
    let Contract { number, title, .. } = contract;
    let void = revision.void.map_or("", |_| "-已作废");
    format!("{number}-{title}-v{}{void}.pdf", revision.number)
}

fn party_view(contract: &Contract, party: &Party) -> PartyView {
    let returned = contract.returned.as_ref();
    let state = if contract.state == State::Returned
        && returned.is_some_and(|returned| returned.enterprise_id == party.enterprise_id)
    {
        PartyState::Returned
    } else if party.sealed.is_some() {
        PartyState::Sealed
    } else if contract.turn_of(party.enterprise_id).is_some() {
        PartyState::Turn
    } else {
        PartyState::Waiting
    };
    let sealed = party.sealed.as_ref();
    PartyView {
        name: party.name.clone(),
        credit_code: party.credit_code.clone(),
        role: party.kind,
        state,
        initiator: party.enterprise_id == contract.enterprise_id,
        sealed: sealed.map(|seal| seal.at),
        person: sealed.map(|seal| seal.person.clone()),
        seal: sealed.map(|seal| seal.seal.clone()),
    }
}

fn revision_view(contract: &Contract, revision: &Revision, people: &People) -> RevisionView {
    let by = revision.account_id.map(|account| people.names(account));
    RevisionView {
        number: revision.number,
        sha256: hex(&revision.sha256),
        size: revision.size,
        pages: revision.pages,
        name: file_name(contract, revision),
        person: by.as_ref().map(|(person, _)| person.clone()),
        enterprise: by.map(|(_, enterprise)| enterprise),
        at: revision.at,
        why: revision.why,
        level: revision.level,
        follows: revision.follows,
        current: Some(revision.number) == contract.revision,
        void: revision.void,
    }
}

fn attachment_view(attachment: Attachment, people: &People) -> AttachmentView {
    let (person, enterprise) = people.names(attachment.account_id);
    AttachmentView {
        size: attachment.file.size,
        sha256: hex(&attachment.file.hash),
        name: attachment.name,
        person,
        enterprise,
        at: attachment.at,
    }
}

/// Steps whose outcome is void once the contract goes back.
const SEALING: [&str; 3] = ["seal", "stamp", "restamp"];
/// Steps with which it does.
const GOING_BACK: [&str; 2] = ["return", "withdraw"];

fn history(
    transaction: &Transaction<'_>,
    contract: &Contract,
    people: &People,
    now: UnixTime,
) -> Result<Vec<StepView>, StoreError> {
    let select = "SELECT step, account_id, received, done, opinion FROM contract_step WHERE contract_id = ?1 ORDER BY id";
    let mut select = transaction.prepare_cached(select)?;
    let rows = select.query_map([contract.id], |row| {
        let (received, done) = (time(row.get(2)?), time(row.get(3)?));
        let account: Option<i64> = row.get(1)?;
        let by = account.map(|account| people.names(account));
        Ok(StepView {
            step: row.get(0)?,
            person: by.as_ref().map(|(person, _)| person.clone()),
            enterprise: by.map(|(_, enterprise)| enterprise),
            received,
            done: Some(done),
            opinion: row.get(4)?,
            elapsed: done.saturating_secs_since(received),
            void: false,
        })
    })?;
    let mut steps: Vec<StepView> = rows.collect::<Result<_, _>>()?;
    let back = steps
        .iter()
        .rposition(|step| GOING_BACK.contains(&step.step.as_str()));
    for step in steps.iter_mut().take(back.unwrap_or(0)) {
        step.void = SEALING.contains(&step.step.as_str());
    }
    let waiting = |step: &str, enterprise: &str, received: UnixTime| StepView {
        step: step.to_owned(),
        person: None,
        enterprise: Some(enterprise.to_owned()),
        received,
        done: None,
        opinion: String::new(),
        elapsed: now.saturating_secs_since(received),
        void: false,
    };
    match contract.state {
        State::Draft | State::Returned => {
            let since = contract
                .returned
                .as_ref()
                .map_or(contract.created, |returned| returned.at);
            if let Some(initiator) = contract.party(contract.enterprise_id) {
                steps.push(waiting("submit", &initiator.name, since));
            }
        }
        State::Signing => {
            for party in &contract.parties {
                if let (Some(turn), None) = (party.turn, &party.sealed) {
                    steps.push(waiting("seal", &party.name, turn));
                }
            }
        }
        State::Done => {}
    }
    Ok(steps)
}

/// Writes down what was done. `received` is since when it was to do.
///
/// # Errors
/// [`StoreError`].
pub fn record_step(
    transaction: &Transaction<'_>,
    contract: i64,
    step: &str,
    account: Option<i64>,
    (received, done): (UnixTime, UnixTime),
    opinion: &str,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO contract_step (contract_id, step, account_id, received, done, opinion) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let seconds = crate::authority::registry::seconds;
    transaction.execute(
        insert,
        params![
            contract,
            step,
            account,
            seconds(received),
            seconds(done),
            opinion
        ],
    )?;
    Ok(())
}

/// Who had to do with a contract: the person's name, and their enterprise's.
struct People(BTreeMap<i64, (String, String)>);

impl People {
    fn of(transaction: &Transaction<'_>, contract: i64) -> Result<Self, StoreError> {
        let select = "SELECT a.id, a.name, e.name FROM account a JOIN enterprise e ON e.id = a.enterprise_id WHERE a.id IN (
                      SELECT account_id FROM contract WHERE id = ?1 UNION SELECT returned_by FROM contract WHERE id = ?1
                      UNION SELECT account_id FROM contract_revision WHERE contract_id = ?1
                      UNION SELECT account_id FROM contract_step WHERE contract_id = ?1
                      UNION SELECT account_id FROM contract_attachment WHERE contract_id = ?1)";
        let mut select = transaction.prepare_cached(select)?;
        let rows = select.query_map([contract], |row| {
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
        })?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    fn names(&self, account: i64) -> (String, String) {
        self.0.get(&account).cloned().unwrap_or_default()
    }
}

fn hex(hash: &[u8; 32]) -> String {
    files::name(hash)
}
