//! Changing an object that exists: values are spliced in, every other byte of it stays as it was written.

use super::{SealError, write};
use crate::{
    Damage, PdfError,
    file::{Indirect, Kind, Location, View},
    syntax::{self, Object, ObjectId, Value},
};

/// An object as it stands in the file, and what shall be different.
pub(super) struct Edit {
    id: ObjectId,
    bytes: Vec<u8>,
    value: Value,
    patches: Vec<Patch>,
}

/// Bytes in place of those from `start` to `end`.
struct Patch {
    start: usize,
    end: usize,
    bytes: Vec<u8>,
}

impl Edit {
    /// Takes the object up.
    pub(super) fn open(view: View<'_, '_>, indirect: &Indirect) -> Result<Self, SealError> {
        let id = indirect.id;
        let (bytes, packed) = match indirect.location {
            Location::File(_) if indirect.stream.is_some() => {
                return Err(broken(id, "is a stream where it may not be one"));
            }
            Location::File(span) => {
                let length = usize::try_from(span.length()).unwrap_or(usize::MAX);
                if length as u64 > syntax::MAX_OBJECT_BYTES {
                    return Err(broken(id, "is too large to be changed"));
                }
                let mut bytes = vec![0; length];
                let source = view.pdf().source();
                source
                    .read_at(span.start, &mut bytes)
                    .map_err(PdfError::from)?;
                let head = head_length(&bytes).ok_or(PdfError::Damaged {
                    offset: span.start,
                    damage: Damage::BadObject,
                })?;
                bytes.drain(..head);
                (bytes, false)
            }
            Location::ObjectStream { stream, index } => (packed(view, id, stream, index)?, true),
            Location::Absent => return Err(broken(id, "does not exist")),
        };
        let value = syntax::parse(&bytes)?;
        let mut edit = Self {
            id,
            bytes,
            value,
            patches: Vec::new(),
        };
        let end = place(edit.value.span.end);
        edit.bytes.truncate(end);
        if packed && view.pdf().is_encrypted() {
            // Inside an object stream strings are plain (clause 7.5.7); outside each is encrypted for itself.
            let mut patches = Vec::new();
            encrypt_strings(view, id, &edit.value, &mut patches)?;
            edit.patches = patches;
        }
        Ok(edit)
    }

    pub(super) fn id(&self) -> ObjectId {
        self.id
    }

