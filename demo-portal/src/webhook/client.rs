//! Sends one message over HTTP or HTTPS.
//!
//! hyper's own client on our own connection: both are in the tree already, and what a webhook needs is little. Redirects
//! are not followed, and of the answer only the status is read: a receiver cannot send the portal anywhere else, nor feed
//! it without end.

use std::{fmt, io, str::FromStr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode, Uri,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// How long a receiver may take for everything together (the time that Standard Webhooks recommends at least).
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// Characters of a receiver's address.
const MAX_URL: usize = 2_048;
/// Bytes of an answer's head.
const MAX_HEAD: usize = 16 * 1024;
const AGENT: &str = concat!("scanseal-portal/", env!("CARGO_PKG_VERSION"));

/// Where messages are sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    secure: bool,
    host: String,
    port: u16,
}

/// An address that no message can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address for webhooks: http:// or https://, a host, a path; no user name in it")]
pub struct NotAnEndpoint;

impl FromStr for Endpoint {
    type Err = NotAnEndpoint;

    fn from_str(text: &str) -> Result<Self, NotAnEndpoint> {
        if text.len() > MAX_URL {
            return Err(NotAnEndpoint);
        }
        let uri: Uri = text.parse().map_err(|_| NotAnEndpoint)?;
        let secure = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(NotAnEndpoint),
        };
        let authority = uri.authority().ok_or(NotAnEndpoint)?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || authority.as_str().contains('@') || text.contains('#') {
            return Err(NotAnEndpoint);
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") if secure => 443,
            Some("") => 80,
            // A port that is none must not become the usual one.
            _ => authority
                .port_u16()
                .filter(|port| *port != 0)
                .ok_or(NotAnEndpoint)?,
        };
        Ok(Self {
            uri,
            secure,
            host,
            port,
        })
    }
}

/// Without the query: many receivers take their secret there, and this goes into logs, the database and pages.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        let authority = self
            .uri
            .authority()
            .map_or("", |authority| authority.as_str());
        let hidden = self.uri.query().map_or("", |_| "?…");
        write!(f, "{scheme}://{authority}{}{hidden}", self.uri.path())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

