//! What a waiting session costs: resident memory of the program over the number of pages that wait.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod common;

use std::{process::Stdio, time::Duration};

use common::{End, ORIGIN, PATIENCE};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use scanseal_protocol::{
    control::{Down, Up},
    ids::PageKey,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::Command,
    time::timeout,
};
use tokio_tungstenite::{client_async_with_config, tungstenite::protocol::WebSocketConfig};

/// What the design promises, in bytes of resident memory per waiting session.
const PROMISED: u64 = 10 * 1024;

#[tokio::test]
async fn waiting_session_costs_at_most_10_kb() {
    assert!(slope(500, 2_500).await <= PROMISED);
}

/// The figure of the README; needs 20,000 file descriptors. `cargo nextest run -p scanseal-relay --run-ignored only --no-capture`
#[tokio::test]
#[ignore = "takes long; the test above guards the limit"]
async fn waiting_session_costs_at_most_10_kb_between_1_000_and_10_000() {
    assert!(slope(1_000, 10_000).await <= PROMISED);
}

async fn slope(few: u32, many: u32) -> u64 {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    )
    .unwrap();
    let mut relay = Command::new(env!("CARGO_BIN_EXE_scanseal-relay"))
        .args([
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
            "--allow-origin",
            ORIGIN,
        ])
        .args([
            "--sessions-per-minute",
            "0",
            "--origin-sessions-per-minute",
            "0",
            "--max-sockets",
            "12000",
            "--log-format",
            "json",
        ])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = BufReader::new(relay.stderr.take().unwrap()).lines();
    let up = timeout(PATIENCE, log.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let up: serde_json::Value = serde_json::from_str(&up).unwrap();
    let address: std::net::SocketAddr = up["fields"]["listen"].as_str().unwrap().parse().unwrap();

    let mut pages = Vec::new();
    let mut resident = Vec::new();
    for target in [few, many] {
        while pages.len() < target as usize {
            pages.push(page(address, u32::try_from(pages.len()).unwrap()).await);
        }
        // Upgrades and their buffers settle.
        tokio::time::sleep(Duration::from_millis(500)).await;
        resident.push(resident_bytes(relay.id().unwrap()));
    }
    let slope = (resident[1] - resident[0]) / u64::from(many - few);
    println!(
        "{slope} bytes per waiting session between {few} and {many}; {} KiB in all with {many}",
        resident[1] / 1024
    );
    relay.kill().await.unwrap();
    slope
}

async fn page(address: std::net::SocketAddr, number: u32) -> End {
    let tcp = TcpStream::connect(address).await.unwrap();
    let small = WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4096);
    let request = common::request(&[("origin", ORIGIN)]);
    let (socket, _) = client_async_with_config(request, tcp, Some(small))
        .await
        .unwrap();
    let mut page = End { socket };
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    page.say(&Up::Open {
        key: PageKey::from_bytes(key),
        next: 0,
        scanned: 120,
        phone: None,
    })
    .await;
    assert!(matches!(page.hear().await, Down::Opened(_)));
    page
}

fn resident_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}
