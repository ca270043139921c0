//! Time stamps, long-term data, and what they prove. The files are sealed by this crate.

use scanseal_pades::{
    Bytes,
    seal::{Evidence, FieldChoice, SealRequest, add_validation_data, prepare, prepare_timestamp},
    verify::{
        Trust,
        report::{
            ChangeLevel, CheckStatus, DocumentVerdict, Fact, Level, Reason, Report, SignatureKind,
            SignatureVerdict, SubIndication,
        },
    },
};
use scanseal_pki::{
    AnyCertificate, Certificate, Crl, Profile, SignedAttributes, Subject, TimestampRequest,
    TimestampToken, Timestamper, UnixTime, Validity,
};

use crate::{
    honest::report,
    paper::Paper,
    world::{DAY, NOW, Signer, World, around, before},
};

/// Who stamps times, below the same root.
struct Clock {
    certificate: Certificate,
    stamper: Timestamper,
}

impl Clock {
    fn of(world: &mut World) -> Self {
        Self::valid(world, around(365))
    }

    fn valid(world: &mut World, validity: Validity) -> Self {
        let subject = Subject::new("演示认证机构", "演示时间戳").expect("a good name");
        let signer = world.issue(&Profile::TimestampAuthority { subject }, validity);
        let stamper = Timestamper::new(signer.certificate.clone(), vec![], signer.key, "1.2.3.4");
        Self {
            certificate: signer.certificate,
            stamper: stamper.expect("a stamper"),
        }
    }

    fn stamp(&self, digest: &[u8], at: UnixTime) -> TimestampToken {
        let request = TimestampRequest::new(digest.try_into().expect("SHA-256"), None);
        let answer = self.stamper.answer(&request, at, 1).expect("an answer");
        TimestampToken::from_response(&answer, &request).expect("granted")
    }
}

fn blank() -> Vec<u8> {
    let mut paper = Paper::blank();
    paper.finish();
    paper.bytes
}

/// Makes a token over a signature value.
type Stamp<'a> = &'a dyn Fn(&[u8]) -> TimestampToken;

/// Seals field `A`; `stamp` makes the token over the signature value.
fn seal(bytes: &mut Vec<u8>, signer: &Signer, stamp: Option<Stamp<'_>>) {
    let mut request = SealRequest::new(NOW, 12 * 1024);
    request.field = FieldChoice::Existing("A".to_owned());
    let prepared = prepare(&Bytes(bytes), &request).expect("it can be sealed");
    let digest = prepared.digest(&Bytes(bytes)).expect("readable");
    let attributes = SignedAttributes::new(&signer.certificate, &digest);
    let signature = signer.key.sign_es256_der(attributes.to_be_signed());
    let token = stamp.map(|stamp| stamp(&signature));
    let chain = [AnyCertificate::from(&signer.certificate)];
    let cms = attributes
        .finish(&signature, &chain, token.as_ref())
        .expect("it fits");
    bytes.extend(prepared.finish(&cms).expect("it fits"));
}

fn sealed_at(signer: &Signer, clock: &Clock, at: UnixTime) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bytes = blank();
    seal(
        &mut bytes,
        signer,
        Some(&|signature| clock.stamp(&Sha256::digest(signature), at)),
    );
    bytes
}

fn stamp_document(bytes: &mut Vec<u8>, clock: &Clock, at: UnixTime) {
    let prepared = prepare_timestamp(&Bytes(bytes), 8 * 1024, None).expect("it can be stamped");
    let digest = prepared.digest(&Bytes(bytes)).expect("readable");
    bytes.extend(
        prepared
            .finish(clock.stamp(&digest, at).der())
            .expect("it fits"),
    );
}

fn add_evidence(bytes: &mut Vec<u8>, certificates: &[&Certificate], crl: &Crl) {
    let evidence = Evidence {
        field: None,
        certificates: certificates
            .iter()
            .map(|certificate| certificate.der().to_vec())
            .collect(),
        ocsps: vec![],
        crls: vec![crl.der().to_vec()],
    };
    bytes.extend(add_validation_data(&Bytes(bytes), &evidence, None).expect("it can be added"));
}

fn trusting(world: &World, crl: Option<Crl>) -> Trust {
    let mut trust = world.trust();
    trust.crls.extend(crl);
    trust
}

fn assert_first(report: &Report, verdict: SignatureVerdict, reasons: &[Reason]) {
    let first = &report.signatures[0];
    assert_eq!(
        (first.verdict, first.reasons.as_slice()),
        (verdict, reasons),
        "{first:#?}"
    );
}

fn noted(report: &Report, reason: Reason) -> bool {
    let mut checks = report.signatures[0].checks.iter();
    checks.any(|check| check.status == CheckStatus::Noted && check.reason == Some(reason))
}

