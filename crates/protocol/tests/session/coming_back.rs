//! Lost sockets and restarted relays: everything arrives all the same, once and in order.

use scanseal_protocol::error::Code;
use scanseal_protocol::limits;
use scanseal_protocol::message::Step;
use scanseal_protocol::page::{End, PageEvent, PageInput};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput};

use crate::parts::{Cut, PAGE, PHONE, Script};
use crate::relay::Frame;
use crate::world::World;

/// What came through the channel, in order.
fn delivered(world: &World) -> (Vec<String>, Vec<String>) {
    let page = world
        .page_events()
        .into_iter()
        .filter_map(|event| match event {
            PageEvent::Scanned { device, .. } => Some(format!("hello {device}")),
            PageEvent::Progress(step) => Some(step.as_str().to_owned()),
            PageEvent::Asserted { .. } => Some("assertion".to_owned()),
            _ => None,
        });
    let phone = world
        .phone_events(PHONE)
        .into_iter()
        .filter_map(|event| match event {
            PhoneEvent::Requested { .. } => Some("request".to_owned()),
            PhoneEvent::Outcome { detail, .. } => {
                Some(format!("outcome {}", detail.unwrap_or_default()))
            }
            _ => None,
        });
    (page.collect(), phone.collect())
}

fn assert_undisturbed(world: &World, what: &str) {
    assert_eq!(world.page_end(), Some(End::Done), "{what}");
    assert_eq!(world.phone_end(PHONE), Some(End::Done), "{what}");
    let (page, phone) = delivered(world);
    assert_eq!(
        page,
        ["hello Test phone", "reviewing", "signing", "assertion"],
        "{what}"
    );
    assert_eq!(phone, ["request", "outcome 好"], "{what}");
    assert_eq!(world.count(), 2, "{what}");
}

#[test]
fn a_socket_lost_at_any_step_of_either_end_changes_nothing() {
    let mut undisturbed = World::new(Script::Approve);
    undisturbed.settle();
    for end in [PAGE, PHONE] {
        let steps = undisturbed.done(end);
        assert!(steps > 8, "{steps} steps");
        for at in 1..=steps {
            for lost in [true, false] {
                let cut = Cut { end, at, lost };
                let mut world = World::new(Script::Approve);
                world.cut = Some(cut);
                world.advance(10_000);
                assert_undisturbed(&world, &format!("{cut:?}"));
            }
        }
    }
}

#[test]
fn a_refusal_survives_a_socket_lost_at_any_step() {
    let mut undisturbed = World::new(Script::Refuse);
    undisturbed.settle();
    for end in [PAGE, PHONE] {
        for at in 1..=undisturbed.done(end) {
            for lost in [true, false] {
                let cut = Cut { end, at, lost };
                let mut world = World::new(Script::Refuse);
                world.cut = Some(cut);
                world.advance(10_000);
                assert_eq!(
                    world.page_end(),
                    Some(End::Failed(Code::ReportedFraud)),
                    "{cut:?}"
                );
                assert_eq!(
                    world.phone_end(PHONE),
                    Some(End::Failed(Code::ReportedFraud)),
                    "{cut:?}"
                );
            }
        }
    }
}

#[test]
fn a_relay_restarted_at_any_step_after_the_join_changes_nothing() {
    let mut undisturbed = World::new(Script::Approve);
    undisturbed.settle();
    let steps = undisturbed.passed;
    let mut survived = 0;
    for at in 1..=steps {
        let mut world = World::new(Script::Approve);
        world.restart_at = Some(at);
        world.advance(20_000);
        if world.phone_end(PHONE) == Some(End::Failed(Code::SessionGone)) {
            // Section 4 rule 3: final for a phone that had not heard that it has joined.
            assert_eq!(
                delivered(&world),
                (Vec::new(), Vec::new()),
                "restart at {at}"
            );
            assert_eq!(world.page_end(), None, "restart at {at}");
        } else {
            assert_undisturbed(&world, &format!("restart at {at}"));
            survived += 1;
        }
    }
    assert!(survived + 3 >= steps, "{survived} of {steps}");
}

#[test]
fn a_restarted_relay_does_not_prolong_a_session() {
    let mut world = World::new(Script::Manual);
    world.advance(100_000);
    world.relay.restart();
    world.advance(79_999);
    assert_eq!(world.page_end(), None);
    world.advance(1);
    assert_eq!(world.page_end(), Some(End::Failed(Code::QrExpired)));

    let mut world = World::scanned();
    world.advance(100_000);
    world.relay.restart();
    world.advance(19_999);
    assert_eq!((world.page_end(), world.phone_end(PHONE)), (None, None));
    world.advance(1);
    assert_eq!(world.page_end(), Some(End::Failed(Code::ScanExpired)));
    assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::ScanExpired)));
}

#[test]
fn a_phone_back_before_the_page_tries_until_the_page_is_back() {
    let mut world = World::scanned();
    world.kill_silently(PAGE);
    world.relay.restart();
    world.advance(5_000);
    assert_eq!(world.phone_end(PHONE), None);
    world.page(PageInput::Resumed);
    world.advance(10_000);
    world.assert();
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    world.settle();
    assert_eq!(
        (world.page_end(), world.phone_end(PHONE)),
        (Some(End::Done), Some(End::Done))
    );
}

