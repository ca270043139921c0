//! What an impression draws, if it is drawn as seals are here: the picture, upright, at its size, perhaps a line of text.
//!
//! A widget can draw anything over the page: another amount, a white patch. So whoever signs, or takes a contract, accepts one
//! form only, operator by operator (`seal/appearance.rs` writes it), and compares the picture. Deny by default: anything else is
//! [`NotASeal`].

use sha2::{Digest, Sha256};

use crate::{
    PdfError,
    file::{Indirect, View},
    syntax::{Dictionary, Object},
    text::{Token, Tokens},
};

/// How much larger than it says a picture may come out, by rounding of its places.
const ROUNDING: f64 = 0.02;
/// Points by which a rectangle may differ from the box of its appearance.
const SAME: f64 = 0.1;

/// What an impression draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The picture of the seal; none if only a line of text is drawn.
    pub picture: Option<DrawnPicture>,
    /// Whether a line of text stands below it.
    pub has_text: bool,
}

/// A picture as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnPicture {
    /// Of its pixels; see [`Picture::fingerprint`](crate::seal::Picture::fingerprint).
    pub fingerprint: [u8; 32],
    /// How wide the whole picture is, in units of the page; a slice shows a part of it.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// The appearance is no seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASeal {
    /// Something that seals do not have.
    #[error("the appearance draws something else than a seal: {0}")]
    Odd(&'static str),
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] PdfError),
}

/// Reads what the widget draws into a rectangle of this size.
pub(super) fn read(
    view: View<'_, '_>,
    widget: &Dictionary,
    rect: [f64; 4],
) -> Result<Drawing, NotASeal> {
    for key in ["MK", "A", "AA", "AS", "BS", "Border", "OC"] {
        if widget.get(key).is_some() {
            return Err(NotASeal::Odd("the widget has more than an appearance"));
        }
    }
    let Some(Object::Dictionary(appearance)) = view.find(widget, "AP")? else {
        return Err(NotASeal::Odd("there is no appearance"));
    };
    keys(&appearance, &["N"])?;
    let form = stream(view, &appearance, "N")?;
    let dictionary = dictionary(&form)?;
    keys(
        dictionary,
        &[
            "Type",
            "Subtype",
            "BBox",
            "Matrix",
            "Resources",
            "Length",
            "Filter",
        ],
    )?;
    let [x0, y0, width, height] = numbers(view, dictionary, "BBox")?;
    let matrix: [f64; 6] = numbers(view, dictionary, "Matrix")?;
    let turned = match matrix {
        [1.0, 0.0, 0.0, 1.0, ..] | [-1.0, 0.0, 0.0, -1.0, ..] => (width, height),
        [0.0, 1.0, -1.0, 0.0, ..] | [0.0, -1.0, 1.0, 0.0, ..] => (height, width),
        _ => return Err(NotASeal::Odd("it is scaled or slanted")),
    };
    let shown = (rect[2] - rect[0], rect[3] - rect[1]);
    let same = |a: f64, b: f64| (a - b).abs() <= SAME;
    if (x0, y0) != (0.0, 0.0) || !same(turned.0, shown.0) || !same(turned.1, shown.1) {
        return Err(NotASeal::Odd("its box is not that of the widget"));
    }
    let Some(Object::Dictionary(resources)) = view.find(dictionary, "Resources")? else {
        return Err(NotASeal::Odd("there are no resources"));
    };
    keys(&resources, &["ExtGState", "XObject", "Font"])?;
    check_ink(view, &resources)?;
    let content = view.stream(&form)?;
    Content::new(&content)?.read(view, &resources)
}

/// The one graphics state, `Ink`, multiplies and does nothing else.
fn check_ink(view: View<'_, '_>, resources: &Dictionary) -> Result<(), NotASeal> {
    let odd = || NotASeal::Odd("its graphics state is not that of a seal");
    let Some(Object::Dictionary(states)) = view.find(resources, "ExtGState")? else {
        return Err(odd());
    };
    keys(&states, &["Ink"])?;
    let Some(Object::Dictionary(ink)) = view.find(&states, "Ink")? else {
        return Err(odd());
    };
    keys(&ink, &["Type", "BM"])?;
    match view.find(&ink, "BM")? {
        Some(Object::Name(mode)) if mode == *"Multiply" => Ok(()),
        _ => Err(odd()),
    }
}

/// The operators of an appearance, one after the other.
struct Content<'a> {
    tokens: Tokens<'a>,
    next: Option<Token<'a>>,
}

impl<'a> Content<'a> {
    fn new(content: &'a [u8]) -> Result<Self, NotASeal> {
        let mut content = Self {
            tokens: Tokens::new(content),
            next: None,
        };
        content.advance()?;
        Ok(content)
    }

