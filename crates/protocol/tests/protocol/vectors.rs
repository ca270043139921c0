//! The files under `tests/vectors/`: written with `UPDATE=1`, compared otherwise, and run through the public function
//! that the browser and Node call too.
//!
//! What is expected is stated here by hand, never taken from the verifier.

mod assertion;
mod channel;
mod codes;
mod control;
mod enterprise;
mod message;
mod request;
mod signed;

use scanseal_protocol::vectors::run_case;
use serde_json::{Value, json};

use crate::{root, updating};

/// One case.
fn case(name: &str, input: Value, expect: Value) -> Value {
    json!({ "name": name, "input": input, "expect": expect })
}

fn refused(code: &str) -> Value {
    json!({ "code": code })
}

/// Writes or compares the file, and runs its cases.
fn check(topic: &str, about: &str, cases: Vec<Value>) {
    let path = root().join("tests/vectors").join(format!("{topic}.json"));
    let made = json!({ "about": about, "cases": cases });
    if updating() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(
            &path,
            format!("{}\n", serde_json::to_string_pretty(&made).unwrap()),
        )
        .unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let found: Value = serde_json::from_str(&text).unwrap_or_default();
    // Not the texts: how maps are ordered depends on which crates are built together.
    assert!(
        found == made,
        "tests/vectors/{topic}.json is out of date: run with UPDATE=1"
    );

    let mut names = std::collections::BTreeSet::new();
    for case in found["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        assert!(names.insert(name), "{topic}: {name} twice");
        let verdict: Value =
            serde_json::from_str(&run_case(topic, &case.to_string()).unwrap()).unwrap();
        assert_eq!(verdict, case["expect"], "{topic}: {name}");
    }
}

#[test]
fn every_file_has_a_row_in_the_readme() {
    let folder = root().join("tests/vectors");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name == "README.md" || readme.contains(&format!("| `{name}` |")),
            "{name}"
        );
    }
}

#[test]
fn unknown_topics_and_other_inputs_are_refused() {
    use scanseal_protocol::vectors::VectorError;
    assert_eq!(
        run_case("no-such-topic", r#"{"input":{}}"#),
        Err(VectorError::UnknownTopic)
    );
    for case in ["", "{}", r#"{"input":{}}"#, r#"{"input":{"hex":"0"}}"#] {
        assert!(
            matches!(run_case("message", case), Err(VectorError::Malformed(_))),
            "{case}"
        );
    }
}
