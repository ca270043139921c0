//! The audit chain from outside: the vectors of `tests/vectors/audit.json`, and whatever somebody may do to an export.
#![allow(clippy::unwrap_used)]

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use scanseal_pki::UnixTime;
use scanseal_platform::audit::{Entry, Event, FaultKind, Hash, Head, LINE_BYTES, Report, Verifier};
use serde_json::{Value, json};

/// 2027-01-15T08:00:00Z, the time of all vectors.
const NOW: u64 = 1_800_000_000;

/// A chain of invented events; some have what is hard to write in JSON.
fn chain(length: u64) -> Vec<Entry> {
    let mut head = Head::EMPTY;
    let mut entries = Vec::new();
    for number in 0..length {
        let mut event = Event::new(UnixTime::from_secs(NOW + number), "login.scan");
        if number % 3 != 2 {
            event = event.account("li.na", "91650100MA77C0R54J");
            event.actor = Some("li.na".to_owned());
            event.place = Some("203.0.113.*".to_owned());
            event.browser = Some("Chrome 120 / \"Windows\" \u{1f510}\u{2028}\n".to_owned());
        }
        event.facts.insert("number".to_owned(), json!(number));
        let entry = head.append(&event).unwrap();
        head = entry.head();
        entries.push(entry);
    }
    entries
}

/// An export of li.na: every third event is not hers.
fn export(entries: &[Entry]) -> Vec<String> {
    let line = |entry: &Entry| {
        if entry.seq.is_multiple_of(3) {
            entry.redacted_line()
        } else {
            entry.line()
        }
    };
    entries.iter().map(line).collect()
}

fn verify(file: &[u8], anchor: Option<Hash>, head: Option<Hash>) -> Report {
    let mut verifier = Verifier::new();
    verifier = anchor.map_or(verifier.clone(), |anchor| verifier.follows(anchor));
    verifier = head.map_or(verifier.clone(), |head| verifier.ends_with(head));
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        verifier.line(line);
    }
    verifier.finish()
}

fn fault(file: &str) -> Option<(u64, FaultKind)> {
    verify(file.as_bytes(), None, None)
        .fault
        .map(|fault| (fault.line, fault.kind))
}

#[test]
fn export_may_begin_anywhere_and_is_intact_with_and_without_its_events() {
    let entries = chain(9);
    for first in 0..9 {
        let file = export(&entries[first..]).concat();
        let report = verify(file.as_bytes(), None, None);
        assert_eq!(report.fault, None, "{file}");
        assert_eq!(report.first, Some(entries[first].seq));
        assert_eq!((report.last, report.head), (Some(9), Some(entries[8].hash)));
        assert_eq!(
            report.anchor.unwrap() == Hash::ZERO,
            first == 0,
            "{report:?}"
        );
        let read = entries[first..].iter().filter(|entry| entry.seq % 3 != 0);
        assert_eq!(report.full, u64::try_from(read.count()).unwrap());
        assert_eq!(report.full + report.redacted, 9 - entries[first].seq + 1);
    }
}

#[test]
fn what_is_missing_at_the_end_is_found_by_who_knows_the_head() {
    let entries = chain(5);
    let file = export(&entries[..4]).concat();
    assert_eq!(verify(file.as_bytes(), None, None).fault, None);
    let report = verify(file.as_bytes(), None, Some(entries[4].hash));
    let fault = report.fault.unwrap();
    assert_eq!(
        (fault.line, fault.kind),
        (4, FaultKind::WrongHead { seq: 4 })
    );
    assert_eq!(
        verify(file.as_bytes(), None, Some(entries[3].hash)).fault,
        None
    );
}

#[test]
fn event_whose_hashes_were_all_computed_anew_does_not_fit_the_next_link() {
    let mut entries = chain(4);
    let forged = entries[0]
        .head()
        .append(&Event::new(UnixTime::from_secs(NOW), "logout"))
        .unwrap();
    entries[1] = forged;
    assert_eq!(
        fault(&export(&entries).concat()),
        Some((3, FaultKind::BrokenLink { seq: 3 }))
    );
}

#[test]
fn event_too_long_for_a_line_is_not_kept() {
    let mut event = Event::new(UnixTime::from_secs(NOW), "logout");
    event.facts.insert("a".to_owned(), json!(""));
    let room = scanseal_platform::audit::EVENT_BYTES - event.to_text().len();
    event.facts.insert("a".to_owned(), json!("x".repeat(room)));
    let entry = Head::EMPTY.append(&event).unwrap();
    assert!(entry.line().len() <= LINE_BYTES);
    assert_eq!(fault(&entry.line()), None);
    event
        .facts
        .insert("a".to_owned(), json!("x".repeat(room + 1)));
    assert!(Head::EMPTY.append(&event).is_err());
}

