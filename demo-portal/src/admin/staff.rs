//! A state-changing call of platform staff.
//!
//! Whether the caller is platform staff is asked twice: before any work, and again inside the transaction that changes
//! something, since who loses a right a moment before has lost it.

use hyper::HeaderMap;
use rusqlite::Transaction;
use scanseal_pki::UnixTime;

use crate::{
    authority::trust::Editor,
    http::{Problem, caller::Caller, endpoint::Call},
    platform::{
        rights::{self, Member},
        session::{OwnPage, SessionId},
    },
    portal::Portal,
};

/// A call that came from an own page and, a moment ago, from platform staff.
#[derive(Clone, Debug)]
pub struct StaffCall {
    session: SessionId,
    caller: Caller,
    /// When it came in.
    pub now: UnixTime,
}

impl StaffCall {
    /// Takes the call.
    ///
    /// # Errors
    /// 403 `origin-refused`, `csrf-refused`, `not-allowed`; 401 `login-required`.
    pub async fn require(portal: &Portal, call: &Call) -> Result<Self, Problem> {
        let page = OwnPage::require(&call.headers, &portal.origins)?;
        rights::member(portal, &call.headers, Some(&page))
            .await?
            .require_staff()?;
        Ok(Self {
            session: page.session,
            caller: call.caller.clone(),
            now: portal.now(),
        })
    }

    /// Who calls, if they are still platform staff: for the transaction that changes something.
    ///
    /// # Errors
    /// 401 `login-required`, 403 `not-allowed`.
    pub fn staff(&self, transaction: &Transaction<'_>) -> Result<Member, Problem> {
        let member = rights::require(transaction, &self.session, self.now)?;
        member.require_staff()?;
        Ok(member)
    }

    /// The caller, for the audit log.
    pub fn editor<'a>(&'a self, staff: &'a Member) -> Editor<'a> {
        Editor {
            login: &staff.login,
            caller: &self.caller,
        }
    }
}

/// Lets only platform staff read.
///
/// # Errors
/// 401 `login-required`, 403 `not-allowed`.
pub async fn require_staff(portal: &Portal, headers: &HeaderMap) -> Result<(), Problem> {
    rights::member(portal, headers, None).await?.require_staff()
}
