//! Random and damaged input: nothing panics, nothing damaged verifies.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::OnceLock;

use common::*;
use proptest::prelude::*;
use scanseal_pki::{
    Certificate, CertificateRequest, CertificateStatus, Crl, CsrBuilder, OcspRequest, OcspResponse,
    PublicKey, Revocation, RevocationPolicy, SigningKey, Subject, TrustList, Usage, verify_path,
};

struct Samples {
    world: World,
    leaf: Certificate,
    crl: Vec<u8>,
    ocsp: Vec<u8>,
    ocsp_request: Vec<u8>,
    request: Vec<u8>,
}

fn samples() -> &'static Samples {
    static SAMPLES: OnceLock<Samples> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let mut world = World::new();
        let leaf = world.enterprise();
        let crl = world.crl(&[]).der().to_vec();
        let ocsp = world.ocsp(&leaf, CertificateStatus::Good).der().to_vec();
        let ocsp_request = OcspRequest::new(&leaf, world.issuing.certificate(), Some(&[1; 32]))
            .unwrap()
            .der()
            .to_vec();
        let key = world.key();
        let subject = Subject::new(ENTERPRISE, ENTERPRISE).unwrap();
        let request = CsrBuilder::new(&subject, &key.public_key())
            .sign(&key)
            .unwrap()
            .der()
            .to_vec();
        Samples {
            world,
            leaf,
            crl,
            ocsp,
            ocsp_request,
            request,
        }
    })
}

fn read_everything(bytes: &[u8]) {
    let _ = Certificate::from_der(bytes);
    let _ = CertificateRequest::from_der(bytes);
    let _ = Crl::from_der(bytes);
    let _ = OcspResponse::from_der(bytes);
    let _ = OcspRequest::from_der(bytes);
    let _ = PublicKey::from_spki_der(bytes);
    let _ = SigningKey::from_pkcs8_der(bytes);
    let _ = TrustList::from_json(bytes);
}

fn flipped(bytes: &[u8], at: &prop::sample::Index, mask: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = at.index(bytes.len());
    bytes[at] ^= mask;
    bytes
}

fn accepts(leaf: &Certificate, revocation: &Revocation) -> bool {
    let world = &samples().world;
    verify_path(
        leaf,
        &world.intermediates(),
        &world.anchors(),
        NOW,
        Usage::Login,
        revocation,
    )
    .is_ok()
}

fn require_leaf() -> Revocation {
    Revocation::new(RevocationPolicy::RequireLeaf)
}

#[test]
fn undamaged_samples_are_accepted() {
    let samples = samples();
    assert!(accepts(
        &samples.leaf,
        &require_leaf().with_crl(Crl::from_der(&samples.crl).unwrap())
    ));
    assert!(accepts(
        &samples.leaf,
        &require_leaf().with_ocsp(OcspResponse::from_der(&samples.ocsp).unwrap())
    ));
    assert!(CertificateRequest::from_der(&samples.request).is_ok());
    assert!(OcspRequest::from_der(&samples.ocsp_request).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&bytes);
    }

    #[test]
    fn mutated_samples_never_panic(
        which in 0..5usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        truncate in any::<bool>(),
    ) {
        let samples = samples();
        let sample: &[u8] = [samples.leaf.der(), &samples.crl, &samples.ocsp, &samples.ocsp_request, &samples.request][which];
        let mut bytes = edits.iter().fold(sample.to_vec(), |bytes, (at, mask)| flipped(&bytes, at, *mask));
        if truncate {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_everything(&bytes);
        if let Ok(leaf) = Certificate::from_der(&bytes) {
            let _ = accepts(&leaf, &Revocation::new(RevocationPolicy::AllowUnknown));
        }
    }

    #[test]
    fn certificate_with_a_flipped_byte_is_not_accepted(at in any::<prop::sample::Index>(), mask in 1..=255u8) {
        if let Ok(leaf) = Certificate::from_der(&flipped(samples().leaf.der(), &at, mask)) {
            prop_assert!(!accepts(&leaf, &Revocation::new(RevocationPolicy::AllowUnknown)));
        }
    }

    #[test]
    fn crl_with_a_flipped_byte_proves_nothing(at in any::<prop::sample::Index>(), mask in 1..=255u8) {
        if let Ok(crl) = Crl::from_der(&flipped(&samples().crl, &at, mask)) {
            prop_assert!(!accepts(&samples().leaf, &require_leaf().with_crl(crl)));
        }
    }

    #[test]
    fn request_with_a_flipped_byte_is_refused(at in any::<prop::sample::Index>(), mask in 1..=255u8) {
        prop_assert!(CertificateRequest::from_der(&flipped(&samples().request, &at, mask)).is_err());
    }

    #[test]
    fn signature_verifies_for_its_own_message_and_key_only(
        message in prop::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        mask in 1..=255u8,
        seed in 1..=255u8,
    ) {
        let key = SigningKey::from_random_bytes(&[seed; 32]).ok();
        prop_assume!(key.is_some());
        let key = key.unwrap();
        let signature = key.sign_es256(&message);
        prop_assert!(key.public_key().verify_es256(&message, &signature).is_ok());
        prop_assert!(key.public_key().verify_es256(&flipped(&message, &at, mask), &signature).is_err());
        let wrong: [u8; 64] = flipped(&signature, &at, mask).try_into().unwrap();
        prop_assert!(key.public_key().verify_es256(&message, &wrong).is_err());
        let other = SigningKey::from_random_bytes(&[seed ^ 1; 32]);
        if let Ok(other) = other {
            prop_assert!(other.public_key().verify_es256(&message, &signature).is_err());
        }
        let der = key.sign_es256_der(&message);
        prop_assert!(key.public_key().verify_es256_der(&message, &der).is_ok());
        prop_assert!(key.public_key().verify_es256_der(&message, &flipped(&der, &at, mask)).is_err());
    }
}

/// Every byte of the answer in turn. Only the responder's certificate travels outside the signature, and damage
/// there breaks the delegation; so nothing may be accepted at all.
#[test]
fn ocsp_answer_with_any_flipped_byte_proves_nothing() {
    let samples = samples();
    for at in 0..samples.ocsp.len() {
        let mut bytes = samples.ocsp.clone();
        bytes[at] ^= 1;
        if let Ok(response) = OcspResponse::from_der(&bytes) {
            assert!(
                !accepts(&samples.leaf, &require_leaf().with_ocsp(response)),
                "byte {at}"
            );
        }
    }
}
