//! Accounts and the enterprises they act for: the rows.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::{CreditCode, UnixTime};
use serde::{Deserialize, Serialize};

use crate::{authority::registry::seconds, store::StoreError};

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
    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "purchaser" => Ok(Self::Purchaser),
            "supplier" => Ok(Self::Supplier),
            "platform" => Ok(Self::Platform),
            _ => Err(StoreError::Damaged("an enterprise of no known kind")),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
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
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        match text {
            "administrator" => Ok(Self::Administrator),
            "operator" => Ok(Self::Operator),
            _ => Err(StoreError::Damaged("an account of no known role")),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
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

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its row.
    pub id: i64,
    /// User name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The person's telephone number; may be empty.
    pub phone: String,
    /// What they may do.
    pub role: Role,
    /// Row of the enterprise.
    pub enterprise_id: i64,
    /// The enterprise they act for.
    pub enterprise: Enterprise,
    /// Whether an administrator has closed it.
    pub disabled: bool,
    /// Argon2id hash of the password, PHC form.
    pub password_hash: String,
}

/// An account to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// User name.
    pub login: &'a str,
    /// The person's name.
    pub name: &'a str,
    /// The person's telephone number.
    pub phone: &'a str,
    /// What they may do.
    pub role: Role,
    /// Argon2id hash of the password, PHC form.
    pub password_hash: &'a str,
}

/// The account with this row.
///
/// # Errors
/// [`StoreError`]; accounts are never deleted, so one that is named is there.
pub fn find(transaction: &Transaction<'_>, id: i64) -> Result<Account, StoreError> {
    let select = format!("{SELECT} WHERE a.id = ?1");
    transaction.query_row(&select, [id], |row| Ok(read(row)))?
}

