//! Algorithms that other people sign with.

use crate::{
    Case, Class,
    Verdict::Passed,
    cms::Cms,
    contract::{Contract, Signing},
    keys::{Hash, Key},
    pki,
};

pub(crate) const CASES: &[fn() -> Case] = &[
    p256_sha256_passes,
    p256_sha512_passes,
    p384_sha384_passes,
    p521_sha512_passes,
    rsa_sha256_passes,
    rsa_pss_sha256_passes,
    rsa_pss_sha512_passes,
    ed25519_passes,
];

fn signed(name: &'static str, description: &'static str, key: Key, hash: Hash) -> Case {
    let signer = pki::buyer_with(key, hash);
    let mut document = Contract::usual().write();
    Signing::buyer().sign_with(&mut document, |content| {
        Cms::pades(&signer, &[&pki::issuing()], hash, content).der()
    });
    Case::new(
        Class::Algorithms,
        name,
        description,
        document.bytes,
        Passed,
        &[],
    )
}

fn p256_sha256_passes() -> Case {
    let what = "ECDSA on P-256 with SHA-256, what ScanSeal itself makes.";
    signed("p256-sha256-passes", what, Key::P256(30), Hash::Sha256)
}

fn p256_sha512_passes() -> Case {
    let what = "ECDSA on P-256 with a digest longer than the curve.";
    signed("p256-sha512-passes", what, Key::P256(31), Hash::Sha512)
}

fn p384_sha384_passes() -> Case {
    let what = "ECDSA on P-384 with SHA-384.";
    signed("p384-sha384-passes", what, Key::P384(32), Hash::Sha384)
}

fn p521_sha512_passes() -> Case {
    let what = "ECDSA on P-521 with SHA-512.";
    signed("p521-sha512-passes", what, Key::P521(33), Hash::Sha512)
}

fn rsa_sha256_passes() -> Case {
    let what = "RSA of 2,048 bits, PKCS#1 v1.5, SHA-256.";
    signed("rsa-sha256-passes", what, Key::Rsa2048, Hash::Sha256)
}

fn rsa_pss_sha256_passes() -> Case {
    let what = "RSA of 2,048 bits, PSS with SHA-256 and its parameters spelled out.";
    signed("rsa-pss-sha256-passes", what, Key::RsaPss2048, Hash::Sha256)
}

fn rsa_pss_sha512_passes() -> Case {
    let what = "RSA of 2,048 bits, PSS with SHA-512.";
    signed("rsa-pss-sha512-passes", what, Key::RsaPss2048, Hash::Sha512)
}

fn ed25519_passes() -> Case {
    let what = "Ed25519 with SHA-512 as digest (RFC 8419).";
    signed("ed25519-passes", what, Key::Ed25519(34), Hash::Sha512)
}
