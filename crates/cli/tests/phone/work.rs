//! What a page does with a contract, honest or not.

use scanseal_pades::{
    Bytes,
    seal::{FieldChoice, PageRange, Picture, Place, Prepared as PdfPrepared, SealRequest, prepare},
    testing::pages,
};
use scanseal_pki::{
    AnyCertificate, Certificate, Sha256State, SignedAttributes,
    cms::{der_signature, reserved_length},
};
use scanseal_protocol::message::{Choice, Fetch, Layout, Part};

/// One contract, as the page prepared it.
pub(crate) struct Work {
    original: Vec<u8>,
    prepared: PdfPrepared,
    attributes: SignedAttributes,
    chain: Vec<AnyCertificate>,
}

impl Work {
    fn new(original: &[u8], choice: &Choice, picture: Option<&Picture>) -> Self {
        let certificates = choice.certificates.iter();
        let chain: Vec<_> = certificates
            .map(|der| AnyCertificate::from_der(der).unwrap())
            .collect();
        let request = SealRequest {
            field: FieldChoice::New(None),
            places: vec![Place::At {
                pages: PageRange::all(),
                x: 300.0,
                y: 100.0,
                width: None,
                height: None,
            }],
            picture,
            ..SealRequest::new(crate::operator::now(), reserved_length(&chain, false))
        };
        let source = Bytes(original);
        let prepared = prepare(&source, &request).unwrap();
        let leaf = Certificate::from_der(chain[0].der()).unwrap();
        let attributes = SignedAttributes::new(&leaf, &prepared.digest(&source).unwrap());
        Self {
            original: original.to_vec(),
            prepared,
            attributes,
            chain,
        }
    }

    fn layout(&self) -> Layout {
        let mut state = Sha256State::new();
        state.update(&self.original);
        let [_, before, behind, _] = self.prepared.byte_range();
        let place = |offset: u64| u32::try_from(offset - self.original.len() as u64).unwrap();
        Layout {
            state: state.state(),
            tail: state.tail().to_vec(),
            appended: u32::try_from(self.prepared.appended().len()).unwrap(),
            gap: place(before)..place(behind),
            attributes: self.attributes.to_be_signed().to_vec(),
        }
    }

    fn bytes(&self, fetch: &Fetch) -> Vec<u8> {
        let part = match fetch.part {
            Part::Original => self.original.as_slice(),
            Part::Appended => self.prepared.appended(),
        };
        let (from, length) = (fetch.from as usize, fetch.length as usize);
        part[from..from + length].to_vec()
    }

    pub(crate) fn finish(self, signature: &[u8; 64]) -> Vec<u8> {
        let signature = der_signature(signature).unwrap();
        let cms = self
            .attributes
            .finish(&signature, &self.chain, None)
            .unwrap();
        self.prepared.finish(&cms).unwrap()
    }
}

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    /// It prepares another contract than the one the platform named.
    OtherContract,
    /// It gives the phone other bytes to look at than those that are signed.
    OtherBytes,
    /// It changes the amount on the page besides sealing.
    Amount,
    /// It draws something else than the seal.
    OtherDrawing,
}

pub(crate) fn contract(amount: &str) -> Vec<u8> {
    let mut builder = pages(1);
    let content = format!("BT /F1 12 Tf 72 700 Td (Amount: {amount} yuan) Tj ET");
    builder.object(
        40,
        format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ),
    );
    builder.table("/Root 1 0 R").bytes()
}

pub(crate) fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let red = [200, 0, 0, 255];
    writer
        .write_image_data(&[red, [0; 4], [0; 4], red].concat())
        .unwrap();
    writer.finish().unwrap();
    bytes
}

impl Lie {
    /// Prepares a contract as such a page does.
    pub(crate) fn prepare(
        self,
        original: &[u8],
        choice: &Choice,
        picture: Option<&Picture>,
    ) -> (Work, Layout) {
        // The whole page wide.
        let wide = picture.map(|picture| picture.clone().with_width(280.0).unwrap());
        let picture = match self {
            Self::OtherDrawing => wide.as_ref(),
            _ => picture,
        };
        let prepared = match self {
            Self::OtherContract => contract("1000000"),
            Self::Amount => [original, forged_update(original).as_slice()].concat(),
            _ => original.to_vec(),
        };
        let work = Work::new(&prepared, choice, picture);
        let layout = match self {
            Self::Amount => with_amount(&work, original),
            _ => work.layout(),
        };
        (work, layout)
    }

    /// What such a page gives the phone to look at.
    pub(crate) fn piece(self, work: &Work, original: &[u8], fetch: &Fetch) -> Vec<u8> {
        let mut bytes = match self {
            Self::Amount => amount_bytes(work, original, fetch),
            _ => work.bytes(fetch),
        };
        if self == Self::OtherBytes && fetch.part == Part::Original {
            bytes[100] ^= 1;
        }
        bytes
    }
}

/// An update that writes another amount over the page.
fn forged_update(original: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(original);
    let offset = text
        .rsplit_once("startxref\n")
        .unwrap()
        .1
        .lines()
        .next()
        .unwrap();
    let mut builder =
        scanseal_pades::testing::Builder::update(original.to_vec(), offset.parse().unwrap(), 50);
    let content = "BT /F1 12 Tf 72 700 Td (Amount: 9999 yuan) Tj ET";
    builder.object(
        40,
        format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ),
    );
    builder.table("/Root 1 0 R").bytes()[original.len()..].to_vec()
}

/// The layout as if the forged update were part of the sealing.
fn with_amount(work: &Work, original: &[u8]) -> Layout {
    let more = u32::try_from(work.original.len() - original.len()).unwrap();
    let mut state = Sha256State::new();
    state.update(original);
    let layout = work.layout();
    Layout {
        state: state.state(),
        tail: state.tail().to_vec(),
        appended: layout.appended + more,
        gap: layout.gap.start + more..layout.gap.end + more,
        ..layout
    }
}

fn amount_bytes(work: &Work, original: &[u8], fetch: &Fetch) -> Vec<u8> {
    let whole = [work.original.as_slice(), work.prepared.appended()].concat();
    let start = match fetch.part {
        Part::Original => 0,
        Part::Appended => original.len(),
    };
    let from = start + fetch.from as usize;
    whole[from..from + fetch.length as usize].to_vec()
}
