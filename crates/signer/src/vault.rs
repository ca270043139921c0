//! The vault: certificates with their sealed key shares, and the operators this phone knows, as bytes that the host keeps.
//!
//! # Trying a PIN
//!
//! A try must be counted before its answer is known, else whoever kills the app fast enough tries for ever. So it
//! takes three steps, and the types leave no other way:
//! 1. [`Vault::begin_attempt`] counts the try and gives a [`BegunAttempt`];
//! 2. the host stores its [`to_store`](BegunAttempt::to_store) bytes, and says so: [`BegunAttempt::stored`];
//! 3. [`Attempt::unlock`] takes the PIN. The right one sets the counter back; store the vault again then.
//!
//! # What this does not protect
//!
//! Who has a *copy of the stored bytes* edits the counter and guesses on a machine of their own. A PIN of six digits
//! falls within hours, since one guess costs as much as [`KdfParameters`](crate::KdfParameters) say and there are a million. The counter stops
//! those who hold the phone and nothing more. A later version moves the check to the co-signer, where nothing can be copied.
//! The pause is counted on the phone's clock, so whoever sets the clock ends it; the same remedy applies.

mod attempt;

use core::{fmt, str::FromStr};

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use scanseal_pki::{Certificate, UnixTime, rand_core::CryptoRng};
use scanseal_protocol::{
    error::Code,
    qr::{QrError, ScannedCode},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

pub use self::attempt::{Attempt, BegunAttempt, UnlockError, Unlocked};
use crate::{
    Enrolled, KdfParameters, NewPin, Operator, OperatorError, lockout::Tries, sealing::Sealed,
};

/// Largest vault that is read: as many operators with full trust lists, and as many certificates, as there may be fit.
pub const MAX_VAULT_BYTES: usize = 16 * 1024 * 1024;
/// Most certificates: nobody finds the right one among more, and an enterprise has a handful.
pub const MAX_CERTIFICATES: usize = 64;
/// Most operators.
pub const MAX_OPERATORS: usize = 16;

/// First line of the stored form, before the checksum of all that follows it.
const HEADER: &str = "scanseal-vault 1 ";
/// Domain of the associated data; with it, a share opens only in the entry it was sealed for.
const SHARE_CONTEXT: &[u8] = b"scanseal vault 1 key share\0";

/// Everything a phone keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vault {
    operators: Vec<Operator>,
    certificates: Vec<StoredCertificate>,
}

