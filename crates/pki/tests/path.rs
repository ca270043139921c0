//! Paths: which are accepted, and with which error the others are refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use scanseal_pki::{
    Certificate, Issuer, PathError, Profile, Revocation, RevocationPolicy, RevocationSource,
    RevocationStatus, Usage, Validity, verify_path,
};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

fn no_evidence() -> Revocation {
    Revocation::new(RevocationPolicy::AllowUnknown)
}

fn code(result: Result<scanseal_pki::PathReport, PathError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn enterprise_certificate_is_accepted_and_the_report_names_the_facts() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let report = verify_path(
        &leaf,
        &world.intermediates(),
        &world.anchors(),
        NOW,
        Usage::Login,
        &world.all_good(),
    )
    .unwrap();
    assert_eq!(report.anchor(), world.root.certificate());
    assert_eq!(report.anchor_index(), 0);
    assert_eq!((report.usage(), report.at()), (Usage::Login, NOW));
    let subjects: Vec<_> = report.subjects().collect();
    assert_eq!(subjects.len(), 3);
    assert!(
        subjects[0].starts_with(&format!("CN={ENTERPRISE}")),
        "{subjects:?}"
    );
    let good = |this_update, next_update| RevocationStatus::Good {
        source: RevocationSource::Crl,
        this_update,
        next_update,
    };
    let expected = [
        good(ago(NOW, HOUR), later(NOW, DAY)),
        good(ago(NOW, HOUR), later(NOW, 30 * DAY)),
    ];
    assert_eq!(report.revocation(), expected);
}

#[test]
fn certificate_says_what_was_put_into_it() {
    let mut world = World::new();
    let leaf = world.enterprise();
    assert_eq!(leaf.organization(), Some(ENTERPRISE));
    assert_eq!(leaf.common_name(), Some(ENTERPRISE));
    assert_eq!(leaf.credit_code().unwrap().as_str(), CREDIT_CODE);
    assert_eq!(leaf.issuer_common_name(), Some("演示签发证书"));
    assert_eq!(
        (leaf.not_before(), leaf.not_after()),
        (ago(NOW, DAY), later(NOW, 365 * DAY))
    );
    assert!(
        leaf.allows_digital_signature() && leaf.allows_content_commitment() && !leaf.is_authority()
    );
    let purposes: Vec<_> = leaf.extended_key_usages().collect();
    assert_eq!(purposes, ["1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.2"]);
    assert_eq!(leaf.spki_sha256(), leaf.public_key().spki_sha256());
    assert!(world.root.certificate().is_self_issued() && !leaf.is_self_issued());
    let platform = Profile::Platform {
        subject: subject("演示平台"),
        hosts: vec!["portal.example".to_owned()],
    };
    assert_eq!(
        world.issue(&platform, around(NOW, 90)).dns_names(),
        ["portal.example"]
    );
}

#[test]
fn validity_counts_its_first_and_its_last_second() {
    let mut world = World::new();
    let validity = Validity {
        not_before: NOW,
        not_after: later(NOW, HOUR),
    };
    let leaf = world.issue(&enterprise(true), validity);
    let check = |at| {
        verify_path(
            &leaf,
            &world.intermediates(),
            &world.anchors(),
            at,
            Usage::Login,
            &no_evidence(),
        )
    };
    assert!(check(NOW).is_ok());
    assert!(check(later(NOW, HOUR)).is_ok());
    assert_eq!(
        check(ago(NOW, 1)),
        Err(PathError::NotYetValid { not_before: NOW })
    );
    assert_eq!(
        check(later(NOW, HOUR + 1)),
        Err(PathError::Expired {
            not_after: later(NOW, HOUR)
        })
    );
    assert_eq!(code(check(ago(NOW, 1))), "certificate-not-yet-valid");
    assert_eq!(code(check(later(NOW, HOUR + 1))), "certificate-expired");
}

