//! CMS SignedData (RFC 5652) and time-stamp tokens (RFC 3161), made of parts that a forger can exchange.

use crate::{
    der,
    keys::{Hash, Key},
    pki::Identity,
    time::Moment,
};

/// id-data.
pub const DATA: &str = "1.2.840.113549.1.7.1";
/// id-signedData.
pub const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// id-ct-TSTInfo.
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
/// content-type, message-digest, signing-time (RFC 5652 section 11).
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
/// See [`CONTENT_TYPE`].
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
/// See [`CONTENT_TYPE`].
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
/// signing-certificate (RFC 2634) and its second version (RFC 5035).
pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
/// See [`SIGNING_CERTIFICATE`].
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
/// signature-time-stamp (RFC 3161 appendix A).
pub const SIGNATURE_TIMESTAMP: &str = "1.2.840.113549.1.9.16.2.14";
/// adbe-revocationInfoArchival (ISO 32000-2 clause 12.8.3.3.2).
pub const REVOCATION_ARCHIVAL: &str = "1.2.840.113583.1.1.8";

/// SignedData with one or more signers.
#[derive(Clone, Debug)]
pub struct Cms {
    /// Content type of the outermost ContentInfo.
    pub outer: &'static str,
    /// Version.
    pub version: u64,
    /// Digest algorithms named outside of the signers.
    pub digests: Vec<Vec<u8>>,
    /// Content type of what is signed.
    pub content_type: &'static str,
    /// Content inside of the message.
    pub content: Option<Vec<u8>>,
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// The signers.
    pub signers: Vec<SignerInfo>,
}

/// One signer's part.
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// Version.
    pub version: u64,
    /// Issuer and serial number, encoded.
    pub identifier: Vec<u8>,
    /// Digest algorithm, encoded.
    pub digest: Vec<u8>,
    /// Signed attributes in the order they are written; none leaves the field out.
    pub attributes: Option<Vec<Vec<u8>>>,
    /// Signature algorithm, encoded.
    pub algorithm: Vec<u8>,
    /// Signature value.
    pub signature: Vec<u8>,
    /// Unsigned attributes.
    pub unsigned: Vec<Vec<u8>>,
}

/// An attribute with one value.
pub fn attribute(oid: &str, value: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::oid(oid), &der::tlv(0x31, value)])
}

/// The content-type attribute.
pub fn content_type(oid: &str) -> Vec<u8> {
    attribute(CONTENT_TYPE, &der::oid(oid))
}

/// The message-digest attribute.
pub fn message_digest(digest: &[u8]) -> Vec<u8> {
    attribute(MESSAGE_DIGEST, &der::octets(digest))
}

/// The signing-certificate-v2 attribute with SHA-256, the default that DER leaves out.
pub fn signing_certificate(certificate: &[u8]) -> Vec<u8> {
    let id = der::sequence(&[&der::octets(&Hash::Sha256.of(certificate))]);
    attribute(
        SIGNING_CERTIFICATE_V2,
        &der::sequence(&[&der::sequence(&[&id])]),
    )
}

/// The signing-time attribute.
pub fn signing_time(moment: Moment) -> Vec<u8> {
    attribute(SIGNING_TIME, &der::utc_time(moment))
}

impl Cms {
    /// What PAdES baseline demands (EN 319 142-1 clause 6.3).
    pub fn pades(signer: &Identity, chain: &[&Identity], hash: Hash, content: &[u8]) -> Self {
        Self {
            outer: SIGNED_DATA,
            version: 1,
            digests: vec![hash.algorithm()],
            content_type: DATA,
            content: None,
            certificates: core::iter::once(signer)
                .chain(chain.iter().copied())
                .map(|identity| identity.certificate.clone())
                .collect(),
            signers: vec![SignerInfo::pades(signer, hash, &hash.of(content))],
        }
    }

