//! The authority over HTTP.

use std::sync::Arc;

use hyper::{StatusCode, header, header::HeaderValue};
use percent_encoding::percent_decode_str;
use warp::{Filter, filters::path::Tail};

use crate::{
    authority::{enrolment::EnrolmentBody, revocation::ListOf},
    http::{
        Problem,
        body::{self, OCSP_BODY, SMALL_BODY},
        endpoint::{Answer, Call, Route, bytes_of, json, with_body, without_body},
    },
    portal::Portal,
};

const CERTIFICATE: &str = "application/pkix-cert";
const REVOCATION_LIST: &str = "application/pkix-crl";
const OCSP_REQUEST: &str = "application/ocsp-request";
const OCSP_RESPONSE: &str = "application/ocsp-response";
/// Characters of an OCSP question in an address (RFC 6960 appendix A.1 allows GET below 255 bytes); OpenSSL and others
/// send a little more with a nonce.
const OCSP_GET_CHARACTERS: usize = 1_024;

/// All routes of the authority.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let get = |path: &'static str| {
        warp::path("authority")
            .and(warp::path(path))
            .and(warp::path::end())
            .and(warp::get())
    };
    vec![
        without_body(portal, get("root.cer"), |portal, _| async move {
            Ok(bytes_of(
                CERTIFICATE,
                portal.authority.root().der().to_vec(),
            ))
        }),
        without_body(portal, get("issuing.cer"), |portal, _| async move {
            Ok(bytes_of(
                CERTIFICATE,
                portal.authority.issuing().der().to_vec(),
            ))
        }),
        without_body(portal, get("root.crl"), |portal, _| {
            crl(portal, ListOf::Root)
        }),
        without_body(portal, get("issuing.crl"), |portal, _| {
            crl(portal, ListOf::Issuing)
        }),
        without_body(portal, get("trust-list"), |portal, _| async move {
            let signed = portal
                .trust_list()
                .await
                .map_err(|error| Problem::internal(&error))?;
            Ok(bytes_of("application/jose", signed.jws))
        }),
        with_body(
            portal,
            warp::path!("authority" / "enrolments").and(warp::post()),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { enrol(&portal, &call, &bytes).await },
        ),
        with_body(
            portal,
            warp::path!("authority" / "ocsp").and(warp::post()),
            (OCSP_REQUEST, OCSP_BODY),
            |portal, _, bytes| async move { Ok(ocsp(&portal, &bytes).await) },
        ),
        ocsp_by_get(portal),
    ]
}

async fn enrol(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    portal.origins.require_own_page_if_any(&call.headers)?;
    portal
        .rates
        .enrolment_per_address
        .check(call.caller.address.into())?;
    let body: EnrolmentBody = body::json(bytes)?;
    let enrolled = portal
        .authority
        .enrol(&portal.store, &body, portal.now())
        .await?;
    let mut response = json(&enrolled)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

async fn crl(portal: Arc<Portal>, of: ListOf) -> Answer {
    let list = portal
        .authority
        .crl(&portal.store, of, portal.now())
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(bytes_of(REVOCATION_LIST, list.der().to_vec()))
}

async fn ocsp(portal: &Portal, question: &[u8]) -> warp::reply::Response {
    bytes_of(
        OCSP_RESPONSE,
        portal
            .authority
            .ocsp(&portal.store, question, portal.now())
            .await,
    )
}

/// The question as base64 in the address, percent-encoded or not: base64 has `/`, so it may span several segments.
fn ocsp_by_get(portal: &Arc<Portal>) -> Route {
    let portal = Arc::clone(portal);
    let path = warp::path("authority")
        .and(warp::path("ocsp"))
        .and(warp::get())
        .and(warp::path::tail());
    path.then(move |tail: Tail| {
        let portal = Arc::clone(&portal);
        async move {
            let text = tail.as_str();
            let question = if text.len() > OCSP_GET_CHARACTERS {
                Vec::new()
            } else {
                let text: Vec<u8> = percent_decode_str(text).collect();
                data_encoding::BASE64.decode(&text).unwrap_or_default()
            };
            // An empty question is malformed, and the answer says so.
            let mut response = ocsp(&portal, &question).await;
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
    })
    .boxed()
}
