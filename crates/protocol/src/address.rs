//! Web addresses in the narrow form that the protocol uses: scheme, host, port, plain path.
//!
//! No user names, queries or fragments, no international host names outside their ASCII form. What is not in this form
//! is refused, so that equal addresses are equal texts.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits;

/// The text is no address in the form expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address as expected: {0}")]
pub struct AddressError(pub(crate) &'static str);

/// An address, split. `head` is scheme, host and port in canonical form: lower case, no default port.
pub(crate) struct Parts<'a> {
    pub(crate) head: String,
    pub(crate) path: &'a str,
}

/// Splits `text`, whose scheme is one of `schemes` without regard to case. Schemes without TLS are for loopback only.
pub(crate) fn split<'a>(
    text: &'a str,
    schemes: &[&'static str],
) -> Result<Parts<'a>, AddressError> {
    let (scheme, rest) = text.split_once("://").ok_or(AddressError("no scheme"))?;
    let scheme = *schemes
        .iter()
        .find(|known| known.eq_ignore_ascii_case(scheme))
        .ok_or(AddressError("a scheme that is not allowed here"))?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte))
    {
        return Err(AddressError("a character that is not allowed in the path"));
    }
    let host_end = match authority.strip_prefix('[') {
        Some(inner) => inner
            .find(']')
            .map(|end| end + 2)
            .ok_or(AddressError("no closing bracket"))?,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(host_end);
    let (host, loopback) = read_host(host)?;
    let (default_port, secure) = match scheme {
        "https" | "wss" => (443, true),
        _ => (80, false),
    };
    if !secure && !loopback {
        return Err(AddressError(
            "without TLS only localhost and loopback addresses are allowed",
        ));
    }
    let port = read_port(port)?.filter(|&port| port != default_port);
    let head = match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    };
    Ok(Parts { head, path })
}

/// A page's web origin as browsers write it (RFC 6454 section 6.2), such as `https://portal.example` or
/// `http://localhost:8080`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. It must be in canonical form already: lower case, no default port, no path.
    ///
    /// # Errors
    /// [`AddressError`] says what is not allowed.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > limits::ADDRESS_CHARACTERS {
            return Err(AddressError("too long"));
        }
        if split(text, &["https", "http"])?.head != text {
            return Err(AddressError(
                "an origin has no path, no default port and no capitals",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin as browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Address of a service that an operator runs, such as `wss://portal.example/relay`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceAddress(String);

impl ServiceAddress {
    /// Reads the address of an HTTP service: `https`, or `http` on a loopback address.
    ///
    /// # Errors
    /// [`AddressError`] says what is not allowed.
    pub fn http(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, &["https", "http"])
    }

    /// Reads the address of a WebSocket service: `wss`, or `ws` on a loopback address.
    ///
    /// # Errors
    /// [`AddressError`] says what is not allowed.
    pub fn web_socket(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, &["wss", "ws"])
    }

    /// The address in canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str, schemes: &[&'static str]) -> Result<Self, AddressError> {
        if text.len() > limits::ADDRESS_CHARACTERS {
            return Err(AddressError("too long"));
        }
        let parts = split(text, schemes)?;
        Ok(Self(parts.head + parts.path))
    }
}

impl FromStr for Origin {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

macro_rules! show_as_text {
    ($($name:ident),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )* };
}
show_as_text!(Origin, ServiceAddress);

/// The host in canonical form, and whether it is this machine itself.
fn read_host(host: &str) -> Result<(String, bool), AddressError> {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        let (address, loopback) =
            literal::ipv6(inner).ok_or(AddressError("not an IPv6 address"))?;
        return Ok((format!("[{address}]"), loopback));
    }
    let host = host.to_ascii_lowercase();
    let mut labels = host.split('.');
    let label_is_fine = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !labels.all(label_is_fine) || host.len() > 253 {
        return Err(AddressError("not a host name"));
    }
    // A last label of digits makes browsers read the whole as an IPv4 address (URL standard, "ends in a number").
    if host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let loopback = literal::ipv4(&host).ok_or(AddressError("not an IPv4 address"))?;
        return Ok((host, loopback));
    }
    let loopback = host == "localhost" || host.ends_with(".localhost");
    Ok((host, loopback))
}

