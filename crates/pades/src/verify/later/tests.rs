//! Rules of signatures against changes made up for them.

use super::*;

fn change(level: ChangeLevel, class: ChangeClass, field: Option<&str>) -> Change {
    Change {
        object: 7,
        revision: 2,
        level,
        class,
        path: "Root".to_owned(),
        field: field.map(str::to_owned),
        page: None,
        rect: None,
    }
}

fn reasons(
    rules: &Rules,
    changes: &[Change],
    annotations_since: Option<usize>,
) -> Vec<(CheckStatus, Reason)> {
    let (later, checks) = rules.judge(
        changes.iter(),
        &Annotations {
            permitted_since: annotations_since,
            ..Annotations::default()
        },
    );
    let found: Vec<_> = (checks.into_iter())
        .filter_map(|check| Some((check.status, check.reason?)))
        .collect();
    let failed = found
        .iter()
        .any(|(status, _)| *status == CheckStatus::Failed);
    assert_eq!(
        later.permitted, !failed,
        "permitted means that nothing failed"
    );
    found
}

fn certified(permissions: u8) -> Rules {
    Rules {
        certification: Some(permissions),
        ..Rules::default()
    }
}

#[test]
fn an_approval_permits_signatures_and_names_form_fills() {
    let rules = Rules::default();
    let signature = change(
        ChangeLevel::Signatures,
        ChangeClass::SignatureField,
        Some("B"),
    );
    let fill = change(
        ChangeLevel::FormFill,
        ChangeClass::FieldValue,
        Some("price"),
    );
    assert_eq!(reasons(&rules, &[], None), []);
    assert_eq!(reasons(&rules, std::slice::from_ref(&signature), None), []);
    assert_eq!(
        reasons(&rules, &[signature, fill], None),
        [(CheckStatus::Noted, Reason::FormFilledLater)]
    );
}

#[test]
fn an_annotation_fails_unless_a_certification_before_it_permits_it() {
    let note = [change(
        ChangeLevel::Annotations,
        ChangeClass::Annotation,
        None,
    )];
    let failed = [(CheckStatus::Failed, Reason::AnnotationsChangedLater)];
    let noted = [(CheckStatus::Noted, Reason::AnnotationsChangedLater)];
    assert_eq!(reasons(&Rules::default(), &note, None), failed);
    assert_eq!(reasons(&Rules::default(), &note, Some(1)), noted);
    assert_eq!(
        reasons(&Rules::default(), &note, Some(2)),
        failed,
        "not before it"
    );
    assert_eq!(reasons(&certified(3), &note, None), noted);
    let two: Vec<_> = reasons(&certified(2), &note, None);
    assert!(two.contains(&(CheckStatus::Failed, Reason::CertificationViolated)));
}

#[test]
fn a_certification_permits_comments_and_nothing_that_covers_the_page() {
    let note = [change(
        ChangeLevel::Annotations,
        ChangeClass::Annotation,
        None,
    )];
    let annotations = Annotations {
        permitted_since: Some(0),
        covering: HashSet::from([(2, 7)]),
    };
    let (later, checks) = certified(3).judge(note.iter(), &annotations);
    assert!(!later.permitted);
    assert_eq!(checks[0].reason, Some(Reason::AnnotationsChangedLater));
    assert_eq!(checks[0].status, CheckStatus::Failed);
}

#[test]
fn what_no_rule_vouches_for_always_fails() {
    let other = [change(ChangeLevel::Other, ChangeClass::PageContent, None)];
    for rules in [Rules::default(), certified(3), certified(1)] {
        let found = reasons(&rules, &other, Some(0));
        assert!(
            found.contains(&(CheckStatus::Failed, Reason::ChangedLater)),
            "{rules:?}"
        );
    }
}

