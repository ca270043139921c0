//! What a template asks for beside the form of the contract: described once, for the page that draws the form and for who reads it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    contracts::form::{self, Amount},
    platform::fields::FieldError,
};

/// Rows of a table of goods: the list of a whole ward. More are a file of their own, and an attachment.
pub const ROWS: usize = 100;
/// Digits of a number before the point, and behind it.
const NUMBER_DIGITS: usize = 9;
const DECIMALS: usize = 3;

/// Words in both languages.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A table with the columns.
    Items,
    /// Several lines.
    Lines,
    /// Yuan and fen.
    Money,
    /// A number above nothing, with up to three decimals.
    Number,
    /// One line.
    Text,
}

/// A field.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its name in `fields`.
    pub name: &'static str,
    /// What people read.
    pub label: Words,
    /// What may stand there.
    pub kind: Kind,
    /// Whether something must.
    pub required: bool,
    /// Characters; of `items` rows.
    pub max_length: usize,
    /// What stands there at first.
    pub initial: &'static str,
    /// Of `items`; else none.
    pub columns: &'static [Column],
}

/// A column of a table; each cell must be filled.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Its name in a row.
    pub name: &'static str,
    /// What people read.
    pub label: Words,
    /// What may stand there.
    pub kind: Kind,
    /// Characters.
    pub max_length: usize,
}

/// A number in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number(i64);

/// What was filled in.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Items(Vec<Vec<Self>>),
    Money(Amount),
    Number(Number),
    Text(String),
}

/// What was filled in, by the fields' names.
#[derive(Clone, Debug)]
pub(super) struct Values(BTreeMap<&'static str, Given>);

/// What is wrong, by the names of fields as the page knows them.
pub(crate) type Wrong = BTreeMap<String, FieldError>;

impl Values {
    /// Reads all fields.
    pub(super) fn read(fields: &[Field], given: &Map<String, Value>) -> Result<Self, Wrong> {
        let mut values = BTreeMap::new();
        let mut wrong = Wrong::new();
        for name in given.keys() {
            if !fields.iter().any(|field| field.name == name) {
                wrong.insert(path(&["fields", name]), FieldError::Wrong);
            }
        }
        for field in fields {
            let value = given.get(field.name);
            let read = match field.kind {
                Kind::Items => rows(field, value, &mut wrong).map(Given::Items),
                _ => one(field, value)
                    .map_err(|error| {
                        wrong.insert(path(&["fields", field.name]), error);
                    })
                    .ok(),
            };
            if let Some(read) = read {
                values.insert(field.name, read);
            }
        }
        if wrong.is_empty() {
            Ok(Self(values))
        } else {
            Err(wrong)
        }
    }

    /// A text, or a number as a text.
    pub(super) fn text(&self, name: &str) -> String {
        self.0.get(name).map(Given::text).unwrap_or_default()
    }

    /// The rows of a table.
    pub(super) fn rows(&self, name: &str) -> &[Vec<Given>] {
        match self.0.get(name) {
            Some(Given::Items(rows)) => rows,
            _ => &[],
        }
    }

    /// Every text that will be printed, with the name of its field.
    pub(super) fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for (name, given) in &self.0 {
            match given {
                Given::Items(rows) => {
                    for cell in rows.iter().flatten() {
                        texts.push((path(&["fields", name]), cell.text()));
                    }
                }
                other => texts.push((path(&["fields", name]), other.text())),
            }
        }
        texts
    }
}

impl Given {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Items(_) => String::new(),
            Self::Money(amount) => super::chinese::in_digits(*amount),
            Self::Number(number) => number.text(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Number {
    /// Reads a number above nothing.
    pub(super) fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > DECIMALS {
            return Err(FieldError::Wrong);
        }
        if whole.len() > NUMBER_DIGITS {
            return Err(FieldError::TooLong);
        }
        let thousandths: i64 = format!("{whole}{decimals:0<DECIMALS$}")
            .parse()
            .map_err(|_| FieldError::Wrong)?;
        if thousandths == 0 {
            return Err(FieldError::Wrong);
        }
        Ok(Self(thousandths))
    }

    fn text(self) -> String {
        let text = format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// So many of what costs this, rounded to whole fen; nothing if that is more than an amount can be.
    pub(super) fn times(self, price: Amount) -> Option<i64> {
        let exact = self.0.checked_mul(price.fen())?;
        Some(exact.checked_add(500)? / 1_000)
    }
}

fn one(field: &Field, value: Option<&Value>) -> Result<Given, FieldError> {
    let text = text_of(value)?;
    if text.trim().is_empty() {
        return if field.required {
            Err(FieldError::Required)
        } else {
            Ok(Given::Text(String::new()))
        };
    }
    cell(field.kind, field.max_length, text)
}

fn cell(kind: Kind, most: usize, text: &str) -> Result<Given, FieldError> {
    match kind {
        Kind::Lines => form::lines(text, most).map(Given::Text),
        Kind::Money => Amount::parse(text).map(Given::Money),
        Kind::Number => Number::parse(text).map(Given::Number),
        Kind::Items | Kind::Text => form::required(form::line(text, most)).map(Given::Text),
    }
}

fn rows(field: &Field, value: Option<&Value>, wrong: &mut Wrong) -> Option<Vec<Vec<Given>>> {
    let here = path(&["fields", field.name]);
    let rows = match value {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(rows)) => rows.as_slice(),
        Some(_) => {
            wrong.insert(here, FieldError::Wrong);
            return None;
        }
    };
    let error = if rows.is_empty() && field.required {
        Some(FieldError::Required)
    } else {
        (rows.len() > field.max_length).then_some(FieldError::TooLong)
    };
    if let Some(error) = error {
        wrong.insert(here, error);
        return None;
    }
    let before = wrong.len();
    let mut read = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let number = number.to_string();
        let Some(row) = row.as_object() else {
            wrong.insert(path(&[&here, &number]), FieldError::Wrong);
            continue;
        };
        for name in row.keys() {
            if !field.columns.iter().any(|column| column.name == name) {
                wrong.insert(path(&[&here, &number, name]), FieldError::Wrong);
            }
        }
        let mut cells = Vec::new();
        for column in field.columns {
            let text = text_of(row.get(column.name));
            match text.and_then(|text| cell(column.kind, column.max_length, text)) {
                Ok(given) => cells.push(given),
                Err(error) => {
                    wrong.insert(path(&[&here, &number, column.name]), error);
                }
            }
        }
        read.push(cells);
    }
    (wrong.len() == before).then_some(read)
}

