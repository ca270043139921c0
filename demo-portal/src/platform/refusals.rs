//! The page tells what the phone said: a refusal, or a report of fraud, that would otherwise stay between the two.
//!
//! It is the page's word, so it changes nothing but the log, and only the browser that was given the request is heard, once.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::{
    error::Code,
    request::{Nonce, Request},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    audit::{self, NewEvent},
    authority::registry::seconds,
    http::{Problem, caller::Caller},
    platform::request,
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
        let stored = request::find(transaction, nonce)?
            .ok_or_else(|| Problem::not_found("This platform has issued no such request."))?;
        if !browser.is_some_and(|browser| stored.record.is_of(browser)) {
            let detail = "The request was given to another browser.";
            return Err(Problem::new(
                hyper::StatusCode::FORBIDDEN,
                Code::AssertionWrongBrowser,
                detail,
            ));
        }
        let update = "UPDATE scan_request SET refused = ?2 WHERE nonce = ?1 AND refused IS NULL";
        let first = transaction
            .execute(update, params![nonce.to_string(), seconds(now)])
            .map_err(StoreError::from)?
            == 1;
        if first {
            let event = NewEvent {
                at: now,
                event: "scan.refused",
                account: stored.asked_by.map(|asker| asker.account_id),
                actor: Some("page"),
                caller: Some(caller),
                facts: json!({ "code": self.code, "op": stored.op }),
            };
            audit::record(transaction, &event)?;
        }
        Ok(())
    }
}
