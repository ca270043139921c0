//! Comparing pictures with those that were looked at.

use std::{fs, io::Cursor};

use scanseal_seal_picture::SealPicture;

/// Decoded: red, green, blue and coverage of every pixel.
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<[u8; 4]>,
    pub(crate) dimensions: Option<png::PixelDimensions>,
}

impl Pixels {
    pub(crate) fn of(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut data = vec![0; reader.output_buffer_size().expect("small enough")];
        let frame = reader.next_frame(&mut data).expect("a whole PNG");
        let data = match frame.color_type {
            png::ColorType::Rgba => data
                .chunks_exact(4)
                .map(|pixel| [pixel[0], pixel[1], pixel[2], pixel[3]])
                .collect(),
            png::ColorType::Rgb => data
                .chunks_exact(3)
                .map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
                .collect(),
            other => panic!("pictures of seals have colours, not {other:?}"),
        };
        Self {
            width: frame.width as usize,
            height: frame.height as usize,
            data,
            dimensions: reader.info().pixel_dims,
        }
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.data[y * self.width + x]
    }

    /// On white paper, 150 pixels wide; whole pixels are averaged.
    pub(crate) fn reduced(&self) -> (usize, usize, Vec<u8>) {
        let (width, height) = (150, self.height * 150 / self.width);
        let mut data = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let columns = x * self.width / width..((x + 1) * self.width / width);
                let rows = y * self.height / height..((y + 1) * self.height / height);
                for channel in 0..3 {
                    let (mut sum, mut count) = (0.0, 0.0_f32);
                    for row in rows.clone() {
                        for column in columns.clone() {
                            let pixel = self.at(column, row);
                            let coverage = f32::from(pixel[3]) / 255.0;
                            sum += f32::from(pixel[channel]) * coverage + 255.0 * (1.0 - coverage);
                            count += 1.0;
                        }
                    }
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    data.push((sum / count).round() as u8);
                }
            }
        }
        (width, height, data)
    }
}

/// How far two pictures are apart: mean and greatest difference, of 255.
pub(crate) fn difference(one: &[u8], other: &[u8]) -> (f32, u8) {
    assert_eq!(one.len(), other.len(), "pictures of one size");
    let differences = one
        .iter()
        .zip(other)
        .map(|(one, other)| one.abs_diff(*other));
    let mean = differences.clone().map(f32::from).sum::<f32>() / one.len() as f32;
    (mean, differences.max().unwrap_or(0))
}

/// Compares with the golden picture of this name; rendering may differ by a little from one machine to another.
pub(crate) fn check(name: &str, picture: &SealPicture) {
    let (width, height, data) = Pixels::of(picture.png()).reduced();
    let path = format!(
        "{}/tests/pictures/golden/{name}.png",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var("SCANSEAL_GOLDEN").as_deref() == Ok("write") {
        let file = fs::File::create(&path).expect("the folder can be written");
        let side = |length: usize| u32::try_from(length).expect("small");
        let mut encoder = png::Encoder::new(file, side(width), side(height));
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("written");
        writer.write_image_data(&data).expect("written");
        return;
    }
    let golden = fs::read(&path)
        .unwrap_or_else(|_error| panic!("there is no golden picture {name}: see the README"));
    let golden = Pixels::of(&golden);
    assert_eq!((golden.width, golden.height), (width, height), "{name}");
    let expected: Vec<u8> = golden
        .data
        .iter()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let (mean, greatest) = difference(&data, &expected);
    assert!(
        mean < 0.6 && greatest < 40,
        "{name} has changed: by {mean} of 255 on average, {greatest} at most"
    );
}
