//! A file comes in: streamed to the disk, looked at, and taken or refused with a reason.
//!
//! What a file is, its bytes tell, never its name or media type. A PDF is refused here if nobody could seal it later: who
//! uploads it can still do something about it, the other party could not.

mod active;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt;
use hyper::{HeaderMap, StatusCode, header};
use scanseal_pades::{
    Appended, PdfError, Source,
    file::Pdf,
    seal::{SealError, SealRequest, prepare},
    verify::{NotAdded, Verification, check_added},
};
use scanseal_pki::UnixTime;
use scanseal_protocol::{error::Code, limits};
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};

use super::{files::Incoming, places::Place};
use crate::{
    http::{Problem, endpoint::Pieces},
    portal::Portal,
};

/// Bytes of a PDF: a request to seal names files of at most 256 MiB, and what the parties before have added must fit as well.
pub const PDF_BYTES: u64 = limits::DOCUMENT_BYTES as u64 - 16 * 1024 * 1024;
/// How long the next piece of a file may take: a slow mobile network.
const PIECE_TIME: Duration = Duration::from_secs(30);
/// How long a whole file may take: the largest at 1.2 Mbit/s.
const FILE_TIME: Duration = Duration::from_secs(1_800);
/// Pieces that wait for the disk.
const WAITING_PIECES: usize = 16;
/// Bytes to reserve while a seal is tried on a file; nothing is written.
const TRIED_RESERVE: usize = 64;

/// Writes a body of at most `most` bytes to the disk. `_place` is the room for it, until it is there.
///
/// # Errors
/// 413 `document-too-large`, 408 and 400 `malformed`.
pub async fn receive(
    portal: &Portal,
    headers: &HeaderMap,
    (_place, most): (Place, u64),
    pieces: Pieces,
) -> Result<Incoming, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > most) {
        return Err(too_large(most));
    }
    let (sender, mut waiting) = mpsc::channel::<Bytes>(WAITING_PIECES);
    let files = portal.contracts.files.clone();
    let writer = spawn_blocking(move || {
        let mut incoming = files.begin()?;
        while let Some(piece) = waiting.blocking_recv() {
            incoming.write(&piece)?;
        }
        Ok::<_, std::io::Error>(incoming)
    });
    let passed = timeout(FILE_TIME, pass_on(pieces, most, sender))
        .await
        .unwrap_or_else(|_| Err(too_slow()));
    // The writer ends in any case, since its sender is gone; what it wrote is removed unless it is kept.
    let written = writer
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error));
    passed?;
    written
}

async fn pass_on(
    mut pieces: Pieces,
    most: u64,
    sender: mpsc::Sender<Bytes>,
) -> Result<(), Problem> {
    let mut size = 0_u64;
    while let Some(piece) = timeout(PIECE_TIME, pieces.next())
        .await
        .map_err(|_| too_slow())?
    {
        let piece = piece.map_err(|_| Problem::malformed("The body broke off."))?;
        size += piece.len() as u64;
        if size > most {
            return Err(too_large(most));
        }
        // A writer that has gone has an error, which is told instead.
        if sender.send(piece).await.is_err() {
            break;
        }
    }
    Ok(())
}

fn too_slow() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        Code::Malformed,
        "The body took too long to arrive.",
    )
}

fn too_large(most: u64) -> Problem {
    let detail = format!("The file has more than {} MiB.", most / (1024 * 1024));
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Code::DocumentTooLarge,
        detail,
    )
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// PDF.
    Pdf,
    /// A ZIP archive: DOCX, if it is anything.
    Zip,
    /// A compound file: what Word wrote before 2007, or a DOCX with a password.
    Compound,
    /// Something else.
    Other,
}

impl Form {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of(source: &dyn Source) -> Result<Self, PdfError> {
        let mut head = [0; 8];
        let size = usize::try_from(source.length()).map_or(head.len(), |size| size.min(8));
        source.read_at(0, head.get_mut(..size).unwrap_or_default())?;
        Ok(if head.starts_with(b"%PDF-") {
            Self::Pdf
        } else if head.starts_with(b"PK\x03\x04") {
            Self::Zip
        } else if head == *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" {
            Self::Compound
        } else {
            Self::Other
        })
    }
}

