//! Signatures as other producers write them.

use crate::{
    Case, Class,
    Verdict::Passed,
    cms::{
        Cms, REVOCATION_ARCHIVAL, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, attribute,
        signing_time,
    },
    contract::{
        self, ANNOTATIONS, Contract, Signing, complete, dictionary, dictionary_for, form, object,
        page, signature_field,
    },
    der,
    keys::{Hash, Key},
    pdf::Document,
    pki::{
        self, CrlTemplate, Identity, Template, buyer, buyer_template, current_crls,
        extended_key_usage, issuing, key_usage, root, seller, timestamper,
    },
    time::{Moment, SIGNED},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    acrobat_signature_passes,
    acrobat_signature_without_signing_certificate_passes,
    acrobat_signature_with_archived_revocation_passes,
    poppler_signature_passes,
    libreoffice_signature_passes,
    message_of_indefinite_length_passes,
    dictionary_before_everything_else_passes,
    signing_time_in_pades_passes,
    signing_certificate_with_issuer_and_serial_passes,
    signing_certificate_with_sha512_passes,
    signing_certificate_in_both_versions_passes,
    signer_named_by_key_identifier_passes,
    digest_algorithm_with_null_passes,
    rsa_named_without_digest_passes,
    chain_with_root_passes,
    certificates_in_any_order_pass,
    unrelated_certificate_along_passes,
    unsigned_attributes_unknown_pass,
    signature_with_large_s_passes,
    timestamp_passes,
    timestamp_of_authority_below_another_root_passes,
    revoked_after_timestamp_passes,
    certificate_without_extended_usage_passes,
    certificate_for_email_passes,
    certificate_for_content_commitment_alone_passes,
    certificate_of_rsa_authority_passes,
    certificate_without_revocation_pointer_passes,
];

fn passed(name: &'static str, description: &'static str, document: Document) -> Case {
    Case::new(
        Class::Producer,
        name,
        description,
        document.bytes,
        Passed,
        &[],
    )
}

/// The contract with CMS of another taste.
fn signed_as(dictionary: String, make: impl FnOnce(&mut Cms, &[u8])) -> Document {
    let mut document = Contract::usual().write();
    Signing::buyer()
        .dictionary(dictionary)
        .sign_with(&mut document, |content| {
            let mut cms = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content);
            make(&mut cms, content);
            cms.der()
        });
    document
}

