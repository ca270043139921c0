//! Predefined CMaps (ISO 32000-2, 9.7.5.2): those whose codes are Unicode, and those whose codes are an older character set.

use super::cmap::Code;

/// Which older character set, by the label of the WHATWG Encoding Standard.
pub(super) type Charset = &'static str;

/// A CMap that a font names instead of containing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Predefined {
    pub(super) codes: Codes,
    /// Whether it writes from top to bottom.
    pub(super) vertical: bool,
    /// CID of the space; the printable ASCII characters follow it. The other CIDs would need Adobe's tables, and their glyphs are one em wide.
    space: Option<u32>,
}

/// How strings divide into codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codes {
    /// Two bytes, which are the CID.
    Identity,
    Charset(Charset),
    Utf16,
    Utf32,
    Utf8,
}

impl Predefined {
    /// `Identity-H`.
    pub(super) const IDENTITY: Self = Self {
        codes: Codes::Identity,
        vertical: false,
        space: None,
    };

    /// The CMap of this name, if it is known.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        let name = core::str::from_utf8(name).ok()?;
        let (stem, vertical) = match name.strip_suffix("-V").map(|stem| (stem, true)) {
            Some(found) => found,
            None if matches!(name, "H" | "V") => return None,
            None => (name.strip_suffix("-H")?, false),
        };
        let (codes, space) = match stem {
            "Identity" => (Codes::Identity, None),
            "GB-EUC" | "GBK-EUC" | "GBK2K" => (Codes::Charset("gb18030"), Some(814)),
            "GBpc-EUC" | "GBKp-EUC" => (Codes::Charset("gb18030"), Some(1)),
            "B5pc" | "ETenms-B5" => (Codes::Charset("big5"), Some(1)),
            "ETen-B5" | "HKscs-B5" => (Codes::Charset("big5"), Some(13648)),
            "90pv-RKSJ" | "90msp-RKSJ" => (Codes::Charset("shift_jis"), Some(1)),
            "83pv-RKSJ" => (Codes::Charset("shift_jis"), Some(1)),
            "90ms-RKSJ" | "Ext-RKSJ" | "Add-RKSJ" => (Codes::Charset("shift_jis"), Some(231)),
            "KSCms-UHC" | "KSCpc-EUC" => (Codes::Charset("euc-kr"), Some(1)),
            "KSC-EUC" | "KSCms-UHC-HW" => (Codes::Charset("euc-kr"), Some(8094)),
            _ => {
                let (script, form) = stem.strip_prefix("Uni")?.split_once('-')?;
                if ![
                    "GB",
                    "CNS",
                    "JIS",
                    "JIS2004",
                    "JISX0213",
                    "JISX02132004",
                    "KS",
                ]
                .contains(&script)
                {
                    return None;
                }
                match form {
                    "UCS2" | "UTF16" => (Codes::Utf16, Some(1)),
                    "UCS2-HW" => (Codes::Utf16, Some(231)),
                    "UTF32" => (Codes::Utf32, Some(1)),
                    "UTF8" => (Codes::Utf8, Some(1)),
                    _ => return None,
                }
            }
        };
        Some(Self {
            codes,
            vertical,
            space,
        })
    }

    /// The code that `bytes` begin with; `None` at the end.
    pub(super) fn code(self, bytes: &[u8]) -> Option<Code> {
        let (first, second) = (*bytes.first()?, bytes.get(1));
        let length = match self.codes {
            Codes::Identity => 2,
            Codes::Utf16 if matches!(first, 0xd8..=0xdb) => 4,
            Codes::Utf16 => 2,
            Codes::Utf32 => 4,
            Codes::Utf8 => match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xff => 4,
                _ => 1,
            },
            Codes::Charset("shift_jis") => {
                1 + usize::from(matches!(first, 0x81..=0x9f | 0xe0..=0xfc))
            }
            Codes::Charset("gb18030") if first > 0x80 && matches!(second, Some(b'0'..=b'9')) => 4,
            Codes::Charset(_) => 1 + usize::from(matches!(first, 0x81..=0xfe)),
        };
        let code = bytes.get(..length).unwrap_or(bytes);
        let value = code
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        Some(Code {
            value,
            length: code.len(),
        })
    }

    /// The character that a code stands for.
    pub(super) fn character(
        self,
        code: Code,
        charsets: &dyn Fn(&str, &[u8]) -> Option<char>,
    ) -> Option<char> {
        let value = code.value.to_be_bytes();
        let bytes = value.get(value.len().checked_sub(code.length)?..)?;
        match self.codes {
            Codes::Identity => None,
            Codes::Utf8 => core::str::from_utf8(bytes).ok()?.chars().next(),
            Codes::Utf16 if code.length == 4 => {
                let units = bytes
                    .chunks_exact(2)
                    .map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
                char::decode_utf16(units).next()?.ok()
            }
            Codes::Utf16 | Codes::Utf32 => char::from_u32(code.value),
            Codes::Charset(_) if code.length == 1 && code.value < 0x80 => {
                char::from_u32(code.value)
            }
            Codes::Charset(label) => charsets(label, bytes),
        }
    }

    /// The CID that a code selects, where it is known without Adobe's tables.
    pub(super) fn cid(self, code: Code) -> Option<u32> {
        match self.codes {
            Codes::Identity => Some(code.value),
            _ if (0x20..0x7f).contains(&code.value) => {
                self.space.map(|space| space + code.value - 0x20)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(name: &str, mut bytes: &[u8]) -> String {
        let map = Predefined::from_name(name.as_bytes()).expect("it is known");
        let charsets = |label: &str, bytes: &[u8]| match (label, bytes) {
            ("gb18030", b"\xbc\xd7") => Some('甲'),
            ("gb18030", b"\x95\x32\x82\x36") => Some('\u{20000}'),
            ("shift_jis", b"\x8d\x62") => Some('甲'),
            _ => None,
        };
        let mut text = String::new();
        while let Some(code) = map.code(bytes) {
            text.extend(map.character(code, &charsets).or(Some('?')));
            bytes = &bytes[code.length..];
        }
        text
    }

    #[test]
    fn unicode_and_older_sets() {
        assert_eq!(decode("UniGB-UCS2-H", b"\x75\x32\x00A\x65\xb9"), "甲A方");
        assert_eq!(
            decode("UniGB-UTF16-V", b"\xd8\x40\xdc\x00\x75\x32\xd8\x40"),
            "\u{20000}甲?"
        );
        assert_eq!(
            decode("UniJIS2004-UTF32-H", b"\x00\x02\x00\x00"),
            "\u{20000}"
        );
        assert_eq!(decode("UniCNS-UTF8-H", "甲b".as_bytes()), "甲b");
        assert_eq!(
            decode("GBK-EUC-H", b"a\xbc\xd7\x95\x32\x82\x36\xff"),
            "a甲\u{20000}?"
        );
        assert_eq!(decode("90ms-RKSJ-V", b"\x8d\x62\xb1"), "甲?");
        assert_eq!(decode("Identity-H", b"\x00A\x00"), "??");
    }

    #[test]
    fn names_and_character_identifiers() {
        for name in [
            "H",
            "V",
            "Identity",
            "UniXX-UTF16-H",
            "UniGB-UTF7-H",
            "Custom-H",
            "",
        ] {
            assert_eq!(Predefined::from_name(name.as_bytes()), None, "{name}");
        }
        let cid = |name: &str, value| {
            Predefined::from_name(name.as_bytes())
                .and_then(|map| map.cid(Code { value, length: 2 }))
        };
        assert_eq!(cid("Identity-V", 0x1234), Some(0x1234));
        assert_eq!(cid("UniGB-UCS2-H", 0x41), Some(34));
        assert_eq!(cid("GBK-EUC-H", 0x20), Some(814));
        assert_eq!(cid("UniGB-UCS2-H", 0x7532), None);
    }
}