#[test]
fn what_is_said_while_the_other_end_is_away_arrives_when_it_is_back() {
    let mut world = World::scanned();
    world.relay_is_down = true;
    world.cut_socket(PAGE);
    world.settle();
    world.phone(PhoneInput::Progress(Step::EnteringPin));
    world.assert();
    world.relay_is_down = false;
    world.advance(10_000);
    let events = world.page_events();
    assert!(
        matches!(
            events.as_slice(),
            [
                ..,
                PageEvent::Reconnected,
                PageEvent::Progress(Step::EnteringPin),
                PageEvent::Asserted { .. }
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn waits_between_tries_grow_and_one_outage_is_told_once() {
    let mut world = World::scanned();
    let before = world.done(PAGE);
    world.relay_is_down = true;
    world.cut_socket(PAGE);
    world.advance(60_000);
    // 0.25 + 0.5 + 1 + 2 s and then 4 s each, half as long at the least.
    let tries = world.done(PAGE) - before;
    assert!((16..=36).contains(&tries), "{tries} tries");
    let reconnecting = world
        .page_events()
        .iter()
        .filter(|event| **event == PageEvent::Reconnecting)
        .count();
    assert_eq!(reconnecting, 1);
    world.relay_is_down = false;
    world.advance(4_000);
    assert_eq!(
        world
            .page_events()
            .iter()
            .filter(|event| **event == PageEvent::Reconnected)
            .count(),
        1
    );
}

#[test]
fn a_dead_socket_is_found_three_seconds_after_coming_back_to_the_foreground() {
    for end in [PAGE, PHONE] {
        let mut world = World::scanned();
        world.kill_silently(end);
        world.advance(20_000);
        let reconnecting = |world: &World| {
            world.page_events().contains(&PageEvent::Reconnecting)
                || world
                    .phone_events(PHONE)
                    .contains(&PhoneEvent::Reconnecting)
        };
        assert!(!reconnecting(&world));
        if end == PAGE {
            world.page(PageInput::Resumed);
        } else {
            world.phone(PhoneInput::Resumed);
        }
        world.advance(limits::PONG_WAIT_MS - 1);
        assert!(!reconnecting(&world));
        world.advance(1);
        assert!(reconnecting(&world));
        world.advance(1_000);
        world.assert();
        assert!(matches!(
            world.page_events().last(),
            Some(PageEvent::Asserted { .. })
        ));
    }
}

#[test]
fn a_living_socket_answers_and_stays() {
    let mut world = World::scanned();
    world.page(PageInput::Resumed);
    world.page(PageInput::Resumed);
    world.phone(PhoneInput::Resumed);
    world.advance(10_000);
    assert!(!world.page_events().contains(&PageEvent::Reconnecting));
    assert!(
        !world
            .phone_events(PHONE)
            .contains(&PhoneEvent::Reconnecting)
    );
}

#[test]
fn a_relay_that_asks_to_come_later_is_given_the_time_it_named() {
    for code in [Code::RateLimited, Code::Full, Code::Maintenance] {
        let mut world = World::new(Script::Manual);
        world.relay.refuse_with = Some((code, Some(7_000)));
        world.settle();
        world.relay.refuse_with = None;
        world.page(PageInput::Resumed);
        world.advance(6_999);
        assert_eq!(world.page_events(), [], "{code}");
        world.advance(1);
        assert!(
            matches!(
                world.page_events().as_slice(),
                [PageEvent::Waiting { .. }, PageEvent::Code { .. }]
            ),
            "{code}"
        );
    }
}

#[test]
fn final_refusals_of_the_relay_end_the_session() {
    for code in [
        Code::OriginRefused,
        Code::Malformed,
        Code::TooManyBytes,
        Code::SessionGone,
        Code::Internal,
    ] {
        let mut world = World::new(Script::Manual);
        world.relay.refuse_with = Some((code, Some(1)));
        world.settle();
        assert_eq!(world.page_end(), Some(End::Failed(code)));
    }
}

#[test]
fn a_relay_that_never_answers_is_given_up() {
    let mut world = World::new(Script::Manual);
    world.relay_is_down = true;
    world.advance(30_000);
    assert_eq!(world.page_end(), Some(End::Failed(Code::RelayUnreachable)));

    let mut world = World::new(Script::Manual);
    world.settle();
    world.relay_is_down = true;
    let phone = world.scan_shown();
    world.advance(limits::FRAME_AGE_MS);
    assert_eq!(
        world.phone_end(phone),
        Some(End::Failed(Code::RelayUnreachable))
    );
}

#[test]
fn a_relay_that_keeps_sending_away_is_given_up_with_its_own_reason() {
    let mut world = World::new(Script::Manual);
    world.relay.refuse_with = Some((Code::Full, None));
    world.advance(30_000);
    assert_eq!(world.page_end(), Some(End::Failed(Code::Full)));
}

#[test]
fn duplicates_that_the_relay_makes_are_dropped() {
    let mut world = World::scanned();
    world.phone(PhoneInput::Progress(Step::Reviewing));
    let events = world.page_events().len();
    for number in [0, 1] {
        world.inject(PAGE, &Frame::Binary(vec![0, 0, 0, number, 1, 2, 3]));
    }
    assert_eq!(world.page_events().len(), events);
    assert_eq!(world.page_end(), None);
}
