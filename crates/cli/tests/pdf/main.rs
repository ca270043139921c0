//! `scanseal seal`, `verify`, `inspect` and `seal-picture`, as somebody at a terminal or a script sees them.
#![allow(clippy::unwrap_used)]

mod office;
mod online;
mod options;
mod reports;

use std::fs;

use office::{Office, PDF};
use serde_json::Value;

#[test]
fn sealed_file_passes_and_begins_with_the_original() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let sealed = office.seal(
        "contract.pdf",
        "sealed.pdf",
        &["--at", "1:60,60", "--text", "Party A"],
    );
    assert_eq!(sealed.status, 0, "{sealed:?}");
    assert!(office.read("sealed.pdf").starts_with(PDF));

    let checked = office.verify(&["sealed.pdf"]);
    assert_eq!(checked.status, 0, "{checked:?}");
    assert!(
        checked.stdout.starts_with("sealed.pdf: passed\n"),
        "{checked:?}"
    );
    assert!(
        checked
            .stdout
            .contains("天山博康医疗器械有限公司 (91650100MA77C0R54J)"),
        "{checked:?}"
    );
    let zh = office.verify(&["sealed.pdf", "--lang", "zh"]);
    assert!(zh.stdout.contains("有效"), "{zh:?}");
}

#[test]
fn exit_status_tells_the_verdict_and_of_several_the_worst() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    assert_eq!(office.seal("contract.pdf", "sealed.pdf", &[]).status, 0);
    let mut forged = office.read("sealed.pdf");
    let place = forged
        .windows(6)
        .position(|word| word == b"100.00")
        .unwrap();
    forged[place] = b'9';
    office.write("forged.pdf", &forged);
    office.write("noise.pdf", b"%PDF-1.7\nnothing more");

    let trusting = |files: &[&str]| office.verify(files).status;
    assert_eq!(trusting(&["sealed.pdf"]), 0);
    assert_eq!(trusting(&["forged.pdf"]), 1);
    assert_eq!(trusting(&["contract.pdf"]), 3);
    assert_eq!(trusting(&["noise.pdf"]), 3);
    assert_eq!(
        office.run(&["verify", "sealed.pdf"]).status,
        2,
        "nobody is trusted"
    );
    assert_eq!(trusting(&["sealed.pdf", "contract.pdf", "forged.pdf"]), 1);
    assert_eq!(trusting(&["contract.pdf", "sealed.pdf"]), 3);
    assert_eq!(trusting(&["missing.pdf"]), 64);
    assert_eq!(office.run(&["verify"]).status, 64);
}

#[test]
fn reports_are_one_line_of_json_each_in_the_order_of_the_files() {
    let office = Office::new();
    fs::create_dir(office.path("in")).unwrap();
    for number in 0..12 {
        office.write(&format!("in/{number:02}.pdf"), PDF);
    }
    let sealed = office.seal("in", "out", &["--json"]);
    assert_eq!(sealed.status, 0, "{sealed:?}");
    assert_eq!(sealed.stdout.lines().count(), 12);
    let checked = office.verify(&["out", "--json"]);
    assert_eq!(checked.status, 0, "{checked:?}");
    let reports: Vec<Value> = checked
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let files: Vec<&str> = reports
        .iter()
        .map(|report| report["file"].as_str().unwrap())
        .collect();
    assert!(files.is_sorted() && files.len() == 12, "{files:?}");
    for report in &reports {
        assert_eq!(report["version"], 1);
        assert_eq!(report["document"]["verdict"], "passed");
        assert_eq!(report["signatures"][0]["level"], "B-B");
    }
}

