//! The socket plane: one task per WebSocket that reads messages into events and writes what is queued for it.
//!
//! Small on purpose: a waiting page costs one of these. No timer runs per socket (the relay's wheel sees to that), no channel,
//! and the only buffer is a read buffer of [`READ_BUFFER`] bytes.

use std::{net::IpAddr, pin::pin, sync::atomic::Ordering, time::Duration};

use futures_util::{SinkExt, StreamExt};
use scanseal_protocol::{
    control::{ControlError, Down, Up},
    error::Code,
    ids::SessionId,
    limits,
};
use tokio::{
    io::AsyncWriteExt,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::{CapacityError, ProtocolError},
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use crate::{
    accept::{Connection, linger},
    link::{Cut, Link, Next, Out},
    log::Shown,
    metrics::Metrics,
    origin::Sender,
    rate::{Empty, Limit, client_key},
    relay::{FULL_RETRY, MAINTENANCE_RETRY, Shared, close_code},
    session::{Event, Opening, Outcome, Refusal},
    store::{Applied, Store},
    stream::Stream,
};

/// Bytes of the read buffer of a socket. Control messages fit several times; for a larger frame it grows, once, and shrinks again.
const READ_BUFFER: usize = 1024;
/// Bytes that a half-written frame may leave in the socket's write buffer: the largest frame, its header, and a control frame.
const WRITE_BUFFER: usize = limits::FRAME_BYTES + 1024;
/// How long a closing socket may take to read what was sent last.
const LINGER: Duration = Duration::from_secs(1);

/// Who is on the other side of a socket.
pub(crate) struct Caller {
    /// The client's own address, also behind a proxy.
    pub(crate) address: IpAddr,
    pub(crate) sender: Sender,
    /// Keeps the connection counted.
    pub(crate) connection: Option<Connection>,
}

type WebSocket = WebSocketStream<Stream>;

/// Runs a socket to its end.
pub(crate) async fn run<S: Store>(
    shared: &Shared<S>,
    stream: Stream,
    leftover: Vec<u8>,
    caller: Caller,
) {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(limits::FRAME_BYTES))
        .max_frame_size(Some(limits::FRAME_BYTES));
    let mut socket =
        WebSocketStream::from_partially_read(stream, leftover, Role::Server, Some(config)).await;
    let link = shared.admit();
    tracing::debug!(peer = %Shown(caller.address), "socket open");
    let mut seat = None;
    let cut = talk(shared, &link, &mut socket, &caller, &mut seat).await;
    // The other end is told first; what is left here can take a second.
    if let Some(id) = seat
        && !shared.stopped.load(Ordering::Relaxed)
    {
        shared.apply(id, Event::Gone { socket: link.id }).await;
    }
    part(shared, &mut socket, cut).await;
    shared.forget(&link);
    drop(caller.connection);
    tracing::debug!(peer = %Shown(caller.address), ?cut, "socket closed");
}

/// Says goodbye as far as the other side lets us.
async fn part<S: Store>(shared: &Shared<S>, socket: &mut WebSocket, cut: Option<Cut>) {
    match cut {
        Some(Cut::Slow) => {
            shared.metrics.slow_readers.inc();
            let close = CloseFrame {
                code: CloseCode::Again,
                reason: Utf8Bytes::default(),
            };
            let _ = timeout(LINGER, socket.close(Some(close))).await; // it does not read, so this is luck
        }
        Some(Cut::Silent | Cut::Stopped) => return,
        None => {}
    }
    // The end of the stream lets the other side close at once; see `linger` for why we wait for that.
    if let Ok(Ok(())) = timeout(LINGER, socket.get_mut().shutdown()).await {
        linger(socket.get_mut(), LINGER).await;
    }
}

