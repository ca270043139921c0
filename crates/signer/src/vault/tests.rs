#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::{FIRST_PAUSE_SECS, FREE_TRIES, Pin, testing::*};

const PIN: &str = "135790";
const WRONG: &str = "246801";

fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

fn new_pin(text: &str) -> NewPin {
    NewPin::parse(text).unwrap()
}

/// A vault with one certificate.
fn vault() -> (Vault, CertificateId) {
    let mut vault = Vault::new();
    let enrolled = World::new().enrolled(10, LIFE, true);
    let id = vault
        .add(enrolled, &new_pin(PIN), CHEAP_KDF, &mut Counter::new(2))
        .unwrap();
    (vault, id)
}

/// All three steps.
fn try_pin(
    vault: &mut Vault,
    id: &CertificateId,
    text: &str,
    now: UnixTime,
) -> Result<Unlocked, UnlockError> {
    vault
        .begin_attempt(id, now)?
        .stored()
        .unlock(vault, &pin(text))
}

#[test]
fn right_pin_unlocks_the_key_of_the_certificate() {
    let (mut vault, id) = vault();
    let unlocked = try_pin(&mut vault, &id, PIN, NOW).unwrap();
    assert_eq!(unlocked.certificate(), id);
    assert_eq!(
        unlocked.signer().public_key(),
        *vault.certificate(&id).unwrap().certificate().public_key()
    );
}

#[test]
fn stored_and_read_again_it_is_the_same_vault() {
    let (vault, id) = vault();
    let bytes = vault.to_bytes();
    let mut again = Vault::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(
        again.certificates()[0].chain(),
        vault.certificates()[0].chain()
    );
    assert!(try_pin(&mut again, &id, PIN, NOW).is_ok());
}

#[test]
fn wrong_pins_count_down_then_lock_and_the_right_one_waits_too() {
    let (mut vault, id) = vault();
    for tries_left in [4, 3, 2, 1] {
        assert_eq!(
            try_pin(&mut vault, &id, WRONG, NOW).unwrap_err(),
            UnlockError::Wrong { tries_left }
        );
        assert_eq!(vault.certificate(&id).unwrap().tries_left(), tries_left);
    }
    let until = NOW.saturating_add_secs(FIRST_PAUSE_SECS);
    let locked = UnlockError::Locked { until };
    assert_eq!(try_pin(&mut vault, &id, WRONG, NOW).unwrap_err(), locked);
    assert_eq!(
        vault.certificate(&id).unwrap().locked_until(NOW),
        Some(until)
    );
    let last_second = NOW.saturating_add_secs(FIRST_PAUSE_SECS - 1);
    assert_eq!(
        try_pin(&mut vault, &id, PIN, last_second).unwrap_err(),
        locked
    );
    assert!(try_pin(&mut vault, &id, PIN, until).is_ok());
    assert_eq!(vault.certificate(&id).unwrap().tries_left(), FREE_TRIES);
}

#[test]
fn killed_app_between_counting_and_answer_has_used_up_the_try() {
    let (mut vault, id) = vault();
    for expected in [4, 3, 2, 1, 1] {
        // Only what the host stored is left.
        let stored = vault.begin_attempt(&id, NOW).unwrap().to_store().to_vec();
        vault = Vault::from_bytes(&stored).unwrap();
        assert_eq!(vault.certificate(&id).unwrap().tries_left(), expected);
    }
    assert!(matches!(
        vault.begin_attempt(&id, NOW),
        Err(UnlockError::Locked { .. })
    ));
}

#[test]
fn each_certificate_has_its_own_counter_and_pin() {
    let (mut vault, first) = vault();
    let enrolled = World::new().enrolled(11, LIFE, true);
    let second = vault
        .add(
            enrolled,
            &new_pin("975310"),
            CHEAP_KDF,
            &mut Counter::new(3),
        )
        .unwrap();
    for _ in 0..FREE_TRIES {
        assert!(try_pin(&mut vault, &first, WRONG, NOW).is_err());
    }
    assert!(try_pin(&mut vault, &second, "975310", NOW).is_ok());
    assert!(try_pin(&mut vault, &first, PIN, NOW).is_err());
}

#[test]
fn sealed_share_moved_to_another_certificate_never_opens() {
    let (mut vault, first) = vault();
    let enrolled = World::new().enrolled(11, LIFE, true);
    let second = vault
        .add(enrolled, &new_pin(PIN), CHEAP_KDF, &mut Counter::new(3))
        .unwrap();
    vault.certificates[1].share = vault.certificates[0].share.clone();
    assert!(try_pin(&mut vault, &first, PIN, NOW).is_ok());
    assert_eq!(
        try_pin(&mut vault, &second, PIN, NOW).unwrap_err(),
        UnlockError::Wrong { tries_left: 4 }
    );
}

