//! One signature: what is read before anything is hashed, and what is found out after.

use scanseal_pki::{
    AnyCertificate, DigestAlgorithm, ImprintFault, SignedData, TimestampReport as TokenFacts,
    TimestampToken, UnixTime, Usage, cms,
};

use super::{
    byte_range::{Breach, Covered},
    checks::Checks,
    cms_checks::{Ess, cms_checks},
    date::date,
    discovery::{FieldValue, SignatureField},
    hashing::DigestJob,
    later::Rules,
    report::{
        CheckId, Claimed, Fact, Integrity, Reason, SignatureKind, SignatureVerdict, Signer,
        TimestampReport,
    },
    text_string::text_string,
    trust::{CLOCK_SKEW_SECS, Material, Moment, PathFound, Trust, judge},
};
use crate::{
    PdfError,
    file::{Location, Pdf},
    syntax::{Dictionary, Object, Span},
};

/// A signature as it stands in the file.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) field: SignatureField,
    pub(crate) kind: SignatureKind,
    pub(crate) rules: Rules,
    pub(crate) sub_filter: Option<String>,
    pub(crate) covered: Covered,
    pub(crate) claimed: Claimed,
    pub(crate) claimed_time: Option<UnixTime>,
    /// Position among the jobs, if there is something to hash.
    pub(crate) job: Option<usize>,
    form: Form,
    message: Message,
    /// Those that need no digest.
    checks: Checks,
}

/// `/SubFilter` (ISO 32000-2 table 260).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Cades,
    Pkcs7Detached,
    Timestamp,
    /// `adbe.pkcs7.sha1` and `adbe.x509.rsa_sha1`: nothing but SHA-1.
    Sha1,
    Unknown,
}

#[derive(Debug)]
enum Message {
    Signed(SignedData),
    Timestamp(TimestampToken),
    None,
}

/// What is found out with the digest, for its moment.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) checks: Checks,
    pub(crate) integrity: Integrity,
    pub(crate) path: PathFound,
    pub(crate) signer: Option<Signer>,
    pub(crate) timestamp: Option<TimestampReport>,
    pub(crate) checked_at: UnixTime,
    /// A time stamp, its own or that of the document, proves when it was made.
    pub(crate) proven: bool,
    /// Of a document time stamp that passed: everything it covers existed then.
    pub(crate) proves: Option<UnixTime>,
}

impl Signature {
    /// Reads everything but the signed bytes.
    pub(crate) fn read(pdf: &Pdf<'_>, field: SignatureField) -> Result<Self, PdfError> {
        let mut covered = Covered::of(pdf, &field)?;
        let dictionary = field.value.dictionary().cloned().unwrap_or_default();
        let view = covered
            .revision
            .and_then(|index| pdf.view(index))
            .unwrap_or(pdf.latest());
        let rules = Rules::read(view, &field, &dictionary)?;
        let sub_filter = match view.find(&dictionary, "SubFilter")? {
            Some(Object::Name(name)) => Some(String::from_utf8_lossy(&name.0).into_owned()),
            _ => None,
        };
        let form = match sub_filter.as_deref() {
            Some("ETSI.CAdES.detached") => Form::Cades,
            Some("adbe.pkcs7.detached") => Form::Pkcs7Detached,
            Some("ETSI.RFC3161") => Form::Timestamp,
            Some("adbe.pkcs7.sha1" | "adbe.x509.rsa_sha1") => Form::Sha1,
            _ => Form::Unknown,
        };
        let kind = match form {
            Form::Timestamp => SignatureKind::DocumentTimestamp,
            _ => rules.kind(),
        };
        let text = |key| -> Result<Option<String>, PdfError> {
            Ok(match view.find(&dictionary, key)? {
                Some(Object::String(string)) => Some(text_string(&string.bytes)),
                _ => None,
            })
        };
        let claimed = Claimed {
            name: text("Name")?,
            reason: text("Reason")?,
            location: text("Location")?,
            contact: text("ContactInfo")?,
        };
        let claimed_time = text("M")?.as_deref().and_then(date);
        let mut checks = Checks::default();
        let message = read_message(
            form,
            sub_filter.as_deref(),
            &dictionary,
            &mut covered,
            &mut checks,
        );
        Ok(Self {
            field,
            kind,
            rules,
            sub_filter,
            covered,
            claimed,
            claimed_time,
            job: None,
            form,
            message,
            checks,
        })
    }

