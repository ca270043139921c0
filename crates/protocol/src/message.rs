//! What page and phone tell each other inside the channel (`docs/protocol.md` section 7).
//!
//! A message is CBOR `[type, {key: value}]` with definite lengths (RFC 8949). Unknown keys are skipped, and so are
//! messages of an unknown type, as long as they are well-formed.
//!
//! ```
//! use scanseal_protocol::message::{Message, Step};
//!
//! let bytes = Message::Progress(Step::EnteringPin).encode();
//! assert_eq!(bytes, [0x82, 0x03, 0xa1, 0x00, 0x03]);
//! assert_eq!(Message::decode(&bytes)?, Some(Message::Progress(Step::EnteringPin)));
//! # Ok::<(), scanseal_protocol::message::MessageError>(())
//! ```

use minicbor::{Decoder, Encoder};
use serde::{Deserialize, Serialize};

pub use self::documents::{Choice, Fetch, Layout, Part, Piece, Prepared};
use self::members::{
    byte_string, byte_strings, codes, number, read_code, read_members, read_step, skip, text,
};
use crate::{error::Code, limits, text::Text};

mod documents;
mod members;

/// A message in the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// From the phone, first of all.
    Hello(Hello),
    /// From the page: the request as the platform signed it.
    Request(Text<{ limits::REQUEST_BYTES }>),
    /// From the phone: what the person is doing.
    Progress(Step),
    /// From the phone: what it signed.
    Assertion(Signed),
    /// From the phone: why it will not sign. A code unknown here is read as [`Code::Internal`].
    Refusal(Code),
    /// From the page: what became of it.
    Outcome(Outcome),
    /// From the phone: with what it will seal.
    Choice(Choice),
    /// From the page: a document with the seal in it.
    Prepared(Prepared),
    /// From the phone: wants bytes of a document.
    Fetch(Fetch),
    /// From the page: those bytes.
    Piece(Piece),
}

/// What the phone signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The assertion.
    pub assertion: Text<{ limits::ASSERTION_BYTES }>,
    /// The signature values over the documents that the assertion says are signed, in their order: `r || s`.
    pub signatures: Vec<[u8; 64]>,
}

/// Who the phone says it is. Not proven; for display only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Name of the app.
    pub app: Text<{ limits::HELLO_CHARACTERS }>,
    /// Name of the device.
    pub device: Text<{ limits::HELLO_CHARACTERS }>,
    /// The person's language (BCP 47).
    pub locale: Text<{ limits::LOCALE_CHARACTERS }>,
}

/// What the person at the phone is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Reading what is asked.
    Reviewing = 1,
    /// Choosing a certificate.
    ChoosingCertificate = 2,
    /// Typing the PIN.
    EnteringPin = 3,
    /// The phone signs.
    Signing = 4,
}

impl Step {
    /// The stable name, as pages show it to their code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reviewing => "reviewing",
            Self::ChoosingCertificate => "choosing-certificate",
            Self::EnteringPin => "entering-pin",
            Self::Signing => "signing",
        }
    }
}

/// What became of an assertion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why it was not accepted; `None` when all went well. A code unknown here is read as [`Code::Internal`].
    pub code: Option<Code>,
    /// A sentence to show on the phone.
    pub detail: Option<Text<{ limits::DETAIL_CHARACTERS }>>,
    /// With documents: for each why it was not accepted, `None` if it was.
    pub documents: Vec<Option<Code>>,
}

