//! The rules of `docs/protocol.md` section 4 through real sockets.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::time::Duration;

use common::{Server, config, join, open, short_lives};
use scanseal_protocol::{
    control::{CloseCode, Down, Ending, LockedPhone, Opened, Peer, Presence, ReleaseCode, Up},
    error::Code,
    ids::{PageKey, PhoneId, PhoneKey},
};
use scanseal_relay::RelayConfig;

fn phone_id(phone: u8) -> PhoneId {
    PhoneKey::from_bytes([phone; 32]).phone_id()
}

#[tokio::test]
async fn page_opens_phone_joins_and_frames_go_both_ways_unread() {
    let server = Server::start(config()).await;
    let mut page = server.page().await;
    page.say(&open(1)).await;
    let Down::Opened(Opened {
        expires,
        phone: None,
    }) = page.hear().await
    else {
        panic!()
    };
    assert!((179_000..=180_000).contains(&expires), "{expires}");

    let mut phone = server.phone().await;
    phone
        .say(&Up::Join {
            sid: common::session(1),
            key: PhoneKey::from_bytes([2; 32]),
            next: 3,
        })
        .await;
    phone.send_frame(vec![0, 0, 0, 0, 9]).await;
    let Down::Joined {
        expires,
        peer: Presence::Here,
        next: 0,
    } = phone.hear().await
    else {
        panic!()
    };
    assert!((119_000..=120_000).contains(&expires), "{expires}");
    let Down::Peer(Peer::Joined {
        phone: id,
        next: 3,
        expires,
    }) = page.hear().await
    else {
        panic!()
    };
    assert_eq!(id, phone_id(2));
    assert!((119_000..=120_000).contains(&expires), "{expires}");
    assert_eq!(page.frame().await, [0, 0, 0, 0, 9]);
    page.send_frame(vec![7; 64 * 1024]).await;
    assert_eq!(phone.frame().await, vec![7; 64 * 1024]);

    page.say(&Up::Ack { next: 1 }).await;
    assert_eq!(phone.hear().await, Down::Ack { next: 1 });
    phone.say(&Up::Ack { next: 4 }).await;
    assert_eq!(page.hear().await, Down::Ack { next: 4 });
    assert_eq!(server.metrics.frames.get(), 2);
    assert_eq!(server.metrics.frame_bytes.get(), 5 + 64 * 1024);
}

#[tokio::test]
async fn lives_after_the_join_are_clamped() {
    let server = Server::start(config()).await;
    for (key, scanned, least) in [
        (1, 0, 9_000),
        (2, 10, 9_000),
        (3, 300, 299_000),
        (4, u32::MAX, 299_000),
    ] {
        let mut page = server.page().await;
        page.say(&Up::Open {
            key: PageKey::from_bytes([key; 32]),
            next: 0,
            scanned,
            phone: None,
        })
        .await;
        page.hear().await;
        let mut phone = server.phone().await;
        phone.say(&join(key, 9)).await;
        let Down::Joined { expires, .. } = phone.hear().await else {
            panic!()
        };
        assert!(
            (least..=least + 1000).contains(&expires),
            "{scanned}: {expires}"
        );
    }
}

#[tokio::test]
async fn join_to_an_unknown_and_to_an_ended_session_get_the_same_answer() {
    let server = Server::start(config()).await;
    let mut unknown = server.phone().await;
    unknown.say(&join(1, 2)).await;
    assert_eq!(unknown.end().await, ("session-gone".to_owned(), 1008));

    let mut page = server.open(1).await;
    page.say(&Up::Close {
        code: CloseCode::Cancelled,
    })
    .await;
    assert_eq!(page.end().await, ("cancelled".to_owned(), 1000));
    let mut late = server.phone().await;
    late.say(&join(1, 2)).await;
    assert_eq!(late.end().await, ("session-gone".to_owned(), 1008));
    assert_eq!(server.relay.sessions(), 0);
}

#[tokio::test]
async fn second_phone_is_refused_and_nobody_else_learns_of_it() {
    let server = Server::start(config()).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    let mut second = server.phone().await;
    second.say(&join(1, 3)).await;
    assert_eq!(second.end().await, ("already-scanned".to_owned(), 1008));
    page.heard_nothing().await;
    phone.heard_nothing().await;
}

