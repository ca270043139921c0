//! Requests: what a platform asks of the holder of a certificate (`docs/protocol.md` section 8).
//!
//! The platform's server fills [`RequestClaims`] and signs them. The page carries the result unread, apart from its form.
//! The phone verifies it against its trust list; only [`VerifiedRequest`], which nothing else makes, can be answered.

use core::{fmt, str::FromStr};

/// Kinds of authorities, as the trust list names them.
#[cfg(feature = "path")]
pub use scanseal_pki::CaKind as CertificateKind;
#[cfg(feature = "path")]
use scanseal_pki::Certificate;
use scanseal_pki::UnixTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

pub use self::document::Document;
#[cfg(feature = "path")]
pub use self::{account::Account, verify::VerifiedRequest};
use crate::{
    Origin, Text,
    encoding::{b64u, decode_b64u_array, encode_b64u},
    error::Code,
    jws::{Jws, JwsError, JwsKind},
    limits,
    report::{Check, Refused},
};
#[cfg(feature = "path")]
use crate::{encoding::present, jws::Unsigned, strict_json};

#[cfg(feature = "path")]
mod account;
mod document;
#[cfg(feature = "path")]
mod verify;

/// The phone's checks, in their order. `operation` is last: only a request that is genuine may say that the app is too old.
pub const PHONE_CHECKS: [Check; 7] = [
    Check::Format,
    Check::Signature,
    Check::Platform,
    Check::Validity,
    Check::Origin,
    Check::Time,
    Check::Operation,
];

/// What a platform asks.
///
/// Without the feature `path`, that is in a page, what only the phone and the platform look at is left unread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestClaims {
    /// Who asks.
    pub iss: PlatformId,
    /// What for.
    pub op: Operation,
    /// Web origin of the page.
    pub origin: Origin,
    /// Names this request; random.
    pub jti: Nonce,
    /// When it was made.
    pub iat: UnixTime,
    /// Until when it may be answered; at most 600 s after `iat`.
    pub exp: UnixTime,
    /// What the phone shows.
    #[cfg(feature = "path")]
    #[serde(deserialize_with = "strict_json::object")]
    pub display: Display,
    /// Where the page is, as the platform's server sees it.
    #[cfg(feature = "path")]
    #[serde(deserialize_with = "strict_json::object")]
    pub context: Context,
    /// Which certificates may answer.
    #[cfg(feature = "path")]
    #[serde(deserialize_with = "strict_json::object")]
    pub accept: Accept,
    /// The account to bind the certificate to, or for which documents are sealed: there with [`Operation::Bind`] and
    /// [`Operation::Seal`], absent with [`Operation::Login`].
    #[cfg(feature = "path")]
    #[serde(
        default,
        deserialize_with = "account::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub account: Option<Account>,
    /// What to seal: there with [`Operation::Seal`], and only then.
    #[serde(
        default,
        deserialize_with = "document::present",
        skip_serializing_if = "Option::is_none"
    )]
    pub documents: Option<Vec<Document>>,
}

/// Lines for the phone's screen, 1 to 8 in each language.
#[cfg(feature = "path")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// Chinese.
    pub zh: Vec<Text<{ limits::DISPLAY_LINE_CHARACTERS }>>,
    /// English.
    pub en: Vec<Text<{ limits::DISPLAY_LINE_CHARACTERS }>>,
}

/// Where the page is, as the platform's server sees it.
#[cfg(feature = "path")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Browser and system.
    pub browser: Text<{ limits::CONTEXT_CHARACTERS }>,
    /// Region or network.
    pub place: Text<{ limits::CONTEXT_CHARACTERS }>,
}

/// Which certificates may answer.
#[cfg(feature = "path")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accept {
    /// Kinds of authorities; at least one.
    pub kinds: Vec<CertificateKind>,
    /// Only these authorities of the trust list; all of those kinds if absent.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub cas: Option<Vec<String>>,
}

#[cfg(feature = "path")]
impl Accept {
    /// Whether certificates of the authority `ca`, of this kind, may answer.
    pub fn allows(&self, kind: CertificateKind, ca: &str) -> bool {
        self.kinds.contains(&kind)
            && self
                .cas
                .as_ref()
                .is_none_or(|cas| cas.iter().any(|known| known == ca))
    }
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bind the certificate to an account of the platform.
    Bind,
    /// Log in to the platform.
    Login,
    /// Seal documents of the platform.
    Seal,
    /// Something this version does not know. Such a request can be read, but never answered.
    Unknown(Text<{ limits::OPERATION_CHARACTERS }>),
}

impl Operation {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Bind => "bind",
            Self::Login => "login",
            Self::Seal => "seal",
            Self::Unknown(name) => name,
        }
    }
}

