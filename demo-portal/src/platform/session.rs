//! Web sessions: who is logged in, in which browser.
//!
//! - The cookie holds 256 random bits; the database only their hash, so a copy of it lets nobody in.
//! - The id changes at every login, so a planted id is worth nothing afterwards (session fixation).
//! - A session ends after 30 minutes without use, after 12 hours, and at logout.
//! - State-changing calls need a token derived from the cookie (a page of another site cannot read it), a matching
//!   `Origin`, and a `Sec-Fetch-Site` that does not say otherwise. Any one of them would do; browsers have had holes.
//! - Before login there is a session, too, so that the login itself is protected; it exists in the cookie only.

use data_encoding::BASE64URL_NOPAD;
use hyper::{HeaderMap, StatusCode};
use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::Origin;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::{
    authority::registry::{seconds, time},
    http::{
        Problem, ProblemCode,
        cookies::{CookieSecret, SESSION_COOKIE},
        origins::Origins,
    },
    platform::{
        accounts,
        certificates::{self, Showing},
        events::{self, Doer},
        logins::{self, LoginMethod, NewLogin},
        view::{self, AccountView},
    },
    store::StoreError,
    webhook,
};

/// Seconds without use after which a session ends: a lunch break at an unlocked desk.
pub const IDLE_SECONDS: u64 = 30 * 60;
/// Seconds after which a session ends in any case: a working day.
pub const ABSOLUTE_SECONDS: u64 = 12 * 3_600;
/// Use is written down at most this often, so that reading a page costs no disk write.
const TOUCH_SECONDS: u64 = 60;

const STORED_LABEL: &str = "scanseal-portal session";
const CSRF_LABEL: &str = "scanseal-portal csrf";
const SCAN_LABEL: &str = "scanseal-portal scan session";

/// The id of a web session, as only the browser knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionId(CookieSecret);

impl SessionId {
    /// A new id.
    ///
    /// # Errors
    /// No randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        CookieSecret::random().map(Self)
    }

    /// The id in the request's cookie.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        CookieSecret::from_headers(headers, SESSION_COOKIE).map(Self)
    }

    /// The id that a login by scan gives. It comes from the browser's scan cookie, which nobody else knows, so the same
    /// browser can be given the same session again when an answer was lost, although the database holds no id.
    pub fn for_scan(browser: &CookieSecret, nonce: &str, salt: &[u8; 32]) -> Self {
        Self(CookieSecret::from_bytes(
            browser.hash(SCAN_LABEL, &[salt, nonce.as_bytes()]),
        ))
    }

    /// The cookie itself.
    pub fn cookie(&self) -> &CookieSecret {
        &self.0
    }

    /// The token that the session's pages send with state-changing calls.
    pub fn csrf_token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0.hash(CSRF_LABEL, &[]))
    }

    /// What the database keeps of it.
    pub(crate) fn stored(&self) -> [u8; 32] {
        self.0.hash(STORED_LABEL, &[])
    }
}

/// A call that was seen to come from a page of this portal, in a browser that has a session.
#[derive(Clone, Debug)]
pub struct OwnPage {
    /// Its session, logged in or not.
    pub session: SessionId,
    /// Its origin.
    pub origin: Origin,
}

impl OwnPage {
    /// Checks origin and token of a state-changing call.
    ///
    /// # Errors
    /// 403 `origin-refused` or `csrf-refused`.
    pub fn require(headers: &HeaderMap, origins: &Origins) -> Result<Self, Problem> {
        let origin = origins.require_own_page(headers)?.clone();
        let refused =
            |detail| Problem::with_code(StatusCode::FORBIDDEN, ProblemCode::CsrfRefused, detail);
        let session = SessionId::from_headers(headers).ok_or_else(|| {
            refused("There is no session cookie: call GET /api/session first, and allow cookies.")
        })?;
        let given = headers
            .get("x-csrf-token")
            .map(hyper::header::HeaderValue::as_bytes)
            .unwrap_or_default();
        if !bool::from(given.ct_eq(session.csrf_token().as_bytes())) {
            return Err(refused(
                "X-CSRF-Token does not fit the session: call GET /api/session again.",
            ));
        }
        Ok(Self { session, origin })
    }
}

