//! Relays and phones that break the rules.

use scanseal_protocol::error::Code;
use scanseal_protocol::ids::PhoneKey;
use scanseal_protocol::page::{Effect, End, PageEffect, PageEvent, PageInput, PageSession};
use scanseal_protocol::phone::{PhoneEffect, PhoneEvent, PhoneInput};
use scanseal_protocol::qr::{FrameSecret, ScannedCode};
use scanseal_protocol::time::Millis;

use crate::parts::{PAGE, PHONE, Script, link, page_config, page_secrets, phone_session};
use crate::relay::Frame;
use crate::signed;
use crate::world::World;

const NOW: Millis = Millis(0);
const OPENED: &str = r#"{"t":"opened","expires":180000,"peer":"none"}"#;

/// A page that waits, and its first code.
fn waiting_page() -> (PageSession, String) {
    let mut page =
        PageSession::new(page_config(), page_secrets(), signed::REQUEST.clone(), NOW).unwrap();
    let _ = page.handle(PageInput::Start, NOW);
    let _ = page.handle(PageInput::SocketOpened, NOW);
    let effects = page.handle(PageInput::Text(OPENED), NOW);
    let code = effects.into_iter().find_map(|effect| match effect {
        Effect::Event(PageEvent::Code { text, .. }) => Some(text),
        _ => None,
    });
    (page, code.unwrap())
}

