//! The demo's authority: a small, honest CA. It issues certificates to phones, says which are revoked, and vouches in a
//! signed trust list for itself and for the platform.
//!
//! Keys: the root signs the issuing authority and nothing else; the issuing authority signs certificates and revocation
//! lists; a delegated responder signs OCSP answers; a list signer of its own signs the trust list, so that phones pin a
//! key that issues nothing.

pub mod enrolment;
pub mod keys;
pub mod registry;
pub mod revocation;
pub mod routes;
pub mod trust;

use scanseal_pki::{
    Certificate, Endpoints, IssueError, Issuer, OcspResponder, Profile, PublicKey, SigningKey,
    Subject, SubjectError, UnixTime, Validity,
};
use scanseal_protocol::Origin;

use crate::{
    authority::{
        keys::{DataError, DataFolder},
        registry::Purpose,
    },
    http::origins::{self, Origins},
    signer::Signer,
    store::{Store, StoreError},
};

const YEAR: u64 = 365 * 86_400;
const ROOT_YEARS: u64 = 20;
const ISSUING_YEARS: u64 = 10;
/// Service certificates are renewed at start, so a short life costs nothing.
const SERVICE_YEARS: u64 = 2;
/// A service certificate with less life left is renewed at start.
const SERVICE_RENEWAL: u64 = YEAR;

/// The running authority.
pub struct Authority {
    root: Issuer,
    issuing: Issuer,
    responder: OcspResponder,
    list_signer: Signer,
    certificate_days: u16,
    lists: revocation::SignedLists,
}

/// Why the authority cannot start or work.
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

/// The platform's identity: what it signs requests with.
pub struct PlatformIdentity {
    /// Signs, and names its certificate and the issuing authority's.
    pub signer: Signer,
}

impl Authority {
    /// Takes the authority up from the data folder; what is missing (all of it, at the first start) is made.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn open(
        folder: &DataFolder,
        store: &Store,
        origins: &Origins,
        certificate_days: u16,
        now: UnixTime,
    ) -> Result<(Self, PlatformIdentity), AuthorityError> {
        let root = open_root(folder, now)?;
        let issuing = open_issuing(folder, &root, now)?.with_endpoints(endpoints(origins.main()));
        let services = Services {
            folder,
            store,
            issuing: &issuing,
            now,
        };
        let responder = services
            .open(
                "ocsp",
                Profile::OcspResponder {
                    subject: Subject::new(OPERATOR, "ScanSeal Demo OCSP")?,
                },
                |_| true,
            )
            .await?;
        let lists = services
            .open(
                "trust-list",
                Profile::TrustListSigner {
                    subject: Subject::new(OPERATOR, "ScanSeal Demo Trust List")?,
                },
                |_| true,
            )
            .await?;
        let mut hosts: Vec<_> = origins.iter().map(host_name).collect();
        hosts.sort();
        hosts.dedup();
        let same_hosts = |certificate: &Certificate| {
            hosts
                .iter()
                .all(|host| certificate.dns_names().contains(host))
        };
        let subject = Subject::new(PLATFORM_OPERATOR, "ScanSeal Demo Platform")?;
        let platform = services
            .open(
                "platform",
                Profile::Platform {
                    subject,
                    hosts: hosts.clone(),
                },
                same_hosts,
            )
            .await?;
        let signer = |(key, leaf)| Signer::new(key, leaf, issuing.certificate().clone());
        let authority = Self {
            responder: OcspResponder::new(issuing.certificate().clone(), responder.1, responder.0)?,
            list_signer: signer(lists),
            root,
            certificate_days,
            lists: revocation::SignedLists::default(),
            issuing: issuing.clone(),
        };
        Ok((
            authority,
            PlatformIdentity {
                signer: signer(platform),
            },
        ))
    }

    /// The root's certificate.
    pub fn root(&self) -> &Certificate {
        self.root.certificate()
    }

    /// The issuing authority's certificate.
    pub fn issuing(&self) -> &Certificate {
        self.issuing.certificate()
    }

    /// Hash of the key that signs trust lists: what phones keep.
    pub fn list_key(&self) -> [u8; 32] {
        self.list_signer.leaf().spki_sha256()
    }

    fn certificate_days(&self) -> u16 {
        self.certificate_days
    }

    fn issue(
        &self,
        profile: &Profile,
        key: &PublicKey,
        validity: Validity,
    ) -> Result<Certificate, IssueError> {
        self.issuing.issue(profile, key, validity, &mut rng())
    }
}

