//! Bytes as hexadecimal digits. Smaller than a library for every base, which matters to pages.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes in lower-case digits.
pub fn lower(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter_map(|digit| DIGITS.get(usize::from(digit)).copied().map(char::from))
        .collect()
}

/// The bytes that these digits mean, in upper or lower case; none if they are not pairs of digits.
pub fn decode(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(value(high)? << 4 | value(low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_there_and_back() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let digits = lower(&bytes);
        assert!(digits.starts_with("000102") && digits.ends_with("fdfeff"));
        assert_eq!(decode(&digits).as_ref(), Some(&bytes));
        assert_eq!(decode(&digits.to_ascii_uppercase()).as_ref(), Some(&bytes));
        assert_eq!(decode(""), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_pair_of_digits_is_nothing() {
        for digits in ["0", "000", "0g", "g0", " 0", "+1", "0x", "é"] {
            assert_eq!(decode(digits), None, "{digits}");
        }
    }
}
