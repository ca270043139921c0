//! The attacks, one function each, from their published descriptions.
//!
//! "1 Trillion Dollar Refund" (CCS 2019): exclusion, incremental saving, wrapping. "Shadow Attacks" (NDSS 2021): hide,
//! replace, hide-and-replace. "Breaking the Specification: PDF Certification" (S&P 2021): evil annotation, sneaky
//! signature.

mod bytes;
mod certification;
mod cms;
mod denial;
mod der;
mod exclusion;
mod saving;
mod shadow;
mod trust;
mod wrapping;

use crate::Case;

/// Every attack.
pub(crate) fn all() -> impl Iterator<Item = fn() -> Case> {
    let classes = [
        exclusion::CASES,
        exclusion::byte_range::CASES,
        exclusion::fields::CASES,
        saving::CASES,
        saving::form::CASES,
        saving::disguised::CASES,
        saving::unlisted::CASES,
        saving::containers::CASES,
        wrapping::CASES,
        shadow::CASES,
        shadow::hidden::CASES,
        certification::CASES,
        certification::comments::CASES,
        trust::CASES,
        trust::time::CASES,
        cms::CASES,
        cms::signature::CASES,
        der::CASES,
        bytes::CASES,
        denial::CASES,
        denial::objects::CASES,
    ];
    classes.into_iter().flatten().copied()
}
