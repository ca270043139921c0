//! The relay: sessions, sockets and timers brought together, and the handle to mount it in a server.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use scanseal_protocol::{control::Down, error::Code, ids::SessionId, limits, time::Millis};
use tokio::{
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use warp::{filters::BoxedFilter, reply::Response};

use crate::{
    filter,
    forwarded::Proxies,
    link::{Cut, Link, Out, QueueLimits},
    metrics::Metrics,
    origin::Origins,
    rate::{Limit, Rates},
    session::{Delivery, Event, Lives, Outcome, Parcel, SocketId},
    sockets::Sockets,
    store::{Applied, MemoryStore, Post, Store},
    wheel::Wheel,
};

/// Everything a relay can be told.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// Pages of these web origins may use the relay. Default: none.
    pub origins: Origins,
    /// Proxies in front. Default: none.
    pub proxies: Proxies,
    /// WebSockets at once; also the number of sessions at once. Default: 10,000.
    pub max_sockets: usize,
    /// How often things may happen.
    pub rates: Rates,
    /// How much may wait for slow readers.
    pub queues: QueueLimits,
    /// How long things take.
    pub timing: Timing,
    /// How long [`Relay::drain`] lets sessions finish. Default: 180 s, the time a session waits.
    pub drain: Duration,
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            origins: Origins::default(),
            proxies: Proxies::default(),
            max_sockets: 10_000,
            rates: Rates::default(),
            queues: QueueLimits::default(),
            timing: Timing::default(),
            drain: Duration::from_millis(limits::SESSION_WAIT_MS),
        }
    }
}

/// Times of the protocol. Other values than the defaults are for tests, which cannot wait for minutes.
#[derive(Clone, Debug)]
pub struct Timing {
    /// How long sessions live.
    pub lives: Lives,
    /// Until the first message on a socket. Default: 5 s.
    pub first_message: Duration,
    /// Between pings. Default: 45 s, below the 60 s after which proxies cut idle connections.
    pub ping: Duration,
    /// Until a socket that takes nothing of what is being written counts as a slow reader. Default: 10 s.
    pub stall: Duration,
    /// How exact the times above are. Default: 100 ms.
    pub tick: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lives: Lives::default(),
            first_message: Duration::from_millis(limits::FIRST_MESSAGE_MS),
            ping: Duration::from_secs(45),
            stall: Duration::from_secs(10),
            tick: Duration::from_millis(100),
        }
    }
}

/// A running relay. Mount [`Self::filter`] in a server made of warp filters; [`crate::accept::serve`] is one.
///
/// Dropping the handle stops the relay at once: its sockets are cut without a word, as in a crash, and its filter answers 503.
/// [`Self::drain`] is the polite way.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use scanseal_relay::{Metrics, Relay, RelayConfig, accept};
/// use warp::{Filter, Reply};
///
/// let config = RelayConfig {
///     origins: ["https://portal.example".parse()?].into_iter().collect(),
///     ..RelayConfig::default()
/// };
/// let relay = Relay::new(config, Metrics::default());
/// let pages = warp::path!("hello").map(|| "hello".into_response());
/// let filter = relay.filter().or(pages).unify().boxed();
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let stop = async { let _ = tokio::signal::ctrl_c().await; relay.drain().await };
/// accept::serve(listener, None, filter, accept::AcceptLimits::default(), stop).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Relay<S: Store = MemoryStore> {
    shared: Arc<Shared<S>>,
    driver: JoinHandle<()>,
}

impl Relay {
    /// Starts a relay that keeps its sessions in memory. Must be called inside a Tokio runtime.
    pub fn new(config: RelayConfig, metrics: Metrics) -> Self {
        let store = MemoryStore::new(config.timing.lives.clone(), config.max_sockets);
        Self::with_store(config, metrics, store)
    }
}

impl<S: Store> Relay<S> {
    /// Starts a relay over `store`. Must be called inside a Tokio runtime.
    pub fn with_store(config: RelayConfig, metrics: Metrics, store: S) -> Self {
        let shared = Arc::new(Shared::new(config, metrics, store));
        let driver = tokio::spawn(drive(Arc::clone(&shared)));
        Self { shared, driver }
    }

    /// `GET /relay`, answered with the upgrade to a WebSocket or with a problem (RFC 9457).
    pub fn filter(&self) -> BoxedFilter<(Response,)> {
        filter::upgrade(Arc::clone(&self.shared))
    }

    /// `GET /healthz`: 200 while the process runs; `GET /readyz`: 200 while the relay takes new sessions, else 503.
    pub fn health_filter(&self) -> BoxedFilter<(Response,)> {
        filter::health(Arc::clone(&self.shared))
    }

    /// How many sessions there are now.
    pub fn sessions(&self) -> usize {
        self.shared.store.len()
    }

