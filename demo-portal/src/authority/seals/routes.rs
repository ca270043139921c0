//! Seals over HTTP, for their holders and for other platforms.

use std::sync::Arc;

use data_encoding::BASE64;
use hyper::StatusCode;
use scanseal_pki::UnixTime;
use serde::Serialize;
use warp::Filter;

use crate::{
    authority::seals::{
        asking::{self, HandwrittenQuery, PhotographedQuery, RevokeBody},
        holder::Holder,
        making,
        records::{self, Record},
    },
    http::{
        Problem,
        body::{self, SEAL_PICTURE_BODY, SMALL_BODY},
        endpoint::{Answer, Call, Route, json, with_body, without_body},
    },
    portal::Portal,
};

const SEALS: &str = "/authority/seals";
const HANDWRITTEN: &str = "/authority/seals/handwritten";
const PHOTOGRAPHED: &str = "/authority/seals/photographed";
const REVOKE: &str = "/authority/seals/revoke";
const PNG: &str = "image/png";

/// A seal, as its holder sees it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    /// As in the seal, 1 to 5.
    kind: u8,
    name: String,
    origin: &'static str,
    millimetres: (u32, u32),
    valid_from: String,
    valid_until: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    /// The seal in DER, if it may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<String>,
}

impl Entry {
    fn new(record: Record, now: UnixTime) -> Self {
        let status = record.status(now);
        let usable = record.der.filter(|_| status == "valid");
        Self {
            id: record.id,
            kind: record.kind as u8,
            name: record.name,
            origin: record.source.as_str(),
            millimetres: record.millimetres,
            valid_from: record.valid_from.to_rfc3339(),
            valid_until: record.valid_until.to_rfc3339(),
            status,
            reason: record.reason,
            replaces: record.replaces,
            seal: usable.map(|der| BASE64.encode(&der)),
        }
    }
}

#[derive(Serialize)]
struct List {
    seals: Vec<Entry>,
}

/// The routes of all authorities together: a certificate says whose it is.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let seals = || warp::path!("authority" / "seals" / ..);
    let post = move |name: &'static str| {
        seals()
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post())
    };
    vec![
        without_body(
            portal,
            seals().and(warp::path::end()).and(warp::get()),
            |portal, call| async move { list(portal, &call).await },
        ),
        with_body(
            portal,
            post("handwritten"),
            (PNG, SEAL_PICTURE_BODY),
            |portal, call, bytes| async move { handwritten(portal, call, &bytes).await },
        ),
        with_body(
            portal,
            post("photographed"),
            (PNG, SEAL_PICTURE_BODY),
            |portal, call, bytes| async move { photographed(portal, call, &bytes).await },
        ),
        with_body(
            portal,
            post("revoke"),
            ("application/json", SMALL_BODY),
            |portal, call, bytes| async move { revoke(portal, call, &bytes).await },
        ),
    ]
}

async fn list(portal: Arc<Portal>, call: &Call) -> Answer {
    let holder = Holder::require(&portal, call, SEALS, b"").await?;
    making::ensure(&portal, &holder.certificate).await?;
    let (serial, now) = (holder.serial(), portal.now());
    let records = portal
        .store
        .read(move |transaction| records::of_certificate(transaction, &serial))
        .await?;
    let entry = |record| Entry::new(record, now);
    json(&List {
        seals: records.into_iter().map(entry).collect(),
    })
}

async fn handwritten(portal: Arc<Portal>, call: Call, picture: &[u8]) -> Answer {
    let holder = Holder::require(&portal, &call, HANDWRITTEN, picture).await?;
    let query: HandwrittenQuery = call.query()?;
    let record = asking::handwritten(&portal, call.caller, holder, query, picture).await?;
    answer(StatusCode::CREATED, record, &portal)
}

async fn photographed(portal: Arc<Portal>, call: Call, picture: &[u8]) -> Answer {
    let holder = Holder::require(&portal, &call, PHOTOGRAPHED, picture).await?;
    let query: PhotographedQuery = call.query()?;
    let record = asking::photographed(&portal, call.caller, holder, query, picture).await?;
    answer(StatusCode::ACCEPTED, record, &portal)
}

async fn revoke(portal: Arc<Portal>, call: Call, bytes: &[u8]) -> Answer {
    let holder = Holder::require(&portal, &call, REVOKE, bytes).await?;
    let body: RevokeBody = body::json(bytes)?;
    let record = asking::revoke(&portal, call.caller, holder, body).await?;
    answer(StatusCode::OK, record, &portal)
}

fn answer(
    status: StatusCode,
    record: Record,
    portal: &Portal,
) -> Result<warp::reply::Response, Problem> {
    let mut response = json(&Entry::new(record, portal.now()))?;
    *response.status_mut() = status;
    Ok(response)
}
