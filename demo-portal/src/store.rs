//! The portal's memory: SQLite on one thread.
//!
//! All work on the database goes, one piece after the other, through one thread; each piece is one transaction. The
//! answer is given after the commit, and `synchronous=FULL` puts a commit on the disk before it returns: **what was
//! acknowledged survives `kill -9` and power loss**. One thread also means that a check and the change that follows
//! from it cannot be torn apart by another request (the nonce of a scan is consumed exactly once).
//!
//! Other processes (`scanseal-portal revoke`) may open the same file; SQLite's own lock orders them.
//! No secret key is kept here: keys are files of their own ([`crate::authority::keys`]).

use std::{
    fs, io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::{Notify, mpsc, oneshot};

/// Changes of the database's form, oldest first. Never edit one that was released: add the next.
const MIGRATIONS: &[&str] = &[
    include_str!("store/0001-first.sql"),
    include_str!("store/0002-binding.sql"),
    include_str!("store/0003-seals.sql"),
    include_str!("store/0004-contracts.sql"),
    include_str!("store/0005-void-files.sql"),
];
/// Pieces of work that may wait for the thread; beyond that callers wait, so that a flood costs no memory.
const WAITING_JOBS: usize = 256;
/// How long one process waits for another one's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the database thread; clones share it. The thread ends, and the file is closed cleanly, when the last
/// handle is dropped and [`StoreThread::join`] returns.
#[derive(Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
    committed: Arc<Notify>,
}

/// The thread behind a [`Store`].
pub struct StoreThread(thread::JoinHandle<()>);

