//! Documents: the choice, what the page prepares, and the bytes that the phone asks for.

use scanseal_protocol::{
    error::Code,
    limits,
    message::{Choice, Fetch, Layout, Message, Part, Piece, Prepared, Step},
    page::{End, PageEvent, PageInput, PageSession},
    phone::{PhoneEvent, PhoneInput},
    time::Millis,
};

use crate::{
    parts::{Act, Chaos, Cut, Event, PAGE, PHONE, Script, page_config, page_secrets},
    signed::{self, SIZES},
    world::World,
};

/// How much is appended to the first document.
const APPENDED: u32 = 100_000;

/// What the phone of the script asks for, in order: as much as may be open, over both parts and documents.
const FETCHES: [Fetch; 6] = [
    fetch(0, Part::Original, 0, limits::FETCH_BYTES),
    fetch(0, Part::Original, limits::FETCH_BYTES, limits::FETCH_BYTES),
    fetch(0, Part::Original, 999_999, 1),
    fetch(1, Part::Original, 0, 500),
    fetch(0, Part::Appended, 0, APPENDED),
    fetch(0, Part::Appended, 99_990, 10),
];

const fn fetch(document: u32, part: Part, from: u32, length: u32) -> Fetch {
    Fetch {
        document,
        part,
        from,
        length,
    }
}

fn choice() -> Choice {
    Choice {
        certificates: vec![vec![0x30, 1], vec![0x30, 2]],
        seal: vec![7; limits::SEAL_BYTES],
    }
}

fn prepared(document: u32) -> Prepared {
    Prepared {
        document,
        layout: Ok(Layout {
            state: [1; 32],
            tail: vec![2; 63],
            appended: APPENDED,
            gap: 60_000..80_000,
            attributes: vec![3; 200],
        }),
    }
}

fn unprepared(document: u32) -> Prepared {
    Prepared {
        document,
        layout: Err(Code::KeywordNotFound),
    }
}

/// Bytes that tell where they are from.
fn bytes(fetch: &Fetch) -> Piece {
    let [.., document] = fetch.document.to_be_bytes();
    let byte = |at: u32| (at % 251) as u8 ^ document ^ ((fetch.part as u8) << 4);
    Piece {
        bytes: (fetch.from..fetch.from + fetch.length).map(byte).collect(),
    }
}

/// The hosts of [`Script::Seal`].
pub(crate) fn react(world: &mut World, end: usize, event: &Event) {
    match event {
        Event::Phone(PhoneEvent::Requested { .. }) => {
            world.act(end, Act::Phone(PhoneInput::Progress(Step::Reviewing)));
            world.act(end, Act::Phone(PhoneInput::Fetch(FETCHES[0])));
            world.act(end, Act::Phone(PhoneInput::Choose(choice())));
        }
        Event::Page(PageEvent::Chosen(_)) => {
            world.act(PAGE, Act::Page(PageInput::Prepared(prepared(0))));
            world.act(PAGE, Act::Page(PageInput::Prepared(unprepared(1))));
        }
        Event::Phone(PhoneEvent::Prepared(Prepared { document: 1, .. })) => {
            for fetch in &FETCHES[1..] {
                world.act(end, Act::Phone(PhoneInput::Fetch(*fetch)));
            }
        }
        Event::Page(PageEvent::Fetch(fetch)) => {
            world.act(PAGE, Act::Page(PageInput::Piece(bytes(fetch))));
        }
        Event::Phone(PhoneEvent::Piece(last, _)) if *last == FETCHES[5] => {
            let binding = world.binding();
            world.act(end, Act::Phone(assert(binding)));
        }
        Event::Page(PageEvent::Asserted { .. }) => {
            world.act(PAGE, Act::Page(outcome()));
        }
        _ => {}
    }
}

fn assert(binding: [u8; 32]) -> PhoneInput<'static> {
    PhoneInput::Assert {
        jws: signed::seal_assertion(binding, vec![Some([5; 32]), None]),
        signatures: vec![[9; 64]],
    }
}

fn outcome() -> PageInput<'static> {
    PageInput::Outcome {
        code: None,
        detail: None,
        documents: vec![None, Some(Code::KeywordNotFound)],
    }
}

