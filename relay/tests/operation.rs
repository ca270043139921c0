//! What an operator relies on: drain, TLS, health, metrics, and logs that can be kept.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{process::Stdio, sync::Arc, time::Duration};

use common::{End, ORIGIN, PATIENCE, Server, config, join, open};
use data_encoding::BASE64URL_NOPAD;
use rustix::process::{Pid, Signal, kill_process};
use scanseal_protocol::{
    control::{CloseCode, Down, Up},
    error::Code,
    ids::PhoneKey,
};
use scanseal_relay::{Metrics, Relay, accept, tls};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStderr, Command},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer},
};
use tokio_tungstenite::client_async;

#[tokio::test]
async fn draining_takes_no_new_sessions_lets_phones_join_and_ends_when_the_last_session_does() {
    let server = Server::start(config()).await;
    let mut page = server.open(1).await;
    let relay = Arc::clone(&server.relay);
    assert!(ready(&server).await.starts_with("HTTP/1.1 200 "));
    let draining = tokio::spawn(async move { relay.drain().await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(ready(&server).await.starts_with("HTTP/1.1 503 "));

    let mut newcomer = server.page().await;
    newcomer.say(&open(2)).await;
    let Down::Error {
        code: Code::Maintenance,
        retry: Some(retry),
    } = newcomer.hear().await
    else {
        panic!()
    };
    assert!((2_000..=4_000).contains(&retry));
    assert_eq!(newcomer.closed().await, 1012);

    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    assert!(matches!(phone.hear().await, Down::Joined { .. }));
    assert!(matches!(page.hear().await, Down::Peer(_)));
    phone.send_frame(vec![1]).await;
    assert_eq!(page.frame().await, [1]);
    assert!(!draining.is_finished());
    page.say(&Up::Close {
        code: CloseCode::Done,
    })
    .await;
    assert_eq!(phone.end().await, ("done".to_owned(), 1000));
    timeout(PATIENCE, draining).await.unwrap().unwrap();
}

#[tokio::test]
async fn draining_is_bounded_and_sends_who_is_left_away_with_1012() {
    let server = Server::start(scanseal_relay::RelayConfig {
        drain: Duration::from_millis(200),
        ..config()
    })
    .await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    let relay = Arc::clone(&server.relay);
    let draining = tokio::spawn(async move { relay.drain().await });
    for end in [&mut page, &mut phone] {
        assert_eq!(end.end().await, ("maintenance".to_owned(), 1012));
    }
    drop((page, phone));
    timeout(PATIENCE, draining).await.unwrap().unwrap();
    assert_eq!(server.relay.sockets(), 0);
}

async fn ready(server: &Server) -> String {
    get(server.address, "/readyz").await
}

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: relay.example\r\nconnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, tcp.read_to_string(&mut answer))
        .await
        .unwrap()
        .unwrap();
    answer
}

#[tokio::test]
async fn relay_speaks_tls_with_a_certificate_from_files_and_cuts_a_silent_handshake() {
    let folder = tempfile::tempdir().unwrap();
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
    let (certificate, key) = (
        folder.path().join("certificate.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let server_config = tls::server_config(&certificate, &key).unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let relay = Relay::new(config(), Metrics::default());
    let limits = accept::AcceptLimits {
        header_timeout: Duration::from_millis(500),
        ..accept::AcceptLimits::default()
    };
    let serving = tokio::spawn(accept::serve(
        listener,
        Some(server_config),
        relay.filter(),
        limits,
        std::future::pending(),
    ));

    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(cert.der().to_vec()))
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let connector = TlsConnector::from(Arc::new(
        client.with_root_certificates(roots).with_no_client_auth(),
    ));
    let tcp = TcpStream::connect(address).await.unwrap();
    let stream = connector
        .connect("relay.example".try_into().unwrap(), tcp)
        .await
        .unwrap();
    let (socket, _) = client_async(common::request(&[("origin", ORIGIN)]), stream)
        .await
        .unwrap();
    let mut page = End { socket };
    page.say(&open(1)).await;
    assert!(matches!(page.hear().await, Down::Opened(_)));
    page.say(&Up::Close {
        code: CloseCode::Cancelled,
    })
    .await;
    assert_eq!(page.end().await, ("cancelled".to_owned(), 1000));

    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut nothing = Vec::new();
    timeout(Duration::from_secs(3), silent.read_to_end(&mut nothing))
        .await
        .unwrap()
        .unwrap();
    serving.abort();
}

#[tokio::test]
async fn tls_files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("certificate.pem"),
        folder.path().join("key.pem"),
    );
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["relay.example".to_owned()]).unwrap();
    let message = || {
        tls::server_config(&certificate, &key)
            .unwrap_err()
            .to_string()
    };
    assert!(message().contains("certificate.pem"));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, "no PEM").unwrap();
    assert!(message().contains("key.pem"));
    let other = rcgen::generate_simple_self_signed(["other.example".to_owned()]).unwrap();
    std::fs::write(&key, other.signing_key.serialize_pem()).unwrap();
    assert!(message().contains("certificate and key"));
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    assert!(tls::server_config(&certificate, &key).is_ok());
}