fn joined(seed: u8) -> String {
    let phone = PhoneKey::from_bytes([seed; 32]).phone_id();
    format!(r#"{{"t":"peer","state":"joined","phone":"{phone}","next":0,"expires":120000}}"#)
}

fn texts(effects: &[PageEffect]) -> Vec<&str> {
    let text = |effect: &'_ PageEffect| matches!(effect, Effect::SendText(_));
    effects
        .iter()
        .filter(|effect| text(effect))
        .map(|effect| match effect {
            Effect::SendText(text) => text.as_str(),
            _ => unreachable!("filtered"),
        })
        .collect()
}

fn assert_broken_off(effects: &[PageEffect]) {
    let [
        Effect::SendText(close),
        Effect::Disconnect,
        Effect::Event(PageEvent::Ended(End::Failed(Code::Malformed))),
    ] = effects
    else {
        panic!("{effects:?}")
    };
    assert_eq!(close, r#"{"t":"close","code":"malformed"}"#);
}

#[test]
fn a_code_with_a_wrong_secret_is_stale() {
    let mut world = World::new(Script::Manual);
    world.settle();
    let mut code = ScannedCode::parse(&world.shown(), &[link()]).unwrap();
    code.payload.secret = FrameSecret::from_bytes([0; 16]);
    world.scan(&link().to_code_text(&code.payload));
    world.settle();
    assert_eq!(
        world.phone_events(PHONE),
        [PhoneEvent::Ended(End::Failed(Code::QrStale))]
    );
    assert!(matches!(
        world.page_events().as_slice(),
        [
            ..,
            PageEvent::Released,
            PageEvent::Waiting { .. },
            PageEvent::Code { .. }
        ]
    ));
}

#[test]
fn a_code_with_a_wrong_key_or_a_frame_never_shown_is_stale() {
    for change in [true, false] {
        let mut world = World::new(Script::Manual);
        world.settle();
        let mut code = ScannedCode::parse(&world.shown(), &[link()]).unwrap();
        if change {
            code.payload.page_public_key[0] ^= 1;
        } else {
            code.payload.frame += 1;
        }
        world.scan(&link().to_code_text(&code.payload));
        world.settle();
        assert_eq!(
            world.phone_events(PHONE),
            [PhoneEvent::Ended(End::Failed(Code::QrStale))]
        );
    }
}

#[test]
fn a_code_with_a_key_of_small_order_is_no_code_of_ours() {
    let (_, text) = waiting_page();
    let mut code = ScannedCode::parse(&text, &[link()]).unwrap();
    code.payload.page_public_key = [0; 32];
    let secrets = scanseal_protocol::phone::PhoneSecrets {
        phone_key: [1; 32],
        ephemeral_seed: [2; 32],
        jitter_seed: [3; 32],
    };
    let error =
        scanseal_protocol::phone::PhoneSession::new(&code, Default::default(), secrets, NOW).err();
    assert_eq!(error.map(|error| error.code()), Some(Code::QrForeign));
}

#[test]
fn a_first_frame_that_is_no_handshake_drops_the_phone_and_names_why() {
    let cases: [(&[u8], &str); 5] = [
        (&[], "malformed"),
        (&[0, 0, 0, 0], "malformed"),
        (&[0, 0, 0, 0, 0, 0, 1, 2, 3], "malformed"),
        (&[0, 0, 0, 0, 0, 9, 1, 2, 3], "qr-stale"),
        (&[7; 70_000], "malformed"),
    ];
    for (frame, code) in cases {
        let (mut page, _) = waiting_page();
        let _ = page.handle(PageInput::Text(&joined(1)), NOW);
        let effects = page.handle(PageInput::Binary(frame), NOW);
        assert_eq!(
            texts(&effects),
            [format!(r#"{{"t":"release","code":"{code}"}}"#)],
            "{frame:?}"
        );
        assert!(effects.contains(&Effect::Event(PageEvent::Released)));
    }
}

#[test]
fn a_dropped_phone_that_the_relay_lets_in_again_is_dropped_again() {
    let (mut page, _) = waiting_page();
    let _ = page.handle(PageInput::Text(&joined(1)), NOW);
    let _ = page.handle(PageInput::NotMe, NOW);
    let effects = page.handle(PageInput::Text(&joined(1)), NOW);
    assert_eq!(texts(&effects), [r#"{"t":"release","code":"released"}"#]);
    let effects = page.handle(PageInput::Text(&joined(2)), NOW);
    assert_eq!(texts(&effects), [] as [&str; 0]);
}

#[test]
fn what_a_page_hears_of_a_phone_dropped_a_moment_ago_is_ignored() {
    let (mut page, _) = waiting_page();
    let _ = page.handle(PageInput::Text(&joined(1)), NOW);
    let _ = page.handle(PageInput::NotMe, NOW);
    for text in [
        r#"{"t":"peer","state":"away"}"#,
        r#"{"t":"peer","state":"back","next":3}"#,
        r#"{"t":"ack","next":9}"#,
        r#"{"t":"pong"}"#,
    ] {
        assert_eq!(page.handle(PageInput::Text(text), NOW), []);
    }
    assert_eq!(page.handle(PageInput::Binary(&[0; 100]), NOW), []);
}

#[test]
fn a_page_breaks_off_on_what_no_relay_may_say() {
    for text in [
        "",
        "no JSON",
        r#"{"t":"new"}"#,
        OPENED,
        r#"{"t":"joined","expires":1,"peer":"here","next":0}"#,
        r#"{"t":"peer","state":"joined","phone":"AAAAAAAAAAAAAAAAAAAAAA","next":1,"expires":120000}"#,
    ] {
        let (mut page, _) = waiting_page();
        assert_broken_off(&page.handle(PageInput::Text(text), NOW));
    }
}

#[test]
fn a_page_locked_to_one_phone_breaks_off_when_the_relay_brings_another() {
    let (mut page, _) = waiting_page();
    let _ = page.handle(PageInput::Text(&joined(1)), NOW);
    assert_broken_off(&page.handle(PageInput::Text(&joined(2)), NOW));
}

#[test]
fn nothing_but_an_answer_may_come_before_the_answer() {
    let mut page =
        PageSession::new(page_config(), page_secrets(), signed::REQUEST.clone(), NOW).unwrap();
    assert_eq!(
        page.handle(PageInput::Text(OPENED), NOW),
        [],
        "no socket yet"
    );
    let _ = page.handle(PageInput::Start, NOW);
    assert_eq!(
        page.handle(PageInput::Text(OPENED), NOW),
        [],
        "the socket is not open yet"
    );
    let _ = page.handle(PageInput::SocketOpened, NOW);
    assert_eq!(page.handle(PageInput::Binary(&[0; 9]), NOW), []);
    assert_broken_off(&page.handle(PageInput::Text(&joined(1)), NOW));
}

#[test]
fn a_phone_breaks_off_on_what_no_relay_may_say() {
    for text in [
        "no JSON",
        OPENED,
        r#"{"t":"joined","expires":1,"peer":"here","next":0}"#,
        r#"{"t":"peer","state":"left","code":"done"}"#,
        r#"{"t":"peer","state":"back","next":2}"#,
        r#"{"t":"ack","next":2}"#,
    ] {
        let (_, code) = waiting_page();
        let mut phone = phone_session(&code, 9, NOW);
        let _ = phone.handle(PhoneInput::Start, NOW);
        let _ = phone.handle(PhoneInput::SocketOpened, NOW);
        let _ = phone.handle(
            PhoneInput::Text(r#"{"t":"joined","expires":120000,"peer":"here","next":0}"#),
            NOW,
        );
        let effects = phone.handle(PhoneInput::Text(text), NOW);
        let [
            PhoneEffect::SendText(close),
            PhoneEffect::Disconnect,
            PhoneEffect::Event(PhoneEvent::Ended(End::Failed(Code::Malformed))),
        ] = effects.as_slice()
        else {
            panic!("{text}: {effects:?}")
        };
        assert_eq!(close, r#"{"t":"close","code":"malformed"}"#);
    }
}

#[test]
fn a_relay_that_says_done_without_an_outcome_makes_no_success() {
    let done = Frame::Text(r#"{"t":"closed","code":"done"}"#.to_owned());
    let mut world = World::scanned();
    world.assert();
    world.inject(PHONE, &done);
    assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::PeerAway)));
    world.inject(PAGE, &done);
    assert_eq!(world.page_end(), Some(End::Failed(Code::Malformed)));
}

#[test]
fn a_frame_with_the_right_number_that_does_not_decrypt_ends_the_session_on_both_ends() {
    for end in [PAGE, PHONE] {
        let mut world = World::scanned();
        world.inject(
            end,
            &Frame::Binary([vec![0, 0, 0, 1], vec![5; 40]].concat()),
        );
        assert_eq!(world.page_end(), Some(End::Failed(Code::Malformed)));
        assert_eq!(world.phone_end(PHONE), Some(End::Failed(Code::Malformed)));
    }
}

#[test]
fn a_forged_answer_to_the_handshake_ends_the_phone() {
    let (_, code) = waiting_page();
    let mut phone = phone_session(&code, 9, NOW);
    let _ = phone.handle(PhoneInput::Start, NOW);
    let _ = phone.handle(PhoneInput::SocketOpened, NOW);
    let _ = phone.handle(
        PhoneInput::Text(r#"{"t":"joined","expires":120000,"peer":"here","next":0}"#),
        NOW,
    );
    let effects = phone.handle(PhoneInput::Binary(&[0; 100]), NOW);
    assert_eq!(
        effects.last(),
        Some(&Effect::Event(PhoneEvent::Ended(End::Failed(
            Code::Malformed
        ))))
    );
}

#[test]
fn once_the_outcome_is_settled_a_misbehaving_relay_does_not_change_it() {
    let mut world = World::scanned();
    world.assert();
    world.kill_silently(PHONE);
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    world.inject(PAGE, &Frame::Text("no JSON".to_owned()));
    assert_eq!(world.page_end(), Some(End::Done));
}
