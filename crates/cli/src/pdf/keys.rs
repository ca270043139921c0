//! Key, certificate and chain of whoever seals: PEM files, or one PKCS#12 file.

use std::path::Path;

use p12_keystore::{KeyStore, Pkcs12ImportPolicy, error::Error};
use scanseal_pki::{AnyCertificate, Certificate, SigningKey, pem};

use super::{arguments::SealArguments, files};
use crate::failure::Failure;

/// The object identifier rsaEncryption (RFC 8017 appendix C) in DER.
const RSA_ENCRYPTION: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// Whoever seals.
pub(crate) struct Identity {
    /// The private key.
    pub(crate) key: SigningKey,
    /// The signer's certificate.
    pub(crate) certificate: Certificate,
    /// The signer's certificate and those above it.
    pub(crate) chain: Vec<AnyCertificate>,
}

impl Identity {
    /// Reads what the arguments name.
    pub(crate) fn read(arguments: &SealArguments) -> Result<Self, Failure> {
        let bytes = files::small(&arguments.key)?;
        let pem = std::str::from_utf8(&bytes).ok();
        let (key, mut ders) = match pem.filter(|text| text.contains("-----BEGIN ")) {
            Some(pem) => (from_pem(&arguments.key, pem)?, Vec::new()),
            None => from_pkcs12(&arguments.key, &bytes, arguments.key_password.as_deref())?,
        };
        if let Some(path) = &arguments.cert {
            ders = certificates(path)?;
        }
        for path in &arguments.chain {
            ders.extend(certificates(path)?);
        }
        let Some(first) = ders.first() else {
            return Err(Failure::usage(
                "name the certificate of the key with --cert",
            ));
        };
        let certificate = Certificate::from_der(first).map_err(|error| {
            Failure::usage(format!("the certificate cannot be used to seal: {error}"))
        })?;
        if *certificate.public_key() != key.public_key() {
            return Err(Failure::usage(
                "the certificate is not that of the key: name the right one with --cert",
            ));
        }
        let mut chain = Vec::new();
        for der in &ders {
            let certificate = AnyCertificate::from_der(der).map_err(|error| {
                Failure::usage(format!("a certificate cannot be read: {error}"))
            })?;
            if !chain.contains(&certificate) {
                chain.push(certificate);
            }
        }
        Ok(Self {
            key,
            certificate,
            chain,
        })
    }
}

/// Certificates in a file, PEM or DER.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    files::ders(
        path,
        &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"],
    )
}

fn from_pem(path: &Path, pem: &str) -> Result<SigningKey, Failure> {
    SigningKey::from_pem(pem).map_err(|_| {
        let fault = if pem.contains("ENCRYPTED") {
            "the private key is encrypted: decrypt it with `openssl pkcs8`, or use PKCS#12 with --key-password"
        } else if is_rsa(pem) {
            "the private key is RSA, and seals are made with P-256 (ECDSA): get a certificate for such a key"
        } else {
            "there is no P-256 private key in it"
        };
        Failure::usage(format!("{}: {fault}", path.display()))
    })
}

fn is_rsa(pem_text: &str) -> bool {
    let blocks = pem::blocks(pem_text, &["PRIVATE KEY"]).unwrap_or_default();
    pem_text.contains("-----BEGIN RSA PRIVATE KEY-----")
        || blocks.iter().any(|der| {
            der.windows(RSA_ENCRYPTION.len())
                .any(|window| window == RSA_ENCRYPTION)
        })
}

fn from_pkcs12(
    path: &Path,
    bytes: &[u8],
    password: Option<&str>,
) -> Result<(SigningKey, Vec<Vec<u8>>), Failure> {
    let unusable = |reason: &str| Failure::usage(format!("{}: {reason}", path.display()));
    let opened = KeyStore::from_pkcs12(
        bytes,
        password.unwrap_or_default(),
        Pkcs12ImportPolicy::Relaxed,
    );
    let store = opened.map_err(|error| match (error, password) {
        (Error::MacError(_), Some(_)) => unusable("the password in --key-password is wrong"),
        (Error::MacError(_), None) => unusable(
            "it needs a password: give it with --key-password, or in the environment as SCANSEAL_KEY_PASSWORD",
        ),
        (error, _) => unusable(&format!("this is neither PEM nor PKCS#12 that can be read ({error})")),
    })?;
    let (_, chain) = store
        .private_key_chain()
        .ok_or_else(|| unusable("there is no private key in it"))?;
    let key = SigningKey::from_pkcs8_der(chain.key().as_der())
        .map_err(|_| unusable("its private key is not one of P-256"))?;
    let certificates = chain.certs().iter();
    Ok((
        key,
        certificates
            .map(|certificate| certificate.as_der().to_vec())
            .collect(),
    ))
}
