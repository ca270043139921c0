//! The examples of `docs/relay-wire.asyncapi.yaml` are what the code reads and writes.
#![allow(clippy::unwrap_used, missing_docs)]

use scanseal_protocol::control::{Down, Up};

const DESCRIPTION: &str = include_str!("../../docs/relay-wire.asyncapi.yaml");

/// Name and payload of each example: two lines of their own.
fn examples() -> Vec<(&'static str, &'static str)> {
    let mut lines = DESCRIPTION.lines().map(str::trim);
    let mut examples = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("- name: ") {
            examples.push((
                name,
                lines.next().unwrap().strip_prefix("payload: ").unwrap(),
            ));
        }
    }
    examples
}

#[test]
fn every_example_is_read_and_written_back_the_same() {
    for (name, payload) in examples() {
        let written = match name.split_once('-').unwrap().0 {
            "up" => Up::parse(payload)
                .unwrap_or_else(|error| panic!("{name}: {error}"))
                .to_text(),
            "down" => Down::parse(payload)
                .unwrap_or_else(|error| panic!("{name}: {error}"))
                .to_text(),
            other => panic!("{other} is no direction"),
        };
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&written), value(payload), "{name}");
    }
}

#[test]
fn every_kind_of_message_has_an_example() {
    let examples = examples();
    for kind in ["open", "join", "ack", "release", "close", "ping"] {
        assert!(
            examples
                .iter()
                .any(|(name, payload)| name.starts_with("up-")
                    && payload.contains(&format!("\"t\":\"{kind}\""))),
            "{kind}"
        );
    }
    for kind in ["opened", "joined", "peer", "ack", "pong", "closed", "error"] {
        assert!(
            examples
                .iter()
                .any(|(name, payload)| name.starts_with("down-")
                    && payload.contains(&format!("\"t\":\"{kind}\""))),
            "{kind}"
        );
    }
    for state in ["joined", "away", "back", "left"] {
        assert!(
            examples
                .iter()
                .any(|(_, payload)| payload.contains(&format!("\"state\":\"{state}\""))),
            "{state}"
        );
    }
}
