//! What the authorities remember: certificates they issued, and those they revoked.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Transaction, params};
use scanseal_pki::{Certificate, CertificateStatus, RevocationReason, RevokedEntry, UnixTime};

use crate::store::StoreError;

/// Reasons for which a certificate of this authority can be revoked, as RFC 5280 section 5.3.1 writes them. The others
/// are for authorities' own certificates, or take a revocation back.
pub const REASONS: &[(&str, RevocationReason)] = &[
    ("unspecified", RevocationReason::Unspecified),
    ("keyCompromise", RevocationReason::KeyCompromise),
    ("affiliationChanged", RevocationReason::AffiliationChanged),
    ("superseded", RevocationReason::Superseded),
    (
        "cessationOfOperation",
        RevocationReason::CessationOfOperation,
    ),
    ("privilegeWithdrawn", RevocationReason::PrivilegeWithdrawn),
];

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A legal person's, enrolled by a phone.
    Enterprise,
    /// One of the operator's own services.
    Service,
}

/// Why a certificate was not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// It was revoked before.
    AlreadyRevoked,
    /// It is revoked now.
    Revoked,
    /// This authority has issued no such certificate.
    Unknown,
}

/// Remembers a new certificate of the authority `ca`. `enrolment` is the hash of the enrolment it answers.
///
/// # Errors
/// [`StoreError`].
pub fn record(
    transaction: &Transaction<'_>,
    ca: &str,
    certificate: &Certificate,
    purpose: Purpose,
    enrolment: Option<&[u8; 32]>,
    now: UnixTime,
) -> Result<(), StoreError> {
    let purpose = match purpose {
        Purpose::Enterprise => "enterprise",
        Purpose::Service => "service",
    };
    let name = certificate
        .organization()
        .or(certificate.common_name())
        .unwrap_or_default();
    transaction.execute(
        "INSERT INTO issued_certificate (serial, purpose, name, credit_code, enrolment, not_after, der, issued, ca)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            certificate.serial_hex(),
            purpose,
            name,
            certificate.credit_code().map(scanseal_pki::CreditCode::as_str),
            enrolment,
            seconds(certificate.not_after()),
            certificate.der(),
            seconds(now),
            ca
        ],
    )?;
    Ok(())
}

/// The certificate that an enrolment was answered with, if the same one came before.
///
/// # Errors
/// [`StoreError`].
pub fn answered(
    transaction: &Transaction<'_>,
    enrolment: &[u8; 32],
) -> Result<Option<Certificate>, StoreError> {
    let select = "SELECT der FROM issued_certificate WHERE enrolment = ?1";
    let der: Option<Vec<u8>> = transaction
        .query_row(select, [enrolment], |row| row.get(0))
        .optional()?;
    der.map(|der| {
        Certificate::from_der(&der)
            .map_err(|_| StoreError::Damaged("a certificate that cannot be read"))
    })
    .transpose()
}

/// How many certificates of an enterprise are in force.
///
/// # Errors
/// [`StoreError`].
pub fn in_force(
    transaction: &Transaction<'_>,
    credit_code: &str,
    now: UnixTime,
) -> Result<u32, StoreError> {
    let select =
        "SELECT count(*) FROM issued_certificate c WHERE credit_code = ?1 AND not_after > ?2
                  AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.serial = c.serial)";
    Ok(transaction.query_row(select, params![credit_code, seconds(now)], |row| row.get(0))?)
}

/// Writes a revocation down. From the commit on, every new list and answer says so. What else follows from it is
/// [`super::lifecycle::revoke`]'s.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(
    transaction: &Transaction<'_>,
    serial: &str,
    reason: &str,
    now: UnixTime,
) -> Result<RevokeOutcome, StoreError> {
    Ok(match status(transaction, serial)? {
        CertificateStatus::Unknown => RevokeOutcome::Unknown,
        CertificateStatus::Revoked { .. } => RevokeOutcome::AlreadyRevoked,
        CertificateStatus::Good => {
            let insert = "INSERT INTO revocation (serial, at, reason) VALUES (?1, ?2, ?3)";
            transaction.execute(insert, params![serial, seconds(now), reason])?;
            RevokeOutcome::Revoked
        }
    })
}