/// Addresses in numbers.
#[cfg(feature = "path")]
mod literal {
    use core::net::{Ipv4Addr, Ipv6Addr};

    /// The canonical form, and whether it is a loopback address.
    pub(super) fn ipv6(text: &str) -> Option<(String, bool)> {
        let address: Ipv6Addr = text.parse().ok()?;
        Some((address.to_string(), address.is_loopback()))
    }

    /// Whether it is a loopback address.
    pub(super) fn ipv4(text: &str) -> Option<bool> {
        let address: Ipv4Addr = text.parse().ok()?;
        Some(address.is_loopback())
    }
}

/// Addresses in numbers, as a page reads them: phone and platform check their form, and compare them.
#[cfg(not(feature = "path"))]
mod literal {
    pub(super) fn ipv6(text: &str) -> Option<(String, bool)> {
        let plain = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
        let address = text.to_ascii_lowercase();
        let loopback = address == "::1";
        text.bytes().all(plain).then_some((address, loopback))
    }

    pub(super) fn ipv4(text: &str) -> Option<bool> {
        let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        text.bytes().all(plain).then(|| text.starts_with("127."))
    }
}

/// `:port` or nothing.
fn read_port(text: &str) -> Result<Option<u16>, AddressError> {
    let Some(digits) = text.strip_prefix(':') else {
        return if text.is_empty() {
            Ok(None)
        } else {
            Err(AddressError("text after the host"))
        };
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits
        .parse()
        .ok()
        .filter(|_| plain)
        .map(Some)
        .ok_or(AddressError("not a port"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn origins_in_canonical_form_are_accepted() {
        for text in [
            "https://portal.example",
            "https://portal.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:3000",
            "https://192.0.2.7",
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn origins_in_any_other_form_are_refused() {
        for text in [
            "",
            "null",
            "portal.example",
            "ftp://portal.example",
            "http://portal.example",
            "http://192.0.2.7",
            "https://Portal.example",
            "HTTPS://portal.example",
            "https://portal.example:443",
            "https://portal.example/",
            "https://user@portal.example",
            "https://portal.example?",
            "https://portal.example#",
            "https://portal..example",
            "https://portal.example.",
            "https://-portal.example",
            "https://",
            "https://:8443",
            "https://portal.example:",
            "https://portal.example:0",
            "https://portal.example:08",
            "https://portal.example:65536",
            "https://127.1",
            "https://0127.0.0.1",
            "https://[::1",
            "https://[::01]",
            "https://门户.example",
            "http://localhost.example",
            "http://127.0.0.1.example",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn length_at_the_limit_is_accepted_and_one_past_it_refused() {
        let path = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        assert!(ServiceAddress::http(&path(limits::ADDRESS_CHARACTERS)).is_ok());
        assert_eq!(
            ServiceAddress::http(&path(limits::ADDRESS_CHARACTERS + 1)),
            Err(AddressError("too long"))
        );
    }

    #[test]
    fn services_need_the_right_scheme() {
        assert_eq!(
            ServiceAddress::web_socket("WSS://Portal.example:443/relay")
                .unwrap()
                .as_str(),
            "wss://portal.example/relay"
        );
        assert!(ServiceAddress::web_socket("ws://localhost:1/relay").is_ok());
        assert!(ServiceAddress::web_socket("ws://portal.example/relay").is_err());
        assert!(ServiceAddress::web_socket("https://portal.example/relay").is_err());
        assert!(ServiceAddress::http("wss://portal.example/").is_err());
        assert!(ServiceAddress::http("https://portal.example/a b").is_err());
    }
}
