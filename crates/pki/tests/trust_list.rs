//! Trust lists: reading, writing, rules, limits, and finding authorities and platforms.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use scanseal_pki::{
    CaKind, Certificate, Issuer, LocalizedName, MAX_CERTIFICATES_PER_CA, MAX_ID_LENGTH,
    MAX_ORIGINS_PER_PLATFORM, MAX_SEAL_KEYS_PER_CA, MAX_TRUST_LIST_ENTRIES, MAX_TRUST_LIST_LENGTH,
    PathError, TrustList, TrustListError, TrustedCa, TrustedPlatform, Usage,
};

fn name(text: &str) -> LocalizedName {
    LocalizedName {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}

fn ca(
    id: &str,
    kind: CaKind,
    roots: Vec<Certificate>,
    intermediates: Vec<Certificate>,
) -> TrustedCa {
    TrustedCa {
        id: id.to_owned(),
        name: name(id),
        kind,
        roots,
        intermediates,
        seal_keys: Vec::new(),
    }
}

fn platform(id: &str) -> TrustedPlatform {
    TrustedPlatform {
        id: id.to_owned(),
        name: name("交易平台"),
        origins: vec!["https://portal.example".to_owned()],
        keys: vec![[3; 32]],
    }
}

fn list(cas: Vec<TrustedCa>, platforms: Vec<TrustedPlatform>) -> Result<TrustList, TrustListError> {
    TrustList::new(
        4,
        ago(NOW, DAY),
        later(NOW, DAY),
        "演示运营方".to_owned(),
        cas,
        platforms,
    )
}

fn world_ca(world: &World) -> TrustedCa {
    ca(
        "demo",
        CaKind::Platform,
        world.anchors(),
        world.intermediates(),
    )
}

#[test]
fn keys_that_make_seals_survive_and_belong_to_one_authority() {
    let world = World::new();
    let keyed = |keys: Vec<[u8; 32]>| TrustedCa {
        seal_keys: keys,
        ..world_ca(&world)
    };
    let original = list(vec![keyed(vec![[1; 32], [2; 32]])], vec![]).unwrap();
    let json = original.to_json().unwrap();
    assert_eq!(TrustList::from_json(&json).unwrap(), original);
    assert_eq!(MAX_SEAL_KEYS_PER_CA, 16);
    let most: Vec<_> = (0_u8..=16).map(|key| [key; 32]).collect();
    assert!(list(vec![keyed(most[1..].to_vec())], vec![]).is_ok());
    assert!(matches!(
        list(vec![keyed(most)], vec![]),
        Err(TrustListError::TooMany { .. })
    ));
    assert!(matches!(
        list(vec![keyed(vec![[1; 32], [1; 32]])], vec![]),
        Err(TrustListError::Rule { .. })
    ));
}

#[test]
fn list_survives_writing_and_reading() {
    let world = World::new();
    let original = list(vec![world_ca(&world)], vec![platform("portal.example")]).unwrap();
    let json = original.to_json().unwrap();
    assert_eq!(TrustList::from_json(&json).unwrap(), original);
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(value["cas"][0]["kind"], "platform");
    assert_eq!(
        value["platforms"][0]["keys"][0],
        data_encoding::BASE64URL_NOPAD.encode(&[3; 32])
    );
    assert_eq!(value["issued"], ago(NOW, DAY).as_secs());
}

#[test]
fn authority_and_platform_are_found() {
    let mut world = World::new();
    let key = world.key();
    let mutual = Issuer::root(&subject("互认根"), key, around(NOW, 3650), &mut world.rng).unwrap();
    let leaf = world.enterprise();
    let leaf_key = world.key().public_key();
    let mutual_leaf = mutual
        .issue(
            &enterprise(true),
            &leaf_key,
            around(NOW, 365),
            &mut world.rng,
        )
        .unwrap();
    let mutual_ca = ca(
        "mutual",
        CaKind::Mutual,
        vec![mutual.certificate().clone()],
        vec![],
    );
    let list = list(
        vec![mutual_ca, world_ca(&world)],
        vec![platform("a"), platform("b")],
    )
    .unwrap();
    assert_eq!(
        list.ca_of(&leaf).map(|ca| (ca.id.as_str(), ca.kind)),
        Some(("demo", CaKind::Platform))
    );
    assert_eq!(
        list.ca_of(&mutual_leaf).map(|ca| (ca.id.as_str(), ca.kind)),
        Some(("mutual", CaKind::Mutual))
    );
    assert_eq!(
        list.platform("b").map(|platform| platform.id.as_str()),
        Some("b")
    );
    assert!(list.platform("c").is_none() && list.ca("demo").is_some());

    let (found, report) = list
        .verify_path(&leaf, &[], NOW, Usage::Login, &world.all_good())
        .unwrap();
    assert_eq!(found.id, "demo");
    assert_eq!(report.anchor(), world.root.certificate());
    // A stranger with the name of the listed authority.
    let key = world.key();
    let impostor = Issuer::root(
        &subject("演示签发证书"),
        key,
        around(NOW, 3650),
        &mut world.rng,
    )
    .unwrap();
    let key = world.key().public_key();
    let stranger = impostor
        .issue(&enterprise(true), &key, around(NOW, 365), &mut world.rng)
        .unwrap();
    assert!(list.ca_of(&stranger).is_none());
}

#[test]
fn list_that_is_not_current_vouches_for_nobody() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let list = list(vec![world_ca(&world)], vec![]).unwrap();
    assert!(list.is_current(list.issued()) && !list.is_current(ago(list.issued(), 1)));
    assert!(list.is_current(ago(list.expires(), 1)) && !list.is_current(list.expires()));
    let result = list.verify_path(&leaf, &[], list.expires(), Usage::Login, &world.all_good());
    assert!(
        matches!(result, Err(PathError::Untrusted { .. })),
        "{result:?}"
    );
}

