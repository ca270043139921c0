//! The list of issued certificates, searched and in pages: for the page of platform staff and for the command.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::{Certificate, UnixTime};
use serde::Serialize;

use crate::{authority::registry::time, store::StoreError};

/// Lines of one page.
pub const PAGE_LINES: u32 = crate::admin::PAGE;

/// One line of the list of certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedCertificate {
    /// Serial number in hexadecimal.
    pub serial: String,
    /// Which authority issued it.
    pub ca: String,
    /// Enterprise or service.
    pub name: String,
    /// Its credit code, if it is an enterprise.
    pub credit_code: Option<String>,
    /// From when it is valid.
    pub not_before: UnixTime,
    /// Until when it is valid.
    pub not_after: UnixTime,
    /// When it was issued.
    pub issued: UnixTime,
    /// `enterprise` or `service`.
    pub purpose: String,
    /// What it is worth now.
    pub state: CertificateState,
    /// Since when and why it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<RevokedSince>,
}

/// What a certificate is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It was revoked, whatever its time.
    Revoked,
    /// In force.
    Valid,
}

/// A revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevokedSince {
    /// Since when.
    pub at: UnixTime,
    /// Why, in the words of RFC 5280 section 5.3.1.
    pub reason: String,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificatePage {
    /// The lines, the newest certificate first.
    pub certificates: Vec<ListedCertificate>,
    /// Certificates that were found, on all pages.
    pub total: u32,
}

/// Certificates whose serial number, name, credit code or authority contains `wanted` (all of them if it is empty).
/// Page 0 is the first.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    transaction: &Transaction<'_>,
    wanted: &str,
    page: u32,
    now: UnixTime,
) -> Result<CertificatePage, StoreError> {
    // `instr` takes the text as it is: no character of it has a meaning, as some have for LIKE. Serial numbers are
    // stored in lower case and credit codes in upper case.
    const FOUND: &str = "FROM issued_certificate c LEFT JOIN revocation r USING (serial)
         WHERE ?1 = '' OR instr(c.serial, lower(?1)) OR instr(c.name, ?1) OR instr(c.credit_code, upper(?1)) OR instr(c.ca, lower(?1))";
    let count = format!("SELECT count(*) {FOUND}");
    let total = transaction.query_row(&count, [wanted], |row| row.get(0))?;
    let select =
        format!("SELECT {COLUMNS} {FOUND} ORDER BY c.issued DESC, c.serial LIMIT ?2 OFFSET ?3");
    let mut select = transaction.prepare(&select)?;
    let offset = i64::from(page) * i64::from(PAGE_LINES);
    let rows = select.query_map(params![wanted, PAGE_LINES, offset], stored)?;
    let certificates = rows.map(|row| listed(row?, now));
    Ok(CertificatePage {
        certificates: certificates.collect::<Result<_, StoreError>>()?,
        total,
    })
}

/// The certificate of this serial number.
///
/// # Errors
/// [`StoreError`].
pub fn one(
    transaction: &Transaction<'_>,
    serial: &str,
    now: UnixTime,
) -> Result<Option<ListedCertificate>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS} FROM issued_certificate c LEFT JOIN revocation r USING (serial) WHERE c.serial = ?1"
    );
    let row = transaction
        .query_row(&select, [serial], stored)
        .optional()?;
    row.map(|row| listed(row, now)).transpose()
}

/// All certificates, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn all(
    transaction: &Transaction<'_>,
    now: UnixTime,
) -> Result<Vec<ListedCertificate>, StoreError> {
    let mut lines = Vec::new();
    for number in 0.. {
        let next = page(transaction, "", number, now)?;
        if next.certificates.is_empty() {
            break;
        }
        lines.extend(next.certificates);
    }
    Ok(lines)
}

/// An issued certificate from its stored form.
pub(super) fn read(der: &[u8]) -> Result<Certificate, StoreError> {
    Certificate::from_der(der).map_err(|_| StoreError::Damaged("a certificate that cannot be read"))
}

const COLUMNS: &str =
    "c.serial, c.ca, c.name, c.credit_code, c.der, c.issued, c.purpose, r.at, r.reason";

struct Stored {
    serial: String,
    ca: String,
    name: String,
    credit_code: Option<String>,
    der: Vec<u8>,
    issued: UnixTime,
    purpose: String,
    revoked: Option<RevokedSince>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let revoked = row
        .get::<_, Option<i64>>(7)?
        .zip(row.get::<_, Option<String>>(8)?);
    Ok(Stored {
        serial: row.get(0)?,
        ca: row.get(1)?,
        name: row.get(2)?,
        credit_code: row.get(3)?,
        der: row.get(4)?,
        issued: time(row.get(5)?),
        purpose: row.get(6)?,
        revoked: revoked.map(|(at, reason)| RevokedSince {
            at: time(at),
            reason,
        }),
    })
}

fn listed(stored: Stored, now: UnixTime) -> Result<ListedCertificate, StoreError> {
    let certificate = read(&stored.der)?;
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    Ok(ListedCertificate {
        state: if stored.revoked.is_some() {
            CertificateState::Revoked
        } else if not_after < now {
            CertificateState::Expired
        } else if now < not_before {
            CertificateState::NotYetValid
        } else {
            CertificateState::Valid
        },
        serial: stored.serial,
        ca: stored.ca,
        name: stored.name,
        credit_code: stored.credit_code,
        not_before,
        not_after,
        issued: stored.issued,
        purpose: stored.purpose,
        revoked: stored.revoked,
    })
}
