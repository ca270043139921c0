//! The people of an enterprise, as their administrator looks after them; and what platform staff does with any account.
//!
//! Nobody closes or demotes their own account: an enterprise that has an administrator keeps one.

use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    http::{Problem, caller::Caller},
    platform::{
        accounts::{self, Account, NewAccount, Role},
        certificates,
        events::Doer,
        fields::{self, Fields, Login, PersonName, Phone},
        logins, password,
        rights::{self, Member},
        session::{self, SessionId},
        sessions,
    },
    portal::Portal,
    store::StoreError,
};

/// People of one enterprise: a large hospital's purchasing department, some times over.
pub const MAX_PEOPLE: usize = 200;

/// Whether somebody may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// They may.
    Active,
    /// An administrator has closed the account.
    Disabled,
}

impl AccountState {
    /// The state of an account.
    pub const fn of(account: &Account) -> Self {
        if account.disabled {
            Self::Disabled
        } else {
            Self::Active
        }
    }
}

/// A person, as their administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    login: String,
    name: String,
    phone: String,
    role: Role,
    state: AccountState,
    certificates: u32,
    last_login: Option<UnixTime>,
    #[serde(rename = "self")]
    is_self: bool,
}

/// What the form for a new person sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    login: String,
    name: String,
    phone: String,
}

/// What may be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Close it. Its sessions end.
    Disable,
    /// Open it again.
    Enable,
    /// End its sessions.
    EndSessions,
    /// Let the person look after the enterprise's people and certificates.
    MakeAdministrator,
    /// Let them do so no longer.
    MakeOperator,
}

/// The people of an enterprise.
///
/// # Errors
/// [`StoreError`].
pub fn list(transaction: &Transaction<'_>, member: &Member) -> Result<Vec<Person>, StoreError> {
    accounts::people(transaction, member.enterprise_id)?
        .into_iter()
        .map(|account| person(transaction, account, member))
        .collect()
}

/// Adds a person, with a password that is drawn and shown this once.
///
/// # Errors
/// 403 `not-allowed`, 422 or 409 with `fields`, 409 `full`.
pub async fn add(
    portal: &Portal,
    body: &PersonBody,
    session: &SessionId,
    caller: &Caller,
) -> Result<(Person, String), Problem> {
    let mut fields = Fields::default();
    let login = fields.take("login", Login::parse(&body.login));
    let name = fields.take("name", PersonName::parse(&body.name));
    let phone = fields.take("phone", Phone::parse(&body.phone));
    let (Some(login), Some(name), Some(phone)) = (login, name, phone) else {
        return Err(fields.refuse());
    };
    let now = portal.now();
    let (asking, wanted) = (session.clone(), login.clone());
    // Cheap refusals first: hashing a password costs 30 ms and 19 MiB.
    portal
        .store
        .decide(move |transaction| may_add(transaction, &asking, &wanted, now).map(|_| ()))
        .await?;
    let password = password::draw().map_err(|error| Problem::internal(&error))?;
    let password_hash = portal.passwords.hash_drawn(&password).await?;
    let (session, caller) = (session.clone(), caller.clone());
    let person = portal
        .store
        .decide(move |transaction| {
            let member = may_add(transaction, &session, &login, now)?;
            let new = NewAccount {
                login: login.as_str(),
                name: name.as_str(),
                phone: phone.as_str(),
                role: Role::Operator,
                password_hash: &password_hash,
            };
            let id = accounts::insert(transaction, member.enterprise_id, &new, now)?
                .ok_or_else(|| fields::taken("login"))?;
            let account = accounts::find(transaction, id)?;
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            let facts = json!({ "role": account.role });
            doer.record(transaction, "account.added", Some(id), facts)?;
            Ok::<_, Problem>(person(transaction, account, &member)?)
        })
        .await?;
    Ok((person, password))
}

/// Does something with an account of the member's enterprise.
///
/// # Errors
/// 403 `not-allowed`, 404, 409 for the member's own account.
pub fn change(
    transaction: &Transaction<'_>,
    member: &Member,
    login: &str,
    change: Change,
    caller: &Caller,
    now: UnixTime,
) -> Result<(), Problem> {
    member.require_administrator()?;
    let account = accounts::by_login(transaction, login)?
        .filter(|account| account.enterprise_id == member.enterprise_id)
        .ok_or_else(unknown)?;
    apply(transaction, member, &account, change, caller, now)
}

