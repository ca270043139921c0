//! All accounts, bound certificates and sessions, for platform staff.

use std::sync::Arc;

use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize};
use warp::Filter;

use crate::{
    admin::{PAGE, check_word, rows},
    http::{
        Problem,
        endpoint::{Answer, Call, Route, json, without_body, without_body_of},
    },
    platform::{
        accounts::{self, Account, Enterprise, Role},
        certificates::{self, BoundCertificate, Which},
        events::Doer,
        holding::{self, Door},
        logins,
        people::{self, AccountState, Change},
        rights::{self, Member},
        session::{OwnPage, SessionId},
        sessions::{self, SessionView},
    },
    portal::Portal,
    store::StoreError,
};

/// Which page of what is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: Option<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    #[serde(default)]
    page: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountRow {
    login: String,
    name: String,
    phone: String,
    role: Role,
    state: AccountState,
    enterprise: Enterprise,
    certificates: u32,
    sessions: u32,
    last_login: Option<UnixTime>,
}

#[derive(Serialize)]
struct Accounts {
    accounts: Vec<AccountRow>,
    total: u32,
}

#[derive(Serialize)]
struct OneAccount {
    account: AccountRow,
}

#[derive(Serialize)]
struct Bindings {
    certificates: Vec<BoundCertificate>,
    total: u32,
}

#[derive(Serialize)]
struct OneBinding {
    certificate: Option<BoundCertificate>,
}

#[derive(Serialize)]
struct Sessions {
    sessions: Vec<SessionView>,
    total: u32,
}

/// The routes of accounts, bindings and sessions.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let accounts = warp::path!("api" / "admin" / "accounts" / String / ..);
    let change_account = |name: &'static str, what: Change| {
        let path = accounts
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post());
        without_body_of(portal, path, move |portal, call, login| async move {
            change_account(&portal, &call, login, what).await
        })
    };
    let bindings = warp::path!("api" / "admin" / "bindings" / String / ..);
    let change_binding = |name: &'static str, what: holding::Change| {
        let path = bindings
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post());
        without_body_of(portal, path, move |portal, call, id| async move {
            change_binding(&portal, &call, id, what).await
        })
    };
    vec![
        without_body(
            portal,
            warp::path!("api" / "admin" / "accounts").and(warp::get()),
            |portal, call| async move { list_accounts(&portal, &call).await },
        ),
        change_account("disable", Change::Disable),
        change_account("enable", Change::Enable),
        change_account("end-sessions", Change::EndSessions),
        change_account("make-administrator", Change::MakeAdministrator),
        change_account("make-operator", Change::MakeOperator),
        without_body(
            portal,
            warp::path!("api" / "admin" / "bindings").and(warp::get()),
            |portal, call| async move { list_bindings(&portal, &call).await },
        ),
        change_binding("freeze", holding::Change::Freeze),
        change_binding("unfreeze", holding::Change::Unfreeze),
        change_binding("unbind", holding::Change::Unbind),
        without_body(
            portal,
            warp::path!("api" / "admin" / "sessions").and(warp::get()),
            |portal, call| async move { list_sessions(&portal, &call).await },
        ),
        without_body_of(
            portal,
            warp::path!("api" / "admin" / "sessions" / String / "end").and(warp::post()),
            |portal, call, id| async move { end_session(&portal, &call, id).await },
        ),
    ]
}

async fn list_accounts(portal: &Portal, call: &Call) -> Answer {
    let (word, rows) = call.query::<SearchQuery>()?.checked()?;
    let now = portal.now();
    let accounts = as_staff(portal, call, None, move |transaction, _| {
        let (found, total) = accounts::search(transaction, &word, rows)?;
        let row = |account| row(transaction, account, now);
        let accounts = found.into_iter().map(row).collect::<Result<_, _>>()?;
        Ok(Accounts { accounts, total })
    });
    json(&accounts.await?)
}

async fn change_account(portal: &Portal, call: &Call, login: String, what: Change) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let account = as_staff(portal, call, Some(&page), move |transaction, member| {
        let account = people::change_any(transaction, member, &login, what, &caller, now)?;
        let account = row(transaction, account, now)?;
        Ok(OneAccount { account })
    });
    json(&account.await?)
}

async fn list_bindings(portal: &Portal, call: &Call) -> Answer {
    let (word, rows) = call.query::<SearchQuery>()?.checked()?;
    let showing = portal.showing().await?;
    let bindings = as_staff(portal, call, None, move |transaction, _| {
        let (certificates, total) = certificates::search(transaction, &word, rows, &showing)?;
        Ok(Bindings {
            certificates,
            total,
        })
    });
    json(&bindings.await?)
}

async fn change_binding(portal: &Portal, call: &Call, id: String, what: holding::Change) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (showing, caller) = (portal.showing().await?, call.caller.clone());
    let binding = as_staff(portal, call, Some(&page), move |transaction, member| {
        let asked = (Door::Staff, what, id.as_str());
        holding::change(transaction, member, asked, &caller, showing.now)?;
        let certificate = match certificates::parse_id(&id) {
            Some(id) => certificates::list(transaction, Which::One(&id), &showing)?.pop(),
            None => None,
        };
        Ok(OneBinding { certificate })
    });
    json(&binding.await?)
}

async fn list_sessions(portal: &Portal, call: &Call) -> Answer {
    let rows = rows(call.query::<PageQuery>()?.page)?;
    let now = portal.now();
    let sessions = as_staff(portal, call, None, move |transaction, member| {
        let (sessions, total) = sessions::list(transaction, None, rows, &member.session, now)?;
        Ok(Sessions { sessions, total })
    });
    json(&sessions.await?)
}

async fn end_session(portal: &Portal, call: &Call, id: String) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let sessions = as_staff(portal, call, Some(&page), move |transaction, member| {
        let doer = Doer {
            login: Some(&member.login),
            caller: &caller,
            at: now,
        };
        sessions::end(transaction, None, &id, &doer)?;
        let rows = (0, PAGE);
        let (sessions, total) = sessions::list(transaction, None, rows, &member.session, now)?;
        Ok(Sessions { sessions, total })
    });
    json(&sessions.await?)
}

/// Works in a transaction in which the caller is platform staff.
async fn as_staff<T: Send + 'static>(
    portal: &Portal,
    call: &Call,
    page: Option<&OwnPage>,
    work: impl FnOnce(&Transaction<'_>, &Member) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let session = match page {
        Some(page) => page.session.clone(),
        None => SessionId::from_headers(&call.headers).ok_or_else(rights::login_required)?,
    };
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            member.require_staff()?;
            work(transaction, &member)
        })
        .await
}

impl SearchQuery {
    fn checked(self) -> Result<(String, (u32, u32)), Problem> {
        let word = self.q.trim().to_owned();
        check_word(&word)?;
        Ok((word, rows(self.page)?))
    }
}

fn row(
    transaction: &Transaction<'_>,
    account: Account,
    now: UnixTime,
) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        state: AccountState::of(&account),
        certificates: certificates::count(transaction, account.id)?,
        sessions: sessions::count(transaction, Some(account.id), now)?,
        last_login: logins::last(transaction, account.id)?,
        login: account.login,
        name: account.name,
        phone: account.phone,
        role: account.role,
        enterprise: account.enterprise,
    })
}
