//! A page and a phone between which anything can happen. The input is a list of happenings, two bytes each: what, and how.
//!
//! Frames come twice, late, changed or never; the relay says what it likes; clocks jump; people press buttons. Whatever it is, each
//! host gets every message at most once, in order and as it was sent, and nothing after the end.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use scanseal_fuzz::WORLD;
use scanseal_protocol::{
    error::Code,
    ids::{PhoneId, PhoneKey},
    limits,
    message::{Hello, Step},
    page::{Effect, End, PageConfig, PageEvent, PageInput, PageSecrets, PageSession},
    phone::{PhoneEvent, PhoneInput, PhoneSecrets, PhoneSession},
    qr::{Link, ScannedCode},
    time::Millis,
};

const LINK: &str = "https://portal.example/S";
const PHONE_KEY: [u8; 32] = [6; 32];
/// Effects of one input apart from frames: greeting, acknowledgement, connection, wake-up and a few events.
const EFFECTS: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::new();
    for happening in bytes.chunks_exact(2) {
        world.happen(happening[0], happening[1]);
    }
});

struct World {
    now: Millis,
    page: PageSession,
    page_wire: Wire,
    page_saw: PageSaw,
    phone: Option<PhoneSession>,
    phone_wire: Wire,
    phone_saw: PhoneSaw,
}

/// What an end has put on the wire, and when it wants to be woken.
#[derive(Default)]
struct Wire {
    /// Every frame once, in the order of sending.
    frames: Vec<Vec<u8>>,
    /// How many of them were passed on in good order.
    passed: usize,
    /// By number, since the last handshake.
    numbered: BTreeMap<u32, Vec<u8>>,
    /// How often a new frame 0 was sent.
    beginnings: usize,
    wake: Option<Millis>,
    ended: bool,
}

#[derive(Default)]
struct PageSaw {
    code: Option<String>,
    check_numbers: Vec<String>,
    released: usize,
    steps: usize,
    asserted: bool,
    /// What the host answered.
    outcome: Option<Option<Code>>,
}

#[derive(Default)]
struct PhoneSaw {
    /// The channel binding that came with the request.
    requested: Option<[u8; 32]>,
    /// What the host handed in.
    steps: Vec<Step>,
    assertion: Option<String>,
    answered: bool,
    outcome: Option<Option<Code>>,
}

impl World {
    fn new() -> Self {
        let config = PageConfig {
            link: link(),
            scanned_seconds: 120,
            frame_interval_ms: 3_000,
        };
        let secrets = PageSecrets {
            page_key: [1; 32],
            static_key: [2; 32],
            frame_key: [3; 32],
            handshake_seed: [4; 32],
            jitter_seed: [5; 32],
        };
        let request = WORLD.request.as_str().to_owned();
        let page = PageSession::new(config, secrets, request, Millis(0))
            .expect("valid configuration and request");
        let mut world = Self {
            now: Millis(0),
            page,
            page_wire: Wire::default(),
            page_saw: PageSaw::default(),
            phone: None,
            phone_wire: Wire::default(),
            phone_saw: PhoneSaw::default(),
        };
        world.to_page(PageInput::Start);
        world
    }

    fn happen(&mut self, what: u8, how: u8) {
        let index = usize::from(how);
        match what % 20 {
            0 => self.now = self.now + milliseconds(how),
            1 => self.to_page(PageInput::SocketOpened),
            2 => self.to_page(PageInput::SocketClosed),
            3 => {
                self.pass_time(self.page_wire.wake, how);
                self.to_page(PageInput::Woken);
            }
            4 => self.to_page(PageInput::Resumed),
            5 => self.scan(),
            6 => self.to_phone(PhoneInput::SocketOpened),
            7 => self.to_phone(PhoneInput::SocketClosed),
            8 => {
                self.pass_time(self.phone_wire.wake, how);
                self.to_phone(PhoneInput::Woken);
            }
            9 => self.to_phone(PhoneInput::Resumed),
            10 => self.to_page(PageInput::Binary(&self.phone_wire.any(index))),
            11 => self.to_phone(PhoneInput::Binary(&self.page_wire.any(index))),
            12 => self.to_page(PageInput::Binary(&changed(self.phone_wire.any(index), how))),
            13 => self.to_phone(PhoneInput::Binary(&changed(self.page_wire.any(index), how))),
            14 => self.to_page(PageInput::Text(&self.page_wire.relay_says(how))),
            15 => self.to_phone(PhoneInput::Text(&self.phone_wire.relay_says(how))),
            16 => self.person_at_page(how),
            17 => self.person_at_phone(how),
            18 if how < 128 => self.to_page(PageInput::Binary(&vec![how; index])),
            18 => self.to_phone(PhoneInput::Binary(&vec![0; index - 128])),
            _ => self.pass_on(),
        }
    }

