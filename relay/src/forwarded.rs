//! The client's address behind a proxy.
//!
//! Headers say what their sender likes. They are believed only for connections from configured proxies, and of the list in the
//! header only what those proxies wrote: from the right, up to the first address that is not one of theirs.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use ipnet::IpNet;
use warp::http::HeaderMap;

/// The header in which the proxies write the client's address. Only one is read: the other one might come from the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, a list of addresses; what nginx writes as `$proxy_add_x_forwarded_for`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies in front of the relay.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Networks whose members are believed.
    pub networks: Vec<Network>,
    /// Where they write the client's address.
    pub header: ForwardedHeader,
}

/// A network as `address/prefix`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

/// The text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a network: write it as 10.0.0.0/8, fd00::/8 or a single address")]
pub struct NetworkError;

impl Proxies {
    /// The address of the client whose connection comes from `peer`.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer.to_canonical();
        let entries = match self.header {
            ForwardedHeader::XForwardedFor => list(headers, "x-forwarded-for", |entry| entry),
            ForwardedHeader::Forwarded => list(headers, "forwarded", for_parameter),
        };
        for entry in entries.into_iter().rev() {
            if !self.believes(address) {
                break;
            }
            // An entry that is no address (`unknown`, `_hidden`) ends the list: the proxy itself stands for what is behind it.
            let Some(next) = parse_node(entry) else { break };
            address = next;
        }
        address
    }

    fn believes(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.0.contains(&address))
    }
}

/// The entries of all lines of a header, in order; a line that is no text is one entry that no address can be read from.
fn list<'a>(headers: &'a HeaderMap, name: &str, part: fn(&'a str) -> &'a str) -> Vec<&'a str> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.to_str().unwrap_or("").split(','))
        .map(|entry| part(entry.trim()))
        .collect()
}

/// The value of `for=` in one element of `Forwarded` (RFC 7239 section 4).
fn for_parameter(element: &str) -> &str {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut values = pairs
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
        .map(|(_, value)| value.trim().trim_matches('"'));
    values.next().unwrap_or("")
}

fn parse_node(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| {
        text.parse::<SocketAddr>()
            .ok()
            .map(|with_port| with_port.ip())
    });
    let address = address.or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let single = text.parse::<IpAddr>().map(IpNet::from);
        single
            .or_else(|_| text.parse::<IpNet>())
            .map(Self)
            .map_err(|_| NetworkError)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn client(peer: &str, header: ForwardedHeader, value: &str) -> String {
        let networks = ["10.0.0.0/8", "fd00::1"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        let mut headers = HeaderMap::new();
        let name = if header == ForwardedHeader::Forwarded {
            "forwarded"
        } else {
            "x-forwarded-for"
        };
        headers.insert(name, value.parse().unwrap());
        Proxies { networks, header }
            .client(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn header_counts_only_from_configured_proxies_and_only_what_they_wrote() {
        use ForwardedHeader::XForwardedFor as X;
        for (peer, value, expected) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("fd00::1", "2001:db8::7", "2001:db8::7"),
            ("fd00::2", "2001:db8::7", "fd00::2"),
            ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("10.1.2.3", "198.51.100.1:4711", "198.51.100.1"),
            ("10.1.2.3", "198.51.100.1, unknown", "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"),
        ] {
            assert_eq!(client(peer, X, value), expected, "{peer} {value}");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        use ForwardedHeader::Forwarded as F;
        for (value, expected) in [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "by=10.0.0.1;For=\"[2001:db8::7]:4711\";proto=https",
                "2001:db8::7",
            ),
            ("for=\"[2001:db8::7]\"", "2001:db8::7"),
            ("for=1.1.1.1, for=198.51.100.1", "198.51.100.1"),
            ("for=_hidden", "10.1.2.3"),
            ("proto=https", "10.1.2.3"),
        ] {
            assert_eq!(client("10.1.2.3", F, value), expected, "{value}");
        }
    }

    #[test]
    fn networks_are_parsed_strictly() {
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("proxy.example".parse::<Network>().is_err());
        assert_eq!(
            "10.0.0.1".parse::<Network>().unwrap().to_string(),
            "10.0.0.1/32"
        );
    }
}
