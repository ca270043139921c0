//! Objects of a PDF whose cross-reference is sound: a fuzzer hardly ever gets all offsets right, and would not see past them.
//!
//! Lines of `~` divide the objects, numbered from 1; the first is the catalog. `~~` ends a revision. `~@` makes the object an object stream.
//! `~#` and a byte give the object the number that is so far behind `0`, so that a revision can write an object again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_pades::{file::XrefEntry, testing::Builder};

/// How many objects a file may have.
const OBJECTS: u32 = 40;

fuzz_target!(|bytes: &[u8]| {
    let mut builder = Builder::new();
    let mut number = 1;
    for part in bytes.split(|byte| *byte == b'~') {
        match part.split_first() {
            None => {
                builder.table("/Root 1 0 R");
            }
            Some((b'#', [place, body @ ..])) => {
                number = u32::from(place.wrapping_sub(b'0')) % OBJECTS + 1;
                builder.object(number, body);
            }
            Some((b'@', body)) => {
                // Whatever its heading says, the next numbers are in it.
                builder.object(number, body);
                for index in 0..3 {
                    let entry = XrefEntry::Compressed {
                        stream: number,
                        index,
                    };
                    builder.entry(OBJECTS + 1 + index, entry);
                }
            }
            Some(_) => {
                builder.object(number, part);
            }
        }
        number = number % OBJECTS + 1;
    }
    builder.xref_stream(OBJECTS + 5, "/Root 1 0 R");
    scanseal_fuzz::pdf::look_everywhere(&builder.bytes());
});
