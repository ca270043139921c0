//! An account, as its owner sees it.

use rusqlite::Transaction;
use serde::Serialize;

use crate::{
    platform::{
        accounts::{self, Enterprise, Role},
        certificates::{self, BoundCertificate, Showing, Which},
        logins::{self, LoginEvent},
    },
    store::StoreError,
};

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// User name.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The person's telephone number.
    pub phone: String,
    /// What they may do.
    pub role: Role,
    /// For whom.
    pub enterprise: Enterprise,
    /// Certificates bound to the account; for an administrator, to any account of the enterprise. The newest first.
    pub certificates: Vec<BoundCertificate>,
    /// Logins, the latest first: who sees one that was not theirs knows that something is wrong.
    pub logins: Vec<LoginEvent>,
    /// Number of the latest event in the log that concerns the account; 0 if there is none.
    pub last_event: i64,
}

/// What an account's owner sees; `login_id` is the login that started the session that asks.
///
/// # Errors
/// [`StoreError`].
pub fn account(
    transaction: &Transaction<'_>,
    account_id: i64,
    login_id: i64,
    showing: &Showing,
) -> Result<AccountView, StoreError> {
    let account = accounts::find(transaction, account_id)?;
    let which = match account.role {
        Role::Administrator => Which::Enterprise(account.enterprise_id),
        Role::Operator => Which::Account(account_id),
    };
    let select = "SELECT coalesce(max(seq), 0) FROM audit_event WHERE account_id = ?1";
    Ok(AccountView {
        certificates: certificates::list(transaction, which, showing)?,
        logins: logins::list(transaction, account_id, login_id)?,
        last_event: transaction.query_row(select, [account_id], |row| row.get(0))?,
        login: account.login,
        name: account.name,
        phone: account.phone,
        role: account.role,
        enterprise: account.enterprise,
    })
}