/// The program, with everything logged that can be.
struct Program {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    listen: std::net::SocketAddr,
    metrics: std::net::SocketAddr,
}

impl Program {
    async fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scanseal-relay"))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--metrics-listen",
                "127.0.0.1:0",
                "--allow-origin",
                ORIGIN,
            ])
            .args([
                "--drain-seconds",
                "1",
                "--log-format",
                "json",
                "--log",
                "trace",
            ])
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            let line = timeout(PATIENCE, log.next_line())
                .await
                .unwrap()
                .unwrap()
                .expect("the program says that it is up");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            if line["fields"]["message"] == "relay is up" {
                let address = |name: &str| line["fields"][name].as_str().unwrap().parse().unwrap();
                let (listen, metrics) = (address("listen"), address("metrics"));
                return Self {
                    child,
                    log,
                    listen,
                    metrics,
                };
            }
        }
    }

    async fn end(&self, headers: &[(&'static str, &str)]) -> End {
        let tcp = TcpStream::connect(self.listen).await.unwrap();
        let (socket, _) = client_async(common::request(headers), tcp).await.unwrap();
        End { socket }
    }

    fn terminate(&self) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
    }
}

#[tokio::test]
async fn program_counts_what_happens_logs_no_secrets_and_ends_cleanly_on_sigterm() {
    let mut program = Program::start().await;
    let mut page = program.end(&[("origin", ORIGIN)]).await;
    page.say(&open(1)).await;
    page.hear().await;
    let mut phone = program.end(&[]).await;
    phone.say(&join(1, 2)).await;
    phone.hear().await;
    page.hear().await;
    let payload = b"payload that nobody may read".to_vec();
    phone.send_frame(payload.clone()).await;
    assert_eq!(page.frame().await, payload);
    let mut second = program.end(&[]).await;
    second.say(&join(1, 3)).await;
    second.end().await;
    let mut foreign = program.end(&[("origin", "https://evil.example")]).await;
    foreign.say(&open(4)).await;
    foreign.end().await;
    let mut broken = program.end(&[]).await;
    broken.say_text("{\"secret\":\"payload").await;
    broken.end().await;

    assert!(
        get(program.listen, "/healthz")
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    assert!(
        get(program.listen, "/metrics")
            .await
            .starts_with("HTTP/1.1 404 "),
        "metrics have a listener of their own"
    );
    let numbers = get(program.metrics, "/metrics").await;
    for line in [
        "scanseal_relay_opens_total{code=\"new\"} 1",
        "scanseal_relay_joins_total{code=\"new\"} 1",
        "scanseal_relay_joins_total{code=\"already-scanned\"} 1",
        "scanseal_relay_errors_total{code=\"already-scanned\"} 1",
        "scanseal_relay_errors_total{code=\"origin-refused\"} 1",
        "scanseal_relay_errors_total{code=\"malformed\"} 1",
        "scanseal_relay_frames_total 1",
        "scanseal_relay_frame_bytes_total 28",
        "scanseal_relay_accepted_total 7",
    ] {
        assert!(numbers.contains(line), "{line} is not in\n{numbers}");
    }

    program.terminate();
    for end in [&mut page, &mut phone] {
        assert_eq!(end.end().await, ("maintenance".to_owned(), 1012));
    }
    drop((page, phone));
    let status = timeout(PATIENCE, program.child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");

    let mut log = String::new();
    while let Some(line) = program.log.next_line().await.unwrap() {
        log += &line;
        log += "\n";
    }
    assert!(
        log.contains("127.0.0.0/24") && log.contains("relay is down"),
        "{log}"
    );
    let sid = common::session(1).to_string();
    let keys = [1, 2, 3, 4].map(|key| BASE64URL_NOPAD.encode(&[key; 32]));
    let phones = [2, 3].map(|key| PhoneKey::from_bytes([key; 32]).phone_id().to_string());
    let secrets = [sid.as_str(), "payload", "127.0.0.1:", "evil.example"];
    for secret in secrets
        .into_iter()
        .chain(keys.iter().map(String::as_str))
        .chain(phones.iter().map(String::as_str))
    {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

#[tokio::test]
async fn program_refuses_to_start_without_an_origin_and_says_what_to_give() {
    let output = Command::new(env!("CARGO_BIN_EXE_scanseal-relay"))
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("--allow-origin")
    );
}
