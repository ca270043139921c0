//! Documents sealed over a real relay: an honest page, and pages that lie.

use std::fs;

use scanseal_pades::{
    Bytes,
    seal::{FieldChoice, PageRange, Picture, Place, Prepared as PdfPrepared, SealRequest, prepare},
    testing::pages,
    verify::report::DocumentVerdict,
};
use scanseal_pki::{
    AnyCertificate, Certificate, Sha256State, SignedAttributes, Validity,
    cms::{der_signature, reserved_length},
};
use scanseal_platform::sealing::{NotSealed, Sealed};
use scanseal_protocol::{
    error::Code,
    message::{Choice, Fetch, Layout, Part, Piece, Prepared},
    page::{PageEvent, PageInput},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    ENTERPRISE, PIN, Run, enrol,
    operator::{Operator, life},
    page::Page,
    run, start,
};

/// One contract, as the page prepared it.
struct Work {
    original: Vec<u8>,
    prepared: PdfPrepared,
    attributes: SignedAttributes,
    chain: Vec<AnyCertificate>,
}

impl Work {
    fn new(original: &[u8], choice: &Choice, picture: &Picture) -> Self {
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
            picture: Some(picture),
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

    fn finish(self, signature: &[u8; 64]) -> Vec<u8> {
        let signature = der_signature(signature).unwrap();
        let cms = self
            .attributes
            .finish(&signature, &self.chain, None)
            .unwrap();
        self.prepared.finish(&cms).unwrap()
    }
}

/// How a page lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lie {
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

fn contract(amount: &str) -> Vec<u8> {
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

fn picture() -> Vec<u8> {
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

/// What came of a sealing.
struct Outcome {
    phone: Run,
    /// What the platform made of each document, if the phone signed.
    taken: Option<Vec<Result<Sealed, NotSealed>>>,
}

/// Seals these contracts with a page that lies like this, and a seal that is valid so long.
async fn seal(originals: &[&[u8]], lie: Lie, valid: Validity, more: &[&str]) -> Outcome {
    seal_with(None, originals, lie, valid, more).await
}

/// The same with a seal that the phone fetches from the authority and names like this.
async fn seal_with(
    named: Option<&str>,
    originals: &[&[u8]],
    lie: Lie,
    valid: Validity,
    more: &[&str],
) -> Outcome {
    let (operator, folder) = (Operator::start().await, TempDir::new().unwrap());
    let vault = folder.path().join("vault");
    assert_eq!(
        enrol(&vault, &operator.home, ENTERPRISE).await.end(),
        (0, None)
    );
    let (seal, file) = (operator.seal(&picture(), valid), folder.path().join("seal"));
    fs::write(&file, &seal).unwrap();
    if named.is_some() {
        operator.offer(&seal);
        let words = ["seals", "--home", &operator.home, "--pin", PIN];
        assert_eq!(run(&vault, &words).await.end(), (0, None));
    }
    let request = operator.seal_request(ENTERPRISE, originals);
    let mut page = Page::open(&operator.home, &request).await;
    let code = page.code().await;
    let words = [
        "scan",
        &code,
        "--pin",
        PIN,
        "--seal",
        named.unwrap_or(file.to_str().unwrap()),
    ];
    let phone = start(&vault, &[&words[..], more].concat());
    let mut works: Vec<Work> = Vec::new();
    let mut taken = None;
    loop {
        match page.next().await {
            PageEvent::Chosen(choice) => {
                assert_eq!(choice.seal, seal);
                let look = Picture::png(&picture(), Some((40.0, 40.0))).unwrap();
                let look = if lie == Lie::OtherDrawing {
                    // The whole page wide.
                    look.with_width(280.0).unwrap()
                } else {
                    look
                };
                for original in originals {
                    let original = match lie {
                        Lie::OtherContract => contract("1000000"),
                        Lie::Amount => [original, forged_update(original).as_slice()].concat(),
                        _ => original.to_vec(),
                    };
                    works.push(Work::new(&original, &choice, &look));
                }
                for (document, work) in (0..).zip(&works) {
                    let layout = match lie {
                        Lie::Amount => with_amount(work, originals[document as usize]),
                        _ => work.layout(),
                    };
                    let prepared = Prepared {
                        document,
                        layout: Ok(layout),
                    };
                    page.feed(PageInput::Prepared(prepared)).await;
                }
            }
            PageEvent::Fetch(fetch) => {
                let work = &works[fetch.document as usize];
                let mut bytes = match lie {
                    Lie::Amount => amount_bytes(work, originals[fetch.document as usize], &fetch),
                    _ => work.bytes(&fetch),
                };
                if lie == Lie::OtherBytes && fetch.part == Part::Original {
                    bytes[100] ^= 1;
                }
                page.feed(PageInput::Piece(Piece { bytes })).await;
            }
            PageEvent::Asserted {
                jws,
                channel_binding,
                signatures,
            } => {
                let verified = operator.judge(&request, &jws, &channel_binding).unwrap();
                let digests = verified.claims().documents.clone().unwrap();
                let mut results = Vec::new();
                for (index, work) in works.drain(..).enumerate() {
                    let appended = work.finish(&signatures[index].unwrap());
                    let digest = digests[index].unwrap();
                    results.push(operator.take(
                        originals[index],
                        &appended,
                        &digest,
                        &verified,
                        &seal,
                    ));
                }
                let documents: Vec<_> = results
                    .iter()
                    .map(|result| result.as_ref().err().map(NotSealed::code))
                    .collect();
                taken = Some(results);
                page.feed(PageInput::Outcome {
                    code: documents.iter().copied().find(Option::is_some).flatten(),
                    detail: None,
                    documents,
                })
                .await;
            }
            PageEvent::Ended(_) => break,
            _ => {}
        }
    }
    Outcome {
        phone: phone.await.unwrap(),
        taken,
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

#[tokio::test]
async fn contracts_are_looked_at_sealed_and_taken() {
    let contracts = [contract("100"), contract("200")];
    let originals: Vec<&[u8]> = contracts.iter().map(Vec::as_slice).collect();
    let Outcome { phone, taken } = seal(&originals, Lie::None, life(3_600), &[]).await;
    assert_eq!(phone.end(), (0, None));
    let taken = taken.unwrap();
    assert_eq!(taken.len(), 2);
    for result in taken {
        let Sealed { added, report } = result.unwrap();
        assert_eq!(report.document.verdict, DocumentVerdict::Passed);
        assert_eq!(added.impressions.len(), 1);
        let signer = report.signatures[0].signer.as_ref().unwrap();
        assert_eq!(signer.enterprise.as_deref(), Some(ENTERPRISE));
    }
    let told = phone.event("document").unwrap();
    assert_eq!(told["lookedAt"], true);
    assert_eq!(
        (&told["impressions"], &told["code"]),
        (&json!(1), &json!(null))
    );
    assert_eq!(
        phone.event("outcome").unwrap()["documents"],
        json!([null, null])
    );
}

#[tokio::test]
async fn a_person_who_does_not_look_is_told_so_and_seals_the_platforms_document_all_the_same() {
    let original = contract("100");
    let Outcome { phone, taken } =
        seal(&[&original], Lie::None, life(3_600), &["--skip-check"]).await;
    assert_eq!(phone.end(), (0, None));
    assert!(taken.unwrap()[0].is_ok());
    assert_eq!(phone.event("document").unwrap()["lookedAt"], false);
}

#[tokio::test]
async fn a_page_that_prepares_another_contract_gets_no_signature_whether_it_is_looked_at_or_not() {
    let original = contract("100");
    for more in [&[][..], &["--skip-check"]] {
        let Outcome { phone, taken } =
            seal(&[&original], Lie::OtherContract, life(3_600), more).await;
        assert_eq!(phone.end(), (1, Some("document-changed")));
        assert!(taken.is_none() && phone.event("signed").is_none());
    }
}

#[tokio::test]
async fn a_page_that_shows_other_bytes_or_changes_the_page_gets_no_signature() {
    let original = contract("100");
    for lie in [Lie::OtherBytes, Lie::Amount] {
        let Outcome { phone, taken } = seal(&[&original], lie, life(3_600), &[]).await;
        assert_eq!(phone.end(), (1, Some("document-changed")));
        assert!(taken.is_none() && phone.event("signed").is_none());
    }
}

#[tokio::test]
async fn what_a_phone_did_not_look_at_the_platform_does_not_take_if_more_was_changed() {
    let original = contract("100");
    let Outcome { phone, taken } =
        seal(&[&original], Lie::Amount, life(3_600), &["--skip-check"]).await;
    // The page could not even finish what was signed into a file of the platform's document.
    assert_eq!(
        taken.unwrap()[0].as_ref().unwrap_err().code(),
        Code::DocumentChanged
    );
    assert_eq!(phone.end(), (1, Some("document-changed")));
}

#[tokio::test]
async fn a_seal_drawn_larger_than_it_is_and_one_that_has_expired_are_not_taken() {
    let original = contract("100");
    let Outcome { taken, .. } = seal(&[&original], Lie::OtherDrawing, life(3_600), &[]).await;
    let refused = taken.unwrap().remove(0).unwrap_err();
    assert_eq!(
        (refused.code(), refused),
        (Code::SealNotYours, NotSealed::OtherPicture { page: 1 })
    );
    let now = crate::operator::now().as_secs();
    let over = Validity {
        not_before: scanseal_pki::UnixTime::from_secs(now - 100),
        not_after: scanseal_pki::UnixTime::from_secs(now - 50),
    };
    let Outcome { taken, phone } = seal(&[&original], Lie::None, over, &[]).await;
    assert_eq!(
        taken.unwrap()[0].as_ref().unwrap_err().code(),
        Code::SealExpired
    );
    assert_eq!(phone.end(), (1, Some("seal-expired")));
    assert_eq!(
        phone.event("outcome").unwrap()["documents"],
        json!(["seal-expired"])
    );
    assert_eq!(phone.event("ended").unwrap()["code"], "seal-expired");
}

#[tokio::test]
async fn seal_that_was_fetched_is_named_by_its_kind_or_its_id() {
    for named in ["company", "test-1"] {
        let contract = contract("100");
        let valid = life(3_600);
        let outcome = seal_with(Some(named), &[&contract], Lie::None, valid, &[]).await;
        assert_eq!(outcome.phone.end(), (0, None), "{named}");
        assert!(outcome.taken.unwrap()[0].is_ok(), "{named}");
    }
}
