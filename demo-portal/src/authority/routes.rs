//! The authorities over HTTP.

use std::sync::Arc;

use hyper::{StatusCode, header, header::HeaderValue};
use percent_encoding::percent_decode_str;
use scanseal_pki::Certificate;
use warp::{
    Filter, Reply,
    filters::{BoxedFilter, path::Tail},
};

use crate::{
    authority::{
        certificate_authority::{CertificateAuthority, Definition, MAIN},
        enrolment::{Enrolled, EnrolmentBody},
        revocation::ListOf,
        seals::{self, making},
    },
    http::{
        Problem,
        body::{self, OCSP_BODY, SMALL_BODY, TIMESTAMP_BODY},
        endpoint::{Answer, Call, Route, bytes_of, json, with_body, without_body},
    },
    portal::Portal,
    store::StoreError,
};

const CERTIFICATE: &str = "application/pkix-cert";
const REVOCATION_LIST: &str = "application/pkix-crl";
const OCSP_REQUEST: &str = "application/ocsp-request";
const OCSP_RESPONSE: &str = "application/ocsp-response";
const TIMESTAMP_QUERY: &str = "application/timestamp-query";
const TIMESTAMP_REPLY: &str = "application/timestamp-reply";
/// Characters of an OCSP question in an address (RFC 6960 appendix A.1 allows GET below 255 bytes); OpenSSL and others
/// send a little more with a nonce.
const OCSP_GET_CHARACTERS: usize = 1_024;

/// All routes of the authorities. The main one answers below `/authority/`, each other one below its id there.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let get = |path: &'static str| {
        warp::path("authority")
            .and(warp::path(path))
            .and(warp::path::end())
            .and(warp::get())
    };
    let mut routes = vec![
        without_body(portal, get("trust-list"), |portal, _| async move {
            let signed = portal
                .trust_list()
                .await
                .map_err(|error| Problem::internal(&error))?;
            Ok(bytes_of("application/jose", signed.jws.to_string()))
        }),
        with_body(
            portal,
            warp::path!("authority" / "enrolments").and(warp::post()),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { enrol(portal, &call, &bytes).await },
        ),
        with_body(
            portal,
            warp::path!("authority" / "timestamp").and(warp::post()),
            (TIMESTAMP_QUERY, TIMESTAMP_BODY),
            |portal, call, bytes| async move { timestamp(&portal, &call, &bytes).await },
        ),
    ];
    routes.extend(seals::routes::routes(portal));
    for (number, ca) in portal.authority.all().enumerate() {
        routes.extend(routes_of(portal, number, *ca.definition()));
    }
    routes
}

/// The routes of one authority, the one at `number` of all.
fn routes_of(portal: &Arc<Portal>, number: usize, definition: Definition) -> Vec<Route> {
    let at = move |name: &'static str| below(definition, name).and(warp::path::end());
    let certificate = |pick: fn(&CertificateAuthority) -> &Certificate| {
        move |portal: Arc<Portal>, _| async move {
            Ok(bytes_of(
                CERTIFICATE,
                pick(find(&portal, number)?).der().to_vec(),
            ))
        }
    };
    vec![
        without_body(
            portal,
            at("root.cer").and(warp::get()),
            certificate(CertificateAuthority::root),
        ),
        without_body(
            portal,
            at("issuing.cer").and(warp::get()),
            certificate(CertificateAuthority::issuing),
        ),
        without_body(portal, at("root.crl").and(warp::get()), move |portal, _| {
            crl(portal, number, ListOf::Root)
        }),
        without_body(
            portal,
            at("issuing.crl").and(warp::get()),
            move |portal, _| crl(portal, number, ListOf::Issuing),
        ),
        with_body(
            portal,
            at("ocsp").and(warp::post()),
            (OCSP_REQUEST, OCSP_BODY),
            move |portal, _, bytes| async move { ocsp(&portal, number, &bytes).await },
        ),
        ocsp_by_get(portal, number, definition),
        without_body(
            portal,
            below(definition, "seals")
                .and(warp::path("revoked"))
                .and(warp::path::end())
                .and(warp::get()),
            move |portal, _| revoked_seals(portal, number),
        ),
    ]
}

/// The path of something of one authority; more may follow.
fn below(definition: Definition, name: &'static str) -> BoxedFilter<()> {
    let authority = warp::path("authority");
    if definition.id == MAIN.id {
        authority.and(warp::path(name)).boxed()
    } else {
        authority
            .and(warp::path(definition.id))
            .and(warp::path(name))
            .boxed()
    }
}

fn find(portal: &Portal, number: usize) -> Result<&CertificateAuthority, Problem> {
    portal
        .authority
        .all()
        .nth(number)
        .ok_or_else(|| Problem::internal(&StoreError::Damaged("an authority that went away")))
}

async fn enrol(portal: Arc<Portal>, call: &Call, bytes: &[u8]) -> Answer {
    portal.origins.require_own_page_if_any(&call.headers)?;
    portal
        .rates
        .enrolment_per_address
        .check(call.caller.address.into())?;
    let body: EnrolmentBody = body::json(bytes)?;
    let enrolment = body.read()?;
    let (shared, now) = (Arc::clone(&portal), portal.now());
    let (enrolled, certificate) = portal
        .store
        .decide(move |transaction| {
            let (ca, certificate) = shared.authority.enrol(transaction, &enrolment, None, now)?;
            Ok::<_, Problem>((Enrolled::new(ca, &certificate), certificate))
        })
        .await?;
    making::ensure(&portal, &certificate).await?;
    let mut response = json(&enrolled)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

async fn timestamp(portal: &Portal, call: &Call, question: &[u8]) -> Answer {
    portal
        .rates
        .timestamps_per_address
        .check(call.caller.address.into())?;
    let answer = portal
        .authority
        .timestamp(&portal.store, question, portal.now());
    Ok(bytes_of(TIMESTAMP_REPLY, answer.await))
}

async fn revoked_seals(portal: Arc<Portal>, number: usize) -> Answer {
    let list = find(&portal, number)?
        .revoked_seals(&portal.store, portal.now())
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(bytes_of("application/jose", list))
}

async fn crl(portal: Arc<Portal>, number: usize, of: ListOf) -> Answer {
    let list = find(&portal, number)?
        .crl(&portal.store, of, portal.now())
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(bytes_of(REVOCATION_LIST, list.der().to_vec()))
}

async fn ocsp(portal: &Portal, number: usize, question: &[u8]) -> Answer {
    let ca = find(portal, number)?;
    let answer = ca.ocsp(&portal.store, question, portal.now()).await;
    Ok(bytes_of(OCSP_RESPONSE, answer))
}

/// The question as base64 in the address, percent-encoded or not: base64 has `/`, so it may span several segments.
fn ocsp_by_get(portal: &Arc<Portal>, number: usize, definition: Definition) -> Route {
    let portal = Arc::clone(portal);
    let path = below(definition, "ocsp")
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
            let mut response = ocsp(&portal, number, &question)
                .await
                .unwrap_or_else(Reply::into_response);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
    })
    .boxed()
}
