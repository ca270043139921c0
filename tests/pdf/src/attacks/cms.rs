//! CMS that proves less than it seems.

pub(crate) mod signature;

use crate::{
    Case, Class,
    Verdict::{self, Failed},
    cms::{
        self, Cms, SIGNING_CERTIFICATE, attribute, content_type, message_digest,
        signing_certificate,
    },
    contract::{Contract, Signing},
    der,
    keys::Hash,
    pki::{buyer, issuing, seller},
    time::SIGNED,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    content_of_its_own_fails,
    content_transplanted_fails,
    content_of_the_file_inside_fails,
    message_of_another_contract_fails,
    message_digest_missing_fails,
    message_digest_doubled_fails,
    message_digest_with_two_values_fails,
    message_digest_wrong_fails,
    message_digest_cut_short_fails,
    content_type_missing_fails,
    content_type_wrong_fails,
    content_type_doubled_fails,
    encapsulated_type_wrong_fails,
    outer_type_wrong_fails,
    signed_attributes_missing_fails,
    signed_attributes_missing_over_file_of_attributes_fails,
    signed_attributes_empty_fails,
    signed_attributes_unsorted_fails,
    signed_attributes_changed_after_signing_fails,
    signing_certificate_missing_fails,
    signing_certificate_of_another_fails,
    signing_certificate_doubled_fails,
    signing_certificate_with_sha1_alone_fails,
    signing_certificate_unsigned_fails,
];

/// The contract with CMS that somebody tampered with.
fn tampered(change: impl FnOnce(&mut Cms, &[u8])) -> Vec<u8> {
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        let mut cms = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content);
        change(&mut cms, content);
        cms.der()
    });
    document.bytes
}

/// The contract whose signed attributes were changed before they were signed.
fn attributes(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    tampered(|cms, _| cms.signer().with_attributes(&buyer(), change))
}

fn case(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    verdict: Verdict,
    reason: &'static str,
) -> Case {
    Case::new(Class::Cms, name, description, file, verdict, &[reason])
}

fn failed(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    reason: &'static str,
) -> Case {
    case(name, description, file, Failed, reason)
}

/// Replaces the attribute of a type, or takes it out.
fn put(attributes: &mut Vec<Vec<u8>>, oid: &str, replacement: Option<Vec<u8>>) {
    let oid = der::oid(oid);
    attributes.retain(|attribute| crate::pdf::find(attribute, &oid).is_none());
    attributes.extend(replacement);
}

fn content_of_its_own_fails() -> Case {
    let what = "CMS carries content of its own, which is what is signed; the file is another.";
    let file = tampered(|cms, _| {
        let content = b"the buyer agreed to this";
        let mut other = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content);
        other.content = Some(content.to_vec());
        *cms = other;
    });
    failed("content-of-its-own-fails", what, file, "cms-content")
}

fn content_transplanted_fails() -> Case {
    let what = "CMS over an e-mail of the buyer's, content included, stands in the contract.";
    let file = tampered(|cms, _| {
        let content = b"Content-Type: text/plain\r\n\r\nHello\r\n";
        let mut other = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content);
        other.content = Some(content.to_vec());
        let signer = other.signer();
        signer.with_attributes(&buyer(), |attributes| {
            attributes.push(cms::signing_time(SIGNED))
        });
        *cms = other;
    });
    failed("content-transplanted-fails", what, file, "cms-content")
}

fn content_of_the_file_inside_fails() -> Case {
    let what = "CMS carries the digest of the file as content, as the old adbe.pkcs7.sha1 does, under the name of the new format.";
    let file = tampered(|cms, content| {
        let digest = Hash::Sha256.of(content);
        let mut other = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, &digest);
        other.content = Some(digest);
        *cms = other;
    });
    failed(
        "content-of-the-file-inside-fails",
        what,
        file,
        "cms-content",
    )
}

