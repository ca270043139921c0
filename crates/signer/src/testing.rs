//! What the tests of this crate share: cheap keys, a small authority, a split key, all of it deterministic.

#![allow(clippy::unwrap_used)]

use core::{
    convert::Infallible,
    pin::pin,
    task::{self, Poll, Waker},
};

use scanseal_pki::{
    CaKind, Certificate, CreditCode, Issuer, LocalizedName, Profile, PublicKey, SigningKey,
    Subject, TrustList, TrustedCa, TrustedPlatform, UnixTime, Validity,
    rand_core::{TryCryptoRng, TryRng},
};

use scanseal_protocol::{
    ServiceAddress, Text,
    operator::OperatorDescription,
    qr::Link,
    request::{
        Accept, Account, CertificateKind, Context, Display, Document, Nonce, Operation, PlatformId,
        RequestClaims,
    },
    trust_list,
};

use sha2::{Digest, Sha256};

use crate::{Enrolled, KdfParameters, KeyShare, Round, Signer, SigningError, SigningSession};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
pub(crate) const ENTERPRISE: &str = "新疆某某建设有限公司";
pub(crate) const CREDIT_CODE: &str = "91350100M000100Y43";
pub(crate) const OTHER_CREDIT_CODE: &str = "9144030071526726XG";
pub(crate) const ORIGIN: &str = "https://portal.example";
pub(crate) const PLATFORM: &str = "portal.example";
/// The cheapest that is allowed.
pub(crate) const CHEAP_KDF: KdfParameters = KdfParameters::CHEAPEST;

const DAY: u64 = 86_400;
/// Valid at [`NOW`].
pub(crate) const LIFE: Validity = Validity {
    not_before: days(-1),
    not_after: days(300),
};
/// Over at [`NOW`].
pub(crate) const OVER: Validity = Validity {
    not_before: days(-300),
    not_after: days(-1),
};
/// Not begun at [`NOW`].
pub(crate) const LATER: Validity = Validity {
    not_before: days(1),
    not_after: days(300),
};

pub(crate) const fn days(days: i64) -> UnixTime {
    UnixTime::from_secs(NOW.as_secs().wrapping_add_signed(days * DAY.cast_signed()))
}

/// A counter that plays the random generator, so that tests repeat exactly.
pub(crate) struct Counter(u64);

impl Counter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed << 32)
    }
}

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::try_from(self.try_next_u64()? >> 32).unwrap_or_default())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        // Spread out, so that keys drawn from it are in range.
        Ok(self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 1)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_be_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

/// Polls a future whose parts never wait for anything outside.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut task::Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits for something"),
    }
}

/// A key that signs only after some exchanges with a co-signer which repeats what it hears.
pub(crate) struct SplitKey {
    key: SigningKey,
    exchanges: usize,
}

impl SplitKey {
    pub(crate) fn new(exchanges: usize) -> Self {
        Self {
            key: other_key(),
            exchanges,
        }
    }
}

impl Signer for SplitKey {
    fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    fn start(&self, message: &[u8]) -> Box<dyn SigningSession> {
        Box::new(SplitSession {
            signature: self.key.sign_es256(message),
            left: self.exchanges,
            expected: None,
        })
    }
}

struct SplitSession {
    signature: [u8; 64],
    left: usize,
    expected: Option<Vec<u8>>,
}

impl SigningSession for SplitSession {
    fn next(&mut self, incoming: Option<&[u8]>) -> Result<Round, SigningError> {
        if incoming != self.expected.as_deref() {
            return Err(SigningError::CoSigner(
                "not the answer to the last message".to_owned(),
            ));
        }
        if self.left == 0 {
            return Ok(Round::Done(self.signature));
        }
        self.left -= 1;
        let message = format!("round {}", self.left).into_bytes();
        self.expected = Some(message.clone());
        Ok(Round::Send(message))
    }
}

pub(crate) fn other_key() -> SigningKey {
    SigningKey::generate(&mut Counter::new(99))
}

pub(crate) fn credit_code() -> CreditCode {
    CreditCode::parse(CREDIT_CODE).unwrap()
}

