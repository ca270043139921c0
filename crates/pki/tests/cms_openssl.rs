//! Detached signatures and the command `openssl`: it accepts ours, and we read what it makes with every algorithm.
#![allow(clippy::unwrap_used)]

mod common;

use common::{
    command::{Folder, KEYS, SIGNER, real_now},
    *,
};
use scanseal_pki::{
    AnyCertificate, CmsReport, DigestAlgorithm, SignatureAlgorithm, SignatureFault,
    SignedAttributes, SignedData, SigningKey, Weakness,
    cms::{
        AttributesFault, ConsistencyFault, FormFault, SignatureCheckFault, SigningCertificate,
        content_length,
    },
};
use sha2::{Digest, Sha256};

const CONTENT: &[u8] = b"the signed ranges of a document";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("content", CONTENT);
    folder
}

fn read(folder: &Folder) -> SignedData {
    SignedData::from_der(&folder.read("message.der")).unwrap()
}

fn report(message: &SignedData) -> CmsReport {
    let digest = message
        .digest_algorithm()
        .ok()
        .and_then(|algorithm| algorithm.digest(CONTENT));
    message.verify(&digest.unwrap_or_default())
}

#[test]
fn openssl_accepts_our_signature() {
    let folder = folder();
    let mut world = World::at(real_now());
    let key = world.key();
    let validity = around(world.now, 365);
    let certificate = world
        .issuing
        .issue(
            &enterprise(false),
            &key.public_key(),
            validity,
            &mut world.rng,
        )
        .unwrap();
    let attributes = SignedAttributes::new(&certificate, &Sha256::digest(CONTENT).into());
    let signature = key.sign_es256_der(attributes.to_be_signed());
    let chain = [
        AnyCertificate::from(&certificate),
        AnyCertificate::from(world.issuing.certificate()),
    ];
    let message = attributes.finish(&signature, &chain, None).unwrap();
    folder.write("message.der", message);
    folder.write(
        "root.pem",
        pem("CERTIFICATE", world.root.certificate().der()),
    );
    let verify = "cms -verify -cades -binary -inform DER -in message.der -CAfile root.pem -purpose any -out out";
    folder.openssl(&format!("{verify} -content content"));
    folder.write("other", b"something else");
    let (accepted, text) = folder.try_openssl(&format!("{verify} -content other"));
    assert!(!accepted, "{text}");
}

#[test]
fn signatures_of_openssl_are_good_with_every_algorithm() {
    let folder = folder();
    for (name, genpkey, sign) in KEYS {
        // `openssl cms` of 3.0 cannot sign with Ed25519.
        if name == "Ed25519" {
            continue;
        }
        folder.root("root", genpkey, sign);
        folder.issue("leaf", genpkey, "root", sign, SIGNER);
        let mut words = sign.split(' ');
        let digest = words.next().unwrap().trim_start_matches('-');
        let options = match name {
            "RSA-PSS" => "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest",
            _ => "",
        };
        for form in ["", "-keyid", "-nocerts"] {
            folder.openssl(&format!(
                "cms -sign -cades -binary -in content -signer leaf.pem -inkey leaf.key {options} -certfile root.pem -md {digest} {form} -outform DER -out message.der"
            ));
            let message = read(&folder);
            let report = report(&message);
            if form == "-nocerts" {
                assert_eq!(
                    report.signature,
                    Err(SignatureCheckFault::NoCertificate),
                    "{name}"
                );
            } else {
                assert!(report.is_good(), "{name} {form}: {report:?}");
                assert!(message.signing_time().is_some());
                assert_eq!(message.signer().unwrap(), &folder.certificate("leaf"));
            }
        }
    }
}

