//! The demo's authorities: three small, honest CAs. They issue certificates to phones and say which are revoked. The
//! operator vouches in a signed trust list for them, for others, and for platforms ([`trust`]).
//!
//! Each has a root, an issuing authority, an OCSP responder and a maker of seals of its own ([`certificate_authority`]).
//! The list signer is a key of its own, so that phones pin a key that issues nothing; like the platform's keys and the one
//! that stamps times ([`timestamps`]) it has a certificate of the main authority.

pub mod catalogue;
pub mod certificate_authority;
pub mod enrolment;
pub mod keys;
pub mod lifecycle;
pub mod registry;
pub mod revocation;
pub mod routes;
pub mod seals;
pub(crate) mod services;
mod timestamps;
pub mod trust;

use scanseal_pki::{
    Crl, IssueError, Profile, Revocation, RevocationPolicy, Subject, SubjectError, Timestamper,
    UnixTime, Validity,
};

use crate::{
    authority::{
        certificate_authority::{CertificateAuthority, Definition, MAIN, MUTUAL},
        keys::{DataError, DataFolder},
        revocation::ListOf,
        services::{Keeper, Wanted},
    },
    http::origins::Origins,
    signer::Signer,
    store::{Store, StoreError},
};

const YEAR: u64 = 365 * 86_400;
/// Service certificates are renewed at start, so a short life costs nothing.
const SERVICE_YEARS: u64 = 2;
/// A service certificate with less life left is renewed at start.
const SERVICE_RENEWAL: u64 = YEAR;

/// The running authorities.
pub struct Authority {
    main: CertificateAuthority,
    others: Vec<CertificateAuthority>,
    stamper: Timestamper,
}

/// Why an authority cannot start or work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A certificate or list cannot be made.
    #[error("the authority cannot sign: {0}")]
    Issue(#[from] IssueError),
    /// What would be signed breaks a rule of the protocol.
    #[error("the authority cannot sign: {0}")]
    Sign(#[from] crate::signer::SignError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name of the authority is not allowed.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The trust list breaks a rule.
    #[error(transparent)]
    TrustList(#[from] scanseal_pki::TrustListError),
}

impl Authority {
    /// Takes the authorities up from the data folder; what is missing (all of it, at the first start) is made.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn open(
        folder: &DataFolder,
        store: &Store,
        origins: &Origins,
        certificate_days: u16,
        now: UnixTime,
    ) -> Result<Self, AuthorityError> {
        let keeper = Keeper { folder, store, now };
        let open = |definition: Definition| {
            CertificateAuthority::open(definition, &keeper, origins.main(), certificate_days)
        };
        let main = open(MAIN).await?;
        let mut others = Vec::new();
        for definition in MUTUAL {
            others.push(open(definition).await?);
        }
        let stamper = timestamps::open(&keeper, &main).await?;
        Ok(Self {
            main,
            others,
            stamper,
        })
    }

    /// The operator's main authority.
    pub fn main(&self) -> &CertificateAuthority {
        &self.main
    }

    /// All authorities, the main one first.
    pub fn all(&self) -> impl Iterator<Item = &CertificateAuthority> {
        std::iter::once(&self.main).chain(&self.others)
    }

    /// The authority of this id.
    pub fn find(&self, id: &str) -> Option<&CertificateAuthority> {
        self.all().find(|ca| ca.definition().id == id)
    }

    /// Revocation data for checking a path to one of these authorities: a status that cannot be told is a refusal. Of
    /// other authorities in the trust list nothing is known here.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn revocation(
        &self,
        store: &Store,
        now: UnixTime,
    ) -> Result<Revocation, AuthorityError> {
        let lists = self.crls(store, now).await?.into_iter();
        let revocation = Revocation::new(RevocationPolicy::RequireAll);
        Ok(lists.fold(revocation, Revocation::with_crl))
    }

    /// The current revocation lists of all these authorities.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn crls(&self, store: &Store, now: UnixTime) -> Result<Vec<Crl>, AuthorityError> {
        let counts = store.read(registry::revocation_counts).await?;
        let mut lists = Vec::new();
        for ca in self.all() {
            let revoked = counts.get(ca.definition().id).copied().unwrap_or(0);
            for of in [ListOf::Issuing, ListOf::Root] {
                lists.push(ca.crl_with(store, of, revoked, now).await?);
            }
        }
        Ok(lists)
    }

    /// The key that signs trust lists.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub(crate) async fn list_signer(
        &self,
        folder: &DataFolder,
        store: &Store,
        now: UnixTime,
    ) -> Result<Signer, AuthorityError> {
        let keeper = Keeper { folder, store, now };
        let wanted = Wanted {
            name: "trust-list",
            profile: Profile::TrustListSigner {
                subject: Subject::new(MAIN.zh, "ScanSeal Demo Trust List")?,
            },
            fits: &|_| true,
        };
        let (key, leaf) = keeper.service(MAIN.id, self.main.issuer(), wanted).await?;
        Ok(Signer::new(key, leaf, self.main.issuing().clone()))
    }
}

/// From a little before now, since clocks differ.
fn years(now: UnixTime, years: u64) -> Validity {
    let not_before = UnixTime::from_secs(now.as_secs().saturating_sub(300));
    Validity {
        not_before,
        not_after: now.saturating_add_secs(years * YEAR),
    }
}

/// The operating system's randomness; a system without any cannot run an authority.
pub(crate) fn rng() -> scanseal_pki::rand_core::UnwrapErr<getrandom::SysRng> {
    scanseal_pki::rand_core::UnwrapErr(getrandom::SysRng)
}
