//! Reports are what `docs/report.schema.json` describes.
//!
//! A validator for the keywords that the schema uses; another keyword is an error, so nothing goes unchecked.

use scanseal_pades::verify::report::Report;
use serde_json::Value;

use crate::root;

pub fn schema() -> Value {
    let path = root().join("docs/report.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema is there");
    serde_json::from_str(&text).expect("the schema is JSON")
}

/// Panics with the place if the report is not what the schema describes.
pub fn assert_described(report: &Report) {
    let value = serde_json::to_value(report).expect("a report is JSON");
    let schema = schema();
    if let Err(error) = validate(&schema, &schema, &value, "report") {
        panic!("{error}\n{value:#}");
    }
}

fn validate(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let keywords = schema.as_object().expect("a schema is an object");
    let fail = |keyword: &str| Err(format!("{at}: {keyword}"));
    for (keyword, argument) in keywords {
        let holds = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = argument
                    .as_str()
                    .and_then(|path| path.strip_prefix("#/$defs/"));
                let target = &root["$defs"][name.expect("references lead to $defs")];
                validate(root, target, value, at)?;
                true
            }
            "type" => match argument {
                Value::Array(types) => types.iter().any(|kind| is_type(kind, value)),
                kind => is_type(kind, value),
            },
            "const" => argument == value,
            "enum" => argument.as_array().expect("a list").contains(value),
            "anyOf" | "oneOf" => {
                let options = argument.as_array().expect("a list");
                let fitting = options
                    .iter()
                    .filter(|option| validate(root, option, value, at).is_ok())
                    .count();
                if keyword == "oneOf" {
                    fitting == 1
                } else {
                    fitting > 0
                }
            }
            "required" => {
                let names = argument
                    .as_array()
                    .expect("a list")
                    .iter()
                    .filter_map(Value::as_str);
                let missing: Vec<&str> = names.filter(|name| value.get(name).is_none()).collect();
                if !missing.is_empty() {
                    return fail(&format!("{missing:?} missing"));
                }
                true
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    if let Some(part_schema) = argument.get(name) {
                        validate(root, part_schema, part, &format!("{at}.{name}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(*argument, Value::Bool(false));
                let known = &schema["properties"];
                let names = value.as_object().into_iter().flatten();
                let unknown: Vec<&String> = names
                    .map(|(name, _)| name)
                    .filter(|name| known.get(name).is_none())
                    .collect();
                if !unknown.is_empty() {
                    return fail(&format!("{unknown:?} not described"));
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(root, argument, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            "minItems" => value
                .as_array()
                .is_none_or(|list| list.len() as u64 >= argument.as_u64().expect("a number")),
            "maxItems" => value
                .as_array()
                .is_none_or(|list| list.len() as u64 <= argument.as_u64().expect("a number")),
            "uniqueItems" => value.as_array().is_none_or(|list| {
                (1..list.len()).all(|index| !list[..index].contains(&list[index]))
            }),
            "minimum" => value
                .as_f64()
                .is_none_or(|number| number >= argument.as_f64().expect("a number")),
            "maximum" => value
                .as_f64()
                .is_none_or(|number| number <= argument.as_f64().expect("a number")),
            "pattern" => value
                .as_str()
                .is_none_or(|text| matches_pattern(argument.as_str().expect("text"), text)),
            "format" => {
                assert_eq!(argument, "date-time");
                value
                    .as_str()
                    .is_none_or(|text| scanseal_pki::UnixTime::from_rfc3339(text).is_some())
            }
            other => panic!("{at}: the validator does not know {other}"),
        };
        if !holds {
            return fail(keyword);
        }
    }
    Ok(())
}

fn is_type(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type is a word") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the validator does not know the type {other}"),
    }
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    let hexadecimal = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match pattern {
        "^[0-9a-f]{64}$" => hexadecimal && text.len() == 64,
        "^[0-9a-f]*$" => hexadecimal,
        other => panic!("the validator does not know the pattern {other}"),
    }
}

#[test]
fn the_validator_refuses_what_the_schema_does_not_describe() {
    let schema = schema();
    let report = scanseal_pades::verify::verify(
        &scanseal_pades::Bytes(b"not a PDF"),
        None,
        &scanseal_pades::verify::Trust::new(scanseal_pki::UnixTime::from_secs(0)),
    );
    let good = serde_json::to_value(&report).expect("a report is JSON");
    assert_eq!(validate(&schema, &schema, &good, "report"), Ok(()));
    for (path, wrong) in [
        ("/version", Value::from(2)),
        ("/document/verdict", Value::from("fine")),
        ("/document/sha256", Value::from("AB")),
        ("/document/size", Value::from(-1)),
        ("/signatures", Value::from("none")),
    ] {
        let mut value = good.clone();
        *value.pointer_mut(path).expect("it is there") = wrong;
        assert!(
            validate(&schema, &schema, &value, "report").is_err(),
            "{path}"
        );
    }
    let mut more = good.clone();
    more["more"] = Value::Null;
    assert!(validate(&schema, &schema, &more, "report").is_err());
    let mut less = good;
    less.as_object_mut().expect("an object").remove("document");
    assert!(validate(&schema, &schema, &less, "report").is_err());
}
