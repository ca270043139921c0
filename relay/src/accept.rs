//! An accept loop for warp filters that may stand on the open internet.
//!
//! warp's own server sets no header timeout, no TCP_NODELAY and no cap, and cannot do TLS. This one serves the same filters through
//! hyper's HTTP/1 connection, and leaves an upgraded socket as a [`Stream`], so that a WebSocket need not keep hyper's buffers.
//! Slow clients: half a request head is cut after [`AcceptLimits::header_timeout`], and the number of connections that have not
//! sent one yet is bounded apart from the number of all.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};
use warp::{Reply, filters::BoxedFilter};

use crate::metrics::AcceptMetrics;

/// Bounds of an accept loop.
#[derive(Clone, Debug)]
pub struct AcceptLimits {
    /// Connections at once, upgraded ones included. One more is answered 503 (without TLS) or closed (with TLS).
    pub max_connections: usize,
    /// Connections that have not sent a whole request head yet. One more is closed.
    pub max_half_open: usize,
    /// Time for the TLS handshake, and again for a request head; also how long an idle kept-alive connection stays.
    pub header_timeout: Duration,
    /// Bytes of a request head.
    pub max_head_bytes: usize,
    /// Time that running requests get when the loop ends.
    pub grace: Duration,
    /// Counters, if somebody wants to see them.
    pub metrics: AcceptMetrics,
}

impl Default for AcceptLimits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_half_open: 1024,
            header_timeout: Duration::from_secs(5),
            // hyper's smallest buffer; no request of ours has a head of 2 KiB.
            max_head_bytes: 8 * 1024,
            grace: Duration::from_secs(5),
            metrics: AcceptMetrics::default(),
        }
    }
}

/// Who is on the other side of a connection: a request extension of every request that [`serve`] hands to a filter
/// (`warp::ext::get::<Connection>()`). Whoever keeps it keeps the connection counted.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The address of the TCP connection: of the proxy, if there is one (see [`crate::forwarded`]).
    pub peer: SocketAddr,
    slot: Arc<Slot>,
}

/// What a socket is after the upgrade: the type to downcast `hyper::upgrade::Upgraded` to, inside `TokioIo`.
#[derive(Debug)]
pub enum Stream {
    /// Plain TCP.
    Plain(TcpStream),
    /// TLS over TCP.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Serves `filter` on `listener` until `shutdown` is ready; then accepts no more, lets running requests finish for
/// [`AcceptLimits::grace`], and returns. Upgraded sockets are not waited for: who upgraded them ends them.
pub async fn serve<R>(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    filter: BoxedFilter<(R,)>,
    limits: AcceptLimits,
    shutdown: impl Future<Output = ()> + Send,
) where
    R: Reply + 'static,
{
    let stopping = watch::Sender::new(());
    let tls = tls.map(TlsAcceptor::from);
    let counts = Arc::new(Counts::default());
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        let (tcp, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors: a short rest, in which sockets may close; spinning would not free one. The other errors are of
                // one connection that ended before it was taken.
                if !matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) {
                    tracing::warn!(%error, "cannot accept");
                    sleep(Duration::from_millis(50)).await;
                }
                continue;
            }
        };
        if let Err(refused) = counts.admits(&limits) {
            limits.metrics.refused(refused);
            if refused == Refused::Full && tls.is_none() {
                counts.refuse(tcp);
            }
            continue;
        }
        let connection = Connection {
            peer,
            slot: Slot::take(&counts, &limits.metrics),
        };
        let _ = tcp.set_nodelay(true); // fails only for a connection that is already dead
        let (tls, filter, limits, mut stopped) = (
            tls.clone(),
            filter.clone(),
            limits.clone(),
            stopping.subscribe(),
        );
        tokio::spawn(async move {
            let stream = match tls {
                None => Stream::Plain(tcp),
                Some(tls) => match timeout(limits.header_timeout, tls.accept(tcp)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
                    Ok(Err(_)) | Err(_) => return limits.metrics.refused(Refused::Handshake),
                },
            };
            let service = warp::service(filter);
            let service = service_fn(move |mut request: Request<Incoming>| {
                connection.slot.head_arrived();
                request.extensions_mut().insert(connection.clone());
                let service = TowerToHyperService::new(service.clone());
                async move { answer(service, request).await }
            });
            let serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.header_timeout)
                .max_buf_size(limits.max_head_bytes)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            // Errors here are the client's: cut off, half a head, no HTTP. It has the answer that HTTP knows for them.
            let mut serving = pin!(serving);
            let ended = tokio::select! {
                ended = &mut serving => ended,
                _ = stopped.changed() => {
                    serving.as_mut().graceful_shutdown();
                    serving.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "connection ended early");
            }
        });
    }
    drop(listener);
    stopping.send_replace(());
    let _ = timeout(limits.grace, stopping.closed()).await; // what is still running then ends with the process
}

