//! An operator as this phone knows it: where its services are, and the newest trust list it has shown.

use scanseal_pki::{CaKind, LocalizedName, TrustList, TrustedCa, UnixTime};
use scanseal_protocol::{
    AddressError, Origin, error::Code, operator::OperatorDescription, qr::Link, report::Refused,
    trust_list,
};
use serde::{Deserialize, Serialize};

/// An operator: its description as it was taken at enrolment, and its trust list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operator {
    home: Origin,
    description: OperatorDescription,
    list: Option<HeldList>,
}

/// A list that was accepted. It is checked again at each use, since what is stored may have been changed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HeldList {
    version: u64,
    jws: String,
}

impl Operator {
    /// Takes an operator's description: `home` is the origin that it was fetched from over TLS, `description` the text.
    ///
    /// # Errors
    /// [`OperatorError::Home`] and [`OperatorError::Description`].
    pub fn new(home: &str, description: &str) -> Result<Self, OperatorError> {
        let home = Origin::parse(home.strip_suffix('/').unwrap_or(home))?;
        let description = OperatorDescription::parse(description.as_bytes())
            .map_err(|error| OperatorError::Description(error.to_string()))?;
        Ok(Self {
            home,
            description,
            list: None,
        })
    }

    /// The origin of its description.
    pub fn home(&self) -> &str {
        self.home.as_str()
    }

    /// Its services.
    pub fn description(&self) -> &OperatorDescription {
        &self.description
    }

    /// What its QR codes begin with.
    pub fn links(&self) -> &[Link] {
        &self.description.links
    }

    /// The version of the newest trust list seen.
    pub fn list_version(&self) -> Option<u64> {
        self.list.as_ref().map(|list| list.version)
    }

    /// The trust list, if it may still be acted on.
    ///
    /// # Errors
    /// [`OperatorError::NoList`] before the first one, [`OperatorError::List`] once it has expired.
    pub fn trust_list(&self, now: UnixTime) -> Result<TrustList, OperatorError> {
        let held = self.list.as_ref().ok_or(OperatorError::NoList)?;
        Ok(trust_list::verify(
            &held.jws,
            &self.description.list_keys(),
            now,
            Some(held.version),
        )?)
    }

    /// The authorities that a person may choose from to enrol: those that the operator names and the trust list knows, the
    /// usual one first. Empty if the operator names none.
    ///
    /// # Errors
    /// Those of [`Self::trust_list`].
    pub fn enrolling_cas(&self, now: UnixTime) -> Result<Vec<KnownCa>, OperatorError> {
        let trust = self.trust_list(now)?;
        let ids = self.description.enrol_cas().iter();
        Ok(ids
            .filter_map(|id| trust.ca(id))
            .map(KnownCa::from)
            .collect())
    }

    /// Accepts a list: signed by a pinned key, current, and not older than the newest seen.
    ///
    /// # Errors
    /// [`OperatorError::List`]; the list held so far stays.
    pub fn accept_list(&mut self, jws: &str, now: UnixTime) -> Result<(), OperatorError> {
        let list =
            trust_list::verify(jws, &self.description.list_keys(), now, self.list_version())?;
        self.list = Some(HeldList {
            version: list.version(),
            jws: jws.to_owned(),
        });
        Ok(())
    }

    /// Takes over changed addresses from a newer description of the same operator.
    pub(crate) fn take_over(&mut self, newer: Self) -> Result<(), OperatorError> {
        if newer.description.list_keys() != self.description.list_keys() {
            return Err(OperatorError::KeysChanged);
        }
        self.description = newer.description;
        Ok(())
    }
}

/// An authority, as the trust list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCa {
    /// Its id in the trust list.
    pub id: String,
    /// Its name.
    pub name: LocalizedName,
    /// Which certificates it issues.
    pub kind: CaKind,
}

impl From<&TrustedCa> for KnownCa {
    fn from(ca: &TrustedCa) -> Self {
        Self {
            id: ca.id.clone(),
            name: ca.name.clone(),
            kind: ca.kind,
        }
    }
}

/// Why an operator, or its trust list, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// The text is no description.
    #[error("{0}")]
    Description(String),
    /// The home is no origin.
    #[error("the operator's home must be an origin such as https://portal.example: {0}")]
    Home(#[from] AddressError),
    /// Other keys than those taken before.
    #[error(
        "the operator shows other list keys than before: forget it first, if you know why they changed"
    )]
    KeysChanged,
    /// The trust list is refused.
    #[error("the trust list is refused: {0}")]
    List(#[from] Refused),
    /// No trust list yet.
    #[error("no trust list of this operator yet: fetch it")]
    NoList,
    /// As many operators as there may be.
    #[error("this phone knows as many operators as it can: forget one first")]
    TooMany,
    /// Not an operator of this phone.
    #[error("this phone does not know the operator: add it first")]
    Unknown,
}

