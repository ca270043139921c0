//! All signatures of a file together, and the verdict on it.

use std::collections::HashSet;

use scanseal_pki::UnixTime;

use super::{
    appearance::Appearances,
    byte_range::is_space,
    changes::{LaterChanges, is_comment},
    discovery::{self, form},
    dss,
    hashing::DigestJob,
    hybrid,
    later::Annotations,
    report::{
        Change, ChangeLevel, CheckId, Coverage, DocumentReport, DocumentVerdict, Fact, Finding,
        Later, Level, Reason, Report, RevisionReport, SignatureKind, SignatureReport,
        SignatureVerdict, TimeReport, Unreadable,
    },
    signature::{Judged, Signature},
    trust::{Material, Trust},
};
use crate::{
    PdfError, Source,
    file::{Pdf, XrefEntry, XrefKind},
    syntax::{Object, ObjectId, Span},
};

/// A file with its signatures, before anything is hashed.
pub(crate) struct Document<'s> {
    pub(super) pdf: Pdf<'s>,
    /// Oldest first.
    pub(super) signatures: Vec<Signature>,
    /// What has to be hashed for them.
    pub(crate) jobs: Vec<DigestJob>,
}

impl<'s> Document<'s> {
    pub(crate) fn open(source: &'s dyn Source, password: Option<&str>) -> Result<Self, PdfError> {
        let pdf = Pdf::open(source, password)?;
        let mut signatures = discovery::signature_fields(pdf.latest())?
            .into_iter()
            .map(|field| Signature::read(&pdf, field))
            .collect::<Result<Vec<_>, _>>()?;
        signatures.sort_by_key(|signature| {
            let revision = signature.covered.revision.unwrap_or(usize::MAX);
            (
                revision,
                signature.span().map_or(u64::MAX, |span| span.start),
            )
        });
        let claims: Vec<(Option<usize>, Option<Span>)> = signatures
            .iter()
            .map(|signature| (signature.covered.revision, signature.span()))
            .collect();
        for (index, signature) in signatures.iter_mut().enumerate() {
            let (revision, span) = (signature.covered.revision, signature.span());
            let others = || {
                claims
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != index)
            };
            let same_value = span.is_some() && others().any(|(_, claim)| claim.1 == span);
            if same_value || revision.is_some() && others().any(|(_, claim)| claim.0 == revision) {
                signature.shares_revision(same_value);
            }
        }
        let mut jobs = Vec::new();
        for signature in &mut signatures {
            if let Some(job) = signature.digest_job() {
                signature.job = Some(jobs.len());
                jobs.push(job);
            }
        }
        Ok(Self {
            pdf,
            signatures,
            jobs,
        })
    }

    /// Judges everything. `tokens` is where `/ByteRange` stands in the file.
    pub(crate) fn report(
        self,
        digests: &[Vec<u8>],
        tokens: &[u64],
        trust: &Trust,
    ) -> Result<Report, PdfError> {
        let mut findings = self.findings(tokens)?;
        let mut revisions = self.revisions(&mut findings);
        let unclear = findings
            .iter()
            .any(|finding| finding.reason == Reason::ChangesUnclear);
        let judged = self.judge(digests, trust)?;
        let permitted_since = self.permits_annotations(&judged);
        let annotations = Annotations {
            permitted_since,
            covering: match permitted_since {
                Some(_) => self.covering(&revisions)?,
                None => HashSet::new(),
            },
        };
        let evidence_stamped = self.stamped_evidence(&judged, &revisions);

        let mut appearances = Appearances::new(self.pdf.latest());
        let mut reports = Vec::new();
        for (signature, mut judged) in self.signatures.iter().zip(judged) {
            let later = later(signature, &mut judged, &revisions, &annotations, unclear);
            let (appearance, check) = appearances.of(&signature.field)?;
            judged.checks.push(check);
            if findings.iter().any(|finding| finding.reason == Reason::Xfa) {
                // What viewers show is computed from there, and nobody has looked at it.
                judged
                    .checks
                    .unsure(CheckId::Appearance, Reason::Xfa, "the form has /XFA");
            }
            if let Some(index) = signature.covered.revision
                && signature.covered.holds()
                && (judged.integrity.digest, judged.integrity.signature) == (Fact::Yes, Fact::Yes)
                && let Some(revision) = revisions.get_mut(index)
            {
                revision.signed_by = Some(signature.field.name.clone());
            }
            reports.push(report(
                signature,
                judged,
                later,
                appearance,
                evidence_stamped,
            ));
        }
        let verdict = verdict(&findings, &reports);
        Ok(Report {
            version: 1,
            document: DocumentReport {
                verdict,
                unreadable: None,
                sha256: None,
                size: self.pdf.length(),
                revisions,
                findings,
            },
            signatures: reports,
        })
    }

    /// Everything in the file that helps to judge it.
    pub(crate) fn material(&self) -> Result<Material, PdfError> {
        let mut material = dss::read(self.pdf.latest())?;
        for signature in &self.signatures {
            let embedded = signature.material();
            material.certificates.extend(embedded.certificates);
            material.crls.extend(embedded.crls);
            material.ocsps.extend(embedded.ocsps);
        }
        deduplicate(&mut material);
        Ok(material)
    }

    /// Newest first, since a document time stamp that passes proves that everything before it existed then.
    fn judge(&self, digests: &[Vec<u8>], trust: &Trust) -> Result<Vec<Judged>, PdfError> {
        let material = self.material()?;
        let mut bound = trust.at;
        let mut judged: Vec<Judged> = Vec::new();
        for signature in self.signatures.iter().rev() {
            let digest = signature.job.and_then(|job| digests.get(job));
            let digest = digest
                .map(Vec::as_slice)
                .filter(|digest| !digest.is_empty());
            let found = signature.judge(digest, trust, &material, bound);
            if let Some(time) = found.proves {
                bound = bound.min(time);
            }
            judged.push(found);
        }
        judged.reverse();
        self.judge_certifications(&mut judged);
        Ok(judged)
    }

    /// Only the first signature certifies (ISO 32000-2 clause 12.8.2.2): a later one would loosen what was agreed on before.
    fn judge_certifications(&self, judged: &mut [Judged]) {
        let mut signatures = self.signatures.iter().zip(judged);
        let _ = signatures.find(|(signature, _)| signature.agrees());
        for (signature, judged) in signatures {
            if signature.rules.certification.is_some() {
                judged.checks.fail(
                    CheckId::Certification,
                    Reason::CertificationViolated,
                    "only the first signature certifies",
                );
            }
        }
    }

    /// The revision of an intact certification that permits annotations.
    fn permits_annotations(&self, judged: &[Judged]) -> Option<usize> {
        let certifications = self
            .signatures
            .iter()
            .zip(judged)
            .filter(|(signature, judged)| {
                signature.rules.certification == Some(3) && !judged.checks.has_failed()
            });
        certifications
            .filter_map(|(signature, _)| signature.covered.revision)
            .min()
    }

    /// The annotations that are no mere comments, among those that later revisions changed.
    fn covering(&self, revisions: &[RevisionReport]) -> Result<HashSet<(usize, u32)>, PdfError> {
        let mut covering = HashSet::new();
        for change in revisions.iter().flat_map(|revision| &revision.changes) {
            let entry = match self.pdf.view(change.revision) {
                Some(view) if change.level == ChangeLevel::Annotations => {
                    view.entry(change.object)?.map(|entry| (view, entry))
                }
                _ => None,
            };
            let Some((view, entry)) = entry else {
                continue;
            };
            let generation = match entry {
                XrefEntry::Offset { generation, .. } => generation,
                XrefEntry::Compressed { .. } => 0,
                XrefEntry::Free { .. } => continue,
            };
            let number = change.object;
            let object = view.object(ObjectId { number, generation })?;
            // What has no /Rect is no annotation, but what belongs to one: its page, its appearance.
            let Some(dictionary) = object.object.as_dictionary() else {
                continue;
            };
            if dictionary.get("Rect").is_none() {
                continue;
            }
            if !is_comment(view, dictionary)? {
                covering.insert((change.revision, number));
            }
        }
        Ok(covering)
    }

    /// The newest revision with long-term data that a later document time stamp proves.
    fn stamped_evidence(&self, judged: &[Judged], revisions: &[RevisionReport]) -> Option<usize> {
        let stamped = self
            .signatures
            .iter()
            .zip(judged)
            .filter(|(_, judged)| judged.proves.is_some());
        let newest = stamped
            .filter_map(|(signature, _)| signature.covered.revision)
            .max()?;
        let with_data = revisions.iter().filter(|revision| {
            let mut changes = revision.changes.iter();
            revision.index <= newest
                && changes.any(|change| change.class == super::report::ChangeClass::Dss)
        });
        with_data.map(|revision| revision.index).max()
    }

    fn revisions(&self, findings: &mut Vec<Finding>) -> Vec<RevisionReport> {
        let mut reports = Vec::new();
        let later = LaterChanges::new(&self.pdf);
        for revision in self.pdf.revisions() {
            let changes = match &later {
                _ if revision.index == 0 => Ok(Vec::new()),
                Ok(later) => later.of(revision.index),
                Err(error) => Err(error.clone()),
            };
            let changes = changes.unwrap_or_else(|error| {
                findings.push(Finding {
                    reason: Reason::ChangesUnclear,
                    decides: false,
                    detail: error.to_string(),
                    offset: Some(revision.start),
                });
                Vec::new()
            });
            let level = changes.iter().map(|change| change.level).max();
            reports.push(RevisionReport {
                index: revision.index,
                start: revision.start,
                end: revision.end,
                signed_by: None,
                level: level.unwrap_or(ChangeLevel::None),
                changes,
            });
        }
        reports
    }

    fn findings(&self, tokens: &[u64]) -> Result<Vec<Finding>, PdfError> {
        let mut findings = Vec::new();
        let known: Vec<Span> = self.signatures.iter().filter_map(Signature::span).collect();
        for offset in discovery::orphans(&self.pdf, tokens, &known)? {
            findings.push(Finding {
                reason: Reason::OrphanSignature,
                decides: true,
                detail: "no field leads to the signature dictionary here".to_owned(),
                offset: Some(offset),
            });
        }
        let signed = self.signatures.first().map(|signature| {
            let ranges = signature.covered.ranges;
            (
                signature.covered.revision,
                ranges.map_or(0, |[_, second]| second.end),
            )
        });
        for gap in self.pdf.gaps() {
            findings.push(self.gap(*gap, signed.map(|(_, end)| end))?);
        }
        for revision in self.pdf.revisions() {
            // What was there when the first signature was made is the signer's own.
            if signed.is_some_and(|(first, _)| revision.index > first.unwrap_or_default()) {
                findings.extend(self.unlisted(revision.index)?);
            }
            if revision.kind == XrefKind::Hybrid {
                // Before the first signature it is the signer's own producer, commonly a word processor.
                let after = signed
                    .is_some_and(|(first, _)| first.is_none_or(|first| revision.index > first));
                let two = signed.is_some() && hybrid::shows_two_documents(&self.pdf, revision)?;
                findings.push(Finding {
                    reason: Reason::HybridXref,
                    decides: after || two,
                    detail: format!("revision {}", revision.index),
                    offset: Some(revision.xref_offset),
                });
            }
        }
        let view = self.pdf.latest();
        if let Some(form) = form(view)?
            && !matches!(view.find(&form, "XFA")?, None | Some(Object::Null))
        {
            findings.push(Finding {
                reason: Reason::Xfa,
                decides: false,
                detail: "the form has /XFA".to_owned(),
                offset: None,
            });
        }
        Ok(findings)
    }

    /// What an update holds besides what its cross-reference lists: viewers that search the file for objects find it.
    fn unlisted(&self, revision: usize) -> Result<Option<Finding>, PdfError> {
        let Some(view) = self.pdf.view(revision) else {
            return Ok(None);
        };
        let (reason, detail, offset) = match view.unlisted_bytes() {
            Ok(None) => return Ok(None),
            Ok(Some(span)) => (
                Reason::UnlistedBytes,
                format!("{} bytes in revision {revision}", span.length()),
                Some(span.start),
            ),
            Err(PdfError::Source(error)) => return Err(error.into()),
            Err(error) => (Reason::ChangesUnclear, error.to_string(), None),
        };
        Ok(Some(Finding {
            reason,
            decides: reason == Reason::UnlistedBytes,
            detail,
            offset,
        }))
    }

    /// Bytes of no revision. `signed_end` is where the oldest signature ends, if there is one.
    fn gap(&self, gap: Span, signed_end: Option<u64>) -> Result<Finding, PdfError> {
        let last = self
            .pdf
            .revisions()
            .last()
            .map_or(0, |revision| revision.end);
        let (reason, decides) = if gap.start >= last {
            (Reason::TrailingBytes, !is_space(self.pdf.source(), gap)?)
        } else if gap.start == 0 {
            // Readers disagree whether offsets count from the file's first byte or from the header.
            (Reason::JunkBeforeHeader, true)
        } else {
            (
                Reason::BytesBetweenRevisions,
                signed_end.is_none_or(|end| gap.end > end),
            )
        };
        Ok(Finding {
            reason,
            // Without a signature there is nothing that it could be a trick against.
            decides: decides && signed_end.is_some(),
            detail: format!("{} bytes", gap.length()),
            offset: Some(gap.start),
        })
    }
}

