//! Topic `channel`: a whole handshake and some messages, both ends at once.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{VectorError, bytes, malformed, refusal};
use crate::chunk::Channel;
use crate::error::Code;
use crate::ids::SessionId;
use crate::noise::{Context, Initiator, Responder, public_key};
use crate::qr::{FrameSecret, KIND_RELAY};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    sid: SessionId,
    frame: u16,
    frame_secret: String,
    page_secret: String,
    phone_ephemeral: String,
    page_ephemeral: String,
    hello: String,
    request: String,
    /// What the phone says after the handshake, then what the page says.
    phone: Vec<Content>,
    page: Vec<Content>,
    /// A byte that is changed on the way.
    flip: Option<Flip>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Hex(String),
    Repeated { byte: u8, times: usize },
}

#[derive(Deserialize)]
struct Flip {
    from: Sender,
    frame: usize,
    byte: usize,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Sender {
    Page,
    Phone,
}

/// Frames of one direction, as they are sent.
struct Direction<'a> {
    sender: Sender,
    flip: Option<&'a Flip>,
    frames: Vec<Vec<u8>>,
}

impl Direction<'_> {
    /// Numbers and keeps a frame; gives the body as it arrives.
    fn carry(&mut self, body: &[u8]) -> Vec<u8> {
        let position = self.frames.len();
        let number = u32::try_from(position).expect("a case has few frames");
        let frame = [number.to_be_bytes().as_slice(), body].concat();
        let mut arrived = frame.clone();
        if let Some(flip) = self
            .flip
            .filter(|flip| flip.from == self.sender && flip.frame == position)
            && let Some(byte) = arrived.get_mut(flip.byte)
        {
            *byte ^= 1;
        }
        self.frames.push(frame);
        arrived.split_off(4)
    }

    fn converse(
        &mut self,
        from: &mut Channel,
        to: &mut Channel,
        contents: &[Content],
    ) -> Result<bool, VectorError> {
        for content in contents {
            let message = content.bytes()?;
            let mut arrived = None;
            for body in from.seal(&message).map_err(malformed)? {
                let Ok(opened) = to.open(&self.carry(&body)) else {
                    return Ok(false);
                };
                arrived = opened;
            }
            if arrived.as_ref() != Some(&message) {
                return Err(VectorError::Malformed(
                    "a message did not arrive as it was sent".to_owned(),
                ));
            }
        }
        Ok(true)
    }

    fn shown(&self) -> Vec<Value> {
        self.frames.iter().map(|frame| shown(frame)).collect()
    }
}

impl Content {
    fn bytes(&self) -> Result<Vec<u8>, VectorError> {
        match self {
            Self::Hex(text) => HEXLOWER.decode(text.as_bytes()).map_err(malformed),
            Self::Repeated { byte, times } => Ok(vec![*byte; *times]),
        }
    }
}

/// Long frames are shown by their hash.
fn shown(frame: &[u8]) -> Value {
    if frame.len() <= 1_024 {
        json!(HEXLOWER.encode(frame))
    } else {
        json!({ "bytes": frame.len(), "sha256": HEXLOWER.encode(&Sha256::digest(frame)) })
    }
}

pub(super) fn channel(input: &Input) -> Result<Value, VectorError> {
    let secret = FrameSecret::from_bytes(bytes(&HEXLOWER, &input.frame_secret)?);
    let page_secret = bytes(&HEXLOWER, &input.page_secret)?;
    let context = Context {
        session: &input.sid,
        kind: KIND_RELAY,
        frame: input.frame,
        secret: &secret,
    };
    let hello = HEXLOWER.decode(input.hello.as_bytes()).map_err(malformed)?;
    let request = HEXLOWER
        .decode(input.request.as_bytes())
        .map_err(malformed)?;
    let direction = |sender| Direction {
        sender,
        flip: input.flip.as_ref(),
        frames: Vec::new(),
    };
    let (mut up, mut down) = (direction(Sender::Phone), direction(Sender::Page));

    let page_public = public_key(&page_secret);
    let page_ephemeral = bytes(&HEXLOWER, &input.page_ephemeral)?;
    let (initiator, first) = Initiator::start(
        &context,
        &page_public,
        bytes(&HEXLOWER, &input.phone_ephemeral)?,
        &hello,
    )
    .map_err(malformed)?;
    let body = up.carry(&[input.frame.to_be_bytes().as_slice(), &first].concat());
    let (frame, first) = body.split_at(2);
    // Another frame number is another prologue, and no frame that was shown.
    let read = (frame == input.frame.to_be_bytes())
        .then(|| Responder::read(&context, &page_secret, page_ephemeral, first).ok())
        .flatten();
    let Some((responder, arrived)) = read else {
        return Ok(refusal(Code::QrStale));
    };
    if arrived != hello {
        return Err(VectorError::Malformed(
            "hello did not arrive as it was sent".to_owned(),
        ));
    }
    let (page, second) = responder.reply(&request).map_err(malformed)?;
    let Ok((phone, arrived)) = initiator.finish(&down.carry(&second)) else {
        return Ok(refusal(Code::Malformed));
    };
    if arrived != request {
        return Err(VectorError::Malformed(
            "the request did not arrive as it was sent".to_owned(),
        ));
    }

    let (mut phone, mut page) = (Channel::new(phone), Channel::new(page));
    if !up.converse(&mut phone, &mut page, &input.phone)?
        || !down.converse(&mut page, &mut phone, &input.page)?
    {
        return Ok(refusal(Code::Malformed));
    }
    Ok(json!({
        "pagePublicKey": HEXLOWER.encode(&page_public),
        "phoneFrames": up.shown(),
        "pageFrames": down.shown(),
        "checkNumber": phone.check_number().to_string(),
        "channelBinding": BASE64URL_NOPAD.encode(&page.channel_binding()),
    }))
}
