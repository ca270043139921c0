//! `scanseal audit verify`: checks an export of a platform's audit log (`docs/audit.md`).

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

use scanseal_platform::audit::{LINE_BYTES, Report, Verifier};
use serde::Serialize;

use crate::{
    arguments::VerifyArguments,
    failure::{Failure, STATUS_DONE, STATUS_FAILED},
};

/// Checks an export and tells what was found. Returns the exit status.
///
/// # Errors
/// Wrong usage: a file that cannot be read.
pub(crate) fn verify(arguments: &VerifyArguments) -> Result<u8, Failure> {
    let report = if arguments.file == Path::new("-") {
        read(io::stdin().lock(), arguments)
    } else {
        File::open(&arguments.file).and_then(|file| read(BufReader::new(file), arguments))
    };
    let report =
        report.map_err(|error| Failure::usage(format!("{}: {error}", arguments.file.display())))?;
    let text = if arguments.json {
        json(&report)
    } else {
        sentences(&report)
    };
    // Whoever reads may have gone; the exit status tells as well.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(if report.fault.is_none() {
        STATUS_DONE
    } else {
        STATUS_FAILED
    })
}

fn read(mut file: impl BufRead, arguments: &VerifyArguments) -> io::Result<Report> {
    let mut verifier = Verifier::new();
    if let Some(anchor) = arguments.anchor {
        verifier = verifier.follows(anchor);
    }
    if let Some(head) = arguments.head {
        verifier = verifier.ends_with(head);
    }
    let most = u64::try_from(LINE_BYTES).unwrap_or(u64::MAX) + 1;
    let mut line = Vec::new();
    loop {
        line.clear();
        // A file that is one endless line must not fill the memory.
        file.by_ref().take(most).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(verifier.finish());
        }
        verifier.line(&line);
    }
}

fn json(report: &Report) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        intact: bool,
        #[serde(flatten)]
        report: &'a Report,
        /// The fault in words.
        message: Option<String>,
    }
    let line = Line {
        intact: report.fault.is_none(),
        report,
        message: report.fault.map(|fault| fault.kind.to_string()),
    };
    serde_json::to_string(&line).expect("numbers and texts have a JSON form") + "\n"
}

fn sentences(report: &Report) -> String {
    let mut text = String::new();
    if let Some(fault) = report.fault {
        text += &format!("BROKEN at line {}: {}\n", fault.line, fault.kind);
    } else {
        text += "intact\n";
    }
    let (Some(first), Some(last), Some(head), Some(anchor)) =
        (report.first, report.last, report.head, report.anchor)
    else {
        return text;
    };
    let until = if report.fault.is_some() {
        "  right until there: "
    } else {
        "  "
    };
    let Report { full, redacted, .. } = report;
    text +=
        &format!("{until}events {first} to {last}; {full} in full, {redacted} as hashes only\n");
    if first > 1 {
        text += &format!("  follows {anchor}\n");
    }
    text += &format!("  head    {head}\n");
    text
}