    /// The value at the end of this path of keys, as far as it leads through direct dictionaries. Nothing if it is `null`.
    pub(super) fn find(&self, path: &[&str]) -> Result<Option<&Value>, SealError> {
        let mut value = &self.value;
        for key in path {
            let Some(dictionary) = value.object.as_dictionary() else {
                return Err(broken(self.id, "is no dictionary"));
            };
            let mut entries = dictionary.entries.iter().filter(|entry| entry.key == **key);
            let entry = entries.next();
            if entries.next().is_some() {
                return Err(broken(self.id, &format!("has the key /{key} twice")));
            }
            match entry {
                Some(entry) if !entry.value.object.is_null() => value = &entry.value,
                _ => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    /// Gives `key` of the dictionary at `path` this value, in place of what it has.
    pub(super) fn set(&mut self, path: &[&str], key: &str, value: &str) -> Result<(), SealError> {
        let Some(holder) = self.find(path)? else {
            return Err(broken(self.id, "lacks what shall be changed"));
        };
        let Some(dictionary) = holder.object.as_dictionary() else {
            return Err(broken(self.id, "is no dictionary"));
        };
        let mut entries = dictionary.entries.iter().filter(|entry| entry.key == *key);
        let patch = match (entries.next(), entries.next()) {
            (_, Some(_)) => return Err(broken(self.id, &format!("has the key /{key} twice"))),
            (Some(entry), None) => Patch {
                start: place(entry.value.span.start),
                end: place(entry.value.span.end),
                bytes: self.after_key(entry.value.span.start, value),
            },
            (None, None) => {
                let end = place(holder.span.end).saturating_sub(2);
                Patch {
                    start: end,
                    end,
                    bytes: format!("/{key} {value}").into_bytes(),
                }
            }
        };
        // What stood inside the replaced value goes with it.
        let (start, end) = (patch.start, patch.end);
        self.patches
            .retain(|old| old.start < start || old.start >= end);
        self.patches.push(patch);
        Ok(())
    }

    /// The value with a space before it, unless there is one: `/V(old)` has none, and `/V12` would be another name.
    fn after_key(&self, start: u64, value: &str) -> Vec<u8> {
        let before = place(start)
            .checked_sub(1)
            .and_then(|at| self.bytes.get(at));
        let spaced = before.is_some_and(|&byte| byte == 0 || byte.is_ascii_whitespace());
        let space = if spaced { "" } else { " " };
        format!("{space}{value}").into_bytes()
    }

    /// Adds an item to the array at `path`.
    pub(super) fn append(&mut self, path: &[&str], item: &str) -> Result<(), SealError> {
        let array = self.find(path)?;
        let Some(array) = array.filter(|value| value.object.as_array().is_some()) else {
            return Err(broken(self.id, "is no array where it should be one"));
        };
        let end = place(array.span.end).saturating_sub(1);
        self.patches.push(Patch {
            start: end,
            end,
            bytes: format!(" {item}").into_bytes(),
        });
        Ok(())
    }

    /// The object with its changes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // Stable: what was inserted at one place stays in the order it came.
        self.patches.sort_by_key(|patch| patch.start);
        let mut written = Vec::with_capacity(self.bytes.len() + 64);
        let mut at = 0;
        for patch in &self.patches {
            written.extend_from_slice(self.bytes.get(at..patch.start).unwrap_or_default());
            written.extend_from_slice(&patch.bytes);
            at = patch.end;
        }
        written.extend_from_slice(self.bytes.get(at..).unwrap_or_default());
        written
    }
}

/// An object that has to be touched is not as it should be.
pub(super) fn broken(id: ObjectId, what: &str) -> SealError {
    SealError::FormInvalid {
        reason: format!("object {} {what}", id.number),
    }
}

/// A place inside an object's bytes; spans come from parsing them, so they fit.
fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// How long `12 0 obj` is.
fn head_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..bytes.len().min(64))?;
    let at = memchr::memmem::find(head, b"obj")?;
    let digits = head.get(..at)?;
    let plain = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_whitespace() || *byte == 0;
    digits.iter().all(plain).then_some(at + 3)
}

/// The bytes from the object on, in the decoded object stream that holds it.
fn packed(view: View<'_, '_>, id: ObjectId, stream: u32, index: u32) -> Result<Vec<u8>, SealError> {
    let container = view.object(ObjectId {
        number: stream,
        generation: 0,
    })?;
    let damaged = || PdfError::Damaged {
        offset: container.offset(),
        damage: Damage::BadStream,
    };
    let dictionary = container.object.as_dictionary().ok_or_else(damaged)?;
    let first = view.find(dictionary, "First")?;
    let first = first.and_then(|first| first.as_integer());
    let first = first
        .and_then(|first| usize::try_from(first).ok())
        .ok_or_else(damaged)?;
    let mut decoded = view.stream(&container)?;
    let header = decoded.get(..first).ok_or_else(damaged)?;
    let mut numbers = header
        .split(|byte| byte.is_ascii_whitespace() || *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| core::str::from_utf8(word).ok()?.parse::<u32>().ok());
    let skipped = usize::try_from(index)
        .ok()
        .and_then(|index| index.checked_mul(2));
    let number = numbers.nth(skipped.ok_or_else(damaged)?).flatten();
    let offset = numbers.next().flatten();
    let offset = offset.filter(|_| number == Some(id.number));
    let start = offset
        .and_then(|offset| usize::try_from(offset).ok()?.checked_add(first))
        .filter(|&start| start <= decoded.len())
        .ok_or_else(damaged)?;
    decoded.drain(..start);
    Ok(decoded)
}

