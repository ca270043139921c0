//! Input of a sealing, as the package writes it.

use scanseal_pades::seal::{FieldLock, Occurrence, PageRange, Permissions, Place, SealError, Side};
use scanseal_pdf_wasm::{Fields, needed, refusal, wrong};
use wasm_bindgen::{JsError, JsValue};

/// What is to be sealed, and how.
pub(crate) struct SealInput {
    pub(crate) certificate: String,
    pub(crate) chain: Vec<String>,
    pub(crate) password: Option<String>,
    pub(crate) field: Option<String>,
    pub(crate) places: Vec<Place>,
    pub(crate) picture_width: Option<f64>,
    pub(crate) text: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) time: u64,
    pub(crate) certification: Option<Permissions>,
    pub(crate) lock: Option<FieldLock>,
    pub(crate) timestamp: bool,
}

impl SealInput {
    pub(crate) fn read(input: &JsValue) -> Result<Self, JsError> {
        let input = Fields(input);
        let places = needed("places", input.list("places")?)?;
        let lock = input.texts("lock")?.map(FieldLock::Only);
        Ok(Self {
            certificate: needed("certificate", input.text("certificate")?)?,
            chain: needed("chain", input.texts("chain")?)?,
            password: input.text("password")?,
            field: input.text("field")?,
            places: places.iter().map(place).collect::<Result<_, _>>()?,
            picture_width: input.number("pictureWidth")?,
            text: input.text("text")?,
            reason: input.text("reason")?,
            location: input.text("location")?,
            contact: input.text("contact")?,
            time: needed("time", input.whole("time")?)?,
            certification: certification(input.text("certify")?)?,
            lock: if input.flag("lockAll")? {
                Some(FieldLock::All)
            } else {
                lock
            },
            timestamp: input.flag("timestamp")?,
        })
    }
}

fn certification(certify: Option<String>) -> Result<Option<Permissions>, JsError> {
    Ok(Some(match certify.as_deref() {
        None => return Ok(None),
        Some("none") => Permissions::NoChanges,
        Some("fill") => Permissions::FormFilling,
        Some("annotate") => Permissions::Annotations,
        Some(_) => return Err(wrong("certify", "none, fill or annotate")),
    }))
}

/// A place for a seal.
fn place(input: &JsValue) -> Result<Place, JsError> {
    let input = Fields(input);
    let number = |name| input.number(name);
    let (width, height) = (number("width")?, number("height")?);
    let pages = input.text("pages")?;
    let all_pages = || pages.as_deref().map_or_else(|| Ok(PageRange::all()), range);
    Ok(match input.text("type")?.as_deref() {
        Some("at") => Place::At {
            pages: range(&needed("pages", pages)?)?,
            x: needed("x", number("x")?)?,
            y: needed("y", number("y")?)?,
            width,
            height,
        },
        Some("keyword") => Place::Keyword {
            word: needed("word", input.text("word")?)?,
            pages: all_pages()?,
            occurrence: occurrence(&input)?,
            dx: number("dx")?.unwrap_or_default(),
            dy: number("dy")?.unwrap_or_default(),
            width,
            height,
        },
        Some("cross-page") => Place::CrossPage {
            side: match input.text("side")?.as_deref() {
                Some("left") => Side::Left,
                Some("right") => Side::Right,
                Some("top") => Side::Top,
                Some("bottom") => Side::Bottom,
                _ => return Err(wrong("side", "left, right, top or bottom")),
            },
            offset: number("offset")?.unwrap_or(0.5),
            pages: all_pages()?,
            group: input.whole("group")?.unwrap_or(u32::MAX),
        },
        _ => return Err(wrong("type", "at, keyword or cross-page")),
    })
}

fn occurrence(place: &Fields<'_>) -> Result<Occurrence, JsError> {
    match place.any("occurrence")? {
        None => Ok(Occurrence::Number(1)),
        Some(value) if value.as_string().as_deref() == Some("all") => Ok(Occurrence::All),
        Some(_) => Ok(Occurrence::Number(needed(
            "occurrence",
            place.whole("occurrence")?,
        )?)),
    }
}

fn range(pages: &str) -> Result<PageRange, JsError> {
    PageRange::parse(pages).map_err(|error: SealError| refusal(error.code(), &error))
}
