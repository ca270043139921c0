//! Time stamps and revocation data for seals, so that they can be checked when certificates have lapsed (EN 319 142-1 clause 6).
//!
//! - A seal that was just taken is B-B. Its signature is stamped by a time-stamp authority (RFC 3161), and the token put into
//!   the gap that was left for the signature: what is signed does not change. Then certificates and revocation lists are
//!   appended (`/DSS`): B-LT. At once, if the services answer within two seconds; else in the background, as a revision of
//!   its own, until they do ([`background`]).
//! - An earlier seal that got no stamp before the next party sealed cannot get one in its gap any more: a document time stamp
//!   behind everything proves its time as well. So does one that is added before the last one lapses: B-LTA.
//!
//! Nothing is kept that does not verify: a time-stamp authority that says nonsense changes no contract.

pub mod background;
mod gap;

use std::{sync::Arc, time::Duration};

use scanseal_pades::{
    Appended, PdfError, Source,
    seal::{Evidence, SealError, add_validation_data, prepare_timestamp},
    verify::{
        NamedAnchor, Trust,
        report::{self, Report, SignatureKind, SignatureVerdict},
        verify,
    },
};
use scanseal_pki::{
    AnyCertificate, Certificate, CmsError, TimestampError, TimestampRequest, TimestampToken,
    TrustList, UnixTime, cms::RESERVED_FOR_TIMESTAMP,
};
use scanseal_protocol::limits::CLOCK_SKEW_SECONDS;
use sha2::{Digest, Sha256};
use tokio::{
    task::{JoinError, spawn_blocking},
    time::timeout,
};

use super::{
    files::{Chain, sha256},
    revisions::Level,
};
use crate::{authority::AuthorityError, portal::Portal, webhook::client::SendError};

/// How long a person waits for time stamps; after that they come in the background.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Seconds until the first try in the background: whoever waits has just seen that the services do not answer.
const FIRST_RETRY_SECONDS: u64 = 10;
/// Bytes of a time-stamp authority's answer.
const MAX_ANSWER: usize = 64 * 1024;
const QUERY: &str = "application/timestamp-query";

/// A seal to be stamped.
#[derive(Clone)]
pub struct Job {
    /// The document before the seal.
    pub original: Arc<Chain>,
    /// What was appended: one revision with the seal.
    pub appended: Vec<u8>,
    /// What the signature covers.
    pub byte_range: [u64; 4],
    /// The seal's field.
    pub field: String,
    /// What the signatures before it were worth.
    pub earlier: Level,
}

/// What came of stamping.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// What all signatures together are worth now.
    pub level: Level,
    /// When to try again.
    pub next_try: Option<UnixTime>,
    /// Until when the time-stamp authority's certificate is valid.
    pub proven_until: Option<UnixTime>,
}

/// A document with time stamps.
#[derive(Clone, Debug)]
pub(super) struct Stamped {
    pub(super) appended: Vec<u8>,
    pub(super) outcome: Outcome,
}

