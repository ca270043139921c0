//! Revocation lists and OCSP answers: what they prove, and what they do not.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use scanseal_pki::{
    Certificate, CertificateStatus, Crl, Issuer, OcspFailure, OcspRequest, OcspResponder,
    OcspResponse, PathError, PathReport, Profile, Revocation, RevocationDataError,
    RevocationPolicy, RevocationReason, RevocationSource, RevocationStatus, RevokedEntry, UnixTime,
    Usage, verify_path,
};

const NOCHECK: &str = "1.3.6.1.5.5.7.48.1.5";
const REVOKED: CertificateStatus = CertificateStatus::Revoked {
    since: UnixTime::from_secs(NOW.as_secs() - 600),
    reason: RevocationReason::KeyCompromise,
};

fn entry(certificate: &Certificate) -> RevokedEntry {
    RevokedEntry {
        serial_hex: certificate.serial_hex(),
        since: ago(NOW, 600),
        reason: RevocationReason::KeyCompromise,
    }
}

fn check(
    world: &World,
    leaf: &Certificate,
    at: UnixTime,
    revocation: &Revocation,
) -> Result<PathReport, PathError> {
    verify_path(
        leaf,
        &world.intermediates(),
        &world.anchors(),
        at,
        Usage::Login,
        revocation,
    )
}

fn is_revoked(result: &Result<PathReport, PathError>) -> bool {
    matches!(result, Err(PathError::Revoked { since, reason: RevocationReason::KeyCompromise, .. }) if *since == ago(NOW, 600))
}

fn is_unknown(result: &Result<PathReport, PathError>) -> bool {
    matches!(result, Err(PathError::RevocationUnknown { .. }))
}

#[test]
fn leaf_in_the_crl_is_revoked_with_time_and_reason() {
    let mut world = World::new();
    let (leaf, other) = (world.enterprise(), world.enterprise());
    let revocation = Revocation::new(RevocationPolicy::RequireAll)
        .with_crl(world.root_crl(&[]))
        .with_crl(world.crl(&[entry(&leaf)]));
    let result = check(&world, &leaf, NOW, &revocation);
    assert!(is_revoked(&result), "{result:?}");
    assert_eq!(result.unwrap_err().code(), "certificate-revoked");
    assert!(check(&world, &other, NOW, &revocation).is_ok());
}

#[test]
fn serial_numbers_with_a_sign_byte_are_found_in_crl_and_ocsp() {
    let mut world = World::new();
    // About half of all random serial numbers start with a set bit and get a zero byte in DER.
    let leaf = (0..64)
        .map(|_| world.enterprise())
        .find(|leaf| leaf.serial_hex().as_bytes()[0] >= b'8')
        .unwrap();
    let crl = world.crl(&[entry(&leaf)]);
    assert!(is_revoked(&check(
        &world,
        &leaf,
        NOW,
        &Revocation::new(RevocationPolicy::AllowUnknown).with_crl(crl)
    )));
    let asked = std::cell::RefCell::new(String::new());
    let request = OcspRequest::new(&leaf, world.issuing.certificate(), None).unwrap();
    let answer = world
        .responder
        .answer(&request, NOW, later(NOW, DAY), |serial| {
            *asked.borrow_mut() = serial.to_owned();
            REVOKED
        });
    let answer = OcspResponse::from_der(&answer.unwrap()).unwrap();
    assert_eq!(*asked.borrow(), leaf.serial_hex());
    assert!(is_revoked(&check(
        &world,
        &leaf,
        NOW,
        &Revocation::new(RevocationPolicy::AllowUnknown).with_ocsp(answer)
    )));
}

#[test]
fn revoked_issuing_authority_takes_its_certificates_with_it() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let root_crl = world.root_crl(&[entry(world.issuing.certificate())]);
    let revocation = Revocation::new(RevocationPolicy::AllowUnknown)
        .with_crl(root_crl)
        .with_crl(world.crl(&[]));
    assert!(is_revoked(&check(&world, &leaf, NOW, &revocation)));
}

#[test]
fn policies_differ_in_what_may_stay_unknown() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let none = |policy| check(&world, &leaf, NOW, &Revocation::new(policy));
    let leaf_only = |policy| {
        check(
            &world,
            &leaf,
            NOW,
            &Revocation::new(policy).with_crl(world.crl(&[])),
        )
    };
    assert!(is_unknown(&none(RevocationPolicy::RequireAll)));
    assert!(is_unknown(&none(RevocationPolicy::RequireLeaf)));
    assert_eq!(
        none(RevocationPolicy::AllowUnknown).unwrap().revocation(),
        [RevocationStatus::Unknown; 2]
    );
    assert!(is_unknown(&leaf_only(RevocationPolicy::RequireAll)));
    assert_eq!(
        leaf_only(RevocationPolicy::RequireLeaf)
            .unwrap()
            .revocation()[1],
        RevocationStatus::Unknown
    );
    assert_eq!(
        none(RevocationPolicy::default()).unwrap_err().code(),
        "certificate-status-unknown"
    );
}

