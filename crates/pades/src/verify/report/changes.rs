//! What was changed later, and how far-reaching that is.

use serde::Serialize;

use super::is_zero;

/// How far-reaching a later change is; the order is that of ISO 32000-2 table 257.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeLevel {
    /// Nothing.
    None,
    /// Long-term data, document time stamps, and bookkeeping that shows nowhere.
    Maintenance,
    /// Further signatures in proper fields.
    Signatures,
    /// Fields filled.
    FormFill,
    /// Annotations added, changed or removed.
    Annotations,
    /// Anything that no rule vouches for.
    Other,
}

/// One object that a revision changed, and what that amounts to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Number of the object.
    pub object: u32,
    /// The revision that changed it.
    pub revision: usize,
    /// How far-reaching it is.
    pub level: ChangeLevel,
    /// What it is: `dss`, `signature-field`, `field-value`, `page-content`, ...
    pub class: ChangeClass,
    /// Where it hangs in the document: `Root/AcroForm/Fields/3`.
    pub path: String,
    /// Name of the field it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Number of the page it shows on, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Where it shows: left, bottom, right, top in points of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rect: Option<[f64; 4]>,
}

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeClass {
    /// Certificates, OCSP answers and CRLs for the long term (`/DSS`).
    Dss,
    /// A document time stamp and its field.
    DocumentTimestamp,
    /// `/Info`, `/Metadata`, `/Version`, `/Extensions`.
    Metadata,
    /// Cross-reference and object streams.
    FileStructure,
    /// Written again without a difference.
    Rewritten,
    /// Added, but nothing shows it.
    Unreachable,
    /// Widget, appearance and value of a new or filled signature field.
    SignatureField,
    /// Value and appearance of a form field.
    FieldValue,
    /// An annotation that is no signature.
    Annotation,
    /// The form itself.
    Form,
    /// What a page shows: its contents, resources, boxes.
    PageContent,
    /// Pages added, removed or put in another order.
    PageTree,
    /// The catalog: names, actions, layers, permissions.
    Catalog,
    /// An earlier signature.
    EarlierSignature,
    /// Anything else.
    Other,
}

/// What happened to the file after a signature.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Later {
    /// The most far-reaching change.
    pub level: ChangeLevel,
    /// Whether the signature's own rules permit all of it.
    pub permitted: bool,
    /// The changes, most far-reaching first; at most 256, the revisions of the document list all.
    pub items: Vec<Change>,
    /// How many more there are.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: usize,
}
