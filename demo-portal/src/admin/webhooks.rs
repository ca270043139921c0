//! What became of the messages to the integrator's server.

use std::sync::Arc;

use hyper::StatusCode;
use rusqlite::Transaction;
use serde::Serialize;
use warp::Filter;

use crate::{
    http::{
        Problem, ProblemCode,
        endpoint::{Answer, Call, Route, json, without_body, without_body_of},
    },
    platform::{rights, session::OwnPage},
    portal::Portal,
    webhook::outbox::{self, Shown},
};

#[derive(Serialize)]
struct State {
    /// Where messages go; nothing if they go nowhere.
    url: Option<String>,
    /// Whether the receiver has said that it wants no more.
    stopped: bool,
    messages: Vec<Shown>,
}

/// The routes of webhooks.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "admin" / "webhooks").and(warp::get()),
            |portal, call| async move { show(&portal, &call).await },
        ),
        without_body_of(
            portal,
            warp::path!("api" / "admin" / "webhooks" / String / "retry").and(warp::post()),
            |portal, call, id| async move { retry(&portal, &call, id).await },
        ),
    ]
}

async fn show(portal: &Portal, call: &Call) -> Answer {
    rights::member(portal, &call.headers, None)
        .await?
        .require_staff()?;
    let messages = portal.store.read(outbox::list).await?;
    state(portal, messages)
}

async fn retry(portal: &Portal, call: &Call, id: String) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let now = portal.now();
    let again = move |transaction: &Transaction<'_>| {
        rights::require(transaction, &page.session, now)?.require_staff()?;
        if outbox::retry(transaction, &id, now)? {
            Ok(outbox::list(transaction)?)
        } else {
            Err(Problem::with_code(
                StatusCode::NOT_FOUND,
                ProblemCode::NotFound,
                "There is no such message.",
            ))
        }
    };
    let messages = portal.store.decide(again).await?;
    portal.webhooks.resume();
    state(portal, messages)
}

fn state(portal: &Portal, messages: Vec<Shown>) -> Answer {
    json(&State {
        url: portal.webhooks.endpoint.as_ref().map(ToString::to_string),
        stopped: portal.webhooks.stopped(),
        messages,
    })
}
