//! Why a PDF cannot be read.

/// Why a file, or a part of it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The file, or the part that was asked for, breaks the rules of ISO 32000.
    #[error("the PDF is damaged at byte {offset}: {damage}")]
    Damaged {
        /// Where, from the beginning of the file.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },
    /// The file is encrypted by something other than the standard security handler.
    #[error(
        "the PDF is encrypted with `{handler}`, which cannot be read: ask for a copy without it"
    )]
    EncryptedOtherwise {
        /// The handler's name.
        handler: String,
    },
    /// There is no `%PDF-` header.
    #[error("this is not a PDF: it does not begin with %PDF-")]
    NotPdf,
    /// The file needs a password, and the one given (or none) does not open it.
    #[error("the PDF is protected: give its password")]
    PasswordNeeded,
    /// A limit would be passed.
    #[error("the PDF is too large or too deep: {what} is limited to {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
    /// A stream is compressed in a way that only pictures are.
    #[error("the stream at byte {offset} is compressed by `{filter}`, which is not undone here")]
    UnknownFilter {
        /// Where the stream's dictionary says so.
        offset: u64,
        /// The filter's name.
        filter: String,
    },
    /// The bytes could not be had.
    #[error(transparent)]
    Source(#[from] crate::SourceError),
}

/// What is wrong with a damaged file; a stable word for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Damage {
    /// An indirect object begins otherwise than its cross-reference entry says.
    BadObject,
    /// A stream cannot be decoded, or is longer or shorter than it says.
    BadStream,
    /// A token cannot be read, or is not the one that belongs there.
    BadSyntax,
    /// A trailer lacks what it must have, or has it in the wrong type.
    BadTrailer,
    /// A cross-reference table or stream breaks the rules.
    BadXref,
    /// References lead in a circle.
    Loop,
    /// `startxref` is missing or points nowhere.
    NoStartxref,
    /// The file ends in the middle of something.
    Truncated,
    /// A value has another type than ISO 32000 demands.
    WrongType,
}

impl PdfError {
    pub(crate) fn damaged(offset: u64, damage: Damage) -> Self {
        Self::Damaged { offset, damage }
    }

    /// The stable code that every end understands; `scanseal-protocol` has the table of all codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } | Self::NotPdf | Self::UnknownFilter { .. } => "document-damaged",
            Self::EncryptedOtherwise { .. } | Self::PasswordNeeded => "document-encrypted",
            Self::TooLarge { .. } => "document-too-large",
            Self::Source(_) => "internal",
        }
    }
}

impl core::fmt::Display for Damage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::BadObject => "an object is not where the cross-reference says",
            Self::BadStream => "a stream cannot be decoded",
            Self::BadSyntax => "unexpected bytes",
            Self::BadTrailer => "the trailer is wrong",
            Self::BadXref => "the cross-reference is wrong",
            Self::Loop => "references lead in a circle",
            Self::NoStartxref => "there is no usable startxref",
            Self::Truncated => "the file ends too early",
            Self::WrongType => "a value has the wrong type",
        })
    }
}
