//! Bytes from strangers: an error or a picture within its limits, never a panic.

use proptest::prelude::*;
use scanseal_seal_picture::{
    CutOut, Ink, InkColour, MAX_PICTURE_BYTES, MAX_PICTURE_SIDE, SealPictureError, cut_out,
};

use crate::{photo, photographed::picture};

fn try_all(photo: &[u8]) {
    for colour in [InkColour::Usual, InkColour::Kept] {
        for ink in [Ink::Detect, Ink::Red, Ink::Blue] {
            let options = CutOut {
                ink,
                colour,
                size: 42.0,
            };
            if let Ok(picture) = cut_out(photo, &options) {
                assert!(picture.png().len() <= MAX_PICTURE_BYTES);
                assert!(picture.width().max(picture.height()) <= MAX_PICTURE_SIDE);
            }
        }
    }
}

#[test]
fn a_photo_cut_short_is_no_photo() {
    let whole = photo("square");
    // Whatever is missing: the head, the tables, half of the picture.
    for part in [0, 1, 3, 20, 200, 600, whole.len() / 2] {
        let result = cut_out(&whole[..part], &CutOut::default());
        assert_eq!(result, Err(SealPictureError::PhotoBroken), "{part} bytes");
    }
    let png = picture(400, 400, |x, y| {
        [x, y, 90].map(|part| u8::try_from(part % 256).expect("a byte"))
    });
    for part in [0, 8, 33, 40, png.len() / 2] {
        let result = cut_out(&png[..part], &CutOut::default());
        assert_eq!(result, Err(SealPictureError::PhotoBroken), "{part} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), head in 0_u8..3) {
        let head: &[u8] = match head {
            0 => b"",
            1 => b"\x89PNG\r\n\x1a\n",
            _ => b"\xFF\xD8\xFF",
        };
        try_all(&[head, &bytes].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_damaged_photo_does_not_panic(damage in prop::collection::vec((0_usize..40_000, any::<u8>()), 1..12), head_only in any::<bool>()) {
        let mut bytes = photo("square");
        let reach = if head_only { 700 } else { bytes.len() };
        for (at, byte) in damage {
            let at = at % reach;
            bytes[at] = byte;
        }
        let _refused_or_cut = cut_out(&bytes, &CutOut::default());
    }

    #[test]
    fn any_pixels_do_not_panic(
        width in 64_usize..300,
        height in 64_usize..300,
        ground in any::<[u8; 3]>(),
        ink in any::<[u8; 3]>(),
        (left, top, right, bottom) in (0_usize..300, 0_usize..300, 0_usize..300, 0_usize..300),
        grain in 0_u8..=255,
        seed in any::<u32>(),
    ) {
        let mut state = seed;
        let photo = picture(width, height, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 24) as u8 & grain;
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            (if inside { ink } else { ground }).map(|part| part.wrapping_add(noise))
        });
        try_all(&photo);
    }
}
