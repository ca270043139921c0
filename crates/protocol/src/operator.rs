//! The operator's description (`docs/protocol.md` section 10): where a phone's services are, and who signs its trust list.
//!
//! A phone takes it once, over TLS, when it enrols. The relay's address comes from here and not from the QR code, so
//! that a forged code cannot lead the phone to somebody else's relay.

use scanseal_pki::LocalizedName;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ServiceAddress, limits, qr::Link, strict_json};

/// What `/.well-known/scanseal` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorDescription {
    version: Version,
    /// Name to show.
    #[serde(deserialize_with = "strict_json::object")]
    pub name: LocalizedName,
    /// What the operator's QR codes begin with.
    pub links: Vec<Link>,
    /// Where page and phone meet.
    #[serde(deserialize_with = "web_socket")]
    pub relay: ServiceAddress,
    /// Where certificates are applied for.
    #[serde(deserialize_with = "http")]
    pub enrol: ServiceAddress,
    /// Where the trust list is.
    #[serde(deserialize_with = "http")]
    pub trust_list: ServiceAddress,
    /// SHA-256 of each key (SPKI) that may sign the trust list.
    list_keys: Vec<KeyThumbprint>,
}

impl OperatorDescription {
    /// Puts a description together, which [`Self::parse`] will check.
    pub fn new(
        name: LocalizedName,
        links: Vec<Link>,
        relay: ServiceAddress,
        enrol: ServiceAddress,
        trust_list: ServiceAddress,
        list_keys: Vec<[u8; 32]>,
    ) -> Self {
        let list_keys = list_keys.into_iter().map(KeyThumbprint).collect();
        Self {
            version: Version,
            name,
            links,
            relay,
            enrol,
            trust_list,
            list_keys,
        }
    }

    /// Reads a description.
    ///
    /// # Errors
    /// [`OperatorError`] says what is not allowed.
    pub fn parse(json: &[u8]) -> Result<Self, OperatorError> {
        if json.len() > limits::OPERATOR_BYTES {
            return Err(OperatorError::TooLarge);
        }
        let description: Self = strict_json::from_slice(json)
            .map_err(|error| OperatorError::Malformed(error.to_string()))?;
        let fits = limits::OPERATOR_LINKS.contains(&description.links.len())
            && limits::LIST_KEYS.contains(&description.list_keys.len());
        if fits {
            Ok(description)
        } else {
            Err(OperatorError::Malformed(
                "too few or too many links or listKeys".to_owned(),
            ))
        }
    }

    /// The description in JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self)
            .expect("the description has text keys only, so JSON can hold it")
    }

    /// The thumbprints of the keys that may sign the trust list.
    pub fn list_keys(&self) -> Vec<[u8; 32]> {
        self.list_keys.iter().map(|key| key.0).collect()
    }
}

/// SHA-256 of a key's SubjectPublicKeyInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeyThumbprint(#[serde(with = "crate::encoding::b64u")] [u8; 32]);

/// Why a text is no description of an operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// A member is missing or not as it should be.
    #[error("not an operator's description: {0}")]
    Malformed(String),
    /// Larger than [`limits::OPERATOR_BYTES`].
    #[error("an operator's description has at most 16 KiB")]
    TooLarge,
}

/// The only version there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(Self),
            _ => Err(de::Error::custom(
                "a version that this program does not know: update",
            )),
        }
    }
}

fn http<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ServiceAddress, D::Error> {
    ServiceAddress::http(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

fn web_socket<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ServiceAddress, D::Error> {
    ServiceAddress::web_socket(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn description() -> OperatorDescription {
        OperatorDescription::new(
            LocalizedName {
                zh: "示范平台".to_owned(),
                en: "Demo".to_owned(),
            },
            vec![Link::parse("https://portal.example/S").unwrap()],
            ServiceAddress::web_socket("wss://portal.example/relay").unwrap(),
            ServiceAddress::http("https://portal.example/authority/enrolments").unwrap(),
            ServiceAddress::http("https://portal.example/authority/trust-list").unwrap(),
            vec![[1; 32]],
        )
    }

    #[test]
    fn a_description_written_is_read_back() {
        let json = description().to_json();
        assert!(json.starts_with(r#"{"version":1,"name":{"zh":"#), "{json}");
        assert_eq!(
            OperatorDescription::parse(json.as_bytes()),
            Ok(description())
        );
    }

    #[test]
    fn other_versions_schemes_and_counts_are_refused() {
        let json = description().to_json();
        for (from, to) in [
            (r#""version":1"#, r#""version":2"#),
            (r#""relay":"wss:"#, r#""relay":"https:"#),
            (r#""enrol":"https:"#, r#""enrol":"http:"#),
            (r#"["https://portal.example/S"]"#, "[]"),
            (
                r#""name":{"zh":"示范平台","en":"Demo"}"#,
                r#""name":["示范平台","Demo"]"#,
            ),
        ] {
            let bad = json.replacen(from, to, 1);
            assert_ne!(bad, json);
            assert!(OperatorDescription::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let keys = |count: u8| OperatorDescription {
            list_keys: (0..count).map(|key| KeyThumbprint([key; 32])).collect(),
            ..description()
        };
        let links = |count: usize| OperatorDescription {
            links: vec![Link::parse("https://portal.example/S").unwrap(); count],
            ..description()
        };
        assert!(OperatorDescription::parse(links(8).to_json().as_bytes()).is_ok());
        assert!(OperatorDescription::parse(links(9).to_json().as_bytes()).is_err());
        assert!(OperatorDescription::parse(keys(4).to_json().as_bytes()).is_ok());
        assert!(OperatorDescription::parse(keys(5).to_json().as_bytes()).is_err());
    }

    #[test]
    fn length_at_the_limit_is_accepted_and_one_past_it_refused() {
        let json = description().to_json();
        let padded = |length: usize| format!("{json}{}", " ".repeat(length - json.len()));
        assert!(OperatorDescription::parse(padded(limits::OPERATOR_BYTES).as_bytes()).is_ok());
        assert_eq!(
            OperatorDescription::parse(padded(limits::OPERATOR_BYTES + 1).as_bytes()),
            Err(OperatorError::TooLarge)
        );
    }
}