    /// Everything that was not passed on yet, in good order.
    fn pass_on(&mut self) {
        while let Some(frame) = self.phone_wire.frames.get(self.phone_wire.passed).cloned() {
            self.phone_wire.passed += 1;
            self.to_page(PageInput::Binary(&frame));
        }
        while let Some(frame) = self.page_wire.frames.get(self.page_wire.passed).cloned() {
            self.page_wire.passed += 1;
            self.to_phone(PhoneInput::Binary(&frame));
        }
    }

    /// Waits until an end wants to be woken, or wakes it too early.
    fn pass_time(&mut self, wake: Option<Millis>, how: u8) {
        if let Some(wake) = wake.filter(|_| how < 200) {
            self.now = self.now.max(wake);
        }
    }

    fn scan(&mut self) {
        let (None, Some(code)) = (&self.phone, &self.page_saw.code) else {
            return;
        };
        let code =
            ScannedCode::parse(code, &[link()]).expect("a page shows codes that can be read");
        let secrets = PhoneSecrets {
            phone_key: PHONE_KEY,
            ephemeral_seed: [7; 32],
            jitter_seed: [8; 32],
        };
        let phone = PhoneSession::new(&code, Hello::default(), secrets, self.now)
            .expect("a page's key is a good one");
        self.phone = Some(phone);
        self.to_phone(PhoneInput::Start);
    }

    fn person_at_page(&mut self, how: u8) {
        match how {
            0..100 => {
                let code = (how >= 50).then_some(Code::CertificateNotBound);
                if self.page_saw.asserted && self.page_saw.outcome.is_none() {
                    self.page_saw.outcome = Some(code);
                }
                self.to_page(PageInput::Outcome {
                    code,
                    detail: Some("好".repeat(usize::from(how) * 4)),
                    documents: Vec::new(),
                });
            }
            100..200 => self.to_page(PageInput::NotMe),
            _ => self.to_page(PageInput::Cancel),
        }
    }

    fn person_at_phone(&mut self, how: u8) {
        let may_answer = self
            .phone_saw
            .requested
            .filter(|_| !self.phone_saw.answered);
        match how {
            0..100 => {
                let step = [
                    Step::Reviewing,
                    Step::ChoosingCertificate,
                    Step::EnteringPin,
                    Step::Signing,
                ][usize::from(how % 4)];
                if may_answer.is_some() {
                    self.phone_saw.steps.push(step);
                }
                self.to_phone(PhoneInput::Progress(step));
            }
            100..200 => {
                let right = may_answer
                    .filter(|_| how < 160)
                    .map(|binding| WORLD.assertion(binding));
                let jws = right
                    .clone()
                    .unwrap_or_else(|| "x".repeat(usize::from(how) * 83));
                if may_answer.is_some() {
                    (self.phone_saw.assertion, self.phone_saw.answered) = (right, true);
                }
                self.to_phone(PhoneInput::assert(jws));
            }
            200..240 => {
                self.phone_saw.answered |= may_answer.is_some();
                self.to_phone(PhoneInput::Refuse(Code::ReportedFraud));
            }
            _ => self.to_phone(PhoneInput::Cancel),
        }
    }

