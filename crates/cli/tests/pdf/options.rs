//! Options of `seal`, what is refused or warned of, and files as they are written.

use std::{fs, process::Command};

use crate::office::{Office, PDF};

const SHOWN: [&str; 4] = ["--at", "1:60,60", "--text", "A"];

fn office() -> Office {
    let office = Office::new();
    office.write("contract.pdf", PDF);
    office
}

fn openssl(office: &Office, arguments: &str) {
    let made = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(office.path("."))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
fn given_revocation_list_is_used_instead_of_the_network_and_only_with_long_term_data() {
    // Nobody listens there.
    let office = Office::naming_list("http://127.0.0.1:9/ca.crl");
    office.write("contract.pdf", PDF);
    let sealed = office.seal("contract.pdf", "sealed.pdf", &["--lt", "--crl", "ca.crl"]);
    assert_eq!(sealed.status, 0, "{sealed:?}");
    let alone = office.seal("contract.pdf", "alone.pdf", &["--crl", "ca.crl"]);
    assert_eq!(alone.status, 64, "{alone:?}");
    let fetched = office.seal("contract.pdf", "fetched.pdf", &["--lt"]);
    assert_eq!(fetched.status, 1, "{fetched:?}");
    assert!(
        !fetched.stderr.contains("scan"),
        "no phone here: {fetched:?}"
    );
}

#[test]
fn a_field_that_is_not_there_is_not_locked() {
    let office = office();
    let sealed = office.seal("contract.pdf", "sealed.pdf", &["--lock", "TYPO"]);
    assert_eq!(sealed.status, 1, "{sealed:?}");
    assert!(sealed.stderr.contains("field-not-found"), "{sealed:?}");
}

#[test]
fn seals_that_nobody_sees_and_certificates_out_of_their_time_are_warned_of() {
    let office = office();
    let unseen = office.seal("contract.pdf", "unseen.pdf", &[]);
    assert_eq!(unseen.status, 0);
    assert!(unseen.stderr.contains("shows nowhere"), "{unseen:?}");
    let seen = office.seal("contract.pdf", "seen.pdf", &SHOWN);
    assert_eq!((seen.status, seen.stderr.as_str()), (0, ""));
    let mut arguments = vec!["seal", "contract.pdf", "-o", "old.pdf"];
    arguments.extend(["--key", "key.pem", "--cert", "expired.pem"]);
    arguments.extend(SHOWN);
    let old = office.run(&arguments);
    assert_eq!(old.status, 0, "{old:?}");
    assert!(old.stderr.contains("the certificate expired on"), "{old:?}");
}

#[test]
fn keys_that_cannot_be_used_are_told_apart() {
    let office = office();
    openssl(&office, "genrsa -out rsa.pem 2048");
    openssl(&office, "genrsa -traditional -out rsa1.pem 2048");
    openssl(
        &office,
        "pkcs8 -topk8 -in key.pem -passout pass:secret -out locked.pem",
    );
    openssl(
        &office,
        "pkcs12 -export -inkey key.pem -in cert.pem -passout pass:secret -out key.p12",
    );
    for (key, options, words) in [
        ("rsa.pem", &[][..], "RSA"),
        ("rsa1.pem", &[], "RSA"),
        ("locked.pem", &[], "encrypted"),
        ("key.p12", &[], "needs a password"),
        ("key.p12", &["--key-password", "guess"], "is wrong"),
    ] {
        let mut arguments = vec!["seal", "contract.pdf", "-o", "x.pdf", "--key", key];
        arguments.extend(["--cert", "cert.pem"]);
        arguments.extend(options);
        let refused = office.run(&arguments);
        assert_eq!(refused.status, 64, "{key}: {refused:?}");
        assert!(refused.stderr.contains(words), "{key}: {refused:?}");
    }
}

#[test]
fn a_place_is_asked_for_and_the_one_off_the_page_is_named() {
    let office = office();
    let nowhere = office.seal("contract.pdf", "x.pdf", &["--text", "A"]);
    assert_eq!(nowhere.status, 64, "{nowhere:?}");
    assert!(nowhere.stderr.contains("--keyword"), "{nowhere:?}");
    let off = office.seal(
        "contract.pdf",
        "x.pdf",
        &[
            "--text",
            "A",
            "--at",
            "1:60,60",
            "--keyword",
            "Amount@0,300",
        ],
    );
    assert_eq!(off.status, 1, "{off:?}");
    assert!(off.stderr.contains("--keyword, place 2:"), "{off:?}");
}

#[test]
fn wrong_and_missing_passwords_are_told_apart() {
    let office = office();
    // No password opens it.
    let key = "00".repeat(32);
    let encrypt =
        format!("/Size 6/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{key}>/U<{key}>>>");
    let locked = String::from_utf8(PDF.to_vec()).unwrap();
    let locked = locked.replace("/Size 6", &encrypt);
    office.write("locked.pdf", locked.as_bytes());
    for (options, words) in [
        (&[][..], "give its password"),
        (
            &["--password", "guess"],
            "the password given does not open it",
        ),
    ] {
        let mut arguments = SHOWN.to_vec();
        arguments.extend(options);
        let sealed = office.seal("locked.pdf", "x.pdf", &arguments);
        assert_eq!(sealed.status, 1, "{sealed:?}");
        assert!(sealed.stderr.contains(words), "{sealed:?}");
        let mut arguments = vec!["locked.pdf"];
        arguments.extend(options);
        let checked = office.verify(&arguments);
        assert!(checked.stdout.contains(words), "{checked:?}");
    }
}

#[test]
fn hidden_files_are_left_alone_and_the_sealed_ones_counted() {
    let office = office();
    for folder in ["in", "in/.hidden"] {
        fs::create_dir(office.path(folder)).unwrap();
    }
    for name in ["a.pdf", "b.pdf", ".c.pdf", ".hidden/d.pdf"] {
        office.write(&format!("in/{name}"), PDF);
    }
    let sealed = office.seal("in", "out", &SHOWN);
    assert_eq!(sealed.status, 0, "{sealed:?}");
    assert!(sealed.stderr.contains("2 sealed"), "{sealed:?}");
    assert!(!office.path("out/.hidden").exists());
    office.write("in/e.pdf", b"no PDF");
    let again = office.seal("in", "again", &SHOWN);
    assert_eq!(again.status, 1, "{again:?}");
    assert!(again.stderr.contains("2 sealed, 1 not"), "{again:?}");
}

#[test]
fn missing_folders_and_days_without_a_time_are_understood() {
    let office = office();
    let missing = office.seal("contract.pdf", "nodir/x.pdf", &SHOWN);
    assert_eq!(missing.status, 64);
    assert!(missing.stderr.contains("no folder nodir"), "{missing:?}");
    assert_eq!(office.seal("contract.pdf", "x.pdf", &SHOWN).status, 0);
    let then = office.verify(&["x.pdf", "--time", "2026-10-01"]);
    assert!(then.stdout.contains("2026-10-01T00:00:00Z"), "{then:?}");
}

#[cfg(unix)]
#[test]
fn what_is_written_is_as_readable_as_the_umask_says() {
    use std::os::unix::fs::PermissionsExt;
    let office = office();
    let plain = office.path("contract.pdf");
    assert_eq!(office.seal("contract.pdf", "sealed.pdf", &SHOWN).status, 0);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // The test wrote the one as any program does.
    assert_eq!(mode(office.path("sealed.pdf")), mode(plain));
}

#[test]
fn fields_of_both_parties_are_prepared_and_filled_after_the_certification() {
    let office = office();
    let made = office.run(&[
        "fields",
        "contract.pdf",
        "-o",
        "prepared.pdf",
        "--field",
        "甲方@1:60,60",
        "--field",
        "乙方@1:300,60,100,50",
    ]);
    assert_eq!(made.status, 0, "{made:?}");
    assert!(office.read("prepared.pdf").starts_with(PDF));
    let first = ["--text", "A", "--field", "甲方", "--certify", "fill"];
    let first = office.seal("prepared.pdf", "first.pdf", &first);
    assert_eq!(first.status, 0, "{first:?}");
    let second = office.seal("first.pdf", "both.pdf", &["--text", "B", "--field", "乙方"]);
    assert_eq!(second.status, 0, "{second:?}");
    let checked = office.verify(&["both.pdf"]);
    assert_eq!(checked.status, 0, "{checked:?}");
    assert!(
        checked.stdout.starts_with("both.pdf: passed\n"),
        "{checked:?}"
    );
    let late = office.run(&[
        "fields",
        "both.pdf",
        "-o",
        "x.pdf",
        "--field",
        "丙方@1:60,300",
    ]);
    assert_eq!(late.status, 1, "{late:?}");
    assert!(late.stderr.contains("signed already"), "{late:?}");
    assert_eq!(
        office
            .run(&["fields", "contract.pdf", "-o", "x.pdf"])
            .status,
        64
    );
}
