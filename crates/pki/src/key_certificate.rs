//! A certificate as a web page reads it: the key, and nothing else.
//!
//! A page checks that a signature fits the certificate that came with it; whose certificate it is, the platform finds
//! out. Names, validity and extensions would take a quarter of the page's WebAssembly, so without the feature `path`
//! this stands in for the full reader. It accepts more than that one does, and proves as little.

use core::fmt;

use der::{Decode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};

use crate::PublicKey;

/// Largest certificate that is read. Enterprise certificates take about 1 KiB; a request carries up to four of them.
pub const MAX_CERTIFICATE_LENGTH: usize = 16 * 1024;

/// A certificate of which the key could be read. Reading proves nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: PublicKey,
}

impl Certificate {
    /// Reads the key of one certificate in DER.
    ///
    /// # Errors
    /// [`CertificateError`] if it is too long, not the structure of a certificate, or has no P-256 key.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_LENGTH {
            return Err(CertificateError::TooLong);
        }
        let key = key_of(der).map_err(|_| CertificateError::Malformed)?;
        let public_key =
            PublicKey::from_spki_der(key).map_err(|_| CertificateError::UnsupportedKey)?;
        Ok(Self {
            der: der.to_vec(),
            public_key,
        })
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(..)")
    }
}

/// The subjectPublicKeyInfo of a certificate (RFC 5280 section 4.1).
fn key_of(certificate: &[u8]) -> der::Result<&[u8]> {
    let certificate = AnyRef::from_der(certificate)?;
    certificate.tag().assert_eq(Tag::Sequence)?;
    let mut parts = SliceReader::new(certificate.value())?;
    let signed = AnyRef::decode(&mut parts)?;
    signed.tag().assert_eq(Tag::Sequence)?;
    let mut fields = SliceReader::new(signed.value())?;
    let first = AnyRef::decode(&mut fields)?;
    // An explicit version, which v1 certificates lack, is followed by the serial number.
    if first.tag() != Tag::Integer {
        AnyRef::decode(&mut fields)?;
    }
    for _signature_issuer_validity_subject in 0..4 {
        AnyRef::decode(&mut fields)?;
    }
    fields.tlv_bytes()
}

/// Why bytes are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not DER, or not the structure of a certificate.
    #[error("not a certificate in DER")]
    Malformed,
    /// Longer than [`MAX_CERTIFICATE_LENGTH`].
    #[error("a certificate has at most 16384 bytes")]
    TooLong,
    /// The key is not on P-256.
    #[error("the certificate's key is not a P-256 key")]
    UnsupportedKey,
}

#[cfg(all(test, feature = "authority"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chacha20::ChaCha20Rng;

    use super::*;
    use crate::{Issuer, SigningKey, Subject, UnixTime, Validity, rand_core::SeedableRng};

    fn root() -> crate::Certificate {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let key = SigningKey::generate(&mut rng);
        let validity = Validity {
            not_before: UnixTime::from_secs(1_700_000_000),
            not_after: UnixTime::from_secs(1_900_000_000),
        };
        let subject = Subject::new("福州海峡建设工程有限公司", "根").unwrap();
        Issuer::root(&subject, key, validity, &mut rng)
            .unwrap()
            .certificate()
            .clone()
    }

    #[test]
    fn key_is_the_one_that_the_full_reader_finds() {
        let full = root();
        let read = Certificate::from_der(full.der()).unwrap();
        assert_eq!(read.public_key(), full.public_key());
        assert_eq!(read.der(), full.der());
        assert_eq!(format!("{read:?}"), "Certificate(..)");
    }

    #[test]
    fn every_shortened_certificate_is_refused() {
        let full = root();
        for length in 0..full.der().len() {
            let error = Certificate::from_der(&full.der()[..length]).unwrap_err();
            assert_eq!(error, CertificateError::Malformed, "{length}");
        }
    }

    #[test]
    fn certificate_at_the_limit_is_read_and_one_past_it_refused() {
        let zeros = vec![0; MAX_CERTIFICATE_LENGTH + 1];
        let at_limit = Certificate::from_der(&zeros[1..]).unwrap_err();
        assert_eq!(at_limit, CertificateError::Malformed);
        assert_eq!(
            Certificate::from_der(&zeros).unwrap_err(),
            CertificateError::TooLong
        );
    }

    #[test]
    fn key_of_another_kind_is_refused() {
        let mut der = root().der().to_vec();
        let curve = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        let at = der
            .windows(curve.len())
            .position(|bytes| bytes == curve)
            .unwrap();
        der[at + curve.len() - 1] = 6;
        assert_eq!(
            Certificate::from_der(&der).unwrap_err(),
            CertificateError::UnsupportedKey
        );
    }
}
