//! Whom to trust, as the package says it.

use scanseal_pades::verify::{NamedAnchor, Trust};
use scanseal_pdf_wasm::{Fields, certificates, ders, needed, refusal};
use scanseal_pki::{Crl, UnixTime};
use wasm_bindgen::{JsError, JsValue};

/// Reads `trust`, `crls` and `time`.
pub(crate) fn read(input: &JsValue) -> Result<Trust, JsError> {
    let input = Fields(input);
    let time = needed("time", input.whole("time")?)?;
    let mut trust = Trust::new(UnixTime::from_secs(time));
    for text in needed("trust", input.texts("trust")?)? {
        for certificate in certificates(&text)? {
            let name = certificate
                .common_name()
                .unwrap_or_else(|| certificate.subject_name());
            trust.anchors.push(NamedAnchor { name, certificate });
        }
    }
    for text in needed("crls", input.texts("crls")?)? {
        for der in ders(&text, "X509 CRL")? {
            let crl = Crl::from_der(&der).map_err(|error| refusal("malformed", &error))?;
            trust.crls.push(crl);
        }
    }
    Ok(trust)
}
