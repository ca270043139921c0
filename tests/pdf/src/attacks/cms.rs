//! CMS that proves less than it seems.

use crate::{
    Case, Class,
    Verdict::{self, Failed, Indeterminate},
    cms::{
        self, Cms, SIGNING_CERTIFICATE, SignerInfo, attribute, content_type, message_digest,
        signing_certificate,
    },
    contract::{Contract, Signing, dictionary_for, forged_content, object},
    der,
    keys::{Hash, Key},
    pki::{self, buyer, issuing, seller},
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
    digest_sha1_fails,
    digest_md5_fails,
    digest_unknown_never_passes,
    digest_of_other_algorithm_than_named_fails,
    digest_named_outside_differs_fails,
    signature_with_sha1_fails,
    signature_zero_fails,
    signature_of_group_order_fails,
    signature_empty_fails,
    signature_raw_fails,
    signature_with_trailing_bytes_fails,
    signature_by_other_key_fails,
    signature_over_file_instead_of_attributes_fails,
    signature_algorithm_of_other_kind_fails,
    signature_algorithm_unknown_never_passes,
    signers_none_fails,
    signers_two_fails,
    signers_two_with_second_forged_fails,
    certificates_missing_never_passes,
    certificate_of_signer_missing_never_passes,
    certificate_of_signer_broken_never_passes,
    digest_of_file_signed_with_sha1_sub_filter_fails,
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

/// The contract, signed rightly with another digest algorithm.
fn with_digest(hash: Hash) -> Vec<u8> {
    tampered(|cms, content| *cms = Cms::pades(&buyer(), &[&issuing()], hash, content))
}

fn digest_sha1_fails() -> Case {
    let what = "Everything is right, but the digest is SHA-1.";
    failed(
        "digest-sha1-fails",
        what,
        with_digest(Hash::Sha1),
        "algorithm-weak",
    )
}

fn digest_md5_fails() -> Case {
    let what = "RSA with MD5.";
    let signer = pki::buyer_with(Key::Rsa2048, Hash::Sha256);
    let file = tampered(|cms, content| {
        *cms = Cms::pades(&signer, &[&issuing()], Hash::Md5, content);
    });
    failed("digest-md5-fails", what, file, "algorithm-weak")
}

fn digest_unknown_never_passes() -> Case {
    let what = "The digest algorithm is one of the forger's own.";
    let file = tampered(|cms, _| {
        let unknown = der::algorithm("1.3.6.1.4.1.55555.2");
        cms.digests = vec![unknown.clone()];
        cms.signer().digest = unknown;
    });
    case(
        "digest-unknown-never-passes",
        what,
        file,
        Indeterminate,
        "algorithm-unknown",
    )
}

fn digest_of_other_algorithm_than_named_fails() -> Case {
    let what = "The signer says SHA-512, message-digest is SHA-256, and the signature algorithm says SHA-256.";
    let file = tampered(|cms, _| cms.signer().digest = Hash::Sha512.algorithm());
    let name = "digest-of-other-algorithm-than-named-fails";
    failed(name, what, file, "algorithm-mismatch")
}

fn digest_named_outside_differs_fails() -> Case {
    let what = "The algorithms named outside of the signer do not include the signer's.";
    let file = tampered(|cms, _| cms.digests = vec![Hash::Sha512.algorithm()]);
    failed(
        "digest-named-outside-differs-fails",
        what,
        file,
        "algorithm-mismatch",
    )
}

fn signature_with_sha1_fails() -> Case {
    let what =
        "The digest of the file is SHA-256, but the signature over the attributes uses SHA-1.";
    let file = tampered(|cms, _| {
        let signer = cms.signer();
        signer.algorithm = buyer().key.algorithm(Hash::Sha1);
        signer.sign(buyer().key, Hash::Sha1);
    });
    failed("signature-with-sha1-fails", what, file, "algorithm-weak")
}

fn signature_zero_fails() -> Case {
    let what = "r and s are zero, which broken libraries accepted for every message.";
    let zero = der::sequence(&[&der::integer(0), &der::integer(0)]);
    let file = tampered(|cms, _| cms.signer().signature = zero);
    failed("signature-zero-fails", what, file, "signature-invalid")
}

fn signature_of_group_order_fails() -> Case {
    let what = "r and s are the order of the group, that is zero again.";
    let order = data_encoding::HEXLOWER
        .decode(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        .expect("hexadecimal");
    let order = der::unsigned(&order);
    let file = tampered(|cms, _| cms.signer().signature = der::sequence(&[&order, &order]));
    failed(
        "signature-of-group-order-fails",
        what,
        file,
        "signature-invalid",
    )
}

fn signature_empty_fails() -> Case {
    let what = "The signature value is empty.";
    let file = tampered(|cms, _| cms.signer().signature.clear());
    failed("signature-empty-fails", what, file, "signature-invalid")
}

fn signature_raw_fails() -> Case {
    let what = "The right signature as r and s without DER, which RFC 5753 does not allow; some viewers accept it.";
    let file = tampered(|cms, _| {
        let signature = &cms.signer().signature;
        let length = usize::from(signature[3]);
        let integers = [&signature[4..4 + length], &signature[6 + length..]];
        let raw = integers.map(|integer| {
            let digits = [&[0; 32][..], integer].concat();
            digits[digits.len() - 32..].to_vec()
        });
        cms.signer().signature = raw.concat();
    });
    failed("signature-raw-fails", what, file, "signature-invalid")
}

fn signature_with_trailing_bytes_fails() -> Case {
    let what = "Bytes follow the DER of the signature value.";
    let file = tampered(|cms, _| cms.signer().signature.push(0));
    failed(
        "signature-with-trailing-bytes-fails",
        what,
        file,
        "signature-invalid",
    )
}

fn signature_by_other_key_fails() -> Case {
    let what = "Another key signed under the buyer's certificate.";
    let file = tampered(|cms, _| cms.signer().sign(seller().key, Hash::Sha256));
    failed(
        "signature-by-other-key-fails",
        what,
        file,
        "signature-invalid",
    )
}

fn signature_over_file_instead_of_attributes_fails() -> Case {
    let what = "There are attributes, but the signature is over the file.";
    let file = tampered(|cms, content| {
        cms.signer().signature = buyer().key.sign(Hash::Sha256, content);
    });
    let name = "signature-over-file-instead-of-attributes-fails";
    failed(name, what, file, "signature-invalid")
}

fn signature_algorithm_of_other_kind_fails() -> Case {
    let what = "The signature algorithm says RSA, the key is one for ECDSA.";
    let file = tampered(|cms, _| cms.signer().algorithm = Key::Rsa2048.algorithm(Hash::Sha256));
    failed(
        "signature-algorithm-of-other-kind-fails",
        what,
        file,
        "algorithm-mismatch",
    )
}

fn signature_algorithm_unknown_never_passes() -> Case {
    let what = "The signature algorithm is one of the forger's own.";
    let unknown = der::algorithm("1.3.6.1.4.1.55555.3");
    let file = tampered(|cms, _| cms.signer().algorithm = unknown);
    let name = "signature-algorithm-unknown-never-passes";
    case(name, what, file, Indeterminate, "algorithm-unknown")
}

fn signers_none_fails() -> Case {
    let what = "There is no signer, as in a bag of certificates.";
    let file = tampered(|cms, _| cms.signers.clear());
    failed("signers-none-fails", what, file, "cms-signers")
}

fn signers_two_fails() -> Case {
    let what = "Buyer and seller both sign in one message: who is the seal's?";
    let file = tampered(|cms, content| {
        cms.certificates.push(seller().certificate);
        let digest = Hash::Sha256.of(content);
        cms.signers
            .push(SignerInfo::pades(&seller(), Hash::Sha256, &digest));
    });
    failed("signers-two-fails", what, file, "cms-signers")
}

fn signers_two_with_second_forged_fails() -> Case {
    let what = "A second signer without a valid signature stands behind the first.";
    let file = tampered(|cms, _| {
        let second = SignerInfo::pades(&seller(), Hash::Sha256, &Hash::Sha256.of(b"other"));
        cms.signers.push(second);
    });
    failed(
        "signers-two-with-second-forged-fails",
        what,
        file,
        "cms-signers",
    )
}

fn certificates_missing_never_passes() -> Case {
    let what = "CMS holds no certificates.";
    let file = tampered(|cms, _| cms.certificates.clear());
    let name = "certificates-missing-never-passes";
    case(
        name,
        what,
        file,
        Indeterminate,
        "signer-certificate-missing",
    )
}

fn certificate_of_signer_missing_never_passes() -> Case {
    let what = "CMS holds the authority's certificate, but not the signer's.";
    let file = tampered(|cms, _| {
        cms.certificates.remove(0);
    });
    let name = "certificate-of-signer-missing-never-passes";
    case(
        name,
        what,
        file,
        Indeterminate,
        "signer-certificate-missing",
    )
}

fn certificate_of_signer_broken_never_passes() -> Case {
    let what = "The signer's certificate has issuer and serial number, and a key that is no point of any curve.";
    let file = tampered(|cms, _| {
        let certificate = &mut cms.certificates[0];
        let curve = der::oid("1.2.840.10045.3.1.7");
        let key = crate::pdf::find(certificate, &curve).expect("a P-256 key") + curve.len();
        // The tag of an uncompressed point, behind the head of the bit string.
        certificate[key + 3] = 9;
    });
    let name = "certificate-of-signer-broken-never-passes";
    case(name, what, file, Failed, "signer-certificate-malformed")
}

fn digest_of_file_signed_with_sha1_sub_filter_fails() -> Case {
    let what = "The old adbe.pkcs7.sha1: CMS over the SHA-1 digest of the file, which anybody with a collision can use twice.";
    let open = dictionary_for("adbe.pkcs7.sha1", "");
    let mut document = Contract::usual()
        .with(object::CONTENT, forged_content())
        .write();
    Signing::buyer()
        .dictionary(open)
        .sign_with(&mut document, |content| {
            let digest = Hash::Sha1.of(content);
            let mut cms = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, &digest);
            cms.content = Some(digest);
            cms.der()
        });
    let name = "digest-of-file-signed-with-sha1-sub-filter-fails";
    failed(name, what, document.bytes, "algorithm-weak")
}
