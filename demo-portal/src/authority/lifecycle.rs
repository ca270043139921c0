//! What becomes of a certificate after it was issued: it is revoked, or issued again for a new term.
//!
//! What follows from a revocation is one transaction with it: the revocation lists and OCSP answers, the end of the web
//! sessions that the certificate started, the end of its seals, the audit log, and the message to the integrator's other servers.

use std::collections::BTreeMap;

use hyper::StatusCode;
use rusqlite::{OptionalExtension, Transaction};
use scanseal_pki::{Certificate, CertificateStatus, Subject, UnixTime};
use scanseal_protocol::error::Code;
use serde_json::json;

use crate::{
    audit,
    authority::{
        Authority, catalogue,
        certificate_authority::CertificateAuthority,
        enrolment::{self, audit_issued},
        registry::{self, Purpose, RevokeOutcome},
        seals::{making, records},
        trust::Editor,
    },
    http::Problem,
    platform::{accounts, certificates, events, session},
    store::StoreError,
    webhook,
};

/// Revokes a certificate with all that follows. Without an editor it was the command on the server.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(
    transaction: &Transaction<'_>,
    serial: &str,
    reason: &str,
    editor: Option<Editor<'_>>,
    now: UnixTime,
) -> Result<RevokeOutcome, StoreError> {
    let outcome = registry::revoke(transaction, serial, reason, now)?;
    if outcome != RevokeOutcome::Revoked {
        return Ok(outcome);
    }
    let (ca, certificate, _) =
        issued(transaction, serial)?.ok_or(StoreError::Damaged("a revocation of nothing"))?;
    let hash = certificate.sha256();
    session::end_started_with(transaction, &hash, None)?;
    records::certificate_revoked(transaction, serial, now)?;
    let holder = certificates::find(transaction, &hash)?
        .map(|binding| accounts::find(transaction, binding.account_id))
        .transpose()?;
    let mut facts = events::certificate_facts(&certificate);
    events::merge(&mut facts, &json!({ "authority": ca, "reason": reason }));
    if let Some(holder) = &holder {
        let mut data = events::account_data(holder);
        events::merge(&mut data, &json!({ "certificate": facts }));
        webhook::announce(transaction, "certificate.revoked", &data, now)?;
    }
    let event = audit::NewEvent {
        at: now,
        event: "certificate.revoked",
        account: holder.map(|holder| holder.id),
        actor: Some(editor.map_or("system", |editor| editor.login)),
        caller: editor.map(|editor| editor.caller),
        facts,
    };
    audit::record(transaction, &event)?;
    Ok(outcome)
}

impl Authority {
    /// Issues an enterprise's certificate again: same key, same subject, new term, and its seals with it. The old one is
    /// revoked as superseded.
    ///
    /// # Errors
    /// 404 if there is no such certificate, 409 if it is a service's or revoked, `full`.
    pub(crate) fn reissue(
        &self,
        transaction: &Transaction<'_>,
        serial: &str,
        editor: Editor<'_>,
        now: UnixTime,
    ) -> Result<(&CertificateAuthority, Certificate), Problem> {
        let (ca, old, purpose) = issued(transaction, serial)?.ok_or_else(unknown)?;
        if purpose != "enterprise" {
            return Err(Problem::conflict(
                "The operator's own services get new certificates by themselves.",
            ));
        }
        match registry::status(transaction, serial)? {
            CertificateStatus::Good => (),
            // A key whose certificate was withdrawn is not certified anew: the holder enrols with another.
            _ => {
                let detail = "The certificate is revoked: its holder applies for another one.";
                return Err(Problem::new(
                    StatusCode::CONFLICT,
                    Code::CertificateRevoked,
                    detail,
                ));
            }
        }
        let ca = self
            .find(&ca)
            .ok_or(StoreError::Damaged("a certificate of no authority"))?;
        let new = ca
            .issue(subject(&old)?, old.public_key(), now)
            .map_err(|error| Problem::internal(&error))?;
        let mut seals = records::of_certificate(transaction, serial)?;
        seals.retain(|seal| seal.status(now) == "valid");
        revoke(transaction, serial, "superseded", Some(editor), now)?;
        enrolment::require_room(transaction, &new, now)?;
        let id = ca.definition().id;
        registry::record(transaction, id, &new, Purpose::Enterprise, None, now)?;
        audit_issued(transaction, id, &new, Some(editor), Some(serial), now)?;
        making::carry_over(transaction, ca, seals, &new, now)?;
        Ok((ca, new))
    }
}

/// There is no such certificate.
pub(crate) fn unknown() -> Problem {
    let detail = "No certificate of this serial number was issued here.";
    Problem::not_found(detail)
}

/// Refuses a reason that is none.
pub(crate) fn check_reason(reason: &str) -> Result<(), Problem> {
    if registry::REASONS.iter().any(|(name, _)| *name == reason) {
        return Ok(());
    }
    let names: Vec<_> = registry::REASONS.iter().map(|(name, _)| *name).collect();
    let detail = format!("A reason is one of {}.", names.join(", "));
    Err(Problem::fields(
        BTreeMap::from([("reason", "unknown")]),
        detail,
    ))
}

/// Authority, certificate and purpose.
fn issued(
    transaction: &Transaction<'_>,
    serial: &str,
) -> Result<Option<(String, Certificate, String)>, StoreError> {
    let select = "SELECT ca, der, purpose FROM issued_certificate WHERE serial = ?1";
    let row = transaction.query_row(select, [serial], |row| {
        Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
    });
    row.optional()?
        .map(|(ca, der, purpose)| Ok((ca, catalogue::read(&der)?, purpose)))
        .transpose()
}

fn subject(certificate: &Certificate) -> Result<Subject, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged("a certificate without a name");
    let organization = certificate.organization().ok_or(DAMAGED)?;
    let common_name = certificate.common_name().ok_or(DAMAGED)?;
    let code = certificate.credit_code().ok_or(DAMAGED)?;
    Ok(Subject::new(organization, common_name)
        .map_err(|_| DAMAGED)?
        .with_credit_code(*code))
}
