//! Messages inside the channel, from an end that may be anybody.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_protocol::{limits::MAX_DOCUMENTS, message::Message};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(message)) = Message::decode(bytes) {
        let written = message.encode();
        assert!(
            written.len() <= bytes.len() + CODES,
            "the written form is the shortest"
        );
        assert_eq!(
            Message::decode(&written),
            Ok(Some(message)),
            "what is written is read as the same"
        );
    }
});

/// A code that is unknown here is read, and written, as `internal`: that of the outcome, or of each document.
const CODES: usize = "internal".len() * (1 + MAX_DOCUMENTS);
