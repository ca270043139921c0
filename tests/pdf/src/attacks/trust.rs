//! Certificates, revocation lists and time stamps that should convince nobody.

pub(crate) mod time;

use crate::{
    Case, Class,
    Verdict::{self, Failed, Indeterminate},
    cms::Cms,
    contract::{Contract, Signing, catalog, object, signed},
    der,
    keys::{Hash, Key},
    pdf::stream,
    pki::{
        self, CrlTemplate, DOCUMENT_SIGNING, ENCRYPTING_USAGE, Identity, SERVER_AUTHENTICATION,
        SIGNING_USAGE, Template, buyer, buyer_template, extended_key_usage, issuing, key_usage,
        root, seller, timestamper,
    },
    time::{Moment, SIGNED},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    self_signed_lookalike_is_indeterminate,
    lookalike_authorities_in_cms_are_indeterminate,
    lookalike_authority_in_validation_data_is_indeterminate,
    lookalike_with_same_serial_fails,
    certificate_swapped_for_lookalike_fails,
    leaf_as_authority_never_passes,
    authority_without_key_usage_never_passes,
    authority_below_path_length_never_passes,
    certificate_with_flipped_bit_never_passes,
    certificate_with_unknown_critical_extension_never_passes,
    certificate_signed_with_sha1_never_passes,
    certificate_with_short_key_never_passes,
    certificate_for_servers_never_passes,
    certificate_for_encryption_never_passes,
    certificate_revoked_before_fails,
    certificate_revoked_since_without_timestamp_never_passes,
    authority_revoked_never_passes,
];

/// The contract, signed by somebody with these certificates along.
fn signed_by(signer: &Identity, chain: &[&Identity]) -> Vec<u8> {
    signed_and(signer, chain, |_| {})
}

fn signed_and(signer: &Identity, chain: &[&Identity], change: impl FnOnce(&mut Cms)) -> Vec<u8> {
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        let mut cms = Cms::pades(signer, chain, Hash::Sha256, content);
        change(&mut cms);
        cms.der()
    });
    document.bytes
}

fn case(
    name: &'static str,
    description: &'static str,
    file: Vec<u8>,
    verdict: Verdict,
    reason: &'static str,
) -> Case {
    Case::new(Class::Trust, name, description, file, verdict, &[reason])
}

/// Says what the buyer's certificate says, for the forger's key.
fn forger_template() -> Template {
    Template {
        key: Key::P256(66),
        ..buyer_template()
    }
}

/// An authority that calls itself like the real one.
fn lookalike_root() -> Identity {
    Template::authority("ScanSeal Test Root", Key::P256(67), 1, None).self_signed()
}

fn lookalike_issuing() -> Identity {
    Template::authority("ScanSeal Test Issuing CA", Key::P256(68), 2, Some(0))
        .issue(&lookalike_root())
}

fn self_signed_lookalike_is_indeterminate() -> Case {
    let what = "A self-signed certificate with the buyer's name.";
    let file = signed_by(&forger_template().self_signed(), &[]);
    case(
        "self-signed-lookalike-is-indeterminate",
        what,
        file,
        Indeterminate,
        "untrusted",
    )
}

fn lookalike_authorities_in_cms_are_indeterminate() -> Case {
    let what = "Root and authority with the real names and other keys come along in CMS.";
    let forger = forger_template().issue(&lookalike_issuing());
    let file = signed_by(&forger, &[&lookalike_issuing(), &lookalike_root()]);
    let name = "lookalike-authorities-in-cms-are-indeterminate";
    case(name, what, file, Indeterminate, "untrusted")
}

fn lookalike_authority_in_validation_data_is_indeterminate() -> Case {
    let what = "The forger's root lies in the document's validation data, which are no anchors.";
    let forger = forger_template().issue(&lookalike_issuing());
    let mut document = Contract::usual().write();
    let [first, second] = [(); 2].map(|()| document.fresh());
    Signing::buyer()
        .with(
            object::CATALOG,
            catalog(&format!("/DSS<</Certs[{first} 0 R {second} 0 R]>>")),
        )
        .with(first, stream("", &lookalike_root().certificate))
        .with(second, stream("", &lookalike_issuing().certificate))
        .sign_as(&mut document, &forger);
    let name = "lookalike-authority-in-validation-data-is-indeterminate";
    case(name, what, document.bytes, Indeterminate, "untrusted")
}

fn lookalike_with_same_serial_fails() -> Case {
    let what = "CMS holds the buyer's certificate and a look-alike with the same issuer and serial number; the look-alike's key signed.";
    let forger = forger_template().issue_as(&issuing().subject, Key::P256(68));
    let file = signed_and(&forger, &[&buyer(), &issuing()], |cms| {
        let signer = cms.signer();
        signer.attributes.as_mut().expect("there are some")[2] =
            crate::cms::signing_certificate(&buyer().certificate);
        signer.sign(forger.key, Hash::Sha256);
        cms.certificates.reverse();
    });
    let name = "lookalike-with-same-serial-fails";
    case(name, what, file, Failed, "signature-invalid")
}

fn certificate_swapped_for_lookalike_fails() -> Case {
    let what = "After signing, the buyer's certificate in CMS is exchanged for another one of the same key with another company's name.";
    let other = Template {
        key: buyer().key,
        ..forger_template()
    };
    let other = Template {
        subject: pki::enterprise_name("丁方实业有限公司", "91350100M000100Y43"),
        ..other
    }
    .issue(&issuing());
    let file = signed_and(&buyer(), &[&issuing()], |cms| {
        cms.certificates[0] = other.certificate;
    });
    let name = "certificate-swapped-for-lookalike-fails";
    case(name, what, file, Failed, "signing-certificate-mismatch")
}

