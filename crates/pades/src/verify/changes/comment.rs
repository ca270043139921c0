//! Which annotations say something about a page without changing what it says.
//!
//! A certification may permit annotations, and with them "evil annotations" (S&P 2021): appearances of their own, lines and squares that draw
//! digits or paint over them. So a comment is a small icon, a closed window, or a light highlight, all drawn by the viewer.

use crate::PdfError;
use crate::file::View;
use crate::syntax::{Dictionary, Object};

use super::compare::by_key;
use super::step::{held_key, rectangle};

/// Largest side of a note's icon, in points: viewers draw it with 16 to 24.
const MAX_NOTE_SIDE: f64 = 32.0;
/// Smallest side of a highlighted piece, in points: less than the smallest print that is read, more than a dot that digits are made of.
const MIN_MARK_SIDE: f64 = 4.0;
/// How light a highlight is at least, of 1: black text stays readable below yellow (0.93), green (0.72) or light blue (0.79), and words
/// drawn in it are none.
const MIN_LUMINANCE: f64 = 0.6;
/// How many pieces one highlight has at most: lines of a page, not dots of a picture.
const MAX_MARKED_PIECES: usize = 256;

/// What a comment may say of itself (ISO 32000-2 tables 166, 172, 175, 182 and 186): nothing with which it would draw, act or hide.
const KEYS: [&[u8]; 25] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"Contents",
    b"P",
    b"NM",
    b"M",
    b"F",
    b"C",
    b"T",
    b"Popup",
    b"Parent",
    b"CA",
    b"RC",
    b"CreationDate",
    b"IRT",
    b"RT",
    b"Subj",
    b"Open",
    b"Name",
    b"State",
    b"StateModel",
    b"QuadPoints",
    b"Lang",
    b"StructParent",
];

/// Whether an annotation only marks or notes, and hides nothing.
pub(in super::super) fn is_comment(
    view: View<'_, '_>,
    annotation: &Dictionary,
) -> Result<bool, PdfError> {
    let known = by_key(annotation).is_some_and(|map| map.keys().all(|key| KEYS.contains(key)));
    if !known {
        return Ok(false);
    }
    let subtype = held_key(view, annotation, "Subtype")?;
    Ok(match subtype.name().map(|name| name.0.as_slice()) {
        Some(b"Popup") => true,
        Some(b"Text") => rectangle(view, annotation)?.is_some_and(|[left, bottom, right, top]| {
            right - left <= MAX_NOTE_SIDE && top - bottom <= MAX_NOTE_SIDE
        }),
        Some(b"Highlight") => is_light(view, annotation)? && is_coarse(view, annotation)?,
        // Lines that underline or strike out are opaque, and as many and as short as one likes.
        _ => false,
    })
}

/// Whether the colour is stated, and light: without one viewers take any, also black.
fn is_light(view: View<'_, '_>, annotation: &Dictionary) -> Result<bool, PdfError> {
    let Some(parts) = numbers(view, annotation, "C")? else {
        return Ok(false);
    };
    let luminance = |red: f64, green: f64, blue: f64| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    if !parts.iter().all(|part| (0.0..=1.0).contains(part)) {
        return Ok(false);
    }
    let found = match parts.as_slice() {
        [gray] => *gray,
        [red, green, blue] => luminance(*red, *green, *blue),
        [cyan, magenta, yellow, black] => {
            let light = |ink: &f64| (1.0 - ink) * (1.0 - black);
            luminance(light(cyan), light(magenta), light(yellow))
        }
        _ => return Ok(false),
    };
    Ok(found >= MIN_LUMINANCE)
}

/// Whether the marked pieces are as large as print.
fn is_coarse(view: View<'_, '_>, annotation: &Dictionary) -> Result<bool, PdfError> {
    let Some(points) = numbers(view, annotation, "QuadPoints")? else {
        return Ok(false);
    };
    let (pieces, rest) = points.as_chunks::<8>();
    if pieces.is_empty() || pieces.len() > MAX_MARKED_PIECES || !rest.is_empty() {
        return Ok(false);
    }
    Ok(pieces.iter().all(|piece| {
        let [x1, y1, x2, y2, x3, y3, x4, y4] = *piece;
        let length = |from: [f64; 2], to: [f64; 2]| (from[0] - to[0]).hypot(from[1] - to[1]);
        let upper = length([x1, y1], [x2, y2]);
        let left = length([x1, y1], [x3, y3]);
        let right = length([x2, y2], [x4, y4]);
        let lower = length([x3, y3], [x4, y4]);
        [upper, left, right, lower]
            .iter()
            .all(|side| *side >= MIN_MARK_SIDE)
    }))
}

fn numbers(
    view: View<'_, '_>,
    annotation: &Dictionary,
    key: &str,
) -> Result<Option<Vec<f64>>, PdfError> {
    let held = held_key(view, annotation, key)?;
    let values = held.array().map(|array| {
        let values = array.0.iter().map(|value| match &value.object {
            Object::Integer(_) | Object::Real(_) => {
                value.object.as_number().filter(|number| number.is_finite())
            }
            _ => None,
        });
        values.collect::<Option<Vec<f64>>>()
    });
    Ok(values.flatten())
}