#[test]
fn changed_pin_replaces_the_old_one() {
    let (mut vault, id) = vault();
    let unlocked = try_pin(&mut vault, &id, PIN, NOW).unwrap();
    vault
        .change_pin(
            &unlocked,
            &new_pin("975310"),
            CHEAP_KDF,
            &mut Counter::new(4),
        )
        .unwrap();
    assert!(try_pin(&mut vault, &id, PIN, NOW).is_err());
    let again = try_pin(&mut vault, &id, "975310", NOW).unwrap();
    assert_eq!(again.signer().public_key(), unlocked.signer().public_key());
}

/// A phone must be able to read what an earlier version wrote. The bindings' test reads the same file.
#[test]
fn vault_that_version_1_wrote_is_still_written_and_opened() {
    let written = include_bytes!("../../tests/data/vault-1.txt");
    let mut vault = Vault::new();
    let enrolled = World::new().enrolled(10, LIFE, true);
    let mut rng = Counter::new(2);
    let id = vault
        .add(enrolled, &new_pin(PIN), KdfParameters::CURRENT, &mut rng)
        .unwrap();
    assert!(
        vault.to_bytes() == written,
        "the stored form has changed: give it a new version"
    );
    assert!(try_pin(&mut Vault::from_bytes(written).unwrap(), &id, PIN, NOW).is_ok());
}

#[test]
fn certificates_are_accepted_up_to_the_limit_once_each() {
    let (mut vault, id) = vault();
    let mut rng = Counter::new(3);
    let mut add = |vault: &mut Vault, seed: u64| {
        vault.add(
            World::new().enrolled(seed, LIFE, true),
            &new_pin(PIN),
            CHEAP_KDF,
            &mut rng,
        )
    };
    assert_eq!(add(&mut vault, 10), Err(VaultError::Duplicate));
    for seed in 11..10 + MAX_CERTIFICATES as u64 {
        add(&mut vault, seed).unwrap();
    }
    assert!(Vault::from_bytes(&vault.to_bytes()).is_ok());
    assert_eq!(add(&mut vault, 9), Err(VaultError::Full));
    assert!(vault.remove(&id));
    assert!(!vault.remove(&id));
    assert!(add(&mut vault, 9).is_ok());
}

#[test]
fn removed_or_unknown_certificate_is_no_reason_to_count() {
    let (mut vault, id) = vault();
    let attempt = vault.begin_attempt(&id, NOW).unwrap().stored();
    vault.remove(&id);
    assert_eq!(
        attempt.unlock(&mut vault, &pin(PIN)).unwrap_err(),
        UnlockError::Unknown
    );
    assert!(matches!(
        vault.begin_attempt(&id, NOW),
        Err(UnlockError::Unknown)
    ));
    assert_eq!("no id".parse::<CertificateId>(), Err(UnlockError::Unknown));
    assert_eq!(id.to_string().parse(), Ok(id));
}

#[test]
fn vault_of_a_newer_version_is_told_from_a_damaged_one() {
    let text = String::from_utf8(Vault::new().to_bytes()).unwrap();
    let newer = text.replacen("scanseal-vault 1 ", "scanseal-vault 2 ", 1);
    assert_eq!(
        Vault::from_bytes(newer.as_bytes()).unwrap_err(),
        VaultError::Newer
    );
    for damaged in [
        "",
        "\n",
        "scanseal-vault",
        "scanseal-vault 0 \n{}",
        "scanseal-vault x \n{}",
        "other 2 \n{}",
    ] {
        assert_eq!(
            Vault::from_bytes(damaged.as_bytes()).unwrap_err(),
            VaultError::Damaged,
            "{damaged}"
        );
    }
}

#[test]
fn vault_with_the_right_checksum_but_two_equal_entries_is_refused() {
    let (vault, _) = vault();
    let bytes = String::from_utf8(vault.to_bytes()).unwrap();
    let mut body: serde_json::Value =
        serde_json::from_str(bytes.split_once('\n').unwrap().1).unwrap();
    let entry = body["certificates"][0].clone();
    body["certificates"].as_array_mut().unwrap().push(entry);
    let body = body.to_string();
    let twice = format!("{HEADER}{}\n{body}", checksum_of(&body));
    assert_eq!(
        Vault::from_bytes(twice.as_bytes()).unwrap_err(),
        VaultError::Damaged
    );
}

