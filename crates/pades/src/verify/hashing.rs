//! Digests of everything that is signed, and of the whole file, in one pass over it.
//!
//! All signatures of a file begin at its first byte, so they share a prefix: one hash state per algorithm runs over the
//! file, and at the gap of each signature it is cloned; the clone skips the gap and runs on to where that signature ends.
//! Honest signatures lie in the revision that they sign, so the clones together run over the file once more at most
//! ([`super::byte_range`] demands that). The scan for signature dictionaries happens on the same bytes while they are hot.

use memchr::memmem::Finder;
use scanseal_pki::DigestAlgorithm;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{PdfError, Source, SourceError, syntax::Span};

/// Bytes read at once: small enough for the second-level cache, so that hash and scan read memory once.
const CHUNK: usize = 256 * 1024;
/// What stands in every signature dictionary, encrypted file or not (ISO 32000-2 7.6.2 leaves names plain).
const TOKEN: &[u8] = b"/ByteRange";
/// Most tokens that are looked at: a file has at most 256 signatures, and an attachment or two may have some of their own.
pub(crate) const MAX_BYTE_RANGE_TOKENS: usize = 4096;

/// A digest to be computed: by [`super::verify`], or by the host, which may be faster at it (WebCrypto).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestJob {
    /// With what.
    pub algorithm: DigestAlgorithm,
    /// Over the bytes of these ranges, one after the other. One begins at 0; a second one leaves out a gap.
    pub ranges: Vec<Span>,
}

/// What one pass finds.
pub(crate) struct Pass {
    /// One digest per job; empty for an algorithm that is not computed here.
    pub(crate) digests: Vec<Vec<u8>>,
    /// Where `/ByteRange` stands.
    pub(crate) tokens: Vec<u64>,
}

/// Reads the file once, computes every job and finds every `/ByteRange`.
pub(crate) fn one_pass(source: &dyn Source, jobs: &[DigestJob]) -> Result<Pass, PdfError> {
    let mut trunks: Vec<Trunk> = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let Some(state) = State::new(job.algorithm) else {
            continue;
        };
        let branch = Branch::new(index, &job.ranges, source.length())?;
        match trunks
            .iter_mut()
            .find(|trunk| trunk.algorithm == job.algorithm)
        {
            Some(trunk) => trunk.waiting.push(branch),
            None => trunks.push(Trunk {
                algorithm: job.algorithm,
                state,
                waiting: vec![branch],
                running: Vec::new(),
            }),
        }
    }
    for trunk in &mut trunks {
        // The next one to branch off is the last of the list.
        trunk
            .waiting
            .sort_by_key(|branch| core::cmp::Reverse(branch.leaves_at));
    }

    let mut digests = vec![Vec::new(); jobs.len()];
    let tokens = read_through(source, |start, bytes| {
        for trunk in &mut trunks {
            trunk.feed(start, bytes, &mut digests);
        }
    })?;
    Ok(Pass { digests, tokens })
}

/// Only looks for `/ByteRange`, where the host computes the digests.
pub(crate) fn scan(source: &dyn Source) -> Result<Vec<u64>, PdfError> {
    read_through(source, |_, _| {})
}

/// Hands every chunk of the file to `each`, with its offset, and returns where `/ByteRange` stands.
fn read_through(
    source: &dyn Source,
    mut each: impl FnMut(u64, &[u8]),
) -> Result<Vec<u64>, PdfError> {
    let finder = Finder::new(TOKEN);
    let length = source.length();
    let carried = TOKEN.len() - 1;
    let mut buffer = vec![0u8; carried + CHUNK];
    let mut tokens = Vec::new();
    let mut offset = 0u64;
    loop {
        let size = usize::try_from(length - offset).map_or(CHUNK, |left| left.min(CHUNK));
        let (head, chunk) = buffer.split_at_mut(carried);
        let chunk = chunk.get_mut(..size).unwrap_or_default();
        source.read_at(offset, chunk)?;
        each(offset, chunk);

        // The last bytes of the chunk before stand in front, so that no token falls between two chunks.
        let before = if offset == 0 { 0 } else { head.len() };
        let window = buffer
            .get(carried - before..carried + size)
            .unwrap_or_default();
        for found in finder.find_iter(window) {
            if tokens.len() == MAX_BYTE_RANGE_TOKENS {
                return Err(PdfError::TooLarge {
                    what: "the number of /ByteRange in a file",
                    limit: MAX_BYTE_RANGE_TOKENS as u64,
                });
            }
            tokens.push(offset - before as u64 + found as u64);
        }
        buffer.copy_within(size..size + carried, 0);
        offset += size as u64;
        if offset >= length || size == 0 {
            return Ok(tokens);
        }
    }
}

