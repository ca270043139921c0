//! Time stamps: made, read, and both with the command `openssl`.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    command::{Folder, KEYS, real_now},
    *,
};
use proptest::prelude::*;
use scanseal_pki::{
    AnyCertificate, CmsError, DigestAlgorithm, ImprintFault, IssueError, Profile, Revocation,
    RevocationPolicy, SignedAttributes, SignedData, TimestampError, TimestampFailure,
    TimestampRequest, TimestampToken, Timestamper, UnixTime, Usage, verify_any_path,
};
use sha2::{Digest, Sha256};

const POLICY: &str = "1.3.6.1.4.1.99999.1";

fn stamper(world: &mut World) -> Timestamper {
    let key = world.key();
    let profile = Profile::TimestampAuthority {
        subject: subject("演示时间戳"),
    };
    let validity = around(world.now, 365);
    let certificate = world
        .issuing
        .issue(&profile, &key.public_key(), validity, &mut world.rng)
        .unwrap();
    Timestamper::new(certificate, world.intermediates(), key, POLICY).unwrap()
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn token(stamper: &Timestamper, digest: &[u8; 32], at: UnixTime) -> TimestampToken {
    let request = TimestampRequest::new(digest, Some(u64::MAX));
    let answer = stamper.answer(&request, at, 0x80).unwrap();
    TimestampToken::from_response(&answer, &request).unwrap()
}

#[test]
fn token_that_is_made_is_read_and_good() {
    let mut world = World::new();
    let stamper = stamper(&mut world);
    let token = token(&stamper, &digest(b"value"), NOW);
    let report = token.verify(&digest(b"value"));
    assert!(report.is_good() && report.cms.is_good(), "{report:?}");
    assert_eq!(token.time(), NOW);
    assert_eq!(token.accuracy_micros(), Some(1_000_000));
    assert_eq!(token.policy(), POLICY);
    assert_eq!(token.serial_hex(), "80");
    assert_eq!(token.imprint_algorithm(), Some(DigestAlgorithm::Sha256));
    assert_eq!(token.signed_data().certificates().count(), 2);
    let signer = token.signer().unwrap();
    let path = verify_any_path(
        signer,
        &[AnyCertificate::from(world.issuing.certificate())],
        &[AnyCertificate::from(world.root.certificate())],
        token.time(),
        Usage::TimeStamping,
        &Revocation::new(RevocationPolicy::AllowUnknown),
    );
    assert_eq!(path.unwrap().chain().len(), 3);
}

#[test]
fn token_of_something_else_is_told() {
    let stamper = stamper(&mut World::new());
    let token = token(&stamper, &digest(b"value"), NOW);
    let report = token.verify(&digest(b"other"));
    assert_eq!(report.imprint, Err(ImprintFault::Mismatch));
    assert!(report.cms.is_good());
    assert!(!report.is_good());
    assert_eq!(token.verify(&[]).imprint, Err(ImprintFault::Mismatch));
}

#[test]
fn answer_to_another_question_is_refused() {
    let stamper = stamper(&mut World::new());
    let request = TimestampRequest::new(&digest(b"value"), Some(1));
    let answer = stamper.answer(&request, NOW, 1).unwrap();
    let differs = |request: &TimestampRequest| match TimestampToken::from_response(&answer, request)
    {
        Err(TimestampError::OtherAnswer { part }) => part,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        differs(&TimestampRequest::new(&digest(b"other"), Some(1))),
        "imprint"
    );
    assert_eq!(
        differs(&TimestampRequest::new(&digest(b"value"), Some(2))),
        "nonce"
    );
    assert_eq!(
        differs(&TimestampRequest::new(&digest(b"value"), None)),
        "nonce"
    );
}

#[test]
fn request_survives_its_encoding() {
    for nonce in [None, Some(0), Some(0x7f), Some(0x80), Some(u64::MAX)] {
        let request = TimestampRequest::new(&digest(b"value"), nonce);
        assert_eq!(TimestampRequest::from_der(request.der()).unwrap(), request);
    }
    let request = TimestampRequest::new(&digest(b"value"), None);
    assert!(TimestampRequest::from_der(&[request.der(), &[0]].concat()).is_err());
}

#[test]
fn only_a_certificate_for_stamping_times_makes_a_stamper() {
    let mut world = World::new();
    let key = world.key();
    let validity = around(world.now, 30);
    let leaf = world
        .issuing
        .issue(
            &enterprise(true),
            &key.public_key(),
            validity,
            &mut world.rng,
        )
        .unwrap();
    let refused = Timestamper::new(leaf, Vec::new(), key, POLICY);
    assert_eq!(refused.unwrap_err(), IssueError::NotAnAuthority);
}

#[test]
fn broken_digest_is_not_stamped() {
    let stamper = stamper(&mut World::new());
    let folder = Folder::new();
    folder.write("value", b"value");
    folder.openssl("ts -query -data value -sha1 -out request.der");
    let request = TimestampRequest::from_der(&folder.read("request.der")).unwrap();
    assert_eq!(request.imprint_algorithm(), Some(DigestAlgorithm::Sha1));
    let answer = stamper.answer(&request, NOW, 1).unwrap();
    let failure = Some(TimestampFailure::BadAlgorithm);
    assert_eq!(
        TimestampToken::from_response(&answer, &request).unwrap_err(),
        TimestampError::Refused { failure }
    );
}

#[test]
fn stamped_signature_carries_its_token() {
    let mut world = World::new();
    let stamper = stamper(&mut world);
    let key = world.key();
    let validity = around(world.now, 30);
    let certificate = world
        .issuing
        .issue(
            &enterprise(true),
            &key.public_key(),
            validity,
            &mut world.rng,
        )
        .unwrap();
    let attributes = SignedAttributes::new(&certificate, &digest(b"document"));
    let signature = key.sign_es256_der(attributes.to_be_signed());
    let stamp = token(&stamper, &digest(&signature), NOW);
    let chain = [AnyCertificate::from(&certificate)];
    let der = attributes.finish(&signature, &chain, Some(&stamp)).unwrap();
    let message = SignedData::from_der(&der).unwrap();
    assert!(message.verify(&digest(b"document")).is_good());
    let read = message.timestamp().unwrap().unwrap();
    assert_eq!(read.der(), stamp.der());
    assert!(read.verify(&digest(message.signature_value())).is_good());
    // One over another signature is not attached.
    let other = token(&stamper, &digest(b"other"), NOW);
    assert_eq!(
        attributes.finish(&signature, &chain, Some(&other)),
        Err(CmsError::OtherTimestamp)
    );
}

#[test]
fn openssl_verifies_our_tokens_and_requests() {
    let mut world = World::at(real_now());
    let stamper = stamper(&mut world);
    let folder = Folder::new();
    folder.write(
        "root.pem",
        pem("CERTIFICATE", world.root.certificate().der()),
    );
    folder.write("value", b"value");
    folder.openssl("ts -query -data value -sha512 -cert -out request.der");
    let theirs = TimestampRequest::from_der(&folder.read("request.der")).unwrap();
    assert!(theirs.wants_certificates() && theirs.nonce().is_some());
    folder.write("answer.der", stamper.answer(&theirs, world.now, 7).unwrap());
    let text = folder.openssl("ts -verify -queryfile request.der -in answer.der -CAfile root.pem");
    assert!(text.contains("Verification: OK"), "{text}");

    let ours = TimestampRequest::new(&digest(b"value"), Some(0xfedc_ba98_7654_3210));
    folder.write("ours.der", ours.der());
    let text = folder.openssl("ts -query -in ours.der -text");
    assert!(text.contains("Nonce: 0xFEDCBA9876543210"), "{text}");
    folder.write("answer.der", stamper.answer(&ours, world.now, 8).unwrap());
    folder.openssl("ts -verify -data value -in answer.der -CAfile root.pem");
    folder.write("refusal.der", TimestampFailure::SystemFailure.to_der());
    let text = folder.openssl("ts -reply -in refusal.der -text");
    assert!(text.contains("system failure"), "{text}");
}

#[test]
fn tokens_of_openssl_are_good_with_every_algorithm() {
    let folder = Folder::new();
    folder.write("value", b"value");
    // `openssl ts` of 3.0 signs with a digest, which Ed25519 does not take.
    for (name, genpkey, sign) in KEYS.into_iter().filter(|(name, ..)| *name != "Ed25519") {
        folder.root("root", genpkey, sign);
        folder.issue(
            "tsa",
            genpkey,
            "root",
            sign,
            "keyUsage=digitalSignature\nextendedKeyUsage=critical,timeStamping\n",
        );
        let digest_name = sign.split(' ').next().unwrap().trim_start_matches('-');
        for ess in ["sha1", "sha256"] {
            folder.write("tsa.cnf", tsa_config(digest_name, ess));
            folder.write("tsa_serial", "01\n");
            folder.openssl("ts -query -data value -sha256 -cert -out request.der");
            folder.openssl("ts -reply -config tsa.cnf -queryfile request.der -out answer.der");
            let request = TimestampRequest::from_der(&folder.read("request.der")).unwrap();
            let token = TimestampToken::from_response(&folder.read("answer.der"), &request);
            let token = token.unwrap_or_else(|error| panic!("{name}: {error}"));
            let report = token.verify(&digest(b"value"));
            assert!(report.is_good(), "{name} {ess}: {report:?}");
            // With SHA-1 openssl writes the older attribute.
            assert_eq!(report.cms.is_good(), ess == "sha256", "{name}");
            assert_eq!(token.accuracy_micros(), Some(1_500_100));
            verify_any_path(
                token.signer().unwrap(),
                &[],
                &[folder.certificate("root")],
                token.time(),
                Usage::TimeStamping,
                &Revocation::new(RevocationPolicy::AllowUnknown),
            )
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

fn tsa_config(digest: &str, ess: &str) -> String {
    format!(
        "[tsa]\ndefault_tsa = demo\n[demo]\nserial = tsa_serial\ncrypto_device = builtin\nsigner_cert = tsa.pem\n\
         certs = root.pem\nsigner_key = tsa.key\nsigner_digest = {digest}\ndefault_policy = 1.2.3.4.1\n\
         digests = sha256\naccuracy = secs:1, millisecs:500, microsecs:100\nclock_precision_digits = 3\n\
         ordering = yes\ntsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = {ess}\n"
    )
}

/// Every byte in turn; certificates of authorities travel outside the signature.
#[test]
fn token_with_any_flipped_byte_is_not_good() {
    let mut world = World::new();
    let stamper = stamper(&mut world);
    let der = token(&stamper, &digest(b"value"), NOW).der().to_vec();
    let issuing = world.issuing.certificate().der();
    let outside = der
        .windows(issuing.len())
        .position(|bytes| bytes == issuing)
        .unwrap();
    for at in (0..der.len()).filter(|at| !(outside..outside + issuing.len()).contains(at)) {
        for mask in [1, 0x80] {
            let mut bytes = der.clone();
            bytes[at] ^= mask;
            if let Ok(token) = TimestampToken::from_der(&bytes) {
                let report = token.verify(&digest(b"value"));
                assert!(!report.is_good(), "byte {at} mask {mask}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let request = TimestampRequest::new(&[0; 32], None);
        let _ = TimestampToken::from_der(&bytes);
        let _ = TimestampRequest::from_der(&bytes);
        let _ = TimestampToken::from_response(&bytes, &request);
    }
}
