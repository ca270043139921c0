//! Key, certificate and chain of whoever seals: PEM files, or one PKCS#12 file.

use std::path::Path;

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use scanseal_pki::{AnyCertificate, Certificate, SigningKey};

use super::{arguments::SealArguments, files};
use crate::failure::Failure;

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
        Failure::usage(format!(
            "{} holds no unencrypted P-256 private key in PEM",
            path.display()
        ))
    })
}

fn from_pkcs12(
    path: &Path,
    bytes: &[u8],
    password: Option<&str>,
) -> Result<(SigningKey, Vec<Vec<u8>>), Failure> {
    let unusable = |reason: &str| Failure::usage(format!("{}: {reason}", path.display()));
    let password = password.unwrap_or_default();
    let store =
        KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(|error| {
            unusable(&format!(
                "this is neither PEM nor PKCS#12 that --key-password opens ({error})"
            ))
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
