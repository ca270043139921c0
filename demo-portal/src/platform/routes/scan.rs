//! Scans over HTTP: requests, assertions, and what the phone said otherwise.

use std::sync::Arc;

use hyper::header;
use warp::Filter;

use crate::{
    http::{
        PROBLEM_JSON, Problem,
        body::{self, ASSERTION_BODY, SMALL_BODY},
        cookies::{CookieSecret, SCAN_COOKIE},
        endpoint::{Answer, Call, Route, bytes_of, json, nothing, with_body},
    },
    platform::{
        assertion::{self, Handover},
        refusals::RefusalBody,
        request::{self, ScanRequestBody},
        session::OwnPage,
    },
    portal::Portal,
};

const JSON: &str = "application/json";

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        with_body(
            portal,
            warp::path!("api" / "scan" / "requests").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { ask(&portal, &call, &bytes).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "scan" / "assertions").and(warp::post()),
            (JSON, ASSERTION_BODY),
            |portal, call, bytes| async move { hand_over(&portal, &call, &bytes).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "scan" / "refusals").and(warp::post()),
            (JSON, ASSERTION_BODY),
            |portal, call, bytes| async move { report(&portal, &call, &bytes).await },
        ),
    ]
}

/// Every scan call counts against the caller's network.
fn own_page(portal: &Portal, call: &Call) -> Result<OwnPage, Problem> {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .scan_per_address
        .check(call.caller.address.into())?;
    Ok(page)
}

async fn ask(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = own_page(portal, call)?;
    let body: ScanRequestBody = body::json(bytes)?;
    // Other tabs of this browser may have requests open, so a cookie that is there stays.
    let browser = match CookieSecret::from_headers(&call.headers, SCAN_COOKIE) {
        Some(browser) => browser,
        None => CookieSecret::random().map_err(|error| Problem::internal(&error))?,
    };
    let issued = request::issue(portal, body, &page, &browser, &call.caller).await?;
    let mut response = json(&issued)?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, browser.set_scan());
    Ok(response)
}

async fn hand_over(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = own_page(portal, call)?;
    let handover: Handover = body::json(bytes)?;
    let browser = CookieSecret::from_headers(&call.headers, SCAN_COOKIE);
    let answered = assertion::accept(
        portal,
        &handover,
        browser.as_ref(),
        &page.session,
        &call.caller,
    )
    .await?;
    let media_type = if answered.status.is_success() {
        JSON
    } else {
        PROBLEM_JSON
    };
    let mut response = bytes_of(media_type, answered.body);
    *response.status_mut() = answered.status;
    let headers = response.headers_mut();
    if let Some(session) = answered.session {
        headers.append(header::SET_COOKIE, session.cookie().set_session());
    }
    if let Some(browser) = browser.filter(|_| answered.keep_browser) {
        headers.append(header::SET_COOKIE, browser.set_scan());
    }
    Ok(response)
}

async fn report(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    own_page(portal, call)?;
    let body: RefusalBody = body::json(bytes)?;
    let nonce = body.nonce()?;
    let browser = CookieSecret::from_headers(&call.headers, SCAN_COOKIE);
    let browser = browser.as_ref().map(request::browser_hash);
    let (now, caller) = (portal.now(), call.caller.clone());
    portal
        .store
        .decide(move |transaction| body.record(transaction, nonce, browser.as_ref(), &caller, now))
        .await?;
    portal.contracts.stamp_soon();
    Ok(nothing())
}
