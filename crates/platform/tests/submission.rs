//! Every way in which a submission is taken or refused, with an authority of the test's own.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "../examples/minimal/world.rs"]
mod world;

use scanseal_pki::{CaKind, CreditCode, LocalizedName, UnixTime};
use scanseal_platform::{
    request::{NewRequest, REQUEST_SECONDS, RequestRecord, Used, account, browser_hash},
    submission::{
        Against, BindOutcome, BindStanding, CHECKS, Course, Handover, Holder, LoginStanding,
        MismatchField, REPEAT_SECONDS, Refusal, Submission, Verified,
    },
};
use scanseal_protocol::{
    error::Code,
    report::{Check, CheckOutcome},
    request::{CertificateKind, Nonce, PlatformId, RequestClaims},
};
use world::{Phone, World};

const NAME: &str = "天山博康医疗器械（集团）有限公司";
const CODE: &str = "91650100MA77C0R54J";
const OTHER_CODE: &str = "11650100MB0F883179";
const COOKIE: [u8; 32] = [5; 32];

struct Scene {
    world: World,
    phone: Phone,
    record: RequestRecord,
}

impl Scene {
    fn asking(claims: impl FnOnce(&NewRequest<'_>) -> RequestClaims) -> Self {
        Self::of_kind(CaKind::Platform, claims)
    }

    fn of_kind(kind: CaKind, claims: impl FnOnce(&NewRequest<'_>) -> RequestClaims) -> Self {
        let world = World::new(UnixTime::from_secs(1_800_000_000), kind);
        let claims = claims(&NewRequest {
            platform: &PlatformId::parse("portal.example").unwrap(),
            name: &LocalizedName {
                zh: "平台".to_owned(),
                en: "Platform".to_owned(),
            },
            origin: &"https://portal.example".parse().unwrap(),
            nonce: Nonce::from_bytes(world::random()),
            now: world.now,
            browser: "Chrome",
            place: "云岭市",
            kinds: &[CertificateKind::Platform],
        });
        let phone = world.phone(NAME, CODE);
        let record = RequestRecord::new(world.sign(&claims), browser_hash(&COOKIE));
        Self {
            world,
            phone,
            record,
        }
    }

    fn login() -> Self {
        Self::asking(|new| new.login())
    }

    fn bind(replaces: Option<[u8; 32]>) -> Self {
        Self::asking(|new| new.bind(account("li.na", NAME, code(CODE), replaces).unwrap()))
    }

    fn answer(&self) -> Handover {
        self.phone.answer(&self.record.request, self.world.now)
    }

    fn verify(
        &self,
        handover: &Handover,
        cookie: &[u8],
        now: UnixTime,
    ) -> Result<Verified, Refusal> {
        Submission::parse(handover)?.verify(&Against {
            record: &self.record,
            browser: &browser_hash(cookie),
            trust: &self.world.trust(),
            revocation: &self.world.revocation(&[]),
            now,
        })
    }

    fn verified(&self) -> Verified {
        self.verify(&self.answer(), &COOKIE, self.world.now)
            .unwrap()
    }

    fn standing<'a>(&self, credit_code: &'a CreditCode) -> BindStanding<'a> {
        BindStanding {
            same_session: true,
            disabled: false,
            enterprise: NAME,
            credit_code,
            holder: Holder::Nobody,
            frozen: false,
        }
    }
}

fn code(text: &str) -> CreditCode {
    CreditCode::parse(text).unwrap()
}

/// Asserts code, status, and the check that failed, and that the report is complete.
#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>, code: Code, status: u16, check: Check) {
    let refusal = outcome.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.status()),
        (code, status),
        "{refusal}"
    );
    let order: Vec<_> = refusal.checks.iter().map(|result| result.check).collect();
    assert_eq!(order, CHECKS);
    let failed = refusal
        .checks
        .iter()
        .find(|result| result.outcome == CheckOutcome::Failed)
        .unwrap();
    assert_eq!((failed.check, failed.code), (check, Some(code)));
    assert!(!refusal.detail().is_empty());
}

#[test]
fn login_of_a_bound_certificate_passes_all_checks() {
    let verified = Scene::login().verified();
    assert_eq!(verified.authority().id, "yunling");
    let standing = LoginStanding {
        frozen: false,
        disabled: false,
    };
    verified.check_login(Some(&standing)).unwrap();
}

#[test]
fn login_is_refused_without_account_and_where_account_or_certificate_are_closed() {
    let verified = Scene::login().verified();
    let standing = |frozen, disabled| LoginStanding { frozen, disabled };
    for (standing, code) in [
        (None, Code::CertificateNotBound),
        (Some(standing(true, false)), Code::CertificateFrozen),
        (Some(standing(false, true)), Code::AccountDisabled),
        (Some(standing(true, true)), Code::AccountDisabled),
    ] {
        refused(
            verified.check_login(standing.as_ref()),
            code,
            403,
            Check::Account,
        );
    }
}

