//! Logs that may be kept: no ids, keys or payload, and of addresses only the network.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tracing_subscriber::{EnvFilter, filter::ParseError};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For reading.
    #[default]
    Human,
    /// One JSON object a line, for machines.
    Json,
}

/// Sends the logs to standard error.
///
/// # Errors
/// If `filter` is no list of `target=level`.
pub fn start(format: Format, filter: &str) -> Result<(), ParseError> {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(std::io::stderr);
    // Not `init`: that would bring in what libraries write through the `log` crate, and tungstenite writes whole messages there.
    match format {
        Format::Human => tracing::subscriber::set_global_default(logs.finish()),
        Format::Json => tracing::subscriber::set_global_default(logs.json().finish()),
    }
    .expect("the program starts its logs once");
    Ok(())
}

/// An address as logs may show it: the /24 of IPv4, the /48 of IPv6. Enough to see a network misbehave, too little to name a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub IpAddr);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_canonical() {
            IpAddr::V4(v4) => write!(f, "{}/24", Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
            IpAddr::V6(v6) => write!(f, "{}/48", Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_shown_without_their_host_part() {
        for (address, shown) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            assert_eq!(Shown(address.parse().unwrap()).to_string(), shown);
        }
    }
}
