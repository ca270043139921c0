//! One page, its phones and a relay, with a clock that moves only when asked to.

use std::collections::VecDeque;

use scanseal_protocol::error::Code;
use scanseal_protocol::message::Step;
use scanseal_protocol::page::{Effect, PageConfig, PageEvent, PageInput, PageSession};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput, PhoneSession};
use scanseal_protocol::time::Millis;

use crate::parts::{
    Act, Chaos, Cut, Event, PAGE, PHONE, Script, page_config, page_secrets, phone_session,
};
use crate::relay::{Frame, Relay, SocketId};
use crate::{sealing, signed};

enum Machine {
    Page(Box<PageSession>),
    Phone(Box<PhoneSession>),
}

/// What happens to an end, apart from what its host does.
#[derive(Clone, Copy)]
enum Happening<'a> {
    Opened,
    Closed,
    Text(&'a str),
    Binary(&'a [u8]),
    Woken,
}

pub(crate) struct Host {
    machine: Machine,
    socket: Option<SocketId>,
    wake: Option<Millis>,
    pub(crate) events: Vec<(Millis, Event)>,
    /// Effects carried out, wishes to be woken and events apart.
    pub(crate) done: usize,
}

pub(crate) struct World {
    pub(crate) now: Millis,
    pub(crate) relay: Relay,
    pub(crate) relay_is_down: bool,
    pub(crate) cut: Option<Cut>,
    /// Restarts the relay when it has passed on this many frames.
    pub(crate) restart_at: Option<usize>,
    /// Frames passed on.
    pub(crate) passed: usize,
    /// What happens to the next binary frames.
    pub(crate) chaos: VecDeque<Chaos>,
    /// Nothing that this end sends after so many effects arrives.
    pub(crate) mute: Option<(usize, usize)>,
    script: Script,
    pub(crate) ends: Vec<Host>,
    sockets: usize,
    acts: VecDeque<(usize, Act)>,
    opening: VecDeque<SocketId>,
    closing: VecDeque<SocketId>,
}

impl World {
    pub(crate) fn new(script: Script) -> Self {
        Self::with_config(script, page_config())
    }

    pub(crate) fn with_config(script: Script, config: PageConfig) -> Self {
        let request = match script {
            Script::Seal => &signed::SEAL_REQUEST,
            _ => &signed::REQUEST,
        };
        Self::begin(script, config, request)
    }

    /// A world whose hosts do nothing by themselves.
    pub(crate) fn with_request(request: &str) -> Self {
        Self::begin(Script::Manual, page_config(), request)
    }

    fn begin(script: Script, config: PageConfig, request: &str) -> Self {
        let now = Millis(1_000_000);
        let page = PageSession::new(config, page_secrets(), request.to_owned(), now).unwrap();
        let mut world = Self {
            now,
            relay: Relay::default(),
            relay_is_down: false,
            cut: None,
            restart_at: None,
            passed: 0,
            chaos: VecDeque::new(),
            mute: None,
            script,
            ends: Vec::new(),
            sockets: 0,
            acts: VecDeque::new(),
            opening: VecDeque::new(),
            closing: VecDeque::new(),
        };
        world.add(Machine::Page(Box::new(page)));
        world.act(PAGE, Act::Page(PageInput::Start));
        world
    }

    /// A world in which a phone has scanned the first code and has got the request.
    pub(crate) fn scanned() -> Self {
        let mut world = Self::new(Script::Manual);
        world.settle();
        world.scan_shown();
        world.settle();
        world
    }

    /// A phone scans a code; gives which end it is.
    pub(crate) fn scan(&mut self, code: &str) -> usize {
        let seed = u8::try_from(100 + 10 * self.ends.len()).unwrap();
        let phone = phone_session(code, seed, self.now);
        let end = self.add(Machine::Phone(Box::new(phone)));
        self.act(end, Act::Phone(PhoneInput::Start));
        end
    }

    /// A phone scans the code that is shown now.
    pub(crate) fn scan_shown(&mut self) -> usize {
        let code = self.shown();
        self.scan(&code)
    }

    /// The text of the code that is shown now.
    pub(crate) fn shown(&self) -> String {
        let code = |event: &PageEvent| match event {
            PageEvent::Code { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.page_events()
            .iter()
            .rev()
            .find_map(code)
            .expect("no code is shown")
    }

    pub(crate) fn act(&mut self, end: usize, act: Act) {
        self.acts.push_back((end, act));
    }

    pub(crate) fn page(&mut self, input: PageInput<'static>) {
        self.act(PAGE, Act::Page(input));
        self.settle();
    }

    pub(crate) fn phone(&mut self, input: PhoneInput<'static>) {
        self.act(PHONE, Act::Phone(input));
        self.settle();
    }

    /// The phone signs.
    pub(crate) fn assert(&mut self) {
        let binding = self.binding();
        self.phone(PhoneInput::assert(signed::assertion(binding)));
    }

    /// The channel binding that the phone was told.
    pub(crate) fn binding(&self) -> [u8; 32] {
        let binding = |event: &PhoneEvent| match event {
            PhoneEvent::Requested {
                channel_binding, ..
            } => Some(*channel_binding),
            _ => None,
        };
        self.phone_events(PHONE).iter().find_map(binding).unwrap()
    }

    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            if let Some((end, act)) = self.acts.pop_front() {
                self.perform(end, act);
            } else if let Some(socket) = self.opening.pop_front() {
                self.happen(socket, Happening::Opened);
            } else if let Some((socket, frame)) = self.relay.outgoing.pop_front() {
                self.mistreat(socket, frame);
            } else if let Some(socket) = self.closing.pop_front() {
                self.happen(socket, Happening::Closed);
            } else {
                return;
            }
        }
        panic!("the ends never come to rest");
    }

    /// Lets time pass, with everything that is due on the way.
    pub(crate) fn advance(&mut self, milliseconds: u64) {
        let until = self.now + milliseconds;
        loop {
            self.settle();
            let wakes = self.ends.iter().map(|host| host.wake);
            let due = wakes.chain([self.relay.next_due()]).flatten().min();
            let Some(due) = due.filter(|due| *due <= until) else {
                break;
            };
            self.now = self.now.max(due);
            self.relay.tick(self.now);
            self.settle();
            for end in 0..self.ends.len() {
                if self.ends[end].wake.is_some_and(|wake| wake <= self.now) {
                    self.ends[end].wake = None;
                    self.feed(end, Happening::Woken);
                }
            }
        }
        self.now = until;
        self.settle();
    }

    /// Cuts the socket of an end, if it has one. The end gets to know at the next occasion.
    pub(crate) fn cut_socket(&mut self, end: usize) {
        if let Some(socket) = self.ends[end].socket {
            self.relay.disconnect(socket);
            self.opening.retain(|opening| *opening != socket);
            self.closing.push_back(socket);
        }
    }

    /// The socket of an end is dead, but nobody tells it.
    pub(crate) fn kill_silently(&mut self, end: usize) {
        if let Some(socket) = self.ends[end].socket {
            self.relay.disconnect(socket);
        }
    }

    /// Hands an end a frame that the relay has not sent.
    pub(crate) fn inject(&mut self, end: usize, frame: &Frame) {
        match frame {
            Frame::Text(text) => self.feed(end, Happening::Text(text)),
            Frame::Binary(bytes) => self.feed(end, Happening::Binary(bytes)),
            Frame::Closed => self.feed(end, Happening::Closed),
        }
        self.settle();
    }

    fn add(&mut self, machine: Machine) -> usize {
        self.ends.push(Host {
            machine,
            socket: None,
            wake: None,
            events: Vec::new(),
            done: 0,
        });
        self.ends.len() - 1
    }

    fn mistreat(&mut self, socket: SocketId, frame: Frame) {
        let Frame::Binary(mut bytes) = frame else {
            return self.pass(socket, &frame);
        };
        match self.chaos.pop_front().unwrap_or(Chaos::Pass) {
            Chaos::Pass => self.pass(socket, &Frame::Binary(bytes)),
            Chaos::Drop => {}
            Chaos::Twice => {
                self.pass(socket, &Frame::Binary(bytes.clone()));
                self.pass(socket, &Frame::Binary(bytes));
            }
            Chaos::Late => self
                .relay
                .outgoing
                .push_back((socket, Frame::Binary(bytes))),
            Chaos::Flip(position, mask) => {
                let position = position % bytes.len();
                bytes[position] ^= mask;
                self.pass(socket, &Frame::Binary(bytes));
            }
        }
    }

    fn pass(&mut self, socket: SocketId, frame: &Frame) {
        self.passed += 1;
        match frame {
            Frame::Text(text) => self.happen(socket, Happening::Text(text)),
            Frame::Binary(bytes) => self.happen(socket, Happening::Binary(bytes)),
            Frame::Closed => self.happen(socket, Happening::Closed),
        }
        if self.restart_at == Some(self.passed) {
            self.relay.restart();
        }
    }

    fn happen(&mut self, socket: SocketId, happening: Happening<'_>) {
        if let Some(end) = self
            .ends
            .iter()
            .position(|host| host.socket == Some(socket))
        {
            if matches!(happening, Happening::Closed) {
                self.ends[end].socket = None;
            }
            self.feed(end, happening);
        }
    }

    fn feed(&mut self, end: usize, happening: Happening<'_>) {
        let now = self.now;
        match &mut self.ends[end].machine {
            Machine::Page(page) => {
                let effects = page.handle(
                    match happening {
                        Happening::Opened => PageInput::SocketOpened,
                        Happening::Closed => PageInput::SocketClosed,
                        Happening::Text(text) => PageInput::Text(text),
                        Happening::Binary(bytes) => PageInput::Binary(bytes),
                        Happening::Woken => PageInput::Woken,
                    },
                    now,
                );
                self.carry_out(end, effects, Event::Page);
            }
            Machine::Phone(phone) => {
                let effects = phone.handle(
                    match happening {
                        Happening::Opened => PhoneInput::SocketOpened,
                        Happening::Closed => PhoneInput::SocketClosed,
                        Happening::Text(text) => PhoneInput::Text(text),
                        Happening::Binary(bytes) => PhoneInput::Binary(bytes),
                        Happening::Woken => PhoneInput::Woken,
                    },
                    now,
                );
                self.carry_out(end, effects, Event::Phone);
            }
        }
    }

    fn perform(&mut self, end: usize, act: Act) {
        let now = self.now;
        match (&mut self.ends[end].machine, act) {
            (Machine::Page(page), Act::Page(input)) => {
                let effects = page.handle(input, now);
                self.carry_out(end, effects, Event::Page);
            }
            (Machine::Phone(phone), Act::Phone(input)) => {
                let effects = phone.handle(input, now);
                self.carry_out(end, effects, Event::Phone);
            }
            (_, act) => panic!("{act:?} is not for end {end}"),
        }
    }

    fn carry_out<E>(&mut self, end: usize, effects: Vec<Effect<E>>, wrap: impl Fn(E) -> Event) {
        for effect in effects {
            match effect {
                Effect::Event(event) => {
                    let event = wrap(event);
                    self.ends[end].events.push((self.now, event.clone()));
                    self.react(end, &event);
                    continue;
                }
                Effect::WakeAt(time) => {
                    self.ends[end].wake = Some(time);
                    continue;
                }
                _ => {}
            }
            self.ends[end].done += 1;
            let cut = self
                .cut
                .filter(|cut| cut.end == end && cut.at == self.ends[end].done);
            if cut.is_some_and(|cut| cut.lost) {
                self.cut_socket(end);
            }
            self.transmit(end, effect);
            if cut.is_some_and(|cut| !cut.lost) {
                self.cut_socket(end);
            }
        }
    }

    fn transmit<E>(&mut self, end: usize, effect: Effect<E>) {
        match (effect, self.ends[end].socket) {
            (Effect::Connect, old) => {
                if let Some(old) = old {
                    self.relay.disconnect(old);
                }
                self.sockets += 1;
                self.ends[end].socket = Some(self.sockets);
                if self.relay_is_down {
                    self.closing.push_back(self.sockets);
                } else {
                    self.relay.connect(self.sockets);
                    self.opening.push_back(self.sockets);
                }
            }
            (Effect::Disconnect, Some(socket)) => {
                self.relay.disconnect(socket);
                self.ends[end].socket = None;
            }
            (Effect::SendText(_) | Effect::SendBinary(_), _)
                if self
                    .mute
                    .is_some_and(|(muted, after)| muted == end && self.ends[end].done > after) => {}
            (Effect::SendText(text), Some(socket)) => self.relay.text(socket, &text, self.now),
            (Effect::SendBinary(frame), Some(socket)) => self.relay.binary(socket, frame),
            _ => {}
        }
    }

    fn react(&mut self, end: usize, event: &Event) {
        if self.script == Script::Manual {
            return;
        }
        if self.script == Script::Seal {
            sealing::react(self, end, event);
        }
        match event {
            Event::Page(PageEvent::Code { text, frame: 0 }) => {
                self.scan(text);
            }
            _ if self.script == Script::Seal => {}
            Event::Phone(PhoneEvent::Requested {
                channel_binding, ..
            }) => {
                self.act(end, Act::Phone(PhoneInput::Progress(Step::Reviewing)));
                if self.script == Script::Refuse {
                    self.act(end, Act::Phone(PhoneInput::Refuse(Code::ReportedFraud)));
                } else {
                    self.act(end, Act::Phone(PhoneInput::Progress(Step::Signing)));
                    let jws = signed::assertion(*channel_binding);
                    self.act(end, Act::Phone(PhoneInput::assert(jws)));
                }
            }
            Event::Page(PageEvent::Asserted { .. }) => {
                self.act(
                    PAGE,
                    Act::Page(PageInput::Outcome {
                        code: None,
                        detail: Some("好".to_owned()),
                        documents: Vec::new(),
                    }),
                );
            }
            _ => {}
        }
    }
}
