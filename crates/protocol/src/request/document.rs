//! The documents of a request to seal, as the platform has them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::breaks_a_line;
use crate::{Text, encoding::b64u, jws::JwsError, limits};

/// A document to seal. Its SHA-256 decides what is signed; the rest is what the phone shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What people call it.
    pub name: Text<{ limits::DOCUMENT_NAME_CHARACTERS }>,
    /// Bytes.
    pub size: u32,
    /// How many pages it has.
    pub pages: u32,
    /// SHA-256 of the whole file.
    #[serde(with = "b64u")]
    pub sha256: [u8; 32],
}

/// What the types of the members do not say.
pub(super) fn check(documents: &[Document]) -> Result<(), JwsError> {
    let claims = |what: &str| Err(JwsError::Claims(what.to_owned()));
    if !(1..=limits::MAX_DOCUMENTS).contains(&documents.len()) {
        return claims("seal has 1 to 50 documents");
    }
    for document in documents {
        if document.name.trim().is_empty() || document.name.contains(breaks_a_line) {
            return claims("the name of a document is one line of text");
        }
        if !(1..=limits::DOCUMENT_BYTES).contains(&document.size)
            || !(1..=limits::DOCUMENT_PAGES).contains(&document.pages)
        {
            return claims("a document has 1 byte to 256 MiB and 1 to 100,000 pages");
        }
    }
    let twice = |(index, document): (usize, &Document)| {
        documents
            .iter()
            .take(index)
            .any(|earlier| earlier.sha256 == document.sha256)
    };
    if documents.iter().enumerate().any(twice) {
        return claims("no document occurs twice");
    }
    Ok(())
}

/// For the claim itself: absent is none, but `null` and arrays in place of documents are refused.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Document>>, D::Error> {
    Vec::<Map<String, Value>>::deserialize(deserializer)?
        .into_iter()
        .map(|members| Document::deserialize(Value::Object(members)))
        .collect::<Result<_, _>>()
        .map(Some)
        .map_err(serde::de::Error::custom)
}