/// Whether a certificate is in force, whichever authority issued it.
///
/// # Errors
/// [`StoreError`].
pub fn status(
    transaction: &Transaction<'_>,
    serial: &str,
) -> Result<CertificateStatus, StoreError> {
    let select = "SELECT r.at, r.reason FROM issued_certificate c LEFT JOIN revocation r USING (serial) WHERE c.serial = ?1";
    let row = transaction.query_row(select, [serial], |row| {
        Ok((
            row.get::<_, Option<i64>>(0)?,
            row.get::<_, Option<String>>(1)?,
        ))
    });
    Ok(match row.optional()? {
        None => CertificateStatus::Unknown,
        Some((Some(at), Some(reason))) => CertificateStatus::Revoked {
            since: time(at),
            reason: read_reason(&reason)?,
        },
        Some(_) => CertificateStatus::Good,
    })
}

/// What the authority `ca` says by OCSP about a serial number: other authorities' are unknown to it.
///
/// # Errors
/// [`StoreError`].
pub fn status_at(
    transaction: &Transaction<'_>,
    ca: &str,
    serial: &str,
) -> Result<CertificateStatus, StoreError> {
    let select = "SELECT EXISTS (SELECT 1 FROM issued_certificate WHERE serial = ?1 AND ca = ?2)";
    if transaction.query_row(select, [serial, ca], |row| row.get(0))? {
        status(transaction, serial)
    } else {
        Ok(CertificateStatus::Unknown)
    }
}

/// How many certificates each authority has revoked. Revocations are never taken back, so an equal number means equal lists.
///
/// # Errors
/// [`StoreError`].
pub fn revocation_counts(
    transaction: &Transaction<'_>,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT c.ca, count(*) FROM revocation JOIN issued_certificate c USING (serial) GROUP BY c.ca",
    )?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All revocations of the authority `ca`, for its list.
///
/// # Errors
/// [`StoreError`].
pub fn revocations(
    transaction: &Transaction<'_>,
    ca: &str,
) -> Result<Vec<RevokedEntry>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT serial, at, reason FROM revocation JOIN issued_certificate c USING (serial) WHERE c.ca = ?1 ORDER BY serial",
    )?;
    let rows = select.query_map([ca], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    rows.map(|row| {
        let (serial_hex, at, reason) = row?;
        Ok(RevokedEntry {
            serial_hex,
            since: time(at),
            reason: read_reason(&reason)?,
        })
    })
    .collect()
}

/// The value a counter had last; 0 before the first.
///
/// # Errors
/// [`StoreError`].
pub fn last(transaction: &Transaction<'_>, counter: &str) -> Result<u64, StoreError> {
    let select = "SELECT value FROM counter WHERE name = ?1";
    let value: Option<i64> = transaction
        .query_row(select, [counter], |row| row.get(0))
        .optional()?;
    u64::try_from(value.unwrap_or(0)).map_err(|_| StoreError::Damaged("a negative counter"))
}

/// The next value of a counter that never goes back.
///
/// # Errors
/// [`StoreError`].
pub fn next(transaction: &Transaction<'_>, counter: &str) -> Result<u64, StoreError> {
    let upsert = "INSERT INTO counter (name, value) VALUES (?1, 1)
                  ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value";
    let value: i64 = transaction.query_row(upsert, [counter], |row| row.get(0))?;
    u64::try_from(value).map_err(|_| StoreError::Damaged("a negative counter"))
}

fn read_reason(text: &str) -> Result<RevocationReason, StoreError> {
    let known = REASONS.iter().find(|(name, _)| *name == text);
    known
        .map(|(_, reason)| *reason)
        .ok_or(StoreError::Damaged("an unknown reason of revocation"))
}

/// SQLite's integers are signed; times beyond that do not occur before the sun is gone.
pub(crate) fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

pub(crate) fn time(seconds: i64) -> UnixTime {
    UnixTime::from_secs(u64::try_from(seconds).unwrap_or(0))
}
