//! The phone's socket to the relay: a task that connects, then carries frames both ways.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::network::Network;

/// How long the other end may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What happens on a socket.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Opened,
    Closed,
    Text(String),
    Binary(Vec<u8>),
}

/// The sockets of a scan, one after the other. What comes from an earlier one is not handed out any more.
pub(crate) struct Relay {
    network: Network,
    address: String,
    generation: u64,
    current: Option<Link>,
    events: UnboundedReceiver<(u64, SocketEvent)>,
    sender: UnboundedSender<(u64, SocketEvent)>,
}

struct Link {
    frames: UnboundedSender<Message>,
    task: JoinHandle<()>,
}

impl Relay {
    pub(crate) fn new(network: Network, address: String) -> Self {
        let (sender, events) = unbounded_channel();
        Self {
            network,
            address,
            generation: 0,
            current: None,
            events,
            sender,
        }
    }

    /// Opens a new socket in the background; the one before is dropped.
    pub(crate) fn connect(&mut self) {
        self.drop_socket();
        self.generation += 1;
        let (frames, outgoing) = unbounded_channel();
        let task = carry(
            self.network.clone(),
            self.address.clone(),
            self.generation,
            outgoing,
            self.sender.clone(),
        );
        self.current = Some(Link {
            frames,
            task: tokio::spawn(task),
        });
    }

    /// Sends a frame. On a socket that is gone already it is lost, which the session expects.
    pub(crate) fn send(&self, message: Message) {
        if let Some(link) = &self.current {
            let _ = link.frames.send(message);
        }
    }

    /// Closes the socket after what was sent has left.
    pub(crate) async fn disconnect(&mut self) {
        self.generation += 1;
        if let Some(Link { frames, task }) = self.current.take() {
            drop(frames);
            let _ = timeout(CLOSE_TIMEOUT, task).await;
        }
    }

    /// Lets the socket go without a word, as a phone in a tunnel does.
    pub(crate) fn drop_socket(&mut self) {
        self.generation += 1;
        if let Some(link) = self.current.take() {
            link.task.abort();
        }
    }

    /// The next event of the current socket.
    pub(crate) async fn next(&mut self) -> SocketEvent {
        loop {
            match self.events.recv().await {
                Some((generation, event)) if generation == self.generation => return event,
                Some(_) => {}
                // Unreachable while `self.sender` lives; a socket without events is a closed one.
                None => return SocketEvent::Closed,
            }
        }
    }
}

async fn carry(
    network: Network,
    address: String,
    generation: u64,
    mut outgoing: UnboundedReceiver<Message>,
    events: UnboundedSender<(u64, SocketEvent)>,
) {
    // The receiver is gone only when the whole scan is.
    let tell = |event| {
        let _ = events.send((generation, event));
    };
    let Ok(mut socket) = network.web_socket(&address).await else {
        return tell(SocketEvent::Closed);
    };
    tell(SocketEvent::Opened);
    loop {
        tokio::select! {
            frame = outgoing.recv() => match frame {
                Some(frame) => {
                    if socket.send(frame).await.is_err() {
                        return tell(SocketEvent::Closed);
                    }
                }
                None => {
                    let _ = socket.close(None).await;
                    // The close is answered, or the connection ends; either way nothing more is of interest.
                    while let Some(Ok(_)) = socket.next().await {}
                    return;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => tell(SocketEvent::Text(text.as_str().to_owned())),
                Some(Ok(Message::Binary(bytes))) => tell(SocketEvent::Binary(bytes.to_vec())),
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return tell(SocketEvent::Closed),
            },
        }
    }
}
