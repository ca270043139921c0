//! Sealing bytes under a PIN: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 seals.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use data_encoding::BASE64URL_NOPAD;
use scanseal_pki::rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use zeroize::Zeroizing;

use crate::Pin;

/// Least memory that a stored vault may ask for: what Argon2 itself needs for one lane (RFC 9106 section 3.1).
const MIN_MEMORY_KIB: u32 = 8;
/// Most memory, so that a damaged or foreign vault cannot take a phone's memory.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Most passes, so that it cannot take a phone's time either.
const MAX_PASSES: u32 = 16;
const SALT_LENGTH: usize = 16;
const NONCE_LENGTH: usize = 24;
const KEY_LENGTH: usize = 32;

/// What one guess of a PIN costs. Kept with each sealed key, so that newer keys can cost more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    try_from = "UncheckedParameters"
)]
pub struct KdfParameters {
    memory_kib: u32,
    passes: u32,
}

impl KdfParameters {
    /// For new keys. 32 MiB and 2 passes are above the floor that OWASP names (19 MiB, 2 passes). One guess takes 70 ms in
    /// WebAssembly on a server's core, so some 0.3 to 0.5 s on a mid-range phone, whose browser can spare the memory.
    pub const CURRENT: Self = Self {
        memory_kib: 32 * 1024,
        passes: 2,
    };

    #[cfg(test)]
    pub(crate) const CHEAPEST: Self = Self {
        memory_kib: MIN_MEMORY_KIB,
        passes: 1,
    };

    /// Other parameters: higher ones for stronger devices, low ones for tests.
    ///
    /// # Errors
    /// [`KdfParametersError`] if they are outside what a vault may ask for (8 KiB to 256 MiB, 1 to 16 passes).
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, KdfParametersError> {
        let allowed = (MIN_MEMORY_KIB..=MAX_MEMORY_KIB).contains(&memory_kib)
            && (1..=MAX_PASSES).contains(&passes);
        if allowed {
            Ok(Self { memory_kib, passes })
        } else {
            Err(KdfParametersError { memory_kib, passes })
        }
    }

    fn derive(self, pin: &Pin, salt: &[u8; SALT_LENGTH]) -> Zeroizing<[u8; KEY_LENGTH]> {
        let parameters = Params::new(self.memory_kib, self.passes, 1, Some(KEY_LENGTH))
            .expect("the allowed ranges are within those of Argon2");
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(pin.as_bytes(), salt, &mut *key)
            .expect("PIN, salt and key have lengths that Argon2 accepts");
        key
    }
}

/// Parameters that no vault may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{memory_kib} KiB and {passes} passes are outside {MIN_MEMORY_KIB} to {MAX_MEMORY_KIB} KiB, 1 to {MAX_PASSES} passes"
)]
pub struct KdfParametersError {
    memory_kib: u32,
    passes: u32,
}

/// Bytes that only the right PIN opens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Sealed {
    kdf: KdfParameters,
    #[serde(with = "base64url")]
    salt: [u8; SALT_LENGTH],
    #[serde(with = "base64url")]
    nonce: [u8; NONCE_LENGTH],
    #[serde(with = "base64url")]
    ciphertext: Vec<u8>,
}

impl Sealed {
    /// Seals `secret`. `context` says what it is and whose; opening needs the same.
    pub(crate) fn seal<R: CryptoRng + ?Sized>(
        secret: &[u8],
        pin: &Pin,
        context: &[u8],
        kdf: KdfParameters,
        rng: &mut R,
    ) -> Self {
        let (mut salt, mut nonce) = ([0; SALT_LENGTH], [0; NONCE_LENGTH]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let ciphertext = cipher(kdf, pin, &salt)
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: context,
                },
            )
            .expect("a key share is far below the cipher's limit");
        Self {
            kdf,
            salt,
            nonce,
            ciphertext,
        }
    }

    /// Opens what [`Self::seal`] made, or nothing: a wrong PIN, another context and changed bytes look the same.
    pub(crate) fn open(&self, pin: &Pin, context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        cipher(self.kdf, pin, &self.salt)
            .decrypt(
                &XNonce::from(self.nonce),
                Payload {
                    msg: &self.ciphertext,
                    aad: context,
                },
            )
            .ok()
            .map(Zeroizing::new)
    }
}

