//! Inputs as the package writes them.

use base64ct::{Base64, Encoding};
use scanseal_pades::{
    seal::{FieldLock, Occurrence, PageRange, Permissions, Place, SealError, Side},
    verify::{NamedAnchor, Trust},
};
use scanseal_pki::{AnyCertificate, Crl, UnixTime};
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::JsError;

use crate::refusal;

pub(crate) fn from_json<T: DeserializeOwned>(input: &str) -> Result<T, JsError> {
    serde_json::from_str(input).map_err(|error| refusal("malformed", &error))
}

/// Input of `findKeyword`.
#[derive(Deserialize)]
pub(crate) struct FindInput {
    pub(crate) word: String,
    pub(crate) password: Option<String>,
    pub(crate) pages: Option<String>,
}

/// Whom to trust.
#[derive(Deserialize)]
pub(crate) struct TrustInput {
    trust: Vec<String>,
    crls: Vec<String>,
    time: u64,
}

impl TrustInput {
    pub(crate) fn trust(&self) -> Result<Trust, JsError> {
        let mut trust = Trust::new(UnixTime::from_secs(self.time));
        for text in &self.trust {
            for certificate in certificates(text)? {
                let name = certificate
                    .common_name()
                    .unwrap_or_else(|| certificate.subject_name());
                trust.anchors.push(NamedAnchor { name, certificate });
            }
        }
        for text in &self.crls {
            for der in ders(text, "X509 CRL")? {
                let crl = Crl::from_der(&der).map_err(|error| refusal("malformed", &error))?;
                trust.crls.push(crl);
            }
        }
        Ok(trust)
    }
}

/// Input of a sealing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SealInput {
    pub(crate) certificate: String,
    pub(crate) chain: Vec<String>,
    pub(crate) password: Option<String>,
    pub(crate) field: Option<String>,
    pub(crate) places: Vec<PlaceInput>,
    pub(crate) picture_width: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) time: u64,
    certify: Option<Certify>,
    lock: Option<Vec<String>>,
    lock_all: bool,
    pub(crate) timestamp: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Certify {
    None,
    Fill,
    Annotate,
}

/// A place for a seal.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum PlaceInput {
    At {
        pages: String,
        x: f64,
        y: f64,
        width: Option<f64>,
        height: Option<f64>,
    },
    Keyword {
        word: String,
        occurrence: Option<OccurrenceInput>,
        pages: Option<String>,
        dx: Option<f64>,
        dy: Option<f64>,
        width: Option<f64>,
        height: Option<f64>,
    },
    CrossPage {
        side: SideInput,
        offset: Option<f64>,
        pages: Option<String>,
        group: Option<u32>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OccurrenceInput {
    Number(i32),
    All(AllInput),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AllInput {
    All,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SideInput {
    Left,
    Right,
    Top,
    Bottom,
}

impl SealInput {
    pub(crate) fn certification(&self) -> Option<Permissions> {
        self.certify.map(|certify| match certify {
            Certify::None => Permissions::NoChanges,
            Certify::Fill => Permissions::FormFilling,
            Certify::Annotate => Permissions::Annotations,
        })
    }

    pub(crate) fn field_lock(&self) -> Option<FieldLock> {
        if self.lock_all {
            return Some(FieldLock::All);
        }
        self.lock.clone().map(FieldLock::Only)
    }
}

impl PlaceInput {
    pub(crate) fn place(&self) -> Result<Place, SealError> {
        let range = |pages: &Option<String>| {
            pages
                .as_deref()
                .map_or_else(|| Ok(PageRange::all()), PageRange::parse)
        };
        Ok(match self {
            Self::At {
                pages,
                x,
                y,
                width,
                height,
            } => Place::At {
                pages: PageRange::parse(pages)?,
                x: *x,
                y: *y,
                width: *width,
                height: *height,
            },
            Self::Keyword {
                word,
                occurrence,
                pages,
                dx,
                dy,
                width,
                height,
            } => Place::Keyword {
                word: word.clone(),
                pages: range(pages)?,
                occurrence: match occurrence {
                    None => Occurrence::Number(1),
                    Some(OccurrenceInput::Number(number)) => Occurrence::Number(*number),
                    Some(OccurrenceInput::All(AllInput::All)) => Occurrence::All,
                },
                dx: dx.unwrap_or_default(),
                dy: dy.unwrap_or_default(),
                width: *width,
                height: *height,
            },
            Self::CrossPage {
                side,
                offset,
                pages,
                group,
            } => Place::CrossPage {
                side: match side {
                    SideInput::Left => Side::Left,
                    SideInput::Right => Side::Right,
                    SideInput::Top => Side::Top,
                    SideInput::Bottom => Side::Bottom,
                },
                offset: offset.unwrap_or(0.5),
                pages: range(pages)?,
                group: group.unwrap_or(u32::MAX),
            },
        })
    }
}

/// Certificates: PEM, or DER in base64.
pub(crate) fn certificates(text: &str) -> Result<Vec<AnyCertificate>, JsError> {
    ders(text, "CERTIFICATE")?
        .iter()
        .map(|der| AnyCertificate::from_der(der).map_err(|error| refusal("malformed", &error)))
        .collect()
}

fn ders(text: &str, label: &str) -> Result<Vec<Vec<u8>>, JsError> {
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
