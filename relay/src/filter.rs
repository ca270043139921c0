//! The HTTP side: the upgrade to a WebSocket (RFC 6455 section 4.2), done by hand so that the socket comes out raw, and health.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, atomic::Ordering},
};

use data_encoding::BASE64;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use scanseal_protocol::error::Code;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use warp::{
    Filter,
    filters::BoxedFilter,
    http::{
        HeaderMap, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    reply::Response,
};

use crate::{
    accept::Connection,
    metrics::Metrics,
    origin::Sender,
    relay::{FULL_RETRY, Shared},
    socket::{self, Caller},
    store::Store,
    stream::Stream,
};

/// The subprotocol, and with it the version of the wire.
pub const SUBPROTOCOL: &str = "scanseal.v1";

pub(crate) fn upgrade<S: Store>(shared: Arc<Shared<S>>) -> BoxedFilter<(Response,)> {
    warp::path!("relay")
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<OnUpgrade>())
        .and(warp::ext::optional::<Connection>())
        .map(move |headers, upgrade, connection| {
            answer(&shared, &headers, upgrade, connection).unwrap_or_else(|refusal| {
                Metrics::count(&shared.metrics.upgrades_refused, refusal.code.as_str());
                refusal.into_response()
            })
        })
        .boxed()
}

pub(crate) fn health<S: Store>(shared: Arc<Shared<S>>) -> BoxedFilter<(Response,)> {
    let alive = warp::path!("healthz")
        .and(warp::get())
        .map(|| plain(StatusCode::OK, "alive\n"));
    let ready = warp::path!("readyz").and(warp::get()).map(move || {
        let ready =
            !shared.draining.load(Ordering::Relaxed) && !shared.stopped.load(Ordering::Relaxed);
        if ready {
            plain(StatusCode::OK, "ready\n")
        } else {
            plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        }
    });
    alive.or(ready).unify().boxed()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// One of [`RelayConfig::max_sockets`](crate::RelayConfig::max_sockets); given back when dropped.
pub(crate) struct Place<S>(Arc<Shared<S>>);

impl<S> Place<S> {
    fn take(shared: &Arc<Shared<S>>) -> Option<Self> {
        let max = shared.config.max_sockets;
        let count = &shared.sockets.count;
        count
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sockets| {
                (sockets < max).then_some(sockets + 1)
            })
            .ok()?;
        Some(Self(Arc::clone(shared)))
    }
}

impl<S> Drop for Place<S> {
    fn drop(&mut self) {
        self.0.sockets.count.fetch_sub(1, Ordering::Relaxed);
    }
}

fn answer<S: Store>(
    shared: &Arc<Shared<S>>,
    headers: &HeaderMap,
    upgrade: Option<OnUpgrade>,
    connection: Option<Connection>,
) -> Result<Response, Refusal> {
    if shared.stopped.load(Ordering::Relaxed) {
        return Err(Refusal::busy(
            Code::Maintenance,
            "The relay has stopped. Try again.",
        ));
    }
    if !lists(headers, &header::CONNECTION, "upgrade")
        || !lists(headers, &header::UPGRADE, "websocket")
    {
        return Err(Refusal::upgrade_required(
            "Connect with a WebSocket (RFC 6455).",
        ));
    }
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(Refusal::upgrade_required(
            "Use version 13 of the WebSocket protocol.",
        ));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| {
        BASE64
            .decode(key.as_bytes())
            .is_ok_and(|nonce| nonce.len() == 16)
    });
    let Some(key) = key else {
        return Err(Refusal::bad(
            Code::Malformed,
            "Sec-WebSocket-Key must be 16 bytes in base64.",
        ));
    };
    if !lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(Refusal::bad(
            Code::ClientTooOld,
            "This relay speaks the subprotocol scanseal.v1 only.",
        ));
    }
    let Some(upgrade) = upgrade else {
        return Err(Refusal::bad(
            Code::Malformed,
            "This connection cannot be upgraded; use HTTP/1.1.",
        ));
    };
    let Some(place) = Place::take(shared) else {
        return Err(Refusal::busy(
            Code::Full,
            "The relay is full. Try again later.",
        ));
    };
    let caller = caller(shared, headers, connection);
    let accept = derive_accept_key(key.as_bytes());
    tokio::spawn(converse(Arc::clone(shared), place, upgrade, caller));

    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(
        header::SEC_WEBSOCKET_ACCEPT,
        HeaderValue::from_str(&accept).expect("base64 is a header value"),
    );
    headers.insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    Ok(response)
}

fn caller<S: Store>(
    shared: &Shared<S>,
    headers: &HeaderMap,
    connection: Option<Connection>,
) -> Caller {
    // A header that is no text is no origin that could be listed.
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or(""));
    // Served by another accept loop than ours, all clients look like one.
    let peer = connection
        .as_ref()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| {
            connection.peer.ip()
        });
    let sender = shared.config.origins.sender(origin);
    debug_assert!(
        origin.is_some() || sender == Sender::Native,
        "no header, no page"
    );
    Caller {
        address: shared.config.proxies.client(peer, headers),
        sender,
        connection,
    }
}

/// The life of an upgraded connection. The place is given back at its end, whatever that is.
async fn converse<S: Store>(
    shared: Arc<Shared<S>>,
    place: Place<S>,
    upgrade: OnUpgrade,
    caller: Caller,
) {
    let (stream, leftover) = {
        let Ok(Ok(upgraded)) = timeout(shared.config.timing.first_message, upgrade).await else {
            return tracing::debug!("client left during the upgrade");
        };
        match upgraded.downcast::<TokioIo<Stream>>() {
            Ok(parts) => (parts.io.into_inner(), parts.read_buf.to_vec()),
            Err(_) => {
                return tracing::error!(
                    "the relay's filter must be served by scanseal_relay::accept::serve"
                );
            }
        }
    };
    socket::run(&shared, stream, leftover, caller).await;
    drop(place);
}

/// Whether a header that is a list of tokens has `token` in it, without regard to case.
fn lists(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let lines = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|entry| entry.trim().eq_ignore_ascii_case(token))
}

/// A refusal as problem details (RFC 9457).
struct Refusal {
    status: StatusCode,
    code: Code,
    detail: &'static str,
}

impl Refusal {
    const fn bad(code: Code, detail: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            detail,
        }
    }

    const fn upgrade_required(detail: &'static str) -> Self {
        Self {
            status: StatusCode::UPGRADE_REQUIRED,
            code: Code::Malformed,
            detail,
        }
    }

    const fn busy(code: Code, detail: &'static str) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code,
            detail,
        }
    }

    fn into_response(self) -> Response {
        let problem = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code.as_str(),
            "detail": self.detail,
        });
        let mut response = Response::new(problem.to_string().into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status {
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(
                    header::SEC_WEBSOCKET_VERSION,
                    HeaderValue::from_static("13"),
                );
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(FULL_RETRY.as_secs()));
            }
            _ => {}
        }
        response
    }
}
