//! Seals cut out of photographs.

use scanseal_seal_picture::{
    Colour, CompanySeal, CutOut, Ink, InkColour, MAX_PHOTO_BYTES, MAX_PHOTO_SIDE,
    MAX_PICTURE_BYTES, MIN_SEAL_SIDE, SealPictureError, cut_out,
};

use crate::{
    font,
    golden::{self, Pixels},
    photo,
};

macro_rules! golden {
    ($($name:ident => $photo:literal, $options:expr;)*) => {$(
        #[test]
        fn $name() {
            let picture = cut_out(&photo($photo), &$options).expect("there is a seal");
            golden::check(stringify!($name), &picture);
        }
    )*};
}

const KEPT: CutOut = CutOut {
    ink: Ink::Detect,
    colour: InkColour::Kept,
    size: 42.0,
};

golden! {
    cut_from_white_paper_over_text => "white", CutOut::default();
    cut_from_yellow_paper_turned_a_little => "yellow", CutOut::default();
    cut_from_green_paper => "green", CutOut::default();
    cut_blue_oval => "blue", CutOut { size: 45.0, ..CutOut::default() };
    cut_beside_red_letterhead => "letterhead", CutOut::default();
    cut_from_a_sheet_on_a_wooden_desk => "desk", CutOut::default();
    cut_faint_ink => "faint", CutOut::default();
    cut_upright_by_exif => "turned", CutOut::default();
    cut_carved_square => "square", CutOut { size: 20.0, ..CutOut::default() };
    cut_colour_kept_red => "yellow", KEPT;
    cut_colour_kept_blue => "blue", KEPT;
}

#[test]
fn the_size_on_paper_is_the_one_given() {
    for (name, size) in [("white", 42.0), ("blue", 45.0), ("desk", 38.0)] {
        let picture = cut_out(
            &photo(name),
            &CutOut {
                size,
                ..CutOut::default()
            },
        )
        .expect("cut");
        let pixels = Pixels::of(picture.png());
        let dimensions = pixels.dimensions.expect("pHYs");
        assert_eq!(dimensions.xppu, picture.pixels_per_metre());
        let inked = |x: usize| (0..pixels.height).any(|y| pixels.at(x, y)[3] > 127);
        let first = (0..pixels.width).find(|&x| inked(x)).expect("ink");
        let last = (0..pixels.width).rfind(|&x| inked(x)).expect("ink");
        let width = (last + 1 - first) as f32 * 1_000.0 / dimensions.xppu as f32;
        assert!((width - size).abs() < size * 0.02, "{name}: {width} mm");
        assert!(
            first >= 2 && last + 3 <= pixels.width,
            "a margin on both sides"
        );
    }
}

#[test]
fn nothing_but_the_seal_remains() {
    // Between arc and star the contract's text ran through.
    let picture = cut_out(&photo("turned"), &CutOut::default()).expect("cut");
    let pixels = Pixels::of(picture.png());
    let middle = pixels.width / 2;
    let below_star = pixels.height * 7 / 10..pixels.height * 9 / 10;
    for y in below_star {
        for x in middle - pixels.width / 8..middle + pixels.width / 8 {
            assert_eq!(pixels.at(x, y)[3], 0, "at {x}, {y}");
        }
    }
}

#[test]
fn the_colour_is_the_one_asked_for() {
    let colour = Colour::new(10, 20, 30);
    let options = CutOut {
        colour: InkColour::Unified(colour),
        ..CutOut::default()
    };
    let pixels = Pixels::of(cut_out(&photo("white"), &options).expect("cut").png());
    assert!(pixels.data.iter().all(|pixel| pixel[..3] == [10, 20, 30]));
    // Detected: red gets red, blue blue.
    for (name, expected) in [("white", Colour::RED), ("blue", Colour::BLUE)] {
        let pixels = Pixels::of(
            cut_out(&photo(name), &CutOut::default())
                .expect("cut")
                .png(),
        );
        assert_eq!(
            pixels.at(0, 0),
            [expected.red, expected.green, expected.blue, 0]
        );
    }
}

#[test]
fn a_drawn_seal_comes_back_as_it_was() {
    let drawn = CompanySeal::new("乌鲁木齐天山博康医疗器械有限公司")
        .draw(&font())
        .expect("drawn");
    let cut = cut_out(drawn.png(), &CutOut::default()).expect("cut");
    // The margin around what is cut makes it one part in forty smaller.
    let inner = {
        let pixels = Pixels::of(cut.png());
        let margin = (pixels.width - 992) / 2;
        let data = (margin..margin + 992)
            .flat_map(|y| (margin..margin + 992).map(move |x| (x, y)))
            .map(|(x, y)| pixels.at(x, y))
            .collect();
        Pixels {
            width: 992,
            height: 992,
            data,
            dimensions: None,
        }
    };
    let (_, _, one) = inner.reduced();
    let (_, _, other) = Pixels::of(drawn.png()).reduced();
    let (mean, _) = golden::difference(&one, &other);
    assert!(mean < 4.0, "{mean}");
}

