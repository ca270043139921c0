//! Seals made from text.

use scanseal_seal_picture::{
    Colour, CompanySeal, MAX_PICTURE_BYTES, NameSeal, OvalSeal, PIXELS_PER_METRE, Relief,
};

use crate::{
    font,
    golden::{self, Pixels},
};

const BOKANG: &str = "乌鲁木齐天山博康医疗器械有限公司";

fn contract() -> Option<String> {
    Some("合同专用章".to_owned())
}

fn number() -> Option<String> {
    Some("6501020012345".to_owned())
}

macro_rules! golden {
    ($($name:ident => $seal:expr;)*) => {$(
        #[test]
        fn $name() {
            golden::check(stringify!($name), &$seal.draw(&font()).expect("drawn"));
        }
    )*};
}

golden! {
    company_4_characters => CompanySeal::new("天山公司");
    company_8_characters => CompanySeal::new("天山科技有限公司");
    company_16_characters => CompanySeal { number: number(), ..CompanySeal::new(BOKANG) };
    company_24_characters => CompanySeal::new("新疆维吾尔自治区乌鲁木齐市天山博康医疗器械有限公司");
    company_30_characters_titled => CompanySeal { title: contract(), number: number(), ..CompanySeal::new("新疆维吾尔自治区乌鲁木齐市天山区博康医疗器械销售服务有限公司") };
    company_titled => CompanySeal { title: contract(), ..CompanySeal::new(BOKANG) };
    company_titled_numbered => CompanySeal { title: Some("财务专用章".to_owned()), number: number(), ..CompanySeal::new(BOKANG) };
    company_brackets => CompanySeal { title: Some("发票专用章".to_owned()), ..CompanySeal::new("西门子（中国）有限公司") };
    company_latin => CompanySeal::new("3M中国有限公司ABC");
    company_small_blue => CompanySeal { diameter: 30.0, colour: Colour::BLUE, ..CompanySeal::new(BOKANG) };
    oval_contract => OvalSeal::new(BOKANG, "合同专用章");
    oval_invoice => OvalSeal { width: 40.0, code: Some("91650100MA776X1234".to_owned()), ..OvalSeal::new(BOKANG, "发票专用章") };
    oval_short => OvalSeal::new("天山公司", "收讫");
    name_2_raised => NameSeal::new("张三");
    name_3_raised => NameSeal::new("李国强");
    name_4_raised => NameSeal::new("欧阳修印");
    name_2_carved => NameSeal { relief: Relief::Carved, ..NameSeal::new("王伟") };
    name_3_carved => NameSeal { relief: Relief::Carved, side: 18.0, ..NameSeal::new("李国强") };
    name_4_carved => NameSeal { relief: Relief::Carved, ..NameSeal::new("张三之印") };
}

#[test]
fn the_size_on_paper_is_in_the_file() {
    let picture = CompanySeal::new(BOKANG).draw(&font()).expect("drawn");
    let pixels = Pixels::of(picture.png());
    let dimensions = pixels.dimensions.expect("pHYs");
    assert_eq!(
        (dimensions.xppu, dimensions.yppu),
        (PIXELS_PER_METRE, PIXELS_PER_METRE)
    );
    assert_eq!(dimensions.unit, png::Unit::Meter);
    assert_eq!((pixels.width, pixels.height), (992, 992));
    let (width, height) = picture.size();
    assert!((width - 42.0).abs() < 0.05 && (height - 42.0).abs() < 0.05);
}

#[test]
fn ink_has_one_colour_and_the_ground_is_clear() {
    let colour = Colour::new(1, 2, 200);
    let seal = CompanySeal {
        colour,
        ..CompanySeal::new(BOKANG)
    };
    let pixels = Pixels::of(seal.draw(&font()).expect("drawn").png());
    assert!(pixels.data.iter().all(|pixel| pixel[..3] == [1, 2, 200]));
    assert_eq!(pixels.at(0, 0)[3], 0, "the corner is clear");
    assert_eq!(pixels.at(496, 496)[3], 255, "the star is full");
    assert_eq!(pixels.at(496, 700)[3], 0, "below the star is clear");
    assert_eq!(pixels.at(496, 10)[3], 255, "the border is full");
}

#[test]
fn the_star_is_regular() {
    let picture = CompanySeal::new(BOKANG).draw(&font()).expect("drawn");
    let pixels = Pixels::of(picture.png());
    let coverage = |millimetres: f32, degrees: f32| {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let pixel = |along: f32| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let pixel = (along * 23.622 + 496.0) as usize;
            pixel
        };
        pixels.at(pixel(millimetres * sine), pixel(-millimetres * cosine))[3]
    };
    for point in [0.0, 72.0, 144.0, 216.0, 288.0] {
        assert!(coverage(6.6, point) > 200, "a point at {point} degrees");
        assert_eq!(coverage(7.2, point), 0, "it ends at 7 mm");
        assert_eq!(coverage(2.5, point + 36.0), 255, "the waist is 2.67 mm");
        assert_eq!(coverage(2.85, point + 36.0), 0, "and no more");
    }
}

#[test]
fn a_name_stands_evenly_about_the_top() {
    // A character that is nearly its own mirror image makes a seal that nearly is.
    for name in ["田田田田田", "田田田田田田田田田田田田田田田田"] {
        let picture = CompanySeal::new(name).draw(&font()).expect("drawn");
        let (width, height, data) = Pixels::of(picture.png()).reduced();
        let mirrored: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).rev().map(move |x| (x, y)))
            .flat_map(|(x, y)| data[(y * width + x) * 3..][..3].to_vec())
            .collect();
        let (mean, _) = golden::difference(&data, &mirrored);
        assert!(mean < 4.0, "{name}: {mean}");
    }
}

#[test]
fn the_largest_seal_fits_the_limit() {
    let seal = CompanySeal {
        diameter: 100.0,
        title: Some("合同专用章合同专用章".to_owned()),
        number: number(),
        ..CompanySeal::new("麤".repeat(30))
    };
    let picture = seal.draw(&font()).expect("drawn");
    assert!(picture.png().len() < MAX_PICTURE_BYTES);
    assert_eq!(picture.pixels_per_metre(), PIXELS_PER_METRE);
}

#[test]
fn the_svg_needs_no_font() {
    let svg = NameSeal {
        relief: Relief::Carved,
        ..NameSeal::new("王伟")
    }
    .svg(&font())
    .expect("drawn");
    assert!(svg.starts_with("<svg ") && svg.contains(r#"width="20.000mm""#));
    assert!(!svg.contains("<text") && !svg.contains("王"));
}
