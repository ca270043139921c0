//! Object streams (ISO 32000-2 clause 7.5.7). `/Extends` says nothing that the cross-reference does not.

use std::rc::Rc;

use crate::{
    Damage, PdfError,
    syntax::{Cursor, Dictionary, Parser, Value},
};

/// A decoded object stream. Its objects are parsed one by one, as they are asked for.
pub(super) struct ObjectStream {
    bytes: Rc<Vec<u8>>,
    /// Number and place of each object.
    index: Vec<(u32, u64)>,
    /// Where the stream begins in the file, to say where damage is.
    offset: u64,
}

impl ObjectStream {
    pub(super) fn read(
        dictionary: &Dictionary,
        bytes: Vec<u8>,
        offset: u64,
    ) -> Result<Self, PdfError> {
        let damaged = || PdfError::damaged(offset, Damage::BadStream);
        let integer = |key| {
            let value = dictionary
                .get(key)
                .and_then(|value| value.object.as_integer());
            value
                .and_then(|value| u64::try_from(value).ok())
                .ok_or_else(damaged)
        };
        if !dictionary.is("Type", "ObjStm") {
            return Err(PdfError::damaged(offset, Damage::BadObject));
        }
        let (count, first) = (integer("N")?, integer("First")?);
        // Each object takes at least four bytes of the heading, "0 0 ", the last one three.
        if first > bytes.len() as u64 || count > first / 4 + 1 {
            return Err(damaged());
        }
        let bytes = Rc::new(bytes);
        let mut cursor = Cursor::in_memory(bytes.clone(), 0);
        cursor.set_end(first);
        let mut heading = Parser::new(cursor);
        let mut index = Vec::new();
        for _ in 0..count {
            let number = heading.digits().map_err(|_| damaged())?;
            let place: u64 = heading.digits().map_err(|_| damaged())?;
            let place = first.saturating_add(place);
            if index.last().is_some_and(|(_, before)| *before > place) {
                // They are in ascending order, says the clause, and some readers end an object where the next one begins.
                return Err(damaged());
            }
            index.push((number, place));
        }
        let mut numbers: Vec<u32> = index.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        if numbers.windows(2).any(|pair| pair.first() == pair.last()) {
            // Some readers go by the place that the cross-reference says, others by the number.
            return Err(damaged());
        }
        Ok(Self {
            bytes,
            index,
            offset,
        })
    }

    /// The object at `index`, which must be the one called `number`.
    pub(super) fn object(&self, number: u32, index: u32) -> Result<Value, PdfError> {
        let damaged = PdfError::damaged(self.offset, Damage::BadObject);
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| self.index.get(index));
        let Some((_, place)) = entry.filter(|(name, _)| *name == number) else {
            return Err(damaged);
        };
        let mut parser = Parser::new(Cursor::in_memory(self.bytes.clone(), *place));
        let value = parser.value().map_err(|error| match error {
            // Its offset is one in the decoded stream, of which the caller knows nothing.
            PdfError::Damaged { .. } => damaged.clone(),
            other => other,
        })?;
        let next = usize::try_from(index)
            .ok()
            .and_then(|index| self.index.get(index.checked_add(1)?));
        if next.is_some_and(|(_, next)| value.span.end > *next) {
            return Err(damaged);
        }
        Ok(value)
    }

    /// What its objects are called, in their order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.index.iter().map(|(number, _)| *number)
    }

    /// How much memory it takes.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + self.index.len() * size_of::<(u32, u64)>()
    }
}