fn attributes(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Document {
    signed_as(dictionary(""), |cms, _| {
        cms.signer().with_attributes(&buyer(), change)
    })
}

fn put(attributes: &mut Vec<Vec<u8>>, oid: &str, replacement: Option<Vec<u8>>) {
    let oid = der::oid(oid);
    attributes.retain(|attribute| crate::pdf::find(attribute, &oid).is_none());
    attributes.extend(replacement);
}

/// What Acrobat writes besides.
const BUILD: &str = "/Prop_Build<</Filter<</Name/Adobe.PPKLite/R 131104>>\
    /App<</Name/Exchange-Pro/OS[/Win]/R 1310976/TrustedMode true>>\
    /PubSec<</Date(May 1 2026)/NonEFontNoWarn true/PreRelease false/R 131105>>>>/Name(Buyer)/Reason(I agree)";

fn acrobat_dictionary() -> String {
    dictionary_for("adbe.pkcs7.detached", BUILD)
}

fn acrobat_signature_passes() -> Case {
    let what = "adbe.pkcs7.detached with signing time, build properties, name and reason.";
    let document = signed_as(acrobat_dictionary(), |cms, _| {
        cms.signer()
            .with_attributes(&buyer(), |all| all.push(signing_time(SIGNED)));
    });
    passed("acrobat-signature-passes", what, document)
}

fn acrobat_signature_without_signing_certificate_passes() -> Case {
    let what = "adbe.pkcs7.detached, for which ISO 32000 demands no signing-certificate.";
    let document = signed_as(acrobat_dictionary(), |cms, _| {
        cms.signer()
            .with_attributes(&buyer(), |all| put(all, SIGNING_CERTIFICATE_V2, None));
    });
    passed(
        "acrobat-signature-without-signing-certificate-passes",
        what,
        document,
    )
}

fn acrobat_signature_with_archived_revocation_passes() -> Case {
    let what =
        "adbe.pkcs7.detached with the revocation lists as a signed attribute; the reader has none.";
    let lists = der::context(0, &der::tlv(0x30, &current_crls().concat()));
    let archive = attribute(REVOCATION_ARCHIVAL, &der::sequence(&[&lists]));
    let document = signed_as(acrobat_dictionary(), |cms, _| {
        cms.signer()
            .with_attributes(&buyer(), |all| all.push(archive));
    });
    passed(
        "acrobat-signature-with-archived-revocation-passes",
        what,
        document,
    )
    .crls(Vec::new())
}

fn poppler_signature_passes() -> Case {
    let what = "As poppler writes it: adbe.pkcs7.detached, the field new, every object of the form written anew.";
    let mut document = Contract::usual().write();
    let field = document.fresh();
    let all = format!("{ANNOTATIONS} {field} 0 R");
    let mut signing = Signing::buyer()
        .dictionary(dictionary_for("adbe.pkcs7.detached", "/Location(Fuzhou)"))
        .with(
            object::FORM,
            form(&all, "").replace("/F1 12 Tf", "/F1 11 Tf"),
        )
        .with(object::PAGE, page(&all, ""));
    signing.field = field;
    signing.name = "Signature1";
    signing.rect = [210, 100, 330, 220];
    signing.sign_as(&mut document, &buyer());
    passed("poppler-signature-passes", what, document)
}

fn libreoffice_signature_passes() -> Case {
    let what = "As LibreOffice writes it: one revision, another handler's name, lower case, spaces behind /ByteRange.";
    let open = dictionary_for("adbe.pkcs7.detached", "")
        .replace("Adobe.PPKLite", "Adobe.PPKMS")
        .replace("##########]", "##########                        ]");
    let contract = Contract::usual();
    let mut document = Document::begin(&contract.header, contract.xref, "\n");
    document.trailer.clone_from(&contract.trailer);
    let mut section = document.section();
    for (number, body) in &contract.objects {
        if *number != object::BUYER_FIELD {
            section.object(*number, body);
        }
    }
    let signing = Signing::buyer().dictionary(open);
    signing.write(&mut section, object::FREE, object::FREE + 1);
    section.finish();
    complete(&mut document.bytes, |content| {
        contract::pades(&buyer(), content)
    });
    let at = crate::pdf::find(&document.bytes, b"/Contents<").expect("it is signed") + 10;
    document.bytes[at..at + contract::RESERVED * 2].make_ascii_lowercase();
    passed("libreoffice-signature-passes", what, document)
}

fn message_of_indefinite_length_passes() -> Case {
    let what = "As PDFBox writes it with Bouncy Castle: message, signed data and certificates of indefinite length, which is BER.";
    let mut document = Contract::usual().write();
    let open = dictionary_for("adbe.pkcs7.detached", "");
    Signing::buyer()
        .dictionary(open)
        .sign_with(&mut document, |content| {
            let cms = Cms::pades(&buyer(), &[&issuing()], Hash::Sha256, content);
            let certificates = cms.certificates.concat();
            let inner = cms.signed_data_content();
            let right = der::context(0, &certificates);
            let at = crate::pdf::find(&inner, &right).expect("they are there");
            let inner = [
                &inner[..at],
                &der::tlv_indefinite(0xa0, &certificates),
                &inner[at + right.len()..],
            ]
            .concat();
            let signed_data = der::tlv_indefinite(0xa0, &der::tlv_indefinite(0x30, &inner));
            der::tlv_indefinite(0x30, &[der::oid(cms.outer), signed_data].concat())
        });
    passed("message-of-indefinite-length-passes", what, document)
}

fn dictionary_before_everything_else_passes() -> Case {
    let what = "The signature dictionary is the first object of the file.";
    let contract = Contract::usual();
    let mut document = Document::begin(&contract.header, contract.xref, "\n");
    document.trailer.clone_from(&contract.trailer);
    let (value, look) = (object::FREE, object::FREE + 1);
    let mut section = document.section();
    section.plain(value, dictionary(""));
    for (number, body) in &contract.objects {
        section.object(*number, body);
    }
    let keys = format!("/V {value} 0 R/AP<</N {look} 0 R>>");
    section.object(
        object::BUYER_FIELD,
        signature_field("Buyer", contract::BUYER_PLACE, &keys),
    );
    section.object(look, contract::form_object([0, 0, 120, 120], ""));
    section.finish();
    complete(&mut document.bytes, |content| {
        contract::pades(&buyer(), content)
    });
    passed("dictionary-before-everything-else-passes", what, document)
}

fn signing_time_in_pades_passes() -> Case {
    let what = "ETSI.CAdES.detached with a signing-time attribute, which PAdES advises against and some producers write.";
    let document = attributes(|all| all.push(signing_time(SIGNED)));
    passed("signing-time-in-pades-passes", what, document)
}

/// signing-certificate-v2 with everything spelled out.
fn long_signing_certificate(hash: Hash, signer: &Identity) -> Vec<u8> {
    let algorithm = if hash == Hash::Sha256 {
        Vec::new()
    } else {
        hash.algorithm()
    };
    let names = der::sequence(&[&der::context(4, &signer.issuer)]);
    let id = der::sequence(&[
        &algorithm,
        &der::octets(&hash.of(&signer.certificate)),
        &der::sequence(&[&names, &signer.serial]),
    ]);
    attribute(
        SIGNING_CERTIFICATE_V2,
        &der::sequence(&[&der::sequence(&[&id])]),
    )
}

fn signing_certificate_with_issuer_and_serial_passes() -> Case {
    let what = "signing-certificate-v2 names issuer and serial number as well.";
    let long = long_signing_certificate(Hash::Sha256, &buyer());
    let document = attributes(|all| put(all, SIGNING_CERTIFICATE_V2, Some(long)));
    passed(
        "signing-certificate-with-issuer-and-serial-passes",
        what,
        document,
    )
}

fn signing_certificate_with_sha512_passes() -> Case {
    let what = "signing-certificate-v2 uses another digest than the signature.";
    let long = long_signing_certificate(Hash::Sha512, &buyer());
    let document = attributes(|all| put(all, SIGNING_CERTIFICATE_V2, Some(long)));
    passed("signing-certificate-with-sha512-passes", what, document)
}

fn signing_certificate_in_both_versions_passes() -> Case {
    let what = "Both versions of signing-certificate are there, for old and new readers.";
    let id = der::sequence(&[&der::octets(&Hash::Sha1.of(&buyer().certificate))]);
    let first = attribute(
        SIGNING_CERTIFICATE,
        &der::sequence(&[&der::sequence(&[&id])]),
    );
    let document = attributes(|all| all.push(first));
    passed(
        "signing-certificate-in-both-versions-passes",
        what,
        document,
    )
}

fn signer_named_by_key_identifier_passes() -> Case {
    let what = "CMS names the signer by the identifier of its key.";
    let document = signed_as(dictionary(""), |cms, _| {
        cms.version = 3;
        let signer = cms.signer();
        signer.version = 3;
        signer.identifier = der::context_primitive(0, &buyer().key.identifier());
    });
    passed("signer-named-by-key-identifier-passes", what, document)
}

fn digest_algorithm_with_null_passes() -> Case {
    let what = "The digest algorithm has NULL as parameters, as OpenSSL once wrote it.";
    let document = signed_as(dictionary(""), |cms, _| {
        let algorithm = der::algorithm_null(Hash::Sha256.oid());
        cms.digests = vec![algorithm.clone()];
        cms.signer().digest = algorithm;
    });
    passed("digest-algorithm-with-null-passes", what, document)
}

fn rsa_named_without_digest_passes() -> Case {
    let what = "The signature algorithm is rsaEncryption, the digest is named elsewhere: what most RSA signers write.";
    let signer = pki::buyer_with(Key::Rsa2048, Hash::Sha256);
    let document = signed_as(dictionary(""), |cms, content| {
        *cms = Cms::pades(&signer, &[&issuing()], Hash::Sha256, content);
        cms.signer().algorithm = der::algorithm_null("1.2.840.113549.1.1.1");
    });
    passed("rsa-named-without-digest-passes", what, document)
}

fn chain_with_root_passes() -> Case {
    let what = "CMS holds the root as well.";
    let document = signed_as(dictionary(""), |cms, _| {
        cms.certificates.push(root().certificate)
    });
    passed("chain-with-root-passes", what, document)
}

fn certificates_in_any_order_pass() -> Case {
    let what = "The signer's certificate comes last, as in a sorted set.";
    let document = signed_as(dictionary(""), |cms, _| {
        cms.certificates.push(root().certificate);
        cms.certificates.reverse();
    });
    passed("certificates-in-any-order-pass", what, document)
}

fn unrelated_certificate_along_passes() -> Case {
    let what = "CMS holds a certificate that has nothing to do with it.";
    let document = signed_as(dictionary(""), |cms, _| {
        cms.certificates.push(seller().certificate)
    });
    passed("unrelated-certificate-along-passes", what, document)
}

fn unsigned_attributes_unknown_pass() -> Case {
    let what = "CMS has an unsigned attribute that nobody knows.";
    let unknown = attribute("1.3.6.1.4.1.55555.4", &der::octets(b"more"));
    let document = signed_as(dictionary(""), |cms, _| cms.signer().unsigned.push(unknown));
    passed("unsigned-attributes-unknown-pass", what, document)
}

/// The order of P-256.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

fn signature_with_large_s_passes() -> Case {
    let what = "s is the larger of its two values, which X.509 does not forbid and half of all signers write.";
    let document = signed_as(dictionary(""), |cms, _| {
        let signature = &cms.signer().signature;
        let length = usize::from(signature[3]);
        let (r, s) = (&signature[4..4 + length], &signature[6 + length..]);
        let other = subtract(
            &data_encoding::HEXLOWER
                .decode(ORDER.as_bytes())
                .expect("hexadecimal"),
            s,
        );
        let large = if *other.as_slice() > *right_aligned(s) {
            other
        } else {
            s.to_vec()
        };
        cms.signer().signature = der::sequence(&[&der::unsigned(r), &der::unsigned(&large)]);
    });
    passed("signature-with-large-s-passes", what, document)
}

fn right_aligned(number: &[u8]) -> Vec<u8> {
    let padded = [&[0; 32][..], number].concat();
    padded[padded.len() - 32..].to_vec()
}

/// `from` minus `number`, both of at most 32 bytes.
fn subtract(from: &[u8], number: &[u8]) -> Vec<u8> {
    let number = right_aligned(number);
    let mut difference = vec![0; 32];
    let mut borrow = 0;
    for index in (0..32).rev() {
        let step = i16::from(from[index]) - i16::from(number[index]) - borrow;
        borrow = i16::from(step < 0);
        difference[index] = u8::try_from(step.rem_euclid(256)).expect("below 256");
    }
    difference
}

fn stamped(authority: &Identity, moment: Moment) -> Document {
    signed_as(dictionary(""), |cms, _| cms.stamp(authority, moment))
}

fn timestamp_passes() -> Case {
    let what = "The signature value carries a time stamp: B-T.";
    passed("timestamp-passes", what, stamped(&timestamper(), SIGNED))
}

fn timestamp_of_authority_below_another_root_passes() -> Case {
    let what = "The time-stamp authority stands below another root, which the reader trusts too.";
    let other = Template::authority("Other Root", Key::P256(80), 80, None).self_signed();
    let authority = Template::timestamp_authority(Key::P256(81), 81).issue(&other);
    let mut crls = current_crls();
    crls.push(CrlTemplate::current(&[]).issue(&other));
    let name = "timestamp-of-authority-below-another-root-passes";
    passed(name, what, stamped(&authority, SIGNED))
        .trusting("Other root", &other)
        .crls(crls)
}

fn revoked_after_timestamp_passes() -> Case {
    let what = "The certificate is revoked now, but a time stamp proves that it signed before.";
    let since = Moment(SIGNED.0 + 1800);
    let revoked = [(&buyer(), since)];
    let crls = vec![
        CrlTemplate::current(&[]).issue(&root()),
        CrlTemplate::current(&revoked).issue(&issuing()),
    ];
    passed(
        "revoked-after-timestamp-passes",
        what,
        stamped(&timestamper(), SIGNED),
    )
    .crls(crls)
}

fn with_template(name: &'static str, description: &'static str, template: &Template) -> Case {
    let signer = template.issue(&issuing());
    let mut document = Contract::usual().write();
    Signing::buyer().sign_as(&mut document, &signer);
    passed(name, description, document)
}

fn certificate_without_extended_usage_passes() -> Case {
    let what = "The certificate has no extended key usage.";
    let extensions = vec![key_usage(pki::SIGNING_USAGE)];
    let template = Template {
        extensions,
        ..buyer_template()
    };
    with_template("certificate-without-extended-usage-passes", what, &template)
}

fn certificate_for_email_passes() -> Case {
    let what = "The certificate is one for e-mail and TLS clients, as many people sign with.";
    let usage = extended_key_usage(false, &["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"]);
    let extensions = vec![key_usage(pki::SIGNING_USAGE), usage];
    let template = Template {
        extensions,
        ..buyer_template()
    };
    with_template("certificate-for-email-passes", what, &template)
}

fn certificate_for_content_commitment_alone_passes() -> Case {
    let what = "Key usage is nonRepudiation alone, as qualified certificates have it.";
    let extensions = vec![key_usage((6, 0b0100_0000))];
    let template = Template {
        extensions,
        ..buyer_template()
    };
    with_template(
        "certificate-for-content-commitment-alone-passes",
        what,
        &template,
    )
}

fn certificate_of_rsa_authority_passes() -> Case {
    let what = "Root and authority have RSA keys, the signer one on P-256.";
    let root = Template::authority("RSA Root", Key::Rsa2048, 82, None).self_signed();
    let signer = buyer_template().issue(&root);
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        Cms::pades(&signer, &[], Hash::Sha256, content).der()
    });
    let mut crls = current_crls();
    crls.push(CrlTemplate::current(&[]).issue(&root));
    passed("certificate-of-rsa-authority-passes", what, document)
        .trusting("RSA root", &root)
        .crls(crls)
}

fn certificate_without_revocation_pointer_passes() -> Case {
    let what = "A small authority keeps no revocation lists, and its certificates name none.";
    let root = Template {
        extensions: vec![pki::authority(None), key_usage(pki::AUTHORITY_USAGE)],
        ..Template::authority("Small Root", Key::P256(83), 83, None)
    }
    .self_signed();
    let extensions = vec![key_usage(pki::SIGNING_USAGE)];
    let signer = Template {
        extensions,
        ..buyer_template()
    }
    .issue(&root);
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        Cms::pades(&signer, &[], Hash::Sha256, content).der()
    });
    passed(
        "certificate-without-revocation-pointer-passes",
        what,
        document,
    )
    .trusting("Small root", &root)
    .crls(Vec::new())
}
