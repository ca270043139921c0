#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

fn phone() -> PhoneId {
    PhoneId::from_bytes([0; 16])
}

#[test]
fn messages_are_written_as_the_protocol_shows_them() {
    let open = Up::Open {
        key: PageKey::from_bytes([0; 32]),
        next: 1,
        scanned: 120,
        phone: None,
    };
    assert_eq!(
        open.to_text(),
        format!(r#"{{"t":"open","key":"{KEY}","next":1,"scanned":120}}"#)
    );
    assert_eq!(
        Up::Release {
            code: ReleaseCode::QrStale
        }
        .to_text(),
        r#"{"t":"release","code":"qr-stale"}"#
    );
    assert_eq!(
        Up::Close {
            code: CloseCode::Done
        }
        .to_text(),
        r#"{"t":"close","code":"done"}"#
    );
    let opened = Down::Opened(Opened {
        expires: 180_000,
        phone: None,
    });
    assert_eq!(
        opened.to_text(),
        r#"{"t":"opened","expires":180000,"peer":"none"}"#
    );
    let joined = Down::Peer(Peer::Joined {
        phone: phone(),
        next: 0,
        expires: 9,
    });
    assert_eq!(
        joined.to_text(),
        format!(r#"{{"t":"peer","state":"joined","phone":"{ID}","next":0,"expires":9}}"#)
    );
    assert_eq!(
        Down::Closed { code: Ending::Done }.to_text(),
        r#"{"t":"closed","code":"done"}"#
    );
    let full = Down::Error {
        code: Code::Full,
        retry: Some(5),
    };
    assert_eq!(full.to_text(), r#"{"t":"error","code":"full","retry":5}"#);
}

#[test]
fn unknown_members_are_skipped_and_order_does_not_matter() {
    assert_eq!(
        Up::parse(r#"{"new":{"a":[1]},"next":3,"t":"ack"}"#),
        Ok(Up::Ack { next: 3 })
    );
    assert_eq!(Up::parse(r#" {"t":"ping","x":null} "#), Ok(Up::Ping));
    assert_eq!(
        Down::parse(r#"{"state":"away","x":1,"t":"peer"}"#),
        Ok(Down::Peer(Peer::Away))
    );
}

#[test]
fn everything_else_is_refused() {
    for text in [
        "",
        "null",
        "[]",
        r#"["ping"]"#,
        r#""ping""#,
        r#"{"t":"pong"}"#,
        r#"{"t":"Ping"}"#,
        r#"{"t":"ping","t":"ping"}"#,
        r#"{"t":"ping"}x"#,
        r#"{"next":1}"#,
        r#"{"t":"ack"}"#,
        r#"{"t":"ack","next":-1}"#,
        r#"{"t":"ack","next":1.0}"#,
        r#"{"t":"ack","next":"1"}"#,
        r#"{"t":"ack","next":null}"#,
        r#"{"t":"ack","next":4294967296}"#,
        r#"{"t":"ack","next":1,"next":1}"#,
        r#"{"t":"release","code":"done"}"#,
        r#"{"t":"close","code":"released"}"#,
        r#"{"t":"close","code":"no-such-code"}"#,
        r#"{"t":"join","sid":"AAAA","key":"AAAA","next":0}"#,
    ] {
        assert_eq!(Up::parse(text), Err(ControlError::Malformed), "{text}");
    }
    let open = |phone: &str| {
        format!(r#"{{"t":"open","key":"{KEY}","next":0,"scanned":1,"phone":{phone}}}"#)
    };
    assert!(Up::parse(&open(&format!("\"{ID}\""))).is_ok());
    assert_eq!(Up::parse(&open("null")), Err(ControlError::Malformed));
    assert_eq!(
        Up::parse(&open(&format!("\"{ID}==\""))),
        Err(ControlError::Malformed)
    );
}

#[test]
fn the_largest_number_is_accepted_and_one_more_refused() {
    assert_eq!(
        Up::parse(r#"{"t":"ack","next":4294967295}"#),
        Ok(Up::Ack { next: u32::MAX })
    );
    assert_eq!(
        Up::parse(r#"{"t":"ack","next":4294967296}"#),
        Err(ControlError::Malformed)
    );
}

#[test]
fn a_message_at_the_size_limit_is_accepted_and_one_byte_more_refused() {
    let text = |size: usize| format!(r#"{{"t":"ping","x":"{}"}}"#, "x".repeat(size - 19));
    assert_eq!(
        text(limits::CONTROL_MESSAGE_BYTES).len(),
        limits::CONTROL_MESSAGE_BYTES
    );
    assert_eq!(
        Up::parse(&text(limits::CONTROL_MESSAGE_BYTES)),
        Ok(Up::Ping)
    );
    assert_eq!(
        Up::parse(&text(limits::CONTROL_MESSAGE_BYTES + 1)),
        Err(ControlError::TooLarge)
    );
}

#[test]
fn opened_tells_phone_and_next_with_a_peer_and_only_then() {
    let text = |rest: &str| format!(r#"{{"t":"opened","expires":1,{rest}}}"#);
    let locked = LockedPhone {
        id: phone(),
        presence: Presence::Away,
        next: 4,
    };
    let parsed = Down::parse(&text(&format!(r#""peer":"away","phone":"{ID}","next":4"#)));
    assert_eq!(
        parsed,
        Ok(Down::Opened(Opened {
            expires: 1,
            phone: Some(locked)
        }))
    );
    for rest in [
        r#""peer":"away""#,
        r#""peer":"none","next":4"#,
        &format!(r#""peer":"here","phone":"{ID}""#),
    ] {
        assert_eq!(
            Down::parse(&text(rest)),
            Err(ControlError::Malformed),
            "{rest}"
        );
    }
}

#[test]
fn codes_of_a_newer_relay_are_read_as_internal() {
    assert_eq!(
        Down::parse(r#"{"t":"closed","code":"new"}"#),
        Ok(Down::Closed {
            code: Ending::Failed(Code::Internal)
        })
    );
    assert_eq!(
        Down::parse(r#"{"t":"error","code":"new"}"#),
        Ok(Down::Error {
            code: Code::Internal,
            retry: None
        })
    );
    let left = Down::Peer(Peer::Left {
        code: Ending::Failed(Code::Internal),
    });
    assert_eq!(
        Down::parse(r#"{"t":"peer","state":"left","code":"new"}"#),
        Ok(left)
    );
    assert_eq!(
        Down::parse(r#"{"t":"peer","state":"new"}"#),
        Err(ControlError::Malformed)
    );
}

#[test]
fn what_an_end_said_arrives_as_the_same_ending() {
    for (close, name) in [
        (CloseCode::Cancelled, "cancelled"),
        (CloseCode::Done, "done"),
        (CloseCode::Malformed, "malformed"),
        (CloseCode::Refused, "refused"),
    ] {
        assert_eq!(
            Down::Closed { code: close.into() }.to_text(),
            format!(r#"{{"t":"closed","code":"{name}"}}"#)
        );
    }
    for release in [
        ReleaseCode::Malformed,
        ReleaseCode::QrStale,
        ReleaseCode::Released,
    ] {
        assert_eq!(
            serde_json::to_string(&release).unwrap(),
            serde_json::to_string(&Ending::from(release)).unwrap()
        );
    }
}

fn any_up() -> impl Strategy<Value = Up> {
    let close = prop_oneof![
        Just(CloseCode::Cancelled),
        Just(CloseCode::Done),
        Just(CloseCode::Malformed),
        Just(CloseCode::Refused)
    ];
    let release = prop_oneof![
        Just(ReleaseCode::Malformed),
        Just(ReleaseCode::QrStale),
        Just(ReleaseCode::Released)
    ];
    let phone = proptest::option::of(any::<[u8; 16]>().prop_map(PhoneId::from_bytes));
    prop_oneof![
        any::<u32>().prop_map(|next| Up::Ack { next }),
        close.prop_map(|code| Up::Close { code }),
        release.prop_map(|code| Up::Release { code }),
        Just(Up::Ping),
        any::<([u8; 16], [u8; 32], u32)>().prop_map(|(sid, key, next)| Up::Join {
            sid: SessionId::from_bytes(sid),
            key: PhoneKey::from_bytes(key),
            next
        }),
        (any::<([u8; 32], u32, u32)>(), phone).prop_map(|((key, next, scanned), phone)| Up::Open {
            key: PageKey::from_bytes(key),
            next,
            scanned,
            phone
        }),
    ]
}

fn any_down() -> impl Strategy<Value = Down> {
    let code = || proptest::sample::select(Code::all());
    let ending = move || prop_oneof![Just(Ending::Done), code().prop_map(Ending::Failed)];
    let presence = || prop_oneof![Just(Presence::Away), Just(Presence::Here)];
    let phone = || any::<[u8; 16]>().prop_map(PhoneId::from_bytes);
    let locked = (phone(), presence(), any::<u32>()).prop_map(|(id, presence, next)| LockedPhone {
        id,
        presence,
        next,
    });
    prop_oneof![
        any::<u32>().prop_map(|next| Down::Ack { next }),
        ending().prop_map(|code| Down::Closed { code }),
        (code(), any::<Option<u32>>()).prop_map(|(code, retry)| Down::Error { code, retry }),
        (any::<(u32, u32)>(), presence()).prop_map(|((expires, next), peer)| Down::Joined {
            expires,
            peer,
            next
        }),
        (any::<u32>(), proptest::option::of(locked))
            .prop_map(|(expires, phone)| Down::Opened(Opened { expires, phone })),
        Just(Down::Peer(Peer::Away)),
        any::<u32>().prop_map(|next| Down::Peer(Peer::Back { next })),
        (phone(), any::<(u32, u32)>()).prop_map(|(phone, (next, expires))| Down::Peer(
            Peer::Joined {
                phone,
                next,
                expires
            }
        )),
        ending().prop_map(|code| Down::Peer(Peer::Left { code })),
        Just(Down::Pong),
    ]
}

proptest! {
    #[test]
    fn up_messages_written_are_read_back(message in any_up()) {
        prop_assert_eq!(Up::parse(&message.to_text()), Ok(message));
    }

    #[test]
    fn down_messages_written_are_read_back(message in any_down()) {
        prop_assert_eq!(Down::parse(&message.to_text()), Ok(message));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*", members in "[\\[\\]{}\":,a-z0-9.-]{0,80}") {
        let _ = Up::parse(&text);
        let _ = Down::parse(&format!("{{\"t\":\"peer\",{members}}}"));
    }
}