#[test]
fn one_bad_file_of_a_folder_is_told_and_the_others_are_sealed() {
    let office = Office::new();
    fs::create_dir(office.path("in")).unwrap();
    office.write("in/a.pdf", PDF);
    office.write("in/b.pdf", b"no PDF");
    office.write("in/c.pdf", PDF);
    let sealed = office.seal("in", "out", &[]);
    assert_eq!(sealed.status, 1);
    assert!(sealed.stderr.contains("b.pdf"), "{sealed:?}");
    assert!(sealed.stderr.contains("document-damaged"), "{sealed:?}");
    assert!(office.path("out/a.pdf").exists() && office.path("out/c.pdf").exists());
    assert!(!office.path("out/b.pdf").exists());
}

#[test]
fn what_cannot_be_sealed_leaves_no_file_and_says_the_code() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    for (code, options) in [
        (
            "seal-off-page",
            &["--at", "1:590,60", "--text", "Party A"][..],
        ),
        ("pages-invalid", &["--at", "7:60,60", "--text", "Party A"]),
        (
            "keyword-not-found",
            &["--keyword", "nowhere", "--text", "Party A"],
        ),
        ("text-not-latin", &["--at", "1:60,60", "--text", "甲方"]),
    ] {
        let sealed = office.seal("contract.pdf", "sealed.pdf", options);
        assert_eq!(sealed.status, 1, "{code}: {sealed:?}");
        assert!(sealed.stderr.contains(code), "{code}: {sealed:?}");
        assert!(!office.path("sealed.pdf").exists(), "{code}");
    }
}

#[test]
fn existing_output_is_kept_unless_forced() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    office.write("sealed.pdf", b"precious");
    assert_eq!(office.seal("contract.pdf", "sealed.pdf", &[]).status, 64);
    assert_eq!(office.read("sealed.pdf"), b"precious");
    assert_eq!(
        office
            .seal("contract.pdf", "sealed.pdf", &["--force"])
            .status,
        0
    );
    assert_eq!(office.verify(&["sealed.pdf"]).status, 0);
}

#[test]
fn key_and_certificate_must_belong_together() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let other = office.run(&[
        "seal",
        "contract.pdf",
        "-o",
        "sealed.pdf",
        "--key",
        "key.pem",
        "--cert",
        "root.pem",
    ]);
    assert_eq!(other.status, 64, "{other:?}");
    let none = office.run(&[
        "seal",
        "contract.pdf",
        "-o",
        "sealed.pdf",
        "--key",
        "key.pem",
    ]);
    assert_eq!(none.status, 64);
    assert!(none.stderr.contains("--cert"), "{none:?}");
    let no_key = office.run(&[
        "seal",
        "contract.pdf",
        "-o",
        "sealed.pdf",
        "--key",
        "root.pem",
        "--cert",
        "cert.pem",
    ]);
    assert_eq!(no_key.status, 64);
}

#[test]
fn empty_field_is_filled_by_its_name_and_a_second_party_signs_after_the_first() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let first = office.seal(
        "contract.pdf",
        "first.pdf",
        &["--field", "甲方", "--at", "1:60,60", "--text", "A"],
    );
    assert_eq!(first.status, 0, "{first:?}");
    let second = office.seal(
        "first.pdf",
        "second.pdf",
        &["--field", "乙方", "--at", "1:300,60", "--text", "B"],
    );
    assert_eq!(second.status, 0, "{second:?}");
    let again = office.seal("second.pdf", "third.pdf", &["--field", "甲方"]);
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("field-not-empty"), "{again:?}");
    let checked = office.verify(&["second.pdf"]);
    assert_eq!(checked.status, 0, "{checked:?}");
    assert!(
        checked.stdout.contains("甲方") && checked.stdout.contains("乙方"),
        "{checked:?}"
    );
}