/// The hash state over everything read so far, and what branches off it.
struct Trunk {
    algorithm: DigestAlgorithm,
    state: State,
    waiting: Vec<Branch>,
    running: Vec<(Branch, State)>,
}

/// One job: leaves the trunk at a gap, and goes on after it.
struct Branch {
    job: usize,
    leaves_at: u64,
    goes_on_at: u64,
    ends_at: u64,
}

impl Branch {
    fn new(job: usize, ranges: &[Span], length: u64) -> Result<Self, SourceError> {
        let (first, second) = match *ranges {
            [first] => (
                first,
                Span {
                    start: first.end,
                    end: first.end,
                },
            ),
            [first, second] => (first, second),
            _ => (Span { start: 1, end: 0 }, Span { start: 0, end: 0 }),
        };
        let ordered = first.start == 0 && first.end <= second.start && second.start <= second.end;
        if !ordered || second.end > length {
            return Err(SourceError {
                offset: second.end,
                reason: "the range to hash is not inside the file".to_owned(),
            });
        }
        Ok(Self {
            job,
            leaves_at: first.end,
            goes_on_at: second.start,
            ends_at: second.end,
        })
    }
}

impl Trunk {
    fn feed(&mut self, start: u64, bytes: &[u8], digests: &mut [Vec<u8>]) {
        let end = start + bytes.len() as u64;
        let mut at = start;
        while let Some(branch) = self.waiting.pop_if(|branch| branch.leaves_at <= end) {
            self.state.update(part(start, bytes, at, branch.leaves_at));
            at = branch.leaves_at;
            self.running.push((branch, self.state.clone()));
        }
        if !self.waiting.is_empty() {
            self.state.update(part(start, bytes, at, end));
        }
        self.running.retain_mut(|(branch, state)| {
            state.update(part(start, bytes, branch.goes_on_at, branch.ends_at));
            let done = branch.ends_at <= end;
            if done && let Some(digest) = digests.get_mut(branch.job) {
                *digest = state.finish();
            }
            !done
        });
    }
}