impl Vault {
    /// An empty vault.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`VaultError::Newer`] for a vault of a later version; [`VaultError::Damaged`] for everything else that differs
    /// from what was written. The checksum finds accidents; it does not stop a person (see the module's head).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        if bytes.len() > MAX_VAULT_BYTES {
            return Err(VaultError::Damaged);
        }
        let text = core::str::from_utf8(bytes).map_err(|_| VaultError::Damaged)?;
        let (header, body) = text.split_once('\n').ok_or(VaultError::Damaged)?;
        let Some(checksum) = header.strip_prefix(HEADER) else {
            return Err(if is_newer(header) {
                VaultError::Newer
            } else {
                VaultError::Damaged
            });
        };
        if checksum != checksum_of(body) {
            return Err(VaultError::Damaged);
        }
        let vault: Self = serde_json::from_str(body).map_err(|_| VaultError::Damaged)?;
        let ids = vault.certificates.iter().map(StoredCertificate::id);
        let homes = vault.operators.iter().map(Operator::home);
        if vault.certificates.len() > MAX_CERTIFICATES
            || vault.operators.len() > MAX_OPERATORS
            || has_duplicates(ids)
            || has_duplicates(homes)
        {
            return Err(VaultError::Damaged);
        }
        Ok(vault)
    }

    /// The bytes to keep. Store them after every change, in one atomic step.
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = serde_json::to_string(self).expect("a vault has text keys and no failing parts");
        format!("{HEADER}{}\n{body}", checksum_of(&body)).into_bytes()
    }

    /// All certificates, oldest entry first.
    pub fn certificates(&self) -> &[StoredCertificate] {
        &self.certificates
    }

    /// The certificate of this id.
    pub fn certificate(&self, id: &CertificateId) -> Option<&StoredCertificate> {
        self.certificates.iter().find(|stored| stored.id() == *id)
    }

    /// All operators.
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// The operator with this home.
    pub fn operator(&self, home: &str) -> Option<&Operator> {
        self.operators
            .iter()
            .find(|operator| operator.home() == home)
    }

    /// Reads the text of a QR code, and says whose it is. What it begins with decides; the relay's address comes from
    /// that operator's description and never from the code.
    ///
    /// # Errors
    /// [`QrError::Version`] for a code of a known operator that this version cannot read, [`QrError::Foreign`] for
    /// every other text.
    pub fn read_code(&self, text: &str) -> Result<(&Operator, ScannedCode), QrError> {
        let mut refusal = QrError::Foreign;
        for operator in &self.operators {
            match ScannedCode::parse(text, operator.links()) {
                Ok(code) => return Ok((operator, code)),
                Err(QrError::Version) => refusal = QrError::Version,
                Err(QrError::Foreign) => {}
            }
        }
        Err(refusal)
    }

    /// Adds an operator, or takes over its changed addresses. The keys of its trust list never change this way.
    ///
    /// # Errors
    /// [`OperatorError::KeysChanged`]: [`Self::forget_operator`] first, if the person really wants that.
    /// [`OperatorError::TooMany`] beyond [`MAX_OPERATORS`].
    pub fn add_operator(&mut self, operator: Operator) -> Result<(), OperatorError> {
        if let Some(known) = self
            .operators
            .iter_mut()
            .find(|known| known.home() == operator.home())
        {
            return known.take_over(operator);
        }
        if self.operators.len() == MAX_OPERATORS {
            return Err(OperatorError::TooMany);
        }
        self.operators.push(operator);
        Ok(())
    }

    /// Takes a newer trust list for an operator.
    ///
    /// # Errors
    /// [`OperatorError`] if the operator is unknown, or its list cannot be accepted ([`Operator::accept_list`]).
    pub fn update_trust_list(
        &mut self,
        home: &str,
        list: &str,
        now: UnixTime,
    ) -> Result<(), OperatorError> {
        let operator = self
            .operators
            .iter_mut()
            .find(|operator| operator.home() == home);
        operator
            .ok_or(OperatorError::Unknown)?
            .accept_list(list, now)
    }

    /// Forgets an operator and its keys. Returns whether it was known.
    pub fn forget_operator(&mut self, home: &str) -> bool {
        let before = self.operators.len();
        self.operators.retain(|operator| operator.home() != home);
        self.operators.len() < before
    }

    /// Adds an enrolled certificate and seals its key share.
    ///
    /// # Errors
    /// [`VaultError::Full`] and [`VaultError::Duplicate`].
    pub fn add<R: CryptoRng + ?Sized>(
        &mut self,
        enrolled: Enrolled,
        pin: &NewPin,
        kdf: KdfParameters,
        rng: &mut R,
    ) -> Result<CertificateId, VaultError> {
        let id = CertificateId::of(enrolled.certificate());
        if self.certificates.len() == MAX_CERTIFICATES {
            return Err(VaultError::Full);
        }
        if self.certificate(&id).is_some() {
            return Err(VaultError::Duplicate);
        }
        let (chain, share) = enrolled.into_parts();
        let share = Sealed::seal(
            &share.to_bytes(),
            pin.as_pin(),
            &share_context(&chain[0]),
            kdf,
            rng,
        );
        self.certificates.push(StoredCertificate {
            chain: Chain(chain),
            share,
            tries: Tries::default(),
        });
        Ok(id)
    }

    /// Removes a certificate and its key share. Returns whether it was there.
    pub fn remove(&mut self, id: &CertificateId) -> bool {
        let before = self.certificates.len();
        self.certificates.retain(|stored| stored.id() != *id);
        self.certificates.len() < before
    }

    /// Counts a try of a PIN; see the module's head for what follows.
    ///
    /// # Errors
    /// [`UnlockError::Locked`] during a pause, which costs nothing, and [`UnlockError::Unknown`].
    pub fn begin_attempt(
        &mut self,
        id: &CertificateId,
        now: UnixTime,
    ) -> Result<BegunAttempt, UnlockError> {
        let cost = self
            .stored_mut(id)?
            .tries
            .begin(now)
            .map_err(|until| UnlockError::Locked { until })?;
        Ok(BegunAttempt {
            to_store: self.to_bytes(),
            attempt: Attempt {
                certificate: *id,
                cost,
            },
        })
    }

    /// Seals a key share under another PIN; with today's `kdf`, it also brings an old entry up to date.
    ///
    /// # Errors
    /// [`UnlockError::Unknown`] if the certificate was removed meanwhile.
    pub fn change_pin<R: CryptoRng + ?Sized>(
        &mut self,
        unlocked: &Unlocked,
        pin: &NewPin,
        kdf: KdfParameters,
        rng: &mut R,
    ) -> Result<(), UnlockError> {
        let stored = self.stored_mut(&unlocked.certificate)?;
        let context = share_context(stored.certificate());
        stored.share = Sealed::seal(&unlocked.share.to_bytes(), pin.as_pin(), &context, kdf, rng);
        Ok(())
    }

    fn stored_mut(&mut self, id: &CertificateId) -> Result<&mut StoredCertificate, UnlockError> {
        self.certificates
            .iter_mut()
            .find(|stored| stored.id() == *id)
            .ok_or(UnlockError::Unknown)
    }
}