/// Starts a session for somebody who has just proven who they are; returns the login's id. It is written down and told.
///
/// # Errors
/// [`StoreError`].
pub fn start(
    transaction: &Transaction<'_>,
    id: &SessionId,
    login: &NewLogin<'_>,
) -> Result<i64, StoreError> {
    clean(transaction, login.at)?;
    let login_id = logins::record(transaction, login)?;
    let insert = "INSERT INTO web_session (id_hash, account_id, login_id, started, last_used) VALUES (?1, ?2, ?3, ?4, ?4)";
    transaction.execute(
        insert,
        params![id.stored(), login.account_id, login_id, seconds(login.at)],
    )?;
    tell(transaction, login)?;
    Ok(login_id)
}

fn tell(transaction: &Transaction<'_>, login: &NewLogin<'_>) -> Result<(), StoreError> {
    let account = accounts::find(transaction, login.account_id)?;
    let doer = Doer {
        login: Some(&account.login),
        caller: login.caller,
        at: login.at,
    };
    let certificate = login.certificate.map(certificates::id_text);
    let event = match login.method() {
        LoginMethod::Password => "login.password",
        LoginMethod::Scan => "login.scan",
    };
    let facts = match &certificate {
        Some(id) => json!({ "certificate": id }),
        None => json!({}),
    };
    doer.record(transaction, event, Some(account.id), facts)?;
    let mut data = events::account_data(&account);
    events::merge(
        &mut data,
        &json!({ "method": login.method(), "certificate": certificate }),
    );
    webhook::announce(transaction, "account.logged-in", &data, login.at)
}

/// A session that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// Whose.
    pub account_id: i64,
    /// The login that started it.
    pub login_id: i64,
}

/// The session with this id, if it goes on.
///
/// # Errors
/// [`StoreError`].
pub fn live(
    transaction: &Transaction<'_>,
    id: &SessionId,
    now: UnixTime,
) -> Result<Option<LiveSession>, StoreError> {
    let select =
        "SELECT account_id, login_id, started, last_used FROM web_session WHERE id_hash = ?1";
    let row = transaction.query_row(select, [id.stored()], |row| {
        let session = LiveSession {
            account_id: row.get(0)?,
            login_id: row.get(1)?,
        };
        Ok((session, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
    });
    let Some((session, started, last_used)) = row.optional()? else {
        return Ok(None);
    };
    let since = |moment| now.saturating_secs_since(time(moment));
    if since(last_used) >= IDLE_SECONDS || since(started) >= ABSOLUTE_SECONDS {
        return Ok(None);
    }
    if since(last_used) >= TOUCH_SECONDS {
        transaction.execute(
            "UPDATE web_session SET last_used = ?2 WHERE id_hash = ?1",
            params![id.stored(), seconds(now)],
        )?;
    }
    Ok(Some(session))
}

/// Who is logged in with this id, as they see themselves.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    id: &SessionId,
    showing: &Showing,
) -> Result<Option<AccountView>, StoreError> {
    live(transaction, id, showing.now)?
        .map(|session| view::account(transaction, session.account_id, session.login_id, showing))
        .transpose()
}

/// Ends a session; one that does not exist is as good as ended.
///
/// # Errors
/// [`StoreError`].
pub fn end(transaction: &Transaction<'_>, id: &SessionId) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM web_session WHERE id_hash = ?1", [id.stored()])?;
    Ok(())
}

/// Ends all sessions of an account, but for the one given; returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn end_all_of(
    transaction: &Transaction<'_>,
    account_id: i64,
    but: Option<&SessionId>,
) -> Result<usize, StoreError> {
    let delete = "DELETE FROM web_session WHERE account_id = ?1 AND id_hash IS NOT ?2";
    let kept = but.map(SessionId::stored);
    Ok(transaction.execute(delete, params![account_id, kept])?)
}

/// Ends the sessions that scans with this certificate have started, but for the one given; returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn end_started_with(
    transaction: &Transaction<'_>,
    certificate: &[u8; 32],
    but: Option<&SessionId>,
) -> Result<usize, StoreError> {
    let delete = "DELETE FROM web_session WHERE id_hash IS NOT ?2
                  AND login_id IN (SELECT id FROM login_event WHERE certificate_hash = ?1)";
    let kept = but.map(SessionId::stored);
    Ok(transaction.execute(delete, params![certificate, kept])?)
}

/// Forgets sessions that are over.
fn clean(transaction: &Transaction<'_>, now: UnixTime) -> Result<(), StoreError> {
    let before = |life| seconds(UnixTime::from_secs(now.as_secs().saturating_sub(life)));
    let delete = "DELETE FROM web_session WHERE last_used <= ?1 OR started <= ?2";
    transaction.execute(delete, [before(IDLE_SECONDS), before(ABSOLUTE_SECONDS)])?;
    Ok(())
}
