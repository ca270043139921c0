//! The portal at a glance.

use std::sync::Arc;

use rusqlite::Transaction;
use scanseal_pki::{Certificate, UnixTime};
use serde::Serialize;
use serde_json::json;
use warp::Filter;

use crate::{
    audit,
    authority::registry::seconds,
    http::{
        Problem,
        endpoint::{Answer, Call, Route, json, without_body},
    },
    platform::{
        certificates::is_revoked_here,
        rights,
        session::{ABSOLUTE_SECONDS, IDLE_SECONDS},
    },
    portal::Portal,
    store::StoreError,
    webhook::outbox::{self, Counts},
};

#[derive(Serialize)]
struct Figures {
    accounts: u64,
    enterprises: u64,
    /// Bound ones.
    certificates: Certificates,
    sessions: u64,
    audit: serde_json::Value,
    webhooks: Counts,
    seals: Seals,
}

/// Electronic seals.
#[derive(Serialize)]
struct Seals {
    /// Photographed ones that platform staff has not looked at.
    waiting: u64,
}

/// Bound certificates by what keeps them from acting. Each counts once: what can never be taken back goes first. One that is not
/// valid yet counts as valid.
#[derive(Default, Serialize)]
struct Certificates {
    valid: u64,
    revoked: u64,
    frozen: u64,
    expired: u64,
}

/// The route of the summary.
pub fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![without_body(
        portal,
        warp::path!("api" / "admin" / "summary").and(warp::get()),
        |portal, call| async move { summary(&portal, &call).await },
    )]
}

async fn summary(portal: &Portal, call: &Call) -> Answer {
    rights::member(portal, &call.headers, None)
        .await?
        .require_staff()?;
    let now = portal.now();
    let figures = portal
        .store
        .read(move |transaction| figures(transaction, now))
        .await?;
    let list = portal
        .trust_list()
        .await
        .map_err(|error| Problem::internal(&error))?
        .list;
    let mut answer = serde_json::to_value(figures).map_err(|error| Problem::internal(&error))?;
    answer["trustList"] = json!({ "version": list.version(), "expires": list.expires() });
    json(&answer)
}

fn figures(transaction: &Transaction<'_>, now: UnixTime) -> Result<Figures, StoreError> {
    let ago = |life| seconds(UnixTime::from_secs(now.as_secs().saturating_sub(life)));
    let count = |select: &str, parameters: &[i64]| {
        let number: i64 =
            transaction.query_row(select, rusqlite::params_from_iter(parameters), |row| {
                row.get(0)
            })?;
        Ok::<_, StoreError>(u64::try_from(number).unwrap_or_default())
    };
    let head = audit::head(transaction)?;
    Ok(Figures {
        accounts: count("SELECT count(*) FROM account", &[])?,
        enterprises: count("SELECT count(*) FROM enterprise", &[])?,
        certificates: certificates(transaction, now)?,
        sessions: count(
            "SELECT count(*) FROM web_session WHERE last_used > ?1 AND started > ?2",
            &[ago(IDLE_SECONDS), ago(ABSOLUTE_SECONDS)],
        )?,
        audit: json!({ "events": head.seq, "head": head.hash }),
        webhooks: outbox::counts(transaction)?,
        seals: Seals {
            waiting: count("SELECT count(*) FROM seal WHERE state = 'waiting'", &[])?,
        },
    })
}

fn certificates(transaction: &Transaction<'_>, now: UnixTime) -> Result<Certificates, StoreError> {
    let mut counted = Certificates::default();
    let mut select =
        transaction.prepare("SELECT certificate, frozen IS NOT NULL FROM certificate_binding")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let der: Vec<u8> = row.get(0)?;
        let certificate = Certificate::from_der(&der)
            .map_err(|_| StoreError::Damaged("a certificate that cannot be read"))?;
        let number = if is_revoked_here(transaction, &certificate)? {
            &mut counted.revoked
        } else if certificate.not_after() < now {
            &mut counted.expired
        } else if row.get(1)? {
            &mut counted.frozen
        } else {
            &mut counted.valid
        };
        *number += 1;
    }
    Ok(counted)
}
