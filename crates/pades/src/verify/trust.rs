//! Whom the caller trusts, and the path of a certificate to one of them at the moment that counts.

use scanseal_pki::{
    AnyCertificate, AnyPathReport, Crl, OcspResponse, PathError, Revocation, RevocationPolicy,
    RevocationSource, RevocationStatus, SignedData, UnixTime, Usage, verify_any_path,
};

use super::{
    checks::Checks,
    report::{ChainCertificate, CheckId, Reason, RevocationReport},
};

/// How far the clocks of authorities and of the caller may be apart.
pub(crate) const CLOCK_SKEW_SECS: u64 = 300;
/// How often a path is looked for at another moment, where certificates of it are out of their time: once for each of a path.
const MAX_MOMENTS: usize = scanseal_pki::MAX_PATH_LENGTH;

/// Whom the caller trusts, and what the caller knows.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Authorities at which a path may end, for signers and for time stamps. Nothing in the file ever is one.
    pub anchors: Vec<NamedAnchor>,
    /// More certificates to build paths with; they are trusted no more than those in the file.
    pub certificates: Vec<AnyCertificate>,
    /// Revocation lists.
    pub crls: Vec<Crl>,
    /// OCSP answers.
    pub ocsps: Vec<OcspResponse>,
    /// Now, or the moment the caller asks about.
    pub at: UnixTime,
    /// What to make of certificates whose revocation nothing is known about.
    pub revocation: RevocationRule,
}

/// An authority the caller trusts.
#[derive(Clone, Debug)]
pub struct NamedAnchor {
    /// What the caller calls it.
    pub name: String,
    /// Its certificate.
    pub certificate: AnyCertificate,
}

/// What to make of a certificate if nothing current is known about its revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationRule {
    /// The signature is indeterminate.
    Always,
    /// Indeterminate if the certificate says where to ask (an OCSP responder or a revocation list), since then somebody could
    /// have, or if the caller gave any evidence, which then does not tell; noted otherwise: about certificates of small
    /// private authorities nobody can ever know more.
    #[default]
    WhereStated,
    /// Noted only.
    Never,
}

impl Trust {
    /// Trusts nobody yet, as of `at`.
    pub fn new(at: UnixTime) -> Self {
        Self {
            anchors: Vec::new(),
            certificates: Vec::new(),
            crls: Vec::new(),
            ocsps: Vec::new(),
            at,
            revocation: RevocationRule::default(),
        }
    }

    fn material(&self) -> Material {
        Material {
            certificates: Vec::new(),
            crls: self.crls.clone(),
            ocsps: self.ocsps.clone(),
        }
    }
}

/// Certificates and revocation data out of the file: material, never trusted for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Material {
    pub(crate) certificates: Vec<AnyCertificate>,
    pub(crate) crls: Vec<Crl>,
    pub(crate) ocsps: Vec<OcspResponse>,
}

impl Material {
    /// Adds what a message carries. What cannot be read proves nothing, and is passed over.
    pub(crate) fn add(&mut self, message: &SignedData) {
        let certificates = message.certificates().map(AnyCertificate::from_der);
        self.certificates
            .extend(certificates.filter_map(Result::ok));
        self.crls
            .extend(message.crls().map(Crl::from_der).filter_map(Result::ok));
        self.ocsps.extend(
            message
                .ocsps()
                .map(OcspResponse::from_der)
                .filter_map(Result::ok),
        );
    }
}

/// The moment for which a certificate is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) at: UnixTime,
    /// Whether a time stamp proves that the signature existed then; otherwise it is only known to exist now.
    pub(crate) proven: bool,
    /// The caller's now: evidence may be from any time up to it.
    pub(crate) now: UnixTime,
    /// Whether revocation is looked at. For what has failed already it is not: a file with hundreds of worthless signatures and
    /// thousands of revocation lists would cost hours.
    pub(crate) revocation: bool,
}

/// What was found about a certificate's path.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathFound {
    pub(crate) chain: Vec<ChainCertificate>,
    pub(crate) anchor: Option<String>,
    pub(crate) revocation: Vec<RevocationReport>,
    /// Whether the file itself has what a later verifier needs: certificates, and good news about each of them.
    pub(crate) self_contained: bool,
    pub(crate) checks: Checks,
}

