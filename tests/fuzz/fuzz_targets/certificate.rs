//! Certificates and certificate requests, as a relying party reads them from strangers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanseal_pki::{Certificate, CertificateRequest};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(
            certificate.der(),
            bytes,
            "a certificate is kept as it was read"
        );
    }
    if let Ok(request) = CertificateRequest::from_der(bytes) {
        assert_eq!(request.der(), bytes, "a request is kept as it was read");
    }
});
