//! Trust lists as anchors (`docs/protocol.md` section 10).

use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use scanseal_pades::verify::{NamedAnchor, Trust};
use scanseal_pki::{AnyCertificate, Certificate, UnixTime};
use scanseal_protocol::trust_list;

use crate::failure::Failure;

/// The text of a trust list, if the bytes look like one: JWS in its compact form.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    (text.starts_with("ey") && text.split('.').count() == 3).then_some(text)
}

/// Adds the roots of every authority of the list as anchors, and their issuing authorities to build paths with.
pub(crate) fn add(
    path: &Path,
    list: &str,
    list_keys: &[String],
    now: UnixTime,
    trust: &mut Trust,
) -> Result<(), Failure> {
    if list_keys.is_empty() {
        return Err(Failure::usage(format!(
            "{} is a trust list: say with --list-key whose, as `listKeys` in the operator's /.well-known/scanseal has it",
            path.display()
        )));
    }
    let keys = list_keys
        .iter()
        .map(|key| {
            let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).ok();
            bytes
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(|| Failure::usage("--list-key takes a SHA-256 in base64url, as the operator's `listKeys` has it"))
        })
        .collect::<Result<Vec<[u8; 32]>, _>>()?;
    let list = trust_list::verify(list, &keys, now, None).map_err(|refused| {
        Failure::new(
            refused.code,
            format!(
                "{}: the trust list is not accepted: {refused}",
                path.display()
            ),
        )
    })?;
    for authority in list.cas() {
        for root in &authority.roots {
            trust.anchors.push(NamedAnchor {
                name: authority.name.zh.clone(),
                certificate: any(root),
            });
        }
        trust
            .certificates
            .extend(authority.intermediates.iter().map(any));
    }
    Ok(())
}

fn any(certificate: &Certificate) -> AnyCertificate {
    AnyCertificate::from_der(certificate.der())
        .expect("whatever is a certificate for one is for the other")
}
