//! Certificates that are out of their time, revocation data that are missing, and time stamps that prove nothing.

use super::{case, forger_template, lookalike_issuing, lookalike_root, signed_and, signed_by};
use crate::{
    Case,
    Verdict::{Failed, Indeterminate},
    cms::Cms,
    contract::signed,
    der,
    keys::Key,
    pki::{CrlTemplate, Template, buyer, current_crls, issuing, root, seller, timestamper},
    time::{Moment, NOW, SIGNED},
};

pub(crate) const CASES: &[fn() -> Case] = &[
    certificate_expired_since_without_timestamp_is_indeterminate,
    certificate_expired_when_stamped_fails,
    certificate_not_yet_valid_fails,
    authority_expired_never_passes,
    revocation_lists_missing_is_indeterminate,
    revocation_lists_stale_is_indeterminate,
    revocation_list_of_lookalike_is_indeterminate,
    anchors_missing_is_indeterminate,
    anchor_of_somebody_else_is_indeterminate,
    expired_certificate_with_timestamp_of_lookalike_is_indeterminate,
    expired_certificate_with_timestamp_of_signer_never_passes,
    expired_certificate_with_timestamp_over_other_bytes_never_passes,
    expired_certificate_with_flipped_timestamp_never_passes,
    timestamp_from_the_future_never_passes,
    timestamp_over_other_bytes_fails,
    timestamp_that_is_no_token_fails,
    timestamp_before_certificate_was_valid_fails,
];

/// Current lists for a verification so many days later.
fn crls_at(moment: Moment) -> Vec<Vec<u8>> {
    let mut template = CrlTemplate::current(&[]);
    template.this_update = moment.days(-1);
    template.next_update = moment.days(6);
    vec![template.issue(&root()), template.issue(&issuing())]
}

const TWO_YEARS_LATER: Moment = Moment(NOW.0 + 730 * crate::time::DAY);

fn certificate_expired_since_without_timestamp_is_indeterminate() -> Case {
    let what = "The certificate has expired by now, and nothing but the signer's clock says that it signed before.";
    let name = "certificate-expired-since-without-timestamp-is-indeterminate";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "expired-no-proof",
    )
    .at(TWO_YEARS_LATER)
    .crls(crls_at(TWO_YEARS_LATER))
}

fn certificate_expired_when_stamped_fails() -> Case {
    let what = "A trusted time stamp proves that the certificate had expired when it signed.";
    let template = Template {
        not_after: SIGNED.days(-1),
        ..forger_template()
    };
    let file = signed_and(&template.issue(&issuing()), &[&issuing()], |cms| {
        cms.stamp(&timestamper(), SIGNED);
    });
    case(
        "certificate-expired-when-stamped-fails",
        what,
        file,
        Failed,
        "expired",
    )
}

fn certificate_not_yet_valid_fails() -> Case {
    let what = "The certificate begins to be valid tomorrow.";
    let template = Template {
        not_before: NOW.days(1),
        ..forger_template()
    };
    let file = signed_by(&template.issue(&issuing()), &[&issuing()]);
    case(
        "certificate-not-yet-valid-fails",
        what,
        file,
        Failed,
        "not-yet-valid",
    )
}

fn authority_expired_never_passes() -> Case {
    let what = "The issuing authority's certificate has expired.";
    let mut template = Template::authority("Expired CA", Key::P256(72), 72, Some(0));
    template.not_after = SIGNED.days(-1);
    let authority = template.issue(&root());
    let file = signed_by(&forger_template().issue(&authority), &[&authority]);
    case(
        "authority-expired-never-passes",
        what,
        file,
        Indeterminate,
        "expired-no-proof",
    )
}

fn revocation_lists_missing_is_indeterminate() -> Case {
    let what = "Nothing is known about revocation.";
    let name = "revocation-lists-missing-is-indeterminate";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "revocation-unknown",
    )
    .crls(Vec::new())
}

fn revocation_lists_stale_is_indeterminate() -> Case {
    let what = "The revocation lists ended before the document was signed: a forger may withhold newer ones.";
    let name = "revocation-lists-stale-is-indeterminate";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "revocation-unknown",
    )
    .crls(crls_at(SIGNED.days(-60)))
}

fn revocation_list_of_lookalike_is_indeterminate() -> Case {
    let what = "The revocation lists come from authorities of the same names and other keys.";
    let nobody = CrlTemplate::current(&[]);
    let name = "revocation-list-of-lookalike-is-indeterminate";
    case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "revocation-unknown",
    )
    .crls(vec![
        nobody.issue(&lookalike_root()),
        nobody.issue(&lookalike_issuing()),
    ])
}

fn anchors_missing_is_indeterminate() -> Case {
    let what = "The reader trusts nobody.";
    let name = "anchors-missing-is-indeterminate";
    let mut case = case(
        name,
        what,
        signed().bytes,
        Indeterminate,
        "no-trust-anchors",
    );
    case.trust.anchors.clear();
    case
}

