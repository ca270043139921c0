//! Where an inline image ends (ISO 32000-2, 8.9.7): its data may contain anything, also `EI`.

use super::tokens::{Token, is_space};

/// How many bytes after `ID` belong to the image, `EI` included; `None` if it does not end. `entries` are its keys and values.
pub(super) fn image_length(entries: &[Token<'_>], rest: &[u8]) -> Option<usize> {
    // One white-space character stands after `ID`.
    let data = 1_usize;
    let told = number(entries, b"L", b"Length").or_else(|| plain_length(entries));
    let told = told.and_then(|length| data.checked_add(length));
    told.and_then(|length| end_marker(rest, length))
        .or_else(|| {
            let mut position = data;
            loop {
                let found = memchr::memmem::find(rest.get(position..)?, b"EI")?;
                let at = position.checked_add(found)?;
                let before = rest.get(at.checked_sub(1)?);
                if before.is_some_and(|byte| is_space(*byte))
                    && looks_like_content(rest.get(at + 2..)?)
                {
                    return Some(at + 2);
                }
                position = at + 1;
            }
        })
}

/// Past `EI`, if it comes after `length` bytes.
fn end_marker(rest: &[u8], length: usize) -> Option<usize> {
    let after = rest.get(length..)?;
    let spaces = after.iter().take_while(|byte| is_space(**byte)).count();
    let behind = after.get(spaces..)?.strip_prefix(b"EI")?;
    looks_like_content(behind).then_some(length + spaces + 2)
}

/// Whether what follows `EI` can be content: white space, then nothing but what text files have.
fn looks_like_content(after: &[u8]) -> bool {
    const LOOK: usize = 16;
    let printable = |byte: &u8| is_space(*byte) && *byte != 0 || (0x20..0x7f).contains(byte);
    after.first().is_none_or(|byte| is_space(*byte)) && after.iter().take(LOOK).all(printable)
}

/// How long the data are if they are not compressed.
fn plain_length(entries: &[Token<'_>]) -> Option<usize> {
    if value(entries, b"F", b"Filter").is_some() {
        return None;
    }
    let width = number(entries, b"W", b"Width")?;
    let height = number(entries, b"H", b"Height")?;
    let mask = matches!(
        value(entries, b"IM", b"ImageMask"),
        Some(Token::Keyword(b"true"))
    );
    let (components, depth) = if mask {
        (1, 1)
    } else {
        let components = match value(entries, b"CS", b"ColorSpace")? {
            Token::Name(name) => match name.as_slice() {
                b"G" | b"DeviceGray" | b"I" | b"Indexed" => 1,
                b"RGB" | b"DeviceRGB" => 3,
                b"CMYK" | b"DeviceCMYK" => 4,
                _ => return None,
            },
            // An array: [/Indexed base high table].
            _ => 1,
        };
        (components, number(entries, b"BPC", b"BitsPerComponent")?)
    };
    let bits = width.checked_mul(components)?.checked_mul(depth)?;
    bits.div_ceil(8).checked_mul(height)
}

fn number(entries: &[Token<'_>], short: &[u8], long: &[u8]) -> Option<usize> {
    match value(entries, short, long)? {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        Token::Number(number) => Some(*number as usize),
        _ => None,
    }
}

fn value<'a, 't>(entries: &'a [Token<'t>], short: &[u8], long: &[u8]) -> Option<&'a Token<'t>> {
    entries.chunks_exact(2).find_map(|pair| match pair {
        [Token::Name(key), value] if key == short || key == long => Some(value),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Token<'static> {
        Token::Name(name.as_bytes().to_vec())
    }

    fn sized(width: f64, height: f64, space: &str, depth: f64) -> Vec<Token<'static>> {
        vec![
            name("W"),
            Token::Number(width),
            name("Height"),
            Token::Number(height),
            name("CS"),
            name(space),
            name("BPC"),
            Token::Number(depth),
        ]
    }

    #[test]
    fn plain_data_are_measured() {
        let entries = sized(2.0, 2.0, "RGB", 8.0);
        let data = b" \nEI Q q EI \nEI Q";
        assert_eq!(image_length(&entries, data), Some(15));
        assert_eq!(plain_length(&sized(9.0, 3.0, "G", 1.0)), Some(6));
        assert_eq!(
            plain_length(&[
                name("W"),
                Token::Number(9.0),
                name("H"),
                Token::Number(2.0),
                name("IM"),
                Token::Keyword(b"true")
            ]),
            Some(4)
        );
        assert_eq!(plain_length(&sized(1e30, 1e30, "CMYK", 8.0)), None);
    }

    #[test]
    fn a_length_is_believed_only_if_the_end_is_there() {
        let entries = [name("F"), name("Fl"), name("L"), Token::Number(6.0)];
        assert_eq!(image_length(&entries, b" x EI Q\nEI\nQ"), Some(10));
        let lying = [name("F"), name("Fl"), name("L"), Token::Number(3.0)];
        assert_eq!(image_length(&lying, b" xyzabc\nEI\nQ"), Some(10));
    }

    #[test]
    fn compressed_data_end_where_content_goes_on() {
        let entries = [name("F"), name("Fl")];
        assert_eq!(
            image_length(&entries, b" a EI \x90\xffEI\x01 EI\nQ BT"),
            Some(14)
        );
        assert_eq!(image_length(&entries, b" abc EI"), Some(7));
        assert_eq!(image_length(&entries, b" abcEI"), None);
        assert_eq!(image_length(&entries, b""), None);
    }
}
