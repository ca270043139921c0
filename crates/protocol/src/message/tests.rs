#![allow(clippy::unwrap_used)]
use proptest::{collection::vec, prelude::*};

use super::*;

fn hello(app: usize, device: usize, locale: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let (app, device, locale) = ("企".repeat(app), "业".repeat(device), "z".repeat(locale));
    encoder.array(2).unwrap().u8(1).unwrap().map(3).unwrap();
    encoder
        .u8(0)
        .unwrap()
        .str(&app)
        .unwrap()
        .u8(1)
        .unwrap()
        .str(&device)
        .unwrap()
        .u8(2)
        .unwrap()
        .str(&locale)
        .unwrap();
    encoder.into_writer()
}

fn with_text(kind: u8, key: u8, length: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encoder
        .array(2)
        .unwrap()
        .u8(kind)
        .unwrap()
        .map(1)
        .unwrap()
        .u8(key)
        .unwrap()
        .str(&"x".repeat(length))
        .unwrap();
    encoder.into_writer()
}

#[test]
fn texts_at_their_limits_are_accepted_and_one_character_more_refused() {
    assert!(matches!(
        Message::decode(&hello(64, 64, 16)),
        Ok(Some(Message::Hello(_)))
    ));
    for bytes in [hello(65, 64, 16), hello(64, 65, 16), hello(64, 64, 17)] {
        assert_eq!(Message::decode(&bytes), Err(MessageError::TooLarge));
    }
    for (kind, key, limit) in [
        (2, 0, 32_768),
        (4, 0, 16_384),
        (5, 0, 40),
        (6, 0, 40),
        (6, 1, 200),
    ] {
        assert!(
            matches!(Message::decode(&with_text(kind, key, limit)), Ok(Some(_))),
            "type {kind}"
        );
        assert_eq!(
            Message::decode(&with_text(kind, key, limit + 1)),
            Err(MessageError::TooLarge),
            "type {kind}"
        );
    }
}

#[test]
fn a_message_at_the_size_limit_is_accepted_and_one_byte_more_refused() {
    // Heads before the text: array, type, map and key, a byte each, and the five of the text itself.
    let text = limits::MESSAGE_BYTES - 9;
    assert_eq!(with_text(11, 0, text).len(), limits::MESSAGE_BYTES);
    assert_eq!(Message::decode(&with_text(11, 0, text)), Ok(None));
    assert_eq!(
        Message::decode(&with_text(11, 0, text + 1)),
        Err(MessageError::TooLarge)
    );
}

#[test]
fn unknown_types_and_keys_are_skipped() {
    assert_eq!(Message::decode(&[0x82, 0x18, 0x63, 0xa0]), Ok(None));
    assert_eq!(
        Message::decode(&[
            0x82, 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80
        ]),
        Ok(None)
    );
    let reviewing = Ok(Some(Message::Progress(Step::Reviewing)));
    // Key 9: a tagged array; key "a": null; key -1: a byte text; key 2^32: a float.
    let skipped: &[&[u8]] = &[
        &[0x09, 0xc1, 0x81, 0x01],
        &[0x61, 0x61, 0xf6],
        &[0x20, 0x41, 0xff],
        &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0, 0xf9, 0x3c, 0x00],
    ];
    for member in skipped {
        let mut bytes = vec![0x82, 0x03, 0xa2];
        bytes.extend_from_slice(member);
        bytes.extend_from_slice(&[0x00, 0x01]);
        assert_eq!(Message::decode(&bytes), reviewing, "{member:02x?}");
    }
}