#[test]
fn anchor_that_has_run_out_is_refused_unless_a_renewed_one_is_there() {
    let mut world = World::new();
    let key = world.key();
    let old = Issuer::root(&subject("根"), key.clone(), around(NOW, 10), &mut world.rng).unwrap();
    let renewed = Issuer::root(&subject("根"), key, around(NOW, 1000), &mut world.rng).unwrap();
    let leaf_key = world.key().public_key();
    let leaf = renewed
        .issue(
            &enterprise(true),
            &leaf_key,
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    let at = later(NOW, 20 * DAY);
    let check = |anchors: &[Certificate]| {
        verify_path(&leaf, &[], anchors, at, Usage::Login, &no_evidence())
    };
    let (old, renewed) = (old.certificate().clone(), renewed.certificate().clone());
    assert_eq!(
        check(std::slice::from_ref(&old)),
        Err(PathError::Expired {
            not_after: later(NOW, 10 * DAY)
        })
    );
    assert_eq!(check(&[old, renewed]).unwrap().anchor_index(), 1);
}

#[test]
fn unknown_authority_and_missing_intermediate_are_untrusted() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let key = world.key();
    // The same names, another key: only the signature tells them apart.
    let impostor = Issuer::root(
        &subject("演示根证书"),
        key,
        around(NOW, 3650),
        &mut world.rng,
    )
    .unwrap();
    let foreign = vec![impostor.certificate().clone()];
    for (intermediates, anchors) in [
        (world.intermediates(), foreign),
        (vec![], world.anchors()),
        (world.intermediates(), vec![]),
    ] {
        let result = verify_path(
            &leaf,
            &intermediates,
            &anchors,
            NOW,
            Usage::Login,
            &no_evidence(),
        );
        assert!(
            matches!(result, Err(PathError::Untrusted { .. })),
            "{result:?}"
        );
        assert_eq!(code(result), "certificate-untrusted");
    }
}

#[test]
fn each_usage_accepts_its_own_certificate_only() {
    let mut world = World::new();
    let usages = [
        Usage::DocumentSigning,
        Usage::Login,
        Usage::PlatformRequest,
        Usage::TrustListSigning,
    ];
    let cases: [(Profile, &[Usage]); 5] = [
        (enterprise(true), &[Usage::DocumentSigning, Usage::Login]),
        (enterprise(false), &[Usage::DocumentSigning]),
        (
            Profile::Platform {
                subject: subject("平台"),
                hosts: vec!["a.example".to_owned()],
            },
            &[Usage::PlatformRequest],
        ),
        (
            Profile::TrustListSigner {
                subject: subject("运营"),
            },
            &[Usage::TrustListSigning],
        ),
        (
            Profile::OcspResponder {
                subject: subject("应答"),
            },
            &[],
        ),
    ];
    for (profile, accepted) in cases {
        let leaf = world.issue(&profile, around(NOW, 90));
        for usage in usages {
            let result = verify_path(
                &leaf,
                &world.intermediates(),
                &world.anchors(),
                NOW,
                usage,
                &no_evidence(),
            );
            if accepted.contains(&usage) {
                assert!(result.is_ok(), "{profile:?} {usage:?} {result:?}");
            } else {
                assert_eq!(result, Err(PathError::WrongUsage { usage }), "{profile:?}");
            }
        }
    }
}

#[test]
fn leaf_that_leaves_its_usage_open_is_refused() {
    let mut world = World::new();
    let key = world.key();
    let root = Issuer::root(
        &subject("根"),
        key.clone(),
        around(NOW, 3650),
        &mut world.rng,
    )
    .unwrap();
    let leaf_key = world.key().public_key();
    let leaf = root
        .issue(
            &enterprise(true),
            &leaf_key,
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    for missing in [KEY_USAGE, EXTENDED_KEY_USAGE] {
        let open = reissue(&leaf, &key, |extension| extension != missing);
        let result = verify_path(
            &open,
            &[],
            &[root.certificate().clone()],
            NOW,
            Usage::Login,
            &no_evidence(),
        );
        assert_eq!(
            result,
            Err(PathError::WrongUsage {
                usage: Usage::Login
            }),
            "{missing}"
        );
        assert_eq!(code(result), "certificate-wrong-usage");
    }
}
