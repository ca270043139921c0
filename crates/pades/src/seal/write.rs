//! Writing objects (ISO 32000-2 clause 7.3).

use core::fmt::Write as _;

use crate::syntax::{Name, Object};

/// A number with at most four decimals: a seventieth of the thickness of a hair, in points.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Numbers with spaces between.
pub(crate) fn numbers(values: &[f64]) -> String {
    let texts: Vec<String> = values.iter().copied().map(number).collect();
    texts.join(" ")
}

/// A string as hexadecimal digits, which needs no escapes.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    format!("<{}>", scanseal_pki::hex::lower(bytes))
}

/// A name with its slash, escaped where it must be.
pub(crate) fn name(name: &Name) -> String {
    let mut text = String::from("/");
    for &byte in &name.0 {
        let regular = byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(&byte);
        if regular {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "#{byte:02X}");
        }
    }
    text
}

/// Any direct object; strings as they are, so not for objects of encrypted files other than trailers.
pub(crate) fn object(value: &Object) -> String {
    match value {
        Object::Null => "null".to_owned(),
        Object::Boolean(value) => value.to_string(),
        Object::Integer(value) => value.to_string(),
        Object::Real(value) => value.to_string(),
        Object::String(value) => hexadecimal(&value.bytes),
        Object::Name(value) => name(value),
        Object::Reference(id) => id.to_string(),
        Object::Array(values) => {
            let items: Vec<String> = values.0.iter().map(|item| object(&item.object)).collect();
            format!("[{}]", items.join(" "))
        }
        Object::Dictionary(dictionary) => {
            let mut text = String::from("<<");
            for entry in &dictionary.entries {
                text.push_str(&name(&entry.key));
                text.push(' ');
                text.push_str(&object(&entry.value.object));
            }
            text.push_str(">>");
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    #[test]
    fn numbers_are_short_and_never_in_powers_of_ten() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-0.000_01, "0"),
            (1.0, "1"),
            (119.055_118, "119.0551"),
            (-0.5, "-0.5"),
            (100.0, "100"),
            (1e-9, "0"),
            (1e15, "1000000000000000"),
        ] {
            assert_eq!(number(value), expected);
        }
        assert_eq!(numbers(&[1.0, 0.25]), "1 0.25");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "null",
            "true",
            "-17",
            "0.125",
            "<00ff>",
            "/A#20B#2FC#00",
            "[1 2 R]",
            "[1 0 R /X [] <<>>]",
            "<</A 1 0 R/B [/C (x) <<>>]/D<</E null/F 0.5>>>>",
            "/",
        ] {
            let value = parse(text.as_bytes()).expect(text).object;
            let written = object(&value);
            let back = parse(written.as_bytes()).expect(&written).object;
            assert_eq!(back, value, "{text} -> {written}");
        }
    }
}
