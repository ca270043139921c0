//! The chunks of a PNG, and what its samples mean.

use super::super::{Density, SealError, invalid};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// `IHDR` (PNG clause 11.2.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bits of a sample.
    depth: u8,
    colour: ColourType,
    pub(super) interlaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColourType {
    Grey,
    Rgb,
    Indexed,
    GreyAlpha,
    Rgba,
}

/// What a file holds besides what is not drawn.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) header: Header,
    /// Colours of an indexed picture, each with its opacity.
    palette: Vec<[u8; 4]>,
    /// `tRNS`: the one colour that is not to be seen, sample by sample; or that the palette has opacities.
    transparent: Option<Vec<u16>>,
    pub(super) density: Option<Density>,
    /// All of `IDAT`.
    pub(super) data: Vec<u8>,
}

impl Chunks {
    /// Reads everything up to `IEND`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let mut rest = bytes
            .strip_prefix(SIGNATURE)
            .ok_or_else(|| invalid("it is no PNG"))?;
        let crc = Crc::new();
        let first = Chunk::next(&mut rest)?;
        let header = match first.kind {
            b"IHDR" if crc.fits(&first) => Header::read(first.data)?,
            _ => return Err(damaged("its header")),
        };
        let mut chunks = Self {
            header,
            palette: Vec::new(),
            transparent: None,
            density: None,
            data: Vec::new(),
        };
        let mut last_was_data = false;
        loop {
            let chunk = Chunk::next(&mut rest)?;
            let begun = !chunks.data.is_empty();
            let intact = || match crc.fits(&chunk) {
                true => Ok(()),
                false => Err(damaged("a checksum")),
            };
            match chunk.kind {
                b"IDAT" if !begun || last_was_data => {
                    intact()?;
                    chunks.data.extend_from_slice(chunk.data);
                }
                b"PLTE" if !begun && chunks.palette.is_empty() && chunks.transparent.is_none() => {
                    intact()?;
                    chunks.read_palette(chunk.data)?;
                }
                b"tRNS" if !begun && chunks.transparent.is_none() => {
                    intact()?;
                    chunks.read_transparency(chunk.data)?;
                }
                b"IEND" => {
                    intact()?;
                    break;
                }
                // What nobody sees may be broken.
                b"pHYs" if !begun && crc.fits(&chunk) => chunks.density = density(chunk.data),
                [b'a'..=b'z', ..] if chunk.kind != b"tRNS" => {}
                _ => return Err(damaged("the order of its parts")),
            }
            last_was_data = chunk.kind == b"IDAT";
        }
        let indexed = header.colour == ColourType::Indexed;
        if indexed && chunks.palette.is_empty() {
            return Err(damaged("its palette"));
        }
        Ok(chunks)
    }

    fn read_palette(&mut self, data: &[u8]) -> Result<(), SealError> {
        let (colours, rest) = data.as_chunks::<3>();
        let most = match self.header.colour {
            ColourType::Indexed => 1 << self.header.depth,
            // A suggestion only.
            ColourType::Rgb | ColourType::Rgba => 256,
            ColourType::Grey | ColourType::GreyAlpha => 0,
        };
        if colours.is_empty() || colours.len() > most || !rest.is_empty() {
            return Err(damaged("its palette"));
        }
        let opaque = |&[red, green, blue]: &[u8; 3]| [red, green, blue, u8::MAX];
        self.palette = colours.iter().map(opaque).collect();
        Ok(())
    }

    /// `tRNS` (PNG clause 11.3.1.1).
    fn read_transparency(&mut self, data: &[u8]) -> Result<(), SealError> {
        let samples = match self.header.colour {
            ColourType::Indexed if data.len() <= self.palette.len() => {
                for (colour, opacity) in self.palette.iter_mut().zip(data) {
                    colour[3] = *opacity;
                }
                Some(Vec::new())
            }
            ColourType::Grey if data.len() == 2 => Some(self.samples(data)),
            ColourType::Rgb if data.len() == 6 => Some(self.samples(data)),
            _ => return Err(damaged("its transparency")),
        };
        self.transparent = samples;
        Ok(())
    }

    /// Numbers of two bytes each, of which as many bits count as a sample has.
    fn samples(&self, data: &[u8]) -> Vec<u16> {
        let mask = u16::MAX >> (16 - u16::from(self.header.depth));
        let (pairs, _) = data.as_chunks();
        pairs
            .iter()
            .map(|pair| u16::from_be_bytes(*pair) & mask)
            .collect()
    }

    /// Channels that a pixel has when it is expanded: of colour, and of opacity.
    pub(super) fn channels(&self) -> (usize, usize) {
        let transparent = usize::from(self.transparent.is_some());
        match self.header.colour {
            ColourType::Grey => (1, transparent),
            ColourType::Rgb | ColourType::Indexed => (3, transparent),
            ColourType::GreyAlpha => (1, 1),
            ColourType::Rgba => (3, 1),
        }
    }

    /// Bytes of an expanded pixel.
    pub(super) fn pixel_length(&self) -> usize {
        let (colour, alpha) = self.channels();
        colour + alpha
    }

    /// Bytes of an expanded row.
    pub(super) fn row_length(&self) -> usize {
        self.pixel_length() * self.header.width as usize
    }

    /// Adds the first `count` pixels of a row, eight bits for each channel.
    pub(super) fn expand(&self, count: u32, row: &[u8], pixels: &mut Vec<u8>) {
        let Header { depth, colour, .. } = self.header;
        let values = Samples {
            row,
            depth,
            position: 0,
        };
        let samples = count as usize * colour.samples();
        let values: Vec<u16> = values.take(samples).collect();
        for pixel in values.chunks_exact(colour.samples()) {
            if colour == ColourType::Indexed {
                let index = pixel.first().copied().map(usize::from);
                // Viewers draw black where the palette ends.
                let colour = index.and_then(|index| self.palette.get(index)).copied();
                let colour = colour.unwrap_or([0, 0, 0, u8::MAX]);
                pixels.extend(colour.iter().take(self.pixel_length()));
                continue;
            }
            pixels.extend(pixel.iter().map(|sample| to_byte(*sample, depth)));
            if let Some(transparent) = &self.transparent {
                pixels.push(if pixel == transparent.as_slice() {
                    0
                } else {
                    u8::MAX
                });
            }
        }
    }
}

