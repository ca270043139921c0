//! Lines of an export (JSON Lines), written and read.
//!
//! There is one way only to write a line: what is read must be what would be written, byte by byte. So whatever is
//! changed in a file changes what is hashed, or is found here.

use core::fmt;

use scanseal_pki::UnixTime;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Hash, LAST_SEQ, LINE_BYTES};

/// A line that was read.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) seq: u64,
    pub(super) prev: Hash,
    pub(super) event: Hash,
    pub(super) redacted: bool,
    pub(super) hash: Hash,
}

pub(super) fn full(seq: u64, prev: &Hash, event: &str, hash: &Hash) -> String {
    format!("{{\"seq\":{seq},\"prev\":\"{prev}\",\"event\":{event},\"hash\":\"{hash}\"}}\n")
}

pub(super) fn redacted(seq: u64, prev: &Hash, event: &Hash, hash: &Hash) -> String {
    format!("{{\"seq\":{seq},\"prev\":\"{prev}\",\"redacted\":\"{event}\",\"hash\":\"{hash}\"}}\n")
}

/// Reads a line without its end; `None` if it is not of this form.
pub(super) fn read(bytes: &[u8]) -> Option<Line> {
    if bytes.len() > LINE_BYTES {
        return None;
    }
    let text = core::str::from_utf8(bytes).ok()?;
    let members: Members<'_> = serde_json::from_str(text).ok()?;
    let hash = |text: &str| text.parse::<Hash>().ok();
    let (seq, prev, link) = (members.seq, hash(members.prev)?, hash(members.hash)?);
    let (event, redacted, again) = match (members.event, members.redacted) {
        (Some(event), None) => {
            serde_json::from_str::<EventForm>(event.get()).ok()?;
            let again = full(seq, &prev, event.get(), &link);
            (Hash::of_event(event.get()), false, again)
        }
        (None, Some(event)) => {
            let event = hash(event)?;
            (event, true, redacted(seq, &prev, &event, &link))
        }
        _ => return None,
    };
    let written = again.strip_suffix('\n') == Some(text) && (1..=LAST_SEQ).contains(&seq);
    written.then_some(Line {
        seq,
        prev,
        event,
        redacted,
        hash: link,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members<'a> {
    seq: u64,
    prev: &'a str,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    redacted: Option<&'a str>,
    hash: &'a str,
}

/// The members of an event: all of them, nothing else, nothing twice. Two readers that pick different twins of a member
/// would disagree about what happened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the form is of interest")]
struct EventForm {
    at: UnixTime,
    event: String,
    // With a function of its own a member that is missing is no longer taken for null.
    #[serde(deserialize_with = "Option::deserialize")]
    account: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    enterprise: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    actor: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    place: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    browser: Option<String>,
    facts: Facts,
}

/// An object in which no member comes twice, at any depth.
struct Facts;

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Unique)?;
        Ok(Self)
    }
}

struct AnyUnique;

impl<'de> Deserialize<'de> for AnyUnique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unique)?;
        Ok(Self)
    }
}

struct Unique;

impl<'de> Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without a member that comes twice")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = std::collections::BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value::<AnyUnique>()?;
            if !names.insert(name) {
                return Err(de::Error::custom("a member comes twice"));
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element::<AnyUnique>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