fn anchor_of_somebody_else_is_indeterminate() -> Case {
    let what = "The reader trusts a root with the same name and another key.";
    let name = "anchor-of-somebody-else-is-indeterminate";
    let mut case = case(name, what, signed().bytes, Indeterminate, "untrusted");
    case.trust.anchors.clear();
    case.trusting("Look-alike", &lookalike_root())
}

/// A certificate that expired, and a time stamp that would save the signature if it were worth anything.
fn backdated(stamp: impl FnOnce(&mut Cms)) -> Vec<u8> {
    let template = Template {
        not_after: NOW.days(-20),
        ..forger_template()
    };
    signed_and(&template.issue(&issuing()), &[&issuing()], stamp)
}

fn expired_certificate_with_timestamp_of_lookalike_is_indeterminate() -> Case {
    let what = "The certificate has expired; a time stamp of an authority with the right name and another key says that it had not.";
    let authority = Template::timestamp_authority(Key::P256(73), 6).issue(&lookalike_root());
    let file = backdated(|cms| cms.stamp(&authority, NOW.days(-30)));
    let name = "expired-certificate-with-timestamp-of-lookalike-is-indeterminate";
    case(name, what, file, Indeterminate, "expired-no-proof")
}

fn expired_certificate_with_timestamp_of_signer_never_passes() -> Case {
    let what =
        "The certificate has expired; the time stamp is signed with an enterprise's certificate.";
    let file = backdated(|cms| cms.stamp(&seller(), NOW.days(-30)));
    let name = "expired-certificate-with-timestamp-of-signer-never-passes";
    case(name, what, file, Indeterminate, "expired-no-proof")
}

fn expired_certificate_with_timestamp_over_other_bytes_never_passes() -> Case {
    let what = "The certificate has expired; the time stamp is a real one over something else.";
    let file = backdated(|cms| {
        let token = Cms::timestamp(&timestamper(), NOW.days(-30), b"something else").der();
        let attribute = crate::cms::attribute(crate::cms::SIGNATURE_TIMESTAMP, &token);
        cms.signer().unsigned.push(attribute);
    });
    let name = "expired-certificate-with-timestamp-over-other-bytes-never-passes";
    case(name, what, file, Failed, "timestamp-invalid")
}

fn expired_certificate_with_flipped_timestamp_never_passes() -> Case {
    let what = "The certificate has expired; the time in a real time stamp is overwritten with an earlier one.";
    let file = backdated(|cms| {
        cms.stamp(&timestamper(), NOW.days(-1));
        let (now, then) = (NOW.days(-1).digits(), NOW.days(-30).digits());
        let attribute = &mut cms.signer().unsigned[0];
        crate::pdf::overwrite(attribute, now.as_bytes(), then.as_bytes());
    });
    let name = "expired-certificate-with-flipped-timestamp-never-passes";
    case(name, what, file, Failed, "timestamp-invalid")
}

fn timestamp_from_the_future_never_passes() -> Case {
    let what = "The stamped time lies a year after the verification.";
    let file = signed_and(&buyer(), &[&issuing()], |cms| {
        cms.stamp(&timestamper(), NOW.days(365))
    });
    case(
        "timestamp-from-the-future-never-passes",
        what,
        file,
        Indeterminate,
        "timestamp-order",
    )
    .crls(current_crls())
}

fn stamped_with(token: &[u8]) -> Vec<u8> {
    signed_and(&buyer(), &[&issuing()], |cms| {
        let attribute = crate::cms::attribute(crate::cms::SIGNATURE_TIMESTAMP, token);
        cms.signer().unsigned.push(attribute);
    })
}

fn timestamp_over_other_bytes_fails() -> Case {
    let what = "Everything else is right, but the time stamp was made over another signature.";
    let file = stamped_with(&Cms::timestamp(&timestamper(), SIGNED, b"another signature").der());
    case(
        "timestamp-over-other-bytes-fails",
        what,
        file,
        Failed,
        "timestamp-invalid",
    )
}

fn timestamp_that_is_no_token_fails() -> Case {
    let what = "The attribute that should hold a time stamp holds text.";
    let file = stamped_with(&der::octets(b"yesterday"));
    case(
        "timestamp-that-is-no-token-fails",
        what,
        file,
        Failed,
        "timestamp-invalid",
    )
}

fn timestamp_before_certificate_was_valid_fails() -> Case {
    let what =
        "A trusted time stamp says that the signature is older than the signer's certificate.";
    let file = signed_and(&buyer(), &[&issuing()], |cms| {
        cms.stamp(&timestamper(), SIGNED.days(-150));
    });
    case(
        "timestamp-before-certificate-was-valid-fails",
        what,
        file,
        Failed,
        "not-yet-valid",
    )
}
