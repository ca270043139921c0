//! What is in the QR code, and what is derived from keys.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{case, check, refused};

/// `SHA-256(label || 0x00 || data)`, written down a second time so that a mistake in the crate shows.
fn tag(label: &str, data: &[u8]) -> [u8; 32] {
    Sha256::digest([label.as_bytes(), &[0], data].concat()).into()
}

#[test]
fn derivations() {
    let make =
        |name: &str, page_key: [u8; 32], phone_key: [u8; 32], frame_key: [u8; 32], frame: u16| {
            let sid = &tag("scanseal.v1 page", &page_key)[..16];
            let secret = &tag(
                "scanseal.v1 frame",
                &[&frame_key[..], &frame.to_be_bytes()].concat(),
            )[..16];
            let prologue = [b"scanseal.v1\0\x01", sid, &frame.to_be_bytes()].concat();
            let input = json!({
                "pageKey": HEXLOWER.encode(&page_key), "phoneKey": HEXLOWER.encode(&phone_key),
                "frameKey": HEXLOWER.encode(&frame_key), "frame": frame,
            });
            let expect = json!({
                "sid": BASE64URL_NOPAD.encode(sid),
                "phoneId": BASE64URL_NOPAD.encode(&tag("scanseal.v1 phone", &phone_key)[..16]),
                "frameSecret": HEXLOWER.encode(secret),
                "psk": HEXLOWER.encode(&tag("scanseal.v1 psk", secret)),
                "prologue": HEXLOWER.encode(&prologue),
            });
            case(name, input, expect)
        };
    let counting = core::array::from_fn(|index| u8::try_from(index).unwrap());
    let cases = vec![
        make("all keys zero, first frame", [0; 32], [0; 32], [0; 32], 0),
        make(
            "the same bytes for page and phone, second frame",
            counting,
            counting,
            counting,
            1,
        ),
        make(
            "a frame number of two bytes",
            [0x11; 32],
            [0x22; 32],
            [0x33; 32],
            0x0102,
        ),
        make(
            "the last frame",
            [0xff; 32],
            [0xff; 32],
            [0xff; 32],
            u16::MAX,
        ),
    ];
    check(
        "derivations",
        "Session id, phone id, frame secret, psk and prologue from their keys (sections 2, 3, 5). Keys and results in hex, ids in b64u.",
        cases,
    );
}

#[test]
fn qr() {
    let mut good = vec![1, 1];
    good.extend((0..66).map(|byte| byte ^ 0xa5));
    let changed = |position: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[position] = value;
        bytes
    };
    let text = |bytes: &[u8]| format!("HTTPS://PORTAL.EXAMPLE/S#{}", BASE32_NOPAD.encode(bytes));
    let make = |name: &str, text: String, expect: Value| {
        case(
            name,
            json!({ "links": ["https://portal.example/S"], "text": text }),
            expect,
        )
    };
    let read = json!({
        "link": "https://portal.example/S",
        "sid": BASE64URL_NOPAD.encode(&good[2..18]),
        "pageKey": HEXLOWER.encode(&good[18..50]),
        "frame": u16::from_be_bytes([good[50], good[51]]),
        "frameSecret": HEXLOWER.encode(&good[52..]),
        "text": text(&good),
    });
    let (foreign, version) = (refused("qr-foreign"), refused("qr-version"));
    let fragment = BASE32_NOPAD.encode(&good);
    let cases = vec![
        make("as a page writes it", text(&good), read.clone()),
        make(
            "scheme and host in lower case",
            format!("https://portal.example/S#{fragment}"),
            read.clone(),
        ),
        make(
            "the default port written out",
            format!("https://portal.example:443/S#{fragment}"),
            read,
        ),
        make(
            "path in another case",
            format!("HTTPS://PORTAL.EXAMPLE/s#{fragment}"),
            foreign.clone(),
        ),
        make(
            "another host",
            format!("HTTPS://PORTAL.EXAMPLE.EVIL.EXAMPLE/S#{fragment}"),
            foreign.clone(),
        ),
        make(
            "a user name before the host",
            format!("https://portal.example@evil.example/S#{fragment}"),
            foreign.clone(),
        ),
        make(
            "without TLS",
            format!("http://portal.example/S#{fragment}"),
            foreign.clone(),
        ),
        make(
            "another port",
            format!("https://portal.example:8443/S#{fragment}"),
            foreign.clone(),
        ),
        make(
            "a query before the fragment",
            format!("https://portal.example/S?a=b#{fragment}"),
            foreign.clone(),
        ),
        make(
            "no fragment",
            "https://portal.example/S".to_owned(),
            foreign.clone(),
        ),
        make(
            "an empty fragment",
            "https://portal.example/S#".to_owned(),
            foreign.clone(),
        ),
        make(
            "a text that is no link",
            "企业公章".to_owned(),
            foreign.clone(),
        ),
        make(
            "the fragment in lower case",
            format!("HTTPS://PORTAL.EXAMPLE/S#{}", fragment.to_lowercase()),
            foreign.clone(),
        ),
        make(
            "the fragment with padding",
            format!("{}===", text(&good)),
            foreign.clone(),
        ),
        make(
            "trailing bits that are not zero",
            format!("HTTPS://PORTAL.EXAMPLE/S#{}", non_zero_tail(&fragment)),
            foreign.clone(),
        ),
        make("one byte less", text(&good[..67]), foreign.clone()),
        make(
            "one byte more",
            text(&[&good[..], &[0]].concat()),
            foreign.clone(),
        ),
        make("version 0", text(&changed(0, 0)), version.clone()),
        make("version 2", text(&changed(0, 2)), version.clone()),
        make(
            "version 2 of another length",
            text(&[2, 0, 0]),
            version.clone(),
        ),
        make("kind 2", text(&changed(1, 2)), version),
        make(
            "version 2 behind another link",
            text(&changed(0, 2)).replacen("PORTAL", "OTHER", 1),
            foreign,
        ),
    ];
    check(
        "qr",
        "Texts of QR codes as a phone reads them that knows the links given (section 3).",
        cases,
    );
}

/// The same bytes with a last character whose unused bits are set.
fn non_zero_tail(fragment: &str) -> String {
    let (head, last) = fragment.split_at(fragment.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let value = alphabet.find(last).unwrap();
    format!("{head}{}", &alphabet[value + 1..value + 2])
}
