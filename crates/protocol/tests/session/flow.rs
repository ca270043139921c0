//! What goes well.

use scanseal_protocol::error::Code;
use scanseal_protocol::message::Step;
use scanseal_protocol::page::{End, PageEvent, PageInput};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput};
use scanseal_protocol::request::Request;

use crate::parts::{PAGE, PHONE, Script};
use crate::relay::Frame;
use crate::signed;
use crate::world::World;

#[test]
fn a_scan_goes_from_the_first_code_to_done_on_both_ends() {
    let mut world = World::new(Script::Approve);
    world.settle();
    assert_eq!(world.page_end(), Some(End::Done));
    assert_eq!(world.phone_end(PHONE), Some(End::Done));

    let page = world.page_events();
    let [
        PageEvent::Waiting {
            expires_in_ms: 180_000,
        },
        PageEvent::Code { frame: 0, text },
        PageEvent::Scanned {
            app,
            device,
            check_number,
            expires_in_ms: 120_000,
        },
        PageEvent::Progress(Step::Reviewing),
        PageEvent::Progress(Step::Signing),
        PageEvent::Asserted {
            jws,
            channel_binding,
            signatures,
        },
        PageEvent::Ended(End::Done),
    ] = page.as_slice()
    else {
        panic!("{page:#?}")
    };
    assert!(text.starts_with("HTTPS://PORTAL.EXAMPLE/S#"));
    assert_eq!((app.as_str(), device.as_str()), ("ScanSeal", "Test phone"));
    assert_eq!(*jws, signed::assertion(*channel_binding));

    let phone = world.phone_events(PHONE);
    let [
        PhoneEvent::Requested {
            jws,
            check_number: same,
            channel_binding: binding,
            expires_in_ms: 120_000,
        },
        PhoneEvent::Outcome {
            code: None,
            detail: Some(detail),
            documents,
        },
        PhoneEvent::Ended(End::Done),
    ] = phone.as_slice()
    else {
        panic!("{phone:#?}")
    };
    assert!(Request::parse(jws).is_ok());
    assert_eq!(detail, "好");
    assert!(signatures.is_empty() && documents.is_empty());
    assert_eq!((same, binding), (check_number, channel_binding));
    assert!(check_number.len() == 4 && check_number.bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn the_request_is_readable_after_one_round_trip() {
    let mut world = World::new(Script::Manual);
    world.settle();
    let phone = world.scan_shown();
    // Nothing that the phone says after its first words (socket, `join`, frame 0) arrives.
    world.mute = Some((phone, 3));
    world.settle();
    assert!(
        matches!(
            world.phone_events(phone).as_slice(),
            [.., PhoneEvent::Requested { .. }]
        ),
        "{:?}",
        world.phone_events(phone)
    );
}

#[test]
fn codes_change_every_three_seconds_while_the_page_waits_and_not_after_the_scan() {
    let mut world = World::new(Script::Manual);
    let start = world.now;
    world.advance(9_000);
    let shown: Vec<_> = world
        .timed_page_events()
        .into_iter()
        .filter_map(|(time, event)| match event {
            PageEvent::Code { frame, text } => Some((time.since(start), frame, text)),
            _ => None,
        })
        .collect();
    assert_eq!(
        shown
            .iter()
            .map(|(time, frame, _)| (*time, *frame))
            .collect::<Vec<_>>(),
        [(0, 0), (3_000, 1), (6_000, 2), (9_000, 3)]
    );
    assert_ne!(shown[0].2, shown[1].2);
    world.scan_shown();
    world.settle();
    let events = world.page_events().len();
    world.advance(30_000);
    assert_eq!(world.page_events().len(), events);
}

#[test]
fn a_refusal_reaches_the_page_with_its_reason() {
    let mut world = World::new(Script::Refuse);
    world.settle();
    assert_eq!(world.page_end(), Some(End::Failed(Code::ReportedFraud)));
    assert_eq!(
        world.phone_end(PHONE),
        Some(End::Failed(Code::ReportedFraud))
    );
}

#[test]
fn a_platforms_no_reaches_the_phone_with_its_reason() {
    let mut world = World::scanned();
    world.assert();
    let detail = Some("x".repeat(300));
    world.page(PageInput::Outcome {
        code: Some(Code::CertificateNotBound),
        detail,
        documents: Vec::new(),
    });
    assert_eq!(
        world.page_end(),
        Some(End::Failed(Code::CertificateNotBound))
    );
    assert_eq!(
        world.phone_end(PHONE),
        Some(End::Failed(Code::CertificateNotBound))
    );
    let events = world.phone_events(PHONE);
    let cut = Some("x".repeat(200));
    assert!(
        events.contains(&PhoneEvent::Outcome {
            code: Some(Code::CertificateNotBound),
            detail: cut,
            documents: Vec::new()
        }),
        "{events:?}"
    );
}

#[test]
fn an_assertion_for_another_channel_never_reaches_the_host_and_the_phone_learns_why() {
    let mut world = World::scanned();
    world.phone(PhoneInput::assert(signed::assertion([0; 32])));
    assert!(
        !world
            .page_events()
            .iter()
            .any(|event| matches!(event, PageEvent::Asserted { .. }))
    );
    assert_eq!(world.page_end(), Some(End::Failed(Code::AssertionInvalid)));
    assert_eq!(
        world.phone_end(PHONE),
        Some(End::Failed(Code::AssertionInvalid))
    );
}

#[test]
fn inputs_of_the_hosts_out_of_order_are_ignored() {
    let mut world = World::new(Script::Manual);
    world.settle();
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    world.page(PageInput::NotMe);
    world.page(PageInput::Start);
    world.scan_shown();
    world.phone(PhoneInput::Start);
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    world.assert();
    world.phone(PhoneInput::assert("again".to_owned()));
    world.phone(PhoneInput::Refuse(Code::Refused));
    world.phone(PhoneInput::Progress(Step::Reviewing));
    world.page(PageInput::NotMe);
    assert!(matches!(
        world.page_events().last(),
        Some(PageEvent::Asserted { .. })
    ));
    world.page(PageInput::Outcome {
        code: None,
        detail: None,
        documents: Vec::new(),
    });
    assert_eq!(
        (world.page_end(), world.phone_end(PHONE)),
        (Some(End::Done), Some(End::Done))
    );
    for input in [
        PageInput::Start,
        PageInput::Cancel,
        PageInput::Woken,
        PageInput::SocketOpened,
        PageInput::SocketClosed,
    ] {
        world.page(input);
    }
    world.phone(PhoneInput::Cancel);
    world.inject(PAGE, &Frame::Text("{}".to_owned()));
    assert_eq!(
        (world.page_end(), world.phone_end(PHONE)),
        (Some(End::Done), Some(End::Done)),
        "nothing follows the end"
    );
}

#[test]
fn before_the_request_a_phone_can_neither_answer_nor_report() {
    let mut world = World::new(Script::Manual);
    world.settle();
    world.relay_is_down = true;
    world.scan_shown();
    world.settle();
    world.phone(PhoneInput::assert("early".to_owned()));
    world.phone(PhoneInput::Refuse(Code::Refused));
    world.phone(PhoneInput::Progress(Step::Signing));
    assert_eq!(world.phone_events(PHONE), []);
    world.relay_is_down = false;
    world.advance(1_000);
    assert!(matches!(
        world.phone_events(PHONE).as_slice(),
        [PhoneEvent::Requested { .. }]
    ));
}
