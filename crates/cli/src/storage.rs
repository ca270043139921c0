//! The vault's file: `vault` in a folder of its own, readable by its owner only.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use scanseal_signer::{CertificateId, Vault};

use crate::failure::Failure;

const FILE_NAME: &str = "vault";
const LOCK_NAME: &str = "vault.lock";

/// Where a vault is kept.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    folder: PathBuf,
}

impl Storage {
    /// A vault in this folder, which is made if it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        make_private_folder(folder)
            .map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Where vaults are by default: the person's data folder, by the rules of the operating system.
    pub(crate) fn default_folder() -> Option<PathBuf> {
        let home = || {
            std::env::var_os("HOME")
                .filter(|home| !home.is_empty())
                .map(PathBuf::from)
        };
        let data = if cfg!(windows) {
            std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            home().map(|home| home.join("Library/Application Support"))
        } else {
            let given = std::env::var_os("XDG_DATA_HOME")
                .map(PathBuf::from)
                .filter(|path| path.is_absolute());
            given.or_else(|| home().map(|home| home.join(".local/share")))
        };
        data.map(|data| data.join("scanseal"))
    }

    /// Reads the vault; an empty one if there is none yet.
    pub(crate) fn read(&self) -> Result<Vault, Failure> {
        let path = self.folder.join(FILE_NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vault::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        Vault::from_bytes(&bytes)
            .map_err(|error| Failure::new(error.code(), format!("{}: {error}", path.display())))
    }

    /// Changes the vault, and stores it before anything is returned. Other processes wait meanwhile, so that no
    /// counted try is lost. A change that fails stores nothing.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Vault) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let lock = private_file(&self.folder.join(LOCK_NAME), false)
            .map_err(|error| self.failed(&error))?;
        lock.lock().map_err(|error| self.failed(&error))?;
        let mut vault = self.read()?;
        let result = change(&mut vault)?;
        self.write(&vault.to_bytes())
            .map_err(|error| self.failed(&error))?;
        Ok(result)
    }

    /// The seals that are kept for a certificate, as they were stored.
    pub(crate) fn read_seals(
        &self,
        certificate: &CertificateId,
    ) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.folder.join(seals_name(certificate))) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Keeps the seals of a certificate beside the vault.
    pub(crate) fn keep_seals(
        &self,
        certificate: &CertificateId,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        self.write_file(&seals_name(certificate), bytes)
            .map_err(|error| self.failed(&error))
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.write_file(FILE_NAME, bytes)
    }

    /// Writes beside the old file and renames, so that a crash leaves the old one or the new one.
    fn write_file(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.folder.join(format!("{name}.new"));
        let mut file = private_file(&fresh, true)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, self.folder.join(name))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::internal(format!(
            "the vault in {} cannot be used: {error}",
            self.folder.display()
        ))
    }
}

fn seals_name(certificate: &CertificateId) -> String {
    format!("seals-{certificate}.json")
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(unix)]
fn private_file(path: &Path, truncate: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(truncate)
        .mode(0o600)
        .open(path)
}

/// On Windows the data folder is the person's own already.
#[cfg(not(unix))]
fn private_file(path: &Path, truncate: bool) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(truncate)
        .open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn missing_vault_is_empty_and_a_damaged_one_is_refused() {
        let folder = TempDir::new().unwrap();
        let storage = Storage::open(&folder.path().join("new/folder")).unwrap();
        assert!(storage.read().unwrap().certificates().is_empty());
        fs::write(
            folder.path().join("new/folder/vault"),
            "scanseal-vault 1 00\n{}",
        )
        .unwrap();
        assert!(storage.read().is_err());
    }

    #[test]
    fn failed_change_leaves_the_file_as_it_was() {
        let folder = TempDir::new().unwrap();
        let storage = Storage::open(folder.path()).unwrap();
        storage.change(|_| Ok(())).unwrap();
        let before = fs::read(folder.path().join(FILE_NAME)).unwrap();
        assert!(
            storage
                .change(|_| Err::<(), _>(Failure::internal("no")))
                .is_err()
        );
        assert_eq!(fs::read(folder.path().join(FILE_NAME)).unwrap(), before);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_folder_and_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().unwrap();
        let vault = folder.path().join("phone");
        Storage::open(&vault).unwrap().change(|_| Ok(())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&vault), mode(&vault.join(FILE_NAME))), (0o700, 0o600));
    }
}
