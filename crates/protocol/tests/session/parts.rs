//! What a world is made of: its ends' configuration, and what can happen in it.

use scanseal_protocol::Text;
use scanseal_protocol::message::Hello;
use scanseal_protocol::page::{PageConfig, PageEvent, PageInput, PageSecrets};
use scanseal_protocol::phone::{PhoneEvent, PhoneInput, PhoneSecrets, PhoneSession};
use scanseal_protocol::qr::{Link, ScannedCode};
use scanseal_protocol::time::Millis;

/// The page is the first end; phones follow.
pub(crate) const PAGE: usize = 0;
pub(crate) const PHONE: usize = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Page(PageEvent),
    Phone(PhoneEvent),
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    Page(PageInput<'static>),
    Phone(PhoneInput<'static>),
}

/// Cuts the socket of an end at its `at`-th effect: before it is carried out, or right after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) end: usize,
    pub(crate) at: usize,
    pub(crate) lost: bool,
}

/// What a relay that does not do its work does to a binary frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chaos {
    Pass,
    Drop,
    Twice,
    /// After all that is on its way already.
    Late,
    /// Changes a byte (position modulo the length).
    Flip(usize, u8),
}

/// What the hosts do by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Nothing.
    Manual,
    /// A phone scans the first code, shows progress and signs; the platform accepts.
    Approve,
    /// A phone scans the first code and refuses.
    Refuse,
    /// A phone scans the first code, chooses its seal, looks at pieces of both documents and seals the first; the second
    /// cannot be prepared.
    Seal,
}

pub(crate) fn page_config() -> PageConfig {
    PageConfig {
        link: link(),
        scanned_seconds: 120,
        frame_interval_ms: 3_000,
    }
}

pub(crate) fn page_secrets() -> PageSecrets {
    PageSecrets {
        page_key: [1; 32],
        static_key: [2; 32],
        frame_key: [3; 32],
        handshake_seed: [4; 32],
        jitter_seed: [5; 32],
    }
}

pub(crate) fn link() -> Link {
    Link::parse("https://portal.example/S").unwrap()
}

pub(crate) fn phone_session(code: &str, seed: u8, now: Millis) -> PhoneSession {
    let code = ScannedCode::parse(code, &[link()]).unwrap();
    let hello = Hello {
        app: Text::new("ScanSeal").unwrap(),
        device: Text::new("Test phone").unwrap(),
        locale: Text::new("zh-Hans").unwrap(),
    };
    let secrets = PhoneSecrets {
        phone_key: [seed; 32],
        ephemeral_seed: [seed.wrapping_add(1); 32],
        jitter_seed: [seed.wrapping_add(2); 32],
    };
    PhoneSession::new(&code, hello, secrets, now).unwrap()
}
