//! Registration over HTTP.

use std::sync::Arc;

use hyper::{StatusCode, header};
use serde::Serialize;
use warp::Filter;

use crate::{
    http::{
        Problem,
        body::{self, SMALL_BODY},
        cookies::{CookieSecret, SCAN_COOKIE},
        endpoint::{Answer, Call, Route, json, nothing, with_body, without_body},
    },
    platform::{
        assertion::NEXT_PAGE,
        registration::{self, RegistrationBody},
        request,
        session::OwnPage,
        view::AccountView,
    },
    portal::Portal,
};

#[derive(Serialize)]
struct Registered {
    account: AccountView,
    next: &'static str,
}

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = warp::path!("api" / "registration");
    vec![
        without_body(portal, path.and(warp::get()), |portal, call| async move {
            show(&portal, &call).await
        }),
        without_body(
            portal,
            path.and(warp::delete()),
            |portal, call| async move { forget(&portal, &call).await },
        ),
        with_body(
            portal,
            path.and(warp::post()),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { register(&portal, &call, &bytes).await },
        ),
    ]
}

/// The browser whose ticket it would be.
fn browser(call: &Call) -> Option<[u8; 32]> {
    let cookie = CookieSecret::from_headers(&call.headers, SCAN_COOKIE);
    cookie.as_ref().map(request::browser_hash)
}

async fn show(portal: &Portal, call: &Call) -> Answer {
    let none = || Problem::not_found("There is nothing to register here, or not any more.");
    let browser = browser(call).ok_or_else(none)?;
    let showing = portal.showing().await?;
    let shown = portal
        .store
        .read(move |transaction| registration::show(transaction, &browser, &showing))
        .await?;
    json(&shown.ok_or_else(none)?)
}

async fn forget(portal: &Portal, call: &Call) -> Answer {
    OwnPage::require(&call.headers, &portal.origins)?;
    if let Some(browser) = browser(call) {
        portal
            .store
            .write(move |transaction| registration::forget(transaction, &browser))
            .await?;
    }
    Ok(nothing())
}

async fn register(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .registration_per_address
        .check(call.caller.address.into())?;
    let body: RegistrationBody = body::json(bytes)?;
    // Without the cookie there is no ticket.
    let browser = browser(call).ok_or_else(registration::over)?;
    let (session, account) =
        registration::register(portal, body, &browser, &page.session, &call.caller).await?;
    let mut response = json(&Registered {
        account,
        next: NEXT_PAGE,
    })?;
    *response.status_mut() = StatusCode::CREATED;
    response
        .headers_mut()
        .append(header::SET_COOKIE, session.cookie().set_session());
    Ok(response)
}