#[test]
fn a_certification_permits_as_much_as_it_says() {
    let levels = [
        (ChangeLevel::Maintenance, ChangeClass::Dss, 1),
        (ChangeLevel::Signatures, ChangeClass::SignatureField, 2),
        (ChangeLevel::FormFill, ChangeClass::FieldValue, 2),
        (ChangeLevel::Annotations, ChangeClass::Annotation, 3),
    ];
    for (level, class, least) in levels {
        for permissions in 1..=3 {
            let found = reasons(
                &certified(permissions),
                &[change(level, class, Some("x"))],
                None,
            );
            let violated = found.contains(&(CheckStatus::Failed, Reason::CertificationViolated));
            assert_eq!(
                violated,
                permissions < least,
                "{level:?} under {permissions}"
            );
        }
    }
}

#[test]
fn locked_fields_and_those_below_them_stay_as_they_are() {
    let cases = [
        (Lock::All, "anything", true),
        (Lock::Include(vec!["a".to_owned()]), "a", true),
        (Lock::Include(vec!["a".to_owned()]), "a.b", true),
        (Lock::Include(vec!["a".to_owned()]), "ab", false),
        (Lock::Exclude(vec!["a".to_owned()]), "a", false),
        (Lock::Exclude(vec!["a".to_owned()]), "b", true),
    ];
    for (lock, field, locked) in cases {
        let name = format!("{lock:?} {field}");
        let rules = Rules {
            locks: vec![lock],
            ..Rules::default()
        };
        for (level, class) in [
            (ChangeLevel::FormFill, ChangeClass::FieldValue),
            (ChangeLevel::Signatures, ChangeClass::SignatureField),
        ] {
            let found = reasons(&rules, &[change(level, class, Some(field))], None);
            let failed = found.contains(&(CheckStatus::Failed, Reason::LockedFieldChanged));
            assert_eq!(failed, locked, "{name}");
        }
    }
}

#[test]
fn a_lock_does_not_keep_a_field_of_no_name_open() {
    let rules = Rules {
        locks: vec![Lock::Exclude(vec!["a".to_owned()])],
        ..Rules::default()
    };
    let found = reasons(
        &rules,
        &[change(ChangeLevel::FormFill, ChangeClass::FieldValue, None)],
        None,
    );
    assert!(found.contains(&(CheckStatus::Failed, Reason::LockedFieldChanged)));
}

#[test]
fn a_lock_leaves_the_page_open_that_lists_a_new_signature() {
    let rules = Rules {
        locks: vec![Lock::Include(vec!["a".to_owned()])],
        ..Rules::default()
    };
    let (level, class) = (ChangeLevel::Signatures, ChangeClass::SignatureField);
    let page = change(level, class, None);
    let other = change(level, class, Some("b"));
    assert_eq!(reasons(&rules, &[page.clone(), other], None), []);
    let locked = change(level, class, Some("a"));
    assert!(
        reasons(&rules, &[page, locked], None)
            .contains(&(CheckStatus::Failed, Reason::LockedFieldChanged))
    );
}

#[test]
fn rules_that_cannot_be_read_permit_long_term_data_only() {
    let rules = Rules {
        unreadable: true,
        ..Rules::default()
    };
    let fill = change(ChangeLevel::FormFill, ChangeClass::FieldValue, Some("a"));
    assert!(
        reasons(&rules, &[fill], None)
            .contains(&(CheckStatus::Failed, Reason::CertificationViolated))
    );
    assert_eq!(
        reasons(
            &rules,
            &[change(ChangeLevel::Maintenance, ChangeClass::Dss, None)],
            None
        ),
        []
    );
}

#[test]
fn the_list_with_a_signature_ends_at_its_limit_with_the_worst_first() {
    let mut changes =
        vec![change(ChangeLevel::Maintenance, ChangeClass::Dss, None); MAX_CHANGES_PER_SIGNATURE];
    let (later, _) = Rules::default().judge(changes.iter(), &Annotations::default());
    assert_eq!(
        (later.items.len(), later.omitted),
        (MAX_CHANGES_PER_SIGNATURE, 0)
    );
    changes.push(change(ChangeLevel::Other, ChangeClass::Catalog, None));
    let (later, _) = Rules::default().judge(changes.iter(), &Annotations::default());
    assert_eq!(
        (later.items.len(), later.omitted),
        (MAX_CHANGES_PER_SIGNATURE, 1)
    );
    assert_eq!(later.items[0].level, ChangeLevel::Other);
}