/// Certificates that several signatures carry count once.
fn deduplicate(material: &mut Material) {
    let mut seen = HashSet::new();
    material
        .certificates
        .retain(|certificate| seen.insert(certificate.sha256()));
}

/// What happened after a signature, judged by its rules.
fn later(
    signature: &Signature,
    judged: &mut Judged,
    revisions: &[RevisionReport],
    annotations: &Annotations,
    unclear: bool,
) -> Later {
    let Some(index) = signature.covered.revision else {
        for id in [
            CheckId::LaterChanges,
            CheckId::Certification,
            CheckId::FieldLocks,
        ] {
            judged.checks.skip(id);
        }
        return Later {
            level: ChangeLevel::None,
            permitted: false,
            items: Vec::new(),
            omitted: 0,
        };
    };
    let changes = revisions
        .iter()
        .skip(index + 1)
        .flat_map(|revision| &revision.changes);
    let changes: Vec<&Change> = changes.collect();
    let (mut later, checks) = signature.rules.judge(changes.into_iter(), annotations);
    for check in checks {
        judged.checks.push(check);
    }
    if unclear && index + 1 < revisions.len() {
        later.permitted = false;
        judged
            .checks
            .unsure(CheckId::LaterChanges, Reason::ChangesUnclear, "");
    }
    later
}