#[test]
fn salt_of_any_length_is_taken_as_stated() {
    let folder = folder();
    let rsa = KEYS[4].1;
    folder.root("root", rsa, "-sha256");
    for (salt, length) in [("max", 222), ("0", 0), ("20", 20)] {
        folder.openssl(&format!(
            "cms -sign -cades -binary -in content -signer root.pem -inkey root.key -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:{salt} -md sha256 -outform DER -out message.der"
        ));
        let message = read(&folder);
        let digest = DigestAlgorithm::Sha256;
        let expected = SignatureAlgorithm::RsaPss {
            digest,
            salt_length: length,
        };
        assert_eq!(message.signature_algorithm(), Ok(expected));
        assert!(report(&message).is_good());
    }
    // A digest for the mask other than the one for the message.
    folder.openssl("cms -sign -cades -binary -in content -signer root.pem -inkey root.key -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha512 -md sha256 -outform DER -out message.der");
    let message = read(&folder);
    assert!(message.signature_algorithm().is_err());
    assert!(matches!(
        report(&message).algorithms,
        Err(ConsistencyFault::Unreadable(_))
    ));
}

#[test]
fn signature_without_signing_certificate_is_sound_and_not_good() {
    let folder = folder();
    folder.root("root", KEYS[4].1, "-sha256");
    folder.openssl("cms -sign -binary -in content -signer root.pem -inkey root.key -md sha256 -outform DER -out message.der");
    let report = report(&read(&folder));
    assert_eq!(report.signing_certificate, SigningCertificate::Absent);
    assert!(report.is_sound() && !report.is_good(), "{report:?}");
}

#[test]
fn broken_digest_is_recognised_and_never_passed() {
    let folder = folder();
    folder.root("root", KEYS[4].1, "-sha256");
    for (name, algorithm) in [
        ("sha1", DigestAlgorithm::Sha1),
        ("md5", DigestAlgorithm::Md5),
    ] {
        folder.openssl(&format!("cms -sign -binary -in content -signer root.pem -inkey root.key -md {name} -outform DER -out message.der"));
        let message = read(&folder);
        assert_eq!(message.digest_algorithm(), Ok(algorithm));
        // Even with the right digest of the content.
        let stated = message.message_digest().unwrap().to_vec();
        let report = message.verify(&stated);
        let weak = Weakness::Digest(algorithm);
        assert_eq!(report.message_digest, Ok(()));
        assert_eq!(report.strength, Err(weak));
        assert_eq!(
            report.signature,
            Err(SignatureCheckFault::Value(SignatureFault::Weak(weak)))
        );
        assert!(!report.is_sound());
    }
}

#[test]
fn short_key_is_recognised_and_never_passed() {
    let folder = folder();
    folder.root(
        "root",
        "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
        "-sha256",
    );
    folder.openssl("cms -sign -cades -binary -in content -signer root.pem -inkey root.key -md sha256 -outform DER -out message.der");
    let report = report(&read(&folder));
    assert_eq!(report.strength, Err(Weakness::ShortKey { bits: 1024 }));
    assert!(!report.is_sound());
}

#[test]
fn signature_without_attributes_fits_and_is_not_sound() {
    let folder = folder();
    for (name, genpkey, sign) in &KEYS[..5] {
        folder.root("root", genpkey, sign);
        folder.openssl(&format!("cms -sign -noattr -binary -in content -signer root.pem -inkey root.key -md {} -outform DER -out message.der", sign.trim_start_matches('-')));
        let message = read(&folder);
        let report = report(&message);
        assert_eq!(report.attributes, Err(AttributesFault::Missing));
        assert_eq!(report.signature, Ok(()), "{name}");
        assert!(!report.is_sound());
        let other = message.verify(&[0; 32]);
        assert!(other.signature.is_err());
    }
}

