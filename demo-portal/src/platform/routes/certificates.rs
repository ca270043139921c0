//! One's certificates over HTTP.

use std::sync::Arc;

use serde::Serialize;
use warp::Filter;

use crate::{
    http::{
        Problem,
        endpoint::{Answer, Call, Route, json, without_body_of},
    },
    platform::{
        holding::{self, Change, Door},
        rights,
        session::OwnPage,
        view::{self, AccountView},
    },
    portal::Portal,
};

#[derive(Serialize)]
struct Changed {
    account: AccountView,
}

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = warp::path!("api" / "certificates" / String / ..);
    let route = |name: &'static str, what: Change| {
        let path = path
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post());
        without_body_of(portal, path, move |portal, call, id| async move {
            change(&portal, &call, id, what).await
        })
    };
    vec![
        route("unbind", Change::Unbind),
        route("freeze", Change::Freeze),
        route("unfreeze", Change::Unfreeze),
    ]
}

async fn change(portal: &Portal, call: &Call, id: String, what: Change) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (showing, caller) = (portal.showing().await?, call.caller.clone());
    let account = portal
        .store
        .decide(move |transaction| {
            let now = showing.now;
            let member = rights::require(transaction, &page.session, now)?;
            holding::change(transaction, &member, (Door::Own, what, &id), &caller, now)?;
            let (account, login) = (member.account_id, member.login_id);
            Ok::<_, Problem>(view::account(transaction, account, login, &showing)?)
        })
        .await?;
    json(&Changed { account })
}
