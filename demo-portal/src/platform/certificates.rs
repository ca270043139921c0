//! Certificates bound to accounts: the rows, and how pages see them.

use std::{collections::BTreeMap, sync::Arc};

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use scanseal_pki::{Certificate, LocalizedName, TrustList, UnixTime};
use scanseal_protocol::request::CertificateKind;
use serde::Serialize;

use crate::{
    authority::registry::{seconds, time},
    store::StoreError,
};

/// Certificates that one page of an enterprise shows: a department's phones, some times over.
const SHOWN: u32 = 200;

/// What is bound, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// SHA-256 of the certificate.
    pub id: [u8; 32],
    /// Whose.
    pub account_id: i64,
    /// For which enterprise.
    pub enterprise_id: i64,
    /// Whether its holder or an administrator keeps it from acting here.
    pub frozen: bool,
}

/// A certificate with what was proven of it.
#[derive(Clone, Copy, Debug)]
pub struct Proven<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its authority's id in the trust list.
    pub authority: &'a str,
    /// The authority's kind.
    pub kind: CertificateKind,
}

/// A bound certificate, as pages see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundCertificate {
    /// SHA-256 of the certificate in hexadecimal.
    pub id: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// Name shown.
    pub common_name: String,
    /// The enterprise's name as the certificate has it.
    pub enterprise: String,
    /// The enterprise's credit code as the certificate has it.
    pub credit_code: String,
    /// The name of who signed it.
    pub issuer: String,
    /// The authority's id in the trust list.
    pub authority: String,
    /// The authority's name.
    pub authority_name: LocalizedName,
    /// The authority's kind.
    pub kind: CertificateKind,
    /// From when it is valid.
    pub not_before: UnixTime,
    /// Until when it is valid.
    pub not_after: UnixTime,
    /// When it was bound.
    pub bound: UnixTime,
    /// User name of its account.
    pub holder: String,
    /// Name of the person.
    pub holder_name: String,
    /// Whether it can log in.
    pub state: CertificateState,
}

/// Whether a certificate can log in, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// Its time is over.
    Expired,
    /// Its holder or an administrator keeps it from acting here.
    Frozen,
    /// Its time has not come.
    NotYetValid,
    /// An authority of this operator has revoked it. What other authorities have revoked shows when it is used.
    Revoked,
    /// It can.
    Valid,
}

/// What pages are shown beside what the database holds.
#[derive(Clone, Debug)]
pub struct Showing {
    /// The time.
    pub now: UnixTime,
    authorities: Arc<BTreeMap<String, LocalizedName>>,
}

impl Showing {
    /// Names authorities as this list does.
    pub fn new(list: &TrustList, now: UnixTime) -> Self {
        let names = list.cas().iter().map(|ca| (ca.id.clone(), ca.name.clone()));
        Self {
            now,
            authorities: Arc::new(names.collect()),
        }
    }

    /// The authority's name; one that is no longer listed is called as its certificates call it.
    pub fn authority_name(&self, id: &str, certificate: &Certificate) -> LocalizedName {
        self.authorities.get(id).cloned().unwrap_or_else(|| {
            let name = certificate.issuer_common_name().unwrap_or(id).to_owned();
            LocalizedName {
                zh: name.clone(),
                en: name,
            }
        })
    }
}

/// Which bound certificates.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of an account.
    Account(i64),
    /// Those of an enterprise.
    Enterprise(i64),
    /// This one.
    One(&'a [u8; 32]),
}

/// A certificate's id as it stands in addresses.
pub fn id_text(id: &[u8; 32]) -> String {
    HEXLOWER.encode(id)
}

