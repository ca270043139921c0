//! What happens is written into the audit log and told by webhook, in the transaction that does it.

use rusqlite::Transaction;
use scanseal_pki::{Certificate, UnixTime};
use serde_json::{Value, json};

use crate::{
    audit::{self, NewEvent},
    http::caller::Caller,
    platform::{accounts::Account, certificates},
    store::StoreError,
    webhook,
};

/// Who does something, from where, and when.
#[derive(Clone, Copy, Debug)]
pub struct Doer<'a> {
    /// Their user name, as far as it is known.
    pub login: Option<&'a str>,
    /// From where.
    pub caller: &'a Caller,
    /// When.
    pub at: UnixTime,
}

impl Doer<'_> {
    /// Writes an event down. `account` is the one that it concerns.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn record(
        &self,
        transaction: &Transaction<'_>,
        event: &'static str,
        account: Option<i64>,
        facts: Value,
    ) -> Result<(), StoreError> {
        audit::record(
            transaction,
            &NewEvent {
                at: self.at,
                event,
                account,
                actor: self.login,
                caller: Some(self.caller),
                facts,
            },
        )
    }

    /// Writes down what happened to a bound certificate, and tells it. `more` joins the facts of both.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tell_certificate(
        &self,
        transaction: &Transaction<'_>,
        event: &'static str,
        account: &Account,
        certificate: &Certificate,
        more: &Value,
    ) -> Result<(), StoreError> {
        let mut facts = certificate_facts(certificate);
        merge(&mut facts, more);
        self.record(transaction, event, Some(account.id), facts.clone())?;
        let mut data = account_data(account);
        merge(&mut data, &json!({ "certificate": facts }));
        webhook::announce(transaction, event, &data, self.at)
    }
}

/// A certificate as the log and webhooks name it.
pub fn certificate_facts(certificate: &Certificate) -> Value {
    json!({
        "certificate": certificates::id_text(&certificate.sha256()),
        "serial": certificate.serial_hex(),
        "issuer": certificate.issuer_common_name(),
    })
}

/// An account as webhooks name it: no person's name or number.
pub fn account_data(account: &Account) -> Value {
    json!({ "account": account.login, "enterprise": account.enterprise })
}

/// Adds the members of one object to another.
pub fn merge(into: &mut Value, more: &Value) {
    if let (Some(into), Some(more)) = (into.as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
}
