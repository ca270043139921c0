//! Filters of streams (ISO 32000-2 clause 7.4), undone within limits.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use weezl::{BitOrder, LzwStatus, decode::Decoder};

use super::predictor::Predictor;
use crate::{
    Damage, PdfError,
    syntax::{Dictionary, Name, Object, is_space},
};

/// How many bytes a stream may decode to. They are in memory, twice while a predictor is undone.
pub const MAX_DECODED_STREAM: usize = 64 * 1024 * 1024;

/// How many filters a stream may have: two are common, more are a trick.
pub const MAX_FILTERS: usize = 8;

/// One filter and its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Ascii85,
    AsciiHex,
    /// Decryption by the named crypt filter; undone elsewhere, before all others.
    Crypt(Name),
    Flate(Predictor),
    Lzw {
        early_change: bool,
        predictor: Predictor,
    },
    RunLength,
}

/// The filters that a stream's dictionary names, in the order in which they are undone.
pub(super) fn steps(
    dictionary: &Dictionary,
    offset: u64,
    resolve: &dyn Fn(&Object) -> Result<Object, PdfError>,
) -> Result<Vec<Step>, PdfError> {
    let wrong = || PdfError::damaged(offset, Damage::WrongType);
    let value = |key: &str| {
        dictionary
            .get(key)
            .map_or(Ok(Object::Null), |value| resolve(&value.object))
    };
    if dictionary.get("F").is_some() {
        // The data would be in another file (clause 7.3.8.2).
        return Err(PdfError::damaged(offset, Damage::BadStream));
    }
    let names = match value("Filter")? {
        Object::Null => return Ok(Vec::new()),
        Object::Array(array) => array.0.into_iter().map(|value| value.object).collect(),
        name => vec![name],
    };
    if names.len() > MAX_FILTERS {
        return Err(PdfError::TooLarge {
            what: "number of filters",
            limit: MAX_FILTERS as u64,
        });
    }
    let parameters = match value("DecodeParms")? {
        Object::Array(array) if array.0.len() <= names.len() => {
            array.0.into_iter().map(|value| value.object).collect()
        }
        Object::Null => Vec::new(),
        single @ Object::Dictionary(_) if names.len() == 1 => vec![single],
        _ => return Err(wrong()),
    };
    let mut parameters = parameters.into_iter();
    let mut steps = Vec::with_capacity(names.len());
    for name in &names {
        let Object::Name(name) = resolve(name)? else {
            return Err(wrong());
        };
        let parameters = match parameters
            .next()
            .map(|object| resolve(&object))
            .transpose()?
        {
            None | Some(Object::Null) => Dictionary::default(),
            Some(Object::Dictionary(parameters)) => parameters,
            Some(_) => return Err(wrong()),
        };
        let integer = |key: &str, default: i64| match parameters.get(key) {
            None => Ok(default),
            Some(value) => resolve(&value.object)?.as_integer().ok_or_else(wrong),
        };
        steps.push(match name.0.as_slice() {
            b"ASCII85Decode" => Step::Ascii85,
            b"ASCIIHexDecode" => Step::AsciiHex,
            b"Crypt" => {
                let name = parameters.get("Name").map(|value| resolve(&value.object));
                match name.transpose()? {
                    None => Step::Crypt(Name(b"Identity".to_vec())),
                    Some(Object::Name(name)) => Step::Crypt(name),
                    Some(_) => return Err(wrong()),
                }
            }
            b"FlateDecode" => Step::Flate(Predictor::read(&integer, offset)?),
            b"LZWDecode" => Step::Lzw {
                early_change: match integer("EarlyChange", 1)? {
                    0 => false,
                    1 => true,
                    _ => return Err(wrong()),
                },
                predictor: Predictor::read(&integer, offset)?,
            },
            b"RunLengthDecode" => Step::RunLength,
            other => {
                return Err(PdfError::UnknownFilter {
                    offset,
                    filter: String::from_utf8_lossy(other).into_owned(),
                });
            }
        });
    }
    Ok(steps)
}

