//! Writes all files and `cases.json` into a folder, for other tools and other languages.

use std::{fs, io, path::Path, process::ExitCode};

use data_encoding::BASE64;
use scanseal_pdf_cases::{Case, all};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: scanseal-pdf-cases FOLDER");
        return ExitCode::from(64);
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scanseal-pdf-cases: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut cases = Vec::new();
    for case in all() {
        fs::write(folder.join(format!("{}.pdf", case.name)), &case.file)?;
        cases.push(describe(&case));
    }
    let text = serde_json::to_string_pretty(&cases)?;
    fs::write(folder.join("cases.json"), text + "\n")
}

fn describe(case: &Case) -> Value {
    let anchors = case.trust.anchors.iter();
    json!({
        "name": case.name,
        "class": case.class,
        "description": case.description,
        "file": format!("{}.pdf", case.name),
        "attack": case.class.is_attack(),
        "password": case.password,
        "trust": {
            "anchors": anchors
                .map(|(name, der)| json!({ "name": name, "pem": pem("CERTIFICATE", der) }))
                .collect::<Vec<_>>(),
            "crls": case.trust.crls.iter().map(|der| pem("X509 CRL", der)).collect::<Vec<_>>(),
            "at": case.trust.at.rfc3339(),
        },
        "expected": { "verdict": case.expected.verdict, "reasons": case.expected.reasons },
    })
}

/// PEM (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
