//! Honest files, and what the report says about them.

use scanseal_pades::{
    Bytes,
    verify::{
        Scan, Trust, Verification,
        report::{
            CheckStatus, Coverage, DocumentVerdict, Fact, Indication, Level, Reason, Report,
            SignatureKind, SignatureVerdict,
        },
        verify,
    },
};
use sha2::{Digest, Sha256};

use crate::{
    paper::{Paper, Seal},
    schema::assert_described,
    world::{ENTERPRISE, World},
};

/// Verifies both ways, which must agree, and holds the report against the schema.
pub fn report(bytes: &[u8], trust: &Trust) -> Report {
    let source = Bytes(bytes);
    let report = verify(&source, None, trust);
    let split = Verification::open(&source, None);
    let digests: Vec<Vec<u8>> = (split.digests().iter())
        .map(|job| {
            assert_eq!(job.algorithm.name(), "SHA-256");
            let mut hash = Sha256::new();
            for range in &job.ranges {
                let (start, end) = (usize::try_from(range.start), usize::try_from(range.end));
                hash.update(&bytes[start.expect("small")..end.expect("small")]);
            }
            hash.finalize().to_vec()
        })
        .collect();
    assert_eq!(
        split.finish(&digests, Scan::of(&source), trust),
        report,
        "one call and three steps agree"
    );
    assert_described(&report);
    report
}

#[test]
fn one_seal_over_the_whole_file_passes_with_every_fact() {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.finish().seal(
        5,
        "A",
        "[50 50 150 150]",
        &Seal {
            more: "/Reason(agreed)/Location(Fuzhou)/Name(somebody)/ContactInfo(1)",
            ..Seal::by(&signer)
        },
    );
    let report = report(&paper.bytes, &world.trust());
    assert_eq!(
        report.document.verdict,
        DocumentVerdict::Passed,
        "{report:#?}"
    );
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&paper.bytes));
    assert_eq!(report.document.sha256.as_deref(), Some(digest.as_str()));
    assert_eq!(report.document.size, paper.bytes.len() as u64);
    assert_eq!(report.document.revisions.len(), 2);
    assert_eq!(report.document.revisions[1].signed_by.as_deref(), Some("A"));
    assert_eq!(report.document.findings, []);

    let [signature] = &report.signatures[..] else {
        panic!("one signature: {report:#?}");
    };
    assert_eq!(signature.field.as_deref(), Some("A"));
    assert_eq!(signature.kind, SignatureKind::Approval);
    assert_eq!(signature.verdict, SignatureVerdict::Passed);
    assert_eq!(signature.indication, Indication::TotalPassed);
    assert_eq!(
        (signature.sub_indication, &signature.reasons),
        (None, &vec![])
    );
    assert_eq!(signature.revision, Some(1));
    assert_eq!(signature.coverage, Coverage::WholeFile);
    assert_eq!(signature.level, Some(Level::BB));
    let integrity = &signature.integrity;
    assert_eq!(
        (integrity.digest, integrity.signature),
        (Fact::Yes, Fact::Yes)
    );
    assert_eq!(integrity.digest_algorithm.as_deref(), Some("SHA-256"));
    let who = signature.signer.as_ref().expect("a signer");
    assert_eq!(who.enterprise.as_deref(), Some(ENTERPRISE));
    assert_eq!(who.credit_code.as_deref(), Some("91350100M000100Y43"));
    assert_eq!(signature.chain.len(), 2);
    assert_eq!(signature.trust_anchor.as_deref(), Some("demo"));
    assert_eq!(
        signature.time.claimed.as_deref(),
        Some("2026-05-28T20:26:40Z")
    );
    assert_eq!(signature.claimed.reason.as_deref(), Some("agreed"));
    let [impression] = &signature.appearance[..] else {
        panic!("one impression");
    };
    assert_eq!(impression.page, Some(1));
    assert!(impression.overlaps.is_empty());
}

#[test]
fn a_second_seal_leaves_the_first_valid() {
    let mut world = World::new();
    let (one, two) = (world.signer(), world.signer());
    let mut paper = Paper::blank();
    paper.finish().seal_a(&one).seal_b(&two);
    let report = report(&paper.bytes, &world.trust());
    assert_eq!(
        report.document.verdict,
        DocumentVerdict::Passed,
        "{report:#?}"
    );
    let fields: Vec<_> = report
        .signatures
        .iter()
        .map(|signature| signature.field.as_deref())
        .collect();
    assert_eq!(fields, [Some("A"), Some("B")]);
    assert_eq!(report.signatures[0].coverage, Coverage::WholeRevision);
    assert_eq!(report.signatures[1].coverage, Coverage::WholeFile);
}

#[test]
fn a_file_without_signatures_is_unsigned_and_one_that_is_none_unreadable() {
    let world = World::new();
    let mut paper = Paper::blank();
    paper.finish();
    assert_eq!(
        report(&paper.bytes, &world.trust()).document.verdict,
        DocumentVerdict::Unsigned
    );
    let none = report(b"GIF89a", &world.trust());
    assert_eq!(none.document.verdict, DocumentVerdict::Unreadable);
    assert_eq!(
        none.document.unreadable.expect("why").code,
        "document-damaged"
    );
    assert!(
        none.document.sha256.is_some(),
        "the digest identifies what was looked at"
    );
}

#[test]
fn a_seal_over_another_a_hidden_one_and_one_off_the_page_are_noted() {
    let mut world = World::new();
    let (one, two) = (world.signer(), world.signer());
    for (rect, reason) in [
        ("[100 100 200 200]", Reason::OverlapsSeal),
        ("[0 0 0 0]", Reason::Invisible),
        ("[550 800 650 900]", Reason::OffPage),
        ("[150 50 250 150]", Reason::CmsMalformed),
    ] {
        let mut paper = Paper::blank();
        paper
            .finish()
            .seal_a(&one)
            .seal(6, "B", rect, &Seal::by(&two));
        let report = report(&paper.bytes, &world.trust());
        let second = report.signatures.last().expect("two signatures");
        let noted: Vec<Reason> = (second.checks.iter())
            .filter(|check| check.status == CheckStatus::Noted)
            .filter_map(|check| check.reason)
            .filter(|reason| *reason != Reason::RevocationUnstated)
            .collect();
        // Touching is not covering.
        let expected = if reason == Reason::CmsMalformed {
            vec![]
        } else {
            vec![reason]
        };
        assert_eq!(noted, expected, "{rect}");
        if reason == Reason::OverlapsSeal {
            assert_eq!(second.appearance[0].overlaps, ["A"]);
        }
    }
}

#[test]
fn the_older_form_of_acrobat_is_verified_and_noted() {
    let mut world = World::new();
    let signer = world.signer();
    let mut paper = Paper::blank();
    paper.finish().seal(
        5,
        "A",
        "[50 50 150 150]",
        &Seal {
            sub_filter: "/adbe.pkcs7.detached",
            ..Seal::by(&signer)
        },
    );
    let report = report(&paper.bytes, &world.trust());
    assert_eq!(
        report.document.verdict,
        DocumentVerdict::Passed,
        "{report:#?}"
    );
    let signature = &report.signatures[0];
    assert_eq!(signature.level, None, "it is no PAdES");
    let noted = signature
        .checks
        .iter()
        .any(|check| check.reason == Some(Reason::SubFilterForeign));
    assert!(noted);
}
