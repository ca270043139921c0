//! Accounts, the enterprises they act for, and the certificates bound to them.

use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::{Certificate, CertificateStatus, CreditCode, UnixTime};
use serde::{Deserialize, Serialize};

use crate::{
    authority::registry::{self, seconds, time},
    http::caller::Caller,
    store::StoreError,
};

/// What an enterprise does on the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnterpriseKind {
    /// 采购人.
    Purchaser,
    /// 供应商.
    Supplier,
    /// 平台运营: who runs the platform.
    Platform,
}

impl EnterpriseKind {
    fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "purchaser" => Ok(Self::Purchaser),
            "supplier" => Ok(Self::Supplier),
            "platform" => Ok(Self::Platform),
            _ => Err(StoreError::Damaged("an enterprise of no known kind")),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Purchaser => "purchaser",
            Self::Supplier => "supplier",
            Self::Platform => "platform",
        }
    }
}

/// What a person may do within their enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 企业管理员: also looks after the enterprise's people and certificates.
    Administrator,
    /// 经办人.
    Operator,
}

impl Role {
    fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "administrator" => Ok(Self::Administrator),
            "operator" => Ok(Self::Operator),
            _ => Err(StoreError::Damaged("an account of no known role")),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }
}

/// An enterprise, as the platform registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enterprise {
    /// Registered name.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// What it does here.
    pub kind: EnterpriseKind,
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// User name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom.
    pub enterprise: Enterprise,
    /// Certificates bound to the account, the newest first.
    pub certificates: Vec<BoundCertificate>,
    /// Logins, the latest first: who sees one that was not theirs knows that something is wrong.
    pub logins: Vec<LoginEvent>,
}

/// A certificate bound to the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundCertificate {
    /// Serial number in hexadecimal.
    pub serial: String,
    /// Name shown.
    pub common_name: String,
    /// The authority's name.
    pub issuer: String,
    /// Until when it is valid.
    pub not_after: UnixTime,
    /// Whether the demo's authority has revoked it.
    pub revoked: bool,
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

/// Logins and certificates that a page shows.
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
    fn read(text: &str) -> Self {
        if text == Self::Scan.as_str() {
            Self::Scan
        } else {
            Self::Password
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Scan => "scan",
        }
    }
}

/// The account that stands for an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseAccount {
    /// Registered name.
    pub enterprise: String,
    /// Its (first) account.
    pub account_id: i64,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// User name.
    pub login: &'static str,
    /// The person's name.
    pub name: &'static str,
    /// What they may do.
    pub role: Role,
    /// Registered name of the enterprise.
    pub enterprise: &'static str,
    /// What the enterprise does.
    pub kind: EnterpriseKind,
    /// Its credit code.
    pub credit_code: CreditCode,
    /// Argon2id hash of the password, PHC form.
    pub password_hash: String,
}

/// Makes an account and, if it is new, its enterprise. An account that exists stays as it is.
///
/// # Errors
/// [`StoreError`].
pub fn create(transaction: &Transaction<'_>, account: &NewAccount) -> Result<(), StoreError> {
    let code = account.credit_code.as_str();
    transaction.execute(
        "INSERT OR IGNORE INTO enterprise (name, credit_code, kind) VALUES (?1, ?2, ?3)",
        [account.enterprise, code, account.kind.as_str()],
    )?;
    transaction.execute(
        "INSERT OR IGNORE INTO account (login, name, role, enterprise_id, password_hash)
         SELECT ?1, ?2, ?3, id, ?4 FROM enterprise WHERE credit_code = ?5",
        params![
            account.login,
            account.name,
            account.role.as_str(),
            account.password_hash,
            code
        ],
    )?;
    Ok(())
}

