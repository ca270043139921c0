//! Request bodies: bounded before they are read, typed after.

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt, pin_mut};
use hyper::{HeaderMap, StatusCode, header};
use scanseal_protocol::error::Code;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::http::Problem;

/// Bytes of an ordinary JSON body: names, passwords, a certificate request.
pub const SMALL_BODY: usize = 8 * 1024;
/// Bytes of the form of a contract: its terms may have 4,000 characters.
pub const CONTRACT_BODY: usize = 32 * 1024;
/// Bytes of what a template is filled with: a hundred goods with long Chinese names.
pub const FILL_BODY: usize = 128 * 1024;
/// Bytes of a body with an assertion, an electronic seal (208 KiB at most) in base64, and what stands around them.
pub const SEAL_ASSERTION_BODY: usize = 320 * 1024;
/// Bytes of an entry of the trust list: 32 certificates at most, in PEM.
pub const TRUST_LIST_BODY: usize = 128 * 1024;
/// Bytes of a body with an assertion (16 KiB at most) and what stands around it.
pub const ASSERTION_BODY: usize = 32 * 1024;
/// Bytes of an OCSP request: a serial number and a nonce, with room for other clients' extensions.
pub const OCSP_BODY: usize = 4 * 1024;
/// Bytes of a seal's picture: what the crate that makes them takes.
pub const SEAL_PICTURE_BODY: usize = scanseal_seal_picture::MAX_PICTURE_BYTES;
/// Bytes of a question for a time stamp, which the reader bounds again.
pub const TIMESTAMP_BODY: usize = 4 * 1024;
/// How long a body may take: a slow mobile network; keeps idle senders from holding connections.
const BODY_TIME: std::time::Duration = std::time::Duration::from_secs(10);

/// Reads at most `limit` bytes of the given media type.
///
/// # Errors
/// 415 for another media type, 413 beyond the limit, 408 when it takes too long, 400 when the connection breaks.
pub async fn read<S, B>(
    headers: &HeaderMap,
    media_type: &str,
    limit: usize,
    body: S,
) -> Result<Bytes, Problem>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(media_type) {
        let detail = format!("The body must be {media_type}.");
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::Malformed,
            detail,
        ));
    }
    tokio::time::timeout(BODY_TIME, collect(limit, body))
        .await
        .unwrap_or_else(|_| {
            Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                Code::Malformed,
                "The body took too long to arrive.",
            ))
        })
}

async fn collect<S, B>(limit: usize, body: S) -> Result<Bytes, Problem>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    pin_mut!(body);
    let mut bytes = BytesMut::new();
    while let Some(mut piece) = body
        .try_next()
        .await
        .map_err(|_| Problem::malformed("The body broke off."))?
    {
        if bytes.len() + piece.remaining() > limit {
            let detail = format!("The body has more than {limit} bytes.");
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::Malformed,
                detail,
            ));
        }
        while piece.has_remaining() {
            let chunk = piece.chunk();
            bytes.extend_from_slice(chunk);
            let length = chunk.len();
            piece.advance(length);
        }
    }
    Ok(bytes.freeze())
}

/// Parses JSON into `T`, whose definition refuses unknown members.
///
/// # Errors
/// 400 with the parser's words: position and what was expected, never the value.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "a member is missing, unknown, or of the wrong kind"
            }
            _ => "this is no JSON",
        };
        Problem::malformed(format!("The body cannot be read ({place}): {what}."))
    })
}

/// For a member that may be absent, but not `null`. Use with `#[serde(default, deserialize_with = "present")]`.
///
/// # Errors
/// What `T` says.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn collected(limit: usize, pieces: &[&'static [u8]]) -> Result<Bytes, Problem> {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok::<_, warp::Error>(Bytes::from_static(piece)))
            .collect();
        collect(limit, futures_util::stream::iter(pieces)).await
    }

    #[tokio::test]
    async fn body_at_the_limit_is_read_and_one_byte_more_refused() {
        assert_eq!(collected(4, &[b"ab", b"cd"]).await.unwrap(), "abcd");
        assert!(collected(4, &[b"ab", b"cde"]).await.is_err());
        assert!(collected(4, &[b"abcde"]).await.is_err());
    }

    #[test]
    fn answer_to_wrong_json_does_not_repeat_the_value() {
        #[derive(Debug, serde::Deserialize)]
        struct Number {
            #[allow(dead_code)]
            a: u8,
        }
        let problem = json::<Number>(br#"{"a":"secret"}"#).unwrap_err();
        assert!(!format!("{problem:?}").contains("secret"));
    }
}
