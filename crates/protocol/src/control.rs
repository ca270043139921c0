//! Control messages between an end and the relay (`docs/protocol.md` section 4): one JSON object per text frame.
//!
//! Unknown members are skipped, unknown messages refused, no member may occur twice.
//!
//! Codes come in three sets. What an end says ([`ReleaseCode`], [`CloseCode`]) is a closed set: the relay refuses others.
//! What the relay says ([`Ending`], [`Down::Error`]) may grow: a code this end does not know is read as
//! [`Code::Internal`], since the session is over whatever the reason is called.
//!
//! ```
//! use scanseal_protocol::control::{Down, Up};
//!
//! assert_eq!(Up::parse(r#"{"t":"ack","next":3}"#)?, Up::Ack { next: 3 });
//! assert_eq!(Down::Pong.to_text(), r#"{"t":"pong"}"#);
//! # Ok::<(), scanseal_protocol::control::ControlError>(())
//! ```

mod members;

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

use crate::{
    encoding::present,
    error::Code,
    ids::{PageKey, PhoneId, PhoneKey, SessionId},
    limits, strict_json,
};

/// A message to the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Up {
    /// All frames below `next` arrived. The relay forwards it to the other end.
    Ack {
        /// Number of the first frame this end lacks.
        next: u32,
    },
    /// The session is over.
    Close {
        /// Why.
        code: CloseCode,
    },
    /// First message of a phone: join or come back.
    Join {
        /// The session in the QR code.
        sid: SessionId,
        /// Opens the phone's id.
        key: PhoneKey,
        /// Number of the first page frame the phone lacks.
        next: u32,
    },
    /// First message of a page: open or re-open.
    Open {
        /// Opens the session's id.
        key: PageKey,
        /// Number of the first phone frame the page lacks.
        next: u32,
        /// Seconds the session is to live after a phone joined; the relay clamps it to [`limits::SCANNED_SECONDS`].
        scanned: u32,
        /// The phone the page is locked to already.
        #[serde(
            default,
            deserialize_with = "present",
            skip_serializing_if = "Option::is_none"
        )]
        phone: Option<PhoneId>,
    },
    /// Is the relay there?
    Ping,
    /// From the page: drop this phone and wait for another.
    Release {
        /// Why.
        code: ReleaseCode,
    },
}

impl Up {
    /// Reads a text frame.
    ///
    /// # Errors
    /// [`ControlError`]: too large, or not a message.
    pub fn parse(text: &str) -> Result<Self, ControlError> {
        parse(text)
    }

    /// The text frame.
    pub fn to_text(&self) -> String {
        to_text(self)
    }
}

/// A message from the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Down {
    /// The other end has all frames below `next`.
    Ack {
        /// Number of the first frame the other end lacks.
        next: u32,
    },
    /// The session is over, or over for this phone.
    Closed {
        /// How it ended.
        code: Ending,
    },
    /// Refused; the socket closes.
    Error {
        /// Why.
        code: Code,
        /// Milliseconds to wait before the next try, if one makes sense.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry: Option<u32>,
    },
    /// Answer to `join`.
    Joined {
        /// Milliseconds the session has left.
        expires: u32,
        /// Whether the page is connected.
        peer: Presence,
        /// Number of the first phone frame the page lacks.
        next: u32,
    },
    /// Answer to `open`.
    Opened(Opened),
    /// Something happened to the other end.
    Peer(Peer),
    /// Answer to `ping`.
    Pong,
}

impl Down {
    /// Reads a text frame.
    ///
    /// # Errors
    /// [`ControlError`]: too large, or not a message.
    pub fn parse(text: &str) -> Result<Self, ControlError> {
        members::read_down(&parse(text)?).ok_or(ControlError::Malformed)
    }

    /// The text frame.
    pub fn to_text(&self) -> String {
        to_text(self)
    }
}

/// The relay's answer to `open`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "OpenedMembers")]
pub struct Opened {
    /// Milliseconds the session has left.
    pub expires: u32,
    /// The phone that the session is locked to.
    pub phone: Option<LockedPhone>,
}

