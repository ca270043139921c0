//! The command against a real relay, a real page session and a small authority: every persona, from code to exit status.
#![allow(clippy::unwrap_used, missing_docs)]

mod binding;
mod operator;
mod page;
mod sealing;
mod seals;
mod work;

use std::{fs::File, path::Path, process::Output};

use operator::Operator;
use page::Page;
use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, QrCode};
use scanseal_protocol::{
    error::Code,
    message::Step,
    page::{PageEvent, PageInput},
    phone::End,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{process::Command, task::JoinHandle};

const PIN: &str = "135790";
const CREDIT_CODE: &str = "91350100M000100Y43";
const ENTERPRISE: &str = "天山建设有限公司";

/// What a run of the command gave.
struct Run {
    status: i32,
    lines: Vec<Value>,
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        Self {
            status: output.status.code().unwrap(),
            lines,
        }
    }

    fn event(&self, name: &str) -> Option<&Value> {
        self.lines.iter().find(|line| line["event"] == name)
    }

    /// Exit status, and the code of the last line if that is an error.
    fn end(&self) -> (i32, Option<&str>) {
        let error = self.lines.last().filter(|line| line["event"] == "error");
        (self.status, error.and_then(|line| line["code"].as_str()))
    }
}

fn start(vault: &Path, words: &[&str]) -> JoinHandle<Run> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scanseal"));
    command
        .arg("phone")
        .args(words)
        .arg("--json")
        .arg("--vault")
        .arg(vault)
        .kill_on_drop(true);
    command
        .env_remove("SCANSEAL_PIN")
        .env_remove("SCANSEAL_VAULT");
    tokio::spawn(async move { Run::of(&command.output().await.unwrap()) })
}

async fn run(vault: &Path, words: &[&str]) -> Run {
    start(vault, words).await.unwrap()
}

async fn enrol(vault: &Path, home: &str, enterprise: &str) -> Run {
    enrol_with(vault, home, enterprise, &[]).await
}

async fn enrol_with(vault: &Path, home: &str, enterprise: &str, more: &[&str]) -> Run {
    let words = [
        "enrol",
        "--home",
        home,
        "--enterprise",
        enterprise,
        "--credit-code",
        CREDIT_CODE,
        "--pin",
        PIN,
    ];
    run(vault, &[&words[..], more].concat()).await
}

/// A scan with a persona, up to the page's last event (or the phone's end, where the page only waits).
struct Scan {
    phone: Run,
    page: Vec<PageEvent>,
}

/// Lets the page answer an assertion with `verdict` after its platform has judged it.
async fn scan(persona: &str, verdict: Option<Code>) -> Scan {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    assert_eq!(
        enrol(folder.path(), &operator.home, ENTERPRISE).await.end(),
        (0, None)
    );
    let request = operator.request();
    let mut page = Page::open(&operator.home, &request).await;
    let code = page.code().await;
    let phone = start(
        folder.path(),
        &[
            "scan",
            &code,
            "--pin",
            PIN,
            "--persona",
            persona,
            "--pause",
            "20",
        ],
    );
    let mut events = Vec::new();
    loop {
        let event = page.next().await;
        events.push(event.clone());
        match event {
            PageEvent::Asserted {
                jws,
                channel_binding,
                ..
            } => {
                let verified = operator.judge(&request, &jws, &channel_binding).unwrap();
                assert_eq!(verified.certificate().organization(), Some(ENTERPRISE));
                page.feed(PageInput::Outcome {
                    code: verdict,
                    detail: None,
                    documents: Vec::new(),
                })
                .await;
            }
            PageEvent::PhoneAway if persona == "vanish" => break,
            PageEvent::Ended(_) => break,
            _ => {}
        }
    }
    Scan {
        phone: phone.await.unwrap(),
        page: events,
    }
}

