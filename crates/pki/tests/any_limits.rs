//! Limits of what is read from others, at the limit and one past it; and damaged input, which never panics.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::OnceLock;

use common::command::{AUTHORITY, Folder, KEYS, SIGNER, real_now};
use proptest::prelude::*;
use scanseal_pki::{
    AnyCertificate, AnyCertificateError, AnyKeyError, AnyPublicKey, CmsError, Crl,
    MAX_ANY_CERTIFICATE_LENGTH, MAX_RSA_BITS, MAX_TIMESTAMP_LENGTH, MAX_TIMESTAMP_NONCE_LENGTH,
    MAX_TIMESTAMP_REQUEST_LENGTH, MIN_RSA_BITS, PathError, Revocation, RevocationPolicy,
    SignedAttributes, SignedData, TimestampError, TimestampRequest, TimestampToken, Usage,
    cms::{MAX_CMS_LENGTH, MAX_SIGNED_ATTRIBUTES_LENGTH},
    verify_any_path,
};

fn short(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat()
}

#[test]
fn lengths() {
    let zeros = vec![0; MAX_CMS_LENGTH + 1];
    let at = |length: usize| &zeros[..length];
    let malformed = |error: CmsError| matches!(error, CmsError::Malformed { .. });
    assert!(malformed(
        SignedData::from_der(at(MAX_CMS_LENGTH)).unwrap_err()
    ));
    assert_eq!(
        SignedData::from_der(at(MAX_CMS_LENGTH + 1)).unwrap_err(),
        CmsError::TooLong
    );
    let limit = MAX_SIGNED_ATTRIBUTES_LENGTH;
    assert!(malformed(
        SignedAttributes::from_der(at(limit)).unwrap_err()
    ));
    assert_eq!(
        SignedAttributes::from_der(at(limit + 1)).unwrap_err(),
        CmsError::TooLong
    );
    let limit = MAX_TIMESTAMP_LENGTH;
    assert!(malformed(TimestampToken::from_der(at(limit)).unwrap_err()));
    assert_eq!(
        TimestampToken::from_der(at(limit + 1)).unwrap_err(),
        CmsError::TooLong
    );
    let request = TimestampRequest::new(&[0; 32], None);
    let answer = |length| TimestampToken::from_response(at(length), &request).unwrap_err();
    assert!(matches!(answer(limit), TimestampError::Malformed { .. }));
    assert_eq!(answer(limit + 1), TimestampError::TooLong);
    let limit = MAX_TIMESTAMP_REQUEST_LENGTH;
    assert!(matches!(
        TimestampRequest::from_der(at(limit)).unwrap_err(),
        TimestampError::Malformed { .. }
    ));
    assert_eq!(
        TimestampRequest::from_der(at(limit + 1)).unwrap_err(),
        TimestampError::TooLong
    );
    let limit = MAX_ANY_CERTIFICATE_LENGTH;
    assert_eq!(
        AnyCertificate::from_der(at(limit)).unwrap_err(),
        AnyCertificateError::Malformed
    );
    assert_eq!(
        AnyCertificate::from_der(at(limit + 1)).unwrap_err(),
        AnyCertificateError::TooLong
    );
}

#[test]
fn nonces() {
    let with = |length: usize| {
        let algorithm = short(0x30, &short(6, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]));
        let imprint = short(0x30, &[algorithm, short(4, &[0; 32])].concat());
        let parts = [short(2, &[1]), imprint, short(2, &vec![1; length])];
        TimestampRequest::from_der(&short(0x30, &parts.concat()))
    };
    let limit = MAX_TIMESTAMP_NONCE_LENGTH;
    assert_eq!(with(limit).unwrap().nonce().unwrap().len(), limit);
    assert!(with(limit + 1).is_err());
    assert!(with(0).is_err());
}