    /// Whether it agrees to the document, which time stamps do not.
    pub(crate) fn agrees(&self) -> bool {
        self.kind != SignatureKind::DocumentTimestamp
    }

    /// What has to be hashed for it, if it is worth hashing.
    pub(crate) fn digest_job(&self) -> Option<DigestJob> {
        let ranges = self.covered.ranges?;
        let algorithm = match &self.message {
            Message::Signed(message) => message.digest_algorithm().ok()?,
            Message::Timestamp(token) => token.imprint_algorithm()?,
            Message::None => return None,
        };
        algorithm.is_strong().then(|| DigestJob {
            algorithm,
            ranges: ranges.to_vec(),
        })
    }

    /// Where the dictionary stands, if it is a plain object of the file.
    pub(crate) fn span(&self) -> Option<Span> {
        match &self.field.value {
            FieldValue::Indirect(indirect) => match indirect.location {
                Location::File(span) => Some(span),
                _ => None,
            },
            FieldValue::Direct(_) => None,
        }
    }

    /// Another field leads to this signature, or another dictionary claims the same revision: not both can be signatures of it.
    pub(crate) fn shares_revision(&mut self, same_value: bool) {
        self.covered.ranges = None;
        let (reason, detail) = if same_value {
            (Reason::FieldInvalid, "another field has the same signature")
        } else {
            (
                Reason::ByteRangeEnd,
                "another signature covers the same revision",
            )
        };
        self.covered.breach(reason, detail, self.span());
    }

    /// Certificates and revocation data that stand in the signature itself, and in its time stamp.
    pub(crate) fn material(&self) -> Material {
        let mut material = Material::default();
        match &self.message {
            Message::Signed(message) => {
                material.add(message);
                if let Ok(Some(token)) = message.timestamp() {
                    material.add(token.signed_data());
                }
            }
            Message::Timestamp(token) => material.add(token.signed_data()),
            Message::None => {}
        }
        material
    }

    /// Finds out everything that the digest tells; there is none if it is not clear what is signed. `bound` is the latest moment at which it can have been made: now, or what a
    /// later document time stamp proves.
    pub(crate) fn judge(
        &self,
        digest: Option<&[u8]>,
        trust: &Trust,
        material: &Material,
        bound: UnixTime,
    ) -> Judged {
        let mut judged = Judged::new(self.structure(), bound, bound < trust.at);
        match &self.message {
            Message::Signed(message) => {
                judged.signed(self.form, message, digest, trust, material, bound)
            }
            Message::Timestamp(token) => judged.stamped(token, digest, trust, material, bound),
            Message::None => {
                for id in [
                    CheckId::MessageDigest,
                    CheckId::SignatureValue,
                    CheckId::Algorithms,
                    CheckId::SigningCertificate,
                    CheckId::Timestamp,
                ] {
                    if !judged.checks.has_failed_in(id) {
                        judged.checks.skip(id);
                    }
                }
                judged.skip_path();
            }
        }
        judged
    }

    /// What holds of it whoever is trusted; nothing if it is no signature, but a document time stamp, or cannot be read.
    pub(crate) fn soundness(&self, digest: Option<&[u8]>) -> Option<Judged> {
        let Message::Signed(message) = &self.message else {
            return None;
        };
        let mut judged = Judged::new(self.structure(), UnixTime::default(), false);
        judged.message(self.form, message, digest);
        Some(judged)
    }

    /// The checks on form, dictionary and byte range.
    fn structure(&self) -> Checks {
        let mut checks = Checks::default();
        let of = |reason| match reason {
            Reason::FieldInvalid => CheckId::Field,
            Reason::DictionaryNotPlain | Reason::DictionaryReplaced => CheckId::Dictionary,
            _ => CheckId::ByteRange,
        };
        for id in [CheckId::Field, CheckId::Dictionary, CheckId::ByteRange] {
            let breaches: Vec<&Breach> = self
                .covered
                .breaches
                .iter()
                .filter(|breach| of(breach.reason) == id)
                .collect();
            if breaches.is_empty() {
                checks.pass(id);
            }
            for breach in breaches {
                checks.fail_at(id, breach.reason, breach.detail, breach.place);
            }
        }
        checks.extend(self.checks.clone());
        checks
    }
}

