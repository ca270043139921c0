//! A time-stamp authority of the main authority, on a free port, that does what a test tells it.

use std::{
    convert::Infallible,
    fs,
    path::Path,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use scanseal_pki::{
    Certificate, Issuer, Profile, SigningKey, Subject, TimestampRequest, Timestamper, UnixTime,
    Validity,
};
use scanseal_portal::{portal::system_clock, webhook::client::Endpoint};
use tokio::net::TcpListener;

use crate::start::TestPortal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Answers,
    Hangs,
    Lies,
    Refuses,
}

pub(crate) struct Stamper {
    pub(crate) endpoint: Endpoint,
    pub(crate) asked: Arc<AtomicU64>,
    does: Arc<Mutex<Does>>,
    keys: Arc<OnceLock<Timestamper>>,
}

impl Stamper {
    /// Starts a portal that asks this authority.
    pub(crate) async fn beside_portal() -> (TestPortal, Self) {
        let stamper = Self::listen().await;
        let endpoint = stamper.endpoint.clone();
        let portal =
            TestPortal::start_with(move |settings| settings.timestamps = Some(endpoint)).await;
        stamper.open(portal.folder.path());
        (portal, stamper)
    }

    /// Listens; until [`Stamper::open`] it refuses.
    pub(crate) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stamper = Self {
            endpoint: format!("http://127.0.0.1:{port}/stamp").parse().unwrap(),
            asked: Arc::default(),
            does: Arc::new(Mutex::new(Does::Answers)),
            keys: Arc::default(),
        };
        let (asked, does, keys) = (
            Arc::clone(&stamper.asked),
            Arc::clone(&stamper.does),
            Arc::clone(&stamper.keys),
        );
        tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let (asked, does, keys) =
                    (Arc::clone(&asked), Arc::clone(&does), Arc::clone(&keys));
                let service = service_fn(move |request| {
                    let (asked, does, keys) =
                        (Arc::clone(&asked), Arc::clone(&does), Arc::clone(&keys));
                    async move { Ok::<_, Infallible>(answer(request, &asked, &does, &keys).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(tcp), service));
            }
        });
        stamper
    }

    /// Gets its certificate from the portal's main authority.
    pub(crate) fn open(&self, data: &Path) {
        let file = |name: &str| fs::read(data.join(name)).unwrap();
        let pem = String::from_utf8(file("issuing.key.pem")).unwrap();
        let authority = Certificate::from_der(&file("issuing.cer")).unwrap();
        let issuer = Issuer::new(authority.clone(), SigningKey::from_pkcs8_pem(&pem).unwrap());
        let key = crate::phone::new_key();
        let now = system_clock()();
        let profile = Profile::TimestampAuthority {
            subject: Subject::new("时间戳", "Stamper").unwrap(),
        };
        let validity = Validity {
            not_before: UnixTime::from_secs(now.as_secs() - 60),
            not_after: now.saturating_add_secs(30 * 86_400),
        };
        let mut rng = scanseal_pki::rand_core::UnwrapErr(getrandom::SysRng);
        let certificate = issuer
            .unwrap()
            .issue(&profile, &key.public_key(), validity, &mut rng)
            .unwrap();
        let stamper = Timestamper::new(certificate, vec![authority], key, "1.3.6.1.4.1.99999.1");
        assert!(self.keys.set(stamper.unwrap()).is_ok());
    }

    pub(crate) fn does(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }
}

async fn answer(
    request: Request<Incoming>,
    asked: &AtomicU64,
    does: &Mutex<Does>,
    keys: &OnceLock<Timestamper>,
) -> Response<Full<Bytes>> {
    let serial = asked.fetch_add(1, Ordering::SeqCst) + 1;
    assert_eq!(
        request.headers()["content-type"],
        "application/timestamp-query"
    );
    let does = *does.lock().unwrap();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut response = Response::new(Full::default());
    let Some(stamper) = keys.get().filter(|_| does != Does::Refuses) else {
        *response.status_mut() = hyper::StatusCode::SERVICE_UNAVAILABLE;
        return response;
    };
    if does == Does::Hangs {
        std::future::pending::<()>().await;
    }
    let mut question = TimestampRequest::from_der(&body).unwrap();
    if does == Does::Lies {
        // A good stamp of something else.
        question = TimestampRequest::new(&[7; 32], None);
    }
    let token = stamper.answer(&question, system_clock()(), serial).unwrap();
    *response.body_mut() = Full::new(token.into());
    response
}
