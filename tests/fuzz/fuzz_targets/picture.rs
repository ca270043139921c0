//! Photographs of seals, as people upload them. The first byte chooses the options.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_seal_picture::{CutOut, Ink, InkColour, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, cut_out};

/// A seal of the least size fits. Larger pictures take long, with every comparison of pixels traced, and show nothing else.
const MAX_SIDE: u32 = 200;

fuzz_target!(|bytes: &[u8]| {
    let Some((&selector, photo)) = bytes.split_first() else {
        return;
    };
    if side(photo).is_some_and(|side| side > MAX_SIDE) {
        return;
    }
    let options = CutOut {
        ink: [Ink::Detect, Ink::Red, Ink::Blue, Ink::Detect][usize::from(selector % 4)],
        colour: if selector & 4 == 0 {
            InkColour::Usual
        } else {
            InkColour::Kept
        },
        size: 42.0,
    };
    if let Ok(picture) = cut_out(photo, &options) {
        assert!(picture.png().len() <= MAX_PICTURE_BYTES);
        assert!(picture.width().max(picture.height()) <= MAX_PICTURE_SIDE);
    }
});

/// The longer side of a PNG, or of a JPEG by the first thing that looks like its frame header.
fn side(photo: &[u8]) -> Option<u32> {
    if photo.starts_with(b"\x89PNG") {
        let number = |at: usize| Some(u32::from_be_bytes(photo.get(at..at + 4)?.try_into().ok()?));
        return Some(number(16)?.max(number(20)?));
    }
    let frame = photo
        .windows(9)
        .find(|bytes| bytes[0] == 0xFF && (0xC0..=0xC2).contains(&bytes[1]))?;
    let number = |at: usize| u32::from(u16::from_be_bytes([frame[at], frame[at + 1]]));
    Some(number(5).max(number(7)))
}
