//! Binding a certificate to the account that asked for it, or putting it in the place of another.
//!
//! What the phone's person has agreed to is one account of one enterprise. So the binding is made only while the web session
//! that asked for it goes on, with that account, in that browser; and only if the certificate names that enterprise.

use hyper::StatusCode;
use rusqlite::Transaction;
use scanseal_pki::UnixTime;
use scanseal_platform::submission::{BindOutcome, BindStanding, Holder};
use serde::Serialize;
use serde_json::json;

use crate::{
    platform::{
        accounts::{self, Account},
        assertion::{Judged, Outcome, to_json},
        certificates::{self, Binding, BoundCertificate, Which},
        events::Doer,
        request::{Asker, StoredRequest},
        session::{self, SessionId},
        sessions,
        view::{self, AccountView},
    },
    store::StoreError,
};

#[derive(Serialize)]
struct Bound<'a> {
    account: &'a AccountView,
    certificate: &'a BoundCertificate,
    replaced: Option<String>,
}

/// Whether the web session that asked goes on, with the same account, in the browser that calls.
pub(crate) fn is_there(
    transaction: &Transaction<'_>,
    asker: &Asker,
    page: &SessionId,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let live = session::live(transaction, page, now)?;
    Ok(page.stored() == asker.session
        && live.is_some_and(|session| session.account_id == asker.account_id))
}

/// Decides a binding and makes it, inside the transaction that uses the nonce.
pub(super) fn settle(
    judged: &Judged,
    transaction: &Transaction<'_>,
    stored: &StoredRequest,
    asker: &Asker,
) -> Result<Outcome, StoreError> {
    let now = judged.showing.now;
    let account = accounts::find(transaction, asker.account_id)?;
    let id = judged.verified.certificate().sha256();
    let holder = certificates::find(transaction, &id)?;
    let replaced = replaced(judged, transaction, asker)?;
    let frozen = |binding: &Option<Binding>| binding.is_some_and(|binding| binding.frozen);
    let standing = BindStanding {
        same_session: is_there(transaction, asker, &judged.page, now)?,
        disabled: account.disabled,
        enterprise: &account.enterprise.name,
        credit_code: &account.enterprise.credit_code,
        holder: match holder {
            None => Holder::Nobody,
            Some(binding) if binding.account_id == account.id => Holder::SameAccount,
            Some(_) => Holder::AnotherAccount,
        },
        frozen: frozen(&holder) || frozen(&replaced),
    };
    let outcome = match judged.verified.check_bind(&standing) {
        Ok(outcome) => outcome,
        Err(refusal) => {
            return judged.refused(transaction, stored, &refusal, |problem| problem);
        }
    };
    if outcome == BindOutcome::Bind {
        bind(judged, transaction, &account, replaced.as_ref())?;
    }
    answer(judged, transaction, asker, replaced.as_ref())
}

/// The binding that the new one takes the place of; nothing if it has ended meanwhile.
fn replaced(
    judged: &Judged,
    transaction: &Transaction<'_>,
    asker: &Asker,
) -> Result<Option<Binding>, StoreError> {
    let asked = judged.verified.account();
    let Some(id) = asked.and_then(|account| account.replaces) else {
        return Ok(None);
    };
    let binding = certificates::find(transaction, &id)?;
    Ok(binding.filter(|binding| binding.account_id == asker.account_id))
}

fn bind(
    judged: &Judged,
    transaction: &Transaction<'_>,
    account: &Account,
    replaced: Option<&Binding>,
) -> Result<(), StoreError> {
    let doer = Doer {
        login: Some(&account.login),
        caller: &judged.caller,
        at: judged.showing.now,
    };
    let proven = judged.proven();
    certificates::insert(transaction, &proven, account.id, judged.showing.now)?;
    let facts = json!({ "authority": proven.authority, "kind": proven.kind });
    let Some(replaced) = replaced else {
        return doer.tell_certificate(
            transaction,
            "certificate.bound",
            account,
            proven.certificate,
            &facts,
        );
    };
    let before = certificates::id_text(&replaced.id);
    certificates::remove(transaction, &replaced.id)?;
    let ended = session::end_started_with(transaction, &replaced.id, Some(&judged.page))?;
    doer.tell_certificate(
        transaction,
        "certificate.replaced",
        account,
        proven.certificate,
        &json!({ "authority": proven.authority, "kind": proven.kind, "replaced": before }),
    )?;
    sessions::record_ended(
        transaction,
        account.id,
        ended,
        "certificate.replaced",
        &doer,
    )
}

fn answer(
    judged: &Judged,
    transaction: &Transaction<'_>,
    asker: &Asker,
    replaced: Option<&Binding>,
) -> Result<Outcome, StoreError> {
    let live = session::live(transaction, &judged.page, judged.showing.now)?
        .ok_or(StoreError::Damaged("a session that went on a moment ago"))?;
    let showing = &judged.showing;
    let account = view::account(transaction, asker.account_id, live.login_id, showing)?;
    let id = judged.verified.certificate().sha256();
    let bound = certificates::list(transaction, Which::One(&id), showing)?;
    let certificate = bound
        .first()
        .ok_or(StoreError::Damaged("a binding that was made a moment ago"))?;
    let body = to_json(&Bound {
        account: &account,
        certificate,
        replaced: replaced.map(|binding| certificates::id_text(&binding.id)),
    })?;
    judged.use_up(transaction, StatusCode::OK, body, None)
}
