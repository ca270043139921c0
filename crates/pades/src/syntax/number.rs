//! Numbers (ISO 32000-2 clause 7.3.3).

use super::Object;

/// The number that this word is: a sign, digits and one decimal point at most, and at least one digit.
///
/// An integer too large for 64 bits is a real number, as clause 7.3.3 lets readers do.
pub(super) fn parse(word: &[u8]) -> Option<Object> {
    let text = core::str::from_utf8(word).ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if !digits.contains('.')
        && let Ok(integer) = text.parse()
    {
        return Some(Object::Integer(integer));
    }
    let size = real(whole.as_bytes(), fraction.as_bytes());
    let real = if text.starts_with('-') { -size } else { size };
    real.is_finite().then_some(Object::Real(real))
}

/// What these digits mean; infinity if that is too much.
///
/// The standard library's way brings tables of 10 KB for exponents that PDF does not have. This one rounds correctly up to
/// 37 digits, no more than 20 of them behind the point, which is all that writers print of a number.
fn real(whole: &[u8], fraction: &[u8]) -> f64 {
    // Digits past the 37th are below every precision.
    const FULL: u128 = 10u128.pow(36);
    let mut mantissa: u128 = 0;
    let (mut zeros, mut decimals) = (0u32, 0u32);
    let places = whole.iter().map(|digit| (digit, false));
    for (digit, behind_point) in places.chain(fraction.iter().map(|digit| (digit, true))) {
        if mantissa < FULL {
            mantissa = mantissa * 10 + u128::from(digit.wrapping_sub(b'0'));
            decimals += u32::from(behind_point);
        } else if !behind_point {
            zeros = zeros.saturating_add(1);
        }
    }
    // A fraction of more digits than a divisor has (nearly nothing, that is) loses the last ones.
    while decimals > 37 {
        mantissa /= 10;
        decimals -= 1;
    }
    // Every bit there is room for, and one for the rest, so that the only rounding is that of the conversion.
    let shift = mantissa.leading_zeros().min(127);
    let divisor = 10u128.pow(decimals);
    let dividend = mantissa << shift;
    let rest = !dividend.is_multiple_of(divisor);
    let quotient = (dividend / divisor) | u128::from(rest);
    #[expect(clippy::cast_precision_loss, reason = "rounding is what it is for")]
    let mut size = quotient as f64 / (1u128 << shift) as f64;
    while zeros > 0 && size.is_finite() && size != 0.0 {
        size *= 10.0;
        zeros -= 1;
    }
    size
}

/// The number that these plain digits are.
pub(super) fn digits<T: core::str::FromStr>(word: &[u8]) -> Option<T> {
    let plain = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let text = core::str::from_utf8(word).ok().filter(|_| plain)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_writers_make_them() {
        for (word, expected) in [
            ("0", Object::Integer(0)),
            ("+1", Object::Integer(1)),
            ("-17", Object::Integer(-17)),
            ("00012", Object::Integer(12)),
            ("-0", Object::Integer(0)),
            ("9223372036854775807", Object::Integer(i64::MAX)),
            ("-.5", Object::Real(-0.5)),
            ("4.", Object::Real(4.0)),
            ("+0.25", Object::Real(0.25)),
            (
                "123456789012345678901",
                Object::Real(123_456_789_012_345_680_000.0),
            ),
        ] {
            assert_eq!(parse(word.as_bytes()), Some(expected), "{word}");
        }
    }

    #[test]
    fn real_numbers_are_those_of_the_standard_library() {
        let tiny = format!("0.{}1", "0".repeat(50));
        for word in [
            "0.0",
            "0.1",
            "595.276",
            "0.30000000000000004",
            "-179769.31348623157",
            "9007199254740993.0",
            "18446744073709551616",
            "1234567.8901234567",
            "0.000001",
            "340282366920938463463374607431768211455",
            ".00000000000000000001",
            "00000000000000000000000000000000000000000012.50",
        ] {
            let expected: f64 = word.parse().expect("a number");
            assert_eq!(
                parse(word.as_bytes()),
                Some(Object::Real(expected)),
                "{word}"
            );
        }
        assert_eq!(parse(tiny.as_bytes()), Some(Object::Real(0.0)));
        let large = format!("1{}", "0".repeat(300));
        let Some(Object::Real(value)) = parse(large.as_bytes()) else {
            panic!("{large}");
        };
        assert!((value / 1e300 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_a_number() {
        let huge = "9".repeat(400);
        for word in [
            "", "-", "+", ".", "-.", "--5", "+-5", "5-", "1-2", "1.2.3", "1e5", "0x10", "inf",
            "NaN", "１", &huge,
        ] {
            assert_eq!(parse(word.as_bytes()), None, "{word}");
        }
        assert_eq!(parse(b"\xff"), None);
    }

    #[test]
    fn plain_digits_only() {
        assert_eq!(digits::<u32>(b"0042"), Some(42));
        for word in ["", "+1", "-1", "1.0", "4294967296"] {
            assert_eq!(digits::<u32>(word.as_bytes()), None, "{word}");
        }
    }
}
