//! Whole PDFs, as a verifier gets them from strangers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| scanseal_fuzz::pdf::look_everywhere(bytes));
