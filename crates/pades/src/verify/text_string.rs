//! Text strings (ISO 32000-2 7.9.2.2): UTF-16, UTF-8 or PDFDocEncoding.

/// The characters that a text string stands for. What is no character becomes U+FFFD.
pub(crate) fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // Not in the standard, but written by some producers and shown by all viewers.
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&byte| pdf_doc_encoding(byte)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair));
    char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// ISO 32000-2 table D.2.
fn pdf_doc_encoding(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const UPPER: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    match byte {
        0x18..=0x1F => ACCENTS[usize::from(byte - 0x18)],
        0x80..=0xA0 => UPPER[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_read() {
        assert_eq!(
            text_string(b"\xFE\xFF\x7A\x0E\x00A\xD8\x3D\xDE\x00"),
            "税A😀"
        );
        assert_eq!(text_string(b"\xFF\xFE\x0E\x7A"), "税");
        assert_eq!(text_string("\u{FEFF}甲方".as_bytes()), "甲方");
        assert_eq!(text_string(b"caf\xE9 \xA0\x92\x1A"), "café €™ˆ");
        assert_eq!(text_string(b"\xFE\xFF\xD8\x00"), "\u{FFFD}");
        assert_eq!(text_string(b""), "");
    }
}
