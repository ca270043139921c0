//! Times that run out, people who stop, second phones, dropped phones.

use scanseal_protocol::error::Code;
use scanseal_protocol::limits;
use scanseal_protocol::page::{End, PageEvent, PageInput};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput};

use crate::parts::{PAGE, PHONE, Script};
use crate::world::World;

fn failed(code: Code) -> Option<End> {
    Some(End::Failed(code))
}

#[test]
fn nobody_scans_for_180_seconds_and_the_code_expires() {
    let mut world = World::new(Script::Manual);
    world.advance(limits::SESSION_WAIT_MS - 1);
    assert_eq!(world.page_end(), None);
    world.advance(1);
    assert_eq!(world.page_end(), failed(Code::QrExpired));
}

#[test]
fn a_page_keeps_its_own_time_when_the_relay_says_nothing() {
    let mut world = World::new(Script::Manual);
    world.settle();
    world.kill_silently(PAGE);
    world.advance(limits::SESSION_WAIT_MS);
    assert_eq!(world.page_end(), failed(Code::QrExpired));
}

#[test]
fn a_scan_that_is_not_finished_in_time_expires_as_scanned_on_both_ends() {
    let mut world = World::new(Script::Manual);
    world.advance(170_000);
    world.scan_shown();
    world.advance(119_999);
    assert_eq!((world.page_end(), world.phone_end(PHONE)), (None, None));
    world.advance(1);
    assert_eq!(world.page_end(), failed(Code::ScanExpired));
    assert_eq!(world.phone_end(PHONE), failed(Code::ScanExpired));
}

#[test]
fn both_ends_keep_the_scans_time_when_the_relay_says_nothing() {
    let mut world = World::scanned();
    world.kill_silently(PAGE);
    world.kill_silently(PHONE);
    world.advance(120_000);
    assert_eq!(world.page_end(), failed(Code::ScanExpired));
    assert_eq!(world.phone_end(PHONE), failed(Code::ScanExpired));
}

#[test]
fn cancelling_at_the_page_reaches_the_phone() {
    let mut world = World::scanned();
    world.page(PageInput::Cancel);
    assert_eq!(world.page_end(), failed(Code::Cancelled));
    assert_eq!(world.phone_end(PHONE), failed(Code::Cancelled));
}

#[test]
fn cancelling_at_the_phone_reaches_the_page() {
    let mut world = World::scanned();
    world.phone(PhoneInput::Cancel);
    assert_eq!(world.page_end(), failed(Code::Cancelled));
    assert_eq!(world.phone_end(PHONE), failed(Code::Cancelled));
}

#[test]
fn cancelling_before_anything_happened_just_ends() {
    let mut world = World::new(Script::Manual);
    world.relay_is_down = true;
    world.page(PageInput::Cancel);
    assert_eq!(world.page_end(), failed(Code::Cancelled));
}

#[test]
fn a_second_phone_is_told_that_another_was_first_and_disturbs_nobody() {
    let mut world = World::scanned();
    let code = world.shown();
    let second = world.scan(&code);
    world.settle();
    assert_eq!(
        world.phone_events(second),
        [PhoneEvent::Ended(End::Failed(Code::AlreadyScanned))]
    );
    world.assert();
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    assert_eq!(
        (world.page_end(), world.phone_end(PHONE)),
        (Some(End::Done), Some(End::Done))
    );
}