/// Reads `/Contents` by `/SubFilter`: what it is, and what of it is padding.
fn read_message(
    form: Form,
    sub_filter: Option<&str>,
    dictionary: &Dictionary,
    covered: &mut Covered,
    checks: &mut Checks,
) -> Message {
    let id = CheckId::CmsFormat;
    match form {
        Form::Unknown => {
            checks.fail(
                id,
                Reason::SubFilterUnknown,
                sub_filter.unwrap_or("/SubFilter is missing"),
            );
            return Message::None;
        }
        Form::Sha1 => {
            checks.fail(
                CheckId::Algorithms,
                Reason::AlgorithmWeak,
                sub_filter.unwrap_or_default(),
            );
            return Message::None;
        }
        Form::Pkcs7Detached => {
            checks.note(id, Reason::SubFilterForeign, sub_filter.unwrap_or_default())
        }
        Form::Cades | Form::Timestamp => {}
    }
    let Some(contents) = &covered.contents else {
        return Message::None;
    };
    let place = dictionary.get("Contents").map(|value| value.span);
    let length = cms::content_length(contents).unwrap_or(contents.len());
    let (der, padding) = contents.split_at(length.min(contents.len()));
    let padded = padding.iter().all(|&byte| byte == 0);
    // EN 319 142-1 clause 4.1 wants DER. Older forms are read also where a length is indefinite.
    if form == Form::Cades && matches!(der, [_, 0x80, ..]) {
        checks.fail(id, Reason::CmsMalformed, "the CMS message is not in DER");
        return Message::None;
    }
    let (reason, message) = match form {
        Form::Timestamp => (
            Reason::TimestampInvalid,
            TimestampToken::from_der(der).map(Message::Timestamp),
        ),
        _ => (
            Reason::CmsMalformed,
            SignedData::from_der(der).map(Message::Signed),
        ),
    };
    if !padded {
        covered.breach(
            Reason::ContentsInvalid,
            "something other than zeros follows the signature value",
            place,
        );
    }
    message.unwrap_or_else(|error| {
        checks.fail(id, reason, error.to_string());
        Message::None
    })
}

impl Judged {
    /// What is known before anything is judged, as of `bound`.
    fn new(checks: Checks, bound: UnixTime, proven: bool) -> Self {
        Self {
            checks,
            integrity: Integrity {
                digest: Fact::Unknown,
                signature: Fact::Unknown,
                digest_algorithm: None,
                signature_algorithm: None,
            },
            path: PathFound::default(),
            signer: None,
            timestamp: None,
            checked_at: bound,
            proven,
            proves: None,
        }
    }

    fn signed(
        &mut self,
        form: Form,
        message: &SignedData,
        digest: Option<&[u8]>,
        trust: &Trust,
        material: &Material,
        bound: UnixTime,
    ) {
        if let Some((token, facts)) = self.message(form, message, digest)
            && let Some(time) = self.own_timestamp(&token, &facts, trust, material, bound)
        {
            self.checked_at = time;
            self.proven = true;
        }
        let moment = Moment {
            at: self.checked_at,
            proven: self.proven,
            now: trust.at,
            revocation: !self.checks.has_failed(),
        };
        self.judge_path(
            message.signer(),
            trust,
            material,
            moment,
            Usage::PdfSignature,
        );
    }

    /// What a message tells whoever is trusted: whether it fits digest and key, and the token of its time stamp.
    fn message(
        &mut self,
        form: Form,
        message: &SignedData,
        digest: Option<&[u8]>,
    ) -> Option<(TimestampToken, TokenFacts)> {
        let ess = match form {
            Form::Cades => Ess::Required,
            _ => Ess::Optional,
        };
        self.read_integrity(message, message.digest_algorithm_name());
        let facts = message.verify(digest.unwrap_or_default());
        let (digest, signature) = cms_checks(&facts, ess, digest.is_some(), &mut self.checks);
        (self.integrity.digest, self.integrity.signature) = (digest, signature);

        let id = CheckId::Timestamp;
        match message.timestamp() {
            Ok(None) => {
                self.checks.skip(id);
                None
            }
            Ok(Some(token)) => {
                let stamped = token
                    .imprint_algorithm()
                    .and_then(|algorithm| algorithm.digest(message.signature_value()));
                let facts = token.verify(&stamped.unwrap_or_default());
                if !facts.is_good() {
                    let fault = facts.imprint.err().map(|fault| fault.to_string());
                    self.checks
                        .fail(id, Reason::TimestampInvalid, fault.unwrap_or_default());
                }
                Some((token, facts))
            }
            Err(error) => {
                self.checks
                    .fail(id, Reason::TimestampInvalid, error.to_string());
                None
            }
        }
    }

