//! Keys in and out, certificate requests with the key elsewhere, and limits of what is read.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use scanseal_pki::{
    Certificate, CertificateError, CertificateRequest, CertificateRequestError, CreditCode,
    CsrBuilder, KeyError, MAX_CERTIFICATE_LENGTH, MAX_OCSP_REQUEST_CERTIFICATES,
    MAX_REQUEST_LENGTH, OcspRequest, PublicKey, SignatureInvalid, SigningKey, Subject,
};

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn subject() -> Subject {
    Subject::new(ENTERPRISE, "福州海峡建设")
        .unwrap()
        .with_credit_code(CreditCode::parse(CREDIT_CODE).unwrap())
}

/// RFC 6979 appendix A.2.5, SHA-256, message "sample".
#[test]
fn signature_is_the_deterministic_one_of_rfc_6979() {
    let secret = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = SigningKey::from_random_bytes(&secret.try_into().unwrap()).unwrap();
    let expected = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
                    f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    assert_eq!(key.sign_es256(b"sample").to_vec(), hex(expected));
    let (x, y) = key.public_key().jwk_coordinates();
    assert_eq!(
        x.to_vec(),
        hex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")
    );
    assert_eq!(
        y.to_vec(),
        hex("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
    );
}

#[test]
fn secret_scalar_is_taken_from_one_to_the_order_less_one() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut last = order.clone();
    last[31] -= 1;
    let mut first = vec![0; 32];
    first[31] = 1;
    let read = |bytes: &[u8]| SigningKey::from_random_bytes(bytes.try_into().unwrap()).map(|_| ());
    assert_eq!(read(&first), Ok(()));
    assert_eq!(read(&last), Ok(()));
    assert_eq!(read(&[0; 32]), Err(KeyError::OutOfRange));
    assert_eq!(read(&order), Err(KeyError::OutOfRange));
    assert_eq!(read(&[0xFF; 32]), Err(KeyError::OutOfRange));
}

#[test]
fn keys_survive_every_encoding() {
    let key = World::new().key();
    let public = key.public_key();
    assert_eq!(
        SigningKey::from_pkcs8_pem(&key.to_pkcs8_pem())
            .unwrap()
            .public_key(),
        public
    );
    assert_eq!(
        SigningKey::from_pkcs8_der(&key.to_pkcs8_der())
            .unwrap()
            .public_key(),
        public
    );
    assert_eq!(PublicKey::from_spki_der(&public.spki_der()), Ok(public));
    assert_eq!(PublicKey::from_sec1(&public.to_sec1()), Ok(public));
    let (x, y) = public.jwk_coordinates();
    assert_eq!(PublicKey::from_jwk_coordinates(&x, &y), Ok(public));
    assert_eq!(
        PublicKey::from_jwk_coordinates(&y, &x),
        Err(KeyError::Malformed)
    );
}

#[test]
fn debug_shows_nothing_of_a_private_key() {
    let key = World::new().key();
    assert_eq!(format!("{key:?}"), "SigningKey(..)");
}

#[test]
fn request_is_signed_elsewhere_and_read_by_the_authority() {
    let key = World::new().key();
    let builder = CsrBuilder::new(&subject(), &key.public_key());
    // Only bytes go out and only a signature comes back.
    let signature = key.sign_es256(builder.to_be_signed());
    let request = builder.finish(&signature).unwrap();
    assert_eq!(
        CertificateRequest::from_der(request.der()).unwrap(),
        request
    );
    assert_eq!(request.organization(), Some(ENTERPRISE));
    assert_eq!(request.common_name(), Some("福州海峡建设"));
    assert_eq!(request.credit_code().unwrap().as_str(), CREDIT_CODE);
    assert_eq!(*request.public_key(), key.public_key());
}

#[test]
fn request_without_the_private_key_is_refused() {
    let mut world = World::new();
    let (key, thief) = (world.key(), world.key());
    let builder = CsrBuilder::new(&subject(), &key.public_key());
    assert_eq!(
        builder
            .clone()
            .finish(&thief.sign_es256(builder.to_be_signed())),
        Err(SignatureInvalid)
    );
    assert_eq!(
        builder.clone().finish(&key.sign_es256(b"something else")),
        Err(SignatureInvalid)
    );
    // The proof of one key under the name of another: the signature of the first request in the second.
    let honest = builder.sign(&key).unwrap();
    let mut other = CsrBuilder::new(&subject(), &thief.public_key())
        .sign(&thief)
        .unwrap()
        .der()
        .to_vec();
    let signature = honest.der().len() - 60..;
    let at = other.len() - 60;
    other[at..].copy_from_slice(&honest.der()[signature]);
    assert!(CertificateRequest::from_der(&other).is_err());
}

#[test]
fn what_is_read_has_a_greatest_length() {
    let certificate = |length| Certificate::from_der(&vec![0x30; length]).unwrap_err();
    assert!(matches!(
        certificate(MAX_CERTIFICATE_LENGTH),
        CertificateError::Malformed
    ));
    assert_eq!(
        certificate(MAX_CERTIFICATE_LENGTH + 1),
        CertificateError::TooLong {
            length: MAX_CERTIFICATE_LENGTH + 1
        }
    );
    let request = |length| CertificateRequest::from_der(&vec![0x30; length]).unwrap_err();
    assert!(matches!(
        request(MAX_REQUEST_LENGTH),
        CertificateRequestError::Content(_)
    ));
    assert_eq!(
        request(MAX_REQUEST_LENGTH + 1),
        CertificateRequestError::TooLong {
            length: MAX_REQUEST_LENGTH + 1
        }
    );
}

#[test]
fn ocsp_request_names_a_limited_number_of_certificates() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let one = OcspRequest::new(&leaf, world.issuing.certificate(), None).unwrap();
    // OCSPRequest { TBSRequest { requestList { Request } } }: three headers around the one entry.
    let entry = &one.der()[6..];
    assert_eq!(usize::from(entry[1]) + 2, entry.len(), "short lengths only");
    let wrap = |content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let header: &[u8] = match content.len() {
            0..0x80 => &[0x30, length[1]],
            0x80..0x100 => &[0x30, 0x81, length[1]],
            _ => &[0x30, 0x82, length[0], length[1]],
        };
        [header, content].concat()
    };
    let read = |count: usize| OcspRequest::from_der(&wrap(&wrap(&wrap(&entry.repeat(count)))));
    assert_eq!(read(1).unwrap(), one);
    assert!(read(MAX_OCSP_REQUEST_CERTIFICATES).is_ok());
    assert!(read(MAX_OCSP_REQUEST_CERTIFICATES + 1).is_err());
    assert!(read(0).is_err());
}
