//! A DOCX becomes a PDF by LibreOffice, if that is installed.
//!
//! The document comes from outside, and a text processor is large. So what needs none of it is refused first (macros, passwords,
//! archives that are no DOCX or far larger unpacked), and the program runs for one document only: with a profile of its own that
//! runs no macros, follows no links and has no way to the network, an empty environment, limits of time and memory, and no file left
//! behind. (Where it is killed, a socket without a listener stays in `/tmp`: its name is LibreOffice's own choice.)

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
pub const CONVERSION_TIME: Duration = Duration::from_secs(90);
/// Bytes of memory, as address space: a contract of a page takes 500 MB, one of hundreds of pages 600 MB, and 64 MiB of XML, more than
/// anybody reads, 1.7 GB.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 3 * 1024 * 1024 * 1024;
/// Bytes of a file that it writes: the largest PDF that is taken, and room to see that it is larger.
#[cfg(target_os = "linux")]
const WRITTEN: u64 = PDF_BYTES + 16 * 1024 * 1024;
/// Documents that are converted at once: each takes some hundred megabytes.
pub(super) const AT_ONCE: usize = 2;
/// Bytes that are read at a time.
const BLOCK: usize = 256 * 1024;

/// How it reads the document, whatever else an archive may pretend to be.
const READ_AS: &str = "--infilter=MS Word 2007 XML";

/// Settings of the profile: no macros, no active content, no links that are followed, no window that asks. Pictures and other parts
/// that a document names elsewhere stay out: the server would fetch them from its own network. Should a way be forgotten, it ends
/// at a proxy that nobody runs (port 9 discards, RFC 863).
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetNoProxy" oor:op="fuse"><value></value></prop></item>
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
    run(&contracts.soffice, contracts.conversion_time, folder.path()).await?;
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

async fn run(soffice: &Path, most: Duration, folder: &Path) -> Result<(), Problem> {
    let mut profile = OsString::from("-env:UserInstallation=file://");
    profile.push(folder.join("profile"));
    let spawned = Command::new(soffice)
        .args(["--headless", "--norestore", "--nolockcheck", "--nodefault"])
        .args([
            "--nofirststartwizard",
            READ_AS,
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
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = spawned.map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            let detail = "LibreOffice is not installed on this server: save the document as PDF.";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Problem::new(status, Code::DocumentConverterMissing, detail);
        }
        Problem::internal(&error)
    })?;
    let group = Group::of(&child);
    group.limit().map_err(|error| Problem::internal(&error))?;
    match timeout(most, child.wait()).await {
        Ok(Ok(status)) => {
            tracing::debug!(%status, "a document was converted");
            Ok(())
        }
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(_) => {
            tracing::warn!("a document took too long to convert");
            let detail =
                "The document takes too long to be made into a PDF: save it as PDF yourself.";
            Err(refuse(Code::DocumentTooLarge, detail))
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

    /// Bounds what it takes, from its first moments on: what it starts later has the same limits.
    #[cfg(target_os = "linux")]
    fn limit(&self) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

        let Some(first) = self.0 else {
            return Ok(());
        };
        for (resource, most) in [(Resource::As, MEMORY), (Resource::Fsize, WRITTEN)] {
            // Whoever started the portal may have bounded it more tightly, and nobody may loosen that.
            let most = getrlimit(resource)
                .maximum
                .map_or(most, |ours| ours.min(most));
            let limit = Rlimit {
                current: Some(most),
                maximum: Some(most),
            };
            match prlimit(Some(first), resource, limit) {
                // It is through already.
                Ok(_) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Only Linux lets one bound another program that runs.
    #[cfg(not(target_os = "linux"))]
    fn limit(&self) -> io::Result<()> {
        Ok(())
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
