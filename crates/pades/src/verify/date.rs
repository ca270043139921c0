//! Dates (ISO 32000-2 7.9.4): `D:YYYYMMDDHHmmSSOHH'mm`.

use scanseal_pki::UnixTime;

/// The moment that a date means; nothing if it is malformed, or before 1970. Missing parts are their least value, a missing
/// zone is UTC.
pub(crate) fn date(text: &str) -> Option<UnixTime> {
    let digits_and_zone = text.strip_prefix("D:").unwrap_or(text);
    let end = digits_and_zone
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits_and_zone.len());
    let (digits, zone) = digits_and_zone.split_at_checked(end)?;
    if !matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14) {
        return None;
    }
    let part = |at: usize, length: usize, least: i64| match digits.get(at..at + length) {
        Some(digits) => digits.parse().ok(),
        None => Some(least),
    };
    let (year, month, day) = (part(0, 4, 0)?, part(4, 2, 1)?, part(6, 2, 1)?);
    let (hour, minute, second) = (part(8, 2, 0)?, part(10, 2, 0)?, part(12, 2, 0)?);
    let valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !valid {
        return None;
    }
    let days = days_from_1970(year, month, day);
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset(zone)?;
    u64::try_from(seconds).ok().map(UnixTime::from_secs)
}

/// Seconds east of UTC: `Z`, `Z00'00`, `+08'00'`, `-05'30`, `+08`.
fn offset(zone: &str) -> Option<i64> {
    let mut characters = zone.chars();
    let sign = match characters.next() {
        None => return Some(0),
        Some('Z') => 0,
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return None,
    };
    let digits: String = characters.filter(|&c| c != '\'').collect();
    let (hours, minutes): (i64, i64) = match digits.len() {
        0 if sign == 0 => (0, 0),
        2 => (digits.parse().ok()?, 0),
        4 => (
            digits.get(..2)?.parse().ok()?,
            digits.get(2..)?.parse().ok()?,
        ),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = |year: i64| year * 365 + year / 4 - year / 100 + year / 400;
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before(year - 1) - before(1969) + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_and_without_zone() {
        let cases = [
            ("D:19700101000000Z", 0),
            ("D:20260528202640Z", 1_780_000_000),
            ("D:20260529042640+08'00'", 1_780_000_000),
            ("D:20260529042640+08'00", 1_780_000_000),
            ("D:20260528152640-05'00'", 1_780_000_000),
            ("20260528202640", 1_780_000_000),
            ("D:20000229", 951_782_400),
            ("D:2000", 946_684_800),
            ("D:20260528202640Z00'00'", 1_780_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(date(text), Some(UnixTime::from_secs(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "D:",
            "D:202",
            "D:20261301",
            "D:20260230",
            "D:21000229",
            "D:20260101250000",
            "D:20260101000000X",
            "D:20260101000000+8",
            "D:19600101",
            "D:2026０101",
            "D:99999999999999",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
