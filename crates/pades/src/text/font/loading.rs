//! Reads a font dictionary (ISO 32000-2, 9.5 to 9.8) into what text needs of it.

use std::collections::BTreeMap;

use super::{
    ASCENT, CidWidths, DESCENT, Encoding, Font, Kind, MAX_WIDTHS, Run, SimpleWidths, ToUnicode,
};
use crate::{
    Damage, PdfError,
    file::View,
    syntax::{Array, Dictionary, Object},
    text::{
        cmap::{CMap, CMapError},
        encoding::{BaseEncoding, Characters, built_in, glyph_character},
        metrics::StandardFont,
        predefined::Predefined,
    },
};

/// What a font needs to be read.
pub(in crate::text) struct Loader<'a, 'p, 's> {
    pub(in crate::text) view: View<'p, 's>,
    /// Takes decoded bytes into account.
    pub(in crate::text) charge: &'a mut dyn FnMut(usize) -> Result<(), PdfError>,
}

impl Loader<'_, '_, '_> {
    /// Reads a font dictionary.
    pub(in crate::text) fn load(&mut self, font: &Dictionary) -> Result<Font, PdfError> {
        let to_unicode = match font.get("ToUnicode").map(|value| &value.object) {
            Some(Object::Name(_)) => Some(ToUnicode::Identity),
            Some(object @ Object::Reference(_)) => self.cmap(object)?.map(ToUnicode::Map),
            _ => None,
        };
        let descendant = match self.view.find(font, "DescendantFonts")? {
            Some(Object::Array(fonts)) => match fonts.0.first() {
                Some(first) => self.view.resolve(&first.object)?,
                None => Object::Null,
            },
            _ => Object::Null,
        };
        let subtype = self.name(font, "Subtype")?;
        let mut loaded = match descendant {
            Object::Dictionary(descendant) if subtype == b"Type0" => {
                self.composite(font, &descendant, to_unicode)?
            }
            _ => self.simple(font, &subtype, to_unicode)?,
        };
        loaded.ascent = loaded.ascent.clamp(*ASCENT.start(), *ASCENT.end());
        loaded.descent = loaded.descent.clamp(*DESCENT.start(), *DESCENT.end());
        Ok(loaded)
    }

    fn simple(
        &mut self,
        font: &Dictionary,
        subtype: &[u8],
        to_unicode: Option<ToUnicode>,
    ) -> Result<Font, PdfError> {
        let name = self.name(font, "BaseFont")?;
        let standard = StandardFont::from_name(&name);
        let descriptor = self.dictionary(font, "FontDescriptor")?.unwrap_or_default();
        let characters = self.characters(font, subtype, &name, &descriptor)?;
        let heights = standard.map_or((750.0, -250.0), |font| (font.ascent, font.descent));
        let (mut ascent, mut descent) = self.heights(&descriptor, heights)?;
        let widths = self.list(font, "Widths")?;
        let mut scale = 0.001;
        if subtype == b"Type3" {
            let matrix = self.list(font, "FontMatrix")?;
            scale = matrix.first().copied().unwrap_or(scale);
            let upwards = matrix.get(3).copied().unwrap_or(scale);
            if let [_, one, _, other] = self.list(font, "FontBBox")?.as_slice() {
                let (one, other) = (one * upwards * 1000.0, other * upwards * 1000.0);
                (ascent, descent) = (one.max(other), one.min(other));
            }
        }
        let widths = SimpleWidths {
            first: self
                .view
                .find(font, "FirstChar")?
                .and_then(|first| first.as_integer())
                .unwrap_or(0),
            standard: standard.filter(|_| widths.is_empty()),
            widths,
            missing: self.number(&descriptor, "MissingWidth")?.unwrap_or(0.0),
        };
        let kind = Kind::Simple {
            characters,
            widths,
            scale,
        };
        Ok(Font {
            kind,
            to_unicode,
            ascent,
            descent,
            vertical: false,
        })
    }

    /// `/Encoding`: a name, or a dictionary of differences.
    fn characters(
        &mut self,
        font: &Dictionary,
        subtype: &[u8],
        name: &[u8],
        descriptor: &Dictionary,
    ) -> Result<Box<Characters>, PdfError> {
        let (named, differences) = match self.view.find(font, "Encoding")? {
            Some(Object::Name(name)) => (BaseEncoding::from_name(&name.0), None),
            Some(Object::Dictionary(encoding)) => {
                let base = self.name(&encoding, "BaseEncoding")?;
                (
                    BaseEncoding::from_name(&base),
                    self.view.find(&encoding, "Differences")?,
                )
            }
            _ => (None, None),
        };
        let mut characters = Box::new(match named {
            Some(named) => named.characters(),
            None => self.own_characters(subtype, name, descriptor)?,
        });
        if let Some(Object::Array(differences)) = differences {
            let mut code = 0_i64;
            for value in &differences.0 {
                match self.view.resolve(&value.object)? {
                    Object::Name(name) => {
                        let slot = usize::try_from(code)
                            .ok()
                            .and_then(|code| characters.get_mut(code));
                        if let Some(slot) = slot {
                            *slot = glyph_character(&name.0);
                        }
                        code = code.saturating_add(1);
                    }
                    other => code = other.as_integer().unwrap_or(code),
                }
            }
        }
        Ok(characters)
    }

    /// The encoding that the font itself has. Where its program does not say, it is nearly always one of two, at least for letters.
    fn own_characters(
        &mut self,
        subtype: &[u8],
        name: &[u8],
        descriptor: &Dictionary,
    ) -> Result<Characters, PdfError> {
        let family = name
            .iter()
            .rposition(|byte| *byte == b'+')
            .map_or(0, |plus| plus + 1);
        let family = name.get(family..).unwrap_or_default();
        if let Some(program) = self.stream(descriptor.get("FontFile").map(|value| &value.object))?
            && let Some(characters) = built_in(&program.0)
        {
            return Ok(characters);
        }
        Ok(match subtype {
            b"Type3" => [None; 256],
            _ if family.starts_with(b"Symbol") || family.starts_with(b"ZapfDingbats") => {
                [None; 256]
            }
            b"TrueType" => BaseEncoding::WinAnsi.characters(),
            _ => BaseEncoding::Standard.characters(),
        })
    }

    fn composite(
        &mut self,
        font: &Dictionary,
        descendant: &Dictionary,
        to_unicode: Option<ToUnicode>,
    ) -> Result<Font, PdfError> {
        let identity = Predefined::IDENTITY;
        let (encoding, vertical) = match font.get("Encoding").map(|value| &value.object) {
            Some(Object::Name(name)) => {
                let map = Predefined::from_name(&name.0).unwrap_or(identity);
                (Encoding::Predefined(map), map.vertical)
            }
            Some(object @ Object::Reference(_)) => match self.view.resolve(object)? {
                Object::Name(name) => {
                    let map = Predefined::from_name(&name.0).unwrap_or(identity);
                    (Encoding::Predefined(map), map.vertical)
                }
                _ => match self.cmap(object)? {
                    Some(map) => {
                        let vertical = map.vertical;
                        (Encoding::Embedded(map), vertical)
                    }
                    None => (Encoding::Predefined(identity), false),
                },
            },
            _ => (Encoding::Predefined(identity), false),
        };
        let descriptor = self
            .dictionary(descendant, "FontDescriptor")?
            .unwrap_or_default();
        let (ascent, descent) = self.heights(&descriptor, (880.0, -120.0))?;
        let vertical_widths = self.list(descendant, "DW2")?;
        let widths = CidWidths {
            listed: match self.view.find(descendant, "W")? {
                Some(Object::Array(widths)) => self.cid_widths(&widths)?,
                _ => BTreeMap::new(),
            },
            default: self.number(descendant, "DW")?.unwrap_or(1000.0),
            vertical: vertical_widths.get(1).copied().unwrap_or(-1000.0),
        };
        let kind = Kind::Composite { encoding, widths };
        Ok(Font {
            kind,
            to_unicode,
            ascent,
            descent,
            vertical,
        })
    }

    /// `/W` (9.7.4.3): `first [w w w]` or `first last w`.
    fn cid_widths(&mut self, array: &Array) -> Result<BTreeMap<u32, Run>, PdfError> {
        let mut listed = BTreeMap::new();
        let mut total = 0_usize;
        let mut values = array.0.iter();
        while let (Some(first), Some(second)) = (values.next(), values.next()) {
            let cid = |object: &Object| object.as_integer().and_then(|cid| u32::try_from(cid).ok());
            let Some(first) = cid(&self.view.resolve(&first.object)?) else {
                break;
            };
            let run = match self.view.resolve(&second.object)? {
                Object::Array(widths) => Run::Each(self.numbers(&widths)?),
                other => {
                    let (Some(last), Some(width)) = (cid(&other), values.next()) else {
                        break;
                    };
                    let width = self.view.resolve(&width.object)?.as_number().unwrap_or(0.0);
                    Run::Same { last, width }
                }
            };
            total += run.length();
            limit_widths(total)?;
            listed.insert(first, run);
        }
        Ok(listed)
    }

    fn heights(
        &self,
        descriptor: &Dictionary,
        otherwise: (f64, f64),
    ) -> Result<(f64, f64), PdfError> {
        let ascent = self
            .number(descriptor, "Ascent")?
            .filter(|ascent| *ascent > 0.0);
        // Some producers forget the sign.
        let descent = self
            .number(descriptor, "Descent")?
            .map(|descent| -descent.abs());
        let descent = descent.filter(|descent| *descent < 0.0);
        Ok((
            ascent.unwrap_or(otherwise.0),
            descent.unwrap_or(otherwise.1),
        ))
    }

    /// The CMap in the stream that `reference` leads to; nothing if there is no stream.
    fn cmap(&mut self, reference: &Object) -> Result<Option<CMap>, PdfError> {
        let Some((bytes, offset)) = self.stream(Some(reference))? else {
            return Ok(None);
        };
        CMap::parse(&bytes).map(Some).map_err(|error| match error {
            CMapError::Unterminated(_) => PdfError::Damaged {
                offset,
                damage: Damage::BadSyntax,
            },
            CMapError::TooMany { what, limit } => PdfError::TooLarge {
                what,
                limit: limit as u64,
            },
        })
    }

    /// The decoded stream that a reference leads to, and where it stands; nothing if there is none.
    fn stream(&mut self, reference: Option<&Object>) -> Result<Option<(Vec<u8>, u64)>, PdfError> {
        let Some(id) = reference.and_then(Object::as_reference) else {
            return Ok(None);
        };
        let indirect = self.view.object(id)?;
        let Some(span) = indirect.stream else {
            return Ok(None);
        };
        let bytes = self.view.stream(&indirect)?;
        (self.charge)(bytes.len())?;
        Ok(Some((bytes, span.start)))
    }

    /// The numbers of the array under a key; none if there is no array.
    fn list(&self, dictionary: &Dictionary, key: &str) -> Result<Vec<f64>, PdfError> {
        match self.view.find(dictionary, key)? {
            Some(Object::Array(numbers)) => self.numbers(&numbers),
            _ => Ok(Vec::new()),
        }
    }

    fn numbers(&self, array: &Array) -> Result<Vec<f64>, PdfError> {
        limit_widths(array.0.len())?;
        let number = |object: &Object| match object {
            Object::Reference(_) => self.view.resolve(object).map(|object| object.as_number()),
            direct => Ok(direct.as_number()),
        };
        let numbers = array.0.iter().map(|value| number(&value.object));
        numbers
            .map(|number| number.map(|number| number.unwrap_or(0.0)))
            .collect()
    }

    fn number(&self, dictionary: &Dictionary, key: &str) -> Result<Option<f64>, PdfError> {
        Ok(self
            .view
            .find(dictionary, key)?
            .and_then(|object| object.as_number()))
    }

    fn dictionary(
        &self,
        dictionary: &Dictionary,
        key: &str,
    ) -> Result<Option<Dictionary>, PdfError> {
        Ok(match self.view.find(dictionary, key)? {
            Some(Object::Dictionary(found)) => Some(found),
            _ => None,
        })
    }

    /// The name under a key; empty if there is none.
    fn name(&self, dictionary: &Dictionary, key: &str) -> Result<Vec<u8>, PdfError> {
        Ok(match self.view.find(dictionary, key)? {
            Some(Object::Name(name)) => name.0,
            _ => Vec::new(),
        })
    }
}

fn limit_widths(count: usize) -> Result<(), PdfError> {
    let limit = MAX_WIDTHS as u64;
    let too_many = PdfError::TooLarge {
        what: "widths of a font",
        limit,
    };
    (count <= MAX_WIDTHS).then_some(()).ok_or(too_many)
}