    fn read(mut self, view: View<'_, '_>, resources: &Dictionary) -> Result<Drawing, NotASeal> {
        self.name("Ink")?;
        self.keyword("gs")?;
        let picture = if self.is_keyword("q") {
            Some(self.picture(view, resources)?)
        } else {
            None
        };
        let has_text = self.is_keyword("BT");
        if has_text {
            self.text(view, resources)?;
        }
        if self.next.is_some() || (picture.is_none() && !has_text) {
            return Err(operators());
        }
        Ok(Drawing { picture, has_text })
    }

    fn picture(
        &mut self,
        view: View<'_, '_>,
        resources: &Dictionary,
    ) -> Result<DrawnPicture, NotASeal> {
        self.keyword("q")?;
        let [width, b, c, height, _, _] = self.numbers()?;
        self.keyword("cm")?;
        let upright: [f64; 6] = self.numbers()?;
        self.keyword("cm")?;
        self.name("Seal")?;
        self.keyword("Do")?;
        self.keyword("Q")?;
        // Turned by a camera, or mirrored by one: the picture still fills its unit square.
        let fills = upright
            .iter()
            .all(|number| [-1.0, 0.0, 1.0].contains(number));
        if (b, c) != (0.0, 0.0) || width <= 0.0 || height <= 0.0 || !fills {
            return Err(NotASeal::Odd("the picture is slanted"));
        }
        let Some(Object::Dictionary(objects)) = view.find(resources, "XObject")? else {
            return Err(NotASeal::Odd("there is no picture"));
        };
        keys(&objects, &["Seal"])?;
        let image = stream(view, &objects, "Seal")?;
        Ok(DrawnPicture {
            fingerprint: fingerprint_of(view, &image)?,
            width,
            height,
        })
    }

