//! Compressing piece by piece, so that a picture is never in memory whole.

use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output};

/// Compresses into zlib what it is given.
pub(crate) struct Deflater {
    compressor: Box<CompressorOxide>,
    output: Vec<u8>,
}

impl Deflater {
    pub(crate) fn new() -> Self {
        // The default flags: zlib header, a level that is quick and good.
        Self {
            compressor: Box::default(),
            output: Vec::new(),
        }
    }

    /// Compresses all of these bytes.
    pub(crate) fn all(bytes: &[u8]) -> Vec<u8> {
        let mut deflater = Self::new();
        deflater.write(bytes);
        deflater.finish()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let (status, _) = self.push(bytes, TDEFLFlush::None);
        debug_assert_eq!(status, TDEFLStatus::Okay, "writing to memory cannot fail");
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let (status, _) = self.push(&[], TDEFLFlush::Finish);
        debug_assert_eq!(status, TDEFLStatus::Done, "writing to memory cannot fail");
        self.output
    }

    fn push(&mut self, bytes: &[u8], flush: TDEFLFlush) -> (TDEFLStatus, usize) {
        let output = &mut self.output;
        compress_to_output(&mut self.compressor, bytes, flush, |piece| {
            output.extend_from_slice(piece);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_as_one() {
        let bytes: Vec<u8> = (0..200_000u32)
            .map(|i| u8::try_from(i % 37 * (i % 7)).expect("below 252"))
            .collect();
        let mut deflater = Deflater::new();
        for piece in bytes.chunks(777) {
            deflater.write(piece);
        }
        let compressed = deflater.finish();
        assert!(compressed.len() < bytes.len() / 10, "{}", compressed.len());
        let back = miniz_oxide::inflate::decompress_to_vec_zlib(&compressed).expect("zlib");
        assert_eq!(back, bytes);
        let empty = miniz_oxide::inflate::decompress_to_vec_zlib(&Deflater::all(&[]));
        assert_eq!(empty.expect("zlib"), [0u8; 0]);
    }
}