/// Everything that has to arrive, once and in this order, did.
fn assert_sealed(world: &World, what: &str) {
    assert_eq!(world.page_end(), Some(End::Done), "{what}");
    assert_eq!(world.phone_end(PHONE), Some(End::Done), "{what}");
    let page: Vec<_> = world.page_events();
    let fetched = page.iter().filter_map(|event| match event {
        PageEvent::Fetch(fetch) => Some(*fetch),
        _ => None,
    });
    assert_eq!(fetched.collect::<Vec<_>>(), FETCHES, "{what}");
    let told = page
        .into_iter()
        .filter(|event| matches!(event, PageEvent::Chosen(_) | PageEvent::Asserted { .. }));
    let told: Vec<_> = told.collect();
    let [
        PageEvent::Chosen(chosen),
        PageEvent::Asserted { signatures, .. },
    ] = told.as_slice()
    else {
        panic!("{what}: {told:?}")
    };
    assert_eq!(*chosen, choice(), "{what}");
    assert_eq!(*signatures, [Some([9; 64]), None], "{what}");

    let phone = world.phone_events(PHONE);
    let pieces = phone.iter().filter_map(|event| match event {
        PhoneEvent::Piece(fetch, piece) => Some((*fetch, piece.clone())),
        _ => None,
    });
    let wanted = FETCHES.map(|fetch| (fetch, bytes(&fetch)));
    assert!(pieces.eq(wanted), "{what}");
    let documents = phone.iter().filter_map(|event| match event {
        PhoneEvent::Prepared(prepared) => Some(prepared.clone()),
        _ => None,
    });
    assert!(documents.eq([prepared(0), unprepared(1)]), "{what}");
    assert!(
        phone.contains(&PhoneEvent::Outcome {
            code: None,
            detail: None,
            documents: vec![None, Some(Code::KeywordNotFound)],
        }),
        "{what}"
    );
}

#[test]
fn documents_are_chosen_for_prepared_looked_at_and_sealed() {
    let mut world = World::new(Script::Seal);
    world.settle();
    assert_sealed(&world, "undisturbed");
}

#[test]
fn a_socket_lost_at_any_step_of_a_sealing_changes_nothing() {
    let mut undisturbed = World::new(Script::Seal);
    undisturbed.settle();
    for end in [PAGE, PHONE] {
        let steps = undisturbed.done(end);
        assert!(steps > 20, "{steps} steps");
        for at in 1..=steps {
            let mut world = World::new(Script::Seal);
            let cut = Cut {
                end,
                at,
                lost: at % 2 == 0,
            };
            world.cut = Some(cut);
            world.advance(10_000);
            assert_sealed(&world, &format!("{cut:?}"));
        }
    }
}

/// A world in which the phone has the request to seal, and the hosts do nothing by themselves.
fn requested() -> World {
    let mut world = World::with_request(&signed::SEAL_REQUEST);
    world.settle();
    world.scan_shown();
    world.settle();
    world
}

fn ends(world: &World) -> (Option<End>, Option<End>) {
    (world.page_end(), world.phone_end(PHONE))
}

const MALFORMED: (Option<End>, Option<End>) = (
    Some(End::Failed(Code::Malformed)),
    Some(End::Failed(Code::Malformed)),
);

#[test]
fn bytes_that_a_document_does_not_have_end_the_session() {
    for (good, bad) in [
        (
            fetch(0, Part::Original, SIZES[0] - 1, 1),
            fetch(0, Part::Original, SIZES[0] - 1, 2),
        ),
        (
            fetch(1, Part::Original, 0, SIZES[1]),
            fetch(1, Part::Original, 1, SIZES[1]),
        ),
        (
            fetch(0, Part::Appended, 0, APPENDED),
            fetch(0, Part::Appended, 1, APPENDED),
        ),
        (
            fetch(1, Part::Original, 0, 1),
            fetch(2, Part::Original, 0, 1),
        ),
        (
            fetch(1, Part::Original, 0, 1),
            fetch(1, Part::Appended, 0, 1),
        ),
        (
            fetch(0, Part::Original, 0, limits::FETCH_BYTES),
            fetch(0, Part::Original, 0, limits::FETCH_BYTES + 1),
        ),
        (
            fetch(0, Part::Original, 0, 1),
            fetch(0, Part::Original, 0, 0),
        ),
    ] {
        let mut world = requested();
        world.phone(PhoneInput::Choose(choice()));
        world.page(PageInput::Prepared(prepared(0)));
        world.page(PageInput::Prepared(unprepared(1)));
        world.phone(PhoneInput::Fetch(good));
        assert!(
            world.page_events().contains(&PageEvent::Fetch(good)),
            "{good:?}"
        );
        world.phone(PhoneInput::Fetch(bad));
        assert_eq!(ends(&world), MALFORMED, "{bad:?}");
    }
}

#[test]
fn what_is_appended_cannot_be_asked_for_before_it_is_prepared() {
    let mut world = requested();
    world.phone(PhoneInput::Fetch(fetch(0, Part::Appended, 0, 1)));
    assert_eq!(ends(&world), MALFORMED);
}

#[test]
fn eight_pieces_may_be_open_and_the_ninth_is_not_asked_for() {
    let mut world = requested();
    let one = |at| fetch(0, Part::Original, at, 1);
    let count = |world: &World| {
        let fetches = world.page_events().into_iter();
        fetches
            .filter(|event| matches!(event, PageEvent::Fetch(_)))
            .count()
    };
    for at in 0..9 {
        world.phone(PhoneInput::Fetch(one(at)));
    }
    assert_eq!(count(&world), limits::OPEN_FETCHES);
    world.page(PageInput::Piece(bytes(&one(0))));
    world.phone(PhoneInput::Fetch(one(9)));
    assert_eq!(count(&world), limits::OPEN_FETCHES + 1);
}

