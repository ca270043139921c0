//! The log as a file: one JSON object a line (`docs/audit.md`), written piece by piece, so that its length costs no memory
//! and nobody else waits for the database.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use rusqlite::Transaction;
use scanseal_platform::audit::Head;
use tokio::sync::mpsc;

use super::read::{self, Scope};
use crate::store::{Store, StoreError};

/// Pieces that wait for a slow reader.
const WAITING_PIECES: usize = 2;

/// The lines of a scope: from its first event to where the chain ends now. Events of others are replaced by their hashes.
/// If the database fails meanwhile, the stream ends with an error, and the receiver's download is broken off.
///
/// # Errors
/// [`StoreError`].
pub async fn stream(
    store: &Store,
    scope: Scope,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + Send + Sync + use<>, StoreError> {
    let range = store
        .read(move |transaction| range(transaction, scope))
        .await?;
    let (pieces, mut written) = mpsc::channel(WAITING_PIECES);
    let store = store.clone();
    tokio::spawn(async move {
        let Some((mut after, end)) = range else {
            return;
        };
        while after.seq < end {
            let piece = store
                .read(move |transaction| piece(transaction, after, end, scope))
                .await;
            let failed = piece.is_err();
            let piece = piece.map(|(text, next)| {
                after = next;
                text
            });
            // Nobody listens any more when the client hung up.
            if pieces.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    Ok(stream::poll_fn(move |context| written.poll_recv(context)))
}

/// Writes the whole chain into a file that must not exist yet and that only its owner reads. For the command.
///
/// # Errors
/// What the system or the database says.
pub fn to_file(transaction: &Transaction<'_>, path: &Path) -> Result<Head, ExportError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(ExportError::File)?;
    let head = super::head(transaction)?;
    let mut after = Head::EMPTY;
    while after.seq < head.seq {
        let (text, next) = piece(transaction, after, head.seq, Scope::Everything)?;
        file.write_all(&text).map_err(ExportError::File)?;
        after = next;
    }
    file.sync_all().map_err(ExportError::File)?;
    Ok(head)
}

/// An export cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file.
    #[error("cannot write the export: {0}")]
    File(#[source] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What stands before the first event of the scope, and the number of the last event of all.
fn range(transaction: &Transaction<'_>, scope: Scope) -> Result<Option<(Head, u64)>, StoreError> {
    let Some(first) = read::first(transaction, scope)? else {
        return Ok(None);
    };
    let end = super::head(transaction)?.seq;
    Ok(Some((super::entry_before(transaction, first)?, end)))
}

/// The next lines, and after which entry to go on.
fn piece(
    transaction: &Transaction<'_>,
    after: Head,
    end: u64,
    scope: Scope,
) -> Result<(Bytes, Head), StoreError> {
    let mut entries = read::entries(transaction, after, scope)?;
    // What came meanwhile belongs to the next export.
    entries.retain(|(entry, _)| entry.seq <= end);
    let Some((last, _)) = entries.last() else {
        return Err(StoreError::Damaged("an audit log without its end"));
    };
    let next = last.head();
    let line = |(entry, own): &(scanseal_platform::audit::Entry, bool)| {
        if *own {
            entry.line()
        } else {
            entry.redacted_line()
        }
    };
    Ok((entries.iter().map(line).collect::<String>().into(), next))
}