    /// A time-stamp token over some bytes.
    pub fn timestamp(authority: &Identity, moment: Moment, stamped: &[u8]) -> Self {
        let imprint = der::sequence(&[
            &Hash::Sha256.algorithm(),
            &der::octets(&Hash::Sha256.of(stamped)),
        ]);
        let info = der::sequence(&[
            &der::integer(1),
            &der::oid("1.3.6.1.4.1.55555.1"),
            &imprint,
            &der::integer(42),
            &der::generalized_time(moment),
        ]);
        let mut token = Self::pades(authority, &[], Hash::Sha256, &info);
        token.version = 3;
        token.content_type = TST_INFO;
        token.content = Some(info.clone());
        token.signers[0].attributes = Some(vec![
            content_type(TST_INFO),
            message_digest(&Hash::Sha256.of(&info)),
            signing_certificate(&authority.certificate),
        ]);
        token.signers[0].sign(authority.key, Hash::Sha256);
        token
    }

    /// The only signer.
    pub fn signer(&mut self) -> &mut SignerInfo {
        &mut self.signers[0]
    }

    /// Adds a time stamp of the signature value.
    pub fn stamp(&mut self, authority: &Identity, moment: Moment) {
        let token = Self::timestamp(authority, moment, &self.signers[0].signature);
        let attribute = attribute(SIGNATURE_TIMESTAMP, &token.der());
        self.signers[0].unsigned.push(attribute);
    }

    /// The whole message.
    pub fn der(&self) -> Vec<u8> {
        self.wrap(&self.signed_data())
    }

    /// The ContentInfo around a SignedData.
    pub fn wrap(&self, signed_data: &[u8]) -> Vec<u8> {
        der::sequence(&[&der::oid(self.outer), &der::context(0, signed_data)])
    }

    /// The SignedData alone.
    pub fn signed_data(&self) -> Vec<u8> {
        der::tlv(0x30, &self.signed_data_content())
    }

    /// What stands in the SignedData.
    pub fn signed_data_content(&self) -> Vec<u8> {
        let content = self
            .content
            .as_ref()
            .map(|content| der::context(0, &der::octets(content)));
        let encapsulated =
            der::sequence(&[&der::oid(self.content_type), &content.unwrap_or_default()]);
        let certificates = if self.certificates.is_empty() {
            Vec::new()
        } else {
            der::context(0, &self.certificates.concat())
        };
        let signers: Vec<Vec<u8>> = self.signers.iter().map(SignerInfo::der).collect();
        [
            der::integer(self.version),
            der::set_of(&self.digests),
            encapsulated,
            certificates,
            der::set_of(&signers),
        ]
        .concat()
    }
}

impl SignerInfo {
    /// A signer over a digest, with the attributes of PAdES.
    pub fn pades(signer: &Identity, hash: Hash, digest: &[u8]) -> Self {
        let mut info = Self {
            version: 1,
            identifier: der::sequence(&[&signer.issuer, &signer.serial]),
            digest: hash.algorithm(),
            attributes: Some(vec![
                content_type(DATA),
                message_digest(digest),
                signing_certificate(&signer.certificate),
            ]),
            algorithm: signer.key.algorithm(hash),
            signature: Vec::new(),
            unsigned: Vec::new(),
        };
        info.sign(signer.key, hash);
        info
    }

    /// Puts the attributes in order and signs them anew.
    pub fn sign(&mut self, key: Key, hash: Hash) {
        if let Some(attributes) = &mut self.attributes {
            attributes.sort();
        }
        self.sign_as_written(key, hash);
    }

    /// Signs the attributes anew in the order in which they stand.
    pub fn sign_as_written(&mut self, key: Key, hash: Hash) {
        let attributes = self
            .attributes
            .as_ref()
            .expect("there are attributes to sign");
        self.signature = key.sign(hash, &der::tlv(0x31, &attributes.concat()));
    }

    /// Changes the attributes and signs them anew.
    pub fn with_attributes(&mut self, signer: &Identity, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        change(
            self.attributes
                .as_mut()
                .expect("there are attributes to change"),
        );
        self.sign(signer.key, Hash::Sha256);
    }

    /// The whole structure.
    pub fn der(&self) -> Vec<u8> {
        let attributes = self.attributes.as_ref();
        let unsigned = if self.unsigned.is_empty() {
            Vec::new()
        } else {
            der::context(1, &self.unsigned.concat())
        };
        der::sequence(&[
            &der::integer(self.version),
            &self.identifier,
            &self.digest,
            &attributes
                .map(|parts| der::context(0, &parts.concat()))
                .unwrap_or_default(),
            &self.algorithm,
            &der::octets(&self.signature),
            &unsigned,
        ])
    }
}
