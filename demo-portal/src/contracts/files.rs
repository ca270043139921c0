//! The files of contracts, outside the database, each named by its SHA-256.
//!
//! **A row never names a file that is not whole on the disk**: a file is written under a temporary name, flushed, renamed, its
//! folder flushed, and only then its row is committed. Whoever is killed in between leaves a file without a row, which the next
//! start removes. While programs run nothing is removed, since another one may just be about to name the same bytes; so files
//! of a deleted draft go at the next start as well.

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use data_encoding::HEXLOWER;
use rusqlite::Transaction;
use scanseal_pades::{Source, SourceError};
use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// The folder in the data folder.
pub const FOLDER: &str = "files";
const LOCK: &str = "lock";
const TEMPORARY: &str = ".new";
/// Bytes that are read at a time.
const BLOCK: usize = 256 * 1024;

/// A file that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of its bytes: its name.
    pub hash: [u8; 32],
    /// How many bytes.
    pub size: u64,
}

/// The folder with the files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
    /// Shared by every program that may add files; whoever removes some takes it alone.
    _lock: Arc<File>,
}

/// A file that is being written. Dropped without [`Incoming::keep`], it is gone.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    path: PathBuf,
    file: File,
    hash: Sha256,
    size: u64,
    kept: bool,
}

impl Files {
    /// Takes the folder below the data folder, made if it is missing. Waits for whoever tidies it up.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        File::open(data)?.sync_all()?;
        let lock = lock_file(&folder)?;
        lock.lock_shared()?;
        Ok(Self {
            folder,
            _lock: Arc::new(lock),
        })
    }

    /// Removes what no row names: files of a program that was killed, and of deleted drafts. Nothing is removed while
    /// another program has the folder. Returns how many.
    ///
    /// # Errors
    /// What database and system say.
    pub fn tidy(data: &Path, transaction: &Transaction<'_>) -> Result<usize, TidyError> {
        let folder = data.join(FOLDER);
        if !folder.exists() {
            return Ok(0);
        }
        let lock = lock_file(&folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(0),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let named = named(transaction)?;
        let mut removed = 0;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let hash: Option<[u8; 32]> = HEXLOWER
                .decode(name.as_bytes())
                .ok()
                .and_then(|hash| hash.try_into().ok());
            let forgotten = hash.is_some_and(|hash| !named.contains(&hash));
            if forgotten || name.ends_with(TEMPORARY) {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Begins a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(&self) -> io::Result<Incoming> {
        let mut name = [0; 16];
        getrandom::fill(&mut name).map_err(io::Error::other)?;
        let path = self
            .folder
            .join(format!("{}{TEMPORARY}", HEXLOWER.encode(&name)));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok(Incoming {
            folder: self.folder.clone(),
            path,
            file,
            hash: Sha256::new(),
            size: 0,
            kept: false,
        })
    }

    /// Keeps bytes that are in memory.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, bytes: &[u8]) -> io::Result<Kept> {
        let mut incoming = self.begin()?;
        incoming.write(bytes)?;
        incoming.keep()
    }

    /// Opens a file that a row names.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self, kept: &Kept) -> io::Result<File> {
        let file = File::open(self.folder.join(name(&kept.hash)))?;
        if file.metadata()?.len() == kept.size {
            Ok(file)
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a kept file is shorter or longer than it was",
            ))
        }
    }

    /// Files one behind the other, as one.
    ///
    /// # Errors
    /// What the system says.
    pub fn chain(&self, parts: &[Kept]) -> io::Result<Chain> {
        let mut chain = Chain::default();
        for part in parts {
            chain.push(self.read(part)?, part.size);
        }
        Ok(chain)
    }
}

impl Incoming {
    /// Adds bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What was written, for looking at it before it is kept.
    ///
    /// # Errors
    /// What the system says.
    pub fn source(&self) -> io::Result<Chain> {
        let mut chain = Chain::default();
        chain.push(self.file.try_clone()?, self.size);
        Ok(chain)
    }

    /// Where it is, for programs that read files. It is gone when this is dropped.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it on the disk under its hash.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(mut self) -> io::Result<Kept> {
        self.file.sync_all()?;
        let kept = Kept {
            hash: self.hash.clone().finalize().into(),
            size: self.size,
        };
        // The same bytes under the same name take each other's place.
        fs::rename(&self.path, self.folder.join(name(&kept.hash)))?;
        self.kept = true;
        File::open(&self.folder)?.sync_all()?;
        Ok(kept)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            // Should it stay, the next start removes it.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Files one behind the other, read as one. Cheap to open: nothing is read until somebody asks.
#[derive(Debug, Default)]
pub struct Chain {
    /// Where each begins, and the file.
    parts: Vec<(u64, File)>,
    length: u64,
}

impl Chain {
    fn push(&mut self, file: File, size: u64) {
        self.parts.push((self.length, file));
        self.length += size;
    }

    /// SHA-256 of everything.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn sha256(&self) -> Result<[u8; 32], SourceError> {
        sha256(self)
    }

    /// Bytes from `offset` on, at most so many.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn piece(&self, offset: u64, most: usize) -> Result<Vec<u8>, SourceError> {
        let left = self.length.saturating_sub(offset);
        let size = usize::try_from(left).map_or(most, |left| left.min(most));
        let mut piece = vec![0; size];
        self.read_at(offset, &mut piece)?;
        Ok(piece)
    }
}

