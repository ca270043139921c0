//! What was appended to a document: exactly one seal, and nothing else. For whoever is about to sign, and for whoever takes a
//! contract back; the signature itself may not be there yet.

use super::{
    Trust, Verification,
    appearance::rectangle,
    byte_range::is_space,
    discovery::signature_fields,
    drawing::{self, Drawing, NotASeal},
    report::{ChangeClass, ChangeLevel, Coverage, DocumentVerdict},
};
use crate::{
    PdfError, Source,
    file::Pdf,
    seal::{POINTS_PER_MILLIMETRE, Picture},
    syntax::Span,
};
use scanseal_pki::{SealInfo, UnixTime};

/// Bytes of the longest line end.
const LINE_END: u64 = 2;

/// A seal that was appended.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedSeal {
    /// Full name of its field.
    pub field: String,
    /// What the signature covers: all but the gap for itself.
    pub byte_range: [u64; 4],
    /// Where it shows; nowhere if it is invisible.
    pub impressions: Vec<AddedImpression>,
}

/// One place where an appended seal shows.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedImpression {
    /// From 1.
    pub page: u32,
    /// Left, bottom, right, top in units of the page.
    pub rect: [f64; 4],
    /// Points that a unit of the page has.
    pub user_unit: f64,
    /// What it draws.
    pub drawing: Drawing,
}

/// How a seal has to be drawn: as its authority made it, no larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealLook {
    /// None if the picture cannot be read: nothing that is drawn is it.
    fingerprint: Option<[u8; 32]>,
    millimetres: (u64, u64),
}

impl SealLook {
    /// The look of an electronic seal.
    pub fn of(seal: &SealInfo) -> Self {
        let picture = Picture::read(&seal.picture, None).ok();
        Self {
            fingerprint: picture.map(|picture| picture.fingerprint()),
            millimetres: seal.millimetres,
        }
    }

    fn is_drawn_by(&self, impression: &AddedImpression) -> bool {
        let (width, height) = self.millimetres;
        let units =
            |millimetres: u64| millimetres as f64 * POINTS_PER_MILLIMETRE / impression.user_unit;
        match (&impression.drawing.picture, &self.fingerprint) {
            (Some(drawn), Some(made)) => drawn.is(made, (units(width), units(height))),
            _ => false,
        }
    }
}

impl AddedSeal {
    /// The first page, from 1, where it shows something else than a seal of this look; where no seal was chosen, the first
    /// that shows a picture.
    pub fn page_with_other_picture(&self, look: Option<&SealLook>) -> Option<u32> {
        let as_made = |impression: &&AddedImpression| match look {
            Some(look) => look.is_drawn_by(impression),
            None => impression.drawing.picture.is_none(),
        };
        let other = self
            .impressions
            .iter()
            .find(|impression| !as_made(impression))?;
        Some(other.page)
    }
}

/// Why what was appended is not one seal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdded {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] PdfError),
    /// The original is no whole revision of the file, or more than one was appended.
    #[error("not one incremental update follows the original")]
    Revisions,
    /// Not exactly one signature was appended that covers the whole file.
    #[error("not exactly one signature was appended, over the whole file")]
    Signatures,
    /// Something else was changed.
    #[error("something else than a seal was changed: {path}")]
    Changed {
        /// Where it hangs in the document.
        path: String,
    },
    /// An earlier signature does not permit it.
    #[error("an earlier signature does not permit another one")]
    NotPermitted,
    /// An impression draws something else than a seal.
    #[error("page {page}: {reason}")]
    Drawing {
        /// From 1.
        page: u32,
        /// What is odd.
        reason: NotASeal,
    },
    /// It shows on no page of the document.
    #[error("an impression lies on no page")]
    NoPage,
}