/// Who runs the demo's authority.
const OPERATOR: &str = "ScanSeal 演示认证中心";
/// Who runs the demo's platform.
pub(crate) const PLATFORM_OPERATOR: &str = "云岭公共资源交易平台（演示）";

fn open_root(folder: &DataFolder, now: UnixTime) -> Result<Issuer, AuthorityError> {
    let key = folder.key("root")?;
    if let Some(certificate) = folder.certificate("root")? {
        return Ok(Issuer::new(certificate, key)?);
    }
    let subject = Subject::new(OPERATOR, "ScanSeal Demo Root CA")?;
    let root = Issuer::root(&subject, key, years(now, ROOT_YEARS), &mut rng())?;
    folder.keep_certificate("root", root.certificate())?;
    Ok(root)
}

fn open_issuing(
    folder: &DataFolder,
    root: &Issuer,
    now: UnixTime,
) -> Result<Issuer, AuthorityError> {
    let key = folder.key("issuing")?;
    if let Some(certificate) = folder.certificate("issuing")? {
        return Ok(Issuer::new(certificate, key)?);
    }
    let profile = Profile::IssuingCa {
        subject: Subject::new(OPERATOR, "ScanSeal Demo Issuing CA")?,
        path_length: 0,
    };
    let certificate = root.issue(
        &profile,
        &key.public_key(),
        years(now, ISSUING_YEARS),
        &mut rng(),
    )?;
    folder.keep_certificate("issuing", &certificate)?;
    Ok(Issuer::new(certificate, key)?)
}

struct Services<'a> {
    folder: &'a DataFolder,
    store: &'a Store,
    issuing: &'a Issuer,
    now: UnixTime,
}

impl Services<'_> {
    /// A service's key and certificate; a new certificate if there is none, if it ends soon, or if it does not `fit`.
    async fn open(
        &self,
        name: &str,
        profile: Profile,
        fit: impl Fn(&Certificate) -> bool,
    ) -> Result<(SigningKey, Certificate), AuthorityError> {
        let key = self.folder.key(name)?;
        let lasting = |certificate: &Certificate| {
            certificate.not_after() > self.now.saturating_add_secs(SERVICE_RENEWAL)
        };
        if let Some(certificate) = self
            .folder
            .certificate(name)?
            .filter(|known| lasting(known) && fit(known))
        {
            return Ok((key, certificate));
        }
        let certificate = self.issuing.issue(
            &profile,
            &key.public_key(),
            years(self.now, SERVICE_YEARS),
            &mut rng(),
        )?;
        let (record, now) = (certificate.clone(), self.now);
        // First the record, so that OCSP never calls a certificate in use unknown.
        self.store
            .write(move |transaction| {
                registry::record(transaction, &record, Purpose::Service, None, now)
            })
            .await?;
        self.folder.keep_certificate(name, &certificate)?;
        Ok((key, certificate))
    }
}

fn endpoints(origin: &Origin) -> Endpoints {
    let at = |path: &str| format!("{}{path}", origin.as_str());
    Endpoints {
        crl: at("/authority/issuing.crl"),
        ocsp: at("/authority/ocsp"),
        ca_issuers: at("/authority/issuing.cer"),
    }
}

fn host_name(origin: &Origin) -> String {
    let host = origins::host(origin);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => host.to_owned(),
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
