//! The secrets of the data folder: private keys, each a file that only its owner may read, and the certificates
//! beside them. Secrets never go into the database, so that a copy of the database is worth nothing to a forger.
//!
//! A file is written whole or not at all (temporary file, flush, rename), so a first start that is killed half-way is
//! simply taken up by the next one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use scanseal_pki::{Certificate, SigningKey};

/// The database's file in the data folder.
pub const DATABASE_FILE: &str = "portal.sqlite";

/// The file that a portal holds as long as it runs.
const LOCK_FILE: &str = "serving.lock";

/// The data folder.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

/// That the folder is a portal's, until this is dropped or the process is gone, however it ends.
#[derive(Debug)]
pub struct Occupied {
    _lock: File,
}

/// Why a file of the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The content is not what it should be.
    #[error(
        "{file} is damaged: put it back from a backup, or remove the data folder and start anew"
    )]
    Damaged {
        /// Its name.
        file: String,
    },
    /// The operating system refuses.
    #[error("cannot use {file}: {source}")]
    Io {
        /// Its name.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// Another portal runs with it.
    #[error(
        "another portal is running with the data folder {folder}: stop that one, or choose another folder with --data"
    )]
    InUse {
        /// The folder.
        folder: String,
    },
    /// No randomness for a new key.
    #[error("the operating system has no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
}

impl DataFolder {
    /// Takes the folder, which is made if it is missing, readable by its owner only.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let folder = Self(path.to_owned());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|source| io_error(path, source))?;
        Ok(folder)
    }

    /// Takes the folder for a portal that runs: two would each keep in memory what the other changes. Commands that only open the
    /// database do not ask.
    ///
    /// # Errors
    /// [`DataError::InUse`], [`DataError::Io`].
    pub fn occupy(&self) -> Result<Occupied, DataError> {
        let path = self.0.join(LOCK_FILE);
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| io_error(&path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Occupied { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse {
                folder: self.0.display().to_string(),
            }),
            Err(TryLockError::Error(source)) => Err(io_error(&path, source)),
        }
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        self.0.join(DATABASE_FILE)
    }

    /// Where the file `name` is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file's content, or nothing if there is no such file.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, DataError> {
        match fs::read(self.0.join(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&self.0.join(name), error)),
        }
    }

    /// Writes a file, readable by its owner only, so that it is whole on the disk when this returns.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), DataError> {
        let (target, temporary) = (self.0.join(name), self.0.join(format!("{name}.new")));
        let write = || {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&temporary)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&temporary, &target)?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(|source| io_error(&target, source))
    }

    /// Removes a key and its certificate; a file that is not there is as good as removed.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn remove_key(&self, name: &str) -> Result<(), DataError> {
        for file in [format!("{name}.key.pem"), format!("{name}.cer")] {
            let path = self.0.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&path, error));
                }
                _ => (),
            }
        }
        File::open(&self.0)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| io_error(&self.0, source))
    }

    /// The private key `name`, made at the first call.
    ///
    /// # Errors
    /// [`DataError`].
    pub fn key(&self, name: &str) -> Result<SigningKey, DataError> {
        let file = format!("{name}.key.pem");
        if let Some(content) = self.read(&file)? {
            let content = zeroize::Zeroizing::new(content);
            let pem = std::str::from_utf8(&content)
                .map_err(|_| DataError::Damaged { file: file.clone() })?;
            return SigningKey::from_pkcs8_pem(pem).map_err(|_| DataError::Damaged { file });
        }
        let key = new_key()?;
        self.write(&file, key.to_pkcs8_pem().as_bytes())?;
        Ok(key)
    }

    /// The certificate `name`, if it was made.
    ///
    /// # Errors
    /// [`DataError`].
    pub fn certificate(&self, name: &str) -> Result<Option<Certificate>, DataError> {
        let file = format!("{name}.cer");
        let Some(der) = self.read(&file)? else {
            return Ok(None);
        };
        Certificate::from_der(&der)
            .map(Some)
            .map_err(|_| DataError::Damaged { file })
    }

    /// Keeps the certificate `name`.
    ///
    /// # Errors
    /// [`DataError::Io`].
    pub fn keep_certificate(&self, name: &str, certificate: &Certificate) -> Result<(), DataError> {
        self.write(&format!("{name}.cer"), certificate.der())
    }
}

pub(crate) fn new_key() -> Result<SigningKey, getrandom::Error> {
    loop {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut())?;
        // Out of range once in 2^32 draws.
        if let Ok(key) = SigningKey::from_random_bytes(&bytes) {
            return Ok(key);
        }
    }
}

fn io_error(path: &Path, source: io::Error) -> DataError {
    DataError::Io {
        file: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folder_is_one_portals_at_a_time() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        let first = folder.occupy().unwrap();
        let refused = DataFolder::open(temporary.path()).unwrap().occupy();
        assert!(matches!(refused, Err(DataError::InUse { .. })));
        drop(first);
        folder.occupy().unwrap();
    }

    #[test]
    fn key_is_made_once_and_readable_by_its_owner_only() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("data");
        let folder = DataFolder::open(&path).unwrap();
        let key = folder.key("root").unwrap();
        assert!(folder.key("root").unwrap().public_key() == key.public_key());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path.join("root.key.pem")), 0o600);
        assert_eq!(mode(&path), 0o700);
        assert!(!path.join("root.key.pem.new").exists());
    }

    #[test]
    fn damaged_key_is_an_error_and_not_replaced() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path()).unwrap();
        folder.write("root.key.pem", b"no key").unwrap();
        assert!(matches!(folder.key("root"), Err(DataError::Damaged { .. })));
        assert_eq!(folder.read("root.key.pem").unwrap().unwrap(), b"no key");
    }
}