fn message_of_another_contract_fails() -> Case {
    let what = "CMS over another contract stands in this one.";
    let file = tampered(|cms, _| {
        *cms = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, b"another contract");
    });
    failed(
        "message-of-another-contract-fails",
        what,
        file,
        "digest-mismatch",
    )
}

fn message_digest_missing_fails() -> Case {
    let what = "The attribute message-digest is missing, so that nothing binds the file.";
    let file = attributes(|all| put(all, cms::MESSAGE_DIGEST, None));
    failed(
        "message-digest-missing-fails",
        what,
        file,
        "cms-digest-missing",
    )
}

fn message_digest_doubled_fails() -> Case {
    let what = "The attribute message-digest occurs twice, with two values: readers differ about which counts.";
    let file = attributes(|all| all.push(message_digest(&Hash::Sha256.of(b"other"))));
    failed("message-digest-doubled-fails", what, file, "cms-attributes")
}

fn message_digest_with_two_values_fails() -> Case {
    let what = "The attribute message-digest has two values.";
    let file = tampered(|cms, content| {
        let values = [Hash::Sha256.of(content), Hash::Sha256.of(b"other")]
            .map(|digest| der::octets(&digest));
        let both = der::sequence(&[&der::oid(cms::MESSAGE_DIGEST), &der::set_of(&values)]);
        cms.signer()
            .with_attributes(&buyer(), |all| put(all, cms::MESSAGE_DIGEST, Some(both)));
    });
    failed(
        "message-digest-with-two-values-fails",
        what,
        file,
        "cms-digest-missing",
    )
}

fn message_digest_wrong_fails() -> Case {
    let what = "The attribute message-digest is that of other bytes.";
    let wrong = message_digest(&Hash::Sha256.of(b"other"));
    let file = attributes(|all| put(all, cms::MESSAGE_DIGEST, Some(wrong)));
    failed("message-digest-wrong-fails", what, file, "digest-mismatch")
}

fn message_digest_cut_short_fails() -> Case {
    let what = "The attribute message-digest holds the first eight bytes of the right digest.";
    let file = tampered(|cms, content| {
        let short = message_digest(&Hash::Sha256.of(content)[..8]);
        cms.signer()
            .with_attributes(&buyer(), |all| put(all, cms::MESSAGE_DIGEST, Some(short)));
    });
    failed(
        "message-digest-cut-short-fails",
        what,
        file,
        "digest-mismatch",
    )
}

fn content_type_missing_fails() -> Case {
    let what = "The attribute content-type is missing.";
    let file = attributes(|all| put(all, cms::CONTENT_TYPE, None));
    failed("content-type-missing-fails", what, file, "cms-content-type")
}

fn content_type_wrong_fails() -> Case {
    let what =
        "The attribute content-type names a time stamp: a signature made for another purpose.";
    let wrong = content_type(cms::TST_INFO);
    let file = attributes(|all| put(all, cms::CONTENT_TYPE, Some(wrong)));
    failed("content-type-wrong-fails", what, file, "cms-content-type")
}

fn content_type_doubled_fails() -> Case {
    let what = "The attribute content-type occurs twice.";
    let file = attributes(|all| all.push(content_type(cms::TST_INFO)));
    failed("content-type-doubled-fails", what, file, "cms-attributes")
}

fn encapsulated_type_wrong_fails() -> Case {
    let what = "The encapsulated content is of another type than the attribute says.";
    let file = tampered(|cms, _| cms.content_type = cms::TST_INFO);
    failed(
        "encapsulated-type-wrong-fails",
        what,
        file,
        "cms-content-type",
    )
}

fn outer_type_wrong_fails() -> Case {
    let what = "The message calls itself data instead of signed data.";
    let file = tampered(|cms, _| cms.outer = cms::DATA);
    failed("outer-type-wrong-fails", what, file, "cms-malformed")
}

fn signed_attributes_missing_fails() -> Case {
    let what = "There are no signed attributes; the signature is over the file itself.";
    let file = tampered(|cms, content| {
        cms.signer().attributes = None;
        cms.signer().signature = buyer().key.sign(Hash::Sha256, content);
    });
    failed(
        "signed-attributes-missing-fails",
        what,
        file,
        "cms-attributes",
    )
}

