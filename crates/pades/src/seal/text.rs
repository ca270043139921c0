//! Text: strings of the document, dates, and the line below a seal.

use scanseal_pki::UnixTime;

use super::SealError;

/// Characters a text of the signature dictionary or the line below a seal may have; forms show less than a line of it.
pub const MAX_TEXT_CHARACTERS: usize = 1000;

/// Characters of WinAnsiEncoding 0x80 to 0x9F (ISO 32000-2 annex D.2); `\0` where there is none.
const WIN_ANSI_HIGH: [char; 32] = [
    '\u{20ac}', '\0', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\0', '\u{17d}', '\0', '\0',
    '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}',
    '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\0', '\u{17e}', '\u{178}',
];

/// Widths of Helvetica in thousandths, codes 0x20 to 0x7E and 0xA0 to 0xFF of WinAnsiEncoding (Adobe's font metrics).
const HELVETICA_LOW: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const HELVETICA_HIGH: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333,
    333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667,
    1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778,
    722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556,
    278, 278, 278, 278, 556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556,
    500,
];
const HELVETICA_MIDDLE: [u16; 32] = [
    556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0, 0, 222, 222, 333,
    333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
];

/// A line of text below the seal, such as signer and date.
///
/// It is set in Helvetica, one of the fonts every reader has, so no font is put into the file. Those fonts have Latin letters
/// only: a line in Chinese is drawn into the seal picture by the caller (crate `scanseal-seal-picture`), or refused.
/// Files of PDF/A demand embedded fonts; draw the line into the picture for them too.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLine {
    encoded: Vec<u8>,
    size: f64,
}

impl TextLine {
    /// A line of this size in points; it is made smaller where it would be wider than the seal.
    ///
    /// # Errors
    /// [`SealError::TextNotLatin`] if a character is not of WinAnsiEncoding; [`SealError::RequestInvalid`] if the line is empty or
    /// too long, or the size is not between 2 and 72 points.
    pub fn new(text: &str, size: f64) -> Result<Self, SealError> {
        if !(2.0..=72.0).contains(&size) {
            return Err(SealError::RequestInvalid {
                reason: format!("{size} is no size of text: give 2 to 72 points"),
            });
        }
        check_length(text)?;
        let encoded: Vec<u8> = text
            .chars()
            .map(|character| win_ansi(character).ok_or(SealError::TextNotLatin { character }))
            .collect::<Result<_, _>>()?;
        if encoded.is_empty() {
            return Err(SealError::RequestInvalid {
                reason: "the line of text is empty: leave it out".to_owned(),
            });
        }
        Ok(Self { encoded, size })
    }

    /// In WinAnsiEncoding.
    pub(crate) fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// Height of the line, its spacing included.
    pub(crate) fn height(&self) -> f64 {
        self.size * 1.4
    }

    /// Size in points with which it is at most `room` wide, and how wide it is then.
    pub(crate) fn fit(&self, room: f64) -> (f64, f64) {
        let thousandths: u32 = self
            .encoded
            .iter()
            .map(|&code| u32::from(width(code)))
            .sum();
        let relative = f64::from(thousandths) / 1000.0;
        let size = if relative * self.size > room {
            room / relative
        } else {
            self.size
        };
        (size, relative * size)
    }
}

fn win_ansi(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).ok(),
        '\0' => None,
        _ => {
            let place = WIN_ANSI_HIGH.iter().position(|&known| known == character)?;
            u8::try_from(place + 0x80).ok()
        }
    }
}

fn width(code: u8) -> u16 {
    let (table, first): (&[u16], u8) = match code {
        0xa0.. => (&HELVETICA_HIGH, 0xa0),
        0x80..=0x9f => (&HELVETICA_MIDDLE, 0x80),
        _ => (&HELVETICA_LOW, 0x20),
    };
    let place = usize::from(code.saturating_sub(first));
    table.get(place).copied().unwrap_or(0)
}

/// Refuses texts that no reader could show.
pub(crate) fn check_length(text: &str) -> Result<(), SealError> {
    if text.chars().count() > MAX_TEXT_CHARACTERS {
        return Err(SealError::TooMuch {
            what: "the number of characters of a text",
            limit: MAX_TEXT_CHARACTERS as u64,
        });
    }
    Ok(())
}

/// The bytes of a text string (ISO 32000-2 clause 7.9.2.2): as they are for ASCII, which PDFDocEncoding agrees with,
/// else UTF-16BE with its mark.
pub(crate) fn text_string(text: &str) -> Vec<u8> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    if text.bytes().all(plain) {
        return text.as_bytes().to_vec();
    }
    let units = core::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_be_bytes).collect()
}

/// What the bytes of a text string say: PDFDocEncoding, UTF-16BE or UTF-8, each by its mark. For comparing names: what has
/// no meaning stands for itself as U+FFFD.
pub(crate) fn read_text_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let units = rest
            .chunks(2)
            .map(|unit| unit.try_into().map_or(0xfffd, u16::from_be_bytes));
        return char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|&byte| pdf_doc(byte)).collect()
}

