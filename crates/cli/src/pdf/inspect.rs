//! `scanseal inspect`: what a file is made of, without asking whom to trust.

use std::io::{self, Write};

use scanseal_pades::{
    Source,
    verify::{Trust, report::Report, verify},
};

use super::{
    arguments::InspectArguments,
    files::{self, FileSource},
    show,
    words::{Words, code},
};
use crate::{failure::Failure, now};

/// Bytes copied at once.
const COPY_BYTES: usize = 1 << 20;

/// Tells the revisions, fields and changes of a file, or takes out a revision.
///
/// # Errors
/// Wrong usage: the file cannot be opened, there is no such revision, or the output cannot be written.
pub(crate) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let source = FileSource::open(&arguments.file)?;
    let report = verify(&source, arguments.opening.password(), &Trust::new(now()?));
    if let (Some(index), Some(output)) = (arguments.revision, &arguments.output) {
        let revision = report.document.revisions.get(index).ok_or_else(|| {
            let count = report.document.revisions.len();
            Failure::usage(format!(
                "there is no revision {index}: the file has {count}, from 0"
            ))
        })?;
        return files::write_whole(output, false, |file| copy(&source, revision.end, file));
    }
    let text = if arguments.telling.json {
        show::json(&report) + "\n"
    } else {
        describe(&report, &Words::new(arguments.telling.lang))
    };
    // Whoever reads may have gone.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

fn describe(report: &Report, words: &Words) -> String {
    let mut text = String::new();
    let document = &report.document;
    if let Some(unreadable) = &document.unreadable {
        let line = format!("[{}] {}", unreadable.code, unreadable.detail);
        show::line(&mut text, 0, &line);
        return text;
    }
    let bytes = words.pick("字节", "bytes");
    let sha256 = document.sha256.as_deref().unwrap_or("?");
    show::line(
        &mut text,
        0,
        &format!("{} {bytes}, SHA-256 {sha256}", document.size),
    );
    show::revisions(&mut text, &document.revisions, words);
    for signature in &report.signatures {
        let name = signature.field.as_deref().unwrap_or("?");
        let coverage = words.of("coverages", &signature.coverage);
        let field = words.pick("签名域", "field");
        show::line(&mut text, 1, &format!("{field} {name}: {coverage}"));
        for impression in &signature.appearance {
            let (seal, page) = (words.pick("印章，页", "seal on page"), impression.page);
            let page = page.map_or_else(|| "?".to_owned(), |page| page.to_string());
            let [left, bottom, right, top] = impression.rect;
            let rect = format!("{left:.1} {bottom:.1} {right:.1} {top:.1}");
            show::line(&mut text, 2, &format!("{seal} {page}: {rect}"));
        }
    }
    for finding in &document.findings {
        let reason = words.of("reasons", &finding.reason);
        let code = code(&finding.reason);
        show::line(
            &mut text,
            1,
            &format!("- {reason} [{code}] {}", finding.detail),
        );
    }
    text
}

fn copy(source: &FileSource, length: u64, target: &mut impl Write) -> Result<(), Failure> {
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
