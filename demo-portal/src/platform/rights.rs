//! Who calls, and what they may do. The one place where rights are decided.
//!
//! | who | may |
//! |---|---|
//! | operator (经办人) | see and change their own account, certificates, sessions, log |
//! | administrator (企业管理员) | also the people, certificates and log of their enterprise |
//! | platform staff (平台工作人员) | also everything under `/api/admin/` |
//!
//! A right is checked inside the transaction that uses it ([`require`]): who loses it a moment before has lost it.

use hyper::{HeaderMap, StatusCode};
use rusqlite::{OptionalExtension, Transaction};
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;

use crate::{
    http::Problem,
    platform::{
        accounts::{EnterpriseKind, Role},
        session::{self, OwnPage, SessionId},
    },
    portal::Portal,
    store::StoreError,
};

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their account.
    pub account_id: i64,
    /// Its user name.
    pub login: String,
    /// What they may do within their enterprise.
    pub role: Role,
    /// Their enterprise.
    pub enterprise_id: i64,
    /// What it does here.
    pub kind: EnterpriseKind,
    /// Their web session.
    pub session: SessionId,
    /// The login that started it.
    pub login_id: i64,
}

impl Member {
    /// Platform staff only.
    ///
    /// # Errors
    /// 403 `not-allowed`.
    pub fn require_staff(&self) -> Result<(), Problem> {
        let detail = "Only the platform's own staff may do this.";
        allow(self.is_staff(), detail)
    }

    /// Administrators of their enterprise only.
    ///
    /// # Errors
    /// 403 `not-allowed`.
    pub fn require_administrator(&self) -> Result<(), Problem> {
        let detail = "Only an administrator of the enterprise may do this.";
        allow(self.is_administrator(), detail)
    }

    /// Whether they work for who runs the platform.
    pub fn is_staff(&self) -> bool {
        self.kind == EnterpriseKind::Platform
    }

    /// Whether they administer their enterprise.
    pub fn is_administrator(&self) -> bool {
        self.role == Role::Administrator
    }
}

/// Who calls. `page` is what a state-changing call has been checked to come from; a call that only reads has none.
///
/// What rests on the caller's rights and changes something should rather ask [`require`], in its own transaction.
///
/// # Errors
/// 401 `login-required`.
pub async fn member(
    portal: &Portal,
    headers: &HeaderMap,
    page: Option<&OwnPage>,
) -> Result<Member, Problem> {
    let session = match page {
        Some(page) => page.session.clone(),
        None => SessionId::from_headers(headers).ok_or_else(login_required)?,
    };
    let now = portal.now();
    portal
        .store
        .decide(move |transaction| require(transaction, &session, now))
        .await
}

/// Who is logged in with this session, read inside the caller's transaction.
///
/// # Errors
/// 401 `login-required`, or a fault of the store.
pub fn require(
    transaction: &Transaction<'_>,
    session: &SessionId,
    now: UnixTime,
) -> Result<Member, Problem> {
    find(transaction, session, now)?.ok_or_else(login_required)
}

/// As [`require`], for who also serves callers that are not logged in.
///
/// # Errors
/// [`StoreError`].
pub fn find(
    transaction: &Transaction<'_>,
    session: &SessionId,
    now: UnixTime,
) -> Result<Option<Member>, StoreError> {
    let Some(live) = session::live(transaction, session, now)? else {
        return Ok(None);
    };
    // A closed account has no sessions; should one have been left, it is worth nothing.
    let select = "SELECT a.login, a.role, a.enterprise_id, e.kind
                  FROM account a JOIN enterprise e ON e.id = a.enterprise_id
                  WHERE a.id = ?1 AND a.disabled IS NULL";
    let row = transaction.query_row(select, [live.account_id], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, String>(3)?,
        ))
    });
    let Some((login, role, enterprise_id, kind)) = row.optional()? else {
        return Ok(None);
    };
    Ok(Some(Member {
        account_id: live.account_id,
        login,
        role: Role::read(&role)?,
        enterprise_id,
        kind: EnterpriseKind::read(&kind)?,
        session: session.clone(),
        login_id: live.login_id,
    }))
}

/// Nobody is logged in, or not any more.
pub fn login_required() -> Problem {
    let detail = "Nobody is logged in here, or not any more: log in first.";
    Problem::new(StatusCode::UNAUTHORIZED, Code::LoginRequired, detail)
}

/// The role lacks the right.
pub fn not_allowed(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, Code::NotAllowed, detail)
}

fn allow(holds: bool, detail: &str) -> Result<(), Problem> {
    if holds {
        Ok(())
    } else {
        Err(not_allowed(detail))
    }
}