impl Store {
    /// Opens (or makes) the database and brings it to this version's form.
    ///
    /// # Errors
    /// [`StoreError::TooNew`] if a newer version wrote the file; else what SQLite says.
    pub fn open(file: &Path) -> Result<(Self, StoreThread), StoreError> {
        make_private(file)?;
        let mut connection = Connection::open(file)?;
        prepare(&mut connection)?;
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING_JOBS);
        let work = move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut connection);
            }
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(work)
            .map_err(|error| StoreError::Thread(Arc::new(error)))?;
        let committed = Arc::new(Notify::new());
        Ok((Self { jobs, committed }, StoreThread(thread)))
    }

    /// Runs `work` in a transaction of its own and answers after the commit. An error from `work` rolls it back.
    ///
    /// # Errors
    /// What `work` returns, or what SQLite says to the commit.
    pub async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(TransactionBehavior::Immediate, work).await
    }

    /// Runs `work`, which only reads, on one consistent state.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn read<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(TransactionBehavior::Deferred, work).await
    }

    /// As [`Store::write`], for work that may refuse: a check and the change that rests on it, in one transaction. A
    /// refusal rolls back, so it may come after a change as well.
    ///
    /// # Errors
    /// What `work` returns, or what SQLite says to the commit.
    pub async fn decide<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.run(TransactionBehavior::Immediate, work).await
    }

    /// Waits until something was changed since the last call, by this process. For one waiter: the task that delivers
    /// webhooks.
    pub async fn committed(&self) {
        self.committed.notified().await;
    }

    async fn run<T, E, W>(&self, behavior: TransactionBehavior, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let committed = Arc::clone(&self.committed);
        let job = move |connection: &mut Connection| {
            let before = connection.total_changes();
            let done = transact(connection, behavior, work);
            if done.is_ok() && connection.total_changes() != before {
                committed.notify_one();
            }
            // Nobody listens any more when the client hung up; the work is done all the same.
            drop(answer.send(done));
        };
        self.jobs
            .send(Box::new(job))
            .await
            .map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl StoreThread {
    /// Waits until all work is done and the file is closed.
    ///
    /// # Errors
    /// [`StoreError::Closed`] if the thread ended by a fault.
    pub fn join(self) -> Result<(), StoreError> {
        self.0.join().map_err(|_| StoreError::Closed)
    }
}

/// Why the database could not do something. None of it is the client's fault.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database thread has ended.
    #[error("the database is closed: the server is stopping")]
    Closed,
    /// What is stored does not fit what the program expects.
    #[error("the database holds something unexpected: {0}")]
    Damaged(&'static str),
    /// The file cannot be made.
    #[error("cannot make the database's file: {0}")]
    File(#[source] Arc<io::Error>),
    /// What is stored shall hold something that nobody can guess.
    #[error("the operating system has no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// SQLite reports an error.
    #[error("database: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The thread could not be started.
    #[error("cannot start the database thread: {0}")]
    Thread(#[source] Arc<io::Error>),
    /// A newer version wrote the file.
    #[error("the database has version {found}, this program knows {known}: use the newer program")]
    TooNew {
        /// The version of the file.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

/// One piece of work on a database that no server thread owns; for the commands beside `serve`.
///
/// # Errors
/// As [`Store::open`] and [`Store::write`]. A file that does not exist is an error: only `serve` makes one.
pub fn with_file<T>(
    file: &Path,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    transact(&mut open_file(file)?, TransactionBehavior::Immediate, work)
}

/// As [`with_file`], for work that only reads: a server need not wait for it.
///
/// # Errors
/// As [`with_file`], and what `work` returns.
pub fn read_file<T, E: From<StoreError>>(
    file: &Path,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    transact(&mut open_file(file)?, TransactionBehavior::Deferred, work)
}

fn open_file(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags)?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// Makes the file, or takes an older one, so that only its owner reads it: it holds password hashes and who logged in when. SQLite
/// gives its journals the same rights.
fn make_private(file: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    options
        .open(file)
        .and_then(|file| file.set_permissions(fs::Permissions::from_mode(0o600)))
        .map_err(|error| StoreError::File(Arc::new(error)))
}

/// Foreign keys are off while tables are rebuilt, since dropping one would take its children along; `migrate` checks
/// them itself before it commits (SQLite, "Making Other Kinds Of Table Schema Changes").
fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    migrate(connection)?;
    Ok(connection.pragma_update(None, "foreign_keys", true)?)
}

fn transact<T, E: From<StoreError>>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = connection
        .transaction_with_behavior(behavior)
        .map_err(StoreError::from)?;
    let value = work(&transaction)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(value)
}

/// The version is SQLite's `user_version`: the number of migrations applied.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    transact(connection, TransactionBehavior::Immediate, |transaction| {
        let version: u32 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let found = usize::try_from(version).unwrap_or(usize::MAX);
        let Some(missing) = MIGRATIONS.get(found..) else {
            return Err(StoreError::TooNew {
                found,
                known: MIGRATIONS.len(),
            });
        };
        if missing.is_empty() {
            return Ok(());
        }
        for migration in missing {
            transaction.execute_batch(migration)?;
        }
        if transaction
            .prepare("PRAGMA foreign_key_check")?
            .exists([])?
        {
            return Err(StoreError::Damaged(
                "a reference to a row that is not there",
            ));
        }
        transaction.pragma_update(
            None,
            "user_version",
            u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX),
        )?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn failed_work_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _thread) = Store::open(&folder.path().join("portal.sqlite")).unwrap();
        let insert = "INSERT INTO enterprise (name, credit_code) VALUES ('a', 'b')";
        let failed = store.write(move |transaction| {
            transaction.execute(insert, [])?;
            Err::<(), _>(StoreError::Damaged("on purpose"))
        });
        assert!(matches!(failed.await, Err(StoreError::Damaged(_))));
        assert_eq!(store.read(count).await.unwrap(), 0);
        store
            .write(move |transaction| Ok(transaction.execute(insert, [])?))
            .await
            .unwrap();
        assert_eq!(store.read(count).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn file_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.sqlite");
        let (store, thread) = Store::open(&file).unwrap();
        let newer = MIGRATIONS.len() + 1;
        let version = u32::try_from(newer).unwrap();
        store
            .write(move |transaction| {
                Ok(transaction.pragma_update(None, "user_version", version)?)
            })
            .await
            .unwrap();
        drop(store);
        thread.join().unwrap();
        assert!(
            matches!(Store::open(&file), Err(StoreError::TooNew { found, .. }) if found == newer)
        );
    }

    #[tokio::test]
    async fn only_the_owner_reads_the_file_and_its_journals_in_whatever_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (store, _thread) = Store::open(&folder.path().join("portal.sqlite")).unwrap();
        store.read(count).await.unwrap();
        let files: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap())
            .collect();
        assert!(files.len() > 1, "{files:?}");
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{file:?}");
        }
    }

    #[test]
    fn command_does_not_make_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.sqlite");
        assert!(with_file(&file, |_| Ok(())).is_err());
        assert!(!file.exists());
    }

    fn count(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
        Ok(transaction.query_row("SELECT count(*) FROM enterprise", [], |row| row.get(0))?)
    }
}