#[tokio::test]
async fn same_end_on_another_socket_supersedes_the_first() {
    let server = Server::start(config()).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    phone.say(&Up::Ack { next: 5 }).await;
    assert_eq!(page.hear().await, Down::Ack { next: 5 });

    let mut page_again = server.page().await;
    page_again
        .say(&Up::Open {
            key: PageKey::from_bytes([1; 32]),
            next: 7,
            scanned: 120,
            phone: Some(phone_id(2)),
        })
        .await;
    let Down::Opened(opened) = page_again.hear().await else {
        panic!()
    };
    assert_eq!(
        opened.phone,
        Some(LockedPhone {
            id: phone_id(2),
            presence: Presence::Here,
            next: 5
        })
    );
    assert_eq!(page.end().await, ("superseded".to_owned(), 1000));
    assert_eq!(phone.hear().await, Down::Peer(Peer::Back { next: 7 }));

    let mut phone_again = server.phone().await;
    phone_again
        .say(&Up::Join {
            sid: common::session(1),
            key: PhoneKey::from_bytes([2; 32]),
            next: 6,
        })
        .await;
    assert!(matches!(
        phone_again.hear().await,
        Down::Joined {
            peer: Presence::Here,
            next: 7,
            ..
        }
    ));
    assert_eq!(phone.end().await, ("superseded".to_owned(), 1000));
    assert_eq!(page_again.hear().await, Down::Peer(Peer::Back { next: 6 }));
}

#[tokio::test]
async fn frames_for_an_end_that_is_away_are_dropped_and_its_return_is_told() {
    let server = Server::start(config()).await;
    let (mut page, phone) = server.pair(1, 2).await;
    drop(phone);
    assert_eq!(page.hear().await, Down::Peer(Peer::Away));
    page.send_frame(vec![1]).await;
    page.heard_nothing().await;
    assert_eq!(server.metrics.frames_dropped.get(), 1);

    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    assert!(matches!(
        phone.hear().await,
        Down::Joined {
            peer: Presence::Here,
            ..
        }
    ));
    assert_eq!(page.hear().await, Down::Peer(Peer::Back { next: 0 }));
    phone.heard_nothing().await;

    drop(page);
    assert_eq!(phone.hear().await, Down::Peer(Peer::Away));
}

#[tokio::test]
async fn phone_may_join_while_the_page_is_away() {
    let server = Server::start(config()).await;
    drop(server.open(1).await);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    assert!(matches!(
        phone.hear().await,
        Down::Joined {
            peer: Presence::Away,
            ..
        }
    ));
    let mut page = server.page().await;
    page.say(&open(1)).await;
    let Down::Opened(opened) = page.hear().await else {
        panic!()
    };
    assert_eq!(
        opened.phone,
        Some(LockedPhone {
            id: phone_id(2),
            presence: Presence::Here,
            next: 0
        })
    );
    assert_eq!(phone.hear().await, Down::Peer(Peer::Back { next: 0 }));
}

#[tokio::test]
async fn released_phone_is_told_why_stays_out_and_another_may_come() {
    for (code, text) in [
        (ReleaseCode::Released, "released"),
        (ReleaseCode::QrStale, "qr-stale"),
        (ReleaseCode::Malformed, "malformed"),
    ] {
        let server = Server::start(config()).await;
        let (mut page, mut phone) = server.pair(1, 2).await;
        page.say(&Up::Ack { next: 9 }).await;
        assert_eq!(phone.hear().await, Down::Ack { next: 9 });
        page.say(&Up::Release { code }).await;
        assert_eq!(phone.end().await, (text.to_owned(), 1000));

        let mut banned = server.phone().await;
        banned.say(&join(1, 2)).await;
        assert_eq!(banned.end().await, (text.to_owned(), 1000));
        page.heard_nothing().await;

        let mut other = server.phone().await;
        other.say(&join(1, 3)).await;
        // A new channel: the page lacks its first frame.
        assert!(matches!(other.hear().await, Down::Joined { next: 0, .. }));
        assert!(matches!(page.hear().await, Down::Peer(Peer::Joined { .. })));
    }
}

