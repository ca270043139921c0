//! The page tells what the phone said: a refusal, or a report of fraud, that would otherwise stay between the two.
//!
//! It is the page's word, so it changes nothing but the log and, of a request to seal, that nobody waits for its answer any more.
//! Only the browser that was given the request is heard, once.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_platform::request::RequestRecord;
use scanseal_protocol::{
    error::Code,
    request::{Nonce, Request},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    audit::{self, NewEvent},
    authority::registry::seconds,
    contracts::sealing,
    http::{Problem, caller::Caller},
    platform::{events, request},
    store::StoreError,
};

/// What the page sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalBody {
    request: String,
    code: Code,
}

impl RefusalBody {
    /// Which request it is about: named by its nonce, or as it was issued.
    ///
    /// # Errors
    /// 400 `malformed`.
    pub fn nonce(&self) -> Result<Nonce, Problem> {
        self.request
            .parse()
            .ok()
            .or_else(|| {
                Request::parse(&self.request)
                    .ok()
                    .map(|request| request.claims().jti)
            })
            .ok_or_else(|| {
                Problem::malformed("`request` must be a request of this platform, or its `jti`.")
            })
    }

    /// Writes it down, once for each request.
    ///
    /// # Errors
    /// 404 for a request that was not issued, 403 `assertion-wrong-browser`.
    pub fn record(
        &self,
        transaction: &Transaction<'_>,
        nonce: Nonce,
        browser: Option<&[u8; 32]>,
        caller: &Caller,
        now: UnixTime,
    ) -> Result<(), Problem> {
        let (account, facts) = match request::find(transaction, nonce)? {
            Some(stored) => {
                require_browser(&stored.record, browser)?;
                if !refuse_scan(transaction, nonce, now)? {
                    return Ok(());
                }
                let account = stored.asked_by.map(|asker| asker.account_id);
                (account, json!({ "code": self.code, "op": stored.op }))
            }
            None => {
                let nonce = nonce.to_string();
                let waiting = sealing::waiting(transaction, &nonce)?.ok_or_else(|| {
                    Problem::not_found("This platform has issued no such request.")
                })?;
                require_browser(&waiting.record, browser)?;
                if !sealing::end(transaction, &nonce, now)? {
                    return Ok(());
                }
                let mut facts = json!({ "code": self.code, "op": "seal" });
                events::merge(&mut facts, &waiting.contracts);
                (Some(waiting.account_id), facts)
            }
        };
        let event = NewEvent {
            at: now,
            event: "scan.refused",
            account,
            actor: Some("page"),
            caller: Some(caller),
            facts,
        };
        Ok(audit::record(transaction, &event)?)
    }
}

fn require_browser(record: &RequestRecord, browser: Option<&[u8; 32]>) -> Result<(), Problem> {
    if browser.is_some_and(|browser| record.is_of(browser)) {
        return Ok(());
    }
    let detail = "The request was given to another browser.";
    Err(Problem::new(
        hyper::StatusCode::FORBIDDEN,
        Code::AssertionWrongBrowser,
        detail,
    ))
}

/// Whether this is the first time that it is said.
fn refuse_scan(
    transaction: &Transaction<'_>,
    nonce: Nonce,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let update = "UPDATE scan_request SET refused = ?2 WHERE nonce = ?1 AND refused IS NULL";
    let changed = transaction.execute(update, params![nonce.to_string(), seconds(now)])?;
    Ok(changed == 1)
}