#[test]
fn length_is_refused_one_past_the_limit() {
    let mut bytes = Vault::new().to_bytes();
    let body = String::from_utf8(bytes.clone())
        .unwrap()
        .split_once('\n')
        .unwrap()
        .1
        .to_owned();
    let padded = |length: usize| {
        let header = HEADER.len() + 64 + 1;
        let body = body.clone() + &" ".repeat(length - header - body.len());
        format!("{HEADER}{}\n{body}", checksum_of(&body)).into_bytes()
    };
    bytes = padded(MAX_VAULT_BYTES);
    assert_eq!(bytes.len(), MAX_VAULT_BYTES);
    assert!(Vault::from_bytes(&bytes).is_ok());
    assert_eq!(
        Vault::from_bytes(&padded(MAX_VAULT_BYTES + 1)).unwrap_err(),
        VaultError::Damaged
    );
}

#[test]
fn code_belongs_to_the_operator_whose_link_it_begins_with() {
    let code = |payload: &str| format!("HTTPS://PORTAL.EXAMPLE/S#{payload}");
    let payload = data_encoding::BASE32_NOPAD.encode(&[&[1, 1], [7; 66].as_slice()].concat());
    let newer = data_encoding::BASE32_NOPAD.encode(&[&[2, 1], [7; 66].as_slice()].concat());
    let mut vault = Vault::new();
    assert_eq!(
        vault.read_code(&code(&payload)).unwrap_err(),
        QrError::Foreign
    );
    vault
        .add_operator(Operator::new(ORIGIN, &World::new().description()).unwrap())
        .unwrap();
    let (operator, scanned) = vault.read_code(&code(&payload)).unwrap();
    assert_eq!((operator.home(), scanned.payload.frame), (ORIGIN, 0x0707));
    assert_eq!(
        vault.read_code(&code(&newer)).unwrap_err(),
        QrError::Version
    );
    let foreign = code(&payload).replace("PORTAL", "EVIL");
    assert_eq!(vault.read_code(&foreign).unwrap_err(), QrError::Foreign);
}

#[test]
fn debug_output_shows_no_key() {
    let (mut vault, id) = vault();
    let unlocked = try_pin(&mut vault, &id, PIN, NOW).unwrap();
    let debug = format!("{unlocked:?} {vault:?}");
    assert!(debug.contains("KeyShare(..)"));
    assert!(!debug.contains("ciphertext"));
}

proptest! {
    #[test]
    fn any_flipped_bit_of_the_stored_bytes_is_found(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (vault, _) = vault();
        let mut bytes = vault.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        prop_assert!(Vault::from_bytes(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Vault::from_bytes(&bytes).is_err());
    }

    /// However tries, restarts and waiting mix: only the right PIN opens, never more tries than allowed in a row, and
    /// the counter never falls without the right PIN.
    #[test]
    fn counter_never_falls_without_the_right_pin(steps in prop::collection::vec((0..3_u8, 0..3_u64), 1..40)) {
        let (mut vault, id) = vault();
        let mut now = NOW;
        let mut wrong = 0_u32;
        for (step, pauses) in steps {
            now = now.saturating_add_secs(pauses * FIRST_PAUSE_SECS);
            let left = vault.certificate(&id).unwrap().tries_left();
            let right = step == 0;
            match vault.begin_attempt(&id, now) {
                Err(error) => {
                    let UnlockError::Locked { until } = error else { panic!("{error}") };
                    prop_assert!(until > now);
                    prop_assert!(wrong >= FREE_TRIES);
                }
                // Killed before the answer.
                Ok(begun) if step == 2 => {
                    vault = Vault::from_bytes(begun.to_store()).unwrap();
                    wrong += 1;
                    prop_assert!(vault.certificate(&id).unwrap().tries_left() <= left);
                }
                Ok(begun) => {
                    let outcome = begun.stored().unlock(&mut vault, &pin(if right { PIN } else { WRONG }));
                    prop_assert_eq!(outcome.is_ok(), right);
                    wrong = if right { 0 } else { wrong + 1 };
                    if !right {
                        prop_assert!(vault.certificate(&id).unwrap().tries_left() <= left);
                    }
                }
            }
            prop_assert_eq!(vault.certificate(&id).unwrap().tries_left(), FREE_TRIES.saturating_sub(wrong).max(1));
        }
    }
}
