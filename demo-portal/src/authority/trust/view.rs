//! The list as platform staff sees it, with what is left out of it and the versions before.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use rusqlite::Transaction;
use scanseal_pki::{CaKind, Certificate, LocalizedName, TrustedCa, TrustedPlatform, UnixTime};
use serde::Serialize;

use super::{PLATFORM_ID, Source, entries::Entries};
use crate::{authority::registry, store::StoreError};

/// Versions that are shown.
const SHOWN_VERSIONS: u32 = 50;

/// The list and what stands around it.
#[derive(Clone, Debug, Serialize)]
pub struct TrustListView {
    version: u64,
    issued: UnixTime,
    expires: UnixTime,
    cas: Vec<CaView>,
    platforms: Vec<PlatformView>,
    history: Vec<VersionView>,
}

#[derive(Clone, Debug, Serialize)]
struct CaView {
    id: String,
    name: LocalizedName,
    kind: CaKind,
    own: bool,
    listed: bool,
    roots: Vec<CertificateView>,
    intermediates: Vec<CertificateView>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateView {
    subject: String,
    not_after: UnixTime,
    sha256: String,
}

#[derive(Clone, Debug, Serialize)]
struct PlatformView {
    id: String,
    name: LocalizedName,
    origins: Vec<String>,
    keys: Vec<String>,
    own: bool,
}

#[derive(Clone, Debug, Serialize)]
struct VersionView {
    version: u64,
    issued: UnixTime,
    change: String,
    by: Option<String>,
}

impl Source {
    /// The list as it is stored.
    pub(crate) fn view(&self, transaction: &Transaction<'_>) -> Result<TrustListView, StoreError> {
        let entries = self.entries(transaction)?;
        let (version, expires) =
            transaction.query_row("SELECT version, expires FROM trust_list", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        let expires = registry::time(expires);
        Ok(TrustListView {
            version: version.unsigned_abs(),
            issued: UnixTime::from_secs(expires.as_secs().saturating_sub(super::LIST_SECONDS)),
            expires,
            cas: self.cas(&entries),
            platforms: entries
                .listed_platforms(&self.origins)
                .iter()
                .map(PlatformView::new)
                .collect(),
            history: history(transaction)?,
        })
    }

    fn cas(&self, entries: &Entries) -> Vec<CaView> {
        let own = self.own.iter().map(|ca| {
            let listed = !entries.unlisted.contains(&ca.id);
            CaView::new(ca, true, listed)
        });
        let imported = entries.imported.iter();
        own.chain(imported.map(|imported| CaView::new(&imported.ca, false, imported.listed)))
            .collect()
    }
}

impl CaView {
    fn new(ca: &TrustedCa, own: bool, listed: bool) -> Self {
        let certificates = |all: &[Certificate]| all.iter().map(CertificateView::new).collect();
        Self {
            id: ca.id.clone(),
            name: ca.name.clone(),
            kind: ca.kind,
            own,
            listed,
            roots: certificates(&ca.roots),
            intermediates: certificates(&ca.intermediates),
        }
    }
}

impl CertificateView {
    fn new(certificate: &Certificate) -> Self {
        let subject = certificate.common_name().or(certificate.organization());
        Self {
            subject: subject.unwrap_or_default().to_owned(),
            not_after: certificate.not_after(),
            sha256: HEXLOWER.encode(&certificate.sha256()),
        }
    }
}

impl PlatformView {
    fn new(platform: &TrustedPlatform) -> Self {
        let keys = platform.keys.iter().map(|key| BASE64URL_NOPAD.encode(key));
        Self {
            id: platform.id.clone(),
            name: platform.name.clone(),
            origins: platform.origins.clone(),
            keys: keys.collect(),
            own: platform.id == PLATFORM_ID,
        }
    }
}

fn history(transaction: &Transaction<'_>) -> Result<Vec<VersionView>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT version, issued, change, changed_by FROM trust_list_version ORDER BY version DESC LIMIT ?1",
    )?;
    let rows = select.query_map([SHOWN_VERSIONS], |row| {
        Ok(VersionView {
            version: row.get::<_, i64>(0)?.unsigned_abs(),
            issued: registry::time(row.get(1)?),
            change: row.get(2)?,
            by: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
