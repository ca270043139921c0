//! Encodings and hashes that several modules share (`docs/protocol.md` section 1).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, de};
use sha2::{Digest, Sha256};

/// `SHA-256(label || 0x00 || data)`, the data in pieces. Every purpose has its own label, so that a value made for one
/// purpose is worth nothing for another.
pub(crate) fn tag(label: &str, data: &[&[u8]]) -> [u8; 32] {
    debug_assert!(
        label.is_ascii() && !label.contains('\0'),
        "a label with a zero byte would be ambiguous"
    );
    let mut hash = Sha256::new();
    hash.update(label.as_bytes());
    hash.update([0]);
    data.iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

/// The first 16 bytes of [`tag`].
pub(crate) fn tag16(label: &str, data: &[&[u8]]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&tag(label, data)[..16]);
    short
}

/// base64url without padding (RFC 4648 section 5).
pub(crate) fn encode_b64u(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Reads base64url strictly: no padding, no other alphabet, trailing bits zero.
pub(crate) fn decode_b64u(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// As [`decode_b64u`], exactly `N` bytes.
pub(crate) fn decode_b64u_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode_b64u(text)?.try_into().ok()
}

/// For `#[serde(with = "encoding::b64u")]`: bytes as base64url without padding.
pub(crate) mod b64u {
    use serde::Serializer;

    use super::*;

    pub(crate) fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode_b64u(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(deserializer)?;
        decode_b64u_array(&text).ok_or_else(|| {
            de::Error::custom(format_args!(
                "expected {N} bytes in base64url without padding"
            ))
        })
    }
}

/// For an optional member: absent is `None`, but `null` is refused, since the protocol knows no null.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
