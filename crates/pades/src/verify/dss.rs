//! Long-term data in the file: the document security store (ISO 32000-2 12.8.4.3).

use scanseal_pki::{AnyCertificate, Crl, OcspResponse};

use super::trust::Material;
use crate::{
    PdfError,
    file::View,
    syntax::{Dictionary, Object},
};

/// Most streams that are read from each list: as many as sealing writes. Each list or answer may cost a signature check.
pub(crate) const MAX_EVIDENCE: usize = 2_000;

/// What `/DSS` of the last revision holds. What cannot be read is passed over: it proves nothing, and harms nothing.
pub(crate) fn read(view: View<'_, '_>) -> Result<Material, PdfError> {
    let mut material = Material::default();
    let catalog = view.catalog()?;
    let Some(catalog) = catalog.object.as_dictionary() else {
        return Ok(material);
    };
    let Some(Object::Dictionary(store)) = view.find(catalog, "DSS")? else {
        return Ok(material);
    };
    for bytes in streams(view, &store, "Certs")? {
        material
            .certificates
            .extend(AnyCertificate::from_der(&bytes).ok());
    }
    for bytes in streams(view, &store, "OCSPs")? {
        material.ocsps.extend(OcspResponse::from_der(&bytes).ok());
    }
    for bytes in streams(view, &store, "CRLs")? {
        material.crls.extend(Crl::from_der(&bytes).ok());
    }
    Ok(material)
}

fn streams(view: View<'_, '_>, store: &Dictionary, key: &str) -> Result<Vec<Vec<u8>>, PdfError> {
    let Some(Object::Array(array)) = view.find(store, key)? else {
        return Ok(Vec::new());
    };
    if array.0.len() > MAX_EVIDENCE {
        return Err(PdfError::TooLarge {
            what: "the number of certificates or revocation data in /DSS",
            limit: MAX_EVIDENCE as u64,
        });
    }
    let mut streams = Vec::new();
    for value in &array.0 {
        let Some(id) = value.object.as_reference() else {
            continue;
        };
        let indirect = view.object(id)?;
        if indirect.stream.is_some() {
            streams.push(view.stream(&indirect)?);
        }
    }
    Ok(streams)
}
