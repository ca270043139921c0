//! The QR code: a link whose fragment carries the payload (`docs/protocol.md` section 3).
//!
//! The page shows a new frame every few seconds. Each frame has its own secret, derived from a key that never leaves the
//! page; the handshake proves knowledge of it. So a photographed code is worth nothing after ten seconds.
//!
//! ```
//! use scanseal_protocol::{ids::PageKey, qr::{FrameKey, Link, QrPayload, ScannedCode}};
//!
//! let link = Link::parse("https://portal.example/S")?;
//! let frame_key = FrameKey::from_bytes([1; 32]); // random in real life
//! let payload = QrPayload {
//!     session: PageKey::from_bytes([2; 32]).session_id(),
//!     page_public_key: [3; 32],
//!     frame: 0,
//!     secret: frame_key.secret(0),
//! };
//! let text = link.to_code_text(&payload);
//! assert!(text.starts_with("HTTPS://PORTAL.EXAMPLE/S#AEA"));
//! assert_eq!(ScannedCode::parse(&text, &[link])?.payload, payload);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    address::{AddressError, split},
    encoding::tag16,
    error::Code,
    ids::SessionId,
    limits,
};

/// First byte of the payload.
const VERSION: u8 = 1;
/// Second byte of the payload: a session through a relay.
pub(crate) const KIND_RELAY: u8 = 1;

/// What a frame of the QR code says.
#[derive(Clone, PartialEq, Eq)]
pub struct QrPayload {
    /// The session to join.
    pub session: SessionId,
    /// The page's ephemeral X25519 key.
    pub page_public_key: [u8; 32],
    /// Number of the frame.
    pub frame: u16,
    /// The frame's secret.
    pub secret: FrameSecret,
}

impl QrPayload {
    /// The payload's 68 bytes.
    pub fn to_bytes(&self) -> [u8; limits::QR_PAYLOAD_BYTES] {
        let mut bytes = [0; limits::QR_PAYLOAD_BYTES];
        bytes[0] = VERSION;
        bytes[1] = KIND_RELAY;
        bytes[2..18].copy_from_slice(self.session.as_bytes());
        bytes[18..50].copy_from_slice(&self.page_public_key);
        bytes[50..52].copy_from_slice(&self.frame.to_be_bytes());
        bytes[52..].copy_from_slice(&self.secret.0);
        bytes
    }

    /// The link's fragment, without `#`.
    pub fn to_fragment(&self) -> String {
        BASE32_NOPAD.encode(&self.to_bytes())
    }

    /// Reads a link's fragment, without `#`.
    ///
    /// # Errors
    /// [`QrError::Foreign`] if it is no payload, [`QrError::Version`] if it is one of another version or kind.
    pub fn parse_fragment(fragment: &str) -> Result<Self, QrError> {
        if fragment.len() > limits::QR_TEXT_CHARACTERS {
            return Err(QrError::Foreign);
        }
        let bytes = BASE32_NOPAD
            .decode(fragment.as_bytes())
            .map_err(|_| QrError::Foreign)?;
        match bytes.as_slice() {
            [] | [VERSION] => return Err(QrError::Foreign),
            [VERSION, KIND_RELAY, ..] => {}
            // Another version may have another length, so this comes before the length.
            _ => return Err(QrError::Version),
        }
        let bytes: [u8; limits::QR_PAYLOAD_BYTES] =
            bytes.try_into().map_err(|_| QrError::Foreign)?;
        let (mut session, mut page_public_key, mut secret) = ([0; 16], [0; 32], [0; 16]);
        session.copy_from_slice(&bytes[2..18]);
        page_public_key.copy_from_slice(&bytes[18..50]);
        secret.copy_from_slice(&bytes[52..]);
        Ok(Self {
            session: SessionId::from_bytes(session),
            page_public_key,
            frame: u16::from_be_bytes([bytes[50], bytes[51]]),
            secret: FrameSecret(secret),
        })
    }
}

impl fmt::Debug for QrPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrPayload")
            .field("session", &self.session)
            .field("frame", &self.frame)
            .finish_non_exhaustive()
    }
}

/// The address of the phone app's landing page: what a code begins with. An operator's phones know it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Scheme, host and port in lower case.
    head: String,
    /// As written; at least `/`.
    path: String,
}

impl Link {
    /// Reads a link: `https`, or `http` on a loopback address; at most 64 characters. Case matters in the path only.
    ///
    /// # Errors
    /// [`AddressError`] says what is not allowed.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let parts = split(text, &["https", "http"])?;
        let path = if parts.path.is_empty() {
            "/"
        } else {
            parts.path
        };
        if text.len().max(parts.head.len() + path.len()) > limits::LINK_CHARACTERS {
            return Err(AddressError("a link has at most 64 characters"));
        }
        Ok(Self {
            head: parts.head,
            path: path.to_owned(),
        })
    }

    /// The text of a QR code: scheme and host in capitals, so that they stay in the QR code's alphanumeric mode.
    pub fn to_code_text(&self, payload: &QrPayload) -> String {
        format!(
            "{}{}#{}",
            self.head.to_ascii_uppercase(),
            self.path,
            payload.to_fragment()
        )
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head, self.path)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

impl FromStr for Link {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A code of this system, as scanned, pasted or opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedCode {
    /// Which of the known links it began with.
    pub link: Link,
    /// What it says.
    pub payload: QrPayload,
}

impl ScannedCode {
    /// Reads a code's text. `known` are the links of the phone's own operator: everything else is foreign, so that a
    /// forged code cannot lead the phone elsewhere.
    ///
    /// # Errors
    /// [`QrError::Foreign`] if it is no code of this operator, [`QrError::Version`] if this app is too old for it.
    pub fn parse(text: &str, known: &[Link]) -> Result<Self, QrError> {
        let (link, fragment) = text.split_once('#').ok_or(QrError::Foreign)?;
        let link = Link::parse(link)
            .ok()
            .filter(|link| known.contains(link))
            .ok_or(QrError::Foreign)?;
        Ok(Self {
            link,
            payload: QrPayload::parse_fragment(fragment)?,
        })
    }
}

/// Why a text is no code that can be used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// Not a code of this system, or of another operator.
    #[error("not a code of this system: scan the one on the platform's login page")]
    Foreign,
    /// A code of this system, in a version or of a kind this program does not know.
    #[error("a code of a version that this app does not know: update the app")]
    Version,
}

impl QrError {
    /// The code for the person.
    pub const fn code(self) -> Code {
        match self {
            Self::Foreign => Code::QrForeign,
            Self::Version => Code::QrVersion,
        }
    }
}

/// The page's key for all frames of a session. Never leaves the page. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FrameKey([u8; 32]);

impl FrameKey {
    /// Takes 32 random bytes. That they are random is the caller's duty.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret of frame `frame`.
    pub fn secret(&self, frame: u16) -> FrameSecret {
        FrameSecret(tag16("scanseal.v1 frame", &[&self.0, &frame.to_be_bytes()]))
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(..)")
    }
}

/// The secret of one frame: who has it may stand in for the phone while the frame is fresh. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FrameSecret([u8; 16]);

impl FrameSecret {
    /// Takes the 16 bytes as they are.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The secret's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl PartialEq for FrameSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for FrameSecret {}

impl fmt::Debug for FrameSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameSecret(..)")
    }
}

#[cfg(test)]
mod tests;