#[test]
fn every_prefix_of_a_line_is_a_cut_off_one() {
    let entries = chain(2);
    let [first, second] = export(&entries).try_into().unwrap();
    for length in 1..second.len() {
        let Some(cut) = second.get(..length) else {
            continue;
        };
        assert_eq!(
            fault(&format!("{first}{cut}")),
            Some((2, FaultKind::Truncated))
        );
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let entries = chain(7);
        let mut file = export(&entries).concat().into_bytes();
        let place = at.index(file.len());
        file[place] ^= 1 << bit;
        // The first link's anchor is known to be zero, and the last one's hash to whoever noted it down; all between hold
        // each other.
        prop_assert!(verify(&file, None, None).fault.is_some(), "byte {place}, bit {bit}");
    }

    #[test]
    fn any_removed_line_is_found(at in any::<prop::sample::Index>()) {
        let entries = chain(7);
        let mut lines = export(&entries);
        let place = at.index(lines.len());
        lines.remove(place);
        let head = entries[6].hash;
        let fault = verify(lines.concat().as_bytes(), Some(Hash::ZERO), Some(head)).fault.unwrap();
        let expected = match place {
            0 => FaultKind::ForeignAnchor { seq: 2 },
            6 => FaultKind::WrongHead { seq: 6 },
            _ => FaultKind::Gap { expected: entries[place].seq, found: entries[place].seq + 1 },
        };
        prop_assert_eq!(fault.kind, expected);
    }

    #[test]
    fn any_two_swapped_lines_are_found(one in 1..7_usize, other in 1..7_usize) {
        prop_assume!(one < other);
        let entries = chain(7);
        let mut lines = export(&entries);
        lines.swap(one, other);
        let expected = FaultKind::Reordered { expected: entries[one].seq, found: entries[other].seq };
        prop_assert_eq!(fault(&lines.concat()), Some((u64::try_from(one).unwrap() + 1, expected)));
    }

    #[test]
    fn any_repeated_line_is_found(line in 0..7_usize, place in 0..7_usize) {
        let entries = chain(7);
        let mut lines = export(&entries);
        lines.insert(place, lines[line].clone());
        prop_assert!(fault(&lines.concat()).is_some());
    }

    #[test]
    fn whatever_comes_is_refused_without_a_panic(line in any::<Vec<u8>>()) {
        let mut verifier = Verifier::new();
        verifier.line(&line);
        prop_assert!(verifier.finish().fault.is_some());
    }
}

// Vectors ---------------------------------------------------------------------------------------------------------

#[test]
fn vectors_are_what_this_code_makes_and_each_gives_its_verdict() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/audit.json");
    let made = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &made).unwrap();
    }
    let file = fs::read_to_string(&path).unwrap();
    assert_eq!(file, made, "UPDATE=1 writes the file anew");
    let vectors: Value = serde_json::from_str(&file).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        assert_eq!(run(&case["input"]), case["expect"], "{}", case["name"]);
    }
}

fn run(input: &Value) -> Value {
    let hash = |name: &str| input[name].as_str().map(|text| text.parse().unwrap());
    let file = input["file"].as_str().unwrap();
    serde_json::to_value(verify(file.as_bytes(), hash("anchor"), hash("head"))).unwrap()
}

