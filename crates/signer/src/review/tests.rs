#![allow(clippy::unwrap_used)]
use scanseal_pki::Validity;
use scanseal_protocol::{
    assertion::{Expected, verify},
    request::CertificateKind,
};

use super::*;
use crate::{NewPin, NoCoSigner, Pin, SigningError, testing::*};

mod bind;
mod documents;

const PIN: &str = "135790";
const BINDING: [u8; 32] = [7; 32];

/// A phone that knows the operator of `world`, with the certificates given, and its list.
fn phone(
    world: &World,
    list: &TrustList,
    certificates: Vec<crate::Enrolled>,
) -> (Vault, Vec<CertificateId>) {
    let mut vault = Vault::new();
    vault
        .add_operator(crate::Operator::new(ORIGIN, &world.description()).unwrap())
        .unwrap();
    vault
        .update_trust_list(ORIGIN, &world.sign_list(list), NOW)
        .unwrap();
    let (pin, mut rng) = (NewPin::parse(PIN).unwrap(), Counter::new(3));
    let ids = certificates
        .into_iter()
        .map(|enrolled| vault.add(enrolled, &pin, CHEAP_KDF, &mut rng).unwrap());
    let ids = ids.collect();
    (vault, ids)
}

fn review_of(certificates: Vec<crate::Enrolled>) -> Review {
    let world = World::new();
    let (vault, _) = phone(&world, &world.trust_list(), certificates);
    Review::new(&vault, ORIGIN, &world.request(|_| {}), NOW).unwrap()
}

fn unlock(vault: &mut Vault, id: &CertificateId) -> Unlocked {
    let attempt = vault.begin_attempt(id, NOW).unwrap().stored();
    attempt.unlock(vault, &Pin::parse(PIN).unwrap()).unwrap()
}

#[test]
fn approved_request_gives_an_assertion_that_the_platform_accepts() {
    let world = World::new();
    let (mut vault, ids) = phone(
        &world,
        &world.trust_list(),
        vec![world.enrolled(10, LIFE, true)],
    );
    let request = world.request(|_| {});
    let review = Review::new(&vault, ORIGIN, &request, NOW).unwrap();
    assert_eq!(review.platform().name, name("Portal"));
    assert_eq!(review.none_fits(), None);
    let unlocked = unlock(&mut vault, &ids[0]);
    let signing = review.approve(&unlocked, &BINDING, NOW).unwrap();
    let assertion = block_on(signing.run(&mut NoCoSigner)).unwrap();
    let expected = Expected {
        request: &Request::parse(&request).unwrap(),
        channel_binding: &BINDING,
        trust: &world.trust_list(),
        revocation: &Revocation::new(RevocationPolicy::AllowUnknown),
        now: NOW,
    };
    let verified = verify(&assertion, &expected).unwrap();
    assert_eq!(CertificateId::of(verified.certificate()), ids[0]);
}

#[test]
fn each_certificate_that_does_not_fit_says_why() {
    let world = World::new();
    let stranger = World::unknown();
    let certificates = vec![
        world.enrolled(10, LIFE, true),
        world.enrolled(11, OVER, true),
        world.enrolled(12, LATER, true),
        world.enrolled(13, LIFE, false),
        stranger.enrolled(14, LIFE, true),
    ];
    let review = review_of(certificates);
    let verdicts: Vec<_> = review
        .candidates()
        .iter()
        .map(|candidate| (candidate.unfit(), candidate.ca().is_some()))
        .collect();
    assert_eq!(
        verdicts,
        [
            (None, true),
            (Some(Code::CertificateExpired), true),
            (Some(Code::CertificateNotYetValid), true),
            (Some(Code::CertificateWrongUsage), true),
            (Some(Code::CertificateUntrusted), false),
        ]
    );
    assert_eq!(review.none_fits(), None);
}

#[test]
fn authority_that_the_request_does_not_accept_is_of_the_wrong_kind_for_it() {
    let world = World::new();
    let (vault, _) = phone(
        &world,
        &world.trust_list(),
        vec![world.enrolled(10, LIFE, true)],
    );
    let unfit = |change: &dyn Fn(&mut RequestClaims)| {
        Review::new(&vault, ORIGIN, &world.request(change), NOW)
            .unwrap()
            .candidates()[0]
            .unfit()
    };
    assert_eq!(unfit(&|_| {}), None);
    assert_eq!(
        unfit(&|claims| claims.accept.kinds = vec![CertificateKind::Mutual]),
        Some(Code::CertificateWrongKind)
    );
    assert_eq!(
        unfit(&|claims| claims.accept.cas = Some(vec!["ca".to_owned()])),
        None
    );
    assert_eq!(
        unfit(&|claims| claims.accept.cas = Some(vec!["other".to_owned()])),
        Some(Code::CertificateWrongKind)
    );
}

