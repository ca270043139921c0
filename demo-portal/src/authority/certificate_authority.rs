//! One certificate authority: a root, an issuing authority below it, a responder that answers for the latter, and who makes
//! its seals.
//!
//! Keys: the root signs the issuing authority and nothing else; the issuing authority signs certificates and revocation
//! lists; a delegated responder signs OCSP answers; the seal maker signs electronic seals.

use scanseal_pki::{
    CaKind, Certificate, Endpoints, IssueError, Issuer, LocalizedName, OcspResponder, Profile,
    PublicKey, Subject, TrustedCa, UnixTime, Validity,
};
use scanseal_protocol::Origin;

use crate::authority::{
    AuthorityError,
    revocation::SignedLists,
    rng,
    seals::{maker::SealMaker, revoked::SignedList},
    services::{Keeper, Wanted},
    years,
};

const ROOT_YEARS: u64 = 20;
const ISSUING_YEARS: u64 = 10;
const DAY: u64 = 86_400;
/// New certificates are valid from a little before now, for phones and servers whose clocks are behind.
const BACKDATED_SECONDS: u64 = 300;

/// What distinguishes one of the demo's authorities from the others. All of them are invented.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its id in the trust list.
    pub id: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Its name in English.
    pub en: &'static str,
    /// Which certificates it issues.
    pub kind: CaKind,
    /// What the common names of its own certificates begin with.
    common_name: &'static str,
}

/// The operator's own authority, whose issuing authority also certifies the operator's services.
pub const MAIN: Definition = Definition {
    id: "scanseal-demo",
    zh: "ScanSeal 演示认证中心",
    en: "ScanSeal demo authority",
    kind: CaKind::Platform,
    common_name: "ScanSeal Demo",
};

/// Two whose certificates are recognised nationwide (全国互认).
pub const MUTUAL: [Definition; 2] = [
    Definition {
        id: "tianchi",
        zh: "天池数字证书认证中心（演示）",
        en: "Tianchi Digital Certificate Authority (demo)",
        kind: CaKind::Mutual,
        common_name: "Tianchi Demo",
    },
    Definition {
        id: "jiangcheng",
        zh: "江城电子认证有限公司（演示）",
        en: "Jiangcheng E-Certification (demo)",
        kind: CaKind::Mutual,
        common_name: "Jiangcheng Demo",
    },
];

impl Definition {
    /// The name in both languages.
    pub fn name(&self) -> LocalizedName {
        LocalizedName {
            zh: self.zh.to_owned(),
            en: self.en.to_owned(),
        }
    }

    /// The name of a file or a counter of this authority. The main one's have no prefix: it was the only one once.
    pub(super) fn own(&self, name: &str) -> String {
        if self.id == MAIN.id {
            name.to_owned()
        } else {
            format!("{}-{name}", self.id)
        }
    }

    /// Where it answers, below the portal's origin.
    pub(super) fn path(&self, name: &str) -> String {
        if self.id == MAIN.id {
            format!("/authority/{name}")
        } else {
            format!("/authority/{}/{name}", self.id)
        }
    }

    fn subject(&self, what: &str) -> Result<Subject, AuthorityError> {
        Ok(Subject::new(
            self.zh,
            &format!("{} {what}", self.common_name),
        )?)
    }

    /// Where readers of certificates of the issuing authority find out more.
    fn issuing_endpoints(&self, origin: &Origin) -> Endpoints {
        let at = |name| format!("{}{}", origin.as_str(), self.path(name));
        Endpoints {
            crl: at("issuing.crl"),
            ocsp: Some(at("ocsp")),
            ca_issuers: at("issuing.cer"),
        }
    }

    /// The same of the issuing authority's own: nobody answers for the root but its list.
    fn root_endpoints(&self, origin: &Origin) -> Endpoints {
        let at = |name| format!("{}{}", origin.as_str(), self.path(name));
        Endpoints {
            crl: at("root.crl"),
            ocsp: None,
            ca_issuers: at("root.cer"),
        }
    }
}

/// A running authority.
pub struct CertificateAuthority {
    definition: Definition,
    root: Issuer,
    issuing: Issuer,
    responder: OcspResponder,
    seal_maker: SealMaker,
    certificate_days: u16,
    pub(super) lists: SignedLists,
    pub(super) revoked_seals: SignedList,
}

