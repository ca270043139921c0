//! The incremental update itself (ISO 32000-2 clause 7.5.6): objects, cross-reference and trailer after the original.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    SealError,
    edit::{Edit, broken},
    picture::Deflater,
    write,
};
use crate::{
    file::{Indirect, Kind, MAX_OBJECTS, Pdf, View, XrefKind},
    syntax::{Dictionary, Object, ObjectId, Span},
};

/// An incremental update in the making.
pub(super) struct Update<'p, 's> {
    view: View<'p, 's>,
    edits: BTreeMap<u32, Edit>,
    added: BTreeMap<u32, Vec<u8>>,
    next: u32,
    signature: Option<Placeholders>,
    lists: BTreeMap<List, Vec<ObjectId>>,
}

/// An array that gets items: holder, path and key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct List {
    holder: ObjectId,
    path: Vec<String>,
    key: String,
}

/// Where, inside the object that is the signature dictionary, the two values stand that are only known at the end.
struct Placeholders {
    object: u32,
    byte_range: usize,
    contents: usize,
    reserved: usize,
}

/// The bytes to append, and where the gap of the signature is.
pub(super) struct Appended {
    pub(super) bytes: Vec<u8>,
    /// The token of `/Contents` in the whole file, and the byte range; none if nothing is signed.
    pub(super) gap: Option<(Span, [u64; 4])>,
}

/// Digits of each number of a byte range: enough for files of 10 GB.
const BYTE_RANGE_WIDTH: usize = 10;

impl<'p, 's> Update<'p, 's> {
    /// An update of the file as it is now.
    ///
    /// # Errors
    /// [`SealError::HybridXref`]: what a reader of the one kind sees, a reader of the other does not.
    pub(super) fn of(pdf: &'p Pdf<'s>) -> Result<Self, SealError> {
        let hybrid = |kind| kind == XrefKind::Hybrid;
        if pdf.revisions().iter().any(|revision| hybrid(revision.kind)) {
            return Err(SealError::HybridXref);
        }
        let view = pdf.latest();
        Ok(Self {
            view,
            edits: BTreeMap::new(),
            added: BTreeMap::new(),
            next: view.size(),
            signature: None,
            lists: BTreeMap::new(),
        })
    }

    pub(super) fn view(&self) -> View<'p, 's> {
        self.view
    }

    /// A number for a new object.
    pub(super) fn reserve(&mut self) -> Result<ObjectId, SealError> {
        // `/Size` may reach the limit; a cross-reference stream takes one more number.
        if self.next >= MAX_OBJECTS - 1 {
            return Err(SealError::TooMuch {
                what: "the number of objects",
                limit: u64::from(MAX_OBJECTS),
            });
        }
        let id = ObjectId {
            number: self.next,
            generation: 0,
        };
        self.next += 1;
        Ok(id)
    }

    /// A string of the object `id`, encrypted where the file is.
    pub(super) fn string(&self, id: ObjectId, bytes: &[u8]) -> Result<String, SealError> {
        let bytes = self.view.pdf().encrypt(id, bytes, Kind::String)?;
        Ok(write::hexadecimal(&bytes))
    }

    /// A new object.
    pub(super) fn add(&mut self, id: ObjectId, body: impl Into<Vec<u8>>) {
        self.added.insert(id.number, body.into());
    }

