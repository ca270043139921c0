//! Documents to seal: what is signed, and everything that is not.

use scanseal_pki::{Sha256State, SignedAttributes};
use scanseal_protocol::{
    message::{Layout, Prepared},
    request::Document,
};
use sha2::{Digest, Sha256};

use super::*;
use crate::{DocumentError, DocumentReview, SealAnswer};

const CONTRACT: &[u8] = &[b'c'; 150];
const ANNEX: &[u8] = &[b'a'; 64];
const APPENDED: &[u8] = b"update <0000> end";
const GAP: core::ops::Range<u32> = 7..13;

/// A phone with one certificate that fits, and one that has the same enterprise and does not.
struct Office {
    world: World,
    vault: Vault,
    ids: Vec<CertificateId>,
    request: String,
}

impl Office {
    fn new() -> Self {
        let world = World::new();
        let certificates = vec![
            world.enrolled(10, LIFE, false),
            world.enrolled(11, LIFE, true),
            world.enrolled(12, OVER, true),
        ];
        let (vault, ids) = phone(&world, &world.trust_list(), certificates);
        let request = world.seal_request(&[CONTRACT, ANNEX]);
        Self {
            world,
            vault,
            ids,
            request,
        }
    }

    fn review(&self) -> Review {
        Review::new(&self.vault, ORIGIN, &self.request, NOW).unwrap()
    }

    fn certificate(&self, index: usize) -> Certificate {
        let stored = self.vault.certificate(&self.ids[index]).unwrap();
        stored.certificate().clone()
    }

    /// What an honest page says of a document.
    fn prepared(&self, document: u32, original: &[u8]) -> Prepared {
        let mut state = Sha256State::new();
        state.update(original);
        let signed = [original, b"update ", b" end"].concat();
        let attributes =
            SignedAttributes::new(&self.certificate(0), &Sha256::digest(signed).into());
        Prepared {
            document,
            layout: Ok(Layout {
                state: state.state(),
                tail: state.tail().to_vec(),
                appended: 17,
                gap: GAP,
                attributes: attributes.to_be_signed().to_vec(),
            }),
        }
    }

    fn check(&self, prepared: &Prepared) -> Result<DocumentReview, DocumentError> {
        self.review().document(&self.ids[0], prepared, APPENDED)
    }

    fn seal(&mut self, documents: &[DocumentReview]) -> Result<SealAnswer, ApproveError> {
        let review = self.review();
        let unlocked = unlock(&mut self.vault, &self.ids[0]);
        let signing = review.seal(&unlocked, documents, &BINDING, NOW)?;
        Ok(block_on(signing.run(&mut NoCoSigner)).unwrap())
    }
}

fn altered(prepared: Prepared, change: impl FnOnce(&mut Layout)) -> Prepared {
    let mut layout = prepared.layout.unwrap();
    change(&mut layout);
    Prepared {
        layout: Ok(layout),
        ..prepared
    }
}

#[test]
fn sealed_documents_are_signed_in_their_order_and_named_in_the_assertion() {
    let mut office = Office::new();
    let annex = office.check(&office.prepared(1, ANNEX)).unwrap();
    let contract = office.check(&office.prepared(0, CONTRACT)).unwrap();
    assert_eq!(contract.byte_range(), [0, 157, 163, 4]);
    assert_eq!(annex.byte_range(), [0, 71, 77, 4]);
    let answer = office.seal(&[annex.clone(), contract.clone()]).unwrap();
    let expected = Expected {
        request: &Request::parse(&office.request).unwrap(),
        channel_binding: &BINDING,
        trust: &office.world.trust_list(),
        revocation: &Revocation::new(RevocationPolicy::AllowUnknown),
        now: NOW,
    };
    let verified = verify(&answer.assertion, &expected).unwrap();
    let digests = vec![Some(*contract.digest()), Some(*annex.digest())];
    assert_eq!(verified.claims().documents, Some(digests));
    let key = *office.certificate(0).public_key();
    for (document, signature) in [contract, annex].iter().zip(&answer.signatures) {
        let attributes = SignedAttributes::new(&office.certificate(0), document.digest());
        key.verify_es256(attributes.to_be_signed(), signature)
            .unwrap();
    }
    assert_eq!(answer.signatures.len(), 2);
}

#[test]
fn a_document_that_is_left_out_is_not_signed() {
    let mut office = Office::new();
    let annex = office.check(&office.prepared(1, ANNEX)).unwrap();
    let answer = office.seal(core::slice::from_ref(&annex)).unwrap();
    assert_eq!(answer.signatures.len(), 1);
    let claims = scanseal_protocol::assertion::Assertion::parse(&answer.assertion).unwrap();
    assert_eq!(
        claims.claims().documents,
        Some(vec![None, Some(*annex.digest())])
    );
}

