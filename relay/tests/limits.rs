//! Every limit of the relay at the limit and one past it, through real sockets.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::time::Duration;

use common::{End, ORIGIN, PATIENCE, Server, config, join, open};
use scanseal_protocol::{
    control::{Down, Peer, Up},
    error::Code,
};
use scanseal_relay::{
    QueueLimits, Timing,
    accept::{self, AcceptLimits},
    metrics::AcceptMetrics,
    rate::Rates,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::tungstenite::{Error, Message};
use warp::Filter;

#[tokio::test]
async fn socket_that_says_nothing_is_refused_after_its_time() {
    assert_eq!(Timing::default().first_message, Duration::from_secs(5));
    let mut config = config();
    config.timing.first_message = Duration::from_millis(300);
    let server = Server::start(config).await;
    let started = Instant::now();
    let mut silent = server.page().await;
    assert_eq!(silent.end().await, ("malformed".to_owned(), 1008));
    assert!(
        (300..600).contains(&started.elapsed().as_millis()),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn control_message_of_4_kib_is_read_and_one_byte_more_is_too_large() {
    let server = Server::start(config()).await;
    let mut page = server.open(1).await;
    page.say_text(&format!("{:<4096}", r#"{"t":"ping"}"#)).await;
    assert_eq!(page.hear().await, Down::Pong);
    page.say_text(&format!("{:<4097}", r#"{"t":"ping"}"#)).await;
    assert_eq!(page.end().await, ("malformed".to_owned(), 1009));
}

#[tokio::test]
async fn frame_of_64_kib_is_forwarded_and_one_byte_more_is_too_large() {
    let server = Server::start(config()).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    page.send_frame(vec![1; 64 * 1024]).await;
    assert_eq!(phone.frame().await.len(), 64 * 1024);
    page.send_frame(vec![1; 64 * 1024 + 1]).await;
    assert_eq!(page.end().await, ("malformed".to_owned(), 1009));
    assert_eq!(phone.hear().await, Down::Peer(Peer::Away));
}

#[tokio::test]
async fn text_that_is_no_utf_8_is_malformed() {
    let server = Server::start(config()).await;
    let mut page = server.open(1).await;
    // A masked text frame with one byte that no UTF-8 text has.
    page.socket
        .get_mut()
        .write_all(&[0x81, 0x81, 0, 0, 0, 0, 0xff])
        .await
        .unwrap();
    assert_eq!(page.end().await, ("malformed".to_owned(), 1008));
}

#[tokio::test]
async fn session_that_carried_64_mib_ends_with_the_next_byte() {
    let server = Server::start(config()).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    for _ in 0..1024 {
        page.send_frame(vec![1; 64 * 1024]).await;
        assert_eq!(phone.frame().await.len(), 64 * 1024);
    }
    phone.heard_nothing().await;
    phone.send_frame(vec![1]).await;
    for end in [&mut page, &mut phone] {
        assert_eq!(end.end().await, ("too-many-bytes".to_owned(), 1008));
    }
}

#[tokio::test]
async fn above_85_percent_only_phones_get_in_and_at_100_nobody() {
    let mut config = config();
    config.max_sockets = 20;
    let server = Server::start(config).await;
    let mut pages = Vec::new();
    for key in 1..=17 {
        pages.push(server.open(key).await);
    }
    let mut too_many = server.page().await;
    too_many.say(&open(18)).await;
    let Down::Error {
        code: Code::Full,
        retry: Some(retry),
    } = too_many.hear().await
    else {
        panic!()
    };
    assert!((5_000..=10_000).contains(&retry), "{retry}");
    assert_eq!(too_many.closed().await, 1013);
    drop(too_many);
    until(|| server.relay.sockets() == 17).await;

    let mut phones = Vec::new();
    for key in 1..=3 {
        let mut phone = server.phone().await;
        phone.say(&join(key, 99)).await;
        assert!(matches!(phone.hear().await, Down::Joined { .. }));
        phones.push(phone);
    }
    let Err(Error::Http(refused)) = server.try_connect(&[]).await else {
        panic!("the 21st socket is refused")
    };
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "5");
    drop(phones.pop());
    until(|| server.relay.sockets() == 19).await;
    // A page that comes back finds its session, however full it is.
    let mut page = server.page().await;
    page.say(&open(1)).await;
    assert!(matches!(page.hear().await, Down::Opened(_)));
}

async fn until(condition: impl Fn() -> bool) {
    timeout(PATIENCE, async {
        while !condition() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the condition holds in time");
}

const OFF: Rates = Rates {
    sessions: 0,
    origin_sessions: 0,
    joins: 0,
    failed_joins: 0,
};

async fn rate_limited(end: &mut End) {
    let Down::Error {
        code: Code::RateLimited,
        retry: Some(retry),
    } = end.hear().await
    else {
        panic!()
    };
    assert!(retry > 0 && retry <= 60_000, "{retry}");
    assert_eq!(end.closed().await, 1013);
}

#[tokio::test]
async fn new_sessions_are_limited_per_address_and_per_origin_and_coming_back_is_not_counted() {
    for rates in [
        Rates { sessions: 3, ..OFF },
        Rates {
            origin_sessions: 3,
            ..OFF
        },
    ] {
        let server = Server::start(scanseal_relay::RelayConfig { rates, ..config() }).await;
        for key in [1, 2, 3, 1, 2, 3] {
            server.open(key).await;
        }
        let mut page = server.page().await;
        page.say(&open(4)).await;
        rate_limited(&mut page).await;
    }
}

#[tokio::test]
async fn joins_are_limited_per_address() {
    let server = Server::start(scanseal_relay::RelayConfig {
        rates: Rates { joins: 2, ..OFF },
        ..config()
    })
    .await;
    let _page = server.open(1).await;
    for _ in 0..2 {
        let mut phone = server.phone().await;
        phone.say(&join(1, 2)).await;
        assert!(matches!(phone.hear().await, Down::Joined { .. }));
    }
    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    rate_limited(&mut phone).await;
}

#[tokio::test]
async fn refused_joins_are_limited_and_good_ones_still_get_in() {
    let server = Server::start(scanseal_relay::RelayConfig {
        rates: Rates {
            failed_joins: 2,
            ..OFF
        },
        ..config()
    })
    .await;
    for _ in 0..2 {
        let mut phone = server.phone().await;
        phone.say(&join(1, 2)).await;
        assert_eq!(phone.end().await, ("session-gone".to_owned(), 1008));
    }
    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    rate_limited(&mut phone).await;
    server.pair(1, 2).await;
}

#[tokio::test]
async fn forwarded_addresses_count_only_from_configured_proxies() {
    for (networks, second_client_passes) in [
        (vec!["127.0.0.0/8".parse().unwrap()], true),
        (vec![], false),
    ] {
        let mut config = config();
        config.rates = Rates { sessions: 1, ..OFF };
        config.proxies.networks = networks;
        let server = Server::start(config).await;
        let mut answers = Vec::new();
        for (key, client) in [
            (1, "198.51.100.1"),
            (2, "198.51.100.2"),
            (3, "203.0.113.9, 198.51.100.1"),
        ] {
            let mut page = server
                .connect(&[("origin", ORIGIN), ("x-forwarded-for", client)])
                .await;
            page.say(&open(key)).await;
            answers.push(matches!(page.hear().await, Down::Opened(_)));
        }
        assert_eq!(answers, [true, second_client_passes, false]);
    }
}

#[tokio::test]
async fn reader_that_does_not_read_is_dropped_with_1013_and_its_peer_goes_on() {
    let mut config = config();
    config.queues = QueueLimits {
        socket_bytes: 1 << 20,
        ..QueueLimits::default()
    };
    let server = Server::start(config).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    let away = async {
        // More than the kernel's buffers and the queue hold together.
        for _ in 0..400 {
            page.send_frame(vec![1; 64 * 1024]).await;
        }
        assert_eq!(page.hear().await, Down::Peer(Peer::Away));
    };
    timeout(PATIENCE, away).await.unwrap();
    let close = loop {
        match phone.message().await {
            Message::Binary(_) => {}
            Message::Close(close) => break close.unwrap().code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(u16::from(close), 1013);
    until(|| server.metrics.slow_readers.get() == 1).await;
    page.heard_nothing().await;
}

#[tokio::test]
async fn reader_that_stalls_is_dropped_after_the_stall_time() {
    let mut config = config();
    config.timing.stall = Duration::from_millis(300);
    config.queues = QueueLimits {
        socket_bytes: usize::MAX,
        total_bytes: usize::MAX,
    };
    let server = Server::start(config).await;
    let (mut page, _phone) = server.pair(1, 2).await;
    for _ in 0..400 {
        page.send_frame(vec![1; 64 * 1024]).await;
    }
    assert_eq!(page.hear().await, Down::Peer(Peer::Away));
    until(|| server.metrics.slow_readers.get() == 1).await;
}

#[tokio::test]
async fn reader_that_stalls_is_dropped_although_small_messages_keep_coming_for_it() {
    let mut config = config();
    config.timing.stall = Duration::from_millis(300);
    config.queues = QueueLimits {
        socket_bytes: usize::MAX,
        total_bytes: usize::MAX,
    };
    let server = Server::start(config).await;
    let (mut page, _phone) = server.pair(1, 2).await;
    for _ in 0..400 {
        page.send_frame(vec![1; 64 * 1024]).await;
    }
    let dropped = async {
        while server.metrics.slow_readers.get() == 0 {
            page.say(&Up::Ack { next: 0 }).await;
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(3), dropped)
        .await
        .expect("acks do not keep alive who takes nothing");
}

#[tokio::test]
async fn socket_that_answers_no_pings_is_dropped_and_one_that_does_stays() {
    assert_eq!(Timing::default().ping, Duration::from_secs(45));
    let mut config = config();
    config.timing.first_message = Duration::from_millis(100);
    config.timing.ping = Duration::from_millis(100);
    let server = Server::start(config).await;
    let (mut page, _phone) = server.pair(1, 2).await;
    // The page reads, and so answers; the phone does neither.
    assert_eq!(page.hear().await, Down::Peer(Peer::Away));
    assert_eq!(server.metrics.silent.get(), 1);
    assert!(
        timeout(Duration::from_millis(600), page.hear())
            .await
            .is_err()
    );
    assert_eq!(server.metrics.silent.get(), 1);
    page.heard_nothing().await;
}

fn accept_limits() -> AcceptLimits {
    AcceptLimits {
        header_timeout: Duration::from_millis(300),
        ..AcceptLimits::default()
    }
}

async fn start(limits: AcceptLimits) -> Server {
    Server::start_with("127.0.0.1:0".parse().unwrap(), config(), limits).await
}

/// What the server says until it closes.
async fn rest(tcp: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is a way to close, too.
    let _ = timeout(PATIENCE, tcp.read_to_end(&mut answer))
        .await
        .expect("the server closes in time");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn silent_connection_and_half_a_head_are_cut_after_the_header_time() {
    assert_eq!(
        AcceptLimits::default().header_timeout,
        Duration::from_secs(5)
    );
    let server = start(accept_limits()).await;
    for head in ["", "GET /relay HTTP/1.1\r\nhost: relay.example\r\nx-slow: "] {
        let started = Instant::now();
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        tcp.write_all(head.as_bytes()).await.unwrap();
        rest(&mut tcp).await;
        assert!(
            (300..900).contains(&started.elapsed().as_millis()),
            "{head:?}: {:?}",
            started.elapsed()
        );
    }
}

#[tokio::test]
async fn half_open_connections_are_bounded() {
    let server = start(AcceptLimits {
        max_half_open: 2,
        header_timeout: Duration::from_secs(5),
        ..accept_limits()
    })
    .await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let _second = TcpStream::connect(server.address).await.unwrap();
    let mut third = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(
        timeout(Duration::from_secs(2), rest(&mut third))
            .await
            .unwrap(),
        ""
    );
    drop(first);
    sleep(Duration::from_millis(100)).await;
    server.open(1).await;
}

#[tokio::test]
async fn one_address_cannot_take_all_half_open_connections() {
    let server = start(AcceptLimits {
        max_half_open: 3,
        max_half_open_per_address: 2,
        header_timeout: Duration::from_secs(5),
        ..accept_limits()
    })
    .await;
    let _silent = [
        TcpStream::connect(server.address).await.unwrap(),
        TcpStream::connect(server.address).await.unwrap(),
    ];
    let mut third = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(
        timeout(Duration::from_secs(2), rest(&mut third))
            .await
            .unwrap(),
        ""
    );
    let elsewhere = TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = elsewhere.connect(server.address).await.unwrap();
    elsewhere
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: relay.example\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    assert!(rest(&mut elsewhere).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn connections_are_bounded_upgraded_ones_included_and_one_more_gets_503() {
    let server = start(AcceptLimits {
        max_connections: 2,
        ..accept_limits()
    })
    .await;
    let _pages = (server.open(1).await, server.open(2).await);
    let mut third = TcpStream::connect(server.address).await.unwrap();
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: relay.example\r\n\r\n")
        .await
        .unwrap();
    let answer = rest(&mut third).await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"),
        "{answer}"
    );
}

#[tokio::test]
async fn client_that_reads_no_answer_is_cut_after_the_stall_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (metrics, large) = (AcceptMetrics::default(), vec![0_u8; 32 << 20]);
    let filter = warp::any().map(move || warp::reply::Response::new(large.clone().into()));
    let limits = AcceptLimits {
        stall: Duration::from_millis(300),
        metrics: metrics.clone(),
        ..AcceptLimits::default()
    };
    let never = std::future::pending();
    let serving = tokio::spawn(accept::serve(listener, None, filter.boxed(), limits, never));
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\nhost: relay.example\r\n\r\n")
        .await
        .unwrap();
    until(|| metrics.accepted.get() == 1).await;
    until(|| metrics.connections.get() == 0).await;
    serving.abort();
}

#[tokio::test]
async fn head_beyond_its_limit_is_refused() {
    let server = start(accept_limits()).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET /healthz HTTP/1.1\r\nhost: relay.example\r\nx-long: {}\r\n\r\n",
        "a".repeat(8 * 1024)
    );
    tcp.write_all(head.as_bytes()).await.unwrap();
    assert!(rest(&mut tcp).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn upgrades_that_are_not_ours_get_a_problem_with_a_code() {
    let server = Server::start(config()).await;
    let good = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("sec-websocket-protocol", "other, scanseal.v1"),
    ];
    assert!(get(&server, &good).await.starts_with("HTTP/1.1 101 "));
    for (name, value, status, code) in [
        ("connection", "close", 426, "malformed"),
        ("upgrade", "h2c", 426, "malformed"),
        ("sec-websocket-version", "12", 426, "malformed"),
        ("sec-websocket-key", "AAAA", 400, "malformed"),
        ("sec-websocket-key", "not base64 at all!", 400, "malformed"),
        (
            "sec-websocket-protocol",
            "scanseal.v2",
            400,
            "client-too-old",
        ),
        ("sec-websocket-protocol", "", 400, "client-too-old"),
    ] {
        let headers = good.map(|(known, good)| (known, if known == name { value } else { good }));
        let answer = get(&server, &headers).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{name}: {value}: {answer}"
        );
        assert!(
            answer.contains("application/problem+json")
                && answer.contains(&format!("\"code\":\"{code}\"")),
            "{answer}"
        );
    }
}

/// The answer to `GET /relay`, as far as it comes at once.
async fn get(server: &Server, headers: &[(&str, &str)]) -> String {
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    tcp.write_all(format!("GET /relay HTTP/1.1\r\nhost: relay.example\r\n{lines}\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    let mut buffer = [0; 2048];
    while let Ok(Ok(length @ 1..)) =
        timeout(Duration::from_millis(200), tcp.read(&mut buffer)).await
    {
        answer.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    answer
}

#[tokio::test]
async fn messages_sent_together_with_the_upgrade_are_not_lost() {
    let server = Server::start(config()).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let text = Up::Ping.to_text();
    let mut bytes = b"GET /relay HTTP/1.1\r\nhost: relay.example\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: scanseal.v1\r\n\r\n".to_vec();
    bytes.extend([0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0]);
    bytes.extend(text.bytes());
    tcp.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, tcp.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    // A ping is no first message, so the answer shows that it was read.
    assert!(String::from_utf8_lossy(&answer).contains(r#""code":"malformed""#));
}
