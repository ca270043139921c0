//! Connections to the operator: TCP or TLS, then HTTP or WebSocket on top.
//!
//! HTTP is hyper's own client on our own connection rather than a client library: it adds no crate to the tree (the
//! relay uses hyper already), and one TLS configuration serves `https` and `wss`, so `--insecure-ca` counts for both.

use std::{fs, path::Path, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Uri,
    body::Bytes,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use scanseal_protocol::error::Code;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig},
};

use crate::{arguments::Tls, failure::Failure};

/// How long a connection, a TLS handshake or an HTTP answer may take: what people bear before they try again.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest HTTP body that is read: a full trust list and room for its JWS form.
const MAX_BODY_BYTES: usize = 512 * 1024;
/// Largest revocation list that is fetched.
const MAX_REVOCATION_LIST_BYTES: usize = 16 * 1024 * 1024;
/// Largest WebSocket message: the protocol's largest frame.
const MAX_MESSAGE_BYTES: usize = scanseal_protocol::limits::FRAME_BYTES;
/// The relay's subprotocol.
const SUBPROTOCOL: HeaderValue = HeaderValue::from_static("scanseal.v1");

/// Any byte stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A WebSocket to the relay.
pub(crate) type Socket = WebSocketStream<Box<dyn Stream>>;

/// Opens connections; knows whom to trust.
#[derive(Clone)]
pub(crate) struct Network {
    tls: TlsConnector,
}

impl Network {
    /// Trusts the public CAs, and those of a PEM file if one is given.
    pub(crate) fn new(tls: &Tls) -> Result<Self, Failure> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = &tls.insecure_ca {
            for certificate in read_certificates(path)? {
                roots.add(certificate).map_err(|error| {
                    Failure::usage(format!(
                        "{} holds a certificate that cannot be trusted: {error}",
                        path.display()
                    ))
                })?;
            }
        }
        // Named, since another crate in the tree may bring a second provider.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::internal(format!("TLS cannot be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
        })
    }

    /// Fetches a text.
    pub(crate) async fn get(&self, url: &str) -> Result<String, Failure> {
        let request = Request::get(url).body(Full::default());
        self.send_for_text(request.map_err(|error| not_an_address(url, &error))?)
            .await
    }

    /// Fetches a text of at most `max_body_bytes` with a proof of who asks.
    pub(crate) async fn get_with(
        &self,
        url: &str,
        authorization: &str,
        max_body_bytes: usize,
    ) -> Result<Bytes, Failure> {
        let request = Request::get(url)
            .header(AUTHORIZATION, authorization)
            .body(Full::default());
        self.send(
            request.map_err(|error| not_an_address(url, &error))?,
            max_body_bytes,
        )
        .await
    }

    /// Fetches bytes, such as a revocation list.
    pub(crate) async fn get_bytes(&self, url: &str) -> Result<Bytes, Failure> {
        let request = Request::get(url).body(Full::default());
        self.send(
            request.map_err(|error| not_an_address(url, &error))?,
            MAX_REVOCATION_LIST_BYTES,
        )
        .await
    }

    /// Posts bytes of a media type and returns the answer's, for OCSP (RFC 6960) and time stamps (RFC 3161).
    pub(crate) async fn post_bytes(
        &self,
        url: &str,
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Bytes, Failure> {
        let request = Request::post(url)
            .header(CONTENT_TYPE, media_type)
            .body(Full::from(body));
        self.send(
            request.map_err(|error| not_an_address(url, &error))?,
            MAX_BODY_BYTES,
        )
        .await
    }

    /// Posts JSON and returns the answer's text.
    pub(crate) async fn post_json(&self, url: &str, json: String) -> Result<String, Failure> {
        let request = Request::post(url)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(json));
        self.send_for_text(request.map_err(|error| not_an_address(url, &error))?)
            .await
    }

    /// Opens a WebSocket to the relay. Dropping it closes the connection.
    pub(crate) async fn web_socket(&self, url: &str) -> Result<Socket, Failure> {
        let mut request = url
            .into_client_request()
            .map_err(|error| not_an_address(url, &error))?;
        request
            .headers_mut()
            .insert("sec-websocket-protocol", SUBPROTOCOL);
        let stream = self.connect(request.uri()).await?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let (socket, _) =
            in_time(url, client_async_with_config(request, stream, Some(limits))).await?;
        Ok(socket)
    }

    async fn send_for_text(&self, request: Request<Full<Bytes>>) -> Result<String, Failure> {
        let url = request.uri().to_string();
        let body = self.send(request, MAX_BODY_BYTES).await?;
        String::from_utf8(body.to_vec()).map_err(|_| {
            Failure::new(
                Code::Malformed,
                format!("{url} answered with something that is no text"),
            )
        })
    }

    async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
        max_body_bytes: usize,
    ) -> Result<Bytes, Failure> {
        let url = request.uri().to_string();
        let authority = request
            .uri()
            .authority()
            .map(ToString::to_string)
            .unwrap_or_default();
        let host =
            HeaderValue::from_str(&authority).map_err(|error| not_an_address(&url, &error))?;
        request.headers_mut().insert(HOST, host);
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("*/*"));
        let stream = TokioIo::new(self.connect(request.uri()).await?);
        let (mut sender, connection) =
            in_time(&url, hyper::client::conn::http1::handshake(stream)).await?;
        // Ends by itself when the answer is read and the sender dropped.
        tokio::spawn(connection);
        *request.uri_mut() = path_only(request.uri());
        let response = in_time(&url, sender.send_request(request)).await?;
        let status = response.status();
        let body = in_time(
            &url,
            Limited::new(response.into_body(), max_body_bytes).collect(),
        )
        .await?
        .to_bytes();
        if status.is_success() {
            Ok(body)
        } else {
            Err(problem(&url, status, &String::from_utf8_lossy(&body)))
        }
    }

    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Stream>, Failure> {
        let host = uri
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        let secure = matches!(uri.scheme_str(), Some("https" | "wss"));
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let tcp = in_time(&host, TcpStream::connect((host.as_str(), port))).await?;
        // Small messages both ways: waiting to fill packets only costs time.
        tcp.set_nodelay(true)
            .map_err(|error| unreachable_peer(&host, &error))?;
        if !secure {
            return Ok(Box::new(tcp));
        }
        let name =
            ServerName::try_from(host.clone()).map_err(|error| not_an_address(&host, &error))?;
        Ok(Box::new(in_time(&host, self.tls.connect(name, tcp)).await?))
    }
}

