//! Every case through the verifier, natively; and every honest one sealed once more.

mod sealed;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use scanseal_pades::{
    Bytes,
    verify::{
        NamedAnchor, Trust,
        report::{DocumentVerdict, Report},
        verify,
    },
};
use scanseal_pdf_cases::{Case, Class, all};
use scanseal_pki::{AnyCertificate, Crl, UnixTime};
use serde_json::Value;

/// Longer than any case may take, tests being built with little optimisation and run beside others.
const PATIENCE: Duration = Duration::from_secs(5);

/// Of so many places in the usual contract one is tried: prime, so that the places fall on different things.
const STEP: usize = 13;

/// What the verifier said about a case.
struct Answer {
    verdict: String,
    reasons: BTreeSet<String>,
    detail: String,
    time: Duration,
}

fn trust(case: &Case) -> Trust {
    let mut trust = Trust::new(UnixTime::from_secs(case.trust.at.0));
    trust.anchors = (case.trust.anchors.iter())
        .map(|(name, der)| NamedAnchor {
            name: (*name).to_owned(),
            certificate: AnyCertificate::from_der(der).expect("the tests' own certificate"),
        })
        .collect();
    let crls = case.trust.crls.iter();
    trust.crls = crls
        .map(|der| Crl::from_der(der).expect("the tests' own list"))
        .collect();
    trust
}

fn answer(case: &Case) -> Answer {
    let trust = trust(case);
    let begin = Instant::now();
    let report = catch_unwind(AssertUnwindSafe(|| {
        verify(&Bytes(&case.file), case.password, &trust)
    }));
    let time = begin.elapsed();
    match report {
        Ok(report) => Answer {
            time,
            ..read(&report)
        },
        Err(_) => Answer {
            verdict: "panic".to_owned(),
            reasons: BTreeSet::new(),
            detail: String::new(),
            time,
        },
    }
}

fn word(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("the report is JSON");
    value.as_str().expect("a word").to_owned()
}

fn read(report: &Report) -> Answer {
    let signatures = report
        .signatures
        .iter()
        .flat_map(|signature| &signature.reasons);
    let findings = report
        .document
        .findings
        .iter()
        .map(|finding| &finding.reason);
    // What was noted stands in the checks alone.
    let checks = report
        .signatures
        .iter()
        .flat_map(|signature| &signature.checks);
    let noted = checks.filter_map(|check| check.reason.as_ref());
    let mut detail = String::new();
    if let Some(unreadable) = &report.document.unreadable {
        detail += &unreadable.detail;
    }
    for signature in &report.signatures {
        let name = signature.field.as_deref().unwrap_or("-");
        let changes = signature
            .later
            .items
            .iter()
            .filter(|change| !matches!(word(change.level).as_str(), "none" | "maintenance"));
        let changes: Vec<String> = changes
            .map(|change| format!("{}={}", change.path, word(change.class)))
            .collect();
        write!(
            detail,
            "[{name}: {} {:?} {changes:?}]",
            word(signature.verdict),
            signature.reasons
        )
        .expect("a string takes everything");
    }
    Answer {
        verdict: word(report.document.verdict),
        reasons: signatures.chain(findings).chain(noted).map(word).collect(),
        detail,
        time: Duration::ZERO,
    }
}

/// What is wrong with the answer; nothing if it is the expected one.
fn mismatch(case: &Case, answer: &Answer) -> Option<String> {
    let expected = &case.expected;
    let missing: Vec<_> = expected
        .reasons
        .iter()
        .filter(|reason| !answer.reasons.contains(**reason))
        .collect();
    let right = answer.verdict == expected.verdict.as_str() && missing.is_empty();
    (!right).then(|| {
        format!(
            "{:?} {}: expected {} {:?}, got {} {:?} {}\n",
            case.class,
            case.name,
            expected.verdict.as_str(),
            expected.reasons,
            answer.verdict,
            answer.reasons,
            answer.detail
        )
    })
}

#[test]
fn every_case_gets_its_verdict_and_its_reasons() {
    let only = std::env::var("CASE").unwrap_or_default();
    let (mut count, mut wrong, mut table) = (0, 0, String::new());
    let mut slow = String::new();
    let mut broken_rules = String::new();
    for case in all().filter(|case| case.name.contains(&only)) {
        let answer = answer(&case);
        count += 1;
        if let Some(line) = mismatch(&case, &answer) {
            wrong += 1;
            table += &line;
        }
        if answer.time > PATIENCE {
            slow += &format!("{} took {:?}\n", case.name, answer.time);
        }
        let passed = matches!(
            answer.verdict.as_str(),
            "passed" | "passed-with-later-changes"
        );
        let failed = matches!(
            answer.verdict.as_str(),
            "failed" | "unreadable" | "unsigned"
        );
        if case.class.is_attack() && passed || !case.class.is_attack() && failed {
            broken_rules += &format!("{:?} {} {}\n", case.class, case.name, answer.verdict);
        }
    }
    assert!(
        wrong == 0 && slow.is_empty() && broken_rules.is_empty(),
        "{wrong} of {count} cases differ:\n{table}\nno attack may pass, no honest file may fail:\n{broken_rules}\n{slow}"
    );
}

/// The contract that nothing is wrong with.
fn usual_contract() -> Case {
    all()
        .find(|case| case.name == "usual-contract-passes")
        .expect("there is one")
}