#[test]
fn request_is_decided_for_its_own_operation_only() {
    let credit_code = code(CODE);
    let login = Scene::login();
    let outcome = login.verified().check_bind(&login.standing(&credit_code));
    refused(outcome, Code::Internal, 500, Check::Account);
    let standing = LoginStanding {
        frozen: false,
        disabled: false,
    };
    let outcome = Scene::bind(None).verified().check_login(Some(&standing));
    refused(outcome, Code::Internal, 500, Check::Account);
}

#[test]
fn certificate_of_the_same_enterprise_is_bound_however_its_brackets_are_written() {
    let mut scene = Scene::bind(None);
    scene.phone = scene.world.phone("天山博康医疗器械(集团) 有限公司", CODE);
    let credit_code = code(CODE);
    let outcome = scene.verified().check_bind(&scene.standing(&credit_code));
    assert_eq!(outcome.unwrap(), BindOutcome::Bind);
}

#[test]
fn other_enterprises_are_refused_with_what_differs() {
    let mut scene = Scene::bind(None);
    let credit_code = code(CODE);
    for (name, stated, expected, fields) in [
        (
            "天山博康有限公司",
            CODE,
            Code::CertificateNameMismatch,
            vec![MismatchField::Name],
        ),
        (
            NAME,
            OTHER_CODE,
            Code::CertificateCodeMismatch,
            vec![MismatchField::CreditCode],
        ),
        (
            "云岭市教育局",
            OTHER_CODE,
            Code::CertificateCodeMismatch,
            vec![MismatchField::Name, MismatchField::CreditCode],
        ),
    ] {
        scene.phone = scene.world.phone(name, stated);
        let refusal = scene
            .verified()
            .check_bind(&scene.standing(&credit_code))
            .unwrap_err();
        let differing: Vec<_> = refusal
            .mismatch
            .iter()
            .map(|differing| differing.field)
            .collect();
        assert_eq!(differing, fields);
        let account = |field| {
            if field == MismatchField::Name {
                NAME
            } else {
                CODE
            }
        };
        for differing in &refusal.mismatch {
            assert_eq!(differing.account, account(differing.field));
            assert_ne!(differing.certificate, differing.account);
        }
        refused(Err::<(), _>(refusal), expected, 403, Check::Account);
    }
}

#[test]
fn binding_is_refused_for_each_standing_with_its_code() {
    let scene = Scene::bind(None);
    let (verified, credit_code) = (scene.verified(), code(CODE));
    let usual = scene.standing(&credit_code);
    let cases = [
        (
            BindStanding {
                disabled: true,
                same_session: false,
                ..usual
            },
            Code::AccountDisabled,
            403,
        ),
        (
            BindStanding {
                same_session: false,
                ..usual
            },
            Code::LoginRequired,
            401,
        ),
        (
            BindStanding {
                holder: Holder::AnotherAccount,
                frozen: true,
                ..usual
            },
            Code::CertificateBoundElsewhere,
            409,
        ),
        (
            BindStanding {
                holder: Holder::SameAccount,
                frozen: true,
                ..usual
            },
            Code::CertificateFrozen,
            403,
        ),
    ];
    for (standing, code, status) in cases {
        refused(verified.check_bind(&standing), code, status, Check::Account);
    }
    let again = BindStanding {
        holder: Holder::SameAccount,
        ..usual
    };
    assert_eq!(
        verified.check_bind(&again).unwrap(),
        BindOutcome::AlreadyBound
    );
}

#[test]
fn replacement_takes_another_certificate_that_is_not_bound_yet() {
    let credit_code = code(CODE);
    let scene = Scene::bind(Some([1; 32]));
    let usual = scene.standing(&credit_code);
    assert_eq!(
        scene.verified().check_bind(&usual).unwrap(),
        BindOutcome::Bind
    );
    let bound = BindStanding {
        holder: Holder::SameAccount,
        ..usual
    };
    refused(
        scene.verified().check_bind(&bound),
        Code::CertificateAlreadyBound,
        409,
        Check::Account,
    );
    // Unbound in the meantime, and offered as its own successor.
    let mut scene = Scene::bind(None);
    let own = scene.phone.certificate.sha256();
    let phone = scene.phone;
    scene = Scene {
        phone,
        world: scene.world,
        record: scene.record,
    };
    let renewing = scene.world.sign(&{
        let request = scanseal_protocol::request::Request::parse(&scene.record.request).unwrap();
        let mut claims = request.claims().clone();
        claims.account.as_mut().unwrap().replaces = Some(own);
        claims
    });
    scene.record.request = renewing;
    refused(
        scene.verified().check_bind(&scene.standing(&credit_code)),
        Code::CertificateAlreadyBound,
        409,
        Check::Account,
    );
}

#[test]
fn wrong_browser_is_refused_and_no_browser_too() {
    let scene = Scene::login();
    let outcome = scene.verify(&scene.answer(), &[6; 32], scene.world.now);
    refused(outcome, Code::AssertionWrongBrowser, 403, Check::Browser);
    let submission = Submission::parse(&scene.answer()).unwrap();
    let outcome = submission.find_course(Some(&scene.record), None, scene.world.now);
    refused(outcome, Code::AssertionWrongBrowser, 403, Check::Browser);
}