#[test]
fn candidates_name_their_authority_and_its_kind() {
    let (world, mutual) = (World::new(), World::from_seed(2000));
    let certificates = vec![
        world.enrolled(10, LIFE, true),
        mutual.enrolled(11, LIFE, true),
        mutual.enrolled(12, OVER, true),
    ];
    let (vault, _) = phone(&world, &world.trust_list_with(&mutual), certificates);
    let review = Review::new(&vault, ORIGIN, &world.request(|_| {}), NOW).unwrap();
    let told: Vec<_> = review
        .candidates()
        .iter()
        .map(|candidate| {
            let ca = candidate.ca().unwrap();
            (
                ca.id.as_str(),
                ca.name.en.as_str(),
                ca.kind,
                candidate.unfit(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("ca", "ca", CertificateKind::Platform, None),
            (
                "mutual",
                "mutual",
                CertificateKind::Mutual,
                Some(Code::CertificateWrongKind)
            ),
            (
                "mutual",
                "mutual",
                CertificateKind::Mutual,
                Some(Code::CertificateExpired)
            ),
        ]
    );
}

#[test]
fn certificate_is_judged_to_the_second_of_its_validity() {
    let world = World::new();
    let unfit = |validity: Validity| {
        let (vault, _) = phone(
            &world,
            &world.trust_list(),
            vec![world.enrolled(10, validity, true)],
        );
        Review::new(&vault, ORIGIN, &world.request(|_| {}), NOW)
            .unwrap()
            .candidates()[0]
            .unfit()
    };
    let second = |offset: i64| UnixTime::from_secs(NOW.as_secs().wrapping_add_signed(offset));
    assert_eq!(
        unfit(Validity {
            not_before: days(-1),
            not_after: NOW
        }),
        None
    );
    assert_eq!(
        unfit(Validity {
            not_before: days(-1),
            not_after: second(-1)
        }),
        Some(Code::CertificateExpired)
    );
    assert_eq!(
        unfit(Validity {
            not_before: NOW,
            not_after: days(1)
        }),
        None
    );
    assert_eq!(
        unfit(Validity {
            not_before: second(1),
            not_after: days(1)
        }),
        Some(Code::CertificateNotYetValid)
    );
}

#[test]
fn without_a_fitting_certificate_the_refusal_has_the_common_reason() {
    let world = World::new();
    assert_eq!(review_of(vec![]).none_fits(), Some(Code::CertificateNone));
    let expired = || {
        vec![
            world.enrolled(10, OVER, true),
            world.enrolled(11, OVER, true),
        ]
    };
    assert_eq!(
        review_of(expired()).none_fits(),
        Some(Code::CertificateExpired)
    );
    let mut mixed = expired();
    mixed.push(world.enrolled(12, LIFE, false));
    assert_eq!(review_of(mixed).none_fits(), Some(Code::RefusedCertificate));
}

#[test]
fn request_that_is_not_genuine_is_never_shown() {
    let world = World::new();
    let (vault, _) = phone(&world, &world.trust_list(), vec![]);
    let code = |request: &str, now| {
        Review::new(&vault, ORIGIN, request, now)
            .unwrap_err()
            .code()
    };
    assert_eq!(code("no request", NOW), Code::Malformed);
    assert_eq!(
        code(&World::unknown().request(|_| {}), NOW),
        Code::RequestUntrusted
    );
    let other_origin =
        world.request(|claims| claims.origin = "https://evil.example".parse().unwrap());
    assert_eq!(code(&other_origin, NOW), Code::OriginRefused);
    let last = world.request(|_| {});
    let end = Request::parse(&last).unwrap().claims().exp;
    assert!(Review::new(&vault, ORIGIN, &last, end).is_ok());
    assert_eq!(
        code(&last, end.saturating_add_secs(1)),
        Code::RequestExpired
    );
    assert_eq!(code(&last, days(2)), Code::TrustListExpired);
    let unknown = Review::new(&vault, "https://other.example", &last, NOW).unwrap_err();
    assert_eq!(unknown, ReviewError::Operator(OperatorError::Unknown));
}

#[test]
fn nothing_is_signed_too_late_or_with_a_certificate_that_does_not_fit() {
    let world = World::new();
    let certificates = vec![
        world.enrolled(10, LIFE, true),
        world.enrolled(11, OVER, true),
    ];
    let (mut vault, ids) = phone(&world, &world.trust_list(), certificates);
    let review = Review::new(&vault, ORIGIN, &world.request(|_| {}), NOW).unwrap();
    let end = review.claims().exp;
    let good = unlock(&mut vault, &ids[0]);
    assert!(review.approve(&good, &BINDING, end).is_ok());
    assert_eq!(
        review
            .approve(&good, &BINDING, end.saturating_add_secs(1))
            .unwrap_err(),
        ApproveError::Expired
    );
    let expired = unlock(&mut vault, &ids[1]);
    let refusal = review.approve(&expired, &BINDING, NOW).unwrap_err();
    assert_eq!(
        refusal,
        ApproveError::Unfit {
            code: Code::CertificateExpired
        }
    );
    let empty = review_of(vec![]);
    assert_eq!(
        empty.approve(&good, &BINDING, NOW).unwrap_err(),
        ApproveError::Unknown
    );
}

#[test]
fn assertion_waits_for_each_round_of_a_split_key() {
    let key = SplitKey::new(2);
    let signing = Signing::new(&key, b"assertion", |_| "signed".to_owned());
    let crate::Progress::Send(first, signing) = signing.next(None).unwrap() else {
        panic!("one round too few")
    };
    let crate::Progress::Send(second, signing) = signing.next(Some(&first)).unwrap() else {
        panic!("one round too few")
    };
    assert!(
        matches!(signing.next(Some(&second)).unwrap(), crate::Progress::Done(text) if text == "signed")
    );
    let signing = Signing::new(&key, b"assertion", |_| ());
    let crate::Progress::Send(_, signing) = signing.next(None).unwrap() else {
        panic!("one round too few")
    };
    assert!(matches!(
        signing.next(Some(b"other")),
        Err(SigningError::CoSigner(_))
    ));
}