    /// The time that the token in a signature proves, if it does.
    fn own_timestamp(
        &mut self,
        token: &TimestampToken,
        facts: &TokenFacts,
        trust: &Trust,
        material: &Material,
        bound: UnixTime,
    ) -> Option<UnixTime> {
        let id = CheckId::Timestamp;
        let mut report = TimestampReport {
            time: token.time().to_rfc3339(),
            authority: token.signer().map(AnyCertificate::subject_name),
            proven: Fact::No,
            reason: None,
        };
        let proven = if !facts.is_good() {
            report.reason = Some(Reason::TimestampInvalid);
            None
        } else if token.time() > bound.saturating_add_secs(CLOCK_SKEW_SECS) {
            report.reason = Some(Reason::TimestampOrder);
            self.checks.unsure(
                id,
                Reason::TimestampOrder,
                format!(
                    "stamped {}, but known at {}",
                    report.time,
                    bound.to_rfc3339()
                ),
            );
            None
        } else {
            let revocation = !self.checks.has_failed();
            match authority_fault(token, trust, material, bound, revocation) {
                None => {
                    report.proven = Fact::Yes;
                    self.checks.pass(id);
                    Some(latest(token).min(bound))
                }
                Some(detail) => {
                    report.proven = Fact::Unknown;
                    report.reason = Some(Reason::TimestampUntrusted);
                    self.checks.note(id, Reason::TimestampUntrusted, detail);
                    None
                }
            }
        };
        self.timestamp = Some(report);
        proven
    }

    /// A document time stamp.
    fn stamped(
        &mut self,
        token: &TimestampToken,
        digest: Option<&[u8]>,
        trust: &Trust,
        material: &Material,
        bound: UnixTime,
    ) {
        let message = token.signed_data();
        let stated = token.imprint_algorithm().map_or("", DigestAlgorithm::name);
        self.read_integrity(message, stated.to_owned());
        let facts = token.verify(digest.unwrap_or_default());
        let id = CheckId::Timestamp;
        let mut inner = Checks::default();
        // The digest that the token's own attributes state is that of its content; the file's is the imprint in there.
        let (content, signature) = cms_checks(&facts.cms, Ess::Optional, true, &mut inner);
        for check in inner.into_list() {
            if check.id != CheckId::MessageDigest {
                self.checks.push(check);
            }
        }
        if facts.cms.signing_certificate == cms::SigningCertificate::Absent {
            self.checks.fail(
                CheckId::SigningCertificate,
                Reason::SigningCertificateMissing,
                "",
            );
        }
        if content != Fact::Yes {
            self.checks.fail(
                id,
                Reason::TimestampInvalid,
                "the token does not fit its own content",
            );
        }
        self.integrity.signature = signature;
        self.integrity.digest = self.imprint(facts.imprint, digest.is_some());
        let too_late = token.time() > bound.saturating_add_secs(CLOCK_SKEW_SECS);
        if too_late {
            self.checks.unsure(
                id,
                Reason::TimestampOrder,
                format!("known at {} already", bound.to_rfc3339()),
            );
        }
        let moment = Moment {
            at: bound,
            proven: false,
            now: trust.at,
            revocation: !self.checks.has_failed(),
        };
        self.judge_path(token.signer(), trust, material, moment, Usage::TimeStamping);
        let passed = self.checks.conclude().verdict == SignatureVerdict::Passed;
        let valid_then = token
            .signer()
            .is_some_and(|signer| was_valid(signer, token.time()));
        if !valid_then {
            self.checks.fail(
                id,
                Reason::TimestampInvalid,
                "the authority's certificate was not valid at the stamped time",
            );
        }
        let proves = passed && valid_then;
        self.proves = proves.then(|| latest(token).min(bound));
        self.timestamp = Some(TimestampReport {
            time: token.time().to_rfc3339(),
            authority: token.signer().map(AnyCertificate::subject_name),
            proven: if proves { Fact::Yes } else { Fact::Unknown },
            reason: None,
        });
    }

