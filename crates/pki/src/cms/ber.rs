//! Messages with indefinite lengths, as signers write them that stream (X.690 section 8.1.3.6).
//!
//! Only what is indefinite is rewritten; everything else stays byte for byte and must be DER. Signed attributes are never
//! rewritten: they must be DER even in such a message (RFC 5652 section 5.3).

use crate::asn1::{self, Element, Elements, NotDer};

/// Deepest nesting of indefinite lengths; a message down to its content takes seven.
const MAX_DEPTH: usize = 16;
/// An OCTET STRING in pieces.
const CONSTRUCTED_OCTETS: u8 = 0x24;
/// Where signed attributes stand: ContentInfo, `[0]`, SignedData, the set of signers, SignerInfo, `[0]`.
const SIGNED_ATTRIBUTES_DEPTH: usize = 5;

/// Whether the element at the start of `bytes` has an indefinite length.
pub(super) fn is_indefinite(bytes: &[u8]) -> bool {
    matches!(bytes, [tag, 0x80, ..] if tag & 0x20 != 0)
}

/// Rewrites the indefinite element at the start of `bytes`, and tells how many bytes it took.
pub(super) fn to_definite(bytes: &[u8]) -> Result<(Vec<u8>, usize), NotDer> {
    rewrite(bytes, 0)
}

fn rewrite(bytes: &[u8], depth: usize) -> Result<(Vec<u8>, usize), NotDer> {
    let tag = *bytes.first().ok_or(NotDer)?;
    if !is_indefinite(bytes)
        || tag & 0x1f == 0x1f
        || depth >= MAX_DEPTH
        || (depth == SIGNED_ATTRIBUTES_DEPTH && tag == asn1::context(0))
    {
        return Err(NotDer);
    }
    let mut content = Vec::new();
    let mut at = 2;
    loop {
        let rest = bytes.get(at..).ok_or(NotDer)?;
        if let [0, 0, ..] = rest {
            break;
        }
        let rewritten;
        let (part, length) = if is_indefinite(rest) {
            let (part, length) = rewrite(rest, depth + 1)?;
            rewritten = part;
            (rewritten.as_slice(), length)
        } else {
            let part = Elements::of(rest).any()?.raw;
            (part, part.len())
        };
        if tag == CONSTRUCTED_OCTETS {
            content.extend_from_slice(Element::only(part, asn1::OCTET_STRING)?.content);
        } else {
            content.extend_from_slice(part);
        }
        at = at.checked_add(length).ok_or(NotDer)?;
    }
    let tag = match tag {
        CONSTRUCTED_OCTETS => asn1::OCTET_STRING,
        tag => tag,
    };
    Ok((asn1::element(tag, &[&content]), at.saturating_add(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_and_the_end_is_found() {
        // SEQUENCE { OCTET STRING { "ab", "c" }, INTEGER 1 }, all indefinite, and padding.
        let bytes = [
            0x30, 0x80, 0x24, 0x80, 4, 2, b'a', b'b', 4, 1, b'c', 0, 0, 2, 1, 1, 0, 0, 0, 0,
        ];
        let (der, length) = to_definite(&bytes).expect("it is well formed");
        assert_eq!(der, [0x30, 8, 4, 3, b'a', b'b', b'c', 2, 1, 1]);
        assert_eq!(length, bytes.len() - 2);
        for end in 0..length {
            assert_eq!(to_definite(&bytes[..end]), Err(NotDer), "{end}");
        }
    }

    #[test]
    fn nesting_at_the_limit_is_read_and_one_deeper_refused() {
        let nested = |depth: usize| [[0x30, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
        assert!(to_definite(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(to_definite(&nested(MAX_DEPTH + 1)), Err(NotDer));
    }
}
