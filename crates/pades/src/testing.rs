//! PDFs made by hand, for tests: tables, streams, object streams, updates, all byte for byte as a test wants them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::{
    file::XrefEntry,
    syntax::{Name, Object},
};

/// A PDF that grows: objects, then a cross-reference, then the next revision's objects...
///
/// ```
/// use scanseal_pades::{Bytes, file::Pdf, testing::Builder};
///
/// let mut builder = Builder::new();
/// builder.object(1, "<</Type/Catalog/Pages 2 0 R>>");
/// builder.object(2, "<</Type/Pages/Count 0/Kids[]>>");
/// builder.table("/Root 1 0 R");
/// let bytes = builder.bytes();
/// assert_eq!(Pdf::open(&Bytes(&bytes), None)?.latest().pages()?, 0);
/// # Ok::<(), scanseal_pades::PdfError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    bytes: Vec<u8>,
    /// Of the revision that is being written.
    entries: BTreeMap<u32, XrefEntry>,
    previous: Option<u64>,
    size: u32,
}

impl Builder {
    /// A file with a header.
    pub fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            ..Self::default()
        }
    }

    /// A file to which revisions are appended. `startxref` is what its last one says, `size` its `/Size`.
    pub fn update(bytes: Vec<u8>, startxref: u64, size: u32) -> Self {
        Self {
            bytes,
            entries: BTreeMap::new(),
            previous: Some(startxref),
            size,
        }
    }

    /// The file as far as it is written.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// How many bytes are written.
    pub fn position(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Appends bytes as they are.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// An entry of the next cross-reference.
    pub fn entry(&mut self, number: u32, entry: XrefEntry) -> &mut Self {
        self.entries.insert(number, entry);
        self.size = self.size.max(number + 1);
        self
    }

    /// An entry of the next cross-reference for an object, generation 0, that begins here.
    pub fn entry_here(&mut self, number: u32) -> &mut Self {
        let offset = self.position();
        self.entry(
            number,
            XrefEntry::Offset {
                offset,
                generation: 0,
            },
        )
    }

    /// Frees a number.
    pub fn free(&mut self, number: u32) -> &mut Self {
        self.entry(
            number,
            XrefEntry::Free {
                next: 0,
                generation: 1,
            },
        )
    }

    /// An indirect object.
    pub fn object(&mut self, number: u32, body: impl AsRef<[u8]>) -> &mut Self {
        self.entry_here(number);
        self.raw(format!("{number} 0 obj\n"))
            .raw(body)
            .raw("\nendobj\n")
    }

    /// A stream; `keys` are what its dictionary holds besides `/Length`.
    pub fn stream(&mut self, number: u32, keys: &str, data: impl AsRef<[u8]>) -> &mut Self {
        let data = data.as_ref();
        let mut body = format!("<<{keys}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(number, body)
    }

    /// A stream compressed with Flate.
    pub fn flate_stream(&mut self, number: u32, keys: &str, data: impl AsRef<[u8]>) -> &mut Self {
        let data = compress_to_vec_zlib(data.as_ref(), 6);
        self.stream(number, &format!("{keys}/Filter/FlateDecode"), data)
    }

    /// An object stream with these objects, and their entries.
    pub fn object_stream(&mut self, number: u32, objects: &[(u32, &str)]) -> &mut Self {
        let (mut heading, mut bodies) = (String::new(), String::new());
        for ((object, body), index) in objects.iter().zip(0..) {
            // Writing to a string does not fail.
            let _ = write!(heading, "{object} {} ", bodies.len());
            bodies.push_str(body);
            bodies.push(' ');
            self.entry(
                *object,
                XrefEntry::Compressed {
                    stream: number,
                    index,
                },
            );
        }
        let keys = format!("/Type/ObjStm/N {}/First {}", objects.len(), heading.len());
        self.flate_stream(number, &keys, heading + &bodies)
    }

    /// Ends the revision with a table; `keys` are what the trailer holds besides `/Size` and `/Prev`.
    pub fn table(&mut self, keys: &str) -> &mut Self {
        let start = self.position();
        self.table_alone(keys);
        self.end(start)
    }

    /// A table and a trailer, without `startxref`.
    pub fn table_alone(&mut self, keys: &str) -> &mut Self {
        if self.previous.is_none() {
            self.entries.entry(0).or_insert(XrefEntry::Free {
                next: 0,
                generation: 65535,
            });
        }
        let mut text = "xref\n".to_owned();
        for (first, run) in runs(&self.entries) {
            let _ = writeln!(text, "{first} {}", run.len());
            for entry in run {
                let _ = match entry {
                    XrefEntry::Free { next, generation } => {
                        write!(text, "{next:010} {generation:05} f\r\n")
                    }
                    XrefEntry::Offset { offset, generation } => {
                        write!(text, "{offset:010} {generation:05} n\r\n")
                    }
                    // Hidden from readers of tables (clause 7.5.8.4).
                    XrefEntry::Compressed { .. } => write!(text, "0000000000 65535 f\r\n"),
                };
            }
        }
        if self.entries.is_empty() {
            text.push_str("0 0\n");
        }
        let trailer = format!("trailer\n<</Size {}{}{keys}>>\n", self.size, self.prev());
        self.raw(text).raw(trailer)
    }

    /// Ends the revision with a cross-reference stream of this number.
    pub fn xref_stream(&mut self, number: u32, keys: &str) -> &mut Self {
        let start = self.position();
        self.xref_stream_alone(number, keys);
        self.end(start)
    }

    /// A cross-reference stream without `startxref`.
    pub fn xref_stream_alone(&mut self, number: u32, keys: &str) -> &mut Self {
        self.entry_here(number);
        if self.previous.is_none() {
            self.entries.entry(0).or_insert(XrefEntry::Free {
                next: 0,
                generation: 65535,
            });
        }
        let (mut index, mut data) = (String::new(), Vec::new());
        for (first, run) in runs(&self.entries) {
            let _ = write!(index, "{first} {} ", run.len());
            for entry in run {
                let (kind, second, third) = match entry {
                    XrefEntry::Free { next, generation } => {
                        (0, u64::from(next), u32::from(generation))
                    }
                    XrefEntry::Offset { offset, generation } => (1, offset, u32::from(generation)),
                    XrefEntry::Compressed { stream, index } => (2, u64::from(stream), index),
                };
                data.push(kind);
                data.extend_from_slice(&second.to_be_bytes()[3..]);
                data.extend_from_slice(&third.to_be_bytes()[1..]);
            }
        }
        // As most writers do: each row as the difference to the one above.
        let mut rows = Vec::new();
        let mut above = [0; 9];
        for row in data.as_chunks::<9>().0 {
            rows.push(2);
            rows.extend(
                row.iter()
                    .zip(above)
                    .map(|(byte, above)| byte.wrapping_sub(above)),
            );
            above = *row;
        }
        let keys = format!(
            "/Type/XRef/W[1 5 3]/Index[{index}]/Size {}{}{keys}/DecodeParms<</Predictor 12/Columns 9>>",
            self.size,
            self.prev()
        );
        self.flate_stream(number, &keys, rows)
    }

    /// `startxref` and `%%EOF`; what follows is the next revision.
    pub fn end(&mut self, startxref: u64) -> &mut Self {
        self.previous = Some(startxref);
        self.entries.clear();
        self.raw(format!("startxref\n{startxref}\n%%EOF\n"))
    }

    fn prev(&self) -> String {
        self.previous
            .map(|previous| format!("/Prev {previous}"))
            .unwrap_or_default()
    }
}

/// Consecutive numbers and their entries.
fn runs(entries: &BTreeMap<u32, XrefEntry>) -> Vec<(u32, Vec<XrefEntry>)> {
    let mut runs: Vec<(u32, Vec<XrefEntry>)> = Vec::new();
    for (number, entry) in entries {
        match runs.last_mut() {
            Some((first, run)) if u64::from(*first) + run.len() as u64 == u64::from(*number) => {
                run.push(*entry);
            }
            _ => runs.push((*number, vec![*entry])),
        }
    }
    runs
}

/// The objects of a document with these many pages of 595 by 842 units, each with a line of text: catalog 1, page tree 2, font 3, then a page and its content.
pub fn pages(count: u32) -> Builder {
    let mut builder = Builder::new();
    let kids: Vec<String> = (0..count)
        .map(|page| format!("{} 0 R", 4 + 2 * page))
        .collect();
    builder.object(1, "<</Type/Catalog/Pages 2 0 R>>");
    builder.object(
        2,
        format!(
            "<</Type/Pages/Count {count}/Kids[{}]/MediaBox[0 0 595 842]>>",
            kids.join(" ")
        ),
    );
    builder.object(
        3,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    );
    for page in 0..count {
        let (number, content) = (4 + 2 * page, 5 + 2 * page);
        builder.object(
            number,
            format!(
                "<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
            ),
        );
        builder.stream(
            content,
            "",
            format!("BT /F 12 Tf 72 720 Td (Page {}) Tj ET", page + 1),
        );
    }
    builder
}

/// A whole document of one page, with a table.
pub fn small() -> Vec<u8> {
    pages(1).table("/Root 1 0 R").bytes()
}

/// An object as a plain writer would write it: names with `#` where needed, strings as they were.
pub fn write(object: &Object) -> Vec<u8> {
    match object {
        Object::Null => b"null".to_vec(),
        Object::Boolean(value) => value.to_string().into_bytes(),
        Object::Integer(value) => value.to_string().into_bytes(),
        // With a point even if it is whole, else it would be an integer.
        Object::Real(value) if value.fract() == 0.0 => format!("{value}.").into_bytes(),
        Object::Real(value) => value.to_string().into_bytes(),
        Object::String(string) if string.hexadecimal => {
            let digits = string.bytes.iter().map(|byte| format!("{byte:02X}"));
            format!("<{}>", digits.collect::<String>()).into_bytes()
        }
        Object::String(string) => {
            let mut written = b"(".to_vec();
            for byte in &string.bytes {
                match byte {
                    b'(' | b')' | b'\\' => written.extend_from_slice(&[b'\\', *byte]),
                    b'\r' => written.extend_from_slice(b"\\r"),
                    other => written.push(*other),
                }
            }
            written.push(b')');
            written
        }
        Object::Name(name) => write_name(name),
        Object::Array(array) => {
            let mut written = b"[".to_vec();
            for value in &array.0 {
                written.extend(write(&value.object));
                written.push(b' ');
            }
            written.push(b']');
            written
        }
        Object::Dictionary(dictionary) => {
            let mut written = b"<<".to_vec();
            for entry in &dictionary.entries {
                written.extend(write_name(&entry.key));
                written.push(b' ');
                written.extend(write(&entry.value.object));
            }
            written.extend_from_slice(b">>");
            written
        }
        Object::Reference(id) => id.to_string().into_bytes(),
    }
}

fn write_name(name: &Name) -> Vec<u8> {
    let mut written = b"/".to_vec();
    for byte in &name.0 {
        if byte.is_ascii_alphanumeric() {
            written.push(*byte);
        } else {
            written.extend(format!("#{byte:02x}").into_bytes());
        }
    }
    written
}