    /// Whether a document time stamp stamps the bytes of the file.
    fn imprint(&mut self, imprint: Result<(), ImprintFault>, hashed: bool) -> Fact {
        let id = CheckId::MessageDigest;
        match imprint {
            Ok(()) => {
                self.checks.pass(id);
                Fact::Yes
            }
            Err(ImprintFault::Mismatch) if !hashed => {
                self.checks.skip(id);
                Fact::Unknown
            }
            Err(ImprintFault::Mismatch) => {
                self.checks.fail(id, Reason::DigestMismatch, "");
                Fact::No
            }
            Err(fault @ ImprintFault::Weak(_)) => {
                self.checks
                    .fail(id, Reason::AlgorithmWeak, fault.to_string());
                Fact::Unknown
            }
            Err(fault @ ImprintFault::Unknown) => {
                self.checks
                    .unsure(id, Reason::AlgorithmUnknown, fault.to_string());
                Fact::Unknown
            }
            Err(fault) => {
                self.checks
                    .fail(id, Reason::TimestampInvalid, fault.to_string());
                Fact::Unknown
            }
        }
    }

    fn read_integrity(&mut self, message: &SignedData, digest_algorithm: String) {
        let named = |name: String| Some(name).filter(|name| !name.is_empty());
        self.integrity.digest_algorithm = named(digest_algorithm);
        self.integrity.signature_algorithm = named(message.signature_algorithm_name());
    }

    fn judge_path(
        &mut self,
        signer: Option<&AnyCertificate>,
        trust: &Trust,
        material: &Material,
        moment: Moment,
        usage: Usage,
    ) {
        let Some(signer) = signer else {
            return self.skip_path();
        };
        self.signer = Some(describe(signer));
        self.path = judge(trust, material, signer, moment, usage);
        self.checks.extend(core::mem::take(&mut self.path.checks));
    }

    fn skip_path(&mut self) {
        for id in [
            CheckId::Path,
            CheckId::Validity,
            CheckId::Usage,
            CheckId::Revocation,
        ] {
            self.checks.skip(id);
        }
    }
}

/// Why a token's authority is not believed; nothing if it is.
fn authority_fault(
    token: &TimestampToken,
    trust: &Trust,
    material: &Material,
    bound: UnixTime,
    revocation: bool,
) -> Option<String> {
    let Some(signer) = token.signer() else {
        return Some("its certificate is missing".to_owned());
    };
    if !was_valid(signer, token.time()) {
        return Some("its certificate was not valid at the stamped time".to_owned());
    }
    let moment = Moment {
        at: bound,
        proven: false,
        now: trust.at,
        revocation,
    };
    let found = judge(trust, material, signer, moment, Usage::TimeStamping);
    let conclusion = found.checks.conclude();
    let reason = conclusion.reasons.first()?;
    Some(reason.code())
}

fn was_valid(certificate: &AnyCertificate, at: UnixTime) -> bool {
    certificate.not_before() <= at && at <= certificate.not_after()
}

/// The latest moment that a token may mean: with its accuracy, rounded up.
fn latest(token: &TimestampToken) -> UnixTime {
    let accuracy = token.accuracy_micros().unwrap_or(0).div_ceil(1_000_000);
    token.time().saturating_add_secs(accuracy)
}

fn describe(certificate: &AnyCertificate) -> Signer {
    Signer {
        name: certificate.common_name(),
        enterprise: certificate.organization(),
        credit_code: certificate.credit_code().map(|code| code.to_string()),
        subject: certificate.subject_name(),
        issuer: certificate.issuer_name(),
        serial: certificate.serial_hex(),
        sha256: scanseal_pki::hex::lower(&certificate.sha256()),
        not_before: certificate.not_before().to_rfc3339(),
        not_after: certificate.not_after().to_rfc3339(),
    }
}