fn report(
    signature: &Signature,
    judged: Judged,
    later: Later,
    appearance: Vec<super::report::Impression>,
    evidence_stamped: Option<usize>,
) -> SignatureReport {
    let level = level(signature, &judged, evidence_stamped);
    let conclusion = judged.checks.conclude();
    SignatureReport {
        field: Some(signature.field.name.clone()),
        kind: signature.kind,
        verdict: conclusion.verdict,
        indication: conclusion.indication,
        sub_indication: conclusion.sub_indication,
        reasons: conclusion.reasons,
        revision: signature.covered.revision,
        sub_filter: signature.sub_filter.clone(),
        byte_range: signature.covered.byte_range,
        level,
        coverage: signature.covered.coverage.unwrap_or(Coverage::Unclear),
        integrity: judged.integrity,
        later,
        signer: judged.signer,
        chain: judged.path.chain,
        trust_anchor: judged.path.anchor,
        revocation: judged.path.revocation,
        time: TimeReport {
            claimed: signature.claimed_time.map(UnixTime::to_rfc3339),
            timestamp: judged.timestamp,
            checked_at: judged.checked_at.to_rfc3339(),
        },
        claimed: signature.claimed.clone(),
        appearance,
        checks: judged.checks.into_list(),
    }
}

/// The level that the evidence reaches: each needs the one before it.
fn level(signature: &Signature, judged: &Judged, evidence_stamped: Option<usize>) -> Option<Level> {
    let intact = (judged.integrity.digest, judged.integrity.signature) == (Fact::Yes, Fact::Yes);
    if !signature.is_pades() || !intact || !signature.covered.holds() {
        return None;
    }
    if !judged.proven {
        return Some(Level::BB);
    }
    if !judged.path.self_contained {
        return Some(Level::BT);
    }
    // Its own long-term data come after it, and the document time stamp after those.
    let stamped = evidence_stamped.zip(signature.covered.revision);
    Some(match stamped {
        Some((data, signed)) if data > signed => Level::BLta,
        _ => Level::BLt,
    })
}

