//! This machine's address in the local network, and a certificate for it.
//!
//! A real phone needs HTTPS, or its browser gives no camera to the page. Without a certificate of a public authority the
//! demo makes its own; the phone warns once.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    sync::Arc,
};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, SanType};
use rustls::ServerConfig;
use scanseal_relay::tls::{self, TlsError};

use crate::authority::keys::{DataError, DataFolder};

/// Where TLS takes its certificate from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsSource {
    /// PEM files: chain and key.
    Files {
        /// Leaf first.
        certificate: PathBuf,
        /// The leaf's private key.
        key: PathBuf,
    },
    /// A certificate that signs itself, kept in the data folder.
    SelfSigned,
}

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsSetupError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The certificate cannot be made.
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// Files that cannot be used.
    #[error(transparent)]
    Use(#[from] TlsError),
}

const CERTIFICATE_FILE: &str = "tls.cert.pem";
const KEY_FILE: &str = "tls.key.pem";
const NAMES_FILE: &str = "tls.names";

/// The address by which other machines of the local network reach this one. Nothing is sent: connecting a datagram
/// socket only asks the routing table, here for an address that is kept for documentation (RFC 5737).
pub fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// TLS for the portal.
///
/// # Errors
/// [`TlsSetupError`].
pub fn tls_config(
    source: &TlsSource,
    folder: &DataFolder,
    lan: Option<IpAddr>,
) -> Result<Arc<ServerConfig>, TlsSetupError> {
    match source {
        TlsSource::Files { certificate, key } => Ok(tls::server_config(certificate, key)?),
        TlsSource::SelfSigned => {
            self_signed(folder, lan)?;
            Ok(tls::server_config(
                &folder.path(CERTIFICATE_FILE),
                &folder.path(KEY_FILE),
            )?)
        }
    }
}

/// Makes the certificate, unless there is one for the same names: a phone that was told to trust it stays content.
fn self_signed(folder: &DataFolder, lan: Option<IpAddr>) -> Result<(), TlsSetupError> {
    let loopback: [IpAddr; 2] = [
        Ipv4Addr::LOCALHOST.into(),
        std::net::Ipv6Addr::LOCALHOST.into(),
    ];
    let addresses: Vec<IpAddr> = loopback.into_iter().chain(lan).collect();
    let names = addresses
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    let complete = folder.read(CERTIFICATE_FILE)?.is_some() && folder.read(KEY_FILE)?.is_some();
    if complete
        && folder
            .read(NAMES_FILE)?
            .is_some_and(|known| known == names.as_bytes())
    {
        return Ok(());
    }
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters
        .subject_alt_names
        .extend(addresses.into_iter().map(SanType::IpAddress));
    parameters
        .distinguished_name
        .push(DnType::CommonName, "ScanSeal demo portal");
    parameters
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    // Phones refuse certificates that live longer than 825 days.
    let now = std::time::SystemTime::now();
    let day = std::time::Duration::from_secs(86_400);
    parameters.not_before = (now - day).into();
    parameters.not_after = (now + 800 * day).into();
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?;
    folder.write(KEY_FILE, key.serialize_pem().as_bytes())?;
    folder.write(CERTIFICATE_FILE, certificate.pem().as_bytes())?;
    folder.write(NAMES_FILE, names.as_bytes())?;
    Ok(())
}

/// A socket address as it stands in a web address.
pub fn host_text(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}
