//! Which web pages may use the relay: the allow-list of web origins (RFC 6454).

use scanseal_protocol::Origin;

/// Web origins whose pages may use the relay. Empty means none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

/// What the `Origin` header of an upgrade says about its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// No header: a native phone.
    Native,
    /// A page of a listed origin, by its place in the list.
    Listed(usize),
    /// A page of another origin.
    Unlisted,
}

impl Origins {
    /// Whose connection it is. `null` (sandboxed frames, files) is never listed.
    pub fn sender(&self, header: Option<&str>) -> Sender {
        let Some(header) = header else {
            return Sender::Native;
        };
        // Browsers send the canonical form, so what is not equal byte for byte is another origin.
        self.0
            .iter()
            .position(|origin| origin.as_str() == header)
            .map_or(Sender::Unlisted, Sender::Listed)
    }
}

impl FromIterator<Origin> for Origins {
    fn from_iter<T: IntoIterator<Item = Origin>>(origins: T) -> Self {
        Self(origins.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_listed_origins_are_listed() {
        let list = ["https://portal.example", "http://localhost:8080"];
        let origins: Origins = list.map(|text| text.parse().unwrap()).into_iter().collect();
        assert_eq!(origins.sender(None), Sender::Native);
        assert_eq!(
            origins.sender(Some("https://portal.example")),
            Sender::Listed(0)
        );
        assert_eq!(
            origins.sender(Some("http://localhost:8080")),
            Sender::Listed(1)
        );
        for other in [
            "http://portal.example",
            "https://portal.example:8443",
            "https://portal.example.evil",
            "https://a.portal.example",
            "null",
            "",
        ] {
            assert_eq!(origins.sender(Some(other)), Sender::Unlisted, "{other}");
        }
    }
}
