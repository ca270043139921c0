//! Messages that lie, and odd honest ones: made here piece by piece, because nothing that makes messages makes these.

use chacha20::ChaCha20Rng;
use ed25519_dalek::Signer;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{
    AttributeFault, AttributesFault, CmsReport, ConsistencyFault, FormFault,
    ID_ALGORITHM_PROTECTION, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
    ID_SIGNING_CERTIFICATE, ID_SIGNING_CERTIFICATE_V2, MAX_CMS_ATTRIBUTES, MAX_CMS_CERTIFICATES,
    MAX_CMS_SIGNERS, SignatureCheckFault, SignedData, SigningCertificate, ess::EssCertificate,
    making::attribute, oid,
};
use crate::{
    AnyCertificate, Certificate, CmsError, DigestAlgorithm, Issuer, Profile, SignatureFault,
    SigningKey, Subject, UnixTime, Validity, Weakness,
    algorithms::{ED25519, ID_SHA256},
    asn1::{self, INTEGER, OCTET_STRING, SEQUENCE, SET, element, object_identifier, set_of},
    oids,
    rand_core::SeedableRng,
};

const CONTENT: &[u8] = b"content";
const ID_SHA512: const_oid::ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");

/// A message in parts, honest until a test changes one.
struct Parts {
    key: SigningKey,
    certificates: Vec<Vec<u8>>,
    issuer_and_serial: Vec<u8>,
    announced: Vec<u8>,
    digest_algorithm: Vec<u8>,
    signature_algorithm: Vec<u8>,
    content: Vec<u8>,
    /// Content of the SET OF signed attributes; none for none at all.
    attributes: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    signers: usize,
}

struct World {
    issuer: Issuer,
    rng: ChaCha20Rng,
}

fn world() -> World {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let key = SigningKey::generate(&mut rng);
    let issuer = Issuer::root(&subject("root"), key, validity(), &mut rng).expect("a root");
    World { issuer, rng }
}

fn subject(name: &str) -> Subject {
    Subject::new("Example", name).expect("a name")
}

fn validity() -> Validity {
    Validity {
        not_before: UnixTime::from_secs(1_700_000_000),
        not_after: UnixTime::from_secs(1_900_000_000),
    }
}

impl World {
    fn certificate(&mut self, key: &SigningKey) -> Certificate {
        let profile = Profile::Enterprise {
            subject: subject("signer"),
            login: false,
        };
        self.issuer
            .issue(&profile, &key.public_key(), validity(), &mut self.rng)
            .expect("a certificate")
    }

    fn parts(&mut self) -> Parts {
        let key = SigningKey::generate(&mut self.rng);
        let certificate = self.certificate(&key);
        let outline = certificate.outline();
        let sha256 = algorithm(ID_SHA256);
        Parts {
            key,
            certificates: vec![certificate.der().to_vec()],
            issuer_and_serial: issuer_and_serial(&outline.issuer, &outline.serial),
            announced: sha256.clone(),
            digest_algorithm: sha256,
            signature_algorithm: algorithm(oids::ECDSA_WITH_SHA256),
            content: element(SEQUENCE, &[&object_identifier(ID_DATA)]),
            attributes: Some(sorted(honest(&certificate))),
            signature: None,
            signers: 1,
        }
    }
}

impl Parts {
    fn der(&self) -> Vec<u8> {
        let signed = match &self.attributes {
            Some(attributes) => element(SET, &[attributes]),
            None => CONTENT.to_vec(),
        };
        let signature = self
            .signature
            .clone()
            .unwrap_or_else(|| self.key.sign_es256_der(&signed));
        let attributes = self
            .attributes
            .as_ref()
            .map_or_else(Vec::new, |content| element(asn1::context(0), &[content]));
        let signer = element(
            SEQUENCE,
            &[
                &element(INTEGER, &[&[1]]),
                &self.issuer_and_serial,
                &self.digest_algorithm,
                &attributes,
                &self.signature_algorithm,
                &element(OCTET_STRING, &[&signature]),
            ],
        );
        let certificates: Vec<&[u8]> = self.certificates.iter().map(Vec::as_slice).collect();
        let signed_data = element(
            SEQUENCE,
            &[
                &element(INTEGER, &[&[1]]),
                &element(SET, &[&self.announced]),
                &self.content,
                &element(asn1::context(0), &certificates),
                &element(SET, &vec![signer.as_slice(); self.signers]),
            ],
        );
        let explicit = element(asn1::context(0), &[&signed_data]);
        element(SEQUENCE, &[&object_identifier(ID_SIGNED_DATA), &explicit])
    }

