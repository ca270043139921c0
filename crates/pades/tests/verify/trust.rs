//! Paths, time and revocation, as far as no time stamp is needed.

use chacha20::ChaCha20Rng;
use scanseal_pades::verify::{
    RevocationRule, Trust,
    report::{DocumentVerdict, Reason, Report, SignatureVerdict, SubIndication},
};
use scanseal_pki::{
    Issuer, Profile, SigningKey, Subject, UnixTime, Validity, rand_core::SeedableRng,
};

use crate::{
    honest::report,
    paper::Paper,
    world::{DAY, NOW, Signer, World, around, before},
};

fn sealed_by(signer: &Signer) -> Vec<u8> {
    let mut paper = Paper::blank();
    paper.finish().seal_a(signer);
    paper.bytes
}

fn assert_one(report: &Report, verdict: SignatureVerdict, reason: Reason, sub: SubIndication) {
    let signature = &report.signatures[0];
    assert_eq!(signature.verdict, verdict, "{signature:#?}");
    assert_eq!(signature.reasons, [reason]);
    assert_eq!(signature.sub_indication, Some(sub));
}

#[test]
fn nobody_trusted_or_somebody_else_trusted_is_indeterminate() {
    let mut world = World::new();
    let signer = world.signer();
    let bytes = sealed_by(&signer);
    let none = report(&bytes, &Trust::new(NOW));
    assert_eq!(none.document.verdict, DocumentVerdict::Indeterminate);
    let sub = SubIndication::NoCertificateChainFound;
    assert_one(
        &none,
        SignatureVerdict::Indeterminate,
        Reason::NoTrustAnchors,
        sub,
    );

    // The same names, another key: what a look-alike authority would have.
    let mut other = World::new();
    other.signer();
    let subject = Subject::new("演示认证机构", "演示根证书").expect("a good name");
    let key = SigningKey::generate(&mut other.rng);
    other.root = Issuer::root(&subject, key, around(3650), &mut other.rng).expect("a root");
    let foreign = report(&bytes, &other.trust());
    assert_one(
        &foreign,
        SignatureVerdict::Indeterminate,
        Reason::Untrusted,
        sub,
    );
}

#[test]
fn a_certificate_out_of_its_time_is_told_apart() {
    let mut world = World::new();
    let signer = world.signer_valid(Validity {
        not_before: before(10 * DAY),
        not_after: before(DAY),
    });
    let expired = report(&sealed_by(&signer), &world.trust());
    let sub = SubIndication::OutOfBoundsNoPoe;
    assert_one(
        &expired,
        SignatureVerdict::Indeterminate,
        Reason::ExpiredNoProof,
        sub,
    );
    assert_eq!(
        expired.signatures[0].chain.len(),
        2,
        "whose it was is still told"
    );

    let mut then = world.trust();
    then.at = before(2 * DAY);
    assert_eq!(
        report(&sealed_by(&signer), &then).document.verdict,
        DocumentVerdict::Passed
    );

    let early = world.signer_valid(Validity {
        not_before: NOW.saturating_add_secs(DAY),
        not_after: NOW.saturating_add_secs(2 * DAY),
    });
    let early = report(&sealed_by(&early), &world.trust());
    assert_one(
        &early,
        SignatureVerdict::Failed,
        Reason::NotYetValid,
        SubIndication::NotYetValid,
    );
}

#[test]
fn a_certificate_for_something_else_is_not_accepted() {
    let mut world = World::new();
    let profile = Profile::Platform {
        subject: Subject::new("平台", "平台").expect("a good name"),
        hosts: vec!["platform.example".to_owned()],
    };
    let signer = world.issue(&profile, around(90));
    let found = report(&sealed_by(&signer), &world.trust());
    let sub = SubIndication::ChainConstraintsFailure;
    assert_one(
        &found,
        SignatureVerdict::Indeterminate,
        Reason::WrongUsage,
        sub,
    );
}

#[test]
fn without_evidence_the_rule_decides() {
    let mut silent = World::new();
    let (quiet, trust) = (silent.signer(), silent.trust());
    let mut stating = World::new().with_endpoints();
    let named = stating.signer();
    for (signer, rule, verdict) in [
        (&quiet, RevocationRule::WhereStated, DocumentVerdict::Passed),
        (
            &quiet,
            RevocationRule::Always,
            DocumentVerdict::Indeterminate,
        ),
        (
            &named,
            RevocationRule::WhereStated,
            DocumentVerdict::Indeterminate,
        ),
        (&named, RevocationRule::Never, DocumentVerdict::Passed),
    ] {
        let trust = Trust {
            revocation: rule,
            ..trust.clone()
        };
        let found = report(&sealed_by(signer), &trust);
        assert_eq!(
            found.document.verdict, verdict,
            "{rule:?}: {:?}",
            found.signatures[0].reasons
        );
        if verdict == DocumentVerdict::Indeterminate {
            assert_eq!(
                found.signatures[0].sub_indication,
                Some(SubIndication::TryLater)
            );
        }
    }
}

