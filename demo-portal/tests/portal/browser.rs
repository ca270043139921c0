//! A plain HTTP client, and a browser with cookies and a CSRF token on top.

use std::{collections::BTreeMap, convert::Infallible, net::SocketAddr};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::{Body, Frame},
    header,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn set_cookie(&self, name: &str) -> Option<String> {
        let lines = self
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap());
        lines
            .into_iter()
            .find(|line| line.starts_with(&format!("{name}=")))
            .map(str::to_owned)
    }

    /// Asserts a problem with this status and code.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> &Self {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(
            (self.status.as_u16(), self.header("content-type")),
            (status, "application/problem+json"),
            "{text}"
        );
        let body = self.json();
        assert_eq!(body["code"], code, "{text}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("urn:scanseal:error:{code}"));
        assert!(
            !body["title"].as_str().unwrap().is_empty()
                && !body["detail"].as_str().unwrap().is_empty()
        );
        self
    }
}

/// One request on a connection of its own.
pub(crate) async fn send(
    address: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Reply {
    let tcp = TcpStream::connect(address).await.unwrap();
    try_send_on(tcp, address, method, path, headers, body.into())
        .await
        .unwrap()
}

/// As [`send`]; an error is a server that went away.
pub(crate) async fn try_send(
    address: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Option<Reply> {
    let tcp = TcpStream::connect(address).await.ok()?;
    try_send_on(tcp, address, method, path, headers, body).await
}

pub(crate) async fn try_send_on<S>(
    stream: S,
    address: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Bytes,
) -> Option<Reply>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    try_send_body(stream, address, (method, path), headers, Full::new(body)).await
}

async fn try_send_body<S, B>(
    stream: S,
    address: SocketAddr,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
    body: B,
) -> Option<Reply>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    let connection = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header(header::HOST, format!("localhost:{}", address.port()));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = sender
        .send_request(request.body(body).unwrap())
        .await
        .ok()?;
    let (head, body) = response.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    connection.abort();
    Some(Reply {
        status: head.status,
        headers: head.headers,
        body,
    })
}

/// A browser on the portal's page.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) address: SocketAddr,
    pub(crate) origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) csrf: String,
}

pub(crate) const SESSION: &str = "__Host-scanseal";
pub(crate) const SCAN: &str = "__Host-scanseal-scan";
pub(crate) const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";

impl Browser {
    /// Opens the page: fetches session and token.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let origin = format!("http://localhost:{}", address.port());
        let mut browser = Self {
            address,
            origin,
            cookies: BTreeMap::new(),
            csrf: String::new(),
        };
        browser.session().await;
        browser
    }

    /// Opens the page and logs in with a password.
    pub(crate) async fn logged_in(address: SocketAddr, login: &str, password: &str) -> Self {
        let mut browser = Self::open(address).await;
        let body = serde_json::json!({ "login": login, "password": password });
        let reply = browser.post("/api/login", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.body);
        browser.session().await;
        browser
    }

    /// GET /api/session; keeps the token.
    pub(crate) async fn session(&mut self) -> Value {
        let reply = self.try_get("/api/session").await.unwrap();
        assert_eq!(reply.status, StatusCode::OK);
        let session = reply.json();
        self.csrf = session["csrf"].as_str().unwrap().to_owned();
        session
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.try_get(path).await.unwrap()
    }

    pub(crate) async fn try_get(&mut self, path: &str) -> Option<Reply> {
        let cookie = self.cookie_header();
        let reply = try_send(
            self.address,
            Method::GET,
            path,
            &[("cookie", &cookie), ("user-agent", CHROME)],
            Bytes::new(),
        )
        .await?;
        self.absorb(&reply);
        Some(reply)
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.try_post(path, body).await.unwrap()
    }

    pub(crate) async fn try_post(&mut self, path: &str, body: &Value) -> Option<Reply> {
        let reply = self
            .try_post_with(path, &[], serde_json::to_vec(body).unwrap().into())
            .await?;
        self.absorb(&reply);
        Some(reply)
    }

    /// A post whose usual headers are replaced by those given; an empty value leaves the header out. Keeps no cookies.
    pub(crate) async fn try_post_with(
        &self,
        path: &str,
        replaced: &[(&str, &str)],
        body: Bytes,
    ) -> Option<Reply> {
        let cookie = self.cookie_header();
        let usual = [
            ("cookie", cookie.as_str()),
            ("origin", &self.origin),
            ("sec-fetch-site", "same-origin"),
            ("x-csrf-token", &self.csrf),
            ("content-type", "application/json"),
            ("user-agent", CHROME),
        ];
        let kept = usual
            .into_iter()
            .filter(|(name, _)| !replaced.iter().any(|(other, _)| other == name));
        let headers: Vec<_> = kept
            .chain(replaced.iter().copied())
            .filter(|(_, value)| !value.is_empty())
            .collect();
        try_send(self.address, Method::POST, path, &headers, body).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        replaced: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        self.try_post_with(path, replaced, body.into())
            .await
            .unwrap()
    }

    /// Sends a body of any kind. Keeps cookies.
    pub(crate) async fn send_bytes(
        &mut self,
        method: Method,
        path: &str,
        media_type: &str,
        body: impl Into<Bytes>,
    ) -> Reply {
        let cookie = self.cookie_header();
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", &self.origin),
            ("sec-fetch-site", "same-origin"),
            ("x-csrf-token", &self.csrf),
            ("content-type", media_type),
            ("user-agent", CHROME),
        ];
        let reply = send(self.address, method, path, &headers, body).await;
        self.absorb(&reply);
        reply
    }

    pub(crate) async fn put(&mut self, path: &str, body: &Value) -> Reply {
        let body = serde_json::to_vec(body).unwrap();
        self.send_bytes(Method::PUT, path, "application/json", body)
            .await
    }

    pub(crate) async fn put_file(&mut self, path: &str, body: impl Into<Bytes>) -> Reply {
        self.send_bytes(Method::PUT, path, "application/octet-stream", body)
            .await
    }

    /// Sends a file piece by piece, without saying how long it is.
    pub(crate) async fn put_pieces<I>(&mut self, path: &str, pieces: I) -> Reply
    where
        I: IntoIterator<Item = Bytes>,
        I::IntoIter: Send + 'static,
    {
        let cookie = self.cookie_header();
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", &self.origin),
            ("sec-fetch-site", "same-origin"),
            ("x-csrf-token", &self.csrf),
            ("content-type", "application/octet-stream"),
        ];
        let pieces = pieces.into_iter().map(|piece| Ok(Frame::data(piece)));
        let body = StreamBody::new(stream::iter(pieces));
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let what = (Method::PUT, path);
        let reply = try_send_body(tcp, self.address, what, &headers, body).await;
        let reply = reply.unwrap();
        self.absorb(&reply);
        reply
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Reply {
        let cookie = self.cookie_header();
        let headers = [
            ("cookie", cookie.as_str()),
            ("origin", &self.origin),
            ("sec-fetch-site", "same-origin"),
            ("x-csrf-token", &self.csrf),
        ];
        let reply = send(self.address, Method::DELETE, path, &headers, Bytes::new()).await;
        self.absorb(&reply);
        reply
    }

    pub(crate) fn cookie_header(&self) -> String {
        self.cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn absorb(&mut self, reply: &Reply) {
        for line in reply.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            assert!(
                line.starts_with("__Host-")
                    && line.contains("; Path=/; Secure; HttpOnly; SameSite="),
                "{line}"
            );
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