#[tokio::test]
async fn stale_release_without_a_phone_changes_nothing_and_a_phone_cannot_release() {
    let server = Server::start(config()).await;
    let mut page = server.open(1).await;
    page.say(&Up::Release {
        code: ReleaseCode::Released,
    })
    .await;
    page.heard_nothing().await;
    let mut phone = server.phone().await;
    phone.say(&join(1, 2)).await;
    assert!(matches!(phone.hear().await, Down::Joined { .. }));
    assert!(matches!(page.hear().await, Down::Peer(Peer::Joined { .. })));
    phone
        .say(&Up::Release {
            code: ReleaseCode::Released,
        })
        .await;
    assert_eq!(phone.end().await, ("malformed".to_owned(), 1008));
    assert_eq!(page.hear().await, Down::Peer(Peer::Away));
}

#[tokio::test]
async fn close_tells_the_other_end_and_ends_the_session() {
    for (code, text) in [
        (CloseCode::Done, "done"),
        (CloseCode::Cancelled, "cancelled"),
        (CloseCode::Refused, "refused"),
        (CloseCode::Malformed, "malformed"),
    ] {
        let server = Server::start(config()).await;
        let (mut page, mut phone) = server.pair(1, 2).await;
        page.say(&Up::Close { code }).await;
        assert_eq!(phone.end().await, (text.to_owned(), 1000));
        assert_eq!(page.end().await, (text.to_owned(), 1000));

        let (mut page, mut phone) = server.pair(3, 2).await;
        phone.say(&Up::Close { code }).await;
        if code == CloseCode::Done {
            // The page's to say.
            assert_eq!(phone.end().await, ("malformed".to_owned(), 1008));
            assert_eq!(page.hear().await, Down::Peer(Peer::Away));
            continue;
        }
        assert_eq!(
            page.hear().await,
            Down::Peer(Peer::Left {
                code: Ending::from(code)
            })
        );
        assert_eq!(page.end().await, (text.to_owned(), 1000));
        assert_eq!(phone.end().await, (text.to_owned(), 1000));
        assert_eq!(server.relay.sessions(), 0);
    }
}

fn with_lives(wait_ms: u64, scanned_ms: u64) -> RelayConfig {
    let mut config = config();
    config.timing.lives = short_lives(wait_ms, scanned_ms);
    config
}

