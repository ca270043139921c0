//! Names as text (RFC 4514).
//!
//! `Name` of `x509-cert` can write itself, but brings the names of some two thousand object identifiers along, which a
//! page would have to load.

use core::fmt::Write as _;

use const_oid::ObjectIdentifier;

use crate::{
    hex,
    name::{self, Attribute},
};

/// What attributes of names are called (RFC 4514 section 3, RFC 4519 section 2, RFC 2985, X.520); others are written as
/// their object identifier.
const KEYWORDS: [(&str, &str); 22] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "TITLE"),
    ("2.5.4.13", "DESCRIPTION"),
    ("2.5.4.15", "BUSINESSCATEGORY"),
    ("2.5.4.17", "POSTALCODE"),
    ("2.5.4.41", "NAME"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "INITIALS"),
    ("2.5.4.44", "GENERATIONQUALIFIER"),
    ("2.5.4.46", "DNQUALIFIER"),
    ("2.5.4.65", "PSEUDONYM"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "EMAIL"),
];

/// A name in the notation of RFC 4514; in hexadecimal if it breaks the rules of names.
pub(crate) fn name_text(der: &[u8]) -> String {
    let Ok(parts) = name::parts(der) else {
        return ["#", &hex::lower(der)].concat();
    };
    let mut text = String::new();
    // The last part comes first (section 2.1).
    for part in parts.iter().rev() {
        let mut separator = if text.is_empty() { "" } else { "," };
        for attribute in part {
            text.push_str(separator);
            write_attribute(&mut text, attribute);
            separator = "+";
        }
    }
    text
}

fn write_attribute(text: &mut String, Attribute { kind, value }: &Attribute<'_>) {
    let oid = ObjectIdentifier::from_bytes(kind.content);
    let dotted = oid.map_or_else(|_| String::new(), |oid| oid.to_string());
    let keyword = KEYWORDS.iter().find(|(known, _)| *known == dotted);
    match (keyword, name::text(value)) {
        (Some((_, keyword)), Some(value)) => {
            text.push_str(keyword);
            text.push('=');
            write_escaped(text, value);
        }
        _ => text.extend([&dotted, "=#", &hex::lower(value.raw)]),
    }
}

/// RFC 4514 section 2.4.
fn write_escaped(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate() {
        match character {
            '#' if at == 0 => text.push_str("\\#"),
            ' ' if at == 0 || at == last => text.push_str("\\ "),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', character]),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(text, "\\{:02x}", u32::from(character));
            }
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use der::{Any, Decode, Encode, Tag, asn1::SetOfVec};
    use x509_cert::{
        attr::AttributeTypeAndValue,
        name::{Name, RdnSequence, RelativeDistinguishedName},
    };

    use super::*;

    fn name(parts: &[&[(&str, Tag, &[u8])]]) -> Name {
        let part = |attributes: &&[(&str, Tag, &[u8])]| {
            let attributes = attributes
                .iter()
                .map(|(oid, tag, value)| AttributeTypeAndValue {
                    oid: ObjectIdentifier::new(oid).expect("an object identifier"),
                    value: Any::new(*tag, *value).expect("a short value"),
                });
            let set = SetOfVec::from_iter(attributes).expect("no attribute twice");
            RelativeDistinguishedName::from(set)
        };
        let parts = RdnSequence::from(parts.iter().map(part).collect::<Vec<_>>());
        Name::from_der(&parts.to_der().expect("a name")).expect("the same name")
    }

    fn text(name: &Name) -> String {
        name_text(&name.to_der().expect("a name"))
    }

    #[test]
    fn keywords_are_those_of_the_database_of_object_identifiers() {
        for (oid, keyword) in KEYWORDS {
            let name = name(&[&[(oid, Tag::Utf8String, b"x")]]);
            assert_eq!(text(&name), format!("{keyword}=x"));
            assert_eq!(text(&name), name.to_string());
        }
    }

    #[test]
    fn strings_are_escaped_and_other_values_are_hexadecimal() {
        let values: [(Tag, &[u8]); 9] = [
            (Tag::Utf8String, b"# a"),
            (Tag::Utf8String, b" a, b + c; <d> \"e\" \\ f "),
            (Tag::Utf8String, "示例\u{7f}\u{1}科技".as_bytes()),
            (Tag::Utf8String, b" "),
            (Tag::PrintableString, b"plain"),
            (Tag::Ia5String, b"a@b"),
            (Tag::TeletexString, b"old"),
            (Tag::BmpString, b"\0a"),
            (Tag::Utf8String, b""),
        ];
        for (tag, value) in values {
            let name = name(&[
                &[("2.5.4.6", Tag::PrintableString, b"CN")],
                &[("2.5.4.3", tag, value), ("2.5.4.11", tag, b"u")],
            ]);
            assert_eq!(text(&name), name.to_string());
        }
        let other = name(&[&[("1.2.3.4", Tag::Utf8String, b"x")]]);
        assert_eq!(text(&other), "1.2.3.4=#0c0178");
        assert_eq!(text(&name(&[])), "");
        assert_eq!(name_text(b"\x30\x01"), "#3001");
    }
}
