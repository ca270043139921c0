//! A file that is ready to be signed.

use sha2::{Digest as _, Sha256};

use super::{SealError, place::Impression};
use crate::{PdfError, Source, SourceError, syntax::Span};

/// Bytes that may be reserved for a signature: a message with a path, a time stamp and revocation data has some tens of thousands.
pub const MAX_RESERVED: usize = 512 * 1024;

/// Bytes that are read at once while hashing.
const BLOCK: usize = 256 * 1024;

/// A file that is ready to be signed: what has to be appended to it, with a gap for the signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) original: u64,
    pub(super) appended: Vec<u8>,
    pub(super) byte_range: [u64; 4],
    pub(super) contents: Span,
    pub(super) field: String,
    pub(super) impressions: Vec<Impression>,
}

impl Prepared {
    /// The two ranges that are signed: begin and length of each, in the sealed file (ISO 32000-2 clause 12.8.1).
    pub fn byte_range(&self) -> [u64; 4] {
        self.byte_range
    }

    /// Full name of the field that is signed.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Where the seal will show; empty if it does not.
    pub fn impressions(&self) -> &[Impression] {
        &self.impressions
    }

    /// The bytes that come after the original, the signature still zero.
    pub fn appended(&self) -> &[u8] {
        &self.appended
    }

    /// Bytes that the signature may have.
    pub fn reserved(&self) -> usize {
        usize::try_from(self.contents.length() / 2)
            .unwrap_or(usize::MAX)
            .saturating_sub(1)
    }

    /// SHA-256 of what is signed. `source` is the original, from which this was prepared.
    ///
    /// # Errors
    /// [`SealError::Pdf`] if the original cannot be read, or is another one by its length.
    pub fn digest(&self, source: &dyn Source) -> Result<[u8; 32], SealError> {
        let mut hash = Sha256::new();
        self.hash_with(source, |bytes| hash.update(bytes))?;
        Ok(hash.finalize().into())
    }

    /// Gives what is signed to `update`, piece by piece: the original and what is appended, without the gap.
    ///
    /// # Errors
    /// [`SealError::Pdf`] if the original cannot be read, or is another one by its length.
    pub fn hash_with(
        &self,
        source: &dyn Source,
        mut update: impl FnMut(&[u8]),
    ) -> Result<(), SealError> {
        if source.length() != self.original {
            return Err(SealError::Pdf(PdfError::Source(SourceError {
                offset: self.original.min(source.length()),
                reason: "the file is not as long as when it was prepared".to_owned(),
            })));
        }
        let mut buffer = vec![0; BLOCK];
        let mut offset = 0;
        while offset < self.original {
            let left = self.original - offset;
            let length = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
            let block = buffer.get_mut(..length).unwrap_or_default();
            source.read_at(offset, block).map_err(PdfError::from)?;
            update(block);
            offset += length as u64;
        }
        self.hash_appended_with(update);
        Ok(())
    }

    /// Gives what is signed after the original to `update`: what is appended, without the gap. For whoever has hashed the
    /// original already.
    pub fn hash_appended_with(&self, mut update: impl FnMut(&[u8])) {
        let (start, end) = self.gap();
        update(self.appended.get(..start).unwrap_or_default());
        update(self.appended.get(end..).unwrap_or_default());
    }

    /// Puts the CMS message into the gap. Gives what has to be appended to the original.
    ///
    /// # Errors
    /// [`SealError::SignatureTooLarge`] if it does not fit; [`SealError::RequestInvalid`] if it is no CMS message at all.
    pub fn finish(mut self, cms: &[u8]) -> Result<Vec<u8>, SealError> {
        let reserved = self.reserved();
        if cms.len() > reserved {
            return Err(SealError::SignatureTooLarge {
                length: cms.len(),
                reserved,
            });
        }
        // A DER sequence; what is in it was checked by whoever made it, and will be by the verifier.
        if cms.first() != Some(&0x30) {
            return Err(SealError::RequestInvalid {
                reason: "the signature is no CMS message in DER".to_owned(),
            });
        }
        let digits = scanseal_pki::hex::lower(cms);
        let (start, _) = self.gap();
        let room = self.appended.get_mut(start + 1..start + 1 + digits.len());
        room.unwrap_or_default().copy_from_slice(digits.as_bytes());
        Ok(self.appended)
    }

    /// Where the gap is in the appended bytes.
    fn gap(&self) -> (usize, usize) {
        let place = |offset: u64| {
            usize::try_from(offset.saturating_sub(self.original)).unwrap_or(usize::MAX)
        };
        (place(self.contents.start), place(self.contents.end))
    }
}
