//! What the server itself sees of a caller: address and browser. Shown to the person at the phone, so that a scan that
//! somebody else started looks wrong. No location database: a truncated address says enough, and nothing is sent out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::{HeaderMap, header};

/// The caller of one request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where it comes from.
    pub address: IpAddr,
    /// Browser and system, as far as the caller names them.
    pub browser: String,
}

impl Caller {
    /// Reads the caller from its address and its `User-Agent`.
    pub fn new(address: IpAddr, headers: &HeaderMap) -> Self {
        let agent = headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self {
            address: address.to_canonical(),
            browser: browser(agent),
        }
    }

    /// The place in words, in both languages since it goes into what is signed: the address without its last part.
    pub fn place(&self) -> String {
        match self.address {
            address if address.is_loopback() => "本机 this computer".to_owned(),
            IpAddr::V4(address) => place_v4(address),
            IpAddr::V6(address) => place_v6(address),
        }
    }
}

fn place_v4(address: Ipv4Addr) -> String {
    let [a, b, c, _] = address.octets();
    if address.is_private() || address.is_link_local() {
        format!("内网 local {a}.{b}.*")
    } else {
        format!("{a}.{b}.{c}.*")
    }
}

/// The first 48 bits are what a provider gives to one customer.
fn place_v6(address: Ipv6Addr) -> String {
    let [a, b, c, ..] = address.segments();
    if address.is_unique_local() || address.is_unicast_link_local() {
        format!("内网 local {a:x}:{b:x}:*")
    } else {
        format!("{a:x}:{b:x}:{c:x}:*")
    }
}

/// Product marks in a `User-Agent`, the most specific first: every browser also claims to be those below it.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("QQBrowser/", "QQ 浏览器"),
    ("MetaSr", "搜狗浏览器"),
    ("360SE", "360 浏览器"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// "Chrome 120 / Windows". Only marks from the tables and digits come out, so the text is safe to show anywhere.
fn browser(agent: &str) -> String {
    let product = BROWSERS.iter().find_map(|(mark, name)| {
        let version: String = agent
            .split_once(mark)?
            .1
            .chars()
            .take_while(char::is_ascii_digit)
            .take(4)
            .collect();
        Some(if version.is_empty() {
            (*name).to_owned()
        } else {
            format!("{name} {version}")
        })
    });
    let system = SYSTEMS
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, name)| *name);
    match (product, system) {
        (Some(product), Some(system)) => format!("{product} / {system}"),
        (Some(product), None) => product,
        (None, Some(system)) => system.to_owned(),
        (None, None) => "未知浏览器".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn place_names_the_network_and_never_the_whole_address() {
        for (address, place) in [
            ("127.0.0.1", "本机 this computer"),
            ("::1", "本机 this computer"),
            ("::ffff:192.168.1.20", "内网 local 192.168.*"),
            ("10.2.3.4", "内网 local 10.2.*"),
            ("203.0.113.9", "203.0.113.*"),
            ("2001:db8:7:1::9", "2001:db8:7:*"),
            ("fd00:1::9", "内网 local fd00:1:*"),
        ] {
            let caller = Caller::new(address.parse().unwrap(), &HeaderMap::new());
            assert_eq!(caller.place(), place, "{address}");
        }
    }

    #[test]
    fn browser_is_the_most_specific_mark_and_never_free_text() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome 120 / Windows");
        assert_eq!(
            browser(&format!("{chrome} Edg/121.0")),
            "Edge 121 / Windows"
        );
        assert_eq!(browser("<script>"), "未知浏览器");
        assert_eq!(browser("Firefox/99999999999"), "Firefox 9999");
    }
}
