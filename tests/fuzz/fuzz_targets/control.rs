//! Text frames, as the relay reads them from ends and ends from the relay.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_protocol::control::{Down, Up};

fuzz_target!(|text: &str| {
    if let Ok(up) = Up::parse(text) {
        assert_eq!(
            Up::parse(&up.to_text()),
            Ok(up),
            "what is written is read as the same"
        );
    }
    if let Ok(down) = Down::parse(text) {
        assert_eq!(Down::parse(&down.to_text()), Ok(down));
    }
});
