//! A relay on a free port, and ends that talk to it through real sockets.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    missing_docs,
    reason = "each test file uses its part"
)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use scanseal_protocol::{
    control::{Down, Up},
    ids::{PageKey, PhoneKey, SessionId},
};
use scanseal_relay::{Metrics, Relay, RelayConfig, Timing, accept, session::Lives};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
    },
};

use warp::Filter;

pub const ORIGIN: &str = "https://page.example";
/// Longer than anything a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Server {
    pub address: SocketAddr,
    pub relay: Arc<Relay>,
    pub metrics: Metrics,
    serving: JoinHandle<()>,
}

/// The default configuration with one origin and quick ticks.
pub fn config() -> RelayConfig {
    let timing = Timing {
        tick: Duration::from_millis(10),
        ..Timing::default()
    };
    RelayConfig {
        origins: [ORIGIN.parse().unwrap()].into_iter().collect(),
        timing,
        ..RelayConfig::default()
    }
}

/// Sessions that wait and live for so many milliseconds.
pub fn short_lives(wait_ms: u64, scanned_ms: u64) -> Lives {
    Lives {
        wait_ms,
        scanned_ms: scanned_ms..=scanned_ms,
    }
}

impl Server {
    pub async fn start(config: RelayConfig) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), config).await
    }

    pub async fn start_at(address: SocketAddr, config: RelayConfig) -> Self {
        Self::start_with(address, config, accept::AcceptLimits::default()).await
    }

    pub async fn start_with(
        address: SocketAddr,
        config: RelayConfig,
        limits: accept::AcceptLimits,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Metrics::default();
        let relay = Arc::new(Relay::new(config, metrics.clone()));
        let filter = relay.filter().or(relay.health_filter()).unify().boxed();
        let serving = tokio::spawn(accept::serve(
            listener,
            None,
            filter,
            limits,
            std::future::pending(),
        ));
        Self {
            address,
            relay,
            metrics,
            serving,
        }
    }

    /// A page's socket, nothing said yet.
    pub async fn page(&self) -> End {
        self.connect(&[("origin", ORIGIN)]).await
    }

    /// A native phone's socket, nothing said yet.
    pub async fn phone(&self) -> End {
        self.connect(&[]).await
    }

    pub async fn connect(&self, headers: &[(&'static str, &str)]) -> End {
        self.try_connect(headers)
            .await
            .expect("the upgrade is accepted")
    }

    pub async fn try_connect(&self, headers: &[(&'static str, &str)]) -> Result<End, Error> {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let (socket, _) = client_async(request(headers), tcp).await?;
        Ok(End { socket })
    }

    /// A page with an open session.
    pub async fn open(&self, key: u8) -> End {
        let mut page = self.page().await;
        page.say(&open(key)).await;
        assert!(matches!(page.hear().await, Down::Opened(_)));
        page
    }

    /// Page and phone in a session, both told of each other.
    pub async fn pair(&self, key: u8, phone: u8) -> (End, End) {
        let mut page_end = self.open(key).await;
        let mut phone_end = self.phone().await;
        phone_end.say(&join(key, phone)).await;
        assert!(matches!(phone_end.hear().await, Down::Joined { .. }));
        assert!(matches!(page_end.hear().await, Down::Peer(_)));
        (page_end, phone_end)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The upgrade request of an end.
pub fn request(headers: &[(&'static str, &str)]) -> Request {
    let mut request = "ws://relay.example/relay".into_client_request().unwrap();
    request.headers_mut().insert(
        "sec-websocket-protocol",
        HeaderValue::from_static("scanseal.v1"),
    );
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

pub fn session(key: u8) -> SessionId {
    PageKey::from_bytes([key; 32]).session_id()
}

pub fn open(key: u8) -> Up {
    Up::Open {
        key: PageKey::from_bytes([key; 32]),
        next: 0,
        scanned: 120,
        phone: None,
    }
}

pub fn join(session_key: u8, phone: u8) -> Up {
    Up::Join {
        sid: session(session_key),
        key: PhoneKey::from_bytes([phone; 32]),
        next: 0,
    }
}

/// One end's socket.
pub struct End<S = TcpStream> {
    pub socket: WebSocketStream<S>,
}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> End<S> {
    pub async fn say(&mut self, message: &Up) {
        self.say_text(&message.to_text()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_frame(&mut self, frame: Vec<u8>) {
        self.socket.send(Message::binary(frame)).await.unwrap();
    }

    /// The next control message.
    pub async fn hear(&mut self) -> Down {
        match self.message().await {
            Message::Text(text) => Down::parse(&text).unwrap(),
            other => panic!("expected a control message, got {other:?}"),
        }
    }

    pub async fn frame(&mut self) -> Vec<u8> {
        match self.message().await {
            Message::Binary(frame) => frame.to_vec(),
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    /// The close code, which must be what comes next.
    pub async fn closed(&mut self) -> u16 {
        match self.message().await {
            Message::Close(Some(close)) => close.code.into(),
            other => panic!("expected a close, got {other:?}"),
        }
    }

    /// The last message and the close code.
    pub async fn end(&mut self) -> (String, u16) {
        let last = match self.hear().await {
            Down::Closed { code } => serde_json::to_value(code)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned(),
            Down::Error { code, .. } => code.to_string(),
            other => panic!("expected closed or error, got {other:?}"),
        };
        (last, self.closed().await)
    }

    /// Asserts that nothing came before the answer to a ping.
    pub async fn heard_nothing(&mut self) {
        self.say(&Up::Ping).await;
        assert_eq!(self.hear().await, Down::Pong);
    }

    pub async fn message(&mut self) -> Message {
        loop {
            let message = timeout(PATIENCE, self.socket.next())
                .await
                .expect("a message in time");
            match message
                .expect("a message before the end")
                .expect("a message, no error")
            {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }
}
