//! Contracts of the demo's enterprises, so that who starts it sees some of every state. Nothing of them is made up: they are filled
//! from templates, and sealed with seals that the authority issues, by the same checks as everybody's ([`phone`]).

mod phone;
mod plans;

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use hyper::{HeaderMap, header::HeaderValue};
use rusqlite::{OptionalExtension, Transaction};
use scanseal_pki::UnixTime;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::{
    phone::Phone,
    plans::{PLANS, Plan, Then},
};
use super::{
    actions::{self, ReturnBody},
    filling::FillBody,
    form::FormBody,
    rows,
};
use crate::{
    http::{Problem, caller::Caller},
    platform::{
        accounts::{self, Account},
        events::Doer,
        rights::Member,
        session::SessionId,
    },
    portal::Portal,
    store::StoreError,
};

/// What the log and the list of logins show as the browser.
const BROWSER: &str = "演示数据 demo data";

/// Makes the demo's contracts, unless there are contracts already; returns how many were made. Without a Chinese font there are none.
///
/// # Errors
/// Only faults of the server.
pub async fn seed(portal: &Arc<Portal>) -> Result<usize, Problem> {
    let there = portal
        .store
        .read(|transaction| {
            let any = "SELECT EXISTS (SELECT 1 FROM contract)";
            Ok(transaction.query_row(any, [], |row| row.get(0))?)
        })
        .await?;
    if there {
        return Ok(0);
    }
    if portal.contracts.font.is_none() {
        tracing::warn!(
            "no Chinese font to set contracts in (Debian package fonts-noto-cjk): the demo starts without contracts"
        );
        return Ok(0);
    }
    let mut phones = BTreeMap::new();
    for plan in &PLANS {
        make(portal, plan, &mut phones).await?;
    }
    for phone in phones.values() {
        phone.leave(portal).await?;
    }
    Ok(PLANS.len())
}

/// A contract that waits for somebody's seal.
#[derive(Clone, Debug)]
pub struct WaitingContract {
    /// For whose.
    pub login: String,
    /// 合同编号.
    pub number: String,
    /// 合同名称.
    pub title: String,
}

/// The first of the demo's contracts that waits for a seal of another party's.
///
/// # Errors
/// [`StoreError`].
pub fn waiting(transaction: &Transaction<'_>) -> Result<Option<WaitingContract>, StoreError> {
    let select = "SELECT a.login, c.number, c.title FROM contract c JOIN contract_party p ON p.contract_id = c.id
                  JOIN account a ON a.enterprise_id = p.enterprise_id
                  WHERE c.state = 'signing' AND p.turn IS NOT NULL AND p.sealed IS NULL AND p.enterprise_id <> c.enterprise_id
                  AND a.disabled IS NULL ORDER BY c.id, a.id LIMIT 1";
    let found = transaction.query_row(select, [], |row| {
        Ok(WaitingContract {
            login: row.get(0)?,
            number: row.get(1)?,
            title: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

async fn make(
    portal: &Arc<Portal>,
    plan: &Plan,
    phones: &mut BTreeMap<&'static str, Phone>,
) -> Result<(), Problem> {
    let id = draw_up(portal, plan).await?;
    if plan.then == Then::Draft {
        return Ok(());
    }
    act(portal, plan.by, move |transaction, member, doer| {
        actions::submit(transaction, member, id, doer)
    })
    .await?;
    for login in plan.sealed {
        if !phones.contains_key(login) {
            phones.insert(login, Phone::enrol(portal, login).await?);
        }
        let Some(phone) = phones.get(login) else {
            continue;
        };
        // Without a font the authority has drawn no seals: the contract waits for a person's.
        if !phone.seal(portal, id).await? {
            return Ok(());
        }
    }
    if let Then::Returned { by, reason } = plan.then {
        let body: ReturnBody = read(json!({ "reason": reason }))?;
        act(portal, by, move |transaction, member, doer| {
            actions::give_back(transaction, member, id, &body, doer)
        })
        .await?;
    }
    Ok(())
}

/// Form and file.
async fn draw_up(portal: &Arc<Portal>, plan: &Plan) -> Result<i64, Problem> {
    let year = portal.now().to_rfc3339();
    let year: u32 = year
        .get(..4)
        .and_then(|year| year.parse().ok())
        .unwrap_or(2026);
    let other = find(portal, plan.with).await?;
    let form = json!({
        "title": plan.title.replace("{year}", &(year + 1).to_string()),
        "orderNumber": plan.order_number,
        "amount": plan.amount,
        "from": format!("{}-01-01", year + 1),
        "until": format!("{}-12-31", year + 1),
        "place": "云岭市",
        "terms": plan.terms,
        "counterparties": [{ "creditCode": other.enterprise.credit_code }],
        "order": plan.order,
    });
    let form = read::<FormBody>(form)?.read()?;
    let (id, contract) = act(portal, plan.by, move |transaction, member, doer| {
        let id = actions::create(transaction, member, &form, doer)?;
        Ok((id, rows::find(transaction, member, id)?))
    })
    .await?;
    let fill = json!({ "template": plan.template, "fields": (plan.fields)() });
    let made = read::<FillBody>(fill)?.make(portal, contract).await?;
    act(portal, plan.by, move |transaction, member, doer| {
        made.keep(transaction, member, doer)
    })
    .await?;
    Ok(id)
}

async fn find(portal: &Portal, login: &'static str) -> Result<Account, Problem> {
    let missing = StoreError::Damaged("an account of the demo that is missing");
    let found = portal
        .store
        .read(move |transaction| accounts::by_login(transaction, login));
    let account = found.await?.ok_or_else(|| Problem::internal(&missing))?;
    Ok(account)
}

/// Does something as one of the demo's people.
async fn act<T, W>(portal: &Portal, login: &'static str, work: W) -> Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce(&Transaction<'_>, &Member, &Doer<'_>) -> Result<T, Problem> + Send + 'static,
{
    let session = SessionId::random().map_err(|error| Problem::internal(&error))?;
    let (now, caller): (UnixTime, _) = (portal.now(), caller());
    portal
        .store
        .decide(move |transaction| {
            let account = accounts::by_login(transaction, login)?.ok_or(StoreError::Damaged(
                "an account of the demo that is missing",
            ))?;
            let enterprise_id =
                accounts::enterprise_id(transaction, &account.enterprise.credit_code)?
                    .ok_or(StoreError::Damaged("an account without an enterprise"))?;
            let member = Member {
                account_id: account.id,
                login: account.login,
                role: account.role,
                enterprise_id,
                kind: account.enterprise.kind,
                session,
                login_id: 0,
            };
            let doer = Doer {
                login: Some(login),
                caller: &caller,
                at: now,
            };
            work(transaction, &member, &doer)
        })
        .await
}

fn caller() -> Caller {
    let mut caller = Caller::new(
        IpAddr::from([127, 0, 0, 1]),
        &HeaderMap::<HeaderValue>::new(),
    );
    BROWSER.clone_into(&mut caller.browser);
    caller
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::internal(&error))
}
