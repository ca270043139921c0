//! `scanseal verify`: a report on each file.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    path::Path,
};

use scanseal_pades::{
    PdfError, Source,
    verify::{
        NamedAnchor, Trust, Verification,
        report::{DocumentVerdict, Report},
        verify,
    },
};
use scanseal_pki::{AnyCertificate, Crl};

use super::{
    arguments::CheckArguments,
    crowd,
    files::{self, FileSource, MAX_PDF_LENGTH},
    keys,
    online::Online,
    show, trust_list,
    words::{Words, code},
};
use crate::{
    failure::{Failure, STATUS_DONE, STATUS_FAILED},
    now,
};

/// Exit status when something could not be told.
pub(crate) const STATUS_INDETERMINATE: u8 = 2;
/// Exit status when there is no signature, or the file cannot be read.
pub(crate) const STATUS_NOTHING: u8 = 3;

/// Checks every file; returns the exit status.
///
/// # Errors
/// Wrong usage: something named cannot be read, or is none of what it should be.
pub(crate) fn run(arguments: &CheckArguments) -> Result<u8, Failure> {
    let trust = trust(arguments)?;
    let paths = files::pdfs(&arguments.files)?;
    let online = match arguments.online {
        true => Some(Online::new(&arguments.tls)?),
        false => None,
    };
    let words = Words::new(arguments.telling.lang);
    let json = arguments.telling.json;
    let colours = !json && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut worst = STATUS_DONE;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    crowd::each(
        &paths,
        |path| {
            let (mut report, unheard) =
                check(path, arguments.opening.password(), &trust, online.as_ref())?;
            arguments.opening.tell_wrong_password(&mut report);
            Ok((report, unheard))
        },
        |path, report| {
            let (report, unheard) = report?;
            for failure in unheard {
                eprintln!("{}", failure.about(path));
            }
            worst = worse(worst, status(report.document.verdict));
            *counts.entry(code(&report.document.verdict)).or_default() += 1;
            let text = if json {
                json_line(path, &report)
            } else {
                show::report(path, &report, &words, colours)
            };
            // Whoever reads may have gone; the exit status tells as well.
            let _ = io::stdout().write_all(text.as_bytes());
            Ok(())
        },
    )?;
    if paths.len() > 1 {
        let counts: Vec<String> = (counts.iter())
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        eprintln!("{} files: {}", paths.len(), counts.join(", "));
    }
    Ok(worst)
}

/// The report on a file, and what could not be fetched for it: such a signature stays indeterminate.
fn check(
    path: &Path,
    password: Option<&str>,
    trust: &Trust,
    online: Option<&Online>,
) -> Result<(Report, Vec<Failure>), Failure> {
    let source = FileSource::open(path)?;
    if source.length() > MAX_PDF_LENGTH {
        let report = Report::unreadable(&PdfError::TooLarge {
            what: "the number of bytes in a file",
            limit: MAX_PDF_LENGTH,
        });
        return Ok((report, Vec::new()));
    }
    let report = verify(&source, password, trust);
    let Some(online) = online.filter(|_| report.lacks_revocation()) else {
        return Ok((report, Vec::new()));
    };
    // What was read a moment ago has been changed since, if this fails; the report is about what it was.
    let certificates = Verification::open(&source, password)
        .certificates()
        .unwrap_or_default();
    let (mut found, mut unheard) = (trust.clone(), Vec::new());
    for list in online.revocation_lists(&certificates) {
        match list {
            Ok(list) => found.crls.push(list),
            Err(failure) => unheard.push(failure),
        }
    }
    if found.crls.len() == trust.crls.len() {
        return Ok((report, unheard));
    }
    Ok((verify(&source, password, &found), unheard))
}

fn trust(arguments: &CheckArguments) -> Result<Trust, Failure> {
    let at = arguments.time.map_or_else(now, Ok)?;
    let mut trust = Trust::new(at);
    for path in &arguments.trust {
        trust_or_list(path, arguments, &mut trust)?;
    }
    for path in &arguments.crl {
        trust.crls.extend(crls(path)?);
    }
    Ok(trust)
}

fn trust_or_list(
    path: &Path,
    arguments: &CheckArguments,
    trust: &mut Trust,
) -> Result<(), Failure> {
    let bytes = files::small(path)?;
    if let Some(list) = trust_list::text(&bytes) {
        return trust_list::add(path, list, &arguments.list_key, now()?, trust);
    }
    for der in keys::certificates(path)? {
        let certificate = AnyCertificate::from_der(&der).map_err(|error| {
            Failure::usage(format!(
                "{}: a certificate cannot be read: {error}",
                path.display()
            ))
        })?;
        let name = certificate
            .common_name()
            .unwrap_or_else(|| certificate.subject_name());
        trust.anchors.push(NamedAnchor { name, certificate });
    }
    Ok(())
}

/// Revocation lists in a file, PEM or DER.
pub(crate) fn crls(path: &Path) -> Result<Vec<Crl>, Failure> {
    files::ders(path, &["X509 CRL"])?
        .iter()
        .map(|der| {
            Crl::from_der(der).map_err(|error| {
                Failure::usage(format!("{}: no revocation list: {error}", path.display()))
            })
        })
        .collect()
}

fn json_line(path: &Path, report: &Report) -> String {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        file: std::borrow::Cow<'a, str>,
        #[serde(flatten)]
        report: &'a Report,
    }
    let line = Line {
        file: path.to_string_lossy(),
        report,
    };
    show::json(&line) + "\n"
}

fn status(verdict: DocumentVerdict) -> u8 {
    match verdict {
        DocumentVerdict::Passed | DocumentVerdict::PassedWithLaterChanges => STATUS_DONE,
        DocumentVerdict::Failed => STATUS_FAILED,
        DocumentVerdict::Indeterminate => STATUS_INDETERMINATE,
        DocumentVerdict::Unsigned | DocumentVerdict::Unreadable => STATUS_NOTHING,
    }
}

/// Of two statuses the one that matters more: failed, could not be told, nothing there, done.
fn worse(one: u8, other: u8) -> u8 {
    let rank = |status| match status {
        STATUS_FAILED => 3,
        STATUS_INDETERMINATE => 2,
        STATUS_NOTHING => 1,
        _ => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_files_the_worst_decides_the_status() {
        let all = [0, 2, 3].into_iter().fold(STATUS_DONE, worse);
        assert_eq!(all, STATUS_INDETERMINATE);
        assert_eq!(worse(STATUS_INDETERMINATE, STATUS_FAILED), STATUS_FAILED);
        assert_eq!(worse(STATUS_FAILED, STATUS_NOTHING), STATUS_FAILED);
        assert_eq!(worse(STATUS_NOTHING, STATUS_DONE), STATUS_NOTHING);
    }
}
