//! Keys that never change, and signatures that never change: every run makes the same files.

use std::sync::LazyLock;

use chacha20::{ChaCha20Rng, rand_core::SeedableRng};
use data_encoding::HEXLOWER;
use md5::Md5;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPrivateKey, traits::PublicKeyParts};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use signature::{Signer, hazmat::PrehashSigner};

use crate::der;

/// Primes of RSA keys made for these tests alone.
const RSA_2048: [&str; 2] = [
    "f6ca23805bb397512dcb57045ab2ab7dfc18b35ff77bf3453f0ecfcfe1387a66a5942ba1891ed83cf721d57e79a28b6123cdb7670efa161fa414454daf3ceac13583d21c050d1e679fa5a36fde1ade2fe755ffbc3d706282e9622d01140ffb9161afdede119b495a5d678af60f343746677d589dcccf266c8fe947e2345c9be7",
    "e34124f99e54836515396572b74c623ac2cdd1f2720295ea7b081adbea58998f668b3c07711ce0313ec3e1954f699d8a5ba26a528086a647189e17dbe954bae534f62d1007fb39809335d0f2981e3b9d2f376b0c32ed0c3d2c592786859dd2c2572cca835db5ce8263e21cd92ec3e0d230cb600703525d347cca6a26fa60c011",
];
const RSA_1024: [&str; 2] = [
    "fc89d18e73ff9cb402c3ab71eac56a2a458c1a664c67ef9cce79ff50c5695aac6062ba446ed3e8515c93388bdcd4485fd92b0825b1e740322db4da119047e1b5",
    "efffe13fe75922d09065d13ec552660c149c8a36c2988c4e456b6f151be741c0b10c3f9e24ca68dd66a5ec68fe0041ff04aad7a6dcec09dfe0b98ccb853594eb",
];

/// id-RSASSA-PSS (RFC 8017 appendix A.2.3).
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const ED25519: &str = "1.3.101.112";

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A private key; the number makes it another one of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Ed25519.
    Ed25519(u8),
    /// ECDSA on P-256.
    P256(u8),
    /// ECDSA on P-384.
    P384(u8),
    /// ECDSA on P-521.
    P521(u8),
    /// RSA of 1,024 bits with PKCS#1 v1.5: too short.
    Rsa1024,
    /// RSA of 2,048 bits with PKCS#1 v1.5.
    Rsa2048,
    /// The same key with PSS.
    RsaPss2048,
}

impl Hash {
    /// The digest of some bytes.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// Its object identifier.
    pub fn oid(self) -> &'static str {
        match self {
            Self::Md5 => "1.2.840.113549.2.5",
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// Its AlgorithmIdentifier, without parameters as RFC 5754 section 2 recommends.
    pub fn algorithm(self) -> Vec<u8> {
        der::algorithm(self.oid())
    }
}

impl Key {
    /// SubjectPublicKeyInfo.
    pub fn public(self) -> Vec<u8> {
        let (algorithm, key) = match self {
            Self::Ed25519(_) => (
                der::algorithm(ED25519),
                self.ed25519().verifying_key().to_bytes().to_vec(),
            ),
            Self::P256(_) => (
                curve("1.2.840.10045.3.1.7"),
                self.p256()
                    .verifying_key()
                    .to_sec1_point(false)
                    .as_bytes()
                    .to_vec(),
            ),
            Self::P384(_) => (
                curve("1.3.132.0.34"),
                self.p384()
                    .verifying_key()
                    .to_sec1_point(false)
                    .as_bytes()
                    .to_vec(),
            ),
            Self::P521(_) => (
                curve("1.3.132.0.35"),
                self.p521()
                    .verifying_key()
                    .to_sec1_point(false)
                    .as_bytes()
                    .to_vec(),
            ),
            Self::Rsa1024 | Self::Rsa2048 | Self::RsaPss2048 => {
                let key = self.rsa();
                let numbers = [key.n_bytes(), key.e_bytes()].map(|number| der::unsigned(&number));
                (
                    der::algorithm_null(RSA_ENCRYPTION),
                    der::sequence(&[&numbers[0], &numbers[1]]),
                )
            }
        };
        der::sequence(&[&algorithm, &der::bits(&key)])
    }

    /// What identifies the key: 20 bytes of the digest of its bits.
    pub fn identifier(self) -> Vec<u8> {
        Hash::Sha256.of(&self.public())[..20].to_vec()
    }