#[test]
fn rules_between_members_are_kept() {
    let mut world = World::new();
    let leaf = world.enterprise();
    let is_rule = |result: Result<TrustList, TrustListError>| {
        matches!(result, Err(TrustListError::Rule { .. }))
    };
    let good = world_ca(&world);
    let twin = ca("twin", CaKind::Mutual, world.anchors(), vec![]);
    assert!(is_rule(list(vec![good.clone(), good.clone()], vec![])));
    assert!(is_rule(list(vec![good.clone(), twin], vec![])));
    assert!(is_rule(list(
        vec![ca("empty", CaKind::Mutual, vec![], vec![])],
        vec![]
    )));
    assert!(is_rule(list(
        vec![ca("leaf", CaKind::Mutual, vec![leaf], vec![])],
        vec![]
    )));
    assert!(is_rule(list(vec![], vec![platform("a"), platform("a")])));
    assert!(is_rule(list(
        vec![],
        vec![TrustedPlatform {
            origins: vec![],
            ..platform("a")
        }]
    )));
    assert!(is_rule(list(
        vec![],
        vec![TrustedPlatform {
            keys: vec![],
            ..platform("a")
        }]
    )));
    for id in ["", "A", "a b", "名"] {
        assert!(is_rule(list(vec![], vec![platform(id)])), "{id:?}");
    }
    assert!(is_rule(TrustList::new(
        1,
        NOW,
        NOW,
        String::new(),
        vec![],
        vec![]
    )));
}