fn encrypt_strings(
    view: View<'_, '_>,
    id: ObjectId,
    value: &Value,
    patches: &mut Vec<Patch>,
) -> Result<(), SealError> {
    match &value.object {
        Object::String(string) => {
            let encrypted = view.pdf().encrypt(id, &string.bytes, Kind::String)?;
            patches.push(Patch {
                start: place(value.span.start),
                end: place(value.span.end),
                bytes: write::hexadecimal(&encrypted).into_bytes(),
            });
        }
        Object::Array(array) => {
            for item in &array.0 {
                encrypt_strings(view, id, item, patches)?;
            }
        }
        Object::Dictionary(dictionary) => {
            for entry in &dictionary.entries {
                encrypt_strings(view, id, &entry.value, patches)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str) -> Edit {
        Edit {
            id: ObjectId {
                number: 7,
                generation: 0,
            },
            bytes: text.as_bytes().to_vec(),
            value: syntax::parse(text.as_bytes()).expect("an object"),
            patches: Vec::new(),
        }
    }

    fn after(text: &str, change: impl FnOnce(&mut Edit) -> Result<(), SealError>) -> String {
        let mut edit = edit(text);
        change(&mut edit).expect("a change");
        String::from_utf8(edit.finish()).expect("text")
    }

    #[test]
    fn only_the_value_changes() {
        let text = " % odd\n<</A(x)/B[1 2]% end\n>>";
        assert_eq!(
            after(text, |edit| edit.set(&[], "A", "5")),
            " % odd\n<</A 5/B[1 2]% end\n>>"
        );
        assert_eq!(
            after(text, |edit| edit.set(&[], "C", "[1 0 R]")),
            " % odd\n<</A(x)/B[1 2]% end\n/C [1 0 R]>>"
        );
        assert_eq!(
            after(text, |edit| edit.append(&["B"], "9 0 R")),
            " % odd\n<</A(x)/B[1 2 9 0 R]% end\n>>"
        );
        assert_eq!(after("<<>>", |edit| edit.set(&[], "A", "5")), "<</A 5>>");
        assert_eq!(after("[]", |edit| edit.append(&[], "1 0 R")), "[ 1 0 R]");
    }

    #[test]
    fn several_changes_do_not_disturb_each_other() {
        let changed = after("<</F<</X 1>>/N null/K[]>>", |edit| {
            edit.append(&["K"], "1 0 R")?;
            edit.append(&["K"], "2 0 R")?;
            edit.set(&["F"], "Y", "2")?;
            edit.set(&["F"], "X", "3")?;
            edit.set(&[], "N", "4")?;
            edit.set(&[], "Z", "5")
        });
        assert_eq!(changed, "<</F<</X 3/Y 2>>/N 4/K[ 1 0 R 2 0 R]/Z 5>>");
    }

    #[test]
    fn a_replaced_value_takes_earlier_changes_inside_it_along() {
        let changed = after("<</K[(a) 1]/L 1>>", |edit| {
            edit.append(&["K"], "2")?;
            edit.set(&[], "K", "null")
        });
        assert_eq!(changed, "<</K null/L 1>>");
    }

    #[test]
    fn null_and_missing_are_nothing_and_doubled_keys_are_refused() {
        let edit = edit("<</A null/B 1/B 2/C 3>>");
        assert!(matches!(edit.find(&["A"]), Ok(None)));
        assert!(matches!(edit.find(&["D"]), Ok(None)));
        assert!(edit.find(&["B"]).is_err());
        assert!(edit.find(&["C", "X"]).is_err());
        let mut edit = edit;
        let refused = edit.set(&[], "B", "1").map_err(|error| error.to_string());
        assert!(
            refused
                .expect_err("doubled")
                .contains("object 7 has the key /B twice")
        );
    }

    #[test]
    fn heads_of_objects() {
        assert_eq!(head_length(b"12 0 obj<<>>"), Some(8));
        assert_eq!(head_length(b"12\r\n 0\tobj\n"), Some(10));
        assert_eq!(head_length(b"12 0 %obj"), None);
        assert_eq!(head_length(b"12 0"), None);
    }
}
