//! What platform staff has set, for everybody: which certificates log in, and how the login page shows its codes.
//!
//! Stored as text by name (table `setting`); what was never set has the value of [`Settings::default`].

use rusqlite::{OptionalExtension, Transaction};
use scanseal_protocol::request::CertificateKind;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::store::StoreError;

const KINDS: &str = "kinds";
const CODES: &str = "codes";

/// How many codes the login page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codes {
    /// One for every accepted certificate.
    #[default]
    One,
    /// One for each kind of certificate, side by side: 平台证书 and 全国互认证书.
    Two,
}

/// The settings. Read them in the transaction that acts on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Kinds of certificates that log in; each once, at least one.
    pub kinds: Vec<CertificateKind>,
    /// Codes of the login page.
    pub codes: Codes,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            kinds: vec![CertificateKind::Platform, CertificateKind::Mutual],
            codes: Codes::default(),
        }
    }
}

impl Settings {
    /// Settings as somebody wants them.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(kinds: Vec<CertificateKind>, codes: Codes) -> Result<Self, SettingsError> {
        if kinds.is_empty() {
            return Err(SettingsError::NoKind);
        }
        let twice = |(place, kind)| kinds[..place].contains(kind);
        if kinds.iter().enumerate().any(twice) {
            return Err(SettingsError::KindTwice);
        }
        if codes == Codes::Two && kinds.len() < 2 {
            return Err(SettingsError::NothingForTheSecondCode);
        }
        Ok(Self { kinds, codes })
    }
}

/// Settings that contradict themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A kind is named twice.
    #[error("a kind of certificate is named twice")]
    KindTwice,
    /// Nobody could log in with a certificate.
    #[error("at least one kind of certificate must be accepted")]
    NoKind,
    /// Two codes need two kinds.
    #[error("two codes need both kinds of certificates: accept both, or show one code")]
    NothingForTheSecondCode,
}

/// The settings in force.
///
/// # Errors
/// [`StoreError`].
pub fn read(transaction: &Transaction<'_>) -> Result<Settings, StoreError> {
    let usual = Settings::default();
    Settings::new(
        value(transaction, KINDS)?.unwrap_or(usual.kinds),
        value(transaction, CODES)?.unwrap_or(usual.codes),
    )
    .map_err(|_| StoreError::Damaged("settings that contradict themselves"))
}

/// Puts settings in force.
///
/// # Errors
/// [`StoreError`].
pub fn write(transaction: &Transaction<'_>, settings: &Settings) -> Result<(), StoreError> {
    set(transaction, KINDS, &settings.kinds)?;
    set(transaction, CODES, &settings.codes)
}

fn value<T: DeserializeOwned>(
    transaction: &Transaction<'_>,
    name: &str,
) -> Result<Option<T>, StoreError> {
    let select = "SELECT value FROM setting WHERE name = ?1";
    let text = transaction.query_row(select, [name], |row| row.get::<_, String>(0));
    text.optional()?
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| StoreError::Damaged("a setting that cannot be read"))
}

fn set(
    transaction: &Transaction<'_>,
    name: &str,
    value: &impl Serialize,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(value)
        .map_err(|_| StoreError::Damaged("a setting without a JSON form"))?;
    let insert = "INSERT INTO setting (name, value) VALUES (?1, ?2)
                  ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    transaction.execute(insert, [name, &text])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn everything_is_accepted_under_one_code_until_somebody_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _thread) = Store::open(&folder.path().join("portal.sqlite")).unwrap();
        assert_eq!(store.read(read).await.unwrap(), Settings::default());
        for settings in [
            Settings::new(vec![CertificateKind::Mutual], Codes::One).unwrap(),
            Settings::new(Settings::default().kinds, Codes::Two).unwrap(),
        ] {
            let new = settings.clone();
            store
                .write(move |transaction| write(transaction, &new))
                .await
                .unwrap();
            assert_eq!(store.read(read).await.unwrap(), settings);
        }
    }

    #[test]
    fn settings_that_lock_out_or_promise_too_much_are_refused() {
        let platform = CertificateKind::Platform;
        for (kinds, codes, error) in [
            (vec![], Codes::One, SettingsError::NoKind),
            (
                vec![platform, platform],
                Codes::One,
                SettingsError::KindTwice,
            ),
            (
                vec![platform],
                Codes::Two,
                SettingsError::NothingForTheSecondCode,
            ),
        ] {
            assert_eq!(Settings::new(kinds, codes), Err(error));
        }
    }
}
