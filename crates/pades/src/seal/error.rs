//! Why a file is not sealed.

use crate::{PdfError, text::TextError};

/// Why a file is not sealed, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The author's certification permits no (such) signature.
    #[error("the author certified this document and permits no {what}: {advice}")]
    CertificationForbids {
        /// What is not permitted.
        what: &'static str,
        /// What can be done instead.
        advice: &'static str,
    },
    /// A certification has to be the first signature of a document.
    #[error(
        "the document is signed already, and only its first signature can certify: seal it without a certification level"
    )]
    CertificationNotFirst,
    /// The field demands something of its signature that this seal does not have.
    #[error(
        "the field `{field}` demands {demand}: seal in another field, or ask who made the form"
    )]
    FieldConstraints {
        /// Full name of the field.
        field: String,
        /// What it demands.
        demand: String,
    },
    /// A field of this name exists already.
    #[error(
        "a field `{field}` exists already: choose another name, or name an empty signature field"
    )]
    FieldExists {
        /// Full name of the field.
        field: String,
    },
    /// The field is locked: by an earlier signature, or as read-only.
    #[error("the field `{field}` is locked {by}: choose another field")]
    FieldLocked {
        /// Full name of the field.
        field: String,
        /// By what.
        by: &'static str,
    },
    /// There is a signature in the field.
    #[error("the field `{field}` is signed already: choose an empty one")]
    FieldNotEmpty {
        /// Full name of the field.
        field: String,
    },
    /// There is no such signature field.
    #[error("there is no field `{field}`: name one that exists, or let a new one be made")]
    FieldNotFound {
        /// Full name of the field.
        field: String,
    },
    /// The form, or a part of the document that has to be touched, is broken.
    #[error(
        "the document's form cannot be added to, {reason}: save it anew with a PDF program, then seal"
    )]
    FormInvalid {
        /// What is wrong.
        reason: String,
    },
    /// The form is XFA, which shows something other than the pages.
    #[error(
        "the document is an XFA form, whose pages are not what is seen: print it into a plain PDF, then seal"
    )]
    FormXfa,
    /// The file has both kinds of cross-reference.
    #[error(
        "the document is a hybrid of old and new PDF, in which readers may see different things: save it anew with a PDF program, then seal"
    )]
    HybridXref,
    /// The keyword does not occur.
    #[error(
        "the keyword `{word}` does not occur{detail}: check its spelling, or place the seal at coordinates"
    )]
    KeywordNotFound {
        /// The word.
        word: String,
        /// Which occurrence was asked for, if not any.
        detail: String,
    },
    /// The pages asked for cannot be read, or do not exist.
    #[error("{reason}")]
    PagesInvalid {
        /// What is wrong, and what to write.
        reason: String,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The picture cannot be used.
    #[error(
        "the seal picture cannot be used, {reason}: give a PNG or JPEG that opens in a browser"
    )]
    PictureInvalid {
        /// What is wrong.
        reason: String,
    },
    /// The picture passes a limit.
    #[error("the seal picture is too large: {what} is limited to {limit}; 600 dpi are enough")]
    PictureTooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// What was asked for contradicts itself, or is no number.
    #[error("the seal cannot be made as asked: {reason}")]
    RequestInvalid {
        /// What is wrong.
        reason: String,
    },
    /// An impression would land outside its page.
    #[error(
        "the seal would not lie wholly on page {page}, which is {width:.0} x {height:.0} points: move it or make it smaller"
    )]
    SealOffPage {
        /// Number of the page, from 1.
        page: u32,
        /// Width of the page as shown, in points.
        width: f64,
        /// Height of the page as shown, in points.
        height: f64,
    },
    /// The signature does not fit into the space that was reserved for it.
    #[error(
        "the signature has {length} bytes, but {reserved} were reserved: prepare again with `reserved` at least {length}"
    )]
    SignatureTooLarge {
        /// Bytes of the CMS message.
        length: usize,
        /// Bytes that were reserved.
        reserved: usize,
    },
    /// A cross-page seal needs two pages at least.
    #[error(
        "a cross-page seal needs two pages at least: choose more pages, or place the seal on the one page"
    )]
    SinglePage,
    /// The keyword cannot be looked for.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The line of text has a character that the font of the line lacks.
    #[error(
        "the line of text contains `{character}`, and only Latin letters can be set below a seal: draw the line into the seal picture instead"
    )]
    TextNotLatin {
        /// The first such character.
        character: char,
    },
    /// A limit would be passed.
    #[error("there would be too much: {what} is limited to {limit}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
}

impl SealError {
    /// The stable code that every end understands; `scanseal-protocol` has the table of all codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CertificationForbids { .. } => "certification-forbids",
            Self::CertificationNotFirst => "certification-not-first",
            Self::FieldConstraints { .. } => "field-constraints",
            Self::FieldExists { .. } => "field-exists",
            Self::FieldLocked { .. } => "field-locked",
            Self::FieldNotEmpty { .. } => "field-not-empty",
            Self::FieldNotFound { .. } => "field-not-found",
            Self::FormInvalid { .. } => "form-invalid",
            Self::FormXfa => "form-xfa",
            Self::HybridXref => "document-hybrid",
            Self::KeywordNotFound { .. } => "keyword-not-found",
            Self::PagesInvalid { .. } => "pages-invalid",
            Self::Pdf(error) => error.code(),
            Self::PictureInvalid { .. } => "picture-invalid",
            Self::PictureTooLarge { .. } => "picture-too-large",
            Self::RequestInvalid { .. } | Self::TooMuch { .. } => "seal-request-invalid",
            Self::SealOffPage { .. } => "seal-off-page",
            Self::SignatureTooLarge { .. } => "signature-too-large",
            Self::SinglePage => "single-page",
            Self::Text(error) => error.code(),
            Self::TextNotLatin { .. } => "text-not-latin",
        }
    }
}
