//! Topic `channel`: what is expected comes from the second Noise in `tests/support`, not from the crate.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{case, check, refused};
use crate::hand_noise::{Initiator, check_number, respond, tag, x25519};

/// What a piece holds: a frame of 65,536 bytes without number, tag and flag.
const PIECE: usize = 65_536 - 4 - 16 - 1;

struct Setting {
    sid: [u8; 16],
    frame: u16,
    seed: u8,
    hello: Vec<u8>,
    request: Vec<u8>,
    phone: Vec<Vec<u8>>,
    page: Vec<Vec<u8>>,
}

impl Setting {
    fn new(frame: u16, seed: u8, phone: &[&[u8]], page: &[&[u8]]) -> Self {
        let owned = |messages: &[&[u8]]| messages.iter().map(|message| message.to_vec()).collect();
        Self {
            sid: [seed ^ 0x5a; 16],
            frame,
            seed,
            hello: hex("8201a3006841707020312e3000016650686f6e6520026a7a682d48616e732d434e"),
            request: hex("8202a10068612e622e632e642e"),
            phone: owned(phone),
            page: owned(page),
        }
    }

    fn key(&self, purpose: u8) -> [u8; 32] {
        core::array::from_fn(|index| {
            self.seed
                .wrapping_add(purpose)
                .wrapping_mul(31)
                .wrapping_add(u8::try_from(index).unwrap())
        })
    }

    fn input(&self) -> Value {
        json!({
            "sid": BASE64URL_NOPAD.encode(&self.sid),
            "frame": self.frame,
            "frameSecret": HEXLOWER.encode(&self.key(1)[..16]),
            "pageSecret": HEXLOWER.encode(&self.key(2)),
            "phoneEphemeral": HEXLOWER.encode(&self.key(3)),
            "pageEphemeral": HEXLOWER.encode(&self.key(4)),
            "hello": HEXLOWER.encode(&self.hello),
            "request": HEXLOWER.encode(&self.request),
            "phone": self.phone.iter().map(|message| content(message)).collect::<Vec<_>>(),
            "page": self.page.iter().map(|message| content(message)).collect::<Vec<_>>(),
        })
    }

    fn expected(&self) -> Value {
        let n = self.frame.to_be_bytes();
        let prologue = [b"scanseal.v1\0\x01".as_slice(), &self.sid, &n].concat();
        let psk = tag("scanseal.v1 psk", &self.key(1)[..16]);
        let page_public = x25519(
            self.key(2),
            core::array::from_fn(|index| if index == 0 { 9 } else { 0 }),
        );
        let (initiator, first) =
            Initiator::start(&prologue, psk, page_public, self.key(3), &self.hello);
        let (mut page, _, second) = respond(
            &prologue,
            psk,
            self.key(2),
            self.key(4),
            &first,
            &self.request,
        );
        let (mut phone, _) = initiator.finish(&second);
        let mut up = vec![[n.as_slice(), &first].concat()];
        let mut down = vec![second];
        up.extend(
            self.phone
                .iter()
                .flat_map(|message| pieces(message))
                .map(|piece| phone.seal(&piece)),
        );
        down.extend(
            self.page
                .iter()
                .flat_map(|message| pieces(message))
                .map(|piece| page.seal(&piece)),
        );
        // The second Noise reads what it writes.
        let opened: Vec<_> = down[1..].iter().map(|body| phone.open(body)).collect();
        let sent: Vec<_> = self
            .page
            .iter()
            .flat_map(|message| pieces(message))
            .collect();
        assert_eq!(opened, sent);
        json!({
            "pagePublicKey": HEXLOWER.encode(&page_public),
            "phoneFrames": numbered(up),
            "pageFrames": numbered(down),
            "checkNumber": check_number(&phone.hash),
            "channelBinding": BASE64URL_NOPAD.encode(&tag("scanseal.v1 binding", &page.hash)),
        })
    }
}

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn content(message: &[u8]) -> Value {
    match message {
        [byte, .., last] if message.len() > 1_024 && byte == last => {
            json!({ "byte": byte, "times": message.len() })
        }
        _ => json!(HEXLOWER.encode(message)),
    }
}

/// A message with its flags: `0x01` while more follows, `0x00` for the last piece.
fn pieces(message: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = message;
    let mut pieces = Vec::new();
    while rest.len() > PIECE {
        pieces.push([&[1], &rest[..PIECE]].concat());
        rest = &rest[PIECE..];
    }
    pieces.push([&[0], rest].concat());
    pieces
}

fn numbered(bodies: Vec<Vec<u8>>) -> Vec<Value> {
    let frame = |(number, body): (usize, Vec<u8>)| {
        let frame = [
            u32::try_from(number).unwrap().to_be_bytes().as_slice(),
            &body,
        ]
        .concat();
        if frame.len() > 1_024 {
            json!({ "bytes": frame.len(), "sha256": HEXLOWER.encode(&Sha256::digest(&frame)) })
        } else {
            json!(HEXLOWER.encode(&frame))
        }
    };
    bodies.into_iter().enumerate().map(frame).collect()
}

#[test]
fn channel() {
    let good = |name: &str, setting: &Setting| case(name, setting.input(), setting.expected());
    let flipped = |name: &str, from: &str, frame: usize, byte: usize, code: &str| {
        let mut input = Setting::new(7, 9, &[b"one", b"two"], &[b"three"]).input();
        input["flip"] = json!({ "from": from, "frame": frame, "byte": byte });
        case(name, input, refused(code))
    };
    let cases = vec![
        good("handshake only", &Setting::new(0, 1, &[], &[])),
        good(
            "messages both ways",
            &Setting::new(
                3,
                2,
                &[b"\x82\x03\xa1\x00\x01", b"\x82\x03\xa1\x00\x04"],
                &[b"\x82\x06\xa0"],
            ),
        ),
        good(
            "last frame number, an empty message",
            &Setting::new(u16::MAX, 3, &[b""], &[b"", b"x"]),
        ),
        good(
            "one piece filled exactly",
            &Setting::new(1, 4, &[&[7; PIECE]], &[]),
        ),
        good(
            "one byte more makes two pieces",
            &Setting::new(1, 5, &[&[7; PIECE + 1], b"after"], &[]),
        ),
        good(
            "the longest message",
            &Setting::new(1, 6, &[], &[&[7; 262_144]]),
        ),
        flipped(
            "changed: frame number in phone frame 0",
            "phone",
            0,
            5,
            "qr-stale",
        ),
        flipped(
            "changed: ephemeral key in phone frame 0",
            "phone",
            0,
            6,
            "qr-stale",
        ),
        flipped(
            "changed: payload in phone frame 0",
            "phone",
            0,
            40,
            "qr-stale",
        ),
        flipped(
            "changed: ephemeral key in page frame 0",
            "page",
            0,
            4,
            "malformed",
        ),
        flipped(
            "changed: payload in page frame 0",
            "page",
            0,
            40,
            "malformed",
        ),
        flipped(
            "changed: first byte of phone frame 1",
            "phone",
            1,
            4,
            "malformed",
        ),
        flipped("changed: tag of phone frame 2", "phone", 2, 12, "malformed"),
        flipped("changed: page frame 1", "page", 1, 4, "malformed"),
    ];
    check(
        "channel",
        "Noise handshake, frames, check number and channel binding (section 5). Keys and frames in hex, sid and binding in b64u. With `flip` the lowest bit of that byte of that frame (its number included) is changed on the way; `code` is what the receiver says.",
        cases,
    );
}
