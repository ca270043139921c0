//! Making a message in three steps.

use super::{
    CmsError, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
    ID_SIGNING_CERTIFICATE_V2, ID_TIMESTAMP_TOKEN, attributes::Attributes, ess::EssCertificate,
    malformed,
};
use p256::ecdsa::Signature;

use crate::{
    AnyCertificate, Certificate, DigestAlgorithm, SignatureInvalid, TimestampToken,
    algorithms::ID_SHA256,
    asn1::{
        self, Element, INTEGER, NotDer, OCTET_STRING, SEQUENCE, SET, element, object_identifier,
        set_of,
    },
    oids,
    outline::Outline,
};

/// Longest DER form of a P-256 signature: two numbers of 33 bytes with their headers.
pub(crate) const MAX_P256_SIGNATURE_LENGTH: usize = 72;
/// Room for a time-stamp token: those of public authorities, with their certificates, take 3 to 7 KB.
pub const RESERVED_FOR_TIMESTAMP: usize = 12 * 1024;
/// Longest signed attributes that are read: three of them, one with the issuer's name.
pub const MAX_SIGNED_ATTRIBUTES_LENGTH: usize = 4096;

/// What a signer signs about a document: its digest, and the signer's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAttributes {
    der: Vec<u8>,
    message_digest: [u8; 32],
    certificate_hash: [u8; 32],
}

impl SignedAttributes {
    /// First step: content type, message digest and signing-certificate-v2. `digest` is the SHA-256 of the signed bytes.
    pub fn new(signer: &Certificate, digest: &[u8; 32]) -> Self {
        let content_type = attribute(ID_CONTENT_TYPE, &object_identifier(ID_DATA));
        let der = encode(content_type, digest, signer.outline());
        Self {
            der,
            message_digest: *digest,
            certificate_hash: signer.sha256(),
        }
    }

    /// Reads what [`Self::to_be_signed`] gave, so that the owner of the key sees what is signed.
    ///
    /// # Errors
    /// [`CmsError`] for everything but the three attributes in DER, each once. An attribute that is not understood could
    /// say anything.
    pub fn from_der(der: &[u8]) -> Result<Self, CmsError> {
        if der.len() > MAX_SIGNED_ATTRIBUTES_LENGTH {
            return Err(CmsError::TooLong);
        }
        let (message_digest, certificate_hash) =
            read(der).map_err(malformed("signed attributes"))?;
        Ok(Self {
            der: der.to_vec(),
            message_digest,
            certificate_hash,
        })
    }

