//! The page's build of the protocol gives the verdicts of `tests/vectors/`.
//!
//! Run with `-p scanseal-scan-wasm`: together with other packages, cargo would build the protocol with all its features.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use scanseal_protocol::vectors::run_case;
use serde_json::Value;

const TOPICS: [&str; 6] = [
    "assertion-page",
    "channel",
    "control",
    "derivations",
    "message",
    "qr",
];

#[test]
fn every_case_of_a_topic_that_concerns_a_page_has_the_expected_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    for topic in TOPICS {
        let text = fs::read_to_string(folder.join(topic).with_extension("json")).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let cases = file["cases"].as_array().unwrap();
        assert!(!cases.is_empty(), "{topic}");
        for case in cases {
            let verdict = run_case(topic, &case.to_string()).unwrap();
            let verdict: Value = serde_json::from_str(&verdict).unwrap();
            assert_eq!(verdict, case["expect"], "{topic}: {}", case["name"]);
        }
    }
}
