//! What the authority remembers: certificates it issued, and those it revoked.

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

/// One line of the list of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCertificate {
    /// Serial number in hexadecimal.
    pub serial: String,
    /// Enterprise or service.
    pub name: String,
    /// Its credit code, if it is an enterprise.
    pub credit_code: Option<String>,
    /// Until when it is valid.
    pub not_after: UnixTime,
    /// Since when and why it is revoked.
    pub revoked: Option<(UnixTime, String)>,
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

/// Remembers a new certificate. `enrolment` is the hash of the enrolment it answers.
///
/// # Errors
/// [`StoreError`].
pub fn record(
    transaction: &Transaction<'_>,
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
        "INSERT INTO issued_certificate (serial, purpose, name, credit_code, enrolment, not_after, der, issued)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            certificate.serial_hex(),
            purpose,
            name,
            certificate.credit_code().map(scanseal_pki::CreditCode::as_str),
            enrolment,
            seconds(certificate.not_after()),
            certificate.der(),
            seconds(now)
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

/// Revokes a certificate. From the commit on, every new list and answer says so.
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

/// What OCSP says about a serial number.
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

/// All revocations, for the list.
///
/// # Errors
/// [`StoreError`].
pub fn revocations(transaction: &Transaction<'_>) -> Result<Vec<RevokedEntry>, StoreError> {
    let mut select =
        transaction.prepare("SELECT serial, at, reason FROM revocation ORDER BY serial")?;
    let rows = select.query_map([], |row| {
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

/// All certificates, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(transaction: &Transaction<'_>) -> Result<Vec<ListedCertificate>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT c.serial, c.name, c.credit_code, c.not_after, r.at, r.reason
         FROM issued_certificate c LEFT JOIN revocation r USING (serial) ORDER BY c.issued DESC, c.serial",
    )?;
    let rows = select.query_map([], |row| {
        let revoked = row
            .get::<_, Option<i64>>(4)?
            .zip(row.get::<_, Option<String>>(5)?);
        Ok(ListedCertificate {
            serial: row.get(0)?,
            name: row.get(1)?,
            credit_code: row.get(2)?,
            not_after: time(row.get(3)?),
            revoked: revoked.map(|(at, reason)| (time(at), reason)),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
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