    fn to_page(&mut self, input: PageInput<'_>) {
        let effects = self.page.handle(input, self.now);
        for event in self.page_wire.take(effects) {
            let (page, phone) = (&mut self.page_saw, &self.phone_saw);
            match event {
                PageEvent::Code { text, .. } => page.code = Some(text),
                PageEvent::Scanned { check_number, .. } => {
                    page.check_numbers.push(check_number);
                    assert!(
                        page.check_numbers.len() <= page.released + 1,
                        "one phone at a time"
                    );
                }
                PageEvent::Released => page.released += 1,
                PageEvent::Progress(step) => {
                    assert_eq!(
                        phone.steps.get(page.steps),
                        Some(&step),
                        "progress once, in order, as it was sent"
                    );
                    page.steps += 1;
                }
                PageEvent::Asserted {
                    jws,
                    channel_binding,
                    ..
                } => {
                    assert!(!page.asserted, "an assertion comes once");
                    page.asserted = true;
                    assert_eq!(phone.assertion.as_ref(), Some(&jws), "as it was sent");
                    assert_eq!(
                        phone.requested,
                        Some(channel_binding),
                        "through the same channel"
                    );
                }
                PageEvent::Ended(end) => {
                    assert!(
                        end != End::Done || page.outcome == Some(None),
                        "only the host makes it a success"
                    );
                    self.page_wire.ended = true;
                }
                _ => {}
            }
        }
        assert_eq!(
            self.page_wire.beginnings,
            self.page_saw.check_numbers.len(),
            "numbers begin again with a handshake only"
        );
    }

    fn to_phone(&mut self, input: PhoneInput<'_>) {
        let Some(phone) = &mut self.phone else { return };
        let effects = phone.handle(input, self.now);
        for event in self.phone_wire.take(effects) {
            let (page, phone) = (&self.page_saw, &mut self.phone_saw);
            match event {
                PhoneEvent::Requested {
                    jws,
                    check_number,
                    channel_binding,
                    ..
                } => {
                    assert_eq!(phone.requested, None, "a request comes once");
                    phone.requested = Some(channel_binding);
                    assert_eq!(jws, WORLD.request.as_str(), "as it was sent");
                    assert!(
                        page.check_numbers.contains(&check_number),
                        "both ends show the same number"
                    );
                }
                PhoneEvent::Outcome { code, .. } => {
                    assert_eq!(phone.outcome, None, "an outcome comes once");
                    phone.outcome = Some(code);
                    // An assertion that is wrong is answered by the page itself.
                    let said = if phone.assertion.is_some() {
                        page.outcome
                    } else {
                        Some(Some(Code::AssertionInvalid))
                    };
                    assert_eq!(said, Some(code), "as it was sent");
                }
                PhoneEvent::Ended(end) => {
                    assert!(
                        end != End::Done || phone.outcome == Some(None),
                        "only the page makes it a success"
                    );
                    self.phone_wire.ended = true;
                }
                _ => {}
            }
        }
        assert!(self.phone_wire.beginnings <= 1, "a phone shakes hands once");
    }
}

impl Wire {
    /// Takes an input's effects: checks that they are few, keeps what goes over the wire, gives the events.
    fn take<Event>(&mut self, effects: Vec<Effect<Event>>) -> Vec<Event> {
        assert!(!self.ended || effects.is_empty(), "nothing follows the end");
        let (mut events, mut wakes, mut bytes, mut others) = (Vec::new(), 0, 0, 0);
        for effect in effects {
            match effect {
                Effect::SendBinary(frame) => {
                    bytes += frame.len();
                    self.keep(frame);
                    continue;
                }
                Effect::WakeAt(time) => {
                    wakes += 1;
                    self.wake = Some(time);
                }
                Effect::Event(event) => events.push(event),
                Effect::SendText(text) => assert!(text.len() <= limits::CONTROL_MESSAGE_BYTES),
                Effect::Connect | Effect::Disconnect => {}
            }
            others += 1;
        }
        assert!(wakes <= 1, "one timer is enough");
        assert!(others <= EFFECTS, "{others} effects of one input");
        assert!(
            bytes <= limits::UNACKNOWLEDGED_BYTES,
            "{bytes} bytes of frames"
        );
        events
    }

