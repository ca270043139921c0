//! Texts, measures and fonts that make no seal.

use std::sync::Arc;

use scanseal_seal_picture::{CompanySeal, Font, NameSeal, OvalSeal, SealPart, SealPictureError};

use crate::{font, font_bytes};

#[test]
fn a_character_that_the_font_lacks_is_named() {
    // Extension H of 2022, which a font of that January has not.
    let error = CompanySeal::new("天山\u{31350}公司")
        .draw(&font())
        .expect_err("no glyph");
    assert_eq!(
        error,
        SealPictureError::CharacterNotInFont {
            part: SealPart::Name,
            character: '\u{31350}',
            position: 3
        }
    );
    assert_eq!(error.code(), "seal-text-invalid");
    assert!(error.to_string().contains("U+31350"), "{error}");
}

#[test]
fn every_text_is_checked() {
    let font = font();
    let refused = |result: Result<_, SealPictureError>| {
        result
            .map(|_: scanseal_seal_picture::SealPicture| ())
            .expect_err("refused")
    };
    let good = "天山公司";
    let bad = Some("专\u{202E}用".to_owned());
    for (error, part) in [
        (
            refused(CompanySeal::new("天\u{202E}山公司").draw(&font)),
            SealPart::Name,
        ),
        (
            refused(
                CompanySeal {
                    title: bad.clone(),
                    ..CompanySeal::new(good)
                }
                .draw(&font),
            ),
            SealPart::Title,
        ),
        (
            refused(OvalSeal::new("天\u{202E}山公司", "收讫").draw(&font)),
            SealPart::Name,
        ),
        (
            refused(OvalSeal::new(good, "收\u{202E}讫").draw(&font)),
            SealPart::Title,
        ),
        (
            refused(
                OvalSeal {
                    code: bad,
                    ..OvalSeal::new(good, "收讫")
                }
                .draw(&font),
            ),
            SealPart::Code,
        ),
        (
            refused(NameSeal::new("张\u{202E}三").draw(&font)),
            SealPart::Name,
        ),
    ] {
        assert_eq!(
            error,
            SealPictureError::CharacterNotAllowed {
                part,
                character: '\u{202E}',
                position: 2
            }
        );
    }
}

#[test]
fn lengths_are_limited_at_both_ends() {
    let font = font();
    let company = |count: usize| CompanySeal::new("天".repeat(count)).draw(&font).is_ok();
    assert_eq!([3, 4, 30, 31].map(company), [false, true, true, false]);
    let titled = |count: usize| {
        let title = Some("章".repeat(count));
        CompanySeal {
            title,
            ..CompanySeal::new("天山公司")
        }
        .draw(&font)
        .is_ok()
    };
    assert_eq!([1, 2, 10, 11].map(titled), [false, true, true, false]);
    let oval = |count: usize| {
        OvalSeal::new("天".repeat(count), "收讫")
            .draw(&font)
            .is_ok()
    };
    assert_eq!([3, 4, 30, 31].map(oval), [false, true, true, false]);
    let code = |count: usize| {
        let code = Some("9".repeat(count));
        OvalSeal {
            code,
            ..OvalSeal::new("天山公司", "收讫")
        }
        .draw(&font)
        .is_ok()
    };
    assert_eq!([0, 1, 20, 21].map(code), [false, true, true, false]);
    let name = |count: usize| NameSeal::new("天".repeat(count)).draw(&font).is_ok();
    assert_eq!([1, 2, 4, 5].map(name), [false, true, true, false]);
}

#[test]
fn a_registration_number_has_thirteen_digits() {
    let font = font();
    for bad in [
        "",
        "650102001234",
        "65010200123456",
        "65010200l2345",
        "６５０１０２００１２３４５",
    ] {
        let number = Some(bad.to_owned());
        let result = CompanySeal {
            number,
            ..CompanySeal::new("天山公司")
        }
        .draw(&font);
        assert_eq!(
            result,
            Err(SealPictureError::NumberNotThirteenDigits),
            "{bad}"
        );
    }
}

#[test]
fn measures_are_limited_at_both_ends() {
    let font = font();
    let diameter = |diameter: f32| {
        CompanySeal {
            diameter,
            ..CompanySeal::new("天山公司")
        }
        .svg(&font)
        .is_ok()
    };
    assert_eq!(
        [19.9, 20.0, 100.0, 100.1, f32::NAN, f32::INFINITY].map(diameter),
        [false, true, true, false, false, false]
    );
    let border = |border: f32| {
        CompanySeal {
            border,
            ..CompanySeal::new("天山公司")
        }
        .svg(&font)
        .is_ok()
    };
    assert_eq!([0.2, 0.3, 3.0, 3.1].map(border), [false, true, true, false]);
    let oval = |(width, height): (f32, f32)| {
        OvalSeal {
            width,
            height,
            ..OvalSeal::new("天山公司", "收讫")
        }
        .svg(&font)
        .is_ok()
    };
    assert_eq!(
        [
            (29.9, 25.0),
            (30.0, 20.0),
            (100.0, 50.0),
            (100.0, 49.9),
            (40.0, 40.1),
            (100.1, 60.0)
        ]
        .map(oval),
        [false, true, true, false, false, false]
    );
    let side = |side: f32| {
        NameSeal {
            side,
            ..NameSeal::new("张三")
        }
        .svg(&font)
        .is_ok()
    };
    assert_eq!([7.9, 8.0, 60.0, 60.1].map(side), [false, true, true, false]);
}

#[test]
fn a_font_must_be_one() {
    for bytes in [
        Vec::new(),
        b"OTTO".to_vec(),
        vec![0; 4096],
        b"ttcf\0\x01\0\0\xFF\xFF\xFF\xFF".to_vec(),
    ] {
        let result = Font::new(Arc::new(bytes), None)
            .and_then(|font| CompanySeal::new("天山公司").draw(&font).map(|_| ()));
        assert!(
            matches!(
                result,
                Err(SealPictureError::FontBroken | SealPictureError::CharacterNotInFont { .. })
            ),
            "{result:?}"
        );
    }
}

#[test]
fn a_missing_family_is_told_with_those_present() {
    let error = Font::new(Arc::new(font_bytes()), Some("SimSun")).expect_err("not there");
    assert_eq!(error.code(), "font-invalid");
    assert!(error.to_string().contains("Noto Serif CJK SC"), "{error}");
}
