//! The primitives behind the channel, as `snow` wants them: X25519, ChaCha20-Poly1305, SHA-256, and a source of randomness
//! that hands out what the caller drew.
//!
//! `snow` brings defaults of its own, of the older RustCrypto generation and with hashes we never use. These adapters give it
//! the crates the rest of the program uses already, which keeps the page's module small, and never ask an operating system
//! (or a browser) for random bytes.

use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce, Tag};
use curve25519_dalek::constants::X25519_BASEPOINT;
use curve25519_dalek::montgomery::MontgomeryPoint;
use sha2::{Digest, Sha256};
use snow::Error;
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::CryptoResolver;
use snow::types::{Cipher, Dh, Hash, Random};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const KEY_LENGTH: usize = 32;
const TAG_LENGTH: usize = 16;

/// The X25519 public key of a secret key (RFC 7748 section 6.1).
pub(crate) fn public_key(secret: &[u8; KEY_LENGTH]) -> [u8; KEY_LENGTH] {
    X25519_BASEPOINT.mul_clamped(*secret).to_bytes()
}

/// Resolves the one suite of the protocol; `ephemeral` becomes the handshake's ephemeral secret key.
pub(super) struct Suite {
    pub(super) ephemeral: Zeroizing<[u8; KEY_LENGTH]>,
}

impl CryptoResolver for Suite {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(HandedIn {
            bytes: Some(self.ephemeral.clone()),
        }))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        match choice {
            DHChoice::Curve25519 => Some(Box::<X25519>::default()),
            DHChoice::Curve448 => None,
        }
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        match choice {
            HashChoice::SHA256 => Some(Box::<Sha256Hash>::default()),
            HashChoice::SHA512 | HashChoice::Blake2s | HashChoice::Blake2b => None,
        }
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        match choice {
            CipherChoice::ChaChaPoly => Some(Box::<ChaChaPoly>::default()),
            CipherChoice::AESGCM => None,
        }
    }
}

/// Hands its bytes out once. A second request is an error: using the same bytes for two keys would be a disaster.
struct HandedIn {
    bytes: Option<Zeroizing<[u8; KEY_LENGTH]>>,
}

impl Random for HandedIn {
    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Error> {
        let bytes = self.bytes.take().ok_or(Error::Rng)?;
        if destination.len() != bytes.len() {
            return Err(Error::Rng);
        }
        destination.copy_from_slice(bytes.as_ref());
        Ok(())
    }
}

#[derive(Default, Zeroize, ZeroizeOnDrop)]
struct X25519 {
    secret: [u8; KEY_LENGTH],
    public: [u8; KEY_LENGTH],
}

impl Dh for X25519 {
    fn name(&self) -> &'static str {
        "25519"
    }

    fn pub_len(&self) -> usize {
        KEY_LENGTH
    }

    fn priv_len(&self) -> usize {
        KEY_LENGTH
    }

    fn set(&mut self, secret: &[u8]) {
        self.secret.copy_from_slice(secret);
        self.public = public_key(&self.secret);
    }

    fn generate(&mut self, random: &mut dyn Random) -> Result<(), Error> {
        let mut secret = Zeroizing::new([0; KEY_LENGTH]);
        random.try_fill_bytes(secret.as_mut())?;
        self.set(secret.as_ref());
        Ok(())
    }

    fn pubkey(&self) -> &[u8] {
        &self.public
    }

    fn privkey(&self) -> &[u8] {
        &self.secret
    }

    fn dh(&self, public: &[u8], out: &mut [u8]) -> Result<(), Error> {
        let public = public.first_chunk::<KEY_LENGTH>().ok_or(Error::Dh)?;
        let shared = MontgomeryPoint(*public).mul_clamped(self.secret).to_bytes();
        // A point of small order gives zero whatever the secret is; RFC 7748 section 6.1 lets us refuse it.
        if bool::from(shared.ct_eq(&[0; KEY_LENGTH])) {
            return Err(Error::Dh);
        }
        out.get_mut(..KEY_LENGTH)
            .ok_or(Error::Dh)?
            .copy_from_slice(&shared);
        Ok(())
    }
}

