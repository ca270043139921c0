//! A copy of the database while the server runs (`VACUUM INTO`): one consistent state, with every commit before it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use scanseal_platform::audit::Head;

use crate::{audit, authority::keys::DATABASE_FILE, contracts::files, store::StoreError};

/// The first version of the database that has an audit log. Who updates saves the version before, perhaps with this program.
const VERSION_WITH_AUDIT: u32 = 2;
/// How long a copy waits for a transaction of the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// What was copied, and what was not.
#[derive(Clone, Debug)]
pub struct BackedUp {
    /// Where the audit log of the copy ends. Who notes it down can tell later whether the copy is the one. Nothing if the
    /// database is of a version that had none.
    pub audit: Option<Head>,
    /// Files of the data folder that are in no database: keys, certificates, passwords of the demo.
    pub beside: Vec<String>,
    /// The folder with the files of contracts, if there is one: to be copied after the database, which names them.
    pub contracts: Vec<String>,
}

/// No copy was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The copy is not what it should be.
    #[error("the copy is damaged, and so perhaps the database: {0}")]
    Damaged(String),
    /// There is something already.
    #[error("{} exists already; name a file that does not exist", .0.display())]
    Exists(PathBuf),
    /// The file system.
    #[error("cannot write {}: {source}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Copies the database of a data folder to a file that must not exist, readable by its owner only, and looks whether the
/// copy is whole. It is on the disk when this returns.
///
/// # Errors
/// [`BackupError`]; what was written is removed.
pub fn to_file(folder: &Path, target: &Path) -> Result<BackedUp, BackupError> {
    let source = open(&folder.join(DATABASE_FILE))?;
    let file_error = |source| BackupError::File {
        file: target.to_owned(),
        source,
    };
    // SQLite fills an empty file, so its rights are set before anything is in it.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target);
    let file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(target.to_owned()),
        _ => file_error(error),
    })?;
    let copied = copy(&source, target)
        .and_then(|head| file.sync_all().map(|()| head).map_err(file_error))
        .and_then(|head| sync_parent(target).map(|()| head).map_err(file_error));
    match copied {
        Ok(audit) => {
            let beside = beside(folder).map_err(file_error)?;
            let (contracts, beside) = beside.into_iter().partition(|name| name == files::FOLDER);
            Ok(BackedUp {
                audit,
                beside,
                contracts,
            })
        }
        Err(error) => {
            // Half a copy is worse than none. Should it not go away, its error is the lesser one.
            drop(fs::remove_file(target));
            Err(error)
        }
    }
}

fn open(file: &Path) -> Result<Connection, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn copy(source: &Connection, target: &Path) -> Result<Option<Head>, BackupError> {
    let name = target.to_str().ok_or_else(|| BackupError::File {
        file: target.to_owned(),
        source: io::Error::other("its name is no text"),
    })?;
    source.execute("VACUUM INTO ?1", [name])?;
    let mut copy = open(target)?;
    let verdict: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(BackupError::Damaged(verdict));
    }
    let version: u32 = copy.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version < VERSION_WITH_AUDIT {
        return Ok(None);
    }
    let transaction = copy.transaction()?;
    audit::check_latest(&transaction).map_err(|error| BackupError::Damaged(error.to_string()))?;
    Ok(Some(audit::head(&transaction)?))
}

fn sync_parent(target: &Path) -> io::Result<()> {
    let parent = target.parent().filter(|parent| parent != &Path::new(""));
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Everything of the data folder but the database.
fn beside(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with(DATABASE_FILE) && !name.ends_with(".new") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
