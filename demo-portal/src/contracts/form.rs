//! The form of a contract: what is agreed, read once into types that cannot be wrong.

use scanseal_pki::CreditCode;
use serde::{Deserialize, Serialize};

use crate::{
    http::Problem,
    platform::fields::{FieldError, Fields},
};

/// Characters of a contract's name: as many as a request may show of a document's.
pub const TITLE_CHARACTERS: usize = 80;
/// Characters of an order's number: longer than those of any procurement system.
pub const ORDER_NUMBER_CHARACTERS: usize = 40;
/// Characters of the place where it is concluded.
pub const PLACE_CHARACTERS: usize = 80;
/// Characters of the main terms: a page and a half. The file has all of them.
pub const TERMS_CHARACTERS: usize = 4_000;
/// Digits of an amount before the point: a hundred times the largest procurement.
pub const AMOUNT_DIGITS: usize = 12;
/// Parties beside the one who draws a contract up.
pub const COUNTERPARTIES: usize = 5;

/// Who seals first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealOrder {
    /// Whoever comes.
    Any,
    /// The one who drew it up, then the others.
    OursFirst,
    /// The others, then the one who drew it up.
    OursLast,
}

impl SealOrder {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::OursFirst => "ours-first",
            Self::OursLast => "ours-last",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::Any, Self::OursFirst, Self::OursLast]
            .into_iter()
            .find(|order| order.as_str() == text)
    }
}

/// An amount of money, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(i64);