    fn text(&mut self, view: View<'_, '_>, resources: &Dictionary) -> Result<(), NotASeal> {
        self.keyword("BT")?;
        let [grey] = self.numbers()?;
        self.keyword("g")?;
        self.name("Line")?;
        let [size] = self.numbers()?;
        self.keyword("Tf")?;
        let [_, _] = self.numbers()?;
        self.keyword("Td")?;
        if !matches!(self.next, Some(Token::String(_))) {
            return Err(operators());
        }
        self.advance()?;
        self.keyword("Tj")?;
        self.keyword("ET")?;
        let Some(Object::Dictionary(fonts)) = view.find(resources, "Font")? else {
            return Err(NotASeal::Odd("there is no font"));
        };
        keys(&fonts, &["Line"])?;
        let Some(Object::Dictionary(font)) = view.find(&fonts, "Line")? else {
            return Err(NotASeal::Odd("there is no font"));
        };
        keys(&font, &["Type", "Subtype", "BaseFont", "Encoding"])?;
        if grey != 0.0 || !(1.0..=24.0).contains(&size) {
            return Err(NotASeal::Odd("the line of text is not a line of text"));
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<(), NotASeal> {
        self.next = self.tokens.next().map_err(|_| operators())?;
        Ok(())
    }

    fn is_keyword(&self, word: &str) -> bool {
        self.next == Some(Token::Keyword(word.as_bytes()))
    }

    fn keyword(&mut self, word: &str) -> Result<(), NotASeal> {
        if !self.is_keyword(word) {
            return Err(operators());
        }
        self.advance()
    }

    fn name(&mut self, name: &str) -> Result<(), NotASeal> {
        if self.next != Some(Token::Name(name.as_bytes().to_vec())) {
            return Err(operators());
        }
        self.advance()
    }

    fn numbers<const N: usize>(&mut self) -> Result<[f64; N], NotASeal> {
        let mut numbers = [0.0; N];
        for place in &mut numbers {
            match self.next {
                Some(Token::Number(number)) if number.is_finite() => *place = number,
                _ => return Err(operators()),
            }
            self.advance()?;
        }
        Ok(numbers)
    }
}

impl DrawnPicture {
    /// Whether this is a seal of that fingerprint and size (in units of the page), or smaller.
    pub fn is(&self, fingerprint: &[u8; 32], size: (f64, f64)) -> bool {
        let within = |drawn: f64, whole: f64| drawn <= whole * (1.0 + ROUNDING);
        let scale = |drawn: f64, whole: f64| drawn / whole;
        self.fingerprint == *fingerprint
            && within(self.width, size.0)
            && within(self.height, size.1)
            && (scale(self.width, size.0) - scale(self.height, size.1)).abs() <= ROUNDING
    }
}

/// Of an image in a PDF.
fn fingerprint_of(view: View<'_, '_>, image: &Indirect) -> Result<[u8; 32], NotASeal> {
    let dictionary = dictionary(image)?;
    keys(
        dictionary,
        &[
            "Type",
            "Subtype",
            "Width",
            "Height",
            "BitsPerComponent",
            "ColorSpace",
            "Decode",
            "Filter",
            "SMask",
            "Length",
        ],
    )?;
    let odd = || NotASeal::Odd("the picture is no plain image");
    let [width] = numbers_of(view, dictionary, "Width")?;
    let [height] = numbers_of(view, dictionary, "Height")?;
    let [bits] = numbers_of(view, dictionary, "BitsPerComponent")?;
    let Some(Object::Name(space)) = view.find(dictionary, "ColorSpace")? else {
        return Err(odd());
    };
    let Some(Object::Name(filter)) = view.find(dictionary, "Filter")? else {
        return Err(odd());
    };
    let inverted = view.find(dictionary, "Decode")?.is_some();
    let samples = match filter.0.as_slice() {
        b"DCTDecode" => view.raw_stream(image)?,
        b"FlateDecode" => view.stream(image)?,
        _ => return Err(odd()),
    };
    let alpha = match dictionary.get("SMask") {
        Some(_) => {
            let mask = stream(view, dictionary, "SMask")?;
            let look = self::dictionary(&mask)?;
            keys(
                look,
                &[
                    "Type",
                    "Subtype",
                    "Width",
                    "Height",
                    "BitsPerComponent",
                    "ColorSpace",
                    "Filter",
                    "Length",
                ],
            )?;
            let same = numbers_of(view, look, "Width")? == [width]
                && numbers_of(view, look, "Height")? == [height]
                && numbers_of(view, look, "BitsPerComponent")? == [8.0];
            if !same {
                return Err(odd());
            }
            Some(view.stream(&mask)?)
        }
        None => None,
    };
    if bits != 8.0 {
        return Err(odd());
    }
    let channels = match (space.0.as_slice(), inverted) {
        (b"DeviceGray", false) => "grey",
        (b"DeviceRGB", false) => "rgb",
        (b"DeviceCMYK", false) => "cmyk",
        (b"DeviceCMYK", true) => "cmyk inverted",
        _ => return Err(odd()),
    };
    Ok(fingerprint(
        (width, height),
        channels,
        &samples,
        alpha.as_deref(),
    ))
}

/// SHA-256 over size, channels, samples (a JPEG's file) and transparency.
pub(crate) fn fingerprint(
    (width, height): (f64, f64),
    channels: &str,
    samples: &[u8],
    alpha: Option<&[u8]>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{width} {height} {channels} {}\n", samples.len()));
    hash.update(samples);
    if let Some(alpha) = alpha {
        hash.update(alpha);
    }
    hash.finalize().into()
}

fn operators() -> NotASeal {
    NotASeal::Odd("its operators are not those of a seal")
}

fn keys(dictionary: &Dictionary, known: &[&str]) -> Result<(), NotASeal> {
    let is_known = |key: &[u8]| known.iter().any(|known| known.as_bytes() == key);
    if dictionary
        .entries
        .iter()
        .all(|entry| is_known(&entry.key.0))
    {
        Ok(())
    } else {
        Err(NotASeal::Odd("it has entries that seals do not have"))
    }
}

fn dictionary(indirect: &Indirect) -> Result<&Dictionary, NotASeal> {
    indirect
        .object
        .as_dictionary()
        .filter(|_| indirect.stream.is_some())
        .ok_or(NotASeal::Odd("something in it is no stream"))
}

fn stream(
    view: View<'_, '_>,
    dictionary: &Dictionary,
    key: &str,
) -> Result<std::rc::Rc<Indirect>, NotASeal> {
    let id = dictionary
        .get(key)
        .and_then(|value| value.object.as_reference())
        .ok_or(NotASeal::Odd("something in it is no stream"))?;
    Ok(view.object(id)?)
}

fn numbers<const N: usize>(
    view: View<'_, '_>,
    dictionary: &Dictionary,
    key: &str,
) -> Result<[f64; N], NotASeal> {
    let odd = || NotASeal::Odd("a box or a matrix is none");
    let Some(Object::Array(values)) = view.find(dictionary, key)? else {
        return Err(odd());
    };
    let mut numbers = [0.0; N];
    if values.0.len() != N {
        return Err(odd());
    }
    for (place, value) in numbers.iter_mut().zip(&values.0) {
        *place = value
            .object
            .as_number()
            .filter(|number| number.is_finite())
            .ok_or_else(odd)?;
    }
    Ok(numbers)
}

fn numbers_of(
    view: View<'_, '_>,
    dictionary: &Dictionary,
    key: &str,
) -> Result<[f64; 1], NotASeal> {
    let number = view.find(dictionary, key)?;
    number
        .and_then(|number| number.as_number())
        .map(|number| [number])
        .ok_or(NotASeal::Odd("the picture is no plain image"))
}
