//! Paths: what an authority must be allowed to do, and how long a path may be.
#![allow(clippy::unwrap_used)]

mod common;

use chacha20::ChaCha20Rng;
use common::*;
use scanseal_pki::rand_core::SeedableRng;
use scanseal_pki::{
    Certificate, Issuer, MAX_PATH_LENGTH, PathError, Profile, Revocation, RevocationPolicy,
    SigningKey, Usage, Validity, verify_path,
};

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";

fn no_evidence() -> Revocation {
    Revocation::new(RevocationPolicy::AllowUnknown)
}

#[test]
fn authority_certificate_is_no_leaf() {
    let world = World::new();
    let result = verify_path(
        world.issuing.certificate(),
        &[],
        &world.anchors(),
        NOW,
        Usage::Login,
        &no_evidence(),
    );
    assert_eq!(
        result,
        Err(PathError::WrongUsage {
            usage: Usage::Login
        })
    );
}

#[test]
fn enterprise_cannot_issue_certificates() {
    let mut world = World::new();
    let thief = world.key();
    let stolen = world
        .issuing
        .issue(
            &enterprise(true),
            &thief.public_key(),
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    assert!(matches!(
        Issuer::new(stolen.clone(), thief.clone()),
        Err(scanseal_pki::IssueError::NotAnAuthority)
    ));
    // What the thief would have to do by hand: a certificate that names the enterprise as its issuer.
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let forger = Issuer::root(
        &subject_of(&stolen),
        thief.clone(),
        around(NOW, 365),
        &mut rng,
    )
    .unwrap();
    let key = any_public_key(&mut rng);
    let forged = forger
        .issue(&enterprise(true), &key, around(NOW, 100), &mut rng)
        .unwrap();
    let intermediates = [stolen, world.issuing.certificate().clone()];
    let result = verify_path(
        &forged,
        &intermediates,
        &world.anchors(),
        NOW,
        Usage::Login,
        &no_evidence(),
    );
    assert!(
        matches!(result, Err(PathError::CaConstraint { .. })),
        "{result:?}"
    );
}

fn subject_of(certificate: &Certificate) -> scanseal_pki::Subject {
    scanseal_pki::Subject::new(
        certificate.organization().unwrap(),
        certificate.common_name().unwrap(),
    )
    .unwrap()
    .with_credit_code(*certificate.credit_code().unwrap())
}

#[test]
fn issuer_whose_key_usage_forbids_signing_certificates_is_untrusted() {
    let mut world = World::new();
    let root_key = world.key();
    let root = Issuer::root(
        &subject("根"),
        root_key.clone(),
        around(NOW, 3650),
        &mut world.rng,
    )
    .unwrap();
    let issuing = issuing_below(&root, "签发", 0, around(NOW, 1825), &mut world.rng);
    let leaf_key = world.key().public_key();
    let leaf = issuing
        .issue(
            &enterprise(true),
            &leaf_key,
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    // Basic constraints make it an authority, but the key usage is an enterprise's.
    let mixed = splice_key_usage(issuing.certificate(), &leaf, &root_key);
    let check = |issuing| {
        verify_path(
            &leaf,
            &[issuing],
            &[root.certificate().clone()],
            NOW,
            Usage::Login,
            &no_evidence(),
        )
    };
    assert!(check(issuing.certificate().clone()).is_ok());
    let result = check(mixed);
    assert!(
        matches!(&result, Err(PathError::CaConstraint { reason }) if reason.contains("key usage")),
        "{result:?}"
    );
}

/// `authority` with the key usage of `other`, signed by `issuer_key`.
fn splice_key_usage(
    authority: &Certificate,
    other: &Certificate,
    issuer_key: &SigningKey,
) -> Certificate {
    use der::{Decode, Encode};
    let find = |certificate: &Certificate| {
        let parsed = x509_cert::Certificate::from_der(certificate.der()).unwrap();
        let extensions = parsed.tbs_certificate().extensions().unwrap();
        extensions
            .iter()
            .find(|extension| extension.extn_id.to_string() == KEY_USAGE)
            .unwrap()
            .to_der()
            .unwrap()
    };
    let (from, to) = (find(authority), find(other));
    assert_eq!(
        from.len(),
        to.len(),
        "key usages of the same length, so that no outer length changes"
    );
    let mut der = authority.der().to_vec();
    let at = der
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    der[at..at + to.len()].copy_from_slice(&to);
    reissue(&Certificate::from_der(&der).unwrap(), issuer_key, |_| true)
}

#[test]
fn path_length_constraint_of_an_authority_is_kept() {
    let mut world = World::new();
    // The issuing authority has path length 0 and yet has another authority below it.
    let below = issuing_below(
        &world.issuing,
        "更下级",
        0,
        around(NOW, 400),
        &mut world.rng,
    );
    let key = world.key().public_key();
    let leaf = below
        .issue(&enterprise(true), &key, around(NOW, 365), &mut world.rng)
        .unwrap();
    let intermediates = [
        below.certificate().clone(),
        world.issuing.certificate().clone(),
    ];
    let result = verify_path(
        &leaf,
        &intermediates,
        &world.anchors(),
        NOW,
        Usage::Login,
        &no_evidence(),
    );
    assert!(
        matches!(result, Err(PathError::CaConstraint { .. })),
        "{result:?}"
    );
}

#[test]
fn path_of_the_greatest_length_is_accepted_and_one_longer_refused() {
    for (length, accepted) in [(MAX_PATH_LENGTH, true), (MAX_PATH_LENGTH + 1, false)] {
        let mut world = World::new();
        let mut issuers = vec![world.root.clone()];
        for depth in 0..length - 2 {
            let next = issuing_below(
                &issuers[depth],
                &format!("第{depth}级"),
                20,
                around(NOW, 1000),
                &mut world.rng,
            );
            issuers.push(next);
        }
        let key = world.key().public_key();
        let leaf = issuers
            .last()
            .unwrap()
            .issue(&enterprise(true), &key, around(NOW, 365), &mut world.rng)
            .unwrap();
        let intermediates: Vec<_> = issuers[1..]
            .iter()
            .map(|issuer| issuer.certificate().clone())
            .collect();
        let result = verify_path(
            &leaf,
            &intermediates,
            &world.anchors(),
            NOW,
            Usage::Login,
            &no_evidence(),
        );
        match result {
            Ok(report) => assert!(accepted && report.chain().len() == length),
            Err(error) => assert!(
                !accepted && matches!(error, PathError::Untrusted { .. }),
                "{length}: {error:?}"
            ),
        }
    }
}

#[test]
fn loop_of_authorities_ends_untrusted() {
    let mut world = World::new();
    let (a_key, b_key) = (world.key(), world.key());
    let rng = &mut world.rng;
    let a = Issuer::root(&subject("甲"), a_key.clone(), around(NOW, 1000), rng).unwrap();
    let b = Issuer::root(&subject("乙"), b_key.clone(), around(NOW, 1000), rng).unwrap();
    let cross = |subject_name: &str, key: &SigningKey, issuer: &Issuer, rng: &mut _| {
        let profile = Profile::IssuingCa {
            subject: subject(subject_name),
            path_length: 20,
        };
        issuer
            .issue(&profile, &key.public_key(), around(NOW, 900), rng)
            .unwrap()
    };
    let circle = [cross("甲", &a_key, &b, rng), cross("乙", &b_key, &a, rng)];
    let key = any_public_key(rng);
    let leaf = a
        .issue(&enterprise(true), &key, around(NOW, 100), rng)
        .unwrap();
    let result = verify_path(
        &leaf,
        &circle,
        &world.anchors(),
        NOW,
        Usage::Login,
        &no_evidence(),
    );
    assert!(
        matches!(result, Err(PathError::Untrusted { .. })),
        "{result:?}"
    );
}

#[test]
fn authority_without_basic_constraints_is_untrusted() {
    let mut world = World::new();
    let root_key = world.key();
    let root = Issuer::root(
        &subject("根"),
        root_key.clone(),
        around(NOW, 3650),
        &mut world.rng,
    )
    .unwrap();
    let issuing = issuing_below(&root, "签发", 0, around(NOW, 1825), &mut world.rng);
    let key = world.key().public_key();
    let leaf = issuing
        .issue(&enterprise(true), &key, around(NOW, 365), &mut world.rng)
        .unwrap();
    let bare = reissue(issuing.certificate(), &root_key, |extension| {
        extension != BASIC_CONSTRAINTS
    });
    let result = verify_path(
        &leaf,
        &[bare],
        &[root.certificate().clone()],
        NOW,
        Usage::Login,
        &no_evidence(),
    );
    assert!(
        matches!(result, Err(PathError::CaConstraint { .. })),
        "{result:?}"
    );
}

#[test]
fn issuer_refuses_validity_that_is_empty_or_outlives_it() {
    let mut world = World::new();
    let key = world.key().public_key();
    let end = world.issuing.certificate().not_after();
    let mut issue = |not_before, not_after| {
        world
            .issuing
            .issue(
                &enterprise(true),
                &key,
                Validity {
                    not_before,
                    not_after,
                },
                &mut world.rng,
            )
            .map(|_| ())
    };
    assert_eq!(issue(NOW, end), Ok(()));
    assert_eq!(
        issue(NOW, later(end, 1)),
        Err(scanseal_pki::IssueError::OutlivesIssuer)
    );
    assert_eq!(
        issue(NOW, NOW),
        Err(scanseal_pki::IssueError::EmptyValidity)
    );
}
