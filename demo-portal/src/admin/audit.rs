//! The whole log, for platform staff.

use std::sync::Arc;

use serde::Deserialize;
use warp::Filter;

use crate::{
    admin::check_word,
    audit::{
        read::{self, PageQuery, Scope},
        routes::download,
    },
    http::endpoint::{Answer, Call, Route, json, without_body},
    platform::rights,
    portal::Portal,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    before: Option<u64>,
    limit: Option<u32>,
    #[serde(default)]
    q: String,
}

/// The routes of the log.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "admin" / "audit").and(warp::get()),
            |portal, call| async move { events(&portal, &call).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "admin" / "audit" / "export").and(warp::get()),
            |portal, call| async move {
                let member = rights::member(&portal, &call.headers, None).await?;
                member.require_staff()?;
                download(&portal, Scope::Everything).await
            },
        ),
    ]
}

async fn events(portal: &Portal, call: &Call) -> Answer {
    rights::member(portal, &call.headers, None)
        .await?
        .require_staff()?;
    let Search { before, limit, q } = call.query()?;
    let query = PageQuery::new(before, limit)?;
    check_word(&q)?;
    let page = portal
        .store
        .read(move |transaction| read::page(transaction, Scope::Everything, &query, q.trim()))
        .await?;
    json(&page)
}
