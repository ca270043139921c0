//! A relay in memory that does what `docs/protocol.md` section 4 says, for one session. Times are handed in.

use std::collections::{HashMap, HashSet, VecDeque};

use scanseal_protocol::control::{
    CloseCode, Down, Ending, LockedPhone, Opened, Peer, Presence, ReleaseCode, Up,
};
use scanseal_protocol::error::Code;
use scanseal_protocol::ids::{PhoneId, SessionId};
use scanseal_protocol::limits;
use scanseal_protocol::time::Millis;

pub(crate) type SocketId = usize;

/// What a socket's owner gets from the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(String),
    Binary(Vec<u8>),
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Page,
    Phone(PhoneId),
}

struct Session {
    id: SessionId,
    wait_until: Millis,
    scan_until: Option<Millis>,
    scanned_ms: u64,
    locked: Option<PhoneId>,
    banned: HashSet<PhoneId>,
    page: Option<SocketId>,
    phone: Option<SocketId>,
    /// First phone frame the page lacks, and first page frame the phone lacks.
    page_next: u32,
    phone_next: u32,
}

#[derive(Default)]
pub(crate) struct Relay {
    session: Option<Session>,
    sockets: HashMap<SocketId, Option<Role>>,
    /// What is on its way to the ends.
    pub(crate) outgoing: VecDeque<(SocketId, Frame)>,
    /// What it answers to every first message, if anything but the session.
    pub(crate) refuse_with: Option<(Code, Option<u32>)>,
}

impl Relay {
    pub(crate) fn connect(&mut self, socket: SocketId) {
        self.sockets.insert(socket, None);
    }

    /// The end's socket is gone; what was on its way to it is lost.
    pub(crate) fn disconnect(&mut self, socket: SocketId) {
        self.outgoing.retain(|(to, _)| *to != socket);
        self.forget(socket);
    }