#[test]
fn ink_that_is_not_there_is_not_found() {
    let blue = CutOut {
        ink: Ink::Blue,
        ..CutOut::default()
    };
    let red = CutOut {
        ink: Ink::Red,
        ..CutOut::default()
    };
    assert_eq!(
        cut_out(&photo("white"), &blue),
        Err(SealPictureError::NoSeal)
    );
    assert_eq!(cut_out(&photo("blue"), &red), Err(SealPictureError::NoSeal));
    assert_eq!(
        cut_out(&plain(400, 400, [250, 248, 240]), &CutOut::default()),
        Err(SealPictureError::NoSeal)
    );
    assert_eq!(
        cut_out(&plain(400, 400, [200, 20, 40]), &CutOut::default()),
        Err(SealPictureError::NoSeal),
        "red paper is not ink"
    );
}

#[test]
fn a_dark_photo_is_refused() {
    let result = cut_out(&plain(400, 400, [30, 28, 25]), &CutOut::default());
    assert_eq!(result, Err(SealPictureError::PhotoTooDark));
}

#[test]
fn a_seal_needs_pixels() {
    let seal = |side: usize| {
        // A red square, clear in the middle, on white.
        picture(side + 200, side + 200, |x, y| {
            let inside = |at: usize| (100..100 + side).contains(&at);
            let middle = |at: usize| (110..90 + side).contains(&at);
            if inside(x) && inside(y) && !(middle(x) && middle(y)) {
                [200, 16, 46]
            } else {
                [255; 3]
            }
        })
    };
    let least = MIN_SEAL_SIDE as usize;
    assert!(cut_out(&seal(least), &CutOut::default()).is_ok());
    assert_eq!(
        cut_out(&seal(least - 1), &CutOut::default()),
        Err(SealPictureError::PhotoTooSmall {
            pixels: MIN_SEAL_SIDE - 1,
            least: MIN_SEAL_SIDE
        })
    );
    let narrow = |width: usize| cut_out(&plain(width, 400, [255; 3]), &CutOut::default());
    assert_eq!(narrow(64), Err(SealPictureError::NoSeal));
    assert_eq!(
        narrow(63),
        Err(SealPictureError::PhotoTooSmall {
            pixels: 63,
            least: 64
        })
    );
}

#[test]
fn a_photo_is_limited_in_pixels() {
    let side = MAX_PHOTO_SIDE as usize;
    let wide = |width: usize| cut_out(&plain(width, 64, [255; 3]), &CutOut::default());
    let high = |height: usize| cut_out(&plain(64, height, [255; 3]), &CutOut::default());
    let refused = Err(SealPictureError::PhotoTooLarge {
        what: "pixels a side",
        limit: side,
    });
    assert_eq!(wide(side), Err(SealPictureError::NoSeal));
    assert_eq!(wide(side + 1), refused);
    assert_eq!(high(side), Err(SealPictureError::NoSeal));
    assert_eq!(high(side + 1), refused);

    // The same in a JPEG's frame header, refused before a pixel is decoded.
    let mut jpeg = photo("white");
    let frame = jpeg
        .windows(2)
        .position(|marker| marker == [0xFF, 0xC0])
        .expect("a baseline frame");
    jpeg[frame + 7..frame + 9].copy_from_slice(&8_193_u16.to_be_bytes());
    assert_eq!(cut_out(&jpeg, &CutOut::default()), refused);
}

#[test]
fn a_photo_is_limited_in_bytes() {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(MAX_PHOTO_BYTES, 0);
    assert_eq!(
        cut_out(&bytes, &CutOut::default()),
        Err(SealPictureError::PhotoBroken)
    );
    bytes.push(0);
    assert_eq!(
        cut_out(&bytes, &CutOut::default()),
        Err(SealPictureError::PhotoTooLarge {
            what: "bytes",
            limit: MAX_PHOTO_BYTES
        })
    );
}

#[test]
fn the_size_is_limited_at_both_ends() {
    let photo = photo("square");
    let cut = |size: f32| {
        cut_out(
            &photo,
            &CutOut {
                size,
                ..CutOut::default()
            },
        )
        .is_ok()
    };
    assert_eq!(
        [7.9, 8.0, 100.0, 100.1, f32::NAN].map(cut),
        [false, true, true, false, false]
    );
}