/// Reads and writes until the socket is done; gives why it was cut, if it was.
async fn talk<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    socket: &mut WebSocket,
    caller: &Caller,
    seat: &mut Option<SessionId>,
) -> Option<Cut> {
    loop {
        match link.next(&shared.queued) {
            Next::Cut(cut) => return Some(cut),
            Next::Write(out) => {
                let last = matches!(out, Out::Close(_));
                match write(shared, link, socket, out).await {
                    Ok(()) if last => return None,
                    Ok(()) => continue,
                    Err(cut) => return cut,
                }
            }
            Next::Wait => {}
        }
        let message = tokio::select! {
            biased;
            () = link.wake.notified() => continue,
            message = socket.next() => message,
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                link.heard();
                match *seat {
                    Some(id) => control(shared, link, id, &text).await,
                    None => *seat = first(shared, link, caller, &text).await,
                }
            }
            Some(Ok(Message::Binary(frame))) => {
                link.heard();
                match *seat {
                    Some(id) => {
                        shared
                            .apply(
                                id,
                                Event::Frame {
                                    socket: link.id,
                                    frame,
                                },
                            )
                            .await;
                    }
                    None => shared.end_with_error(link, Code::Malformed, None),
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => link.heard(),
            Some(Ok(Message::Close(_))) => {
                let _ = timeout(LINGER, socket.flush()).await; // the answer to its close; it may be gone already
                return None;
            }
            Some(Err(error)) => match refusal(&error) {
                Some(close) => {
                    let last = Down::Error {
                        code: Code::Malformed,
                        retry: None,
                    };
                    shared.end(link, &last, close);
                }
                None => return None,
            },
            None => return None,
        }
    }
}

/// Writes one thing. The other side has the stall time to take it, however much is queued meanwhile; a cut ends it at once.
async fn write<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    socket: &mut WebSocket,
    out: Out,
) -> Result<(), Option<Cut>> {
    let message = match out {
        Out::Text(text) => Message::Text(text),
        Out::Frame(frame) => Message::Binary(frame),
        Out::Ping => Message::Ping(bytes::Bytes::new()),
        Out::Close(code) => Message::Close(Some(CloseFrame {
            code,
            reason: Utf8Bytes::default(),
        })),
    };
    let mut sending = socket.send(message);
    let mut stalled = pin!(sleep(shared.config.timing.stall));
    loop {
        tokio::select! {
            biased;
            sent = &mut sending => return sent.map_err(|_| None),
            () = link.wake.notified() => if let Some(cut) = link.is_cut() { return Err(Some(cut)) },
            () = &mut stalled => return Err(Some(Cut::Slow)),
        }
    }
}

/// How to answer what is no WebSocket message of ours; nothing if nobody is there to be answered.
const fn refusal(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { .. }) => Some(CloseCode::Size),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) | Error::Utf8(_) | Error::Capacity(_) => Some(CloseCode::Policy),
        _ => None,
    }
}

/// Answers a control message that cannot be read.
fn unreadable<S: Store>(shared: &Shared<S>, link: &Link, error: ControlError) {
    let last = Down::Error {
        code: error.code(),
        retry: None,
    };
    let close = if error == ControlError::TooLarge {
        CloseCode::Size
    } else {
        CloseCode::Policy
    };
    shared.end(link, &last, close);
}

/// The first message: who comes, and to which session. Gives the session if the end may stay.
async fn first<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    caller: &Caller,
    text: &str,
) -> Option<SessionId> {
    link.speaks();
    match Up::parse(text) {
        Ok(Up::Open {
            key,
            next,
            scanned,
            phone,
        }) => {
            let opening = Opening {
                socket: link.id,
                next,
                scanned,
                phone,
            };
            open(shared, link, caller, key.session_id(), opening).await
        }
        Ok(Up::Join { sid, key, next }) => {
            join(
                shared,
                link,
                caller,
                sid,
                Event::Join {
                    socket: link.id,
                    phone: key.phone_id(),
                    next,
                },
            )
            .await
        }
        Ok(Up::Ack { .. } | Up::Close { .. } | Up::Ping | Up::Release { .. }) => {
            shared.end_with_error(link, Code::Malformed, None);
            None
        }
        Err(error) => {
            unreadable(shared, link, error);
            None
        }
    }
}