impl CertificateAuthority {
    /// Takes the authority up from its files; what is missing is made.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub(super) async fn open(
        definition: Definition,
        keeper: &Keeper<'_>,
        origin: &Origin,
        certificate_days: u16,
    ) -> Result<Self, AuthorityError> {
        let root =
            open_root(&definition, keeper)?.with_endpoints(definition.root_endpoints(origin));
        let issuing = open_issuing(&definition, keeper, &root)?
            .with_endpoints(definition.issuing_endpoints(origin));
        let wanted = Wanted {
            name: &definition.own("ocsp"),
            profile: Profile::OcspResponder {
                subject: definition.subject("OCSP")?,
            },
            fits: &|_| true,
        };
        let (key, leaf) = keeper.service(definition.id, &issuing, wanted).await?;
        let name = definition.own("seal-maker");
        let makes_seals = (name.as_str(), definition.subject("Seal Maker")?);
        let seal_maker = SealMaker::open(keeper, definition.id, &issuing, makes_seals).await?;
        Ok(Self {
            responder: OcspResponder::new(issuing.certificate().clone(), leaf, key)?,
            definition,
            root,
            issuing,
            certificate_days,
            seal_maker,
            lists: SignedLists::default(),
            revoked_seals: SignedList::default(),
        })
    }

    /// What distinguishes it.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The root's certificate.
    pub fn root(&self) -> &Certificate {
        self.root.certificate()
    }

    /// The issuing authority's certificate.
    pub fn issuing(&self) -> &Certificate {
        self.issuing.certificate()
    }

    /// What a path from one of its certificates leads through: issuing authority and root.
    pub fn chain(&self) -> [&Certificate; 2] {
        [self.issuing(), self.root()]
    }

    /// Its entry in the trust list.
    pub fn entry(&self) -> TrustedCa {
        TrustedCa {
            id: self.definition.id.to_owned(),
            name: self.definition.name(),
            kind: self.definition.kind,
            roots: vec![self.root().clone()],
            intermediates: vec![self.issuing().clone()],
            seal_keys: vec![self.seal_maker.key_sha256()],
        }
    }

    /// Makes a certificate for an enterprise: for as many days as the portal was told, from a little before now.
    ///
    /// # Errors
    /// [`IssueError`].
    pub(super) fn issue(
        &self,
        subject: Subject,
        key: &PublicKey,
        now: UnixTime,
    ) -> Result<Certificate, IssueError> {
        let profile = Profile::Enterprise {
            subject,
            login: true,
        };
        self.issuing
            .issue(&profile, key, self.enterprise_validity(now), &mut rng())
    }

    pub(crate) fn issuer(&self) -> &Issuer {
        &self.issuing
    }

    pub(super) fn root_issuer(&self) -> &Issuer {
        &self.root
    }

    /// Who makes its seals.
    pub fn seal_maker(&self) -> &SealMaker {
        &self.seal_maker
    }

    pub(super) fn responder(&self) -> &OcspResponder {
        &self.responder
    }

    /// With 0 days the certificate has expired a minute before it is issued: for tests of that case.
    fn enterprise_validity(&self, now: UnixTime) -> Validity {
        let until = match self.certificate_days {
            0 => now.as_secs().saturating_sub(60),
            days => now.as_secs().saturating_add(u64::from(days) * DAY),
        };
        Validity {
            not_before: UnixTime::from_secs(now.as_secs().saturating_sub(BACKDATED_SECONDS)),
            not_after: UnixTime::from_secs(until).min(self.issuing().not_after()),
        }
    }
}

fn open_root(definition: &Definition, keeper: &Keeper<'_>) -> Result<Issuer, AuthorityError> {
    let name = definition.own("root");
    let key = keeper.folder.key(&name)?;
    if let Some(certificate) = keeper.folder.certificate(&name)? {
        return Ok(Issuer::new(certificate, key)?);
    }
    let subject = definition.subject("Root CA")?;
    let root = Issuer::root(&subject, key, years(keeper.now, ROOT_YEARS), &mut rng())?;
    keeper.folder.keep_certificate(&name, root.certificate())?;
    Ok(root)
}

fn open_issuing(
    definition: &Definition,
    keeper: &Keeper<'_>,
    root: &Issuer,
) -> Result<Issuer, AuthorityError> {
    let name = definition.own("issuing");
    let key = keeper.folder.key(&name)?;
    if let Some(certificate) = keeper.folder.certificate(&name)? {
        return Ok(Issuer::new(certificate, key)?);
    }
    let profile = Profile::IssuingCa {
        subject: definition.subject("Issuing CA")?,
        path_length: 0,
    };
    let validity = years(keeper.now, ISSUING_YEARS);
    let certificate = root.issue(&profile, &key.public_key(), validity, &mut rng())?;
    keeper.folder.keep_certificate(&name, &certificate)?;
    Ok(Issuer::new(certificate, key)?)
}
