//! Documents sealed over a real relay: an honest page, and pages that lie.

use std::fs;

use scanseal_pades::{seal::Picture, verify::report::DocumentVerdict};
use scanseal_pki::Validity;
use scanseal_platform::sealing::{NotSealed, Sealed};
use scanseal_protocol::{
    error::Code,
    message::{Piece, Prepared},
    page::{PageEvent, PageInput},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    ENTERPRISE, PIN, Run, enrol,
    operator::{Operator, life},
    page::Page,
    run, start,
    work::{Lie, Work, contract, picture},
};

/// What came of a sealing.
struct Outcome {
    phone: Run,
    /// What the platform made of each document, if the phone signed.
    taken: Option<Vec<Result<Sealed, NotSealed>>>,
}

/// A page that lies about each contract in its own way.
async fn seal_each(originals: &[&[u8]], lies: &[Lie], more: &[&str]) -> Outcome {
    seal_as(None, originals, lies, life(3_600), more).await
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
    seal_as(named, originals, &vec![lie; originals.len()], valid, more).await
}

async fn seal_as(
    named: Option<&str>,
    originals: &[&[u8]],
    lies: &[Lie],
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
                for ((document, original), lie) in (0..).zip(originals).zip(lies) {
                    let (work, layout) = lie.prepare(original, &choice, Some(&look));
                    works.push(work);
                    let prepared = Prepared {
                        document,
                        layout: Ok(layout),
                    };
                    page.feed(PageInput::Prepared(prepared)).await;
                }
            }
            PageEvent::Fetch(fetch) => {
                let document = fetch.document as usize;
                let bytes = lies[document].piece(&works[document], originals[document], &fetch);
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
                // As the pages of the SDK: that the scan went well says nothing about the documents.
                page.feed(PageInput::Outcome {
                    code: None,
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
    assert_eq!(
        phone.event("ended").unwrap(),
        &json!({ "event": "ended", "code": null })
    );
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
async fn scan_of_which_a_part_was_taken_says_so_and_one_of_which_nothing_was_fails() {
    let contracts = [contract("100"), contract("200"), contract("300")];
    let originals: Vec<&[u8]> = contracts.iter().map(Vec::as_slice).collect();
    // Nobody looks, so what the page changes is for the platform to find.
    let (good, bad) = (Lie::None, Lie::Amount);
    let Outcome { phone, .. } = seal_each(&originals, &[good, bad, bad], &["--skip-check"]).await;
    assert_eq!(phone.end(), (2, None));
    let changed = json!("document-changed");
    assert_eq!(
        phone.event("outcome").unwrap()["documents"],
        json!([null, changed, changed])
    );
    let ended = phone.event("ended").unwrap();
    assert_eq!(
        ended,
        &json!({ "event": "ended", "code": null, "refused": 2 })
    );

    let Outcome { phone, .. } = seal_each(&originals, &[bad; 3], &["--skip-check"]).await;
    assert_eq!(phone.end(), (1, Some("document-changed")));
    let ended = phone.event("ended").unwrap();
    assert_eq!(
        ended,
        &json!({ "event": "ended", "code": "document-changed", "refused": 3 })
    );
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