#[test]
fn evidence_of_the_caller_decides_about_revocation() {
    let mut world = World::new().with_endpoints();
    let signer = world.signer();
    let bytes = sealed_by(&signer);
    let with = |crl_at: UnixTime, revoked: Option<UnixTime>| {
        let mut trust = world.trust();
        trust
            .crls
            .push(world.crl(crl_at, revoked.map(|since| (&signer, since))));
        report(&bytes, &trust)
    };
    let good = with(before(DAY), None);
    assert_eq!(good.document.verdict, DocumentVerdict::Passed, "{good:#?}");
    assert_eq!(good.signatures[0].revocation[0].status, "good");
    assert_eq!(good.signatures[0].revocation[0].source, Some("crl"));

    let revoked = with(before(DAY), Some(before(2 * DAY)));
    let sub = SubIndication::RevokedNoPoe;
    assert_one(
        &revoked,
        SignatureVerdict::Indeterminate,
        Reason::RevokedNoProof,
        sub,
    );
    assert_eq!(revoked.signatures[0].revocation[0].status, "revoked");

    // Who gives evidence wants it to tell, whatever the certificate says.
    let silent = {
        let mut world = World::new();
        let signer = world.signer();
        let mut trust = world.trust();
        trust.crls.push(world.crl(before(9 * DAY), None));
        report(&sealed_by(&signer), &trust)
    };
    assert_eq!(silent.signatures[0].reasons, [Reason::RevocationUnknown]);

    let stale = with(before(9 * DAY), None);
    let sub = SubIndication::TryLater;
    assert_one(
        &stale,
        SignatureVerdict::Indeterminate,
        Reason::RevocationUnknown,
        sub,
    );
}

#[test]
fn of_a_failed_signature_no_revocation_is_looked_up() {
    let mut world = World::new().with_endpoints();
    let signer = world.signer();
    let mut bytes = sealed_by(&signer);
    let at = bytes
        .windows(4)
        .position(|window| window == b"yuan")
        .expect("the page");
    bytes[at] = b'Y';
    let mut trust = world.trust();
    trust.crls.push(world.crl(before(DAY), None));
    let failed = report(&bytes, &trust);
    let signature = &failed.signatures[0];
    assert_eq!(signature.reasons, [Reason::DigestMismatch]);
    assert_eq!(signature.chain.len(), 2, "whose it claims to be is told");
    assert!(signature.revocation.is_empty());
}

#[test]
fn an_impostor_is_untrusted_first_whatever_the_certificate_is_for() {
    let mut world = World::new();
    let mut other = World::new();
    let subject = Subject::new("演示认证机构", "演示根证书").expect("a good name");
    // Twice the same key: one for the authority, one to seal with.
    let key = || SigningKey::generate(&mut ChaCha20Rng::from_seed([9; 32]));
    other.root =
        Issuer::root(&subject, key(), around(3650), &mut other.rng).expect("a good authority");
    // What `openssl req -x509` makes unless told otherwise: its own authority.
    let own_authority = Signer {
        key: key(),
        certificate: other.root.certificate().clone(),
    };
    let profile = Profile::Platform {
        subject: Subject::new("平台", "平台").expect("a good name"),
        hosts: vec!["platform.example".to_owned()],
    };
    let for_something_else = other.issue(&profile, around(90));
    for impostor in [own_authority, for_something_else] {
        let found = report(&sealed_by(&impostor), &world.trust());
        assert_eq!(
            found.signatures[0].reasons,
            [Reason::Untrusted, Reason::WrongUsage]
        );
        let sub = SubIndication::NoCertificateChainFound;
        assert_eq!(found.signatures[0].sub_indication, Some(sub));
    }
    // An authority of the caller may not seal either, but is no impostor.
    world.root = other.root;
    let own_authority = Signer {
        key: key(),
        certificate: world.root.certificate().clone(),
    };
    let found = report(&sealed_by(&own_authority), &world.trust());
    assert_eq!(found.signatures[0].reasons, [Reason::WrongUsage]);
}
