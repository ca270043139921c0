//! PDF by hand: objects, cross-reference tables and streams, object streams, incremental updates.
//!
//! Nothing is checked: whoever forges decides what the file says.

use std::collections::BTreeMap;

/// How a section says where its objects are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Xref {
    /// A table and a trailer.
    Table,
    /// A cross-reference stream.
    Stream,
    /// A cross-reference stream, and object streams for what may lie in one.
    ObjectStreams,
}

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nowhere: next free object and generation.
    Free(u32, u16),
    /// At an offset, with its generation.
    Offset(u64, u16),
    /// In an object stream, at an index.
    Compressed(u32, u32),
}

/// A file in the making.
#[derive(Clone, Debug)]
pub struct Document {
    /// What is written so far.
    pub bytes: Vec<u8>,
    /// How the next section says where its objects are.
    pub xref: Xref,
    /// Between lines.
    pub end_of_line: &'static str,
    /// Number of the catalog.
    pub root: u32,
    /// One more than the highest object number.
    pub size: u32,
    /// Offset of the last cross-reference section; 0 for none.
    pub previous: usize,
    /// Further keys of every trailer.
    pub trailer: String,
}

/// A section in the making: the whole first one, or an incremental update.
#[derive(Debug)]
pub struct Section<'d> {
    /// The file so far.
    pub document: &'d mut Document,
    /// What the cross-reference will say, whether true or not.
    pub entries: BTreeMap<u32, Entry>,
    /// Objects that wait for an object stream.
    packed: Vec<(u32, Vec<u8>)>,
}

impl Document {
    /// A file that consists of a header.
    pub fn begin(header: &[u8], xref: Xref, end_of_line: &'static str) -> Self {
        Self {
            bytes: header.to_vec(),
            xref,
            end_of_line,
            root: 1,
            size: 1,
            previous: 0,
            trailer: String::new(),
        }
    }

    /// Begins a section.
    pub fn section(&mut self) -> Section<'_> {
        Section {
            document: self,
            entries: BTreeMap::new(),
            packed: Vec::new(),
        }
    }

    /// Appends objects as an incremental update, all of it proper.
    pub fn update<B: AsRef<[u8]>>(&mut self, objects: &[(u32, B)]) {
        let mut section = self.section();
        for (number, body) in objects {
            section.object(*number, body.as_ref());
        }
        section.finish();
    }

    /// A number that no object has yet.
    pub fn fresh(&mut self) -> u32 {
        self.size += 1;
        self.size - 1
    }

    /// How long it is.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Adds bytes as they are.
    pub fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        self.bytes.extend_from_slice(bytes.as_ref());
    }

    fn line(&mut self, line: impl AsRef<[u8]>) {
        self.raw(line);
        self.raw(self.end_of_line);
    }
}

impl Section<'_> {
    /// Writes an object; into an object stream where the file has such and the object may lie there.
    pub fn object(&mut self, number: u32, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let plain = find(body, b"stream").is_some() || find(body, b"/ByteRange").is_some();
        if self.document.xref == Xref::ObjectStreams && !plain {
            self.document.size = self.document.size.max(number + 1);
            self.packed.push((number, body.to_vec()));
        } else {
            self.plain(number, body);
        }
    }

    /// Writes an object where everybody can see it.
    pub fn plain(&mut self, number: u32, body: impl AsRef<[u8]>) {
        let offset = self.document.length();
        self.entries.insert(number, Entry::Offset(offset as u64, 0));
        self.document.size = self.document.size.max(number + 1);
        self.unlisted(number, body);
    }

    /// Writes an object that no cross-reference mentions.
    pub fn unlisted(&mut self, number: u32, body: impl AsRef<[u8]>) {
        self.document.line(format!("{number} 0 obj"));
        self.document.line(body);
        self.document.line("endobj");
    }

    /// Ends the section in the way of the document.
    pub fn finish(self) {
        match self.document.xref {
            Xref::Table => self.finish_table(""),
            Xref::Stream | Xref::ObjectStreams => self.finish_stream(""),
        }
    }

    /// Ends the section with a table; `keys` go into its trailer.
    pub fn finish_table(self, keys: &str) {
        let Self {
            document,
            mut entries,
            ..
        } = self;
        let offset = document.length();
        if document.previous == 0 {
            entries.entry(0).or_insert(Entry::Free(0, 65_535));
        }
        document.line("xref");
        document.raw(table(&entries, document.end_of_line));
        let trailer = document.trailer_keys(keys);
        document.line("trailer");
        document.line(format!("<<{trailer}>>"));
        document.end(offset);
    }

    /// Ends the section with a stream; `keys` go into its dictionary.
    pub fn finish_stream(mut self, keys: &str) {
        self.pack();
        let Self {
            document,
            mut entries,
            ..
        } = self;
        if document.previous == 0 {
            entries.entry(0).or_insert(Entry::Free(0, 65_535));
        }
        let number = document.fresh();
        let offset = document.length();
        entries.insert(number, Entry::Offset(offset as u64, 0));
        let index: Vec<String> = runs(&entries)
            .iter()
            .map(|run| format!("{} {}", run[0].0, run.len()))
            .collect();
        let keys = format!(
            "/Type/XRef/W[1 4 2]/Index[{}]{}/Filter/FlateDecode",
            index.join(" "),
            document.trailer_keys(keys)
        );
        let body = stream(&keys, &deflate(&stream_entries(&entries)));
        document.line(format!("{number} 0 obj"));
        document.line(body);
        document.line("endobj");
        document.end(offset);
    }

    /// Writes the object stream.
    fn pack(&mut self) {
        if self.packed.is_empty() {
            return;
        }
        let packed = core::mem::take(&mut self.packed);
        let number = self.document.fresh();
        for (index, (object, _)) in (0..).zip(&packed) {
            self.entries
                .insert(*object, Entry::Compressed(number, index));
        }
        let body = object_stream(&packed);
        self.plain(number, body);
    }
}

