//! Algorithms, signature values, signers and certificates of CMS that do not fit.

use super::{case, failed, tampered};
use crate::{
    Case,
    Verdict::{Failed, Indeterminate},
    cms::{Cms, SignerInfo},
    contract::{Contract, Signing, dictionary_for, forged_content, object},
    der,
    keys::{Hash, Key},
    pki::{self, buyer, issuing, seller},
};

pub(crate) const CASES: &[fn() -> Case] = &[
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
