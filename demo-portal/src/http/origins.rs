//! Web origins (RFC 6454) and the checks that a state-changing call comes from one of the portal's own pages.

use hyper::{HeaderMap, StatusCode, header};
use scanseal_protocol::{Origin, error::Code};

use crate::http::Problem;

/// The public origins of the portal, as browsers write them; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

/// Host, and port if it is not the usual one: what stands in the `Host` header.
pub fn host(origin: &Origin) -> &str {
    origin
        .as_str()
        .split_once("://")
        .map_or("", |(_, host)| host)
}

/// Whether the origin uses TLS.
pub fn is_secure(origin: &Origin) -> bool {
    origin.as_str().starts_with("https://")
}

/// The origin's host for WebSockets.
pub fn web_socket(origin: &Origin) -> String {
    format!(
        "{}://{}",
        if is_secure(origin) { "wss" } else { "ws" },
        host(origin)
    )
}

impl Origins {
    /// Takes at least one origin; repeated ones count once.
    pub fn new(first: Origin, others: impl IntoIterator<Item = Origin>) -> Self {
        let mut origins = vec![first];
        for origin in others {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Self(origins)
    }

    /// All of them, the main one first.
    pub fn iter(&self) -> std::slice::Iter<'_, Origin> {
        self.0.iter()
    }

    /// The one to use where a request names none.
    pub fn main(&self) -> &Origin {
        &self.0[0]
    }

    /// The origin by which the request's `Host` header addresses the portal; the main one if it names none of them.
    pub fn addressed(&self, headers: &HeaderMap) -> &Origin {
        let given = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        self.iter()
            .find(|origin| host(origin).eq_ignore_ascii_case(given))
            .unwrap_or_else(|| self.main())
    }

    /// Takes a call only from a page of the portal: `Origin` must be one of its own, and `Sec-Fetch-Site`, which pages
    /// cannot forge and old browsers lack, must not say otherwise. Returns the page's origin.
    ///
    /// # Errors
    /// 403 `origin-refused`.
    pub fn require_own_page(&self, headers: &HeaderMap) -> Result<&Origin, Problem> {
        self.require_own_page_if_any(headers)?
            .ok_or_else(|| refused("The call carries no Origin: it must come from a page."))
    }

    /// As [`Self::require_own_page`], but callers that are no browsers (no `Origin` at all) pass. Only for endpoints
    /// that act without cookies.
    ///
    /// # Errors
    /// 403 `origin-refused`.
    pub fn require_own_page_if_any(&self, headers: &HeaderMap) -> Result<Option<&Origin>, Problem> {
        if headers
            .get_all("sec-fetch-site")
            .iter()
            .any(|site| site != "same-origin")
        {
            return Err(refused("The call comes from another site."));
        }
        let mut given = headers.get_all(header::ORIGIN).iter();
        match (given.next(), given.next()) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(refused("The call carries two origins.")),
            (Some(given), None) => {
                let own = self
                    .iter()
                    .find(|origin| given.as_bytes() == origin.as_str().as_bytes());
                own.map(Some).ok_or_else(|| refused("The page's origin is not one of this platform: start the portal with --origin."))
            }
        }
    }
}

fn refused(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, Code::OriginRefused, detail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn foreign_double_and_cross_site_calls_are_refused() {
        let origins = Origins::new(Origin::parse("https://portal.example").unwrap(), []);
        let headers = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().unwrap());
            }
            headers
        };
        let own = ("origin", "https://portal.example");
        assert!(origins.require_own_page(&headers(&[own])).is_ok());
        assert!(
            origins
                .require_own_page(&headers(&[own, ("sec-fetch-site", "same-origin")]))
                .is_ok()
        );
        assert!(
            origins
                .require_own_page(&headers(&[own, ("sec-fetch-site", "same-site")]))
                .is_err()
        );
        let twice = [
            own,
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert!(origins.require_own_page(&headers(&twice)).is_err());
        assert!(
            origins
                .require_own_page(&headers(&[own, ("origin", "https://evil.example")]))
                .is_err()
        );
        assert!(
            origins
                .require_own_page(&headers(&[("origin", "http://portal.example")]))
                .is_err()
        );
        assert!(origins.require_own_page(&headers(&[])).is_err());
        assert_eq!(origins.require_own_page_if_any(&headers(&[])), Ok(None));
    }
}
