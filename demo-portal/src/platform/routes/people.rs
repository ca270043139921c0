//! The people of an enterprise over HTTP.

use std::sync::Arc;

use hyper::StatusCode;
use serde::Serialize;
use warp::Filter;

use crate::{
    http::{
        Problem,
        body::{self, SMALL_BODY},
        endpoint::{Answer, Call, Route, json, with_body, without_body, without_body_of},
    },
    platform::{
        people::{self, Change, Person, PersonBody},
        rights,
        session::{OwnPage, SessionId},
    },
    portal::Portal,
};

#[derive(Serialize)]
struct People {
    people: Vec<Person>,
}

#[derive(Serialize)]
struct Added {
    person: Person,
    password: String,
}

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = warp::path!("api" / "people");
    let one = warp::path!("api" / "people" / String / ..);
    let route = |name: &'static str, what: Change| {
        let path = one
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post());
        without_body_of(portal, path, move |portal, call, login| async move {
            change(&portal, &call, login, what).await
        })
    };
    vec![
        without_body(portal, path.and(warp::get()), |portal, call| async move {
            list(&portal, &call).await
        }),
        with_body(
            portal,
            path.and(warp::post()),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { add(&portal, &call, &bytes).await },
        ),
        route("disable", Change::Disable),
        route("enable", Change::Enable),
        route("make-administrator", Change::MakeAdministrator),
        route("make-operator", Change::MakeOperator),
    ]
}

async fn list(portal: &Portal, call: &Call) -> Answer {
    let session = SessionId::from_headers(&call.headers).ok_or_else(rights::login_required)?;
    let now = portal.now();
    let people = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            member.require_administrator()?;
            Ok::<_, Problem>(people::list(transaction, &member)?)
        })
        .await?;
    json(&People { people })
}

async fn add(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let member = rights::member(portal, &call.headers, Some(&page)).await?;
    member.require_administrator()?;
    portal.rates.people_per_account.check(member.account_id)?;
    let body: PersonBody = body::json(bytes)?;
    let (person, password) = people::add(portal, &body, &page.session, &call.caller).await?;
    let mut response = json(&Added { person, password })?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

async fn change(portal: &Portal, call: &Call, login: String, what: Change) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let people = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            people::change(transaction, &member, &login, what, &caller, now)?;
            Ok::<_, Problem>(people::list(transaction, &member)?)
        })
        .await?;
    json(&People { people })
}
