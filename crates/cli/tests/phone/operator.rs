//! An operator for one test: authority, trust list, platform and the real relay, on a free port of this machine.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use data_encoding::BASE64;
use scanseal_pades::Bytes;
use scanseal_pki::{
    CaKind, Certificate, CertificateRequest, ElectronicSeal, Issuer, LocalizedName, Profile,
    Revocation, RevocationPolicy, SealInfo, SealKind, SealPictureFormat, SigningKey, Subject,
    TrustList, TrustedCa, TrustedPlatform, UnixTime, Validity,
};
use scanseal_platform::sealing::{NotSealed, Returned, Sealed};
use scanseal_protocol::{
    Origin, ServiceAddress, Text,
    assertion::{Expected, VerifiedAssertion, verify},
    operator::OperatorDescription,
    qr::Link,
    report::Refused,
    request::{
        Accept, Account, CertificateKind, Context, Display, Document, Nonce, Operation, PlatformId,
        Request, RequestClaims,
    },
    seal_call::{self, ReceivedCall},
    trust_list,
};
use scanseal_relay::{Metrics, Relay, RelayConfig, accept};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply, filters::BoxedFilter, http::StatusCode, reply::Response};

use getrandom::{SysRng, rand_core::UnwrapErr};

const DAY: u64 = 86_400;

/// Everything but page and phone.
pub(crate) struct Operator {
    pub(crate) home: String,
    authority: Arc<Authority>,
    // Dropping it stops the relay.
    _relay: Relay,
}

pub(crate) struct Authority {
    issuer: Issuer,
    /// Recognised nationwide.
    mutual: Issuer,
    seal_maker: Certificate,
    seal_key: SigningKey,
    /// The newest certificate.
    issued: Mutex<Option<Certificate>>,
    /// The seals that it lists for whoever has a certificate.
    offered: Mutex<Vec<Vec<u8>>>,
    platform: Certificate,
    platform_key: SigningKey,
    list: TrustList,
    signed_list: String,
    description: String,
}

impl Operator {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_, _| warp::any().and_then(nowhere).boxed()).await
    }

    /// As `start`, and answers besides what `more` makes of home and authority.
    pub(crate) async fn start_with(
        more: impl FnOnce(&str, Arc<Authority>) -> BoxedFilter<(Response,)>,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let home = format!("http://127.0.0.1:{port}");
        let authority = Arc::new(Authority::new(&home));
        let config = RelayConfig {
            origins: [home.parse().unwrap()].into_iter().collect(),
            ..RelayConfig::default()
        };
        let relay = Relay::new(config, Metrics::default());
        let text = |path: &'static str, text: String| {
            warp::path(path).map(move || text.clone().into_response())
        };
        let well_known =
            warp::path(".well-known").and(text("scanseal", authority.description.clone()));
        let list = warp::path("authority").and(text("trust-list", authority.signed_list.clone()));
        let issuing = Arc::clone(&authority);
        let enrol = warp::path!("authority" / "enrolments")
            .and(warp::post())
            .and(warp::body::json())
            .map(move |body: serde_json::Value| issuing.enrol(&body));
        let lists = Arc::clone(&authority);
        let origin: Origin = home.parse().unwrap();
        let seals = warp::path!("authority" / "seals")
            .and(warp::get())
            .and(warp::header::<String>("authorization"))
            .map(move |authorization: String| lists.seals(&origin, &authorization));
        let filter = relay
            .filter()
            .or(well_known)
            .unify()
            .or(list)
            .unify()
            .or(enrol)
            .unify()
            // Whoever brings seals of their own answers for them.
            .or(more(&home, Arc::clone(&authority)))
            .unify()
            .or(seals)
            .unify()
            .boxed();
        let limits = accept::AcceptLimits::default();
        tokio::spawn(accept::serve(
            listener,
            None,
            filter,
            limits,
            std::future::pending(),
        ));
        Self {
            home,
            authority,
            _relay: relay,
        }
    }

    /// A login request of the platform.
    pub(crate) fn request(&self) -> String {
        self.authority.request(&self.home, None)
    }

    /// A request to bind a certificate to the account `li.na` of an enterprise.
    pub(crate) fn bind_request(&self, enterprise: &str, credit_code: &str) -> String {
        let account = Account {
            name: Text::new("li.na").unwrap(),
            enterprise: Text::new(enterprise).unwrap(),
            credit_code: credit_code.parse().unwrap(),
            replaces: None,
        };
        self.authority.request(&self.home, Some(account))
    }

    /// A request to seal documents for the account `li.na` of this enterprise.
    pub(crate) fn seal_request(&self, enterprise: &str, originals: &[&[u8]]) -> String {
        let account = Account {
            name: Text::new("li.na").unwrap(),
            enterprise: Text::new(enterprise).unwrap(),
            credit_code: crate::CREDIT_CODE.parse().unwrap(),
            replaces: None,
        };
        let document = |(number, original): (usize, &&[u8])| Document {
            name: Text::new(format!("采购合同 {number}")).unwrap(),
            size: u32::try_from(original.len()).unwrap(),
            pages: 1,
            sha256: Sha256::digest(original).into(),
        };
        let documents = (1..).zip(originals).map(document).collect();
        self.seal_request_of(account, documents)
    }

    /// A request to seal these documents for this account.
    pub(crate) fn seal_request_of(&self, account: Account, documents: Vec<Document>) -> String {
        let line = |text: &str| vec![Text::new(text).unwrap()];
        self.authority.sign_request(RequestClaims {
            op: Operation::Seal,
            display: Display {
                zh: line("合同签章"),
                en: line("Seal contracts"),
            },
            documents: Some(documents),
            ..self.authority.claims(&self.home, Some(account))
        })
    }

    /// A seal of 40 mm for the newest certificate.
    pub(crate) fn seal(&self, picture: &[u8], valid: Validity) -> Vec<u8> {
        let holder = self.authority.issued.lock().unwrap().clone().unwrap();
        self.authority.make_seal(&SealInfo {
            id: "test-1".to_owned(),
            kind: SealKind::Company,
            name: "公章".to_owned(),
            certificates: vec![holder.sha256()],
            created: valid.not_before,
            valid_from: valid.not_before,
            valid_until: valid.not_after,
            picture: picture.to_vec(),
            format: SealPictureFormat::Png,
            millimetres: (40, 40),
        })
    }

    /// Lists this seal from now on.
    pub(crate) fn offer(&self, seal: &[u8]) {
        self.authority.offered.lock().unwrap().push(seal.to_vec());
    }

    /// What the platform's server does with a document that comes back.
    pub(crate) fn take(
        &self,
        original: &[u8],
        appended: &[u8],
        digest: &[u8; 32],
        verified: &VerifiedAssertion,
        seal: &[u8],
    ) -> Result<Sealed, NotSealed> {
        let seal = ElectronicSeal::from_der(seal).unwrap();
        Returned {
            original: &Bytes(original),
            appended,
            digest,
            certificate: verified.certificate(),
            seal: Some(&seal),
            trust: &self.authority.list,
            crls: &[],
            now: now(),
        }
        .check()
    }

    /// What the platform's server does with an assertion.
    pub(crate) fn judge(
        &self,
        request: &str,
        assertion: &str,
        binding: &[u8; 32],
    ) -> Result<VerifiedAssertion, Box<Refused>> {
        let expected = Expected {
            request: &Request::parse(request).unwrap(),
            channel_binding: binding,
            trust: &self.authority.list,
            revocation: &Revocation::new(RevocationPolicy::AllowUnknown),
            now: now(),
        };
        verify(assertion, &expected).map_err(Box::new)
    }
}

