//! The log over HTTP: a person's own events, and for administrators those of their enterprise.

use std::sync::Arc;

use hyper::header::{self, HeaderValue};
use warp::{Filter, Reply};

use super::{
    export,
    read::{self, PageQuery, Scope},
};
use crate::{
    http::endpoint::{Answer, Call, Route, json, without_body},
    platform::rights,
    portal::Portal,
};

/// JSON Lines has no registered media type; this one is in use.
const LINES: HeaderValue = HeaderValue::from_static("application/jsonl");
const FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"scanseal-audit.jsonl\"");

/// All routes of a person's own log.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "audit").and(warp::get()),
            |portal, call| async move { own_events(&portal, &call).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "audit" / "export").and(warp::get()),
            |portal, call| async move {
                let member = rights::member(&portal, &call.headers, None).await?;
                download(&portal, Scope::own(&member)).await
            },
        ),
    ]
}

async fn own_events(portal: &Portal, call: &Call) -> Answer {
    let query = call.query::<PageQuery>()?.checked()?;
    let member = rights::member(portal, &call.headers, None).await?;
    let scope = Scope::own(&member);
    let page = portal
        .store
        .read(move |transaction| read::page(transaction, scope, &query, ""))
        .await?;
    json(&page)
}

/// An export as a file to keep.
///
/// # Errors
/// Faults of the store.
pub async fn download(portal: &Portal, scope: Scope) -> Answer {
    let lines = export::stream(&portal.store, scope).await?;
    let mut response = warp::reply::stream(lines).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, LINES);
    headers.insert(header::CONTENT_DISPOSITION, FILE);
    Ok(response)
}
