//! What the database says about the list: which authorities and platforms stand in it beside the program's own.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use scanseal_pki::{CaKind, Certificate, LocalizedName, TrustedCa, TrustedPlatform};

use super::{PLATFORM_ID, platform_name};
use crate::{authority::keys::DataFolder, platform::der, platform_keys, store::StoreError};

/// The editable part of the list.
#[derive(Clone, Debug)]
pub(crate) struct Entries {
    /// Ids of own authorities that are left out.
    pub(super) unlisted: BTreeSet<String>,
    /// Authorities entered by platform staff.
    pub(super) imported: Vec<ImportedCa>,
    /// Platforms entered by platform staff.
    pub(super) platforms: Vec<TrustedPlatform>,
    /// Thumbprints of the own platform's keys.
    keys: Vec<[u8; 32]>,
}

/// An authority entered by platform staff.
#[derive(Clone, Debug)]
pub(super) struct ImportedCa {
    pub(super) ca: TrustedCa,
    pub(super) listed: bool,
}

impl Entries {
    pub(super) fn load(
        transaction: &Transaction<'_>,
        folder: &DataFolder,
    ) -> Result<Self, StoreError> {
        let mut unlisted = transaction.prepare("SELECT id FROM unlisted_ca")?;
        let unlisted = unlisted.query_map([], |row| row.get(0))?;
        Ok(Self {
            unlisted: unlisted.collect::<Result<_, _>>()?,
            imported: imported(transaction)?,
            platforms: platforms(transaction)?,
            keys: platform_keys::thumbprints(transaction, folder)?,
        })
    }

    /// The authorities of the list: own ones first, then by id.
    pub(super) fn listed_cas(&self, own: &[TrustedCa]) -> Vec<TrustedCa> {
        let own = own.iter().filter(|ca| !self.unlisted.contains(&ca.id));
        let imported = self.imported.iter().filter(|imported| imported.listed);
        own.chain(imported.map(|imported| &imported.ca))
            .cloned()
            .collect()
    }

    /// The platforms of the list: the own one first, then by id.
    pub(super) fn listed_platforms(&self, origins: &[String]) -> Vec<TrustedPlatform> {
        let own = TrustedPlatform {
            id: PLATFORM_ID.to_owned(),
            name: platform_name(),
            origins: origins.to_vec(),
            keys: self.keys.clone(),
        };
        std::iter::once(own)
            .chain(self.platforms.iter().cloned())
            .collect()
    }
}

/// Writes an authority down, listed.
pub(super) fn store_ca(transaction: &Transaction<'_>, ca: &TrustedCa) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO trusted_ca (id, name_zh, name_en, kind, roots, intermediates, listed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
        params![
            ca.id,
            ca.name.zh,
            ca.name.en,
            kind_text(ca.kind),
            der::join(&ca.roots),
            der::join(&ca.intermediates)
        ],
    )?;
    Ok(())
}

/// Writes a platform down.
pub(super) fn store_platform(
    transaction: &Transaction<'_>,
    platform: &TrustedPlatform,
) -> Result<(), StoreError> {
    let keys: Vec<_> = platform
        .keys
        .iter()
        .map(|key| data_encoding::BASE64URL_NOPAD.encode(key))
        .collect();
    let array = |texts: &[String]| serde_json::Value::from(texts.to_vec()).to_string();
    transaction.execute(
        "INSERT INTO trusted_platform (id, name_zh, name_en, origins, keys) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            platform.id,
            platform.name.zh,
            platform.name.en,
            array(&platform.origins),
            array(&keys)
        ],
    )?;
    Ok(())
}

fn imported(transaction: &Transaction<'_>) -> Result<Vec<ImportedCa>, StoreError> {
    let mut select = transaction.prepare(
        "SELECT id, name_zh, name_en, kind, roots, intermediates, listed FROM trusted_ca ORDER BY id",
    )?;
    let rows = select.query_map([], |row| {
        Ok((
            (row.get(0)?, row.get(1)?, row.get(2)?),
            row.get::<_, String>(3)?,
            (row.get::<_, Vec<u8>>(4)?, row.get::<_, Vec<u8>>(5)?),
            row.get(6)?,
        ))
    })?;
    rows.map(|row| {
        let ((id, zh, en), kind, (roots, intermediates), listed) = row?;
        Ok(ImportedCa {
            ca: TrustedCa {
                id,
                name: LocalizedName { zh, en },
                kind: read_kind(&kind)?,
                roots: split(&roots)?,
                intermediates: split(&intermediates)?,
                seal_keys: Vec::new(),
            },
            listed,
        })
    })
    .collect()
}

fn platforms(transaction: &Transaction<'_>) -> Result<Vec<TrustedPlatform>, StoreError> {
    let mut select = transaction
        .prepare("SELECT id, name_zh, name_en, origins, keys FROM trusted_platform ORDER BY id")?;
    let rows = select.query_map([], |row| {
        Ok((
            (row.get(0)?, row.get(1)?, row.get(2)?),
            row.get::<_, String>(3)?,
            row.get::<_, String>(4)?,
        ))
    })?;
    let damaged = || StoreError::Damaged("a platform of the trust list that cannot be read");
    let array = |text: &str| serde_json::from_str::<Vec<String>>(text).map_err(|_| damaged());
    rows.map(|row| {
        let ((id, zh, en), origins, keys) = row?;
        let keys = array(&keys)?;
        let keys = keys.iter().map(|key| super::edits::thumbprint(key));
        Ok(TrustedPlatform {
            id,
            name: LocalizedName { zh, en },
            origins: array(&origins)?,
            keys: keys.collect::<Option<_>>().ok_or_else(damaged)?,
        })
    })
    .collect()
}

fn split(bytes: &[u8]) -> Result<Vec<Certificate>, StoreError> {
    der::split(bytes).ok_or(StoreError::Damaged(
        "certificates of the trust list that cannot be read",
    ))
}

const fn kind_text(kind: CaKind) -> &'static str {
    match kind {
        CaKind::Platform => "platform",
        CaKind::Mutual => "mutual",
    }
}

fn read_kind(text: &str) -> Result<CaKind, StoreError> {
    match text {
        "platform" => Ok(CaKind::Platform),
        "mutual" => Ok(CaKind::Mutual),
        _ => Err(StoreError::Damaged("an authority of no known kind")),
    }
}
