//! Static pages, headers on every answer, the mounted relay, and HTTPS.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use hyper::Method;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use scanseal_portal::net::TlsSource;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    browser::{send, try_send_on},
    start::TestPortal,
};

/// A site as Vite builds it, in small.
pub(crate) fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    std::fs::create_dir(folder.path().join("verify")).unwrap();
    for (name, content) in [
        ("index.html", "index"),
        ("home.html", "home"),
        ("phone.html", "phone"),
        ("verify.html", "verify"),
        ("verify/pdf-worker.js", "worker"),
        ("manifest.webmanifest", "{}"),
        ("assets/index-abc123.js", "js"),
        ("assets/scan-abc123.wasm", "\0asm"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[tokio::test]
async fn pages_are_served_with_their_type_and_caching() {
    let site = site();
    let portal =
        TestPortal::start_with(|settings| settings.pages = Some(site.path().to_owned())).await;
    for (path, body, media_type, caching) in [
        ("/", "index", "text/html", "no-cache"),
        ("/home", "home", "text/html", "no-cache"),
        ("/phone", "phone", "text/html", "no-cache"),
        ("/verify", "verify", "text/html", "no-cache"),
        (
            "/verify/pdf-worker.js",
            "worker",
            "text/javascript",
            "no-cache",
        ),
        (
            "/manifest.webmanifest",
            "{}",
            "application/manifest+json",
            "no-cache",
        ),
        (
            "/assets/index-abc123.js",
            "js",
            "text/javascript",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/scan-abc123.wasm",
            "\0asm",
            "application/wasm",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let reply = send(portal.address, Method::GET, path, &[], "").await;
        assert_eq!(
            (reply.status.as_u16(), reply.body.as_ref()),
            (200, body.as_bytes()),
            "{path}"
        );
        assert!(
            reply.header("content-type").starts_with(media_type),
            "{path}: {}",
            reply.header("content-type")
        );
        assert_eq!(reply.header("cache-control"), caching, "{path}");
    }
    assert_eq!(
        send(portal.address, Method::HEAD, "/phone", &[], "")
            .await
            .status,
        200
    );
    for path in [
        "/assets/missing.js",
        "/assets/../../portal.sqlite",
        "/%2e%2e/portal.sqlite",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
    ] {
        send(portal.address, Method::GET, path, &[], "")
            .await
            .is_problem(404, "not-found");
    }
    let link = send(portal.address, Method::GET, "/S", &[], "").await;
    assert_eq!(
        (link.status.as_u16(), link.header("location")),
        (302, "/phone")
    );
    portal.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let site = site();
    let portal =
        TestPortal::start_with(|settings| settings.pages = Some(site.path().to_owned())).await;
    let port = portal.address.port();
    for path in [
        "/",
        "/phone",
        "/api/session",
        "/nothing",
        "/authority/root.cer",
        "/assets/index-abc123.js",
        "/healthz",
        "/relay",
    ] {
        let reply = send(portal.address, Method::GET, path, &[], "").await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains(&format!("connect-src 'self' ws://localhost:{port};")),
            "{path}: {policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            reply.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            reply.header("permissions-policy").contains("camera=(self)"),
            path == "/phone",
            "{path}"
        );
        assert!(!reply.header("cache-control").is_empty(), "{path}");
        assert_eq!(reply.header("strict-transport-security"), "", "{path}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn relay_is_mounted_and_wants_a_web_socket() {
    let portal = TestPortal::start().await;
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let with = |protocol: &'static str| {
        upgrade
            .into_iter()
            .chain([("sec-websocket-protocol", protocol)])
            .collect::<Vec<_>>()
    };
    let reply = send(
        portal.address,
        Method::GET,
        "/relay",
        &with("scanseal.v1"),
        "",
    )
    .await;
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.header("sec-websocket-protocol")
        ),
        (101, "scanseal.v1")
    );
    let reply = send(
        portal.address,
        Method::GET,
        "/relay",
        &with("scanseal.v0"),
        "",
    )
    .await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()["code"].as_str()),
        (400, Some("client-too-old"))
    );
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            send(portal.address, Method::GET, path, &[], "")
                .await
                .status,
            200
        );
    }
    portal.stop().await;
}

#[tokio::test]
async fn self_signed_https_is_valid_for_localhost_and_kept_over_restarts() {
    let site = site();
    let tls = Some(("127.0.0.1:0".parse().unwrap(), TlsSource::SelfSigned));
    let change = |settings: &mut scanseal_portal::serve::Settings| {
        settings.tls = tls.clone();
        settings.pages = Some(site.path().to_owned());
    };
    let portal = TestPortal::start_with(change).await;
    let port = portal.ready().tls_port.unwrap();
    let pem = portal.folder.path().join("tls.cert.pem");
    let certificate = std::fs::read(&pem).unwrap();
    for name in ["localhost", "127.0.0.1"] {
        let reply = get_tls(&certificate, port, name, "/phone").await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.header("strict-transport-security"),
            "max-age=63072000"
        );
        assert!(
            reply
                .header("content-security-policy")
                .contains(&format!("wss://localhost:{port};"))
        );
    }
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, change).await;
    assert_eq!(std::fs::read(&pem).unwrap(), certificate);
    portal.stop().await;
}

async fn get_tls(certificate: &[u8], port: u16, name: &str, path: &str) -> crate::browser::Reply {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(certificate).unwrap())
        .unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let tcp = TcpStream::connect(address).await.unwrap();
    let server = ServerName::try_from(name.to_owned()).unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(server, tcp)
        .await
        .unwrap();
    let host = format!("localhost:{port}");
    try_send_on(
        stream,
        address,
        Method::GET,
        path,
        &[("host", &host)],
        Bytes::new(),
    )
    .await
    .unwrap()
}
