//! Sealing over HTTP.

use std::sync::Arc;

use hyper::header;
use warp::Filter;

use super::{JSON, Number};
use crate::{
    contracts::{
        sealing::{
            assertion::{self, SealAssertionBody},
            document::{self, Which},
            request::{self, SealRequestBody},
        },
        upload,
    },
    http::{
        Problem,
        body::{self, SEAL_ASSERTION_BODY, SMALL_BODY},
        cookies::{CookieSecret, SCAN_COOKIE},
        endpoint::{
            Answer, Call, Pieces, Route, bytes_of, json, with_body, with_body_of, with_stream_of,
        },
    },
    platform::{rights, session::OwnPage},
    portal::Portal,
};

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let all = || warp::path!("api" / "contracts" / "seal-requests" / ..);
    vec![
        with_body(
            portal,
            all().and(warp::path::end()).and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { ask(&portal, &call, &bytes).await },
        ),
        with_body_of(
            portal,
            all()
                .and(warp::path!(String / "assertion"))
                .and(warp::post()),
            (JSON, SEAL_ASSERTION_BODY),
            |portal, call, nonce: String, bytes| async move {
                hand_over(&portal, &call, &nonce, &bytes).await
            },
        ),
        with_stream_of(
            portal,
            all()
                .and(warp::path!(String / "documents" / Number))
                .and(warp::put())
                .map(|nonce, Number(index)| Which { nonce, index }),
            |portal, call, which, pieces| async move { take(&portal, &call, which, pieces).await },
        ),
    ]
}

/// Requests and answers count against the caller's network, as those to log in.
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
    let body: SealRequestBody = body::json(bytes)?;
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

async fn hand_over(portal: &Portal, call: &Call, nonce: &str, bytes: &[u8]) -> Answer {
    let page = own_page(portal, call)?;
    let body: SealAssertionBody = body::json(bytes)?;
    let browser = CookieSecret::from_headers(&call.headers, SCAN_COOKIE);
    let (session, caller) = (&page.session, &call.caller);
    let answer = assertion::accept(portal, nonce, body, browser.as_ref(), session, caller).await?;
    Ok(bytes_of(JSON, answer))
}

async fn take(portal: &Arc<Portal>, call: &Call, which: Which, pieces: Pieces) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let member = rights::member(portal, &call.headers, Some(&page)).await?;
    let place = portal.contracts.hand_overs.take(member.enterprise_id)?;
    let most = u64::from(scanseal_protocol::limits::APPENDED_BYTES);
    let incoming = upload::receive(portal, &call.headers, (place, most), pieces).await?;
    let answer = document::take(portal, which, incoming, &page.session, &call.caller).await?;
    Ok(bytes_of(JSON, answer))
}