    /// How many WebSockets there are now.
    pub fn sockets(&self) -> usize {
        self.shared.sockets.count.load(Ordering::Relaxed)
    }

    /// Takes no new sessions, lets those there finish for [`RelayConfig::drain`], then closes what is left with 1012 and returns.
    /// Sockets must still be accepted meanwhile: phones may join sessions that wait.
    pub async fn drain(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
        let until = Instant::now() + self.shared.config.drain;
        while !self.shared.store.is_empty() && Instant::now() < until {
            sleep(self.shared.config.timing.tick).await;
        }
        // From here on no end hears of the other's leaving: both leave.
        self.shared.stopped.store(true, Ordering::Relaxed);
        for link in self.shared.sockets.all() {
            self.shared.end_with_error(
                &link,
                Code::Maintenance,
                Some(self.shared.jitter(link.id, MAINTENANCE_RETRY)),
            );
        }
        // Each socket lingers for a second at most; then the rest is cut.
        let until = Instant::now() + Duration::from_secs(2);
        while self.sockets() > 0 && Instant::now() < until {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl<S: Store> Drop for Relay<S> {
    fn drop(&mut self) {
        self.driver.abort();
        self.shared.stopped.store(true, Ordering::Relaxed);
        for link in self.shared.sockets.all() {
            link.cut(Cut::Stopped, &self.shared.queued);
        }
    }
}

/// Ends are told to come back after one to two times this: when a slot may be free.
pub(crate) const FULL_RETRY: Duration = Duration::from_secs(5);
/// Ends are told to come back after one to two times this: when another process may be up.
pub(crate) const MAINTENANCE_RETRY: Duration = Duration::from_secs(2);

/// What sockets, timers and the handle share.
#[derive(Debug)]
pub(crate) struct Shared<S> {
    pub(crate) config: RelayConfig,
    pub(crate) metrics: Metrics,
    pub(crate) store: S,
    pub(crate) sockets: Sockets,
    pub(crate) limits: Limits,
    pub(crate) draining: AtomicBool,
    pub(crate) stopped: AtomicBool,
    pub(crate) queued: AtomicUsize,
    wheel: Mutex<Wheel<Timer>>,
    started: Instant,
    hasher: RandomState,
}

/// The rate limits at work.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) sessions: Limit,
    pub(crate) origin_sessions: Limit,
    pub(crate) joins: Limit,
    pub(crate) failed_joins: Limit,
}

#[derive(Clone, Copy, Debug)]
enum Timer {
    Session(SessionId),
    Socket(SocketId),
}

impl<S: Store> Shared<S> {
    fn new(config: RelayConfig, metrics: Metrics, store: S) -> Self {
        let rates = config.rates;
        let limits = Limits {
            sessions: Limit::per_minute(rates.sessions),
            origin_sessions: Limit::per_minute(rates.origin_sessions),
            joins: Limit::per_minute(rates.joins),
            failed_joins: Limit::per_minute(rates.failed_joins),
        };
        let tick = milliseconds(config.timing.tick);
        Self {
            config,
            metrics,
            store,
            sockets: Sockets::default(),
            limits,
            draining: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            queued: AtomicUsize::new(0),
            wheel: Mutex::new(Wheel::new(Millis(0), tick)),
            started: Instant::now(),
            hasher: RandomState::new(),
        }
    }

    /// Milliseconds since the relay started.
    pub(crate) fn now(&self) -> Millis {
        Millis(milliseconds(self.started.elapsed()))
    }

    /// Counts in a new socket and sets its first deadline.
    pub(crate) fn admit(&self) -> Arc<Link> {
        let link = self.sockets.add();
        self.metrics.sockets.inc();
        self.wake_at(
            self.now() + milliseconds(self.config.timing.first_message),
            Timer::Socket(link.id),
        );
        link
    }

    /// Counts a socket out.
    pub(crate) fn forget(&self, link: &Link) {
        link.cut(Cut::Stopped, &self.queued);
        self.sockets.remove(link.id);
        self.metrics.sockets.dec();
    }

    /// Runs an event against a session and does what has to follow.
    pub(crate) async fn apply(&self, id: SessionId, event: Event) -> Applied {
        let applied = self.store.apply(id, event, self.now(), self).await;
        self.follow(id, applied)
    }

    /// Counts, and sets the timer that a session asks for.
    pub(crate) fn follow(&self, id: SessionId, applied: Applied) -> Applied {
        let Applied::Took { outcome, wake } = applied else {
            return applied;
        };
        if let Some(at) = wake {
            self.wake_at(at, Timer::Session(id));
        }
        let metrics = &self.metrics;
        match outcome {
            Outcome::Opened => Metrics::count(&metrics.opens, "new"),
            Outcome::Reopened => Metrics::count(&metrics.opens, "again"),
            Outcome::Joined => Metrics::count(&metrics.joins, "new"),
            Outcome::Rejoined => Metrics::count(&metrics.joins, "again"),
            Outcome::Forwarded(bytes) => {
                metrics.frames.inc();
                metrics.frame_bytes.inc_by(bytes as u64);
            }
            Outcome::Dropped => {
                metrics.frames_dropped.inc();
            }
            Outcome::Over(ending) => Metrics::count(&metrics.ended, Metrics::ending(ending)),
            Outcome::Done | Outcome::Refused(_) | Outcome::Misplaced => {}
        }
        applied
    }

    /// Queues something for a socket.
    pub(crate) fn push(&self, link: &Link, out: Out) {
        link.push(out, &self.config.queues, &self.queued);
    }

    /// Queues the last message and the close that belongs to it.
    pub(crate) fn end(&self, link: &Link, last: &Down, close: CloseCode) {
        if let Down::Error { code, .. } = last {
            self.metrics.error(*code);
        }
        self.push(link, Out::Text(last.to_text().into()));
        self.push(link, Out::Close(close));
    }

    /// Queues an `error` and the close that belongs to its code.
    pub(crate) fn end_with_error(&self, link: &Link, code: Code, retry: Option<Duration>) {
        let retry = retry.map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX));
        let last = Down::Error { code, retry };
        self.end(link, &last, close_code(&last));
    }