    fn report(&self) -> CmsReport {
        SignedData::from_der(&self.der())
            .expect("readable")
            .verify(&Sha256::digest(CONTENT))
    }
}

fn algorithm(oid: const_oid::ObjectIdentifier) -> Vec<u8> {
    element(SEQUENCE, &[&object_identifier(oid)])
}

fn issuer_and_serial(issuer: &[u8], serial: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[issuer, &element(INTEGER, &[serial])])
}

fn content_type() -> Vec<u8> {
    attribute(ID_CONTENT_TYPE, &object_identifier(ID_DATA))
}

fn message_digest(content: &[u8]) -> Vec<u8> {
    let digest = element(OCTET_STRING, &[&Sha256::digest(content)]);
    attribute(ID_MESSAGE_DIGEST, &digest)
}

fn signing_certificate(certificate: &Certificate) -> Vec<u8> {
    attribute(
        ID_SIGNING_CERTIFICATE_V2,
        &EssCertificate::write(certificate.outline()),
    )
}

fn honest(certificate: &Certificate) -> Vec<Vec<u8>> {
    vec![
        content_type(),
        message_digest(CONTENT),
        signing_certificate(certificate),
    ]
}

/// Content of a SET OF in the order of DER.
fn sorted(attributes: Vec<Vec<u8>>) -> Vec<u8> {
    let set = set_of(SET, attributes);
    let read = asn1::Element::only(&set, SET).expect("a set");
    read.content.to_vec()
}

/// Parts whose attributes are the honest ones changed by `change`.
fn with_attributes(change: impl Fn(&Certificate, &mut Vec<Vec<u8>>)) -> Parts {
    let mut parts = world().parts();
    let certificate = Certificate::from_der(&parts.certificates[0]).expect("a certificate");
    let mut attributes = honest(&certificate);
    change(&certificate, &mut attributes);
    parts.attributes = Some(sorted(attributes));
    parts
}

#[test]
fn honest_parts_are_good() {
    let report = world().parts().report();
    assert!(report.is_good(), "{report:?}");
}

#[test]
fn unsorted_attributes_are_told() {
    let mut parts = world().parts();
    let certificate = Certificate::from_der(&parts.certificates[0]).expect("a certificate");
    let mut attributes = honest(&certificate);
    attributes.sort();
    attributes.reverse();
    parts.attributes = Some(attributes.concat());
    let report = parts.report();
    assert_eq!(report.attributes, Err(AttributesFault::Order));
    assert_eq!(report.signature, Ok(()));
}

#[test]
fn attributes_in_ber_are_told() {
    let mut parts = world().parts();
    let mut attributes = parts.attributes.take().expect("there are some");
    // The length of the first attribute in two bytes.
    attributes.splice(1..2, [0x81, attributes[1]]);
    parts.attributes = Some(attributes);
    let report = parts.report();
    assert_eq!(report.attributes, Err(AttributesFault::NotDer));
    assert_eq!(report.message_digest, Err(AttributeFault::Missing));
}

#[test]
fn doubled_attributes_are_told() {
    let other = with_attributes(|_, attributes| attributes.push(message_digest(b"other")));
    let report = other.report();
    assert_eq!(report.attributes, Err(AttributesFault::Double));
    assert_eq!(report.message_digest, Err(AttributeFault::Malformed));
    let same = with_attributes(|_, attributes| attributes.push(content_type()));
    assert_eq!(same.report().attributes, Err(AttributesFault::Double));
    // Two values in one attribute.
    let two = with_attributes(|_, attributes| {
        let digest = |content| element(OCTET_STRING, &[&Sha256::digest(content)]);
        let values = set_of(SET, vec![digest(CONTENT), digest(b"other")]);
        attributes[1] = element(SEQUENCE, &[&object_identifier(ID_MESSAGE_DIGEST), &values]);
    });
    let report = two.report();
    assert_eq!(report.message_digest, Err(AttributeFault::Malformed));
    assert!(!report.is_sound());
}

