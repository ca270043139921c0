//! JSON as the protocol reads it: an object at the top, no member twice at any depth.
//!
//! serde's derived structs skip unknown members, refuse known ones that come twice, but also accept arrays in place of
//! objects and never look inside what they skip. Two readers that pick different twins of a member would disagree about
//! what was signed (RFC 8725 section 2.4 shows the like), so duplicates are refused wherever they are.

use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Reads one object and nothing after it.
pub(crate) fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    match serde_json::from_slice(json)? {
        Unique(value @ Value::Object(_)) => T::deserialize(value),
        Unique(_) => Err(serde_json::Error::custom("expected an object")),
    }
}

/// For `#[serde(deserialize_with = "strict_json::object")]` on members that are structs: an array is refused.
#[cfg(any(test, feature = "path"))]
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let members = Map::deserialize(deserializer)?;
    T::deserialize(Value::Object(members)).map_err(de::Error::custom)
}

/// Any JSON value in which no object has a member twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Unique(value) = map.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a member occurs twice"));
            }
        }
        Ok(Unique(Value::Object(members)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Unique, A::Error> {
        let mut all = Vec::new();
        while let Some(Unique(value)) = values.next_element()? {
            all.push(value);
        }
        Ok(Unique(Value::Array(all)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Unique, E> {
        Ok(Unique(Value::from(text)))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Unique, E> {
        Ok(Unique(Value::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Unique, E> {
        Ok(Unique(Value::from(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Unique, E> {
        Ok(Unique(Value::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Unique, E> {
        Ok(Unique(Value::from(value)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Unique, E> {
        Ok(Unique(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        a: u8,
        #[serde(deserialize_with = "object")]
        inner: Inner,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        b: u8,
    }

    fn read(json: &str) -> Result<Outer, serde_json::Error> {
        from_slice(json.as_bytes())
    }

    #[test]
    fn unknown_members_of_every_kind_are_skipped() {
        let json = r#" {"a":1,"x":[null,true,1.5,-1,"s",{"y":{}}],"inner":{"b":2,"z":[]}} "#;
        assert_eq!(
            read(json).unwrap(),
            Outer {
                a: 1,
                inner: Inner { b: 2 }
            }
        );
    }

    #[test]
    fn a_member_that_occurs_twice_is_refused_at_every_depth() {
        for json in [
            r#"{"a":1,"a":1,"inner":{"b":2}}"#,
            r#"{"a":1,"inner":{"b":2,"b":2}}"#,
            r#"{"a":1,"inner":{"b":2},"x":1,"x":1}"#,
            r#"{"a":1,"inner":{"b":2},"x":[{"y":1,"\u0079":2}]}"#,
        ] {
            assert!(
                read(json).unwrap_err().to_string().contains("twice"),
                "{json}"
            );
        }
    }

    #[test]
    fn arrays_in_place_of_objects_and_trailing_text_are_refused() {
        for json in [
            r#"[1,{"b":2}]"#,
            r#"{"a":1,"inner":[2]}"#,
            r#"{"a":1,"inner":{"b":2}} x"#,
            "",
            "\u{feff}{}",
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn nesting_without_end_is_refused_without_exhausting_the_stack() {
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