/// The bytes from `from` to `to`, as far as they are in this chunk.
fn part(start: u64, bytes: &[u8], from: u64, to: u64) -> &[u8] {
    let end = start + bytes.len() as u64;
    let inside = |offset: u64| usize::try_from(offset.clamp(start, end) - start).ok();
    match (inside(from), inside(to)) {
        (Some(from), Some(to)) => bytes.get(from..to).unwrap_or_default(),
        _ => &[],
    }
}

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl State {
    /// None for what is not computed here: SHA-1 and MD5 prove nothing.
    fn new(algorithm: DigestAlgorithm) -> Option<Self> {
        match algorithm {
            DigestAlgorithm::Sha256 => Some(Self::Sha256(Sha256::new())),
            DigestAlgorithm::Sha384 => Some(Self::Sha384(Sha384::new())),
            DigestAlgorithm::Sha512 => Some(Self::Sha512(Sha512::new())),
            _ => None,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(state) => state.update(bytes),
            Self::Sha384(state) => state.update(bytes),
            Self::Sha512(state) => state.update(bytes),
        }
    }

    fn finish(&mut self) -> Vec<u8> {
        match self {
            Self::Sha256(state) => state.finalize_reset().to_vec(),
            Self::Sha384(state) => state.finalize_reset().to_vec(),
            Self::Sha512(state) => state.finalize_reset().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::Bytes;

    fn job(algorithm: DigestAlgorithm, ranges: &[(u64, u64)]) -> DigestJob {
        let ranges = ranges.iter().map(|&(start, end)| Span { start, end });
        DigestJob {
            algorithm,
            ranges: ranges.collect(),
        }
    }

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn digests_of_all_jobs_are_those_of_their_ranges() {
        use DigestAlgorithm::{Sha256 as S2, Sha384 as S3, Sha512 as S5};
        let chunk = CHUNK as u64;
        let bytes = noise(3 * CHUNK + 17);
        let length = bytes.len() as u64;
        let jobs = [
            job(S2, &[(0, 10), (20, 30)]),
            job(S2, &[(0, chunk), (chunk, chunk + 1)]),
            job(S2, &[(0, chunk - 1), (chunk + 1, length)]),
            job(S5, &[(0, 100), (2 * chunk, length)]),
            job(S3, &[(0, 2 * chunk), (2 * chunk + 5, 3 * chunk)]),
            job(S2, &[(0, 0), (5, 6)]),
            job(S2, &[(0, length)]),
        ];
        let pass = one_pass(&Bytes(&bytes), &jobs).expect("the ranges are inside");
        for (job, digest) in jobs.iter().zip(&pass.digests) {
            let signed: Vec<u8> = (job.ranges.iter())
                .flat_map(|range| part(0, &bytes, range.start, range.end))
                .copied()
                .collect();
            let expected = match job.algorithm {
                S2 => Sha256::digest(&signed).to_vec(),
                S3 => Sha384::digest(&signed).to_vec(),
                _ => Sha512::digest(&signed).to_vec(),
            };
            assert_eq!(*digest, expected, "{job:?}");
        }
    }

    #[test]
    fn tokens_are_found_once_wherever_chunks_end() {
        for shift in 0..=TOKEN.len() {
            let mut bytes = vec![b'x'; 2 * CHUNK + 100];
            let places = [0, CHUNK - shift, 2 * CHUNK - shift + 30, 2 * CHUNK + 90];
            for place in places {
                bytes[place..place + TOKEN.len()].copy_from_slice(TOKEN);
            }
            let found = scan(&Bytes(&bytes)).expect("readable");
            assert_eq!(found, places.map(|place| place as u64), "shift {shift}");
        }
        assert!(scan(&Bytes(b"")).expect("readable").is_empty());
        assert!(scan(&Bytes(b"/ByteRang")).expect("readable").is_empty());
    }

    #[test]
    fn too_many_tokens_are_refused_and_the_limit_is_not() {
        let most = TOKEN.repeat(MAX_BYTE_RANGE_TOKENS);
        let found = scan(&Bytes(&most)).expect("at the limit");
        assert_eq!(found.len(), MAX_BYTE_RANGE_TOKENS);
        let more = TOKEN.repeat(MAX_BYTE_RANGE_TOKENS + 1);
        assert!(matches!(
            scan(&Bytes(&more)),
            Err(PdfError::TooLarge { .. })
        ));
    }

    #[test]
    fn every_byte_is_read_once() {
        struct Counting<'a>(Bytes<'a>, Cell<u64>);
        impl Source for Counting<'_> {
            fn length(&self) -> u64 {
                self.0.length()
            }
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
                self.1.set(self.1.get() + buffer.len() as u64);
                self.0.read_at(offset, buffer)
            }
        }
        let bytes = noise(2 * CHUNK + 5);
        let source = Counting(Bytes(&bytes), Cell::new(0));
        let length = source.length();
        let jobs = [
            job(DigestAlgorithm::Sha256, &[(0, 9), (12, length)]),
            job(DigestAlgorithm::Sha512, &[(0, 9), (12, length)]),
            job(DigestAlgorithm::Sha256, &[(0, length)]),
        ];
        one_pass(&source, &jobs).expect("readable");
        assert_eq!(source.1.get(), length);
    }

    #[test]
    fn ranges_outside_the_file_are_an_error() {
        for ranges in [
            &[(0, 5), (6, 11)][..],
            &[(0, 6), (5, 7)],
            &[(1, 5)],
            &[],
            &[(0, 1), (2, 3), (4, 5)],
        ] {
            let jobs = [job(DigestAlgorithm::Sha256, ranges)];
            assert!(one_pass(&Bytes(&[0; 10]), &jobs).is_err(), "{ranges:?}");
        }
    }
}
