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

use minicbor::{Decoder, Encoder, data::Type};
use serde::{Deserialize, Serialize};

use crate::{error::Code, limits, text::Text};

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
    /// From the phone: the assertion it signed.
    Assertion(Text<{ limits::ASSERTION_BYTES }>),
    /// From the phone: why it will not sign. A code unknown here is read as [`Code::Internal`].
    Refusal(Code),
    /// From the page: what became of it.
    Outcome(Outcome),
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
                let [jws] = read_members(&mut decoder)?;
                Some(Self::Assertion(text(jws)?))
            }
            REFUSAL => {
                let [code] = read_members(&mut decoder)?;
                Some(Self::Refusal(read_code(code)?))
            }
            OUTCOME => {
                let [code, detail] = read_members(&mut decoder)?;
                let code = code.map(|value| read_code(Some(value))).transpose()?;
                let detail = detail.map(|value| text(Some(value))).transpose()?;
                Some(Self::Outcome(Outcome { code, detail }))
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
            Self::Assertion(jws) => {
                encoder.u64(ASSERTION)?.map(1)?.u8(0)?.str(jws)?;
            }
            Self::Refusal(code) => {
                encoder.u64(REFUSAL)?.map(1)?.u8(0)?.str(code.as_str())?;
            }
            Self::Outcome(Outcome { code, detail }) => {
                encoder
                    .u64(OUTCOME)?
                    .map(u64::from(code.is_some()) + u64::from(detail.is_some()))?;
                if let Some(code) = code {
                    encoder.u8(0)?.str(code.as_str())?;
                }
                if let Some(detail) = detail {
                    encoder.u8(1)?.str(detail)?;
                }
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

/// The values that known members may have.
enum Value<'b> {
    Number(u64),
    Text(&'b str),
}

/// Reads a map; the values of the keys 0 to `N - 1`, each at most once. Other keys are skipped.
fn read_members<'b, const N: usize>(
    decoder: &mut Decoder<'b>,
) -> Result<[Option<Value<'b>>; N], MessageError> {
    let mut members = [const { None }; N];
    let count = decoder.map()?.ok_or(MessageError::Malformed)?;
    for _ in 0..count {
        let known = match decoder.datatype()? {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
                let key = decoder.u64()?;
                usize::try_from(key)
                    .ok()
                    .and_then(|key| members.get_mut(key))
            }
            _ => {
                skip(decoder, 2)?;
                None
            }
        };
        match known {
            Some(Some(_)) => return Err(MessageError::Malformed),
            Some(slot) => {
                *slot = Some(match decoder.datatype()? {
                    Type::String => Value::Text(decoder.str()?),
                    _ => Value::Number(decoder.u64()?),
                });
            }
            None => skip(decoder, 2)?,
        }
    }
    Ok(members)
}

fn text<const MAX: usize>(value: Option<Value<'_>>) -> Result<Text<MAX>, MessageError> {
    match value {
        Some(Value::Text(text)) => Text::new(text).map_err(|_| MessageError::TooLarge),
        _ => Err(MessageError::Malformed),
    }
}

fn read_code(value: Option<Value<'_>>) -> Result<Code, MessageError> {
    text::<{ limits::CODE_CHARACTERS }>(value).map(|code| Code::from_wire(&code))
}

fn read_step(value: Option<Value<'_>>) -> Result<Step, MessageError> {
    match value {
        Some(Value::Number(1)) => Ok(Step::Reviewing),
        Some(Value::Number(2)) => Ok(Step::ChoosingCertificate),
        Some(Value::Number(3)) => Ok(Step::EnteringPin),
        Some(Value::Number(4)) => Ok(Step::Signing),
        _ => Err(MessageError::Malformed),
    }
}

/// Passes over one well-formed value that lies `depth` containers deep.
fn skip(decoder: &mut Decoder<'_>, depth: usize) -> Result<(), MessageError> {
    if depth > limits::MESSAGE_NESTING {
        return Err(MessageError::Malformed);
    }
    let values = match decoder.datatype()? {
        Type::Array => decoder.array()?.ok_or(MessageError::Malformed)?,
        Type::Map => decoder
            .map()?
            .and_then(|pairs| pairs.checked_mul(2))
            .ok_or(MessageError::Malformed)?,
        Type::Tag => {
            decoder.tag()?;
            1
        }
        Type::ArrayIndef
        | Type::MapIndef
        | Type::BytesIndef
        | Type::StringIndef
        | Type::Break
        | Type::Unknown(_) => {
            return Err(MessageError::Malformed);
        }
        scalar => {
            skip_scalar(decoder, scalar)?;
            0
        }
    };
    // A count that the bytes cannot hold ends at the first missing value.
    for _ in 0..values {
        skip(decoder, depth + 1)?;
    }
    Ok(())
}

/// Skips one value without others inside. `Decoder::skip` would do, but its handling of what is refused above makes the
/// page's WebAssembly 4 KB larger.
fn skip_scalar(decoder: &mut Decoder<'_>, scalar: Type) -> Result<(), MessageError> {
    match scalar {
        Type::Bool => decoder.bool().map(drop)?,
        Type::Bytes => decoder.bytes().map(drop)?,
        Type::F16 => advance(decoder, 3)?,
        Type::F32 => advance(decoder, 5)?,
        Type::F64 => advance(decoder, 9)?,
        Type::Null => decoder.null()?,
        Type::Simple => decoder.simple().map(drop)?,
        Type::String => decoder.str().map(drop)?,
        Type::Undefined => decoder.undefined()?,
        _ => decoder.int().map(drop)?,
    }
    Ok(())
}

fn advance(decoder: &mut Decoder<'_>, bytes: usize) -> Result<(), MessageError> {
    let end = decoder.position() + bytes;
    if end > decoder.input().len() {
        return Err(MessageError::Malformed);
    }
    decoder.set_position(end);
    Ok(())
}

#[cfg(test)]
mod tests;