/// Why nothing arrived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The answer broke off, or is too long.
    #[error("the answer cannot be read: {0}")]
    Answer(#[source] io::Error),
    /// No connection.
    #[error("cannot connect: {0}")]
    Connect(#[source] io::Error),
    /// What came is no HTTP, or broke off.
    #[error("no HTTP answer: {0}")]
    Http(#[source] hyper::Error),
    /// A header cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(#[source] hyper::http::Error),
    /// Too slow.
    #[error("no answer within {} seconds", TIMEOUT.as_secs())]
    Timeout,
    /// The host's name, or its certificate.
    #[error("no secure connection: {0}")]
    Tls(#[source] io::Error),
}

/// Sends messages.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    timeout: Duration,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Client {
    /// A client that trusts the public CAs.
    ///
    /// # Errors
    /// What rustls says to its own defaults.
    pub fn new() -> Result<Self, rustls::Error> {
        let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        Self::trusting(roots)
    }

    /// A client that trusts these CAs.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn trusting(roots: RootCertStore) -> Result<Self, rustls::Error> {
        // Named, since another crate in the tree may bring a second provider.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            timeout: TIMEOUT,
        })
    }

    /// Posts JSON, and returns the answer's status.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn post(
        &self,
        to: &Endpoint,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<StatusCode, SendError> {
        let json = ("application/json", Bytes::from(body));
        let sent = timeout(self.timeout, self.exchange(to, headers, json, 0)).await;
        sent.unwrap_or(Err(SendError::Timeout))
            .map(|(status, _)| status)
    }

    /// Posts something else, and returns the answer: its status, and at most `most` bytes of it.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn ask(
        &self,
        to: &Endpoint,
        (media_type, body): (&str, Vec<u8>),
        most: usize,
    ) -> Result<(StatusCode, Bytes), SendError> {
        let body = (media_type, Bytes::from(body));
        timeout(self.timeout, self.exchange(to, &[], body, most))
            .await
            .unwrap_or(Err(SendError::Timeout))
    }

    /// Reads nothing of the answer's body if `most` is 0.
    async fn exchange(
        &self,
        to: &Endpoint,
        headers: &[(&str, &str)],
        (media_type, body): (&str, Bytes),
        most: usize,
    ) -> Result<(StatusCode, Bytes), SendError> {
        let path = to.uri.path_and_query().map_or("/", |path| path.as_str());
        let host = to
            .uri
            .authority()
            .map_or("", |authority| authority.as_str());
        let mut request = Request::post(path)
            .header(HOST, host)
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, media_type);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).map_err(SendError::Request)?;
        let stream = TokioIo::new(self.connect(to).await?);
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD)
            .handshake(stream)
            .await
            .map_err(SendError::Http)?;
        // Handed over before the connection first runs: an answer that comes before its request is refused.
        let answer = sender.send_request(request);
        let answer = async {
            let answer = answer.await.map_err(SendError::Http)?;
            let status = answer.status();
            if most == 0 {
                return Ok((status, Bytes::new()));
            }
            let body = Limited::new(answer.into_body(), most).collect().await;
            let body = body.map_err(|error| SendError::Answer(io::Error::other(error)))?;
            Ok((status, body.to_bytes()))
        };
        tokio::pin!(connection, answer);
        // The connection runs here and nowhere else, so that it ends with this call.
        tokio::select! {
            answer = &mut answer => answer,
            ended = &mut connection => match ended {
                Ok(()) => answer.await,
                Err(error) => Err(SendError::Http(error)),
            },
        }
    }

    async fn connect(&self, to: &Endpoint) -> Result<Box<dyn Stream>, SendError> {
        let tcp = TcpStream::connect((to.host.as_str(), to.port))
            .await
            .map_err(SendError::Connect)?;
        tcp.set_nodelay(true).map_err(SendError::Connect)?;
        if !to.secure {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(to.host.clone())
            .map_err(|error| SendError::Tls(io::Error::other(error)))?;
        let tls = self.tls.connect(name, tcp).await.map_err(SendError::Tls)?;
        Ok(Box::new(tls))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::{io::AsyncWriteExt, net::TcpListener};

    use super::*;

    /// A server that does this with its first connection.
    async fn server<F: Future<Output = ()> + Send>(
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
        port
    }

    async fn post(client: &Client, url: &str) -> Result<StatusCode, SendError> {
        client
            .post(&url.parse().unwrap(), &[("a", "b")], "{}".to_owned())
            .await
    }

    #[tokio::test]
    async fn receiver_that_hangs_is_given_up_and_one_without_end_is_not_read() {
        let mut client = Client::new().unwrap();
        client.timeout = Duration::from_millis(300);
        let silent = server(|tcp| async move {
            std::future::pending::<()>().await;
            drop(tcp);
        })
        .await;
        let refused = post(&client, &format!("http://127.0.0.1:{silent}/")).await;
        assert!(matches!(refused, Err(SendError::Timeout)));

        let babbling = server(|mut tcp| async move {
            let line = [b'a'; 4_096];
            while tcp.write_all(&line).await.is_ok() {}
        })
        .await;
        let refused = post(&client, &format!("http://127.0.0.1:{babbling}/")).await;
        assert!(matches!(refused, Err(SendError::Http(_))), "{refused:?}");

        let endless = server(|mut tcp| async move {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            tcp.write_all(head).await.unwrap();
            while tcp.write_all(b"1\r\na\r\n").await.is_ok() {}
        })
        .await;
        let answer = post(&client, &format!("http://127.0.0.1:{endless}/")).await;
        assert_eq!(answer.unwrap(), StatusCode::OK);
    }

    #[tokio::test]
    async fn certificate_must_come_from_a_trusted_ca_and_name_the_host() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (made.cert.der().clone(), made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.try_into().unwrap())
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let trusting = Client::trusting(roots).unwrap();
        for (client, host, trusted) in [
            (&trusting, "localhost", true),
            (&trusting, "127.0.0.1", false),
            (&Client::new().unwrap(), "localhost", false),
        ] {
            let acceptor = acceptor.clone();
            let port = server(move |tcp| async move {
                let Ok(mut tls) = acceptor.accept(tcp).await else {
                    return;
                };
                let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                tls.write_all(answer).await.unwrap();
                std::future::pending().await
            })
            .await;
            let answer = post(client, &format!("https://{host}:{port}/")).await;
            match answer {
                Ok(status) => assert!(trusted && status == StatusCode::NO_CONTENT),
                Err(error) => assert!(!trusted && matches!(error, SendError::Tls(_)), "{error}"),
            }
        }
    }

    #[test]
    fn only_web_addresses_without_a_user_name_are_taken() {
        for good in [
            "https://hooks.example/scanseal",
            "http://127.0.0.1:9000",
            "http://[::1]:9000/a?b=c",
        ] {
            assert_eq!(
                good.parse::<Endpoint>()
                    .map(|to| to.uri.to_string().starts_with(good)),
                Ok(true)
            );
        }
        for bad in [
            "",
            "hooks.example",
            "ftp://hooks.example/",
            "https://",
            "https://user:secret@hooks.example/",
            "https://hooks.example/#part",
        ] {
            assert_eq!(bad.parse::<Endpoint>(), Err(NotAnEndpoint), "{bad}");
        }
        assert!(
            format!("https://h.example/{}", "a".repeat(3_000))
                .parse::<Endpoint>()
                .is_err()
        );
    }

    #[test]
    fn address_with_an_impossible_port_is_none_instead_of_another() {
        for wrong in [
            "http://127.0.0.1:99999/x",
            "http://127.0.0.1:0/x",
            "http://127.0.0.1:/x",
        ] {
            assert_eq!(wrong.parse::<Endpoint>(), Err(NotAnEndpoint), "{wrong}");
        }
        for (right, port) in [
            ("http://a/", 80),
            ("https://a", 443),
            ("https://[::1]:8/", 8),
        ] {
            assert_eq!(right.parse::<Endpoint>().unwrap().port, port, "{right}");
        }
    }

    #[test]
    fn query_which_may_hold_a_secret_is_sent_but_shown_nowhere() {
        let endpoint: Endpoint = "https://hooks.example:8443/send?key=secret"
            .parse()
            .unwrap();
        assert_eq!(endpoint.to_string(), "https://hooks.example:8443/send?…");
        assert!(!format!("{endpoint:?}").contains("secret"));
        let endpoint: Endpoint = "https://hooks.example/send".parse().unwrap();
        assert_eq!(endpoint.to_string(), "https://hooks.example/send");
    }
}
