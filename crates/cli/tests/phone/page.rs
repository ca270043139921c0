//! A page for one test: the protocol's page session over a real socket.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt, StreamExt};
use scanseal_protocol::{
    page::{PageConfig, PageEffect, PageEvent, PageInput, PageSecrets, PageSession},
    qr::Link,
    time::Millis,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// Nothing in these tests takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Page {
    home: String,
    session: PageSession,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    started: Instant,
    alarm: Option<Instant>,
    events: VecDeque<PageEvent>,
}

impl Page {
    pub(crate) async fn open(home: &str, request: &str) -> Self {
        let config = PageConfig {
            link: Link::parse(&format!("{home}/S")).unwrap(),
            scanned_seconds: 120,
            frame_interval_ms: 3_000,
        };
        let [page_key, static_key, frame_key, handshake_seed, jitter_seed] =
            std::array::from_fn(|_| {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).unwrap();
                bytes
            });
        let secrets = PageSecrets {
            page_key,
            static_key,
            frame_key,
            handshake_seed,
            jitter_seed,
        };
        let session = PageSession::new(config, secrets, request.to_owned(), Millis(0)).unwrap();
        let (socket, events) = (None, VecDeque::new());
        let mut page = Self {
            home: home.to_owned(),
            session,
            socket,
            started: Instant::now(),
            alarm: None,
            events,
        };
        page.feed(PageInput::Start).await;
        page
    }

    /// The text of the code that the page shows first.
    pub(crate) async fn code(&mut self) -> String {
        loop {
            if let PageEvent::Code { text, .. } = self.next().await {
                return text;
            }
        }
    }

    /// The next event, code changes included.
    pub(crate) async fn next(&mut self) -> PageEvent {
        timeout(PATIENCE, self.wait())
            .await
            .expect("the page waits too long for something to happen")
    }

    /// Hands in what happened.
    pub(crate) async fn feed(&mut self, input: PageInput<'_>) {
        let mut effects = VecDeque::from(self.session.handle(input, self.now()));
        while let Some(effect) = effects.pop_front() {
            match effect {
                PageEffect::Connect => {
                    self.socket = Some(self.connect().await);
                    effects.extend(self.session.handle(PageInput::SocketOpened, self.now()));
                }
                PageEffect::Disconnect => self.socket = None,
                PageEffect::SendText(text) => self.send(Message::text(text)).await,
                PageEffect::SendBinary(bytes) => self.send(Message::binary(bytes)).await,
                PageEffect::WakeAt(Millis(at)) => {
                    self.alarm = Some(self.started + Duration::from_millis(at))
                }
                PageEffect::Event(event) => self.events.push_back(event),
            }
        }
    }

    async fn wait(&mut self) -> PageEvent {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let alarm = self
                .alarm
                .unwrap_or(self.started + Duration::from_secs(3600));
            let socket = self
                .socket
                .as_mut()
                .expect("the page is connected until its last event");
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.feed(PageInput::Text(text.as_str())).await,
                    Some(Ok(Message::Binary(bytes))) => self.feed(PageInput::Binary(&bytes)).await,
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => self.feed(PageInput::SocketClosed).await,
                },
                () = sleep_until(alarm) => {
                    self.alarm = None;
                    self.feed(PageInput::Woken).await;
                }
            }
        }
    }

    async fn send(&mut self, message: Message) {
        if let Some(socket) = &mut self.socket {
            socket.send(message).await.unwrap();
        }
    }

    async fn connect(&self) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        let url = format!("{}/relay", self.home.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("origin", self.home.parse().unwrap());
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "scanseal.v1".parse().unwrap());
        connect_async(request).await.unwrap().0
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap())
    }
}