/// Reads an id as [`id_text`] writes it.
pub fn parse_id(text: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// To whom a certificate is bound.
///
/// # Errors
/// [`StoreError`].
pub fn find(transaction: &Transaction<'_>, id: &[u8; 32]) -> Result<Option<Binding>, StoreError> {
    let select =
        "SELECT b.account_id, a.enterprise_id, b.frozen IS NOT NULL FROM certificate_binding b
                  JOIN account a ON a.id = b.account_id WHERE b.certificate_hash = ?1";
    let row = |row: &Row<'_>| {
        Ok(Binding {
            id: *id,
            account_id: row.get(0)?,
            enterprise_id: row.get(1)?,
            frozen: row.get(2)?,
        })
    };
    Ok(transaction.query_row(select, [id], row).optional()?)
}

/// The certificate of a binding.
///
/// # Errors
/// [`StoreError`].
pub fn certificate(
    transaction: &Transaction<'_>,
    id: &[u8; 32],
) -> Result<Certificate, StoreError> {
    let select = "SELECT certificate FROM certificate_binding WHERE certificate_hash = ?1";
    let der: Vec<u8> = transaction.query_row(select, [id], |row| row.get(0))?;
    read_certificate(&der)
}

/// Binds a certificate to an account: from now on it logs in there.
///
/// # Errors
/// [`StoreError`]; a certificate is bound once only.
pub fn insert(
    transaction: &Transaction<'_>,
    proven: &Proven<'_>,
    account_id: i64,
    now: UnixTime,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO certificate_binding (certificate_hash, certificate, account_id, bound, authority, kind)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let certificate = proven.certificate;
    transaction.execute(
        insert,
        params![
            certificate.sha256(),
            certificate.der(),
            account_id,
            seconds(now),
            proven.authority,
            kind_text(proven.kind)
        ],
    )?;
    Ok(())
}

/// Ends a binding.
///
/// # Errors
/// [`StoreError`].
pub fn remove(transaction: &Transaction<'_>, id: &[u8; 32]) -> Result<(), StoreError> {
    let delete = "DELETE FROM certificate_binding WHERE certificate_hash = ?1";
    transaction.execute(delete, [id])?;
    Ok(())
}

/// Freezes a certificate, or lets it act again.
///
/// # Errors
/// [`StoreError`].
pub fn set_frozen(
    transaction: &Transaction<'_>,
    id: &[u8; 32],
    since: Option<UnixTime>,
) -> Result<(), StoreError> {
    let update = "UPDATE certificate_binding SET frozen = ?2 WHERE certificate_hash = ?1";
    transaction.execute(update, params![id, since.map(seconds)])?;
    Ok(())
}

/// Bound certificates, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    transaction: &Transaction<'_>,
    which: Which<'_>,
    showing: &Showing,
) -> Result<Vec<BoundCertificate>, StoreError> {
    let (condition, parameter): (_, &dyn rusqlite::ToSql) = match &which {
        Which::Account(id) => ("b.account_id = ?1", id),
        Which::Enterprise(id) => ("a.enterprise_id = ?1", id),
        Which::One(id) => ("b.certificate_hash = ?1", id),
    };
    let select = format!("{SELECT} WHERE {condition} {ORDER} LIMIT {SHOWN}");
    shown(transaction, &select, &[parameter], showing)
}

/// Bound certificates in whose account or enterprise a word occurs, page by page, and how many there are in all.
///
/// # Errors
/// [`StoreError`].
pub fn search(
    transaction: &Transaction<'_>,
    word: &str,
    (skipped, some): (u32, u32),
    showing: &Showing,
) -> Result<(Vec<BoundCertificate>, u32), StoreError> {
    const FITS: &str = "WHERE ?1 = '' OR instr(a.login, lower(?1)) OR instr(a.name, ?1) OR instr(e.name, ?1)
                        OR instr(e.credit_code, upper(?1)) OR instr(lower(hex(b.certificate_hash)), lower(?1))";
    let select = format!("{SELECT} {FITS} {ORDER} LIMIT ?3 OFFSET ?2");
    let found = shown(transaction, &select, &[&word, &skipped, &some], showing)?;
    let count = format!("SELECT count(*) {FROM} {FITS}");
    let total = transaction.query_row(&count, [word], |row| row.get(0))?;
    Ok((found, total))
}

