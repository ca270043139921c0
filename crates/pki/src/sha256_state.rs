//! SHA-256 that can be stopped in the middle and gone on with elsewhere (FIPS 180-4 section 6.2).
//!
//! A page that has a document's bytes tells the state after them; a phone that knows the document's hash alone goes on from
//! there. That the state is the document's shows when it ends, with what is left of the last block, in that hash: another state
//! that does so would be a preimage of the compression function.

use sha2::block_api::compress256;

/// Bytes of a block.
const BLOCK: usize = 64;
/// FIPS 180-4 section 5.3.3.
const BEGIN: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A hash in the making.
#[derive(Clone, Debug)]
pub struct Sha256State {
    state: [u32; 8],
    /// What came after the last whole block.
    tail: Vec<u8>,
    /// Bytes so far.
    length: u64,
}

impl Default for Sha256State {
    fn default() -> Self {
        Self::new()
    }
}

impl Sha256State {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self {
            state: BEGIN,
            tail: Vec::new(),
            length: 0,
        }
    }

    /// Goes on after `length` bytes, from what [`Self::state`] and [`Self::tail`] gave. `None` if the tail is not as long as
    /// what is left of the last block.
    pub fn resume(state: [u8; 32], tail: &[u8], length: u64) -> Option<Self> {
        if tail.len() as u64 != length % BLOCK as u64 {
            return None;
        }
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(state.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        Some(Self {
            state: words,
            tail: tail.to_vec(),
            length,
        })
    }

    /// Takes more bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if !self.tail.is_empty() {
            let wanted = BLOCK - self.tail.len();
            let (head, rest) = bytes.split_at(wanted.min(bytes.len()));
            self.tail.extend_from_slice(head);
            bytes = rest;
            if let Ok(block) = <[u8; BLOCK]>::try_from(self.tail.as_slice()) {
                compress256(&mut self.state, &[block]);
                self.tail.clear();
            }
        }
        let (blocks, rest) = bytes.as_chunks();
        compress256(&mut self.state, blocks);
        self.tail.extend_from_slice(rest);
    }

    /// The hash value after the last whole block.
    pub fn state(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *place = word.to_be_bytes();
        }
        bytes
    }

    /// The bytes after the last whole block: 0 to 63.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// The hash of all bytes (FIPS 180-4 section 5.1.1).
    pub fn finish(mut self) -> [u8; 32] {
        let bits = self.length.wrapping_mul(8);
        // One bit, then zeros until the length fits at the end of a block.
        let zeros = (2 * BLOCK - 1 - 8 - self.tail.len()) % BLOCK;
        let mut padding = vec![0; 1 + zeros];
        padding[0] = 0x80;
        padding.extend_from_slice(&bits.to_be_bytes());
        self.update(&padding);
        self.state()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn every_length_around_a_block_hashes_as_elsewhere() {
        for length in 0..=200 {
            let bytes: Vec<u8> = (0_u8..=255).cycle().take(length).collect();
            let mut state = Sha256State::new();
            state.update(&bytes);
            assert_eq!(state.finish(), *Sha256::digest(&bytes), "{length} bytes");
        }
    }

    #[test]
    fn a_tail_that_is_not_the_rest_of_a_block_is_refused() {
        assert!(Sha256State::resume([0; 32], &[], 64).is_some());
        assert!(Sha256State::resume([0; 32], &[1], 65).is_some());
        for (tail, length) in [(&[][..], 65), (&[1][..], 64), (&[0; 64][..], 64)] {
            assert!(Sha256State::resume([0; 32], tail, length).is_none());
        }
    }

    proptest! {
        #[test]
        fn a_hash_gone_on_with_elsewhere_is_that_of_everything(
            first: Vec<u8>, second: Vec<u8>, third: Vec<u8>,
        ) {
            let mut here = Sha256State::new();
            here.update(&first);
            here.update(&second);
            let length = (first.len() + second.len()) as u64;
            let mut there = Sha256State::resume(here.state(), here.tail(), length)
                .expect("the tail is what is left of the last block");
            prop_assert_eq!(
                there.clone().finish(),
                <[u8; 32]>::from(Sha256::digest([first.clone(), second.clone()].concat()))
            );
            there.update(&third);
            prop_assert_eq!(there.finish(), <[u8; 32]>::from(Sha256::digest([first, second, third].concat())));
        }
    }
}
