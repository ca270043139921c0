//! Each limit of the sessions at the limit and one past it.

use scanseal_protocol::error::Code;
use scanseal_protocol::limits;
use scanseal_protocol::page::{End, PageConfig, PageError, PageEvent, PageInput, PageSession};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput};
use scanseal_protocol::time::Millis;

use crate::parts::{PAGE, PHONE, Script, page_config, page_secrets};
use crate::relay::Frame;
use crate::signed;
use crate::world::World;

/// A phone that joins when the first code was shown for so long.
fn joined_after(age_ms: u64) -> World {
    let mut world = World::new(Script::Manual);
    world.settle();
    let code = world.shown();
    world.advance(age_ms);
    world.scan(&code);
    world.settle();
    world
}

#[test]
fn a_frame_of_ten_seconds_is_accepted_and_one_a_millisecond_older_is_stale() {
    let world = joined_after(limits::FRAME_AGE_MS);
    assert!(matches!(
        world.phone_events(PHONE).as_slice(),
        [PhoneEvent::Requested { .. }]
    ));

    let mut world = joined_after(limits::FRAME_AGE_MS + 1);
    assert_eq!(
        world.phone_events(PHONE),
        [PhoneEvent::Ended(End::Failed(Code::QrStale))]
    );
    let events = world.page_events();
    assert!(
        matches!(
            events.as_slice(),
            [
                ..,
                PageEvent::Released,
                PageEvent::Waiting { .. },
                PageEvent::Code { .. }
            ]
        ),
        "{events:?}"
    );
    let second = world.scan_shown();
    world.settle();
    assert!(matches!(
        world.phone_events(second).as_slice(),
        [PhoneEvent::Requested { .. }]
    ));
}

#[test]
fn a_phone_that_says_nothing_is_dropped_after_five_seconds() {
    let mut world = World::new(Script::Manual);
    world.settle();
    let joined = r#"{"t":"peer","state":"joined","phone":"AAAAAAAAAAAAAAAAAAAAAA","next":0,"expires":120000}"#;
    world.inject(PAGE, &Frame::Text(joined.to_owned()));
    let events = world.page_events().len();
    world.advance(limits::FIRST_MESSAGE_MS - 1);
    assert_eq!(
        world.page_events().len(),
        events,
        "no new code either: the session is locked"
    );
    world.advance(1);
    let events = world.page_events();
    assert!(
        matches!(
            events.as_slice(),
            [
                ..,
                PageEvent::Released,
                PageEvent::Waiting { .. },
                PageEvent::Code { .. }
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn the_configuration_is_accepted_at_its_limits_and_refused_one_past_them() {
    let make = |scanned_seconds, frame_interval_ms| {
        let config = PageConfig {
            scanned_seconds,
            frame_interval_ms,
            ..page_config()
        };
        PageSession::new(config, page_secrets(), signed::REQUEST.clone(), Millis(0)).err()
    };
    for (scanned_seconds, error) in [(9, true), (10, false), (300, false), (301, true)] {
        assert_eq!(
            make(scanned_seconds, 3_000),
            error.then_some(PageError::ScannedSeconds),
            "{scanned_seconds}"
        );
    }
    for (interval, error) in [(999, true), (1_000, false), (5_000, false), (5_001, true)] {
        assert_eq!(
            make(120, interval),
            error.then_some(PageError::FrameInterval),
            "{interval}"
        );
    }
    let error = PageSession::new(
        page_config(),
        page_secrets(),
        "no request".to_owned(),
        Millis(0),
    )
    .err();
    assert_eq!(error, Some(PageError::Request));
}

#[test]
fn a_relay_can_shorten_a_session_but_not_prolong_it() {
    let opened = |expires: u32| format!(r#"{{"t":"opened","expires":{expires},"peer":"none"}}"#);
    for (expires, life) in [
        (1_000, 1_000),
        (180_000, 180_000),
        (180_001, 180_000),
        (u32::MAX, 180_000),
    ] {
        let mut page = PageSession::new(
            page_config(),
            page_secrets(),
            signed::REQUEST.clone(),
            Millis(0),
        )
        .unwrap();
        let _ = page.handle(PageInput::Start, Millis(0));
        let _ = page.handle(PageInput::SocketOpened, Millis(0));
        let effects = page.handle(PageInput::Text(&opened(expires)), Millis(0));
        let waiting = scanseal_protocol::page::Effect::Event(PageEvent::Waiting {
            expires_in_ms: life,
        });
        assert!(effects.contains(&waiting), "{expires}: {effects:?}");
    }
}

#[test]
fn a_control_message_of_4_kib_is_read_and_one_byte_more_is_malformed() {
    let pad = |length: usize| format!(r#"{{"t":"pong","x":"{}"}}"#, "x".repeat(length - 19));
    assert_eq!(
        pad(limits::CONTROL_MESSAGE_BYTES).len(),
        limits::CONTROL_MESSAGE_BYTES
    );
    for end in [PAGE, PHONE] {
        let mut world = World::scanned();
        world.inject(end, &Frame::Text(pad(limits::CONTROL_MESSAGE_BYTES)));
        assert_eq!((world.page_end(), world.phone_end(PHONE)), (None, None));
        world.inject(end, &Frame::Text(pad(limits::CONTROL_MESSAGE_BYTES + 1)));
        assert_eq!(world.page_end(), Some(End::Failed(Code::Malformed)));
        assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::Malformed)));
    }
}

#[test]
fn a_frame_of_64_kib_is_looked_at_and_one_byte_more_is_malformed() {
    for end in [PAGE, PHONE] {
        let mut world = World::scanned();
        // Another number than the one expected, so it is dropped and not decrypted.
        world.inject(end, &Frame::Binary(vec![9; limits::FRAME_BYTES]));
        assert_eq!((world.page_end(), world.phone_end(PHONE)), (None, None));
        world.inject(end, &Frame::Binary(vec![9; limits::FRAME_BYTES + 1]));
        assert_eq!(world.page_end(), Some(End::Failed(Code::Malformed)));
        assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::Malformed)));
    }
}

#[test]
fn an_assertion_of_16_kib_is_sent_and_one_byte_more_ends_the_session() {
    for (length, code) in [
        (limits::ASSERTION_BYTES, Code::AssertionInvalid),
        (limits::ASSERTION_BYTES + 1, Code::Malformed),
    ] {
        let mut world = World::scanned();
        world.phone(PhoneInput::assert("x".repeat(length)));
        assert_eq!(world.page_end(), Some(End::Failed(code)), "{length}");
        assert_eq!(world.phone_end(PHONE), Some(End::Failed(code)), "{length}");
    }
}

#[test]
fn an_end_acknowledged_beyond_what_it_sent_breaks_off() {
    for end in [PAGE, PHONE] {
        let mut world = World::scanned();
        world.inject(end, &Frame::Text(r#"{"t":"ack","next":1}"#.to_owned()));
        assert_eq!((world.page_end(), world.phone_end(PHONE)), (None, None));
        world.inject(end, &Frame::Text(r#"{"t":"ack","next":2}"#.to_owned()));
        assert_eq!(world.page_end(), Some(End::Failed(Code::Malformed)));
        assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::Malformed)));
    }
}
