//! Signatures, time stamps and revocation data, as they come out of somebody's PDF. Nobody signed these, so nothing may
//! be good.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_pki::{
    AnyCertificate, Crl, OcspResponse, SignedAttributes, SignedData, TimestampRequest,
    TimestampToken,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = SignedData::from_der(bytes) {
        let digest = message
            .digest_algorithm()
            .ok()
            .and_then(|algorithm| algorithm.digest(b"content"));
        let report = message.verify(&digest.unwrap_or_default());
        assert!(!report.is_good(), "nobody signed this content");
        let _ = (message.timestamp(), message.signing_time());
    }
    if let Ok(token) = TimestampToken::from_der(bytes) {
        let _ = token.verify(token.imprint());
    }
    if let Ok(certificate) = AnyCertificate::from_der(bytes) {
        assert_eq!(
            certificate.der(),
            bytes,
            "a certificate is kept as it was read"
        );
    }
    let _ = TimestampToken::from_response(bytes, &TimestampRequest::new(&[0; 32], None));
    let _ = TimestampRequest::from_der(bytes);
    let _ = SignedAttributes::from_der(bytes);
    let _ = OcspResponse::from_der(bytes);
    let _ = Crl::any_from_der(bytes);
});