fn signed_attributes_missing_over_file_of_attributes_fails() -> Case {
    let what = "The attributes of a real signature are declared absent, so that their encoding counts as the signed content.";
    let file = tampered(|cms, _| cms.signer().attributes = None);
    let name = "signed-attributes-missing-over-file-of-attributes-fails";
    failed(name, what, file, "cms-attributes")
}

fn signed_attributes_empty_fails() -> Case {
    let what = "The set of signed attributes is empty.";
    failed(
        "signed-attributes-empty-fails",
        what,
        attributes(Vec::clear),
        "cms-digest-missing",
    )
}

fn signed_attributes_unsorted_fails() -> Case {
    let what = "The signed attributes are not in the order of DER, but signed as they stand.";
    let file = tampered(|cms, _| {
        let signer = cms.signer();
        signer
            .attributes
            .as_mut()
            .expect("there are some")
            .reverse();
        signer.sign_as_written(buyer().key, Hash::Sha256);
    });
    failed(
        "signed-attributes-unsorted-fails",
        what,
        file,
        "cms-attributes",
    )
}

fn signed_attributes_changed_after_signing_fails() -> Case {
    let what = "An attribute is added after signing.";
    let file = tampered(|cms, _| {
        let attributes = cms.signer().attributes.as_mut().expect("there are some");
        attributes.push(cms::signing_time(SIGNED));
        attributes.sort();
    });
    failed(
        "signed-attributes-changed-after-signing-fails",
        what,
        file,
        "signature-invalid",
    )
}

fn signing_certificate_missing_fails() -> Case {
    let what = "signing-certificate-v2 is missing although PAdES demands it: the certificate could be exchanged.";
    let file = attributes(|all| put(all, cms::SIGNING_CERTIFICATE_V2, None));
    let name = "signing-certificate-missing-fails";
    case(name, what, file, Failed, "signing-certificate-missing")
}

fn signing_certificate_of_another_fails() -> Case {
    let what = "signing-certificate-v2 names the seller's certificate.";
    let other = signing_certificate(&seller().certificate);
    let file = attributes(|all| put(all, cms::SIGNING_CERTIFICATE_V2, Some(other)));
    failed(
        "signing-certificate-of-another-fails",
        what,
        file,
        "signing-certificate-mismatch",
    )
}

fn signing_certificate_doubled_fails() -> Case {
    let what = "signing-certificate-v2 occurs twice and names two certificates.";
    let file = attributes(|all| all.push(signing_certificate(&seller().certificate)));
    failed(
        "signing-certificate-doubled-fails",
        what,
        file,
        "cms-attributes",
    )
}

fn signing_certificate_with_sha1_alone_fails() -> Case {
    let what = "Only the first version of signing-certificate is there, which means SHA-1.";
    let id = der::sequence(&[&der::octets(&Hash::Sha1.of(&buyer().certificate))]);
    let first = attribute(
        SIGNING_CERTIFICATE,
        &der::sequence(&[&der::sequence(&[&id])]),
    );
    let file = attributes(|all| put(all, cms::SIGNING_CERTIFICATE_V2, Some(first)));
    let name = "signing-certificate-with-sha1-alone-fails";
    case(name, what, file, Failed, "algorithm-weak")
}

fn signing_certificate_unsigned_fails() -> Case {
    let what = "signing-certificate-v2 stands among the unsigned attributes.";
    let file = tampered(|cms, _| {
        let signer = cms.signer();
        signer.with_attributes(&buyer(), |all| put(all, cms::SIGNING_CERTIFICATE_V2, None));
        signer
            .unsigned
            .push(signing_certificate(&buyer().certificate));
    });
    let name = "signing-certificate-unsigned-fails";
    case(name, what, file, Failed, "signing-certificate-missing")
}
