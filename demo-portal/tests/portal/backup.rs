//! Commands that save what the portal has: `backup` and `audit export`, while it runs and is being used.

use std::{fs, os::unix::fs::PermissionsExt};

use rusqlite::Connection;
use scanseal_platform::audit::Verifier;
use serde_json::json;

use crate::{
    browser::Browser,
    phone::{self, HOSPITAL, Phone},
    program::{Program, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copy_made_under_load_starts_as_a_portal_with_everything_acknowledged_before() {
    let data = tempfile::tempdir().unwrap();
    let server = Program::start(data.path(), &[]);
    let phone = Phone::enrolled(server.address, HOSPITAL).await;
    let password = server.password_of("admin");
    let mut admin = Browser::open(server.address).await;
    let login = json!({ "login": "admin", "password": password });
    assert_eq!(admin.post("/api/login", &login).await.status, 200);
    admin.session().await;
    let settings = |codes| json!({ "kinds": ["platform", "mutual"], "codes": codes });
    assert_eq!(
        admin
            .post("/api/admin/settings", &settings("two"))
            .await
            .status,
        200
    );
    let load = tokio::spawn(async move {
        // Until the server is gone.
        while admin
            .try_post("/api/admin/settings", &settings("one"))
            .await
            .is_some()
            && admin
                .try_post("/api/admin/settings", &settings("two"))
                .await
                .is_some()
        {}
    });

    let saved = tempfile::tempdir().unwrap();
    let file = saved.path().join("portal.sqlite");
    let name = file.to_str().unwrap();
    let (success, text) = run(data.path(), &["backup", name]);
    assert!(success, "{text}");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for key in fs::read_dir(data.path()).unwrap() {
        let key = key.unwrap().file_name().into_string().unwrap();
        assert_eq!(
            text.contains(&format!("/{key}\n")),
            !key.starts_with("portal.sqlite"),
            "{key} in\n{text}"
        );
    }
    // Contracts are no keys, and their folder is for after the database.
    let (contracts, keys) = text.split_once("Keys are not").unwrap();
    assert!(contracts.contains("after the database") && contracts.contains("/files\n"));
    assert!(!keys.contains("/files\n"), "{keys}");
    let (success, again) = run(data.path(), &["backup", name]);
    assert!(!success && again.contains("exists already"), "{again}");
    server.kill();
    load.await.unwrap();

    // With the files that were named it is a portal again.
    for name in text.lines().filter_map(|line| line.strip_prefix("  ")) {
        let name = std::path::Path::new(name);
        let target = saved.path().join(name.file_name().unwrap());
        if name.is_dir() {
            // The files of contracts.
            fs::create_dir(&target).unwrap();
            for file in fs::read_dir(name).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), target.join(file.file_name())).unwrap();
            }
            continue;
        }
        fs::copy(name, target).unwrap();
    }
    let restored = Program::start(saved.path(), &[]);
    let mut browser = Browser::open(restored.address).await;
    assert_eq!(browser.post("/api/login", &login).await.status, 200);
    browser.session().await;
    let found = browser
        .get("/api/admin/audit?q=settings.changed")
        .await
        .json();
    assert!(!found["events"].as_array().unwrap().is_empty());
    // The certificate from before is still known, and its authority as well.
    let serial = phone.certificates[0].serial_hex();
    assert!(run(saved.path(), &["certificates"]).1.contains(&serial));
    let mut scanner = Browser::open(restored.address).await;
    phone::request(&mut scanner).await;
    restored.kill();
}

#[tokio::test]
async fn log_is_exported_for_the_verifier_and_nothing_is_overwritten() {
    let data = tempfile::tempdir().unwrap();
    let server = Program::start(data.path(), &[]);
    let mut admin = Browser::open(server.address).await;
    let login = json!({ "login": "admin", "password": server.password_of("admin") });
    assert_eq!(admin.post("/api/login", &login).await.status, 200);
    admin.session().await;
    for codes in ["two", "one"] {
        let settings = json!({ "kinds": ["platform", "mutual"], "codes": codes });
        assert_eq!(
            admin.post("/api/admin/settings", &settings).await.status,
            200
        );
    }
    let file = data.path().join("log.jsonl");
    let (success, text) = run(data.path(), &["audit", "export", file.to_str().unwrap()]);
    assert!(success, "{text}");
    let mut verifier = Verifier::new();
    for line in fs::read(&file)
        .unwrap()
        .split_inclusive(|byte| *byte == b'\n')
    {
        verifier.line(line);
    }
    let report = verifier.finish();
    assert_eq!(report.fault, None);
    assert!(text.contains(&report.head.unwrap().to_string()), "{text}");
    let (success, _) = run(data.path(), &["audit", "export", file.to_str().unwrap()]);
    assert!(!success);
    server.kill();
}

#[test]
fn copy_of_a_damaged_log_is_not_kept() {
    let data = tempfile::tempdir().unwrap();
    Program::start(data.path(), &[]).kill();
    let connection = Connection::open(data.path().join("portal.sqlite")).unwrap();
    let forged = "INSERT INTO audit_event (seq, event, hash) VALUES (1, '{}', zeroblob(32))";
    connection.execute("DELETE FROM audit_event", []).unwrap();
    connection.execute(forged, []).unwrap();
    let file = data.path().join("copy");
    let (success, text) = run(data.path(), &["backup", file.to_str().unwrap()]);
    assert!(!success && text.contains("the copy is damaged"), "{text}");
    assert!(!file.exists());
}

/// Who is about to start a newer program saves the database first, perhaps with the newer program.
#[test]
fn database_of_the_version_before_is_copied_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let database = data.path().join("portal.sqlite");
    let connection = Connection::open(&database).unwrap();
    connection
        .execute_batch(include_str!("../../src/store/0001-first.sql"))
        .unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    let file = data.path().join("copy");
    let (success, text) = run(data.path(), &["backup", file.to_str().unwrap()]);
    assert!(success && text.contains("no audit log yet"), "{text}");
    for file in [database, file] {
        let copy = Connection::open(file).unwrap();
        let version: u32 = copy
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, 1);
    }
}

#[test]
fn backup_of_nothing_says_where_it_looked() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("copy");
    let (success, text) = run(data.path(), &["backup", file.to_str().unwrap()]);
    assert!(
        !success && text.contains("there is no database at"),
        "{text}"
    );
    assert!(!file.exists());
}
