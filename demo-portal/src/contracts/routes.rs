//! Contracts over HTTP.

mod download;
mod form;
mod sealing;
mod templates;
mod transfer;

use std::{str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use warp::{Filter, Rejection};

use super::{
    rows,
    view::{self, ContractView},
};
use crate::{
    http::{
        Problem,
        endpoint::{Answer, Call, Route, json},
    },
    platform::{
        accounts::{self, Enterprise},
        events::Doer,
        rights::{self, Member},
        session::OwnPage,
    },
    portal::Portal,
    store::StoreError,
};

const JSON: &str = "application/json";
/// Enterprises that are found at once.
const ENTERPRISES: u32 = 20;
/// Characters that a word must have: one finds half of the register.
const WORD_CHARACTERS: usize = 2;

/// All routes of contracts.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    [
        form::routes(portal),
        templates::routes(portal),
        transfer::routes(portal),
        download::routes(portal),
        sealing::routes(portal),
    ]
    .concat()
}

/// A number in an address. What is none names nothing that is there; what is the name of something else is not for this route.
#[derive(Clone, Copy, Debug)]
struct Number(i64);

/// Rows count from 1, places from 0.
const NOTHING: i64 = -1;
const NAMES: [&str; 2] = ["seal-requests", "templates"];

impl FromStr for Number {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if NAMES.contains(&text) {
            return Err(());
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        Ok(Self(
            text.parse().ok().filter(|_| digits).unwrap_or(NOTHING),
        ))
    }
}

/// `/api/contracts/{id}` and what follows.
fn contract() -> impl Filter<Extract = (Number,), Error = Rejection> + Clone + Send + Sync + 'static
{
    warp::path!("api" / "contracts" / Number / ..)
}

/// Does something to a contract that is there, and answers with the contract as it is then.
async fn act<W>(portal: &Portal, call: &Call, id: i64, work: W) -> Answer
where
    W: FnOnce(&rusqlite::Transaction<'_>, &Member, &Doer<'_>) -> Result<(), Problem>
        + Send
        + 'static,
{
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let view: ContractView = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            work(transaction, &member, &doer)?;
            let contract = rows::find(transaction, &member, id)?;
            Ok::<_, Problem>(view::contract(transaction, &contract, &member, now)?)
        })
        .await?;
    json(&view)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnterpriseQuery {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Enterprises {
    enterprises: Vec<Enterprise>,
}

/// Who may be chosen as the other party.
async fn enterprises(portal: &Portal, call: &Call) -> Answer {
    let query: EnterpriseQuery = call.query()?;
    rights::member(portal, &call.headers, None).await?;
    let word = query.q.trim().to_owned();
    let characters = word.chars().count();
    if characters > super::form::TITLE_CHARACTERS {
        return Err(Problem::malformed("`q` is too long."));
    }
    let enterprises = if characters < WORD_CHARACTERS {
        Vec::new()
    } else {
        let found = portal
            .store
            .read(move |transaction| accounts::find_enterprises(transaction, &word, ENTERPRISES));
        found.await?
    };
    json(&Enterprises { enterprises })
}

/// Something of a contract that the caller may see.
async fn look<T, W>(portal: &Portal, call: &Call, id: i64, work: W) -> Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce(&rusqlite::Transaction<'_>, &rows::Contract, &Member) -> Result<T, Problem>
        + Send
        + 'static,
{
    let session = crate::platform::session::SessionId::from_headers(&call.headers)
        .ok_or_else(rights::login_required)?;
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            let contract = rows::find(transaction, &member, id)?;
            work(transaction, &contract, &member)
        })
        .await
}

/// What the system says about a file is no fault of the caller.
fn io(error: &std::io::Error) -> Problem {
    Problem::internal(error)
}

/// A row names a file that should be there.
fn missing() -> Problem {
    Problem::internal(&StoreError::Damaged("a revision that is missing"))
}
