//! Documents to seal: what may be signed of each, and signing them all under one PIN.
//!
//! The page prepares; the phone believes nothing of it. That the signed bytes begin with the document that the platform
//! named follows from the document's hash alone (`docs/protocol.md` section 8.2), so it holds whether the person looks
//! at the document or not. What the page appended can be judged only together with the document: that is the host's part,
//! with the verifier of PDFs, and it says plainly if it was left out.

use core::ops::Range;

use scanseal_pki::{Certificate, Sha256State, SignedAttributes, UnixTime};
use scanseal_protocol::{
    assertion::AssertionClaims,
    error::Code,
    message::{Layout, Prepared},
};

use super::{ApproveError, Review};
use crate::{CertificateId, Signature, Signing, Unlocked};

/// A document that may be signed: it begins with the document of the platform, and the attributes are of this certificate.
#[derive(Clone, Debug)]
pub struct DocumentReview {
    document: usize,
    certificate: CertificateId,
    attributes: SignedAttributes,
    byte_range: [u64; 4],
}

/// What goes to the page when everything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealAnswer {
    /// The assertion.
    pub assertion: String,
    /// The signature values over the documents that are signed, in the request's order.
    pub signatures: Vec<Signature>,
}

/// Why a document is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The bytes are not those of the document that the platform named, or not what they were said to be.
    #[error("what is to be signed is not the document that the platform named: {reason}")]
    Changed {
        /// What differs.
        reason: &'static str,
    },
    /// The page cannot prepare it.
    #[error("the page cannot seal the document: {0}")]
    Unprepared(Code),
    /// The certificate is none of this review that fits.
    #[error("the certificate cannot answer the request")]
    Certificate,
}

impl DocumentError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Changed { .. } => Code::DocumentChanged,
            Self::Unprepared(code) => *code,
            Self::Certificate => Code::CertificateNone,
        }
    }
}

impl DocumentReview {
    /// Which of the request's documents it is, from 0.
    pub fn document(&self) -> usize {
        self.document
    }

    /// The byte range that is signed: two pairs of begin and length.
    pub fn byte_range(&self) -> [u64; 4] {
        self.byte_range
    }

    /// Whether these bytes are the document that the platform named.
    pub fn is_original(&self, review: &Review, original: &[u8]) -> bool {
        let mut hash = Sha256State::new();
        hash.update(original);
        review.documents().get(self.document).is_some_and(|asked| {
            asked.size as usize == original.len() && asked.sha256 == hash.finish()
        })
    }

    /// SHA-256 over the byte range.
    pub fn digest(&self) -> &[u8; 32] {
        self.attributes.message_digest()
    }
}

impl Review {
    /// Checks what the page prepared of a document. `appended` is what it appends to the original, all of it.
    ///
    /// # Errors
    /// [`DocumentError`]; leave the document out, or refuse with its code.
    pub fn document(
        &self,
        certificate: &CertificateId,
        prepared: &Prepared,
        appended: &[u8],
    ) -> Result<DocumentReview, DocumentError> {
        let index = usize::try_from(prepared.document).unwrap_or(usize::MAX);
        let asked = self.documents().get(index).ok_or(DocumentError::Changed {
            reason: "the request has no such document",
        })?;
        let layout = prepared
            .layout
            .as_ref()
            .map_err(|code| DocumentError::Unprepared(*code))?;
        let candidate = self
            .candidates
            .iter()
            .find(|candidate| candidate.id() == *certificate && candidate.unfit().is_none())
            .ok_or(DocumentError::Certificate)?;
        let (size, hash) = (u64::from(asked.size), &asked.sha256);
        let digest = digest(layout, size, hash, appended)?;
        let attributes = attributes(layout, &digest, candidate.certificate())?;
        let Range { start, end } = layout.gap.clone();
        let behind = size + u64::from(end);
        Ok(DocumentReview {
            document: index,
            certificate: *certificate,
            attributes,
            byte_range: [
                0,
                size + u64::from(start),
                behind,
                u64::from(layout.appended.saturating_sub(end)),
            ],
        })
    }

