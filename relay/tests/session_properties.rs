//! Random lists of events on the pure session logic: it never panics, never delivers to a wrong end, and its memory is bounded.
#![allow(clippy::unwrap_used, missing_docs)]

use bytes::Bytes;
use proptest::prelude::*;
use scanseal_protocol::{
    control::{CloseCode, Down, Peer, ReleaseCode},
    ids::{PhoneId, PhoneKey},
    time::Millis,
};
use scanseal_relay::session::{
    Delivery, Event, Lives, Mailbox, Opening, Outcome, Parcel, RELEASES, SocketId,
};

fn phone(n: u8) -> PhoneId {
    PhoneKey::from_bytes([n; 32]).phone_id()
}

/// What a test does; sockets are numbered as they come, `socket` picks one of them.
#[derive(Clone, Debug)]
enum Step {
    Open { next: u32, scanned: u32 },
    Join { phone: u8, next: u32 },
    Ack { socket: usize, next: u32 },
    Release { socket: usize },
    Close { socket: usize },
    Frame { socket: usize, length: usize },
    Gone { socket: usize },
    Wait { ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let socket = 0_usize..64;
    prop_oneof![
        2 => (any::<u32>(), any::<u32>()).prop_map(|(next, scanned)| Step::Open { next, scanned }),
        4 => (0_u8..4, any::<u32>()).prop_map(|(phone, next)| Step::Join { phone, next }),
        2 => (socket.clone(), any::<u32>()).prop_map(|(socket, next)| Step::Ack { socket, next }),
        1 => socket.clone().prop_map(|socket| Step::Release { socket }),
        1 => (0_usize..400).prop_map(|socket| Step::Close { socket }),
        6 => (socket.clone(), 0_usize..65_537).prop_map(|(socket, length)| Step::Frame { socket, length }),
        2 => socket.prop_map(|socket| Step::Gone { socket }),
        1 => (0_u64..40_000).prop_map(|ms| Step::Wait { ms }),
    ]
}

/// The model: who sits where, by the simplest rules there are.
#[derive(Debug, Default)]
struct Model {
    page: Option<SocketId>,
    phone: Option<SocketId>,
    locked_to: Option<u8>,
    ended: Vec<SocketId>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_reaches_a_wrong_end(steps in prop::collection::vec(step(), 0..120)) {
        let lives = Lives::default();
        let mut now = Millis(0);
        let mut sockets = 1_u64;
        let mut model = Model { page: Some(SocketId(0)), ..Model::default() };
        let mut out = Vec::new();
        let opening = Opening { socket: SocketId(0), next: 0, scanned: 120, phone: None };
        let mut mailbox = Mailbox::open(&opening, &lives, now, &mut |delivery| out.push(delivery));
        for step in steps {
            out.clear();
            let pick = |index: usize| SocketId(index as u64 % sockets);
            let (event, from) = match step {
                Step::Open { next, scanned } => {
                    let socket = SocketId(sockets);
                    (Event::Open(Opening { socket, next, scanned, phone: None }), socket)
                }
                Step::Join { phone: number, next } => {
                    let socket = SocketId(sockets);
                    (Event::Join { socket, phone: phone(number), next }, socket)
                }
                Step::Ack { socket, next } => (Event::Ack { socket: pick(socket), next }, pick(socket)),
                Step::Release { socket } => (Event::Release { socket: pick(socket), code: ReleaseCode::Released }, pick(socket)),
                Step::Close { socket } => (Event::Close { socket: pick(socket), code: CloseCode::Done }, pick(socket)),
                Step::Frame { socket, length } => (Event::Frame { socket: pick(socket), frame: Bytes::from(vec![0; length]) }, pick(socket)),
                Step::Gone { socket } => (Event::Gone { socket: pick(socket) }, pick(socket)),
                Step::Wait { ms } => {
                    now = now + ms;
                    (Event::Deadline, SocketId(u64::MAX))
                }
            };
            sockets += u64::from(matches!(step, Step::Open { .. } | Step::Join { .. }));
            let other_before = if Some(from) == model.page { model.phone } else if Some(from) == model.phone { model.page } else { None };
            let outcome = mailbox.handle(event, &lives, now, &mut |delivery| out.push(delivery));
            match (&step, outcome) {
                (_, Outcome::Over(_)) => {
                    for Delivery { to, .. } in &out {
                        prop_assert!(Some(*to) == model.page || Some(*to) == model.phone, "an end of nobody: {to:?}");
                    }
                    prop_assert_eq!(out.iter().filter(|delivery| matches!(delivery.parcel, Parcel::End(_))).count(),
                        model.page.iter().chain(&model.phone).count());
                    return Ok(());
                }
                (Step::Open { .. }, _) => {
                    model.ended.extend(model.page.replace(from));
                }
                (Step::Join { phone, .. }, Outcome::Joined | Outcome::Rejoined) => {
                    prop_assert!(model.locked_to.is_none_or(|locked| locked == *phone), "a second phone got in");
                    model.locked_to = Some(*phone);
                    model.ended.extend(model.phone.replace(from));
                }
                (Step::Join { .. }, refused) => prop_assert!(matches!(refused, Outcome::Refused(_)) && out.is_empty()),
                (Step::Release { .. }, _) if Some(from) == model.page => {
                    model.ended.extend(model.phone.take());
                    model.locked_to = None;
                }
                (Step::Gone { .. }, _) => {
                    if Some(from) == model.page { model.page = None; }
                    if Some(from) == model.phone { model.phone = None; }
                }
                (Step::Frame { .. }, _) => {
                    let frames = out.iter().filter(|delivery| matches!(delivery.parcel, Parcel::Frame(_))).count();
                    prop_assert_eq!(frames, usize::from(other_before.is_some()), "exactly once, to the other end, if it is there");
                }
                _ => {}
            }
            for Delivery { to, parcel } in &out {
                let last_word = matches!(parcel, Parcel::End(_)) && model.ended.contains(to);
                prop_assert!(last_word || Some(*to) == model.page || Some(*to) == model.phone, "{to:?} gets {parcel:?}");
                match parcel {
                    Parcel::Frame(_) | Parcel::Message(Down::Ack { .. }) => prop_assert_eq!(Some(*to), other_before),
                    Parcel::Message(Down::Opened(_) | Down::Peer(Peer::Joined { .. } | Peer::Left { .. })) => prop_assert_eq!(Some(*to), model.page),
                    Parcel::Message(Down::Joined { .. }) => prop_assert_eq!(Some(*to), model.phone),
                    _ => {}
                }
            }
            prop_assert!(out.len() <= 4, "an event causes a few deliveries, not many");
            prop_assert!(now < mailbox.deadline(), "what is over says so");
        }
    }
}

#[test]
fn releases_are_remembered_up_to_the_limit_and_one_more_ends_the_session() {
    let (lives, now) = (Lives::default(), Millis(0));
    let opening = Opening {
        socket: SocketId(0),
        next: 0,
        scanned: 120,
        phone: None,
    };
    let mut mailbox = Mailbox::open(&opening, &lives, now, &mut |_| {});
    for n in 0..=RELEASES {
        let id = PhoneKey::from_bytes([u8::try_from(n).unwrap(); 32]).phone_id();
        let joined = mailbox.handle(
            Event::Join {
                socket: SocketId(1),
                phone: id,
                next: 0,
            },
            &lives,
            now,
            &mut |_| {},
        );
        assert_eq!(joined, Outcome::Joined);
        let released = mailbox.handle(
            Event::Release {
                socket: SocketId(0),
                code: ReleaseCode::QrStale,
            },
            &lives,
            now,
            &mut |_| {},
        );
        assert_eq!(matches!(released, Outcome::Over(_)), n == RELEASES, "{n}");
    }
}

#[test]
fn session_carries_its_limit_of_bytes_and_not_one_more() {
    let (lives, now) = (Lives::default(), Millis(0));
    for extra in [0, 1] {
        let opening = Opening {
            socket: SocketId(0),
            next: 0,
            scanned: 120,
            phone: Some(phone(1)),
        };
        let mut mailbox = Mailbox::open(&opening, &lives, now, &mut |_| {});
        mailbox.handle(
            Event::Join {
                socket: SocketId(1),
                phone: phone(1),
                next: 0,
            },
            &lives,
            now,
            &mut |_| {},
        );
        let frame = Bytes::from(vec![0; 64 * 1024]);
        for n in 0..1024 {
            let event = Event::Frame {
                socket: SocketId(n % 2),
                frame: frame.clone(),
            };
            assert_eq!(
                mailbox.handle(event, &lives, now, &mut |_| {}),
                Outcome::Forwarded(64 * 1024)
            );
        }
        let mut ends = Vec::new();
        let event = Event::Frame {
            socket: SocketId(0),
            frame: frame.slice(..extra),
        };
        let outcome = mailbox.handle(event, &lives, now, &mut |delivery| ends.push(delivery));
        assert_eq!(matches!(outcome, Outcome::Over(_)), extra == 1);
        assert_eq!(
            ends.len(),
            1 + extra,
            "a frame to one end, or the end to both"
        );
    }
}