#[test]
fn everything_else_is_refused() {
    let cases: &[(&str, &[u8])] = &[
        ("empty", &[]),
        ("no array", &[0xa0]),
        ("one element", &[0x81, 0x03]),
        ("three elements", &[0x83, 0x03, 0xa1, 0x00, 0x01, 0x00]),
        ("indefinite array", &[0x9f, 0x03, 0xa1, 0x00, 0x01, 0xff]),
        ("indefinite map", &[0x82, 0x03, 0xbf, 0x00, 0x01, 0xff]),
        (
            "indefinite text",
            &[0x82, 0x05, 0xa1, 0x00, 0x7f, 0x61, 0x61, 0xff],
        ),
        (
            "indefinite text in an unknown key",
            &[0x82, 0x03, 0xa2, 0x00, 0x01, 0x09, 0x7f, 0x61, 0x61, 0xff],
        ),
        (
            "indefinite array in an unknown type",
            &[0x82, 0x0b, 0x9f, 0xff],
        ),
        ("type is text", &[0x82, 0x61, 0x33, 0xa1, 0x00, 0x01]),
        ("type is negative", &[0x82, 0x22, 0xa1, 0x00, 0x01]),
        ("body is an array", &[0x82, 0x03, 0x82, 0x00, 0x01]),
        ("member missing", &[0x82, 0x03, 0xa0]),
        ("member twice", &[0x82, 0x03, 0xa2, 0x00, 0x01, 0x00, 0x01]),
        (
            "member twice, second time in a longer encoding",
            &[0x82, 0x03, 0xa2, 0x00, 0x01, 0x18, 0x00, 0x01],
        ),
        ("step 0", &[0x82, 0x03, 0xa1, 0x00, 0x00]),
        ("step 5", &[0x82, 0x03, 0xa1, 0x00, 0x05]),
        ("step is text", &[0x82, 0x03, 0xa1, 0x00, 0x61, 0x31]),
        ("code is a number", &[0x82, 0x05, 0xa1, 0x00, 0x01]),
        ("code is null", &[0x82, 0x06, 0xa1, 0x00, 0xf6]),
        ("text is not UTF-8", &[0x82, 0x05, 0xa1, 0x00, 0x61, 0xff]),
        (
            "text in an unknown type is not UTF-8",
            &[0x82, 0x0b, 0xa1, 0x00, 0x61, 0xff],
        ),
        (
            "byte after the message",
            &[0x82, 0x03, 0xa1, 0x00, 0x01, 0x00],
        ),
        ("byte after an unknown message", &[0x82, 0x0b, 0xa0, 0x00]),
        ("cut off", &[0x82, 0x03, 0xa1, 0x00]),
        (
            "map of 2^64 - 1 members",
            &[
                0x82, 0x03, 0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ],
        ),
        (
            "unknown type with a map of 2^63 members",
            &[0x82, 0x0b, 0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ),
        (
            "unknown type with an array of 2^64 - 1",
            &[
                0x82, 0x0b, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ],
        ),
    ];
    for (name, bytes) in cases {
        assert_eq!(
            Message::decode(bytes),
            Err(MessageError::Malformed),
            "{name}"
        );
    }
}

#[test]
fn nesting_at_the_limit_is_accepted_and_one_deeper_refused() {
    // The unknown body lies one container deep, in the message's array.
    let nested = |depth: usize| [&[0x82, 0x0b][..], &vec![0x81; depth - 1], &[0x00]].concat();
    assert_eq!(Message::decode(&nested(limits::MESSAGE_NESTING)), Ok(None));
    assert_eq!(
        Message::decode(&nested(limits::MESSAGE_NESTING + 1)),
        Err(MessageError::Malformed)
    );
    assert_eq!(
        Message::decode(&nested(200_000)),
        Err(MessageError::Malformed)
    );
}

#[test]
fn a_code_of_a_newer_end_is_read_as_internal() {
    assert_eq!(
        Message::decode(&with_text(5, 0, 3)),
        Ok(Some(Message::Refusal(Code::Internal)))
    );
    let outcome = Outcome {
        code: Some(Code::Internal),
        detail: None,
        documents: Vec::new(),
    };
    assert_eq!(
        Message::decode(&with_text(6, 0, 3)),
        Ok(Some(Message::Outcome(outcome)))
    );
}

#[test]
fn an_outcome_without_code_says_that_all_went_well() {
    assert_eq!(
        Message::decode(&[0x82, 0x06, 0xa0]),
        Ok(Some(Message::Outcome(Outcome::default())))
    );
    assert_eq!(
        Message::Outcome(Outcome::default()).encode(),
        [0x82, 0x06, 0xa0]
    );
}

fn any_text<const MAX: usize>() -> impl Strategy<Value = Text<MAX>> {
    ".{0,300}".prop_map(|text| Text::truncated(&text))
}

fn any_message() -> impl Strategy<Value = Message> {
    let code = || proptest::sample::select(Code::all());
    let step = prop_oneof![
        Just(Step::Reviewing),
        Just(Step::ChoosingCertificate),
        Just(Step::EnteringPin),
        Just(Step::Signing)
    ];
    prop_oneof![
        (any_text(), any_text(), any_text()).prop_map(|(app, device, locale)| Message::Hello(
            Hello {
                app,
                device,
                locale
            }
        )),
        any_text().prop_map(Message::Request),
        step.prop_map(Message::Progress),
        (
            any_text(),
            vec(
                any::<[[u8; 32]; 2]>().prop_map(|[r, s]| [r, s].concat().try_into().unwrap()),
                0..=50
            )
        )
            .prop_map(|(assertion, signatures)| {
                Message::Assertion(Signed {
                    assertion,
                    signatures,
                })
            }),
        code().prop_map(Message::Refusal),
        (
            proptest::option::of(code()),
            proptest::option::of(any_text()),
            vec(proptest::option::of(code()), 0..=50)
        )
            .prop_map(|(code, detail, documents)| Message::Outcome(Outcome {
                code,
                detail,
                documents
            })),
        (
            vec(vec(any::<u8>(), 0..100), 0..=4),
            vec(any::<u8>(), 0..1_000)
        )
            .prop_map(|(certificates, seal)| Message::Choice(Choice { certificates, seal })),
        (any::<u32>(), code()).prop_map(|(document, code)| Message::Prepared(Prepared {
            document,
            layout: Err(code)
        })),
        (any::<u32>(), any_layout()).prop_map(|(document, layout)| Message::Prepared(Prepared {
            document,
            layout: Ok(layout)
        })),
        (
            any::<u32>(),
            any::<bool>(),
            0..1_000_000_u32,
            1..=limits::FETCH_BYTES
        )
            .prop_map(|(document, appended, from, length)| Message::Fetch(Fetch {
                document,
                part: if appended {
                    Part::Appended
                } else {
                    Part::Original
                },
                from,
                length
            })),
        vec(any::<u8>(), 0..10_000).prop_map(|bytes| Message::Piece(Piece { bytes })),
    ]
}

fn any_layout() -> impl Strategy<Value = Layout> {
    let bytes = |range| vec(any::<u8>(), range);
    (
        any::<[u8; 32]>(),
        bytes(0..64),
        bytes(0..2_000),
        3..=limits::APPENDED_BYTES,
        any::<(u32, u32)>(),
    )
        .prop_map(|(state, tail, attributes, appended, (one, other))| {
            // 0 < start < end < appended
            let start = 1 + one % (appended - 2);
            let end = start + 1 + other % (appended - start - 1);
            Layout {
                state,
                tail,
                appended,
                gap: start..end,
                attributes,
            }
        })
}

proptest! {
    #[test]
    fn messages_written_are_read_back(message in any_message()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(Some(message)));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, kind in 1..12_u8) {
        let _ = Message::decode(&bytes);
        let _ = Message::decode(&[&[0x82, kind, 0xa2][..], &bytes].concat());
    }
}