#[test]
fn a_time_stamp_proves_the_time_and_makes_b_t() {
    let mut world = World::new();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    let found = report(&sealed_at(&signer, &clock, before(5 * DAY)), &world.trust());
    assert_eq!(
        found.document.verdict,
        DocumentVerdict::Passed,
        "{found:#?}"
    );
    let first = &found.signatures[0];
    assert_eq!(first.level, Some(Level::BT));
    let stamp = first.time.timestamp.as_ref().expect("a stamp");
    assert_eq!(stamp.proven, Fact::Yes);
    assert_eq!(stamp.time, before(5 * DAY).to_rfc3339());
}

#[test]
fn a_revocation_counts_from_its_own_time_if_the_time_of_the_signature_is_proven() {
    let mut world = World::new().with_endpoints();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    let bytes = sealed_at(&signer, &clock, before(5 * DAY));
    let revoked_at = |since| trusting(&world, Some(world.crl(before(DAY), Some((&signer, since)))));

    let later = report(&bytes, &revoked_at(before(2 * DAY)));
    assert_eq!(
        later.document.verdict,
        DocumentVerdict::Passed,
        "{later:#?}"
    );
    assert!(noted(&later, Reason::RevokedLater));

    let earlier = report(&bytes, &revoked_at(before(6 * DAY)));
    assert_first(&earlier, SignatureVerdict::Failed, &[Reason::Revoked]);
    assert_eq!(
        earlier.signatures[0].sub_indication,
        Some(SubIndication::Revoked)
    );
}

#[test]
fn a_certificate_that_has_expired_since_the_proven_time_does_no_harm() {
    let mut world = World::new();
    let clock = Clock::of(&mut world);
    let validity = Validity {
        not_before: before(20 * DAY),
        not_after: before(10 * DAY),
    };
    let signer = world.signer_valid(validity);
    let within = report(
        &sealed_at(&signer, &clock, before(15 * DAY)),
        &world.trust(),
    );
    assert_eq!(
        within.document.verdict,
        DocumentVerdict::Passed,
        "{within:#?}"
    );
    let after = report(&sealed_at(&signer, &clock, before(5 * DAY)), &world.trust());
    assert_first(&after, SignatureVerdict::Failed, &[Reason::Expired]);
}

#[test]
fn a_stamp_of_nobody_trusted_is_noted_and_its_time_does_not_count() {
    let mut world = World::new();
    let mut foreign = World::new();
    foreign.signer();
    let subject = Subject::new("别人", "别人").expect("a good name");
    let key = scanseal_pki::SigningKey::generate(&mut foreign.rng);
    foreign.root =
        scanseal_pki::Issuer::root(&subject, key, around(3650), &mut foreign.rng).expect("a root");
    let clock = Clock::of(&mut foreign);
    let signer = world.signer();
    let found = report(&sealed_at(&signer, &clock, before(5 * DAY)), &world.trust());
    assert_eq!(found.document.verdict, DocumentVerdict::Passed);
    assert!(noted(&found, Reason::TimestampUntrusted));
    assert_eq!(found.signatures[0].level, Some(Level::BB));
    assert_eq!(found.signatures[0].time.checked_at, NOW.to_rfc3339());
}

#[test]
fn a_stamp_whose_authority_has_expired_does_not_count_without_a_newer_one() {
    let mut world = World::new();
    let clock = Clock::valid(
        &mut world,
        Validity {
            not_before: before(20 * DAY),
            not_after: before(10 * DAY),
        },
    );
    let signer = world.signer();
    let mut bytes = sealed_at(&signer, &clock, before(15 * DAY));
    let found = report(&bytes, &world.trust());
    assert!(noted(&found, Reason::TimestampUntrusted));
    assert_eq!(found.signatures[0].level, Some(Level::BB));

    // A document time stamp made while it was valid proves that it existed then.
    let newer = Clock::of(&mut world);
    stamp_document(&mut bytes, &newer, before(11 * DAY));
    let found = report(&bytes, &world.trust());
    assert_eq!(
        found.document.verdict,
        DocumentVerdict::Passed,
        "{found:#?}"
    );
    assert_eq!(found.signatures[0].level, Some(Level::BT));
    let stamped = found.signatures[0]
        .time
        .timestamp
        .as_ref()
        .map(|stamp| stamp.proven);
    assert_eq!(stamped, Some(Fact::Yes));
}