/// Does something with any account, for platform staff.
///
/// # Errors
/// 404, 409 for the member's own account.
pub fn change_any(
    transaction: &Transaction<'_>,
    member: &Member,
    login: &str,
    change: Change,
    caller: &Caller,
    now: UnixTime,
) -> Result<Account, Problem> {
    member.require_staff()?;
    let account = accounts::by_login(transaction, login)?.ok_or_else(unknown)?;
    // Otherwise an operator of the platform could make themselves its administrator.
    if account.enterprise_id == member.enterprise_id {
        member.require_administrator()?;
    }
    apply(transaction, member, &account, change, caller, now)?;
    Ok(accounts::find(transaction, account.id)?)
}

fn apply(
    transaction: &Transaction<'_>,
    member: &Member,
    account: &Account,
    change: Change,
    caller: &Caller,
    now: UnixTime,
) -> Result<(), Problem> {
    let own = account.id == member.account_id;
    if own && matches!(change, Change::Disable | Change::MakeOperator) {
        let detail = "Nobody closes or demotes their own account: another administrator does.";
        return Err(rights::not_allowed(detail).with_status(hyper::StatusCode::CONFLICT));
    }
    let doer = Doer {
        login: Some(&member.login),
        caller,
        at: now,
    };
    Ok(act(transaction, member, account, change, &doer)?)
}

/// Doing it twice is as good as once, and is written down once.
fn act(
    transaction: &Transaction<'_>,
    member: &Member,
    account: &Account,
    change: Change,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    let id = account.id;
    let record = |event, facts| doer.record(transaction, event, Some(id), facts);
    let set_role = |role| {
        if account.role == role {
            return Ok(());
        }
        accounts::set_role(transaction, id, role)?;
        record("account.role-changed", json!({ "role": role }))
    };
    match change {
        Change::Disable if account.disabled => Ok(()),
        Change::Disable => {
            accounts::set_disabled(transaction, id, Some(doer.at))?;
            let ended = session::end_all_of(transaction, id, None)?;
            record("account.disabled", json!({}))?;
            sessions::record_ended(transaction, id, ended, "account.disabled", doer)
        }
        Change::Enable if !account.disabled => Ok(()),
        Change::Enable => {
            accounts::set_disabled(transaction, id, None)?;
            record("account.enabled", json!({}))
        }
        Change::EndSessions => {
            let ended = session::end_all_of(transaction, id, Some(&member.session))?;
            sessions::record_ended(transaction, id, ended, "by administrator", doer)
        }
        Change::MakeAdministrator => set_role(Role::Administrator),
        Change::MakeOperator => set_role(Role::Operator),
    }
}

fn may_add(
    transaction: &Transaction<'_>,
    session: &SessionId,
    login: &Login,
    now: UnixTime,
) -> Result<Member, Problem> {
    let member = rights::require(transaction, session, now)?;
    member.require_administrator()?;
    if accounts::by_login(transaction, login.as_str())?.is_some() {
        return Err(fields::taken("login"));
    }
    if accounts::people(transaction, member.enterprise_id)?.len() >= MAX_PEOPLE {
        let detail = "The enterprise has as many people here as are allowed.";
        return Err(Problem::new(
            hyper::StatusCode::CONFLICT,
            Code::Full,
            detail,
        ));
    }
    Ok(member)
}

fn person(
    transaction: &Transaction<'_>,
    account: Account,
    member: &Member,
) -> Result<Person, StoreError> {
    Ok(Person {
        state: AccountState::of(&account),
        certificates: certificates::count(transaction, account.id)?,
        last_login: logins::last(transaction, account.id)?,
        is_self: account.id == member.account_id,
        login: account.login,
        name: account.name,
        phone: account.phone,
        role: account.role,
    })
}

fn unknown() -> Problem {
    Problem::not_found("There is no such account here.")
}
