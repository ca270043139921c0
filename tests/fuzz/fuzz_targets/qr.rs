//! Texts that a camera has read, or that somebody pasted.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scanseal_protocol::qr::{Link, QrPayload, ScannedCode};

static KNOWN: LazyLock<[Link; 2]> = LazyLock::new(|| {
    ["https://portal.example/S", "http://localhost:8080/"]
        .map(|link| Link::parse(link).expect("a link as operators have them"))
});

fuzz_target!(|text: &str| {
    if let Ok(link) = Link::parse(text) {
        let written = link.to_string();
        assert_eq!(
            Link::parse(&written),
            Ok(link),
            "what is written is read as the same"
        );
    }
    if let Ok(payload) = QrPayload::parse_fragment(text) {
        assert_eq!(payload.to_fragment(), text, "a payload has one form");
    }
    if let Ok(code) = ScannedCode::parse(text, &*KNOWN) {
        let written = code.link.to_code_text(&code.payload);
        assert_eq!(ScannedCode::parse(&written, &*KNOWN), Ok(code));
    }
});
