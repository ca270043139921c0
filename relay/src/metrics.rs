//! What the relay counts. Each field says when it moves; `relay/README.md` lists them for operators.

use std::fmt;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use scanseal_protocol::{control::Ending, error::Code};
use warp::{Filter, filters::BoxedFilter, http::header::CONTENT_TYPE, reply::Response};

use crate::accept::Refused;

/// Label of counters that are told apart by a code or a reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Why {
    /// A code of the protocol, or a reason in the same style.
    pub code: &'static str,
}

/// A counter per code.
pub type ByCode = Family<Why, Counter>;

/// The relay's metrics. Clones count into the same numbers.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// `scanseal_relay_sockets`: up with an accepted WebSocket upgrade, down when that socket is closed.
    pub sockets: Gauge,
    /// `scanseal_relay_sessions`: sessions the relay keeps at the moment; set once a second.
    pub sessions: Gauge,
    /// `scanseal_relay_queued_bytes`: bytes that wait for slow sockets; set once a second.
    pub queued_bytes: Gauge,
    /// `scanseal_relay_upgrades_refused_total{code}`: an upgrade answered with an HTTP error: `full`, `client-too-old`, `malformed`.
    pub upgrades_refused: ByCode,
    /// `scanseal_relay_opens_total{code}`: an `open` that was answered `opened`: `new`, or `again` for a page that came back.
    pub opens: ByCode,
    /// `scanseal_relay_joins_total{code}`: a `join`: `new`, `again`, or the code of its refusal.
    pub joins: ByCode,
    /// `scanseal_relay_sessions_ended_total{code}`: a session is over; every session ends exactly once, unless the relay stops.
    pub ended: ByCode,
    /// `scanseal_relay_errors_total{code}`: an `error` message was sent.
    pub errors: ByCode,
    /// `scanseal_relay_rate_limited_total{code}`: a bucket was empty: `sessions`, `origin`, `joins`, `failed-joins`.
    pub rate_limited: ByCode,
    /// `scanseal_relay_frames_total`: a channel frame was queued for the other end.
    pub frames: Counter,
    /// `scanseal_relay_frame_bytes_total`: the bytes of those frames.
    pub frame_bytes: Counter,
    /// `scanseal_relay_frames_dropped_total`: a channel frame was dropped since the other end was away.
    pub frames_dropped: Counter,
    /// `scanseal_relay_slow_readers_total`: a socket was closed with 1013 since it did not read what was queued for it.
    pub slow_readers: Counter,
    /// `scanseal_relay_silent_total`: a socket was dropped after two unanswered pings.
    pub silent: Counter,
}

impl Metrics {
    /// Metrics that are listed in `registry` under `scanseal_relay_`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        let registry = registry.sub_registry_with_prefix("scanseal_relay");
        registry.register("sockets", "WebSockets open now", metrics.sockets.clone());
        registry.register("sessions", "Sessions kept now", metrics.sessions.clone());
        registry.register(
            "queued_bytes",
            "Bytes waiting for slow sockets",
            metrics.queued_bytes.clone(),
        );
        registry.register(
            "upgrades_refused",
            "Upgrades answered with an HTTP error",
            metrics.upgrades_refused.clone(),
        );
        registry.register(
            "opens",
            "Pages that opened a session or came back",
            metrics.opens.clone(),
        );
        registry.register(
            "joins",
            "Phones that joined, came back or were refused",
            metrics.joins.clone(),
        );
        registry.register(
            "sessions_ended",
            "Sessions that are over",
            metrics.ended.clone(),
        );
        registry.register("errors", "Error messages sent", metrics.errors.clone());
        registry.register(
            "rate_limited",
            "Times a rate limit said no",
            metrics.rate_limited.clone(),
        );
        registry.register("frames", "Channel frames forwarded", metrics.frames.clone());
        registry.register(
            "frame_bytes",
            "Bytes of channel frames forwarded",
            metrics.frame_bytes.clone(),
        );
        registry.register(
            "frames_dropped",
            "Channel frames dropped, the other end being away",
            metrics.frames_dropped.clone(),
        );
        registry.register(
            "slow_readers",
            "Sockets closed since they did not read",
            metrics.slow_readers.clone(),
        );
        registry.register(
            "silent",
            "Sockets dropped after two unanswered pings",
            metrics.silent.clone(),
        );
        metrics
    }

    pub(crate) fn count(family: &ByCode, code: &'static str) {
        family.get_or_create(&Why { code }).inc();
    }

    /// The label of a session's end.
    pub(crate) const fn ending(ending: Ending) -> &'static str {
        match ending {
            Ending::Done => "done",
            Ending::Failed(code) => code.as_str(),
        }
    }

    pub(crate) fn error(&self, code: Code) {
        Self::count(&self.errors, code.as_str());
    }
}

/// The accept loop's metrics. Clones count into the same numbers.
#[derive(Clone, Debug, Default)]
pub struct AcceptMetrics {
    /// `scanseal_relay_connections`: up with an accepted TCP connection, down when it and what it was upgraded to are closed.
    pub connections: Gauge,
    /// `scanseal_relay_accepted_total`: a TCP connection was accepted and is served.
    pub accepted: Counter,
    /// `scanseal_relay_connections_refused_total{code}`: a connection was closed unserved: `full`, `half-open`, `handshake`.
    pub refused: ByCode,
}

impl AcceptMetrics {
    /// Metrics that are listed in `registry` under `scanseal_relay_`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        let registry = registry.sub_registry_with_prefix("scanseal_relay");
        registry.register(
            "connections",
            "TCP connections open now",
            metrics.connections.clone(),
        );
        registry.register(
            "accepted",
            "TCP connections accepted",
            metrics.accepted.clone(),
        );
        registry.register(
            "connections_refused",
            "TCP connections closed unserved",
            metrics.refused.clone(),
        );
        metrics
    }

    pub(crate) fn refused(&self, refused: Refused) {
        let code = match refused {
            Refused::Full => "full",
            Refused::HalfOpen => "half-open",
            Refused::Handshake => "handshake",
        };
        Metrics::count(&self.refused, code);
    }
}

/// `GET /metrics` in OpenMetrics text, for a listener of its own: the numbers are nobody's business on the public one.
pub fn filter(registry: Registry) -> BoxedFilter<(Response,)> {
    let registry = std::sync::Arc::new(registry);
    warp::path!("metrics")
        .and(warp::get())
        .map(move || {
            let mut text = String::new();
            let fmt::Result::Ok(()) = encode(&mut text, &registry) else {
                unreachable!("writing to a String does not fail")
            };
            let mut response = Response::new(text.into());
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response
                .headers_mut()
                .insert(CONTENT_TYPE, kind.parse().expect("a constant header value"));
            response
        })
        .boxed()
}