/// Who asks: 1 to 64 of `a-z 0-9 . -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PlatformId(String);

impl PlatformId {
    /// Reads an id; `None` if it has other characters or another length.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-'
        };
        let fits =
            (1..=limits::PLATFORM_ID_CHARACTERS).contains(&text.len()) && text.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names a request: 16 random bytes, used once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Nonce(#[serde(with = "b64u")] [u8; 16]);

impl Nonce {
    /// Takes 16 random bytes. That they are random is the caller's duty.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The nonce's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl RequestClaims {
    /// Prepares the claims for the platform's signature. `certificates` has the platform's own first.
    ///
    /// # Errors
    /// [`JwsError`] if the claims break a limit, or all together is too long.
    #[cfg(feature = "path")]
    pub fn unsigned(&self, certificates: &[Certificate]) -> Result<Unsigned, JwsError> {
        self.check()?;
        Unsigned::new(JwsKind::Request, certificates, self)
    }

    /// What the types of the members do not say.
    fn check(&self) -> Result<(), JwsError> {
        let claims = |what: &str| Err(JwsError::Claims(what.to_owned()));
        let life = self.exp.as_secs().checked_sub(self.iat.as_secs());
        if !life.is_some_and(|life| (1..=limits::REQUEST_LIFE_SECONDS).contains(&life)) {
            return claims("exp must be 1 to 600 s after iat");
        }
        match (&self.op, &self.documents) {
            (Operation::Seal, None) => return claims("seal needs documents"),
            (Operation::Bind | Operation::Login, Some(_)) => {
                return claims("only seal has documents");
            }
            (_, Some(documents)) => document::check(documents)?,
            (_, None) => {}
        }
        #[cfg(feature = "path")]
        self.check_what_the_phone_needs()?;
        Ok(())
    }

    #[cfg(feature = "path")]
    fn check_what_the_phone_needs(&self) -> Result<(), JwsError> {
        let claims = |what: &str| Err(JwsError::Claims(what.to_owned()));
        for lines in [&self.display.zh, &self.display.en] {
            if !limits::DISPLAY_LINES.contains(&lines.len()) {
                return claims("display has 1 to 8 lines in each language");
            }
            if lines.iter().any(|line| line.contains(breaks_a_line)) {
                return claims("a line of display has no control characters or line breaks");
            }
        }
        if self.accept.kinds.is_empty() || self.accept.cas.as_ref().is_some_and(Vec::is_empty) {
            return claims("accept must leave at least one kind and one authority");
        }
        match (&self.op, &self.account) {
            (Operation::Bind | Operation::Seal, None) => claims("bind and seal need an account"),
            (Operation::Seal, Some(account)) if account.replaces.is_some() => {
                claims("replaces is for bind")
            }
            (Operation::Login, Some(_)) => {
                claims("login has no account: who logs in is not known yet")
            }
            (_, Some(account)) => account.check(),
            (_, None) => Ok(()),
        }
    }
}

/// A request that could be read. Whether it is genuine is what `verify` (feature `path`) finds out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    text: String,
    claims: RequestClaims,
    jws: Jws,
}

impl Request {
    /// Reads a request's compact serialisation.
    ///
    /// # Errors
    /// [`Refused`] at the check `format`, with code `malformed`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let read = || {
            let jws = Jws::parse(text, JwsKind::Request)?;
            let claims: RequestClaims = jws.claims()?;
            claims.check()?;
            Ok((jws, claims))
        };
        let (jws, claims) = read()
            .map_err(|error: JwsError| Refused::at_format(&PHONE_CHECKS, Code::Malformed, error))?;
        Ok(Self {
            text: text.to_owned(),
            claims,
            jws,
        })
    }

    /// The compact serialisation.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is asked. Not proven.
    pub fn claims(&self) -> &RequestClaims {
        &self.claims
    }

    /// The documents to seal, none with another operation.
    pub fn documents(&self) -> &[Document] {
        self.claims.documents.as_deref().unwrap_or_default()
    }

    /// SHA-256 of the compact serialisation: what the assertion answers.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

/// Characters that would let one line look like two.
fn breaks_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_b64u(&self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({self})")
    }
}

impl FromStr for Nonce {
    type Err = crate::ids::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decode_b64u_array(text).map(Self).ok_or(crate::ids::IdError)
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PlatformId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom("a platform id has 1 to 64 of a-z 0-9 . -"))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Text::deserialize(deserializer)?;
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        {
            return Err(de::Error::custom(
                "an operation is a short word of a-z and -",
            ));
        }
        Ok(match name.as_str() {
            "bind" => Self::Bind,
            "login" => Self::Login,
            "seal" => Self::Seal,
            _ => Self::Unknown(name),
        })
    }
}