/// The verdict on the file: that of its worst signature.
fn verdict(findings: &[Finding], signatures: &[SignatureReport]) -> DocumentVerdict {
    let any = |verdict| {
        signatures
            .iter()
            .any(|signature| signature.verdict == verdict)
    };
    if findings.iter().any(|finding| finding.decides) || any(SignatureVerdict::Failed) {
        return DocumentVerdict::Failed;
    }
    let Some(newest) = signatures.last() else {
        return DocumentVerdict::Unsigned;
    };
    if any(SignatureVerdict::Indeterminate) {
        return DocumentVerdict::Indeterminate;
    }
    let filled = signatures
        .iter()
        .any(|signature| signature.later.level > ChangeLevel::Signatures);
    if newest.coverage == Coverage::WholeFile && !filled {
        DocumentVerdict::Passed
    } else {
        DocumentVerdict::PassedWithLaterChanges
    }
}

impl Report {
    /// The report on a file that cannot be read.
    pub fn unreadable(error: &PdfError) -> Self {
        let offset = match error {
            PdfError::Damaged { offset, .. } => Some(*offset),
            PdfError::Source(error) => Some(error.offset),
            _ => None,
        };
        Self {
            version: 1,
            document: DocumentReport {
                verdict: DocumentVerdict::Unreadable,
                unreadable: Some(Unreadable {
                    code: error.code(),
                    detail: error.to_string(),
                    offset,
                }),
                sha256: None,
                size: 0,
                revisions: Vec::new(),
                findings: Vec::new(),
            },
            signatures: Vec::new(),
        }
    }
}

impl Signature {
    fn is_pades(&self) -> bool {
        self.kind != SignatureKind::DocumentTimestamp
            && self.sub_filter.as_deref() == Some("ETSI.CAdES.detached")
    }
}