#[test]
fn crl_counts_from_this_update_less_skew_until_before_next_update() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let crl = world
        .issuing
        .sign_crl(3, NOW, later(NOW, HOUR), &[])
        .unwrap();
    assert_eq!(
        (crl.this_update(), crl.next_update(), crl.number_hex()),
        (NOW, later(NOW, HOUR), "03".to_owned())
    );
    let revocation = Revocation::new(RevocationPolicy::RequireLeaf).with_crl(crl);
    assert!(check(&world, &leaf, ago(NOW, 300), &revocation).is_ok());
    assert!(is_unknown(&check(
        &world,
        &leaf,
        ago(NOW, 301),
        &revocation
    )));
    assert!(check(&world, &leaf, later(NOW, HOUR - 1), &revocation).is_ok());
    assert!(is_unknown(&check(
        &world,
        &leaf,
        later(NOW, HOUR),
        &revocation
    )));
}

#[test]
fn ocsp_counts_from_this_update_less_skew_until_before_next_update() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let request = OcspRequest::new(&leaf, world.issuing.certificate(), None).unwrap();
    let der = world
        .responder
        .answer(&request, NOW, later(NOW, HOUR), |_| CertificateStatus::Good)
        .unwrap();
    let revocation = Revocation::new(RevocationPolicy::RequireLeaf)
        .with_ocsp(OcspResponse::from_der(&der).unwrap());
    assert!(check(&world, &leaf, ago(NOW, 300), &revocation).is_ok());
    assert!(is_unknown(&check(
        &world,
        &leaf,
        ago(NOW, 301),
        &revocation
    )));
    assert!(check(&world, &leaf, later(NOW, HOUR - 1), &revocation).is_ok());
    assert!(is_unknown(&check(
        &world,
        &leaf,
        later(NOW, HOUR),
        &revocation
    )));
}

#[test]
fn revocation_in_stale_evidence_still_counts() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let long_after = later(NOW, 100 * DAY);
    let by_crl =
        Revocation::new(RevocationPolicy::AllowUnknown).with_crl(world.crl(&[entry(&leaf)]));
    let by_ocsp =
        Revocation::new(RevocationPolicy::AllowUnknown).with_ocsp(world.ocsp(&leaf, REVOKED));
    assert!(is_revoked(&check(&world, &leaf, long_after, &by_crl)));
    // The responder's certificate still has to be valid: it is the one that is believed.
    assert!(is_revoked(&check(
        &world,
        &leaf,
        later(NOW, 80 * DAY),
        &by_ocsp
    )));
}

#[test]
fn ocsp_answers_good_revoked_and_unknown_are_told_apart() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let with = |status| {
        let revocation =
            Revocation::new(RevocationPolicy::RequireAll).with_crl(world.root_crl(&[]));
        check(
            &world,
            &leaf,
            NOW,
            &revocation.with_ocsp(world.ocsp(&leaf, status)),
        )
    };
    let good = RevocationStatus::Good {
        source: RevocationSource::Ocsp,
        this_update: ago(NOW, HOUR),
        next_update: later(NOW, DAY),
    };
    assert_eq!(with(CertificateStatus::Good).unwrap().revocation()[0], good);
    assert!(is_revoked(&with(REVOKED)));
    assert!(is_unknown(&with(CertificateStatus::Unknown)));
}

#[test]
fn revocation_wins_over_good_whichever_says_it() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let base = || Revocation::new(RevocationPolicy::RequireAll).with_crl(world.root_crl(&[]));
    let ocsp_revoked = base()
        .with_crl(world.crl(&[]))
        .with_ocsp(world.ocsp(&leaf, REVOKED));
    let crl_revoked = base()
        .with_crl(world.crl(&[entry(&leaf)]))
        .with_ocsp(world.ocsp(&leaf, CertificateStatus::Good));
    assert!(is_revoked(&check(&world, &leaf, NOW, &ocsp_revoked)));
    assert!(is_revoked(&check(&world, &leaf, NOW, &crl_revoked)));
}

#[test]
fn evidence_about_another_certificate_or_by_another_authority_says_nothing() {
    let mut world = World::new();
    let (leaf, other) = (world.enterprise(), world.enterprise());
    let key = world.key();
    // Same name as the issuing authority, another key.
    let impostor = Issuer::root(
        &subject("演示签发证书"),
        key,
        around(NOW, 1825),
        &mut world.rng,
    )
    .unwrap();
    let forged_crl = impostor
        .sign_crl(9, ago(NOW, HOUR), later(NOW, DAY), &[])
        .unwrap();
    let forger = responder_of(&impostor, NOW, &mut world.rng);
    let request = OcspRequest::new(&leaf, world.issuing.certificate(), None).unwrap();
    let forged_answer = forger
        .answer(&request, NOW, later(NOW, DAY), |_| CertificateStatus::Good)
        .unwrap();
    let root_says = world
        .root_responder
        .answer(&request, NOW, later(NOW, DAY), |_| CertificateStatus::Good)
        .unwrap();
    let require = || Revocation::new(RevocationPolicy::RequireLeaf);
    for revocation in [
        require().with_crl(forged_crl),
        require().with_crl(world.root_crl(&[])),
        require().with_ocsp(world.ocsp(&other, CertificateStatus::Good)),
        require().with_ocsp(OcspResponse::from_der(&forged_answer).unwrap()),
        require().with_ocsp(OcspResponse::from_der(&root_says).unwrap()),
    ] {
        let result = check(&world, &leaf, NOW, &revocation);
        assert!(is_unknown(&result), "{result:?}");
    }
}

