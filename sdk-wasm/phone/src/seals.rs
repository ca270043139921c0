//! Seals: what one says, and cutting one out of a photograph.

use scanseal_pki::{ElectronicSeal, SealPictureFormat};
use scanseal_protocol::error::Code;
use scanseal_seal_picture::{CutOut, Ink, InkColour, SealPictureError};
use scanseal_signer::CertificateId;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use wasm_bindgen::prelude::*;

use crate::convert::{date, failure, from_js, to_js};

/// `SealDetails` of types.d.ts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    id: String,
    kind: &'static str,
    name: String,
    certificates: Vec<String>,
    valid_from: f64,
    valid_until: f64,
    picture: ByteBuf,
    picture_type: &'static str,
    millimetres: [f64; 2],
}

/// What a seal (DER) says. Whether it is genuine, `Phone.sealProblem` tells.
///
/// Throws `malformed`.
#[wasm_bindgen(js_name = sealDetails, unchecked_return_type = "SealDetails")]
pub fn seal_details(seal: &[u8]) -> Result<JsValue, JsValue> {
    let seal = read_seal(seal)?;
    let info = seal.info();
    let (width, height) = info.millimetres;
    to_js(&Details {
        id: info.id.clone(),
        kind: info.kind.as_str(),
        name: info.name.clone(),
        certificates: info
            .certificates
            .iter()
            .map(|sha256| CertificateId::of_sha256(sha256).to_string())
            .collect(),
        valid_from: date(info.valid_from),
        valid_until: date(info.valid_until),
        picture: ByteBuf::from(info.picture.as_slice()),
        picture_type: match info.format {
            SealPictureFormat::Png => "image/png",
            SealPictureFormat::Jpeg => "image/jpeg",
        },
        // At most 100 each.
        millimetres: [width as f64, height as f64],
    })
}

pub(crate) fn read_seal(der: &[u8]) -> Result<ElectronicSeal, JsValue> {
    ElectronicSeal::from_der(der).map_err(|error| failure(Code::Malformed, &error))
}

/// `CutOutOptions` of types.d.ts.
#[derive(Deserialize)]
struct Options {
    millimetres: f32,
    ink: Option<InkName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum InkName {
    Red,
    Blue,
}

/// `CutOutSeal` of types.d.ts.
#[derive(Serialize)]
struct CutOutView {
    png: ByteBuf,
    width: u32,
    height: u32,
    millimetres: [f32; 2],
}

/// Cuts the seal out of a photograph (PNG or JPEG). Takes seconds for a large one: run it in a worker of its own.
///
/// Throws `photo-without-seal`, `photo-too-large`, `picture-invalid`, `picture-too-large`, `seal-request-invalid`.
#[wasm_bindgen(js_name = cutOut, unchecked_return_type = "CutOutSeal")]
pub fn cut_out(
    photo: &[u8],
    #[wasm_bindgen(unchecked_param_type = "CutOutOptions")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let options: Options = from_js(options)?;
    let options = CutOut {
        size: options.millimetres,
        ink: match options.ink {
            None => Ink::Detect,
            Some(InkName::Red) => Ink::Red,
            Some(InkName::Blue) => Ink::Blue,
        },
        colour: InkColour::Usual,
    };
    let coded = |error: SealPictureError| failure(Code::from_wire(error.code()), &error);
    let picture = scanseal_seal_picture::cut_out(photo, &options).map_err(coded)?;
    let (width, height) = picture.size();
    to_js(&CutOutView {
        width: picture.width(),
        height: picture.height(),
        millimetres: [width, height],
        png: ByteBuf::from(picture.into_png()),
    })
}