fn draw(path: &Path, text: &str) {
    let code = QrCode::new(text).unwrap();
    let side = (code.width() + 8) * 4;
    let dark = |x: usize, y: usize| {
        let place = (x / 4).checked_sub(4).zip((y / 4).checked_sub(4));
        place.is_some_and(|(x, y)| {
            x < code.width() && y < code.width() && code[(x, y)] == Color::Dark
        })
    };
    let pixels: Vec<u8> = (0..side * side)
        .map(|at| if dark(at % side, at / side) { 0 } else { 255 })
        .collect();
    let side = u32::try_from(side).unwrap();
    let mut encoder = Encoder::new(File::create(path).unwrap(), side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
}

#[tokio::test]
async fn enrolled_certificate_is_listed() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let enrolled = enrol(folder.path(), &operator.home, ENTERPRISE).await;
    let listed = run(folder.path(), &["list"]).await;
    assert_eq!(listed.status, 0);
    assert_eq!(listed.lines.len(), 1);
    assert_eq!(
        listed.lines[0]["id"],
        enrolled.event("enrolled").unwrap()["id"]
    );
    assert_eq!(listed.lines[0]["creditCode"], CREDIT_CODE);
    assert_eq!(listed.lines[0]["triesLeft"], 5);
}

#[tokio::test]
async fn authority_to_ask_is_chosen_among_those_that_enrol() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let choose = |ca| {
        let (folder, home) = (folder.path(), operator.home.clone());
        async move { enrol_with(folder, &home, ENTERPRISE, &["--ca", ca]).await }
    };
    for (ca, issuer) in [("mutual", "Mutual Root"), ("test", "Test Root")] {
        let run = choose(ca).await;
        assert_eq!(run.event("enrolled").unwrap()["issuer"], issuer);
    }
    let unknown = choose("nobody").await;
    assert_eq!(unknown.end(), (64, None));
    let message = unknown.event("error").unwrap()["message"].as_str().unwrap();
    assert!(message.ends_with("it has: test, mutual"), "{message}");
}

