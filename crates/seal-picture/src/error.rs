//! Why a picture cannot be made.

/// Why a seal cannot be drawn, or not be cut out of a photograph, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SealPictureError {
    /// A character cannot stand on a seal, whatever the font: it is invisible, written from right to left, joined to its neighbours, or a picture.
    #[error(
        "character {position} of the {part}, {}, cannot stand on a seal: use Chinese characters, Latin letters, digits and usual punctuation",
        Named(*character)
    )]
    CharacterNotAllowed {
        /// Which text.
        part: SealPart,
        /// The character.
        character: char,
        /// Its place in the text, from 1.
        position: usize,
    },
    /// The font has no glyph for a character.
    #[error(
        "the font has no glyph for character {position} of the {part}, {}: choose a font that has it",
        Named(*character)
    )]
    CharacterNotInFont {
        /// Which text.
        part: SealPart,
        /// The character.
        character: char,
        /// Its place in the text, from 1.
        position: usize,
    },
    /// The bytes of the font cannot be read.
    #[error("this is not a font that can be read (TTF, OTF, TTC)")]
    FontBroken,
    /// The file of fonts holds no family of this name.
    #[error("the font file has no family \"{}\", but {}", family.escape_debug(), present.join(", "))]
    FontFamilyMissing {
        /// The name that was asked for.
        family: String,
        /// The families that the file holds.
        present: Vec<String>,
    },
    /// There is no ink of the asked colour that could be a seal.
    #[error(
        "no seal found: photograph one red or blue seal on light paper, filling most of the picture"
    )]
    NoSeal,
    /// A registration number is not made of 13 digits.
    #[error("the registration number of a seal has 13 digits")]
    NumberNotThirteenDigits,
    /// A picture that is given does not have the proportions that it shall have on paper.
    #[error("the picture has other proportions than its size in millimetres")]
    OtherProportions,
    /// The photograph is neither PNG nor JPEG, or is damaged.
    #[error("the photo is neither PNG nor JPEG, or is damaged")]
    PhotoBroken,
    /// The photograph is too dark to tell ink from paper.
    #[error("the photo is too dark: take it again in more light")]
    PhotoTooDark,
    /// The photograph has too many bytes or too many pixels.
    #[error("the photo is too large: at most {limit} {what}")]
    PhotoTooLarge {
        /// Of what there is too much: `bytes` or `pixels a side`.
        what: &'static str,
        /// How much there may be.
        limit: usize,
    },
    /// The photograph, or the seal in it, has too few pixels.
    #[error(
        "the seal is too small in the photo: {pixels} pixels, at least {least} are needed; go nearer"
    )]
    PhotoTooSmall {
        /// How many pixels a side there are.
        pixels: u32,
        /// How many there must be.
        least: u32,
    },
    /// A picture that is given is no PNG, or is damaged.
    #[error("the picture is no PNG, or is damaged")]
    PictureBroken,
    /// A picture that is given has nothing on it, or no clear ground.
    #[error("the picture has nothing on it, is not clear around its ink, or is too small")]
    PictureEmpty,
    /// The picture would be larger than a PDF takes, even at a low resolution.
    #[error("the picture of the seal would be larger than 1 MiB: give a smaller size")]
    PictureTooLarge,
    /// A measure is out of range.
    #[error("the {what} of a seal is from {least} to {most} mm")]
    SizeOutOfRange {
        /// Which measure.
        what: &'static str,
        /// The least in millimetres.
        least: f32,
        /// The most in millimetres.
        most: f32,
    },
    /// A text has too many characters.
    #[error("the {part} is too long: at most {most} characters")]
    TextTooLong {
        /// Which text.
        part: SealPart,
        /// How many characters it may have.
        most: usize,
    },
    /// A text has too few characters.
    #[error("the {part} is too short: at least {least} characters")]
    TextTooShort {
        /// Which text.
        part: SealPart,
        /// How many characters it must have.
        least: usize,
    },
}

impl SealPictureError {
    /// The stable code that every end understands; `scanseal-protocol` has the table of all codes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CharacterNotAllowed { .. }
            | Self::CharacterNotInFont { .. }
            | Self::NumberNotThirteenDigits
            | Self::TextTooLong { .. }
            | Self::TextTooShort { .. } => "seal-text-invalid",
            Self::FontBroken | Self::FontFamilyMissing { .. } => "font-invalid",
            Self::NoSeal | Self::PhotoTooDark | Self::PhotoTooSmall { .. } => "photo-without-seal",
            Self::PhotoBroken
            | Self::PictureBroken
            | Self::PictureEmpty
            | Self::OtherProportions => "picture-invalid",
            Self::PhotoTooLarge { .. } => "photo-too-large",
            Self::PictureTooLarge => "picture-too-large",
            Self::SizeOutOfRange { .. } => "seal-request-invalid",
        }
    }
}

/// A text on a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SealPart {
    /// The tax or registration code in the middle of an oval seal.
    Code,
    /// The name of the enterprise, or of the person.
    Name,
    /// The name of the seal, such as 合同专用章.
    Title,
}

impl std::fmt::Display for SealPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Title => "name of the seal",
        })
    }
}

/// A character as it may be shown: one that would upset the line around it (control, right to left) only by its number.
struct Named(char);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = u32::from(self.0);
        if crate::text::is_safe_to_show(self.0) {
            write!(f, "“{}” (U+{number:04X})", self.0)
        } else {
            write!(f, "U+{number:04X}")
        }
    }
}