    /// One to two times `wait`, so that many ends do not come back at the same moment.
    pub(crate) fn jitter(&self, socket: SocketId, wait: Duration) -> Duration {
        let thousandths = u32::try_from(self.hasher.hash_one(socket) % 1000)
            .expect("a remainder of 1000 fits u32");
        wait + wait * thousandths / 1000
    }

    fn wake_at(&self, at: Millis, timer: Timer) {
        self.wheel
            .lock()
            .expect("no code panics while it holds this lock")
            .insert(at, timer);
    }

    /// A socket's deadline: for its first message, then for each ping.
    fn socket_timer(&self, id: SocketId) {
        let Some(link) = self.sockets.find(id) else {
            return;
        };
        let lives = if link.has_spoken() {
            let lives = link.ping(&self.config.queues, &self.queued);
            if !lives {
                self.metrics.silent.inc();
            }
            lives
        } else {
            self.end_with_error(&link, Code::Malformed, None);
            false
        };
        if lives {
            self.wake_at(
                self.now() + milliseconds(self.config.timing.ping),
                Timer::Socket(id),
            );
        }
    }
}

/// The close code (RFC 6455 section 7.4.1) that goes with a last message.
pub(crate) const fn close_code(last: &Down) -> CloseCode {
    match last {
        Down::Error {
            code: Code::Maintenance,
            ..
        } => CloseCode::Restart,
        Down::Error {
            code: Code::Full | Code::RateLimited,
            ..
        } => CloseCode::Again,
        Down::Error { .. } => CloseCode::Policy,
        _ => CloseCode::Normal,
    }
}

impl<S: Store> Post for Shared<S> {
    fn post(&self, Delivery { to, parcel }: Delivery) {
        let Some(link) = self.sockets.find(to) else {
            return;
        };
        match parcel {
            Parcel::Message(message) => self.push(&link, Out::Text(message.to_text().into())),
            Parcel::Frame(frame) => self.push(&link, Out::Frame(frame)),
            Parcel::End(last) => self.end(&link, &last, close_code(&last)),
        }
    }
}

/// Turns the wheel: expiries, pings, and what has to be done now and then.
async fn drive<S: Store>(shared: Arc<Shared<S>>) {
    let mut ticks = interval(shared.config.timing.tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut gauged, mut swept) = (Instant::now(), Instant::now());
    loop {
        ticks.tick().await;
        let due = shared
            .wheel
            .lock()
            .expect("no code panics while it holds this lock")
            .advance(shared.now());
        for timer in due {
            match timer {
                Timer::Session(id) => {
                    shared.apply(id, Event::Deadline).await;
                }
                Timer::Socket(id) => shared.socket_timer(id),
            }
        }
        if gauged.elapsed() >= Duration::from_secs(1) {
            gauged = Instant::now();
            shared
                .metrics
                .sessions
                .set(i64::try_from(shared.store.len()).unwrap_or(i64::MAX));
            shared
                .metrics
                .queued_bytes
                .set(i64::try_from(shared.queued.load(Ordering::Relaxed)).unwrap_or(i64::MAX));
        }
        if swept.elapsed() >= Duration::from_secs(60) {
            swept = Instant::now();
            let limits = &shared.limits;
            for limit in [
                &limits.sessions,
                &limits.origin_sessions,
                &limits.joins,
                &limits.failed_joins,
            ] {
                limit.sweep();
            }
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