#[test]
fn noise_never_makes_a_picture_that_is_too_large() {
    // A full square of very uneven ink, too much for 1 MiB at the photograph's resolution.
    let mut state = 1_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(state >> 26).expect("six bits")
    };
    let photo = picture(2_000, 2_000, |x, y| {
        let inside = |at: usize| (45..1_955).contains(&at);
        if inside(x) && inside(y) {
            [190 + noise(), 20 + noise() * 2, 20 + noise() * 2]
        } else {
            [255; 3]
        }
    });
    let options = CutOut {
        size: 100.0,
        ..KEPT
    };
    let picture = cut_out(&photo, &options).expect("cut");
    assert!(picture.png().len() <= MAX_PICTURE_BYTES);
    assert!(
        picture.pixels_per_metre() < 19_000,
        "coarser than the photograph's 1,910 pixels on 100 mm"
    );
    assert!(
        (picture.size().0 - 102.4).abs() < 1.0,
        "{:?}",
        picture.size()
    );
}

#[test]
fn every_kind_of_png_is_read() {
    use png::{
        BitDepth::{Eight, Sixteen},
        ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba},
    };
    // A red ring on white.
    let is_ink = |index: u32| {
        let (x, y) = (
            f64::from(index % 300) - 149.5,
            f64::from(index / 300) - 149.5,
        );
        (100.0..120.0).contains(&x.hypot(y))
    };
    let encoded = |color, depth, pixel: &dyn Fn(bool) -> Vec<u8>| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 300, 300);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == Indexed {
            encoder.set_palette(vec![255, 255, 255, 200, 16, 46]);
        }
        let data: Vec<u8> = (0..90_000).flat_map(|index| pixel(is_ink(index))).collect();
        let mut writer = encoder.write_header().expect("written");
        writer.write_image_data(&data).expect("written");
        writer.finish().expect("written");
        cut_out(&bytes, &CutOut::default())
    };
    let rgb = |ink: bool| if ink { [200, 16, 46] } else { [255; 3] };
    let plain = encoded(Rgb, Eight, &|ink| rgb(ink).to_vec()).expect("cut");
    let doubled = |ink: bool| rgb(ink).into_iter().flat_map(|part| [part; 2]).collect();
    assert_eq!(encoded(Rgb, Sixteen, &doubled).as_ref(), Ok(&plain));
    let clear = |ink: bool| {
        if ink {
            vec![200, 16, 46, 255]
        } else {
            vec![9, 99, 9, 0]
        }
    };
    assert_eq!(encoded(Rgba, Eight, &clear).as_ref(), Ok(&plain));
    assert_eq!(
        encoded(Indexed, Eight, &|ink| vec![u8::from(ink)]).as_ref(),
        Ok(&plain)
    );
    let grey = |ink: bool| vec![if ink { 90 } else { 255 }];
    assert_eq!(
        encoded(Grayscale, Eight, &grey),
        Err(SealPictureError::NoSeal)
    );
    let grey_clear = |ink: bool| if ink { vec![90, 255] } else { vec![9, 0] };
    assert_eq!(
        encoded(GrayscaleAlpha, Eight, &grey_clear),
        Err(SealPictureError::NoSeal)
    );
}

#[test]
fn what_phones_add_to_a_jpeg_is_skipped() {
    let photo = photo("square");
    let plain = cut_out(&photo, &CutOut::default());
    assert!(plain.is_ok());
    // A comment and an application segment after the start, a thumbnail after the end.
    let (start, rest) = photo.split_at(2);
    let segments = b"\xFF\xFE\x00\x07hello\xFF\xED\x00\x06\x00\xFF\x00\xFF";
    let added = [
        start,
        segments,
        rest,
        b"\xFF\xD8 some thumbnail \xFF\xD9\0\0",
    ]
    .concat();
    assert_eq!(cut_out(&added, &CutOut::default()), plain);
}

#[test]
fn progressive_and_grey_jpegs_are_read() {
    assert!(cut_out(&photo("progressive"), &CutOut::default()).is_ok());
    assert_eq!(
        cut_out(&photo("grey"), &CutOut::default()),
        Err(SealPictureError::NoSeal)
    );
}

fn plain(width: usize, height: usize, colour: [u8; 3]) -> Vec<u8> {
    picture(width, height, |_, _| colour)
}

/// A PNG of computed pixels.
pub(crate) fn picture(
    width: usize,
    height: usize,
    mut colour: impl FnMut(usize, usize) -> [u8; 3],
) -> Vec<u8> {
    let mut data = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            data.extend(colour(x, y));
        }
    }
    let mut bytes = Vec::new();
    let side = |length: usize| u32::try_from(length).expect("small");
    let mut encoder = png::Encoder::new(&mut bytes, side(width), side(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("written");
    writer.write_image_data(&data).expect("written");
    writer.finish().expect("written");
    bytes
}