#[test]
fn inspect_tells_the_revisions_and_takes_one_out() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    office.seal(
        "contract.pdf",
        "sealed.pdf",
        &["--at", "1:60,60", "--text", "A"],
    );
    let inspected = office.run(&["inspect", "sealed.pdf"]);
    assert_eq!(inspected.status, 0, "{inspected:?}");
    assert!(inspected.stdout.contains("revision 1"), "{inspected:?}");
    let taken = office.run(&[
        "inspect",
        "sealed.pdf",
        "--revision",
        "0",
        "-o",
        "before.pdf",
    ]);
    assert_eq!(taken.status, 0, "{taken:?}");
    assert_eq!(office.read("before.pdf"), PDF);
    let none = office.run(&["inspect", "sealed.pdf", "--revision", "2", "-o", "x.pdf"]);
    assert_eq!(none.status, 64);
    let json = office.run(&["inspect", "sealed.pdf", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["document"]["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(report["signatures"][0]["appearance"][0]["page"], 1);
    assert!(!json.stdout.contains("erdict"), "nobody asked: {json:?}");
    office.write("noise.pdf", b"no PDF");
    let noise = office.run(&["inspect", "noise.pdf"]);
    assert_eq!((noise.status, noise.stdout.as_str()), (1, ""), "{noise:?}");
    assert!(noise.stderr.contains("document-damaged"), "{noise:?}");
}

#[test]
fn what_a_file_says_of_itself_does_not_steer_the_terminal() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    let field = "A\u{1b}[2J\u{202e}B";
    let sealed = office.seal("contract.pdf", "sealed.pdf", &["--field", field]);
    assert_eq!(sealed.status, 0, "{sealed:?}");
    let checked = office.verify(&["sealed.pdf"]);
    assert!(
        !checked.stdout.contains(['\u{1b}', '\u{202e}']),
        "{checked:?}"
    );
    let inspected = office.run(&["inspect", "sealed.pdf"]);
    assert!(
        !inspected.stdout.contains(['\u{1b}', '\u{202e}']),
        "{inspected:?}"
    );
}

#[test]
fn pictures_are_made_and_refused_with_a_reason() {
    let office = Office::new();
    let made = office.run(&[
        "seal-picture",
        "round",
        "天山博康医疗器械有限公司",
        "--below",
        "合同专用章",
        "-o",
        "seal.png",
    ]);
    assert_eq!(made.status, 0, "{made:?}");
    assert!(office.read("seal.png").starts_with(b"\x89PNG"));
    let short = office.run(&["seal-picture", "round", "天", "-o", "x.png"]);
    assert_eq!(short.status, 1, "{short:?}");
    assert!(short.stderr.contains("seal-text-invalid"), "{short:?}");
    office.write("font.ttf", b"no font");
    let font = office.run(&[
        "seal-picture",
        "square",
        "张伟之印",
        "--font",
        "font.ttf",
        "-o",
        "x.png",
    ]);
    assert_eq!(font.status, 1, "{font:?}");
    assert!(font.stderr.contains("font-invalid"), "{font:?}");
    office.write("photo.png", b"no picture");
    let photo = office.run(&["seal-picture", "cut-out", "photo.png", "-o", "x.png"]);
    assert_eq!(photo.status, 1);
    assert!(photo.stderr.contains("picture-invalid"), "{photo:?}");
}

#[test]
fn times_and_places_are_read_or_refused_before_anything_happens() {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    for options in [
        &["--at", "60,60"][..],
        &["--at", "1:60"],
        &["--at", "1:60,x"],
        &["--keyword", "#2"],
        &["--keyword", "A#0"],
        &["--cross-page", "middle"],
        &["--cross-page", "left@2"],
        &["--image-width", "wide"],
    ] {
        assert_eq!(
            office.seal("contract.pdf", "x.pdf", options).status,
            64,
            "{options:?}"
        );
    }
    assert_eq!(
        office
            .verify(&["contract.pdf", "--time", "yesterday"])
            .status,
        64
    );
    office.seal("contract.pdf", "sealed.pdf", &[]);
    let before = office.verify(&["sealed.pdf", "--time", "2001-01-01T00:00:00Z"]);
    assert_ne!(before.status, 0, "{before:?}");
}
