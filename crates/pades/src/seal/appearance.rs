//! What an impression looks like: a form that draws the one picture of the seal (ISO 32000-2 clause 12.5.5).
//!
//! Text below a seal stays readable: the picture's transparency becomes a soft mask, and everything is multiplied with what is
//! on the page, as ink is. The white ground of a JPEG so vanishes on white paper.

use std::collections::BTreeMap;

use super::{
    SealError,
    picture::{Colour, Encoding, Image, Picture},
    place::{Natural, Spot},
    text::TextLine,
    update::Update,
    write::{hexadecimal, number, numbers},
};
use crate::syntax::ObjectId;

/// What the impressions of a seal show.
pub(super) struct Artwork<'a> {
    picture: Option<(&'a Picture, ObjectId)>,
    text: Option<(&'a TextLine, ObjectId)>,
    /// Forms made so far: impressions that look the same share one.
    forms: BTreeMap<String, ObjectId>,
}

impl<'a> Artwork<'a> {
    /// Adds the picture and the font to the update, once for all impressions.
    pub(super) fn new(
        update: &mut Update<'_, '_>,
        picture: Option<&'a Picture>,
        text: Option<&'a TextLine>,
    ) -> Result<Self, SealError> {
        let picture = match picture {
            Some(picture) => Some((picture, add_image(update, &picture.image)?)),
            None => None,
        };
        let text = match text {
            Some(text) => {
                let font = update.reserve()?;
                update.add(
                    font,
                    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
                );
                Some((text, font))
            }
            None => None,
        };
        Ok(Self {
            picture,
            text,
            forms: BTreeMap::new(),
        })
    }

    /// The form for an impression.
    pub(super) fn form(
        &mut self,
        update: &mut Update<'_, '_>,
        spot: &Spot,
    ) -> Result<ObjectId, SealError> {
        let (width, height) = (spot.frame.width, spot.frame.height);
        let line = self.text.filter(|_| spot.slice.is_none());
        let mut resources = String::from("/ExtGState<</Ink<</Type/ExtGState/BM/Multiply>>>>");
        let mut content = String::from("/Ink gs\n");
        if let Some((picture, id)) = self.picture {
            resources.push_str(&format!("/XObject<</Seal {id}>>"));
            let room = height - line.map_or(0.0, |(text, _)| text.height());
            let (origin, size) = picture_frame(picture.size(), spot, room);
            content.push_str(&format!(
                "q {} 0 0 {} {} cm\n",
                number(size.0),
                number(size.1),
                numbers(&[origin.0, origin.1])
            ));
            let upright = picture.image.orientation.matrix();
            content.push_str(&format!("{} cm /Seal Do Q\n", numbers(&upright)));
        }
        if let Some((text, id)) = line {
            resources.push_str(&format!("/Font<</Line {id}>>"));
            let (size, wide) = text.fit(width);
            content.push_str(&format!(
                "BT 0 g /Line {} Tf {} Td {} Tj ET\n",
                number(size),
                numbers(&[(width - wide) / 2.0, text.height() * 0.3]),
                hexadecimal(text.encoded())
            ));
        }
        let dictionary = format!(
            "/Type/XObject/Subtype/Form/BBox[0 0 {}]/Matrix[{}]/Resources<<{resources}>>",
            numbers(&[width, height]),
            numbers(&spot.geometry.matrix(width, height)),
        );
        let look = format!("{dictionary}\n{content}");
        if let Some(&known) = self.forms.get(&look) {
            return Ok(known);
        }
        let id = update.reserve()?;
        update.add_stream(id, &dictionary, content.as_bytes())?;
        self.forms.insert(look, id);
        Ok(id)
    }
}

/// Where the picture lies in the box of the form, and how large it is.
fn picture_frame(natural: (f64, f64), spot: &Spot, room: f64) -> ((f64, f64), (f64, f64)) {
    let (width, height) = (spot.frame.width, spot.frame.height);
    if let Some(slice) = spot.slice {
        let whole = slice.whole((width, height));
        let (left, down) = slice.shift(whole);
        return ((-left, -down), whole);
    }
    let fitting = (width / natural.0).min(room / natural.1);
    let scale = if spot.fills {
        fitting
    } else {
        fitting.min(1.0)
    };
    let scale = scale.max(0.0);
    let size = (natural.0 * scale, natural.1 * scale);
    let origin = (
        (width - size.0) / 2.0,
        height - room + (room - size.1) / 2.0,
    );
    (origin, size)
}

/// How large a seal is by itself.
pub(super) fn natural<'a>(picture: Option<&Picture>, text: Option<&'a TextLine>) -> Natural<'a> {
    Natural {
        picture: picture.map(Picture::size),
        text,
    }
}

/// The image and, if it has one, its soft mask.
fn add_image(update: &mut Update<'_, '_>, image: &Image) -> Result<ObjectId, SealError> {
    let size = format!(
        "/Type/XObject/Subtype/Image/Width {}/Height {}/BitsPerComponent 8",
        image.width, image.height
    );
    let mut dictionary = size.clone();
    dictionary.push_str(match image.colour {
        Colour::Grey => "/ColorSpace/DeviceGray",
        Colour::Rgb => "/ColorSpace/DeviceRGB",
        Colour::Cmyk => "/ColorSpace/DeviceCMYK",
        Colour::CmykInverted => "/ColorSpace/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]",
    });
    dictionary.push_str(match image.encoding {
        Encoding::Flate => "/Filter/FlateDecode",
        Encoding::Dct => "/Filter/DCTDecode",
    });
    if let Some(alpha) = &image.alpha {
        let mask = update.reserve()?;
        let look = format!("{size}/ColorSpace/DeviceGray/Filter/FlateDecode");
        update.add_stream(mask, &look, alpha)?;
        dictionary.push_str(&format!("/SMask {mask}"));
    }
    let id = update.reserve()?;
    update.add_stream(id, &dictionary, &image.data)?;
    Ok(id)
}
