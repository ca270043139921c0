//! Seals over HTTP, for platform staff: look at photographed ones and decide, look for seals, revoke one.

use std::{collections::BTreeMap, sync::Arc};

use rusqlite::{Transaction, params};
use scanseal_pki::{ElectronicSeal, UnixTime};
use serde::{Deserialize, Serialize};
use warp::Filter;

use crate::{
    admin::{
        check_word, rows,
        staff::{StaffCall, require_staff},
    },
    authority::{
        registry::seconds,
        seals::{
            asking::check_reason,
            records::{self, Record},
            review::{self, MAX_REASON_CHARACTERS},
        },
    },
    http::{
        Problem,
        body::{self, SMALL_BODY},
        endpoint::{
            Answer, Call, Route, bytes_of, json, nothing, with_body_of, without_body,
            without_body_of,
        },
    },
    portal::Portal,
    store::StoreError,
};

const JSON: &str = "application/json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    page: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonBody {
    reason: String,
}

/// One line of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    kind: &'static str,
    name: String,
    origin: &'static str,
    millimetres: (u32, u32),
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    asked: UnixTime,
    since: UnixTime,
    valid_until: UnixTime,
    /// The certificate that it is for.
    serial: String,
    enterprise: String,
    credit_code: Option<String>,
    ca: String,
}

#[derive(Serialize)]
struct Page {
    seals: Vec<Line>,
    total: u32,
    /// How many wait for review, whatever was looked for.
    waiting: u32,
}

/// The routes.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let path = || warp::path!("api" / "admin" / "seals" / ..);
    let one = move |what: &'static str| {
        path()
            .and(warp::path::param::<String>())
            .and(warp::path(what))
            .and(warp::path::end())
    };
    vec![
        without_body(
            portal,
            path().and(warp::path::end()).and(warp::get()),
            |portal, call| async move { list(&portal, &call).await },
        ),
        without_body_of(
            portal,
            one("picture").and(warp::get()),
            |portal, call, id| async move { picture(&portal, &call, id).await },
        ),
        without_body_of(
            portal,
            one("approve").and(warp::post()),
            |portal, call, id| async move { approve(portal, &call, id).await },
        ),
        with_body_of(
            portal,
            one("return").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, id, bytes| async move { return_seal(&portal, &call, id, &bytes).await },
        ),
        with_body_of(
            portal,
            one("revoke").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, id, bytes| async move { revoke(&portal, &call, id, &bytes).await },
        ),
    ]
}

async fn list(portal: &Portal, call: &Call) -> Answer {
    require_staff(portal, &call.headers).await?;
    let Search { q, state, page } = call.query()?;
    check_word(&q)?;
    let state = state.unwrap_or_default();
    if !["", "waiting", "valid", "expired", "revoked", "returned"].contains(&state.as_str()) {
        return Err(Problem::malformed(
            "`state` is waiting, valid, expired, revoked or returned.",
        ));
    }
    let (first, count) = rows(page)?;
    let now = portal.now();
    let found = portal
        .store
        .read(move |transaction| found(transaction, q.trim(), &state, (first, count), now));
    json(&found.await?)
}

fn found(
    transaction: &Transaction<'_>,
    wanted: &str,
    state: &str,
    (first, count): (u32, u32),
    now: UnixTime,
) -> Result<Page, StoreError> {
    const FOUND: &str = "FROM seal s JOIN issued_certificate c USING (serial)
        WHERE (?1 = '' OR instr(s.id, lower(?1)) OR instr(s.name, ?1) OR instr(c.name, ?1) OR instr(c.credit_code, upper(?1))
               OR instr(s.serial, lower(?1)))
          AND (?2 = '' OR ?2 = CASE WHEN s.state = 'issued' THEN iif(s.valid_until < ?3, 'expired', 'valid') ELSE s.state END)";
    let total = transaction.query_row(
        &format!("SELECT count(*) {FOUND}"),
        params![wanted, state, seconds(now)],
        |row| row.get(0),
    )?;
    // Those that wait come first, the one that waits longest before the others.
    let select = format!(
        "SELECT s.id, c.name, c.credit_code, c.ca {FOUND}
         ORDER BY s.state = 'waiting' DESC, iif(s.state = 'waiting', s.asked, -s.since), s.id LIMIT ?4 OFFSET ?5"
    );
    let mut select = transaction.prepare(&select)?;
    let wanted = params![wanted, state, seconds(now), count, first];
    let rows = select.query_map(wanted, |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Option<String>>(2)?,
            row.get::<_, String>(3)?,
        ))
    })?;
    let mut seals = Vec::new();
    for row in rows {
        let (id, enterprise, credit_code, ca) = row?;
        let record =
            records::find(transaction, &id)?.ok_or(StoreError::Damaged("a seal that went away"))?;
        seals.push(Line::new(record, enterprise, credit_code, ca, now));
    }
    let waiting = "SELECT count(*) FROM seal WHERE state = 'waiting'";
    Ok(Page {
        seals,
        total,
        waiting: transaction.query_row(waiting, [], |row| row.get(0))?,
    })
}

