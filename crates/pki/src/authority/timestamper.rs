//! Stamping times (RFC 3161): for demos and tests, and for whoever runs a trusted clock.

use const_oid::ObjectIdentifier;
use der::Encode;
use der::asn1::GeneralizedTime;

use super::IssueError;
use crate::{
    Certificate, SigningKey, TimestampRequest, UnixTime, Usage,
    asn1::{self, INTEGER, OCTET_STRING, SEQUENCE, element, object_identifier},
    cms::{self, ID_CONTENT_TYPE},
    timestamp::ID_TST_INFO,
};
use sha2::{Digest, Sha256};

/// Signs time-stamp tokens.
#[derive(Clone, Debug)]
pub struct Timestamper {
    certificate: Certificate,
    chain: Vec<Certificate>,
    key: SigningKey,
    policy: ObjectIdentifier,
}

impl Timestamper {
    /// Takes the certificate of an authority that stamps times, and the ones above it that readers may lack. `policy` is
    /// the object identifier of the rules by which it works.
    ///
    /// # Errors
    /// [`IssueError::NotAnAuthority`] if the certificate is not one for stamping times, [`IssueError::KeyMismatch`] if it
    /// is one of another key, [`IssueError::Encoding`] if the policy is no object identifier.
    pub fn new(
        certificate: Certificate,
        chain: Vec<Certificate>,
        key: SigningKey,
        policy: &str,
    ) -> Result<Self, IssueError> {
        if !Usage::TimeStamping.is_stated_by(certificate.outline()) {
            return Err(IssueError::NotAnAuthority);
        }
        if *certificate.public_key() != key.public_key() {
            return Err(IssueError::KeyMismatch);
        }
        let policy = ObjectIdentifier::new(policy)
            .map_err(|_| der::Error::from(der::Tag::ObjectIdentifier.value_error()))?;
        Ok(Self {
            certificate,
            chain,
            key,
            policy,
        })
    }

    /// Answers a request: a TimeStampResp, to be sent as `application/timestamp-reply`. `serial` must never repeat;
    /// `time` comes from the caller's clock, which is said to be right to the second.
    ///
    /// Not looked at: what is stamped. Requests for a digest with a broken algorithm or for another policy are refused.
    ///
    /// # Errors
    /// [`IssueError::Encoding`] if the time is beyond the year 9999.
    pub fn answer(
        &self,
        request: &TimestampRequest,
        time: UnixTime,
        serial: u64,
    ) -> Result<Vec<u8>, IssueError> {
        use crate::TimestampFailure::{BadAlgorithm, BadDataFormat, UnacceptedPolicy};
        match request.imprint_algorithm() {
            Some(algorithm) if algorithm.is_strong() => {
                if algorithm.output_length() != request.imprint().len() {
                    return Ok(BadDataFormat.to_der());
                }
            }
            _ => return Ok(BadAlgorithm.to_der()),
        }
        if request
            .policy()
            .is_some_and(|policy| policy != self.policy.as_bytes())
        {
            return Ok(UnacceptedPolicy.to_der());
        }
        let token = self.token(request, time, serial)?;
        let granted = element(SEQUENCE, &[&element(INTEGER, &[&[0]])]);
        Ok(element(SEQUENCE, &[&granted, &token]))
    }

    /// The token alone.
    fn token(
        &self,
        request: &TimestampRequest,
        time: UnixTime,
        serial: u64,
    ) -> Result<Vec<u8>, IssueError> {
        let content = self.content(request, time, serial)?;
        let content_type = object_identifier(ID_TST_INFO);
        let signer = self.certificate.outline();
        let attributes = cms::encode_attributes(
            cms::attribute(ID_CONTENT_TYPE, &content_type),
            &Sha256::digest(&content),
            signer,
        );
        let signature = self.key.sign_es256_der(&attributes);
        let signer_info = cms::signer_info(signer, &attributes, &signature, None)
            .map_err(|asn1::NotDer| der::Error::from(der::ErrorKind::Failed))?;
        let octets = element(OCTET_STRING, &[&content]);
        let explicit = element(asn1::context(0), &[&octets]);
        let encapsulated = element(SEQUENCE, &[&content_type, &explicit]);
        let mut certificates: Vec<&[u8]> = Vec::new();
        if request.wants_certificates() {
            certificates.push(self.certificate.der());
            certificates.extend(self.chain.iter().map(Certificate::der));
        }
        // RFC 5652 section 5.1: version 3, since the content is no plain data.
        Ok(cms::signed_data(
            3,
            &encapsulated,
            &certificates,
            &signer_info,
        ))
    }

    /// TSTInfo.
    fn content(
        &self,
        request: &TimestampRequest,
        time: UnixTime,
        serial: u64,
    ) -> Result<Vec<u8>, IssueError> {
        let time = GeneralizedTime::from_unix_duration(time.to_duration())?.to_der()?;
        let accuracy = element(SEQUENCE, &[&element(INTEGER, &[&[1]])]);
        let nonce = request
            .nonce()
            .map_or_else(Vec::new, |nonce| element(INTEGER, &[nonce]));
        let parts: [&[u8]; 7] = [
            &element(INTEGER, &[&[1]]),
            &object_identifier(self.policy),
            &request.message_imprint,
            &asn1::unsigned(&serial.to_be_bytes()),
            &time,
            &accuracy,
            &nonce,
        ];
        Ok(element(SEQUENCE, &parts))
    }
}
