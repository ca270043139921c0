//! The portal's two cookies. Both have the prefix `__Host-` (RFC 6265bis section 4.1.3.2): no other host, no subdomain
//! and no plain-HTTP page can plant or overwrite them. Browsers treat `http://localhost` as secure.

use data_encoding::BASE64URL_NOPAD;
use hyper::{HeaderMap, header, header::HeaderValue};
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

/// The web session. `Lax`, so that a link from a mail opens the portal logged in.
pub const SESSION_COOKIE: &str = "__Host-scanseal";
/// The browser that was given a request, before anybody is logged in. `Strict`: nothing but the portal's own pages uses it.
pub const SCAN_COOKIE: &str = "__Host-scanseal-scan";
/// Seconds the scan cookie lives: the 15 minutes in which a new enterprise may register, which is longer than any request,
/// and the minute in which an answer may be asked again.
const SCAN_COOKIE_SECONDS: u64 = 960;

/// 256 random bits that only one browser knows. Stored as a hash only; never logged.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct CookieSecret([u8; 32]);

impl CookieSecret {
    /// Draws a new one.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Takes 32 bytes that are as good as random.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the cookie `name`; anything but 32 bytes in base64url counts as absent.
    pub fn from_headers(headers: &HeaderMap, name: &str) -> Option<Self> {
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let value = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))?;
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// `SHA-256(label || 0x00 || secret || more)`: what is stored or shown in place of the secret. Each use has its own label.
    pub fn hash(&self, label: &str, more: &[&[u8]]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(label.as_bytes());
        hash.update([0]);
        hash.update(self.0);
        more.iter().for_each(|piece| hash.update(piece));
        hash.finalize().into()
    }

    /// The secret itself, to be hashed by somebody else.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn set(&self, name: &str, attributes: &str) -> HeaderValue {
        let value = BASE64URL_NOPAD.encode(&self.0);
        let mut header = HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; Secure; HttpOnly; {attributes}"
        ))
        .expect("base64url and fixed text are valid in a header");
        header.set_sensitive(true);
        header
    }

    /// The `Set-Cookie` of a web session; the server ends it, so the browser keeps it until it is closed.
    pub fn set_session(&self) -> HeaderValue {
        self.set(SESSION_COOKIE, "SameSite=Lax")
    }

    /// The `Set-Cookie` of the scan cookie.
    pub fn set_scan(&self) -> HeaderValue {
        self.set(
            SCAN_COOKIE,
            &format!("SameSite=Strict; Max-Age={SCAN_COOKIE_SECONDS}"),
        )
    }
}

/// The `Set-Cookie` that takes the web session away.
pub fn clear_session() -> HeaderValue {
    HeaderValue::from_static("__Host-scanseal=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

impl std::fmt::Debug for CookieSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CookieSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn cookie_is_found_among_others_by_its_whole_name() {
        let secret = CookieSecret::from_bytes([7; 32]);
        let text = BASE64URL_NOPAD.encode(&[7; 32]);
        let both = headers(&format!("a=b; {SCAN_COOKIE}=x; {SESSION_COOKIE}={text}"));
        assert_eq!(
            CookieSecret::from_headers(&both, SESSION_COOKIE),
            Some(secret)
        );
        assert_eq!(CookieSecret::from_headers(&both, SCAN_COOKIE), None);
        assert_eq!(
            CookieSecret::from_headers(&HeaderMap::new(), SESSION_COOKIE),
            None
        );
    }

    #[test]
    fn cookie_of_31_or_33_bytes_counts_as_absent() {
        for length in [31, 33] {
            let cookie = headers(&format!(
                "{SESSION_COOKIE}={}",
                BASE64URL_NOPAD.encode(&vec![7; length])
            ));
            assert_eq!(
                CookieSecret::from_headers(&cookie, SESSION_COOKIE),
                None,
                "{length}"
            );
        }
    }

    #[test]
    fn hashes_with_other_labels_differ_and_debug_shows_nothing() {
        let secret = CookieSecret::from_bytes([7; 32]);
        assert_ne!(secret.hash("a", &[]), secret.hash("b", &[]));
        assert_eq!(format!("{secret:?}"), "CookieSecret(..)");
    }
}