    /// All state and all sockets are gone.
    pub(crate) fn restart(&mut self) {
        let sockets: Vec<_> = self.sockets.drain().map(|(socket, _)| socket).collect();
        self.session = None;
        self.outgoing.clear();
        self.outgoing
            .extend(sockets.into_iter().map(|socket| (socket, Frame::Closed)));
    }

    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.session
            .as_ref()
            .map(|session| session.scan_until.unwrap_or(session.wait_until))
    }

    pub(crate) fn tick(&mut self, now: Millis) {
        if self.next_due().is_some_and(|due| now >= due) {
            let session = self.session.take().unwrap();
            let code = if session.locked.is_some() {
                Code::ScanExpired
            } else {
                Code::QrExpired
            };
            for socket in [session.page, session.phone].into_iter().flatten() {
                self.close(socket, Ending::Failed(code));
            }
        }
    }

    pub(crate) fn binary(&mut self, from: SocketId, frame: Vec<u8>) {
        assert!(
            frame.len() <= limits::FRAME_BYTES,
            "an end sent a frame over the limit"
        );
        if let Some(to) = self.other(from) {
            self.outgoing.push_back((to, Frame::Binary(frame)));
        }
    }

    pub(crate) fn text(&mut self, from: SocketId, text: &str, now: Millis) {
        let Some(role) = self.sockets.get(&from).copied() else {
            return;
        };
        match (
            Up::parse(text).expect("an end sent a malformed message"),
            role,
        ) {
            (Up::Open { .. } | Up::Join { .. }, None) if self.refuse_with.is_some() => {
                let (code, retry) = self.refuse_with.unwrap();
                self.refuse(from, code, retry);
            }
            (
                Up::Open {
                    key,
                    next,
                    scanned,
                    phone,
                },
                None,
            ) => {
                let open = (key.session_id(), next, scanned, phone);
                self.open(from, open, now);
            }
            (Up::Join { sid, key, next }, None) => self.join(from, sid, key.phone_id(), next, now),
            (Up::Ping, Some(_)) => self.send(from, &Down::Pong),
            (Up::Ack { next }, Some(role)) => {
                // The session may have ended while this was on its way.
                let Some(session) = self.session.as_mut() else {
                    return;
                };
                match role {
                    Role::Page => session.page_next = next,
                    Role::Phone(_) => session.phone_next = next,
                }
                if let Some(to) = self.other(from) {
                    self.send(to, &Down::Ack { next });
                }
            }
            (Up::Release { code }, Some(Role::Page)) => self.release(code),
            (Up::Close { code }, Some(role)) => self.end(role, code),
            (message, role) => panic!("{role:?} may not send {message:?}"),
        }
    }

    fn open(
        &mut self,
        from: SocketId,
        (id, next, scanned, phone): (SessionId, u32, u32, Option<PhoneId>),
        now: Millis,
    ) {
        let scanned_ms = u64::from(scanned.clamp(
            *limits::SCANNED_SECONDS.start(),
            *limits::SCANNED_SECONDS.end(),
        )) * 1_000;
        let session = self.session.get_or_insert_with(|| Session {
            id,
            wait_until: now + limits::SESSION_WAIT_MS,
            scan_until: phone.map(|_| now + scanned_ms),
            scanned_ms,
            locked: phone,
            banned: HashSet::new(),
            page: None,
            phone: None,
            page_next: next,
            phone_next: 0,
        });
        assert_eq!(session.id, id, "one session per relay double");
        session.page_next = next;
        let old = session.page.replace(from);
        let expires =
            u32::try_from(session.scan_until.unwrap_or(session.wait_until).since(now)).unwrap();
        let presence = if session.phone.is_some() {
            Presence::Here
        } else {
            Presence::Away
        };
        let phone = session.locked.map(|id| LockedPhone {
            id,
            presence,
            next: session.phone_next,
        });
        let peer = session.phone;
        self.sockets.insert(from, Some(Role::Page));
        self.send(from, &Down::Opened(Opened { expires, phone }));
        if let Some(peer) = peer {
            self.send(peer, &Down::Peer(Peer::Back { next }));
        }
        if let Some(old) = old {
            self.close(old, Ending::Failed(Code::Superseded));
        }
    }

    fn join(&mut self, from: SocketId, id: SessionId, phone: PhoneId, next: u32, now: Millis) {
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| session.id == id && !session.banned.contains(&phone))
        else {
            return self.refuse(from, Code::SessionGone, None);
        };
        let again = match session.locked {
            Some(locked) if locked != phone => {
                return self.refuse(from, Code::AlreadyScanned, None);
            }
            locked => locked.is_some(),
        };
        session.locked = Some(phone);
        session.phone_next = next;
        if !again {
            session.page_next = 0;
            session.scan_until = Some(now + session.scanned_ms);
        }
        let old = session.phone.replace(from);
        let expires = u32::try_from(session.scan_until.unwrap().since(now)).unwrap();
        let (page, page_next) = (session.page, session.page_next);
        self.sockets.insert(from, Some(Role::Phone(phone)));
        let peer = if page.is_some() {
            Presence::Here
        } else {
            Presence::Away
        };
        self.send(
            from,
            &Down::Joined {
                expires,
                peer,
                next: page_next,
            },
        );
        if let Some(page) = page {
            let peer = if again {
                Peer::Back { next }
            } else {
                Peer::Joined {
                    phone,
                    next,
                    expires,
                }
            };
            self.send(page, &Down::Peer(peer));
        }
        if let Some(old) = old {
            self.close(old, Ending::Failed(Code::Superseded));
        }
    }

    fn release(&mut self, code: ReleaseCode) {
        let Some(session) = self.session.as_mut() else {
            return;
        };
        session.scan_until = None;
        session.banned.extend(session.locked.take());
        if let Some(phone) = session.phone.take() {
            self.close(phone, Ending::from(code));
        }
    }

    fn end(&mut self, role: Role, code: CloseCode) {
        let Some(session) = self.session.take() else {
            return;
        };
        match role {
            Role::Page => {
                if let Some(phone) = session.phone {
                    self.close(phone, Ending::from(code));
                }
            }
            Role::Phone(_) => {
                if let Some(page) = session.page {
                    self.send(
                        page,
                        &Down::Peer(Peer::Left {
                            code: Ending::from(code),
                        }),
                    );
                    self.close(page, Ending::from(code));
                }
            }
        }
    }

    fn other(&self, from: SocketId) -> Option<SocketId> {
        let session = self.session.as_ref()?;
        match self.sockets.get(&from).copied()?? {
            Role::Page if session.page == Some(from) => session.phone,
            Role::Phone(_) if session.phone == Some(from) => session.page,
            _ => None,
        }
    }

    fn send(&mut self, to: SocketId, message: &Down) {
        self.outgoing
            .push_back((to, Frame::Text(message.to_text())));
    }

    fn refuse(&mut self, to: SocketId, code: Code, retry: Option<u32>) {
        self.send(to, &Down::Error { code, retry });
        self.outgoing.push_back((to, Frame::Closed));
        self.sockets.remove(&to);
    }

    fn close(&mut self, to: SocketId, code: Ending) {
        self.send(to, &Down::Closed { code });
        self.outgoing.push_back((to, Frame::Closed));
        self.forget(to);
    }

    /// A socket is no end's socket any more.
    fn forget(&mut self, socket: SocketId) {
        let other = self.other(socket);
        if self.sockets.remove(&socket).is_none() {
            return;
        }
        let Some(session) = self.session.as_mut() else {
            return;
        };
        let gone = [&mut session.page, &mut session.phone]
            .into_iter()
            .find(|place| **place == Some(socket));
        if let Some(place) = gone {
            *place = None;
            if let Some(other) = other {
                self.send(other, &Down::Peer(Peer::Away));
            }
        }
    }
}
