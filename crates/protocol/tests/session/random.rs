//! Random relays, random sockets, random people: no panic, nothing twice, nothing out of order.

use proptest::collection::vec;
use proptest::prelude::*;
use scanseal_protocol::error::Code;
use scanseal_protocol::ids::PhoneKey;
use scanseal_protocol::message::Step;
use scanseal_protocol::page::{Effect, PageEvent, PageInput, PageSession};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput};
use scanseal_protocol::time::Millis;

use crate::parts::{Chaos, PAGE, PHONE, Script, page_config, page_secrets, phone_session};
use crate::signed;
use crate::world::World;

/// What can happen to either end; hosts' inputs apart.
#[derive(Clone, Debug)]
enum Happening {
    Start,
    SocketOpened,
    SocketClosed,
    Text(String),
    Binary(Vec<u8>),
    Woken,
    Resumed,
    Host(u8),
}

fn control() -> impl Strategy<Value = String> {
    let expires = prop_oneof![
        Just(0_u32),
        Just(1_000),
        Just(120_000),
        Just(180_000),
        any::<u32>()
    ];
    let next = prop_oneof![4 => 0_u32..4, 1 => any::<u32>()];
    let phone = (0_u8..3).prop_map(|seed| PhoneKey::from_bytes([seed; 32]).phone_id());
    let code = prop::sample::select(vec![
        "done",
        "cancelled",
        "refused",
        "malformed",
        "qr-stale",
        "superseded",
        "new-code",
    ]);
    let error = prop::sample::select(vec![
        "session-gone",
        "rate-limited",
        "full",
        "maintenance",
        "malformed",
        "other",
    ]);
    (expires, next, phone, code, error, 0..13).prop_map(|(expires, next, phone, code, error, kind)| match kind {
        0 => format!(r#"{{"t":"opened","expires":{expires},"peer":"none"}}"#),
        1 => format!(r#"{{"t":"opened","expires":{expires},"peer":"here","phone":"{phone}","next":{next}}}"#),
        2 => format!(r#"{{"t":"opened","expires":{expires},"peer":"away","phone":"{phone}","next":{next}}}"#),
        3 => format!(r#"{{"t":"joined","expires":{expires},"peer":"here","next":{next}}}"#),
        4 => format!(r#"{{"t":"joined","expires":{expires},"peer":"away","next":{next}}}"#),
        5 => format!(r#"{{"t":"peer","state":"joined","phone":"{phone}","next":{next},"expires":{expires}}}"#),
        6 => r#"{"t":"peer","state":"away"}"#.to_owned(),
        7 => format!(r#"{{"t":"peer","state":"back","next":{next}}}"#),
        8 => format!(r#"{{"t":"peer","state":"left","code":"{code}"}}"#),
        9 => format!(r#"{{"t":"ack","next":{next}}}"#),
        10 => r#"{"t":"pong"}"#.to_owned(),
        11 => format!(r#"{{"t":"closed","code":"{code}"}}"#),
        _ => format!(r#"{{"t":"error","code":"{error}","retry":{}}}"#, expires % 9_000),
    })
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        1 => Just(Happening::Start),
        3 => Just(Happening::SocketOpened),
        1 => Just(Happening::SocketClosed),
        8 => control().prop_map(Happening::Text),
        1 => ".{0,40}".prop_map(Happening::Text),
        2 => (0_u32..3, vec(any::<u8>(), 0..80)).prop_map(|(number, body)| Happening::Binary([number.to_be_bytes().as_slice(), &body].concat())),
        1 => vec(any::<u8>(), 0..80).prop_map(Happening::Binary),
        3 => Just(Happening::Woken),
        1 => Just(Happening::Resumed),
        2 => any::<u8>().prop_map(Happening::Host),
    ]
}

/// Milliseconds between two happenings: mostly none, sometimes long, seldom absurd.
fn step() -> impl Strategy<Value = u64> {
    prop_oneof![6 => Just(0_u64), 3 => 1_u64..5_000, 1 => 5_000_u64..70_000, 1 => Just(u64::MAX / 2)]
}

/// A page with a socket that the relay has answered on, as most of what is interesting comes after that.
fn begun(page: &mut PageSession) -> Option<String> {
    let mut effects = page.handle(PageInput::Start, Millis(0));
    effects.extend(page.handle(PageInput::SocketOpened, Millis(0)));
    effects.extend(page.handle(
        PageInput::Text(r#"{"t":"opened","expires":180000,"peer":"none"}"#),
        Millis(0),
    ));
    effects.into_iter().find_map(|effect| match effect {
        Effect::Event(PageEvent::Code { text, .. }) => Some(text),
        _ => None,
    })
}

fn page() -> PageSession {
    PageSession::new(
        page_config(),
        page_secrets(),
        signed::REQUEST.clone(),
        Millis(0),
    )
    .unwrap()
}

fn check_effects<E>(
    effects: &[Effect<E>],
    ended: &mut bool,
    is_end: impl Fn(&E) -> bool,
) -> Result<(), TestCaseError> {
    prop_assert!(!*ended || effects.is_empty(), "something follows the end");
    let ends = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Event(event) if is_end(event)))
        .count();
    prop_assert!(ends <= 1);
    *ended |= ends == 1;
    let wakes = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::WakeAt(_)))
        .count();
    prop_assert!(wakes <= 1, "one timer is enough");
    Ok(())
}

fn chaos() -> impl Strategy<Value = Chaos> {
    prop_oneof![
        6 => Just(Chaos::Pass),
        2 => Just(Chaos::Drop),
        2 => Just(Chaos::Twice),
        2 => Just(Chaos::Late),
    ]
}

/// What a misbehaving network does between two moments.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    CutPage,
    CutPhone,
    Restart,
    ResumePage,
    ResumePhone,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        4 => Just(Trouble::CutPage),
        4 => Just(Trouble::CutPhone),
        1 => Just(Trouble::Restart),
        1 => Just(Trouble::ResumePage),
        1 => Just(Trouble::ResumePhone),
    ]
}

fn make_trouble(world: &mut World, trouble: Trouble) {
    match trouble {
        Trouble::CutPage => world.cut_socket(PAGE),
        Trouble::CutPhone if world.count() > PHONE => world.cut_socket(PHONE),
        Trouble::Restart => world.relay.restart(),
        Trouble::ResumePage => world.page(PageInput::Resumed),
        Trouble::ResumePhone if world.count() > PHONE => world.phone(PhoneInput::Resumed),
        _ => {}
    }
}

/// Both ends got a beginning of what they should get: nothing twice, nothing left out, nothing out of order.
fn check_delivered(world: &World) -> Result<(), TestCaseError> {
    let page: Vec<_> = world
        .page_events()
        .into_iter()
        .filter_map(|event| match event {
            PageEvent::Scanned { .. } => Some("hello"),
            PageEvent::Progress(Step::Reviewing) => Some("reviewing"),
            PageEvent::Progress(_) => Some("signing"),
            PageEvent::Asserted { .. } => Some("assertion"),
            _ => None,
        })
        .collect();
    prop_assert!(
        ["hello", "reviewing", "signing", "assertion"].starts_with(&page),
        "{page:?}"
    );
    if world.count() > PHONE {
        let phone: Vec<_> = world
            .phone_events(PHONE)
            .into_iter()
            .filter_map(|event| match event {
                PhoneEvent::Requested { .. } => Some("request"),
                PhoneEvent::Outcome { .. } => Some("outcome"),
                _ => None,
            })
            .collect();
        prop_assert!(["request", "outcome"].starts_with(&phone), "{phone:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_list_of_happenings_leaves_a_page_sane(list in vec((step(), happening()), 0..60), fresh: bool) {
        let mut page = page();
        if !fresh {
            begun(&mut page);
        }
        let (mut now, mut ended, mut asserted) = (Millis(0), false, 0);
        for (step, happening) in &list {
            now = now + *step;
            let input = match happening {
                Happening::Start => PageInput::Start,
                Happening::SocketOpened => PageInput::SocketOpened,
                Happening::SocketClosed => PageInput::SocketClosed,
                Happening::Text(text) => PageInput::Text(text),
                Happening::Binary(bytes) => PageInput::Binary(bytes),
                Happening::Woken => PageInput::Woken,
                Happening::Resumed => PageInput::Resumed,
                Happening::Host(kind) => match kind % 8 {
                    0 => PageInput::Cancel,
                    1..=4 => PageInput::NotMe,
                    _ => PageInput::Outcome { code: Some(Code::Internal), detail: None, documents: Vec::new() },
                },
            };
            let effects = page.handle(input, now);
            check_effects(&effects, &mut ended, |event| matches!(event, PageEvent::Ended(_)))?;
            asserted += effects.iter().filter(|effect| matches!(effect, Effect::Event(PageEvent::Asserted { .. } | PageEvent::Scanned { .. }))).count();
        }
        prop_assert_eq!(asserted, 0, "nobody knows the keys");
    }

    #[test]
    fn any_list_of_happenings_leaves_a_phone_sane(list in vec((step(), happening()), 0..60)) {
        let code = begun(&mut page()).unwrap();
        let mut phone = phone_session(&code, 50, Millis(0));
        let (mut now, mut ended, mut told) = (Millis(0), false, 0);
        for (step, happening) in &list {
            now = now + *step;
            let input = match happening {
                Happening::Start => PhoneInput::Start,
                Happening::SocketOpened => PhoneInput::SocketOpened,
                Happening::SocketClosed => PhoneInput::SocketClosed,
                Happening::Text(text) => PhoneInput::Text(text),
                Happening::Binary(bytes) => PhoneInput::Binary(bytes),
                Happening::Woken => PhoneInput::Woken,
                Happening::Resumed => PhoneInput::Resumed,
                Happening::Host(kind) => match kind % 8 {
                    0 => PhoneInput::Cancel,
                    1 | 2 => PhoneInput::Refuse(Code::Refused),
                    3 | 4 => PhoneInput::assert("x".repeat(usize::from(*kind) * 100)),
                    _ => PhoneInput::Progress(Step::Reviewing),
                },
            };
            let effects = phone.handle(input, now);
            check_effects(&effects, &mut ended, |event| matches!(event, PhoneEvent::Ended(_)))?;
            told += effects.iter().filter(|effect| matches!(effect, Effect::Event(PhoneEvent::Outcome { .. } | PhoneEvent::Requested { .. }))).count();
        }
        prop_assert_eq!(told, 0, "nobody knows the keys");
    }

    #[test]
    fn dropped_repeated_and_reordered_frames_are_delivered_once_and_in_order_or_not_at_all(
        chaos in vec(chaos(), 0..40), troubles in vec((0_u64..4_000, trouble()), 0..12),
    ) {
        let mut world = World::new(Script::Approve);
        world.chaos = chaos.into();
        for (step, trouble) in troubles {
            world.advance(step);
            make_trouble(&mut world, trouble);
        }
        world.advance(200_000);
        check_delivered(&world)?;
        prop_assert!(world.page_end().is_some(), "the page always comes to an end");
        prop_assert!(world.count() == PHONE || world.phone_end(PHONE).is_some(), "and so does the phone");
    }

    #[test]
    fn cut_sockets_alone_never_lose_anything(
        cuts in vec((0_u64..900, prop_oneof![Just(Trouble::CutPage), Just(Trouble::CutPhone)]), 0..10), at in 1_usize..14, end in 0_usize..2,
    ) {
        let mut world = World::new(Script::Approve);
        world.cut = Some(crate::parts::Cut { end, at, lost: at % 2 == 0 });
        for (step, trouble) in cuts {
            world.advance(step);
            make_trouble(&mut world, trouble);
        }
        world.advance(10_000);
        check_delivered(&world)?;
        prop_assert_eq!(world.page_end(), Some(scanseal_protocol::page::End::Done));
    }

    #[test]
    fn any_byte_changed_on_the_way_yields_no_message(
        good in 0_usize..9, position in any::<usize>(), mask in 1_u8..,
    ) {
        let mut undisturbed = World::new(Script::Approve);
        undisturbed.settle();
        let mut world = World::new(Script::Approve);
        world.chaos = std::iter::repeat_n(Chaos::Pass, good).chain([Chaos::Flip(position, mask)]).collect();
        world.advance(200_000);
        check_delivered(&world)?;
        // What was delivered is what was sent: no field of any event differs.
        for event in world.page_events() {
            let known = undisturbed.page_events().contains(&event);
            let local = !matches!(event, PageEvent::Scanned { .. } | PageEvent::Progress(_) | PageEvent::Asserted { .. });
            prop_assert!(known || local, "{:?}", event);
        }
    }
}