/// The crypt filter that a stream names for itself, if it does: the first of its filters.
pub(super) fn crypt_filter(
    dictionary: &Dictionary,
    offset: u64,
    resolve: &dyn Fn(&Object) -> Result<Object, PdfError>,
) -> Result<Option<Name>, PdfError> {
    let Some(filter) = dictionary.get("Filter") else {
        return Ok(None);
    };
    let names = match resolve(&filter.object)? {
        Object::Array(array) => array.0.into_iter().map(|value| value.object).collect(),
        name => vec![name],
    };
    let crypt = |name: &Object| {
        Ok(resolve(name)?
            .as_name()
            .is_some_and(|name| *name == *"Crypt"))
    };
    let crypt = names
        .iter()
        .take(MAX_FILTERS + 1)
        .map(crypt)
        .collect::<Result<Vec<bool>, PdfError>>()?;
    match crypt.as_slice() {
        [] | [false, ..] if !crypt.contains(&true) => Ok(None),
        [true, rest @ ..] if !rest.contains(&true) => {
            let steps = steps(dictionary, offset, resolve)?;
            Ok(steps.into_iter().find_map(|step| match step {
                Step::Crypt(name) => Some(name),
                _ => None,
            }))
        }
        // Decryption comes first: what was encrypted were the encoded data.
        _ => Err(PdfError::damaged(offset, Damage::BadStream)),
    }
}

/// Undoes the filters of a stream whose data begin at `offset`. No step may give more than `limit` bytes. Counts in `work` all bytes that
/// any step gave, whether or not it came to its end.
pub(super) fn decode(
    mut bytes: Vec<u8>,
    steps: &[Step],
    offset: u64,
    limit: usize,
    work: &mut u64,
) -> Result<Vec<u8>, PdfError> {
    for step in steps {
        let mut output = Output {
            bytes: Vec::new(),
            limit,
        };
        let decoded = match step {
            Step::Ascii85 => ascii_85(&bytes, &mut output),
            Step::AsciiHex => ascii_hex(&bytes, &mut output),
            Step::Crypt(_) => continue,
            Step::Flate(_) => flate(&bytes, &mut output),
            Step::Lzw { early_change, .. } => lzw(&bytes, *early_change, &mut output),
            Step::RunLength => run_length(&bytes, &mut output),
        };
        *work = work.saturating_add(output.bytes.len() as u64);
        let decoded = decoded.and_then(|()| match step {
            Step::Flate(predictor) | Step::Lzw { predictor, .. } => predictor.undo(output.bytes),
            _ => Ok(output.bytes),
        });
        bytes = decoded.map_err(|failure| failure.at(offset, limit))?;
    }
    Ok(bytes)
}

/// Why data cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Damaged,
    TooLarge,
}

impl Failure {
    fn at(self, offset: u64, limit: usize) -> PdfError {
        match self {
            Self::Damaged => PdfError::damaged(offset, Damage::BadStream),
            Self::TooLarge => PdfError::TooLarge {
                what: "decoded stream",
                limit: limit as u64,
            },
        }
    }
}

/// Bytes that do not grow past a limit.
struct Output {
    bytes: Vec<u8>,
    limit: usize,
}

