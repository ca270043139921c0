//! A data folder of the version before is taken over: nobody is locked out, and who is new is added.

use std::path::Path;

use rusqlite::{Connection, params};
use scanseal_portal::platform::password;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    phone::{self, Phone},
    scan::SUBMIT,
    start::TestPortal,
};

const FIRST: &str = include_str!("../../src/store/0001-first.sql");
/// The people of the version before, with their role of then.
const PEOPLE: [(&str, &str, &str, &str, &str); 4] = [
    (
        "zhang.wei",
        "张伟",
        "purchaser",
        "云岭市第一人民医院",
        "12650100MB1A22606J",
    ),
    (
        "ayguli",
        "阿依古丽·买买提",
        "purchaser",
        "云岭市教育局",
        "11650100MB0F883179",
    ),
    (
        "li.na",
        "李娜",
        "supplier",
        "天山博康医疗器械有限公司",
        "91650100MA77C0R54J",
    ),
    (
        "wang.qiang",
        "王强",
        "supplier",
        "云岭智联信息技术有限公司",
        "91650104MA78E3K920",
    ),
];

fn older_file(folder: &Path) {
    let accounts: Vec<_> = PEOPLE
        .iter()
        .map(|(login, name, role, enterprise, code)| {
            json!({ "login": login, "password": format!("old {login}"), "name": name, "role": role,
                    "enterprise": enterprise, "creditCode": code })
        })
        .collect();
    std::fs::write(
        folder.join("demo-accounts.json"),
        json!(accounts).to_string(),
    )
    .unwrap();
}

/// The database of the version before, with rows in every table that people have filled.
fn older_database(folder: &Path, phone: &Phone, issued: &[(String, Vec<u8>)]) {
    let connection = Connection::open(folder.join("portal.sqlite")).unwrap();
    connection.execute_batch(FIRST).unwrap();
    for (index, (login, name, role, enterprise, code)) in PEOPLE.iter().enumerate() {
        let id = i64::try_from(index + 1).unwrap();
        connection
            .execute(
                "INSERT INTO enterprise VALUES (?1, ?2, ?3)",
                params![id, enterprise, code],
            )
            .unwrap();
        let hash = password::hash(&format!("old {login}")).unwrap();
        connection
            .execute(
                "INSERT INTO account VALUES (?1, ?2, ?3, ?4, ?1, ?5)",
                params![id, login, name, role, hash],
            )
            .unwrap();
    }
    let certificate = &phone.certificates[0];
    connection
        .execute(
            "INSERT INTO certificate_binding VALUES (?1, ?2, 1, 5)",
            params![certificate.sha256(), certificate.der()],
        )
        .unwrap();
    for (serial, der) in issued {
        connection
            .execute(
                "INSERT INTO issued_certificate VALUES (?1, 'enterprise', 'x', NULL, NULL, 9999999999, ?2, 1)",
                params![serial, der],
            )
            .unwrap();
    }
    connection
        .execute_batch(
            "INSERT INTO login_event VALUES (1, 1, 7, 'password', 'somewhere', 'a browser');
             INSERT INTO login_event VALUES (2, 1, 7, 'scan', 'somewhere', 'a browser');
             INSERT INTO web_session VALUES (zeroblob(32), 1, 1, 7, 7);
             INSERT INTO web_session VALUES (randomblob(32), 1, 2, 7, 7);
             INSERT INTO scan_request VALUES ('used', 'x', zeroblob(32), 9999999999, 1, zeroblob(32), zeroblob(32), '{}');
             INSERT INTO scan_request VALUES ('open', 'x', zeroblob(32), 9999999999, NULL, NULL, NULL, NULL);
             INSERT INTO issued_certificate VALUES ('0badcafe', 'enterprise', 'x', NULL, NULL, 9999999999, x'00', 1);
             INSERT INTO revocation VALUES ('0badcafe', 1, 'superseded');
             INSERT INTO counter VALUES ('crl-issuing', 41);
             INSERT INTO counter VALUES ('trust-list', 17);
             INSERT INTO trust_list VALUES (1, zeroblob(32), 17, 9999999999, 'x');
             PRAGMA user_version = 1;",
        )
        .unwrap();
}

