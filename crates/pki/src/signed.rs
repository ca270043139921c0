//! The frame that certificates, requests, revocation lists and OCSP answers share: signed bytes, algorithm, signature.

use crate::{
    PublicKey, SignatureInvalid,
    asn1::{self, Element, Elements, NotDer},
    oids,
    outline::Outline,
    rules::Rules,
};

/// `SIGNED{ToBeSigned}` of X.509 (RFC 5280 section 4.1.1), as it was read: what is checked are the bytes that were given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) to_be_signed: Element<'a>,
    /// AlgorithmIdentifier.
    pub(crate) algorithm: Element<'a>,
    pub(crate) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads a frame with nothing after the signature.
    pub(crate) fn from_der(der: &'a [u8]) -> Result<Self, NotDer> {
        let mut fields = Element::only(der, asn1::SEQUENCE)?.elements();
        let signed = Self::begin(&mut fields)?;
        fields.finish()?;
        Ok(signed)
    }

    /// Reads the three parts of a frame which more may follow in.
    pub(crate) fn begin(fields: &mut Elements<'a>) -> Result<Self, NotDer> {
        Ok(Self {
            to_be_signed: fields.next(asn1::SEQUENCE)?,
            algorithm: fields.next(asn1::SEQUENCE)?,
            signature: fields.next(asn1::BIT_STRING)?.octets()?,
        })
    }

    /// Checks the signature with a key on P-256. The parameters must be absent (RFC 5758 section 3.2).
    pub(crate) fn verify(&self, signer: &PublicKey) -> Result<(), SignatureInvalid> {
        let mut algorithm = self.algorithm.elements();
        let known = algorithm
            .next(asn1::OBJECT_IDENTIFIER)
            .is_ok_and(|oid| oid.is(oids::ECDSA_WITH_SHA256) && algorithm.is_empty());
        if !known {
            return Err(SignatureInvalid);
        }
        signer.verify_es256_der(self.to_be_signed.raw, self.signature)
    }

    /// The same for an issuer with any key that `rules` know.
    pub(crate) fn is_by(&self, issuer: &Outline, rules: &Rules) -> bool {
        let Self {
            to_be_signed,
            algorithm,
            signature,
        } = self;
        rules.verify(issuer, algorithm.raw, to_be_signed.raw, signature)
    }
}