    /// A number stands for the same bytes for ever, or a key would serve two messages. A new handshake counts from 0 again.
    fn keep(&mut self, frame: Vec<u8>) {
        assert!(frame.len() <= limits::FRAME_BYTES);
        let number = frame
            .first_chunk()
            .map(|number| u32::from_be_bytes(*number))
            .expect("a frame begins with its number");
        if number == 0 && self.numbered.get(&0) != Some(&frame) {
            self.numbered.clear();
            self.beginnings += 1;
        }
        match self.numbered.get(&number) {
            Some(known) => assert_eq!(known, &frame, "sent again, byte for byte"),
            None => {
                self.numbered.insert(number, frame.clone());
                self.frames.push(frame);
            }
        }
    }

    /// One of all frames ever sent; empty if there is none.
    fn any(&self, index: usize) -> Vec<u8> {
        self.frames
            .get(index % self.frames.len().max(1))
            .cloned()
            .unwrap_or_default()
    }

    /// What a relay can say to this end: mostly what fits, sometimes not.
    fn relay_says(&self, how: u8) -> String {
        let next = match how >> 6 {
            0 => 0,
            1 => 1,
            2 => u32::try_from(self.numbered.len()).unwrap_or(u32::MAX),
            _ => u32::MAX,
        };
        let (expires, phone) = match how >> 4 & 3 {
            0 => (120_000, phone_id(PHONE_KEY)),
            1 => (u32::MAX, phone_id(PHONE_KEY)),
            2 => (0, phone_id(PHONE_KEY)),
            _ => (180_000, phone_id([9; 32])),
        };
        match how & 15 {
            0 => format!(r#"{{"t":"opened","expires":{expires},"peer":"none"}}"#),
            1 => format!(
                r#"{{"t":"opened","expires":{expires},"peer":"here","phone":"{phone}","next":{next}}}"#
            ),
            2 => format!(
                r#"{{"t":"opened","expires":{expires},"peer":"away","phone":"{phone}","next":{next}}}"#
            ),
            3 => format!(r#"{{"t":"joined","expires":{expires},"peer":"here","next":{next}}}"#),
            4 => format!(r#"{{"t":"joined","expires":{expires},"peer":"away","next":{next}}}"#),
            5 => format!(
                r#"{{"t":"peer","state":"joined","phone":"{phone}","next":{next},"expires":{expires}}}"#
            ),
            6 => r#"{"t":"peer","state":"away"}"#.to_owned(),
            7 => format!(r#"{{"t":"peer","state":"back","next":{next}}}"#),
            8 => r#"{"t":"peer","state":"left","code":"refused"}"#.to_owned(),
            9 | 10 => format!(r#"{{"t":"ack","next":{next}}}"#),
            11 => r#"{"t":"pong"}"#.to_owned(),
            12 => r#"{"t":"closed","code":"done"}"#.to_owned(),
            13 => r#"{"t":"error","code":"session-gone"}"#.to_owned(),
            14 => format!(r#"{{"t":"error","code":"maintenance","retry":{expires}}}"#),
            _ => format!(r#"{{"t":"closed","code":"{how}"}}"#),
        }
    }
}

fn link() -> Link {
    Link::parse(LINK).expect("a link as operators have them")
}

fn phone_id(key: [u8; 32]) -> PhoneId {
    PhoneKey::from_bytes(key).phone_id()
}

fn changed(mut frame: Vec<u8>, how: u8) -> Vec<u8> {
    let length = frame.len().max(1);
    if let Some(byte) = frame.get_mut(usize::from(how) * 7 % length) {
        *byte ^= 1 << (how % 8);
    }
    frame
}

/// Mostly short, sometimes long, once absurd.
fn milliseconds(how: u8) -> u64 {
    match how {
        0..128 => u64::from(how) * 20,
        128..255 => u64::from(how - 127) * 1_000,
        255 => u64::MAX / 2,
    }
}