    /// Signs.
    pub fn sign(self, hash: Hash, message: &[u8]) -> Vec<u8> {
        const WHY: &str = "the digest is long enough for the curve";
        let digest = hash.of(message);
        match self {
            Self::Ed25519(_) => self.ed25519().sign(message).to_bytes().to_vec(),
            Self::P256(_) => {
                let signature: p256::ecdsa::DerSignature =
                    self.p256().sign_prehash(&digest).expect(WHY);
                signature.as_bytes().to_vec()
            }
            Self::P384(_) => {
                let signature: p384::ecdsa::DerSignature =
                    self.p384().sign_prehash(&digest).expect(WHY);
                signature.as_bytes().to_vec()
            }
            Self::P521(_) => {
                let signature: p521::ecdsa::DerSignature =
                    self.p521().sign_prehash(&digest).expect(WHY);
                signature.as_bytes().to_vec()
            }
            Self::Rsa1024 | Self::Rsa2048 => {
                let info =
                    der::sequence(&[&der::algorithm_null(hash.oid()), &der::octets(&digest)]);
                let signature = self.rsa().sign(Pkcs1v15Sign::new_unprefixed(), &info);
                signature.expect("a digest fits into the key")
            }
            Self::RsaPss2048 => {
                let mut salt = ChaCha20Rng::from_seed([7; 32]);
                let key = self.rsa();
                let signature = match hash {
                    Hash::Sha384 => key.sign_with_rng(&mut salt, Pss::<Sha384>::new(), &digest),
                    Hash::Sha512 => key.sign_with_rng(&mut salt, Pss::<Sha512>::new(), &digest),
                    _ => key.sign_with_rng(&mut salt, Pss::<Sha256>::new(), &digest),
                };
                signature.expect("a digest fits into the key")
            }
        }
    }

    /// The AlgorithmIdentifier of such a signature.
    pub fn algorithm(self, hash: Hash) -> Vec<u8> {
        match self {
            Self::Ed25519(_) => der::algorithm(ED25519),
            Self::P256(_) | Self::P384(_) | Self::P521(_) => der::algorithm(match hash {
                // There is no ECDSA with MD5; the number stands for the next older thing.
                Hash::Md5 | Hash::Sha1 => "1.2.840.10045.4.1",
                Hash::Sha256 => "1.2.840.10045.4.3.2",
                Hash::Sha384 => "1.2.840.10045.4.3.3",
                Hash::Sha512 => "1.2.840.10045.4.3.4",
            }),
            Self::Rsa1024 | Self::Rsa2048 => der::algorithm_null(match hash {
                Hash::Md5 => "1.2.840.113549.1.1.4",
                Hash::Sha1 => "1.2.840.113549.1.1.5",
                Hash::Sha256 => "1.2.840.113549.1.1.11",
                Hash::Sha384 => "1.2.840.113549.1.1.12",
                Hash::Sha512 => "1.2.840.113549.1.1.13",
            }),
            Self::RsaPss2048 => {
                let digest = der::algorithm_null(hash.oid());
                let mask = der::sequence(&[&der::oid("1.2.840.113549.1.1.8"), &digest]);
                let salt = der::integer(hash.of(b"").len() as u64);
                let parameters = der::sequence(&[
                    &der::context(0, &digest),
                    &der::context(1, &mask),
                    &der::context(2, &salt),
                ]);
                der::sequence(&[&der::oid(RSASSA_PSS), &parameters])
            }
        }
    }

    fn ed25519(self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&scalar(self))
    }

    fn p256(self) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&scalar::<32>(self)).expect("below the group order")
    }

    fn p384(self) -> p384::ecdsa::SigningKey {
        p384::ecdsa::SigningKey::from_slice(&scalar::<48>(self)).expect("below the group order")
    }

    fn p521(self) -> p521::ecdsa::SigningKey {
        p521::ecdsa::SigningKey::from_slice(&scalar::<66>(self)).expect("below the group order")
    }

    fn rsa(self) -> &'static RsaPrivateKey {
        static SHORT: LazyLock<RsaPrivateKey> = LazyLock::new(|| rsa(RSA_1024, 512));
        static LONG: LazyLock<RsaPrivateKey> = LazyLock::new(|| rsa(RSA_2048, 1024));
        if self == Self::Rsa1024 { &SHORT } else { &LONG }
    }
}

fn rsa(primes: [&str; 2], bits: u32) -> RsaPrivateKey {
    let [p, q] = primes.map(|prime| {
        let bytes = HEXLOWER.decode(prime.as_bytes()).expect("hexadecimal");
        BoxedUint::from_be_slice(&bytes, bits).expect("as long as it says")
    });
    RsaPrivateKey::from_p_q(p, q, BoxedUint::from(65_537_u32)).expect("two primes")
}

fn curve(oid: &str) -> Vec<u8> {
    der::sequence(&[&der::oid("1.2.840.10045.2.1"), &der::oid(oid)])
}

/// A secret from the key's name; its first byte is zero, so that it is below every group order.
fn scalar<const N: usize>(key: Key) -> [u8; N] {
    let mut secret = [0; N];
    let digest = Sha256::digest(format!("ScanSeal test key {key:?}"));
    secret[N - 31..].copy_from_slice(&digest[1..]);
    secret
}
