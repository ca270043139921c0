//! The key that makes an authority's seals. Its certificate comes from the authority, but what makes readers believe it is
//! the trust list (`sealKeys`).

use scanseal_pki::{Certificate, Issuer, Profile, SealFormatError, SealInfo, SigningKey, Subject};

use crate::{
    authority::{
        AuthorityError,
        services::{Keeper, Wanted},
    },
    signer::Signer,
};

/// Makes the seals of one authority.
pub struct SealMaker {
    key: SigningKey,
    certificate: Certificate,
    signer: Signer,
}

impl SealMaker {
    /// Takes the maker up from its files, called `name`; what is missing is made, also in a data folder of an earlier version.
    pub(crate) async fn open(
        keeper: &Keeper<'_>,
        ca: &'static str,
        issuing: &Issuer,
        (name, subject): (&str, Subject),
    ) -> Result<Self, AuthorityError> {
        let wanted = Wanted {
            name,
            profile: Profile::SealMaker { subject },
            fits: &|_| true,
        };
        let (key, certificate) = keeper.service(ca, issuing, wanted).await?;
        Ok(Self {
            signer: Signer::new(
                key.clone(),
                certificate.clone(),
                issuing.certificate().clone(),
            ),
            key,
            certificate,
        })
    }

    /// What the trust list names it by.
    pub fn key_sha256(&self) -> [u8; 32] {
        self.certificate.spki_sha256()
    }

    /// Signs a seal.
    ///
    /// # Errors
    /// [`SealFormatError::Limit`].
    pub(crate) fn make(&self, info: &SealInfo) -> Result<Vec<u8>, SealFormatError> {
        let unsigned = info.unsigned(&self.certificate)?;
        let signature = self.key.sign_es256_der(unsigned.to_be_signed());
        unsigned.finish(&signature)
    }

    /// Signs what is told about seals.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}