#[tokio::test]
async fn approve_logs_in_and_shows_every_step_and_the_same_check_number() {
    let Scan { phone, page } = scan("approve", None).await;
    assert_eq!(phone.end(), (0, None));
    assert_eq!(page.last(), Some(&PageEvent::Ended(End::Done)));
    let steps: Vec<Step> = page
        .iter()
        .filter_map(|event| {
            if let PageEvent::Progress(step) = event {
                Some(*step)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(
        steps,
        [
            Step::Reviewing,
            Step::ChoosingCertificate,
            Step::EnteringPin,
            Step::Signing
        ]
    );
    let shown = page.iter().find_map(|event| match event {
        PageEvent::Scanned { check_number, .. } => Some(check_number.clone()),
        _ => None,
    });
    assert_eq!(
        phone.event("requested").unwrap()["checkNumber"],
        shown.unwrap()
    );
}

#[tokio::test]
async fn refusal_of_the_platform_reaches_the_phone_with_its_code() {
    let Scan { phone, page } = scan("approve", Some(Code::CertificateNotBound)).await;
    assert_eq!(
        phone.event("outcome").unwrap()["code"],
        "certificate-not-bound"
    );
    assert_eq!(phone.end(), (1, Some("certificate-not-bound")));
    assert!(
        matches!(
            page.last(),
            Some(PageEvent::Ended(End::Failed(Code::CertificateNotBound)))
        ),
        "{page:?}"
    );
}

#[tokio::test]
async fn personas_that_say_no_end_both_sides_with_the_same_code() {
    for (persona, code) in [
        ("refuse", Code::Refused),
        ("report-fraud", Code::ReportedFraud),
        ("cancel", Code::Cancelled),
        ("expired-certificate", Code::CertificateExpired),
        ("locked", Code::PinLocked),
    ] {
        let Scan { phone, page } = scan(persona, None).await;
        assert_eq!(phone.end(), (1, Some(code.as_str())), "{persona}");
        assert_eq!(
            page.last(),
            Some(&PageEvent::Ended(End::Failed(code))),
            "{persona}"
        );
        assert!(phone.event("signed").is_none(), "{persona}");
    }
}

#[tokio::test]
async fn wrong_pin_costs_a_try_and_the_right_one_still_logs_in() {
    let Scan { phone, page } = scan("wrong-pin", None).await;
    assert_eq!(phone.end(), (0, None));
    assert_eq!(phone.event("pin-wrong").unwrap()["triesLeft"], 4);
    assert_eq!(page.last(), Some(&PageEvent::Ended(End::Done)));
}

#[tokio::test]
async fn come_back_loses_nothing() {
    let Scan { phone, page } = scan("come-back", None).await;
    assert_eq!(phone.end(), (0, None));
    assert!(
        page.contains(&PageEvent::PhoneAway) && page.contains(&PageEvent::PhoneBack),
        "{page:?}"
    );
    assert_eq!(page.last(), Some(&PageEvent::Ended(End::Done)));
}

#[tokio::test]
async fn vanish_leaves_the_page_waiting() {
    let Scan { phone, page } = scan("vanish", None).await;
    assert_eq!(phone.end(), (1, Some("peer-away")));
    assert_eq!(page.last(), Some(&PageEvent::PhoneAway));
}

#[tokio::test]
async fn locked_certificate_stays_locked_for_the_next_scan() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    enrol(folder.path(), &operator.home, ENTERPRISE).await;
    for (persona, locks) in [("locked", true), ("approve", true)] {
        let mut page = Page::open(&operator.home, &operator.request()).await;
        let code = page.code().await;
        let phone = start(
            folder.path(),
            &["scan", &code, "--pin", PIN, "--persona", persona],
        );
        while !matches!(page.next().await, PageEvent::Ended(_)) {}
        let phone = phone.await.unwrap();
        assert_eq!(phone.end(), (1, Some("pin-locked")), "{persona}");
        assert_eq!(phone.event("pin-locked").is_some(), locks, "{persona}");
    }
    let listed = run(folder.path(), &["list"]).await;
    assert!(listed.lines[0]["lockedUntil"].is_u64());
}

#[tokio::test]
async fn code_in_a_picture_is_scanned() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    enrol(folder.path(), &operator.home, ENTERPRISE).await;
    let mut page = Page::open(&operator.home, &operator.request()).await;
    let picture = folder.path().join("screen.png");
    draw(&picture, &page.code().await);
    let words = [
        "scan",
        "--picture",
        picture.to_str().unwrap(),
        "--pin",
        PIN,
        "--persona",
        "refuse",
    ];
    let phone = start(folder.path(), &words);
    while !matches!(page.next().await, PageEvent::Ended(_)) {}
    assert_eq!(phone.await.unwrap().end(), (1, Some("refused")));
}

#[tokio::test]
async fn code_of_another_system_is_foreign_and_contacts_nobody() {
    let folder = TempDir::new().unwrap();
    let scan = run(
        folder.path(),
        &["scan", "https://example.org/", "--pin", PIN],
    )
    .await;
    assert_eq!(scan.end(), (1, Some("qr-foreign")));
    assert!(scan.event("joining").is_none());
}

#[tokio::test]
async fn session_that_nobody_opened_is_gone() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    enrol(folder.path(), &operator.home, ENTERPRISE).await;
    let mut page = Page::open(&operator.home, &operator.request()).await;
    let code = page.code().await;
    page.feed(PageInput::Cancel).await;
    assert_eq!(
        page.next().await,
        PageEvent::Ended(End::Failed(Code::Cancelled))
    );
    let scan = run(folder.path(), &["scan", &code, "--pin", PIN]).await;
    assert_eq!(scan.end(), (1, Some("session-gone")));
}

#[tokio::test]
async fn refused_enrolment_has_the_code_of_the_problem_and_stores_no_certificate() {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    assert_eq!(
        enrol(folder.path(), &operator.home, "被拒绝的公司")
            .await
            .end(),
        (1, Some("rate-limited"))
    );
    assert!(run(folder.path(), &["list"]).await.lines.is_empty());
}

#[tokio::test]
async fn unreachable_operator_and_wrong_usage_have_their_own_exit_status() {
    let folder = TempDir::new().unwrap();
    // The port is free again once the listener is gone.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let home = format!("http://127.0.0.1:{port}");
    assert_eq!(
        enrol(folder.path(), &home, ENTERPRISE).await.end(),
        (1, Some("relay-unreachable"))
    );
    assert_eq!(run(folder.path(), &["scan", "--pin", PIN]).await.status, 64);
    assert_eq!(
        run(folder.path(), &["forget", "--home", &home]).await.end(),
        (64, None)
    );
}