fn text_of(value: Option<&Value>) -> Result<&str, FieldError> {
    match value {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(FieldError::Wrong),
    }
}

fn path(parts: &[&str]) -> String {
    parts.join(".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const LABEL: Words = Words { zh: "", en: "" };
    const FIELDS: [Field; 2] = [
        Field {
            name: "goods",
            label: LABEL,
            kind: Kind::Items,
            required: true,
            max_length: 2,
            initial: "",
            columns: &[
                Column {
                    name: "name",
                    label: LABEL,
                    kind: Kind::Text,
                    max_length: 3,
                },
                Column {
                    name: "quantity",
                    label: LABEL,
                    kind: Kind::Number,
                    max_length: 13,
                },
            ],
        },
        Field {
            name: "days",
            label: LABEL,
            kind: Kind::Number,
            required: false,
            max_length: 4,
            initial: "7",
            columns: &[],
        },
    ];

    fn wrong(given: &Value) -> Vec<(String, FieldError)> {
        let read = Values::read(&FIELDS, given.as_object().unwrap());
        read.err().unwrap_or_default().into_iter().collect()
    }

    fn row(name: &str, quantity: &str) -> Value {
        json!({ "name": name, "quantity": quantity })
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let good = row("三个字", "1.5");
        assert_eq!(wrong(&json!({ "goods": [good, good] })), []);
        let named = |name: &str, error| vec![(name.to_owned(), error)];
        for (given, expected) in [
            (json!({}), named("fields.goods", FieldError::Required)),
            (
                json!({ "goods": [good, good, good] }),
                named("fields.goods", FieldError::TooLong),
            ),
            (
                json!({ "goods": "x" }),
                named("fields.goods", FieldError::Wrong),
            ),
            (
                json!({ "goods": [1] }),
                named("fields.goods.0", FieldError::Wrong),
            ),
            (
                json!({ "goods": [good, row("四个汉字", "1")] }),
                named("fields.goods.1.name", FieldError::TooLong),
            ),
            (
                json!({ "goods": [row("", "1")] }),
                named("fields.goods.0.name", FieldError::Required),
            ),
            (
                json!({ "goods": [row("a\u{202e}", "1")] }),
                named("fields.goods.0.name", FieldError::Characters),
            ),
            (
                json!({ "goods": [good], "days": "-1" }),
                named("fields.days", FieldError::Wrong),
            ),
            (
                json!({ "goods": [good], "days": 7 }),
                named("fields.days", FieldError::Wrong),
            ),
            (
                json!({ "goods": [good], "other": "" }),
                named("fields.other", FieldError::Wrong),
            ),
        ] {
            assert_eq!(wrong(&given), expected, "{given}");
        }
    }

    #[test]
    fn numbers_have_nine_digits_and_three_decimals_at_most() {
        for (text, shown) in [
            ("999999999.999", "999999999.999"),
            (" 0.5 ", "0.5"),
            ("010", "10"),
        ] {
            assert_eq!(Number::parse(text).unwrap().text(), shown);
        }
        for (text, error) in [
            ("1000000000", FieldError::TooLong),
            ("1.0001", FieldError::Wrong),
            ("0", FieldError::Wrong),
            ("0.000", FieldError::Wrong),
            ("1e3", FieldError::Wrong),
            ("", FieldError::Required),
        ] {
            assert_eq!(Number::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn products_are_rounded_to_fen_and_never_overflow() {
        let times = |number, price| {
            let price = Amount::parse(price).unwrap();
            Number::parse(number).unwrap().times(price)
        };
        assert_eq!(times("3", "0.01"), Some(3));
        assert_eq!(times("0.5", "0.01"), Some(1));
        assert_eq!(times("0.4", "0.01"), Some(0));
        assert_eq!(times("999999999.999", "999999999999.99"), None);
    }
}
