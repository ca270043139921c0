//! The platform's keys over HTTP: see them, make the next one, switch to it, retire old ones.

use std::sync::Arc;

use serde::Serialize;
use warp::Filter;

use crate::{
    admin::staff::{StaffCall, require_staff},
    http::{
        Problem,
        endpoint::{Answer, Call, Route, json, without_body},
    },
    platform_keys::KeyView,
    portal::Portal,
};

#[derive(Serialize)]
struct Keys {
    keys: Vec<KeyView>,
}

/// The routes.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let post = |change: &'static str| {
        warp::path!("api" / "admin" / "keys" / ..)
            .and(warp::path(change))
            .and(warp::path::end())
            .and(warp::post())
    };
    vec![
        without_body(
            portal,
            warp::path!("api" / "admin" / "keys").and(warp::get()),
            |portal, call| async move {
                require_staff(&portal, &call.headers).await?;
                view(portal).await
            },
        ),
        without_body(portal, post("next"), |portal, call| {
            whole(change(portal, call, Step::Make))
        }),
        without_body(portal, post("switch"), |portal, call| {
            whole(change(portal, call, Step::Switch))
        }),
        without_body(portal, post("retire"), |portal, call| {
            whole(change(portal, call, Step::Retire))
        }),
    ]
}

#[derive(Clone, Copy)]
enum Step {
    Make,
    Retire,
    Switch,
}

async fn change(portal: Arc<Portal>, call: Call, step: Step) -> Answer {
    let by = StaffCall::require(&portal, &call).await?;
    let (keys, store) = (&portal.platform, &portal.store);
    let (authority, source) = (&portal.authority, portal.trust.source());
    match step {
        Step::Make => keys.make(authority, source, store, by).await?,
        Step::Switch => keys.switch(authority, store, by).await?,
        Step::Retire => keys.retire(source, store, by).await?,
    }
    view(portal).await
}

async fn view(portal: Arc<Portal>) -> Answer {
    let shared = Arc::clone(&portal);
    let keys = portal
        .store
        .read(move |transaction| shared.platform.view(transaction))
        .await?;
    json(&Keys { keys })
}

/// Goes on to the end although the caller hangs up: files, rows and the key in memory change one after the other.
async fn whole(work: impl Future<Output = Answer> + Send + 'static) -> Answer {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|error| Err(Problem::internal(&error)))
}