fn vectors() -> Value {
    let entries = chain(4);
    let lines = export(&entries);
    let good = lines.concat();
    let hash = |number: usize| json!(entries[number].hash);
    let file = |text: String| json!({ "file": text });
    // The one place of the file where this text stands.
    let change = |from: &str, to: &str| {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        file(good.replace(from, to))
    };
    let with = |numbers: &[usize]| {
        let lines: String = numbers
            .iter()
            .map(|number| lines[*number].as_str())
            .collect();
        file(lines)
    };
    let forged = entries[0]
        .head()
        .append(&Event::new(UnixTime::from_secs(NOW), "logout"));
    let twice = lines[1].replace("\"facts\":{", "\"facts\":{\"number\":1,");
    let fault = |line: u64, kind: Value| {
        let mut fault = kind;
        fault["line"] = json!(line);
        fault
    };
    // Input, what is right before the fault (number of lines), the fault; by hand.
    let cases = [
        (
            "intact, with a redacted event",
            file(good.clone()),
            0..4,
            Value::Null,
        ),
        (
            "intact, and ends where it should",
            json!({ "file": good, "head": hash(3) }),
            0..4,
            Value::Null,
        ),
        ("intact, begins later", with(&[1, 2, 3]), 1..4, Value::Null),
        (
            "intact, goes on from an earlier export",
            json!({ "file": with(&[2, 3])["file"], "anchor": hash(1) }),
            2..4,
            Value::Null,
        ),
        (
            "an event was changed",
            change("\"number\":1}", "\"number\":7}"),
            0..1,
            fault(2, json!({ "kind": "changed", "seq": 2 })),
        ),
        (
            "a redacted event's hash was changed",
            change(
                &Hash::of_event(&entries[2].event).to_string(),
                &Hash::ZERO.to_string(),
            ),
            0..2,
            fault(3, json!({ "kind": "changed", "seq": 3 })),
        ),
        (
            "an event was put in the place of another, hashes computed anew",
            file(
                [&lines[0], &forged.unwrap().line(), &lines[2]]
                    .map(String::as_str)
                    .concat(),
            ),
            0..2,
            fault(3, json!({ "kind": "broken-link", "seq": 3 })),
        ),
        (
            "an event is missing",
            with(&[0, 2, 3]),
            0..1,
            fault(2, json!({ "kind": "gap", "expected": 2, "found": 3 })),
        ),
        (
            "two events are swapped",
            with(&[0, 2, 1, 3]),
            0..1,
            fault(2, json!({ "kind": "reordered", "expected": 2, "found": 3 })),
        ),
        (
            "an event comes twice",
            with(&[0, 1, 1, 2]),
            0..2,
            fault(3, json!({ "kind": "reordered", "expected": 3, "found": 2 })),
        ),
        (
            "the last line is cut off",
            file(good.trim_end().to_owned()),
            0..3,
            fault(4, json!({ "kind": "truncated" })),
        ),
        (
            "the last event is missing",
            json!({ "file": with(&[0, 1, 2])["file"], "head": hash(3) }),
            0..3,
            fault(3, json!({ "kind": "wrong-head", "seq": 3 })),
        ),
        (
            "does not go on from the earlier export",
            json!({ "file": with(&[2, 3])["file"], "anchor": hash(0) }),
            0..0,
            fault(1, json!({ "kind": "foreign-anchor", "seq": 3 })),
        ),
        (
            "the first event of all follows something",
            file(lines[0].replacen(&Hash::ZERO.to_string(), &entries[3].hash.to_string(), 1)),
            0..0,
            fault(1, json!({ "kind": "foreign-anchor", "seq": 1 })),
        ),
        (
            "nothing in it",
            file(String::new()),
            0..0,
            fault(1, json!({ "kind": "empty" })),
        ),
        (
            "an empty line",
            file(format!("{}\n{}", lines[0], lines[1])),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
        (
            "a space between members",
            change("{\"seq\":2,", "{\"seq\":2, "),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
        (
            "lines end as on Windows",
            file(good.replace('\n', "\r\n")),
            0..0,
            fault(1, json!({ "kind": "malformed" })),
        ),
        (
            "an unknown member",
            change("{\"seq\":2,", "{\"more\":1,\"seq\":2,"),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
        (
            "a member of the event comes twice",
            file([&lines[0], &twice].map(String::as_str).concat()),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
        (
            "the event both in full and as its hash",
            change("{\"seq\":2,", "{\"redacted\":\"\",\"seq\":2,"),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
        (
            "the time is written as a fraction",
            change("{\"at\":1800000001,", "{\"at\":1800000001.0,"),
            0..1,
            fault(2, json!({ "kind": "malformed" })),
        ),
    ];
    let cases = cases.map(|(name, input, right, fault)| {
        // A replaced event is right by itself.
        let foreign = name.contains("computed anew");
        let read = &entries[right.clone()];
        let redacted = read.iter().filter(|entry| entry.seq == 3).count();
        let head = if foreign {
            run(&input)["head"].clone()
        } else {
            json!(read.last().map(|entry| entry.hash))
        };
        let expect = json!({
            "first": read.first().map(|entry| entry.seq),
            "last": read.last().map(|entry| entry.seq),
            "full": read.len() - redacted,
            "redacted": redacted,
            "anchor": read.first().map(|entry| entry.prev),
            "head": head,
            "fault": fault,
        });
        json!({ "name": name, "input": input, "expect": expect })
    });
    json!({
        "about": "Exports of the audit log (docs/audit.md), perhaps with the hash they must follow (anchor) or end with (head).",
        "cases": cases,
    })
}
