//! Where the portal listens, and under which addresses others reach it.

use std::net::{IpAddr, SocketAddr};

use scanseal_protocol::{Origin, qr::Link};
use tokio::net::TcpListener;

use super::{Settings, StartError};
use crate::{
    http::origins::{self, Origins},
    net,
    portal::LINK_PATH,
    webhook::client::{Endpoint, NotAnEndpoint},
};

/// Origins a platform may have in the trust list, and links in the operator's description.
const MAX_ORIGINS: usize = 8;

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address, source })
}

pub(super) fn local_port(listener: &TcpListener, address: SocketAddr) -> Result<u16, StartError> {
    listener
        .local_addr()
        .map(|bound| bound.port())
        .map_err(|source| StartError::Listen { address, source })
}

/// The given origins, or those by which a browser on this machine, and with `--lan` in this network, reaches the portal.
pub(super) fn public_origins(
    settings: &Settings,
    port: u16,
    tls_port: Option<u16>,
    lan: Option<IpAddr>,
) -> Result<Origins, StartError> {
    let mut texts = Vec::new();
    if settings.origins.is_empty() {
        texts.push(format!("http://localhost:{port}"));
        texts.push(format!("http://127.0.0.1:{port}"));
        if let Some(port) = tls_port {
            texts.push(format!("https://localhost:{port}"));
            texts.extend(lan.map(|address| format!("https://{}", net::host_text(address, port))));
        }
    } else {
        texts.extend(
            settings
                .origins
                .iter()
                .map(|origin| origin.as_str().to_owned()),
        );
    }
    if texts.len() > MAX_ORIGINS {
        return Err(StartError::TooManyOrigins { count: texts.len() });
    }
    // The usual port is left out in an origin.
    let canonical = |text: &String| {
        let usual = if text.starts_with("https:") {
            ":443"
        } else {
            ":80"
        };
        let text = text.strip_suffix(usual).unwrap_or(text);
        Origin::parse(text).map_err(|source| StartError::Link {
            link: text.to_owned(),
            source,
        })
    };
    let mut parsed = texts
        .iter()
        .map(canonical)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let first = parsed
        .next()
        .expect("there is always an origin for localhost");
    Ok(Origins::new(first, parsed))
}

/// Every link must fit a QR code. With `--lan` all codes carry the address that a real phone can open.
pub(super) fn link(settings: &Settings, origins: &Origins) -> Result<Option<Link>, StartError> {
    let parse = |origin: &Origin| {
        let link = format!("{}{LINK_PATH}", origin.as_str());
        Link::parse(&link).map_err(|source| StartError::Link { link, source })
    };
    for origin in origins.iter() {
        parse(origin)?;
    }
    let reachable = |origin: &&Origin| {
        settings.lan
            && origins::is_secure(origin)
            && !origin.as_str().starts_with("https://localhost")
    };
    settings
        .link_host
        .as_ref()
        .or_else(|| origins.iter().find(reachable))
        .map(parse)
        .transpose()
}

pub(super) fn lan_phone(origins: &Origins, lan: Option<IpAddr>) -> Option<String> {
    let host = lan?.to_string();
    let own = origins
        .iter()
        .find(|origin| origins::is_secure(origin) && origins::host(origin).starts_with(&host))?;
    Some(format!("{}/phone", own.as_str()))
}

/// The time-stamp service of this process.
pub(super) fn own_timestamps(listen: SocketAddr, port: u16) -> Result<Endpoint, StartError> {
    let host = if listen.ip().is_unspecified() {
        IpAddr::from([127, 0, 0, 1])
    } else {
        listen.ip()
    };
    let url = format!("http://{}/authority/timestamp", net::host_text(host, port));
    url.parse()
        .map_err(|NotAnEndpoint| StartError::Timestamps { url })
}
