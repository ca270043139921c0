//! PDFs by hand: objects, cross-reference tables and incremental updates, written as text.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::world::Signer;

/// Bytes reserved for CMS.
const RESERVED: usize = 1600;

/// A file that grows by revisions.
#[derive(Clone)]
pub struct Paper {
    pub bytes: Vec<u8>,
    offsets: BTreeMap<u32, usize>,
    previous: Option<usize>,
    /// One more than the largest object number.
    pub size: u32,
}

/// What is written into a signature dictionary, for rules to be broken one at a time.
pub struct Seal<'a> {
    pub signer: &'a Signer,
    pub sub_filter: &'a str,
    /// More entries of the dictionary.
    pub more: &'a str,
}

impl<'a> Seal<'a> {
    pub fn by(signer: &'a Signer) -> Self {
        Self {
            signer,
            sub_filter: "/ETSI.CAdES.detached",
            more: "",
        }
    }
}

impl Paper {
    /// One page, and a form with two empty signature fields, `A` (object 5) and `B` (object 6).
    pub fn blank() -> Self {
        let mut paper = Self {
            bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            offsets: BTreeMap::new(),
            previous: None,
            size: 20,
        };
        paper.object(
            1,
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R 6 0 R]/SigFlags 3>>>>",
        );
        paper.object(
            2,
            "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>",
        );
        paper.object(
            3,
            "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[5 0 R 6 0 R]>>",
        );
        paper.object(
            4,
            "<</Length 31>>\nstream\nBT /F1 12 Tf (100 yuan) Tj ET \n\nendstream",
        );
        paper.object(5, &field("A", "[50 50 150 150]", ""));
        paper.object(6, &field("B", "[300 50 400 150]", ""));
        paper
    }

    /// Writes an object into the revision that is being written.
    pub fn object(&mut self, number: u32, body: &str) -> &mut Self {
        self.offsets.insert(number, self.bytes.len());
        self.bytes
            .extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
        self
    }

    /// Writes cross-reference table and trailer.
    pub fn finish(&mut self) -> &mut Self {
        self.finish_with("")
    }

    /// The same, with more entries of the trailer.
    pub fn finish_with(&mut self, more: &str) -> &mut Self {
        let offset = self.bytes.len();
        let mut table = "xref\n".to_owned();
        if self.previous.is_none() {
            table += "0 1\n0000000000 65535 f \n";
        }
        for (number, offset) in &self.offsets {
            table += &format!("{number} 1\n{offset:010} 00000 n \n");
        }
        table += &format!("trailer\n<</Size {}/Root 1 0 R", self.size);
        if let Some(previous) = self.previous {
            table += &format!("/Prev {previous}");
        }
        table += &format!("{more}>>\nstartxref\n{offset}\n%%EOF\n");
        self.bytes.extend(table.into_bytes());
        self.offsets.clear();
        self.previous = Some(offset);
        self
    }

    /// Fills the empty field `name` (object `number`) with a signature (object `number` + 10) in a revision of its own.
    pub fn seal(&mut self, number: u32, name: &str, rect: &str, seal: &Seal<'_>) -> &mut Self {
        let value = number + 10;
        self.object(number, &field(name, rect, &format!("/V {value} 0 R")));
        let gap = self.signature(value, seal);
        self.finish();
        self.fill(gap, seal.signer);
        self
    }

    pub fn seal_a(&mut self, signer: &Signer) -> &mut Self {
        self.seal(5, "A", "[50 50 150 150]", &Seal::by(signer))
    }

    pub fn seal_b(&mut self, signer: &Signer) -> &mut Self {
        self.seal(6, "B", "[300 50 400 150]", &Seal::by(signer))
    }

    /// Writes a signature dictionary; returns where its `/ByteRange` and `/Contents` begin.
    pub fn signature(&mut self, number: u32, seal: &Seal<'_>) -> (usize, usize) {
        let start = self.bytes.len();
        let range = "[0 0000000000 0000000000 0000000000]";
        let body = format!(
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter{}/M(D:20260528202640Z){}/ByteRange {range}/Contents <{}>>>",
            seal.sub_filter,
            seal.more,
            "0".repeat(2 * RESERVED),
        );
        self.object(number, &body);
        let text = &self.bytes[start..];
        let find = |token: &[u8]| {
            let found = text.windows(token.len()).position(|window| window == token);
            start + found.expect("just written") + token.len()
        };
        (find(b"/ByteRange "), find(b"/Contents "))
    }

    /// Computes byte range and CMS of a signature that [`Self::signature`] wrote, to the end of the file as it is now.
    pub fn fill(&mut self, (range, contents): (usize, usize), signer: &Signer) {
        let (end, after) = (self.bytes.len(), contents + 2 * RESERVED + 2);
        let text = format!("[0 {contents:010} {after:010} {:010}]", end - after);
        self.bytes[range..range + text.len()].copy_from_slice(text.as_bytes());
        let mut hash = Sha256::new();
        hash.update(&self.bytes[..contents]);
        hash.update(&self.bytes[after..]);
        let cms = signer.sign(&hash.finalize().into());
        self.write_contents(contents, &cms);
    }

    /// Writes CMS into `/Contents`, zeros behind it.
    pub fn write_contents(&mut self, contents: usize, cms: &[u8]) {
        assert!(cms.len() <= RESERVED, "CMS does not fit");
        let hexadecimal = data_encoding::HEXLOWER.encode(cms);
        let place = &mut self.bytes[contents + 1..contents + 1 + 2 * RESERVED];
        place.fill(b'0');
        place[..hexadecimal.len()].copy_from_slice(hexadecimal.as_bytes());
    }
}

/// A signature field that is its own widget.
pub fn field(name: &str, rect: &str, more: &str) -> String {
    format!("<</FT/Sig/T({name})/Type/Annot/Subtype/Widget/F 132/Rect{rect}/P 3 0 R{more}>>")
}
