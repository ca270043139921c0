//! The order of messages in the channel: a phone and a page that know the keys, but break the rules.

use scanseal_protocol::Text;
use scanseal_protocol::error::Code;
use scanseal_protocol::ids::PhoneKey;
use scanseal_protocol::limits;
use scanseal_protocol::message::{Hello, Message, Outcome, Signed, Step};
use scanseal_protocol::page::{Effect, End, PageEffect, PageEvent, PageInput, PageSession};
use scanseal_protocol::phone::{PhoneEffect, PhoneEvent, PhoneInput, PhoneSession};
use scanseal_protocol::qr::{QrPayload, ScannedCode};
use scanseal_protocol::time::Millis;

use crate::hand_noise::{Ends, Initiator, respond, tag};
use crate::parts::{link, page_config, page_secrets, phone_session};
use crate::signed;

const NOW: Millis = Millis(0);
const MALFORMED: End = End::Failed(Code::Malformed);

fn prologue(code: &QrPayload) -> Vec<u8> {
    [
        b"scanseal.v1\0\x01".as_slice(),
        code.session.as_bytes(),
        &code.frame.to_be_bytes(),
    ]
    .concat()
}

fn psk(code: &QrPayload) -> [u8; 32] {
    tag("scanseal.v1 psk", code.secret.as_bytes())
}

fn hello() -> Message {
    Message::Hello(Hello::default())
}

/// A page, and a phone written by hand that has scanned its code.
struct Scene {
    page: PageSession,
    phone: Option<Ends>,
    number: u32,
}

impl Scene {
    /// The page's answer to a first frame with this payload.
    fn begin(payload: &[u8]) -> (Self, Vec<PageEffect>) {
        let mut page =
            PageSession::new(page_config(), page_secrets(), signed::REQUEST.clone(), NOW).unwrap();
        let _ = page.handle(PageInput::Start, NOW);
        let _ = page.handle(PageInput::SocketOpened, NOW);
        let effects = page.handle(
            PageInput::Text(r#"{"t":"opened","expires":180000,"peer":"none"}"#),
            NOW,
        );
        let code = effects.into_iter().find_map(|effect| match effect {
            Effect::Event(PageEvent::Code { text, .. }) => Some(text),
            _ => None,
        });
        let code = ScannedCode::parse(&code.unwrap(), &[link()])
            .unwrap()
            .payload;
        let phone = PhoneKey::from_bytes([8; 32]).phone_id();
        let joined = format!(
            r#"{{"t":"peer","state":"joined","phone":"{phone}","next":0,"expires":120000}}"#
        );
        let _ = page.handle(PageInput::Text(&joined), NOW);
        let (initiator, first) = Initiator::start(
            &prologue(&code),
            psk(&code),
            code.page_public_key,
            [6; 32],
            payload,
        );
        let frame = [&[0; 4], code.frame.to_be_bytes().as_slice(), &first].concat();
        let effects = page.handle(PageInput::Binary(&frame), NOW);
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::SendBinary(frame) => Some(frame[4..].to_vec()),
            _ => None,
        });
        let phone = answer.map(|answer| initiator.finish(&answer).0);
        (
            Self {
                page,
                phone,
                number: 1,
            },
            effects,
        )
    }

    fn scanned() -> Self {
        Self::begin(&hello().encode()).0
    }

    /// Sends one frame with this plaintext, flag included.
    fn piece(&mut self, plaintext: &[u8]) -> Vec<PageEffect> {
        let body = self.phone.as_mut().unwrap().seal(plaintext);
        let frame = [self.number.to_be_bytes().as_slice(), &body].concat();
        self.number += 1;
        self.page.handle(PageInput::Binary(&frame), NOW)
    }

    fn say(&mut self, message: &[u8]) -> Vec<PageEffect> {
        self.piece(&[&[0], message].concat())
    }

    fn assert(&mut self) -> Vec<PageEffect> {
        let binding = tag("scanseal.v1 binding", &self.phone.as_ref().unwrap().hash);
        let jws = Text::new(signed::assertion(binding)).unwrap();
        self.say(
            &Message::Assertion(Signed {
                assertion: jws,
                signatures: Vec::new(),
            })
            .encode(),
        )
    }
}

fn page_end(effects: &[PageEffect]) -> Option<End> {
    effects.iter().find_map(|effect| match effect {
        Effect::Event(PageEvent::Ended(end)) => Some(*end),
        _ => None,
    })
}