/// Looks for a path from `leaf` to an anchor, and judges it for `moment`.
pub(crate) fn judge(
    trust: &Trust,
    material: &Material,
    leaf: &AnyCertificate,
    moment: Moment,
    usage: Usage,
) -> PathFound {
    let mut found = PathFound::default();
    if trust.anchors.is_empty() {
        found
            .checks
            .unsure(CheckId::Path, Reason::NoTrustAnchors, "");
        return found.without_path();
    }
    let (at, report) = match find(trust, material, leaf, moment, usage) {
        Ok(report) => report,
        Err(PathError::WrongUsage { .. }) => {
            found.checks.unsure(CheckId::Usage, Reason::WrongUsage, "");
            found.checks.skip(CheckId::Path);
            found.checks.skip(CheckId::Validity);
            found.checks.skip(CheckId::Revocation);
            return found;
        }
        Err(error) => {
            found.no_path(trust, material, leaf, &error);
            found.checks.skip(CheckId::Validity);
            if leaf.is_meant_for(usage) {
                found.checks.skip(CheckId::Usage);
            } else {
                found.checks.unsure(CheckId::Usage, Reason::WrongUsage, "");
            }
            found.checks.skip(CheckId::Revocation);
            return found;
        }
    };
    found.checks.pass(CheckId::Path);
    found.validity(leaf, moment, at);
    found.checks.pass(CheckId::Usage);
    found.chain = report.chain().iter().map(chain_certificate).collect();
    found.anchor = (trust.anchors.get(report.anchor_index())).map(|anchor| anchor.name.clone());
    if moment.revocation {
        found.judge_revocation(trust, material, report.chain(), moment);
    } else {
        found.checks.skip(CheckId::Revocation);
    }
    found
}

impl PathFound {
    fn no_path(
        &mut self,
        trust: &Trust,
        material: &Material,
        leaf: &AnyCertificate,
        error: &PathError,
    ) {
        let (id, detail) = (CheckId::Path, error.to_string());
        match error {
            PathError::Algorithm => {
                let mut candidates = [leaf]
                    .into_iter()
                    .chain(&material.certificates)
                    .chain(&trust.certificates)
                    .filter(|certificate| !certificate.is_self_issued());
                // What is not known here may be good; what is known to be broken is not.
                let weak = candidates.any(|certificate| {
                    let algorithm = certificate.signature_algorithm();
                    algorithm.is_ok_and(|algorithm| algorithm.strength().is_err())
                });
                if weak {
                    self.checks.fail(id, Reason::AlgorithmWeak, detail);
                } else {
                    self.checks.unsure(id, Reason::AlgorithmUnknown, detail);
                }
            }
            // Whoever vouches for oneself is an authority for nobody else, which is not the point.
            PathError::CaConstraint { .. } if !leaf.is_self_issued() => {
                self.checks.unsure(id, Reason::PathInvalid, detail);
            }
            _ => self.checks.unsure(id, Reason::Untrusted, detail),
        }
    }

    fn without_path(mut self) -> Self {
        for id in [CheckId::Validity, CheckId::Usage, CheckId::Revocation] {
            self.checks.skip(id);
        }
        self
    }

    /// `at` is when the path was valid, if not at the moment itself.
    fn validity(&mut self, leaf: &AnyCertificate, moment: Moment, at: UnixTime) {
        let id = CheckId::Validity;
        if at == moment.at {
            return self.checks.pass(id);
        }
        if moment.at < at {
            let detail = format!("valid only from {}", at.to_rfc3339());
            // It exists already, so an own certificate that begins later was not there when it was made.
            return if moment.at < leaf.not_before() {
                self.checks.fail(id, Reason::NotYetValid, detail)
            } else {
                self.checks.unsure(id, Reason::NotYetValid, detail)
            };
        }
        let detail = format!("valid until {}", at.to_rfc3339());
        if moment.proven && leaf.not_after() < moment.at {
            self.checks.fail(id, Reason::Expired, detail);
        } else {
            self.checks.unsure(id, Reason::ExpiredNoProof, detail);
        }
    }

    fn judge_revocation(
        &mut self,
        trust: &Trust,
        material: &Material,
        chain: &[AnyCertificate],
        moment: Moment,
    ) {
        let id = CheckId::Revocation;
        let embedded = evidence(&[material], moment);
        let all = evidence(&[material, &trust.material()], moment);
        let mut clean = true;
        self.self_contained = true;
        for pair in chain.windows(2) {
            let [certificate, issuer] = pair else {
                continue;
            };
            let told = embedded.any_status(certificate, issuer, moment.at);
            self.self_contained &=
                told != RevocationStatus::Unknown && material.certificates.contains(certificate);
            let status = all.any_status(certificate, issuer, moment.at);
            self.revocation
                .push(revocation_report(certificate, &status));
            let subject = certificate.subject_name();
            clean &= matches!(status, RevocationStatus::Good { .. });
            match status {
                RevocationStatus::Good { .. } => {}
                RevocationStatus::RevokedLater { .. } => {
                    self.checks.note(id, Reason::RevokedLater, subject);
                }
                RevocationStatus::Revoked { since, .. } => {
                    let detail = format!("{subject}, since {}", since.to_rfc3339());
                    if moment.proven {
                        self.checks.fail(id, Reason::Revoked, detail);
                    } else {
                        self.checks.unsure(id, Reason::RevokedNoProof, detail);
                    }
                }
                RevocationStatus::Unknown => match trust.revocation {
                    RevocationRule::Never => {
                        self.checks.note(id, Reason::RevocationUnknown, subject);
                    }
                    RevocationRule::WhereStated
                        if !names_revocation_source(certificate)
                            && trust.crls.is_empty()
                            && trust.ocsps.is_empty() =>
                    {
                        self.checks.note(id, Reason::RevocationUnstated, subject);
                    }
                    _ => self.checks.unsure(id, Reason::RevocationUnknown, subject),
                },
            }
        }
        if clean {
            self.checks.pass(id);
        }
    }
}

