//! Where the bytes come from: a slice, a file, a `Blob` of the browser. Read piece by piece, so that memory does not
//! grow with the file.

/// Bytes of known length that can be read anywhere. Reading the same place twice gives the same bytes.
pub trait Source {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`SourceError`] if the range is not inside the source, or the bytes cannot be had.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError>;
}

/// The bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file cannot be read at byte {offset}: {reason}")]
pub struct SourceError {
    /// Where it was tried.
    pub offset: u64,
    /// What the system says.
    pub reason: String,
}

/// A source in memory.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Source for Bytes<'_> {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        let part = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.get(start..)?.get(..buffer.len()));
        let part = part.ok_or_else(|| SourceError {
            offset,
            reason: "the range is not inside the file".to_owned(),
        })?;
        buffer.copy_from_slice(part);
        Ok(())
    }
}

/// A source with bytes appended to it: a sealed file before it is written.
#[derive(Clone, Copy)]
pub struct Appended<'a> {
    original: &'a dyn Source,
    appended: &'a [u8],
}

impl<'a> Appended<'a> {
    /// `appended` comes after `original`.
    pub fn new(original: &'a dyn Source, appended: &'a [u8]) -> Self {
        Self { original, appended }
    }
}

impl Source for Appended<'_> {
    fn length(&self) -> u64 {
        self.original.length() + self.appended.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        let first = self.original.length().saturating_sub(offset);
        let first = usize::try_from(first).map_or(buffer.len(), |first| first.min(buffer.len()));
        let (head, tail) = buffer.split_at_mut(first);
        if !head.is_empty() {
            self.original.read_at(offset, head)?;
        }
        let offset = (offset + head.len() as u64).saturating_sub(self.original.length());
        Bytes(self.appended).read_at(offset, tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appended_bytes_follow_the_original_wherever_one_reads() {
        let whole = b"0123456789abcde";
        let (original, appended) = whole.split_at(10);
        let original = Bytes(original);
        let source = Appended::new(&original, appended);
        assert_eq!(source.length(), 15);
        for start in 0..=15 {
            for end in start..=15 {
                let mut buffer = vec![0; end - start];
                let read = source.read_at(start as u64, &mut buffer);
                assert_eq!(read, Ok(()), "{start}..{end}");
                assert_eq!(buffer, whole[start..end]);
            }
        }
        assert!(source.read_at(10, &mut [0; 6]).is_err());
        assert!(source.read_at(15, &mut [0]).is_err());
        assert!(source.read_at(u64::MAX, &mut [0]).is_err());
    }
}
