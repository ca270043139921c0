//! What may be done with a bound certificate: unbind, freeze, unfreeze.
//!
//! Freezing is what somebody does whose phone is gone: the certificate acts no more here, and what it has started ends. Only an
//! administrator takes that back, and only an administrator unbinds a frozen certificate: otherwise who found the phone could
//! unbind it and bind it again. The last way in is never lost, since the password stays.

use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use scanseal_protocol::error::Code;
use serde_json::json;

use crate::{
    http::{Problem, caller::Caller},
    platform::{
        accounts,
        certificates::{self, Binding},
        events::Doer,
        rights::{self, Member},
        session, sessions,
    },
    store::StoreError,
};

/// What to do with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It shall not act here until further notice.
    Freeze,
    /// It belongs to nobody here any more.
    Unbind,
    /// It may act again.
    Unfreeze,
}

/// By which door the call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A person's own pages: own certificates, and for administrators those of the enterprise.
    Own,
    /// The pages of platform staff: all certificates.
    Staff,
}

/// Does it, if the member may. Doing it twice is as good as once.
///
/// # Errors
/// 404 for a certificate that the member may not know of, 403 `not-allowed` or `certificate-frozen`.
pub fn change(
    transaction: &Transaction<'_>,
    member: &Member,
    (door, change, id): (Door, Change, &str),
    caller: &Caller,
    now: UnixTime,
) -> Result<(), Problem> {
    let binding = find(transaction, member, door, id)?;
    let oversees = member.is_administrator() || is_of_others(member, door, &binding);
    if change == Change::Unfreeze && !oversees {
        let detail = "Only an administrator of the enterprise unfreezes a certificate.";
        return Err(rights::not_allowed(detail));
    }
    if change == Change::Unbind && binding.frozen && !oversees {
        let detail =
            "The certificate is frozen: only an administrator of the enterprise unbinds it.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            Code::CertificateFrozen,
            detail,
        ));
    }
    let doer = Doer {
        login: Some(&member.login),
        caller,
        at: now,
    };
    Ok(act(transaction, member, change, &binding, &doer)?)
}

fn find(
    transaction: &Transaction<'_>,
    member: &Member,
    door: Door,
    id: &str,
) -> Result<Binding, Problem> {
    let unknown = || Problem::not_found("No such certificate is bound here.");
    let id = certificates::parse_id(id).ok_or_else(unknown)?;
    let binding = certificates::find(transaction, &id)?.ok_or_else(unknown)?;
    if binding.account_id == member.account_id || is_of_others(member, door, &binding) {
        return Ok(binding);
    }
    if binding.enterprise_id != member.enterprise_id {
        return Err(unknown());
    }
    member.require_administrator()?;
    Ok(binding)
}

/// Staff looks after everybody else's certificates; those of the platform itself are its administrators' matter.
fn is_of_others(member: &Member, door: Door, binding: &Binding) -> bool {
    door == Door::Staff && binding.enterprise_id != member.enterprise_id
}

fn act(
    transaction: &Transaction<'_>,
    member: &Member,
    change: Change,
    binding: &Binding,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    let account = accounts::find(transaction, binding.account_id)?;
    let certificate = certificates::certificate(transaction, &binding.id)?;
    let (event, ended) = match change {
        Change::Freeze if binding.frozen => return Ok(()),
        Change::Freeze => {
            certificates::set_frozen(transaction, &binding.id, Some(doer.at))?;
            // Whoever has the phone may be the one who is logged in: no session is spared.
            let ended = session::end_started_with(transaction, &binding.id, None)?;
            ("certificate.frozen", ended)
        }
        Change::Unfreeze if !binding.frozen => return Ok(()),
        Change::Unfreeze => {
            certificates::set_frozen(transaction, &binding.id, None)?;
            ("certificate.unfrozen", 0)
        }
        Change::Unbind => {
            certificates::remove(transaction, &binding.id)?;
            let ended = session::end_started_with(transaction, &binding.id, Some(&member.session))?;
            ("certificate.unbound", ended)
        }
    };
    doer.tell_certificate(transaction, event, &account, &certificate, &json!({}))?;
    sessions::record_ended(transaction, account.id, ended, event, doer)
}