#[test]
fn content_inside_and_second_signer_are_told() {
    let folder = folder();
    let p256 = KEYS[0].1;
    folder.root("root", p256, "-sha256");
    folder.root("two", p256, "-sha256");
    folder.openssl("cms -sign -cades -nodetach -binary -in content -signer root.pem -inkey root.key -md sha256 -outform DER -out message.der");
    let inside = report(&read(&folder));
    assert_eq!(inside.form, Err(FormFault::ContentInside));
    assert_eq!(inside.signature, Ok(()));
    folder.openssl("cms -sign -cades -binary -in content -signer root.pem -inkey root.key -signer two.pem -inkey two.key -md sha256 -outform DER -out message.der");
    let message = read(&folder);
    assert_eq!(message.signer_count(), 2);
    assert_eq!(report(&message).form, Err(FormFault::SeveralSigners));
}

#[test]
fn private_keys_in_both_pem_forms_are_read() {
    let folder = folder();
    folder.openssl("ecparam -name prime256v1 -genkey -out sec1.pem");
    folder.openssl("pkcs8 -topk8 -nocrypt -in sec1.pem -out pkcs8.pem");
    folder.openssl("pkcs8 -topk8 -passout pass:x -in sec1.pem -out encrypted.pem");
    folder.openssl("ec -in sec1.pem -aes128 -passout pass:x -out older.pem");
    let text = |name: &str| String::from_utf8(folder.read(name)).unwrap();
    assert!(text("sec1.pem").contains("EC PARAMETERS"));
    let sec1 = SigningKey::from_pem(&text("sec1.pem")).unwrap();
    let pkcs8 = SigningKey::from_pem(&text("pkcs8.pem")).unwrap();
    assert_eq!(sec1.public_key(), pkcs8.public_key());
    let surrounded = format!("{}{}", pem("CERTIFICATE", b"?"), text("pkcs8.pem"));
    assert!(SigningKey::from_pem(&surrounded).is_ok());
    for name in ["encrypted.pem", "older.pem"] {
        let refused = SigningKey::from_pem(&text(name)).unwrap_err();
        assert_eq!(refused, scanseal_pki::KeyError::Encrypted);
    }
    folder.openssl("ecparam -name secp384r1 -genkey -out other.pem");
    for wrong in ["", "-----BEGIN PRIVATE KEY-----", &text("other.pem")] {
        let refused = SigningKey::from_pem(wrong).unwrap_err();
        assert_eq!(refused, scanseal_pki::KeyError::Malformed);
    }
}

#[test]
fn message_of_indefinite_length_is_read() {
    let folder = folder();
    folder.root("root", KEYS[0].1, "-sha256");
    folder.openssl("cms -sign -cades -stream -nodetach -binary -in content -signer root.pem -inkey root.key -md sha256 -outform DER -out message.der");
    let der = folder.read("message.der");
    assert_eq!(
        der[1], 0x80,
        "openssl writes an indefinite length when it streams"
    );
    let padded = [&der[..], &[0; 50]].concat();
    assert_eq!(content_length(&padded), Ok(der.len()));
    assert!(SignedData::from_der(&padded).is_err());
    let report = report(&read(&folder));
    assert_eq!(report.form, Err(FormFault::ContentInside));
    assert_eq!(report.signature, Ok(()));
    assert_eq!(report.message_digest, Ok(()));
    for end in (0..der.len()).step_by(7) {
        assert!(SignedData::from_der(&der[..end]).is_err());
    }
}

#[test]
fn revocation_lists_in_the_message_are_found() {
    let folder = folder();
    folder.root("root", KEYS[0].1, "-sha256");
    let crl = folder.crl("root", "-sha256", &[]);
    // `openssl cms` has no option for lists; the older command writes the same structure.
    folder.openssl("crl2pkcs7 -in root.crl -certfile root.pem -outform DER -out message.der");
    let message = read(&folder);
    assert_eq!(message.crls().collect::<Vec<_>>(), [crl.der()]);
    assert_eq!(message.certificates().count(), 1);
    assert_eq!(message.ocsps().count(), 0);
    let report = report(&message);
    assert_eq!(report.form, Err(FormFault::NoSigner));
    assert!(!report.is_sound());
}
