//! Step 1 of a scan: the platform's server makes and signs a request.
//!
//! The request names the page's origin and what the server sees of the browser, is signed with the platform's key, and
//! lives a few minutes. Its nonce is stored with the hash of the browser's scan cookie: what the phone answers is worth
//! nothing in another browser.

use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_protocol::{
    Origin, Text,
    request::{
        Accept, CertificateKind, Context, Display, Nonce, Operation, PlatformId, RequestClaims,
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    authority::{
        registry::{seconds, time},
        trust::{PLATFORM_ID, platform_name},
    },
    http::{Problem, caller::Caller, cookies::CookieSecret, origins},
    portal::Portal,
    store::StoreError,
};

/// Seconds a session lives after a phone has scanned: for a login.
pub const SCANNED_SECONDS: u32 = 120;
/// Seconds a request lives: the longest wait for a phone (180 s), the time after the scan, and half a minute for networks.
pub const REQUEST_SECONDS: u64 = 180 + SCANNED_SECONDS as u64 + 30;
/// Seconds for which a request is remembered after its end, so that what comes late is told apart from what was never asked.
const REMEMBERED_SECONDS: u64 = 3_600;
const BROWSER_LABEL: &str = "scanseal-portal browser";

/// What a page asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRequestBody {
    op: RequestedOperation,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RequestedOperation {
    Login,
}

/// What the page's SDK needs.
#[derive(Clone, Debug, Serialize)]
pub struct IssuedRequest {
    /// The signed request, for the phone.
    pub request: String,
    /// Seconds it lives.
    pub expires: u64,
    /// Address of the relay.
    pub relay: String,
    /// What the QR code begins with.
    pub link: String,
    /// Seconds the session lives after a phone has scanned.
    pub scanned: u32,
}

/// A request that was handed out.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// The compact serialisation.
    pub request: String,
    /// Who may use it, see [`browser_hash`].
    pub browser: [u8; 32],
    /// When and how its nonce was used.
    pub consumed: Option<Consumed>,
}

/// What became of a nonce.
#[derive(Clone, Debug)]
pub struct Consumed {
    /// When.
    pub at: UnixTime,
    /// By which assertion.
    pub assertion: [u8; 32],
    /// From which the session's id follows, together with the scan cookie.
    pub salt: [u8; 32],
    /// What was answered.
    pub answer: String,
}

/// Makes, signs and stores a request for a page.
///
/// # Errors
/// Only faults of the server.
pub async fn issue(
    portal: &Portal,
    ScanRequestBody {
        op: RequestedOperation::Login,
    }: ScanRequestBody,
    origin: &Origin,
    browser: &CookieSecret,
    caller: &Caller,
) -> Result<IssuedRequest, Problem> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Problem::internal(&error))?;
    let (nonce, now) = (Nonce::from_bytes(nonce), portal.now());
    let claims = RequestClaims {
        iss: PlatformId::parse(PLATFORM_ID).expect("the constant has the right form"),
        op: Operation::Login,
        origin: origin.clone(),
        jti: nonce,
        iat: now,
        exp: now.saturating_add_secs(REQUEST_SECONDS),
        display: display(),
        context: Context {
            browser: Text::truncated(&caller.browser),
            place: Text::truncated(&caller.place()),
        },
        accept: Accept {
            kinds: vec![CertificateKind::Platform, CertificateKind::Mutual],
            cas: None,
        },
        account: None,
    };
    let request = portal
        .platform
        .signer
        .sign(|certificates| claims.unsigned(certificates))
        .map_err(|error| Problem::internal(&error))?;
    let (stored, browser) = (request.clone(), browser_hash(browser));
    portal
        .store
        .write(move |transaction| store(transaction, nonce, &stored, &browser, now))
        .await?;
    Ok(IssuedRequest {
        request,
        expires: REQUEST_SECONDS,
        relay: format!("{}/relay", origins::web_socket(origin)),
        link: portal.link_for(origin),
        scanned: SCANNED_SECONDS,
    })
}

/// What is stored of a scan cookie.
pub fn browser_hash(browser: &CookieSecret) -> [u8; 32] {
    browser.hash(BROWSER_LABEL, &[])
}

/// The request with this nonce, if it was handed out and not too long ago.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    nonce: Nonce,
) -> Result<Option<StoredRequest>, StoreError> {
    let select = "SELECT request, browser_hash, consumed, assertion_hash, session_salt, answer FROM scan_request WHERE nonce = ?1";
    let row = |row: &rusqlite::Row<'_>| {
        let consumed = match (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?) {
            (Some(at), Some(assertion), Some(salt), Some(answer)) => Some(Consumed {
                at: time(at),
                assertion,
                salt,
                answer,
            }),
            _ => None,
        };
        Ok(StoredRequest {
            request: row.get(0)?,
            browser: row.get(1)?,
            consumed,
        })
    };
    Ok(transaction
        .query_row(select, [nonce.to_string()], row)
        .optional()?)
}

/// Uses the nonce. The condition makes it once only, whoever else tries at the same time.
///
/// # Errors
/// [`StoreError`]; `false` if it was used before.
pub fn consume(
    transaction: &Transaction<'_>,
    nonce: Nonce,
    consumed: &Consumed,
) -> Result<bool, StoreError> {
    let update =
        "UPDATE scan_request SET consumed = ?2, assertion_hash = ?3, session_salt = ?4, answer = ?5
                  WHERE nonce = ?1 AND consumed IS NULL";
    let Consumed {
        at,
        assertion,
        salt,
        answer,
    } = consumed;
    Ok(transaction.execute(
        update,
        params![nonce.to_string(), seconds(*at), assertion, salt, answer],
    )? == 1)
}

fn store(
    transaction: &Transaction<'_>,
    nonce: Nonce,
    request: &str,
    browser: &[u8; 32],
    now: UnixTime,
) -> Result<(), StoreError> {
    let forgotten = UnixTime::from_secs(now.as_secs().saturating_sub(REMEMBERED_SECONDS));
    transaction.execute(
        "DELETE FROM scan_request WHERE expires < ?1",
        [seconds(forgotten)],
    )?;
    let insert =
        "INSERT INTO scan_request (nonce, request, browser_hash, expires) VALUES (?1, ?2, ?3, ?4)";
    let expires = seconds(now.saturating_add_secs(REQUEST_SECONDS));
    transaction.execute(
        insert,
        params![nonce.to_string(), request, browser, expires],
    )?;
    Ok(())
}

/// The lines on the phone's screen. The platform's proven name stands above them.
fn display() -> Display {
    let line = |text: &str| Text::truncated(text);
    let name = platform_name();
    Display {
        zh: vec![
            line(&format!("登录{}", name.zh)),
            line("登录后可查看贵单位的资料"),
        ],
        en: vec![
            line(&format!("Log in to {}", name.en)),
            line("Gives access to your enterprise's data"),
        ],
    }
}