impl Line {
    fn new(
        record: Record,
        enterprise: String,
        credit_code: Option<String>,
        ca: String,
        now: UnixTime,
    ) -> Self {
        Self {
            status: record.status(now),
            id: record.id,
            kind: record.kind.as_str(),
            name: record.name,
            origin: record.source.as_str(),
            millimetres: record.millimetres,
            reason: record.reason,
            replaces: record.replaces,
            asked: record.asked,
            since: record.since,
            valid_until: record.valid_until,
            serial: record.serial,
            enterprise,
            credit_code,
            ca,
        }
    }
}

async fn picture(portal: &Portal, call: &Call, id: String) -> Answer {
    require_staff(portal, &call.headers).await?;
    let png = portal
        .store
        .read(move |transaction| {
            if let Some(picture) = records::waiting_picture(transaction, &id)? {
                return Ok(Some(picture));
            }
            let der = records::find(transaction, &id)?.and_then(|record| record.der);
            let seal = der.map(|der| {
                ElectronicSeal::from_der(&der)
                    .map_err(|_| StoreError::Damaged("a seal that cannot be read"))
            });
            Ok(seal.transpose()?.map(|seal| seal.info().picture.clone()))
        })
        .await?;
    Ok(bytes_of("image/png", png.ok_or_else(review::unknown)?))
}

async fn approve(portal: Arc<Portal>, call: &Call, id: String) -> Answer {
    let by = StaffCall::require(&portal, call).await?;
    let shared = Arc::clone(&portal);
    portal
        .store
        .decide(move |transaction| {
            let staff = by.staff(transaction)?;
            shared
                .authority
                .approve_seal(transaction, &id, by.editor(&staff), by.now)
        })
        .await?;
    Ok(nothing())
}

async fn return_seal(portal: &Portal, call: &Call, id: String, bytes: &[u8]) -> Answer {
    let by = StaffCall::require(portal, call).await?;
    let ReasonBody { reason } = body::json(bytes)?;
    let reason = reason.trim().to_owned();
    let length = reason.chars().count();
    if !(1..=MAX_REASON_CHARACTERS).contains(&length) || reason.chars().any(char::is_control) {
        let word = if length == 0 {
            "required"
        } else {
            "characters"
        };
        let detail = format!(
            "Say why in 1 to {MAX_REASON_CHARACTERS} characters, without control characters: the holder reads it."
        );
        return Err(Problem::fields(BTreeMap::from([("reason", word)]), detail));
    }
    portal
        .store
        .decide(move |transaction| {
            let staff = by.staff(transaction)?;
            review::return_seal(transaction, &id, &reason, by.editor(&staff), by.now)
        })
        .await?;
    Ok(nothing())
}

async fn revoke(portal: &Portal, call: &Call, id: String, bytes: &[u8]) -> Answer {
    let by = StaffCall::require(portal, call).await?;
    let ReasonBody { reason } = body::json(bytes)?;
    check_reason(&reason)?;
    portal
        .store
        .decide(move |transaction| {
            let staff = by.staff(transaction)?;
            review::revoke_seal(transaction, &id, &reason, by.editor(&staff), by.now)
        })
        .await?;
    Ok(nothing())
}