/// Checks that `sealed` is the original of `length` bytes with one seal appended. Whether the original is unchanged, the caller
/// knows; what the signature is worth, [`verify`](super::verify) tells.
///
/// # Errors
/// [`NotAdded`].
pub fn check_added(
    sealed: &dyn Source,
    password: Option<&str>,
    length: u64,
) -> Result<AddedSeal, NotAdded> {
    // Whom to trust, and what the digests are, plays no part in what is looked at here.
    let trust = Trust::new(UnixTime::default());
    let report = Verification::open(sealed, password).conclude(&[], Ok(Vec::new()), &trust);
    let pdf = Pdf::open(sealed, password)?;
    let mut revisions = report.document.revisions.iter();
    let mut before = None;
    for (index, revision) in revisions.by_ref().enumerate() {
        if ends_with(sealed, revision.end, length)? {
            before = Some(index);
            break;
        }
    }
    let before = before.ok_or(NotAdded::Revisions)?;
    let (Some(added), None) = (revisions.next(), revisions.next()) else {
        return Err(NotAdded::Revisions);
    };
    if report.document.verdict == DocumentVerdict::Unreadable
        || report
            .document
            .findings
            .iter()
            .any(|finding| finding.decides)
    {
        return Err(NotAdded::Revisions);
    }
    let odd = added.changes.iter().find(|change| {
        change.level > ChangeLevel::Signatures
            || matches!(
                change.class,
                ChangeClass::Dss | ChangeClass::DocumentTimestamp
            )
    });
    if let Some(change) = odd {
        return Err(NotAdded::Changed {
            path: change.path.clone(),
        });
    }
    let (earlier, new): (Vec<_>, Vec<_>) = report.signatures.iter().partition(|signature| {
        signature
            .revision
            .is_some_and(|revision| revision <= before)
    });
    let [signature] = new.as_slice() else {
        return Err(NotAdded::Signatures);
    };
    let (Some(field), Some(byte_range), Coverage::WholeFile) =
        (&signature.field, signature.byte_range, signature.coverage)
    else {
        return Err(NotAdded::Signatures);
    };
    if !earlier.iter().all(|signature| signature.later.permitted) {
        return Err(NotAdded::NotPermitted);
    }
    Ok(AddedSeal {
        field: field.clone(),
        byte_range,
        impressions: impressions(&pdf, field, &signature.appearance)?,
    })
}

/// Whether a file of `length` bytes ends with the revision that ends at `end`: many writers leave out the line end behind the last
/// `%%EOF`, which is then the first of what is appended; others add more white space.
fn ends_with(sealed: &dyn Source, end: u64, length: u64) -> Result<bool, PdfError> {
    let missing = end.saturating_sub(length) <= LINE_END;
    let between = Span {
        start: end.min(length),
        end: end.max(length),
    };
    Ok(missing && is_space(sealed, between)?)
}

fn impressions(
    pdf: &Pdf<'_>,
    name: &str,
    shown: &[super::report::Impression],
) -> Result<Vec<AddedImpression>, NotAdded> {
    let view = pdf.latest();
    let fields = signature_fields(view)?;
    let mut named = fields.iter().filter(|field| field.name == name);
    let (Some(field), None) = (named.next(), named.next()) else {
        return Err(NotAdded::Signatures);
    };
    let mut shown = shown.iter();
    let mut impressions = Vec::new();
    for widget in &field.widgets {
        let Some(rect) = rectangle(view, &widget.dictionary)? else {
            continue;
        };
        if rect[2] - rect[0] <= 0.0 || rect[3] - rect[1] <= 0.0 {
            continue;
        }
        // The report lists widgets in this order, without those that are hidden: a seal hides none.
        let place = shown.next().filter(|place| place.rect == rect);
        let page = place.and_then(|place| place.page).ok_or(NotAdded::NoPage)?;
        let drawing = drawing::read(view, &widget.dictionary, rect)
            .map_err(|reason| NotAdded::Drawing { page, reason })?;
        impressions.push(AddedImpression {
            page,
            rect,
            user_unit: view.page(page.saturating_sub(1))?.user_unit,
            drawing,
        });
    }
    Ok(impressions)
}
