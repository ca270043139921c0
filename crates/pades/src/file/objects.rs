//! Objects by number, streams, and what is kept of them.

use std::rc::Rc;

use super::{
    View, XrefEntry,
    filters::{self, MAX_DECODED_STREAM},
    indirect::{self, Indirect, Location},
    object_stream::ObjectStream,
};
use crate::{
    Damage, PdfError,
    syntax::{Cursor, Dictionary, MAX_OBJECT_BYTES, Object, ObjectId, Span, Value},
};

/// How many references in a row may lead to references.
const MAX_REFERENCES: usize = 16;

impl View<'_, '_> {
    /// What `/Root` of the trailer refers to.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is no reference.
    pub fn catalog_id(&self) -> Result<ObjectId, PdfError> {
        let root = self.trailer().get("Root");
        let id = root.and_then(|value| value.object.as_reference());
        id.ok_or(PdfError::damaged(
            self.newest().trailer_offset,
            Damage::BadTrailer,
        ))
    }

    /// The catalog.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is none, or no dictionary in its place.
    pub fn catalog(&self) -> Result<Rc<Indirect>, PdfError> {
        let catalog = self.object(self.catalog_id()?)?;
        if catalog.object.as_dictionary().is_none() {
            return Err(PdfError::damaged(catalog.offset(), Damage::WrongType));
        }
        Ok(catalog)
    }

    /// The object of this name; [`Object::Null`] if there is none.
    ///
    /// # Errors
    /// [`PdfError`] if it is damaged, too large, or cannot be decrypted.
    pub fn object(&self, id: ObjectId) -> Result<Rc<Indirect>, PdfError> {
        let key = (self.revision, id.number);
        if let Some(kept) = self.pdf.caches.borrow().object(key)
            && kept.id == id
        {
            return Ok(kept);
        }
        let begun = self.pdf.caches.borrow_mut().begin();
        if !begun {
            return Err(self.damaged_entry(id.number, Damage::Loop));
        }
        let read = self.read_object(id);
        let mut caches = self.pdf.caches.borrow_mut();
        caches.end();
        // How far a damaged object was read is not known, so it counts as the largest.
        caches.spend(
            read.as_ref()
                .map_or(MAX_OBJECT_BYTES, |(_, weight)| *weight),
        )?;
        let (object, weight) = read?;
        let object = Rc::new(object);
        caches.keep(key, &object, weight);
        Ok(object)
    }

