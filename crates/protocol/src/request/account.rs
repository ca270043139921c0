//! The account of a request to bind: what the phone compares with its certificates before anything is signed.

use scanseal_pki::CreditCode;
use serde::{Deserialize, Deserializer, Serialize, de};

use super::breaks_a_line;
use crate::{Text, encoding, jws::JwsError, limits, strict_json};

/// The account to which a certificate shall be bound, as the platform knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The user name.
    pub name: Text<{ limits::ACCOUNT_NAME_CHARACTERS }>,
    /// The enterprise's registered name.
    pub enterprise: Text<{ limits::ACCOUNT_ENTERPRISE_CHARACTERS }>,
    /// The enterprise's credit code.
    #[serde(deserialize_with = "as_registered")]
    pub credit_code: CreditCode,
    /// SHA-256 of the certificate whose place the new one takes.
    #[serde(default, with = "thumbprint", skip_serializing_if = "Option::is_none")]
    pub replaces: Option<[u8; 32]>,
}

impl Account {
    /// What the types of the members do not say.
    pub(super) fn check(&self) -> Result<(), JwsError> {
        let shown = [self.name.as_str(), self.enterprise.as_str()];
        if shown
            .iter()
            .any(|text| text.trim().is_empty() || text.contains(breaks_a_line))
        {
            return Err(JwsError::Claims(
                "name and enterprise of account are one line of text each".to_owned(),
            ));
        }
        Ok(())
    }
}

/// For the claim itself: absent is `None`, but `null` and arrays are refused.
pub(super) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Account>, D::Error> {
    strict_json::object(deserializer).map(Some)
}

/// People may type a code in lower case; a platform that signs it writes it as it is registered.
fn as_registered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CreditCode, D::Error> {
    let text = String::deserialize(deserializer)?;
    CreditCode::parse(&text)
        .ok()
        .filter(|code| code.as_str() == text)
        .ok_or_else(|| {
            de::Error::custom("creditCode is no credit code of 18 digits and capital letters")
        })
}

/// As [`encoding::b64u`], for a member that may be absent.
mod thumbprint {
    use serde::{Deserializer, Serializer};

    use super::encoding::b64u;

    pub(super) fn serialize<S: Serializer>(
        thumbprint: &Option<[u8; 32]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match thumbprint {
            Some(bytes) => b64u::serialize(bytes, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<[u8; 32]>, D::Error> {
        b64u::deserialize(deserializer).map(Some)
    }
}
