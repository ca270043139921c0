//! Pictures of seals as they are put into a PDF: PNG and JPEG, the checksums of PNG made to fit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_pades::seal::Picture;

/// Larger pictures take seconds each and show nothing that smaller ones do not.
const MAX_SIDE: u32 = 512;

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.to_vec();
    mend(&mut bytes);
    let side = |at| {
        let side = bytes.get(at..at + 4).and_then(|side| side.try_into().ok());
        side.map_or(0, u32::from_be_bytes)
    };
    if bytes.starts_with(b"\x89PNG") && side(16).max(side(20)) > MAX_SIDE {
        return;
    }
    if let Ok(picture) = Picture::read(&bytes, None) {
        let (width, height) = picture.size();
        assert!(width > 0.0 && height > 0.0);
    }
});

/// Writes the right checksum into every chunk.
fn mend(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes
        .get(at..at + 4)
        .and_then(|length| length.try_into().ok())
    {
        let Some(end) = usize::try_from(u32::from_be_bytes(length))
            .ok()
            .and_then(|length| length.checked_add(at + 8))
        else {
            return;
        };
        let Some(sum) = bytes.get(at + 4..end).map(checksum) else {
            return;
        };
        if let Some(place) = bytes.get_mut(end..end + 4) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        at = end + 4;
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let bit = |sum: u32, _| {
        if sum & 1 == 1 {
            sum >> 1 ^ 0xedb8_8320
        } else {
            sum >> 1
        }
    };
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), bit)
    })
}