#[test]
fn missing_attributes_are_told_apart() {
    let report = with_attributes(|_, attributes| drop(attributes.remove(0))).report();
    assert_eq!(report.content_type, Err(AttributeFault::Missing));
    let report = with_attributes(|_, attributes| drop(attributes.remove(1))).report();
    assert_eq!(report.message_digest, Err(AttributeFault::Missing));
    let report = with_attributes(|_, attributes| drop(attributes.remove(2))).report();
    assert_eq!(report.signing_certificate, SigningCertificate::Absent);
    let mut parts = world().parts();
    parts.attributes = None;
    let report = parts.report();
    assert_eq!(report.attributes, Err(AttributesFault::Missing));
    assert_eq!(report.signature, Ok(()));
}

#[test]
fn other_content_type_is_told() {
    let signed_data = |_: &Certificate, attributes: &mut Vec<Vec<u8>>| {
        attributes[0] = attribute(ID_CONTENT_TYPE, &object_identifier(ID_SIGNED_DATA));
    };
    let mut parts = with_attributes(signed_data);
    assert_eq!(parts.report().content_type, Err(AttributeFault::Mismatch));
    // Also if the content says the same.
    parts.content = element(SEQUENCE, &[&object_identifier(ID_SIGNED_DATA)]);
    assert_eq!(parts.report().content_type, Err(AttributeFault::Mismatch));
}

/// Universal forgery by moving the signed content into the message: the reader then checks what nobody shows.
#[test]
fn transplanted_content_is_told() {
    let mut parts = world().parts();
    let octets = element(OCTET_STRING, &[CONTENT]);
    let explicit = element(asn1::context(0), &[&octets]);
    parts.content = element(SEQUENCE, &[&object_identifier(ID_DATA), &explicit]);
    let report = parts.report();
    assert_eq!(report.form, Err(FormFault::ContentInside));
    let message = SignedData::from_der(&parts.der()).expect("readable");
    let forged = message.verify(&Sha256::digest(b"shown"));
    assert_eq!(forged.message_digest, Err(AttributeFault::Mismatch));
}

#[test]
fn algorithms_that_contradict_each_other_are_told() {
    let ecdsa_sha512 = oid("1.2.840.10045.4.3.4");
    let rsa_sha256 = oid("1.2.840.113549.1.1.11");
    for announced in [algorithm(ID_SHA512), Vec::new()] {
        let mut parts = world().parts();
        parts.announced = announced;
        let report = parts.report();
        assert_eq!(report.algorithms, Err(ConsistencyFault::NotAnnounced));
    }
    let mut parts = world().parts();
    parts.signature_algorithm = algorithm(ecdsa_sha512);
    assert_eq!(parts.report().algorithms, Err(ConsistencyFault::Digest));
    let mut parts = world().parts();
    parts.signature_algorithm = algorithm(rsa_sha256);
    let report = parts.report();
    assert_eq!(report.algorithms, Err(ConsistencyFault::Key));
    let other_key = SignatureCheckFault::Value(SignatureFault::OtherKey);
    assert_eq!(report.signature, Err(other_key));
    let mut parts = world().parts();
    parts.signature_algorithm = algorithm(oid("1.2.3.4"));
    let message = SignedData::from_der(&parts.der()).expect("readable");
    assert_eq!(message.signature_algorithm_name(), "1.2.3.4");
    assert!(matches!(
        parts.report().algorithms,
        Err(ConsistencyFault::Unreadable(_))
    ));
    // Parameters where there must be none.
    let mut parts = world().parts();
    let null = element(asn1::NULL, &[]);
    let oid = object_identifier(oids::ECDSA_WITH_SHA256);
    parts.signature_algorithm = element(SEQUENCE, &[&oid, &null]);
    assert!(!parts.report().is_sound());
}

#[test]
fn protected_algorithms_must_be_the_used_ones() {
    let protection = |digest| {
        let inner = object_identifier(oids::ECDSA_WITH_SHA256);
        let signature = element(asn1::context(1), &[&inner]);
        let value = element(SEQUENCE, &[&algorithm(digest), &signature]);
        attribute(ID_ALGORITHM_PROTECTION, &value)
    };
    let right = with_attributes(|_, attributes| attributes.push(protection(ID_SHA256)));
    assert!(right.report().is_good());
    let wrong = with_attributes(|_, attributes| attributes.push(protection(ID_SHA512)));
    let fault = Err(ConsistencyFault::Protection);
    assert_eq!(wrong.report().algorithms, fault);
}

