//! The operator's description (`docs/protocol.md` section 10): where a phone's services are, and who signs its trust list.
//!
//! A phone takes it once, over TLS, when it enrols. The relay's address comes from here and not from the QR code, so
//! that a forged code cannot lead the phone to somebody else's relay.

use std::collections::BTreeSet;

use scanseal_pki::LocalizedName;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    ServiceAddress, encoding::present, limits, qr::Link, request::PlatformId, strict_json,
};

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
    /// Which authorities of the trust list issue certificates at `enrol`; if absent, the operator does not say.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    enrol_cas: Option<Vec<String>>,
    /// Where a holder gets electronic seals (docs/electronic-seals.md); if absent, the operator issues none.
    #[serde(
        default,
        deserialize_with = "present_http",
        skip_serializing_if = "Option::is_none"
    )]
    pub seals: Option<ServiceAddress>,
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
            enrol_cas: None,
            seals: None,
        }
    }

    /// Says which authorities of the trust list enrol, by their ids. The first is the one meant where none is named.
    #[must_use]
    pub fn with_enrol_cas(mut self, ids: Vec<String>) -> Self {
        self.enrol_cas = Some(ids);
        self
    }

    /// Says where a holder gets electronic seals.
    #[must_use]
    pub fn with_seals(mut self, address: ServiceAddress) -> Self {
        self.seals = Some(address);
        self
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
        if !fits {
            return Err(OperatorError::Malformed(
                "too few or too many links or listKeys".to_owned(),
            ));
        }
        if let Some(ids) = &description.enrol_cas {
            check_enrol_cas(ids)?;
        }
        Ok(description)
    }

    /// The description in JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self)
            .expect("the description has text keys only, so JSON can hold it")
    }

    /// The ids of the authorities that enrol, the usual one first. Empty if the operator names none: then there is no choice.
    pub fn enrol_cas(&self) -> &[String] {
        self.enrol_cas.as_deref().unwrap_or_default()
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

/// Authorities have ids of the same form as platforms.
fn check_enrol_cas(ids: &[String]) -> Result<(), OperatorError> {
    let well_formed = ids.iter().all(|id| PlatformId::parse(id).is_some());
    let distinct: BTreeSet<_> = ids.iter().collect();
    if well_formed && distinct.len() == ids.len() && limits::ENROL_CAS.contains(&ids.len()) {
        return Ok(());
    }
    Err(OperatorError::Malformed(
        "enrolCas has 1 to 16 ids of authorities, each once".to_owned(),
    ))
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

fn present_http<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ServiceAddress>, D::Error> {
    http(deserializer).map(Some)
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
    fn authorities_that_enrol_are_told_in_order_and_once() {
        let parse = |ids: &[&str]| {
            let ids = ids.iter().map(ToString::to_string).collect();
            let json = description().with_enrol_cas(ids).to_json();
            OperatorDescription::parse(json.as_bytes())
                .map(|description| description.enrol_cas().to_vec())
        };
        assert_eq!(
            parse(&["demo-ca", "tianchi"]),
            Ok(vec!["demo-ca".to_owned(), "tianchi".to_owned()])
        );
        let many: Vec<String> = (0..17).map(|number| format!("ca-{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(parse(&many[..16]).unwrap().len(), 16);
        for wrong in [&many[..], &[], &[""], &["Demo"], &["a b"], &["one", "one"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(description().enrol_cas().is_empty());
        let null = description()
            .to_json()
            .replacen('{', r#"{"enrolCas":null,"#, 1);
        assert!(OperatorDescription::parse(null.as_bytes()).is_err());
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