    /// Signs the documents, and the assertion that answers the request. Those that are not among `documents` stay unsigned.
    ///
    /// # Errors
    /// Those of [`Self::check`], [`ApproveError::Documents`] if there is none, or one twice, or one of another certificate,
    /// and [`ApproveError::Assertion`] if the assertion would be longer than anyone accepts.
    pub fn seal(
        &self,
        unlocked: &Unlocked,
        documents: &[DocumentReview],
        channel_binding: &[u8; 32],
        now: UnixTime,
    ) -> Result<Signing<SealAnswer>, ApproveError> {
        let candidate = self.check(&unlocked.certificate(), now)?;
        let mut places: Vec<Option<&DocumentReview>> = vec![None; self.documents().len()];
        for document in documents {
            let place = places
                .get_mut(document.document)
                .filter(|place| place.is_none())
                .filter(|_| document.certificate == unlocked.certificate())
                .ok_or(ApproveError::Documents)?;
            *place = Some(document);
        }
        if documents.is_empty() {
            return Err(ApproveError::Documents);
        }
        let digests = places
            .iter()
            .map(|place| place.map(|document| *document.digest()))
            .collect();
        let unsigned = AssertionClaims::answering(&self.request, *channel_binding, now)
            .with_documents(digests)
            .unsigned(&candidate.chain)?;
        let messages: Vec<Vec<u8>> = places
            .into_iter()
            .flatten()
            .map(|document| document.attributes.to_be_signed().to_vec())
            .collect();
        let signing_input = unsigned.signing_input().to_vec();
        Ok(Signing::several(
            unlocked.signer(),
            &signing_input,
            &messages,
            move |mut signatures| {
                let assertion = signatures.remove(0);
                let assertion = unsigned
                    .finish(&assertion)
                    .expect("`Signing` gives only signatures that verify");
                SealAnswer {
                    assertion,
                    signatures,
                }
            },
        ))
    }
}

/// SHA-256 over what is signed, if that begins with the document of this size and hash.
fn digest(
    layout: &Layout,
    size: u64,
    hash: &[u8; 32],
    appended: &[u8],
) -> Result<[u8; 32], DocumentError> {
    let changed = |reason| DocumentError::Changed { reason };
    let other_length = "the appended bytes are not as many as was said";
    let mut state = Sha256State::resume(layout.state, &layout.tail, size)
        .filter(|state| state.clone().finish() == *hash)
        .ok_or_else(|| changed("the state of the hash is not that of the document"))?;
    let gap = layout.gap.start as usize..layout.gap.end as usize;
    let before = appended.get(..gap.start);
    let after = appended.get(gap.end..);
    let (Some(before), Some(after)) = (before, after) else {
        return Err(changed(other_length));
    };
    if appended.len() != layout.appended as usize {
        return Err(changed(other_length));
    }
    // Nothing but the placeholder may be where the signature will be: what stands there is not signed.
    let placeholder = appended.get(gap).and_then(|gap| {
        let digits = gap.strip_prefix(b"<")?.strip_suffix(b">")?;
        digits.iter().all(|digit| *digit == b'0').then_some(())
    });
    placeholder.ok_or_else(|| changed("the gap for the signature is not empty"))?;
    state.update(before);
    state.update(after);
    Ok(state.finish())
}

fn attributes(
    layout: &Layout,
    digest: &[u8; 32],
    certificate: &Certificate,
) -> Result<SignedAttributes, DocumentError> {
    let attributes = SignedAttributes::from_der(&layout.attributes);
    let attributes = attributes.map_err(|_| DocumentError::Changed {
        reason: "the signed attributes say more, or less, than they should",
    })?;
    if attributes.message_digest() != digest {
        return Err(DocumentError::Changed {
            reason: "the signed attributes have the digest of something else",
        });
    }
    if *attributes.certificate_hash() != certificate.sha256() {
        return Err(DocumentError::Changed {
            reason: "the signed attributes name another certificate",
        });
    }
    Ok(attributes)
}
