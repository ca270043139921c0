//! The platform's half over HTTP: sessions, password login, scans.

use std::sync::Arc;

use hyper::{StatusCode, header};
use serde::Serialize;
use warp::Filter;

use crate::{
    http::{
        Problem,
        body::{self, ASSERTION_BODY, SMALL_BODY},
        cookies::{self, CookieSecret, SCAN_COOKIE},
        endpoint::{Answer, Call, Route, bytes_of, json, with_body, without_body},
    },
    platform::{
        accounts::AccountView,
        assertion::{self, AssertionBody},
        password::LoginBody,
        request::{self, ScanRequestBody},
        session::{self, OwnPage, SessionId},
    },
    portal::Portal,
};

const JSON: &str = "application/json";

#[derive(Serialize)]
struct SessionView {
    csrf: String,
    account: Option<AccountView>,
}

#[derive(Serialize)]
struct LoggedIn {
    account: AccountView,
}

/// All routes of the platform's half.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "session").and(warp::get()),
            |portal, call| async move { session_view(&portal, &call).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "login").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { login(&portal, &call, &bytes).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "logout").and(warp::post()),
            |portal, call| async move { logout(&portal, &call).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "scan" / "requests").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { scan_request(&portal, &call, &bytes).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "scan" / "assertions").and(warp::post()),
            (JSON, ASSERTION_BODY),
            |portal, call, bytes| async move { scan_assertion(&portal, &call, &bytes).await },
        ),
    ]
}

async fn session_view(portal: &Portal, call: &Call) -> Answer {
    let (id, new) = match SessionId::from_headers(&call.headers) {
        Some(id) => (id, false),
        None => (
            SessionId::random().map_err(|error| Problem::internal(&error))?,
            true,
        ),
    };
    let (asked, now) = (id.clone(), portal.now());
    let account = if new {
        None
    } else {
        portal
            .store
            .write(move |transaction| session::find(transaction, &asked, now))
            .await?
    };
    let mut response = json(&SessionView {
        csrf: id.csrf_token(),
        account,
    })?;
    if new {
        response
            .headers_mut()
            .append(header::SET_COOKIE, id.cookie().set_session());
    }
    Ok(response)
}

async fn login(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .password_per_address
        .check(call.caller.address.into())?;
    let body: LoginBody = body::json(bytes)?;
    portal
        .rates
        .password_per_account
        .check(body.account_key())?;
    let caller = call.caller.clone();
    let (session, account) = portal
        .passwords
        .login(&portal.store, body, &page.session, caller, portal.now())
        .await?;
    let mut response = json(&LoggedIn { account })?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, session.cookie().set_session());
    Ok(response)
}

async fn logout(portal: &Portal, call: &Call) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .store
        .write(move |transaction| session::end(transaction, &page.session))
        .await?;
    let mut response = warp::reply::Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
        .headers_mut()
        .append(header::SET_COOKIE, cookies::clear_session());
    Ok(response)
}

async fn scan_request(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .scan_per_address
        .check(call.caller.address.into())?;
    let body: ScanRequestBody = body::json(bytes)?;
    // Other tabs of this browser may have requests open, so a cookie that is there stays.
    let browser = match CookieSecret::from_headers(&call.headers, SCAN_COOKIE) {
        Some(browser) => browser,
        None => CookieSecret::random().map_err(|error| Problem::internal(&error))?,
    };
    let issued = request::issue(portal, body, &page.origin, &browser, &call.caller).await?;
    let mut response = json(&issued)?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, browser.set_scan());
    Ok(response)
}

async fn scan_assertion(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .scan_per_address
        .check(call.caller.address.into())?;
    let body: AssertionBody = body::json(bytes)?;
    let browser = CookieSecret::from_headers(&call.headers, SCAN_COOKIE);
    let accepted =
        assertion::accept(portal, &body, browser.as_ref(), &page.session, &call.caller).await?;
    let mut response = bytes_of(JSON, accepted.answer);
    response
        .headers_mut()
        .append(header::SET_COOKIE, accepted.session.cookie().set_session());
    Ok(response)
}