impl Document {
    fn trailer_keys(&self, keys: &str) -> String {
        let mut trailer = String::new();
        for (key, value) in [
            ("/Size", format!(" {}", self.size)),
            ("/Root", format!(" {} 0 R", self.root)),
            ("/Prev", format!(" {}", self.previous)),
        ] {
            // A forger may say these otherwise.
            let first = key == "/Prev" && self.previous == 0;
            if !first && !keys.contains(key) {
                trailer += &format!("{key}{value}");
            }
        }
        trailer + &self.trailer + keys
    }

    fn end(&mut self, offset: usize) {
        self.line("startxref");
        self.line(offset.to_string());
        self.line("%%EOF");
        self.previous = offset;
    }
}

/// The subsections of a cross-reference table.
pub fn table(entries: &BTreeMap<u32, Entry>, end_of_line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if entries.is_empty() {
        // There is at least one subsection.
        bytes.extend(format!("0 0{end_of_line}").into_bytes());
    }
    for run in runs(entries) {
        bytes.extend(format!("{} {}{end_of_line}", run[0].0, run.len()).into_bytes());
        // Every entry has 20 bytes (ISO 32000-2 clause 7.5.4).
        let end = if end_of_line.len() == 2 {
            "\r\n".to_owned()
        } else {
            format!(" {end_of_line}")
        };
        for (_, entry) in run {
            let line = match entry {
                Entry::Free(next, generation) => format!("{next:010} {generation:05} f{end}"),
                Entry::Offset(offset, generation) => format!("{offset:010} {generation:05} n{end}"),
                Entry::Compressed(..) => unreachable!("a table cannot say that"),
            };
            bytes.extend(line.into_bytes());
        }
    }
    bytes
}

/// The entries of a cross-reference stream with `/W[1 4 2]`.
pub fn stream_entries(entries: &BTreeMap<u32, Entry>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries.values() {
        let (kind, second, third) = match *entry {
            Entry::Free(next, generation) => (0, next, generation),
            Entry::Offset(offset, generation) => (1, small(offset), generation),
            Entry::Compressed(stream, index) => {
                (2, stream, u16::try_from(index).expect("few objects"))
            }
        };
        bytes.push(kind);
        bytes.extend(second.to_be_bytes());
        bytes.extend(third.to_be_bytes());
    }
    bytes
}

fn small(offset: u64) -> u32 {
    u32::try_from(offset).expect("test files are small")
}

fn runs(entries: &BTreeMap<u32, Entry>) -> Vec<Vec<(u32, Entry)>> {
    let mut runs: Vec<Vec<(u32, Entry)>> = Vec::new();
    for (&number, &entry) in entries {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| last + 1 == number) => {
                run.push((number, entry));
            }
            _ => runs.push(vec![(number, entry)]),
        }
    }
    runs
}

/// A stream object with `keys` in its dictionary.
pub fn stream(keys: &str, data: &[u8]) -> Vec<u8> {
    [
        format!("<<{keys}/Length {}>>\nstream\n", data.len()).as_bytes(),
        data,
        b"\nendstream",
    ]
    .concat()
}

/// An object stream.
pub fn object_stream<B: AsRef<[u8]>>(objects: &[(u32, B)]) -> Vec<u8> {
    let (mut head, mut bodies) = (String::new(), Vec::new());
    for (number, body) in objects {
        head += &format!("{number} {} ", bodies.len());
        bodies.extend_from_slice(body.as_ref());
        bodies.push(b'\n');
    }
    let keys = format!(
        "/Type/ObjStm/N {}/First {}/Filter/FlateDecode",
        objects.len(),
        head.len()
    );
    stream(&keys, &deflate(&[head.as_bytes(), &bodies].concat()))
}

/// Data for `/FlateDecode`.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}

/// Where `needle` first occurs.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Where `needle` last occurs.
pub fn find_last(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .rposition(|window| window == needle)
}

/// Replaces the only occurrence of `from` by something of the same length.
pub fn overwrite(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len(), "offsets must stay");
    let at = find(bytes, from).expect("it is there");
    assert_eq!(Some(at), find_last(bytes, from), "it is there once");
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_the_length_that_they_must_have() {
        let entries = [(1, Entry::Free(0, 1)), (2, Entry::Compressed(9, 3))].into();
        assert_eq!(stream_entries(&entries).len(), 14);
        let entries = [(1, Entry::Free(0, 1)), (3, Entry::Offset(9, 0))].into();
        for end_of_line in ["\n", "\r", "\r\n"] {
            let heads = "1 1".len() + "3 1".len() + 2 * end_of_line.len();
            assert_eq!(table(&entries, end_of_line).len(), heads + 2 * 20);
        }
    }
}