impl Header {
    fn read(data: &[u8]) -> Result<Self, SealError> {
        let &[
            w0,
            w1,
            w2,
            w3,
            h0,
            h1,
            h2,
            h3,
            depth,
            colour,
            compression,
            filter,
            interlace,
        ] = data
        else {
            return Err(damaged("its header"));
        };
        let colour = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => ColourType::Grey,
            (2, 8 | 16) => ColourType::Rgb,
            (3, 1 | 2 | 4 | 8) => ColourType::Indexed,
            (4, 8 | 16) => ColourType::GreyAlpha,
            (6, 8 | 16) => ColourType::Rgba,
            _ => return Err(damaged("its colour type")),
        };
        if (compression, filter) != (0, 0) || interlace > 1 {
            return Err(damaged("its header"));
        }
        Ok(Self {
            width: u32::from_be_bytes([w0, w1, w2, w3]),
            height: u32::from_be_bytes([h0, h1, h2, h3]),
            depth,
            colour,
            interlaced: interlace == 1,
        })
    }

    /// Bits of a pixel as it is stored.
    pub(super) fn pixel_bits(self) -> usize {
        usize::from(self.depth) * self.colour.samples()
    }
}

impl ColourType {
    /// Samples of a pixel as it is stored.
    fn samples(self) -> usize {
        match self {
            Self::Grey | Self::Indexed => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// The samples of a row, from the left.
struct Samples<'a> {
    row: &'a [u8],
    depth: u8,
    /// In bits; only samples of less than a byte are at places that are none of bytes.
    position: usize,
}

impl Iterator for Samples<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let at = self.position / 8;
        let first = *self.row.get(at)?;
        let shift = self.position % 8;
        self.position += usize::from(self.depth);
        Some(match self.depth {
            16 => u16::from_be_bytes([first, *self.row.get(at + 1)?]),
            depth => u16::from(first << shift >> (8 - depth)),
        })
    }
}

/// Eight bits of a sample: stretched to the whole range (PNG clause 13.12), or the more significant half.
fn to_byte(sample: u16, depth: u8) -> u8 {
    let [high, low] = sample.to_be_bytes();
    match depth {
        1 => low * 0xff,
        2 => low * 0x55,
        4 => low * 0x11,
        16 => high,
        _ => low,
    }
}

/// `pHYs`, if it tells a unit (PNG clause 11.3.4.3).
fn density(data: &[u8]) -> Option<Density> {
    let &[x0, x1, x2, x3, y0, y1, y2, y3, 1] = data else {
        return None;
    };
    let per_metre = [[x0, x1, x2, x3], [y0, y1, y2, y3]].map(u32::from_be_bytes);
    let [horizontal, vertical] = per_metre.map(|pixels| f64::from(pixels) / 1000.0);
    (horizontal > 0.0 && vertical > 0.0).then_some(Density {
        horizontal,
        vertical,
    })
}

/// A chunk (PNG clause 5.3).
struct Chunk<'a> {
    kind: &'a [u8; 4],
    data: &'a [u8],
    /// What the checksum is made of: kind and data.
    covered: &'a [u8],
    checksum: u32,
}

impl<'a> Chunk<'a> {
    /// Takes the next chunk off `rest`.
    fn next(rest: &mut &'a [u8]) -> Result<Self, SealError> {
        let read = |bytes: &'a [u8]| {
            let (length, bytes) = bytes.split_first_chunk()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (covered, bytes) = bytes.split_at_checked(length.checked_add(4)?)?;
            let (kind, data) = covered.split_first_chunk()?;
            let (checksum, bytes) = bytes.split_first_chunk()?;
            let chunk = Self {
                kind,
                data,
                covered,
                checksum: u32::from_be_bytes(*checksum),
            };
            Some((chunk, bytes))
        };
        let (chunk, after) = read(rest).ok_or_else(|| invalid("it ends too early"))?;
        *rest = after;
        Ok(chunk)
    }
}

/// The cyclic redundancy check of PNG (clause 5.5), its table made when it is needed.
struct Crc([u32; 256]);

impl Crc {
    fn new() -> Self {
        let mut table = [0; 256];
        for (entry, byte) in table.iter_mut().zip(0_u32..) {
            *entry = (0..8).fold(byte, |value, _| {
                let shifted = value >> 1;
                if value & 1 == 1 {
                    shifted ^ 0xedb8_8320
                } else {
                    shifted
                }
            });
        }
        Self(table)
    }

    fn fits(&self, chunk: &Chunk<'_>) -> bool {
        let sum = chunk.covered.iter().fold(u32::MAX, |sum, byte| {
            let [low, ..] = sum.to_le_bytes();
            let entry = self.0.get(usize::from(low ^ byte));
            entry.copied().unwrap_or_default() ^ (sum >> 8)
        });
        !sum == chunk.checksum
    }
}

fn damaged(what: &str) -> SealError {
    invalid(["it is damaged: ", what, " cannot be right"].concat())
}
