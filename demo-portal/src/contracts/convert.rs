//! A DOCX becomes a PDF by LibreOffice, if that is installed.
//!
//! The document comes from outside, and a text processor is large. So what needs none of it is refused first (macros, passwords,
//! archives that are no DOCX or far larger unpacked), and the program runs for one document only: with a profile of its own that
//! runs no macros and follows no links, an empty environment, limits of time and memory, and nothing left behind.

mod archive;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use hyper::StatusCode;
use rustix::process::{Pid, Signal, kill_process_group};
use scanseal_pades::Source;
use scanseal_protocol::error::Code;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::spawn_blocking,
    time::timeout,
};

use super::{
    files::{Files, Incoming},
    upload::{Form, PDF_BYTES, refuse},
};
use crate::{http::Problem, portal::Portal};
use archive::NotDocx;

/// Bytes of a DOCX: text is small, pictures are compressed.
pub const DOCX_BYTES: u64 = 32 * 1024 * 1024;
/// How long LibreOffice may take: its first start with a new profile takes ten seconds on a slow machine.
const TIME: Duration = Duration::from_secs(90);
/// KiB of memory that LibreOffice may take, address space and all: ten times a book with pictures. A file of 170 KB can be made that
/// takes more than any server has.
const MEMORY: u32 = 3 * 1024 * 1024;
/// What a shell answers when there is no such program (POSIX XCU 2.8.2).
const NO_PROGRAM: i32 = 127;
/// Documents that are converted at once: each takes some hundred megabytes.
pub(super) const AT_ONCE: usize = 2;
/// Bytes that are read at a time.
const BLOCK: usize = 256 * 1024;

/// Settings of the profile: no macros, no active content, no links that are followed, no window that asks.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Makes a PDF of a file that is none.
///
/// # Errors
/// 413 `document-too-large`; 422 `document-not-pdf`, `document-encrypted`, `document-macros`, `document-damaged`;
/// 503 `document-converter-missing`.
pub async fn to_pdf(portal: &Portal, incoming: Incoming, form: Form) -> Result<Incoming, Problem> {
    let incoming = spawn_blocking(move || check(&incoming, form).map(|()| incoming))
        .await
        .map_err(|error| Problem::internal(&error))??;
    let contracts = &portal.contracts;
    let _place = contracts
        .conversions
        .acquire()
        .await
        .map_err(|error| Problem::internal(&error))?;
    let folder = spawn_blocking(move || prepare(&incoming))
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error))?;
    run(&contracts.soffice, folder.path()).await?;
    let files = contracts.files.clone();
    spawn_blocking(move || take(&files, &folder))
        .await
        .map_err(|error| Problem::internal(&error))?
}