    /// Follows references until there is something else.
    ///
    /// # Errors
    /// As [`object`](Self::object); [`Damage::Loop`] if it never ends.
    pub fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        let Object::Reference(first) = object else {
            return Ok(object.clone());
        };
        let mut id = *first;
        for _ in 0..MAX_REFERENCES {
            let found = self.object(id)?;
            match &found.object {
                Object::Reference(next) => id = *next,
                direct => return Ok(direct.clone()),
            }
        }
        Err(PdfError::damaged(self.object(id)?.offset(), Damage::Loop))
    }

    /// The value of a key, references followed; `None` if there is none or it is `null`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn find(&self, dictionary: &Dictionary, key: &str) -> Result<Option<Object>, PdfError> {
        let Some(value) = dictionary.get(key) else {
            return Ok(None);
        };
        let object = self.resolve(&value.object)?;
        Ok(Some(object).filter(|object| !object.is_null()))
    }

    /// A stream's data, decrypted and decoded.
    ///
    /// # Errors
    /// [`PdfError::UnknownFilter`] for pictures' filters, [`PdfError::TooLarge`] beyond [`MAX_DECODED_STREAM`], [`PdfError::Damaged`]
    /// if it is no stream or cannot be decoded.
    pub fn stream(&self, indirect: &Indirect) -> Result<Vec<u8>, PdfError> {
        let (dictionary, span) = parts(indirect)?;
        let steps = filters::steps(dictionary, span.start, &|object| self.resolve(object))?;
        let raw = self.raw_stream(indirect)?;
        let mut work = 0;
        let decoded = filters::decode(raw, &steps, span.start, MAX_DECODED_STREAM, &mut work);
        self.pdf.caches.borrow_mut().spend(work)?;
        decoded
    }

    /// A stream's data as its filters made them: decrypted, not decoded.
    ///
    /// # Errors
    /// As [`stream`](Self::stream), but for the filters.
    pub fn raw_stream(&self, indirect: &Indirect) -> Result<Vec<u8>, PdfError> {
        let (dictionary, span) = parts(indirect)?;
        self.pdf.caches.borrow_mut().spend(span.length())?;
        let raw = self.pdf.reader.bytes(bounded(span)?)?;
        let Some(security) = &self.pdf.security else {
            return Ok(raw);
        };
        let resolve = |object: &Object| self.resolve(object);
        let crypt_filter = filters::crypt_filter(dictionary, span.start, &resolve)?;
        security.decrypt_stream(indirect.id, dictionary, crypt_filter, raw, span.start)
    }

    /// The object, and how many bytes it was parsed from.
    fn read_object(&self, id: ObjectId) -> Result<(Indirect, u64), PdfError> {
        match self.entry(id.number)? {
            Some(XrefEntry::Offset { offset, generation }) if generation == id.generation => {
                self.read_from_file(id, offset)
            }
            Some(XrefEntry::Compressed { stream, index }) if id.generation == 0 => {
                let value = self.object_stream(stream)?.object(id.number, index)?;
                let object = Indirect {
                    id,
                    object: value.object,
                    location: Location::ObjectStream { stream, index },
                    stream: None,
                };
                Ok((object, value.span.length()))
            }
            _ => {
                let absent = Indirect {
                    id,
                    object: Object::Null,
                    location: Location::Absent,
                    stream: None,
                };
                Ok((absent, 0))
            }
        }
    }

    fn read_from_file(&self, id: ObjectId, offset: u64) -> Result<(Indirect, u64), PdfError> {
        let reader = &self.pdf.reader;
        if offset >= self.end() {
            return Err(PdfError::damaged(offset, Damage::BadObject));
        }
        let mut head = indirect::read_head(Cursor::in_file(reader, offset, self.end()))?;
        if head.id != id {
            return Err(PdfError::damaged(head.start, Damage::BadObject));
        }
        let mut stream = None;
        let mut end = head.end;
        if let (Some(data), Object::Dictionary(dictionary)) = (head.data, &head.value.object) {
            let lengths = dictionary
                .entries
                .iter()
                .filter(|entry| entry.key == *"Length");
            if lengths.count() > 1 {
                // Readers would disagree about where it ends.
                return Err(PdfError::damaged(head.start, Damage::BadStream));
            }
            let length = self.find(dictionary, "Length")?;
            let length = length.and_then(|length| u64::try_from(length.as_integer()?).ok());
            let length = length.ok_or(PdfError::damaged(head.start, Damage::BadStream))?;
            let (span, after) = indirect::read_data(reader, data, length, self.end())?;
            (stream, end) = (Some(span), after);
        }
        if let Some(security) = &self.pdf.security {
            security.decrypt_strings(id, &mut head.value)?;
        }
        let object = Indirect {
            id,
            object: head.value.object,
            location: Location::File(Span {
                start: head.start,
                end,
            }),
            stream,
        };
        Ok((object, head.value.span.length()))
    }

    /// The object stream of this number, decoded.
    pub(super) fn object_stream(&self, number: u32) -> Result<Rc<ObjectStream>, PdfError> {
        let container = match self.entry(number)? {
            // An object stream within another is not one.
            Some(XrefEntry::Offset { generation, .. }) => {
                self.object(ObjectId { number, generation })?
            }
            _ => return Err(self.damaged_entry(number, Damage::BadXref)),
        };
        let offset = container.offset();
        let (dictionary, span) = parts(&container)?;
        // Where the data end is known already; anything else that is elsewhere may change with the revision.
        let elsewhere = dictionary.entries.iter().any(|entry| {
            entry.key != *"Length"
                && !matches!(entry.value.object, Object::Name(_) | Object::Integer(_))
        });
        let place = Span {
            start: offset,
            end: span.end,
        };
        let key = (place, elsewhere.then_some(self.revision));
        let kept = self.pdf.caches.borrow_mut().object_stream(key);
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let decoded = self.stream(&container)?;
        let stream = Rc::new(ObjectStream::read(
            &self.direct(dictionary)?,
            decoded,
            offset,
        )?);
        self.pdf.caches.borrow_mut().keep_stream(key, &stream);
        Ok(stream)
    }

    /// What is wrong with an object, said where its cross-reference entry leads, or else where the cross-reference is.
    fn damaged_entry(&self, number: u32, damage: Damage) -> PdfError {
        let offset = match self.entry(number) {
            Ok(Some(XrefEntry::Offset { offset, .. })) => offset,
            _ => self.newest().xref_offset,
        };
        PdfError::damaged(offset, damage)
    }

    /// `/Type`, `/N` and `/First` with references followed.
    fn direct(&self, dictionary: &Dictionary) -> Result<Dictionary, PdfError> {
        let mut direct = Dictionary::default();
        for key in ["Type", "N", "First"] {
            let entries = dictionary.entries.iter().filter(|entry| entry.key == *key);
            for entry in entries {
                let mut entry = entry.clone();
                let object = self.resolve(&entry.value.object)?;
                entry.value = Value {
                    object,
                    span: entry.value.span,
                };
                direct.entries.push(entry);
            }
        }
        Ok(direct)
    }
}

/// The dictionary and data of a stream.
fn parts(indirect: &Indirect) -> Result<(&Dictionary, Span), PdfError> {
    let dictionary = indirect.object.as_dictionary();
    let damaged = PdfError::damaged(indirect.offset(), Damage::WrongType);
    dictionary.zip(indirect.stream).ok_or(damaged)
}

fn bounded(span: Span) -> Result<Span, PdfError> {
    if span.length() > MAX_DECODED_STREAM as u64 {
        return Err(PdfError::TooLarge {
            what: "stream",
            limit: MAX_DECODED_STREAM as u64,
        });
    }
    Ok(span)
}