async fn answer<S>(
    service: S,
    request: Request<Incoming>,
) -> Result<warp::reply::Response, Infallible>
where
    S: hyper::service::Service<
            Request<Incoming>,
            Response = warp::reply::Response,
            Error = Infallible,
        >,
{
    service.call(request).await
}

/// Why a connection was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// [`AcceptLimits::max_connections`].
    Full,
    /// [`AcceptLimits::max_half_open`].
    HalfOpen,
    /// The TLS handshake failed or took too long.
    Handshake,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    half_open: AtomicUsize,
    being_refused: AtomicUsize,
}

/// Connections that are being told 503 at once. Telling is a courtesy; beyond this they are closed untold.
const BEING_REFUSED: usize = 64;
/// The answer of a full server to a connection whose request it will not read.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

impl Counts {
    fn admits(&self, limits: &AcceptLimits) -> Result<(), Refused> {
        if self.connections.load(Ordering::Relaxed) >= limits.max_connections {
            Err(Refused::Full)
        } else if self.half_open.load(Ordering::Relaxed) >= limits.max_half_open {
            Err(Refused::HalfOpen)
        } else {
            Ok(())
        }
    }

    /// Says 503 and waits a second for the client to take it: closing with its request unread would reset the connection first.
    fn refuse(self: &Arc<Self>, mut tcp: TcpStream) {
        if self.being_refused.fetch_add(1, Ordering::Relaxed) >= BEING_REFUSED {
            self.being_refused.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let counts = Arc::clone(self);
        tokio::spawn(async move {
            if tcp.write_all(FULL).await.is_ok() && tcp.shutdown().await.is_ok() {
                linger(&mut tcp, Duration::from_secs(1)).await;
            }
            counts.being_refused.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Reads and forgets until the other side closes, at most for `time`: what was sent before can arrive, instead of being thrown away
/// by a TCP reset.
pub(crate) async fn linger(stream: &mut (impl AsyncRead + Unpin), time: Duration) {
    let drain = async {
        let mut scratch = [0; 512];
        while matches!(stream.read(&mut scratch).await, Ok(1..)) {}
    };
    let _ = timeout(time, drain).await; // too slow or done: the same to us
}

/// One counted connection; gives its place back when dropped.
#[derive(Debug)]
struct Slot {
    counts: Arc<Counts>,
    metrics: AcceptMetrics,
    head_seen: AtomicBool,
}

impl Slot {
    fn take(counts: &Arc<Counts>, metrics: &AcceptMetrics) -> Arc<Self> {
        counts.connections.fetch_add(1, Ordering::Relaxed);
        counts.half_open.fetch_add(1, Ordering::Relaxed);
        metrics.connections.inc();
        metrics.accepted.inc();
        Arc::new(Self {
            counts: Arc::clone(counts),
            metrics: metrics.clone(),
            head_seen: AtomicBool::new(false),
        })
    }

    fn head_arrived(&self) {
        if !self.head_seen.swap(true, Ordering::Relaxed) {
            self.counts.half_open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.head_arrived();
        self.counts.connections.fetch_sub(1, Ordering::Relaxed);
        self.metrics.connections.dec();
    }
}

macro_rules! delegate {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Plain($stream) => $call,
            Self::Tls($stream) => $call,
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        delegate!(self, stream => Pin::new(stream).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        delegate!(self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        delegate!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        delegate!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        delegate!(self, stream => Pin::new(stream).poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