/// An authority with a platform that trusts it.
pub(crate) struct World {
    pub(crate) root: Issuer,
    pub(crate) issuing: Issuer,
    pub(crate) platform_key: SigningKey,
    pub(crate) platform: Certificate,
    pub(crate) list_key: SigningKey,
    pub(crate) list_signer: Certificate,
    pub(crate) kind: CaKind,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::from_seed(1)
    }

    /// Another one, which the first does not know. The names are the same.
    pub(crate) fn unknown() -> Self {
        Self::from_seed(1000)
    }

    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut rng = Counter::new(seed);
        let ages = Validity {
            not_before: days(-1000),
            not_after: days(1000),
        };
        let (root_key, issuing_key) = (
            SigningKey::generate(&mut rng),
            SigningKey::generate(&mut rng),
        );
        let (platform_key, list_key) = (
            SigningKey::generate(&mut rng),
            SigningKey::generate(&mut rng),
        );
        let root = Issuer::root(&subject("Root CA"), root_key, ages, &mut rng).unwrap();
        let profile = Profile::IssuingCa {
            subject: subject("Issuing CA"),
            path_length: 0,
        };
        let issuing = root
            .issue(&profile, &issuing_key.public_key(), ages, &mut rng)
            .unwrap();
        let issuing = Issuer::new(issuing, issuing_key).unwrap();
        let profile = Profile::Platform {
            subject: subject("Portal"),
            hosts: vec!["portal.example".to_owned()],
        };
        let platform = issuing
            .issue(&profile, &platform_key.public_key(), ages, &mut rng)
            .unwrap();
        let profile = Profile::TrustListSigner {
            subject: subject("Operator"),
        };
        let list_signer = issuing
            .issue(&profile, &list_key.public_key(), ages, &mut rng)
            .unwrap();
        Self {
            root,
            issuing,
            platform_key,
            platform,
            list_key,
            list_signer,
            kind: CaKind::Platform,
        }
    }

    /// A certificate as enrolled.
    pub(crate) fn enterprise(&self, key: &PublicKey) -> Certificate {
        self.certificate(key, ENTERPRISE, CREDIT_CODE, LIFE)
    }

    pub(crate) fn certificate(
        &self,
        key: &PublicKey,
        name: &str,
        code: &str,
        validity: Validity,
    ) -> Certificate {
        self.issue(key, name, code, validity, true)
    }

    pub(crate) fn issue(
        &self,
        key: &PublicKey,
        name: &str,
        code: &str,
        validity: Validity,
        login: bool,
    ) -> Certificate {
        let subject = Subject::new(name, name)
            .unwrap()
            .with_credit_code(CreditCode::parse(code).unwrap());
        let profile = Profile::Enterprise { subject, login };
        self.issuing
            .issue(&profile, key, validity, &mut Counter::new(5))
            .unwrap()
    }

    /// An enrolled certificate with a key of its own.
    pub(crate) fn enrolled(&self, seed: u64, validity: Validity, login: bool) -> Enrolled {
        self.enrolled_for(seed, ENTERPRISE, CREDIT_CODE, validity, login)
    }

    /// As [`Self::enrolled`], of any enterprise.
    pub(crate) fn enrolled_for(
        &self,
        seed: u64,
        name: &str,
        code: &str,
        validity: Validity,
        login: bool,
    ) -> Enrolled {
        let share = KeyShare::generate_local(&mut Counter::new(seed));
        let leaf = self.issue(&share.public_key(), name, code, validity, login);
        Enrolled::for_tests(vec![leaf, self.issuing.certificate().clone()], share)
    }

    pub(crate) fn trusted_ca(&self, id: &str) -> TrustedCa {
        TrustedCa {
            id: id.to_owned(),
            name: name(id),
            kind: self.kind,
            roots: vec![self.root.certificate().clone()],
            intermediates: vec![self.issuing.certificate().clone()],
            seal_keys: Vec::new(),
        }
    }

    pub(crate) fn trust_list(&self) -> TrustList {
        self.trust_list_of(1, vec![self.trusted_ca("ca")])
    }

    /// The list with an authority of kind `mutual` beside that of this world.
    pub(crate) fn trust_list_with(&self, mutual: &Self) -> TrustList {
        let mutual = TrustedCa {
            kind: CaKind::Mutual,
            ..mutual.trusted_ca("mutual")
        };
        self.trust_list_of(1, vec![self.trusted_ca("ca"), mutual])
    }

    /// A key that makes seals, and its certificate.
    pub(crate) fn seal_maker(&self) -> (SigningKey, Certificate) {
        let key = SigningKey::generate(&mut Counter::new(77));
        let certificate = self.enterprise(&key.public_key());
        (key, certificate)
    }

    /// The signed list that names the maker of seals.
    pub(crate) fn list_with_seal_maker(&self, version: u64) -> String {
        let mut ca = self.trusted_ca("ca");
        ca.seal_keys = vec![self.seal_maker().1.spki_sha256()];
        self.sign_list(&self.trust_list_of(version, vec![ca]))
    }

    /// The operator's signature over a list of this version.
    pub(crate) fn signed_list(&self, version: u64) -> String {
        self.sign_list(&self.trust_list_of(version, vec![self.trusted_ca("ca")]))
    }

    pub(crate) fn sign_list(&self, list: &TrustList) -> String {
        let unsigned =
            trust_list::unsigned(list, core::slice::from_ref(&self.list_signer)).unwrap();
        let signature = self.list_key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).unwrap()
    }

    /// What the operator's home says.
    pub(crate) fn description(&self) -> String {
        OperatorDescription::new(
            name("Operator"),
            vec![Link::parse("https://portal.example/S").unwrap()],
            ServiceAddress::web_socket("wss://portal.example/relay").unwrap(),
            ServiceAddress::http("https://portal.example/authority/enrolments").unwrap(),
            ServiceAddress::http("https://portal.example/authority/trust-list").unwrap(),
            vec![self.list_key.public_key().spki_sha256()],
        )
        .to_json()
    }

    /// A login request of the platform, made now, with a change before it is signed.
    pub(crate) fn request(&self, change: impl FnOnce(&mut RequestClaims)) -> String {
        let line = |text: &str| vec![Text::new(text).unwrap()];
        let mut claims = RequestClaims {
            iss: PlatformId::parse(PLATFORM).unwrap(),
            op: Operation::Login,
            origin: ORIGIN.parse().unwrap(),
            jti: Nonce::from_bytes([9; 16]),
            iat: NOW,
            exp: NOW.saturating_add_secs(300),
            display: Display {
                zh: line("登录"),
                en: line("Log in"),
            },
            context: Context {
                browser: Text::new("Chromium").unwrap(),
                place: Text::new("乌鲁木齐").unwrap(),
            },
            accept: Accept {
                kinds: vec![CertificateKind::Platform],
                cas: None,
            },
            account: None,
            documents: None,
        };
        change(&mut claims);
        let unsigned = claims
            .unsigned(core::slice::from_ref(&self.platform))
            .unwrap();
        let signature = self.platform_key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).unwrap()
    }

    /// A request to bind a certificate to an account of [`ENTERPRISE`], with a change before it is signed.
    pub(crate) fn bind_request(&self, change: impl FnOnce(&mut Account)) -> String {
        self.request(|claims| {
            let mut account = Account {
                name: Text::new("li.na").unwrap(),
                enterprise: Text::new(ENTERPRISE).unwrap(),
                credit_code: credit_code(),
                replaces: None,
            };
            change(&mut account);
            claims.op = Operation::Bind;
            claims.accept.kinds.push(CertificateKind::Mutual);
            claims.account = Some(account);
        })
    }

    /// A request to seal documents with this content for that account.
    pub(crate) fn seal_request(&self, contents: &[&[u8]]) -> String {
        let document = |content: &&[u8]| Document {
            name: Text::new("合同").unwrap(),
            size: u32::try_from(content.len()).unwrap(),
            pages: 1,
            sha256: Sha256::digest(content).into(),
        };
        self.request(|claims| {
            claims.op = Operation::Seal;
            claims.account = Some(Account {
                name: Text::new("li.na").unwrap(),
                enterprise: Text::new(ENTERPRISE).unwrap(),
                credit_code: credit_code(),
                replaces: None,
            });
            claims.documents = Some(contents.iter().map(document).collect());
        })
    }

    pub(crate) fn trust_list_of(&self, version: u64, cas: Vec<TrustedCa>) -> TrustList {
        let platform = TrustedPlatform {
            id: PLATFORM.to_owned(),
            name: name("Portal"),
            origins: vec![ORIGIN.to_owned()],
            keys: vec![self.platform_key.public_key().spki_sha256()],
        };
        TrustList::new(
            version,
            days(-2),
            days(2),
            "operator".to_owned(),
            cas,
            vec![platform],
        )
        .unwrap()
    }
}

pub(crate) fn name(text: &str) -> LocalizedName {
    LocalizedName {
        zh: format!("{text} 中文"),
        en: text.to_owned(),
    }
}

fn subject(name: &str) -> Subject {
    Subject::new(name, name).unwrap()
}
