//! Amounts and days as Chinese contracts write them.

use crate::contracts::form::Amount;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// Within four digits, and for each four of them.
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const SECTIONS: [&str; 3] = ["", "万", "亿"];

/// An amount in words that nobody can change with a stroke: 大写 (after the rules for bills, 《支付结算办法》 annex 1).
pub(super) fn in_words(amount: Amount) -> String {
    let (yuan, rest) = (amount.fen() / 100, amount.fen() % 100);
    let (jiao, fen) = (digit(rest / 10), digit(rest % 10));
    let mut words = whole(yuan);
    if !words.is_empty() {
        words.push('元');
    }
    match (jiao, fen) {
        (0, 0) if words.is_empty() => return "零元整".to_owned(),
        (0, 0) => words.push('整'),
        (0, fen) => {
            if !words.is_empty() {
                words.push('零');
            }
            words.extend([DIGITS[fen], '分']);
        }
        (jiao, 0) => words.extend([DIGITS[jiao], '角', '整']),
        (jiao, fen) => words.extend([DIGITS[jiao], '角', DIGITS[fen], '分']),
    }
    words
}

fn whole(yuan: i64) -> String {
    let text = yuan.to_string();
    let (mut words, mut zero, mut section) = (String::new(), false, false);
    for (place, character) in (0..text.len()).rev().zip(text.chars()) {
        let value = digit(i64::from(character.to_digit(10).unwrap_or(0)));
        if value == 0 {
            zero = !words.is_empty();
        } else {
            if zero {
                words.push(DIGITS[0]);
            }
            (zero, section) = (false, true);
            words.push(DIGITS[value]);
            words.push_str(PLACES[place % 4]);
        }
        if place % 4 == 0 && section {
            words.push_str(SECTIONS.get(place / 4).copied().unwrap_or_default());
            section = false;
        }
    }
    words
}

/// 0 to 9.
fn digit(value: i64) -> usize {
    usize::try_from(value.rem_euclid(10)).unwrap_or(0)
}

/// With a comma before each three digits: `1,250,000.00`.
pub(super) fn in_digits(amount: Amount) -> String {
    let text = amount.text();
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (place, character) in (0..yuan.len()).rev().zip(yuan.chars()) {
        grouped.push(character);
        if place > 0 && place % 3 == 0 {
            grouped.push(',');
        }
    }
    format!("{grouped}.{fen}")
}

/// A day, `2026-12-01`, as `2026年12月1日`.
pub(super) fn day(day: &str) -> String {
    let mut parts = day.split('-').map(|part| part.trim_start_matches('0'));
    let mut part = || parts.next().unwrap_or_default();
    format!("{}年{}月{}日", part(), part(), part())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_are_written_as_banks_write_them() {
        for (digits, words) in [
            ("0", "零元整"),
            ("0.07", "柒分"),
            ("0.50", "伍角整"),
            ("1", "壹元整"),
            ("10", "壹拾元整"),
            ("325.04", "叁佰贰拾伍元零肆分"),
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("105000", "壹拾万零伍仟元整"),
            ("1250000", "壹佰贰拾伍万元整"),
            ("100000000", "壹亿元整"),
            ("100005000.30", "壹亿零伍仟元叁角整"),
            (
                "999999999999.99",
                "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
            ),
        ] {
            assert_eq!(in_words(Amount::parse(digits).unwrap()), words, "{digits}");
        }
    }

    #[test]
    fn digits_are_grouped_and_days_spelt_out() {
        let amount = |text| in_digits(Amount::parse(text).unwrap());
        assert_eq!(
            [amount("0.5"), amount("999"), amount("1250000")],
            ["0.50", "999.00", "1,250,000.00"]
        );
        assert_eq!(day("2026-12-01"), "2026年12月1日");
    }
}