/// How many certificates an account has.
///
/// # Errors
/// [`StoreError`].
pub fn count(transaction: &Transaction<'_>, account_id: i64) -> Result<u32, StoreError> {
    let select = "SELECT count(*) FROM certificate_binding WHERE account_id = ?1";
    Ok(transaction.query_row(select, [account_id], |row| row.get(0))?)
}

/// Whether an authority of this operator has revoked exactly this certificate. Asked by the whole certificate: another
/// authority may give out the same serial numbers.
///
/// # Errors
/// [`StoreError`].
pub fn is_revoked_here(
    transaction: &Transaction<'_>,
    certificate: &Certificate,
) -> Result<bool, StoreError> {
    let select = "SELECT 1 FROM issued_certificate c JOIN revocation r USING (serial)
                  WHERE c.serial = ?1 AND c.der = ?2";
    let row = transaction.query_row(
        select,
        params![certificate.serial_hex(), certificate.der()],
        |_| Ok(()),
    );
    Ok(row.optional()?.is_some())
}

const FROM: &str = "FROM certificate_binding b JOIN account a ON a.id = b.account_id
                    JOIN enterprise e ON e.id = a.enterprise_id";
const SELECT: &str =
    "SELECT b.certificate, b.authority, b.kind, b.bound, b.frozen IS NOT NULL, a.login, a.name
                      FROM certificate_binding b JOIN account a ON a.id = b.account_id
                      JOIN enterprise e ON e.id = a.enterprise_id";
const ORDER: &str = "ORDER BY b.bound DESC, b.certificate_hash";

fn shown(
    transaction: &Transaction<'_>,
    select: &str,
    parameters: &[&dyn rusqlite::ToSql],
    showing: &Showing,
) -> Result<Vec<BoundCertificate>, StoreError> {
    let mut select = transaction.prepare(select)?;
    let mut rows = select.query(parameters)?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let certificate = read_certificate(&row.get::<_, Vec<u8>>(0)?)?;
        let authority: String = row.get(1)?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        list.push(BoundCertificate {
            id: id_text(&certificate.sha256()),
            serial: certificate.serial_hex(),
            common_name: text(certificate.common_name()),
            enterprise: text(certificate.organization()),
            credit_code: certificate
                .credit_code()
                .map(ToString::to_string)
                .unwrap_or_default(),
            issuer: text(certificate.issuer_common_name()),
            authority_name: showing.authority_name(&authority, &certificate),
            authority,
            kind: read_kind(&row.get::<_, String>(2)?)?,
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            bound: time(row.get(3)?),
            state: state(transaction, &certificate, row.get(4)?, showing.now)?,
            holder: row.get(5)?,
            holder_name: row.get(6)?,
        });
    }
    Ok(list)
}

/// What can never be taken back goes first.
fn state(
    transaction: &Transaction<'_>,
    certificate: &Certificate,
    frozen: bool,
    now: UnixTime,
) -> Result<CertificateState, StoreError> {
    Ok(if is_revoked_here(transaction, certificate)? {
        CertificateState::Revoked
    } else if now > certificate.not_after() {
        CertificateState::Expired
    } else if frozen {
        CertificateState::Frozen
    } else if now < certificate.not_before() {
        CertificateState::NotYetValid
    } else {
        CertificateState::Valid
    })
}

fn read_certificate(der: &[u8]) -> Result<Certificate, StoreError> {
    Certificate::from_der(der).map_err(|_| StoreError::Damaged("a certificate that cannot be read"))
}

pub(super) const fn kind_text(kind: CertificateKind) -> &'static str {
    match kind {
        CertificateKind::Platform => "platform",
        CertificateKind::Mutual => "mutual",
    }
}

pub(super) fn read_kind(text: &str) -> Result<CertificateKind, StoreError> {
    match text {
        "platform" => Ok(CertificateKind::Platform),
        "mutual" => Ok(CertificateKind::Mutual),
        _ => Err(StoreError::Damaged("an authority of no known kind")),
    }
}