/// Refuses what no text processor need look at.
fn check(incoming: &Incoming, form: Form) -> Result<(), Problem> {
    let not_pdf = |detail: &str| refuse(Code::DocumentNotPdf, detail);
    if form == Form::Other || form == Form::Pdf {
        return Err(not_pdf("This is neither a PDF nor a DOCX document."));
    }
    if incoming.size() > DOCX_BYTES {
        let detail = format!("A text document has at most {DOCX_BYTES} bytes.");
        let problem = refuse(Code::DocumentTooLarge, detail);
        return Err(problem.with_status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let source = incoming
        .source()
        .map_err(|error| Problem::internal(&error))?;
    let size = usize::try_from(source.length()).unwrap_or(usize::MAX);
    let bytes = source
        .piece(0, size)
        .map_err(|error| Problem::internal(&error))?;
    if form == Form::Compound {
        return Err(if archive::is_encrypted_package(&bytes) {
            let detail = "The document has a password: save it without one.";
            refuse(Code::DocumentEncrypted, detail)
        } else {
            not_pdf("This is a document of an old format: save it as PDF or DOCX.")
        });
    }
    archive::check(&bytes).map_err(|fault| match fault {
        NotDocx::Damaged => refuse(
            Code::DocumentDamaged,
            "The document is damaged: it breaks off, or cannot be unpacked.",
        ),
        NotDocx::Macros => refuse(
            Code::DocumentMacros,
            "The document has macros: save it without, or as PDF.",
        ),
        NotDocx::Other => not_pdf("This is an archive, but no DOCX document."),
        NotDocx::TooLarge => refuse(
            Code::DocumentTooLarge,
            "The document is far too large once it is unpacked.",
        ),
    })
}

/// A folder with the document and an empty profile.
fn prepare(incoming: &Incoming) -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("scanseal-").tempdir()?;
    let user = folder.path().join("profile").join("user");
    std::fs::create_dir_all(&user)?;
    std::fs::write(user.join("registrymodifications.xcu"), PROFILE)?;
    std::fs::copy(incoming.path(), folder.path().join("document.docx"))?;
    Ok(folder)
}

async fn run(soffice: &Path, folder: &Path) -> Result<(), Problem> {
    let mut profile = OsString::from("-env:UserInstallation=file://");
    profile.push(folder.join("profile"));
    // The shell sets the limit, where there is no lower one already, and becomes LibreOffice; nothing from outside is part of what it reads.
    let spawned = Command::new("/bin/sh")
        .args(["-c", r#"ulimit -v "$0" 2>/dev/null; exec "$@""#])
        .arg(MEMORY.to_string())
        .arg(soffice)
        .args(["--headless", "--norestore", "--nolockcheck", "--nodefault"])
        .args([
            "--nofirststartwizard",
            "--convert-to",
            "pdf:writer_pdf_Export",
        ])
        .arg(profile)
        .arg("--outdir")
        .arg(folder.join("out"))
        .arg(folder.join("document.docx"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("LANG", "zh_CN.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = spawned.map_err(|error| Problem::internal(&error))?;
    let _group = Group::of(&child);
    match timeout(TIME, child.wait()).await {
        Ok(Ok(status)) if status.code() == Some(NO_PROGRAM) => {
            let detail = "LibreOffice is not installed on this server: save the document as PDF.";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let code = Code::DocumentConverterMissing;
            Err(Problem::new(status, code, detail))
        }
        Ok(Ok(status)) => {
            tracing::debug!(%status, "a document was converted");
            Ok(())
        }
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(_) => {
            tracing::warn!("a document took too long to convert");
            Err(unconvertible())
        }
    }
}

/// The program and those that it started: they end with this.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // An error means that nobody is left.
            let _gone = kill_process_group(group, Signal::KILL);
        }
    }
}

/// What LibreOffice has written; its exit status says nothing about that.
fn take(files: &Files, folder: &TempDir) -> Result<Incoming, Problem> {
    let made: PathBuf = folder.path().join("out").join("document.pdf");
    let mut pdf = match std::fs::File::open(&made) {
        Ok(pdf) => pdf,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unconvertible()),
        Err(error) => return Err(Problem::internal(&error)),
    };
    let copy = || {
        let mut incoming = files.begin()?;
        let mut block = vec![0; BLOCK];
        loop {
            let read = io::Read::read(&mut pdf, &mut block)?;
            let piece = block.get(..read).unwrap_or_default();
            if piece.is_empty() || incoming.size() > PDF_BYTES {
                return Ok::<_, io::Error>(incoming);
            }
            incoming.write(piece)?;
        }
    };
    let mut copy = copy;
    let incoming = copy().map_err(|error| Problem::internal(&error))?;
    if incoming.size() > PDF_BYTES {
        let detail = format!("The PDF of it has more than {PDF_BYTES} bytes.");
        return Err(refuse(Code::DocumentTooLarge, detail));
    }
    Ok(incoming)
}

fn unconvertible() -> Problem {
    let detail = "The document cannot be made into a PDF: save it as PDF yourself.";
    refuse(Code::DocumentDamaged, detail)
}
