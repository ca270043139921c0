//! Requests to bind a certificate to an account.

use proptest::prelude::*;
use scanseal_protocol::Text;

use super::*;

#[test]
fn to_bind_only_the_accounts_own_enterprise_fits_and_the_others_say_what_differs() {
    use EnterpriseMismatch::{Both, CreditCode as OtherCode, Name};
    let (world, mutual) = (World::new(), World::from_seed(2000));
    let certificates = vec![
        world.enrolled(10, LIFE, true),
        mutual.enrolled(11, LIFE, true),
        world.enrolled_for(12, "天山建设有限公司", CREDIT_CODE, LIFE, true),
        world.enrolled_for(13, ENTERPRISE, OTHER_CREDIT_CODE, LIFE, true),
        world.enrolled_for(14, "天山建设有限公司", OTHER_CREDIT_CODE, LIFE, true),
        world.enrolled_for(15, "天山建设有限公司", CREDIT_CODE, OVER, true),
    ];
    let (vault, _) = phone(&world, &world.trust_list_with(&mutual), certificates);
    let review = Review::new(&vault, ORIGIN, &world.bind_request(|_| {}), NOW).unwrap();
    assert_eq!(review.account().unwrap().name.as_str(), "li.na");
    let verdicts: Vec<_> = review
        .candidates()
        .iter()
        .map(|candidate| (candidate.unfit(), candidate.mismatch()))
        .collect();
    assert_eq!(
        verdicts,
        [
            (None, None),
            (None, None),
            (Some(Code::CertificateNameMismatch), Some(Name)),
            (Some(Code::CertificateCodeMismatch), Some(OtherCode)),
            (Some(Code::CertificateCodeMismatch), Some(Both)),
            (Some(Code::CertificateExpired), None),
        ]
    );
}

#[test]
fn to_log_in_nobodys_enterprise_matters() {
    let world = World::new();
    let other = world.enrolled_for(10, "天山建设有限公司", OTHER_CREDIT_CODE, LIFE, true);
    let review = review_of(vec![other]);
    assert_eq!((review.none_fits(), review.account()), (None, None));
}

#[test]
fn to_bind_the_replaced_certificate_itself_does_not_fit() {
    let world = World::new();
    let certificates = vec![
        world.enrolled(10, LIFE, true),
        world.enrolled(11, LIFE, true),
    ];
    let old = certificates[0].certificate().sha256();
    let (vault, ids) = phone(&world, &world.trust_list(), certificates);
    let request = world.bind_request(|account| account.replaces = Some(old));
    let review = Review::new(&vault, ORIGIN, &request, NOW).unwrap();
    let unfit = |id| review.check(id, NOW).err().map(|error| error.code());
    assert_eq!(unfit(&ids[0]), Some(Code::CertificateAlreadyBound));
    assert_eq!(unfit(&ids[1]), None);
}

#[test]
fn approved_binding_gives_an_assertion_that_the_platform_accepts() {
    let world = World::new();
    let own = world.enrolled(10, LIFE, true);
    let (mut vault, ids) = phone(&world, &world.trust_list(), vec![own]);
    let request = world.bind_request(|_| {});
    let review = Review::new(&vault, ORIGIN, &request, NOW).unwrap();
    let unlocked = unlock(&mut vault, &ids[0]);
    let signing = review.approve(&unlocked, &BINDING, NOW).unwrap();
    let assertion = block_on(signing.run(&mut NoCoSigner)).unwrap();
    let expected = Expected {
        request: &Request::parse(&request).unwrap(),
        channel_binding: &BINDING,
        trust: &world.trust_list(),
        revocation: &Revocation::new(RevocationPolicy::AllowUnknown),
        now: NOW,
    };
    assert!(verify(&assertion, &expected).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever an account is called: a certificate fits exactly if the platform's comparison says so too.
    #[test]
    fn candidate_fits_exactly_where_the_comparison_says_so(
        stated in "[云岭天山（）()·• AB]{1,12}",
        registered in "[云岭天山（）()·• AB]{1,12}",
        same_code in any::<bool>(),
    ) {
        prop_assume!(!stated.trim().is_empty() && !registered.trim().is_empty());
        let world = World::new();
        let code = if same_code { CREDIT_CODE } else { OTHER_CREDIT_CODE };
        let enrolled = world.enrolled_for(10, &stated, code, LIFE, true);
        let expected = compare_enterprise(enrolled.certificate(), &registered, &credit_code()).err();
        let (vault, _) = phone(&world, &world.trust_list(), vec![enrolled]);
        let request = world.bind_request(|account| {
            account.enterprise = Text::new(&*registered).unwrap();
        });
        let review = Review::new(&vault, ORIGIN, &request, NOW).unwrap();
        let candidate = &review.candidates()[0];
        prop_assert_eq!(candidate.mismatch(), expected);
        prop_assert_eq!(candidate.unfit(), expected.map(Code::from));
    }
}
