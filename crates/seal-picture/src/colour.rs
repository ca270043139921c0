//! The colour of ink.

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// The red of ink paste.
    pub const RED: Self = Self::new(0xC8, 0x10, 0x2E);
    /// The blue of stamping ink, for seals of receipt and of inner business.
    pub const BLUE: Self = Self::new(0x1F, 0x3F, 0x9E);

    /// A colour of three parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

impl Default for Colour {
    fn default() -> Self {
        Self::RED
    }
}

/// As CSS and SVG write it: `#C8102E`.
impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.red, self.green, self.blue)
    }
}
