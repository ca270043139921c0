//! Names of subjects and issuers, taken apart (RFC 5280 section 4.1.2.4).

use const_oid::ObjectIdentifier;

use crate::asn1::{self, Element, NotDer};

const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
const BMP_STRING: u8 = 0x1e;

/// One attribute of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) kind: Element<'a>,
    pub(crate) value: Element<'a>,
}

/// The parts of a name in DER, each of one attribute or of several.
pub(crate) fn parts(name: &[u8]) -> Result<Vec<Vec<Attribute<'_>>>, NotDer> {
    let parts = Element::only(name, asn1::SEQUENCE)?.elements().all()?;
    parts.iter().map(attributes).collect()
}

fn attributes<'a>(part: &Element<'a>) -> Result<Vec<Attribute<'a>>, NotDer> {
    if part.tag != asn1::SET {
        return Err(NotDer);
    }
    let read = |attribute: &Element<'a>| {
        if attribute.tag != asn1::SEQUENCE {
            return Err(NotDer);
        }
        let mut fields = attribute.elements();
        let kind = fields.next(asn1::OBJECT_IDENTIFIER)?;
        let value = fields.any()?;
        fields.finish()?;
        ObjectIdentifier::from_bytes(kind.content).map_err(|_| NotDer)?;
        Ok(Attribute { kind, value })
    };
    part.elements().all()?.iter().map(read).collect()
}

/// The values of one kind.
pub(crate) fn values<'a>(
    name: &'a [u8],
    kind: ObjectIdentifier,
) -> Result<Vec<Element<'a>>, NotDer> {
    let of_kind = |attribute: Attribute<'a>| attribute.kind.is(kind).then_some(attribute.value);
    Ok(parts(name)?
        .into_iter()
        .flatten()
        .filter_map(of_kind)
        .collect())
}

/// A DirectoryString (RFC 5280 section 4.1.2.4). Of TeletexString, only what it has in common with ASCII.
pub(crate) fn directory_string(value: &Element<'_>) -> Option<String> {
    if value.tag == BMP_STRING {
        let (pairs, rest) = value.content.as_chunks();
        let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        // Surrogates are not part of UCS-2.
        let text = text.ok()?;
        return (rest.is_empty() && text.chars().count() == pairs.len()).then_some(text);
    }
    (value.tag != IA5_STRING)
        .then(|| text(value).map(str::to_owned))
        .flatten()
}

/// A string of one of the types whose bytes are UTF-8.
pub(crate) fn text<'a>(value: &Element<'a>) -> Option<&'a str> {
    let allowed: fn(&u8) -> bool = match value.tag {
        UTF8_STRING => |_| true,
        PRINTABLE_STRING => |byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte),
        TELETEX_STRING | IA5_STRING => u8::is_ascii,
        _ => return None,
    };
    let allowed = value.content.iter().all(allowed);
    core::str::from_utf8(value.content).ok().filter(|_| allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, content: &[u8]) -> Option<String> {
        directory_string(&Element {
            tag,
            content,
            raw: &[],
        })
    }

    #[test]
    fn each_type_of_string_has_its_own_characters() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read(UTF8_STRING, "星海 *".as_bytes()), some("星海 *"));
        assert_eq!(read(UTF8_STRING, &[0xff]), None);
        assert_eq!(
            read(PRINTABLE_STRING, b"A z0'()+,-./:=?"),
            some("A z0'()+,-./:=?")
        );
        assert_eq!(read(PRINTABLE_STRING, b"A*"), None);
        assert_eq!(read(TELETEX_STRING, b"A*"), some("A*"));
        assert_eq!(read(TELETEX_STRING, &[0xe4]), None);
        assert_eq!(read(BMP_STRING, &[0x66, 0x1f, 0, 0x41]), some("星A"));
        assert_eq!(read(BMP_STRING, &[0x66]), None);
        assert_eq!(
            read(BMP_STRING, &[0xd8, 0x3d, 0xde, 0]),
            None,
            "a pair of surrogates"
        );
        assert_eq!(read(BMP_STRING, &[0xd8, 0x3d]), None, "half a pair");
        assert_eq!(read(IA5_STRING, b"A"), None);
        assert_eq!(read(asn1::OCTET_STRING, b"A"), None);
    }
}
