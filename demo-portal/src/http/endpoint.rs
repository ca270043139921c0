//! How a handler becomes a route: the request's head is read once, the body is bounded, errors become problems.

use std::{future::Future, net::IpAddr, pin::Pin, sync::Arc};

use bytes::{Buf, Bytes};
use futures_util::{Stream, TryStreamExt};
use hyper::{HeaderMap, StatusCode, header};
use scanseal_relay::accept::Connection;
use serde::{Serialize, de::DeserializeOwned};
use warp::{Filter, Rejection, Reply, filters::BoxedFilter, reply::Response};

use crate::{
    http::{Problem, body, caller::Caller},
    portal::Portal,
};

/// One route, ready to be mounted.
pub type Route = BoxedFilter<(Response,)>;

/// What a handler knows of a call beside its body.
#[derive(Clone, Debug)]
pub struct Call {
    /// Headers.
    pub headers: HeaderMap,
    /// Who calls.
    pub caller: Caller,
    /// What stands behind `?` in the address, as it came.
    query: String,
}

impl Call {
    /// What stands behind `?` in the address, as it came; empty if there is nothing.
    pub fn raw_query(&self) -> &str {
        &self.query
    }

    /// What stands behind `?` in the address, read into `T`, whose definition refuses unknown names.
    ///
    /// # Errors
    /// 400 `malformed`.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_urlencoded::from_str(&self.query).map_err(|_| {
            Problem::malformed(
                "The address cannot be read behind `?`: a name is unknown, twice there, or its value of the wrong kind.",
            )
        })
    }
}

/// What a handler answers.
pub type Answer = Result<Response, Problem>;

/// A route that reads nothing but the head.
pub fn without_body<F, H, A>(portal: &Arc<Portal>, path: F, handler: H) -> Route
where
    F: Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
    H: Fn(Arc<Portal>, Call) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    path.and(call(portal))
        .then(move |portal, call| {
            let answer = handler(portal, call);
            async move { answer.await.unwrap_or_else(Reply::into_response) }
        })
        .boxed()
}

/// A route whose path names a thing, and that reads nothing but the head.
pub fn without_body_of<T, F, H, A>(portal: &Arc<Portal>, path: F, handler: H) -> Route
where
    T: Send + 'static,
    F: Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync + 'static,
    H: Fn(Arc<Portal>, Call, T) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    path.and(call(portal))
        .then(move |name, portal, call| {
            let answer = handler(portal, call, name);
            async move { answer.await.unwrap_or_else(Reply::into_response) }
        })
        .boxed()
}

/// A route that reads a body of one media type, bounded.
pub fn with_body<F, H, A>(
    portal: &Arc<Portal>,
    path: F,
    (media_type, limit): (&'static str, usize),
    handler: H,
) -> Route
where
    F: Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static,
    H: Fn(Arc<Portal>, Call, Bytes) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    path.and(call(portal))
        .and(warp::body::stream())
        .then(move |portal, call: Call, stream| {
            let handler = handler.clone();
            async move {
                let bytes = body::read(&call.headers, media_type, limit, stream).await;
                let answer = match bytes {
                    Ok(bytes) => handler(portal, call, bytes).await,
                    Err(problem) => Err(problem),
                };
                answer.unwrap_or_else(Reply::into_response)
            }
        })
        .boxed()
}

/// A route whose path names a thing, and that reads a body of one media type, bounded.
pub fn with_body_of<T, F, H, A>(
    portal: &Arc<Portal>,
    path: F,
    (media_type, limit): (&'static str, usize),
    handler: H,
) -> Route
where
    T: Send + 'static,
    F: Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync + 'static,
    H: Fn(Arc<Portal>, Call, T, Bytes) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    path.and(call(portal))
        .and(warp::body::stream())
        .then(move |name, portal, call: Call, stream| {
            let handler = handler.clone();
            async move {
                let bytes = body::read(&call.headers, media_type, limit, stream).await;
                let answer = match bytes {
                    Ok(bytes) => handler(portal, call, name, bytes).await,
                    Err(problem) => Err(problem),
                };
                answer.unwrap_or_else(Reply::into_response)
            }
        })
        .boxed()
}

/// A body that is read piece by piece.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send>>;

/// A route whose path names a thing, and whose handler reads the body itself.
pub fn with_stream_of<T, F, H, A>(portal: &Arc<Portal>, path: F, handler: H) -> Route
where
    T: Send + 'static,
    F: Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync + 'static,
    H: Fn(Arc<Portal>, Call, T, Pieces) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    path.and(call(portal))
        .and(warp::body::stream())
        .then(move |name, portal, call: Call, stream| {
            let pieces: Pieces = Box::pin(TryStreamExt::map_ok(stream, |mut piece| {
                let size = Buf::remaining(&piece);
                Buf::copy_to_bytes(&mut piece, size)
            }));
            let answer = handler(portal, call, name, pieces);
            async move { answer.await.unwrap_or_else(Reply::into_response) }
        })
        .boxed()
}

/// A JSON answer.
///
/// # Errors
/// None in practice: what is answered always has a JSON form.
pub fn json(value: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(value).map_err(|error| Problem::internal(&error))?;
    Ok(bytes_of("application/json", text))
}

/// An answer without content.
pub fn nothing() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// An answer of any media type.
pub fn bytes_of(media_type: &'static str, content: impl Into<Bytes>) -> Response {
    let mut response = Response::new(content.into().into());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type),
    );
    response
}

fn call(
    portal: &Arc<Portal>,
) -> impl Filter<Extract = (Arc<Portal>, Call), Error = Rejection> + Clone + Send + Sync + 'static {
    let portal = Arc::clone(portal);
    let proxies = portal.proxies.clone();
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let call = warp::ext::get::<Connection>()
        .and(warp::header::headers_cloned())
        .and(query)
        .map(
            move |connection: Connection, headers: HeaderMap, query: String| {
                let address: IpAddr = proxies.client(connection.peer.ip(), &headers);
                Call {
                    caller: Caller::new(address, &headers),
                    headers,
                    query,
                }
            },
        );
    warp::any().map(move || Arc::clone(&portal)).and(call)
}