#[test]
fn a_stamp_of_another_signature_fails_it() {
    let mut world = World::new();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    // Making refuses it, so a bit of the imprint in a good one is flipped: then it stamps something else.
    let good = sealed_at(&signer, &clock, before(DAY));
    let imprint = {
        let range = report(&good, &world.trust()).signatures[0]
            .byte_range
            .expect("sealed");
        let at = |offset: u64| usize::try_from(offset).expect("small");
        let text = good[at(range[1]) + 1..at(range[2]) - 1].to_ascii_lowercase();
        let cms = data_encoding::HEXLOWER.decode(&text).expect("hexadecimal");
        let length = scanseal_pki::cms::content_length(&cms).expect("a header");
        let message = scanseal_pki::SignedData::from_der(&cms[..length]).expect("CMS");
        let token = message.timestamp().expect("readable").expect("a token");
        data_encoding::HEXLOWER.encode(token.imprint())
    };
    let mut forged = good.clone();
    let upper = imprint.to_ascii_uppercase();
    let at = forged
        .windows(64)
        .position(|window| window == imprint.as_bytes() || window == upper.as_bytes())
        .expect("the imprint");
    forged[at] = if forged[at] == b'1' { b'2' } else { b'1' };
    let found = report(&forged, &world.trust());
    assert_first(
        &found,
        SignatureVerdict::Failed,
        &[Reason::TimestampInvalid],
    );
}

#[test]
fn a_stamp_from_the_future_is_indeterminate() {
    let mut world = World::new();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    let bytes = sealed_at(&signer, &clock, NOW.saturating_add_secs(DAY));
    let found = report(&bytes, &world.trust());
    assert_first(
        &found,
        SignatureVerdict::Indeterminate,
        &[Reason::TimestampOrder],
    );
    assert_eq!(
        found.signatures[0].sub_indication,
        Some(SubIndication::TimestampOrderFailure)
    );
}

#[test]
fn a_document_time_stamp_proves_what_it_covers() {
    let mut world = World::new().with_endpoints();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    let mut bytes = blank();
    seal(&mut bytes, &signer, None);
    stamp_document(&mut bytes, &clock, before(5 * DAY));
    let crl = world.crl(before(DAY), Some((&signer, before(2 * DAY))));
    let found = report(&bytes, &trusting(&world, Some(crl)));
    assert_eq!(
        found.document.verdict,
        DocumentVerdict::Passed,
        "{found:#?}"
    );
    assert_eq!(found.signatures[1].kind, SignatureKind::DocumentTimestamp);
    assert_eq!(found.signatures[1].level, None);
    assert_eq!(found.signatures[0].level, Some(Level::BT));
    assert!(noted(&found, Reason::RevokedLater));
    assert_eq!(found.signatures[0].later.level, ChangeLevel::Maintenance);

    // Changed after it was stamped.
    let at = bytes
        .windows(4)
        .position(|window| window == b"yuan")
        .expect("the page");
    bytes[at] = b'Y';
    let changed = report(&bytes, &world.trust());
    assert_eq!(changed.document.verdict, DocumentVerdict::Failed);
    for signature in &changed.signatures {
        assert!(
            signature.reasons.contains(&Reason::DigestMismatch),
            "{signature:#?}"
        );
        assert_eq!(signature.integrity.digest, Fact::No);
    }
}

#[test]
fn evidence_in_the_file_makes_b_lt_and_a_stamp_over_it_b_lta() {
    let mut world = World::new().with_endpoints();
    let (signer, clock) = (world.signer(), Clock::of(&mut world));
    let mut bytes = sealed_at(&signer, &clock, before(5 * DAY));
    let crl = world.crl(before(4 * DAY), None);
    let root = world.root.certificate().clone();
    add_evidence(
        &mut bytes,
        &[&signer.certificate, &clock.certificate, &root],
        &crl,
    );
    let found = report(&bytes, &world.trust());
    assert_eq!(
        found.document.verdict,
        DocumentVerdict::PassedWithLaterChanges,
        "{found:#?}"
    );
    assert_eq!(found.signatures[0].level, Some(Level::BLt));
    assert_eq!(found.signatures[0].later.level, ChangeLevel::Maintenance);
    assert_eq!(found.signatures[0].revocation[0].status, "good");

    stamp_document(&mut bytes, &clock, before(3 * DAY));
    let found = report(&bytes, &world.trust());
    assert_eq!(
        found.document.verdict,
        DocumentVerdict::Passed,
        "{found:#?}"
    );
    assert_eq!(found.signatures[0].level, Some(Level::BLta));
}

#[test]
fn a_root_in_the_file_is_no_anchor() {
    let mut world = World::new();
    let signer = world.signer();
    let mut bytes = blank();
    seal(&mut bytes, &signer, None);
    let crl = world.crl(before(DAY), None);
    let root = world.root.certificate().clone();
    add_evidence(&mut bytes, &[&root], &crl);
    let found = report(&bytes, &Trust::new(NOW));
    assert_first(
        &found,
        SignatureVerdict::Indeterminate,
        &[Reason::NoTrustAnchors],
    );
}