    /// A new stream. `dictionary` is without its brackets and its `/Length`.
    pub(super) fn add_stream(
        &mut self,
        id: ObjectId,
        dictionary: &str,
        data: &[u8],
    ) -> Result<(), SealError> {
        let data = self.view.pdf().encrypt(id, data, Kind::Stream)?;
        let mut body = format!("<<{dictionary}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(&data);
        body.extend_from_slice(b"\nendstream");
        self.add(id, body);
        Ok(())
    }

    /// The signature dictionary, with room for a byte range and `reserved` bytes of signature.
    /// `dictionary` is without its brackets and these two.
    pub(super) fn add_signature(&mut self, id: ObjectId, dictionary: &str, reserved: usize) {
        let mut body = format!("<<{dictionary}/ByteRange ").into_bytes();
        let byte_range = body.len();
        body.extend_from_slice(byte_range_text([0; 4]).as_bytes());
        body.extend_from_slice(b"/Contents ");
        let contents = body.len();
        body.push(b'<');
        body.resize(body.len() + 2 * reserved, b'0');
        body.extend_from_slice(b">>>");
        self.signature = Some(Placeholders {
            object: id.number,
            byte_range,
            contents,
            reserved,
        });
        self.add(id, body);
    }

    /// An object that exists, to be changed.
    pub(super) fn edit(&mut self, id: ObjectId) -> Result<&mut Edit, SealError> {
        let view = self.view;
        match self.edits.entry(id.number) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let indirect: std::rc::Rc<Indirect> = view.object(id)?;
                Ok(entry.insert(Edit::open(view, &indirect)?))
            }
        }
    }

    /// Adds items to the array that `key` of the dictionary at `path` in `holder` has: directly, by reference, or not yet.
    /// It happens when everything is written down, once for all items of a list.
    pub(super) fn append(
        &mut self,
        holder: ObjectId,
        path: &[&str],
        key: &str,
        items: &[ObjectId],
    ) {
        let list = List {
            holder,
            path: path.iter().map(|&key| key.to_owned()).collect(),
            key: key.to_owned(),
        };
        self.lists.entry(list).or_default().extend(items);
    }

    fn write_list(&mut self, list: &List, items: &[ObjectId]) -> Result<(), SealError> {
        let List { holder, path, key } = list;
        let items: Vec<String> = items.iter().map(ObjectId::to_string).collect();
        let items = items.join(" ");
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let full: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
        let view = self.view;
        let edit = self.edit(*holder)?;
        let array = edit.find(&full)?.map(|value| value.object.clone());
        match array {
            Some(Object::Array(_)) => edit.append(&full, &items),
            Some(Object::Reference(id)) => match view.resolve(&Object::Reference(id))? {
                Object::Array(_) => {
                    let id = self.follow(id)?;
                    self.edit(id)?.append(&[], &items)
                }
                Object::Null => self.edit(*holder)?.set(&path, key, &format!("[{items}]")),
                _ => Err(broken(id, "is no array where it should be one")),
            },
            None => edit.set(&path, key, &format!("[{items}]")),
            Some(_) => Err(broken(*holder, &format!("has no array as /{key}"))),
        }
    }

    /// The object that a chain of references ends at.
    pub(super) fn follow(&self, mut id: ObjectId) -> Result<ObjectId, SealError> {
        // `resolve` has bounded the chain before; this is as far as any honest one goes.
        for _ in 0..8 {
            match self.view.object(id)?.object {
                Object::Reference(next) => id = next,
                _ => return Ok(id),
            }
        }
        Err(broken(id, "is a reference to a reference"))
    }

    /// Writes everything down.
    pub(super) fn finish(mut self) -> Result<Appended, SealError> {
        for (list, items) in core::mem::take(&mut self.lists) {
            self.write_list(&list, &items)?;
        }
        let pdf = self.view.pdf();
        let start = pdf.length();
        let mut out = Vec::new();
        if !ends_with_line(pdf)? {
            out.push(b'\n');
        }
        let mut entries: BTreeMap<u32, (u64, u16)> = BTreeMap::new();
        let mut places = None;
        let mut objects: BTreeMap<u32, (u16, Vec<u8>)> = BTreeMap::new();
        for (number, edit) in core::mem::take(&mut self.edits) {
            let generation = edit.id().generation;
            objects.insert(number, (generation, edit.finish()));
        }
        for (number, body) in core::mem::take(&mut self.added) {
            objects.insert(number, (0, body));
        }
        for (number, (generation, body)) in objects {
            entries.insert(number, (start + out.len() as u64, generation));
            out.extend_from_slice(format!("{number} {generation} obj").as_bytes());
            // An object that is written again begins with the white space it had.
            if !body.first().is_some_and(u8::is_ascii_whitespace) {
                out.push(b'\n');
            }
            if let Some(signature) = &self.signature
                && signature.object == number
            {
                places = Some((
                    out.len() + signature.byte_range,
                    out.len() + signature.contents,
                    signature.reserved,
                ));
            }
            out.extend_from_slice(&body);
            out.extend_from_slice(b"\nendobj\n");
        }
        self.write_xref(&mut out, start, entries)?;
        let gap = places.map(|(byte_range, contents, reserved)| {
            let end = contents + 2 * reserved + 2;
            let span = Span {
                start: start + contents as u64,
                end: start + end as u64,
            };
            let range = [0, span.start, span.end, (out.len() - end) as u64];
            let text = byte_range_text(range);
            out.splice(byte_range..byte_range + text.len(), text.bytes());
            (span, range)
        });
        Ok(Appended { bytes: out, gap })
    }

    /// Cross-reference and trailer, of the kind that the file ends with.
    fn write_xref(
        &mut self,
        out: &mut Vec<u8>,
        start: u64,
        mut entries: BTreeMap<u32, (u64, u16)>,
    ) -> Result<(), SealError> {
        let Some(last) = self.view.pdf().revisions().last() else {
            return Err(SealError::FormInvalid {
                reason: "it has no revision".to_owned(),
            });
        };
        let place = start + out.len() as u64;
        let mut trailer = trailer_entries(&last.trailer);
        trailer.push_str(&self.identifiers(&last.trailer, start, out));
        trailer.push_str(&format!("/Prev {}", last.xref_offset));
        if last.kind == XrefKind::Table {
            out.extend_from_slice(b"xref\n");
            for (first, run) in runs(&entries) {
                out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
                for (offset, generation) in run {
                    out.extend_from_slice(format!("{offset:010} {generation:05} n\r\n").as_bytes());
                }
            }
            let size = self.next;
            out.extend_from_slice(format!("trailer\n<</Size {size}{trailer}>>\n").as_bytes());
        } else {
            let id = self.next;
            self.next += 1;
            entries.insert(id, (place, 0));
            let compressed = last.trailer.get("Filter").is_some();
            out.extend_from_slice(&xref_stream(id, &entries, &trailer, compressed));
        }
        out.extend_from_slice(format!("startxref\n{place}\n%%EOF\n").as_bytes());
        Ok(())
    }

    /// `/ID` (clause 14.4): the first half stays, the second is of this revision. It is a digest of what is appended, so that
    /// the same request gives the same bytes.
    fn identifiers(&self, trailer: &Dictionary, start: u64, out: &[u8]) -> String {
        let digest = Sha256::new()
            .chain_update(start.to_be_bytes())
            .chain_update(out)
            .finalize();
        let renewed = write::hexadecimal(digest.get(..16).unwrap_or_default());
        let identifiers = trailer
            .get("ID")
            .map(|value| self.view.resolve(&value.object));
        let permanent = match identifiers {
            Some(Ok(Object::Array(halves))) => halves
                .0
                .first()
                .and_then(|half| half.object.as_bytes())
                .map(write::hexadecimal),
            _ => None,
        };
        let permanent = permanent.unwrap_or_else(|| renewed.clone());
        format!("/ID[{permanent}{renewed}]")
    }
}