#[test]
fn rsa_keys() {
    // A modulus of so many bits: the first and the last set.
    let key = |bits: u32| {
        let mut modulus = vec![0_u8; usize::try_from(bits.div_ceil(8)).unwrap()];
        modulus[0] = 1 << ((bits - 1) % 8);
        *modulus.last_mut().unwrap() |= 1;
        let modulus = [&[0][..usize::from(modulus[0] >= 0x80)], &modulus].concat();
        let numbers = [number(&modulus), number(&[1, 0, 1])].concat();
        let bits = definite(3, &[&[0][..], &definite(0x30, &numbers)].concat());
        let oid = short(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
        let algorithm = short(0x30, &[oid, vec![5, 0]].concat());
        AnyPublicKey::from_spki_der(&definite(0x30, &[algorithm, bits].concat()))
    };
    assert!(key(MIN_RSA_BITS).unwrap().strength().is_ok());
    assert!(key(MIN_RSA_BITS - 1).unwrap().strength().is_err());
    assert_eq!(key(MAX_RSA_BITS).unwrap().name(), "RSA 8192");
    assert_eq!(key(MAX_RSA_BITS + 1), Err(AnyKeyError::Unsupported));
    assert_eq!(key(511), Err(AnyKeyError::Malformed));
}

fn number(digits: &[u8]) -> Vec<u8> {
    definite(2, digits)
}

/// In DER, of any length.
fn definite(tag: u8, content: &[u8]) -> Vec<u8> {
    match content.len() {
        0..=0x7f => short(tag, content),
        0x80..=0xff => [&[tag, 0x81, content.len().to_le_bytes()[0]][..], content].concat(),
        length => {
            let length = u16::try_from(length).unwrap().to_be_bytes();
            [&[tag, 0x82][..], &length, content].concat()
        }
    }
}

/// Seventeen cross-signed certificates of one authority, all but the last revoked.
#[test]
fn paths_that_are_judged() {
    let folder = Folder::new();
    let p256 = KEYS[0].1;
    folder.root("root", p256, "-sha256");
    folder.issue("middle", p256, "root", "-sha256", AUTHORITY);
    folder.issue("leaf", p256, "middle", "-sha256", SIGNER);
    let mut middles = vec![folder.certificate("middle")];
    let mut names = vec!["middle0".to_owned()];
    folder.write("middle0.pem", folder.read("middle.pem"));
    for number in 1..17 {
        folder.certify("middle", "root", "-sha256", AUTHORITY);
        middles.push(folder.certificate("middle"));
        names.push(format!("middle{number}"));
        folder.write(&format!("middle{number}.pem"), folder.read("middle.pem"));
    }
    let check = |good: usize, offered: usize| {
        let revoked: Vec<&str> = names
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != good)
            .map(|(_, name)| name.as_str())
            .collect();
        let crl = folder.crl("root", "-sha256", &revoked);
        let evidence = Revocation::new(RevocationPolicy::AllowUnknown).with_crl(crl);
        verify_any_path(
            &folder.certificate("leaf"),
            &middles[..offered],
            &[folder.certificate("root")],
            real_now(),
            Usage::PdfSignature,
            &evidence,
        )
    };
    assert!(check(15, 16).is_ok());
    let refused = check(16, 17);
    assert!(
        matches!(refused, Err(PathError::Revoked { .. })),
        "{refused:?}"
    );
}

struct Samples {
    messages: Vec<Vec<u8>>,
    content: &'static [u8],
}

/// One message of each kind of key.
fn samples() -> &'static Samples {
    static SAMPLES: OnceLock<Samples> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let folder = Folder::new();
        let content: &[u8] = b"content";
        folder.write("content", content);
        let messages = [0, 1, 2, 4].map(|index| {
            let (_, genpkey, sign) = KEYS[index];
            folder.root("root", genpkey, sign);
            folder.openssl(&format!("cms -sign -cades -binary -in content -signer root.pem -inkey root.key -md sha512 -outform DER -out message.der {}", if index == 4 { "-keyopt rsa_padding_mode:pss" } else { "" }));
            folder.read("message.der")
        });
        Samples { messages: messages.to_vec(), content }
    })
}

fn report_is_good(bytes: &[u8], content: &[u8]) -> bool {
    let Ok(message) = SignedData::from_der(bytes) else {
        return false;
    };
    let digest = message
        .digest_algorithm()
        .ok()
        .and_then(|algorithm| algorithm.digest(content));
    let _ = message.timestamp();
    message.verify(&digest.unwrap_or_default()).is_good()
}

#[test]
fn undamaged_samples_are_good_and_shortened_ones_are_not() {
    for message in &samples().messages {
        assert!(report_is_good(message, samples().content));
        for length in 0..message.len() {
            assert!(SignedData::from_der(&message[..length]).is_err());
        }
    }
}

/// The certificate is bound by its digest, so not even it can change.
#[test]
fn sample_with_any_flipped_byte_is_not_good() {
    for message in &samples().messages {
        for at in 0..message.len() {
            let mut bytes = message.clone();
            bytes[at] ^= 1;
            assert!(!report_is_good(&bytes, samples().content), "byte {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn mutated_messages_never_panic(
        which in 0..4usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        truncate in any::<bool>(),
    ) {
        let mut bytes = samples().messages[which].clone();
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if truncate {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = report_is_good(&bytes, samples().content);
        let _ = TimestampToken::from_der(&bytes);
        let _ = AnyCertificate::from_der(&bytes);
        let _ = Crl::any_from_der(&bytes);
    }
}
