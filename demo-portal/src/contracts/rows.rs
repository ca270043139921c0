//! Contracts and their parties: the rows, whose turn it is, and who may do what.
//!
//! | who | may |
//! |---|---|
//! | people of the enterprise that drew it up | see it; while it is a draft or returned: change it, submit it; call it back while it is sealed |
//! | who made the draft, and administrators of that enterprise | delete a draft that was never submitted |
//! | people of the other parties | see it once it was submitted |
//! | people of the party whose turn it is | seal it with a certificate bound to their account, or return it |
//! | everybody else, platform staff too | nothing: for them there is no such contract |

mod party;

pub use party::{Party, PartySeal, clear_turns, parties, pass_turn, seal};

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::form::{Amount, Form, SealOrder};
use crate::{
    authority::registry::{seconds, time},
    http::Problem,
    platform::rights::{self, Member},
    store::StoreError,
};
use party::{resolve, set_parties};

/// Drafts of one enterprise: a year's contracts, prepared at once.
pub const DRAFTS: u32 = 200;

/// Where a contract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// 待提交.
    Draft,
    /// 审核中: the parties seal.
    Signing,
    /// 通过: all have sealed.
    Done,
    /// 退回.
    Returned,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signing => "signing",
            Self::Done => "done",
            Self::Returned => "returned",
        }
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        [Self::Draft, Self::Signing, Self::Done, Self::Returned]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(StoreError::Damaged("a contract of no known state"))
    }
}

/// A contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its row.
    pub id: i64,
    /// 合同编号.
    pub number: String,
    /// Who drew it up.
    pub enterprise_id: i64,
    /// Which person.
    pub account_id: i64,
    /// Where it stands.
    pub state: State,
    /// When it was drawn up.
    pub created: UnixTime,
    /// When something happened last.
    pub updated: UnixTime,
    /// 合同名称.
    pub title: String,
    /// 订单编号.
    pub order_number: String,
    /// The amount.
    pub amount: Amount,
    /// First day.
    pub from: Option<String>,
    /// Last day.
    pub until: Option<String>,
    /// 签订地点.
    pub place: String,
    /// 主要条款.
    pub terms: String,
    /// Who seals first.
    pub order: SealOrder,
    /// The template of its file, and what was filled in.
    pub template: Option<(String, Value)>,
    /// The revision in force.
    pub revision: Option<i64>,
    /// When it was submitted the first time.
    pub submitted: Option<UnixTime>,
    /// That it was returned, if that is how it stands or stood last.
    pub returned: Option<Returned>,
    /// The parties, in the order of sealing.
    pub parties: Vec<Party>,
}

/// That a contract was returned.
#[derive(Clone, Debug)]
pub struct Returned {
    /// Why.
    pub reason: String,
    /// By which account.
    pub account_id: i64,
    /// Of which enterprise.
    pub enterprise_id: i64,
    /// When.
    pub at: UnixTime,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct May {
    /// Change form, file and attachments.
    pub edit: bool,
    /// Submit it.
    pub submit: bool,
    /// Seal it.
    pub seal: bool,
    /// Return it, or call it back.
    #[serde(rename = "return")]
    pub give_back: bool,
    /// Delete it.
    pub delete: bool,
}

impl Contract {
    /// What this member may do with it.
    pub fn may(&self, member: &Member) -> May {
        let ours = member.enterprise_id == self.enterprise_id;
        let open = matches!(self.state, State::Draft | State::Returned);
        let turn = self.turn_of(member.enterprise_id).is_some();
        let own = member.account_id == self.account_id || member.is_administrator();
        May {
            edit: ours && open,
            submit: ours && open && self.revision.is_some(),
            seal: turn,
            give_back: self.state == State::Signing && (ours || turn),
            delete: ours && own && self.state == State::Draft && self.submitted.is_none(),
        }
    }

    /// Whether who drew it up has taken it back, rather than another party returned it.
    pub fn is_withdrawn(&self) -> bool {
        let returned = self.returned.as_ref();
        returned.is_some_and(|returned| returned.enterprise_id == self.enterprise_id)
    }

