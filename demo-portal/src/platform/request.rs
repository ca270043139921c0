//! Step 1 of a scan: the platform's server makes and signs a request.
//!
//! What a request says is [`scanseal_platform::request`]'s matter; here it is given a nonce, signed with the platform's key and
//! stored with the hash of the browser's scan cookie: what the phone answers is worth nothing in another browser. A request to
//! bind is stored with the account and the web session that asked for it, and takes the place of an older one.

use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::UnixTime;
use scanseal_platform::request::{self as claims, NewRequest, RequestRecord, Used};
pub use scanseal_platform::request::{REQUEST_SECONDS, SCANNED_SECONDS};
use scanseal_protocol::{
    error::Code,
    request::{Account, CertificateKind, Nonce, Operation, PlatformId, RequestClaims},
};
use serde::{Deserialize, Serialize};

use crate::{
    authority::{
        registry::{seconds, time},
        trust::{PLATFORM_ID, platform_name},
    },
    http::{Problem, body::present, caller::Caller, cookies::CookieSecret, origins},
    platform::{
        accounts, certificates,
        rights::{self, Member},
        session::{OwnPage, SessionId},
    },
    portal::Portal,
    settings,
    store::StoreError,
};

/// Seconds for which a request is remembered after its end, so that what comes late is told apart from what was never asked.
const REMEMBERED_SECONDS: u64 = 3_600;

/// What a page asks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub enum ScanRequestBody {
    /// Bind a certificate to the account that is logged in.
    Bind {
        /// The certificate that the new one replaces.
        #[serde(default, deserialize_with = "present")]
        replaces: Option<String>,
    },
    /// Log in.
    Login {
        /// Only these kinds of certificates; all that the platform accepts if absent.
        #[serde(default, deserialize_with = "present")]
        kinds: Option<Vec<CertificateKind>>,
    },
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

/// A request that was handed out, with what belongs to it.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// What the checks need.
    pub record: RequestRecord,
    /// What it is for.
    pub op: Operation,
    /// Of a request to bind: who asked.
    pub asked_by: Option<Asker>,
    /// What was answered, once its nonce was used.
    pub answer: Option<StoredAnswer>,
}

/// Who asked for a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The account.
    pub account_id: i64,
    /// What is stored of the web session.
    pub session: [u8; 32],
}

/// An answer that may be given again.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    /// From which the session's id follows, together with the scan cookie.
    pub salt: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// Makes, signs and stores a request for a page.
///
/// # Errors
/// 401 `login-required` and 404 for a binding; otherwise only faults of the server.
pub async fn issue(
    portal: &Portal,
    body: ScanRequestBody,
    page: &OwnPage,
    browser: &CookieSecret,
    caller: &Caller,
) -> Result<IssuedRequest, Problem> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Problem::internal(&error))?;
    let (nonce, now) = (Nonce::from_bytes(nonce), portal.now());
    let session = page.session.clone();
    let asked = portal
        .store
        .decide(move |transaction| body.resolve(transaction, &session, now))
        .await?;
    let request = sign(portal, &asked, nonce, page, caller, now)?;
    let record = RequestRecord::new(request.clone(), browser_hash(browser));
    let session = page.session.clone();
    portal
        .store
        .decide(move |transaction| {
            // Signing took a moment, in which the session may have ended.
            if let Some(account) = &asked.account {
                let member = rights::require(transaction, &session, now)?;
                if member.login != account.name.as_str() {
                    return Err(rights::login_required());
                }
                store(transaction, nonce, &record, Some(&member), &asked, now)?;
            } else {
                store(transaction, nonce, &record, None, &asked, now)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(IssuedRequest {
        request,
        expires: REQUEST_SECONDS,
        relay: format!("{}/relay", origins::web_socket(&page.origin)),
        link: portal.link_for(&page.origin),
        scanned: SCANNED_SECONDS,
    })
}

/// What is stored of a scan cookie.
pub fn browser_hash(browser: &CookieSecret) -> [u8; 32] {
    claims::browser_hash(browser.bytes())
}

/// The request with this nonce, if it was handed out and not too long ago.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    nonce: Nonce,
) -> Result<Option<StoredRequest>, StoreError> {
    let select =
        "SELECT request, browser_hash, superseded IS NOT NULL, op, account_id, web_session,
                         consumed, assertion_hash, session_salt, status, answer
                  FROM scan_request WHERE nonce = ?1";
    let row = |row: &rusqlite::Row<'_>| {
        let used = match (row.get(6)?, row.get(7)?) {
            (Some(at), Some(submission)) => Some(Used {
                at: time(at),
                submission,
            }),
            _ => None,
        };
        let answer = match (row.get(8)?, row.get(9)?, row.get(10)?) {
            (Some(salt), Some(status), Some(body)) => Some(StoredAnswer { salt, status, body }),
            _ => None,
        };
        let asked_by = match (row.get(4)?, row.get(5)?) {
            (Some(account_id), Some(session)) => Some(Asker {
                account_id,
                session,
            }),
            _ => None,
        };
        Ok(StoredRequest {
            record: RequestRecord {
                request: row.get(0)?,
                browser: row.get(1)?,
                used,
                superseded: row.get(2)?,
            },
            op: match row.get::<_, String>(3)?.as_str() {
                "bind" => Operation::Bind,
                _ => Operation::Login,
            },
            asked_by,
            answer,
        })
    };
    Ok(transaction
        .query_row(select, [nonce.to_string()], row)
        .optional()?)
}