impl Message {
    /// The message's bytes: the shortest encoding, keys in ascending order.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        self.encode_to(&mut encoder)
            .expect("writing to memory cannot fail");
        encoder.into_writer()
    }

    /// Reads a message; `None` if its type is unknown to this version.
    ///
    /// # Errors
    /// [`MessageError`] names what is not allowed. The end closes with `malformed`.
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, MessageError> {
        if bytes.len() > limits::MESSAGE_BYTES {
            return Err(MessageError::TooLarge);
        }
        let mut decoder = Decoder::new(bytes);
        if decoder.array()? != Some(2) {
            return Err(MessageError::Malformed);
        }
        let kind = decoder.u64()?;
        let message = match kind {
            HELLO => {
                let [app, device, locale] = read_members(&mut decoder)?;
                Some(Self::Hello(Hello {
                    app: text(app)?,
                    device: text(device)?,
                    locale: text(locale)?,
                }))
            }
            REQUEST => {
                let [jws] = read_members(&mut decoder)?;
                Some(Self::Request(text(jws)?))
            }
            PROGRESS => {
                let [step] = read_members(&mut decoder)?;
                Some(Self::Progress(read_step(step)?))
            }
            ASSERTION => {
                let [jws, signatures] = read_members(&mut decoder)?;
                Some(Self::Assertion(Signed {
                    assertion: text(jws)?,
                    signatures: byte_strings(signatures, limits::MAX_DOCUMENTS, 64)?
                        .into_iter()
                        .map(|bytes| bytes.try_into().map_err(|_| MessageError::Malformed))
                        .collect::<Result<_, _>>()?,
                }))
            }
            REFUSAL => {
                let [code] = read_members(&mut decoder)?;
                Some(Self::Refusal(read_code(code)?))
            }
            OUTCOME => {
                let [code, detail, documents] = read_members(&mut decoder)?;
                let code = code.map(|value| read_code(Some(value))).transpose()?;
                let detail = detail.map(|value| text(Some(value))).transpose()?;
                Some(Self::Outcome(Outcome {
                    code,
                    detail,
                    documents: codes(documents, limits::MAX_DOCUMENTS)?,
                }))
            }
            CHOICE => {
                let [certificates, seal] = read_members(&mut decoder)?;
                Some(Self::Choice(Choice {
                    certificates: byte_strings(
                        certificates,
                        *limits::CERTIFICATES.end(),
                        limits::CERTIFICATE_BYTES,
                    )?,
                    seal: byte_string(seal, limits::SEAL_BYTES)?,
                }))
            }
            PREPARED => {
                let [
                    document,
                    code,
                    state,
                    tail,
                    appended,
                    begin,
                    end,
                    attributes,
                ] = read_members(&mut decoder)?;
                let layout = match code {
                    Some(code) => Err(read_code(Some(code))?),
                    None => Ok(Layout {
                        state: byte_string(state, 32)?
                            .try_into()
                            .map_err(|_| MessageError::Malformed)?,
                        tail: byte_string(tail, 63)?,
                        appended: number(appended)?,
                        gap: number(begin)?..number(end)?,
                        attributes: byte_string(attributes, limits::ATTRIBUTES_BYTES)?,
                    }),
                };
                if layout.as_ref().is_ok_and(|layout| !layout.is_possible()) {
                    return Err(MessageError::Malformed);
                }
                Some(Self::Prepared(Prepared {
                    document: number(document)?,
                    layout,
                }))
            }
            FETCH => {
                let [document, part, from, length] = read_members(&mut decoder)?;
                let fetch = Fetch {
                    document: number(document)?,
                    part: match number(part)? {
                        0 => Part::Original,
                        1 => Part::Appended,
                        _ => return Err(MessageError::Malformed),
                    },
                    from: number(from)?,
                    length: number(length)?,
                };
                if !fetch.is_possible() {
                    return Err(MessageError::Malformed);
                }
                Some(Self::Fetch(fetch))
            }
            PIECE => {
                let [content] = read_members(&mut decoder)?;
                Some(Self::Piece(Piece {
                    bytes: byte_string(content, limits::FETCH_BYTES as usize)?,
                }))
            }
            _ => {
                skip(&mut decoder, 1)?;
                None
            }
        };
        if decoder.position() == bytes.len() {
            Ok(message)
        } else {
            Err(MessageError::Malformed)
        }
    }

    fn encode_to(
        &self,
        encoder: &mut Encoder<Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<core::convert::Infallible>> {
        encoder.array(2)?;
        match self {
            Self::Hello(Hello {
                app,
                device,
                locale,
            }) => {
                encoder
                    .u64(HELLO)?
                    .map(3)?
                    .u8(0)?
                    .str(app)?
                    .u8(1)?
                    .str(device)?
                    .u8(2)?
                    .str(locale)?;
            }
            Self::Request(jws) => {
                encoder.u64(REQUEST)?.map(1)?.u8(0)?.str(jws)?;
            }
            Self::Progress(step) => {
                encoder.u64(PROGRESS)?.map(1)?.u8(0)?.u8(*step as u8)?;
            }
            Self::Assertion(Signed {
                assertion,
                signatures,
            }) => {
                let members = 1 + u64::from(!signatures.is_empty());
                encoder
                    .u64(ASSERTION)?
                    .map(members)?
                    .u8(0)?
                    .str(assertion)?;
                if !signatures.is_empty() {
                    encoder.u8(1)?.array(signatures.len() as u64)?;
                    for signature in signatures {
                        encoder.bytes(signature)?;
                    }
                }
            }
            Self::Refusal(code) => {
                encoder.u64(REFUSAL)?.map(1)?.u8(0)?.str(code.as_str())?;
            }
            Self::Outcome(Outcome {
                code,
                detail,
                documents,
            }) => {
                let members = [code.is_some(), detail.is_some(), !documents.is_empty()];
                encoder
                    .u64(OUTCOME)?
                    .map(members.into_iter().map(u64::from).sum())?;
                if let Some(code) = code {
                    encoder.u8(0)?.str(code.as_str())?;
                }
                if let Some(detail) = detail {
                    encoder.u8(1)?.str(detail)?;
                }
                if !documents.is_empty() {
                    encoder.u8(2)?.array(documents.len() as u64)?;
                    for code in documents {
                        encoder.str(code.map_or("", Code::as_str))?;
                    }
                }
            }
            Self::Choice(Choice { certificates, seal }) => {
                encoder.u64(CHOICE)?.map(2)?.u8(0)?;
                encoder.array(certificates.len() as u64)?;
                for certificate in certificates {
                    encoder.bytes(certificate)?;
                }
                encoder.u8(1)?.bytes(seal)?;
            }
            Self::Prepared(Prepared {
                document,
                layout: Err(code),
            }) => {
                encoder.u64(PREPARED)?.map(2)?.u8(0)?.u32(*document)?;
                encoder.u8(1)?.str(code.as_str())?;
            }
            Self::Prepared(Prepared {
                document,
                layout: Ok(layout),
            }) => {
                encoder.u64(PREPARED)?.map(7)?.u8(0)?.u32(*document)?;
                encoder.u8(2)?.bytes(&layout.state)?;
                encoder.u8(3)?.bytes(&layout.tail)?;
                encoder.u8(4)?.u32(layout.appended)?;
                encoder.u8(5)?.u32(layout.gap.start)?;
                encoder.u8(6)?.u32(layout.gap.end)?;
                encoder.u8(7)?.bytes(&layout.attributes)?;
            }
            Self::Fetch(fetch) => {
                encoder.u64(FETCH)?.map(4)?.u8(0)?.u32(fetch.document)?;
                encoder.u8(1)?.u8(fetch.part as u8)?;
                encoder.u8(2)?.u32(fetch.from)?;
                encoder.u8(3)?.u32(fetch.length)?;
            }
            Self::Piece(Piece { bytes }) => {
                encoder.u64(PIECE)?.map(1)?.u8(0)?.bytes(bytes)?;
            }
        }
        Ok(())
    }
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Not CBOR in the form the protocol allows, or a member is missing, double or of another type.
    #[error("not a message: expected CBOR [type, {{key: value}}] with definite lengths")]
    Malformed,
    /// A text or the whole message is longer than its limit.
    #[error("the message, or a text in it, is longer than its limit")]
    TooLarge,
}

impl From<minicbor::decode::Error> for MessageError {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Malformed
    }
}

const HELLO: u64 = 1;
const REQUEST: u64 = 2;
const PROGRESS: u64 = 3;
const ASSERTION: u64 = 4;
const REFUSAL: u64 = 5;
const OUTCOME: u64 = 6;
const CHOICE: u64 = 7;
const PREPARED: u64 = 8;
const FETCH: u64 = 9;
const PIECE: u64 = 10;

#[cfg(test)]
mod tests;
