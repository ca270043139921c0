//! The gap of a seal: the signature's message in hexadecimal digits, and zeros behind it.

use data_encoding::HEXLOWER_PERMISSIVE;
use scanseal_pades::Source;
use scanseal_pki::{
    AnyCertificate, Certificate, CmsError, SignedAttributes, SignedData, TimestampToken, cms,
};

use super::{Job, StampError};

/// What stands in the gap.
pub(super) struct Signed(SignedData);

impl Signed {
    /// The signature's value, which is stamped.
    pub(super) fn value(&self) -> &[u8] {
        self.0.signature_value()
    }

    /// The certificates of the message.
    pub(super) fn certificates(&self) -> Vec<AnyCertificate> {
        let certificates = self.0.certificates();
        certificates
            .filter_map(|der| AnyCertificate::from_der(der).ok())
            .collect()
    }
}

/// Reads the message.
pub(super) fn read(job: &Job) -> Result<Signed, StampError> {
    let (start, end) = place(job).ok_or_else(|| odd("the gap lies elsewhere"))?;
    let digits = job.appended.get(start + 1..end - 1).unwrap_or_default();
    let bytes = HEXLOWER_PERMISSIVE
        .decode(digits)
        .map_err(|_| odd("the gap holds something else than digits"))?;
    let length = cms::content_length(&bytes)?;
    let message = bytes.get(..length).unwrap_or_default();
    Ok(Signed(SignedData::from_der(message)?))
}

/// What is appended, with the token in the gap; nothing if it does not fit there.
pub(super) fn fill(
    job: &Job,
    signed: &Signed,
    token: &TimestampToken,
) -> Result<Option<Vec<u8>>, StampError> {
    let (start, end) = place(job).ok_or_else(|| odd("the gap lies elsewhere"))?;
    let signer = signed.0.signer().ok_or(CmsError::OtherCertificate)?;
    let certificate =
        Certificate::from_der(signer.der()).map_err(|_| CmsError::OtherCertificate)?;
    let digest = signed
        .0
        .message_digest()
        .and_then(|digest| <[u8; 32]>::try_from(digest).ok())
        .ok_or_else(|| odd("another digest than SHA-256"))?;
    // The seal was checked: its attributes are these three and no other, so they come out as they were, and the signature says so.
    let attributes = SignedAttributes::new(&certificate, &digest);
    let mut chain = vec![signer.clone()];
    let others = signed.certificates().into_iter();
    chain.extend(others.filter(|other| other != signer));
    let message = attributes.finish(signed.value(), &chain, Some(token))?;
    let digits = scanseal_pki::hex::lower(&message);
    if digits.len() > end - start - 2 {
        return Ok(None);
    }
    let mut appended = job.appended.clone();
    let room = appended.get_mut(start + 1..end - 1).unwrap_or_default();
    room.fill(b'0');
    if let Some(room) = room.get_mut(..digits.len()) {
        room.copy_from_slice(digits.as_bytes());
    }
    Ok(Some(appended))
}

/// Where the gap is in the appended bytes, its brackets included.
fn place(job: &Job) -> Option<(usize, usize)> {
    let [_, before, behind, _] = job.byte_range;
    let begin = job.original.length();
    let start = usize::try_from(before.checked_sub(begin)?).ok()?;
    let end = usize::try_from(behind.checked_sub(begin)?).ok()?;
    let gap = job.appended.get(start..end)?;
    (gap.first() == Some(&b'<') && gap.last() == Some(&b'>') && gap.len() > 2)
        .then_some((start, end))
}

fn odd(what: &str) -> StampError {
    StampError::Worse(what.to_owned())
}