#[test]
fn a_piece_that_is_too_short_or_that_nobody_wants_ends_the_session() {
    let mut world = requested();
    world.phone(PhoneInput::Fetch(fetch(0, Part::Original, 0, 2)));
    world.page(PageInput::Piece(Piece { bytes: vec![0] }));
    assert_eq!(ends(&world), MALFORMED);
    let mut world = requested();
    world.page(PageInput::Piece(Piece { bytes: vec![0] }));
    assert_eq!(ends(&world), MALFORMED);
}

#[test]
fn a_document_is_prepared_once_and_only_after_the_choice() {
    let mut world = requested();
    world.page(PageInput::Prepared(prepared(0)));
    world.phone(PhoneInput::Choose(choice()));
    world.phone(PhoneInput::Choose(choice()));
    for prepared in [prepared(0), prepared(0), unprepared(0), prepared(2)] {
        world.page(PageInput::Prepared(prepared));
    }
    let told = world.phone_events(PHONE).into_iter();
    let told: Vec<_> = told
        .filter(|event| matches!(event, PhoneEvent::Prepared(_)))
        .collect();
    assert_eq!(told, [PhoneEvent::Prepared(prepared(0))]);
    assert_eq!(ends(&world), (None, None));
}

#[test]
fn nothing_is_signed_before_everything_is_prepared() {
    let mut world = requested();
    world.phone(PhoneInput::Choose(choice()));
    world.page(PageInput::Prepared(prepared(0)));
    let binding = world.binding();
    world.phone(assert(binding));
    assert_eq!(ends(&world), MALFORMED);
}

#[test]
fn signatures_and_what_is_said_of_them_must_fit() {
    let cases = [
        ("one signature too many", vec![Some([5; 32]), None], 2),
        ("one too few", vec![Some([5; 32]), Some([6; 32])], 1),
        ("another number of documents", vec![Some([5; 32])], 1),
        ("nothing signed", vec![None, None], 0),
    ];
    for (what, documents, count) in cases {
        let mut world = requested();
        world.phone(PhoneInput::Choose(choice()));
        world.page(PageInput::Prepared(prepared(0)));
        world.page(PageInput::Prepared(prepared(1)));
        let binding = world.binding();
        world.phone(PhoneInput::Assert {
            jws: signed::seal_assertion(binding, documents),
            signatures: vec![[9; 64]; count],
        });
        let invalid = Some(End::Failed(Code::AssertionInvalid));
        assert_eq!(ends(&world), (invalid, invalid), "{what}");
    }
}

#[test]
fn a_page_says_how_many_documents_its_request_has() {
    for (request, count) in [(&signed::REQUEST, 0), (&signed::SEAL_REQUEST, SIZES.len())] {
        let request = request.to_string();
        let page = PageSession::new(page_config(), page_secrets(), request, Millis(0)).unwrap();
        assert_eq!(page.documents(), count);
    }
}

#[test]
fn a_login_has_no_documents_to_speak_of() {
    for input in [
        PhoneInput::Choose(choice()),
        PhoneInput::Fetch(fetch(0, Part::Original, 0, 1)),
    ] {
        let mut world = World::scanned();
        world.phone(input);
        assert_eq!(ends(&world), MALFORMED);
    }
}

#[test]
fn frames_lost_repeated_and_late_change_nothing() {
    for (at, chaos) in [
        (6, Chaos::Drop),
        (7, Chaos::Twice),
        (8, Chaos::Late),
        (9, Chaos::Drop),
    ] {
        let mut world = World::new(Script::Seal);
        world.chaos = std::iter::repeat_n(Chaos::Pass, at)
            .chain([chaos])
            .collect();
        world.settle();
        // What was dropped comes again when a socket does.
        if world.page_end().is_none() {
            world.cut_socket(PHONE);
            world.advance(10_000);
        }
        assert_sealed(&world, &format!("{chaos:?} at {at}"));
    }
}

#[test]
fn messages_about_documents_stay_within_a_message() {
    let largest = Choice {
        certificates: vec![vec![0; limits::CERTIFICATE_BYTES]; *limits::CERTIFICATES.end()],
        seal: vec![0; limits::SEAL_BYTES],
    };
    let encoded = Message::Choice(largest.clone()).encode();
    assert!(encoded.len() <= limits::MESSAGE_BYTES);
    assert_eq!(
        Message::decode(&encoded),
        Ok(Some(Message::Choice(largest.clone())))
    );
    for larger in [
        Choice {
            seal: vec![0; limits::SEAL_BYTES + 1],
            ..choice()
        },
        Choice {
            certificates: vec![vec![0; limits::CERTIFICATE_BYTES + 1]],
            ..choice()
        },
        Choice {
            certificates: vec![vec![0]; *limits::CERTIFICATES.end() + 1],
            ..choice()
        },
    ] {
        assert!(Message::decode(&Message::Choice(larger).encode()).is_err());
    }
}
