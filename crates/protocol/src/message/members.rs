//! The members of a message's map: CBOR with definite lengths, each known key at most once, unknown ones skipped.

use minicbor::{Decoder, data::Type};

use super::{MessageError, Step};
use crate::{error::Code, limits, text::Text};

/// The values that known members may have.
pub(super) enum Value<'b> {
    Number(u64),
    Text(&'b str),
    Bytes(&'b [u8]),
    /// An array that is well-formed; the decoder stands before it.
    List(Decoder<'b>),
}

/// Reads a map; the values of the keys 0 to `N - 1`, each at most once. Other keys are skipped.
pub(super) fn read_members<'b, const N: usize>(
    decoder: &mut Decoder<'b>,
) -> Result<[Option<Value<'b>>; N], MessageError> {
    let mut members = [const { None }; N];
    read_map(decoder, &mut members)?;
    Ok(members)
}

/// Apart from [`read_members`], so that it is compiled once and not for each number of members.
fn read_map<'b>(
    decoder: &mut Decoder<'b>,
    members: &mut [Option<Value<'b>>],
) -> Result<(), MessageError> {
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
                    Type::Bytes => Value::Bytes(decoder.bytes()?),
                    Type::Array => {
                        let list = decoder.clone();
                        skip(decoder, 2)?;
                        Value::List(list)
                    }
                    _ => Value::Number(decoder.u64()?),
                });
            }
            None => skip(decoder, 2)?,
        }
    }
    Ok(())
}

pub(super) fn text<const MAX: usize>(value: Option<Value<'_>>) -> Result<Text<MAX>, MessageError> {
    match value {
        Some(Value::Text(text)) => Text::new(text).map_err(|_| MessageError::TooLarge),
        _ => Err(MessageError::Malformed),
    }
}

pub(super) fn byte_string(value: Option<Value<'_>>, max: usize) -> Result<Vec<u8>, MessageError> {
    match value {
        Some(Value::Bytes(bytes)) => limited(bytes, max),
        _ => Err(MessageError::Malformed),
    }
}

pub(super) fn number(value: Option<Value<'_>>) -> Result<u32, MessageError> {
    match value {
        Some(Value::Number(number)) => u32::try_from(number).map_err(|_| MessageError::TooLarge),
        _ => Err(MessageError::Malformed),
    }
}

/// A list of byte strings, each of at most `max_bytes`. A missing list is an empty one.
pub(super) fn byte_strings(
    value: Option<Value<'_>>,
    max_items: usize,
    max_bytes: usize,
) -> Result<Vec<Vec<u8>>, MessageError> {
    let Some((mut decoder, count)) = list(value, max_items)? else {
        return Ok(Vec::new());
    };
    (0..count)
        .map(|_| limited(decoder.bytes()?, max_bytes))
        .collect()
}

/// A list of codes, where an empty text is none. A missing list is an empty one.
pub(super) fn codes(
    value: Option<Value<'_>>,
    max_items: usize,
) -> Result<Vec<Option<Code>>, MessageError> {
    let Some((mut decoder, count)) = list(value, max_items)? else {
        return Ok(Vec::new());
    };
    (0..count)
        .map(|_| match decoder.str()? {
            "" => Ok(None),
            code => read_code(Some(Value::Text(code))).map(Some),
        })
        .collect()
}

pub(super) fn read_code(value: Option<Value<'_>>) -> Result<Code, MessageError> {
    text::<{ limits::CODE_CHARACTERS }>(value).map(|code| Code::from_wire(&code))
}

pub(super) fn read_step(value: Option<Value<'_>>) -> Result<Step, MessageError> {
    match value {
        Some(Value::Number(1)) => Ok(Step::Reviewing),
        Some(Value::Number(2)) => Ok(Step::ChoosingCertificate),
        Some(Value::Number(3)) => Ok(Step::EnteringPin),
        Some(Value::Number(4)) => Ok(Step::Signing),
        _ => Err(MessageError::Malformed),
    }
}

fn list<'b>(
    value: Option<Value<'b>>,
    max_items: usize,
) -> Result<Option<(Decoder<'b>, u64)>, MessageError> {
    match value {
        None => Ok(None),
        Some(Value::List(mut decoder)) => {
            let count = decoder.array()?.ok_or(MessageError::Malformed)?;
            match usize::try_from(count) {
                Ok(items) if items <= max_items => Ok(Some((decoder, count))),
                _ => Err(MessageError::TooLarge),
            }
        }
        Some(_) => Err(MessageError::Malformed),
    }
}

fn limited(bytes: &[u8], max: usize) -> Result<Vec<u8>, MessageError> {
    if bytes.len() > max {
        return Err(MessageError::TooLarge);
    }
    Ok(bytes.to_vec())
}

/// Passes over one well-formed value that lies `depth` containers deep.
pub(super) fn skip(decoder: &mut Decoder<'_>, depth: usize) -> Result<(), MessageError> {
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
