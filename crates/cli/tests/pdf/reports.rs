//! What reports say, in words and as JSON.

use std::process::Command;

use serde_json::Value;

use crate::office::{Office, PDF};

fn sealed() -> Office {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let places = ["--at", "1:60,60", "--text", "Party A"];
    assert_eq!(office.seal("contract.pdf", "sealed.pdf", &places).status, 0);
    office
}

#[test]
fn a_name_for_which_nobody_vouches_is_only_claimed() {
    let office = sealed();
    let trusting = office.verify(&["sealed.pdf"]).stdout;
    assert!(!trusting.contains("claims to be"), "{trusting}");
    assert!(
        trusting.contains("trusted through 演示根证书"),
        "{trusting}"
    );
    let alone = office.run(&["verify", "sealed.pdf"]).stdout;
    let words =
        "claims to be 天山博康医疗器械有限公司 (91650100MA77C0R54J); no trusted authority vouches";
    assert!(alone.contains(words), "{alone}");
    assert!(!alone.contains("trusted through"), "{alone}");
    let zh = office.run(&["verify", "sealed.pdf", "--lang", "zh"]).stdout;
    let words = "自称 天山博康医疗器械有限公司 (91650100MA77C0R54J); 没有受信任的机构";
    assert!(zh.contains(words), "{zh}");
    assert!(zh.contains("sealed.pdf: 无法判定 (indeterminate)"), "{zh}");
}

#[test]
fn text_tells_where_seals_are_and_marks_what_is_wrong_apart_from_what_is_unknown() {
    let office = sealed();
    let passed = office.verify(&["sealed.pdf"]).stdout;
    assert!(passed.contains("seal on page 1\n"), "{passed}");
    let zh = office.verify(&["sealed.pdf", "--lang", "zh"]).stdout;
    assert!(zh.contains("印章在第 1 页"), "{zh}");
    let unknown = office.run(&["verify", "sealed.pdf"]).stdout;
    assert!(
        unknown.contains("? ") && !unknown.contains('✗'),
        "{unknown}"
    );
    let mut bytes = office.read("sealed.pdf");
    bytes.extend_from_slice(b"more");
    office.write("more.pdf", &bytes);
    let failed = office.verify(&["more.pdf"]).stdout;
    let finding = failed
        .lines()
        .find(|line| line.contains("[trailing-bytes]"));
    assert!(finding.is_some_and(|line| line.contains('✗')), "{failed}");
}

#[test]
fn later_changes_are_told_once_each_and_without_object_numbers() {
    let office = sealed();
    let second = ["--at", "1:300,60", "--text", "B", "--field", "乙方"];
    assert_eq!(office.seal("sealed.pdf", "both.pdf", &second).status, 0);
    let text = office.verify(&["both.pdf"]).stdout;
    let changes: Vec<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("- "))
        .collect();
    assert!(!changes.is_empty(), "{text}");
    assert!(!text.contains(" 0 R"), "{text}");
    let mut once = changes.clone();
    once.dedup();
    assert_eq!(once, changes);
    let inspected = office.run(&["inspect", "both.pdf"]).stdout;
    assert!(inspected.contains(" 0 R Root"), "{inspected}");
    assert!(!inspected.contains("· 0 0 R"), "{inspected}");
    assert!(!inspected.contains("0 R \n"), "{inspected}");
}

#[test]
fn each_line_of_json_is_what_the_schema_describes() {
    let office = sealed();
    office.write("noise.pdf", b"no PDF");
    let told = office.verify(&["sealed.pdf", "contract.pdf", "noise.pdf", "--json"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // The engine's own tests hold the reports against the whole schema; the command adds to the top level.
    let described = schema["properties"].as_object().unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(told.stdout.lines().count(), 3);
    for line in told.stdout.lines() {
        let report: Value = serde_json::from_str(line).unwrap();
        for (name, value) in report.as_object().unwrap() {
            assert!(described.contains_key(name), "{name} is not described");
            if described[name]["type"] == "string" {
                assert!(value.is_string(), "{name}: {value}");
            }
        }
        for name in schema["required"].as_array().unwrap() {
            assert!(report.get(name.as_str().unwrap()).is_some(), "{name}");
        }
    }
}

#[test]
fn several_files_are_counted() {
    let office = sealed();
    let told = office.verify(&["sealed.pdf", "contract.pdf"]);
    assert!(
        told.stderr.contains("2 files: 1 passed, 1 unsigned"),
        "{told:?}"
    );
}

/// The lines of the README that make a root and a signer, and those that use them.
#[test]
fn key_and_certificate_of_the_readme_seal_and_pass() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = readme.split_once("```sh\nopenssl ").unwrap();
    let (lines, _) = rest.split_once("```").unwrap();
    let made = Command::new("sh")
        .args(["-ec", &format!("openssl {lines}")])
        .current_dir(office.path("."))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let options = ["--key", "zhang.p12", "--key-password", "secret"];
    let mut arguments = vec!["seal", "contract.pdf", "-o", "sealed.pdf"];
    arguments.extend(["--at", "1:60,60", "--text", "A"]);
    arguments.extend(options);
    let sealed = office.run(&arguments);
    assert_eq!(sealed.status, 0, "{sealed:?}");
    let checked = office.verify(&["sealed.pdf"]);
    assert_eq!(checked.status, 0, "{checked:?}");
    assert!(
        checked.stdout.contains("天山博康医疗器械有限公司, 张伟"),
        "{checked:?}"
    );
}