async fn open<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    caller: &Caller,
    id: SessionId,
    opening: Opening,
) -> Option<SessionId> {
    let Sender::Listed(origin) = caller.sender else {
        shared.end_with_error(link, Code::OriginRefused, None);
        return None;
    };
    if shared.apply(id, Event::Open(opening)).await != Applied::Absent {
        return Some(id);
    }
    if let Err((code, retry)) = admit_session(shared, link, caller, origin) {
        shared.end_with_error(link, code, Some(retry));
        return None;
    }
    let opened = shared.store.open(id, opening, shared.now(), shared).await;
    if shared.follow(id, opened) == Applied::Absent {
        shared.end_with_error(link, Code::Full, Some(shared.jitter(link.id, FULL_RETRY)));
        return None;
    }
    Some(id)
}

/// Whether a new session may be made now; else the code and when to try again.
fn admit_session<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    caller: &Caller,
    origin: usize,
) -> Result<(), (Code, Duration)> {
    if shared.draining.load(Ordering::Relaxed) {
        return Err((Code::Maintenance, shared.jitter(link.id, MAINTENANCE_RETRY)));
    }
    // This page's own socket is counted in already. What is above 85 % is kept for phones that join sessions that wait.
    let room = shared.config.max_sockets * 85 / 100;
    if shared.sockets.count.load(Ordering::Relaxed) > room {
        return Err((Code::Full, shared.jitter(link.id, FULL_RETRY)));
    }
    take(
        shared,
        &shared.limits.sessions,
        client_key(caller.address),
        "sessions",
    )
    .and_then(|()| {
        take(
            shared,
            &shared.limits.origin_sessions,
            origin as u128,
            "origin",
        )
    })
    .map_err(|wait| (Code::RateLimited, wait))
}

async fn join<S: Store>(
    shared: &Shared<S>,
    link: &Link,
    caller: &Caller,
    id: SessionId,
    event: Event,
) -> Option<SessionId> {
    if caller.sender == Sender::Unlisted {
        shared.end_with_error(link, Code::OriginRefused, None);
        return None;
    }
    let client = client_key(caller.address);
    if let Err(wait) = take(shared, &shared.limits.joins, client, "joins") {
        shared.end_with_error(link, Code::RateLimited, Some(wait));
        return None;
    }
    let refused = match shared.apply(id, event).await {
        Applied::Took {
            outcome: Outcome::Refused(Refusal::Released(code)),
            ..
        } => {
            // It had joined before, so it may know why it may not again.
            Metrics::count(&shared.metrics.joins, "released");
            let last = Down::Closed { code };
            shared.end(link, &last, close_code(&last));
            return None;
        }
        Applied::Took {
            outcome: Outcome::Refused(Refusal::AlreadyScanned),
            ..
        } => Code::AlreadyScanned,
        Applied::Absent => Code::SessionGone,
        Applied::Took { .. } => return Some(id),
    };
    Metrics::count(&shared.metrics.joins, refused.as_str());
    match take(shared, &shared.limits.failed_joins, client, "failed-joins") {
        Ok(()) => shared.end_with_error(link, refused, None),
        Err(wait) => shared.end_with_error(link, Code::RateLimited, Some(wait)),
    }
    None
}

fn take<S: Store>(
    shared: &Shared<S>,
    limit: &Limit,
    key: u128,
    name: &'static str,
) -> Result<(), Duration> {
    limit.take(&key).map_err(|Empty(wait)| {
        Metrics::count(&shared.metrics.rate_limited, name);
        wait
    })
}

/// Any later control message.
async fn control<S: Store>(shared: &Shared<S>, link: &Link, id: SessionId, text: &str) {
    let socket = link.id;
    let event = match Up::parse(text) {
        Ok(Up::Ping) => return shared.push(link, Out::Text(Down::Pong.to_text().into())),
        Ok(Up::Ack { next }) => Event::Ack { socket, next },
        Ok(Up::Release { code }) => Event::Release { socket, code },
        Ok(Up::Close { code }) => Event::Close { socket, code },
        Ok(Up::Open { .. } | Up::Join { .. }) => {
            return shared.end_with_error(link, Code::Malformed, None);
        }
        Err(error) => return unreadable(shared, link, error),
    };
    if let Applied::Took {
        outcome: Outcome::Misplaced,
        ..
    } = shared.apply(id, event).await
    {
        shared.end_with_error(link, Code::Malformed, None);
    }
}