#[derive(Default, Zeroize, ZeroizeOnDrop)]
struct ChaChaPoly {
    key: [u8; KEY_LENGTH],
}

impl ChaChaPoly {
    fn aead(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.key.into())
    }

    /// Four zero bytes, then the counter in little-endian order (Noise revision 34, section 12.3).
    fn nonce(counter: u64) -> Nonce {
        let mut nonce = Nonce::default();
        nonce[4..].copy_from_slice(&counter.to_le_bytes());
        nonce
    }
}

impl Cipher for ChaChaPoly {
    fn name(&self) -> &'static str {
        "ChaChaPoly"
    }

    fn set(&mut self, key: &[u8; KEY_LENGTH]) {
        self.key = *key;
    }

    fn encrypt(&self, nonce: u64, authtext: &[u8], plaintext: &[u8], out: &mut [u8]) -> usize {
        let (body, rest) = out.split_at_mut(plaintext.len());
        body.copy_from_slice(plaintext);
        let tag = self
            .aead()
            .encrypt_inout_detached(&Self::nonce(nonce), authtext, InOutBuf::from(body))
            .expect("a Noise message is far below the cipher's limit of 256 GiB");
        rest[..TAG_LENGTH].copy_from_slice(&tag);
        plaintext.len() + TAG_LENGTH
    }

    fn decrypt(
        &self,
        nonce: u64,
        authtext: &[u8],
        ciphertext: &[u8],
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let (body, tag) = ciphertext
            .split_last_chunk::<TAG_LENGTH>()
            .ok_or(Error::Decrypt)?;
        let out = out.get_mut(..body.len()).ok_or(Error::Decrypt)?;
        out.copy_from_slice(body);
        self.aead()
            .decrypt_inout_detached(
                &Self::nonce(nonce),
                authtext,
                InOutBuf::from(out),
                &Tag::from(*tag),
            )
            .map_err(|_| Error::Decrypt)?;
        Ok(body.len())
    }
}

#[derive(Default)]
struct Sha256Hash {
    hasher: Sha256,
}

impl Hash for Sha256Hash {
    fn name(&self) -> &'static str {
        "SHA256"
    }

    fn block_len(&self) -> usize {
        64
    }

    fn hash_len(&self) -> usize {
        32
    }

    fn reset(&mut self) {
        self.hasher = Sha256::new();
    }

    fn input(&mut self, data: &[u8]) {
        self.hasher.update(data);
    }

    fn result(&mut self, out: &mut [u8]) {
        out[..32].copy_from_slice(&self.hasher.finalize_reset());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use data_encoding::HEXLOWER;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
    }

    #[test]
    fn x25519_agrees_with_the_rfc() {
        // RFC 7748 section 5.2: the base point multiplied by itself, once.
        let mut nine = [0; 32];
        nine[0] = 9;
        assert_eq!(
            public_key(&nine),
            bytes("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
        );
        // RFC 7748 section 6.1: the second party's pair.
        let mut bob = X25519::default();
        bob.set(&bytes::<32>(
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        ));
        assert_eq!(
            bob.pubkey(),
            bytes::<32>("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        );
        let mut alice = X25519::default();
        alice.set(&nine);
        let (mut one, mut two) = ([0; 32], [0; 32]);
        alice.dh(bob.pubkey(), &mut one).unwrap();
        bob.dh(alice.pubkey(), &mut two).unwrap();
        assert_eq!(one, two);
    }

    #[test]
    fn point_of_small_order_is_refused() {
        let mut key = X25519::default();
        key.set(&[7; 32]);
        assert_eq!(key.dh(&[0; 32], &mut [0; 32]), Err(Error::Dh));
    }

    #[test]
    fn handed_in_bytes_are_given_out_once() {
        let mut random = HandedIn {
            bytes: Some(Zeroizing::new([9; 32])),
        };
        let mut out = [0; 32];
        random.try_fill_bytes(&mut out).unwrap();
        assert_eq!(out, [9; 32]);
        assert_eq!(random.try_fill_bytes(&mut out), Err(Error::Rng));
    }
}