/// All entries of the trailer but those that are of one revision only (clause 7.5.6), each as it was.
fn trailer_entries(trailer: &Dictionary) -> String {
    const OWN: [&str; 11] = [
        "Size",
        "Prev",
        "XRefStm",
        "ID",
        "Type",
        "Index",
        "W",
        "Length",
        "Filter",
        "DecodeParms",
        "DL",
    ];
    let mut text = String::new();
    for entry in &trailer.entries {
        if !OWN.iter().any(|own| entry.key == **own) {
            text.push_str(&write::name(&entry.key));
            text.push(' ');
            text.push_str(&write::object(&entry.value.object));
        }
    }
    text
}

/// Numbers that follow each other, as subsections.
fn runs(entries: &BTreeMap<u32, (u64, u16)>) -> Vec<(u32, Vec<(u64, u16)>)> {
    let mut runs: Vec<(u32, Vec<(u64, u16)>)> = Vec::new();
    for (&number, &entry) in entries {
        match runs.last_mut() {
            Some((first, run)) if *first as usize + run.len() == number as usize => run.push(entry),
            _ => runs.push((number, vec![entry])),
        }
    }
    runs
}

/// A cross-reference stream (clause 7.5.8); never encrypted.
fn xref_stream(
    id: u32,
    entries: &BTreeMap<u32, (u64, u16)>,
    trailer: &str,
    compressed: bool,
) -> Vec<u8> {
    let mut index = String::new();
    let mut rows = Vec::with_capacity(entries.len() * 8);
    for (first, run) in runs(entries) {
        index.push_str(&format!("{first} {} ", run.len()));
        for (offset, generation) in run {
            rows.push(1);
            // Five bytes, as many as the ten digits of a table.
            rows.extend_from_slice(offset.to_be_bytes().get(3..).unwrap_or_default());
            rows.extend_from_slice(&generation.to_be_bytes());
        }
    }
    let filter = if compressed {
        rows = Deflater::all(&rows);
        "/Filter/FlateDecode"
    } else {
        ""
    };
    let mut body = format!(
        "{id} 0 obj\n<</Type/XRef/Size {}/W[1 5 2]/Index[{}]{trailer}{filter}/Length {}>>\nstream\n",
        id + 1,
        index.trim_end(),
        rows.len()
    )
    .into_bytes();
    body.extend_from_slice(&rows);
    body.extend_from_slice(b"\nendstream\nendobj\n");
    body
}

/// A byte range that is as long whatever its numbers are.
fn byte_range_text(range: [u64; 4]) -> String {
    let [a, b, c, d] = range;
    let text = format!("[{a} {b} {c} {d}");
    format!("{text:<width$}]", width = 4 * (BYTE_RANGE_WIDTH + 1))
}

fn ends_with_line(pdf: &Pdf<'_>) -> Result<bool, SealError> {
    let mut last = [0];
    let at = pdf.length().saturating_sub(1);
    pdf.source()
        .read_at(at, &mut last)
        .map_err(crate::PdfError::from)?;
    Ok(matches!(last, [b'\n' | b'\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_ranges_have_one_length() {
        let widest = [0, 9_999_999_999, 9_999_999_999, 9_999_999_999];
        assert_eq!(byte_range_text(widest).len(), byte_range_text([0; 4]).len());
        assert!(byte_range_text([0, 12, 34, 5]).starts_with("[0 12 34 5 "));
    }

    #[test]
    fn subsections_are_numbers_that_follow_each_other() {
        let entries = [1, 2, 5, 7, 8, 9].map(|number| (number, (u64::from(number), 0)));
        let runs = runs(&BTreeMap::from(entries));
        let shape: Vec<(u32, usize)> = runs
            .iter()
            .map(|(first, run)| (*first, run.len()))
            .collect();
        assert_eq!(shape, [(1, 2), (5, 1), (7, 3)]);
    }
}