async fn in_time<T, E: std::fmt::Display>(
    what: &str,
    action: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match timeout(TIMEOUT, action).await {
        Ok(outcome) => outcome.map_err(|error| unreachable_peer(what, &error)),
        Err(_) => Err(Failure::new(
            Code::RelayUnreachable,
            format!("{what} does not answer within {TIMEOUT:?}"),
        )),
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem =
        fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Failure::usage(format!(
            "{} holds no certificate in PEM",
            path.display()
        ))),
    }
}

/// An HTTP error: its code, if it is one of problem details (RFC 9457).
fn problem(url: &str, status: hyper::StatusCode, body: &str) -> Failure {
    #[derive(serde::Deserialize)]
    struct Problem {
        code: Option<String>,
        detail: Option<String>,
        title: Option<String>,
    }
    let problem: Option<Problem> = serde_json::from_str(body).ok();
    let code = problem.as_ref().and_then(|problem| problem.code.as_deref());
    let code = code.map_or(
        if status.is_server_error() {
            Code::Maintenance
        } else {
            Code::Internal
        },
        Code::from_wire,
    );
    let words = problem
        .and_then(|problem| problem.detail.or(problem.title))
        .unwrap_or_default();
    Failure::new(code, format!("{url} answered {status} {words}"))
}

/// Over one connection to the server, a request names the path only (RFC 9112 section 3.2.1).
fn path_only(uri: &Uri) -> Uri {
    uri.path_and_query()
        .cloned()
        .map_or_else(|| Uri::from_static("/"), Uri::from)
}

fn not_an_address(text: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("`{text}` is no address: {error}"))
}

fn unreachable_peer(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Code::RelayUnreachable,
        format!("{what} cannot be reached: {error}"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn file_without_a_certificate_and_missing_file_are_wrong_usage() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ca.pem");
        let tls = Tls {
            insecure_ca: Some(path.clone()),
        };
        assert_eq!(Network::new(&tls).err().unwrap().code(), None);
        fs::write(
            &path,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        )
        .unwrap();
        assert_eq!(Network::new(&tls).err().unwrap().code(), None);
        assert!(Network::new(&Tls { insecure_ca: None }).is_ok());
    }

    #[test]
    fn problem_details_give_their_code_and_other_errors_one_by_status() {
        let code =
            |status: u16, body: &str| problem("url", status.try_into().unwrap(), body).code();
        assert_eq!(
            code(429, r#"{"code":"rate-limited","detail":"wait"}"#),
            Some(Code::RateLimited)
        );
        assert_eq!(code(404, "<html>"), Some(Code::Internal));
        assert_eq!(code(502, "<html>"), Some(Code::Maintenance));
    }
}