#[test]
fn broken_digest_in_the_signature_algorithm_is_a_weakness() {
    let mut parts = world().parts();
    parts.digest_algorithm = algorithm(oid("1.3.14.3.2.26"));
    parts.announced = parts.digest_algorithm.clone();
    parts.signature_algorithm = algorithm(oid("1.2.840.10045.4.1"));
    let report = parts.report();
    let weak = Weakness::Digest(DigestAlgorithm::Sha1);
    assert_eq!(report.strength, Err(weak));
    assert_eq!(
        report.signature,
        Err(SignatureCheckFault::Value(SignatureFault::Weak(weak)))
    );
}

#[test]
fn signature_values_that_are_no_der_are_malformed() {
    let parts = world().parts();
    let signed = element(SET, &[parts.attributes.as_ref().expect("there are some")]);
    let zero = element(INTEGER, &[&[0]]);
    let one = element(INTEGER, &[&[1]]);
    let honest = parts.key.sign_es256_der(&signed);
    let values = [
        // r = s = 0, r = 0, s = 0
        element(SEQUENCE, &[&zero, &zero]),
        element(SEQUENCE, &[&zero, &one]),
        element(SEQUENCE, &[&one, &zero]),
        // Both numbers side by side, as JWS has them: chosen to be refused, RFC 5753 section 7.2 knows the sequence only.
        parts.key.sign_es256(&signed).to_vec(),
        [&honest[..], &[0]].concat(),
        Vec::new(),
    ];
    for value in values {
        let mut parts = world().parts();
        parts.signature = Some(value);
        let report = parts.report();
        let malformed = SignatureCheckFault::Value(SignatureFault::Malformed);
        assert_eq!(report.signature, Err(malformed));
    }
    let mut parts = world().parts();
    parts.signature = Some(element(SEQUENCE, &[&one, &one]));
    let mismatch = SignatureCheckFault::Value(SignatureFault::Mismatch);
    assert_eq!(parts.report().signature, Err(mismatch));
}

/// Another certificate of the same key: the signature fits, and it is not the one that was meant.
#[test]
fn exchanged_certificate_is_told() {
    let mut world = world();
    let mut parts = world.parts();
    let other = world.certificate(&parts.key);
    parts.certificates = vec![other.der().to_vec()];
    parts.issuer_and_serial = issuer_and_serial(&other.outline().issuer, &other.outline().serial);
    let report = parts.report();
    assert_eq!(report.signature, Ok(()));
    assert_eq!(report.signing_certificate, SigningCertificate::Other);
    assert!(!report.is_sound());
}

#[test]
fn serial_number_in_the_signing_certificate_counts() {
    let parts = with_attributes(|certificate, attributes| {
        let mut outline = certificate.outline().clone();
        outline.serial.push(1);
        attributes[2] = attribute(ID_SIGNING_CERTIFICATE_V2, &EssCertificate::write(&outline));
    });
    assert_eq!(
        parts.report().signing_certificate,
        SigningCertificate::Other
    );
}

#[test]
fn older_signing_certificate_names_weakly() {
    let version_1 = |hash: &[u8]| {
        let entry = element(SEQUENCE, &[&element(OCTET_STRING, &[hash])]);
        let value = element(SEQUENCE, &[&element(SEQUENCE, &[&entry])]);
        attribute(ID_SIGNING_CERTIFICATE, &value)
    };
    let parts = with_attributes(|certificate, attributes| {
        attributes[2] = version_1(&Sha1::digest(certificate.der()));
    });
    let report = parts.report();
    assert_eq!(
        report.signing_certificate,
        SigningCertificate::NamedWeakly(DigestAlgorithm::Sha1)
    );
    assert!(report.is_sound() && !report.is_good());
    // Next to a right version 2, a wrong version 1 is still a contradiction.
    let both = |right: bool| {
        with_attributes(move |certificate, attributes| {
            let bytes = if right { certificate.der() } else { b"other" };
            attributes.push(version_1(&Sha1::digest(bytes)));
        })
        .report()
        .signing_certificate
    };
    assert_eq!(both(true), SigningCertificate::Named);
    assert_eq!(both(false), SigningCertificate::Other);
}

#[test]
fn unreadable_signing_certificate_is_malformed() {
    for value in [element(asn1::NULL, &[]), element(SEQUENCE, &[])] {
        let parts = with_attributes(|_, attributes| {
            attributes[2] = attribute(ID_SIGNING_CERTIFICATE_V2, &value);
        });
        let stated = parts.report().signing_certificate;
        assert_eq!(stated, SigningCertificate::Malformed);
    }
}

