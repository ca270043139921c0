//! Certificates of the operator's own authorities over HTTP: look for them, issue one from a request, revoke one, issue
//! one again.

use std::sync::Arc;

use hyper::StatusCode;
use scanseal_pki::Certificate;
use serde::{Deserialize, Serialize};
use warp::Filter;

use crate::{
    admin::staff::{StaffCall, require_staff},
    admin::{check_word, rows},
    authority::{
        catalogue, certificate_authority::CertificateAuthority, enrolment::IssueBody, lifecycle,
        registry::RevokeOutcome, seals::making,
    },
    http::{
        Problem,
        body::{self, SMALL_BODY},
        endpoint::{
            Answer, Call, Route, json, with_body, with_body_of, without_body, without_body_of,
        },
    },
    portal::Portal,
};

const JSON: &str = "application/json";
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeBody {
    reason: String,
}

/// A new certificate, for who brought the request.
#[derive(Serialize)]
struct Issued {
    serial: String,
    /// The certificate and those above it, the root last.
    pem: String,
}

/// The routes.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = || warp::path!("api" / "admin" / "certificates" / ..);
    let one = move |change: &'static str| {
        path()
            .and(warp::path::param::<String>())
            .and(warp::path(change))
            .and(warp::path::end())
            .and(warp::post())
    };
    vec![
        without_body(
            portal,
            path().and(warp::path::end()).and(warp::get()),
            |portal, call| async move { list(&portal, &call).await },
        ),
        with_body(
            portal,
            path().and(warp::path::end()).and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { issue(portal, &call, &bytes).await },
        ),
        with_body_of(
            portal,
            one("revoke"),
            (JSON, SMALL_BODY),
            |portal, call, serial, bytes| async move { revoke(&portal, &call, serial, &bytes).await },
        ),
        without_body_of(portal, one("reissue"), |portal, call, serial| async move {
            reissue(portal, &call, serial).await
        }),
    ]
}

async fn list(portal: &Portal, call: &Call) -> Answer {
    require_staff(portal, &call.headers).await?;
    let Search { q, page } = call.query()?;
    check_word(&q)?;
    let (first, _) = rows(page)?;
    let now = portal.now();
    let found = portal.store.read(move |transaction| {
        catalogue::page(transaction, q.trim(), first / catalogue::PAGE_LINES, now)
    });
    json(&found.await?)
}

async fn issue(portal: Arc<Portal>, call: &Call, bytes: &[u8]) -> Answer {
    let by = StaffCall::require(&portal, call).await?;
    let enrolment = body::json::<IssueBody>(bytes)?.read()?;
    let shared = Arc::clone(&portal);
    let issued = portal.store.decide(move |transaction| {
        let staff = by.staff(transaction)?;
        let editor = Some(by.editor(&staff));
        let (ca, certificate) = shared
            .authority
            .enrol(transaction, &enrolment, editor, by.now)?;
        Ok::<_, Problem>((Issued::new(ca, &certificate), certificate))
    });
    let (issued, certificate) = issued.await?;
    making::ensure(&portal, &certificate).await?;
    created(&issued)
}

async fn reissue(portal: Arc<Portal>, call: &Call, serial: String) -> Answer {
    let by = StaffCall::require(&portal, call).await?;
    let shared = Arc::clone(&portal);
    let issued = portal.store.decide(move |transaction| {
        let staff = by.staff(transaction)?;
        let (ca, certificate) =
            shared
                .authority
                .reissue(transaction, &serial, by.editor(&staff), by.now)?;
        Ok::<_, Problem>((Issued::new(ca, &certificate), certificate))
    });
    let (issued, certificate) = issued.await?;
    making::ensure(&portal, &certificate).await?;
    created(&issued)
}

async fn revoke(portal: &Portal, call: &Call, serial: String, bytes: &[u8]) -> Answer {
    let by = StaffCall::require(portal, call).await?;
    let RevokeBody { reason } = body::json(bytes)?;
    lifecycle::check_reason(&reason)?;
    let line = portal.store.decide(move |transaction| {
        let staff = by.staff(transaction)?;
        let editor = Some(by.editor(&staff));
        match lifecycle::revoke(transaction, &serial, &reason, editor, by.now)? {
            RevokeOutcome::Revoked => {}
            RevokeOutcome::AlreadyRevoked => {
                return Err(Problem::conflict("The certificate was revoked before."));
            }
            RevokeOutcome::Unknown => return Err(lifecycle::unknown()),
        }
        let found = catalogue::one(transaction, &serial, by.now)?;
        found.ok_or_else(lifecycle::unknown)
    });
    json(&line.await?)
}

fn created(issued: &Issued) -> Answer {
    let mut response = json(issued)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

impl Issued {
    fn new(ca: &CertificateAuthority, certificate: &Certificate) -> Self {
        let chain = std::iter::once(certificate).chain(ca.chain());
        Self {
            serial: certificate.serial_hex(),
            pem: chain.map(pem).collect(),
        }
    }
}

/// RFC 7468: lines of 64 characters.
fn pem(certificate: &Certificate) -> String {
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let base64 = data_encoding::BASE64.encode(certificate.der());
    let mut rest = base64.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text += line;
        text.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        text += rest;
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}