#[test]
fn a_phone_written_from_the_specification_alone_gets_the_request_and_asserts() {
    let (mut scene, effects) = Scene::begin(&hello().encode());
    let number = crate::hand_noise::check_number(&scene.phone.as_ref().unwrap().hash);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Event(PageEvent::Scanned { check_number, .. }) if *check_number == number)));
    assert!(
        scene
            .assert()
            .iter()
            .any(|effect| matches!(effect, Effect::Event(PageEvent::Asserted { .. })))
    );
    let effects = scene.page.handle(
        PageInput::Outcome {
            code: None,
            detail: None,
            documents: Vec::new(),
        },
        NOW,
    );
    let outcome = effects.iter().find_map(|effect| match effect {
        Effect::SendBinary(frame) => Some(scene.phone.as_mut().unwrap().open(&frame[4..])),
        _ => None,
    });
    assert_eq!(
        outcome.unwrap(),
        [vec![0], Message::Outcome(Outcome::default()).encode()].concat()
    );
}

#[test]
fn a_first_message_that_is_no_hello_drops_the_phone() {
    for payload in [
        b"".to_vec(),
        b"no CBOR".to_vec(),
        Message::Progress(Step::Signing).encode(),
        vec![0x82, 0x18, 99, 0xa0],
    ] {
        let (_, effects) = Scene::begin(&payload);
        assert!(
            effects.contains(&Effect::SendText(
                r#"{"t":"release","code":"malformed"}"#.to_owned()
            )),
            "{effects:?}"
        );
        assert!(effects.contains(&Effect::Event(PageEvent::Released)));
    }
}

#[test]
fn messages_that_a_phone_may_not_send_end_the_session() {
    let request = Message::Request(Text::new("x").unwrap());
    for message in [
        hello().encode(),
        request.encode(),
        Message::Outcome(Outcome::default()).encode(),
        b"no CBOR".to_vec(),
        Vec::new(),
    ] {
        assert_eq!(
            page_end(&Scene::scanned().say(&message)),
            Some(MALFORMED),
            "{message:?}"
        );
    }
}

#[test]
fn after_the_assertion_a_phone_has_nothing_to_say() {
    for message in [
        Message::Progress(Step::Signing),
        Message::Refusal(Code::Refused),
    ] {
        let mut scene = Scene::scanned();
        assert_eq!(page_end(&scene.assert()), None);
        assert_eq!(page_end(&scene.say(&message.encode())), Some(MALFORMED));
    }
    let mut scene = Scene::scanned();
    assert_eq!(page_end(&scene.assert()), None);
    assert_eq!(
        page_end(&scene.assert()),
        Some(MALFORMED),
        "a second assertion"
    );
}