/// A PDF that can be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Its pages.
    pub pages: u32,
}

/// Looks whether a PDF can be sealed.
///
/// # Errors
/// 422 with the reason.
pub fn examine(source: &dyn Source, now: UnixTime) -> Result<Examined, Problem> {
    let pdf = Pdf::open(source, None).map_err(|error| pdf_problem(&error))?;
    if pdf.is_encrypted() {
        let detail = "The PDF is encrypted. Save it without a password and without restrictions.";
        return Err(refuse(Code::DocumentEncrypted, detail));
    }
    let pages = pdf.latest().pages().map_err(|error| pdf_problem(&error))?;
    if pages == 0 {
        return Err(refuse(Code::DocumentDamaged, "The PDF has no pages."));
    }
    if pages > limits::DOCUMENT_PAGES {
        let detail = format!("The PDF has more than {} pages.", limits::DOCUMENT_PAGES);
        return Err(refuse(Code::DocumentTooLarge, detail));
    }
    if let Some(action) = active::find(&pdf).map_err(|error| pdf_problem(&error))? {
        let detail = format!(
            "The PDF does something by itself ({action}), so that it need not show everybody the same: print it into a plain PDF."
        );
        return Err(refuse(Code::DocumentMacros, detail));
    }
    drop(pdf);
    // One digest is of the whole file, each further one of a signature.
    if Verification::open(source, None).digests().len() > 1 {
        let detail = "The PDF has signatures already. Give the one without: all parties sign here.";
        return Err(refuse(Code::AlreadySealed, detail));
    }
    let tried = prepare(source, &SealRequest::new(now, TRIED_RESERVE))
        .map_err(|error| seal_problem(&error))?;
    // What a phone, and this platform later, would refuse shall not come so far.
    check_added(
        &Appended::new(source, tried.appended()),
        None,
        source.length(),
    )
    .map_err(|error| match error {
        NotAdded::Unreadable(error) => pdf_problem(&error),
        error => refuse(
            Code::DocumentDamaged,
            format!("The PDF cannot be sealed so that it can be checked: {error}."),
        ),
    })?;
    Ok(Examined { pages })
}

/// As [`examine`], beside the threads that answer.
///
/// # Errors
/// As [`examine`].
pub async fn examine_incoming(
    portal: &Portal,
    incoming: Incoming,
) -> Result<(Incoming, Examined), Problem> {
    let now = portal.now();
    let incoming = Arc::new(incoming);
    let looked_at = Arc::clone(&incoming);
    let examined = spawn_blocking(move || {
        let source = looked_at
            .source()
            .map_err(|error| Problem::internal(&error))?;
        examine(&source, now)
    });
    let examined = examined
        .await
        .map_err(|error| Problem::internal(&error))??;
    let incoming = Arc::into_inner(incoming).ok_or_else(|| {
        Problem::internal(&std::io::Error::other(
            "a file is looked at by somebody else",
        ))
    })?;
    Ok((incoming, examined))
}

/// A file that is not taken.
pub(super) fn refuse(code: Code, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}

/// A PDF that cannot be read.
pub(super) fn pdf_problem(error: &PdfError) -> Problem {
    match error {
        PdfError::NotPdf => refuse(
            Code::DocumentNotPdf,
            "This is neither a PDF nor a DOCX document.",
        ),
        error => coded(error.code(), error),
    }
}

fn seal_problem(error: &SealError) -> Problem {
    match error {
        SealError::Pdf(error) => pdf_problem(error),
        error => coded(error.code(), error),
    }
}

fn coded(code: &str, error: &dyn std::error::Error) -> Problem {
    match code.parse() {
        Ok(Code::Internal) | Err(_) => Problem::internal(error),
        Ok(code) => refuse(code, format!("{error}.")),
    }
}
