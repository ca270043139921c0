//! Certificates and revocation lists as the package passes them on.

use base64ct::{Base64, Encoding};
use scanseal_pki::AnyCertificate;
use wasm_bindgen::JsError;

use crate::refusal;

/// Certificates: PEM, or DER in base64.
///
/// # Errors
/// `malformed` if one cannot be read.
pub fn certificates(text: &str) -> Result<Vec<AnyCertificate>, JsError> {
    ders(text, "CERTIFICATE")?
        .iter()
        .map(|der| AnyCertificate::from_der(der).map_err(|error| refusal("malformed", &error)))
        .collect()
}

/// What PEM holds under `label`, or DER in base64.
///
/// # Errors
/// `malformed` if it is neither, or if there is nothing under that label.
pub fn ders(text: &str, label: &str) -> Result<Vec<Vec<u8>>, JsError> {
    if !text.contains("-----") {
        let der = Base64::decode_vec(text);
        return der
            .map(|der| vec![der])
            .map_err(|error| refusal("malformed", &error));
    }
    let found =
        scanseal_pki::pem::blocks(text, &[label]).map_err(|error| refusal("malformed", &error))?;
    if found.is_empty() {
        return Err(refusal(
            "malformed",
            &format_args!("no {label} in the PEM text"),
        ));
    }
    Ok(found)
}
