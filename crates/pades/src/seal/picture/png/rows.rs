//! The rows of a PNG: inflated one by one, their filters undone.

use miniz_oxide::{
    DataFormat, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use super::{
    super::{SealError, invalid},
    chunks::Header,
};

/// Most bytes after the last row: several rows of the largest picture.
const MAX_BEYOND: usize = 256 * 1024;

/// Takes rows out of compressed data.
pub(super) struct Rows<'a> {
    compressed: &'a [u8],
    state: Box<InflateState>,
    /// Bytes from a sample to the same of the pixel before, at least one.
    stride: usize,
    /// The row above, and after [`next`](Self::next) the row itself.
    row: Vec<u8>,
    above: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(compressed: &'a [u8]) -> Self {
        Self {
            compressed,
            state: InflateState::new_boxed(DataFormat::Zlib),
            stride: 1,
            row: Vec::new(),
            above: Vec::new(),
        }
    }

    /// Begins a picture, or one pass of it, of rows with so many pixels.
    pub(super) fn begin(&mut self, header: Header, columns: u32) -> Result<(), SealError> {
        let bits = header.pixel_bits();
        let length = (columns as usize).checked_mul(bits);
        let length = length
            .ok_or_else(|| invalid("it is too large"))?
            .div_ceil(8);
        self.stride = bits.div_ceil(8);
        self.above = vec![0; length];
        self.row = vec![0; length];
        Ok(())
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Result<&[u8], SealError> {
        core::mem::swap(&mut self.row, &mut self.above);
        let mut filter = [0];
        self.inflate(&mut filter)?;
        let mut row = core::mem::take(&mut self.row);
        self.inflate(&mut row)?;
        self.row = row;
        let [filter] = filter;
        unfilter(filter, self.stride, &self.above, &mut self.row)?;
        Ok(&self.row)
    }

    /// Checks that the data end as they should, with the checksum over all of them. Some encoders write more than is drawn.
    pub(super) fn finish(&mut self) -> Result<(), SealError> {
        let mut more = vec![0; MAX_BEYOND];
        let mut more = more.as_mut_slice();
        while !more.is_empty() {
            if self.step(&mut more)? == MZStatus::StreamEnd {
                return Ok(());
            }
        }
        Err(broken())
    }

    /// Fills `output`.
    fn inflate(&mut self, mut output: &mut [u8]) -> Result<(), SealError> {
        while !output.is_empty() {
            let ended = self.step(&mut output)? == MZStatus::StreamEnd;
            if ended && !output.is_empty() {
                return Err(invalid("it ends too early"));
            }
        }
        Ok(())
    }

    /// Inflates what there is into the beginning of `output`, and leaves the rest of it.
    fn step(&mut self, output: &mut &mut [u8]) -> Result<MZStatus, SealError> {
        let result = inflate(&mut self.state, self.compressed, output, MZFlush::None);
        let rest = self.compressed.get(result.bytes_consumed..);
        self.compressed = rest.unwrap_or_default();
        let rest = core::mem::take(output).get_mut(result.bytes_written..);
        *output = rest.unwrap_or_default();
        result.status.map_err(|_| broken())
    }
}

/// Undoes the filter of a row (PNG clause 9.2).
fn unfilter(filter: u8, stride: usize, above: &[u8], row: &mut [u8]) -> Result<(), SealError> {
    let predict: fn(u8, u8, u8) -> u8 = match filter {
        0 => return Ok(()),
        1 => |left, _, _| left,
        2 => |_, up, _| up,
        3 => |left, up, _| left.midpoint(up),
        4 => paeth,
        _ => return Err(invalid("it is damaged: no such filter")),
    };
    let mut pixels = row.chunks_mut(stride);
    let mut above = above.chunks(stride);
    let (mut left, mut corner): (&[u8], &[u8]) = (&[], &[]);
    // To the left of a row, and above the first one, there is zero.
    let at = |pixel: &[u8], index: usize| pixel.get(index).copied().unwrap_or_default();
    while let (Some(pixel), Some(up)) = (pixels.next(), above.next()) {
        for (index, byte) in pixel.iter_mut().enumerate() {
            let prediction = predict(at(left, index), at(up, index), at(corner, index));
            *byte = byte.wrapping_add(prediction);
        }
        (left, corner) = (pixel, up);
    }
    Ok(())
}

/// Whichever of the three is nearest to left + up - corner (PNG clause 9.4).
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| estimate.abs_diff(i16::from(value));
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}

fn broken() -> SealError {
    invalid("it is damaged: its data cannot be decompressed")
}
