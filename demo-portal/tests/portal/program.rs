//! The program itself: what it prints, its commands, its logs, its end.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    browser::{Browser, SCAN, SESSION},
    phone::{self, HOSPITAL, Phone},
};

/// A running `scanseal-portal serve`; killed when dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) ready: Value,
    pub(crate) printed: String,
}

impl Program {
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let errors = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(data.join("log"))
            .unwrap();
        let mut child = program(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut printed = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let ready = loop {
            let mut line = String::new();
            assert_ne!(
                output.read_line(&mut line).unwrap(),
                0,
                "{}",
                std::fs::read_to_string(data.join("log")).unwrap()
            );
            match line.strip_prefix("ready ") {
                Some(json) => break serde_json::from_str::<Value>(json).unwrap(),
                None => printed += &line,
            }
        };
        let port = u16::try_from(ready["port"].as_u64().unwrap()).unwrap();
        Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            ready,
            printed,
        }
    }

    /// As `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn terminate(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }

    /// A phone that is bound to zhang.wei.
    pub(crate) async fn phone_of_the_hospital(&self) -> Phone {
        let password = self.password_of("zhang.wei");
        let now = scanseal_portal::portal::system_clock()();
        Phone::bound(self.address, HOSPITAL, ("zhang.wei", &password), now).await
    }

    pub(crate) fn password_of(&self, login: &str) -> String {
        let accounts = self.ready["accounts"].as_array().unwrap();
        accounts
            .iter()
            .find(|account| account["login"] == login)
            .unwrap()["password"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone after `kill` and `terminate`.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanseal-portal"));
    command.arg("--data").arg(data);
    command
}

pub(crate) fn run(data: &Path, arguments: &[&str]) -> (bool, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = program(data).args(arguments).output().unwrap();
    (
        status.success(),
        String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap(),
    )
}

#[tokio::test]
async fn start_prints_what_a_visitor_needs_in_both_languages() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), &[]);
    let port = program.address.port();
    for text in [
        &format!("http://localhost:{port}/"),
        &format!("http://localhost:{port}/phone"),
        "电脑页面",
        "Desktop page",
        "zhang.wei",
        HOSPITAL.0,
        HOSPITAL.1,
        &program.password_of("li.na"),
        "合同签署",
        &format!("http://localhost:{port}/verify"),
    ] {
        assert!(
            program.printed.contains(text),
            "{text} is missing in\n{}",
            program.printed
        );
    }
    assert!(program.terminate().success());
}

#[tokio::test]
async fn second_portal_on_a_data_folder_is_refused_until_the_first_is_gone() {
    let data = tempfile::tempdir().unwrap();
    let first = Program::start(data.path(), &[]);
    let (success, answer) = run(data.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        !success && answer.contains("another portal is running with the data folder"),
        "{answer}"
    );
    // However it ends.
    first.kill();
    let second = Program::start(data.path(), &[]);
    assert!(second.terminate().success());
    assert!(Program::start(data.path(), &[]).terminate().success());
}

#[tokio::test]
async fn revoke_works_while_the_server_runs() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), &[]);
    let phone = Phone::enrolled(program.address, HOSPITAL).await;
    let serial = phone.certificates[0].serial_hex();
    let (success, listed) = run(data.path(), &["certificates"]);
    let line = listed
        .lines()
        .find(|line| line.starts_with(&serial))
        .unwrap();
    assert!(
        success && line.contains(HOSPITAL.1) && line.ends_with("in force"),
        "{listed}"
    );

    let upper = serial.to_ascii_uppercase();
    assert!(
        run(
            data.path(),
            &["revoke", &upper, "--reason", "keyCompromise"]
        )
        .0
    );
    let mut browser = Browser::open(program.address).await;
    let request = phone::request(&mut browser).await;
    let now = scanseal_portal::portal::system_clock()();
    browser
        .post("/api/scan/assertions", &phone.assertion(&request, now))
        .await
        .is_problem(403, "certificate-revoked");

    for (arguments, text) in [
        (vec!["revoke", &serial], "was revoked before"),
        (vec!["revoke", "00ff"], "no certificate 00ff"),
        (
            vec!["revoke", &serial, "--reason", "removeFromCRL"],
            "invalid value",
        ),
    ] {
        let (success, answer) = run(data.path(), &arguments);
        assert!(!success && answer.contains(text), "{answer}");
    }
    assert!(
        run(data.path(), &["certificates"])
            .1
            .contains("keyCompromise")
    );
    program.kill();
}

#[tokio::test]
async fn logs_at_the_finest_level_hold_no_secret() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::start(data.path(), &["--log", "trace"]);
    let password = program.password_of("li.na");
    let mut browser = Browser::open(program.address).await;
    let mut secrets = vec![
        password.clone(),
        browser.csrf.clone(),
        browser.cookies[SESSION].clone(),
    ];
    assert_eq!(
        browser
            .post(
                "/api/login",
                &json!({ "login": "li.na", "password": password })
            )
            .await
            .status,
        200
    );
    browser.session().await;
    secrets.extend([browser.csrf.clone(), browser.cookies[SESSION].clone()]);
    let phone = program.phone_of_the_hospital().await;
    let request = phone::request(&mut browser).await;
    let now = scanseal_portal::portal::system_clock()();
    let nonce = phone.claims(&request, now).jti.to_string();
    let assertion = phone.assertion(&request, now);
    assert_eq!(
        browser
            .post("/api/scan/assertions", &assertion)
            .await
            .status,
        200
    );
    secrets.extend([
        nonce,
        browser.cookies[SCAN].clone(),
        browser.cookies[SESSION].clone(),
        request,
    ]);
    secrets.push(assertion["assertion"].as_str().unwrap().to_owned());
    secrets.push(assertion["channelBinding"].as_str().unwrap().to_owned());
    assert!(program.terminate().success());
    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    assert!(
        log.contains("/api/scan/assertions"),
        "the log is empty, so this test proves nothing:\n{log}"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn second_server_on_the_same_port_says_so() {
    let data = tempfile::tempdir().unwrap();
    let first = Program::start(data.path(), &[]);
    let other = tempfile::tempdir().unwrap();
    let (success, text) = run(
        other.path(),
        &["serve", "--listen", &first.address.to_string()],
    );
    assert!(!success && text.contains("cannot listen on"), "{text}");
    first.kill();
}
