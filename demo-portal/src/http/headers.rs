//! Headers on every answer. Browsers then refuse what an attacker would need: scripts from elsewhere, framing, guessing
//! of types, leaking of addresses.

use hyper::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};
use scanseal_protocol::Origin;

use crate::http::origins;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// Two years, as browsers' preload lists ask for.
const TRANSPORT_SECURITY: &str = "max-age=63072000";

/// What differs from answer to answer.
#[derive(Clone, Copy, Debug)]
pub struct Exposure<'a> {
    /// The origin under which the portal was called.
    pub origin: &'a Origin,
    /// Whether this is the phone page, the only one that may use the camera.
    pub camera: bool,
}

/// Adds the headers. A `Cache-Control` that is there stays; without one nothing is stored.
pub fn add(headers: &mut HeaderMap, exposure: Exposure<'_>) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (
            PERMISSIONS_POLICY,
            if exposure.camera {
                "camera=(self), microphone=(), geolocation=()"
            } else {
                "camera=(), microphone=(), geolocation=()"
            },
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        content_security_policy(exposure.origin),
    );
    if origins::is_secure(exposure.origin) {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT_SECURITY),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// `connect-src` names the WebSocket origin, since older browsers (Safari 15) do not count it to `'self'`. Styles that
/// scripts set on elements (`element.style`, adopted style sheets) need no permission; inline ones in markup have none.
fn content_security_policy(origin: &Origin) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self' {}; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
        origins::web_socket(origin)
    );
    HeaderValue::from_str(&policy).expect("an origin holds visible ASCII only")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(origin: &str, camera: bool) -> HeaderMap {
        let origin = Origin::parse(origin).unwrap();
        let mut headers = HeaderMap::new();
        add(
            &mut headers,
            Exposure {
                origin: &origin,
                camera,
            },
        );
        headers
    }

    #[test]
    fn policy_allows_no_foreign_or_inline_script() {
        let policy = headers("https://portal.example", false)["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' wss://portal.example;"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe-inline")
                && !policy.contains("'unsafe-eval'")
                && !policy.contains('*'),
            "{policy}"
        );
    }

    #[test]
    fn camera_and_transport_security_only_where_they_belong() {
        let phone = headers("https://portal.example", true);
        assert!(
            phone["permissions-policy"]
                .to_str()
                .unwrap()
                .starts_with("camera=(self)")
        );
        assert!(phone.contains_key("strict-transport-security"));
        let page = headers("http://localhost:8080", false);
        assert!(
            page["permissions-policy"]
                .to_str()
                .unwrap()
                .starts_with("camera=()")
        );
        assert!(!page.contains_key("strict-transport-security"));
    }
}
