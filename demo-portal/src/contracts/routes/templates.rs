//! Templates, and files that are made from them.

use std::sync::Arc;

use serde::Serialize;
use warp::Filter;

use super::{JSON, Number, act, contract};
use crate::{
    contracts::{
        filling::FillBody,
        rows,
        templates::{self, Template},
    },
    http::{
        Problem,
        body::{self, FILL_BODY},
        endpoint::{Answer, Call, Route, json, with_body_of, without_body},
    },
    platform::{rights, session::OwnPage},
    portal::Portal,
};

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "contracts" / "templates").and(warp::get()),
            |portal, call| async move { list(&portal, &call).await },
        ),
        with_body_of(
            portal,
            contract()
                .and(warp::path("fill"))
                .and(warp::path::end())
                .and(warp::post()),
            (JSON, FILL_BODY),
            |portal, call, Number(id), bytes| async move { fill(&portal, &call, id, &bytes).await },
        ),
    ]
}

#[derive(Serialize)]
struct Templates {
    templates: [Template; templates::ALL.len()],
}

async fn list(portal: &Portal, call: &Call) -> Answer {
    rights::member(portal, &call.headers, None).await?;
    json(&Templates {
        templates: templates::ALL,
    })
}

async fn fill(portal: &Arc<Portal>, call: &Call, id: i64, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let body: FillBody = body::json(bytes)?;
    let now = portal.now();
    let (before, enterprise) = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            let contract = rows::find(transaction, &member, id)?;
            contract.require_open(&member)?;
            Ok::<_, Problem>((contract, member.enterprise_id))
        })
        .await?;
    let _place = portal.contracts.making.take(enterprise)?;
    let made = body.make(portal, before).await?;
    act(portal, call, id, move |transaction, member, doer| {
        made.keep(transaction, member, doer)
    })
    .await
}