#[test]
fn not_me_drops_the_phone_and_the_page_waits_for_what_is_left() {
    let mut world = World::new(Script::Manual);
    world.advance(50_000);
    world.scan_shown();
    world.advance(10_000);
    world.page(PageInput::NotMe);
    assert_eq!(world.phone_end(PHONE), failed(Code::Released));
    let events = world.page_events();
    assert!(
        matches!(
            events.as_slice(),
            [
                ..,
                PageEvent::Scanned { .. },
                PageEvent::Released,
                PageEvent::Waiting {
                    expires_in_ms: 120_000
                },
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
    world.page(PageInput::NotMe);
    world.advance(120_000);
    assert_eq!(world.page_end(), failed(Code::QrExpired));
}

#[test]
fn not_me_after_the_waiting_time_ends_the_session() {
    let mut world = World::new(Script::Manual);
    world.advance(170_000);
    world.scan_shown();
    world.advance(10_000);
    world.page(PageInput::NotMe);
    assert_eq!(world.phone_end(PHONE), failed(Code::Released));
    assert_eq!(world.page_end(), failed(Code::QrExpired));
}

#[test]
fn a_phone_dropped_while_the_page_was_offline_is_dropped_when_it_is_back() {
    let mut world = World::scanned();
    world.relay_is_down = true;
    world.cut_socket(PAGE);
    world.settle();
    world.page(PageInput::NotMe);
    assert_eq!(world.phone_end(PHONE), None, "it cannot know yet");
    world.relay_is_down = false;
    world.advance(5_000);
    assert_eq!(world.phone_end(PHONE), failed(Code::Released));
    assert_eq!(world.page_end(), None);
    let second = world.scan_shown();
    world.settle();
    assert!(matches!(
        world.phone_events(second).as_slice(),
        [PhoneEvent::Requested { .. }]
    ));
}

#[test]
fn a_phone_that_leaves_and_comes_back_is_shown_as_such() {
    let mut world = World::scanned();
    world.cut_socket(PHONE);
    world.advance(1_000);
    let events = world.page_events();
    assert!(
        matches!(
            events.as_slice(),
            [.., PageEvent::PhoneAway, PageEvent::PhoneBack]
        ),
        "{events:?}"
    );
    let events = world.phone_events(PHONE);
    assert!(
        matches!(
            events.as_slice(),
            [.., PhoneEvent::Reconnecting, PhoneEvent::Reconnected]
        ),
        "{events:?}"
    );
    world.cut_socket(PAGE);
    world.advance(1_000);
    let events = world.phone_events(PHONE);
    assert!(
        matches!(
            events.as_slice(),
            [.., PhoneEvent::PageAway, PhoneEvent::PageBack]
        ),
        "{events:?}"
    );
}

#[test]
fn a_phone_that_goes_for_good_lets_the_scan_expire() {
    let mut world = World::scanned();
    world.relay_is_down = true;
    world.cut_socket(PHONE);
    world.advance(120_000);
    assert_eq!(world.page_end(), failed(Code::ScanExpired));
    assert_eq!(world.phone_end(PHONE), failed(Code::ScanExpired));
}

#[test]
fn a_page_whose_tab_is_closed_leaves_the_phone_waiting_until_its_own_deadline() {
    let mut world = World::scanned();
    world.kill_silently(PAGE);
    world.settle();
    assert!(matches!(
        world.phone_events(PHONE).last(),
        Some(PhoneEvent::PageAway)
    ));
    world.advance(120_000);
    assert_eq!(world.phone_end(PHONE), failed(Code::ScanExpired));
}

#[test]
fn an_outcome_that_is_never_acknowledged_delays_the_end_by_three_seconds_at_most() {
    let mut world = World::scanned();
    world.assert();
    world.kill_silently(PHONE);
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    world.advance(limits::OUTCOME_WAIT_MS - 1);
    assert_eq!(world.page_end(), None);
    world.advance(1);
    assert_eq!(world.page_end(), Some(End::Done));
}

#[test]
fn a_refusal_that_is_never_acknowledged_delays_the_end_by_three_seconds_at_most() {
    let mut world = World::scanned();
    world.kill_silently(PAGE);
    world.phone(PhoneInput::Refuse(Code::Refused));
    world.advance(limits::OUTCOME_WAIT_MS - 1);
    assert_eq!(world.phone_end(PHONE), None);
    world.advance(1);
    assert_eq!(world.phone_end(PHONE), failed(Code::Refused));
}

#[test]
fn a_session_opened_on_another_socket_supersedes_the_first() {
    let mut world = World::scanned();
    world.inject(
        PAGE,
        &crate::relay::Frame::Text(r#"{"t":"closed","code":"superseded"}"#.to_owned()),
    );
    assert_eq!(world.page_end(), failed(Code::Superseded));
}

#[test]
fn a_session_that_is_gone_is_final_for_a_phone_that_had_not_joined() {
    let mut world = World::new(Script::Manual);
    world.settle();
    let code = world.shown();
    world.page(PageInput::Cancel);
    let phone = world.scan(&code);
    world.settle();
    assert_eq!(world.phone_end(phone), failed(Code::SessionGone));
}