#[test]
fn every_limit_holds_at_the_limit_and_refuses_one_more() {
    let world = World::new();
    let platforms = |count: usize| {
        (0..count)
            .map(|number| platform(&format!("p{number}")))
            .collect::<Vec<_>>()
    };
    let is_too_many = |result: Result<TrustList, TrustListError>| {
        matches!(result, Err(TrustListError::TooMany { .. }))
    };
    assert!(list(vec![], platforms(MAX_TRUST_LIST_ENTRIES)).is_ok());
    assert!(is_too_many(list(
        vec![],
        platforms(MAX_TRUST_LIST_ENTRIES + 1)
    )));

    let with = |intermediates: usize| {
        ca(
            "a",
            CaKind::Mutual,
            world.anchors(),
            vec![world.issuing.certificate().clone(); intermediates],
        )
    };
    assert!(list(vec![with(MAX_CERTIFICATES_PER_CA)], vec![]).is_ok());
    assert!(is_too_many(list(
        vec![with(MAX_CERTIFICATES_PER_CA + 1)],
        vec![]
    )));

    let keys = |count: usize| TrustedPlatform {
        keys: vec![[1; 32]; count],
        ..platform("a")
    };
    assert!(list(vec![], vec![keys(MAX_ORIGINS_PER_PLATFORM)]).is_ok());
    assert!(is_too_many(list(
        vec![],
        vec![keys(MAX_ORIGINS_PER_PLATFORM + 1)]
    )));
    let origins = |count: usize| TrustedPlatform {
        origins: vec!["https://a".to_owned(); count],
        ..platform("a")
    };
    assert!(list(vec![], vec![origins(MAX_ORIGINS_PER_PLATFORM)]).is_ok());
    assert!(is_too_many(list(
        vec![],
        vec![origins(MAX_ORIGINS_PER_PLATFORM + 1)]
    )));

    assert!(list(vec![], vec![platform(&"a".repeat(MAX_ID_LENGTH))]).is_ok());
    assert!(list(vec![], vec![platform(&"a".repeat(MAX_ID_LENGTH + 1))]).is_err());
}

#[test]
fn json_of_the_greatest_length_is_read_and_one_byte_more_refused() {
    let world = World::new();
    let mut json = list(vec![world_ca(&world)], vec![])
        .unwrap()
        .to_json()
        .unwrap();
    json.resize(MAX_TRUST_LIST_LENGTH, b' ');
    assert!(TrustList::from_json(&json).is_ok());
    json.push(b' ');
    assert_eq!(
        TrustList::from_json(&json),
        Err(TrustListError::TooLong {
            length: MAX_TRUST_LIST_LENGTH + 1
        })
    );
    let operator = "x".repeat(MAX_TRUST_LIST_LENGTH);
    let huge = TrustList::new(1, NOW, later(NOW, 1), operator, vec![], vec![]).unwrap();
    assert!(matches!(
        huge.to_json(),
        Err(TrustListError::TooLong { .. })
    ));
}

#[test]
fn damaged_json_is_refused_with_its_place() {
    let world = World::new();
    let json = String::from_utf8(
        list(vec![world_ca(&world)], vec![platform("p")])
            .unwrap()
            .to_json()
            .unwrap(),
    )
    .unwrap();
    let change = |from: &str, to: &str| {
        assert!(json.contains(from));
        TrustList::from_json(json.replace(from, to).as_bytes()).unwrap_err()
    };
    assert!(matches!(
        change("\"platform\"", "\"private\""),
        TrustListError::Malformed(_)
    ));
    assert!(matches!(
        change("\"version\":4", "\"version\":4,\"version\":5"),
        TrustListError::Malformed(_)
    ));
    assert!(matches!(
        change("\"version\":4,", ""),
        TrustListError::Malformed(_)
    ));
    assert_eq!(
        change("\"roots\":[\"", "\"roots\":[\"*"),
        TrustListError::Encoding {
            id: "demo".to_owned()
        }
    );
    assert!(
        matches!(change("\"roots\":[\"", "\"roots\":[\"AAAA"), TrustListError::Certificate { ca, .. } if ca == "demo")
    );
    assert_eq!(
        change("\"keys\":[\"AwMD", "\"keys\":[\""),
        TrustListError::Encoding { id: "p".to_owned() }
    );
}