/// One certificate with its chain and its sealed key share.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredCertificate {
    chain: Chain,
    share: Sealed,
    tries: Tries,
}

impl StoredCertificate {
    /// What the certificate is called in this vault.
    pub fn id(&self) -> CertificateId {
        CertificateId::of(self.certificate())
    }

    /// The certificate itself.
    pub fn certificate(&self) -> &Certificate {
        &self.chain.0[0]
    }

    /// Leaf first, then what the CA sent along.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain.0
    }

    /// The end of a pause after wrong PINs, while it lasts.
    pub fn locked_until(&self, now: UnixTime) -> Option<UnixTime> {
        self.tries.locked_until(now)
    }

    /// Tries before the next pause.
    pub fn tries_left(&self) -> u32 {
        self.tries.left()
    }
}

impl fmt::Debug for StoredCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCertificate")
            .field("certificate", self.certificate())
            .finish_non_exhaustive()
    }
}

/// Names a certificate in the vault: the first 16 bytes of its SHA-256, as base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId([u8; 16]);

impl CertificateId {
    /// The id of a certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self::of_sha256(&certificate.sha256())
    }

    /// The id of the certificate with this SHA-256, whether the vault has it or not.
    pub fn of_sha256(sha256: &[u8; 32]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&sha256[..16]);
        Self(id)
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl FromStr for CertificateId {
    type Err = UnlockError;

    /// No certificate has a malformed id, so that the answer is the same as for an unknown one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| UnlockError::Unknown)?;
        bytes.try_into().map(Self).map_err(|_| UnlockError::Unknown)
    }
}

/// Why a vault cannot be read, or take a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Not what was written.
    #[error("the vault is damaged: restore a copy, or enrol again")]
    Damaged,
    /// The certificate is there already.
    #[error("the vault has this certificate already")]
    Duplicate,
    /// As many certificates as there may be.
    #[error("the vault has {MAX_CERTIFICATES} certificates, its most: remove one first")]
    Full,
    /// Written by a later version.
    #[error("the vault was written by a newer version: update this app")]
    Newer,
}

impl VaultError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Damaged => Code::Internal,
            Self::Duplicate => Code::Malformed,
            Self::Full => Code::Full,
            Self::Newer => Code::ClientTooOld,
        }
    }
}

/// Certificates as base64 DER, leaf first, at least one.
struct Chain(Vec<Certificate>);

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .iter()
                .map(|certificate| BASE64.encode(certificate.der())),
        )
    }
}

impl<'de> Deserialize<'de> for Chain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |text: &String| {
            let der = BASE64.decode(text.as_bytes()).map_err(de::Error::custom)?;
            Certificate::from_der(&der).map_err(de::Error::custom)
        };
        let chain = Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        if chain.is_empty() {
            Err(de::Error::custom("a chain has a certificate at least"))
        } else {
            Ok(Self(chain))
        }
    }
}

fn share_context(certificate: &Certificate) -> Vec<u8> {
    [SHARE_CONTEXT, &certificate.sha256()].concat()
}

fn checksum_of(body: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(body.as_bytes()))
}

/// Whether a first line is one of this format in a later version.
fn is_newer(header: &str) -> bool {
    let version = header
        .strip_prefix("scanseal-vault ")
        .and_then(|rest| rest.split(' ').next());
    version
        .and_then(|version| version.parse::<u32>().ok())
        .is_some_and(|version| version > 1)
}

fn has_duplicates<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut sorted: Vec<T> = items.collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests;
