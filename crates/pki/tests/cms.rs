//! Making and reading detached signatures.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use proptest::prelude::*;
use scanseal_pki::{
    AnyCertificate, Certificate, CmsError, SignedAttributes, SignedData, SigningKey, UnixTime,
    cms::{
        AttributeFault, SignatureCheckFault, SigningCertificate, content_length, reserved_length,
    },
};
use sha2::{Digest, Sha256};

const CONTENT: &[u8] = b"the signed ranges of a document";

struct Signer {
    key: SigningKey,
    certificate: Certificate,
    chain: Vec<AnyCertificate>,
}

fn signer() -> Signer {
    let mut world = World::new();
    let key = world.key();
    let certificate = world
        .issuing
        .issue(
            &enterprise(false),
            &key.public_key(),
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    let chain = vec![
        AnyCertificate::from(&certificate),
        AnyCertificate::from(world.issuing.certificate()),
    ];
    Signer {
        key,
        certificate,
        chain,
    }
}

fn digest(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

fn signed() -> (Signer, Vec<u8>) {
    let signer = signer();
    let attributes = SignedAttributes::new(&signer.certificate, &digest(CONTENT));
    let signature = signer.key.sign_es256_der(attributes.to_be_signed());
    let message = attributes.finish(&signature, &signer.chain, None).unwrap();
    (signer, message)
}

#[test]
fn signature_that_is_made_is_read_and_good() {
    let (signer, der) = signed();
    let message = SignedData::from_der(&der).unwrap();
    let report = message.verify(&digest(CONTENT));
    assert!(report.is_good(), "{report:?}");
    assert_eq!(
        message.signer().unwrap().sha256(),
        signer.certificate.sha256()
    );
    assert_eq!(message.signer_count(), 1);
    assert_eq!(message.certificates().count(), 2);
    assert_eq!(message.message_digest(), Some(&digest(CONTENT)[..]));
    assert_eq!(message.signing_time(), None::<UnixTime>);
    assert_eq!(message.digest_algorithm_name(), "SHA-256");
    assert_eq!(message.signature_algorithm_name(), "ECDSA with SHA-256");
    assert!(message.timestamp().unwrap().is_none());
}

#[test]
fn other_content_fails_by_its_digest_alone() {
    let (_, der) = signed();
    let report = SignedData::from_der(&der)
        .unwrap()
        .verify(&digest(b"other"));
    assert_eq!(report.message_digest, Err(AttributeFault::Mismatch));
    assert_eq!(report.signature, Ok(()));
    assert!(!report.is_good());
}

#[test]
fn owner_of_the_key_reads_what_is_to_be_signed() {
    let signer = signer();
    let attributes = SignedAttributes::new(&signer.certificate, &digest(CONTENT));
    let read = SignedAttributes::from_der(attributes.to_be_signed()).unwrap();
    assert_eq!(read, attributes);
    assert_eq!(read.message_digest(), &digest(CONTENT));
    assert_eq!(read.certificate_hash(), &signer.certificate.sha256());
}

#[test]
fn attributes_that_say_more_are_not_read_for_signing() {
    let signer = signer();
    let attributes = SignedAttributes::new(&signer.certificate, &digest(CONTENT));
    let der = attributes.to_be_signed();
    // Another content type: the last byte of id-data.
    let id_data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let at = der.windows(9).position(|bytes| bytes == id_data).unwrap();
    let mut other = der.to_vec();
    other[at + 8] = 2;
    assert!(SignedAttributes::from_der(&other).is_err());
    assert!(SignedAttributes::from_der(&[der, &[0]].concat()).is_err());
    assert!(SignedAttributes::from_der(&der[..der.len() - 1]).is_err());
}

#[test]
fn message_is_not_made_with_a_wrong_signature_or_certificate() {
    let signer = signer();
    let attributes = SignedAttributes::new(&signer.certificate, &digest(CONTENT));
    let wrong = signer.key.sign_es256_der(b"something else");
    assert!(matches!(
        attributes.finish(&wrong, &signer.chain, None),
        Err(CmsError::Signature(_))
    ));
    let right = signer.key.sign_es256_der(attributes.to_be_signed());
    assert_eq!(
        attributes.finish(&right, &signer.chain[1..], None),
        Err(CmsError::OtherCertificate)
    );
    assert_eq!(
        attributes.finish(&right, &[], None),
        Err(CmsError::OtherCertificate)
    );
}

#[test]
fn reserved_length_is_exact_up_to_the_two_bytes_a_signature_varies() {
    let (signer, der) = signed();
    let reserved = reserved_length(&signer.chain, false);
    let signature = SignedData::from_der(&der).unwrap().signature_value().len();
    assert_eq!(der.len(), reserved - (72 - signature));
    assert!(reserved_length(&signer.chain, true) > reserved + 12 * 1024);
    assert_eq!(reserved_length(&[], true), 0);
}

#[test]
fn length_of_a_padded_message_is_found() {
    let (_, der) = signed();
    let padded = [&der[..], &[0; 100]].concat();
    assert_eq!(content_length(&padded), Ok(der.len()));
    assert!(SignedData::from_der(&padded).is_err());
    assert!(content_length(&der[..der.len() - 1]).is_err());
    assert!(content_length(&[]).is_err());
}

#[test]
fn signer_without_certificate_in_the_message_is_told() {
    let (signer, der) = signed();
    let leaf = signer.certificate.der();
    let at = der.windows(leaf.len()).position(|bytes| bytes == leaf);
    let at = at.unwrap();
    // A set member that cannot be read must not hide the rest.
    let mut odd = der.clone();
    odd[at + 4] = 0x04;
    let message = SignedData::from_der(&odd).unwrap();
    assert!(message.signer().is_none());
    assert_eq!(message.certificates().count(), 2);
    let report = message.verify(&digest(CONTENT));
    assert_eq!(report.signature, Err(SignatureCheckFault::NoCertificate));
    assert_eq!(report.signing_certificate, SigningCertificate::Other);
    assert_eq!(report.message_digest, Ok(()));
}

/// Every byte in turn. Certificates of authorities travel outside the signature, so damage there only loses a path.
#[test]
fn message_with_any_flipped_byte_is_not_good_or_differs_outside_the_signature_only() {
    let (signer, der) = signed();
    let issuing = signer.chain[1].der();
    let outside = der
        .windows(issuing.len())
        .position(|bytes| bytes == issuing)
        .unwrap();
    for at in (0..der.len()).filter(|at| !(outside..outside + issuing.len()).contains(at)) {
        for mask in [1, 0x80] {
            let mut bytes = der.clone();
            bytes[at] ^= mask;
            if let Ok(message) = SignedData::from_der(&bytes) {
                let report = message.verify(&digest(CONTENT));
                assert!(!report.is_good(), "byte {at} mask {mask}: {report:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = SignedData::from_der(&bytes);
        let _ = SignedAttributes::from_der(&bytes);
        let _ = AnyCertificate::from_der(&bytes);
    }
}