/// Account id and password hash for a user name.
///
/// # Errors
/// [`StoreError`].
pub fn password_of(
    transaction: &Transaction<'_>,
    login: &str,
) -> Result<Option<(i64, String)>, StoreError> {
    let select = "SELECT id, password_hash FROM account WHERE login = ?1";
    Ok(transaction
        .query_row(select, [login], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The account of the enterprise with this credit code.
///
/// # Errors
/// [`StoreError`].
pub fn of_enterprise(
    transaction: &Transaction<'_>,
    credit_code: &str,
) -> Result<Option<EnterpriseAccount>, StoreError> {
    let select = "SELECT e.name, a.id FROM enterprise e JOIN account a ON a.enterprise_id = e.id
                  WHERE e.credit_code = ?1 ORDER BY a.id LIMIT 1";
    let row = |row: &rusqlite::Row<'_>| {
        Ok(EnterpriseAccount {
            enterprise: row.get(0)?,
            account_id: row.get(1)?,
        })
    };
    Ok(transaction
        .query_row(select, [credit_code], row)
        .optional()?)
}

/// Binds a certificate to an account: from now on it logs in there.
///
/// # Errors
/// [`StoreError`]; a certificate is bound once only.
pub fn bind(
    transaction: &Transaction<'_>,
    certificate: &Certificate,
    account_id: i64,
    now: UnixTime,
) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO certificate_binding (certificate_hash, certificate, account_id, bound)
                  VALUES (?1, ?2, ?3, ?4)";
    let (hash, der) = (certificate.sha256(), certificate.der());
    transaction.execute(insert, params![hash, der, account_id, seconds(now)])?;
    Ok(())
}

/// The account a certificate is bound to.
///
/// # Errors
/// [`StoreError`].
pub fn bound_to(
    transaction: &Transaction<'_>,
    certificate: &[u8; 32],
) -> Result<Option<i64>, StoreError> {
    let select = "SELECT account_id FROM certificate_binding WHERE certificate_hash = ?1";
    Ok(transaction
        .query_row(select, [certificate], |row| row.get(0))
        .optional()?)
}

/// Remembers a login; returns its id.
///
/// # Errors
/// [`StoreError`].
pub fn record_login(
    transaction: &Transaction<'_>,
    account_id: i64,
    method: LoginMethod,
    caller: &Caller,
    now: UnixTime,
) -> Result<i64, StoreError> {
    let insert = "INSERT INTO login_event (account_id, at, method, place, browser) VALUES (?1, ?2, ?3, ?4, ?5)";
    transaction.execute(
        insert,
        params![
            account_id,
            seconds(now),
            method.as_str(),
            caller.place(),
            caller.browser
        ],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// What an account's owner sees; `login_id` is what [`record_login`] returned for the session that asks.
///
/// # Errors
/// [`StoreError`].
pub fn view(
    transaction: &Transaction<'_>,
    account_id: i64,
    login_id: i64,
) -> Result<AccountView, StoreError> {
    let select = "SELECT a.login, a.name, a.role, e.name, e.credit_code, e.kind
                  FROM account a JOIN enterprise e ON e.id = a.enterprise_id WHERE a.id = ?1";
    let row = transaction.query_row(select, [account_id], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, String>(3)?,
            row.get::<_, String>(4)?,
            row.get::<_, String>(5)?,
        ))
    })?;
    let (login, name, role, enterprise, credit_code, kind) = row;
    Ok(AccountView {
        login,
        name,
        role: Role::read(&role)?,
        enterprise: Enterprise {
            name: enterprise,
            credit_code: CreditCode::parse(&credit_code)
                .map_err(|_| StoreError::Damaged("a wrong credit code"))?,
            kind: EnterpriseKind::read(&kind)?,
        },
        certificates: certificates(transaction, account_id)?,
        logins: logins(transaction, account_id, login_id)?,
    })
}

fn certificates(
    transaction: &Transaction<'_>,
    account_id: i64,
) -> Result<Vec<BoundCertificate>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT certificate FROM certificate_binding WHERE account_id = ?1 ORDER BY bound DESC LIMIT ?2",
    )?;
    let rows = select.query_map(params![account_id, SHOWN], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|der| {
        let certificate = Certificate::from_der(&der?)
            .map_err(|_| StoreError::Damaged("a certificate that cannot be read"))?;
        let serial = certificate.serial_hex();
        let revoked = matches!(
            registry::status(transaction, &serial)?,
            CertificateStatus::Revoked { .. }
        );
        Ok(BoundCertificate {
            serial,
            common_name: certificate.common_name().unwrap_or_default().to_owned(),
            issuer: certificate
                .issuer_common_name()
                .unwrap_or_default()
                .to_owned(),
            not_after: certificate.not_after(),
            revoked,
        })
    })
    .collect()
}

fn logins(
    transaction: &Transaction<'_>,
    account_id: i64,
    login_id: i64,
) -> Result<Vec<LoginEvent>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT at, method, place, browser, id = ?3 FROM login_event WHERE account_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = select.query_map(params![account_id, SHOWN, login_id], |row| {
        Ok(LoginEvent {
            at: time(row.get(0)?),
            method: LoginMethod::read(&row.get::<_, String>(1)?),
            place: row.get(2)?,
            browser: row.get(3)?,
            current: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
