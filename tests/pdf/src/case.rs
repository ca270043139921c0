//! A case: a file, whom the reader trusts, and what must come out.

use serde::Serialize;

use crate::{
    attacks, honest,
    pki::{self, Identity},
    time::{Moment, NOW},
};

/// A file with what must come out of verifying it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Condition and outcome.
    pub name: &'static str,
    /// What kind of case.
    pub class: Class,
    /// What it tries, in one sentence.
    pub description: &'static str,
    /// The file.
    pub file: Vec<u8>,
    /// What opens it.
    pub password: Option<&'static str>,
    /// Whom the reader trusts.
    pub trust: Trust,
    /// What must come out.
    pub expected: Expected,
}

/// Whom the reader trusts, and what he knows.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Names and certificates of the anchors.
    pub anchors: Vec<(&'static str, Vec<u8>)>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// When.
    pub at: Moment,
}

/// What must come out.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The verdict on the document.
    pub verdict: Verdict,
    /// Reasons, each of which must be given by a signature or by a finding.
    pub reasons: Vec<&'static str>,
}

/// The verdict on a document, as the report spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of the report")]
pub enum Verdict {
    Passed,
    PassedWithLaterChanges,
    Indeterminate,
    Failed,
    Unsigned,
    Unreadable,
}

/// What kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Universal signature forgery: the signature is there, but says nothing.
    Exclusion,
    /// Incremental saving: something is appended.
    Saving,
    /// Signature wrapping: the signed bytes are moved out of the way.
    Wrapping,
    /// Shadow attacks: the file was prepared before it was signed.
    Shadow,
    /// Attacks on certified documents.
    Certification,
    /// Certificates that should convince nobody.
    Trust,
    /// CMS that proves less than it seems.
    Cms,
    /// Encodings that readers understand differently.
    Der,
    /// Bytes in the wrong place.
    Bytes,
    /// Files that are meant to exhaust the reader.
    Denial,
    /// Honest files of unusual structure.
    Structure,
    /// Honest files as other producers write them.
    Producer,
    /// Honest files with several signatures and later additions.
    Signatures,
    /// Honest signatures with other algorithms.
    Algorithms,
}

impl Class {
    /// Every class, in the order of the table.
    pub const ALL: [Self; 14] = [
        Self::Exclusion,
        Self::Saving,
        Self::Wrapping,
        Self::Shadow,
        Self::Certification,
        Self::Trust,
        Self::Cms,
        Self::Der,
        Self::Bytes,
        Self::Denial,
        Self::Structure,
        Self::Producer,
        Self::Signatures,
        Self::Algorithms,
    ];

    /// Whether such a file must never pass; otherwise it must never fail.
    pub fn is_attack(self) -> bool {
        !matches!(
            self,
            Self::Structure | Self::Producer | Self::Signatures | Self::Algorithms
        )
    }

    /// The heading of its part of the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Exclusion => "Signature exclusion (universal signature forgery)",
            Self::Saving => "Incremental saving",
            Self::Wrapping => "Signature wrapping",
            Self::Shadow => "Shadow attacks: hide, replace, hide-and-replace",
            Self::Certification => {
                "Certification: evil annotation, sneaky signature, permissions removed"
            }
            Self::Trust => "Certificates",
            Self::Cms => "CMS",
            Self::Der => "Encodings of CMS",
            Self::Bytes => "Bytes",
            Self::Denial => "Denial of service",
            Self::Structure => "Honest: structure",
            Self::Producer => "Honest: other producers",
            Self::Signatures => "Honest: several signatures, later additions",
            Self::Algorithms => "Honest: algorithms",
        }
    }
}

impl Verdict {
    /// The word of the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::PassedWithLaterChanges => "passed-with-later-changes",
            Self::Indeterminate => "indeterminate",
            Self::Failed => "failed",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Trust {
    /// The root of the tests, its revocation lists, an hour after signing.
    pub fn usual() -> Self {
        Self {
            anchors: vec![("Test root", pki::root().certificate)],
            crls: pki::current_crls(),
            at: NOW,
        }
    }
}

impl Case {
    /// A case with the usual trust.
    pub(crate) fn new(
        class: Class,
        name: &'static str,
        description: &'static str,
        file: Vec<u8>,
        verdict: Verdict,
        reasons: &[&'static str],
    ) -> Self {
        Self {
            name,
            class,
            description,
            file,
            password: None,
            trust: Trust::usual(),
            expected: Expected {
                verdict,
                reasons: reasons.to_vec(),
            },
        }
    }

    /// At another time.
    pub(crate) fn at(mut self, at: Moment) -> Self {
        self.trust.at = at;
        self
    }

    /// With other revocation lists.
    pub(crate) fn crls(mut self, crls: Vec<Vec<u8>>) -> Self {
        self.trust.crls = crls;
        self
    }

    /// With another anchor besides.
    pub(crate) fn trusting(mut self, name: &'static str, anchor: &Identity) -> Self {
        self.trust.anchors.push((name, anchor.certificate.clone()));
        self
    }

    /// With a password.
    pub(crate) fn password(mut self, password: &'static str) -> Self {
        self.password = Some(password);
        self
    }
}

/// Every case, made when it is asked for.
pub fn all() -> impl Iterator<Item = Case> {
    attacks::all().chain(honest::all()).map(|make| make())
}