/// RFC 8419: Ed25519 signs the attributes themselves, and the digest next to it is SHA-512.
#[test]
fn ed25519_needs_sha512_beside_it() {
    let mut world = world();
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let bits = element(asn1::BIT_STRING, &[&[0], key.verifying_key().as_bytes()]);
    let spki = element(SEQUENCE, &[&algorithm(ED25519), &bits]);
    // A certificate whose own signature does not matter here: the key of an honest one exchanged.
    let template_key = SigningKey::generate(&mut world.rng);
    let template = world.certificate(&template_key);
    let certificate = exchange_key(template.outline(), &spki);
    let outline = certificate.outline();
    let make = |digest_oid, digest: &[u8], content_digest: &[u8]| {
        let attributes = vec![
            content_type(),
            attribute(ID_MESSAGE_DIGEST, &element(OCTET_STRING, &[digest])),
            attribute(ID_SIGNING_CERTIFICATE_V2, &EssCertificate::write(outline)),
        ];
        let attributes = sorted(attributes);
        let signature = key.sign(&element(SET, &[&attributes])).to_vec();
        let parts = Parts {
            key: template_key.clone(),
            certificates: vec![certificate.der().to_vec()],
            issuer_and_serial: issuer_and_serial(&outline.issuer, &outline.serial),
            announced: algorithm(digest_oid),
            digest_algorithm: algorithm(digest_oid),
            signature_algorithm: algorithm(ED25519),
            content: element(SEQUENCE, &[&object_identifier(ID_DATA)]),
            attributes: Some(attributes),
            signature: Some(signature),
            signers: 1,
        };
        SignedData::from_der(&parts.der())
            .expect("readable")
            .verify(content_digest)
    };
    let digest = Sha512::digest(CONTENT);
    let report = make(ID_SHA512, &digest, &digest);
    assert!(report.is_good(), "{report:?}");
    let digest = Sha256::digest(CONTENT);
    let report = make(ID_SHA256, &digest, &digest);
    assert_eq!(report.signature, Ok(()));
    assert_eq!(report.algorithms, Err(ConsistencyFault::Digest));
}

fn exchange_key(template: &crate::outline::Outline, spki: &[u8]) -> AnyCertificate {
    let signed = template.to_be_signed();
    let content = asn1::Element::only(signed, SEQUENCE)
        .expect("a sequence")
        .content;
    let at = content
        .windows(template.spki.len())
        .position(|bytes| bytes == template.spki)
        .expect("the key is in there");
    let (before, after) = (&content[..at], &content[at + template.spki.len()..]);
    let signed = element(SEQUENCE, &[before, spki, after]);
    let signature = element(asn1::BIT_STRING, &[&[0], &template.signature]);
    let der = element(
        SEQUENCE,
        &[&signed, &template.signature_algorithm, &signature],
    );
    AnyCertificate::from_der(&der).expect("a certificate")
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = world().parts();
        change(&mut parts);
        SignedData::from_der(&parts.der())
    };
    let signers = |count| with(&|parts: &mut Parts| parts.signers = count);
    let several = signers(MAX_CMS_SIGNERS).expect("readable");
    assert_eq!(several.signer_count(), MAX_CMS_SIGNERS);
    let too_many = |what| CmsError::TooMany { what };
    assert_eq!(
        signers(MAX_CMS_SIGNERS + 1).expect_err("too many"),
        too_many("signers")
    );
    let certificates = |count| {
        with(&|parts: &mut Parts| parts.certificates = vec![parts.certificates[0].clone(); count])
    };
    assert!(certificates(MAX_CMS_CERTIFICATES).is_ok());
    assert_eq!(
        certificates(MAX_CMS_CERTIFICATES + 1).expect_err("too many"),
        too_many("certificates")
    );
    let attributes = |count: u8| {
        let more = (3..count).map(|number| {
            let oid = element(asn1::OBJECT_IDENTIFIER, &[&[0x2a, number]]);
            element(SEQUENCE, &[&oid, &element(SET, &[&oid])])
        });
        let more: Vec<_> = more.collect();
        with_attributes(|_, attributes| attributes.extend(more.clone())).report()
    };
    let limit = u8::try_from(MAX_CMS_ATTRIBUTES).expect("a small limit");
    assert!(attributes(limit).is_good());
    assert_eq!(
        attributes(limit + 1).attributes,
        Err(AttributesFault::NotDer)
    );
}