#[test]
fn responder_without_delegation_nocheck_or_validity_is_not_believed() {
    let mut world = World::new();
    let issuing_key = world.key();
    let issuing = Issuer::root(
        &subject("直签"),
        issuing_key.clone(),
        around(NOW, 1825),
        &mut world.rng,
    )
    .unwrap();
    let key = world.key().public_key();
    let leaf = issuing
        .issue(&enterprise(true), &key, around(NOW, 365), &mut world.rng)
        .unwrap();
    let responder_key = world.key();
    let profile = Profile::OcspResponder {
        subject: subject("应答"),
    };
    let certificate = issuing
        .issue(
            &profile,
            &responder_key.public_key(),
            around(NOW, 90),
            &mut world.rng,
        )
        .unwrap();
    let answer_by = |certificate: Certificate, at: UnixTime| {
        let responder = OcspResponder::new(
            issuing.certificate().clone(),
            certificate,
            responder_key.clone(),
        )
        .unwrap();
        let request = OcspRequest::new(&leaf, issuing.certificate(), None).unwrap();
        let der = responder
            .answer(&request, at, later(at, DAY), |_| CertificateStatus::Good)
            .unwrap();
        let revocation = Revocation::new(RevocationPolicy::RequireAll)
            .with_ocsp(OcspResponse::from_der(&der).unwrap());
        verify_path(
            &leaf,
            &[],
            &[issuing.certificate().clone()],
            at,
            Usage::Login,
            &revocation,
        )
    };
    assert!(answer_by(certificate.clone(), NOW).is_ok());
    assert!(answer_by(certificate.clone(), later(NOW, 90 * DAY)).is_ok());
    assert!(is_unknown(&answer_by(
        certificate.clone(),
        later(NOW, 90 * DAY + 1)
    )));
    let unmarked = reissue(&certificate, &issuing_key, |extension| extension != NOCHECK);
    assert!(is_unknown(&answer_by(unmarked, NOW)));
    // An enterprise is no responder: making one is refused, and so is an answer that smuggles its certificate in.
    let enterprise_certificate = issuing
        .issue(
            &enterprise(true),
            &responder_key.public_key(),
            around(NOW, 90),
            &mut world.rng,
        )
        .unwrap();
    assert!(
        OcspResponder::new(
            issuing.certificate().clone(),
            enterprise_certificate.clone(),
            responder_key.clone()
        )
        .is_err()
    );
}

#[test]
fn nonce_of_the_request_comes_back_and_its_length_is_limited() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let request =
        |length| OcspRequest::new(&leaf, world.issuing.certificate(), Some(&vec![9; length]));
    for length in [1, 32, 128] {
        let request = request(length).unwrap();
        assert_eq!(OcspRequest::from_der(request.der()).unwrap(), request);
        let der = world
            .responder
            .answer(&request, NOW, later(NOW, DAY), |_| CertificateStatus::Good)
            .unwrap();
        assert_eq!(
            OcspResponse::from_der(&der).unwrap().nonce(),
            Some(&vec![9; length][..])
        );
    }
    assert!(request(0).is_err() && request(129).is_err());
}

#[test]
fn failure_of_the_responder_is_its_own_error() {
    for (failure, status) in [
        (OcspFailure::MalformedRequest, 1),
        (OcspFailure::InternalError, 2),
        (OcspFailure::TryLater, 3),
    ] {
        let error = OcspResponse::from_der(&failure.to_der()).unwrap_err();
        assert_eq!(error, RevocationDataError::NotSuccessful { status });
    }
}

#[test]
fn lengths_are_limited() {
    let too_long = |error| matches!(error, RevocationDataError::TooLong { .. });
    for (limit, read) in [
        (
            scanseal_pki::MAX_CRL_LENGTH,
            (|der| Crl::from_der(der).unwrap_err()) as fn(&[u8]) -> RevocationDataError,
        ),
        (scanseal_pki::MAX_OCSP_LENGTH, |der| {
            OcspResponse::from_der(der).unwrap_err()
        }),
        (scanseal_pki::MAX_OCSP_REQUEST_LENGTH, |der| {
            OcspRequest::from_der(der).unwrap_err()
        }),
    ] {
        let zeros = vec![0; limit + 1];
        assert!(!too_long(read(&zeros[..limit])), "{limit}");
        assert!(too_long(read(&zeros)), "{limit}");
    }
}