impl Output {
    fn extend(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.make_room(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn repeat(&mut self, byte: u8, count: usize) -> Result<(), Failure> {
        self.make_room(count)?;
        self.bytes.resize(self.bytes.len() + count, byte);
        Ok(())
    }

    fn make_room(&self, count: usize) -> Result<(), Failure> {
        if count > self.limit.saturating_sub(self.bytes.len()) {
            return Err(Failure::TooLarge);
        }
        Ok(())
    }
}

/// Bytes behind the compressed data are ignored: many writers count the end of line before `endstream`.
fn flate(data: &[u8], output: &mut Output) -> Result<(), Failure> {
    match decompress_to_vec_zlib_with_limit(data, output.limit) {
        Ok(bytes) => {
            output.bytes = bytes;
            Ok(())
        }
        Err(error) => {
            output.bytes = error.output;
            Err(match error.status {
                TINFLStatus::HasMoreOutput => Failure::TooLarge,
                _ => Failure::Damaged,
            })
        }
    }
}

fn lzw(data: &[u8], early_change: bool, output: &mut Output) -> Result<(), Failure> {
    let mut decoder = if early_change {
        Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
    } else {
        Decoder::new(BitOrder::Msb, 8)
    };
    let mut rest = data;
    let mut buffer = [0; 4096];
    loop {
        let result = decoder.decode_bytes(rest, &mut buffer);
        rest = rest.get(result.consumed_in..).unwrap_or_default();
        output.extend(buffer.get(..result.consumed_out).unwrap_or_default())?;
        match result.status {
            Ok(LzwStatus::Done) => return Ok(()),
            Ok(LzwStatus::Ok) if result.consumed_in > 0 || result.consumed_out > 0 => {}
            // The end-of-data code is missing, or a code is wrong.
            Ok(_) | Err(_) => return Err(Failure::Damaged),
        }
    }
}

fn ascii_hex(data: &[u8], output: &mut Output) -> Result<(), Failure> {
    let mut high = None;
    for byte in data {
        let digit = match byte {
            b'>' => {
                if let Some(high) = high {
                    output.extend(&[high << 4])?;
                }
                return Ok(());
            }
            space if is_space(*space) => continue,
            digit => char::from(*digit).to_digit(16),
        };
        let digit = digit
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(Failure::Damaged)?;
        match high.take() {
            Some(high) => output.extend(&[high << 4 | digit])?,
            None => high = Some(digit),
        }
    }
    Err(Failure::Damaged)
}

fn ascii_85(data: &[u8], output: &mut Output) -> Result<(), Failure> {
    let mut group = 0_u32;
    let mut count = 0_usize;
    let mut bytes = data.iter().copied().filter(|byte| !is_space(*byte));
    while let Some(byte) = bytes.next() {
        match byte {
            b'!'..=b'u' => {
                let digit = u32::from(byte - b'!');
                group = group
                    .checked_mul(85)
                    .and_then(|group| group.checked_add(digit))
                    .ok_or(Failure::Damaged)?;
                count += 1;
                if count == 5 {
                    output.extend(&group.to_be_bytes())?;
                    (group, count) = (0, 0);
                }
            }
            b'z' if count == 0 => output.extend(&[0; 4])?,
            b'~' => {
                if bytes.next() != Some(b'>') || count == 1 {
                    return Err(Failure::Damaged);
                }
                if count > 0 {
                    // The missing digits count as the highest.
                    for _ in count..5 {
                        group = group
                            .checked_mul(85)
                            .and_then(|group| group.checked_add(84))
                            .ok_or(Failure::Damaged)?;
                    }
                    output.extend(group.to_be_bytes().get(..count - 1).unwrap_or_default())?;
                }
                return Ok(());
            }
            _ => return Err(Failure::Damaged),
        }
    }
    Err(Failure::Damaged)
}

fn run_length(data: &[u8], output: &mut Output) -> Result<(), Failure> {
    let mut rest = data;
    loop {
        let (length, after) = rest.split_first().ok_or(Failure::Damaged)?;
        match length {
            0..=127 => {
                let (literal, after) = after
                    .split_at_checked(usize::from(*length) + 1)
                    .ok_or(Failure::Damaged)?;
                output.extend(literal)?;
                rest = after;
            }
            128 => return Ok(()),
            129..=255 => {
                let (byte, after) = after.split_first().ok_or(Failure::Damaged)?;
                output.repeat(*byte, 257 - usize::from(*length))?;
                rest = after;
            }
        }
    }
}