/// No time stamp was added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StampError {
    /// The time-stamp authority refused, or answered nonsense.
    #[error("the time-stamp authority gave no time stamp: {0}")]
    Answer(#[from] TimestampError),
    /// Revocation lists.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A worker ended by a fault.
    #[error(transparent)]
    Fault(#[from] JoinError),
    /// The message in the gap.
    #[error("the signature cannot be read: {0}")]
    Message(#[from] CmsError),
    /// It gives no time stamps.
    #[error("the time-stamp authority answered {0}")]
    Refused(hyper::StatusCode),
    /// The document.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// No randomness.
    #[error("the operating system has no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The document.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No answer.
    #[error("the time-stamp authority cannot be reached: {0}")]
    Send(#[from] SendError),
    /// What came does not verify.
    #[error("with the time stamp the document does not verify: {0}")]
    Worse(String),
}

/// Stamps a seal while somebody waits; what cannot be had soon comes later.
pub async fn at_once(portal: &Arc<Portal>, job: Job, now: UnixTime) -> (Vec<u8>, Outcome) {
    let error = match timeout(AT_ONCE, stamp(portal, job.clone(), now)).await {
        Ok(Ok(stamped)) => return (stamped.appended, stamped.outcome),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} seconds", AT_ONCE.as_secs()),
    };
    tracing::warn!(error, "a seal gets its time stamp later");
    let outcome = Outcome {
        level: Level::BB,
        next_try: Some(now.saturating_add_secs(FIRST_RETRY_SECONDS)),
        proven_until: None,
    };
    (job.appended, outcome)
}

/// Stamps a seal.
pub(super) async fn stamp(
    portal: &Arc<Portal>,
    job: Job,
    now: UnixTime,
) -> Result<Stamped, StampError> {
    let (job, signed) = spawn_blocking(move || {
        let signed = gap::read(&job)?;
        Ok::<_, StampError>((job, signed))
    })
    .await??;
    let token = ask(portal, &Sha256::digest(signed.value()).into()).await?;
    let mut certificates = signed.certificates();
    let until = add_certificates(&mut certificates, &token);
    let (filled, field) = (gap::fill(&job, &signed, &token)?, job.field.clone());
    let fits = filled.is_some();
    let appended = filled.unwrap_or(job.appended);
    // A seal without a stamp in its gap, or before this one, is proven by one behind everything.
    let again = !fits || job.earlier == Level::BB;
    let original = Arc::clone(&job.original);
    let evidence = evidence(portal, certificates, Some(field), now).await?;
    let appended = add(original, appended, evidence).await?;
    let (appended, until) = if again {
        stamp_document(portal, Arc::clone(&job.original), appended).await?
    } else {
        (appended, until)
    };
    judge(portal, job.original, appended, until, now).await
}

/// Adds a later time stamp to a document that has some, with what is needed to check the ones before.
pub(super) async fn restamp(
    portal: &Arc<Portal>,
    original: Arc<Chain>,
    now: UnixTime,
) -> Result<Stamped, StampError> {
    let reading = Arc::clone(&original);
    let known = spawn_blocking(move || {
        let opened = scanseal_pades::verify::Verification::open(&*reading, None);
        opened.certificates()
    });
    let evidence = evidence(portal, known.await??, None, now).await?;
    let appended = add(Arc::clone(&original), Vec::new(), evidence).await?;
    let (appended, until) = stamp_document(portal, Arc::clone(&original), appended).await?;
    judge(portal, original, appended, until, now).await
}

/// Asks the time-stamp authority.
async fn ask(portal: &Portal, digest: &[u8; 32]) -> Result<TimestampToken, StampError> {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce)?;
    let request = TimestampRequest::new(digest, Some(u64::from_be_bytes(nonce)));
    let services = &portal.contracts.services;
    let body = (QUERY, request.der().to_vec());
    let (status, answer) = services
        .client
        .ask(&services.timestamps, body, MAX_ANSWER)
        .await?;
    if !status.is_success() {
        return Err(StampError::Refused(status));
    }
    Ok(TimestampToken::from_response(&answer, &request)?)
}

/// Adds a token's certificates; returns until when its signer's is valid.
fn add_certificates(
    certificates: &mut Vec<AnyCertificate>,
    token: &TimestampToken,
) -> Option<UnixTime> {
    for der in token.signed_data().certificates() {
        if let Ok(certificate) = AnyCertificate::from_der(der)
            && !certificates.contains(&certificate)
        {
            certificates.push(certificate);
        }
    }
    token.signer().map(AnyCertificate::not_after)
}

/// What checks the certificates later, of the operator's authorities that have issued them: those above them, both revocation lists,
/// and what the OCSP responder says of each. Nothing is fetched from other authorities: their seals stay at B-T.
async fn evidence(
    portal: &Portal,
    mut certificates: Vec<AnyCertificate>,
    field: Option<String>,
    now: UnixTime,
) -> Result<Evidence, StampError> {
    let (mut crls, mut ocsps) = (Vec::new(), Vec::new());
    for ca in portal.authority.all() {
        let own = ca.chain().map(AnyCertificate::from);
        let issued = |certificate: &AnyCertificate| {
            own.iter()
                .any(|issuer| issuer.subject_name() == certificate.issuer_name())
        };
        if !certificates.iter().any(issued) {
            continue;
        }
        for certificate in &certificates {
            ocsps.extend(ca.ocsp_about(&portal.store, certificate, now).await);
        }
        for certificate in own {
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
        let lists = ca.crls(&portal.store, now).await?;
        crls.extend(lists.iter().map(|crl| crl.der().to_vec()));
    }
    Ok(Evidence {
        field,
        certificates: certificates
            .iter()
            .map(|certificate| certificate.der().to_vec())
            .collect(),
        ocsps,
        crls,
    })
}

/// Appends evidence behind what is appended already.
async fn add(
    original: Arc<Chain>,
    mut appended: Vec<u8>,
    evidence: Evidence,
) -> Result<Vec<u8>, StampError> {
    let added = spawn_blocking(move || {
        let more = add_validation_data(&Appended::new(&*original, &appended), &evidence, None)?;
        appended.extend(more);
        Ok::<_, StampError>(appended)
    });
    added.await?
}

/// Appends a time stamp over everything.
async fn stamp_document(
    portal: &Portal,
    original: Arc<Chain>,
    appended: Vec<u8>,
) -> Result<(Vec<u8>, Option<UnixTime>), StampError> {
    let prepared = spawn_blocking(move || {
        let whole = Appended::new(&*original, &appended);
        let prepared = prepare_timestamp(&whole, RESERVED_FOR_TIMESTAMP, None)?;
        let digest = prepared.digest(&whole)?;
        Ok::<_, StampError>((prepared, digest, appended))
    });
    let (prepared, digest, mut appended) = prepared.await??;
    let token = ask(portal, &digest).await?;
    appended.extend(prepared.finish(token.der())?);
    Ok((appended, token.signer().map(AnyCertificate::not_after)))
}

/// Takes nothing that makes the document worse.
async fn judge(
    portal: &Portal,
    original: Arc<Chain>,
    appended: Vec<u8>,
    proven_until: Option<UnixTime>,
    now: UnixTime,
) -> Result<Stamped, StampError> {
    let list = portal.trust_list().await?.list;
    // The authority's clock may be ahead of this one: its stamp shall not come from the future.
    let now = now.saturating_add_secs(CLOCK_SKEW_SECONDS);
    let judged = spawn_blocking(move || {
        let report = verify(
            &Appended::new(&*original, &appended),
            None,
            &trust(&list, now),
        );
        let level = level(&report)?;
        Ok::<_, StampError>(Stamped {
            appended,
            outcome: Outcome {
                level,
                next_try: None,
                proven_until,
            },
        })
    });
    judged.await?
}

/// What all seals of a document together are worth; B-T at least, or the stamp is none.
fn level(report: &Report) -> Result<Level, StampError> {
    let worse = |reason: String| Err(StampError::Worse(reason));
    let mut lowest = Level::BLta;
    for signature in &report.signatures {
        if signature.verdict != SignatureVerdict::Passed {
            let field = signature.field.as_deref().unwrap_or_default();
            return worse(format!("{field}: {:?}", signature.reasons));
        }
        if signature.kind == SignatureKind::DocumentTimestamp {
            continue;
        }
        lowest = lowest.min(match signature.level {
            Some(report::Level::BT) => Level::BT,
            Some(report::Level::BLt) => Level::BLt,
            Some(report::Level::BLta) => Level::BLta,
            Some(report::Level::BB) | None => Level::BB,
        });
    }
    if lowest < Level::BT {
        return worse("a seal whose time is not proven".to_owned());
    }
    Ok(lowest)
}

fn trust(list: &TrustList, now: UnixTime) -> Trust {
    let mut trust = Trust::new(now);
    for ca in list.cas() {
        let anchor = |certificate: &Certificate| NamedAnchor {
            name: ca.id.clone(),
            certificate: AnyCertificate::from(certificate),
        };
        trust.anchors.extend(ca.roots.iter().map(anchor));
        let others = ca.intermediates.iter().map(AnyCertificate::from);
        trust.certificates.extend(others);
    }
    trust
}

/// SHA-256 and length of a document with something behind it.
pub(super) fn fingerprint(
    original: &dyn Source,
    appended: &[u8],
) -> Result<([u8; 32], u64), PdfError> {
    let whole = Appended::new(original, appended);
    Ok((sha256(&whole)?, whole.length()))
}