#[test]
fn messages_of_unknown_types_are_skipped_and_acknowledged() {
    let mut scene = Scene::scanned();
    let effects = scene.say(&[0x82, 0x18, 99, 0xa0]);
    assert_eq!(
        effects,
        [Effect::SendText(r#"{"t":"ack","next":2}"#.to_owned())]
    );
    assert_eq!(page_end(&scene.assert()), None);
    assert_eq!(page_end(&scene.say(&[0x82, 0x18, 99, 0xa0])), None);
}

#[test]
fn a_message_in_pieces_is_one_message_and_each_piece_is_acknowledged() {
    let mut scene = Scene::scanned();
    let message = Message::Progress(Step::EnteringPin).encode();
    let effects = scene.piece(&[&[1], &message[..2]].concat());
    assert_eq!(
        effects,
        [Effect::SendText(r#"{"t":"ack","next":2}"#.to_owned())]
    );
    let effects = scene.piece(&[&[0], &message[2..]].concat());
    assert!(effects.contains(&Effect::Event(PageEvent::Progress(Step::EnteringPin))));
}

#[test]
fn unknown_flags_and_endless_messages_end_the_session() {
    assert_eq!(page_end(&Scene::scanned().piece(&[2, 1])), Some(MALFORMED));
    let mut scene = Scene::scanned();
    let mut pieces = 0;
    while page_end(&scene.piece(&[vec![1], vec![0; 65_000]].concat())).is_none() {
        pieces += 1;
    }
    assert_eq!(pieces, limits::MESSAGE_BYTES / 65_000);
}

#[test]
fn unknown_codes_of_a_newer_phone_end_the_session_all_the_same() {
    let refusal = [&[0x82, 0x05, 0xa1, 0x00, 0x68], b"new-code".as_slice()].concat();
    assert_eq!(
        page_end(&Scene::scanned().say(&refusal)),
        Some(End::Failed(Code::Internal))
    );
}

/// A phone that has joined, and the hand-written page's end of its channel once it has answered with `payload`.
fn answered(payload: &[u8]) -> (PhoneSession, Ends, Vec<PhoneEffect>) {
    let code = {
        let mut page =
            PageSession::new(page_config(), page_secrets(), signed::REQUEST.clone(), NOW).unwrap();
        let _ = page.handle(PageInput::Start, NOW);
        let _ = page.handle(PageInput::SocketOpened, NOW);
        let effects = page.handle(
            PageInput::Text(r#"{"t":"opened","expires":180000,"peer":"none"}"#),
            NOW,
        );
        effects.into_iter().find_map(|effect| match effect {
            Effect::Event(PageEvent::Code { text, .. }) => Some(text),
            _ => None,
        })
    };
    let code = code.unwrap();
    let payload_of_code = ScannedCode::parse(&code, &[link()]).unwrap().payload;
    let mut phone = phone_session(&code, 60, NOW);
    let _ = phone.handle(PhoneInput::Start, NOW);
    let effects = phone.handle(PhoneInput::SocketOpened, NOW);
    let first = effects.iter().find_map(|effect| match effect {
        Effect::SendBinary(frame) => Some(frame[6..].to_vec()),
        _ => None,
    });
    let _ = phone.handle(
        PhoneInput::Text(r#"{"t":"joined","expires":120000,"peer":"here","next":0}"#),
        NOW,
    );
    let (ends, _, answer) = respond(
        &prologue(&payload_of_code),
        psk(&payload_of_code),
        page_secrets().static_key,
        [5; 32],
        &first.unwrap(),
        payload,
    );
    let effects = phone.handle(PhoneInput::Binary(&[vec![0; 4], answer].concat()), NOW);
    (phone, ends, effects)
}

fn request() -> Vec<u8> {
    Message::Request(Text::new(signed::REQUEST.as_str()).unwrap()).encode()
}

fn phone_end(effects: &[PhoneEffect]) -> Option<End> {
    effects.iter().find_map(|effect| match effect {
        Effect::Event(PhoneEvent::Ended(end)) => Some(*end),
        _ => None,
    })
}

fn tell(
    phone: &mut PhoneSession,
    page: &mut Ends,
    number: u32,
    message: &[u8],
) -> Vec<PhoneEffect> {
    let body = page.seal(&[&[0], message].concat());
    phone.handle(
        PhoneInput::Binary(&[number.to_be_bytes().as_slice(), &body].concat()),
        NOW,
    )
}

#[test]
fn a_page_written_from_the_specification_alone_asks_and_tells_the_outcome() {
    let (mut phone, mut page, effects) = answered(&request());
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Event(PhoneEvent::Requested { .. })))
    );
    let _ = phone.handle(PhoneInput::assert("x".to_owned()), NOW);
    let outcome = Message::Outcome(Outcome {
        code: Some(Code::AssertionLate),
        detail: None,
        documents: Vec::new(),
    });
    let effects = tell(&mut phone, &mut page, 1, &outcome.encode());
    assert!(effects.contains(&Effect::Event(PhoneEvent::Outcome {
        code: Some(Code::AssertionLate),
        detail: None,
        documents: Vec::new()
    })));
    assert_eq!(phone_end(&effects), None, "the page closes");
    let effects = phone.handle(PhoneInput::Text(r#"{"t":"closed","code":"done"}"#), NOW);
    assert_eq!(phone_end(&effects), Some(End::Failed(Code::AssertionLate)));
}

#[test]
fn an_answer_that_is_no_request_ends_the_phone() {
    for payload in [
        b"".to_vec(),
        Message::Outcome(Outcome::default()).encode(),
        vec![0x82, 0x18, 99, 0xa0],
    ] {
        assert_eq!(phone_end(&answered(&payload).2), Some(MALFORMED));
    }
}

#[test]
fn an_outcome_before_the_assertion_and_a_second_request_end_the_phone() {
    for message in [
        Message::Outcome(Outcome::default()).encode(),
        request(),
        Message::Progress(Step::Signing).encode(),
    ] {
        let (mut phone, mut page, _) = answered(&request());
        assert_eq!(
            phone_end(&tell(&mut phone, &mut page, 1, &message)),
            Some(MALFORMED)
        );
    }
    let (mut phone, mut page, _) = answered(&request());
    let _ = phone.handle(PhoneInput::assert("x".to_owned()), NOW);
    assert_eq!(
        phone_end(&tell(&mut phone, &mut page, 1, &request())),
        Some(MALFORMED)
    );
}

#[test]
fn a_page_that_never_closes_is_left_three_seconds_after_the_outcome() {
    let (mut phone, mut page, _) = answered(&request());
    let _ = phone.handle(PhoneInput::assert("x".to_owned()), NOW);
    let _ = tell(
        &mut phone,
        &mut page,
        1,
        &Message::Outcome(Outcome::default()).encode(),
    );
    assert_eq!(
        phone_end(&phone.handle(PhoneInput::Woken, NOW + (limits::OUTCOME_WAIT_MS - 1))),
        None
    );
    assert_eq!(
        phone_end(&phone.handle(PhoneInput::Woken, NOW + limits::OUTCOME_WAIT_MS)),
        Some(End::Done)
    );
}