#[tokio::test]
async fn folder_of_the_version_before_is_taken_over() {
    // A portal of today makes the keys, which have not changed, and a certificate; its database is then thrown away.
    let portal = TestPortal::start().await;
    let phone = portal.phone_of("zhang.wei").await;
    let issued = phone.certificates[0].serial_hex();
    let issued = [(issued, phone.certificates[0].der().to_vec())];
    let folder = portal.stop().await;
    for name in ["portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm"] {
        let file = folder.path().join(name);
        if file.exists() {
            std::fs::remove_file(file).unwrap();
        }
    }
    older_database(folder.path(), &phone, &issued);
    older_file(folder.path());

    let portal = TestPortal::start_in(folder, |_| ()).await;
    // Which certificate a scan came from was not written down: such a session could not be ended with its certificate.
    let left = "SELECT count(*) FROM web_session w JOIN login_event l ON l.id = w.login_id WHERE l.method = ";
    for (method, sessions) in [("password", 1), ("scan", 0)] {
        assert_eq!(portal.count(&format!("{left}'{method}'")), sessions);
    }
    for (login, ..) in PEOPLE {
        assert_eq!(portal.password_of(login), format!("old {login}"));
        let mut browser = portal.browser_of(login).await;
        let account = browser.session().await["account"].clone();
        assert_eq!(account["role"], "administrator", "{login}");
    }
    let mut browser = portal.browser_of("zhang.wei").await;
    let account = browser.session().await["account"].clone();
    assert_eq!(account["enterprise"]["kind"], "purchaser");
    let certificate = &account["certificates"][0];
    assert_eq!(
        (
            &certificate["id"],
            &certificate["authority"],
            &certificate["bound"]
        ),
        (&json!(phone.id()), &json!("scanseal-demo"), &json!(5))
    );
    assert_eq!(
        account["logins"].as_array().unwrap().last().unwrap()["place"],
        "somewhere"
    );

    let mut scanned = Browser::open(portal.address).await;
    let request = phone::request(&mut scanned).await;
    let reply = scanned
        .post(SUBMIT, &phone.assertion(&request, portal.now()))
        .await;
    assert_eq!(reply.status, 200, "{:?}", reply.body);

    // Who is new: an operator of an enterprise that was there, and the platform's own staff.
    let mut operator = portal.browser_of("chen.jing").await;
    let account = operator.session().await["account"].clone();
    assert_eq!(
        (&account["role"], &account["enterprise"]["creditCode"]),
        (&json!("operator"), &json!("91650100MA77C0R54J"))
    );
    let mut staff = portal.browser_of("admin").await;
    let reply = staff.try_get("/api/admin/accounts").await.unwrap();
    assert_eq!(reply.json()["total"], 6);
    // What must never go back has not.
    assert!(portal.count("SELECT value FROM counter WHERE name = 'trust-list'") > 17);
    assert_eq!(
        portal.count("SELECT status FROM scan_request WHERE nonce = 'used'"),
        200
    );
    let left = portal.events_of("login.password");
    assert_ne!(left.first(), Some(&Value::Null));
    let folder = portal.stop().await;
    let again = TestPortal::start_in(folder, |_| ()).await;
    again.browser_of("admin").await;
    again.stop().await;
}

/// Contracts of the version before: what went back, and which file was in force, shows in history and numbers.
#[test]
fn files_that_no_longer_count_are_found_in_contracts_of_the_version_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.sqlite");
    let connection = Connection::open(&file).unwrap();
    for migration in [
        FIRST,
        include_str!("../../src/store/0002-binding.sql"),
        include_str!("../../src/store/0003-seals.sql"),
        include_str!("../../src/store/0004-contracts.sql"),
    ] {
        connection.execute_batch(migration).unwrap();
    }
    connection
        .execute_batch(
            "INSERT INTO enterprise (id, name, credit_code) VALUES (1, 'a', 'A'), (2, 'b', 'B');
             INSERT INTO account (id, login, name, role, enterprise_id, password_hash)
             VALUES (1, 'a', 'a', 'operator', 1, ''), (2, 'b', 'b', 'operator', 2, '');
             PRAGMA user_version = 4;",
        )
        .unwrap();
    let contract = "INSERT INTO contract (id, number, enterprise_id, account_id, state, created, updated, title, order_number, amount,
                    place, terms, seal_order, revision) VALUES (?1, ?1, 1, 1, ?2, 0, 0, '', '', 0, '', '', 'any', ?3)";
    let revision = "INSERT INTO contract_revision (contract_id, number, follows, file, file_size, sha256, size, pages, at, why, level)
                    VALUES (?1, ?2, ?3, x'00', 1, x'00', 1, 1, ?4, ?5, ?6)";
    let step = "INSERT INTO contract_step (contract_id, step, account_id, received, done, opinion) VALUES (?1, 'return', ?2, 0, 20, '')";
    // Sealed, returned at 20 and sealed again; taken back at 20; another file uploaded; sealed and stamped later; no file.
    for (id, state, current) in [
        (1, "signing", Some(3)),
        (2, "returned", Some(1)),
        (3, "draft", Some(2)),
        (4, "done", Some(3)),
        (5, "draft", None),
    ] {
        connection
            .execute(contract, params![id, state, current])
            .unwrap();
    }
    for (id, number, follows, at, why, level) in [
        (1, 1, None, 5, "uploaded", "unsigned"),
        (1, 2, Some(1), 10, "sealed", "B-LT"),
        (1, 3, Some(1), 30, "sealed", "B-LT"),
        (2, 1, None, 5, "uploaded", "unsigned"),
        (2, 2, Some(1), 10, "sealed", "B-LT"),
        (3, 1, None, 5, "uploaded", "unsigned"),
        (3, 2, None, 6, "uploaded", "unsigned"),
        (4, 1, None, 5, "uploaded", "unsigned"),
        (4, 2, Some(1), 6, "sealed", "B-B"),
        (4, 3, Some(1), 7, "stamped", "B-LT"),
        (5, 1, None, 5, "filled", "unsigned"),
    ] {
        connection
            .execute(revision, params![id, number, follows, at, why, level])
            .unwrap();
    }
    for (id, account) in [(1, 2), (2, 1)] {
        connection.execute(step, params![id, account]).unwrap();
    }
    drop(connection);

    let (void, steps) = scanseal_portal::store::with_file(&file, |transaction| {
        let list = |select: &str| {
            let mut select = transaction.prepare(select)?;
            let rows = select.query_map([], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        let void = "SELECT contract_id || '/' || number || ' ' || void FROM contract_revision WHERE void IS NOT NULL ORDER BY 1";
        Ok((list(void)?, list("SELECT step FROM contract_step ORDER BY id")?))
    })
    .unwrap();
    assert_eq!(
        void,
        [
            "1/2 returned",
            "2/2 withdrawn",
            "3/1 replaced",
            "5/1 replaced"
        ]
    );
    assert_eq!(steps, ["return", "withdraw"]);
}