#[test]
fn report_of_a_late_answer_in_the_wrong_browser_names_both() {
    let scene = Scene::login();
    let late = scene.world.now.saturating_add_secs(REQUEST_SECONDS + 1);
    let refusal = scene.verify(&scene.answer(), &[6; 32], late).unwrap_err();
    let outcome = |check| {
        let result = refusal.checks.iter().find(|result| result.check == check);
        result.unwrap().outcome
    };
    assert_eq!(outcome(Check::Browser), CheckOutcome::Failed);
    assert_eq!(outcome(Check::Account), CheckOutcome::NotRun);
    refused(Err::<(), _>(refusal), Code::AssertionLate, 410, Check::Time);
}

#[test]
fn certificate_of_a_kind_that_was_not_asked_for_is_refused() {
    let scene = Scene::of_kind(CaKind::Mutual, |new| new.login());
    let outcome = scene.verify(&scene.answer(), &COOKIE, scene.world.now);
    refused(outcome, Code::CertificateWrongKind, 403, Check::Path);
}

#[test]
fn revoked_certificate_is_refused() {
    let scene = Scene::bind(None);
    let submission = Submission::parse(&scene.answer()).unwrap();
    let outcome = submission.verify(&Against {
        record: &scene.record,
        browser: &browser_hash(&COOKIE),
        trust: &scene.world.trust(),
        revocation: &scene.world.revocation(&[&scene.phone.certificate]),
        now: scene.world.now,
    });
    refused(outcome, Code::CertificateRevoked, 403, Check::Revocation);
}

#[test]
fn handover_that_cannot_be_read_is_refused() {
    let good = Scene::login().answer();
    for binding in ["", "AAAA", &"A".repeat(44), "!"] {
        let handover = Handover {
            channel_binding: binding.to_owned(),
            ..good.clone()
        };
        refused(
            Submission::parse(&handover),
            Code::Malformed,
            400,
            Check::Format,
        );
    }
    for assertion in ["", "a.b.c", &good.assertion[1..]] {
        let handover = Handover {
            assertion: assertion.to_owned(),
            ..good.clone()
        };
        refused(
            Submission::parse(&handover),
            Code::AssertionInvalid,
            400,
            Check::Format,
        );
    }
}

#[test]
fn forged_signature_has_no_signer() {
    let scene = Scene::login();
    let submission = Submission::parse(&scene.answer()).unwrap();
    assert_eq!(submission.signer(), Some(&scene.phone.certificate));
    let mut forged = scene.answer();
    let cut = forged.assertion.len() - 86;
    forged.assertion.replace_range(cut.., &"A".repeat(86));
    let submission = Submission::parse(&forged).unwrap();
    assert_eq!(submission.signer(), None);
    let outcome = scene.verify(&forged, &COOKIE, scene.world.now);
    refused(outcome, Code::AssertionInvalid, 400, Check::Signature);
}

#[test]
fn only_the_same_browser_with_the_same_submission_is_answered_again_and_for_a_minute() {
    let mut scene = Scene::login();
    let submission = Submission::parse(&scene.answer()).unwrap();
    let (own, other) = (browser_hash(&COOKIE), browser_hash(&[6; 32]));
    let now = scene.world.now;
    let course = |record: &RequestRecord, browser, submission: &Submission, after| {
        submission.find_course(Some(record), Some(browser), now.saturating_add_secs(after))
    };
    assert_eq!(
        course(&scene.record, &own, &submission, 0).unwrap(),
        Course::First
    );
    scene.record.used = Some(Used {
        at: now,
        submission: submission.hash(),
    });
    assert_eq!(
        course(&scene.record, &own, &submission, REPEAT_SECONDS - 1).unwrap(),
        Course::Repeat
    );
    let late = course(&scene.record, &own, &submission, REPEAT_SECONDS);
    refused(late, Code::AssertionReplayed, 410, Check::Replay);
    let stolen = course(&scene.record, &other, &submission, 0);
    refused(stolen, Code::AssertionReplayed, 410, Check::Replay);
    let second = scene
        .world
        .phone(NAME, CODE)
        .answer(&scene.record.request, now);
    let second = Submission::parse(&second).unwrap();
    let other = course(&scene.record, &own, &second, 0);
    refused(other, Code::AssertionReplayed, 410, Check::Replay);
}

#[test]
fn superseded_and_unknown_requests_are_refused_and_a_used_one_still_repeats() {
    let mut scene = Scene::bind(None);
    let submission = Submission::parse(&scene.answer()).unwrap();
    let own = browser_hash(&COOKIE);
    let now = scene.world.now;
    let unknown = submission.find_course(None, Some(&own), now);
    refused(unknown, Code::AssertionInvalid, 400, Check::Request);
    scene.record.superseded = true;
    let older = submission.find_course(Some(&scene.record), Some(&own), now);
    refused(older, Code::Superseded, 410, Check::Request);
    scene.record.used = Some(Used {
        at: now,
        submission: submission.hash(),
    });
    let used = submission.find_course(Some(&scene.record), Some(&own), now);
    assert_eq!(used.unwrap(), Course::Repeat);
}
