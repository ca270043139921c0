//! Seals that a phone holds: whether one may be used, before a PIN is typed in vain. The platform checks it again.

use scanseal_pki::{ElectronicSeal, SealFault, SealFormatError, UnixTime};
use scanseal_protocol::error::Code;

use crate::{CertificateId, OperatorError, Vault};

/// Why a seal may not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The vault has no such certificate.
    #[error("the vault has no such certificate")]
    Certificate,
    /// It cannot be used with this certificate, or not now.
    #[error(transparent)]
    Fault(#[from] SealFault),
    /// It cannot be read.
    #[error(transparent)]
    Format(#[from] SealFormatError),
    /// There is no trust list to check it with.
    #[error(transparent)]
    Operator(#[from] OperatorError),
}

impl SealError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Certificate => Code::CertificateNone,
            Self::Fault(SealFault::Expired(_) | SealFault::NotYetValid(_)) => Code::SealExpired,
            Self::Fault(_) | Self::Format(_) => Code::SealNotYours,
            Self::Operator(error) => error.code(),
        }
    }
}

impl Vault {
    /// Checks whether a seal (DER) may be used with a certificate of this vault, by the trust list of the operator with this
    /// home. Whether it was revoked, only its authority can tell.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn check_seal(
        &self,
        home: &str,
        certificate: &CertificateId,
        seal: &[u8],
        now: UnixTime,
    ) -> Result<ElectronicSeal, SealError> {
        let seal = ElectronicSeal::from_der(seal)?;
        let operator = self.operator(home).ok_or(OperatorError::Unknown)?;
        let trust = operator.trust_list(now)?;
        let stored = self.certificate(certificate);
        let stored = stored.ok_or(SealError::Certificate)?;
        seal.check(&trust, stored.certificate(), now)?;
        Ok(seal)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scanseal_pki::{Certificate, SealInfo, SealKind, SealPictureFormat, Validity};

    use super::*;
    use crate::{NewPin, Operator, testing::*};

    fn seal(world: &World, holder: &Certificate, valid: Validity) -> Vec<u8> {
        let (key, maker) = world.seal_maker();
        let info = SealInfo {
            id: "seal-1".to_owned(),
            kind: SealKind::Company,
            name: "公章".to_owned(),
            certificates: vec![holder.sha256()],
            created: valid.not_before,
            valid_from: valid.not_before,
            valid_until: valid.not_after,
            picture: b"\x89PNG".to_vec(),
            format: SealPictureFormat::Png,
            millimetres: (42, 42),
        };
        let unsigned = info.unsigned(&maker).unwrap();
        let signature = key.sign_es256_der(unsigned.to_be_signed());
        unsigned.finish(&signature).unwrap()
    }

    #[test]
    fn seal_is_held_against_maker_certificate_and_time() {
        let world = World::new();
        let mut vault = Vault::new();
        let pin = NewPin::parse("135790").unwrap();
        let mut ids = [10, 11].map(|seed| {
            let enrolled = world.enrolled(seed, LIFE, true);
            vault
                .add(enrolled, &pin, CHEAP_KDF, &mut Counter::new(3))
                .unwrap()
        });
        let holder = vault.certificate(&ids[0]).unwrap().certificate().clone();
        let good = seal(&world, &holder, LIFE);
        let code = |vault: &Vault, id: &CertificateId, seal: &[u8]| {
            let checked = vault.check_seal(ORIGIN, id, seal, NOW);
            checked.err().map(|error| error.code())
        };
        assert_eq!(code(&vault, &ids[0], &good), Some(Code::Malformed));
        vault
            .add_operator(Operator::new(ORIGIN, &world.description()).unwrap())
            .unwrap();
        assert_eq!(code(&vault, &ids[0], &good), Some(Code::TrustListExpired));
        // A list that does not name who makes the seals.
        vault
            .update_trust_list(ORIGIN, &world.signed_list(1), NOW)
            .unwrap();
        assert_eq!(code(&vault, &ids[0], &good), Some(Code::SealNotYours));
        vault
            .update_trust_list(ORIGIN, &world.list_with_seal_maker(2), NOW)
            .unwrap();
        assert_eq!(code(&vault, &ids[0], &good), None);
        assert_eq!(code(&vault, &ids[1], &good), Some(Code::SealNotYours));
        let over = seal(&world, &holder, OVER);
        assert_eq!(code(&vault, &ids[0], &over), Some(Code::SealExpired));
        let later = seal(&world, &holder, LATER);
        assert_eq!(code(&vault, &ids[0], &later), Some(Code::SealExpired));
        assert_eq!(code(&vault, &ids[0], b"no seal"), Some(Code::SealNotYours));
        let [removed, _] = &mut ids;
        vault.remove(removed);
        assert_eq!(code(&vault, removed, &good), Some(Code::CertificateNone));
    }
}