impl OperatorError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Description(_) | Self::Home(_) | Self::Unknown => Code::Malformed,
            Self::KeysChanged => Code::TrustListInvalid,
            Self::List(refused) => refused.code,
            Self::NoList => Code::TrustListExpired,
            Self::TooMany => Code::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{MAX_OPERATORS, Vault, testing::*};

    fn operator(world: &World) -> Operator {
        Operator::new(ORIGIN, &world.description()).unwrap()
    }

    #[test]
    fn home_is_an_origin_with_or_without_a_slash() {
        let description = World::new().description();
        assert_eq!(
            Operator::new("https://portal.example/", &description)
                .unwrap()
                .home(),
            ORIGIN
        );
        for home in [
            "portal.example",
            "https://portal.example/x",
            "http://portal.example",
            "",
        ] {
            assert!(
                matches!(
                    Operator::new(home, &description),
                    Err(OperatorError::Home(_))
                ),
                "{home}"
            );
        }
        assert_eq!(
            Operator::new(ORIGIN, "{}").unwrap_err().code(),
            Code::Malformed
        );
    }

    #[test]
    fn list_is_refused_when_older_expired_or_signed_by_another_key() {
        let world = World::new();
        let mut operator = operator(&world);
        assert_eq!(operator.trust_list(NOW).unwrap_err(), OperatorError::NoList);
        operator.accept_list(&world.signed_list(2), NOW).unwrap();
        operator.accept_list(&world.signed_list(2), NOW).unwrap();
        let code = |outcome: Result<(), OperatorError>| outcome.unwrap_err().code();
        assert_eq!(
            code(operator.accept_list(&world.signed_list(1), NOW)),
            Code::TrustListInvalid
        );
        assert_eq!(
            code(operator.accept_list(&World::unknown().signed_list(3), NOW)),
            Code::TrustListInvalid
        );
        assert_eq!(
            code(operator.accept_list(&world.signed_list(3), days(2))),
            Code::TrustListExpired
        );
        assert_eq!(
            code(operator.accept_list("no list", NOW)),
            Code::TrustListInvalid
        );
        assert_eq!(operator.list_version(), Some(2));
        operator.accept_list(&world.signed_list(3), NOW).unwrap();
        assert_eq!(operator.trust_list(NOW).unwrap().version(), 3);
    }

    #[test]
    fn held_list_is_refused_from_the_second_it_expires() {
        let world = World::new();
        let mut operator = operator(&world);
        operator.accept_list(&world.signed_list(1), NOW).unwrap();
        let end = days(2);
        assert!(
            operator
                .trust_list(UnixTime::from_secs(end.as_secs() - 1))
                .is_ok()
        );
        assert_eq!(
            operator.trust_list(end).unwrap_err().code(),
            Code::TrustListExpired
        );
    }

    #[test]
    fn vault_pins_the_keys_of_an_operator_until_it_is_forgotten() {
        let (world, impostor) = (World::new(), World::unknown());
        let mut vault = Vault::new();
        vault.add_operator(operator(&world)).unwrap();
        vault
            .update_trust_list(ORIGIN, &world.signed_list(1), NOW)
            .unwrap();
        vault.add_operator(operator(&world)).unwrap();
        assert_eq!(vault.operator(ORIGIN).unwrap().list_version(), Some(1));
        assert_eq!(
            vault.add_operator(operator(&impostor)),
            Err(OperatorError::KeysChanged)
        );
        let mut vault = Vault::from_bytes(&vault.to_bytes()).unwrap();
        assert_eq!(
            vault
                .operator(ORIGIN)
                .unwrap()
                .trust_list(NOW)
                .unwrap()
                .version(),
            1
        );
        assert!(vault.forget_operator(ORIGIN));
        assert!(!vault.forget_operator(ORIGIN));
        vault.add_operator(operator(&impostor)).unwrap();
        assert_eq!(
            vault.update_trust_list("https://other.example", "", NOW),
            Err(OperatorError::Unknown)
        );
    }

    #[test]
    fn authorities_to_choose_from_are_those_that_enrol_and_that_the_list_knows() {
        let world = World::new();
        let ids = ["other", "ca"].map(str::to_owned).to_vec();
        let description = OperatorDescription::parse(world.description().as_bytes())
            .unwrap()
            .with_enrol_cas(ids);
        let mut operator = Operator::new(ORIGIN, &description.to_json()).unwrap();
        assert_eq!(operator.enrolling_cas(NOW), Err(OperatorError::NoList));
        operator.accept_list(&world.signed_list(1), NOW).unwrap();
        let known = KnownCa {
            id: "ca".to_owned(),
            name: name("ca"),
            kind: CaKind::Platform,
        };
        assert_eq!(operator.enrolling_cas(NOW), Ok(vec![known]));
        let mut silent = self::operator(&world);
        silent.accept_list(&world.signed_list(1), NOW).unwrap();
        assert_eq!(silent.enrolling_cas(NOW), Ok(vec![]));
    }

    #[test]
    fn operators_are_accepted_up_to_the_limit() {
        let description = World::new().description();
        let mut vault = Vault::new();
        let mut add = |number: usize| {
            vault.add_operator(
                Operator::new(&format!("https://portal{number}.example"), &description).unwrap(),
            )
        };
        for number in 0..MAX_OPERATORS {
            add(number).unwrap();
        }
        assert_eq!(add(MAX_OPERATORS), Err(OperatorError::TooMany));
        assert_eq!(add(0), Ok(()));
    }
}