/// The phone that a re-opened session is locked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPhone {
    /// Which phone.
    pub id: PhoneId,
    /// Whether it is connected.
    pub presence: Presence,
    /// Number of the first page frame it lacks.
    pub next: u32,
}

/// Whether the other end's socket is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It was there and is gone at the moment.
    Away,
    /// It is connected.
    Here,
}

/// What happened to the other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Peer {
    /// Its socket is gone.
    Away,
    /// It is here again.
    Back {
        /// Number of the first frame it lacks.
        next: u32,
    },
    /// To the page: a phone has joined, and the session is locked to it.
    Joined {
        /// Which phone.
        phone: PhoneId,
        /// Number of the first page frame it lacks.
        next: u32,
        /// Milliseconds the session has left.
        expires: u32,
    },
    /// To the page: the phone ended the session.
    Left {
        /// How it ended.
        code: Ending,
    },
}

/// Why a page drops a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseCode {
    /// It sent something that the protocol does not allow, or nothing.
    Malformed,
    /// It used a frame that was too old, or did not know the frame's secret.
    QrStale,
    /// The person said "not me".
    Released,
}

impl ReleaseCode {
    /// As a code of the table.
    pub const fn code(self) -> Code {
        match self {
            Self::Malformed => Code::Malformed,
            Self::QrStale => Code::QrStale,
            Self::Released => Code::Released,
        }
    }
}

/// Why an end ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseCode {
    /// The person stopped it.
    Cancelled,
    /// All went well.
    Done,
    /// The other end sent something that the protocol does not allow.
    Malformed,
    /// The person said no.
    Refused,
}

/// How a session ended, as the relay tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All went well: `done`.
    Done,
    /// It did not; codes of a newer relay are read as [`Code::Internal`].
    Failed(Code),
}

impl From<CloseCode> for Ending {
    fn from(code: CloseCode) -> Self {
        match code {
            CloseCode::Cancelled => Self::Failed(Code::Cancelled),
            CloseCode::Done => Self::Done,
            CloseCode::Malformed => Self::Failed(Code::Malformed),
            CloseCode::Refused => Self::Failed(Code::Refused),
        }
    }
}

impl From<ReleaseCode> for Ending {
    fn from(code: ReleaseCode) -> Self {
        Self::Failed(code.code())
    }
}

impl Serialize for Ending {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Done => serializer.serialize_str(DONE),
            Self::Failed(code) => code.serialize(serializer),
        }
    }
}

/// Why a text frame is no control message. The receiver answers `error{code}` and closes the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// Not a message of the protocol.
    #[error("not a control message of scanseal.v1")]
    Malformed,
    /// Larger than [`limits::CONTROL_MESSAGE_BYTES`]; the socket closes with 1009.
    #[error("a control message has at most 4096 bytes")]
    TooLarge,
}

impl ControlError {
    /// The code to answer.
    pub const fn code(self) -> Code {
        Code::Malformed
    }
}

const DONE: &str = "done";

/// [`Opened`] as it is on the wire.
#[derive(Serialize)]
struct OpenedMembers {
    expires: u32,
    peer: OpenedPeer,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<PhoneId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum OpenedPeer {
    Away,
    Here,
    None,
}

impl From<Opened> for OpenedMembers {
    fn from(Opened { expires, phone }: Opened) -> Self {
        let peer = match phone.as_ref().map(|phone| phone.presence) {
            Some(Presence::Away) => OpenedPeer::Away,
            Some(Presence::Here) => OpenedPeer::Here,
            None => OpenedPeer::None,
        };
        Self {
            expires,
            peer,
            next: phone.as_ref().map(|phone| phone.next),
            phone: phone.map(|phone| phone.id),
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ControlError> {
    if text.len() > limits::CONTROL_MESSAGE_BYTES {
        return Err(ControlError::TooLarge);
    }
    strict_json::from_slice(text.as_bytes()).map_err(|_| ControlError::Malformed)
}

fn to_text<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages have text keys only, so JSON can hold them")
}

#[cfg(test)]
mod tests;
