//! The trust list over HTTP: see it, and change it. Each change is the next version, signed.

use std::sync::Arc;

use warp::{Filter, Rejection};

use crate::{
    admin::staff::{StaffCall, require_staff},
    authority::trust::{CaBody, Edit, PlatformBody},
    http::{
        Problem,
        body::{self, TRUST_LIST_BODY},
        endpoint::{Answer, Route, json, with_body, without_body, without_body_of},
    },
    portal::Portal,
};

const JSON: &str = "application/json";

/// The routes.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let list = || warp::path!("api" / "admin" / "trust-list" / ..);
    vec![
        without_body(
            portal,
            list().and(warp::path::end()).and(warp::get()),
            |portal, call| async move {
                require_staff(&portal, &call.headers).await?;
                view(portal).await
            },
        ),
        with_body(
            portal,
            list().and(warp::path!("cas")).and(warp::post()),
            (JSON, TRUST_LIST_BODY),
            |portal, call, bytes| async move {
                let by = StaffCall::require(&portal, &call).await?;
                let body: CaBody = body::json(&bytes)?;
                edit(portal, by, body.read()?).await
            },
        ),
        with_body(
            portal,
            list().and(warp::path!("platforms")).and(warp::post()),
            (JSON, TRUST_LIST_BODY),
            |portal, call, bytes| async move {
                let by = StaffCall::require(&portal, &call).await?;
                let body: PlatformBody = body::json(&bytes)?;
                edit(portal, by, body.read()?).await
            },
        ),
        changes(portal, list().and(warp::path("cas")), "list", Edit::ListCa),
        changes(
            portal,
            list().and(warp::path("cas")),
            "unlist",
            Edit::UnlistCa,
        ),
        changes(
            portal,
            list().and(warp::path("cas")),
            "remove",
            Edit::RemoveCa,
        ),
        changes(
            portal,
            list().and(warp::path("platforms")),
            "remove",
            Edit::RemovePlatform,
        ),
    ]
}

/// POST `{of}/{id}/{change}`.
fn changes(
    portal: &Arc<Portal>,
    of: impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
    change: &'static str,
    make: fn(String) -> Edit,
) -> Route {
    let path = of
        .and(warp::path::param::<String>())
        .and(warp::path(change))
        .and(warp::path::end())
        .and(warp::post());
    without_body_of(portal, path, move |portal, call, id| async move {
        let by = StaffCall::require(&portal, &call).await?;
        edit(portal, by, make(id)).await
    })
}

async fn edit(portal: Arc<Portal>, by: StaffCall, edit: Edit) -> Answer {
    let source = portal.trust.source();
    portal
        .store
        .decide(move |transaction| {
            let staff = by.staff(transaction)?;
            source.edit(transaction, &edit, by.editor(&staff), by.now)?;
            Ok::<_, Problem>(())
        })
        .await?;
    view(portal).await
}

async fn view(portal: Arc<Portal>) -> Answer {
    // Signs the list anew if it is due, so that what is shown is what phones get.
    portal
        .trust_list()
        .await
        .map_err(|error| Problem::internal(&error))?;
    let source = portal.trust.source();
    json(
        &portal
            .store
            .read(move |transaction| source.view(transaction))
            .await?,
    )
}