/// A path, and when it is valid: at `at`, or, where certificates are out of their time, as near to it as can be.
fn find(
    trust: &Trust,
    material: &Material,
    leaf: &AnyCertificate,
    moment: Moment,
    usage: Usage,
) -> Result<(UnixTime, AnyPathReport), PathError> {
    let anchors: Vec<AnyCertificate> = trust
        .anchors
        .iter()
        .map(|anchor| anchor.certificate.clone())
        .collect();
    let intermediates: Vec<AnyCertificate> = (material.certificates.iter())
        .chain(&trust.certificates)
        .cloned()
        .collect();
    // A path of which nothing is revoked is preferred; if there is none, the one that is revoked is to be shown.
    let known = evidence(&[material, &trust.material()], moment);
    let nothing = Revocation::new(RevocationPolicy::AllowUnknown);
    let search =
        |at, revocation| verify_any_path(leaf, &intermediates, &anchors, at, usage, revocation);
    let (mut at, mut error) = (moment.at, None);
    for _ in 0..MAX_MOMENTS {
        let found = match search(at, &known) {
            Err(PathError::Revoked { .. }) => search(at, &nothing),
            found => found,
        };
        match found {
            Ok(report) => return Ok((at, report)),
            Err(PathError::Expired { not_after }) if not_after < at && at <= moment.at => {
                at = not_after;
                error = Some(PathError::Expired { not_after });
            }
            Err(PathError::NotYetValid { not_before }) if at < not_before && moment.at <= at => {
                at = not_before;
                error = Some(PathError::NotYetValid { not_before });
            }
            Err(other) => return Err(error.unwrap_or(other)),
        }
    }
    Err(error.unwrap_or(PathError::Untrusted {
        reason: "no moment at which all of the path is valid".to_owned(),
    }))
}

/// What is known, for judging `moment`.
fn evidence(materials: &[&Material], moment: Moment) -> Revocation {
    let mut revocation = Revocation::new(RevocationPolicy::AllowUnknown);
    if moment.proven {
        revocation = revocation.looking_back_from(moment.now);
    }
    for material in materials.iter().filter(|_| moment.revocation) {
        for crl in &material.crls {
            revocation = revocation.with_crl(crl.clone());
        }
        for ocsp in &material.ocsps {
            revocation = revocation.with_ocsp(ocsp.clone());
        }
    }
    revocation
}

fn revocation_report(certificate: &AnyCertificate, status: &RevocationStatus) -> RevocationReport {
    let name = |source: RevocationSource| match source {
        RevocationSource::Crl => "crl",
        RevocationSource::Ocsp => "ocsp",
    };
    let (word, source, as_of, revoked_at) = match *status {
        RevocationStatus::Good {
            source,
            this_update,
            ..
        } => ("good", Some(source), Some(this_update), None),
        RevocationStatus::Revoked { source, since, .. }
        | RevocationStatus::RevokedLater { source, since, .. } => {
            ("revoked", Some(source), None, Some(since))
        }
        RevocationStatus::Unknown => ("unknown", None, None, None),
    };
    RevocationReport {
        subject: certificate.subject_name(),
        status: word,
        source: source.map(name),
        as_of: as_of.map(UnixTime::to_rfc3339),
        revoked_at: revoked_at.map(UnixTime::to_rfc3339),
    }
}

/// Whether the certificate says where to ask about its revocation.
fn names_revocation_source(certificate: &AnyCertificate) -> bool {
    !certificate.ocsp_addresses().is_empty() || !certificate.crl_addresses().is_empty()
}

fn chain_certificate(certificate: &AnyCertificate) -> ChainCertificate {
    ChainCertificate {
        subject: certificate.subject_name(),
        sha256: scanseal_pki::hex::lower(&certificate.sha256()),
        not_after: certificate.not_after().to_rfc3339(),
    }
}