impl Amount {
    /// Reads yuan, perhaps with one or two digits behind the point.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        let (yuan, fen) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(yuan) || !digits(fen) || fen.len() > 2 {
            return Err(FieldError::Wrong);
        }
        if yuan.len() > AMOUNT_DIGITS {
            return Err(FieldError::TooLong);
        }
        let number = |part: &str| part.parse::<i64>().map_err(|_| FieldError::Wrong);
        let tens = if fen.len() == 1 { 10 } else { 1 };
        Ok(Self(number(yuan)? * 100 + number(fen)? * tens))
    }

    /// In fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    pub(super) const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// Yuan and fen, as pages have them.
    pub fn text(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// A day, `2026-11-22`. Days compare as their texts do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// Reads a day of the calendar.
    ///
    /// # Errors
    /// [`FieldError::Wrong`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes.iter().enumerate().all(|(index, byte)| match index {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return Err(FieldError::Wrong);
        }
        let part = |range: std::ops::Range<usize>| {
            text.get(range)
                .and_then(|part| part.parse::<u32>().ok())
                .ok_or(FieldError::Wrong)
        };
        let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return Err(FieldError::Wrong),
        };
        if year < 1900 || day == 0 || day > days {
            return Err(FieldError::Wrong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The day.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a form sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FormBody {
    title: String,
    #[serde(default)]
    order_number: String,
    amount: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    place: String,
    #[serde(default)]
    terms: String,
    counterparties: Vec<CounterpartyBody>,
    order: SealOrder,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CounterpartyBody {
    credit_code: String,
}

/// A form that can be taken.
#[derive(Clone, Debug)]
pub struct Form {
    /// 合同名称.
    pub title: String,
    /// 订单编号; may be empty.
    pub order_number: String,
    /// The amount.
    pub amount: Amount,
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub until: Option<Day>,
    /// 签订地点; may be empty.
    pub place: String,
    /// 主要条款; may be empty.
    pub terms: String,
    /// The other parties, each once, in the order in which they seal.
    pub counterparties: Vec<CreditCode>,
    /// Who seals first.
    pub order: SealOrder,
}

impl FormBody {
    /// Reads all fields.
    ///
    /// # Errors
    /// 422 with `fields`.
    pub fn read(&self) -> Result<Form, Problem> {
        let mut fields = Fields::default();
        let title = fields.take("title", required(line(&self.title, TITLE_CHARACTERS)));
        let order_number = fields.take(
            "orderNumber",
            line(&self.order_number, ORDER_NUMBER_CHARACTERS),
        );
        let amount = fields.take("amount", Amount::parse(&self.amount));
        let from = fields.take("from", day(self.from.as_deref()));
        let until = fields.take(
            "until",
            day(self.until.as_deref()).and_then(|until| {
                let early =
                    matches!((&from, &until), (Some(Some(from)), Some(until)) if until < from);
                if early {
                    Err(FieldError::Wrong)
                } else {
                    Ok(until)
                }
            }),
        );
        let place = fields.take("place", line(&self.place, PLACE_CHARACTERS));
        let terms = fields.take("terms", lines(&self.terms, TERMS_CHARACTERS));
        let counterparties = fields.take("counterparties", self.counterparties());
        match (
            title,
            order_number,
            amount,
            from,
            until,
            place,
            terms,
            counterparties,
        ) {
            (
                Some(title),
                Some(order_number),
                Some(amount),
                Some(from),
                Some(until),
                Some(place),
                Some(terms),
                Some(counterparties),
            ) => Ok(Form {
                title,
                order_number,
                amount,
                from,
                until,
                place,
                terms,
                counterparties,
                order: self.order,
            }),
            _ => Err(fields.refuse()),
        }
    }

    fn counterparties(&self) -> Result<Vec<CreditCode>, FieldError> {
        if self.counterparties.is_empty() {
            return Err(FieldError::Required);
        }
        if self.counterparties.len() > COUNTERPARTIES {
            return Err(FieldError::TooLong);
        }
        let mut codes = Vec::new();
        for party in &self.counterparties {
            let code =
                CreditCode::parse(party.credit_code.trim()).map_err(|_| FieldError::Wrong)?;
            if codes.contains(&code) {
                return Err(FieldError::Taken);
            }
            codes.push(code);
        }
        Ok(codes)
    }
}

fn day(text: Option<&str>) -> Result<Option<Day>, FieldError> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(Day::parse)
        .transpose()
}

/// Something must be there.
pub(super) fn required(text: Result<String, FieldError>) -> Result<String, FieldError> {
    text.and_then(|text| {
        if text.is_empty() {
            Err(FieldError::Required)
        } else {
            Ok(text)
        }
    })
}

/// One line: no control characters, nothing that breaks lines or turns their direction, since it is shown beside other words.
pub(super) fn line(text: &str, most: usize) -> Result<String, FieldError> {
    checked(text, most, is_odd)
}

/// Several lines.
pub(super) fn lines(text: &str, most: usize) -> Result<String, FieldError> {
    checked(&text.replace("\r\n", "\n"), most, |character| {
        character != '\n' && breaks_or_turns(character)
    })
}

fn checked(text: &str, most: usize, odd: impl Fn(char) -> bool) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().any(odd) {
        return Err(FieldError::Characters);
    }
    if !text.chars().any(shows) {
        return Ok(String::new());
    }
    if text.chars().count() > most {
        return Err(FieldError::TooLong);
    }
    Ok(text.to_owned())
}

/// What may not stand in a name.
pub(crate) fn is_odd(character: char) -> bool {
    breaks_or_turns(character) || is_unseen(character)
}

fn breaks_or_turns(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Not seen at all, so that two names look the same, or one looks like none. What joins letters (U+200C, U+200D) and what chooses
/// the form of a character belongs to how some names are written.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}' | '\u{200e}'
            | '\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

fn shows(character: char) -> bool {
    let joins = matches!(character, '\u{200c}' | '\u{200d}');
    !joins && !character.is_whitespace() && !is_unseen(character)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_are_yuan_and_fen_and_nothing_else() {
        for (text, fen) in [
            ("0", 0),
            ("1250000", 125_000_000),
            ("1250000.5", 125_000_050),
            (" 0.07 ", 7),
            ("999999999999.99", 99_999_999_999_999),
        ] {
            assert_eq!(Amount::parse(text).unwrap().fen(), fen, "{text}");
        }
        assert_eq!(Amount::parse("1.5").unwrap().text(), "1.50");
        for (wrong, error) in [
            ("", FieldError::Required),
            ("1000000000000", FieldError::TooLong),
            ("-1", FieldError::Wrong),
            ("1.", FieldError::Wrong),
            (".5", FieldError::Wrong),
            ("1.005", FieldError::Wrong),
            ("1,000", FieldError::Wrong),
            ("1e5", FieldError::Wrong),
            ("１", FieldError::Wrong),
        ] {
            assert_eq!(Amount::parse(wrong), Err(error), "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in ["2026-01-31", "2024-02-29", "2000-02-29", "1900-01-01"] {
            assert_eq!(Day::parse(day).unwrap().as_str(), day);
        }
        for wrong in [
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-00-10",
            "2026-13-01",
            "2026-1-1",
            "2026-01-00",
            "1899-12-31",
            "2026/01/01",
            "２026-01-01",
        ] {
            assert_eq!(Day::parse(wrong), Err(FieldError::Wrong), "{wrong}");
        }
    }

    fn body(change: impl FnOnce(&mut serde_json::Value)) -> Result<Form, Problem> {
        let mut body = serde_json::json!({
            "title": "合同", "amount": "1", "order": "any",
            "counterparties": [{ "creditCode": "12650100MB1A22606J" }],
        });
        change(&mut body);
        serde_json::from_value::<FormBody>(body).unwrap().read()
    }

    #[test]
    fn texts_at_their_limit_are_taken_and_one_character_more_is_refused() {
        for (field, most) in [
            ("title", TITLE_CHARACTERS),
            ("orderNumber", ORDER_NUMBER_CHARACTERS),
            ("place", PLACE_CHARACTERS),
            ("terms", TERMS_CHARACTERS),
        ] {
            assert!(
                body(|body| body[field] = "合".repeat(most).into()).is_ok(),
                "{field}"
            );
            let refused = body(|body| body[field] = "合".repeat(most + 1).into()).unwrap_err();
            assert!(
                refused
                    .to_json()
                    .unwrap()
                    .contains(&format!("\"{field}\":\"too-long\""))
            );
        }
        let codes = [
            "12650100MB1A22606J",
            "11650100MB0F883179",
            "91650100MA77C0R54J",
            "91650104MA78E3K920",
            "12650100MB1D402870",
        ];
        let parties: Vec<_> = codes
            .iter()
            .map(|code| serde_json::json!({ "creditCode": code }))
            .collect();
        assert!(body(|body| body["counterparties"] = parties.clone().into()).is_ok());
        let six: Vec<_> = parties.iter().chain(&parties[..1]).cloned().collect();
        assert!(body(|body| body["counterparties"] = six.into()).is_err());
    }

    #[test]
    fn what_breaks_or_turns_lines_is_refused_and_all_fields_are_told_at_once() {
        for odd in [
            "a\nb",
            "a\u{202e}b",
            "a\u{2028}b",
            "a\u{0}b",
            "a\u{200b}b",
            "\u{2800}",
            "\u{200d}",
            "\u{e0041}a",
        ] {
            assert!(body(|body| body["title"] = odd.into()).is_err(), "{odd:?}");
        }
        assert_eq!(
            body(|body| body["terms"] = "一\r\n二".into())
                .unwrap()
                .terms,
            "一\n二"
        );
        // A name that is written with them keeps its joiners and variants; text that was pasted keeps what nobody sees.
        for name in ["\u{6a9}\u{200c}\u{645}", "\u{845b}\u{e0100}"] {
            assert_eq!(
                body(|body| body["title"] = name.into()).unwrap().title,
                name
            );
        }
        let pasted = "\u{feff}一\u{ad}";
        assert_eq!(
            body(|body| body["terms"] = pasted.into()).unwrap().terms,
            pasted
        );
        assert_eq!(
            required(lines("\u{200b} \u{feff}", 9)),
            Err(FieldError::Required)
        );
        let refused = body(|body| {
            body["title"] = " ".into();
            body["from"] = "2026-02-01".into();
            body["until"] = "2026-01-31".into();
        });
        let json = refused.unwrap_err().to_json().unwrap();
        assert!(
            json.contains("\"title\":\"required\"") && json.contains("\"until\":\"wrong\""),
            "{json}"
        );
    }
}