    /// Second step, for the owner of the key: the bytes to sign, a SET OF in DER (RFC 5652 section 5.4). Sign them with
    /// [`SigningKey::sign_es256_der`](crate::SigningKey::sign_es256_der).
    pub fn to_be_signed(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the document's signed bytes.
    pub fn message_digest(&self) -> &[u8; 32] {
        &self.message_digest
    }

    /// SHA-256 of the signer's certificate.
    pub fn certificate_hash(&self) -> &[u8; 32] {
        &self.certificate_hash
    }

    /// Third step: checks the signature and puts the message together, in DER. `chain` starts with the signer; the rest
    /// helps readers to find a path.
    ///
    /// # Errors
    /// [`CmsError::OtherCertificate`] if the chain does not start with the certificate that the attributes name,
    /// [`CmsError::Signature`] if the signature does not fit, [`CmsError::OtherTimestamp`] if the token stamps another
    /// signature.
    pub fn finish(
        &self,
        signature: &[u8],
        chain: &[AnyCertificate],
        timestamp: Option<&TimestampToken>,
    ) -> Result<Vec<u8>, CmsError> {
        let signer = chain.first().ok_or(CmsError::OtherCertificate)?;
        let key = signer
            .public_key()
            .ok()
            .and_then(|key| key.as_p256())
            .filter(|_| signer.sha256() == self.certificate_hash)
            .ok_or(CmsError::OtherCertificate)?;
        key.verify_es256_der(&self.der, signature)?;
        if let Some(token) = timestamp {
            let stamped = token
                .imprint_algorithm()
                .and_then(|algorithm| algorithm.digest(signature));
            if stamped.as_deref() != Some(token.imprint()) {
                return Err(CmsError::OtherTimestamp);
            }
        }
        let certificates: Vec<&[u8]> = chain.iter().map(AnyCertificate::der).collect();
        let signer_info = signer_info(
            signer.outline(),
            &self.der,
            signature,
            timestamp.map(TimestampToken::der),
        )
        .map_err(malformed("signed attributes"))?;
        let content = element(SEQUENCE, &[&object_identifier(ID_DATA)]);
        Ok(signed_data(1, &content, &certificates, &signer_info))
    }
}

/// An ECDSA P-256 signature in DER, from DER or from r and s of 32 bytes each, as JWS and WebCrypto have them.
///
/// # Errors
/// [`SignatureInvalid`] if it is neither.
pub fn der_signature(signature: &[u8]) -> Result<Vec<u8>, SignatureInvalid> {
    let parsed = Signature::from_der(signature).or_else(|_| Signature::from_slice(signature));
    let parsed = parsed.map_err(|_| SignatureInvalid)?;
    Ok(parsed.to_der().as_bytes().to_vec())
}

/// Bytes to reserve for a message with these certificates, signer first: exactly its greatest length. The signature
/// itself may turn out up to two bytes shorter. A time-stamp token, whose length nobody knows beforehand, gets
/// 12 KiB.
pub fn reserved_length(chain: &[AnyCertificate], with_timestamp: bool) -> usize {
    let Some(signer) = chain.first() else {
        return 0;
    };
    let content_type = attribute(ID_CONTENT_TYPE, &object_identifier(ID_DATA));
    let attributes = encode(content_type, &[0; 32], signer.outline());
    let certificates: Vec<&[u8]> = chain.iter().map(AnyCertificate::der).collect();
    let token = vec![0; RESERVED_FOR_TIMESTAMP];
    let signature = [0; MAX_P256_SIGNATURE_LENGTH];
    let signer_info = signer_info(
        signer.outline(),
        &attributes,
        &signature,
        with_timestamp.then_some(&token),
    );
    let content = element(SEQUENCE, &[&object_identifier(ID_DATA)]);
    signer_info.map_or(0, |info| {
        signed_data(1, &content, &certificates, &info).len()
    })
}

/// Signed attributes of a P-256 signer, in DER.
pub(crate) fn encode(content_type: Vec<u8>, digest: &[u8], signer: &Outline) -> Vec<u8> {
    let digest = attribute(ID_MESSAGE_DIGEST, &element(OCTET_STRING, &[digest]));
    let certificate = attribute(ID_SIGNING_CERTIFICATE_V2, &EssCertificate::write(signer));
    set_of(SET, vec![content_type, digest, certificate])
}

pub(crate) fn attribute(oid: const_oid::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    element(
        SEQUENCE,
        &[&object_identifier(oid), &element(SET, &[value])],
    )
}

/// SignerInfo (RFC 5652 section 5.3) of a P-256 signer. `attributes` is the SET OF that was signed.
pub(crate) fn signer_info(
    signer: &Outline,
    attributes: &[u8],
    signature: &[u8],
    token: Option<&[u8]>,
) -> Result<Vec<u8>, NotDer> {
    let version = element(INTEGER, &[&[1]]);
    let serial = element(INTEGER, &[&signer.serial]);
    let identifier = element(SEQUENCE, &[&signer.issuer, &serial]);
    let attributes = Element::only(attributes, SET)?.content;
    let attributes = element(asn1::context(0), &[attributes]);
    let algorithm = element(SEQUENCE, &[&object_identifier(oids::ECDSA_WITH_SHA256)]);
    let signature = element(OCTET_STRING, &[signature]);
    let unsigned = token.map_or_else(Vec::new, |token| {
        element(asn1::context(1), &[&attribute(ID_TIMESTAMP_TOKEN, token)])
    });
    let digest = sha256();
    let parts: [&[u8]; 7] = [
        &version,
        &identifier,
        &digest,
        &attributes,
        &algorithm,
        &signature,
        &unsigned,
    ];
    Ok(element(SEQUENCE, &parts))
}

/// ContentInfo with SignedData (RFC 5652 sections 3 and 5.1). `content` is the EncapsulatedContentInfo.
pub(crate) fn signed_data(
    version: u8,
    content: &[u8],
    certificates: &[&[u8]],
    signer_info: &[u8],
) -> Vec<u8> {
    let version = element(INTEGER, &[&[version]]);
    let digests = element(SET, &[&sha256()]);
    let mut certificates: Vec<Vec<u8>> = certificates.iter().map(|der| der.to_vec()).collect();
    certificates.sort();
    certificates.dedup();
    let certificates = set_of(asn1::context(0), certificates);
    let signers = element(SET, &[signer_info]);
    let parts: [&[u8]; 5] = [&version, &digests, content, &certificates, &signers];
    let signed_data = element(SEQUENCE, &parts);
    let explicit = element(asn1::context(0), &[&signed_data]);
    element(SEQUENCE, &[&object_identifier(ID_SIGNED_DATA), &explicit])
}

/// The AlgorithmIdentifier of SHA-256, without parameters (RFC 5754 section 2).
pub(crate) fn sha256() -> Vec<u8> {
    element(SEQUENCE, &[&object_identifier(ID_SHA256)])
}

/// Digest and certificate hash out of the three attributes.
fn read(der: &[u8]) -> Result<([u8; 32], [u8; 32]), NotDer> {
    let attributes = Attributes::read(Element::only(der, SET)?.content)?;
    if attributes.len() != 3 || !attributes.is_ascending() {
        return Err(NotDer);
    }
    let single = |oid| attributes.single(oid)?.ok_or(NotDer);
    if !single(ID_CONTENT_TYPE)?.is(ID_DATA) {
        return Err(NotDer);
    }
    let digest = single(ID_MESSAGE_DIGEST)?;
    if digest.tag != OCTET_STRING {
        return Err(NotDer);
    }
    let certificate = EssCertificate::read(&single(ID_SIGNING_CERTIFICATE_V2)?, 2)?;
    if certificate.algorithm != Some(DigestAlgorithm::Sha256) {
        return Err(NotDer);
    }
    Ok((
        digest.content.try_into().map_err(|_| NotDer)?,
        certificate.hash.as_slice().try_into().map_err(|_| NotDer)?,
    ))
}