/// PDFDocEncoding (ISO 32000-2 annex D.3).
fn pdf_doc(byte: u8) -> char {
    const ACCENTS: [char; 8] = [
        '\u{2d8}', '\u{2c7}', '\u{2c6}', '\u{2d9}', '\u{2dd}', '\u{2db}', '\u{2da}', '\u{2dc}',
    ];
    const HIGH: [char; 33] = [
        '\u{2022}', '\u{2020}', '\u{2021}', '\u{2026}', '\u{2014}', '\u{2013}', '\u{192}',
        '\u{2044}', '\u{2039}', '\u{203a}', '\u{2212}', '\u{2030}', '\u{201e}', '\u{201c}',
        '\u{201d}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{2122}', '\u{fb01}', '\u{fb02}',
        '\u{141}', '\u{152}', '\u{160}', '\u{178}', '\u{17d}', '\u{131}', '\u{142}', '\u{153}',
        '\u{161}', '\u{17e}', '\u{fffd}', '\u{20ac}',
    ];
    let from = |table: &[char], first: u8| {
        let place = usize::from(byte.saturating_sub(first));
        table
            .get(place)
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    match byte {
        0x18..=0x1f => from(&ACCENTS, 0x18),
        0x80..=0xa0 => from(&HIGH, 0x80),
        0x7f | 0xad => char::REPLACEMENT_CHARACTER,
        _ => char::from(byte),
    }
}

/// The date string of a moment, in UTC (ISO 32000-2 clause 7.9.4).
///
/// # Errors
/// [`SealError::RequestInvalid`] past the year 9999, which the form cannot write.
pub(crate) fn date_string(time: UnixTime) -> Result<String, SealError> {
    let (days, second) = (time.as_secs() / 86_400, time.as_secs() % 86_400);
    let too_late = || SealError::RequestInvalid {
        reason: "the time is after the year 9999".to_owned(),
    };
    let days = u32::try_from(days).map_err(|_| too_late())?;
    let (year, month, day) = civil(days);
    if year > 9999 {
        return Err(too_late());
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    Ok(format!(
        "D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"
    ))
}

/// Year, month and day of a day counted from 1970-01-01. The calendar repeats every 400 years of 146,097 days; counted from
/// March, the leap day is the last of a year.
fn civil(days: u32) -> (u64, u64, u64) {
    let days = u64::from(days) + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_leap_years_and_ends_of_months() {
        for (seconds, expected) in [
            (0, "D:19700101000000Z"),
            (951_782_399, "D:20000228235959Z"),
            (951_782_400, "D:20000229000000Z"),
            (951_868_800, "D:20000301000000Z"),
            (1_709_164_800, "D:20240229000000Z"),
            (1_795_348_800, "D:20261122120000Z"),
            (4_107_542_400, "D:21000301000000Z"),
            (253_402_300_799, "D:99991231235959Z"),
        ] {
            let date = date_string(UnixTime::from_secs(seconds));
            assert_eq!(date.as_deref(), Ok(expected));
        }
        for late in [253_402_300_800, u64::MAX] {
            assert!(date_string(UnixTime::from_secs(late)).is_err());
        }
    }

    #[test]
    fn text_strings_come_back() {
        assert_eq!(text_string("Contract 7"), b"Contract 7");
        assert_eq!(text_string("合"), [0xfe, 0xff, 0x54, 0x08]);
        for text in ["", "plain", "合同专用章 😀", "é", "\u{1}"] {
            assert_eq!(read_text_string(&text_string(text)), text);
        }
        assert_eq!(read_text_string(b"\xef\xbb\xbf\xe5\x90\x88"), "合");
        assert_eq!(
            read_text_string(b"caf\xe9 \xa0\x92\x18"),
            "café €\u{2122}\u{2d8}"
        );
        assert_eq!(read_text_string(b"\xfe\xff\x54"), "\u{fffd}");
        assert_eq!(read_text_string(b"\x9f\x7f"), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_line_is_latin_and_fits() {
        let line = TextLine::new("Ab €", 10.0).expect("Latin");
        assert_eq!(line.encoded(), b"Ab \x80");
        let width = (0.667 + 0.556 + 0.278 + 0.556) * 10.0;
        let (size, set) = line.fit(100.0);
        assert!(size == 10.0 && (set - width).abs() < 1e-9, "{set}");
        let (size, set) = line.fit(width / 2.0);
        assert!((size - 5.0).abs() < 1e-9 && (set - width / 2.0).abs() < 1e-9);
        assert_eq!(
            TextLine::new("Seal 章", 10.0),
            Err(SealError::TextNotLatin { character: '章' })
        );
        for bad in ["\0", "\n", "\u{81}"] {
            let refused = TextLine::new(bad, 10.0).map_err(|error| error.code());
            assert_eq!(refused, Err("text-not-latin"), "{bad:?}");
        }
    }

    #[test]
    fn empty_long_and_odd_lines_are_refused() {
        for (text, size) in [("", 10.0), ("a", 1.9), ("a", 72.1), ("a", f64::NAN)] {
            let refused = TextLine::new(text, size).map_err(|error| error.code());
            assert_eq!(refused, Err("seal-request-invalid"), "{text} {size}");
        }
        assert!(TextLine::new(&"a".repeat(MAX_TEXT_CHARACTERS), 10.0).is_ok());
        assert!(TextLine::new(&"a".repeat(MAX_TEXT_CHARACTERS + 1), 10.0).is_err());
    }
}