    /// Whether a file made from one of them says what the other says as well.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let said = |contract: &Self| {
            let parties = contract.parties.iter();
            let parties: Vec<_> = parties.map(|party| party.credit_code.clone()).collect();
            let days = (contract.from.clone(), contract.until.clone());
            let texts = [&contract.title, &contract.order_number, &contract.place];
            (
                texts.map(String::clone),
                contract.terms.clone(),
                contract.amount,
                days,
                parties,
            )
        };
        said(self) == said(other)
    }

    /// The party that is this enterprise, if it may seal now.
    pub fn turn_of(&self, enterprise_id: i64) -> Option<&Party> {
        let party = self.party(enterprise_id)?;
        let waits = party.sealed.is_none() && party.turn.is_some();
        (self.state == State::Signing && waits).then_some(party)
    }

    /// The party that is this enterprise.
    pub fn party(&self, enterprise_id: i64) -> Option<&Party> {
        let mut parties = self.parties.iter();
        parties.find(|party| party.enterprise_id == enterprise_id)
    }

    /// The party that seals now, or why this enterprise does not.
    ///
    /// # Errors
    /// The code: `already-sealed`, `not-your-turn`; nothing for a contract that nobody seals at present.
    pub fn require_turn(&self, enterprise_id: i64) -> Result<&Party, Option<Code>> {
        if let Some(party) = self.turn_of(enterprise_id) {
            return Ok(party);
        }
        let party = self.party(enterprise_id);
        Err(match (self.state, party) {
            (State::Signing | State::Done, Some(party)) if party.sealed.is_some() => {
                Some(Code::AlreadySealed)
            }
            (State::Signing, _) => Some(Code::NotYourTurn),
            _ => None,
        })
    }

    /// Only for who drew it up, and while it can be changed.
    ///
    /// # Errors
    /// 403 `not-allowed`, 409 `conflict`.
    pub fn require_open(&self, member: &Member) -> Result<(), Problem> {
        if member.enterprise_id != self.enterprise_id {
            let detail = "Only the enterprise that drew the contract up changes it.";
            return Err(rights::not_allowed(detail));
        }
        if matches!(self.state, State::Draft | State::Returned) {
            return Ok(());
        }
        Err(Problem::conflict(
            "The contract was submitted: call it back, and it can be changed.",
        ))
    }
}

/// The contract with this id, if the member may know of it.
///
/// # Errors
/// 404.
pub fn find(transaction: &Transaction<'_>, member: &Member, id: i64) -> Result<Contract, Problem> {
    load(transaction, id)?
        .filter(|contract| {
            let ours = contract.enterprise_id == member.enterprise_id;
            let party = contract.party(member.enterprise_id).is_some();
            ours || (party && contract.submitted.is_some())
        })
        .ok_or_else(|| Problem::not_found("There is no such contract."))
}

/// The contract with this id.
///
/// # Errors
/// [`StoreError`].
pub fn load(transaction: &Transaction<'_>, id: i64) -> Result<Option<Contract>, StoreError> {
    let select = format!("{SELECT} WHERE c.id = ?1");
    let row = transaction
        .prepare_cached(&select)?
        .query_row([id], |row| Ok(read(row)))
        .optional()?;
    let Some(mut contract) = row.transpose()? else {
        return Ok(None);
    };
    contract.parties = parties(transaction, id)?;
    Ok(Some(contract))
}

/// Draws a contract up; returns its id.
///
/// # Errors
/// 422 with `fields` for parties that are unknown, 409 `full`.
pub fn insert(
    transaction: &Transaction<'_>,
    member: &Member,
    form: &Form,
    now: UnixTime,
) -> Result<i64, Problem> {
    let drafts = "SELECT count(*) FROM contract WHERE enterprise_id = ?1 AND state = 'draft'";
    let drafts: u32 = transaction
        .query_row(drafts, [member.enterprise_id], |row| row.get(0))
        .map_err(StoreError::from)?;
    if drafts >= DRAFTS {
        let detail = format!("Your enterprise has {DRAFTS} drafts: submit or delete some first.");
        return Err(Problem::new(
            hyper::StatusCode::CONFLICT,
            Code::Full,
            detail,
        ));
    }
    let parties = resolve(transaction, member.enterprise_id, form)?;
    let year = year(now);
    let number = crate::authority::registry::next(transaction, &format!("contract-{year}"))?;
    let insert = "INSERT INTO contract (number, enterprise_id, account_id, state, created, updated, title, order_number, amount,
                  first_day, last_day, place, terms, seal_order) VALUES (?1, ?2, ?3, 'draft', ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    transaction
        .execute(
            insert,
            params![
                format!("HT-{year}-{number:06}"),
                member.enterprise_id,
                member.account_id,
                seconds(now),
                form.title,
                form.order_number,
                form.amount.fen(),
                form.from.as_ref().map(super::form::Day::as_str),
                form.until.as_ref().map(super::form::Day::as_str),
                form.place,
                form.terms,
                form.order.as_str(),
            ],
        )
        .map_err(StoreError::from)?;
    let id = transaction.last_insert_rowid();
    set_parties(transaction, id, &parties)?;
    Ok(id)
}

