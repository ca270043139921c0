//! Who has logged in, when, how and from where: shown to the account's owner.

use rusqlite::{Transaction, params};
use scanseal_pki::UnixTime;
use serde::{Deserialize, Serialize};

use crate::{
    authority::registry::{seconds, time},
    http::caller::Caller,
    store::StoreError,
};

/// Logins that a page shows.
const SHOWN: u32 = 20;

/// How somebody logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginMethod {
    /// With user name and password.
    Password,
    /// With the phone.
    Scan,
}

impl LoginMethod {
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "password" => Ok(Self::Password),
            "scan" => Ok(Self::Scan),
            _ => Err(StoreError::Damaged("a login of no known method")),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Scan => "scan",
        }
    }
}

/// A login that is happening.
#[derive(Clone, Copy, Debug)]
pub struct NewLogin<'a> {
    /// Whose.
    pub account_id: i64,
    /// The certificate, if it is by scan.
    pub certificate: Option<&'a [u8; 32]>,
    /// From where, and with which browser.
    pub caller: &'a Caller,
    /// When.
    pub at: UnixTime,
}

impl NewLogin<'_> {
    /// Who has shown a certificate has scanned.
    pub const fn method(&self) -> LoginMethod {
        match self.certificate {
            Some(_) => LoginMethod::Scan,
            None => LoginMethod::Password,
        }
    }
}

/// One login, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginEvent {
    /// When.
    pub at: UnixTime,
    /// How.
    pub method: LoginMethod,
    /// From where.
    pub place: String,
    /// With which browser.
    pub browser: String,
    /// Whether it started the session that asks.
    pub current: bool,
}

/// Remembers a login; returns its id.
///
/// # Errors
/// [`StoreError`].
pub fn record(transaction: &Transaction<'_>, login: &NewLogin<'_>) -> Result<i64, StoreError> {
    let insert =
        "INSERT INTO login_event (account_id, at, method, place, browser, certificate_hash)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(
        insert,
        params![
            login.account_id,
            seconds(login.at),
            login.method().as_str(),
            login.caller.place(),
            login.caller.browser,
            login.certificate
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// The logins of an account, the latest first; `current` is what [`record`] returned for the session that asks.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    transaction: &Transaction<'_>,
    account_id: i64,
    current: i64,
) -> Result<Vec<LoginEvent>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT at, method, place, browser, id = ?3 FROM login_event WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let mut rows = select.query(params![account_id, SHOWN, current])?;
    let mut logins = Vec::new();
    while let Some(row) = rows.next()? {
        logins.push(LoginEvent {
            at: time(row.get(0)?),
            method: LoginMethod::read(&row.get::<_, String>(1)?)?,
            place: row.get(2)?,
            browser: row.get(3)?,
            current: row.get(4)?,
        });
    }
    Ok(logins)
}

/// When an account logged in last.
///
/// # Errors
/// [`StoreError`].
pub fn last(
    transaction: &Transaction<'_>,
    account_id: i64,
) -> Result<Option<UnixTime>, StoreError> {
    let select = "SELECT max(at) FROM login_event WHERE account_id = ?1";
    let at: Option<i64> = transaction.query_row(select, [account_id], |row| row.get(0))?;
    Ok(at.map(time))
}
