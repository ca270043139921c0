#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

fn payload() -> QrPayload {
    QrPayload {
        session: SessionId::from_bytes([0x11; 16]),
        page_public_key: [0x22; 32],
        frame: 0x0304,
        secret: FrameSecret::from_bytes([0x55; 16]),
    }
}

fn code_with(bytes: &[u8]) -> String {
    format!("HTTPS://PORTAL.EXAMPLE/S#{}", BASE32_NOPAD.encode(bytes))
}

fn known() -> [Link; 1] {
    [Link::parse("https://portal.example/S").unwrap()]
}

#[test]
fn the_fragment_has_109_characters_of_the_qr_alphanumeric_mode() {
    let fragment = payload().to_fragment();
    assert_eq!(fragment.len(), 109);
    assert!(
        fragment
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    );
}

#[test]
fn scheme_host_and_port_are_compared_without_case_and_the_path_with_it() {
    let text = known()[0].to_code_text(&payload());
    assert!(text.starts_with("HTTPS://PORTAL.EXAMPLE/S#"));
    assert_eq!(
        ScannedCode::parse(&text, &known()).unwrap().payload,
        payload()
    );
    assert!(
        ScannedCode::parse(
            &text.replacen("HTTPS://PORTAL", "https://Portal", 1),
            &known()
        )
        .is_ok()
    );
    assert!(ScannedCode::parse(&text.replacen("EXAMPLE/", "EXAMPLE:443/", 1), &known()).is_ok());
    assert_eq!(
        ScannedCode::parse(&text.replacen("/S#", "/s#", 1), &known()),
        Err(QrError::Foreign)
    );
}

#[test]
fn a_link_without_a_path_equals_the_one_with_a_slash() {
    assert_eq!(
        Link::parse("https://portal.example").unwrap(),
        Link::parse("https://portal.example/").unwrap()
    );
}

#[test]
fn a_link_of_64_characters_is_accepted_and_of_65_refused() {
    let link = |length: usize| format!("https://portal.example/{}", "x".repeat(length - 23));
    assert_eq!(Link::parse(&link(64)).unwrap().to_string().len(), 64);
    assert!(Link::parse(&link(65)).is_err());
    let host = format!("https://{}.example", "x".repeat(64 - 16));
    assert!(
        host.len() == 64 && Link::parse(&host).is_err(),
        "the added slash counts"
    );
}

#[test]
fn another_link_is_foreign_even_with_a_payload_of_another_version() {
    let mut bytes = payload().to_bytes();
    bytes[0] = 2;
    let text = code_with(&bytes);
    assert_eq!(ScannedCode::parse(&text, &known()), Err(QrError::Version));
    assert_eq!(
        ScannedCode::parse(&text.replacen("PORTAL", "OTHER", 1), &known()),
        Err(QrError::Foreign)
    );
}

#[test]
fn another_version_of_another_length_and_another_kind_are_told_as_version() {
    assert_eq!(
        ScannedCode::parse(&code_with(&[2]), &known()),
        Err(QrError::Version)
    );
    let mut bytes = payload().to_bytes();
    bytes[1] = 9;
    assert_eq!(
        ScannedCode::parse(&code_with(&bytes), &known()),
        Err(QrError::Version)
    );
}

#[test]
fn one_byte_less_and_one_more_is_foreign() {
    let mut bytes = payload().to_bytes().to_vec();
    assert_eq!(
        ScannedCode::parse(&code_with(&bytes[..1]), &known()),
        Err(QrError::Foreign)
    );
    assert_eq!(
        ScannedCode::parse(&code_with(&bytes[..67]), &known()),
        Err(QrError::Foreign)
    );
    bytes.push(0);
    assert_eq!(
        ScannedCode::parse(&code_with(&bytes), &known()),
        Err(QrError::Foreign)
    );
}

#[test]
fn lower_case_padding_and_trailing_bits_in_the_fragment_are_refused() {
    let fragment = payload().to_fragment();
    let last = fragment.len() - 1;
    for bad in [
        fragment.to_lowercase(),
        format!("{fragment}==="),
        format!("{}B", &fragment[..last]),
        String::new(),
    ] {
        assert_eq!(
            QrPayload::parse_fragment(&bad),
            Err(QrError::Foreign),
            "{bad}"
        );
    }
}

#[test]
fn a_fragment_longer_than_any_qr_code_is_foreign() {
    // Eight characters of base32 are five bytes, so both lengths decode; they begin like another version.
    let text = |length: usize| QrPayload::parse_fragment(&"I".repeat(length));
    assert_eq!(text(limits::QR_TEXT_CHARACTERS), Err(QrError::Version));
    assert_eq!(text(limits::QR_TEXT_CHARACTERS + 8), Err(QrError::Foreign));
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?} {:?}", payload(), FrameKey::from_bytes([0x55; 32]));
    assert!(!shown.contains("85") && !shown.contains("55"), "{shown}");
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(session: [u8; 16], page_public_key: [u8; 32], frame: u16, secret: [u8; 16]) {
        let payload = QrPayload {
            session: SessionId::from_bytes(session), page_public_key, frame, secret: FrameSecret::from_bytes(secret),
        };
        prop_assert_eq!(QrPayload::parse_fragment(&payload.to_fragment()), Ok(payload));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*", tail in "[A-Z2-7]{0,120}") {
        let _ = ScannedCode::parse(&text, &known());
        let _ = ScannedCode::parse(&format!("https://portal.example/S#{tail}"), &known());
        let _ = Link::parse(&text);
    }
}