/// Puts another form in the place of the one before.
///
/// # Errors
/// As [`insert`].
pub fn update(
    transaction: &Transaction<'_>,
    contract: &Contract,
    form: &Form,
    now: UnixTime,
) -> Result<(), Problem> {
    let parties = resolve(transaction, contract.enterprise_id, form)?;
    let update = "UPDATE contract SET updated = ?2, title = ?3, order_number = ?4, amount = ?5, first_day = ?6, last_day = ?7,
                  place = ?8, terms = ?9, seal_order = ?10 WHERE id = ?1";
    transaction
        .execute(
            update,
            params![
                contract.id,
                seconds(now),
                form.title,
                form.order_number,
                form.amount.fen(),
                form.from.as_ref().map(super::form::Day::as_str),
                form.until.as_ref().map(super::form::Day::as_str),
                form.place,
                form.terms,
                form.order.as_str(),
            ],
        )
        .map_err(StoreError::from)?;
    Ok(set_parties(transaction, contract.id, &parties)?)
}

/// Says where a contract stands from now on.
///
/// # Errors
/// [`StoreError`].
pub fn set_state(
    transaction: &Transaction<'_>,
    id: i64,
    state: State,
    now: UnixTime,
) -> Result<(), StoreError> {
    let update = "UPDATE contract SET state = ?2, updated = ?3 WHERE id = ?1";
    transaction.execute(update, params![id, state.as_str(), seconds(now)])?;
    Ok(())
}

/// The year where the platform is (UTC+8).
fn year(now: UnixTime) -> String {
    let here = now.saturating_add_secs(8 * 3_600).to_rfc3339();
    here.split('-').next().unwrap_or_default().to_owned()
}

const SELECT: &str = "SELECT c.id, c.number, c.enterprise_id, c.account_id, c.state, c.created, c.updated, c.title, c.order_number,
    c.amount, c.first_day, c.last_day, c.place, c.terms, c.seal_order, c.template, c.fields, c.revision, c.submitted,
    c.returned_reason, c.returned_by, c.returned_at,
    (SELECT enterprise_id FROM account WHERE id = c.returned_by) FROM contract c";

fn read(row: &Row<'_>) -> Result<Contract, StoreError> {
    let template = match (row.get(15)?, row.get::<_, Option<String>>(16)?) {
        (Some(template), Some(fields)) => {
            let fields = serde_json::from_str(&fields)
                .map_err(|_| StoreError::Damaged("fields of a template that cannot be read"))?;
            Some((template, fields))
        }
        _ => None,
    };
    let returned = match (
        row.get(19)?,
        row.get(20)?,
        row.get::<_, Option<i64>>(21)?,
        row.get(22)?,
    ) {
        (Some(reason), Some(account_id), Some(at), Some(enterprise_id)) => Some(Returned {
            reason,
            account_id,
            enterprise_id,
            at: time(at),
        }),
        _ => None,
    };
    Ok(Contract {
        id: row.get(0)?,
        number: row.get(1)?,
        enterprise_id: row.get(2)?,
        account_id: row.get(3)?,
        state: State::read(&row.get::<_, String>(4)?)?,
        created: time(row.get(5)?),
        updated: time(row.get(6)?),
        title: row.get(7)?,
        order_number: row.get(8)?,
        amount: Amount::from_fen(row.get(9)?),
        from: row.get(10)?,
        until: row.get(11)?,
        place: row.get(12)?,
        terms: row.get(13)?,
        order: SealOrder::read(&row.get::<_, String>(14)?)
            .ok_or(StoreError::Damaged("a contract of no known order"))?,
        template,
        revision: row.get(17)?,
        submitted: row.get::<_, Option<i64>>(18)?.map(time),
        returned,
        parties: Vec::new(),
    })
}
