//! Why a portal does not start.

use std::{io, net::SocketAddr};

use scanseal_protocol::AddressError;

use crate::{
    audit::AuditError,
    authority::{AuthorityError, keys::DataError},
    contracts::files::TidyError,
    net::TlsSetupError,
    platform::{demo::DemoError, password::HashError},
    store::StoreError,
    webhook::SecretError,
};

/// The portal cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A link that is too long for a QR code, or of the wrong form.
    #[error(
        "{link} cannot stand in a QR code: {source} (at most 64 characters; use a shorter --link-host)"
    )]
    Link {
        /// The link.
        link: String,
        /// What is wrong.
        source: AddressError,
    },
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The authority.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The files of contracts.
    #[error("the files of contracts cannot be used: {0}")]
    Contracts(#[from] io::Error),
    /// The files of contracts, while they are tidied up.
    #[error(transparent)]
    ContractFiles(#[from] TidyError),
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The demo's accounts.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The font for seals.
    #[error("cannot read the font for seals, {path}: {source}")]
    Font {
        /// Its file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The hash for unknown accounts.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// An address that cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}. If another one is running, choose another address with --listen, and another folder with --data"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// More origins than phones accept.
    #[error("{count} origins; at most 8 are allowed")]
    TooManyOrigins {
        /// Origins given.
        count: usize,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address of the time-stamp service.
    #[error("{url} is no address of a time-stamp service; name one with --timestamps")]
    Timestamps {
        /// The address.
        url: String,
    },
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsSetupError),
    /// The secret that webhooks are signed with.
    #[error(transparent)]
    WebhookSecret(#[from] SecretError),
    /// TLS for webhooks.
    #[error("TLS for webhooks cannot be set up: {0}")]
    WebhookTls(#[from] rustls::Error),
}
