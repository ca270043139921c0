//! The description of the HTTP interface (OpenAPI 3.1). It is kept by hand in `openapi.json`, since warp's routes cannot
//! be read by a program; a test calls every path and method in it, and compares what is answered.

use std::{collections::BTreeMap, sync::LazyLock};

/// The description.
pub const DESCRIPTION: &str = include_str!("../openapi.json");

/// Methods of the described paths, for the header `Allow` (RFC 9110 section 15.5.6).
static METHODS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let description: serde_json::Value =
        serde_json::from_str(DESCRIPTION).expect("a test reads the description");
    let paths = description["paths"]
        .as_object()
        .expect("a test reads the description");
    let methods = |item: &serde_json::Value| {
        let names = item.as_object().into_iter().flat_map(|item| item.keys());
        names
            .map(|name| name.to_ascii_uppercase())
            .collect::<Vec<_>>()
            .join(", ")
    };
    paths
        .iter()
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
});

/// The methods that a path knows, or nothing if there is no such path.
pub fn methods_of(path: &str) -> Option<String> {
    let fits = |template: &&String| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given))
                    if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
                _ => return false,
            }
        }
    };
    // A path without variables goes before one that would fit as well.
    METHODS.get(path).cloned().or_else(|| {
        let template = METHODS.keys().find(fits)?;
        METHODS.get(template).cloned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_a_path_stand_for_one_segment_that_is_not_empty() {
        let methods = |path| methods_of(path);
        assert_eq!(methods("/api/session").as_deref(), Some("GET"));
        assert_eq!(methods("/authority/ocsp/AAAA").as_deref(), Some("GET"));
        assert_eq!(methods("/authority/ocsp/").as_deref(), None);
        assert_eq!(methods("/authority/ocsp/AAAA/more").as_deref(), None);
        assert_eq!(methods("/nothing").as_deref(), None);
    }
}