#[test]
fn a_page_that_lies_about_the_document_gets_nothing_signed() {
    let office = Office::new();
    let good = || office.prepared(0, CONTRACT);
    assert!(office.check(&good()).is_ok());
    let forged: &[u8] = &[b'f'; 150];
    let other_certificate = SignedAttributes::new(
        &office.certificate(1),
        office.check(&good()).unwrap().digest(),
    );
    let other_digest = SignedAttributes::new(&office.certificate(0), &[1; 32]);
    let lies = [
        ("another document", office.prepared(0, forged)),
        (
            "the state of another document, the tail of this one",
            altered(good(), |layout| {
                layout.state = office.prepared(0, forged).layout.unwrap().state;
            }),
        ),
        (
            "a flipped tail",
            altered(good(), |layout| layout.tail[0] ^= 1),
        ),
        (
            "a shorter tail",
            altered(good(), |layout| layout.tail.truncate(1)),
        ),
        ("the other document's place", office.prepared(0, ANNEX)),
        ("no document of the request", office.prepared(2, CONTRACT)),
        (
            "more appended than was given",
            altered(good(), |layout| layout.appended += 1),
        ),
        (
            "a gap elsewhere",
            altered(good(), |layout| layout.gap = 6..13),
        ),
        (
            "a gap beyond the end",
            altered(good(), |layout| layout.gap = 7..18),
        ),
        (
            "attributes of another certificate",
            altered(good(), |layout| {
                layout.attributes = other_certificate.to_be_signed().to_vec();
            }),
        ),
        (
            "attributes of another digest",
            altered(good(), |layout| {
                layout.attributes = other_digest.to_be_signed().to_vec();
            }),
        ),
        (
            "no attributes",
            altered(good(), |layout| layout.attributes.clear()),
        ),
        (
            "a byte after the attributes",
            altered(good(), |layout| layout.attributes.push(0)),
        ),
    ];
    for (lie, prepared) in lies {
        let code = office
            .check(&prepared)
            .map(|_| ())
            .map_err(|error| error.code());
        assert_eq!(code, Err(Code::DocumentChanged), "{lie}");
    }
}

#[test]
fn appended_bytes_other_than_those_signed_are_refused() {
    let office = Office::new();
    let review = office.review();
    let prepared = office.prepared(0, CONTRACT);
    for appended in [
        &b"update <0000> eve"[..],
        b"upDate <0000> end",
        b"update <0001> end",
        b"update (0000) end",
        b"update <0000> en",
        b"update <0000> end.",
        b"",
    ] {
        let refused = review.document(&office.ids[0], &prepared, appended);
        assert!(
            matches!(refused, Err(DocumentError::Changed { .. })),
            "{appended:?}"
        );
    }
}

#[test]
fn what_the_page_cannot_prepare_keeps_its_code() {
    let office = Office::new();
    let prepared = Prepared {
        document: 0,
        layout: Err(Code::KeywordNotFound),
    };
    let refused = office.check(&prepared).unwrap_err();
    assert_eq!(refused.code(), Code::KeywordNotFound);
}

#[test]
fn only_documents_of_the_certificate_that_signs_are_signed_and_none_twice() {
    let mut office = Office::new();
    let contract = office.check(&office.prepared(0, CONTRACT)).unwrap();
    let twice = [contract.clone(), contract.clone()];
    assert!(matches!(office.seal(&twice), Err(ApproveError::Documents)));
    assert!(matches!(office.seal(&[]), Err(ApproveError::Documents)));
    let review = office.review();
    let unlocked = unlock(&mut office.vault, &office.ids[1]);
    let other = review.seal(&unlocked, &[contract], &BINDING, NOW);
    assert!(matches!(other, Err(ApproveError::Documents)));
    // Expired: it cannot even be prepared for.
    let prepared = office.prepared(0, CONTRACT);
    let refused = review.document(&office.ids[2], &prepared, APPENDED);
    assert_eq!(refused.unwrap_err(), DocumentError::Certificate);
}

#[test]
fn a_request_to_seal_is_answered_with_documents_alone() {
    let mut office = Office::new();
    let review = office.review();
    let named: Vec<&str> = review
        .documents()
        .iter()
        .map(|Document { name, .. }| name.as_str())
        .collect();
    assert_eq!(named, ["合同", "合同"]);
    let unlocked = unlock(&mut office.vault, &office.ids[0]);
    assert!(matches!(
        review.approve(&unlocked, &BINDING, NOW),
        Err(ApproveError::Documents)
    ));
}

#[test]
fn a_certificate_without_document_signing_cannot_seal_and_one_of_another_enterprise_neither() {
    let world = World::new();
    let certificates = vec![
        world.enrolled(10, LIFE, false),
        world.enrolled_for(11, "别的公司", OTHER_CREDIT_CODE, LIFE, true),
    ];
    let (vault, _) = phone(&world, &world.trust_list(), certificates);
    let request = world.seal_request(&[CONTRACT]);
    let review = Review::new(&vault, ORIGIN, &request, NOW).unwrap();
    let unfit: Vec<_> = review.candidates().iter().map(Candidate::unfit).collect();
    assert_eq!(unfit, [None, Some(Code::CertificateCodeMismatch)]);
}
