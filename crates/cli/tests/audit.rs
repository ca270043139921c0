//! `scanseal audit verify` as a program: what it prints, and its exit status.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use scanseal_pki::UnixTime;
use scanseal_platform::audit::{Entry, Event, Head};
use serde_json::{Value, json};

fn chain(length: usize) -> Vec<Entry> {
    let event = Event::new(UnixTime::from_secs(1_800_000_000), "login.password");
    let mut head = Head::EMPTY;
    std::iter::repeat_with(|| {
        let entry = head.append(&event).unwrap();
        head = entry.head();
        entry
    })
    .take(length)
    .collect()
}

fn lines(entries: &[Entry]) -> String {
    entries.iter().map(Entry::line).collect()
}

fn verify(file: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    told(&command().arg(file).args(more).output().unwrap())
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanseal"));
    command.args(["audit", "verify"]);
    command
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn intact_export_is_told_with_its_head_in_words_and_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.jsonl");
    let entries = chain(3);
    fs::write(&file, lines(&entries[..2]) + &entries[2].redacted_line()).unwrap();
    let head = entries[2].hash.to_string();
    let (status, words, _) = verify(&file, &[]);
    assert_eq!(status, Some(0));
    assert_eq!(
        words,
        format!("intact\n  events 1 to 3; 2 in full, 1 as hashes only\n  head    {head}\n")
    );
    let (status, line, _) = verify(&file, &["--json", "--head", &head]);
    assert_eq!(status, Some(0));
    let line: Value = serde_json::from_str(&line).unwrap();
    let zero = "A".repeat(43);
    assert_eq!(
        line,
        json!({ "intact": true, "first": 1, "last": 3, "full": 2, "redacted": 1, "anchor": zero,
                "head": head, "fault": null, "message": null })
    );
}

#[test]
fn broken_export_is_told_with_the_line_and_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.jsonl");
    let entries = chain(4);
    fs::write(&file, lines(&[entries[0].clone(), entries[3].clone()])).unwrap();
    let (status, words, _) = verify(&file, &[]);
    assert_eq!(status, Some(1));
    assert!(
        words.starts_with("BROKEN at line 2: events are missing: 2 was to come, 4 came\n"),
        "{words}"
    );
    let (status, line, _) = verify(&file, &["--json"]);
    assert_eq!(status, Some(1));
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["intact"], false);
    assert_eq!(
        line["fault"],
        json!({ "line": 2, "kind": "gap", "expected": 2, "found": 4 })
    );

    fs::write(&file, lines(&entries[..3])).unwrap();
    let head = entries[3].hash.to_string();
    let (status, words, _) = verify(&file, &["--head", &head]);
    assert_eq!(status, Some(1));
    assert!(words.contains("later events are missing"), "{words}");
}

#[test]
fn standard_input_is_read_and_an_endless_line_is_not() {
    let entries = chain(3);
    let give = |input: Vec<u8>, more: &[&str]| {
        let mut child = command()
            .arg("-")
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&input).unwrap();
        told(&child.wait_with_output().unwrap())
    };
    let anchor = entries[0].hash.to_string();
    let (status, words, _) = give(lines(&entries[1..]).into_bytes(), &["--anchor", &anchor]);
    assert!(
        status == Some(0) && words.contains(&format!("  follows {anchor}\n")),
        "{words}"
    );
    let (status, words, _) = give(vec![b'x'; 1_000_000], &[]);
    assert!(
        status == Some(1) && words.starts_with("BROKEN at line 1: this is no line"),
        "{words}"
    );
}

#[test]
fn missing_file_and_a_wrong_hash_are_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.jsonl");
    let (status, _, errors) = verify(&file, &[]);
    assert!(
        status == Some(64) && errors.contains("export.jsonl"),
        "{errors}"
    );
    fs::write(&file, lines(&chain(1))).unwrap();
    assert_eq!(verify(&file, &["--head", "abc"]).0, Some(64));
    assert_eq!(verify(&file, &[]).0, Some(0));
}
