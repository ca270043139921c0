//! Whatever is done to a sealed file, it never passes.

use proptest::prelude::*;
use scanseal_pades::{
    Bytes,
    verify::{
        Trust, check_sealed,
        report::{CheckStatus, Coverage, DocumentVerdict, Fact},
        verify,
    },
};
use scanseal_pki::UnixTime;
use sha2::{Digest, Sha256};

use crate::{paper::Paper, world::World};

/// A sealed file, and where its signature value begins and ends.
fn sealed() -> (World, Vec<u8>) {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.finish().seal_a(&signer);
    (world, paper.bytes)
}

fn is_good(verdict: DocumentVerdict) -> bool {
    matches!(
        verdict,
        DocumentVerdict::Passed | DocumentVerdict::PassedWithLaterChanges
    )
}

/// Each byte of the file, its signature value and padding included, with one bit flipped and with all of them.
#[test]
fn no_byte_can_be_changed_anywhere() {
    let (world, original) = sealed();
    let trust = world.trust();
    let verdict = |bytes: &[u8]| verify(&Bytes(bytes), None, &trust).document.verdict;
    assert_eq!(verdict(&original), DocumentVerdict::Passed);
    let padding = original
        .windows(64)
        .position(|window| window == [b'0'; 64])
        .expect("padding");
    let mut bytes = original.clone();
    let mut passed = Vec::new();
    for at in 0..bytes.len() {
        // Of the padding, which is all alike, some of the first will do.
        if at > padding + 64
            && original[at] == b'0'
            && original[at - 64..at].iter().all(|&byte| byte == b'0')
        {
            continue;
        }
        for mask in [1 << (at % 8), 0x20, 0xFF] {
            bytes[at] ^= mask;
            if is_good(verdict(&bytes)) {
                passed.push((at, original[at] as char, bytes[at] as char));
            }
            bytes[at] = original[at];
        }
    }
    assert_eq!(passed, []);
}

/// Whoever has just sealed checks less than whoever verifies, and comes to the same.
#[test]
fn the_check_after_sealing_agrees_with_the_report() {
    let (_, original) = sealed();
    let trust = Trust::new(UnixTime::default());
    let range = verify(&Bytes(&original), None, &trust).signatures[0]
        .byte_range
        .expect("a byte range");
    let check = |bytes: &[u8]| {
        let part = |start: u64, length: u64| {
            let [start, length] =
                [start, length].map(|number| usize::try_from(number).expect("a small file"));
            bytes.get(start..start + length).unwrap_or_default()
        };
        let [a, b, c, d] = range;
        let digest = Sha256::digest([part(a, b), part(c, d)].concat()).into();
        check_sealed(&Bytes(bytes), None, range, &digest).is_ok()
    };
    let expected = |bytes: &[u8]| {
        let report = verify(&Bytes(bytes), None, &trust);
        let mut signatures = report.signatures.iter();
        let found = signatures.find(|signature| signature.byte_range == Some(range));
        found.is_some_and(|found| {
            let failed = |check: &_| matches!(check, CheckStatus::Failed);
            !found.checks.iter().any(|check| failed(&check.status))
                && (found.integrity.digest, found.integrity.signature) == (Fact::Yes, Fact::Yes)
                && found.coverage == Coverage::WholeFile
        })
    };
    assert!(check(&original) && expected(&original));
    let mut bytes = original.clone();
    for at in 0..bytes.len() {
        bytes[at] ^= 1 << (at % 8);
        assert_eq!(check(&bytes), expected(&bytes), "byte {at}");
        bytes[at] = original[at];
    }
    bytes.extend(b"more");
    assert!(!check(&bytes) && !expected(&bytes));
}

#[test]
fn no_part_is_enough() {
    let (world, original) = sealed();
    let trust = world.trust();
    for end in 0..original.len() {
        let verdict = verify(&Bytes(&original[..end]), None, &trust)
            .document
            .verdict;
        // Without its last line end the file says the same, but it is not what was signed.
        assert!(
            !is_good(verdict),
            "{end} of {}: {verdict:?}",
            original.len()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_few_bytes_can_be_changed_together(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let (world, original) = sealed();
        let mut bytes = original.clone();
        for (index, value) in edits {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        prop_assume!(bytes != original);
        let verdict = verify(&Bytes(&bytes), None, &world.trust()).document.verdict;
        prop_assert!(!is_good(verdict), "{verdict:?}");
    }

    #[test]
    fn nothing_that_begins_like_a_pdf_panics(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [b"%PDF-1.7\n".as_slice(), &tail].concat();
        let verdict = verify(&Bytes(&bytes), None, &World::new().trust()).document.verdict;
        prop_assert!(!is_good(verdict));
    }
}