impl Authority {
    fn new(home: &str) -> Self {
        let mut rng = UnwrapErr(SysRng);
        let [root_key, mutual_key, platform_key, list_key, seal_key] =
            std::array::from_fn(|_| SigningKey::generate(&mut rng));
        let issuer =
            Issuer::root(&subject("Test Root"), root_key, life(2 * DAY), &mut rng).unwrap();
        let mutual =
            Issuer::root(&subject("Mutual Root"), mutual_key, life(2 * DAY), &mut rng).unwrap();
        let profile = Profile::Platform {
            subject: subject("Portal"),
            hosts: vec!["localhost".to_owned()],
        };
        let platform = issuer
            .issue(&profile, &platform_key.public_key(), life(DAY), &mut rng)
            .unwrap();
        let profile = Profile::SealMaker {
            subject: subject("Seal maker"),
        };
        let seal_maker = issuer
            .issue(&profile, &seal_key.public_key(), life(DAY), &mut rng)
            .unwrap();
        let profile = Profile::TrustListSigner {
            subject: subject("Operator"),
        };
        let list_signer = issuer
            .issue(&profile, &list_key.public_key(), life(DAY), &mut rng)
            .unwrap();
        let ca = |id: &str, kind, issuer: &Issuer| TrustedCa {
            id: id.to_owned(),
            name: name(id),
            kind,
            roots: vec![issuer.certificate().clone()],
            intermediates: vec![],
            seal_keys: Vec::new(),
        };
        let cas = vec![
            TrustedCa {
                seal_keys: vec![seal_maker.spki_sha256()],
                ..ca("test", CaKind::Platform, &issuer)
            },
            ca("mutual", CaKind::Mutual, &mutual),
        ];
        let entry = TrustedPlatform {
            id: "portal".to_owned(),
            name: name("Portal"),
            origins: vec![home.to_owned()],
            keys: vec![platform_key.public_key().spki_sha256()],
        };
        let Validity {
            not_before,
            not_after,
        } = life(DAY);
        let list = TrustList::new(
            1,
            not_before,
            not_after,
            "operator".to_owned(),
            cas,
            vec![entry],
        )
        .unwrap();
        let unsigned = trust_list::unsigned(&list, &[list_signer]).unwrap();
        let signature = list_key.sign_es256(unsigned.signing_input());
        let description = OperatorDescription::new(
            name("Operator"),
            vec![Link::parse(&format!("{home}/S")).unwrap()],
            ServiceAddress::web_socket(&format!("{}/relay", home.replacen("http", "ws", 1)))
                .unwrap(),
            ServiceAddress::http(&format!("{home}/authority/enrolments")).unwrap(),
            ServiceAddress::http(&format!("{home}/authority/trust-list")).unwrap(),
            vec![list_key.public_key().spki_sha256()],
        )
        .with_enrol_cas(vec!["test".to_owned(), "mutual".to_owned()])
        .with_seals(ServiceAddress::http(&format!("{home}/authority/seals")).unwrap());
        Self {
            issuer,
            mutual,
            seal_maker,
            seal_key,
            issued: Mutex::default(),
            offered: Mutex::default(),
            platform,
            platform_key,
            list,
            signed_list: unsigned.finish(&signature).unwrap(),
            description: description.to_json(),
        }
    }