/// Uses the nonce. The condition makes it once only, whoever else tries at the same time.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Damaged`] if it was used before, which the caller has just ruled out.
pub fn consume(
    transaction: &Transaction<'_>,
    nonce: Nonce,
    used: &Used,
    answer: &StoredAnswer,
) -> Result<(), StoreError> {
    let update = "UPDATE scan_request SET consumed = ?2, assertion_hash = ?3, session_salt = ?4, status = ?5, answer = ?6
                  WHERE nonce = ?1 AND consumed IS NULL";
    let StoredAnswer { salt, status, body } = answer;
    let consumed = transaction.execute(
        update,
        params![
            nonce.to_string(),
            seconds(used.at),
            used.submission,
            salt,
            status,
            body
        ],
    )?;
    if consumed == 1 {
        Ok(())
    } else {
        Err(StoreError::Damaged("a request that was there a moment ago"))
    }
}

/// What a page asks for, after a look at the tables.
struct Asked {
    kinds: Vec<CertificateKind>,
    account: Option<Account>,
}

impl ScanRequestBody {
    fn resolve(
        self,
        transaction: &Transaction<'_>,
        session: &SessionId,
        now: UnixTime,
    ) -> Result<Asked, Problem> {
        let accepted = settings::read(transaction)?.kinds;
        match self {
            Self::Login { kinds } => {
                let wanted = kinds.unwrap_or_else(|| accepted.clone());
                let kinds: Vec<_> = accepted
                    .into_iter()
                    .filter(|kind| wanted.contains(kind))
                    .collect();
                if kinds.is_empty() {
                    let detail =
                        "`kinds` must name a kind of certificate that this platform accepts.";
                    return Err(Problem::malformed(detail));
                }
                Ok(Asked {
                    kinds,
                    account: None,
                })
            }
            Self::Bind { replaces } => {
                let member = rights::require(transaction, session, now)?;
                let replaces = replaces
                    .map(|id| replaced(transaction, &member, &id))
                    .transpose()?;
                let account = accounts::find(transaction, member.account_id)?;
                let enterprise = &account.enterprise;
                let account = claims::account(
                    &account.login,
                    &enterprise.name,
                    enterprise.credit_code,
                    replaces,
                )
                .map_err(|error| Problem::internal(&error))?;
                Ok(Asked {
                    kinds: accepted,
                    account: Some(account),
                })
            }
        }
    }
}

/// The certificate to be replaced: one of the member's own, and not frozen, since who replaces one also unbinds it.
fn replaced(transaction: &Transaction<'_>, member: &Member, id: &str) -> Result<[u8; 32], Problem> {
    let binding = certificates::parse_id(id)
        .map(|id| certificates::find(transaction, &id))
        .transpose()?
        .flatten()
        .filter(|binding| binding.account_id == member.account_id)
        .ok_or_else(|| Problem::not_found("No such certificate is bound to this account."))?;
    if binding.frozen {
        let detail = "The certificate is frozen: an administrator unfreezes or unbinds it first.";
        return Err(Problem::new(
            hyper::StatusCode::FORBIDDEN,
            Code::CertificateFrozen,
            detail,
        ));
    }
    Ok(binding.id)
}

fn sign(
    portal: &Portal,
    asked: &Asked,
    nonce: Nonce,
    page: &OwnPage,
    caller: &Caller,
    now: UnixTime,
) -> Result<String, Problem> {
    let place = caller.place();
    let new = NewRequest {
        platform: &PlatformId::parse(PLATFORM_ID).expect("the constant has the right form"),
        name: &platform_name(),
        origin: &page.origin,
        nonce,
        now,
        browser: &caller.browser,
        place: &place,
        kinds: &asked.kinds,
    };
    let claims: RequestClaims = match &asked.account {
        Some(account) => new.bind(account.clone()),
        None => new.login(),
    };
    portal
        .platform
        .sign(|certificates| claims.unsigned(certificates))
        .map_err(|error| Problem::internal(&error))
}

fn store(
    transaction: &Transaction<'_>,
    nonce: Nonce,
    record: &RequestRecord,
    member: Option<&Member>,
    asked: &Asked,
    now: UnixTime,
) -> Result<(), StoreError> {
    let forgotten = UnixTime::from_secs(now.as_secs().saturating_sub(REMEMBERED_SECONDS));
    transaction.execute(
        "DELETE FROM scan_request WHERE expires < ?1",
        [seconds(forgotten)],
    )?;
    if let Some(member) = member {
        let supersede = "UPDATE scan_request SET superseded = ?2
                         WHERE account_id = ?1 AND consumed IS NULL AND superseded IS NULL";
        transaction.execute(supersede, params![member.account_id, seconds(now)])?;
    }
    let insert = "INSERT INTO scan_request (nonce, request, browser_hash, expires, op, account_id, web_session, replaces)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let expires = seconds(now.saturating_add_secs(REQUEST_SECONDS));
    let op = if member.is_some() { "bind" } else { "login" };
    transaction.execute(
        insert,
        params![
            nonce.to_string(),
            record.request,
            record.browser,
            expires,
            op,
            member.map(|member| member.account_id),
            member.map(|member| member.session.stored()),
            asked.account.as_ref().and_then(|account| account.replaces)
        ],
    )?;
    Ok(())
}
