//! `scanseal inspect`: what a file is made of, without asking whom to trust.

use std::{
    borrow::Cow,
    io::{self, Write},
    path::Path,
};

use scanseal_pades::verify::{
    Trust,
    report::{
        Claimed, Coverage, Finding, Impression, Report, RevisionReport, SignatureKind,
        SignatureReport,
    },
    verify,
};
use serde::Serialize;

use super::{
    arguments::InspectArguments,
    files::{self, FileSource},
    show,
    words::{Words, code},
};
use crate::{
    failure::{Failure, IntoCode},
    now,
};

/// Tells the revisions, fields and changes of a file, or takes out a revision.
///
/// # Errors
/// The file is no PDF, damaged or encrypted; or wrong usage: it cannot be opened, there is no such revision, or the output
/// cannot be written.
pub(crate) fn run(arguments: &InspectArguments) -> Result<(), Failure> {
    let source = FileSource::open(&arguments.file)?;
    let mut report = verify(&source, arguments.opening.password(), &Trust::new(now()?));
    arguments.opening.tell_wrong_password(&mut report);
    if let Some(unreadable) = &report.document.unreadable {
        let code = unreadable.code.into_code();
        return Err(Failure::new(code, &unreadable.detail).about(&arguments.file));
    }
    if let (Some(index), Some(output)) = (arguments.revision, &arguments.output) {
        let revision = report.document.revisions.get(index).ok_or_else(|| {
            let count = report.document.revisions.len();
            Failure::usage(format!(
                "there is no revision {index}: the file has {count}, from 0"
            ))
        })?;
        return files::write_whole(output, false, |file| {
            files::copy(&source, revision.end, file)
        });
    }
    let text = if arguments.telling.json {
        show::json(&Inspected::of(&arguments.file, &report)) + "\n"
    } else {
        describe(&report, &Words::new(arguments.telling.lang))
    };
    // Whoever reads may have gone.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// What a file is made of, as JSON: the facts of a report (`docs/report.schema.json` has each), and no verdict, since nobody is
/// trusted here.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspected<'a> {
    file: Cow<'a, str>,
    document: Document<'a>,
    signatures: Vec<Signature<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    sha256: Option<&'a str>,
    size: u64,
    revisions: &'a [RevisionReport],
    findings: &'a [Finding],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signature<'a> {
    field: Option<&'a str>,
    kind: SignatureKind,
    revision: Option<usize>,
    sub_filter: Option<&'a str>,
    byte_range: Option<[u64; 4]>,
    coverage: Coverage,
    claimed: &'a Claimed,
    appearance: &'a [Impression],
}

impl<'a> Inspected<'a> {
    fn of(file: &'a Path, report: &'a Report) -> Self {
        let signature = |found: &'a SignatureReport| Signature {
            field: found.field.as_deref(),
            kind: found.kind,
            revision: found.revision,
            sub_filter: found.sub_filter.as_deref(),
            byte_range: found.byte_range,
            coverage: found.coverage,
            claimed: &found.claimed,
            appearance: &found.appearance,
        };
        Self {
            file: file.to_string_lossy(),
            document: Document {
                sha256: report.document.sha256.as_deref(),
                size: report.document.size,
                revisions: &report.document.revisions,
                findings: &report.document.findings,
            },
            signatures: report.signatures.iter().map(signature).collect(),
        }
    }
}

fn describe(report: &Report, words: &Words) -> String {
    let mut text = String::new();
    let document = &report.document;
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
