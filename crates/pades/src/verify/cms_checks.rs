//! What a CMS report says, as checks of the report.

use scanseal_pki::{
    SignatureFault,
    cms::{
        AttributeFault, CmsReport, ConsistencyFault, FormFault, SignatureCheckFault,
        SigningCertificate,
    },
};

use super::{
    checks::Checks,
    report::{CheckId, Fact, Reason},
};

/// How the signing-certificate attribute is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ess {
    /// PAdES: it must be there, with a strong digest.
    Required,
    /// Older forms: it may be missing, but may not contradict.
    Optional,
}

/// Adds what was found, fact by fact. `hashed` says whether there was a digest to compare with: there is none if it is not
/// clear what was signed. Returns whether the digest and the signature value fit.
pub(crate) fn cms_checks(
    report: &CmsReport,
    ess: Ess,
    hashed: bool,
    checks: &mut Checks,
) -> (Fact, Fact) {
    form(report, checks);
    let digest = digest(report, hashed, checks);
    let signature = signature(report, checks);
    algorithms(report, checks);
    signing_certificate(report, ess, checks);
    (digest, signature)
}

fn form(report: &CmsReport, checks: &mut Checks) {
    let id = CheckId::CmsFormat;
    let mut good = true;
    let mut fail = |reason, detail: String| {
        good = false;
        checks.fail(id, reason, detail);
    };
    if let Err(fault) = report.form {
        let reason = match fault {
            FormFault::ContentInside | FormFault::ContentMissing => Reason::CmsContent,
            _ => Reason::CmsSigners,
        };
        fail(reason, fault.to_string());
    }
    if let Err(fault) = report.attributes {
        fail(Reason::CmsAttributes, fault.to_string());
    }
    if let Err(fault) = report.content_type {
        fail(Reason::CmsContentType, fault.to_string());
    }
    if good {
        checks.pass(id);
    }
}

fn digest(report: &CmsReport, hashed: bool, checks: &mut Checks) -> Fact {
    let id = CheckId::MessageDigest;
    match report.message_digest {
        Ok(()) => {
            checks.pass(id);
            Fact::Yes
        }
        Err(AttributeFault::Mismatch) if !hashed => {
            checks.skip(id);
            Fact::Unknown
        }
        Err(AttributeFault::Mismatch) => {
            checks.fail(id, Reason::DigestMismatch, "");
            Fact::No
        }
        Err(fault) => {
            checks.fail(id, Reason::CmsDigestMissing, fault.to_string());
            Fact::No
        }
    }
}

fn signature(report: &CmsReport, checks: &mut Checks) -> Fact {
    let id = CheckId::SignatureValue;
    let Err(fault) = report.signature else {
        checks.pass(id);
        return Fact::Yes;
    };
    let (reason, fact) = match fault {
        SignatureCheckFault::NoCertificate => (Reason::SignerCertificateMissing, Fact::Unknown),
        SignatureCheckFault::Key(scanseal_pki::AnyKeyError::Malformed) => {
            (Reason::SignerCertificateMalformed, Fact::Unknown)
        }
        SignatureCheckFault::Key(_) | SignatureCheckFault::Algorithm(_) => {
            (Reason::AlgorithmUnknown, Fact::Unknown)
        }
        SignatureCheckFault::Value(SignatureFault::Weak(_)) => {
            // The check of the algorithms says so.
            checks.skip(id);
            return Fact::Unknown;
        }
        SignatureCheckFault::Value(SignatureFault::OtherKey) => {
            (Reason::AlgorithmMismatch, Fact::No)
        }
        _ => (Reason::SignatureInvalid, Fact::No),
    };
    // What this software does not know, or cannot find the key of, may still be a good signature.
    let open = [Reason::AlgorithmUnknown, Reason::SignerCertificateMissing];
    if open.contains(&reason) {
        checks.unsure(id, reason, fault.to_string());
    } else {
        checks.fail(id, reason, fault.to_string());
    }
    fact
}

fn algorithms(report: &CmsReport, checks: &mut Checks) {
    let id = CheckId::Algorithms;
    if let Err(weakness) = report.strength {
        checks.fail(id, Reason::AlgorithmWeak, weakness.to_string());
        return;
    }
    match report.algorithms {
        Ok(()) => checks.pass(id),
        Err(fault @ ConsistencyFault::Unreadable(_)) => {
            checks.unsure(id, Reason::AlgorithmUnknown, fault.to_string());
        }
        Err(fault) => checks.fail(id, Reason::AlgorithmMismatch, fault.to_string()),
    }
}

fn signing_certificate(report: &CmsReport, ess: Ess, checks: &mut Checks) {
    let id = CheckId::SigningCertificate;
    if report.signature == Err(SignatureCheckFault::NoCertificate) {
        // There is none that could be the one that is named.
        return checks.skip(id);
    }
    match (report.signing_certificate, ess) {
        (SigningCertificate::Named, _) => checks.pass(id),
        (SigningCertificate::Absent, Ess::Optional) => checks.skip(id),
        (SigningCertificate::Absent, Ess::Required) => {
            checks.fail(id, Reason::SigningCertificateMissing, "");
        }
        // The digest is broken, but what it names is also bound by the signature over issuer and key: a note will do for a
        // form that demands no attribute at all.
        (SigningCertificate::NamedWeakly(_), Ess::Optional) => {
            checks.note(
                id,
                Reason::AlgorithmWeak,
                "the signing certificate is named by SHA-1",
            );
        }
        (SigningCertificate::NamedWeakly(_), Ess::Required) => {
            checks.fail(
                id,
                Reason::AlgorithmWeak,
                "the signing certificate is named by SHA-1",
            );
        }
        (SigningCertificate::Other, _) => {
            checks.fail(id, Reason::SigningCertificateMismatch, "");
        }
        (SigningCertificate::Malformed, _) => {
            checks.fail(
                id,
                Reason::SigningCertificateMismatch,
                "the attribute cannot be read",
            );
        }
    }
}
