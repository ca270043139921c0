//! The message of a seal that comes back: CMS SignedData that the page put together around the phone's signature.
//!
//! It is made anew from what is known, and has to come out byte for byte: whatever else could stand in it (revocation lists,
//! unsigned attributes, another signer, lengths written otherwise) needs no list of its own. A time stamp is no part of it; the
//! platform asks for one itself.

use data_encoding::HEXLOWER_PERMISSIVE;
use scanseal_pki::{AnyCertificate, Certificate, SignedAttributes, SignedData, cms};

/// The bytes of `/Contents`, with the padding. `None` if the gap is no string of digits within what was appended to the `before`
/// bytes of the original.
pub(super) fn contents(appended: &[u8], before: u64, byte_range: [u64; 4]) -> Option<Vec<u8>> {
    let [_, gap, behind, _] = byte_range;
    let place = |offset: u64| usize::try_from(offset.checked_sub(before)?).ok();
    let gap = appended.get(place(gap)?..place(behind)?)?;
    let digits = gap.strip_prefix(b"<")?.strip_suffix(b">")?;
    HEXLOWER_PERMISSIVE.decode(digits).ok()
}

/// Compares the message with the one that an honest page makes: the holder's certificate, and beside it only certificates that
/// are known.
pub(super) fn check(
    contents: &[u8],
    holder: &Certificate,
    digest: &[u8; 32],
    is_known: impl Fn(&[u8]) -> bool,
) -> Result<(), &'static str> {
    let unreadable = |_| "it cannot be read";
    let length = cms::content_length(contents).map_err(unreadable)?;
    let (given, padding) = contents
        .split_at_checked(length)
        .ok_or("it ends too early")?;
    let message = SignedData::from_der(given).map_err(unreadable)?;
    let mut chain = vec![AnyCertificate::from(holder)];
    for der in message.certificates().filter(|der| *der != holder.der()) {
        let unknown = "it carries a certificate that is nobody's here";
        if !is_known(der) {
            return Err(unknown);
        }
        chain.push(AnyCertificate::from_der(der).map_err(|_| unknown)?);
    }
    let made = SignedAttributes::new(holder, digest)
        .finish(message.signature_value(), &chain, None)
        .map_err(|_| "it is another signature")?;
    if made != given || padding.iter().any(|&byte| byte != 0) {
        return Err("it carries something besides signature and certificates");
    }
    Ok(())
}
