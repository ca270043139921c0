//! Files: PDFs read in pieces, folders, certificates, times.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use scanseal_pades::{Source, SourceError};
use scanseal_pki::{UnixTime, pem};

use crate::failure::Failure;

/// Largest PDF that is taken: what programs with offsets of 31 bits can still read.
pub(crate) const MAX_PDF_LENGTH: u64 = 2 << 30;
/// Deepest nesting of folders that is followed.
const MAX_FOLDER_DEPTH: usize = 32;
/// Bytes copied at once.
const COPY_BYTES: usize = 1 << 20;
/// Largest file of certificates or revocation data that is read.
const MAX_SMALL_FILE_LENGTH: u64 = 16 << 20;

/// A file on disk, read where it is asked for.
pub(crate) struct FileSource {
    file: File,
    length: u64,
}

impl FileSource {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Failure::usage(format!("{} is no file", path.display())));
        }
        Ok(Self {
            file,
            length: metadata.len(),
        })
    }
}

impl Source for FileSource {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        read_exact_at(&self.file, offset, buffer).map_err(|error| SourceError {
            offset,
            reason: error.to_string(),
        })
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        let read = file.seek_read(buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        offset += read as u64;
    }
    Ok(())
}

/// The PDFs that the arguments name: files as they are, folders with every `.pdf` below them that is not hidden, in order.
pub(crate) fn pdfs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            collect(path, 0, &mut found)
                .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            if found.len() == before {
                return Err(Failure::usage(format!(
                    "{} holds no .pdf file",
                    path.display()
                )));
            }
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > MAX_FOLDER_DEPTH {
        return Err(io::Error::other("folders are nested too deeply"));
    }
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // Hidden ones are other programs' copies and waste bins.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        // Links to folders are not followed: they may lead in a circle.
        if entry.file_type()?.is_dir() {
            collect(&path, depth + 1, found)?;
        } else if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads a small file whole.
pub(crate) fn small(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let length = fs::metadata(path)
        .map_err(|error| unreadable(&error))?
        .len();
    if length > MAX_SMALL_FILE_LENGTH {
        return Err(unreadable(&"the file is too large to be what is asked for"));
    }
    fs::read(path).map_err(|error| unreadable(&error))
}

/// Reads every DER in a file: the blocks of a PEM file with one of these labels, or the file itself.
pub(crate) fn ders(path: &Path, labels: &[&str]) -> Result<Vec<Vec<u8>>, Failure> {
    let bytes = small(path)?;
    let Some(text) = std::str::from_utf8(&bytes)
        .ok()
        .filter(|text| text.contains("-----BEGIN "))
    else {
        return Ok(vec![bytes]);
    };
    let blocks = pem::blocks(text, labels)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    if blocks.is_empty() {
        return Err(Failure::usage(format!(
            "{} holds no {}",
            path.display(),
            labels[0]
        )));
    }
    Ok(blocks)
}

/// Reads a time such as `2026-10-01T00:00:00Z`, or the day alone, which is its beginning in UTC.
pub(crate) fn time(text: &str) -> Result<UnixTime, String> {
    UnixTime::from_rfc3339(text)
        .or_else(|| UnixTime::from_rfc3339(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| {
            "write a day like 2026-10-01, or a time like 2026-10-01T00:00:00Z or with +08:00"
                .to_owned()
        })
}

/// Copies the beginning of a file.
pub(crate) fn copy(
    source: &FileSource,
    length: u64,
    target: &mut impl Write,
) -> Result<(), Failure> {
    let mut buffer = vec![0; COPY_BYTES];
    let mut offset = 0;
    while offset < length {
        let size = usize::try_from(length - offset).map_or(COPY_BYTES, |left| left.min(COPY_BYTES));
        let part = &mut buffer[..size];
        source
            .read_at(offset, part)
            .map_err(|error| Failure::usage(error.to_string()))?;
        target
            .write_all(part)
            .map_err(|error| Failure::usage(error.to_string()))?;
        offset += size as u64;
    }
    Ok(())
}

/// Writes a file so that it is there whole or not at all.
pub(crate) fn write_whole(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut File) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let unwritable = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
    if !force && path.exists() {
        return Err(Failure::usage(format!(
            "{} is there already: choose another name, or say --force",
            path.display()
        )));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!(
            "there is no folder {}: make it first",
            folder.display()
        )));
    }
    let mut builder = tempfile::Builder::new();
    // Readable for whom the umask says, like every other document; nothing written here is a secret.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(unwritable)?;
    write(file.as_file_mut())?;
    file.as_file_mut().flush().map_err(unwritable)?;
    file.persist(path)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}