fn cipher(kdf: KdfParameters, pin: &Pin, salt: &[u8; SALT_LENGTH]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*kdf.derive(pin, salt)))
}

/// The stored form, before its ranges were checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UncheckedParameters {
    memory_kib: u32,
    passes: u32,
}

impl TryFrom<UncheckedParameters> for KdfParameters {
    type Error = KdfParametersError;

    fn try_from(unchecked: UncheckedParameters) -> Result<Self, Self::Error> {
        Self::new(unchecked.memory_kib, unchecked.passes)
    }
}

/// Bytes as base64url text in JSON.
pub(crate) mod base64url {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(
        bytes: impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(bytes.as_ref()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(D::Error::custom)?;
        T::try_from(bytes).map_err(|_| D::Error::custom("wrong number of bytes"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{CHEAP_KDF, Counter};

    fn sealed() -> Sealed {
        Sealed::seal(
            b"a key share",
            &Pin::parse("135790").unwrap(),
            b"context",
            CHEAP_KDF,
            &mut Counter::new(1),
        )
    }

    #[test]
    fn parameters_are_accepted_at_their_limits_and_refused_one_past_them() {
        for (memory_kib, passes) in [(MIN_MEMORY_KIB, 1), (MAX_MEMORY_KIB, MAX_PASSES)] {
            assert!(KdfParameters::new(memory_kib, passes).is_ok());
        }
        for (memory_kib, passes) in [
            (MIN_MEMORY_KIB - 1, 1),
            (MAX_MEMORY_KIB + 1, 1),
            (MIN_MEMORY_KIB, 0),
            (MIN_MEMORY_KIB, MAX_PASSES + 1),
        ] {
            assert!(KdfParameters::new(memory_kib, passes).is_err());
            let json = format!(r#"{{"memoryKib":{memory_kib},"passes":{passes}}}"#);
            assert!(serde_json::from_str::<KdfParameters>(&json).is_err());
        }
    }

    #[test]
    fn right_pin_opens_with_the_parameters_of_today() {
        let pin = Pin::parse("135790").unwrap();
        let sealed = Sealed::seal(
            b"a key share",
            &pin,
            b"context",
            KdfParameters::CURRENT,
            &mut Counter::new(1),
        );
        assert_eq!(
            sealed.open(&pin, b"context").unwrap().as_slice(),
            b"a key share"
        );
    }

    #[test]
    fn another_context_or_other_parameters_never_open() {
        let pin = Pin::parse("135790").unwrap();
        assert!(sealed().open(&pin, b"context").is_some());
        assert!(sealed().open(&pin, b"contexT").is_none());
        let mut cheaper = sealed();
        cheaper.kdf = KdfParameters::new(16, 2).unwrap();
        assert!(cheaper.open(&pin, b"context").is_none());
    }

    #[test]
    fn same_secret_sealed_twice_differs() {
        let (pin, mut rng) = (Pin::parse("135790").unwrap(), Counter::new(1));
        let mut seal = || Sealed::seal(b"a key share", &pin, b"context", CHEAP_KDF, &mut rng);
        let (first, second) = (seal(), seal());
        assert_ne!(first.salt, second.salt);
        assert_ne!(first.nonce, second.nonce);
        assert_ne!(first.ciphertext, second.ciphertext);
    }

    proptest! {
        #[test]
        fn any_other_pin_never_opens(typed in "[0-9]{6,12}") {
            prop_assume!(typed != "135790");
            prop_assert!(sealed().open(&Pin::parse(&typed).unwrap(), b"context").is_none());
        }

        #[test]
        fn any_flipped_bit_never_opens(at in 0..SALT_LENGTH + NONCE_LENGTH + 27, bit in 0..8_u8) {
            let mut sealed = sealed();
            let mut bytes = sealed.salt.iter_mut().chain(&mut sealed.nonce).chain(&mut sealed.ciphertext);
            *bytes.nth(at).unwrap() ^= 1_u8 << bit;
            prop_assert!(sealed.open(&Pin::parse("135790").unwrap(), b"context").is_none());
        }
    }
}