#[tokio::test]
async fn nobody_joined_in_time_is_qr_expired_and_coming_back_does_not_start_the_time_again() {
    let server = Server::start(with_lives(600, 10_000)).await;
    let started = tokio::time::Instant::now();
    drop(server.open(1).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut page = server.page().await;
    page.say(&open(1)).await;
    let Down::Opened(opened) = page.hear().await else {
        panic!()
    };
    assert!(opened.expires <= 300, "{}", opened.expires);
    assert_eq!(page.end().await, ("qr-expired".to_owned(), 1000));
    assert!(
        (500..900).contains(&started.elapsed().as_millis()),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn joined_but_not_finished_in_time_is_scan_expired_for_both() {
    let server = Server::start(with_lives(200, 500)).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    assert_eq!(page.end().await, ("scan-expired".to_owned(), 1000));
    assert_eq!(phone.end().await, ("scan-expired".to_owned(), 1000));
    assert_eq!(server.relay.sessions(), 0);
}

#[tokio::test]
async fn after_a_release_the_session_waits_for_what_is_left() {
    let server = Server::start(with_lives(500, 10_000)).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    page.say(&Up::Release {
        code: ReleaseCode::Released,
    })
    .await;
    phone.end().await;
    assert_eq!(page.end().await, ("qr-expired".to_owned(), 1000));

    // Nothing is left: it ends at once.
    let (mut page, mut phone) = server.pair(2, 3).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    page.say(&Up::Release {
        code: ReleaseCode::Released,
    })
    .await;
    assert_eq!(phone.end().await, ("released".to_owned(), 1000));
    assert_eq!(page.end().await, ("qr-expired".to_owned(), 1000));
}

#[tokio::test]
async fn after_a_restart_the_page_brings_the_session_back_locked_to_its_phone() {
    let server = Server::start(config()).await;
    let (mut page, mut phone) = server.pair(1, 2).await;
    let address = server.address;
    drop(server); // cut without a word, as in a crash
    assert!(
        futures_util::StreamExt::next(&mut page.socket)
            .await
            .is_none_or(|message| message.is_err())
    );
    assert!(
        futures_util::StreamExt::next(&mut phone.socket)
            .await
            .is_none_or(|message| message.is_err())
    );
    let server = Server::start_at(address, config()).await;

    // The phone comes first, finds nothing, and may try again.
    let mut early = server.phone().await;
    early.say(&join(1, 2)).await;
    assert_eq!(early.end().await, ("session-gone".to_owned(), 1008));

    let mut page = server.page().await;
    page.say(&Up::Open {
        key: PageKey::from_bytes([1; 32]),
        next: 4,
        scanned: 120,
        phone: Some(phone_id(2)),
    })
    .await;
    let Down::Opened(opened) = page.hear().await else {
        panic!()
    };
    assert_eq!(
        opened.phone,
        Some(LockedPhone {
            id: phone_id(2),
            presence: Presence::Away,
            next: 0
        })
    );
    assert!((119_000..=120_000).contains(&opened.expires));

    let mut other = server.phone().await;
    other.say(&join(1, 3)).await;
    assert_eq!(other.end().await, ("already-scanned".to_owned(), 1008));
    let mut phone = server.phone().await;
    phone
        .say(&Up::Join {
            sid: common::session(1),
            key: PhoneKey::from_bytes([2; 32]),
            next: 8,
        })
        .await;
    assert!(matches!(
        phone.hear().await,
        Down::Joined {
            peer: Presence::Here,
            next: 4,
            ..
        }
    ));
    assert_eq!(page.hear().await, Down::Peer(Peer::Back { next: 8 }));
}

#[tokio::test]
async fn open_needs_a_listed_origin_and_join_needs_it_if_it_names_one() {
    let server = Server::start(config()).await;
    let refused = ("origin-refused".to_owned(), 1008);
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("https://page.example:444"),
    ] {
        let headers: Vec<_> = origin.iter().map(|origin| ("origin", *origin)).collect();
        let mut page = server.connect(&headers).await;
        page.say(&open(1)).await;
        assert_eq!(page.end().await, refused, "{origin:?}");
    }
    let _page = server.open(1).await;
    let mut phone_page = server.connect(&[("origin", "https://evil.example")]).await;
    phone_page.say(&join(1, 2)).await;
    assert_eq!(phone_page.end().await, refused);
    let mut phone_page = server.connect(&[("origin", common::ORIGIN)]).await;
    phone_page.say(&join(1, 2)).await;
    assert!(matches!(phone_page.hear().await, Down::Joined { .. }));
}

#[tokio::test]
async fn what_is_no_first_message_and_a_second_one_are_malformed() {
    let server = Server::start(config()).await;
    let malformed = ("malformed".to_owned(), 1008);
    for first in [
        r#"{"t":"ping"}"#,
        r#"{"t":"ack","next":0}"#,
        r#"{"t":"close","code":"done"}"#,
        "",
        "{",
        r#"{"t":"opened"}"#,
        r#"{"t":"open","key":"AA","next":0,"scanned":1}"#,
    ] {
        let mut page = server.page().await;
        page.say_text(first).await;
        assert_eq!(page.end().await, malformed, "{first}");
    }
    let mut page = server.page().await;
    page.send_frame(vec![0]).await;
    assert_eq!(page.end().await, malformed);
    for second in [open(1), join(1, 2)] {
        let mut page = server.open(1).await;
        page.say(&second).await;
        assert_eq!(page.end().await, malformed);
    }
    assert_eq!(
        server
            .metrics
            .errors
            .get_or_create(&scanseal_relay::metrics::Why {
                code: Code::Malformed.as_str()
            })
            .get(),
        10
    );
}