/// The account with this user name.
///
/// # Errors
/// [`StoreError`].
pub fn by_login(transaction: &Transaction<'_>, login: &str) -> Result<Option<Account>, StoreError> {
    let select = format!("{SELECT} WHERE a.login = ?1");
    transaction
        .query_row(&select, [login], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// The accounts of an enterprise, in the order in which they were made.
///
/// # Errors
/// [`StoreError`].
pub fn people(transaction: &Transaction<'_>, enterprise: i64) -> Result<Vec<Account>, StoreError> {
    let select = format!("{SELECT} WHERE a.enterprise_id = ?1 ORDER BY a.id");
    let mut select = transaction.prepare(&select)?;
    let rows = select.query_map([enterprise], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// Accounts in which a word occurs, page by page, and how many there are in all. An empty word occurs in each.
///
/// # Errors
/// [`StoreError`].
pub fn search(
    transaction: &Transaction<'_>,
    word: &str,
    (skipped, shown): (u32, u32),
) -> Result<(Vec<Account>, u32), StoreError> {
    const FITS: &str = "WHERE ?1 = '' OR instr(a.login, lower(?1)) OR instr(a.name, ?1)
                        OR instr(e.name, ?1) OR instr(e.credit_code, upper(?1))";
    let select = format!("{SELECT} {FITS} ORDER BY a.id LIMIT ?3 OFFSET ?2");
    let mut select = transaction.prepare(&select)?;
    let rows = select.query_map(params![word, skipped, shown], |row| Ok(read(row)))?;
    let found = rows.map(|row| row?).collect::<Result<_, _>>()?;
    let count = format!(
        "SELECT count(*) FROM account a JOIN enterprise e ON e.id = a.enterprise_id {FITS}"
    );
    let total = transaction.query_row(&count, [word], |row| row.get(0))?;
    Ok((found, total))
}

/// Makes an account. `None` if the user name is taken.
///
/// # Errors
/// [`StoreError`].
pub fn insert(
    transaction: &Transaction<'_>,
    enterprise: i64,
    account: &NewAccount<'_>,
    now: UnixTime,
) -> Result<Option<i64>, StoreError> {
    let insert =
        "INSERT INTO account (login, name, phone, role, enterprise_id, password_hash, created)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (login) DO NOTHING";
    let made = transaction.execute(
        insert,
        params![
            account.login,
            account.name,
            account.phone,
            account.role.as_str(),
            enterprise,
            account.password_hash,
            seconds(now)
        ],
    )?;
    Ok((made == 1).then(|| transaction.last_insert_rowid()))
}

/// Makes an enterprise. `None` if one with its credit code is known.
///
/// # Errors
/// [`StoreError`].
pub fn insert_enterprise(
    transaction: &Transaction<'_>,
    enterprise: &Enterprise,
) -> Result<Option<i64>, StoreError> {
    let insert = "INSERT INTO enterprise (name, credit_code, kind) VALUES (?1, ?2, ?3)
                  ON CONFLICT (credit_code) DO NOTHING";
    let Enterprise {
        name,
        credit_code,
        kind,
    } = enterprise;
    let made = transaction.execute(insert, [name, credit_code.as_str(), kind.as_str()])?;
    Ok((made == 1).then(|| transaction.last_insert_rowid()))
}

/// The enterprise with this credit code.
///
/// # Errors
/// [`StoreError`].
pub fn enterprise_id(
    transaction: &Transaction<'_>,
    credit_code: &CreditCode,
) -> Result<Option<i64>, StoreError> {
    let select = "SELECT id FROM enterprise WHERE credit_code = ?1";
    Ok(transaction
        .query_row(select, [credit_code.as_str()], |row| row.get(0))
        .optional()?)
}

/// Enterprises in whose name or credit code a word occurs, by name. The platform's own is among them.
///
/// # Errors
/// [`StoreError`].
pub fn find_enterprises(
    transaction: &Transaction<'_>,
    word: &str,
    most: u32,
) -> Result<Vec<Enterprise>, StoreError> {
    let select = "SELECT name, credit_code, kind FROM enterprise
                  WHERE instr(name, ?1) OR instr(credit_code, upper(?1)) ORDER BY name LIMIT ?2";
    let mut select = transaction.prepare(select)?;
    let rows = select.query_map(params![word, most], |row| {
        Ok((
            row.get(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (name, credit_code, kind) = row?;
        Ok(Enterprise {
            name,
            credit_code: read_code(&credit_code)?,
            kind: EnterpriseKind::read(&kind)?,
        })
    })
    .collect()
}

/// The account that stands for an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseAccount {
    /// Registered name.
    pub enterprise: String,
    /// Its (first) account.
    pub account_id: i64,
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
    let row = |row: &Row<'_>| {
        Ok(EnterpriseAccount {
            enterprise: row.get(0)?,
            account_id: row.get(1)?,
        })
    };
    Ok(transaction
        .query_row(select, [credit_code], row)
        .optional()?)
}

/// Closes an account, or opens it again.
///
/// # Errors
/// [`StoreError`].
pub fn set_disabled(
    transaction: &Transaction<'_>,
    id: i64,
    since: Option<UnixTime>,
) -> Result<(), StoreError> {
    let update = "UPDATE account SET disabled = ?2 WHERE id = ?1";
    transaction.execute(update, params![id, since.map(seconds)])?;
    Ok(())
}

/// Gives a person another role.
///
/// # Errors
/// [`StoreError`].
pub fn set_role(transaction: &Transaction<'_>, id: i64, role: Role) -> Result<(), StoreError> {
    let update = "UPDATE account SET role = ?2 WHERE id = ?1";
    transaction.execute(update, params![id, role.as_str()])?;
    Ok(())
}

/// Changes a password. The condition makes it that of the one which was checked, whoever else changes it meanwhile.
///
/// # Errors
/// [`StoreError`]; `false` if the password is another one by now.
pub fn set_password(
    transaction: &Transaction<'_>,
    id: i64,
    before: &str,
    after: &str,
) -> Result<bool, StoreError> {
    let update = "UPDATE account SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2";
    Ok(transaction.execute(update, params![id, before, after])? == 1)
}

const SELECT: &str =
    "SELECT a.id, a.login, a.name, a.phone, a.role, a.enterprise_id, a.disabled IS NOT NULL,
                      a.password_hash, e.name, e.credit_code, e.kind
                      FROM account a JOIN enterprise e ON e.id = a.enterprise_id";

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.get(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        role: Role::read(&row.get::<_, String>(4)?)?,
        enterprise_id: row.get(5)?,
        disabled: row.get(6)?,
        password_hash: row.get(7)?,
        enterprise: Enterprise {
            name: row.get(8)?,
            credit_code: read_code(&row.get::<_, String>(9)?)?,
            kind: EnterpriseKind::read(&row.get::<_, String>(10)?)?,
        },
    })
}

fn read_code(text: &str) -> Result<CreditCode, StoreError> {
    CreditCode::parse(text).map_err(|_| StoreError::Damaged("a wrong credit code"))
}
