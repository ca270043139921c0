//! The channel a second time, written from `docs/protocol.md` section 5 and the Noise specification (revision 34) alone, so
//! that a mistake in the crate shows, and so that tests can say what the crate's own ends never say.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use curve25519_dalek::MontgomeryPoint;
use sha2::{Digest, Sha256};

type Key = [u8; 32];

/// Name and hash function of the protocol; what both messages are mixed into.
struct Symmetric {
    chaining_key: Key,
    hash: Key,
    cipher: Key,
    counter: u64,
}

/// The phone's end after message 1.
pub(crate) struct Initiator {
    symmetric: Symmetric,
    ephemeral: Key,
}

/// Either end after the handshake.
pub(crate) struct Ends {
    pub(crate) hash: Key,
    send: (Key, u64),
    receive: (Key, u64),
}

impl Initiator {
    pub(crate) fn start(
        prologue: &[u8],
        psk: Key,
        page: Key,
        ephemeral: Key,
        payload: &[u8],
    ) -> (Self, Vec<u8>) {
        let mut symmetric = Symmetric::new(prologue, &page);
        symmetric.mix_key_and_hash(psk);
        let public = x25519(ephemeral, BASE);
        symmetric.mix_public(&public);
        symmetric.mix_key(&x25519(ephemeral, page));
        let message = [public.to_vec(), symmetric.encrypt(payload)].concat();
        (
            Self {
                symmetric,
                ephemeral,
            },
            message,
        )
    }

    pub(crate) fn finish(mut self, message: &[u8]) -> (Ends, Vec<u8>) {
        let (public, rest) = message.split_first_chunk().unwrap();
        self.symmetric.mix_public(public);
        self.symmetric.mix_key(&x25519(self.ephemeral, *public));
        let payload = self.symmetric.decrypt(rest);
        let (phone, page) = self.symmetric.split();
        (
            Ends {
                hash: self.symmetric.hash,
                send: (phone, 0),
                receive: (page, 0),
            },
            payload,
        )
    }
}

/// The page's end: reads message 1, writes message 2 around `payload`; gives message 1's payload as well.
pub(crate) fn respond(
    prologue: &[u8],
    psk: Key,
    secret: Key,
    ephemeral: Key,
    message: &[u8],
    payload: &[u8],
) -> (Ends, Vec<u8>, Vec<u8>) {
    let mut symmetric = Symmetric::new(prologue, &x25519(secret, BASE));
    symmetric.mix_key_and_hash(psk);
    let (phone, rest) = message.split_first_chunk().unwrap();
    symmetric.mix_public(phone);
    symmetric.mix_key(&x25519(secret, *phone));
    let hello = symmetric.decrypt(rest);
    let public = x25519(ephemeral, BASE);
    symmetric.mix_public(&public);
    symmetric.mix_key(&x25519(ephemeral, *phone));
    let answer = [public.to_vec(), symmetric.encrypt(payload)].concat();
    let (to_page, to_phone) = symmetric.split();
    (
        Ends {
            hash: symmetric.hash,
            send: (to_phone, 0),
            receive: (to_page, 0),
        },
        hello,
        answer,
    )
}

impl Ends {
    pub(crate) fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        self.send.1 += 1;
        encrypt(self.send.0, self.send.1 - 1, &[], plaintext)
    }

    pub(crate) fn open(&mut self, ciphertext: &[u8]) -> Vec<u8> {
        self.receive.1 += 1;
        decrypt(self.receive.0, self.receive.1 - 1, &[], ciphertext)
    }
}

impl Symmetric {
    fn new(prologue: &[u8], page: &Key) -> Self {
        let name = sha256(&[b"Noise_NKpsk0_25519_ChaChaPoly_SHA256"]);
        let mut symmetric = Self {
            chaining_key: name,
            hash: name,
            cipher: [0; 32],
            counter: 0,
        };
        symmetric.mix_hash(prologue);
        symmetric.mix_hash(page);
        symmetric
    }

    fn mix_hash(&mut self, data: &[u8]) {
        self.hash = sha256(&[&self.hash, data]);
    }

    fn mix_key(&mut self, input: &[u8]) {
        [self.chaining_key, self.cipher, _] = hkdf(&self.chaining_key, input);
        self.counter = 0;
    }

    fn mix_key_and_hash(&mut self, input: Key) {
        let [chaining_key, hash, cipher] = hkdf(&self.chaining_key, &input);
        self.mix_hash(&hash);
        (self.chaining_key, self.cipher, self.counter) = (chaining_key, cipher, 0);
    }

    /// An ephemeral key in a pattern with a psk goes into the hash and into the key (section 9.2 of the specification).
    fn mix_public(&mut self, public: &Key) {
        self.mix_hash(public);
        self.mix_key(public);
    }

    fn encrypt(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let ciphertext = encrypt(self.cipher, self.counter, &self.hash, plaintext);
        self.counter += 1;
        self.mix_hash(&ciphertext);
        ciphertext
    }

    fn decrypt(&mut self, ciphertext: &[u8]) -> Vec<u8> {
        let plaintext = decrypt(self.cipher, self.counter, &self.hash, ciphertext);
        self.counter += 1;
        self.mix_hash(ciphertext);
        plaintext
    }

    fn split(&self) -> (Key, Key) {
        let [first, second, _] = hkdf(&self.chaining_key, &[]);
        (first, second)
    }
}

const BASE: Key = {
    let mut base = [0; 32];
    base[0] = 9;
    base
};

pub(crate) fn x25519(secret: Key, public: Key) -> Key {
    MontgomeryPoint(public).mul_clamped(secret).to_bytes()
}

/// `tag(label, data)` of section 1.
pub(crate) fn tag(label: &str, data: &[u8]) -> Key {
    sha256(&[label.as_bytes(), &[0], data])
}

pub(crate) fn check_number(hash: &Key) -> String {
    let first = tag("scanseal.v1 check", hash)[..8]
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{:04}", first % 10_000)
}

fn sha256(pieces: &[&[u8]]) -> Key {
    Sha256::digest(pieces.concat()).into()
}

fn hmac(key: &Key, data: &[u8]) -> Key {
    let pad = |mask: u8| {
        let mut block = [mask; 64];
        block
            .iter_mut()
            .zip(key)
            .for_each(|(byte, key)| *byte ^= key);
        block
    };
    sha256(&[&pad(0x5c), &sha256(&[&pad(0x36), data])])
}

fn hkdf(chaining_key: &Key, input: &[u8]) -> [Key; 3] {
    let temporary = hmac(chaining_key, input);
    let first = hmac(&temporary, &[1]);
    let second = hmac(&temporary, &[&first[..], &[2]].concat());
    let third = hmac(&temporary, &[&second[..], &[3]].concat());
    [first, second, third]
}

fn nonce(counter: u64) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[4..].copy_from_slice(&counter.to_le_bytes());
    nonce
}

fn encrypt(key: Key, counter: u64, aad: &[u8], msg: &[u8]) -> Vec<u8> {
    ChaCha20Poly1305::new(&key.into())
        .encrypt(&nonce(counter), Payload { msg, aad })
        .unwrap()
}

fn decrypt(key: Key, counter: u64, aad: &[u8], msg: &[u8]) -> Vec<u8> {
    ChaCha20Poly1305::new(&key.into())
        .decrypt(&nonce(counter), Payload { msg, aad })
        .unwrap()
}
