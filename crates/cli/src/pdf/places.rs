//! Places of seals as they are written on the command line.

use scanseal_pades::seal::{NewField, Occurrence, PageRange, Place, Side};

/// Points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Reads `30mm`, `12.5` or `-4` as points.
pub(crate) fn length(text: &str) -> Result<f64, String> {
    let (number, factor) = match text.trim().strip_suffix("mm") {
        Some(number) => (number, POINTS_PER_MM),
        None => (text.trim().trim_end_matches("pt"), 1.0),
    };
    let value: f64 = number
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is no length: write 30mm, or 85 for points"))?;
    if value.is_finite() {
        Ok(value * factor)
    } else {
        Err(format!("`{text}` is no length"))
    }
}

/// Reads `PAGES:X,Y[,WIDTH,HEIGHT]`.
pub(crate) fn at(text: &str) -> Result<Place, String> {
    let (pages, rest) = text
        .rsplit_once(':')
        .ok_or("write PAGES:X,Y, such as 1:30mm,30mm")?;
    let numbers = rest.split(',').map(length).collect::<Result<Vec<_>, _>>()?;
    let (x, y, width, height) = match numbers[..] {
        [x, y] => (x, y, None, None),
        [x, y, width] => (x, y, Some(width), None),
        [x, y, width, height] => (x, y, Some(width), Some(height)),
        _ => return Err("write PAGES:X,Y or PAGES:X,Y,WIDTH,HEIGHT".to_owned()),
    };
    Ok(Place::At {
        pages: pages_of(pages)?,
        x,
        y,
        width,
        height,
    })
}

/// Reads `NAME@PAGES:X,Y[,WIDTH,HEIGHT]`.
pub(crate) fn field(text: &str) -> Result<NewField, String> {
    let (name, place) = text
        .rsplit_once('@')
        .ok_or("write NAME@PAGES:X,Y, such as 甲方@-1:30mm,30mm")?;
    Ok(NewField {
        name: name.to_owned(),
        places: vec![at(place)?],
        millimetres: None,
        lock: None,
    })
}

/// Reads `WORD[#N|#all][@DX,DY]`.
pub(crate) fn keyword(text: &str) -> Result<Place, String> {
    let (text, moved) = match text.rsplit_once('@') {
        Some((word, offsets)) => (word, Some(offsets)),
        None => (text, None),
    };
    let (dx, dy) = match moved {
        None => (0.0, 0.0),
        Some(offsets) => {
            let (dx, dy) = offsets
                .split_once(',')
                .ok_or("write @DX,DY, such as @10mm,-5mm")?;
            (length(dx)?, length(dy)?)
        }
    };
    let (word, occurrence) = match text.rsplit_once('#') {
        None => (text, Occurrence::Number(1)),
        Some((word, "all")) => (word, Occurrence::All),
        Some((word, number)) => {
            let number = number.parse().ok().filter(|&number| number > 0);
            let number = number.ok_or("after # comes the occurrence, from 1, or `all`")?;
            (word, Occurrence::Number(number))
        }
    };
    if word.trim().is_empty() {
        return Err("the word is empty".to_owned());
    }
    Ok(Place::Keyword {
        word: word.to_owned(),
        pages: PageRange::all(),
        occurrence,
        dx,
        dy,
        width: None,
        height: None,
    })
}

/// Reads `SIDE[:PAGES][@OFFSET][/GROUP]`.
pub(crate) fn cross_page(text: &str) -> Result<Place, String> {
    let (text, group) = match text.rsplit_once('/') {
        None => (text, None),
        Some((rest, group)) => {
            let group = group
                .parse()
                .map_err(|_| "after / comes a number of pages")?;
            (rest, Some(group))
        }
    };
    let (text, offset) = match text.rsplit_once('@') {
        None => (text, 0.5),
        Some((rest, offset)) => {
            let offset = offset
                .parse()
                .map_err(|_| "after @ comes a number from 0 to 1")?;
            (rest, offset)
        }
    };
    let (side, pages) = match text.split_once(':') {
        None => (text, "1--1"),
        Some((side, pages)) => (side, pages),
    };
    let side = match side {
        "left" => Side::Left,
        "right" => Side::Right,
        "top" => Side::Top,
        "bottom" => Side::Bottom,
        _ => return Err("the side is left, right, top or bottom".to_owned()),
    };
    if !(0.0..=1.0).contains(&offset) {
        return Err("the offset is from 0 to 1".to_owned());
    }
    Ok(Place::CrossPage {
        side,
        offset,
        pages: pages_of(pages)?,
        group: group.unwrap_or(u32::MAX),
    })
}

fn pages_of(text: &str) -> Result<PageRange, String> {
    PageRange::parse(text).map_err(|error| error.to_string())
}