fn leaf_as_authority_never_passes() -> Case {
    let what = "The seller's own certificate, no authority's, issued the buyer's.";
    let forger = forger_template().issue(&seller());
    let file = signed_by(&forger, &[&seller(), &issuing()]);
    case(
        "leaf-as-authority-never-passes",
        what,
        file,
        Indeterminate,
        "path-invalid",
    )
}

fn authority_without_key_usage_never_passes() -> Case {
    let what = "The issuing authority may not sign certificates.";
    let mut template = Template::authority("Without Usage", Key::P256(70), 70, Some(0));
    template.extensions[1] = key_usage((7, 0b1000_0000));
    let authority = template.issue(&root());
    let file = signed_by(&forger_template().issue(&authority), &[&authority]);
    case(
        "authority-without-key-usage-never-passes",
        what,
        file,
        Indeterminate,
        "path-invalid",
    )
}

fn authority_below_path_length_never_passes() -> Case {
    let what = "An authority stands below one that may only issue to enterprises.";
    let authority = Template::authority("Too Deep", Key::P256(71), 71, None).issue(&issuing());
    let file = signed_by(
        &forger_template().issue(&authority),
        &[&authority, &issuing()],
    );
    case(
        "authority-below-path-length-never-passes",
        what,
        file,
        Indeterminate,
        "path-invalid",
    )
}

fn certificate_with_flipped_bit_never_passes() -> Case {
    let what = "A bit of the signature over the signer's certificate is flipped.";
    let mut signer = buyer();
    let last = signer.certificate.len() - 1;
    signer.certificate[last] ^= 1;
    let file = signed_by(&signer, &[&issuing()]);
    case(
        "certificate-with-flipped-bit-never-passes",
        what,
        file,
        Indeterminate,
        "untrusted",
    )
}

fn certificate_with_unknown_critical_extension_never_passes() -> Case {
    let what = "The signer's certificate has a critical extension that nobody knows.";
    let mut template = forger_template();
    template
        .extensions
        .push(pki::extension("1.3.6.1.4.1.55555.9", true, &der::null()));
    let file = signed_by(&template.issue(&issuing()), &[&issuing()]);
    let name = "certificate-with-unknown-critical-extension-never-passes";
    case(name, what, file, Indeterminate, "untrusted")
}

fn certificate_signed_with_sha1_never_passes() -> Case {
    let what = "The signer's certificate is signed with SHA-1, so that another one may share its signature.";
    let template = Template {
        hash: Hash::Sha1,
        ..forger_template()
    };
    let file = signed_by(&template.issue(&issuing()), &[&issuing()]);
    let name = "certificate-signed-with-sha1-never-passes";
    case(name, what, file, Failed, "algorithm-weak")
}

fn certificate_with_short_key_never_passes() -> Case {
    let what = "The signer's RSA key has 1,024 bits.";
    let template = Template {
        key: Key::Rsa1024,
        ..forger_template()
    };
    let file = signed_by(&template.issue(&issuing()), &[&issuing()]);
    case(
        "certificate-with-short-key-never-passes",
        what,
        file,
        Failed,
        "algorithm-weak",
    )
}

fn with_usage(extensions: Vec<Vec<u8>>) -> Vec<u8> {
    let template = Template {
        extensions,
        ..forger_template()
    };
    signed_by(&template.issue(&issuing()), &[&issuing()])
}

fn certificate_for_servers_never_passes() -> Case {
    let what = "The certificate is one for TLS servers.";
    let usage = extended_key_usage(false, &[SERVER_AUTHENTICATION]);
    let file = with_usage(vec![key_usage(SIGNING_USAGE), usage]);
    case(
        "certificate-for-servers-never-passes",
        what,
        file,
        Indeterminate,
        "wrong-usage",
    )
}

fn certificate_for_encryption_never_passes() -> Case {
    let what = "The certificate is one for encrypting only.";
    let usage = extended_key_usage(false, &[DOCUMENT_SIGNING]);
    let file = with_usage(vec![key_usage(ENCRYPTING_USAGE), usage]);
    case(
        "certificate-for-encryption-never-passes",
        what,
        file,
        Indeterminate,
        "wrong-usage",
    )
}

fn revoking(identity: &Identity, since: Moment) -> Vec<Vec<u8>> {
    let revoked = [(identity, since)];
    vec![
        CrlTemplate::current(&revoked).issue(&root()),
        CrlTemplate::current(&revoked).issue(&issuing()),
    ]
}

fn certificate_revoked_before_fails() -> Case {
    let what = "The certificate was revoked ten days before a trusted time stamp says it signed.";
    let file = signed_and(&buyer(), &[&issuing()], |cms| {
        cms.stamp(&timestamper(), SIGNED)
    });
    case(
        "certificate-revoked-before-fails",
        what,
        file,
        Failed,
        "revoked",
    )
    .crls(revoking(&buyer(), SIGNED.days(-10)))
}

fn certificate_revoked_since_without_timestamp_never_passes() -> Case {
    let what = "The certificate is revoked since half an hour ago, and nothing but the signer's clock says that the signature is older.";
    let name = "certificate-revoked-since-without-timestamp-never-passes";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "revoked-no-proof",
    )
    .crls(revoking(&buyer(), Moment(SIGNED.0 + 1800)))
}

fn authority_revoked_never_passes() -> Case {
    let what = "The issuing authority is revoked.";
    let name = "authority-revoked-never-passes";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "revoked-no-proof",
    )
    .crls(revoking(&issuing(), SIGNED.days(-10)))
}
