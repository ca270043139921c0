//! A sealed document that comes back: the platform has the original, and takes what was appended to it.
//!
//! 1. The submission was verified ([`crate::submission`]): the assertion names the digest of each document that is signed.
//! 2. [`Returned::check`] looks at one document: one seal was appended and nothing else, its signature is of the assertion's
//!    certificate over that digest, the seal is one of this certificate, drawn as its authority made it, and every signature
//!    of the file passes. Around the signature stands nothing but certificates that are known: the page puts that together.
//!
//! The page uploads only what is appended, so the original cannot be another one.

mod message;

use scanseal_pades::{
    Appended, Source,
    verify::{
        AddedSeal, NamedAnchor, NotAdded, SealLook, Trust, check_added,
        report::{ChainCertificate, Report, SignatureVerdict},
        verify,
    },
};
use scanseal_pki::{
    AnyCertificate, Certificate, Crl, ElectronicSeal, SealFault, TrustList, TrustedCa, UnixTime,
    hex,
};
use scanseal_protocol::error::Code;
use sha2::{Digest, Sha256};

/// Bytes that are hashed at a time.
const BLOCK: usize = 256 * 1024;

/// A document that came back, and what it is held against.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// The document that the request named, from the platform's own store.
    pub original: &'a dyn Source,
    /// What the page says was appended.
    pub appended: &'a [u8],
    /// SHA-256 over the signed bytes, as the assertion has it.
    pub digest: &'a [u8; 32],
    /// The certificate of the assertion.
    pub certificate: &'a Certificate,
    /// The seal that the phone has chosen; none if it signed without a picture.
    pub seal: Option<&'a ElectronicSeal>,
    /// The authorities that the platform trusts.
    pub trust: &'a TrustList,
    /// What the platform knows about revocation.
    pub crls: &'a [Crl],
    /// The time.
    pub now: UnixTime,
}

/// A document that is sealed as it should be.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The seal.
    pub added: AddedSeal,
    /// The report on the whole file.
    pub report: Report,
}

/// Why a document is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSealed {
    /// What was appended is not one seal.
    #[error(transparent)]
    Added(#[from] NotAdded),
    /// The signature is over something else than the assertion says, or of another certificate.
    #[error("the signature is not the one of the assertion: {0}")]
    OtherSignature(&'static str),
    /// Around the signature stands something else than the certificates that belong there.
    #[error("the message of the signature is not the one that belongs to it: {0}")]
    OtherMessage(&'static str),
    /// The seal may not be used.
    #[error(transparent)]
    Seal(#[from] SealFault),
    /// A place shows something else than the seal, or the seal larger than it is.
    #[error("page {page} does not show the seal as its authority made it")]
    OtherPicture {
        /// From 1.
        page: u32,
    },
    /// A signature of the file does not pass; the report says why.
    #[error("a signature of the file does not pass: {0}")]
    Verdict(String),
}

impl NotSealed {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Added(_) | Self::OtherSignature(_) | Self::OtherMessage(_) | Self::Verdict(_) => {
                Code::DocumentChanged
            }
            Self::Seal(SealFault::Expired(_) | SealFault::NotYetValid(_)) => Code::SealExpired,
            Self::Seal(_) | Self::OtherPicture { .. } => Code::SealNotYours,
        }
    }
}

impl Returned<'_> {
    /// Checks the document.
    ///
    /// # Errors
    /// [`NotSealed`], the first that applies.
    pub fn check(&self) -> Result<Sealed, NotSealed> {
        let sealed = Appended::new(self.original, self.appended);
        let added = check_added(&sealed, None, self.original.length())?;
        if self.hash(&sealed, &added) != Some(*self.digest) {
            return Err(NotSealed::OtherSignature("another digest"));
        }
        self.check_seal(&added)?;
        let report = verify(&sealed, None, &self.trust());
        let signed = report
            .signatures
            .iter()
            .find(|signature| signature.byte_range == Some(added.byte_range));
        let signer = signed.and_then(|signature| signature.signer.as_ref());
        if signer.map(|signer| signer.sha256.as_str())
            != Some(hex::lower(&self.certificate.sha256()).as_str())
        {
            return Err(NotSealed::OtherSignature("another certificate"));
        }
        let failing = report
            .signatures
            .iter()
            .find(|signature| signature.verdict != SignatureVerdict::Passed);
        if let Some(failing) = failing {
            let field = failing.field.as_deref().unwrap_or_default();
            return Err(NotSealed::Verdict(format!(
                "{field}: {:?}",
                failing.reasons
            )));
        }
        let path = signed.map_or(&[][..], |signed| signed.chain.as_slice());
        self.check_message(&added, path)?;
        Ok(Sealed { added, report })
    }

    /// The signature does not cover what else stands in its message, so nothing may stand there that somebody could have made up.
    fn check_message(&self, added: &AddedSeal, path: &[ChainCertificate]) -> Result<(), NotSealed> {
        let contents = message::contents(self.appended, self.original.length(), added.byte_range)
            .ok_or(NotSealed::OtherMessage("it cannot be read"))?;
        message::check(&contents, self.certificate, self.digest, |der| {
            self.is_known(der, path)
        })
        .map_err(NotSealed::OtherMessage)
    }

    /// A certificate of the trust list, or one that leads there: its issuer's signature was checked on the way.
    fn is_known(&self, der: &[u8], path: &[ChainCertificate]) -> bool {
        let listed = |ca: &TrustedCa| {
            let mut certificates = ca.roots.iter().chain(&ca.intermediates);
            certificates.any(|certificate| certificate.der() == der)
        };
        let digest = hex::lower(&Sha256::digest(der));
        self.trust.cas().iter().any(listed) || path.iter().any(|passed| passed.sha256 == digest)
    }

    fn check_seal(&self, added: &AddedSeal) -> Result<(), NotSealed> {
        if let Some(seal) = self.seal {
            seal.check(self.trust, self.certificate, self.now)?;
        }
        let look = self.seal.map(|seal| SealLook::of(seal.info()));
        match added.page_with_other_picture(look.as_ref()) {
            Some(page) => Err(NotSealed::OtherPicture { page }),
            None => Ok(()),
        }
    }

    /// SHA-256 over the byte range. `None` if the original cannot be read.
    fn hash(&self, sealed: &dyn Source, added: &AddedSeal) -> Option<[u8; 32]> {
        let [first, first_length, second, second_length] = added.byte_range;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; BLOCK];
        for (start, length) in [(first, first_length), (second, second_length)] {
            let (mut at, end) = (start, start.checked_add(length)?);
            while at < end {
                let size = usize::try_from(end - at).map_or(BLOCK, |left| left.min(BLOCK));
                let block = buffer.get_mut(..size)?;
                sealed.read_at(at, block).ok()?;
                hash.update(block);
                at += size as u64;
            }
        }
        Some(hash.finalize().into())
    }

    fn trust(&self) -> Trust {
        let mut trust = Trust::new(self.now);
        for ca in self.trust.cas() {
            let anchor = |certificate: &Certificate| NamedAnchor {
                name: ca.id.clone(),
                certificate: AnyCertificate::from(certificate),
            };
            trust.anchors.extend(ca.roots.iter().map(anchor));
            let others = ca.intermediates.iter().map(AnyCertificate::from);
            trust.certificates.extend(others);
        }
        trust.crls = self.crls.to_vec();
        trust
    }
}