fn passes(case: &Case) -> bool {
    matches!(
        answer(case).verdict.as_str(),
        "passed" | "passed-with-later-changes"
    )
}

#[test]
fn no_flipped_bit_passes() {
    let mut case = usual_contract();
    assert!(passes(&case));
    // In /Contents some bits say nothing, such as those of a version; what matters there are cases of their own.
    let (first, second) = signed_ranges(&case.file);
    // Every byte would take a while; these are spread over all of the file, and over all bits.
    for (index, at) in first.chain(second).step_by(STEP).enumerate() {
        let bit = 1 << (index % 8);
        case.file[at] ^= bit;
        assert!(!passes(&case), "bit {bit:#x} of byte {at}");
        case.file[at] ^= bit;
    }
}

/// What the only signature covers.
fn signed_ranges(file: &[u8]) -> (Range<usize>, Range<usize>) {
    let text = String::from_utf8_lossy(file);
    let key = "/ByteRange[";
    let numbers = text.split_once(key).expect("it is signed").1;
    let numbers: Vec<usize> = numbers
        .split(']')
        .next()
        .expect("it ends")
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    (0..numbers[1], numbers[2]..numbers[2] + numbers[3])
}

#[test]
fn no_cut_file_passes() {
    let mut case = usual_contract();
    let whole = case.file.clone();
    for length in (0..whole.len())
        .step_by(STEP)
        .chain(whole.len() - 40..whole.len())
    {
        case.file.truncate(0);
        case.file.extend_from_slice(&whole[..length]);
        assert!(!passes(&case), "cut after {length} bytes");
    }
}

#[test]
fn no_file_with_a_byte_put_in_or_taken_out_passes() {
    let mut case = usual_contract();
    let whole = case.file.clone();
    for at in (0..whole.len()).step_by(STEP) {
        for put_in in [&b""[..], b" ", b"0", b"%"] {
            let rest = if put_in.is_empty() { at + 1 } else { at };
            case.file = [&whole[..at], put_in, &whole[rest..]].concat();
            assert!(!passes(&case), "{put_in:?} at byte {at}");
        }
    }
}

#[test]
fn names_are_unique_and_say_the_outcome() {
    let mut names = BTreeSet::new();
    for case in all() {
        assert!(names.insert(case.name), "{} twice", case.name);
        let outcome = match case.expected.verdict.as_str() {
            "passed-with-later-changes" => "passed",
            verdict => verdict,
        };
        let words: &[&str] = match outcome {
            "passed" => &["pass", "passes"],
            "failed" => &["fail", "fails", "never"],
            "unreadable" => &["unreadable", "never"],
            "indeterminate" => &["indeterminate", "never"],
            _ => &["unsigned"],
        };
        let said = case.name.split('-').any(|word| words.contains(&word));
        assert!(said, "{} is to be {outcome}", case.name);
    }
}

#[test]
fn reasons_are_those_of_the_report() {
    // Any word that the report does not know would never be given, and the case could not be met.
    let source = include_str!("../../../../crates/pades/src/verify/report/checks.rs");
    let body = source
        .split_once("pub enum Reason {")
        .expect("the enumeration")
        .1;
    let body = body.split_once("\n}").expect("its end").0;
    let known: BTreeSet<String> = body
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','))
        .map(kebab)
        .collect();
    for case in all() {
        for reason in &case.expected.reasons {
            assert!(known.contains(*reason), "{}: {reason}", case.name);
        }
    }
}

fn kebab(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[test]
fn readme_lists_every_case() {
    const BEGIN: &str = "<!-- begin of the table -->\n";
    const END: &str = "<!-- end of the table -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let found = std::fs::read_to_string(&path).expect("there is a README");
    let (head, rest) = found.split_once(BEGIN).expect("the table begins");
    let (_, tail) = rest.split_once(END).expect("the table ends");
    let right = format!("{head}{BEGIN}{}{END}{tail}", table());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &right).expect("the README can be written");
        return;
    }
    assert!(
        found == right,
        "README.md is out of date: run with UPDATE=1"
    );
}

/// The cases by class.
fn table() -> String {
    let cases: Vec<Case> = all().collect();
    let mut text = String::new();
    for class in Class::ALL {
        let members: Vec<&Case> = cases.iter().filter(|case| case.class == class).collect();
        writeln!(text, "\n### {} ({})\n", class.title(), members.len()).expect("a string");
        writeln!(
            text,
            "| case | what it tries | verdict | reasons |\n|---|---|---|---|"
        )
        .expect("a string");
        for case in members {
            let reasons: Vec<String> = case
                .expected
                .reasons
                .iter()
                .map(|reason| format!("`{reason}`"))
                .collect();
            writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                case.name,
                case.description.replace('|', "\\|"),
                case.expected.verdict.as_str(),
                reasons.join(" ")
            )
            .expect("a string");
        }
    }
    text + "\n"
}

#[test]
fn verdicts_are_spelled_as_in_the_report() {
    let spelled: Vec<Value> = [
        DocumentVerdict::Passed,
        DocumentVerdict::PassedWithLaterChanges,
        DocumentVerdict::Indeterminate,
        DocumentVerdict::Failed,
        DocumentVerdict::Unsigned,
        DocumentVerdict::Unreadable,
    ]
    .map(|verdict| serde_json::to_value(verdict).expect("a word"))
    .into();
    for case in all() {
        let expected = Value::from(case.expected.verdict.as_str());
        assert!(spelled.contains(&expected), "{}", case.name);
    }
}