    /// A seal that says this.
    pub(crate) fn make_seal(&self, info: &SealInfo) -> Vec<u8> {
        let unsigned = info.unsigned(&self.seal_maker).unwrap();
        let signature = self.seal_key.sign_es256_der(unsigned.to_be_signed());
        unsigned.finish(&signature).unwrap()
    }

    fn enrol(&self, body: &serde_json::Value) -> Response {
        let csr = BASE64
            .decode(body["csr"].as_str().unwrap().as_bytes())
            .unwrap();
        let csr = CertificateRequest::from_der(&csr).unwrap();
        if body["enterprise"] == "被拒绝的公司" {
            let problem = serde_json::json!({ "code": "rate-limited", "detail": "wait a minute" });
            let reply = warp::reply::json(&problem);
            return warp::reply::with_status(reply, StatusCode::TOO_MANY_REQUESTS).into_response();
        }
        let name = csr.organization().unwrap();
        let subject = Subject::new(name, name)
            .unwrap()
            .with_credit_code(*csr.credit_code().unwrap());
        let profile = Profile::Enterprise {
            subject,
            login: true,
        };
        let issuer = match body.get("ca").map(|ca| ca.as_str().unwrap()) {
            None | Some("test") => &self.issuer,
            Some("mutual") => &self.mutual,
            Some(other) => panic!("asked for {other}"),
        };
        let leaf = issuer
            .issue(
                &profile,
                csr.public_key(),
                life(DAY),
                &mut UnwrapErr(SysRng),
            )
            .unwrap();
        *self.issued.lock().unwrap() = Some(leaf.clone());
        let answer = serde_json::json!({ "certificate": BASE64.encode(leaf.der()), "chain": [] });
        warp::reply::with_status(warp::reply::json(&answer), StatusCode::CREATED).into_response()
    }

    /// Lists the seals for the newest certificate's holder.
    fn seals(&self, origin: &Origin, authorization: &str) -> Response {
        let call = ReceivedCall {
            origins: std::slice::from_ref(origin),
            path: "/authority/seals",
            body: b"",
            now: now(),
        };
        let caller = seal_call::verify(authorization, &call).unwrap();
        assert_eq!(Some(caller.certificate), *self.issued.lock().unwrap());
        let entry = |der: &Vec<u8>| {
            let seal = ElectronicSeal::from_der(der).unwrap();
            let info = seal.info();
            serde_json::json!({
                "id": info.id, "kind": info.kind as u8, "name": info.name, "origin": "made", "status": "valid",
                "validUntil": info.valid_until.to_rfc3339(), "seal": BASE64.encode(der),
            })
        };
        let seals: Vec<_> = self.offered.lock().unwrap().iter().map(entry).collect();
        warp::reply::json(&serde_json::json!({ "seals": seals })).into_response()
    }

    fn request(&self, origin: &str, account: Option<Account>) -> String {
        self.sign_request(self.claims(origin, account))
    }

    fn claims(&self, origin: &str, account: Option<Account>) -> RequestClaims {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).unwrap();
        let line = |text: &str| vec![Text::new(text).unwrap()];
        RequestClaims {
            iss: PlatformId::parse("portal").unwrap(),
            op: if account.is_some() {
                Operation::Bind
            } else {
                Operation::Login
            },
            origin: origin.parse().unwrap(),
            jti: Nonce::from_bytes(nonce),
            iat: now(),
            exp: now().saturating_add_secs(300),
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
            account,
            documents: None,
        }
    }

    fn sign_request(&self, claims: RequestClaims) -> String {
        let unsigned = claims
            .unsigned(std::slice::from_ref(&self.platform))
            .unwrap();
        let signature = self.platform_key.sign_es256(unsigned.signing_input());
        unsigned.finish(&signature).unwrap()
    }
}

async fn nowhere() -> Result<Response, Rejection> {
    Err(warp::reject::not_found())
}

pub(crate) fn now() -> UnixTime {
    UnixTime::from_secs(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs())
}

/// Since yesterday, for so many seconds more. The root outlives the others: the clock moves between making them.
pub(crate) fn life(seconds: u64) -> Validity {
    Validity {
        not_before: UnixTime::from_secs(now().as_secs() - DAY),
        not_after: now().saturating_add_secs(seconds),
    }
}

fn subject(name: &str) -> Subject {
    Subject::new(name, name).unwrap()
}

fn name(text: &str) -> LocalizedName {
    LocalizedName {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}
