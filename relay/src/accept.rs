//! An accept loop for warp filters that may stand on the open internet.
//!
//! warp's own server sets no header timeout, no TCP_NODELAY and no cap, and cannot do TLS. This one serves the same filters through
//! hyper's HTTP/1 connection, and leaves an upgraded socket as a [`Stream`], so that a WebSocket need not keep hyper's buffers.
//! Slow clients: half a request head is cut after [`AcceptLimits::header_timeout`], an answer that nobody reads after
//! [`AcceptLimits::stall`], and the number of connections that have not sent a head yet is bounded apart from the number of all.

use std::{
    collections::{HashMap, hash_map::Entry},
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use warp::{Reply, filters::BoxedFilter};

use crate::{metrics::AcceptMetrics, rate::client_key, stream::Stream};

/// Bounds of an accept loop.
#[derive(Clone, Debug)]
pub struct AcceptLimits {
    /// Connections at once, upgraded ones included. One more is answered 503 (without TLS) or closed (with TLS).
    pub max_connections: usize,
    /// Connections that have not sent a whole request head yet. One more is closed.
    pub max_half_open: usize,
    /// The same from one address (IPv6: one /64), so that a single silent client cannot take all of them. A proxy in front is one
    /// address, but sends its heads at once.
    pub max_half_open_per_address: usize,
    /// Time for the TLS handshake, and again for a request head; also how long an idle kept-alive connection stays.
    pub header_timeout: Duration,
    /// How long a client may take nothing of its answer; then it is cut.
    pub stall: Duration,
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
            // Browsers open a spare connection each: an office of a hundred people stays below.
            max_half_open_per_address: 256,
            header_timeout: Duration::from_secs(5),
            // Long enough for a phone in a tunnel; a client that never reads must not keep its place for ever.
            stall: Duration::from_secs(30),
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
        let client = client_key(peer.ip());
        if let Err(refused) = counts.admits(&limits, client) {
            limits.metrics.refused(refused);
            if refused == Refused::Full && tls.is_none() {
                counts.refuse(tcp);
            }
            continue;
        }
        let connection = Connection {
            peer,
            slot: Slot::take(&counts, client, &limits.metrics),
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
                None => Stream::plain(tcp, limits.stall),
                Some(tls) => match timeout(limits.header_timeout, tls.accept(tcp)).await {
                    Ok(Ok(stream)) => Stream::tls(stream, limits.stall),
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
    /// [`AcceptLimits::max_half_open`] or [`AcceptLimits::max_half_open_per_address`].
    HalfOpen,
    /// The TLS handshake failed or took too long.
    Handshake,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    half_open: Mutex<HalfOpen>,
    being_refused: AtomicUsize,
}

/// Connections without a whole request head, by client: an entry for each client that has one.
#[derive(Debug, Default)]
struct HalfOpen {
    all: usize,
    by_client: HashMap<u128, usize>,
}

impl HalfOpen {
    fn of(&self, client: u128) -> usize {
        self.by_client.get(&client).copied().unwrap_or(0)
    }

    fn add(&mut self, client: u128) {
        self.all += 1;
        *self.by_client.entry(client).or_default() += 1;
    }

    fn remove(&mut self, client: u128) {
        self.all -= 1;
        if let Entry::Occupied(mut entry) = self.by_client.entry(client) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// Connections that are being told 503 at once. Telling is a courtesy; beyond this they are closed untold.
const BEING_REFUSED: usize = 64;
/// The answer of a full server to a connection whose request it will not read.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

impl Counts {
    fn admits(&self, limits: &AcceptLimits, client: u128) -> Result<(), Refused> {
        if self.connections.load(Ordering::Relaxed) >= limits.max_connections {
            return Err(Refused::Full);
        }
        let half_open = self.half_open();
        if half_open.all >= limits.max_half_open
            || half_open.of(client) >= limits.max_half_open_per_address
        {
            return Err(Refused::HalfOpen);
        }
        Ok(())
    }

    fn half_open(&self) -> MutexGuard<'_, HalfOpen> {
        self.half_open
            .lock()
            .expect("no code panics while it holds this lock")
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
    client: u128,
    metrics: AcceptMetrics,
    head_seen: AtomicBool,
}

impl Slot {
    fn take(counts: &Arc<Counts>, client: u128, metrics: &AcceptMetrics) -> Arc<Self> {
        counts.connections.fetch_add(1, Ordering::Relaxed);
        counts.half_open().add(client);
        metrics.connections.inc();
        metrics.accepted.inc();
        Arc::new(Self {
            counts: Arc::clone(counts),
            client,
            metrics: metrics.clone(),
            head_seen: AtomicBool::new(false),
        })
    }

    fn head_arrived(&self) {
        if !self.head_seen.swap(true, Ordering::Relaxed) {
            self.counts.half_open().remove(self.client);
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