impl Source for Chain {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, mut buffer: &mut [u8]) -> Result<(), SourceError> {
        let failed = |reason: String| SourceError { offset, reason };
        let end = offset.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.length) {
            return Err(failed("the range is not inside the file".to_owned()));
        }
        let mut offset = offset;
        for (index, (begin, file)) in self.parts.iter().enumerate() {
            let end = self
                .parts
                .get(index + 1)
                .map_or(self.length, |(next, _)| *next);
            if buffer.is_empty() || offset >= end {
                continue;
            }
            let here = usize::try_from(end - offset).unwrap_or(usize::MAX);
            let (now, later) = buffer.split_at_mut(here.min(buffer.len()));
            file.read_exact_at(now, offset - begin)
                .map_err(|error| failed(error.to_string()))?;
            offset += now.len() as u64;
            buffer = later;
        }
        Ok(())
    }
}

/// Under which name the file of this hash is kept.
pub fn name(hash: &[u8; 32]) -> String {
    HEXLOWER.encode(hash)
}

/// SHA-256 of a source.
///
/// # Errors
/// [`SourceError`].
pub fn sha256(source: &dyn Source) -> Result<[u8; 32], SourceError> {
    let mut hash = Sha256::new();
    let mut block = vec![0; BLOCK];
    let (mut offset, length) = (0, source.length());
    while offset < length {
        let size = usize::try_from(length - offset).map_or(BLOCK, |left| left.min(BLOCK));
        let piece = block.get_mut(..size).unwrap_or_default();
        source.read_at(offset, piece)?;
        hash.update(&*piece);
        offset += size as u64;
    }
    Ok(hash.finalize().into())
}

/// The folder cannot be tidied up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TidyError {
    /// The system.
    #[error("the files of contracts cannot be used: {0}")]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn lock_file(folder: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(folder.join(LOCK))
}

fn named(transaction: &Transaction<'_>) -> Result<BTreeSet<[u8; 32]>, StoreError> {
    let select = "SELECT file FROM contract_revision UNION SELECT file FROM contract_attachment";
    let mut select = transaction.prepare(select)?;
    let rows = select.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::Store;

    fn names(data: &Path) -> Vec<String> {
        let entries = fs::read_dir(data.join(FOLDER)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != LOCK)
            .collect();
        names.sort();
        names
    }

    #[test]
    fn chain_reads_as_one_file_wherever_one_begins() {
        let data = tempfile::tempdir().unwrap();
        let files = Files::open(data.path()).unwrap();
        let whole = b"0123456789abcde";
        let parts: Vec<_> = [&whole[..4], b"", &whole[4..5], &whole[5..]]
            .iter()
            .map(|part| files.keep(part).unwrap())
            .collect();
        let chain = files.chain(&parts).unwrap();
        assert_eq!(chain.length(), 15);
        for start in 0..=15_usize {
            for end in start..=15 {
                let mut buffer = vec![0; end - start];
                chain.read_at(start as u64, &mut buffer).unwrap();
                assert_eq!(buffer, whole[start..end]);
            }
        }
        assert!(chain.read_at(10, &mut [0; 6]).is_err());
        assert!(chain.read_at(u64::MAX, &mut [0]).is_err());
        assert_eq!(
            chain.sha256().unwrap(),
            <[u8; 32]>::from(Sha256::digest(whole))
        );
    }

    #[test]
    fn file_that_is_not_kept_is_gone_and_a_shortened_one_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        let files = Files::open(data.path()).unwrap();
        let mut incoming = files.begin().unwrap();
        incoming.write(b"half").unwrap();
        drop(incoming);
        assert_eq!(names(data.path()), Vec::<String>::new());
        let kept = files.keep(b"whole").unwrap();
        assert_eq!(names(data.path()), [HEXLOWER.encode(&kept.hash)]);
        fs::write(
            data.path().join(FOLDER).join(HEXLOWER.encode(&kept.hash)),
            "who",
        )
        .unwrap();
        assert!(files.read(&kept).is_err());
    }

    #[tokio::test]
    async fn start_removes_what_no_row_names_unless_another_program_is_at_it() {
        let data = tempfile::tempdir().unwrap();
        let (store, _thread) = Store::open(&data.path().join("portal.sqlite")).unwrap();
        let files = Files::open(data.path()).unwrap();
        let kept = files.keep(b"of a contract").unwrap();
        files.keep(b"of nobody").unwrap();
        fs::write(data.path().join(FOLDER).join("ab.new"), "half").unwrap();
        store
            .write(move |transaction| {
                transaction.execute_batch(
                    "INSERT INTO enterprise (id, name, credit_code) VALUES (1, 'a', 'b');
                     INSERT INTO account (id, login, name, role, enterprise_id, password_hash) VALUES (1, 'a', 'a', 'operator', 1, '');
                     INSERT INTO contract (id, number, enterprise_id, account_id, state, created, updated, title, order_number, amount, place, terms, seal_order)
                     VALUES (1, '1', 1, 1, 'draft', 0, 0, '', '', 0, '', '', 'any');",
                )?;
                let insert = "INSERT INTO contract_attachment VALUES (1, 'a', ?1, 3, 1, 0)";
                Ok(transaction.execute(insert, [kept.hash])?)
            })
            .await
            .unwrap();
        let path = data.path().to_owned();
        let tidy = move |transaction: &Transaction<'_>| {
            Files::tidy(&path, transaction).map_err(|_| StoreError::Damaged("tidy"))
        };
        assert_eq!(store.read(tidy.clone()).await.unwrap(), 0);
        assert_eq!(names(data.path()).len(), 3);
        drop(files);
        assert_eq!(store.read(tidy).await.unwrap(), 2);
        assert_eq!(names(data.path()), [HEXLOWER.encode(&kept.hash)]);
    }
}
